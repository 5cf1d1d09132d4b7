//! Walks back in time: how far each got, and what it shows.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Any, Row, Transaction, any::AnyRow};
use url::Url;

use super::{Result, Store, doing, instant, optional_instant, secs};
use crate::domain::{month::Span, outlet::OutletId};

/// A walk back in time through one source, begun now or left unfinished before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backfill {
    pub id: i64,
    pub back_to: DateTime<Utc>,
    pub begun: DateTime<Utc>,
    /// The parts read so far, in the order read.
    pub parts: Vec<DonePart>,
    /// Why the walk certifies nothing; empty where nothing speaks against it so far.
    pub flaw: String,
}

/// A part that a walk has read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DonePart {
    pub url: String,
    pub number: u32,
    pub oldest: Option<DateTime<Utc>>,
}

/// A part as it is recorded together with what it listed.
#[derive(Debug, Clone, Copy)]
pub struct PartRead<'a> {
    pub backfill: i64,
    pub url: &'a Url,
    /// In the order read, from 1.
    pub number: u32,
    /// Date of the oldest entry of a listing's page, pinned ones aside.
    pub oldest: Option<DateTime<Utc>>,
}

/// An unfinished walk is gone on with for this long; after it the list has changed too much, and it begins anew.
const RESUMED_WITHIN: TimeDelta = TimeDelta::days(30);
/// Dates that a walk's reach is told from: five years of a busy daily fit.
const DATES_MAX: i64 = 200_000;

impl Store {
    /// The unfinished walk through a source that goes back as far as wished, or a new one.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn begin_backfill(&self, outlet: &OutletId, source: &Url, back_to: DateTime<Utc>, now: DateTime<Utc>) -> Result<Backfill> {
        let failed = || doing(format!("begin the walk back in time through {source}"));
        let left = sqlx::query(
            "SELECT id, begun, flaw FROM backfill WHERE outlet = $1 AND source = $2 AND ended IS NULL AND back_to = $3 \
             AND begun > $4 AND begun <= $5 ORDER BY begun DESC, id DESC LIMIT 1",
        )
        .bind(outlet.as_str())
        .bind(source.as_str())
        .bind(secs(back_to))
        .bind(secs(now - RESUMED_WITHIN))
        .bind(secs(now))
        .fetch_optional(&self.reader)
        .await
        .map_err(failed())?;
        let Some(row) = left else {
            let row = sqlx::query("INSERT INTO backfill (outlet, source, back_to, begun) VALUES ($1, $2, $3, $4) RETURNING id")
                .bind(outlet.as_str())
                .bind(source.as_str())
                .bind(secs(back_to))
                .bind(secs(now))
                .fetch_one(&self.writer)
                .await
                .map_err(failed())?;
            return Ok(Backfill { id: row.try_get("id").map_err(failed())?, back_to, begun: now, parts: Vec::new(), flaw: String::new() });
        };
        let (id, begun) = (row.try_get("id").map_err(failed())?, instant(row.try_get("begun").map_err(failed())?));
        let flaw = row.try_get("flaw").map_err(failed())?;
        let rows = sqlx::query("SELECT url, number, oldest FROM backfill_part WHERE backfill = $1 ORDER BY number")
            .bind(id)
            .fetch_all(&self.reader)
            .await
            .map_err(failed())?;
        let part = |row: &AnyRow| {
            let number = u32::try_from(row.try_get::<i64, _>("number")?).unwrap_or(u32::MAX);
            Ok(DonePart { url: row.try_get("url")?, number, oldest: optional_instant(row, "oldest")? })
        };
        let parts = rows.iter().map(part).collect::<std::result::Result<_, _>>().map_err(failed())?;
        Ok(Backfill { id, back_to, begun, parts, flaw })
    }

    /// Records why a walk certifies nothing, as soon as that is known: whoever goes on with it must know it too.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn flaw_backfill(&self, id: i64, flaw: &str) -> Result<()> {
        sqlx::query("UPDATE backfill SET flaw = $1 WHERE id = $2")
            .bind(flaw)
            .bind(id)
            .execute(&self.writer)
            .await
            .map(drop)
            .map_err(doing(format!("record the flaw of walk {id} back in time")))
    }

    /// Records that a walk has read all its parts.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn end_backfill(&self, id: i64, now: DateTime<Utc>) -> Result<()> {
        sqlx::query("UPDATE backfill SET ended = $1 WHERE id = $2")
            .bind(secs(now))
            .bind(id)
            .execute(&self.writer)
            .await
            .map(drop)
            .map_err(doing(format!("record the end of walk {id} back in time")))
    }

    /// The finished walks through an outlet's sources without a flaw whose reach may still change.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn backfills_to_settle(&self, outlet: &OutletId, now: DateTime<Utc>) -> Result<Vec<Backfill>> {
        let failed = || doing(format!("list the walks back in time of {outlet}"));
        let rows = sqlx::query(
            "SELECT id, back_to, begun FROM backfill WHERE outlet = $1 AND ended IS NOT NULL AND flaw = '' AND begun > $2 AND begun <= $3",
        )
        .bind(outlet.as_str())
        .bind(secs(now - RESUMED_WITHIN))
        .bind(secs(now))
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        let read = |row: &AnyRow| {
            let (back_to, begun) = (instant(row.try_get("back_to")?), instant(row.try_get("begun")?));
            Ok(Backfill { id: row.try_get("id")?, back_to, begun, parts: Vec::new(), flaw: String::new() })
        };
        rows.iter().map(read).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// The firm dates of all articles that a walk met, from `from` on.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn dates_met(&self, id: i64, from: DateTime<Utc>) -> Result<Vec<DateTime<Utc>>> {
        let failed = || doing(format!("load the dates of what walk {id} back in time met"));
        let rows = sqlx::query(
            "SELECT a.date_from FROM article a JOIN backfill_listed l ON l.article = a.id WHERE l.backfill = $1 \
             AND a.date_from >= $2 AND a.date_standing = 'sure' ORDER BY a.date_from DESC LIMIT $3",
        )
        .bind(id)
        .bind(secs(from))
        .bind(DATES_MAX)
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        rows.iter().map(|it| it.try_get("date_from").map(instant)).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// Records for which time a finished walk shows what was published; `None` where it shows too little.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn settle_backfill(&self, id: i64, covers: Option<Span>) -> Result<()> {
        sqlx::query("UPDATE backfill SET covers_from = $1, covers_to = $2 WHERE id = $3")
            .bind(covers.map(|it| secs(it.from)))
            .bind(covers.map(|it| secs(it.to)))
            .bind(id)
            .execute(&self.writer)
            .await
            .map(drop)
            .map_err(doing(format!("record the reach of walk {id} back in time")))
    }

    /// The stretches that finished walks through a source show and that touch the window, as known at `now`.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn backfilled(&self, outlet: &OutletId, source: &Url, window: Span, now: DateTime<Utc>) -> Result<Vec<Span>> {
        let failed = || doing(format!("load the walks back in time through {source}"));
        let rows = sqlx::query(
            "SELECT covers_from, COALESCE(covers_to, begun) AS covers_to FROM backfill WHERE outlet = $1 AND source = $2 \
             AND covers_from < $3 AND COALESCE(covers_to, begun) > $4 AND ended <= $5 AND flaw = ''",
        )
        .bind(outlet.as_str())
        .bind(source.as_str())
        .bind(secs(window.to))
        .bind(secs(window.from))
        .bind(secs(now))
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        let read = |row: &AnyRow| Ok(Span { from: instant(row.try_get("covers_from")?), to: instant(row.try_get("covers_to")?) });
        rows.iter().map(read).collect::<std::result::Result<_, _>>().map_err(failed())
    }
}

/// Keeps that a walk read a part, and which articles it met there: their outlets and keys.
pub(super) async fn insert_part(
    tx: &mut Transaction<'static, Any>,
    part: &PartRead<'_>,
    met: impl Iterator<Item = (&str, &str)>,
) -> std::result::Result<(), sqlx::Error> {
    for (outlet, key) in met {
        sqlx::query(
            "INSERT INTO backfill_listed (backfill, article) SELECT CAST($1 AS BIGINT), id FROM article WHERE outlet = $2 AND key = $3 \
             ON CONFLICT (backfill, article) DO NOTHING",
        )
        .bind(part.backfill)
        .bind(outlet)
        .bind(key)
        .execute(&mut **tx)
        .await?;
    }
    sqlx::query(
        "INSERT INTO backfill_part (backfill, url, number, oldest) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (backfill, url) DO UPDATE SET oldest = excluded.oldest",
    )
    .bind(part.backfill)
    .bind(part.url.as_str())
    .bind(i64::from(part.number))
    .bind(part.oldest.map(secs))
    .execute(&mut **tx)
    .await
    .map(drop)
}
