//! Rules on outlets' clocks: found, applied, withdrawn; each change weighs the outlet's dates again in the same transaction.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sqlx::{Any, Row, Transaction, any::AnyRow};

use super::{Result, Store, article::Dates, decoded, doing, encoded, instant, optional_instant, secs};
use crate::domain::{
    clock::{ClockDiff, ClockFigures, ClockKey, ClockRule, DatePlace, MonthMove, RuleState},
    date::{DateEvidence, DateStanding, RuleName},
    outlet::OutletId,
};

/// A rule as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRule {
    pub outlet: String,
    pub rule: ClockRule,
    pub figures: ClockFigures,
    /// Whether nothing else looks like it.
    pub firm: bool,
    pub proposed_at: DateTime<Utc>,
    /// Oldest first.
    pub changes: Vec<RuleChange>,
}

/// One change of a rule's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleChange {
    pub state: RuleState,
    pub at: DateTime<Utc>,
    pub by: String,
    pub reason: String,
    pub moved: Vec<MonthMove>,
}

/// A rule that is to be recorded.
#[derive(Debug, Clone, Copy)]
pub struct NewRule<'a> {
    pub outlet: &'a OutletId,
    pub key: ClockKey,
    pub minutes: i64,
    pub since: Option<DateTime<Utc>>,
    pub figures: &'a ClockFigures,
    pub firm: bool,
}

/// Who changes a rule's state, to what, when and why.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'a> {
    pub state: RuleState,
    pub at: DateTime<Utc>,
    pub by: &'a str,
    pub reason: &'a str,
}

/// The dates of one article.
#[derive(Debug, Clone)]
pub struct DatedArticle {
    pub first_seen: DateTime<Utc>,
    pub not_before: DateTime<Utc>,
    pub evidence: Vec<DateEvidence>,
}

/// Whether a change is kept or only looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    Kept,
    DryRun,
}

/// Articles weighed again at a time.
const BATCH: i64 = 500;

impl Store {
    /// All rules with their changes, those of one outlet where one is named.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn clock_rules(&self, outlet: Option<&OutletId>) -> Result<Vec<StoredRule>> {
        let failed = || doing("load the clock rules");
        let rows = sqlx::query(
            "SELECT id, outlet, date_source, label, minutes, since, version, figures, firm, state, proposed_at FROM clock_rule \
             WHERE $1 = '' OR outlet = $1 ORDER BY outlet, id",
        )
        .bind(outlet.map_or("", |it| it.as_str()))
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        let mut rules: Vec<StoredRule> = rows.iter().map(stored_rule_of).collect::<std::result::Result<_, _>>().map_err(failed())?;
        for it in &mut rules {
            let changes = sqlx::query("SELECT state, at, by_whom, reason, moved FROM clock_change WHERE rule = $1 ORDER BY id")
                .bind(it.rule.name.id)
                .fetch_all(&self.reader)
                .await
                .map_err(failed())?;
            it.changes = changes.iter().map(change_of).collect::<std::result::Result<_, _>>().map_err(failed())?;
        }
        Ok(rules)
    }

    /// The dates of an outlet's articles that were first seen within some time, newest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn dated_articles(&self, outlet: &OutletId, from: DateTime<Utc>, to: DateTime<Utc>, limit: u32) -> Result<Vec<DatedArticle>> {
        let failed = || doing(format!("load the dates of {outlet}"));
        let rows = sqlx::query(
            "SELECT first_seen, not_before, dates FROM article WHERE outlet = $1 AND first_seen >= $2 AND first_seen <= $3 \
             ORDER BY first_seen DESC, id DESC LIMIT $4",
        )
        .bind(outlet.as_str())
        .bind(secs(from))
        .bind(secs(to))
        .bind(i64::from(limit))
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        let read = |row: &AnyRow| {
            Ok(DatedArticle {
                first_seen: instant(row.try_get("first_seen")?),
                not_before: instant(row.try_get("not_before")?),
                evidence: decoded(serde_json::from_str(&row.try_get::<String, _>("dates")?))?,
            })
        };
        rows.iter().map(read).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// Records a new rule in the decision's state and weighs the outlet's dates by it. `None` where a proposal for the same
    /// dates is open already.
    ///
    /// # Errors
    /// Where the database fails; then nothing is changed.
    pub async fn record_clock_rule(&self, new: &NewRule<'_>, decision: &Decision<'_>, zone: Tz) -> Result<Option<(RuleName, ClockDiff)>> {
        let failed = || doing(format!("record a clock rule of {}", new.outlet));
        let mut tx = self.write().await.map_err(failed())?;
        let earlier = rules_of(&mut tx, new.outlet.as_str()).await.map_err(failed())?;
        let same = || earlier.iter().filter(|it| it.key == new.key);
        if same().any(|it| it.state == RuleState::Proposed) {
            return Ok(None);
        }
        let version = same().map(|it| it.name.version).max().unwrap_or(0) + 1;
        let row = sqlx::query(
            "INSERT INTO clock_rule (outlet, date_source, label, minutes, since, version, figures, firm, state, proposed_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
        )
        .bind(new.outlet.as_str())
        .bind(new.key.from.as_str())
        .bind(new.key.label.as_str())
        .bind(new.minutes)
        .bind(new.since.map(secs))
        .bind(version)
        .bind(encoded(new.figures).map_err(failed())?)
        .bind(i64::from(new.firm))
        .bind(decision.state.as_str())
        .bind(secs(decision.at))
        .fetch_one(&mut *tx)
        .await
        .map_err(failed())?;
        let name = RuleName { id: row.try_get("id").map_err(failed())?, version };
        let diff = weigh_again(&mut tx, new.outlet.as_str(), zone).await.map_err(failed())?;
        insert_change(&mut tx, name.id, decision, &diff).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(Some((name, diff)))
    }

    /// Changes a rule's state and weighs its outlet's dates again; says which articles move. A dry run leaves everything as it
    /// was. `None` where there is no such rule, or it is in that state already.
    ///
    /// # Errors
    /// Where the database fails; then nothing is changed.
    pub async fn change_clock_rule(&self, id: i64, decision: &Decision<'_>, keep: Keep, zone: Tz) -> Result<Option<ClockDiff>> {
        let failed = || doing(format!("change clock rule {id} to {}", decision.state.as_str()));
        let mut tx = self.write().await.map_err(failed())?;
        let row = sqlx::query("UPDATE clock_rule SET state = $1 WHERE id = $2 AND state <> $1 RETURNING outlet")
            .bind(decision.state.as_str())
            .bind(id)
            .fetch_optional(&mut *tx)
            .await
            .map_err(failed())?;
        let Some(row) = row else { return Ok(None) };
        let outlet: String = row.try_get("outlet").map_err(failed())?;
        let diff = weigh_again(&mut tx, &outlet, zone).await.map_err(failed())?;
        match keep {
            Keep::DryRun => tx.rollback().await.map_err(failed())?,
            Keep::Kept => {
                insert_change(&mut tx, id, decision, &diff).await.map_err(failed())?;
                tx.commit().await.map_err(failed())?;
            }
        }
        Ok(Some(diff))
    }
}

/// The rules on an outlet's clocks as they stand within a transaction.
pub(super) async fn rules_of(tx: &mut Transaction<'static, Any>, outlet: &str) -> std::result::Result<Vec<ClockRule>, sqlx::Error> {
    let rows = sqlx::query("SELECT id, date_source, label, minutes, since, version, state FROM clock_rule WHERE outlet = $1 ORDER BY id")
        .bind(outlet)
        .fetch_all(&mut **tx)
        .await?;
    rows.iter().map(rule_of).collect()
}

/// Weighs all dates of an outlet by its rules as they stand now.
async fn weigh_again(tx: &mut Transaction<'static, Any>, outlet: &str, zone: Tz) -> std::result::Result<ClockDiff, sqlx::Error> {
    let rules = rules_of(tx, outlet).await?;
    let mut diff = ClockDiff::default();
    let mut last = 0;
    loop {
        let rows = sqlx::query(
            "SELECT id, dates, published, date_standing, date_from, date_to, first_seen, not_before, judgement FROM article \
             WHERE outlet = $1 AND id > $2 AND NOT (state = 'gone' AND unread_why = 'foreign_host') ORDER BY id LIMIT $3",
        )
        .bind(outlet)
        .bind(last)
        .bind(BATCH)
        .fetch_all(&mut **tx)
        .await?;
        if rows.is_empty() {
            return Ok(diff);
        }
        for row in &rows {
            last = row.try_get("id")?;
            let before: Vec<DateEvidence> = decoded(serde_json::from_str(&row.try_get::<String, _>("dates")?))?;
            let seen = (instant(row.try_get("first_seen")?), instant(row.try_get("not_before")?));
            let dates = Dates::decide(before.clone(), &rules, seen.0, seen.1, zone);
            if dates.evidence == before {
                continue;
            }
            diff.add(place_of(row, zone)?, dates.place(zone), row.try_get::<String, _>("judgement")? != "unrelated");
            dates.save(tx, last).await?;
        }
    }
}

fn place_of(row: &AnyRow, zone: Tz) -> std::result::Result<DatePlace, sqlx::Error> {
    let standing = match row.try_get::<String, _>("date_standing")?.as_str() {
        "sure" => DateStanding::Sure,
        "straddles" => DateStanding::Straddles { earliest: instant(row.try_get("date_from")?), latest: instant(row.try_get("date_to")?) },
        _ => DateStanding::Undated,
    };
    Ok(DatePlace::of(standing, optional_instant(row, "published")?, zone))
}

async fn insert_change(
    tx: &mut Transaction<'static, Any>,
    rule: i64,
    decision: &Decision<'_>,
    diff: &ClockDiff,
) -> std::result::Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO clock_change (rule, state, at, by_whom, reason, moved) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(rule)
        .bind(decision.state.as_str())
        .bind(secs(decision.at))
        .bind(decision.by)
        .bind(decision.reason)
        .bind(encoded(&diff.moves())?)
        .execute(&mut **tx)
        .await
        .map(drop)
}

fn rule_of(row: &AnyRow) -> std::result::Result<ClockRule, sqlx::Error> {
    let text = |column: &str| row.try_get::<String, _>(column);
    Ok(ClockRule {
        name: RuleName { id: row.try_get("id")?, version: row.try_get("version")? },
        key: ClockKey { from: decoded(text("date_source")?.parse())?, label: decoded(text("label")?.parse())? },
        minutes: row.try_get("minutes")?,
        since: optional_instant(row, "since")?,
        state: decoded(text("state")?.parse())?,
    })
}

fn stored_rule_of(row: &AnyRow) -> std::result::Result<StoredRule, sqlx::Error> {
    Ok(StoredRule {
        outlet: row.try_get("outlet")?,
        rule: rule_of(row)?,
        figures: decoded(serde_json::from_str(&row.try_get::<String, _>("figures")?))?,
        firm: row.try_get::<i64, _>("firm")? != 0,
        proposed_at: instant(row.try_get("proposed_at")?),
        changes: Vec::new(),
    })
}

fn change_of(row: &AnyRow) -> std::result::Result<RuleChange, sqlx::Error> {
    Ok(RuleChange {
        state: decoded(row.try_get::<String, _>("state")?.parse())?,
        at: instant(row.try_get("at")?),
        by: row.try_get("by_whom")?,
        reason: row.try_get("reason")?,
        moved: decoded(serde_json::from_str(&row.try_get::<String, _>("moved")?))?,
    })
}
