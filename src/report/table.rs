//! A table as a file that other programs open: CSV and XLSX.

use rust_xlsxwriter::{Format, Workbook, XlsxError};

/// Letters that spreadsheets take for the beginning of a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];
/// Most letters that a cell of a spreadsheet holds.
const CELL_LETTERS_MAX: usize = 32_000;
/// Widths of columns, in digits.
const WIDTH_MIN: f64 = 8.0;
const WIDTH_MAX: f64 = 60.0;

/// Text in rows under headings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    pub name: String,
    pub headings: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// As CSV (RFC 4180), with a mark that tells spreadsheets that it is UTF-8. What a spreadsheet would take for a formula begins with an
    /// apostrophe: the text came from outside.
    pub fn csv(&self) -> Vec<u8> {
        let mut out = String::from('\u{feff}');
        for row in std::iter::once(&self.headings).chain(&self.rows) {
            let cells: Vec<String> = row.iter().map(|it| cell(it)).collect();
            out.push_str(&cells.join(","));
            out.push_str("\r\n");
        }
        out.into_bytes()
    }

    /// As a workbook of one sheet; every cell is text.
    ///
    /// # Errors
    /// Where the workbook cannot be built.
    pub fn xlsx(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet().set_name(&self.name)?;
        let bold = Format::new().set_bold();
        for (column, heading) in (0u16..).zip(&self.headings) {
            sheet.write_string_with_format(0, column, heading, &bold)?;
            let longest = self.rows.iter().filter_map(|it| it.get(usize::from(column))).map(|it| it.chars().count()).max().unwrap_or(0);
            sheet.set_column_width(column, (longest as f64).clamp(WIDTH_MIN, WIDTH_MAX))?;
        }
        for (row, cells) in (1u32..).zip(&self.rows) {
            for (column, text) in (0u16..).zip(cells) {
                let text: String = text.chars().take(CELL_LETTERS_MAX).collect();
                sheet.write_string(row, column, text)?;
            }
        }
        sheet.set_freeze_panes(1, 0)?;
        book.save_to_buffer()
    }
}

fn cell(text: &str) -> String {
    let safe = if text.starts_with(FORMULA) { format!("'{text}") } else { text.to_owned() };
    if safe.contains([',', '"', '\n', '\r']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_text_and_signs_of_csv_are_kept() {
        let rows = ["=1+1", "+84", "-2", "@x", "a, b", "nói \"chợ\"", "hai\ndòng", "Huế"].map(|it| vec![it.to_owned()]).to_vec();
        let table = Table { name: "Tin".to_owned(), headings: vec!["Tiêu đề".to_owned()], rows };
        let csv = String::from_utf8(table.csv()).unwrap();
        let expected = "\u{feff}Tiêu đề\r\n'=1+1\r\n'+84\r\n'-2\r\n'@x\r\n\"a, b\"\r\n\"nói \"\"chợ\"\"\"\r\n\"hai\ndòng\"\r\nHuế\r\n";
        assert_eq!(csv, expected);
        assert!(table.xlsx().unwrap().starts_with(b"PK"));
    }
}
