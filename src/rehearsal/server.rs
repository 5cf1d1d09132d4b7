//! The listener of one site: what HTTP adds to a site's answer, namely validators, 304 and gzip.

use std::{future::Future, hash::Hasher, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, Method, Response, StatusCode, header},
};
use chrono::{DateTime, Utc};
use tokio::net::TcpListener;

use crate::rehearsal::{
    cast::Build,
    dates,
    site::{Reply, Site},
    sitemaps::gzip,
};

/// Serves the site on the listener until `stop` ends.
pub async fn serve(listener: TcpListener, site: Arc<Site>, stop: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
    let router = Router::new().fallback(respond).with_state(site);
    axum::serve(listener, router).with_graceful_shutdown(stop).await
}

async fn respond(State(site): State<Arc<Site>>, request: Request) -> Response<Body> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return plain(StatusCode::METHOD_NOT_ALLOWED);
    }
    let uri = request.uri();
    let reply = site.answer(uri.path(), uri.query().unwrap_or_default(), site.clock.now());
    finish(reply, request.headers(), site.role.build == Build::Daily)
}

fn finish(reply: Reply, asked: &HeaderMap, may_gzip: bool) -> Response<Body> {
    let mut response = Response::builder().status(reply.status).header(header::CONTENT_TYPE, reply.content_type);
    if let Some(modified) = reply.modified {
        let tag = entity_tag(&reply.body);
        response = response.header(header::ETAG, &tag).header(header::LAST_MODIFIED, dates::http(modified));
        if unchanged(asked, &tag, modified) {
            return response.status(StatusCode::NOT_MODIFIED).body(Body::empty()).unwrap_or_default();
        }
    }
    let body = if may_gzip && wants_gzip(asked) {
        response = response.header(header::CONTENT_ENCODING, "gzip").header(header::VARY, "Accept-Encoding");
        gzip(&reply.body)
    } else {
        reply.body
    };
    // Every header above is ASCII that we wrote, so that building cannot fail.
    response.body(Body::from(body)).unwrap_or_default()
}

fn plain(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// A tag that changes with the bytes, weak because gzip keeps it.
fn entity_tag(body: &[u8]) -> String {
    let mut hasher = std::hash::DefaultHasher::new();
    hasher.write(body);
    format!("W/\"{:016x}\"", hasher.finish())
}

/// Whether the asker holds what stands here. A tag, where one is sent, decides alone.
fn unchanged(asked: &HeaderMap, tag: &str, modified: DateTime<Utc>) -> bool {
    let text = |name| asked.get(name).and_then(|it| it.to_str().ok());
    match text(header::IF_NONE_MATCH) {
        Some(tags) => tags.split(',').any(|it| it.trim() == tag),
        None => text(header::IF_MODIFIED_SINCE).and_then(|it| DateTime::parse_from_rfc2822(it).ok()).is_some_and(|since| modified <= since),
    }
}

fn wants_gzip(asked: &HeaderMap) -> bool {
    asked.get(header::ACCEPT_ENCODING).and_then(|it| it.to_str().ok()).is_some_and(|it| it.contains("gzip"))
}
