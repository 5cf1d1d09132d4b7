//! Entries that sources list, and the articles that pages hold.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::domain::date::{DateEvidence, DateReading};

/// One item as a feed, sitemap or listing shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Absolute address of the article's page.
    pub url: Url,
    /// Plain text without markup; empty in sitemaps without the news extension.
    pub title: String,
    /// Plain text without markup; may be empty.
    pub summary: String,
    /// The publication date as far as the document states one that can be read.
    pub published: Option<DateTime<Utc>>,
    /// The same as it stood in the document, readable or not.
    pub published_raw: Option<String>,
    /// How it stands there.
    pub reading: DateReading,
    /// When the document says the item last changed (`lastmod`, `updated`); orders sitemaps, never dates an article.
    pub modified: Option<DateTime<Utc>>,
}

/// Why an item of a document did not become an entry or an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rejection {
    /// The item has no link at all.
    NoLink,
    /// The link cannot be made an absolute `http` or `https` address.
    BadLink,
    /// The link leads off the outlet's own hosts: advertising, partners, mirrors.
    ForeignHost,
    /// The same article stands in the document more than once.
    Duplicate,
    /// The document lists more items than the reader takes in at once.
    OverLimit,
}

/// What the reader made of an article's page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    pub title: String,
    /// Every wording of the title that the page states anywhere.
    pub titles: Vec<String>,
    /// The opening paragraph (sapo); empty where the page sets none apart.
    pub lead: String,
    /// Body text, one paragraph a line, the lead first where the page prints one. Menus, tags, captions and related boxes are left out.
    pub text: String,
    /// Captions of pictures, one a line.
    pub captions: String,
    pub author: Option<String>,
    /// The address that the page declares for itself.
    pub canonical: Option<Url>,
    /// ISO 639-1 code of the text's language where it can be told.
    pub language: Option<String>,
    /// Whether the text stands where the outlet's own selector says.
    pub own_body: bool,
    /// Whether the markup opens a document and never closes it, as where a server broke off in the middle.
    pub breaks_off: bool,
    /// Whether the text lost letters before it was put on the page, as bad exports do with those of Vietnamese (`tinh thn trách nhim`).
    pub letters_lost: bool,
    /// Whether the page says that its text is not free to read: what it shows is a part of it.
    pub paywalled: bool,
    /// Every date found, not yet weighed against the time it was first seen.
    pub dates: Vec<DateEvidence>,
}
