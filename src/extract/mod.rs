//! Pure reading: bytes to entries, articles and date evidence. No clock, no file, no socket; no bytes make a reader panic.

pub mod aside;
pub mod author;
pub mod body;
pub mod caption;
pub mod charset;
pub mod feed;
pub mod lead;
pub mod limits;
pub mod linked_data;
pub mod listed;
pub mod listing;
pub mod marks;
pub mod outline;
pub mod page;
pub mod page_dates;
pub mod plain;
pub mod sitemap;
pub mod sources;
pub mod stamp;
pub mod title;
pub mod well_formed;
pub mod xml;

use chrono_tz::Tz;
use url::Url;

use crate::domain::outlet::{Outlet, Source};

/// Why a document was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotRead {
    /// It is something else than what was asked for: an error page where a feed should be, a picture, nothing at all.
    #[error("not a document of this kind: {0}")]
    NotADocument(String),
    /// It is a file that holds its content in another form: a scan, a picture, a recording.
    #[error("not a document of this kind: {0}")]
    OtherMedium(&'static str),
    /// It is longer than any real document of its kind.
    #[error("too large: {bytes} bytes, the limit is {bytes_max}")]
    TooLarge { bytes: usize, bytes_max: usize },
    /// Reading it would take time out of proportion to its length.
    #[error("too complex: {0}")]
    TooComplex(String),
    /// A page without a title and without text.
    #[error("empty: neither title nor text")]
    Empty,
}

/// What a reader must know beside the bytes.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The zone of dates that name none.
    pub zone: Tz,
    /// The address that the document came from.
    pub base: &'a Url,
    /// Whose document it is: entries off its hosts are rejected, its selectors are used. `None` takes any link.
    pub outlet: Option<&'a Outlet>,
    /// The source it was read as: further hosts to accept, rules of listings.
    pub source: Option<&'a Source>,
}

impl Scope<'_> {
    /// The last label of the document's host, for the guess of an encoding.
    fn tld(&self) -> Option<&str> {
        self.base.host_str()?.rsplit('.').next()
    }

    /// Refuses empty and overlong documents, then decodes.
    fn text(&self, bytes: &[u8], content_type: Option<&str>, bytes_max: usize) -> Result<String, NotRead> {
        if bytes.len() > bytes_max {
            return Err(NotRead::TooLarge { bytes: bytes.len(), bytes_max });
        }
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(NotRead::NotADocument(format!("{} bytes, all blank", bytes.len())));
        }
        if let Some(kind) = binary_kind(bytes) {
            return Err(NotRead::OtherMedium(kind));
        }
        Ok(charset::decode(bytes, content_type, self.tld()))
    }
}

/// What a file that is no text is, by its first bytes.
fn binary_kind(bytes: &[u8]) -> Option<&'static str> {
    let known: [(&[u8], &str); 9] = [
        (b"%PDF-", "a PDF file"),
        (b"\x89PNG", "a picture"),
        (b"\xff\xd8\xff", "a picture"),
        (b"GIF8", "a picture"),
        (b"RIFF", "a picture or a recording"),
        (b"PK\x03\x04", "a ZIP archive or an office document"),
        (b"\xd0\xcf\x11\xe0", "an office document"),
        (b"\x1f\x8b", "compressed bytes"),
        (b"ID3", "a recording"),
    ];
    known.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, kind)| *kind)
}
