//! Checks of counted articles, and how these stand since.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, Row, SqlSafeStr, any::AnyRow};

use super::{
    Result, Store,
    capture::{AskedFor, NewCapture, insert_captures},
    decoded, doing, instant, optional_instant, optional_json, secs,
    version::{Version, insert_version},
};
use crate::domain::{
    month::Span,
    outlet::OutletId,
    privacy::Privacy,
    relevance::JudgementKind,
    standing::{Check, Standing, Tries},
};

/// An article whose lasting is watched, as it was read.
#[derive(Debug, Clone)]
pub struct Watched {
    pub id: i64,
    pub outlet: String,
    pub url: String,
    pub title: String,
    pub lead: String,
    pub text: String,
    pub captions: String,
    pub first_seen: DateTime<Utc>,
    /// What is masked where it is shown.
    pub privacy: Privacy,
}

/// The last check of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastCheck {
    pub at: DateTime<Utc>,
    pub standing: Standing,
    pub tries: Tries,
    pub next_try: Option<DateTime<Utc>>,
}

/// One check as it is to be remembered.
#[derive(Debug)]
pub struct CheckRecord<'a> {
    pub article: &'a Watched,
    pub at: DateTime<Utc>,
    pub check: &'a Check,
    /// What a person needs to understand a failure.
    pub detail: &'a str,
    /// The judgement of the text that counted, by the dictionary of the day.
    pub was: JudgementKind,
    /// Title and text as they came; kept, beside the former ones, where the article was edited.
    pub came: Option<(&'a str, &'a str)>,
    /// What was answered, as it stands in the archive.
    pub captures: &'a [NewCapture],
}

/// How an article stands since a check that settled it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stands {
    pub standing: Standing,
    pub at: DateTime<Utc>,
    /// Whether an edit took the subject out of it.
    pub edited_away: bool,
}

/// Addresses looked up in one statement.
const URLS_A_STATEMENT: usize = 400;

impl Store {
    /// An outlet's read articles at these addresses.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn watched(&self, outlet: &OutletId, urls: &[&str]) -> Result<Vec<Watched>> {
        self.read_articles("url", outlet, urls).await
    }

    /// An outlet's read articles with these keys.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn watched_by_key(&self, outlet: &OutletId, keys: &[&str]) -> Result<Vec<Watched>> {
        self.read_articles("key", outlet, keys).await
    }

    async fn read_articles(&self, column: &'static str, outlet: &OutletId, values: &[&str]) -> Result<Vec<Watched>> {
        let failed = || doing(format!("load articles of {outlet} that are to be looked at again"));
        let mut found = Vec::new();
        for chunk in values.chunks(URLS_A_STATEMENT) {
            let places: Vec<_> = (2..chunk.len() + 2).map(|it| format!("${it}")).collect();
            let sql = format!(
                "SELECT id, outlet, url, title, lead, text, captions, first_seen, privacy FROM article WHERE outlet = $1 AND {column} IN ({}) AND state = 'read' ORDER BY id",
                places.join(", ")
            );
            let mut query = sqlx::query(AssertSqlSafe(sql).into_sql_str()).bind(outlet.as_str());
            for value in chunk {
                query = query.bind(*value);
            }
            let rows = query.fetch_all(&self.reader).await.map_err(failed())?;
            found.extend(rows.iter().map(watched_of).collect::<std::result::Result<Vec<_>, _>>().map_err(failed())?);
        }
        Ok(found)
    }

    /// Articles whose last check settled nothing and whose next one is due.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn checks_due(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<Watched>> {
        let failed = || doing("list the articles to be checked again");
        let rows = sqlx::query(
            "SELECT a.id, a.outlet, a.url, a.title, a.lead, a.text, a.captions, a.first_seen, a.privacy FROM recheck r JOIN article a ON a.id = r.article \
             WHERE r.next_try <= $1 ORDER BY r.next_try LIMIT $2",
        )
        .bind(secs(now))
        .bind(i64::from(limit))
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        rows.iter().map(watched_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// The last check of an article; with `settled`, the last one that told how it stands.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn last_check(&self, article: i64, settled: bool) -> Result<Option<LastCheck>> {
        let failed = || doing(format!("load the last check of article {article}"));
        let row = sqlx::query(
            "SELECT at, standing, unsettled, missing, missing_since, next_try FROM recheck WHERE article = $1 \
             AND ($2 = 0 OR standing IN ('same', 'edited', 'taken_down')) ORDER BY id DESC LIMIT 1",
        )
        .bind(article)
        .bind(i64::from(settled))
        .fetch_optional(&self.reader)
        .await
        .map_err(failed())?;
        row.as_ref().map(last_check_of).transpose().map_err(failed())
    }

    /// Records a check, and both versions of an article that was edited, in one transaction.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn record_check(&self, record: &CheckRecord<'_>) -> Result<()> {
        let CheckRecord { article, check, .. } = record;
        let failed = || doing(format!("record the check of article {}", article.id));
        let mut tx = self.write().await.map_err(failed())?;
        let version =
            |title: &str, text: &str, seen_at, judgement| Version { seen_at, title: title.to_owned(), text: text.to_owned(), judgement };
        let came = record.came.zip(check.judgement).map(|((title, text), judgement)| version(title, text, record.at, judgement));
        if check.standing == Standing::Edited
            && let Some(came) = &came
        {
            let before = version(&article.title, &article.text, article.first_seen, record.was);
            insert_version(&mut tx, article.id, &before).await.map_err(failed())?;
            insert_version(&mut tx, article.id, came).await.map_err(failed())?;
        }
        sqlx::query("UPDATE recheck SET next_try = NULL WHERE article = $1 AND next_try IS NOT NULL")
            .bind(article.id)
            .execute(&mut *tx)
            .await
            .map_err(failed())?;
        sqlx::query(
            "INSERT INTO recheck (article, at, standing, why, detail, changed, was, judgement, digest, unsettled, missing, missing_since, next_try) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        )
        .bind(article.id)
        .bind(secs(record.at))
        .bind(check.standing.as_str())
        .bind(check.why.as_str())
        .bind(record.detail)
        .bind(check.changed)
        .bind(record.was.as_str())
        .bind(check.judgement.map(JudgementKind::as_str))
        .bind(came.as_ref().map(Version::digest))
        .bind(i64::from(check.tries.unsettled))
        .bind(i64::from(check.tries.missing))
        .bind(check.tries.missing_since.map(secs))
        .bind(check.next_try.map(secs))
        .execute(&mut *tx)
        .await
        .map_err(failed())?;
        insert_captures(&mut tx, AskedFor::Article(article.id), record.captures).await.map_err(failed())?;
        tx.commit().await.map_err(failed())
    }

    /// How the articles of an outlet that matter for a stretch stand since the last check up to `now` that settled them,
    /// by address.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn standings(&self, outlet: &OutletId, stretch: Span, now: DateTime<Utc>) -> Result<HashMap<String, Stands>> {
        let failed = || doing(format!("load how the articles of {outlet} from {} stand", stretch.from));
        let rows = sqlx::query(
            "SELECT a.url, r.standing, r.at, r.was, r.judgement FROM article a JOIN recheck r ON r.article = a.id \
             WHERE a.outlet = $1 AND a.date_from < $2 AND a.date_to >= $3 AND a.judgement <> 'unrelated' AND r.at <= $4 \
             AND r.standing IN ('same', 'edited', 'taken_down') ORDER BY r.id",
        )
        .bind(outlet.as_str())
        .bind(secs(stretch.to))
        .bind(secs(stretch.from))
        .bind(secs(now))
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        let read = |row: &AnyRow| {
            let (standing, judgement): (String, Option<String>) = (row.try_get("standing")?, row.try_get("judgement")?);
            let standing: Standing = decoded(standing.parse())?;
            let was: String = row.try_get("was")?;
            let unrelated = |it: &str| it == JudgementKind::Unrelated.as_str();
            let edited_away = standing == Standing::Edited && !unrelated(&was) && judgement.as_deref().is_some_and(unrelated);
            Ok((row.try_get("url")?, Stands { standing, at: instant(row.try_get("at")?), edited_away }))
        };
        // Later checks come later and take the place of earlier ones.
        rows.iter().map(read).collect::<std::result::Result<_, _>>().map_err(failed())
    }
}

fn watched_of(row: &AnyRow) -> std::result::Result<Watched, sqlx::Error> {
    Ok(Watched {
        id: row.try_get("id")?,
        outlet: row.try_get("outlet")?,
        url: row.try_get("url")?,
        title: row.try_get("title")?,
        lead: row.try_get("lead")?,
        text: row.try_get("text")?,
        captions: row.try_get("captions")?,
        first_seen: instant(row.try_get("first_seen")?),
        privacy: optional_json(row, "privacy")?.unwrap_or_default(),
    })
}

fn last_check_of(row: &AnyRow) -> std::result::Result<LastCheck, sqlx::Error> {
    let standing: String = row.try_get("standing")?;
    let count = |column: &str| Ok::<_, sqlx::Error>(u32::try_from(row.try_get::<i64, _>(column)?).unwrap_or(u32::MAX));
    Ok(LastCheck {
        at: instant(row.try_get("at")?),
        standing: decoded(standing.parse())?,
        tries: Tries { unsettled: count("unsettled")?, missing: count("missing")?, missing_since: optional_instant(row, "missing_since")? },
        next_try: optional_instant(row, "next_try")?,
    })
}
