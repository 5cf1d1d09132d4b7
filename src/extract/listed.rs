//! What a feed, sitemap or listing lists: every item ends as an entry or under a reason.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use url::Url;

use crate::{
    domain::{
        article::{Entry, Rejection},
        date::DateReading,
        link,
        outlet::{Host, SourceKind},
    },
    extract::{
        Scope,
        stamp::{self, Orders},
    },
};

/// Longest summary kept, in letters: what a list shows, not a whole article inside a feed.
const SUMMARY_LETTERS_MAX: usize = 2_000;
/// Strays kept of one document: lists are made of an outlet's own items.
const STRAYS_MAX: usize = 100;
/// Longest address taken; servers refuse longer ones.
const LINK_BYTES_MAX: usize = 4_096;

/// The items of one document.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Listed {
    /// In the order of the document.
    pub entries: Vec<Entry>,
    pub rejected: BTreeMap<Rejection, u64>,
    /// Items that were turned away since they lie on a host that is not the outlet's: they may be the outlet's all the same, on a host
    /// that nobody registered. Some hundred at most.
    pub strays: Vec<Entry>,
    /// All items that the document holds: entries and rejected ones together.
    pub in_document: u64,
    /// The link to the next, older page of a listing.
    pub next: Option<Url>,
    /// The sitemaps that a sitemap index names; they are no items.
    pub children: Vec<ChildSitemap>,
    /// Whether the document breaks the rules of its format and was read nevertheless.
    pub repaired: bool,
    /// Whether it broke off, or held more than is read: what follows in it is not known.
    pub cut: bool,
    /// Items that are articles by their title or date, but have no usable link to tell which.
    pub unidentified: u64,
}

impl Listed {
    /// The conservation law of a document: every item ended as an entry or under a reason. Where it does not hold, something was lost
    /// in reading, and the document proves nothing.
    pub fn accounts_for_all(&self) -> bool {
        self.in_document == self.entries.len() as u64 + self.rejected.values().sum::<u64>()
    }
}

/// One sitemap named by an index.
#[derive(Debug, Clone, PartialEq)]
pub struct ChildSitemap {
    pub url: Url,
    /// When the index says it last changed.
    pub modified: Option<DateTime<Utc>>,
}

/// One item before its links are checked.
#[derive(Debug, Default)]
pub struct Candidate {
    /// Links as they stand, the best first, each with the base it is relative to where that is not the document's.
    pub links: Vec<(String, Option<Url>)>,
    pub title: String,
    pub summary: String,
    pub published: Option<DateTime<Utc>>,
    pub published_raw: Option<String>,
    pub reading: DateReading,
    pub modified: Option<DateTime<Utc>>,
}

impl Candidate {
    /// The same with a date as it stands in the document, readable or not.
    pub fn dated(mut self, raw: Option<String>, zone: Tz, orders: Orders) -> Self {
        let stamp = raw.as_deref().and_then(|it| stamp::parse_in(it, zone, orders));
        self.published = stamp.map(|it| it.instant);
        self.reading = stamp.map_or_else(DateReading::default, |it| it.reading);
        self.published_raw = raw.filter(|it| !it.is_empty());
        self
    }
}

fn entry(url: Url, candidate: Candidate) -> Entry {
    let Candidate { title, mut summary, published, published_raw, reading, modified, .. } = candidate;
    if let Some((cut, _)) = summary.char_indices().nth(SUMMARY_LETTERS_MAX) {
        summary.truncate(cut);
    }
    Entry { url, title, summary, published, published_raw, reading, modified }
}

/// Takes in candidates and keeps the count.
pub struct Collector<'a> {
    scope: &'a Scope<'a>,
    base: Url,
    entries_max: usize,
    seen: HashSet<String>,
    pub listed: Listed,
}

impl<'a> Collector<'a> {
    /// An empty list of at most `entries_max` entries; links are relative to the scope's base.
    pub fn new(scope: &'a Scope<'a>, entries_max: usize) -> Self {
        Self { scope, base: scope.base.clone(), entries_max, seen: HashSet::new(), listed: Listed::default() }
    }

    /// The same, with links relative to another address (a feed's own link, `<base href>`).
    pub fn with_base(mut self, base: Option<Url>) -> Self {
        if let Some(base) = base.filter(|it| !it.cannot_be_a_base()) {
            self.base = base;
        }
        self
    }

    /// Checks one item and files it.
    pub fn add(&mut self, candidate: Candidate) {
        self.listed.in_document += 1;
        match self.check(&candidate) {
            Ok(url) => self.listed.entries.push(entry(url, candidate)),
            Err(reason) => {
                *self.listed.rejected.entry(reason).or_default() += 1;
                self.listed.cut |= reason == Rejection::OverLimit;
                let linkless = matches!(reason, Rejection::NoLink | Rejection::BadLink);
                self.listed.unidentified += u64::from(linkless && self.is_article(&candidate));
                if reason == Rejection::ForeignHost && self.listed.strays.len() < STRAYS_MAX {
                    let url = candidate.links.iter().find_map(|(raw, base)| self.absolute(raw, base.as_ref()));
                    self.listed.strays.extend(url.map(|url| entry(url, candidate)));
                }
            }
        }
    }

    /// A page's headings and boxes may match the selector of a listing's items, but carry no date.
    fn is_article(&self, candidate: &Candidate) -> bool {
        let on_page = self.scope.source.is_some_and(|it| it.kind == SourceKind::Listing);
        candidate.published_raw.is_some() || candidate.modified.is_some() || (!on_page && !candidate.title.is_empty())
    }

    fn check(&mut self, candidate: &Candidate) -> Result<Url, Rejection> {
        let given = candidate.links.iter().filter(|(it, _)| !it.trim().trim_start_matches('#').is_empty());
        let mut reason = Rejection::NoLink;
        let mut found = None;
        for (raw, base) in given {
            match self.absolute(raw, base.as_ref()) {
                Some(url) if self.own(&url) => {
                    found = Some(url);
                    break;
                }
                Some(_) => reason = Rejection::ForeignHost,
                None if reason == Rejection::NoLink => reason = Rejection::BadLink,
                None => {}
            }
        }
        let url = found.ok_or(reason)?;
        if !self.seen.insert(self.key(&url)) {
            return Err(Rejection::Duplicate);
        }
        if self.listed.entries.len() >= self.entries_max {
            return Err(Rejection::OverLimit);
        }
        Ok(url)
    }

    /// The link as an absolute HTTP address.
    pub fn absolute(&self, raw: &str, base: Option<&Url>) -> Option<Url> {
        let raw = raw.trim();
        if raw.len() > LINK_BYTES_MAX {
            return None;
        }
        // `www.baohue.vn/x` would be a path relative to the feed.
        let url = match raw.get(..4).is_some_and(|it| it.eq_ignore_ascii_case("www.")) {
            true => Url::parse(&format!("http://{raw}")).ok()?,
            false => base.unwrap_or(&self.base).join(raw).ok()?,
        };
        let bare = url.username().is_empty() && url.password().is_none();
        (bare && matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|it| !it.is_empty())).then_some(url)
    }

    fn own(&self, url: &Url) -> bool {
        let Some(outlet) = self.scope.outlet else { return true };
        let accepted = self.scope.source.map_or(&[][..], |it| it.accept.as_slice());
        outlet.owns(url) || Host::of(url).is_some_and(|it| accepted.contains(&it))
    }

    /// What makes two links the same item; without an outlet's rules a fragment may tell articles apart.
    fn key(&self, url: &Url) -> String {
        match self.scope.outlet {
            Some(outlet) => link::article_key(outlet, url).to_string(),
            None => format!("{}#{}", link::canonical(url), url.fragment().unwrap_or_default()),
        }
    }
}
