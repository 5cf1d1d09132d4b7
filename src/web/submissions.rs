//! What outlets sent: the list, one of them, and how an officer settles it. And kept files, as downloads.

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State},
    http::header,
    response::{Html, IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    decide::{Typed, by, refused, statement},
    error::PageError,
    frame::{Done, Frame, done_at},
    outlet_month::path_of,
    state::Desk,
};
use crate::{
    domain::{
        off_web::OffWeb,
        officer::{Admitted, Decided},
        outlet::{Medium, Outlet},
        request::Request,
        submission::{Outcome, Settlement, Submission, scan_kind},
    },
    store::{attachment::AttachmentError, officer::submission::KeptSubmission},
};

#[derive(Template)]
#[template(path = "submissions.html")]
struct SubmissionsPage<'a> {
    frame: &'a Frame,
    waiting: usize,
    rows: Vec<RowShown>,
    page: u32,
    more: bool,
}

/// A submission in the list.
struct RowShown {
    id: i64,
    title: String,
    outlet: String,
    month: String,
    at: String,
    settled: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "submission.html")]
struct SubmissionPage<'a> {
    frame: &'a Frame,
    id: i64,
    what: &'a Submission,
    outlet_name: String,
    month: String,
    month_href: String,
    at: String,
    settled: Option<(String, String)>,
    /// The article that its address led to.
    article: Option<i64>,
    /// Whether its address is the outlet's own.
    own: bool,
    media: [Medium; 3],
}

/// Which part of the list is looked at.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    page: u32,
}

/// Why it was settled so.
#[derive(Debug, Deserialize)]
pub struct TypedReason {
    reason: String,
}

/// Submissions on a page, and pages that are turned to.
const PAGE: u32 = 50;
const PAGES_MAX: u32 = 10_000;

/// The list: what waits first.
///
/// # Errors
/// Where the store fails.
pub async fn list(State(desk): State<Desk>, frame: Frame, Query(asked): Query<Asked>) -> Result<Html<String>, PageError> {
    let (page, now) = (asked.page.min(PAGES_MAX), desk.now());
    let mut kept = desk.store.submissions(now, page * PAGE, PAGE + 1).await?;
    let more = kept.len() > PAGE as usize;
    kept.truncate(PAGE as usize);
    let row = |it: KeptSubmission| RowShown {
        id: it.submission.id,
        title: it.submission.what.title(),
        outlet: name_of(&desk, &it.submission.what),
        month: it.submission.what.month.shown(),
        at: desk.moment(it.submission.at),
        settled: it.settled.map(|it| it.what.outcome.label()),
    };
    let waiting = desk.store.count_waiting_submissions(now).await?;
    let page = SubmissionsPage { frame: &frame, waiting, rows: kept.into_iter().map(row).collect(), page, more };
    Ok(Html(page.render()?))
}

/// One submission.
///
/// # Errors
/// Where there is none, or the store fails.
pub async fn show(State(desk): State<Desk>, frame: Frame, Path(id): Path<i64>) -> Result<Html<String>, PageError> {
    let kept = found(&desk, id).await?;
    let sent = &kept.submission;
    let settled = kept.settled.as_ref().map(|it| {
        let how = format!("{} – {}, {}", it.what.outcome.label(), it.by, desk.moment(it.at));
        (how, it.what.reason.to_string())
    });
    let outlet = desk.outlet(sent.what.outlet.as_str());
    let page = SubmissionPage {
        frame: &frame,
        id,
        what: &sent.what,
        outlet_name: name_of(&desk, &sent.what),
        month: sent.what.month.shown(),
        month_href: path_of(&sent.what.outlet, sent.what.month),
        at: desk.moment(sent.at),
        settled,
        article: article_of(&desk, &sent.what).await?,
        own: outlet.is_some_and(|it| sent.what.url.as_ref().is_some_and(|url| it.owns(url))),
        media: [Medium::Broadcast, Medium::Print, Medium::Video],
    };
    Ok(Html(page.render()?))
}

/// Asks the line to read the address. The submission goes on waiting: nothing is settled before somebody has seen the article.
///
/// # Errors
/// Where the address is not the outlet's own, or the store fails.
pub async fn read(State(desk): State<Desk>, frame: Frame, Path(id): Path<i64>) -> Result<Response, PageError> {
    let (sent, outlet) = waiting(&desk, id).await?;
    let url = sent.what.url.ok_or(PageError::NotFound)?;
    if !outlet.owns(&url) {
        return Err(PageError::Refused(
            format!(
                "Địa chỉ này không phải trang của {}: hãy xem rồi ghi nhận là minh chứng ngoài trang mạng, hoặc không chấp nhận.",
                outlet.name
            ),
            format!("This address is not of {}: look at it and register it as off-web evidence, or refuse it.", outlet.name),
        ));
    }
    desk.store.ask(&Request::Link { outlet: outlet.id, url }, by(&frame)?.as_str(), desk.now()).await?;
    Ok(Redirect::to(&done_at(&format!("/submissions/{id}"), Done::Requested)).into_response())
}

/// Registers it as off-web evidence.
///
/// # Errors
/// Where something typed does not do, it is settled already, or the store fails.
pub async fn accept(
    State(desk): State<Desk>,
    frame: Frame,
    Path(id): Path<i64>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let (sent, outlet) = waiting(&desk, id).await?;
    let typed = Typed { fields, file: None };
    let mut item = typed.item(&desk, &outlet, sent.what.month)?;
    item.url = sent.what.url.clone();
    item.file = sent.what.file.clone();
    item.note = Some(statement(&format!("Cơ quan báo chí gửi, bản gửi số {id}"))?);
    let evidence = item.admit(by(&frame)?, desk.site.zone, desk.now()).map_err(|it| refused(&it))?;
    settle(&desk, &frame, &sent, (Outcome::OffWeb, typed.field("reason")), Some(&evidence)).await
}

/// Settles it by the article that it led to: that one is judged, or ruled on, by itself.
///
/// # Errors
/// Where the article was not read, it is settled already, or the store fails.
pub async fn by_article(
    State(desk): State<Desk>,
    frame: Frame,
    Path(id): Path<i64>,
    Form(typed): Form<TypedReason>,
) -> Result<Response, PageError> {
    let (sent, _) = waiting(&desk, id).await?;
    let article = article_of(&desk, &sent.what)
        .await?
        .ok_or_else(|| PageError::Refused("Bài này chưa được đọc.".to_owned(), "The article has not been read yet.".to_owned()))?;
    settle(&desk, &frame, &sent, (Outcome::Article { article }, &typed.reason), None).await
}

/// Refuses it, with a reason.
///
/// # Errors
/// Where there is no reason, it is settled already, or the store fails.
pub async fn refuse(
    State(desk): State<Desk>,
    frame: Frame,
    Path(id): Path<i64>,
    Form(typed): Form<TypedReason>,
) -> Result<Response, PageError> {
    let (sent, _) = waiting(&desk, id).await?;
    settle(&desk, &frame, &sent, (Outcome::Refused, &typed.reason), None).await
}

/// A kept file, to be saved and never shown: whoever sent it may be anybody.
///
/// # Errors
/// Where there is no such file.
pub async fn attachment(State(desk): State<Desk>, Path(digest): Path<String>) -> Result<Response, PageError> {
    let (attachments, name) = (desk.attachments.clone(), digest.clone());
    let read = tokio::task::spawn_blocking(move || attachments.read(&digest)).await.map_err(|it| PageError::Hand(it.into()))?;
    let bytes = match read {
        Ok(bytes) => bytes,
        Err(AttachmentError::NoDigest(_) | AttachmentError::Io { .. }) => return Err(PageError::NotFound),
        Err(fault) => return Err(fault.into()),
    };
    let ending = scan_kind(&bytes).unwrap_or("bin");
    let disposition = format!("attachment; filename=\"{name}.{ending}\"");
    Ok(([(header::CONTENT_TYPE, "application/octet-stream".to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response())
}

async fn found(desk: &Desk, id: i64) -> Result<KeptSubmission, PageError> {
    desk.store.submission(id, desk.now()).await?.ok_or(PageError::NotFound)
}

/// A submission that may be settled, with its outlet.
async fn waiting(desk: &Desk, id: i64) -> Result<(Decided<Submission>, Outlet), PageError> {
    let kept = found(desk, id).await?;
    if kept.settled.is_some() {
        return Err(settled_already());
    }
    let outlet = desk.outlet(kept.submission.what.outlet.as_str()).ok_or(PageError::NotFound)?;
    Ok((kept.submission, outlet))
}

fn settled_already() -> PageError {
    PageError::Refused("Bản gửi này đã được kết luận.".to_owned(), "It was settled before.".to_owned())
}

async fn article_of(desk: &Desk, sent: &Submission) -> Result<Option<i64>, PageError> {
    let Some(url) = &sent.url else { return Ok(None) };
    Ok(desk.store.article_ids(&sent.outlet, &[url.to_string()]).await?.remove(url.as_str()))
}

async fn settle(
    desk: &Desk,
    frame: &Frame,
    sent: &Decided<Submission>,
    (outcome, reason): (Outcome, &str),
    evidence: Option<&Admitted<OffWeb>>,
) -> Result<Response, PageError> {
    let settlement = Settlement { submission: sent.id, outcome, reason: statement(reason)? };
    if !desk.store.settle(&settlement.admit(by(frame)?, desk.now()), evidence).await? {
        return Err(settled_already());
    }
    (desk.hands.decided)((sent.what.outlet.clone(), vec![sent.what.month])).await.map_err(PageError::Hand)?;
    Ok(Redirect::to(&done_at(&format!("/submissions/{}", sent.id), Done::Saved)).into_response())
}

fn name_of(desk: &Desk, sent: &Submission) -> String {
    desk.outlet(sent.outlet.as_str()).map_or_else(|| sent.outlet.to_string(), |it| it.name)
}
