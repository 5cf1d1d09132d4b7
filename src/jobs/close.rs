//! Closes months, amends closed ones, and replays them.

use super::{
    JobError, Line,
    recheck::recheck_standing,
    review::{all_inputs, change_of, inputs_of, month_rules},
};
use crate::{
    domain::{
        closing::{
            Acknowledged, Amendment, Asked, ChainFault, Closed, Likeness, Obstacle, Official, Replay, Snapshot, Versions, acknowledged,
            obstacles, opened, review_inputs, sha256,
        },
        month::Month,
        review::{MonthReview, MonthRules},
    },
    store::month::VerdictChange,
};

/// How an attempt to close a month ended.
#[derive(Debug)]
pub enum CloseEnd {
    Closed(Box<Closing>),
    /// Nothing was kept; what must be done first.
    Refused(Vec<Obstacle>),
}

/// A month that has just been closed.
#[derive(Debug)]
pub struct Closing {
    pub number: u64,
    pub digest: String,
    pub review: MonthReview,
    pub acknowledged: Vec<Acknowledged>,
}

/// A closed month computed again from its snapshot.
#[derive(Debug)]
pub struct AsClosed {
    pub closed: Closed,
    pub review: MonthReview,
    pub likeness: Likeness,
}

/// Closes a month as things stand at the clock's time, if nothing stands in the way. Of two that close it at the same time
/// one wins.
///
/// # Errors
/// Where the store fails.
pub async fn close(line: &Line, month: Month, by: &str, second: &str) -> Result<CloseEnd, JobError> {
    let rules = month_rules(line, month, line.clock.now())?;
    let inputs = all_inputs(line, &rules).await?;
    let review = review_inputs(&inputs, &rules);
    let standing = standing(line, &review, &rules, by, second).await?;
    if !standing.is_empty() {
        return Ok(CloseEnd::Refused(standing));
    }
    let acknowledged = acknowledged(&review);
    let snapshot = Snapshot {
        number: 0,
        month,
        at: rules.now,
        by: by.trim().to_owned(),
        second: second.trim().to_owned(),
        previous: String::new(),
        amendments: String::new(),
        versions: versions(line),
        rules: rules.kept(),
        outlets: inputs,
        acknowledged: acknowledged.clone(),
        result: review.clone(),
    };
    let changes: Vec<VerdictChange<'_>> = review.outlets.iter().map(|it| change_of(line, &review, it)).collect();
    match line.store.record_closing(snapshot, &changes).await? {
        Some((kept, digest)) => {
            tracing::info!(%month, number = kept.number, %digest, "month closed");
            Ok(CloseEnd::Closed(Box::new(Closing { number: kept.number, digest, review, acknowledged })))
        }
        None => {
            let number = line.store.closing(month).await?.map_or(0, |it| it.number);
            Ok(CloseEnd::Refused(vec![Obstacle::AlreadyClosed(number)]))
        }
    }
}

/// What stands in the way of closing a month, and what would be open when it is closed.
///
/// # Errors
/// Where the store fails.
pub async fn checklist(line: &Line, month: Month, by: &str, second: &str) -> Result<(Vec<Obstacle>, Vec<Acknowledged>), JobError> {
    let rules = month_rules(line, month, line.clock.now())?;
    let review = review_inputs(&all_inputs(line, &rules).await?, &rules);
    Ok((standing(line, &review, &rules, by, second).await?, acknowledged(&review)))
}

async fn standing(line: &Line, review: &MonthReview, rules: &MonthRules<'_>, by: &str, second: &str) -> Result<Vec<Obstacle>, JobError> {
    let closed = line.store.closing(rules.month).await?.map(|it| it.number);
    let unchecked = recheck_standing(line, rules.month, &[]).await?;
    Ok(obstacles(review, rules, &Asked { by, second, closed, unchecked: &unchecked }))
}

/// Which program and configuration verdicts are made with now.
pub fn versions(line: &Line) -> Versions {
    let digest = |text: &str| sha256(text.as_bytes());
    Versions {
        program: PROGRAM.to_owned(),
        terms: line.terms.version().to_owned(),
        terms_sha256: digest(&line.texts.terms),
        register_sha256: digest(&line.texts.register),
        calendar_sha256: digest(&line.texts.calendar),
    }
}

/// Name and version of the program, as closed months and dossiers tell them.
pub const PROGRAM: &str = concat!("diembao ", env!("CARGO_PKG_VERSION"));

/// A closed month with its amendments; `None` where the month is not closed. Every text is checked against its digest.
///
/// # Errors
/// Where the store fails, or a kept text is not what was written.
pub async fn closed(line: &Line, month: Month) -> Result<Option<Closed>, JobError> {
    let Some(link) = line.store.closing(month).await? else { return Ok(None) };
    let name = format!("the snapshot of {month}");
    let snapshot: Snapshot = opened(&name, &link.text, &link.digest)?;
    let mut amendments = Vec::new();
    for it in line.store.amendments(link.number).await? {
        let amendment: Amendment = opened(&format!("an amendment of {month}"), &it.text, &it.digest)?;
        if amendment.closing != link.digest {
            return Err(ChainFault::Unlinked(format!("an amendment of {month}")).into());
        }
        amendments.push((amendment, it.digest));
    }
    Ok(Some(Closed { snapshot, digest: link.digest, amendments }))
}

/// Replays a closed month from its snapshot alone; `None` where the month is not closed.
///
/// # Errors
/// Where the store fails, or the snapshot is not what was written or does not follow the one before it.
pub async fn as_closed(line: &Line, month: Month) -> Result<Option<AsClosed>, JobError> {
    let (Some(closed), Some(link)) = (closed(line, month).await?, line.store.closing(month).await?) else { return Ok(None) };
    let before = line.store.closing_digest(closed.snapshot.number.saturating_sub(1)).await?;
    if closed.snapshot.previous != before {
        return Err(ChainFault::Unlinked(format!("the snapshot of {month}")).into());
    }
    let replayed = closed.snapshot.replay(&link.text);
    let Replay { review, likeness } = replayed.map_err(|cause| JobError::Json { attempt: format!("the replay of {month}"), cause })?;
    Ok(Some(AsClosed { closed, review, likeness }))
}

/// Checks every closing and amendment against its digest and against the one before it; says how many months are closed.
///
/// # Errors
/// Where the store fails, or a text is not what was written or does not follow the one before it.
pub async fn check_chain(line: &Line) -> Result<usize, JobError> {
    let unlinked = |what: String| JobError::Chain(ChainFault::Unlinked(what));
    let amendments = line.store.amendment_chain().await?;
    let mut last = String::new();
    for (digest, previous) in &amendments {
        if *previous != last {
            return Err(unlinked("an amendment".to_owned()));
        }
        last.clone_from(digest);
    }
    let mut months: Vec<(u64, Month)> = line.store.closed_months().await?.into_iter().map(|it| (it.1, it.0)).collect();
    months.sort_unstable();
    let mut last = String::new();
    for (expected, (number, month)) in (1..).zip(&months) {
        let Some(closed) = closed(line, *month).await? else { continue };
        let Snapshot { previous, amendments: head, .. } = &closed.snapshot;
        let sealed = head.is_empty() || amendments.iter().any(|it| it.0 == *head);
        let linked = closed.amendments.iter().all(|(it, digest)| amendments.contains(&(digest.clone(), it.previous.clone())));
        if *number != expected || *previous != last || !sealed || !linked {
            return Err(unlinked(format!("the snapshot of {month}")));
        }
        last = closed.digest;
    }
    Ok(months.len())
}

/// Amends a closed month where the verdicts of a later review differ from those that stand; says how many did. What is kept
/// is computed from the inputs that are kept with it.
///
/// # Errors
/// Where the store fails.
pub async fn amend(line: &Line, review: &MonthReview, closed: &Closed) -> Result<usize, JobError> {
    let rules = month_rules(line, review.month, review.as_of.to_utc())?;
    let mut amended = 0;
    for computed in &review.outlets {
        if closed.official(&computed.outlet) == Some(Official::of(computed)) {
            continue;
        }
        let Some(outlet) = line.register.get(computed.outlet.as_str()) else { continue };
        let inputs = inputs_of(line, outlet, &rules).await?;
        let month = inputs.review(&rules);
        let known = closed.amendments.iter().filter(|it| it.0.outlet == outlet.id).count();
        let Some(amendment) = closed.amendment(inputs, &rules, versions(line)) else { continue };
        tracing::warn!(outlet = %outlet.id, month = %review.month, after = %amendment.after.verdict, "a closed month is amended");
        let change = change_of(line, review, &month);
        amended += usize::from(line.store.record_amendment(closed.snapshot.number, amendment, known, &change).await?);
    }
    Ok(amended)
}
