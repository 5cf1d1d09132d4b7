//! The gate before each page: who comes, whether the page is for them, and what goes out with every answer.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    handler::Handler,
    http::{HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::{MethodRouter, get, post},
};

use super::{
    error::Fault,
    frame::Frame,
    lang::{Lang, cookie},
    secret::digest_of,
    state::Desk,
};
use crate::domain::user::Deed;

/// The cookie that holds a session's token.
pub const SESSION_COOKIE: &str = "diembao";

/// Whom a page is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Anybody.
    Nobody,
    /// Whoever is logged in under a role that may do this.
    May(Deed),
    /// Another program with a token that was not revoked, or whoever is logged in under a role that may do this.
    Token(Deed),
}

/// One route: no page is reached but through its door.
pub struct Door {
    pub method: Method,
    /// As axum writes it.
    pub path: &'static str,
    pub needs: Needs,
    handler: MethodRouter<Desk>,
}

/// A page that anybody may open.
pub fn open<H: Handler<T, Desk>, T: 'static>(path: &'static str, handler: H) -> Door {
    Door { method: Method::GET, path, needs: Needs::Nobody, handler: get(handler) }
}

/// A form that anybody may send.
pub fn take<H: Handler<T, Desk>, T: 'static>(path: &'static str, handler: H) -> Door {
    Door { method: Method::POST, path, needs: Needs::Nobody, handler: post(handler) }
}

/// A page for whoever may do a deed.
pub fn page<H: Handler<T, Desk>, T: 'static>(path: &'static str, deed: Deed, handler: H) -> Door {
    Door { method: Method::GET, path, needs: Needs::May(deed), handler: get(handler) }
}

/// An answer for other programs: they may see what whoever only looks may see, and change nothing.
pub fn api<H: Handler<T, Desk>, T: 'static>(path: &'static str, handler: H) -> Door {
    Door { method: Method::GET, path, needs: Needs::Token(Deed::Look), handler: get(handler) }
}

/// A form for whoever may do a deed.
pub fn form<H: Handler<T, Desk>, T: 'static>(path: &'static str, deed: Deed, handler: H) -> Door {
    Door { method: Method::POST, path, needs: Needs::May(deed), handler: post(handler) }
}

impl Door {
    /// The same with another limit of the body, in bytes.
    pub fn with_body(mut self, bytes: usize) -> Self {
        self.handler = self.handler.layer(axum::extract::DefaultBodyLimit::max(bytes));
        self
    }

    /// Puts the route behind its gate.
    pub fn hang(self, router: Router<Desk>, desk: &Desk) -> Router<Desk> {
        let gate = middleware::from_fn_with_state((desk.clone(), self.needs), pass);
        router.route(self.path, self.handler.route_layer(gate))
    }
}

/// Lets through whom the page is for.
async fn pass(State((desk, needs)): State<(Desk, Needs)>, mut request: Request, next: Next) -> Response {
    let for_programs = matches!(needs, Needs::Token(_));
    let by_token = match request.headers().get(header::AUTHORIZATION).filter(|_| for_programs) {
        Some(said) => match token_holds(&desk, said).await {
            Ok(true) => true,
            Ok(false) => return unknown_token(),
            Err(fault) => return fault.into_response(),
        },
        None => false,
    };
    let lang = Lang::of(request.headers());
    let user = match cookie(request.headers(), SESSION_COOKIE) {
        Some(token) => match desk.store.session_user(&digest_of(token), desk.now()).await {
            Ok(user) => user.map(Arc::new),
            Err(fault) => return super::error::PageError::from(fault).into_response(),
        },
        None => None,
    };
    let here = request.uri().path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
    let frame = Frame::new(lang, desk.site.clone(), user, here);
    match needs {
        Needs::Nobody => {}
        Needs::Token(_) if by_token => {}
        Needs::Token(_) if frame.user.is_none() => return unknown_token(),
        Needs::May(_) if frame.user.is_none() => return stranger(&request, &frame),
        Needs::Token(deed) if !frame.may(deed) => return Fault::forbidden().for_programs(),
        Needs::May(deed) if !frame.may(deed) => return Fault::forbidden().draw(&frame),
        Needs::May(_) | Needs::Token(_) => {}
    }
    request.extensions_mut().insert(frame.clone());
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Fault>() {
        Some(fault) if for_programs => fault.for_programs(),
        Some(fault) => fault.draw(&frame),
        None => response,
    }
}

/// Whether what a program says of itself is `Bearer` and a token that holds (RFC 6750).
async fn token_holds(desk: &Desk, said: &HeaderValue) -> Result<bool, super::error::PageError> {
    let token = said.to_str().ok().and_then(|it| it.split_once(' ')).filter(|it| it.0.eq_ignore_ascii_case("bearer")).map(|it| it.1.trim());
    match token {
        Some(token) => Ok(desk.store.use_token(&digest_of(token), desk.now()).await?.is_some()),
        None => Ok(false),
    }
}

/// A program without a token that holds.
fn unknown_token() -> Response {
    let (vi, en) = ("Mã truy cập không đúng hoặc đã thu hồi.", "The token is wrong or was revoked.");
    let said = super::error::said_to_programs(StatusCode::UNAUTHORIZED, vi, en);
    (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")], axum::Json(said)).into_response()
}

/// Somebody who is not logged in is shown where to, and brought back afterwards.
fn stranger(request: &Request, frame: &Frame) -> Response {
    if *request.method() == Method::GET {
        let next: String = url::form_urlencoded::byte_serialize(frame.here.as_bytes()).collect();
        return Redirect::to(&format!("/login?next={next}")).into_response();
    }
    (StatusCode::UNAUTHORIZED, frame.say("Xin đăng nhập.\n", "Please log in.\n").to_owned()).into_response()
}

/// What browsers may do with a page: run and draw what we serve, and nothing else (Content Security Policy Level 3).
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

/// Puts the headers that every answer carries.
pub async fn seal(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Outlets must not learn who reads what; our own forms need their origin.
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
