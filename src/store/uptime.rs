//! Our own faults: signs of life of `run`, and what the control addresses answered.

use chrono::{DateTime, Utc};
use sqlx::{Row, any::AnyRow};
use url::Url;

use super::{Result, Store, decoded, doing, instant, secs};
use crate::domain::{
    month::Span,
    uptime::{CRAWL_PAUSE_MAX, Life, PAUSE_MAX},
    visit::Outcome,
};

/// What one control address answered in a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeResult {
    pub url: Url,
    pub outcome: Outcome,
    pub detail: String,
}

/// The control addresses as they were asked in one round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeRound {
    pub at: DateTime<Utc>,
    pub results: Vec<ProbeResult>,
}

impl ProbeRound {
    /// How each address answered.
    pub fn outcomes(&self) -> Vec<Outcome> {
        self.results.iter().map(|it| it.outcome).collect()
    }
}

impl Store {
    /// A sign of life of `run`: the present stretch of life goes on, or a new one begins where the last sign is too long ago
    /// or, by a clock that was set back, too far ahead. Workers on one database keep one stretch together.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn beat(&self, now: DateTime<Utc>) -> Result<()> {
        let failed = || doing("record a sign of life");
        let went_on = sqlx::query(
            "UPDATE heartbeat SET until = CASE WHEN until < $1 THEN $1 ELSE until END \
             WHERE id = (SELECT MAX(id) FROM heartbeat WHERE crawls = 0) AND until >= $2 AND until <= $3",
        )
        .bind(secs(now))
        .bind(secs(now - PAUSE_MAX))
        .bind(secs(now + PAUSE_MAX))
        .execute(&self.writer)
        .await
        .map_err(failed())?;
        if went_on.rows_affected() == 0 {
            sqlx::query("INSERT INTO heartbeat (began, until) VALUES ($1, $1)")
                .bind(secs(now))
                .execute(&self.writer)
                .await
                .map_err(failed())?;
        }
        Ok(())
    }

    /// Notes a crawl that was started by itself: it goes on with the stretch of those before it, or begins one where they are too long ago.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn note_crawl(&self, now: DateTime<Utc>) -> Result<()> {
        let failed = || doing("note a crawl");
        let went_on = sqlx::query(
            "UPDATE heartbeat SET until = $1 WHERE id = (SELECT MAX(id) FROM heartbeat WHERE crawls = 1) AND until >= $2 AND until <= $1",
        )
        .bind(secs(now))
        .bind(secs(now - CRAWL_PAUSE_MAX))
        .execute(&self.writer)
        .await
        .map_err(failed())?;
        if went_on.rows_affected() == 0 {
            sqlx::query("INSERT INTO heartbeat (began, until, crawls) VALUES ($1, $1, 1)")
                .bind(secs(now))
                .execute(&self.writer)
                .await
                .map_err(failed())?;
        }
        Ok(())
    }

    /// The signs of life: there is a stretch for each start, suspension or step of the clock, so they are few.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn life(&self) -> Result<Life> {
        let failed = || doing("load the signs of life");
        let rows = sqlx::query("SELECT began, until, crawls FROM heartbeat ORDER BY id").fetch_all(&self.reader).await.map_err(failed())?;
        let mut life = Life::default();
        for row in &rows {
            let read = || Ok((Span { from: instant(row.try_get("began")?), to: instant(row.try_get("until")?) }, row.try_get("crawls")?));
            let (span, crawls): (Span, i64) = read().map_err(failed())?;
            if crawls == 0 { &mut life.run } else { &mut life.crawls }.push(span);
        }
        Ok(life)
    }

    /// Records what the control addresses answered.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn record_probes(&self, round: &ProbeRound) -> Result<()> {
        let failed = || doing("record what the control addresses answered");
        let mut tx = self.write().await.map_err(failed())?;
        for it in &round.results {
            sqlx::query("INSERT INTO probe (at, url, outcome, detail) VALUES ($1, $2, $3, $4)")
                .bind(secs(round.at))
                .bind(it.url.as_str())
                .bind(it.outcome.as_str())
                .bind(it.detail.as_str())
                .execute(&mut *tx)
                .await
                .map_err(failed())?;
        }
        tx.commit().await.map_err(failed())
    }

    /// The last round of probes up to `now`.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn last_probes(&self, now: DateTime<Utc>) -> Result<Option<ProbeRound>> {
        let failed = || doing("load what the control addresses answered");
        let rows =
            sqlx::query("SELECT at, url, outcome, detail FROM probe WHERE at = (SELECT MAX(at) FROM probe WHERE at <= $1) ORDER BY id")
                .bind(secs(now))
                .fetch_all(&self.reader)
                .await
                .map_err(failed())?;
        let read = |row: &AnyRow| {
            let (url, outcome): (String, String) = (row.try_get("url")?, row.try_get("outcome")?);
            let result = ProbeResult { url: decoded(url.parse())?, outcome: decoded(outcome.parse())?, detail: row.try_get("detail")? };
            Ok((instant(row.try_get("at")?), result))
        };
        let found: std::result::Result<Vec<_>, sqlx::Error> = rows.iter().map(read).collect();
        let found = found.map_err(failed())?;
        let at = found.first().map(|it| it.0);
        Ok(at.map(|at| ProbeRound { at, results: found.into_iter().map(|it| it.1).collect() }))
    }
}
