//! What is remembered of each source between visits.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Row, any::AnyRow};
use url::Url;

use super::{Result, Store, decoded, doing, instant, optional_instant, secs};
use crate::domain::{coverage::Standing, outlet::OutletId, visit::Outcome};

/// The state of a source after its last visit. A source that was never visited has the default one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceState {
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    /// When a whole document was last read.
    pub full_at: Option<DateTime<Utc>>,
    /// SHA-256 of the bytes at the last good visit, in hexadecimal digits.
    pub digest: Option<String>,
    pub listed_ever: bool,
    pub last_outcome: Option<Outcome>,
    /// Failed visits in a row.
    pub failures: u32,
    pub next_visit: DateTime<Utc>,
    pub first_good: Option<DateTime<Utc>>,
    /// The last certified instant.
    pub certified_to: Option<DateTime<Utc>>,
    /// What the last good visit listed, in the document's order; `None` before the first one.
    pub standing: Option<Vec<Standing>>,
    /// Where a permanent redirect was seen to lead.
    pub moved_to: Option<String>,
}

/// How long a claimed source is left to the worker that claimed it; after a crash it is free again.
const CLAIM: TimeDelta = TimeDelta::minutes(10);
/// No source is left alone for longer (`domain::visit::next_try` waits for a day at most).
const NEXT_VISIT_MAX: TimeDelta = TimeDelta::days(1);

impl Store {
    /// The state of a source.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn source_state(&self, outlet: &OutletId, url: &Url) -> Result<SourceState> {
        let row = sqlx::query("SELECT * FROM source WHERE outlet = $1 AND url = $2")
            .bind(outlet.as_str())
            .bind(url.as_str())
            .fetch_optional(&self.reader)
            .await;
        row.and_then(|it| it.as_ref().map_or_else(|| Ok(SourceState::default()), state_of))
            .map_err(doing(format!("load the state of source {url}")))
    }

    /// Claims a source that is due for one worker; `false` where it is not due or somebody else has it. A time further off
    /// than any pause is one of a clock that was ahead.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn claim_due(&self, outlet: &OutletId, url: &Url, now: DateTime<Utc>) -> Result<bool> {
        let failed = || doing(format!("claim source {url}"));
        sqlx::query("INSERT INTO source (outlet, url) VALUES ($1, $2) ON CONFLICT (outlet, url) DO NOTHING")
            .bind(outlet.as_str())
            .bind(url.as_str())
            .execute(&self.writer)
            .await
            .map_err(failed())?;
        let claimed = sqlx::query(
            "UPDATE source SET claimed_until = $1, claimed_by = $5 WHERE outlet = $2 AND url = $3 \
                 AND (claimed_until <= $4 OR claimed_until > $1) AND (next_visit <= $4 OR next_visit > $6)",
        )
        .bind(secs(now + CLAIM))
        .bind(outlet.as_str())
        .bind(url.as_str())
        .bind(secs(now))
        .bind(self.worker.as_ref())
        .bind(secs(now + NEXT_VISIT_MAX))
        .execute(&self.writer)
        .await
        .map_err(failed())?;
        Ok(claimed.rows_affected() == 1)
    }
}

fn state_of(row: &AnyRow) -> std::result::Result<SourceState, sqlx::Error> {
    let outcome: Option<String> = row.try_get("last_outcome")?;
    let standing: Option<String> = row.try_get("standing")?;
    Ok(SourceState {
        etag: row.try_get("etag")?,
        last_modified: row.try_get("last_modified")?,
        full_at: optional_instant(row, "full_at")?,
        digest: row.try_get("digest")?,
        listed_ever: row.try_get::<i64, _>("listed_ever")? != 0,
        last_outcome: outcome.map(|it| decoded(it.parse())).transpose()?,
        failures: u32::try_from(row.try_get::<i64, _>("failures")?).unwrap_or(u32::MAX),
        next_visit: instant(row.try_get("next_visit")?),
        first_good: optional_instant(row, "first_good")?,
        certified_to: optional_instant(row, "certified_to")?,
        standing: standing.map(|it| decoded(serde_json::from_str(&it))).transpose()?,
        moved_to: row.try_get("moved_to")?,
    })
}
