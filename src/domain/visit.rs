//! Visits: how one attempt to read a source or a page ended, what it found, and when to try again.

use std::{collections::BTreeMap, fmt, str::FromStr};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::article::Rejection;

/// How an attempt to read a document ended. The set is closed: every end has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A document with entries, or a page, was read.
    Fresh,
    /// Status 304, or the same bytes as at the last good visit.
    Unchanged,
    /// A valid document without entries.
    Empty,
    /// HTML or garbage where a feed should be, or zero bytes.
    NotADocument,
    /// 401, 403, 429, a bot challenge or an "access denied" page.
    Blocked,
    /// robots.txt forbids it, or answered with a server error (RFC 9309 section 2.3.1.4).
    RefusedByRobots,
    /// 404, 410, or an inner page that now leads to the home page.
    Gone,
    /// A permanent redirect seen for the first time: followed and recorded, but not yet trusted as the same source.
    Moved,
    /// A 5xx answer, or another status that promises no document.
    ServerError,
    /// DNS, connection, time-out, endless redirects or a body cut short.
    Unreachable,
    /// The certificate chain could not be verified.
    TlsError,
    /// The body exceeds the limit after decompression.
    TooLarge,
    /// Our own line was down: the control hosts failed too.
    Offline,
}

/// A word that names no outcome.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no outcome of a visit")]
pub struct BadOutcome(String);

impl Outcome {
    /// All outcomes, for tables and for reading them back.
    pub const ALL: [Self; 13] = [
        Self::Fresh,
        Self::Unchanged,
        Self::Empty,
        Self::NotADocument,
        Self::Blocked,
        Self::RefusedByRobots,
        Self::Gone,
        Self::Moved,
        Self::ServerError,
        Self::Unreachable,
        Self::TlsError,
        Self::TooLarge,
        Self::Offline,
    ];

    /// Whether the visit counts as having seen the source. Everything else is a failure, however calm it looks.
    pub fn has_seen(self) -> bool {
        matches!(self, Self::Fresh | Self::Unchanged | Self::Empty)
    }

    /// What the officer reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Fresh => "đọc được, có tin mới hoặc đổi",
            Self::Unchanged => "không có gì mới",
            Self::Empty => "danh sách trống",
            Self::NotADocument => "không phải danh sách tin",
            Self::Blocked => "bị chặn",
            Self::RefusedByRobots => "robots.txt không cho phép",
            Self::Gone => "không còn",
            Self::Moved => "đã chuyển địa chỉ",
            Self::ServerError => "máy chủ báo lỗi",
            Self::Unreachable => "không kết nối được",
            Self::TlsError => "lỗi chứng thư bảo mật",
            Self::TooLarge => "quá lớn",
            Self::Offline => "đường truyền của ta bị ngắt",
        }
    }

    /// The word used in store and output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Unchanged => "unchanged",
            Self::Empty => "empty",
            Self::NotADocument => "not_a_document",
            Self::Blocked => "blocked",
            Self::RefusedByRobots => "refused_by_robots",
            Self::Gone => "gone",
            Self::Moved => "moved",
            Self::ServerError => "server_error",
            Self::Unreachable => "unreachable",
            Self::TlsError => "tls_error",
            Self::TooLarge => "too_large",
            Self::Offline => "offline",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Outcome {
    type Err = BadOutcome;

    fn from_str(text: &str) -> Result<Self, BadOutcome> {
        Self::ALL.into_iter().find(|it| it.as_str() == text).ok_or_else(|| BadOutcome(text.to_owned()))
    }
}

/// What became of the entries of one document. [`Counts::hold`] is the conservation law.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Items that stand in the document.
    pub in_document: u64,
    pub new: u64,
    pub known: u64,
    pub rejected: BTreeMap<Rejection, u64>,
}

impl Counts {
    /// Whether every item of the document is accounted for.
    pub fn hold(&self) -> bool {
        self.in_document == self.new + self.known + self.rejected.values().sum::<u64>()
    }
}

/// The longest pause between two tries of a failing source: a source is never given up on.
const PAUSE_MAX: TimeDelta = TimeDelta::days(1);
/// The pause after the first failure; it doubles with each further one.
const PAUSE_FIRST: TimeDelta = TimeDelta::minutes(15);

/// When a source or page that failed `failures` times in a row (1 or more) may be tried again.
///
/// The pause doubles from 15 minutes up to a day. A longer `Retry-After` is kept to, up to a day as well.
pub fn next_try(now: DateTime<Utc>, failures: u32, retry_after: Option<TimeDelta>) -> DateTime<Utc> {
    let doubled = PAUSE_FIRST * 2i32.pow(failures.saturating_sub(1).min(10));
    now + doubled.max(retry_after.unwrap_or_default()).min(PAUSE_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_reads_back_as_itself() {
        for outcome in Outcome::ALL {
            assert_eq!(outcome.as_str().parse(), Ok(outcome));
        }
        assert_eq!("ok".parse::<Outcome>(), Err(BadOutcome("ok".to_owned())));
    }

    #[test]
    fn only_three_outcomes_count_as_having_seen() {
        let seen: Vec<_> = Outcome::ALL.into_iter().filter(|it| it.has_seen()).collect();
        assert_eq!(seen, [Outcome::Fresh, Outcome::Unchanged, Outcome::Empty]);
    }

    #[test]
    fn the_pause_doubles_and_is_bounded_by_a_day_however_often_it_failed() {
        let now = DateTime::UNIX_EPOCH;
        for (failures, retry_after, minutes) in [
            (1, None, 15),
            (2, None, 30),
            (5, None, 240),
            (8, None, 1440),
            (u32::MAX, None, 1440),
            (1, Some(3600), 60),
            (5, Some(60), 240),
            (1, Some(10_000_000), 1440),
        ] {
            let pause = next_try(now, failures, retry_after.map(TimeDelta::seconds)) - now;
            assert_eq!(pause, TimeDelta::minutes(minutes), "{failures} failures, retry after {retry_after:?}");
        }
    }

    #[test]
    fn an_item_that_vanishes_breaks_the_law() {
        let mut counts = Counts { in_document: 5, new: 2, known: 2, rejected: [(Rejection::ForeignHost, 1)].into() };
        assert!(counts.hold());
        counts.in_document = 6;
        assert!(!counts.hold());
    }
}
