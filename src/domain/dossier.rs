//! What a dossier is made of: the proof of one outlet's month that can be computed again, and the records beside it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::domain::{
    article::Rejection,
    closing::{Inputs, Likeness, Official, Versions},
    coverage::{Gap, GapReason},
    date::DateEvidence,
    month::Span,
    outlet::{Covers, SourceKind},
    relevance::Judgement,
    review::{DateFirmness, MonthRules, OutletMonth, ReadState},
    visit::Outcome,
};

/// A verdict with all that it was made of.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Proof {
    pub versions: Versions,
    pub rules: MonthRules<'static>,
    pub inputs: Inputs,
    pub result: OutletMonth,
}

/// One visit to a source, as the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptVisit {
    pub at: DateTime<Utc>,
    pub source: String,
    pub outcome: Outcome,
    pub detail: String,
    pub status: Option<u16>,
    pub bytes: u64,
    /// SHA-256 of the document.
    pub digest: Option<String>,
    pub in_document: u64,
    pub new: u64,
    pub known: u64,
    pub rejected: BTreeMap<Rejection, u64>,
    /// Start of the stretch up to `at` that it certified.
    pub certified_from: Option<DateTime<Utc>>,
    /// Start of the stretch up to `at` that it found to be a gap.
    pub gap_from: Option<DateTime<Utc>>,
    pub gap_why: Option<GapReason>,
}

/// What one source certified.
#[derive(Debug, Clone, Serialize)]
pub struct SourceLedger {
    pub source: Url,
    pub kind: SourceKind,
    pub covers: Covers,
    pub first_good: Option<DateTime<Utc>>,
    pub certified: Vec<Span>,
    pub gaps: Vec<Gap>,
}

/// A gap that was closed, and by what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClosedGap {
    #[serde(flatten)]
    pub span: Span,
    pub witness: String,
    pub at: DateTime<Utc>,
}

/// The whole of a stored article.
#[derive(Debug, Clone, Serialize)]
pub struct KeptArticle {
    pub url: String,
    pub title: String,
    /// As the source listed it.
    pub summary: String,
    pub lead: String,
    pub text: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub captions: String,
    pub author: Option<String>,
    pub language: Option<String>,
    pub first_seen: DateTime<Utc>,
    pub state: ReadState,
    pub unread_why: Option<String>,
    pub published: Option<DateTime<Utc>>,
    pub published_from: Option<String>,
    pub date_standing: DateFirmness,
    /// Earliest and latest instant at which it may have been published.
    pub date_from: DateTime<Utc>,
    pub date_to: DateTime<Utc>,
    pub dates: Vec<DateEvidence>,
    pub judgement: Judgement,
    /// Version of the dictionary that it was judged with.
    pub terms: String,
}

impl Proof {
    /// The verdict of these inputs, with the result filled in.
    pub fn of(versions: Versions, rules: MonthRules<'static>, inputs: Inputs) -> Self {
        let result = inputs.review(&rules);
        Self { versions, rules, inputs, result }
    }

    /// The text that is kept.
    ///
    /// # Errors
    /// Where a value cannot be written as JSON.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// Computes the verdict again from the inputs alone and compares with what was kept as `text`.
    ///
    /// # Errors
    /// Where the outcome cannot be written as JSON.
    pub fn recompute(&self, text: &str) -> Result<(OutletMonth, Likeness), serde_json::Error> {
        let again = Self::of(self.versions.clone(), self.rules.clone(), self.inputs.clone());
        let likeness = match () {
            () if again.text()? == text => Likeness::Exact,
            () if Official::of(&again.result) == Official::of(&self.result) => Likeness::SameVerdicts,
            () => Likeness::Different,
        };
        Ok((again.result, likeness))
    }
}
