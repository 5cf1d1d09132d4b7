//! Captures: the answers that stand in the archive, tied to the visits and articles that asked for them.

use chrono::{DateTime, Utc};
use sqlx::{Any, Row, Transaction, any::AnyRow};
use url::Url;

use super::{Result, Store, decoded, doing, instant, secs};
use crate::domain::{capture::Place, month::Span, outlet::OutletId};

/// An answer that was put into the archive and has no row yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCapture {
    pub url: Url,
    pub at: DateTime<Utc>,
    pub status: u16,
    pub place: Place,
    /// The capture of the same address whose body it repeats.
    pub repeats: Option<i64>,
}

/// An answer that stands in the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    pub id: i64,
    /// What it was asked for: one of these two.
    pub visit: Option<i64>,
    pub article: Option<i64>,
    pub url: Url,
    pub at: DateTime<Utc>,
    pub status: u16,
    pub place: Place,
    /// The capture that has the body, where this one is a revisit.
    pub repeats: Option<i64>,
}

/// A capture that has its body itself, as far as is needed to know the same body again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeCapture {
    pub id: i64,
    pub at: DateTime<Utc>,
    /// `sha256:` and 64 hexadecimal digits.
    pub digest: String,
}

/// What captures were made for.
#[derive(Debug, Clone, Copy)]
pub(super) enum AskedFor {
    Visit(i64),
    Article(i64),
}

/// A query for whole rows, as [`capture_of`] reads them.
macro_rules! select_captures {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, c.visit, c.article, COALESCE(c.url, o.url) AS url, c.at, c.status, COALESCE(c.digest, o.digest) AS digest, \
             c.file, c.byte, c.record, c.repeats FROM capture c LEFT JOIN capture o ON o.id = c.repeats ",
            $rest
        )
    };
}

impl Store {
    /// The latest captures of an address that have their bodies themselves, newest first: what a new answer may repeat.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn whole_captures(&self, url: &Url, limit: u32) -> Result<Vec<WholeCapture>> {
        let failed = || doing(format!("look up the captures of {url}"));
        let rows = sqlx::query("SELECT id, at, digest FROM capture WHERE url = $1 ORDER BY id DESC LIMIT $2")
            .bind(url.as_str())
            .bind(i64::from(limit))
            .fetch_all(&self.reader)
            .await
            .map_err(failed())?;
        let read =
            |row: &AnyRow| Ok(WholeCapture { id: row.try_get("id")?, at: instant(row.try_get("at")?), digest: row.try_get("digest")? });
        rows.iter().map(read).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// Everything that the visits to a source within a window brought, and the visits next to it on either side, which certify its
    /// borders, oldest first: its document, further pages or parts of
    /// it, redirects, and answers that were no document. A 304 brings nothing: the visit itself says it.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn captures_of_source(&self, outlet: &OutletId, source: &Url, window: Span) -> Result<Vec<Capture>> {
        let failed = || doing(format!("list the captures of {source}"));
        let sql = select_captures!(
            "JOIN visit v ON v.id = c.visit WHERE v.outlet = $1 AND v.source = $2 \
             AND v.at >= COALESCE((SELECT MAX(b.at) FROM visit b JOIN capture k ON k.visit = b.id \
             WHERE b.outlet = $1 AND b.source = $2 AND b.at < $3), $3) \
             AND v.at <= COALESCE((SELECT MIN(n.at) FROM visit n JOIN capture k ON k.visit = n.id \
             WHERE n.outlet = $1 AND n.source = $2 AND n.at >= $4), $4) ORDER BY c.id"
        );
        let query = sqlx::query(sql).bind(outlet.as_str()).bind(source.as_str()).bind(secs(window.from)).bind(secs(window.to));
        let rows = query.fetch_all(&self.reader).await.map_err(failed())?;
        rows.iter().map(capture_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// Everything that was answered when an article's page was asked for, oldest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn captures_of_article(&self, article: i64) -> Result<Vec<Capture>> {
        let failed = || doing(format!("list the captures of article {article}"));
        let sql = select_captures!("WHERE c.article = $1 ORDER BY c.id");
        let rows = sqlx::query(sql).bind(article).fetch_all(&self.reader).await.map_err(failed())?;
        rows.iter().map(capture_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// The same, of the article of an outlet that has this address.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn captures_of_page(&self, outlet: &OutletId, url: &str) -> Result<Vec<Capture>> {
        let failed = || doing(format!("list the captures of {url}"));
        let sql = select_captures!("JOIN article a ON a.id = c.article WHERE a.outlet = $1 AND a.url = $2 ORDER BY c.id");
        let rows = sqlx::query(sql).bind(outlet.as_str()).bind(url).fetch_all(&self.reader).await.map_err(failed())?;
        rows.iter().map(capture_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// One capture: the one that has the body of another, say.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn capture(&self, id: i64) -> Result<Option<Capture>> {
        let failed = || doing(format!("load capture {id}"));
        let row = sqlx::query(select_captures!("WHERE c.id = $1")).bind(id).fetch_optional(&self.reader).await.map_err(failed())?;
        row.as_ref().map(capture_of).transpose().map_err(failed())
    }
}

/// Writes captures in the transaction of what they were made for.
pub(super) async fn insert_captures(
    tx: &mut Transaction<'static, Any>,
    asked_for: AskedFor,
    captures: &[NewCapture],
) -> std::result::Result<(), sqlx::Error> {
    let (visit, article) = match asked_for {
        AskedFor::Visit(id) => (Some(id), None),
        AskedFor::Article(id) => (None, Some(id)),
    };
    for it in captures {
        let whole = it.repeats.is_none();
        sqlx::query(
            "INSERT INTO capture (visit, article, url, at, status, digest, file, byte, record, repeats) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(visit)
        .bind(article)
        .bind(whole.then_some(it.url.as_str()))
        .bind(secs(it.at))
        .bind(i64::from(it.status))
        .bind(whole.then_some(it.place.digest.as_str()))
        .bind(it.place.file.as_str())
        .bind(decoded(i64::try_from(it.place.offset))?)
        .bind(it.place.record.as_str())
        .bind(it.repeats)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

fn capture_of(row: &AnyRow) -> std::result::Result<Capture, sqlx::Error> {
    let url: String = row.try_get("url")?;
    Ok(Capture {
        id: row.try_get("id")?,
        visit: row.try_get("visit")?,
        article: row.try_get("article")?,
        url: decoded(Url::parse(&url))?,
        at: instant(row.try_get("at")?),
        status: decoded(u16::try_from(row.try_get::<i64, _>("status")?))?,
        place: Place {
            file: row.try_get("file")?,
            offset: decoded(u64::try_from(row.try_get::<i64, _>("byte")?))?,
            digest: row.try_get("digest")?,
            record: row.try_get("record")?,
        },
        repeats: row.try_get("repeats")?,
    })
}
