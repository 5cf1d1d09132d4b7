//! Pieces of HTML and RSS that several builds share.

use chrono::{DateTime, Utc};

use crate::rehearsal::{dates, items::Item, site::Site};

/// Text made safe for HTML and XML, in attributes as well.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            other => safe.push(other),
        }
    }
    safe
}

/// The item's body as paragraphs.
pub fn paragraphs(item: &Item) -> String {
    item.body().iter().map(|it| format!("<p>{}</p>\n", escape(it))).collect()
}

/// Links as list items.
pub fn links(lines: &[(String, String)]) -> String {
    lines.iter().map(|(title, url)| format!("<li><a href=\"{}\">{}</a></li>\n", escape(url), escape(title))).collect()
}

/// The items that a front page lists, as list items.
pub fn headlines(site: &Site, now: DateTime<Utc>) -> String {
    links(&site.newest(now).map(|it| (it.title.clone(), site.path_of(it))).collect::<Vec<_>>())
}

/// A front page that points to the site's feed.
pub fn front(site: &Site, feed: &str, feed_type: &str, now: DateTime<Utc>) -> String {
    let name = escape(site.role.name);
    format!(
        "<!doctype html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\"><title>{name}</title>\n\
         <link rel=\"alternate\" type=\"{feed_type}\" title=\"{name}\" href=\"{feed}\"></head>\n\
         <body><h1>{name}</h1><ul class=\"moi-nhat\">\n{}</ul></body></html>",
        headlines(site, now)
    )
}

/// The page behind an address that leads nowhere.
pub fn missing(name: &str) -> String {
    format!(
        "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><title>Không tìm thấy trang</title></head>\
         <body><h1>404</h1><p>{} không có trang này.</p></body></html>",
        escape(name)
    )
}

/// An RSS 2.0 document around its items.
pub fn rss(site: &Site, now: DateTime<Utc>, items: &str) -> String {
    let built = dates::rfc2822(site.modified(now));
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\"><channel>\n<title>{0}</title>\n<link>{1}</link>\n\
         <description>Tin mới của {0}</description>\n<language>vi</language>\n<lastBuildDate>{built}</lastBuildDate>\n{items}</channel></rss>\n",
        escape(site.role.name),
        site.url("/")
    )
}

/// One RSS item with the link, guid and date as the outlet writes them.
pub fn rss_item(item: &Item, link: &str, guid: &str, date: &str) -> String {
    format!(
        "<item><title>{}</title><link>{}</link><guid isPermaLink=\"false\">{guid}</guid><pubDate>{date}</pubDate>\
         <description><![CDATA[{}]]></description></item>\n",
        escape(&item.title),
        escape(link),
        item.lead
    )
}

/// The last run of digits of a path before `end`, if the path ends so.
pub fn number_before<'a>(path: &'a str, end: &str) -> Option<&'a str> {
    let stem = path.strip_suffix(end)?;
    let digits = stem.len() - stem.trim_end_matches(|it: char| it.is_ascii_digit()).len();
    (digits > 0).then(|| &stem[stem.len() - digits..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_the_last_run_of_digits() {
        assert_eq!(number_before("/a/tin-30-7-200123.html", ".html"), Some("200123"));
        assert_eq!(number_before("/a/tin.html", ".html"), None);
        assert_eq!(number_before("/a/tin-3.htm", ".html"), None);
    }

    #[test]
    fn markup_signs_are_escaped() {
        assert_eq!(escape("a & \"b\" <c>"), "a &amp; &quot;b&quot; &lt;c&gt;");
    }
}
