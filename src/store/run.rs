//! The scheduler's memory: which runs of which job were due, missed, done, and cut short.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Row, any::AnyRow};

use super::{Result, Store, doing, instant, secs};

/// A job that the clock starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Job {
    Crawl,
    Review,
    Recheck,
    Notify,
}

impl Job {
    /// The word used in configuration and store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Crawl => "crawl",
            Self::Review => "review",
            Self::Recheck => "recheck",
            Self::Notify => "notify",
        }
    }
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunEnd {
    Done,
    Failed(String),
}

/// What is known of a job's runs up to an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastRun {
    /// The latest instant at which a run was due and was started or recorded as missed.
    pub due: DateTime<Utc>,
    /// How many of the latest runs in a row were cut short; the count stops at [`CUT_RUNS_SEEN`].
    pub cut: usize,
}

/// Whose runs are ended as cut short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CutRuns {
    /// This worker's own: it is stopping.
    Own,
    /// Those of workers that gave no sign of life for as long as a lease lasts.
    Lapsed,
    /// Those of all other workers: it is known that none is alive.
    AllOthers,
}

/// A worker that gives no sign of life for so long is dead, and its runs may be taken over.
const LEASE: TimeDelta = TimeDelta::minutes(3);
/// Runs looked back at to see how many in a row were cut short.
pub const CUT_RUNS_SEEN: usize = 4;
const CUT_SHORT: &str = "cut short";

impl Store {
    /// The latest run of the job that was due up to `now`. Later ones are of a clock that was ahead.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn last_run(&self, job: Job, now: DateTime<Utc>) -> Result<Option<LastRun>> {
        let failed = || doing(format!("load the last run of {job}"));
        let latest = sqlx::query("SELECT MAX(due) AS due FROM job_run WHERE job = $1 AND due <= $2")
            .bind(job.as_str())
            .bind(secs(now))
            .fetch_one(&self.reader)
            .await
            .map_err(failed())?;
        let Some(due) = latest.try_get::<Option<i64>, _>("due").map_err(failed())? else { return Ok(None) };
        let rows =
            sqlx::query("SELECT state, detail FROM job_run WHERE job = $1 AND due <= $2 AND state <> 'missed' ORDER BY due DESC LIMIT $3")
                .bind(job.as_str())
                .bind(secs(now))
                .bind(i64::try_from(CUT_RUNS_SEEN).unwrap_or(i64::MAX))
                .fetch_all(&self.reader)
                .await
                .map_err(failed())?;
        let was_cut = |row: &AnyRow| Ok(row.try_get::<String, _>("state")? == "failed" && row.try_get::<String, _>("detail")? == CUT_SHORT);
        let cut: std::result::Result<Vec<bool>, sqlx::Error> = rows.iter().map(was_cut).collect();
        let cut = cut.map_err(failed())?.into_iter().take_while(|it| *it).count();
        Ok(Some(LastRun { due: instant(due), cut }))
    }

    /// Ends runs whose worker does not go on with them as failed, and frees the sources that it had claimed. Says how many
    /// runs it ended.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn cut_runs(&self, whose: CutRuns, now: DateTime<Utc>) -> Result<u64> {
        let failed = || doing("end the runs that were cut short");
        let mut tx = self.write().await.map_err(failed())?;
        // A run from before leases were kept has no worker: it ended with the program that was replaced.
        let others = "SELECT job, due, worker FROM job_run WHERE state = 'running' AND (worker IS NULL OR worker <> $1) \
                      AND (lease IS NULL OR lease <= $2)";
        let query = match whose {
            CutRuns::Own => {
                sqlx::query("SELECT job, due, worker FROM job_run WHERE state = 'running' AND worker = $1").bind(self.worker.as_ref())
            }
            CutRuns::Lapsed => sqlx::query(others).bind(self.worker.as_ref()).bind(secs(now)),
            CutRuns::AllOthers => sqlx::query(others).bind(self.worker.as_ref()).bind(i64::MAX),
        };
        let cut = query.fetch_all(&mut *tx).await.map_err(failed())?;
        for row in &cut {
            let read =
                || Ok((row.try_get::<String, _>("job")?, row.try_get::<i64, _>("due")?, row.try_get::<Option<String>, _>("worker")?));
            let (job, due, worker) = read().map_err(failed())?;
            sqlx::query("UPDATE job_run SET state = 'failed', detail = $1, ended = $2 WHERE job = $3 AND due = $4 AND state = 'running'")
                .bind(CUT_SHORT)
                .bind(secs(now))
                .bind(job)
                .bind(due)
                .execute(&mut *tx)
                .await
                .map_err(failed())?;
            sqlx::query("UPDATE source SET claimed_until = 0 WHERE claimed_by = $1")
                .bind(worker)
                .execute(&mut *tx)
                .await
                .map_err(failed())?;
        }
        tx.commit().await.map_err(failed())?;
        Ok(cut.len() as u64)
    }

    /// A sign of life of this worker: the runs that it has begun stay its own.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn renew_leases(&self, now: DateTime<Utc>) -> Result<()> {
        sqlx::query("UPDATE job_run SET lease = $1 WHERE worker = $2 AND state = 'running'")
            .bind(secs(now + LEASE))
            .bind(self.worker.as_ref())
            .execute(&self.writer)
            .await
            .map(drop)
            .map_err(doing("renew the leases of running jobs"))
    }

    /// Records runs that were due while the program was down.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn record_missed(&self, job: Job, due: &[DateTime<Utc>]) -> Result<()> {
        for at in due {
            sqlx::query("INSERT INTO job_run (job, due, state) VALUES ($1, $2, 'missed') ON CONFLICT (job, due) DO NOTHING")
                .bind(job.as_str())
                .bind(secs(*at))
                .execute(&self.writer)
                .await
                .map_err(doing(format!("record the missed run of {job} at {at}")))?;
        }
        Ok(())
    }

    /// Claims the run that is due at that instant; `false` where another worker has it already.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn begin_run(&self, job: Job, due: DateTime<Utc>, now: DateTime<Utc>) -> Result<bool> {
        let begun =
            sqlx::query("INSERT INTO job_run (job, due, state, started, worker, lease) VALUES ($1, $2, 'running', $3, $4, $5) ON CONFLICT (job, due) DO NOTHING")
                .bind(job.as_str())
                .bind(secs(due))
                .bind(secs(now))
                .bind(self.worker.as_ref())
                .bind(secs(now + LEASE))
                .execute(&self.writer)
                .await
                .map_err(doing(format!("begin the run of {job} due at {due}")))?;
        Ok(begun.rows_affected() == 1)
    }

    /// Records how a run ended.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn end_run(&self, job: Job, due: DateTime<Utc>, end: &RunEnd, now: DateTime<Utc>) -> Result<()> {
        let (state, detail) = match end {
            RunEnd::Done => ("done", ""),
            RunEnd::Failed(why) => ("failed", why.as_str()),
        };
        sqlx::query("UPDATE job_run SET state = $1, detail = $2, ended = $3 WHERE job = $4 AND due = $5")
            .bind(state)
            .bind(detail)
            .bind(secs(now))
            .bind(job.as_str())
            .bind(secs(due))
            .execute(&self.writer)
            .await
            .map(drop)
            .map_err(doing(format!("record the end of the run of {job} due at {due}")))
    }
}
