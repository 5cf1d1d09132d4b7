//! The whole document of a source: what its address serves, with the further pages of a listing and the children of a sitemap.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use url::Url;

use super::{
    JobError, Line,
    capture::Captures,
    missing::{Stand, stand_of_bytes},
    off_thread,
};
use crate::{
    domain::{
        article::{Entry, Rejection},
        coverage::{Certificate, SITEMAP_DAYS, Standing, certify, oldest_first},
        link::article_key,
        outlet::{Outlet, Source, SourceKind},
        visit::Outcome,
    },
    extract::{
        NotRead, Scope,
        feed::feed,
        listed::{ChildSitemap, Listed},
        listing::listing,
        sitemap::sitemap,
    },
    fetch::{Answer, Body, End, Failure, Validators},
    store::source::SourceState,
};

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
/// A source that listed nothing is compared with what its host gives for a made-up address, up to this length.
const COMPARED_BYTES_MAX: usize = 1 << 20;
/// A child sitemap that last changed this long before the newest known entry is read again: it holds the days by which
/// the visit is certified, and its clock may differ from ours.
const CHILD_SLACK: TimeDelta = TimeDelta::days(SITEMAP_DAYS + 1);
/// A child sitemap that lists something this much newer than its claimed last change makes a wrong claim.
const CLAIM_SLACK: TimeDelta = TimeDelta::days(2);

/// What was read of a source: the first failure, or the entries of all its parts together.
pub(super) struct Document {
    pub moved_to: Option<Url>,
    pub status: Option<u16>,
    pub bytes: usize,
    pub digest: Option<String>,
    pub validators: Validators,
    pub extent: Extent,
    pub end: Result<Content, Failure>,
}

/// How much of a document was read. Only a whole one certifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// Every part that may hold something.
    Whole,
    /// Parts that claim not to have changed were left out. That is enough to find new articles, but such claims may be
    /// wrong.
    Changed,
    /// What was left out, broke off or could not be identified may hold something.
    Part,
}

pub(super) enum Content {
    NotModified,
    Listed(Box<Listed>),
}

/// Fetches and reads the whole document of a source: pages of a listing and children of a sitemap included. Each of them
/// goes into the captures first.
///
/// # Errors
/// Where the captures cannot be kept; what the source does is part of the document.
pub(super) async fn load(
    line: &Line,
    outlet: &Outlet,
    source: &Source,
    before: &SourceState,
    manner: Manner,
    now: DateTime<Utc>,
    captures: &mut Captures<'_>,
) -> Result<Document, JobError> {
    let answer = captures.get(&source.url, &validators(source, before, manner, now)).await?;
    let Answer { url, moved_to, status, end, .. } = answer;
    let mut document = Document {
        moved_to,
        status,
        bytes: 0,
        digest: None,
        validators: Validators::default(),
        extent: Extent::Whole,
        end: Ok(Content::NotModified),
    };
    let body = match end {
        End::NotModified => return Ok(document),
        End::Failed(failure) => {
            document.end = Err(failure);
            return Ok(document);
        }
        End::Body(body) => body,
    };
    document.bytes = body.bytes.len();
    document.validators = body.validators.clone();
    let mut hash = Sha256::new();
    hash.update(&body.bytes);
    let kept = (body.bytes.len() <= COMPARED_BYTES_MAX).then(|| body.clone());
    let root = url.clone();
    let read = read(line, outlet, source, url, body).await;
    let nothing = match &read {
        Err(failure) => failure.outcome == Outcome::NotADocument,
        Ok(listed) => source.kind == SourceKind::Listing && listed.in_document == 0,
    };
    if nothing
        && let Some(body) = kept
        && let Some(stand) = stand_of_bytes(line, outlet, &source.url, &body, captures).await?
    {
        let outcome = if stand == Stand::Missing { Outcome::Gone } else { Outcome::NotADocument };
        document.end = Err(Failure::new(outcome, stand.detail()));
        return Ok(document);
    }
    let mut listed = match read {
        Ok(listed) => listed,
        Err(failure) => {
            document.end = Err(failure);
            return Ok(document);
        }
    };
    let walk = Walk { line, outlet, source, root: &root, before, manner, now };
    let extent = match source.kind {
        SourceKind::Feed => Ok(Extent::Whole),
        SourceKind::Sitemap => walk.children(&mut listed, &mut hash, captures).await?,
        SourceKind::Listing => walk.pages(&mut listed, &mut hash, captures).await?.map(|()| Extent::Whole),
    };
    document.digest = Some(hash.finalize().iter().map(|it| format!("{it:02x}")).collect());
    match extent {
        Ok(extent) => {
            // The end of a list is what is cut off: where the newest stand there, they are what is missing.
            let lost = listed.cut && oldest_first(&[&standing_of(outlet, source, &listed.entries)]);
            document.extent = if lost || listed.unidentified > 0 { Extent::Part } else { extent };
            document.end = Ok(Content::Listed(Box::new(listed)));
        }
        Err(failure) => document.end = Err(failure),
    }
    Ok(document)
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

/// Which children of a sitemap were not read.
#[derive(Default)]
struct LeftOut {
    /// Those that claim not to have changed, until the next whole visit.
    until_whole: bool,
    /// The same, but too many for a whole visit ever to read: their claims are all there is.
    on_trust: bool,
    too_many: bool,
}

/// Reads the further parts of a document.
struct Walk<'a> {
    line: &'a Line,
    outlet: &'a Outlet,
    source: &'a Source,
    /// Where the document was found.
    root: &'a Url,
    before: &'a SourceState,
    manner: Manner,
    now: DateTime<Utc>,
}

impl Walk<'_> {
    /// Reads the children of a sitemap index that may hold something new, or reach back to the wished instant, and theirs.
    async fn children(
        &self,
        listed: &mut Listed,
        hash: &mut Sha256,
        captures: &mut Captures<'_>,
    ) -> Result<Result<Extent, Failure>, JobError> {
        let max = if self.manner.back_to.is_some() { CHILDREN_BACK_MAX } else { CHILDREN_MAX };
        let mut left_out = LeftOut::default();
        let mut wrong_claim = false;
        let mut read = HashSet::from([self.source.url.clone()]);
        let mut queue = self.chosen(std::mem::take(&mut listed.children), max, max, &mut left_out);
        while let Some(child) = queue.pop() {
            if read.len() > max {
                left_out.too_many = true;
                break;
            }
            if !read.insert(child.url.clone()) {
                continue;
            }
            let mut part = match self.part(&child.url, hash, captures).await? {
                Ok(part) => part,
                Err(failure) => return Ok(Err(failure)),
            };
            let newest = part.entries.iter().filter_map(|it| it.published.or(it.modified)).max();
            wrong_claim |= child.modified.is_some_and(|claimed| newest.is_some_and(|it| it - claimed > CLAIM_SLACK));
            queue.extend(self.chosen(std::mem::take(&mut part.children), max, max.saturating_sub(read.len()), &mut left_out));
            join(listed, part);
        }
        let doubtful = left_out.too_many || (left_out.on_trust && wrong_claim) || listed.repaired || listed.cut;
        Ok(Ok(match left_out.until_whole {
            _ if doubtful => Extent::Part,
            true => Extent::Changed,
            false => Extent::Whole,
        }))
    }

    /// The children worth reading: once a day all of them where no more than `budget`, otherwise those that claim to have
    /// changed. Of too many that claim nothing, those at both ends are: new ones are added there.
    fn chosen(&self, mut children: Vec<ChildSitemap>, max: usize, budget: usize, left_out: &mut LeftOut) -> Vec<ChildSitemap> {
        let all = children.len();
        let whole_due = self.manner.back_to.is_none() && self.before.full_at.is_none_or(|it| self.now - it >= FULL_EVERY);
        if all > budget || !whole_due {
            let newest = self.before.standing.iter().flatten().filter_map(|it| it.dated).max();
            let since = self.manner.back_to.or(newest.min(self.before.certified_to).map(|it| it - CHILD_SLACK));
            children.retain(|it| it.modified.is_none() || since.is_none() || it.modified >= since);
        }
        if children.len() < all {
            if all > budget { left_out.on_trust = true } else { left_out.until_whole = true }
        }
        children.sort_by_key(|it| std::cmp::Reverse(it.modified));
        if children.len() > max {
            left_out.too_many = true;
            let last = children.split_off(children.len() - max / 2);
            children.truncate(max - max / 2);
            children.extend(last);
        }
        children
    }

    /// Walks a listing page by page until it meets what the last good visit listed, or the wished instant.
    async fn pages(&self, listed: &mut Listed, hash: &mut Sha256, captures: &mut Captures<'_>) -> Result<Result<(), Failure>, JobError> {
        let mut visited = HashSet::from([self.source.url.clone()]);
        for number in 2..=self.source.listing.pages_max {
            let next = listed.next.take().or_else(|| numbered(self.source, number));
            let Some(next) = next.filter(|_| self.wants_more(listed)).filter(|it| visited.insert(it.clone())) else {
                break;
            };
            let part = match self.part(&next, hash, captures).await? {
                Ok(part) => part,
                // The page after the last one is how some lists end.
                Err(failure) if failure.outcome == Outcome::Gone => break,
                Err(failure) => return Ok(Err(failure)),
            };
            let known = listed.entries.len();
            join(listed, part);
            if listed.entries.len() == known {
                break;
            }
        }
        Ok(Ok(()))
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

    async fn part(&self, url: &Url, hash: &mut Sha256, captures: &mut Captures<'_>) -> Result<Result<Listed, Failure>, JobError> {
        part(self.line, self.outlet, (self.source, self.root), url, hash, captures).await
    }
}

/// The address of a listing's page of that number, where the register knows how it is made.
pub(super) fn numbered(source: &Source, number: u32) -> Option<Url> {
    let pattern = source.listing.page_url.as_ref()?;
    Url::parse(&pattern.replace("{n}", &number.to_string())).ok()
}

/// Fetches and reads one part of a source, whose document was found at `root`; its bytes are taken into the digest of the whole
/// document.
///
/// # Errors
/// Where the captures cannot be kept.
pub(super) async fn part(
    line: &Line,
    outlet: &Outlet,
    (source, root): (&Source, &Url),
    url: &Url,
    hash: &mut Sha256,
    captures: &mut Captures<'_>,
) -> Result<Result<Listed, Failure>, JobError> {
    Ok(match captures.get(url, &Validators::default()).await? {
        Answer { end: End::Body(_), url: end, .. } if source.kind == SourceKind::Sitemap && end != *url && end == *root => {
            Err(Failure::new(Outcome::NotADocument, format!("{url}: leads back to the index that names it")))
        }
        Answer { end: End::Body(body), url, .. } => {
            hash.update(&body.bytes);
            read(line, outlet, source, url, body).await
        }
        Answer { end: End::Failed(failure), .. } => Err(Failure { detail: format!("{url}: {}", failure.detail), ..failure }),
        Answer { end: End::NotModified, .. } => Err(Failure::new(Outcome::NotADocument, format!("{url}: 304 without having been asked"))),
    })
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
    listed.cut |= part.cut;
    listed.unidentified += part.unidentified;
    listed.next = part.next;
}

/// What is remembered of a document: keys and dates in its own order; of a sitemap, the newest.
pub(super) fn standing_of(outlet: &Outlet, source: &Source, entries: &[Entry]) -> Vec<Standing> {
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
