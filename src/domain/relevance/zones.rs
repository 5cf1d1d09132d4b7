//! One zone of an article with the terms found in it, after guards, near words and overlaps have had their say.

use std::ops::Range;

use crate::{
    domain::relevance::{
        GuardEffect, TermClass, Zone,
        terms::{Near, Owner, Terms},
    },
    text::toned::Toned,
};

/// A first paragraph stands for the lead where none is set apart, up to this many words: leads are rarely half as long.
const OPENING_WORDS_MAX: usize = 100;
/// Kinds of crime or of business in one sentence that make it a list, in which trafficking is one item of many.
const LIST_ITEMS_MIN: usize = 2;

/// Words that one pattern may span at most, as far as nearness looks back.
const PATTERN_WORDS_MAX: usize = 100;

/// One term where it stands.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    pub(super) term: usize,
    pub(super) words: Range<usize>,
    pub(super) class: TermClass,
    pub(super) cancelled_by: Option<usize>,
    pub(super) passing_by: Option<usize>,
    /// It names the charge in a case.
    pub(super) charge: bool,
}

impl Hit {
    /// Strong, and more than in passing.
    pub(super) fn is_full(&self) -> bool {
        self.class == TermClass::Strong && self.cancelled_by.is_none() && self.passing_by.is_none()
    }
}

/// One zone with the terms and guards found in it.
pub(super) struct ZoneRead<'a> {
    pub(super) zone: Zone,
    pub(super) source: &'a str,
    pub(super) text: Toned,
    pub(super) hits: Vec<Hit>,
    /// Guards that say of what kind the article is, and those that bear on all of it.
    pub(super) markers: Vec<(usize, Range<usize>)>,
    /// Words at the body's start that stand for the lead.
    opening_words: usize,
}

impl<'a> ZoneRead<'a> {
    pub(super) fn new(terms: &Terms, zone: Zone, source: &'a str) -> Self {
        let text = Toned::new(source);
        let (mut hits, mut guards, mut nears) = (Vec::new(), Vec::new(), Vec::new());
        for found in terms.patterns.find(&text) {
            match terms.owners[found.owner] {
                Owner::Term(term) => {
                    hits.push(Hit {
                        term,
                        words: found.words,
                        class: terms.terms[term].class,
                        cancelled_by: None,
                        passing_by: None,
                        charge: false,
                    });
                }
                // A title or a lead is never a box of links.
                Owner::Guard(guard) if zone != Zone::Body && terms.is_body_only(guard) => {}
                Owner::Guard(guard) => guards.push((guard, found.words)),
                near => nears.push((near, found.words)),
            }
        }
        cancel(terms, &mut hits, &guards);
        apply_nears(terms, &text, &mut hits, &nears);
        drop_overlapped(&mut hits);
        // A title has no room for lists: what it names is the subject.
        if zone != Zone::Title {
            mark_lists(terms, &text, &mut hits, &guards);
        }
        let marks = |guard: usize| {
            matches!(terms.effect(guard), GuardEffect::Review | GuardEffect::Mark | GuardEffect::Unmark) || terms.is_whole(guard)
        };
        let markers = guards.into_iter().filter(|(guard, _)| marks(*guard)).collect();
        Self { zone, source, text, hits, markers, opening_words: 0 }
    }

    /// A body by itself opens with its first paragraph; one that begins with the lead counts from behind it.
    pub(super) fn after_lead(mut self, lead: &Self) -> Self {
        if lead.text.words().is_empty() {
            self.opening_words = self.text.words().iter().take(OPENING_WORDS_MAX).take_while(|word| word.paragraph == 0).count();
        } else if self.begins_with(&lead.text) {
            let words = lead.text.words().len();
            self.hits.retain(|hit| hit.words.start >= words);
            self.markers.retain(|(_, at)| at.start >= words);
        }
        self
    }

    fn begins_with(&self, lead: &Toned) -> bool {
        let (body, lead_words) = (self.text.words(), lead.words());
        body.len() >= lead_words.len() && lead_words.iter().zip(body).all(|(a, b)| lead.word(*a) == self.text.word(*b))
    }

    /// Whether a word stands where readers look first.
    pub(super) fn is_head(&self, word: usize) -> bool {
        match self.zone {
            Zone::Title | Zone::Lead => true,
            Zone::Body => word < self.opening_words,
            Zone::Caption => false,
        }
    }
}

/// Guards bear on the matches they overlap. Both lists are in the order of their first words, so one sweep does.
fn cancel(terms: &Terms, hits: &mut [Hit], guards: &[(usize, Range<usize>)]) {
    let (mut reaching, mut next): (Vec<&(usize, Range<usize>)>, usize) = (Vec::new(), 0);
    for hit in hits {
        let begun = guards[next..].partition_point(|(_, at)| at.start < hit.words.end);
        reaching.extend(&guards[next..next + begun]);
        next += begun;
        reaching.retain(|(_, at)| at.end > hit.words.start);
        let overlapping = reaching.iter().filter(|(guard, at)| at.start < hit.words.end && terms.bears_on(*guard, hit.term));
        for (guard, _) in overlapping {
            match terms.effect(*guard) {
                GuardEffect::Cancel => hit.cancelled_by = hit.cancelled_by.or(Some(*guard)),
                GuardEffect::Passing => hit.passing_by = hit.passing_by.or(Some(*guard)),
                GuardEffect::Charge => hit.charge = true,
                GuardEffect::Listed | GuardEffect::Review | GuardEffect::Mark | GuardEffect::Unmark => {}
            }
        }
    }
}

/// Guards that bear on a whole article do so from its title and lead: what these speak of, the rest speaks of too. They take a hit's weight
/// and never the hit: no word of a title does away with what the text tells.
pub(super) fn bear_on_whole(terms: &Terms, zones: &mut [ZoneRead<'_>]) {
    let of_zone = |zone: &ZoneRead<'_>| -> Vec<usize> {
        zone.markers.iter().filter(|(guard, at)| terms.is_whole(*guard) && zone.is_head(at.start)).map(|it| it.0).collect()
    };
    let whole: Vec<usize> = zones.iter().flat_map(of_zone).collect();
    for hit in zones.iter_mut().flat_map(|zone| &mut zone.hits) {
        for guard in whole.iter().filter(|guard| terms.bears_on(**guard, hit.term)) {
            hit.passing_by = hit.passing_by.or(Some(*guard));
        }
    }
}

/// Drops the hits that lack the words they need, and raises those that have the words that make them strong.
fn apply_nears(terms: &Terms, text: &Toned, hits: &mut Vec<Hit>, nears: &[(Owner, Range<usize>)]) {
    let stands_near = |owner: Owner, near: &Option<Near>, hit: &Hit| {
        near.as_ref().is_some_and(|near| {
            let reach = near.within_words;
            // Patterns are short: one that starts this far back cannot end near the hit.
            let first = nears.partition_point(|(_, at)| at.start + reach + PATTERN_WORDS_MAX < hit.words.start);
            let here = nears[first..].iter().take_while(|(_, at)| at.start <= hit.words.end + reach);
            here.filter(|(found, _)| *found == owner).any(|(_, at)| {
                at.end + reach >= hit.words.start && text.words()[at.start].paragraph == text.words()[hit.words.start].paragraph
            })
        })
    };
    hits.retain(|hit| {
        let near = &terms.terms[hit.term].only_near;
        near.is_none() || stands_near(Owner::OnlyNear(hit.term), near, hit)
    });
    for hit in hits {
        if hit.class != TermClass::Strong && stands_near(Owner::StrongNear(hit.term), &terms.terms[hit.term].strong_near, hit) {
            hit.class = TermClass::Strong;
        }
    }
}

/// Of overlapping hits the weightiest and longest stays, so that one phrase counts once; cancelled ones are kept to be shown.
fn drop_overlapped(hits: &mut Vec<Hit>) {
    let mut order: Vec<usize> = (0..hits.len()).filter(|at| hits[*at].cancelled_by.is_none()).collect();
    order.sort_by_key(|at| (hits[*at].class, std::cmp::Reverse(hits[*at].words.len()), hits[*at].words.start));
    let mut taken = vec![false; hits.iter().map(|hit| hit.words.end).max().unwrap_or(0)];
    let mut keep = vec![false; hits.len()];
    for at in order {
        let words = hits[at].words.clone();
        if !taken[words.clone()].contains(&true) {
            taken[words].fill(true);
            keep[at] = true;
        }
    }
    let mut at = 0;
    hits.retain(|hit| {
        at += 1;
        keep[at - 1] || hit.cancelled_by.is_some()
    });
}

/// A strong term in a sentence that counts up crimes or fields of work only mentions the subject.
fn mark_lists(terms: &Terms, text: &Toned, hits: &mut [Hit], guards: &[(usize, Range<usize>)]) {
    let items: Vec<_> = guards.iter().filter(|(guard, _)| terms.effect(*guard) == GuardEffect::Listed).collect();
    for hit in hits.iter_mut().filter(|hit| hit.is_full()) {
        let sentence = text.words()[hit.words.start].sentence;
        let first = items.partition_point(|(_, at)| text.words()[at.start].sentence < sentence);
        let here = items[first..].iter().take_while(|(_, at)| text.words()[at.start].sentence == sentence);
        let mut count = 0;
        let mut behind = 0;
        for (guard, at) in here {
            let apart = at.end <= hit.words.start || at.start >= hit.words.end;
            if at.start >= behind && apart && terms.bears_on(*guard, hit.term) {
                count += 1;
                behind = at.end;
                if count == LIST_ITEMS_MIN {
                    hit.passing_by = Some(*guard);
                    break;
                }
            }
        }
    }
}
