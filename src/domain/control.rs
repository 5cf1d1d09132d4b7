//! The positive control: an outlet of our own whose items the detector must find, or its silence about others proves nothing.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Serialize;
use url::Url;

/// The host name of the control outlet. It exists in no network (RFC 6761 section 6.4); only the fetcher made for it knows
/// where it leads.
pub const CONTROL_HOST: &str = "doi-chung.invalid";

/// What the control outlet publishes on one day: one article that qualifies and one that does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlDay {
    pub day: NaiveDate,
    pub about: Url,
    pub unrelated: Url,
}

/// What one look at the control outlet showed of one day's items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ControlResult {
    pub day: NaiveDate,
    pub checked_at: DateTime<Utc>,
    /// The outlet's list was read, and the qualifying article was found in it and read.
    pub found: bool,
    /// The qualifying article was judged to be about the subject.
    pub judged_about: bool,
    /// The other article was found, read and judged to be unrelated.
    pub judged_unrelated: bool,
    /// Coverage since the look before is whole.
    pub whole: bool,
    /// What a person needs to understand a failure.
    pub detail: String,
}

/// The first thing that went wrong with a day's items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ControlFault {
    NotFound,
    NotRecognised,
    WronglyTaken,
    Gap,
}

/// Whether the detector works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ControlStanding {
    /// The last look found everything and judged it rightly.
    Working {
        checked_at: DateTime<Utc>,
    },
    Failed {
        checked_at: DateTime<Utc>,
        day: NaiveDate,
        fault: ControlFault,
        detail: String,
    },
    /// There was no look lately.
    Unknown,
}

/// Why it stands so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ControlReason {
    /// Every item of today and yesterday that is out was found and judged rightly.
    AllDetected,
    SomethingMissed,
    NeverChecked,
    /// The last look is too old to speak for now.
    Stale,
}

/// Days of a month on which the detector was seen to work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ControlShare {
    pub detected: usize,
    pub days: usize,
}

/// A look older than this says nothing of the present: a day and half of the next one, for those who crawl daily.
const STALE_AFTER: TimeDelta = TimeDelta::hours(36);

impl ControlResult {
    /// What went wrong, if something did.
    pub fn fault(&self) -> Option<ControlFault> {
        match self {
            it if !it.found => Some(ControlFault::NotFound),
            it if !it.judged_about => Some(ControlFault::NotRecognised),
            it if !it.judged_unrelated => Some(ControlFault::WronglyTaken),
            it if !it.whole => Some(ControlFault::Gap),
            _ => None,
        }
    }
}

/// Whether the detector works at `now`, by the results of its last look.
pub fn control_standing(results: &[ControlResult], now: DateTime<Utc>) -> (ControlStanding, ControlReason) {
    let Some(checked_at) = results.iter().map(|it| it.checked_at).filter(|it| *it <= now).max() else {
        return (ControlStanding::Unknown, ControlReason::NeverChecked);
    };
    if now - checked_at > STALE_AFTER {
        return (ControlStanding::Unknown, ControlReason::Stale);
    }
    let last_look = results.iter().filter(|it| it.checked_at == checked_at);
    let worst = last_look.filter_map(|it| Some((it.fault()?, it))).min_by_key(|(fault, it)| (*fault, it.day));
    match worst {
        None => (ControlStanding::Working { checked_at }, ControlReason::AllDetected),
        Some((fault, it)) => {
            (ControlStanding::Failed { checked_at, day: it.day, fault, detail: it.detail.clone() }, ControlReason::SomethingMissed)
        }
    }
}

/// On how many of the days from `first` to `last` (both included) the detector was seen to work: both items of the day were
/// found and judged rightly by at least one look.
pub fn control_share(results: &[ControlResult], first: NaiveDate, last: NaiveDate) -> ControlShare {
    let detected: BTreeSet<_> = results.iter().filter(|it| it.found && it.judged_about && it.judged_unrelated).map(|it| it.day).collect();
    ControlShare {
        detected: detected.range(first..=last.max(first)).count(),
        days: usize::try_from((last - first).num_days() + 1).unwrap_or(0),
    }
}

impl ControlFault {
    /// The word used in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::NotRecognised => "not_recognised",
            Self::WronglyTaken => "wrongly_taken",
            Self::Gap => "gap",
        }
    }

    /// What the officer reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::NotFound => "không tìm thấy bài đối chứng",
            Self::NotRecognised => "không nhận ra bài đối chứng đúng đề tài",
            Self::WronglyTaken => "không đọc đúng bài đối chứng ngoài đề tài",
            Self::Gap => "có khoảng hở khi đọc nguồn đối chứng",
        }
    }
}

impl ControlReason {
    /// The word used in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AllDetected => "all_detected",
            Self::SomethingMissed => "something_missed",
            Self::NeverChecked => "never_checked",
            Self::Stale => "stale",
        }
    }

    /// What the officer reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::AllDetected => "bài đối chứng được tìm thấy và đánh giá đúng",
            Self::SomethingMissed => "bài đối chứng không được tìm thấy hoặc đánh giá sai",
            Self::NeverChecked => "chưa đối chứng lần nào",
            Self::Stale => "lần đối chứng gần nhất đã quá lâu",
        }
    }
}

impl ControlStanding {
    /// The word used in output.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Working { .. } => "working",
            Self::Failed { .. } => "failed",
            Self::Unknown => "unknown",
        }
    }

    /// What the officer reads.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Working { .. } => "Hoạt động đúng",
            Self::Failed { .. } => "Có lỗi",
            Self::Unknown => "Chưa rõ",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(it: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, it).unwrap()
    }

    fn at(day_of_march: u32, hour: u32) -> DateTime<Utc> {
        day(day_of_march).and_hms_opt(hour, 0, 0).unwrap().and_utc()
    }

    fn good(of: u32, checked_at: DateTime<Utc>) -> ControlResult {
        let detail = String::new();
        ControlResult { day: day(of), checked_at, found: true, judged_about: true, judged_unrelated: true, whole: true, detail }
    }

    #[test]
    fn the_last_look_decides_and_an_old_one_decides_nothing() {
        let failed = ControlResult { found: false, judged_about: false, ..good(4, at(4, 12)) };
        let unheard = ControlResult { judged_about: false, ..good(4, at(4, 12)) };
        for (name, results, now, standing, reason) in [
            ("never", vec![], at(4, 12), "unknown", ControlReason::NeverChecked),
            ("good", vec![good(3, at(4, 12)), good(4, at(4, 12))], at(4, 13), "working", ControlReason::AllDetected),
            ("one of two days failed", vec![good(3, at(4, 12)), failed.clone()], at(4, 13), "failed", ControlReason::SomethingMissed),
            ("mended since", vec![failed.clone(), good(4, at(4, 18))], at(4, 19), "working", ControlReason::AllDetected),
            ("broken since", vec![good(4, at(4, 6)), unheard], at(4, 19), "failed", ControlReason::SomethingMissed),
            ("a look back", vec![good(4, at(4, 6)), failed.clone()], at(4, 7), "working", ControlReason::AllDetected),
            ("long ago", vec![good(1, at(1, 12))], at(4, 12), "unknown", ControlReason::Stale),
            ("long ago and failed", vec![failed], at(9, 12), "unknown", ControlReason::Stale),
        ] {
            let (found, why) = control_standing(&results, now);
            assert_eq!((found.as_str(), why), (standing, reason), "{name}");
        }
    }

    #[test]
    fn each_thing_that_can_go_wrong_has_its_name() {
        let good = good(4, at(4, 12));
        assert_eq!(good.fault(), None);
        for (wrong, fault) in [
            (ControlResult { found: false, judged_about: false, whole: false, ..good.clone() }, ControlFault::NotFound),
            (ControlResult { judged_about: false, ..good.clone() }, ControlFault::NotRecognised),
            (ControlResult { judged_unrelated: false, ..good.clone() }, ControlFault::WronglyTaken),
            (ControlResult { whole: false, ..good.clone() }, ControlFault::Gap),
        ] {
            assert_eq!(wrong.fault(), Some(fault));
            let (standing, _) = control_standing(std::slice::from_ref(&wrong), at(4, 13));
            assert!(matches!(standing, ControlStanding::Failed { fault: it, .. } if it == fault), "{standing:?}");
        }
    }

    #[test]
    fn a_day_counts_as_detected_once_one_look_saw_both_its_items() {
        let bad = |of| ControlResult { found: false, ..good(of, at(of, 12)) };
        let results = [good(1, at(1, 12)), bad(1), bad(2), good(3, at(3, 6)), good(3, at(4, 6)), good(9, at(9, 6))];
        assert_eq!(control_share(&results, day(1), day(4)), ControlShare { detected: 2, days: 4 });
        assert_eq!(control_share(&[], day(1), day(31)), ControlShare { detected: 0, days: 31 });
    }
}
