//! Pure Vietnamese text: normalising, folding, syllables, matching.

pub mod pattern;
pub mod shingles;
pub mod toned;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark, is_nfc};

/// Fewer syllables than this say nothing about a text's health.
const LOST_LETTERS_SYLLABLES_MIN: usize = 20;

/// A number for a sequence of words that stays the same from release to release (FNV-1a, mixed at the end): the standard
/// library's hashers promise no such thing.
#[derive(Debug, Clone, Copy)]
pub struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    /// Takes in one word; words are kept apart.
    pub fn add(&mut self, word: &[u8]) {
        for byte in word.iter().chain([&0xff]) {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    /// The number, each of its bits depending on all that was taken in.
    pub fn end(self) -> u64 {
        let one = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let two = (one ^ one >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        two ^ two >> 31
    }
}

/// A text as it is stored and shown: composed (NFC), one kind of blank, no invisible characters.
///
/// Eth (`Ð`, U+00D0), which keyboards of old leave in the place of `Đ`, becomes `Đ`. Runs of blanks become one space, lines
/// are trimmed and stay lines (a line is a paragraph, so empty lines go), control characters are dropped.
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut blank, mut line) = (false, false);
    let mut push = |c: char| match c {
        '\n' | '\r' | '\u{2028}' | '\u{2029}' => line = true,
        _ if c.is_whitespace() => blank = true,
        _ if c.is_control() || is_invisible(c) => {}
        _ => {
            if !out.is_empty() && (line || blank) {
                out.push(if line { '\n' } else { ' ' });
            }
            (blank, line) = (false, false);
            out.push(with_d_stroke(c));
        }
    };
    if is_nfc(text) {
        text.chars().for_each(&mut push);
        return recomposed(out);
    }
    text.nfc().for_each(&mut push);
    recomposed(out)
}

/// A text for search and for look-up without tones: lower case, every mark stripped, `đ` as `d`.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c.to_ascii_lowercase());
            continue;
        }
        for c in c.to_lowercase() {
            unicode_normalization::char::decompose_compatible(c, |part| match with_d_stroke(part) {
                'đ' | 'Đ' => out.push('d'),
                _ if is_combining_mark(part) || is_invisible(part) => {}
                // Compatibility forms (styled or full-width letters) decompose to capitals too.
                _ => out.extend(part.to_lowercase().filter(|c| !is_combining_mark(*c))),
            });
        }
    }
    out
}

/// The maximal runs of letters and digits with their byte offsets: `(start, end, run)`.
///
/// Combining marks belong to the letter before them, so decomposed (NFD) text does not fall apart; so do the invisible
/// characters that typesetting leaves inside words.
pub fn syllables(text: &str) -> impl Iterator<Item = (usize, usize, &str)> {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, _) = rest.by_ref().find(|(_, c)| c.is_alphanumeric())?;
        while rest.next_if(|(_, c)| is_word_char(*c)).is_some() {}
        let end = rest.peek().map_or(text.len(), |(at, _)| *at);
        let end = start + text[start..end].trim_end_matches(is_invisible).len();
        Some((start, end, &text[start..end]))
    })
}

/// One syllable in matching form, for the tokenizer of the search index: see [`toned::Toned`].
pub fn toned_token(syllable: &str) -> String {
    let mut out = String::with_capacity(syllable.len());
    toned::push_syllable(&mut out, syllable);
    out
}

/// Whether letters were lost on the way: some PDF and web exports silently drop the letters U+1EA0 to U+1EF9
/// (`tinh thần` becomes `tinh thn`), and text typed for the VNI fonts holds other letters than it shows (`ñöôïc` for `được`).
/// True where more than one syllable in twenty has no vowel left, or one in eight is written for such a font.
pub fn lost_letters(text: &str) -> bool {
    let (mut seen, mut broken, mut of_font) = (0usize, 0usize, 0usize);
    for (_, _, syllable) in syllables(text) {
        let folded = fold(syllable);
        // Abbreviations (UBND, TP, km) have no vowel either: capitals and single letters do not count.
        let word = folded.len() > 1 && folded.bytes().all(|b| b.is_ascii_lowercase());
        let font = is_vni(syllable);
        (seen, of_font) = (seen + usize::from(font && !word), of_font + usize::from(font));
        if !word || syllable.chars().filter(|c| c.is_uppercase()).count() > 1 {
            continue;
        }
        seen += 1;
        broken += usize::from(!folded.contains(['a', 'e', 'i', 'o', 'u', 'y']));
    }
    seen >= LOST_LETTERS_SYLLABLES_MIN && (broken * 20 > seen || of_font * 8 > seen)
}

/// Whether a syllable holds what VNI fonts show as Vietnamese letters: `ñ` and `ö` for `đ` and `ư`, or a mark's letter behind a vowel.
/// No Vietnamese syllable does; a foreign word may.
fn is_vni(syllable: &str) -> bool {
    let letters: Vec<char> = syllable.to_lowercase().nfc().collect();
    let marked = |pair: &[char]| match pair {
        ['a' | 'e', mark] => "ùøûõïâêáàåãäéèúüë".contains(*mark),
        ['o' | 'u' | 'y' | 'ô' | 'ö', mark] => "ùøûõïåäüë".contains(*mark),
        _ => false,
    };
    letters.iter().any(|it| matches!(it, 'ñ' | 'ö')) || letters.windows(2).any(marked)
}

/// A character that belongs to a syllable once one has begun.
fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || (!c.is_ascii() && (is_combining_mark(c) || is_invisible(c)))
}

/// Zero-width characters, joiners, direction marks, the byte order mark and the soft hyphen: nothing a reader sees.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}')
}

/// Eth looks like `Đ` and is typed for it, but lower-cases to another letter.
fn with_d_stroke(c: char) -> char {
    match c {
        'Ð' => 'Đ',
        'ð' => 'đ',
        c => c,
    }
}

/// Composes once more where dropping an invisible character brought a letter and its mark together.
fn recomposed(text: String) -> String {
    if is_nfc(&text) { text } else { text.nfc().collect() }
}

#[cfg(test)]
mod tests {
    use super::{clean, fold, lost_letters, syllables, toned_token};
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    #[test]
    fn cleaning_composes_letters_and_keeps_paragraphs() {
        for (raw, want) in [
            ("  Xin\u{a0}\u{a0}chào \n\n\n bạn \t ", "Xin chào\nbạn"),
            ("\u{feff}mua\u{200b} bán ng\u{ad}ười", "mua bán người"),
            ("Ðà Nẵng, ðường", "Đà Nẵng, đường"),
            ("Vie\u{302}\u{323}t Nam", "Việt Nam"),
            ("bê\u{301}", "bế"),
            ("e\u{200b}\u{301}", "é"),
            ("a\u{0}b\u{7}c\r\nd", "abc\nd"),
            ("", ""),
        ] {
            assert_eq!(clean(raw), want, "{raw:?}");
        }
    }

    #[test]
    fn folding_strips_every_mark_and_the_stroke() {
        for (raw, want) in
            [("Đường dây MUA BÁN NGƯỜI", "duong day mua ban nguoi"), ("Ðiện", "dien"), ("Huê\u{301}", "hue"), ("ﬁne", "fine")]
        {
            assert_eq!(fold(raw), want);
        }
    }

    #[test]
    fn decomposed_text_does_not_fall_apart_into_letters() {
        let nfd: String = "Phòng, chống mua bán người".nfd().collect();
        let runs: Vec<&str> = syllables(&nfd).map(|(_, _, run)| run).collect();
        assert_eq!(runs.len(), 5);
        assert_eq!(toned_token(runs[4]), "người");
    }

    #[test]
    fn text_that_lost_its_letters_is_told_from_sound_text() {
        let sound = "Ủy ban nhân dân tỉnh tổ chức hội nghị tập huấn kỹ năng cho cán bộ làm công tác trẻ em ở các xã biên giới";
        let broken = "y ban nhân dân tnh t chc hi ngh tp hun k năng cho cán b làm công tác tr em các xã biên gii";
        assert!(!lost_letters(sound));
        assert!(lost_letters(broken));
        let for_vni = "Hoäi nghò taäp huaán veà phoøng choáng naïn mua baùn ngöôøi ñöôïc toå chöùc taïi xaõ vuøng cao hoâm nay";
        assert!(lost_letters(for_vni), "letters of a VNI font");
        assert!(!lost_letters(
            "José Muñoz thăm làng quê cùng cô Zoë và bạn bè, khoá học kết thúc, quý khách hoà vào đám đông hai bên đường"
        ));
        assert!(!lost_letters("UBND TP HĐND km"), "abbreviations are no proof, nor is a short text");
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn cleaning_twice_changes_nothing(text in any::<String>()) {
            let once = clean(&text);
            prop_assert_eq!(clean(&once), once);
        }

        #[test]
        fn syllables_slice_the_text_where_they_say(text in any::<String>()) {
            for (start, end, run) in syllables(&text) {
                prop_assert_eq!(&text[start..end], run);
                prop_assert!(!run.is_empty());
            }
        }
    }
}
