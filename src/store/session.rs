//! Who is logged in at the desk, who failed to, and links that work once.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Row, any::AnyRow};

use super::{
    Result, Store,
    audit::{Entry, NOTHING, Place},
    doing, instant, secs,
    user::{User, user_of},
};
use crate::domain::{
    audit::Act,
    user::{UserName, waits_until},
};

/// A session ends this long after it began, and this long after it was last used.
const SESSION_FOR: TimeDelta = TimeDelta::hours(12);
const IDLE_FOR: TimeDelta = TimeDelta::hours(2);
/// The last use is written down at this pace.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(5);
/// Failures older than this are forgotten.
const FAILURES_KEPT: TimeDelta = TimeDelta::days(1);
/// Failures of a name that are looked at.
const FAILURES_MAX: i64 = 50;

/// What a one-time link opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Adding the first user.
    Setup,
    /// An outlet's answer.
    Reply,
}

impl Purpose {
    /// The word used in the store.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Reply => "reply",
        }
    }
}

impl Store {
    /// Begins a session; `digest` is the SHA-256 of what the cookie will hold. What was left of older ones is cleared away.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn begin_session(&self, digest: &str, user: &UserName, now: DateTime<Utc>) -> Result<()> {
        let failed = || doing(format!("begin a session of {user}"));
        let mut tx = self.write().await.map_err(failed())?;
        let place = Place::take(&mut tx).await.map_err(failed())?;
        sqlx::query("DELETE FROM session WHERE begun_at < $1 OR seen_at < $2")
            .bind(secs(now - SESSION_FOR))
            .bind(secs(now - IDLE_FOR))
            .execute(&mut *tx)
            .await
            .map_err(failed())?;
        sqlx::query("DELETE FROM login_failure WHERE user_name = $1").bind(user.as_str()).execute(&mut *tx).await.map_err(failed())?;
        sqlx::query("INSERT INTO session (digest, user_name, begun_at, seen_at) VALUES ($1, $2, $3, $3)")
            .bind(digest)
            .bind(user.as_str())
            .bind(secs(now))
            .execute(&mut *tx)
            .await
            .map_err(failed())?;
        let entry = Entry {
            at: now,
            by: user.as_str(),
            act: Act::LoggedIn,
            subject: user.to_string(),
            before: NOTHING.to_owned(),
            after: NOTHING.to_owned(),
        };
        place.write(&mut tx, entry).await.map_err(failed())?;
        tx.commit().await.map_err(failed())
    }

    /// Whose session it is, if it has not ended.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn session_user(&self, digest: &str, now: DateTime<Utc>) -> Result<Option<User>> {
        let failed = || doing("look up a session");
        let row = sqlx::query(
            "SELECT u.*, s.seen_at FROM session s JOIN desk_user u ON u.name = s.user_name \
             WHERE s.digest = $1 AND s.begun_at >= $2 AND s.seen_at >= $3 AND u.disabled_at IS NULL",
        )
        .bind(digest)
        .bind(secs(now - SESSION_FOR))
        .bind(secs(now - IDLE_FOR))
        .fetch_optional(&self.reader)
        .await
        .map_err(failed())?;
        let Some(row) = row else { return Ok(None) };
        let seen: DateTime<Utc> = row.try_get("seen_at").map(instant).map_err(failed())?;
        if now - seen >= SEEN_EVERY {
            let seen = sqlx::query("UPDATE session SET seen_at = $1 WHERE digest = $2").bind(secs(now)).bind(digest);
            seen.execute(&self.writer).await.map_err(failed())?;
        }
        user_of(&row).map(Some).map_err(failed())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn end_session(&self, digest: &str) -> Result<()> {
        let ended = sqlx::query("DELETE FROM session WHERE digest = $1").bind(digest).execute(&self.writer).await;
        ended.map(drop).map_err(doing("end a session"))
    }

    /// Until when a name that failed to log in has to wait; `None` where it need not.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn login_waits(&self, name: &str, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
        let failed = || doing(format!("look for failures of {name} to log in"));
        let rows = sqlx::query("SELECT at FROM login_failure WHERE user_name = $1 ORDER BY at DESC LIMIT $2")
            .bind(name)
            .bind(FAILURES_MAX)
            .fetch_all(&self.reader)
            .await
            .map_err(failed())?;
        let at = |row: &AnyRow| row.try_get("at").map(instant);
        let failures: Vec<_> = rows.iter().map(at).collect::<std::result::Result<_, _>>().map_err(failed())?;
        Ok(waits_until(&failures, now))
    }

    /// Remembers a failure to log in.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn record_login_failure(&self, name: &str, now: DateTime<Utc>) -> Result<()> {
        let failed = || doing(format!("remember that {name} failed to log in"));
        let old = sqlx::query("DELETE FROM login_failure WHERE at < $1").bind(secs(now - FAILURES_KEPT));
        old.execute(&self.writer).await.map_err(failed())?;
        let new = sqlx::query("INSERT INTO login_failure (user_name, at) VALUES ($1, $2)").bind(name).bind(secs(now));
        new.execute(&self.writer).await.map(drop).map_err(failed())
    }

    /// Makes a link that works once, until it expires; `digest` is the SHA-256 of what its address holds.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn make_link(&self, digest: &str, purpose: Purpose, subject: &str, now: DateTime<Utc>, lives: TimeDelta) -> Result<()> {
        sqlx::query("INSERT INTO one_time_link (digest, purpose, subject, made_at, expires_at) VALUES ($1, $2, $3, $4, $5)")
            .bind(digest)
            .bind(purpose.as_str())
            .bind(subject)
            .bind(secs(now))
            .bind(secs(now + lives))
            .execute(&self.writer)
            .await
            .map(drop)
            .map_err(doing("make a one-time link"))
    }

    /// What a link is about, if it still works.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn link(&self, digest: &str, purpose: Purpose, now: DateTime<Utc>) -> Result<Option<String>> {
        let failed = || doing("look up a one-time link");
        let row =
            sqlx::query("SELECT subject FROM one_time_link WHERE digest = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3")
                .bind(digest)
                .bind(purpose.as_str())
                .bind(secs(now))
                .fetch_optional(&self.reader)
                .await
                .map_err(failed())?;
        row.map(|it| it.try_get("subject")).transpose().map_err(failed())
    }

    /// Ends the links of one purpose about one subject that still work; says how many there were.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn end_links(&self, purpose: Purpose, subject: &str, now: DateTime<Utc>) -> Result<u64> {
        sqlx::query("UPDATE one_time_link SET expires_at = $1 WHERE purpose = $2 AND subject = $3 AND used_at IS NULL AND expires_at > $1")
            .bind(secs(now))
            .bind(purpose.as_str())
            .bind(subject)
            .execute(&self.writer)
            .await
            .map(|it| it.rows_affected())
            .map_err(doing(format!("end the links about {subject}")))
    }

    /// Uses a link up; says whether it still worked. Of two who use it at the same time, one does.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn use_link(&self, digest: &str, purpose: Purpose, now: DateTime<Utc>) -> Result<bool> {
        sqlx::query("UPDATE one_time_link SET used_at = $1 WHERE digest = $2 AND purpose = $3 AND used_at IS NULL AND expires_at > $1")
            .bind(secs(now))
            .bind(digest)
            .bind(purpose.as_str())
            .execute(&self.writer)
            .await
            .map(|it| it.rows_affected() == 1)
            .map_err(doing("use a one-time link"))
    }
}
