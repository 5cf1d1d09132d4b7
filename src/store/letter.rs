//! Official letters: what was drafted, approved, issued or dropped, and by whom.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use sqlx::{Any, Row, Transaction, any::AnyRow};

use super::{
    Result, Store,
    audit::{Entry, NOTHING, Place},
    decoded, doing, encoded, instant, optional_instant, secs,
};
use crate::domain::{audit::Act, letter::LetterState, month::Month, outlet::OutletId};

/// A letter as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub id: i64,
    pub month: Month,
    pub outlets: Vec<OutletId>,
    pub state: LetterState,
    pub made: (String, DateTime<Utc>),
    pub approved: Option<(String, DateTime<Utc>)>,
    pub files: Option<LetterFiles>,
    /// Its number and day.
    pub issued: Option<(i64, NaiveDate)>,
}

/// What was approved, by the digests under which the bytes are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LetterFiles {
    pub docx: String,
    pub pdf: String,
}

/// What is done to a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LetterStep {
    Approve(LetterFiles),
    Issue(u32, NaiveDate),
    Drop,
}

impl Store {
    /// Keeps a draft; says its number.
    ///
    /// # Errors
    /// Where the database fails; then nothing is kept.
    pub async fn draft_letter(&self, month: Month, outlets: &[OutletId], by: &str, now: DateTime<Utc>) -> Result<i64> {
        let failed = || doing(format!("keep the draft of a letter for {month}"));
        let mut tx = self.write().await.map_err(failed())?;
        let place = Place::take(&mut tx).await.map_err(failed())?;
        let id = insert_draft(&mut tx, month, outlets, by, now).await.map_err(failed())?;
        let after = encoded(&outlets).map_err(failed())?;
        let entry = Entry { at: now, by, act: Act::LetterHandled, subject: format!("letter {id}"), before: NOTHING.to_owned(), after };
        place.write(&mut tx, entry).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(id)
    }

    /// Takes a letter a step on; `false` where it is in no state for that.
    ///
    /// # Errors
    /// Where the database fails; then nothing is changed.
    pub async fn advance_letter(&self, id: i64, step: &LetterStep, by: &str, now: DateTime<Utc>) -> Result<bool> {
        let failed = || doing(format!("change letter {id}"));
        let (from, to) = match step {
            LetterStep::Approve(_) => ("draft", LetterState::Approved),
            LetterStep::Issue(..) => ("approved", LetterState::Issued),
            LetterStep::Drop => ("draft", LetterState::Dropped),
        };
        let mut tx = self.write().await.map_err(failed())?;
        let place = Place::take(&mut tx).await.map_err(failed())?;
        let changed = sqlx::query("UPDATE letter SET state = $1 WHERE id = $2 AND (state = $3 OR ($1 = 'dropped' AND state = 'approved'))")
            .bind(to.as_str())
            .bind(id)
            .bind(from)
            .execute(&mut *tx)
            .await
            .map_err(failed())?;
        if changed.rows_affected() == 0 {
            return Ok(false);
        }
        let after = match step {
            LetterStep::Approve(files) => {
                let kept = sqlx::query("UPDATE letter SET approved_by = $1, approved_at = $2, docx = $3, pdf = $4 WHERE id = $5");
                let kept = kept.bind(by).bind(secs(now)).bind(files.docx.as_str()).bind(files.pdf.as_str()).bind(id);
                kept.execute(&mut *tx).await.map_err(failed())?;
                encoded(files).map_err(failed())?
            }
            LetterStep::Issue(number, day) => {
                let kept = sqlx::query("UPDATE letter SET number = $1, issued_on = $2 WHERE id = $3");
                kept.bind(i64::from(*number)).bind(day.to_string()).bind(id).execute(&mut *tx).await.map_err(failed())?;
                encoded(&(number, day)).map_err(failed())?
            }
            LetterStep::Drop => "\"dropped\"".to_owned(),
        };
        let before = format!("\"{from}\"");
        let entry = Entry { at: now, by, act: Act::LetterHandled, subject: format!("letter {id}"), before, after };
        place.write(&mut tx, entry).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(true)
    }

    /// The letters, the newest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn letters(&self, skip: u32, limit: u32) -> Result<Vec<Letter>> {
        let failed = || doing("list the letters");
        let rows = sqlx::query("SELECT * FROM letter ORDER BY id DESC LIMIT $1 OFFSET $2")
            .bind(i64::from(limit))
            .bind(i64::from(skip))
            .fetch_all(&self.reader)
            .await
            .map_err(failed())?;
        rows.iter().map(letter_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// One letter.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn letter(&self, id: i64) -> Result<Option<Letter>> {
        let failed = || doing(format!("look up letter {id}"));
        let row = sqlx::query("SELECT * FROM letter WHERE id = $1").bind(id).fetch_optional(&self.reader).await.map_err(failed())?;
        row.as_ref().map(letter_of).transpose().map_err(failed())
    }

    /// The letters that were ever drafted for a month, the oldest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn letters_of(&self, month: Month) -> Result<Vec<Letter>> {
        let failed = || doing(format!("list the letters for {month}"));
        let rows = sqlx::query("SELECT * FROM letter WHERE month = $1 ORDER BY id").bind(month.to_string());
        let rows = rows.fetch_all(&self.reader).await.map_err(failed())?;
        rows.iter().map(letter_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// How many drafts wait for approval.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn count_drafts(&self) -> Result<usize> {
        let row = sqlx::query("SELECT COUNT(*) AS found FROM letter WHERE state = 'draft'").fetch_one(&self.reader).await;
        let found: i64 = row.and_then(|it| it.try_get("found")).map_err(doing("count the drafts of letters"))?;
        Ok(usize::try_from(found).unwrap_or(0))
    }
}

async fn insert_draft(
    tx: &mut Transaction<'static, Any>,
    month: Month,
    outlets: &[OutletId],
    by: &str,
    now: DateTime<Utc>,
) -> std::result::Result<i64, sqlx::Error> {
    let query = sqlx::query("INSERT INTO letter (month, outlets, state, made_by, made_at) VALUES ($1, $2, 'draft', $3, $4) RETURNING id");
    let query = query.bind(month.to_string()).bind(encoded(&outlets)?).bind(by).bind(secs(now));
    query.fetch_one(&mut **tx).await?.try_get("id")
}

fn letter_of(row: &AnyRow) -> std::result::Result<Letter, sqlx::Error> {
    let text = |column: &str| row.try_get::<Option<String>, _>(column);
    let files = text("docx")?.zip(text("pdf")?).map(|(docx, pdf)| LetterFiles { docx, pdf });
    let day: Option<NaiveDate> = text("issued_on")?.map(|it| decoded(it.parse())).transpose()?;
    Ok(Letter {
        id: row.try_get("id")?,
        month: decoded(row.try_get::<String, _>("month")?.parse())?,
        outlets: decoded(serde_json::from_str(&row.try_get::<String, _>("outlets")?))?,
        state: decoded(row.try_get::<String, _>("state")?.parse())?,
        made: (row.try_get("made_by")?, instant(row.try_get("made_at")?)),
        approved: text("approved_by")?.zip(optional_instant(row, "approved_at")?),
        files,
        issued: row.try_get::<Option<i64>, _>("number")?.zip(day),
    })
}
