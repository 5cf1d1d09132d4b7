//! Closed months and their amendments: two chains of texts that are only ever added to.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::{Any, Row, Transaction, any::AnyRow};

use super::{
    Result, Store, decoded, doing,
    month::{VerdictChange, insert_verdict},
    secs,
};
use crate::domain::{
    closing::{Amendment, Snapshot, sha256},
    month::Month,
};

/// A text of the chain as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Of the closing; of the closing that it amends, for an amendment.
    pub number: u64,
    pub text: String,
    pub digest: String,
    /// The digest of the link before it, as the column says.
    pub previous: String,
}

impl Store {
    /// Closes a month: gives the snapshot its number and its place in the chain, keeps it, and records the verdicts, in one
    /// transaction. `None` where the month is closed already.
    ///
    /// # Errors
    /// Where the database fails; then nothing is kept.
    pub async fn record_closing(&self, mut snapshot: Snapshot, changes: &[VerdictChange<'_>]) -> Result<Option<(Snapshot, String)>> {
        let month = snapshot.month.to_string();
        let failed = || doing(format!("close the month {month}"));
        let mut tx = self.write().await.map_err(failed())?;
        let number = sqlx::query("UPDATE counter SET value = value + 1 WHERE name = 'closing' RETURNING value")
            .fetch_one(&mut *tx)
            .await
            .and_then(|it| it.try_get::<i64, _>("value"))
            .map_err(failed())?;
        let taken = sqlx::query("SELECT number FROM closing WHERE month = $1").bind(month.as_str());
        if taken.fetch_optional(&mut *tx).await.map_err(failed())?.is_some() {
            return Ok(None);
        }
        snapshot.number = number.unsigned_abs();
        snapshot.previous = digest_of_last(&mut tx, "SELECT digest FROM closing ORDER BY number DESC LIMIT 1").await.map_err(failed())?;
        snapshot.amendments = digest_of_last(&mut tx, LAST_AMENDMENT).await.map_err(failed())?;
        let text = super::encoded(&snapshot).map_err(failed())?;
        let digest = sha256(text.as_bytes());
        sqlx::query(
            "INSERT INTO closing (number, month, at, closed_by, second, snapshot, digest, previous) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(number)
        .bind(month.as_str())
        .bind(secs(snapshot.at))
        .bind(snapshot.by.as_str())
        .bind(snapshot.second.as_str())
        .bind(text.as_str())
        .bind(digest.as_str())
        .bind(snapshot.previous.as_str())
        .execute(&mut *tx)
        .await
        .map_err(failed())?;
        for change in changes {
            insert_verdict(&mut tx, change).await.map_err(failed())?;
        }
        tx.commit().await.map_err(failed())?;
        Ok(Some((snapshot, digest)))
    }

    /// Keeps an amendment with the verdict that it brings, in one transaction. `known` is the number of amendments of that
    /// outlet and month that it was made in the knowledge of: `false` where there are others by now.
    ///
    /// # Errors
    /// Where the database fails; then nothing is kept.
    pub async fn record_amendment(&self, closing: u64, mut amendment: Amendment, known: usize, change: &VerdictChange<'_>) -> Result<bool> {
        let failed = || doing(format!("amend {} of {}", change.month, change.outlet));
        let mut tx = self.write().await.map_err(failed())?;
        let number = i64::try_from(closing).unwrap_or(i64::MAX);
        sqlx::query("UPDATE counter SET value = value WHERE name = 'closing'").execute(&mut *tx).await.map_err(failed())?;
        let there = sqlx::query("SELECT COUNT(*) AS found FROM amendment WHERE closing = $1 AND outlet = $2")
            .bind(number)
            .bind(change.outlet.as_str())
            .fetch_one(&mut *tx)
            .await
            .and_then(|it| it.try_get::<i64, _>("found"))
            .map_err(failed())?;
        if there != i64::try_from(known).unwrap_or(i64::MAX) {
            return Ok(false);
        }
        amendment.previous = digest_of_last(&mut tx, LAST_AMENDMENT).await.map_err(failed())?;
        let text = super::encoded(&amendment).map_err(failed())?;
        sqlx::query("INSERT INTO amendment (closing, outlet, at, record, digest, previous) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(number)
            .bind(change.outlet.as_str())
            .bind(secs(amendment.at))
            .bind(text.as_str())
            .bind(sha256(text.as_bytes()))
            .bind(amendment.previous.as_str())
            .execute(&mut *tx)
            .await
            .map_err(failed())?;
        insert_verdict(&mut tx, change).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(true)
    }

    /// The closing of a month.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn closing(&self, month: Month) -> Result<Option<Link>> {
        let failed = || doing(format!("load the closing of {month}"));
        let row = sqlx::query("SELECT number, snapshot AS text, digest, previous FROM closing WHERE month = $1")
            .bind(month.to_string())
            .fetch_optional(&self.reader)
            .await
            .map_err(failed())?;
        row.as_ref().map(link_of).transpose().map_err(failed())
    }

    /// The digest of the closing of that number; empty for 0, the one before the first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn closing_digest(&self, number: u64) -> Result<String> {
        let failed = || doing(format!("load the digest of closing {number}"));
        let row = sqlx::query("SELECT digest FROM closing WHERE number = $1")
            .bind(i64::try_from(number).unwrap_or(i64::MAX))
            .fetch_optional(&self.reader)
            .await
            .map_err(failed())?;
        row.as_ref().map_or_else(|| Ok(String::new()), |it| it.try_get("digest").map_err(failed()))
    }

    /// The last closing made up to `now`: its number and digest.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn last_closing(&self, now: DateTime<Utc>) -> Result<Option<(u64, String)>> {
        let failed = || doing("load the last closing");
        let row = sqlx::query("SELECT number, digest FROM closing WHERE at <= $1 ORDER BY number DESC LIMIT 1")
            .bind(secs(now))
            .fetch_optional(&self.reader)
            .await
            .map_err(failed())?;
        let read = |it: AnyRow| Ok((it.try_get::<i64, _>("number")?.unsigned_abs(), it.try_get("digest")?));
        row.map(read).transpose().map_err(failed())
    }

    /// The amendments of a closing, oldest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn amendments(&self, closing: u64) -> Result<Vec<Link>> {
        let failed = || doing(format!("load the amendments of closing {closing}"));
        let rows = sqlx::query("SELECT closing AS number, record AS text, digest, previous FROM amendment WHERE closing = $1 ORDER BY id")
            .bind(i64::try_from(closing).unwrap_or(i64::MAX))
            .fetch_all(&self.reader)
            .await
            .map_err(failed())?;
        rows.iter().map(link_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// All amendments in the order in which they were made, without their texts: the digest of each and of the one before it.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn amendment_chain(&self) -> Result<Vec<(String, String)>> {
        let failed = || doing("load the chain of amendments");
        let rows = sqlx::query("SELECT digest, previous FROM amendment ORDER BY id").fetch_all(&self.reader).await.map_err(failed())?;
        let read = |it: &AnyRow| Ok((it.try_get("digest")?, it.try_get("previous")?));
        rows.iter().map(read).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// The months that are closed, each with the number of its closing.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn closed_months(&self) -> Result<BTreeMap<Month, u64>> {
        let failed = || doing("list the closed months");
        let rows = sqlx::query("SELECT month, number FROM closing ORDER BY number").fetch_all(&self.reader).await.map_err(failed())?;
        let read = |it: &AnyRow| {
            let month: Month = decoded(it.try_get::<String, _>("month")?.parse())?;
            Ok((month, it.try_get::<i64, _>("number")?.unsigned_abs()))
        };
        rows.iter().map(read).collect::<std::result::Result<_, _>>().map_err(failed())
    }
}

const LAST_AMENDMENT: &str = "SELECT digest FROM amendment ORDER BY id DESC LIMIT 1";

async fn digest_of_last(tx: &mut Transaction<'static, Any>, sql: &'static str) -> std::result::Result<String, sqlx::Error> {
    let row = sqlx::query(sql).fetch_optional(&mut **tx).await?;
    row.map_or_else(|| Ok(String::new()), |it| it.try_get("digest"))
}

fn link_of(row: &AnyRow) -> std::result::Result<Link, sqlx::Error> {
    Ok(Link {
        number: row.try_get::<i64, _>("number")?.unsigned_abs(),
        text: row.try_get("text")?,
        digest: row.try_get("digest")?,
        previous: row.try_get("previous")?,
    })
}
