//! Working days, the grace after a month, and the policy that was in force in it.

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::domain::month::{Month, midnight};

/// Days off beside Saturdays and Sundays, as announced each year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    pub holidays: Vec<Holiday>,
    pub bases: Vec<Basis>,
}

/// A stretch of days off, both ends included.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    pub from: NaiveDate,
    /// Absent for a single day.
    pub to: Option<NaiveDate>,
    pub name: String,
    /// Where the days were announced.
    #[serde(default)]
    pub source: String,
}

/// A legal text that the duty rests on, with the days on which it was in force.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    pub id: String,
    pub title: String,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    /// What an officer must know before citing it.
    #[serde(default)]
    pub note: String,
}

/// Whose duty Target 3 is held to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DutyReading {
    /// Each outlet must publish every month.
    #[default]
    EachOutlet,
    /// One item of the province's press together is enough.
    Together,
}

/// How months are judged, from a month on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    pub from: Month,
    /// The legal citation.
    pub basis: String,
    pub reading: DutyReading,
    /// Items a month needs.
    pub minimum: usize,
    pub grace_working_days: u32,
    pub mentions_count: bool,
    pub reprints_count: bool,
    /// Whether a story from abroad counts that nothing leads to Viet Nam. A policy that was kept before this could be asked counted it.
    #[serde(default = "counts", skip_serializing_if = "Clone::clone")]
    pub foreign_count: bool,
}

fn counts() -> bool {
    true
}

/// The longest run of days off that a calendar may hold: bounds the search for the next working day.
const DAYS_OFF_MAX: u64 = 60;

impl Calendar {
    /// Whether offices work on that day.
    pub fn works_on(&self, day: NaiveDate) -> bool {
        !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
            && !self.holidays.iter().any(|it| it.from <= day && day <= it.to.unwrap_or(it.from))
    }

    /// The instant at which the grace after `month` ends: midnight after its last working day of grace.
    pub fn grace_end(&self, month: Month, working_days: u32, zone: Tz) -> DateTime<Utc> {
        let mut day = month.next().first_day();
        let mut left = working_days;
        for _ in 0..u64::from(working_days) + DAYS_OFF_MAX {
            if left == 0 {
                break;
            }
            left -= u32::from(self.works_on(day));
            day = day + Days::new(1);
        }
        midnight(day, zone)
    }
}

/// The policy in force in a month: the latest that starts in it or before. The first one reaches back without end.
pub fn policy_of(policies: &[Policy], month: Month) -> Option<&Policy> {
    policies.iter().filter(|it| it.from <= month).max_by_key(|it| it.from).or_else(|| policies.iter().min_by_key(|it| it.from))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONE: Tz = chrono_tz::Asia::Ho_Chi_Minh;

    fn grace_end(calendar: &Calendar, month: &str, days: u32) -> String {
        calendar.grace_end(month.parse().unwrap(), days, ZONE).with_timezone(&ZONE).format("%d/%m/%Y %H:%M").to_string()
    }

    #[test]
    fn grace_counts_working_days_only() {
        let calendar = Calendar {
            holidays: vec![
                Holiday { from: "2026-01-01".parse().unwrap(), to: None, name: String::new(), source: String::new() },
                Holiday { from: "2026-04-30".parse().unwrap(), to: "2026-05-03".parse().ok(), name: String::new(), source: String::new() },
            ],
            bases: Vec::new(),
        };
        for (month, days, end) in [
            ("2026-10", 3, "05/11/2026 00:00"), // 1 November is a Sunday: Monday to Wednesday
            ("2025-12", 3, "07/01/2026 00:00"), // New Year's Day off, then Friday, Monday, Tuesday
            ("2026-04", 1, "05/05/2026 00:00"), // 1 to 3 May off
            ("2026-03", 0, "01/04/2026 00:00"),
        ] {
            assert_eq!(grace_end(&calendar, month, days), end, "{month} + {days}");
        }
    }

    #[test]
    fn a_policy_kept_before_foreign_stories_could_be_asked_for_reads_and_writes_the_same() {
        let kept = r#"{"from":"2017-01","basis":"","reading":"each_outlet","minimum":1,"grace_working_days":3,"mentions_count":false,"reprints_count":true}"#;
        let read: Policy = serde_json::from_str(kept).unwrap();
        assert!(read.foreign_count);
        assert_eq!(serde_json::to_string(&read).unwrap(), kept);
        let strict = Policy { foreign_count: false, ..read };
        assert_eq!(serde_json::from_str::<Policy>(&serde_json::to_string(&strict).unwrap()).unwrap(), strict);
    }

    #[test]
    fn the_latest_policy_that_has_begun_is_in_force_and_the_first_reaches_back() {
        let policy = |from: &str| Policy {
            from: from.parse().unwrap(),
            basis: String::new(),
            reading: DutyReading::EachOutlet,
            minimum: 1,
            grace_working_days: 3,
            mentions_count: false,
            reprints_count: true,
            foreign_count: true,
        };
        let policies = [policy("2026-01"), policy("2017-01")];
        for (month, from) in [("2016-05", "2017-01"), ("2025-12", "2017-01"), ("2026-01", "2026-01")] {
            assert_eq!(policy_of(&policies, month.parse().unwrap()).unwrap().from.to_string(), from, "{month}");
        }
        assert_eq!(policy_of(&[], "2026-01".parse().unwrap()), None);
    }
}
