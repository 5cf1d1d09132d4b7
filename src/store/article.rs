//! Articles: found, read or unread; their dates and judgements; the number by which the index follows them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sqlx::{Any, AssertSqlSafe, Row, SqlSafeStr, Transaction, any::AnyRow};

use super::{
    Result, Store,
    capture::{AskedFor, NewCapture, insert_captures},
    clock::rules_of,
    decoded, doing, encoded, instant,
    link::to_read_of,
    marks_of, optional_instant, optional_json, secs,
};
use crate::domain::{
    article::Page,
    clock::{ClockRule, DatePlace, set_clock},
    date::{DateDoubt, DateEvidence, DateStanding, decide_date, widen_change},
    facet::Facets,
    outlet::OutletId,
    privacy::Privacy,
    reading::text_hash,
    relevance::{Judgement, JudgementKind, Mark, Topic},
};

/// Bound values of one statement.
const IDS_A_STATEMENT: usize = 500;

/// An article whose page is to be fetched.
#[derive(Debug, Clone)]
pub struct ToRead {
    pub id: i64,
    pub outlet: String,
    pub url: String,
    /// As the source listed it.
    pub title: String,
    pub summary: String,
    pub first_seen: DateTime<Utc>,
    /// Why the last try failed, how often in a row it failed so, and since when.
    pub unread_why: Option<String>,
    pub attempts: u32,
    pub first_failed: Option<DateTime<Utc>>,
}

/// An article as it is shown, judged again and indexed.
#[derive(Debug, Clone)]
pub struct Stored {
    pub id: i64,
    pub outlet: String,
    pub url: String,
    pub title: String,
    pub summary: String,
    pub lead: String,
    pub text: String,
    pub author: Option<String>,
    /// Of its pictures, one a line.
    pub captions: String,
    pub published: Option<DateTime<Utc>>,
    /// Earliest and latest instant at which it may have been published.
    pub date_from: DateTime<Utc>,
    pub date_to: DateTime<Utc>,
    pub judgement: JudgementKind,
    pub terms: String,
    pub topics: Vec<Topic>,
    pub marks: Vec<Mark>,
    /// `None` where nothing was read yet.
    pub facets: Option<Facets>,
    /// `None` where nobody has looked.
    pub privacy: Option<Privacy>,
    pub read: bool,
    pub change: i64,
}

/// A page that was read.
#[derive(Debug)]
pub struct ReadingRecord<'a> {
    /// The outlet that the article belongs to, as its date tells.
    pub outlet: &'a OutletId,
    pub page: &'a Page,
    pub judgement: &'a Judgement,
    pub facets: &'a Facets,
    pub privacy: &'a Privacy,
    /// Version of the dictionary.
    pub terms: &'a str,
    pub zone: Tz,
    /// What was answered, as it stands in the archive.
    pub captures: &'a [NewCapture],
}

/// A try at a page that did not end in an article.
#[derive(Debug)]
pub struct FailedReading<'a> {
    pub why: &'a str,
    pub at: DateTime<Utc>,
    pub next_try: DateTime<Utc>,
    /// Whether it is given up: gone for good, or without text by nature.
    pub given_up: bool,
    /// What was answered, as it stands in the archive; nothing where nobody answered.
    pub captures: &'a [NewCapture],
}

/// The dates of an article as the store keeps them.
pub(super) struct Dates {
    pub evidence: Vec<DateEvidence>,
    pub published: Option<DateTime<Utc>>,
    pub published_from: Option<&'static str>,
    pub standing: &'static str,
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
}

impl Dates {
    /// Weighs the evidence by the rules on the outlet's clocks; an article without an acceptable date may fall anywhere
    /// between `not_before` and the time it was first seen, or a later one that it states.
    pub(super) fn decide(
        mut evidence: Vec<DateEvidence>,
        rules: &[ClockRule],
        first_seen: DateTime<Utc>,
        not_before: DateTime<Utc>,
        zone: Tz,
    ) -> Self {
        set_clock(&mut evidence, rules, first_seen, zone);
        let decision = widen_change(decide_date(evidence, Some(first_seen), zone), not_before, zone);
        let (standing, from, to) = match (decision.standing, decision.published) {
            (DateStanding::Sure, Some(at)) => ("sure", at, at),
            (DateStanding::Straddles { earliest, latest }, _) => ("straddles", earliest, latest),
            // A date that lay ahead may be right and our clock have been slow: then the article is of that day.
            _ => ("undated", not_before, ahead_of(&decision.evidence).map_or(first_seen, |it| it.max(first_seen))),
        };
        Self {
            evidence: decision.evidence,
            published: decision.published,
            published_from: decision.from.map(|it| it.as_str()),
            standing,
            from,
            to,
        }
    }

    /// The months that they put the article in.
    pub(super) fn place(&self, zone: Tz) -> DatePlace {
        let standing = match self.standing {
            "sure" => DateStanding::Sure,
            "straddles" => DateStanding::Straddles { earliest: self.from, latest: self.to },
            _ => DateStanding::Undated,
        };
        DatePlace::of(standing, self.published, zone)
    }

    /// Keeps them with the article.
    pub(super) async fn save(&self, tx: &mut Transaction<'static, Any>, id: i64) -> std::result::Result<(), sqlx::Error> {
        let change = next_change(tx).await?;
        sqlx::query(
            "UPDATE article SET dates = $1, published = $2, published_from = $3, date_standing = $4, date_from = $5, date_to = $6, change = $7 \
             WHERE id = $8",
        )
        .bind(encoded(&self.evidence)?)
        .bind(self.published.map(secs))
        .bind(self.published_from)
        .bind(self.standing)
        .bind(secs(self.from))
        .bind(secs(self.to))
        .bind(change)
        .bind(id)
        .execute(&mut **tx)
        .await
        .map(drop)
    }
}

/// The latest date that was refused for nothing but lying ahead of the time at which the article was first seen.
fn ahead_of(evidence: &[DateEvidence]) -> Option<DateTime<Utc>> {
    evidence.iter().filter(|it| it.why == Some(DateDoubt::AfterFirstSeen)).filter_map(|it| it.instant).max()
}

/// A query for whole articles, as [`stored_of`] reads them.
macro_rules! select_stored {
    ($rest:literal) => {
        concat!(
            "SELECT id, outlet, url, title, summary, lead, text, author, captions, published, date_from, date_to, judgement, terms, topics, marks, facets, privacy, state, change FROM article ",
            $rest
        )
    };
}

impl Store {
    /// Articles whose pages wait to be read; with `at`, only those whose next try is due then.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn to_read(&self, outlet: &OutletId, at: Option<DateTime<Utc>>, limit: u32) -> Result<Vec<ToRead>> {
        let failed = || doing(format!("list the unread articles of {outlet}"));
        let rows = sqlx::query(
            "SELECT id, outlet, url, title, summary, first_seen, unread_why, attempts, first_failed FROM article \
             WHERE outlet = $1 AND state IN ('found', 'unread') AND next_try <= $2 ORDER BY first_seen DESC, id LIMIT $3",
        )
        .bind(outlet.as_str())
        .bind(at.map_or(i64::MAX, secs))
        .bind(i64::from(limit))
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        rows.iter().map(to_read_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// How many articles' pages wait to be read; with `at`, only those whose next try is due then.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn count_to_read(&self, outlet: &OutletId, at: Option<DateTime<Utc>>) -> Result<u64> {
        let row =
            sqlx::query("SELECT COUNT(*) AS waiting FROM article WHERE outlet = $1 AND state IN ('found', 'unread') AND next_try <= $2")
                .bind(outlet.as_str())
                .bind(at.map_or(i64::MAX, secs))
                .fetch_one(&self.reader)
                .await;
        let waiting =
            row.and_then(|it| it.try_get::<i64, _>("waiting")).map_err(doing(format!("count the unread articles of {outlet}")))?;
        Ok(u64::try_from(waiting).unwrap_or(0))
    }

    /// Keeps what was read of an article's page: text, dates, judgement and captures, in one transaction. The date may show that
    /// the article belongs to another outlet that had the host at that time.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn record_reading(&self, id: i64, reading: &ReadingRecord<'_>) -> Result<()> {
        let ReadingRecord { outlet, page, judgement, facets, privacy, terms, zone, captures } = *reading;
        let failed = || doing(format!("record the reading of article {id}"));
        let mut tx = self.write().await.map_err(failed())?;
        let first = sqlx::query(
            "UPDATE article SET title = CASE WHEN $1 = '' THEN title ELSE $1 END, lead = $2, text = $3, author = $4, language = $5, \
             state = 'read', unread_why = NULL, letters = $8, text_hash = $9, closed = $10, captions = $11, \
             outlet = CASE WHEN EXISTS (SELECT 1 FROM article other WHERE other.outlet = $6 AND other.key = article.key) THEN outlet ELSE $6 END \
             WHERE id = $7 AND state IN ('found', 'unread')",
        )
        .bind(page.title.as_str())
        .bind(page.lead.as_str())
        .bind(page.text.as_str())
        .bind(page.author.as_deref())
        .bind(page.language.as_deref())
        .bind(outlet.as_str())
        .bind(id)
        .bind(i64::try_from(page.text.chars().count()).unwrap_or(i64::MAX))
        .bind(text_hash(&page.text))
        .bind(i64::from(!page.breaks_off))
        .bind(page.captions.as_str())
        .execute(&mut *tx)
        .await
        .map_err(failed())?;
        // Another worker may have read it meanwhile: what it read stays.
        if first.rows_affected() > 0 {
            save_judgement(&mut tx, id, judgement, terms).await.map_err(failed())?;
            save_sides(&mut tx, id, facets, privacy).await.map_err(failed())?;
            add_evidence(&mut tx, id, &page.dates, zone).await.map_err(failed())?;
        }
        insert_captures(&mut tx, AskedFor::Article(id), captures).await.map_err(failed())?;
        tx.commit().await.map_err(failed())
    }

    /// Keeps a try at a page that failed, with its captures, in one transaction; the article stays unread, or is given up.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn record_failed_reading(&self, id: i64, failure: &FailedReading<'_>) -> Result<()> {
        let failed = || doing(format!("record the failed reading of article {id}"));
        let mut tx = self.write().await.map_err(failed())?;
        sqlx::query(
            "UPDATE article SET state = $1, unread_why = $2, attempts = CASE WHEN unread_why = $2 THEN attempts + 1 ELSE 1 END, \
             first_failed = CASE WHEN unread_why = $2 THEN first_failed ELSE $3 END, \
             next_try = $4 WHERE id = $5 AND state IN ('found', 'unread')",
        )
        .bind(if failure.given_up { "gone" } else { "unread" })
        .bind(failure.why)
        .bind(secs(failure.at))
        .bind(secs(failure.next_try))
        .bind(id)
        .execute(&mut *tx)
        .await
        .map_err(failed())?;
        insert_captures(&mut tx, AskedFor::Article(id), failure.captures).await.map_err(failed())?;
        tx.commit().await.map_err(failed())
    }

    /// Articles that changed after a mark, in the order of their changes; not those of the control outlet.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn changed_after(&self, mark: i64, limit: u32) -> Result<Vec<Stored>> {
        let sql = select_stored!("WHERE change > $1 AND outlet <> $3 ORDER BY change LIMIT $2");
        let failed = || doing(format!("list the articles that changed after {mark}"));
        let query = sqlx::query(sql).bind(mark).bind(i64::from(limit)).bind(OutletId::control().as_str().to_owned());
        let rows = query.fetch_all(&self.reader).await.map_err(failed())?;
        rows.iter().map(stored_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// All articles by rising id, from after `id` on: the walk that judges everything again. Those of the control outlet are
    /// left out.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn articles_after(&self, id: i64, limit: u32) -> Result<Vec<Stored>> {
        let sql = select_stored!("WHERE id > $1 AND outlet <> $3 ORDER BY id LIMIT $2");
        let failed = || doing(format!("list the articles after {id}"));
        let query = sqlx::query(sql).bind(id).bind(i64::from(limit)).bind(OutletId::control().as_str().to_owned());
        let rows = query.fetch_all(&self.reader).await.map_err(failed())?;
        rows.iter().map(stored_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// Articles that may be of a time after an instant, by falling id from before `id` on. Those of the control outlet are left
    /// out.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn articles_since(&self, since: DateTime<Utc>, id: i64, limit: u32) -> Result<Vec<Stored>> {
        let sql = select_stored!("WHERE id < $1 AND date_to >= $4 AND outlet <> $3 ORDER BY id DESC LIMIT $2");
        let failed = || doing(format!("list the articles since {since}"));
        let query = sqlx::query(sql).bind(id).bind(i64::from(limit)).bind(OutletId::control().as_str().to_owned()).bind(secs(since));
        let rows = query.fetch_all(&self.reader).await.map_err(failed())?;
        rows.iter().map(stored_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// One article.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn article(&self, id: i64) -> Result<Option<Stored>> {
        let failed = || doing(format!("load article {id}"));
        let row = sqlx::query(select_stored!("WHERE id = $1")).bind(id).fetch_optional(&self.reader).await.map_err(failed())?;
        row.as_ref().map(stored_of).transpose().map_err(failed())
    }

    /// Articles by their ids; those that the store has not are left out.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn articles(&self, ids: &[i64]) -> Result<HashMap<i64, Stored>> {
        let failed = || doing(format!("load {} articles", ids.len()));
        let mut found = HashMap::new();
        for chunk in ids.chunks(IDS_A_STATEMENT) {
            let places: Vec<_> = (1..=chunk.len()).map(|it| format!("${it}")).collect();
            let sql = format!("{} ({})", select_stored!("WHERE id IN"), places.join(", "));
            let query = chunk.iter().fold(sqlx::query(AssertSqlSafe(sql).into_sql_str()), |query, id| query.bind(*id));
            for row in query.fetch_all(&self.reader).await.map_err(failed())? {
                let article = stored_of(&row).map_err(failed())?;
                found.insert(article.id, article);
            }
        }
        Ok(found)
    }

    /// Replaces the judgement of an article.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn record_judgement(&self, id: i64, judgement: &Judgement, terms: &str) -> Result<()> {
        let failed = || doing(format!("record the judgement of article {id}"));
        let mut tx = self.write().await.map_err(failed())?;
        save_judgement(&mut tx, id, judgement, terms).await.map_err(failed())?;
        tx.commit().await.map_err(failed())
    }

    /// Replaces the facets of an article and what may identify a person in it.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn record_sides(&self, id: i64, facets: &Facets, privacy: &Privacy) -> Result<()> {
        let failed = || doing(format!("record the facets of article {id}"));
        let mut tx = self.write().await.map_err(failed())?;
        save_sides(&mut tx, id, facets, privacy).await.map_err(failed())?;
        tx.commit().await.map_err(failed())
    }

    /// The number of the latest change of any article.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn latest_change(&self) -> Result<i64> {
        sqlx::query("SELECT value FROM counter WHERE name = 'article_change'")
            .fetch_one(&self.reader)
            .await
            .and_then(|it| it.try_get("value"))
            .map_err(doing("load the number of the latest change"))
    }
}

/// Takes the next change number. The row stays locked until the transaction ends, so numbers become visible in
/// order and the index cannot step over one.
pub(super) async fn next_change(tx: &mut Transaction<'static, Any>) -> std::result::Result<i64, sqlx::Error> {
    let row =
        sqlx::query("UPDATE counter SET value = value + 1 WHERE name = 'article_change' RETURNING value").fetch_one(&mut **tx).await?;
    row.try_get("value")
}

pub(super) async fn save_judgement(
    tx: &mut Transaction<'static, Any>,
    id: i64,
    judgement: &Judgement,
    terms: &str,
) -> std::result::Result<(), sqlx::Error> {
    let change = next_change(tx).await?;
    sqlx::query(
        "UPDATE article SET judgement = $1, score = $2, rule = $3, reasons = $4, topics = $5, terms = $6, change = $7, marks = $8 WHERE id = $9",
    )
    .bind(judgement.kind.as_str())
    .bind(judgement.score)
    .bind(judgement.rule.as_str())
    .bind(encoded(&judgement.reasons)?)
    .bind(encoded(&judgement.topics)?)
    .bind(terms)
    .bind(change)
    .bind(encoded(&judgement.marks)?)
    .bind(id)
    .execute(&mut **tx)
    .await
    .map(drop)
}

async fn save_sides(
    tx: &mut Transaction<'static, Any>,
    id: i64,
    facets: &Facets,
    privacy: &Privacy,
) -> std::result::Result<(), sqlx::Error> {
    let change = next_change(tx).await?;
    sqlx::query("UPDATE article SET facets = $1, privacy = $2, change = $3 WHERE id = $4")
        .bind(encoded(facets)?)
        .bind(encoded(privacy)?)
        .bind(change)
        .bind(id)
        .execute(&mut **tx)
        .await
        .map(drop)
}

/// Adds date evidence to an article and weighs all of it again.
pub(super) async fn add_evidence(
    tx: &mut Transaction<'static, Any>,
    id: i64,
    more: &[DateEvidence],
    zone: Tz,
) -> std::result::Result<(), sqlx::Error> {
    let (row, mut evidence) = evidence_of(tx, id).await?;
    let fresh: Vec<_> = more.iter().filter(|it| !evidence.iter().any(|old| old.from == it.from && old.raw == it.raw)).cloned().collect();
    if fresh.is_empty() {
        return Ok(());
    }
    evidence.extend(fresh);
    weigh(tx, id, (row, evidence), zone).await
}

/// The row that an article's date stands in, and the evidence for it.
type Dated = (AnyRow, Vec<DateEvidence>);

pub(super) async fn evidence_of(tx: &mut Transaction<'static, Any>, id: i64) -> std::result::Result<Dated, sqlx::Error> {
    let row = sqlx::query("SELECT outlet, dates, first_seen, not_before FROM article WHERE id = $1").bind(id).fetch_one(&mut **tx).await?;
    let evidence = decoded(serde_json::from_str(&row.try_get::<String, _>("dates")?))?;
    Ok((row, evidence))
}

/// Decides an article's date by that evidence and keeps it.
pub(super) async fn weigh(tx: &mut Transaction<'static, Any>, id: i64, dated: Dated, zone: Tz) -> std::result::Result<(), sqlx::Error> {
    let (row, evidence) = dated;
    let rules = rules_of(tx, &row.try_get::<String, _>("outlet")?).await?;
    Dates::decide(evidence, &rules, instant(row.try_get("first_seen")?), instant(row.try_get("not_before")?), zone).save(tx, id).await
}

fn stored_of(row: &AnyRow) -> std::result::Result<Stored, sqlx::Error> {
    let judgement: String = row.try_get("judgement")?;
    let state: String = row.try_get("state")?;
    Ok(Stored {
        id: row.try_get("id")?,
        outlet: row.try_get("outlet")?,
        url: row.try_get("url")?,
        title: row.try_get("title")?,
        summary: row.try_get("summary")?,
        lead: row.try_get("lead")?,
        text: row.try_get("text")?,
        author: row.try_get("author")?,
        captions: row.try_get("captions")?,
        published: optional_instant(row, "published")?,
        date_from: instant(row.try_get("date_from")?),
        date_to: instant(row.try_get("date_to")?),
        judgement: decoded(judgement.parse())?,
        terms: row.try_get("terms")?,
        topics: decoded(serde_json::from_str(&row.try_get::<String, _>("topics")?))?,
        marks: marks_of(row)?,
        facets: optional_json(row, "facets")?,
        privacy: optional_json(row, "privacy")?,
        read: state == "read",
        change: row.try_get("change")?,
    })
}
