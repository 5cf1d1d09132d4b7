//! Hostile and broken input: each document ends under its name, within its limits, and costs no other one anything.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod scripted;

use std::{collections::BTreeMap, fs, sync::mpsc, time::Duration};

use chrono::{DateTime, Utc};
use diembao::{
    app::{App, Places, fixed_clock},
    extract::{NotRead, Scope, feed::feed, listed::Listed, listing::listing, page::page, sitemap::sitemap},
    jobs::{
        crawl::{CrawlReport, CrawlScope, crawl},
        document::Manner,
        review::review,
        visit::{VisitReport, visit},
    },
};
use scripted::{Answer, Scripted};
use tokio::time::timeout;
use url::Url;

/// No test hangs longer than this; what is read in it takes a second or two.
const PATIENCE: Duration = Duration::from_secs(60);
const XML: &str = "application/xml";
const HTML: &str = "text/html; charset=utf-8";

type Reader = fn(&[u8]) -> String;

const READERS: [(&str, Reader); 4] = [("feed", as_feed), ("sitemap", as_sitemap), ("listing", as_listing), ("page", as_page)];

/// What each file in `tests/bad` is read as, and what comes of it.
const FILES: &[(&str, &str, &str)] = &[
    ("bad-lastmod.sitemap", "sitemap", "2 entries, 2 no_link"),
    ("bad-linked-data.page.html", "page", "page `Tin số 1`, 1 paragraphs"),
    ("bare-ampersand.xml", "feed", "1 entries, repaired"),
    ("binary.xml", "feed", "not a document"),
    ("blank.xml", "feed", "not a document"),
    ("control-letters.xml", "feed", "1 entries, repaired"),
    ("cut.sitemap", "sitemap", "1 entries, repaired"),
    ("document.page.html", "page", "not a document"),
    ("empty-feed.xml", "feed", "0 entries"),
    ("empty.sitemap", "sitemap", "0 entries"),
    ("entity-bomb.xml", "feed", "too complex"),
    ("error-in-feed.xml", "feed", "1 entries, repaired"),
    ("external-entity.xml", "feed", "1 entries, repaired"),
    ("frames.page.html", "page", "no text"),
    ("hostile-base.atom", "feed", "2 entries"),
    ("hostile-base.listing.html", "listing", "1 entries"),
    ("hostile-links.xml", "feed", "2 entries, 7 bad_link"),
    ("html-as-feed.xml", "feed", "not a document"),
    ("html-entities.xml", "feed", "1 entries, repaired"),
    ("html.sitemap", "sitemap", "not a document"),
    ("impossible-dates.xml", "feed", "7 entries"),
    ("index-of-itself.sitemap", "sitemap", "0 entries, 1 children"),
    ("json-cut.json", "feed", "not a document"),
    ("json-items-no-list.json", "feed", "not a document"),
    ("json-not-feed.json", "feed", "not a document"),
    ("json-wrong-types.json", "feed", "2 entries, 5 no_link"),
    ("latin-declared-utf8.xml", "feed", "1 entries"),
    ("list-of-addresses.sitemap", "sitemap", "3 entries"),
    ("nested.listing.html", "listing", "2 entries"),
    ("nfd.page.html", "page", "page `Phòng, chống mua bán người`, 2 paragraphs"),
    ("no-links.listing.html", "listing", "0 entries"),
    ("no-links.xml", "feed", "0 entries, 1 no_link, 1 bad_link"),
    ("outline.opml", "feed", "not a document"),
    ("picture.page.html", "page", "not a document"),
    ("repeated-guid.xml", "feed", "3 entries, 1 duplicate"),
    ("script-only.page.html", "page", "no text"),
    ("tag-soup.page.html", "page", "page ``, 2 paragraphs"),
    ("truncated.xml", "feed", "4 entries, repaired"),
    ("unclosed-cdata.xml", "feed", "1 entries, repaired"),
    ("unclosed-comment.xml", "feed", "1 entries, repaired"),
    ("unclosed-items.xml", "feed", "1 entries, 1 no_link, repaired"),
    ("utf-16.xml", "feed", "1 entries"),
    ("warning-before-feed.xml", "feed", "1 entries, repaired"),
    ("windows-1258-undeclared.page.html", "page", "page `Phòng, chống mua bán người`, 2 paragraphs"),
    ("wrong-charset.xml", "feed", "4 entries"),
    ("zero-bytes.xml", "feed", "not a document"),
];

fn as_feed(bytes: &[u8]) -> String {
    told(feed(bytes, None, &scope(&base())))
}

fn as_sitemap(bytes: &[u8]) -> String {
    told(sitemap(bytes, None, &scope(&base())))
}

fn as_listing(bytes: &[u8]) -> String {
    told(listing(bytes, None, &scope(&base())))
}

fn as_page(bytes: &[u8]) -> String {
    match page(bytes, None, &scope(&base())) {
        Ok(page) => format!("page `{}`, {} paragraphs", page.title, page.text.lines().count()),
        Err(not_read) => word(&not_read).to_owned(),
    }
}

fn told(read: Result<Listed, NotRead>) -> String {
    let listed = match read {
        Ok(listed) => listed,
        Err(not_read) => return word(&not_read).to_owned(),
    };
    let entries = u64::try_from(listed.entries.len()).unwrap();
    assert_eq!(listed.in_document, entries + listed.rejected.values().sum::<u64>(), "every item is accounted for");
    let mut told = format!("{entries} entries");
    for (why, count) in &listed.rejected {
        told += &format!(", {count} {}", serde_json::to_string(why).unwrap().trim_matches('"'));
    }
    if !listed.children.is_empty() {
        told += &format!(", {} children", listed.children.len());
    }
    if listed.repaired { told + ", repaired" } else { told }
}

fn word(not_read: &NotRead) -> &'static str {
    match not_read {
        NotRead::NotADocument(_) | NotRead::OtherMedium(_) => "not a document",
        NotRead::TooLarge { .. } => "too large",
        NotRead::TooComplex(_) => "too complex",
        NotRead::Empty => "no text",
    }
}

fn base() -> Url {
    Url::parse("https://bao.example/").unwrap()
}

fn scope(base: &Url) -> Scope<'_> {
    Scope { zone: chrono_tz::Asia::Ho_Chi_Minh, base, outlet: None, source: None }
}

/// Runs on a thread with the stack of the program's own, and is not waited for without end.
fn within<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = mpsc::channel();
    let thread = std::thread::spawn(move || sender.send(work()));
    let done = receiver.recv_timeout(PATIENCE).unwrap();
    thread.join().unwrap().unwrap();
    done
}

#[test]
fn every_bad_file_ends_as_the_table_says() {
    let mut found: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for entry in fs::read_dir("tests/bad").unwrap() {
        let path = entry.unwrap().path();
        found.insert(path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap());
    }
    let mut wrong = Vec::new();
    for (name, bytes) in &found {
        let Some((_, kind, want)) = FILES.iter().find(|it| it.0 == name) else {
            let kind = kind_of(name);
            let reader = READERS.iter().find(|it| it.0 == kind).unwrap().1;
            wrong.push(format!("(\"{name}\", \"{kind}\", \"{}\"), // has no row", reader(bytes)));
            continue;
        };
        let reader = READERS.iter().find(|it| it.0 == *kind).unwrap().1;
        let got = reader(bytes);
        if got != *want {
            wrong.push(format!("{name}: {got}, the table says {want}"));
        }
    }
    wrong.extend(FILES.iter().filter(|it| !found.contains_key(it.0)).map(|it| format!("{} has a row and no file", it.0)));
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What a file is read as where its row does not say otherwise.
fn kind_of(name: &str) -> &'static str {
    match () {
        () if name.ends_with(".sitemap") => "sitemap",
        () if name.ends_with(".listing.html") => "listing",
        () if name.ends_with(".page.html") => "page",
        () => "feed",
    }
}

#[test]
fn no_bad_file_makes_any_reader_panic_whole_or_cut() {
    for entry in fs::read_dir("tests/bad").unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        let step = (bytes.len() / 40).max(1);
        for cut in (0..bytes.len()).step_by(step).chain([bytes.len()]) {
            for (_, reader) in READERS {
                reader(&bytes[..cut]);
            }
        }
    }
}

#[test]
fn generated_documents_that_would_tie_up_a_parser_end_soon_and_by_name() {
    let rss = |body: &str| format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel>{body}</channel></rss>");
    let item = "<item><title>Tin số 1</title><link>https://bao.example/1.html</link></item>";
    let many: String =
        (0..5_000).map(|it| format!("<item><title>Tin số {it}</title><link>https://bao.example/{it}.html</link></item>")).collect();
    let attributes: String = (0..100_000).map(|it| format!(" a{it}=\"{it}\"")).collect();
    let declared: String = (0..100_000).map(|it| format!("<!ENTITY e{it} \"x\">")).collect();
    let children: String = (0..10_000).map(|it| format!("<sitemap><loc>https://bao.example/{it}.xml</loc></sitemap>")).collect();
    for (what, kind, text, want) in [
        ("5,000 items", "feed", rss(&many), "5000 entries"),
        ("a million entities", "feed", rss(&format!("{item}<description>{}</description>", "&amp;".repeat(1_000_000))), "1 entries"),
        (
            "a million unknown entities",
            "feed",
            rss(&format!("<item><title>{}</title></item>", "&khong;".repeat(1_000_000))),
            "0 entries, 1 no_link, repaired",
        ),
        (
            "a million ampersands",
            "feed",
            rss(&format!("<item><title>{}</title></item>", "&".repeat(1_000_000))),
            "0 entries, 1 no_link, repaired",
        ),
        ("100,000 declared entities", "feed", format!("<!DOCTYPE rss [{declared}]>{}", rss(item)), "1 entries"),
        ("100,000 nested elements", "feed", rss(&"<a>".repeat(100_000)), "too complex"),
        ("100,000 nested elements in an item", "feed", rss(&format!("<item>{}</item>", "<a>".repeat(100_000))), "too complex"),
        ("100,000 attributes", "feed", rss(&format!("<item{attributes}><link>https://bao.example/1.html</link></item>")), "1 entries"),
        (
            "one attribute of 5 MB",
            "feed",
            rss(&format!("<item a=\"{}\"><link>https://bao.example/1.html</link></item>", "x".repeat(5 << 20))),
            "1 entries",
        ),
        ("a million open angle brackets", "feed", rss(&"<".repeat(1_000_000)), "0 entries, repaired"),
        ("a million unclosed items", "feed", rss(&"<item>".repeat(1_000_000)), "0 entries, 1000000 no_link, repaired"),
        ("10,000 children", "sitemap", format!("<sitemapindex>{children}</sitemapindex>"), "0 entries, 10000 children"),
        ("100,000 nested elements", "sitemap", format!("<urlset>{}", "<a>".repeat(100_000)), "too complex"),
        (
            "60,000 addresses",
            "sitemap",
            (0..60_000).map(|it| format!("https://bao.example/{it}\n")).collect(),
            "50000 entries, 10000 over_limit",
        ),
        ("JSON nested 100,000 deep", "feed", format!("{{\"items\":{}", "[".repeat(100_000)), "not a document"),
        ("20 MB of blanks before a feed", "feed", format!("{}{}", " ".repeat(20 << 20), rss(item)), "too large"),
    ] {
        let reader = READERS.iter().find(|it| it.0 == kind).unwrap().1;
        assert_eq!(within(move || reader(text.as_bytes())), want, "{what}");
    }
}

#[test]
fn generated_pages_that_would_tie_up_a_parser_are_refused_by_name() {
    let attributes: String = (0..100_000).map(|it| format!(" a{it}=\"{it}\"")).collect();
    let fonts: String = (0..20_000).map(|it| format!("<font size={it}><p>")).collect();
    for (what, html, want) in [
        ("100,000 nested boxes", "<div>".repeat(100_000), "too complex"),
        ("20,000 nested tables", "<table><tr><td>".repeat(20_000), "too complex"),
        ("50,000 nested lists", "<ul><li>".repeat(50_000), "too complex"),
        ("20,000 nested inline elements", "<span>".repeat(20_000), "too complex"),
        ("20,000 unclosed fonts", fonts, "too complex"),
        ("100,000 attributes", format!("<p{attributes}>Tin"), "too complex"),
        ("60 MB", format!("<p>{}", "Tin ".repeat(15 << 20)), "too large"),
        ("nested drawings", "<svg><g>".repeat(50_000), "too complex"),
        ("nested templates", "<template>".repeat(50_000), "too complex"),
        ("nested choices", "<select><option>".repeat(50_000), "too complex"),
        ("a million open angle brackets", "<".repeat(1_000_000), "too complex"),
    ] {
        for (kind, reader) in READERS.into_iter().filter(|it| it.0 == "page" || it.0 == "listing") {
            let html = format!("<!doctype html><title>Tin</title>{html}");
            assert_eq!(within(move || reader(html.as_bytes())), want, "{what} as {kind}");
        }
    }
}

#[test]
fn generated_pages_that_only_look_dangerous_are_read() {
    for (what, html) in [
        ("a million entities", "&amp;".repeat(1_000_000)),
        ("a million unknown entities", "&khong;".repeat(1_000_000)),
        ("one word of 5 MB", "x".repeat(5 << 20)),
        ("one attribute of 5 MB", format!("<img alt=\"{}\">", "x".repeat(5 << 20))),
        ("a comment of 5 MB", format!("<!--{}-->", "-".repeat(5 << 20))),
        ("an unclosed script of 5 MB", format!("<script>{}", "</scrip".repeat(700_000))),
        ("100,000 paragraphs", "<p>Tin".repeat(100_000)),
        ("100,000 stray end tags", "</div></p></b>".repeat(33_000)),
        ("100,000 marks over one letter", format!("a{}", "\u{301}".repeat(100_000))),
    ] {
        let html =
            format!("<!doctype html><title>Tin số 1</title><h1>Tin số 1</h1><p>Hội nghị họp sáng nay ở tỉnh, bàn nhiều việc.</p>{html}");
        let read = within(move || as_page(html.as_bytes()));
        assert!(read.starts_with("page `Tin số 1`"), "{what}: {read}");
    }
}

/// One installation that reads scripted servers.
struct Desk {
    app: App,
    _dir: tempfile::TempDir,
}

const NOW: &str = "2026-06-15T08:00:00+07:00";

impl Desk {
    async fn open(register: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let places = Places { config: dir.path().join("config"), data: dir.path().join("data"), index: dir.path().join("index") };
        fs::create_dir(&places.config).unwrap();
        fs::write(places.config.join("outlets.toml"), register).unwrap();
        let site = "[crawl]\nhost_delay = \"0s\"\ntimeout = \"2s\"\nallow_private_hosts = true\n";
        fs::write(places.config.join("diembao.toml"), site).unwrap();
        let now: DateTime<Utc> = NOW.parse().unwrap();
        Self { app: App::open(&places, fixed_clock(now)).await.unwrap(), _dir: dir }
    }

    async fn crawl(&self, scope: &CrawlScope) -> CrawlReport {
        timeout(PATIENCE, crawl(&self.app.line, scope, &|_| ())).await.unwrap().unwrap()
    }

    /// Visits the one source of the one outlet.
    async fn visit(&self, manner: Manner) -> VisitReport {
        let outlet = &self.app.line.register.outlets[0];
        timeout(PATIENCE, visit(&self.app.line, outlet, &outlet.sources[0], manner)).await.unwrap().unwrap()
    }

    /// Paths of the articles whose pages were read, and of those that were not, with the reason.
    async fn articles(&self) -> (Vec<String>, BTreeMap<String, String>) {
        let path = |url: &str| Url::parse(url).unwrap().path().to_owned();
        let stored = self.app.line.store.articles_after(0, 100_000).await.unwrap();
        let mut read: Vec<String> = stored.iter().filter(|it| it.read).map(|it| path(&it.url)).collect();
        read.sort();
        let months = review(&self.app.line, "2026-06".parse().unwrap(), &[]).await.unwrap();
        let unread = months.outlets.iter().flat_map(|it| &it.unread).map(|it| (path(&it.url), it.why.clone())).collect();
        (read, unread)
    }
}

/// An outlet of the register with sources of one kind.
fn outlet(id: &str, server: &Scripted, kind: &str, paths: &[&str]) -> String {
    let mut text = format!("[[outlet]]\nid = \"{id}\"\nname = \"Báo {id}\"\nkind = \"newspaper\"\nhosts = [\"{}\"]\n", server.host());
    for path in paths {
        text += &format!("[[outlet.source]]\nkind = \"{kind}\"\nurl = \"{}\"\ncovers = \"outlet\"\n", server.url(path));
    }
    text
}

fn rss(server: &Scripted, paths: &[&str]) -> String {
    let item = |it: &&str| {
        format!(
            "<item><title>Khánh thành cầu mới</title><link>{}</link><pubDate>Wed, 10 Jun 2026 08:00:00 +0700</pubDate></item>",
            server.url(it)
        )
    };
    format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel>{}</channel></rss>", paths.iter().map(item).collect::<String>())
}

fn article() -> String {
    let story = "<p>Sáng nay, tỉnh khánh thành cầu mới qua sông Bồ, nối hai bờ sau nhiều năm chờ đợi.</p>".repeat(5);
    format!("<!doctype html><html><head><title>Khánh thành cầu mới</title></head><body><h1>Khánh thành cầu mới</h1>{story}</body></html>")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_pass_over_every_bad_file_records_each_and_loses_no_good_one() {
    let server = Scripted::start().await;
    let mut register = String::new();
    for (at, (name, kind, _)) in FILES.iter().filter(|it| it.1 != "page").enumerate() {
        let path = format!("/bad/{name}");
        server.on(&path, Answer::ok("", fs::read(format!("tests/bad/{name}")).unwrap()));
        if at == 0 {
            register += &outlet("xau", &server, kind, &[&path]);
        } else {
            register += &format!("[[outlet.source]]\nkind = \"{kind}\"\nurl = \"{}\"\ncovers = \"section\"\n", server.url(&path));
        }
    }
    register += &format!("[[outlet.source]]\nkind = \"feed\"\nurl = \"{}\"\ncovers = \"outlet\"\n", server.url("/rss"));
    server.on("/rss", Answer::ok(XML, rss(&server, &["/tot.html"])));
    server.on("/tot.html", Answer::ok(HTML, article()));
    let desk = Desk::open(&register).await;
    let report = desk.crawl(&CrawlScope::default()).await;
    assert_eq!(report.visits.len(), FILES.iter().filter(|it| it.1 != "page").count() + 1);
    for visit in &report.visits {
        let sum = visit.new + visit.known + visit.rejected.values().sum::<u64>();
        assert_eq!(visit.entries, sum, "{}: every item is accounted for", visit.source);
        let name = visit.source.path().trim_start_matches("/bad/");
        let Some((.., want)) = FILES.iter().find(|it| it.0 == name) else {
            assert_eq!(visit.outcome.as_str(), "fresh", "the good one");
            continue;
        };
        let outcome = match *want {
            // The page that it is says so itself.
            _ if name == "html.sitemap" => "gone",
            // The child that it names is on a host that does not exist.
            _ if want.contains("children") => "unreachable",
            "not a document" | "too complex" => "not_a_document",
            // A listing page on which no entry is found is another page, or was redesigned.
            "0 entries" | "0 entries, repaired" if name.contains(".listing.") => "not_a_document",
            _ if want.starts_with("0 entries") && !want.contains(", ") => "empty",
            "0 entries, repaired" => "empty",
            _ => "fresh",
        };
        assert_eq!(visit.outcome.as_str(), outcome, "{name}: {}", visit.detail);
    }
    let (read, _) = desk.articles().await;
    assert_eq!(read, ["/tot.html"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_pages_each_end_by_name_and_the_others_are_read() {
    let server = Scripted::start().await;
    let scripts: Vec<(&str, &str, Answer)> = vec![
        ("/1-long", "too_large", Answer::ok(HTML, vec![b' '; 60 << 20])),
        ("/2-good", "", Answer::ok(HTML, article())),
        ("/3-nested", "too_complex", Answer::ok(HTML, "<div>".repeat(100_000))),
        ("/4-endless", "unreachable", Answer::redirect(302, "/4-endless")),
        ("/5-slow", "unreachable", Answer::ok(HTML, article()).drip(1, Duration::from_millis(100))),
        ("/6-cut", "unreachable", Answer::ok(HTML, article()).cut_at(50)),
        ("/7-home", "gone", Answer::redirect(302, "/")),
        ("/8-picture", "other_medium", Answer::ok("image/png", b"\x89PNG\r\n\x1a\n")),
        ("/9-nothing", "not_a_document", Answer::ok(HTML, "")),
        ("/a-challenge", "blocked", Answer::ok(HTML, "<title>Just a moment...</title>")),
        ("/b-wall", "title_missing", Answer::ok(HTML, "<h1>Đăng nhập</h1><p>Xin mời nhập tên và mật khẩu để đọc tiếp bài này.</p>")),
        ("/c-attributes", "too_complex", Answer::ok(HTML, format!("<p{}>", " a b c d".repeat(30_000)))),
        ("/d-raw", "unreachable", Answer::raw(b"\x00\x01\x02\x03")),
        ("/e-good", "", Answer::ok(HTML, article())),
    ];
    let paths: Vec<&str> = scripts.iter().map(|it| it.0).collect();
    server.on("/rss", Answer::ok(XML, rss(&server, &paths)));
    for (path, _, say) in &scripts {
        server.on(path, say.clone());
    }
    let desk = Desk::open(&outlet("a", &server, "feed", &["/rss"])).await;
    let report = desk.crawl(&CrawlScope::default()).await;
    assert_eq!((report.articles.read, report.articles.failed), (2, 12));
    let (read, unread) = desk.articles().await;
    assert_eq!(read, ["/2-good", "/e-good"]);
    for (path, why, _) in scripts.iter().filter(|it| !it.1.is_empty()) {
        assert_eq!(unread.get(*path).map(String::as_str), Some(*why), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_sources_of_some_outlets_cost_the_others_nothing() {
    let (bad, good) = (Scripted::start().await, Scripted::start().await);
    let scripts: Vec<(&str, &str, Answer)> = vec![
        ("/long", "too_large", Answer::ok(XML, vec![b' '; 60 << 20])),
        ("/endless", "unreachable", Answer::redirect(301, "/endless")),
        ("/slow", "unreachable", Answer::ok(XML, rss(&good, &["/1"])).drip(1, Duration::from_millis(100))),
        ("/bomb", "not_a_document", Answer::ok(XML, fs::read("tests/bad/entity-bomb.xml").unwrap())),
        ("/nested", "not_a_document", Answer::ok(XML, format!("<rss>{}", "<a>".repeat(100_000)))),
        ("/silent", "unreachable", Answer::close()),
        ("/home", "gone", Answer::redirect(302, "/")),
        ("/foreign", "fresh", Answer::ok(XML, rss(&good, &["/quang-cao"]))),
    ];
    let paths: Vec<&str> = scripts.iter().map(|it| it.0).collect();
    for (path, _, say) in &scripts {
        bad.on(path, say.clone());
    }
    good.on("/rss", Answer::ok(XML, rss(&good, &["/1", "/2"])));
    good.otherwise(|_| Answer::ok(HTML, article()));
    let desk = Desk::open(&(outlet("xau", &bad, "feed", &paths) + &outlet("tot", &good, "feed", &["/rss"]))).await;
    let report = desk.crawl(&CrawlScope::default()).await;
    assert_eq!(report.visits.len(), scripts.len() + 1);
    for visit in &report.visits {
        let want = scripts.iter().find(|it| it.0 == visit.source.path()).map_or("fresh", |it| it.1);
        assert_eq!(visit.outcome.as_str(), want, "{}: {}", visit.source, visit.detail);
    }
    assert_eq!(desk.articles().await.0, ["/1", "/2"]);
    assert_eq!(good.count("/quang-cao"), 0, "what is not the outlet's own is not read");
}

/// A listing of one page, which may link to a next one.
fn list(first: u32, next: Option<&str>) -> String {
    let items: String =
        (first..first + 5).map(|it| format!("<h3><a href=\"/tin/{it}.html\">Khánh thành cầu mới số {it} qua sông Bồ</a></h3>")).collect();
    let next = next.map_or_else(String::new, |it| format!("<a class=\"next\" rel=\"next\" href=\"{it}\">Trang sau</a>"));
    format!("<!doctype html><title>Tin tức</title>{items}{next}")
}

fn number(target: &str) -> u32 {
    target.rsplit('=').next().and_then(|it| it.parse().ok()).unwrap_or(1)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endless_listing_is_walked_as_far_as_the_register_allows() {
    let server = Scripted::start().await;
    server.on_call("/tin-tuc", |it| {
        let page = number(&it.target);
        Answer::ok(HTML, list(page * 5, Some(&format!("/tin-tuc?trang={}", page + 1))))
    });
    let desk = Desk::open(&(outlet("a", &server, "listing", &["/tin-tuc"]) + "pages_max = 12\n")).await;
    let back = Manner { back_to: Some(DateTime::UNIX_EPOCH), offline: false };
    let visit = desk.visit(back).await;
    assert_eq!((visit.outcome.as_str(), visit.new, server.requests().len()), ("fresh", 60, 13));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listing_whose_pages_lead_in_a_circle_ends() {
    let back = Manner { back_to: Some(DateTime::UNIX_EPOCH), offline: false };
    for (what, pages, want) in [
        ("back to page 1", vec!["/tin-tuc?trang=2", "/tin-tuc?trang=3", "/tin-tuc"], 15),
        ("back to page 2", vec!["/tin-tuc?trang=2", "/tin-tuc?trang=3", "/tin-tuc?trang=2"], 15),
        ("to itself", vec!["/tin-tuc"], 5),
        ("to itself with a fragment", vec!["/tin-tuc#sau"], 5),
    ] {
        let server = Scripted::start().await;
        let next = pages.clone();
        server.on_call("/tin-tuc", move |it| {
            let page = number(&it.target);
            Answer::ok(HTML, list(page * 5, next.get(usize::try_from(page).unwrap() - 1).copied()))
        });
        let desk = Desk::open(&outlet("a", &server, "listing", &["/tin-tuc"])).await;
        let visit = desk.visit(back).await;
        assert_eq!((visit.outcome.as_str(), visit.new), ("fresh", want), "{what}: {}", visit.detail);
        assert!(server.requests().len() <= pages.len() + 2, "{what}: {} requests", server.requests().len());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_page_under_ever_new_addresses_ends_the_walk() {
    let server = Scripted::start().await;
    server.on_call("/tin-tuc", |it| Answer::ok(HTML, list(5, Some(&format!("/tin-tuc?trang={}", number(&it.target) + 1)))));
    let desk = Desk::open(&outlet("a", &server, "listing", &["/tin-tuc"])).await;
    let visit = desk.visit(Manner { back_to: Some(DateTime::UNIX_EPOCH), offline: false }).await;
    assert_eq!((visit.outcome.as_str(), visit.new, server.requests().len()), ("fresh", 5, 3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sitemap_index_of_ten_thousand_children_is_read_within_bounds() {
    let server = Scripted::start().await;
    let children: String =
        (0..10_000).map(|it| format!("<sitemap><loc>{}</loc></sitemap>", server.url(&format!("/con/{it}.xml")))).collect();
    server.on("/sitemap.xml", Answer::ok(XML, format!("<sitemapindex>{children}</sitemapindex>")));
    let host = server.url("/");
    server.otherwise(move |it| {
        Answer::ok(XML, format!("<urlset><url><loc>{}tin{}.html</loc></url></urlset>", host, it.target.replace(".xml", "")))
    });
    let desk = Desk::open(&outlet("a", &server, "sitemap", &["/sitemap.xml"])).await;
    let usual = desk.visit(Manner::default()).await;
    assert_eq!((usual.outcome.as_str(), usual.new, server.requests().len()), ("fresh", 20, 22));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sitemap_indexes_that_name_themselves_or_each_other_end() {
    let server = Scripted::start().await;
    let index = |paths: &[&str]| {
        let children: String = paths.iter().map(|it| format!("<sitemap><loc>{}</loc></sitemap>", server.url(it))).collect();
        Answer::ok(XML, format!("<sitemapindex>{children}</sitemapindex>"))
    };
    server.on("/sitemap.xml", index(&["/sitemap.xml", "/b.xml", "/tin.xml"]));
    server.on("/b.xml", index(&["/sitemap.xml", "/b.xml"]));
    server.on("/tin.xml", Answer::ok(XML, format!("<urlset><url><loc>{}</loc></url></urlset>", server.url("/1.html"))));
    let desk = Desk::open(&outlet("a", &server, "sitemap", &["/sitemap.xml"])).await;
    let visit = desk.visit(Manner::default()).await;
    assert_eq!((visit.outcome.as_str(), visit.new), ("fresh", 1), "{}", visit.detail);
    assert!(server.requests().len() <= 6, "{} requests", server.requests().len());
}
