//! The two languages of the desk, side by side where they are used: Vietnamese first.

use std::borrow::Cow;

use axum::http::{HeaderMap, header};

use crate::domain::{
    audit::Act,
    cause::CauseKind,
    coverage::GapReason,
    notice::{Audience, NoticeState, Step},
    relevance::JudgementKind,
    review::PendingWhy,
    user::Role,
    verdict::{Reason, Verdict},
    visit::Outcome,
    waiting::WaitingWhy,
};

/// A language of the desk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Lang {
    #[default]
    Vi,
    En,
}

/// The cookie that remembers it.
const COOKIE: &str = "lang";

/// Words are taken by reference, as templates hand them over.
impl Lang {
    /// As the visitor chose it last.
    pub fn of(headers: &HeaderMap) -> Self {
        if cookie(headers, COOKIE) == Some("en") { Self::En } else { Self::Vi }
    }

    /// The language of a word in an address.
    pub fn named(word: &str) -> Option<Self> {
        [Self::Vi, Self::En].into_iter().find(|it| it.as_str() == word)
    }

    /// What `Set-Cookie` says to remember it for a year.
    pub fn cookie(self) -> String {
        format!("{COOKIE}={}; Path=/; Max-Age=31536000; SameSite=Lax", self.as_str())
    }

    /// The word of HTML's `lang`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }

    /// One of two texts.
    pub fn say<'a>(self, vi: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Vi => vi,
            Self::En => en,
        }
    }

    /// What a verdict is called.
    pub fn verdict(self, verdict: &Verdict) -> &'static str {
        let english = match verdict {
            Verdict::Met => "Met",
            Verdict::NotMet => "Nothing recorded",
            Verdict::Undetermined => "Undetermined",
            Verdict::Open => "Open",
            Verdict::Exempt => "Does not apply",
        };
        self.say(verdict.label(), english)
    }

    /// Why a verdict is what it is.
    pub fn reason(self, reason: &Reason) -> &'static str {
        let english = match reason {
            Reason::NotActive => "the outlet was not active in this month",
            Reason::Reference => "a reference channel, which has no duty",
            Reason::Exempted => "exempt by decision or by its own rhythm",
            Reason::Articles => "there is evidence that counts",
            Reason::MonthRunning => "the month is not over",
            Reason::InGrace => "the month is over, its grace is not",
            Reason::CandidatesPending => "articles wait for an officer",
            Reason::ArticlesUnread => "articles could not be read",
            Reason::NeverSeen => "no source of this outlet has been read yet",
            Reason::CoverageGap => "there is a gap: something may have been missed",
            Reason::NothingSeen => "sources answered, yet no article of any subject was seen",
            Reason::BlindMedium => "a medium cannot be read online, and no officer has confirmed its list",
            Reason::NoneFound => "watched without a gap, nothing that counts was found",
        };
        self.say(reason.label(), english)
    }

    /// Why an article waits.
    pub fn pending(self, why: &PendingWhy) -> Cow<'static, str> {
        self.word(why.label(), || format!("{why:?}"))
    }

    /// Why an article stands in the queue.
    pub fn waiting(self, why: &WaitingWhy) -> Cow<'static, str> {
        match why {
            WaitingWhy::Pending(why) => self.pending(why),
            WaitingWhy::Sole => Cow::Borrowed(self.say(why.label(), "the month rests on this one; nobody has looked at it")),
        }
    }

    /// Why there is a gap.
    pub fn gap(self, why: &GapReason) -> Cow<'static, str> {
        self.word(why.label(), || format!("{why:?}"))
    }

    /// What a visit came to.
    pub fn outcome(self, outcome: &Outcome) -> Cow<'static, str> {
        self.word(outcome.label(), || format!("{outcome:?}"))
    }

    /// A label, or the English name of a variant with its words apart.
    fn word(self, vi: &'static str, variant: impl FnOnce() -> String) -> Cow<'static, str> {
        if self == Self::Vi {
            return Cow::Borrowed(vi);
        }
        let mut words = String::new();
        for (place, letter) in variant().char_indices() {
            if place > 0 && letter.is_uppercase() {
                words.push(' ');
            }
            words.extend(letter.to_lowercase());
        }
        Cow::Owned(words)
    }

    /// What the machine made of an article.
    pub fn judgement(self, judgement: &JudgementKind) -> &'static str {
        let (vi, en) = match judgement {
            JudgementKind::About => ("đúng chủ đề", "about"),
            JudgementKind::Candidate => ("cần xem", "candidate"),
            JudgementKind::Mention => ("có nhắc tới", "mention"),
            JudgementKind::Unrelated => ("không liên quan", "unrelated"),
        };
        self.say(vi, en)
    }

    /// What an act in the log is called.
    pub fn act(self, act: &Act) -> Cow<'static, str> {
        self.word(act.label(), || format!("{act:?}"))
    }

    /// What became of a notice.
    pub fn notice_state(self, state: &NoticeState) -> Cow<'static, str> {
        self.word(state.label(), || format!("{state:?}"))
    }

    /// What a step of the ladder is called.
    pub fn step(self, step: &Step) -> String {
        match (self, step) {
            (Self::Vi, step) => step.label(),
            (Self::En, Step::Reminder(days)) => format!("Reminder, {days} days before"),
            (Self::En, Step::Alert) => "Alert: nothing recorded".to_owned(),
            (Self::En, Step::Correction) => "Correction".to_owned(),
            (Self::En, Step::Escalation) => "Report to the head: two months running".to_owned(),
            (Self::En, Step::Quarter) => "Summary of the quarter".to_owned(),
            (Self::En, Step::Operator) => "Report to the operator".to_owned(),
            (Self::En, Step::Digest) => "Press digest".to_owned(),
        }
    }

    /// Whom a notice is for.
    pub fn audience(self, audience: &Audience) -> &'static str {
        match audience {
            Audience::Outlet => self.say("cơ quan báo chí", "the outlet"),
            Audience::Head => self.say("lãnh đạo đơn vị", "the head of the department"),
            Audience::Operator => self.say("người vận hành", "the operator"),
            Audience::Officers => self.say("chuyên viên", "the officers"),
        }
    }

    /// A kind of what only the operator can mend.
    pub fn cause(self, kind: &CauseKind) -> Cow<'static, str> {
        self.word(kind.label(), || format!("{kind:?}"))
    }

    /// What a role is called.
    pub fn role(self, role: &Role) -> &'static str {
        self.say(role.label(), role.as_str())
    }
}

/// The value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|it| it.to_str().ok());
    all.flat_map(|it| it.split(';')).find_map(|it| it.trim().strip_prefix(name)?.strip_prefix('='))
}
