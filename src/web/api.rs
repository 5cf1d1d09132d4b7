//! The same facts for other programs, as JSON. `assets/openapi.json` describes every answer; a test holds them together.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Path, Query, State},
    http::header,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, FixedOffset, Utc};
use serde::{Deserialize, Serialize};

use super::{
    board::year_board,
    error::PageError,
    found::{Asked, BadAsk, REACH_MAX, look_up},
    state::Desk,
};
use crate::{
    domain::{
        month::Month,
        nature::Nature,
        outlet::{Covers, OutletId, SourceKind},
        relevance::{JudgementKind, Topic},
        review::{MonthReview, review_together},
        verdict::{Reason, Verdict},
        visit::Outcome,
    },
    report::board::{Cell, Row},
    search::{
        Part,
        snippet::{plain, snippet},
    },
    store::article::Stored,
};

/// A year's verdicts.
#[derive(Serialize)]
pub struct YearAnswer {
    year: i32,
    /// Those that have begun.
    months: Vec<Month>,
    outlets: Vec<OutletAnswer>,
    /// The press together.
    together: Vec<CellAnswer>,
}

#[derive(Serialize)]
struct OutletAnswer {
    outlet: OutletId,
    name: String,
    cells: Vec<CellAnswer>,
}

/// One month; without a verdict where none was recorded.
#[derive(Serialize)]
struct CellAnswer {
    month: Month,
    verdict: Option<Verdict>,
    reason: Option<Reason>,
    count: usize,
}

/// Which year, and how much of what was found.
#[derive(Debug, Deserialize)]
pub struct AskedYear {
    year: Option<String>,
}

/// How many articles are wanted.
#[derive(Debug, Deserialize)]
pub struct AskedLimit {
    limit: Option<String>,
}

/// What was found.
#[derive(Serialize)]
pub struct SearchAnswer {
    total: usize,
    page: usize,
    limit: usize,
    hits: Vec<HitAnswer>,
    /// Of all that was found: values of each facet with their counts.
    facets: BTreeMap<&'static str, BTreeMap<String, u64>>,
    months: Vec<MonthCount>,
    /// Found in none of these months, or undated.
    other_months: u64,
}

#[derive(Serialize)]
struct MonthCount {
    month: Month,
    count: u64,
}

#[derive(Serialize)]
struct HitAnswer {
    id: i64,
    outlet: String,
    url: String,
    title: String,
    published: Option<DateTime<FixedOffset>>,
    judgement: JudgementKind,
    topics: Vec<Topic>,
    snippet: String,
    #[serde(flatten)]
    nature: Nature,
}

/// The sources of every outlet.
#[derive(Serialize)]
pub struct SourcesAnswer {
    sources: Vec<SourceAnswer>,
}

#[derive(Serialize)]
struct SourceAnswer {
    outlet: OutletId,
    url: String,
    kind: SourceKind,
    covers: Covers,
    last_visit: Option<DateTime<FixedOffset>>,
    outcome: Option<Outcome>,
    detail: String,
}

/// Articles in an answer where no number is asked for, and at the most.
const LIMIT: usize = 20;
const LIMIT_MAX: usize = 100;

/// The description of all answers.
const OPENAPI: &str = include_str!("assets/openapi.json");

/// The verdicts of a year, as they were recorded.
///
/// # Errors
/// Where there is no such year, or the store fails.
pub async fn board(State(desk): State<Desk>, Query(asked): Query<AskedYear>) -> Result<Json<YearAnswer>, PageError> {
    let year = match asked.year.as_deref().filter(|it| !it.is_empty()) {
        None => desk.this_month().year(),
        Some(text) => text
            .parse()
            .ok()
            .filter(|it| Month::new(*it, 1).is_some())
            .ok_or_else(|| refused("Năm có bốn chữ số.", "A year has four digits."))?,
    };
    let board = year_board(&desk, year).await?;
    let cells = |cells: &[Option<Cell>]| -> Vec<CellAnswer> {
        let cell = |(month, cell): (&Month, &Option<Cell>)| CellAnswer {
            month: *month,
            verdict: cell.as_ref().map(|it| it.verdict),
            reason: cell.as_ref().and_then(|it| it.reason),
            count: cell.as_ref().map_or(0, |it| it.count),
        };
        board.months.iter().zip(cells).map(cell).collect()
    };
    let outlet = |row: &Row| OutletAnswer { outlet: row.outlet.clone(), name: row.name.clone(), cells: cells(&row.cells) };
    Ok(Json(YearAnswer {
        year,
        outlets: board.rows.iter().map(outlet).collect(),
        together: cells(&board.together),
        months: board.months.clone(),
    }))
}

/// One outlet's month, in the form of `review --json`.
///
/// # Errors
/// Where there is no such outlet or month, or it cannot be reviewed.
pub async fn month(State(desk): State<Desk>, Path((outlet, month)): Path<(String, String)>) -> Result<Json<MonthReview>, PageError> {
    let outlet = desk.outlet(&outlet).ok_or(PageError::NotFound)?;
    let month: Month = month.parse().map_err(|_| PageError::NotFound)?;
    let looked = (desk.hands.look)((outlet.id, month)).await.map_err(PageError::Hand)?;
    Ok(Json(review_together(vec![looked.month], &looked.rules)))
}

/// What a search finds.
///
/// # Errors
/// Where what is asked for cannot be read, or index or store fails.
pub async fn search(
    State(desk): State<Desk>,
    Query(asked): Query<Asked>,
    Query(limit): Query<AskedLimit>,
) -> Result<Json<SearchAnswer>, PageError> {
    let limit = limit.limit.as_deref().filter(|it| !it.is_empty()).map_or(Ok(LIMIT), str::parse);
    let limit = limit.ok().filter(|it| (1..=LIMIT_MAX).contains(it));
    let limit = limit.ok_or_else(|| refused("Mỗi trang từ 1 đến 100 bài.", "A page has 1 to 100 articles."))?;
    let bad = |bad: BadAsk| refused(bad.words().0, bad.words().1);
    let (filter, page) = (asked.filter(&desk).map_err(bad)?, asked.page(limit).map_err(bad)?);
    let (question, (first, last)) = (asked.question(), asked.months(&desk));
    let skip = (page - 1).saturating_mul(limit).min(REACH_MAX);
    let found = look_up(&desk, &question, &filter, Part { skip, limit, months: Some((first, last, desk.site.zone)) }).await?;
    let hit = |it: &Stored| HitAnswer {
        id: it.id,
        outlet: it.outlet.clone(),
        url: it.url.clone(),
        title: it.masked_title(),
        published: it.published.map(|at| local(&desk, at)),
        judgement: it.judgement,
        topics: it.topics.clone(),
        snippet: plain(&snippet(&it.masked_body(), &question)),
        nature: it.nature(),
    };
    Ok(Json(SearchAnswer {
        total: found.hits.total,
        page,
        limit,
        hits: found.articles.iter().map(hit).collect(),
        facets: found.hits.facets.into_iter().map(|(name, counts)| (name, counts.into_iter().collect())).collect(),
        months: found.hits.months.into_iter().map(|(month, count)| MonthCount { month, count }).collect(),
        other_months: found.hits.other_months,
    }))
}

/// Every source with its last visit.
///
/// # Errors
/// Where the store fails.
pub async fn sources(State(desk): State<Desk>) -> Result<Json<SourcesAnswer>, PageError> {
    let mut sources = Vec::new();
    for outlet in desk.given().outlets.iter() {
        for source in &outlet.sources {
            let last = desk.store.last_visit(&outlet.id, &source.url).await?;
            let (at, outcome, detail) = last.map_or((None, None, String::new()), |it| (Some(it.0), Some(it.1), it.2));
            sources.push(SourceAnswer {
                outlet: outlet.id.clone(),
                url: source.url.to_string(),
                kind: source.kind,
                covers: source.covers,
                last_visit: at.map(|at| local(&desk, at)),
                outcome,
                detail,
            });
        }
    }
    Ok(Json(SourcesAnswer { sources }))
}

/// The description of all answers.
pub async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], OPENAPI).into_response()
}

fn local(desk: &Desk, at: DateTime<Utc>) -> DateTime<FixedOffset> {
    at.with_timezone(&desk.site.zone).fixed_offset()
}

fn refused(vi: &str, en: &str) -> PageError {
    PageError::Refused(vi.to_owned(), en.to_owned())
}
