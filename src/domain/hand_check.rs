//! Hand checks: an officer looked through what an outlet published in a stretch of time, and is a witness for it.

use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::{
    coverage::{Coverage, Gap, Ledger},
    month::Span,
    officer::{Admitted, Decided, Refusal, Statement},
    outlet::OutletId,
};

/// What an officer looked at, for which time, and what was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandCheck {
    pub outlet: OutletId,
    #[serde(flatten)]
    pub span: Span,
    pub looked_at: Statement,
    pub found: Statement,
}

/// A hand check with what is known of it since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandWitness {
    pub check: Decided<HandCheck>,
    /// Whether an article dated in its stretch first turned up after it. What the check did not know then, it may have
    /// missed: like a source that missed an article, it certifies nothing any more.
    pub overtaken: bool,
}

/// A gap that a hand check closed, and whose it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedByHand {
    pub gap: Gap,
    pub by: String,
    pub at: DateTime<Utc>,
}

impl HandCheck {
    /// Records a check of a stretch that is past.
    ///
    /// # Errors
    /// Where the stretch is empty or reaches into the future.
    pub fn admit(mut self, by: Statement, now: DateTime<Utc>) -> Result<Admitted<Self>, Refusal> {
        self.span = Span { from: self.span.from.trunc_subsecs(0), to: self.span.to.trunc_subsecs(0) };
        match () {
            () if self.span.from >= self.span.to => Err(Refusal::EmptyStretch),
            () if self.span.to > now => Err(Refusal::Future(self.span.to)),
            () => Ok(Admitted::new(self, by, now)),
        }
    }
}

impl HandWitness {
    fn spans(&self, gap: Span) -> bool {
        let span = self.check.what.span;
        self.check.stands() && !self.overtaken && span.from <= gap.from && gap.to <= span.to
    }
}

/// The latest instant at which a good visit is known to have happened.
pub fn visited_to(ledgers: &[Ledger], now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let ends = |it: &Ledger| {
        let spans = it.certified.iter().copied().chain(it.gaps.iter().map(|gap| gap.span));
        spans.map(|span| span.to).chain(it.first_good).collect::<Vec<_>>()
    };
    ledgers.iter().flat_map(ends).filter(|it| *it <= now).max()
}

/// Takes out of a window's coverage the gaps that one hand check spans wholly.
///
/// An officer may close a gap of any reason, since the check does not lean on what failed: whoever looked through all
/// that stands on an outlet's site for the stretch has seen what a list that rolled over, froze, hid an article, was
/// never read or was never complete did not show. Two things it cannot stand in for. A gap that still runs to the
/// window's end, with no good visit at or after that end, stays open: what comes late must have had its chance to be
/// seen. And an outlet that was never seen stays so, whatever its gaps ([`crate::domain::verdict::Reason::NeverSeen`]).
pub fn close_by_hand(
    window: Span,
    coverage: Coverage,
    witnesses: &[HandWitness],
    visited_to: Option<DateTime<Utc>>,
) -> (Coverage, Vec<ClosedByHand>) {
    let mut closed = Vec::new();
    let mut open = Vec::new();
    for gap in coverage.gaps {
        let ended = gap.span.to < window.to || visited_to.is_some_and(|it| it >= window.to);
        match witnesses.iter().find(|it| ended && it.spans(gap.span)) {
            Some(HandWitness { check, .. }) => closed.push(ClosedByHand { gap, by: check.by.clone(), at: check.at }),
            None => open.push(gap),
        }
    }
    if closed.is_empty() {
        return (Coverage { share: coverage.share, gaps: open }, closed);
    }
    (Coverage::over(window, open), closed)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::domain::coverage::GapReason;

    fn hours(from: i64, to: i64) -> Span {
        let hour = |it| DateTime::UNIX_EPOCH + TimeDelta::hours(it);
        Span { from: hour(from), to: hour(to) }
    }

    fn check(from: i64, to: i64) -> HandWitness {
        let words = |it: &str| it.parse().unwrap();
        let what =
            HandCheck { outlet: "a".parse().unwrap(), span: hours(from, to), looked_at: words("trang chủ"), found: words("không") };
        HandWitness { check: Decided { id: 1, what, by: "hoa".to_owned(), at: hours(0, 100).to, withdrawn: None }, overtaken: false }
    }

    fn withdrawn(mut it: HandWitness) -> HandWitness {
        it.check.withdrawn = Some(crate::domain::officer::Withdrawn { by: "hoa".into(), at: hours(0, 101).to, reason: "nhầm".into() });
        it
    }

    #[test]
    fn a_gap_is_closed_by_one_check_that_spans_it_wholly() {
        let seen = hours(0, 100).to;
        let before_end = hours(0, 99).to;
        for (name, gap, checks, visited, closed) in [
            ("exactly", (10, 20), vec![check(10, 20)], seen, true),
            ("with room on either side", (10, 20), vec![check(5, 25)], seen, true),
            ("an hour short", (10, 20), vec![check(10, 19)], seen, false),
            ("an hour late", (10, 20), vec![check(11, 20)], seen, false),
            ("two halves are no whole", (10, 20), vec![check(10, 15), check(15, 20)], seen, false),
            ("taken back", (10, 20), vec![withdrawn(check(10, 20))], seen, false),
            ("taken back and made anew", (10, 20), vec![withdrawn(check(10, 20)), check(10, 20)], seen, true),
            ("an article turned up since", (10, 20), vec![HandWitness { overtaken: true, ..check(0, 100) }], seen, false),
            ("the gap runs to the end and nobody came back", (90, 100), vec![check(90, 100)], before_end, false),
            ("the gap runs to the end and a visit came after", (90, 100), vec![check(90, 100)], seen, true),
        ] {
            let gap = Gap { span: hours(gap.0, gap.1), why: GapReason::Revoked };
            let coverage = Coverage::over(hours(0, 100), vec![gap]);
            let (left, by_hand) = close_by_hand(hours(0, 100), coverage, &checks, Some(visited));
            assert_eq!((left.gaps.is_empty(), by_hand.len() == 1, left.share == 1.0), (closed, closed, closed), "{name}");
        }
    }

    #[test]
    fn what_is_not_spanned_stays_open_and_in_the_share() {
        let gap = |from, to| Gap { span: hours(from, to), why: GapReason::WindowRolledOver };
        let coverage = Coverage::over(hours(0, 100), vec![gap(10, 20), gap(50, 60)]);
        let (left, closed) = close_by_hand(hours(0, 100), coverage, &[check(5, 55)], None);
        assert_eq!((left.gaps, left.share), (vec![gap(50, 60)], 0.9));
        assert_eq!((closed[0].gap, closed[0].by.as_str()), (gap(10, 20), "hoa"));
    }

    #[test]
    fn a_check_of_no_time_or_of_time_to_come_is_refused() {
        let now = hours(0, 20).to;
        for (span, refusal) in [
            (hours(10, 20), None),
            (hours(10, 10), Some(Refusal::EmptyStretch)),
            (hours(12, 10), Some(Refusal::EmptyStretch)),
            (hours(10, 21), Some(Refusal::Future(hours(0, 21).to))),
        ] {
            let what = HandCheck { span, ..check(0, 1).check.what };
            assert_eq!(what.admit("hoa".parse().unwrap(), now).err(), refusal);
        }
    }
}
