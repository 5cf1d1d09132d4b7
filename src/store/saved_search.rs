//! Searches that users keep.

use chrono::{DateTime, Utc};
use sqlx::{Row, any::AnyRow};

use super::{Result, Store, doing, secs};

/// A kept search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedSearch {
    pub id: i64,
    pub name: String,
    /// The question part of the search page's address.
    pub question: String,
}

/// Searches that one user may keep.
const SAVED_MAX: i64 = 100;

impl Store {
    /// Keeps a search under a name, in place of one that had it; says whether there was room.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn save_search(&self, officer: &str, name: &str, question: &str, now: DateTime<Utc>) -> Result<bool> {
        let saved = sqlx::query(
            "INSERT INTO saved_search (officer, name, question, at) SELECT $1, $2, $3, $4 \
             WHERE (SELECT COUNT(*) FROM saved_search WHERE officer = $1) < $5 \
             ON CONFLICT (officer, name) DO UPDATE SET question = excluded.question, at = excluded.at",
        )
        .bind(officer)
        .bind(name)
        .bind(question)
        .bind(secs(now))
        .bind(SAVED_MAX)
        .execute(&self.writer)
        .await;
        saved.map(|it| it.rows_affected() > 0).map_err(doing(format!("keep a search of {officer}")))
    }

    /// The searches of a user, by name.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn saved_searches(&self, officer: &str) -> Result<Vec<SavedSearch>> {
        let failed = || doing(format!("list the searches of {officer}"));
        let rows = sqlx::query("SELECT id, name, question FROM saved_search WHERE officer = $1 ORDER BY name LIMIT $2")
            .bind(officer)
            .bind(SAVED_MAX)
            .fetch_all(&self.reader)
            .await
            .map_err(failed())?;
        let read =
            |it: &AnyRow| Ok(SavedSearch { id: it.try_get("id")?, name: it.try_get("name")?, question: it.try_get("question")? });
        rows.iter().map(read).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// Removes a search of a user.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn remove_search(&self, officer: &str, id: i64) -> Result<()> {
        sqlx::query("DELETE FROM saved_search WHERE officer = $1 AND id = $2")
            .bind(officer)
            .bind(id)
            .execute(&self.writer)
            .await
            .map(drop)
            .map_err(doing(format!("remove a search of {officer}")))
    }
}
