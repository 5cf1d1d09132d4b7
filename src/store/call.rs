//! The log of calls and answers: what an outlet said, to whom, and when.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{Row, any::AnyRow};

use super::{
    Result, Store,
    audit::{Entry, NOTHING, Place},
    decoded, doing, encoded, instant, secs,
};
use crate::domain::{audit::Act, month::Month, officer::Statement, outlet::OutletId};

/// A call or an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Call {
    pub outlet: OutletId,
    /// The month that it was about, if it was about one.
    pub month: Option<Month>,
    pub at: DateTime<Utc>,
    /// Who answered, or who called.
    pub answered: Statement,
    pub said: Statement,
}

/// A call as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptCall {
    pub id: i64,
    pub call: Call,
    pub by: String,
    pub noted_at: DateTime<Utc>,
}

impl Store {
    /// Notes a call down.
    ///
    /// # Errors
    /// Where the database fails; then nothing is noted.
    pub async fn note_call(&self, call: &Call, by: &str, now: DateTime<Utc>) -> Result<()> {
        let failed = || doing(format!("note a call with {}", call.outlet));
        let mut tx = self.write().await.map_err(failed())?;
        let place = Place::take(&mut tx).await.map_err(failed())?;
        sqlx::query("INSERT INTO call_log (outlet, month, at, answered, said, officer, noted_at) VALUES ($1, $2, $3, $4, $5, $6, $7)")
            .bind(call.outlet.as_str())
            .bind(call.month.map(|it| it.to_string()))
            .bind(secs(call.at))
            .bind(call.answered.as_str())
            .bind(call.said.as_str())
            .bind(by)
            .bind(secs(now))
            .execute(&mut *tx)
            .await
            .map_err(failed())?;
        let after = encoded(call).map_err(failed())?;
        let entry = Entry { at: now, by, act: Act::Called, subject: call.outlet.to_string(), before: NOTHING.to_owned(), after };
        place.write(&mut tx, entry).await.map_err(failed())?;
        tx.commit().await.map_err(failed())
    }

    /// The calls with an outlet, or with all where none is named, the latest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn calls(&self, outlet: Option<&OutletId>, skip: u32, limit: u32) -> Result<Vec<KeptCall>> {
        let failed = || doing("list calls");
        let rows =
            sqlx::query("SELECT * FROM call_log WHERE CAST($1 AS TEXT) = '' OR outlet = $1 ORDER BY at DESC, id DESC LIMIT $2 OFFSET $3")
                .bind(outlet.map_or("", OutletId::as_str))
                .bind(i64::from(limit))
                .bind(i64::from(skip))
                .fetch_all(&self.reader)
                .await
                .map_err(failed())?;
        rows.iter().map(call_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }
}

fn call_of(row: &AnyRow) -> std::result::Result<KeptCall, sqlx::Error> {
    let month = row.try_get::<Option<String>, _>("month")?.map(|it| decoded(it.parse())).transpose()?;
    let call = Call {
        outlet: decoded(row.try_get::<String, _>("outlet")?.parse())?,
        month,
        at: instant(row.try_get("at")?),
        answered: decoded(row.try_get::<String, _>("answered")?.parse())?,
        said: decoded(row.try_get::<String, _>("said")?.parse())?,
    };
    Ok(KeptCall { id: row.try_get("id")?, call, by: row.try_get("officer")?, noted_at: instant(row.try_get("noted_at")?) })
}
