//! Looks at counted articles again: whether what a month was met with still stands.

use chrono::{DateTime, Utc};
use futures_util::{StreamExt, stream};
use serde::Serialize;

use super::{
    JobError, Line,
    capture::Captures,
    read::{NotReadHere, load},
    review::review,
};
use crate::{
    domain::{
        calendar::policy_of,
        month::Month,
        outlet::{Outlet, OutletId},
        privacy::{PrivacyKind, mask},
        reading::TitleMatch,
        relevance::{JudgementKind, Reading, judge},
        standing::{Came, CheckWhy, Standing, Unchecked, Was, check, months_to_check},
        visit::Outcome,
    },
    store::{
        article::ToRead,
        recheck::{CheckRecord, Watched},
    },
};

/// A round as `recheck --json` shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecheckReport {
    pub month: Month,
    pub articles: Vec<Checked>,
}

/// One article that was looked at again.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Checked {
    pub outlet: OutletId,
    pub url: String,
    /// With its names masked, and the kinds of what is to be looked at.
    pub title: String,
    #[serde(skip)]
    pub privacy: Vec<PrivacyKind>,
    pub standing: Standing,
    pub why: CheckWhy,
    /// Share of the text's syllables that an edit changed, 0 to 1.
    pub changed: f64,
    /// The judgements of the text that counted and of the page as it came, by the present dictionary.
    pub judgement_before: JudgementKind,
    pub judgement_now: Option<JudgementKind>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// What a round looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Every counted article.
    All,
    /// Those of which nothing is known since the month's grace ended, or since it began.
    Unsettled,
}

/// Articles checked of one outlet and month in one round: at a second each it is some hours.
const ARTICLES_MAX: usize = 5_000;
/// Articles whose next look is due, taken up at a time.
const DUE_MAX: u32 = 500;

/// Looks again at the articles that count for a month.
///
/// # Errors
/// Where the store fails, or no policy is configured; what pages do is recorded with the check.
pub async fn recheck(line: &Line, month: Month, outlets: &[OutletId], extent: Extent) -> Result<RecheckReport, JobError> {
    let since = match extent {
        Extent::All => None,
        Extent::Unsettled => Some(settled_since(line, month)?),
    };
    let counted = counted(line, month, outlets).await?;
    let checks: Vec<_> = counted.iter().map(|(outlet, articles)| check_all(line, outlet, articles, since)).collect();
    let checked: Vec<Result<Vec<Checked>, JobError>> = stream::iter(checks).buffer_unordered(line.concurrency).collect().await;
    let mut report = RecheckReport { month, articles: Vec::new() };
    for articles in checked {
        report.articles.extend(articles?);
    }
    report.articles.sort_by(|a, b| (&a.outlet, &a.url).cmp(&(&b.outlet, &b.url)));
    Ok(report)
}

/// The round that the clock starts: the months that are about to be closed or reported.
///
/// # Errors
/// Where the store fails.
pub async fn recheck_round(line: &Line) -> Result<Vec<RecheckReport>, JobError> {
    let mut reports = Vec::new();
    for month in months_to_check(Month::of(line.clock.now(), line.zone)) {
        reports.push(recheck(line, month, &[], Extent::Unsettled).await?);
    }
    Ok(reports)
}

/// Looks again at the articles whose last check settled nothing and whose next one is due: only three tries over three
/// days tell a take-down.
///
/// # Errors
/// Where the store fails.
pub async fn recheck_due(line: &Line) -> Result<Vec<Checked>, JobError> {
    let mut checked = Vec::new();
    for article in line.store.checks_due(line.clock.now(), DUE_MAX).await? {
        // An outlet that has left the register is not asked any more.
        if let Some(outlet) = line.register.get(&article.outlet) {
            checked.push(check_one(line, outlet, &article).await?);
        }
    }
    Ok(checked)
}

/// The counted articles of a month of which no check since its grace ended tells how they stand.
///
/// # Errors
/// Where the store fails, or no policy is configured.
pub async fn recheck_standing(line: &Line, month: Month, outlets: &[OutletId]) -> Result<Vec<Unchecked>, JobError> {
    let grace_end = grace_end(line, month)?;
    let mut unchecked = Vec::new();
    for (outlet, articles) in counted(line, month, outlets).await? {
        for article in articles {
            if line.store.last_check(article.id, true).await?.is_some_and(|it| it.at >= grace_end) {
                continue;
            }
            let last = line.store.last_check(article.id, false).await?.filter(|it| !it.standing.is_settled());
            let last = last.map(|it| (it.standing, it.at));
            unchecked.push(Unchecked { outlet: outlet.id.clone(), url: article.url, title: article.title, last });
        }
    }
    Ok(unchecked)
}

fn grace_end(line: &Line, month: Month) -> Result<DateTime<Utc>, JobError> {
    let policy = policy_of(&line.policies, month).ok_or(JobError::NoPolicy(month))?;
    Ok(line.calendar.grace_end(month, policy.grace_working_days, line.zone))
}

/// The instant since which a check must have told how an article stands: the end of the month's grace, while that lies
/// ahead its beginning; for the annual report, the October in which its making begins.
fn settled_since(line: &Line, month: Month) -> Result<DateTime<Utc>, JobError> {
    let now = line.clock.now();
    let grace_end = grace_end(line, month)?;
    let report = Month::new(Month::of(now, line.zone).year(), 10).map(|it| it.span(line.zone).from);
    let ended = if grace_end <= now { grace_end } else { month.span(line.zone).from };
    Ok(report.filter(|it| *it <= now).map_or(ended, |it| it.max(ended)))
}

/// The articles that count for a month, by outlet. Evidence that is no article of the store (a broadcast, a printed page)
/// cannot be looked at again.
async fn counted<'a>(line: &'a Line, month: Month, outlets: &[OutletId]) -> Result<Vec<(&'a Outlet, Vec<Watched>)>, JobError> {
    let mut found = Vec::new();
    for reviewed in review(line, month, outlets).await?.outlets {
        let Some(outlet) = line.register.get(reviewed.outlet.as_str()) else { continue };
        let urls: Vec<&str> = reviewed.evidence.iter().map(|it| it.url.as_str()).take(ARTICLES_MAX).collect();
        found.push((outlet, line.store.watched(&outlet.id, &urls).await?));
    }
    Ok(found)
}

async fn check_all(line: &Line, outlet: &Outlet, articles: &[Watched], since: Option<DateTime<Utc>>) -> Result<Vec<Checked>, JobError> {
    let mut checked = Vec::new();
    for article in articles {
        let settled = line.store.last_check(article.id, true).await?;
        if since.is_some_and(|since| settled.is_some_and(|it| it.at >= since)) {
            continue;
        }
        checked.push(check_one(line, outlet, article).await?);
    }
    Ok(checked)
}

/// Looks whether these read articles are still there, unless it is too early to look again.
///
/// # Errors
/// Where the store fails; what pages do is recorded with the check.
pub(super) async fn recheck_missing(line: &Line, outlet: &Outlet, keys: &[&str]) -> Result<(), JobError> {
    for article in line.store.watched_by_key(&outlet.id, keys).await? {
        let last = line.store.last_check(article.id, false).await?;
        if last.is_none_or(|it| it.next_try.is_some_and(|at| at <= line.clock.now())) {
            check_one(line, outlet, &article).await?;
        }
    }
    Ok(())
}

/// Looks at one article's page again and records how it stands.
///
/// # Errors
/// Where the store fails; what the page does is recorded with the check.
pub(super) async fn check_one(line: &Line, outlet: &Outlet, article: &Watched) -> Result<Checked, JobError> {
    let now = line.clock.now();
    let before = line.store.last_check(article.id, false).await?.map(|it| it.tries).unwrap_or_default();
    let asked = ToRead {
        id: article.id,
        outlet: article.outlet.clone(),
        url: article.url.clone(),
        title: article.title.clone(),
        summary: String::new(),
        first_seen: article.first_seen,
        unread_why: None,
        attempts: 0,
        first_failed: None,
    };
    let mut captures = Captures::of(line);
    let end = load(line, outlet, &asked, &mut captures).await?;
    let captures = captures.settle().await?;
    // Judged anew, so that another dictionary is not taken for another text.
    let was =
        judge(&line.terms, &Reading { title: &article.title, lead: &article.lead, body: &article.text, captions: &article.captions }).kind;
    let came = match &end {
        Ok(it) => Came::Page {
            title: &it.page.title,
            text: &it.page.text,
            judgement: it.judgement.kind,
            title_held: it.title != TitleMatch::Missing,
        },
        Err(failure) => came_of(failure),
    };
    let made = check(&Was { title: &article.title, text: &article.text, judgement: was }, &came, before, now);
    let detail = end.as_ref().err().map(|it| it.detail.clone()).unwrap_or_default();
    let page = end.as_ref().ok().map(|it| (it.page.title.as_str(), it.page.text.as_str()));
    line.store.record_check(&CheckRecord { article, at: now, check: &made, detail: &detail, was, came: page, captures: &captures }).await?;
    tracing::info!(outlet = %outlet.id, article = article.url, standing = %made.standing, why = made.why.as_str(), detail, "checked again");
    Ok(Checked {
        outlet: outlet.id.clone(),
        url: article.url.clone(),
        title: mask(&article.title, &article.privacy.masks),
        privacy: article.privacy.to_look_at(),
        standing: made.standing,
        why: made.why,
        changed: made.changed,
        judgement_before: was,
        judgement_now: made.judgement,
        detail,
    })
}

fn came_of(failure: &NotReadHere) -> Came<'static> {
    match failure.why.parse() {
        _ if failure.gone => Came::Gone,
        Ok(Outcome::Blocked | Outcome::RefusedByRobots) => Came::Blocked,
        Ok(Outcome::NotADocument) | Err(_) => Came::NotReadable,
        Ok(_) => Came::NoAnswer,
    }
}
