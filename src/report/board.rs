//! The month board: outlets by months, a sign and a word for each verdict.

use std::fmt::Write as _;

use crate::domain::{
    month::Month,
    outlet::OutletId,
    review::{MonthReview, OutletMonth},
    verdict::{Reason, Verdict},
};

/// A board of months.
#[derive(Debug, Clone, PartialEq)]
pub struct Board {
    pub months: Vec<Month>,
    pub rows: Vec<Row>,
    /// The press together, month by month.
    pub together: Vec<Option<Cell>>,
}

/// One outlet's months; a month that was not reviewed has no cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub outlet: OutletId,
    pub name: String,
    pub cells: Vec<Option<Cell>>,
}

/// One month of one outlet.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    pub verdict: Verdict,
    pub reason: Option<Reason>,
    pub count: usize,
    /// What a person wants to know beyond the reason.
    pub detail: String,
}

impl Board {
    /// The board of reviewed months.
    pub fn of(reviews: &[MonthReview]) -> Self {
        let mut rows: Vec<Row> = Vec::new();
        for (at, review) in reviews.iter().enumerate() {
            for outlet in &review.outlets {
                let place = rows.iter().position(|it| it.outlet == outlet.outlet).unwrap_or_else(|| {
                    rows.push(Row { outlet: outlet.outlet.clone(), name: outlet.name.clone(), cells: vec![None; reviews.len()] });
                    rows.len() - 1
                });
                rows[place].cells[at] = Some(cell_of(outlet));
            }
        }
        let together =
            |it: &MonthReview| Some(Cell { verdict: it.together.verdict, reason: None, count: it.together.count, detail: String::new() });
        Self { months: reviews.iter().map(|it| it.month).collect(), rows, together: reviews.iter().map(together).collect() }
    }

    /// The board as text for a terminal.
    pub fn text(&self) -> String {
        let width = self.rows.iter().map(|it| it.name.chars().count()).chain([TOGETHER.chars().count()]).max().unwrap_or(0);
        let mut out = format!("{:width$}", "");
        for month in &self.months {
            let _ = write!(out, " {:>6}", format!("{:02}/{:02}", month.number(), month.year() % 100));
        }
        out.push('\n');
        let rows = self.rows.iter().map(|it| (it.name.as_str(), &it.cells)).chain([(TOGETHER, &self.together)]);
        for (name, cells) in rows {
            let _ = write!(out, "{name:width$}");
            for cell in cells {
                let shown = cell.as_ref().map_or_else(String::new, |it| match it.verdict {
                    Verdict::Met => format!("{} {}", it.verdict.sign(), it.count),
                    other => other.sign().to_owned(),
                });
                let _ = write!(out, " {shown:>6}");
            }
            out.push('\n');
        }
        out
    }

    /// The signs with their meanings.
    pub fn legend() -> String {
        Verdict::ALL.map(|it| format!("{} {}", it.sign(), it.label())).join("   ")
    }

    /// One line for each month that is not met or undetermined: which, and why.
    pub fn reasons(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (at, month) in self.months.iter().enumerate() {
            for row in &self.rows {
                let Some(cell) = row.cells[at].as_ref().filter(|it| matches!(it.verdict, Verdict::NotMet | Verdict::Undetermined)) else {
                    continue;
                };
                let reason = cell.reason.map_or("", Reason::label);
                let detail = if cell.detail.is_empty() { String::new() } else { format!(" ({})", cell.detail) };
                let (sign, label) = (cell.verdict.sign(), cell.verdict.label());
                lines.push(format!("{sign} {:02}/{}  {}: {label} – {reason}{detail}", month.number(), month.year(), row.name));
            }
        }
        lines
    }
}

/// What the row of the press together is called.
pub(super) const TOGETHER: &str = "Báo chí của tỉnh, tính chung";

fn cell_of(outlet: &OutletMonth) -> Cell {
    Cell { verdict: outlet.verdict, reason: Some(outlet.reason), count: outlet.count, detail: detail_of(outlet) }
}

/// The first thing that an officer would ask after the reason.
fn detail_of(outlet: &OutletMonth) -> String {
    let more = |count: usize| if count > 1 { format!(" và {} mục khác", count - 1) } else { String::new() };
    match outlet.reason {
        Reason::CandidatesPending => outlet
            .pending
            .first()
            .map_or_else(String::new, |it| format!("“{}”: {}{}", it.title, it.why.label(), more(outlet.pending.len()))),
        Reason::ArticlesUnread => {
            outlet.unread.first().map_or_else(String::new, |it| format!("{}: {}{}", it.url, it.why, more(outlet.unread.len())))
        }
        Reason::CoverageGap => outlet.coverage.gaps.first().map_or_else(String::new, |it| {
            let day = "%d/%m/%Y %H:%M";
            format!("từ {} đến {}: {}{}", it.from.format(day), it.to.format(day), it.why.label(), more(outlet.coverage.gaps.len()))
        }),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::review::{ShownCoverage, Together};

    fn review(month: &str, verdict: Verdict, reason: Reason, count: usize) -> MonthReview {
        let outlet = OutletMonth {
            outlet: "a".parse().unwrap(),
            name: "Báo Sông Xanh".to_owned(),
            verdict,
            reason,
            count,
            evidence: vec![],
            pending: vec![],
            unread: vec![],
            coverage: ShownCoverage { share: 1.0, gaps: vec![], closed: vec![] },
            backfilled: false,
            detected: Vec::new(),
        };
        MonthReview {
            month: month.parse().unwrap(),
            as_of: "2026-11-06T08:00:00+07:00".parse().unwrap(),
            outlets: vec![outlet],
            together: Together { verdict, count },
        }
    }

    #[test]
    fn each_month_shows_a_sign_that_needs_no_colour_and_each_doubt_its_reason() {
        let board =
            Board::of(&[review("2025-12", Verdict::Met, Reason::Articles, 12), review("2026-01", Verdict::NotMet, Reason::NoneFound, 0)]);
        let text = board.text();
        let lines: Vec<_> = text.lines().map(str::trim_end).collect();
        assert_eq!(lines[0].split_whitespace().collect::<Vec<_>>(), ["12/25", "01/26"]);
        assert!(lines[1].starts_with("Báo Sông Xanh") && lines[1].ends_with("✓ 12      ✗"), "{text}");
        assert_eq!(lines.iter().map(|it| it.chars().count()).max(), lines.iter().map(|it| it.chars().count()).min());
        let reasons = board.reasons();
        assert_eq!(reasons.len(), 1);
        assert!(reasons[0].starts_with("✗ 01/2026  Báo Sông Xanh: Chưa ghi nhận – "), "{}", reasons[0]);
    }
}
