//! Reading the signs of an answer: statuses that fail, bot challenges, the wish to be left alone for a while.

use chrono::{DateTime, TimeDelta};
use reqwest::{StatusCode, header::HeaderMap};

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

/// Headers that name a challenge outright: header, value it starts with, vendor. DataDome's `x-datadome: protected` is
/// no such sign: it stands on answers that were let through as well.
const CHALLENGE_HEADERS: [(&str, &str, &str); 4] = [
    ("cf-mitigated", "challenge", "Cloudflare challenge"),
    ("x-amzn-waf-action", "challenge", "AWS WAF challenge"),
    ("x-amzn-waf-action", "captcha", "AWS WAF captcha"),
    ("sg-captcha", "challenge", "SiteGround captcha"),
];

/// Challenge pages are small. A long page with such a mark is a real one behind the vendor's script.
pub const CHALLENGE_BYTES_MAX: usize = 40_000;
/// Pages that hold a script and nothing to read. The script alone also stands in the vendor's ordinary pages.
const BARE_BYTES_MAX: usize = 4_000;

/// Marks of challenge pages, the longest page in which they mean one, and the vendor. The scripts that vendors put into
/// ordinary pages too (`/cdn-cgi/challenge-platform/`, `_Incapsula_Resource`) are no marks by themselves.
const CHALLENGE_MARKS: [(&str, usize, &str); 12] = [
    ("_cf_chl_opt", CHALLENGE_BYTES_MAX, "Cloudflare challenge"),
    ("/cdn-cgi/challenge-platform/", BARE_BYTES_MAX, "Cloudflare challenge"),
    ("<title>Just a moment...</title>", CHALLENGE_BYTES_MAX, "Cloudflare challenge"),
    ("<title>Attention Required! | Cloudflare</title>", CHALLENGE_BYTES_MAX, "Cloudflare block"),
    ("Request unsuccessful. Incapsula incident ID", CHALLENGE_BYTES_MAX, "Imperva challenge"),
    ("_Incapsula_Resource", BARE_BYTES_MAX, "Imperva challenge"),
    ("captcha-delivery.com", CHALLENGE_BYTES_MAX, "DataDome captcha"),
    ("<title>DDoS-Guard</title>", CHALLENGE_BYTES_MAX, "DDoS-Guard challenge"),
    ("<title>Access Denied</title>", CHALLENGE_BYTES_MAX, "access denied"),
    ("awsWafCookieDomainList", CHALLENGE_BYTES_MAX, "AWS WAF challenge"),
    ("<title>Pardon Our Interruption", CHALLENGE_BYTES_MAX, "bot challenge"),
    ("document.cookie=\"D1N=", BARE_BYTES_MAX, "script that sets a cookie and asks again"),
];

/// The vendor of a bot challenge or block page, whatever the status that it came with.
pub fn challenge(headers: &HeaderMap, body: &[u8]) -> Option<&'static str> {
    let says = |name: &str, value: &str| headers.get(name).and_then(|it| it.to_str().ok()).is_some_and(|it| it.starts_with(value));
    if let Some((.., vendor)) = CHALLENGE_HEADERS.iter().find(|(name, value, _)| says(name, value)) {
        return Some(vendor);
    }
    if body.len() > CHALLENGE_BYTES_MAX {
        return None;
    }
    let text = String::from_utf8_lossy(body);
    let found = CHALLENGE_MARKS.iter().find(|(mark, bytes_max, _)| body.len() <= *bytes_max && text.contains(mark));
    found.map(|(.., vendor)| *vendor)
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

    #[test]
    fn a_challenge_is_known_by_header_or_body_even_with_status_200() {
        let none = HeaderMap::new();
        let cloudflare = HeaderMap::from_iter([("cf-mitigated".parse().unwrap(), "challenge".parse().unwrap())]);
        assert_eq!(challenge(&cloudflare, b""), Some("Cloudflare challenge"));
        assert_eq!(challenge(&none, b"<html><title>Just a moment...</title>"), Some("Cloudflare challenge"));
        assert_eq!(challenge(&none, "<html><title>Tin tức hôm nay</title>".as_bytes()), None);
        let long = format!("<title>Access Denied</title>{}", " ".repeat(CHALLENGE_BYTES_MAX));
        assert_eq!(challenge(&none, long.as_bytes()), None);
    }

    #[test]
    fn a_vendors_script_in_an_ordinary_page_is_no_challenge() {
        let none = HeaderMap::new();
        for script in [
            "<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>",
            "<script src='/_Incapsula_Resource?SWJIYLWA=1'></script>",
        ] {
            assert!(challenge(&none, format!("<html>{script}</html>").as_bytes()).is_some(), "bare: {script}");
            let page = format!("<html><p>{}</p>{script}</html>", "Một câu của bài báo. ".repeat(200));
            assert_eq!(challenge(&none, page.as_bytes()), None, "{script}");
        }
    }
}
