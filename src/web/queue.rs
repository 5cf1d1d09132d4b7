//! The review queue: one article after the other, by keyboard, or many at once.

use std::collections::BTreeSet;

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    article::{ArticleShown, TypedRuling, rule_on, shown},
    error::PageError,
    frame::{Done, Frame, done_at},
    state::Desk,
};
use crate::{domain::month::Month, store::waiting::Queued};

#[derive(Template)]
#[template(path = "queue.html")]
struct QueuePage<'a> {
    frame: &'a Frame,
    places: Vec<PlaceShown>,
    all: usize,
    page: u32,
    pages: u32,
    current: Option<ArticleShown>,
    /// The month for which the current article waits.
    month: Option<Month>,
    /// The article behind the current one.
    next: Option<i64>,
    ruled: Option<i64>,
    problem: Option<String>,
}

/// One place in the queue.
struct PlaceShown {
    article: i64,
    title: String,
    outlet: String,
    month: String,
    why: String,
    nature: Vec<String>,
    current: bool,
}

/// Which part of the queue is looked at.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    page: u32,
    at: Option<i64>,
    /// The article that was ruled on just now.
    ruled: Option<i64>,
}

/// Places on a page.
const PAGE: u32 = 50;
/// Articles that are ruled on at once.
const MANY_MAX: usize = 50;

/// The page.
///
/// # Errors
/// Where the store fails.
pub async fn show(State(desk): State<Desk>, frame: Frame, Query(asked): Query<Asked>) -> Result<Html<String>, PageError> {
    Ok(Html(draw(&desk, &frame, &asked, None).await?))
}

async fn draw(desk: &Desk, frame: &Frame, asked: &Asked, problem: Option<String>) -> Result<String, PageError> {
    let all = desk.store.queue_length().await?;
    let pages = u32::try_from(all).unwrap_or(u32::MAX).div_ceil(PAGE).max(1);
    let page = asked.page.min(pages - 1);
    let queued = desk.store.queue(page * PAGE, PAGE).await?;
    let at = asked.at.and_then(|id| queued.iter().position(|it| it.article == id)).unwrap_or(0);
    let current = match queued.get(at) {
        Some(it) => Some(shown(desk, frame, it.article, false).await?),
        None => None,
    };
    let (names, here) = (desk.given().outlets, queued.get(at).map(|it| it.article));
    let place = |it: &Queued| PlaceShown {
        article: it.article,
        title: it.title.clone(),
        outlet: names.iter().find(|outlet| outlet.id == it.outlet).map_or_else(|| it.outlet.to_string(), |outlet| outlet.name.clone()),
        month: Month::shown(it.month),
        why: frame.waiting(&it.why).into_owned(),
        nature: it.nature.labels(),
        current: Some(it.article) == here,
    };
    let next = queued.iter().skip(at + 1).find(|it| Some(it.article) != here).map(|it| it.article);
    let page = QueuePage {
        frame,
        places: queued.iter().map(place).collect(),
        all,
        page,
        pages,
        month: queued.get(at).map(|it| it.month),
        current,
        next,
        ruled: asked.ruled,
        problem,
    };
    Ok(page.render()?)
}

/// Rules on the chosen articles, each by itself: one that fails keeps the others ruled, and is named.
///
/// # Errors
/// Where the store fails.
pub async fn rule_many(State(desk): State<Desk>, frame: Frame, Form(fields): Form<Vec<(String, String)>>) -> Result<Response, PageError> {
    let field = |name: &str| fields.iter().find(|it| it.0 == name).map(|it| it.1.clone()).unwrap_or_default();
    let ruling = TypedRuling { decision: field("decision"), month: String::new(), reason: field("reason"), back: String::new() };
    let chosen: BTreeSet<i64> = fields.iter().filter(|it| it.0 == "article").filter_map(|it| it.1.parse().ok()).collect();
    let mut failed = Vec::new();
    for id in chosen.iter().copied().take(MANY_MAX) {
        match rule_on(&desk, &frame, id, &ruling).await {
            Ok(()) => {}
            Err(PageError::Refused(vi, en)) => failed.push(format!("{id}: {}", frame.say(&vi, &en))),
            Err(other) => return Err(other),
        }
    }
    if chosen.is_empty() {
        failed.push(frame.say("Chưa chọn bài nào.", "No article is chosen.").to_owned());
    }
    if failed.is_empty() {
        return Ok(Redirect::to(&done_at("/queue", Done::Ruled)).into_response());
    }
    let page = draw(&desk, &frame, &Asked { page: 0, at: None, ruled: None }, Some(failed.join(" · "))).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}
