//! Who may come in: adding people, their roles and passwords, and keeping somebody out.

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
    login::{bad_name, password_problem},
    secret::hash_password,
    state::Desk,
};
use crate::{
    domain::user::{Role, UserName},
    store::user::{NewUser, User, UserChange, UserChangeEnd},
};

#[derive(Template)]
#[template(path = "users.html")]
struct UsersPage<'a> {
    frame: &'a Frame,
    users: Vec<UserShown>,
    roles: [Role; 4],
    /// What was typed to add somebody.
    typed: &'a TypedUser,
    problem: Option<String>,
}

/// One user as the list shows it.
struct UserShown {
    user: User,
    added: String,
    disabled: Option<String>,
    /// Whether it is the one who looks: one's own account is not taken away by mistake.
    own: bool,
}

/// What is typed to add somebody.
#[derive(Debug, Default, Deserialize)]
pub struct TypedUser {
    name: String,
    shown: String,
    role: String,
    password: String,
    again: String,
}

/// A role that is chosen.
#[derive(Debug, Deserialize)]
pub struct TypedRole {
    role: String,
}

/// A password that is set for somebody.
#[derive(Debug, Deserialize)]
pub struct TypedPassword {
    password: String,
    again: String,
}

/// Letters of the name that people read.
const SHOWN_LETTERS_MAX: usize = 80;

/// Everybody who was ever added.
///
/// # Errors
/// Where the store fails.
pub async fn show(State(desk): State<Desk>, frame: Frame) -> Result<Html<String>, PageError> {
    Ok(Html(draw(&desk, &frame, &TypedUser::default(), None).await?))
}

/// Adds somebody.
///
/// # Errors
/// Where the store fails.
pub async fn add(State(desk): State<Desk>, frame: Frame, Form(typed): Form<TypedUser>) -> Result<Response, PageError> {
    let (name, role) = match checked(&frame, &typed) {
        Ok(it) => it,
        Err(problem) => return refused(&desk, &frame, &typed, problem).await,
    };
    let password = hash_password(typed.password.clone()).await?;
    let shown = if typed.shown.trim().is_empty() { name.as_str() } else { typed.shown.trim() };
    let new = NewUser { name: &name, shown, role, password: &password };
    if !desk.store.add_user(&new, by(&frame), desk.now()).await? {
        let problem = frame.say("Tên đăng nhập này đã có người dùng.", "This user name is taken.").to_owned();
        return refused(&desk, &frame, &typed, problem).await;
    }
    Ok(saved())
}

/// Gives somebody another role; every session under the old one ends.
///
/// # Errors
/// Where there is no such user, or the store fails.
pub async fn change_role(
    State(desk): State<Desk>,
    frame: Frame,
    Path(name): Path<String>,
    Form(typed): Form<TypedRole>,
) -> Result<Response, PageError> {
    let role: Role = typed.role.parse().map_err(|_| PageError::NotFound)?;
    change(&desk, &frame, &name, &UserChange::Role(role)).await
}

/// Sets somebody's password; every session under the old one ends.
///
/// # Errors
/// Where there is no such user, or the store fails.
pub async fn set_password(
    State(desk): State<Desk>,
    frame: Frame,
    Path(name): Path<String>,
    Form(typed): Form<TypedPassword>,
) -> Result<Response, PageError> {
    let parsed: UserName = name.parse().map_err(|_| PageError::NotFound)?;
    if let Some(problem) = password_problem(&frame, &typed.password, &typed.again, &parsed) {
        return refused(&desk, &frame, &TypedUser::default(), format!("{name}: {problem}")).await;
    }
    let hash = hash_password(typed.password).await?;
    change(&desk, &frame, &name, &UserChange::Password(&hash)).await
}

/// Keeps somebody out. The account stays, so that what it did keeps its name.
///
/// # Errors
/// Where there is no such user, or the store fails.
pub async fn disable(State(desk): State<Desk>, frame: Frame, Path(name): Path<String>) -> Result<Response, PageError> {
    change(&desk, &frame, &name, &UserChange::Disabled).await
}

/// Lets somebody in again.
///
/// # Errors
/// Where there is no such user, or the store fails.
pub async fn enable(State(desk): State<Desk>, frame: Frame, Path(name): Path<String>) -> Result<Response, PageError> {
    change(&desk, &frame, &name, &UserChange::Enabled).await
}

async fn change(desk: &Desk, frame: &Frame, name: &str, change: &UserChange<'_>) -> Result<Response, PageError> {
    let name: UserName = name.parse().map_err(|_| PageError::NotFound)?;
    let end = match name.as_str() == by(frame) {
        true => None,
        false => Some(desk.store.change_user(&name, change, by(frame), desk.now()).await?),
    };
    let problem = match end {
        Some(UserChangeEnd::Done) => return Ok(saved()),
        Some(UserChangeEnd::Unknown) => return Err(PageError::NotFound),
        Some(UserChangeEnd::LastAdmin) => frame.say(
            "Đây là người quản trị cuối cùng: hãy giao vai trò quản trị cho người khác trước.",
            "This is the last administrator: make somebody else one first.",
        ),
        None => frame.say(
            "Không thể sửa tài khoản của chính mình tại đây. Mật khẩu của mình đổi ở mục Mật khẩu; vai trò do người quản trị khác đổi.",
            "Your own account is not changed here. Your password is under Password; another administrator changes your role.",
        ),
    };
    refused(desk, frame, &TypedUser::default(), problem.to_owned()).await
}

/// The name and role of somebody who may be added, or why not.
fn checked(frame: &Frame, typed: &TypedUser) -> Result<(UserName, Role), String> {
    let name: UserName = typed.name.trim().parse().map_err(|_| bad_name(frame))?;
    let role = typed.role.parse().map_err(|_| frame.say("Hãy chọn vai trò.", "Choose a role.").to_owned())?;
    let shown = typed.shown.trim();
    if shown.chars().count() > SHOWN_LETTERS_MAX || shown.chars().any(char::is_control) {
        return Err(frame.say("Họ và tên dài quá 80 ký tự.", "The full name has more than 80 letters.").to_owned());
    }
    match password_problem(frame, &typed.password, &typed.again, &name) {
        Some(problem) => Err(problem),
        None => Ok((name, role)),
    }
}

async fn refused(desk: &Desk, frame: &Frame, typed: &TypedUser, problem: String) -> Result<Response, PageError> {
    let page = draw(desk, frame, typed, Some(problem)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}

async fn draw(desk: &Desk, frame: &Frame, typed: &TypedUser, problem: Option<String>) -> Result<String, PageError> {
    let shown = |user: User| UserShown {
        added: desk.day(user.added_at),
        disabled: user.disabled_at.map(|at| desk.day(at)),
        own: user.name.as_str() == by(frame),
        user,
    };
    let users = desk.store.users().await?.into_iter().map(shown).collect();
    Ok(UsersPage { frame, users, roles: Role::ALL, typed, problem }.render()?)
}

fn saved() -> Response {
    Redirect::to(&done_at("/users", Done::Saved)).into_response()
}

fn by(frame: &Frame) -> &str {
    frame.user.as_ref().map_or("", |it| it.name.as_str())
}
