//! What an officer decides, as it is asked for, admitted and remembered; and why it may be refused.

use std::{fmt, str::FromStr};

use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::{confirmation::Confirmation, hand_check::HandWitness, month::Month, off_web::OffWeb};

/// Words of an officer: a name, a reason, a title. Trimmed, not empty, at most [`Statement::LETTERS_MAX`] letters, without
/// control letters other than line breaks and tabs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement(String);

/// Why text is no statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadStatement {
    #[error("it is empty")]
    Empty,
    #[error("it has {0} letters, and at most {max} are kept", max = Statement::LETTERS_MAX)]
    TooLong(usize),
    #[error("it holds a control letter")]
    Control,
}

/// A decision that keeps the rules, with who takes it and when: what the store takes in. Only the rules make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted<T> {
    what: T,
    by: Statement,
    at: DateTime<Utc>,
}

/// A decision as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided<T> {
    pub id: i64,
    pub what: T,
    pub by: String,
    pub at: DateTime<Utc>,
    /// Set where it was taken back since.
    pub withdrawn: Option<Withdrawn>,
}

/// Who took a decision back, when and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    pub by: String,
    pub at: DateTime<Utc>,
    pub reason: String,
}

/// A decision that can be taken back. A ruling cannot: the next ruling on the article takes its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Item {
    OffWeb(i64),
    Confirmation(i64),
    HandCheck(i64),
}

/// The taking back of a decision. Nothing is deleted: from now on it does not stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Withdrawal {
    pub item: Item,
    pub reason: Statement,
}

/// All that officers decided on one outlet's month, rulings on its articles aside.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthDecisions {
    pub off_web: Vec<Decided<OffWeb>>,
    pub confirmations: Vec<Decided<Confirmation>>,
    /// Those that touch the month.
    pub hand_checks: Vec<HandWitness>,
}

/// Why a decision is refused. Nothing is recorded then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("{0} has not begun")]
    MonthNotBegun(Month),
    #[error("{0} is not over: what comes until its end cannot be confirmed yet")]
    MonthNotOver(Month),
    #[error("{0} lies in the future")]
    Future(DateTime<Utc>),
    #[error("it was aired on {0}, and that is not in {1}")]
    AiredElsewhere(DateTime<Utc>, Month),
    #[error("a duration of nothing is none: leave it out where it is not known")]
    NoDuration,
    #[error("`{0}` is no http or https address")]
    NotWeb(String),
    #[error("the stretch must begin before it ends")]
    EmptyStretch,
    #[error("the article's date is not firm: say in which month it counts")]
    DateNotFirm,
}

/// Text that names no decision that can be taken back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names nothing that can be taken back: write it as listed, for example off-web:12, confirmation:3 or hand-check:4")]
pub struct BadItem(String);

/// How off-web evidence without an address is named, before its number.
pub const OFF_WEB_URN: &str = "urn:diembao:off-web:";

impl Statement {
    /// Longest statement, in letters.
    pub const LETTERS_MAX: usize = 2_000;

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T> Admitted<T> {
    /// Instants are kept to the second.
    pub(in crate::domain) fn new(what: T, by: Statement, at: DateTime<Utc>) -> Self {
        Self { what, by, at: at.trunc_subsecs(0) }
    }

    /// What is decided.
    pub fn what(&self) -> &T {
        &self.what
    }

    /// Who decides.
    pub fn by(&self) -> &str {
        self.by.as_str()
    }

    /// When.
    pub fn at(&self) -> DateTime<Utc> {
        self.at
    }
}

impl<T> Decided<T> {
    /// Whether it was not taken back.
    pub fn stands(&self) -> bool {
        self.withdrawn.is_none()
    }
}

impl Withdrawal {
    /// Takes a decision back.
    pub fn admit(item: Item, reason: Statement, by: Statement, now: DateTime<Utc>) -> Admitted<Self> {
        Admitted::new(Self { item, reason }, by, now)
    }
}

impl Item {
    /// The word before its number.
    pub fn kind(self) -> &'static str {
        match self {
            Self::OffWeb(_) => "off-web",
            Self::Confirmation(_) => "confirmation",
            Self::HandCheck(_) => "hand-check",
        }
    }

    /// Its number among its kind.
    pub fn id(self) -> i64 {
        match self {
            Self::OffWeb(id) | Self::Confirmation(id) | Self::HandCheck(id) => id,
        }
    }

    /// The item of a kind and number.
    ///
    /// # Errors
    /// Where the word names no kind.
    pub fn of(kind: &str, id: i64) -> Result<Self, BadItem> {
        let all = [Self::OffWeb(id), Self::Confirmation(id), Self::HandCheck(id)];
        all.into_iter().find(|it| it.kind() == kind).ok_or_else(|| BadItem(format!("{kind}:{id}")))
    }
}

impl FromStr for Statement {
    type Err = BadStatement;

    fn from_str(text: &str) -> Result<Self, BadStatement> {
        let text = text.trim();
        let letters = text.chars().count();
        match () {
            () if text.is_empty() => Err(BadStatement::Empty),
            () if letters > Self::LETTERS_MAX => Err(BadStatement::TooLong(letters)),
            () if text.chars().any(|it| it.is_control() && !matches!(it, '\n' | '\t')) => Err(BadStatement::Control),
            () => Ok(Self(text.to_owned())),
        }
    }
}

impl FromStr for Item {
    type Err = BadItem;

    /// Reads `off-web:12`, `confirmation:3`, `hand-check:4`, the URN of off-web evidence, and a bare number as off-web evidence.
    fn from_str(text: &str) -> Result<Self, BadItem> {
        let bad = || BadItem(text.to_owned());
        let short = text.strip_prefix("urn:diembao:").unwrap_or(text);
        let (kind, number) = short.split_once(':').unwrap_or(("off-web", short));
        let id = number.parse().ok().filter(|it| *it > 0).ok_or_else(bad)?;
        Self::of(kind, id).map_err(|_| bad())
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind(), self.id())
    }
}

impl Serialize for Statement {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Statement {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Serialize for Item {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}
