//! The outbox: notices are written once, claimed by one worker, and keep what became of them.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Any, Row, Transaction, any::AnyRow};

use super::{Kind, Result, Store, decoded, doing, encoded, instant, optional_instant, secs};
use crate::domain::{
    delivery::{Delivery, Refusal},
    month::Month,
    notice::{Channel, NoticeKey, NoticeState, Step},
    outlet::OutletId,
};

/// A notice as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub id: i64,
    pub key: NoticeKey,
    pub channel: Channel,
    pub state: NoticeState,
    pub called_at: DateTime<Utc>,
    /// It is not tried again before.
    pub not_before: DateTime<Utc>,
    pub attempts: u32,
    /// JSON: as it went out, or last tried to.
    pub message: Option<String>,
    /// What the last look or attempt came to, in words.
    pub why: String,
    pub settled_at: Option<DateTime<Utc>>,
    /// How often an officer had it written anew.
    pub round: u32,
    /// When an officer let it go.
    pub approved_at: Option<DateTime<Utc>>,
}

/// Notices that are to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNotice {
    pub key: NoticeKey,
    /// `Waits` or `Called`.
    pub state: NoticeState,
    /// JSON, where it does not depend on the time at which it goes out.
    pub message: Option<String>,
}

/// Which notices are listed; what is empty or `None` asks for all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NoticeFilter<'a> {
    pub outlet: Option<&'a OutletId>,
    /// At most [`STATES_MAX`] of them.
    pub states: &'a [NoticeState],
}

/// Who left a notice in the middle of sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftBy {
    /// Whoever it was is dead: the lock of the data folder is ours.
    Anyone,
    /// Whoever claimed it has said nothing for so long that they must be.
    Lapsed,
}

/// States that a filter may name.
pub const STATES_MAX: usize = 3;
/// Attempts after which an officer must look at it.
pub const ATTEMPTS_MAX: u32 = 10;
/// The longest that one attempt takes; whoever claimed a notice longer ago is dead.
const CLAIM: TimeDelta = TimeDelta::minutes(20);
/// What is held back is looked at again after this.
const HOLD: TimeDelta = TimeDelta::minutes(30);
/// Pauses after the attempts that failed for now, in minutes; the last one is repeated.
const PAUSES: [i64; 6] = [5, 15, 60, 240, 720, 1440];

impl Store {
    /// The state of every notice on outlets' months, by key.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn notice_states(&self, channel: Channel) -> Result<HashMap<NoticeKey, NoticeState>> {
        let failed = || doing("load what was said to outlets");
        let rows = sqlx::query("SELECT key, state FROM notice WHERE channel = $1 AND month IS NOT NULL")
            .bind(channel.as_str())
            .fetch_all(&self.reader)
            .await
            .map_err(failed())?;
        let read = |row: &AnyRow| {
            let (key, state): (String, String) = (row.try_get("key")?, row.try_get("state")?);
            Ok((decoded(key.parse())?, decoded(state.parse())?))
        };
        rows.iter().map(read).collect::<std::result::Result<_, sqlx::Error>>().map_err(failed())
    }

    /// Writes notices down that are not there yet, or were cancelled; says how many.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn call_for(&self, notices: &[NewNotice], channels: &[Channel], now: DateTime<Utc>) -> Result<u64> {
        let failed = || doing("write notices down");
        let mut tx = self.write().await.map_err(failed())?;
        let mut written = 0;
        for it in notices {
            written += insert_notice(&mut tx, it, channels, now).await.map_err(failed())?;
        }
        tx.commit().await.map_err(failed())?;
        Ok(written)
    }

    /// The notices of these states, the oldest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn notices_in(&self, states: &[NoticeState], limit: u32) -> Result<Vec<Notice>> {
        let failed = || doing("list notices by their states");
        let mut found = Vec::new();
        for state in states {
            let rows = sqlx::query("SELECT * FROM notice WHERE state = $1 ORDER BY id LIMIT $2")
                .bind(state.as_str())
                .bind(i64::from(limit))
                .fetch_all(&self.reader)
                .await
                .map_err(failed())?;
            let read: std::result::Result<Vec<_>, _> = rows.iter().map(notice_of).collect();
            found.extend(read.map_err(failed())?);
        }
        found.sort_by_key(|it| it.id);
        Ok(found)
    }

    /// A page of the notices that a filter lets through, the newest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn notices(&self, filter: &NoticeFilter<'_>, skip: u32, limit: u32) -> Result<Vec<Notice>> {
        let failed = || doing("list the notices");
        // A place without a state of its own names one a second time.
        let state = |place: usize| filter.states.get(place).or(filter.states.first()).map_or("", |it| it.as_str());
        let rows = sqlx::query(
            "SELECT * FROM notice WHERE (CAST($1 AS TEXT) = '' OR outlet = $1) AND (CAST($2 AS TEXT) = '' OR state IN ($2, $3, $4)) \
             ORDER BY id DESC LIMIT $5 OFFSET $6",
        )
        .bind(filter.outlet.map_or("", OutletId::as_str))
        .bind(state(0))
        .bind(state(1))
        .bind(state(2))
        .bind(i64::from(limit))
        .bind(i64::from(skip))
        .fetch_all(&self.reader)
        .await
        .map_err(failed())?;
        rows.iter().map(notice_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// How many notices stand in each state; states without any are left out.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn notice_counts(&self) -> Result<HashMap<NoticeState, usize>> {
        let failed = || doing("count the notices by their states");
        let rows =
            sqlx::query("SELECT state, COUNT(*) AS found FROM notice GROUP BY state").fetch_all(&self.reader).await.map_err(failed())?;
        let read = |row: &AnyRow| {
            let state: String = row.try_get("state")?;
            Ok((decoded(state.parse())?, usize::try_from(row.try_get::<i64, _>("found")?).unwrap_or(0)))
        };
        rows.iter().map(read).collect::<std::result::Result<_, sqlx::Error>>().map_err(failed())
    }

    /// What was said of an outlet's month, the oldest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn notices_of(&self, outlet: &OutletId, month: Month) -> Result<Vec<Notice>> {
        let failed = || doing(format!("list the notices of {outlet} for {month}"));
        let rows = sqlx::query("SELECT * FROM notice WHERE outlet = $1 AND month = $2 ORDER BY id LIMIT 100")
            .bind(outlet.as_str())
            .bind(month.to_string())
            .fetch_all(&self.reader)
            .await
            .map_err(failed())?;
        rows.iter().map(notice_of).collect::<std::result::Result<_, _>>().map_err(failed())
    }

    /// One notice.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn notice(&self, id: i64) -> Result<Option<Notice>> {
        let failed = || doing(format!("look up notice {id}"));
        let row = sqlx::query("SELECT * FROM notice WHERE id = $1").bind(id).fetch_optional(&self.reader).await.map_err(failed())?;
        row.as_ref().map(notice_of).transpose().map_err(failed())
    }

    /// When a notice of a step was called for last, if one was.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn last_called(&self, step: Step) -> Result<Option<DateTime<Utc>>> {
        let failed = || doing(format!("look up when a {step} was called for last"));
        let row = sqlx::query("SELECT MAX(called_at) AS at FROM notice WHERE step = $1 AND state <> 'cancelled'")
            .bind(step.to_string())
            .fetch_one(&self.reader)
            .await
            .map_err(failed())?;
        optional_instant(&row, "at").map_err(failed())
    }

    /// Claims a notice that is to go out, with the message as it will be tried; `false` where somebody else has it. That it is claimed
    /// is on the disk before this returns: after a loss of power too nobody sends it blindly again.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn claim_notice(&self, id: i64, message: &str, now: DateTime<Utc>) -> Result<bool> {
        let failed = || doing(format!("claim notice {id}"));
        let mut connection = self.writer.acquire().await.map_err(failed())?;
        if self.kind == Kind::Sqlite {
            sqlx::query("PRAGMA synchronous = FULL").execute(&mut *connection).await.map_err(failed())?;
        }
        let claimed = sqlx::query(
            "UPDATE notice SET state = 'sending', worker = $1, claimed_at = $2, attempts = attempts + 1, message = $3 \
             WHERE id = $4 AND state = 'called' AND (attempts = 0 OR not_before <= $2)",
        )
        .bind(&*self.worker)
        .bind(secs(now))
        .bind(message)
        .bind(id)
        .execute(&mut *connection)
        .await;
        if self.kind == Kind::Sqlite {
            sqlx::query("PRAGMA synchronous = NORMAL").execute(&mut *connection).await.map_err(failed())?;
        }
        Ok(claimed.map_err(failed())?.rows_affected() == 1)
    }

    /// Keeps what became of a notice that this worker claimed.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn settle_notice(&self, id: i64, attempts: u32, delivery: &Delivery, now: DateTime<Utc>) -> Result<NoticeState> {
        let failed = || doing(format!("keep what became of notice {id}"));
        let addresses: Vec<&str> = match delivery {
            Delivery::Sent { refused, .. } => refused.iter().map(|it| it.recipient.as_str()).collect(),
            _ => Vec::new(),
        };
        let (state, why) = match delivery {
            Delivery::Sent { reply, refused } => (NoticeState::Sent, with_refused(reply, refused)),
            Delivery::Later { why } if attempts < ATTEMPTS_MAX => (NoticeState::Called, why.clone()),
            Delivery::Later { why } | Delivery::Refused { why } => (NoticeState::Failed, why.clone()),
            Delivery::Unsure { why } => (NoticeState::MaybeSent, why.clone()),
        };
        let place = usize::try_from(attempts).unwrap_or(usize::MAX).saturating_sub(1).min(PAUSES.len() - 1);
        sqlx::query(
            "UPDATE notice SET state = $1, why = $2, not_before = $3, settled_at = $4, in_doubt = 0, refused = $7 \
             WHERE id = $5 AND state = 'sending' AND worker = $6",
        )
        .bind(state.as_str())
        .bind(why)
        .bind(secs(now + TimeDelta::minutes(PAUSES[place])))
        .bind(secs(now))
        .bind(id)
        .bind(&*self.worker)
        .bind(encoded(&addresses).map_err(failed())?)
        .execute(&self.writer)
        .await
        .map_err(failed())?;
        Ok(state)
    }

    /// The notices sent last to each outlet, and to the house, of which the mail server refused some addresses, with those addresses.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn partly_refused(&self, limit: u32) -> Result<Vec<(Notice, Vec<String>)>> {
        let failed = || doing("list notices of which addresses were refused");
        let rows = sqlx::query(
            "SELECT * FROM notice n WHERE n.state = 'sent' AND n.refused <> '[]' AND n.id = (SELECT MAX(x.id) FROM notice x \
             WHERE x.state = 'sent' AND x.channel = n.channel AND COALESCE(x.outlet, '') = COALESCE(n.outlet, '')) ORDER BY n.id DESC LIMIT $1",
        )
            .bind(i64::from(limit))
            .fetch_all(&self.reader)
            .await
            .map_err(failed())?;
        let read = |row: &AnyRow| Ok((notice_of(row)?, decoded(serde_json::from_str(&row.try_get::<String, _>("refused")?))?));
        rows.iter().map(read).collect::<std::result::Result<_, sqlx::Error>>().map_err(failed())
    }

    /// Takes up what was left in the middle of sending. Where a repeat is known for one it goes out again if it is still called for, else
    /// only an officer may say so. Says how many there were.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn take_up_left(&self, left: LeftBy, channel: Channel, repeats_are_known: bool, now: DateTime<Utc>) -> Result<u64> {
        let failed = || doing("take up notices that were left in the middle of sending");
        let before = match left {
            LeftBy::Anyone => i64::MAX,
            LeftBy::Lapsed => secs(now - CLAIM),
        };
        let state = if repeats_are_known { NoticeState::Called } else { NoticeState::MaybeSent };
        sqlx::query(
            "UPDATE notice SET state = $1, why = $2, settled_at = $3, in_doubt = 1 \
             WHERE state = 'sending' AND channel = $4 AND claimed_at < $5",
        )
        .bind(state.as_str())
        .bind("chương trình dừng giữa lúc gửi")
        .bind(secs(now))
        .bind(channel.as_str())
        .bind(before)
        .execute(&self.writer)
        .await
        .map(|it| it.rows_affected())
        .map_err(failed())
    }

    /// Notes why a notice that is called for does not go out now. What it would have said grows old meanwhile, so that it is written anew
    /// unless it may have arrived as it is.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn hold_notice(&self, id: i64, why: &str, now: DateTime<Utc>) -> Result<()> {
        sqlx::query(
            "UPDATE notice SET why = $1, not_before = $2, \
             message = CASE WHEN outlet IS NOT NULL AND in_doubt = 0 THEN NULL ELSE message END \
             WHERE id = $3 AND state IN ('called', 'waits')",
        )
        .bind(why)
        .bind(secs(now + HOLD))
        .bind(id)
        .execute(&self.writer)
        .await
        .map(drop)
        .map_err(doing(format!("note what holds notice {id} back")))
    }

    /// Has a notice wait for an officer that was to go out by itself.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn have_approved(&self, id: i64, why: &str) -> Result<()> {
        sqlx::query("UPDATE notice SET state = 'waits', why = $1 WHERE id = $2 AND state = 'called'")
            .bind(why)
            .bind(id)
            .execute(&self.writer)
            .await
            .map(drop)
            .map_err(doing(format!("have notice {id} wait for an officer")))
    }

    /// Whether some notice is to be looked at again before the next regular time: one that was held back, failed for now, or that an
    /// officer let go.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn notices_wait(&self, now: DateTime<Utc>) -> Result<bool> {
        sqlx::query("SELECT id FROM notice WHERE state = 'called' AND not_before > 0 AND not_before <= $1 LIMIT 1")
            .bind(secs(now))
            .fetch_optional(&self.reader)
            .await
            .map(|it| it.is_some())
            .map_err(doing("look whether a notice is to be tried again"))
    }

    /// Cancels a notice that nothing calls for any more, unless it is on its way. One that may have arrived stays so: what it said may
    /// have to be put right. Says what it is now.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn cancel_notice(&self, id: i64, why: &str, now: DateTime<Utc>) -> Result<NoticeState> {
        let failed = || doing(format!("cancel notice {id}"));
        sqlx::query(
            "UPDATE notice SET state = CASE WHEN in_doubt = 1 THEN 'maybe_sent' ELSE 'cancelled' END, why = $1, settled_at = $2 \
             WHERE id = $3 AND state IN ('called', 'waits')",
        )
        .bind(why)
        .bind(secs(now))
        .bind(id)
        .execute(&self.writer)
        .await
        .map_err(failed())?;
        Ok(self.notice(id).await?.map_or(NoticeState::Cancelled, |it| it.state))
    }
}

/// Writes a notice down within a transaction, for each way that it takes; one that was cancelled is called for anew. Says how many rows
/// were written.
pub(super) async fn insert_notice(
    tx: &mut Transaction<'static, Any>,
    notice: &NewNotice,
    channels: &[Channel],
    now: DateTime<Utc>,
) -> std::result::Result<u64, sqlx::Error> {
    let mut written = 0;
    for channel in channels {
        let done = sqlx::query(
            "INSERT INTO notice (key, channel, step, outlet, month, state, called_at, message) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (key, channel) DO UPDATE SET state = excluded.state, called_at = excluded.called_at, message = excluded.message, why = '', \
             attempts = 0, not_before = 0, approved_at = NULL \
             WHERE notice.state = 'cancelled'",
        )
        .bind(notice.key.to_string())
        .bind(channel.as_str())
        .bind(notice.key.step.to_string())
        .bind(notice.key.outlet().map(|it| it.as_str().to_owned()))
        .bind(notice.key.month().map(|it| it.to_string()))
        .bind(notice.state.as_str())
        .bind(secs(now))
        .bind(notice.message.clone())
        .execute(&mut **tx)
        .await?;
        written += done.rows_affected();
    }
    Ok(written)
}

/// A server's answer with the recipients that it refused while it took the others.
fn with_refused(reply: &str, refused: &[Refusal]) -> String {
    refused.iter().fold(reply.to_owned(), |all, it| format!("{all}; {} bị từ chối: {}", it.recipient, it.why))
}

fn notice_of(row: &AnyRow) -> std::result::Result<Notice, sqlx::Error> {
    let (key, channel, state): (String, String, String) = (row.try_get("key")?, row.try_get("channel")?, row.try_get("state")?);
    Ok(Notice {
        id: row.try_get("id")?,
        key: decoded(key.parse())?,
        channel: decoded(channel.parse())?,
        state: decoded(state.parse())?,
        called_at: instant(row.try_get("called_at")?),
        not_before: instant(row.try_get("not_before")?),
        attempts: u32::try_from(row.try_get::<i64, _>("attempts")?).unwrap_or(u32::MAX),
        message: row.try_get("message")?,
        why: row.try_get("why")?,
        settled_at: optional_instant(row, "settled_at")?,
        round: u32::try_from(row.try_get::<i64, _>("round")?).unwrap_or(u32::MAX),
        approved_at: optional_instant(row, "approved_at")?,
    })
}
