//! `run`: scheduler, crawler and desk in one process until it is stopped.

use std::{
    fs::{File, TryLockError},
    io::Write,
    net::SocketAddr,
    path::Path,
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
};

use super::{App, AppError, control::ControlDesk, file_error, live::Live, notices::Notifier, requests::serve_requests};
use crate::{
    config::cron_line::CronLine,
    jobs::{
        Line,
        crawl::{CrawlScope, crawl},
        index::follow,
        recheck::{recheck_due, recheck_round},
        review::{review_closed, review_recent},
    },
    search::Search,
    store::{
        Store,
        run::{CutRuns, Job, LastRun, RunEnd},
    },
    web,
};

/// The clock is looked at this often: a computer that slept or whose clock was set is noticed within it.
const LOOK_EVERY: Duration = Duration::from_secs(20);
/// Missed runs recorded one by one; after a longer absence the rest is not listed.
const MISSED_MAX: usize = 5_000;
/// A run that was cut short is caught up at once, but not for ever: what kills the program each time must not keep it from
/// standing. After so many in a row the next regular time is waited for.
const CATCH_UPS_MAX: usize = 3;

impl App {
    /// Runs until a signal to stop comes. Every visit is one transaction, so stopping between any two steps loses
    /// nothing.
    ///
    /// # Errors
    /// Where the address cannot be listened on.
    pub async fn run(self, listen: Option<SocketAddr>) -> Result<(), AppError> {
        // Whoever sees the desk answer may tell it to stop.
        let told_to_stop = stop_signal();
        self.mend_archive()?;
        let address = listen.unwrap_or(self.site.listen);
        let listener = TcpListener::bind(address).await.map_err(|cause| AppError::Listen(address, cause))?;
        let shown = listener.local_addr().unwrap_or(address);
        tracing::info!(%shown, "the desk is open");
        tell(&format!("diembao: http://{shown}/"));
        if let Some(link) = self.setup_link(&format!("http://{shown}")).await? {
            tell(&format!("diembao: nobody can log in yet; open this link once, within a day, to add the administrator:\n  {link}"));
        }
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let mut until = stopped.clone();
        let server = axum::serve(listener, web::routes(self.desk()).into_make_service_with_connect_info::<SocketAddr>())
            .with_graceful_shutdown(async move {
                // An error means that the sender is gone, which is a stop as well.
                let _gone = until.wait_for(|it| *it).await;
            });
        let serving = tokio::spawn(server.into_future());
        let presence = self.begin_life().await?;
        let parts = Parts { search: self.search.clone(), control: self.open_control().await, notifier: self.notifier()? };
        let living = tokio::spawn(show_life(self.line.clone()));
        let asked = tokio::spawn(serve_requests(self.live.clone(), self.search.clone()));
        let lines = &self.site.schedule;
        let jobs = [
            (Job::Crawl, lines.crawl.clone()),
            (Job::Review, lines.review.clone()),
            (Job::Recheck, lines.recheck.clone()),
            (Job::Notify, lines.notify.clone()),
        ];
        tokio::select! {
            () = schedule(&self.live, &parts, &jobs) => {}
            () = told_to_stop => {}
        }
        tell("diembao: stopping");
        let _receivers_gone = stop.send(true);
        if let Err(fault) = serving.await {
            tracing::error!(%fault, "the desk did not close in order");
        }
        living.abort();
        asked.abort();
        self.end_life().await;
        drop(presence);
        self.close().await;
        Ok(())
    }

    /// Records the first sign of life, and ends the runs that dead workers left behind.
    async fn begin_life(&self) -> Result<Option<Presence>, AppError> {
        let (store, now) = (&self.line.store, self.line.clock.now());
        store.beat(now).await?;
        // Only the file in the data folder is known to be nobody else's; on a shared database the leases tell.
        let entered = match self.site.database {
            None => Presence::enter(&self.places.data, store, now).await,
            Some(_) => Ok((None, store.cut_runs(CutRuns::Lapsed, now).await?)),
        };
        let (presence, cut) = match entered {
            Ok(entered) => entered,
            Err(fault) => {
                tracing::warn!(error = ?fault, "cannot see other `run`s");
                (None, store.cut_runs(CutRuns::Lapsed, now).await?)
            }
        };
        if cut > 0 {
            tracing::warn!(cut, "runs were cut short when the program ended; they are caught up");
        }
        Ok(presence)
    }

    /// Records the last sign of life, and that this worker does not go on with what it was at.
    async fn end_life(&self) {
        let (store, now) = (&self.line.store, self.line.clock.now());
        let ended = async { store.cut_runs(CutRuns::Own, now).await.and(store.beat(now).await) };
        if let Err(fault) = ended.await {
            tracing::error!(error = ?fault, "the end of the program could not be recorded; its runs are taken over at the next start");
        }
    }
}

/// Says something on the terminal. Whoever read there may be gone: that must not end the program.
fn tell(text: &str) {
    let _nobody_reads = writeln!(std::io::stderr(), "{text}");
}

/// That this `run` lives on a data folder, for other `run`s to see: a lock that the system lets go of however the program
/// ends.
struct Presence {
    _lock: File,
}

/// How often the lock of a `run` that is just starting is waited for: it holds it for a moment.
const LOCK_TRIES: u32 = 50;
const LOCK_PAUSE: Duration = Duration::from_millis(100);

impl Presence {
    /// Everybody who lives there shares the lock; only who finds nobody can have it alone. Who does ends the runs that the dead
    /// left behind while nobody else can come in: whoever has begun a run shares the lock already, so no living one's is ended.
    /// Says how many were ended.
    async fn enter(data: &Path, store: &Store, now: DateTime<Utc>) -> Result<(Option<Self>, u64), AppError> {
        let path = data.join("run.lock");
        let failed = |cause| file_error("lock", &path, cause);
        let lock = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        let whose = match lock.try_lock() {
            Ok(()) => CutRuns::AllOthers,
            Err(TryLockError::WouldBlock) => CutRuns::Lapsed,
            Err(TryLockError::Error(cause)) => return Err(failed(cause)),
        };
        let cut = store.cut_runs(whose, now).await?;
        if whose == CutRuns::AllOthers {
            lock.unlock().map_err(failed)?;
        }
        for _ in 0..LOCK_TRIES {
            match lock.try_lock_shared() {
                Ok(()) => return Ok((Some(Self { _lock: lock }), cut)),
                Err(TryLockError::WouldBlock) => tokio::time::sleep(LOCK_PAUSE).await,
                Err(TryLockError::Error(cause)) => return Err(failed(cause)),
            }
        }
        Err(failed(std::io::Error::from(std::io::ErrorKind::WouldBlock)))
    }
}

/// Records signs of life for ever, apart from the jobs: a crawl may take hours.
async fn show_life(line: Line) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let now = line.clock.now();
        let shown = async { line.store.beat(now).await.and(line.store.renew_leases(now).await) };
        if let Err(fault) = shown.await {
            tracing::error!(error = ?fault, "a sign of life could not be recorded");
        }
    }
}

/// Starts each job when it is due, for ever. Runs missed while the program was down are recorded and caught up once.
async fn schedule(live: &Live, parts: &Parts, jobs: &[(Job, CronLine)]) {
    // The index may have been deleted, or the program ended between a visit and its indexing.
    catch_index_up(&live.line(), &parts.search).await;
    loop {
        let line = &live.line();
        // Where workers share a database, one may have died since.
        if let Err(fault) = line.store.cut_runs(CutRuns::Lapsed, line.clock.now()).await {
            tracing::error!(error = ?fault, "the runs of dead workers could not be ended");
        }
        for (job, cron) in jobs {
            let now = line.clock.now();
            if let Err(fault) = run_due(line, parts, *job, cron, now).await {
                tracing::error!(%job, error = ?fault, "the job could not be started");
            }
        }
        if let Err(fault) = try_notices_again(line, parts).await {
            tracing::error!(error = ?fault, "notices that wait could not be tried again");
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// What jobs work with beside the line.
struct Parts {
    search: Arc<Search>,
    control: ControlDesk,
    notifier: Notifier,
}

/// Between the regular times: notices that were held back, that failed for now, or that an officer let go.
async fn try_notices_again(line: &Line, parts: &Parts) -> Result<(), AppError> {
    if line.store.notices_wait(line.clock.now()).await? {
        parts.notifier.notify(line).await?;
    }
    Ok(())
}

async fn run_due(line: &Line, parts: &Parts, job: Job, cron: &CronLine, now: DateTime<Utc>) -> Result<(), AppError> {
    let last = line.store.last_run(job, now).await?;
    let (missed, Some(due)) = runs_due(cron, last, now, line.zone) else { return Ok(()) };
    if !missed.is_empty() {
        tracing::warn!(%job, missed = missed.len(), "runs were missed while the program was down; catching up once");
        line.store.record_missed(job, &missed).await?;
    }
    if !line.store.begin_run(job, due, now).await? {
        return Ok(());
    }
    let end = match perform(line, parts, job).await {
        Ok(()) => RunEnd::Done,
        Err(fault) => {
            tracing::error!(%job, error = ?fault, "the job failed");
            RunEnd::Failed(fault.to_string())
        }
    };
    line.store.end_run(job, due, &end, line.clock.now()).await?;
    Ok(())
}

/// The instants after the last run at which the job was due and was not started, and the one for which it is to be started
/// now. A first start is due at once; so is a run that was cut short, if no regular one has come since.
fn runs_due(cron: &CronLine, last: Option<LastRun>, now: DateTime<Utc>, zone: Tz) -> (Vec<DateTime<Utc>>, Option<DateTime<Utc>>) {
    let Some(last) = last else { return (Vec::new(), Some(now)) };
    let mut due: Vec<_> = std::iter::successors(cron.next_after(last.due, zone), |it| cron.next_after(*it, zone))
        .take_while(|it| *it <= now)
        .take(MISSED_MAX)
        .collect();
    match due.pop() {
        Some(latest) => (due, Some(latest)),
        // An instant of its own, the same for every worker: one of them gets it.
        None if (1..=CATCH_UPS_MAX).contains(&last.cut) => (due, Some(last.due + TimeDelta::seconds(1))),
        None => (due, None),
    }
}

async fn perform(line: &Line, parts: &Parts, job: Job) -> Result<(), AppError> {
    match job {
        Job::Crawl => {
            // One outlet's trouble keeps nobody from looking at what the others showed.
            let crawled = crawl(line, &CrawlScope { due_only: true, ..CrawlScope::default() }, &|_| ()).await;
            parts.control.check(line).await;
            catch_index_up(line, &parts.search).await;
            recheck_due(line).await?;
            review_recent(line).await?;
            Ok(crawled.map(drop)?)
        }
        Job::Review => Ok(review_recent(line).await?),
        Job::Recheck => {
            recheck_round(line).await?;
            Ok(review_closed(line).await?)
        }
        // Where another round is at it, that one says what is due.
        Job::Notify => parts.notifier.notify(line).await.map(drop),
    }
}

/// Brings the search index up to the store. The store is the truth: what is wrong with its shadow keeps nobody from
/// reviewing.
async fn catch_index_up(line: &Line, search: &Search) {
    if let Err(fault) = follow(&line.store, search, &|_| ()).await {
        tracing::error!(error = ?fault, "the search index was not brought up to date");
    }
}

/// Waits for Ctrl-C or the signal by which service managers stop a program. They are listened for from the call on, not only
/// while somebody waits: a stop right after the start must find its end recorded too.
pub(super) fn stop_signal() -> impl Future<Output = ()> + Send {
    let [interrupt, terminate] = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
    async move {
        tokio::select! {
            () = heard(interrupt) => {}
            () = heard(terminate) => {}
        }
    }
}

async fn heard(signal: std::io::Result<Signal>) {
    match signal {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(fault) => {
            tracing::error!(%fault, "cannot listen for a signal to stop");
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn of_many_that_start_at_once_none_ends_the_run_of_another() {
        let dir = tempfile::tempdir().unwrap();
        let url = Store::sqlite_url(&dir.path().join("diembao.db"));
        let mut stores = Vec::new();
        for _ in 0..5 {
            stores.push(Store::open(&url).await.unwrap());
        }
        let dead = stores.pop().unwrap();
        for round in 0..20 {
            let now = "2026-03-01T06:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::hours(round);
            dead.begin_run(Job::Crawl, now, now).await.unwrap();
            let starts = (0..).zip(stores.clone()).map(|(at, store)| {
                let data = dir.path().to_owned();
                tokio::spawn(async move {
                    let (presence, cut) = Presence::enter(&data, &store, now).await.unwrap();
                    let due = now + TimeDelta::seconds(at);
                    assert!(presence.is_some() && store.begin_run(Job::Review, due, now).await.unwrap());
                    (presence, cut, store, due)
                })
            });
            let mut lived = Vec::new();
            for start in starts.collect::<Vec<_>>() {
                lived.push(start.await.unwrap());
            }
            assert_eq!(lived.iter().map(|it| it.1).sum::<u64>(), 1, "the dead one's run is ended, once, and no other's");
            for (_presence, _, store, due) in lived {
                store.end_run(Job::Review, due, &RunEnd::Done, now).await.unwrap();
            }
        }
    }

    #[test]
    fn runs_missed_while_the_program_was_down_are_all_known() {
        let cron: CronLine = "0 6,18 * * *".parse().unwrap();
        let zone = chrono_tz::Asia::Ho_Chi_Minh;
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let last = |cut| Some(LastRun { due: at("2026-03-01T06:00:00+07:00"), cut });
        let [noon, evening] = ["2026-03-01T12:00:00+07:00", "2026-03-02T18:00:00+07:00"].map(at);
        let missed = ["2026-03-01T18:00:00+07:00", "2026-03-02T06:00:00+07:00"].map(at).to_vec();
        let second_later = at("2026-03-01T06:00:01+07:00");
        for (name, last, now, due) in [
            ("a first start does not wait", None, noon, (vec![], Some(noon))),
            ("nothing is due", last(0), noon, (vec![], None)),
            ("two were missed", last(0), evening, (missed.clone(), Some(evening))),
            ("cut short", last(1), noon, (vec![], Some(second_later))),
            ("cut short again and again", last(CATCH_UPS_MAX + 1), noon, (vec![], None)),
            ("a regular time has come since", last(1), evening, (missed, Some(evening))),
        ] {
            assert_eq!(runs_due(&cron, last, now, zone), due, "{name}");
        }
        let (missed, latest) = runs_due(&cron, last(0), at("2056-03-02T18:00:00+07:00"), zone);
        assert_eq!((missed.len(), latest.is_some()), (MISSED_MAX - 1, true), "the list has a limit");
    }
}
