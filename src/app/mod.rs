//! Builds every part and stops them in order. The only place that reads the clock.

mod configure;
pub mod control;
pub mod demo;
pub mod desk;
pub mod live;
pub mod notices;
pub mod requests;
pub mod run;
mod settings;

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use chrono::{DateTime, Utc};

use self::live::Live;
use crate::{
    archive::{self, Archive, ArchiveError},
    config::{Config, ConfigError, outlets::Register, site::Site},
    fetch::{Fetcher, Settings, SetupError},
    jobs::{Clock, JobError, Line, index::follow},
    search::{Search, SearchError},
    store::{Store, StoreError},
};

/// Where the files of an installation lie.
#[derive(Debug, Clone)]
pub struct Places {
    pub config: PathBuf,
    pub data: PathBuf,
    pub index: PathBuf,
}

/// The parts of a running installation.
pub struct App {
    /// As it was configured at the start.
    pub line: Line,
    /// As it is configured now.
    pub live: Live,
    pub search: Arc<Search>,
    pub site: Site,
    pub places: Places,
}

/// The program could not be set up or could not go on.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Setup(#[from] SetupError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    #[error(transparent)]
    Search(#[from] SearchError),
    #[error(transparent)]
    Job(#[from] JobError),
    #[error(transparent)]
    Mail(#[from] crate::mail::MailError),
    #[error(transparent)]
    Hook(#[from] crate::webhook::HookError),
    #[error(transparent)]
    Secret(#[from] crate::web::secret::SecretError),
    #[error("{attempt}")]
    File {
        attempt: String,
        #[source]
        cause: io::Error,
    },
    #[error("the port {0} is taken or not allowed")]
    Listen(std::net::SocketAddr, #[source] io::Error),
    #[error("the rehearsal does not come out as scripted: {0}")]
    Rehearsal(String),
}

/// The system's clock.
pub fn system_clock() -> Clock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    Clock(Arc::new(Utc::now))
}

/// A clock that stands still: the one of `--now`.
pub fn fixed_clock(at: DateTime<Utc>) -> Clock {
    Clock(Arc::new(move || at))
}

impl App {
    /// Loads the configuration and opens everything that the jobs need.
    ///
    /// # Errors
    /// Where the configuration is wrong, or the database or the index cannot be opened.
    pub async fn open(places: &Places, clock: Clock) -> Result<Self, AppError> {
        Self::build(places, clock, true).await
    }

    /// The same for a rehearsal, whose data is made anew each time: nobody waits for the disk, so that a loss of power may
    /// cost what was kept.
    ///
    /// # Errors
    /// As [`App::open`].
    pub async fn open_rehearsal(places: &Places, clock: Clock) -> Result<Self, AppError> {
        Self::build(places, clock, false).await
    }

    async fn build(places: &Places, clock: Clock, sync: bool) -> Result<Self, AppError> {
        let config = Config::load(&places.config)?;
        fs::create_dir_all(&places.data).map_err(|cause| file_error("make the data folder", &places.data, cause))?;
        let database = config.site.database.clone().unwrap_or_else(|| Store::sqlite_url(&places.data.join("diembao.db")));
        let store = Store::open(&database).await?;
        let search = open_search(&store, &places.index).await?;
        let software = concat!("diembao/", env!("CARGO_PKG_VERSION")).to_owned();
        let settings = archive::Settings { software, file_bytes_max: archive::Settings::FILE_BYTES_MAX, sync };
        let line = Line {
            store,
            archive: Arc::new(Archive::new(&places.data.join("archive"), settings)),
            fetcher: Arc::new(Fetcher::new(fetch_settings(&config.site, &config.register))?),
            register: Arc::new(config.register),
            terms: Arc::new(config.terms),
            facets: Arc::new(config.facets),
            texts: Arc::new(config.texts),
            policies: config.site.policies.clone().into(),
            calendar: Arc::new(config.calendar),
            zone: config.site.zone,
            concurrency: config.site.crawl.concurrency,
            control_urls: config.site.crawl.control_urls.clone().into(),
            clock_rules: config.site.crawl.clock_rules,
            notices: Arc::new(config.site.notices.clone()),
            channels: config.site.notices.channels().into(),
            clock,
        };
        Ok(Self { live: Live::new(line.clone()), line, search: Arc::new(search), site: config.site, places: places.clone() })
    }

    /// Mends what a crash left torn in the archive, and says so. For whatever is about to write there: commands that only
    /// read neither pay for it nor need the permission.
    ///
    /// # Errors
    /// Where the archive cannot be written.
    pub fn mend_archive(&self) -> Result<(), AppError> {
        let repair = self.line.archive.mend()?;
        for torn in &repair.torn {
            let archive::Torn { file, kept, moved, aside } = torn;
            tracing::warn!(file, kept, moved, aside, "an archive file ended in the middle of a record, which was moved aside");
        }
        for damaged in &repair.damaged {
            tracing::warn!(error = ?damaged, "a record of the archive is damaged; nothing was changed");
        }
        Ok(())
    }

    /// Closes what must be closed.
    pub async fn close(self) {
        if let Err(fault) = self.line.archive.close() {
            tracing::warn!(error = ?fault, "the archive could not be closed in order; it is looked at before it is written again");
        }
        self.line.store.close().await;
    }
}

/// Opens the search index; a damaged one is made anew from the store, which holds all that it held.
async fn open_search(store: &Store, dir: &Path) -> Result<Search, AppError> {
    let (search, damage) = Search::open_or_renew(dir)?;
    if let Some(damage) = damage {
        tracing::error!(error = ?damage, "the search index is damaged: it was moved aside and is made anew from the store");
        if let Err(fault) = follow(store, &search, &|_| ()).await {
            tracing::error!(error = ?fault, "the search index stays empty until the next crawl or `reindex`");
        }
    }
    Ok(search)
}

/// The fetcher's settings as configured.
pub fn fetch_settings(site: &Site, register: &Register) -> Settings {
    Settings {
        user_agent: site.crawl.full_user_agent(),
        timeout: site.crawl.timeout.0,
        host_delay: site.crawl.host_delay.0,
        body_bytes_max: site.crawl.body_bytes_max,
        allow_private_hosts: site.crawl.allow_private_hosts,
        intermediates: register.intermediates.clone(),
        extra_roots: Vec::new(),
    }
}

/// The configuration where there is one, and the shipped defaults where the folder holds no register: for commands
/// that read one document and need no installation.
///
/// # Errors
/// Where the folder holds a register, and the configuration is wrong.
pub fn config_or_shipped(dir: &Path) -> Result<Config, ConfigError> {
    if dir.join("outlets.toml").exists() { Config::load(dir) } else { Config::of_texts(dir, "", "", None, None) }
}

pub(crate) fn file_error(attempt: &str, file: &Path, cause: io::Error) -> AppError {
    AppError::File { attempt: format!("{attempt} {}", file.display()), cause }
}
