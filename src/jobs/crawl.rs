//! One pass over the sources: visit them, then read what they listed.

use chrono::{DateTime, Utc};
use futures_util::{StreamExt, stream};
use serde::Serialize;

use super::{
    JobError, Line,
    backfill::{Walked, backfill, settle},
    clock::watch_clocks,
    document::Manner,
    reach::probe_own_line,
    read::{ReadCount, read_articles},
    repair::{Repair, is_due, repair},
    reprint::pair_reprints,
    visit::{VisitReport, visit},
};
use crate::domain::{
    outlet::{Outlet, OutletId},
    uptime::OwnLine,
};

/// What a pass takes in.
#[derive(Debug, Clone, Default)]
pub struct CrawlScope {
    /// Empty for all.
    pub outlets: Vec<OutletId>,
    /// Only sources and pages that are due; otherwise back-off is ignored.
    pub due_only: bool,
    /// Walk sitemaps and listings back to this instant.
    pub back_to: Option<DateTime<Utc>>,
}

/// The pass as `crawl --json` shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CrawlReport {
    pub visits: Vec<VisitReport>,
    pub articles: ReadCount,
    pub repairs: Vec<Repair>,
    /// Walks back in time, where they were wished.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub walks: Vec<Walked>,
}

/// A step of a pass, for progress bars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Visited,
    /// So many more steps are known to come.
    Planned(u64),
    PartRead,
    PageTried,
}

/// Makes one pass: first all visits, then the pages, since a visit may list articles of another outlet that had the
/// host before. Outlets are worked on side by side, the sources of one after another.
///
/// # Errors
/// Where the store fails; the other outlets are finished first.
pub async fn crawl(line: &Line, scope: &CrawlScope, on_step: &(dyn Fn(Step) + Sync)) -> Result<CrawlReport, JobError> {
    if let Some(until) = line.store.take_back_ahead(line.clock.now()).await? {
        tracing::warn!(%until, "our clock had run ahead: what it certified is taken back");
    }
    let said = line.store.note_said_ahead(line.clock.now()).await?;
    if said > 0 {
        tracing::warn!(said, "decisions of officers bear a time that has not come: `check` names them");
    }
    let manner = Manner { back_to: None, offline: probe_own_line(line).await? == OwnLine::Down };
    let chosen: Vec<&Outlet> =
        line.register.outlets.iter().filter(|it| scope.outlets.is_empty() || scope.outlets.contains(&it.id)).collect();
    let visits: Vec<_> = chosen.iter().map(|outlet| visit_sources(line, outlet, scope, manner, on_step)).collect();
    let visits = side_by_side(line, visits).await;
    let walks: Vec<_> = chosen.iter().filter_map(|outlet| scope.back_to.map(|back_to| backfill(line, outlet, back_to, on_step))).collect();
    let walks = side_by_side(line, walks).await;
    // Where nothing at all could be seen, pages cannot be reached either: they wait for the next round.
    let seen = |it: &Result<Visited, JobError>| it.as_ref().is_ok_and(|it| it.0.iter().any(|it| it.outcome.has_seen()));
    let readable = if manner.offline && !visits.iter().any(seen) { &[] } else { chosen.as_slice() };
    let counts: Vec<_> = readable.iter().map(|outlet| read_outlet(line, outlet, scope, on_step)).collect();
    let counts = side_by_side(line, counts).await;
    pair_reprints(line).await?;
    let mut report = CrawlReport::default();
    for made in visits {
        let (made, repair) = made?;
        report.visits.extend(made);
        report.repairs.extend(repair);
    }
    for walk in walks {
        report.walks.extend(walk?);
    }
    for count in counts {
        let count = count?;
        report.articles.read += count.read;
        report.articles.failed += count.failed;
    }
    report.visits.sort_by(|a, b| (&a.outlet, &a.source).cmp(&(&b.outlet, &b.source)));
    Ok(report)
}

/// Works on outlets side by side, as many at a time as configured.
async fn side_by_side<T>(line: &Line, work: Vec<impl Future<Output = T>>) -> Vec<T> {
    stream::iter(work).buffer_unordered(line.concurrency).collect().await
}

/// Reads what waits, and lets walks back in time learn from the dates that the pages tell.
async fn read_outlet(line: &Line, outlet: &Outlet, scope: &CrawlScope, on_step: &(dyn Fn(Step) + Sync)) -> Result<ReadCount, JobError> {
    let due = scope.due_only.then(|| line.clock.now());
    on_step(Step::Planned(line.store.count_to_read(&outlet.id, due).await?));
    let count = read_articles(line, outlet, scope.due_only, &|| on_step(Step::PageTried)).await?;
    if count.read > 0 {
        watch_clocks(line, outlet).await?;
    }
    if count.read > 0 || scope.back_to.is_some() {
        settle(line, outlet).await?;
    }
    Ok(count)
}

/// The visits to an outlet's sources, and what came of its gaps where one was found.
type Visited = (Vec<VisitReport>, Option<Repair>);

async fn visit_sources(
    line: &Line,
    outlet: &Outlet,
    scope: &CrawlScope,
    manner: Manner,
    on_step: &(dyn Fn(Step) + Sync),
) -> Result<Visited, JobError> {
    let mut visits = Vec::new();
    on_step(Step::Planned(outlet.sources.len() as u64));
    for source in &outlet.sources {
        if scope.due_only && !line.store.claim_due(&outlet.id, &source.url, line.clock.now()).await? {
            continue;
        }
        visits.push(visit(line, outlet, source, manner).await?);
        on_step(Step::Visited);
    }
    let found = visits.iter().any(|it: &VisitReport| it.gap);
    if visits.is_empty() || !is_due(line, outlet, found).await? {
        return Ok((visits, None));
    }
    let (repair, further) = repair(line, outlet).await?;
    visits.extend(further);
    Ok((visits, Some(repair).filter(|it| found || it.left + it.closed > 0)))
}
