//! What must hold in every world, and what no observer of it could know.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use diembao::{
    domain::{
        coverage::GapReason,
        month::Month,
        relevance::JudgementKind,
        verdict::{Reason, Verdict},
    },
    store::article::Stored,
};

use crate::simulation::{
    reader::{Look, MonthSeen, Run, number},
    site::{Log, Site},
    world::{DateForm, Dated, Fault, Item, Minute, PageDates, Place, Source, Tags, Trouble, World},
};

/// A law that a program must keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Law {
    /// `not_met` only where the outlet published nothing about the subject.
    NoFalseAccusation,
    /// `not_met` never before the month is over.
    NoEarlyAccusation,
    /// Time is called covered only where everything was seen that anybody could see.
    CoverageIsSound,
    /// What was read once stays in its month for ever.
    NoLostEvidence,
    /// `met` only by what is about the subject and of the month.
    NoFalsePraise,
    /// A wall is not an article.
    OnlyArticlesAreRead,
    /// Entries = new + known + rejected.
    NothingDisappears,
    /// Where nothing goes wrong the verdict is met or not met, and it is right.
    CalmIsDecided,
    /// An index made anew holds what the store holds.
    IndexFollows,
    /// What was met by fewer visits is met by more.
    MoreVisitsHarmNothing,
    /// An outlet is alerted about a month once at most, and where nothing goes wrong of every month without an item.
    AlertedOnce,
    /// A closed month comes out of its snapshot as it went in.
    ClosingsReplay,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    pub law: Law,
    pub text: String,
}

/// Why nobody could have known an item that we never saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unknowable {
    /// A source that is declared to list everything left it out; the register says what nobody can check.
    LeftOut,
    /// It was taken down, or off the list, before any visit that succeeded came by: between two lists that overlap there is no
    /// trace of it. The list promises what stands in it when it is read, not what was withdrawn since.
    Withdrawn,
    /// It was listed late, below others, and rolled off (or stands on a further page) before the next visit, which overlaps with
    /// the one before above its place.
    Below,
}

/// What came of a world: breaches, how each judged month ended, and what was left aside as unknowable.
#[derive(Debug, Default)]
pub struct Finding {
    pub breaches: Vec<Breach>,
    pub ends: Vec<(Verdict, Reason, Option<GapReason>)>,
    pub unknowable: BTreeMap<Unknowable, BTreeSet<u32>>,
    /// Alerts sent, and months closed.
    pub alerts: usize,
    pub closed: usize,
}

/// Checks all that was seen of a world.
pub fn check(world: &World, run: &Run) -> Finding {
    let lists_only =
        World { faults: world.faults.iter().filter(|it| matches!(it.what, Trouble::Skips(_))).copied().collect(), ..world.clone() };
    let mut oracle = Oracle { world, log: &run.log, truth: Site::new(&lists_only, String::new()), finding: Finding::default() };
    for look in &run.looks {
        oracle.accusations(look);
        oracle.coverage(look);
        oracle.evidence(look);
        oracle.praise(look);
        oracle.readings(look);
    }
    for wrong in &run.unbalanced {
        oracle.breach(Law::NothingDisappears, wrong.clone());
    }
    for wrong in &run.unlike {
        oracle.breach(Law::ClosingsReplay, wrong.clone());
    }
    oracle.alerts(&run.looks);
    oracle.finding.closed = run.closed.len();
    for n in &run.not_found {
        oracle.breach(Law::IndexFollows, format!("item {n}"));
    }
    if let Some(last) = run.looks.last() {
        oracle.ends(last);
    }
    oracle.finding.breaches.dedup();
    oracle.finding
}

struct Oracle<'a> {
    world: &'a World,
    log: &'a Log,
    /// The lists as they would stand without any fault but the omissions.
    truth: Site,
    finding: Finding,
}

impl Oracle<'_> {
    fn breach(&mut self, law: Law, text: String) {
        if self.finding.breaches.iter().filter(|it| it.law == law).count() < 5 {
            self.finding.breaches.push(Breach { law, text });
        }
    }

    /// The months that an item's own documents date it in. A clock that calls local time GMT means its local time.
    fn claimed(&self, item: &Item) -> Option<Month> {
        item.stated().map(|it| self.world.month_of(it))
    }

    /// Whether we were truly shown, by `until`, that an item is about the subject.
    fn shown_about(&self, item: &Item, until: Minute) -> bool {
        let page = self.log.pages.iter().any(|it| it.at <= until && it.n == item.n && item.text_of(it.version).is_about());
        let feeds = |source: usize| matches!(self.world.sources[source], Source::Feed { .. });
        let titled = |source: usize| !matches!(self.world.sources[source], Source::Sitemap { titles: false, .. });
        let listed = self.log.lists.iter().filter(|it| it.at <= until && titled(it.source)).any(|list| {
            list.items
                .iter()
                .any(|(n, version)| *n == item.n && item.text_of(*version).is_named_in_list(self.world.summaries && feeds(list.source)))
        });
        page || listed
    }

    fn accusations(&mut self, look: &Look) {
        let accused = |it: &&MonthSeen| it.seen.verdict == Verdict::NotMet || look.alerted.contains(&it.month);
        for month in look.months.iter().filter(accused) {
            if self.world.instant(look.at) < month.span.to {
                self.breach(Law::NoEarlyAccusation, format!("{} is not met at {}", month.month, self.world.local(look.at)));
            }
            let of_it = |it: &&Item| it.listed_at() <= look.at && self.claimed(it) == Some(month.month);
            for item in self.world.items.iter().filter(of_it).collect::<Vec<_>>() {
                if self.shown_about(item, look.at) {
                    let text = format!("{} is not met at {}, but {item:?} was shown to us", month.month, self.world.local(look.at));
                    self.breach(Law::NoFalseAccusation, text);
                // What comes after the grace is no matter of the month until it is seen.
                } else if self.world.instant(item.listed_at()) < month.grace_end && self.unseen(item, look).is_some_and(|it| it.is_none()) {
                    let text = format!("{} is not met at {}, but we never saw {item:?}", month.month, self.world.local(look.at));
                    self.breach(Law::NoFalseAccusation, text);
                }
            }
        }
    }

    fn alerts(&mut self, looks: &[Look]) {
        let alerted: Vec<Month> = looks.iter().flat_map(|it| &it.alerted).copied().collect();
        self.finding.alerts = alerted.len();
        for month in self.world.judged() {
            let times = alerted.iter().filter(|it| **it == month).count();
            let owed = looks.last().is_some_and(|last| {
                let of = last.months.iter().find(|it| it.month == month);
                self.world.calm && of.is_some_and(|it| it.seen.verdict == Verdict::NotMet)
            });
            if times > 1 || (owed && times == 0) {
                self.breach(Law::AlertedOnce, format!("{times} alerts of {month}"));
            }
        }
    }

    /// Time that is called covered must hold nothing unseen, whatever its subject and the verdict: the next item there may be the
    /// one that matters. Where our clock was wrong, its times are not the world's, and only verdicts are held to account.
    fn coverage(&mut self, look: &Look) {
        if self.world.has(|it| matches!(it, Trouble::Clock(_))) {
            return;
        }
        for item in self.world.items.iter().filter(|it| it.listed_at() <= look.at) {
            let Some(unknowable) = self.unseen(item, look) else { continue };
            if self.is_for_now_only(item, look) {
                continue;
            }
            let at = self.world.instant(item.listed_at());
            let covered = |it: &&MonthSeen| {
                let asked = it.span.from <= at && at < it.grace_end.min(look.clock);
                // A list that stood still may have been read once more before it was seen to: the gap that begins then lies in
                // the window of the same month, whose grace is longer than a day.
                asked && !it.seen.coverage.gaps.iter().any(|gap| gap.from <= at + TimeDelta::days(1) && at < gap.to)
            };
            if let Some(month) = look.months.iter().find(covered) {
                match unknowable {
                    Some(why) => drop(self.finding.unknowable.entry(why).or_default().insert(item.n)),
                    None => {
                        let text =
                            format!("{} is covered at {}, when {item:?} appeared unseen", month.month, self.world.local(item.listed_at()));
                        self.breach(Law::CoverageIsSound, text);
                    }
                }
            }
        }
    }

    /// Whether what is said of an item's time is for now only: a server's word that nothing has changed is taken back by the next
    /// whole document, which is asked for every day; a list that stands still, or is still empty, is told from a quiet outlet
    /// when it moves on.
    /// No month may end on either, so that accusations have no such leave.
    fn is_for_now_only(&self, item: &Item, look: &Look) -> bool {
        let still = |source: usize| {
            let whole = !matches!(self.world.sources[source], Source::Feed { section: true, .. });
            let stuck = matches!(self.world.sources[source], Source::Feed { tags: Tags::Stuck, .. })
                || self.world.has(|it| it == Trouble::Emptied(source) || it == Trouble::NotModified(Place::Source(source)));
            let frozen = |it: &Fault| {
                let within = it.from <= item.listed_at() && item.listed_at() < it.to;
                (it.what == Trouble::Frozen(source) && within).then_some(it.to)
            };
            let since = self.world.faults.iter().filter_map(frozen).max().or(stuck.then_some(item.listed_at()));
            since.filter(|_| whole)
        };
        let read_since = |source, from| self.log.lists.iter().any(|it| it.source == source && (from..=look.at).contains(&it.at));
        (0..self.world.sources.len()).any(|it| still(it).is_some_and(|from| !read_since(it, from)))
    }

    /// `None` for an item that we know or were shown; else why nobody could have known it, if nobody could.
    fn unseen(&self, item: &Item, look: &Look) -> Option<Option<Unknowable>> {
        if look.known.contains_key(&item.n) {
            return None;
        }
        let shown = self.log.lists.iter().any(|it| it.at <= look.at && it.items.iter().any(|it| it.0 == item.n));
        if shown {
            return Some(None);
        }
        let whole = (0..self.world.sources.len()).filter(|it| !matches!(self.world.sources[*it], Source::Feed { section: true, .. }));
        let mut below = false;
        for source in whole {
            let mut standing = self.truth.standing(source, item.listed_at());
            if matches!(self.world.sources[source], Source::Feed { upward: true, .. }) {
                standing.reverse();
            }
            let Some(place) = standing.iter().position(|it| it.n == item.n) else { return Some(Some(Unknowable::LeftOut)) };
            below |= place > 0 && !matches!(self.world.sources[source], Source::Sitemap { .. });
        }
        let gone = |it: Option<Minute>| it.is_some_and(|it| it <= look.at);
        Some(match () {
            () if gone(item.until) || gone(item.vanishes) => Some(Unknowable::Withdrawn),
            () if below => Some(Unknowable::Below),
            () => None,
        })
    }

    /// What we were shown to be about the subject must stand in some month that it may belong to.
    ///
    /// While our clock is wrong the program speaks of another day, as of which it may not know yet.
    fn evidence(&mut self, look: &Look) {
        if self.world.clock_error(look.at) != 0 {
            return;
        }
        for item in &self.world.items {
            if !self.shown_about(item, look.at) || self.was_met_without_any_time(item) {
                continue;
            }
            let within = |it: &&MonthSeen| self.may_fall_in(item, it.month);
            let months: Vec<&MonthSeen> = look.months.iter().filter(within).collect();
            let all: Vec<Month> = look.months.iter().map(|it| it.month).collect();
            let asked = [Some(item.at), item.stated()].into_iter().flatten().all(|it| all.contains(&self.world.month_of(it)));
            let held = months.iter().any(|it| urls(it).any(|it| number(it) == Some(item.n)));
            if asked && !held {
                let text = format!("{item:?} was shown to be about the subject, and no month holds it at {}", self.world.local(look.at));
                self.breach(Law::NoLostEvidence, text);
            }
        }
    }

    /// Whether our clock was slow when an item first stood in a list, and no document says when it is from: then nothing does.
    fn was_met_without_any_time(&self, item: &Item) -> bool {
        let dated = |it: &Source| match it {
            Source::Feed { dates, .. } => *dates != DateForm::Absent,
            Source::Listing { dated, .. } => *dated,
            Source::Sitemap { titles, .. } => *titles,
        };
        let stated = item.dated != Dated::Nowhere && (self.world.page_dates != PageDates::Absent || self.world.sources.iter().any(dated));
        let first = self.log.lists.iter().find(|list| list.items.iter().any(|it| it.0 == item.n));
        !stated && first.is_some_and(|it| self.world.clock_error(it.at) < 0)
    }

    /// Months in which an item may be looked for: the true one, the stated one; without a date any.
    fn may_fall_in(&self, item: &Item, month: Month) -> bool {
        item.dated == Dated::Nowhere
            || self.claimed(item) == Some(month)
            || self.world.month_of(item.at) == month
            || matches!(item.dated, Dated::By(ahead) if ahead > 0)
    }

    fn praise(&mut self, look: &Look) {
        for month in &look.months {
            for found in &month.seen.evidence {
                let Some(item) = number(&found.url).map(|it| self.world.item(it)) else { continue };
                let text = format!("{} counts {item:?} at {}", month.month, self.world.local(look.at));
                if !(0..=1).any(|it| item.text_of(it).is_about()) {
                    self.breach(Law::NoFalsePraise, format!("{text}, which is not about the subject"));
                }
                if self.claimed(item) != Some(month.month) {
                    self.breach(Law::NoFalsePraise, format!("{text}, which is of another month"));
                } else if self.world.month_of(item.at) != month.month && self.appeared_late(item, month) {
                    self.breach(Law::NoFalsePraise, format!("{text}, which appeared after its grace"));
                }
            }
        }
    }

    /// Whether an item of a month that we watched was first shown after its grace. Our own clock may have been wrong.
    fn appeared_late(&self, item: &Item, month: &MonthSeen) -> bool {
        let after = |at: Minute| self.world.instant(at) >= month.grace_end;
        let watched = self.log.lists.first().is_some_and(|it| !after(it.at));
        let first = self.log.lists.iter().find(|list| list.items.iter().any(|it| it.0 == item.n));
        watched && first.is_some_and(|it| after(it.at)) && !self.world.has(|it| matches!(it, Trouble::Clock(_)))
    }

    fn readings(&mut self, look: &Look) {
        // Half a page that holds a term is of the article. Where no page ever came whole, nothing tells half a page without one from
        // that of an outlet that closes no markup.
        let torn = self.world.has(|it| it == Trouble::Torn(Place::Pages));
        let never_whole = !self.log.pages.iter().any(|it| it.at <= look.at);
        let excused = |it: &Stored| torn && (never_whole || it.judgement != JudgementKind::Unrelated);
        for (n, _) in look.known.iter().filter(|it| it.1.read && !excused(it.1)) {
            if !self.log.pages.iter().any(|it| it.n == *n && it.at <= look.at) {
                self.breach(
                    Law::OnlyArticlesAreRead,
                    format!("item {n} is called read at {}, but its page was never shown", self.world.local(look.at)),
                );
            }
        }
    }

    fn ends(&mut self, last: &Look) {
        for month in self.world.judged() {
            let Some(it) = last.months.iter().find(|it| it.month == month) else { continue };
            let gap = it.seen.coverage.gaps.iter().map(|it| it.why).next().filter(|_| it.seen.reason == Reason::CoverageGap);
            self.finding.ends.push((it.seen.verdict, it.seen.reason, gap));
            let about = self.world.items.iter().any(|it| self.claimed(it) == Some(month) && it.text.is_about());
            let right = if about { Verdict::Met } else { Verdict::NotMet };
            if self.world.calm && it.seen.verdict != right {
                let text = format!(
                    "{month} is {} ({}) and should be {right}: {:?}, {:?}",
                    it.seen.verdict, it.seen.reason, it.seen.pending, it.seen.coverage
                );
                self.breach(Law::CalmIsDecided, text);
            }
        }
    }
}

fn urls(month: &MonthSeen) -> impl Iterator<Item = &str> {
    let seen = &month.seen;
    let evidence = seen.evidence.iter().map(|it| it.url.as_str());
    evidence.chain(seen.pending.iter().map(|it| it.url.as_str())).chain(seen.unread.iter().map(|it| it.url.as_str()))
}
