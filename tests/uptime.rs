//! Our own faults told from those of others, and the positive control, on the real line.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod scripted;

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use diembao::{
    app::{App, Places},
    domain::{
        control::{CONTROL_HOST, ControlReason, ControlStanding, control_share, control_standing},
        outlet::OutletId,
        uptime::{DownWhy, OwnLine, Steadiness, SteadinessReason, down_times, own_line, steadiness},
        verdict::{Reason, Verdict},
        visit::Outcome,
    },
    fetch::{End, Fetcher, Settings, Validators},
    jobs::{
        Clock,
        control::{Control, check_control},
        crawl::{CrawlReport, CrawlScope, crawl},
        index::follow,
        reach::probe_own_line,
        rejudge::rejudge,
        review::review,
    },
    rehearsal::control::{ControlPress, due},
    search::{Filter, query::Question},
};
use scripted::{Answer, Scripted};

/// One installation beside one scripted server.
struct Desk {
    server: Scripted,
    app: App,
    time: Arc<AtomicI64>,
    _dir: tempfile::TempDir,
}

/// Two outlets with a feed each; `{host}` stands for the server.
const TWO: &str = "[[outlet]]\nid = \"a\"\nname = \"Báo A\"\nkind = \"newspaper\"\nhosts = [\"{host}\"]\n\
                   [[outlet.source]]\nkind = \"feed\"\nurl = \"http://{host}/rss\"\ncovers = \"outlet\"\n\
                   [[outlet]]\nid = \"b\"\nname = \"Đài B\"\nkind = \"newspaper\"\nhosts = [\"b.example\"]\n\
                   [[outlet.source]]\nkind = \"feed\"\nurl = \"http://{host}/b/rss\"\ncovers = \"outlet\"\naccept = [\"{host}\"]\n";

const SITE: &str = "[crawl]\nhost_delay = \"0s\"\ntimeout = \"2s\"\nallow_private_hosts = true\n";
/// As a real installation: nothing on loopback may be reached.
const STRICT: &str = "[crawl]\nhost_delay = \"0s\"\ntimeout = \"2s\"\n";

const SETTLE: TimeDelta = TimeDelta::hours(6);

impl Desk {
    async fn open(register: &str, site: &str, start: &str) -> Self {
        Self::open_with_terms(register, site, None, start).await
    }

    async fn open_with_terms(register: &str, site: &str, terms: Option<&str>, start: &str) -> Self {
        let server = Scripted::start().await;
        let dir = tempfile::tempdir().unwrap();
        let config = dir.path().join("config");
        fs::create_dir(&config).unwrap();
        fs::write(config.join("outlets.toml"), register.replace("{host}", &server.host())).unwrap();
        fs::write(config.join("diembao.toml"), site.replace("{host}", &server.host())).unwrap();
        if let Some(terms) = terms {
            fs::write(config.join("terms.toml"), terms).unwrap();
        }
        let time = Arc::new(AtomicI64::new(at(start).timestamp()));
        let places = Places { config, data: dir.path().join("data"), index: dir.path().join("index") };
        let reads = time.clone();
        let clock = Clock(Arc::new(move || DateTime::from_timestamp(reads.load(Ordering::SeqCst), 0).unwrap()));
        let app = App::open(&places, clock).await.unwrap();
        Self { server, app, time, _dir: dir }
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

    async fn standing(&self) -> (ControlStanding, ControlReason) {
        let results = self.app.line.store.control_results(day("2000-01-01"), day("2100-01-01"), self.now()).await.unwrap();
        control_standing(&results, self.now())
    }

    /// Lists articles of that many days, the last one at `newest`, in a feed of ten.
    fn publish(&self, path: &str, newest: DateTime<Utc>) {
        let mut feed = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\"><channel><title>A</title>");
        for back in 0..10 {
            let date = newest - TimeDelta::hours(8 * back);
            let (name, title) = (date.format("%Y%m%d%H"), format!("Chợ phiên ngày {} đông khách", date.format("%d/%m/%Y %H")));
            let link = self.server.url(&format!("{path}/tin-{name}.html"));
            feed += &format!("<item><title>{title}</title><link>{link}</link><pubDate>{}</pubDate></item>", date.to_rfc2822());
            let page = format!(
                "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body><article><h1>{title}</h1>\
                 <p>Sáng nay, bà con mười hai thôn mang rau, gà và măng xuống chợ từ lúc trời chưa sáng, hàng hết trước giờ trưa.</p>\
                 <p>Ban quản lý chợ cho biết số gian hàng tăng so với phiên trước, lối đi được dọn thông thoáng và có người trông xe.</p>\
                 </article></body></html>"
            );
            self.server.on(&format!("{path}/tin-{name}.html"), Answer::ok("text/html; charset=utf-8", page));
        }
        self.server.on(&format!("{path}/rss"), Answer::ok("application/rss+xml", feed + "</channel></rss>"));
    }

    fn publish_both(&self, newest: DateTime<Utc>) {
        for path in ["", "/b"] {
            self.publish(path, newest);
        }
    }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn settings() -> Settings {
    Settings {
        user_agent: "diembao-test".to_owned(),
        timeout: Duration::from_secs(5),
        host_delay: Duration::ZERO,
        body_bytes_max: 1 << 20,
        allow_private_hosts: false,
        intermediates: diembao::domain::outlet::Intermediates::default(),
        extra_roots: Vec::new(),
    }
}

fn outcomes(report: &CrawlReport) -> Vec<Outcome> {
    report.visits.iter().map(|it| it.outcome).collect()
}

#[tokio::test]
async fn the_detector_is_seen_to_work_every_day_of_a_month_of_crawls() {
    let desk = Desk::open("", STRICT, "2026-03-01T00:07:00+07:00").await;
    let control = desk.app.open_control().await;
    let end = at("2026-04-01T12:07:00+07:00");
    let mut looks = 0;
    while desk.now() <= end {
        control.check(&desk.app.line).await;
        let (standing, reason) = desk.standing().await;
        assert_eq!(reason, ControlReason::AllDetected, "{}: {standing:?}", desk.now());
        looks += 1;
        desk.wait(TimeDelta::hours(6));
    }
    assert_eq!(looks, 31 * 4 + 3);
    let results = desk.app.line.store.control_results(day("2026-03-01"), day("2026-03-31"), desk.now()).await.unwrap();
    let share = control_share(&results, day("2026-03-01"), day("2026-03-31"));
    assert_eq!((share.detected, share.days), (31, 31));
    assert!(results.iter().all(|it| it.fault().is_none() && it.detail.is_empty()));
}

#[tokio::test]
async fn the_control_outlet_is_seen_nowhere_else() {
    let desk = Desk::open(TWO, SITE, "2026-03-10T12:00:00+07:00").await;
    desk.publish_both(desk.now() - TimeDelta::hours(1));
    let control = desk.app.open_control().await;
    let report = desk.crawl().await;
    control.check(&desk.app.line).await;
    assert!(matches!(desk.standing().await, (ControlStanding::Working { .. }, _)));
    let (line, id) = (&desk.app.line, OutletId::control());
    assert!(line.register.get(id.as_str()).is_none() && report.visits.iter().all(|it| it.outlet != id));
    assert_eq!(report.articles.read, 20, "only those of the outlets");
    let reviewed = review(line, "2026-03".parse().unwrap(), &[]).await.unwrap();
    assert_eq!(reviewed.outlets.iter().map(|it| it.outlet.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(
        (reviewed.together.verdict, reviewed.together.count),
        (Verdict::Open, 0),
        "its articles do not count for the press together"
    );
    assert_eq!(follow(&line.store, &desk.app.search, &|_| ()).await.unwrap(), 20);
    let found = |question: &str| desk.app.search.find(&Question::read(question), &Filter::default(), 10).unwrap().total;
    assert_eq!((found("mua bán người"), found("chợ phiên")), (0, 20));
    assert_eq!(follow(&line.store, &desk.app.search, &|_| ()).await.unwrap(), 0, "its changes are no work for the index");
    assert_eq!(rejudge(line, true).await.unwrap().judged, 20);
}

#[tokio::test]
async fn a_dictionary_that_no_longer_knows_the_subject_is_found_out() {
    let terms = "version = \"x\"\n[[term]]\nid = \"mua\"\ntopic = \"law\"\nclass = \"contextual\"\nforms = [\"mưa đá\"]\nwhy = \"x\"\n";
    let desk = Desk::open_with_terms("", STRICT, Some(terms), "2026-03-10T12:00:00+07:00").await;
    desk.app.open_control().await.check(&desk.app.line).await;
    let (standing, reason) = desk.standing().await;
    assert!(
        matches!(&standing, ControlStanding::Failed { fault, detail, .. } if fault.as_str() == "not_recognised" && detail.contains("`about`")),
        "{standing:?}"
    );
    assert_eq!(reason, ControlReason::SomethingMissed);
}

#[tokio::test]
async fn a_control_outlet_that_cannot_be_reached_is_a_failed_control_whatever_is_known_from_before() {
    let desk = Desk::open("", STRICT, "2026-03-10T06:07:00+07:00").await;
    let control = desk.app.open_control().await;
    control.check(&desk.app.line).await;
    assert!(matches!(desk.standing().await.0, ControlStanding::Working { .. }));
    desk.wait(TimeDelta::hours(6));
    let results = check_control(&desk.app.line, Err("its port cannot be opened")).await.unwrap();
    assert_eq!((results.len(), results[0].day, results[0].detail.as_str()), (1, day("2026-03-10"), "its port cannot be opened"));
    let (standing, _) = desk.standing().await;
    assert!(matches!(&standing, ControlStanding::Failed { fault, .. } if fault.as_str() == "not_found"), "{standing:?}");
    desk.wait(TimeDelta::hours(6));
    control.check(&desk.app.line).await;
    assert!(matches!(desk.standing().await.0, ControlStanding::Working { .. }), "mended");

    desk.wait(TimeDelta::hours(1));
    let zone = desk.app.line.zone;
    let outlet = ControlPress::start(Arc::new(DateTime::default), zone).await.unwrap().outlet.clone();
    let fetcher = Arc::new(Fetcher::for_control(settings(), desk.server.host().parse().unwrap()).unwrap());
    let silent = Control { outlet, fetcher, due: Box::new(move |now| due(now, zone)) };
    let results = check_control(&desk.app.line, Ok(&silent)).await.unwrap();
    assert_eq!(results.len(), 2);
    for it in results {
        assert!(!it.found && !it.judged_unrelated && !it.whole, "{it:?}");
        assert!(it.detail.starts_with("gone: status 404 Not Found; the `about` article was not listed"), "{}", it.detail);
    }
}

#[tokio::test]
async fn nothing_of_a_real_outlet_leads_to_the_control_outlet() {
    let desk = Desk::open(TWO, SITE, "2026-03-10T12:00:00+07:00").await;
    let control = desk.app.open_control().await;
    control.check(&desk.app.line).await;
    let inside = format!("http://{CONTROL_HOST}/rss");
    desk.server.on("/rss", Answer::redirect(302, &inside));
    let feed = format!(
        "<rss version=\"2.0\"><channel><item><title>Tập huấn phòng, chống mua bán người</title>\
         <link>http://{CONTROL_HOST}/an-ninh/2026-03-10.html</link><pubDate>Tue, 10 Mar 2026 05:10:00 +0700</pubDate></item></channel></rss>"
    );
    desk.server.on("/b/rss", Answer::ok("application/rss+xml", feed));
    let report = desk.crawl().await;
    let [redirected, linked] = report.visits.as_slice() else { panic!("{report:?}") };
    assert_eq!(redirected.outcome, Outcome::Unreachable);
    assert!(redirected.detail.contains("address guard refuses doi-chung.invalid"), "{}", redirected.detail);
    assert_eq!((linked.new, linked.rejected.values().sum::<u64>(), report.articles.read), (0, 1, 0), "{linked:?}");
}

#[tokio::test]
async fn the_control_outlets_fetcher_reaches_its_one_socket_and_nothing_else_on_loopback() {
    let (one, other) = (Scripted::start().await, Scripted::start().await);
    for server in [&one, &other] {
        server.otherwise(|_| Answer::ok("text/plain", "đây"));
    }
    one.on("/away", Answer::redirect(302, other.url("/x")));
    let fetcher = Fetcher::for_control(settings(), one.host().parse().unwrap()).unwrap();
    let get = async |url: &str| match fetcher.get(&url.parse().unwrap(), &Validators::default(), at("2026-03-10T12:00:00Z")).await.end {
        End::Body(body) => String::from_utf8(body.bytes).unwrap(),
        other => format!("{other:?}"),
    };
    assert_eq!(get(&format!("http://{CONTROL_HOST}/x")).await, "đây");
    let port = other.host().rsplit(':').next().unwrap().to_owned();
    for url in [
        format!("http://{CONTROL_HOST}:{port}/x"),
        format!("http://{CONTROL_HOST}/away"),
        other.url("/x").to_string(),
        one.url("/x").to_string(),
        format!("http://localhost:{port}/x"),
    ] {
        assert!(get(&url).await.contains("leads nowhere else"), "{url}");
    }
    assert_eq!(other.requests().len(), 0, "not even robots.txt");
}

#[tokio::test]
async fn what_fails_while_no_control_address_answers_is_our_own_fault_and_costs_the_source_nothing() {
    let site = format!("{SITE}control_urls = [\"http://{{host}}/mot\", \"http://{{host}}/hai\"]\n");
    let desk = Desk::open(TWO, &site, "2026-03-10T12:00:00+07:00").await;
    desk.publish_both(desk.now() - TimeDelta::hours(1));
    desk.server.on("/mot", Answer::close());
    desk.server.on("/hai", Answer::status(503));
    desk.server.on("/b/rss", Answer::close());
    assert_eq!(outcomes(&desk.crawl().await), [Outcome::Fresh, Outcome::Unreachable], "an error page proves that the line is up");

    desk.server.on("/hai", Answer::close());
    desk.server.on("/rss", Answer::ok("text/html", "<html><body>Xin mời đăng nhập mạng không dây</body></html>"));
    let state = async |id: &str, path: &str| desk.app.line.store.source_state(&id.parse().unwrap(), &desk.server.url(path)).await.unwrap();
    let failures = state("b", "/b/rss").await.failures;
    for _ in 0..5 {
        desk.wait(TimeDelta::hours(6));
        let report = desk.crawl().await;
        assert_eq!(outcomes(&report), [Outcome::Offline, Outcome::Offline], "a log-in page is the work of what broke the line");
        assert!(report.visits.iter().all(|it| !it.gap && it.detail.contains("control hosts failed too")));
    }
    let b = state("b", "/b/rss").await;
    assert_eq!((b.failures, b.next_visit), (failures, desk.now()), "it is asked again in the next round");
    let round = desk.app.line.store.last_probes(desk.now()).await.unwrap().unwrap();
    assert_eq!((round.at, round.results.len(), own_line(&round.outcomes())), (desk.now(), 2, OwnLine::Down));
    let round = desk.app.line.store.last_probes(desk.now() - TimeDelta::hours(26)).await.unwrap().unwrap();
    assert_eq!(own_line(&round.outcomes()), OwnLine::Up, "each round keeps what it saw");
}

#[tokio::test]
async fn pages_wait_while_nothing_at_all_can_be_reached() {
    let site = format!("{SITE}control_urls = [\"http://{{host}}/mot\"]\n");
    let desk = Desk::open(TWO, &site, "2026-03-10T12:00:00+07:00").await;
    desk.publish_both(desk.now() - TimeDelta::hours(1));
    for back in 0..10 {
        let date = desk.now() - TimeDelta::hours(1 + 8 * back);
        desk.server.on(&format!("/tin-{}.html", date.format("%Y%m%d%H")), Answer::status(503));
    }
    desk.server.on("/mot", Answer::status(200));
    assert_eq!(desk.crawl().await.articles.failed, 10);
    for path in ["/mot", "/rss", "/b/rss"] {
        desk.server.on(path, Answer::close());
    }
    desk.wait(TimeDelta::hours(6));
    let report = desk.crawl().await;
    assert_eq!((report.articles.read, report.articles.failed), (0, 0), "their tries are not used up");
}

#[tokio::test]
async fn control_addresses_that_hang_hold_a_round_up_once_and_not_each() {
    let mut hanging = Vec::new();
    for _ in 0..4 {
        let server = Scripted::start().await;
        for path in ["/robots.txt", "/"] {
            server.on(path, Answer::status(200).after(Duration::from_secs(60)));
        }
        hanging.push(server);
    }
    let urls: Vec<_> = hanging.iter().map(|it| format!("\"{}\"", it.url("/"))).collect();
    let site = format!("{SITE}control_urls = [{}]\n", urls.join(", "));
    let desk = Desk::open("", &site, "2026-03-10T12:00:00+07:00").await;
    let began = Instant::now();
    assert_eq!(probe_own_line(&desk.app.line).await.unwrap(), OwnLine::Down);
    assert!(began.elapsed() < Duration::from_secs(6), "four time-outs of two seconds one after the other would take eight");
    assert!(hanging.iter().all(|it| it.count("/robots.txt") == 1));
}

/// Case 1 of the ten (healthchecks#664): the monitor was down, came back, and had something to say about everything.
#[tokio::test]
async fn an_absence_of_ours_of_a_whole_month_accuses_nobody() {
    let desk = Desk::open(TWO, SITE, "2026-02-01T00:00:00+07:00").await;
    let store = &desk.app.line.store;
    let control = desk.app.open_control().await;
    let stop = at("2026-03-01T00:00:00+07:00");
    while desk.now() < stop {
        desk.publish_both(desk.now() - TimeDelta::minutes(7));
        desk.crawl().await;
        control.check(&desk.app.line).await;
        for _ in 0..6 * 60 / 4 {
            store.beat(desk.now()).await.unwrap();
            desk.wait(TimeDelta::minutes(4));
        }
    }
    assert_eq!(steadiness(&store.life().await.unwrap(), SETTLE, stop), (Steadiness::Settled, SteadinessReason::NeverDown));
    assert_eq!(store.life().await.unwrap().run.len(), 1, "one stretch of life");

    // Stopped on the 1st of March; the feeds roll on for a month.
    desk.set("2026-04-01T00:05:00+07:00");
    let life = store.life().await.unwrap();
    assert_eq!(steadiness(&life, SETTLE, desk.now()).1, SteadinessReason::StillDown);
    store.beat(desk.now()).await.unwrap();
    desk.publish_both(desk.now() - TimeDelta::minutes(7));
    assert!(desk.crawl().await.visits.iter().all(|it| it.gap), "the lists rolled over meanwhile");
    control.check(&desk.app.line).await;

    let life = store.life().await.unwrap();
    let down = down_times(&life, desk.now());
    assert_eq!((down.len(), down[0].span.to, down[0].why), (1, desk.now(), DownWhy::NotRunning));
    assert!(down[0].span.from >= stop - TimeDelta::minutes(4) && down[0].span.from <= stop);
    let until = at("2026-04-01T06:05:00+07:00");
    assert_eq!(steadiness(&life, SETTLE, desk.now()), (Steadiness::Settling { until }, SteadinessReason::JustBack));
    assert!(
        matches!(desk.standing().await.0, ControlStanding::Failed { fault, .. } if fault.as_str() == "gap"),
        "nor is the detector's word taken"
    );
    let verdicts = async |month: &str| -> Vec<_> {
        let reviewed = review(&desk.app.line, month.parse().unwrap(), &[]).await.unwrap();
        reviewed.outlets.iter().map(|it| (it.verdict, it.reason)).collect()
    };
    assert!(verdicts("2026-03").await.iter().all(|it| it.0 == Verdict::Open), "grace runs");

    // From here on the program runs; the grace of March ends, the month stays open to doubt for ever.
    let after_grace = at("2026-04-08T12:00:00+07:00");
    while desk.now() < after_grace {
        desk.wait(TimeDelta::hours(6));
        desk.publish_both(desk.now() - TimeDelta::minutes(7));
        desk.crawl().await;
        control.check(&desk.app.line).await;
        assert!(verdicts("2026-03").await.iter().all(|it| it.0 != Verdict::NotMet), "{}", desk.now());
    }
    assert_eq!(verdicts("2026-03").await, [(Verdict::Undetermined, Reason::CoverageGap); 2]);
    assert!(matches!(desk.standing().await.0, ControlStanding::Working { .. }));
    let march = control_share(
        &store.control_results(day("2026-03-01"), day("2026-03-31"), desk.now()).await.unwrap(),
        day("2026-03-01"),
        day("2026-03-31"),
    );
    assert_eq!((march.detected, march.days), (1, 31), "only the last day was seen, the day after");
}

#[tokio::test]
async fn a_clock_that_was_far_ahead_for_a_moment_keeps_no_source_from_being_read() {
    let desk = Desk::open(TWO, SITE, "2027-03-10T12:00:00+07:00").await;
    desk.publish_both(at("2026-03-10T11:00:00+07:00"));
    let due = CrawlScope { due_only: true, ..CrawlScope::default() };
    assert_eq!(crawl(&desk.app.line, &due, &|_| ()).await.unwrap().visits.len(), 2);
    desk.set("2026-03-10T12:00:00+07:00");
    assert_eq!(crawl(&desk.app.line, &due, &|_| ()).await.unwrap().visits.len(), 2);
}
