//! Notices: messages that a change of verdict or the calendar calls for, each said once, and what became of them.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, Serializer};

use crate::domain::{month::Month, outlet::OutletId};

/// A rung of the ladder, or a message to those who work with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A friendly word to the outlet, so many days before the month ends.
    Reminder(u32),
    /// To the outlet, after the grace of a month in which nothing was found.
    Alert,
    /// To an outlet that was alerted, once the month is met.
    Correction,
    /// To the head of the department, after two alerted months running.
    Escalation,
    /// To the head, after each quarter.
    Quarter,
    /// To whoever runs the program: what only they can mend.
    Operator,
    /// The press digest (điểm báo) for the officers.
    Digest,
}

/// Whom a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    Outlet,
    Head,
    Operator,
    Officers,
}

/// What a notice is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    OutletMonth(OutletId, Month),
    /// The quarter that ends with the month.
    Quarter(Month),
    /// The state of things at an instant.
    Instant(DateTime<Utc>),
}

/// What makes a notice one: it is said once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NoticeKey {
    pub step: Step,
    pub subject: Subject,
}

/// The way that a notice takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Mail,
    Webhook,
}

/// What became of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeState {
    /// It is called for, and an officer must let it go first.
    Waits,
    /// It is called for and goes out as soon as nothing holds it back.
    Called,
    /// Somebody is at it.
    Sending,
    Sent,
    /// The program or the line broke while it was on its way: only an officer may say that it goes out again.
    MaybeSent,
    /// It will never arrive as it is.
    Failed,
    /// What called for it is no longer so. It is called for anew should that change.
    Cancelled,
    /// An officer stopped it; nothing but an officer lets it go again.
    Stopped,
    /// It came back; noted by an officer.
    Bounced,
}

/// A message as it goes out, the same at every attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    pub to: Vec<Addressee>,
    pub cc: Vec<String>,
    /// When it was written.
    pub date: DateTime<Utc>,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Short, to be copied into a chat by hand; empty where there is none.
    #[serde(default)]
    pub chat: String,
}

/// Somebody who is written to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addressee {
    pub name: String,
    pub email: String,
}

/// A text that names no step, channel, state or key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no notice")]
pub struct BadNotice(String);

impl Step {
    /// Whom it is for.
    pub fn audience(self) -> Audience {
        match self {
            Self::Reminder(_) | Self::Alert | Self::Correction => Audience::Outlet,
            Self::Escalation | Self::Quarter => Audience::Head,
            Self::Operator => Audience::Operator,
            Self::Digest => Audience::Officers,
        }
    }

    /// What the officer reads.
    pub fn label(self) -> String {
        match self {
            Self::Reminder(days) => format!("Nhắc trước {days} ngày"),
            Self::Alert => "Thông báo chưa ghi nhận".to_owned(),
            Self::Correction => "Thông báo đính chính".to_owned(),
            Self::Escalation => "Báo cáo lãnh đạo: hai tháng liền".to_owned(),
            Self::Quarter => "Tổng hợp quý".to_owned(),
            Self::Operator => "Báo người vận hành".to_owned(),
            Self::Digest => "Điểm báo".to_owned(),
        }
    }
}

impl NoticeKey {
    /// Of an outlet's month.
    pub fn of_month(step: Step, outlet: &OutletId, month: Month) -> Self {
        Self { step, subject: Subject::OutletMonth(outlet.clone(), month) }
    }

    /// The outlet that it is about, if it is about one.
    pub fn outlet(&self) -> Option<&OutletId> {
        match &self.subject {
            Subject::OutletMonth(outlet, _) => Some(outlet),
            Subject::Quarter(_) | Subject::Instant(_) => None,
        }
    }

    /// The month that it is about, if it is about one.
    pub fn month(&self) -> Option<Month> {
        match self.subject {
            Subject::OutletMonth(_, month) | Subject::Quarter(month) => Some(month),
            Subject::Instant(_) => None,
        }
    }
}

impl Channel {
    /// The word used in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Webhook => "webhook",
        }
    }
}

impl NoticeState {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::Waits,
        Self::Called,
        Self::Sending,
        Self::Sent,
        Self::MaybeSent,
        Self::Failed,
        Self::Cancelled,
        Self::Stopped,
        Self::Bounced,
    ];
    /// Those in which it stays until an officer does something.
    pub const NEED_OFFICER: [Self; 3] = [Self::Waits, Self::MaybeSent, Self::Failed];

    /// The word used in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waits => "waits",
            Self::Called => "called",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::MaybeSent => "maybe_sent",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Stopped => "stopped",
            Self::Bounced => "bounced",
        }
    }

    /// What the officer reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Waits => "chờ chuyên viên duyệt",
            Self::Called => "sẽ gửi",
            Self::Sending => "đang gửi",
            Self::Sent => "đã gửi",
            Self::MaybeSent => "có thể đã gửi",
            Self::Failed => "không gửi được",
            Self::Cancelled => "không còn cần gửi",
            Self::Stopped => "chuyên viên đã dừng",
            Self::Bounced => "bị trả lại",
        }
    }

    /// A sign beside the words, told apart without colours.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Waits => "!",
            Self::Called => "→",
            Self::Sending => "…",
            Self::Sent => "✓",
            Self::MaybeSent => "?",
            Self::Failed => "✗",
            Self::Cancelled => "–",
            Self::Stopped => "■",
            Self::Bounced => "↩",
        }
    }

    /// Whether nothing has left the house yet, so that it can still be stopped.
    pub fn is_ahead(self) -> bool {
        matches!(self, Self::Waits | Self::Called)
    }

    /// Whether whoever it is for may have read it.
    pub fn may_be_read(self) -> bool {
        matches!(self, Self::Sending | Self::Sent | Self::MaybeSent)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reminder(days) => write!(f, "reminder_{days}"),
            Self::Alert => f.write_str("alert"),
            Self::Correction => f.write_str("correction"),
            Self::Escalation => f.write_str("escalation"),
            Self::Quarter => f.write_str("quarter"),
            Self::Operator => f.write_str("operator"),
            Self::Digest => f.write_str("digest"),
        }
    }
}

impl FromStr for Step {
    type Err = BadNotice;

    fn from_str(text: &str) -> Result<Self, BadNotice> {
        let named = [Self::Alert, Self::Correction, Self::Escalation, Self::Quarter, Self::Operator, Self::Digest];
        if let Some(days) = text.strip_prefix("reminder_") {
            return days.parse().map(Self::Reminder).map_err(|_| BadNotice(text.to_owned()));
        }
        named.into_iter().find(|it| it.to_string() == text).ok_or_else(|| BadNotice(text.to_owned()))
    }
}

/// `STEP/OUTLET/MONTH`, `STEP//MONTH` or `STEP//INSTANT`.
impl fmt::Display for NoticeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.subject {
            Subject::OutletMonth(outlet, month) => write!(f, "{}/{outlet}/{month}", self.step),
            Subject::Quarter(month) => write!(f, "{}//{month}", self.step),
            Subject::Instant(at) => write!(f, "{}//{}", self.step, at.format("%Y-%m-%dT%H:%M:%SZ")),
        }
    }
}

impl FromStr for NoticeKey {
    type Err = BadNotice;

    fn from_str(text: &str) -> Result<Self, BadNotice> {
        let bad = || BadNotice(text.to_owned());
        let mut parts = text.splitn(3, '/');
        let mut part = || parts.next().ok_or_else(bad);
        let (step, outlet, when) = (part()?.parse()?, part()?, part()?);
        let subject = match outlet {
            "" => match when.parse() {
                Ok(month) => Subject::Quarter(month),
                Err(_) => Subject::Instant(when.parse().map_err(|_| bad())?),
            },
            outlet => Subject::OutletMonth(outlet.parse().map_err(|_| bad())?, when.parse().map_err(|_| bad())?),
        };
        Ok(Self { step, subject })
    }
}

impl FromStr for Channel {
    type Err = BadNotice;

    fn from_str(text: &str) -> Result<Self, BadNotice> {
        [Self::Mail, Self::Webhook].into_iter().find(|it| it.as_str() == text).ok_or_else(|| BadNotice(text.to_owned()))
    }
}

impl FromStr for NoticeState {
    type Err = BadNotice;

    fn from_str(text: &str) -> Result<Self, BadNotice> {
        Self::ALL.into_iter().find(|it| it.as_str() == text).ok_or_else(|| BadNotice(text.to_owned()))
    }
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl Serialize for NoticeKey {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_as_it_is_written() {
        for text in [
            "reminder_10/bao-a/2026-10",
            "alert/bao-a/2026-10",
            "correction/bao-a/2026-10",
            "escalation/bao-a/2026-10",
            "quarter//2026-09",
            "operator//2026-10-21T01:00:00Z",
            "digest//2026-10-21T01:00:00Z",
        ] {
            assert_eq!(text.parse::<NoticeKey>().map(|it| it.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "alert", "alert/bao-a", "alert/bao-a/10-2026", "reminder_x/bao-a/2026-10", "shout/bao-a/2026-10", "alert//soon"] {
            assert_eq!(
                text.parse::<NoticeKey>(),
                Err(BadNotice(
                    if text.starts_with("shout") {
                        "shout"
                    } else if text.starts_with("reminder") {
                        "reminder_x"
                    } else {
                        text
                    }
                    .to_owned()
                )),
                "{text}"
            );
        }
    }

    #[test]
    fn what_may_have_been_read_is_never_ahead() {
        for state in NoticeState::ALL {
            assert!(!(state.is_ahead() && state.may_be_read()), "{state:?}");
            assert_eq!(state.as_str().parse(), Ok(state));
        }
    }
}
