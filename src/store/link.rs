//! Articles that an officer named by their addresses.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sqlx::{Row, any::AnyRow};
use url::Url;

use super::{
    Result, Store,
    article::ToRead,
    decoded, doing, instant, optional_instant,
    source::SourceState,
    visit::{ListedEntry, VisitRecord, insert_found},
};
use crate::domain::{article::Entry, link::ArticleKey, outlet::OutletId, relevance::Judgement, visit::Outcome};

/// An article that no source listed.
#[derive(Debug)]
pub struct NamedArticle<'a> {
    pub outlet: &'a OutletId,
    pub key: ArticleKey,
    /// Address and title, as its page states them.
    pub entry: &'a Entry,
    pub judgement: &'a Judgement,
    /// The officer who named it.
    pub by: &'a str,
    pub at: DateTime<Utc>,
    pub terms: &'a str,
    pub zone: Tz,
}

/// What stands in a source's place where an officer named an article: `officer:NAME`.
pub fn officer_source(name: &str) -> String {
    format!("officer:{name}")
}

impl Store {
    /// The number of the article of that key.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn article_of_key(&self, outlet: &OutletId, key: &ArticleKey) -> Result<Option<i64>> {
        let failed = || doing(format!("look for {key} of {outlet}"));
        let row = sqlx::query("SELECT id FROM article WHERE outlet = $1 AND key = $2")
            .bind(outlet.as_str())
            .bind(key.as_str())
            .fetch_optional(&self.reader)
            .await
            .map_err(failed())?;
        row.map(|it| it.try_get("id")).transpose().map_err(failed())
    }

    /// One article whose page waits to be read; `None` where it was read or given up.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn waiting_article(&self, id: i64) -> Result<Option<ToRead>> {
        let failed = || doing(format!("look whether article {id} waits to be read"));
        let row = sqlx::query(
            "SELECT id, outlet, url, title, summary, first_seen, unread_why, attempts, first_failed FROM article \
             WHERE id = $1 AND state IN ('found', 'unread')",
        )
        .bind(id)
        .fetch_optional(&self.reader)
        .await
        .map_err(failed())?;
        row.as_ref().map(to_read_of).transpose().map_err(failed())
    }

    /// Keeps an article that an officer named, with a sighting that says so; says its number. Nobody certified the time before
    /// it was named: without a date of its own it may be of any month.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn record_named(&self, named: NamedArticle<'_>) -> Result<i64> {
        let failed = || doing(format!("keep {}, which {} named", named.entry.url, named.by));
        let source = decoded(officer_source(named.by).parse::<Url>()).map_err(failed())?;
        let judgement = named.judgement.clone();
        let listing = VisitRecord {
            outlet: named.outlet,
            source: &source,
            at: named.at,
            outcome: Outcome::Fresh,
            detail: "",
            status: None,
            bytes: 0,
            digest: None,
            in_document: 1,
            rejected: BTreeMap::new(),
            strays: Vec::new(),
            entries: Vec::new(),
            certified_from: None,
            gap: None,
            captures: &[],
            state: &SourceState::default(),
            part: None,
            judge: &move |_| judgement.clone(),
            terms: named.terms,
            zone: named.zone,
        };
        let listed =
            ListedEntry { outlet: named.outlet, key: named.key.clone(), entry: named.entry, date: None, not_before: DateTime::UNIX_EPOCH };
        let mut tx = self.write().await.map_err(failed())?;
        let known = insert_found(&mut tx, &listing, &listed).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        match known {
            Some(id) => Ok(id),
            None => {
                let id = self.article_of_key(named.outlet, &named.key).await?;
                id.ok_or_else(|| failed()(sqlx::Error::RowNotFound))
            }
        }
    }
}

/// Reads the row of an article whose page waits.
pub(super) fn to_read_of(row: &AnyRow) -> std::result::Result<ToRead, sqlx::Error> {
    Ok(ToRead {
        id: row.try_get("id")?,
        outlet: row.try_get("outlet")?,
        url: row.try_get("url")?,
        title: row.try_get("title")?,
        summary: row.try_get("summary")?,
        first_seen: instant(row.try_get("first_seen")?),
        unread_why: row.try_get("unread_why")?,
        attempts: u32::try_from(row.try_get::<i64, _>("attempts")?).unwrap_or(u32::MAX),
        first_failed: optional_instant(row, "first_failed")?,
    })
}
