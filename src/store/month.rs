//! What a month's verdict is made of, and the changes of verdicts.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::{Any, Row, Transaction, any::AnyRow};

use super::{
    Result, Store, decoded, doing, instant, masks_of, nature_of,
    notice::{NewNotice, insert_notice},
    optional_instant, secs,
};
use crate::domain::{
    month::{Month, Span},
    notice::{Channel, NoticeKey, Step},
    outlet::OutletId,
    privacy::mask,
    review::{DateFirmness, Marks, MonthArticle, ReadState},
    ruling::{Decision, StandingRuling, text_digest},
    verdict::{Reason, Verdict},
};

/// A verdict as it was last recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerdictChange<'a> {
    pub outlet: &'a OutletId,
    pub month: Month,
    pub verdict: Verdict,
    pub reason: Reason,
    pub count: usize,
    pub at: DateTime<Utc>,
    pub terms: &'a str,
    /// What the change calls for, and the ways that it takes. A correction is kept only where its alert has gone out.
    pub calls: Option<NewNotice>,
    pub channels: &'a [Channel],
}

/// A verdict as a page shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordedVerdict {
    pub verdict: Verdict,
    pub reason: Reason,
    pub count: usize,
}

/// A month with more articles that matter is cut here; the verdict needs one.
const MONTH_ARTICLES_MAX: i64 = 5_000;

/// A query for articles, each with the ruling that it stood under at `$1`, as [`month_article_of`] reads them. The last one that
/// was said stands, whatever the clock showed; one that lets an article count does so from when it was found to be said ahead of
/// time.
macro_rules! select_ruled {
    ($rest:literal) => {
        select_ruled!("a.outlet", $rest)
    };
    ($outlet:literal, $rest:literal) => {
        concat!(
            "SELECT a.url, a.title, a.privacy, a.facets, a.published, a.date_standing, a.first_seen, a.state, a.unread_why, a.judgement, a.marks, \
             r.decision, r.month AS ruled_month, r.officer, r.at AS ruled_at, r.text_digest, \
             CASE WHEN r.id IS NULL THEN '' ELSE a.lead END AS ruled_lead, CASE WHEN r.id IS NULL THEN '' ELSE a.text END AS ruled_text \
             FROM article a LEFT JOIN ruling r ON r.id = \
             (SELECT l.id FROM ruling l WHERE l.article = a.id AND (l.at <= $1 OR (l.decision = 'counts' \
             AND EXISTS (SELECT 1 FROM said_ahead h WHERE h.audit = l.audit AND h.found <= $1))) ORDER BY l.audit DESC LIMIT 1) \
             WHERE ",
            $outlet,
            " = $2 AND a.first_seen + 0 <= $1 AND ",
            $rest
        )
    };
}

impl Store {
    /// The articles of an outlet that may matter for a month as they were seen, and ruled on, up to `now`: those that may count
    /// first, each part oldest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn month_articles(&self, outlet: &OutletId, month: Span, now: DateTime<Utc>) -> Result<Vec<MonthArticle>> {
        let failed = || doing(format!("list what matters for {outlet} from {}", month.from));
        let rows = sqlx::query(select_ruled!(
            "a.date_from < $3 AND a.date_to >= $4 AND (a.judgement <> 'unrelated' OR a.state <> 'read' OR r.id IS NOT NULL) \
             ORDER BY CASE WHEN a.judgement = 'unrelated' AND r.id IS NULL THEN 1 ELSE 0 END, a.date_from, a.id LIMIT $5"
        ))
        .bind(secs(now))
        .bind(outlet.as_str())
        .bind(secs(month.to))
        .bind(secs(month.from))
        .bind(MONTH_ARTICLES_MAX)
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        rows.iter().map(month_article_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// One article of an outlet as the review of a month reads it, whatever it was judged.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn month_article(&self, outlet: &OutletId, id: i64, now: DateTime<Utc>) -> Result<Option<MonthArticle>> {
        let failed = || doing(format!("load article {id} as a month has it"));
        let query = sqlx::query(select_ruled!("a.id = $3")).bind(secs(now)).bind(outlet.as_str()).bind(id);
        let row = query.fetch_optional(&self.reader).await.map_err(failed())?;
        row.as_ref().map(month_article_of).transpose().map_err(failed())
    }

    /// The articles of an outlet that count in a month by a ruling up to `now` alone: their dates lie outside of it.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn ruled_into(&self, outlet: &OutletId, month: Month, span: Span, now: DateTime<Utc>) -> Result<Vec<MonthArticle>> {
        let failed = || doing(format!("list what was ruled to count for {outlet} in {month}"));
        // An index on outlets would lead through all that the outlet ever published; the rulings are few.
        let rows = sqlx::query(select_ruled!(
            "a.outlet || ''",
            "a.id IN (SELECT x.article FROM ruling x WHERE x.month = $3) AND r.month = $3 \
             AND NOT (a.date_from < $4 AND a.date_to >= $5) ORDER BY a.date_from, a.id LIMIT $6"
        ))
        .bind(secs(now))
        .bind(outlet.as_str())
        .bind(month.to_string())
        .bind(secs(span.to))
        .bind(secs(span.from))
        .bind(MONTH_ARTICLES_MAX)
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        rows.iter().map(month_article_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// How many articles of any subject an outlet published in a month, by their firm dates.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn count_articles(&self, outlet: &OutletId, month: Span, now: DateTime<Utc>) -> Result<usize> {
        let row = sqlx::query(
            "SELECT COUNT(*) AS found FROM article WHERE outlet = $1 AND date_from < $2 AND date_from >= $3 AND date_standing = 'sure' \
             AND first_seen <= $4",
        )
        .bind(outlet.as_str())
        .bind(secs(month.to))
        .bind(secs(month.from))
        .bind(secs(now))
        .fetch_one(&self.reader)
        .await
        .map_err(doing(format!("count the articles of {outlet} from {}", month.from)))?;
        let found: i64 = row.try_get("found").map_err(doing("count articles"))?;
        Ok(usize::try_from(found).unwrap_or(0))
    }

    /// Whether an outlet published an article of any subject in a stretch of time, by its firm date.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn has_article(&self, outlet: &OutletId, stretch: Span, now: DateTime<Utc>) -> Result<bool> {
        sqlx::query(
            "SELECT id FROM article WHERE outlet = $1 AND date_from < $2 AND date_from >= $3 AND date_standing = 'sure' AND first_seen <= $4 \
             LIMIT 1",
        )
        .bind(outlet.as_str())
        .bind(secs(stretch.to))
        .bind(secs(stretch.from))
        .bind(secs(now))
        .fetch_optional(&self.reader)
        .await
        .map(|it| it.is_some())
        .map_err(doing(format!("look whether {outlet} published from {} on", stretch.from)))
    }

    /// The verdicts recorded last for these months, by outlet id and month.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn latest_verdicts(&self, months: &[Month]) -> Result<HashMap<(String, Month), RecordedVerdict>> {
        let failed = || doing("load the recorded verdicts");
        let mut found = HashMap::new();
        for month in months {
            let rows = sqlx::query(
                "SELECT outlet, verdict, reason, count FROM verdict_change WHERE month = $1 \
                 AND id IN (SELECT MAX(id) FROM verdict_change WHERE month = $1 GROUP BY outlet)",
            )
            .bind(month.to_string())
            .fetch_all(&self.reader)
            .await
            .map_err(failed())?;
            for row in rows {
                let (outlet, verdict) = recorded_of(&row).map_err(failed())?;
                found.insert((outlet, *month), verdict);
            }
        }
        Ok(found)
    }

    /// Records a verdict where it differs from the one recorded last; says whether it did. The verdicts of a closed month
    /// are left alone: they change by amendments.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn record_verdict(&self, change: &VerdictChange<'_>) -> Result<bool> {
        let failed = || doing(format!("record the verdict of {} for {}", change.outlet, change.month));
        let mut tx = self.write().await.map_err(failed())?;
        // The month may be closed by another worker at this moment; two may record the same change.
        sqlx::query("UPDATE counter SET value = value WHERE name = 'closing'").execute(&mut *tx).await.map_err(failed())?;
        let closed = sqlx::query("SELECT number FROM closing WHERE month = $1").bind(change.month.to_string());
        if closed.fetch_optional(&mut *tx).await.map_err(failed())?.is_some() {
            return Ok(false);
        }
        let recorded = insert_verdict(&mut tx, change).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(recorded)
    }
}

/// Inserts a verdict unless it is the one recorded last.
pub(super) async fn insert_verdict(
    tx: &mut Transaction<'static, Any>,
    change: &VerdictChange<'_>,
) -> std::result::Result<bool, sqlx::Error> {
    let last =
        sqlx::query("SELECT verdict, reason, count, at FROM verdict_change WHERE outlet = $1 AND month = $2 ORDER BY id DESC LIMIT 1")
            .bind(change.outlet.as_str())
            .bind(change.month.to_string())
            .fetch_optional(&mut **tx)
            .await?;
    let count = i64::try_from(change.count).unwrap_or(i64::MAX);
    let same = |row: &AnyRow| {
        let (verdict, reason): (String, String) = (row.try_get("verdict")?, row.try_get("reason")?);
        // A look back in time changes nothing that was recorded since.
        let later = row.try_get::<i64, _>("at")? > secs(change.at);
        Ok::<_, sqlx::Error>(
            later || verdict == change.verdict.as_str() && reason == change.reason.as_str() && row.try_get::<i64, _>("count")? == count,
        )
    };
    if last.as_ref().map(same).transpose()?.unwrap_or(false) {
        return Ok(false);
    }
    sqlx::query("INSERT INTO verdict_change (outlet, month, verdict, reason, count, at, terms) VALUES ($1, $2, $3, $4, $5, $6, $7)")
        .bind(change.outlet.as_str())
        .bind(change.month.to_string())
        .bind(change.verdict.as_str())
        .bind(change.reason.as_str())
        .bind(count)
        .bind(secs(change.at))
        .bind(change.terms)
        .execute(&mut **tx)
        .await?;
    if let Some(notice) = &change.calls
        && (notice.key.step != Step::Correction || was_alerted(tx, change).await?)
    {
        insert_notice(tx, notice, change.channels, change.at).await?;
    }
    Ok(true)
}

/// Whether an alert of the month may have been read.
async fn was_alerted(tx: &mut Transaction<'static, Any>, change: &VerdictChange<'_>) -> std::result::Result<bool, sqlx::Error> {
    let key = NoticeKey::of_month(Step::Alert, change.outlet, change.month).to_string();
    let row = sqlx::query("SELECT id FROM notice WHERE key = $1 AND state IN ('sending', 'sent', 'maybe_sent') LIMIT 1").bind(key);
    Ok(row.fetch_optional(&mut **tx).await?.is_some())
}

fn recorded_of(row: &AnyRow) -> std::result::Result<(String, RecordedVerdict), sqlx::Error> {
    let (verdict, reason): (String, String) = (row.try_get("verdict")?, row.try_get("reason")?);
    let count = usize::try_from(row.try_get::<i64, _>("count")?).unwrap_or(0);
    Ok((row.try_get("outlet")?, RecordedVerdict { verdict: decoded(verdict.parse())?, reason: decoded(reason.parse())?, count }))
}

fn month_article_of(row: &AnyRow) -> std::result::Result<MonthArticle, sqlx::Error> {
    let judgement: String = row.try_get("judgement")?;
    let title: String = row.try_get("title")?;
    Ok(MonthArticle {
        url: row.try_get("url")?,
        ruling: ruling_of(row, &title)?,
        title: mask(&title, &masks_of(row)?),
        published: optional_instant(row, "published")?,
        date_standing: firmness_of(row)?,
        first_seen: instant(row.try_get("first_seen")?),
        state: state_of(row)?,
        unread_why: row.try_get("unread_why")?,
        judgement: decoded(judgement.parse())?,
        marks: Marks::default(),
        nature: nature_of(row)?,
    })
}

/// The ruling that an article stands under, if there is one.
fn ruling_of(row: &AnyRow, title: &str) -> std::result::Result<Option<StandingRuling>, sqlx::Error> {
    let Some(decision) = row.try_get::<Option<String>, _>("decision")? else { return Ok(None) };
    let month = row.try_get::<Option<String>, _>("ruled_month")?.map(|it| decoded(it.parse())).transpose()?;
    let (lead, text): (String, String) = (row.try_get("ruled_lead")?, row.try_get("ruled_text")?);
    let decision = decoded(Decision::of(&decision, month))?;
    if decision == Decision::Undone {
        return Ok(None);
    }
    Ok(Some(StandingRuling {
        decision,
        by: row.try_get("officer")?,
        at: instant(row.try_get("ruled_at")?),
        same_text: row.try_get::<String, _>("text_digest")? == text_digest(title, &lead, &text),
    }))
}

pub(super) fn firmness_of(row: &AnyRow) -> std::result::Result<DateFirmness, sqlx::Error> {
    Ok(match row.try_get::<String, _>("date_standing")?.as_str() {
        "sure" => DateFirmness::Sure,
        "straddles" => DateFirmness::Straddles,
        _ => DateFirmness::Undated,
    })
}

pub(super) fn state_of(row: &AnyRow) -> std::result::Result<ReadState, sqlx::Error> {
    Ok(match row.try_get::<String, _>("state")?.as_str() {
        "read" => ReadState::Read,
        "gone" => ReadState::Gone,
        "unread" => ReadState::Unread,
        _ => ReadState::Found,
    })
}
