//! The dossier of an outlet's month: its files, and the page that tells it to people.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, Utc};
use serde::Serialize;

use crate::{
    domain::{
        calendar::Basis,
        closing::{Closed, ClosingNote, Official},
        control::{ControlResult, ControlShare},
        dossier::{ClosedGap, KeptArticle, KeptVisit, Proof, SourceLedger},
        month::Span,
        near_miss::NearMiss,
        outlet::OutletId,
        review::ShownCoverage,
        verdict::Verdict,
    },
    report::{
        dossier_page,
        seal::{FORMAT, Manifest, PackedFile, seal},
    },
};

/// Whole articles that a dossier takes in; how many were left out is told.
pub const ARTICLES_MAX: usize = 500;

/// The verdict's proof; computed again by `verify`.
pub const VERDICT: &str = "verdict.json";
/// The same as the month was closed, where it is.
pub const VERDICT_AS_CLOSED: &str = "verdict-as-closed.json";
pub const TERMS: &str = "terms.toml";
/// Files that every dossier has beside the manifest.
pub const ALWAYS: [&str; 7] = ["ho-so.html", VERDICT, "ledger.json", "visits.jsonl", "near-misses.json", TERMS, "policy.json"];

/// Everything that a dossier tells.
#[derive(Debug)]
pub struct Dossier {
    pub program: String,
    pub made_at: DateTime<FixedOffset>,
    /// Digest of the last closing of any month.
    pub previous: Option<String>,
    pub proof: Proof,
    pub closed: Option<AsClosedProof>,
    pub sources: Vec<SourceLedger>,
    pub closed_gaps: Vec<ClosedGap>,
    pub visits: Vec<KeptVisit>,
    /// Whether there were more visits than a dossier takes in.
    pub visits_cut: bool,
    pub near_misses: Vec<NearMiss>,
    pub articles: Vec<KeptArticle>,
    /// Articles beyond [`ARTICLES_MAX`].
    pub articles_left_out: usize,
    /// The dictionary, as its file reads.
    pub terms: String,
    pub bases: Vec<Basis>,
    pub records: CopiedRecords,
    /// What the positive control came to, where it ran.
    pub control: Option<ControlProof>,
}

/// On how many days of the month the detector was seen to work, and the looks that tell.
#[derive(Debug, Clone, Serialize)]
pub struct ControlProof {
    #[serde(flatten)]
    pub share: ControlShare,
    pub looks: Vec<ControlResult>,
}

/// Records of the archive, copied byte for byte into files below `warc/`.
#[derive(Debug, Clone, Default)]
pub struct CopiedRecords {
    pub files: Vec<KeptRecord>,
    pub copied: usize,
    /// Those beyond what one dossier takes in.
    pub left_out: usize,
}

/// A file of records.
#[derive(Debug, Clone)]
pub struct KeptRecord {
    /// Its file name below `warc/`.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// A closed month as far as it concerns one outlet.
#[derive(Debug)]
pub struct AsClosedProof {
    pub note: ClosingNote,
    /// The verdict that stands: as closed, or as last amended.
    pub official: Official,
    /// Absent where the outlet was not in the register when the month was closed.
    pub proof: Option<Proof>,
}

/// A dossier that could not be built.
#[derive(Debug, thiserror::Error)]
pub enum DossierError {
    #[error("write a file of the dossier as JSON")]
    Json(#[from] serde_json::Error),
    #[error("draw the dossier's page")]
    Page(#[from] askama::Error),
    #[error("pack the dossier")]
    Pack(#[from] zip::result::ZipError),
}

#[derive(Serialize)]
struct LedgerFile<'a> {
    window: Span,
    coverage: &'a ShownCoverage,
    sources: &'a [SourceLedger],
    closed_gaps: &'a [ClosedGap],
    silences: Vec<Span>,
}

#[derive(Serialize)]
struct ClosingFile<'a> {
    closing: &'a ClosingNote,
    official: Official,
}

impl AsClosedProof {
    /// What a closed month says of an outlet; `None` where it says nothing.
    pub fn of(closed: &Closed, outlet: &OutletId) -> Option<Self> {
        let official = closed.official(outlet)?;
        let mut note = closed.note();
        note.amendments.retain(|it| it.outlet == *outlet);
        let snapshot = &closed.snapshot;
        let inputs = snapshot.outlets.iter().find(|it| it.outlet.id == *outlet);
        let proof = inputs.map(|it| Proof::of(snapshot.versions.clone(), snapshot.rules.clone(), it.clone()));
        Some(Self { note, official, proof })
    }
}

/// Builds the sealed file. The same dossier gives the same bytes.
///
/// # Errors
/// Where a file cannot be written or packed.
pub fn build(dossier: &Dossier) -> Result<Vec<u8>, DossierError> {
    let manifest = Manifest {
        format: FORMAT,
        program: dossier.program.clone(),
        made_at: dossier.made_at,
        outlet: dossier.proof.result.outlet.clone(),
        month: dossier.proof.rules.month,
        previous: dossier.previous.clone(),
        files: Vec::new(),
    };
    Ok(seal(manifest, files(dossier)?)?)
}

/// The files in the order in which they are packed.
fn files(dossier: &Dossier) -> Result<Vec<PackedFile>, DossierError> {
    let proof = &dossier.proof;
    let mut files = Files(Vec::new());
    files.add("ho-so.html", dossier_page::draw(dossier)?);
    files.add(VERDICT, proof.text()?);
    if let Some(closed) = &dossier.closed {
        if let Some(proof) = &closed.proof {
            files.add(VERDICT_AS_CLOSED, proof.text()?);
        }
        files.add_json("closing.json", &ClosingFile { closing: &closed.note, official: closed.official })?;
    }
    let ledger = LedgerFile {
        window: proof.rules.window(),
        coverage: &proof.result.coverage,
        sources: &dossier.sources,
        closed_gaps: &dossier.closed_gaps,
        silences: proof.inputs.seen.witnesses.silent.iter().map(|it| it.span).collect(),
    };
    files.add_json("ledger.json", &ledger)?;
    let mut visits = String::new();
    for visit in &dossier.visits {
        visits += &serde_json::to_string(visit)?;
        visits.push('\n');
    }
    files.add("visits.jsonl", visits);
    files.add_json("near-misses.json", &dossier.near_misses)?;
    for (number, article) in (1..).zip(&dossier.articles) {
        files.add_json(&format!("articles/{number:03}.json"), article)?;
    }
    files.add(TERMS, dossier.terms.clone());
    files.add_json("policy.json", &serde_json::json!({"policy": proof.rules.policy.as_ref(), "bases": dossier.bases}))?;
    if let Some(control) = &dossier.control {
        files.add_json("control.json", control)?;
    }
    for record in &dossier.records.files {
        files.0.push(PackedFile { name: format!("warc/{}", record.name), bytes: record.bytes.clone() });
    }
    Ok(files.0)
}

struct Files(Vec<PackedFile>);

impl Files {
    fn add(&mut self, name: &str, text: String) {
        self.0.push(PackedFile { name: name.to_owned(), bytes: text.into_bytes() });
    }

    fn add_json(&mut self, name: &str, value: &impl Serialize) -> Result<(), serde_json::Error> {
        self.add(name, serde_json::to_string_pretty(value)? + "\n");
        Ok(())
    }
}

/// The computed verdict in a sentence, as its page and its check tell it.
pub fn sentence(proof: &Proof) -> String {
    sentence_of(proof, Official::of(&proof.result))
}

/// The same of the verdict that stands.
pub fn sentence_of(proof: &Proof, official: Official) -> String {
    let month = proof.rules.month;
    let counted = match (official.verdict, official.count) {
        (Verdict::Met, count) => format!(" ({count} tin, bài được tính)"),
        _ => String::new(),
    };
    format!(
        "Tháng {:02}/{}, {}: {} – {}{counted}.",
        month.number(),
        month.year(),
        proof.result.name,
        official.verdict.label(),
        official.reason.label()
    )
}

/// What the visits to one source came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitSummary {
    pub source: String,
    pub visits: usize,
    /// Visits that count as having seen.
    pub seen: usize,
    pub first: DateTime<Utc>,
    pub last: DateTime<Utc>,
    /// Articles that it listed for the first time.
    pub new: u64,
    /// How the others ended, and how often.
    pub failures: BTreeMap<&'static str, usize>,
}

/// The visits of each source, in the order in which the sources were first visited.
pub fn summaries(visits: &[KeptVisit]) -> Vec<VisitSummary> {
    let mut found: Vec<VisitSummary> = Vec::new();
    for visit in visits {
        let place = found.iter().position(|it| it.source == visit.source).unwrap_or_else(|| {
            found.push(VisitSummary {
                source: visit.source.clone(),
                visits: 0,
                seen: 0,
                first: visit.at,
                last: visit.at,
                new: 0,
                failures: BTreeMap::new(),
            });
            found.len() - 1
        });
        let summary = &mut found[place];
        summary.visits += 1;
        summary.new += visit.new;
        summary.last = visit.at;
        if visit.outcome.has_seen() {
            summary.seen += 1;
        } else {
            *summary.failures.entry(visit.outcome.as_str()).or_default() += 1;
        }
    }
    found
}
