//! The officers' desk: one file per page, all routes on this screen.

mod assets;
mod board;
mod error;
mod frame;
mod gate;
mod lang;
mod login;
pub mod secret;
pub mod state;

use axum::{Router, http::Method, middleware, response::IntoResponse};
use tower_http::{compression::CompressionLayer, csrf::CsrfLayer};

use self::{
    gate::{Door, form, open, page, take},
    state::Desk,
};
use crate::domain::user::Deed::{self, Look};

/// Every door of the desk.
fn doors() -> Vec<Door> {
    vec![
        open("/healthz", board::health),
        open("/assets/{name}", assets::show),
        open("/login", login::show),
        take("/login", login::enter),
        take("/logout", login::leave),
        open("/lang/{lang}", login::speak),
        open("/setup/{token}", login::setup),
        take("/setup/{token}", login::set_up),
        page("/password", Look, login::password),
        form("/password", Look, login::change_password),
        page("/", Look, board::show),
    ]
}

/// Every route: its method, its path as axum writes it, and the deed that it needs, if any.
pub fn table() -> Vec<(Method, &'static str, Option<Deed>)> {
    let needs = |door: &Door| match door.needs {
        gate::Needs::Nobody => None,
        gate::Needs::May(deed) => Some(deed),
    };
    doors().iter().map(|it| (it.method.clone(), it.path, needs(it))).collect()
}

/// The desk's router.
pub fn routes(desk: Desk) -> Router {
    let nowhere = open("/{*path}", async || error::PageError::NotFound.into_response());
    let hung = doors().into_iter().chain([nowhere]).fold(Router::new(), |router, door| door.hang(router, &desk));
    // Whatever changes something must come from our own pages: browsers say where a request comes from.
    hung.layer(CsrfLayer::new()).layer(middleware::from_fn(gate::seal)).layer(CompressionLayer::new()).with_state(desk)
}
