//! Bytes to text: which encoding a document really has, whatever it declares.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Declarations stand at the beginning; browsers look at 1,024 bytes, pages with long comments need more.
const DECLARATION_BYTES_MAX: usize = 4_096;
/// Bytes that the guesser looks at; more does not make it better.
const GUESS_BYTES_MAX: usize = 64 << 10;
/// Up to one broken sequence in this many bytes is damage (a cut, a foreign snippet), not another encoding.
const BYTES_PER_FAULT_MIN: usize = 400;

/// Decodes a document: byte order mark, then what the bytes themselves prove, then HTTP header and declaration, then a guess.
///
/// Text that is valid UTF-8 beyond ASCII is UTF-8 whatever is declared: no other encoding produces it by chance. `utf-16`
/// declared on bytes without zeros is ignored. `tld` (`vn`) helps the guess between the one-byte encodings. Encodings that
/// write marks apart (windows-1258) come out composed (NFC). Never fails: bytes without meaning become U+FFFD.
pub fn decode(bytes: &[u8], content_type: Option<&str>, tld: Option<&str>) -> String {
    if let Some(text) = utf32(bytes) {
        return text;
    }
    if let Some((encoding, mark_len)) = Encoding::for_bom(bytes) {
        return decoded(encoding, bytes.get(mark_len..).unwrap_or_default());
    }
    if let Some(encoding) = utf16_by_zeros(bytes) {
        return decoded(encoding, bytes);
    }
    let declared = content_type.and_then(header_charset).or_else(|| declared_charset(bytes));
    match std::str::from_utf8(bytes) {
        // ISO-2022-JP and its kind write everything in ASCII bytes.
        Ok(text) if !text.is_ascii() || declared.is_none_or(|it| it.is_ascii_compatible()) => return text.to_owned(),
        _ => {}
    }
    if mostly_utf8(bytes) {
        return decoded(UTF_8, bytes);
    }
    match declared {
        Some(encoding) if encoding != UTF_8 && encoding != UTF_16LE && encoding != UTF_16BE => decoded(encoding, bytes),
        _ => decoded(guess(bytes, tld), bytes),
    }
}

fn decoded(encoding: &'static Encoding, bytes: &[u8]) -> String {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    if encoding == UTF_8 || is_nfc(&text) { text.into_owned() } else { text.nfc().collect() }
}

/// The encoding that an HTTP `Content-Type` names.
fn header_charset(content_type: &str) -> Option<&'static Encoding> {
    let low = content_type.to_ascii_lowercase();
    let value = low.split_once("charset")?.1.trim_start().strip_prefix('=')?.trim_start();
    Encoding::for_label(label(value).as_bytes())
}

/// The encoding that an XML prolog or a `<meta>` element names.
fn declared_charset(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(DECLARATION_BYTES_MAX))?;
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let prolog = head.trim_start().strip_prefix("<?xml").and_then(|it| it.split_once("?>")).map(|it| it.0);
    let named = |text: &str, key: &str| {
        let value = text.split_once(key)?.1.trim_start().strip_prefix('=')?.trim_start();
        Encoding::for_label(label(value).as_bytes())
    };
    prolog.and_then(|it| named(it, "encoding")).or_else(|| {
        let metas = head.match_indices("<meta").map(|(at, _)| head.get(at..).unwrap_or_default());
        metas.filter_map(|it| it.split('>').next()).find_map(|it| named(it, "charset"))
    })
}

/// The value of a parameter, without quotes and what follows.
fn label(value: &str) -> &str {
    let value = value.trim_start_matches(['"', '\'']);
    value.split(['"', '\'', ';', ' ', '/', '>', '?']).next().unwrap_or_default()
}

/// UTF-16 without a mark: every other byte of markup is zero.
fn utf16_by_zeros(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(64))?;
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|it| **it == 0).count() * 2;
    let full = head.len() * 3 / 4;
    match head.len() >= 4 {
        true if zeros(1) > full && zeros(0) == 0 => Some(UTF_16LE),
        true if zeros(0) > full && zeros(1) == 0 => Some(UTF_16BE),
        _ => None,
    }
}

/// UTF-32 with its mark; encoding_rs knows it not, and its little-endian mark begins like that of UTF-16.
fn utf32(bytes: &[u8]) -> Option<String> {
    let read: fn([u8; 4]) -> u32 = match bytes.get(..4)? {
        [0xFF, 0xFE, 0, 0] => u32::from_le_bytes,
        [0, 0, 0xFE, 0xFF] => u32::from_be_bytes,
        _ => return None,
    };
    let units = bytes.as_chunks::<4>().0.iter().skip(1);
    Some(units.map(|it| char::from_u32(read(*it)).unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

/// Whether the bytes are UTF-8 with a few faults.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut faults, mut wide) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        faults += usize::from(!chunk.invalid().is_empty());
        wide += chunk.valid().chars().filter(|it| !it.is_ascii()).count();
    }
    wide > faults * 10 && faults * BYTES_PER_FAULT_MIN <= bytes.len().max(BYTES_PER_FAULT_MIN)
}

fn guess(bytes: &[u8], tld: Option<&str>) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes.get(..bytes.len().min(GUESS_BYTES_MAX)).unwrap_or(bytes), true);
    // The detector panics on a TLD with dots, capitals or letters beyond ASCII.
    let tld = tld.filter(|it| !it.is_empty() && it.bytes().all(|c| c.is_ascii_lowercase()));
    let guessed = detector.guess(tld.map(str::as_bytes), Utf8Detection::Deny);
    if guessed == UTF_8 { WINDOWS_1252 } else { guessed }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "<p>Phòng, chống mua bán người ở Thừa Thiên Huế: cán bộ được tập huấn kỹ năng</p>";

    #[test]
    fn text_comes_out_whatever_is_declared() {
        let utf8 = format!("<?xml version='1.0' encoding='utf-16'?>{TEXT}");
        assert_eq!(decode(utf8.as_bytes(), None, None), utf8);
        assert_eq!(decode(TEXT.as_bytes(), Some("text/html; charset=iso-8859-1"), None), TEXT);
        assert_eq!(decode(format!("\u{feff}{TEXT}").as_bytes(), None, None), TEXT);
        let le: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&le, Some("text/xml; charset=utf-8"), None), TEXT);
        let marked: Vec<u8> = std::iter::once(0xFEFF).chain(TEXT.encode_utf16()).flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(&marked, None, None), TEXT);
        let wide: Vec<u8> = std::iter::once('\u{feff}').chain(TEXT.chars()).flat_map(|it| u32::from(it).to_le_bytes()).collect();
        assert_eq!(decode(&wide, None, None), TEXT);
    }

    /// Vietnamese as windows-1258 writes it: the letter with its shape, then the tone mark.
    fn windows_1258(text: &str) -> Vec<u8> {
        let apart: String = text
            .chars()
            .flat_map(|letter| {
                let parts: Vec<char> = std::iter::once(letter).nfd().collect();
                let tone = parts.iter().copied().find(|it| matches!(it, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}'));
                let shape: String = parts.into_iter().filter(|it| Some(*it) != tone).nfc().collect();
                shape.chars().chain(tone).collect::<Vec<_>>()
            })
            .collect();
        encoding_rs::WINDOWS_1258.encode(&apart).0.into_owned()
    }

    #[test]
    fn vietnamese_windows_text_is_composed() {
        let bytes = windows_1258(TEXT);
        assert_eq!(decode(&bytes, Some("text/html; charset=windows-1258"), None), TEXT);
        let declared = [b"<meta charset='windows-1258'>".as_slice(), &bytes].concat();
        assert!(decode(&declared, None, None).ends_with(TEXT));
        let wrong = windows_1258(&TEXT.repeat(5));
        assert_eq!(decode(&wrong, Some("text/html; charset=utf-8"), Some("vn")), TEXT.repeat(5), "declared utf-8, guessed");
    }

    #[test]
    fn a_cut_letter_does_not_change_the_encoding() {
        let text = TEXT.repeat(20);
        let cut = &text.as_bytes()[..text.rfind("ở Thừa").unwrap() + 1];
        assert!(decode(cut, Some("text/html; charset=windows-1252"), None).starts_with("<p>Phòng, chống"));
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in any::<Vec<u8>>(), header in ".{0,30}", tld in ".{0,4}") {
            let _ = decode(&bytes, Some(&header), Some(&tld));
            let _ = decode(&[b"<?xml encoding='".as_slice(), &bytes, b"'?>"].concat(), None, None);
        }
    }
}
