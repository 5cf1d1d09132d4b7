//! The tokens of other programs: made, shown once, revoked; and the page that says how to use them.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    error::PageError,
    frame::{Done, Frame, done_at},
    secret::new_token,
    state::Desk,
};

#[derive(Template)]
#[template(path = "tokens.html")]
struct TokensPage<'a> {
    frame: &'a Frame,
    tokens: Vec<TokenShown>,
    /// The token that was made just now; it is shown this once.
    made: Option<String>,
    name: &'a str,
    problem: Option<&'a str>,
}

struct TokenShown {
    id: i64,
    name: String,
    made_by: String,
    made: String,
    used: Option<String>,
    revoked: Option<String>,
}

#[derive(Template)]
#[template(path = "api.html")]
struct ApiPage<'a> {
    frame: &'a Frame,
    base: &'a str,
}

/// What a token is for.
#[derive(Debug, Deserialize)]
pub struct TypedToken {
    name: String,
}

/// Letters of a token's name.
const NAME_LETTERS_MAX: usize = 80;

/// Every token that was made.
///
/// # Errors
/// Where the store fails.
pub async fn show(State(desk): State<Desk>, frame: Frame) -> Result<Response, PageError> {
    draw(&desk, &frame, StatusCode::OK, None, "", None).await
}

/// Makes a token and shows it, which happens never again.
///
/// # Errors
/// Where the store fails or the system gives no random bytes.
pub async fn make(State(desk): State<Desk>, frame: Frame, Form(typed): Form<TypedToken>) -> Result<Response, PageError> {
    let Some(user) = frame.user.clone() else { return Err(PageError::NotFound) };
    let name = typed.name.trim();
    if name.is_empty() || name.chars().count() > NAME_LETTERS_MAX {
        let problem = frame.say("Tên dài từ 1 đến 80 ký tự.", "A name has 1 to 80 letters.");
        return draw(&desk, &frame, StatusCode::UNPROCESSABLE_ENTITY, None, name, Some(problem)).await;
    }
    let (token, digest) = new_token()?;
    desk.store.add_token(&digest, name, &user.name, desk.now()).await?;
    draw(&desk, &frame, StatusCode::OK, Some(token), "", None).await
}

/// Revokes a token for good.
///
/// # Errors
/// Where there is none, or the store fails.
pub async fn revoke(State(desk): State<Desk>, frame: Frame, Path(id): Path<i64>) -> Result<Response, PageError> {
    let Some(user) = frame.user.clone() else { return Err(PageError::NotFound) };
    if !desk.store.revoke_token(id, &user.name, desk.now()).await? {
        return Err(PageError::NotFound);
    }
    Ok(Redirect::to(&done_at("/settings/tokens", Done::Withdrawn)).into_response())
}

/// How programs read the desk.
///
/// # Errors
/// Where the page cannot be drawn.
pub async fn about(frame: Frame) -> Result<Html<String>, PageError> {
    Ok(Html(ApiPage { frame: &frame, base: "/api/v1" }.render()?))
}

async fn draw(
    desk: &Desk,
    frame: &Frame,
    status: StatusCode,
    made: Option<String>,
    name: &str,
    problem: Option<&str>,
) -> Result<Response, PageError> {
    let tokens = desk.store.tokens().await?.into_iter().map(|it| TokenShown {
        id: it.id,
        name: it.name,
        made_by: it.made_by,
        made: desk.moment(it.made_at),
        used: it.used_at.map(|at| desk.moment(at)),
        revoked: it.revoked_at.map(|at| desk.moment(at)),
    });
    let page = TokensPage { frame, tokens: tokens.collect(), made, name, problem };
    Ok((status, Html(page.render()?)).into_response())
}
