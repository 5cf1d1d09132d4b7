//! `[notices]` of diembao.toml: what is said to outlets and officers, when, and by which way.

use std::{ops::Range, time::Duration};

use chrono::{DateTime, NaiveTime, Utc};
use serde::{Deserialize, Deserializer, de};
use url::Url;

use super::{
    ConfigError, Document,
    site::{Approval, Pause, url_or_empty},
};
use crate::domain::{
    ladder::{LadderRules, is_late},
    notice::{Audience, Channel, NoticeState, Step},
};

/// What is said, when, and by which way.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Notices {
    pub approval: Approval,
    /// Steps of the ladder that wait for an officer although the others go out by themselves.
    pub officer_approves: Vec<Rung>,
    pub remind_days_before: Vec<u32>,
    pub settle: Pause,
    /// Hours of the day in which nothing goes out.
    #[serde(deserialize_with = "hours")]
    pub quiet_hours: Option<(NaiveTime, NaiveTime)>,
    /// The mail server; without one, mails are written into `folder`.
    #[serde(deserialize_with = "url_or_empty")]
    pub smtp_url: Option<Url>,
    pub from: String,
    pub folder: String,
    /// Who gets a copy of each message to an outlet.
    pub cc: Vec<String>,
    /// The head of the department: escalations and summaries of quarters.
    pub head_email: String,
    pub digest: DigestPace,
    pub digest_to: Vec<String>,
    /// Days that an outlet has for its answer, and for which the link in an alert works.
    pub reply_days: u32,
    /// Another system of the department that hears of each message.
    #[serde(deserialize_with = "url_or_empty")]
    pub webhook_url: Option<Url>,
}

/// A step of the ladder as the configuration names it: every reminder is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rung {
    Reminder,
    Alert,
    Correction,
    Escalation,
}

/// How often officers get the press digest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DigestPace {
    #[default]
    None,
    Daily,
    Weekly,
}

/// The longest that an answer is waited for.
const REPLY_DAYS_MAX: u32 = 90;

impl Notices {
    /// What of the ladder is configured.
    pub fn ladder(&self) -> LadderRules {
        LadderRules { remind_days_before: self.remind_days_before.clone(), quiet: self.quiet_hours }
    }

    /// The ways that every notice takes.
    pub fn channels(&self) -> Vec<Channel> {
        let hook = self.webhook_url.as_ref().map(|_| Channel::Webhook);
        std::iter::once(Channel::Mail).chain(hook).collect()
    }

    /// How a notice begins: whether an officer must let it go.
    pub fn first_state(&self, step: Step, grace_end: DateTime<Utc>, now: DateTime<Utc>) -> NoticeState {
        let rung = match step {
            Step::Reminder(_) => Some(Rung::Reminder),
            Step::Alert => Some(Rung::Alert),
            Step::Correction => Some(Rung::Correction),
            Step::Escalation => Some(Rung::Escalation),
            Step::Quarter | Step::Operator | Step::Digest => None,
        };
        let to_outlet = step.audience() == Audience::Outlet && self.approval == Approval::Officer;
        let waits = to_outlet || rung.is_some_and(|it| self.officer_approves.contains(&it)) || is_late(step, grace_end, now);
        if waits { NoticeState::Waits } else { NoticeState::Called }
    }
}

impl Default for Notices {
    fn default() -> Self {
        Self {
            approval: Approval::Automatic,
            officer_approves: Vec::new(),
            remind_days_before: vec![10, 5],
            settle: Pause(Duration::from_secs(6 * 3600)),
            quiet_hours: None,
            smtp_url: None,
            from: String::new(),
            folder: "outbox".to_owned(),
            cc: Vec::new(),
            head_email: String::new(),
            digest: DigestPace::None,
            digest_to: Vec::new(),
            reply_days: 14,
            webhook_url: None,
        }
    }
}

/// Checks what no single key can tell.
pub(super) fn check(document: &Document<'_>, notices: &Notices, span: Range<usize>) -> Result<(), ConfigError> {
    let wrong = |message: String| Err(document.error(Some(span.clone()), message));
    if notices.smtp_url.is_some() && notices.from.is_empty() {
        return wrong("`from`, the sender of every mail, is missing: it is needed where smtp_url is set".to_owned());
    }
    let named = [&notices.from, &notices.head_email].into_iter().filter(|it| !it.is_empty());
    if let Some(bad) = named.chain(&notices.cc).chain(&notices.digest_to).find(|it| !is_mail_address(it)) {
        return wrong(format!("`{bad}` is no mail address"));
    }
    if notices.digest != DigestPace::None && notices.digest_to.is_empty() {
        return wrong("`digest_to` is empty: name who gets the digest, or write digest = \"none\"".to_owned());
    }
    if notices.remind_days_before.iter().any(|it| *it == 0 || *it > 27) {
        return wrong("`remind_days_before` holds days from 1 to 27".to_owned());
    }
    if notices.reply_days == 0 || notices.reply_days > REPLY_DAYS_MAX {
        return wrong(format!("`reply_days` is from 1 to {REPLY_DAYS_MAX}"));
    }
    Ok(())
}

/// Whether a text can be a mail address (RFC 5321, without the forms that nobody uses).
pub(super) fn is_mail_address(text: &str) -> bool {
    let parts = text.split_once('@').filter(|it| !it.0.is_empty() && it.1.contains('.') && !it.1.contains('@'));
    parts.is_some() && text.len() <= 254 && !text.contains(|it: char| it.is_whitespace() || it.is_control() || "<>,;\"\\".contains(it))
}

/// `["22:00", "06:00"]`, or nothing.
fn hours<'de, D: Deserializer<'de>>(from: D) -> Result<Option<(NaiveTime, NaiveTime)>, D::Error> {
    let texts = Vec::<String>::deserialize(from)?;
    let bad = |text: &str| de::Error::custom(format!("`{text}` is no hour of the day: write 22:00"));
    let hour = |text: &String| NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| bad(text));
    match texts.as_slice() {
        [] => Ok(None),
        [from, to] => Ok(Some((hour(from)?, hour(to)?))),
        _ => Err(de::Error::custom("write the hour from which it is quiet, and the one to which")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alerts_go_out_by_themselves_unless_an_officer_wants_to_see_them_or_they_are_late() {
        let grace_end: DateTime<Utc> = "2026-11-05T00:00:00+07:00".parse().unwrap();
        let soon = grace_end + chrono::TimeDelta::days(1);
        let officer = Notices { approval: Approval::Officer, ..Notices::default() };
        let one = Notices { officer_approves: vec![Rung::Escalation], ..Notices::default() };
        for (name, notices, step, now, state) in [
            ("by default", Notices::default(), Step::Alert, soon, NoticeState::Called),
            ("late", Notices::default(), Step::Alert, soon + chrono::TimeDelta::days(40), NoticeState::Waits),
            ("approval by an officer", officer.clone(), Step::Reminder(5), soon, NoticeState::Waits),
            ("what outlets do not get", officer, Step::Operator, soon, NoticeState::Called),
            ("one step", one.clone(), Step::Escalation, soon, NoticeState::Waits),
            ("another step", one, Step::Alert, soon, NoticeState::Called),
        ] {
            assert_eq!(notices.first_state(step, grace_end, now), state, "{name}");
        }
    }

    #[test]
    fn what_cannot_be_written_to_is_no_address() {
        for good in ["toasoan@bao-a.example", "p.thoi-su@ptth.example"] {
            assert!(is_mail_address(good), "{good}");
        }
        for bad in ["", "a", "a@b", "a@b.example, c@d.example", "A <a@b.example>", "a@b.example\r\nBcc: c@d.example", "@b.example"] {
            assert!(!is_mail_address(bad), "{bad}");
        }
    }
}
