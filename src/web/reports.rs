//! What can be taken away of a year now: its months, their dossiers, what is closed.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Html,
};
use serde::Deserialize;

use super::{board::year_board, error::PageError, frame::Frame, state::Desk};
use crate::{
    domain::{month::Month, user::Deed, verdict::Verdict},
    report::board::Board,
};

#[derive(Template)]
#[template(path = "reports.html")]
struct ReportsPage<'a> {
    frame: &'a Frame,
    year: i32,
    before: i32,
    after: Option<i32>,
    months: Vec<MonthShown>,
    may_audit: bool,
}

struct MonthShown {
    month: Month,
    shown: String,
    /// Signs and counts of the verdicts that were given.
    verdicts: Vec<(Verdict, usize)>,
    closed: Option<u64>,
    over: bool,
    /// The outlets whose dossiers can be taken.
    outlets: Vec<(String, String)>,
}

/// Which year is looked at.
#[derive(Debug, Deserialize)]
pub struct Asked {
    year: Option<i32>,
}

/// Years that are turned back to at the most.
const YEARS_BACK: i32 = 30;

/// The page.
///
/// # Errors
/// Where the store fails.
pub async fn show(State(desk): State<Desk>, frame: Frame, Query(asked): Query<Asked>) -> Result<Html<String>, PageError> {
    let now = desk.this_month();
    let year = asked.year.unwrap_or(now.year()).clamp(now.year() - YEARS_BACK, now.year());
    let board = year_board(&desk, year).await?;
    let closed = desk.store.closed_months().await?;
    let months_shown = |(at, month): (usize, &Month)| MonthShown {
        month: *month,
        shown: Month::shown(*month),
        verdicts: counts(&board, at),
        closed: closed.get(month).copied(),
        over: *month < now,
        outlets: board.rows.iter().filter(|it| it.cells[at].is_some()).map(|it| (it.outlet.to_string(), it.name.clone())).collect(),
    };
    let page = ReportsPage {
        frame: &frame,
        year,
        before: year - 1,
        after: (year < now.year()).then_some(year + 1),
        months: board.months.iter().enumerate().rev().map(months_shown).collect(),
        may_audit: frame.may(Deed::Audit),
    };
    Ok(Html(page.render()?))
}

/// How many outlets have each verdict in a month of the board.
fn counts(board: &Board, at: usize) -> Vec<(Verdict, usize)> {
    let given = |verdict| board.rows.iter().filter_map(|it| it.cells[at].as_ref()).filter(|it| it.verdict == verdict).count();
    Verdict::ALL.into_iter().map(|it| (it, given(it))).filter(|it| it.1 > 0).collect()
}
