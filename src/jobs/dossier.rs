//! Gathers what a dossier holds, and has it built.

use chrono::{DateTime, Utc};

use super::{
    JobError, Line,
    close::{PROGRAM, closed, versions},
    review::{inputs_of, month_rules},
};
use crate::{
    domain::{
        dossier::{Proof, SourceLedger},
        month::Month,
        near_miss::{NEAR_MISSES_MAX, near_misses},
        outlet::Outlet,
        review::OutletMonth,
    },
    report::dossier::{ARTICLES_MAX, AsClosedProof, Dossier, KeptRecord, build},
    store::dossier::VISITS_MAX,
};

/// Builds the dossier of an outlet's month as things stand at the clock's time: the bytes of one ZIP file.
///
/// # Errors
/// Where the store fails or the file cannot be built.
pub async fn dossier(line: &Line, outlet: &Outlet, month: Month) -> Result<Vec<u8>, JobError> {
    let now = line.clock.now();
    let rules = month_rules(line, month, now)?;
    let (store, window, span) = (&line.store, rules.window(), month.span(line.zone));
    let proof = Proof::of(versions(line), rules.kept(), inputs_of(line, outlet, &rules).await?);
    let scored = store.best_scored(&outlet.id, span, now, NEAR_MISSES_MAX + proof.result.count).await?;
    let near_misses = near_misses(&scored, &proof.result, line.zone);
    let mut urls = urls_of(&proof.result);
    for url in near_misses.iter().map(|it| &it.url) {
        if !urls.contains(url) {
            urls.push(url.clone());
        }
    }
    let articles_left_out = urls.len().saturating_sub(ARTICLES_MAX);
    urls.truncate(ARTICLES_MAX);
    let visits = store.visits_within(&outlet.id, window, now).await?;
    let closed = closed(line, month).await?.filter(|it| it.snapshot.at <= now);
    let dossier = Dossier {
        program: PROGRAM.to_owned(),
        made_at: now.with_timezone(&line.zone).fixed_offset(),
        previous: store.last_closing(now).await?.map(|it| it.1),
        sources: sources_of(outlet, &proof),
        closed_gaps: store.closed_gaps(&outlet.id, window, now).await?,
        visits_cut: visits.len() == VISITS_MAX,
        visits,
        near_misses,
        articles: store.kept_articles(&outlet.id, &urls).await?,
        articles_left_out,
        terms: line.texts.terms.clone(),
        bases: line.calendar.bases.clone(),
        closed: closed.and_then(|it| AsClosedProof::of(&it, &outlet.id)),
        records: archived_records(line, outlet, now),
        control: control_results(line, month),
        proof,
    };
    Ok(build(&dossier)?)
}

/// The addresses of what counts, waits and could not be read, each once.
fn urls_of(month: &OutletMonth) -> Vec<String> {
    let counted = month.evidence.iter().map(|it| &it.url);
    let mut found: Vec<String> = Vec::new();
    for url in counted.chain(month.pending.iter().map(|it| &it.url)).chain(month.unread.iter().map(|it| &it.url)) {
        if !found.contains(url) {
            found.push(url.clone());
        }
    }
    found
}

/// The ledgers stand in the order of the register's sources.
fn sources_of(outlet: &Outlet, proof: &Proof) -> Vec<SourceLedger> {
    let ledgers = &proof.inputs.seen.ledgers;
    let joined = outlet.sources.iter().zip(ledgers).map(|(source, ledger)| SourceLedger {
        source: source.url.clone(),
        kind: source.kind,
        covers: source.covers,
        first_good: ledger.first_good,
        certified: ledger.certified.clone(),
        gaps: ledger.gaps.clone(),
    });
    joined.collect()
}

/// The records of the archive that go into the dossier: the documents of its visits and the pages of its articles.
fn archived_records(_line: &Line, _outlet: &Outlet, _now: DateTime<Utc>) -> Vec<KeptRecord> {
    Vec::new()
}

/// What the positive control came to in the month, where it ran.
fn control_results(_line: &Line, _month: Month) -> Option<serde_json::Value> {
    None
}
