//! Closing a month: the checklist, one officer who asks for it, another who confirms.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};

use super::{
    decide::by,
    error::PageError,
    frame::{Done, Frame, done_at},
    state::{Checklist, CloseAnswer, Desk},
};
use crate::domain::{
    closing::{Acknowledged, Obstacle},
    month::Month,
    request::Request,
    user::Deed,
};

#[derive(Template)]
#[template(path = "close.html")]
struct ClosePage<'a> {
    frame: &'a Frame,
    month: Month,
    shown: String,
    closed: Option<(u64, String)>,
    proposal: Option<(String, String)>,
    own: bool,
    may_close: bool,
    obstacles: Vec<String>,
    open: Vec<(String, &'static str, usize)>,
    done: Vec<(bool, &'a str)>,
    unchecked: bool,
}

/// Stands in for the second name while it is asked what else is in the way.
const SOMEBODY: &str = "somebody else";

/// The page.
///
/// # Errors
/// Where there is no such month, or the store fails.
pub async fn show(State(desk): State<Desk>, frame: Frame, Path(month): Path<String>) -> Result<Html<String>, PageError> {
    let month = ended(&desk, &month)?;
    let Checklist { obstacles, open } = checklist(&desk, month).await?;
    Ok(Html(page(&desk, &frame, month, &obstacles, &open).await?.render()?))
}

/// Asks for the month to be closed.
///
/// # Errors
/// Where something stands in the way, or the store fails.
pub async fn propose(State(desk): State<Desk>, frame: Frame, Path(month): Path<String>) -> Result<Response, PageError> {
    let month = ended(&desk, &month)?;
    let Checklist { obstacles, open } = checklist(&desk, month).await?;
    if !obstacles.is_empty() {
        let page = page(&desk, &frame, month, &obstacles, &open).await?.render()?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    }
    desk.store.propose_closing(month, by(&frame)?.as_str(), desk.now()).await?;
    Ok(Redirect::to(&done_at(&format!("/months/{month}/close"), Done::Proposed)).into_response())
}

/// Asks the line to look again at what counts.
///
/// # Errors
/// Where the store fails.
pub async fn recheck(State(desk): State<Desk>, frame: Frame, Path(month): Path<String>) -> Result<Response, PageError> {
    let month = ended(&desk, &month)?;
    let id = desk.store.ask(&Request::Recheck { month }, by(&frame)?.as_str(), desk.now()).await?;
    Ok(Redirect::to(&format!("/requests/{id}")).into_response())
}

/// Takes the wish back.
///
/// # Errors
/// Where the store fails.
pub async fn take_back(State(desk): State<Desk>, Path(month): Path<String>) -> Result<Response, PageError> {
    let month = ended(&desk, &month)?;
    desk.store.drop_proposal(month).await?;
    Ok(Redirect::to(&done_at(&format!("/months/{month}/close"), Done::Withdrawn)).into_response())
}

/// Confirms what another officer asked for, and closes the month.
///
/// # Errors
/// Where nobody asked for it, or the store fails.
pub async fn confirm(State(desk): State<Desk>, frame: Frame, Path(month): Path<String>) -> Result<Response, PageError> {
    let month = ended(&desk, &month)?;
    let Some((first, _)) = desk.store.close_proposal(month).await? else {
        let (vi, en) = ("Chưa có ai đề nghị chốt tháng này.", "Nobody has asked to close this month.");
        return Err(PageError::Refused(vi.to_owned(), en.to_owned()));
    };
    let second = by(&frame)?;
    match (desk.hands.close)((month, first, second.to_string())).await.map_err(PageError::Hand)? {
        CloseAnswer::Closed(number, digest) => {
            tracing::info!(%month, number, digest, "month closed at the desk");
            desk.store.drop_proposal(month).await?;
            Ok(Redirect::to(&done_at(&format!("/months/{month}/close"), Done::Closed)).into_response())
        }
        CloseAnswer::Refused(obstacles) => {
            let page = page(&desk, &frame, month, &obstacles, &[]).await?.render()?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
    }
}

/// What stands in the way, whoever the two will be.
async fn checklist(desk: &Desk, month: Month) -> Result<Checklist, PageError> {
    let first = desk.store.close_proposal(month).await?.map_or_else(|| "one".to_owned(), |it| it.0);
    (desk.hands.checklist)((month, first, SOMEBODY.to_owned())).await.map_err(PageError::Hand)
}

async fn page<'a>(
    desk: &Desk,
    frame: &'a Frame,
    month: Month,
    obstacles: &[Obstacle],
    open: &[Acknowledged],
) -> Result<ClosePage<'a>, PageError> {
    let closed = desk.store.closing(month).await?.map(|it| (it.number, it.digest));
    let proposal = desk.store.close_proposal(month).await?;
    let names = desk.given().outlets;
    let name =
        |it: &Acknowledged| names.iter().find(|outlet| outlet.id == it.outlet).map_or_else(|| it.outlet.to_string(), |it| it.name.clone());
    let none = |codes: &[&str]| !obstacles.iter().any(|it| codes.contains(&it.code()));
    let own = proposal.as_ref().is_some_and(|it| frame.user.as_ref().is_some_and(|user| user.name.as_str() == it.0));
    Ok(ClosePage {
        frame,
        month,
        shown: Month::shown(month),
        proposal: proposal.filter(|_| closed.is_none()).map(|it| (it.0, desk.moment(it.1))),
        own,
        may_close: frame.may(Deed::Close),
        obstacles: obstacles.iter().filter(|it| closed.is_none() || it.code() != "already_closed").map(Obstacle::sentence).collect(),
        open: open.iter().map(|it| (name(it), it.what.label(), it.count)).collect(),
        unchecked: !none(&["unchecked"]),
        done: vec![
            (none(&["month_running", "in_grace"]), frame.say("Tháng và thời gian chờ đã hết", "The month and its grace are over")),
            (none(&["pending"]), frame.say("Không còn bài nào chờ kết luận", "No article waits")),
            (none(&["unread"]), frame.say("Không còn bài chưa đọc có thể thay đổi kết quả", "No unread article can change a verdict")),
            (none(&["unchecked"]), frame.say("Các bài được tính đã được xem lại", "Counted articles were looked at again")),
            (
                none(&["unconfirmed"]),
                frame.say(
                    "Tháng chỉ dựa vào một bài do máy đánh giá đã có người xem",
                    "Every month that rests on one machine-judged article was looked at",
                ),
            ),
        ],
        closed,
    })
}

fn ended(desk: &Desk, month: &str) -> Result<Month, PageError> {
    month.parse().ok().filter(|it: &Month| *it < desk.this_month()).ok_or(PageError::NotFound)
}
