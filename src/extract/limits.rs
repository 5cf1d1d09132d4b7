//! What the readers take in at most, and the scan that refuses markup which would tie up the HTML parser.

use std::collections::HashMap;

/// Longest page, listing or feed. The longest real ones (live reports, feeds with full texts) have some 3 MB.
pub const DOCUMENT_BYTES_MAX: usize = 16 << 20;
/// Longest sitemap, after decompression: the protocol's own limit (sitemaps.org, 50 MB).
pub const SITEMAP_BYTES_MAX: usize = 52_428_800;
/// Most entries taken from a feed or a listing; outlets list 10 to 500.
pub const ENTRIES_MAX: usize = 10_000;
/// Most entries taken from a sitemap: the protocol's own limit.
pub const SITEMAP_ENTRIES_MAX: usize = 50_000;
/// Deepest nesting. Browsers flatten at 512 (Blink); the HTML parser's search for an open element costs depth x tags.
pub const DEPTH_MAX: usize = 512;
/// Most tags in one document; the largest real pages have some 20,000.
pub const TAGS_MAX: usize = 300_000;
/// Most attributes in one tag: the HTML parser compares each with each.
pub const ATTRIBUTES_MAX: usize = 1_000;
/// Most copies of unclosed formatting elements (`<b>`, `<font>`) that the parser may have to make at later paragraphs.
const COPIES_MAX: usize = 200_000;

/// Most steps from all tags up to the root, summed: the parser searches the open elements at each paragraph. Real pages have
/// some 20,000 tags at a depth of 30.
const STEPS_MAX: usize = 20_000_000;
/// An end tag of formatting that closes in the wrong order makes the parser rebuild elements (HTML standard, 13.2.6.4.7).
const COPIES_PER_MISNESTING: usize = 10;

/// Elements that have no end tag.
const VOID: [&[u8]; 15] = [
    b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta", b"param", b"source", b"track", b"wbr", b"keygen",
];
/// Elements whose end tag may be left out: the next one of their kind closes them, so that they do not nest.
const OPTIONAL_END: [&[u8]; 18] = [
    b"p",
    b"li",
    b"dd",
    b"dt",
    b"tr",
    b"td",
    b"th",
    b"option",
    b"optgroup",
    b"thead",
    b"tbody",
    b"tfoot",
    b"colgroup",
    b"caption",
    b"rt",
    b"rp",
    b"html",
    b"body",
];
/// Elements that the HTML parser opens again in later paragraphs while they are unclosed (HTML standard, 13.2.4.3).
const FORMATTING: [&[u8]; 14] =
    [b"a", b"b", b"big", b"code", b"em", b"font", b"i", b"nobr", b"s", b"small", b"strike", b"strong", b"tt", b"u"];
/// Elements whose content is text up to their end tag.
const RAW_TEXT: [&[u8]; 8] = [b"script", b"style", b"textarea", b"title", b"xmp", b"iframe", b"noembed", b"noframes"];

/// Whether HTML can be parsed in time about linear to its length; the error says what is too much.
///
/// One pass over the bytes, without allocation per tag. It errs on the side of refusing only what no real page has.
pub fn check_html(html: &str) -> Result<(), String> {
    let bytes = html.as_bytes();
    let mut scan = Scan::default();
    let mut at = 0;
    while let Some(open) = find(html, at, '<') {
        let Some(&next) = bytes.get(open + 1) else { break };
        at = match next {
            b'!' if bytes.get(open + 2..open + 4) == Some(b"--") => comment_end(html, open + 4),
            b'!' | b'?' => find(html, open, '>').map_or(bytes.len(), |it| it + 1),
            b'/' => {
                let name = name(bytes, open + 2);
                scan.end(name);
                find(html, open, '>').map_or(bytes.len(), |it| it + 1)
            }
            b'a'..=b'z' | b'A'..=b'Z' => {
                let name = name(bytes, open + 1);
                let tag = tag(html, open + 1 + name.len());
                scan.start(name, bytes.get(open + 1 + name.len()..tag.end).unwrap_or_default(), &tag)?;
                match RAW_TEXT.iter().any(|it| name.eq_ignore_ascii_case(it)) {
                    true => raw_text_end(html, tag.end, name),
                    false => tag.end,
                }
            }
            _ => {
                // Each stray `<` costs the parser an error message.
                scan.count_tag()?;
                open + 1
            }
        };
    }
    Ok(())
}

/// The open elements as far as the parser's cost depends on them.
#[derive(Default)]
struct Scan {
    open: Vec<u64>,
    count: HashMap<u64, usize>,
    formatting: Vec<(u64, u64)>,
    tags: usize,
    copies: usize,
    steps: usize,
}

/// Where a start tag ends, and what it holds.
struct Tag {
    end: usize,
    attributes: usize,
    self_closing: bool,
}

impl Scan {
    fn count_tag(&mut self) -> Result<(), String> {
        self.tags += 1;
        if self.tags > TAGS_MAX { Err(format!("more than {TAGS_MAX} tags")) } else { Ok(()) }
    }

    fn start(&mut self, name: &[u8], attributes: &[u8], tag: &Tag) -> Result<(), String> {
        self.count_tag()?;
        if tag.attributes > ATTRIBUTES_MAX {
            return Err(format!("more than {ATTRIBUTES_MAX} attributes in one tag"));
        }
        let is = |list: &[&[u8]]| list.iter().any(|it| name.eq_ignore_ascii_case(it));
        if is(&VOID) {
            return Ok(());
        }
        self.steps += self.open.len();
        if self.steps > STEPS_MAX {
            return Err("too many tags too deep".to_owned());
        }
        let key = key(name);
        if is(&FORMATTING) {
            self.open_formatting(key, attributes);
            if self.formatting.len() > DEPTH_MAX {
                return Err(format!("more than {DEPTH_MAX} copies of unclosed formatting"));
            }
            return Ok(());
        } else {
            self.copies += self.formatting.len();
            if self.copies > COPIES_MAX {
                return Err(format!("more than {COPIES_MAX} copies of unclosed formatting"));
            }
        }
        if is(&OPTIONAL_END) || tag.self_closing {
            return Ok(());
        }
        self.open.push(key);
        *self.count.entry(key).or_default() += 1;
        if self.open.len() > DEPTH_MAX {
            return Err(format!("nested more than {DEPTH_MAX} deep"));
        }
        Ok(())
    }

    /// The parser keeps at most three alike (the "Noah's Ark clause"), and a link closes the link before it.
    fn open_formatting(&mut self, key: u64, attributes: &[u8]) {
        let whole = (key, self::key(attributes));
        if key == self::key(b"a") {
            self.formatting.retain(|it| it.0 != key);
        } else if self.formatting.iter().filter(|it| **it == whole).count() >= 3 {
            return;
        }
        self.formatting.push(whole);
    }

    fn end(&mut self, name: &[u8]) {
        let key = key(name);
        if let Some(at) = self.formatting.iter().rposition(|it| it.0 == key) {
            self.copies += if at + 1 < self.formatting.len() { COPIES_PER_MISNESTING } else { 0 };
            self.formatting.remove(at);
            return;
        }
        if self.count.get(&key).is_none_or(|it| *it == 0) {
            return;
        }
        while let Some(top) = self.open.pop() {
            if let Some(count) = self.count.get_mut(&top) {
                *count -= 1;
            }
            if top == key {
                return;
            }
        }
    }
}

/// FNV-1a of the letters in lower case: names are only compared with each other.
fn key(name: &[u8]) -> u64 {
    name.iter().fold(0xcbf2_9ce4_8422_2325, |hash, it| (hash ^ u64::from(it.to_ascii_lowercase())).wrapping_mul(0x100_0000_01b3))
}

/// Searches by words of the machine, which a loop over bytes would not.
fn find(html: &str, from: usize, wanted: char) -> Option<usize> {
    html.get(from..)?.find(wanted).map(|it| from + it)
}

fn comment_end(html: &str, from: usize) -> usize {
    let rest = html.get(from..).unwrap_or_default();
    // `<!-->` and `<!--->` are whole comments.
    if rest.starts_with('>') || rest.starts_with("->") {
        return from + 1;
    }
    rest.find("-->").map_or(html.len(), |it| from + it + 3)
}

fn name(bytes: &[u8], from: usize) -> &[u8] {
    let rest = bytes.get(from..).unwrap_or_default();
    let end = rest.iter().position(|it| it.is_ascii_whitespace() || matches!(it, b'>' | b'/')).unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}

/// Walks over the attributes of a start tag; a `>` inside quotes does not end it.
fn tag(html: &str, from: usize) -> Tag {
    let bytes = html.as_bytes();
    let (mut attributes, mut at, mut between, mut slash) = (0, from, true, false);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'>' => return Tag { end: at + 1, attributes, self_closing: slash },
            b'"' | b'\'' if bytes.get(from..at).is_some_and(|it| it.trim_ascii_end().ends_with(b"=")) => {
                at = find(html, at + 1, char::from(byte)).unwrap_or(bytes.len());
                between = true;
            }
            _ if byte.is_ascii_whitespace() || byte == b'/' => between = true,
            b'=' => between = false,
            _ => {
                attributes += usize::from(between);
                between = false;
            }
        }
        slash = byte == b'/';
        at += 1;
    }
    Tag { end: bytes.len(), attributes, self_closing: false }
}

fn raw_text_end(html: &str, from: usize, name: &[u8]) -> usize {
    let bytes = html.as_bytes();
    let mut at = from;
    while let Some(open) = find(html, at, '<') {
        let close = bytes.get(open + 2..open + 2 + name.len());
        if bytes.get(open + 1) == Some(&b'/') && close.is_some_and(|it| it.eq_ignore_ascii_case(name)) {
            return open;
        }
        at = open + 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_pages_pass() {
        let item = "<li><a href='/x'>tin</a><p>chữ <b>đậm</b><br><img src=x>";
        let page = format!(
            "<!doctype html><html><head><title>a<b></title><script>if(a<b){{'<div>'}}</script></head><body><ul>{}</ul></body></html>",
            item.repeat(5_000)
        );
        assert_eq!(check_html(&page), Ok(()));
        assert_eq!(check_html(&"<b>chữ</b><p>".repeat(20_000)), Ok(()));
        assert_eq!(check_html(&"<div><span>không đóng</div>".repeat(20_000)), Ok(()));
        assert_eq!(check_html("<"), Ok(()));
    }

    #[test]
    fn markup_that_would_tie_up_the_parser_is_refused_by_name() {
        let distinct: String = (0..5_000).map(|it| format!("<font size={it}><p>")).collect();
        let attributes: String = (0..100_000).map(|it| format!(" a{it}=1")).collect();
        for (html, want) in [
            ("<div>".repeat(100_000), "nested"),
            ("<table><tr><td>".repeat(20_000), "nested"),
            ("<ul><li>".repeat(50_000), "nested"),
            (distinct, "copies"),
            (format!("<p{attributes}>"), "attributes"),
            ("<br>".repeat(400_000), "tags"),
        ] {
            let told = check_html(&html).unwrap_err();
            assert!(told.contains(want), "{told}");
        }
    }
}
