//! Rows of officers' decisions, read back as what was decided.

use chrono::{DateTime, Utc};
use sqlx::{Row, any::AnyRow};

use super::super::{decoded, instant, optional_instant};
use crate::domain::{
    confirmation::Confirmation,
    hand_check::{HandCheck, HandWitness},
    month::{Month, Span},
    off_web::{AttachedFile, OffWeb},
    officer::{Decided, Item, Statement, Withdrawal, Withdrawn},
    ruling::{Decision, Ruling},
};

type Read<T> = Result<T, sqlx::Error>;

pub(super) fn ruling_of(row: &AnyRow) -> Read<Decided<Ruling>> {
    let month = row.try_get::<Option<String>, _>("month")?.map(|it| decoded(it.parse())).transpose()?;
    let what = Ruling {
        article: row.try_get("article")?,
        decision: decoded(Decision::of(row.try_get::<String, _>("decision")?.as_str(), month))?,
        reason: statement(row, "reason")?,
        terms: row.try_get("terms")?,
        text_digest: row.try_get("text_digest")?,
    };
    let (_, by, at) = recorded_of(row)?;
    // The next ruling takes its place; it is never taken back.
    Ok(Decided { id: row.try_get("id")?, what, by, at, withdrawn: None })
}

pub(super) fn off_web_of(row: &AnyRow) -> Read<Decided<OffWeb>> {
    let medium: String = row.try_get("medium")?;
    let seconds: Option<i64> = row.try_get("seconds")?;
    let url: Option<String> = row.try_get("url")?;
    let file = optional_statement(row, "file_name")?
        .zip(row.try_get::<Option<String>, _>("file_digest")?)
        .map(|(name, sha256)| AttachedFile { name, sha256 });
    let what = OffWeb {
        outlet: outlet(row)?,
        month: month(row)?,
        medium: decoded(medium.parse())?,
        title: statement(row, "title")?,
        programme: optional_statement(row, "programme")?,
        aired: optional_instant(row, "aired")?,
        seconds: seconds.map(|it| decoded(u32::try_from(it))).transpose()?,
        url: url.map(|it| decoded(it.parse())).transpose()?,
        file,
        note: optional_statement(row, "note")?,
    };
    decided(row, what)
}

pub(super) fn confirmation_of(row: &AnyRow) -> Read<Decided<Confirmation>> {
    let kind: String = row.try_get("kind")?;
    let listed: String = row.try_get("listed")?;
    let what = Confirmation {
        outlet: outlet(row)?,
        month: month(row)?,
        kind: decoded(kind.parse())?,
        listed: decoded(serde_json::from_str(&listed))?,
        reason: statement(row, "reason")?,
    };
    decided(row, what)
}

pub(super) fn check_of(row: &AnyRow) -> Read<Decided<HandCheck>> {
    let what = HandCheck {
        outlet: outlet(row)?,
        span: Span { from: instant(row.try_get("checked_from")?), to: instant(row.try_get("checked_to")?) },
        looked_at: statement(row, "looked_at")?,
        found: statement(row, "found")?,
    };
    decided(row, what)
}

pub(super) fn witness_of(row: &AnyRow) -> Read<HandWitness> {
    Ok(HandWitness { check: check_of(row)?, overtaken: row.try_get::<i64, _>("overtaken")? != 0 })
}

pub(super) fn withdrawal_of(row: &AnyRow) -> Read<Withdrawal> {
    let kind: String = row.try_get("kind")?;
    Ok(Withdrawal { item: decoded(Item::of(&kind, row.try_get("item")?))?, reason: statement(row, "reason")? })
}

/// The number of a decision's row in the audit log, who decided, and when.
pub(super) fn recorded_of(row: &AnyRow) -> Read<(i64, String, DateTime<Utc>)> {
    Ok((row.try_get("audit")?, row.try_get("officer")?, instant(row.try_get("at")?)))
}

fn decided<T>(row: &AnyRow, what: T) -> Read<Decided<T>> {
    let (_, by, at) = recorded_of(row)?;
    let withdrawn = match (row.try_get::<Option<String>, _>("w_officer")?, optional_instant(row, "w_at")?) {
        (Some(by), Some(at)) => Some(Withdrawn { by, at, reason: row.try_get("w_reason")? }),
        _ => None,
    };
    Ok(Decided { id: row.try_get("id")?, what, by, at, withdrawn })
}

fn outlet(row: &AnyRow) -> Read<crate::domain::outlet::OutletId> {
    decoded(row.try_get::<String, _>("outlet")?.parse())
}

fn month(row: &AnyRow) -> Read<Month> {
    decoded(row.try_get::<String, _>("month")?.parse())
}

fn statement(row: &AnyRow, column: &str) -> Read<Statement> {
    decoded(row.try_get::<String, _>(column)?.parse())
}

fn optional_statement(row: &AnyRow, column: &str) -> Read<Option<Statement>> {
    row.try_get::<Option<String>, _>(column)?.map(|it| decoded(it.parse())).transpose()
}
