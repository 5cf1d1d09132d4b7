//! What a dossier takes from the store beside the verdict: visits, repairs, scored and whole articles.

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, Row, SqlSafeStr, any::AnyRow};

use super::{
    Result, Store, decoded, doing, instant, marks_of, masks_of,
    month::{firmness_of, state_of},
    nature_of, optional_instant, optional_json, secs,
};
use crate::domain::{
    coverage::GapReason,
    dossier::{ClosedGap, KeptArticle, KeptVisit},
    facet::Facets,
    month::Span,
    nature::Nature,
    near_miss::Scored,
    outlet::OutletId,
    privacy::{Mask, Privacy, mask, mask_zone},
    relevance::{Judgement, Zone},
    visit::Outcome,
};

/// An article on the subject that was not known before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewArticle {
    pub url: String,
    /// Masked.
    pub title: String,
    /// Masked: its lead, or what its source said of it.
    pub gist: String,
    pub published: Option<DateTime<Utc>>,
    /// Id of its genre, where it was looked at.
    pub genre: Option<String>,
    pub nature: Nature,
}

/// Articles of one outlet that are told of at once.
const NEW_MAX: i64 = 100;
/// Visits of one outlet and month that a dossier takes in: ten sources every ten minutes.
pub const VISITS_MAX: usize = 50_000;
/// Addresses looked up in one statement: below the 999 parameters that old SQLite builds allow.
const ADDRESSES_A_STATEMENT: usize = 400;

impl Store {
    /// The visits to an outlet's sources that bear on a window, as made up to `now`, in order: those within it and those that
    /// certified a part of it later. At most [`VISITS_MAX`].
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn visits_within(&self, outlet: &OutletId, window: Span, now: DateTime<Utc>) -> Result<Vec<KeptVisit>> {
        let failed = || doing(format!("list the visits to {outlet} from {}", window.from));
        let rows = sqlx::query(
            "SELECT at, source, outcome, detail, status, bytes, digest, in_document, new, known, rejected, certified_from, gap_from, gap_why \
             FROM visit WHERE outlet = $1 AND at >= $2 AND at <= $3 AND (at <= $4 OR certified_from < $4 OR gap_from < $4) \
             ORDER BY at, id LIMIT $5",
        )
        .bind(outlet.as_str())
        .bind(secs(window.from))
        .bind(secs(now))
        .bind(secs(window.to))
        .bind(VISITS_MAX as i64)
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        rows.iter().map(visit_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// The repairs of an outlet up to `now` that touch a window, each with its witness.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn closed_gaps(&self, outlet: &OutletId, window: Span, now: DateTime<Utc>) -> Result<Vec<ClosedGap>> {
        let failed = || doing(format!("list the repairs of {outlet}"));
        let rows = sqlx::query(
            "SELECT gap_from, gap_to, witness, at FROM repair WHERE outlet = $1 AND gap_from < $2 AND gap_to > $3 AND at <= $4 \
             ORDER BY gap_from, id",
        )
        .bind(outlet.as_str())
        .bind(secs(window.to))
        .bind(secs(window.from))
        .bind(secs(now))
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        let read = |it: &AnyRow| {
            let span = Span { from: instant(it.try_get("gap_from")?), to: instant(it.try_get("gap_to")?) };
            Ok(ClosedGap { span, witness: it.try_get("witness")?, at: instant(it.try_get("at")?) })
        };
        rows.iter().map(read).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// The best-scoring articles of an outlet that may fall in a month, of any judgement, as seen up to `now`; among equals
    /// those with more spans first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn best_scored(&self, outlet: &OutletId, month: Span, now: DateTime<Utc>, limit: usize) -> Result<Vec<Scored>> {
        let failed = || doing(format!("list the best-scoring articles of {outlet}"));
        let rows = sqlx::query(
            "SELECT url, title, privacy, facets, published, state, judgement, score, rule, reasons, topics, marks FROM article \
             WHERE outlet = $1 AND date_from < $2 AND date_to >= $3 AND first_seen <= $4 ORDER BY score DESC, LENGTH(reasons) DESC, url LIMIT $5",
        )
        .bind(outlet.as_str())
        .bind(secs(month.to))
        .bind(secs(month.from))
        .bind(secs(now))
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        let read = |it: &AnyRow| {
            Ok(Scored {
                url: it.try_get("url")?,
                title: mask(it.try_get("title")?, &masks_of(it)?),
                published: optional_instant(it, "published")?,
                state: state_of(it)?,
                judgement: judgement_of(it)?,
                nature: nature_of(it)?,
            })
        };
        rows.iter().map(read).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// The whole articles of an outlet at these addresses, in the order of the addresses.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn kept_articles(&self, outlet: &OutletId, urls: &[String]) -> Result<Vec<KeptArticle>> {
        let failed = || doing(format!("load articles of {outlet}"));
        let mut found = Vec::new();
        for chunk in urls.chunks(ADDRESSES_A_STATEMENT) {
            let places: Vec<_> = (2..chunk.len() + 2).map(|it| format!("${it}")).collect();
            let sql = format!("SELECT * FROM article WHERE outlet = $1 AND url IN ({}) ORDER BY id", places.join(", "));
            let mut query = sqlx::query(AssertSqlSafe(sql).into_sql_str()).bind(outlet.as_str());
            for url in chunk {
                query = query.bind(url.as_str());
            }
            for row in query.fetch_all(&self.reader).await.map_err(failed())? {
                found.push(masks_of(&row).and_then(|masks| article_of(&row, &masks)).map_err(failed())?);
            }
        }
        let place = |it: &KeptArticle| urls.iter().position(|url| *url == it.url);
        found.sort_by_key(place);
        Ok(found)
    }
}

/// How the visits to a source of one outlet ended in a stretch of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeCount {
    pub source: String,
    pub outcome: Outcome,
    pub visits: usize,
    pub new: usize,
    pub last: DateTime<Utc>,
}

impl Store {
    /// How the visits to an outlet's sources ended in a window, by source and outcome.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn outcome_counts(&self, outlet: &OutletId, window: Span) -> Result<Vec<OutcomeCount>> {
        let failed = || doing(format!("count the visits to {outlet} from {}", window.from));
        let rows = sqlx::query(
            "SELECT source, outcome, COUNT(*) AS visits, CAST(SUM(new) AS BIGINT) AS new, MAX(at) AS last FROM visit \
             WHERE outlet = $1 AND at >= $2 AND at < $3 GROUP BY source, outcome ORDER BY source, outcome",
        )
        .bind(outlet.as_str())
        .bind(secs(window.from))
        .bind(secs(window.to))
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        let count = |row: &AnyRow, column: &str| row.try_get::<i64, _>(column).map(|it| usize::try_from(it).unwrap_or(0));
        let read = |it: &AnyRow| {
            Ok(OutcomeCount {
                source: it.try_get("source")?,
                outcome: decoded(it.try_get::<String, _>("outcome")?.parse())?,
                visits: count(it, "visits")?,
                new: count(it, "new")?,
                last: instant(it.try_get("last")?),
            })
        };
        rows.iter().map(read).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// The articles on the subject that were first seen after `since` and not after `now`, the newest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn new_about(&self, outlet: &OutletId, since: DateTime<Utc>, now: DateTime<Utc>) -> Result<Vec<NewArticle>> {
        let failed = || doing(format!("list what {outlet} published since {since}"));
        let rows = sqlx::query(
            "SELECT url, title, lead, summary, published, facets, marks, privacy FROM article WHERE outlet = $1 AND judgement = 'about' \
             AND first_seen > $2 AND first_seen <= $3 ORDER BY first_seen DESC, id DESC LIMIT $4",
        )
        .bind(outlet.as_str())
        .bind(secs(since))
        .bind(secs(now))
        .bind(NEW_MAX)
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        rows.iter().map(new_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// A whole article by its number, with its outlet and what it may give away. Names are masked as they are everywhere, unless
    /// `bare` asks for the text as it was published.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn whole_article(&self, id: i64, bare: bool) -> Result<Option<(OutletId, KeptArticle, Privacy)>> {
        let failed = || doing(format!("load article {id}"));
        let row = sqlx::query("SELECT * FROM article WHERE id = $1").bind(id).fetch_optional(&self.reader).await.map_err(failed())?;
        let read = |row: AnyRow| {
            let privacy = optional_json::<Privacy>(&row, "privacy")?.unwrap_or_default();
            let masks = if bare { Vec::new() } else { privacy.masks.clone() };
            Ok((decoded(row.try_get::<String, _>("outlet")?.parse())?, article_of(&row, &masks)?, privacy))
        };
        row.map(read).transpose().map_err(failed())
    }
}

fn new_of(row: &AnyRow) -> std::result::Result<NewArticle, sqlx::Error> {
    let masks = masks_of(row)?;
    let [title, lead, summary] = ["title", "lead", "summary"].map(|it| row.try_get::<String, _>(it).map(|it| mask(&it, &masks)));
    let (lead, summary) = (lead?, summary?);
    Ok(NewArticle {
        url: row.try_get("url")?,
        title: title?,
        gist: if lead.is_empty() { summary } else { lead },
        published: optional_instant(row, "published")?,
        genre: optional_json::<Facets>(row, "facets")?.map(|it| it.genre),
        nature: nature_of(row)?,
    })
}

fn visit_of(row: &AnyRow) -> std::result::Result<KeptVisit, sqlx::Error> {
    let count = |column: &str| row.try_get::<i64, _>(column).map(|it| u64::try_from(it).unwrap_or(0));
    let why: Option<String> = row.try_get("gap_why")?;
    Ok(KeptVisit {
        at: instant(row.try_get("at")?),
        source: row.try_get("source")?,
        outcome: decoded(row.try_get::<String, _>("outcome")?.parse())?,
        detail: row.try_get("detail")?,
        status: row.try_get::<Option<i64>, _>("status")?.and_then(|it| u16::try_from(it).ok()),
        bytes: count("bytes")?,
        digest: row.try_get("digest")?,
        in_document: count("in_document")?,
        new: count("new")?,
        known: count("known")?,
        rejected: decoded(serde_json::from_str(&row.try_get::<String, _>("rejected")?))?,
        certified_from: optional_instant(row, "certified_from")?,
        gap_from: optional_instant(row, "gap_from")?,
        gap_why: why.map(|it| decoded(it.parse::<GapReason>())).transpose()?,
    })
}

fn judgement_of(row: &AnyRow) -> std::result::Result<Judgement, sqlx::Error> {
    Ok(Judgement {
        kind: decoded(row.try_get::<String, _>("judgement")?.parse())?,
        score: row.try_get("score")?,
        rule: decoded(row.try_get::<String, _>("rule")?.parse())?,
        reasons: decoded(serde_json::from_str(&row.try_get::<String, _>("reasons")?))?,
        topics: decoded(serde_json::from_str(&row.try_get::<String, _>("topics")?))?,
        marks: marks_of(row)?,
    })
}

fn article_of(row: &AnyRow, masks: &[Mask]) -> std::result::Result<KeptArticle, sqlx::Error> {
    let mut judgement = judgement_of(row)?;
    let mut masked = |zone, column: &str| Ok::<_, sqlx::Error>(mask_zone(zone, row.try_get(column)?, masks, &mut judgement.reasons));
    Ok(KeptArticle {
        url: row.try_get("url")?,
        title: masked(Zone::Title, "title")?,
        summary: mask(row.try_get("summary")?, masks),
        lead: masked(Zone::Lead, "lead")?,
        text: masked(Zone::Body, "text")?,
        captions: masked(Zone::Caption, "captions")?,
        author: row.try_get("author")?,
        language: row.try_get("language")?,
        first_seen: instant(row.try_get("first_seen")?),
        state: state_of(row)?,
        unread_why: row.try_get("unread_why")?,
        published: optional_instant(row, "published")?,
        published_from: row.try_get("published_from")?,
        date_standing: firmness_of(row)?,
        date_from: instant(row.try_get("date_from")?),
        date_to: instant(row.try_get("date_to")?),
        dates: decoded(serde_json::from_str(&row.try_get::<String, _>("dates")?))?,
        judgement,
        terms: row.try_get("terms")?,
    })
}
