//! The officers' desk: one file per page, all routes on this screen.

mod article;
mod assets;
mod board;
mod close;
mod decide;
mod error;
mod frame;
mod gate;
mod highlight;
mod lang;
mod login;
mod new_source;
mod outlet_month;
mod queue;
mod requests;
mod search;
mod settings;
mod sources;
pub mod secret;
pub mod state;
mod terms;

use axum::{Router, http::Method, middleware, response::IntoResponse};
use tower_http::{compression::CompressionLayer, csrf::CsrfLayer};

use self::{
    gate::{Door, form, open, page, take},
    state::Desk,
};
use crate::domain::user::Deed::{self, Close, Decide, Look, ManageUsers, Unmask};

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
        page("/outlets/{outlet}/{month}", Look, outlet_month::show),
        page("/outlets/{outlet}/{month}/dossier", Look, outlet_month::dossier),
        form("/outlets/{outlet}/{month}/off-web", Decide, decide::add_off_web).with_body(decide::FORM_BYTES_MAX),
        form("/outlets/{outlet}/{month}/confirm", Decide, decide::confirm),
        form("/outlets/{outlet}/{month}/hand-check", Decide, decide::hand_check),
        form("/outlets/{outlet}/{month}/withdraw", Decide, decide::withdraw),
        form("/outlets/{outlet}/{month}/link", Decide, decide::link),
        page("/articles/{id}", Look, article::show),
        page("/articles/{id}/copy/{capture}", Look, article::copy),
        form("/articles/{id}/rule", Decide, article::rule),
        form("/articles/{id}/unmask", Unmask, article::unmask),
        page("/queue", Look, queue::show),
        form("/queue", Decide, queue::rule_many),
        page("/search", Look, search::show),
        page("/search/export/{format}", Look, search::export),
        form("/search/save", Look, search::save),
        form("/search/remove", Look, search::remove),
        page("/sources", Look, sources::show),
        page("/sources/{outlet}", Look, sources::outlet),
        form("/sources/{outlet}/visit", Decide, sources::visit_now),
        page("/sources-new", Decide, new_source::ask),
        form("/sources-new", Decide, new_source::discover),
        page("/sources-new/{id}", Decide, new_source::choose),
        form("/sources-new/{id}", Decide, new_source::save),
        page("/terms", Look, terms::show),
        form("/terms/try", Look, terms::try_out),
        page("/terms/{id}", Decide, terms::term),
        form("/terms/effect", Decide, terms::effect),
        form("/terms/save", Decide, terms::save),
        page("/settings", ManageUsers, settings::show),
        page("/requests/{id}", Look, requests::show),
        page("/months/{month}/close", Look, close::show),
        form("/months/{month}/close/propose", Close, close::propose),
        form("/months/{month}/close/take-back", Close, close::take_back),
        form("/months/{month}/close/confirm", Close, close::confirm),
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
