//! Reviews months: from rows to verdicts; a verdict that changed becomes a row.

use std::borrow::Cow;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::{
    JobError, Line,
    backfill::backfilled,
    close::{amend, closed},
};
use crate::{
    domain::{
        calendar::policy_of,
        closing::{Inputs, review_inputs},
        coverage::{Ledger, RHYTHM_ARTICLES_MIN, Witnesses, border_silence, freeze, merged, revoke, silences},
        ladder::called_by,
        month::{Month, Span},
        notice::NoticeKey,
        outlet::{Covers, Outlet, OutletId},
        review::{Marks, MonthArticle, MonthReview, MonthRules, OutletMonth, Seen},
        waiting::waiting,
    },
    store::{month::VerdictChange, notice::NewNotice},
};

/// Reviews a month for the chosen outlets, or for all where none is chosen, as things stand at the clock's time.
///
/// # Errors
/// Where the store fails.
pub async fn review(line: &Line, month: Month, outlets: &[OutletId]) -> Result<MonthReview, JobError> {
    let rules = month_rules(line, month, line.clock.now())?;
    // The press together is judged by all outlets, whichever are shown.
    let mut review = review_inputs(&all_inputs(line, &rules).await?, &rules);
    review.outlets.retain(|it| outlets.is_empty() || outlets.contains(&it.outlet));
    Ok(review)
}

/// Reviews one outlet's month as if nobody else were registered.
///
/// # Errors
/// Where the store fails.
pub async fn review_alone(line: &Line, outlet: &OutletId, month: Month) -> Result<MonthReview, JobError> {
    let rules = month_rules(line, month, line.clock.now())?;
    let inputs = match line.register.get(outlet.as_str()) {
        Some(outlet) => vec![inputs_of(line, outlet, &rules).await?],
        None => Vec::new(),
    };
    Ok(review_inputs(&inputs, &rules))
}

/// The rules of a month as it is judged at `now`.
///
/// # Errors
/// Where no policy is configured for it.
pub fn month_rules(line: &Line, month: Month, now: DateTime<Utc>) -> Result<MonthRules<'_>, JobError> {
    let policy = policy_of(&line.policies, month).ok_or(JobError::NoPolicy(month))?;
    let grace_end = line.calendar.grace_end(month, policy.grace_working_days, line.zone);
    Ok(MonthRules { month, zone: line.zone, policy: Cow::Borrowed(policy), grace_end, now })
}

/// Reviews one outlet's month as things stand at the clock's time, with what its verdict is made of.
///
/// # Errors
/// Where the store fails.
pub async fn look<'a>(line: &'a Line, outlet: &Outlet, month: Month) -> Result<(MonthRules<'a>, Inputs, OutletMonth), JobError> {
    let rules = month_rules(line, month, line.clock.now())?;
    let inputs = inputs_of(line, outlet, &rules).await?;
    let reviewed = inputs.review(&rules);
    Ok((rules, inputs, reviewed))
}

/// What the verdicts of all outlets are made of.
///
/// # Errors
/// Where the store fails.
pub async fn all_inputs(line: &Line, rules: &MonthRules<'_>) -> Result<Vec<Inputs>, JobError> {
    let mut found = Vec::new();
    for outlet in line.register.outlets.iter() {
        found.push(inputs_of(line, outlet, rules).await?);
    }
    Ok(found)
}

/// What an outlet's verdict is made of. The certified stretches are joined where they touch and silences elsewhere left
/// out: the decision reads no more, and closed months keep this.
///
/// # Errors
/// Where the store fails.
pub async fn inputs_of(line: &Line, outlet: &Outlet, rules: &MonthRules<'_>) -> Result<Inputs, JobError> {
    let (now, span) = (rules.now, rules.month.span(rules.zone));
    let (mut ledgers, mut witnesses) = seen_coverage(line, outlet, rules.window(), now).await?;
    witnesses.silent.retain(|it| it.span.overlap(rules.window()).is_some());
    if now >= rules.grace_end {
        let moved_on = line.store.has_article(&outlet.id, Span { from: span.to, to: now }, now).await?;
        let published = line.store.published_within(&outlet.id, span, now).await?;
        witnesses.silent.extend(border_silence(&published, moved_on, rules.grace_end));
        if outlet.sections_complete {
            end_sections(line, outlet, &mut ledgers, rules).await?;
        }
    }
    for ledger in &mut ledgers {
        ledger.certified = merged(std::mem::take(&mut ledger.certified));
    }
    let mut articles = marked(line, outlet, span, now).await?;
    articles.extend(line.store.ruled_into(&outlet.id, rules.month, span, now).await?);
    let seen = Seen {
        articles,
        ledgers,
        witnesses,
        articles_seen: line.store.count_articles(&outlet.id, span, now).await?,
        decisions: line.store.month_decisions(&outlet.id, (rules.month, span), rules.window(), now).await?,
    };
    Ok(Inputs { outlet: outlet.obligation(), seen })
}

/// The articles that matter for a stretch, with the marks of what became of them and who else printed their text.
async fn marked(line: &Line, outlet: &Outlet, span: Span, now: DateTime<Utc>) -> Result<Vec<MonthArticle>, JobError> {
    let mut articles = line.store.month_articles(&outlet.id, span, now).await?;
    mark_articles(line, outlet, span, now, &mut articles).await?;
    Ok(articles)
}

/// Marks what became of articles of a stretch, and who else printed their text.
///
/// # Errors
/// Where the store fails.
pub async fn mark_articles(
    line: &Line,
    outlet: &Outlet,
    span: Span,
    now: DateTime<Utc>,
    articles: &mut [MonthArticle],
) -> Result<(), JobError> {
    if articles.is_empty() {
        return Ok(());
    }
    let mut twins = line.store.twins(&outlet.id, span, now).await?;
    let standings = line.store.standings(&outlet.id, span, now).await?;
    for article in articles {
        let twins = twins.remove(&article.url).unwrap_or_default();
        article.marks = Marks::of_twins(&outlet.id, article.published, twins, line.zone);
        if let Some(stands) = standings.get(&article.url) {
            article.marks.since = stands.standing.since();
            article.marks.edited_away = stands.edited_away;
        }
    }
    Ok(())
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
    for (source, ledger) in outlet.sources.iter().zip(&mut ledgers).filter(|(it, _)| it.covers == Covers::Outlet) {
        revoke(ledger, &line.store.missed_by(&outlet.id, &source.addresses(), certified(ledger, window), now).await?);
    }
    if outlet.sections_complete {
        doubt_sections(line, outlet, &mut ledgers, window, now).await?;
    }
    let until = window.to.min(now);
    let published = line.store.published_within(&outlet.id, Span { from: window.from - RHYTHM, to: until }, now).await?;
    let witnesses = Witnesses {
        repaired: repaired(line, outlet, window, now).await?,
        backfilled: backfilled(line, outlet, window, now).await?,
        silent: silences(&published, until),
    };
    Ok((ledgers, witnesses))
}

/// The window, widened to all that a source certified by its visits there.
fn certified(ledger: &Ledger, window: Span) -> Span {
    ledger.certified.iter().fold(window, |all, it| Span { from: all.from.min(it.from), to: all.to.max(it.to) })
}

/// Takes back what sections certified while one of them may have been frozen, and where all of them missed an article.
async fn doubt_sections(line: &Line, outlet: &Outlet, ledgers: &mut [Ledger], window: Span, now: DateTime<Utc>) -> Result<(), JobError> {
    let all: Vec<&Url> = outlet.sources.iter().filter(|it| it.covers == Covers::Section).flat_map(|it| it.addresses()).collect();
    let rhythm = Span { from: window.from - RHYTHM, to: now };
    for (source, ledger) in outlet.sources.iter().zip(ledgers).filter(|(it, _)| it.covers == Covers::Section) {
        revoke(ledger, &line.store.missed_by(&outlet.id, &all, certified(ledger, window), now).await?);
        let listed = line.store.listed_by(&outlet.id, &source.addresses(), rhythm, now).await?;
        freeze(ledger, &silences(&listed, now));
    }
    Ok(())
}

/// The border silence of each section that has a rhythm: one whose list has not moved on past the month may have frozen in it.
async fn end_sections(line: &Line, outlet: &Outlet, ledgers: &mut [Ledger], rules: &MonthRules<'_>) -> Result<(), JobError> {
    let span = rules.month.span(rules.zone);
    let since = Span { from: span.from - RHYTHM, to: rules.now };
    for (source, ledger) in outlet.sources.iter().zip(ledgers).filter(|(it, _)| it.covers == Covers::Section) {
        let listed = line.store.listed_by(&outlet.id, &source.addresses(), since, rules.now).await?;
        if listed.len() >= RHYTHM_ARTICLES_MIN {
            let (within, after): (Vec<_>, Vec<_>) = listed.into_iter().partition(|it| *it < span.to);
            freeze(ledger, border_silence(&within, !after.is_empty(), rules.grace_end).as_slice());
        }
    }
    Ok(())
}

/// The repairs whose witness is not known to have missed an article in what it closed.
async fn repaired(line: &Line, outlet: &Outlet, window: Span, now: DateTime<Utc>) -> Result<Vec<Span>, JobError> {
    let mut kept = Vec::new();
    for it in line.store.closed_gaps(&outlet.id, window, now).await? {
        let Ok(witness) = it.witness.parse::<Url>() else { continue };
        if line.store.missed_by(&outlet.id, &[&witness], it.span, now).await?.is_empty() {
            kept.push(it.span);
        }
    }
    Ok(kept)
}

/// Reviews months of one outlet and records what changed. The press together is no part of what is recorded, so nobody else need be
/// looked at.
///
/// # Errors
/// Where the store fails.
pub async fn review_outlet_again(line: &Line, outlet: &Outlet, months: impl IntoIterator<Item = Month>) -> Result<(), JobError> {
    for month in months {
        let (rules, inputs, _) = look(line, outlet, month).await?;
        record_changes(line, &review_inputs(std::slice::from_ref(&inputs), &rules)).await?;
    }
    Ok(())
}

/// Records the verdicts of a review that differ from those recorded last; says how many did. Those of a closed month change
/// by amendments alone.
///
/// # Errors
/// Where the store fails.
pub async fn record_changes(line: &Line, review: &MonthReview) -> Result<usize, JobError> {
    let closed = closed(line, review.month).await?;
    for it in &review.outlets {
        let waits = waiting(review.month, it, closed.is_some());
        line.store.record_waiting(&it.outlet, review.month, &waits, review.as_of.to_utc()).await?;
    }
    if let Some(closed) = closed {
        return amend(line, review, &closed).await;
    }
    let mut changed = 0;
    for it in &review.outlets {
        changed += usize::from(line.store.record_verdict(&change_of(line, review, it)).await?);
    }
    Ok(changed)
}

/// Months that a regular review takes in, the present one included: a year and the one before it.
const MONTHS_REVIEWED: usize = 13;

/// The present month and those before it that a regular review takes in, the latest first.
pub fn recent_months(line: &Line) -> Vec<Month> {
    let now = Month::of(line.clock.now(), line.zone);
    std::iter::successors(Some(now), |it| Some(it.previous())).take(MONTHS_REVIEWED).collect()
}

/// A month as it was reviewed, with what its verdicts are made of.
#[derive(Debug, Clone)]
pub struct Reviewed<'a> {
    pub rules: MonthRules<'a>,
    pub inputs: Vec<Inputs>,
    pub review: MonthReview,
}

/// Reviews months as things stand at the clock's time; nothing is recorded.
///
/// # Errors
/// Where the store fails.
pub async fn look_at_months(line: &Line, months: impl IntoIterator<Item = Month>) -> Result<Vec<Reviewed<'_>>, JobError> {
    let mut found = Vec::new();
    for month in months {
        let rules = month_rules(line, month, line.clock.now())?;
        let inputs = all_inputs(line, &rules).await?;
        let review = review_inputs(&inputs, &rules);
        found.push(Reviewed { rules, inputs, review });
    }
    Ok(found)
}

/// Reviews months and records the verdicts that changed.
///
/// # Errors
/// Where the store fails.
pub async fn review_months(line: &Line, months: impl IntoIterator<Item = Month>) -> Result<(), JobError> {
    for month in months {
        let reviewed = review(line, month, &[]).await?;
        record_changes(line, &reviewed).await?;
    }
    Ok(())
}

/// Reviews the present month and those before it, and records the verdicts that changed.
///
/// # Errors
/// Where the store fails.
pub async fn review_recent(line: &Line) -> Result<(), JobError> {
    review_months(line, recent_months(line)).await
}

/// Reviews the closed months that lie further back, for what was found late.
///
/// # Errors
/// Where the store fails.
pub async fn review_closed(line: &Line) -> Result<(), JobError> {
    let recent = recent_months(line);
    let closed = line.store.closed_months().await?;
    review_months(line, closed.into_keys().filter(|it| !recent.contains(it))).await
}

/// The row that an outlet's reviewed month is recorded as.
pub(super) fn change_of<'a>(line: &'a Line, review: &MonthReview, outlet: &'a OutletMonth) -> VerdictChange<'a> {
    VerdictChange {
        outlet: &outlet.outlet,
        month: review.month,
        verdict: outlet.verdict,
        reason: outlet.reason,
        count: outlet.count,
        at: review.as_of.to_utc(),
        terms: line.terms.version(),
        calls: notice_called(line, review, outlet),
        channels: &line.channels,
    }
}

/// The notice that a verdict calls for by itself. Under the reading that one item of the press together is enough a single outlet's
/// verdict calls for nothing.
fn notice_called(line: &Line, review: &MonthReview, outlet: &OutletMonth) -> Option<NewNotice> {
    let rules = month_rules(line, review.month, review.as_of.to_utc()).ok()?;
    let step = called_by(outlet.verdict, outlet.backfilled, rules.policy.reading)?;
    let state = line.notices.first_state(step, rules.grace_end, rules.now);
    Some(NewNotice { key: NoticeKey::of_month(step, &outlet.outlet, review.month), state, message: None })
}
