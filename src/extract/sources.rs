//! Sources that a home page names: feeds and sitemaps to propose for a new outlet.

use std::collections::HashSet;

use scraper::Html;
use url::Url;

use crate::{
    domain::outlet::{Host, SourceKind},
    extract::{
        NotRead, Scope,
        limits::{self, DOCUMENT_BYTES_MAX},
        listed::Collector,
        outline::{Outline, attr},
        page::check_kind,
        plain::one_line,
    },
};

/// Most proposals from one page: sites list a feed for each section.
const PROPOSALS_MAX: usize = 100;

/// A source that may be worth a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    pub kind: SourceKind,
    pub url: Url,
    /// How the page names it; may be empty.
    pub title: String,
}

/// Feeds declared in the head, then links to feeds, sitemaps and pages that list feeds, each address once.
pub fn sources(bytes: &[u8], content_type: Option<&str>, base: &Url) -> Result<Vec<Proposal>, NotRead> {
    let scope = Scope { zone: chrono_tz::UTC, base, outlet: None, source: None };
    let html = scope.text(bytes, content_type, DOCUMENT_BYTES_MAX)?;
    check_kind(&html)?;
    limits::check_html(&html).map_err(NotRead::TooComplex)?;
    let tree = Html::parse_document(&html);
    let outline = Outline::of(&tree, false);
    let links = Collector::new(&scope, PROPOSALS_MAX).with_base(outline.base.and_then(|it| base.join(it).ok()));
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    let mut push = |kind: SourceKind, href: &str, title: &str| {
        let Some(url) = links.absolute(href, None) else { return };
        if found.len() < PROPOSALS_MAX && seen.insert(url.clone()) {
            found.push(Proposal { kind, url, title: one_line(title) });
        }
    };
    for link in &outline.links {
        let (rel, href) = (attr(link, "rel").unwrap_or_default().to_ascii_lowercase(), attr(link, "href").unwrap_or_default());
        let kind = attr(link, "type").unwrap_or_default().to_ascii_lowercase();
        let title = attr(link, "title").unwrap_or_default();
        let feed = ["rss", "atom", "feed+json", "rdf+xml"].iter().any(|it| kind.contains(it));
        if rel.split_whitespace().any(|it| it == "alternate") && feed {
            push(SourceKind::Feed, href, title);
        } else if rel == "sitemap" {
            push(SourceKind::Sitemap, href, title);
        }
    }
    for at in 0..outline.nodes.len() {
        let Some(href) = outline.element(at).filter(|it| it.name() == "a").and_then(|it| attr(it, "href")) else { continue };
        let own = links.absolute(href, None).is_some_and(|it| Host::of(&it) == Host::of(base));
        let Some(kind) = kind_by_name(href).filter(|_| own) else { continue };
        push(kind, href, &outline.text(at));
    }
    Ok(found)
}

/// What an address by its words leads to.
fn kind_by_name(href: &str) -> Option<SourceKind> {
    let low = href.to_ascii_lowercase();
    let mut words = low.split(|it: char| !it.is_ascii_alphanumeric());
    if low.contains("sitemap") {
        return low.contains(".xml").then_some(SourceKind::Sitemap);
    }
    words.any(|it| matches!(it, "rss" | "feed" | "feeds" | "atom")).then_some(SourceKind::Feed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feeds_and_sitemaps_of_a_home_page_are_proposed_once() {
        let html = r#"<head><link rel="alternate" type="application/rss+xml" title="Tin mới" href="/rss/home.rss"><link rel="sitemap" href="/sitemap.xml"></head>
            <body><a href="/rss/home.rss">RSS</a><a href="/rss">Kênh RSS</a><a href="https://khac.vn/rss">khác</a><a href="/tin-tuc">Tin</a></body>"#;
        let found = sources(html.as_bytes(), None, &Url::parse("https://baohue.vn/").unwrap()).unwrap();
        let rows: Vec<_> = found.iter().map(|it| (it.kind, it.url.path(), it.title.as_str())).collect();
        assert_eq!(
            rows,
            [
                (SourceKind::Feed, "/rss/home.rss", "Tin mới"),
                (SourceKind::Sitemap, "/sitemap.xml", ""),
                (SourceKind::Feed, "/rss", "Kênh RSS")
            ]
        );
    }
}
