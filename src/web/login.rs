//! Logging in and out, the first user, one's own password, and the language.

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    error::PageError,
    frame::{Done, Frame, done_at, inside},
    gate::SESSION_COOKIE,
    lang::{Lang, cookie},
    secret::{digest_of, hash_password, is_password, new_token},
    state::Desk,
};
use crate::{
    domain::user::{PasswordFault, Role, UserName, check_password},
    store::{
        session::Purpose,
        user::{NewUser, UserChange},
    },
};

/// Longest name that is looked at.
const NAME_LETTERS_MAX: usize = 100;

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage<'a> {
    frame: &'a Frame,
    name: &'a str,
    next: &'a str,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "setup.html")]
struct SetupPage<'a> {
    frame: &'a Frame,
    token: &'a str,
    name: &'a str,
    shown: &'a str,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage<'a> {
    frame: &'a Frame,
    problem: Option<String>,
}

/// Where to go afterwards.
#[derive(Debug, Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

/// What is typed to log in.
#[derive(Debug, Deserialize)]
pub struct Login {
    name: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// What is typed to add the first user.
#[derive(Debug, Deserialize)]
pub struct Setup {
    name: String,
    shown: String,
    password: String,
    again: String,
}

/// What is typed to change one's password.
#[derive(Debug, Deserialize)]
pub struct NewPassword {
    old: String,
    password: String,
    again: String,
}

/// The form to log in.
///
/// # Errors
/// Where the page cannot be drawn.
pub async fn show(frame: Frame, Query(next): Query<Next>) -> Result<Response, PageError> {
    if frame.user.is_some() {
        return Ok(Redirect::to(inside(&next.next).unwrap_or("/")).into_response());
    }
    let page = LoginPage { frame: &frame, name: "", next: inside(&next.next).unwrap_or("/"), problem: None };
    Ok(Html(page.render()?).into_response())
}

/// Logs in, under a new token: one that was planted before is worth nothing.
///
/// # Errors
/// Where the store fails.
pub async fn enter(State(desk): State<Desk>, frame: Frame, headers: HeaderMap, Form(typed): Form<Login>) -> Result<Response, PageError> {
    let (now, next) = (desk.now(), inside(&typed.next).unwrap_or("/"));
    let shown: String = typed.name.trim().to_lowercase().chars().take(NAME_LETTERS_MAX).collect();
    let refused = |status: StatusCode, problem: String| -> Result<Response, PageError> {
        let page = LoginPage { frame: &frame, name: &shown, next, problem: Some(problem) };
        Ok((status, Html(page.render()?)).into_response())
    };
    if let Some(until) = desk.store.login_waits(&shown, now).await? {
        let (vi, en) = ("Đã sai nhiều lần. Xin thử lại sau", "Too many failures. Please try again after");
        return refused(StatusCode::TOO_MANY_REQUESTS, format!("{} {}.", frame.say(vi, en), desk.moment(until)));
    }
    let known = match shown.parse::<UserName>() {
        Ok(name) => desk.store.user(&name).await?,
        Err(_) => None,
    };
    let (user, kept) = known.map_or((None, None), |(user, kept)| (Some(user), Some(kept)));
    let right = is_password(typed.password, kept).await?;
    let Some(user) = user.filter(|it| right && it.disabled_at.is_none()) else {
        desk.store.record_login_failure(&shown, now).await?;
        let problem = frame.say("Tên hoặc mật khẩu không đúng.", "Name or password is wrong.");
        return refused(StatusCode::UNAUTHORIZED, problem.to_owned());
    };
    if let Some(old) = cookie(&headers, SESSION_COOKIE) {
        desk.store.end_session(&digest_of(old)).await?;
    }
    let (token, digest) = new_token()?;
    desk.store.begin_session(&digest, &user.name, now).await?;
    Ok(([(header::SET_COOKIE, session_cookie(&desk, &token))], Redirect::to(next)).into_response())
}

/// Logs out.
///
/// # Errors
/// Where the store fails.
pub async fn leave(State(desk): State<Desk>, headers: HeaderMap) -> Result<Response, PageError> {
    if let Some(token) = cookie(&headers, SESSION_COOKIE) {
        desk.store.end_session(&digest_of(token)).await?;
    }
    let gone = format!("{SESSION_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    Ok(([(header::SET_COOKIE, gone)], Redirect::to("/login")).into_response())
}

/// The form that a set-up link opens.
///
/// # Errors
/// Where the link does not work, or the store fails.
pub async fn setup(State(desk): State<Desk>, frame: Frame, Path(token): Path<String>) -> Result<Html<String>, PageError> {
    let works = desk.store.link(&digest_of(&token), Purpose::Setup, desk.now()).await?;
    works.ok_or_else(dead_link)?;
    Ok(Html(SetupPage { frame: &frame, token: &token, name: "", shown: "", problem: None }.render()?))
}

/// Adds the first user, an administrator, and uses the link up.
///
/// # Errors
/// Where the link does not work, or the store fails.
pub async fn set_up(
    State(desk): State<Desk>,
    frame: Frame,
    Path(token): Path<String>,
    Form(typed): Form<Setup>,
) -> Result<Response, PageError> {
    let (now, digest) = (desk.now(), digest_of(&token));
    desk.store.link(&digest, Purpose::Setup, now).await?.ok_or_else(dead_link)?;
    let name = typed.name.trim().parse::<UserName>();
    let problem = match &name {
        Err(_) => Some(bad_name(&frame)),
        Ok(name) => password_problem(&frame, &typed.password, &typed.again, name),
    };
    let (Ok(name), None) = (name, &problem) else {
        let page = SetupPage { frame: &frame, token: &token, name: &typed.name, shown: &typed.shown, problem };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page.render()?)).into_response());
    };
    let password = hash_password(typed.password).await?;
    if !desk.store.use_link(&digest, Purpose::Setup, now).await? {
        return Err(dead_link());
    }
    let shown = if typed.shown.trim().is_empty() { name.as_str() } else { typed.shown.trim() };
    let new = NewUser { name: &name, shown, role: Role::Admin, password: &password };
    desk.store.add_user(&new, name.as_str(), now).await?;
    Ok(Redirect::to(&done_at("/login", Done::Saved)).into_response())
}

/// The form for one's own password.
///
/// # Errors
/// Where the page cannot be drawn.
pub async fn password(frame: Frame) -> Result<Html<String>, PageError> {
    Ok(Html(PasswordPage { frame: &frame, problem: None }.render()?))
}

/// Changes one's own password; every session of the user ends.
///
/// # Errors
/// Where the store fails.
pub async fn change_password(State(desk): State<Desk>, frame: Frame, Form(typed): Form<NewPassword>) -> Result<Response, PageError> {
    let Some(user) = frame.user.clone() else { return Err(PageError::NotFound) };
    let kept = desk.store.user(&user.name).await?.map(|it| it.1);
    let problem = if is_password(typed.old, kept).await? {
        password_problem(&frame, &typed.password, &typed.again, &user.name)
    } else {
        Some(frame.say("Mật khẩu đang dùng không đúng.", "The present password is wrong.").to_owned())
    };
    if problem.is_some() {
        let page = PasswordPage { frame: &frame, problem };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page.render()?)).into_response());
    }
    let hash = hash_password(typed.password).await?;
    desk.store.change_user(&user.name, &UserChange::Password(&hash), user.name.as_str(), desk.now()).await?;
    Ok(Redirect::to(&done_at("/login", Done::PasswordChanged)).into_response())
}

/// Remembers the language.
pub async fn speak(Path(lang): Path<String>, Query(next): Query<Next>) -> Response {
    let lang = Lang::named(&lang).unwrap_or_default();
    ([(header::SET_COOKIE, lang.cookie())], Redirect::to(inside(&next.next).unwrap_or("/"))).into_response()
}

/// Why a chosen password does not do, in words.
pub fn password_problem(frame: &Frame, password: &str, again: &str, name: &UserName) -> Option<String> {
    if password != again {
        return Some(frame.say("Hai lần gõ mật khẩu không giống nhau.", "The two passwords differ.").to_owned());
    }
    let problem = match check_password(password, name).err()? {
        PasswordFault::TooShort => frame.say("Mật khẩu cần ít nhất 12 ký tự.", "A password needs at least 12 letters."),
        PasswordFault::TooLong => frame.say("Mật khẩu dài quá 200 ký tự.", "The password has more than 200 letters."),
        PasswordFault::HoldsName => frame.say("Mật khẩu không được chứa tên đăng nhập.", "The password must not hold the user name."),
        PasswordFault::TooPlain => frame.say("Mật khẩu lặp lại vài ký tự, dễ đoán.", "The password repeats a few letters."),
    };
    Some(problem.to_owned())
}

/// Why a user name does not do, in words.
pub fn bad_name(frame: &Frame) -> String {
    let vi = "Tên đăng nhập gồm 2 đến 40 chữ thường không dấu, chữ số, dấu chấm, gạch nối hoặc gạch dưới, bắt đầu bằng chữ.";
    frame.say(vi, "A user name has 2 to 40 small letters a to z, digits, full stops, hyphens or underscores, a letter first.").to_owned()
}

fn session_cookie(desk: &Desk, token: &str) -> String {
    let secure = if desk.site.https { "; Secure" } else { "" };
    // Lax, so that a link in a mail finds the session; what changes something is checked for its origin.
    format!("{SESSION_COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax{secure}")
}

fn dead_link() -> PageError {
    let (vi, en) = ("Liên kết này đã dùng hoặc đã hết hạn.", "This link was used or has expired.");
    PageError::Refused(vi.to_owned(), en.to_owned())
}
