//! An outlet's clock: what its dates are wrong by, found from published minus first seen, and the rules that correct it.

use std::{collections::BTreeMap, fmt, str::FromStr};

use chrono::{DateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::domain::{
    date::{ClockMark, DateEvidence, DateSource, DateStanding, RuleName, ZoneLabel},
    month::Month,
};

/// Items that must speak for an error, and against the clock as it is believed, before a rule is proposed.
const ITEMS_MIN: usize = 10;
/// Items that a rule needs to be applied without an officer.
const ITEMS_FIRM: usize = 30;
/// One busy hour is no profile: the items are spread over so much time at least.
const SPREAD_MIN: TimeDelta = TimeDelta::days(1);
/// One item against an error outweighs so many for it.
const AGAINST_WEIGHT: usize = 10;
/// No mislabelled zone is wrong by more: local time moved by the zone's offset twice.
const MINUTES_MAX: i64 = 14 * 60;
/// Zones differ by multiples of this.
const MINUTES_STEP: i64 = 30;
/// Clocks of servers differ by this much, and minutes are rounded.
const SLACK_MINUTES: i64 = 5;
/// Two dates of one article that are no further apart are the same instant.
const SAME_INSTANT: TimeDelta = TimeDelta::minutes(2);
/// Errors that fit equally well and lie closer together than this are told apart by their size alone.
const UNCLEAR_MINUTES: i64 = 60;

/// Which dates of an outlet one clock stands behind: where they are found, and how they name their zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ClockKey {
    pub from: DateSource,
    pub label: ZoneLabel,
}

/// How far a rule has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleState {
    /// Found, waiting for an officer: dates that it would move over a border wait with it.
    Proposed,
    /// In force.
    Applied,
    /// Refused or taken back.
    Withdrawn,
}

/// Text that names no state of a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no state of a clock rule")]
pub struct BadRuleState(String);

/// A rule on the clock behind some dates of an outlet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockRule {
    pub name: RuleName,
    pub key: ClockKey,
    /// Minutes by which the stated time runs ahead of the true one; 0 says that the clock is right as labelled.
    pub minutes: i64,
    /// Holds for articles first seen from then on; `None` for all.
    pub since: Option<DateTime<Utc>>,
    pub state: RuleState,
}

/// One dated article as it bears on a clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The date as its label says.
    pub labelled: DateTime<Utc>,
    pub first_seen: DateTime<Utc>,
    /// The last certified instant before it was first seen: what came in time was published after it.
    pub not_before: DateTime<Utc>,
    /// Other dates of the article, in local time.
    pub beside: Vec<DateTime<Utc>>,
}

/// What a finding rests on. Times are minutes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockFigures {
    /// Items looked at.
    pub items: usize,
    /// Items that fit the error found (or the clock as believed, where none was) and not its rival.
    pub fitting: usize,
    /// Items that fit the rival and not the error found.
    pub against: usize,
    /// Items of which another date in local time agrees with the error found, to two minutes.
    pub confirmed: usize,
    /// Median of published minus first seen.
    pub ahead_median: i64,
    /// The most that an item was published after it was first seen, outliers (one in twenty) left out.
    pub ahead_most: i64,
}

/// What the items say of a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum ClockVerdict {
    /// Too few items to say anything.
    TooFew,
    /// The items fit the clock as it is believed.
    Agrees,
    /// They fit this error, and not the clock as it is believed.
    Shifted {
        minutes: i64,
        /// The error is not known to have been there before; `None` where all items show it.
        since: Option<DateTime<Utc>>,
        /// No other cause looks like it: the stated times lie ahead of the time they were seen, or other dates confirm it.
        firm: bool,
    },
    /// They fit no single error.
    Unclear,
}

/// A clock as its items show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ClockProfile {
    #[serde(flatten)]
    pub verdict: ClockVerdict,
    pub figures: ClockFigures,
}

impl Sample {
    /// Whether the item may have been published and listed in time if the clock runs ahead by so many minutes.
    fn fits(&self, minutes: i64) -> bool {
        let published = self.labelled - TimeDelta::minutes(minutes);
        let slack = TimeDelta::minutes(SLACK_MINUTES);
        published <= self.first_seen + slack && published >= self.not_before - slack
    }

    fn ahead(&self) -> i64 {
        (self.labelled - self.first_seen).num_minutes()
    }

    fn confirms(&self, minutes: i64) -> bool {
        let published = self.labelled - TimeDelta::minutes(minutes);
        self.beside.iter().any(|it| (*it - published).abs() <= SAME_INSTANT)
    }
}

/// The newest items that speak for one error against another.
struct Run {
    /// How many of the newest items were looked at.
    length: usize,
    oldest: DateTime<Utc>,
}

/// Looks for a constant error of a clock that is believed to run `believed` minutes ahead of its label. `samples` come newest
/// first; `zone_minutes` is how far local time is ahead of universal time.
///
/// An item fits an error if by it the item was published before it was first seen and after the last certified instant before.
/// Back-dated items fit none, items after a long pause fit many: neither tells errors apart, so neither is counted.
pub fn read_clock(samples: &[Sample], believed: i64, zone_minutes: i64) -> ClockProfile {
    let named = [0, zone_minutes, -zone_minutes, 2 * zone_minutes, -2 * zone_minutes];
    // A slow feed looks like a clock that is behind: only errors with a known cause are believed there, and only where next to
    // all items show them.
    let ahead = (1..=MINUTES_MAX / MINUTES_STEP).map(|it| believed + it * MINUTES_STEP);
    let behind = named.into_iter().filter(|it| *it < believed);
    let possible = ahead.chain(behind).filter(|it| (-MINUTES_MAX..=MINUTES_MAX).contains(it));
    let late_only = |minutes: i64, run: &Run| {
        let fitting = samples.iter().take(run.length).filter(|it| it.fits(minutes)).count();
        minutes < believed && (run.length - fitting) * AGAINST_WEIGHT > fitting
    };
    let found = possible.filter_map(|it| Some((it, run(samples, it, believed)?)));
    let runs: BTreeMap<i64, Run> = found.filter(|(minutes, run)| !late_only(*minutes, run)).collect();
    let length = runs.values().map(|it| it.length).max().unwrap_or(0);
    let newest = samples.get(..length).unwrap_or_default();
    let score = |minutes: i64| newest.iter().filter(|it| it.fits(minutes)).count();
    let best = runs.keys().map(|it| score(*it)).max().unwrap_or(0);
    let mut equal: Vec<i64> = runs.keys().copied().filter(|it| score(*it) == best).collect();
    equal.sort_by_key(|it| it.abs());
    let (least, most) = (equal.iter().min().copied().unwrap_or(0), equal.iter().max().copied().unwrap_or(0));
    // Items that are listed late make an error look smaller than it is: one with a known cause needs only most of them.
    let mut known: Vec<i64> = named.into_iter().filter(|it| *it >= least && runs.contains_key(it) && score(*it) * 2 >= best).collect();
    known.sort_by_key(|it| (std::cmp::Reverse(score(*it)), it.abs()));
    let found = known.first().or(equal.first().filter(|_| most - least <= UNCLEAR_MINUTES));
    if let Some((minutes, run)) = found.and_then(|it| Some((*it, runs.get(it)?))) {
        // What is older than the run may speak for the clock as it was believed: then the error began with the run.
        let older = samples.get(run.length..).unwrap_or_default();
        let since = (only(older, believed, minutes) > only(older, minutes, believed)).then_some(run.oldest);
        let held = samples.get(..if since.is_some() { run.length } else { samples.len() }).unwrap_or_default();
        let figures = figures(held, minutes, believed);
        let clear = minutes > believed && figures.fitting >= ITEMS_FIRM && score(minutes) * AGAINST_WEIGHT >= best * (AGAINST_WEIGHT - 1);
        let firm = clear || figures.confirmed >= ITEMS_MIN;
        return ClockProfile { verdict: ClockVerdict::Shifted { minutes, since, firm }, figures };
    }
    let rival = if believed == zone_minutes { 0 } else { zone_minutes };
    let enough = samples.len() >= ITEMS_MIN * 2 && spread_of(samples) >= SPREAD_MIN;
    let figures = figures(samples, believed, rival);
    let confirmed = figures.confirmed >= ITEMS_MIN && (figures.items - figures.confirmed) * AGAINST_WEIGHT <= figures.items;
    let verdict = match run(samples, believed, rival) {
        Some(_) => ClockVerdict::Agrees,
        None if confirmed => ClockVerdict::Agrees,
        None if enough => ClockVerdict::Unclear,
        None => ClockVerdict::TooFew,
    };
    ClockProfile { verdict, figures }
}

/// How many items fit the one error and not the other.
fn only(samples: &[Sample], this: i64, that: i64) -> usize {
    samples.iter().filter(|it| it.fits(this) && !it.fits(that)).count()
}

/// The shortest run of the newest items that is enough to believe the one error and not the other.
fn run(samples: &[Sample], this: i64, that: i64) -> Option<Run> {
    let (mut fitting, mut against) = (0, 0);
    let mut newest = None;
    for (length, sample) in (1..).zip(samples) {
        match (sample.fits(this), sample.fits(that)) {
            (true, false) => fitting += 1,
            (false, true) => {
                against += 1;
                continue;
            }
            _ => continue,
        }
        let newest = *newest.get_or_insert(sample.first_seen);
        if fitting >= ITEMS_MIN && against * AGAINST_WEIGHT <= fitting && newest - sample.first_seen >= SPREAD_MIN {
            return Some(Run { length, oldest: sample.first_seen });
        }
    }
    None
}

fn spread_of(samples: &[Sample]) -> TimeDelta {
    let seen = || samples.iter().map(|it| it.first_seen);
    seen().max().zip(seen().min()).map_or(TimeDelta::zero(), |(last, first)| last - first)
}

fn figures(samples: &[Sample], this: i64, that: i64) -> ClockFigures {
    let mut ahead: Vec<i64> = samples.iter().map(Sample::ahead).collect();
    ahead.sort_unstable();
    let at = |part: usize, of: usize| ahead.get((ahead.len() * part / of).min(ahead.len().saturating_sub(1))).copied().unwrap_or(0);
    ClockFigures {
        items: samples.len(),
        fitting: only(samples, this, that),
        against: only(samples, that, this),
        confirmed: samples.iter().filter(|it| it.confirms(this)).count(),
        ahead_median: at(1, 2),
        ahead_most: at(19, 20),
    }
}

/// The samples of each clock behind an article's dates. Bare days tell nothing of a clock; a text that can be read in two ways
/// tells nothing either.
pub fn samples_of(
    evidence: &[DateEvidence],
    first_seen: DateTime<Utc>,
    not_before: DateTime<Utc>,
) -> impl Iterator<Item = (ClockKey, Sample)> {
    let clocked = |it: &&DateEvidence| {
        !it.from.is_bound() && it.precision.is_minute() && it.other.is_none() && it.why.is_none_or(|why| !why.of_reader())
    };
    evidence.iter().filter(clocked).filter_map(move |one| {
        let key = ClockKey { from: one.from, label: one.label? };
        let local = |it: &&DateEvidence| {
            it.from != one.from && matches!(it.label, Some(ZoneLabel::Absent | ZoneLabel::Offset)) && it.label != one.label
        };
        let beside = evidence.iter().filter(clocked).filter(local).filter_map(DateEvidence::labelled).collect();
        Some((key, Sample { labelled: one.labelled()?, first_seen, not_before, beside }))
    })
}

/// Corrects dates by the rules in force and marks those that a proposed rule would move; what was corrected or marked before is
/// undone first. Bare days are left alone.
///
/// Where no rule speaks of the word `GMT`, local time may stand before it: such dates are suspected of the zone's own offset
/// until the clock has been looked at.
pub fn set_clock(evidence: &mut [DateEvidence], rules: &[ClockRule], first_seen: DateTime<Utc>, zone: Tz) {
    for one in evidence.iter_mut() {
        let undo = TimeDelta::minutes(one.clock.take().map_or(0, |it| it.minutes));
        (one.instant, one.other) = (one.instant.map(|it| it + undo), one.other.map(|it| it + undo));
        one.suspect = None;
        let (Some(at), Some(label)) = (one.instant, one.label) else { continue };
        if one.from.is_bound() || !one.precision.is_minute() {
            continue;
        }
        let key = ClockKey { from: one.from, label };
        let holding = |state: RuleState| {
            let holds = |it: &&ClockRule| it.key == key && it.state == state && it.since.is_none_or(|since| since <= first_seen);
            rules.iter().filter(holds).max_by_key(|it| (it.since, it.name.id))
        };
        let mark = |it: &ClockRule| ClockMark { rule: Some(it.name), minutes: it.minutes };
        one.clock = holding(RuleState::Applied).map(mark);
        let shift = TimeDelta::minutes(one.clock.map_or(0, |it| it.minutes));
        (one.instant, one.other) = (Some(at - shift), one.other.map(|it| it - shift));
        one.suspect = holding(RuleState::Proposed).map(mark);
        if label == ZoneLabel::Gmt && !rules.iter().any(|it| it.key == key) {
            one.suspect = Some(ClockMark { rule: None, minutes: offset_minutes(at, zone) });
        }
    }
}

/// How many minutes a zone's clocks are ahead of universal time at an instant.
pub fn offset_minutes(at: DateTime<Utc>, zone: Tz) -> i64 {
    i64::from(zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc() / 60)
}

/// The months that an article's dates put it in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DatePlace {
    Undated,
    Month(Month),
    /// It waits for an officer between two months, or among them.
    Between(Month, Month),
}

impl DatePlace {
    /// Where a decision puts its article.
    pub fn of(standing: DateStanding, published: Option<DateTime<Utc>>, zone: Tz) -> Self {
        match (standing, published) {
            (DateStanding::Straddles { earliest, latest }, _) => Self::Between(Month::of(earliest, zone), Month::of(latest, zone)),
            (DateStanding::Sure, Some(at)) => Self::Month(Month::of(at, zone)),
            _ => Self::Undated,
        }
    }

    /// The months that it names.
    pub fn months(self) -> Vec<Month> {
        match self {
            Self::Undated => Vec::new(),
            Self::Month(month) => vec![month],
            Self::Between(first, last) => vec![first, last],
        }
    }
}

impl fmt::Display for DatePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undated => f.write_str("undated"),
            Self::Month(month) => write!(f, "{month}"),
            Self::Between(first, last) => write!(f, "{first}/{last}"),
        }
    }
}

/// Articles that a change of a clock moves from one place to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthMove {
    /// A month, two months that the article waits between, or `undated`.
    pub before: String,
    pub after: String,
    pub articles: u64,
    /// Those among them that are not unrelated: the ones that may change a verdict.
    pub matter: u64,
}

/// All moves of one change, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClockDiff {
    moves: BTreeMap<(DatePlace, DatePlace), (u64, u64)>,
}

impl ClockDiff {
    /// Counts one article; what stays in its place is no move.
    pub fn add(&mut self, before: DatePlace, after: DatePlace, matters: bool) {
        if before != after {
            let counts = self.moves.entry((before, after)).or_default();
            counts.0 += 1;
            counts.1 += u64::from(matters);
        }
    }

    /// The moves in the order of the months.
    pub fn moves(&self) -> Vec<MonthMove> {
        let shown = |((before, after), (articles, matter)): (&(DatePlace, DatePlace), &(u64, u64))| MonthMove {
            before: before.to_string(),
            after: after.to_string(),
            articles: *articles,
            matter: *matter,
        };
        self.moves.iter().map(shown).collect()
    }

    /// Every month that gains or loses an article.
    pub fn months(&self) -> Vec<Month> {
        let mut months: Vec<Month> = self.moves.keys().flat_map(|(before, after)| [before.months(), after.months()].concat()).collect();
        months.sort_unstable();
        months.dedup();
        months
    }
}

impl RuleState {
    /// The word used in store and output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Applied => "applied",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// What the officer reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Proposed => "đề xuất, chờ chuyên viên",
            Self::Applied => "đang áp dụng",
            Self::Withdrawn => "đã rút",
        }
    }
}

impl FromStr for RuleState {
    type Err = BadRuleState;

    fn from_str(text: &str) -> Result<Self, BadRuleState> {
        let all = [Self::Proposed, Self::Applied, Self::Withdrawn];
        all.into_iter().find(|it| it.as_str() == text).ok_or_else(|| BadRuleState(text.to_owned()))
    }
}

impl ClockVerdict {
    /// What the officer reads.
    pub fn label(self) -> String {
        match self {
            Self::TooFew => "chưa đủ tin để kết luận".to_owned(),
            Self::Agrees => "giờ đúng như đã ghi".to_owned(),
            Self::Shifted { minutes, .. } => shift_label(minutes),
            Self::Unclear => "giờ không lệch theo một mức cố định".to_owned(),
        }
    }
}

/// An error of a clock in words.
pub fn shift_label(minutes: i64) -> String {
    let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
    let size = if rest == 0 { format!("{hours} giờ") } else { format!("{hours} giờ {rest} phút") };
    match minutes.signum() {
        0 => "giờ đúng như đã ghi".to_owned(),
        1 => format!("giờ ghi nhanh hơn giờ thật {size}"),
        _ => format!("giờ ghi chậm hơn giờ thật {size}"),
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Asia::Ho_Chi_Minh;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::date::{DateReading, Precision, decide_date};

    const ZONE_MINUTES: i64 = 7 * 60;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    /// An outlet that publishes an item every 100 minutes and is visited every `visit` minutes; items are listed `late` minutes
    /// after they are published, and dated `shift` minutes ahead of that.
    struct Watched {
        items: i64,
        visit: i64,
        late: i64,
        shift: i64,
    }

    const WATCHED: Watched = Watched { items: 80, visit: 360, late: 0, shift: 0 };

    impl Watched {
        /// Newest first.
        fn samples(&self) -> Vec<Sample> {
            let minute = |it: i64| at("2026-03-01T00:00:00Z") + TimeDelta::minutes(it);
            let sample = |number: i64| {
                let published = number * 100 + number * number % 37;
                let visits = (published + self.late) / self.visit;
                Sample {
                    labelled: minute(published + self.shift),
                    first_seen: minute((visits + 1) * self.visit),
                    not_before: minute(visits * self.visit),
                    beside: Vec::new(),
                }
            };
            (0..self.items).rev().map(sample).collect()
        }

        fn found(&self, believed: i64) -> ClockVerdict {
            read_clock(&self.samples(), believed, ZONE_MINUTES).verdict
        }
    }

    fn shifted(minutes: i64, firm: bool) -> ClockVerdict {
        ClockVerdict::Shifted { minutes, since: None, firm }
    }

    #[test]
    fn a_constant_error_of_a_clock_is_found_from_when_its_items_were_first_seen() {
        for (name, watched, want) in [
            ("a right clock", WATCHED, ClockVerdict::Agrees),
            ("a right clock, visited daily", Watched { visit: 1440, ..WATCHED }, ClockVerdict::Agrees),
            ("items that are listed two hours late", Watched { late: 120, ..WATCHED }, ClockVerdict::Agrees),
            ("local time that is labelled GMT", Watched { shift: 420, ..WATCHED }, shifted(420, true)),
            ("the same, visited every half hour", Watched { shift: 420, visit: 30, ..WATCHED }, shifted(420, true)),
            ("the same, visited daily", Watched { shift: 420, visit: 1440, items: 200, ..WATCHED }, shifted(420, true)),
            ("the same, listed an hour late", Watched { shift: 420, late: 60, ..WATCHED }, shifted(420, false)),
            ("the zone added twice", Watched { shift: 840, ..WATCHED }, shifted(840, true)),
            ("universal time without a label", Watched { shift: -420, ..WATCHED }, shifted(-420, false)),
            ("summer time", Watched { shift: 60, visit: 30, items: 100, ..WATCHED }, shifted(60, true)),
            ("not enough for the program alone", Watched { shift: 420, items: 25, ..WATCHED }, shifted(420, false)),
            ("too few", Watched { shift: 420, items: 8, ..WATCHED }, ClockVerdict::TooFew),
            ("many within one day", Watched { shift: 420, items: 13, ..WATCHED }, ClockVerdict::TooFew),
            ("too late to have been listed in time", Watched { late: 240, visit: 60, ..WATCHED }, ClockVerdict::Unclear),
        ] {
            assert_eq!(watched.found(0), want, "{name}");
        }
    }

    #[test]
    fn back_dated_items_future_ones_and_long_pauses_change_nothing() {
        for shift in [0, 420] {
            let mut samples = Watched { shift, ..WATCHED }.samples();
            for (at, sample) in samples.iter_mut().enumerate() {
                match at % 10 {
                    0 => sample.labelled -= TimeDelta::days(40),
                    3 => sample.labelled += TimeDelta::days(3),
                    5 | 6 => sample.not_before = DateTime::UNIX_EPOCH,
                    _ => {}
                }
            }
            let want = if shift == 0 { ClockVerdict::Agrees } else { shifted(420, true) };
            assert_eq!(read_clock(&samples, 0, ZONE_MINUTES).verdict, want, "{shift}");
        }
    }

    #[test]
    fn one_item_in_ten_against_an_error_is_borne_and_more_are_not() {
        let right = WATCHED.samples();
        for (every, found) in [(15, true), (3, false)] {
            let mut samples = Watched { shift: 420, ..WATCHED }.samples();
            for at in (0..samples.len()).step_by(every) {
                samples[at] = right[at].clone();
            }
            let verdict = read_clock(&samples, 0, ZONE_MINUTES).verdict;
            assert_eq!(matches!(verdict, ClockVerdict::Shifted { minutes: 420, .. }), found, "every {every}: {verdict:?}");
        }
    }

    #[test]
    fn a_clock_that_changed_is_found_wrong_from_the_change_on() {
        let (wrong, right) = (Watched { shift: 420, ..WATCHED }.samples(), WATCHED.samples());
        // Newest first: the newest 30 are of the other kind than those before.
        let turned = [&wrong[..30], &right[30..]].concat();
        let ClockVerdict::Shifted { minutes: 420, since: Some(since), .. } = read_clock(&turned, 0, ZONE_MINUTES).verdict else {
            panic!("{:?}", read_clock(&turned, 0, ZONE_MINUTES))
        };
        assert!(since >= wrong[29].first_seen, "{since}");
        let mended = [&right[..30], &wrong[30..]].concat();
        let verdict = read_clock(&mended, 420, ZONE_MINUTES).verdict;
        assert!(matches!(verdict, ClockVerdict::Shifted { minutes: 0, since: Some(_), firm: false }), "{verdict:?}");
        assert_eq!(read_clock(&wrong, 420, ZONE_MINUTES).verdict, ClockVerdict::Agrees, "the rule in force is kept");
    }

    #[test]
    fn other_dates_of_the_articles_make_an_error_firm() {
        let mut samples = Watched { shift: -420, ..WATCHED }.samples();
        for sample in &mut samples {
            sample.beside = vec![sample.labelled + TimeDelta::minutes(421)];
        }
        assert_eq!(read_clock(&samples, 0, ZONE_MINUTES).verdict, shifted(-420, true));
    }

    fn rule(id: i64, minutes: i64, state: RuleState, since: Option<&str>) -> ClockRule {
        let key = ClockKey { from: DateSource::Feed, label: ZoneLabel::Gmt };
        ClockRule { name: RuleName { id, version: id }, key, minutes, since: since.map(at), state }
    }

    fn dated(label: ZoneLabel, instant: &str) -> DateEvidence {
        let reading = DateReading { label, ..DateReading::default() };
        DateEvidence::read(DateSource::Feed, instant, Some(at(instant)), reading)
    }

    #[test]
    fn a_rule_in_force_corrects_and_a_proposed_one_makes_the_border_doubtful() {
        use RuleState::{Applied, Proposed, Withdrawn};
        // 31 March 20:00 labelled GMT is 1 April 03:00 in Huế.
        let (labelled, local) = ("2018-03-31T20:00:00Z", "2018-03-31T13:00:00Z");
        let (march, april) = ("2018-03", "2018-04");
        for (name, rules, instant, place) in [
            ("no rule: the word GMT is doubted", vec![], labelled, "2018-03/2018-04"),
            ("proposed", vec![rule(1, 420, Proposed, None)], labelled, "2018-03/2018-04"),
            ("applied", vec![rule(1, 420, Applied, None)], local, march),
            ("the clock is right", vec![rule(1, 0, Applied, None)], labelled, april),
            ("refused", vec![rule(1, 420, Withdrawn, None)], labelled, april),
            ("applied, and doubted again", vec![rule(1, 420, Applied, None), rule(2, 0, Proposed, None)], local, "2018-03/2018-04"),
            (
                "applied from later on",
                vec![rule(1, 0, Applied, None), rule(2, 420, Applied, Some("2018-05-01T00:00:00Z"))],
                labelled,
                april,
            ),
            ("applied from before", vec![rule(1, 0, Applied, None), rule(2, 420, Applied, Some("2018-03-01T00:00:00Z"))], local, march),
        ] {
            let seen = at("2018-04-02T00:00:00Z");
            let mut evidence = vec![dated(ZoneLabel::Gmt, labelled)];
            set_clock(&mut evidence, &rules, seen, Ho_Chi_Minh);
            let once = evidence.clone();
            set_clock(&mut evidence, &rules, seen, Ho_Chi_Minh);
            assert_eq!(evidence, once, "{name}: twice is once");
            assert_eq!(evidence[0].instant, Some(at(instant)), "{name}");
            let decision = decide_date(evidence.clone(), Some(seen), Ho_Chi_Minh);
            assert_eq!(DatePlace::of(decision.standing, decision.published, Ho_Chi_Minh).to_string(), place, "{name}");
            set_clock(&mut evidence, &[rule(9, 0, Applied, None)], seen, Ho_Chi_Minh);
            assert_eq!(evidence[0].instant, Some(at(labelled)), "{name}: undone");
        }
    }

    #[test]
    fn a_rule_speaks_of_one_label_only_and_never_of_bare_days() {
        let rules = [rule(1, 420, RuleState::Applied, None)];
        let mut evidence = vec![
            dated(ZoneLabel::Absent, "2018-03-31T20:00:00Z"),
            dated(ZoneLabel::Zero, "2018-03-31T20:00:00Z"),
            DateEvidence { precision: Precision::Day, ..dated(ZoneLabel::Gmt, "2018-03-31T00:00:00Z") },
            DateEvidence { from: DateSource::JsonLd, ..dated(ZoneLabel::Gmt, "2018-03-31T02:00:00Z") },
        ];
        let before = evidence.clone();
        set_clock(&mut evidence, &rules, at("2018-04-02T00:00:00Z"), Ho_Chi_Minh);
        assert!(evidence.iter().zip(&before).all(|(it, was)| it.instant == was.instant && it.clock.is_none()), "{evidence:?}");
    }

    #[test]
    fn another_date_in_local_time_clears_a_doubted_clock_but_never_convicts_it() {
        let seen = at("2018-04-02T00:00:00Z");
        let beside = |label, instant| DateEvidence { from: DateSource::JsonLd, ..dated(label, instant) };
        for (name, other, place) in [
            ("it agrees with the label", beside(ZoneLabel::Offset, "2018-03-31T20:01:00Z"), "2018-04"),
            ("universal time may carry the same error", beside(ZoneLabel::Zero, "2018-03-31T20:01:00Z"), "2018-03/2018-04"),
            ("it agrees with the suspicion", beside(ZoneLabel::Offset, "2018-03-31T13:00:00Z"), "2018-03/2018-04"),
        ] {
            let mut evidence = vec![dated(ZoneLabel::Gmt, "2018-03-31T20:00:00Z"), other];
            set_clock(&mut evidence, &[], seen, Ho_Chi_Minh);
            let decision = decide_date(evidence, Some(seen), Ho_Chi_Minh);
            assert_eq!(DatePlace::of(decision.standing, decision.published, Ho_Chi_Minh).to_string(), place, "{name}");
        }
    }

    proptest! {
        #[test]
        fn a_right_clock_is_never_called_firmly_wrong(
            items in prop::collection::vec((0i64..30 * 1440, 0i64..900, any::<bool>()), 0..150), visit in 10i64..2000
        ) {
            let minute = |it: i64| at("2026-03-01T00:00:00Z") + TimeDelta::minutes(it);
            let mut samples: Vec<Sample> = items.into_iter().map(|(published, late, first)| {
                let visits = (published + late) / visit;
                let not_before = if first { DateTime::UNIX_EPOCH } else { minute(visits * visit) };
                Sample { labelled: minute(published), first_seen: minute((visits + 1) * visit), not_before, beside: Vec::new() }
            }).collect();
            samples.sort_by_key(|it| std::cmp::Reverse(it.first_seen));
            let verdict = read_clock(&samples, 0, ZONE_MINUTES).verdict;
            prop_assert!(!matches!(verdict, ClockVerdict::Shifted { firm: true, .. }), "{:?}", verdict);
        }

        #[test]
        fn the_error_that_is_found_is_the_one_that_is_there(shift in 1i64..=28, visit in 10i64..360, start in 0i64..1000) {
            // Items that are listed as late as their clock is ahead look right.
            let late = if shift > 2 { start % 30 } else { 0 };
            let watched = Watched { items: 120, visit, late, shift: shift * 30 };
            match watched.found(0) {
                ClockVerdict::Shifted { minutes, .. } => {
                    let known = [ZONE_MINUTES, 2 * ZONE_MINUTES].iter().any(|it| minutes == *it && (0..=180).contains(&(it - shift * 30)));
                    prop_assert!(known || (minutes - shift * 30).abs() <= UNCLEAR_MINUTES, "{}", minutes);
                }
                // Visits closer together than the errors that are tried leave an item that is listed late no error that it fits.
                other => prop_assert!(visit > 60 && shift % 14 != 0 || late > 0 && visit < MINUTES_STEP, "{:?}", other),
            }
        }
    }
}
