//! Lists that come in as spreadsheets: all of a file or nothing, each fault by its cell, and nothing before somebody confirms.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod office;

use std::io::{Cursor, Write};

use diembao::{
    domain::{
        bulk::{CellValue, ListKind, Sheet},
        outlet::Medium,
        request::Request,
    },
    report::spreadsheet,
};
use office::{
    Office, Visitor,
    desk::{FEED, about, at},
    leads_to,
};
use rust_xlsxwriter::Workbook;
use zip::{ZipWriter, write::SimpleFileOptions};

const NOW: &str = "2026-04-10T08:00:00+07:00";

/// A file with these rows under the template's headings; a row is written from the first column on.
fn filled(lists: &[(ListKind, &[&[&str]])]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (kind, rows) in lists {
        let sheet = book.add_worksheet();
        sheet.set_name(kind.sheet()).unwrap();
        for (at, column) in (0u16..).zip(kind.columns()) {
            sheet.write_string(0, at, column.heading(*kind)).unwrap();
        }
        for (row, cells) in (1u32..).zip(*rows) {
            for (at, cell) in (0u16..).zip(*cells) {
                sheet.write_string(row, at, *cell).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

const AIRED: &[&str] =
    &["a", "03/2026", "phát thanh, truyền hình", "Thời sự tối", "Phóng sự vùng cao", "05/03/2026", "19:45", "5:30", "", "phát lại"];

async fn send(visitor: &Visitor, bytes: &[u8]) -> reqwest::Response {
    visitor.upload("/import", &[("file", "../../danh sách.xlsx", bytes)]).await
}

/// Sends a file that has a fault; gives the page.
async fn refused(visitor: &Visitor, bytes: &[u8]) -> String {
    let answer = send(visitor, bytes).await;
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert_eq!(status, 422, "{text}");
    text
}

/// Sends a file and confirms it.
async fn import(visitor: &Visitor, bytes: &[u8]) -> String {
    let answer = send(visitor, bytes).await;
    let preview = leads_to(&answer).to_owned();
    assert!(answer.status() == 303 && preview.starts_with("/import/"), "{}", answer.text().await.unwrap());
    let page = visitor.page(&preview).await;
    let done = visitor.post(&preview, &[]).await;
    let to = leads_to(&done).to_owned();
    assert_eq!(to, "/import?done=imported", "{}", done.text().await.unwrap());
    page
}

#[tokio::test]
async fn the_template_opens_and_filled_in_it_imports() {
    let office = Office::open(FEED, NOW).await;
    let officer = office.visitor("officer").await;
    let answer = officer.get("/import/template").await;
    assert!(answer.headers()["content-disposition"].to_str().unwrap().contains("danh-sach-mau.xlsx"));
    let template = answer.bytes().await.unwrap();
    assert!(refused(&officer, &template).await.contains("chưa có dòng nào được điền"), "its example rows are none");
    // The same cells, with a row below the examples.
    let mut book = Workbook::new();
    for sheet in spreadsheet::read(&template).unwrap() {
        let written = book.add_worksheet();
        written.set_name(&sheet.name).unwrap();
        for (row, cells) in &sheet.rows {
            for (at, cell) in cells {
                let CellValue::Text(text) = cell else { panic!("{cell:?}") };
                written.write_string(*row, *at, text).unwrap();
            }
        }
        if sheet.name == ListKind::Broadcast.sheet() {
            for (at, cell) in (0u16..).zip(AIRED) {
                written.write_string(2, at, *cell).unwrap();
            }
        }
    }
    let page = import(&officer, &book.save_to_buffer().unwrap()).await;
    assert!(page.contains("Phóng sự vùng cao") && page.contains("Phát sóng, dòng 3") && page.contains("05/03/2026 19:45"), "{page}");
    let month = office.desk.month("2026-03").await;
    assert_eq!((month.evidence.len(), month.evidence[0].medium), (1, Some(Medium::Broadcast)));
    assert!(officer.page("/outlets/a/2026-03").await.contains("Phóng sự vùng cao"));
    assert_eq!(office.desk.app.line.store.verify_audit().await.unwrap().map(|it| it > 5), Ok(true), "each has its row in the log");
    let parts = sheet_xml(&template);
    assert!(parts.contains("<dataValidation ") && parts.contains("'Danh mục'!$A$2:$A$2"), "outlets and media are chosen from a list");
}

/// The text of every sheet of a file.
fn sheet_xml(bytes: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut all = String::new();
    for at in 0..archive.len() {
        std::io::Read::read_to_string(&mut archive.by_index(at).unwrap(), &mut all).unwrap();
    }
    all
}

#[tokio::test]
async fn each_fault_names_its_sheet_row_and_column_and_nothing_is_imported() {
    let office = Office::open(FEED, NOW).await;
    let officer = office.visitor("officer").await;
    let row = |place: usize, cell: &'static str| {
        let mut cells = AIRED.to_vec();
        cells[place] = cell;
        cells
    };
    let rows = [
        AIRED.to_vec(),
        row(0, "khong-co"),
        row(1, "ba"),
        row(2, "báo in"),
        row(4, ""),
        row(5, "05/04/2026"),
        row(6, "hai mươi giờ"),
        row(7, "lâu"),
        row(8, "javascript:alert(1)"),
        row(4, "<script>alert(1)</script>\u{1}"),
        AIRED.to_vec(),
        [row(4, "Tin khác"), vec!["thừa"]].concat(),
        row(1, "05/2026"),
    ];
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let page = refused(&officer, &filled(&[(ListKind::Broadcast, &rows)])).await;
    for (number, column, says) in [
        (3, "A (Mã cơ quan báo chí *)", "không có cơ quan báo chí mang mã “khong-co”"),
        (4, "B (Tính cho tháng", "không phải tháng"),
        (5, "C (Loại hình *)", "loại hình không có"),
        (6, "E (Tên tin, bài, phóng sự *)", "bắt buộc điền"),
        (7, "F (Ngày phát", "Thời điểm phát sóng không thuộc tháng"),
        (8, "G (Giờ phát", "không phải giờ"),
        (9, "H (Thời lượng", "không phải thời lượng"),
        (10, "I (Địa chỉ trên mạng", "không phải địa chỉ http"),
        (11, "E (Tên tin", "ký tự điều khiển"),
        (12, "E (Tên tin", "trùng với Phát sóng, dòng 2"),
        (13, "K", "nằm ngoài các cột"),
        (14, "B (Tính cho tháng", "chưa bắt đầu"),
    ] {
        let line =
            page.split("<tr>").find(|it| it.contains(&format!("Phát sóng, dòng {number}<"))).unwrap_or_else(|| panic!("{number}: {page}"));
        assert!(line.contains(column) && line.contains(says), "{number}: {line}");
    }
    assert!(page.contains("12 chỗ cần sửa"), "{page}");
    assert!(office.desk.month("2026-03").await.evidence.is_empty(), "not one row was imported");
    let kept = office.desk.app.places.data.join("evidence");
    assert_eq!(std::fs::read_dir(kept).map_or(0, Iterator::count), 0, "nor was the file kept");
}

#[tokio::test]
async fn what_is_registered_already_and_headings_that_changed_are_refused() {
    let office = Office::open(FEED, NOW).await;
    let officer = office.visitor("officer").await;
    let print: &[&str] = &["a", "2026-03", "số 12, trang 3", "Bản tin phòng, chống mua bán người", "7/3/2026"];
    let file = filled(&[(ListKind::Broadcast, &[AIRED]), (ListKind::Print, &[print])]);
    import(&officer, &file).await;
    assert_eq!(office.desk.month("2026-03").await.evidence.len(), 2);
    let again = refused(&officer, &file).await;
    assert!(again.contains("đã ghi nhận trước đó (mục số 1)") && again.contains("Báo in, dòng 2"), "{again}");
    let kept = diembao::domain::digest::sha256(&file);
    assert_eq!(officer.post(&format!("/import/{kept}"), &[]).await.status(), 422, "nor by confirming twice");
    assert_eq!(office.desk.month("2026-03").await.evidence.len(), 2);
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Báo in").unwrap().write_string(0, 0, "Tên").unwrap();
    book.add_worksheet().set_name("Sheet1").unwrap().write_string(0, 0, "x").unwrap();
    let page = refused(&officer, &book.save_to_buffer().unwrap()).await;
    assert!(page.contains("tiêu đề cột phải là “Mã cơ quan báo chí *”") && page.contains("không có trong tệp mẫu"), "{page}");
    for path in ["/import/..%2f..%2fconfig", &format!("/import/{}", "0".repeat(64))] {
        assert_eq!(officer.get(path).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn links_of_an_outlets_own_list_become_requests_unless_they_are_known() {
    let office = Office::open(FEED, "2026-03-09T08:00:00+07:00").await;
    office.desk.publish(&[about(1, "2026-03-08T08:00:00+07:00")]);
    office.desk.crawl().await;
    let officer = office.visitor("officer").await;
    let (known, new) = (office.desk.server.url("/tin-1.html").to_string(), office.desk.server.url("/tin-2.html").to_string());
    let foreign: &[&str] = &["a", "https://khac.example/tin-2.html"];
    let page = refused(&officer, &filled(&[(ListKind::Links, &[&["a", &new], &["a", &new], foreign])])).await;
    assert!(page.contains("B (Địa chỉ của bài *)") && page.contains("trùng với Tin bài trên mạng, dòng 2"), "{page}");
    assert!(page.contains("địa chỉ thuộc khac.example"), "{page}");
    let page = import(&officer, &filled(&[(ListKind::Links, &[&["a", &known], &["a", &new, "Tên bài", "08/03/2026"]])])).await;
    assert!(page.contains("bài đã có, không đọc lại") && page.contains("bài sẽ được tải về"), "{page}");
    let asked = office.desk.app.line.store.last_requests(10).await.unwrap();
    let [asked] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!(asked.what, Request::Link { outlet: "a".parse().unwrap(), url: new.parse().unwrap() });
    assert_eq!(asked.by, "officer");
}

#[tokio::test]
async fn cells_that_a_spreadsheet_turned_into_days_and_times_are_read_as_such() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name(ListKind::Broadcast.sheet()).unwrap();
    let day = rust_xlsxwriter::Format::new().set_num_format("dd/mm/yyyy");
    let time = rust_xlsxwriter::Format::new().set_num_format("hh:mm");
    sheet.write_number_with_format(0, 0, 46_086.0, &day).unwrap();
    sheet.write_number_with_format(0, 1, 0.75, &time).unwrap();
    sheet.write_number(0, 2, 5.5).unwrap();
    sheet.write_boolean(0, 3, true).unwrap();
    let read: Vec<Sheet> = spreadsheet::read(&book.save_to_buffer().unwrap()).unwrap();
    let cells: Vec<&CellValue> = read[0].rows[&0].values().collect();
    let fifth = chrono::NaiveDate::from_ymd_opt(2026, 3, 5).unwrap();
    let evening = chrono::NaiveTime::from_hms_opt(18, 0, 0).unwrap();
    assert_eq!(cells, [&CellValue::Day(fifth), &CellValue::Time(evening), &CellValue::Number(5.5), &CellValue::Other]);
}

/// An archive with one part of so many bytes that pack well.
fn bomb(megabytes: usize) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("xl/workbook.xml", SimpleFileOptions::default()).unwrap();
    for _ in 0..megabytes {
        archive.write_all(&[0; 1 << 20]).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[tokio::test]
async fn files_that_would_take_all_memory_or_are_no_spreadsheet_are_refused() {
    let office = Office::open(FEED, NOW).await;
    let officer = office.visitor("officer").await;
    let mut far = Workbook::new();
    let sheet = far.add_worksheet();
    sheet.set_name(ListKind::Print.sheet()).unwrap();
    sheet.write_string(0, 0, "a").unwrap().write_string(1_048_575, 16_383, "b").unwrap();
    let many: Vec<Vec<String>> =
        (0..5_001).map(|it| vec!["a".to_owned(), "03/2026".to_owned(), String::new(), format!("Tin {it}")]).collect();
    let many: Vec<Vec<&str>> = many.iter().map(|it| it.iter().map(String::as_str).collect()).collect();
    let many: Vec<&[&str]> = many.iter().map(Vec::as_slice).collect();
    let noise: Vec<u8> = (0..(5u32 << 20) + 100).map(|it| (it.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for (name, file, says) in [
        ("a bomb", bomb(100), "bung ra quá lớn"),
        ("two cells far apart", far.save_to_buffer().unwrap(), "quá nhiều trang tính, dòng hoặc cột"),
        ("too many rows", filled(&[(ListKind::Print, &many)]), "quá 5.000 dòng"),
        ("too large", noise, "lớn hơn 5 MB"),
        ("no spreadsheet", b"PK\x03\x04 but no archive".to_vec(), "không phải bảng tính XLSX"),
        ("an archive of something else", bomb(1), "không phải bảng tính XLSX"),
        ("nothing", Vec::new(), "Chưa chọn tệp"),
    ] {
        let page = refused(&officer, &file).await;
        assert!(page.contains(says), "{name}: {page}");
    }
    assert!(at(NOW) <= office.desk.now());
}
