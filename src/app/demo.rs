//! `demo`: a year of the rehearsal press, crawled through the real line.

use std::{
    fs,
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use chrono::{DateTime, TimeDelta, Utc};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{App, AppError, Places, file_error};
use crate::{
    domain::{month::Month, review::MonthReview},
    jobs::{
        Clock,
        crawl::{CrawlScope, Step, crawl},
        index::follow,
        review::{record_changes, review},
    },
    rehearsal::{self, Press, clock::PressClock, expected},
};

/// What the demo saw.
pub struct Demo {
    pub reviews: Vec<MonthReview>,
    pub visits: u64,
    pub pages: u64,
    pub requests: u64,
    /// Keeps the outlets answering for as long as the desk is open.
    pub press: Press,
    pub app: App,
}

/// The configuration of a rehearsal: nothing leaves the machine, and nobody needs to be spared.
const SITE: &str = r#"# Rehearsal: outlets on loopback, no pauses.
[site]
name = "Điểm Báo – diễn tập"
department = "Sở Văn hóa tỉnh Bình Hương"
province = "tỉnh Bình Hương"
operator_email = "van-hanh@binhhuong.example"
base_url = "http://diembao.localhost:8300"

[notices]
from = "diembao@binhhuong.example"
head_email = "giam-doc@binhhuong.example"

[crawl]
user_agent = "diembao-rehearsal"
host_delay = "0s"
timeout = "10s"
allow_private_hosts = true
"#;

/// How often the rehearsed reader looks: twice a day.
const VISIT_EVERY: TimeDelta = TimeDelta::hours(12);

/// The rehearsed year while it is crawled: a store, an index and a configuration of its own, in `demo` below the data folder, empty at
/// the beginning.
pub struct Year {
    pub app: App,
    press: Press,
    time: PressClock,
    visits: AtomicU64,
    pages: AtomicU64,
}

impl Year {
    /// Starts the press and stands before the first visit.
    ///
    /// # Errors
    /// Where the demo's folder cannot be made, or the line or the press does not start.
    pub async fn open(data: &Path) -> Result<Self, AppError> {
        let root = data.join("demo");
        if root.exists() {
            fs::remove_dir_all(&root).map_err(|cause| file_error("clear the demo's folder", &root, cause))?;
        }
        let places = Places { config: root.join("config"), data: root.clone(), index: root.join("index") };
        fs::create_dir_all(&places.config).map_err(|cause| file_error("make the demo's folder", &places.config, cause))?;
        let time = PressClock::at(rehearsal::first_visit());
        let press = Press::start(time.clone()).await.map_err(|cause| file_error("start the rehearsal press for", &root, cause))?;
        for (name, text) in [("outlets.toml", press.outlets_toml()), ("diembao.toml", SITE.to_owned())] {
            let file = places.config.join(name);
            fs::write(&file, text).map_err(|cause| file_error("write", &file, cause))?;
        }
        let read_time = time.clone();
        let app = App::open_rehearsal(&places, Clock(Arc::new(move || read_time.now()))).await?;
        Ok(Self { app, press, time, visits: AtomicU64::new(0), pages: AtomicU64::new(0) })
    }

    /// The instant at which the year stands.
    pub fn now(&self) -> DateTime<Utc> {
        self.time.now()
    }

    /// Whether the last visit is done.
    pub fn is_over(&self) -> bool {
        self.now() > rehearsal::last_visit()
    }

    /// One pass over the sources that are due.
    ///
    /// # Errors
    /// Where the line fails.
    pub async fn visit(&self) -> Result<(), AppError> {
        let count = |step: Step| {
            let counter = match step {
                Step::Visited => &self.visits,
                Step::PageTried => &self.pages,
                Step::Planned(_) | Step::PartRead => return,
            };
            counter.fetch_add(1, Ordering::Relaxed);
        };
        crawl(&self.app.line, &CrawlScope { due_only: true, ..CrawlScope::default() }, &count).await?;
        Ok(())
    }

    /// Moves the press and the line on to the next visit.
    pub fn move_on(&self) {
        self.time.set(self.now() + VISIT_EVERY);
    }

    /// Indexes what was read and reviews the months of the year.
    ///
    /// # Errors
    /// Where the line fails.
    pub async fn close(self) -> Result<Demo, AppError> {
        let line = &self.app.line;
        let indexed = follow(&line.store, &self.app.search, &|_| ()).await?;
        tracing::info!(indexed, "the search index is up to date");
        let mut reviews = Vec::new();
        for month in expected::months() {
            let reviewed = review(line, month, &[]).await?;
            record_changes(line, &reviewed).await?;
            reviews.push(reviewed);
        }
        let running = review(line, Month::of(self.now(), line.zone), &[]).await?;
        record_changes(line, &running).await?;
        let (visits, pages) = (self.visits.into_inner(), self.pages.into_inner());
        Ok(Demo { reviews, visits, pages, requests: self.press.requests(), press: self.press, app: self.app })
    }
}

/// Crawls the rehearsed year visit by visit, with a progress bar, and sends its notices into the demo's folder of mails.
///
/// # Errors
/// Where the demo's folder cannot be made, or any part of the line fails.
pub async fn rehearse(data: &Path) -> Result<Demo, AppError> {
    let year = Year::open(data).await?;
    let notifier = year.app.notifier()?;
    let days = (rehearsal::last_visit() - rehearsal::first_visit()).num_days().unsigned_abs();
    let bar = ProgressBar::with_draw_target(Some(days), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} days, {elapsed}") {
        bar.set_style(style);
    }
    while !year.is_over() {
        year.visit().await?;
        let day = year.now().with_timezone(&year.app.line.zone);
        bar.set_message(day.format("%d/%m/%Y").to_string());
        bar.set_position((year.now() - rehearsal::first_visit()).num_days().unsigned_abs());
        year.move_on();
    }
    bar.finish_and_clear();
    let demo = year.close().await?;
    // Most months are long over, so that their alerts wait for an officer.
    notifier.notify(&demo.app.line).await?;
    Ok(demo)
}

impl Demo {
    /// Opens the desk on the rehearsed year until a signal to stop comes.
    ///
    /// # Errors
    /// Where the address cannot be listened on.
    pub async fn serve(self, listen: Option<SocketAddr>) -> Result<(), AppError> {
        let address = listen.unwrap_or(self.app.site.listen);
        let listener = tokio::net::TcpListener::bind(address).await.map_err(|cause| AppError::Listen(address, cause))?;
        let shown = listener.local_addr().unwrap_or(address);
        eprintln!("diembao: http://{shown}/ (Ctrl-C to stop)");
        let asked = tokio::spawn(super::requests::serve_requests(self.app.live.clone(), self.app.search.clone()));
        let served = axum::serve(listener, crate::web::routes(self.app.desk()).into_make_service_with_connect_info::<SocketAddr>())
            .with_graceful_shutdown(super::run::stop_signal())
            .await;
        asked.abort();
        served.map_err(|cause| AppError::Listen(shown, cause))?;
        self.app.close().await;
        drop(self.press);
        Ok(())
    }
}
