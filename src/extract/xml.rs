//! Tags and text of XML as it is found in the wild, well-formed or not: a linear scan that never fails.

use std::{borrow::Cow, collections::HashMap};

/// Longest replacement taken from a document type declaration, and most of them: they stand for single letters.
const ENTITY_BYTES_MAX: usize = 256;
const ENTITIES_MAX: usize = 300;

/// One piece of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A start tag; `empty` is true for `<x/>`.
    Start {
        name: &'a str,
        attributes: &'a str,
        empty: bool,
    },
    End {
        name: &'a str,
    },
    /// Text with its entities still in it.
    Text(&'a str),
    /// Text that holds no entities.
    Verbatim(&'a str),
}

/// Reads a document piece by piece.
#[derive(Debug)]
pub struct Scanner<'a> {
    rest: &'a str,
    /// Whether the document breaks a rule that a strict parser would stop at.
    pub flawed: bool,
    entities: HashMap<&'a str, &'a str>,
    /// Set where entities are declared through entities, which a parser would have to expand without end.
    pub bomb: bool,
}

impl<'a> Scanner<'a> {
    /// A scanner over decoded text; what stands before the first tag is skipped.
    pub fn new(text: &'a str) -> Self {
        let start = text.find('<').unwrap_or(text.len());
        let (before, rest) = text.split_at(start);
        let flawed = !before.trim_matches(['\u{feff}', ' ', '\t', '\r', '\n']).is_empty();
        Self { rest, flawed, entities: HashMap::new(), bomb: false }
    }

    /// Text with entities resolved: those of XML, numbers (with the windows-1252 ones that HTML allows), and those declared in the
    /// document. HTML's names are left for the HTML parser that sees the text next.
    pub fn resolve<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !text.contains('&') {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('&') {
            let (before, after) = rest.split_at(at);
            out.push_str(before);
            let end = after.bytes().take(40).position(|it| it == b';').filter(|it| *it > 1);
            let name = end.and_then(|it| after.get(1..it));
            match name.and_then(|it| self.entity(it)) {
                Some(value) => {
                    out.push_str(&value);
                    rest = after.get(end.unwrap_or(0) + 1..).unwrap_or_default();
                }
                None => {
                    out.push('&');
                    rest = after.get(1..).unwrap_or_default();
                }
            }
        }
        out.push_str(rest);
        Cow::Owned(out)
    }

    fn entity(&self, name: &str) -> Option<Cow<'a, str>> {
        let plain = match name {
            "amp" => "&",
            "lt" => "<",
            "gt" => ">",
            "quot" => "\"",
            "apos" => "'",
            _ => match name.strip_prefix('#') {
                Some(number) => return number_entity(number).map(|it| Cow::Owned(it.into())),
                None => self.entities.get(name)?,
            },
        };
        Some(Cow::Borrowed(plain))
    }

    /// Notes the declarations of a document type; only plain replacements are kept.
    fn declare(&mut self, declaration: &'a str) {
        for one in declaration.split("<!ENTITY").skip(1).take(ENTITIES_MAX) {
            let mut parts = one.trim_start().splitn(2, char::is_whitespace);
            let (Some(name), Some(rest)) = (parts.next(), parts.next()) else { continue };
            let rest = rest.trim_start();
            let Some(quote) = rest.chars().next().filter(|it| matches!(it, '"' | '\'')) else { continue };
            let Some(value) = rest.get(1..).and_then(|it| it.split(quote).next()) else { continue };
            let nested = value.split('&').skip(1).any(|it| !it.starts_with('#'));
            self.bomb |= nested && value.matches('&').count() > 1;
            if !nested && value.len() <= ENTITY_BYTES_MAX && !name.starts_with('%') {
                self.entities.insert(name, value);
            }
        }
    }

    /// `<!DOCTYPE …[…]>`, comments, CDATA and processing instructions; `None` where the piece says nothing to a reader.
    fn special(&mut self) -> Option<Piece<'a>> {
        let rest = self.rest;
        if let Some(inner) = rest.strip_prefix("<![CDATA[") {
            let (text, after) = self.until(inner, "]]>");
            self.rest = after;
            return Some(Piece::Verbatim(text));
        }
        let after = if let Some(inner) = rest.strip_prefix("<!--") {
            self.until(inner, "-->").1
        } else if rest.starts_with("<?") {
            // A prolog may be cut or badly quoted: `>` alone ends it too.
            rest.split_once('>').map_or("", |it| it.1)
        } else {
            let end = rest.find('>').unwrap_or(rest.len());
            match rest.get(..end).and_then(|it| it.find('[')) {
                Some(open) => {
                    let (declaration, after) = self.until(rest.get(open + 1..).unwrap_or_default(), "]");
                    self.declare(declaration);
                    after.split_once('>').map_or("", |it| it.1)
                }
                None => rest.split_once('>').map_or("", |it| it.1),
            }
        };
        self.rest = after;
        None
    }

    fn until(&mut self, text: &'a str, end: &str) -> (&'a str, &'a str) {
        text.split_once(end).unwrap_or_else(|| {
            self.flawed = true;
            (text, "")
        })
    }

    fn tag(&mut self, name_at: usize) -> Option<Piece<'a>> {
        let Some(end) = tag_end(self.rest) else {
            // Cut inside a tag: what is left says nothing.
            self.flawed = true;
            self.rest = "";
            return None;
        };
        let inner = self.rest.get(name_at..end)?;
        self.rest = self.rest.get(end + 1..).unwrap_or_default();
        let (inner, empty) = inner.strip_suffix('/').map_or((inner, false), |it| (it, true));
        let cut = inner.find(|it: char| it.is_whitespace() || it == '/').unwrap_or(inner.len());
        let (name, attributes) = inner.split_at(cut);
        Some(if name_at == 2 { Piece::End { name } } else { Piece::Start { name, attributes, empty } })
    }

    /// Text up to the next tag; a `<` that begins none is text.
    fn text(&mut self) -> Piece<'a> {
        let mut end = usize::from(self.rest.starts_with('<'));
        self.flawed |= end == 1;
        end = self.rest.get(end..).and_then(|it| it.find('<')).map_or(self.rest.len(), |it| it + end);
        let (text, rest) = self.rest.split_at(end);
        self.flawed |= text.bytes().any(|it| it < 32 && !matches!(it, b'\n' | b'\r' | b'\t')) || self.bare_ampersand(text);
        self.rest = rest;
        Piece::Text(text)
    }

    fn bare_ampersand(&self, text: &str) -> bool {
        text.split('&').skip(1).any(|it| {
            let name = it.bytes().take(40).position(|it| it == b';').and_then(|end| it.get(..end));
            name.and_then(|it| self.entity(it)).is_none()
        })
    }
}

impl<'a> Iterator for Scanner<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        while let Some(first) = self.rest.bytes().next() {
            let second = self.rest.as_bytes().get(1).copied();
            let piece = match (first, second) {
                (b'<', Some(b'!' | b'?')) => self.special(),
                (b'<', Some(b'/')) => self.tag(2),
                (b'<', Some(it)) if it.is_ascii_alphabetic() || it == b'_' || it >= 0x80 => self.tag(1),
                _ => Some(self.text()),
            };
            if piece.is_some() {
                return piece;
            }
        }
        None
    }
}

/// The value of an attribute, by its full name, entities not yet resolved.
pub fn attribute<'a>(attributes: &'a str, wanted: &str) -> Option<&'a str> {
    self::attributes(attributes).find(|(name, _)| *name == wanted).map(|(_, value)| value)
}

/// All attributes of a tag, in order; values without quotes are taken too.
pub fn attributes(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|it: char| it.is_whitespace() || matches!(it, '/' | '=' | '"' | '\''));
        let end = rest.find(|it: char| it.is_whitespace() || it == '=')?;
        let (name, after) = rest.split_at(end);
        let Some(value) = after.trim_start().strip_prefix('=') else {
            rest = after;
            return Some((name, ""));
        };
        let value = value.trim_start();
        let quote = value.chars().next().filter(|it| matches!(it, '"' | '\''));
        let (value, after) = match quote {
            Some(quote) => value.get(1..).unwrap_or_default().split_once(quote).unwrap_or((value.get(1..).unwrap_or_default(), "")),
            None => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        rest = after;
        Some((name, value))
    })
}

/// The `>` that ends the tag at the start of `text`; one inside quotes does not, unless the quote never closes.
fn tag_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'>' => return Some(at),
            b'<' => return text.find('>'),
            b'"' | b'\'' if bytes.get(at - 1) == Some(&b'=') || bytes.get(at - 1) == Some(&b' ') => {
                match bytes.get(at + 1..)?.iter().position(|it| *it == byte || *it == b'<') {
                    Some(end) if bytes.get(at + 1 + end) == Some(&byte) => at += end + 1,
                    _ => return text.find('>'),
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The letter that a numeric reference means.
fn number_entity(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    if let Ok(byte @ 0x80..=0x9F) = u8::try_from(code) {
        // HTML reads these as windows-1252, and so do the pages that write them.
        return encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[byte]).0.chars().next();
    }
    char::from_u32(code)
}

/// The part of a name after its prefix, in lower case where it is not yet.
pub fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn broken_markup_is_read_on() {
        let mut scanner = Scanner::new("junk<a x='1>2' y=\"a&amp;b\" z=3 w/>T & <3<![CDATA[<b>]]><!-- - --></a><c");
        let pieces: Vec<_> = scanner.by_ref().collect();
        assert_eq!(
            pieces,
            [
                Piece::Start { name: "a", attributes: " x='1>2' y=\"a&amp;b\" z=3 w", empty: true },
                Piece::Text("T & "),
                Piece::Text("<3"),
                Piece::Verbatim("<b>"),
                Piece::End { name: "a" },
            ]
        );
        assert!(scanner.flawed);
        let all: Vec<_> = attributes(" x='1>2' y=\"a&amp;b\" z=3 w ").collect();
        assert_eq!(all, [("x", "1>2"), ("y", "a&amp;b"), ("z", "3"), ("w", "")]);
    }

    #[test]
    fn entities_are_resolved_once_and_bombs_are_seen() {
        let mut scanner = Scanner::new("<!DOCTYPE r [<!ENTITY hue 'Huế'><!ENTITY e \"&#233;\">]><r/>");
        assert_eq!(scanner.by_ref().count(), 1);
        assert!(!scanner.flawed && !scanner.bomb);
        assert_eq!(scanner.resolve("&hue; &amp;lt; &#7901;&#x1EDD;&#146; &nbsp; & &;"), "Huế &lt; ờờ\u{2019} &nbsp; & &;");
        let mut bomb = Scanner::new("<!DOCTYPE r [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]><r>&b;</r>");
        bomb.by_ref().for_each(drop);
        assert!(bomb.bomb);
    }

    proptest! {
        #[test]
        fn any_text_ends(text in "(<|>|/|a|=|'|\"|&|;|!|\\[|\\]|-|CDATA|ENTITY|DOCTYPE| |ề){0,60}") {
            let mut scanner = Scanner::new(&text);
            prop_assert!(scanner.by_ref().count() <= text.len());
            let _ = scanner.resolve(&text);
            prop_assert!(attributes(&text).count() <= text.len() + 1);
        }
    }
}
