//! What the tests of messages share: an invented department and outlet, and text as an enemy would write it.

use chrono::{DateTime, FixedOffset};
use proptest::prelude::*;

use super::{MessageText, Person, ReplyLink, Sender, Target, line::COLUMNS_MAX};
use crate::domain::calendar::DutyReading;

/// Words that no message of ours may hold.
const FORBIDDEN: [&str; 12] = [
    "vi phạm",
    "xử phạt",
    "xử lý",
    "không đạt",
    "yêu cầu",
    "giải trình",
    "chấp hành",
    "kỷ luật",
    "chế tài",
    "cảnh cáo",
    "trách nhiệm",
    "nghiêm túc",
];

pub(super) fn hostile() -> impl Strategy<Value = String> {
    let nasty = prop::sample::select(vec![
        "\r\nBcc: x@y.vn",
        "\n",
        "\u{202E}",
        "\u{2066}",
        "\u{200B}",
        "\0",
        "\u{2028}",
        "<script>",
        "\"'&",
        "-- ",
        "a\u{301}\u{301}\u{301}\u{301}",
        "\u{FEFF}",
        "\u{E0041}",
        "\t",
        "https://x.vn/a b",
        "tiếng Việt",
        "\u{301}",
    ]);
    let piece = prop_oneof![2 => nasty.prop_map(str::to_owned), 3 => "\\PC{0,30}", 1 => any::<String>()];
    prop::collection::vec(piece, 0..12).prop_map(|it| it.concat())
}

pub(super) fn at(text: &str) -> DateTime<FixedOffset> {
    text.parse().unwrap()
}

pub(super) fn sender() -> Sender {
    Sender {
        site: "Điểm Báo".to_owned(),
        department: "Sở Văn hóa tỉnh Sông Xanh".to_owned(),
        province: "tỉnh Sông Xanh".to_owned(),
        lines: vec!["Số 1, đường Bến Đò".to_owned(), "Điện thoại: 0200 000 000".to_owned()],
    }
}

pub(super) fn person() -> Person {
    Person {
        name: "Lê Thị Mẫu".to_owned(),
        role: "chuyên viên".to_owned(),
        phone: "0200 000 001".to_owned(),
        email: "mau@so.example".to_owned(),
    }
}

pub(super) fn target(reading: DutyReading, minimum: usize) -> Target {
    Target { reading, minimum, basis: "Kế hoạch 1/KH-UBND ngày 02/01/2026".to_owned() }
}

pub(super) fn reply() -> ReplyLink {
    ReplyLink { url: "https://diembao.example/reply/3xAmPl3".to_owned(), expires: at("2026-12-05T08:00:00+07:00") }
}

/// A text without its line breaks, as it is read.
pub(super) fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// No word of a threat, however the lines are broken.
pub(super) fn hold_to_polite_words(said: &str) {
    let said = unwrapped(said).to_lowercase();
    for word in FORBIDDEN {
        assert!(!said.contains(word), "“{word}” in {said}");
    }
}

/// What holds of every message, whatever it speaks of: no forbidden word, lines that fit, a subject that is one, HTML that fetches
/// nothing, both parts with the same addresses.
pub(super) fn hold_to_the_rules(message: &MessageText) {
    let MessageText { subject, text, html } = message;
    let letters = subject.chars().count();
    assert!((20..120).contains(&letters) && !subject.chars().any(char::is_control), "{letters}: {subject:?}");
    [subject, text, html].into_iter().for_each(|it| hold_to_polite_words(it));
    for line in text.lines() {
        assert!(line.chars().count() <= COLUMNS_MAX || line.trim_start().starts_with("http"), "{line:?}");
        assert!(line == line.trim_end() && !line.chars().any(char::is_control), "{line:?}");
    }
    assert!(text.ends_with('\n') && !text.contains("\n\n\n") && !text.contains('\r'), "{text}");
    for word in ["<script", "<img", "<link", "src=", "url(", "@import", "javascript:", " on"] {
        let tags: String = html.split('<').map(|it| it.split('>').next().unwrap_or_default()).map(|it| format!("<{it}>")).collect();
        assert!(!tags.contains(word), "{word} in {html}");
    }
    let page = scraper::Html::parse_document(html);
    let links = scraper::Selector::parse("a").unwrap();
    let hrefs: Vec<_> = page.select(&links).filter_map(|it| it.attr("href")).collect();
    let written: Vec<_> = text.lines().map(str::trim_start).filter(|it| it.starts_with("http")).collect();
    assert_eq!(hrefs, written, "{text}\n{html}");
}
