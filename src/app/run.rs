//! `run`: scheduler, crawler and desk in one process until it is stopped.

use std::{net::SocketAddr, time::Duration};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use tokio::net::TcpListener;

use super::{App, AppError};
use crate::{
    config::site::CronLine,
    domain::month::Month,
    jobs::{
        Line,
        crawl::{CrawlScope, crawl},
        index::follow,
        recheck::{recheck_due, recheck_round},
        review::{record_changes, review},
    },
    search::Search,
    store::run::{Job, RunEnd},
    web,
};

/// The clock is looked at this often: a computer that slept or whose clock was set is noticed within it.
const LOOK_EVERY: Duration = Duration::from_secs(20);
/// Missed runs recorded one by one; after a longer absence the rest is not listed.
const MISSED_MAX: usize = 5_000;
/// Months that a scheduled review takes in, the present one included: a year and the one before it.
const MONTHS_REVIEWED: usize = 13;

impl App {
    /// Runs until a signal to stop comes. Every visit is one transaction, so stopping between any two steps loses
    /// nothing.
    ///
    /// # Errors
    /// Where the address cannot be listened on.
    pub async fn run(self, listen: Option<SocketAddr>) -> Result<(), AppError> {
        let address = listen.unwrap_or(self.site.listen);
        let listener = TcpListener::bind(address).await.map_err(|cause| AppError::Listen(address, cause))?;
        let shown = listener.local_addr().unwrap_or(address);
        tracing::info!(%shown, "the desk is open");
        eprintln!("diembao: http://{shown}/");
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let mut until = stopped.clone();
        let server = axum::serve(listener, web::routes(self.desk())).with_graceful_shutdown(async move {
            // An error means that the sender is gone, which is a stop as well.
            let _gone = until.wait_for(|it| *it).await;
        });
        let serving = tokio::spawn(server.into_future());
        let lines = &self.site.schedule;
        let jobs = [(Job::Crawl, lines.crawl.clone()), (Job::Review, lines.review.clone()), (Job::Recheck, lines.recheck.clone())];
        tokio::select! {
            () = schedule(&self.line, &self.search, &jobs) => {}
            () = stop_signal() => {}
        }
        eprintln!("diembao: stopping");
        let _receivers_gone = stop.send(true);
        if let Err(fault) = serving.await {
            tracing::error!(%fault, "the desk did not close in order");
        }
        self.close().await;
        Ok(())
    }
}

/// Starts each job when it is due, for ever. Runs missed while the program was down are recorded and caught up once.
async fn schedule(line: &Line, search: &Search, jobs: &[(Job, CronLine)]) {
    loop {
        for (job, cron) in jobs {
            let now = line.clock.now();
            if let Err(fault) = run_due(line, search, *job, cron, now).await {
                tracing::error!(%job, error = ?fault, "the job could not be started");
            }
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn run_due(line: &Line, search: &Search, job: Job, cron: &CronLine, now: DateTime<Utc>) -> Result<(), AppError> {
    let last = line.store.last_due(job).await?;
    let mut due = due_since(cron, last, now, line.zone);
    let Some(latest) = due.pop() else { return Ok(()) };
    if !due.is_empty() {
        tracing::warn!(%job, missed = due.len(), "runs were missed while the program was down; catching up once");
        line.store.record_missed(job, &due).await?;
    }
    if !line.store.begin_run(job, latest, now).await? {
        return Ok(());
    }
    let end = match perform(line, search, job).await {
        Ok(()) => RunEnd::Done,
        Err(fault) => {
            tracing::error!(%job, error = ?fault, "the job failed");
            RunEnd::Failed(fault.to_string())
        }
    };
    line.store.end_run(job, latest, &end, line.clock.now()).await?;
    Ok(())
}

/// The instants at which the job was due after `last` up to `now`. A first start is due at once.
fn due_since(cron: &CronLine, last: Option<DateTime<Utc>>, now: DateTime<Utc>, zone: Tz) -> Vec<DateTime<Utc>> {
    let Some(last) = last else { return vec![now] };
    std::iter::successors(cron.next_after(last, zone), |it| cron.next_after(*it, zone))
        .take_while(|it| *it <= now)
        .take(MISSED_MAX)
        .collect()
}

async fn perform(line: &Line, search: &Search, job: Job) -> Result<(), AppError> {
    match job {
        Job::Crawl => {
            crawl(line, &CrawlScope { due_only: true, ..CrawlScope::default() }, &|_| ()).await?;
            follow(&line.store, search, &|_| ()).await?;
            recheck_due(line).await?;
            review_recent(line).await
        }
        Job::Review => review_recent(line).await,
        Job::Recheck => {
            recheck_round(line).await?;
            Ok(())
        }
    }
}

/// Reviews the present month and those before it, and records the verdicts that changed.
async fn review_recent(line: &Line) -> Result<(), AppError> {
    let now = Month::of(line.clock.now(), line.zone);
    for month in std::iter::successors(Some(now), |it| Some(it.previous())).take(MONTHS_REVIEWED) {
        let reviewed = review(line, month, &[]).await?;
        record_changes(line, &reviewed).await?;
    }
    Ok(())
}

/// Waits for Ctrl-C or the signal by which service managers stop a program.
pub(super) async fn stop_signal() {
    let interrupt = async {
        if let Err(fault) = tokio::signal::ctrl_c().await {
            tracing::error!(%fault, "cannot listen for Ctrl-C");
            std::future::pending::<()>().await;
        }
    };
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending::<()>().await,
        }
    };
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_missed_while_the_program_was_down_are_all_known() {
        let cron: CronLine = "0 6,18 * * *".parse().unwrap();
        let zone = chrono_tz::Asia::Ho_Chi_Minh;
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let last = at("2026-03-01T06:00:00+07:00");
        assert!(due_since(&cron, Some(last), at("2026-03-01T17:59:00+07:00"), zone).is_empty());
        let due = due_since(&cron, Some(last), at("2026-03-02T18:00:00+07:00"), zone);
        assert_eq!(due, ["2026-03-01T18:00:00+07:00", "2026-03-02T06:00:00+07:00", "2026-03-02T18:00:00+07:00"].map(at));
        assert_eq!(due_since(&cron, None, last, zone), [last], "a first start does not wait");
        assert_eq!(due_since(&cron, Some(last), at("2056-03-02T18:00:00+07:00"), zone).len(), MISSED_MAX);
    }
}
