//! What officers decide. Rows are only ever added, each with its row in the audit log.

/// A query for a decision's row by itself, as it was recorded.
macro_rules! select_row {
    ($table:literal) => {
        concat!("SELECT d.*, NULL AS w_officer, NULL AS w_at, NULL AS w_reason FROM ", $table, " d ")
    };
}

mod ahead;
mod batch;
mod rows;
pub mod submission;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{Any, Database, Row, Transaction, any::AnyRow, query::Query};

use self::rows::{confirmation_of, off_web_of, recorded_of, ruling_of, witness_of};
use super::{
    Result, Store,
    audit::{Entry, Kept, NOTHING, Place},
    doing, encoded, masks_of, secs,
};
use crate::domain::{
    agreement::Ruled,
    audit::Act,
    confirmation::Confirmation,
    hand_check::{HandCheck, HandWitness},
    month::{Month, Span},
    off_web::OffWeb,
    officer::{Admitted, Decided, Item, MonthDecisions, Withdrawal},
    outlet::OutletId,
    ruling::{Decision, Ruling, text_digest},
};

/// How a withdrawal ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithdrawalEnd {
    Done,
    /// There is no such item.
    Unknown,
    /// Somebody took it back before.
    AlreadyDone,
}

/// A ruling with the article that it is on.
#[derive(Debug, Clone)]
pub struct ListedRuling {
    pub ruling: Decided<Ruling>,
    pub url: String,
    pub title: String,
}

/// A ruling as it was recorded.
pub type PastRuling = Decided<Ruling>;

/// Rows of one kind that are listed for a month.
const LISTED_MAX: i64 = 1_000;
/// Ruled articles that a test set takes in.
const RULED_MAX: i64 = 50_000;

/// A query for all rows of decisions that were logged up to a number.
macro_rules! select_recorded {
    ($table:literal) => {
        concat!(select_row!($table), "WHERE d.audit <= $1")
    };
}

/// A query for decisions of a table, each with its withdrawal as far as it was taken back until `$1`.
macro_rules! select_decided {
    ($table:literal, $kind:literal, $rest:literal) => {
        concat!(
            "SELECT d.*, w.officer AS w_officer, w.at AS w_at, w.reason AS w_reason FROM ",
            $table,
            " d LEFT JOIN withdrawal w ON w.kind = '",
            $kind,
            "' AND w.item = d.id AND w.at <= $1 ",
            $rest
        )
    };
}

/// What a decision is on, for the log.
enum Subject {
    Named(String),
    Article(i64),
}

/// A row that is to be inserted; `officer`, `at` and `audit` are bound last, by [`Store::record`].
type Insert<'q> = Query<'q, Any, <Any as Database>::Arguments>;

impl Store {
    /// Records a ruling on an article; says the ruling's number.
    ///
    /// # Errors
    /// Where the database fails; then nothing is recorded.
    pub async fn record_ruling(&self, ruling: &Admitted<Ruling>) -> Result<i64> {
        let it = ruling.what();
        let insert = sqlx::query(
            "INSERT INTO ruling (article, decision, month, reason, terms, text_digest, officer, at, audit) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
        )
        .bind(it.article)
        .bind(it.decision.as_str())
        .bind(it.decision.month().map(|it| it.to_string()))
        .bind(it.reason.as_str())
        .bind(it.terms.as_str())
        .bind(it.text_digest.as_str());
        self.record(Act::Ruled, Subject::Article(it.article), ruling, insert).await
    }

    /// Registers an off-web item; says its number. Its file must have been kept before.
    ///
    /// # Errors
    /// Where the database fails; then nothing is recorded.
    pub async fn add_off_web(&self, item: &Admitted<OffWeb>) -> Result<i64> {
        self.record(Act::OffWebAdded, batch::subject_of(item.what()), item, batch::off_web_row(item.what())).await
    }

    /// Records a confirmation; says its number.
    ///
    /// # Errors
    /// Where the database fails; then nothing is recorded.
    pub async fn record_confirmation(&self, confirmation: &Admitted<Confirmation>) -> Result<i64> {
        let it = confirmation.what();
        let subject = Subject::Named(format!("{} {}", it.outlet, it.month));
        let listed = encoded(&it.listed).map_err(doing(format!("write the confirmed list of {} for {}", it.outlet, it.month)))?;
        let insert = sqlx::query(
            "INSERT INTO confirmation (outlet, month, kind, listed, reason, officer, at, audit) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
        )
        .bind(it.outlet.as_str())
        .bind(it.month.to_string())
        .bind(it.kind.as_str())
        .bind(listed)
        .bind(it.reason.as_str());
        self.record(Act::Confirmed, subject, confirmation, insert).await
    }

    /// Records a hand check; says its number.
    ///
    /// # Errors
    /// Where the database fails; then nothing is recorded.
    pub async fn record_hand_check(&self, check: &Admitted<HandCheck>) -> Result<i64> {
        let it = check.what();
        let insert = sqlx::query(
            "INSERT INTO hand_check (outlet, checked_from, checked_to, looked_at, found, officer, at, audit) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
        )
        .bind(it.outlet.as_str())
        .bind(secs(it.span.from))
        .bind(secs(it.span.to))
        .bind(it.looked_at.as_str())
        .bind(it.found.as_str());
        self.record(Act::HandChecked, Subject::Named(it.outlet.to_string()), check, insert).await
    }

    /// Writes a decision and its row in the log.
    async fn record<T: Serialize>(&self, act: Act, subject: Subject, decision: &Admitted<T>, insert: Insert<'_>) -> Result<i64> {
        let failed = || doing(format!("record what {} decided ({})", decision.by(), act.as_str()));
        let mut tx = self.write().await.map_err(failed())?;
        let id = record_in(&mut tx, act, subject, decision, insert).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(id)
    }

    /// Takes a decision back, once.
    ///
    /// # Errors
    /// Where the database fails; then nothing is recorded.
    pub async fn withdraw(&self, withdrawal: &Admitted<Withdrawal>) -> Result<WithdrawalEnd> {
        let item = withdrawal.what().item;
        let failed = || doing(format!("take back {item}"));
        let mut tx = self.write().await.map_err(failed())?;
        let place = Place::take(&mut tx).await.map_err(failed())?;
        // What is left undone gives its place in the log back.
        let Some(before) = item_before(&mut tx, item).await.map_err(failed())? else {
            return tx.rollback().await.map(|()| WithdrawalEnd::Unknown).map_err(failed());
        };
        let inserted = sqlx::query(
            "INSERT INTO withdrawal (kind, item, reason, officer, at, audit) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (kind, item) DO NOTHING",
        )
        .bind(item.kind())
        .bind(item.id())
        .bind(withdrawal.what().reason.as_str())
        .bind(withdrawal.by())
        .bind(secs(withdrawal.at()))
        .bind(place.number())
        .execute(&mut *tx)
        .await
        .map_err(failed())?;
        if inserted.rows_affected() == 0 {
            return tx.rollback().await.map(|()| WithdrawalEnd::AlreadyDone).map_err(failed());
        }
        log(&mut tx, place, withdrawal, Act::Withdrawn, item.to_string(), before).await.map_err(failed())?;
        tx.commit().await.map(|()| WithdrawalEnd::Done).map_err(failed())
    }

    /// What officers decided up to `now` on an outlet's month, which fills the stretch `span`; hand checks as far as they touch the
    /// window. What vouches for a time is left out as soon as somebody took it back, even by a clock that ran ahead.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn month_decisions(
        &self,
        outlet: &OutletId,
        (month, span): (Month, Span),
        window: Span,
        now: DateTime<Utc>,
    ) -> Result<MonthDecisions> {
        let failed = || doing(format!("load what officers decided on {outlet} for {month}"));
        let of_month = |sql| sqlx::query(sql).bind(secs(now)).bind(outlet.as_str()).bind(month.to_string()).bind(LISTED_MAX);
        let items = select_decided!(
            "off_web",
            "off-web",
            "WHERE d.outlet = $2 AND d.month = $3 AND (d.at <= $1 \
             OR d.audit IN (SELECT h.audit FROM said_ahead h WHERE h.found <= $1)) ORDER BY d.id LIMIT $4"
        );
        let items = of_month(items).fetch_all(&self.reader).await.map_err(failed())?;
        let confirmations = select_decided!(
            "confirmation",
            "confirmation",
            "WHERE d.outlet = $2 AND d.month = $3 AND d.at <= $1 \
             AND NOT EXISTS (SELECT 1 FROM said_ahead h WHERE h.audit = d.audit AND h.found <= $1) \
             AND NOT EXISTS (SELECT 1 FROM withdrawal x WHERE x.kind = 'confirmation' AND x.item = d.id AND x.at > $1) \
             ORDER BY d.id LIMIT $4"
        );
        let confirmations = of_month(confirmations).fetch_all(&self.reader).await.map_err(failed())?;
        Ok(MonthDecisions {
            off_web: items.iter().map(off_web_of).collect::<std::result::Result<_, _>>().map_err(failed())?,
            confirmations: confirmations.iter().map(confirmation_of).collect::<std::result::Result<_, _>>().map_err(failed())?,
            hand_checks: self.hand_checks(outlet, window, now).await?,
            submissions: self.waiting_submissions(outlet, month, now).await?,
            ahead: self.said_ahead(outlet, month, span, now).await?,
        })
    }

    async fn hand_checks(&self, outlet: &OutletId, window: Span, now: DateTime<Utc>) -> Result<Vec<HandWitness>> {
        let failed = || doing(format!("load the hand checks of {outlet}"));
        let rows = sqlx::query(
            "SELECT d.*, w.officer AS w_officer, w.at AS w_at, w.reason AS w_reason, \
             CASE WHEN EXISTS (SELECT 1 FROM article a WHERE a.outlet = d.outlet AND a.date_from >= d.checked_from \
             AND a.date_from < d.checked_to AND a.date_standing = 'sure' AND a.first_seen > d.at AND a.first_seen <= $1) \
             THEN 1 ELSE 0 END AS overtaken \
             FROM hand_check d LEFT JOIN withdrawal w ON w.kind = 'hand-check' AND w.item = d.id AND w.at <= $1 \
             WHERE d.outlet = $2 AND d.checked_from < $3 AND d.checked_to > $4 AND d.at <= $1 \
             AND NOT EXISTS (SELECT 1 FROM said_ahead h WHERE h.audit = d.audit AND h.found <= $1) \
             AND NOT EXISTS (SELECT 1 FROM withdrawal x WHERE x.kind = 'hand-check' AND x.item = d.id AND x.at > $1) \
             ORDER BY d.id LIMIT $5",
        )
        .bind(secs(now))
        .bind(outlet.as_str())
        .bind(secs(window.to))
        .bind(secs(window.from))
        .bind(LISTED_MAX)
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        rows.iter().map(witness_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// The rulings up to `now` on articles of an outlet that may fall in a month, or that count in it; oldest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn rulings(&self, outlet: &OutletId, month: Month, span: Span, now: DateTime<Utc>) -> Result<Vec<ListedRuling>> {
        let failed = || doing(format!("list the rulings on {outlet} for {month}"));
        let rows = sqlx::query(
            "SELECT d.*, a.url, a.title FROM ruling d JOIN article a ON a.id = d.article \
             WHERE a.outlet = $1 AND d.at <= $2 AND (d.month = $3 OR (a.date_from < $4 AND a.date_to >= $5)) ORDER BY d.at, d.id LIMIT $6",
        )
        .bind(outlet.as_str())
        .bind(secs(now))
        .bind(month.to_string())
        .bind(secs(span.to))
        .bind(secs(span.from))
        .bind(LISTED_MAX)
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        let listed = |it| Ok(ListedRuling { ruling: ruling_of(it)?, url: it.try_get("url")?, title: it.try_get("title")? });
        rows.iter().map(listed).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// Every ruling on an article, the latest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn rulings_on(&self, article: i64) -> Result<Vec<PastRuling>> {
        let failed = || doing(format!("list the rulings on article {article}"));
        let rows = sqlx::query(concat!(select_row!("ruling"), "WHERE d.article = $1 ORDER BY d.audit DESC LIMIT $2"))
            .bind(article)
            .bind(LISTED_MAX)
            .fetch_all(&self.reader)
            .await
            .map_err(failed())?;
        rows.iter().map(ruling_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// The articles that stand under a ruling up to `now`, with the text that was ruled on, and how many are left out because
    /// their text is another one since. Oldest ruling first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn ruled_texts(&self, now: DateTime<Utc>) -> Result<(Vec<Ruled>, usize)> {
        let failed = || doing("list the texts that officers ruled on");
        let rows = sqlx::query(
            "SELECT a.url, a.title, a.lead, a.text, a.captions, a.privacy, r.decision, r.text_digest, r.reason FROM ruling r JOIN article a ON a.id = r.article \
             WHERE r.id = (SELECT l.id FROM ruling l WHERE l.article = a.id AND l.at <= $1 ORDER BY l.audit DESC LIMIT 1) AND r.decision <> 'undone' \
             ORDER BY r.audit LIMIT $2",
        )
        .bind(secs(now))
        .bind(RULED_MAX)
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        let read = |row: &AnyRow| {
            let ruled = Ruled {
                url: row.try_get("url")?,
                title: row.try_get("title")?,
                lead: row.try_get("lead")?,
                text: row.try_get("text")?,
                captions: row.try_get("captions")?,
                counts: row.try_get::<String, _>("decision")? != Decision::DoesNotCount.as_str(),
                reason: row.try_get("reason")?,
                masks: masks_of(row)?,
            };
            let same = row.try_get::<String, _>("text_digest")? == text_digest(&ruled.title, &ruled.lead, &ruled.text);
            Ok(same.then_some(ruled))
        };
        let all: Vec<Option<Ruled>> = rows.iter().map(read).collect::<std::result::Result<_, _>>().map_err(failed())?;
        let found = all.len();
        let kept: Vec<Ruled> = all.into_iter().flatten().collect();
        let changed = found - kept.len();
        Ok((kept, changed))
    }

    /// Every decision as its own row tells it, by the number of its row in the audit log, as far as that is not after
    /// `counted`.
    pub(super) async fn kept_decisions(&self, counted: i64) -> Result<BTreeMap<i64, Kept>> {
        let mut kept = BTreeMap::new();
        let failed = || doing("load the decisions of officers");
        for (act, sql) in [
            (Act::Ruled, select_recorded!("ruling")),
            (Act::OffWebAdded, select_recorded!("off_web")),
            (Act::Confirmed, select_recorded!("confirmation")),
            (Act::HandChecked, select_recorded!("hand_check")),
            (Act::Withdrawn, select_recorded!("withdrawal")),
            (Act::Submitted, select_recorded!("submission")),
            (Act::Settled, select_recorded!("settlement")),
        ] {
            for row in sqlx::query(sql).bind(counted).fetch_all(&self.reader).await.map_err(failed())? {
                let (number, by, at) = recorded_of(&row).map_err(failed())?;
                // A row that cannot be read is not what was logged.
                let after = as_logged(act, &row).unwrap_or_default();
                kept.insert(number, Kept { act, at, by, after });
            }
        }
        Ok(kept)
    }
}

impl Subject {
    /// How the log names it, and how it stood before.
    async fn look(self, tx: &mut Transaction<'static, Any>) -> std::result::Result<(String, String), sqlx::Error> {
        let article = match self {
            Self::Named(name) => return Ok((name, NOTHING.to_owned())),
            Self::Article(id) => id,
        };
        let row = sqlx::query("SELECT url, judgement, date_standing, terms FROM article WHERE id = $1")
            .bind(article)
            .fetch_one(&mut **tx)
            .await?;
        let last = sqlx::query(concat!(select_row!("ruling"), "WHERE d.article = $1 ORDER BY d.audit DESC LIMIT 1"))
            .bind(article)
            .fetch_optional(&mut **tx)
            .await?;
        let before = match last {
            Some(last) => as_logged(Act::Ruled, &last)?,
            None => encoded(&serde_json::json!({
                "article": article,
                "judgement": row.try_get::<String, _>("judgement")?,
                "date_standing": row.try_get::<String, _>("date_standing")?,
                "terms": row.try_get::<String, _>("terms")?,
            }))?,
        };
        Ok((row.try_get("url")?, before))
    }
}

/// A decision's row as the log has it.
fn as_logged(act: Act, row: &AnyRow) -> std::result::Result<String, sqlx::Error> {
    match act {
        Act::Ruled => encoded(&ruling_of(row)?.what),
        Act::OffWebAdded => encoded(&off_web_of(row)?.what),
        Act::Confirmed => encoded(&confirmation_of(row)?.what),
        Act::HandChecked => encoded(&rows::check_of(row)?.what),
        Act::Withdrawn => encoded(&rows::withdrawal_of(row)?),
        Act::Submitted => encoded(&submission::submission_of(row)?),
        Act::Settled => encoded(&submission::settlement_of(row)?),
        // These keep no row of their own, or one that decides nothing.
        Act::UserAdded
        | Act::UserChanged
        | Act::LoggedIn
        | Act::Unmasked
        | Act::Requested
        | Act::Configured
        | Act::LinkMade
        | Act::Called
        | Act::TokenMade
        | Act::TokenRevoked
        | Act::NoticeHandled
        | Act::Silenced
        | Act::LetterHandled => Ok(NOTHING.to_owned()),
    }
}

/// An item that is to be taken back, as the log has it.
async fn item_before(tx: &mut Transaction<'static, Any>, item: Item) -> std::result::Result<Option<String>, sqlx::Error> {
    let (act, sql) = match item {
        Item::OffWeb(_) => (Act::OffWebAdded, concat!(select_row!("off_web"), "WHERE d.id = $1")),
        Item::Confirmation(_) => (Act::Confirmed, concat!(select_row!("confirmation"), "WHERE d.id = $1")),
        Item::HandCheck(_) => (Act::HandChecked, concat!(select_row!("hand_check"), "WHERE d.id = $1")),
    };
    let row = sqlx::query(sql).bind(item.id()).fetch_optional(&mut **tx).await?;
    row.map(|it| as_logged(act, &it)).transpose()
}

/// Writes a decision and its row in the log within a transaction; says the decision's number.
async fn record_in<T: Serialize>(
    tx: &mut Transaction<'static, Any>,
    act: Act,
    subject: Subject,
    decision: &Admitted<T>,
    insert: Insert<'_>,
) -> std::result::Result<i64, sqlx::Error> {
    let place = Place::take(tx).await?;
    let (subject, before) = subject.look(tx).await?;
    let insert = insert.bind(decision.by()).bind(secs(decision.at())).bind(place.number());
    let row = insert.fetch_one(&mut **tx).await?;
    log(tx, place, decision, act, subject, before).await?;
    row.try_get("id")
}

async fn log<T: Serialize>(
    tx: &mut Transaction<'static, Any>,
    place: Place,
    decision: &Admitted<T>,
    act: Act,
    subject: String,
    before: String,
) -> std::result::Result<(), sqlx::Error> {
    let after = encoded(decision.what())?;
    place.write(tx, Entry { at: decision.at(), by: decision.by(), act, subject, before, after }).await
}
