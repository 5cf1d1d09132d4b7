//! Proposes sources for a new outlet from its home page, robots.txt and the usual addresses.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use url::Url;

use super::off_thread;
use crate::{
    domain::outlet::SourceKind,
    extract::{Scope, feed::feed, listing::listing, sitemap::sitemap, sources::sources},
    fetch::{End, Fetcher, Validators},
};

/// A source that was tried and reads as a document with entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    pub kind: SourceKind,
    pub url: Url,
    /// Entries that it lists.
    pub entries: u64,
    /// The first of them: titles, which may be empty, and addresses.
    pub preview: Vec<(String, Url)>,
    /// Why it was tried.
    pub found: Found,
}

/// Where the address came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Found {
    HomePage,
    Robots,
    UsualAddress,
}

impl Found {
    /// What is said of it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HomePage => "the home page",
            Self::Robots => "robots.txt",
            Self::UsualAddress => "trying a usual address",
        }
    }

    /// The word that is kept with a proposal.
    pub fn word(self) -> &'static str {
        match self {
            Self::HomePage => "home_page",
            Self::Robots => "robots",
            Self::UsualAddress => "usual_address",
        }
    }
}

/// Addresses under which Vietnamese outlets commonly keep feeds and sitemaps.
const USUAL: [(&str, SourceKind); 9] = [
    ("/rss", SourceKind::Feed),
    ("/rss.html", SourceKind::Feed),
    ("/rss/home.rss", SourceKind::Feed),
    ("/rss.xml", SourceKind::Feed),
    ("/feed", SourceKind::Feed),
    ("/feed.json", SourceKind::Feed),
    ("/sitemap.xml", SourceKind::Sitemap),
    ("/sitemap_index.xml", SourceKind::Sitemap),
    ("/sitemap-news.xml", SourceKind::Sitemap),
];
/// Addresses tried: a home page may name a feed for each of a hundred sections.
const TRIES_MAX: usize = 40;
/// Entries shown of each proposal.
const PREVIEW: usize = 5;

/// Tries what a site offers; the home page itself is proposed as a listing where nothing better lists articles.
///
/// # Errors
/// Says why the home page could not be read.
pub async fn discover(fetcher: &Fetcher, zone: Tz, home: &Url, now: DateTime<Utc>) -> Result<Vec<Proposal>, String> {
    let answer = fetcher.get(home, &Validators::default(), now).await;
    let base = answer.url.clone();
    let body = match answer.end {
        End::Body(body) => body,
        End::Failed(failure) => return Err(failure.to_string()),
        End::NotModified => return Err("304 without having been asked".to_owned()),
    };
    let mut tries: BTreeMap<(Found, Url), SourceKind> = BTreeMap::new();
    let (bytes, content_type) = (body.bytes, body.content_type);
    let page = base.clone();
    let named = off_thread(move || sources(&bytes, content_type.as_deref(), &page)).await?;
    for it in named.map_err(|wrong| wrong.to_string())? {
        tries.insert((Found::HomePage, it.url), it.kind);
    }
    for url in fetcher.sitemaps(&base, now).await {
        tries.insert((Found::Robots, url), SourceKind::Sitemap);
    }
    for (path, kind) in USUAL {
        if let Ok(url) = base.join(path) {
            tries.insert((Found::UsualAddress, url), kind);
        }
    }
    let mut proposals: Vec<Proposal> = Vec::new();
    for ((found, url), kind) in tries.into_iter().take(TRIES_MAX) {
        if proposals.iter().any(|it| it.url == url) {
            continue;
        }
        if let Some((entries, preview)) = try_source(fetcher, zone, &url, kind, now).await {
            proposals.push(Proposal { kind, url, entries, preview, found });
        }
    }
    if proposals.is_empty()
        && let Some((entries, preview)) = try_source(fetcher, zone, &base, SourceKind::Listing, now).await
    {
        proposals.push(Proposal { kind: SourceKind::Listing, url: base, entries, preview, found: Found::HomePage });
    }
    Ok(proposals)
}

/// How many entries an address lists, with the first of them, if it reads as that kind of document and lists any.
async fn try_source(fetcher: &Fetcher, zone: Tz, url: &Url, kind: SourceKind, now: DateTime<Utc>) -> Option<(u64, Vec<(String, Url)>)> {
    let answer = fetcher.get(url, &Validators::default(), now).await;
    let End::Body(body) = answer.end else { return None };
    let base = answer.url;
    let work = move || {
        let scope = Scope { zone, base: &base, outlet: None, source: None };
        let listed = match kind {
            SourceKind::Feed => feed(&body.bytes, body.content_type.as_deref(), &scope),
            SourceKind::Sitemap => sitemap(&body.bytes, body.content_type.as_deref(), &scope),
            SourceKind::Listing => listing(&body.bytes, body.content_type.as_deref(), &scope),
        };
        let listed = listed.ok()?;
        let entries = listed.entries.into_iter().map(|it| (it.title, it.url));
        let children = listed.children.iter().map(|it| (String::new(), it.url.clone()));
        let preview = entries.chain(children).take(PREVIEW).collect();
        Some((listed.in_document + listed.children.len() as u64, preview))
    };
    off_thread(work).await.ok().flatten().filter(|it| it.0 > 0)
}
