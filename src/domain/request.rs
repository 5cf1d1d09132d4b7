//! What the desk asks of the line: it writes the wish down, and the line's jobs do the work.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::domain::outlet::OutletId;

/// A wish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Request {
    /// Read an outlet's sources now, whatever their next visit is.
    Visit { outlet: OutletId },
    /// Read one page that the sources did not list.
    Link { outlet: OutletId, url: Url },
    /// Look for the sources of a site.
    Discover { url: Url },
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum Answer {
    /// The sources were read: how many answered of how many, and how many new articles they listed.
    Visited { good: usize, all: usize, new: usize },
    /// The page was read; the number of its article.
    Read { article: i64 },
    /// The article was known; its number.
    Known { article: i64 },
    /// Sources that a site seems to have.
    Found { sources: Vec<FoundSource> },
    /// It could not be done, and why.
    Failed { why: String },
}

/// A source that a site seems to have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundSource {
    pub url: Url,
    /// `feed`, `sitemap` or `listing`.
    pub kind: String,
    /// How it was found.
    pub found: String,
    /// What would be read: titles with addresses, the first few.
    pub preview: Vec<(String, String)>,
    pub entries: usize,
}

impl Request {
    /// The word used in the store.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Visit { .. } => "visit",
            Self::Link { .. } => "link",
            Self::Discover { .. } => "discover",
        }
    }

    /// What it is about, for the log.
    pub fn subject(&self) -> String {
        match self {
            Self::Visit { outlet } => outlet.to_string(),
            Self::Link { outlet, url } => format!("{outlet} {url}"),
            Self::Discover { url } => url.to_string(),
        }
    }
}
