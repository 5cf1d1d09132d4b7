//! What the desk asks of the line: each request is performed within its time, and what came of it is an answer.

use std::{collections::BTreeSet, time::Duration};

use chrono::DateTime;
use url::Url;

use super::{
    JobError, Line,
    crawl::{CrawlScope, crawl},
    discover::{Proposal, discover},
    index::follow,
    read::{NotReadHere, keep, read_one, read_unlisted},
    recheck::{Extent, recheck},
    rejudge::rejudge,
    review::{recent_months, review_closed, review_months, review_recent},
};
use crate::{
    domain::{
        article::Entry,
        date::DateReading,
        link::{ArticleKey, article_key},
        month::Month,
        outlet::{Host, Outlet, OutletId},
        request::{Answer, Fault, FoundSource, Request},
        standing::Standing,
    },
    search::Search,
    store::{link::NamedArticle, request::KeptRequest},
};

/// How long each kind of request may take, in minutes. A request is taken again by others after a quarter of an hour; to
/// judge again twice does no harm.
const VISIT_MINUTES: u64 = 12;
const LINK_MINUTES: u64 = 3;
const DISCOVER_MINUTES: u64 = 6;
const REJUDGE_MINUTES: u64 = 240;
/// What was settled within it stays settled: the next request goes on from there.
const RECHECK_MINUTES: u64 = 12;
/// Somebody else may be writing the index: it is tried again so often, after so long.
const INDEX_TRIES: u32 = 10;
const INDEX_PAUSE: Duration = Duration::from_secs(1);
/// Changes looked at to tell which months a request touched; beyond them all recent months are reviewed.
const CHANGES_MAX: u32 = 2_000;

/// Performs a request and keeps its answer.
///
/// # Errors
/// Where the store cannot keep the answer; everything else is an answer.
pub async fn perform(line: &Line, search: &Search, asked: &KeptRequest) -> Result<(), JobError> {
    let minutes = match &asked.what {
        Request::Visit { .. } => VISIT_MINUTES,
        Request::Link { .. } => LINK_MINUTES,
        Request::Discover { .. } => DISCOVER_MINUTES,
        Request::Rejudge { .. } => REJUDGE_MINUTES,
        Request::Recheck { .. } => RECHECK_MINUTES,
    };
    let answer = match tokio::time::timeout(Duration::from_secs(minutes * 60), answer_to(line, search, asked)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(fault)) => {
            tracing::error!(request = asked.id, error = ?fault, "a request of the desk failed");
            Answer::Failed { why: Fault::Inner }
        }
        Err(_) => Answer::Failed { why: Fault::TooLong { minutes } },
    };
    Ok(line.store.answer_request(asked.id, &answer, line.clock.now()).await?)
}

async fn answer_to(line: &Line, search: &Search, asked: &KeptRequest) -> Result<Answer, JobError> {
    match &asked.what {
        Request::Visit { outlet } => match line.register.get(outlet.as_str()) {
            Some(outlet) => visit_now(line, search, outlet).await,
            None => Ok(not_registered(outlet)),
        },
        Request::Link { outlet, url } => match line.register.get(outlet.as_str()) {
            Some(outlet) => link(line, search, outlet, url, &asked.by).await,
            None => Ok(not_registered(outlet)),
        },
        Request::Discover { url } => Ok(match discover(&line.fetcher, line.zone, url, line.clock.now()).await {
            Ok(proposals) => Answer::Found { sources: proposals.into_iter().map(found_source).collect() },
            Err(detail) => Answer::Failed { why: Fault::NoSite { detail } },
        }),
        Request::Rejudge { .. } => rejudge_all(line, search).await,
        Request::Recheck { month } => {
            let found = recheck(line, *month, &[], Extent::Unsettled).await?.articles;
            let changed = found.iter().filter(|it| it.standing != Standing::Same).count();
            Ok(Answer::Rechecked { looked: found.len(), changed })
        }
    }
}

fn not_registered(outlet: &OutletId) -> Answer {
    Answer::Failed { why: Fault::NotRegistered { outlet: outlet.to_string() } }
}

fn found_source(it: Proposal) -> FoundSource {
    FoundSource {
        url: it.url,
        kind: it.kind.as_str().to_owned(),
        found: it.found.word().to_owned(),
        preview: it.preview.into_iter().map(|(title, url)| (title, url.into())).collect(),
        entries: usize::try_from(it.entries).unwrap_or(usize::MAX),
    }
}

/// Reads all sources of an outlet, due or not, and the pages that wait.
async fn visit_now(line: &Line, search: &Search, outlet: &Outlet) -> Result<Answer, JobError> {
    if outlet.sources.is_empty() {
        return Ok(Answer::Failed { why: Fault::NoSource });
    }
    let mark = line.store.latest_change().await?;
    let scope = CrawlScope { outlets: vec![outlet.id.clone()], ..CrawlScope::default() };
    let report = crawl(line, &scope, &|_| ()).await?;
    catch_up(line, search, mark).await?;
    let own = || outlet.sources.iter().filter_map(|source| report.visits.iter().find(|it| it.source == source.url));
    Ok(Answer::Visited {
        good: own().filter(|it| it.outcome.has_seen()).count(),
        all: outlet.sources.len(),
        new: report.visits.iter().map(|it| usize::try_from(it.new).unwrap_or(0)).sum(),
    })
}

/// Reads one page that the sources did not list. Nothing is kept of one that could not be read: a mistyped address must not
/// make a month doubtful.
async fn link(line: &Line, search: &Search, outlet: &Outlet, url: &Url, by: &str) -> Result<Answer, JobError> {
    if let Some(why) = refusal(outlet, url) {
        return Ok(Answer::Failed { why });
    }
    let mark = line.store.latest_change().await?;
    if let Some((owner, article)) = known(line, outlet, url).await? {
        if owner.owns(url) {
            line.store.own_stray(article, line.clock.now(), line.zone).await?;
        }
        if let Some(waiting) = line.store.waiting_article(article).await? {
            read_one(line, owner, &waiting, &mut line.store.habit(&owner.id).await?).await?;
            catch_up(line, search, mark).await?;
        }
        return Ok(Answer::Known { article });
    }
    let believed = match read_unlisted(line, outlet, url).await? {
        Ok(believed) => believed,
        Err(NotReadHere { why, detail, .. }) => {
            return Ok(Answer::Failed { why: Fault::NotRead { why: why.to_owned(), detail } });
        }
    };
    let entry = Entry {
        url: url.clone(),
        title: believed.page.title.clone(),
        summary: String::new(),
        published: None,
        published_raw: None,
        reading: DateReading::default(),
        modified: None,
    };
    let named = NamedArticle {
        outlet: &outlet.id,
        key: article_key(outlet, url),
        entry: &entry,
        judgement: &believed.judgement,
        by,
        at: line.clock.now(),
        terms: line.terms.version(),
        zone: line.zone,
    };
    let article = line.store.record_named(named).await?;
    keep(line, outlet, article, url.as_str(), believed).await?;
    catch_up(line, search, mark).await?;
    Ok(Answer::Read { article })
}

/// Why an address is not asked for.
fn refusal(outlet: &Outlet, url: &Url) -> Option<Fault> {
    let host = Host::of(url).filter(|_| matches!(url.scheme(), "http" | "https"));
    if !host.as_ref().is_some_and(|it| outlet.hosts.contains(it)) {
        let host = host.map_or_else(|| url.to_string(), |it| it.as_str().to_owned());
        return Some(Fault::ForeignHost { host, own: outlet.hosts.iter().map(|it| it.as_str().to_owned()).collect() });
    }
    let home = url.path() == "/" && url.query().is_none();
    let source = outlet.sources.iter().any(|it| it.addresses().contains(&url));
    (home || source).then_some(Fault::NoArticle)
}

/// The article of an address, of whichever outlet that has or had its host.
async fn known<'a>(line: &'a Line, outlet: &'a Outlet, url: &Url) -> Result<Option<(&'a Outlet, i64)>, JobError> {
    let others = line.register.outlets.iter().filter(|it| it.owns(url) && it.id != outlet.id);
    for it in std::iter::once(outlet).chain(others) {
        let key: ArticleKey = article_key(it, url);
        if let Some(article) = line.store.article_of_key(&it.id, &key).await? {
            return Ok(Some((it, article)));
        }
    }
    Ok(None)
}

/// Judges everything again with the present dictionary, as `rejudge --apply` does, and reviews what may have changed.
async fn rejudge_all(line: &Line, search: &Search) -> Result<Answer, JobError> {
    let outcome = rejudge(line, true).await?;
    index(line, search).await;
    review_recent(line).await?;
    review_closed(line).await?;
    Ok(Answer::Rejudged { judged: outcome.judged, changed: outcome.diff.values().sum() })
}

/// Brings the index and the verdicts up to what changed since a mark.
async fn catch_up(line: &Line, search: &Search, mark: i64) -> Result<(), JobError> {
    index(line, search).await;
    let changed = line.store.changed_after(mark, CHANGES_MAX).await?;
    let recent = recent_months(line);
    if changed.len() >= CHANGES_MAX as usize {
        return review_months(line, recent).await;
    }
    // What was seen to be covered tells on the months that run or have just ended.
    let mut touched: BTreeSet<Month> = recent.iter().take(2).copied().collect();
    for article in &changed {
        let month = |at: DateTime<chrono::Utc>| Month::of(at, line.zone);
        let (from, to) = (month(article.date_from), month(article.date_to));
        touched.extend(recent.iter().filter(|it| (from..=to).contains(*it)));
        touched.extend(article.published.map(month));
    }
    review_months(line, touched).await
}

/// Nobody watches the index being written.
fn quiet(_: u64) {}

/// The store is the truth: an index that somebody else goes on writing catches up later.
async fn index(line: &Line, search: &Search) {
    for tries in 1..=INDEX_TRIES {
        match follow(&line.store, search, &quiet).await {
            Ok(_) => return,
            Err(fault) if tries == INDEX_TRIES => tracing::error!(error = ?fault, "the search index was not brought up to date"),
            Err(_) => tokio::time::sleep(INDEX_PAUSE).await,
        }
    }
}
