//! Single lines: foreign words made harmless, dates and numbers as they are written in Vietnamese, prose wrapped.

use std::fmt::Write as _;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use url::Url;

use crate::domain::month::Month;

/// Letters kept of a title.
const TITLE_LETTERS_MAX: usize = 160;
/// Letters kept of a name of an office, a person or a source.
pub(super) const NAME_LETTERS_MAX: usize = 80;
/// Letters kept of what somebody wrote about something: a reason, an answer, a gist.
pub(super) const REMARK_LETTERS_MAX: usize = 300;
/// Columns of a line of prose.
pub(super) const COLUMNS_MAX: usize = 72;
/// Longer addresses are shown by nobody's mail program as one link.
const ADDRESS_BYTES_MAX: usize = 2000;
/// Marks that one letter may carry: a Vietnamese letter is composed, two more is what other scripts need.
const MARKS_MAX: usize = 2;

/// A text from elsewhere as one line of at most `letters_max` letters, an ellipsis among them where it was cut.
///
/// Blanks, line breaks and control characters become single spaces, so that it can end no header and begin no line. What is not
/// seen but moves or hides its neighbours (direction marks, joiners, fillers, tags) goes, as do marks heaped on one letter.
pub(super) fn one_line(text: &str, letters_max: usize) -> String {
    let mut out = String::new();
    let (mut letters, mut marks, mut blank) = (0, 0, false);
    // Where the text ends if the next letters show that it is too long.
    let mut fits = 0;
    // What is not seen goes first: it keeps letters and their marks from being composed.
    for c in text.chars().filter(|it| !is_unseen(*it)).nfc() {
        if c.is_whitespace() || c.is_control() {
            blank = true;
            continue;
        }
        if is_combining_mark(c) {
            // One without a letter would hang on the bullet or the quotation mark before it.
            if !out.is_empty() && !blank && marks < MARKS_MAX {
                out.push(c);
                marks += 1;
            }
            continue;
        }
        let spaced = usize::from(blank && !out.is_empty());
        if letters < letters_max {
            fits = out.len();
        }
        if letters + spaced + 1 > letters_max {
            return cut(&out[..fits]);
        }
        if spaced == 1 {
            out.push(' ');
        }
        out.push(c);
        letters += spaced + 1;
        (marks, blank) = (0, false);
    }
    out
}

/// A title in quotation marks, or the words for none.
pub(super) fn quoted(title: &str) -> String {
    match one_line(title, TITLE_LETTERS_MAX).as_str() {
        "" => "(không có tiêu đề)".to_owned(),
        title => format!("“{title}”"),
    }
}

/// Ends a text with an ellipsis, behind a whole word where one is near.
fn cut(kept: &str) -> String {
    let whole = kept.rfind(' ').filter(|it| *it * 3 > kept.len() * 2).map_or(kept, |it| &kept[..it]);
    format!("{}…", whole.trim_end_matches([' ', ',', ';', ':', '–', '-']))
}

/// What Unicode lets a program leave undrawn (Default_Ignorable_Code_Point), the marks of direction among it, and the blank Braille
/// cell.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// An address as it may stand in a message: of the web, in ASCII, without a name before the host (`https://known.vn@other.vn`
/// leads to the other). `None` for any other text: it is not shown as a link.
pub(super) fn web_address(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let plain = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
    (plain && url.as_str().len() <= ADDRESS_BYTES_MAX).then(|| url.into())
}

/// Adds words as lines of at most [`COLUMNS_MAX`] columns, `first` before the first line and `rest` before the others. An address
/// stays whole on a line of its own.
pub(super) fn wrap(words: &str, first: &str, rest: &str, out: &mut String) {
    let mut line = first.to_owned();
    let mut empty = true;
    for word in words.split_whitespace() {
        let mut word = word.to_owned();
        loop {
            let blank = usize::from(!empty);
            let room = COLUMNS_MAX.saturating_sub(line.chars().count() + blank);
            let letters = word.chars().count();
            if letters <= room || (empty && word.contains("://")) {
                if !empty {
                    line.push(' ');
                }
                line.push_str(&word);
                empty = false;
                break;
            }
            if empty {
                let at = word.char_indices().nth(room.max(1)).map_or(word.len(), |it| it.0);
                let tail = word.split_off(at);
                line.push_str(&word);
                word = tail;
            }
            out.push_str(&line);
            out.push('\n');
            line = rest.to_owned();
            empty = true;
            if word.is_empty() {
                break;
            }
        }
    }
    if !empty {
        out.push_str(&line);
        out.push('\n');
    }
}

/// `10/2026`.
pub(super) fn month(month: Month) -> String {
    format!("{:02}/{}", month.number(), month.year())
}

/// `05/11/2026`.
pub(super) fn day(day: NaiveDate) -> String {
    format!("{:02}/{:02}/{}", day.day(), day.month(), day.year())
}

/// `05/11/2026 08:00`, by the clock that the instant carries.
pub(super) fn moment(at: DateTime<FixedOffset>) -> String {
    at.format("%d/%m/%Y %H:%M").to_string()
}

/// `1.234`.
pub(super) fn number(count: usize) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    out
}

/// A text with the letters that mean something to HTML written out.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' | '<' | '>' | '"' | '\'' => {
                // Writing into a string cannot fail.
                let _ = write!(out, "&#{};", u32::from(c));
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::message::fixture::hostile;

    proptest! {
        #[test]
        fn whatever_comes_in_stays_one_short_line_without_hidden_characters(text in hostile(), max in 1usize..200) {
            let line = one_line(&text, max);
            prop_assert!(!line.chars().any(|it| it.is_control() || is_unseen(it) || (it.is_whitespace() && it != ' ')), "{line:?}");
            prop_assert!(!line.starts_with(' ') && !line.ends_with(' ') && !line.contains("  "), "{line:?}");
            prop_assert!(line.chars().filter(|it| !is_combining_mark(*it)).count() <= max, "{line:?}");
            prop_assert!(!line.chars().next().is_some_and(is_combining_mark), "{line:?}");
            prop_assert_eq!(one_line(&line, max), line);
        }

        #[test]
        fn what_is_escaped_holds_no_markup_and_reads_as_before(text in any::<String>()) {
            let escaped = escape(&text);
            prop_assert!(!escaped.contains(['<', '>', '"', '\'']));
            let fragment = scraper::Html::parse_fragment(&format!("<p title=\"{escaped}\">x</p>"));
            let shown = text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{FFFD}");
            let title = fragment.root_element().child_elements().next().and_then(|it| it.attr("title")).map(str::to_owned);
            prop_assert_eq!(title, Some(shown));
        }

        #[test]
        fn wrapped_words_are_the_same_words_in_lines_that_fit(text in hostile()) {
            let words = one_line(&text, 500);
            let mut out = String::new();
            wrap(&words, "- ", "  ", &mut out);
            for line in out.lines() {
                prop_assert!(line.chars().count() <= COLUMNS_MAX || line.contains("://"), "{line:?}");
                prop_assert_eq!(line.trim_end(), line);
            }
            let bare = |it: &str| it.chars().filter(|it| !it.is_whitespace()).collect::<String>();
            let expected = if words.is_empty() { String::new() } else { format!("-{}", bare(&words)) };
            prop_assert_eq!(bare(&out), expected);
        }

        #[test]
        fn an_address_is_plain_ascii_of_the_web_or_nothing(text in prop_oneof![hostile(), hostile().prop_map(|it| format!("https://bao.example/{it}"))]) {
            if let Some(url) = web_address(&text) {
                prop_assert!(url.chars().all(|it| it.is_ascii_graphic()), "{url}");
                prop_assert!(url.starts_with("http://") || url.starts_with("https://"));
                prop_assert_eq!(web_address(&url), Some(url));
            }
        }
    }

    #[test]
    fn a_long_title_is_cut_behind_a_word_and_says_so() {
        for (text, max, shown) in [
            ("", 10, ""),
            ("  Hai  chữ\r\n", 10, "Hai chữ"),
            ("Mười chữ cái", 12, "Mười chữ cái"),
            ("Mười chữ cái!", 12, "Mười chữ…"),
            ("Nộidungkhôngcódấucách", 10, "Nộidungkh…"),
            ("Nô\u{323}i dung", 20, "Nội dung"),
            ("ab", 1, "…"),
        ] {
            assert_eq!(one_line(text, max), shown, "{text:?}");
        }
    }

    #[test]
    fn a_title_can_neither_open_a_header_nor_turn_the_direction() {
        assert_eq!(one_line("Tin\r\nBcc: ai@do.example", 80), "Tin Bcc: ai@do.example");
        assert_eq!(one_line("an\u{202E}fdp.exe\u{2066}x\u{200B}", 80), "anfdp.exex");
        assert_eq!(one_line("a\u{316}\u{317}\u{318}\u{319}\u{31A}", 80), "a\u{316}\u{317}", "heaped marks");
    }

    #[test]
    fn only_an_address_of_the_web_becomes_a_link() {
        for (text, link) in [
            ("https://bao.example/tin-1.html", Some("https://bao.example/tin-1.html")),
            ("https://bao.example/tin cũ", Some("https://bao.example/tin%20c%C5%A9")),
            ("https://báo.example/", Some("https://xn--bo-mia.example/")),
            ("https://bao.example@khac.example/", None),
            ("javascript:alert(1)", None),
            ("urn:diembao:off-web:1", None),
            ("", None),
        ] {
            assert_eq!(web_address(text).as_deref(), link, "{text}");
        }
        assert_eq!(web_address(&format!("https://bao.example/{}", "a".repeat(2000))), None, "too long for a link");
    }

    #[test]
    fn numbers_and_dates_read_as_they_are_written_in_vietnamese() {
        assert_eq!([0, 7, 999, 1000, 16_626, 1_234_567].map(number), ["0", "7", "999", "1.000", "16.626", "1.234.567"]);
        assert_eq!(day("2026-11-05".parse().unwrap()), "05/11/2026");
        assert_eq!(moment("2026-11-05T08:05:59+07:00".parse().unwrap()), "05/11/2026 08:05");
        assert_eq!(month("2026-01".parse().unwrap()), "01/2026");
    }
}
