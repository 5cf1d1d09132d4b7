//! One visit to one source: fetch, read, decide what it certifies, record.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use sha2::{Digest, Sha256};
use url::Url;

use super::{JobError, Line, off_thread};
use crate::{
    domain::{
        article::{Entry, Rejection},
        coverage::{Certificate, SITEMAP_DAYS, Standing, certify},
        date::{DateEvidence, DateSource, Precision},
        link::article_key,
        month::Month,
        outlet::{Host, Outlet, OutletId, Source, SourceKind},
        relevance::judge_unread,
        visit::{Outcome, next_try},
    },
    extract::{
        NotRead, Scope,
        feed::feed,
        listed::{ChildSitemap, Listed},
        listing::listing,
        sitemap::sitemap,
    },
    fetch::{Answer, Body, End, Failure, Validators},
    store::{
        source::SourceState,
        visit::{ListedEntry, VisitRecord},
    },
};

/// A visit as `crawl --json` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VisitReport {
    pub outlet: OutletId,
    pub source: Url,
    pub outcome: Outcome,
    pub entries: u64,
    pub new: u64,
    pub known: u64,
    pub rejected: BTreeMap<Rejection, u64>,
    pub gap: bool,
    /// What a person needs to understand a failure.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// Keys of the articles that the document listed, for whoever compares them with what is known.
    #[serde(skip)]
    pub keys: Vec<String>,
}

/// How a visit is made.
#[derive(Debug, Clone, Copy, Default)]
pub struct Manner {
    /// Walk listings and sitemaps back to this instant instead of only to what is known.
    pub back_to: Option<DateTime<Utc>>,
    /// Our own line is down: what cannot be reached is our fault.
    pub offline: bool,
}

/// Validators may lie: a whole document is asked for at least this often.
const FULL_EVERY: TimeDelta = TimeDelta::days(1);
/// Entries remembered of a document, newest first: more than any window that could overlap needs.
const STANDING_MAX: usize = 300;
/// Child sitemaps read in a usual visit, and in one that goes back in time.
const CHILDREN_MAX: usize = 20;
const CHILDREN_BACK_MAX: usize = 2_000;
/// A child sitemap that last changed this long before the newest known entry is read again: it holds the days by which
/// the visit is certified, and its clock may differ from ours.
const CHILD_SLACK: TimeDelta = TimeDelta::days(SITEMAP_DAYS + 1);

/// What was read of a source: the first failure, or the entries of all its parts together.
struct Document {
    url: Url,
    moved_to: Option<Url>,
    status: Option<u16>,
    bytes: usize,
    digest: Option<String>,
    validators: Validators,
    /// Whether all parts that matter were read.
    whole: bool,
    end: Result<Content, Failure>,
}

enum Content {
    NotModified,
    Listed(Listed),
}

/// Visits a source and records everything about it in one transaction.
///
/// # Errors
/// Where the store fails; what the source does is an outcome.
pub async fn visit(line: &Line, outlet: &Outlet, source: &Source, manner: Manner) -> Result<VisitReport, JobError> {
    let before = line.store.source_state(&outlet.id, &source.url).await?;
    let now = line.clock.now();
    let document = load(line, outlet, source, &before, manner, now).await;
    let (outcome, detail) = name_outcome(source.kind, &document, &before, manner);
    let none = Listed::default();
    let listed = match &document.end {
        Ok(Content::Listed(listed)) => listed,
        _ => &none,
    };
    let standing: Vec<Standing> = standing_of(outlet, source, &listed.entries);
    let identical = matches!(document.end, Ok(Content::NotModified)) || outcome == Outcome::Unchanged;
    // A document that lists nothing but what is turned away shows nothing of what the outlet published.
    let none_of_its_own = standing.is_empty() && listed.in_document > 0;
    let in_time = before.certified_to.is_none_or(|it| it < now);
    let certificate = if outcome.has_seen() && in_time && document.whole && !none_of_its_own {
        certify(source.kind, before.standing.as_deref(), &standing, identical)
    } else {
        Certificate::Nothing
    };
    let since = before.certified_to.unwrap_or(now);
    let state = next_state(&before, &document, outcome, certificate, standing, now);
    let entries = listed.entries.iter().map(|it| listed_entry(line, outlet, source, it, before.certified_to)).collect();
    let record = VisitRecord {
        outlet: &outlet.id,
        source: &source.url,
        at: now,
        outcome,
        detail: &detail,
        status: document.status,
        bytes: document.bytes,
        digest: document.digest.as_deref(),
        in_document: listed.in_document,
        rejected: listed.rejected.clone(),
        entries,
        certified_from: (certificate == Certificate::Whole).then_some(since),
        gap: match certificate {
            // A server may have said "not modified" while its list rolled on: only whole documents are believed.
            Certificate::Gap(why) => Some((before.full_at.map_or(since, |it| it.min(since)), why)),
            _ => None,
        },
        state: &state,
        judge: &|entry| judge_unread(&line.terms, &entry.title, &entry.summary),
        terms: line.terms.version(),
        zone: line.zone,
    };
    let counts = line.store.record_visit(&record).await?;
    let keys = record.entries.into_iter().map(|it| it.key.to_string()).collect();
    tracing::info!(outlet = %outlet.id, source = %source.url, %outcome, entries = counts.in_document, new = counts.new, detail, "visited");
    Ok(VisitReport {
        outlet: outlet.id.clone(),
        source: source.url.clone(),
        outcome,
        entries: counts.in_document,
        new: counts.new,
        known: counts.known,
        rejected: counts.rejected,
        gap: matches!(certificate, Certificate::Gap(_)),
        detail,
        keys,
    })
}

/// How a source answers at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    pub outcome: Outcome,
    pub detail: String,
    pub entries: u64,
}

/// Reads a source without recording anything.
pub async fn probe(line: &Line, outlet: &Outlet, source: &Source) -> Probe {
    let (before, manner) = (SourceState::default(), Manner::default());
    let document = load(line, outlet, source, &before, manner, line.clock.now()).await;
    let (outcome, detail) = name_outcome(source.kind, &document, &before, manner);
    let entries = match &document.end {
        Ok(Content::Listed(listed)) => listed.in_document,
        _ => 0,
    };
    Probe { outcome, detail, entries }
}

/// Fetches and reads the whole document of a source: pages of a listing and children of a sitemap included.
async fn load(line: &Line, outlet: &Outlet, source: &Source, before: &SourceState, manner: Manner, now: DateTime<Utc>) -> Document {
    let answer = line.fetcher.get(&source.url, &validators(source, before, manner, now), now).await;
    let Answer { url, moved_to, status, end } = answer;
    let mut document = Document {
        url,
        moved_to,
        status,
        bytes: 0,
        digest: None,
        validators: Validators::default(),
        whole: true,
        end: Ok(Content::NotModified),
    };
    let body = match end {
        End::NotModified => return document,
        End::Failed(failure) => {
            document.end = Err(failure);
            return document;
        }
        End::Body(body) => body,
    };
    document.bytes = body.bytes.len();
    document.validators = body.validators.clone();
    let mut hash = Sha256::new();
    hash.update(&body.bytes);
    let mut listed = match read(line, outlet, source, document.url.clone(), body).await {
        Ok(listed) => listed,
        Err(failure) => {
            document.end = Err(failure);
            return document;
        }
    };
    let walk = Walk { line, outlet, source, before, manner, now };
    let whole = match source.kind {
        SourceKind::Feed => Ok(true),
        SourceKind::Sitemap => walk.children(&mut listed, &mut hash).await,
        SourceKind::Listing => walk.pages(&mut listed, &mut hash).await,
    };
    document.digest = Some(hash.finalize().iter().map(|it| format!("{it:02x}")).collect());
    match whole {
        Ok(whole) => {
            document.whole = whole;
            document.end = Ok(Content::Listed(listed));
        }
        Err(failure) => document.end = Err(failure),
    }
    document
}

/// What is sent to ask for changes only: nothing after a failure, for a document of several parts, or once a day.
fn validators(source: &Source, before: &SourceState, manner: Manner, now: DateTime<Utc>) -> Validators {
    let good = before.last_outcome.is_some_and(Outcome::has_seen);
    let recent = before.full_at.is_some_and(|it| now - it < FULL_EVERY);
    if !good || !recent || manner.back_to.is_some() || source.kind == SourceKind::Sitemap {
        return Validators::default();
    }
    Validators { etag: before.etag.clone(), last_modified: before.last_modified.clone() }
}

/// Reads one body as the source's kind of document.
async fn read(line: &Line, outlet: &Outlet, source: &Source, base: Url, body: Body) -> Result<Listed, Failure> {
    let (outlet, source, zone) = (outlet.clone(), source.clone(), line.zone);
    let work = move || {
        let scope = Scope { zone, base: &base, outlet: Some(&outlet), source: Some(&source) };
        let content_type = body.content_type.as_deref();
        match source.kind {
            SourceKind::Feed => feed(&body.bytes, content_type, &scope),
            SourceKind::Sitemap => sitemap(&body.bytes, content_type, &scope),
            SourceKind::Listing => listing(&body.bytes, content_type, &scope),
        }
    };
    match off_thread(work).await {
        Ok(Ok(listed)) => Ok(listed),
        Ok(Err(not_read)) => Err(Failure::new(outcome_of(&not_read), not_read.to_string())),
        Err(fault) => Err(Failure::new(Outcome::NotADocument, fault)),
    }
}

/// How a document that could not be read is named among the outcomes.
pub(super) fn outcome_of(not_read: &NotRead) -> Outcome {
    match not_read {
        NotRead::TooLarge { .. } => Outcome::TooLarge,
        _ => Outcome::NotADocument,
    }
}

/// Reads the further parts of a document.
struct Walk<'a> {
    line: &'a Line,
    outlet: &'a Outlet,
    source: &'a Source,
    before: &'a SourceState,
    manner: Manner,
    now: DateTime<Utc>,
}

impl Walk<'_> {
    /// Reads the children of a sitemap index that may hold something new, or reach back to the wished instant, and theirs.
    /// Says whether none of them was left out.
    async fn children(&self, listed: &mut Listed, hash: &mut Sha256) -> Result<bool, Failure> {
        let max = if self.manner.back_to.is_some() { CHILDREN_BACK_MAX } else { CHILDREN_MAX };
        let mut whole = true;
        let mut read = HashSet::from([self.source.url.clone()]);
        let mut queue = self.chosen(std::mem::take(&mut listed.children), max, &mut whole);
        while let Some(child) = queue.pop() {
            if read.len() > max {
                return Ok(false);
            }
            if !read.insert(child.url.clone()) {
                continue;
            }
            let mut part = self.part(&child.url, hash).await?;
            queue.extend(self.chosen(std::mem::take(&mut part.children), max, &mut whole));
            join(listed, part);
        }
        Ok(whole && !listed.repaired)
    }

    /// The children worth reading. Of too many that say nothing of their changes, those at both ends are: new ones are
    /// added there.
    fn chosen(&self, mut children: Vec<ChildSitemap>, max: usize, whole: &mut bool) -> Vec<ChildSitemap> {
        let newest = self.before.standing.iter().flatten().filter_map(|it| it.dated).max();
        let since = self.manner.back_to.or(newest.min(self.before.certified_to).map(|it| it - CHILD_SLACK));
        children.retain(|it| it.modified.is_none() || since.is_none() || it.modified >= since);
        children.sort_by_key(|it| std::cmp::Reverse(it.modified));
        if children.len() > max {
            // A first visit, which certifies nothing anyway, need not read the whole archive.
            *whole &= self.before.standing.is_none();
            let last = children.split_off(children.len() - max / 2);
            children.truncate(max - max / 2);
            children.extend(last);
        }
        children
    }

    /// Walks a listing page by page until it meets what the last good visit listed, or the wished instant.
    async fn pages(&self, listed: &mut Listed, hash: &mut Sha256) -> Result<bool, Failure> {
        let mut visited = HashSet::from([self.source.url.clone()]);
        for number in 2..=self.source.listing.pages_max {
            let next = listed.next.take().or_else(|| self.numbered(number));
            let Some(next) = next.filter(|_| self.wants_more(listed)).filter(|it| visited.insert(it.clone())) else {
                break;
            };
            let part = match self.part(&next, hash).await {
                Ok(part) => part,
                // The page after the last one is how some lists end.
                Err(failure) if failure.outcome == Outcome::Gone => break,
                Err(failure) => return Err(failure),
            };
            let known = listed.entries.len();
            join(listed, part);
            if listed.entries.len() == known {
                break;
            }
        }
        Ok(true)
    }

    fn numbered(&self, number: u32) -> Option<Url> {
        let pattern = self.source.listing.page_url.as_ref()?;
        Url::parse(&pattern.replace("{n}", &number.to_string())).ok()
    }

    /// Whether older pages may still hold something: never at a usual first visit, which certifies nothing earlier.
    fn wants_more(&self, listed: &Listed) -> bool {
        if let Some(back_to) = self.manner.back_to {
            return listed.entries.iter().filter_map(|it| it.published).min().is_none_or(|it| it >= back_to);
        }
        let Some(standing) = &self.before.standing else { return false };
        let now = standing_of(self.outlet, self.source, &listed.entries);
        !standing.is_empty() && certify(SourceKind::Listing, Some(standing), &now, false) != Certificate::Whole
    }

    async fn part(&self, url: &Url, hash: &mut Sha256) -> Result<Listed, Failure> {
        match self.line.fetcher.get(url, &Validators::default(), self.now).await {
            Answer { end: End::Body(body), url, .. } => {
                hash.update(&body.bytes);
                read(self.line, self.outlet, self.source, url, body).await
            }
            Answer { end: End::Failed(failure), .. } => Err(Failure { detail: format!("{url}: {}", failure.detail), ..failure }),
            Answer { end: End::NotModified, .. } => {
                Err(Failure::new(Outcome::NotADocument, format!("{url}: 304 without having been asked")))
            }
        }
    }
}

/// Appends a further part of the same document; what stands in both counts as listed twice.
fn join(listed: &mut Listed, part: Listed) {
    let mut urls: HashSet<Url> = listed.entries.iter().map(|it| it.url.clone()).collect();
    listed.in_document += part.in_document;
    for (reason, count) in part.rejected {
        *listed.rejected.entry(reason).or_default() += count;
    }
    for entry in part.entries {
        if urls.insert(entry.url.clone()) {
            listed.entries.push(entry);
        } else {
            *listed.rejected.entry(Rejection::Duplicate).or_default() += 1;
        }
    }
    listed.repaired |= part.repaired;
    listed.next = part.next;
}

/// Names how the visit ended.
fn name_outcome(kind: SourceKind, document: &Document, before: &SourceState, manner: Manner) -> (Outcome, String) {
    let listed = match &document.end {
        Err(failure) if failure.outcome == Outcome::Unreachable && manner.offline => {
            return (Outcome::Offline, format!("the control hosts failed too; {}", failure.detail));
        }
        // Without validators there is nothing to be unchanged from: after a failure it stays one.
        Err(failure) if document.status == Some(304) => {
            let stays = before.last_outcome.filter(|it| !it.has_seen()).unwrap_or(failure.outcome);
            return (stays, failure.detail.clone());
        }
        Err(failure) => return (failure.outcome, failure.detail.clone()),
        Ok(Content::NotModified) => return (Outcome::Unchanged, "status 304".to_owned()),
        Ok(Content::Listed(listed)) => listed,
    };
    match &document.moved_to {
        Some(to) if before.moved_to.as_deref() != Some(to.as_str()) => (Outcome::Moved, format!("moved for good to {to}")),
        _ if document.whole && document.digest.is_some() && document.digest == before.digest => {
            (Outcome::Unchanged, "the same bytes".to_owned())
        }
        _ if listed.in_document == 0 && kind == SourceKind::Listing => (Outcome::NotADocument, "no entry was found on the page".to_owned()),
        _ if listed.in_document == 0 => (Outcome::Empty, String::new()),
        _ if !document.whole => (Outcome::Fresh, "too many or malformed parts: what was left out is not certified".to_owned()),
        _ if listed.repaired => (Outcome::Fresh, "the document is malformed and was read as far as possible".to_owned()),
        _ => (Outcome::Fresh, String::new()),
    }
}

/// What is remembered of a document: keys and dates in its own order; of a sitemap, the newest.
fn standing_of(outlet: &Outlet, source: &Source, entries: &[Entry]) -> Vec<Standing> {
    let mut standing: Vec<Standing> = entries
        .iter()
        .map(|it| Standing { key: article_key(outlet, &it.url).as_str().to_owned(), dated: it.published.or(it.modified) })
        .collect();
    if source.kind == SourceKind::Sitemap {
        standing.sort_by_key(|it| std::cmp::Reverse(it.dated));
    }
    standing.truncate(STANDING_MAX);
    standing
}

/// The state of the source after the visit.
fn next_state(
    before: &SourceState,
    document: &Document,
    outcome: Outcome,
    certificate: Certificate,
    standing: Vec<Standing>,
    now: DateTime<Utc>,
) -> SourceState {
    let mut state = before.clone();
    state.last_outcome = Some(outcome);
    if let Some(to) = &document.moved_to
        && document.end.is_ok()
    {
        state.moved_to = Some(to.to_string());
    }
    if !outcome.has_seen() {
        let retry_after = document.end.as_ref().err().and_then(|it| it.retry_after);
        state.failures = if outcome == Outcome::Moved { 0 } else { before.failures.saturating_add(1) };
        state.next_visit = if outcome == Outcome::Moved { now } else { next_try(now, state.failures, retry_after) };
        return state;
    }
    state.failures = 0;
    state.next_visit = now;
    state.first_good = before.first_good.or(Some(now));
    if let Ok(Content::Listed(listed)) = &document.end {
        state.etag = document.validators.etag.clone();
        state.last_modified = document.validators.last_modified.clone();
        state.full_at = Some(now);
        state.listed_ever |= !listed.entries.is_empty();
    }
    if certificate != Certificate::Nothing {
        state.certified_to = Some(now);
        if matches!(document.end, Ok(Content::Listed(_))) {
            state.standing = Some(standing);
            state.digest = document.digest.clone();
        }
    }
    state
}

/// An entry with what can be told of it before its page is read.
fn listed_entry<'a>(
    line: &'a Line,
    outlet: &'a Outlet,
    source: &Source,
    entry: &'a Entry,
    certified_to: Option<DateTime<Utc>>,
) -> ListedEntry<'a> {
    let from = if source.kind == SourceKind::Listing { DateSource::Printed } else { DateSource::Feed };
    let raw = entry.published_raw.clone().or_else(|| entry.published.map(|it| it.to_rfc3339()));
    let date =
        raw.map(|raw| DateEvidence { from, raw, instant: entry.published, precision: Precision::default(), accepted: false, why: None });
    ListedEntry {
        outlet: &owner(line, outlet, &entry.url, entry.published).id,
        key: article_key(outlet, &entry.url),
        entry,
        date,
        not_before: certified_to.unwrap_or(DateTime::UNIX_EPOCH),
    }
}

/// The outlet that had the host when the article was published; the one whose source listed it where that is not known.
pub(super) fn owner<'a>(line: &'a Line, outlet: &'a Outlet, url: &Url, published: Option<DateTime<Utc>>) -> &'a Outlet {
    let (Some(host), Some(published)) = (Host::of(url), published) else { return outlet };
    let month = Month::of(published, line.zone);
    if outlet.active.contains(month) {
        return outlet;
    }
    line.register.outlets.iter().find(|it| it.hosts.contains(&host) && it.active.contains(month)).unwrap_or(outlet)
}
