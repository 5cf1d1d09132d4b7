//! What a search found, as a file: CSV for other programs, XLSX for people.

use axum::{
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Response},
};
use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::{
    error::PageError,
    found::{Asked, look_up, topic_label},
    frame::Frame,
    state::{Desk, number_shown},
};
use crate::{
    domain::privacy::link_text,
    report::csv,
    search::{Part, query::Question},
    store::article::Stored,
};

/// Articles that a file holds at the most.
pub const ROWS_MAX: usize = 5_000;
/// Articles whose texts are held at the same time.
const PIECE: usize = 250;
/// Widths of the columns, in letters.
const WIDTHS: [f64; COLUMNS] = [12.0, 28.0, 70.0, 18.0, 30.0, 50.0, 60.0];
const COLUMNS: usize = 7;

type Row = [String; COLUMNS];

/// What a file is made of.
struct Sheet {
    heads: [&'static str; COLUMNS],
    rows: Vec<Row>,
    /// Says that more was found than the file holds.
    note: Option<String>,
}

/// The file as comma-separated values.
///
/// # Errors
/// Where what is asked for cannot be read, or index or store fails.
pub async fn as_csv(State(desk): State<Desk>, frame: Frame, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let sheet = gather(&desk, &frame, &asked).await?;
    // Spreadsheets read UTF-8 only behind this mark.
    let mut text = "\u{feff}".to_owned();
    text += &csv::line(sheet.heads);
    for row in &sheet.rows {
        text += &csv::line(row.iter().map(String::as_str));
    }
    if let Some(note) = &sheet.note {
        text += &csv::line([note.as_str()]);
    }
    Ok(file("csv", "text/csv; charset=utf-8", text.into_bytes()))
}

/// The file as a workbook.
///
/// # Errors
/// Where what is asked for cannot be read, or index or store fails.
pub async fn as_xlsx(State(desk): State<Desk>, frame: Frame, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let sheet = gather(&desk, &frame, &asked).await?;
    let name = frame.say("Kết quả tìm kiếm", "Search").to_owned();
    let written = tokio::task::spawn_blocking(move || workbook(&name, &sheet)).await.map_err(|cause| PageError::Hand(cause.into()))?;
    let bytes = written.map_err(|cause| PageError::Hand(cause.into()))?;
    Ok(file("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", bytes))
}

async fn gather(desk: &Desk, frame: &Frame, asked: &Asked) -> Result<Sheet, PageError> {
    let filter = asked.filter(desk).map_err(|bad| {
        let (vi, en) = bad.words();
        PageError::Refused(vi.to_owned(), en.to_owned())
    })?;
    let question: Question = asked.question();
    let (mut rows, mut total) = (Vec::new(), 0);
    for skip in (0..ROWS_MAX).step_by(PIECE) {
        let found = look_up(desk, &question, &filter, Part { skip, limit: PIECE, months: None }).await?;
        total = found.hits.total;
        rows.extend(found.articles.iter().map(|it| row(desk, frame, it)));
        if found.hits.best.len() < PIECE {
            break;
        }
    }
    let heads = if frame.lang.as_str() == "vi" {
        ["Ngày đăng", "Cơ quan báo chí", "Tiêu đề", "Đánh giá tự động", "Chủ đề", "Dấu hiệu, cần rà soát", "Địa chỉ"]
    } else {
        ["Published", "Outlet", "Title", "Judgement", "Topics", "Marks, needs a look", "Address"]
    };
    let cut = (total > ROWS_MAX).then(|| (number_shown(ROWS_MAX), number_shown(total)));
    let note = cut.map(|(kept, all)| match frame.lang.as_str() {
        "vi" => format!("Chỉ xuất {kept} bài đầu trong {all} bài tìm thấy; xin thu hẹp tìm kiếm để có đủ."),
        _ => format!("Only the first {kept} of {all} articles are here; narrow the search down to have all."),
    });
    Ok(Sheet { heads, rows, note })
}

fn row(desk: &Desk, frame: &Frame, it: &Stored) -> Row {
    let nature = it.nature();
    let topics: Vec<&str> = it.topics.iter().map(|it| topic_label(frame.lang, it.as_str())).collect();
    [
        it.published.map_or_else(String::new, |at| desk.day(at)),
        desk.outlet(&it.outlet).map_or_else(|| it.outlet.clone(), |it| it.name),
        it.masked_title(),
        frame.judgement(&it.judgement).to_owned(),
        topics.join("; "),
        nature.labels().join("; "),
        link_text(&it.url, &nature.privacy).into_owned(),
    ]
}

/// Text goes in as text: a cell that begins like a formula is none.
fn workbook(name: &str, sheet: &Sheet) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    page.set_name(name)?;
    let head = Format::new().set_bold();
    for (at, (text, width)) in (0_u16..).zip(sheet.heads.iter().zip(WIDTHS)) {
        page.write_string_with_format(0, at, *text, &head)?;
        page.set_column_width(at, width)?;
    }
    page.set_freeze_panes(1, 0)?;
    let mut line = 1;
    for row in &sheet.rows {
        for (at, text) in (0_u16..).zip(row) {
            page.write_string(line, at, cut(text))?;
        }
        line += 1;
    }
    if let Some(note) = &sheet.note {
        page.write_string_with_format(line, 0, note, &head)?;
    }
    book.save_to_buffer()
}

/// A cell holds 32,767 letters, as the format counts them (UTF-16).
fn cut(text: &str) -> String {
    const LETTERS_MAX: usize = 16_000;
    text.chars().take(LETTERS_MAX).collect()
}

fn file(kind: &str, content: &'static str, bytes: Vec<u8>) -> Response {
    let shown = format!("attachment; filename=\"tim-kiem.{kind}\"");
    ([(header::CONTENT_TYPE, content.to_owned()), (header::CONTENT_DISPOSITION, shown)], bytes).into_response()
}
