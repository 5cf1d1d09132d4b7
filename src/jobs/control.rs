//! The positive control: the control outlet is visited, read and judged like any other, and its items must be found.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use url::Url;

use super::{
    JobError, Line,
    document::Manner,
    read::read_articles,
    visit::{VisitReport, visit},
};
use crate::{
    domain::{
        control::{ControlDay, ControlResult},
        link::article_key,
        outlet::Outlet,
        relevance::JudgementKind,
    },
    fetch::Fetcher,
};

/// The control outlet as `app` hands it over while it is being served.
pub struct Control {
    pub outlet: Outlet,
    /// Goes to the control outlet and to nothing else.
    pub fetcher: Arc<Fetcher>,
    /// The items that the detector must know at an instant: those of that day, once they are out, and of the day before.
    pub due: Box<dyn Fn(DateTime<Utc>) -> Vec<ControlDay> + Send + Sync>,
}

/// Takes the control outlet through the line and records what came of its items. Where it is not being served, that is
/// recorded as a failure; `control` then says why.
///
/// # Errors
/// Where the store fails.
pub async fn check_control(line: &Line, control: Result<&Control, &str>) -> Result<Vec<ControlResult>, JobError> {
    let now = line.clock.now();
    let results = match control {
        Ok(control) => look(line, control, now).await?,
        Err(why) => {
            let day = now.with_timezone(&line.zone).date_naive();
            vec![ControlResult {
                day,
                checked_at: now,
                found: false,
                judged_about: false,
                judged_unrelated: false,
                whole: false,
                detail: why.to_owned(),
            }]
        }
    };
    line.store.record_control(&results).await?;
    for it in &results {
        if let Some(fault) = it.fault() {
            tracing::error!(day = %it.day, fault = fault.as_str(), detail = it.detail, "the positive control failed: the detector may be blind");
        }
    }
    Ok(results)
}

async fn look(line: &Line, control: &Control, now: DateTime<Utc>) -> Result<Vec<ControlResult>, JobError> {
    let line = Line { fetcher: control.fetcher.clone(), ..line.clone() };
    let mut visits = Vec::new();
    for source in &control.outlet.sources {
        visits.push(visit(&line, &control.outlet, source, Manner::default()).await?);
    }
    read_articles(&line, &control.outlet, false, &|| ()).await?;
    let mut results = Vec::new();
    for due in (control.due)(now) {
        results.push(result_of(&line, control, &visits, due, now).await?);
    }
    Ok(results)
}

async fn result_of(
    line: &Line,
    control: &Control,
    visits: &[VisitReport],
    due: ControlDay,
    now: DateTime<Utc>,
) -> Result<ControlResult, JobError> {
    let about = detected(line, control, visits, &due.about).await?;
    let unrelated = detected(line, control, visits, &due.unrelated).await?;
    let mut notes: Vec<String> =
        visits.iter().filter(|it| !it.outcome.has_seen()).map(|it| format!("{}: {}", it.outcome, it.detail)).collect();
    notes.extend(visits.iter().filter(|it| it.gap).map(|it| format!("{} has a gap", it.source)));
    for (wanted, seen) in [(JudgementKind::About, about), (JudgementKind::Unrelated, unrelated)] {
        match seen {
            Seen::NotListed => notes.push(format!("the `{}` article was not listed", wanted.as_str())),
            Seen::NotRead => notes.push(format!("the `{}` article was not read", wanted.as_str())),
            Seen::Judged(it) if it != wanted => notes.push(format!("the `{}` article was judged `{}`", wanted.as_str(), it.as_str())),
            Seen::Judged(_) => {}
        }
    }
    Ok(ControlResult {
        day: due.day,
        checked_at: now,
        found: matches!(about, Seen::Judged(_)),
        judged_about: about == Seen::Judged(JudgementKind::About),
        judged_unrelated: unrelated == Seen::Judged(JudgementKind::Unrelated),
        whole: visits.iter().all(|it| it.outcome.has_seen() && !it.gap),
        detail: notes.join("; "),
    })
}

/// How far the detector came with one article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// No list that was read now names it, whatever is known from earlier looks.
    NotListed,
    NotRead,
    Judged(JudgementKind),
}

async fn detected(line: &Line, control: &Control, visits: &[VisitReport], url: &Url) -> Result<Seen, JobError> {
    let key = article_key(&control.outlet, url);
    if !visits.iter().any(|it| it.keys.iter().any(|listed| listed == key.as_str())) {
        return Ok(Seen::NotListed);
    }
    Ok(line.store.control_judgement(&key).await?.map_or(Seen::NotRead, Seen::Judged))
}
