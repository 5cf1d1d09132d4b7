//! The stylesheet and the script, as they were built in.

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::domain::digest::sha256;

const FILES: [(&str, &str, &str); 2] = [
    ("desk.css", "text/css; charset=utf-8", include_str!("assets/desk.css")),
    ("desk.js", "text/javascript; charset=utf-8", include_str!("assets/desk.js")),
];

/// Serves a file; whoever has it already is told so.
pub async fn show(Path(name): Path<String>, headers: axum::http::HeaderMap) -> Response {
    let Some((_, kind, text)) = FILES.iter().find(|it| it.0 == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let tag = format!("\"{}\"", &sha256(text.as_bytes())[..16]);
    let sent = [(header::ETAG, tag.clone()), (header::CACHE_CONTROL, "public, max-age=300".to_owned())];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|it| it.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, sent).into_response();
    }
    (sent, [(header::CONTENT_TYPE, *kind)], *text).into_response()
}
