//! Acts of officers that bear a time which has not come: the clock ran ahead when they were made. None may be lost, and none may
//! accuse anybody.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Row, any::AnyRow};

use super::{
    super::{Result, Store, doing, instant, masks_of, secs},
    LISTED_MAX,
    rows::off_web_of,
};
use crate::domain::{
    month::{Month, Span},
    officer::{ActAhead, SaidAhead},
    outlet::OutletId,
    privacy::mask,
};

/// Clocks of workers that share a database may differ by this much.
const SLACK: TimeDelta = TimeDelta::minutes(2);

impl Store {
    /// Notes the acts that bear a time after `now`, for whoever reads the present clock; says how many are new. From then on
    /// evidence among them counts as it was said. What vouches for a time (confirmations and hand checks) has no force any more:
    /// nobody knows when it was truly made. Nothing is noted where it is the present clock that is wrong.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn note_said_ahead(&self, now: DateTime<Utc>) -> Result<u64> {
        if self.is_slow(now).await? {
            return Ok(0);
        }
        sqlx::query("INSERT INTO said_ahead (audit, found) SELECT number, $1 FROM audit WHERE at > $2 ON CONFLICT (audit) DO NOTHING")
            .bind(secs(now))
            .bind(secs(now + SLACK))
            .execute(&self.writer)
            .await
            .map(|it| it.rows_affected())
            .map_err(doing(format!("note what officers said for times after {now}")))
    }

    /// Evidence and rulings that bear on an outlet's month and are not in force at `now`, since they bear a later time. What was
    /// taken back or ruled on anew since is left out.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn said_ahead(&self, outlet: &OutletId, month: Month, span: Span, now: DateTime<Utc>) -> Result<Vec<SaidAhead>> {
        let failed = || doing(format!("list what was said ahead of time on {outlet} for {month}"));
        let items = sqlx::query(concat!(
            select_row!("off_web"),
            "WHERE d.outlet = $2 AND d.month = $3 AND d.at > $1 \
             AND NOT EXISTS (SELECT 1 FROM said_ahead h WHERE h.audit = d.audit AND h.found <= $1) \
             AND NOT EXISTS (SELECT 1 FROM withdrawal w WHERE w.kind = 'off-web' AND w.item = d.id) ORDER BY d.id LIMIT $4"
        ))
        .bind(secs(now))
        .bind(outlet.as_str())
        .bind(month.to_string())
        .bind(LISTED_MAX)
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        let rulings = sqlx::query(
            "SELECT d.officer, d.at, a.url, a.title, a.privacy FROM ruling d JOIN article a ON a.id = d.article \
             WHERE a.outlet = $2 AND d.at > $1 AND (d.month = $3 OR (a.date_from < $4 AND a.date_to >= $5)) \
             AND d.audit = (SELECT MAX(l.audit) FROM ruling l WHERE l.article = d.article) \
             AND NOT (d.decision = 'counts' AND EXISTS (SELECT 1 FROM said_ahead h WHERE h.audit = d.audit AND h.found <= $1)) \
             ORDER BY d.audit LIMIT $6",
        )
        .bind(secs(now))
        .bind(outlet.as_str())
        .bind(month.to_string())
        .bind(secs(span.to))
        .bind(secs(span.from))
        .bind(LISTED_MAX)
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        let item = |row: &AnyRow| {
            let it = off_web_of(row)?;
            Ok(SaidAhead { url: it.reference(), title: it.what.title.to_string(), by: it.by, at: it.at })
        };
        let ruling = |row: &AnyRow| {
            let title: String = row.try_get("title")?;
            let title = mask(&title, &masks_of(row)?);
            Ok(SaidAhead { url: row.try_get("url")?, title, by: row.try_get("officer")?, at: instant(row.try_get("at")?) })
        };
        items.iter().map(item).chain(rulings.iter().map(ruling)).collect::<std::result::Result<_, sqlx::Error>>().map_err(failed())
    }

    /// The acts that bear a time after `now`, and those that have no force since they bore one and were not taken back.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn acts_ahead(&self, now: DateTime<Utc>) -> Result<Vec<ActAhead>> {
        let failed = || doing(format!("list the acts of officers that bear a time after {now}"));
        let rows = sqlx::query(
            "SELECT a.number, a.officer, a.what, a.subject, a.at, CASE WHEN v.audit IS NULL THEN 0 ELSE 1 END AS void FROM audit a \
             LEFT JOIN (SELECT d.audit FROM confirmation d JOIN said_ahead h ON h.audit = d.audit WHERE NOT EXISTS \
             (SELECT 1 FROM withdrawal w WHERE w.kind = 'confirmation' AND w.item = d.id) \
             UNION ALL SELECT d.audit FROM hand_check d JOIN said_ahead h ON h.audit = d.audit WHERE NOT EXISTS \
             (SELECT 1 FROM withdrawal w WHERE w.kind = 'hand-check' AND w.item = d.id)) v ON v.audit = a.number \
             WHERE a.at > $1 OR v.audit IS NOT NULL ORDER BY a.number LIMIT $2",
        )
        .bind(secs(now))
        .bind(LISTED_MAX)
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        let read = |row: &AnyRow| {
            Ok(ActAhead {
                number: row.try_get("number")?,
                by: row.try_get("officer")?,
                what: row.try_get("what")?,
                subject: row.try_get("subject")?,
                at: instant(row.try_get("at")?),
                void: row.try_get::<i64, _>("void")? != 0,
            })
        };
        rows.iter().map(read).collect::<std::result::Result<_, sqlx::Error>>().map_err(failed())
    }
}
