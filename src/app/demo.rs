//! `demo`: a year of the rehearsal press, crawled through the real line.

use std::{fs, net::SocketAddr, sync::Arc};

use chrono::TimeDelta;
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

/// Crawls the rehearsed year visit by visit and reviews its months. The demo has a store, an index and a
/// configuration of its own, in `demo` below the data folder, and begins with empty ones.
///
/// # Errors
/// Where the demo's folder cannot be made, or any part of the line fails.
pub async fn rehearse(data: &std::path::Path) -> Result<Demo, AppError> {
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
    let (visits, pages) = crawl_year(&app, &time).await?;
    let mut reviews = Vec::new();
    for month in expected::months() {
        let reviewed = review(&app.line, month, &[]).await?;
        record_changes(&app.line, &reviewed).await?;
        reviews.push(reviewed);
    }
    let running = review(&app.line, Month::of(time.now(), app.line.zone), &[]).await?;
    record_changes(&app.line, &running).await?;
    // Into the demo's folder of mails; most months are long over, so that their alerts wait for an officer.
    app.notifier()?.notify(&app.line).await?;
    Ok(Demo { reviews, visits, pages, requests: press.requests(), press, app })
}

/// Visits twice a day from the first to the last day of the rehearsal; counts visits and pages.
async fn crawl_year(app: &App, time: &PressClock) -> Result<(u64, u64), AppError> {
    let days = (rehearsal::last_visit() - rehearsal::first_visit()).num_days().unsigned_abs();
    let bar = ProgressBar::with_draw_target(Some(days), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} days, {elapsed}") {
        bar.set_style(style);
    }
    let (visits, pages) = (std::sync::atomic::AtomicU64::new(0), std::sync::atomic::AtomicU64::new(0));
    let count = |step: Step| {
        let counter = match step {
            Step::Visited => &visits,
            Step::PageTried => &pages,
            Step::Planned(_) | Step::PartRead => return,
        };
        counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    };
    let scope = CrawlScope { due_only: true, ..CrawlScope::default() };
    while time.now() <= rehearsal::last_visit() {
        crawl(&app.line, &scope, &count).await?;
        let local = time.now().with_timezone(&app.line.zone);
        bar.set_message(local.format("%d/%m/%Y").to_string());
        bar.set_position((time.now() - rehearsal::first_visit()).num_days().unsigned_abs());
        time.set(time.now() + VISIT_EVERY);
    }
    bar.finish_and_clear();
    let indexed = follow(&app.line.store, &app.search, &|_| ()).await?;
    tracing::info!(indexed, "the search index is up to date");
    Ok((visits.into_inner(), pages.into_inner()))
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
