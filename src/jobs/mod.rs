//! One file per step of the line. Each job reads rows and writes rows; each can run twice, and after a crash.

pub mod backfill;
pub mod capture;
pub mod clock;
pub mod close;
pub mod compose;
pub mod control;
pub mod crawl;
pub mod discover;
pub mod document;
pub mod dossier;
pub mod effect;
pub mod index;
pub mod letter;
mod missing;
pub mod notify;
mod operator;
mod outbox;
mod plan;
pub mod reach;
pub mod read;
pub mod recheck;
pub mod rejudge;
pub mod repair;
pub mod reprint;
pub mod request;
pub mod review;
pub mod visit;

use std::{fmt, sync::Arc};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use url::Url;

use crate::{
    archive::{Archive, ArchiveError},
    config::{Texts, notices::Notices, outlets::Register, site::Approval},
    domain::{
        calendar::{Calendar, Policy},
        closing::ChainFault,
        facet::FacetRules,
        notice::Channel,
        relevance::Terms,
    },
    fetch::Fetcher,
    report::dossier::DossierError,
    search::SearchError,
    store::{Store, StoreError},
};

/// The parts that the jobs work with, built once by `app`.
#[derive(Clone)]
pub struct Line {
    pub store: Store,
    pub archive: Arc<Archive>,
    pub fetcher: Arc<Fetcher>,
    pub register: Arc<Register>,
    pub terms: Arc<Terms>,
    pub facets: Arc<FacetRules>,
    /// The files that verdicts rest on, as they were read.
    pub texts: Arc<Texts>,
    pub policies: Arc<[Policy]>,
    pub calendar: Arc<Calendar>,
    pub zone: Tz,
    /// Outlets worked on at the same time.
    pub concurrency: usize,
    /// Addresses that should always answer; where all fail, the fault is ours.
    pub control_urls: Arc<[Url]>,
    /// Who applies the rules on outlets' clocks that are found.
    pub clock_rules: Approval,
    /// What is said to outlets and officers.
    pub notices: Arc<Notices>,
    /// The ways that every notice takes.
    pub channels: Arc<[Channel]>,
    /// The time, as `app` reads it.
    pub clock: Clock,
}

/// Gives the time. Made by `app` alone: of the system's clock, of `--now`, or of the rehearsal's.
#[derive(Clone)]
pub struct Clock(pub Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

/// A job that could not be finished. What sources and pages do is no error but an outcome.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    #[error("put what was answered into the archive")]
    Keeping(#[source] tokio::task::JoinError),
    #[error(transparent)]
    Search(#[from] SearchError),
    #[error("no policy is configured for {0}")]
    NoPolicy(crate::domain::month::Month),
    #[error(transparent)]
    Chain(#[from] ChainFault),
    #[error("write {attempt} as JSON")]
    Json {
        attempt: String,
        #[source]
        cause: serde_json::Error,
    },
    #[error("there is nothing to write about for {0}: is the outlet registered?")]
    NoSubject(String),
    #[error("draw the letter: {0}")]
    Letter(String),
    #[error("build the dossier")]
    Dossier(#[from] DossierError),
}

impl Clock {
    /// The present instant.
    pub fn now(&self) -> DateTime<Utc> {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// Runs the reader of a document on a thread of its own: parsing is work for a processor, and a fault in a parser
/// must cost one document, not the program.
async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    tokio::task::spawn_blocking(work).await.map_err(|fault| format!("the reader gave up: {fault}"))
}
