//! Gathers what a dossier holds, and has it built.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::{
    JobError, Line,
    close::{PROGRAM, closed, versions},
    review::{inputs_of, month_rules},
};
use crate::{
    archive::Archive,
    domain::{
        control::control_share,
        dossier::{Proof, SourceLedger},
        month::{Month, Span},
        near_miss::{NEAR_MISSES_MAX, near_misses},
        outlet::Outlet,
        review::OutletMonth,
    },
    report::dossier::{ARTICLES_MAX, AsClosedProof, ControlProof, CopiedRecords, Dossier, KeptRecord, build},
    store::{capture::Capture, dossier::VISITS_MAX},
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
    let records = archived_records(line, outlet, window, &urls).await?;
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
        records,
        control: control_results(line, month, now).await?,
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

/// Records copied at the most, and their bytes together: a month of a busy daily has a tenth of either.
const RECORDS_MAX: usize = 20_000;
const RECORD_BYTES_MAX: usize = 256 << 20;

/// One line of `warc/captures.jsonl`: where a record of the dossier stands, and what it was asked for.
#[derive(serde::Serialize)]
struct CopiedRecord<'a> {
    file: &'a str,
    /// Byte of the file at which the record begins.
    offset: usize,
    url: &'a Url,
    at: DateTime<Utc>,
    status: u16,
    /// Of the body.
    digest: &'a str,
    record: &'a str,
    /// Whether the body stands in an earlier record, which is copied as well.
    revisit: bool,
}

/// The records of the archive that prove the month: what its visits and the pages of its articles brought, byte for byte, in one file
/// that standard tools open, and its table.
async fn archived_records(line: &Line, outlet: &Outlet, window: Span, urls: &[String]) -> Result<CopiedRecords, JobError> {
    let mut wanted = Vec::new();
    for source in &outlet.sources {
        wanted.extend(line.store.captures_of_source(&outlet.id, &source.url, window).await?);
    }
    for url in urls {
        wanted.extend(line.store.captures_of_page(&outlet.id, url).await?);
    }
    let known: HashSet<i64> = wanted.iter().map(|it| it.id).collect();
    let repeated: BTreeSet<i64> = wanted.iter().filter_map(|it| it.repeats).filter(|it| !known.contains(it)).collect();
    for id in repeated {
        wanted.extend(line.store.capture(id).await?);
    }
    wanted.sort_by_key(|it| it.id);
    wanted.dedup_by_key(|it| it.id);
    let archive = line.archive.clone();
    tokio::task::spawn_blocking(move || copy_records(&archive, &wanted)).await.map_err(JobError::Keeping)?
}

fn copy_records(archive: &Archive, wanted: &[Capture]) -> Result<CopiedRecords, JobError> {
    const FILE: &str = "records.warc.gz";
    let (mut records, mut table, mut copied) = (Vec::new(), String::new(), 0);
    for capture in wanted.iter().take(RECORDS_MAX) {
        let bytes = archive.copy(&capture.place)?;
        if records.len() + bytes.len() > RECORD_BYTES_MAX {
            break;
        }
        let row = CopiedRecord {
            file: FILE,
            offset: records.len(),
            url: &capture.url,
            at: capture.at,
            status: capture.status,
            digest: &capture.place.digest,
            record: &capture.place.record,
            revisit: capture.repeats.is_some(),
        };
        let row = serde_json::to_string(&row).map_err(|cause| JobError::Json { attempt: "the table of records".to_owned(), cause })?;
        table.push_str(&row);
        table.push('\n');
        records.extend(bytes);
        copied += 1;
    }
    let kept = |name: &str, bytes| KeptRecord { name: name.to_owned(), bytes };
    let files = if copied == 0 { Vec::new() } else { vec![kept(FILE, records), kept("captures.jsonl", table.into_bytes())] };
    Ok(CopiedRecords { files, copied, left_out: wanted.len() - copied })
}

/// What the positive control came to on the month's days up to now, where it ran: that the detector worked then.
async fn control_results(line: &Line, month: Month, now: DateTime<Utc>) -> Result<Option<ControlProof>, JobError> {
    let span = month.span(line.zone);
    let day = |at: DateTime<Utc>| at.with_timezone(&line.zone).date_naive();
    let (first, last) = (day(span.from), day(span.to.min(now) - TimeDelta::seconds(1)));
    let results = line.store.control_results(first, last, now).await?;
    if results.is_empty() {
        return Ok(None);
    }
    Ok(Some(ControlProof { share: control_share(&results, first, last), looks: results }))
}
