//! The part of a text that a search shows, with the words that were found set apart.

use std::collections::HashSet;

use super::query::Question;
use crate::text;

/// Syllables shown on either side of the first hit.
const SNIPPET_BEFORE: usize = 12;
const SNIPPET_LENGTH: usize = 36;

/// A piece of a text, and whether it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    pub found: bool,
}

/// One syllable: its place in the text in bytes, and how it is compared.
struct Syllable {
    from: usize,
    to: usize,
    folded: String,
}

/// The part of a text around the place that holds most of the question, on one line.
pub fn snippet(body: &str, question: &Question) -> Vec<Piece> {
    let wanted: HashSet<String> = question.clauses().iter().flatten().map(|it| text::fold(it)).collect();
    let syllables = syllables(body);
    let hit = |it: &Syllable| wanted.contains(&it.folded);
    let hits_from = |at: usize| syllables[at..].iter().take(SNIPPET_LENGTH - SNIPPET_BEFORE).filter(|it| hit(it)).count();
    let best =
        (0..syllables.len()).filter(|at| hit(&syllables[*at])).max_by_key(|at| (hits_from(*at), std::cmp::Reverse(*at))).unwrap_or(0);
    let from = best.saturating_sub(SNIPPET_BEFORE);
    let to = (from + SNIPPET_LENGTH).min(syllables.len());
    if from >= to {
        return Vec::new();
    }
    let part = body[syllables[from].from..syllables[to - 1].to].replace('\n', " ");
    let (before, after) = (if from > 0 { "… " } else { "" }, if to < syllables.len() { " …" } else { "" });
    highlighted(&format!("{before}{part}{after}"), question)
}

/// A text cut at the words and phrases of a question, with or without diacritics; no letter is lost. Where all words of it stand side by
/// side somewhere, only there: without diacritics, short words alone are found everywhere.
pub fn highlighted(text: &str, question: &Question) -> Vec<Piece> {
    let syllables = syllables(text);
    let mut found = vec![false; syllables.len()];
    let mut set_apart = |clause: &[String]| {
        let clause: Vec<String> = clause.iter().map(|it| text::fold(it)).collect();
        for (at, window) in syllables.windows(clause.len().max(1)).enumerate() {
            if window.iter().map(|it| &it.folded).eq(&clause) {
                found[at..at + clause.len()].fill(true);
            }
        }
        found.contains(&true)
    };
    if !set_apart(&question.clauses().concat()) {
        question.clauses().iter().for_each(|it| _ = set_apart(it));
    }
    let mut pieces: Vec<Piece> = Vec::new();
    let mut push = |text: &str, found: bool| match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(last) if last.found == found => last.text.push_str(text),
        _ => pieces.push(Piece { text: text.to_owned(), found }),
    };
    let mut at = 0;
    for (place, it) in syllables.iter().enumerate() {
        // What stands between two words that were found belongs to them.
        push(&text[at..it.from], place > 0 && found[place - 1] && found[place]);
        push(&text[it.from..it.to], found[place]);
        at = it.to;
    }
    push(&text[at..], false);
    pieces
}

/// The text of pieces.
pub fn plain(pieces: &[Piece]) -> String {
    pieces.iter().map(|it| it.text.as_str()).collect()
}

fn syllables(text: &str) -> Vec<Syllable> {
    text::syllables(text).map(|(from, to, it)| Syllable { from, to, folded: text::fold(it) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, question: &str) -> String {
        let pieces = highlighted(text, &Question::read(question));
        assert_eq!(plain(&pieces), text, "no letter is lost");
        pieces.iter().map(|it| if it.found { format!("[{}]", it.text) } else { it.text.clone() }).collect()
    }

    #[test]
    fn a_snippet_shows_the_place_that_holds_most_of_the_question() {
        let filler = "chữ ".repeat(40);
        let body = format!("{filler} mua hàng. {filler}\nBuổi nói chuyện về phòng, chống mua bán người tại phường. {filler}");
        let shown = plain(&snippet(&body, &Question::read("mua ban nguoi")));
        assert!(shown.contains("phòng, chống mua bán người tại phường"), "{shown}");
        assert!(shown.starts_with("… ") && shown.ends_with(" …") && !shown.contains('\n'), "{shown}");
        assert_eq!(plain(&snippet("", &Question::read("a"))), "");
        assert_eq!(plain(&snippet("một hai", &Question::read("ba"))), "một hai");
    }

    #[test]
    fn words_are_set_apart_with_or_without_diacritics_and_phrases_as_a_whole() {
        for (text, question, shown) in [
            ("Chống mua bán người ở xã", "mua ban nguoi", "Chống [mua bán người] ở xã"),
            ("Bạn bè người mua", "mua ban nguoi", "[Bạn] bè [người mua]"),
            ("Bạn bè chống mua bán người", "mua ban nguoi", "Bạn bè chống [mua bán người]"),
            ("Người dân chống mua bán người.", "\"mua bán người\"", "Người dân chống [mua bán người]."),
            ("Người dân mua hàng", "\"mua bán người\"", "Người dân mua hàng"),
            ("phòng, chống", "phòng chống", "[phòng, chống]"),
            ("<b>mua</b>", "mua", "<b>[mua]</b>"),
            ("", "mua", ""),
            ("mua", "", "mua"),
        ] {
            assert_eq!(marked(text, question), shown, "{question}");
        }
    }
}
