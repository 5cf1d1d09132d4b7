//! What another dictionary would do to the last months: judged by the code that judges again, and kept nowhere.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    JobError, Line, off_thread,
    rejudge::{judge_again, judged},
    review::{inputs_of, mark_articles, month_rules, recent_months},
};
use crate::{
    domain::{
        closing::Inputs,
        edit::{ChangeCount, Effect, JudgementChange, VerdictEffect},
        month::Month,
        outlet::{Outlet, OutletId},
        privacy::mask,
        relevance::JudgementKind,
        review::{MonthArticle, MonthRules, OutletMonth, ReadState},
        verdict::{Reason, Verdict},
    },
    store::article::Stored,
};

/// Months looked at, the present one included.
const MONTHS: usize = 12;
const BATCH: u32 = 500;
/// Changes listed one by one; all are counted.
const LISTED_MAX: usize = 200;

/// A change with what is needed to imagine it.
struct Change {
    article: Stored,
    after: JudgementKind,
}

/// Month, outlet, and from what to what.
type Key = (Option<Month>, OutletId, JudgementKind, JudgementKind);

/// What would change if the line had another dictionary. At most `limit` articles are judged, those that were found last
/// first.
///
/// # Errors
/// Where the store fails.
pub async fn effect(line: &Line, imagined: &Line, limit: usize) -> Result<Effect, JobError> {
    let months: Vec<Month> = recent_months(line).into_iter().take(MONTHS).collect();
    let oldest = months.last().copied().unwrap_or_else(|| Month::of(line.clock.now(), line.zone));
    let mut effect = Effect { months: months.clone(), ..Effect::default() };
    let mut changes = Vec::new();
    let mut before = i64::MAX;
    loop {
        let batch = line.store.articles_since(oldest.span(line.zone).from, before, BATCH).await?;
        let Some(end) = batch.last() else { break };
        if effect.judged >= limit {
            effect.cut = true;
            break;
        }
        before = end.id;
        effect.judged += batch.len();
        changes.extend(changes_in(imagined, batch).await?);
    }
    let closed: BTreeSet<Month> = line.store.closed_months().await?.into_keys().collect();
    effect.counts = counts(line, &changes, &closed);
    effect.verdicts = verdicts(line, &changes, &months, &closed).await?;
    effect.changes = changes.iter().take(LISTED_MAX).filter_map(|it| shown(line, it)).collect();
    Ok(effect)
}

/// Those of a batch that would be judged otherwise.
async fn changes_in(imagined: &Line, batch: Vec<Stored>) -> Result<Vec<Change>, JobError> {
    let terms = imagined.terms.clone();
    let batch = off_thread(move || batch.into_iter().map(|it| (judged(&terms, &it), it)).collect::<Vec<_>>()).await;
    let mut found = Vec::new();
    // A fault in the judge shows as articles that do not change; `rejudge` would stop at it.
    for (judgement, article) in batch.unwrap_or_default() {
        let after = judge_again(imagined, &article, judgement).await?.kind;
        if after != article.judgement {
            found.push(Change { article, after });
        }
    }
    Ok(found)
}

fn month_of(line: &Line, article: &Stored) -> Option<Month> {
    article.published.map(|it| Month::of(it, line.zone))
}

fn shown(line: &Line, change: &Change) -> Option<JudgementChange> {
    let article = &change.article;
    let masks = article.privacy.as_ref().map(|it| it.masks.as_slice()).unwrap_or_default();
    Some(JudgementChange {
        article: article.id,
        outlet: article.outlet.parse().ok()?,
        title: mask(&article.title, masks),
        month: month_of(line, article),
        before: article.judgement,
        after: change.after,
    })
}

fn counts(line: &Line, changes: &[Change], closed: &BTreeSet<Month>) -> Vec<ChangeCount> {
    let mut counted: BTreeMap<Key, usize> = BTreeMap::new();
    for it in changes {
        let Ok(outlet) = it.article.outlet.parse::<OutletId>() else { continue };
        *counted.entry((month_of(line, &it.article), outlet, it.article.judgement, it.after)).or_default() += 1;
    }
    let count = |((month, outlet, before, after), count): (Key, usize)| {
        let closed = month.is_some_and(|it: Month| closed.contains(&it));
        ChangeCount { month, outlet, before, after, count, closed }
    };
    counted.into_iter().rev().map(count).collect()
}

/// The verdicts that would come out otherwise, the latest month first.
async fn verdicts(line: &Line, changes: &[Change], months: &[Month], closed: &BTreeSet<Month>) -> Result<Vec<VerdictEffect>, JobError> {
    let mut found = Vec::new();
    for month in months {
        let rules = month_rules(line, *month, line.clock.now())?;
        let span = month.span(line.zone);
        for outlet in line.register.outlets.iter() {
            let touching =
                |it: &&Change| it.article.outlet == outlet.id.as_str() && it.article.date_from < span.to && it.article.date_to >= span.from;
            let touching: Vec<&Change> = changes.iter().filter(touching).collect();
            if touching.is_empty() {
                continue;
            }
            let mut inputs = inputs_of(line, outlet, &rules).await?;
            let before = inputs.review(&rules);
            imagine(line, outlet, &rules, &mut inputs, &touching).await?;
            let after = inputs.review(&rules);
            if of(&before) != of(&after) {
                let closed = closed.contains(month);
                found.push(VerdictEffect { outlet: outlet.id.clone(), month: *month, before: of(&before), after: of(&after), closed });
            }
        }
    }
    Ok(found)
}

fn of(month: &OutletMonth) -> (Verdict, Reason, usize) {
    (month.verdict, month.reason, month.count)
}

/// Puts the imagined judgements into what a verdict is made of, as the store would tell it after they were kept.
async fn imagine(line: &Line, outlet: &Outlet, rules: &MonthRules<'_>, inputs: &mut Inputs, changes: &[&Change]) -> Result<(), JobError> {
    let mut fresh = Vec::new();
    for it in changes {
        match inputs.seen.articles.iter_mut().find(|known| known.url == it.article.url) {
            Some(known) => known.judgement = it.after,
            None => {
                let article = line.store.month_article(&outlet.id, it.article.id, rules.now).await?;
                fresh.extend(article.map(|article| MonthArticle { judgement: it.after, ..article }));
            }
        }
    }
    mark_articles(line, outlet, rules.month.span(rules.zone), rules.now, &mut fresh).await?;
    inputs.seen.articles.extend(fresh);
    let matters = |judgement, state, ruled| judgement != JudgementKind::Unrelated || state != ReadState::Read || ruled;
    inputs.seen.articles.retain(|it| matters(it.judgement, it.state, it.ruling.is_some()));
    Ok(())
}
