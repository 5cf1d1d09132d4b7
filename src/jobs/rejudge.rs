//! What the present dictionary would change in the judgements that are stored.

use std::collections::{BTreeMap, BTreeSet};

use super::{JobError, Line, read::sides};
use crate::{
    domain::{
        article::Page,
        facet::Facets,
        month::Month,
        privacy::Privacy,
        relevance::{Judgement, JudgementKind, Reading, Terms, judge, judge_unread},
    },
    store::article::Stored,
};

/// Judgements that would change, counted by month (`None` without a date), outlet, and from what to what.
pub type Diff = BTreeMap<(Option<Month>, String, &'static str, &'static str), u64>;

/// The outcome of judging everything again.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Rejudged {
    pub judged: u64,
    pub diff: Diff,
    /// Articles whose marks would change, and not their judgement.
    pub marked: u64,
    /// Articles whose facets, or what in them may identify a person, would change.
    pub sides: u64,
    /// The months that are closed: their verdicts change by amendments alone.
    pub closed: BTreeSet<Month>,
}

const BATCH: u32 = 500;

/// Judges all stored articles with the present dictionary; with `apply`, the new judgements are kept.
///
/// # Errors
/// Where the store fails.
pub async fn rejudge(line: &Line, apply: bool) -> Result<Rejudged, JobError> {
    let closed = line.store.closed_months().await?.into_keys().collect();
    let mut outcome = Rejudged { closed, ..Rejudged::default() };
    let mut last = 0;
    loop {
        let batch = line.store.articles_after(last, BATCH).await?;
        let Some(end) = batch.last() else { break };
        last = end.id;
        for article in &batch {
            let judgement = judge_again(line, article, judged(&line.terms, article)).await?;
            outcome.judged += 1;
            if judgement.kind != article.judgement {
                let month = article.published.map(|it| Month::of(it, line.zone));
                let key = (month, article.outlet.clone(), article.judgement.as_str(), judgement.kind.as_str());
                *outcome.diff.entry(key).or_default() += 1;
            }
            let marked = judgement.marks != article.marks;
            outcome.marked += u64::from(marked && judgement.kind == article.judgement);
            if let Some((facets, privacy)) = new_sides(line, article) {
                outcome.sides += 1;
                if apply {
                    line.store.record_sides(article.id, &facets, &privacy).await?;
                }
            }
            if apply && (marked || judgement.kind != article.judgement || article.terms != line.terms.version()) {
                line.store.record_judgement(article.id, &judgement, line.terms.version()).await?;
            }
        }
    }
    Ok(outcome)
}

/// The facets of an article that was read and what in it may identify a person, where they differ from what is stored: the lists or
/// the code behind them may have changed since.
fn new_sides(line: &Line, article: &Stored) -> Option<(Facets, Privacy)> {
    if !article.read {
        return None;
    }
    let page = Page {
        title: article.title.clone(),
        lead: article.lead.clone(),
        text: article.text.clone(),
        author: article.author.clone(),
        captions: article.captions.clone(),
        ..Page::default()
    };
    let (facets, privacy) = sides(line, &article.url, &page, article.published);
    (article.facets.as_ref() != Some(&facets) || article.privacy.as_ref() != Some(&privacy)).then_some((facets, privacy))
}

/// What a dictionary makes of a stored article.
pub(super) fn judged(terms: &Terms, article: &Stored) -> Judgement {
    if article.read {
        judge(terms, &Reading { title: &article.title, lead: &article.lead, body: &article.text, captions: &article.captions })
    } else {
        judge_unread(terms, &article.title, &article.summary)
    }
}

/// The judgement that is kept. Where a source named the subject and the page did not, an officer must look: that stays so as long
/// as the dictionary finds the subject in what the sources said.
pub(super) async fn judge_again(line: &Line, article: &Stored, judgement: Judgement) -> Result<Judgement, JobError> {
    if !article.read || judgement.kind != JudgementKind::Unrelated || article.judgement != JudgementKind::Candidate {
        return Ok(judgement);
    }
    for title in line.store.listed_titles(article.id).await? {
        let listed = judge_unread(&line.terms, &title, &article.summary);
        if listed.kind == JudgementKind::Candidate {
            return Ok(listed);
        }
    }
    Ok(judgement)
}
