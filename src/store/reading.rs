//! How an outlet's pages were read lately: what its usual page is told from, and what the operator is told.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::Row;

use super::{Result, Store, article::next_change, doing, instant, secs};
use crate::domain::{
    outlet::OutletId,
    reading::{Doubt, Habit, LAST_TRIED, SAMPLES, Tried},
};

/// Readings that turned out to be none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misread {
    /// Of articles that hold a text of this hash.
    SameText(i64),
    /// Of pages that did not close their markup.
    BrokenOff,
}

/// Pages found since an instant: those read, and those that were not, by the word for why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Readings {
    pub read: u64,
    pub unread: BTreeMap<String, u64>,
}

impl Store {
    /// What the outlet's pages usually are: of those read last and those tried last.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn habit(&self, outlet: &OutletId) -> Result<Habit> {
        let failed = || doing(format!("load the usual length of the pages of {outlet}"));
        let rows = sqlx::query(
            "SELECT COALESCE(letters, LENGTH(text)) AS letters, text_hash, closed, first_seen FROM article WHERE outlet = $1 AND state = 'read' \
             ORDER BY first_seen DESC, id DESC LIMIT $2",
        )
        .bind(outlet.as_str())
        .bind(SAMPLES as i64)
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        let read = rows.iter().map(|row| {
            let letters: i64 = row.try_get("letters")?;
            Ok((usize::try_from(letters).unwrap_or(0), row.try_get("text_hash")?))
        });
        let read: Vec<_> = read.collect::<std::result::Result<_, _>>().map_err(failed())?;
        let closed = rows.iter().map(|it| Ok(it.try_get::<Option<i64>, _>("closed")? == Some(1)));
        let closes = closed.collect::<std::result::Result<Vec<_>, _>>().map_err(failed())?.contains(&true);
        let since: Option<i64> = rows.last().map(|it| it.try_get("first_seen")).transpose().map_err(failed())?;
        let rows = sqlx::query(
            "SELECT DISTINCT text_hash FROM article WHERE outlet = $1 AND first_seen >= $2 AND state <> 'read' AND unread_why = $3 \
             AND text_hash IS NOT NULL",
        )
        .bind(outlet.as_str())
        .bind(since.unwrap_or(i64::MAX))
        .bind(Doubt::SameTextAsOthers.as_str())
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        let refused: Vec<i64> = rows.iter().map(|it| it.try_get("text_hash")).collect::<std::result::Result<_, _>>().map_err(failed())?;
        Ok(Habit::new(&read, &refused, self.tried_last(outlet).await?).closing(closes))
    }

    /// The pages of an outlet that were found last and tried, newest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn tried_last(&self, outlet: &OutletId) -> Result<Vec<Tried>> {
        let failed = || doing(format!("list the pages of {outlet} that were tried last"));
        let rows = sqlx::query(
            "SELECT first_seen, unread_why FROM article WHERE outlet = $1 AND state <> 'found' ORDER BY first_seen DESC, id DESC LIMIT $2",
        )
        .bind(outlet.as_str())
        .bind(LAST_TRIED as i64)
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        let read =
            |row: &sqlx::any::AnyRow| Ok(Tried { first_seen: instant(row.try_get("first_seen")?), unread: row.try_get("unread_why")? });
        rows.iter().map(read).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// How the pages of an outlet that were found since an instant were read.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn readings(&self, outlet: &OutletId, since: DateTime<Utc>) -> Result<Readings> {
        let failed = || doing(format!("count the unread pages of {outlet}"));
        let rows = sqlx::query(
            "SELECT state, COALESCE(unread_why, 'not_tried_yet') AS why, COUNT(*) AS pages FROM article \
             WHERE outlet = $1 AND first_seen >= $2 GROUP BY state, COALESCE(unread_why, 'not_tried_yet')",
        )
        .bind(outlet.as_str())
        .bind(secs(since))
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        let mut readings = Readings::default();
        for row in rows {
            let read = || Ok((row.try_get::<String, _>("state")?, row.try_get("why")?, row.try_get::<i64, _>("pages")?));
            let (state, why, pages) = read().map_err(failed())?;
            let pages = u64::try_from(pages).unwrap_or(0);
            if state == "read" {
                readings.read += pages;
            } else {
                *readings.unread.entry(why).or_default() += pages;
            }
        }
        Ok(readings)
    }

    /// The titles under which sources list an article.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn listed_titles(&self, article: i64) -> Result<Vec<String>> {
        let failed = || doing(format!("load the titles of article {article}"));
        let rows = sqlx::query("SELECT DISTINCT title FROM sighting WHERE article = $1 AND title <> ''")
            .bind(article)
            .fetch_all(&self.reader)
            .await
            .map_err(failed())?;
        rows.iter().map(|it| it.try_get("title")).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// Takes back readings of an outlet's articles that were read as unrelated; says how many there were. They are tried again
    /// at `next_try`.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn take_back(&self, outlet: &OutletId, misread: Misread, at: DateTime<Utc>, next_try: DateTime<Utc>) -> Result<u64> {
        let (doubt, hash, closed) = match misread {
            Misread::SameText(hash) => (Doubt::SameTextAsOthers, Some(hash), None),
            Misread::BrokenOff => (Doubt::BrokenOff, None, Some(0_i64)),
        };
        let failed = || doing(format!("take back readings of {outlet}: {}", doubt.as_str()));
        let mut tx = self.write().await.map_err(failed())?;
        let rows = sqlx::query(
            "SELECT id FROM article WHERE outlet = $1 AND (text_hash = $2 OR closed = $3) AND state = 'read' AND judgement = 'unrelated'",
        )
        .bind(outlet.as_str())
        .bind(hash)
        .bind(closed)
        .fetch_all(&mut *tx)
        .await
        .map_err(failed())?;
        for row in &rows {
            let change = next_change(&mut tx).await.map_err(failed())?;
            let id: i64 = row.try_get("id").map_err(failed())?;
            sqlx::query(
                "UPDATE article SET state = 'unread', unread_why = $1, attempts = 1, first_failed = $2, next_try = $3, change = $4 WHERE id = $5",
            )
            .bind(doubt.as_str())
            .bind(secs(at))
            .bind(secs(next_try))
            .bind(change)
            .bind(id)
            .execute(&mut *tx)
            .await
            .map_err(failed())?;
        }
        tx.commit().await.map_err(failed())?;
        Ok(rows.len() as u64)
    }
}
