//! Builds every part and stops them in order. The only place that reads the clock.

pub mod demo;
pub mod run;

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use chrono::{DateTime, Utc};

use crate::{
    config::{Config, ConfigError, site::Site},
    domain::month::Month,
    fetch::{Fetcher, Settings, SetupError},
    jobs::{Clock, JobError, Line},
    search::{Search, SearchError},
    store::{Store, StoreError},
    web::state::Desk,
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
    pub line: Line,
    pub search: Search,
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
    Search(#[from] SearchError),
    #[error(transparent)]
    Job(#[from] JobError),
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
        let config = Config::load(&places.config)?;
        fs::create_dir_all(&places.data).map_err(|cause| file_error("make the data folder", &places.data, cause))?;
        let database = config.site.database.clone().unwrap_or_else(|| Store::sqlite_url(&places.data.join("diembao.db")));
        let store = Store::open(&database).await?;
        let search = Search::open(&places.index)?;
        let line = Line {
            store,
            fetcher: Arc::new(Fetcher::new(fetch_settings(&config.site))?),
            register: Arc::new(config.register),
            terms: Arc::new(config.terms),
            policies: config.site.policies.clone().into(),
            calendar: Arc::new(config.calendar),
            zone: config.site.zone,
            concurrency: config.site.crawl.concurrency,
            control_urls: config.site.crawl.control_urls.clone().into(),
            clock_rules: config.site.crawl.clock_rules,
            clock,
        };
        Ok(Self { line, search, site: config.site, places: places.clone() })
    }

    /// What the desk's pages have at hand.
    pub fn desk(&self) -> Desk {
        let (clock, zone) = (self.line.clock.clone(), self.line.zone);
        Desk {
            store: self.line.store.clone(),
            outlets: self.line.register.outlets.clone().into(),
            policies: self.line.policies.clone(),
            name: self.site.name.as_str().into(),
            province: self.site.province.as_str().into(),
            this_month: Arc::new(move || Month::of(clock.now(), zone)),
        }
    }

    /// Closes what must be closed.
    pub async fn close(self) {
        self.line.store.close().await;
    }
}

/// The fetcher's settings as configured.
pub fn fetch_settings(site: &Site) -> Settings {
    Settings {
        user_agent: site.crawl.full_user_agent(),
        timeout: site.crawl.timeout.0,
        host_delay: site.crawl.host_delay.0,
        body_bytes_max: site.crawl.body_bytes_max,
        allow_private_hosts: site.crawl.allow_private_hosts,
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
