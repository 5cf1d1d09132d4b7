//! What a visitor sees when a page cannot be made: calm words; the cause goes to the log.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

use crate::store::StoreError;

/// A page that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("draw the page")]
    Template(#[from] askama::Error),
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        tracing::error!(error = ?self, "page failed");
        (StatusCode::INTERNAL_SERVER_ERROR, "Trang này tạm thời chưa xem được. Xin thử lại sau ít phút.").into_response()
    }
}
