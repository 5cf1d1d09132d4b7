//! Feeds: RSS 0.90 to 2.0, Atom 0.3 and 1.0, JSON Feed, well-formed or not.
//!
//! A tolerant scan lists the items of any of them, with links and dates as they stand. Where the feed keeps the rules, feed-rs reads
//! it too and completes each item; where it finds another number of items, the scan alone is believed and the feed is marked.

use std::collections::HashMap;

use serde_json::Value;
use url::Url;

use crate::extract::{
    NotRead, Scope,
    limits::{DEPTH_MAX, DOCUMENT_BYTES_MAX, ENTRIES_MAX},
    listed::{Candidate, Collector, Listed},
    plain::{one_line, plain},
    stamp::{self, Orders},
    well_formed,
    xml::{Piece, Scanner, attribute, attributes, local},
};

/// An end tag is looked for among so many open elements; further out it is taken for a stray one.
const UNCLOSED_MAX: usize = 64;
/// Bytes of one title, summary or content that are read: enough for any summary.
const FIELD_BYTES_MAX: usize = 64 << 10;
/// Where a warning of the server's script stands before the feed, the feed begins within so many bytes.
const JUNK_BYTES_MAX: usize = 8 << 10;

/// Reads a feed. One without items is `Ok` with no entries; what is no feed is [`NotRead::NotADocument`].
pub fn feed(bytes: &[u8], content_type: Option<&str>, scope: &Scope) -> Result<Listed, NotRead> {
    let text = scope.text(bytes, content_type, DOCUMENT_BYTES_MAX)?;
    if text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']).starts_with('{') {
        return json(&text, scope);
    }
    markup(&text, scope)
}

/// Reads RSS or Atom from decoded text.
pub(super) fn markup(text: &str, scope: &Scope) -> Result<Listed, NotRead> {
    let (text, junk) = feed_start(text)?;
    let mut reader = Reader::new(text);
    reader.run()?;
    let orders = Orders::of(reader.items.iter().flat_map(|it| &it.dates).map(|it| it.1.as_str()));
    let strict = well_formed::entries(text, scope.zone, orders).filter(|it| it.len() == reader.items.len());
    let flawed = junk || reader.scanner.flawed || reader.flawed || strict.is_none();
    let home = reader.home.as_deref().and_then(|it| scope.base.join(it.trim()).ok());
    let home = home.filter(|it| matches!(it.scheme(), "http" | "https"));
    let mut collector = Collector::new(scope, ENTRIES_MAX).with_base(home);
    let mut strict = strict.into_iter().flatten();
    for item in std::mem::take(&mut reader.items) {
        let mut candidate = item.into_candidate(scope, orders);
        if let Some(entry) = strict.next() {
            well_formed::complete(&mut candidate, entry);
        }
        collector.add(candidate);
    }
    let mut listed = collector.listed;
    listed.repaired = flawed;
    listed.cut |= reader.cut;
    Ok(listed)
}

/// The text from its root element on, and whether something else stood before it.
fn feed_start(text: &str) -> Result<(&str, bool), NotRead> {
    let root = Scanner::new(text).find_map(|it| if let Piece::Start { name, .. } = it { Some(name) } else { None });
    let Some(root) = root else { return Err(NotRead::NotADocument("text without markup".into())) };
    let is_root = |name: &str| matches!(local(name).to_ascii_lowercase().as_str(), "rss" | "rdf" | "feed" | "entry" | "channel");
    if is_root(root) {
        return Ok((text, false));
    }
    if root.eq_ignore_ascii_case("html") {
        return Err(NotRead::NotADocument("an HTML page".into()));
    }
    let mut cut = text.len().min(JUNK_BYTES_MAX);
    while !text.is_char_boundary(cut) {
        cut -= 1;
    }
    let head = text.get(..cut).unwrap_or_default().to_ascii_lowercase();
    let found = ["<rss", "<rdf:rdf", "<feed"].iter().filter_map(|it| head.find(it)).min().filter(|_| !head.contains("<html"));
    match found {
        Some(at) => Ok((text.get(at..).unwrap_or_default(), true)),
        None => {
            let name: String = root.chars().take(40).collect();
            Err(NotRead::NotADocument(format!("root element <{name}>")))
        }
    }
}

/// What an element name means, whatever its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Space {
    /// RSS or Atom itself.
    Core,
    Dublin,
    Content,
    FeedBurner,
    Other,
}

/// What is being collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Title,
    Summary,
    Content,
    Link,
    OriginalLink,
    Guid,
    Id,
    /// The number is the rank: the lowest readable one is taken.
    Published(u8),
    Modified,
    /// The feed's own link.
    Home,
}

struct Field {
    kind: Kind,
    /// How many elements were open before it.
    depth: usize,
    /// Whether the text is HTML once XML's entities are resolved.
    html: bool,
    buffer: String,
    base: Option<Url>,
}

#[derive(Default)]
struct Item {
    title: Option<String>,
    summary: Option<String>,
    content: Option<String>,
    /// Rank, text, base.
    links: Vec<(u8, String, Option<Url>)>,
    dates: Vec<(u8, String)>,
    modified: Option<String>,
}

struct Reader<'a> {
    scanner: Scanner<'a>,
    open: Vec<&'a str>,
    bases: Vec<(usize, Url)>,
    prefixes: HashMap<&'a str, Space>,
    item: Option<(usize, Item)>,
    field: Option<Field>,
    items: Vec<Item>,
    home: Option<String>,
    flawed: bool,
    /// Whether the file ends inside an element.
    cut: bool,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        let conventional =
            [("dc", Space::Dublin), ("dcterms", Space::Dublin), ("content", Space::Content), ("feedburner", Space::FeedBurner)];
        let core = ["", "atom", "rss", "a10", "rss1"].map(|it| (it, Space::Core));
        Self {
            scanner: Scanner::new(text),
            open: Vec::new(),
            bases: Vec::new(),
            prefixes: conventional.into_iter().chain(core).collect(),
            item: None,
            field: None,
            items: Vec::new(),
            home: None,
            flawed: false,
            cut: false,
        }
    }

    fn run(&mut self) -> Result<(), NotRead> {
        while let Some(piece) = self.scanner.next() {
            if self.scanner.bomb {
                return Err(NotRead::TooComplex("entities declared through entities".into()));
            }
            match piece {
                Piece::Start { name, attributes, empty } => self.start(name, attributes, empty)?,
                Piece::End { name } => self.end(name),
                Piece::Text(text) => self.text(text, false),
                Piece::Verbatim(text) => self.text(text, true),
            }
        }
        // An item that the file breaks off in is not whole.
        self.cut = !self.open.is_empty();
        self.flawed |= self.cut;
        Ok(())
    }

    fn start(&mut self, name: &'a str, attributes: &'a str, empty: bool) -> Result<(), NotRead> {
        self.declare(attributes);
        let space = self.space(name);
        let plain_name = local(name).to_ascii_lowercase();
        let begins_item = space == Space::Core && matches!(plain_name.as_str(), "item" | "entry");
        if let Some(field) = &mut self.field {
            let simple = !matches!(field.kind, Kind::Title | Kind::Summary | Kind::Content);
            if !simple && !begins_item {
                return self.nested(name, &plain_name, empty);
            }
            // An unclosed `<link>`: the next element ends it.
            self.flawed = true;
            let depth = field.depth;
            self.close_to(depth);
        }
        if begins_item && let Some((depth, _)) = self.item {
            // The item before was never closed.
            self.flawed = true;
            self.close_to(depth);
        }
        if let Some(base) = attribute(attributes, "xml:base") {
            let outer = self.bases.last().map(|it| &it.1);
            let base = self.scanner.resolve(base);
            if let Ok(base) = outer.map_or_else(|| Url::parse(base.trim()), |it| it.join(base.trim())) {
                self.bases.push((self.open.len(), base));
            }
        }
        let depth = self.open.len();
        if begins_item {
            let mut item = Item::default();
            if let Some(about) = attribute(attributes, "rdf:about") {
                item.links.push((7, about.to_owned(), self.base()));
            }
            self.item = Some((depth, item));
        } else if let Some(kind) = self.kind(space, &plain_name, attributes) {
            let html = is_html(kind, space, attributes, self.open.first().copied().unwrap_or(name));
            self.field = Some(Field { kind, depth, html, buffer: String::new(), base: self.base() });
        }
        self.open.push(name);
        if self.open.len() > DEPTH_MAX {
            return Err(NotRead::TooComplex(format!("nested more than {DEPTH_MAX} deep")));
        }
        if empty {
            self.close_to(depth);
        }
        Ok(())
    }

    /// An element inside a title or text: its name is kept as markup, for the blocks that it sets apart.
    fn nested(&mut self, name: &'a str, plain_name: &str, empty: bool) -> Result<(), NotRead> {
        if let Some(field) = &mut self.field
            && field.buffer.len() < FIELD_BYTES_MAX
            && plain_name.bytes().all(|it| it.is_ascii_alphanumeric())
        {
            field.buffer.push('<');
            field.buffer.push_str(plain_name);
            field.buffer.push('>');
            if empty && !matches!(plain_name, "br" | "hr" | "img") {
                field.buffer.push_str(&format!("</{plain_name}>"));
            }
        }
        if !empty && !matches!(plain_name, "br" | "hr" | "img" | "input" | "p" | "li") {
            self.open.push(name);
            if self.open.len() > DEPTH_MAX {
                return Err(NotRead::TooComplex(format!("nested more than {DEPTH_MAX} deep")));
            }
        }
        Ok(())
    }

    fn end(&mut self, name: &'a str) {
        if let Some(field) = &mut self.field
            && field.depth + 1 < self.open.len()
            && field.buffer.len() < FIELD_BYTES_MAX
        {
            let plain_name = local(name).to_ascii_lowercase();
            if plain_name.bytes().all(|it| it.is_ascii_alphanumeric()) {
                field.buffer.push_str(&format!("</{plain_name}>"));
            }
        }
        let found = self.open.iter().rev().take(UNCLOSED_MAX).position(|it| *it == name);
        let Some(inner) = found else {
            self.flawed |= !matches!(name, "br" | "p" | "li");
            return;
        };
        self.flawed |= inner > 0;
        let depth = self.open.len() - 1 - inner;
        self.close_to(depth);
    }

    /// Closes elements until `depth` are left, and files the field and the item that end with them.
    fn close_to(&mut self, depth: usize) {
        self.open.truncate(depth);
        self.bases.retain(|it| it.0 < depth);
        if self.field.as_ref().is_some_and(|it| it.depth >= depth)
            && let Some(field) = self.field.take()
        {
            self.file(field);
        }
        if self.item.as_ref().is_some_and(|it| it.0 >= depth)
            && let Some((_, item)) = self.item.take()
        {
            // Items beyond the limit are counted, not kept.
            self.items.push(if self.items.len() < ENTRIES_MAX { item } else { Item { links: item.links, ..Item::default() } });
        }
    }

    fn text(&mut self, text: &'a str, verbatim: bool) {
        let Some(field) = &mut self.field else { return };
        if field.buffer.len() >= FIELD_BYTES_MAX {
            return;
        }
        let mut end = text.len().min(FIELD_BYTES_MAX);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = text.get(..end).unwrap_or_default();
        let resolved = if verbatim { text.into() } else { self.scanner.resolve(text) };
        match field.html {
            true => field.buffer.push_str(&resolved),
            false => field.buffer.push_str(&resolved.replace('<', "&lt;")),
        }
    }

    fn file(&mut self, field: Field) {
        let Field { kind, buffer, base, .. } = field;
        // Links and dates are no HTML: only their own escaping is undone.
        let bare = || buffer.replace("&lt;", "<").trim().to_owned();
        if kind == Kind::Home {
            self.home = self.home.take().or_else(|| Some(bare()).filter(|it| !it.is_empty()));
            return;
        }
        let Some((_, item)) = &mut self.item else { return };
        let blank = buffer.trim().is_empty();
        match kind {
            _ if blank => {}
            Kind::Title => item.title = item.title.take().or_else(|| Some(plain(&buffer))),
            Kind::Summary => item.summary = item.summary.take().or(Some(buffer)),
            Kind::Content => item.content = item.content.take().or(Some(buffer)),
            Kind::Link => item.links.push((2, bare(), base)),
            Kind::OriginalLink => item.links.push((0, bare(), base)),
            Kind::Guid => item.links.push((5, bare(), base)),
            Kind::Id => item.links.push((6, bare(), base)),
            Kind::Published(rank) => item.dates.push((rank, one_line(&bare()))),
            Kind::Modified => item.modified = Some(bare()),
            Kind::Home => {}
        }
    }

    /// What the element says about the item or the feed that it is a direct child of; links in attributes are filed at once.
    fn kind(&mut self, space: Space, name: &str, attributes: &'a str) -> Option<Kind> {
        let Some((depth, _)) = &self.item else {
            let parent = self.open.last().map(|it| local(it).to_ascii_lowercase())?;
            let home = space == Space::Core && name == "link" && matches!(parent.as_str(), "channel" | "feed");
            if home && let Some(href) = attribute(attributes, "href") {
                if matches!(attribute(attributes, "rel"), None | Some("alternate")) && self.home.is_none() {
                    self.home = Some(self.scanner.resolve(href).into_owned());
                }
                return None;
            }
            return home.then_some(Kind::Home);
        };
        if self.open.len() != depth + 1 {
            return None;
        }
        match (space, name) {
            (Space::Core, "link") => match attribute(attributes, "href") {
                Some(href) => {
                    self.atom_link(href, attributes);
                    None
                }
                None => Some(Kind::Link),
            },
            (Space::Core, "title") => Some(Kind::Title),
            (Space::Core, "description" | "summary") => Some(Kind::Summary),
            (Space::Core, "content" | "body" | "fullitem") | (Space::Content, "encoded") => Some(Kind::Content),
            (Space::Core, "guid") => {
                let link = attribute(attributes, "isPermaLink").is_none_or(|it| !it.trim().eq_ignore_ascii_case("false"));
                link.then_some(Kind::Guid)
            }
            (Space::Core, "id") => Some(Kind::Id),
            (Space::Core, "pubdate" | "published") => Some(Kind::Published(0)),
            (Space::Core, "issued" | "date") | (Space::Dublin, "date" | "issued") => Some(Kind::Published(1)),
            (Space::Core, "created") | (Space::Dublin, "created") => Some(Kind::Published(2)),
            (Space::Core, "updated" | "modified") | (Space::Dublin, "modified") => Some(Kind::Modified),
            (Space::FeedBurner, "origlink") => Some(Kind::OriginalLink),
            _ => None,
        }
    }

    /// `<link href rel type>`: the page itself before other forms of it; enclosures, replies and edit links are no article.
    fn atom_link(&mut self, href: &str, attributes: &str) {
        let rel = attribute(attributes, "rel").unwrap_or("alternate").rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        let page = attribute(attributes, "type").is_none_or(|it| it.contains("html"));
        let rank = match rel.as_str() {
            "alternate" | "" if page => 1,
            "alternate" | "" => 3,
            "self" | "related" | "via" => 8,
            _ => return,
        };
        let link = (rank, self.scanner.resolve(href).into_owned(), self.base());
        if let Some((_, item)) = &mut self.item {
            item.links.push(link);
        }
    }

    fn declare(&mut self, attributes: &'a str) {
        if !attributes.contains("xmlns") {
            return;
        }
        for (name, uri) in self::attributes(attributes) {
            let Some(prefix) = name.strip_prefix("xmlns:") else { continue };
            let low = uri.trim().to_ascii_lowercase();
            let known = [
                ("http://www.w3.org/2005/atom", Space::Core),
                ("http://purl.org/atom/", Space::Core),
                ("http://purl.org/rss/1.0/modules/content", Space::Content),
                ("http://purl.org/rss/1.0/modules/", Space::Other),
                ("http://purl.org/rss/1.0", Space::Core),
                ("http://my.netscape.com/rdf/simple/0.9", Space::Core),
                ("http://channel.netscape.com/rdf/simple/0.9", Space::Core),
                ("http://backend.userland.com/rss", Space::Core),
                ("http://blogs.law.harvard.edu/tech/rss", Space::Core),
                ("http://purl.org/dc/", Space::Dublin),
                ("http://rssnamespace.org/feedburner", Space::FeedBurner),
            ];
            let space = known.iter().find(|(uri, _)| low.starts_with(uri)).map_or(Space::Other, |it| it.1);
            self.prefixes.insert(prefix, space);
        }
    }

    fn space(&self, name: &str) -> Space {
        let prefix = name.split_once(':').map_or("", |it| it.0);
        self.prefixes.get(prefix).copied().unwrap_or(Space::Other)
    }

    fn base(&self) -> Option<Url> {
        self.bases.last().map(|it| it.1.clone())
    }
}

/// Whether a text element holds HTML: in RSS always, in Atom where its type says so.
fn is_html(kind: Kind, space: Space, attributes: &str, root: &str) -> bool {
    let text = matches!(kind, Kind::Title | Kind::Summary | Kind::Content);
    let atom = matches!(local(root).to_ascii_lowercase().as_str(), "feed" | "entry") && space == Space::Core;
    let html_type = attribute(attributes, "type").is_some_and(|it| it.contains("html") && !it.contains("xhtml"));
    text && (!atom || html_type || attribute(attributes, "mode") == Some("escaped"))
}

impl Item {
    fn into_candidate(mut self, scope: &Scope, orders: Orders) -> Candidate {
        self.links.sort_by_key(|it| it.0);
        let links = self.links.into_iter().filter(|(rank, link, _)| match rank {
            // Identifiers are links only where they look like one.
            5..=7 => link.get(..4).is_some_and(|it| it.eq_ignore_ascii_case("http")),
            _ => true,
        });
        self.dates.sort_by_key(|it| it.0);
        let readable = self.dates.iter().find(|(_, raw)| stamp::parse_in(raw, scope.zone, orders).is_some());
        let raw = readable.or(self.dates.first()).map(|it| it.1.clone());
        let summary = self.summary.map(|it| plain(&it)).filter(|it| !it.is_empty());
        let candidate = Candidate {
            links: links.map(|(_, link, base)| (link, base)).collect(),
            title: self.title.unwrap_or_default(),
            summary: summary.or_else(|| self.content.map(|it| plain(&it))).unwrap_or_default(),
            modified: self.modified.and_then(|it| stamp::parse_in(&it, scope.zone, orders)).map(|it| it.instant),
            ..Candidate::default()
        };
        candidate.dated(raw, scope.zone, orders)
    }
}

/// JSON Feed 1 and 1.1 (jsonfeed.org).
fn json(text: &str, scope: &Scope) -> Result<Listed, NotRead> {
    let foreign = |why: String| NotRead::NotADocument(why);
    let text = text.trim_start_matches('\u{feff}');
    let feed: Value = serde_json::from_str(text).map_err(|it| foreign(format!("unreadable JSON: {it}")))?;
    let version = feed.get("version").and_then(Value::as_str).unwrap_or_default();
    let items = feed.get("items").and_then(Value::as_array).filter(|_| version.contains("jsonfeed.org/version/"));
    let Some(items) = items else { return Err(foreign("JSON that is no JSON Feed".into())) };
    let home = feed.get("home_page_url").and_then(Value::as_str).and_then(|it| scope.base.join(it).ok());
    let mut collector = Collector::new(scope, ENTRIES_MAX).with_base(home);
    for item in items {
        let text = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default();
        let id = Some(text("id")).filter(|it| it.starts_with("http"));
        let links = [Some(text("url")), Some(text("external_url")), id];
        let raw = Some(text("date_published")).filter(|it| !it.is_empty());
        let summary = [text("summary"), text("content_text")].into_iter().map(one_line).find(|it| !it.is_empty());
        let candidate = Candidate {
            links: links.into_iter().flatten().filter(|it| !it.is_empty()).map(|it| (it.to_owned(), None)).collect(),
            title: one_line(text("title")),
            summary: summary.unwrap_or_else(|| plain(text("content_html"))),
            modified: stamp::parse(text("date_modified"), scope.zone).map(|it| it.instant),
            ..Candidate::default()
        };
        // The format has one form of dates, in which no order is open.
        collector.add(candidate.dated(raw.map(one_line), scope.zone, Orders::default()));
    }
    Ok(collector.listed)
}

#[cfg(test)]
mod tests {
    use chrono_tz::Asia::Ho_Chi_Minh;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::article::Rejection;

    fn read(text: &str) -> Result<Listed, NotRead> {
        let base = Url::parse("https://baohue.vn/rss/tin.rss").unwrap();
        feed(text.as_bytes(), None, &Scope { zone: Ho_Chi_Minh, base: &base, outlet: None, source: None })
    }

    fn row(listed: &Listed, at: usize) -> (String, String, String, Option<String>) {
        let entry = &listed.entries[at];
        (
            entry.url.to_string(),
            entry.title.clone(),
            entry.summary.clone(),
            entry.published.map(|it| it.with_timezone(&Ho_Chi_Minh).format("%Y-%m-%d %H:%M").to_string()),
        )
    }

    fn want(url: &str, title: &str, summary: &str, published: Option<&str>) -> (String, String, String, Option<String>) {
        (url.into(), title.into(), summary.into(), published.map(Into::into))
    }

    #[test]
    fn rss_comes_out_as_plain_text_with_absolute_links() {
        let listed = read(
            r#"<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Kênh</title><link>https://baohue.vn/</link>
            <image><title>ảnh</title><link>https://x.vn/</link></image>
            <item><title><![CDATA[Tập huấn <b>kỹ năng</b> &amp; hơn]]></title><media:title>khác</media:title><link>
              /muc/bai-1.html </link><description>&lt;a href="x"&gt;&lt;img src="y"&gt;&lt;/a&gt;Một &amp;amp; hai</description><pubDate>Thứ 5, 28/05/2026 17:00:00 GMT+7</pubDate></item>
            <item><title>Bài hai</title><guid>https://baohue.vn/bai-2.html</guid><dc:date>2026-05-01T09:00:00+07:00</dc:date></item>
            <item><title>Bài ba</title><guid isPermaLink="false">abc</guid></item>
            <item><title>Bài bốn</title><link>javascript:void(0)</link><pubDate>hôm qua</pubDate></item>
            <item><title>Bài một, lần nữa</title><link>http://www.baohue.vn/muc/bai-1.html?utm_source=rss</link></item></channel></rss>"#,
        )
        .unwrap();
        assert_eq!(
            row(&listed, 0),
            want("https://baohue.vn/muc/bai-1.html", "Tập huấn kỹ năng & hơn", "Một & hai", Some("2026-05-28 17:00"))
        );
        assert_eq!(row(&listed, 1), want("https://baohue.vn/bai-2.html", "Bài hai", "", Some("2026-05-01 09:00")));
        assert_eq!(listed.entries[0].published_raw.as_deref(), Some("Thứ 5, 28/05/2026 17:00:00 GMT+7"));
        let rejected: Vec<_> = listed.rejected.iter().map(|(why, count)| (*why, *count)).collect();
        assert_eq!(rejected, [(Rejection::NoLink, 1), (Rejection::BadLink, 1), (Rejection::Duplicate, 1)]);
        assert_eq!((listed.in_document, listed.repaired), (5, false));
    }

    #[test]
    fn atom_takes_the_page_among_links_and_resolves_bases() {
        let listed = read(
            r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://goc.vn/a/"><title>K</title><link rel="self" href="/x.atom"/>
            <entry xml:base="b/"><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Tin <em>mới</em> &lt; 5</div></title><link rel="enclosure" href="e.mp3"/><link rel="self" href="s.atom"/><link href="1.html"/>
              <id>tag:1</id><updated>2026-05-02T00:00:00Z</updated><published>2026-05-01T01:00:00Z</published><summary type="html">&lt;p&gt;tóm&lt;/p&gt;tắt</summary></entry>
            <entry><title>a &amp; b</title><link rel="alternate" type="application/pdf" href="2.pdf"/><link rel="alternate" type="text/html" href="2.html"/><content type="html">thân &amp;eacute;</content><updated>2026-05-02T00:00:00Z</updated></entry></feed>"#,
        )
        .unwrap();
        assert_eq!(row(&listed, 0), want("https://goc.vn/a/b/1.html", "Tin mới < 5", "tóm tắt", Some("2026-05-01 08:00")));
        assert_eq!(row(&listed, 1), want("https://goc.vn/a/2.html", "a & b", "thân é", None));
        assert!(listed.entries[1].modified.is_some());
    }

    #[test]
    fn rdf_and_json_feeds_are_read() {
        let rdf = read(
            r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:ngay="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>K</title><items><rdf:Seq><rdf:li resource="a"/></rdf:Seq></items></channel>
            <item rdf:about="https://baohue.vn/1.html"><title>Một</title><ngay:date>2026-05-01</ngay:date></item></rdf:RDF>"#,
        )
        .unwrap();
        assert_eq!(row(&rdf, 0), want("https://baohue.vn/1.html", "Một", "", Some("2026-05-01 00:00")));
        let json = read(r#"{"version":"https://jsonfeed.org/version/1.1","title":"K","items":[{"id":"1","url":"/1.html","title":"Một","content_html":"<p>Thân</p>","date_published":"2026-05-01T08:00:00+07:00"},{"id":"2"}]}"#).unwrap();
        assert_eq!(row(&json, 0), want("https://baohue.vn/1.html", "Một", "Thân", Some("2026-05-01 08:00")));
        assert_eq!(json.in_document, 2);
    }

    #[test]
    fn a_broken_feed_keeps_every_whole_item() {
        let item = |at: u32| {
            format!(
                "<item><title>Bài {at} & hơn</title><link>https://baohue.vn/{at}.html?a=1&b=2</link><description><p>Đoạn<br>hai <b>đậm</description></item>"
            )
        };
        let text =
            format!("\u{feff} <br>Warning: x <?xml version='1.0' encoding='utf-16'?><rss><channel>{}{}<item><title>Cụt", item(1), item(2));
        let listed = read(&text).unwrap();
        assert_eq!(row(&listed, 1), want("https://baohue.vn/2.html?a=1&b=2", "Bài 2 & hơn", "Đoạn hai đậm", None));
        assert_eq!((listed.entries.len(), listed.repaired), (2, true));
        let unclosed = read(
            "<rss><channel><item><title>A</title><link>https://a.vn/1<item><title>B</title><link>https://a.vn/2</link></channel></rss>",
        )
        .unwrap();
        assert_eq!(unclosed.entries.len(), 2);
    }

    #[test]
    fn what_is_no_feed_is_named() {
        for (text, want) in [
            ("", "0 bytes"),
            ("<!doctype html><html><body>rss</body></html>", "HTML"),
            ("{\"a\":1}", "JSON"),
            ("{\"a\":", "JSON"),
            ("xin chào", "without markup"),
            ("<opml/>", "<opml>"),
            ("%PDF-1.4", "PDF"),
        ] {
            let told = read(text).unwrap_err();
            assert!(
                matches!(told, NotRead::NotADocument(_) | NotRead::OtherMedium(_)) && told.to_string().contains(want),
                "{text}: {told}"
            );
        }
        assert_eq!(read("<rss version='2.0'><channel><title>K</title></channel></rss>").unwrap(), Listed::default());
        assert!(matches!(read(&format!("<rss>{}", "<a>".repeat(100_000))), Err(NotRead::TooComplex(_))));
        assert!(matches!(read(&"x".repeat(DOCUMENT_BYTES_MAX + 1)), Err(NotRead::TooLarge { .. })));
        let bomb = "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'><!ENTITY c '&b;&b;&b;'>]><rss><channel><item><title>&c;</title></item></channel></rss>";
        assert!(matches!(read(bomb), Err(NotRead::TooComplex(_))));
    }

    proptest! {
        #[test]
        fn no_bytes_break_it_and_the_sum_is_kept(text in "(<rss>|<feed>|<item>|</item>|<entry|<link>|<link href='/a'/>|<title>|</|>|<!\\[CDATA\\[|\\]\\]>|&|;|a|<b>|https://a.vn/|<guid>|<!DOCTYPE x \\[|<!ENTITY|'){0,40}", raw in any::<Vec<u8>>()) {
            for bytes in [format!("<rss>{text}").into_bytes(), text.into_bytes(), raw] {
                let base = Url::parse("https://baohue.vn/").unwrap();
                if let Ok(listed) = feed(&bytes, None, &Scope { zone: Ho_Chi_Minh, base: &base, outlet: None, source: None }) {
                    prop_assert_eq!(listed.in_document, listed.entries.len() as u64 + listed.rejected.values().sum::<u64>());
                }
            }
        }
    }
}
