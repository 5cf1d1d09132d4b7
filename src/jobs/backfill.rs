//! Walks back in time through sitemaps and listings, part by part. Each part is kept as soon as it is read, so a walk may be stopped
//! at any moment and is gone on with by the next one.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use sha2::Sha256;
use url::Url;

use super::{
    JobError, Line,
    capture::Captures,
    crawl::Step,
    document::{part, standing_of},
    visit::{listed_entry, strays},
};
use crate::{
    domain::{
        backfill::{PageSpan, reach, trusted},
        month::Span,
        outlet::{Covers, Outlet, OutletId, Source, SourceKind},
        relevance::judge_unread,
        visit::{Counts, Outcome},
    },
    extract::listed::{ChildSitemap, Listed},
    fetch::Failure,
    store::{
        backfill::{Backfill, DonePart, PartRead},
        source::SourceState,
        visit::VisitRecord,
    },
};

/// What became of the walk through one source.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Walked {
    pub outlet: OutletId,
    pub source: Url,
    /// Parts read in this pass; those that an earlier one read are not read again.
    pub parts: u64,
    pub new: u64,
    /// Whether no part is left. What could not be read now is tried by the next pass.
    pub complete: bool,
    /// Why the walk certifies nothing, or what is left of it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// Parts of one walk: a daily sitemap for twenty years, or a listing with the register's limit on pages.
const PARTS_MAX: usize = 8_000;
/// A child sitemap that last changed this long before the walk's end holds nothing of its time, if such claims are right here.
const CLAIM_SLACK: TimeDelta = TimeDelta::days(4);
/// Dates this much older than the walk's end are looked at to see where its list ends.
const BEYOND: TimeDelta = TimeDelta::days(60);

/// Walks the outlet's sitemaps and listings back to an instant.
///
/// # Errors
/// Where the store fails; what the sources do is told in the report.
pub async fn backfill(
    line: &Line,
    outlet: &Outlet,
    back_to: DateTime<Utc>,
    on_step: &(dyn Fn(Step) + Sync),
) -> Result<Vec<Walked>, JobError> {
    let mut walked = Vec::new();
    for source in outlet.sources.iter().filter(|it| it.kind != SourceKind::Feed) {
        let run = line.store.begin_backfill(&outlet.id, &source.url, back_to, line.clock.now()).await?;
        let report =
            Walked { outlet: outlet.id.clone(), source: source.url.clone(), parts: 0, new: 0, complete: false, detail: String::new() };
        let mut walk = Walk { line, outlet, source, run, report, failure: None, on_step };
        match source.kind {
            SourceKind::Listing => walk.pages().await?,
            _ => walk.sitemaps().await?,
        }
        walked.push(walk.end().await?);
    }
    Ok(walked)
}

/// Tells anew how far back the finished walks through an outlet's sources reach, now that more pages have told their dates.
///
/// # Errors
/// Where the store fails.
pub async fn settle(line: &Line, outlet: &Outlet) -> Result<(), JobError> {
    for run in line.store.backfills_to_settle(&outlet.id, line.clock.now()).await? {
        let dates = line.store.dates_met(run.id, run.back_to - BEYOND).await?;
        line.store.settle_backfill(run.id, reach(dates, Span { from: run.back_to, to: run.begun })).await?;
    }
    Ok(())
}

/// What finished walks through the outlet-wide sources of the register cover in a window, as known at `now`.
///
/// # Errors
/// Where the store fails.
pub async fn backfilled(line: &Line, outlet: &Outlet, window: Span, now: DateTime<Utc>) -> Result<Vec<Span>, JobError> {
    let mut covered = Vec::new();
    for source in outlet.sources.iter().filter(|it| it.covers == Covers::Outlet && it.kind != SourceKind::Feed) {
        for span in line.store.backfilled(&outlet.id, &source.url, window, now).await? {
            covered.extend(trusted(span, &line.store.missed_by(&outlet.id, &source.addresses(), span, now).await?));
        }
    }
    Ok(covered)
}

/// A listing's page: its number, and the date of its oldest entry, pinned ones aside.
type PageRead = (u32, Option<DateTime<Utc>>);

struct Walk<'a> {
    line: &'a Line,
    outlet: &'a Outlet,
    source: &'a Source,
    run: Backfill,
    report: Walked,
    /// What stopped a part from being read; the walk is then left unfinished.
    failure: Option<String>,
    on_step: &'a (dyn Fn(Step) + Sync),
}

impl Walk<'_> {
    /// Reads a sitemap with all its children.
    async fn sitemaps(&mut self) -> Result<(), JobError> {
        let done: HashSet<String> = self.run.parts.iter().map(|it| it.url.clone()).collect();
        let mut met = HashSet::new();
        // What the parts read earlier said of their index's claims is not known any more.
        let mut wrong_claims = !self.run.parts.is_empty();
        let mut older = Vec::new();
        let mut queue = vec![ChildSitemap { url: self.source.url.clone(), modified: None }];
        loop {
            let Some(child) = queue.pop() else {
                // A site whose children claim wrong dates has all of them read.
                if wrong_claims && !older.is_empty() {
                    queue.append(&mut older);
                    continue;
                }
                return Ok(());
            };
            if done.contains(child.url.as_str()) || !met.insert(child.url.clone()) {
                continue;
            }
            if met.len() > PARTS_MAX {
                return self.doubt("too many parts").await;
            }
            let mut captures = Captures::of(self.line);
            let mut listed = match self.part(&child.url, &mut captures).await? {
                Ok(listed) => listed,
                Err(failure) if failure.outcome == Outcome::Gone && child.url != self.source.url => {
                    self.doubt("a part that the index names is gone").await?;
                    continue;
                }
                Err(failure) => {
                    self.failure = Some(failure.to_string());
                    continue;
                }
            };
            if listed.repaired || listed.cut || listed.unidentified > 0 {
                self.doubt("a part is malformed or cut").await?;
            }
            let newest = listed.entries.iter().filter_map(|it| it.published.or(it.modified)).max();
            wrong_claims |= child.modified.is_some_and(|claimed| newest.is_some_and(|it| it - claimed > CLAIM_SLACK));
            let (mut wanted, too_old): (Vec<_>, Vec<_>) = std::mem::take(&mut listed.children)
                .into_iter()
                .partition(|it| it.modified.is_none_or(|it| it >= self.run.back_to - CLAIM_SLACK));
            wanted.sort_by_key(|it| it.modified);
            (self.on_step)(Step::Planned(wanted.len() as u64));
            let is_index = !wanted.is_empty() || !too_old.is_empty();
            queue.extend(wanted);
            older.extend(too_old);
            if !is_index || !listed.entries.is_empty() {
                self.keep(&child.url, &listed, None, captures).await?;
            }
        }
    }

    /// Walks a listing page by page until all that a page lists is older than wished.
    async fn pages(&mut self) -> Result<(), JobError> {
        let last = self.run.parts.last().cloned();
        let mut number = last.as_ref().map_or(1, |it| it.number);
        // The page that was read last is read once more: what moved on since then stands on it or behind it.
        let mut url = last.as_ref().and_then(|it| it.url.parse().ok()).unwrap_or_else(|| self.source.url.clone());
        let mut before = self.run.parts.iter().rev().nth(1).and_then(|it| Some(PageSpan { newest: it.oldest?, oldest: it.oldest? }));
        let mut met: HashMap<Url, Vec<Url>> = HashMap::new();
        loop {
            let mut captures = Captures::of(self.line);
            let listed = match self.part(&url, &mut captures).await? {
                Ok(listed) => listed,
                // The page after the last one is how some lists end.
                Err(failure) if failure.outcome == Outcome::Gone && number > 1 => return Ok(()),
                Err(failure) => {
                    self.failure = Some(failure.to_string());
                    return Ok(());
                }
            };
            let span = PageSpan::of(&standing_of(self.outlet, self.source, &listed.entries));
            if listed.repaired || listed.cut || listed.unidentified > 0 {
                self.doubt("a page is malformed or cut").await?;
            }
            if span.is_none_or(|it| !it.follows(before)) {
                self.doubt("the pages stand in no order of time").await?;
            }
            self.keep(&url, &listed, Some((number, span.map(|it| it.oldest))), captures).await?;
            let links: Vec<Url> = listed.entries.iter().map(|it| it.url.clone()).collect();
            // A list that answers every further page with one it has shown has no further pages.
            let repeats = links.is_empty() || met.values().any(|it| *it == links);
            met.insert(url.clone(), links);
            let reached = span.is_some_and(|it| it.newest < self.run.back_to);
            number += 1;
            let next = listed.next.clone().or_else(|| super::document::numbered(self.source, number));
            match next.filter(|it| !met.contains_key(it)) {
                Some(next) if !repeats && !reached && number <= self.source.listing.pages_max => url = next,
                _ => return Ok(()),
            }
            (self.on_step)(Step::Planned(1));
            before = span;
        }
    }

    /// Keeps why the walk certifies nothing.
    async fn doubt(&mut self, flaw: &str) -> Result<(), JobError> {
        flaw.clone_into(&mut self.run.flaw);
        Ok(self.line.store.flaw_backfill(self.run.id, flaw).await?)
    }

    async fn part(&self, url: &Url, captures: &mut Captures<'_>) -> Result<Result<Listed, Failure>, JobError> {
        part(self.line, self.outlet, (self.source, &self.source.url), url, &mut Sha256::default(), captures).await
    }

    /// Keeps what one part lists, in one transaction.
    async fn keep(&mut self, url: &Url, listed: &Listed, page: Option<PageRead>, captures: Captures<'_>) -> Result<(), JobError> {
        let captures = captures.settle().await?;
        let now = self.line.clock.now();
        let counted = u32::try_from(self.run.parts.len()).unwrap_or(u32::MAX).saturating_add(1);
        let (number, oldest) = page.unwrap_or((counted, None));
        let (detail, state) = (format!("walk back in time: {url}"), SourceState::default());
        let entries = listed.entries.iter().map(|it| listed_entry(self.line, self.outlet, self.source, it, None)).collect();
        let record = VisitRecord {
            outlet: &self.outlet.id,
            source: &self.source.url,
            at: now,
            outcome: if listed.in_document == 0 { Outcome::Empty } else { Outcome::Fresh },
            detail: &detail,
            status: None,
            bytes: 0,
            digest: None,
            in_document: listed.in_document,
            rejected: listed.rejected.clone(),
            entries,
            strays: strays(self.line, self.outlet, self.source, listed, None),
            certified_from: None,
            gap: None,
            captures: &captures,
            part: Some(PartRead { backfill: self.run.id, url, number, oldest }),
            state: &state,
            judge: &|entry| judge_unread(&self.line.terms, &entry.title, &entry.summary),
            terms: self.line.terms.version(),
            zone: self.line.zone,
        };
        let counts: Counts = self.line.store.record_visit(&record).await?;
        self.run.parts.push(DonePart { url: url.to_string(), number, oldest });
        self.report.parts += 1;
        self.report.new += counts.new;
        (self.on_step)(Step::PartRead);
        Ok(())
    }

    /// Ends the walk where no part is left.
    async fn end(mut self) -> Result<Walked, JobError> {
        match self.failure.take() {
            Some(failure) => self.report.detail = failure,
            None => {
                self.line.store.end_backfill(self.run.id, self.line.clock.now()).await?;
                self.report.complete = true;
                self.report.detail = self.run.flaw;
            }
        }
        Ok(self.report)
    }
}
