//! The desk in a real browser: what officers do from end to end, what keeps them out, barriers for readers of screens.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod browser;
mod office;

use browser::{Browser, target};
use diembao::{
    domain::{
        cause::{Cause, CauseKind},
        delivery::Delivery,
        month::Span,
        notice::{Addressee, Channel, NoticeKey, NoticeState, Outgoing, Step},
    },
    jobs::review::{record_changes, review},
    store::{
        cause::CauseNews,
        notice::{NewNotice, NoticeFilter},
        silence::Silence,
    },
};
use office::{
    Office, PASSWORD,
    desk::{Desk, FEED, Item, about, item, scripted::Answer, watch_march},
};

const CANDIDATE: &str = "Xã Sơn Hòa họp bàn việc quý tới";

/// March 2026 watched whole, with one article that counts where `counts`, and one that waits for an officer.
async fn office(counts: bool) -> Office {
    let desk = Desk::open(FEED, "2026-02-27T08:00:00+07:00").await;
    let page = format!(
        "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><title>{CANDIDATE}</title></head><body><article><h1>{CANDIDATE}</h1>\
         <p>Sáng nay, hội phụ nữ xã Sơn Hòa mở buổi trò chuyện về trồng rau sạch cho hơn tám mươi hội viên của mười hai thôn.</p>\
         <p>Cuộc họp bàn việc trồng rau; cán bộ xã cũng nhắc đến phòng, chống mua bán người ở vùng cao, rồi bàn tiếp việc giống, phân bón \
         và lịch gieo của vụ hè thu sắp tới trong toàn xã.</p></article></body></html>"
    );
    desk.server.on("/tin-900.html", Answer::ok("text/html; charset=utf-8", page));
    let path = desk.server.url("/tin-900.html").to_string();
    let mut extra = vec![Item { title: CANDIDATE.to_owned(), path, ..item(900, "2026-03-10T07:00:00+07:00") }];
    if counts {
        extra.push(about(901, "2026-03-12T07:00:00+07:00"));
    }
    watch_march(&desk, &extra, |_| false).await;
    diembao::jobs::index::follow(&desk.app.line.store, &desk.app.search, &|_| ()).await.unwrap();
    for month in ["2026-03", "2026-04"] {
        let found = review(&desk.app.line, month.parse().unwrap(), &[]).await.unwrap();
        record_changes(&desk.app.line, &found).await.unwrap();
    }
    Office::over(desk).await
}

async fn log_in(browser: &Browser, name: &str, password: &str) {
    browser.go("/login").await;
    browser.fill("#name", name).await;
    browser.fill("#password", password).await;
    browser.submit("main form button").await;
}

#[tokio::test]
async fn the_first_administrator_is_added_by_the_link_and_logs_in() {
    let desk = Desk::open(FEED, "2026-04-10T08:00:00+07:00").await;
    let link = desk.app.setup_link("").await.unwrap().unwrap();
    let office = Office::over(desk).await;
    let browser = Browser::open(&office.url("")).await;
    browser.go(&link).await;
    browser.fill("#name", "quan.tri").await;
    browser.fill("#shown", "Nguyễn Thị Quản").await;
    for field in ["#password", "#again"] {
        browser.fill(field, "mot ngay dep troi").await;
    }
    browser.click("main form button").await;
    browser.says("Đã lưu.").await;
    log_in(&browser, "quan.tri", "mot ngay dep troi").await;
    browser.says("Nguyễn Thị Quản (quản trị)").await;
    browser.says("Bảng theo dõi tháng 2026").await;
}

#[tokio::test]
async fn an_officer_rules_by_keyboard_and_sees_the_board_change() {
    let office = office(false).await;
    let browser = Browser::open(&office.url("")).await;
    log_in(&browser, "officer", "sai mat khau roi").await;
    browser.says("Tên hoặc mật khẩu không đúng.").await;
    log_in(&browser, "officer", PASSWORD).await;
    browser.says("bài chờ chuyên viên kết luận").await;
    browser.click(".cards a").await;
    browser.says(CANDIDATE).await;
    browser.press("c").await;
    browser.says("Không còn bài nào chờ").await;
    browser.go("/").await;
    assert!(browser.run("return document.querySelector('td.met a[href=\"/outlets/a/2026-03\"]') !== null").await.as_bool().unwrap());
    browser.go("/queue?ruled=1").await;
    office.desk.set("2026-04-06T22:10:00+07:00");
    browser.go("/outlets/a/2026-03").await;
    browser.says("Minh chứng được tính (1)").await;
    browser.says("do chuyên viên kết luận").await;
}

#[tokio::test]
async fn off_web_evidence_is_registered_with_a_scan() {
    let office = office(false).await;
    let browser = Browser::open(&office.url("")).await;
    log_in(&browser, "officer", PASSWORD).await;
    browser.go("/outlets/a/2026-03").await;
    let file = tempfile::Builder::new().suffix(".pdf").tempfile().unwrap();
    std::fs::write(file.path(), b"%PDF-1.4 invented").unwrap();
    browser.run("document.querySelectorAll('details').forEach(it => it.open = true)").await;
    browser.fill("#title", "Phóng sự: Chợ phiên bình yên").await;
    browser.attach("#file", file.path()).await;
    browser.click("form[action$=off-web] button").await;
    browser.says("Đã ghi nhận minh chứng.").await;
    browser.says("Phóng sự: Chợ phiên bình yên").await;
    browser.says("Đạt").await;
}

#[tokio::test]
async fn a_month_is_closed_by_two_officers_in_their_browsers() {
    let office = office(false).await;
    let first = Browser::open(&office.url("")).await;
    log_in(&first, "officer", PASSWORD).await;
    first.says("Bảng theo dõi tháng").await;
    first.go("/months/2026-03/close").await;
    first.says("đang chờ chuyên viên kết luận").await;
    first.go("/queue").await;
    first.press("n").await;
    first.says("Không còn bài nào chờ").await;
    first.go("/months/2026-03/close").await;
    first.click("form[action$=propose] button").await;
    first.says("Cần một chuyên viên khác xác nhận.").await;
    let second = Browser::open(&office.url("")).await;
    log_in(&second, "second", PASSWORD).await;
    second.says("Bảng theo dõi tháng").await;
    second.go("/months/2026-03/close").await;
    second.click("form[action$=confirm] button").await;
    second.accept().await;
    second.says("lần chốt số 1").await;
}

#[tokio::test]
async fn a_viewer_is_shown_no_button_and_a_forged_form_is_refused() {
    let office = office(false).await;
    let browser = Browser::open(&office.url("")).await;
    log_in(&browser, "viewer", PASSWORD).await;
    browser.says("người xem").await;
    browser.go("/queue").await;
    browser.says(CANDIDATE).await;
    assert!(browser.run("return document.querySelector('[data-key=c]') === null").await.as_bool().unwrap());
    browser.go("/users").await;
    browser.says("Không").await;
    // A page of another origin on the same machine posts a form: the browser sends the session's cookie along, for ports do not part sites.
    let officer = Browser::open(&office.url("")).await;
    log_in(&officer, "officer", PASSWORD).await;
    let target = office.url("/queue/many");
    let form = format!(
        "<!doctype html><title>Quà</title><form method=post action=\"{target}\"><input name=decision value=counts>\
         <input name=article value=1><button>Nhận quà</button></form>"
    );
    office.desk.server.on("/qua.html", Answer::ok("text/html; charset=utf-8", form));
    officer.go_to(office.desk.server.url("/qua.html").as_str()).await;
    officer.submit("button").await;
    officer.says("Biểu mẫu này không được gửi từ bàn làm việc").await;
    officer.go("/queue").await;
    officer.says(CANDIDATE).await;
}

#[tokio::test]
async fn articles_are_found_without_diacritics() {
    let office = office(true).await;
    let browser = Browser::open(&office.url("")).await;
    log_in(&browser, "viewer", PASSWORD).await;
    browser.says("Bảng theo dõi tháng").await;
    browser.go("/search").await;
    browser.fill("#q", "tap huan phong chong mua ban nguoi").await;
    browser.click("form[role=search] button").await;
    browser.says("Tìm thấy 1 bài").await;
    browser.says("Xã Sơn Hòa tập huấn phòng, chống mua bán người lần 901").await;
}

#[tokio::test]
async fn an_outlet_answers_by_its_link_and_an_officer_sees_it() {
    let office = office(false).await;
    let officer = Browser::open(&office.url("")).await;
    log_in(&officer, "officer", PASSWORD).await;
    officer.says("Bảng theo dõi tháng").await;
    officer.go("/outlets/a/2026-03/reply-link").await;
    officer.click("main form button").await;
    officer.says("Hãy chép lại ngay").await;
    let link =
        officer.run("return new URL(document.querySelector('#link').value, location.href).pathname").await.as_str().unwrap().to_owned();
    let outlet = Browser::open(&office.url("")).await;
    outlet.go(&link).await;
    outlet.says("Chưa đủ căn cứ").await;
    let file = tempfile::Builder::new().suffix(".pdf").tempfile().unwrap();
    std::fs::write(file.path(), b"%PDF-1.4 invented").unwrap();
    outlet.fill("#sender", "Trần Thị Biên, thư ký tòa soạn").await;
    outlet.attach("input[type=file]", file.path()).await;
    outlet.click("main form button").await;
    outlet.says("Đã nhận").await;
    officer.go("/submissions").await;
    officer.click("ul.items a").await;
    officer.says("Trần Thị Biên").await;
}

/// Notices of every kind of end, what the operator must mend, and a silence.
async fn write_notices(office: &Office) {
    let (store, now, a) = (&office.desk.app.line.store, office.desk.now(), "a".parse().unwrap());
    let key = |step, month: &str| NoticeKey::of_month(step, &a, month.parse().unwrap());
    let month = "03/2026";
    let message = Outgoing {
        to: vec![Addressee { name: "Trần Văn Bút".to_owned(), email: "toasoan@bao-a.example".to_owned() }],
        cc: vec!["tuyen-giao@tu.example".to_owned()],
        date: now,
        subject: format!("[Điểm Báo] Tháng {month}: chưa ghi nhận tin, bài về phòng, chống mua bán người – Báo A"),
        text: format!(
            "Kính gửi: Báo A\n\nTheo dữ liệu thu thập đến 08:00 ngày 06/04/2026, trong tháng {month} hệ thống\nchưa ghi nhận tin, bài nào của quý \
             cơ quan về phòng, chống mua bán người.\n\nTrả lời tại:\nhttps://diembao.so.example/reply/{}\n\nTrân trọng.\n",
            "5f2a9c0d".repeat(8)
        ),
        html: "<!doctype html><html lang=\"vi\"><body><p>Kính gửi: Báo A</p></body></html>".to_owned(),
        chat: format!("Kính gửi Báo A.\nTháng {month} chưa ghi nhận tin, bài nào.\nXin trả lời tin nhắn này.\nTrân trọng."),
    };
    let message = serde_json::to_string(&message).unwrap();
    let ends = [
        (key(Step::Alert, "2026-03"), Some(Delivery::unsure("hết thời gian chờ sau khi gửi xong nội dung"))),
        (key(Step::Alert, "2026-02"), None),
        (key(Step::Reminder(10), "2026-03"), Some(Delivery::sent("250 2.0.0 Ok: queued as 4F2A", Vec::new()))),
        (key(Step::Escalation, "2026-03"), Some(Delivery::refused("550 5.1.1 <giam-doc@so.example>: Recipient address rejected"))),
        (key(Step::Correction, "2026-01"), Some(Delivery::later("421 4.3.2 máy chủ bận"))),
    ];
    for (key, delivery) in ends {
        let state = if delivery.is_some() { NoticeState::Called } else { NoticeState::Waits };
        store.call_for(&[NewNotice { key: key.clone(), state, message: None }], &[Channel::Mail], now).await.unwrap();
        let Some(delivery) = delivery else { continue };
        let id = store.notices(&NoticeFilter::default(), 0, 1).await.unwrap()[0].id;
        assert!(store.claim_notice(id, &message, now).await.unwrap(), "{key}");
        store.settle_notice(id, 1, &delivery, now).await.unwrap();
    }
    let cause = |key: &str, kind, what: &str, url: &str| {
        (Cause { key: key.to_owned(), kind, what: what.to_owned(), url: url.to_owned(), why: String::new() }, now)
    };
    let begun = vec![
        cause("source http://a.example/rss", CauseKind::SourceUnreadable, "Báo A", "http://a.example/chuyen-muc/van-hoa-xa-hoi.rss"),
        cause("contact a", CauseKind::ContactMissing, "Báo A", ""),
    ];
    store.tell_causes(&CauseNews { begun, over: Vec::new() }, None, now).await.unwrap();
    let span = Span { from: now, to: now + chrono::TimeDelta::days(9) };
    let silence = Silence { outlet: Some(a.clone()), span, reason: "đang đổi giao diện trang".parse().unwrap() };
    store.keep_silence(&silence, "officer", now).await.unwrap();
    let drafted = std::slice::from_ref(&a);
    store.draft_letter("2026-03".parse().unwrap(), drafted, "diembao", now).await.unwrap();
}

#[tokio::test]
async fn a_chat_text_is_copied_by_its_button() {
    let office = Office::open(FEED, "2026-04-10T08:00:00+07:00").await;
    write_notices(&office).await;
    let browser = Browser::open(&office.url("")).await;
    log_in(&browser, "officer", PASSWORD).await;
    browser.says("Bảng theo dõi tháng").await;
    browser.go("/notices/1").await;
    browser.click("[data-copy]").await;
    browser.says("Đã chép.").await;
    let chosen =
        "const it = document.querySelector('#chat'); return it.selectionEnd - it.selectionStart === it.value.length && it.readOnly";
    assert!(browser.run(chosen).await.as_bool().unwrap(), "the whole text is selected");
}

/// Every page that somebody meets at the desk, by who meets it.
const PAGES: [(&str, &str, &str); 29] = [
    ("head", "board", "/"),
    ("head", "year", "/year/2026"),
    ("head", "outlet-month", "/outlets/a/2026-03"),
    ("head", "reply-link", "/outlets/a/2026-03/reply-link"),
    ("head", "article", "/articles/1"),
    ("head", "queue", "/queue"),
    ("head", "close", "/months/2026-03/close"),
    ("head", "search", "/search?q=son+hoa"),
    ("head", "import", "/import"),
    ("head", "notices", "/notices"),
    ("head", "notice-unsure", "/notices/1"),
    ("head", "notice-waiting", "/notices/2"),
    ("head", "silences", "/notices/silences"),
    ("head", "calls", "/calls"),
    ("head", "letters", "/letters?month=2026-03"),
    ("head", "submissions", "/submissions"),
    ("head", "reports", "/reports"),
    ("head", "audit", "/audit"),
    ("head", "password", "/password"),
    ("head", "missing", "/nowhere"),
    ("head", "sources", "/sources"),
    ("head", "source-outlet", "/sources/a"),
    ("head", "source-new", "/sources-new"),
    ("head", "terms", "/terms"),
    ("head", "english", "/lang/en?next=/outlets/a/2026-03"),
    ("admin", "settings", "/settings"),
    ("admin", "users", "/users"),
    ("admin", "tokens", "/settings/tokens"),
    ("admin", "api", "/help/api"),
];

#[tokio::test]
async fn a_barrier_would_be_found() {
    let office = Office::over(Desk::open(FEED, "2026-04-10T08:00:00+07:00").await).await;
    let browser = Browser::open(&office.url("")).await;
    browser.go("/login").await;
    browser.run("document.querySelector('label[for=name]').remove()").await;
    let found = browser.barriers().await;
    assert!(found.iter().any(|it| it.starts_with("label:")), "{found:?}");
}

#[tokio::test]
async fn no_page_has_a_serious_barrier_and_each_is_drawn_at_both_widths() {
    let office = office(true).await;
    write_notices(&office).await;
    let browser = Browser::open(&office.url("")).await;
    let mut barriers = Vec::new();
    browser.go("/login").await;
    barriers.extend(browser.barriers().await.into_iter().map(|it| format!("login: {it}")));
    for who in ["head", "admin"] {
        let browser = Browser::open(&office.url("")).await;
        log_in(&browser, who, PASSWORD).await;
        browser.says("Bảng theo dõi tháng").await;
        for (_, name, path) in PAGES.into_iter().filter(|it| it.0 == who) {
            for width in [1280, 390] {
                browser.go(path).await;
                browser.picture(&target().join(format!("screens/{name}-{width}.png")), width).await;
                let wide = browser.run("return document.documentElement.scrollWidth - window.innerWidth").await.as_i64().unwrap();
                if wide > 0 {
                    barriers.push(format!("{name} at {width}: {wide} pixels too wide"));
                }
                barriers.extend(browser.barriers().await.into_iter().map(|it| format!("{name} at {width}: {it}")));
            }
        }
    }
    assert!(barriers.is_empty(), "{}", barriers.join("\n"));
}
