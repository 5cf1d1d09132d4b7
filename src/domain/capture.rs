//! Captures: answers that were kept as they came, and where in the archive each of them stands.

use serde::{Deserialize, Serialize};

/// Where a kept answer stands; all that is needed to read it back and to know that it is the same.
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
    /// It was not wanted, or could not be unpacked.
    Unspecified,
}

impl Truncated {
    /// The word used in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Time => "time",
            Self::Disconnect => "disconnect",
            Self::Unspecified => "unspecified",
        }
    }

    /// The reason that a word stands for.
    pub fn of(text: &str) -> Option<Self> {
        [Self::Length, Self::Time, Self::Disconnect, Self::Unspecified].into_iter().find(|it| it.as_str() == text)
    }
}
