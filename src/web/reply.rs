//! An outlet's reply page, behind a link that takes in one answer: the same facts as officers see, and nothing else.

use std::path::PathBuf;

use askama::Template;
use axum::{
    extract::{Multipart, Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use chrono::TimeDelta;
use url::Url;

use super::{
    decide::{Typed, by, plain_name, refused},
    error::PageError,
    frame::{Done, Frame, done_at},
    outlet_month::named,
    secret::{digest_of, new_token},
    state::{Desk, Looked, local_shown},
};
use crate::{
    domain::{
        audit::Act,
        calendar::{DutyReading, Policy},
        month::Month,
        off_web::AttachedFile,
        officer::Statement,
        outlet::Outlet,
        submission::{Outcome, SCAN_BYTES_MAX, Submission, scan_kind},
        verdict::{Reason, Verdict},
    },
    store::{officer::submission::KeptSubmission, session::Purpose},
};

/// Bytes of a scan and the form around it.
pub const FORM_BYTES_MAX: usize = SCAN_BYTES_MAX + (1 << 20);
/// How long a link works.
const LIVES: TimeDelta = TimeDelta::days(30);
/// Lines of one list that are shown.
const LINES_MAX: usize = 100;

#[derive(Template)]
#[template(path = "reply.html")]
struct ReplyPage<'a> {
    frame: &'a Frame,
    /// Where the form is sent to.
    path: String,
    outlet: &'a Outlet,
    month: String,
    facts: Option<Facts>,
    typed: Typed,
    problem: Option<String>,
    receipt: Option<Receipt>,
}

/// What is known of the month.
struct Facts {
    verdict: Verdict,
    reason: Reason,
    /// When a source of the outlet was read last.
    collected_to: Option<String>,
    target: String,
    evidence: Vec<FactLine>,
    pending: Vec<FactLine>,
    unread: Vec<FactLine>,
    gaps: Vec<String>,
}

struct FactLine {
    /// Empty where it has no address.
    href: String,
    title: String,
    detail: String,
}

/// What was received by the link.
struct Receipt {
    number: i64,
    at: String,
    url: Option<String>,
    file: Option<String>,
    note: Option<String>,
    sender: String,
    settled: Option<String>,
}

#[derive(Template)]
#[template(path = "reply_link.html")]
struct LinkPage<'a> {
    frame: &'a Frame,
    outlet: &'a Outlet,
    month: Month,
    shown: String,
    /// The address and when it expires, once it was made.
    made: Option<(String, String)>,
}

/// The page: the facts and a form, or what was received by the link.
///
/// # Errors
/// Where the link does not work, or the store fails.
pub async fn show(State(desk): State<Desk>, frame: Frame, Path(token): Path<String>) -> Result<Html<String>, PageError> {
    let digest = digest_of(&token);
    if let Some(kept) = desk.store.submission_by(&digest, desk.now()).await? {
        return Ok(Html(receipt(&desk, &frame, &kept)?));
    }
    let (outlet, month) = opened(&desk, &digest).await?;
    Ok(Html(draw(&desk, &frame, &token, (&outlet, month), Typed::default(), None).await?))
}

/// Takes an answer in. It counts for nothing until an officer has looked at it, and the link takes in no other.
///
/// # Errors
/// Where the link does not work, or the store fails.
pub async fn take_in(State(desk): State<Desk>, frame: Frame, Path(token): Path<String>, parts: Multipart) -> Result<Response, PageError> {
    let digest = digest_of(&token);
    let path = format!("/reply/{token}");
    if desk.store.submission_by(&digest, desk.now()).await?.is_some() {
        return Ok(Redirect::to(&path).into_response());
    }
    let (outlet, month) = opened(&desk, &digest).await?;
    let typed = match Typed::read(parts).await {
        Ok(typed) => typed,
        Err(PageError::Refused(vi, en)) => {
            let problem = frame.say(&vi, &en).to_owned();
            return mend(&desk, &frame, &token, (&outlet, month), Typed::default(), problem).await;
        }
        Err(fault) => return Err(fault),
    };
    let submission = match submission_of(&frame, &typed, &outlet, month) {
        Ok(submission) => submission,
        Err(problem) => return mend(&desk, &frame, &token, (&outlet, month), typed, problem).await,
    };
    let submission = kept(&desk, submission, typed.file).await?;
    let admitted = submission.admit(desk.site.zone, desk.now()).map_err(|it| refused(&it))?;
    match desk.store.submit(&admitted, &digest).await? {
        Some(_) => {
            (desk.hands.decided)((outlet.id, vec![month])).await.map_err(PageError::Hand)?;
            Ok(Redirect::to(&done_at(&path, Done::Received)).into_response())
        }
        // Somebody else was quicker with the same link: they see what came.
        None => Ok(Redirect::to(&path).into_response()),
    }
}

/// The page on which an officer makes a link.
///
/// # Errors
/// Where there is no such outlet.
pub async fn link_page(
    State(desk): State<Desk>,
    frame: Frame,
    Path((outlet, month)): Path<(String, String)>,
) -> Result<Html<String>, PageError> {
    let (outlet, month) = named(&desk, &outlet, &month)?;
    Ok(Html(LinkPage { frame: &frame, outlet: &outlet, month, shown: Month::shown(month), made: None }.render()?))
}

/// Makes a link and shows it this once: only its digest is kept.
///
/// # Errors
/// Where there is no such outlet, or the store fails.
pub async fn make_link(
    State(desk): State<Desk>,
    frame: Frame,
    headers: HeaderMap,
    Path((outlet, month)): Path<(String, String)>,
) -> Result<Html<String>, PageError> {
    let (outlet, month) = named(&desk, &outlet, &month)?;
    let (token, digest) = new_token()?;
    let (now, subject) = (desk.now(), format!("{} {month}", outlet.id));
    desk.store.make_link(&digest, Purpose::Reply, &subject, now, LIVES).await?;
    let after = serde_json::json!({ "to": now + LIVES }).to_string();
    desk.store.log_act(Act::LinkMade, by(&frame)?.as_str(), &subject, &after, now).await?;
    let host = headers.get(header::HOST).and_then(|it| it.to_str().ok()).unwrap_or("localhost");
    let scheme = if desk.site.https { "https" } else { "http" };
    let made = Some((format!("{scheme}://{host}/reply/{token}"), desk.moment(now + LIVES)));
    Ok(Html(LinkPage { frame: &frame, outlet: &outlet, month, shown: Month::shown(month), made }.render()?))
}

/// Ends every link for an outlet's month that still works, those in mails too.
///
/// # Errors
/// Where there is no such outlet, or the store fails.
pub async fn end_links(
    State(desk): State<Desk>,
    frame: Frame,
    Path((outlet, month)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let (outlet, month) = named(&desk, &outlet, &month)?;
    let subject = format!("{} {month}", outlet.id);
    let ended = desk.store.end_links(Purpose::Reply, &subject, desk.now()).await?;
    let after = serde_json::json!({ "ended": ended }).to_string();
    desk.store.log_act(Act::LinkMade, by(&frame)?.as_str(), &subject, &after, desk.now()).await?;
    Ok(Redirect::to(&done_at(&format!("/outlets/{}/{month}/reply-link", outlet.id), Done::Removed)).into_response())
}

/// The outlet and month that a link is for, while it works.
async fn opened(desk: &Desk, digest: &str) -> Result<(Outlet, Month), PageError> {
    let dead = || {
        PageError::Refused(
            "Liên kết này không đúng hoặc đã hết hạn. Xin liên hệ cơ quan quản lý để nhận liên kết mới.".to_owned(),
            "This link is wrong or has expired. Please ask the department for a new one.".to_owned(),
        )
    };
    let subject = desk.store.link(digest, Purpose::Reply, desk.now()).await?.ok_or_else(dead)?;
    let (outlet, month) = subject.split_once(' ').ok_or_else(dead)?;
    named(desk, outlet, month).map_err(|_| dead())
}

/// What was sent, its file aside, or why it does not do.
fn submission_of(frame: &Frame, typed: &Typed, outlet: &Outlet, month: Month) -> Result<Submission, String> {
    let say = |vi: &str, en: &str| frame.say(vi, en).to_owned();
    let too_long = |_| say("Mỗi ô tối đa 2.000 ký tự.", "At most 2,000 letters a field.");
    let sender: Statement =
        typed.field("sender").parse().map_err(|_| say("Xin ghi họ tên, chức vụ người gửi.", "Please write who sends this."))?;
    let note = match typed.field("note") {
        "" => None,
        text => Some(text.replace("\r\n", "\n").parse().map_err(too_long)?),
    };
    let url = match typed.field("url") {
        "" => None,
        text => {
            let url = text.parse::<Url>().ok().filter(|it| matches!(it.scheme(), "http" | "https") && it.as_str().len() <= 2_000);
            Some(url.ok_or_else(|| {
                say("Địa chỉ phải bắt đầu bằng http:// hoặc https://.", "The address must begin with http:// or https://.")
            })?)
        }
    };
    match &typed.file {
        None if url.is_none() => {
            return Err(say("Xin dán địa chỉ của bài hoặc gửi kèm một tệp.", "Please paste an address or send a file."));
        }
        Some((_, bytes)) if bytes.len() > SCAN_BYTES_MAX => return Err(say("Tệp lớn hơn 20 MB.", "The file has more than 20 MB.")),
        Some((_, bytes)) if scan_kind(bytes).is_none() => {
            return Err(say("Chỉ nhận tệp PDF, JPEG hoặc PNG.", "Only PDF, JPEG and PNG files are taken."));
        }
        _ => {}
    }
    Ok(Submission { outlet: outlet.id.clone(), month, url, file: None, note, sender })
}

/// The submission with its file kept.
async fn kept(desk: &Desk, mut submission: Submission, file: Option<(String, Vec<u8>)>) -> Result<Submission, PageError> {
    let Some((name, bytes)) = file else { return Ok(submission) };
    let ending = scan_kind(&bytes).unwrap_or("bin");
    // Named by whoever sends it: shown, and never a path.
    let name: Statement = plain_name(&name).parse().or_else(|_| format!("tep.{ending}").parse()).map_err(|_| PageError::NotFound)?;
    let (attachments, called) = (desk.attachments.clone(), PathBuf::from(format!("tep.{ending}")));
    let keep = tokio::task::spawn_blocking(move || attachments.keep_bytes(&bytes, &called));
    submission.file = Some(AttachedFile { name, sha256: keep.await.map_err(|it| PageError::Hand(it.into()))?? });
    Ok(submission)
}

async fn mend(desk: &Desk, frame: &Frame, token: &str, of: (&Outlet, Month), typed: Typed, problem: String) -> Result<Response, PageError> {
    let page = draw(desk, frame, token, of, typed, Some(problem)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}

async fn draw(
    desk: &Desk,
    frame: &Frame,
    token: &str,
    (outlet, month): (&Outlet, Month),
    typed: Typed,
    problem: Option<String>,
) -> Result<String, PageError> {
    let looked = (desk.hands.look)((outlet.id.clone(), month)).await.map_err(PageError::Hand)?;
    let facts = Some(facts(desk, frame, outlet, month, &looked).await?);
    let path = format!("/reply/{token}");
    Ok(ReplyPage { frame, path, outlet, month: Month::shown(month), facts, typed, problem, receipt: None }.render()?)
}

async fn facts(desk: &Desk, frame: &Frame, outlet: &Outlet, month: Month, looked: &Looked) -> Result<Facts, PageError> {
    let reviewed = &looked.month;
    // A closed month changes by amendments alone: what was recorded last stands.
    let closed = desk.store.closed_months().await?.contains_key(&month);
    let recorded = match closed {
        true => desk.store.verdict_history(&outlet.id, month).await?.first().map(|it| (it.verdict, it.reason)),
        false => None,
    };
    let (verdict, reason) = recorded.unwrap_or((reviewed.verdict, reviewed.reason));
    let href = |url: &str| if url.starts_with("urn:") { String::new() } else { url.to_owned() };
    let evidence = reviewed.evidence.iter().map(|it| FactLine {
        href: href(&it.url),
        title: it.title.clone(),
        detail: it.published.map(local_shown).into_iter().chain(it.medium.map(|it| it.label().to_owned())).collect::<Vec<_>>().join(" · "),
    });
    let pending = reviewed.pending.iter().map(|it| FactLine {
        href: href(&it.url),
        title: it.title.clone(),
        detail: frame.pending(&it.why).into_owned(),
    });
    let unread = reviewed.unread.iter().map(|it| FactLine { href: href(&it.url), title: it.url.clone(), detail: String::new() });
    let gaps = reviewed.coverage.gaps.iter();
    let mut last = None;
    for source in &outlet.sources {
        last = last.max(desk.store.health(&outlet.id, &source.url, desk.now()).await?.last_good);
    }
    Ok(Facts {
        verdict,
        reason,
        collected_to: last.map(|it| desk.moment(it)),
        target: target(frame, &looked.rules.policy),
        evidence: evidence.take(LINES_MAX).collect(),
        pending: pending.take(LINES_MAX).collect(),
        unread: unread.take(LINES_MAX).collect(),
        gaps: gaps.map(|it| format!("{} – {}: {}", local_shown(it.from), local_shown(it.to), frame.gap(&it.why))).take(LINES_MAX).collect(),
    })
}

/// What the policy of the month asks of whom.
fn target(frame: &Frame, policy: &Policy) -> String {
    let least = policy.minimum.max(1);
    let (vi, en) = match policy.reading {
        DutyReading::EachOutlet => (
            format!("Chỉ tiêu: mỗi tháng, mỗi cơ quan báo chí có ít nhất {least} tin, bài về phòng, chống mua bán người."),
            format!("The target: each outlet, each month, at least {least} on preventing human trafficking."),
        ),
        DutyReading::Together => (
            format!(
                "Chỉ tiêu tính chung cho báo chí của tỉnh: mỗi tháng chỉ cần một cơ quan báo chí có ít nhất {least} tin, bài về phòng, chống \
                 mua bán người là đủ."
            ),
            format!("The target counts the press together: one outlet with at least {least} on preventing human trafficking is enough."),
        ),
    };
    frame.say(&vi, &en).to_owned()
}

fn receipt(desk: &Desk, frame: &Frame, kept: &KeptSubmission) -> Result<String, PageError> {
    let sent = &kept.submission;
    let outlet = desk.outlet(sent.what.outlet.as_str()).ok_or(PageError::NotFound)?;
    let receipt = Receipt {
        number: sent.id,
        at: desk.moment(sent.at),
        url: sent.what.url.as_ref().map(Url::to_string),
        file: sent.what.file.as_ref().map(|it| it.name.to_string()),
        note: sent.what.note.as_ref().map(Statement::to_string),
        sender: sent.what.sender.to_string(),
        settled: kept.settled.as_ref().map(|it| {
            let why = if it.what.outcome == Outcome::Refused { format!(": {}", it.what.reason) } else { String::new() };
            format!("{}{why} ({})", it.what.outcome.label(), desk.day(it.at))
        }),
    };
    let page = ReplyPage {
        frame,
        path: String::new(),
        outlet: &outlet,
        month: Month::shown(sent.what.month),
        facts: None,
        typed: Typed::default(),
        problem: None,
        receipt: Some(receipt),
    };
    Ok(page.render()?)
}
