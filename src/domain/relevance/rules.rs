//! The facts that a judgement rests on, and the rules over them.

use std::collections::BTreeSet;

use crate::{
    domain::relevance::{
        GuardEffect, JudgementKind, Mark, Rule, TermClass, Zone,
        terms::Terms,
        zones::{Hit, ZoneRead},
    },
    text::toned::Toned,
};

/// Sentences with a strong term that make a body about the subject wherever they stand. On labelled articles without one in
/// title or lead, two were background as often as subject, and late paragraphs background nearly always.
const SENTENCES_ANYWHERE_MIN: usize = 4;
/// The same, where the first of them stands in the body's first half.
const SENTENCES_EARLY_MIN: usize = 3;

/// What the rules look at.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Facts {
    /// Strong terms in the title, more than in passing.
    title: usize,
    /// The same in the lead or what stands for it.
    lead: usize,
    /// Sentences of the rest of the body that hold one; all captions together are one at most.
    body: usize,
    /// The first of these stands in the body's first half: what comes later is mostly background.
    early: bool,
    /// They stand in more than one paragraph.
    spread: bool,
    /// Strong terms of the body that name the charge in a case.
    charges: usize,
    /// Strong terms in passing, anywhere.
    pub(super) passing: usize,
    /// Different contextual-high terms.
    high: usize,
    /// Different contextual terms.
    contextual: usize,
    /// Different contextual terms of either class that tell of exploitation or control.
    anchors: usize,
    /// One of these stands in title or lead: the article tells a story of exploitation or control.
    head_anchor: bool,
    /// Different terms that call for an officer by themselves.
    alone: usize,
    /// Different topics of the contextual-high terms.
    high_topics: usize,
    /// Of these kinds, by title or lead.
    pub(super) marks: BTreeSet<Mark>,
    /// One of its marks calls for an officer.
    marked: bool,
}

impl Facts {
    pub(super) fn of(terms: &Terms, zones: &[ZoneRead<'_>]) -> Self {
        let mut facts = Self::default();
        let (mut high, mut contextual) = (BTreeSet::new(), BTreeSet::new());
        for zone in zones {
            let mut sentences = Vec::new();
            // A term that does not name the subject has nothing left where its weight is taken.
            let speaks = |hit: &&Hit| hit.cancelled_by.is_none() && (hit.class == TermClass::Strong || hit.passing_by.is_none());
            for hit in zone.hits.iter().filter(speaks) {
                facts.charges += usize::from(hit.charge && hit.is_full() && zone.zone == Zone::Body);
                facts.head_anchor |= terms.terms[hit.term].anchor && zone.is_head(hit.words.start);
                match hit.class {
                    TermClass::Strong if hit.passing_by.is_some() => facts.passing += 1,
                    TermClass::Strong if zone.zone == Zone::Title => facts.title += 1,
                    TermClass::Strong if zone.is_head(hit.words.start) => facts.lead += 1,
                    TermClass::Strong => sentences.push(hit.words.start),
                    TermClass::ContextualHigh => drop(high.insert(hit.term)),
                    TermClass::Contextual => drop(contextual.insert(hit.term)),
                    TermClass::Guard => {}
                }
            }
            match zone.zone {
                Zone::Caption => facts.body += sentences.len().min(1),
                _ => facts.body_sentences(&zone.text, sentences),
            }
        }
        facts.anchors = high.iter().chain(&contextual).filter(|term| terms.terms[**term].anchor).count();
        facts.alone = high.iter().chain(&contextual).filter(|term| terms.terms[**term].alone).count();
        facts.high_topics = high.iter().map(|term| terms.terms[*term].topic).collect::<BTreeSet<_>>().len();
        (facts.high, facts.contextual) = (high.len(), contextual.len());
        facts.read_marks(terms, zones);
        facts
    }

    fn read_marks(&mut self, terms: &Terms, zones: &[ZoneRead<'_>]) {
        let mut taken = BTreeSet::new();
        for zone in zones {
            for (guard, at) in &zone.markers {
                let (effect, mark) = (terms.effect(*guard), terms.mark(*guard));
                match effect {
                    GuardEffect::Unmark => taken.extend(mark),
                    _ if !zone.is_head(at.start) => {}
                    _ => {
                        self.marks.extend(mark);
                        // A digest whose title names the subject is about it as much as any of its items.
                        self.marked |= effect == GuardEffect::Review && !(mark == Some(Mark::Digest) && self.title > 0);
                    }
                }
            }
        }
        self.marks.retain(|mark| !taken.contains(mark));
    }

    /// Takes in the places of the strong terms in a body, in their order.
    fn body_sentences(&mut self, text: &Toned, mut at: Vec<usize>) {
        at.dedup_by_key(|word| text.words()[*word].sentence);
        let paragraph = |word: Option<&usize>| word.map(|word| text.words()[*word].paragraph);
        self.body += at.len();
        self.early |= at.first().is_some_and(|first| first * 2 <= text.words().len());
        self.spread |= paragraph(at.first()) != paragraph(at.last());
    }

    /// Strong terms that are more than in passing.
    pub(super) fn strong(&self) -> usize {
        self.title + self.lead + self.body
    }

    /// A kind has its band, so that a candidate never ranks above what counts; within it more and better-placed terms rank higher.
    pub(super) fn score(&self, kind: JudgementKind) -> f64 {
        let count = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
        let weight = 3.0 * count(self.title)
            + 2.0 * count(self.lead)
            + count(self.body)
            + 0.5 * count(self.passing)
            + 0.4 * count(self.high)
            + 0.1 * count(self.contextual);
        let share = 1.0 - (-weight / 4.0).exp();
        let (from, to) = match kind {
            JudgementKind::About => (0.7, 1.0),
            JudgementKind::Candidate | JudgementKind::Mention => (0.3, 0.7),
            JudgementKind::Unrelated => (0.0, 0.3),
        };
        from + (to - from) * share
    }
}

/// The rules, the first that holds.
pub(super) fn decide(facts: &Facts) -> (JudgementKind, Rule) {
    let context = facts.high + facts.contextual;
    let about = match facts {
        Facts { title: 1.., .. } => Some(Rule::StrongInTitle),
        Facts { lead: 1.., .. } => Some(Rule::StrongInLead),
        Facts { body: SENTENCES_ANYWHERE_MIN.., .. } => Some(Rule::StrongThroughBody),
        Facts { body: SENTENCES_EARLY_MIN.., early: true, spread: true, .. } => Some(Rule::StrongThroughBody),
        Facts { body: 1.., head_anchor: true, .. } => Some(Rule::StrongWithContext),
        Facts { body: 2.., early: true, spread: true, .. } if context >= 2 => Some(Rule::StrongWithContext),
        Facts { body: 2.., early: true, anchors: 1.., .. } if context >= 2 => Some(Rule::StrongWithContext),
        Facts { body: 1.., early: true, high: 1.., anchors: 1.., .. } if context >= 4 => Some(Rule::StrongWithContext),
        Facts { charges: 1.., high: 1.., .. } | Facts { charges: 1.., body: 2.., .. } => Some(Rule::StrongCharged),
        _ => None,
    };
    let told = control(facts);
    match about {
        Some(_) if facts.marked => (JudgementKind::Candidate, Rule::MarkedReview),
        Some(rule) => (JudgementKind::About, rule),
        None if facts.body >= 2 && facts.anchors > 0 && context >= 2 => (JudgementKind::Candidate, Rule::StrongLate),
        // An agency's name in a story of control takes nothing from the story.
        None => match told {
            Some(rule) if facts.strong() == 0 || facts.alone > 0 => (JudgementKind::Candidate, rule),
            _ if facts.strong() + facts.passing > 0 => (JudgementKind::Mention, Rule::StrongPassing),
            _ => (JudgementKind::Unrelated, Rule::Nothing),
        },
    }
}

/// The rule by which terms that do not name the subject tell a story of exploitation or control, if they do.
fn control(facts: &Facts) -> Option<Rule> {
    let anchored = facts.anchors > 0;
    if facts.alone > 0 {
        Some(Rule::ContextualAlone)
    } else if anchored && (facts.high_topics >= 2 || facts.high >= 1 && facts.contextual >= 2)
        || facts.head_anchor && facts.high + facts.contextual >= 2
    {
        Some(Rule::ContextualWithAnchor)
    } else {
        None
    }
}
