//! Lines inside an article's box that are no part of its text, told by their words: date lines, see-also lines, notices of the site.

use crate::{
    extract::{outline::Block, stamp},
    text::{fold, syllables},
};

/// A date line is a name, a date and a reading time at most (letters).
const DATE_LINE_LETTERS_MAX: usize = 110;
/// Blocks of text, such as a lead, that may stand before a date line.
const DATE_LINE_AFTER_MAX: usize = 2;
/// A see-also line holds a label and one title (letters).
const SEE_ALSO_LETTERS_MAX: usize = 260;
/// So short a line with a label leads elsewhere, however little of it is the link ("click here to read the report").
const SHORT_SEE_ALSO_LETTERS: usize = 110;
/// Notices are a sentence or three (letters).
const NOTICE_LETTERS_MAX: usize = 420;

/// Words, without marks, of lines that state when something was published and how long it takes to read.
#[rustfmt::skip]
const DATE_WORDS: &[&str] = &[
    "a", "actualizado", "ago", "aktualisiert", "am", "april", "as", "at", "au", "august", "avril", "aug", "apr", "ba", "bay", "cap",
    "ce", "cest", "cet", "ch", "chu", "dang", "days", "de", "dec", "december", "dezember", "dnes", "dau", "day", "du", "edt", "est", "et",
    "feb", "februar", "february", "fevrier", "first", "fri", "friday", "gio", "giay", "giugno", "gmt", "gmt7", "h", "hai", "heure",
    "hour", "hours", "hrs", "ist", "jan", "januar", "january", "janvier", "jul", "juli", "july", "juillet", "jun", "june", "juni",
    "juin", "last", "le", "lecture", "lesedauer", "lesezeit", "luc", "m", "mai", "mar", "march", "mars", "marz", "may", "min", "mins",
    "minute", "minuten", "minutes", "mis", "modified", "modifie", "mon", "month", "months", "monday", "nam", "nay", "ngay", "nhat", "nov", "november",
    "oct", "october", "oktober", "on", "p", "phut", "pdt", "pm", "posted", "pst", "publie", "published", "publicado", "publish", "read",
    "reading", "sa", "sat", "saturday", "sau", "sep", "sept", "september", "stand", "sua", "sun", "sunday", "t", "temps", "th",
    "thang", "thg", "thoi", "thu", "thursday", "time", "to", "truoc", "tu", "tue", "tuesday", "uhr", "um", "update", "updated", "utc",
    "uu", "veroffentlicht", "vom", "wed", "wednesday", "week", "weeks", "xuat", "ban", "hom", "z",
];
/// What a line that leads to another article begins with, without marks.
#[rustfmt::skip]
const SEE_ALSO: &[&str] = &[
    "xem them", "doc them", "xem tiep", "doc tiep", "moi xem", "moi doc", "doc bai", "tin lien quan", "bai lien quan", "lien quan",
    "bai viet lien quan", "cung chuyen muc", "tin cung chuyen muc", "tu khoa", "tags", "tag", "chu de", "nguon tham khao", "read more",
    "read also", "also read", "also see", "see also", "read next", "read", "more on", "more from", "related", "watch", "click here",
    "recommended", "don t miss", "filed under", "topics", "keywords", "lire aussi", "a lire aussi", "a lire", "voir aussi",
    "lesen sie auch", "lesen sie hier", "lesen sie mehr", "mehr zum thema", "auch interessant", "hier lesen", "leggi anche",
    "lea tambien", "leia tambem", "lees ook", "les ogsa", "las ocksa", "las mer", "les mer", "lue myos", "czytaj tez", "czytaj takze",
    "przeczytaj", "читаите также", "читать также", "ilgili haber",
];
/// Headings of lists of other articles and of the site's own offers, without marks.
#[rustfmt::skip]
const LIST_HEADINGS: &[&str] = &[
    "xem them", "doc them", "tin lien quan", "bai lien quan", "bai viet lien quan", "lien quan", "tin khac", "tin moi", "tin moi nhat",
    "cac tin khac", "tin cung chuyen muc", "cung chuyen muc", "doc nhieu", "tin noi bat", "co the ban quan tam", "binh luan",
    "chu de", "tu khoa", "chia se", "related", "related articles", "related stories", "related posts", "related content", "related news",
    "related topics", "recommended", "recommended stories", "recommended videos", "recommended for you", "you may also like", "more on this story",
    "more on this", "read more", "read next", "most read", "most popular", "trending", "trending now", "latest news", "top stories",
    "share this", "share", "comments", "newsletter", "mehr zum thema", "das konnte sie auch interessieren", "lire aussi", "a lire aussi",
    "article content", "tags", "topics", "advertisement", "sur le meme theme", "leggi anche", "te puede interesar",
];
/// Words that stand together in notices of the site and nowhere in news, without marks; each entry is one notice. `^` marks words
/// that open it: the same ones stand inside sentences too.
#[rustfmt::skip]
const NOTICES: &[&[&str]] = &[
    &["newsletter", "sign up"], &["newsletter", "subscribe"], &["newsletter", "abonn"], &["newsletter", "anmeld"],
    &["newsletter", "abmeld"], &["newsletter", "register"], &["newsletter", "inscri"], &["newsletter", "delivered"],
    &["newsletter", "inbox"], &["^sign up", "inbox"], &["^sign up", "alerts"], &["^sign up", "newsletters"], &["protected by recaptcha"],
    &["^join our whatsapp"], &["our whatsapp channel"], &["^subscribe to continue"], &["to continue reading"],
    &["^already a subscriber"], &["reservee aux abonnes"], &["reserve aux abonnes"], &["sign in to continue"], &["all rights reserved"],
    &["this material may not be published, broadcast"], &["please bookmark"], &["terms of service apply"], &["video has failed to load"],
    &["enable javascript"], &["javascript is disabled"], &["^got a story", "email"], &["unsubscribe", "any time"],
    &["jederzeit", "abmelden"], &["^for more stories like this"], &["google news", "preferred source"],
    &["^follow", "on twitter"], &["^follow", "on facebook"], &["^follow", "on instagram"], &["^follow", "on google news"],
    &["^follow", "on telegram"], &["^follow us on"], &["^like us on facebook"],
    &["^moi", "theo doi", "google news"], &["^moi", "theo doi", "fanpage"], &["^moi", "theo doi", "zalo"], &["^moi", "theo doi", "facebook"],
    &["^moi doc gia", "theo doi"], &["^moi ban doc", "theo doi"], &["^moi quy", "theo doi"], &["^theo doi", "tren google news"],
    &["^theo doi", "fanpage"], &["^theo doi", "tren zalo"], &["^theo doi", "tren facebook"], &["^link bai goc"], &["^lay link"],
    &["^dang ky", "nhan ban tin"], &["^dang ky kenh", "youtube"], &["vui long dang nhap de"], &["^moi y kien dong gop", "gui ve"],
    &["^giay phep so"], &["^giay phep xuat ban"], &["^giay phep hoat dong bao"], &["^tong bien tap:"], &["^co quan chu quan:"],
    &["^ban quyen thuoc"], &["ghi ro nguon", "khi phat hanh lai"],
];

/// Whether a block of the article's box is no part of its text.
///
/// `before` counts the blocks of text before it: only the first ones can be date lines, since chronicles set dates on lines of their
/// own, and where none stands before it a line with a date and a time is a byline, whatever else it names.
pub fn is_aside(block: &Block, before: usize) -> bool {
    if block.letters > NOTICE_LETTERS_MAX {
        return false;
    }
    let folded = fold(&block.text);
    let line = folded.trim_matches(|c: char| !c.is_alphanumeric());
    (before <= DATE_LINE_AFTER_MAX && is_date_line(block, line))
        || (before == 0 && is_byline(block))
        || (block.letters <= DATE_LINE_LETTERS_MAX && line.starts_with("newsletter"))
        || is_see_also(block, &folded, line)
        || LIST_HEADINGS.contains(&line)
        || NOTICES.iter().any(|words| words.iter().all(|it| it.strip_prefix('^').map_or(line.contains(it), |it| line.starts_with(it))))
}

/// How many words of a text state neither a date nor that it is one.
pub fn words_beside_date(text: &str) -> usize {
    let folded = fold(text);
    syllables(&folded).filter(|(.., it)| !is_date_word(it)).count()
}

fn is_date_word(word: &str) -> bool {
    // `4pm`, `14h30`, `2nd`: what begins with a digit is a number with its unit.
    word.starts_with(|c: char| c.is_ascii_digit()) || DATE_WORDS.contains(&word)
}

/// `Published Aug 28, 2024 • 4 minute read`: digits, and no word that says anything else.
fn is_date_line(block: &Block, line: &str) -> bool {
    block.letters <= DATE_LINE_LETTERS_MAX && line.contains(|c: char| c.is_ascii_digit()) && {
        let mut words = syllables(line).peekable();
        words.peek().is_some() && words.any(|(.., it)| !it.starts_with(|c: char| c.is_ascii_digit())) && words_beside_date(line) == 0
    }
}

/// `An Bình, baohue.vn 14/03/2020 12:54`: a whole date, a time, no sentence.
fn is_byline(block: &Block) -> bool {
    let dated = || stamp::parse(&block.text, chrono_tz::UTC).is_some_and(|it| it.reading.precision.is_minute());
    block.letters <= DATE_LINE_LETTERS_MAX && block.text.contains(|c: char| c.is_ascii_digit()) && !line_ends(&block.text) && dated()
}

/// A label or arrows, and a link to another article; or little but a link.
fn is_see_also(block: &Block, folded: &str, line: &str) -> bool {
    if block.linked == 0 || block.letters > SEE_ALSO_LETTERS_MAX {
        return false;
    }
    let labelled = SEE_ALSO.iter().any(|label| {
        line.strip_prefix(label).is_some_and(|rest| {
            let rest = rest.trim_start();
            // "Read" alone opens sentences too: a short label needs its colon.
            let mostly = block.linked * 10 >= block.letters * 4 || block.letters <= SHORT_SEE_ALSO_LETTERS;
            rest.starts_with([':', '|', '-', '>', '–', '»', '→']) || (label.len() > 5 && mostly)
        })
    });
    let arrows = folded.trim_start().starts_with(['>', '»', '►', '▶', '→', '☛', '⇒', '➤']);
    let mostly_link = block.linked * 10 >= block.letters * 6 && !line_ends(&block.text);
    labelled || (arrows && block.linked * 2 >= block.letters) || mostly_link
}

fn line_ends(text: &str) -> bool {
    text.trim_end().trim_end_matches(['"', '”', '’', '»', ')', '\'']).ends_with(['.', '!', '…', ';', '。'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(text: &str, linked: &str) -> Block {
        let letters = |it: &str| it.chars().filter(|it| !it.is_whitespace()).count();
        Block { text: text.to_owned(), letters: letters(text), linked: letters(linked), ..Block::default() }
    }

    #[test]
    fn asides_are_told_from_sentences_that_share_their_words() {
        for (text, linked, aside) in [
            ("Cập nhật lúc 12:54, thứ Bảy, 14/03/2026", "", true),
            ("Published Mar 14, 2026 • Last updated 1 day ago • 4 minute read", "", true),
            ("Sáng 14/3/2026, lớp tập huấn được khai mạc.", "", false),
            ("Xem thêm: Mở lớp ở vùng biên", "Mở lớp ở vùng biên", true),
            ("Xem thêm những gì bà con làm được, đoàn công tác ghi nhận nhiều cách làm hay.", "", false),
            (">> Mở lớp ở vùng biên", "Mở lớp ở vùng biên", true),
            ("Read more: A class opens in the hills", "A class opens in the hills", true),
            ("Read more books, the teacher told them.", "", false),
            ("Mời bạn đọc theo dõi báo trên Google News", "Google News", true),
            ("Kẻ lừa đảo mời nạn nhân theo dõi một trang trên Facebook rồi đăng ký kênh YouTube.", "", false),
            ("He asked her to follow a page on Facebook and sign up for alerts.", "", false),
            ("Bình luận", "", true),
        ] {
            assert_eq!(is_aside(&block(text, linked), 1), aside, "{text}");
        }
        assert!(!is_aside(&block("Ngày 3/7/2020", ""), 9), "a date on its own line inside a chronicle is its heading");
        assert!(is_aside(&block("An Bình, baohue.vn 14/03/2026 12:54", ""), 0));
    }
}
