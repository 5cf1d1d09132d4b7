//! Dates at the border of a month through the whole line: the right month or an officer, never silently the wrong one.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

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
    domain::{clock::RuleState, outlet::OutletId, review::PendingWhy},
    jobs::{
        Clock,
        crawl::{CrawlScope, crawl},
        review::review,
    },
    store::clock::{Decision, Keep, StoredRule},
};
use scripted::{Answer, Scripted};

/// One installation that reads one outlet's feed.
struct Desk {
    server: Scripted,
    app: App,
    time: Arc<AtomicI64>,
    _dir: tempfile::TempDir,
}

const FEED: &str = "[[outlet]]\nid = \"a\"\nname = \"Báo A\"\nkind = \"newspaper\"\nhosts = [\"{host}\"]\n\
                    [[outlet.source]]\nkind = \"feed\"\nurl = \"http://{host}/rss\"\ncovers = \"outlet\"\n";

const SITE: &str = "[crawl]\nhost_delay = \"0s\"\ntimeout = \"5s\"\nallow_private_hosts = true\n";

/// An article: its feed's date as it stands there, and what its page prints between title and text, and above both.
#[derive(Clone, Default)]
struct Item {
    number: i64,
    listed: Option<String>,
    head: String,
    top: String,
    above: String,
}

impl Item {
    fn listed(number: i64, date: &str) -> Self {
        Self { number, listed: Some(date.to_owned()), ..Self::default() }
    }

    fn undated(number: i64) -> Self {
        Self { number, ..Self::default() }
    }

    fn with_top(mut self, top: &str) -> Self {
        self.top = top.to_owned();
        self
    }

    fn path(&self) -> String {
        format!("/tin-{}.html", self.number)
    }

    fn title(&self) -> String {
        format!("Xã Sơn Hòa tập huấn phòng, chống mua bán người lần {}", self.number)
    }

    fn page(&self) -> String {
        format!(
            "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><title>{title}</title>{head}</head><body>{above}<div class=\"bai\"><h1>{title}</h1>{top}\
             <p>Hội phụ nữ xã Sơn Hòa mở buổi trò chuyện về phòng, chống mua bán người cho hơn tám mươi hội viên của mười hai thôn trong xã.</p>\
             <p>Chị Lê Thị Hạ, chi hội trưởng, cho biết buổi trò chuyện sẽ được lặp lại vào ngày 28/7/2019 ở các thôn xa, để bà con ở vùng cao \
             cũng được nghe và hỏi đáp trực tiếp với cán bộ xã.</p></div></body></html>",
            title = self.title(),
            head = self.head,
            above = self.above,
            top = self.top
        )
    }
}

/// What a month knows of the outlet's articles.
#[derive(Debug, PartialEq, Eq)]
struct Known {
    counted: usize,
    pending: Vec<PendingWhy>,
}

impl Desk {
    async fn open(start: &str) -> Self {
        Self::open_with("", start).await
    }

    async fn open_with(more: &str, start: &str) -> Self {
        let server = Scripted::start().await;
        let dir = tempfile::tempdir().unwrap();
        let config = dir.path().join("config");
        fs::create_dir(&config).unwrap();
        fs::write(config.join("outlets.toml"), FEED.replace("{host}", &server.host())).unwrap();
        fs::write(config.join("diembao.toml"), format!("{SITE}{more}")).unwrap();
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

    fn publish(&self, items: &[Item]) {
        let mut feed = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\"><channel><title>Báo A</title>");
        for it in items {
            let date = it.listed.as_ref().map_or_else(String::new, |date| format!("<pubDate>{date}</pubDate>"));
            feed += &format!("<item><title>{}</title><link>{}</link>{date}</item>", it.title(), self.server.url(&it.path()));
            self.server.on(&it.path(), Answer::ok("text/html; charset=utf-8", it.page()));
        }
        feed += "</channel></rss>";
        self.server.on("/rss", Answer::ok("application/rss+xml", feed));
    }

    async fn crawl(&self) {
        crawl(&self.app.line, &CrawlScope::default(), &|_| ()).await.unwrap();
    }

    async fn month(&self, month: &str) -> Known {
        let review = review(&self.app.line, month.parse().unwrap(), &[]).await.unwrap();
        let it = &review.outlets[0];
        Known { counted: it.count, pending: it.pending.iter().map(|it| it.why).collect() }
    }

    async fn rules(&self) -> Vec<StoredRule> {
        let outlet: OutletId = "a".parse().unwrap();
        self.app.line.store.clock_rules(Some(&outlet)).await.unwrap()
    }

    /// An officer's decision on a rule; the moves as `before -> after: articles`.
    async fn decide(&self, id: i64, state: RuleState, keep: Keep) -> Vec<String> {
        let decision = Decision { state, at: self.now(), by: "an", reason: "đã gọi điện hỏi tòa soạn" };
        let diff = self.app.line.store.change_clock_rule(id, &decision, keep, self.app.line.zone).await.unwrap().unwrap();
        diff.moves().iter().map(|it| format!("{} -> {}: {}", it.before, it.after, it.articles)).collect()
    }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

const COUNTED: Known = Known { counted: 1, pending: Vec::new() };
const NOTHING: Known = Known { counted: 0, pending: Vec::new() };

fn waits(why: PendingWhy) -> Known {
    Known { counted: 0, pending: vec![why] }
}

/// The forms of a date for the last half hour of March 2018 and the first one of April, with what becomes of each.
#[rustfmt::skip]
const FORMS: [(&str, &str, &str, bool); 21] = [
    // The form; 23:30 on 31 March; 00:30 on 1 April; whether the month is told by it alone.
    ("RFC 2822", "Sat, 31 Mar 2018 23:30:00 +0700", "Sun, 01 Apr 2018 00:30:00 +0700", true),
    ("RFC 2822, universal", "Sat, 31 Mar 2018 16:30:00 +0000", "Sat, 31 Mar 2018 17:30:00 +0000", true),
    ("RFC 2822, colon", "Sat, 31 Mar 2018 23:30:00 +07:00", "Sun, 01 Apr 2018 00:30:00 +07:00", true),
    ("RFC 2822, hours", "Sat, 31 Mar 2018 23:30:00 +07", "Sun, 01 Apr 2018 00:30:00 +07", true),
    ("GMT+7", "Sat, 31 Mar 2018 23:30:00 GMT+7", "Sun, 01 Apr 2018 00:30:00 GMT+7", true),
    ("ICT", "Sat, 31 Mar 2018 23:30:00 ICT", "Sun, 01 Apr 2018 00:30:00 ICT", true),
    ("no zone", "Sat, 31 Mar 2018 23:30:00", "Sun, 01 Apr 2018 00:30:00", true),
    ("ISO, colon", "2018-03-31T23:30:00.123+07:00", "2018-04-01T00:30:00.123+07:00", true),
    ("ISO, no colon", "2018-03-31T23:30:00+0700", "2018-04-01T00:30:00+0700", true),
    ("ISO, Z", "2018-03-31T16:30:00Z", "2018-03-31T17:30:00Z", true),
    ("ISO, no zone", "2018-03-31T23:30:00", "2018-04-01T00:30:00", true),
    ("ISO, blank", "2018-03-31 23:30", "2018-04-01 00:30", true),
    ("the day alone", "2018-03-31", "2018-04-01", true),
    ("day first", "31/03/2018 23:30", "01/04/2018 00:30", true),
    ("day first, seconds", "31/03/2018 23:30:00", "1/4/2018 00:30:00", true),
    ("SA and CH", "31/3/2018 11:30:00 CH", "01/4/2018 12:30:00 SA", true),
    ("Thg", "31 Thg 3 2018 23:30", "1 Thg 4 2018 00:30", true),
    ("in words", "Thứ bảy, 31/03/2018, 23:30 (GMT+7)", "Chủ nhật, 01/04/2018, 00:30 (GMT+7)", true),
    // 31/3 can be read in one way only; 4/1 may be 4 January.
    ("month first", "3/31/2018 11:30:00 PM", "4/1/2018 12:30:00 AM", false),
    // What is labelled GMT is local time or universal time.
    ("local time labelled GMT", "Sat, 31 Mar 2018 23:30:00 GMT", "Sun, 01 Apr 2018 00:30:00 GMT", false),
    ("universal time labelled GMT", "Sat, 31 Mar 2018 16:30:00 GMT", "Sat, 31 Mar 2018 17:30:00 GMT", false),
];

#[tokio::test]
async fn c5_items_at_the_border_fall_in_the_right_month_or_wait_for_an_officer() {
    for (name, last, first, alone) in FORMS {
        for (form, month, other) in [(last, "2018-03", "2018-04"), (first, "2018-04", "2018-03")] {
            let desk = Desk::open("2018-04-01T12:00:00+07:00").await;
            desk.publish(&[Item::listed(1, form)]);
            desk.crawl().await;
            let (right, wrong) = (desk.month(month).await, desk.month(other).await);
            assert_eq!(wrong.counted, 0, "{name}, {form}: silently in {other}");
            let told = right == COUNTED && wrong == NOTHING;
            let human = right == waits(PendingWhy::DateStraddles);
            assert!(told || (human && !alone), "{name}, {form}: {right:?} {wrong:?}");
        }
    }
}

#[tokio::test]
async fn the_page_settles_what_its_feed_leaves_open() {
    for (name, listed, top, month) in [
        ("the order", "4/1/2018 12:30:00 AM", "<div class=\"ngay\">01/04/2018 - 00:30</div>", "2018-04"),
        ("the clock", "Sat, 31 Mar 2018 17:30:00 GMT", "<div class=\"ngay\">00:30 | 01/04/2018</div>", "2018-04"),
        ("no date in the feed", "", "<div class=\"ngay\">31/03/2018 - 23:30</div>", "2018-03"),
        ("an impossible one", "Wed, 01 Apr 2082 00:30:00 +0700", "<div class=\"ngay\">31/03/2018 - 23:30</div>", "2018-03"),
    ] {
        let desk = Desk::open("2018-04-01T12:00:00+07:00").await;
        desk.publish(&[Item::listed(1, listed).with_top(top)]);
        desk.crawl().await;
        assert_eq!(desk.month(month).await, COUNTED, "{name}");
    }
}

#[tokio::test]
async fn two_firm_dates_in_different_months_wait_and_redating_does_not_move_an_article() {
    let desk = Desk::open("2018-04-02T12:00:00+07:00").await;
    desk.publish(&[Item::listed(1, "Sun, 01 Apr 2018 08:00:00 +0700").with_top("<div>31/03/2018 - 22:00</div>")]);
    desk.crawl().await;
    for month in ["2018-03", "2018-04"] {
        assert_eq!(desk.month(month).await, waits(PendingWhy::DateStraddles), "{month}");
    }
    let desk = Desk::open("2018-03-10T12:00:00+07:00").await;
    desk.publish(&[Item::listed(1, "Sat, 10 Mar 2018 08:00:00 +0700")]);
    desk.crawl().await;
    desk.set("2018-03-20T12:00:00+07:00");
    desk.publish(&[Item::listed(1, "Tue, 20 Mar 2018 08:00:00 +0700")]);
    desk.crawl().await;
    assert_eq!(desk.month("2018-03").await, COUNTED);
}

#[tokio::test]
async fn an_undated_article_is_pending_where_it_may_belong_and_impossible_dates_do_not_date_it() {
    for listed in [None, Some("Fri, 31 Dec 9999 23:59:59 +0700"), Some("Wed, 01 Apr 2082 08:00:00 +0700"), Some("hôm qua")] {
        let desk = Desk::open("2018-03-20T10:00:00+07:00").await;
        let old = Item::listed(9, "Tue, 20 Mar 2018 08:00:00 +0700");
        desk.publish(std::slice::from_ref(&old));
        desk.crawl().await;
        desk.set("2018-04-02T10:00:00+07:00");
        desk.publish(&[Item { listed: listed.map(str::to_owned), ..Item::undated(1) }, old]);
        desk.crawl().await;
        let april = desk.month("2018-04").await;
        assert_eq!(april, waits(PendingWhy::Undated), "{listed:?}");
        let march = desk.month("2018-03").await;
        assert_eq!((march.counted, march.pending), (1, vec![PendingWhy::Undated]), "{listed:?}");
        assert_eq!(desk.month("2018-02").await, NOTHING, "{listed:?}");
    }
}

#[tokio::test]
async fn an_article_listed_undated_since_march_is_not_aprils_when_its_page_is_read() {
    let desk = Desk::open("2018-03-19T10:00:00+07:00").await;
    let old = Item::listed(9, "Mon, 19 Mar 2018 08:00:00 +0700");
    desk.publish(std::slice::from_ref(&old));
    desk.crawl().await;
    let undated = Item::undated(1);
    desk.set("2018-03-20T10:00:00+07:00");
    desk.publish(&[undated.clone(), old.clone()]);
    desk.server.on(&undated.path(), Answer::status(500));
    desk.crawl().await;
    desk.set("2018-04-02T10:00:00+07:00");
    desk.publish(&[undated, old]);
    desk.crawl().await;
    assert_eq!(desk.month("2018-04").await, NOTHING);
    assert_eq!(desk.month("2018-03").await.pending, [PendingWhy::Undated]);
}

#[tokio::test]
async fn todays_date_above_an_article_never_dates_it_and_a_date_beside_the_title_does() {
    let undated = Item::undated(1);
    let heads = [
        "<div class=\"header\"><span>Thứ Hai, 02/04/2018</span></div>",
        "<header><p>Thứ Hai, 02/04/2018 | 09:58 GMT+7</p></header>",
        "<div id=\"khung\"><div class=\"x\"><span>Hôm nay 2/4/2018</span></div><ul><li><a href=\"/\">Trang chủ</a></li></ul></div>",
        "<p>Thứ Hai, ngày 02 tháng 4 năm 2018</p>",
    ];
    for above in heads {
        let desk = Desk::open("2018-03-20T10:00:00+07:00").await;
        desk.publish(&[Item::listed(9, "Tue, 20 Mar 2018 08:00:00 +0700")]);
        desk.crawl().await;
        desk.set("2018-04-02T10:00:00+07:00");
        desk.publish(&[Item { above: above.to_owned(), ..undated.clone() }, Item::listed(9, "Tue, 20 Mar 2018 08:00:00 +0700")]);
        desk.crawl().await;
        assert_eq!(desk.month("2018-04").await, waits(PendingWhy::Undated), "{above}");
        // The article's own date beside its title is believed, be it of today or older.
        for (top, month) in
            [("<div class=\"ngay\">02/04/2018</div>", "2018-04"), ("<div class=\"ngay\">Ngày cập nhật 30/03/2018</div>", "2018-03")]
        {
            let desk = Desk::open("2018-04-02T10:00:00+07:00").await;
            desk.publish(&[Item { above: above.to_owned(), ..undated.clone().with_top(top) }]);
            desk.crawl().await;
            assert_eq!(desk.month(month).await, COUNTED, "{above} {top}");
        }
    }
}

#[tokio::test]
async fn the_time_of_a_change_and_the_day_of_an_event_never_place_an_article_alone() {
    let desk = Desk::open("2018-04-02T10:00:00+07:00").await;
    desk.publish(&[Item::undated(1).with_top("<div>Cập nhật lúc 09:00 02/04/2018</div>")]);
    desk.crawl().await;
    for month in ["2018-03", "2018-04"] {
        assert_eq!(desk.month(month).await, waits(PendingWhy::DateStraddles), "{month}: changed in April, published whenever");
    }
    assert_eq!(desk.month("2019-07").await, NOTHING, "the day of an event in the text");
}

/// Goes on watching an outlet every six hours whose feed labels local time as GMT, with an item every four hours;
/// the item of 31 March 20:00 is one of them.
async fn watch_mislabelled(desk: &Desk, until: &str) {
    let first = at("2018-02-25T00:00:00+07:00");
    while desk.now() <= at(until) {
        let newest = (desk.now() - first).num_hours() / 4;
        let item = |number: i64| {
            let local = first + TimeDelta::hours(4 * number + 7);
            Item::listed(number, &format!("{} GMT", local.format("%a, %d %b %Y %H:%M:%S")))
        };
        let items: Vec<Item> = ((newest - 11).max(0)..=newest).rev().map(item).collect();
        desk.publish(&items);
        desk.crawl().await;
        desk.time.fetch_add(TimeDelta::hours(6).num_seconds(), Ordering::SeqCst);
    }
}

#[tokio::test]
async fn local_time_labelled_gmt_is_found_proposed_and_corrected_only_by_a_decision() {
    let desk = Desk::open("2018-02-25T03:07:00+07:00").await;
    watch_mislabelled(&desk, "2018-04-05T00:00:00+07:00").await;
    let rules = desk.rules().await;
    let [proposed] = rules.as_slice() else { panic!("{rules:?}") };
    assert_eq!((proposed.rule.minutes, proposed.rule.state, proposed.rule.since), (420, RuleState::Proposed, None));
    // Until it is applied, what lies between the two readings belongs to no month: the items of 31 March 20:00 among them.
    let march = |known: &Known| known.pending.iter().filter(|it| **it == PendingWhy::DateStraddles).count();
    let (before, april) = (desk.month("2018-03").await, desk.month("2018-04").await);
    assert_eq!((march(&before), march(&april)), (2, 1), "the item of 20:00 before each border");
    let dry = desk.decide(proposed.rule.name.id, RuleState::Applied, Keep::DryRun).await;
    assert_eq!(dry, ["2018-02/2018-03 -> 2018-02: 1", "2018-03/2018-04 -> 2018-03: 1"]);
    assert_eq!(desk.month("2018-03").await, before, "a dry run changes nothing");
    assert_eq!(desk.decide(proposed.rule.name.id, RuleState::Applied, Keep::Kept).await, dry);
    let after = desk.month("2018-03").await;
    assert_eq!((after.counted, after.pending.as_slice()), (31 * 6, [].as_slice()), "each of March's items, and no other");
    let recorded = &desk.rules().await[0].changes;
    assert_eq!((recorded.len(), recorded[1].by.as_str(), recorded[1].moved.len()), (2, "an", 2));
    // New items are corrected as they come.
    watch_mislabelled(&desk, "2018-04-07T00:00:00+07:00").await;
    assert_eq!(desk.month("2018-04").await.pending, []);
    let back = desk.decide(proposed.rule.name.id, RuleState::Withdrawn, Keep::Kept).await;
    assert_eq!(back, ["2018-02 -> 2018-02/2018-03: 1", "2018-03 -> 2018-03/2018-04: 1"], "seen before their own date");
}

#[tokio::test]
async fn a_policy_may_let_the_program_apply_what_nothing_else_looks_like() {
    let desk = Desk::open_with("clock_rules = \"automatic\"\n", "2018-02-25T03:07:00+07:00").await;
    watch_mislabelled(&desk, "2018-04-05T00:00:00+07:00").await;
    let rules = desk.rules().await;
    assert_eq!(rules.iter().map(|it| (it.rule.minutes, it.rule.state)).collect::<Vec<_>>(), [(420, RuleState::Applied)]);
    assert_eq!(rules[0].changes.iter().map(|it| it.by.as_str()).collect::<Vec<_>>(), ["diembao", "diembao"]);
    assert_eq!(desk.month("2018-03").await, Known { counted: 31 * 6, pending: Vec::new() });
}

#[tokio::test]
async fn what_appears_after_the_grace_of_a_watched_month_is_marked() {
    let desk = Desk::open("2018-03-01T10:00:00+07:00").await;
    let old = Item::listed(9, "Thu, 01 Mar 2018 08:00:00 +0700");
    desk.publish(std::slice::from_ref(&old));
    desk.crawl().await;
    desk.set("2018-04-20T10:00:00+07:00");
    desk.publish(&[Item::listed(1, "Thu, 15 Mar 2018 08:00:00 +0700"), old]);
    desk.crawl().await;
    assert_eq!(desk.month("2018-03").await.pending, [PendingWhy::AppearedLater]);
}
