//! A paper as a PDF file: PDF/A-2u, which holds its faces and whose text can be searched and copied.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, FixedOffset, Timelike};
use krilla::{
    Document, SerializeSettings,
    configure::{Archival, Configuration, ConfigurationBuilder},
    error::KrillaError,
    geom::{PathBuilder, Point},
    metadata::{DateTime as Stamp, Metadata},
    page::PageSettings,
    paint::Stroke,
    surface::Surface,
    text::{Font, GlyphId, KrillaGlyph},
};

use crate::report::{
    face::{BrokenFace, Face, Letters},
    measure::PT_PER_MM,
    paper::{Paper, Subject, concerning_line, mm},
    typeset::{Mark, RULE_PT, SetText, typeset},
};

/// Why a paper could not be written.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    #[error(transparent)]
    Face(#[from] BrokenFace),
    #[error("the face {0:?} that the program carries cannot be embedded")]
    Embed(Face),
    #[error("a page of A4 cannot be begun")]
    Page,
    #[error("PDF/A-2u cannot be written: {0}")]
    Form(String),
    #[error("the PDF file could not be written: {0}")]
    Write(KrillaError),
}

/// The paper as a PDF file. The same paper gives the same bytes.
///
/// # Errors
/// Where a face is broken or the file does not hold the form of PDF/A-2u, which no paper should bring about.
pub fn pdf(paper: &Paper) -> Result<Vec<u8>, PdfError> {
    let settings = SerializeSettings { configuration: archival()?, enable_tagging: false, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    let title = match &paper.subject {
        Subject::Concerning(text) => concerning_line(text),
        Subject::Named { kind, summary } => format!("{kind} {summary}"),
    };
    document.set_metadata(Metadata::new().title(title).language("vi".to_owned()).creation_date(stamp(paper.as_of)));
    let mut types = BTreeMap::new();
    for face in Face::ALL {
        let font = Font::new(face.bytes().into(), 0).ok_or(PdfError::Embed(face))?;
        types.insert(face, (font, face.letters()?));
    }
    for marks in typeset(paper)? {
        let settings = PageSettings::from_wh(points(mm::PAGE_WIDTH), points(mm::PAGE_HEIGHT)).ok_or(PdfError::Page)?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for mark in &marks {
            match mark {
                Mark::Text(text) => {
                    if let Some((font, letters)) = types.get(&text.face) {
                        draw(&mut surface, text, font, letters);
                    }
                }
                Mark::Rule { from, to } => rule(&mut surface, *from, *to),
            }
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(PdfError::Write)
}

fn archival() -> Result<Configuration, PdfError> {
    ConfigurationBuilder::new().with_archival_validator(Archival::A2_U).finish().map_err(|fault| PdfError::Form(format!("{fault:?}")))
}

fn stamp(at: DateTime<FixedOffset>) -> Stamp {
    let part = |number: u32| u8::try_from(number).unwrap_or_default();
    let offset_minutes = at.offset().local_minus_utc() / 60;
    Stamp::new(u16::try_from(at.year()).unwrap_or_default())
        .month(part(at.month()))
        .day(part(at.day()))
        .hour(part(at.hour()))
        .minute(part(at.minute()))
        .second(part(at.second()))
        .utc_offset_hour(i8::try_from(offset_minutes / 60).unwrap_or_default())
        .utc_offset_minute(part(offset_minutes.unsigned_abs() % 60))
}

/// Draws one line of text; each letter keeps its place in the text, so that it is found by searching.
fn draw(surface: &mut Surface<'_>, text: &SetText, font: &Font, letters: &Letters) {
    let glyph = |(at, letter): (usize, char)| {
        let glyph = letters.glyph(letter);
        let stretch = if letter == ' ' { text.stretch / text.size } else { 0.0 };
        let advance = (glyph.advance + stretch) as f32;
        KrillaGlyph::new(GlyphId::new(glyph.id), advance, 0.0, 0.0, 0.0, at..at + letter.len_utf8(), None)
    };
    let glyphs: Vec<KrillaGlyph> = text.text.char_indices().map(glyph).collect();
    let start = Point::from_xy(text.x as f32, text.baseline as f32);
    surface.set_stroke(None);
    surface.draw_glyphs(start, &glyphs, font.clone(), &text.text, text.size as f32, false);
}

fn rule(surface: &mut Surface<'_>, from: (f64, f64), to: (f64, f64)) {
    let mut line = PathBuilder::new();
    line.move_to(from.0 as f32, from.1 as f32);
    line.line_to(to.0 as f32, to.1 as f32);
    if let Some(line) = line.finish() {
        surface.set_stroke(Some(Stroke { width: RULE_PT as f32, ..Stroke::default() }));
        surface.draw_path(&line);
    }
}

fn points(length_mm: f64) -> f32 {
    (length_mm * PT_PER_MM) as f32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::{
        docx::docx,
        letter::{letter, tests::facts},
        paper::{Block, Copies, Head, Signer},
    };

    #[test]
    fn a_letter_is_an_archival_pdf_and_the_same_each_time() {
        let paper = letter(&facts(3));
        let file = pdf(&paper).unwrap();
        assert!(file.starts_with(b"%PDF-1.7"));
        assert!(String::from_utf8_lossy(&file).contains("pdfaid:part>2<"), "the file says that it is PDF/A-2");
        assert_eq!(pdf(&paper).unwrap(), file);
        assert!(file.len() < 200_000, "{} bytes: the faces are cut down to the letters in use", file.len());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn any_text_makes_both_files(text in "\\PC{0,40}|[ -~\\x00-\\x1f]{0,40}|.{0,200}|(\\p{L}\\p{M}?){0,400}") {
            let paper = Paper {
                head: Head { issuing: text.clone(), symbol: text.clone(), ..Head::default() },
                addressees: vec![text.clone(); 3],
                body: vec![Block::Paragraph(text.clone())],
                signer: Signer { name: text.clone(), ..Signer::default() },
                copies: Copies { others: vec![text.clone()], unit: text },
                ..letter(&facts(2))
            };
            prop_assert!(pdf(&paper).is_ok(), "{:?}", pdf(&paper).err());
            prop_assert!(docx(&paper).is_ok());
        }
    }
}
