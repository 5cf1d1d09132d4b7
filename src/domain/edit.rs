//! Changes of the register and the dictionary that officers make at the desk, and what a change would do.

use serde::Serialize;

use crate::domain::{
    month::Month,
    outlet::{Covers, Duty, OutletId, OutletKind, SourceKind},
    relevance::{JudgementKind, TermClass, Topic},
    verdict::{Reason, Verdict},
};

/// A file of the configuration that the desk may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigFile {
    Register,
    Terms,
}

/// One change. What was typed is checked where the whole configuration is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "edit", rename_all = "snake_case")]
pub enum Edit {
    AddOutlet(NewOutlet),
    AddSources { outlet: OutletId, sources: Vec<NewSource> },
    AddTerm(NewTerm),
    ReclassTerm { id: String, class: TermClass },
    RemoveTerm { id: String },
}

/// An outlet for the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewOutlet {
    pub id: String,
    pub name: String,
    pub kind: OutletKind,
    pub duty: Duty,
    pub hosts: Vec<String>,
    pub sources: Vec<NewSource>,
}

/// A source for the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewSource {
    pub kind: SourceKind,
    pub url: String,
    pub covers: Covers,
}

/// A term for the dictionary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewTerm {
    pub id: String,
    pub topic: Topic,
    pub class: TermClass,
    pub forms: Vec<String>,
    pub why: String,
}

/// A change that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedEdit {
    pub edit: Edit,
    /// Digest of the file as whoever asks saw it.
    pub digest: String,
    pub by: String,
}

/// A change that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedEdit {
    /// Digest of the file as it stands now.
    pub digest: String,
    /// The request by which what is stored is judged again.
    pub request: Option<i64>,
}

/// Why a change was not made; then nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditFault {
    #[error("the file has been changed since the form was drawn")]
    ChangedSince,
    #[error("there is no `{0}`")]
    Unknown(String),
    #[error("the file is written in a form that cannot be edited here")]
    Form,
    /// What the check of the whole configuration says: file, line, key and message.
    #[error("{0}")]
    Wrong(String),
}

/// What a change of the dictionary would do to the articles of the last months.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Effect {
    pub months: Vec<Month>,
    /// Articles judged.
    pub judged: usize,
    /// Whether there are more articles than are judged here.
    pub cut: bool,
    /// Newest first; all of them are counted in `counts`.
    pub changes: Vec<JudgementChange>,
    pub counts: Vec<ChangeCount>,
    pub verdicts: Vec<VerdictEffect>,
}

/// An article whose judgement would be another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgementChange {
    pub article: i64,
    pub outlet: OutletId,
    /// With masked names.
    pub title: String,
    /// `None` without a date.
    pub month: Option<Month>,
    pub before: JudgementKind,
    pub after: JudgementKind,
}

/// How many articles of an outlet's month would change from one judgement to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeCount {
    pub month: Option<Month>,
    pub outlet: OutletId,
    pub before: JudgementKind,
    pub after: JudgementKind,
    pub count: usize,
    /// Whether the month is closed.
    pub closed: bool,
}

/// A verdict that would be another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerdictEffect {
    pub outlet: OutletId,
    pub month: Month,
    pub before: (Verdict, Reason, usize),
    pub after: (Verdict, Reason, usize),
    /// Whether the month is closed: its verdict changes by an amendment alone.
    pub closed: bool,
}

impl ConfigFile {
    /// The file's name in the folder of the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Register => "outlets.toml",
            Self::Terms => "terms.toml",
        }
    }
}

impl Edit {
    /// The file that it changes.
    pub fn file(&self) -> ConfigFile {
        match self {
            Self::AddOutlet(_) | Self::AddSources { .. } => ConfigFile::Register,
            Self::AddTerm(_) | Self::ReclassTerm { .. } | Self::RemoveTerm { .. } => ConfigFile::Terms,
        }
    }
}
