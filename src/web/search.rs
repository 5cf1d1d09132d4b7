//! Searching the articles, and the searches that users keep.

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    chart::{Chart, Column},
    error::PageError,
    export::ROWS_MAX,
    found::{Asked, BadAsk, Found, REACH_MAX, facet_label, look_up, topic_label, value_label},
    frame::{Done, Frame, done_at},
    state::{Desk, number_shown},
};
use crate::{
    domain::{month::Month, outlet::Outlet, relevance::JudgementKind, user::UserName},
    search::{
        Hits, Part,
        query::Question,
        snippet::{Piece, highlighted, snippet},
    },
    store::{article::Stored, saved::SavedSearch},
};

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage<'a> {
    frame: &'a Frame,
    asked: &'a Asked,
    outlets: &'a [Outlet],
    judgements: [JudgementKind; 4],
    saved: Vec<SavedSearch>,
    problem: Option<String>,
    /// `None` where nothing was asked for, or it could not be read.
    found: Option<FoundShown>,
}

impl SearchPage<'_> {
    /// Whether an outlet is the one that is asked for.
    fn is_chosen(&self, outlet: &Outlet) -> bool {
        outlet.id.as_str() == self.asked.outlet
    }

    /// The search as an address holds it.
    fn address(&self) -> String {
        self.asked.address(&[])
    }
}

/// What was found, as the page shows it.
struct FoundShown {
    total: String,
    none: bool,
    hits: Vec<HitShown>,
    /// Filters in force beside the form's own, with the address without them.
    narrowed: Vec<(String, String)>,
    facets: Vec<FacetShown>,
    chart: Chart,
    /// Month, count, and the address that narrows down to it.
    months: Vec<(String, String, String)>,
    other_months: String,
    page: usize,
    pages: usize,
    /// How many are exported at the most, where more were found.
    cut: Option<String>,
}

struct HitShown {
    id: i64,
    url: String,
    title: Vec<Piece>,
    outlet: String,
    day: String,
    judgement: JudgementKind,
    topics: Vec<String>,
    nature: Vec<String>,
    snippet: Vec<Piece>,
}

struct FacetShown {
    name: String,
    /// Label, count, address, and whether it is chosen.
    values: Vec<(String, String, String, bool)>,
}

/// A search that is to be kept.
#[derive(Debug, Deserialize)]
pub struct TypedSaved {
    name: String,
    #[serde(default)]
    question: String,
}

/// Articles on a page.
const PAGE: usize = 20;
/// Values of a facet that are shown.
const VALUES_SHOWN: usize = 12;
/// Letters of a saved search's name and of its question.
const NAME_LETTERS_MAX: usize = 80;
const QUESTION_LETTERS_MAX: usize = 2_000;

/// The page, with what was found.
///
/// # Errors
/// Where the index or the store fails.
pub async fn show(State(desk): State<Desk>, frame: Frame, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    draw(&desk, &frame, &asked, None).await
}

/// Keeps a search under a name.
///
/// # Errors
/// Where the index or the store fails.
pub async fn save(State(desk): State<Desk>, frame: Frame, Form(typed): Form<TypedSaved>) -> Result<Response, PageError> {
    let Some(user) = frame.user.clone() else { return Err(PageError::NotFound) };
    let question: String = typed.question.chars().take(QUESTION_LETTERS_MAX).collect();
    // Only what a search can ask for is kept.
    let asked = Asked::of_address(&question);
    let name = typed.name.trim();
    let address = asked.address(&[]);
    let problem = match () {
        () if name.is_empty() || name.chars().count() > NAME_LETTERS_MAX => {
            Some(frame.say("Tên dài từ 1 đến 80 ký tự.", "A name has 1 to 80 letters."))
        }
        () if address.is_empty() => Some(frame.say("Chưa có gì để lưu: xin tìm trước.", "Nothing to keep yet: search first.")),
        () if !desk.store.save_search(&user.name, name, &address, desk.now()).await? => {
            Some(frame.say("Đã lưu đủ số lượng tối đa; xin xoá bớt.", "No more can be kept; please remove some."))
        }
        () => None,
    };
    match problem {
        Some(problem) => draw(&desk, &frame, &asked, Some(problem)).await,
        None => Ok(Redirect::to(&done_at(&format!("/search?{address}"), Done::Saved)).into_response()),
    }
}

/// Removes a search that the user kept.
///
/// # Errors
/// Where there is none, or the store fails.
pub async fn remove(State(desk): State<Desk>, frame: Frame, Path(id): Path<i64>) -> Result<Response, PageError> {
    let Some(user) = frame.user.clone() else { return Err(PageError::NotFound) };
    if !desk.store.remove_search(&user.name, id).await? {
        return Err(PageError::NotFound);
    }
    Ok(Redirect::to(&done_at("/search", Done::Removed)).into_response())
}

async fn draw(desk: &Desk, frame: &Frame, asked: &Asked, problem: Option<&str>) -> Result<Response, PageError> {
    let given = desk.given();
    let read = asked.filter(desk).and_then(|filter| Ok((filter, asked.page(PAGE)?)));
    let mut problem = problem.map(str::to_owned);
    let found = match read {
        Err(bad) => {
            problem = Some(said(frame, bad));
            None
        }
        Ok(_) if asked.is_empty() => None,
        Ok((filter, page)) => {
            let (question, (first, last)) = (asked.question(), asked.months(desk));
            let part = Part { skip: (page - 1) * PAGE, limit: PAGE, months: Some((first, last, desk.site.zone)) };
            let found = look_up(desk, &question, &filter, part).await?;
            Some(found_shown(desk, frame, asked, &question, page, found))
        }
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = SearchPage {
        frame,
        asked,
        outlets: &given.outlets,
        judgements: [JudgementKind::About, JudgementKind::Candidate, JudgementKind::Mention, JudgementKind::Unrelated],
        saved: saved_of(desk, frame.user.as_ref().map(|it| &it.name)).await?,
        problem,
        found,
    };
    Ok((status, Html(page.render()?)).into_response())
}

async fn saved_of(desk: &Desk, user: Option<&UserName>) -> Result<Vec<SavedSearch>, PageError> {
    match user {
        Some(user) => Ok(desk.store.saved_searches(user).await?),
        None => Ok(Vec::new()),
    }
}

fn said(frame: &Frame, bad: BadAsk) -> String {
    let (vi, en) = bad.words();
    frame.say(vi, en).to_owned()
}

fn found_shown(desk: &Desk, frame: &Frame, asked: &Asked, question: &Question, page: usize, found: Found) -> FoundShown {
    let given = desk.given();
    let outlet_name = |id: &str| given.outlets.iter().find(|it| it.id.as_str() == id).map_or(id, |it| it.name.as_str()).to_owned();
    let hit = |it: &Stored| HitShown {
        id: it.id,
        url: it.url.clone(),
        title: highlighted(&it.masked_title(), question),
        outlet: outlet_name(&it.outlet),
        day: it.published.map_or_else(|| frame.say("không rõ ngày", "undated").to_owned(), |at| desk.day(at)),
        judgement: it.judgement,
        topics: it.topics.iter().map(|it| topic_label(frame.lang, it.as_str()).to_owned()).collect(),
        nature: it.nature().labels(),
        snippet: snippet(&it.masked_body(), question),
    };
    let label = |facet: &str, value: &str| value_label(frame.lang, &given.facets, facet, value).to_owned();
    let chosen = asked.fields().into_iter().filter(|(name, value)| !matches!(*name, "q" | "outlet" | "from" | "to") && !value.is_empty());
    let narrowed = chosen
        .map(|(name, value)| (format!("{}: {}", facet_label(frame.lang, name), label(name, value)), asked.address(&[(name, "")])))
        .collect();
    let facet = |(name, values): (&&'static str, &Vec<(String, u64)>)| {
        let now = asked.fields().into_iter().find(|it| it.0 == *name).map_or("", |it| it.1);
        let value =
            |(value, count): &(String, u64)| (label(name, value), count_shown(*count), asked.address(&[(name, value)]), now == value);
        FacetShown { name: facet_label(frame.lang, name).to_owned(), values: values.iter().take(VALUES_SHOWN).map(value).collect() }
    };
    let hits = &found.hits;
    FoundShown {
        total: number_shown(hits.total),
        none: hits.total == 0,
        hits: found.articles.iter().map(hit).collect(),
        narrowed,
        facets: hits.facets.iter().map(facet).filter(|it| !it.values.is_empty()).collect(),
        chart: by_month(frame, hits),
        months: months_shown(asked, hits),
        other_months: count_shown(hits.other_months),
        page,
        pages: hits.total.min(REACH_MAX).div_ceil(PAGE).max(1),
        cut: (hits.total > ROWS_MAX).then(|| number_shown(ROWS_MAX)),
    }
}

fn by_month(frame: &Frame, hits: &Hits) -> Chart {
    let column = |(month, count): &(Month, u64)| Column {
        label: if month.number() == 1 { month.year().to_string() } else { format!("{:02}", month.number()) },
        count: *count,
        shown: count_shown(*count),
        sign: "",
        class: "",
    };
    let columns: Vec<Column> = hits.months.iter().map(column).collect();
    let most = hits.months.iter().max_by_key(|it| it.1).filter(|it| it.1 > 0);
    let about = match most {
        Some((month, count)) => {
            let (vi, en) = ("Nhiều nhất", "The most");
            format!("{}: {}, {}", frame.say(vi, en), Month::shown(*month), count_shown(*count))
        }
        None => frame.say("Không có bài nào trong các tháng này.", "Nothing in these months.").to_owned(),
    };
    Chart::of("by-month", frame.say("Số bài tìm thấy theo tháng", "What was found, by month"), about, &columns, 0)
}

fn months_shown(asked: &Asked, hits: &Hits) -> Vec<(String, String, String)> {
    let shown = |(month, count): &(Month, u64)| {
        let last = month.next().first_day().pred_opt().unwrap_or_default();
        let narrowed = asked.address(&[("from", &month.first_day().to_string()), ("to", &last.to_string())]);
        (Month::shown(*month), count_shown(*count), narrowed)
    };
    hits.months.iter().rev().filter(|it| it.1 > 0).map(shown).collect()
}

fn count_shown(count: u64) -> String {
    number_shown(usize::try_from(count).unwrap_or(usize::MAX))
}
