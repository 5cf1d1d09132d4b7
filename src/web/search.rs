//! Searching the articles: words, filters, facets, the months of what was found, kept searches, files.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State},
    http::header,
    response::{Html, IntoResponse, Redirect, Response},
};
use chrono::{Datelike, Days, NaiveDate, TimeDelta};
use serde::Deserialize;

use super::{
    decide::by,
    error::PageError,
    frame::{Done, Frame, done_at},
    state::{Desk, number_shown},
};
use crate::{
    domain::{
        facet::FacetRules,
        month::{Month, midnight},
        outlet::OutletId,
        privacy::mask,
        relevance::JudgementKind,
    },
    report::table::Table,
    search::{FACETS, Filter, Hits, query::Question, snippet::snippet},
    store::{article::Stored, saved_search::SavedSearch},
};

/// What is asked for, as the address has it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    outlet: String,
    from: String,
    to: String,
    judgement: String,
    /// Facets as `name:value`, with commas between them.
    facets: String,
    page: usize,
}

/// A search to keep.
#[derive(Debug, Deserialize)]
pub struct TypedSave {
    name: String,
    question: String,
}

/// A kept search to remove.
#[derive(Debug, Deserialize)]
pub struct TypedRemove {
    id: i64,
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage<'a> {
    frame: &'a Frame,
    asked: &'a Asked,
    outlets: Vec<(String, String)>,
    judgements: Vec<(&'static str, &'static str)>,
    total: String,
    found: bool,
    hits: Vec<HitShown>,
    facets: Vec<FacetShown>,
    chosen: Vec<(String, String)>,
    months: Vec<MonthBar>,
    before: Option<String>,
    after: Option<String>,
    question: String,
    saved: Vec<SavedSearch>,
    export_max: String,
    cut: bool,
}

struct HitShown {
    id: i64,
    title: String,
    outlet: String,
    published: String,
    judgement: JudgementKind,
    /// In turn beside and within what was asked for.
    snippet: Vec<String>,
    url: String,
}

struct FacetShown {
    name: &'static str,
    values: Vec<(String, String, u64)>,
}

/// One month of the chart.
struct MonthBar {
    shown: String,
    count: u64,
    x: usize,
    y: u64,
    height: u64,
}

/// Hits on a page, pages that are turned, rows of a file.
const PAGE: usize = 25;
const PAGES_MAX: usize = 200;
const EXPORT_MAX: usize = 5_000;
/// Months of the chart, the last of which is the present one or that of the last day asked for.
const MONTHS: usize = 24;
/// Height of the chart's highest bar.
const BAR: u64 = 100;
/// Values shown of a facet.
const VALUES: usize = 12;
/// Letters of a question.
const QUESTION_LETTERS_MAX: usize = 400;

/// The page.
///
/// # Errors
/// Where the index or the store fails.
pub async fn show(State(desk): State<Desk>, frame: Frame, Query(asked): Query<Asked>) -> Result<Html<String>, PageError> {
    let asked = asked.tidied();
    let (filter, question) = (asked.filter(&desk), Question::read(&asked.q));
    let skip = asked.page.min(PAGES_MAX - 1) * PAGE;
    let (hits, months) = find(&desk, &asked, &question, &filter, skip + PAGE).await?;
    let given = desk.given();
    let names: BTreeMap<String, String> = given.outlets.iter().map(|it| (it.id.to_string(), it.name.clone())).collect();
    let mut shown = Vec::new();
    for (id, _) in hits.best.iter().skip(skip) {
        if let Some(article) = desk.store.article(*id).await? {
            shown.push(hit_shown(&desk, article, &names, &question));
        }
    }
    let to_page = |page: usize| format!("/search?{}", Asked { page, ..asked.clone() }.address());
    let page = SearchPage {
        frame: &frame,
        outlets: names.into_iter().collect(),
        judgements: JudgementKind::ALL.iter().map(|it| (it.as_str(), frame.judgement(it))).collect(),
        total: number_shown(hits.total),
        found: hits.total > 0,
        facets: facets_shown(&frame, &asked, &hits, &given.facets),
        chosen: asked.chosen(&frame, &given.facets),
        months,
        before: asked.page.checked_sub(1).map(to_page),
        after: (skip + PAGE < hits.total && asked.page + 1 < PAGES_MAX).then(|| to_page(asked.page + 1)),
        question: Asked { page: 0, ..asked.clone() }.address(),
        saved: desk.store.saved_searches(by(&frame)?.as_str()).await?,
        export_max: number_shown(EXPORT_MAX),
        cut: hits.total > EXPORT_MAX,
        hits: shown,
        asked: &asked,
    };
    Ok(Html(page.render()?))
}

/// What was found, as a file: `csv` or `xlsx`.
///
/// # Errors
/// Where there is no such format, or the index or the store fails.
pub async fn export(
    State(desk): State<Desk>,
    frame: Frame,
    Path(format): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let asked = asked.tidied();
    let (kind, extension) = match format.as_str() {
        "csv" => ("text/csv; charset=utf-8", "csv"),
        "xlsx" => ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
        _ => return Err(PageError::NotFound),
    };
    let (hits, _) = find(&desk, &asked, &Question::read(&asked.q), &asked.filter(&desk), EXPORT_MAX).await?;
    let say = |vi: &str, en: &str| frame.say(vi, en).to_owned();
    let headings = [("Tiêu đề", "Title"), ("Cơ quan báo chí", "Outlet"), ("Đăng", "Published"), ("Đánh giá", "Judgement"), ("Địa chỉ", "Address")];
    let mut table = Table {
        name: say("Tin, bài", "Articles"),
        headings: headings.iter().map(|it| say(it.0, it.1)).collect(),
        rows: Vec::new(),
    };
    for (id, _) in &hits.best {
        let Some(article) = desk.store.article(*id).await? else { continue };
        let masks = article.privacy.as_ref().map(|it| it.masks.clone()).unwrap_or_default();
        table.rows.push(vec![
            mask(&article.title, &masks),
            article.outlet.clone(),
            article.published.map_or_else(String::new, |it| desk.moment(it)),
            frame.judgement(&article.judgement).to_owned(),
            article.url.clone(),
        ]);
    }
    let csv = extension == "csv";
    let bytes = tokio::task::spawn_blocking(move || if csv { Ok(table.csv()) } else { table.xlsx() });
    let bytes = bytes.await.map_err(|it| PageError::Hand(it.into()))??;
    let name = format!("attachment; filename=\"tim-kiem.{extension}\"");
    Ok(([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)], bytes).into_response())
}

/// Keeps a search.
///
/// # Errors
/// Where it has no name, or the store fails.
pub async fn save(State(desk): State<Desk>, frame: Frame, Form(typed): Form<TypedSave>) -> Result<Response, PageError> {
    let name: String = typed.name.trim().chars().take(80).collect();
    let asked: Asked = serde_urlencoded(&typed.question);
    if name.is_empty() {
        return Err(PageError::Refused("Cần đặt tên cho tìm kiếm.".to_owned(), "The search needs a name.".to_owned()));
    }
    let question = asked.tidied().address();
    if !desk.store.save_search(by(&frame)?.as_str(), &name, &question, desk.now()).await? {
        return Err(PageError::Refused("Đã lưu đủ 100 tìm kiếm.".to_owned(), "There are 100 searches already.".to_owned()));
    }
    Ok(Redirect::to(&done_at(&format!("/search?{question}"), Done::Saved)).into_response())
}

/// Removes a kept search.
///
/// # Errors
/// Where the store fails.
pub async fn remove(State(desk): State<Desk>, frame: Frame, Form(typed): Form<TypedRemove>) -> Result<Response, PageError> {
    desk.store.remove_search(by(&frame)?.as_str(), typed.id).await?;
    Ok(Redirect::to(&done_at("/search", Done::Removed)).into_response())
}

impl Asked {
    /// The same within limits.
    fn tidied(mut self) -> Self {
        self.q = self.q.trim().chars().take(QUESTION_LETTERS_MAX).collect();
        self.page = self.page.min(PAGES_MAX - 1);
        self
    }

    fn filter(&self, desk: &Desk) -> Filter {
        let zone = desk.site.zone;
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        Filter {
            outlet: self.outlet.parse::<OutletId>().ok(),
            from: day(&self.from).map(|it| midnight(it, zone)),
            to: day(&self.to).and_then(|it| it.checked_add_days(Days::new(1))).map(|it| midnight(it, zone)),
            judgement: self.judgement.parse().ok(),
            facets: self.facet_pairs(),
        }
    }

    fn facet_pairs(&self) -> Vec<(String, String)> {
        let pairs = self.facets.split(',').filter_map(|it| it.split_once(':'));
        pairs.filter(|it| FACETS.contains(&it.0) && !it.1.is_empty()).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// The question part of the address that asks the same.
    fn address(&self) -> String {
        let mut out = url::form_urlencoded::Serializer::new(String::new());
        let fields = [
            ("q", &self.q),
            ("outlet", &self.outlet),
            ("from", &self.from),
            ("to", &self.to),
            ("judgement", &self.judgement),
            ("facets", &self.facets),
        ];
        for (name, value) in fields.into_iter().filter(|it| !it.1.is_empty()) {
            out.append_pair(name, value);
        }
        if self.page > 0 {
            out.append_pair("page", &self.page.to_string());
        }
        out.finish()
    }

    /// With a facet more, or without one that it has.
    fn turned(&self, name: &str, value: &str) -> String {
        let mut pairs = self.facet_pairs();
        let pair = (name.to_owned(), value.to_owned());
        match pairs.iter().position(|it| *it == pair) {
            Some(place) => drop(pairs.remove(place)),
            None => pairs.push(pair),
        }
        let facets = pairs.iter().map(|it| format!("{}:{}", it.0, it.1)).collect::<Vec<_>>().join(",");
        format!("/search?{}", Self { facets, page: 0, ..self.clone() }.address())
    }

    /// The facets that narrow the search, each with the address without it.
    fn chosen(&self, frame: &Frame, rules: &FacetRules) -> Vec<(String, String)> {
        let shown = |(name, value): (String, String)| {
            (format!("{}: {}", facet_name(frame, &name), facet_value(frame, rules, &name, &value)), self.turned(&name, &value))
        };
        self.facet_pairs().into_iter().map(shown).collect()
    }
}

/// Reads the question part of an address; what cannot be read is left out.
fn serde_urlencoded(question: &str) -> Asked {
    let mut asked = Asked::default();
    for (name, value) in url::form_urlencoded::parse(question.as_bytes()) {
        let value = value.into_owned();
        match name.as_ref() {
            "q" => asked.q = value,
            "outlet" => asked.outlet = value,
            "from" => asked.from = value,
            "to" => asked.to = value,
            "judgement" => asked.judgement = value,
            "facets" => asked.facets = value,
            _ => {}
        }
    }
    asked
}

/// Asks the index, on a thread of its own: it reads files.
async fn find(desk: &Desk, asked: &Asked, question: &Question, filter: &Filter, limit: usize) -> Result<(Hits, Vec<MonthBar>), PageError> {
    let (search, question, filter) = (desk.search.clone(), question.clone(), filter.clone());
    let last = asked.to.parse::<NaiveDate>().ok().and_then(|it| Month::new(it.year(), it.month())).unwrap_or_else(|| desk.this_month());
    let first = std::iter::successors(Some(last), |it| Some(it.previous())).nth(MONTHS - 1).unwrap_or(last);
    let zone = desk.site.zone;
    let work = move || {
        let hits = search.find(&question, &filter, limit)?;
        let (from, to) = (first.span(zone).from, last.span(zone).to);
        let days = usize::try_from((to - from).num_days()).unwrap_or(0);
        let counted = search.count_by_day(&question, &filter, from, days)?;
        let by_month: Vec<(Month, u64)> = first
            .through(last)
            .map(|month| {
                let at = |it: TimeDelta| usize::try_from(it.num_days()).unwrap_or(0).min(counted.len());
                let span = month.span(zone);
                (month, counted[at(span.from - from)..at(span.to - from)].iter().sum())
            })
            .collect();
        Ok::<_, crate::search::SearchError>((hits, by_month))
    };
    let (hits, by_month) = tokio::task::spawn_blocking(work).await.map_err(|it| PageError::Hand(it.into()))??;
    let most = by_month.iter().map(|it| it.1).max().unwrap_or(0).max(1);
    let bar = |(place, (month, count)): (usize, (Month, u64))| {
        let height = (count * BAR).div_ceil(most);
        MonthBar { shown: format!("{:02}/{}", month.number(), month.year()), count, x: place * 40, y: BAR - height, height }
    };
    Ok((hits, by_month.into_iter().enumerate().map(bar).collect()))
}

fn hit_shown(desk: &Desk, article: Stored, names: &BTreeMap<String, String>, question: &Question) -> HitShown {
    let masks = article.privacy.map(|it| it.masks).unwrap_or_default();
    let body = mask(if article.read { &article.text } else { &article.summary }, &masks);
    HitShown {
        id: article.id,
        title: mask(&article.title, &masks),
        outlet: names.get(&article.outlet).cloned().unwrap_or(article.outlet),
        published: article.published.map_or_else(String::new, |it| desk.moment(it)),
        judgement: article.judgement,
        snippet: snippet(&body, question),
        url: article.url,
    }
}

fn facets_shown(frame: &Frame, asked: &Asked, hits: &Hits, rules: &FacetRules) -> Vec<FacetShown> {
    let shown = |(name, counts): (&&'static str, &Vec<(String, u64)>)| FacetShown {
        name: facet_name(frame, name),
        values: counts
            .iter()
            .take(VALUES)
            .map(|(value, count)| (facet_value(frame, rules, name, value), asked.turned(name, value), *count))
            .collect(),
    };
    // The judgement is a field of the form.
    hits.facets.iter().filter(|it| *it.0 != "judgement" && !it.1.is_empty()).map(shown).collect()
}

fn facet_name(frame: &Frame, name: &str) -> &'static str {
    let (vi, en) = match name {
        "topic" => ("Nội dung", "Topic"),
        "genre" => ("Thể loại", "Genre"),
        "source" => ("Nguồn bài", "Own or reprint"),
        "place" => ("Địa bàn", "Place"),
        "hotline" => ("Đường dây nóng", "Hotline"),
        _ => ("Đánh giá", "Judgement"),
    };
    frame.say(vi, en)
}

/// What a value of a facet is called.
pub fn facet_value(frame: &Frame, rules: &FacetRules, name: &str, value: &str) -> String {
    let (vi, en) = match (name, value) {
        ("genre", it) => return rules.genre_label(it).to_owned(),
        ("place", it) => return rules.place_name(it).to_owned(),
        (_, "law") => ("pháp luật, chính sách", "law"),
        (_, "crime_case") => ("vụ án", "crime case"),
        (_, "prevention") => ("phòng ngừa", "prevention"),
        (_, "victim_support") => ("hỗ trợ nạn nhân", "victim support"),
        (_, "campaign") => ("truyền thông, chiến dịch", "campaign"),
        (_, "cooperation") => ("hợp tác", "cooperation"),
        (_, "migration_labour") => ("di cư, lao động", "migration and labour"),
        (_, "children") => ("trẻ em", "children"),
        (_, "online_scam") => ("lừa đảo trên mạng", "online scam"),
        ("source", "own") => ("tự sản xuất", "own work"),
        ("source", "reprint") => ("đăng lại", "reprint"),
        ("hotline", "yes") => ("có nêu", "given"),
        ("hotline", "no") => ("không nêu", "not given"),
        (_, other) => return other.to_owned(),
    };
    frame.say(vi, en).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_asks_what_it_was_made_of_and_facets_turn_on_and_off() {
        let asked = Asked { q: "mua bán & \"phiên chợ\"".to_owned(), outlet: "a".to_owned(), facets: "topic:law".to_owned(), ..Asked::default() };
        let again = serde_urlencoded(&asked.address());
        assert_eq!((again.q.as_str(), again.outlet.as_str(), again.facets.as_str()), (asked.q.as_str(), "a", "topic:law"));
        assert!(asked.turned("hotline", "yes").ends_with("facets=topic%3Alaw%2Chotline%3Ayes"));
        assert!(!asked.turned("topic", "law").contains("facets"));
        let odd = Asked { facets: "topic:law,nothing:x,genre:".to_owned(), ..Asked::default() };
        assert_eq!(odd.facet_pairs(), [("topic".to_owned(), "law".to_owned())]);
    }
}
