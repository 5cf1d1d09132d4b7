//! Lists as spreadsheets (XLSX): the template that is handed out, and a filled one as cells. What is read is bounded first.

use std::io::{Cursor, Read};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx, XlsxError as ReadError};
use chrono::{NaiveDate, NaiveTime};
use rust_xlsxwriter::{DataValidation, Format, FormatAlign, Formula, Workbook, Worksheet, XlsxError as WriteError};
use zip::ZipArchive;

use crate::domain::{
    bulk::{CHOICES, CellValue, Column, EXAMPLE, GUIDE, ListKind, ROWS_MAX, Sheet},
    outlet::{Medium, Outlet},
};

/// Bytes of a file that is read.
pub const FILE_BYTES_MAX: usize = 5 << 20;
/// Bytes of all that is packed in it, and the number of its parts: a filled template has a few megabytes in a dozen parts.
const UNPACKED_BYTES_MAX: u64 = 64 << 20;
const PARTS_MAX: usize = 200;
/// Sheets, rows and columns that are looked at; a cell beyond them makes the file unreadable, as the sheet would not fit.
const SHEETS_MAX: usize = 20;
const COLUMNS_MAX: u32 = 64;
/// A title row and the examples stand beside the rows that count.
const ROWS_BESIDE: u32 = 20;

/// Why a file is no spreadsheet that can be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("it has more than {max} MiB", max = FILE_BYTES_MAX >> 20)]
    TooLarge,
    #[error("unpacked it has more than {max} MiB", max = UNPACKED_BYTES_MAX >> 20)]
    Bomb,
    #[error("it has too many sheets, rows or columns")]
    TooMany,
    #[error("it is no XLSX file")]
    Archive(#[from] zip::result::ZipError),
    #[error("it is no XLSX file")]
    Broken(#[from] std::io::Error),
    #[error("it is no XLSX file")]
    Foreign(#[from] ReadError),
}

/// Rows of a list that the template prepares.
const ROWS_PREPARED: u32 = 5_000;

/// The template for these outlets: one sheet for each kind of list, the choices, and how it is filled.
///
/// # Errors
/// Where it cannot be written, which no register should bring about.
pub fn template(outlets: &[Outlet]) -> Result<Vec<u8>, WriteError> {
    let mut book = Workbook::new();
    guide(book.add_worksheet())?;
    for kind in ListKind::ALL {
        list(book.add_worksheet(), kind, outlets)?;
    }
    choices(book.add_worksheet(), outlets)?;
    book.save_to_buffer()
}

fn guide(sheet: &mut Worksheet) -> Result<(), WriteError> {
    sheet.set_name(GUIDE)?.set_column_width(0, 100)?;
    let lines = [
        "Danh sách gửi kèm để ghi nhận hàng loạt",
        "Mỗi trang tính là một loại danh sách: Phát sóng (phát thanh, truyền hình), Báo in, Tin bài trên mạng.",
        "Chỉ điền trang tính cần dùng; trang còn lại để trống. Mỗi dòng là một tin, bài, phóng sự.",
        "Cột có dấu * bắt buộc điền. Không đổi tiêu đề cột, không thêm cột hoặc trang tính.",
        "Mã cơ quan báo chí lấy ở trang Danh mục. Ngày viết theo thứ tự ngày/tháng/năm. Thời lượng viết phút:giây, ví dụ 5:30.",
        "Dòng ví dụ (bắt đầu bằng “(ví dụ)”) không được nhập; có thể xoá.",
        "Nếu có một ô sai, cả tệp không được nhập: chương trình nêu trang tính, dòng, cột cần sửa.",
        "Tối đa 5.000 dòng và 5 MB mỗi tệp.",
    ];
    let bold = Format::new().set_bold();
    for (row, line) in (0..).zip(lines) {
        if row == 0 {
            sheet.write_string_with_format(row, 0, line, &bold)?;
        } else {
            sheet.write_string(row, 0, line)?;
        }
    }
    Ok(())
}

fn list(sheet: &mut Worksheet, kind: ListKind, outlets: &[Outlet]) -> Result<(), WriteError> {
    let heading = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
    let example = Format::new().set_italic().set_num_format("@");
    // As text, so that 03/2026 and 5:30 stay what was typed.
    let text = Format::new().set_num_format("@");
    sheet.set_name(kind.sheet())?.set_freeze_panes(1, 0)?;
    for (at, column) in (0u16..).zip(kind.columns()) {
        sheet.set_column_width(at, width(*column))?.set_column_format(at, &text)?;
        sheet.write_string_with_format(0, at, column.heading(kind), &heading)?;
        let shown = example_of(*column, kind, outlets);
        if !shown.is_empty() {
            sheet.write_string_with_format(1, at, shown, &example)?;
        }
        let choice = match column {
            Column::Outlet if !outlets.is_empty() => Some(format!("='{CHOICES}'!$A$2:$A${}", outlets.len() + 1)),
            Column::Medium => Some(format!("='{CHOICES}'!$D$2:$D${}", kind.media().len() + 1)),
            _ => None,
        };
        if let Some(range) = choice {
            let rule = DataValidation::new()
                .allow_list_formula(Formula::new(range))
                .set_error_title("Chưa đúng")?
                .set_error_message("Hãy chọn trong danh sách ở trang Danh mục.")?;
            sheet.add_data_validation(2, at, ROWS_PREPARED, at, &rule)?;
        }
    }
    Ok(())
}

fn choices(sheet: &mut Worksheet, outlets: &[Outlet]) -> Result<(), WriteError> {
    let bold = Format::new().set_bold();
    sheet.set_name(CHOICES)?.set_column_width(0, 28)?.set_column_width(1, 50)?.set_column_width(3, 28)?;
    for (column, heading) in [(0, "Mã cơ quan báo chí"), (1, "Tên cơ quan báo chí"), (3, "Loại hình phát sóng")] {
        sheet.write_string_with_format(0, column, heading, &bold)?;
    }
    for (row, outlet) in (1..).zip(outlets) {
        sheet.write_string(row, 0, outlet.id.as_str())?.write_string(row, 1, &outlet.name)?;
    }
    for (row, medium) in (1..).zip(ListKind::Broadcast.media()) {
        sheet.write_string(row, 3, medium.label())?;
    }
    Ok(())
}

fn width(column: Column) -> f64 {
    match column {
        Column::Outlet | Column::Medium => 24.0,
        Column::Programme | Column::Note => 30.0,
        Column::Title | Column::Address => 50.0,
        Column::Month | Column::Day | Column::Time | Column::Minutes => 16.0,
    }
}

fn example_of(column: Column, kind: ListKind, outlets: &[Outlet]) -> String {
    let id = outlets.first().map_or("ma-co-quan", |it| it.id.as_str());
    let host = outlets.iter().flat_map(|it| &it.hosts).next().map_or("bao.example", |it| it.as_str());
    match column {
        Column::Outlet => format!("{EXAMPLE} {id}"),
        Column::Month => "03/2026".to_owned(),
        Column::Medium => Medium::Broadcast.label().to_owned(),
        Column::Programme if kind == ListKind::Print => "số 1234, trang 3".to_owned(),
        Column::Programme => "Thời sự tối".to_owned(),
        Column::Title => "Phóng sự về phòng, chống mua bán người ở vùng cao".to_owned(),
        Column::Day => "05/03/2026".to_owned(),
        Column::Time => "19:45".to_owned(),
        Column::Minutes => "5:30".to_owned(),
        Column::Address if kind == ListKind::Links => format!("https://{host}/tin-bai.html"),
        Column::Address | Column::Note => String::new(),
    }
}

/// The cells of a file, sheet by sheet.
///
/// # Errors
/// Where it is too large, packed or not, or no such file.
pub fn read(bytes: &[u8]) -> Result<Vec<Sheet>, Unreadable> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(Unreadable::TooLarge);
    }
    bound(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes))?;
    let names = book.sheet_names();
    if names.len() > SHEETS_MAX {
        return Err(Unreadable::TooMany);
    }
    names.into_iter().map(|name| read_sheet(&mut book, name)).collect()
}

/// Unpacks every part once and counts, whatever the archive says of itself: nothing is held but a piece.
fn bound(bytes: &[u8]) -> Result<(), Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes))?;
    if archive.len() > PARTS_MAX {
        return Err(Unreadable::TooMany);
    }
    let mut left = UNPACKED_BYTES_MAX;
    let mut piece = vec![0; 1 << 16];
    for at in 0..archive.len() {
        let mut part = archive.by_index(at)?;
        if part.size() > left {
            return Err(Unreadable::Bomb);
        }
        loop {
            let read = part.read(&mut piece)?;
            if read == 0 {
                break;
            }
            left = left.checked_sub(read as u64).ok_or(Unreadable::Bomb)?;
        }
    }
    Ok(())
}

/// Cell by cell: as a table, two cells far apart would take all memory.
fn read_sheet(book: &mut Xlsx<Cursor<&[u8]>>, name: String) -> Result<Sheet, Unreadable> {
    let rows_max = u32::try_from(ROWS_MAX).unwrap_or(u32::MAX).saturating_add(ROWS_BESIDE);
    let mut sheet = Sheet { name: name.clone(), ..Sheet::default() };
    let mut cells = match book.worksheet_cells_reader(&name) {
        Ok(cells) => cells,
        // A chart that fills a sheet of its own.
        Err(ReadError::NotAWorksheet(_)) => return Ok(sheet),
        Err(fault) => return Err(fault.into()),
    };
    while let Some(cell) = cells.next_cell()? {
        let (row, column) = cell.get_position();
        let Some(value) = value_of(cell.get_value()) else { continue };
        match u16::try_from(column) {
            Ok(at) if row <= rows_max && column < COLUMNS_MAX => sheet.rows.entry(row).or_default().insert(at, value),
            _ => return Err(Unreadable::TooMany),
        };
    }
    Ok(sheet)
}

fn value_of(cell: &DataRef<'_>) -> Option<CellValue> {
    let text = |it: &str| Some(CellValue::Text(it.to_owned())).filter(|_| !it.trim().is_empty());
    match cell {
        DataRef::Empty => None,
        DataRef::Int(number) => Some(CellValue::Number(*number as f64)),
        DataRef::Float(number) => Some(CellValue::Number(*number)),
        DataRef::String(it) | DataRef::DateTimeIso(it) | DataRef::DurationIso(it) => text(it),
        DataRef::SharedString(it) => text(it),
        DataRef::DateTime(at) => Some(moment(at).unwrap_or(CellValue::Other)),
        DataRef::Bool(_) | DataRef::Error(_) => Some(CellValue::Other),
    }
}

/// A serial number is a time of day below 1, a day where it is whole, else both.
fn moment(at: &ExcelDateTime) -> Option<CellValue> {
    if at.is_duration() {
        return None;
    }
    let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
    let time = NaiveTime::from_hms_opt(hour.into(), minute.into(), second.into())?;
    if at.as_f64() < 1.0 {
        return Some(CellValue::Time(time));
    }
    let day = NaiveDate::from_ymd_opt(year.into(), month.into(), day.into())?;
    Some(if at.as_f64().fract() == 0.0 { CellValue::Day(day) } else { CellValue::Moment(day, time) })
}
