//! Feeds that keep the rules of their format, as feed-rs reads them.
//!
//! feed-rs knows the formats and their extensions but refuses a whole feed over one bare `&`, and hands out neither the date
//! as it stands nor the base of a link. So the tolerant scan of [`super::feed`] lists the items, and this reading is laid
//! beside it: it dates the items, adds the links that the scan does not know, and must find as many items as the scan.

use chrono_tz::Tz;
use feed_rs::{model::Entry, parser};

use crate::extract::{
    listed::Candidate,
    plain::one_line,
    stamp::{self, Orders},
};

/// The entries in the document's order, or `None` where feed-rs refuses the document. Dates are read by our own parser in
/// feed-rs's hook: its own reads few of the forms that Vietnamese outlets write.
pub fn entries(text: &str, zone: Tz, orders: Orders) -> Option<Vec<Entry>> {
    let reader = parser::Builder::new()
        .timestamp_parser(move |raw| stamp::parse_in(raw, zone, orders).map(|it| it.instant))
        // An identifier made of nothing would be a new one at every visit; keys are made from links elsewhere.
        .id_generator(|_, _, _| String::new())
        .build();
    // The text is decoded already: what its first line says of an encoding is past.
    let body = match text.trim_start().strip_prefix("<?xml").and_then(|it| it.split_once("?>")) {
        Some((_, body)) => body,
        None => text,
    };
    reader.parse(body.as_bytes()).ok().map(|feed| feed.entries)
}

/// Lays feed-rs's reading of an item beside the scan's.
pub fn complete(candidate: &mut Candidate, entry: Entry) {
    candidate.published = candidate.published.or(entry.published);
    candidate.modified = entry.updated.or(candidate.modified);
    if candidate.title.is_empty()
        && let Some(title) = entry.title
    {
        candidate.title = one_line(&title.content);
    }
    let alternate = |rel: Option<&str>| matches!(rel, None | Some("alternate"));
    let links = entry.links.into_iter().filter(|it| alternate(it.rel.as_deref())).map(|it| (it.href, None));
    for link in links {
        if !candidate.links.contains(&link) {
            candidate.links.push(link);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONE: Tz = chrono_tz::Asia::Ho_Chi_Minh;

    #[test]
    fn dates_come_through_our_own_parser_in_the_hook() {
        for (raw, instant) in [
            ("Thứ 5, 28/05/2026 17:00:00 GMT+7", "2026-05-28T10:00:00+00:00"),
            ("07/9/2021 2:00:23 CH", "2021-09-07T07:00:23+00:00"),
            ("Wed, 16 Jul 2025 09:30:00 GMT+7", "2025-07-16T02:30:00+00:00"),
        ] {
            let feed = format!(
                "<?xml version=\"1.0\" encoding=\"utf-16\"?><rss version=\"2.0\"><channel><item><title>A</title><pubDate>{raw}</pubDate></item></channel></rss>"
            );
            let entries = entries(&feed, ZONE, Orders::default()).unwrap();
            assert_eq!(entries[0].published.map(|it| it.to_rfc3339()).as_deref(), Some(instant), "{raw}");
        }
    }

    #[test]
    fn a_broken_feed_is_left_to_the_tolerant_scan() {
        assert!(entries("<rss version=\"2.0\"><channel><item><title>A & B</title></item>", ZONE, Orders::default()).is_none());
    }
}
