//! Searches that users keep under a name.

use chrono::{DateTime, Utc};
use sqlx::{Row, any::AnyRow};

use super::{Result, Store, doing, instant, secs};
use crate::domain::user::UserName;

/// A search that somebody kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedSearch {
    pub id: i64,
    pub name: String,
    /// As the search page's address holds it, behind the question mark.
    pub question: String,
    pub saved_at: DateTime<Utc>,
}

/// Searches that one user keeps.
pub const SAVED_MAX: usize = 50;

impl Store {
    /// Keeps a search under a name, in the place of one of that name. Says whether there was room.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn save_search(&self, user: &UserName, name: &str, question: &str, now: DateTime<Utc>) -> Result<bool> {
        let failed = || doing(format!("keep a search of {user}"));
        let mut tx = self.write().await.map_err(failed())?;
        sqlx::query(
            "INSERT INTO saved_search (user_name, name, question, saved_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (user_name, name) DO UPDATE SET question = excluded.question, saved_at = excluded.saved_at",
        )
        .bind(user.as_str())
        .bind(name)
        .bind(question)
        .bind(secs(now))
        .execute(&mut *tx)
        .await
        .map_err(failed())?;
        let kept = sqlx::query("SELECT id FROM saved_search WHERE user_name = $1").bind(user.as_str());
        if kept.fetch_all(&mut *tx).await.map_err(failed())?.len() > SAVED_MAX {
            return tx.rollback().await.map(|()| false).map_err(failed());
        }
        tx.commit().await.map(|()| true).map_err(failed())
    }

    /// What a user keeps, by name.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn saved_searches(&self, user: &UserName) -> Result<Vec<SavedSearch>> {
        let failed = || doing(format!("list the searches of {user}"));
        let rows = sqlx::query("SELECT id, name, question, saved_at FROM saved_search WHERE user_name = $1 ORDER BY name, id")
            .bind(user.as_str())
            .fetch_all(&self.reader)
            .await
            .map_err(failed())?;
        rows.iter().map(saved_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// Removes a search that this user keeps; says whether there was one.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn remove_search(&self, user: &UserName, id: i64) -> Result<bool> {
        let removed = sqlx::query("DELETE FROM saved_search WHERE id = $1 AND user_name = $2").bind(id).bind(user.as_str());
        let removed = removed.execute(&self.writer).await;
        removed.map(|it| it.rows_affected() == 1).map_err(doing(format!("remove a search of {user}")))
    }
}

fn saved_of(row: &AnyRow) -> std::result::Result<SavedSearch, sqlx::Error> {
    Ok(SavedSearch {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        question: row.try_get("question")?,
        saved_at: instant(row.try_get("saved_at")?),
    })
}
