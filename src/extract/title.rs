//! The headline: where the places that state it agree.

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::extract::{linked_data::LinkedData, outline::Outline, plain::plain};

/// Longer headings are paragraphs in disguise.
const TITLE_LETTERS_MAX: usize = 400;
/// What stands between a headline and the name of the site in `<title>`.
const SEPARATORS: [&str; 9] = [" | ", " - ", " – ", " — ", " :: ", " · ", " • ", " » ", "|"];

/// A heading that JSON-LD repeats outweighs the wordings made for search engines and social networks.
const PRINTED_AND_STATED: u32 = 100;

/// The weight of a printed heading, above all other places.
const HEADING_WEIGHT: u32 = 12;

/// A wording of the title, with the weight of the place it was found in.
struct Candidate {
    text: String,
    key: String,
    weight: u32,
}

/// The most agreed wording among `<h1>`, OpenGraph, JSON-LD and `<title>`; empty where the page has none.
///
/// `headings` are the texts of the `<h1>` elements outside side matter.
pub fn find(outline: &Outline, data: &LinkedData, headings: &[String]) -> String {
    let mut found: Vec<Candidate> = Vec::new();
    let mut push = |text: &str, weight: u32| {
        let text = plain(text);
        let key = key(&text);
        if !key.is_empty() && text.chars().count() <= TITLE_LETTERS_MAX {
            found.push(Candidate { text, key, weight });
        }
    };
    headings.iter().take(4).for_each(|it| push(&it.replace('&', "&amp;").replace('<', "&lt;"), HEADING_WEIGHT));
    data.headlines.iter().take(1).for_each(|it| push(it, 11));
    let titles = plain(outline.title);
    for name in ["og:title", "twitter:title"] {
        outline.meta(name).take(1).for_each(|it| push(it, if name == "og:title" { 11 } else { 9 }));
    }
    push(&titles.replace('&', "&amp;").replace('<', "&lt;"), 4);
    // A printed heading carries no site's name: what stands behind a dash in it belongs to it.
    let printed = |it: &Candidate| found.iter().any(|other| other.weight == HEADING_WEIGHT && other.key == it.key);
    let shortened: Vec<Candidate> = found.iter().filter(|it| !printed(it)).filter_map(|it| without_site(it, &found, outline)).collect();
    found.extend(shortened);
    let score = |one: &Candidate| -> u32 {
        let agree = |other: &Candidate| match () {
            () if other.key == one.key => 10 + other.weight,
            // The wording stands whole inside a longer one, such as `<title>` with the site's name.
            () if other.key.starts_with(&one.key) && one.key.len() * 2 > other.key.len() => 8,
            () => 0,
        };
        let printed = headings.iter().any(|it| key(it) == one.key) && data.headlines.first().is_some_and(|it| key(it) == one.key);
        one.weight + found.iter().map(agree).sum::<u32>() + if printed { PRINTED_AND_STATED } else { 0 }
    };
    let mut best: Option<(u32, &Candidate)> = None;
    for one in &found {
        let score = score(one);
        if best.is_none_or(|(most, _)| score > most) {
            best = Some((score, one));
        }
    }
    best.map(|(_, it)| it.text.clone()).unwrap_or_default()
}

/// Every wording of the title that a page states: headings, OpenGraph, JSON-LD, `<title>`; without repeats.
pub fn wordings(outline: &Outline, data: &LinkedData, headings: impl Iterator<Item = String>) -> Vec<String> {
    let stated = ["og:title", "twitter:title"].into_iter().flat_map(|it| outline.meta(it).take(1)).map(plain);
    let all = headings.take(4).chain(data.headlines.iter().take(1).map(|it| plain(it))).chain(stated).chain([plain(outline.title)]);
    let mut found: Vec<String> = Vec::new();
    for wording in all.filter(|it| !it.is_empty() && it.chars().count() <= TITLE_LETTERS_MAX) {
        if !found.contains(&wording) {
            found.push(wording);
        }
    }
    found
}

/// Letters and digits in lower case: what two wordings are compared by.
pub fn key(text: &str) -> String {
    // A letter whose marks stand apart would lose them, since marks alone are no letters.
    let composed = if is_nfc(text) { None } else { Some(text.nfc().collect::<String>()) };
    composed.as_deref().unwrap_or(text).chars().filter(|it| it.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The wording without the site's name behind (or before) a separator; only where another place has that shorter wording too,
/// or the part cut off is the site's name.
fn without_site(one: &Candidate, all: &[Candidate], outline: &Outline) -> Option<Candidate> {
    let sites: Vec<String> = ["og:site_name", "application-name", "apple-mobile-web-app-title", "twitter:site"]
        .iter()
        .flat_map(|it| outline.meta(it))
        .map(key)
        .collect();
    let mut candidates = Vec::new();
    for separator in SEPARATORS {
        for (at, _) in one.text.match_indices(separator) {
            let (head, tail) = (one.text.get(..at)?, one.text.get(at + separator.len()..)?);
            let (head_key, tail_key) = (key(head), key(tail));
            let known = |it: &str| all.iter().any(|other| other.key == it);
            let site = |it: &str| {
                sites.iter().any(|site| !site.is_empty() && (site == it || it.contains(site.as_str()) && it.len() < site.len() + 12))
            };
            if known(&head_key) || site(&tail_key) {
                candidates.push((head.trim().to_owned(), head_key, one.weight));
            } else if known(&tail_key) || site(&head_key) {
                candidates.push((tail.trim().to_owned(), tail_key, one.weight));
            } else if head_key.len() >= 20 && tail_key.len() <= 24 && separator != "|" && tail.split_whitespace().count() <= 4 {
                candidates.push((head.trim().to_owned(), head_key, one.weight / 2));
            }
        }
    }
    let (text, key, weight) = candidates.into_iter().filter(|it| !it.1.is_empty()).max_by_key(|it| (it.2, it.1.len()))?;
    Some(Candidate { text, key, weight })
}
