//! Who wrote the article: as the page states it, else as its byline or the signature under its text prints it.

use crate::{
    extract::{
        body::Body,
        linked_data::LinkedData,
        marks::Marks,
        outline::{Outline, attr},
        plain::{one_line, plain},
        title::key,
    },
    text::fold,
};

/// Longest name of an author kept, in letters.
const NAME_LETTERS_MAX: usize = 100;
/// Printed bylines are shorter: longer ones are biographies.
const BYLINE_LETTERS_MAX: usize = 60;
/// A signature is a name or two.
const SIGNATURE_WORDS_MAX: usize = 6;
/// Blocks under the text that are looked at for a signature.
const TAIL_BLOCKS_MAX: usize = 3;
/// What a signature names beside the name, without marks; longer ones first.
const SIGNATURE_LABELS: [&str; 14] = [
    "thuc hien",
    "bai va anh",
    "tin va anh",
    "bai, anh",
    "tin, anh",
    "tin - anh",
    "bai - anh",
    "tin, bai",
    "bai viet",
    "tac gia",
    "tin",
    "bai",
    "nguoi viet",
    "by",
];

/// Finds the author. `own` is the text of the element that the outlet's own selector names.
///
/// The site's name in the place of an author is believed only where nobody else is named.
pub fn find(outline: &Outline, own: Option<String>, data: &LinkedData, marks: &[Marks], body: &Body) -> Option<String> {
    if let Some(own) = own.as_deref().and_then(name) {
        return Some(own);
    }
    let stated = name(&data.authors.join(", "))
        .into_iter()
        .chain(outline.meta("author").chain(outline.meta("article:author")).filter_map(name))
        .collect::<Vec<_>>();
    let sites: Vec<String> = ["og:site_name", "application-name"].iter().flat_map(|it| outline.meta(it)).map(key).collect();
    let person = |it: &&String| !sites.contains(&key(it));
    stated
        .iter()
        .find(person)
        .cloned()
        .or_else(|| byline(outline, marks))
        .or_else(|| signature_below(outline, body))
        .or_else(|| stated.first().cloned())
}

fn name(text: &str) -> Option<String> {
    let text = plain(text);
    (!text.is_empty() && text.chars().count() <= NAME_LETTERS_MAX && !text.contains("://")).then_some(text)
}

/// The element beside the article that is named as its author.
fn byline(outline: &Outline, marks: &[Marks]) -> Option<String> {
    (0..outline.nodes.len()).find_map(|at| {
        let element = outline.element(at)?;
        let side = marks.get(at).copied().unwrap_or_default().side;
        let values = || ["class", "rel", "itemprop"].iter().filter_map(|it| attr(element, it));
        let is_author = values()
            .any(|it| it.split([' ', '-', '_']).any(|it| matches!(it.to_ascii_lowercase().as_str(), "author" | "byline" | "tacgia")));
        (is_author && !side && outline.end(at) < at + 10)
            .then(|| name(&outline.text(at)).filter(|it| it.chars().count() <= BYLINE_LETTERS_MAX))?
    })
}

/// The signature that stands under the text, as Vietnamese papers print it: `Tin, ảnh: An Bình`, `HOÀI THƯƠNG`.
fn signature_below(outline: &Outline, body: &Body) -> Option<String> {
    let last = *body.text.last()?;
    let end = outline.end(body.root);
    let below = outline.blocks.iter().skip(last + 1).take_while(|it| it.at < end).take(TAIL_BLOCKS_MAX);
    below.filter(|it| it.linked == 0).find_map(|it| signature(&one_line(&it.text)))
}

/// The name in a signature; a line without a label must be written like a name throughout.
fn signature(line: &str) -> Option<String> {
    let line = line.trim_matches(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '.' | '-' | '*' | '/'));
    let labelled = line.split_once(':').filter(|(label, _)| SIGNATURE_LABELS.contains(&fold(label.trim()).as_str()));
    let name = labelled.map_or(line, |it| it.1).trim();
    let words: Vec<&str> = name.split_whitespace().collect();
    let capital = |it: &&str| it.chars().next().is_some_and(char::is_uppercase) || *it == "-" || *it == "và";
    let clean = !name.contains([':', '?', '!', '"', '“', ';']) && !name.contains(|c: char| c.is_ascii_digit());
    let enough = if labelled.is_some() { 1 } else { 2 };
    (clean && (enough..=SIGNATURE_WORDS_MAX).contains(&words.len()) && words.iter().all(capital)).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::signature;

    #[test]
    fn signatures_are_told_from_last_lines() {
        for (line, want) in [
            ("Tin, ảnh: An Bình", Some("An Bình")),
            ("(Bài và ảnh: Lê Thu)", Some("Lê Thu")),
            ("HOÀI THƯƠNG - MINH AN", Some("HOÀI THƯƠNG - MINH AN")),
            ("Ảnh minh họa", None),
            ("Xem thêm: Tin nổi bật", None),
            ("Thông tin chi tiết liên hệ ban tổ chức", None),
            ("Ngày 12/3", None),
        ] {
            assert_eq!(signature(line).as_deref(), want, "{line}");
        }
    }
}
