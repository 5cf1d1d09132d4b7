//! The scheduler's memory: which runs of which job were due, missed, done.

use std::fmt;

use chrono::{DateTime, Utc};
use sqlx::Row;

use super::{Result, Store, doing, instant, secs};

/// A job that the clock starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Job {
    Crawl,
    Review,
    Recheck,
}

impl Job {
    /// The word used in configuration and store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Crawl => "crawl",
            Self::Review => "review",
            Self::Recheck => "recheck",
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

impl Store {
    /// The latest instant at which a run of the job was due and was started or recorded as missed.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn last_due(&self, job: Job) -> Result<Option<DateTime<Utc>>> {
        let failed = || doing(format!("load the last run of {job}"));
        let row = sqlx::query("SELECT MAX(due) AS due FROM job_run WHERE job = $1")
            .bind(job.as_str())
            .fetch_one(&self.reader)
            .await
            .map_err(failed())?;
        Ok(row.try_get::<Option<i64>, _>("due").map_err(failed())?.map(instant))
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
            sqlx::query("INSERT INTO job_run (job, due, state, started) VALUES ($1, $2, 'running', $3) ON CONFLICT (job, due) DO NOTHING")
                .bind(job.as_str())
                .bind(secs(due))
                .bind(secs(now))
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
