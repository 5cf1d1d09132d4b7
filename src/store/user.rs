//! Who may work at the desk.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{Any, Row, Transaction, any::AnyRow};

use super::{
    Result, Store,
    audit::{Entry, NOTHING, Place},
    decoded, doing, encoded, instant, optional_instant, secs,
};
use crate::domain::{
    audit::Act,
    user::{Role, UserName},
};

/// Somebody who may work at the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub name: UserName,
    /// The name as people read it.
    pub shown: String,
    pub role: Role,
    pub added_at: DateTime<Utc>,
    pub disabled_at: Option<DateTime<Utc>>,
}

/// A user who is to be added.
#[derive(Debug, Clone)]
pub struct NewUser<'a> {
    pub name: &'a UserName,
    pub shown: &'a str,
    pub role: Role,
    /// Argon2id in PHC form.
    pub password: &'a str,
}

/// What of a user is changed.
#[derive(Debug, Clone)]
pub enum UserChange<'a> {
    /// Argon2id in PHC form. Whoever is logged in under the old one is logged out.
    Password(&'a str),
    Role(Role),
    /// The account stays, so that what it did keeps its name.
    Disabled,
    Enabled,
}

/// How a change of a user ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserChangeEnd {
    Done,
    Unknown,
    /// Nobody would be left to manage users.
    LastAdmin,
}

/// What the log says of a user; never a password.
#[derive(Serialize)]
struct Logged<'a> {
    shown: &'a str,
    role: Role,
    disabled: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    new_password: bool,
}

impl Store {
    /// Whether anybody was ever added.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn has_users(&self) -> Result<bool> {
        let row = sqlx::query("SELECT name FROM desk_user LIMIT 1").fetch_optional(&self.reader).await;
        row.map(|it| it.is_some()).map_err(doing("look whether there are users"))
    }

    /// Everybody, by name.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn users(&self) -> Result<Vec<User>> {
        let failed = || doing("list the users");
        let rows = sqlx::query("SELECT * FROM desk_user ORDER BY name").fetch_all(&self.reader).await.map_err(failed())?;
        rows.iter().map(user_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// A user with the hash of the password, in PHC form.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn user(&self, name: &UserName) -> Result<Option<(User, String)>> {
        let failed = || doing(format!("look up the user {name}"));
        let row = sqlx::query("SELECT * FROM desk_user WHERE name = $1")
            .bind(name.as_str())
            .fetch_optional(&self.reader)
            .await
            .map_err(failed())?;
        row.map(|it| Ok((user_of(&it)?, it.try_get("password")?))).transpose().map_err(failed())
    }

    /// Adds a user; says whether the name was free.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn add_user(&self, new: &NewUser<'_>, by: &str, now: DateTime<Utc>) -> Result<bool> {
        let failed = || doing(format!("add the user {}", new.name));
        let mut tx = self.write().await.map_err(failed())?;
        let place = Place::take(&mut tx).await.map_err(failed())?;
        let inserted = sqlx::query(
            "INSERT INTO desk_user (name, shown, role, password, added_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name) DO NOTHING",
        )
        .bind(new.name.as_str())
        .bind(new.shown)
        .bind(new.role.as_str())
        .bind(new.password)
        .bind(secs(now))
        .execute(&mut *tx)
        .await
        .map_err(failed())?;
        if inserted.rows_affected() == 0 {
            return tx.rollback().await.map(|()| false).map_err(failed());
        }
        let after = encoded(&Logged { shown: new.shown, role: new.role, disabled: false, new_password: true }).map_err(failed())?;
        let entry = Entry { at: now, by, act: Act::UserAdded, subject: new.name.to_string(), before: NOTHING.to_owned(), after };
        place.write(&mut tx, entry).await.map_err(failed())?;
        tx.commit().await.map(|()| true).map_err(failed())
    }

    /// Changes a user.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn change_user(&self, name: &UserName, change: &UserChange<'_>, by: &str, now: DateTime<Utc>) -> Result<UserChangeEnd> {
        let failed = || doing(format!("change the user {name}"));
        let mut tx = self.write().await.map_err(failed())?;
        let place = Place::take(&mut tx).await.map_err(failed())?;
        let Some(before) = locked(&mut tx, name).await.map_err(failed())? else {
            return tx.rollback().await.map(|()| UserChangeEnd::Unknown).map_err(failed());
        };
        change_row(&mut tx, name, change, now).await.map_err(failed())?;
        let Some(after) = locked(&mut tx, name).await.map_err(failed())? else {
            return tx.rollback().await.map(|()| UserChangeEnd::Unknown).map_err(failed());
        };
        let was_admin = before.role == Role::Admin && before.disabled_at.is_none();
        if was_admin && !admin_left(&mut tx).await.map_err(failed())? {
            return tx.rollback().await.map(|()| UserChangeEnd::LastAdmin).map_err(failed());
        }
        let logged = |user: &User, new_password| {
            encoded(&Logged { shown: &user.shown, role: user.role, disabled: user.disabled_at.is_some(), new_password })
        };
        let new_password = matches!(change, UserChange::Password(_));
        let entry = Entry {
            at: now,
            by,
            act: Act::UserChanged,
            subject: name.to_string(),
            before: logged(&before, false).map_err(failed())?,
            after: logged(&after, new_password).map_err(failed())?,
        };
        place.write(&mut tx, entry).await.map_err(failed())?;
        tx.commit().await.map(|()| UserChangeEnd::Done).map_err(failed())
    }
}

async fn locked(tx: &mut Transaction<'static, Any>, name: &UserName) -> std::result::Result<Option<User>, sqlx::Error> {
    let row = sqlx::query("SELECT * FROM desk_user WHERE name = $1").bind(name.as_str()).fetch_optional(&mut **tx).await?;
    row.as_ref().map(user_of).transpose()
}

async fn admin_left(tx: &mut Transaction<'static, Any>) -> std::result::Result<bool, sqlx::Error> {
    let row = sqlx::query("SELECT name FROM desk_user WHERE role = 'admin' AND disabled_at IS NULL LIMIT 1");
    Ok(row.fetch_optional(&mut **tx).await?.is_some())
}

async fn change_row(
    tx: &mut Transaction<'static, Any>,
    name: &UserName,
    change: &UserChange<'_>,
    now: DateTime<Utc>,
) -> std::result::Result<(), sqlx::Error> {
    let update = match change {
        UserChange::Password(hash) => sqlx::query("UPDATE desk_user SET password = $1 WHERE name = $2").bind(*hash),
        UserChange::Role(role) => sqlx::query("UPDATE desk_user SET role = $1 WHERE name = $2").bind(role.as_str()),
        UserChange::Disabled => sqlx::query("UPDATE desk_user SET disabled_at = $1 WHERE name = $2").bind(secs(now)),
        UserChange::Enabled => sqlx::query("UPDATE desk_user SET disabled_at = $1 WHERE name = $2").bind(None::<i64>),
    };
    update.bind(name.as_str()).execute(&mut **tx).await?;
    // Every change ends the sessions that were begun under what it changes.
    sqlx::query("DELETE FROM session WHERE user_name = $1").bind(name.as_str()).execute(&mut **tx).await.map(drop)
}

pub(super) fn user_of(row: &AnyRow) -> std::result::Result<User, sqlx::Error> {
    Ok(User {
        name: decoded(row.try_get::<String, _>("name")?.parse())?,
        shown: row.try_get("shown")?,
        role: decoded(row.try_get::<String, _>("role")?.parse())?,
        added_at: instant(row.try_get("added_at")?),
        disabled_at: optional_instant(row, "disabled_at")?,
    })
}
