//! The audit log: a row is written with each decision, in the decision's own transaction.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::{Any, Row, Transaction, any::AnyRow};

use super::{Result, Store, doing, instant, secs};
use crate::domain::audit::{Act, AuditRow, Broken, Chain, Flaw};

/// The state before of what there was not.
pub(super) const NOTHING: &str = "null";
/// Rows looked at in one go.
const ROWS: u32 = 1_000;

/// A place in the log that no other writer can take: the row of the counter stays locked until the transaction ends, so
/// the chain cannot fork, and a transaction that is rolled back leaves no hole.
pub(super) struct Place {
    number: i64,
    previous: String,
}

/// What is logged of one decision.
pub(super) struct Entry<'a> {
    pub at: DateTime<Utc>,
    pub by: &'a str,
    pub act: Act,
    pub subject: String,
    /// JSON.
    pub before: String,
    /// JSON.
    pub after: String,
}

/// A decision as its own row tells it, to be held against the log.
pub(super) struct Kept {
    pub act: Act,
    pub at: DateTime<Utc>,
    pub by: String,
    /// JSON, as it is logged.
    pub after: String,
}

impl Place {
    /// Takes the next place. To be done first in a transaction: what is read after it is what the decision changes.
    pub(super) async fn take(tx: &mut Transaction<'static, Any>) -> std::result::Result<Self, sqlx::Error> {
        let row = sqlx::query("UPDATE counter SET value = value + 1 WHERE name = 'audit' RETURNING value").fetch_one(&mut **tx).await?;
        let number: i64 = row.try_get("value")?;
        let before = sqlx::query("SELECT digest FROM audit WHERE number = $1").bind(number - 1).fetch_optional(&mut **tx).await?;
        let previous = before.map(|it| it.try_get("digest")).transpose()?.unwrap_or_default();
        Ok(Self { number, previous })
    }

    /// Keeps every other writer of the log out until the transaction ends, without taking a place.
    pub(super) async fn hold(tx: &mut Transaction<'static, Any>) -> std::result::Result<(), sqlx::Error> {
        sqlx::query("UPDATE counter SET value = value WHERE name = 'audit'").execute(&mut **tx).await.map(drop)
    }

    /// The number of the row that will be written.
    pub(super) fn number(&self) -> i64 {
        self.number
    }

    /// Writes the row.
    pub(super) async fn write(self, tx: &mut Transaction<'static, Any>, entry: Entry<'_>) -> std::result::Result<(), sqlx::Error> {
        let mut row = AuditRow {
            number: self.number,
            at: entry.at,
            by: entry.by.to_owned(),
            what: entry.act.as_str().to_owned(),
            subject: entry.subject,
            before: entry.before,
            after: entry.after,
            previous: self.previous,
            digest: String::new(),
        };
        row.digest = row.expected_digest();
        sqlx::query(
            "INSERT INTO audit (number, at, officer, what, subject, state_before, state_after, previous, digest) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(row.number)
        .bind(secs(row.at))
        .bind(row.by)
        .bind(row.what)
        .bind(row.subject)
        .bind(row.before)
        .bind(row.after)
        .bind(row.previous)
        .bind(row.digest)
        .execute(&mut **tx)
        .await
        .map(drop)
    }
}

/// Which rows of the log are asked for; what is empty or `None` asks for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Whose acts, by the whole name.
    pub by: String,
    pub act: Option<Act>,
    /// A part of what it is on.
    pub subject: String,
    pub from: Option<DateTime<Utc>>,
    /// The first instant that is asked for no more.
    pub to: Option<DateTime<Utc>>,
}

impl Store {
    /// The rows of the log that a filter lets through, newest first; with `before`, those with a smaller number.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn audit_before(&self, filter: &AuditFilter, before: Option<i64>, limit: u32) -> Result<Vec<AuditRow>> {
        let failed = || doing("read the audit log backwards");
        let part: String =
            filter.subject.chars().flat_map(|it| matches!(it, '%' | '_' | '!').then_some('!').into_iter().chain([it])).collect();
        let rows = sqlx::query(
            "SELECT * FROM audit WHERE number < $1 AND (CAST($2 AS TEXT) = '' OR officer = $2) AND (CAST($3 AS TEXT) = '' OR what = $3) \
             AND LOWER(subject) LIKE LOWER($4) ESCAPE '!' AND at >= $5 AND at < $6 ORDER BY number DESC LIMIT $7",
        )
        .bind(before.unwrap_or(i64::MAX))
        .bind(filter.by.as_str())
        .bind(filter.act.map_or("", Act::as_str))
        .bind(format!("%{part}%"))
        .bind(filter.from.map_or(i64::MIN, secs))
        .bind(filter.to.map_or(i64::MAX, secs))
        .bind(i64::from(limit))
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        rows.iter().map(row_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// Everybody who stands in the log, by name.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn audited(&self) -> Result<Vec<String>> {
        let failed = || doing("list who stands in the audit log");
        let rows = sqlx::query("SELECT DISTINCT officer FROM audit ORDER BY officer LIMIT $1")
            .bind(i64::from(ROWS))
            .fetch_all(&self.reader)
            .await
            .map_err(failed())?;
        rows.iter().map(|it| it.try_get("officer")).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// Logs an act that keeps no row of its own; `after` is JSON.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn log_act(&self, act: Act, by: &str, subject: &str, after: &str, now: DateTime<Utc>) -> Result<()> {
        let failed = || doing(format!("log what {by} did ({})", act.as_str()));
        let mut tx = self.write().await.map_err(failed())?;
        let place = Place::take(&mut tx).await.map_err(failed())?;
        let entry = Entry { at: now, by, act, subject: subject.to_owned(), before: NOTHING.to_owned(), after: after.to_owned() };
        place.write(&mut tx, entry).await.map_err(failed())?;
        tx.commit().await.map_err(failed())
    }

    /// Logs a change of a configuration file; `before` and `after` are JSON.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn log_configured(&self, by: &str, file: &str, before: String, after: String, now: DateTime<Utc>) -> Result<()> {
        let failed = || doing(format!("log that {by} changes {file}"));
        let mut tx = self.write().await.map_err(failed())?;
        let place = Place::take(&mut tx).await.map_err(failed())?;
        let entry = Entry { at: now, by, act: Act::Configured, subject: file.to_owned(), before, after };
        place.write(&mut tx, entry).await.map_err(failed())?;
        tx.commit().await.map_err(failed())
    }

    /// The rows of the log after a number, in order.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn audit_after(&self, number: i64, limit: u32) -> Result<Vec<AuditRow>> {
        let failed = || doing(format!("read the audit log after row {number}"));
        let rows = sqlx::query("SELECT * FROM audit WHERE number > $1 ORDER BY number LIMIT $2")
            .bind(number)
            .bind(i64::from(limit))
            .fetch_all(&self.reader)
            .await
            .map_err(failed())?;
        rows.iter().map(row_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// Follows the log from its first row to its last, and holds every decision against what was logged of it. Says how
    /// many rows hold, or the first one that does not.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn verify_audit(&self) -> Result<std::result::Result<i64, Broken>> {
        // Read before the rows: a decision that is taken meanwhile is one more row, never one that is missing.
        let counted = sqlx::query("SELECT value FROM counter WHERE name = 'audit'").fetch_one(&self.reader).await;
        let counted: i64 = counted.and_then(|it| it.try_get("value")).map_err(doing("count the rows of the audit log"))?;
        let mut kept = self.kept_decisions(counted).await?;
        let mut chain = Chain::default();
        let mut last = 0;
        while last < counted {
            let mut rows = self.audit_after(last, ROWS).await?;
            rows.retain(|it| it.number <= counted);
            let Some(end) = rows.last() else { break };
            last = end.number;
            for row in &rows {
                if let Err(broken) = chain.follow(row).and_then(|()| held(row, &mut kept)) {
                    return Ok(Err(broken));
                }
            }
        }
        Ok(chain.end(counted).and_then(|rows| match kept.first_key_value() {
            Some((number, _)) => Err(Broken { number: *number, flaw: Flaw::NotLogged }),
            None => Ok(rows),
        }))
    }
}

/// Holds the decision that a row tells of against the one that is kept.
fn held(row: &AuditRow, kept: &mut BTreeMap<i64, Kept>) -> std::result::Result<(), Broken> {
    let broken = |flaw| Err(Broken { number: row.number, flaw });
    let act = row.what.parse::<Act>().ok();
    match (act.filter(|it| it.decides()), kept.remove(&row.number)) {
        (Some(_), None) => broken(Flaw::DecisionMissing),
        (Some(act), Some(it)) if it.act == act && it.at == row.at && it.by == row.by && it.after == row.after => Ok(()),
        (_, Some(_)) => broken(Flaw::DecisionChanged),
        // No decision, or one of a kind that only a later version of the program keeps.
        (None, None) => Ok(()),
    }
}

fn row_of(row: &AnyRow) -> std::result::Result<AuditRow, sqlx::Error> {
    Ok(AuditRow {
        number: row.try_get("number")?,
        at: instant(row.try_get("at")?),
        by: row.try_get("officer")?,
        what: row.try_get("what")?,
        subject: row.try_get("subject")?,
        before: row.try_get("state_before")?,
        after: row.try_get("state_after")?,
        previous: row.try_get("previous")?,
        digest: row.try_get("digest")?,
    })
}
