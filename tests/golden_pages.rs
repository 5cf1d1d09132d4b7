//! Invented pages as golden pairs, each a class of error that readers make: `tests/golden/pages/NAME.html` is the page, `NAME.json` what
//! must come of it. The set only grows.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::{collections::BTreeMap, fs, path::Path};

use chrono_tz::Asia::Ho_Chi_Minh;
use diembao::{
    domain::{article::Page, date::decide_date},
    extract::{Scope, page::page, page_dates::shown_offset},
};
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use url::Url;

/// What must come of a page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Golden {
    /// What goes wrong on pages of this kind.
    class: String,
    url: Url,
    title: String,
    lead: String,
    text: Vec<String>,
    captions: Vec<String>,
    author: Option<String>,
    published: Option<String>,
    letters_lost: bool,
}

fn golden() -> BTreeMap<String, (String, Golden)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/pages");
    let mut all = BTreeMap::new();
    for file in fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|it| it == "json") {
            let golden = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap_or_else(|wrong| panic!("{path:?}: {wrong}"));
            let html = fs::read_to_string(path.with_extension("html")).unwrap();
            all.insert(path.file_stem().unwrap().to_string_lossy().into_owned(), (html, golden));
        }
    }
    assert!(!all.is_empty());
    all
}

fn read(bytes: &[u8], golden: &Golden) -> Page {
    page(bytes, Some("text/html"), &Scope { zone: Ho_Chi_Minh, base: &golden.url, outlet: None, source: None }).unwrap()
}

/// The parts of a page that differ from what is wanted.
fn differences(page: Page, golden: &Golden) -> Vec<String> {
    let decision = decide_date(page.dates, None, Ho_Chi_Minh);
    let published = decision
        .published
        .map(|it| it.with_timezone(&shown_offset(&decision.evidence, it, page.language.as_deref(), &golden.url, Ho_Chi_Minh)).to_rfc3339());
    let mut found = Vec::new();
    let mut same = |part: &str, is: String, want: String| {
        if is != want {
            found.push(format!("  {part}\n    is   {is}\n    want {want}"));
        }
    };
    same("title", page.title, golden.title.clone());
    same("lead", page.lead, golden.lead.clone());
    same("text", page.text.replace('\n', "\n         "), golden.text.join("\n         "));
    same("captions", page.captions, golden.captions.join("\n"));
    same("author", format!("{:?}", page.author), format!("{:?}", golden.author));
    same("published", format!("{published:?}"), format!("{:?}", golden.published));
    same("letters lost", page.letters_lost.to_string(), golden.letters_lost.to_string());
    found
}

#[test]
fn every_golden_page_is_read_as_written_beside_it() {
    let mut wrong = String::new();
    for (name, (html, golden)) in golden() {
        let found = differences(read(html.as_bytes(), &golden), &golden);
        if !found.is_empty() {
            wrong.push_str(&format!("{name} ({})\n{}\n", golden.class, found.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn decomposed_pages_read_as_composed_ones() {
    for (name, (html, golden)) in golden() {
        let decomposed: String = html.nfd().collect();
        let found = differences(read(decomposed.as_bytes(), &golden), &golden);
        assert!(found.is_empty(), "{name}\n{}", found.join("\n"));
    }
}

#[test]
fn windows_1258_pages_read_as_unicode_ones() {
    let (html, golden) = golden().remove("local-cms").unwrap();
    // Windows-1258 writes tone marks apart and the other marks composed.
    let mut apart = String::new();
    for letter in html.chars() {
        let parts: Vec<char> = letter.nfd().collect();
        match parts.iter().position(|it| matches!(it, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}')) {
            Some(tone) => {
                apart.extend(parts.iter().enumerate().filter(|it| it.0 != tone).map(|it| *it.1).nfc());
                apart.push(parts[tone]);
            }
            None => apart.push(letter),
        }
    }
    let (bytes, _, lossy) = encoding_rs::WINDOWS_1258.encode(&apart);
    assert!(!lossy);
    let declared = String::from_utf8_lossy(b"charset=\"utf-8\"").into_owned();
    let at = html.find(&declared).unwrap();
    let mut page = bytes[..at].to_vec();
    page.extend_from_slice(b"charset=\"windows-1258\"");
    page.extend_from_slice(&bytes[at + declared.len()..]);
    let found = differences(read(&page, &golden), &golden);
    assert!(found.is_empty(), "{}", found.join("\n"));
}
