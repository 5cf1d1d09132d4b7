//! Bulk in: the template, a filled spreadsheet looked through cell by cell, what it would bring, and bringing it in whole.

use std::path::PathBuf;

use askama::Template;
use axum::{
    extract::{Multipart, Path, Query, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    decide::{by, refused},
    error::PageError,
    frame::{Done, Frame, done_at},
    state::{Desk, number_shown},
};
use crate::{
    domain::{
        bulk::{Bulk, BulkRules, CellFault, Place, Wrong, check},
        off_web::OffWeb,
        officer::Admitted,
        request::Request,
    },
    report::spreadsheet::{self, Unreadable},
    store::attachment::AttachmentError,
};

/// Bytes of a file, and of the form around it.
pub const FORM_BYTES_MAX: usize = spreadsheet::FILE_BYTES_MAX + (1 << 20);
/// Faults that are listed; who mends these sees the rest.
const FAULTS_SHOWN_MAX: usize = 200;
/// Rows on a page of the preview.
const PAGE: usize = 50;
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

#[derive(Template)]
#[template(path = "import.html")]
struct ImportPage<'a> {
    frame: &'a Frame,
    problem: Option<String>,
    faults: Vec<FaultShown>,
    /// Faults that are not listed.
    more: usize,
}

struct FaultShown {
    place: String,
    column: String,
    why: String,
}

#[derive(Template)]
#[template(path = "import_preview.html")]
struct PreviewPage<'a> {
    frame: &'a Frame,
    digest: &'a str,
    items: usize,
    links: usize,
    known: usize,
    rows: Vec<RowShown>,
    page: usize,
    pages: usize,
    /// The months of each outlet that the list touches.
    months: Vec<(String, String)>,
}

struct RowShown {
    place: String,
    outlet: String,
    what: String,
    title: String,
    when: String,
}

/// Which part of the preview is looked at.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    page: usize,
}

/// A file that may be brought in.
struct Checked {
    bulk: Bulk,
    admitted: Vec<Admitted<OffWeb>>,
    /// For each link, whether its article is known.
    known: Vec<bool>,
}

/// What is wrong with a file: as a whole, or cell by cell.
enum Fault {
    File(String),
    Cells(Vec<CellFault>),
}

/// The form.
///
/// # Errors
/// Where the page cannot be drawn.
pub async fn show(frame: Frame) -> Result<Html<String>, PageError> {
    Ok(Html(ImportPage { frame: &frame, problem: None, faults: vec![], more: 0 }.render()?))
}

/// The template for the outlets of the register.
///
/// # Errors
/// Where it cannot be written.
pub async fn template(State(desk): State<Desk>) -> Result<Response, PageError> {
    let bytes = spreadsheet::template(&desk.given().outlets).map_err(|it| PageError::Hand(it.into()))?;
    let name = "attachment; filename=\"danh-sach-mau.xlsx\"";
    Ok(([(header::CONTENT_TYPE, XLSX), (header::CONTENT_DISPOSITION, name)], bytes).into_response())
}

/// Looks a file through; one without a fault is kept, and shown before anything of it counts.
///
/// # Errors
/// Where the store fails.
pub async fn look_through(State(desk): State<Desk>, frame: Frame, parts: Multipart) -> Result<Response, PageError> {
    let bytes = match uploaded(&frame, parts).await {
        Ok(bytes) => bytes,
        Err(problem) => return faulty(&frame, Fault::File(problem)),
    };
    if let Err(fault) = checked(&desk, &frame, bytes.clone()).await? {
        return faulty(&frame, fault);
    }
    let attachments = desk.attachments.clone();
    let kept = tokio::task::spawn_blocking(move || attachments.keep_bytes(&bytes, &PathBuf::from("danh-sach.xlsx")));
    let digest = kept.await.map_err(|it| PageError::Hand(it.into()))??;
    Ok(Redirect::to(&format!("/import/{digest}")).into_response())
}

/// What a kept file would bring.
///
/// # Errors
/// Where there is no such file, or the store fails.
pub async fn preview(
    State(desk): State<Desk>,
    frame: Frame,
    Path(digest): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    match checked(&desk, &frame, kept(&desk, &digest).await?).await? {
        Ok(checked) => Ok(Html(draw(&desk, &frame, &digest, &checked, asked.page)?).into_response()),
        Err(fault) => faulty(&frame, fault),
    }
}

/// Brings a kept file in, checked again: all of it or nothing.
///
/// # Errors
/// Where there is no such file, or the store fails.
pub async fn confirm(State(desk): State<Desk>, frame: Frame, Path(digest): Path<String>) -> Result<Response, PageError> {
    let checked = match checked(&desk, &frame, kept(&desk, &digest).await?).await? {
        Ok(checked) => checked,
        Err(fault) => return faulty(&frame, fault),
    };
    let new = checked.bulk.links.iter().zip(&checked.known).filter(|it| !it.1);
    let links: Vec<Request> = new.map(|(it, _)| Request::Link { outlet: it.outlet.clone(), url: it.url.clone() }).collect();
    let by = by(&frame)?;
    if !desk.store.add_list(&checked.admitted, &links, by.as_str(), desk.now()).await? {
        let vi = "Có mục vừa được ghi nhận bởi người khác; chưa nhập gì. Hãy kiểm tra lại tệp.";
        let en = "Somebody else has just registered one of these; nothing was imported. Check the file again.";
        return faulty(&frame, Fault::File(frame.say(vi, en).to_owned()));
    }
    for (outlet, months) in checked.bulk.months() {
        (desk.hands.decided)((outlet, months.into_iter().collect())).await.map_err(PageError::Hand)?;
    }
    Ok(Redirect::to(&done_at("/import", Done::Imported)).into_response())
}

async fn kept(desk: &Desk, digest: &str) -> Result<Vec<u8>, PageError> {
    let (attachments, digest) = (desk.attachments.clone(), digest.to_owned());
    let read = tokio::task::spawn_blocking(move || attachments.read(&digest)).await.map_err(|it| PageError::Hand(it.into()))?;
    match read {
        Ok(bytes) => Ok(bytes),
        // An address that was typed or is old: there is no such file.
        Err(AttachmentError::NoDigest(_) | AttachmentError::Io { .. }) => Err(PageError::NotFound),
        Err(fault) => Err(fault.into()),
    }
}

/// Checks a whole file against the rules and against what is registered.
async fn checked(desk: &Desk, frame: &Frame, bytes: Vec<u8>) -> Result<Result<Checked, Fault>, PageError> {
    let origin = format!("Nhập từ danh sách, tệp SHA-256 {}", crate::domain::digest::sha256(&bytes));
    let read = tokio::task::spawn_blocking(move || spreadsheet::read(&bytes)).await.map_err(|it| PageError::Hand(it.into()))?;
    let sheets = match read {
        Ok(sheets) => sheets,
        Err(why) => return Ok(Err(Fault::File(unreadable(frame, &why)))),
    };
    let (given, by, now) = (desk.given(), by(frame)?, desk.now());
    let rules = BulkRules { outlets: &given.outlets, zone: desk.site.zone, now, by: &by, origin: &origin };
    let bulk = match check(&sheets, &rules) {
        Ok(bulk) => bulk,
        Err(faults) => return Ok(Err(Fault::Cells(faults))),
    };
    let mut registered = Vec::new();
    for (outlet, months) in bulk.months() {
        for month in months {
            let span = month.span(desk.site.zone);
            let decisions = desk.store.month_decisions(&outlet, (month, span), span, now).await?;
            registered.extend(decisions.off_web.into_iter().filter(|it| it.stands()).map(|it| (it.id, it.what)));
        }
    }
    let already = bulk.already(&registered);
    if !already.is_empty() {
        return Ok(Err(Fault::Cells(already)));
    }
    let mut admitted = Vec::new();
    for it in &bulk.items {
        admitted.push(it.item.clone().admit(by.clone(), desk.site.zone, now).map_err(|it| refused(&it))?);
    }
    let known = known_links(desk, &bulk).await?;
    Ok(Ok(Checked { bulk, admitted, known }))
}

async fn known_links(desk: &Desk, bulk: &Bulk) -> Result<Vec<bool>, PageError> {
    let mut known = vec![false; bulk.links.len()];
    for outlet in desk.given().outlets.iter() {
        let urls: Vec<String> = bulk.links.iter().filter(|it| it.outlet == outlet.id).map(|it| it.url.to_string()).collect();
        if urls.is_empty() {
            continue;
        }
        let ids = desk.store.article_ids(&outlet.id, &urls).await?;
        for (it, known) in bulk.links.iter().zip(&mut known).filter(|it| it.0.outlet == outlet.id) {
            *known = ids.contains_key(it.url.as_str());
        }
    }
    Ok(known)
}

/// The bytes of the file that a form brings, or what is wrong with it.
async fn uploaded(frame: &Frame, mut parts: Multipart) -> Result<Vec<u8>, String> {
    let too_large = |_| frame.say("Tệp lớn hơn 5 MB hoặc bị đứt giữa chừng.", "The file has more than 5 MB or broke off.").to_owned();
    while let Some(part) = parts.next_field().await.map_err(too_large)? {
        if part.name() == Some("file") {
            let bytes = part.bytes().await.map_err(too_large)?;
            if !bytes.is_empty() {
                return Ok(bytes.to_vec());
            }
        }
    }
    Err(frame.say("Chưa chọn tệp.", "No file is chosen.").to_owned())
}

fn unreadable(frame: &Frame, why: &Unreadable) -> String {
    let vi = match why {
        Unreadable::TooLarge => "Tệp lớn hơn 5 MB.",
        Unreadable::Bomb => "Tệp bung ra quá lớn, không đọc.",
        Unreadable::TooMany => "Tệp có quá nhiều trang tính, dòng hoặc cột (tối đa 5.000 dòng). Hãy dùng tệp mẫu.",
        Unreadable::Archive(_) | Unreadable::Broken(_) | Unreadable::Foreign(_) => {
            "Tệp không phải bảng tính XLSX, hoặc đã hỏng. Hãy dùng tệp mẫu."
        }
    };
    frame.say(vi, &format!("The file cannot be read: {why}.")).to_owned()
}

fn faulty(frame: &Frame, fault: Fault) -> Result<Response, PageError> {
    let (problem, faults) = match fault {
        Fault::File(problem) => (problem, vec![]),
        Fault::Cells(faults) => {
            let number = number_shown(faults.len());
            let (vi, en) = ("chỗ cần sửa; chưa nhập dòng nào", "things to mend; not one row was imported");
            (format!("{number} {}.", frame.say(vi, en)), faults)
        }
    };
    let more = faults.len().saturating_sub(FAULTS_SHOWN_MAX);
    let faults = faults.iter().take(FAULTS_SHOWN_MAX).map(|it| fault_shown(frame, it)).collect();
    let page = ImportPage { frame, problem: Some(problem), faults, more }.render()?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}

fn fault_shown(frame: &Frame, fault: &CellFault) -> FaultShown {
    let place = match fault.row {
        0 if fault.sheet.is_empty() => frame.say("Cả tệp", "The file").to_owned(),
        0 => fault.sheet.clone(),
        _ => place_shown(frame, &Place { sheet: fault.sheet.clone(), row: fault.row }),
    };
    let (vi, en) = wrong(&fault.why);
    FaultShown { place, column: fault.column.clone(), why: frame.say(&vi, &en).to_owned() }
}

fn place_shown(frame: &Frame, place: &Place) -> String {
    format!("{}, {} {}", place.sheet, frame.say("dòng", "row"), place.row)
}

/// What is wrong with a cell, in both languages.
fn wrong(why: &Wrong) -> (String, String) {
    let say = |vi: &str, en: &str| (vi.to_owned(), en.to_owned());
    match why {
        Wrong::StrangeSheet => say(
            "trang tính này không có trong tệp mẫu; hãy bỏ đi để không bị hiểu là đã nhập",
            "this sheet is not in the template: take it away",
        ),
        Wrong::NothingFilled => say("chưa có dòng nào được điền", "no row is filled in"),
        Wrong::TooManyRows => say("quá 5.000 dòng; hãy chia thành nhiều tệp", "more than 5,000 rows: split the file"),
        Wrong::Heading(heading) => (format!("tiêu đề cột phải là “{heading}”"), format!("the heading must be “{heading}”")),
        Wrong::BeyondColumns => say("ô này nằm ngoài các cột của tệp mẫu", "this cell lies beyond the template's columns"),
        Wrong::Missing => say("bắt buộc điền", "must be filled in"),
        Wrong::NoOutlet(id) => {
            (format!("không có cơ quan báo chí mang mã “{id}”; xem trang Danh mục"), format!("no outlet has the id “{id}”"))
        }
        Wrong::NoMonth => say("không phải tháng; viết như 03/2026", "no month: write 03/2026"),
        Wrong::NoMedium => say("loại hình không có trong trang Danh mục", "no medium of the list"),
        Wrong::NoDay => say("không phải ngày; viết ngày/tháng/năm, ví dụ 05/03/2026", "no day: write 05/03/2026, the day first"),
        Wrong::NoTime => say("không phải giờ; viết như 19:45", "no time of day: write 19:45"),
        Wrong::TimeWithoutDay => say("có giờ phát thì phải có ngày phát", "a time needs a day"),
        Wrong::NoLength => {
            say("không phải thời lượng; viết phút:giây dạng chữ, ví dụ 5:30", "no length: write minutes:seconds as text, 5:30")
        }
        Wrong::NoAddress => say("không phải địa chỉ http hoặc https", "no http or https address"),
        Wrong::NoText => say("ô chứa lỗi công thức hoặc giá trị đúng/sai; hãy gõ chữ", "a fault of a formula or a truth value: type text"),
        Wrong::Words(fault) => {
            ("quá dài (tối đa 2.000 ký tự) hoặc chứa ký tự điều khiển".to_owned(), format!("the words do not do: {fault}"))
        }
        Wrong::ForeignHost(host) => (
            format!("địa chỉ thuộc {host}, không phải trang của cơ quan này"),
            format!("the address belongs to {host}, not to this outlet"),
        ),
        Wrong::Refused(why) => match refused(why) {
            PageError::Refused(vi, en) => (vi, en),
            other => (other.to_string(), other.to_string()),
        },
        Wrong::Twice(first) => {
            (format!("trùng với {}, dòng {}", first.sheet, first.row), format!("the same as {}, row {}", first.sheet, first.row))
        }
        Wrong::Registered(id) => (format!("đã ghi nhận trước đó (mục số {id})"), format!("registered before (item {id})")),
    }
}

fn draw(desk: &Desk, frame: &Frame, digest: &str, checked: &Checked, page: usize) -> Result<String, PageError> {
    let given = desk.given();
    let name = |id: &crate::domain::outlet::OutletId| {
        given.outlets.iter().find(|it| it.id == *id).map_or_else(|| id.to_string(), |it| it.name.clone())
    };
    let items = checked.bulk.items.iter().map(|it| RowShown {
        place: place_shown(frame, &it.place),
        outlet: name(&it.item.outlet),
        what: format!("{}, {} {}", it.item.medium.label(), frame.say("tháng", "month"), it.item.month.shown()),
        title: it.item.title.to_string(),
        when: it.item.aired.map_or_else(String::new, |at| desk.moment(at)),
    });
    let links = checked.bulk.links.iter().zip(&checked.known).map(|(it, known)| RowShown {
        place: place_shown(frame, &it.place),
        outlet: name(&it.outlet),
        what: match known {
            true => frame.say("bài đã có, không đọc lại", "known already, not read again"),
            false => frame.say("bài sẽ được tải về và đánh giá", "will be fetched and judged"),
        }
        .to_owned(),
        title: it.url.to_string(),
        when: String::new(),
    });
    let all = checked.bulk.items.len() + checked.bulk.links.len();
    let pages = all.div_ceil(PAGE).max(1);
    let page = page.min(pages - 1);
    let months = checked.bulk.months();
    let months = months.iter().map(|(outlet, all)| (name(outlet), all.iter().map(|it| it.shown()).collect::<Vec<_>>().join(", ")));
    let preview = PreviewPage {
        frame,
        digest,
        items: checked.bulk.items.len(),
        links: checked.known.iter().filter(|it| !**it).count(),
        known: checked.known.iter().filter(|it| **it).count(),
        rows: items.chain(links).skip(page * PAGE).take(PAGE).collect(),
        page,
        pages,
        months: months.collect(),
    };
    Ok(preview.render()?)
}
