//! What goes into the archive and what comes back: one request and its answer.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::domain::capture::{Place, Protocol, Truncated};

/// One GET request and its answer, as it is handed to the archive.
#[derive(Debug, Clone)]
pub struct Exchange<'a> {
    /// The address that was asked for and that answered: each hop of a redirect is an exchange of its own.
    pub url: &'a Url,
    /// When the request was sent.
    pub at: DateTime<Utc>,
    pub request_headers: &'a [(String, String)],
    pub protocol: Protocol,
    pub status: u16,
    /// The words after the status, where the protocol has them.
    pub reason: Option<&'a str>,
    /// As received, `Content-Encoding` and `Transfer-Encoding` included.
    pub response_headers: &'a [(String, String)],
    /// The bytes after both of these encodings were undone.
    pub body: &'a [u8],
    /// Why the body is not whole.
    pub truncated: Option<Truncated>,
    /// The address of the server that answered.
    pub server: Option<IpAddr>,
    /// Exchanges that are kept already and may have had the same body.
    pub earlier: &'a [Earlier],
}

/// The exchange whose body a later one repeats byte by byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    pub url: Url,
    pub at: DateTime<Utc>,
    /// Of its body: `sha256:` and 64 hexadecimal digits.
    pub digest: String,
}

/// What became of an exchange that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub place: Place,
    /// Which of the earlier exchanges has the body; `None` where the record has it itself.
    pub repeats: Option<usize>,
}

/// An answer as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// `urn:uuid:…`.
    pub record: String,
    pub url: Url,
    pub at: DateTime<Utc>,
    pub status: u16,
    pub reason: Option<String>,
    /// As kept: what described the transfer has `X-Archived-` before its name, and `Content-Length` counts the kept body.
    pub headers: Vec<(String, String)>,
    /// Of the body: `sha256:` and 64 hexadecimal digits.
    pub digest: String,
    pub payload: Payload,
    pub truncated: Option<Truncated>,
    pub server: Option<IpAddr>,
}

/// Where the body of a kept answer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    Here(Vec<u8>),
    /// It equals that of an earlier exchange, whose record has it.
    SameAs(Earlier),
}
