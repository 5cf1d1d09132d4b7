//! What only the operator can mend: kept from when it began until it is over, so that each is told once.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::{Any, Row, Transaction, any::AnyRow};

use super::{
    Result, Store, decoded, doing, instant,
    notice::{NewNotice, insert_notice},
    secs,
};
use crate::domain::{
    cause::{Cause, CauseKind},
    notice::Channel,
};

/// What the operator is to be told of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CauseNews {
    pub begun: Vec<(Cause, DateTime<Utc>)>,
    pub over: Vec<(Cause, DateTime<Utc>)>,
}

impl Store {
    /// The causes that go on, with when they began, by key.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn causes(&self) -> Result<BTreeMap<String, (Cause, DateTime<Utc>)>> {
        let failed = || doing("load what the operator must mend");
        let rows = sqlx::query("SELECT * FROM cause WHERE over_at IS NULL").fetch_all(&self.reader).await.map_err(failed())?;
        let read = |row: &AnyRow| {
            let cause = cause_of(row)?;
            Ok((cause.key.clone(), (cause, instant(row.try_get("since")?))))
        };
        rows.iter().map(read).collect::<std::result::Result<_, sqlx::Error>>().map_err(failed())
    }

    /// Keeps what began and what is over since the last look, with the notice that tells of it, in one transaction.
    ///
    /// # Errors
    /// Where the database fails; then nothing is kept, and the next look finds the same.
    pub async fn tell_causes(&self, news: &CauseNews, notice: Option<(&NewNotice, &[Channel])>, now: DateTime<Utc>) -> Result<()> {
        let failed = || doing("keep what the operator must mend");
        let mut tx = self.write().await.map_err(failed())?;
        for (cause, since) in &news.begun {
            begin(&mut tx, cause, *since).await.map_err(failed())?;
        }
        for (cause, _) in &news.over {
            sqlx::query("UPDATE cause SET over_at = $1 WHERE key = $2")
                .bind(secs(now))
                .bind(cause.key.as_str())
                .execute(&mut *tx)
                .await
                .map_err(failed())?;
        }
        if let Some((notice, channels)) = notice {
            insert_notice(&mut tx, notice, channels, now).await.map_err(failed())?;
        }
        tx.commit().await.map_err(failed())
    }
}

async fn begin(tx: &mut Transaction<'static, Any>, cause: &Cause, since: DateTime<Utc>) -> std::result::Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cause (key, kind, what, url, why, since) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (key) DO UPDATE \
         SET kind = excluded.kind, what = excluded.what, url = excluded.url, why = excluded.why, since = excluded.since, over_at = NULL WHERE cause.over_at IS NOT NULL",
    )
    .bind(cause.key.as_str())
    .bind(cause.kind.as_str())
    .bind(cause.what.as_str())
    .bind(cause.url.as_str())
    .bind(cause.why.as_str())
    .bind(secs(since))
    .execute(&mut **tx)
    .await
    .map(drop)
}

fn cause_of(row: &AnyRow) -> std::result::Result<Cause, sqlx::Error> {
    let kind: String = row.try_get("kind")?;
    Ok(Cause {
        key: row.try_get("key")?,
        kind: decoded(kind.parse::<CauseKind>())?,
        what: row.try_get("what")?,
        url: row.try_get("url")?,
        why: row.try_get("why")?,
    })
}
