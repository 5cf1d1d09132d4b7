//! Closed months and dossiers through the whole line: closing, amendments, replay, and the file that proves a verdict.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod postgres;
mod scripted;

use std::{
    fs,
    path::Path,
    process::{Command, Output},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use chrono::{DateTime, TimeDelta, Utc};
use diembao::{
    app::{App, Places},
    domain::{
        closing::{Closed, Likeness, Official, Snapshot, review_inputs},
        month::Month,
        review::MonthReview,
        verdict::{Reason, Verdict},
    },
    jobs::{
        Clock,
        close::{CloseEnd, as_closed, check_chain, close, closed, versions},
        crawl::{CrawlScope, crawl},
        dossier::dossier,
        recheck::{Extent, recheck},
        rejudge::rejudge,
        review::{all_inputs, inputs_of, month_rules, record_changes, review},
    },
    report::verify::verify,
    store::{Store, month::VerdictChange},
};
use scripted::{Answer, Scripted};
use serde_json::Value;

/// Two outlets on one server: `a` publishes, `b` never answers.
const REGISTER: &str = "[[outlet]]\nid = \"a\"\nname = \"Báo A\"\nkind = \"newspaper\"\nhosts = [\"{host}\"]\n\
    [[outlet.source]]\nkind = \"feed\"\nurl = \"http://{host}/rss\"\ncovers = \"outlet\"\n\
    [[outlet]]\nid = \"b\"\nname = \"Báo B\"\nkind = \"newspaper\"\nhosts = [\"b.example\"]\n\
    [[outlet.source]]\nkind = \"feed\"\nurl = \"http://{host}/b\"\ncovers = \"outlet\"\n";

const SITE: &str = "[crawl]\nhost_delay = \"0s\"\ntimeout = \"5s\"\nallow_private_hosts = true\n";

struct Desk {
    server: Scripted,
    app: App,
    time: Arc<AtomicI64>,
    places: Places,
    dir: tempfile::TempDir,
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn march() -> Month {
    "2026-03".parse().unwrap()
}

impl Desk {
    /// Opens an installation and watches March 2026 once a day to its end. An ordinary article comes each day, and those of
    /// `about` on their days.
    async fn watched(about: &[(u32, &str)], database: Option<&str>) -> Self {
        let server = Scripted::start().await;
        let dir = tempfile::tempdir().unwrap();
        let config = dir.path().join("config");
        fs::create_dir(&config).unwrap();
        fs::write(config.join("outlets.toml"), REGISTER.replace("{host}", &server.host())).unwrap();
        let site = database.map_or_else(String::new, |it| format!("[site]\ndatabase = \"{it}\"\n"));
        fs::write(config.join("diembao.toml"), site + SITE).unwrap();
        let time = Arc::new(AtomicI64::new(at("2026-02-27T10:00:00+07:00").timestamp()));
        let places = Places { config, data: dir.path().join("data"), index: dir.path().join("index") };
        let app = App::open(&places, clock(&time)).await.unwrap();
        let desk = Self { server, app, time, places, dir };
        desk.server.on("/b", Answer::status(503));
        let mut items: Vec<(u32, String, bool)> =
            (0..38).map(|day| (day, (at("2026-02-27T08:00:00+07:00") + TimeDelta::days(day.into())).to_rfc3339(), false)).collect();
        items.extend(about.iter().map(|(number, date)| (*number, (*date).to_owned(), true)));
        items.sort_by_key(|it| std::cmp::Reverse(at(&it.1)));
        while desk.app.line.clock.now() <= at("2026-04-06T10:00:00+07:00") {
            let listed: Vec<_> = items.iter().filter(|it| at(&it.1) <= desk.app.line.clock.now()).take(8).cloned().collect();
            desk.publish(&listed);
            desk.crawl().await;
            desk.time.fetch_add(TimeDelta::days(1).num_seconds(), Ordering::SeqCst);
        }
        desk.set("2026-04-10T08:00:00+07:00");
        desk
    }

    fn set(&self, now: &str) {
        self.time.store(at(now).timestamp(), Ordering::SeqCst);
    }

    async fn crawl(&self) {
        crawl(&self.app.line, &CrawlScope::default(), &|_| ()).await.unwrap();
    }

    fn publish(&self, items: &[(u32, String, bool)]) {
        let mut feed = "<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\"><channel><title>Báo A</title>".to_owned();
        for (number, date, about) in items {
            let (path, title) = (format!("/tin-{number}.html"), title(*number, *about));
            let date = at(date).to_rfc2822();
            feed += &format!("<item><title>{title}</title><link>{}</link><pubDate>{date}</pubDate></item>", self.server.url(&path));
            self.server.on(&path, Answer::ok("text/html; charset=utf-8", page(&title, *about)));
        }
        self.server.on("/rss", Answer::ok("application/rss+xml", feed + "</channel></rss>"));
    }

    async fn review(&self) -> MonthReview {
        review(&self.app.line, march(), &[]).await.unwrap()
    }

    /// Reviews and records, as the scheduled job does; says how many verdicts changed.
    async fn review_and_record(&self) -> usize {
        record_changes(&self.app.line, &self.review().await).await.unwrap()
    }

    /// Closes March once its counted articles were looked at again.
    async fn close(&self) -> CloseEnd {
        recheck(&self.app.line, march(), &[], Extent::Unsettled).await.unwrap();
        close(&self.app.line, march(), "Lê Thị Hạ", "Trần Văn Minh").await.unwrap()
    }

    async fn closed(&self) -> Closed {
        closed(&self.app.line, march()).await.unwrap().unwrap()
    }

    async fn shown(&self) -> (Verdict, usize) {
        let latest = self.app.line.store.latest_verdicts(&[march()]).await.unwrap();
        let it = latest[&("a".to_owned(), march())];
        (it.verdict, it.count)
    }

    /// The same installation after its configuration was edited.
    async fn reopened(self) -> Self {
        self.app.line.store.close().await;
        let app = App::open(&self.places, clock(&self.time)).await.unwrap();
        Self { app, ..self }
    }

    /// Runs the program itself on the installation.
    fn run(&self, args: &[&str]) -> Output {
        let folders = [("--config", &self.places.config), ("--data", &self.places.data), ("--index", &self.places.index)];
        let mut command = Command::new(env!("CARGO_BIN_EXE_diembao"));
        command.args(args).current_dir(self.dir.path());
        for (name, folder) in folders {
            command.arg(name).arg(folder);
        }
        command.args(["--now", &self.app.line.clock.now().to_rfc3339()]).output().unwrap()
    }
}

fn clock(time: &Arc<AtomicI64>) -> Clock {
    let reads = time.clone();
    Clock(Arc::new(move || DateTime::from_timestamp(reads.load(Ordering::SeqCst), 0).unwrap()))
}

fn title(number: u32, about: bool) -> String {
    if about {
        format!("Xã Sơn Hòa tập huấn phòng, chống mua bán người lần {number}")
    } else {
        format!("Chợ phiên xã Sơn Hòa nhộn nhịp kỳ {number}")
    }
}

fn page(title: &str, about: bool) -> String {
    let subject = if about { "phòng, chống mua bán người" } else { "trồng rau sạch" };
    format!(
        "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body><article><h1>{title}</h1>\
         <p>Sáng nay, hội phụ nữ xã Sơn Hòa mở buổi trò chuyện về {subject} cho hơn tám mươi hội viên của mười hai thôn trong xã.</p>\
         <p>Chị Lê Thị Hạ, chi hội trưởng, cho biết buổi trò chuyện sẽ được lặp lại ở các thôn xa vào tháng sau, để bà con ở vùng cao \
         cũng được nghe và hỏi đáp trực tiếp với cán bộ xã.</p></article></body></html>"
    )
}

const TWO: [(u32, &str); 2] = [(100, "2026-03-12T09:00:00+07:00"), (101, "2026-03-31T23:30:00+07:00")];

/// A dictionary that knows nothing of the subject.
const OTHER_TERMS: &str =
    "version = \"2\"\n[[term]]\nid = \"x\"\ntopic = \"law\"\nclass = \"strong\"\nforms = [\"xổ số kiến thiết\"]\nwhy = \"thử\"\n";

fn codes(end: &CloseEnd) -> Vec<&'static str> {
    match end {
        CloseEnd::Closed(_) => vec![],
        CloseEnd::Refused(obstacles) => obstacles.iter().map(|it| it.code()).collect(),
    }
}

fn json(review: &MonthReview) -> String {
    serde_json::to_string(review).unwrap()
}

#[tokio::test]
async fn a_closed_month_is_replayed_bit_for_bit_whatever_changes_later() {
    let desk = Desk::watched(&TWO, None).await;
    desk.review_and_record().await;
    let before = desk.review().await;
    let CloseEnd::Closed(closing) = desk.close().await else { panic!("refused") };
    assert_eq!((closing.number, json(&closing.review)), (1, json(&before)));
    assert_eq!(before.outlets[0].verdict, Verdict::Met);
    assert_eq!((before.outlets[1].verdict, before.outlets[1].reason), (Verdict::Undetermined, Reason::NeverSeen), "closing leaves it so");

    // The dictionary, the register and the calendar change, the articles are judged again, and new ones come in.
    fs::write(desk.places.config.join("terms.toml"), OTHER_TERMS).unwrap();
    let register = REGISTER.replace("{host}", &desk.server.host()).replace("Báo A", "Báo Mới").replace("\"b\"", "\"c\"");
    fs::write(desk.places.config.join("outlets.toml"), register).unwrap();
    fs::write(desk.places.config.join("calendar.toml"), "[[holiday]]\nfrom = \"2026-04-01\"\nto = \"2026-04-20\"\nname = \"Nghỉ\"\n")
        .unwrap();
    let desk = desk.reopened().await;
    let diff = rejudge(&desk.app.line, true).await.unwrap();
    assert!(diff.closed.contains(&march()) && diff.diff.keys().any(|it| it.0 == Some(march())), "{diff:?}");
    desk.set("2026-05-20T08:00:00+07:00");
    desk.publish(&[(200, "2026-03-15T08:00:00+07:00".to_owned(), true)]);
    desk.crawl().await;
    desk.review_and_record().await;
    assert_ne!(desk.review().await.outlets[0].verdict, Verdict::Met, "the present computation is another one");
    let replay = as_closed(&desk.app.line, march()).await.unwrap().unwrap();
    assert_eq!((replay.likeness, json(&replay.review)), (Likeness::Exact, json(&before)));
    assert_eq!(replay.review.outlets[0].name, "Báo A");
}

#[tokio::test]
async fn a_closed_verdict_changes_by_one_visible_amendment_and_no_other_way() {
    let desk = Desk::watched(&TWO, None).await;
    let CloseEnd::Closed(_) = desk.close().await else { panic!("refused") };
    assert_eq!(desk.shown().await, (Verdict::Met, 2));
    desk.set("2026-04-11T08:00:00+07:00");
    assert_eq!(desk.review_and_record().await, 0, "nothing has changed");
    fs::write(desk.places.config.join("terms.toml"), OTHER_TERMS).unwrap();
    let desk = desk.reopened().await;
    rejudge(&desk.app.line, true).await.unwrap();
    desk.set("2026-04-09T08:00:00+07:00");
    assert_eq!(desk.review_and_record().await, 0, "a look back in time amends nothing");
    desk.set("2026-04-12T08:00:00+07:00");
    let reviewed = desk.review().await;
    let both = futures_util::future::join(record_changes(&desk.app.line, &reviewed), record_changes(&desk.app.line, &reviewed)).await;
    assert_eq!(both.0.unwrap() + both.1.unwrap(), 1, "two reviews at the same time amend once");
    assert_eq!(desk.review_and_record().await, 0, "and later ones not again");
    let closed = desk.closed().await;
    let [(amendment, digest)] = closed.amendments.as_slice() else { panic!("{:?}", closed.amendments.len()) };
    let met = Official { verdict: Verdict::Met, reason: Reason::Articles, count: 2 };
    assert_eq!((amendment.before, amendment.after.verdict), (Some(met), Verdict::NotMet));
    assert_eq!(amendment.why, ["articles", "terms"]);
    assert_eq!(desk.shown().await, (Verdict::NotMet, 0));
    assert_eq!((amendment.closing.as_str(), closed.note().amendments[0].digest.as_str()), (closed.digest.as_str(), digest.as_str()));
    assert_eq!(Official::of(&amendment.inputs.review(&amendment.rules)), amendment.after, "the amendment can be computed again as well");
}

#[tokio::test]
async fn a_month_that_rests_on_one_article_nobody_looked_at_is_not_closed() {
    let desk = Desk::watched(&TWO[..1], None).await;
    assert_eq!(codes(&desk.close().await), ["unconfirmed"]);
    desk.set("2026-04-01T08:00:00+07:00");
    assert!(codes(&desk.close().await).contains(&"in_grace"));
    assert!(closed(&desk.app.line, march()).await.unwrap().is_none(), "nothing was kept");
}

/// Runs the promises of the chain on a database of either kind.
async fn closings_are_chained(desk: Desk) {
    let line = &desk.app.line;
    let snapshot = async |month: &str| {
        let rules = month_rules(line, month.parse().unwrap(), line.clock.now()).unwrap();
        let outlets = all_inputs(line, &rules).await.unwrap();
        let result = review_inputs(&outlets, &rules);
        Snapshot {
            number: 0,
            month: rules.month,
            at: rules.now,
            by: "a".to_owned(),
            second: "b".to_owned(),
            previous: String::new(),
            amendments: String::new(),
            versions: versions(line),
            rules: rules.kept(),
            outlets,
            acknowledged: vec![],
            result,
        }
    };
    let first = snapshot("2026-03").await;
    let attempts = (0..6).map(|_| line.store.record_closing(first.clone(), &[]));
    let won: Vec<_> = futures_util::future::join_all(attempts).await.into_iter().filter_map(Result::unwrap).collect();
    let [(kept, digest)] = won.as_slice() else { panic!("{} won", won.len()) };
    assert_eq!((kept.number, kept.previous.as_str()), (1, ""));

    // What an open month records, a closed one does not.
    let id = "a".parse().unwrap();
    let change = VerdictChange {
        outlet: &id,
        month: march(),
        verdict: Verdict::NotMet,
        reason: Reason::NoneFound,
        count: 0,
        at: at("2026-06-01T00:00:00Z"),
        terms: "t",
        calls: None,
        channels: &[],
    };
    assert!(!line.store.record_verdict(&change).await.unwrap());

    let closed = desk.closed().await;
    let outlet = line.register.get("a").unwrap();
    let later = month_rules(line, march(), at("2026-06-01T00:00:00Z")).unwrap();
    let mut inputs = inputs_of(line, outlet, &later).await.unwrap();
    inputs.seen.articles.clear();
    let amendment = closed.amendment(inputs, &later, versions(line)).unwrap();
    let attempts = (0..4).map(|_| line.store.record_amendment(1, amendment.clone(), 0, &change));
    let kept = futures_util::future::join_all(attempts).await.into_iter().filter(|it| *it.as_ref().unwrap()).count();
    assert_eq!(kept, 1);
    assert_eq!(desk.shown().await, (Verdict::NotMet, 0), "the amendment brings its verdict along");

    let links = line.store.amendments(1).await.unwrap();
    let (second, _) = line.store.record_closing(snapshot("2026-02").await, &[]).await.unwrap().unwrap();
    assert_eq!(
        (second.number, second.previous, second.amendments),
        (2, digest.clone(), links[0].digest.clone()),
        "it seals what came before"
    );
    assert_eq!(line.store.closed_months().await.unwrap(), [("2026-02".parse().unwrap(), 2), (march(), 1)].into());
    assert_eq!(line.store.last_closing(at(LATER)).await.unwrap().unwrap().0, 2);
    assert_eq!(as_closed(line, march()).await.unwrap().unwrap().likeness, Likeness::Exact);
    assert_eq!(check_chain(line).await.unwrap(), 2);
    desk.app.line.store.close().await;
}

const LATER: &str = "2027-01-01T00:00:00Z";

#[tokio::test]
async fn closings_are_chained_on_both_databases_and_of_two_at_the_same_time_one_wins() {
    closings_are_chained(Desk::watched(&TWO, None).await).await;
    let database = postgres::database("closing");
    closings_are_chained(Desk::watched(&TWO, Some(&database)).await).await;
}

#[tokio::test]
async fn a_kept_text_that_was_changed_in_the_database_is_not_believed() {
    let desk = Desk::watched(&TWO, None).await;
    let CloseEnd::Closed(_) = desk.close().await else { panic!("refused") };
    let file = desk.places.data.join("diembao.db");
    let sql = "UPDATE closing SET snapshot = replace(snapshot, 'Báo A', 'Báo Z')";
    change_behind_the_back(&file, sql).await;
    let fault = as_closed(&desk.app.line, march()).await.unwrap_err();
    assert!(fault.to_string().contains("was changed since it was written"), "{fault}");
    assert!(check_chain(&desk.app.line).await.is_err());
}

#[tokio::test]
async fn a_link_that_was_taken_out_of_the_chain_is_missed() {
    let desk = Desk::watched(&TWO, None).await;
    let months = ["2026-01", "2026-02", "2026-03"].map(|it| it.parse::<Month>().unwrap());
    for month in months {
        recheck(&desk.app.line, month, &[], Extent::Unsettled).await.unwrap();
        let CloseEnd::Closed(_) = close(&desk.app.line, month, "Lê Thị Hạ", "Trần Văn Minh").await.unwrap() else {
            panic!("{month}")
        };
    }
    assert_eq!(check_chain(&desk.app.line).await.unwrap(), 3);
    change_behind_the_back(&desk.places.data.join("diembao.db"), "DELETE FROM closing WHERE number = 2").await;
    assert!(as_closed(&desk.app.line, months[2]).await.unwrap_err().to_string().contains("a link of the chain is missing"));
    assert!(check_chain(&desk.app.line).await.is_err());
}

/// Writes to the database as nobody but a forger would.
async fn change_behind_the_back(file: &Path, sql: &'static str) {
    use sqlx::Connection;
    let mut connection = sqlx::AnyConnection::connect(&Store::sqlite_url(file)).await.unwrap();
    sqlx::query(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_close_show_replay_and_prove_a_month() {
    let desk = Desk::watched(&TWO, None).await;
    let text = |output: &Output| String::from_utf8(output.stdout.clone()).unwrap();
    let value = |output: &Output| serde_json::from_slice::<Value>(&output.stdout).unwrap();
    let open = desk.run(&["review", "2026-03", "--json"]);
    assert!(value(&open).get("closing").is_none(), "only closed months have it");
    assert_eq!(desk.run(&["review", "2026-03", "--as-closed"]).status.code(), Some(1));
    let refused = desk.run(&["close", "2026-03", "--by", "ha", "--second", "HA"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused).contains("same_person     Người chốt"), "{}", text(&refused));
    assert_eq!(desk.run(&["close", "2026-03", "--by", "ha"]).status.code(), Some(2));

    let unchecked = desk.run(&["close", "2026-03", "--by", "ha", "--second", "minh"]);
    assert!(unchecked.status.code() == Some(1) && text(&unchecked).contains("unchecked"), "{}", text(&unchecked));
    assert!(desk.run(&["recheck", "2026-03"]).status.success());
    let done = desk.run(&["close", "2026-03", "--by", "ha", "--second", "minh"]);
    assert!(done.status.success() && text(&done).contains("Báo B: chưa đọc được nguồn nào"), "{}", text(&done));
    let again = desk.run(&["close", "2026-03", "--by", "ha", "--second", "minh"]);
    assert!(again.status.code() == Some(1) && text(&again).contains("already_closed"), "{}", text(&again));

    let reviewed = value(&desk.run(&["review", "2026-03", "--json"]));
    let closing = &reviewed["closing"];
    assert_eq!((closing["number"].as_u64(), closing["by"].as_str(), closing["second"].as_str()), (Some(1), Some("ha"), Some("minh")));
    assert_eq!((closing["at"].as_str(), closing["digest"].as_str().unwrap().len()), (Some("2026-04-10T08:00:00+07:00"), 64));
    assert_eq!(closing["amendments"], serde_json::json!([]));
    let before: Value = value(&open);
    for key in ["month", "as_of", "outlets", "together"] {
        assert_eq!(reviewed[key], before[key], "{key}");
    }
    desk.set("2026-06-10T08:00:00+07:00");
    let replayed = desk.run(&["review", "2026-03", "--as-closed", "--json"]);
    assert!(replayed.status.success() && text(&replayed).starts_with(text(&open).trim_end().trim_end_matches('}')), "{}", text(&replayed));
    let shown = text(&desk.run(&["review", "2026-03"]));
    assert!(shown.contains("Tháng đã chốt ngày 10/04/2026 08:00 (lần chốt số 1): ha chốt, minh xác nhận."), "{shown}");

    let made = desk.run(&["evidence", "dossier", "a", "2026-03", "-o", "a.zip"]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    // The check needs the file and nothing else.
    let empty = tempfile::tempdir().unwrap();
    fs::copy(desk.dir.path().join("a.zip"), empty.path().join("a.zip")).unwrap();
    let verified =
        || Command::new(env!("CARGO_BIN_EXE_diembao")).args(["evidence", "verify", "a.zip"]).current_dir(empty.path()).output().unwrap();
    let good = verified();
    assert!(good.status.success() && text(&good).contains("verdict-as-closed.json: đúng từng byte"), "{}", text(&good));
    assert_eq!(fs::read_dir(empty.path()).unwrap().count(), 1, "it leaves nothing behind");
    let mut bytes = fs::read(empty.path().join("a.zip")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(empty.path().join("a.zip"), bytes).unwrap();
    let bad = verified();
    assert!(bad.status.code() == Some(1) && text(&bad).contains("Hồ sơ KHÔNG nguyên vẹn."), "{}", text(&bad));
    assert_eq!(desk.run(&["evidence", "dossier", "nobody", "2026-03", "-o", "b.zip"]).status.code(), Some(2));
}

#[tokio::test]
async fn a_dossier_of_a_month_without_a_find_shows_what_was_seen_and_what_came_near() {
    let desk = Desk::watched(&[], None).await;
    let outlet = desk.app.line.register.get("a").unwrap();
    let bytes = dossier(&desk.app.line, outlet, march()).await.unwrap();
    assert_eq!(bytes, dossier(&desk.app.line, outlet, march()).await.unwrap(), "the same store and time give the same bytes");
    let verified = verify(&bytes, diembao::jobs::close::PROGRAM);
    assert!(verified.holds(), "{verified:?}");
    let files = diembao::report::seal::unpack(&bytes).unwrap();
    let text = |name: &str| {
        let file = files.iter().map(|it| it.as_ref().unwrap()).find(|it| it.name == name).unwrap_or_else(|| panic!("no {name}"));
        String::from_utf8(file.bytes.clone()).unwrap()
    };
    let verdict: Value = serde_json::from_str(&text("verdict.json")).unwrap();
    assert_eq!((verdict["result"]["verdict"].as_str(), verdict["inputs"]["seen"]["articles_seen"].as_u64()), (Some("not_met"), Some(31)));
    let near: Value = serde_json::from_str(&text("near-misses.json")).unwrap();
    assert_eq!(near.as_array().unwrap().len(), 10);
    assert!(near[0]["why"].as_str().unwrap().starts_with("Không có cụm từ"), "{near}");
    let visits: Vec<Value> = text("visits.jsonl").lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let of_march = visits.iter().filter(|it| it["source"].as_str().unwrap().ends_with("/rss") && it["outcome"] == "fresh");
    assert!(of_march.count() >= 31, "{} visits", visits.len());
    assert!(
        visits.last().unwrap()["at"].as_str() >= Some("2026-04-03T17:00:00Z"),
        "the visit that certified the end of the grace is there"
    );
    let article: Value = serde_json::from_str(&text("articles/001.json")).unwrap();
    assert!(article["text"].as_str().unwrap().contains("trồng rau sạch") && article["dates"][0]["from"] == "feed", "{article}");
    assert!(text("ho-so.html").contains("Chưa ghi nhận") && text("terms.toml").contains("[[term]]"));
    let ledger: Value = serde_json::from_str(&text("ledger.json")).unwrap();
    assert_eq!(ledger["sources"][0]["certified"].as_array().unwrap().len(), 1, "stretches that touch are joined");
}
