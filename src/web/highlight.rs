//! A text cut into pieces, with the words that decided marked.

use crate::domain::relevance::{Reason, TermClass, Zone};

/// One piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    /// `None` for plain text.
    pub mark: Option<Marked>,
}

/// How a piece is marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// What the mark says when it is pointed at.
    pub about: String,
    /// Whether it counts for nothing.
    pub cancelled: bool,
}

/// Cuts a zone's text at the spans of its reasons. Where spans overlap, the first and longest is shown.
pub fn pieces(text: &str, zone: Zone, reasons: &[Reason]) -> Vec<Piece> {
    let mut spans: Vec<&Reason> = reasons.iter().filter(|it| it.zone == zone).collect();
    spans.sort_by_key(|it| (it.start, std::cmp::Reverse(it.end)));
    let mut found = Vec::new();
    let mut at = 0;
    for span in spans {
        // A span that does not fit the text any more marks nothing.
        let (Some(before), Some(words)) = (text.get(at..span.start), text.get(span.start..span.end)) else { continue };
        if !before.is_empty() {
            found.push(Piece { text: before.to_owned(), mark: None });
        }
        found.push(Piece { text: words.to_owned(), mark: Some(marked(span)) });
        at = span.end;
    }
    if let Some(rest) = text.get(at..).filter(|it| !it.is_empty()) {
        found.push(Piece { text: rest.to_owned(), mark: None });
    }
    found
}

fn marked(span: &Reason) -> Marked {
    let class = match span.class {
        TermClass::Strong => "từ khóa chính",
        TermClass::ContextualHigh => "dấu hiệu mạnh",
        TermClass::Contextual => "từ bối cảnh",
        TermClass::Guard => "quy tắc loại trừ",
    };
    let by = match (&span.cancelled_by, &span.passing_by) {
        (Some(guard), _) => format!(", không tính theo quy tắc {guard}"),
        (None, Some(guard)) => format!(", chỉ là nhắc tới theo quy tắc {guard}"),
        (None, None) => String::new(),
    };
    let cancelled = span.cancelled_by.is_some() || span.class == TermClass::Guard;
    Marked { about: format!("{} ({class}){by}", span.term), cancelled }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(start: usize, end: usize) -> Reason {
        Reason {
            zone: Zone::Body,
            start,
            end,
            text: String::new(),
            term: "mua-ban-nguoi".to_owned(),
            class: TermClass::Strong,
            cancelled_by: None,
            passing_by: None,
        }
    }

    #[test]
    fn a_text_is_cut_at_its_spans_and_loses_no_letter() {
        let text = "Chống mua bán người ở xã";
        let start = text.find("mua").unwrap();
        let end = start + "mua bán người".len();
        for (name, reasons, marked) in [
            ("one span", vec![reason(start, end)], vec!["mua bán người"]),
            ("overlapping ones", vec![reason(start, end), reason(start + 4, end)], vec!["mua bán người"]),
            ("none", vec![], vec![]),
            ("within a letter", vec![reason(start + 5, start + 6)], vec![]),
            ("behind the end", vec![reason(900, 910)], vec![]),
            ("of another zone", vec![Reason { zone: Zone::Title, ..reason(start, end) }], vec![]),
        ] {
            let found = pieces(text, Zone::Body, &reasons);
            assert_eq!(found.iter().map(|it| it.text.as_str()).collect::<String>(), text, "{name}");
            let marks: Vec<&str> = found.iter().filter(|it| it.mark.is_some()).map(|it| it.text.as_str()).collect();
            assert_eq!(marks, marked, "{name}");
        }
    }
}
