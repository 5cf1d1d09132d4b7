//! What coverage is made of beyond single visits: an outlet's rhythm, articles that a source missed, repairs.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, Row, SqlSafeStr, any::AnyRow};
use url::Url;

use super::{Result, Store, doing, instant, optional_instant, secs, visit::KEYS_A_STATEMENT};
use crate::domain::{month::Span, outlet::OutletId};

/// Dates looked at for an outlet's rhythm: half a year of a busy daily.
const DATES_MAX: i64 = 20_000;

impl Store {
    /// The dates of an outlet's articles of any subject within a stretch, in order, as known up to `now`.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn published_within(&self, outlet: &OutletId, stretch: Span, now: DateTime<Utc>) -> Result<Vec<DateTime<Utc>>> {
        let failed = || doing(format!("load the rhythm of {outlet}"));
        let rows = sqlx::query(
            "SELECT date_from FROM article WHERE outlet = $1 AND date_from >= $2 AND date_from < $3 AND date_standing = 'sure' \
             AND first_seen <= $4 ORDER BY date_from DESC LIMIT $5",
        )
        .bind(outlet.as_str())
        .bind(secs(stretch.from))
        .bind(secs(stretch.to))
        .bind(secs(now))
        .bind(DATES_MAX)
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        // Where there are too many, the latest tell the rhythm: without them the stretch would end in a silence that was none.
        rows.iter().rev().map(|it| it.try_get("date_from").map(instant)).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// The dates of articles within a stretch that are known and that none of these addresses ever listed, as known up to `now`.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn missed_by(&self, outlet: &OutletId, sources: &[&Url], stretch: Span, now: DateTime<Utc>) -> Result<Vec<DateTime<Utc>>> {
        self.dates_by_listing(outlet, ("NOT EXISTS", sources), stretch, now).await
    }

    /// The dates of articles within a stretch that one of these addresses listed, in order, as known up to `now`.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn listed_by(&self, outlet: &OutletId, sources: &[&Url], stretch: Span, now: DateTime<Utc>) -> Result<Vec<DateTime<Utc>>> {
        self.dates_by_listing(outlet, ("EXISTS", sources), stretch, now).await
    }

    async fn dates_by_listing(
        &self,
        outlet: &OutletId,
        (exists, sources): (&'static str, &[&Url]),
        stretch: Span,
        now: DateTime<Utc>,
    ) -> Result<Vec<DateTime<Utc>>> {
        let failed = || doing(format!("compare the articles of {outlet} with what its sources list"));
        let places: Vec<_> = (6..sources.len() + 6).map(|it| format!("${it}")).collect();
        let sql = format!(
            "SELECT a.date_from FROM article a WHERE a.outlet = $1 AND a.date_from >= $2 AND a.date_from < $3 AND a.date_standing = 'sure' \
             AND a.first_seen <= $4 AND {exists} (SELECT 1 FROM sighting s WHERE s.article = a.id AND s.source IN ({})) \
             ORDER BY a.date_from DESC LIMIT $5",
            places.join(", ")
        );
        let mut query = sqlx::query(AssertSqlSafe(sql).into_sql_str())
            .bind(outlet.as_str())
            .bind(secs(stretch.from))
            .bind(secs(stretch.to))
            .bind(secs(now))
            .bind(DATES_MAX);
        for source in sources {
            query = query.bind(source.as_str());
        }
        let rows = query.fetch_all(&self.reader).await.map_err(failed())?;
        rows.iter().rev().map(|it| it.try_get("date_from").map(instant)).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// The firm dates of an outlet's articles among these keys.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn dates_of(&self, outlet: &OutletId, keys: &[&str]) -> Result<HashMap<String, DateTime<Utc>>> {
        let failed = || doing(format!("look up the dates of articles of {outlet}"));
        let mut found = HashMap::new();
        for chunk in keys.chunks(KEYS_A_STATEMENT) {
            let places: Vec<_> = (2..chunk.len() + 2).map(|it| format!("${it}")).collect();
            let sql = format!(
                "SELECT key, date_from FROM article WHERE outlet = $1 AND date_standing = 'sure' AND key IN ({})",
                places.join(", ")
            );
            let mut query = sqlx::query(AssertSqlSafe(sql).into_sql_str()).bind(outlet.as_str());
            for key in chunk {
                query = query.bind(*key);
            }
            for row in query.fetch_all(&self.reader).await.map_err(failed())? {
                let read = || Ok((row.try_get("key")?, instant(row.try_get("date_from")?)));
                let (key, at) = read().map_err(failed())?;
                found.insert(key, at);
            }
        }
        Ok(found)
    }

    /// When a source last listed an article that it had not listed before, and from when on that visit certified the time;
    /// `None` where it never listed one.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn last_moved(&self, outlet: &OutletId, source: &Url) -> Result<Option<(DateTime<Utc>, Option<DateTime<Utc>>)>> {
        let failed = || doing(format!("look when {source} last listed something new"));
        let row = sqlx::query(
            "SELECT m.moved, (SELECT MIN(v.certified_from) FROM visit v WHERE v.outlet = $1 AND v.source = $2 AND v.at = m.moved) \
             AS certified_from FROM (SELECT MAX(first_seen) AS moved FROM sighting WHERE source = $2) m",
        )
        .bind(outlet.as_str())
        .bind(source.as_str())
        .fetch_one(&self.reader)
        .await
        .map_err(failed())?;
        let moved = optional_instant(&row, "moved").map_err(failed())?;
        let certified_from = optional_instant(&row, "certified_from").map_err(failed())?;
        Ok(moved.map(|it| (it, certified_from)))
    }

    /// Keys and dates of an outlet's known, still live articles within a stretch: neither given up as gone nor found to be taken down when
    /// they were looked at last.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn live_within(&self, outlet: &OutletId, stretch: Span) -> Result<Vec<(String, DateTime<Utc>)>> {
        let failed = || doing(format!("list the live articles of {outlet}"));
        let rows = sqlx::query(
            "SELECT key, date_from FROM article WHERE outlet = $1 AND date_from >= $2 AND date_from < $3 AND date_standing = 'sure' \
             AND state <> 'gone' AND NOT EXISTS (SELECT 1 FROM recheck r WHERE r.article = article.id AND r.standing = 'taken_down' \
             AND r.id = (SELECT MAX(x.id) FROM recheck x WHERE x.article = article.id)) LIMIT $4",
        )
        .bind(outlet.as_str())
        .bind(secs(stretch.from))
        .bind(secs(stretch.to))
        .bind(DATES_MAX)
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        let read = |it: &AnyRow| Ok((it.try_get("key")?, instant(it.try_get("date_from")?)));
        rows.iter().map(read).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// Whether the last try to close an outlet's gaps was made before an instant; then the next one is begun now.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn begin_repair(&self, outlet: &OutletId, before: DateTime<Utc>, now: DateTime<Utc>) -> Result<bool> {
        sqlx::query(
            "INSERT INTO repair_try (outlet, at) VALUES ($1, $2) ON CONFLICT (outlet) DO UPDATE SET at = excluded.at \
             WHERE repair_try.at <= $3 OR repair_try.at > excluded.at",
        )
        .bind(outlet.as_str())
        .bind(secs(now))
        .bind(secs(before))
        .execute(&self.writer)
        .await
        .map(|it| it.rows_affected() > 0)
        .map_err(doing(format!("begin to close the gaps of {outlet}")))
    }

    /// Records that a witness closed a gap.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn record_repair(&self, outlet: &OutletId, gap: Span, witness: &Url, now: DateTime<Utc>) -> Result<()> {
        sqlx::query("INSERT INTO repair (outlet, gap_from, gap_to, witness, at) VALUES ($1, $2, $3, $4, $5)")
            .bind(outlet.as_str())
            .bind(secs(gap.from))
            .bind(secs(gap.to))
            .bind(witness.as_str())
            .bind(secs(now))
            .execute(&self.writer)
            .await
            .map(drop)
            .map_err(doing(format!("record the repair of a gap of {outlet}")))
    }
}
