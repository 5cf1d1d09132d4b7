//! Visits: each is one transaction with the entries that it found and the time that it certified.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use sqlx::{Any, AssertSqlSafe, Row, SqlSafeStr, Transaction};
use url::Url;

use super::{
    Result, Store, StoreError,
    article::{Dates, add_evidence, next_change, save_judgement},
    backfill::{PartRead, insert_part},
    capture::{AskedFor, NewCapture, insert_captures},
    clock::rules_of,
    decoded, doing, encoded, instant, secs,
    source::SourceState,
    stray::{insert_stray, take_in_stray},
    version::keep_version,
};
use crate::domain::{
    article::{Entry, Rejection},
    coverage::{Gap, GapReason, Ledger},
    date::DateEvidence,
    link::ArticleKey,
    month::Span,
    outlet::{Outlet, OutletId, Source},
    privacy::{Texts, privacy},
    relevance::{Judgement, JudgementKind},
    visit::{Counts, Outcome},
};

/// One visit as it is to be remembered.
pub struct VisitRecord<'a> {
    pub outlet: &'a OutletId,
    pub source: &'a Url,
    pub at: DateTime<Utc>,
    pub outcome: Outcome,
    pub detail: &'a str,
    pub status: Option<u16>,
    pub bytes: usize,
    pub digest: Option<&'a str>,
    /// Items in the document and those that were turned away; the rest are `entries`.
    pub in_document: u64,
    pub rejected: BTreeMap<Rejection, u64>,
    pub entries: Vec<ListedEntry<'a>>,
    /// Among those that were turned away, the ones that name the subject and lie on a host that is not known to be the outlet's: they
    /// wait for an officer.
    pub strays: Vec<ListedEntry<'a>>,
    /// Start of the stretch up to `at` that the visit certifies.
    pub certified_from: Option<DateTime<Utc>>,
    /// Start of the stretch up to `at` that the visit found to be a gap, and why it is one.
    pub gap: Option<(DateTime<Utc>, GapReason)>,
    /// What was answered, as it stands in the archive.
    pub captures: &'a [NewCapture],
    /// The source's state after the visit.
    pub state: &'a SourceState,
    /// The part of a walk back in time that was read; such a visit leaves the source's state as it is.
    pub part: Option<PartRead<'a>>,
    /// Judges a new article by title and summary alone.
    pub judge: &'a (dyn Fn(&Entry) -> Judgement + Sync),
    pub terms: &'a str,
    pub zone: Tz,
}

/// An entry with what can be told of it before its page is read.
#[derive(Debug)]
pub struct ListedEntry<'a> {
    /// The outlet that the article belongs to: by its date, where outlets had the host one after the other.
    pub outlet: &'a OutletId,
    pub key: ArticleKey,
    pub entry: &'a Entry,
    /// The date that the document states, readable or not.
    pub date: Option<DateEvidence>,
    /// The last certified instant before the entry was first seen.
    pub not_before: DateTime<Utc>,
}

/// Keys looked up in one statement: below the 999 parameters that old SQLite builds allow.
pub(super) const KEYS_A_STATEMENT: usize = 400;

/// What settles no more than this bears on no month that ended longer before. The index `visit_of_long` says the same in seconds.
const LONG: TimeDelta = TimeDelta::days(2);

impl Store {
    /// Records a visit: new articles, sightings, the visit itself, its captures and coverage and the source's next state, in
    /// one transaction. Says what became of each entry.
    ///
    /// # Errors
    /// Where the database fails; then nothing of the visit is kept.
    pub async fn record_visit(&self, visit: &VisitRecord<'_>) -> Result<Counts> {
        let failed = || doing(format!("record a visit to {}", visit.source));
        let known = self.known_articles(visit).await?;
        let mut tx = self.write().await.map_err(failed())?;
        let mut counts = Counts { in_document: visit.in_document, rejected: visit.rejected.clone(), ..Counts::default() };
        for listed in &visit.entries {
            let id = match known.get(&(listed.outlet.as_str(), listed.key.as_str())) {
                Some((id, Some(title))) => {
                    counts.known += 1;
                    if *title != listed.entry.title {
                        retitle(&mut tx, visit, *id, title, listed.entry).await.map_err(failed())?;
                    }
                    continue;
                }
                Some((id, None)) => Some(*id),
                None => insert_found(&mut tx, visit, listed).await.map_err(failed())?,
            };
            match id {
                Some(id) => {
                    counts.known += 1;
                    take_in_stray(&mut tx, id, visit.at, visit.zone).await.map_err(failed())?;
                    sight(&mut tx, visit, id, &listed.entry.title).await.map_err(failed())?;
                    add_summary(&mut tx, visit, id, listed.entry).await.map_err(failed())?;
                    if let Some(date) = &listed.date {
                        add_evidence(&mut tx, id, std::slice::from_ref(date), visit.zone).await.map_err(failed())?;
                    }
                }
                None => counts.new += 1,
            }
        }
        for stray in &visit.strays {
            insert_stray(&mut tx, visit, stray).await.map_err(failed())?;
        }
        let id = insert_visit(&mut tx, visit, &counts).await.map_err(failed())?;
        insert_captures(&mut tx, AskedFor::Visit(id), visit.captures).await.map_err(failed())?;
        match &visit.part {
            Some(part) => {
                let met = visit.entries.iter().map(|it| (it.outlet.as_str(), it.key.as_str()));
                insert_part(&mut tx, part, met).await.map_err(failed())?;
            }
            None => save_state(&mut tx, visit).await.map_err(failed())?,
        }
        tx.commit().await.map_err(failed())?;
        Ok(counts)
    }

    /// The articles among a visit's entries that are known, and the title under which this source listed them before.
    async fn known_articles<'a>(&self, visit: &'a VisitRecord<'_>) -> Result<HashMap<(&'a str, &'a str), (i64, Option<String>)>> {
        let mut known = HashMap::new();
        let mut asked: Vec<(&str, &str)> = visit.entries.iter().map(|it| (it.outlet.as_str(), it.key.as_str())).collect();
        asked.sort_unstable();
        for chunk in asked.chunk_by(|a, b| a.0 == b.0).flat_map(|it| it.chunks(KEYS_A_STATEMENT)) {
            let places: Vec<_> = (3..chunk.len() + 3).map(|it| format!("${it}")).collect();
            let sql = format!(
                "SELECT a.id, a.key, s.title FROM article a \
                 LEFT JOIN sighting s ON s.article = a.id AND s.source = $1 WHERE a.outlet = $2 AND a.key IN ({})",
                places.join(", ")
            );
            let mut query = sqlx::query(AssertSqlSafe(sql).into_sql_str()).bind(visit.source.as_str()).bind(chunk[0].0);
            for (_, key) in chunk {
                query = query.bind(*key);
            }
            let failed = || doing(format!("look up the articles that {} lists", visit.source));
            for row in query.fetch_all(&self.reader).await.map_err(failed())? {
                let read = || Ok((row.try_get::<String, _>("key")?, row.try_get("id")?, row.try_get("title")?));
                let (key, id, title) = read().map_err(failed())?;
                if let Ok(at) = chunk.binary_search_by(|it| it.1.cmp(&key)) {
                    known.insert(chunk[at], (id, title));
                }
            }
        }
        Ok(known)
    }

    /// What an outlet's sources certified within a window by the visits up to `now`, and the gaps that these found there.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn ledgers(&self, outlet: &Outlet, window: Span, now: DateTime<Utc>) -> Result<Vec<Ledger>> {
        let mut ledgers = Vec::new();
        for source in &outlet.sources {
            ledgers.push(self.ledger(&outlet.id, source, window, now).await?);
        }
        Ok(ledgers)
    }

    /// Of a source under all its addresses, of which it has one at a time.
    async fn ledger(&self, outlet: &OutletId, source: &Source, window: Span, now: DateTime<Utc>) -> Result<Ledger> {
        let mut ledger = Ledger { covers: source.covers, first_good: None, certified: Vec::new(), gaps: Vec::new(), refused: Vec::new() };
        for url in source.addresses() {
            self.add_to_ledger(&mut ledger, outlet, url, window, now).await?;
        }
        ledger.settle();
        Ok(ledger)
    }

    async fn add_to_ledger(&self, ledger: &mut Ledger, outlet: &OutletId, url: &Url, window: Span, now: DateTime<Utc>) -> Result<()> {
        let failed = || doing(format!("load the coverage of {url}"));
        let near = "SELECT at, outcome, certified_from, gap_from, gap_why FROM visit WHERE outlet = $1 AND source = $2 AND at > $3 \
                    AND at <= $4 AND (certified_from < $5 OR gap_from < $5 OR (outcome = 'refused_by_robots' AND at < $5)) ORDER BY at";
        // Years of visits follow an old month: of those the few that settle long stretches can reach back into it. Ordered by a
        // sum, or SQLite takes the index of all visits for the order.
        let far = "SELECT at, outcome, certified_from, gap_from, gap_why FROM visit WHERE outlet = $1 AND source = $2 AND at > $3 \
                   AND at <= $4 AND (at - certified_from > 172800 OR at - gap_from > 172800) \
                   AND (certified_from < $5 OR gap_from < $5) ORDER BY at + 0";
        let long_after = (window.to + LONG).min(now);
        let mut rows = Vec::new();
        for (sql, from, to) in [(near, window.from, long_after), (far, long_after, now)] {
            let found = sqlx::query(sql)
                .bind(outlet.as_str())
                .bind(url.as_str())
                .bind(secs(from))
                .bind(secs(to))
                .bind(secs(window.to))
                .fetch_all(&self.reader)
                .await
                .map_err(failed())?;
            rows.extend(found);
        }
        let first_good = self.source_state(outlet, url).await?.first_good;
        ledger.first_good = ledger.first_good.into_iter().chain(first_good).min();
        for row in rows {
            let read = || {
                let to = instant(row.try_get("at")?);
                let certified: Option<i64> = row.try_get("certified_from")?;
                let gap: Option<i64> = row.try_get("gap_from")?;
                let why: Option<String> = row.try_get("gap_why")?;
                let why = why.map(|it| decoded(it.parse::<GapReason>())).transpose()?;
                let certified = certified.map(|from| Span { from: instant(from), to });
                let refused = row.try_get::<String, _>("outcome")? == Outcome::RefusedByRobots.as_str();
                Ok((certified, refused.then_some(to), gap.zip(why).map(|(from, why)| Gap { span: Span { from: instant(from), to }, why })))
            };
            let (certified, refused, gap) = read().map_err(failed())?;
            ledger.certified.extend(certified);
            ledger.refused.extend(refused);
            ledger.gaps.extend(gap);
        }
        Ok(())
    }

    /// The last visit to a source: when, how it ended, and the detail.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn last_visit(&self, outlet: &OutletId, source: &Url) -> Result<Option<(DateTime<Utc>, Outcome, String)>> {
        let failed = || doing(format!("load the last visit to {source}"));
        let row = sqlx::query("SELECT at, outcome, detail FROM visit WHERE outlet = $1 AND source = $2 ORDER BY at DESC, id DESC LIMIT 1")
            .bind(outlet.as_str())
            .bind(source.as_str())
            .fetch_optional(&self.reader)
            .await
            .map_err(failed())?;
        let read = |row: &sqlx::any::AnyRow| {
            let outcome: String = row.try_get("outcome")?;
            Ok((instant(row.try_get("at")?), decoded(outcome.parse())?, row.try_get("detail")?))
        };
        row.as_ref().map(read).transpose().map_err(failed())
    }
}

/// Inserts an article that was found; `None` where it is new, its id where somebody else was faster.
pub(super) async fn insert_found(
    tx: &mut Transaction<'static, Any>,
    visit: &VisitRecord<'_>,
    listed: &ListedEntry<'_>,
) -> std::result::Result<Option<i64>, sqlx::Error> {
    if let Some(id) = insert_article(tx, visit, listed).await? {
        sight(tx, visit, id, &listed.entry.title).await?;
        return Ok(None);
    }
    let row = sqlx::query("SELECT id FROM article WHERE outlet = $1 AND key = $2")
        .bind(listed.outlet.as_str())
        .bind(listed.key.as_str())
        .fetch_one(&mut **tx)
        .await?;
    row.try_get("id").map(Some)
}

/// Inserts an article; `None` where it is known.
pub(super) async fn insert_article(
    tx: &mut Transaction<'static, Any>,
    visit: &VisitRecord<'_>,
    listed: &ListedEntry<'_>,
) -> std::result::Result<Option<i64>, sqlx::Error> {
    let entry = listed.entry;
    let judgement = (visit.judge)(entry);
    let rules = rules_of(tx, listed.outlet.as_str()).await?;
    let dates = Dates::decide(listed.date.clone().into_iter().collect(), &rules, visit.at, listed.not_before, visit.zone);
    let published = dates.published.unwrap_or(visit.at);
    let texts = Texts { title: &entry.title, lead: &entry.summary, body: "", captions: "", published, zone: visit.zone };
    let looked_through = privacy(&texts);
    let change = next_change(tx).await?;
    let inserted = sqlx::query(
        "INSERT INTO article (outlet, key, url, title, summary, dates, published, published_from, date_standing, date_from, date_to, \
         not_before, first_seen, state, next_try, judgement, score, rule, reasons, topics, terms, change, privacy) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'found', $13, $14, $15, $16, $17, $18, $19, $20, $21) \
         ON CONFLICT (outlet, key) DO NOTHING RETURNING id",
    )
    .bind(listed.outlet.as_str())
    .bind(listed.key.as_str())
    .bind(entry.url.as_str())
    .bind(entry.title.as_str())
    .bind(entry.summary.as_str())
    .bind(encoded(&dates.evidence)?)
    .bind(dates.published.map(secs))
    .bind(dates.published_from)
    .bind(dates.standing)
    .bind(secs(dates.from))
    .bind(secs(dates.to))
    .bind(secs(listed.not_before))
    .bind(secs(visit.at))
    .bind(judgement.kind.as_str())
    .bind(judgement.score)
    .bind(judgement.rule.as_str())
    .bind(encoded(&judgement.reasons)?)
    .bind(encoded(&judgement.topics)?)
    .bind(visit.terms)
    .bind(change)
    .bind(encoded(&looked_through)?)
    .fetch_optional(&mut **tx)
    .await?;
    inserted.map(|row| row.try_get("id")).transpose()
}

async fn sight(
    tx: &mut Transaction<'static, Any>,
    visit: &VisitRecord<'_>,
    article: i64,
    title: &str,
) -> std::result::Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO sighting (article, source, first_seen, title) VALUES ($1, $2, $3, $4) ON CONFLICT (article, source) DO NOTHING",
    )
    .bind(article)
    .bind(visit.source.as_str())
    .bind(secs(visit.at))
    .bind(title)
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Notes the new title of a known article. It was edited: where its page was read as unrelated, what it held is kept as a
/// version and it is read once more; where it waits to be read or was given up, it is from now on looked for under the new title. What
/// counts for the outlet is left alone. Figures may tick in a title ("5 minutes ago") without anything being edited.
async fn retitle(
    tx: &mut Transaction<'static, Any>,
    visit: &VisitRecord<'_>,
    article: i64,
    before: &str,
    entry: &Entry,
) -> std::result::Result<(), sqlx::Error> {
    sqlx::query("UPDATE sighting SET title = $1 WHERE article = $2 AND source = $3")
        .bind(entry.title.as_str())
        .bind(article)
        .bind(visit.source.as_str())
        .execute(&mut **tx)
        .await?;
    if before.is_empty()
        || entry.title.is_empty()
        || before.chars().filter(|it| it.is_alphabetic()).eq(entry.title.chars().filter(|it| it.is_alphabetic()))
    {
        return Ok(());
    }
    look_again(tx, visit, article, entry).await
}

/// Has an article that was read as unrelated, waits or was given up looked for once more, under what a source says of it now.
async fn look_again(
    tx: &mut Transaction<'static, Any>,
    visit: &VisitRecord<'_>,
    article: i64,
    entry: &Entry,
) -> std::result::Result<(), sqlx::Error> {
    keep_version(tx, article).await?;
    let change = next_change(tx).await?;
    sqlx::query(
        "UPDATE article SET title = $1, summary = $2, state = 'found', attempts = 0, first_failed = NULL, next_try = $3, change = $5 \
         WHERE id = $4 AND judgement = 'unrelated'",
    )
    .bind(entry.title.as_str())
    .bind(entry.summary.as_str())
    .bind(secs(visit.at))
    .bind(article)
    .bind(change)
    .execute(&mut **tx)
    .await?;
    judge_unread_again(tx, visit, article, entry).await
}

/// Keeps what another source says of a known article, where nothing was said yet. What was read as unrelated is read again where
/// that source names the subject: it may have been edited before the source listed it.
async fn add_summary(
    tx: &mut Transaction<'static, Any>,
    visit: &VisitRecord<'_>,
    article: i64,
    entry: &Entry,
) -> std::result::Result<(), sqlx::Error> {
    sqlx::query("UPDATE article SET summary = $1 WHERE id = $2 AND summary = '' AND $1 <> ''")
        .bind(entry.summary.as_str())
        .bind(article)
        .execute(&mut **tx)
        .await?;
    let read = sqlx::query("SELECT id FROM article WHERE id = $1 AND state = 'read' AND judgement = 'unrelated'").bind(article);
    if (visit.judge)(entry).kind != JudgementKind::Unrelated && read.fetch_optional(&mut **tx).await?.is_some() {
        return look_again(tx, visit, article, entry).await;
    }
    judge_unread_again(tx, visit, article, entry).await
}

/// A term that a title or summary brings makes a candidate of what was not read; one that it lost is not taken away.
async fn judge_unread_again(
    tx: &mut Transaction<'static, Any>,
    visit: &VisitRecord<'_>,
    article: i64,
    entry: &Entry,
) -> std::result::Result<(), sqlx::Error> {
    let judgement = (visit.judge)(entry);
    let waits = sqlx::query("SELECT id FROM article WHERE id = $1 AND state <> 'read' AND judgement = 'unrelated'")
        .bind(article)
        .fetch_optional(&mut **tx)
        .await?;
    if waits.is_none() || judgement.kind == JudgementKind::Unrelated {
        return Ok(());
    }
    save_judgement(tx, article, &judgement, visit.terms).await
}

async fn insert_visit(
    tx: &mut Transaction<'static, Any>,
    visit: &VisitRecord<'_>,
    counts: &Counts,
) -> std::result::Result<i64, sqlx::Error> {
    let count = |it: u64| i64::try_from(it).unwrap_or(i64::MAX);
    sqlx::query(
        "INSERT INTO visit (outlet, source, at, outcome, detail, status, bytes, digest, in_document, new, known, rejected, \
         certified_from, gap_from, gap_why) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
         RETURNING id",
    )
    .bind(visit.outlet.as_str())
    .bind(visit.source.as_str())
    .bind(secs(visit.at))
    .bind(visit.outcome.as_str())
    .bind(visit.detail)
    .bind(visit.status.map(i64::from))
    .bind(count(visit.bytes as u64))
    .bind(visit.digest)
    .bind(count(counts.in_document))
    .bind(count(counts.new))
    .bind(count(counts.known))
    .bind(encoded(&counts.rejected)?)
    .bind(visit.certified_from.map(secs))
    .bind(visit.gap.map(|(from, _)| secs(from)))
    .bind(visit.gap.map(|(_, why)| why.as_str()))
    .fetch_one(&mut **tx)
    .await?
    .try_get("id")
}

async fn save_state(tx: &mut Transaction<'static, Any>, visit: &VisitRecord<'_>) -> std::result::Result<(), sqlx::Error> {
    let state = visit.state;
    sqlx::query(
        "INSERT INTO source (outlet, url, etag, last_modified, full_at, digest, listed_ever, last_outcome, failures, next_visit, \
         claimed_until, first_good, certified_to, standing, moved_to) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12, $13, $14) \
         ON CONFLICT (outlet, url) DO UPDATE SET etag = excluded.etag, last_modified = excluded.last_modified, full_at = excluded.full_at, \
         digest = excluded.digest, listed_ever = excluded.listed_ever, last_outcome = excluded.last_outcome, failures = excluded.failures, \
         next_visit = excluded.next_visit, claimed_until = 0, first_good = excluded.first_good, certified_to = excluded.certified_to, \
         standing = excluded.standing, moved_to = excluded.moved_to",
    )
    .bind(visit.outlet.as_str())
    .bind(visit.source.as_str())
    .bind(state.etag.as_deref())
    .bind(state.last_modified.as_deref())
    .bind(state.full_at.map(secs))
    .bind(state.digest.as_deref())
    .bind(i64::from(state.listed_ever))
    .bind(state.last_outcome.map(Outcome::as_str))
    .bind(i64::from(state.failures))
    .bind(secs(state.next_visit))
    .bind(state.first_good.map(secs))
    .bind(state.certified_to.map(secs))
    .bind(state.standing.as_ref().map(encoded).transpose()?)
    .bind(state.moved_to.as_deref())
    .execute(&mut **tx)
    .await
    .map(drop)
}

impl StoreError {
    /// Whether the database refused because somebody else was at it: trying again later may help.
    pub fn is_busy(&self) -> bool {
        self.cause.as_database_error().is_some_and(|it| it.message().contains("locked") || it.message().contains("busy"))
    }
}
