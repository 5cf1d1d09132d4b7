//! Reading the signs of an answer: statuses that fail, what stands in a document's place, the wish to be left alone for a while.

use chrono::{DateTime, TimeDelta};
use reqwest::{StatusCode, header::HeaderMap};

use super::wall::{challenge, notice};
use crate::domain::visit::Outcome;

/// How a status that brings no document is named; `None` for those that do.
pub fn failure_of(status: StatusCode) -> Option<Outcome> {
    match status.as_u16() {
        // 206 to a request that asked for no range is a part that calls itself one.
        206 => Some(Outcome::ServerError),
        200..=299 => None,
        401 | 403 | 407 | 429 | 451 => Some(Outcome::Blocked),
        404 | 410 => Some(Outcome::Gone),
        _ => Some(Outcome::ServerError),
    }
}

/// What an answer is instead of a document, and the words for it; `None` where it may be one.
///
/// A bot challenge is one with any status. What else a page says of itself counts only where the status does not say it.
pub fn instead(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Option<(Outcome, String)> {
    if let Some(what) = challenge(headers, body) {
        return Some((Outcome::Blocked, format!("status {status}, {what}")));
    }
    if let Some(outcome) = failure_of(status) {
        return Some((outcome, format!("status {status}")));
    }
    notice(body).map(|(outcome, what)| (outcome, format!("status {status}, but {what}")))
}

/// Reads `Retry-After` (RFC 9110 section 10.2.3): seconds, or a date, measured against the answer's own `Date`.
pub fn retry_after(value: &str, date: Option<&str>) -> Option<TimeDelta> {
    if let Ok(seconds) = value.trim().parse::<u32>() {
        return Some(TimeDelta::seconds(seconds.into()));
    }
    let until = DateTime::parse_from_rfc2822(value.trim()).ok()?;
    let from = DateTime::parse_from_rfc2822(date?.trim()).ok()?;
    Some((until - from).max(TimeDelta::zero()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_reads_seconds_and_dates() {
        let date = Some("Mon, 02 Mar 2026 08:00:00 GMT");
        for (value, seconds) in [
            ("120", Some(120)),
            ("Mon, 02 Mar 2026 08:30:00 GMT", Some(1800)),
            ("Mon, 02 Mar 2026 07:00:00 GMT", Some(0)),
            ("soon", None),
            ("-5", None),
        ] {
            assert_eq!(retry_after(value, date).map(|it| it.num_seconds()), seconds, "{value}");
        }
        assert_eq!(retry_after("Mon, 02 Mar 2026 08:30:00 GMT", None), None);
    }
}
