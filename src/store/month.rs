//! What a month's verdict is made of, and the changes of verdicts.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::{Row, any::AnyRow};

use super::{Result, Store, decoded, doing, instant, optional_instant, secs};
use crate::domain::{
    month::{Month, Span},
    outlet::OutletId,
    review::{DateFirmness, Marks, MonthArticle, ReadState},
    verdict::{Reason, Verdict},
};

/// A verdict as it was last recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerdictChange<'a> {
    pub outlet: &'a OutletId,
    pub month: Month,
    pub verdict: Verdict,
    pub reason: Reason,
    pub count: usize,
    pub at: DateTime<Utc>,
    pub terms: &'a str,
}

/// A verdict as a page shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordedVerdict {
    pub verdict: Verdict,
    pub reason: Reason,
    pub count: usize,
}

/// A month with more articles that matter is cut here; the verdict needs one.
const MONTH_ARTICLES_MAX: i64 = 5_000;

impl Store {
    /// The articles of an outlet that may matter for a month as they were seen up to `now`, oldest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn month_articles(&self, outlet: &OutletId, month: Span, now: DateTime<Utc>) -> Result<Vec<MonthArticle>> {
        let failed = || doing(format!("list what matters for {outlet} from {}", month.from));
        let rows = sqlx::query(
            "SELECT url, title, published, date_standing, first_seen, state, unread_why, judgement FROM article \
             WHERE outlet = $1 AND date_from < $2 AND date_to >= $3 AND (judgement <> 'unrelated' OR state <> 'read') \
             AND first_seen <= $4 ORDER BY date_from, id LIMIT $5",
        )
        .bind(outlet.as_str())
        .bind(secs(month.to))
        .bind(secs(month.from))
        .bind(secs(now))
        .bind(MONTH_ARTICLES_MAX)
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        rows.iter().map(month_article_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// How many articles of any subject an outlet published in a month, by their firm dates.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn count_articles(&self, outlet: &OutletId, month: Span, now: DateTime<Utc>) -> Result<usize> {
        let row = sqlx::query(
            "SELECT COUNT(*) AS found FROM article WHERE outlet = $1 AND date_from < $2 AND date_from >= $3 AND date_standing = 'sure' \
             AND first_seen <= $4",
        )
        .bind(outlet.as_str())
        .bind(secs(month.to))
        .bind(secs(month.from))
        .bind(secs(now))
        .fetch_one(&self.reader)
        .await
        .map_err(doing(format!("count the articles of {outlet} from {}", month.from)))?;
        let found: i64 = row.try_get("found").map_err(doing("count articles"))?;
        Ok(usize::try_from(found).unwrap_or(0))
    }

    /// The verdicts recorded last for these months, by outlet id and month.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn latest_verdicts(&self, months: &[Month]) -> Result<HashMap<(String, Month), RecordedVerdict>> {
        let failed = || doing("load the recorded verdicts");
        let mut found = HashMap::new();
        for month in months {
            let rows = sqlx::query(
                "SELECT outlet, verdict, reason, count FROM verdict_change WHERE month = $1 \
                 AND id IN (SELECT MAX(id) FROM verdict_change WHERE month = $1 GROUP BY outlet)",
            )
            .bind(month.to_string())
            .fetch_all(&self.reader)
            .await
            .map_err(failed())?;
            for row in rows {
                let (outlet, verdict) = recorded_of(&row).map_err(failed())?;
                found.insert((outlet, *month), verdict);
            }
        }
        Ok(found)
    }

    /// Records a verdict where it differs from the one recorded last; says whether it did.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn record_verdict(&self, change: &VerdictChange<'_>) -> Result<bool> {
        let failed = || doing(format!("record the verdict of {} for {}", change.outlet, change.month));
        let mut tx = self.write().await.map_err(failed())?;
        let last =
            sqlx::query("SELECT verdict, reason, count, at FROM verdict_change WHERE outlet = $1 AND month = $2 ORDER BY id DESC LIMIT 1")
                .bind(change.outlet.as_str())
                .bind(change.month.to_string())
                .fetch_optional(&mut *tx)
                .await
                .map_err(failed())?;
        let count = i64::try_from(change.count).unwrap_or(i64::MAX);
        let same = |row: &AnyRow| {
            let (verdict, reason): (String, String) = (row.try_get("verdict")?, row.try_get("reason")?);
            // A look back in time changes nothing that was recorded since.
            let later = row.try_get::<i64, _>("at")? > secs(change.at);
            Ok(later || verdict == change.verdict.as_str() && reason == change.reason.as_str() && row.try_get::<i64, _>("count")? == count)
        };
        if last.as_ref().map(same).transpose().map_err(failed())?.unwrap_or(false) {
            return Ok(false);
        }
        sqlx::query("INSERT INTO verdict_change (outlet, month, verdict, reason, count, at, terms) VALUES ($1, $2, $3, $4, $5, $6, $7)")
            .bind(change.outlet.as_str())
            .bind(change.month.to_string())
            .bind(change.verdict.as_str())
            .bind(change.reason.as_str())
            .bind(count)
            .bind(secs(change.at))
            .bind(change.terms)
            .execute(&mut *tx)
            .await
            .map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(true)
    }
}

fn recorded_of(row: &AnyRow) -> std::result::Result<(String, RecordedVerdict), sqlx::Error> {
    let (verdict, reason): (String, String) = (row.try_get("verdict")?, row.try_get("reason")?);
    let count = usize::try_from(row.try_get::<i64, _>("count")?).unwrap_or(0);
    Ok((row.try_get("outlet")?, RecordedVerdict { verdict: decoded(verdict.parse())?, reason: decoded(reason.parse())?, count }))
}

fn month_article_of(row: &AnyRow) -> std::result::Result<MonthArticle, sqlx::Error> {
    let standing: String = row.try_get("date_standing")?;
    let state: String = row.try_get("state")?;
    let judgement: String = row.try_get("judgement")?;
    Ok(MonthArticle {
        url: row.try_get("url")?,
        title: row.try_get("title")?,
        published: optional_instant(row, "published")?,
        date_standing: match standing.as_str() {
            "sure" => DateFirmness::Sure,
            "straddles" => DateFirmness::Straddles,
            _ => DateFirmness::Undated,
        },
        first_seen: instant(row.try_get("first_seen")?),
        state: match state.as_str() {
            "read" => ReadState::Read,
            "gone" => ReadState::Gone,
            "unread" => ReadState::Unread,
            _ => ReadState::Found,
        },
        unread_why: row.try_get("unread_why")?,
        judgement: decoded(judgement.parse())?,
        marks: Marks::default(),
    })
}
