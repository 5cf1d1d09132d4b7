//! An administrative paper by Nghị định 30/2020/NĐ-CP: what stands in it, the words and marks that the decree puts around that, and
//! its measures (Phụ lục I). How it is drawn is for `docx` and `pdf`.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate};
use unicode_normalization::UnicodeNormalization;

pub const QUOC_HIEU: &str = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM";
pub const TIEU_NGU: &str = "Độc lập - Tự do - Hạnh phúc";
pub const ADDRESSED_TO: &str = "Kính gửi:";
pub const RECEIVED_BY: &str = "Nơi nhận:";
/// What stands where a fact is not known: an officer must see it and fill it in.
pub const BLANK: &str = "…………";

/// Room for a number that the văn thư enters: no-break spaces, so that the line neither wraps nor shrinks.
const NUMBER_ROOM: &str = "\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}";
const DATE_ROOM: &str = "……";

/// Sizes in points. Where the decree gives a range, papers of one office use one size out of it.
pub mod size {
    pub const NATION: f64 = 12.0;
    pub const MOTTO: f64 = 13.0;
    pub const ISSUER: f64 = 12.0;
    pub const NUMBER: f64 = 13.0;
    pub const DATE: f64 = 13.0;
    pub const CONCERNING: f64 = 12.0;
    pub const TITLE: f64 = 14.0;
    pub const BODY: f64 = 14.0;
    pub const CELL: f64 = 13.0;
    pub const COPIES_HEAD: f64 = 12.0;
    pub const COPIES: f64 = 11.0;
    pub const PAGE_NUMBER: f64 = 13.0;
}

/// Lengths in millimetres on A4 portrait.
pub mod mm {
    pub const PAGE_WIDTH: f64 = 210.0;
    pub const PAGE_HEIGHT: f64 = 297.0;
    pub const TOP: f64 = 20.0;
    pub const BOTTOM: f64 = 20.0;
    pub const LEFT: f64 = 30.0;
    pub const RIGHT: f64 = 15.0;
    pub const TEXT_WIDTH: f64 = PAGE_WIDTH - LEFT - RIGHT;
    /// The page number's line stands this far below the paper's edge, within the top margin.
    pub const PAGE_NUMBER: f64 = 10.0;
    /// The left column of the head. What is left for the Quốc hiệu is 100 mm: it is 88 mm long and must not wrap.
    pub const HEAD_LEFT: f64 = 65.0;
    pub const HEAD_RIGHT: f64 = TEXT_WIDTH - HEAD_LEFT;
    /// The column of the copies beside the signer's.
    pub const FOOT_LEFT: f64 = 82.0;
    pub const FOOT_RIGHT: f64 = TEXT_WIDTH - FOOT_LEFT;
    /// How far the first line of a paragraph is moved in.
    pub const FIRST_LINE: f64 = 10.0;
    /// Free between the edge of a table's cell and its text.
    pub const CELL_PADDING: f64 = 1.5;
}

/// Space after a paragraph, and the gaps in the head, in points.
pub const GAP_PT: f64 = 6.0;
/// Distance of lines in the body, in lines: between single and one and a half.
pub const LINES: f64 = 1.05;
/// Lines left free for signature and seal, between position and name.
pub const SIGNATURE_LINES: usize = 4;

/// A paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    pub head: Head,
    pub subject: Subject,
    pub addressees: Vec<String>,
    /// What the paper rests on, each without `Căn cứ` and without a mark at its end.
    pub bases: Vec<String>,
    pub body: Vec<Block>,
    /// The last paragraph, which bears `./.`.
    pub closing: String,
    pub signer: Signer,
    pub copies: Copies,
    /// The instant at which its data stand. An archival file must bear a date, and it may be none that changes at each drawing.
    pub as_of: DateTime<FixedOffset>,
}

/// The head of a paper. Empty texts are shown as blanks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// The body above the one that issues: `UBND thành phố Huế`.
    pub governing: String,
    pub issuing: String,
    /// The number that the văn thư gave; `None` leaves room for it.
    pub number: Option<u32>,
    /// What stands behind the number: `SVHTT-QLBC`.
    pub symbol: String,
    pub place: String,
    /// The day of issue; `None` leaves room for it.
    pub date: Option<NaiveDate>,
}

/// What the paper is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A công văn, which bears no name of its type: what stands behind `V/v`.
    Concerning(String),
    /// A paper with a named type, such as `Báo cáo`, and its trích yếu.
    Named { kind: String, summary: String },
}

/// A part of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    Paragraph(String),
    Table(Table),
}

/// A table whose heading is repeated on each page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub columns: Vec<Column>,
    /// As many cells in each as there are columns; missing ones stay empty, further ones are not shown.
    pub rows: Vec<Vec<String>>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub heading: String,
    /// Its part of the width, in relation to the other columns'.
    pub share: u32,
    /// Numbers and short words stand in the middle, names at the left.
    pub centred: bool,
}

/// Who signs. An empty position or name is shown as a blank.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signer {
    /// For whom: `KT. Giám đốc`, `TM. Ủy ban nhân dân`; empty where the signer acts in the own right.
    pub authority: String,
    pub position: String,
    /// Without titles of learning.
    pub name: String,
}

/// Who gets a copy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copies {
    /// Those between `Như trên` and `Lưu`.
    pub others: Vec<String>,
    /// The unit that drafted the paper and keeps it beside the văn thư.
    pub unit: String,
}

impl Head {
    /// `Số: 05/SVHTT-QLBC`: a number below 10 gets a leading 0.
    pub fn number_line(&self) -> String {
        let number = self.number.map_or_else(|| NUMBER_ROOM.to_owned(), |it| format!("{it:02}"));
        format!("Số: {number}/{}", or_blank(&self.symbol))
    }

    /// `Huế, ngày 05 tháng 01 năm 2026`.
    pub fn date_line(&self) -> String {
        let place = or_blank(&self.place);
        match self.date {
            Some(date) => format!("{place}, ngày {:02} tháng {} năm {}", date.day(), month_number(date.month()), date.year()),
            None => format!("{place}, ngày {DATE_ROOM} tháng {DATE_ROOM} năm {DATE_ROOM}"),
        }
    }

    /// The governing body in capitals.
    pub fn governing_line(&self) -> String {
        or_blank(&self.governing).to_uppercase()
    }

    /// The issuing body in capitals.
    pub fn issuing_line(&self) -> String {
        or_blank(&self.issuing).to_uppercase()
    }
}

impl Paper {
    /// The bases as they are printed.
    pub fn basis_lines(&self) -> Vec<String> {
        let lines = self.bases.iter().map(|it| format!("Căn cứ {}", unmarked(it)));
        listed(lines.collect())
    }

    /// The addressees as they are printed behind or under `Kính gửi:`. A single one stands in its line; several have a line each.
    pub fn addressee_lines(&self) -> Vec<String> {
        match self.addressees.as_slice() {
            [] => vec![BLANK.to_owned()],
            [one] => vec![or_blank(one)],
            many => listed(many.iter().map(|it| format!("- {}", unmarked(it))).collect()),
        }
    }

    /// The last paragraph with the mark that ends a paper.
    pub fn closing_line(&self) -> String {
        format!("{}./.", unmarked(&self.closing))
    }

    /// The list under `Nơi nhận:`.
    pub fn copy_lines(&self) -> Vec<String> {
        let others = self.copies.others.iter().map(|it| format!("- {};", unmarked(it)));
        let mut lines = vec!["- Như trên;".to_owned()];
        lines.extend(others);
        lines.push(format!("- Lưu: VT, {}.", or_blank(unmarked(&self.copies.unit))));
        lines
    }
}

impl Signer {
    /// On whose behalf and as what the signer signs, in capitals.
    pub fn position_lines(&self) -> Vec<String> {
        let authority = (!self.authority.trim().is_empty()).then(|| self.authority.to_uppercase());
        authority.into_iter().chain([or_blank(&self.position).to_uppercase()]).collect()
    }

    /// The signer's name.
    pub fn name_line(&self) -> String {
        or_blank(&self.name)
    }
}

impl Table {
    /// The width of each column in millimetres.
    pub fn widths_mm(&self) -> Vec<f64> {
        let whole = self.columns.iter().map(|it| f64::from(it.share)).sum::<f64>().max(1.0);
        self.columns.iter().map(|it| mm::TEXT_WIDTH * f64::from(it.share) / whole).collect()
    }
}

/// What stands under the number of a công văn.
pub fn concerning_line(subject: &str) -> String {
    format!("V/v {}", unmarked(subject))
}

/// The text, or [`BLANK`] where there is none.
pub fn or_blank(text: &str) -> String {
    if text.trim().is_empty() { BLANK.to_owned() } else { text.to_owned() }
}

/// A day in running text: `05/7/2017`.
pub fn day(date: NaiveDate) -> String {
    format!("{:02}/{}/{}", date.day(), month_number(date.month()), date.year())
}

/// The number of a month: only January and February have a leading 0.
pub fn month_number(month: u32) -> String {
    if month < 3 { format!("{month:02}") } else { month.to_string() }
}

/// The text as one line that both forms of a paper can hold: composed letters, and no characters that XML forbids or that draw nothing.
pub fn plain(text: &str) -> String {
    let drawn = |it: &char| {
        !it.is_control() && !matches!(it, '\u{fffe}' | '\u{ffff}' | '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
    };
    text.nfc().map(|it| if it.is_whitespace() && it != '\u{a0}' { ' ' } else { it }).filter(drawn).collect()
}

/// Each line with `;` behind it, the last with a full stop.
fn listed(mut lines: Vec<String>) -> Vec<String> {
    let last = lines.len().saturating_sub(1);
    for (at, line) in lines.iter_mut().enumerate() {
        line.push(if at == last { '.' } else { ';' });
    }
    lines
}

/// The text without marks at its end, which its place in the paper decides.
fn unmarked(text: &str) -> &str {
    text.trim_end_matches(['.', ';', ',', '/', ' '])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day_of(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn days_and_months_have_a_leading_zero_only_below_ten_and_in_january_and_february() {
        for (date, line) in [
            ("2026-01-05", "Huế, ngày 05 tháng 01 năm 2026"),
            ("2026-02-10", "Huế, ngày 10 tháng 02 năm 2026"),
            ("2026-03-09", "Huế, ngày 09 tháng 3 năm 2026"),
            ("2026-12-31", "Huế, ngày 31 tháng 12 năm 2026"),
        ] {
            let head = Head { place: "Huế".to_owned(), date: Some(day_of(date)), ..Head::default() };
            assert_eq!(head.date_line(), line);
        }
        assert_eq!(day(day_of("2017-07-05")), "05/7/2017");
    }

    #[test]
    fn a_number_below_ten_has_a_leading_zero_and_no_space_stands_around_the_stroke() {
        let line = |number| Head { number, symbol: "SVHTT-QLBC".to_owned(), ..Head::default() }.number_line();
        assert_eq!(line(Some(5)), "Số: 05/SVHTT-QLBC");
        assert_eq!(line(Some(123)), "Số: 123/SVHTT-QLBC");
        assert_eq!(line(None).replace('\u{a0}', ""), "Số: /SVHTT-QLBC");
        assert!(line(None).chars().filter(|it| *it == '\u{a0}').count() >= 8, "room for a number");
    }

    #[test]
    fn lists_end_their_lines_as_the_decree_says_whatever_mark_was_typed() {
        let paper = Paper {
            head: Head::default(),
            subject: Subject::Concerning(String::new()),
            addressees: vec!["Báo Sông Xanh".to_owned(), "Tạp chí Đồi Gió;".to_owned()],
            bases: vec!["Luật A".to_owned(), "Kế hoạch B,".to_owned()],
            body: Vec::new(),
            closing: "Trân trọng cảm ơn.".to_owned(),
            signer: Signer::default(),
            copies: Copies { others: vec!["Giám đốc (để b/c);".to_owned()], unit: "QLBC.".to_owned() },
            as_of: DateTime::default(),
        };
        assert_eq!(paper.addressee_lines(), ["- Báo Sông Xanh;", "- Tạp chí Đồi Gió."]);
        assert_eq!(paper.basis_lines(), ["Căn cứ Luật A;", "Căn cứ Kế hoạch B."]);
        assert_eq!(paper.closing_line(), "Trân trọng cảm ơn./.");
        assert_eq!(paper.copy_lines(), ["- Như trên;", "- Giám đốc (để b/c);", "- Lưu: VT, QLBC."]);
        let one = Paper { addressees: vec!["Báo Sông Xanh".to_owned()], ..paper };
        assert_eq!(one.addressee_lines(), ["Báo Sông Xanh"]);
    }

    #[test]
    fn what_is_not_known_is_a_visible_blank() {
        let head = Head::default();
        for line in [head.governing_line(), head.issuing_line(), head.number_line(), head.date_line(), Signer::default().name_line()] {
            assert!(line.contains("……"), "{line}");
        }
        assert_eq!(Signer::default().position_lines(), [BLANK]);
    }

    #[test]
    fn plain_text_is_composed_and_holds_nothing_that_cannot_be_drawn() {
        assert_eq!(plain("Hue\u{302}\u{301}\n\u{0}thành\u{200b} phố\u{ffff}"), "Huế thành phố");
    }

    #[test]
    fn the_measures_lie_within_the_bounds_of_the_decree() {
        for (value, least, most) in [
            (mm::TOP, 20.0, 25.0),
            (mm::BOTTOM, 20.0, 25.0),
            (mm::LEFT, 30.0, 35.0),
            (mm::RIGHT, 15.0, 20.0),
            (mm::HEAD_RIGHT, 100.0, 110.0),
            (mm::FIRST_LINE, 10.0, 12.7),
            (size::NATION, 12.0, 13.0),
            (size::MOTTO, 13.0, 14.0),
            (size::ISSUER, 12.0, 13.0),
            (size::NUMBER, 13.0, 13.0),
            (size::DATE, 13.0, 14.0),
            (size::CONCERNING, 12.0, 13.0),
            (size::TITLE, 13.0, 14.0),
            (size::BODY, 13.0, 14.0),
            (size::COPIES_HEAD, 12.0, 12.0),
            (size::COPIES, 11.0, 11.0),
            (size::PAGE_NUMBER, 13.0, 14.0),
            (LINES, 1.0, 1.5),
            (GAP_PT, 6.0, 12.0),
        ] {
            assert!((least..=most).contains(&value), "{value} is not between {least} and {most}");
        }
    }
}
