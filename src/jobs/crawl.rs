//! One pass over the sources: visit them, then read what they listed.

use chrono::{DateTime, Utc};
use futures_util::{StreamExt, stream};
use serde::Serialize;

use super::{
    JobError, Line,
    document::Manner,
    read::{ReadCount, read_articles},
    repair::{Repair, repair},
    reprint::pair_reprints,
    visit::{VisitReport, visit},
};
use crate::{
    domain::{
        outlet::{Outlet, OutletId},
        visit::Outcome,
    },
    fetch::{End, Validators},
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
}

/// A step of a pass, for progress bars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Visited,
    PageTried,
}

/// Makes one pass: first all visits, then the pages, since a visit may list articles of another outlet that had the
/// host before. Outlets are worked on side by side, the sources of one after another.
///
/// # Errors
/// Where the store fails; the other outlets are finished first.
pub async fn crawl(line: &Line, scope: &CrawlScope, on_step: &(dyn Fn(Step) + Sync)) -> Result<CrawlReport, JobError> {
    let manner = Manner { back_to: scope.back_to, offline: is_offline(line).await };
    let chosen: Vec<&Outlet> =
        line.register.outlets.iter().filter(|it| scope.outlets.is_empty() || scope.outlets.contains(&it.id)).collect();
    let visits: Vec<Result<Visited, JobError>> = stream::iter(&chosen)
        .map(|outlet| visit_sources(line, outlet, scope, manner, on_step))
        .buffer_unordered(line.concurrency)
        .collect()
        .await;
    let counts: Vec<Result<ReadCount, JobError>> = stream::iter(&chosen)
        .map(|outlet| async move { read_articles(line, outlet, scope.due_only, &|| on_step(Step::PageTried)).await })
        .buffer_unordered(line.concurrency)
        .collect()
        .await;
    pair_reprints(line).await?;
    let mut report = CrawlReport::default();
    for made in visits {
        let (made, repair) = made?;
        report.visits.extend(made);
        report.repairs.extend(repair);
    }
    for count in counts {
        let count = count?;
        report.articles.read += count.read;
        report.articles.failed += count.failed;
    }
    report.visits.sort_by(|a, b| (&a.outlet, &a.source).cmp(&(&b.outlet, &b.source)));
    Ok(report)
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
    for source in &outlet.sources {
        if scope.due_only && !line.store.claim_due(&outlet.id, &source.url, line.clock.now()).await? {
            continue;
        }
        visits.push(visit(line, outlet, source, manner).await?);
        on_step(Step::Visited);
    }
    if !visits.iter().any(|it: &VisitReport| it.gap) {
        return Ok((visits, None));
    }
    let (repair, further) = repair(line, outlet).await?;
    visits.extend(further);
    Ok((visits, Some(repair)))
}

/// Whether our own line is down: control hosts are configured, and every one of them fails.
async fn is_offline(line: &Line) -> bool {
    for url in line.control_urls.iter() {
        let answer = line.fetcher.get(url, &Validators::default(), line.clock.now()).await;
        if !matches!(&answer.end, End::Failed(failure) if failure.outcome == Outcome::Unreachable) {
            return false;
        }
    }
    !line.control_urls.is_empty()
}
