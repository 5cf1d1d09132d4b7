//! The log of calls and answers.

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use chrono::{NaiveDateTime, TimeZone};
use serde::Deserialize;

use super::{
    decide::by,
    error::PageError,
    frame::{Done, Frame, done_at},
    state::Desk,
};
use crate::{
    domain::{
        month::Month,
        officer::Statement,
        outlet::{Outlet, OutletId},
    },
    store::call::Call,
};

#[derive(Template)]
#[template(path = "calls.html")]
struct CallsPage<'a> {
    frame: &'a Frame,
    outlets: &'a [Outlet],
    /// The outlet whose calls are listed; empty for all.
    outlet: &'a str,
    calls: Vec<CallShown>,
    page: u32,
    more: bool,
    typed: &'a TypedCall,
    problem: Option<String>,
}

struct CallShown {
    outlet: String,
    month: Option<(String, String)>,
    at: String,
    answered: String,
    said: String,
    by: String,
}

/// Whose calls are looked at.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    outlet: String,
    #[serde(default)]
    page: u32,
}

/// A call as it is typed.
#[derive(Debug, Default, Deserialize)]
pub struct TypedCall {
    outlet: String,
    #[serde(default)]
    month: String,
    at: String,
    answered: String,
    said: String,
}

/// Calls on a page, and pages that are turned to.
const PAGE: u32 = 50;
const PAGES_MAX: u32 = 10_000;

/// The page.
///
/// # Errors
/// Where the store fails.
pub async fn show(State(desk): State<Desk>, frame: Frame, Query(asked): Query<Asked>) -> Result<Html<String>, PageError> {
    let now = desk.now().with_timezone(&desk.site.zone).format("%Y-%m-%dT%H:%M").to_string();
    let typed = TypedCall { outlet: asked.outlet.clone(), at: now, ..TypedCall::default() };
    Ok(Html(draw(&desk, &frame, &asked, &typed, None).await?))
}

/// Notes a call down.
///
/// # Errors
/// Where the store fails.
pub async fn note(State(desk): State<Desk>, frame: Frame, Form(typed): Form<TypedCall>) -> Result<Response, PageError> {
    let call = match call_of(&desk, &frame, &typed) {
        Ok(call) => call,
        Err(problem) => {
            let page = draw(&desk, &frame, &Asked::default(), &typed, Some(problem)).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
        }
    };
    desk.store.note_call(&call, by(&frame)?.as_str(), desk.now()).await?;
    Ok(Redirect::to(&done_at(&format!("/calls?outlet={}", call.outlet), Done::Saved)).into_response())
}

/// What was typed, or why it does not do.
fn call_of(desk: &Desk, frame: &Frame, typed: &TypedCall) -> Result<Call, String> {
    let say = |vi: &str, en: &str| frame.say(vi, en).to_owned();
    let outlet = desk.outlet(&typed.outlet).ok_or_else(|| say("Hãy chọn cơ quan báo chí.", "Choose an outlet."))?;
    let month = match typed.month.trim() {
        "" => None,
        text => Some(text.parse::<Month>().map_err(|_| say("Tháng không hợp lệ.", "That is no month."))?),
    };
    let no_time = || say("Ngày giờ không hợp lệ.", "That is no date and time.");
    let local = NaiveDateTime::parse_from_str(&typed.at, "%Y-%m-%dT%H:%M").map_err(|_| no_time())?;
    let at = desk.site.zone.from_local_datetime(&local).earliest().ok_or_else(no_time)?.to_utc();
    if at > desk.now() {
        return Err(say("Thời điểm này còn ở tương lai.", "That time has not come."));
    }
    let words = |text: &str| {
        let bad = |_| {
            say(
                "Hãy ghi ai trả lời và nội dung, mỗi ô tối đa 2.000 ký tự.",
                "Write who answered and what was said, at most 2,000 letters each.",
            )
        };
        text.replace("\r\n", "\n").parse::<Statement>().map_err(bad)
    };
    Ok(Call { outlet: outlet.id, month, at, answered: words(&typed.answered)?, said: words(&typed.said)? })
}

async fn draw(desk: &Desk, frame: &Frame, asked: &Asked, typed: &TypedCall, problem: Option<String>) -> Result<String, PageError> {
    let given = desk.given();
    let page = asked.page.min(PAGES_MAX);
    let outlet: Option<OutletId> = desk.outlet(&asked.outlet).map(|it| it.id);
    let mut kept = desk.store.calls(outlet.as_ref(), page * PAGE, PAGE + 1).await?;
    let more = kept.len() > PAGE as usize;
    kept.truncate(PAGE as usize);
    let name = |id: &OutletId| given.outlets.iter().find(|it| it.id == *id).map_or_else(|| id.to_string(), |it| it.name.clone());
    let calls = kept.into_iter().map(|it| CallShown {
        outlet: name(&it.call.outlet),
        month: it.call.month.map(|month| (format!("/outlets/{}/{month}", it.call.outlet), Month::shown(month))),
        at: desk.moment(it.call.at),
        answered: it.call.answered.to_string(),
        said: it.call.said.to_string(),
        by: format!("{}, {}", it.by, desk.moment(it.noted_at)),
    });
    let page = CallsPage {
        frame,
        outlets: &given.outlets,
        outlet: outlet.as_ref().map_or("", OutletId::as_str),
        calls: calls.collect(),
        page,
        more,
        typed,
        problem,
    };
    Ok(page.render()?)
}
