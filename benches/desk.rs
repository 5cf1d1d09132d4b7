//! How fast the desk answers over five years, 50 outlets and 500,000 articles: `cargo bench --bench desk` builds that store, opens the
//! desk and asks for its pages over HTTP; it prints the median and the 99th percentile of each. `DIEMBAO_BENCH_ARTICLES` builds a
//! smaller one.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement stops at what it did not expect, and prints")]

use std::{fmt::Write, fs, path::Path, time::Instant};

use diembao::{
    app::{App, Places, fixed_clock},
    domain::user::Role,
    jobs::index::follow,
    web,
};
use reqwest::{Client, header, redirect::Policy};
use sqlx::{AnyPool, AssertSqlSafe, SqlSafeStr};

const OUTLETS: usize = 50;
const ARTICLES: usize = 500_000;
/// Articles of an outlet on one day, over five years.
const DAYS: usize = 365 * 5;
const ASKED: usize = 300;
const NOW: &str = "2026-11-20T08:00:00+07:00";
const PASSWORD: &str = "mua roi tren pho nho";

fn main() {
    // `cargo test` runs benches without measuring.
    if std::env::args().any(|it| it == "--bench") {
        tokio::runtime::Runtime::new().unwrap().block_on(measure());
    }
}

async fn measure() {
    let articles = std::env::var("DIEMBAO_BENCH_ARTICLES").map_or(ARTICLES, |it| it.parse().unwrap());
    let dir = tempfile::tempdir().unwrap();
    let began = Instant::now();
    let app = build(dir.path(), articles).await;
    println!("{articles} articles of {OUTLETS} outlets stored and indexed in {} s", began.elapsed().as_secs());
    app.add_user(&"officer".parse().unwrap(), "officer", Role::Officer, PASSWORD.to_owned()).await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let routes = web::routes(app.desk());
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    let client = Client::builder().redirect(Policy::none()).gzip(false).build().unwrap();
    let cookie = log_in(&client, &base).await;
    println!("{:32} {:>9} {:>9} {:>9} {:>10}", "page", "median ms", "p99 ms", "worst ms", "wire bytes");
    for (name, path) in [
        ("board", "/?year={year}"),
        ("outlet-month", "/outlets/o{outlet}/{year}-{month}"),
        ("queue", "/queue"),
        ("article", "/articles/{article}"),
        ("search, one word", "/search?q=ch%E1%BB%A3"),
        ("search without diacritics", "/search?q=mua+ban+nguoi"),
        ("search, a phrase in an outlet", "/search?q=%22phi%C3%AAn+ch%E1%BB%A3%22&outlet=o{outlet}"),
    ] {
        let mut times = Vec::new();
        let mut bytes = 0;
        for turn in 0..ASKED {
            let asked = path
                .replace("{year}", &(2022 + turn % 5).to_string())
                .replace("{month}", &format!("{:02}", 1 + turn % 10))
                .replace("{outlet}", &(turn % OUTLETS).to_string())
                .replace("{article}", &(1 + turn * 97 % articles).to_string());
            let began = Instant::now();
            let answer = client.get(format!("{base}{asked}")).header(header::COOKIE, &cookie);
            let answer = answer.header(header::ACCEPT_ENCODING, "gzip").send().await.unwrap();
            let status = answer.status();
            bytes = bytes.max(answer.bytes().await.unwrap().len());
            times.push(began.elapsed());
            if status == 404 {
                break;
            }
            assert_eq!(status, 200, "{asked}");
        }
        times.sort();
        let ms = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)].as_secs_f64() * 1000.0;
        println!("{name:32} {:>9.1} {:>9.1} {:>9.1} {bytes:>10}", ms(50), ms(99), ms(100));
    }
}

async fn log_in(client: &Client, base: &str) -> String {
    let asked = client.post(format!("{base}/login")).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let entered = asked.body(format!("name=officer&password={}", PASSWORD.replace(' ', "+"))).send().await.unwrap();
    let set = entered.headers()[header::SET_COOKIE].to_str().unwrap();
    set.split(';').next().unwrap().to_owned()
}

/// An installation whose store was filled by statements of its own database: through the line it would take a day.
async fn build(dir: &Path, articles: usize) -> App {
    let config = dir.join("config");
    fs::create_dir(&config).unwrap();
    let mut register = String::new();
    for outlet in 0..OUTLETS {
        writeln!(
            register,
            "[[outlet]]\nid = \"o{outlet}\"\nname = \"Báo số {outlet}\"\nkind = \"newspaper\"\nhosts = [\"bao{outlet}.example\"]\n\
             [[outlet.source]]\nkind = \"feed\"\nurl = \"https://bao{outlet}.example/rss\"\ncovers = \"outlet\""
        )
        .unwrap();
    }
    fs::write(config.join("outlets.toml"), register).unwrap();
    let places = Places { config, data: dir.join("data"), index: dir.join("index") };
    let app = App::open(&places, fixed_clock(NOW.parse().unwrap())).await.unwrap();
    let pool = AnyPool::connect(&format!("sqlite://{}", places.data.join("diembao.db").display())).await.unwrap();
    for sql in statements(articles) {
        sqlx::query(AssertSqlSafe(sql).into_sql_str()).execute(&pool).await.unwrap();
    }
    pool.close().await;
    follow(&app.line.store, &app.search, &|_| ()).await.unwrap();
    app
}

/// Articles evenly over outlets and days, every 300th about the subject and every 211th waiting; three visits a day to each source, each
/// certifying the time since the one before; a verdict for each month.
fn statements(articles: usize) -> Vec<String> {
    let visits = OUTLETS * DAYS * 3;
    // 21 November 2021, 08:00 in Viet Nam.
    let start = 1_637_456_400_i64;
    let pace = DAYS as f64 * 86_400.0 / articles as f64;
    let words = "CASE i % 7 WHEN 0 THEN 'phiên chợ' WHEN 1 THEN 'mùa gặt' WHEN 2 THEN 'bến sông' WHEN 3 THEN 'lớp học' WHEN 4 THEN 'con đường' \
                 WHEN 5 THEN 'rừng quế' ELSE 'đêm hội' END";
    let about = "CASE WHEN i % 300 = 0 THEN 'tập huấn phòng, chống mua bán người' ELSE 'chuyện làng chuyện xóm' END";
    let judgement = "CASE WHEN i % 300 = 0 THEN 'about' WHEN i % 211 = 0 THEN 'mention' ELSE 'unrelated' END";
    let counter = |name: &str, last: usize| format!("UPDATE counter SET value = {last} WHERE name = '{name}'");
    vec![
        format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {articles}) \
             INSERT INTO article (outlet, key, url, title, summary, lead, text, dates, published, published_from, date_standing, date_from, \
             date_to, not_before, first_seen, state, next_try, judgement, score, rule, reasons, topics, terms, change) \
             SELECT 'o' || (i % {OUTLETS}), 'k' || i, 'https://bao' || (i % {OUTLETS}) || '.example/tin-' || i || '.html', \
             'Kỳ ' || i || ': ' || {words} || ' và ' || {about}, '', 'Bà con kể về ' || {words} || '.', \
             'Bà con kể về ' || {words} || '.' || char(10) || 'Ở xã thứ ' || (i % 133) || ', ' || {about} || ' được nói đến trong buổi họp thôn, rồi \
             mọi người bàn việc giống lúa, con nước, đường đi và lịch gieo của vụ sau. ' || 'Người già nhớ lại ' || {words} || ' năm xưa, người trẻ \
             hỏi thêm về nghề mới, còn cán bộ xã ghi chép từng ý kiến để trả lời vào kỳ họp tới.', '[]', at, 'feed', 'sure', at, at, at, at + 1800, \
             'read', 0, {judgement}, CASE WHEN i % 300 = 0 THEN 0.9 ELSE 0.0 END, 'nothing', '[]', '[]', '1', i \
             FROM (SELECT i, CAST({start} + i * {pace} AS INTEGER) AS at FROM n)"
        ),
        counter("article_change", articles),
        format!(
            "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {visits} - 1) \
             INSERT INTO visit (outlet, source, at, outcome, detail, status, bytes, digest, in_document, new, known, rejected, certified_from) \
             SELECT 'o' || (i % {OUTLETS}), 'https://bao' || (i % {OUTLETS}) || '.example/rss', at, 'fresh', '', 200, 40000, NULL, 50, 2, 48, '{{}}', \
             CASE WHEN i < {OUTLETS} THEN NULL ELSE at - 28800 END FROM (SELECT i, {start} + (i / {OUTLETS}) * 28800 AS at FROM n)"
        ),
        format!(
            "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {OUTLETS} * 59) \
             INSERT INTO verdict_change (outlet, month, verdict, reason, count, at, terms) \
             SELECT 'o' || (i % {OUTLETS}), printf('%04d-%02d', 2022 + (i / {OUTLETS}) / 12, 1 + (i / {OUTLETS}) % 12), 'met', 'articles', 3, \
             {start} + i, '1' FROM n"
        ),
        "INSERT INTO waiting (outlet, month, article, why, since) SELECT outlet, '2026-10', id, 'mention', first_seen FROM article \
         WHERE judgement = 'mention' AND id > (SELECT MAX(id) FROM article) - 40000"
            .to_owned(),
    ]
}
