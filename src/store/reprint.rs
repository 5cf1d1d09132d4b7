//! Fingerprints of texts, and the pairs of articles that hold nearly the same one.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::{Any, AssertSqlSafe, Row, SqlSafeStr, Transaction};

use super::{Result, Store, article::Stored, decoded, doing, instant, optional_instant, secs};
use crate::domain::{
    month::Span,
    outlet::OutletId,
    reprint::{BANDS, Fingerprint, Shingles, Twin, apart_max, is_reprint},
};

/// Candidates looked at for one article: a month of a big province shares a part of a fingerprint with fewer.
const CANDIDATES_MAX: i64 = 5_000;
/// Pairs kept for one article.
const PAIRS_MAX: usize = 100;
/// Pairs shown for one outlet's month.
const SHOWN_MAX: i64 = 5_000;

impl Store {
    /// The number of the last change that was looked at for reprints.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn reprint_mark(&self) -> Result<i64> {
        sqlx::query("SELECT value FROM counter WHERE name = 'reprint_mark'")
            .fetch_one(&self.reader)
            .await
            .and_then(|it| it.try_get("value"))
            .map_err(doing("load the mark of the search for reprints"))
    }

    /// Moves the mark on; it never goes back.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn move_reprint_mark(&self, mark: i64) -> Result<()> {
        sqlx::query("UPDATE counter SET value = $1 WHERE name = 'reprint_mark' AND value < $1")
            .bind(mark)
            .execute(&self.writer)
            .await
            .map(drop)
            .map_err(doing("move the mark of the search for reprints"))
    }

    /// Keeps an article's fingerprint and pairs it with the articles that hold nearly its text; says how many there are.
    /// Nothing is done where text and date are those that were looked at before. A text too short to be told from others
    /// has no pairs.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn pair_reprints(&self, article: &Stored, shingles: &Shingles) -> Result<usize> {
        let failed = || doing(format!("look for reprints of article {}", article.id));
        let at = article.published.unwrap_or(article.date_to);
        let print = Fingerprint::of(shingles);
        let mut tx = self.write().await.map_err(failed())?;
        let before = fingerprint_of(&mut tx, article.id).await.map_err(failed())?;
        if before == print.map(|it| (it, at)) {
            return Ok(0);
        }
        if let Some((old, old_at)) = before {
            forget(&mut tx, article.id, old, old_at).await.map_err(failed())?;
        }
        let mut pairs = 0;
        if let Some(print) = print {
            pairs = pair(&mut tx, article, shingles, print, at).await.map_err(failed())?;
            keep(&mut tx, article.id, print, at).await.map_err(failed())?;
        }
        tx.commit().await.map_err(failed())?;
        Ok(pairs)
    }

    /// The articles with nearly the text of those of an outlet that matter for a stretch, as known up to `now`, by the
    /// address of the latter.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn twins(&self, outlet: &OutletId, stretch: Span, now: DateTime<Utc>) -> Result<HashMap<String, Vec<Twin>>> {
        let failed = || doing(format!("list the reprints of {outlet} from {}", stretch.from));
        let rows = sqlx::query(
            "SELECT mine.url AS mine, other.outlet AS outlet, other.url AS url, other.published AS published FROM article mine \
             JOIN reprint pair ON pair.article = mine.id JOIN article other ON other.id = pair.other \
             WHERE mine.outlet = $1 AND mine.date_from < $2 AND mine.date_to >= $3 AND mine.judgement <> 'unrelated' \
             AND other.first_seen <= $4 ORDER BY other.date_from, other.id LIMIT $5",
        )
        .bind(outlet.as_str())
        .bind(secs(stretch.to))
        .bind(secs(stretch.from))
        .bind(secs(now))
        .bind(SHOWN_MAX)
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        let mut twins: HashMap<String, Vec<Twin>> = HashMap::new();
        for row in rows {
            let read = || {
                let outlet: String = row.try_get("outlet")?;
                let twin =
                    Twin { outlet: decoded(outlet.parse())?, url: row.try_get("url")?, published: optional_instant(&row, "published")? };
                Ok((row.try_get("mine")?, twin))
            };
            let (mine, twin): (String, Twin) = read().map_err(failed())?;
            twins.entry(mine).or_default().push(twin);
        }
        Ok(twins)
    }
}

type Tx = Transaction<'static, Any>;
type Sql<T> = std::result::Result<T, sqlx::Error>;

async fn fingerprint_of(tx: &mut Tx, article: i64) -> Sql<Option<(Fingerprint, DateTime<Utc>)>> {
    let row = sqlx::query("SELECT simhash, at FROM fingerprint WHERE article = $1").bind(article).fetch_optional(&mut **tx).await?;
    row.map(|it| Ok((Fingerprint::of_number(it.try_get("simhash")?), instant(it.try_get("at")?)))).transpose()
}

/// Takes out what was kept of an article's former text.
async fn forget(tx: &mut Tx, article: i64, print: Fingerprint, at: DateTime<Utc>) -> Sql<()> {
    for band in print.bands() {
        sqlx::query("DELETE FROM fingerprint_band WHERE band = $1 AND at = $2 AND article = $3")
            .bind(band)
            .bind(secs(at))
            .bind(article)
            .execute(&mut **tx)
            .await?;
    }
    let others = sqlx::query("SELECT other FROM reprint WHERE article = $1").bind(article).fetch_all(&mut **tx).await?;
    for other in others {
        let other: i64 = other.try_get("other")?;
        sqlx::query("DELETE FROM reprint WHERE (article = $1 AND other = $2) OR (article = $2 AND other = $1)")
            .bind(article)
            .bind(other)
            .execute(&mut **tx)
            .await?;
    }
    sqlx::query("DELETE FROM fingerprint WHERE article = $1").bind(article).execute(&mut **tx).await.map(drop)
}

async fn keep(tx: &mut Tx, article: i64, print: Fingerprint, at: DateTime<Utc>) -> Sql<()> {
    sqlx::query("INSERT INTO fingerprint (article, simhash, at) VALUES ($1, $2, $3)")
        .bind(article)
        .bind(print.number())
        .bind(secs(at))
        .execute(&mut **tx)
        .await?;
    let rows: Vec<_> = (0..BANDS).map(|it| format!("(${}, $1, $2, $3)", it + 4)).collect();
    let sql = format!("INSERT INTO fingerprint_band (band, at, article, simhash) VALUES {}", rows.join(", "));
    let mut insert = sqlx::query(AssertSqlSafe(sql).into_sql_str()).bind(secs(at)).bind(article).bind(print.number());
    for band in print.bands() {
        insert = insert.bind(band);
    }
    insert.execute(&mut **tx).await.map(drop)
}

/// Pairs an article with its candidates: those that share a part of the fingerprint, then most of its bits, then most of
/// the text.
async fn pair(tx: &mut Tx, article: &Stored, shingles: &Shingles, print: Fingerprint, at: DateTime<Utc>) -> Sql<usize> {
    let mut near: Vec<i64> = Vec::new();
    let places: Vec<_> = (0..BANDS).map(|it| format!("${}", it + 4)).collect();
    let sql = format!(
        "SELECT DISTINCT article, simhash FROM fingerprint_band WHERE at >= $1 AND at <= $2 AND band IN ({}) LIMIT $3",
        places.join(", ")
    );
    let mut look =
        sqlx::query(AssertSqlSafe(sql).into_sql_str()).bind(secs(at - apart_max())).bind(secs(at + apart_max())).bind(CANDIDATES_MAX);
    for band in print.bands() {
        look = look.bind(band);
    }
    for row in look.fetch_all(&mut **tx).await? {
        let (id, number): (i64, i64) = (row.try_get("article")?, row.try_get("simhash")?);
        if id != article.id && print.is_near(Fingerprint::of_number(number)) {
            near.push(id);
        }
    }
    let mut pairs = 0;
    for id in near {
        let row = sqlx::query("SELECT outlet, text, published, date_to FROM article WHERE id = $1").bind(id).fetch_one(&mut **tx).await?;
        let other_at = optional_instant(&row, "published")?.unwrap_or(instant(row.try_get("date_to")?));
        let same_outlet = row.try_get::<String, _>("outlet")? == article.outlet;
        let text: String = row.try_get("text")?;
        if pairs < PAIRS_MAX && is_reprint(shingles, &Shingles::of(&text), at - other_at, same_outlet) {
            for (one, two) in [(article.id, id), (id, article.id)] {
                sqlx::query("INSERT INTO reprint (article, other) VALUES ($1, $2) ON CONFLICT (article, other) DO NOTHING")
                    .bind(one)
                    .bind(two)
                    .execute(&mut **tx)
                    .await?;
            }
            pairs += 1;
        }
    }
    Ok(pairs)
}
