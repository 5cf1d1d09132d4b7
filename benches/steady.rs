//! What watching costs in bytes: one outlet of 35 articles a day, its feed polled every 30 minutes for some days, everything that is
//! kept counted. `cargo bench --bench steady` prints bytes a day and a year, a page and an unchanged answer.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement stops at what it did not expect, and prints")]

use std::{
    fmt::Write,
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, TimeDelta, Utc};
use diembao::{
    app::{App, Places},
    jobs::{
        Clock,
        crawl::{CrawlScope, crawl},
        index::follow,
    },
    rehearsal::prose,
};

const ARTICLES_A_DAY: i64 = 35;
const POLL_EVERY: TimeDelta = TimeDelta::minutes(30);
const DAYS: i64 = 5;
/// Entries of the feed.
const WINDOW: i64 = 50;
/// Filler of a page: what a portal puts around its article.
const MENU_LINKS: u64 = 260;
const RELATED: u64 = 60;
const COMMENTS: u64 = 40;

/// The press of the measurement: what is out at the clock's time.
#[derive(Clone)]
struct Press {
    time: Arc<AtomicI64>,
    host: String,
}

impl Press {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.time.load(Ordering::SeqCst), 0).unwrap()
    }

    /// When article `number` came out: evenly over the 18 waking hours of a day.
    fn out_at(number: i64) -> DateTime<Utc> {
        let (day, turn) = (number / ARTICLES_A_DAY, number % ARTICLES_A_DAY);
        start() + TimeDelta::days(day - 2) + TimeDelta::minutes(turn * 18 * 60 / ARTICLES_A_DAY)
    }

    /// The number of the newest article that is out.
    fn newest(&self) -> i64 {
        (0..).take_while(|it| Self::out_at(*it) <= self.now()).last().unwrap()
    }

    fn feed(&self) -> String {
        let mut items = String::new();
        let newest = self.newest();
        for number in (newest - WINDOW + 1..=newest).rev() {
            let (seed, at) = (seed(number), Self::out_at(number));
            write!(
                items,
                "<item><title>{}</title><link>http://{}/tin-{number}.html</link><description>{}</description><pubDate>{}</pubDate></item>",
                prose::title(seed, at),
                self.host,
                prose::lead(seed, at),
                at.to_rfc2822()
            )
            .unwrap();
        }
        format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\"><channel><title>Báo đo</title>{items}</channel></rss>")
    }

    /// A page of some 100 kB with 3 kB of text of its own.
    fn page(&self, number: i64) -> String {
        let (seed, at) = (seed(number), Self::out_at(number));
        let (title, lead) = (prose::title(seed, at), prose::lead(seed, at));
        let text: String = (0..4).flat_map(|it| prose::body(seed.wrapping_add(it * 7_919), at)).map(|it| format!("<p>{it}</p>")).collect();
        let box_of = |class: &str, count: u64, salt: u64| {
            (0..count).fold(String::new(), |mut all, it| {
                let other = prose::draw(salt.wrapping_add(seed % 97), it);
                write!(
                    all,
                    "<li class=\"{class}-item\" data-id=\"{other}\"><a class=\"{class}-link\" href=\"/tin-{}.html\" title=\"\">{}</a></li>",
                    other % 90_000,
                    prose::title(other, at)
                )
                .unwrap();
                all
            })
        };
        format!(
            "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><title>{title} - Báo đo</title><meta property=\"og:title\" content=\"{title}\">\
             <script type=\"application/ld+json\">{{\"@type\":\"NewsArticle\",\"headline\":\"{title}\",\"datePublished\":\"{date}\"}}</script>\
             <style>{style}</style></head><body><nav><ul>{menu}</ul></nav><article><h1>{title}</h1><div class=\"sapo\">{lead}</div>{text}</article>\
             <aside><ul>{related}</ul></aside><section class=\"comments\"><ul>{comments}</ul></section></body></html>",
            date = at.to_rfc3339(),
            style = ".a-b{margin:0 auto;padding:1px}".repeat(400),
            menu = box_of("menu", MENU_LINKS, 1),
            related = box_of("related", RELATED, seed),
            comments = box_of("comment", COMMENTS, seed.wrapping_mul(31)),
        )
    }
}

fn start() -> DateTime<Utc> {
    "2026-03-02T00:00:00Z".parse().unwrap()
}

fn seed(number: i64) -> u64 {
    prose::draw(number.unsigned_abs(), 3)
}

async fn answer(State(press): State<Press>, request: Request) -> Response {
    let path = request.uri().path();
    if path == "/rss" {
        let feed = press.feed();
        let tag = format!("\"{}\"", press.newest());
        let asked = request.headers().get(header::IF_NONE_MATCH).and_then(|it| it.to_str().ok());
        let headers =
            HeaderMap::from_iter([(header::CONTENT_TYPE, "application/rss+xml".parse().unwrap()), (header::ETAG, tag.parse().unwrap())]);
        return match asked {
            Some(asked) if asked == tag => (StatusCode::NOT_MODIFIED, headers).into_response(),
            _ => (headers, feed).into_response(),
        };
    }
    match path.strip_prefix("/tin-").and_then(|it| it.strip_suffix(".html")?.parse().ok()) {
        Some(number) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], press.page(number)).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn bytes_below(path: &Path) -> u64 {
    let Ok(found) = fs::metadata(path) else { return 0 };
    if !found.is_dir() {
        return found.len();
    }
    fs::read_dir(path).unwrap().map(|it| bytes_below(&it.unwrap().path())).sum()
}

/// What is kept, in bytes: archive, database with its log, index.
fn kept(dir: &Path) -> [u64; 3] {
    let database = ["diembao.db", "diembao.db-wal"].iter().map(|it| bytes_below(&dir.join("data").join(it))).sum();
    [bytes_below(&dir.join("data/archive")), database, bytes_below(&dir.join("index"))]
}

/// Polls for some days; counts the polls, those that found nothing new, and the pages read.
async fn watch(places: &Places, press: &Press, days: i64) -> (u64, u64, u64) {
    let reads = press.clone();
    let app = App::open(places, Clock(Arc::new(move || reads.now()))).await.unwrap();
    let scope = CrawlScope { due_only: true, ..CrawlScope::default() };
    let (mut polls, mut unchanged, mut read) = (0, 0, 0);
    for _ in 0..days * TimeDelta::days(1).num_minutes() / POLL_EVERY.num_minutes() {
        let report = crawl(&app.line, &scope, &|_| ()).await.unwrap();
        follow(&app.line.store, &app.search, &|_| ()).await.unwrap();
        read += report.articles.read;
        polls += 1;
        unchanged += u64::from(report.visits.iter().any(|it| it.new == 0));
        press.time.fetch_add(POLL_EVERY.num_seconds(), Ordering::SeqCst);
    }
    app.close().await;
    (polls, unchanged, read)
}

#[tokio::main]
async fn main() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let press = Press { time: Arc::new(AtomicI64::new(start().timestamp())), host: host.clone() };
    let page_bytes = press.page(200).len();
    tokio::spawn(axum::serve(listener, Router::new().fallback(answer).with_state(press.clone())).into_future());
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("config");
    fs::create_dir(&config).unwrap();
    let outlet = format!(
        "[[outlet]]\nid = \"do\"\nname = \"Báo đo\"\nkind = \"newspaper\"\nhosts = [\"{host}\"]\n\
         [[outlet.source]]\nkind = \"feed\"\nurl = \"http://{host}/rss\"\ncovers = \"outlet\"\n"
    );
    fs::write(config.join("outlets.toml"), outlet).unwrap();
    fs::write(config.join("diembao.toml"), "[crawl]\nhost_delay = \"0s\"\nallow_private_hosts = true\n").unwrap();
    let places = Places { config, data: dir.path().join("data"), index: dir.path().join("index") };
    // The first day fills the window and is not counted. Closing writes the database's log into the database.
    watch(&places, &press, 1).await;
    let before = kept(dir.path());
    let (polls, unchanged, read) = watch(&places, &press, DAYS).await;
    let after = kept(dir.path());
    println!("{DAYS} days: {polls} polls ({unchanged} with nothing new), {read} pages of {page_bytes} bytes each");
    let mut total = 0;
    for (name, (after, before)) in ["archive", "database", "index"].into_iter().zip(after.into_iter().zip(before)) {
        let grown = after.saturating_sub(before);
        total += grown;
        println!("{name:9} {:>9} bytes a day  {:>7.1} MB a year", grown / DAYS.unsigned_abs(), grown as f64 / DAYS as f64 * 365.0 / 1e6);
    }
    println!(
        "together  {:>9} bytes a day  {:>7.1} MB a year, {} bytes a page with its share of the polls",
        total / DAYS.unsigned_abs(),
        total as f64 / DAYS as f64 * 365.0 / 1e6,
        total / read.max(1)
    );
}
