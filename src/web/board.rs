//! The month board as a page, and the health check.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Html};

use super::{error::PageError, state::Desk};
use crate::{
    domain::{
        calendar::{DutyReading, policy_of},
        month::Month,
        verdict::{Verdict, judge_together},
    },
    report::board::{Board, Cell, Row},
};

/// Months shown side by side.
const MONTHS: usize = 13;

#[derive(Template)]
#[template(path = "board.html")]
struct BoardPage<'a> {
    name: &'a str,
    province: &'a str,
    reading: &'static str,
    verdicts: [Verdict; 5],
    board: Board,
    reasons: Vec<String>,
}

/// The board of the last months, from the verdicts as they were recorded.
///
/// # Errors
/// Where the store fails.
pub async fn show(State(desk): State<Desk>) -> Result<Html<String>, PageError> {
    let now = (desk.this_month)();
    let first = std::iter::successors(Some(now), |it| Some(it.previous())).nth(MONTHS - 1).unwrap_or(now);
    let months: Vec<Month> = first.through(now).collect();
    let recorded = desk.store.latest_verdicts(&months).await?;
    let cell = |outlet: &str, month: &Month| recorded.get(&(outlet.to_owned(), *month)).cloned();
    let rows: Vec<Row> = desk
        .outlets
        .iter()
        .map(|outlet| Row {
            outlet: outlet.id.clone(),
            name: outlet.name.clone(),
            cells: months
                .iter()
                .map(|month| {
                    cell(outlet.id.as_str(), month).map(|it| Cell {
                        verdict: it.verdict,
                        reason: Some(it.reason),
                        count: it.count,
                        detail: String::new(),
                    })
                })
                .collect(),
        })
        .collect();
    let together = (0..months.len()).map(|at| together(&rows, at)).collect();
    let board = Board { months, rows, together };
    let reading = match policy_of(&desk.policies, now).map(|it| it.reading) {
        Some(DutyReading::Together) => "tính chung báo chí của tỉnh",
        _ => "tính riêng từng cơ quan báo chí",
    };
    let page = BoardPage { name: &desk.name, province: &desk.province, reading, verdicts: Verdict::ALL, reasons: board.reasons(), board };
    Ok(Html(page.render()?))
}

fn together(rows: &[Row], at: usize) -> Option<Cell> {
    let cells: Vec<&Cell> = rows.iter().filter_map(|it| it.cells[at].as_ref()).collect();
    let verdicts: Vec<Verdict> = cells.iter().map(|it| it.verdict).collect();
    let count = cells.iter().filter(|it| it.verdict != Verdict::Exempt).map(|it| it.count).sum();
    (!cells.is_empty()).then(|| Cell { verdict: judge_together(&verdicts), reason: None, count, detail: String::new() })
}

/// Answers 200 while the store answers.
///
/// # Errors
/// Where the store fails.
pub async fn health(State(desk): State<Desk>) -> Result<(StatusCode, &'static str), PageError> {
    desk.store.latest_change().await?;
    Ok((StatusCode::OK, "ok\n"))
}
