//! What is said to outlets, and what is not: the ladder over the real line, into a folder of mails.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod desk;

use std::{collections::BTreeMap, fs, sync::Arc};

use desk::{Desk, FEED, about, at, item, printed, scripted::Answer, watch_march};
use diembao::{
    domain::{
        control::ControlResult,
        month::Span,
        notice::{Channel, NoticeState, Step},
        officer::Statement,
    },
    jobs::{
        compose::Site,
        notify::{NotifyReport, Posts, Prospect, notify as round},
    },
    mail::{Mailbox, MemoryPost, Post},
    store::{
        hand::Hand,
        notice::{LeftBy, NoticeFilter},
        silence::Silence,
    },
    webhook::Hook,
};

const CONTACT: &str = "[[outlet.contact]]\nname = \"Trần Văn Bút\"\nrole = \"Thư ký tòa soạn\"\nemail = \"toasoan@bao-a.example\"\n";
const SITE: &str = "[site]\nname = \"Điểm Báo\"\ndepartment = \"Sở Văn hóa tỉnh Sông Xanh\"\nprovince = \"tỉnh Sông Xanh\"\n\
                    operator_email = \"van-hanh@so.example\"\nbase_url = \"https://diembao.so.example\"\n\
                    [crawl]\nhost_delay = \"0s\"\ntimeout = \"5s\"\nallow_private_hosts = true\n\
                    [notices]\nfrom = \"bao-chi@so.example\"\nhead_email = \"giam-doc@so.example\"\ncc = [\"tuyen-giao@tu.example\"]\n";

async fn open(site: &str) -> Desk {
    Desk::open_with(&format!("{FEED}{CONTACT}"), site, "2026-02-27T08:00:00+07:00").await
}

async fn notify(desk: &Desk) -> NotifyReport {
    desk.app.notifier().unwrap().notify(&desk.app.line).await.unwrap().unwrap()
}

/// The states of the notices, by key.
async fn states(desk: &Desk) -> BTreeMap<String, NoticeState> {
    let all = desk.app.line.store.notices(&NoticeFilter::default(), 0, 100).await.unwrap();
    all.into_iter().filter(|it| it.channel == Channel::Mail).map(|it| (it.key.to_string(), it.state)).collect()
}

/// The mails in the folder: their names, and what stands in them.
fn mails(desk: &Desk) -> BTreeMap<String, String> {
    let Ok(entries) = fs::read_dir(desk.app.places.data.join("outbox")) else { return BTreeMap::new() };
    entries
        .map(|it| {
            let it = it.unwrap();
            (it.file_name().into_string().unwrap(), fs::read_to_string(it.path()).unwrap())
        })
        .collect()
}

fn to_outlet(desk: &Desk) -> usize {
    mails(desk).values().filter(|it| it.contains("toasoan@bao-a.example")).count()
}

#[tokio::test]
async fn an_outlet_that_published_nothing_is_alerted_once_and_corrected_once_it_is_found_to_have() {
    let desk = open(SITE).await;
    watch_march(&desk, &[], |_| false).await;
    desk.set("2026-04-06T08:00:00+07:00");
    let report = notify(&desk).await;
    assert_eq!(states(&desk).await.get("alert/a/2026-03"), Some(&NoticeState::Sent), "{report:?}");
    assert_eq!(to_outlet(&desk), 1);
    let mail = mails(&desk).into_values().find(|it| it.contains("toasoan@bao-a.example")).unwrap();
    assert!(mail.contains("tuyen-giao@tu.example") && mail.contains("Auto-Submitted: auto-generated"), "{mail}");
    for _ in 0..2 {
        notify(&desk).await;
        assert_eq!(to_outlet(&desk), 1, "said once");
    }
    desk.set("2026-04-08T09:00:00+07:00");
    desk.app.line.store.add_off_web(&printed(&desk)).await.unwrap();
    notify(&desk).await;
    assert_eq!(states(&desk).await.get("correction/a/2026-03"), Some(&NoticeState::Sent));
    assert_eq!(to_outlet(&desk), 2);
    notify(&desk).await;
    assert_eq!(to_outlet(&desk), 2, "one correction");
}

fn words(text: &str) -> Statement {
    text.parse().unwrap()
}

#[tokio::test]
async fn an_outlet_that_published_hears_nothing() {
    let desk = open(SITE).await;
    watch_march(&desk, &[about(901, "2026-03-12T07:00:00+07:00")], |_| false).await;
    for now in ["2026-03-21T08:00:00+07:00", "2026-03-26T08:00:00+07:00", "2026-04-06T08:00:00+07:00"] {
        desk.set(now);
        notify(&desk).await;
    }
    assert_eq!(to_outlet(&desk), 0);
}

#[tokio::test]
async fn a_gap_holds_every_word_back_and_the_operator_hears_of_it() {
    let desk = open(SITE).await;
    // Nobody looks for a fortnight, and the feed rolls over meanwhile.
    watch_march(&desk, &[], |now| at("2026-03-06T00:00:00+07:00") < now && now < at("2026-03-20T00:00:00+07:00")).await;
    desk.set("2026-03-20T08:00:00+07:00");
    notify(&desk).await;
    let told = to_operator(&desk).await;
    assert!(told.iter().any(|it| it.contains("nhắc trước 10 ngày")), "the reminder is held back: {told:?}");
    desk.set("2026-04-06T08:00:00+07:00");
    let report = notify(&desk).await;
    assert_eq!(to_outlet(&desk), 0, "{report:?}");
    assert!(!states(&desk).await.contains_key("alert/a/2026-03"));
}

/// What the operator was told, mail by mail, without the breaks of its lines.
async fn to_operator(desk: &Desk) -> Vec<String> {
    let all = desk.app.line.store.notices(&NoticeFilter::default(), 0, 100).await.unwrap();
    let told = all.into_iter().filter(|it| it.key.step == Step::Operator && it.state == NoticeState::Sent);
    let text = |message: String| serde_json::from_str::<serde_json::Value>(&message).unwrap()["text"].as_str().unwrap().to_owned();
    told.map(|it| text(it.message.unwrap()).split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[tokio::test]
async fn a_blind_detector_accuses_nobody() {
    let desk = open(SITE).await;
    watch_march(&desk, &[], |_| false).await;
    desk.set("2026-04-06T08:00:00+07:00");
    let looked = |found: bool| ControlResult {
        day: "2026-04-06".parse().unwrap(),
        checked_at: desk.now(),
        found,
        judged_about: found,
        judged_unrelated: found,
        whole: true,
        detail: String::new(),
    };
    let store = &desk.app.line.store;
    store.record_control(&[looked(false)]).await.unwrap();
    notify(&desk).await;
    assert_eq!(to_outlet(&desk), 0);
    assert_eq!(states(&desk).await["alert/a/2026-03"], NoticeState::Called, "the verdict called for it, and it is held back");
    let told = to_operator(&desk).await;
    assert!(told[0].contains("Bài đối chứng không được nhận ra"), "{told:?}");
    desk.wait(chrono::TimeDelta::hours(1));
    store.record_control(&[looked(true)]).await.unwrap();
    notify(&desk).await;
    assert_eq!(to_outlet(&desk), 1);
}

#[tokio::test]
async fn an_alert_that_was_held_back_for_long_is_looked_at_by_an_officer_first() {
    let desk = open(SITE).await;
    watch_march(&desk, &[], |_| false).await;
    desk.set("2026-04-06T08:00:00+07:00");
    let store = &desk.app.line.store;
    let span = Span { from: desk.now(), to: desk.now() + chrono::TimeDelta::days(60) };
    store.keep_silence(&Silence { outlet: None, span, reason: words("chờ rà soát") }, "hoa", desk.now()).await.unwrap();
    notify(&desk).await;
    assert_eq!(states(&desk).await["alert/a/2026-03"], NoticeState::Called);
    desk.set("2026-06-15T08:00:00+07:00");
    notify(&desk).await;
    assert_eq!((states(&desk).await["alert/a/2026-03"], to_outlet(&desk)), (NoticeState::Waits, 0));
    let [alert] = store.notices_in(&[NoticeState::Waits], 10).await.unwrap().try_into().unwrap();
    assert!(store.handle_notice(alert.id, Hand::Approve, &words("vẫn đúng"), "hoa", desk.now()).await.unwrap());
    notify(&desk).await;
    assert_eq!(to_outlet(&desk), 1);
}

#[tokio::test]
async fn in_quiet_hours_the_head_and_the_officers_hear_nothing_either() {
    let quiet = "digest = \"daily\"\ndigest_to = [\"chuyen-vien@so.example\"]\nquiet_hours = [\"22:00\", \"06:00\"]\n";
    let desk = open(&format!("{SITE}{quiet}")).await;
    watch_march(&desk, &[], |_| false).await;
    desk.set("2026-04-06T23:30:00+07:00");
    let report = desk.app.notifier().unwrap().rehearse(&desk.app.line).await.unwrap();
    assert!(report.others.iter().any(|it| it.key.to_string() == "quarter//2026-03" && it.call == Prospect::Held), "{report:?}");
    notify(&desk).await;
    assert!(mails(&desk).is_empty());
    desk.set("2026-04-07T06:30:00+07:00");
    notify(&desk).await;
    assert!(mails(&desk).values().any(|it| it.contains("giam-doc@so.example")));
}

#[tokio::test]
async fn a_reminder_goes_out_on_its_day_only_and_waits_for_what_waits() {
    let desk = open(SITE).await;
    watch_march(&desk, &[item(900, "2026-03-10T07:00:00+07:00")], |now| now > at("2026-03-21T00:00:00+07:00")).await;
    desk.set("2026-03-20T08:00:00+07:00");
    notify(&desk).await;
    assert_eq!(to_outlet(&desk), 1, "ten days before the 31st is a Saturday: the Friday before");
    assert!(states(&desk).await.contains_key("reminder_10/a/2026-03"));
    desk.set("2026-03-25T08:00:00+07:00");
    notify(&desk).await;
    assert_eq!(to_outlet(&desk), 1, "its day has passed, and the next one's has not come");
}

#[tokio::test]
async fn a_silence_holds_an_alert_back_until_it_is_lifted() {
    let desk = open(SITE).await;
    watch_march(&desk, &[], |_| false).await;
    desk.set("2026-04-06T08:00:00+07:00");
    let span = Span { from: desk.now(), to: desk.now() + chrono::TimeDelta::days(30) };
    let silence = Silence { outlet: Some("a".parse().unwrap()), span, reason: words("Tòa soạn đang khắc phục lũ") };
    let store = &desk.app.line.store;
    store.keep_silence(&silence, "hoa", desk.now()).await.unwrap();
    notify(&desk).await;
    assert_eq!(to_outlet(&desk), 0);
    assert_eq!(states(&desk).await["alert/a/2026-03"], NoticeState::Called, "it is called for, and waits");
    let operator = mails(&desk).into_values().find(|it| it.contains("van-hanh@so.example")).unwrap();
    assert!(operator.contains("multipart/alternative"), "{operator}");
    let id = store.silences().await.unwrap()[0].id;
    assert!(store.lift_silence(id, "hoa", desk.now()).await.unwrap());
    notify(&desk).await;
    assert_eq!(to_outlet(&desk), 1);
}

#[tokio::test]
async fn where_officers_approve_nothing_leaves_without_one() {
    let desk = open(&format!("{SITE}approval = \"officer\"\n")).await;
    watch_march(&desk, &[], |_| false).await;
    desk.set("2026-04-06T08:00:00+07:00");
    notify(&desk).await;
    assert_eq!(to_outlet(&desk), 0);
    let store = &desk.app.line.store;
    let waits = store.notices_in(&[NoticeState::Waits], 10).await.unwrap();
    let [alert] = waits.as_slice() else { panic!("{waits:?}") };
    assert!(store.handle_notice(alert.id, Hand::Approve, &words("đã xem"), "hoa", desk.now()).await.unwrap());
    assert!(store.notices_wait(desk.now()).await.unwrap(), "`run` sends it without waiting for tomorrow");
    notify(&desk).await;
    assert_eq!(to_outlet(&desk), 1);
    assert!(!store.handle_notice(alert.id, Hand::Stop, &words("thôi"), "hoa", desk.now()).await.unwrap(), "it has left");
}

#[tokio::test]
async fn a_rehearsal_says_what_would_go_to_whom_and_changes_nothing() {
    let desk = open(SITE).await;
    watch_march(&desk, &[], |_| false).await;
    desk.set("2026-04-06T08:00:00+07:00");
    let report = desk.app.notifier().unwrap().rehearse(&desk.app.line).await.unwrap();
    let alert = report.others.iter().find(|it| it.key.to_string() == "alert/a/2026-03").unwrap();
    assert_eq!((alert.call, alert.to.as_slice()), (Prospect::Due, &["toasoan@bao-a.example".to_owned()][..]));
    let reminder = report.others.iter().find(|it| it.key.to_string() == "reminder_10/a/2026-04").unwrap();
    assert_eq!((reminder.call, reminder.why.as_str()), (Prospect::NotCalled, "đến ngày 20/04/2026"));
    let quarter = report.others.iter().find(|it| it.key.to_string() == "quarter//2026-03").unwrap();
    assert_eq!((quarter.call, quarter.to.as_slice()), (Prospect::Due, &["giam-doc@so.example".to_owned()][..]));
    assert!(states(&desk).await.is_empty() && mails(&desk).is_empty());
}

#[tokio::test]
async fn what_an_officer_sends_again_is_another_mail_and_what_was_left_in_the_middle_goes_out_again_if_it_still_holds() {
    let desk = open(SITE).await;
    watch_march(&desk, &[], |_| false).await;
    desk.set("2026-04-06T08:00:00+07:00");
    notify(&desk).await;
    let store = &desk.app.line.store;
    let alert = store
        .notices(&NoticeFilter::default(), 0, 10)
        .await
        .unwrap()
        .into_iter()
        .find(|it| it.key.to_string() == "alert/a/2026-03")
        .unwrap();
    let again = async || {
        assert!(store.handle_notice(alert.id, Hand::Bounce, &words("bị trả lại"), "hoa", desk.now()).await.unwrap());
        assert!(store.handle_notice(alert.id, Hand::Resend, &words("đã sửa địa chỉ"), "hoa", desk.now()).await.unwrap());
        // The worker dies between handing the mail on and keeping that it did.
        assert!(store.claim_notice(alert.id, alert.message.as_deref().unwrap(), desk.now()).await.unwrap());
    };
    again().await;
    notify(&desk).await;
    assert_eq!((states(&desk).await["alert/a/2026-03"], to_outlet(&desk)), (NoticeState::Sent, 2));
    again().await;
    store.add_off_web(&printed(&desk)).await.unwrap();
    notify(&desk).await;
    assert_eq!(states(&desk).await["alert/a/2026-03"], NoticeState::MaybeSent, "it holds no more, and may have arrived");
    notify(&desk).await;
    assert_eq!(states(&desk).await["correction/a/2026-03"], NoticeState::Sent);
}

#[tokio::test]
async fn what_an_officer_lets_go_late_speaks_of_the_day_on_which_it_goes() {
    let desk = open(&format!("{SITE}webhook_url = \"http://127.0.0.1:9/hook\"\n")).await;
    watch_march(&desk, &[], |_| false).await;
    desk.set("2026-04-06T08:00:00+07:00");
    desk.server.on("/hook", Answer::status(500));
    let posts = posts(&desk);
    round(&desk.app.line, &posts, LeftBy::Anyone).await.unwrap();
    let store = &desk.app.line.store;
    let webhook = async || {
        let all = store.notices_of(&"a".parse().unwrap(), "2026-03".parse().unwrap()).await.unwrap();
        all.into_iter().find(|it| it.channel == Channel::Webhook && it.key.step == Step::Alert).unwrap()
    };
    let tried = webhook().await;
    assert!(tried.state == NoticeState::Called && tried.message.as_deref().unwrap().contains("2026-04-06"), "{tried:?}");
    assert!(store.handle_notice(tried.id, Hand::Stop, &words("chờ đã"), "hoa", desk.now()).await.unwrap());
    desk.set("2026-04-20T08:00:00+07:00");
    assert!(store.handle_notice(tried.id, Hand::Approve, &words("nay cho gửi"), "hoa", desk.now()).await.unwrap());
    round(&desk.app.line, &posts, LeftBy::Anyone).await.unwrap();
    assert!(webhook().await.message.unwrap().contains("2026-04-20"));
}

/// Case 4 of the ten: a source that fails for days is told of once, and once when it is back.
#[tokio::test]
async fn c4_a_source_that_fails_for_days_is_told_of_once_and_once_when_it_is_back() {
    let desk = open(SITE).await;
    desk.publish(&[item(1, "2026-02-27T07:00:00+07:00")]);
    desk.crawl().await;
    desk.server.on("/rss", Answer::status(500));
    for _ in 0..50 {
        desk.wait(chrono::TimeDelta::minutes(144));
        desk.crawl().await;
        notify(&desk).await;
    }
    let told = to_operator(&desk).await;
    assert!(told.len() == 1 && told[0].contains("Nguồn không đọc được (1)"), "{told:?}");
    desk.publish(&[item(2, "2026-03-04T07:00:00+07:00"), item(1, "2026-02-27T07:00:00+07:00")]);
    for _ in 0..3 {
        desk.wait(chrono::TimeDelta::hours(1));
        desk.crawl().await;
        notify(&desk).await;
    }
    let told = to_operator(&desk).await;
    assert!(told.len() == 2 && told.iter().any(|it| it.contains("1 việc đã hết")), "{told:?}");
}

/// Case 10 of the ten: what was said was forgotten with the state of the process, and said again.
#[tokio::test]
async fn c10_an_alert_is_said_once_however_often_the_program_starts_again() {
    let mut desk = open(SITE).await;
    watch_march(&desk, &[], |_| false).await;
    desk.set("2026-04-06T08:00:00+07:00");
    for _ in 0..40 {
        desk = desk.reopened().await;
        desk.crawl_due().await;
        notify(&desk).await;
        desk.wait(chrono::TimeDelta::hours(5));
    }
    assert_eq!(to_outlet(&desk), 1);
}

/// Case 1 of the ten: the monitor was away for a month and had something to say about everything when it came back.
#[tokio::test]
async fn c1_after_an_absence_of_ours_of_a_month_outlets_hear_nothing_and_the_operator_hears_once() {
    let desk = open(SITE).await;
    let store = &desk.app.line.store;
    desk.set("2026-02-27T08:00:00+07:00");
    desk.publish(&[item(1, "2026-02-27T07:00:00+07:00")]);
    desk.crawl().await;
    store.beat(desk.now()).await.unwrap();
    // The feed rolls on for a month.
    desk.set("2026-04-06T08:00:00+07:00");
    desk.publish(&[item(901, "2026-04-06T07:00:00+07:00"), item(900, "2026-04-05T07:00:00+07:00")]);
    store.beat(desk.now()).await.unwrap();
    desk.crawl().await;
    for _ in 0..3 {
        notify(&desk).await;
        desk.wait(chrono::TimeDelta::minutes(4));
        store.beat(desk.now()).await.unwrap();
    }
    for _ in 0..20 * 15 {
        desk.wait(chrono::TimeDelta::minutes(4));
        store.beat(desk.now()).await.unwrap();
    }
    assert_eq!(to_outlet(&desk), 0);
    let told = to_operator(&desk).await;
    assert_eq!(told.iter().filter(|it| it.contains("từ 27/02/2026 08:00 đến 06/04/2026 08:00")).count(), 1, "{told:?}");
    assert_eq!(told.len(), 1, "one mail for one cause: {told:?}");
}

#[tokio::test]
async fn officers_get_a_digest_of_what_is_new_and_none_where_nothing_is() {
    let desk = open(&format!("{SITE}digest = \"daily\"\ndigest_to = [\"chuyen-vien@so.example\"]\n")).await;
    watch_march(&desk, &[about(901, "2026-03-12T07:00:00+07:00")], |_| false).await;
    let digests = |desk: &Desk| mails(desk).values().filter(|it| it.contains("chuyen-vien@so.example")).count();
    desk.set("2026-03-12T20:00:00+07:00");
    notify(&desk).await;
    assert_eq!(digests(&desk), 1);
    desk.set("2026-03-12T21:00:00+07:00");
    notify(&desk).await;
    assert_eq!(digests(&desk), 1, "one a day");
    desk.set("2026-03-13T20:00:00+07:00");
    notify(&desk).await;
    assert_eq!(digests(&desk), 1, "nothing new means no mail");
}

#[tokio::test]
async fn the_head_hears_of_the_quarter_once_and_of_a_second_month_without() {
    let desk = open(SITE).await;
    watch_march(&desk, &[], |_| false).await;
    desk.set("2026-04-06T08:00:00+07:00");
    for _ in 0..2 {
        notify(&desk).await;
    }
    let states = states(&desk).await;
    assert_eq!(states.get("quarter//2026-03"), Some(&NoticeState::Sent));
    assert!(!states.keys().any(|it| it.starts_with("escalation")), "one month is no two");
    assert_eq!(mails(&desk).values().filter(|it| it.contains("giam-doc@so.example")).count(), 1);
}

#[tokio::test]
async fn what_an_officer_stopped_stays_stopped_until_an_officer_lets_it_go() {
    let desk = open(&format!("{SITE}approval = \"officer\"\n")).await;
    watch_march(&desk, &[], |_| false).await;
    desk.set("2026-04-06T08:00:00+07:00");
    notify(&desk).await;
    let store = &desk.app.line.store;
    let [alert] = store.notices_in(&[NoticeState::Waits], 10).await.unwrap().try_into().unwrap();
    assert!(store.handle_notice(alert.id, Hand::Stop, &words("đã gọi điện"), "hoa", desk.now()).await.unwrap());
    desk.wait(chrono::TimeDelta::hours(12));
    notify(&desk).await;
    assert_eq!(states(&desk).await["alert/a/2026-03"], NoticeState::Stopped, "the next round does not call for it anew");
    assert_eq!(to_outlet(&desk), 0);
    assert!(store.handle_notice(alert.id, Hand::Approve, &words("vẫn cần gửi"), "hoa", desk.now()).await.unwrap());
    notify(&desk).await;
    assert_eq!((states(&desk).await["alert/a/2026-03"], to_outlet(&desk)), (NoticeState::Sent, 1));
}

/// Mails that are kept in memory, and a hook of the scripted server.
fn posts(desk: &Desk) -> Posts {
    let hook = Hook::new(desk.server.url("/hook"), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let site = Site {
        name: "Điểm Báo".to_owned(),
        department: String::new(),
        province: String::new(),
        operator_email: String::new(),
        base_url: None,
        contact: None,
        new_token: Arc::new(|| None),
    };
    let from = Mailbox::new("", "bao-chi@so.example").unwrap();
    Posts { mail: Post::Memory(MemoryPost::default()), hook: Some(hook), from, domain: "so.example".to_owned(), site }
}

#[tokio::test]
async fn another_system_does_not_hear_late_of_an_alert_that_holds_no_more() {
    let desk = open(&format!("{SITE}webhook_url = \"http://127.0.0.1:9/hook\"\n")).await;
    watch_march(&desk, &[], |_| false).await;
    desk.set("2026-04-06T08:00:00+07:00");
    desk.server.on("/hook", Answer::status(500));
    let posts = posts(&desk);
    let (store, month) = (&desk.app.line.store, "2026-03".parse().unwrap());
    let state = async |channel| {
        let all = store.notices_of(&"a".parse().unwrap(), month).await.unwrap();
        all.into_iter().find(|it| it.channel == channel && it.key.step == Step::Alert).unwrap().state
    };
    round(&desk.app.line, &posts, LeftBy::Anyone).await.unwrap();
    assert_eq!((state(Channel::Mail).await, state(Channel::Webhook).await), (NoticeState::Sent, NoticeState::Called), "it is busy");
    desk.wait(chrono::TimeDelta::minutes(10));
    store.add_off_web(&printed(&desk)).await.unwrap();
    desk.server.on("/hook", Answer::ok("text/plain", "ok"));
    round(&desk.app.line, &posts, LeftBy::Anyone).await.unwrap();
    assert_eq!(state(Channel::Webhook).await, NoticeState::Cancelled);
}
