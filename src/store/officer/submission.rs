//! What outlets send by their links, and how officers settled it.

use chrono::{DateTime, Utc};
use sqlx::{Any, Row, Transaction, any::AnyRow};
use url::Url;

use super::{
    Insert, Subject,
    batch::{off_web_row, subject_of},
    record_in,
    rows::recorded_of,
};
use crate::{
    domain::{
        audit::Act,
        month::Month,
        off_web::{AttachedFile, OffWeb},
        officer::{Admitted, Decided, Statement},
        outlet::OutletId,
        submission::{Outcome, Settlement, Submission},
    },
    store::{Result, Store, audit::Place, decoded, doing, secs, session::Purpose},
};

/// What an outlet sent, with how it was settled, if it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSubmission {
    pub submission: Decided<Submission>,
    pub settled: Option<Decided<Settlement>>,
}

/// Submissions that wait for one month.
const WAITING_MAX: i64 = 1_000;

/// A query for submissions with how they were settled until `$1`.
macro_rules! select_submission {
    ($rest:literal) => {
        concat!(
            "SELECT d.*, s.id AS s_id, s.outcome, s.article, s.reason, s.officer AS s_officer, s.at AS s_at FROM submission d \
             LEFT JOIN settlement s ON s.id = (SELECT MIN(x.id) FROM settlement x WHERE x.submission = d.id AND x.at <= $1) ",
            $rest
        )
    };
}

impl Store {
    /// Takes in what came by a link, and uses the link up; `None` where the link works no more. Its file must have been kept
    /// before.
    ///
    /// # Errors
    /// Where the database fails; then nothing is taken in, and the link still works.
    pub async fn submit(&self, submission: &Admitted<Submission>, link: &str) -> Result<Option<i64>> {
        let it = submission.what();
        let failed = || doing(format!("take in what {} sent for {}", it.outlet, it.month));
        let mut tx = self.write().await.map_err(failed())?;
        Place::hold(&mut tx).await.map_err(failed())?;
        let used =
            sqlx::query("UPDATE one_time_link SET used_at = $1 WHERE digest = $2 AND purpose = $3 AND used_at IS NULL AND expires_at > $1")
                .bind(secs(submission.at()))
                .bind(link)
                .bind(Purpose::Reply.as_str())
                .execute(&mut *tx)
                .await
                .map_err(failed())?;
        if used.rows_affected() == 0 {
            return tx.rollback().await.map(|()| None).map_err(failed());
        }
        let subject = Subject::Named(format!("{} {}", it.outlet, it.month));
        let id = record_in(&mut tx, Act::Submitted, subject, submission, submission_row(it, link)).await.map_err(failed())?;
        tx.commit().await.map(|()| Some(id)).map_err(failed())
    }

    /// Settles a submission, and registers the off-web evidence that it became; says whether it was still open.
    ///
    /// # Errors
    /// Where the database fails; then nothing is recorded.
    pub async fn settle(&self, settlement: &Admitted<Settlement>, evidence: Option<&Admitted<OffWeb>>) -> Result<bool> {
        let it = settlement.what();
        let failed = || doing(format!("settle submission {}", it.submission));
        let mut tx = self.write().await.map_err(failed())?;
        Place::hold(&mut tx).await.map_err(failed())?;
        if !is_open(&mut tx, it.submission).await.map_err(failed())? {
            return tx.rollback().await.map(|()| false).map_err(failed());
        }
        if let Some(item) = evidence {
            let row = off_web_row(item.what());
            record_in(&mut tx, Act::OffWebAdded, subject_of(item.what()), item, row).await.map_err(failed())?;
        }
        let subject = Subject::Named(format!("submission:{}", it.submission));
        record_in(&mut tx, Act::Settled, subject, settlement, settlement_row(it)).await.map_err(failed())?;
        tx.commit().await.map(|()| true).map_err(failed())
    }

    /// The submissions for an outlet's month that no officer has settled until `now`.
    ///
    /// # Errors
    /// Where the database fails.
    pub(super) async fn waiting_submissions(
        &self,
        outlet: &OutletId,
        month: Month,
        now: DateTime<Utc>,
    ) -> Result<Vec<Decided<Submission>>> {
        let failed = || doing(format!("load what {outlet} sent for {month}"));
        let rows = sqlx::query(
            "SELECT d.* FROM submission d WHERE d.outlet = $2 AND d.month = $3 \
             AND (d.at <= $1 OR d.audit IN (SELECT h.audit FROM said_ahead h WHERE h.found <= $1)) \
             AND NOT EXISTS (SELECT 1 FROM settlement s WHERE s.submission = d.id AND s.at <= $1) ORDER BY d.id LIMIT $4",
        )
        .bind(secs(now))
        .bind(outlet.as_str())
        .bind(month.to_string())
        .bind(WAITING_MAX)
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        rows.iter().map(decided_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// How many submissions wait.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn count_waiting_submissions(&self, now: DateTime<Utc>) -> Result<usize> {
        let failed = || doing("count what outlets sent");
        let row = sqlx::query(
            "SELECT COUNT(*) AS found FROM submission d WHERE NOT EXISTS \
             (SELECT 1 FROM settlement s WHERE s.submission = d.id AND s.at <= $1)",
        )
        .bind(secs(now))
        .fetch_one(&self.reader)
        .await
        .map_err(failed())?;
        Ok(usize::try_from(row.try_get::<i64, _>("found").map_err(failed())?).unwrap_or(0))
    }

    /// Submissions, those that wait first, then the latest.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn submissions(&self, now: DateTime<Utc>, skip: u32, limit: u32) -> Result<Vec<KeptSubmission>> {
        let failed = || doing("list what outlets sent");
        let rows =
            sqlx::query(select_submission!("ORDER BY CASE WHEN s.id IS NULL THEN 0 ELSE 1 END, d.at DESC, d.id DESC LIMIT $2 OFFSET $3"))
                .bind(secs(now))
                .bind(i64::from(limit))
                .bind(i64::from(skip))
                .fetch_all(&self.reader)
                .await
                .map_err(failed())?;
        rows.iter().map(kept_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// What an outlet sent for the months from the first to the last, in the order of time.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn submissions_of(&self, outlet: &OutletId, months: &[Month], now: DateTime<Utc>) -> Result<Vec<KeptSubmission>> {
        let failed = || doing(format!("list what {outlet} sent"));
        let (Some(first), Some(last)) = (months.iter().min(), months.iter().max()) else { return Ok(Vec::new()) };
        let rows = sqlx::query(select_submission!(
            "WHERE d.outlet = $2 AND d.month >= $3 AND d.month <= $4 AND d.at <= $1 ORDER BY d.id LIMIT $5"
        ))
        .bind(secs(now))
        .bind(outlet.as_str())
        .bind(first.to_string())
        .bind(last.to_string())
        .bind(WAITING_MAX)
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        rows.iter().map(kept_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// One submission.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn submission(&self, id: i64, now: DateTime<Utc>) -> Result<Option<KeptSubmission>> {
        let failed = || doing(format!("look up submission {id}"));
        let row = sqlx::query(select_submission!("WHERE d.id = $2"))
            .bind(secs(now))
            .bind(id)
            .fetch_optional(&self.reader)
            .await
            .map_err(failed())?;
        row.as_ref().map(kept_of).transpose().map_err(failed())
    }

    /// What came by a link.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn submission_by(&self, link: &str, now: DateTime<Utc>) -> Result<Option<KeptSubmission>> {
        let failed = || doing("look up what came by a link");
        let row = sqlx::query(select_submission!("WHERE d.link = $2"))
            .bind(secs(now))
            .bind(link)
            .fetch_optional(&self.reader)
            .await
            .map_err(failed())?;
        row.as_ref().map(kept_of).transpose().map_err(failed())
    }
}

async fn is_open(tx: &mut Transaction<'static, Any>, id: i64) -> std::result::Result<bool, sqlx::Error> {
    let row =
        sqlx::query("SELECT d.id FROM submission d WHERE d.id = $1 AND NOT EXISTS (SELECT 1 FROM settlement s WHERE s.submission = d.id)");
    Ok(row.bind(id).fetch_optional(&mut **tx).await?.is_some())
}

fn submission_row(it: &Submission, link: &str) -> Insert<'static> {
    sqlx::query(
        "INSERT INTO submission (outlet, month, url, file_name, file_digest, note, sender, link, officer, at, audit) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
    )
    .bind(it.outlet.to_string())
    .bind(it.month.to_string())
    .bind(it.url.as_ref().map(Url::to_string))
    .bind(it.file.as_ref().map(|it| it.name.to_string()))
    .bind(it.file.as_ref().map(|it| it.sha256.clone()))
    .bind(it.note.as_ref().map(Statement::to_string))
    .bind(it.sender.to_string())
    .bind(link.to_owned())
}

fn settlement_row(it: &Settlement) -> Insert<'static> {
    sqlx::query(
        "INSERT INTO settlement (submission, outcome, article, reason, officer, at, audit) VALUES ($1, $2, $3, $4, $5, $6, $7) \
         RETURNING id",
    )
    .bind(it.submission)
    .bind(it.outcome.as_str())
    .bind(it.outcome.article())
    .bind(it.reason.to_string())
}

pub(super) fn submission_of(row: &AnyRow) -> std::result::Result<Submission, sqlx::Error> {
    let words = |column: &str| row.try_get::<Option<String>, _>(column)?.map(|it| decoded(it.parse::<Statement>())).transpose();
    let url: Option<String> = row.try_get("url")?;
    let file =
        words("file_name")?.zip(row.try_get::<Option<String>, _>("file_digest")?).map(|(name, sha256)| AttachedFile { name, sha256 });
    Ok(Submission {
        outlet: decoded(row.try_get::<String, _>("outlet")?.parse())?,
        month: decoded(row.try_get::<String, _>("month")?.parse())?,
        url: url.map(|it| decoded(it.parse())).transpose()?,
        file,
        note: words("note")?,
        sender: decoded(row.try_get::<String, _>("sender")?.parse())?,
    })
}

pub(super) fn settlement_of(row: &AnyRow) -> std::result::Result<Settlement, sqlx::Error> {
    Ok(Settlement {
        submission: row.try_get("submission")?,
        outcome: outcome_of(row)?,
        reason: decoded(row.try_get::<String, _>("reason")?.parse())?,
    })
}

fn outcome_of(row: &AnyRow) -> std::result::Result<Outcome, sqlx::Error> {
    let (word, article): (String, Option<i64>) = (row.try_get("outcome")?, row.try_get("article")?);
    Outcome::of(&word, article).ok_or_else(|| sqlx::Error::Decode(format!("`{word}` is no outcome of a submission").into()))
}

fn decided_of(row: &AnyRow) -> std::result::Result<Decided<Submission>, sqlx::Error> {
    let (_, by, at) = recorded_of(row)?;
    Ok(Decided { id: row.try_get("id")?, what: submission_of(row)?, by, at, withdrawn: None })
}

fn kept_of(row: &AnyRow) -> std::result::Result<KeptSubmission, sqlx::Error> {
    let submission = decided_of(row)?;
    let settled = match row.try_get::<Option<i64>, _>("s_id")? {
        None => None,
        Some(id) => {
            let reason = decoded(row.try_get::<String, _>("reason")?.parse())?;
            let what = Settlement { submission: submission.id, outcome: outcome_of(row)?, reason };
            let at = super::super::instant(row.try_get("s_at")?);
            Some(Decided { id, what, by: row.try_get("s_officer")?, at, withdrawn: None })
        }
    };
    Ok(KeptSubmission { submission, settled })
}
