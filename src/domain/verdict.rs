//! The verdict of a month: a pure decision with a closed reason.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::{
    month::Month,
    outlet::{Duty, Obligation},
};

/// What a month came to for one outlet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Met,
    NotMet,
    Undetermined,
    Open,
    Exempt,
}

/// Why the verdict is what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Exempt: the outlet did not exist yet or any more.
    NotActive,
    /// Exempt: a reference channel owes nothing.
    Reference,
    /// Exempt: freed by a decision, or publishing in its own rhythm.
    Exempted,
    /// Met: articles that count.
    Articles,
    /// Open: the month is not over.
    MonthRunning,
    /// Open: the month is over, its grace is not.
    InGrace,
    /// Undetermined: something waits for an officer.
    CandidatesPending,
    /// Undetermined: an article that may fall in the month could not be read.
    ArticlesUnread,
    /// Undetermined: no good visit to any source of the outlet.
    NeverSeen,
    /// Undetermined: we did not provably see all.
    CoverageGap,
    /// Undetermined: sources answered, yet not one article of any subject was seen.
    NothingSeen,
    /// Undetermined: the outlet publishes where we cannot look, and no officer has confirmed that medium.
    BlindMedium,
    /// Not met: we saw everything, and nothing counts.
    NoneFound,
}

/// What is known of one outlet's month when it is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthFacts {
    /// Why the duty does not apply, if it does not.
    pub freed: Option<Reason>,
    /// Items that count.
    pub evidence: usize,
    /// Items that wait for an officer: candidates, mentions, doubtful dates.
    pub pending: usize,
    /// Articles that may fall in the month and could not be read, unless nothing in them could matter.
    pub unread: usize,
    /// Whether any source of the outlet was ever read.
    pub ever_seen: bool,
    /// Whether all that the outlet published from the month's start to the end of its grace was provably seen,
    /// and a good visit has happened since.
    pub covered: bool,
    /// Articles of any subject dated in the month.
    pub articles_seen: usize,
    /// Whether the outlet publishes in a medium that we cannot read and nobody has confirmed.
    pub blind: bool,
    /// Whether an officer ruled that total silence is right.
    pub silence_accepted: bool,
    /// The first instant after the month.
    pub month_end: DateTime<Utc>,
    /// The instant at which its grace ends.
    pub grace_end: DateTime<Utc>,
}

/// Judges a month. The order of the tests is the rule: presence needs no coverage, and a gap can never
/// become [`Verdict::NotMet`].
pub fn judge_month(facts: &MonthFacts, minimum: usize, now: DateTime<Utc>) -> (Verdict, Reason) {
    let undetermined = |reason| (Verdict::Undetermined, reason);
    if let Some(reason) = facts.freed {
        return (Verdict::Exempt, reason);
    }
    if facts.evidence >= minimum.max(1) {
        return (Verdict::Met, Reason::Articles);
    }
    match () {
        () if now < facts.month_end => (Verdict::Open, Reason::MonthRunning),
        () if now < facts.grace_end => (Verdict::Open, Reason::InGrace),
        () if facts.pending > 0 => undetermined(Reason::CandidatesPending),
        () if facts.unread > 0 => undetermined(Reason::ArticlesUnread),
        () if !facts.ever_seen => undetermined(Reason::NeverSeen),
        () if !facts.covered => undetermined(Reason::CoverageGap),
        () if facts.articles_seen == 0 && !facts.silence_accepted => undetermined(Reason::NothingSeen),
        () if facts.blind => undetermined(Reason::BlindMedium),
        () => (Verdict::NotMet, Reason::NoneFound),
    }
}

/// Why an outlet owes nothing in a month, or `None` where the duty applies.
pub fn freed(outlet: &Obligation, month: Month) -> Option<Reason> {
    if !outlet.active.contains(month) {
        return Some(Reason::NotActive);
    }
    match outlet.duty {
        Duty::Reference => Some(Reason::Reference),
        Duty::Exempt => Some(Reason::Exempted),
        Duty::Monthly => outlet.exemption(month).map(|_| Reason::Exempted),
    }
}

/// The other reading of the duty: the province's press together. Met if any outlet with the duty is met, not met
/// only if all are; open while one is, exempt where none has the duty.
pub fn judge_together(verdicts: &[Verdict]) -> Verdict {
    let owing: Vec<_> = verdicts.iter().copied().filter(|it| *it != Verdict::Exempt).collect();
    let any = |wanted| owing.contains(&wanted);
    match () {
        () if owing.is_empty() => Verdict::Exempt,
        () if any(Verdict::Met) => Verdict::Met,
        () if any(Verdict::Open) => Verdict::Open,
        () if owing.iter().all(|it| *it == Verdict::NotMet) => Verdict::NotMet,
        () => Verdict::Undetermined,
    }
}

/// A word that names no verdict, or no reason of one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no verdict and no reason of one")]
pub struct BadVerdict(String);

impl FromStr for Verdict {
    type Err = BadVerdict;

    fn from_str(text: &str) -> Result<Self, BadVerdict> {
        Self::ALL.into_iter().find(|it| it.as_str() == text).ok_or_else(|| BadVerdict(text.to_owned()))
    }
}

impl FromStr for Reason {
    type Err = BadVerdict;

    fn from_str(text: &str) -> Result<Self, BadVerdict> {
        Self::ALL.into_iter().find(|it| it.as_str() == text).ok_or_else(|| BadVerdict(text.to_owned()))
    }
}

impl Verdict {
    /// All verdicts, in the order in which a legend lists them.
    pub const ALL: [Self; 5] = [Self::Met, Self::NotMet, Self::Undetermined, Self::Open, Self::Exempt];

    /// The word used in store and output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not_met",
            Self::Undetermined => "undetermined",
            Self::Open => "open",
            Self::Exempt => "exempt",
        }
    }

    /// What the officer reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Met => "Đạt",
            Self::NotMet => "Chưa ghi nhận",
            Self::Undetermined => "Chưa đủ căn cứ",
            Self::Open => "Đang theo dõi",
            Self::Exempt => "Không áp dụng",
        }
    }

    /// A sign that tells the verdict without colour.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Met => "✓",
            Self::NotMet => "✗",
            Self::Undetermined => "?",
            Self::Open => "…",
            Self::Exempt => "–",
        }
    }
}

impl Reason {
    const ALL: [Self; 13] = [
        Self::NotActive,
        Self::Reference,
        Self::Exempted,
        Self::Articles,
        Self::MonthRunning,
        Self::InGrace,
        Self::CandidatesPending,
        Self::ArticlesUnread,
        Self::NeverSeen,
        Self::CoverageGap,
        Self::NothingSeen,
        Self::BlindMedium,
        Self::NoneFound,
    ];

    /// The word used in store and output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotActive => "not_active",
            Self::Reference => "reference",
            Self::Exempted => "exempted",
            Self::Articles => "articles",
            Self::MonthRunning => "month_running",
            Self::InGrace => "in_grace",
            Self::CandidatesPending => "candidates_pending",
            Self::ArticlesUnread => "articles_unread",
            Self::NeverSeen => "never_seen",
            Self::CoverageGap => "coverage_gap",
            Self::NothingSeen => "nothing_seen",
            Self::BlindMedium => "blind_medium",
            Self::NoneFound => "none_found",
        }
    }

    /// What the officer reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::NotActive => "cơ quan báo chí không hoạt động trong tháng này",
            Self::Reference => "kênh tham khảo, không thuộc diện phải thực hiện",
            Self::Exempted => "được miễn theo quyết định hoặc theo định kỳ xuất bản riêng",
            Self::Articles => "có tin, bài được tính",
            Self::MonthRunning => "tháng chưa kết thúc",
            Self::InGrace => "tháng đã hết, còn trong thời gian chờ",
            Self::CandidatesPending => "có tin, bài đang chờ chuyên viên kết luận",
            Self::ArticlesUnread => "có tin, bài chưa đọc được",
            Self::NeverSeen => "chưa đọc được nguồn nào của cơ quan này",
            Self::CoverageGap => "còn khoảng hở, chưa chắc đã thấy hết tin, bài",
            Self::NothingSeen => "các nguồn đều trả lời nhưng không thấy tin, bài nào",
            Self::BlindMedium => "có loại hình không đọc được trên mạng, chưa có chuyên viên xác nhận",
            Self::NoneFound => "đã theo dõi đầy đủ, chưa ghi nhận tin, bài nào được tính",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(day: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + chrono::TimeDelta::days(day)
    }

    /// A month that ended on day 31, with its grace over on day 34, all seen and nothing found.
    fn silent() -> MonthFacts {
        MonthFacts {
            freed: None,
            evidence: 0,
            pending: 0,
            unread: 0,
            ever_seen: true,
            covered: true,
            articles_seen: 40,
            blind: false,
            silence_accepted: false,
            month_end: at(31),
            grace_end: at(34),
        }
    }

    #[test]
    fn each_doubt_has_its_own_end() {
        type Change = fn(&mut MonthFacts);
        let table: [(&str, Change, i64, Verdict, Reason); 17] = [
            ("all seen, nothing found", |_| {}, 35, Verdict::NotMet, Reason::NoneFound),
            ("the month runs", |_| {}, 30, Verdict::Open, Reason::MonthRunning),
            ("the month has just ended", |_| {}, 31, Verdict::Open, Reason::InGrace),
            ("the grace has just ended", |_| {}, 34, Verdict::NotMet, Reason::NoneFound),
            (
                "one article is enough, even without coverage",
                |it| (it.evidence, it.covered) = (1, false),
                35,
                Verdict::Met,
                Reason::Articles,
            ),
            ("an article counts before the month is over", |it| it.evidence = 1, 3, Verdict::Met, Reason::Articles),
            ("a candidate waits", |it| it.pending = 1, 35, Verdict::Undetermined, Reason::CandidatesPending),
            ("an article could not be read", |it| it.unread = 1, 35, Verdict::Undetermined, Reason::ArticlesUnread),
            ("the outlet was never seen", |it| (it.ever_seen, it.covered) = (false, false), 35, Verdict::Undetermined, Reason::NeverSeen),
            ("there is a gap", |it| it.covered = false, 35, Verdict::Undetermined, Reason::CoverageGap),
            ("total silence proves nothing", |it| it.articles_seen = 0, 35, Verdict::Undetermined, Reason::NothingSeen),
            (
                "total silence that an officer accepts",
                |it| (it.articles_seen, it.silence_accepted) = (0, true),
                35,
                Verdict::NotMet,
                Reason::NoneFound,
            ),
            (
                "accepted silence closes no gap",
                |it| (it.articles_seen, it.silence_accepted, it.covered) = (0, true, false),
                35,
                Verdict::Undetermined,
                Reason::CoverageGap,
            ),
            (
                "accepted silence says nothing of broadcasts",
                |it| (it.articles_seen, it.silence_accepted, it.blind) = (0, true, true),
                35,
                Verdict::Undetermined,
                Reason::BlindMedium,
            ),
            ("broadcasts cannot be read", |it| it.blind = true, 35, Verdict::Undetermined, Reason::BlindMedium),
            ("the duty does not apply", |it| it.freed = Some(Reason::NotActive), 35, Verdict::Exempt, Reason::NotActive),
            (
                "what waits is said before what is missing",
                |it| (it.pending, it.covered) = (1, false),
                35,
                Verdict::Undetermined,
                Reason::CandidatesPending,
            ),
        ];
        for (name, change, day, verdict, reason) in table {
            let mut facts = silent();
            change(&mut facts);
            assert_eq!(judge_month(&facts, 1, at(day)), (verdict, reason), "{name}");
        }
    }

    #[test]
    fn a_minimum_of_two_needs_two() {
        for (evidence, verdict) in [(1, Verdict::NotMet), (2, Verdict::Met)] {
            assert_eq!(judge_month(&MonthFacts { evidence, ..silent() }, 2, at(35)).0, verdict);
        }
    }

    #[test]
    fn a_minimum_of_zero_never_counts_an_empty_month_as_met() {
        assert_eq!(judge_month(&silent(), 0, at(35)).0, Verdict::NotMet);
    }

    #[test]
    fn together_one_is_enough_and_all_must_be_missing() {
        use Verdict::{Exempt, Met, NotMet, Open, Undetermined};
        for (each, together) in [
            (vec![NotMet, Met, Undetermined], Met),
            (vec![NotMet, NotMet, Exempt], NotMet),
            (vec![NotMet, Undetermined], Undetermined),
            (vec![NotMet, Open], Open),
            (vec![Exempt, Exempt], Exempt),
            (vec![], Exempt),
        ] {
            assert_eq!(judge_together(&each), together, "{each:?}");
        }
    }

    prop_compose! {
        fn any_facts()(
            evidence in 0usize..3, pending in 0usize..3, unread in 0usize..3, ever_seen: bool, covered: bool,
            articles_seen in 0usize..3, blind: bool, silence_accepted: bool, freed: bool,
        ) -> MonthFacts {
            MonthFacts {
                freed: freed.then_some(Reason::Exempted), evidence, pending, unread, ever_seen, covered, articles_seen, blind,
                silence_accepted,
                ..silent()
            }
        }
    }

    proptest! {
        #[test]
        fn a_doubt_never_becomes_an_accusation(facts in any_facts(), day in 0i64..60) {
            let (verdict, _) = judge_month(&facts, 1, at(day));
            let silent = facts.articles_seen == 0 && !facts.silence_accepted;
            let doubt = facts.pending > 0 || facts.unread > 0 || !facts.covered || !facts.ever_seen || silent || facts.blind;
            if doubt || day < 34 {
                prop_assert_ne!(verdict, Verdict::NotMet);
            }
        }

        #[test]
        fn more_evidence_never_takes_met_away(facts in any_facts(), more in 1usize..5, day in 0i64..60) {
            if judge_month(&facts, 1, at(day)).0 == Verdict::Met {
                let richer = MonthFacts { evidence: facts.evidence + more, ..facts };
                prop_assert_eq!(judge_month(&richer, 1, at(day)).0, Verdict::Met);
            }
        }

        #[test]
        fn time_never_takes_met_away(facts in any_facts(), day in 0i64..60, later in 0i64..600) {
            if judge_month(&facts, 1, at(day)).0 == Verdict::Met {
                prop_assert_eq!(judge_month(&facts, 1, at(day + later)).0, Verdict::Met);
            }
        }

        #[test]
        fn losing_coverage_never_makes_a_month_worse_than_undetermined(facts in any_facts()) {
            let before = judge_month(&facts, 1, at(40)).0;
            let after = judge_month(&MonthFacts { covered: false, ..facts }, 1, at(40)).0;
            prop_assert!(after == before || after == Verdict::Undetermined);
        }
    }
}
