//! When an article was published: every date found for it, and which of them is believed.

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::domain::month::Month;

/// No outlet had a web site before 1990: earlier dates are defaults of empty database fields (0001-01-01, 1970-01-01).
const YEAR_MIN: i32 = 1990;
/// Later years are typing errors; 2082, 8320 and 9999 were seen in the wild (Media Cloud, metadata-lib#103).
const YEAR_MAX: i32 = 2080;
/// A clock that runs ahead, or a zone that was mislabelled, explains a day; more is no publication date.
const AHEAD_MAX: TimeDelta = TimeDelta::days(1);

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
    /// It stands away from the title and may belong to something else; it votes only where no firmer date does.
    Aside,
}

/// One date found for an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateEvidence {
    pub from: DateSource,
    /// The text as it stood in the document.
    pub raw: String,
    /// What the text means; `None` where it cannot be read.
    pub instant: Option<DateTime<Utc>>,
    /// Written out only where it is coarser than the usual minute.
    #[serde(default, skip_serializing_if = "Precision::is_minute")]
    pub precision: Precision,
    /// Whether it took part in the decision; false until [`decide_date`] has weighed it.
    pub accepted: bool,
    /// Why it did not; the reader itself sets only [`DateDoubt::Revision`] and [`DateDoubt::Aside`].
    pub why: Option<DateDoubt>,
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

    /// Whether it only bounds the publication date.
    pub fn is_bound(self) -> bool {
        matches!(self, Self::UrlPath | Self::ImagePath | Self::LastModified | Self::FirstSeen)
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
        Self { from, raw: raw.into(), instant, precision, accepted: false, why: None }
    }

    /// The same with a doubt that the reader itself has.
    pub fn doubted(mut self, why: DateDoubt) -> Self {
        self.why = Some(why);
        self
    }
}

/// Weighs all dates found for an article (design 4.3): the earliest accepted one is believed, so that re-dating an old article
/// does not move it; a day without a time does not beat a minute of the same day.
///
/// Without `first_seen` only dates outside 1990 to 2080 are impossible. Weighing twice gives the same as once.
pub fn decide_date(mut evidence: Vec<DateEvidence>, first_seen: Option<DateTime<Utc>>, zone: Tz) -> DateDecision {
    for one in &mut evidence {
        one.why = impossible(one, first_seen).or(one.why.filter(|it| matches!(it, DateDoubt::Revision | DateDoubt::Aside)));
        one.accepted = one.why.is_none();
    }
    for weaker in [DateDoubt::Aside, DateDoubt::Revision] {
        if evidence.iter().any(|it| it.accepted) {
            break;
        }
        evidence.iter_mut().filter(|it| it.why == Some(weaker)).for_each(|it| it.accepted = true);
    }
    let accepted = || evidence.iter().filter(|it| it.accepted).filter_map(|it| Some((it, it.instant?)));
    let day = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
    let Some(first_day) = accepted().map(|(_, at)| day(at)).min() else {
        return DateDecision { evidence, published: None, from: None, standing: DateStanding::Undated };
    };
    let chosen = accepted()
        .filter(|(_, at)| day(*at) == first_day)
        .min_by_key(|(it, at)| (!it.precision.is_minute(), *at))
        .map(|(it, at)| (it.from, at));
    let earliest = accepted().map(|(_, at)| at).min().unwrap_or_default();
    let latest = accepted().map(|(_, at)| at).max().unwrap_or_default();
    // An article seen before its date carries a mislabelled clock (local time called GMT): it may belong to either month.
    let (earliest, latest) = match first_seen {
        Some(seen) if earliest > seen => (seen, latest),
        _ => (earliest, latest),
    };
    let standing = match Month::of(earliest, zone) == Month::of(latest, zone) {
        true => DateStanding::Sure,
        false => DateStanding::Straddles { earliest, latest },
    };
    DateDecision { published: chosen.map(|it| it.1), from: chosen.map(|it| it.0), standing, evidence }
}

/// Why a date cannot be a publication date at all.
fn impossible(one: &DateEvidence, first_seen: Option<DateTime<Utc>>) -> Option<DateDoubt> {
    let Some(at) = one.instant else { return Some(DateDoubt::Unreadable) };
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
                let one = DateEvidence::new(DateSource::Meta, "", DateTime::from_timestamp(it, 0), Precision::Minute);
                if revision { one.doubted(DateDoubt::Revision) } else { one }
            }).collect();
            let seen = seen.and_then(|it| DateTime::from_timestamp(it, 0));
            let once = decide_date(evidence, seen, Ho_Chi_Minh);
            prop_assert_eq!(decide_date(once.evidence.clone(), seen, Ho_Chi_Minh), once);
        }
    }
}
