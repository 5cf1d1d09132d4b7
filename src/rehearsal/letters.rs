//! Vietnamese letters taken apart: slugs without marks, and the bytes of windows-1258 that old sites still send.

/// Each row: a vowel, then the same with grave, hook, tilde, acute and dot below.
const VOWELS: [&str; 24] = [
    "aàảãáạ",
    "ăằẳẵắặ",
    "âầẩẫấậ",
    "eèẻẽéẹ",
    "êềểễếệ",
    "iìỉĩíị",
    "oòỏõóọ",
    "ôồổỗốộ",
    "ơờởỡớợ",
    "uùủũúụ",
    "ưừửữứự",
    "yỳỷỹýỵ",
    "AÀẢÃÁẠ",
    "ĂẰẲẴẮẶ",
    "ÂẦẨẪẤẬ",
    "EÈẺẼÉẸ",
    "ÊỀỂỄẾỆ",
    "IÌỈĨÍỊ",
    "OÒỎÕÓỌ",
    "ÔỒỔỖỐỘ",
    "ƠỜỞỠỚỢ",
    "UÙỦŨÚỤ",
    "ƯỪỬỮỨỰ",
    "YỲỶỸÝỴ",
];

/// The combining marks of windows-1258, in the order of the rows above; place 0 is the bare vowel.
const TONE_BYTES: [u8; 6] = [0, 0xCC, 0xD2, 0xDE, 0xEC, 0xF2];

/// The letters and signs of windows-1258 above ASCII that our prose uses.
const SIGNS: [(char, u8); 22] = [
    ('ă', 0xE3),
    ('Ă', 0xC3),
    ('â', 0xE2),
    ('Â', 0xC2),
    ('ê', 0xEA),
    ('Ê', 0xCA),
    ('ô', 0xF4),
    ('Ô', 0xD4),
    ('ơ', 0xF5),
    ('Ơ', 0xD5),
    ('ư', 0xFD),
    ('Ư', 0xDD),
    ('đ', 0xF0),
    ('Đ', 0xD0),
    ('–', 0x96),
    ('“', 0x93),
    ('”', 0x94),
    ('…', 0x85),
    ('»', 0xBB),
    ('°', 0xB0),
    ('²', 0xB2),
    ('\u{a0}', 0xA0),
];

/// A title as it stands in an address: plain letters and digits joined by hyphens, at most `words_max` words.
pub fn slug(title: &str, words_max: usize) -> String {
    let plain: String = title.chars().map(|it| bare(it).to_ascii_lowercase()).collect();
    let words: Vec<&str> = plain.split(|it: char| !it.is_ascii_alphanumeric()).filter(|it| !it.is_empty()).collect();
    words.iter().take(words_max).copied().collect::<Vec<_>>().join("-")
}

/// Text in windows-1258: tones are bytes of their own after the vowel, and what the code page lacks is a numeric entity.
pub fn windows_1258(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for letter in text.chars() {
        let (vowel, tone) = apart(letter).unwrap_or((letter, 0));
        match (vowel.is_ascii(), SIGNS.iter().find(|(sign, _)| *sign == vowel)) {
            (true, _) => bytes.push(vowel as u8),
            (false, Some((_, byte))) => bytes.push(*byte),
            (false, None) => bytes.extend(format!("&#{};", u32::from(vowel)).bytes()),
        }
        if tone > 0 {
            bytes.push(TONE_BYTES[tone]);
        }
    }
    bytes
}

/// The vowel without its tone, and the place of the tone in its row.
fn apart(letter: char) -> Option<(char, usize)> {
    VOWELS.iter().find_map(|row| {
        let tone = row.chars().position(|it| it == letter)?;
        Some((row.chars().next()?, tone))
    })
}

/// The ASCII letter under all marks; other characters as they are.
fn bare(letter: char) -> char {
    match apart(letter).map_or(letter, |(vowel, _)| vowel) {
        'ă' | 'â' | 'Ă' | 'Â' => 'a',
        'ê' | 'Ê' => 'e',
        'ô' | 'ơ' | 'Ô' | 'Ơ' => 'o',
        'ư' | 'Ư' => 'u',
        'đ' | 'Đ' => 'd',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_keeps_no_mark() {
        assert_eq!(slug("Đường vào chợ: 25 hộ được “mở lối”", 20), "duong-vao-cho-25-ho-duoc-mo-loi");
        assert_eq!(slug("Ủy ban, Ưu tiên, Ấm ỷ", 3), "uy-ban-uu");
    }

    #[test]
    fn windows_1258_sets_the_tone_behind_its_vowel() {
        assert_eq!(windows_1258("người"), [b'n', b'g', 0xFD, 0xF5, 0xCC, b'i']);
        assert_eq!(windows_1258("Đạ"), [0xD0, b'a', 0xF2]);
        assert_eq!(windows_1258("→"), b"&#8594;");
    }
}
