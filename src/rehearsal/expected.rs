//! The answer key: what an attentive reader, who looks twice a day and reviews on 6 November 2026, must conclude.

use crate::{
    domain::{
        month::Month,
        verdict::{Reason, Verdict},
    },
    rehearsal::cast::CAST,
};

/// The verdict that one outlet's month deserves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    pub outlet: &'static str,
    pub month: Month,
    pub verdict: Verdict,
    pub reason: Reason,
    /// How many articles count. Zero unless the verdict is `met`: what an exempt outlet published is not asked.
    pub count: usize,
    pub why: &'static str,
}

/// One cell of the key.
type Cell = (Verdict, Reason, usize, &'static str);

const NONE: Cell = (Verdict::NotMet, Reason::NoneFound, 0, "seen all the month through, and nothing on the subject came out");
const HEALED: Cell = (Verdict::NotMet, Reason::NoneFound, 0, "nine days down, but walking the listing back closes the gap");
const BLIND: Cell = (Verdict::Undetermined, Reason::BlindMedium, 0, "nothing on the web, and broadcasts cannot be seen");
const GAP: Cell = (Verdict::Undetermined, Reason::CoverageGap, 0, "the feed rolled over while the site was down");
const MENTION: Cell = (Verdict::Undetermined, Reason::CandidatesPending, 0, "a passing mention waits for an officer");
const CANDIDATE: Cell = (Verdict::Undetermined, Reason::CandidatesPending, 0, "a candidate waits for an officer");
const STRADDLE: Cell = (Verdict::Undetermined, Reason::CandidatesPending, 0, "feed and page disagree on the month");
const UNREAD: Cell = (Verdict::Undetermined, Reason::ArticlesUnread, 0, "an article's page answers 500 for good");
const NOTHING: Cell = (Verdict::Undetermined, Reason::NothingSeen, 0, "the feed answers and stands empty");
const NEVER: Cell = (Verdict::Undetermined, Reason::NeverSeen, 0, "a browser check stands before everything");
const EXEMPT: Cell = (Verdict::Exempt, Reason::Exempted, 0, "freed by decision");
const REFERENCE: Cell = (Verdict::Exempt, Reason::Reference, 0, "a reference channel owes nothing");
const INACTIVE: Cell = (Verdict::Exempt, Reason::NotActive, 0, "the outlet did not exist in that month");
const MIDNIGHT: Cell = (Verdict::Met, Reason::Articles, 1, "its only article came out within half an hour of the month's border");
const DESPITE: Cell = (Verdict::Met, Reason::Articles, 1, "presence needs no coverage: the gap takes nothing away");

const fn met(count: usize) -> Cell {
    (Verdict::Met, Reason::Articles, count, "it published on the subject")
}

/// From November 2025 to October 2026, in the order of the cast.
const KEY: [[Cell; 12]; 12] = [
    [met(1), met(1), met(2), NONE, met(1), MENTION, met(1), met(1), met(3), met(1), met(1), met(1)],
    [BLIND, met(1), BLIND, BLIND, met(1), BLIND, MENTION, BLIND, met(2), met(1), BLIND, BLIND],
    [met(1), NONE, met(1), NONE, met(1), met(1), HEALED, NONE, met(2), met(1), met(1), NONE],
    [met(1), met(1), NONE, met(1), DESPITE, GAP, met(1), NONE, met(1), GAP, GAP, met(1)],
    [met(1), met(1), NONE, NONE, met(1), met(1), NONE, CANDIDATE, met(1), met(1), CANDIDATE, met(1)],
    [met(1), MIDNIGHT, NONE, NONE, MIDNIGHT, UNREAD, STRADDLE, met(1), met(1), NONE, met(1), NONE],
    [NONE, met(1), EXEMPT, EXEMPT, EXEMPT, EXEMPT, EXEMPT, EXEMPT, met(1), NONE, met(1), NONE],
    [REFERENCE; 12],
    [met(1), met(1), NONE, NONE, met(1), INACTIVE, INACTIVE, INACTIVE, INACTIVE, INACTIVE, INACTIVE, INACTIVE],
    [INACTIVE, INACTIVE, INACTIVE, INACTIVE, INACTIVE, met(1), NONE, met(1), met(2), NONE, met(2), NONE],
    [NOTHING; 12],
    [NEVER; 12],
];

/// The answer key for every outlet and each of the twelve months.
pub fn expected() -> Vec<Expected> {
    let rows = CAST.iter().zip(KEY);
    rows.flat_map(|(role, cells)| {
        months().zip(cells).map(|(month, (verdict, reason, count, why))| Expected { outlet: role.id, month, verdict, reason, count, why })
    })
    .collect()
}

/// November 2025 to October 2026.
pub fn months() -> impl Iterator<Item = Month> {
    (10..22).filter_map(|it| Month::new(2025 + it / 12, (it % 12) as u32 + 1))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::rehearsal::{
        cast::FAULTS,
        dates::instant,
        items::{Item, items_of, month_of},
        script::Part,
    };

    fn of_month(items: &[Item], month: Month, part: Part) -> impl Iterator<Item = &Item> {
        items.iter().filter(move |it| it.part == part && month_of(it.at) == (month.year(), month.number()))
    }

    #[test]
    fn the_key_has_every_outlet_and_month_once() {
        let cells: HashSet<(&str, Month)> = expected().iter().map(|it| (it.outlet, it.month)).collect();
        assert_eq!((cells.len(), expected().len()), (CAST.len() * 12, CAST.len() * 12));
        assert_eq!(months().count(), 12);
        assert_eq!(months().last().unwrap().to_string(), "2026-10");
    }

    #[test]
    fn the_key_agrees_with_the_script() {
        for it in expected() {
            let role = CAST.iter().find(|role| role.id == it.outlet).unwrap();
            let items = items_of(role);
            let count = |part| of_month(&items, it.month, part).count();
            let place = format!("{} {}", it.outlet, it.month);
            match it.reason {
                Reason::Articles => assert_eq!(count(Part::About), it.count, "{place}"),
                Reason::Exempted | Reason::Reference | Reason::NotActive | Reason::NeverSeen => {}
                _ => assert_eq!(count(Part::About), 0, "{place}"),
            }
            let waiting = count(Part::Mention) + count(Part::Candidate) + count(Part::Straddling);
            if it.verdict != Verdict::Met {
                assert_eq!(waiting > 0, it.reason == Reason::CandidatesPending, "{place}");
                assert_eq!(count(Part::Unread) > 0, it.reason == Reason::ArticlesUnread, "{place}");
            }
            let seen = items.iter().any(|item| month_of(item.at) == (it.month.year(), it.month.number()));
            assert_eq!(!seen, it.reason == Reason::NothingSeen || (it.reason == Reason::NotActive && !seen), "{place}");
        }
    }

    #[test]
    fn a_gap_that_the_key_names_outlasts_the_feed() {
        for fault in FAULTS.iter().filter(|it| it.outlet == "thoi-bao-cua-bien") {
            let role = CAST.iter().find(|role| role.id == fault.outlet).unwrap();
            let down = instant(fault.from)..instant(fault.to);
            let lost = items_of(role).iter().filter(|it| down.contains(&it.at)).count();
            assert!(lost >= role.window + 3, "{lost} items while the window holds {}", role.window);
        }
    }
}
