//! Reading that fails, reprints and the lasting of evidence, through the whole line on both databases: a redesign in
//! mid-month, edits, take-downs, one text in two outlets.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod postgres;
mod scripted;

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
        facet::Facets,
        outlet::Medium,
        privacy::Privacy,
        relevance::{Judgement, Mark, Reading, judge},
        review::{OutletMonth, PendingWhy},
        standing::{CheckWhy, Since, Standing},
        verdict::{Reason, Verdict},
    },
    jobs::{
        Clock,
        crawl::{CrawlReport, CrawlScope, crawl},
        recheck::{Checked, Extent, recheck, recheck_due, recheck_round, recheck_standing},
        rejudge::rejudge,
        review::review,
    },
};
use scripted::{Answer, Scripted};

/// One installation that reads two outlets: `a` on one scripted server, `b` on another.
struct Desk {
    a: Scripted,
    b: Scripted,
    app: App,
    time: Arc<AtomicI64>,
    _dir: tempfile::TempDir,
}

const REGISTER: &str = "[[outlet]]\nid = \"a\"\nname = \"Báo A\"\nkind = \"newspaper\"\nhosts = [\"{a}\"]\n{page}\
                        [[outlet.source]]\nkind = \"feed\"\nurl = \"http://{a}/rss\"\ncovers = \"outlet\"\n\
                        [[outlet]]\nid = \"b\"\nname = \"Báo B\"\nkind = \"newspaper\"\nhosts = [\"{b}\"]\n\
                        [[outlet.source]]\nkind = \"feed\"\nurl = \"http://{b}/rss\"\ncovers = \"outlet\"\n";

const SITE: &str = "[crawl]\nhost_delay = \"0s\"\ntimeout = \"5s\"\nallow_private_hosts = true\n";

/// How the installation differs from the plain one.
#[derive(Default)]
struct Setting {
    database: Option<String>,
    policy: &'static str,
    page: &'static str,
}

impl Desk {
    async fn open(setting: Setting, start: &str) -> Self {
        let (a, b) = (Scripted::start().await, Scripted::start().await);
        let dir = tempfile::tempdir().unwrap();
        let config = dir.path().join("config");
        fs::create_dir(&config).unwrap();
        let register = REGISTER.replace("{a}", &a.host()).replace("{b}", &b.host()).replace("{page}", setting.page);
        fs::write(config.join("outlets.toml"), register).unwrap();
        let database = setting.database.map_or_else(String::new, |it| format!("[site]\ndatabase = \"{it}\"\n"));
        fs::write(config.join("diembao.toml"), format!("{database}{SITE}{}", setting.policy)).unwrap();
        let time = Arc::new(AtomicI64::new(at(start).timestamp()));
        let reads = time.clone();
        let clock = Clock(Arc::new(move || DateTime::from_timestamp(reads.load(Ordering::SeqCst), 0).unwrap()));
        let places = Places { config, data: dir.path().join("data"), index: dir.path().join("index") };
        let app = App::open(&places, clock).await.unwrap();
        Self { a, b, app, time, _dir: dir }
    }

    fn set(&self, now: &str) {
        self.time.store(at(now).timestamp(), Ordering::SeqCst);
    }

    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.time.load(Ordering::SeqCst), 0).unwrap()
    }

    fn wait(&self, time: TimeDelta) {
        self.time.fetch_add(time.num_seconds(), Ordering::SeqCst);
    }

    async fn crawl(&self) -> CrawlReport {
        crawl(&self.app.line, &CrawlScope::default(), &|_| ()).await.unwrap()
    }

    async fn months(&self, month: &str) -> Vec<OutletMonth> {
        review(&self.app.line, month.parse().unwrap(), &[]).await.unwrap().outlets
    }

    async fn march(&self) -> OutletMonth {
        self.months("2026-03").await.remove(0)
    }

    async fn recheck(&self) -> Checked {
        let mut report = recheck(&self.app.line, "2026-03".parse().unwrap(), &["a".parse().unwrap()], Extent::All).await.unwrap();
        assert_eq!(report.articles.len(), 1, "{report:?}");
        report.articles.remove(0)
    }

    async fn unchecked(&self) -> usize {
        recheck_standing(&self.app.line, "2026-03".parse().unwrap(), &[]).await.unwrap().len()
    }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[derive(Clone)]
struct Item {
    path: String,
    title: String,
    date: DateTime<Utc>,
    text: String,
}

/// An invented text of its own for each number: about 1,800 letters.
fn prose(number: u32) -> String {
    const PLACES: [&str; 7] = ["thôn Đông", "thôn Đoài", "xóm Bãi", "ấp Giữa", "bản Thượng", "làng Chài", "phố Cũ"];
    const DEEDS: [&str; 11] = [
        "sửa lại mương nước",
        "trồng thêm hàng cây",
        "dựng nhà sinh hoạt",
        "mở lớp dạy đan",
        "quét dọn bờ kênh",
        "sơn lại cổng chào",
        "họp bàn vụ mùa",
        "thả cá giống",
        "lát gạch lối đi",
        "gặt lúa sớm",
        "tập văn nghệ",
    ];
    let mut state = number.wrapping_mul(2_654_435_761) | 1;
    let mut next = |max: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        usize::try_from(state >> 16).unwrap() % max
    };
    let mut out = String::new();
    for _ in 0..24 {
        let (place, deed, day, people) = (PLACES[next(7)], DEEDS[next(11)], next(28) + 1, next(90) + 10);
        out += &format!("Ngày {day}, {people} người ở {place} cùng nhau {deed}. ");
    }
    out
}

fn item(number: u32, date: DateTime<Utc>) -> Item {
    Item {
        path: format!("/tin-{number}.html"),
        title: format!("Bà con chung tay làm đẹp quê hương kỳ {number}"),
        date,
        text: prose(number),
    }
}

fn about(number: u32, date: &str) -> Item {
    let text = format!("Sáng nay, hội phụ nữ xã mở buổi trò chuyện về phòng, chống mua bán người. {}", prose(number));
    Item { title: format!("Xã tập huấn phòng, chống mua bán người lần {number}"), text, ..item(number, at(date)) }
}

impl Item {
    fn page(&self) -> Answer {
        page(&self.title, &self.text)
    }
}

fn page(title: &str, text: &str) -> Answer {
    let html = format!(
        "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body><article><h1>{title}</h1>\
         <p>{text}</p></article></body></html>"
    );
    Answer::ok("text/html; charset=utf-8", html)
}

/// Lists items in the feed, newest first, and serves their pages.
fn publish(server: &Scripted, items: &[Item]) {
    list(server, items);
    items.iter().for_each(|it| server.on(&it.path, it.page()));
}

fn list(server: &Scripted, items: &[Item]) {
    list_with(server, items, "");
}

/// The same with further items as they stand in the feed.
fn list_with(server: &Scripted, items: &[Item], further: &str) {
    let mut feed = "<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\"><channel><title>Báo</title>".to_owned();
    for it in items {
        let (link, date) = (server.url(&it.path), it.date.to_rfc2822());
        feed += &format!("<item><title>{}</title><link>{link}</link><pubDate>{date}</pubDate></item>", it.title);
    }
    server.on("/rss", Answer::ok("application/rss+xml", format!("{feed}{further}</channel></rss>")));
}

/// Publishes an item every eight hours from 20 February to 8 April and crawls after each; `serve` says what the page of an
/// item answers.
async fn watch(desk: &Desk, serve: impl Fn(&Item, DateTime<Utc>) -> Answer) {
    let mut items: Vec<Item> = Vec::new();
    desk.set("2026-02-20T07:00:00+07:00");
    for number in 0.. {
        let now = desk.now();
        if now > at("2026-04-08T12:00:00+07:00") {
            break;
        }
        items.insert(0, item(number, now - TimeDelta::minutes(30)));
        items.truncate(12);
        list(&desk.a, &items);
        desk.a.on(&items[0].path, serve(&items[0], now));
        desk.crawl().await;
        desk.wait(TimeDelta::hours(8));
    }
}

const START: &str = "2026-02-20T07:00:00+07:00";

#[tokio::test]
async fn a_redesign_in_mid_month_is_no_silence_and_the_operator_is_told() {
    let footer = "Cơ quan chủ quản: Ủy ban nhân dân tỉnh. Giấy phép số 12. Mọi hành vi sao chép phải được sự đồng ý. ";
    for (name, text, why) in [
        ("no text at all is left", String::new(), "no_text"),
        ("next to nothing is left", "Bản quyền thuộc về tòa soạn.".to_owned(), "too_short_for_outlet"),
        ("a footer is left", footer.repeat(5), "same_text_as_others"),
        (
            "a footer that speaks of quê hương is left",
            format!("{footer}{}", "Chung tay làm đẹp quê hương. ".repeat(12)),
            "same_text_as_others",
        ),
    ] {
        let desk = Desk::open(Setting::default(), START).await;
        let redesign = at("2026-03-15T00:00:00+07:00");
        // The heading is still found, so that the title alone would pass.
        watch(&desk, |it, now| if now < redesign { it.page() } else { page(&it.title, &text) }).await;
        let march = desk.march().await;
        assert_eq!((march.verdict, march.reason), (Verdict::Undetermined, Reason::ArticlesUnread), "{name}");
        assert!(march.unread.iter().all(|it| it.why == why), "{name}: {:?}", march.unread);
        assert_eq!(march.unread.len(), 51, "{name}: three a day from 15 to 31 March");
        let outlet = "a".parse().unwrap();
        assert!(diembao::domain::reading::redesign_likely(&desk.app.line.store.tried_last(&outlet).await.unwrap()), "{name}");
        let readings = desk.app.line.store.readings(&outlet, desk.now() - TimeDelta::days(7)).await.unwrap();
        assert_eq!((readings.read, readings.unread.keys().map(String::as_str).collect::<Vec<_>>()), (0, vec![why]), "{name}");
    }
}

#[tokio::test]
async fn a_picture_story_now_and_then_blocks_no_month_for_ever() {
    let desk = Desk::open(Setting::default(), START).await;
    watch(&desk, |it, _| if it.path.ends_with("60.html") { page(&it.title, "Ảnh: Hạ An.") } else { it.page() }).await;
    let march = desk.march().await;
    assert_eq!((march.verdict, march.reason), (Verdict::NotMet, Reason::NoneFound), "{:?}", march.unread);
}

#[tokio::test]
async fn an_outlet_most_of_whose_pages_lost_their_text_is_not_held_to_show_films() {
    let desk = Desk::open(Setting::default(), START).await;
    let change = at("2026-03-15T00:00:00+07:00");
    let lost = |it: &Item| !it.path.trim_end_matches(".html").ends_with(['0', '3', '6', '9']);
    watch(&desk, |it, now| if now >= change && lost(it) { page(&it.title, "") } else { it.page() }).await;
    let march = desk.march().await;
    assert_eq!((march.verdict, march.reason), (Verdict::Undetermined, Reason::ArticlesUnread));
}

#[tokio::test]
async fn what_was_published_as_films_scans_or_for_money_makes_us_blind_until_an_officer_has_looked() {
    let is = |it: &Item, digits: &[char]| it.path.trim_end_matches(".html").ends_with(digits);
    let free = |it: &Item, free: bool| {
        let data = format!("<script type=\"application/ld+json\">{{\"@type\":\"NewsArticle\",\"isAccessibleForFree\":{free}}}</script>");
        let html = format!(
            "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><title>{0}</title>{data}</head><body><article><h1>{0}</h1>\
             <p>{1}</p></article></body></html>",
            it.title, it.text
        );
        Answer::ok("text/html; charset=utf-8", html)
    };
    let scan = || Answer::ok("application/pdf", "%PDF-1.7 ...");
    let blind = |medium: Medium, articles: usize| vec![(medium, articles)];
    let film = |it: &Item| page(&it.title, "");
    for (name, serve, detected) in [
        (
            "every fifth page a film",
            Box::new(|it: &Item| if is(it, &['0', '5']) { film(it) } else { it.page() }) as Box<dyn Fn(&Item) -> Answer>,
            blind(Medium::Video, 18),
        ),
        ("two films a month", Box::new(|it: &Item| if it.path.ends_with("50.html") { film(it) } else { it.page() }), Vec::new()),
        ("one printed page", Box::new(|it: &Item| if it.path == "/tin-60.html" { scan() } else { it.page() }), blind(Medium::Print, 1)),
        ("one article for money", Box::new(|it: &Item| free(it, it.path != "/tin-60.html")), blind(Medium::Paywall, 1)),
    ] {
        let desk = Desk::open(Setting::default(), START).await;
        watch(&desk, |it, _| serve(it)).await;
        let march = desk.march().await;
        let found: Vec<(Medium, usize)> = march.detected.iter().map(|it| (it.medium, it.articles)).collect();
        assert_eq!(found, detected, "{name}");
        let (verdict, reason) =
            if detected.is_empty() { (Verdict::NotMet, Reason::NoneFound) } else { (Verdict::Undetermined, Reason::BlindMedium) };
        assert_eq!((march.verdict, march.reason), (verdict, reason), "{name}: {:?}", march.unread);
    }
}

#[tokio::test]
async fn an_item_on_a_host_that_nobody_registered_accuses_nobody_and_waits_for_an_officer() {
    let desk = Desk::open(Setting::default(), START).await;
    let elsewhere = Scripted::start().await;
    let mut items: Vec<Item> = Vec::new();
    desk.set("2026-02-20T07:00:00+07:00");
    let found = about(900, "2026-03-10T09:00:00+07:00");
    elsewhere.on(&found.path, found.page());
    for number in 0.. {
        let now = desk.now();
        if now > at("2026-04-08T12:00:00+07:00") {
            break;
        }
        items.insert(0, item(number, now - TimeDelta::minutes(30)));
        items.truncate(12);
        let out = found.date < now && now < found.date + TimeDelta::days(3);
        let stray = |path: &str, title: &str| {
            let (link, date) = (elsewhere.url(path), found.date.to_rfc2822());
            format!("<item><title>{title}</title><link>{link}</link><pubDate>{date}</pubDate></item>")
        };
        let strays = stray(&found.path, &found.title) + &stray("/quang-cao.html", "Giá vàng tăng mạnh");
        list_with(&desk.a, &items, if out { &strays } else { "" });
        desk.a.on(&items[0].path, items[0].page());
        desk.crawl().await;
        desk.wait(TimeDelta::hours(8));
    }
    let march = desk.march().await;
    assert_eq!((march.verdict, march.reason, march.coverage.share), (Verdict::Undetermined, Reason::CandidatesPending, 1.0));
    let [waits] = march.pending.as_slice() else { panic!("{:?}", march.pending) };
    assert_eq!((waits.why, waits.url.as_str()), (PendingWhy::ForeignHost, elsewhere.url(&found.path).as_str()));
}

#[tokio::test]
async fn an_outlet_whose_pages_are_short_now_is_read_where_the_register_says_so() {
    let desk = Desk::open(Setting { page: "page = { short = true }\n", ..Setting::default() }, START).await;
    let change = at("2026-03-15T00:00:00+07:00");
    watch(&desk, |it, now| if now < change { it.page() } else { page(&it.title, &format!("{} là nơi đẹp.", it.path)) }).await;
    assert_eq!(desk.march().await.verdict, Verdict::NotMet);
}

#[tokio::test]
async fn a_page_under_an_edited_title_is_read_and_one_of_another_kind_is_not() {
    let desk = Desk::open(Setting::default(), "2026-03-10T10:00:00+07:00").await;
    let edited = Item { path: "/muong-nuoc-da-thong-3.html".to_owned(), ..item(3, at("2026-03-10T08:00:00+07:00")) };
    let replaced = Item { path: "/bai/4".to_owned(), ..item(4, at("2026-03-10T07:00:00+07:00")) };
    list(&desk.a, &[edited.clone(), replaced.clone()]);
    desk.a.on(&edited.path, page("Mương nước đã thông", &edited.text));
    desk.a.on(&replaced.path, page("Điều khoản sử dụng", &prose(99)));
    let report = desk.crawl().await;
    assert_eq!((report.articles.read, report.articles.failed), (1, 1));
    let march = desk.march().await;
    assert_eq!(march.unread.len(), 1);
    assert_eq!((march.unread[0].url.ends_with("/bai/4"), march.unread[0].why.as_str()), (true, "title_missing"));
    // The feed takes over the new title: the page is looked for under it.
    list(&desk.a, &[edited, Item { title: "Điều khoản sử dụng".to_owned(), ..replaced }]);
    assert_eq!(desk.crawl().await.articles.read, 1);
    assert!(desk.march().await.unread.is_empty());
}

#[tokio::test]
async fn an_edited_article_that_is_read_again_keeps_the_version_before() {
    let desk = Desk::open(Setting::default(), "2026-03-10T10:00:00+07:00").await;
    let first = item(1, at("2026-03-10T08:00:00+07:00"));
    publish(&desk.a, std::slice::from_ref(&first));
    desk.crawl().await;
    let second = Item { path: first.path.clone(), ..about(2, "2026-03-10T08:00:00+07:00") };
    publish(&desk.a, std::slice::from_ref(&second));
    desk.wait(TimeDelta::hours(6));
    desk.crawl().await;
    let march = desk.march().await;
    assert_eq!((march.verdict, march.evidence[0].title.as_str()), (Verdict::Met, second.title.as_str()));
    let kept = desk.app.line.store.versions(1).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].title.as_str(), kept[0].text.trim()), (first.title.as_str(), first.text.trim()));
}

/// Two outlets of which `b` prints what `a` printed the day before, with a source line and a word or two changed.
async fn reprinted(setting: Setting) -> Desk {
    let desk = Desk::open(setting, "2026-03-10T10:00:00+07:00").await;
    let original = about(1, "2026-03-09T08:30:00+07:00");
    let text = original.text.replacen("cùng nhau", "chung sức", 2) + "(Theo Báo A)";
    let copy = Item {
        path: "/dang-lai-7.html".to_owned(),
        title: "Chung tay phòng, chống mua bán người ở xã".to_owned(),
        text,
        ..about(7, "2026-03-10T09:00:00+07:00")
    };
    publish(&desk.a, &[original]);
    publish(&desk.b, &[copy, item(8, at("2026-03-09T09:00:00+07:00"))]);
    desk.crawl().await;
    desk
}

#[tokio::test]
async fn a_reprint_counts_and_is_shown_or_waits_as_the_policy_says() {
    let strict = "[[policy]]\nfrom = \"2017-01\"\nreprints_count = false\n";
    for database in [None, Some(postgres::database("reading_reprints"))] {
        let desk = reprinted(Setting { database: database.clone(), ..Setting::default() }).await;
        let months = desk.months("2026-03").await;
        assert_eq!(months.iter().map(|it| it.verdict).collect::<Vec<_>>(), [Verdict::Met, Verdict::Met]);
        let (original, copy) = (&months[0].evidence[0], &months[1].evidence[0]);
        assert_eq!(copy.marks.reprint_of.as_ref().map(|it| it.url.as_str()), Some(original.url.as_str()));
        assert_eq!((original.marks.reprint_of.as_ref(), original.marks.twins.len()), (None, 1));
        // The search can be run again, and finds nothing new.
        assert_eq!(diembao::jobs::reprint::pair_reprints(&desk.app.line).await.unwrap(), 0);
        desk.app.close().await;
    }
    let desk = reprinted(Setting { policy: strict, ..Setting::default() }).await;
    desk.set("2026-04-20T10:00:00+07:00");
    let months = desk.months("2026-03").await;
    assert_eq!((months[0].verdict, months[1].verdict, months[1].reason), (Verdict::Met, Verdict::Undetermined, Reason::CandidatesPending));
    assert_eq!(months[1].pending[0].why, PendingWhy::Reprint);
}

#[tokio::test]
async fn a_story_from_abroad_counts_or_waits_as_the_policy_says_and_judging_again_keeps_its_mark() {
    let strict = "[[policy]]\nfrom = \"2017-01\"\nforeign_count = false\n";
    let title = "Ấn Độ triệt phá đường dây mua bán người";
    let text = "Cảnh sát Ấn Độ triệt phá một đường dây mua bán người ở bang miền đông, bắt giữ bảy nghi phạm và giải cứu nhiều lao động. \
                Nhà chức trách nước này cho biết đường dây mua bán người hoạt động qua biên giới trong nhiều năm.\n";
    let abroad = Item { title: title.to_owned(), text: text.repeat(4), ..about(1, "2026-03-09T08:30:00+07:00") };
    for (database, policy) in [(None, ""), (None, strict), (Some(postgres::database("reading_foreign")), strict)] {
        let desk = Desk::open(Setting { database, policy, ..Setting::default() }, "2026-03-10T10:00:00+07:00").await;
        publish(&desk.a, std::slice::from_ref(&abroad));
        desk.crawl().await;
        desk.set("2026-04-20T10:00:00+07:00");
        let line = &desk.app.line;
        let stored = line.store.article(1).await.unwrap().unwrap();
        assert_eq!(stored.marks, [Mark::Foreign]);
        let march = desk.march().await;
        if policy.is_empty() {
            assert_eq!((march.verdict, &march.evidence[0].nature.marks), (Verdict::Met, &stored.marks));
            continue;
        }
        assert_eq!((march.verdict, march.reason), (Verdict::Undetermined, Reason::CandidatesPending));
        assert_eq!((march.pending[0].why, &march.pending[0].nature.marks), (PendingWhy::Foreign, &stored.marks));
        // An article that was judged before marks were kept has none until it is judged again.
        let reading = Reading { title, lead: &stored.lead, body: &stored.text, captions: "" };
        let unmarked = Judgement { marks: vec![], ..judge(&line.terms, &reading) };
        line.store.record_judgement(1, &unmarked, line.terms.version()).await.unwrap();
        assert_eq!(desk.march().await.verdict, Verdict::Met);
        assert_eq!(rejudge(line, true).await.unwrap().marked, 1);
        assert_eq!(desk.march().await.pending[0].why, PendingWhy::Foreign);
        desk.app.close().await;
    }
}

#[tokio::test]
async fn an_article_that_names_its_source_is_a_reprint_and_judging_again_finds_what_older_lists_missed() {
    let strict = "[[policy]]\nfrom = \"2017-01\"\nreprints_count = false\n";
    let counted = about(1, "2026-03-09T08:30:00+07:00");
    let taken = Item { text: format!("{}</p><p>Theo TTXVN", counted.text), ..counted };
    let desk = Desk::open(Setting { policy: strict, ..Setting::default() }, "2026-03-10T10:00:00+07:00").await;
    publish(&desk.a, std::slice::from_ref(&taken));
    desk.crawl().await;
    desk.set("2026-04-20T10:00:00+07:00");
    let line = &desk.app.line;
    let waits = desk.march().await.pending;
    assert_eq!((waits[0].why, waits[0].nature.taken_from.is_some()), (PendingWhy::Reprint, true));
    let stored = line.store.article(1).await.unwrap().unwrap();
    let older = Facets { taken_from: None, ..stored.facets.clone().unwrap() };
    line.store.record_sides(1, &older, &Privacy::default()).await.unwrap();
    assert_eq!(desk.march().await.verdict, Verdict::Met);
    assert_eq!(rejudge(line, false).await.unwrap().sides, 1);
    assert_eq!(desk.march().await.verdict, Verdict::Met, "told, not kept");
    assert_eq!(rejudge(line, true).await.unwrap().sides, 1);
    assert_eq!(desk.march().await.pending, waits);
    assert_eq!(rejudge(line, true).await.unwrap().sides, 0, "once is enough");
    desk.app.close().await;
}

#[tokio::test]
async fn evidence_outlasts_edits_and_take_downs_and_both_are_shown() {
    for database in [None, Some(postgres::database("reading_watch"))] {
        let desk = Desk::open(Setting { database, ..Setting::default() }, "2026-03-10T10:00:00+07:00").await;
        let counted = about(1, "2026-03-09T08:30:00+07:00");
        publish(&desk.a, std::slice::from_ref(&counted));
        desk.crawl().await;
        desk.set("2026-04-10T03:00:00+07:00");
        assert_eq!(desk.unchecked().await, 1);
        assert_eq!(desk.recheck().await.standing, Standing::Same);
        assert_eq!((desk.unchecked().await, desk.march().await.evidence[0].marks.since), (0, None));

        // The subject is edited out of it: the month stays met, an officer is asked.
        let without = prose(1);
        desk.a.on(&counted.path, page("Bà con làm đẹp quê hương", &without));
        desk.wait(TimeDelta::days(1));
        let edited = desk.recheck().await;
        assert_eq!((edited.standing, edited.why), (Standing::Edited, CheckWhy::JudgementChanged));
        assert!(edited.changed > 0.0 && edited.changed < 0.2, "{}", edited.changed);
        let march = desk.march().await;
        assert_eq!((march.verdict, march.count, march.evidence[0].marks.since), (Verdict::Met, 1, Some(Since::Edited)));
        assert_eq!(march.pending[0].why, PendingWhy::EditedAway);
        let kept = desk.app.line.store.versions(1).await.unwrap();
        assert_eq!(kept.iter().map(|it| it.text.trim()).collect::<Vec<_>>(), [counted.text.trim(), without.trim()]);
        desk.wait(TimeDelta::hours(1));
        desk.recheck().await;
        assert_eq!(desk.app.line.store.versions(1).await.unwrap().len(), 2, "the same edit is one version");

        // It is taken down: said only after three tries over three days, and in between what was known stands.
        desk.a.on(&counted.path, Answer::status(404));
        desk.wait(TimeDelta::days(1));
        assert_eq!(desk.recheck().await.standing, Standing::Missing);
        for (hours, due) in
            [(12, vec![]), (12, vec![Standing::Missing]), (24, vec![Standing::Missing]), (24, vec![Standing::TakenDown]), (48, vec![])]
        {
            assert_ne!(desk.march().await.evidence[0].marks.since, Some(Since::TakenDown));
            desk.wait(TimeDelta::hours(hours));
            let seen: Vec<_> = recheck_due(&desk.app.line).await.unwrap().iter().map(|it| it.standing).collect();
            assert_eq!(seen, due, "after {hours} hours");
            if due == [Standing::TakenDown] {
                break;
            }
        }
        let march = desk.march().await;
        assert_eq!((march.verdict, march.evidence[0].marks.since), (Verdict::Met, Some(Since::TakenDown)));
        assert_eq!(desk.unchecked().await, 0);
        assert_eq!(desk.app.line.store.versions(1).await.unwrap().len(), 2);
        desk.app.close().await;
    }
}

#[tokio::test]
async fn what_cannot_be_told_at_a_check_changes_nothing() {
    let desk = Desk::open(Setting::default(), "2026-03-10T10:00:00+07:00").await;
    let counted = about(1, "2026-03-09T08:30:00+07:00");
    publish(&desk.a, std::slice::from_ref(&counted));
    desk.crawl().await;
    desk.set("2026-04-10T03:00:00+07:00");
    for (answer, standing) in [
        (Answer::status(403), Standing::Blocked),
        (Answer::status(503), Standing::NotAnswering),
        (page(&counted.title, "Xin mời đăng nhập."), Standing::NotAnswering),
        (page("Không tìm thấy trang", "Trang này không còn."), Standing::Missing),
        (Answer::redirect(302, "/"), Standing::Missing),
        (counted.page(), Standing::Same),
    ] {
        desk.a.on(&counted.path, answer);
        desk.wait(TimeDelta::days(2));
        assert_eq!(desk.recheck().await.standing, standing);
        let march = desk.march().await;
        assert_eq!((march.verdict, march.evidence[0].marks.since, march.pending.len()), (Verdict::Met, None, 0), "{standing}");
        assert_eq!(desk.unchecked().await, usize::from(!standing.is_settled()), "{standing}");
    }
}

#[tokio::test]
async fn a_scheduled_round_asks_only_for_what_is_not_known_since_the_grace_ended() {
    let desk = Desk::open(Setting::default(), "2026-03-10T10:00:00+07:00").await;
    let counted = about(1, "2026-03-09T08:30:00+07:00");
    publish(&desk.a, std::slice::from_ref(&counted));
    desk.crawl().await;
    let asked = || desk.a.count(&counted.path);
    let before = asked();
    for (now, rounds) in [
        ("2026-03-28T03:00:00+07:00", 1),
        ("2026-03-29T03:00:00+07:00", 1),
        ("2026-04-10T03:00:00+07:00", 2),
        ("2026-04-28T03:00:00+07:00", 2),
        ("2026-10-10T03:00:00+07:00", 3),
        ("2026-11-10T03:00:00+07:00", 3),
    ] {
        desk.set(now);
        recheck_round(&desk.app.line).await.unwrap();
        assert_eq!(asked() - before, rounds, "{now}");
    }
}
