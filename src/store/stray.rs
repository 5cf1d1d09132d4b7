//! Items that a source lists on hosts which nobody registered as the outlet's: kept for an officer, and no articles of the outlet.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sqlx::{Any, Transaction};

use super::{
    Result, Store,
    article::{evidence_of, next_change, weigh},
    doing, secs,
    visit::{ListedEntry, VisitRecord, insert_article},
};
use crate::domain::reading::FOREIGN_HOST;

/// Keeps an item on a host that is not known to be the outlet's, unless it is known. It is no article of the outlet: nobody saw a
/// source list it, no date of it says anything of coverage, and its page is not read.
pub(super) async fn insert_stray(
    tx: &mut Transaction<'static, Any>,
    visit: &VisitRecord<'_>,
    stray: &ListedEntry<'_>,
) -> std::result::Result<(), sqlx::Error> {
    let Some(id) = insert_article(tx, visit, stray).await? else { return Ok(()) };
    sqlx::query("UPDATE article SET state = 'gone', unread_why = $1, date_standing = 'undated' WHERE id = $2")
        .bind(FOREIGN_HOST)
        .bind(id)
        .execute(&mut **tx)
        .await
        .map(drop)
}

/// Makes an article of an item whose host was registered since.
pub(super) async fn take_in_stray(
    tx: &mut Transaction<'static, Any>,
    id: i64,
    now: DateTime<Utc>,
    zone: Tz,
) -> std::result::Result<(), sqlx::Error> {
    let change = next_change(tx).await?;
    let taken = sqlx::query(
        "UPDATE article SET state = 'found', unread_why = NULL, attempts = 0, next_try = $1, change = $2 \
         WHERE id = $3 AND state = 'gone' AND unread_why = $4",
    )
    .bind(secs(now))
    .bind(change)
    .bind(id)
    .bind(FOREIGN_HOST)
    .execute(&mut **tx)
    .await?;
    if taken.rows_affected() == 0 {
        return Ok(());
    }
    let dated = evidence_of(tx, id).await?;
    weigh(tx, id, dated, zone).await
}

impl Store {
    /// Makes an article of an item whose host was registered since, if it is one: its page waits to be read.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn own_stray(&self, id: i64, now: DateTime<Utc>, zone: Tz) -> Result<()> {
        let failed = || doing(format!("take in article {id}"));
        let mut tx = self.write().await.map_err(failed())?;
        take_in_stray(&mut tx, id, now, zone).await.map_err(failed())?;
        tx.commit().await.map_err(failed())
    }
}
