//! The audit log as text and as JSON, and whether it holds.

use chrono::{DateTime, FixedOffset};
use serde::Serialize;

use super::{End, print_json};
use crate::{
    app::App,
    domain::audit::{Act, AuditRow},
};

/// Rows asked for at a time.
const ROWS: u32 = 500;

#[derive(Serialize)]
struct ShownRow<'a> {
    number: i64,
    at: DateTime<FixedOffset>,
    by: &'a str,
    what: &'a str,
    subject: &'a str,
    before: serde_json::Value,
    after: serde_json::Value,
    previous: &'a str,
    digest: &'a str,
}

#[derive(Serialize)]
struct Verified {
    /// How many rows hold, where all do.
    rows: Option<i64>,
    broken: Option<ShownBreak>,
}

#[derive(Serialize)]
struct ShownBreak {
    row: i64,
    why: &'static str,
}

/// Shows the audit log, one row a line, or says whether it holds.
pub(super) async fn audit(app: &App, json: bool, verify: bool) -> anyhow::Result<End> {
    if verify {
        return verify_audit(app, json).await;
    }
    let mut last = 0;
    loop {
        let rows = app.line.store.audit_after(last, ROWS).await?;
        let Some(end) = rows.last() else { return Ok(End::Done) };
        last = end.number;
        for row in &rows {
            print_row(app, row, json)?;
        }
    }
}

fn print_row(app: &App, row: &AuditRow, json: bool) -> anyhow::Result<()> {
    let at = row.at.with_timezone(&app.line.zone).fixed_offset();
    if json {
        let value = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| text.into());
        return print_json(&ShownRow {
            number: row.number,
            at,
            by: &row.by,
            what: &row.what,
            subject: &row.subject,
            before: value(&row.before),
            after: value(&row.after),
            previous: &row.previous,
            digest: &row.digest,
        });
    }
    let what = row.what.parse::<Act>().map_or(row.what.as_str(), |it| it.label());
    println!("{:>5}  {}  {}  {what}: {}\n       {}", row.number, at.format("%d/%m/%Y %H:%M"), row.by, row.subject, row.after);
    Ok(())
}

async fn verify_audit(app: &App, json: bool) -> anyhow::Result<End> {
    let held = app.line.store.verify_audit().await?;
    if json {
        let broken = held.err().map(|it| ShownBreak { row: it.number, why: it.flaw.as_str() });
        print_json(&Verified { rows: held.ok(), broken })?;
    } else {
        match held {
            Ok(rows) => println!("Nhật ký nguyên vẹn: {rows} dòng"),
            Err(broken) => println!("Nhật ký không nguyên vẹn, dòng {}: {}", broken.number, broken.flaw.label()),
        }
    }
    Ok(if held.is_ok() { End::Done } else { End::Failed })
}
