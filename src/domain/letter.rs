//! Official letters to outlets: a program drafts, an officer approves, a leader signs and the văn thư issues.

use std::str::FromStr;

/// How far a letter has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LetterState {
    /// Drawn anew at each look, from what is known then.
    Draft,
    /// Its bytes are kept as they were approved.
    Approved,
    /// It has a number and a day.
    Issued,
    /// It was not needed.
    Dropped,
}

/// A word that names no state of a letter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no state of a letter")]
pub struct BadLetterState(String);

impl LetterState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Approved, Self::Issued, Self::Dropped];

    /// The word used in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Approved => "approved",
            Self::Issued => "issued",
            Self::Dropped => "dropped",
        }
    }

    /// What the officer reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Draft => "dự thảo, chờ duyệt",
            Self::Approved => "đã duyệt, chờ ký và phát hành",
            Self::Issued => "đã phát hành",
            Self::Dropped => "đã bỏ",
        }
    }
}

impl FromStr for LetterState {
    type Err = BadLetterState;

    fn from_str(text: &str) -> Result<Self, BadLetterState> {
        Self::ALL.into_iter().find(|it| it.as_str() == text).ok_or_else(|| BadLetterState(text.to_owned()))
    }
}
