//! What officers do with notices: they let them go, stop them, send them again, and note what became of them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::Row;

use super::{
    Result, Store,
    audit::{Entry, Place},
    doing, encoded, secs,
};
use crate::domain::{audit::Act, notice::NoticeState, officer::Statement};

/// What an officer does with a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hand {
    /// Lets it go.
    Approve,
    /// Stops it before it goes, or sets aside what will never arrive.
    Stop,
    /// Has it go out again, having made sure that it did not arrive.
    Resend,
    /// Notes that it came back.
    Bounce,
    /// Notes that it did arrive, having asked.
    Arrive,
}

/// What the log says of a notice before an officer's hand, and after it.
#[derive(Serialize)]
struct Logged<'a> {
    state: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

impl Hand {
    /// Every hand.
    pub const ALL: [Self; 5] = [Self::Approve, Self::Arrive, Self::Resend, Self::Bounce, Self::Stop];

    /// The word used in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Stop => "stop",
            Self::Resend => "resend",
            Self::Bounce => "bounce",
            Self::Arrive => "arrive",
        }
    }

    /// The states in which a notice takes it.
    pub fn takes(self) -> &'static [NoticeState] {
        match self {
            Self::Approve => &[NoticeState::Waits, NoticeState::Stopped],
            Self::Stop => &[NoticeState::Waits, NoticeState::Called, NoticeState::Failed],
            Self::Resend => &[NoticeState::MaybeSent, NoticeState::Failed, NoticeState::Bounced],
            Self::Bounce => &[NoticeState::Sent, NoticeState::MaybeSent],
            Self::Arrive => &[NoticeState::MaybeSent],
        }
    }

    /// The state that it leads to.
    fn leads_to(self) -> NoticeState {
        match self {
            Self::Approve | Self::Resend => NoticeState::Called,
            Self::Stop => NoticeState::Stopped,
            Self::Bounce => NoticeState::Bounced,
            Self::Arrive => NoticeState::Sent,
        }
    }
}

impl Store {
    /// Lays an officer's hand on a notice; `false` where it is in no state for that.
    ///
    /// # Errors
    /// Where the database fails; then nothing is changed.
    pub async fn handle_notice(&self, id: i64, hand: Hand, reason: &Statement, by: &str, now: DateTime<Utc>) -> Result<bool> {
        let failed = || doing(format!("change notice {id} as {by} says"));
        let to = hand.leads_to();
        let mut tx = self.write().await.map_err(failed())?;
        let place = Place::take(&mut tx).await.map_err(failed())?;
        let row = sqlx::query("SELECT key, state FROM notice WHERE id = $1").bind(id).fetch_optional(&mut *tx).await.map_err(failed())?;
        let Some(row) = row else { return Ok(false) };
        let (key, state): (String, String) = (row.try_get("key").map_err(failed())?, row.try_get("state").map_err(failed())?);
        if !hand.takes().iter().any(|it| it.as_str() == state) {
            return Ok(false);
        }
        // When it was sent stays known, whatever is learnt of it later. Only where it stands as it was read: a worker may have claimed it.
        let changed = sqlx::query(
            "UPDATE notice SET state = $1, why = $2, not_before = $3, attempts = 0, \
             settled_at = CASE WHEN $1 = 'stopped' THEN $3 ELSE settled_at END, \
             approved_at = CASE WHEN $1 = 'called' THEN $3 ELSE approved_at END WHERE id = $4 AND state = $5",
        )
        .bind(to.as_str())
        .bind(format!("{by}: {reason}"))
        .bind(secs(now))
        .bind(id)
        .bind(&state)
        .execute(&mut *tx)
        .await
        .map_err(failed())?;
        if changed.rows_affected() == 0 {
            return Ok(false);
        }
        if to == NoticeState::Called && state != NoticeState::MaybeSent.as_str() {
            // It did not arrive as it was, and so it is written anew, to whom the register names now: another message, which no mail
            // server may take for the one before. What depends on its own instant alone cannot be.
            sqlx::query("UPDATE notice SET message = NULL, round = round + 1 WHERE id = $1 AND outlet IS NOT NULL")
                .bind(id)
                .execute(&mut *tx)
                .await
                .map_err(failed())?;
        }
        let before = encoded(&Logged { state: &state, reason: None }).map_err(failed())?;
        let after = encoded(&Logged { state: to.as_str(), reason: Some(reason.as_str()) }).map_err(failed())?;
        place.write(&mut tx, Entry { at: now, by, act: Act::NoticeHandled, subject: key, before, after }).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(true)
    }
}
