//! The month board as a page, and the health check.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Html,
};
use serde::Deserialize;

use super::{error::PageError, frame::Frame, state::Desk};
use crate::{
    domain::{
        calendar::{DutyReading, policy_of},
        month::Month,
        notice::NoticeState,
        outlet::Outlet,
        verdict::{Verdict, judge_together},
    },
    report::board::{Board, Cell, Row},
};

#[derive(Template)]
#[template(path = "board.html")]
struct BoardPage<'a> {
    frame: &'a Frame,
    year: i32,
    before: Option<i32>,
    after: Option<i32>,
    this_month: Month,
    reading: &'a str,
    hands: Vec<ToDo>,
    verdicts: [Verdict; 5],
    reasons: Vec<MonthDoubts>,
    closed: BTreeMap<Month, u64>,
    board: Board,
}

impl BoardPage<'_> {
    /// Whether a month may be closed by its date.
    fn is_over(&self, month: &Month) -> bool {
        *month < self.this_month
    }
}

/// Something that waits for somebody.
struct ToDo {
    count: usize,
    words: String,
    href: String,
}

/// The outlets of a month that is not met or not decided for them.
struct MonthDoubts {
    month: String,
    outlets: Vec<Doubt>,
}

/// An outlet whose month is not met or not decided.
struct Doubt {
    href: String,
    name: String,
    verdict: Verdict,
    why: &'static str,
}

/// Which year is looked at.
#[derive(Debug, Deserialize)]
pub struct Asked {
    year: Option<i32>,
}

/// Years that are turned back to at the most.
pub const YEARS_BACK: i32 = 30;

/// The board of a year, from the verdicts as they were recorded.
///
/// # Errors
/// Where the store fails.
pub async fn show(State(desk): State<Desk>, frame: Frame, Query(asked): Query<Asked>) -> Result<Html<String>, PageError> {
    let now = desk.this_month();
    let year = asked.year.unwrap_or(now.year()).clamp(now.year() - YEARS_BACK, now.year());
    let board = year_board(&desk, year).await?;
    let given = desk.given();
    let reading = match policy_of(&given.policies, now).map(|it| it.reading) {
        Some(DutyReading::Together) => frame.say("tính chung báo chí của tỉnh", "the province's press together"),
        _ => frame.say("tính riêng từng cơ quan báo chí", "each outlet by itself"),
    };
    let closed = desk.store.closed_months().await?;
    let page = BoardPage {
        frame: &frame,
        year,
        before: (year > now.year() - YEARS_BACK).then_some(year - 1),
        after: (year < now.year()).then_some(year + 1),
        this_month: now,
        reading,
        hands: to_do(&desk, &frame, &closed).await?,
        verdicts: Verdict::ALL,
        reasons: doubts(&frame, &board),
        closed,
        board,
    };
    Ok(Html(page.render()?))
}

/// The recorded verdicts of a year's months that have begun.
///
/// # Errors
/// Where the store fails.
pub async fn year_board(desk: &Desk, year: i32) -> Result<Board, PageError> {
    let now = desk.this_month();
    let months: Vec<Month> = (1..=12).filter_map(|it| Month::new(year, it)).filter(|it| *it <= now).collect();
    let recorded = desk.store.latest_verdicts(&months).await?;
    let cell = |outlet: &Outlet, month: &Month| {
        let it = recorded.get(&(outlet.id.to_string(), *month))?;
        Some(Cell { verdict: it.verdict, reason: Some(it.reason), count: it.count, detail: String::new() })
    };
    let row = |outlet: &Outlet| Row {
        outlet: outlet.id.clone(),
        name: outlet.name.clone(),
        cells: months.iter().map(|month| cell(outlet, month)).collect(),
    };
    let rows: Vec<Row> = desk.given().outlets.iter().map(row).collect();
    let together = (0..months.len()).map(|at| together(&rows, at)).collect();
    Ok(Board { months, rows, together })
}

fn together(rows: &[Row], at: usize) -> Option<Cell> {
    let cells: Vec<&Cell> = rows.iter().filter_map(|it| it.cells[at].as_ref()).collect();
    let verdicts: Vec<Verdict> = cells.iter().map(|it| it.verdict).collect();
    let count = cells.iter().filter(|it| it.verdict != Verdict::Exempt).map(|it| it.count).sum();
    (!cells.is_empty()).then(|| Cell { verdict: judge_together(&verdicts), reason: None, count, detail: String::new() })
}

/// One line for each outlet whose month is not met or undetermined, the latest month first.
fn doubts(frame: &Frame, board: &Board) -> Vec<MonthDoubts> {
    let doubt = |row: &Row, month: Month, at: usize| {
        let cell = row.cells[at].as_ref().filter(|it| matches!(it.verdict, Verdict::NotMet | Verdict::Undetermined))?;
        Some(Doubt {
            href: format!("/outlets/{}/{month}", row.outlet),
            name: row.name.clone(),
            verdict: cell.verdict,
            why: cell.reason.as_ref().map_or("", |it| frame.reason(it)),
        })
    };
    let of_month = |(at, month): (usize, &Month)| MonthDoubts {
        month: Month::shown(*month),
        outlets: board.rows.iter().filter_map(|row| doubt(row, *month, at)).collect(),
    };
    board.months.iter().enumerate().rev().map(of_month).filter(|it| !it.outlets.is_empty()).collect()
}

/// What needs hands today.
async fn to_do(desk: &Desk, frame: &Frame, closed: &BTreeMap<Month, u64>) -> Result<Vec<ToDo>, PageError> {
    let mut found = Vec::new();
    let waiting = desk.store.queue_length().await?;
    if waiting > 0 {
        found.push(ToDo {
            count: waiting,
            words: frame.say("bài chờ chuyên viên kết luận", "articles wait for an officer").to_owned(),
            href: "/queue".to_owned(),
        });
    }
    let now = desk.this_month();
    let recent: Vec<Month> = std::iter::successors(Some(now), |it| Some(it.previous())).skip(1).take(12).collect();
    let recorded = desk.store.latest_verdicts(&recent).await?;
    let open: Vec<Month> =
        recent.iter().copied().filter(|month| !closed.contains_key(month) && recorded.keys().any(|it| it.1 == *month)).collect();
    let sent = desk.store.count_waiting_submissions(desk.now()).await?;
    if sent > 0 {
        let words = frame.say("bản gửi của cơ quan báo chí chờ xem", "sent by outlets, waiting for an officer");
        found.push(ToDo { count: sent, words: words.to_owned(), href: "/submissions".to_owned() });
    }
    found.extend(notices_to_do(desk, frame).await?);
    let outlets = desk.given().outlets;
    let watched = |it: &(String, String)| {
        outlets.iter().any(|outlet| outlet.id.as_str() == it.0 && outlet.sources.iter().any(|source| source.url.as_str() == it.1))
    };
    let down = desk.store.sources_down().await?.iter().filter(|it| watched(it)).count();
    if down > 0 {
        let words = frame.say("nguồn tin đang không đọc được", "sources cannot be read");
        found.push(ToDo { count: down, words: words.to_owned(), href: "/sources".to_owned() });
    }
    if let Some(oldest) = open.last() {
        let words = frame.say("tháng chưa chốt, cũ nhất là", "months not closed, the oldest");
        found.push(ToDo {
            count: open.len(),
            words: format!("{words} {}", Month::shown(*oldest)),
            href: format!("/months/{oldest}/close"),
        });
    }
    Ok(found)
}

/// The notices and drafts of letters that stay where they are until an officer does something.
async fn notices_to_do(desk: &Desk, frame: &Frame) -> Result<Vec<ToDo>, PageError> {
    let counts = desk.store.notice_counts().await?;
    let count = |states: &[NoticeState]| states.iter().filter_map(|it| counts.get(it)).sum::<usize>();
    let cards = [
        (count(&[NoticeState::Waits]), frame.say("thông báo chờ duyệt để gửi", "notices wait for approval")),
        (
            count(&[NoticeState::Failed, NoticeState::MaybeSent]),
            frame.say("thông báo không gửi được hoặc chưa rõ đã tới", "notices failed, or may have been sent"),
        ),
    ];
    let card = |(count, words): (usize, &str)| ToDo { count, words: words.to_owned(), href: "/notices?part=officer".to_owned() };
    let drafts = desk.store.count_drafts().await?;
    let letters = ToDo {
        count: drafts,
        words: frame.say("dự thảo công văn chờ duyệt", "drafts of letters wait for approval").to_owned(),
        href: "/letters".to_owned(),
    };
    Ok(cards.into_iter().filter(|it| it.0 > 0).map(card).chain((drafts > 0).then_some(letters)).collect())
}

/// Answers 200 while the store answers.
///
/// # Errors
/// Where the store fails.
pub async fn health(State(desk): State<Desk>) -> Result<(StatusCode, &'static str), PageError> {
    desk.store.latest_change().await?;
    Ok((StatusCode::OK, "ok\n"))
}
