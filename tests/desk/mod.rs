//! One installation that reads one scripted outlet by a clock that the test sets: the vocabulary of tests of the whole line.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

#[path = "../scripted/mod.rs"]
pub mod scripted;

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use chrono::{DateTime, TimeDelta, Utc};
use diembao::{
    app::{App, Places},
    domain::{
        off_web::OffWeb,
        officer::Admitted,
        outlet::Medium,
        review::OutletMonth,
        verdict::{Reason, Verdict},
        visit::Outcome,
    },
    jobs::{
        Clock,
        crawl::{CrawlReport, CrawlScope, crawl},
        review::review,
    },
};
use scripted::{Answer, Scripted};

/// One installation that reads one scripted server.
pub struct Desk {
    pub server: Scripted,
    pub app: App,
    pub time: Arc<AtomicI64>,
    pub dir: tempfile::TempDir,
}

/// An ordinary outlet with a feed; `{host}` stands for the server.
pub const FEED: &str = "[[outlet]]\nid = \"a\"\nname = \"Báo A\"\nkind = \"newspaper\"\nhosts = [\"{host}\"]\n\
                    [[outlet.source]]\nkind = \"feed\"\nurl = \"http://{host}/rss\"\ncovers = \"outlet\"\n";

pub const SITE: &str = "[crawl]\nhost_delay = \"0s\"\ntimeout = \"5s\"\nallow_private_hosts = true\n";

impl Desk {
    pub async fn open(register: &str, start: &str) -> Self {
        Self::open_with(register, SITE, start).await
    }

    pub async fn open_with(register: &str, site: &str, start: &str) -> Self {
        let server = Scripted::start().await;
        let dir = tempfile::tempdir().unwrap();
        let config = dir.path().join("config");
        fs::create_dir(&config).unwrap();
        fs::write(config.join("outlets.toml"), register.replace("{host}", &server.host())).unwrap();
        fs::write(config.join("diembao.toml"), site.replace("{host}", &server.host())).unwrap();
        let time = Arc::new(AtomicI64::new(at(start).timestamp()));
        let places = Places { config, data: dir.path().join("data"), index: dir.path().join("index") };
        let app = App::open(&places, clock(&time)).await.unwrap();
        Self { server, app, time, dir }
    }

    /// The same installation after the program has ended and been started again.
    pub async fn reopened(self) -> Self {
        let Self { server, app, time, dir } = self;
        let places = app.places.clone();
        app.close().await;
        let app = App::open(&places, clock(&time)).await.unwrap();
        Self { server, app, time, dir }
    }

    pub fn set(&self, now: &str) {
        self.time.store(at(now).timestamp(), Ordering::SeqCst);
    }

    pub fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.time.load(Ordering::SeqCst), 0).unwrap()
    }

    pub fn wait(&self, time: TimeDelta) {
        self.time.fetch_add(time.num_seconds(), Ordering::SeqCst);
    }

    pub async fn crawl(&self) -> CrawlReport {
        crawl(&self.app.line, &CrawlScope::default(), &|_| ()).await.unwrap()
    }

    pub async fn crawl_due(&self) -> CrawlReport {
        crawl(&self.app.line, &CrawlScope { due_only: true, ..CrawlScope::default() }, &|_| ()).await.unwrap()
    }

    pub async fn month(&self, month: &str) -> OutletMonth {
        let review = review(&self.app.line, month.parse().unwrap(), &[]).await.unwrap();
        review.outlets[0].clone()
    }

    pub async fn verdict(&self, month: &str) -> (Verdict, Reason) {
        let it = self.month(month).await;
        (it.verdict, it.reason)
    }

    /// Lists items in the feed, newest first, and serves their pages.
    pub fn publish(&self, items: &[Item]) {
        self.publish_with(items, "");
    }

    pub fn publish_with(&self, items: &[Item], head: &str) {
        self.publish_at("/rss", items, head);
    }

    pub fn publish_at(&self, path: &str, items: &[Item], head: &str) {
        let mut feed = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\"><channel><title>Báo A</title>{head}");
        for it in items {
            let date = it.date.map_or_else(String::new, |date| format!("<pubDate>{}</pubDate>", at(date).to_rfc2822()));
            let link = if it.path.starts_with('/') { self.server.url(&it.path).to_string() } else { it.path.clone() };
            feed += &format!("<item><title>{}</title><link>{link}</link>{date}</item>", it.title);
            self.server.on(&it.path, Answer::ok("text/html; charset=utf-8", it.page()));
        }
        feed += "</channel></rss>";
        self.server.on(path, Answer::ok("application/rss+xml", feed));
    }
}

fn clock(time: &Arc<AtomicI64>) -> Clock {
    let reads = time.clone();
    Clock(Arc::new(move || DateTime::from_timestamp(reads.load(Ordering::SeqCst), 0).unwrap()))
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[derive(Clone)]
pub struct Item {
    pub path: String,
    pub title: String,
    /// As the feed states it; the page states none.
    pub date: Option<&'static str>,
    pub about: bool,
}

pub fn item(number: u32, date: &'static str) -> Item {
    Item {
        path: format!("/tin-{number}.html"),
        title: format!("Chợ phiên xã Sơn Hòa nhộn nhịp kỳ {number}"),
        date: Some(date),
        about: false,
    }
}

pub fn about(number: u32, date: &'static str) -> Item {
    Item {
        title: format!("Xã Sơn Hòa tập huấn phòng, chống mua bán người lần {number}"), about: true, ..item(number, date)
    }
}

impl Item {
    pub fn page(&self) -> String {
        let subject = if self.about { "phòng, chống mua bán người" } else { "trồng rau sạch" };
        let text = format!(
            "Sáng nay, hội phụ nữ xã Sơn Hòa mở buổi trò chuyện về {subject} cho hơn tám mươi hội viên của mười hai thôn trong xã."
        );
        format!(
            "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><title>{0}</title></head><body><article><h1>{0}</h1>\
             <p>{text}</p><p>Chị Lê Thị Hạ, chi hội trưởng, cho biết buổi trò chuyện sẽ được lặp lại ở các thôn xa vào tháng sau, \
             để bà con ở vùng cao cũng được nghe và hỏi đáp trực tiếp với cán bộ xã.</p></article></body></html>",
            self.title
        )
    }
}

pub fn outcomes(report: &CrawlReport) -> Vec<Outcome> {
    report.visits.iter().map(|it| it.outcome).collect()
}

/// Watches March 2026 twice a day from 27 February to 5 April, with an item a day; `extra` stands on top from its date on.
pub async fn watch_march(desk: &Desk, extra: &[Item], skip: impl Fn(DateTime<Utc>) -> bool) {
    const DAYS: [&str; 38] = [
        "2026-02-27T08:00:00+07:00",
        "2026-02-28T08:00:00+07:00",
        "2026-03-01T08:00:00+07:00",
        "2026-03-02T08:00:00+07:00",
        "2026-03-03T08:00:00+07:00",
        "2026-03-04T08:00:00+07:00",
        "2026-03-05T08:00:00+07:00",
        "2026-03-06T08:00:00+07:00",
        "2026-03-07T08:00:00+07:00",
        "2026-03-08T08:00:00+07:00",
        "2026-03-09T08:00:00+07:00",
        "2026-03-10T08:00:00+07:00",
        "2026-03-11T08:00:00+07:00",
        "2026-03-12T08:00:00+07:00",
        "2026-03-13T08:00:00+07:00",
        "2026-03-14T08:00:00+07:00",
        "2026-03-15T08:00:00+07:00",
        "2026-03-16T08:00:00+07:00",
        "2026-03-17T08:00:00+07:00",
        "2026-03-18T08:00:00+07:00",
        "2026-03-19T08:00:00+07:00",
        "2026-03-20T08:00:00+07:00",
        "2026-03-21T08:00:00+07:00",
        "2026-03-22T08:00:00+07:00",
        "2026-03-23T08:00:00+07:00",
        "2026-03-24T08:00:00+07:00",
        "2026-03-25T08:00:00+07:00",
        "2026-03-26T08:00:00+07:00",
        "2026-03-27T08:00:00+07:00",
        "2026-03-28T08:00:00+07:00",
        "2026-03-29T08:00:00+07:00",
        "2026-03-30T08:00:00+07:00",
        "2026-03-31T08:00:00+07:00",
        "2026-04-01T08:00:00+07:00",
        "2026-04-02T08:00:00+07:00",
        "2026-04-03T08:00:00+07:00",
        "2026-04-04T08:00:00+07:00",
        "2026-04-05T08:00:00+07:00",
    ];
    let mut all: Vec<Item> = (0u32..).zip(DAYS).map(|(number, day)| item(number, day)).chain(extra.iter().cloned()).collect();
    all.sort_by_key(|it| std::cmp::Reverse(it.date.map(at)));
    desk.set("2026-02-27T10:00:00+07:00");
    while desk.now() <= at("2026-04-06T10:00:00+07:00") {
        if !skip(desk.now()) {
            let listed: Vec<Item> = all.iter().filter(|it| it.date.is_none_or(|date| at(date) <= desk.now())).take(8).cloned().collect();
            desk.publish(&listed);
            desk.crawl_due().await;
        }
        desk.wait(TimeDelta::hours(12));
    }
}

/// An item of print that an officer registers for March.
pub fn printed(desk: &Desk) -> Admitted<OffWeb> {
    let off_web = OffWeb {
        outlet: "a".parse().unwrap(),
        month: "2026-03".parse().unwrap(),
        medium: Medium::Print,
        title: "Trang chuyên đề số 812".parse().unwrap(),
        programme: None,
        aired: None,
        seconds: None,
        url: None,
        file: None,
        note: None,
    };
    off_web.admit("Lê Thị Hoa".parse().unwrap(), desk.app.line.zone, desk.now()).unwrap()
}
