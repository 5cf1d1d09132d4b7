//! One request and its answer as they took place, for whoever keeps them as proof; and reading an answer to its end.

use std::net::IpAddr;

use hyper::ext::ReasonPhrase;
use reqwest::{
    Request, Response, Version,
    header::{self, HeaderMap, HeaderValue},
};
use url::Url;

use super::{
    Body, End, Failure, VALIDATOR_BYTES_MAX, Validators,
    answer::{self, retry_after},
    wall,
};
use crate::domain::{
    capture::{Protocol, Truncated},
    visit::Outcome,
};

/// One request that was answered, and the answer. Each hop of a redirect is an exchange of its own.
#[derive(Debug)]
pub struct Exchange {
    pub url: Url,
    /// As sent, but for `Host`, which the address gives.
    pub request_headers: Vec<(String, String)>,
    pub protocol: Protocol,
    pub status: u16,
    /// The words after the status, where the protocol has them.
    pub reason: Option<String>,
    /// As received. Of an answer that came compressed, the HTTP client takes `Content-Encoding` and `Content-Length` away.
    pub response_headers: Vec<(String, String)>,
    /// What was read of the body, unpacked. Empty where the fetch ended with this body: [`super::Answer::exchanges`] has it.
    pub body: Vec<u8>,
    /// Why the body is not whole.
    pub truncated: Option<Truncated>,
    /// The address of the server that answered.
    pub server: Option<IpAddr>,
}

/// What is kept of a body that is no document, in bytes: it proves a failure, not what was published.
const FAILED_BYTES_KEPT: usize = 64 * 1024;

impl Exchange {
    /// The exchange before anything of the answer's body was read.
    pub(super) fn begun(request_headers: Vec<(String, String)>, response: &Response) -> Self {
        let reason = match response.extensions().get::<ReasonPhrase>() {
            Some(other) => Some(String::from_utf8_lossy(other.as_bytes()).into_owned()),
            None => response.status().canonical_reason().map(str::to_owned),
        };
        Self {
            url: response.url().clone(),
            request_headers,
            protocol: protocol_of(response.version()),
            status: response.status().as_u16(),
            reason: reason.filter(|_| response.version() <= Version::HTTP_11),
            response_headers: pairs(response.headers()),
            body: Vec::new(),
            truncated: None,
            server: response.remote_addr().map(|it| it.ip()),
        }
    }

    /// Notes that nobody wants the body, unless it is said to have no bytes.
    pub(super) fn leave_unread(&mut self, response: &Response) {
        let none = response.content_length() == Some(0);
        self.truncated = (!none).then_some(Truncated::Unspecified);
    }

    /// Keeps what was read of a body that is no document, as far as it serves.
    fn keep(&mut self, mut body: Vec<u8>, truncated: Option<Truncated>) {
        self.truncated = truncated;
        if body.len() > FAILED_BYTES_KEPT {
            body.truncate(FAILED_BYTES_KEPT);
            body.shrink_to_fit();
            self.truncated = Some(Truncated::Length);
        }
        self.body = body;
    }
}

/// The headers of a request, with the user agent that the client adds.
pub(super) fn sent(request: &Request, user_agent: &str) -> Vec<(String, String)> {
    let mut headers = pairs(request.headers());
    headers.push((header::USER_AGENT.to_string(), user_agent.to_owned()));
    headers
}

fn pairs(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |it: &HeaderValue| String::from_utf8_lossy(it.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect()
}

fn protocol_of(version: Version) -> Protocol {
    match version {
        Version::HTTP_09 | Version::HTTP_10 => Protocol::Http10,
        Version::HTTP_2 => Protocol::Http2,
        Version::HTTP_3 => Protocol::Http3,
        _ => Protocol::Http11,
    }
}

/// What to do with a body that exceeds the limit, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cap {
    RefuseOver(usize),
    CutAt(usize),
}

/// Reads an answer to its end and names what it is. What the end does not carry of the body, the exchange gets.
pub(super) async fn read(mut response: Response, cap: Cap, exchange: &mut Exchange) -> Result<End, Failure> {
    let (status, headers) = (response.status(), response.headers().clone());
    let failed = answer::failure_of(status);
    // The page of an error is read only to know a challenge; that it is long or breaks off changes nothing.
    let cap = if failed.is_some() { Cap::CutAt(wall::WALL_BYTES_MAX + 1) } else { cap };
    let mut bytes = Vec::new();
    let mut truncated = None;
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => break,
            Err(cause) => {
                let failure = Failure::of_transport(&cause);
                truncated = Some(match failure.outcome {
                    Outcome::NotADocument => Truncated::Unspecified,
                    _ if cause.is_timeout() => Truncated::Time,
                    _ => Truncated::Disconnect,
                });
                if failed.is_none() {
                    exchange.keep(bytes, truncated);
                    return Err(failure);
                }
                break;
            }
        }
        match cap {
            Cap::RefuseOver(max) if bytes.len() > max => {
                exchange.keep(bytes, Some(Truncated::Length));
                return Ok(End::Failed(Failure::new(Outcome::TooLarge, format!("more than {max} bytes after decompression"))));
            }
            Cap::CutAt(max) if bytes.len() > max => {
                bytes.truncate(max);
                truncated = Some(Truncated::Length);
                break;
            }
            _ => {}
        }
    }
    if let Some((outcome, detail)) = answer::instead(status, &headers, &bytes) {
        exchange.keep(bytes, truncated);
        return Ok(End::Failed(Failure { outcome, detail, retry_after: asked_to_wait(&headers) }));
    }
    exchange.truncated = truncated;
    let text = |name| headers.get(name).and_then(|it: &HeaderValue| it.to_str().ok()).map(str::to_owned);
    let validator = |name| text(name).filter(|it| it.len() <= VALIDATOR_BYTES_MAX);
    Ok(End::Body(Body {
        bytes,
        content_type: headers.get(header::CONTENT_TYPE).map(|it| String::from_utf8_lossy(it.as_bytes()).into_owned()),
        validators: Validators { etag: validator(header::ETAG), last_modified: validator(header::LAST_MODIFIED) },
    }))
}

/// How long an answer asks us to stay away.
fn asked_to_wait(headers: &HeaderMap) -> Option<chrono::TimeDelta> {
    let text = |name| headers.get(name).and_then(|it: &HeaderValue| it.to_str().ok());
    retry_after(text(header::RETRY_AFTER)?, text(header::DATE))
}
