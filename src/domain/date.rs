//! When an article was published: every date found for it, and which of them is believed.

use std::str::FromStr;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::domain::month::Month;

/// No outlet had a web site before 1990: earlier dates are defaults of empty database fields (0001-01-01, 1970-01-01).
const YEAR_MIN: i32 = 1990;
/// Later years are typing errors; 2082, 8320 and 9999 were seen in the wild (Media Cloud, metadata-lib#103).
const YEAR_MAX: i32 = 2080;
/// A clock that runs ahead, or a zone that was mislabelled, explains a day; more is no publication date.
const AHEAD_MAX: TimeDelta = TimeDelta::days(1);
/// A time outside the article that is no further from that of the reading is the page's own clock.
const PRESENT: TimeDelta = TimeDelta::minutes(30);
/// A firm date settles which of two readings is meant where it is so many times nearer to it than the two are to each other.
const NEARER: i32 = 4;
/// A day in the page's address that is further than this from every date of the article is of another publication.
const FAR_ADDRESS: TimeDelta = TimeDelta::days(31);
/// How long before a change that alone is dated the article may have been published.
const CHANGE_AFTER_MAX: TimeDelta = TimeDelta::days(31);

/// Where a date was found. The last four are bounds: they never vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateSource {
    /// The entry of a feed, news sitemap or listing.
    Feed,
    /// schema.org `datePublished` in a JSON-LD block.
    JsonLd,
    /// A `<meta>` element or microdata property that names the publication time.
    Meta,
    /// A `<time>` element beside the title.
    Time,
    /// Text beside the title.
    Printed,
    /// The element that the outlet's own selector names.
    Selector,
    /// A day written into the page's address.
    UrlPath,
    /// A day written into the address of the article's picture.
    ImagePath,
    /// The HTTP header.
    LastModified,
    /// When the program first saw the article listed.
    FirstSeen,
}

/// How a text names the zone of its time. What it names may be wrong: outlets differ by it in their clocks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneLabel {
    /// No zone: local time is meant, as a rule.
    #[default]
    Absent,
    /// The word `GMT` or `UTC`, which some programs write after local time.
    Gmt,
    /// `Z` or `+00:00`.
    Zero,
    /// Any other zone.
    Offset,
}

/// Text that names no zone label.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no zone label")]
pub struct BadZoneLabel(String);

/// Text that names no place where a date is found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no place where a date is found")]
pub struct BadDateSource(String);

/// How a document states a date, beside the instant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DateReading {
    pub precision: Precision,
    pub label: ZoneLabel,
    /// What the text means if its month stands before its day; `None` where nothing leaves that open.
    pub other: Option<DateTime<Utc>>,
}

/// How finely a date is stated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// The day only; the instant is that day's first.
    Day,
    /// The minute or finer.
    #[default]
    Minute,
}

/// Why a date does not vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateDoubt {
    /// The text states no date that can be read.
    Unreadable,
    /// It comes from a place that bounds the date but does not state it.
    BoundOnly,
    /// Before 1990.
    TooEarly,
    /// After 2080.
    TooLate,
    /// More than a day after the article was first seen.
    AfterFirstSeen,
    /// The page calls it the time of a change; it votes only where nothing else does.
    Revision,
    /// It stands above the title; it votes only where no firmer date does.
    Aside,
    /// It stands outside the article's own box and may belong to something else; it votes only where not even an aside does.
    Outside,
    /// It stands in the page's head, where sites print the day of the visit; it never votes.
    Masthead,
    /// It is the day that a date with a foreign zone has where it was written: it backs that date, whose instant is known.
    LocalDay,
    /// It stands outside the article's own box and is the very day on which the page was read; it never votes.
    Today,
}

/// A clock's error as a rule names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockMark {
    /// The rule and its version; `None` for the general doubt about a label that no rule speaks of yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleName>,
    /// Minutes by which the stated time runs ahead of the true one.
    pub minutes: i64,
}

/// Which rule of an outlet's clock is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RuleName {
    pub id: i64,
    /// Counts the rules for the same dates of the same outlet.
    pub version: i64,
}

/// One date found for an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateEvidence {
    pub from: DateSource,
    /// The text as it stood in the document.
    pub raw: String,
    /// What the text means, corrected by `clock`; `None` where it cannot be read.
    pub instant: Option<DateTime<Utc>>,
    /// Written out only where it is coarser than the usual minute.
    #[serde(default, skip_serializing_if = "Precision::is_minute")]
    pub precision: Precision,
    /// Whether it took part in the decision; false until [`decide_date`] has weighed it.
    pub accepted: bool,
    /// Why it did not; the reader itself sets only the doubts that [`DateDoubt::of_reader`] names.
    pub why: Option<DateDoubt>,
    /// How the text names its zone; not known of dates that were stored before labels were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<ZoneLabel>,
    /// The other instant that the text may mean, where the order of day and month is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<DateTime<Utc>>,
    /// The applied rule by which `instant` and `other` were corrected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockMark>,
    /// The error that the clock is suspected of, while no rule says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspect: Option<ClockMark>,
}

/// How sure the month of a publication date is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateStanding {
    /// All accepted dates fall in one month.
    Sure,
    /// Accepted dates fall in different months: the article counts for none of them until an officer rules.
    Straddles { earliest: DateTime<Utc>, latest: DateTime<Utc> },
    /// No acceptable date.
    Undated,
}

/// The outcome of weighing all evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateDecision {
    /// All of it, in the order given, with `accepted` and `why` filled in.
    pub evidence: Vec<DateEvidence>,
    /// The earliest accepted date; also given where the dates straddle a border, for display.
    pub published: Option<DateTime<Utc>>,
    /// Where `published` was found.
    pub from: Option<DateSource>,
    pub standing: DateStanding,
}

impl DateSource {
    /// The word used in store and output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::JsonLd => "json_ld",
            Self::Meta => "meta",
            Self::Time => "time",
            Self::Printed => "printed",
            Self::Selector => "selector",
            Self::UrlPath => "url_path",
            Self::ImagePath => "image_path",
            Self::LastModified => "last_modified",
            Self::FirstSeen => "first_seen",
        }
    }

    /// What the officer reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Feed => "ngày trong nguồn tin",
            Self::JsonLd => "dữ liệu JSON-LD của trang",
            Self::Meta => "thẻ meta của trang",
            Self::Time => "thẻ time của trang",
            Self::Printed => "ngày in cạnh tựa đề",
            Self::Selector => "ngày theo bộ chọn của cơ quan báo chí",
            Self::UrlPath => "ngày trong địa chỉ trang",
            Self::ImagePath => "ngày trong địa chỉ ảnh",
            Self::LastModified => "ngày sửa cuối theo máy chủ",
            Self::FirstSeen => "lần đầu nhìn thấy",
        }
    }

    /// Whether it only bounds the publication date.
    pub fn is_bound(self) -> bool {
        matches!(self, Self::UrlPath | Self::ImagePath | Self::LastModified | Self::FirstSeen)
    }
}

impl FromStr for DateSource {
    type Err = BadDateSource;

    fn from_str(text: &str) -> Result<Self, BadDateSource> {
        use DateSource::{Feed, FirstSeen, ImagePath, JsonLd, LastModified, Meta, Printed, Selector, Time, UrlPath};
        let all = [Feed, JsonLd, Meta, Time, Printed, Selector, UrlPath, ImagePath, LastModified, FirstSeen];
        all.into_iter().find(|it| it.as_str() == text).ok_or_else(|| BadDateSource(text.to_owned()))
    }
}

impl ZoneLabel {
    /// The word used in store and output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Gmt => "gmt",
            Self::Zero => "zero",
            Self::Offset => "offset",
        }
    }

    /// What the officer reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Absent => "không ghi múi giờ",
            Self::Gmt => "ghi GMT",
            Self::Zero => "ghi giờ quốc tế (Z, +00:00)",
            Self::Offset => "ghi múi giờ",
        }
    }
}

impl FromStr for ZoneLabel {
    type Err = BadZoneLabel;

    fn from_str(text: &str) -> Result<Self, BadZoneLabel> {
        let all = [Self::Absent, Self::Gmt, Self::Zero, Self::Offset];
        all.into_iter().find(|it| it.as_str() == text).ok_or_else(|| BadZoneLabel(text.to_owned()))
    }
}

impl DateDoubt {
    /// Whether it comes from where and how the document states the date; the other doubts come from weighing.
    pub fn of_reader(self) -> bool {
        matches!(self, Self::Revision | Self::Aside | Self::Outside | Self::Masthead | Self::Today)
    }
}

impl Precision {
    /// Whether the minute is stated.
    pub fn is_minute(&self) -> bool {
        *self == Self::Minute
    }
}

impl DateEvidence {
    /// A date that has not been weighed yet.
    pub fn new(from: DateSource, raw: impl Into<String>, instant: Option<DateTime<Utc>>, precision: Precision) -> Self {
        let raw = raw.into();
        Self { from, raw, instant, precision, accepted: false, why: None, label: None, other: None, clock: None, suspect: None }
    }

    /// A date as a document states it.
    pub fn read(from: DateSource, raw: impl Into<String>, instant: Option<DateTime<Utc>>, reading: DateReading) -> Self {
        let DateReading { precision, label, other } = reading;
        Self { label: Some(label), other, ..Self::new(from, raw, instant, precision) }
    }

    /// The same with a doubt that the reader itself has.
    pub fn doubted(mut self, why: DateDoubt) -> Self {
        self.why = Some(why);
        self
    }

    /// The instant as its label says, without any correction.
    pub fn labelled(&self) -> Option<DateTime<Utc>> {
        Some(self.instant? + TimeDelta::minutes(self.clock.map_or(0, |it| it.minutes)))
    }

    /// The instant if the suspected error is real.
    fn suspected(&self) -> Option<DateTime<Utc>> {
        Some(self.labelled()? - TimeDelta::minutes(self.suspect?.minutes))
    }
}

/// Takes the vote from dates outside the article's own box that are the very day, or the very minute, of the reading: sites print
/// the present day at the head and foot of every page.
pub fn doubt_today(evidence: &mut [DateEvidence], read_at: DateTime<Utc>, zone: Tz) {
    let day = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
    for one in evidence.iter_mut().filter(|it| it.why == Some(DateDoubt::Outside)) {
        let now = |at: DateTime<Utc>| match one.precision {
            Precision::Day => day(at) == day(read_at),
            Precision::Minute => (at - read_at).abs() <= PRESENT,
        };
        if one.instant.is_some_and(now) {
            one.why = Some(DateDoubt::Today);
        }
    }
}

/// Weighs all dates found for an article (design 4.3): the earliest accepted one is believed, so that re-dating an old article
/// does not move it; a day without a time does not beat a minute of the same day.
///
/// A date that can be read in two ways (day and month, or a clock under suspicion) speaks for both months, unless one of the ways
/// is impossible or a firm date settles it. A suspected error is never believed for that: a firm date can only clear of it.
///
/// Without `first_seen` only dates outside 1990 to 2080 are impossible. Weighing twice gives the same as once.
pub fn decide_date(mut evidence: Vec<DateEvidence>, first_seen: Option<DateTime<Utc>>, zone: Tz) -> DateDecision {
    for one in &mut evidence {
        if impossible(one, one.instant, first_seen).is_some() && one.other.is_some() && impossible(one, one.other, first_seen).is_none() {
            std::mem::swap(&mut one.instant, &mut one.other);
        }
        one.why = match impossible(one, one.instant, first_seen) {
            Some(why) => Some(why),
            None => one.why.filter(|it| it.of_reader()),
        };
        one.accepted = one.why.is_none();
    }
    for weaker in [DateDoubt::Aside, DateDoubt::Outside, DateDoubt::Revision] {
        if evidence.iter().any(|it| it.accepted) {
            break;
        }
        evidence.iter_mut().filter(|it| it.why == Some(weaker)).for_each(|it| it.accepted = true);
    }
    back_by_day(&mut evidence, zone);
    let doubtful = settle(&mut evidence, first_seen, zone);
    let accepted = || evidence.iter().filter(|it| it.accepted).filter_map(|it| Some((it, it.instant?)));
    let day = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
    let Some(first_day) = accepted().map(|(_, at)| day(at)).min() else {
        return DateDecision { evidence, published: None, from: None, standing: DateStanding::Undated };
    };
    let chosen = accepted()
        .filter(|(_, at)| day(*at) == first_day)
        .min_by_key(|(it, at)| (!it.precision.is_minute(), *at))
        .map(|(it, at)| (it.from, at));
    let readings = || accepted().map(|(_, at)| at).chain(doubtful.iter().copied());
    let earliest = readings().min().unwrap_or_default();
    let latest = readings().max().unwrap_or_default();
    // An article seen before its date carries a mislabelled clock (local time called GMT): it may belong to either month.
    let (earliest, latest) = match first_seen {
        Some(seen) if earliest > seen => (seen, latest),
        _ => (earliest, latest),
    };
    let (earliest, latest) = far_address(&evidence, earliest, latest);
    let standing = match Month::of(earliest, zone) == Month::of(latest, zone) {
        true => DateStanding::Sure,
        false => DateStanding::Straddles { earliest, latest },
    };
    DateDecision { published: chosen.map(|it| it.1), from: chosen.map(|it| it.0), standing, evidence }
}

/// Takes the vote from a bare day that is the day of an accepted instant in the zone in which that one is written: read in the site's
/// zone it would make another day of the same date.
fn back_by_day(evidence: &mut [DateEvidence], zone: Tz) {
    let day = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
    let stated: Vec<(NaiveDate, NaiveDate)> = evidence
        .iter()
        .filter(|it| it.accepted && it.precision.is_minute() && it.label == Some(ZoneLabel::Offset))
        .filter_map(|it| {
            let (at, offset) = (it.labelled()?, offset_of(&it.raw)?);
            Some((at.with_timezone(&offset).date_naive(), day(at)))
        })
        .collect();
    for one in evidence.iter_mut().filter(|it| it.accepted && it.precision == Precision::Day) {
        let Some(printed) = one.instant.map(day) else { continue };
        // Across a month's border both readings stand, and an officer says which is right.
        let one_month = |there: &NaiveDate, here: &NaiveDate| (there.year(), there.month()) == (here.year(), here.month());
        if stated.iter().any(|(there, here)| *there == printed && there != here && one_month(there, here)) {
            (one.accepted, one.why) = (false, Some(DateDoubt::LocalDay));
        }
    }
}

/// The offset at the end of a date's text: `+07:00`, `-0500`.
fn offset_of(raw: &str) -> Option<FixedOffset> {
    let raw = raw.trim();
    let digits = raw.rsplit(['+', '-', '\u{2212}']).next()?;
    let plain: String = digits.chars().filter(|it| *it != ':').collect();
    if plain.len() != 4 || !plain.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (plain[..2].parse().ok()?, plain[2..].parse().ok()?);
    let secs = hours * 3_600 + minutes * 60;
    let sign = raw[..raw.len() - digits.len()].chars().next_back()?;
    if sign == '+' { FixedOffset::east_opt(secs) } else { FixedOffset::west_opt(secs) }
}

/// Settles dates that can be read in two ways by those that can be read in one, and returns the readings that stay open beside
/// the believed ones.
fn settle(evidence: &mut [DateEvidence], first_seen: Option<DateTime<Utc>>, zone: Tz) -> Vec<DateTime<Utc>> {
    let possible = |one: &DateEvidence, at: Option<DateTime<Utc>>| at.filter(|_| impossible(one, at, first_seen).is_none());
    let open = |one: &DateEvidence| possible(one, one.other).is_some() || possible(one, one.suspected()).is_some();
    let firm: Vec<(DateTime<Utc>, Precision, bool)> = evidence
        .iter()
        .filter(|it| it.accepted && it.why.is_none() && !open(it))
        .filter_map(|it| Some((it.instant?, it.precision, !matches!(it.label, Some(ZoneLabel::Gmt | ZoneLabel::Zero)))))
        .collect();
    let day = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
    // Whether a firm date stands by the one reading and not by the other. Of a clock only local time can clear: a second date
    // in universal time may carry the same error.
    let backed = |this: DateTime<Utc>, that: DateTime<Utc>, of_clock: bool| {
        firm.iter().filter(|it| it.2 || !of_clock).any(|(at, precision, _)| match precision {
            Precision::Day => day(*at) == day(this) && day(*at) != day(that),
            Precision::Minute => (*at - this).abs() * NEARER <= (this - that).abs(),
        })
    };
    let mut doubtful = Vec::new();
    for one in evidence.iter_mut().filter(|it| it.accepted) {
        let Some(mut at) = one.instant else { continue };
        let mut other = possible(one, one.other);
        if let Some(swapped) = other.filter(|it| backed(*it, at, false) && !backed(at, *it, false)) {
            (one.instant, one.other) = (Some(swapped), Some(at));
            at = swapped;
            other = None;
        }
        let suspected = possible(one, one.suspected()).filter(|it| *it != at && !backed(at, *it, true));
        doubtful.extend(other.filter(|it| !backed(at, *it, false)).into_iter().chain(suspected));
    }
    doubtful
}

/// An article whose address carries a day of quite another month was re-dated or moved: its dates are widened by that day, so
/// that an officer looks. Pictures are reused, so the days in their addresses tell nothing of this kind.
fn far_address(evidence: &[DateEvidence], earliest: DateTime<Utc>, latest: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    let in_folders = |it: &&DateEvidence| it.from == DateSource::UrlPath && it.raw.contains(['/', '-', '_']);
    let Some(day) = evidence.iter().find(in_folders).and_then(|it| it.instant) else { return (earliest, latest) };
    if earliest - day > FAR_ADDRESS || day - latest > FAR_ADDRESS { (earliest.min(day), latest.max(day)) } else { (earliest, latest) }
}

/// Widens a decision that rests on the time of a change alone: the article was published before it, after `not_before` (the last
/// certified instant before it was seen), and no more than a month is believed to lie between.
pub fn widen_change(mut decision: DateDecision, not_before: DateTime<Utc>, zone: Tz) -> DateDecision {
    let change = |it: &DateEvidence| it.accepted && it.why == Some(DateDoubt::Revision);
    if let (DateStanding::Sure, Some(at)) = (decision.standing, decision.published)
        && decision.evidence.iter().any(change)
    {
        let earliest = not_before.max(at - CHANGE_AFTER_MAX).min(at);
        if Month::of(earliest, zone) != Month::of(at, zone) {
            decision.standing = DateStanding::Straddles { earliest, latest: at };
        }
    }
    decision
}

/// Why an instant cannot be the publication date that a piece of evidence states.
fn impossible(one: &DateEvidence, at: Option<DateTime<Utc>>, first_seen: Option<DateTime<Utc>>) -> Option<DateDoubt> {
    let Some(at) = at else { return Some(DateDoubt::Unreadable) };
    if one.from.is_bound() {
        return Some(DateDoubt::BoundOnly);
    }
    match at.year() {
        ..YEAR_MIN => Some(DateDoubt::TooEarly),
        year if year > YEAR_MAX => Some(DateDoubt::TooLate),
        _ => first_seen.filter(|seen| at - *seen > AHEAD_MAX).map(|_| DateDoubt::AfterFirstSeen),
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Asia::Ho_Chi_Minh;
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn found(from: DateSource, instant: &str) -> DateEvidence {
        DateEvidence::new(from, instant, Some(at(instant)), Precision::Minute)
    }

    fn day(from: DateSource, instant: &str) -> DateEvidence {
        DateEvidence { precision: Precision::Day, ..found(from, instant) }
    }

    #[test]
    fn redating_an_old_article_does_not_move_it() {
        let evidence = vec![found(DateSource::JsonLd, "2026-03-20T02:00:00Z"), found(DateSource::Printed, "2026-03-02T02:00:00Z")];
        let decision = decide_date(evidence, None, Ho_Chi_Minh);
        assert_eq!(decision.published, Some(at("2026-03-02T02:00:00Z")));
        assert_eq!(decision.from, Some(DateSource::Printed));
        assert_eq!(decision.standing, DateStanding::Sure);
    }

    #[test]
    fn a_day_without_time_does_not_beat_a_minute_of_the_same_day() {
        let evidence = vec![day(DateSource::Printed, "2026-03-01T17:00:00Z"), found(DateSource::JsonLd, "2026-03-02T02:30:00Z")];
        assert_eq!(decide_date(evidence, None, Ho_Chi_Minh).published, Some(at("2026-03-02T02:30:00Z")));
        let evidence = vec![day(DateSource::Printed, "2026-02-28T17:00:00Z"), found(DateSource::JsonLd, "2026-03-02T02:30:00Z")];
        assert_eq!(decide_date(evidence, None, Ho_Chi_Minh).published, Some(at("2026-02-28T17:00:00Z")));
    }

    #[test]
    fn impossible_dates_are_kept_with_their_reason_and_do_not_vote() {
        let seen = at("2026-03-05T00:00:00Z");
        let evidence = vec![
            found(DateSource::JsonLd, "2082-03-01T00:00:00Z"),
            found(DateSource::Meta, "1970-01-01T00:00:00Z"),
            found(DateSource::Time, "2026-03-07T00:00:00Z"),
            DateEvidence::new(DateSource::Printed, "hôm qua", None, Precision::Day),
            found(DateSource::UrlPath, "2026-01-01T00:00:00Z"),
            found(DateSource::Feed, "2026-03-05T20:00:00Z"),
        ];
        let decision = decide_date(evidence, Some(seen), Ho_Chi_Minh);
        let why: Vec<_> = decision.evidence.iter().map(|it| it.why).collect();
        use DateDoubt::{AfterFirstSeen, BoundOnly, TooEarly, TooLate, Unreadable};
        assert_eq!(why, [Some(TooLate), Some(TooEarly), Some(AfterFirstSeen), Some(Unreadable), Some(BoundOnly), None]);
        assert_eq!(decision.published, Some(at("2026-03-05T20:00:00Z")));
    }

    #[test]
    fn dates_on_both_sides_of_a_local_month_border_are_left_to_an_officer() {
        // 31 March 20:00Z is 1 April in Huế.
        let evidence = vec![found(DateSource::Feed, "2018-03-31T20:00:00Z"), found(DateSource::Printed, "2018-03-31T13:00:00Z")];
        let straddles = DateStanding::Straddles { earliest: at("2018-03-31T13:00:00Z"), latest: at("2018-03-31T20:00:00Z") };
        assert_eq!(decide_date(evidence.clone(), None, Ho_Chi_Minh).standing, straddles);
        assert_eq!(decide_date(evidence, None, Tz::UTC).standing, DateStanding::Sure);
    }

    #[test]
    fn bounds_never_vote_and_nothing_is_made_up() {
        let evidence = vec![found(DateSource::ImagePath, "2026-03-01T00:00:00Z"), found(DateSource::FirstSeen, "2026-03-02T00:00:00Z")];
        let decision = decide_date(evidence, Some(at("2026-03-02T00:00:00Z")), Ho_Chi_Minh);
        assert_eq!((decision.published, decision.standing), (None, DateStanding::Undated));
    }

    #[test]
    fn the_time_of_a_change_votes_only_where_nothing_else_does() {
        let changed = found(DateSource::Printed, "2026-03-01T00:00:00Z").doubted(DateDoubt::Revision);
        let other = found(DateSource::Meta, "2026-03-02T00:00:00Z");
        assert_eq!(decide_date(vec![changed.clone(), other], None, Ho_Chi_Minh).from, Some(DateSource::Meta));
        let alone = decide_date(vec![changed], None, Ho_Chi_Minh);
        assert_eq!(alone.from, Some(DateSource::Printed));
        assert_eq!(alone.evidence[0].why, Some(DateDoubt::Revision));
    }

    /// `7/5/2017 9:30:00 AM`: 7 May, or 5 July where the month stands first.
    fn open_order() -> DateEvidence {
        let other = Some(at("2017-07-05T02:30:00Z"));
        let reading = DateReading { other, ..DateReading::default() };
        DateEvidence::read(DateSource::Feed, "7/5/2017 9:30:00 AM", Some(at("2017-05-07T02:30:00Z")), reading)
    }

    #[test]
    fn an_open_order_of_day_and_month_is_settled_by_what_is_firm_or_left_to_an_officer() {
        let printed = |instant| day(DateSource::Printed, instant);
        let (may, july) = (at("2017-05-07T02:30:00Z"), at("2017-07-05T02:30:00Z"));
        let open = DateStanding::Straddles { earliest: may, latest: july };
        for (name, beside, seen, published, standing) in [
            ("nothing else", None, None, may, open),
            ("seen long after", None, Some("2017-08-01T00:00:00Z"), may, open),
            ("seen before July", None, Some("2017-05-07T05:00:00Z"), may, DateStanding::Sure),
            ("the page prints a day in May", Some(printed("2017-05-06T17:00:00Z")), None, may, DateStanding::Sure),
            ("the page prints a day in July", Some(printed("2017-07-04T17:00:00Z")), None, july, DateStanding::Sure),
            (
                "the page is dated a day off",
                Some(found(DateSource::JsonLd, "2017-07-04T02:30:00Z")),
                None,
                at("2017-07-04T02:30:00Z"),
                DateStanding::Sure,
            ),
            ("an aside is not firm", Some(printed("2017-07-04T17:00:00Z").doubted(DateDoubt::Aside)), None, may, open),
        ] {
            let evidence: Vec<_> = std::iter::once(open_order()).chain(beside).collect();
            let decision = decide_date(evidence, seen.map(at), Ho_Chi_Minh);
            let day = |it: DateTime<Utc>| it.with_timezone(&Ho_Chi_Minh).date_naive();
            assert_eq!((decision.published.map(day), decision.standing), (Some(day(published)), standing), "{name}");
        }
        let contradicted = decide_date(vec![open_order(), found(DateSource::JsonLd, "2017-05-31T02:30:00Z")], None, Ho_Chi_Minh);
        assert!(matches!(contradicted.standing, DateStanding::Straddles { .. }), "a date that stands by neither settles nothing");
    }

    #[test]
    fn a_reading_that_is_impossible_gives_way_to_the_one_that_is_not() {
        // Read with the day first it would be of next December.
        let reading = DateReading { other: Some(at("2026-04-12T02:00:00Z")), ..DateReading::default() };
        let one = DateEvidence::read(DateSource::Feed, "4/12/2026 9:00:00 AM", Some(at("2026-12-04T02:00:00Z")), reading);
        let decision = decide_date(vec![one], Some(at("2026-04-12T03:00:00Z")), Ho_Chi_Minh);
        assert_eq!((decision.published, decision.standing), (Some(at("2026-04-12T02:00:00Z")), DateStanding::Sure));
    }

    #[test]
    fn a_bare_day_that_was_written_in_a_foreign_zone_backs_its_date_and_makes_no_other_day() {
        let offset = DateReading { label: ZoneLabel::Offset, ..DateReading::default() };
        let stated = |raw: &str| {
            let instant = DateTime::parse_from_str(raw, "%Y-%m-%dT%H:%M:%S%z").unwrap().to_utc();
            DateEvidence::read(DateSource::JsonLd, raw, Some(instant), offset)
        };
        for (name, raw, printed, published, doubt) in [
            ("evening in New York", "2026-03-01T20:00:00-05:00", "2026-02-28T17:00:00Z", "2026-03-02T01:00:00Z", Some(DateDoubt::LocalDay)),
            ("another day", "2026-03-01T20:00:00-05:00", "2026-02-27T17:00:00Z", "2026-02-27T17:00:00Z", None),
            ("at home", "2026-03-01T20:00:00+07:00", "2026-02-28T17:00:00Z", "2026-03-01T13:00:00Z", None),
            ("over the border of a month", "2026-03-31T20:00:00-0500", "2026-03-30T17:00:00Z", "2026-03-30T17:00:00Z", None),
        ] {
            let decision = decide_date(vec![stated(raw), day(DateSource::Printed, printed)], None, Ho_Chi_Minh);
            assert_eq!((decision.published, decision.evidence[1].why), (Some(at(published)), doubt), "{name}");
            assert_eq!(decide_date(decision.evidence.clone(), None, Ho_Chi_Minh), decision, "{name}, weighed twice");
            let straddles = matches!(decision.standing, DateStanding::Straddles { .. });
            assert!(straddles || !raw.starts_with("2026-03-31"), "{name}: an officer says of which month it is");
        }
    }

    #[test]
    fn the_present_day_outside_the_article_is_no_evidence() {
        let read_at = at("2026-03-14T05:54:00Z");
        for (name, one, why) in [
            ("today, outside", day(DateSource::Printed, "2026-03-13T17:00:00Z").doubted(DateDoubt::Outside), DateDoubt::Today),
            ("the page's clock", found(DateSource::Printed, "2026-03-14T05:50:00Z").doubted(DateDoubt::Outside), DateDoubt::Today),
            ("yesterday, outside", day(DateSource::Printed, "2026-03-12T17:00:00Z").doubted(DateDoubt::Outside), DateDoubt::Outside),
            ("this morning, outside", found(DateSource::Printed, "2026-03-14T01:00:00Z").doubted(DateDoubt::Outside), DateDoubt::Outside),
            ("today, in the article's box", day(DateSource::Printed, "2026-03-13T17:00:00Z").doubted(DateDoubt::Aside), DateDoubt::Aside),
        ] {
            let mut evidence = vec![one];
            doubt_today(&mut evidence, read_at, Ho_Chi_Minh);
            assert_eq!(evidence[0].why, Some(why), "{name}");
            let votes = why != DateDoubt::Today;
            assert_eq!(decide_date(evidence, Some(read_at), Ho_Chi_Minh).published.is_some(), votes, "{name}");
        }
        let head = day(DateSource::Printed, "2026-03-10T17:00:00Z").doubted(DateDoubt::Masthead);
        assert_eq!(decide_date(vec![head], None, Ho_Chi_Minh).standing, DateStanding::Undated, "a page's head never dates");
    }

    #[test]
    fn the_time_of_a_change_alone_may_hide_an_earlier_month() {
        let changed =
            || decide_date(vec![found(DateSource::Printed, "2026-04-02T02:00:00Z").doubted(DateDoubt::Revision)], None, Ho_Chi_Minh);
        for (not_before, earliest) in [
            ("2026-04-01T12:00:00Z", None),
            ("2026-03-31T12:00:00Z", Some("2026-03-31T12:00:00Z")),
            ("1970-01-01T00:00:00Z", Some("2026-03-02T02:00:00Z")),
        ] {
            let want =
                earliest.map_or(DateStanding::Sure, |it| DateStanding::Straddles { earliest: at(it), latest: at("2026-04-02T02:00:00Z") });
            assert_eq!(widen_change(changed(), at(not_before), Ho_Chi_Minh).standing, want, "{not_before}");
        }
        let firm = decide_date(vec![found(DateSource::Meta, "2026-04-02T02:00:00Z")], None, Ho_Chi_Minh);
        assert_eq!(widen_change(firm.clone(), DateTime::UNIX_EPOCH, Ho_Chi_Minh), firm);
    }

    #[test]
    fn an_address_of_quite_another_month_calls_for_an_officer() {
        let dated = |raw: &str, bound: &str| {
            let address = DateEvidence::new(DateSource::UrlPath, raw, Some(at(bound)), Precision::Day);
            decide_date(vec![found(DateSource::JsonLd, "2026-03-20T02:00:00Z"), address], None, Ho_Chi_Minh)
        };
        assert_eq!(dated("2026/02/25", "2026-02-24T17:00:00Z").standing, DateStanding::Sure, "drafted before");
        assert!(matches!(dated("2025/12/25", "2025-12-24T17:00:00Z").standing, DateStanding::Straddles { .. }), "re-dated");
        assert_eq!(dated("2025/12/25", "2025-12-24T17:00:00Z").published, Some(at("2026-03-20T02:00:00Z")), "a bound never dates");
        assert_eq!(dated("20251225", "2025-12-24T17:00:00Z").standing, DateStanding::Sure, "a number may be anything");
    }

    #[test]
    fn evidence_is_written_as_the_contract_says() {
        let json = serde_json::to_value(found(DateSource::JsonLd, "2026-03-01T00:00:00Z")).unwrap();
        let want = serde_json::json!({"from": "json_ld", "raw": "2026-03-01T00:00:00Z", "instant": "2026-03-01T00:00:00Z", "accepted": false, "why": null});
        assert_eq!(json, want);
    }

    proptest! {
        #[test]
        fn weighing_twice_changes_nothing(seconds in prop::collection::vec((any::<bool>(), -4_000_000_000i64..9_000_000_000), 0..6), seen in prop::option::of(0i64..4_000_000_000)) {
            let evidence = seconds.into_iter().map(|(revision, it)| {
                let instant = DateTime::from_timestamp(it, 0);
                let other = instant.filter(|_| it % 3 == 0).map(|at| at + TimeDelta::days(it % 90));
                let one = DateEvidence::read(DateSource::Meta, "", instant, DateReading { other, ..DateReading::default() });
                if revision { one.doubted(DateDoubt::Revision) } else { one }
            }).collect();
            let seen = seen.and_then(|it| DateTime::from_timestamp(it, 0));
            let once = decide_date(evidence, seen, Ho_Chi_Minh);
            prop_assert_eq!(decide_date(once.evidence.clone(), seen, Ho_Chi_Minh), once);
        }
    }
}
