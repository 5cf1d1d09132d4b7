//! The positive control: what each look at it showed. Its articles lie among the others', so that the same rows are written
//! and read; whatever takes in all outlets leaves them out.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{Row, any::AnyRow};

use super::{Result, Store, decoded, doing, instant, secs};
use crate::domain::{control::ControlResult, link::ArticleKey, outlet::OutletId, relevance::JudgementKind};

/// Results loaded at a time: a month of looks every half hour, two days at each.
const RESULTS_MAX: i64 = 4_000;

impl Store {
    /// How an article of the control outlet was judged, where its page was read.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn control_judgement(&self, key: &ArticleKey) -> Result<Option<JudgementKind>> {
        let failed = || doing(format!("load the control article {key}"));
        let row = sqlx::query("SELECT judgement FROM article WHERE outlet = $1 AND key = $2 AND state = 'read'")
            .bind(OutletId::control().as_str())
            .bind(key.as_str())
            .fetch_optional(&self.reader)
            .await
            .map_err(failed())?;
        let read = |row: AnyRow| decoded(row.try_get::<String, _>("judgement")?.parse());
        row.map(read).transpose().map_err(failed())
    }

    /// Records what a look at the control outlet showed.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn record_control(&self, results: &[ControlResult]) -> Result<()> {
        let failed = || doing("record the result of the positive control");
        let mut tx = self.write().await.map_err(failed())?;
        for it in results {
            sqlx::query(
                "INSERT INTO control_result (day, checked_at, found, judged_about, judged_unrelated, whole, detail) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(it.day.to_string())
            .bind(secs(it.checked_at))
            .bind(i64::from(it.found))
            .bind(i64::from(it.judged_about))
            .bind(i64::from(it.judged_unrelated))
            .bind(i64::from(it.whole))
            .bind(it.detail.as_str())
            .execute(&mut *tx)
            .await
            .map_err(failed())?;
        }
        tx.commit().await.map_err(failed())
    }

    /// The results for the days from `first` to `last` (both included) of the looks up to `now`, oldest look first. Of more
    /// than fit, the latest are given.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn control_results(&self, first: NaiveDate, last: NaiveDate, now: DateTime<Utc>) -> Result<Vec<ControlResult>> {
        let failed = || doing("load the results of the positive control");
        let rows = sqlx::query(
            "SELECT day, checked_at, found, judged_about, judged_unrelated, whole, detail FROM control_result \
             WHERE day >= $1 AND day <= $2 AND checked_at <= $3 ORDER BY checked_at DESC, day DESC, id DESC LIMIT $4",
        )
        .bind(first.to_string())
        .bind(last.to_string())
        .bind(secs(now))
        .bind(RESULTS_MAX)
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        rows.iter().rev().map(result_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }
}

fn result_of(row: &AnyRow) -> std::result::Result<ControlResult, sqlx::Error> {
    let flag = |column: &str| Ok::<_, sqlx::Error>(row.try_get::<i64, _>(column)? != 0);
    Ok(ControlResult {
        day: decoded(row.try_get::<String, _>("day")?.parse())?,
        checked_at: instant(row.try_get("checked_at")?),
        found: flag("found")?,
        judged_about: flag("judged_about")?,
        judged_unrelated: flag("judged_unrelated")?,
        whole: flag("whole")?,
        detail: row.try_get("detail")?,
    })
}
