//! Closes gaps: looks at once for a witness that lists what is known on either side of them.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    JobError, Line,
    document::Manner,
    recheck::{check_one, recheck_missing},
    review::seen_coverage,
    visit::{VisitReport, visit},
};
use crate::domain::{
    coverage::{Gap, GapReason, WITNESS_DAYS, closes, cover},
    month::Span,
    outlet::{Covers, Outlet, OutletId, SourceKind},
    standing::Standing,
};

/// Articles that a witness may lack since they were taken down: where more are missing, it is rather the list that is not whole.
const TAKEN_DOWN_MAX: usize = 5;

/// Articles beside a gap that are asked for in vain before a wall is suspected.
const NEIGHBOURS_MAX: usize = 3;

/// What came of the gaps of one outlet.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Repair {
    pub outlet: OutletId,
    pub closed: u64,
    pub left: u64,
}

/// A gap that no witness could close is tried again after this long: the witness may have been down, or have lagged.
const AGAIN_AFTER: TimeDelta = TimeDelta::hours(20);
/// Older gaps are left as they are: lists of live articles no longer reach them.
const LOOK_BACK: TimeDelta = TimeDelta::days(62);

/// Whether the outlet's gaps are to be tried at once, because one was found, or once more, because some time has passed.
///
/// # Errors
/// Where the store fails.
pub async fn is_due(line: &Line, outlet: &Outlet, found: bool) -> Result<bool, JobError> {
    let now = line.clock.now();
    let before = if found { now } else { now - AGAIN_AFTER };
    Ok(line.store.begin_repair(&outlet.id, before, now).await?)
}

/// Tries to close the outlet's open gaps by walking its listings and sitemaps back past them. The visits made on the way
/// are visits like any other.
///
/// # Errors
/// Where the store fails.
pub async fn repair(line: &Line, outlet: &Outlet) -> Result<(Repair, Vec<VisitReport>), JobError> {
    let now = line.clock.now();
    let gaps = open_gaps(line, outlet, now).await?;
    let mut outcome = Repair { outlet: outlet.id.clone(), closed: 0, left: gaps.len() as u64 };
    let mut visits = Vec::new();
    let Some(earliest) = gaps.iter().map(|it| it.span.from).min() else { return Ok((outcome, visits)) };
    let manner = Manner { back_to: Some(earliest - TimeDelta::days(WITNESS_DAYS)), offline: false };
    let mut open = gaps;
    for source in outlet.sources.iter().filter(|it| it.covers == Covers::Outlet && it.kind != SourceKind::Feed) {
        if open.is_empty() {
            break;
        }
        let report = visit(line, outlet, source, manner).await?;
        let listed: HashSet<&str> = report.keys.iter().map(String::as_str).collect();
        let mut left = Vec::new();
        for gap in open {
            let days = TimeDelta::days(WITNESS_DAYS);
            let around = Span { from: gap.span.from - days, to: gap.span.to + days };
            let mut known = line.store.live_within(&outlet.id, around).await?;
            let unlisted: Vec<&str> = known.iter().map(|it| it.0.as_str()).filter(|it| !listed.contains(it)).collect();
            // A list may lack what was taken down meanwhile; it may lack no more than that.
            if (1..=TAKEN_DOWN_MAX).contains(&unlisted.len()) {
                recheck_missing(line, outlet, &unlisted).await?;
                let before = known.len();
                known = line.store.live_within(&outlet.id, around).await?;
                // Where an article that the list does name is not there either, it is a wall that answers so.
                if known.len() < before && !is_one_there(line, outlet, known.iter().filter(|it| listed.contains(it.0.as_str()))).await? {
                    left.push(gap);
                    continue;
                }
            }
            if report.ordered && closes(gap.span, &known, &listed) {
                line.store.record_repair(&outlet.id, gap.span, &source.url, now).await?;
                tracing::info!(outlet = %outlet.id, from = %gap.span.from, to = %gap.span.to, witness = %source.url, "gap closed");
            } else {
                left.push(gap);
            }
        }
        open = left;
        visits.push(report);
    }
    outcome.closed = outcome.left - open.len() as u64;
    outcome.left = open.len() as u64;
    Ok((outcome, visits))
}

/// Whether one of these articles answers when its page is asked for now.
async fn is_one_there(line: &Line, outlet: &Outlet, known: impl Iterator<Item = &(String, DateTime<Utc>)>) -> Result<bool, JobError> {
    let keys: Vec<&str> = known.map(|it| it.0.as_str()).take(NEIGHBOURS_MAX).collect();
    for article in line.store.watched_by_key(&outlet.id, &keys).await? {
        if matches!(check_one(line, outlet, &article).await?.standing, Standing::Same | Standing::Edited) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Gaps that a list of live articles can still close.
async fn open_gaps(line: &Line, outlet: &Outlet, now: DateTime<Utc>) -> Result<Vec<Gap>, JobError> {
    let window = Span { from: now - LOOK_BACK, to: now };
    let (ledgers, witnesses) = seen_coverage(line, outlet, window, now).await?;
    let mut gaps = cover(window, &ledgers, outlet.sections_complete, &witnesses).gaps;
    gaps.retain(|it| matches!(it.why, GapReason::WindowRolledOver | GapReason::Unordered | GapReason::Revoked));
    Ok(gaps)
}
