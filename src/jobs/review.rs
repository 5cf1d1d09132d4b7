//! Reviews months: from rows to verdicts; a verdict that changed becomes a row.

use chrono::{DateTime, TimeDelta, Utc};

use super::{JobError, Line};
use crate::{
    domain::{
        calendar::policy_of,
        coverage::{Ledger, Witnesses, revoke, silences},
        month::{Month, Span},
        outlet::{Covers, Outlet, OutletId},
        review::{Marks, MonthArticle, MonthReview, MonthRules, Seen, review_outlet, review_together},
    },
    store::month::VerdictChange,
};

/// Reviews a month for the chosen outlets, or for all where none is chosen, as things stand at the clock's time.
///
/// # Errors
/// Where the store fails.
pub async fn review(line: &Line, month: Month, outlets: &[OutletId]) -> Result<MonthReview, JobError> {
    let policy = policy_of(&line.policies, month).ok_or(JobError::NoPolicy(month))?;
    let now = line.clock.now();
    let grace_end = line.calendar.grace_end(month, policy.grace_working_days, line.zone);
    let rules = MonthRules { month, zone: line.zone, policy, grace_end, now };
    let span = month.span(line.zone);
    let mut reviewed = Vec::new();
    for outlet in &line.register.outlets {
        let (ledgers, witnesses) = seen_coverage(line, outlet, rules.window(), now).await?;
        let seen = Seen {
            articles: marked(line, outlet, span, now).await?,
            ledgers,
            witnesses,
            articles_seen: line.store.count_articles(&outlet.id, span, now).await?,
        };
        reviewed.push(review_outlet(outlet, &seen, &rules));
    }
    // The press together is judged by all outlets, whichever are shown.
    let mut review = review_together(reviewed, &rules);
    review.outlets.retain(|it| outlets.is_empty() || outlets.contains(&it.outlet));
    Ok(review)
}

/// The articles that matter for a stretch, with the marks of what became of them and who else printed their text.
async fn marked(line: &Line, outlet: &Outlet, span: Span, now: DateTime<Utc>) -> Result<Vec<MonthArticle>, JobError> {
    let mut articles = line.store.month_articles(&outlet.id, span, now).await?;
    let mut twins = line.store.twins(&outlet.id, span, now).await?;
    let standings = line.store.standings(&outlet.id, span, now).await?;
    for article in &mut articles {
        let twins = twins.remove(&article.url).unwrap_or_default();
        article.marks = Marks::of_twins(&outlet.id, article.published, twins, line.zone);
        if let Some(stands) = standings.get(&article.url) {
            article.marks.since = stands.standing.since();
            article.marks.edited_away = stands.edited_away;
        }
    }
    Ok(articles)
}

/// How far back an outlet's articles tell its rhythm.
const RHYTHM: TimeDelta = TimeDelta::days(180);

/// What is known of an outlet's coverage in a window: what its sources certified, less what they missed, the repairs, and
/// the times of silence.
///
/// # Errors
/// Where the store fails.
pub async fn seen_coverage(line: &Line, outlet: &Outlet, window: Span, now: DateTime<Utc>) -> Result<(Vec<Ledger>, Witnesses), JobError> {
    let mut ledgers = line.store.ledgers(outlet, window, now).await?;
    if outlet.sources.len() > 1 {
        for (source, ledger) in outlet.sources.iter().zip(&mut ledgers).filter(|(it, _)| it.covers == Covers::Outlet) {
            let certified = ledger.certified.iter().fold(window, |all, it| Span { from: all.from.min(it.from), to: all.to.max(it.to) });
            revoke(ledger, &line.store.missed_by(&outlet.id, &source.url, certified, now).await?);
        }
    }
    let until = window.to.min(now);
    let published = line.store.published_within(&outlet.id, Span { from: window.from - RHYTHM, to: until }, now).await?;
    let witnesses = Witnesses { repaired: line.store.repaired(&outlet.id, window, now).await?, silent: silences(&published, until) };
    Ok((ledgers, witnesses))
}

/// Records the verdicts of a review that differ from those recorded last; says how many did.
///
/// # Errors
/// Where the store fails.
pub async fn record_changes(line: &Line, review: &MonthReview) -> Result<usize, JobError> {
    let mut changed = 0;
    for it in &review.outlets {
        let change = VerdictChange {
            outlet: &it.outlet,
            month: review.month,
            verdict: it.verdict,
            reason: it.reason,
            count: it.count,
            at: review.as_of.to_utc(),
            terms: line.terms.version(),
        };
        changed += usize::from(line.store.record_verdict(&change).await?);
    }
    Ok(changed)
}
