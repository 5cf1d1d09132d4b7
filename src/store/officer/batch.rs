//! Off-web evidence as its rows are written: one item, or a whole list with the links to read, all or nothing.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sqlx::{Any, Row, Transaction};
use url::Url;

use super::{Insert, Subject, record_in};
use crate::{
    domain::{
        audit::Act,
        off_web::OffWeb,
        officer::{Admitted, Statement},
        request::Request,
    },
    store::{Result, Store, audit::Place, doing, encoded, request::ask_in, secs},
};

impl Store {
    /// Registers the items of a list and asks for its links to be read; every one with its row in the log, or, where one of
    /// the items is registered already, nothing: then it says `false`.
    ///
    /// # Errors
    /// Where the database fails; then nothing is recorded.
    pub async fn add_list(&self, items: &[Admitted<OffWeb>], links: &[Request], by: &str, now: DateTime<Utc>) -> Result<bool> {
        let failed = || doing(format!("record a list of {} items and {} links", items.len(), links.len()));
        let mut tx = self.write().await.map_err(failed())?;
        for item in items {
            if stands_already(&mut tx, item.what()).await.map_err(failed())? {
                return tx.rollback().await.map(|()| false).map_err(failed());
            }
            let it = item.what();
            record_in(&mut tx, Act::OffWebAdded, subject_of(it), item, off_web_row(it)).await.map_err(failed())?;
        }
        // What is on its way already is not asked for again.
        let asked = open_links(&mut tx).await.map_err(failed())?;
        for link in links {
            if asked.contains(&encoded(link).map_err(failed())?) {
                continue;
            }
            ask_in(&mut tx, link, by, now).await.map_err(failed())?;
        }
        tx.commit().await.map(|()| true).map_err(failed())
    }
}

/// Whether the very item is registered and was not taken back.
async fn stands_already(tx: &mut Transaction<'static, Any>, it: &OffWeb) -> std::result::Result<bool, sqlx::Error> {
    // Of two who bring in one list at the same time, the second sees what the first wrote.
    Place::hold(tx).await?;
    let row = sqlx::query(
        "SELECT d.id FROM off_web d WHERE d.outlet = $1 AND d.month = $2 AND d.medium = $3 AND d.title = $4 \
         AND COALESCE(d.aired, -1) = $5 AND NOT EXISTS (SELECT 1 FROM withdrawal w WHERE w.kind = 'off-web' AND w.item = d.id) LIMIT 1",
    )
    .bind(it.outlet.as_str())
    .bind(it.month.to_string())
    .bind(it.medium.as_str())
    .bind(it.title.as_str())
    .bind(it.aired.map_or(-1, secs))
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.is_some())
}

/// The links that wait to be read, as requests are kept.
async fn open_links(tx: &mut Transaction<'static, Any>) -> std::result::Result<HashSet<String>, sqlx::Error> {
    let rows = sqlx::query("SELECT subject FROM request WHERE ended_at IS NULL AND kind = 'link'").fetch_all(&mut **tx).await?;
    rows.iter().map(|it| it.try_get("subject")).collect()
}

/// What an item is on, for the log.
pub(super) fn subject_of(it: &OffWeb) -> Subject {
    Subject::Named(format!("{} {}", it.outlet, it.month))
}

/// The row of an item; who registers it and when is bound by whoever writes it.
pub(super) fn off_web_row(it: &OffWeb) -> Insert<'static> {
    sqlx::query(
        "INSERT INTO off_web (outlet, month, medium, title, programme, aired, seconds, url, file_name, file_digest, note, \
         officer, at, audit) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id",
    )
    .bind(it.outlet.to_string())
    .bind(it.month.to_string())
    .bind(it.medium.as_str())
    .bind(it.title.to_string())
    .bind(it.programme.as_ref().map(Statement::to_string))
    .bind(it.aired.map(secs))
    .bind(it.seconds.map(i64::from))
    .bind(it.url.as_ref().map(Url::to_string))
    .bind(it.file.as_ref().map(|it| it.name.to_string()))
    .bind(it.file.as_ref().map(|it| it.sha256.clone()))
    .bind(it.note.as_ref().map(Statement::to_string))
}
