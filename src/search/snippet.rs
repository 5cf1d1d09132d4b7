//! The part of a text that shows why it was found.

use std::{cmp::Reverse, collections::HashSet};

use super::query::Question;
use crate::text;

/// Syllables shown before the first hit, and in all.
const BEFORE: usize = 12;
const LENGTH: usize = 36;

/// A part of a text around the place that holds most of the question: pieces in turn beside and within what was asked for, the first
/// beside it and maybe empty.
pub fn snippet(body: &str, question: &Question) -> Vec<String> {
    let wanted: HashSet<String> = question.clauses().iter().flatten().map(|it| text::fold(it)).collect();
    let syllables: Vec<(usize, usize, bool)> =
        text::syllables(body).map(|(from, to, it)| (from, to, wanted.contains(&text::fold(it)))).collect();
    let hits_from = |at: usize| syllables[at..].iter().take(LENGTH - BEFORE).filter(|it| it.2).count();
    let best = (0..syllables.len()).filter(|at| syllables[*at].2).max_by_key(|at| (hits_from(*at), Reverse(*at))).unwrap_or(0);
    let from = best.saturating_sub(BEFORE);
    let to = (from + LENGTH).min(syllables.len());
    if from >= to {
        return vec![String::new()];
    }
    let mut pieces = vec![if from > 0 { "… ".to_owned() } else { String::new() }];
    let mut at = syllables[from].0;
    for (begin, end, hit) in &syllables[from..to] {
        let within = pieces.len().is_multiple_of(2);
        // What stands between two hits belongs to neither of them.
        if *hit {
            let between = &body[at..*begin];
            match (within, between.trim().is_empty()) {
                (true, true) => push(&mut pieces, between),
                (true, false) => pieces.extend([plain(between), String::new()]),
                (false, _) => {
                    push(&mut pieces, between);
                    pieces.push(String::new());
                }
            }
            push(&mut pieces, &body[*begin..*end]);
        } else {
            if within {
                pieces.push(String::new());
            }
            push(&mut pieces, &body[at..*end]);
        }
        at = *end;
    }
    if to < syllables.len() {
        if pieces.len().is_multiple_of(2) {
            pieces.push(String::new());
        }
        push(&mut pieces, " …");
    }
    pieces
}

fn push(pieces: &mut [String], text: &str) {
    if let Some(last) = pieces.last_mut() {
        last.push_str(&plain(text));
    }
}

fn plain(text: &str) -> String {
    text.replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_stands_in_every_second_piece() {
        let long = "chữ ".repeat(40);
        for (body, question, pieces) in [
            ("Tối nay có phiên chợ vùng cao", "phien cho", vec!["Tối nay có ", "phiên chợ", " vùng cao"]),
            ("Phiên chợ", "phien cho", vec!["", "Phiên chợ"]),
            ("Chợ, phiên\nchợ", "phien cho", vec!["", "Chợ", ", ", "phiên chợ"]),
            ("Không có gì", "song", vec!["Không có gì"]),
            ("", "song", vec![""]),
        ] {
            assert_eq!(snippet(body, &Question::read(question)), pieces, "{body}");
        }
        let cut = snippet(&format!("{long}sông {long}"), &Question::read("song"));
        assert!(cut[0].starts_with("… ") && cut[1] == "sông" && cut[2].ends_with(" …"), "{cut:?}");
    }
}
