//! Times in which officers want an outlet, or all of them, not to be written to.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{Row, any::AnyRow};

use super::{
    Result, Store,
    audit::{Entry, NOTHING, Place},
    decoded, doing, encoded, instant, optional_instant, secs,
};
use crate::domain::{audit::Act, month::Span, officer::Statement, outlet::OutletId};

/// A silence that is to be kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Silence {
    /// `None` for all outlets.
    pub outlet: Option<OutletId>,
    #[serde(flatten)]
    pub span: Span,
    pub reason: Statement,
}

/// A silence as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSilence {
    pub id: i64,
    pub what: Silence,
    pub by: String,
    pub at: DateTime<Utc>,
    pub lifted: Option<(String, DateTime<Utc>)>,
}

/// Silences that are listed, the newest first.
const LISTED_MAX: i64 = 200;

impl KeptSilence {
    /// Whether the outlet is left alone by it at that instant.
    pub fn covers(&self, outlet: &OutletId, at: DateTime<Utc>) -> bool {
        self.lifted.is_none() && self.what.span.contains(at) && self.what.outlet.as_ref().is_none_or(|it| it == outlet)
    }
}

impl Store {
    /// Keeps a silence.
    ///
    /// # Errors
    /// Where the database fails; then nothing is kept.
    pub async fn keep_silence(&self, silence: &Silence, by: &str, now: DateTime<Utc>) -> Result<()> {
        let failed = || doing("keep a time in which an outlet is not written to");
        let mut tx = self.write().await.map_err(failed())?;
        let place = Place::take(&mut tx).await.map_err(failed())?;
        sqlx::query("INSERT INTO silence (outlet, starts, ends, reason, officer, at) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(silence.outlet.as_ref().map(|it| it.as_str().to_owned()))
            .bind(secs(silence.span.from))
            .bind(secs(silence.span.to))
            .bind(silence.reason.as_str())
            .bind(by)
            .bind(secs(now))
            .execute(&mut *tx)
            .await
            .map_err(failed())?;
        let subject = silence.outlet.as_ref().map_or_else(|| "all".to_owned(), ToString::to_string);
        let after = encoded(silence).map_err(failed())?;
        place
            .write(&mut tx, Entry { at: now, by, act: Act::Silenced, subject, before: NOTHING.to_owned(), after })
            .await
            .map_err(failed())?;
        tx.commit().await.map_err(failed())
    }

    /// Ends a silence before its time; `false` where it is over or was lifted.
    ///
    /// # Errors
    /// Where the database fails; then nothing is changed.
    pub async fn lift_silence(&self, id: i64, by: &str, now: DateTime<Utc>) -> Result<bool> {
        let failed = || doing(format!("lift silence {id}"));
        let mut tx = self.write().await.map_err(failed())?;
        let place = Place::take(&mut tx).await.map_err(failed())?;
        let lifted = sqlx::query("UPDATE silence SET lifted_by = $1, lifted_at = $2 WHERE id = $3 AND lifted_at IS NULL AND ends > $2")
            .bind(by)
            .bind(secs(now))
            .bind(id)
            .execute(&mut *tx)
            .await
            .map_err(failed())?;
        if lifted.rows_affected() == 0 {
            return Ok(false);
        }
        let subject = format!("silence {id}");
        let entry = Entry { at: now, by, act: Act::Silenced, subject, before: NOTHING.to_owned(), after: "{\"lifted\":true}".to_owned() };
        place.write(&mut tx, entry).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(true)
    }

    /// The silences that are in force at an instant.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn silences_at(&self, now: DateTime<Utc>) -> Result<Vec<KeptSilence>> {
        let failed = || doing("load the times in which outlets are not written to");
        let rows = sqlx::query("SELECT * FROM silence WHERE lifted_at IS NULL AND starts <= $1 AND ends > $1 ORDER BY id")
            .bind(secs(now))
            .fetch_all(&self.reader)
            .await
            .map_err(failed())?;
        rows.iter().map(silence_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// The silences, the newest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn silences(&self) -> Result<Vec<KeptSilence>> {
        let failed = || doing("list the times in which outlets are not written to");
        let rows = sqlx::query("SELECT * FROM silence ORDER BY id DESC LIMIT $1")
            .bind(LISTED_MAX)
            .fetch_all(&self.reader)
            .await
            .map_err(failed())?;
        rows.iter().map(silence_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }
}

fn silence_of(row: &AnyRow) -> std::result::Result<KeptSilence, sqlx::Error> {
    let outlet: Option<String> = row.try_get("outlet")?;
    let by: Option<String> = row.try_get("lifted_by")?;
    Ok(KeptSilence {
        id: row.try_get("id")?,
        what: Silence {
            outlet: outlet.map(|it| decoded(it.parse())).transpose()?,
            span: Span { from: instant(row.try_get("starts")?), to: instant(row.try_get("ends")?) },
            reason: decoded(row.try_get::<String, _>("reason")?.parse())?,
        },
        by: row.try_get("officer")?,
        at: instant(row.try_get("at")?),
        lifted: by.zip(optional_instant(row, "lifted_at")?),
    })
}
