//! The queue: articles that wait for an officer, month by month.

use std::{fmt, str::FromStr};

use crate::domain::{
    month::Month,
    outlet::OutletId,
    review::{DecidedBy, OutletMonth, PendingWhy},
    verdict::Verdict,
};

/// Why an article stands in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitingWhy {
    Pending(PendingWhy),
    /// The month rests on this one article, which a rule judged and no person has looked at.
    Sole,
}

/// One place in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub outlet: OutletId,
    pub month: Month,
    /// The article's address, as the review gives it.
    pub url: String,
    pub why: WaitingWhy,
}

/// A word that names no reason to wait.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no reason to wait")]
pub struct BadWaitingWhy(String);

/// What of a reviewed month waits for an officer. Of a closed month that is met, and of one without a duty, nothing does.
pub fn waiting(month: Month, reviewed: &OutletMonth, closed: bool) -> Vec<Waiting> {
    let place = |url: &String, why| Waiting { outlet: reviewed.outlet.clone(), month, url: url.clone(), why };
    if reviewed.verdict == Verdict::Exempt || (closed && reviewed.verdict == Verdict::Met) {
        return Vec::new();
    }
    let mut found: Vec<Waiting> = reviewed.pending.iter().map(|it| place(&it.url, WaitingWhy::Pending(it.why))).collect();
    if let (Verdict::Met, [only]) = (reviewed.verdict, reviewed.evidence.as_slice())
        && only.by == DecidedBy::Rule
    {
        found.push(place(&only.url, WaitingWhy::Sole));
    }
    found
}

impl WaitingWhy {
    /// What the officer reads.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Pending(why) => why.label(),
            Self::Sole => "tháng chỉ dựa vào bài này, chưa ai xem",
        }
    }
}

impl fmt::Display for WaitingWhy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pending(why) => why.as_str(),
            Self::Sole => "sole",
        })
    }
}

impl FromStr for WaitingWhy {
    type Err = BadWaitingWhy;

    fn from_str(word: &str) -> Result<Self, BadWaitingWhy> {
        let pending = || PendingWhy::ALL.into_iter().find(|it| it.as_str() == word).map(Self::Pending);
        if word == "sole" { Some(Self::Sole) } else { pending() }.ok_or_else(|| BadWaitingWhy(word.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_to_wait_has_its_word() {
        for why in PendingWhy::ALL.into_iter().map(WaitingWhy::Pending).chain([WaitingWhy::Sole]) {
            assert_eq!(why.to_string().parse(), Ok(why));
        }
        assert!("none".parse::<WaitingWhy>().is_err());
    }
}
