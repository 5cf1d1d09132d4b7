//! The matching form of a text: tones kept, spelling variants unified, punctuation kept, every word traced back to its source.

use std::ops::Range;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::text::{is_invisible, syllables, with_d_stroke};

/// What stands between a word and the word before it. Punctuation is meaning: a sentence's end is never part of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// Blanks or quotation marks only.
    Blank,
    /// One comma.
    Comma,
    /// A hyphen, any dash or a slash.
    Dash,
    /// A full stop with no blank around it, as in numbers and dates.
    Dot,
    /// Brackets, colons and every other mark inside a sentence.
    Clause,
    /// The end of a sentence.
    Sentence,
    /// The end of a paragraph, or the start of the text.
    Paragraph,
}

/// One syllable of the matching form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    start: usize,
    end: usize,
    source_start: usize,
    source_end: usize,
    /// What stands before the word.
    pub gap: Gap,
    /// Number of the sentence in the text, from 0.
    pub sentence: usize,
    /// Number of the paragraph in the text, from 0.
    pub paragraph: usize,
    /// Written as a name: a capital where no sentence begins, and not in a headline's capitals.
    pub named: bool,
}

/// A text in matching form: composed, lower case, tones placed in one way (`hoà` as `hòa`), `i` for `y` in the syllables
/// that are spelt both ways (`lý`, `lí`), dashes and quotation marks of one kind, blanks collapsed.
///
/// A line break is a blank while the sentence runs on; before a capital letter or an empty line it ends the paragraph.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Toned {
    text: String,
    words: Vec<Word>,
}

impl Toned {
    /// The matching form of `source`.
    pub fn new(source: &str) -> Self {
        let mut toned = Self { text: String::with_capacity(source.len()), words: Vec::with_capacity(source.len() / 6) };
        let mut at = 0;
        let mut capital = false;
        for (start, end, run) in syllables(source) {
            let before = &source[at..start];
            let (starts_upper, upper) = capitals(run);
            let gap = if at == 0 { Gap::Paragraph } else { gap_of(before, starts_upper && !(upper && capital)) };
            toned.push_gap(before, gap);
            let word_start = toned.text.len();
            push_syllable(&mut toned.text, run);
            let (sentence, paragraph) = toned.words.last().map_or((0, 0), |last| {
                (last.sentence + usize::from(gap >= Gap::Sentence), last.paragraph + usize::from(gap >= Gap::Paragraph))
            });
            toned.words.push(Word {
                start: word_start,
                end: toned.text.len(),
                source_start: start,
                source_end: end,
                gap,
                sentence,
                paragraph,
                named: starts_upper && !upper && gap < Gap::Clause,
            });
            (at, capital) = (end, upper);
        }
        let tail = if source[at..].contains('\n') { Gap::Paragraph } else { Gap::Clause };
        toned.push_gap(&source[at..], tail);
        toned.text.truncate(toned.text.trim_end().len());
        toned
    }

    /// The matching form itself; a paragraph's end is a line break.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The words in their order.
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// A word as it stands in the matching form.
    pub fn word(&self, word: Word) -> &str {
        self.text.get(word.start..word.end).unwrap_or_default()
    }

    /// The byte range in the source of a range of words; `None` where the range is empty or too long.
    pub fn words_in_source(&self, words: Range<usize>) -> Option<Range<usize>> {
        let words = self.words.get(words)?;
        Some(words.first()?.source_start..words.last()?.source_end)
    }

    /// The byte range in the source of a byte range of the matching form, widened to whole words.
    pub fn in_source(&self, range: Range<usize>) -> Option<Range<usize>> {
        let first = self.words.partition_point(|word| word.end <= range.start);
        let last = self.words.partition_point(|word| word.start < range.end);
        self.words_in_source(first..last)
    }

    fn push_gap(&mut self, between: &str, gap: Gap) {
        let mut blank = false;
        let from = self.text.len();
        for c in between.chars() {
            match c {
                _ if c.is_whitespace() => blank = true,
                _ if is_invisible(c) || c.is_control() => {}
                _ => {
                    if std::mem::take(&mut blank) && !self.text.is_empty() {
                        self.text.push(' ');
                    }
                    self.text.push(unified(c));
                }
            }
        }
        if gap == Gap::Paragraph && between.contains('\n') {
            if !self.text.is_empty() {
                self.text.push('\n');
            }
        } else if blank && (from > 0 || self.text.len() > from) {
            self.text.push(' ');
        }
    }
}

/// Appends one syllable in matching form.
pub(super) fn push_syllable(out: &mut String, syllable: &str) {
    let from = out.len();
    if syllable.is_ascii() {
        out.push_str(syllable);
        out[from..].make_ascii_lowercase();
    } else {
        let visible = syllable.chars().filter(|c| !is_invisible(*c)).flat_map(char::to_lowercase).map(with_d_stroke);
        out.extend(visible);
        if !is_nfc(&out[from..]) {
            let composed: String = out[from..].nfc().collect();
            out.truncate(from);
            out.push_str(&composed);
        }
        place_tone(out, from);
    }
    unify_i(out, from);
}

/// `hoà`, `khoẻ`, `thuý` as `hòa`, `khỏe`, `thúy`: where the two vowels end the syllable, the first takes the tone.
fn place_tone(out: &mut String, from: usize) {
    let mut back = out[from..].chars().rev();
    let (Some(last), Some(glide)) = (back.next(), back.next()) else { return };
    let onset = back.next();
    let placed = match (glide, plain_and_tone(last)) {
        ('o', Some((vowel @ ('a' | 'e'), tone))) => Some((TONED_O[tone], vowel)),
        // After q the u belongs to the consonant: quý keeps its tone.
        ('u', Some(('y', tone))) if onset != Some('q') => Some((TONED_U[tone], 'y')),
        _ => None,
    };
    if let Some((glide_toned, vowel)) = placed {
        out.truncate(out.len() - last.len_utf8() - glide.len_utf8());
        out.push(glide_toned);
        out.push(vowel);
    }
}

/// The five tones in the order in which the tables below write them.
const TONED_O: [char; 5] = ['ó', 'ò', 'ỏ', 'õ', 'ọ'];
const TONED_U: [char; 5] = ['ú', 'ù', 'ủ', 'ũ', 'ụ'];

/// The bare vowel and the tone of a letter that can end `oa`, `oe` or `uy`.
fn plain_and_tone(c: char) -> Option<(char, usize)> {
    for (vowel, toned) in [('a', "áàảãạ"), ('e', "éèẻẽẹ"), ('y', "ýỳỷỹỵ")] {
        if let Some(tone) = toned.chars().position(|t| t == c) {
            return Some((vowel, tone));
        }
    }
    None
}

/// The onsets after which a lone `y` is also written `i`. A list, for elsewhere the two differ: `thúy` is not `thúi`, `tay` not `tai`.
const I_OR_Y_ONSETS: [&str; 7] = ["h", "k", "l", "m", "s", "t", "qu"];

fn unify_i(out: &mut String, from: usize) {
    let Some(last) = out[from..].chars().next_back() else { return };
    let plain = match last {
        'y' => 'i',
        'ý' => 'í',
        'ỳ' => 'ì',
        'ỷ' => 'ỉ',
        'ỹ' => 'ĩ',
        'ỵ' => 'ị',
        _ => return,
    };
    let onset = out.len() - last.len_utf8();
    if I_OR_Y_ONSETS.contains(&&out[from..onset]) {
        out.truncate(onset);
        out.push(plain);
    }
}

/// Whether the run starts with a capital, and whether it is all capitals (a headline's word).
fn capitals(run: &str) -> (bool, bool) {
    let starts = run.chars().next().is_some_and(char::is_uppercase);
    (starts, starts && run.chars().count() > 1 && !run.chars().any(char::is_lowercase))
}

/// What the characters between two words amount to; `new_line_starts` says that the word after it begins a line's own sentence.
fn gap_of(between: &str, new_line_starts: bool) -> Gap {
    let (mut gap, mut blanks, mut lines, mut marks) = (Gap::Blank, 0usize, 0usize, 0usize);
    for c in between.chars() {
        let found = match unified(c) {
            '\n' => {
                lines += 1;
                Gap::Blank
            }
            c if c.is_whitespace() => {
                blanks += 1;
                Gap::Blank
            }
            c if is_invisible(c) || c.is_control() => Gap::Blank,
            '"' | '\'' => Gap::Blank,
            ',' => Gap::Comma,
            '-' | '/' => Gap::Dash,
            '.' => Gap::Dot,
            '!' | '?' | '…' | '|' | '•' => Gap::Sentence,
            _ => Gap::Clause,
        };
        marks += usize::from(found != Gap::Blank);
        gap = gap.max(found);
    }
    if lines > 1 || (lines == 1 && (new_line_starts || gap >= Gap::Dot)) {
        return Gap::Paragraph;
    }
    match gap {
        Gap::Dot if blanks + lines > 0 || marks > 1 || between.contains(['"', '\'']) => Gap::Sentence,
        Gap::Comma | Gap::Dash if marks > 1 => Gap::Clause,
        gap => gap,
    }
}

/// Dashes and quotation marks of one kind.
fn unified(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2E3A}' | '\u{2E3B}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}' => '-',
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' => '"',
        '‘' | '’' | '‚' | '‛' | '′' | '`' | '´' => '\'',
        '\u{2028}' | '\u{2029}' => '\n',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::{Gap, Toned};
    use crate::text::toned_token;
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    #[test]
    fn both_ways_of_placing_a_tone_are_one() {
        for (old, new) in [
            ("hoà", "hòa"),
            ("thuý", "thúy"),
            ("uỷ", "ủy"),
            ("khoẻ", "khỏe"),
            ("TOÀ", "tòa"),
            ("hoá", "hóa"),
            ("loè", "lòe"),
            ("luỹ", "lũy"),
        ] {
            assert_eq!(toned_token(old), toned_token(new), "{old} {new}");
        }
    }

    #[test]
    fn tone_stays_where_another_letter_follows_or_q_stands_before() {
        for same in ["hoàn", "toán", "khoảng", "ngoài", "xoáy", "huỳnh", "khuya", "quà", "que"] {
            assert_eq!(toned_token(same), same);
        }
        assert_eq!(toned_token("quý"), "quí");
        assert_eq!(toned_token("quỳ"), "quì");
    }

    #[test]
    fn i_and_y_are_one_only_in_the_listed_syllables() {
        for (y, i) in
            [("lý", "lí"), ("kỹ", "kĩ"), ("mỹ", "mĩ"), ("sỹ", "sĩ"), ("quý", "quí"), ("tỷ", "tỉ"), ("hy", "hi"), ("ký", "kí"), ("KỸ", "kĩ")]
        {
            assert_eq!(toned_token(y), toned_token(i));
        }
        for (y, i) in [("thúy", "thúi"), ("tay", "tai"), ("vy", "vi"), ("túy", "túi")] {
            assert_ne!(toned_token(y), toned_token(i));
        }
    }

    #[test]
    fn gaps_tell_commas_dashes_stops_and_paragraphs_apart() {
        for (text, gap) in [
            ("mua bán", Gap::Blank),
            ("mua  \r\n bán", Gap::Blank),
            ("mua \"bán", Gap::Blank),
            ("mua, bán", Gap::Comma),
            ("mua – bán", Gap::Dash),
            ("mua/bán", Gap::Dash),
            ("30.7", Gap::Dot),
            ("mua (bán", Gap::Clause),
            ("mua; bán", Gap::Clause),
            ("mua. Bán", Gap::Sentence),
            ("mua.\" Bán", Gap::Sentence),
            ("mua… bán", Gap::Sentence),
            ("mua\nBán", Gap::Paragraph),
            ("MUA\nBÁN", Gap::Blank),
            ("mua\n\nbán", Gap::Paragraph),
            ("mua.\nbán", Gap::Paragraph),
        ] {
            assert_eq!(Toned::new(text).words()[1].gap, gap, "{text:?}");
        }
    }

    #[test]
    fn decomposed_and_invisible_spellings_read_the_same() {
        let want = Toned::new("Nạn nhân mua bán người").as_str().to_owned();
        let nfd: String = "Nạn nhân mua bán người".nfd().collect();
        for text in [nfd.as_str(), "NẠN NHÂN MUA BÁN NGƯỜI", "nạn\u{a0}nhân mua bán ng\u{ad}ười", "nạn nhân  mua\u{200b} bán người "]
        {
            assert_eq!(Toned::new(text).as_str(), want);
        }
    }

    #[test]
    fn a_range_of_the_matching_form_leads_back_to_the_source() {
        let source = "“HOÀ  BÌNH” – Kỹ năng";
        let toned = Toned::new(source);
        assert_eq!(toned.as_str(), "\"hòa bình\" - kĩ năng");
        let at = toned.as_str().find("bình").unwrap();
        assert_eq!(&source[toned.in_source(at..at + 3).unwrap()], "BÌNH");
        assert_eq!(toned.in_source(0..0), None);
    }

    proptest! {
        #[test]
        fn the_matching_form_is_its_own_matching_form_word_by_word(text in any::<String>()) {
            let once = Toned::new(&text);
            for word in once.words() {
                let word = once.word(*word);
                prop_assert_eq!(toned_token(word), word);
            }
        }

        #[test]
        fn every_word_slices_the_source(text in "(\\PC| |\n|\u{301}|\u{ad}|đ|Ð|hoà){0,40}") {
            let toned = Toned::new(&text);
            for at in 0..toned.words().len() {
                prop_assert!(text.get(toned.words_in_source(at..at + 1).unwrap()).is_some());
            }
        }
    }
}
