//! The officers' desk: one file per page, all routes on this screen.

mod api;
mod article;
mod assets;
mod audit;
mod board;
mod calls;
mod chart;
mod close;
mod decide;
mod error;
mod export;
mod found;
mod frame;
mod gate;
mod highlight;
mod import;
mod lang;
mod letters;
mod limit;
mod login;
mod new_source;
mod notice;
mod notices;
mod outlet_month;
mod queue;
mod reply;
mod reports;
mod requests;
mod search;
pub mod secret;
mod settings;
mod silences;
mod sources;
pub mod state;
mod submissions;
mod terms;
mod tokens;
mod users;
mod year;

use std::sync::Arc;

use axum::{Router, http::Method, middleware, response::IntoResponse};
use tower_http::{compression::CompressionLayer, csrf::CsrfLayer};

use self::{
    gate::{Door, api as program, form, open, page, take},
    state::Desk,
};
use crate::domain::user::Deed::{self, Audit, Close, Decide, Look, ManageUsers, Unmask};

/// Every door of the desk.
fn doors() -> Vec<Door> {
    [entrance(), months(), lists(), keeping()].into_iter().flatten().collect()
}

/// Coming in.
fn entrance() -> Vec<Door> {
    vec![
        open("/healthz", board::health),
        open("/assets/{name}", assets::show),
        open("/login", login::show),
        take("/login", login::enter),
        take("/logout", login::leave),
        open("/lang/{lang}", login::speak),
        open("/setup/{token}", login::setup),
        take("/setup/{token}", login::set_up),
        open("/reply/{token}", reply::show),
        take("/reply/{token}", reply::take_in).with_body(reply::FORM_BYTES_MAX),
        page("/password", Look, login::password),
        form("/password", Look, login::change_password),
    ]
}

/// Months, and what officers decide on them.
fn months() -> Vec<Door> {
    vec![
        page("/", Look, board::show),
        page("/year/{year}", Look, year::show),
        page("/outlets/{outlet}/{month}", Look, outlet_month::show),
        page("/outlets/{outlet}/{month}/dossier", Unmask, outlet_month::dossier),
        form("/outlets/{outlet}/{month}/off-web", Decide, decide::add_off_web).with_body(decide::FORM_BYTES_MAX),
        form("/outlets/{outlet}/{month}/confirm", Decide, decide::confirm),
        form("/outlets/{outlet}/{month}/hand-check", Decide, decide::hand_check),
        form("/outlets/{outlet}/{month}/withdraw", Decide, decide::withdraw),
        form("/outlets/{outlet}/{month}/link", Decide, decide::link),
        page("/outlets/{outlet}/{month}/reply-link", Decide, reply::link_page),
        form("/outlets/{outlet}/{month}/reply-link", Decide, reply::make_link),
        form("/outlets/{outlet}/{month}/reply-link/end", Decide, reply::end_links),
        page("/articles/{id}", Look, article::show),
        page("/articles/{id}/copy/{capture}", Look, article::copy),
        form("/articles/{id}/copy/{capture}", Unmask, article::bare_copy),
        form("/articles/{id}/rule", Decide, article::rule),
        form("/articles/{id}/unmask", Unmask, article::unmask),
        page("/queue", Look, queue::show),
        form("/queue", Decide, queue::rule_many),
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
        form("/months/{month}/close/recheck", Close, close::recheck),
        form("/months/{month}/close/propose", Close, close::propose),
        form("/months/{month}/close/take-back", Close, close::take_back),
        form("/months/{month}/close/confirm", Close, close::confirm),
    ]
}

/// Lists that come in, searches, files.
fn lists() -> Vec<Door> {
    vec![
        page("/import", Decide, import::show),
        form("/import", Decide, import::look_through).with_body(import::FORM_BYTES_MAX),
        page("/import/template", Decide, import::template),
        page("/import/{digest}", Decide, import::preview),
        form("/import/{digest}", Decide, import::confirm),
        page("/notices", Look, notices::show),
        page("/letters", Look, letters::show),
        form("/letters", Decide, letters::draft),
        page("/letters/{id}/{kind}", Look, letters::file),
        form("/letters/{id}/approve", Close, letters::approve),
        form("/letters/{id}/issue", Close, letters::issue),
        form("/letters/{id}/drop", Close, letters::drop_letter),
        page("/notices/silences", Look, silences::show),
        form("/notices/silences", Decide, silences::keep),
        form("/notices/silences/{id}/lift", Decide, silences::lift),
        page("/notices/{id}", Look, notice::show),
        form("/notices/{id}", Decide, notice::handle),
        page("/notices/{id}/html", Look, notice::html),
        page("/calls", Look, calls::show),
        form("/calls", Decide, calls::note),
        page("/submissions", Look, submissions::list),
        page("/submissions/{id}", Look, submissions::show),
        form("/submissions/{id}/read", Decide, submissions::read),
        form("/submissions/{id}/accept", Decide, submissions::accept),
        form("/submissions/{id}/article", Decide, submissions::by_article),
        form("/submissions/{id}/refuse", Decide, submissions::refuse),
        page("/attachments/{digest}", Look, submissions::attachment),
        page("/reports", Look, reports::show),
        page("/search", Look, search::show),
        page("/search/csv", Look, export::as_csv),
        page("/search/xlsx", Look, export::as_xlsx),
        form("/search/saved", Look, search::save),
        form("/search/saved/{id}/remove", Look, search::remove),
    ]
}

/// Keeping the house, and what other programs ask.
fn keeping() -> Vec<Door> {
    vec![
        page("/settings/tokens", ManageUsers, tokens::show),
        form("/settings/tokens", ManageUsers, tokens::make),
        form("/settings/tokens/{id}/revoke", ManageUsers, tokens::revoke),
        page("/help/api", Look, tokens::about),
        program("/api/v1/board", api::board),
        program("/api/v1/outlets/{outlet}/months/{month}", api::month),
        program("/api/v1/search", api::search),
        program("/api/v1/sources", api::sources),
        program("/api/v1/openapi.json", api::openapi),
        page("/users", ManageUsers, users::show),
        form("/users", ManageUsers, users::add),
        form("/users/{name}/role", ManageUsers, users::change_role),
        form("/users/{name}/password", ManageUsers, users::set_password),
        form("/users/{name}/disable", ManageUsers, users::disable),
        form("/users/{name}/enable", ManageUsers, users::enable),
        page("/audit", Audit, audit::show),
        page("/audit/csv", Audit, audit::as_csv),
        page("/audit/jsonl", Audit, audit::as_json),
    ]
}

/// Every route: its method, its path as axum writes it, and the deed that it needs, if any.
pub fn table() -> Vec<(Method, &'static str, Option<Deed>)> {
    let needs = |door: &Door| match door.needs {
        gate::Needs::Nobody => None,
        gate::Needs::May(deed) | gate::Needs::Token(deed) => Some(deed),
    };
    doors().iter().map(|it| (it.method.clone(), it.path, needs(it))).collect()
}

/// The desk's router. It is served with the addresses of those who ask (`into_make_service_with_connect_info`), or all of them share
/// one limit.
pub fn routes(desk: Desk) -> Router {
    let nowhere = open("/{*path}", async || error::PageError::NotFound.into_response());
    let hung = doors().into_iter().chain([nowhere]).fold(Router::new(), |router, door| door.hang(router, &desk));
    // Whatever changes something must come from our own pages: browsers say where a request comes from.
    let ours = CsrfLayer::new().with_rejection_response(|_| error::foreign_form());
    let limited = hung.layer(ours).layer(middleware::from_fn_with_state((desk.clone(), Arc::default()), limit::slow_down));
    limited.layer(middleware::from_fn(gate::seal)).layer(CompressionLayer::new()).with_state(desk)
}
