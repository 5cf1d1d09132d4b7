//! Sitemaps (sitemaps.org 0.9): lists of addresses, indexes of lists, the news extension, plain text, compressed or not.

use std::{borrow::Cow, io::Read};

use crate::extract::{
    NotRead, Scope, feed,
    limits::{DEPTH_MAX, SITEMAP_BYTES_MAX, SITEMAP_ENTRIES_MAX},
    listed::{Candidate, ChildSitemap, Collector, Listed},
    plain::plain,
    stamp::{self, Orders},
    xml::{Piece, Scanner, local},
};

/// Most children of an index: the protocol's own limit.
const CHILDREN_MAX: usize = 50_000;
/// Bytes of one address, date or title that are read.
const FIELD_BYTES_MAX: usize = 8 << 10;

/// Reads a sitemap or a sitemap index; feeds are allowed as sitemaps too (sitemaps.org, "Other sitemap formats").
///
/// Compressed bytes are told by their first two; what they unpack to is limited like any sitemap.
pub fn sitemap(bytes: &[u8], content_type: Option<&str>, scope: &Scope) -> Result<Listed, NotRead> {
    let (bytes, cut) = match bytes.starts_with(b"\x1f\x8b") {
        true => unpacked(bytes)?,
        false => (Cow::Borrowed(bytes), false),
    };
    let mut listed = unpacked_sitemap(&bytes, content_type, scope)?;
    listed.repaired |= cut;
    listed.cut |= cut;
    Ok(listed)
}

fn unpacked_sitemap(bytes: &[u8], content_type: Option<&str>, scope: &Scope) -> Result<Listed, NotRead> {
    let text = scope.text(bytes, content_type, SITEMAP_BYTES_MAX)?;
    let root =
        Scanner::new(&text).find_map(|it| if let Piece::Start { name, .. } = it { Some(local(name).to_ascii_lowercase()) } else { None });
    match root.as_deref() {
        Some("urlset" | "sitemapindex") => markup(&text, scope),
        Some("rss" | "rdf" | "feed") => feed::markup(&text, scope),
        None => lines(&text, scope),
        Some("html") => Err(NotRead::NotADocument("an HTML page".into())),
        Some(name) => Err(NotRead::NotADocument(format!("root element <{}>", name.chars().take(40).collect::<String>()))),
    }
}

/// The bytes unpacked, and whether the archive breaks off.
fn unpacked(bytes: &[u8]) -> Result<(Cow<'_, [u8]>, bool), NotRead> {
    let mut out = Vec::new();
    // The length is limited, not the memory reserved: a bomb of 50 kB is cut off at the limit.
    let limit = u64::try_from(SITEMAP_BYTES_MAX).unwrap_or(u64::MAX);
    let read = flate2::read::MultiGzDecoder::new(bytes).take(limit + 1).read_to_end(&mut out);
    if out.len() > SITEMAP_BYTES_MAX {
        return Err(NotRead::TooLarge { bytes: out.len(), bytes_max: SITEMAP_BYTES_MAX });
    }
    match read {
        // A cut archive still holds whole entries.
        Ok(_) => Ok((Cow::Owned(out), false)),
        Err(_) if !out.is_empty() => Ok((Cow::Owned(out), true)),
        Err(why) => Err(NotRead::NotADocument(format!("compressed bytes that do not unpack: {why}"))),
    }
}

/// One address a line.
fn lines(text: &str, scope: &Scope) -> Result<Listed, NotRead> {
    let lines = || text.lines().map(str::trim).filter(|it| !it.is_empty());
    let address = |it: &str| it.starts_with("http://") || it.starts_with("https://");
    if !lines().all(address) {
        return Err(NotRead::NotADocument("text that is no list of addresses".into()));
    }
    let mut collector = Collector::new(scope, SITEMAP_ENTRIES_MAX);
    for line in lines() {
        collector.add(Candidate { links: vec![(line.to_owned(), None)], ..Candidate::default() });
    }
    Ok(collector.listed)
}

/// What is known of the `<url>` or `<sitemap>` being read.
#[derive(Default)]
struct Item {
    loc: String,
    lastmod: String,
    published: String,
    title: String,
}

fn markup(text: &str, scope: &Scope) -> Result<Listed, NotRead> {
    let mut collector = Collector::new(scope, SITEMAP_ENTRIES_MAX);
    let mut scanner = Scanner::new(text);
    let mut open: Vec<&str> = Vec::new();
    let mut item: Option<Item> = None;
    let mut flawed = false;
    while let Some(piece) = scanner.next() {
        if scanner.bomb {
            return Err(NotRead::TooComplex("entities declared through entities".into()));
        }
        match piece {
            Piece::Start { name, empty, .. } => {
                let plain = local(name);
                if matches!(plain, "url" | "sitemap") && !name.contains(':') {
                    if let Some(unclosed) = item.replace(Item::default()) {
                        flawed = true;
                        unclosed.file(open.first().copied(), &mut collector, scope);
                    }
                    open.truncate(1);
                }
                if !empty {
                    open.push(name);
                }
                if open.len() > DEPTH_MAX {
                    return Err(NotRead::TooComplex(format!("nested more than {DEPTH_MAX} deep")));
                }
            }
            Piece::End { name } => {
                if let Some(at) = open.iter().rposition(|it| *it == name) {
                    flawed |= at + 1 < open.len();
                    open.truncate(at);
                }
                if matches!(name, "url" | "sitemap")
                    && let Some(whole) = item.take()
                {
                    whole.file(open.first().copied(), &mut collector, scope);
                }
            }
            Piece::Text(text) => note(&mut item, &open, &scanner.resolve(text)),
            Piece::Verbatim(text) => note(&mut item, &open, text),
        }
    }
    collector.listed.cut |= !open.is_empty();
    collector.listed.repaired = flawed || scanner.flawed || !open.is_empty();
    Ok(collector.listed)
}

fn note(item: &mut Option<Item>, open: &[&str], text: &str) {
    let (Some(item), Some(name)) = (item, open.last()) else { return };
    let field = match (*name, local(name), open.len()) {
        // `image:loc` and `video:title` stand deeper and under a prefix.
        ("loc", _, 3) => &mut item.loc,
        ("lastmod", _, 3) => &mut item.lastmod,
        (name, "publication_date", _) if !name.starts_with("video") => &mut item.published,
        (name, "title", _) if name.starts_with("news") || name.starts_with('n') => &mut item.title,
        (name, "loc", 3) if !name.starts_with("image") => &mut item.loc,
        (_, "lastmod", 3) => &mut item.lastmod,
        _ => return,
    };
    if field.len() + text.len() <= FIELD_BYTES_MAX {
        field.push_str(text);
    }
}

impl Item {
    fn file(self, root: Option<&str>, collector: &mut Collector, scope: &Scope) {
        let instant = |text: &str| stamp::parse(text, scope.zone).map(|it| it.instant);
        let loc = self.loc.trim();
        if root.is_some_and(|it| local(it).eq_ignore_ascii_case("sitemapindex")) {
            let known = collector.listed.children.len() < CHILDREN_MAX;
            if let Some(url) = collector.absolute(loc, None).filter(|_| known && !loc.is_empty()) {
                collector.listed.children.push(ChildSitemap { url, modified: instant(&self.lastmod) });
            }
            return;
        }
        let raw = Some(self.published.trim()).filter(|it| !it.is_empty());
        let candidate = Candidate {
            links: vec![(loc.to_owned(), None)],
            title: plain(&self.title),
            modified: instant(&self.lastmod),
            ..Candidate::default()
        };
        // The format has one form of dates, in which no order is open.
        collector.add(candidate.dated(raw.map(str::to_owned), scope.zone, Orders::default()));
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use chrono_tz::Asia::Ho_Chi_Minh;
    use proptest::prelude::*;
    use url::Url;

    use super::*;

    fn read(bytes: &[u8]) -> Result<Listed, NotRead> {
        let base = Url::parse("https://baohue.vn/sitemap.xml").unwrap();
        sitemap(bytes, None, &Scope { zone: Ho_Chi_Minh, base: &base, outlet: None, source: None })
    }

    const NEWS: &str = r#"<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="i">
        <url><loc> https://baohue.vn/1.html?a=1&amp;b=2 </loc><lastmod>2026-05-02</lastmod><image:image><image:loc>https://baohue.vn/a.jpg</image:loc></image:image>
        <news:news><news:publication><news:name>Báo</news:name></news:publication><news:publication_date>2026-05-01T09:30:00+07:00</news:publication_date><news:title>Một &amp;amp; hai</news:title></news:news></url>
        <url><lastmod>2026-05-02</lastmod></url></urlset>"#;

    #[test]
    fn addresses_come_with_the_news_extension() {
        let listed = read(NEWS.as_bytes()).unwrap();
        let entry = &listed.entries[0];
        assert_eq!((entry.url.as_str(), entry.title.as_str()), ("https://baohue.vn/1.html?a=1&b=2", "Một & hai"));
        assert_eq!(entry.published.unwrap().to_rfc3339(), "2026-05-01T02:30:00+00:00");
        assert_eq!(entry.modified.unwrap().to_rfc3339(), "2026-05-01T17:00:00+00:00");
        assert_eq!((listed.in_document, listed.rejected.values().sum::<u64>(), listed.repaired), (2, 1, false));
    }

    #[test]
    fn compressed_plain_index_and_feed_forms_are_read() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(NEWS.as_bytes()).unwrap();
        assert_eq!(read(&packed.finish().unwrap()).unwrap().entries.len(), 1);
        assert_eq!(read(b"https://baohue.vn/1.html\n\nhttps://baohue.vn/2.html\n").unwrap().entries.len(), 2);
        let index = read(b"<sitemapindex><sitemap><loc>/a.xml</loc><lastmod>2026-05-02T00:00:00Z</lastmod></sitemap><sitemap><loc>https://baohue.vn/b.xml.gz</loc></sitemap></sitemapindex>").unwrap();
        let urls: Vec<_> = index.children.iter().map(|it| it.url.as_str()).collect();
        assert_eq!(urls, ["https://baohue.vn/a.xml", "https://baohue.vn/b.xml.gz"]);
        assert_eq!(index.in_document, 0);
        assert_eq!(read(b"<rss><channel><item><link>https://a.vn/1</link></item></channel></rss>").unwrap().entries.len(), 1);
        assert_eq!(read(b"<urlset></urlset>").unwrap(), Listed::default());
    }

    #[test]
    fn bombs_and_other_documents_are_refused() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&vec![b' '; SITEMAP_BYTES_MAX + 9]).unwrap();
        assert!(matches!(read(&packed.finish().unwrap()), Err(NotRead::TooLarge { .. })));
        for bytes in [b"".as_slice(), b"<html></html>", b"xin chao", b"\x1f\x8bxx", b"{}"] {
            assert!(matches!(read(bytes), Err(NotRead::NotADocument(_))), "{bytes:?}");
        }
    }

    #[test]
    fn a_cut_sitemap_keeps_its_whole_addresses() {
        let listed = read(b"<urlset><url><loc>https://baohue.vn/1</loc></url><url><loc>https://baohue.vn/2").unwrap();
        assert_eq!((listed.entries.len(), listed.repaired), (1, true));
    }

    proptest! {
        #[test]
        fn the_sum_is_kept(text in "(<url>|</url>|<loc>|</loc>|https://a.vn/|<news:title>|&|<sitemap>|x|<){0,30}", raw in any::<Vec<u8>>()) {
            for bytes in [format!("<urlset>{text}").into_bytes(), raw] {
                if let Ok(listed) = read(&bytes) {
                    prop_assert_eq!(listed.in_document, listed.entries.len() as u64 + listed.rejected.values().sum::<u64>());
                }
            }
        }
    }
}
