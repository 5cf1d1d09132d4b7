//! What a visitor sees when a page cannot be made: calm words; the cause goes to the log.

use askama::Template;
use axum::{
    Json,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};

use super::{frame::Frame, secret::SecretError, state::HandFault};
use crate::{
    search::SearchError,
    store::{StoreError, attachment::AttachmentError},
};

/// A page that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Search(#[from] SearchError),
    #[error(transparent)]
    Attachment(#[from] AttachmentError),
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error("draw the page")]
    Template(#[from] askama::Error),
    #[error("do what the page asks for")]
    Hand(#[source] HandFault),
    #[error("there is no such page")]
    NotFound,
    /// The visitor's role does not allow what this page, of all of its kind, would show.
    #[error("the role does not allow it")]
    NotAllowed,
    /// What was asked for cannot be done; both languages.
    #[error("{1}")]
    Refused(String, String),
}

/// What the gate draws an error page from.
#[derive(Debug, Clone)]
pub struct Fault {
    status: StatusCode,
    title: (&'static str, &'static str),
    text: (String, String),
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    frame: &'a Frame,
    title: &'a str,
    text: &'a str,
}

impl Fault {
    /// Nobody may see this page under that role.
    pub fn forbidden() -> Self {
        let text = ("Vai trò của anh, chị không được làm việc này.", "Your role does not allow this.");
        Self {
            status: StatusCode::FORBIDDEN, title: ("Không được phép", "Not allowed"), text: (text.0.to_owned(), text.1.to_owned())
        }
    }

    /// The same for another program.
    pub fn for_programs(&self) -> Response {
        (self.status, Json(said_to_programs(self.status, &self.text.0, &self.text.1))).into_response()
    }

    /// The page as the visitor sees it.
    pub fn draw(&self, frame: &Frame) -> Response {
        let (title, text) = (frame.say(self.title.0, self.title.1), frame.say(&self.text.0, &self.text.1));
        match (ErrorPage { frame, title, text }).render() {
            Ok(page) => (self.status, Html(page)).into_response(),
            Err(fault) => {
                tracing::error!(error = ?fault, "the error page could not be drawn");
                (self.status, text.to_owned()).into_response()
            }
        }
    }
}

/// What somebody sees whose browser sent a form of another site; before it is known who asks, and so in both languages.
pub fn foreign_form() -> Response {
    let text = "Biểu mẫu này không được gửi từ bàn làm việc, nên chưa có gì thay đổi. Nếu đã gửi từ bàn làm việc, xin báo người quản trị: \
                máy chủ trung gian phải chuyển nguyên tên máy (Host).\n\nThis form was not sent from the desk; nothing was changed. If it was, \
                tell the administrator: a proxy in front of the desk must pass the Host header on as it came.\n";
    (StatusCode::FORBIDDEN, text).into_response()
}

/// What a program reads where it gets no answer.
pub fn said_to_programs(status: StatusCode, vi: &str, en: &str) -> serde_json::Value {
    serde_json::json!({ "status": status.as_u16(), "error": { "vi": vi, "en": en } })
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let fault = match self {
            Self::NotFound => Fault {
                status: StatusCode::NOT_FOUND,
                title: ("Không có trang này", "No such page"),
                text: (
                    "Địa chỉ có thể đã gõ nhầm, hoặc mục này không còn.".to_owned(),
                    "The address may be mistyped, or the item is gone.".to_owned(),
                ),
            },
            Self::NotAllowed => Fault::forbidden(),
            Self::Refused(vi, en) => {
                Fault {
                    status: StatusCode::UNPROCESSABLE_ENTITY, title: ("Chưa thực hiện được", "It could not be done"), text: (vi, en)
                }
            }
            fault => {
                tracing::error!(error = ?fault, "page failed");
                Fault {
                    status: StatusCode::INTERNAL_SERVER_ERROR,
                    title: ("Trang này tạm thời chưa xem được", "This page cannot be shown now"),
                    text: (
                        "Xin thử lại sau ít phút. Nếu vẫn vậy, xin báo người quản trị.".to_owned(),
                        "Please try again in a few minutes. If it persists, tell the administrator.".to_owned(),
                    ),
                }
            }
        };
        let mut response = (fault.status, fault.text.0.clone()).into_response();
        response.extensions_mut().insert(fault);
        response
    }
}
