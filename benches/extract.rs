//! What reading costs: 1,000 pages of some 100 kB on one core, beside one html5ever parse of each. `cargo bench --bench extract` prints
//! milliseconds a page and the ratio of the two.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement stops at what it did not expect, and prints")]

use std::{
    fmt::Write,
    hint::black_box,
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Asia::Ho_Chi_Minh;
use diembao::{
    extract::{Scope, page::page},
    rehearsal::prose,
};
use scraper::Html;
use url::Url;

const PAGES: u64 = 1_000;
/// Both are measured so often, in turns; the median counts.
const ROUNDS: usize = 5;
/// What a portal puts around its article.
const MENU_LINKS: u64 = 260;
const RELATED: u64 = 60;
const COMMENTS: u64 = 40;
/// Paragraphs of the text come in so many parts of a report.
const PARTS: u64 = 4;

/// A portal's page: menus, styles, scripts, teasers and comments around a report with pictures.
fn portal_page(number: u64) -> String {
    let at = "2026-03-02T01:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(i64::try_from(number).unwrap());
    let seed = prose::draw(number, 3);
    let (title, lead) = (prose::title(seed, at), prose::lead(seed, at));
    let mut text = String::new();
    for paragraph in (0..PARTS).flat_map(|it| prose::body(seed.wrapping_add(it * 7_919), at)) {
        write!(text, "<p>{paragraph}</p>").unwrap();
    }
    let links = |class: &str, count: u64, salt: u64| {
        (0..count).fold(String::new(), |mut all, it| {
            let other = prose::draw(salt.wrapping_add(seed % 97), it);
            let (number, title) = (other % 90_000, prose::title(other, at));
            write!(
                all,
                "<li class=\"{class}-item\" data-id=\"{other}\"><a class=\"{class}-link\" href=\"/tin-{number}.html\">{title}</a></li>"
            )
            .unwrap();
            all
        })
    };
    let date = at.to_rfc3339();
    format!(
        "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><title>{title} - Báo đo</title>\
         <meta property=\"og:title\" content=\"{title}\"><script type=\"application/ld+json\">\
         {{\"@type\":\"NewsArticle\",\"headline\":\"{title}\",\"datePublished\":\"{date}\"}}</script><style>{style}</style></head>\
         <body><nav><ul>{menu}</ul></nav><div class=\"detail\"><h1>{title}</h1><p class=\"date\">{printed}</p><div class=\"sapo\">{lead}</div>\
         <div class=\"noi-dung\"><p style=\"text-align:center\"><img src=\"a.jpg\"></p><p style=\"text-align:center\"><em>Ảnh minh họa</em></p>\
         {text}<div class=\"tin-lien-quan\"><ul>{related}</ul></div></div></div><section class=\"comments\"><ul>{comments}</ul></section>\
         <script>{script}</script></body></html>",
        printed = at.with_timezone(&Ho_Chi_Minh).format("%d/%m/%Y %H:%M"),
        style = ".a-b{margin:0 auto;padding:1px}".repeat(300),
        menu = links("menu", MENU_LINKS, 1),
        related = links("related", RELATED, seed),
        comments = links("comment", COMMENTS, seed.wrapping_mul(31)),
        script = "window.a=window.a||[];a.push({b:1});".repeat(300),
    )
}

/// The time that all pages take.
fn timed(pages: &[String], mut one: impl FnMut(&str)) -> Duration {
    let start = Instant::now();
    pages.iter().for_each(|it| one(it));
    start.elapsed()
}

fn median(mut all: Vec<Duration>) -> Duration {
    all.sort_unstable();
    all[all.len() / 2]
}

fn main() {
    let base = Url::parse("https://do.example.vn/tin-1.html").unwrap();
    let scope = Scope { zone: Ho_Chi_Minh, base: &base, outlet: None, source: None };
    let pages: Vec<String> = (0..PAGES).map(portal_page).collect();
    let bytes: usize = pages.iter().map(String::len).sum();
    let (mut whole, mut parse, mut letters) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        letters = 0;
        whole.push(timed(&pages, |it| letters += page(it.as_bytes(), Some("text/html"), &scope).unwrap().text.len()));
        parse.push(timed(&pages, |it| {
            black_box(Html::parse_document(it));
        }));
    }
    let (whole, parse) = (median(whole), median(parse));
    let each = |it: Duration| it.as_secs_f64() * 1e3 / PAGES as f64;
    println!("{PAGES} pages of {} bytes with {} bytes of text each, one core", bytes / pages.len(), letters / pages.len());
    println!("reading   {:.3} ms a page", each(whole));
    println!("html5ever {:.3} ms a page", each(parse));
    println!("ratio     {:.2}", whole.as_secs_f64() / parse.as_secs_f64());
}
