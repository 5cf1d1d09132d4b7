//! What the desk asked of the line, and what came of it.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Any, Row, Transaction, any::AnyRow};

use super::{
    Result, Store,
    audit::{Entry, NOTHING, Place},
    decoded, doing, encoded, instant, optional_instant, secs,
};
use crate::domain::{
    audit::Act,
    request::{Answer, Request},
};

/// A request as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptRequest {
    pub id: i64,
    pub what: Request,
    pub by: String,
    pub at: DateTime<Utc>,
    pub taken_at: Option<DateTime<Utc>>,
    pub answer: Option<Answer>,
}

/// Whoever took a request and said nothing for so long has died; it is taken again.
const TAKEN_FOR: TimeDelta = TimeDelta::minutes(15);

impl Store {
    /// Writes a request down; says its number.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn ask(&self, request: &Request, by: &str, now: DateTime<Utc>) -> Result<i64> {
        let failed = || doing(format!("write down what {by} asks for"));
        let mut tx = self.write().await.map_err(failed())?;
        let id = ask_in(&mut tx, request, by, now).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(id)
    }

    /// Takes the oldest request that waits, for this worker alone.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn take_request(&self, now: DateTime<Utc>) -> Result<Option<KeptRequest>> {
        let failed = || doing("take a request of the desk");
        let row = sqlx::query(
            "UPDATE request SET taken_at = $1 WHERE id = (SELECT MIN(id) FROM request WHERE ended_at IS NULL \
             AND (taken_at IS NULL OR taken_at < $2)) AND ended_at IS NULL AND (taken_at IS NULL OR taken_at < $2) RETURNING *",
        )
        .bind(secs(now))
        .bind(secs(now - TAKEN_FOR))
        .fetch_optional(&self.writer)
        .await
        .map_err(failed())?;
        row.as_ref().map(request_of).transpose().map_err(failed())
    }

    /// Keeps what came of a request.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn answer_request(&self, id: i64, answer: &Answer, now: DateTime<Utc>) -> Result<()> {
        let failed = || doing(format!("keep what came of request {id}"));
        sqlx::query("UPDATE request SET answer = $1, ended_at = $2 WHERE id = $3 AND ended_at IS NULL")
            .bind(encoded(answer).map_err(failed())?)
            .bind(secs(now))
            .bind(id)
            .execute(&self.writer)
            .await
            .map(drop)
            .map_err(failed())
    }

    /// One request.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn request(&self, id: i64) -> Result<Option<KeptRequest>> {
        let failed = || doing(format!("look up request {id}"));
        let row = sqlx::query("SELECT * FROM request WHERE id = $1").bind(id).fetch_optional(&self.reader).await.map_err(failed())?;
        row.as_ref().map(request_of).transpose().map_err(failed())
    }

    /// The last requests, newest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn last_requests(&self, limit: u32) -> Result<Vec<KeptRequest>> {
        let failed = || doing("list the requests of the desk");
        let rows = sqlx::query("SELECT * FROM request ORDER BY id DESC LIMIT $1")
            .bind(i64::from(limit))
            .fetch_all(&self.reader)
            .await
            .map_err(failed())?;
        rows.iter().map(request_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }
}

/// Writes a request down, with its row in the log, within a transaction; says its number.
pub(super) async fn ask_in(
    tx: &mut Transaction<'static, Any>,
    request: &Request,
    by: &str,
    now: DateTime<Utc>,
) -> std::result::Result<i64, sqlx::Error> {
    let place = Place::take(tx).await?;
    let what = encoded(request)?;
    let row = sqlx::query("INSERT INTO request (kind, subject, officer, at) VALUES ($1, $2, $3, $4) RETURNING id")
        .bind(request.kind())
        .bind(what.clone())
        .bind(by)
        .bind(secs(now))
        .fetch_one(&mut **tx)
        .await?;
    let entry = Entry { at: now, by, act: Act::Requested, subject: request.subject(), before: NOTHING.to_owned(), after: what };
    place.write(tx, entry).await?;
    row.try_get("id")
}

fn request_of(row: &AnyRow) -> std::result::Result<KeptRequest, sqlx::Error> {
    let answer: Option<String> = row.try_get("answer")?;
    Ok(KeptRequest {
        id: row.try_get("id")?,
        what: decoded(serde_json::from_str(&row.try_get::<String, _>("subject")?))?,
        by: row.try_get("officer")?,
        at: instant(row.try_get("at")?),
        taken_at: optional_instant(row, "taken_at")?,
        answer: answer.map(|it| decoded(serde_json::from_str(&it))).transpose()?,
    })
}
