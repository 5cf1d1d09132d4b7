//! What goes into the archive and what comes back: one request and its answer.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

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
    /// An exchange that is kept already and had, as far as the caller knows, the same body.
    pub earlier: Option<&'a Earlier>,
}

/// The version of HTTP that carried an exchange. Records show newer ones in the form of HTTP/1.1, which is what WARC 1.1
/// can hold, and name the true one in `WARC-Protocol`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Protocol {
    Http10,
    #[default]
    Http11,
    Http2,
    Http3,
}

/// Why a body is not whole (WARC 1.1 section 5.13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Truncated {
    /// It exceeded the limit on length.
    Length,
    /// It exceeded the limit on time.
    Time,
    /// The network broke off.
    Disconnect,
    Unspecified,
}

/// The exchange whose body a later one repeats byte by byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    pub url: Url,
    pub at: DateTime<Utc>,
    /// Of its body: `sha256:` and 64 hexadecimal digits.
    pub digest: String,
}

/// Where a response or revisit record stands; all that is needed to read it back and to know that it is the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Name of the file within the archive's folder.
    pub file: String,
    /// Byte of that file at which the record's gzip member begins.
    pub offset: u64,
    /// Of the body: `sha256:` and 64 hexadecimal digits.
    pub digest: String,
    /// `urn:uuid:…`, made from the digest of the whole record: no other address, date, header or body has it.
    pub record: String,
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

impl Truncated {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Time => "time",
            Self::Disconnect => "disconnect",
            Self::Unspecified => "unspecified",
        }
    }

    pub(super) fn of(text: &str) -> Option<Self> {
        [Self::Length, Self::Time, Self::Disconnect, Self::Unspecified].into_iter().find(|it| it.as_str() == text)
    }
}
