//! What officers decide: recorded with proof on either database, said by commands, and what a month then comes to.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod postgres;
mod scripted;

use std::{
    fs,
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use chrono::{DateTime, TimeDelta, Utc};
use diembao::{
    app::{App, Places},
    domain::{
        audit::{Broken, Flaw},
        confirmation::{Confirmation, ConfirmationKind},
        coverage::GapReason,
        hand_check::HandCheck,
        month::{Month, Span},
        off_web::OffWeb,
        officer::{Item, Statement, Withdrawal},
        outlet::{Medium, OutletId},
        review::{DecidedBy, OutletMonth, PendingWhy},
        ruling::{Asked, RuledOn, Ruling, text_digest},
        verdict::{Reason, Verdict},
    },
    jobs::{
        Clock,
        crawl::{CrawlScope, crawl},
        review::review,
    },
    store::{Store, officer::WithdrawalEnd},
};
use scripted::{Answer, Scripted};
use serde_json::Value;
use sqlx::{AnyPool, AssertSqlSafe, SqlSafeStr};

const ZONE: chrono_tz::Tz = chrono_tz::Asia::Ho_Chi_Minh;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn words(text: &str) -> Statement {
    text.parse().unwrap()
}

fn outlet() -> OutletId {
    "a".parse().unwrap()
}

/// Runs a test on a fresh database of either kind; the address lets it meddle.
async fn on_both<F: AsyncFn(Store, &str)>(name: &str, test: F) {
    let dir = tempfile::tempdir().unwrap();
    for url in [Store::sqlite_url(&dir.path().join("test.db")), postgres::database(name)] {
        let store = Store::open(&url).await.unwrap();
        test(store.clone(), &url).await;
        store.close().await;
    }
}

fn off_web(month_of: &str, title: &str) -> OffWeb {
    OffWeb {
        outlet: outlet(),
        month: month(month_of),
        medium: Medium::Broadcast,
        title: words(title),
        programme: Some(words("Thời sự tối")),
        aired: None,
        seconds: Some(300),
        url: None,
        file: None,
        note: None,
    }
}

async fn add(store: &Store, title: &str, now: &str) -> i64 {
    store.add_off_web(&off_web("2026-03", title).admit(words("Lê Thị Hoa"), ZONE, at(now)).unwrap()).await.unwrap()
}

async fn withdraw(store: &Store, item: Item, now: &str) -> WithdrawalEnd {
    store.withdraw(&Withdrawal::admit(item, words("ghi nhầm tháng"), words("Trần Văn An"), at(now))).await.unwrap()
}

async fn check_by_hand(store: &Store, from: &str, to: &str, now: &str) -> i64 {
    let span = Span { from: at(from), to: at(to) };
    let check =
        HandCheck {
            outlet: outlet(), span, looked_at: words("trang chủ và các chuyên mục"), found: words("không có tin, bài nào")
        };
    store.record_hand_check(&check.admit(words("Lê Thị Hoa"), at(now)).unwrap()).await.unwrap()
}

async fn confirm(store: &Store, kind: ConfirmationKind, listed: Vec<i64>, now: &str) -> i64 {
    let what =
        Confirmation { outlet: outlet(), month: month("2026-03"), kind, listed, reason: words("đã đối chiếu lịch phát sóng") };
    store.record_confirmation(&what.admit(words("Lê Thị Hoa"), ZONE, at(now)).unwrap()).await.unwrap()
}

/// One statement on the database, past the store.
async fn meddle(url: &str, sql: &'static str) {
    let pool = AnyPool::connect(url).await.unwrap();
    sqlx::query(AssertSqlSafe(sql).into_sql_str()).execute(&pool).await.unwrap();
    pool.close().await;
}

#[tokio::test]
async fn decisions_are_known_from_the_time_on_at_which_they_were_taken_and_until_they_were_taken_back() {
    on_both("decisions", async |store, _| {
        let first = add(&store, "Phóng sự về mua bán người", "2026-04-01T00:00:00Z").await;
        let checked = check_by_hand(&store, "2026-03-10T00:00:00Z", "2026-03-12T00:00:00Z", "2026-04-02T00:00:00Z").await;
        confirm(&store, ConfirmationKind::BlindChecked, vec![first], "2026-04-03T00:00:00Z").await;
        assert_eq!(withdraw(&store, Item::OffWeb(first), "2026-04-04T00:00:00Z").await, WithdrawalEnd::Done);
        assert_eq!(withdraw(&store, Item::OffWeb(first), "2026-04-05T00:00:00Z").await, WithdrawalEnd::AlreadyDone);
        assert_eq!(withdraw(&store, Item::HandCheck(99), "2026-04-05T00:00:00Z").await, WithdrawalEnd::Unknown);
        let march = month("2026-03").span(ZONE);
        for (now, items, standing, checks, confirmed) in [
            ("2026-03-31T23:59:59Z", 0, 0, 0, 0),
            ("2026-04-01T00:00:00Z", 1, 1, 0, 0),
            ("2026-04-02T00:00:00Z", 1, 1, 1, 0),
            ("2026-04-03T00:00:00Z", 1, 1, 1, 1),
            ("2026-04-04T00:00:00Z", 1, 0, 1, 1),
        ] {
            let it = store.month_decisions(&outlet(), (month("2026-03"), march), march, at(now)).await.unwrap();
            let stand = it.off_web.iter().filter(|it| it.stands()).count();
            assert_eq!(
                (it.off_web.len(), stand, it.hand_checks.len(), it.confirmations.len()),
                (items, standing, checks, confirmed),
                "{now}"
            );
        }
        let it = store.month_decisions(&outlet(), (month("2026-03"), march), march, at("2026-05-01T00:00:00Z")).await.unwrap();
        assert_eq!(
            &it.off_web[0].what,
            off_web("2026-03", "Phóng sự về mua bán người").admit(words("x"), ZONE, at("2026-05-01T00:00:00Z")).unwrap().what()
        );
        assert_eq!((it.off_web[0].by.as_str(), it.off_web[0].withdrawn.as_ref().unwrap().by.as_str()), ("Lê Thị Hoa", "Trần Văn An"));
        assert_eq!((it.hand_checks[0].check.id, it.confirmations[0].what.listed.clone()), (checked, vec![first]));
        let april = month("2026-04").span(ZONE);
        let april = store.month_decisions(&outlet(), (month("2026-04"), april), april, at("2026-05-01T00:00:00Z")).await.unwrap();
        assert_eq!(april, diembao::domain::officer::MonthDecisions::default());
        assert_eq!(store.verify_audit().await.unwrap(), Ok(4), "what was refused left no row");
    })
    .await;
}

#[tokio::test]
async fn the_log_names_the_first_row_that_was_meddled_with() {
    for (name, sql, broken) in [
        ("intact", "UPDATE audit SET subject = subject", None),
        ("a_logged_word", "UPDATE audit SET state_after = '{}' WHERE number = 2", Some((2, Flaw::Changed))),
        ("an_instant", "UPDATE audit SET at = at + 1 WHERE number = 3", Some((3, Flaw::Changed))),
        ("a_row_out_of_the_middle", "DELETE FROM audit WHERE number = 2", Some((2, Flaw::Missing))),
        ("the_last_row", "DELETE FROM audit WHERE number = 4", Some((4, Flaw::Missing))),
        ("everything", "DELETE FROM audit", Some((1, Flaw::Missing))),
        ("a_decision", "UPDATE off_web SET title = 'Khác' WHERE audit = 1", Some((1, Flaw::DecisionChanged))),
        ("an_unreadable_decision", "UPDATE off_web SET medium = 'smoke' WHERE audit = 1", Some((1, Flaw::DecisionChanged))),
        ("who_decided", "UPDATE hand_check SET officer = 'ai đó' WHERE audit = 2", Some((2, Flaw::DecisionChanged))),
        ("a_decision_taken_out", "DELETE FROM withdrawal", Some((4, Flaw::DecisionMissing))),
        (
            "a_decision_put_in",
            "INSERT INTO withdrawal (kind, item, reason, officer, at, audit) VALUES ('hand-check', 1, 'x', 'x', 1, 0)",
            Some((0, Flaw::NotLogged)),
        ),
    ] {
        on_both(name, async |store, url| {
            let first = add(&store, "Phóng sự", "2026-04-01T00:00:00Z").await;
            check_by_hand(&store, "2026-03-10T00:00:00Z", "2026-03-12T00:00:00Z", "2026-04-02T00:00:00Z").await;
            confirm(&store, ConfirmationKind::SilenceAccepted, vec![], "2026-04-03T00:00:00Z").await;
            withdraw(&store, Item::OffWeb(first), "2026-04-04T00:00:00Z").await;
            meddle(url, sql).await;
            let end = broken.map_or(Ok(4), |(number, flaw)| Err(Broken { number, flaw }));
            assert_eq!(store.verify_audit().await.unwrap(), end, "{name}");
        })
        .await;
    }
}

#[tokio::test]
async fn writers_at_the_same_time_do_not_fork_the_chain() {
    on_both("fork", async |store, url| {
        let other = Store::open(url).await.unwrap();
        let writes = (0..24).map(|it| {
            let store = if it % 2 == 0 { &store } else { &other };
            async move { add(store, &format!("Bản tin {it}"), "2026-04-01T00:00:00Z").await }
        });
        futures_util::future::join_all(writes).await;
        assert_eq!(store.verify_audit().await.unwrap(), Ok(24));
        other.close().await;
    })
    .await;
}

/// One installation that reads one scripted server.
struct Desk {
    server: Scripted,
    app: App,
    time: Arc<AtomicI64>,
    _dir: tempfile::TempDir,
}

const FEED: &str = "[[outlet]]\nid = \"a\"\nname = \"Báo A\"\nkind = \"newspaper\"\nhosts = [\"{host}\"]\n\
                    [[outlet.source]]\nkind = \"feed\"\nurl = \"http://{host}/rss\"\ncovers = \"outlet\"\n";

const SITE: &str = "[crawl]\nhost_delay = \"0s\"\ntimeout = \"5s\"\nallow_private_hosts = true\n";

/// An item of the feed with what its page says.
#[derive(Clone)]
struct Listed {
    number: u32,
    date: DateTime<Utc>,
    title: &'static str,
    text: &'static str,
}

const ELSE: (&str, &str) =
    ("Chợ phiên xã Sơn Hòa nhộn nhịp", "Sáng nay bà con các thôn mang rau sạch và cam về chợ phiên của xã, hàng bán hết trước trưa.");
const MENTION: (&str, &str) =
    ("Xã Sơn Hòa họp bàn việc quý tới", "Cuộc họp bàn việc trồng rau; cán bộ xã cũng nhắc đến phòng, chống mua bán người ở vùng cao.");

fn item(number: u32, date: DateTime<Utc>, (title, text): (&'static str, &'static str)) -> Listed {
    Listed { number, date, title, text }
}

impl Desk {
    async fn open(register: &str) -> Self {
        let server = Scripted::start().await;
        let dir = tempfile::tempdir().unwrap();
        let config = dir.path().join("config");
        fs::create_dir(&config).unwrap();
        fs::write(config.join("outlets.toml"), register.replace("{host}", &server.host())).unwrap();
        fs::write(config.join("diembao.toml"), SITE).unwrap();
        let time = Arc::new(AtomicI64::new(at("2026-02-27T03:00:00Z").timestamp()));
        let places = Places { config, data: dir.path().join("data"), index: dir.path().join("index") };
        let reads = time.clone();
        let clock = Clock(Arc::new(move || DateTime::from_timestamp(reads.load(Ordering::SeqCst), 0).unwrap()));
        let app = App::open(&places, clock).await.unwrap();
        Self { server, app, time, _dir: dir }
    }

    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.time.load(Ordering::SeqCst), 0).unwrap()
    }

    /// Watches March twice a day from 27 February to 6 April, with an item a day beside those given.
    async fn watch_march(&self, extra: &[Listed], daily: bool, skip: impl Fn(DateTime<Utc>) -> bool) {
        let start = at("2026-02-27T01:00:00Z");
        let days = if daily { 0..38 } else { 0..0 };
        let mut all: Vec<Listed> =
            days.map(|it| item(it, start + TimeDelta::days(i64::from(it)), ELSE)).chain(extra.iter().cloned()).collect();
        all.sort_by_key(|it| std::cmp::Reverse(it.date));
        while self.now() <= at("2026-04-06T03:00:00Z") {
            if !skip(self.now()) {
                self.publish(all.iter().filter(|it| it.date <= self.now()).take(8));
                crawl(&self.app.line, &CrawlScope { due_only: true, ..CrawlScope::default() }, &|_| ()).await.unwrap();
            }
            self.time.fetch_add(12 * 3600, Ordering::SeqCst);
        }
    }

    fn publish<'a>(&self, items: impl Iterator<Item = &'a Listed>) {
        let mut feed = String::from("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Báo A</title>");
        for it in items {
            let (path, title) = (format!("/tin-{}.html", it.number), format!("{} kỳ {}", it.title, it.number));
            feed += &format!(
                "<item><title>{title}</title><link>{}</link><pubDate>{}</pubDate></item>",
                self.server.url(&path),
                it.date.to_rfc2822()
            );
            let page = format!(
                "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body><article><h1>{title}</h1>\
                 <p>Chị Lê Thị Hạ ở thôn Trung cho biết bà con sẽ gặp lại nhau vào tháng sau, khi lúa ngoài đồng đã gặt xong \
                 và đường vào xã được sửa lại cho xe cộ đi dễ hơn.</p><p>{}</p></article></body></html>",
                it.text
            );
            self.server.on(&path, Answer::ok("text/html; charset=utf-8", page));
        }
        feed += "</channel></rss>";
        self.server.on("/rss", Answer::ok("application/rss+xml", feed));
    }

    async fn month(&self, month: &str) -> OutletMonth {
        review(&self.app.line, month.parse().unwrap(), &[]).await.unwrap().outlets.remove(0)
    }

    async fn march(&self) -> (Verdict, Reason) {
        let it = self.month("2026-03").await;
        (it.verdict, it.reason)
    }

    /// March as it was known at an instant.
    async fn march_at(&self, now: DateTime<Utc>) -> (Verdict, Reason) {
        let there = self.time.swap(now.timestamp(), Ordering::SeqCst);
        let march = self.march().await;
        self.time.store(there, Ordering::SeqCst);
        march
    }

    async fn rule(&self, number: u32, asked: Asked) {
        self.time.fetch_add(60, Ordering::SeqCst);
        let url = self.server.url(&format!("/tin-{number}.html"));
        let key = diembao::domain::link::article_key(&self.app.line.register.outlets[0], &url);
        let store = &self.app.line.store;
        let it = store.article(store.article_of_key(&outlet(), &key).await.unwrap().unwrap()).await.unwrap().unwrap();
        let digest = text_digest(&it.title, &it.lead, &it.text);
        let on = RuledOn { article: it.id, firm_date: it.published, terms: &it.terms, text_digest: &digest };
        let ruling = Ruling::admit(asked, on, words("đã đọc toàn văn"), words("Lê Thị Hoa"), ZONE, self.now()).unwrap();
        self.app.line.store.record_ruling(&ruling).await.unwrap();
    }
}

fn between(from: &str, to: &str) -> impl Fn(DateTime<Utc>) -> bool {
    let (from, to) = (at(from), at(to));
    move |now| (from..to).contains(&now)
}

#[tokio::test]
async fn an_article_that_waits_counts_once_it_is_ruled_in_and_the_last_ruling_is_the_one_that_stands() {
    let desk = Desk::open(FEED).await;
    desk.watch_march(&[item(100, at("2026-03-15T02:00:00Z"), MENTION)], true, |_| false).await;
    let waits = (Verdict::Undetermined, Reason::CandidatesPending);
    assert_eq!(desk.march().await, waits);
    let before = desk.now();
    desk.rule(100, Asked::Counts).await;
    let march = desk.month("2026-03").await;
    assert_eq!((march.verdict, march.reason, march.count), (Verdict::Met, Reason::Articles, 1));
    let evidence = serde_json::to_value(&march.evidence[0]).unwrap();
    assert_eq!((evidence["by"].as_str(), evidence["judgement"].as_str(), evidence.get("medium")), (Some("officer"), Some("mention"), None));
    assert_eq!(desk.march_at(before).await, waits, "nothing was decided then");
    desk.rule(100, Asked::DoesNotCount).await;
    assert_eq!(desk.march().await, (Verdict::NotMet, Reason::NoneFound));
    desk.rule(100, Asked::In(month("2026-02"))).await;
    assert_eq!(desk.march().await, (Verdict::NotMet, Reason::NoneFound));
    assert_eq!(desk.month("2026-02").await.evidence[0].by, DecidedBy::Officer);
    desk.rule(100, Asked::In(month("2026-03"))).await;
    assert_eq!((desk.march().await.0, desk.month("2026-02").await.count), (Verdict::Met, 0));
    assert_eq!(desk.app.line.store.rulings(&outlet(), month("2026-03"), month("2026-03").span(ZONE), desk.now()).await.unwrap().len(), 4);
    assert_eq!(desk.app.line.store.verify_audit().await.unwrap(), Ok(4));
}

#[tokio::test]
async fn an_article_of_no_interest_to_the_machine_can_be_ruled_in_and_into_a_month_that_it_is_not_dated_in() {
    let desk = Desk::open(FEED).await;
    desk.watch_march(&[], true, |_| false).await;
    assert_eq!(desk.march().await, (Verdict::NotMet, Reason::NoneFound));
    desk.rule(20, Asked::Counts).await;
    assert_eq!(desk.march().await, (Verdict::Met, Reason::Articles));
    desk.rule(20, Asked::DoesNotCount).await;
    desk.rule(0, Asked::In(month("2026-03"))).await;
    assert_eq!(desk.month("2026-03").await.evidence[0].published.unwrap().to_utc(), at("2026-02-27T01:00:00Z"));
}

#[tokio::test]
async fn an_article_that_changed_after_it_was_ruled_out_waits_again() {
    let desk = Desk::open(FEED).await;
    desk.watch_march(&[item(100, at("2026-03-15T02:00:00Z"), MENTION)], true, |_| false).await;
    desk.rule(100, Asked::DoesNotCount).await;
    assert_eq!(desk.march().await, (Verdict::NotMet, Reason::NoneFound));
    let url = Store::sqlite_url(&desk.app.places.data.join("diembao.db"));
    meddle(&url, "UPDATE article SET text = text || ' Bài đã được sửa.' WHERE url LIKE '%tin-100.html'").await;
    assert_eq!(desk.march().await, (Verdict::Undetermined, Reason::CandidatesPending));
}

#[tokio::test]
async fn a_broadcaster_falls_short_only_after_an_officer_confirmed_its_off_web_list() {
    let desk = Desk::open(&FEED.replace("newspaper", "radio_tv")).await;
    desk.watch_march(&[], true, |_| false).await;
    let blind = (Verdict::Undetermined, Reason::BlindMedium);
    assert_eq!(desk.march().await, blind);
    let (store, now) = (&desk.app.line.store, desk.now().to_rfc3339());
    confirm(store, ConfirmationKind::SilenceAccepted, vec![], &now).await;
    assert_eq!(desk.march().await, blind, "silence is another matter");
    let confirmed = confirm(store, ConfirmationKind::BlindChecked, vec![], &now).await;
    assert_eq!(desk.march().await, (Verdict::NotMet, Reason::NoneFound));
    let added = add(store, "Phóng sự về mua bán người", &now).await;
    let march = desk.month("2026-03").await;
    let evidence = serde_json::to_value(&march.evidence[0]).unwrap();
    assert_eq!((march.verdict, march.count, evidence["medium"].as_str()), (Verdict::Met, 1, Some("broadcast")));
    assert_eq!((evidence["url"].as_str(), &evidence["judgement"]), (Some(format!("urn:diembao:off-web:{added}").as_str()), &Value::Null));
    withdraw(store, Item::OffWeb(added), &now).await;
    assert_eq!(desk.march().await, (Verdict::NotMet, Reason::NoneFound), "the list is again the one that was confirmed");
    withdraw(store, Item::Confirmation(confirmed), &now).await;
    assert_eq!(desk.march().await, blind);
}

#[tokio::test]
async fn total_silence_is_no_evidence_until_an_officer_rules_that_it_is() {
    let desk = Desk::open(FEED).await;
    desk.watch_march(&[], false, |_| false).await;
    assert_eq!(desk.march().await, (Verdict::Undetermined, Reason::NothingSeen));
    confirm(&desk.app.line.store, ConfirmationKind::SilenceAccepted, vec![], &desk.now().to_rfc3339()).await;
    assert_eq!(desk.march().await, (Verdict::NotMet, Reason::NoneFound));
}

#[tokio::test]
async fn a_hand_check_closes_a_gap_until_an_article_turns_up_that_it_did_not_know() {
    let desk = Desk::open(FEED).await;
    desk.watch_march(&[], true, between("2026-03-10T15:00:00Z", "2026-03-21T03:00:00Z")).await;
    let open = (Verdict::Undetermined, Reason::CoverageGap);
    assert_eq!(desk.march().await, open);
    let (store, now) = (&desk.app.line.store, desk.now().to_rfc3339());
    let (from, to) = ("2026-03-10T03:00:00Z", "2026-03-21T03:00:00Z");
    let short = check_by_hand(store, from, "2026-03-21T02:59:59Z", &now).await;
    assert_eq!(desk.march().await, open, "a second short");
    withdraw(store, Item::HandCheck(short), &now).await;
    check_by_hand(store, from, to, &now).await;
    let march = desk.month("2026-03").await;
    assert_eq!((march.verdict, march.coverage.share, march.coverage.gaps.len()), (Verdict::NotMet, 1.0, 0));
    let closed = &march.coverage.closed[0];
    assert_eq!((closed.by.as_str(), closed.gap.why), ("Lê Thị Hoa", GapReason::WindowRolledOver));
    assert!(serde_json::to_value(&march.coverage).unwrap().get("closed").is_none(), "the contract's JSON stays as it is");
    assert_eq!(desk.march_at(at("2026-04-06T03:00:00Z")).await, open, "nothing was decided then");
    desk.time.fetch_add(3600, Ordering::SeqCst);
    let late = [item(200, at("2026-03-15T02:00:00Z"), ELSE), item(37, at("2026-04-05T01:00:00Z"), ELSE)];
    desk.publish([&late[1], &late[0]].into_iter());
    crawl(&desk.app.line, &CrawlScope::default(), &|_| ()).await.unwrap();
    assert_eq!(desk.march().await, open);
    check_by_hand(store, from, to, &desk.now().to_rfc3339()).await;
    assert_eq!(desk.march().await, (Verdict::NotMet, Reason::NoneFound));
}

#[tokio::test]
async fn a_hand_check_cannot_stand_in_for_the_visit_after_the_grace_or_for_an_outlet_never_seen() {
    let desk = Desk::open(FEED).await;
    desk.watch_march(&[], true, |now| now > at("2026-04-02T00:00:00Z")).await;
    let whole = ("2026-02-01T00:00:00Z", "2026-04-06T00:00:00Z");
    check_by_hand(&desk.app.line.store, whole.0, whole.1, &desk.now().to_rfc3339()).await;
    assert_eq!(desk.march().await, (Verdict::Undetermined, Reason::CoverageGap));
    let desk = Desk::open(FEED).await;
    desk.watch_march(&[], true, |_| true).await;
    check_by_hand(&desk.app.line.store, whole.0, whole.1, &desk.now().to_rfc3339()).await;
    confirm(&desk.app.line.store, ConfirmationKind::SilenceAccepted, vec![], &desk.now().to_rfc3339()).await;
    assert_eq!(desk.march().await, (Verdict::Undetermined, Reason::NeverSeen));
}

/// A folder with an installation, spoken to by commands.
struct Site {
    dir: tempfile::TempDir,
}

struct Said {
    status: i32,
    stdout: String,
    stderr: String,
}

impl Site {
    fn new(register: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("config")).unwrap();
        fs::write(dir.path().join("config/outlets.toml"), register).unwrap();
        fs::write(dir.path().join("config/diembao.toml"), SITE).unwrap();
        Self { dir }
    }

    /// Runs a command as at 20 April 2026, without keeping a server of the test from answering.
    async fn run(&self, args: &[&str]) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_diembao"));
        command.args(["--now", "2026-04-20T08:00:00+07:00"]).args(args).current_dir(self.dir.path());
        for name in ["DIEMBAO_CONFIG", "DIEMBAO_DATA", "DIEMBAO_INDEX", "DIEMBAO_LOG"] {
            command.env_remove(name);
        }
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Said { status: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    async fn json(&self, args: &[&str]) -> Value {
        let said = self.run(args).await;
        serde_json::from_str(&said.stdout).unwrap_or_else(|wrong| panic!("{wrong}\n{}\n{}", said.stdout, said.stderr))
    }
}

/// Registers a page of the printed paper.
const ADD_SCAN: [&str; 16] = [
    "evidence",
    "add",
    "a",
    "2026-03",
    "--medium",
    "print",
    "--title",
    "Trang ba: phòng, chống mua bán người",
    "--aired",
    "2026-03-12T06:00:00+07:00",
    "--file",
    "trang-3.pdf",
    "--note",
    "số 1204",
    "--by",
    "Lê Thị Hoa",
];

#[tokio::test(flavor = "multi_thread")]
async fn officers_decide_by_commands_and_every_decision_is_listed_and_logged() {
    let site = Site::new(&FEED.replace("{host}", "a.example"));
    let scan = site.dir.path().join("trang-3.pdf");
    fs::write(&scan, "một trang báo").unwrap();
    let added = site.run(&ADD_SCAN).await;
    assert_eq!((added.status, added.stdout.starts_with("off-web:1: ")), (0, true), "{}{}", added.stdout, added.stderr);
    let march = site.json(&["review", "2026-03", "--json"]).await["outlets"][0].clone();
    let digest = diembao::domain::digest::sha256("một trang báo");
    assert_eq!((march["verdict"].as_str(), march["count"].as_u64()), (Some("met"), Some(1)));
    assert_eq!(
        march["evidence"][0],
        serde_json::json!({"url": format!("urn:sha256:{digest}"), "title": "Trang ba: phòng, chống mua bán người",
            "published": "2026-03-12T06:00:00+07:00", "judgement": null, "by": "officer", "medium": "print"})
    );
    assert_eq!(fs::read_to_string(site.dir.path().join("data/evidence").join(&digest)).unwrap(), "một trang báo");

    let by = ["--reason", "đã xem", "--by", "Trần Văn An"];
    for (args, says) in [
        (["evidence", "confirm", "a", "2026-03", "--off-web-checked"].as_slice(), "confirmation:1: "),
        (&["evidence", "withdraw", "off-web:1"], "off-web:1: "),
    ] {
        let said = site.run(&[args, &by].concat()).await;
        assert!(said.status == 0 && said.stdout.starts_with(says), "{args:?}: {}{}", said.stdout, said.stderr);
    }
    let span = ["--from", "2026-03-01T00:00:00+07:00", "--to", "2026-04-01T00:00:00+07:00"];
    let looked = ["--looked-at", "trang chủ", "--found", "không có", "--by", "Lê Thị Hoa"];
    let checked = site.run(&[["evidence", "hand-check", "a"].as_slice(), &span, &looked].concat()).await;
    assert!(checked.status == 0 && checked.stdout.starts_with("hand-check:1: "), "{}{}", checked.stdout, checked.stderr);

    let listed = site.json(&["evidence", "list", "a", "2026-03", "--json"]).await;
    assert_eq!(
        (listed["off_web"][0]["id"].as_str(), listed["off_web"][0]["withdrawn"]["by"].as_str()),
        (Some("off-web:1"), Some("Trần Văn An"))
    );
    assert_eq!(
        (listed["confirmations"][0]["kind"].as_str(), listed["confirmations"][0]["listed"][0].as_i64()),
        (Some("blind_checked"), Some(1))
    );
    assert_eq!(
        (listed["hand_checks"][0]["id"].as_str(), listed["hand_checks"][0]["overtaken"].as_bool()),
        (Some("hand-check:1"), Some(false))
    );
    let text = site.run(&["evidence", "list", "a", "2026-03"]).await.stdout;
    for part in ["báo in: Trang ba", "đã rút lại: đã xem", "kiểm tra thủ công 01/03/2026 00:00", "Lê Thị Hoa, 20/04/2026 08:00"]
    {
        assert!(text.contains(part), "{part} in\n{text}");
    }

    let log = site.run(&["audit", "--json"]).await.stdout;
    let rows: Vec<Value> = log.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let said: Vec<_> = rows.iter().map(|it| (it["number"].as_i64().unwrap(), it["what"].as_str().unwrap())).collect();
    assert_eq!(said, [(1, "off_web_added"), (2, "confirmed"), (3, "withdrawn"), (4, "hand_checked")]);
    assert_eq!(
        (rows[2]["before"]["title"].as_str(), rows[2]["after"]["item"].as_str()),
        (Some("Trang ba: phòng, chống mua bán người"), Some("off-web:1"))
    );
    let holds = site.run(&["audit", "--verify"]).await;
    assert_eq!((holds.status, holds.stdout.as_str()), (0, "Nhật ký nguyên vẹn: 4 dòng\n"));
    meddle(&Store::sqlite_url(&site.dir.path().join("data/diembao.db")), "UPDATE audit SET officer = 'ai đó' WHERE number = 3").await;
    let broken = site.run(&["audit", "--verify", "--json"]).await;
    assert_eq!((broken.status, broken.stdout.trim()), (1, "{\"rows\":null,\"broken\":{\"row\":3,\"why\":\"changed\"}}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_article_is_ruled_on_by_any_of_its_addresses_or_by_its_number() {
    let server = Scripted::start().await;
    let page = "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><title>Xã Sơn Hòa họp bàn việc quý tới</title></head><body><article>\
        <h1>Xã Sơn Hòa họp bàn việc quý tới</h1><p>Chị Lê Thị Hạ ở thôn Trung cho biết bà con sẽ gặp lại nhau vào tháng sau, khi lúa ngoài đồng đã gặt xong.</p>\
        <p>Cuộc họp bàn việc trồng rau; cán bộ xã cũng nhắc đến phòng, chống mua bán người ở vùng cao.</p></article></body></html>";
    let feed = format!(
        "<rss version=\"2.0\"><channel><title>A</title><item><title>Xã Sơn Hòa họp bàn việc quý tới</title><link>{}</link>\
         <pubDate>Tue, 10 Mar 2026 09:30:00 +0700</pubDate></item></channel></rss>",
        server.url("/tin-1.html")
    );
    server.on("/rss", Answer::ok("application/rss+xml", feed));
    server.on("/tin-1.html", Answer::ok("text/html", page));
    let site = Site::new(&FEED.replace("{host}", &server.host()));
    assert_eq!(site.run(&["crawl"]).await.status, 0);
    let march = async || site.json(&["review", "2026-03", "--json"]).await["outlets"][0].clone();
    assert_eq!(march().await["pending"][0]["why"].as_str(), Some("mention"));
    let by = ["--reason", "đã đọc", "--by", "Lê Thị Hoa"];
    let address = format!("{}?utm_source=zalo", server.url("/tin-1.html"));
    for (article, decision, verdict, by_whom) in [
        (address.as_str(), ["--counts"].as_slice(), "met", Some("officer")),
        ("1", &["--does-not-count"], "undetermined", None),
        ("1", &["--month", "2026-03"], "met", Some("officer")),
    ] {
        let said = site.run(&[["evidence", "rule", article].as_slice(), decision, &by].concat()).await;
        assert_eq!(said.status, 0, "{}", said.stderr);
        let it = march().await;
        assert_eq!((it["verdict"].as_str(), it["evidence"][0]["by"].as_str()), (Some(verdict), by_whom), "{decision:?}");
        assert!(it["pending"].as_array().unwrap().is_empty(), "{it}");
    }
    let listed = site.json(&["evidence", "list", "a", "2026-03", "--json"]).await;
    let decisions: Vec<_> = listed["rulings"].as_array().unwrap().iter().map(|it| it["decision"].as_str().unwrap().to_owned()).collect();
    assert_eq!(decisions, ["counts", "does_not_count", "counts"]);
    let agreement = site.json(&["judge", "--against-rulings", "--json"]).await;
    assert_eq!((&agreement["ruled"], &agreement["agreed"]), (&Value::from(1), &Value::from(0)));
    assert_eq!(agreement["too_little"][0]["judgement"].as_str(), Some("mention"), "the machine called it a mention");
    let exported = site.run(&["evidence", "rulings", "-o", "-"]).await.stdout;
    let line: Value = serde_json::from_str(exported.trim()).unwrap();
    assert_eq!((&line["counts"], line["reason"].as_str()), (&Value::from(true), Some("đã đọc")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_cannot_be_is_refused_with_2_and_nothing_is_written() {
    let site = Site::new(&FEED.replace("{host}", "a.example"));
    fs::write(site.dir.path().join("empty.pdf"), "").unwrap();
    let add = |outlet: &str, month: &str, more: &[&str]| {
        let fixed = ["evidence", "add", outlet, month, "--medium", "print", "--title", "Trang ba"];
        fixed.iter().chain(more).map(|it| (*it).to_owned()).collect::<Vec<_>>()
    };
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    for (args, says) in [
        (add("nobody", "2026-03", &["--by", "hoa"]), "no outlet `nobody`"),
        (add("a", "2026-05", &["--by", "hoa"]), "2026-05 has not begun"),
        (add("a", "2026-03", &["--by", " "]), "it is empty"),
        (add("a", "2026-03", &["--by", "hoa", "--title", ""]), "cannot be used multiple times"),
        (add("a", "2026-03", &["--by", "hoa", "--aired", "2026-04-01T00:00:00+07:00"]), "not in 2026-03"),
        (add("a", "2026-03", &["--by", "hoa", "--url", "ftp://a.example/1"]), "no http or https address"),
        (add("a", "2026-03", &["--by", "hoa", "--file", "absent.pdf"]), "absent.pdf: it cannot be opened"),
        (add("a", "2026-03", &["--by", "hoa", "--file", "empty.pdf"]), "empty.pdf: it is empty"),
        (add("a", "2026-03", &["--by", "hoa", "--medium", "smoke"]), "cannot be used multiple times"),
        (words("evidence rule 7 --counts --reason x --by hoa"), "no article `7`"),
        (words("evidence rule https://a.example/tin-7.html --counts --reason x --by hoa"), "no article"),
        (words("evidence rule 7 --counts --does-not-count --reason x --by hoa"), "cannot be used with"),
        (words("evidence rule 7 --reason x --by hoa"), "required"),
        (words("evidence rule 7 --counts --by hoa"), "--reason"),
        (words("evidence confirm a 2026-04 --silence --reason x --by hoa"), "2026-04 is not over"),
        (words("evidence confirm a 2026-03 --reason x --by hoa"), "required"),
        (words("evidence withdraw 7 --reason x --by hoa"), "no off-web:7"),
        (words("evidence withdraw ruling:7 --reason x --by hoa"), "names nothing that can be taken back"),
        (
            words("evidence hand-check a --from 2026-03-02T00:00:00Z --to 2026-03-02T00:00:00Z --looked-at x --found y --by hoa"),
            "must begin before it ends",
        ),
        (
            words("evidence hand-check a --from 2026-03-02T00:00:00Z --to 2026-05-02T00:00:00Z --looked-at x --found y --by hoa"),
            "lies in the future",
        ),
    ] {
        let said = site.run(&args.iter().map(String::as_str).collect::<Vec<_>>()).await;
        assert_eq!((said.status, said.stdout.as_str()), (2, ""), "{args:?}: {}", said.stderr);
        assert!(said.stderr.contains(says), "{args:?}: {}", said.stderr);
    }
    assert_eq!(site.run(&["audit", "--verify"]).await.stdout, "Nhật ký nguyên vẹn: 0 dòng\n");
    let kept = |dir: &Path| fs::read_dir(dir).map_or(0, Iterator::count);
    assert_eq!(kept(&site.dir.path().join("data/evidence")), 0);
}

#[tokio::test]
async fn evidence_that_was_registered_while_the_clock_ran_ahead_waits_in_sight_and_counts_once_the_clock_is_known_to_be_right() {
    let desk = Desk::open(FEED).await;
    desk.watch_march(&[], true, |_| false).await;
    assert_eq!(desk.march().await, (Verdict::NotMet, Reason::NoneFound));
    let id = add(&desk.app.line.store, "Phóng sự truyền hình về mua bán người", &(desk.now() + TimeDelta::days(30)).to_rfc3339()).await;
    let march = desk.month("2026-03").await;
    assert_eq!((march.verdict, march.reason), (Verdict::Undetermined, Reason::CandidatesPending));
    let waits: Vec<_> = march.pending.iter().map(|it| (it.url.clone(), it.why)).collect();
    assert_eq!(waits, [(format!("urn:diembao:off-web:{id}"), PendingWhy::SaidAhead)]);
    crawl(&desk.app.line, &CrawlScope::default(), &|_| ()).await.unwrap();
    let march = desk.month("2026-03").await;
    assert_eq!((march.verdict, march.count, march.pending.len()), (Verdict::Met, 1, 0));
    assert_eq!(desk.app.line.store.verify_audit().await.unwrap(), Ok(1), "no row of the log was touched");
}

#[tokio::test]
async fn a_ruling_of_a_clock_that_ran_ahead_lets_count_what_it_ruled_in_rules_nothing_out_and_gives_way_to_the_next_one() {
    let desk = Desk::open(FEED).await;
    desk.watch_march(&[item(100, at("2026-03-15T02:00:00Z"), MENTION)], true, |_| false).await;
    let ahead = async |asked| {
        let there = desk.time.fetch_add(30 * 86_400, Ordering::SeqCst);
        desk.rule(100, asked).await;
        desk.time.store(there, Ordering::SeqCst);
    };
    ahead(Asked::DoesNotCount).await;
    let march = desk.month("2026-03").await;
    assert_eq!((march.verdict, march.pending.len(), march.pending[0].why), (Verdict::Undetermined, 1, PendingWhy::SaidAhead));
    crawl(&desk.app.line, &CrawlScope::default(), &|_| ()).await.unwrap();
    assert_eq!(desk.march().await, (Verdict::Undetermined, Reason::CandidatesPending), "it rules nothing out before its time");
    ahead(Asked::Counts).await;
    assert_eq!(desk.march().await, (Verdict::Undetermined, Reason::CandidatesPending));
    crawl(&desk.app.line, &CrawlScope::default(), &|_| ()).await.unwrap();
    assert_eq!(desk.march().await, (Verdict::Met, Reason::Articles));
    desk.rule(100, Asked::DoesNotCount).await;
    assert_eq!(desk.march().await, (Verdict::NotMet, Reason::NoneFound), "the clock is right now, and this was said last");
    desk.time.fetch_add(40 * 86_400, Ordering::SeqCst);
    assert_eq!(desk.month("2026-03").await.count, 0, "what was said before it does not come back when its time comes");
}

#[tokio::test]
async fn what_vouches_for_a_month_and_was_said_by_a_clock_that_ran_ahead_never_has_force_and_is_named() {
    on_both("ahead", async |store, _| {
        let (now, later) = (at("2026-04-03T00:00:00Z"), "2026-04-20T00:00:00Z");
        let span = month("2026-03").span(ZONE);
        let vouching = async |now: DateTime<Utc>| {
            let it = store.month_decisions(&outlet(), (month("2026-03"), span), span, now).await.unwrap();
            (it.confirmations.iter().filter(|it| it.stands()).count(), it.hand_checks.iter().filter(|it| it.check.stands()).count())
        };
        let silence = confirm(&store, ConfirmationKind::SilenceAccepted, vec![], "2026-04-01T00:00:00Z").await;
        assert_eq!(vouching(now).await, (1, 0));
        withdraw(&store, Item::Confirmation(silence), later).await;
        assert_eq!(vouching(now).await, (0, 0), "it was taken back, whatever the clock showed");
        let check = check_by_hand(&store, "2026-03-10T00:00:00Z", "2026-03-12T00:00:00Z", later).await;
        confirm(&store, ConfirmationKind::BlindChecked, vec![], later).await;
        let named = async |now| store.acts_ahead(now).await.unwrap().iter().map(|it| (it.number, it.void)).collect::<Vec<_>>();
        assert_eq!(named(now).await, [(2, false), (3, false), (4, false)]);
        assert_eq!(store.note_said_ahead(now).await.unwrap(), 3);
        assert_eq!(store.note_said_ahead(now).await.unwrap(), 0);
        let after = at("2026-05-01T00:00:00Z");
        assert_eq!(vouching(after).await, (0, 0), "nobody knows when it was truly made");
        assert_eq!(named(after).await, [(3, true), (4, true)]);
        withdraw(&store, Item::HandCheck(check), "2026-05-01T00:00:00Z").await;
        assert_eq!(named(after).await, [(4, true)]);
        confirm(&store, ConfirmationKind::BlindChecked, vec![], "2026-05-01T00:00:00Z").await;
        assert_eq!(vouching(after).await, (1, 0));
    })
    .await;
}
