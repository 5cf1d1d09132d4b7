//! The health of the sources: all outlets on one page, and one outlet with its visits.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::{Html, IntoResponse, Redirect, Response},
};
use chrono::{DateTime, Days, Utc};
use serde::Deserialize;

use super::{
    decide::by,
    error::PageError,
    frame::Frame,
    lang::Lang,
    state::{Desk, local_shown, number_shown},
};
use crate::{
    domain::{
        month::{Month, MonthRange, midnight},
        outlet::{Covers, Duty, Medium, Outlet, OutletKind, Source, SourceKind},
        request::Request,
        visit::Outcome,
    },
    store::health::{Health, ListedVisit},
};

#[derive(Template)]
#[template(path = "sources.html")]
struct SourcesPage<'a> {
    frame: &'a Frame,
    outlets: Vec<OutletShown>,
    broken: usize,
    page: usize,
    pages: usize,
    legend: Vec<Mark>,
    this_month: String,
    last_month: String,
}

#[derive(Template)]
#[template(path = "source_outlet.html")]
struct OutletPage<'a> {
    frame: &'a Frame,
    it: OutletShown,
    facts: Vec<(&'a str, String)>,
    contacts: Vec<String>,
    gaps: Vec<String>,
    visits: Vec<VisitShown>,
    older: Option<i64>,
    paged: bool,
    legend: Vec<Mark>,
    this_month: String,
    last_month: String,
}

/// An outlet with its sources.
struct OutletShown {
    id: String,
    name: String,
    kind: &'static str,
    duty: &'static str,
    blind: Vec<&'static str>,
    /// Coverage of the running and of the last month, by their names in addresses.
    covered: Vec<(String, String)>,
    sources: Vec<SourceShown>,
}

struct SourceShown {
    url: String,
    kind: &'static str,
    covers: &'static str,
    good: bool,
    state: String,
    last_good: String,
    next: String,
    strip: Vec<Mark>,
    strip_words: String,
}

/// A day's mark in the strip, or an entry of its legend.
#[derive(Clone)]
pub struct Mark {
    pub class: &'static str,
    pub sign: &'static str,
    pub words: String,
}

struct VisitShown {
    at: String,
    source: String,
    good: bool,
    outcome: String,
    detail: String,
    counts: String,
    notes: String,
}

/// Outlets on a page: each is looked at closely.
const OUTLETS: usize = 20;
/// Days in the strip of outcomes.
const DAYS: u64 = 30;
const VISITS: u32 = 100;
const GAPS_MAX: usize = 40;

/// Which page is looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    page: usize,
    /// Visits before this one.
    before: Option<i64>,
}

/// All outlets with their sources.
///
/// # Errors
/// Where the store fails.
pub async fn show(State(desk): State<Desk>, frame: Frame, Query(asked): Query<Asked>) -> Result<Html<String>, PageError> {
    let all = desk.given().outlets;
    let pages = all.len().div_ceil(OUTLETS).max(1);
    let page = asked.page.min(pages - 1);
    let mut outlets = Vec::new();
    for outlet in all.iter().skip(page * OUTLETS).take(OUTLETS) {
        outlets.push(outlet_shown(&desk, &frame, outlet).await?.0);
    }
    let this = desk.this_month();
    let page = SourcesPage {
        broken: outlets.iter().flat_map(|it| &it.sources).filter(|it| !it.good).count(),
        outlets,
        page,
        pages,
        legend: legend(&frame),
        this_month: Month::shown(this),
        last_month: Month::shown(this.previous()),
        frame: &frame,
    };
    Ok(Html(page.render()?))
}

/// One outlet with its visits.
///
/// # Errors
/// Where the outlet is not registered, or the store fails.
pub async fn outlet(
    State(desk): State<Desk>,
    frame: Frame,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, PageError> {
    let outlet = desk.outlet(&id).ok_or(PageError::NotFound)?;
    let (it, gaps) = outlet_shown(&desk, &frame, &outlet).await?;
    let visits = desk.store.visits(&outlet.id, asked.before, VISITS).await?;
    let this = desk.this_month();
    let page = OutletPage {
        facts: facts(&desk, &frame, &outlet),
        contacts: outlet.contacts.iter().map(|it| contact(&frame, it)).collect(),
        older: visits.last().map(|it| it.id).filter(|_| visits.len() == VISITS as usize),
        visits: visits.iter().map(|it| visit_shown(&desk, &frame, it)).collect(),
        paged: asked.before.is_some(),
        legend: legend(&frame),
        this_month: Month::shown(this),
        last_month: Month::shown(this.previous()),
        it,
        gaps,
        frame: &frame,
    };
    Ok(Html(page.render()?))
}

/// Asks the line to read an outlet's sources now.
///
/// # Errors
/// Where the outlet is not registered, or the store fails.
pub async fn visit_now(State(desk): State<Desk>, frame: Frame, Path(id): Path<String>) -> Result<Response, PageError> {
    let outlet = desk.outlet(&id).ok_or(PageError::NotFound)?;
    let id = desk.store.ask(&Request::Visit { outlet: outlet.id }, by(&frame)?.as_str(), desk.now()).await?;
    Ok(Redirect::to(&format!("/requests/{id}")).into_response())
}

/// An outlet as it is shown, and the gaps of the running and the last month.
async fn outlet_shown(desk: &Desk, frame: &Frame, outlet: &Outlet) -> Result<(OutletShown, Vec<String>), PageError> {
    let (this, mut covered, mut gaps) = (desk.this_month(), Vec::new(), Vec::new());
    for month in [this, this.previous()] {
        let Ok(looked) = (desk.hands.look)((outlet.id.clone(), month)).await else {
            // A month without a policy has no coverage to be told.
            covered.push((month.to_string(), "–".to_owned()));
            continue;
        };
        let coverage = looked.month.coverage;
        covered.push((month.to_string(), format!("{:.1} %", coverage.share * 100.0).replace('.', ",")));
        let gap =
            |it: &crate::domain::review::ShownGap| format!("{} – {}: {}", local_shown(it.from), local_shown(it.to), frame.gap(&it.why));
        gaps.extend(coverage.gaps.iter().take(GAPS_MAX).map(gap));
    }
    let mut sources = Vec::new();
    for source in &outlet.sources {
        sources.push(source_shown(desk, frame, outlet, source).await?);
    }
    let shown = OutletShown {
        id: outlet.id.to_string(),
        name: outlet.name.clone(),
        kind: kind_words(frame, outlet.kind),
        duty: duty_words(frame, outlet.duty),
        blind: outlet.blind.iter().map(|it| medium_words(frame, *it)).collect(),
        covered,
        sources,
    };
    Ok((shown, gaps))
}

async fn source_shown(desk: &Desk, frame: &Frame, outlet: &Outlet, source: &Source) -> Result<SourceShown, PageError> {
    let now = desk.now();
    let health = desk.store.health(&outlet.id, &source.url, now).await?;
    let today = now.with_timezone(&desk.site.zone).date_naive();
    let first = today - Days::new(DAYS - 1);
    let outcomes = desk.store.outcomes(&outlet.id, &source.url, midnight(first, desk.site.zone)).await?;
    let mut strip = Vec::new();
    for day in first.iter_days().take(DAYS as usize) {
        let of_day: Vec<Outcome> =
            outcomes.iter().filter(|it| it.0.with_timezone(&desk.site.zone).date_naive() == day).map(|it| it.1).collect();
        strip.push(day_mark(frame, &day.format("%d/%m").to_string(), &of_day));
    }
    let bad = strip.iter().filter(|it| it.class == "bad" || it.class == "mixed").count();
    let none = strip.iter().filter(|it| it.class == "none").count();
    let strip_words = match frame.lang {
        Lang::Vi => format!("30 ngày qua: {} ngày đọc được, {bad} ngày có lỗi, {none} ngày không đọc", strip.len() - bad - none),
        Lang::En => format!("last 30 days: {} good, {bad} with failures, {none} without a visit", strip.len() - bad - none),
    };
    let (good, state) = state_words(desk, frame, &health);
    let moment = |at: Option<DateTime<Utc>>| at.map_or_else(|| "–".to_owned(), |it| desk.moment(it));
    Ok(SourceShown {
        url: source.url.to_string(),
        kind: source_kind_words(frame, source.kind),
        covers: covers_words(frame, source.covers),
        good,
        state,
        last_good: moment(health.last_good),
        next: match health.next_visit {
            Some(at) if at > now => desk.moment(at),
            _ => frame.say("lượt đọc tới", "the next crawl").to_owned(),
        },
        strip,
        strip_words,
    })
}

fn state_words(desk: &Desk, frame: &Frame, health: &Health) -> (bool, String) {
    match (health.last_outcome, health.broken_since) {
        (None, _) => (false, frame.say("chưa đọc lần nào", "never read").to_owned()),
        (Some(outcome), _) if outcome.has_seen() => (true, frame.outcome(&outcome).into_owned()),
        (Some(outcome), since) => {
            let since = since.map(|it| format!(" {} {}", frame.say("từ", "since"), desk.moment(it))).unwrap_or_default();
            (false, format!("{}{since}: {}", frame.say("lỗi", "broken"), frame.outcome(&outcome)))
        }
    }
}

/// The worst and the best of a day.
fn day_mark(frame: &Frame, day: &str, outcomes: &[Outcome]) -> Mark {
    let words = |it: &Outcome| frame.outcome(it).into_owned();
    let good = outcomes.iter().filter(|it| it.has_seen()).min();
    let bad = outcomes.iter().filter(|it| !it.has_seen()).max();
    let kind = match (good, bad) {
        (None, None) => 0,
        (Some(_), None) => 1,
        (Some(_), Some(_)) => 2,
        (None, Some(Outcome::Offline)) => 4,
        (None, Some(_)) => 3,
    };
    let Mark { class, sign, words: meaning } = legend(frame).swap_remove(kind);
    let told: Vec<String> = bad.into_iter().chain(good).map(words).collect();
    let told = if told.is_empty() { meaning } else { told.join("; ") };
    Mark { class, sign, words: format!("{day}: {told}") }
}

/// What the marks of the strip mean.
fn legend(frame: &Frame) -> Vec<Mark> {
    let mark = |class, sign, vi, en| Mark { class, sign, words: frame.say(vi, en).to_owned() };
    vec![
        mark("none", "·", "không có lượt đọc", "no visit"),
        mark("good", "✓", "đọc được", "read"),
        mark("mixed", "!", "có lúc lỗi, có lúc đọc được", "failed and read"),
        mark("bad", "✗", "lỗi cả ngày", "failed all day"),
        mark("ours", "○", "đường truyền của ta bị ngắt", "our own line was down"),
    ]
}

fn visit_shown(desk: &Desk, frame: &Frame, it: &ListedVisit) -> VisitShown {
    let number = |it: u64| number_shown(usize::try_from(it).unwrap_or(usize::MAX));
    let rejected: u64 = it.rejected.values().sum();
    let counts = match frame.lang {
        Lang::Vi => format!("{} mới, {} đã biết, {} loại", number(it.new), number(it.known), number(rejected)),
        Lang::En => format!("{} new, {} known, {} rejected", number(it.new), number(it.known), number(rejected)),
    };
    let gap = it.gap.map(|why| format!("{}: {}", frame.say("khoảng hở", "gap"), frame.gap(&why)));
    let certified = it.certified.then(|| frame.say("nối liền lượt trước", "joins the visit before").to_owned());
    VisitShown {
        at: desk.moment(it.at),
        source: it.source.clone(),
        good: it.outcome.has_seen(),
        outcome: frame.outcome(&it.outcome).into_owned(),
        detail: it.detail.clone(),
        counts: if it.in_document == 0 { String::new() } else { counts },
        notes: gap.or(certified).unwrap_or_default(),
    }
}

fn facts<'a>(desk: &Desk, frame: &'a Frame, outlet: &Outlet) -> Vec<(&'a str, String)> {
    let hosts: Vec<&str> = outlet.hosts.iter().map(|it| it.as_str()).collect();
    let mut found = vec![
        (frame.say("Loại hình", "Kind"), kind_words(frame, outlet.kind).to_owned()),
        (frame.say("Nghĩa vụ", "Duty"), duty_words(frame, outlet.duty).to_owned()),
        (frame.say("Trang", "Hosts"), hosts.join(", ")),
        (frame.say("Hoạt động", "Active"), range(frame, &outlet.active)),
    ];
    for it in &outlet.exempt {
        let range = range(frame, &MonthRange { from: it.from, to: it.to });
        found.push((frame.say("Không áp dụng", "Exempt"), format!("{range}: {} {}", it.reason, it.decision)));
    }
    if let Some(next) = &outlet.successor {
        found.push((frame.say("Cơ quan kế tục", "Successor"), desk.outlet(next.as_str()).map_or_else(|| next.to_string(), |it| it.name)));
    }
    let complete = if outlet.sections_complete { ("có", "yes") } else { ("không", "no") };
    found.push((frame.say("Các chuyên mục cộng lại là đủ", "Sections are complete"), frame.say(complete.0, complete.1).to_owned()));
    found
}

fn contact(frame: &Frame, it: &crate::domain::outlet::Contact) -> String {
    let words = [it.name.as_str(), it.role.as_str(), it.email.as_str()].into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>();
    match (it.from, it.to) {
        (None, None) => words.join(", "),
        (from, to) => format!("{} ({})", words.join(", "), range(frame, &MonthRange { from, to })),
    }
}

fn range(frame: &Frame, range: &MonthRange) -> String {
    let shown = |it: Option<Month>| it.map(Month::shown);
    match (shown(range.from), shown(range.to)) {
        (None, None) => frame.say("không giới hạn", "without limit").to_owned(),
        (Some(from), None) => format!("{} {from}", frame.say("từ", "from")),
        (None, Some(to)) => format!("{} {to}", frame.say("đến hết", "until")),
        (Some(from), Some(to)) => format!("{from} – {to}"),
    }
}

/// What a kind of outlet is called.
pub fn kind_words(frame: &Frame, kind: OutletKind) -> &'static str {
    match kind {
        OutletKind::Newspaper => frame.say("báo", "newspaper"),
        OutletKind::RadioTv => frame.say("phát thanh, truyền hình", "radio and television"),
        OutletKind::Magazine => frame.say("tạp chí", "magazine"),
        OutletKind::Portal => frame.say("cổng thông tin", "portal"),
        OutletKind::Station => frame.say("truyền thanh cơ sở", "local station"),
    }
}

/// What a duty is called.
pub fn duty_words(frame: &Frame, duty: Duty) -> &'static str {
    match duty {
        Duty::Monthly => frame.say("mỗi tháng ít nhất một tin, bài", "an item a month"),
        Duty::Exempt => frame.say("không áp dụng", "exempt"),
        Duty::Reference => frame.say("kênh tham khảo, không có nghĩa vụ", "reference channel, no duty"),
    }
}

/// What a kind of source is called.
pub fn source_kind_words(frame: &Frame, kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Feed => frame.say("RSS", "feed"),
        SourceKind::Sitemap => frame.say("sơ đồ trang", "sitemap"),
        SourceKind::Listing => frame.say("trang danh sách", "listing"),
    }
}

/// What a source covers.
pub fn covers_words(frame: &Frame, covers: Covers) -> &'static str {
    match covers {
        Covers::Outlet => frame.say("toàn bộ tin, bài", "the whole outlet"),
        Covers::Section => frame.say("một chuyên mục", "one section"),
    }
}

pub(super) fn medium_words(frame: &Frame, medium: Medium) -> &'static str {
    match medium {
        Medium::Broadcast => frame.say("phát sóng", "broadcast"),
        Medium::Print => frame.say("báo in", "print"),
        Medium::Video => frame.say("video", "video"),
        Medium::Paywall => frame.say("bài thu phí", "paywall"),
    }
}
