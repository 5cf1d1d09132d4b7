//! Versions of articles: what a page held before an edit and after it.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use sqlx::{Any, Row, Transaction, any::AnyRow};

use super::{Result, Store, decoded, doing, instant, secs};
use crate::domain::relevance::JudgementKind;

/// What an article's page held at some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// When it was first seen.
    pub seen_at: DateTime<Utc>,
    pub title: String,
    pub text: String,
    pub judgement: JudgementKind,
}

impl Version {
    /// SHA-256 of title, line break and text, in hexadecimal digits.
    pub fn digest(&self) -> String {
        let bytes = Sha256::new().chain_update(&self.title).chain_update("\n").chain_update(&self.text).finalize();
        bytes.iter().map(|it| format!("{it:02x}")).collect()
    }
}

impl Store {
    /// The kept versions of an article, the one seen first first. An article that was never edited has none.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn versions(&self, article: i64) -> Result<Vec<Version>> {
        let failed = || doing(format!("list the versions of article {article}"));
        let rows = sqlx::query("SELECT seen_at, title, text, judgement FROM article_version WHERE article = $1 ORDER BY id")
            .bind(article)
            .fetch_all(&self.reader)
            .await
            .map_err(failed())?;
        rows.iter().map(version_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }
}

/// Keeps what the article's row holds, before it is read anew. One that holds no text has nothing to keep.
pub(super) async fn keep_version(tx: &mut Transaction<'static, Any>, article: i64) -> std::result::Result<(), sqlx::Error> {
    let row =
        sqlx::query("SELECT first_seen AS seen_at, title, text, judgement FROM article WHERE id = $1 AND state = 'read' AND text <> ''")
            .bind(article)
            .fetch_optional(&mut **tx)
            .await?;
    match row {
        Some(row) => insert_version(tx, article, &version_of(&row)?).await,
        None => Ok(()),
    }
}

/// Keeps a version; one that is kept already stays as it is.
pub(super) async fn insert_version(
    tx: &mut Transaction<'static, Any>,
    article: i64,
    version: &Version,
) -> std::result::Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO article_version (article, seen_at, title, text, digest, judgement) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (article, digest) DO NOTHING",
    )
    .bind(article)
    .bind(secs(version.seen_at))
    .bind(version.title.as_str())
    .bind(version.text.as_str())
    .bind(version.digest())
    .bind(version.judgement.as_str())
    .execute(&mut **tx)
    .await
    .map(drop)
}

fn version_of(row: &AnyRow) -> std::result::Result<Version, sqlx::Error> {
    let judgement: String = row.try_get("judgement")?;
    Ok(Version {
        seen_at: instant(row.try_get("seen_at")?),
        title: row.try_get("title")?,
        text: row.try_get("text")?,
        judgement: decoded(judgement.parse())?,
    })
}
