//! The faces that papers are set in. Liberation Serif has the widths of Times New Roman, letter by letter, and all Vietnamese letters.

use skrifa::{
    FontRef, GlyphId, MetadataProvider,
    instance::{LocationRef, Size},
};

/// A face of Liberation Serif 2.1 (SIL Open Font License 1.1, `fonts/LICENSE`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Face {
    Upright,
    Bold,
    Italic,
    BoldItalic,
}

/// A letter as a face draws it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Glyph {
    pub id: u32,
    /// How far the next letter stands, in parts of the size.
    pub advance: f64,
}

/// A face that can be asked for its letters.
pub struct Letters {
    font: FontRef<'static>,
}

/// A face's file that cannot be read, which only a broken build brings about.
#[derive(Debug, thiserror::Error)]
#[error("the face {face:?} that the program carries cannot be read: {cause}")]
pub struct BrokenFace {
    face: Face,
    cause: String,
}

impl Face {
    /// All faces.
    pub const ALL: [Self; 4] = [Self::Upright, Self::Bold, Self::Italic, Self::BoldItalic];

    /// The face's file (TrueType).
    pub fn bytes(self) -> &'static [u8] {
        match self {
            Self::Upright => include_bytes!("fonts/LiberationSerif-Regular.ttf"),
            Self::Bold => include_bytes!("fonts/LiberationSerif-Bold.ttf"),
            Self::Italic => include_bytes!("fonts/LiberationSerif-Italic.ttf"),
            Self::BoldItalic => include_bytes!("fonts/LiberationSerif-BoldItalic.ttf"),
        }
    }

    /// The face's letters.
    ///
    /// # Errors
    /// Where its file is broken.
    pub fn letters(self) -> Result<Letters, BrokenFace> {
        let font = FontRef::new(self.bytes()).map_err(|fault| BrokenFace { face: self, cause: fault.to_string() })?;
        Ok(Letters { font })
    }
}

impl Letters {
    /// How one letter is drawn; what the face lacks is drawn as its box for missing letters.
    pub fn glyph(&self, letter: char) -> Glyph {
        let id = self.font.charmap().map(letter).unwrap_or(GlyphId::NOTDEF);
        let advance = self.font.glyph_metrics(Size::new(1.0), LocationRef::default()).advance_width(id);
        Glyph { id: id.to_u32(), advance: f64::from(advance.unwrap_or_default()) }
    }

    /// The length of a text in points.
    pub fn width_pt(&self, text: &str, size: f64) -> f64 {
        text.chars().map(|it| self.glyph(it).advance).sum::<f64>() * size
    }

    /// How many bytes of the text fit in a width; one letter at least.
    pub fn fitting(&self, text: &str, size: f64, width_pt: f64) -> usize {
        let mut used = 0.0;
        for (at, letter) in text.char_indices() {
            used += self.glyph(letter).advance * size;
            if used > width_pt && at > 0 {
                return at;
            }
        }
        text.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::paper::{QUOC_HIEU, mm, size};

    const MM_PER_PT: f64 = 25.4 / 72.0;

    #[test]
    fn the_quoc_hieu_is_as_long_as_in_times_new_roman_and_fits_its_cell() {
        let bold = Face::Bold.letters().unwrap();
        assert!((bold.width_pt(QUOC_HIEU, 12.0) * MM_PER_PT - 88.0).abs() < 1.0);
        assert!((bold.width_pt(QUOC_HIEU, 13.0) * MM_PER_PT - 96.0).abs() < 1.0);
        assert!(bold.width_pt(QUOC_HIEU, size::NATION) * MM_PER_PT < mm::HEAD_RIGHT - 5.0);
    }

    #[test]
    fn every_face_has_every_vietnamese_letter_and_the_marks_of_a_paper() {
        let vowels = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ";
        let marks = "0123456789 \u{a0}.,;:/-–…()“”\"'%&@+";
        for face in Face::ALL {
            let letters = face.letters().unwrap();
            for letter in vowels.chars().chain(vowels.to_uppercase().chars()).chain(marks.chars()) {
                let glyph = letters.glyph(letter);
                assert!(glyph.id != 0 && glyph.advance > 0.0, "{face:?} lacks `{letter}`");
            }
        }
    }
}
