//! The queue of what waits for officers, and the months that one officer asks to close.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, Row, SqlSafeStr, any::AnyRow};

use super::{Result, Store, decoded, doing, instant, masks_of, nature_of, secs};
use crate::domain::{
    month::Month,
    nature::Nature,
    outlet::OutletId,
    privacy::mask,
    waiting::{Waiting, WaitingWhy},
};

/// An article in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    pub outlet: OutletId,
    pub month: Month,
    pub article: i64,
    pub why: WaitingWhy,
    pub since: DateTime<Utc>,
    pub title: String,
    pub url: String,
    pub nature: Nature,
}

/// Addresses looked up in one statement.
const ADDRESSES_A_STATEMENT: usize = 400;

impl Store {
    /// Keeps what waits of an outlet's month, in place of what waited there before.
    ///
    /// # Errors
    /// Where the database fails; then what waited before stays.
    pub async fn record_waiting(&self, outlet: &OutletId, month: Month, waiting: &[Waiting], now: DateTime<Utc>) -> Result<()> {
        let failed = || doing(format!("keep what waits of {outlet} for {month}"));
        let urls: Vec<String> = waiting.iter().map(|it| it.url.clone()).collect();
        let ids = self.article_ids(outlet, &urls).await?;
        let mut wanted: Vec<(i64, String)> = waiting.iter().filter_map(|it| ids.get(&it.url).map(|id| (*id, it.why.to_string()))).collect();
        wanted.sort();
        wanted.dedup();
        let rows = sqlx::query("SELECT article, why FROM waiting WHERE outlet = $1 AND month = $2 ORDER BY article, why")
            .bind(outlet.as_str())
            .bind(month.to_string())
            .fetch_all(&self.reader)
            .await
            .map_err(failed())?;
        let pair = |it: &AnyRow| Ok((it.try_get::<i64, _>("article")?, it.try_get::<String, _>("why")?));
        let mut stand: Vec<(i64, String)> = rows.iter().map(pair).collect::<std::result::Result<_, _>>().map_err(failed())?;
        stand.sort();
        if stand == wanted {
            return Ok(());
        }
        let mut tx = self.write().await.map_err(failed())?;
        for (article, why) in stand.iter().filter(|it| !wanted.contains(it)) {
            sqlx::query("DELETE FROM waiting WHERE outlet = $1 AND month = $2 AND article = $3 AND why = $4")
                .bind(outlet.as_str())
                .bind(month.to_string())
                .bind(article)
                .bind(why.as_str())
                .execute(&mut *tx)
                .await
                .map_err(failed())?;
        }
        for (article, why) in wanted.iter().filter(|it| !stand.contains(it)) {
            sqlx::query("INSERT INTO waiting (outlet, month, article, why, since) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING")
                .bind(outlet.as_str())
                .bind(month.to_string())
                .bind(article)
                .bind(why.as_str())
                .bind(secs(now))
                .execute(&mut *tx)
                .await
                .map_err(failed())?;
        }
        tx.commit().await.map_err(failed())
    }

    /// What waits, oldest month first, after `skip` places; titles masked.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn queue(&self, skip: u32, limit: u32) -> Result<Vec<Queued>> {
        let failed = || doing("list what waits for officers");
        let rows = sqlx::query(
            "SELECT w.*, a.title, a.url, a.privacy, a.facets, a.marks FROM waiting w JOIN article a ON a.id = w.article \
             ORDER BY w.month, w.outlet, w.article, w.why LIMIT $1 OFFSET $2",
        )
        .bind(i64::from(limit))
        .bind(i64::from(skip))
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        rows.iter().map(queued_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// How many articles wait.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn queue_length(&self) -> Result<usize> {
        let row = sqlx::query("SELECT COUNT(*) AS found FROM waiting").fetch_one(&self.reader).await;
        let found: i64 = row.and_then(|it| it.try_get("found")).map_err(doing("count what waits for officers"))?;
        Ok(usize::try_from(found).unwrap_or(0))
    }

    /// The months and reasons for which an article waits.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn waits_for(&self, article: i64) -> Result<Vec<(Month, WaitingWhy)>> {
        let failed = || doing(format!("look what article {article} waits for"));
        let rows = sqlx::query("SELECT month, why FROM waiting WHERE article = $1 ORDER BY month, why")
            .bind(article)
            .fetch_all(&self.reader)
            .await
            .map_err(failed())?;
        let read =
            |it: &AnyRow| Ok((decoded(it.try_get::<String, _>("month")?.parse())?, decoded(it.try_get::<String, _>("why")?.parse())?));
        rows.iter().map(read).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// The numbers of an outlet's articles at these addresses.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn article_ids(&self, outlet: &OutletId, urls: &[String]) -> Result<HashMap<String, i64>> {
        let failed = || doing(format!("look up articles of {outlet}"));
        let mut found = HashMap::new();
        for chunk in urls.chunks(ADDRESSES_A_STATEMENT) {
            let places: Vec<_> = (2..chunk.len() + 2).map(|it| format!("${it}")).collect();
            let sql = format!("SELECT id, url FROM article WHERE outlet = $1 AND url IN ({})", places.join(", "));
            let query = sqlx::query(AssertSqlSafe(sql).into_sql_str()).bind(outlet.as_str());
            let query = chunk.iter().fold(query, |query, url| query.bind(url.as_str()));
            for row in query.fetch_all(&self.reader).await.map_err(failed())? {
                found.insert(row.try_get("url").map_err(failed())?, row.try_get("id").map_err(failed())?);
            }
        }
        Ok(found)
    }

    /// Keeps that an officer asks to close a month; who asked first stays.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn propose_closing(&self, month: Month, by: &str, now: DateTime<Utc>) -> Result<()> {
        sqlx::query("INSERT INTO close_proposal (month, officer, at) VALUES ($1, $2, $3) ON CONFLICT (month) DO NOTHING")
            .bind(month.to_string())
            .bind(by)
            .bind(secs(now))
            .execute(&self.writer)
            .await
            .map(drop)
            .map_err(doing(format!("propose to close {month}")))
    }

    /// Takes the wish to close a month back.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn drop_proposal(&self, month: Month) -> Result<()> {
        let dropped = sqlx::query("DELETE FROM close_proposal WHERE month = $1").bind(month.to_string()).execute(&self.writer).await;
        dropped.map(drop).map_err(doing(format!("take the proposal to close {month} back")))
    }

    /// Who asks to close a month, and since when.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn close_proposal(&self, month: Month) -> Result<Option<(String, DateTime<Utc>)>> {
        let failed = || doing(format!("look who asks to close {month}"));
        let row = sqlx::query("SELECT officer, at FROM close_proposal WHERE month = $1")
            .bind(month.to_string())
            .fetch_optional(&self.reader)
            .await
            .map_err(failed())?;
        row.map(|it| Ok((it.try_get("officer")?, instant(it.try_get("at")?)))).transpose().map_err(failed())
    }
}

fn queued_of(row: &AnyRow) -> std::result::Result<Queued, sqlx::Error> {
    Ok(Queued {
        outlet: decoded(row.try_get::<String, _>("outlet")?.parse())?,
        month: decoded(row.try_get::<String, _>("month")?.parse())?,
        article: row.try_get("article")?,
        why: decoded(row.try_get::<String, _>("why")?.parse())?,
        since: instant(row.try_get("since")?),
        title: mask(row.try_get("title")?, &masks_of(row)?),
        url: row.try_get("url")?,
        nature: nature_of(row)?,
    })
}
