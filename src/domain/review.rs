//! A month as it is reviewed: what counts, what waits, what could not be read, and the verdict that follows.

use std::borrow::Cow;

use chrono::{DateTime, FixedOffset, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        blindness::{Blindness, detected},
        calendar::Policy,
        confirmation::{ConfirmationKind, is_confirmed},
        coverage::{Coverage, Gap, GapReason, Ledger, Witnesses, cover},
        hand_check::{ClosedByHand, close_by_hand, visited_to},
        month::{Month, Span},
        nature::Nature,
        officer::MonthDecisions,
        outlet::{Medium, Obligation, OutletId},
        reading::FOREIGN_HOST,
        relevance::{JudgementKind, Mark},
        reprint::{Twin, original_of},
        ruling::{Decision, StandingRuling},
        standing::Since,
        submission::SUBMISSION_URN,
        verdict::{MonthFacts, Reason, Verdict, freed, judge_month, judge_together},
    },
    text::fold,
};

pub use crate::domain::pending::{Pending, PendingWhy};

/// An article that may matter for a month: it may fall in it, and is not both read and unrelated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthArticle {
    pub url: String,
    pub title: String,
    pub published: Option<DateTime<Utc>>,
    pub date_standing: DateFirmness,
    pub first_seen: DateTime<Utc>,
    pub state: ReadState,
    pub unread_why: Option<String>,
    pub judgement: JudgementKind,
    /// The officer's ruling that it stands under.
    pub ruling: Option<StandingRuling>,
    #[serde(default)]
    pub marks: Marks,
    #[serde(default, skip_serializing_if = "Nature::is_plain")]
    pub nature: Nature,
}

/// What became of an article since it was judged, and who else printed its text. Shown; takes no evidence away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// The earlier article of another outlet that this one repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reprint_of: Option<Twin>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Since>,
    /// Whether an edit took the subject out of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub edited_away: bool,
    /// Every other article with nearly its text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub twins: Vec<Twin>,
}

/// How firm an article's date stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateFirmness {
    Sure,
    /// The dates found fall in different months.
    Straddles,
    Undated,
}

/// Whether an article's page was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadState {
    /// Listed, not tried yet.
    Found,
    Read,
    /// Tried in vain; tried again later.
    Unread,
    /// Given up: gone for good, or without text by nature.
    Gone,
}

/// The reviewed month of all outlets. Serialises as the contract's `review --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MonthReview {
    pub month: Month,
    pub as_of: DateTime<FixedOffset>,
    pub outlets: Vec<OutletMonth>,
    pub together: Together,
}

/// The other reading of the duty: the press together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Together {
    pub verdict: Verdict,
    pub count: usize,
}

/// One outlet's reviewed month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutletMonth {
    pub outlet: OutletId,
    pub name: String,
    pub verdict: Verdict,
    pub reason: Reason,
    pub count: usize,
    pub evidence: Vec<Evidence>,
    pub pending: Vec<Pending>,
    pub unread: Vec<Unread>,
    pub coverage: ShownCoverage,
    /// Whether it takes walks back in time to cover the month: what was taken down before them is invisible, so no message may rest
    /// on it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub backfilled: bool,
    /// Media in which part of the month was published and that we cannot read, beyond what the register declares.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub detected: Vec<Blindness>,
}

/// An article or an off-web item that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// For an off-web item without an address, a URN.
    pub url: String,
    pub title: String,
    pub published: Option<DateTime<FixedOffset>>,
    /// `None` for an off-web item: no machine judged it.
    pub judgement: Option<JudgementKind>,
    pub by: DecidedBy,
    /// Set for an off-web item alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub medium: Option<Medium>,
    #[serde(flatten)]
    pub marks: Marks,
    #[serde(flatten)]
    pub nature: Nature,
}

/// Who decided that it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecidedBy {
    Rule,
    Officer,
}

/// An article that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    pub url: String,
    pub why: String,
    #[serde(flatten)]
    pub nature: Nature,
}

/// The coverage with its times as a reader in the site's zone writes them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShownCoverage {
    pub share: f64,
    pub gaps: Vec<ShownGap>,
    /// Gaps that an officer's hand check closed: shown to officers, no part of the contract.
    #[serde(skip)]
    pub closed: Vec<ShownClosed>,
}

/// A stretch that an officer looked through by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownClosed {
    pub gap: ShownGap,
    pub by: String,
    pub at: DateTime<FixedOffset>,
}

/// An uncovered stretch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownGap {
    pub from: DateTime<FixedOffset>,
    pub to: DateTime<FixedOffset>,
    pub why: GapReason,
}

/// The rules and times by which a month is reviewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthRules<'a> {
    pub month: Month,
    pub zone: Tz,
    pub policy: Cow<'a, Policy>,
    /// The instant at which the month's grace ends.
    pub grace_end: DateTime<Utc>,
    pub now: DateTime<Utc>,
}

/// What was seen of one outlet for a month.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Seen {
    pub articles: Vec<MonthArticle>,
    pub ledgers: Vec<Ledger>,
    pub witnesses: Witnesses,
    /// Articles of any subject with a firm date in the month.
    pub articles_seen: usize,
    /// What officers decided, rulings on the articles aside.
    pub decisions: MonthDecisions,
}

impl MonthRules<'_> {
    /// From the month's start to the end of its grace: the time that must be covered.
    pub fn window(&self) -> Span {
        Span { from: self.month.span(self.zone).from, to: self.grace_end }
    }

    /// The same, to be kept for as long as one likes.
    pub fn kept(&self) -> MonthRules<'static> {
        MonthRules {
            month: self.month,
            zone: self.zone,
            policy: Cow::Owned(self.policy.clone().into_owned()),
            grace_end: self.grace_end,
            now: self.now,
        }
    }

    fn local(&self, at: DateTime<Utc>) -> DateTime<FixedOffset> {
        at.with_timezone(&self.zone).fixed_offset()
    }
}

/// Reviews one outlet's month.
pub fn review_outlet(outlet: &Obligation, seen: &Seen, rules: &MonthRules<'_>) -> OutletMonth {
    let first_good = seen.ledgers.iter().filter_map(|it| it.first_good).filter(|it| *it <= rules.now).min();
    let mut month = OutletMonth {
        outlet: outlet.id.clone(),
        name: outlet.name.clone(),
        verdict: Verdict::Undetermined,
        reason: Reason::NeverSeen,
        count: 0,
        evidence: Vec::new(),
        pending: Vec::new(),
        unread: Vec::new(),
        coverage: ShownCoverage { share: 0.0, gaps: Vec::new(), closed: Vec::new() },
        backfilled: false,
        detected: detected(&outlet.blind, &seen.articles, seen.articles_seen),
    };
    for article in &seen.articles {
        place(article, first_good, rules, &mut month);
    }
    let decisions = &seen.decisions;
    fold_mirrors(&mut month, rules.policy.minimum);
    month.evidence.extend(off_web_evidence(decisions, rules));
    month.pending.extend(decisions.submissions.iter().map(|it| Pending {
        url: format!("{SUBMISSION_URN}{}", it.id),
        title: it.what.title(),
        why: PendingWhy::Submitted,
        nature: Nature::default(),
    }));
    for it in &decisions.ahead {
        let waits = month.pending.extract_if(.., |waits| waits.url == it.url).last();
        let nature = waits.map(|it| it.nature).unwrap_or_default();
        month.pending.push(Pending { url: it.url.clone(), title: it.title.clone(), why: PendingWhy::SaidAhead, nature });
    }
    let whole = rules.window();
    let covers = |witnesses: &Witnesses| covered_within(whole, outlet, seen, witnesses, rules).0.gaps.is_empty();
    let covered = covers(&seen.witnesses);
    month.backfilled = covered && !covers(&Witnesses { backfilled: Vec::new(), ..seen.witnesses.clone() });
    let so_far = Span { from: whole.from, to: whole.to.min(rules.now) };
    if so_far.from < so_far.to {
        month.coverage = shown(covered_within(so_far, outlet, seen, &seen.witnesses, rules), rules);
    }
    let month_end = rules.month.span(rules.zone).to;
    let confirmed_since = |kind, since| is_confirmed(kind, &decisions.confirmations, &decisions.off_web, since);
    let confirmed = |kind| confirmed_since(kind, month_end);
    let known = month.detected.iter().map(|it| it.known).fold(month_end, DateTime::max);
    month.count = month.evidence.len();
    let facts = MonthFacts {
        freed: freed(outlet, rules.month),
        evidence: month.count,
        pending: month.pending.len(),
        unread: month.unread.len(),
        ever_seen: first_good.is_some(),
        covered,
        articles_seen: seen.articles_seen.saturating_sub(moved_away(&seen.articles, rules)),
        blind: (!outlet.blind.is_empty() || !month.detected.is_empty()) && !confirmed_since(ConfirmationKind::BlindChecked, known),
        silence_accepted: confirmed(ConfirmationKind::SilenceAccepted),
        month_end,
        grace_end: rules.grace_end,
    };
    (month.verdict, month.reason) = judge_month(&facts, rules.policy.minimum, rules.now);
    month
}

/// Puts the outlets' months together.
pub fn review_together(outlets: Vec<OutletMonth>, rules: &MonthRules<'_>) -> MonthReview {
    let verdicts: Vec<_> = outlets.iter().map(|it| it.verdict).collect();
    let owing = outlets.iter().filter(|it| it.verdict != Verdict::Exempt);
    let together = Together { verdict: judge_together(&verdicts), count: owing.map(|it| it.count).sum() };
    MonthReview { month: rules.month, as_of: rules.local(rules.now), outlets, together }
}

/// Puts one article where it belongs: it counts, waits, is unread, or is nothing to the month.
fn place(article: &MonthArticle, first_good: Option<DateTime<Utc>>, rules: &MonthRules<'_>, month: &mut OutletMonth) {
    let by_rule = standing_of(article, first_good, rules);
    let (place, by) = match &article.ruling {
        None => (by_rule, DecidedBy::Rule),
        Some(ruling) => (ruled_place(ruling, by_rule, rules.month), DecidedBy::Officer),
    };
    match place {
        Place::Counts => {
            month.evidence.push(Evidence {
                url: article.url.clone(),
                title: article.title.clone(),
                published: article.published.map(|it| rules.local(it)),
                judgement: Some(article.judgement),
                by,
                medium: None,
                marks: article.marks.clone(),
                nature: article.nature.clone(),
            });
            // An officer who ruled it in has seen more than the machine.
            if article.marks.edited_away && by == DecidedBy::Rule {
                month.pending.push(pending(article, PendingWhy::EditedAway));
            }
        }
        Place::Pending(why) => {
            if matches!(article.state, ReadState::Found | ReadState::Unread) {
                month.unread.push(unread(article));
            }
            month.pending.push(pending(article, why));
        }
        Place::Unread => month.unread.push(unread(article)),
        Place::Nothing => {}
    }
}

fn pending(article: &MonthArticle, why: PendingWhy) -> Pending {
    Pending { url: article.url.clone(), title: article.title.clone(), why, nature: article.nature.clone() }
}

fn unread(article: &MonthArticle) -> Unread {
    let why = article.unread_why.clone().unwrap_or_else(|| "not_tried_yet".to_owned());
    Unread { url: article.url.clone(), why, nature: article.nature.clone() }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Counts,
    Pending(PendingWhy),
    Unread,
    Nothing,
}

/// The place of an article in the month that it may fall in.
fn standing_of(article: &MonthArticle, first_good: Option<DateTime<Utc>>, rules: &MonthRules<'_>) -> Place {
    let counts = match article.judgement {
        JudgementKind::About => true,
        JudgementKind::Mention => rules.policy.mentions_count,
        JudgementKind::Candidate => false,
        JudgementKind::Unrelated => {
            // What was given up without anybody having seen even its title may have been anything.
            let waits = matches!(article.state, ReadState::Found | ReadState::Unread)
                || (article.state == ReadState::Gone && article.title.is_empty());
            return if waits { Place::Unread } else { Place::Nothing };
        }
    };
    // An outlet that was not watched while the month could be judged has not hidden anything: what a first reading
    // finds is a find, not a late-comer.
    let watched = first_good.is_some_and(|it| it < rules.grace_end);
    match (counts, article.date_standing) {
        (false, _) if article.unread_why.as_deref() == Some(FOREIGN_HOST) => Place::Pending(PendingWhy::ForeignHost),
        (false, _) if article.judgement == JudgementKind::Mention => Place::Pending(PendingWhy::Mention),
        (false, _) => Place::Pending(PendingWhy::Candidate),
        (true, DateFirmness::Straddles) => Place::Pending(PendingWhy::DateStraddles),
        (true, DateFirmness::Undated) => Place::Pending(PendingWhy::Undated),
        (true, DateFirmness::Sure) if watched && article.first_seen >= rules.grace_end => Place::Pending(PendingWhy::AppearedLater),
        (true, DateFirmness::Sure) if article.state != ReadState::Read => Place::Pending(PendingWhy::Candidate),
        (true, DateFirmness::Sure) if is_reprint(article) && !rules.policy.reprints_count => Place::Pending(PendingWhy::Reprint),
        (true, DateFirmness::Sure) if article.nature.marks.contains(&Mark::Foreign) && !rules.policy.foreign_count => {
            Place::Pending(PendingWhy::Foreign)
        }
        (true, DateFirmness::Sure) => Place::Counts,
    }
}

/// Whether it repeats what another outlet printed: an earlier one was seen with its text, or it names its source itself.
fn is_reprint(article: &MonthArticle) -> bool {
    article.marks.reprint_of.is_some() || article.nature.taken_from.is_some()
}

/// The place of an article that an officer ruled on. A ruling settles every doubt of the machine, unread pages included:
/// the officer has read the article. One that ruled an article out holds for the text that was read: if that changed,
/// what would count without the ruling waits for another.
fn ruled_place(ruling: &StandingRuling, by_rule: Place, month: Month) -> Place {
    match (ruling.decision, by_rule) {
        (Decision::Counts(of) | Decision::Moved(of), _) if of == month => Place::Counts,
        (Decision::Counts(_) | Decision::Moved(_), _) => Place::Nothing,
        (Decision::DoesNotCount, _) if ruling.same_text => Place::Nothing,
        (Decision::DoesNotCount, Place::Counts) => Place::Pending(PendingWhy::ChangedSinceRuling),
        (Decision::DoesNotCount | Decision::Undone, other) => other,
    }
}

/// Counts an article that the outlet shows under several addresses once: one title and nearly one text. The one that counts names
/// the others among its twins. Under another title the same words are another item of a column. An officer who ruled a copy in
/// has seen that it is an article of its own. Where the copies would reach the minimum, they wait for one.
fn fold_mirrors(month: &mut OutletMonth, minimum: usize) {
    let found = std::mem::take(&mut month.evidence);
    let shows = |one: &Evidence, other: &Evidence| one.marks.twins.iter().any(|it| it.outlet == month.outlet && it.url == other.url);
    let is_copy = |(at, it): (usize, &Evidence)| {
        let goes_before = |(place, other): (usize, &Evidence)| other.by == DecidedBy::Officer || place < at;
        let one_text = |other: &Evidence| fold(&it.title) == fold(&other.title) && (shows(it, other) || shows(other, it));
        it.by == DecidedBy::Rule && found.iter().enumerate().any(|it| it.0 != at && goes_before(it) && one_text(it.1))
    };
    let copies: Vec<bool> = found.iter().enumerate().map(is_copy).collect();
    let waits = copies.iter().filter(|it| !**it).count() < minimum.max(1);
    for (it, copy) in found.into_iter().zip(copies) {
        match copy {
            false => month.evidence.push(it),
            true if waits => month.pending.push(Pending { url: it.url, title: it.title, why: PendingWhy::Mirror, nature: it.nature }),
            true => {}
        }
    }
}

/// The standing off-web items of the month, as evidence.
fn off_web_evidence(decisions: &MonthDecisions, rules: &MonthRules<'_>) -> Vec<Evidence> {
    let standing = decisions.off_web.iter().filter(|it| it.stands() && it.what.month == rules.month);
    let evidence = standing.map(|it| Evidence {
        url: it.reference(),
        title: it.what.title.to_string(),
        published: it.what.aired.map(|aired| rules.local(aired)),
        judgement: None,
        by: DecidedBy::Officer,
        medium: Some(it.what.medium),
        marks: Marks::default(),
        nature: Nature::default(),
    });
    evidence.collect()
}

/// Articles with a firm date in the month that an officer moved to another one: they are nothing that was seen of it.
fn moved_away(articles: &[MonthArticle], rules: &MonthRules<'_>) -> usize {
    let span = rules.month.span(rules.zone);
    let dated_here = |it: &&MonthArticle| it.date_standing == DateFirmness::Sure && it.published.is_some_and(|at| span.contains(at));
    let elsewhere = |it: &MonthArticle| it.ruling.as_ref().and_then(|it| it.decision.month()).is_some_and(|it| it != rules.month);
    articles.iter().filter(dated_here).filter(|it| elsewhere(it)).count()
}

/// The coverage of a part of the month, and the gaps in it that hand checks closed.
fn covered_within(
    window: Span,
    outlet: &Obligation,
    seen: &Seen,
    witnesses: &Witnesses,
    rules: &MonthRules<'_>,
) -> (Coverage, Vec<ClosedByHand>) {
    let by_sources = cover(window, &seen.ledgers, outlet.sections_complete, witnesses);
    close_by_hand(window, by_sources, &seen.decisions.hand_checks, visited_to(&seen.ledgers, rules.now))
}

fn shown((coverage, closed): (Coverage, Vec<ClosedByHand>), rules: &MonthRules<'_>) -> ShownCoverage {
    let gap = |it: &Gap| ShownGap { from: rules.local(it.span.from), to: rules.local(it.span.to), why: it.why };
    let by_hand = |it: ClosedByHand| ShownClosed { gap: gap(&it.gap), by: it.by, at: rules.local(it.at) };
    ShownCoverage {
        share: coverage.share,
        gaps: coverage.gaps.iter().map(gap).collect(),
        closed: closed.into_iter().map(by_hand).collect(),
    }
}

impl Marks {
    /// Of an article with these twins. What became of it later is set by whoever knows.
    pub fn of_twins(outlet: &OutletId, published: Option<DateTime<Utc>>, twins: Vec<Twin>, zone: Tz) -> Self {
        Self { reprint_of: original_of(outlet, published, &twins, zone).cloned(), twins, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::{Calendar, DutyReading};

    const ZONE: Tz = chrono_tz::Asia::Ho_Chi_Minh;

    fn policy(mentions_count: bool) -> Policy {
        Policy {
            from: "2017-01".parse().unwrap(),
            basis: String::new(),
            reading: DutyReading::EachOutlet,
            minimum: 1,
            grace_working_days: 3,
            mentions_count,
            reprints_count: true,
            foreign_count: true,
        }
    }

    fn rules(policy: &Policy) -> MonthRules<'_> {
        let month: Month = "2026-03".parse().unwrap();
        let grace_end = Calendar::default().grace_end(month, 3, ZONE);
        MonthRules { month, zone: ZONE, policy: Cow::Borrowed(policy), grace_end, now: "2026-05-01T00:00:00Z".parse().unwrap() }
    }

    fn article(judgement: JudgementKind, state: ReadState) -> MonthArticle {
        MonthArticle {
            url: "https://a.vn/1".to_owned(),
            title: "Chợ phiên".to_owned(),
            published: "2026-03-10T02:00:00Z".parse().ok(),
            date_standing: DateFirmness::Sure,
            first_seen: "2026-03-10T03:00:00Z".parse().unwrap(),
            state,
            unread_why: None,
            judgement,
            ruling: None,
            marks: Marks::default(),
            nature: Nature::default(),
        }
    }

    fn reprint(it: MonthArticle) -> MonthArticle {
        let earlier =
            Twin { outlet: "b".parse().unwrap(), url: "https://b.vn/1".to_owned(), published: "2026-03-09T02:00:00Z".parse().ok() };
        let marks = Marks::of_twins(&"a".parse().unwrap(), it.published, vec![earlier], ZONE);
        MonthArticle { marks, ..it }
    }

    #[test]
    fn a_reprint_counts_or_waits_as_the_policy_says() {
        let copy = reprint(article(JudgementKind::About, ReadState::Read));
        let strict = Policy { reprints_count: false, ..policy(false) };
        assert_eq!(standing_of(&copy, None, &rules(&policy(false))), Place::Counts);
        assert_eq!(standing_of(&copy, None, &rules(&strict)), Place::Pending(PendingWhy::Reprint));
        let unrelated = reprint(article(JudgementKind::Unrelated, ReadState::Read));
        assert_eq!(standing_of(&unrelated, None, &rules(&strict)), Place::Nothing);
        let named = Nature { taken_from: Some("TTXVN".to_owned()), ..Nature::default() };
        let by_its_word = MonthArticle { nature: named, ..article(JudgementKind::About, ReadState::Read) };
        assert_eq!(standing_of(&by_its_word, None, &rules(&policy(false))), Place::Counts);
        assert_eq!(standing_of(&by_its_word, None, &rules(&strict)), Place::Pending(PendingWhy::Reprint), "the original was never seen");
        assert_eq!(pending(&by_its_word, PendingWhy::Reprint).nature.labels(), ["đăng theo: TTXVN"], "it is shown why");
    }

    #[test]
    fn a_story_from_abroad_counts_or_waits_as_the_policy_says_and_never_vanishes() {
        let foreign = Nature { marks: vec![Mark::Foreign], ..Nature::default() };
        let abroad = |kind| MonthArticle { nature: foreign.clone(), ..article(kind, ReadState::Read) };
        let strict = Policy { foreign_count: false, ..policy(true) };
        let other = Nature { marks: vec![Mark::History], ..Nature::default() };
        let past = MonthArticle { nature: other, ..article(JudgementKind::About, ReadState::Read) };
        assert_eq!(standing_of(&abroad(JudgementKind::About), None, &rules(&policy(false))), Place::Counts);
        assert_eq!(standing_of(&abroad(JudgementKind::About), None, &rules(&strict)), Place::Pending(PendingWhy::Foreign));
        assert_eq!(standing_of(&abroad(JudgementKind::Mention), None, &rules(&strict)), Place::Pending(PendingWhy::Foreign));
        assert_eq!(standing_of(&abroad(JudgementKind::Unrelated), None, &rules(&strict)), Place::Nothing);
        assert_eq!(standing_of(&past, None, &rules(&strict)), Place::Counts);
        let waits = pending(&abroad(JudgementKind::About), PendingWhy::Foreign);
        let json = serde_json::json!({"url": "https://a.vn/1", "title": "Chợ phiên", "why": "foreign", "marks": ["foreign"]});
        assert_eq!(serde_json::to_value(&waits).unwrap(), json);
    }

    #[test]
    fn a_mark_is_shown_only_where_there_is_one_and_takes_no_evidence_away() {
        let outlet = Obligation {
            id: "a".parse().unwrap(),
            name: String::new(),
            duty: crate::domain::outlet::Duty::Monthly,
            exempt: Vec::new(),
            blind: Vec::new(),
            sections_complete: false,
            active: crate::domain::month::MonthRange::default(),
        };
        let plain = article(JudgementKind::About, ReadState::Read);
        let edited = MonthArticle { marks: Marks { since: Some(Since::Edited), edited_away: true, ..Marks::default() }, ..plain.clone() };
        let gone = MonthArticle { marks: Marks { since: Some(Since::TakenDown), ..Marks::default() }, ..plain.clone() };
        let seen = Seen {
            articles: vec![plain.clone(), edited, gone, reprint(plain)],
            ledgers: Vec::new(),
            witnesses: Witnesses::default(),
            articles_seen: 4,
            decisions: MonthDecisions::default(),
        };
        let policy = policy(false);
        let month = review_outlet(&outlet, &seen, &rules(&policy));
        assert_eq!((month.verdict, month.count), (Verdict::Met, 4));
        assert_eq!(month.pending.iter().map(|it| it.why).collect::<Vec<_>>(), [PendingWhy::EditedAway]);
        let json = serde_json::to_value(&month.evidence).unwrap();
        assert_eq!(json[0].as_object().unwrap().len(), 5, "{json}");
        assert_eq!((json[1]["since"].as_str(), json[2]["since"].as_str()), (Some("edited"), Some("taken_down")));
        assert_eq!(json[0].get("twins"), None);
        assert_eq!(json[3]["reprint_of"], serde_json::json!({"outlet": "b", "url": "https://b.vn/1"}));
    }

    #[test]
    fn an_article_under_two_addresses_of_its_outlet_counts_once_and_where_that_decides_an_officer_is_asked() {
        let a: OutletId = "a".parse().unwrap();
        let at = |number: u32, of: &OutletId, others: &[u32]| {
            let twin = |it: &u32| Twin { outlet: of.clone(), url: format!("https://a.vn/{it}"), published: None };
            let marks = Marks { twins: others.iter().map(twin).collect(), ..Marks::default() };
            MonthArticle { url: format!("https://a.vn/{number}"), marks, ..article(JudgementKind::About, ReadState::Read) }
        };
        let ruled = |it: MonthArticle| {
            let decision = Decision::Counts("2026-03".parse().unwrap());
            let ruling = StandingRuling { decision, by: "hoa".to_owned(), at: DateTime::UNIX_EPOCH, same_text: true };
            MonthArticle { ruling: Some(ruling), ..it }
        };
        let b: OutletId = "b".parse().unwrap();
        let titled = |it: MonthArticle| MonthArticle { title: "Chợ phiên kỳ hai".to_owned(), ..it };
        for (name, articles, minimum, verdict, count, waiting) in [
            ("one and its copy", vec![at(1, &a, &[2]), at(2, &a, &[1])], 1, Verdict::Met, 1, 0),
            ("they would make the difference", vec![at(1, &a, &[2]), at(2, &a, &[1])], 2, Verdict::Undetermined, 1, 1),
            ("and another one", vec![at(1, &a, &[2]), at(2, &a, &[1]), at(3, &a, &[])], 2, Verdict::Met, 2, 0),
            ("the copies of a copy", vec![at(1, &a, &[2]), at(2, &a, &[1, 3]), at(3, &a, &[2])], 2, Verdict::Undetermined, 1, 2),
            ("another outlet's", vec![at(1, &b, &[2]), at(2, &b, &[1])], 2, Verdict::Met, 2, 0),
            ("an officer counts the copy", vec![ruled(at(1, &a, &[2])), ruled(at(2, &a, &[1]))], 2, Verdict::Met, 2, 0),
            ("a column under another title", vec![at(1, &a, &[2]), titled(at(2, &a, &[1]))], 2, Verdict::Met, 2, 0),
            ("an officer counts one", vec![at(1, &a, &[2]), ruled(at(2, &a, &[1]))], 1, Verdict::Met, 1, 0),
        ] {
            let outlet = Obligation {
                id: a.clone(),
                name: String::new(),
                duty: crate::domain::outlet::Duty::Monthly,
                exempt: Vec::new(),
                blind: Vec::new(),
                sections_complete: false,
                active: crate::domain::month::MonthRange::default(),
            };
            let seen = Seen {
                articles,
                ledgers: Vec::new(),
                witnesses: Witnesses::default(),
                articles_seen: 2,
                decisions: MonthDecisions::default(),
            };
            let policy = Policy { minimum, ..policy(false) };
            let month = review_outlet(&outlet, &seen, &rules(&policy));
            let copies = month.pending.iter().filter(|it| it.why == PendingWhy::Mirror).count();
            assert_eq!((month.verdict, month.count, copies), (verdict, count, waiting), "{name}");
            assert!(name != "one and its copy" || month.evidence[0].marks.twins[0].url == "https://a.vn/2", "the other address is named");
        }
    }

    #[test]
    fn an_article_has_one_place_in_a_month() {
        use JudgementKind::{About, Candidate, Mention, Unrelated};
        use ReadState::{Found, Gone, Read, Unread};
        let late = |it: MonthArticle| MonthArticle { first_seen: "2026-04-10T00:00:00Z".parse().unwrap(), ..it };
        let dated = |it: MonthArticle, date_standing| MonthArticle { date_standing, ..it };
        let watched = "2026-01-01T00:00:00Z".parse().ok();
        let first_read_later = "2026-04-10T00:00:00Z".parse().ok();
        for (name, article, first_good, place) in [
            ("about counts", article(About, Read), watched, Place::Counts),
            ("a mention waits", article(Mention, Read), watched, Place::Pending(PendingWhy::Mention)),
            ("a candidate waits", article(Candidate, Read), watched, Place::Pending(PendingWhy::Candidate)),
            ("unrelated is nothing", article(Unrelated, Read), watched, Place::Nothing),
            ("not tried yet blocks", article(Unrelated, Found), watched, Place::Unread),
            ("unread blocks", article(Unrelated, Unread), watched, Place::Unread),
            ("given up without a term does not", article(Unrelated, Gone), watched, Place::Nothing),
            ("given up without a title blocks", MonthArticle { title: String::new(), ..article(Unrelated, Gone) }, watched, Place::Unread),
            ("given up with a term waits", article(Candidate, Gone), watched, Place::Pending(PendingWhy::Candidate)),
            (
                "a straddling date waits",
                dated(article(About, Read), DateFirmness::Straddles),
                watched,
                Place::Pending(PendingWhy::DateStraddles),
            ),
            ("no date waits", dated(article(About, Read), DateFirmness::Undated), watched, Place::Pending(PendingWhy::Undated)),
            (
                "a doubtful date of an unrelated one is nothing",
                dated(article(Unrelated, Read), DateFirmness::Undated),
                watched,
                Place::Nothing,
            ),
            ("what appears after the grace waits", late(article(About, Read)), watched, Place::Pending(PendingWhy::AppearedLater)),
            ("what a first reading finds counts", late(article(About, Read)), first_read_later, Place::Counts),
        ] {
            assert_eq!(standing_of(&article, first_good, &rules(&policy(false))), place, "{name}");
        }
    }

    #[test]
    fn a_ruling_settles_every_doubt_and_one_that_ruled_out_holds_for_the_text_that_was_read() {
        use Place::{Counts, Nothing};
        let (march, april): (Month, Month) = ("2026-03".parse().unwrap(), "2026-04".parse().unwrap());
        let doubts = [
            Counts,
            Nothing,
            Place::Unread,
            Place::Pending(PendingWhy::Candidate),
            Place::Pending(PendingWhy::Undated),
            Place::Pending(PendingWhy::AppearedLater),
        ];
        for by_rule in doubts {
            let changed = if by_rule == Counts { Place::Pending(PendingWhy::ChangedSinceRuling) } else { by_rule };
            for (decision, same_text, place) in [
                (Decision::Counts(march), true, Counts),
                (Decision::Counts(march), false, Counts),
                (Decision::Moved(march), true, Counts),
                (Decision::Counts(april), true, Nothing),
                (Decision::Moved(april), false, Nothing),
                (Decision::DoesNotCount, true, Nothing),
                (Decision::DoesNotCount, false, changed),
            ] {
                let ruling = StandingRuling { decision, by: "hoa".to_owned(), at: DateTime::UNIX_EPOCH, same_text };
                assert_eq!(ruled_place(&ruling, by_rule, march), place, "{by_rule:?} under {ruling:?}");
            }
        }
    }

    #[test]
    fn mentions_count_where_the_policy_says_so() {
        let mention = article(JudgementKind::Mention, ReadState::Read);
        assert_eq!(standing_of(&mention, None, &rules(&policy(true))), Place::Counts);
    }
}
