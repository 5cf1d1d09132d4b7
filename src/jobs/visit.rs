//! One visit to one source: fetch, read, decide what it certifies, record.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use url::Url;

use super::{
    JobError, Line,
    capture::Captures,
    document::{Content, Document, Extent, Manner, load, standing_of},
};
use crate::{
    domain::{
        article::{Entry, Rejection},
        coverage::{Certificate, Standing, certify, is_ahead, is_ordered},
        date::{DateEvidence, DateSource},
        link::article_key,
        month::Month,
        outlet::{Host, Outlet, OutletId, Source, SourceKind},
        relevance::{JudgementKind, judge_unread},
        visit::{Outcome, next_try},
    },
    extract::listed::Listed,
    store::{
        source::SourceState,
        visit::{ListedEntry, VisitRecord},
    },
};

/// A list whose newest entry is no older than this when it is read is taken to be current. Shorter than any grace, so that a
/// gap which begins with that reading lies in the window of every month that what was hidden before it may belong to.
const CURRENT: TimeDelta = TimeDelta::hours(3);

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
    /// Whether its entries stand in an order of time, as far as their places tell anything.
    #[serde(skip)]
    pub ordered: bool,
    /// Keys of the articles that the document listed, for whoever compares them with what is known.
    #[serde(skip)]
    pub keys: Vec<String>,
}

/// Visits a source and records everything about it in one transaction.
///
/// # Errors
/// Where the store or the archive fails; what the source does is an outcome. Without proof nothing is recorded.
pub async fn visit(line: &Line, outlet: &Outlet, source: &Source, manner: Manner) -> Result<VisitReport, JobError> {
    let mut before = line.store.source_state(&outlet.id, &source.url).await?;
    let now = line.clock.now();
    let mut captures = Captures::of(line);
    let document = load(line, outlet, source, &before, manner, now, &mut captures).await?;
    let (outcome, detail) = name_outcome(source.kind, &document, &before, manner);
    let none = Listed::default();
    let listed = match &document.end {
        Ok(Content::Listed(listed)) => listed,
        _ => &none,
    };
    let mut standing: Vec<Standing> = standing_of(outlet, source, &listed.entries);
    date_by_pages(line, outlet, before.standing.iter_mut().flatten().chain(&mut standing)).await?;
    // Status 304 is a claim, and servers have been seen to make it while their list rolled on: it certifies nothing by
    // itself. The next whole document, at most a day later, certifies the time since the one before.
    let claimed = matches!(document.end, Ok(Content::NotModified));
    let identical = outcome == Outcome::Unchanged;
    // A document that lists nothing but what is turned away shows nothing of what the outlet published.
    let none_of_its_own = standing.is_empty() && listed.in_document > 0;
    let in_time = before.certified_to.is_none_or(|it| it < now) && !is_ahead(&standing, now);
    // A first visit certifies nothing earlier, but lists what the next one is compared with.
    let enough = document.extent == Extent::Whole || before.standing.is_none();
    let certificate = if outcome.has_seen() && !claimed && in_time && enough && !none_of_its_own && listed.accounts_for_all() {
        certify(source.kind, before.standing.as_deref(), &standing, identical)
    } else {
        Certificate::Nothing
    };
    let ordered = source.kind == SourceKind::Sitemap || is_ordered(&standing);
    let since = before.certified_to.unwrap_or(now);
    let gap = match certificate {
        Certificate::Gap(why) => Some((gap_start(line, outlet, source, &before, since).await?, why)),
        _ => None,
    };
    let state = next_state(&before, &document, outcome, certificate, standing, now);
    let captures = captures.settle().await?;
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
        entries: listed.entries.iter().map(|it| listed_entry(line, outlet, source, it, before.certified_to)).collect(),
        strays: strays(line, outlet, source, listed, before.certified_to),
        certified_from: (certificate == Certificate::Whole).then_some(since),
        gap,
        captures: &captures,
        state: &state,
        part: None,
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
        ordered,
        keys,
    })
}

/// Dates the entries of lists that state none by the pages that were read since: only dates tell an order from a jumble, and
/// the newest from the oldest first.
async fn date_by_pages(line: &Line, outlet: &Outlet, entries: impl Iterator<Item = &mut Standing>) -> Result<(), JobError> {
    let mut undated: Vec<&mut Standing> = entries.filter(|it| it.dated.is_none()).collect();
    let keys: Vec<&str> = undated.iter().map(|it| it.key.as_str()).collect();
    let known = line.store.dates_of(&outlet.id, &keys).await?;
    for it in &mut undated {
        it.dated = known.get(&it.key).copied();
    }
    Ok(())
}

/// Where a gap begins that ends with a visit. A server may have said "not modified" while its list rolled on, and a list may
/// have stood still, or been empty, while the outlet went on: the gap reaches back to when the list was last seen to move. It may
/// have stood still already when it was read then, since its newest entry at the longest; of a list without dates nothing is
/// known but what it held at the visit before. Only a later overlap would have told.
async fn gap_start(
    line: &Line,
    outlet: &Outlet,
    source: &Source,
    before: &SourceState,
    since: DateTime<Utc>,
) -> Result<DateTime<Utc>, JobError> {
    let (moved, certified_from) = match line.store.last_moved(&outlet.id, &source.url).await? {
        Some((moved, certified_from)) => (moved, certified_from),
        None => (before.first_good.unwrap_or(since), None),
    };
    let newest = before.standing.iter().flatten().filter_map(|it| it.dated).filter(|it| *it <= moved).max();
    let stood_since = match newest {
        Some(newest) => Some(newest).filter(|it| moved - *it > CURRENT),
        None => certified_from,
    };
    Ok([before.full_at, Some(moved), stood_since].into_iter().flatten().fold(since, DateTime::min))
}

/// How a source answers at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    pub outcome: Outcome,
    pub detail: String,
    pub entries: u64,
}

/// Reads a source without recording anything.
///
/// # Errors
/// None that the source can cause.
pub async fn probe(line: &Line, outlet: &Outlet, source: &Source) -> Result<Probe, JobError> {
    let (before, manner) = (SourceState::default(), Manner::default());
    let document = load(line, outlet, source, &before, manner, line.clock.now(), &mut Captures::none(line)).await?;
    let (outcome, detail) = name_outcome(source.kind, &document, &before, manner);
    let entries = match &document.end {
        Ok(Content::Listed(listed)) => listed.in_document,
        _ => 0,
    };
    Ok(Probe { outcome, detail, entries })
}

/// Names how the visit ended.
fn name_outcome(kind: SourceKind, document: &Document, before: &SourceState, manner: Manner) -> (Outcome, String) {
    let listed = match &document.end {
        // What robots.txt forbids was not asked for. Anything else may be the work of what broke our line, a log-in page
        // included.
        Err(failure) if manner.offline && failure.outcome != Outcome::RefusedByRobots => {
            return (Outcome::Offline, format!("the control hosts failed too; {failure}"));
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
        _ if listed.in_document == 0 && listed.repaired => (Outcome::NotADocument, "it breaks off before its first entry".to_owned()),
        Some(to) if before.moved_to.as_deref() != Some(to.as_str()) => (Outcome::Moved, format!("moved for good to {to}")),
        _ if document.extent == Extent::Whole && document.digest.is_some() && document.digest == before.digest => {
            (Outcome::Unchanged, "the same bytes".to_owned())
        }
        _ if listed.in_document == 0 && kind == SourceKind::Listing => (Outcome::NotADocument, "no entry was found on the page".to_owned()),
        _ if listed.in_document == 0 => (Outcome::Empty, String::new()),
        _ if document.extent == Extent::Part => {
            (Outcome::Fresh, "too many, malformed or unlinked parts: what was left out is not certified".to_owned())
        }
        _ if listed.repaired => (Outcome::Fresh, "the document is malformed and was read as far as possible".to_owned()),
        _ => (Outcome::Fresh, String::new()),
    }
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
    if outcome == Outcome::Offline {
        // The source is not to blame: it is asked again in the next round, however long our line was down.
        state.next_visit = now;
        return state;
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
        // That a document has not changed proves nothing where the document itself did not.
        let proven = certificate != Certificate::Nothing;
        state.etag = document.validators.etag.clone().filter(|_| proven);
        state.last_modified = document.validators.last_modified.clone().filter(|_| proven);
        if document.extent != Extent::Changed {
            state.full_at = Some(now);
        }
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
pub(super) fn listed_entry<'a>(
    line: &'a Line,
    outlet: &'a Outlet,
    source: &Source,
    entry: &'a Entry,
    certified_to: Option<DateTime<Utc>>,
) -> ListedEntry<'a> {
    let from = if source.kind == SourceKind::Listing { DateSource::Printed } else { DateSource::Feed };
    let raw = entry.published_raw.clone().or_else(|| entry.published.map(|it| it.to_rfc3339()));
    let date = raw.map(|raw| DateEvidence::read(from, raw, entry.published, entry.reading));
    ListedEntry {
        outlet: &owner(line, outlet, &entry.url, entry.published).id,
        key: article_key(outlet, &entry.url),
        entry,
        date,
        not_before: certified_to.unwrap_or(DateTime::UNIX_EPOCH),
    }
}

/// The items on other hosts that name the subject: nobody may say that the outlet published nothing while one of them may be its own.
pub(super) fn strays<'a>(
    line: &'a Line,
    outlet: &'a Outlet,
    source: &Source,
    listed: &'a Listed,
    certified_to: Option<DateTime<Utc>>,
) -> Vec<ListedEntry<'a>> {
    let names_it = |it: &&Entry| judge_unread(&line.terms, &it.title, &it.summary).kind != JudgementKind::Unrelated;
    listed.strays.iter().filter(names_it).map(|it| listed_entry(line, outlet, source, it, certified_to)).collect()
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
