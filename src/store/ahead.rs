//! What was recorded while our clock ran ahead: taken back once the clock is set right, before it hides or vouches for anything.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Any, Row, Transaction};

use super::{Result, Store, doing, instant, secs};

/// Clocks of workers that share a database may differ by this much.
const SLACK: TimeDelta = TimeDelta::minutes(2);
/// A mislabelled zone moves a date by less; a few dates are wrong for other reasons.
const DATE_SLACK: TimeDelta = TimeDelta::days(1);
const SLOW_ARTICLES_MIN: i64 = 3;
/// No pause between two tries is longer (`domain::visit::next_try`).
const PAUSE_MAX: TimeDelta = TimeDelta::days(1);

/// A source that was visited at an instant which has not come yet.
struct Ahead {
    outlet: String,
    source: String,
    /// The earliest instant since which those visits spoke.
    since: i64,
}

impl Store {
    /// Takes back what visits certified by a clock that ran ahead of `now`, and sets their times to `now`, before which they
    /// truly were made; gives the latest such time, or `None` where there is none, or where it is the present clock that is
    /// wrong.
    ///
    /// What those visits read is kept: an article first seen "tomorrow" would stay hidden until then, and a certificate up to
    /// then would cover time that nobody has seen. The next visit compares with the list that they read, and certifies or
    /// opens the whole time since the last visit before them.
    ///
    /// # Errors
    /// Where the database fails; then nothing is changed.
    pub async fn take_back_ahead(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
        let failed = || doing(format!("take back what was recorded for times after {now}"));
        let latest = sqlx::query(
            "SELECT MAX(v.at) AS latest FROM source s JOIN visit v ON v.outlet = s.outlet AND v.source = s.url WHERE v.at > $1",
        )
        .bind(secs(now + SLACK))
        .fetch_one(&self.reader)
        .await
        .and_then(|it| it.try_get::<Option<i64>, _>("latest"))
        .map_err(failed())?;
        let Some(latest) = latest else { return Ok(None) };
        if self.is_slow(now).await? {
            return Ok(None);
        }
        let mut tx = self.write().await.map_err(failed())?;
        let mut earliest = secs(now);
        for ahead in sources_ahead(&mut tx, now).await.map_err(failed())? {
            earliest = earliest.min(ahead.since);
            reset_source(&mut tx, &ahead, now).await.map_err(failed())?;
        }
        reset_articles(&mut tx, earliest, now).await.map_err(failed())?;
        for sql in [
            "UPDATE sighting SET first_seen = $1 WHERE first_seen > $1",
            // What a witness lists closes nothing beyond the time at which it was read, which is not known.
            "UPDATE repair SET gap_to = gap_from, at = $1 WHERE at > $1",
            "UPDATE verdict_change SET at = $1 WHERE at > $1",
            "UPDATE recheck SET at = $1 WHERE at > $1",
            "UPDATE backfill SET flaw = 'it was made while our clock ran ahead' WHERE begun > $1 OR ended > $1",
        ] {
            sqlx::query(sql).bind(secs(now)).execute(&mut *tx).await.map_err(failed())?;
        }
        tx.commit().await.map_err(failed())?;
        Ok(Some(instant(latest)))
    }
}

impl Store {
    /// Whether it is rather our present clock that is wrong: what was published after `now` is known already.
    pub(super) async fn is_slow(&self, now: DateTime<Utc>) -> Result<bool> {
        let row = sqlx::query("SELECT COUNT(*) AS found FROM article WHERE date_standing = 'sure' AND date_from > $1")
            .bind(secs(now + DATE_SLACK))
            .fetch_one(&self.reader)
            .await;
        let found =
            row.and_then(|it| it.try_get::<i64, _>("found")).map_err(doing(format!("count the articles that are dated after {now}")))?;
        Ok(found >= SLOW_ARTICLES_MIN)
    }
}

async fn sources_ahead(tx: &mut Transaction<'static, Any>, now: DateTime<Utc>) -> std::result::Result<Vec<Ahead>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT outlet, source, MIN(certified_from) AS certified, MIN(gap_from) AS gap FROM visit WHERE at > $1 GROUP BY outlet, source",
    )
    .bind(secs(now))
    .fetch_all(&mut **tx)
    .await?;
    let mut found = Vec::new();
    for row in rows {
        let since = [row.try_get::<Option<i64>, _>("certified")?, row.try_get("gap")?, Some(secs(now))];
        let since = since.into_iter().flatten().min().unwrap_or_else(|| secs(now));
        found.push(Ahead { outlet: row.try_get("outlet")?, source: row.try_get("source")?, since });
    }
    Ok(found)
}

/// A gap that was found stays one, for all the time that those visits spoke of.
async fn reset_source(tx: &mut Transaction<'static, Any>, ahead: &Ahead, now: DateTime<Utc>) -> std::result::Result<(), sqlx::Error> {
    for sql in [
        "UPDATE visit SET at = $1, certified_from = NULL, gap_from = CASE WHEN gap_from IS NULL THEN NULL ELSE $2 END \
         WHERE outlet = $3 AND source = $4 AND at > $1",
        "UPDATE source SET certified_to = CASE WHEN certified_to > $2 THEN $2 ELSE certified_to END, full_at = NULL, \
         first_good = CASE WHEN first_good > $1 THEN $1 ELSE first_good END, \
         next_visit = CASE WHEN next_visit > $1 THEN $1 ELSE next_visit END WHERE outlet = $3 AND url = $4",
    ] {
        sqlx::query(sql)
            .bind(secs(now))
            .bind(ahead.since)
            .bind(ahead.outlet.as_str())
            .bind(ahead.source.as_str())
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Articles were first seen by now at the latest; one without a date may be as old as what those visits followed on.
async fn reset_articles(tx: &mut Transaction<'static, Any>, since: i64, now: DateTime<Utc>) -> std::result::Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE article SET first_seen = $1, not_before = CASE WHEN not_before > $2 THEN $2 ELSE not_before END, \
         date_from = CASE WHEN date_standing <> 'undated' THEN date_from WHEN not_before > $2 THEN $2 ELSE not_before END, \
         date_to = CASE WHEN date_standing = 'undated' AND date_to <= first_seen THEN $1 ELSE date_to END WHERE first_seen > $1",
    )
    .bind(secs(now))
    .bind(since)
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "UPDATE article SET next_try = $1, first_failed = CASE WHEN first_failed > $1 THEN $1 ELSE first_failed END \
         WHERE state IN ('found', 'unread') AND (next_try > $2 OR first_failed > $1)",
    )
    .bind(secs(now))
    .bind(secs(now + PAUSE_MAX))
    .execute(&mut **tx)
    .await
    .map(drop)
}
