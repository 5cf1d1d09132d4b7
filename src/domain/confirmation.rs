//! Confirmations: what no machine can know of a month and an officer vouches for.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::domain::{
    month::Month,
    off_web::OffWeb,
    officer::{Admitted, Decided, Refusal, Statement},
    outlet::OutletId,
};

/// What is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmationKind {
    /// The month's list of off-web evidence, which may be empty, is all that there was.
    BlindChecked,
    /// That nothing at all was seen of the outlet in the month is right.
    SilenceAccepted,
}

/// One outlet's month, confirmed in one respect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    pub outlet: OutletId,
    pub month: Month,
    pub kind: ConfirmationKind,
    /// The off-web items that stood when their list was confirmed, by rising number. Another list is not confirmed.
    pub listed: Vec<i64>,
    pub reason: Statement,
}

/// A word that names no kind of confirmation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no kind of confirmation")]
pub struct BadConfirmationKind(String);

impl Confirmation {
    /// Confirms a month that is over.
    ///
    /// # Errors
    /// Where the month is not over: its list may still grow.
    pub fn admit(self, by: Statement, zone: Tz, now: DateTime<Utc>) -> Result<Admitted<Self>, Refusal> {
        if now < self.month.span(zone).to {
            return Err(Refusal::MonthNotOver(self.month));
        }
        Ok(Admitted::new(self, by, now))
    }
}

/// The numbers of the items that stand, in order: the list that an officer confirms.
pub fn standing_list(off_web: &[Decided<OffWeb>]) -> Vec<i64> {
    let mut listed: Vec<i64> = off_web.iter().filter(|it| it.stands()).map(|it| it.id).collect();
    listed.sort_unstable();
    listed
}

/// Whether an officer confirmed the month in one respect after an instant, its end or later. The confirmation of a list holds for that list:
/// where an item was added or taken back since, it must be confirmed anew.
pub fn is_confirmed(
    kind: ConfirmationKind,
    confirmations: &[Decided<Confirmation>],
    off_web: &[Decided<OffWeb>],
    since: DateTime<Utc>,
) -> bool {
    let list = standing_list(off_web);
    let of_this_list = |it: &Decided<Confirmation>| kind == ConfirmationKind::SilenceAccepted || it.what.listed == list;
    confirmations.iter().any(|it| it.stands() && it.what.kind == kind && it.at >= since && of_this_list(it))
}

impl ConfirmationKind {
    const ALL: [Self; 2] = [Self::BlindChecked, Self::SilenceAccepted];

    /// The word used in store and output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BlindChecked => "blind_checked",
            Self::SilenceAccepted => "silence_accepted",
        }
    }

    /// What the officer reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::BlindChecked => "đã đối chiếu danh sách tin, bài ngoài trang mạng của tháng",
            Self::SilenceAccepted => "xác nhận trong tháng cơ quan này không đăng tin, bài nào",
        }
    }
}

impl FromStr for ConfirmationKind {
    type Err = BadConfirmationKind;

    fn from_str(text: &str) -> Result<Self, BadConfirmationKind> {
        Self::ALL.into_iter().find(|it| it.as_str() == text).ok_or_else(|| BadConfirmationKind(text.to_owned()))
    }
}
