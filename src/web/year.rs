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
    frame::Frame,
    state::{Desk, number_shown},
};
use crate::{
    domain::{month::Month, verdict::Verdict},
    report::board::Cell,
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
}

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
    };
    Ok(Html(page.render()?))
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
