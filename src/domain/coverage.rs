//! Coverage: the stretches of time in which we provably saw all that an outlet published.

use std::{collections::HashSet, fmt, str::FromStr};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::{
    month::Span,
    outlet::{Covers, SourceKind},
};

/// An entry as it stood in a document, kept to be looked for in the next one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The article's key within its outlet.
    pub key: String,
    /// Its date in the document; a list without dates is taken in its own order.
    pub dated: Option<DateTime<Utc>>,
}

/// Why a stretch of time is not covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapReason {
    /// Nothing listed at the good visit before was still there: items may have come and gone unseen.
    WindowRolledOver,
    /// The entries of the document stand in no order of time, so nothing can be told from their places.
    Unordered,
    /// No new article of any subject for longer than the outlet's rhythm allows: the list may be frozen.
    Silent,
    /// An article dated in the stretch turned up by another route, and the source that certified it never listed it.
    Revoked,
    /// The outlet has no source, or only sections that are not declared complete.
    NoCompleteSource,
    /// Before the first good visit.
    BeforeFirstVisit,
    /// No visit certifies the stretch (yet): there was none, it failed, or it listed nothing where entries stood before.
    Uncertified,
    /// The same, and robots.txt forbade to read a source meanwhile: what only that lists we may not see.
    RefusedByRobots,
}

/// What one good visit proves about the time since the last certified instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certificate {
    /// A first visit certifies nothing earlier than itself.
    First,
    /// All that was published since was seen.
    Whole,
    /// The document lists nothing, although the source listed entries before: it proves neither presence nor absence,
    /// and a later overlap may still prove that nothing was lost.
    Nothing,
    Gap(GapReason),
}

/// An uncovered stretch and its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    #[serde(flatten)]
    pub span: Span,
    pub why: GapReason,
}

/// What one source certified within a window, and the gaps its visits found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ledger {
    pub covers: Covers,
    pub first_good: Option<DateTime<Utc>>,
    pub certified: Vec<Span>,
    pub gaps: Vec<Gap>,
    /// When robots.txt forbade to read it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<DateTime<Utc>>,
}

/// The repairs and doubts that go beyond what single sources certified.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Witnesses {
    /// Stretches that a later walk through a listing or sitemap closed.
    pub repaired: Vec<Span>,
    /// Stretches before the first visit that a walk back in time spans wholly.
    pub backfilled: Vec<Span>,
    /// Stretches in which nothing new appeared.
    pub silent: Vec<Silence>,
}

/// A stretch without a new article that is longer than the outlet's rhythm allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    pub span: Span,
    pub allowed: TimeDelta,
}

/// The coverage of an outlet in a window of time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Coverage {
    /// Covered part of the window, 0 to 1.
    pub share: f64,
    pub gaps: Vec<Gap>,
}

/// How many of the newest entries of the visit before are looked for.
const WITNESSES: usize = 3;
/// In a document of at least so many entries one may be a pin or a late-comer without its losing its order. In shorter ones
/// chance alone would make an order of any jumble.
const ASIDE_ENTRIES_MIN: usize = 4;
/// In longer documents one in so many entries may stand aside.
const ASIDE_ENTRIES: usize = 5;
/// Dates further ahead of our clock than this are no mislabelled zone: one of the two clocks is wrong.
const AHEAD_MAX: TimeDelta = TimeDelta::days(1);
/// Days of known articles that a sitemap must still list.
pub const SITEMAP_DAYS: i64 = 3;

/// What a document proves about the time since the good visit before it.
///
/// `before` is what that visit listed in the document's own order, `None` at a first visit; `standing` is what
/// stands there now; `identical` says that not one byte has changed.
pub fn certify(kind: SourceKind, before: Option<&[Standing]>, standing: &[Standing], identical: bool) -> Certificate {
    let Some(before) = before else { return Certificate::First };
    if identical || (before.is_empty() && standing.is_empty()) {
        return Certificate::Whole;
    }
    if standing.is_empty() {
        return Certificate::Nothing;
    }
    if before.is_empty() {
        return Certificate::Gap(GapReason::WindowRolledOver);
    }
    if kind == SourceKind::Sitemap {
        return still_listed(before, standing);
    }
    // Both are read in one direction: two entries alone may stand in either.
    let backward = oldest_first(&[before, standing]);
    let now = newest_first(standing, backward);
    let (Some(then), Some(_)) = (in_order(&newest_first(before, backward)), in_order(&now)) else {
        return Certificate::Gap(GapReason::Unordered);
    };
    let known: HashSet<&str> = before.iter().map(|it| it.key.as_str()).collect();
    if then.iter().take(WITNESSES).any(|witness| stands_below_the_new(witness, &now, &known)) {
        Certificate::Whole
    } else {
        Certificate::Gap(GapReason::WindowRolledOver)
    }
}

/// Whether the witness still stands below every new entry that is dated after it. A pinned entry stands above
/// them and would fake an overlap.
fn stands_below_the_new(witness: &Standing, now: &[&Standing], known: &HashSet<&str>) -> bool {
    let Some(place) = now.iter().position(|it| it.key == witness.key) else { return false };
    now[place..].iter().filter(|it| !known.contains(it.key.as_str())).all(|it| match (it.dated, witness.dated) {
        (Some(new), Some(old)) => new < old,
        _ => false,
    })
}

/// A sitemap certifies when it still lists what it listed of the days before its last good visit.
fn still_listed(before: &[Standing], standing: &[Standing]) -> Certificate {
    let newest = before.iter().filter_map(|it| it.dated).max();
    let recent = |it: &&Standing| match (it.dated, newest) {
        (Some(dated), Some(newest)) => dated > newest - TimeDelta::days(SITEMAP_DAYS),
        _ => newest.is_none(),
    };
    let listed: HashSet<&str> = standing.iter().map(|it| it.key.as_str()).collect();
    let mut expected = before.iter().filter(recent).peekable();
    if expected.peek().is_some() && expected.all(|it| listed.contains(it.key.as_str())) {
        Certificate::Whole
    } else {
        Certificate::Gap(GapReason::WindowRolledOver)
    }
}

/// The entries of a list that shows the newest first, with pinned ones and single late-comers left out; `None` where it has no order.
pub fn falling(entries: &[Standing]) -> Option<Vec<&Standing>> {
    in_order(&newest_first(entries, false))
}

/// Whether a list has an order of time, the newest first or last.
pub fn is_ordered(entries: &[Standing]) -> bool {
    [false, true].into_iter().any(|backward| in_order(&newest_first(entries, backward)).is_some())
}

/// Entries that are read the newest first, with pinned ones and single late-comers left out; `None` where too many would
/// have to be.
fn in_order<'a>(read: &[&'a Standing]) -> Option<Vec<&'a Standing>> {
    let kept = longest_falling(read);
    let aside = read.len() - kept.len();
    let free = usize::from(read.len() >= ASIDE_ENTRIES_MIN);
    (aside <= free.max(read.len() / ASIDE_ENTRIES) && !kept.is_empty()).then_some(kept)
}

/// Whether a document's newest dates lie so far ahead of `now` that our clock may be slow: time by it proves nothing. A
/// single entry may carry a wrong date.
pub fn is_ahead(standing: &[Standing], now: DateTime<Utc>) -> bool {
    let mut dates: Vec<_> = standing.iter().filter_map(|it| it.dated).collect();
    dates.sort_by_key(|it| std::cmp::Reverse(*it));
    dates.truncate(WITNESSES);
    dates.iter().filter(|it| **it - now > AHEAD_MAX).count() * 2 > WITNESSES
}

/// Whether the source of these documents lists the oldest first, as far as their dates tell.
pub fn oldest_first(documents: &[&[Standing]]) -> bool {
    let length = |backward| documents.iter().map(|it| longest_falling(&newest_first(it, backward)).len()).sum::<usize>();
    length(true) > length(false)
}

/// The entries in the direction in which a reader meets the newest first.
fn newest_first(entries: &[Standing], backward: bool) -> Vec<&Standing> {
    if backward { entries.iter().rev().collect() } else { entries.iter().collect() }
}

/// The longest run of entries whose dates never rise; entries without a date keep their place in it.
fn longest_falling<'a>(entries: &[&'a Standing]) -> Vec<&'a Standing> {
    // tails[n] is the entry on which the best run of n + 1 dated entries ends: the later its date, the better.
    let mut tails: Vec<usize> = Vec::new();
    let mut previous: Vec<Option<usize>> = vec![None; entries.len()];
    for (at, entry) in entries.iter().enumerate() {
        let Some(dated) = entry.dated else { continue };
        let place = tails.partition_point(|&tail| entries[tail].dated >= Some(dated));
        previous[at] = place.checked_sub(1).map(|it| tails[it]);
        if place == tails.len() { tails.push(at) } else { tails[place] = at }
    }
    let mut kept = HashSet::new();
    let mut last = tails.last().copied();
    while let Some(at) = last {
        kept.insert(at);
        last = previous[at];
    }
    entries.iter().enumerate().filter(|(at, it)| it.dated.is_none() || kept.contains(at)).map(|(_, it)| *it).collect()
}

/// The coverage of an outlet within `window`: one outlet-wide source is enough at each instant; sections together
/// cover only where the register declares them complete. A repair closes what sources left open; silence opens what
/// anybody certified.
pub fn cover(window: Span, ledgers: &[Ledger], sections_complete: bool, witnesses: &Witnesses) -> Coverage {
    let of = |covers| ledgers.iter().filter(move |it| it.covers == covers);
    let mut covered: Vec<Span> = of(Covers::Outlet).flat_map(|it| it.certified.iter().copied()).collect();
    let sections: Vec<_> = of(Covers::Section).map(|it| merged(it.certified.clone())).collect();
    if sections_complete && let Some((first, others)) = sections.split_first() {
        covered.extend(others.iter().fold(first.clone(), |all, it| shared(&all, it)));
    }
    covered.extend(witnesses.repaired.iter().chain(&witnesses.backfilled));
    let whole_sources: Vec<_> = ledgers.iter().filter(|it| it.covers == Covers::Outlet || sections_complete).collect();
    let mut gaps: Vec<Gap> = holes(window, &merged(covered)).into_iter().flat_map(|hole| explain(hole, &whole_sources)).collect();
    let open: Vec<Span> = merged(gaps.iter().map(|it| it.span).collect());
    for silence in &witnesses.silent {
        // Time that was not covered anyway is our silence, not the outlet's.
        let unseen: TimeDelta = shared(&[silence.span], &open).into_iter().map(Span::length).sum();
        if let Some(within) = silence.span.overlap(window).filter(|_| silence.span.length() - unseen > silence.allowed) {
            gaps.extend(holes(within, &open).into_iter().map(|span| Gap { span, why: GapReason::Silent }));
        }
    }
    gaps.sort_by_key(|it| it.span);
    Coverage::over(window, gaps)
}

impl Coverage {
    /// The coverage of a window that these gaps leave.
    pub fn over(window: Span, gaps: Vec<Gap>) -> Self {
        let length = window.length().num_seconds().max(1) as f64;
        let open: i64 = gaps.iter().map(|it| it.span.length().num_seconds()).sum();
        Self { share: (1.0 - open as f64 / length).clamp(0.0, 1.0), gaps }
    }
}

impl Ledger {
    /// Takes back what was certified on the server's word alone ("not modified") where a later whole document found a gap.
    pub fn settle(&mut self) {
        let gaps = merged(self.gaps.iter().map(|it| it.span).collect());
        self.certified = self.certified.iter().flat_map(|it| holes(*it, &gaps)).collect();
    }
}

/// Takes out of a source's ledger the stretches in which it missed an article that is known from elsewhere. `missed` are
/// the dates of those articles. Each revokes the one certificate that spans it, and is shown.
pub fn revoke(ledger: &mut Ledger, missed: &[DateTime<Utc>]) {
    let (revoked, kept): (Vec<Span>, Vec<Span>) = ledger.certified.iter().partition(|span| missed.iter().any(|at| span.contains(*at)));
    ledger.certified = kept;
    ledger.gaps.extend(revoked.into_iter().map(|span| Gap { span, why: GapReason::Revoked }));
}

/// Takes out of a section's ledger the stretches in which it was silent for longer than its own rhythm allows: it may have been
/// frozen, however busy the other sections were. Time that it did not certify anyway is our silence.
pub fn freeze(ledger: &mut Ledger, silences: &[Silence]) {
    let certified = merged(ledger.certified.clone());
    for silence in silences {
        let seen: TimeDelta = shared(&[silence.span], &certified).into_iter().map(Span::length).sum();
        if seen > silence.allowed {
            ledger.certified = ledger.certified.iter().flat_map(|it| holes(*it, &[silence.span])).collect();
            ledger.gaps.push(Gap { span: silence.span, why: GapReason::Silent });
        }
    }
}

/// Articles that make a rhythm. Below it nothing can be said about what is usual.
pub const RHYTHM_ARTICLES_MIN: usize = 10;
/// The pause that is longer than all but one in twenty counts as the usual longest one.
const RHYTHM_PART: f64 = 0.95;
const SILENCE_TIMES: i32 = 3;
const SILENCE_MIN: TimeDelta = TimeDelta::days(3);

/// The stretches up to `until` in which an outlet was silent for longer than its rhythm allows: its usual longest pause
/// times three, at least three days. `published` are the dates of its articles of any subject, in order.
pub fn silences(published: &[DateTime<Utc>], until: DateTime<Utc>) -> Vec<Silence> {
    if published.len() < RHYTHM_ARTICLES_MIN {
        return Vec::new();
    }
    let allowed = (usual_longest(published.windows(2).map(|it| it[1] - it[0]).collect()) * SILENCE_TIMES).max(SILENCE_MIN);
    let ends = published.iter().skip(1).copied().chain([until]);
    published
        .iter()
        .zip(ends)
        .map(|(from, to)| Span { from: *from, to })
        .filter(|it| it.length() > allowed)
        .map(|span| Silence { span, allowed })
        .collect()
}

/// The usual longest of some pauses: the one that nineteen in twenty stay under; zero where there are none.
pub fn usual_longest(mut pauses: Vec<TimeDelta>) -> TimeDelta {
    pauses.sort_unstable();
    pauses.get((pauses.len().saturating_sub(1) as f64 * RHYTHM_PART) as usize).copied().unwrap_or_default()
}

/// The silence at the end of a judged month. Until the list has moved on to something that is dated after the month, nobody
/// knows whether it did not freeze before the month was over. `published` are the dates of the outlet's articles in the
/// month, in order.
pub fn border_silence(published: &[DateTime<Utc>], moved_on: bool, until: DateTime<Utc>) -> Option<Silence> {
    let last = published.last().filter(|_| !moved_on)?;
    Some(Silence { span: Span { from: *last, to: until }, allowed: TimeDelta::zero() })
}

/// The days on either side of a gap whose known articles a witness must list.
pub const WITNESS_DAYS: i64 = 3;

/// Whether a walk through a listing or a sitemap closes a gap: it must list every known, still live article of the gap and of
/// the three days on either side, and at least one before the gap; the end of a list certifies nothing older.
pub fn closes(gap: Span, known_live: &[(String, DateTime<Utc>)], listed: &HashSet<&str>) -> bool {
    let days = TimeDelta::days(WITNESS_DAYS);
    let before = Span { from: gap.from - days, to: gap.from };
    let after = Span { from: gap.to, to: gap.to + days };
    let around = Span { from: before.from, to: after.to };
    let mut seen_before = false;
    for (key, at) in known_live.iter().filter(|(_, at)| around.contains(*at)) {
        if !listed.contains(key.as_str()) {
            return false;
        }
        seen_before |= before.contains(*at);
    }
    seen_before
}

/// Splits a hole by the reasons that are known for its parts.
fn explain(hole: Span, sources: &[&Ledger]) -> Vec<Gap> {
    if sources.is_empty() {
        return vec![Gap { span: hole, why: GapReason::NoCompleteSource }];
    }
    let first = sources.iter().filter_map(|it| it.first_good).min();
    let mut parts = Vec::new();
    let mut rest = hole;
    if let Some(before) = first.map(|first| Span { from: hole.from, to: first.min(hole.to) }).filter(|it| it.from < it.to) {
        parts.push(Gap { span: before, why: GapReason::BeforeFirstVisit });
        rest.from = before.to;
    }
    let mut found: Vec<Gap> =
        sources.iter().flat_map(|it| &it.gaps).filter_map(|gap| Some(Gap { span: gap.span.overlap(rest)?, why: gap.why })).collect();
    found.sort_by_key(|it| (it.span, it.why));
    for gap in found {
        if rest.from < gap.span.from {
            parts.push(Gap { span: Span { from: rest.from, to: gap.span.from }, why: GapReason::Uncertified });
        }
        let from = rest.from.max(gap.span.from);
        if from < gap.span.to {
            parts.push(Gap { span: Span { from, to: gap.span.to }, why: gap.why });
        }
        rest.from = rest.from.max(gap.span.to);
    }
    if rest.from < rest.to {
        parts.push(Gap { span: rest, why: GapReason::Uncertified });
    }
    for part in &mut parts {
        let unseen = matches!(part.why, GapReason::Uncertified | GapReason::BeforeFirstVisit);
        if unseen && sources.iter().flat_map(|it| &it.refused).any(|it| part.span.contains(*it)) {
            part.why = GapReason::RefusedByRobots;
        }
    }
    parts
}

/// The stretches in order, with those that touch or overlap joined.
pub fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|it| it.from < it.to);
    spans.sort();
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
            _ => joined.push(span),
        }
    }
    joined
}

/// What two ordered, joined lists of stretches have in common.
fn shared(a: &[Span], b: &[Span]) -> Vec<Span> {
    a.iter().flat_map(|a| b.iter().filter_map(|b| a.overlap(*b))).collect()
}

/// The parts of `window` outside the ordered, joined stretches.
fn holes(window: Span, covered: &[Span]) -> Vec<Span> {
    let mut left = Vec::new();
    let mut from = window.from;
    for span in covered.iter().filter_map(|it| it.overlap(window)) {
        if from < span.from {
            left.push(Span { from, to: span.from });
        }
        from = from.max(span.to);
    }
    if from < window.to {
        left.push(Span { from, to: window.to });
    }
    left
}

/// A word that names no reason for a gap.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no reason for a gap")]
pub struct BadGapReason(String);

impl GapReason {
    const ALL: [Self; 8] = [
        Self::WindowRolledOver,
        Self::Unordered,
        Self::Silent,
        Self::Revoked,
        Self::NoCompleteSource,
        Self::BeforeFirstVisit,
        Self::Uncertified,
        Self::RefusedByRobots,
    ];

    /// The word used in store and output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WindowRolledOver => "window_rolled_over",
            Self::Unordered => "unordered",
            Self::Silent => "silent",
            Self::Revoked => "revoked",
            Self::NoCompleteSource => "no_complete_source",
            Self::BeforeFirstVisit => "before_first_visit",
            Self::Uncertified => "uncertified",
            Self::RefusedByRobots => "refused_by_robots",
        }
    }

    /// What the officer reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::WindowRolledOver => "danh sách tin đã trôi hết giữa hai lượt đọc",
            Self::Unordered => "danh sách tin không theo thứ tự thời gian",
            Self::Silent => "im lặng lâu hơn nhịp đăng thường lệ, nguồn có thể đã ngừng cập nhật",
            Self::Revoked => "có tin, bài trong khoảng này mà nguồn không hề liệt kê",
            Self::NoCompleteSource => "chưa có nguồn nào liệt kê đầy đủ tin, bài",
            Self::BeforeFirstVisit => "trước lượt đọc đầu tiên",
            Self::Uncertified => "không có lượt đọc nào xác nhận được",
            Self::RefusedByRobots => "robots.txt của trang cấm đọc nguồn",
        }
    }
}

impl fmt::Display for GapReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for GapReason {
    type Err = BadGapReason;

    fn from_str(text: &str) -> Result<Self, BadGapReason> {
        Self::ALL.into_iter().find(|it| it.as_str() == text).ok_or_else(|| BadGapReason(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hour(at: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(at)
    }

    fn span(from: i64, to: i64) -> Span {
        Span { from: hour(from), to: hour(to) }
    }

    /// `"c3 b2 a1"`: keys with their dates in hours; a bare letter has no date.
    fn list(text: &str) -> Vec<Standing> {
        let entry = |it: &str| Standing { key: it[..1].to_owned(), dated: it[1..].parse().ok().map(hour) };
        text.split_whitespace().map(entry).collect()
    }

    #[test]
    fn a_visit_certifies_only_by_a_true_overlap() {
        use Certificate::{Gap, Nothing, Whole};
        let rolled = Gap(GapReason::WindowRolledOver);
        let table = [
            ("the newest still stands below the new", "c3 b2 a1", "e5 d4 c3 b2", Whole),
            ("nothing new", "c3 b2 a1", "c3 b2 a1", Whole),
            ("the window rolled over", "c3 b2 a1", "g7 f6 e5", rolled),
            ("the newest was taken down, the second still stands", "c3 b2 a1", "e5 d4 b2 a1", Whole),
            ("only an entry older than the three newest is left", "d4 c3 b2 a1", "f6 e5 a1", rolled),
            ("a pinned entry fakes no overlap", "p1 e5 d4 c3", "p1 i9 h8 g7", rolled),
            ("beside a pinned entry the true ones overlap", "p1 e5 d4 c3", "p1 g7 f6 e5 d4", Whole),
            ("an entry that gets pinned fakes no overlap", "c3 b2 a1", "c3 g7 f6 e5", rolled),
            ("a late-comer below does no harm", "d6 c5 b3", "e7 d6 c5 z4 b3", Whole),
            ("the oldest first is an order too", "a1 b2 c3", "b2 c3 d4 e5", Whole),
            ("two entries stand in the direction of those before", "a1 b2 c3", "c3 d4", Whole),
            ("and of those after", "b2 c3", "c3 d4 e5", Whole),
            ("a list without dates is taken in its own order", "c b a", "e d c b", Whole),
            ("without dates an entry pinned on top fakes no overlap", "c b a", "c g f e", rolled),
            (
                "without order nothing is proved",
                "a5 b1 c9 d2 e8 f3 g7 h1 i6 j2",
                "a5 b1 c9 d2 e8 f3 g7 h1 i6 j3",
                Gap(GapReason::Unordered),
            ),
            ("emptiness after entries proves nothing", "c3 b2 a1", "", Nothing),
            ("entries after emptiness may have followed others", "", "c3 b2 a1", rolled),
            ("emptiness after emptiness is unchanged", "", "", Whole),
        ];
        for (name, before, now, certificate) in table {
            assert_eq!(certify(SourceKind::Feed, Some(&list(before)), &list(now), false), certificate, "{name}");
        }
    }

    #[test]
    fn a_first_visit_certifies_nothing_and_identical_bytes_always_do() {
        assert_eq!(certify(SourceKind::Feed, None, &list("b2 a1"), false), Certificate::First);
        let jumble = list("a5 b1 c9 d2 e8 f3 g7 h1 i6 j2");
        assert_eq!(certify(SourceKind::Feed, Some(&jumble), &jumble, true), Certificate::Whole);
    }

    #[test]
    fn a_sitemap_certifies_while_it_still_lists_the_days_before() {
        let before = list("d100 c90 b60 a2");
        for (name, now, whole) in [
            ("all of the last three days", "f120 d100 c90 b60", true),
            ("in any order", "b60 d100 f120 c90", true),
            ("one of the last days is missing", "f120 d100 b60", false),
        ] {
            assert_eq!(certify(SourceKind::Sitemap, Some(&before), &list(now), false) == Certificate::Whole, whole, "{name}");
        }
    }

    fn ledger(covers: Covers, certified: &[Span], gaps: &[Gap]) -> Ledger {
        let first_good = certified.iter().map(|it| it.from).min();
        Ledger { covers, first_good, certified: certified.to_vec(), gaps: gaps.to_vec(), refused: vec![] }
    }

    #[test]
    fn one_outlet_wide_source_is_enough_at_each_instant() {
        let ledgers = [ledger(Covers::Outlet, &[span(0, 5)], &[]), ledger(Covers::Outlet, &[span(4, 10)], &[])];
        assert_eq!(cover(span(0, 10), &ledgers, false, &Witnesses::default()), Coverage { share: 1.0, gaps: vec![] });
    }

    #[test]
    fn sections_cover_only_where_they_are_declared_complete_and_only_together() {
        let ledgers = [ledger(Covers::Section, &[span(0, 6)], &[]), ledger(Covers::Section, &[span(0, 10)], &[])];
        assert_eq!(cover(span(0, 10), &ledgers, false, &Witnesses::default()).share, 0.0);
        assert_eq!(cover(span(0, 10), &ledgers, false, &Witnesses::default()).gaps[0].why, GapReason::NoCompleteSource);
        let together = cover(span(0, 10), &ledgers, true, &Witnesses::default());
        assert_eq!((together.share, together.gaps[0].span), (0.6, span(6, 10)));
    }

    #[test]
    fn each_part_of_a_hole_carries_its_own_reason() {
        let rolled = Gap { span: span(5, 7), why: GapReason::WindowRolledOver };
        let ledgers = [ledger(Covers::Outlet, &[span(2, 5), span(7, 8)], &[rolled])];
        let gaps = cover(span(0, 10), &ledgers, false, &Witnesses::default()).gaps;
        let expected =
            [Gap { span: span(0, 2), why: GapReason::BeforeFirstVisit }, rolled, Gap { span: span(8, 10), why: GapReason::Uncertified }];
        assert_eq!(gaps, expected);
    }

    #[test]
    fn an_outlet_without_sources_is_covered_by_nothing() {
        assert_eq!(cover(span(0, 10), &[], true, &Witnesses::default()).share, 0.0);
    }

    #[test]
    fn silence_is_measured_by_the_outlets_own_rhythm() {
        let daily: Vec<_> = (0..40).map(|it| hour(it * 24)).collect();
        assert!(silences(&daily, hour(40 * 24)).is_empty());
        let spans = |dates: &[DateTime<Utc>], until| silences(dates, until).into_iter().map(|it| it.span).collect::<Vec<_>>();
        assert_eq!(spans(&daily, hour(39 * 24 + 73)), [span(39 * 24, 39 * 24 + 73)], "three days and an hour");
        let monthly: Vec<_> = (0..12).map(|it| hour(it * 720)).collect();
        assert!(silences(&monthly, hour(11 * 720 + 2_000)).is_empty(), "a magazine rests for weeks");
        let frozen: Vec<_> = (0..20).chain(40..60).map(|it| hour(it * 24)).collect();
        assert_eq!(spans(&frozen, hour(60 * 24)), [span(19 * 24, 40 * 24)]);
        assert!(silences(&daily[..5], hour(4_000)).is_empty(), "five articles make no rhythm");
    }

    #[test]
    fn a_month_ends_only_when_the_list_has_moved_on_from_it() {
        let published = [hour(10), hour(30)];
        assert_eq!(border_silence(&published, false, hour(90)).map(|it| it.span), Some(span(30, 90)));
        assert_eq!(border_silence(&published, true, hour(90)), None);
        assert_eq!(border_silence(&[], false, hour(90)), None, "a month without any article has its own end");
    }

    #[test]
    fn a_list_from_the_future_means_a_wrong_clock_and_a_single_date_does_not() {
        for (dates, ahead) in [("c60 b50 a1", true), ("c60 b20 a1", false), ("e900 d20 c15 b10 a5", false), ("c b a", false), ("", false)] {
            assert_eq!(is_ahead(&list(dates), hour(24)), ahead, "{dates}");
        }
    }

    #[test]
    fn a_short_jumble_is_no_order_with_exceptions() {
        for (entries, ordered) in
            [("a1 c3 b2", false), ("d4 c3 a1 b2", true), ("c3 d4 a1 b2", false), ("p1 h8 g7 f6 e5 d4 c3 q0 b2", false)]
        {
            let entries = list(entries);
            assert_eq!(in_order(&entries.iter().collect::<Vec<_>>()).is_some(), ordered, "{entries:?}");
        }
    }

    #[test]
    fn a_frozen_list_certifies_nothing_however_often_it_is_read() {
        let ledgers = [ledger(Covers::Outlet, &[span(0, 100)], &[])];
        let silence = Silence { span: span(20, 60), allowed: TimeDelta::hours(39) };
        let witnesses = Witnesses { silent: vec![silence], ..Witnesses::default() };
        let coverage = cover(span(0, 100), &ledgers, false, &witnesses);
        assert_eq!(coverage.gaps, [Gap { span: span(20, 60), why: GapReason::Silent }]);
        assert_eq!(coverage.share, 0.6);
    }

    #[test]
    fn what_we_did_not_see_is_no_silence_of_the_outlet() {
        let ledgers = [ledger(Covers::Outlet, &[span(0, 22), span(58, 100)], &[])];
        let silence = Silence { span: span(20, 60), allowed: TimeDelta::hours(10) };
        let witnesses = Witnesses { silent: vec![silence], ..Witnesses::default() };
        let gaps = cover(span(0, 100), &ledgers, false, &witnesses).gaps;
        assert_eq!(gaps, [Gap { span: span(22, 58), why: GapReason::Uncertified }]);
    }

    #[test]
    fn an_article_that_a_source_never_listed_revokes_its_certificate_for_that_stretch_only() {
        let mut it = ledger(Covers::Outlet, &[span(0, 10), span(10, 20), span(20, 30)], &[]);
        revoke(&mut it, &[hour(12)]);
        assert_eq!(it.certified, [span(0, 10), span(20, 30)]);
        assert_eq!(it.gaps, [Gap { span: span(10, 20), why: GapReason::Revoked }]);
        let elsewhere = ledger(Covers::Outlet, &[span(5, 25)], &[]);
        assert!(cover(span(0, 30), &[it, elsewhere], false, &Witnesses::default()).gaps.is_empty(), "another source saw it");
    }

    #[test]
    fn a_section_that_stood_still_takes_back_what_it_certified_meanwhile() {
        let silence = |from, to, allowed| Silence { span: span(from, to), allowed: TimeDelta::hours(allowed) };
        for (name, silences, certified, gaps) in [
            ("it kept its rhythm", vec![], vec![span(0, 50), span(50, 100)], 0),
            ("it stood still", vec![silence(40, 100, 10)], vec![span(0, 40)], 1),
            ("we were away ourselves", vec![silence(95, 160, 10)], vec![span(0, 50), span(50, 100)], 0),
        ] {
            let mut ledger = Ledger {
                covers: Covers::Section,
                first_good: None,
                certified: vec![span(0, 50), span(50, 100)],
                gaps: vec![],
                refused: vec![],
            };
            freeze(&mut ledger, &silences);
            assert_eq!((ledger.certified, ledger.gaps.len()), (certified, gaps), "{name}");
        }
    }

    #[test]
    fn a_witness_must_list_what_is_known_on_both_sides_of_the_gap() {
        let known = [("a", 90), ("b", 99), ("c", 111), ("old", 10)].map(|(key, at)| (key.to_owned(), hour(at)));
        for (name, listed, closed) in [
            ("all of both sides", vec!["a", "b", "c", "new"], true),
            ("one before is missing", vec!["b", "c"], false),
            ("one after is missing", vec!["a", "b"], false),
        ] {
            assert_eq!(closes(span(100, 110), &known, &listed.into_iter().collect()), closed, "{name}");
        }
        let after_only = [("c".to_owned(), hour(111))];
        assert!(!closes(span(100, 110), &after_only, &["c"].into()), "the end of a list certifies nothing older");
    }

    proptest! {
        #[test]
        fn covered_and_open_time_add_up_to_the_window(
            spans in prop::collection::vec((0i64..100, 0i64..30), 0..12), from in 0i64..50, length in 1i64..80,
        ) {
            let certified: Vec<_> = spans.into_iter().map(|(from, length)| span(from, from + length)).collect();
            let window = span(from, from + length);
            let coverage = cover(window, &[ledger(Covers::Outlet, &certified, &[])], false, &Witnesses::default());
            let covered = (from..from + length).filter(|at| certified.iter().any(|it| it.contains(hour(*at)))).count();
            let open: i64 = coverage.gaps.iter().map(|it| it.span.length().num_hours()).sum();
            prop_assert_eq!(covered as i64 + open, length);
        }

        #[test]
        fn entries_that_all_vanished_never_certify(before in 1usize..20, now in 1usize..20) {
            let made = |letter: &str, count: usize, base: i64| -> Vec<Standing> {
                (0..count).rev().map(|it| Standing { key: format!("{letter}{it}"), dated: Some(hour(base + it as i64)) }).collect()
            };
            let certificate = certify(SourceKind::Feed, Some(&made("a", before, 0)), &made("b", now, 100), false);
            prop_assert_eq!(certificate, Certificate::Gap(GapReason::WindowRolledOver));
        }
    }
}
