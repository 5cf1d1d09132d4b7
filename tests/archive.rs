//! The archive under the line: what was answered is kept before it is read, and every row leads back to its bytes.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod scripted;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use chrono::{DateTime, TimeDelta, Utc};
use diembao::{
    app::{App, Places},
    archive::{Kind, Payload, Stored, files, walk},
    domain::{month::Span, outlet::OutletId, visit::Outcome},
    jobs::{
        Clock, JobError,
        crawl::{CrawlReport, CrawlScope, crawl},
        index::follow,
    },
    store::capture::Capture,
};
use scripted::{Answer, Scripted};
use url::Url;

/// One installation that reads one scripted server.
struct Desk {
    server: Scripted,
    app: App,
    time: Arc<AtomicI64>,
    places: Places,
    _dir: tempfile::TempDir,
}

const OUTLET: &str = "[[outlet]]\nid = \"a\"\nname = \"Báo A\"\nkind = \"newspaper\"\nhosts = [\"{host}\"]\n";
const FEED: &str = "[[outlet.source]]\nkind = \"feed\"\nurl = \"http://{host}/rss/tin-moi-nhat.rss\"\ncovers = \"outlet\"\n";
const LISTING: &str =
    "[[outlet.source]]\nkind = \"listing\"\nurl = \"http://{host}/tin\"\ncovers = \"outlet\"\nitem = \"li\"\nnext = \"a.next\"\n";
const SITEMAP: &str = "[[outlet.source]]\nkind = \"sitemap\"\nurl = \"http://{host}/sitemap.xml\"\ncovers = \"outlet\"\n";
const RSS: &str = "/rss/tin-moi-nhat.rss";
const XML: &str = "application/rss+xml";

impl Desk {
    async fn open(sources: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self::open_in(dir.path().to_owned(), dir, sources).await
    }

    async fn open_in(root: PathBuf, dir: tempfile::TempDir, sources: &str) -> Self {
        let server = Scripted::start().await;
        let config = root.join("config");
        fs::create_dir_all(&config).unwrap();
        fs::write(config.join("outlets.toml"), format!("{OUTLET}{sources}").replace("{host}", &server.host())).unwrap();
        fs::write(config.join("diembao.toml"), "[crawl]\nhost_delay = \"0s\"\ntimeout = \"5s\"\nallow_private_hosts = true\n").unwrap();
        let time = Arc::new(AtomicI64::new(at("2026-03-01T08:00:00+07:00").timestamp()));
        let places = Places { config, data: root.join("data"), index: root.join("index") };
        let app = App::open(&places, clock(&time)).await.unwrap();
        Self { server, app, time, places, _dir: dir }
    }

    fn wait(&self, time: TimeDelta) {
        self.time.fetch_add(time.num_seconds(), Ordering::SeqCst);
    }

    async fn crawl(&self) -> CrawlReport {
        self.try_crawl().await.unwrap()
    }

    async fn try_crawl(&self) -> Result<CrawlReport, JobError> {
        crawl(&self.app.line, &CrawlScope::default(), &|_| ()).await
    }

    /// Serves a feed of these articles, and their pages.
    fn publish(&self, numbers: &[u32]) {
        let mut items = String::new();
        for number in numbers {
            let link = self.server.url(&format!("/tin-{number}.html"));
            items += &format!(
                "<item><title>{}</title><link>{link}</link><pubDate>Sun, 01 Mar 2026 06:{number:02}:00 +0700</pubDate></item>",
                title(*number)
            );
            self.server.on(&format!("/tin-{number}.html"), Answer::ok("text/html; charset=utf-8", page(*number)));
        }
        self.server.on(RSS, Answer::ok(XML, feed(&items)));
    }

    /// The captures of the outlet's first source, each with what the archive has at its place.
    async fn of_source(&self) -> Vec<(Capture, Stored)> {
        let line = &self.app.line;
        let source = &line.register.outlets[0].sources[0].url;
        let captures = line.store.captures_of_source(&outlet(), source, ever()).await.unwrap();
        captures.into_iter().map(|it| (it.clone(), line.archive.read(&it.place).unwrap())).collect()
    }

    async fn of_article(&self, path: &str) -> Vec<(Capture, Stored)> {
        let line = &self.app.line;
        let all = line.store.articles_after(0, 1_000).await.unwrap();
        let id = all.iter().find(|it| it.url == self.server.url(path).as_str()).unwrap().id;
        let captures = line.store.captures_of_article(id).await.unwrap();
        captures.into_iter().map(|it| (it.clone(), line.archive.read(&it.place).unwrap())).collect()
    }

    fn archive(&self) -> PathBuf {
        self.places.data.join("archive")
    }
}

fn clock(time: &Arc<AtomicI64>) -> Clock {
    let reads = time.clone();
    Clock(Arc::new(move || DateTime::from_timestamp(reads.load(Ordering::SeqCst), 123_456_789).unwrap()))
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn outlet() -> OutletId {
    "a".parse().unwrap()
}

fn ever() -> Span {
    Span { from: DateTime::UNIX_EPOCH, to: at("2100-01-01T00:00:00Z") }
}

fn title(number: u32) -> String {
    format!("Chợ phiên xã Sơn Hòa nhộn nhịp kỳ {number}")
}

fn page(number: u32) -> String {
    format!(
        "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><title>{0}</title></head><body><article><h1>{0}</h1>\
         <p>Sáng nay, hội phụ nữ xã Sơn Hòa mở buổi trò chuyện về trồng rau sạch cho hơn tám mươi hội viên của mười hai thôn trong xã.</p>\
         <p>Chị Lê Thị Hạ, chi hội trưởng, cho biết buổi trò chuyện sẽ được lặp lại ở các thôn xa vào tháng sau, để bà con ở vùng cao \
         cũng được nghe và hỏi đáp trực tiếp với cán bộ xã.</p></article></body></html>",
        title(number)
    )
}

fn feed(items: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\"><channel><title>Báo A</title>{items}</channel></rss>")
}

fn body(stored: &Stored) -> &[u8] {
    match &stored.payload {
        Payload::Here(bytes) => bytes,
        Payload::SameAs(earlier) => panic!("{} repeats {earlier:?}", stored.url),
    }
}

#[tokio::test]
async fn what_nobody_can_read_is_kept_all_the_same() {
    let desk = Desk::open(FEED).await;
    let login = "<!doctype html><html><body><h1>Đăng nhập</h1></body></html>";
    let wall = "<html><title>Just a moment...</title></html>";
    let answers = [
        (Answer::ok(XML, login), Outcome::NotADocument, 200, login),
        (Answer::ok(XML, ""), Outcome::NotADocument, 200, ""),
        (Answer::status(403).body("Cấm vào"), Outcome::Blocked, 403, "Cấm vào"),
        (Answer::ok("text/html", wall), Outcome::Blocked, 200, wall),
        (Answer::status(404).body("Không có trang này"), Outcome::Gone, 404, "Không có trang này"),
        (Answer::ok(XML, "<rss><channel>").cut_at(5), Outcome::Unreachable, 200, "<rss>"),
    ];
    for (number, (answer, outcome, status, text)) in answers.into_iter().enumerate() {
        desk.server.on(RSS, answer);
        desk.wait(TimeDelta::hours(1));
        assert_eq!(desk.crawl().await.visits[0].outcome, outcome, "{text}");
        let mut kept = desk.of_source().await;
        kept.retain(|it| it.1.url.path() == RSS);
        assert_eq!(kept.len(), number + 1);
        let (capture, stored) = kept.last().unwrap();
        assert_eq!((capture.status, stored.status, body(stored)), (status, status, text.as_bytes()));
        assert_eq!(stored.truncated.is_some(), outcome == Outcome::Unreachable, "{text}");
        assert_eq!(stored.server, Some("127.0.0.1".parse().unwrap()));
        assert_eq!((stored.at.timestamp(), capture.at), (desk.time.load(Ordering::SeqCst), stored.at));
    }
}

#[tokio::test]
async fn the_same_bytes_are_kept_once_and_a_304_leaves_the_visit_alone() {
    let desk = Desk::open(FEED).await;
    desk.publish(&[1]);
    let (one, two) = (feed(""), feed("<!-- two -->"));
    for text in [&one, &one, &two, &one, &two] {
        desk.server.on(RSS, Answer::ok(XML, text).header("X-Served-At", desk.time.load(Ordering::SeqCst)));
        desk.wait(TimeDelta::hours(1));
        desk.crawl().await;
    }
    let kept = desk.of_source().await;
    let whole: Vec<bool> = kept.iter().map(|it| it.0.repeats.is_none()).collect();
    assert_eq!(whole, [true, false, true, false, false], "servers that take turns repeat both of their documents");
    for ((capture, stored), text) in kept.iter().zip([&one, &one, &two, &one, &two]) {
        let Some(repeats) = capture.repeats else {
            assert_eq!(body(stored), text.as_bytes());
            continue;
        };
        let original = desk.app.line.store.capture(repeats).await.unwrap().unwrap();
        let whole = desk.app.line.archive.read(&original.place).unwrap();
        assert_eq!(body(&whole), text.as_bytes());
        let Payload::SameAs(earlier) = &stored.payload else { panic!("{stored:?}") };
        assert_eq!((&earlier.url, earlier.at, &earlier.digest), (&whole.url, whole.at, &whole.digest));
        assert_eq!((&capture.url, &capture.place.digest), (&original.url, &original.place.digest));
        assert!(stored.headers.iter().any(|it| it.0 == "x-served-at"), "what the server said this time is kept");
    }
    desk.server.on_call(RSS, move |request| match request.header("if-none-match") {
        Some(_) => Answer::status(304),
        None => Answer::ok(XML, feed("<!-- three -->")).header("ETag", "\"3\""),
    });
    for _ in 0..3 {
        desk.wait(TimeDelta::hours(1));
        desk.crawl().await;
    }
    assert_eq!(desk.of_source().await.len(), 6, "the first of them brought a document");
}

#[tokio::test]
async fn every_part_of_a_document_is_kept_and_the_visits_digest_is_that_of_their_bytes() {
    let desk = Desk::open(&format!("{SITEMAP}{LISTING}")).await;
    let urls = |numbers: std::ops::Range<u32>| {
        let url = |it: u32| format!("<url><loc>{}</loc></url>", desk.server.url(&format!("/tin-{it}.html")));
        format!("<urlset>{}</urlset>", numbers.map(url).collect::<String>())
    };
    let child = |name: &str| format!("<sitemap><loc>{}</loc></sitemap>", desk.server.url(name));
    let index = format!("<sitemapindex>{}{}</sitemapindex>", child("/one.xml"), child("/two.xml"));
    for (path, text) in [("/sitemap.xml", &index), ("/one.xml", &urls(1..3)), ("/two.xml", &urls(3..5))] {
        desk.server.on(path, Answer::ok("application/xml", text));
    }
    desk.server.on("/tin", Answer::ok("text/html", "<ul><li><a href=\"/tin-9.html\">Chợ phiên kỳ chín</a></li></ul>"));
    desk.crawl().await;
    let parts = desk.of_source().await;
    let paths: Vec<&str> = parts.iter().map(|it| it.0.url.path()).collect();
    assert_eq!((paths[0], paths.len()), ("/sitemap.xml", 3), "{paths:?}");
    let bytes: Vec<u8> = parts.iter().flat_map(|it| body(&it.1).to_vec()).collect();
    assert_eq!(visit_digest(&desk).await, digest(&bytes));

    // A second look walks the listing on: its next page is part of that visit.
    let second = "<ul><li><a href=\"/tin-9.html\">Chợ phiên kỳ chín</a></li></ul>";
    let first = "<ul><li><a href=\"/tin-11.html\">Chợ phiên kỳ mười một</a></li></ul><a class=\"next\" href=\"/tin?trang=2\">Sau</a>";
    desk.server.on("/tin", Answer::ok("text/html", first));
    desk.server.on("/tin?trang=2", Answer::ok("text/html", second));
    desk.wait(TimeDelta::hours(1));
    desk.crawl().await;
    let source: Url = desk.server.url("/tin");
    let listed = desk.app.line.store.captures_of_source(&outlet(), &source, ever()).await.unwrap();
    let shown: Vec<String> = listed.iter().map(|it| it.url.path().to_owned() + it.url.query().unwrap_or_default()).collect();
    assert_eq!(shown, ["/tin", "/tin", "/tintrang=2"]);
    assert_eq!((listed[1].visit, listed[1].article), (listed[2].visit, None));
    // The visits next to a window certify its borders.
    let (first, second) = (at("2026-03-01T08:00:00+07:00"), at("2026-03-01T09:00:00+07:00"));
    for (from, to, kept) in [(second, second + TimeDelta::hours(1), &listed[..]), (first, first + TimeDelta::minutes(1), &listed[..])] {
        assert_eq!(desk.app.line.store.captures_of_source(&outlet(), &source, Span { from, to }).await.unwrap(), kept);
    }
}

fn digest(bytes: &[u8]) -> String {
    diembao::archive::payload_digest(bytes)
}

/// The digest that the latest visit to the first source stored, labelled as the archive labels it.
async fn visit_digest(desk: &Desk) -> String {
    let line = &desk.app.line;
    let state = line.store.source_state(&outlet(), &line.register.outlets[0].sources[0].url).await.unwrap();
    format!("sha256:{}", state.digest.unwrap())
}

#[tokio::test]
async fn each_hop_of_a_redirect_is_kept() {
    let desk = Desk::open(FEED).await;
    desk.publish(&[1]);
    desk.server.on("/tin-1.html", Answer::redirect(302, "/bai/1.html"));
    desk.server.on("/bai/1.html", Answer::redirect(301, "/bai/1-moi.html").body("Đã chuyển"));
    desk.server.on("/bai/1-moi.html", Answer::ok("text/html; charset=utf-8", page(1)));
    assert_eq!(desk.crawl().await.articles.read, 1);
    let hops = desk.of_article("/tin-1.html").await;
    let shown: Vec<(&str, u16, bool)> = hops.iter().map(|it| (it.1.url.path(), it.1.status, it.1.truncated.is_some())).collect();
    assert_eq!(shown, [("/tin-1.html", 302, false), ("/bai/1.html", 301, true), ("/bai/1-moi.html", 200, false)]);
    assert!(hops[0].1.headers.contains(&("location".to_owned(), "/bai/1.html".to_owned())));
    assert_eq!(body(&hops[2].1), page(1).as_bytes());
}

#[tokio::test]
async fn a_page_is_kept_whether_it_could_be_read_or_not() {
    let desk = Desk::open(FEED).await;
    desk.publish(&[1, 2]);
    let wall = "<html><body><p>Vui lòng đăng nhập để đọc tiếp.</p></body></html>";
    desk.server.on("/tin-2.html", Answer::ok("text/html", wall));
    let report = desk.crawl().await;
    assert_eq!((report.articles.read, report.articles.failed), (1, 1));
    let read = desk.of_article("/tin-1.html").await;
    assert_eq!((read.len(), read[0].0.visit, body(&read[0].1)), (1, None, page(1).as_bytes()));
    desk.server.on("/tin-2.html", Answer::status(410).body("Tin đã gỡ"));
    desk.wait(TimeDelta::days(1));
    desk.crawl().await;
    let unread = desk.of_article("/tin-2.html").await;
    let bodies: Vec<&[u8]> = unread.iter().map(|it| body(&it.1)).collect();
    assert_eq!(bodies, [wall.as_bytes(), b"", "Tin đã gỡ".as_bytes()]);
    assert_eq!((unread[1].0.status, unread[1].1.url.path() == "/tin-2.html"), (404, false), "what the host says of a made-up address");
}

#[tokio::test]
async fn a_record_torn_by_a_crash_is_mended_at_start_and_the_line_goes_on() {
    let desk = Desk::open(FEED).await;
    desk.publish(&[1]);
    desk.crawl().await;
    let kept = desk.of_source().await;
    // The folder as it stands while the program runs, with half a record that it did not come to finish.
    let crashed = tempfile::tempdir().unwrap();
    copy_folder(desk.places.data.as_path(), &crashed.path().join("data"));
    let file = crashed.path().join("data/archive").join(&kept[0].0.place.file);
    let whole = fs::read(&file).unwrap();
    fs::write(&file, [whole.as_slice(), &whole[..100]].concat()).unwrap();
    let places = Places { data: crashed.path().join("data"), ..desk.places.clone() };
    let app = App::open(&places, clock(&desk.time)).await.unwrap();
    app.mend_archive().unwrap();
    assert_eq!(fs::read(&file).unwrap(), whole);
    assert_eq!(fs::read(file.with_file_name(format!("{}.torn", kept[0].0.place.file))).unwrap(), &whole[..100]);
    assert_eq!(body(&app.line.archive.read(&kept[0].0.place).unwrap()), body(&kept[0].1));
    desk.publish(&[1, 2]);
    desk.wait(TimeDelta::hours(1));
    let report = crawl(&app.line, &CrawlScope::default(), &|_| ()).await.unwrap();
    assert_eq!((report.visits[0].outcome, report.articles.read), (Outcome::Fresh, 1));
    for path in files(&places.data.join("archive")).unwrap() {
        assert!(walk(&path).unwrap().all(|it| it.is_ok()), "{}", path.display());
    }
    app.close().await;
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[tokio::test]
async fn without_an_archive_nothing_is_read_and_nothing_is_said_to_have_been_seen() {
    let desk = Desk::open(FEED).await;
    desk.publish(&[1]);
    fs::write(desk.archive(), "a file where the folder should be").unwrap();
    assert!(matches!(desk.try_crawl().await, Err(JobError::Archive(_))));
    let (store, source) = (&desk.app.line.store, &desk.app.line.register.outlets[0].sources[0].url);
    assert_eq!(store.last_visit(&outlet(), source).await.unwrap(), None);
    assert!(store.articles_after(0, 10).await.unwrap().is_empty());
    fs::remove_file(desk.archive()).unwrap();
    desk.wait(TimeDelta::hours(1));
    assert_eq!(desk.crawl().await.visits[0].outcome, Outcome::Fresh);
}

#[tokio::test]
async fn who_only_looks_writes_nothing_into_the_archive() {
    let desk = Desk::open(FEED).await;
    desk.publish(&[1]);
    let line = &desk.app.line;
    let outlet = &line.register.outlets[0];
    let probed = diembao::jobs::visit::probe(line, outlet, &outlet.sources[0]).await.unwrap();
    assert_eq!((probed.outcome, probed.entries), (Outcome::Fresh, 1));
    diembao::jobs::review::review(line, "2026-03".parse().unwrap(), &[]).await.unwrap();
    assert!(!desk.archive().exists());
}

/// Bytes of the archive and of the database, once both are closed.
fn cost(places: &Places) -> (u64, u64) {
    let size = |path: PathBuf| fs::metadata(path).map(|it| it.len()).unwrap_or_default();
    let archive = files(&places.data.join("archive")).unwrap().into_iter().map(size).sum();
    (archive, size(places.data.join("diembao.db")) + size(places.data.join("diembao.db-wal")))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_that_finds_nothing_new_costs_little() {
    const LOOKS: u64 = 300;
    for (name, conditional, archive_max, database_max) in [("304", true, 0, 300), ("the same bytes", false, 620, 400)] {
        let desk = Desk::open(FEED).await;
        desk.publish(&(1..=30).collect::<Vec<_>>());
        let asked = desk.server.url(RSS);
        let text = feed(
            &(1..=30)
                .map(|it| {
                    format!("<item><title>{}</title><link>{}</link></item>", title(it), asked.join(&format!("/tin-{it}.html")).unwrap())
                })
                .collect::<String>(),
        );
        desk.server.on_call(RSS, move |request| match request.header("if-none-match") {
            Some(_) if conditional => Answer::status(304),
            _ => Answer::ok(XML, &text)
                .header("Server", "nginx")
                .header("Date", "Sun, 01 Mar 2026 01:00:00 GMT")
                .header("Last-Modified", "Sun, 01 Mar 2026 00:30:00 GMT")
                .header("ETag", "\"65e1a2b3-1f40\"")
                .header("Cache-Control", "max-age=60")
                .header("Vary", "Accept-Encoding"),
        });
        desk.crawl().await;
        let Desk { server, app, time, places, _dir } = desk;
        app.close().await;
        let before = cost(&places);
        let app = App::open_rehearsal(&places, clock(&time)).await.unwrap();
        for _ in 0..LOOKS {
            time.fetch_add(240, Ordering::SeqCst);
            let report = crawl(&app.line, &CrawlScope::default(), &|_| ()).await.unwrap();
            assert_eq!(report.visits[0].outcome, Outcome::Unchanged);
        }
        follow(&app.line.store, &app.search, &|_| ()).await.unwrap();
        app.close().await;
        drop(server);
        let after = cost(&places);
        let (archive, database) = ((after.0 - before.0) / LOOKS, (after.1 - before.1) / LOOKS);
        println!("{name}: {archive} bytes in the archive and {database} in the database a look");
        assert!(archive <= archive_max && database <= database_max, "{name}: {archive} and {database} bytes");
    }
}

/// What the standard tool for WARC reads in `scripts/test.sh`: an archive of every kind of record, made by the line.
#[tokio::test]
async fn an_archive_for_the_standard_tool_is_left_behind() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("archive");
    if root.exists() {
        fs::remove_dir_all(&root).unwrap();
    }
    let desk = Desk::open_in(root, tempfile::tempdir().unwrap(), &format!("{FEED}{SITEMAP}{LISTING}")).await;
    desk.publish(&[1, 2, 3]);
    desk.server.on("/tin-2.html", Answer::redirect(301, "/tin-1.html"));
    desk.server.on("/tin-3.html", Answer::status(403).body("<h1>Cấm vào</h1>"));
    desk.server.on("/sitemap.xml", Answer::ok("application/xml", [0x1f, 0x8b, 8, 0, 1, 2, 3]));
    desk.server.on("/tin", Answer::ok("text/html", "<ul><li><a href=\"/tin-9.html\">Chợ phiên kỳ chín</a></li></ul>").cut_at(20));
    for hours in [1, 1, 30] {
        desk.crawl().await;
        desk.wait(TimeDelta::hours(hours));
    }
    desk.publish(&[1, 2, 3, 4]);
    desk.crawl().await;
    let archive = desk.archive();
    desk.app.close().await;
    let kinds: Vec<Kind> = files(&archive).unwrap().iter().flat_map(|it| walk(it).unwrap()).map(|it| it.unwrap().kind).collect();
    for kind in [Kind::Info, Kind::Request, Kind::Response, Kind::Revisit] {
        assert!(kinds.contains(&kind), "{}", kind.as_str());
    }
    assert_eq!(kinds.iter().filter(|it| **it == Kind::Info).count(), 2, "a day ends a file");
}
