//! The history of verdicts of an outlet's month.

use chrono::{DateTime, Utc};
use sqlx::{Row, any::AnyRow};

use super::{Result, Store, decoded, doing, instant};
use crate::domain::{
    month::Month,
    outlet::OutletId,
    verdict::{Reason, Verdict},
};

/// A verdict that was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastVerdict {
    pub at: DateTime<Utc>,
    pub verdict: Verdict,
    pub reason: Reason,
    pub count: usize,
    /// Version of the dictionary.
    pub terms: String,
}

/// Changes that are shown, the latest.
const HISTORY_MAX: i64 = 200;

impl Store {
    /// What was recorded of an outlet's month, the latest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn verdict_history(&self, outlet: &OutletId, month: Month) -> Result<Vec<PastVerdict>> {
        let failed = || doing(format!("list the verdicts of {outlet} for {month}"));
        let rows = sqlx::query("SELECT * FROM verdict_change WHERE outlet = $1 AND month = $2 ORDER BY id DESC LIMIT $3")
            .bind(outlet.as_str())
            .bind(month.to_string())
            .bind(HISTORY_MAX)
            .fetch_all(&self.reader)
            .await
            .map_err(failed())?;
        rows.iter().map(past_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }
}

fn past_of(row: &AnyRow) -> std::result::Result<PastVerdict, sqlx::Error> {
    Ok(PastVerdict {
        at: instant(row.try_get("at")?),
        verdict: decoded(row.try_get::<String, _>("verdict")?.parse())?,
        reason: decoded(row.try_get::<String, _>("reason")?.parse())?,
        count: usize::try_from(row.try_get::<i64, _>("count")?).unwrap_or(0),
        terms: row.try_get("terms")?,
    })
}
