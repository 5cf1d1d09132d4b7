//! Times in which an outlet, or all of them, are not written to: the list, and how one begins and ends.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{
    decide::{by, local, statement},
    error::PageError,
    frame::{Done, Frame, done_at},
    state::Desk,
};
use crate::{
    domain::{month::Span, outlet::Outlet},
    store::silence::{KeptSilence, Silence},
};

#[derive(Template)]
#[template(path = "silences.html")]
struct SilencesPage<'a> {
    frame: &'a Frame,
    outlets: &'a [Outlet],
    rows: Vec<SilenceRow>,
    typed: &'a TypedSilence,
    problem: Option<String>,
}

struct SilenceRow {
    id: i64,
    outlet: String,
    from: String,
    to: String,
    reason: String,
    by: String,
    standing: Standing,
    /// Who ended it before its time, and when.
    lifted: Option<String>,
}

/// How a silence stands at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    InForce,
    ToCome,
    Over,
    Lifted,
}

/// A silence as it is typed.
#[derive(Debug, Default, Deserialize)]
pub struct TypedSilence {
    /// An outlet's id, or [`ALL`].
    #[serde(default)]
    outlet: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    reason: String,
}

/// What the form sends for all outlets: no outlet can be called that, and a field left empty does not mean it.
const ALL: &str = "*";

impl Standing {
    fn of(it: &KeptSilence, now: DateTime<Utc>) -> Self {
        match &it.lifted {
            Some(_) => Self::Lifted,
            None if it.what.span.contains(now) => Self::InForce,
            None if it.what.span.from > now => Self::ToCome,
            None => Self::Over,
        }
    }

    fn sign(self) -> &'static str {
        match self {
            Self::InForce => "■",
            Self::ToCome => "→",
            Self::Over => "–",
            Self::Lifted => "✗",
        }
    }

    fn words(self, frame: &Frame) -> &'static str {
        let (vi, en) = match self {
            Self::InForce => ("đang áp dụng", "in force"),
            Self::ToCome => ("chưa tới", "to come"),
            Self::Over => ("đã hết", "over"),
            Self::Lifted => ("đã bỏ", "lifted"),
        };
        frame.lang.say(vi, en)
    }

    fn tone(self) -> &'static str {
        match self {
            Self::InForce => "undetermined",
            Self::ToCome => "open",
            Self::Over | Self::Lifted => "exempt",
        }
    }

    fn may_be_lifted(self) -> bool {
        matches!(self, Self::InForce | Self::ToCome)
    }
}

/// The page.
///
/// # Errors
/// Where the store fails.
pub async fn show(State(desk): State<Desk>, frame: Frame) -> Result<Html<String>, PageError> {
    let now = desk.now().with_timezone(&desk.site.zone).format("%Y-%m-%dT%H:%M").to_string();
    let typed = TypedSilence { from: now, ..TypedSilence::default() };
    Ok(Html(draw(&desk, &frame, &typed, None).await?))
}

/// Keeps a silence.
///
/// # Errors
/// Where the store fails.
pub async fn keep(State(desk): State<Desk>, frame: Frame, Form(typed): Form<TypedSilence>) -> Result<Response, PageError> {
    match silence_of(&desk, &typed) {
        Ok(silence) => {
            desk.store.keep_silence(&silence, by(&frame)?.as_str(), desk.now()).await?;
            Ok(Redirect::to(&done_at("/notices/silences", Done::Saved)).into_response())
        }
        Err(PageError::Refused(vi, en)) => {
            let page = draw(&desk, &frame, &typed, Some(frame.say(&vi, &en).to_owned())).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
        Err(other) => Err(other),
    }
}

/// Ends a silence before its time.
///
/// # Errors
/// Where it is over or was lifted, or the store fails.
pub async fn lift(State(desk): State<Desk>, frame: Frame, Path(id): Path<i64>) -> Result<Response, PageError> {
    if !desk.store.lift_silence(id, by(&frame)?.as_str(), desk.now()).await? {
        return Err(PageError::Refused(
            "Khoảng tạm ngừng này đã hết hoặc đã được bỏ trước đó.".to_owned(),
            "This time is over, or was lifted before.".to_owned(),
        ));
    }
    Ok(Redirect::to(&done_at("/notices/silences", Done::Withdrawn)).into_response())
}

/// What was typed, or why it does not do.
fn silence_of(desk: &Desk, typed: &TypedSilence) -> Result<Silence, PageError> {
    let refused = |vi: &str, en: &str| PageError::Refused(vi.to_owned(), en.to_owned());
    let outlet = match typed.outlet.as_str() {
        ALL => None,
        id => {
            let known =
                desk.outlet(id).ok_or_else(|| refused("Hãy chọn một cơ quan báo chí, hoặc tất cả.", "Choose an outlet, or all."))?;
            Some(known.id)
        }
    };
    let span = Span { from: local(desk, &typed.from)?, to: local(desk, &typed.to)? };
    if span.from >= span.to {
        return Err(refused("Thời điểm bắt đầu phải trước thời điểm kết thúc.", "It must begin before it ends."));
    }
    if span.to <= desk.now() {
        return Err(refused("Thời điểm kết thúc đã qua.", "Its end has passed."));
    }
    Ok(Silence { outlet, span, reason: statement(&typed.reason)? })
}

async fn draw(desk: &Desk, frame: &Frame, typed: &TypedSilence, problem: Option<String>) -> Result<String, PageError> {
    let (given, now) = (desk.given(), desk.now());
    let row = |it: KeptSilence| SilenceRow {
        id: it.id,
        outlet: match &it.what.outlet {
            None => frame.say("tất cả cơ quan báo chí", "all outlets").to_owned(),
            Some(id) => desk.outlet(id.as_str()).map_or_else(|| id.to_string(), |it| it.name),
        },
        from: desk.moment(it.what.span.from),
        to: desk.moment(it.what.span.to),
        reason: it.what.reason.to_string(),
        by: format!("{}, {}", it.by, desk.moment(it.at)),
        standing: Standing::of(&it, now),
        lifted: it.lifted.map(|(by, at)| format!("{} {by}, {}", frame.say("bỏ bởi", "lifted by"), desk.moment(at))),
    };
    let rows = desk.store.silences().await?.into_iter().map(row).collect();
    Ok(SilencesPage { frame, outlets: &given.outlets, rows, typed, problem }.render()?)
}
