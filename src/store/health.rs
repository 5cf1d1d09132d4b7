//! How sources fared: the last good visit, since when they are broken, their outcomes, and single visits.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::{Row, any::AnyRow};
use url::Url;

use super::{Result, Store, decoded, doing, instant, optional_instant, secs};
use crate::domain::{article::Rejection, coverage::GapReason, outlet::OutletId, visit::Outcome};

/// How a source fared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Health {
    /// `None` where nobody visited it.
    pub last_outcome: Option<Outcome>,
    pub last_good: Option<DateTime<Utc>>,
    /// The first failure since the last good visit; `None` where the last one was good.
    pub broken_since: Option<DateTime<Utc>>,
    /// Failures in a row.
    pub failures: u32,
    pub next_visit: Option<DateTime<Utc>>,
    /// The last instant up to which it certified.
    pub certified_to: Option<DateTime<Utc>>,
}

/// A visit as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedVisit {
    pub id: i64,
    pub source: String,
    pub at: DateTime<Utc>,
    pub outcome: Outcome,
    pub detail: String,
    pub in_document: u64,
    pub new: u64,
    pub known: u64,
    pub rejected: BTreeMap<Rejection, u64>,
    pub certified: bool,
    pub gap: Option<GapReason>,
}

/// Failures in a row after which a source counts as down.
const DOWN_FAILURES: i64 = 3;

impl Store {
    /// How a source fared up to `now`.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn health(&self, outlet: &OutletId, source: &Url, now: DateTime<Utc>) -> Result<Health> {
        let failed = || doing(format!("look how {source} fared"));
        let row = sqlx::query("SELECT last_outcome, failures, next_visit, certified_to FROM source WHERE outlet = $1 AND url = $2")
            .bind(outlet.as_str())
            .bind(source.as_str())
            .fetch_optional(&self.reader)
            .await
            .map_err(failed())?;
        let mut health = row.as_ref().map(health_of).transpose().map_err(failed())?.unwrap_or_default();
        let good = sqlx::query(
            "SELECT at FROM visit WHERE outlet = $1 AND source = $2 AND at <= $3 AND outcome IN ('fresh', 'unchanged', 'empty') \
             ORDER BY at DESC LIMIT 1",
        );
        health.last_good = self.first_instant(good, outlet, source, now).await.map_err(failed())?;
        if health.last_outcome.is_some_and(|it| !it.has_seen()) {
            let bad = sqlx::query("SELECT at FROM visit WHERE outlet = $1 AND source = $2 AND at > $3 ORDER BY at LIMIT 1");
            let since = health.last_good.unwrap_or(DateTime::UNIX_EPOCH);
            health.broken_since = self.first_instant(bad, outlet, source, since).await.map_err(failed())?;
        }
        Ok(health)
    }

    /// The sources, by outlet and address, that failed at every visit for some time.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn sources_down(&self) -> Result<Vec<(String, String)>> {
        let failed = || doing("list the sources that are down");
        let rows = sqlx::query(
            "SELECT outlet, url FROM source WHERE failures >= $1 AND last_outcome NOT IN ('fresh', 'unchanged', 'empty') \
             ORDER BY outlet, url LIMIT 1000",
        )
        .bind(DOWN_FAILURES)
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        rows.iter().map(|it| Ok((it.try_get("outlet")?, it.try_get("url")?))).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    async fn first_instant<'q>(
        &self,
        query: sqlx::query::Query<'q, sqlx::Any, sqlx::any::AnyArguments>,
        outlet: &OutletId,
        source: &Url,
        at: DateTime<Utc>,
    ) -> std::result::Result<Option<DateTime<Utc>>, sqlx::Error> {
        let query = query.bind(outlet.as_str().to_owned()).bind(source.as_str().to_owned()).bind(secs(at));
        query.fetch_optional(&self.reader).await?.map(|it| it.try_get("at").map(instant)).transpose()
    }

    /// The outcomes of the visits to a source from an instant on, oldest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn outcomes(&self, outlet: &OutletId, source: &Url, since: DateTime<Utc>) -> Result<Vec<(DateTime<Utc>, Outcome)>> {
        let failed = || doing(format!("list the outcomes of {source}"));
        let rows = sqlx::query("SELECT at, outcome FROM visit WHERE outlet = $1 AND source = $2 AND at >= $3 ORDER BY at")
            .bind(outlet.as_str())
            .bind(source.as_str())
            .bind(secs(since))
            .fetch_all(&self.reader)
            .await
            .map_err(failed())?;
        let read = |row: &AnyRow| Ok((instant(row.try_get("at")?), decoded(row.try_get::<String, _>("outcome")?.parse())?));
        rows.iter().map(read).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// The last visits to the sources of an outlet, those before the visit `before` where it is given; newest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn visits(&self, outlet: &OutletId, before: Option<i64>, limit: u32) -> Result<Vec<ListedVisit>> {
        let failed = || doing(format!("list the visits to {outlet}"));
        let rows = sqlx::query(
            "SELECT id, source, at, outcome, detail, in_document, new, known, rejected, certified_from, gap_why FROM visit \
             WHERE outlet = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        )
        .bind(outlet.as_str())
        .bind(before.unwrap_or(i64::MAX))
        .bind(i64::from(limit))
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        rows.iter().map(visit_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }
}

fn health_of(row: &AnyRow) -> std::result::Result<Health, sqlx::Error> {
    let outcome: Option<String> = row.try_get("last_outcome")?;
    Ok(Health {
        last_outcome: outcome.map(|it| decoded(it.parse())).transpose()?,
        failures: u32::try_from(row.try_get::<i64, _>("failures")?).unwrap_or(u32::MAX),
        next_visit: Some(instant(row.try_get("next_visit")?)),
        certified_to: optional_instant(row, "certified_to")?,
        ..Health::default()
    })
}

fn visit_of(row: &AnyRow) -> std::result::Result<ListedVisit, sqlx::Error> {
    let count = |name: &str| row.try_get::<i64, _>(name).map(|it| u64::try_from(it).unwrap_or(0));
    let gap: Option<String> = row.try_get("gap_why")?;
    Ok(ListedVisit {
        id: row.try_get("id")?,
        source: row.try_get("source")?,
        at: instant(row.try_get("at")?),
        outcome: decoded(row.try_get::<String, _>("outcome")?.parse())?,
        detail: row.try_get("detail")?,
        in_document: count("in_document")?,
        new: count("new")?,
        known: count("known")?,
        rejected: decoded(serde_json::from_str(&row.try_get::<String, _>("rejected")?))?,
        certified: optional_instant(row, "certified_from")?.is_some(),
        gap: gap.map(|it| decoded(it.parse())).transpose()?,
    })
}
