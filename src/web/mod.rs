//! The officers' desk: one file per page, all routes on this screen.

pub mod board;
pub mod error;
pub mod state;

use axum::{Router, http::StatusCode, routing::get};

use state::Desk;

/// The routes.
pub fn routes(desk: Desk) -> Router {
    Router::new()
        .route("/", get(board::show))
        .route("/healthz", get(board::health))
        .fallback(async || (StatusCode::NOT_FOUND, "Không có trang này."))
        .with_state(desk)
}
