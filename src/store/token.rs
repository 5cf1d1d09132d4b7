//! Tokens by which other programs read what the desk shows.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use sqlx::{Row, any::AnyRow};

use super::{
    Result, Store,
    audit::{Entry, NOTHING, Place},
    doing, encoded, instant, optional_instant, secs,
};
use crate::domain::{audit::Act, user::UserName};

/// A token as it is kept: never the token itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub id: i64,
    /// What it is for.
    pub name: String,
    pub made_by: String,
    pub made_at: DateTime<Utc>,
    /// Within a few minutes.
    pub used_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
}

/// What the log says of a token.
#[derive(Serialize)]
struct Logged<'a> {
    name: &'a str,
    revoked: bool,
}

/// Tokens that are listed, the newest first.
const LISTED_MAX: i64 = 200;
/// The last use is written down at this pace.
const USED_EVERY: TimeDelta = TimeDelta::minutes(5);

impl Store {
    /// Keeps a new token; `digest` is its SHA-256.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn add_token(&self, digest: &str, name: &str, by: &UserName, now: DateTime<Utc>) -> Result<()> {
        let failed = || doing(format!("keep the token {name}"));
        let mut tx = self.write().await.map_err(failed())?;
        let place = Place::take(&mut tx).await.map_err(failed())?;
        let row = sqlx::query("INSERT INTO api_token (digest, name, made_by, made_at) VALUES ($1, $2, $3, $4) RETURNING id")
            .bind(digest)
            .bind(name)
            .bind(by.as_str())
            .bind(secs(now))
            .fetch_one(&mut *tx)
            .await
            .map_err(failed())?;
        let id: i64 = row.try_get("id").map_err(failed())?;
        let after = encoded(&Logged { name, revoked: false }).map_err(failed())?;
        let entry =
            Entry { at: now, by: by.as_str(), act: Act::TokenMade, subject: format!("token {id}"), before: NOTHING.to_owned(), after };
        place.write(&mut tx, entry).await.map_err(failed())?;
        tx.commit().await.map_err(failed())
    }

    /// The tokens, the newest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn tokens(&self) -> Result<Vec<Token>> {
        let failed = || doing("list the tokens");
        let rows = sqlx::query("SELECT * FROM api_token ORDER BY id DESC LIMIT $1").bind(LISTED_MAX);
        let rows = rows.fetch_all(&self.reader).await.map_err(failed())?;
        rows.iter().map(token_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// The token of a digest, unless it was revoked; notes that it was used.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn use_token(&self, digest: &str, now: DateTime<Utc>) -> Result<Option<Token>> {
        let failed = || doing("look up a token");
        let row = sqlx::query("SELECT * FROM api_token WHERE digest = $1 AND revoked_at IS NULL").bind(digest);
        let Some(row) = row.fetch_optional(&self.reader).await.map_err(failed())? else { return Ok(None) };
        let token = token_of(&row).map_err(failed())?;
        if token.used_at.is_none_or(|it| now - it >= USED_EVERY) {
            let used = sqlx::query("UPDATE api_token SET used_at = $1 WHERE id = $2").bind(secs(now)).bind(token.id);
            used.execute(&self.writer).await.map_err(failed())?;
        }
        Ok(Some(token))
    }

    /// Revokes a token for good; says whether it still worked.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn revoke_token(&self, id: i64, by: &UserName, now: DateTime<Utc>) -> Result<bool> {
        let failed = || doing(format!("revoke token {id}"));
        let mut tx = self.write().await.map_err(failed())?;
        let place = Place::take(&mut tx).await.map_err(failed())?;
        let revoked = sqlx::query("UPDATE api_token SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL RETURNING name");
        let Some(row) = revoked.bind(secs(now)).bind(id).fetch_optional(&mut *tx).await.map_err(failed())? else {
            return tx.rollback().await.map(|()| false).map_err(failed());
        };
        let name: String = row.try_get("name").map_err(failed())?;
        let logged = |revoked| encoded(&Logged { name: &name, revoked });
        let (before, after) = (logged(false).map_err(failed())?, logged(true).map_err(failed())?);
        let entry = Entry { at: now, by: by.as_str(), act: Act::TokenRevoked, subject: format!("token {id}"), before, after };
        place.write(&mut tx, entry).await.map_err(failed())?;
        tx.commit().await.map(|()| true).map_err(failed())
    }
}

fn token_of(row: &AnyRow) -> std::result::Result<Token, sqlx::Error> {
    Ok(Token {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        made_by: row.try_get("made_by")?,
        made_at: instant(row.try_get("made_at")?),
        used_at: optional_instant(row, "used_at")?,
        revoked_at: optional_instant(row, "revoked_at")?,
    })
}
