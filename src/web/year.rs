//! A year as charts: what each outlet published on the subject, month by month.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Html,
};

use super::{
    board::{YEARS_BACK, year_board},
    chart::{Chart, Column},
    error::PageError,
    found::{Asked, facet_label, value_label},
    frame::Frame,
    state::{Desk, number_shown},
};
use crate::{
    domain::{month::Month, relevance::JudgementKind, verdict::Verdict},
    report::board::Cell,
    search::{Filter, query::Question},
};

#[derive(Template)]
#[template(path = "year.html")]
struct YearPage<'a> {
    frame: &'a Frame,
    year: i32,
    before: Option<i32>,
    after: Option<i32>,
    months: Vec<Month>,
    outlets: Vec<OutletYear>,
    together: OutletYear,
    verdicts: [Verdict; 5],
    facets: Vec<FacetYear>,
}

/// What a facet's values were found how often in a year.
struct FacetYear {
    name: String,
    /// Each with its count, and the search that finds its items.
    values: Vec<(String, String, String)>,
}

/// Values of a facet that are shown.
const VALUES_SHOWN: usize = 15;

/// One outlet's year.
struct OutletYear {
    outlet: String,
    name: String,
    chart: Chart,
    cells: Vec<Option<Cell>>,
    sum: String,
}

/// The charts of a year.
///
/// # Errors
/// Where there is no such year, or the store fails.
pub async fn show(State(desk): State<Desk>, frame: Frame, Path(year): Path<String>) -> Result<Html<String>, PageError> {
    let now = desk.this_month().year();
    let known = |it: &i32| (now - YEARS_BACK..=now).contains(it);
    let year = year.parse::<i32>().ok().filter(known).ok_or(PageError::NotFound)?;
    let board = year_board(&desk, year).await?;
    let counts = board.rows.iter().flat_map(|it| &it.cells).flatten().map(|it| it.count);
    let most = u64::try_from(counts.max().unwrap_or(0)).unwrap_or(u64::MAX);
    let outlets = board.rows.iter().enumerate().map(|(at, row)| {
        // All outlets' bars have one measure, so that they can be compared.
        outlet_year(&frame, &board.months, (&format!("outlet-{at}"), row.outlet.as_str(), &row.name), &row.cells, most)
    });
    let name = frame.say("Tính chung báo chí của tỉnh", "The press together");
    let page = YearPage {
        frame: &frame,
        year,
        before: (year > now - YEARS_BACK).then_some(year - 1),
        after: (year < now).then_some(year + 1),
        outlets: outlets.collect(),
        together: outlet_year(&frame, &board.months, ("together", "", name), &board.together, 0),
        months: board.months,
        verdicts: Verdict::ALL,
        facets: facets(&desk, &frame, year)?,
    };
    Ok(Html(page.render()?))
}

/// The year's articles that were judged to be about the subject, counted by facet.
fn facets(desk: &Desk, frame: &Frame, year: i32) -> Result<Vec<FacetYear>, PageError> {
    let (Some(first), Some(last)) = (Month::new(year, 1), Month::new(year, 12)) else { return Ok(Vec::new()) };
    let (from, to) = (first.span(desk.site.zone).from, last.span(desk.site.zone).to);
    let filter = Filter { from: Some(from), to: Some(to), judgement: Some(JudgementKind::About), ..Filter::default() };
    let counted = desk.search.find(&Question::read(""), &filter, 0)?.facets;
    let rules = desk.given().facets;
    let asked = Asked {
        from: format!("{year}-01-01"),
        to: format!("{year}-12-31"),
        judgement: JudgementKind::About.as_str().to_owned(),
        ..Asked::default()
    };
    let shown = |facet: &'static str, values: Vec<(String, u64)>| {
        let value = |(value, count): (String, u64)| {
            let label = value_label(frame.lang, &rules, facet, &value).to_owned();
            (label, number_shown(usize::try_from(count).unwrap_or(usize::MAX)), asked.address(&[(facet, &value)]))
        };
        FacetYear { name: facet_label(frame.lang, facet).to_owned(), values: values.into_iter().take(VALUES_SHOWN).map(value).collect() }
    };
    let told = counted.into_iter().filter(|(facet, values)| *facet != "judgement" && !values.is_empty());
    Ok(told.map(|(facet, values)| shown(facet, values)).collect())
}

/// The chart of one row; `named` is its id in the page, the outlet's id and its name.
fn outlet_year(frame: &Frame, months: &[Month], named: (&str, &str, &str), cells: &[Option<Cell>], most: u64) -> OutletYear {
    let (id, outlet, name) = named;
    let column = |(month, cell): (&Month, &Option<Cell>)| Column {
        label: format!("{:02}", month.number()),
        count: cell.as_ref().map_or(0, |it| u64::try_from(it.count).unwrap_or(u64::MAX)),
        shown: cell.as_ref().map_or_else(String::new, |it| number_shown(it.count)),
        sign: cell.as_ref().map_or("", |it| it.verdict.sign()),
        class: cell.as_ref().map_or("", |it| it.verdict.as_str()),
    };
    let columns: Vec<Column> = months.iter().zip(cells).map(column).collect();
    let sum = number_shown(cells.iter().flatten().map(|it| it.count).sum());
    let met = cells.iter().flatten().filter(|it| it.verdict == Verdict::Met).count();
    let of = months.len();
    let about = match frame.lang.as_str() {
        "vi" => format!("{sum} tin, bài trong {of} tháng; {met} tháng đạt."),
        _ => format!("{sum} items in {of} months; {met} months met."),
    };
    let title = format!("{name}: {}", frame.say("số tin, bài theo tháng", "items by month"));
    OutletYear {
        outlet: outlet.to_owned(),
        name: name.to_owned(),
        chart: Chart::of(id, title, about, &columns, most),
        cells: cells.to_vec(),
        sum,
    }
}
