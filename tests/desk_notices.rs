//! Notices at the desk: what became of each, what officers do with them, and times in which nobody is written to.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod office;

use diembao::{
    domain::{
        audit::{Act, AuditRow},
        cause::{Cause, CauseKind},
        delivery::Delivery,
        month::Month,
        notice::{Addressee, Channel, NoticeKey, NoticeState, Outgoing, Step},
    },
    store::{Store, audit::AuditFilter, cause::CauseNews, hand::Hand, notice::NewNotice},
};
use office::{
    Office,
    desk::{Desk, FEED, SITE, watch_march},
    leads_to,
};

const NOW: &str = "2026-04-10T08:00:00+07:00";
const CONTACT: &str = "[[outlet.contact]]\nname = \"Trần Văn Bút\"\nrole = \"Thư ký tòa soạn\"\nemail = \"toasoan@bao-a.example\"\n";
const OTHER: &str = "[[outlet]]\nid = \"b\"\nname = \"Đài B\"\nkind = \"station\"\nhosts = [\"b.example\"]\n\
                     [[outlet.source]]\nkind = \"feed\"\nurl = \"http://b.example/rss\"\ncovers = \"outlet\"\n";
const TOKEN: &str = "5f2a9c0d5f2a9c0d5f2a9c0d5f2a9c0d5f2a9c0d5f2a9c0d5f2a9c0d5f2a9c0d";

async fn open() -> Office {
    Office::over(Desk::open_with(&format!("{FEED}{CONTACT}{OTHER}"), SITE, NOW).await).await
}

fn store(office: &Office) -> &Store {
    &office.desk.app.line.store
}

/// A message with a link for the outlet's answer, and with words that would do harm were they not made harmless.
fn message(subject: &str) -> String {
    let link = format!("https://so.example/reply/{TOKEN}");
    let message = Outgoing {
        to: vec![Addressee { name: "Trần <b>Văn</b> Bút".to_owned(), email: "toasoan@bao-a.example".to_owned() }],
        cc: vec!["tuyen-giao@tu.example".to_owned()],
        date: NOW.parse().unwrap(),
        subject: subject.to_owned(),
        text: format!("Kính gửi: Báo A\n\n“</pre><script>alert(1)</script>”\n\nTrả lời tại:\n{link}\n"),
        html: format!("<!doctype html><html lang=\"vi\"><head><style>p{{color:red}}</style></head><body><p><a href=\"{link}\">đây</a></p>"),
        chat: format!("Kính gửi Báo A.\n</textarea><script>alert(2)</script>\n{link}"),
    };
    serde_json::to_string(&message).unwrap()
}

/// Writes a notice down; its number.
async fn called(office: &Office, outlet: &str, month: &str, state: NoticeState, message: Option<String>) -> i64 {
    let key = NoticeKey::of_month(Step::Alert, &outlet.parse().unwrap(), month.parse::<Month>().unwrap());
    let new = NewNotice { key: key.clone(), state, message };
    assert_eq!(store(office).call_for(&[new], &[Channel::Mail], office.desk.now()).await.unwrap(), 1);
    store(office).notices_of(&outlet.parse().unwrap(), month.parse().unwrap()).await.unwrap()[0].id
}

/// A notice that was tried, with what became of it.
async fn tried(office: &Office, outlet: &str, month: &str, delivery: Delivery) -> i64 {
    let id = called(office, outlet, month, NoticeState::Called, None).await;
    assert!(store(office).claim_notice(id, &message("[Điểm Báo] Tháng chưa ghi nhận"), office.desk.now()).await.unwrap());
    store(office).settle_notice(id, 1, &delivery, office.desk.now()).await.unwrap();
    id
}

async fn state(office: &Office, id: i64) -> NoticeState {
    store(office).notice(id).await.unwrap().unwrap().state
}

async fn acts(office: &Office, act: Act) -> Vec<AuditRow> {
    store(office).audit_before(&AuditFilter { act: Some(act), ..AuditFilter::default() }, None, 100).await.unwrap()
}

#[tokio::test]
async fn the_list_shows_what_became_of_each_notice_in_words_and_with_a_sign() {
    let office = open().await;
    let viewer = office.visitor("viewer").await;
    assert!(viewer.page("/notices").await.contains("Chưa có thông báo nào"));
    called(&office, "a", "2026-01", NoticeState::Waits, None).await;
    called(&office, "b", "2026-01", NoticeState::Called, None).await;
    tried(&office, "a", "2026-02", Delivery::sent("250 2.0.0 nhận", Vec::new())).await;
    tried(&office, "b", "2026-02", Delivery::unsure("đứt đường truyền")).await;
    tried(&office, "a", "2026-03", Delivery::refused("550 <img src=x onerror=alert(3)>")).await;
    let page = viewer.page("/notices").await;
    for words in [
        "! chờ chuyên viên duyệt",
        "→ sẽ gửi",
        "✓ đã gửi",
        "? có thể đã gửi",
        "✗ không gửi được",
        "Thông báo chưa ghi nhận",
        "Báo A",
        "href=\"/outlets/a/2026-03\">tháng 03/2026",
        "10/04/2026 08:00",
        "toasoan@bao-a.example",
        "250 2.0.0 nhận",
        "550 &#60;img src=x",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("<img"), "what a server says is shown and does nothing");
    assert!(page.contains("Cần chuyên viên (3)"), "{page}");
    let rows = |page: &str| page.split("<tbody>").nth(1).map_or(0, |it| it.matches("<tr>").count());
    for (question, expected) in [
        ("part=officer", 3),
        ("part=way", 1),
        ("part=sent", 1),
        ("part=all", 5),
        ("outlet=b", 2),
        ("outlet=b&part=officer", 1),
        ("outlet=b&part=sent", 0),
        ("outlet=x&part=nonsense", 5),
    ] {
        let page = viewer.page(&format!("/notices?{question}")).await;
        assert_eq!(rows(&page), expected, "{question}: {page}");
        assert_eq!(page.contains("Không có thông báo nào như vậy"), expected == 0, "{question}");
    }
    for number in 0..50 {
        called(&office, "b", &format!("{}-{:02}", 2020 + number / 12, number % 12 + 1), NoticeState::Called, None).await;
    }
    let (first, second) = (viewer.page("/notices").await, viewer.page("/notices?page=1").await);
    assert_eq!((rows(&first), rows(&second)), (50, 5), "fifty a page");
    assert!(first.contains("page=1") && second.contains("page=0"));
}

#[tokio::test]
async fn a_notice_shows_its_message_and_only_officers_see_the_link_of_the_answer() {
    let office = open().await;
    let id = tried(&office, "a", "2026-03", Delivery::sent("250 nhận", Vec::new())).await;
    let officer = office.visitor("officer").await.page(&format!("/notices/{id}")).await;
    for words in [
        "Thông báo chưa ghi nhận: Báo A, tháng 03/2026",
        "✓ đã gửi",
        "[Điểm Báo] Tháng chưa ghi nhận",
        "Trần &#60;b&#62;Văn&#60;/b&#62; Bút &#60;toasoan@bao-a.example&#62;",
        "tuyen-giao@tu.example",
        "&#60;/pre&#62;&#60;script&#62;alert(1)",
        "&#60;/textarea&#62;&#60;script&#62;alert(2)",
        "250 nhận",
        "readonly",
        "data-copy=\"chat\"",
    ] {
        assert!(officer.contains(words), "{words}: {officer}");
    }
    assert!(!officer.contains("<script>"), "{officer}");
    assert_eq!(officer.matches(TOKEN).count(), 2, "in the mail and in the chat text");
    for who in ["viewer", "admin"] {
        let visitor = office.visitor(who).await;
        let page = visitor.page(&format!("/notices/{id}")).await;
        assert!(!page.contains(TOKEN) && page.contains("/reply/…") && page.contains("được che"), "{who}: {page}");
        assert!(!page.contains("<form method=\"post\" action=\"/notices"), "{who} acts on nothing");
        let html = visitor.page(&format!("/notices/{id}/html")).await;
        assert!(!html.contains(TOKEN) && html.contains("/reply/…"), "{html}");
        assert_eq!(visitor.post(&format!("/notices/{id}"), &[("hand", "bounce"), ("reason", "x")]).await.status(), 403);
    }
    assert_eq!(state(&office, id).await, NoticeState::Sent);
    let html = office.visitor("officer").await.get(&format!("/notices/{id}/html")).await;
    let policy = html.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("sandbox; default-src 'none'") && !policy.contains("script-src"), "{policy}");
    assert!(html.text().await.unwrap().contains(TOKEN));
    let waits = called(&office, "a", "2026-02", NoticeState::Waits, None).await;
    let viewer = office.visitor("viewer").await;
    let page = viewer.page(&format!("/notices/{waits}")).await;
    assert!(page.contains("Nội dung được soạn lúc gửi") && page.contains("Trần Văn Bút &#60;toasoan@bao-a.example&#62;"), "{page}");
    let nobody = called(&office, "b", "2026-02", NoticeState::Waits, None).await;
    assert!(viewer.page(&format!("/notices/{nobody}")).await.contains("chưa có người nhận còn hiệu lực"));
    for path in ["/notices/999", "/notices/999/html", &format!("/notices/{waits}/html")] {
        assert_eq!(viewer.get(path).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn each_act_changes_the_state_and_leaves_a_row_in_the_log() {
    let office = open().await;
    let sent_at = office.desk.now();
    let unsure = || Delivery::unsure("đứt");
    let failed = || Delivery::refused("550");
    let sent = || Delivery::sent("250", Vec::new());
    let cases = [
        (called(&office, "a", "2025-01", NoticeState::Waits, None).await, "approve", NoticeState::Waits, NoticeState::Called),
        (called(&office, "a", "2025-02", NoticeState::Waits, None).await, "stop", NoticeState::Waits, NoticeState::Stopped),
        (called(&office, "a", "2025-03", NoticeState::Called, None).await, "stop", NoticeState::Called, NoticeState::Stopped),
        (tried(&office, "a", "2025-04", unsure()).await, "resend", NoticeState::MaybeSent, NoticeState::Called),
        (tried(&office, "a", "2025-05", unsure()).await, "bounce", NoticeState::MaybeSent, NoticeState::Bounced),
        (tried(&office, "a", "2025-06", unsure()).await, "arrive", NoticeState::MaybeSent, NoticeState::Sent),
        (tried(&office, "a", "2025-07", failed()).await, "resend", NoticeState::Failed, NoticeState::Called),
        (tried(&office, "a", "2025-08", failed()).await, "stop", NoticeState::Failed, NoticeState::Stopped),
        (tried(&office, "a", "2025-09", sent()).await, "bounce", NoticeState::Sent, NoticeState::Bounced),
    ];
    office.desk.set("2026-04-10T09:00:00+07:00");
    let officer = office.visitor("officer").await;
    for (id, hand, from, to) in cases {
        let path = format!("/notices/{id}");
        let case = format!("{hand} of {from:?}");
        assert!(officer.page(&path).await.contains(&format!("value=\"{hand}\"")), "{case} is offered");
        let reason = format!("đã <i>hỏi</i> {id}");
        let typed = [("hand", hand), ("reason", reason.as_str()), ("sure", "yes")];
        assert_eq!(leads_to(&officer.post(&path, &typed).await), format!("{path}?done=saved"), "{case}");
        assert_eq!(state(&office, id).await, to, "{case}");
        let row = acts(&office, Act::NoticeHandled).await.remove(0);
        let notice = store(&office).notice(id).await.unwrap().unwrap();
        let expected = match (hand, from) {
            ("stop", _) => Some(office.desk.now()),
            (_, NoticeState::Waits) => None,
            _ => Some(sent_at),
        };
        assert_eq!(notice.settled_at, expected, "{case}: when it was sent stays known");
        let key = notice.key.to_string();
        assert_eq!((row.by.as_str(), row.subject), ("officer", key), "{case}");
        let (before, after) = (serde_json::json!({"state": from}), serde_json::json!({"state": to, "reason": reason}));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&row.before).unwrap(), before, "{case}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&row.after).unwrap(), after, "{case}");
        let page = officer.page(&path).await;
        assert!(page.contains("đã &#60;i&#62;hỏi&#60;/i&#62;") && !page.contains("<i>"), "{case}: the history tells it: {page}");
    }
    let stopped = cases[1].0;
    assert_eq!(officer.post(&format!("/notices/{stopped}"), &[("hand", "approve"), ("reason", "vẫn gửi")]).await.status(), 303);
    assert_eq!(state(&office, stopped).await, NoticeState::Called, "what was stopped may be let go again");
    let log = office.visitor("head").await.page("/audit?act=notice_handled").await;
    assert!(log.contains("vẫn gửi") && log.contains("chuyên viên đã dừng"), "{log}");
    assert!(store(&office).verify_audit().await.unwrap().is_ok());
}

#[tokio::test]
async fn what_came_back_is_written_anew_and_what_may_have_arrived_is_not() {
    let office = open().await;
    let officer = office.visitor("officer").await;
    let resend = [("hand", "resend"), ("reason", "đã sửa người nhận"), ("sure", "yes")];
    let failed = tried(&office, "a", "2026-02", Delivery::refused("550 không có hộp thư")).await;
    officer.post(&format!("/notices/{failed}"), &resend).await;
    assert_eq!(store(&office).notice(failed).await.unwrap().unwrap().message, None, "to whom the register names now");
    let unsure = tried(&office, "a", "2026-03", Delivery::unsure("đứt")).await;
    let before = store(&office).notice(unsure).await.unwrap().unwrap().message;
    officer.post(&format!("/notices/{unsure}"), &resend).await;
    assert_eq!(store(&office).notice(unsure).await.unwrap().unwrap().message, before, "the same message, told to be the same");
}

#[tokio::test]
async fn an_act_that_does_not_do_comes_back_as_it_was_typed_and_changes_nothing() {
    let office = open().await;
    let officer = office.visitor("officer").await;
    let unsure = tried(&office, "a", "2026-03", Delivery::unsure("đứt")).await;
    let path = format!("/notices/{unsure}");
    for (typed, says, kept) in [
        (vec![("hand", "bounce"), ("reason", " ")], "Ô bắt buộc còn trống", ""),
        (vec![("hand", "resend"), ("reason", "đã <u>gọi</u>")], "có thể nhận được hai lần", "value=\"đã &#60;u&#62;gọi"),
        (vec![("hand", "resend"), ("reason", ""), ("sure", "yes")], "Ô bắt buộc còn trống", "value=\"yes\" checked"),
        (vec![("hand", "approve"), ("reason", "cứ gửi đi")], "đã thay đổi", "Lý do đã nhập: cứ gửi đi"),
    ] {
        let answer = officer.post(&path, &typed).await;
        assert_eq!(answer.status(), 422, "{typed:?}");
        let page = answer.text().await.unwrap();
        assert!(page.contains(says) && page.contains(kept), "{typed:?}: {page}");
    }
    let long = "d".repeat(2_001);
    assert_eq!(officer.post(&path, &[("hand", "bounce"), ("reason", long.as_str())]).await.status(), 422);
    for (path, hand) in [(path.as_str(), "shout"), (path.as_str(), ""), ("/notices/999", "stop")] {
        assert_eq!(officer.post(path, &[("hand", hand), ("reason", "x")]).await.status(), 404, "{path} {hand}");
    }
    assert_eq!(state(&office, unsure).await, NoticeState::MaybeSent);
    assert!(acts(&office, Act::NoticeHandled).await.is_empty());
    for hand in Hand::ALL {
        let offered = officer.page(&path).await.contains(&format!("value=\"{}\"", hand.as_str()));
        assert_eq!(offered, hand.takes().contains(&NoticeState::MaybeSent), "{hand:?}");
    }
}

#[tokio::test]
async fn an_outlet_is_left_alone_for_a_time_until_somebody_lifts_it() {
    let office = open().await;
    let (officer, viewer) = (office.visitor("officer").await, office.visitor("viewer").await);
    assert!(officer.page("/notices/silences").await.contains("Chưa có khoảng tạm ngừng nào"));
    let form = [("outlet", "a"), ("from", "2026-04-10T07:00"), ("to", "2026-04-20T07:00"), ("reason", "đang <b>đổi trang</b>")];
    for (change, says) in [
        (("outlet", ""), "Hãy chọn một cơ quan báo chí"),
        (("outlet", "x"), "Hãy chọn một cơ quan báo chí"),
        (("from", "hôm nay"), "không phải ngày giờ"),
        (("to", "2026-04-10T07:00"), "phải trước thời điểm kết thúc"),
        (("reason", " "), "Ô bắt buộc còn trống"),
    ] {
        let answer = officer.post("/notices/silences", &form.map(|it| if it.0 == change.0 { change } else { it })).await;
        assert_eq!(answer.status(), 422, "{change:?}");
        let page = answer.text().await.unwrap();
        let kept = if change.0 == "to" { "value=\"2026-04-10T07:00\"" } else { "value=\"2026-04-20T07:00\"" };
        assert!(page.contains(says) && page.contains(kept), "{change:?}: {page}");
    }
    let past = [form[0], ("from", "2026-04-01T07:00"), ("to", "2026-04-10T07:00"), form[3]];
    assert_eq!(officer.post("/notices/silences", &past).await.status(), 422, "its end has passed");
    assert_eq!(viewer.post("/notices/silences", &form).await.status(), 403);
    assert!(store(&office).silences().await.unwrap().is_empty() && acts(&office, Act::Silenced).await.is_empty());

    assert_eq!(leads_to(&officer.post("/notices/silences", &form).await), "/notices/silences?done=saved");
    assert_eq!(officer.post("/notices/silences", &form.map(|it| if it.0 == "outlet" { ("outlet", "*") } else { it })).await.status(), 303);
    let kept = store(&office).silences().await.unwrap();
    let (all, of_a) = (&kept[0], &kept[1]);
    assert!(of_a.covers(&"a".parse().unwrap(), office.desk.now()) && !of_a.covers(&"b".parse().unwrap(), office.desk.now()));
    assert!(all.covers(&"b".parse().unwrap(), office.desk.now()));
    let page = viewer.page("/notices/silences").await;
    for words in ["đang áp dụng", "Báo A", "tất cả cơ quan báo chí", "10/04/2026 07:00 – 20/04/2026 07:00", "&#60;b&#62;đổi trang"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("<form method=\"post\" action=\"/notices"), "a viewer begins and ends none");
    assert!(viewer.page("/notices").await.contains("<b>2</b> đang áp dụng"));

    let lift = format!("/notices/silences/{}/lift", of_a.id);
    assert_eq!(viewer.post(&lift, &[]).await.status(), 403);
    assert_eq!(leads_to(&officer.post(&lift, &[]).await), "/notices/silences?done=withdrawn");
    assert_eq!(officer.post(&lift, &[]).await.status(), 422, "once");
    assert!(!store(&office).silences().await.unwrap()[1].covers(&"a".parse().unwrap(), office.desk.now()));
    assert!(viewer.page("/notices/silences").await.contains("bỏ bởi officer, 10/04/2026 08:00"));
    assert_eq!(acts(&office, Act::Silenced).await.len(), 3, "two that were kept, one that was lifted");
    office.desk.set("2026-04-21T08:00:00+07:00");
    let officer = office.visitor("officer").await;
    assert!(officer.page("/notices/silences").await.contains("đã hết"));
    assert_eq!(officer.post(&format!("/notices/silences/{}/lift", all.id), &[]).await.status(), 422, "it is over by itself");
}

#[tokio::test]
async fn the_board_and_the_month_lead_to_the_notices_that_need_somebody() {
    let office = open().await;
    let officer = office.visitor("officer").await;
    assert!(!officer.page("/").await.contains("thông báo chờ duyệt"));
    let waits = called(&office, "a", "2026-03", NoticeState::Waits, None).await;
    tried(&office, "b", "2026-02", Delivery::unsure("đứt")).await;
    tried(&office, "b", "2026-03", Delivery::refused("550")).await;
    let board = officer.page("/").await;
    assert!(board.contains("href=\"/notices?part=officer\"><b>1</b>thông báo chờ duyệt để gửi"), "{board}");
    assert!(board.contains("<b>2</b>thông báo không gửi được hoặc chưa rõ đã tới"), "{board}");
    let month = officer.page("/outlets/a/2026-03").await;
    assert!(month.contains(&format!("href=\"/notices/{waits}\"")) && month.contains("! chờ chuyên viên duyệt"), "{month}");
    assert!(!officer.page("/outlets/a/2026-02").await.contains("Thông báo về tháng này"));
}

#[tokio::test]
async fn what_only_the_operator_can_mend_stands_above_the_list_by_kind() {
    let office = open().await;
    let viewer = office.visitor("viewer").await;
    let since = office.desk.now() - chrono::TimeDelta::days(2);
    let cause = |key: &str, kind: CauseKind, what: &str, url: &str| {
        (Cause { key: key.to_owned(), kind, what: what.to_owned(), url: url.to_owned(), why: "vì <s>thế</s>".to_owned() }, since)
    };
    let many = (0..25).map(|it| cause(&format!("source http://b.example/{it}"), CauseKind::SourceUnreadable, "Đài B", "http://b.example/"));
    let begun: Vec<_> = many.chain([cause("contact b", CauseKind::ContactMissing, "Đài <em>B</em>", "")]).collect();
    let news = CauseNews { begun: begun.clone(), over: Vec::new() };
    store(&office).tell_causes(&news, None, office.desk.now()).await.unwrap();
    let page = viewer.page("/notices").await;
    for words in [
        "Nguồn không đọc được (25)",
        "và 5 mục khác",
        "Thiếu người nhận thư (1)",
        "<a href=\"/sources/b\">Đài &#60;em&#62;B",
        "vì &#60;s&#62;thế",
        "từ 08/04/2026 08:00",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(page.find("Thiếu người nhận thư") < page.find("Nguồn không đọc được"), "what touches outlets comes first");
    store(&office).tell_causes(&CauseNews { begun: Vec::new(), over: begun }, None, office.desk.now()).await.unwrap();
    assert!(!viewer.page("/notices").await.contains("Người vận hành cần xử lý"), "and goes when it is over");
}

#[tokio::test]
async fn an_officer_reads_what_a_waiting_notice_would_say_before_it_is_let_go() {
    let desk = Desk::open_with(&format!("{FEED}{CONTACT}"), SITE, "2026-02-27T08:00:00+07:00").await;
    watch_march(&desk, &[], |_| false).await;
    desk.set("2026-04-06T08:00:00+07:00");
    let office = Office::over(desk).await;
    let id = called(&office, "a", "2026-03", NoticeState::Waits, None).await;
    let officer = office.visitor("officer").await;
    let page = officer.page(&format!("/notices/{id}")).await;
    assert!(page.contains("Bản xem trước") && page.contains("chưa ghi nhận tin, bài nào của quý cơ quan"), "{page}");
    assert!(!page.contains("/reply/"), "a look makes no link");
    assert_eq!(store(&office).notice(id).await.unwrap().unwrap().message, None, "and nothing is written");
}
