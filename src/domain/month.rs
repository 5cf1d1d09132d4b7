//! Calendar months in the site's zone, and half-open stretches of time.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A calendar month, written `YYYY-MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i32,
    month: u32,
}

/// A half-open stretch of time: `from` belongs to it, `to` does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
}

/// The months from `from` to `to`, both included; an absent end is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MonthRange {
    pub from: Option<Month>,
    pub to: Option<Month>,
}

/// Text that is not a month between 1900-01 and 2999-12.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a month: write YYYY-MM, for example 2026-10")]
pub struct BadMonth(String);

impl Month {
    /// The month of that year; `None` unless `month` is 1 to 12 and the year four digits from 1900 on.
    pub fn new(year: i32, month: u32) -> Option<Self> {
        ((1900..3000).contains(&year) && (1..=12).contains(&month)).then_some(Self { year, month })
    }

    /// The month in which an instant falls for a reader of a clock in `zone`.
    pub fn of(at: DateTime<Utc>, zone: Tz) -> Self {
        let local = at.with_timezone(&zone);
        Self { year: local.year(), month: local.month() }
    }

    /// Four-digit year.
    pub fn year(self) -> i32 {
        self.year
    }

    /// Month of the year, 1 to 12.
    pub fn number(self) -> u32 {
        self.month
    }

    /// The month after this one.
    pub fn next(self) -> Self {
        match self.month {
            12 => Self { year: self.year + 1, month: 1 },
            month => Self { year: self.year, month: month + 1 },
        }
    }

    /// The month before this one.
    pub fn previous(self) -> Self {
        match self.month {
            1 => Self { year: self.year - 1, month: 12 },
            month => Self { year: self.year, month: month - 1 },
        }
    }

    /// From local midnight of the first day to local midnight of the next month's first day.
    pub fn span(self, zone: Tz) -> Span {
        Span { from: midnight(self.first_day(), zone), to: midnight(self.next().first_day(), zone) }
    }

    /// The first day of the month.
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year, self.month, 1).unwrap_or(NaiveDate::MIN)
    }

    /// This month and those after it up to `last`, which is included.
    pub fn through(self, last: Month) -> impl Iterator<Item = Month> {
        std::iter::successors(Some(self), |it| Some(it.next())).take_while(move |it| *it <= last)
    }
}

/// The first instant of a day in `zone`; where a clock change skips midnight, the first instant after it.
pub fn midnight(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let naive = day.and_time(chrono::NaiveTime::MIN);
    zone.from_local_datetime(&naive)
        .earliest()
        .or_else(|| zone.from_local_datetime(&(naive + TimeDelta::hours(3))).earliest())
        .map_or_else(|| naive.and_utc(), |it| it.to_utc())
}

impl Span {
    /// Whether the instant lies within.
    pub fn contains(self, at: DateTime<Utc>) -> bool {
        self.from <= at && at < self.to
    }

    /// The part that both share, if any.
    pub fn overlap(self, other: Span) -> Option<Span> {
        let both = Span { from: self.from.max(other.from), to: self.to.min(other.to) };
        (both.from < both.to).then_some(both)
    }

    /// How long it is.
    pub fn length(self) -> TimeDelta {
        self.to - self.from
    }
}

impl MonthRange {
    /// Whether the month lies within.
    pub fn contains(&self, month: Month) -> bool {
        self.from.is_none_or(|from| from <= month) && self.to.is_none_or(|to| month <= to)
    }

    /// Whether some month lies in both.
    pub fn overlaps(&self, other: &MonthRange) -> bool {
        let before = |to: Option<Month>, from: Option<Month>| matches!((to, from), (Some(to), Some(from)) if to < from);
        !before(self.to, other.from) && !before(other.to, self.from)
    }
}

impl Month {
    /// As people write it: `03/2026`.
    pub fn shown(self) -> String {
        format!("{:02}/{:04}", self.month, self.year)
    }
}

impl FromStr for Month {
    type Err = BadMonth;

    fn from_str(text: &str) -> Result<Self, BadMonth> {
        let bad = || BadMonth(text.to_owned());
        let (year, month) = text.split_once('-').ok_or_else(bad)?;
        if year.len() != 4 || month.len() != 2 || !text.bytes().all(|it| it.is_ascii_digit() || it == b'-') {
            return Err(bad());
        }
        Self::new(year.parse().map_err(|_| bad())?, month.parse().map_err(|_| bad())?).ok_or_else(bad)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(de::Error::custom)
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn months_tile_the_years_in_any_zone(year in 1950i32..2100, month in 1u32..=12, zone in 0..chrono_tz::TZ_VARIANTS.len()) {
            let zone = chrono_tz::TZ_VARIANTS[zone];
            let month = Month::new(year, month).unwrap();
            prop_assert_eq!(month.span(zone).to, month.next().span(zone).from);
            prop_assert!(month.span(zone).length() > TimeDelta::days(26));
            prop_assert_eq!(month.next().previous(), month);
        }

        #[test]
        fn an_instant_lies_in_the_month_it_is_of(seconds in 0i64..4_000_000_000) {
            let zone = chrono_tz::Asia::Ho_Chi_Minh;
            let at = DateTime::from_timestamp(seconds, 0).unwrap();
            prop_assert!(Month::of(at, zone).span(zone).contains(at));
        }
    }

    #[test]
    fn half_past_midnight_in_hue_on_the_first_is_the_new_month() {
        let zone = chrono_tz::Asia::Ho_Chi_Minh;
        let at: DateTime<Utc> = "2026-03-31T17:30:00Z".parse().unwrap();
        assert_eq!(Month::of(at, zone).to_string(), "2026-04");
    }

    #[test]
    fn text_that_is_no_month_is_refused() {
        for text in ["2026-13", "2026-00", "26-01", "2026-1", "2026/01", "", "2026-01-01", "+026-01"] {
            assert_eq!(text.parse::<Month>(), Err(BadMonth(text.to_owned())), "{text}");
        }
        assert_eq!("2026-02".parse::<Month>().unwrap().to_string(), "2026-02");
    }

    #[test]
    fn ranges_overlap_only_where_they_share_a_month() {
        let range = |from: &str, to: &str| MonthRange { from: from.parse().ok(), to: to.parse().ok() };
        for (a, b, overlaps) in [
            (range("2025-01", "2025-06"), range("2025-07", ""), false),
            (range("2025-01", "2025-06"), range("2025-06", ""), true),
            (range("", ""), range("2025-06", "2025-06"), true),
            (range("", "2025-05"), range("2025-06", ""), false),
        ] {
            assert_eq!(a.overlaps(&b), overlaps, "{a:?} {b:?}");
            assert_eq!(b.overlaps(&a), overlaps, "{b:?} {a:?}");
        }
    }
}
