//! What the desk asks of the line: it writes the wish down, and the line's jobs do the work.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::domain::{month::Month, outlet::OutletId};

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
    /// Judge what is stored again, with the dictionary of that version or a later one.
    Rejudge { terms: String },
    /// Look again at the articles that count for a month.
    Recheck { month: Month },
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
    /// What was stored was judged again: how many articles, and how many judgements changed.
    Rejudged { judged: u64, changed: u64 },
    /// Counted articles were looked at again: how many, and how many are not as they were.
    Rechecked { looked: usize, changed: usize },
    /// It could not be done, and why.
    Failed { why: Fault },
}

/// Why a wish could not be fulfilled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// The outlet is not in the register.
    NotRegistered { outlet: String },
    /// The address lies on none of the outlet's hosts.
    ForeignHost { host: String, own: Vec<String> },
    /// The address is a home page or one of the outlet's sources, and no article.
    NoArticle,
    /// The outlet has no source that could be read.
    NoSource,
    /// The page was not read: the word for it that the store uses too, and what is known beyond that.
    NotRead { why: String, detail: String },
    /// The site did not answer as one that has sources.
    NoSite { detail: String },
    /// It took too long.
    TooLong { minutes: u64 },
    /// A fault of the program or its machine; the log tells more.
    Inner,
}

/// A source that a site seems to have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundSource {
    pub url: Url,
    /// `feed`, `sitemap` or `listing`.
    pub kind: String,
    /// How it was found: `home_page`, `robots` or `usual_address`.
    pub found: String,
    /// What would be read: titles with addresses, the first few. Lists without titles have empty ones.
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
            Self::Rejudge { .. } => "rejudge",
            Self::Recheck { .. } => "recheck",
        }
    }

    /// What it is about, for the log.
    pub fn subject(&self) -> String {
        match self {
            Self::Visit { outlet } => outlet.to_string(),
            Self::Link { outlet, url } => format!("{outlet} {url}"),
            Self::Discover { url } => url.to_string(),
            Self::Rejudge { terms } => terms.clone(),
            Self::Recheck { month } => month.to_string(),
        }
    }
}
