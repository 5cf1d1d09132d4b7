//! Officers at work: an outlet's month, rulings, evidence, the queue, and closing by two.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod office;

use diembao::{app::App, jobs::review::record_changes, jobs::review::review};
use office::{
    Office, Visitor,
    desk::{Desk, FEED, about, item, scripted::Answer, watch_march},
    leads_to,
};
use reqwest::Response;

const MENTION: &str = "Xã Sơn Hòa họp bàn việc quý tới <script>alert(1)</script>";

/// March 2026, watched whole, with one article that only mentions the subject: an officer must rule.
async fn with_a_mention() -> Office {
    let desk = Desk::open(FEED, "2026-02-27T08:00:00+07:00").await;
    let title = MENTION.replace('<', "&lt;").replace('>', "&gt;");
    // Under its whole address the page is ours to serve.
    let path = desk.server.url("/tin-900.html").to_string();
    let extra = [office::desk::Item { title: title.clone(), path, ..item(900, "2026-03-10T07:00:00+07:00") }];
    let page = format!(
        "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body><article><h1>{title}</h1>\
         <p onclick=\"alert(2)\">Sáng nay, hội phụ nữ xã Sơn Hòa mở buổi trò chuyện về trồng rau sạch cho hơn tám mươi hội viên của xã.</p>\
         <p>Cuộc họp bàn việc trồng rau; cán bộ xã cũng nhắc đến phòng, chống mua bán người ở vùng cao, rồi bàn tiếp việc giống, phân bón \
         và lịch gieo của vụ hè thu sắp tới trong toàn xã.</p><script>alert(3)</script></article></body></html>"
    );
    desk.server.on("/tin-900.html", Answer::ok("text/html; charset=utf-8", page));
    watch_march(&desk, &extra, |_| false).await;
    record(&desk.app).await;
    Office::over(desk).await
}

/// Records the verdicts of March, as the scheduler does after each crawl.
async fn record(app: &App) {
    let found = review(&app.line, "2026-03".parse().unwrap(), &[]).await.unwrap();
    record_changes(&app.line, &found).await.unwrap();
}

async fn done(answer: Response, code: &str) {
    let to = leads_to(&answer).to_owned();
    assert!(
        answer.status() == 303 && to.ends_with(&format!("done={code}")),
        "{} to {to}: {}",
        answer.status(),
        answer.text().await.unwrap()
    );
}

/// The cell of March on the board.
async fn march_cell(visitor: &Visitor) -> String {
    let board = visitor.page("/?year=2026").await;
    let at = board.find("/outlets/a/2026-03").unwrap();
    board[at..].split("</td>").next().unwrap().to_owned()
}

/// The number of the article that waits.
async fn waiting(visitor: &Visitor) -> String {
    let queue = visitor.page("/queue").await;
    let form = queue.split("action=\"/articles/").nth(1).unwrap_or_else(|| panic!("nothing waits: {queue}"));
    form.split('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_ruling_changes_the_board_and_can_be_undone() {
    let office = with_a_mention().await;
    let officer = office.visitor("officer").await;
    assert!(march_cell(&officer).await.contains("Chưa đủ căn cứ"));
    let id = waiting(&officer).await;
    let path = format!("/articles/{id}/rule");
    let page = officer.page("/outlets/a/2026-03").await;
    assert!(page.contains("Chờ chuyên viên kết luận") && page.contains(&path));
    done(officer.post(&path, &[("decision", "counts"), ("back", "/queue")]).await, "ruled").await;
    assert!(march_cell(&officer).await.contains("Đạt"));
    assert!(officer.page("/queue").await.contains("Không còn bài nào chờ"));
    done(officer.post(&path, &[("decision", "undo"), ("back", "/queue")]).await, "ruled").await;
    assert!(march_cell(&officer).await.contains("Chưa đủ căn cứ"), "what the machine judged holds again");
    done(officer.post(&path, &[("decision", "does_not_count"), ("back", "/queue")]).await, "ruled").await;
    assert!(march_cell(&officer).await.contains("Chưa ghi nhận"));
    let reversal = officer.post(&path, &[("decision", "counts"), ("month", "2026-04"), ("back", "/queue")]).await;
    assert_eq!(reversal.status(), 422, "a reversal needs a reason");
    let again = reversal.text().await.unwrap();
    assert!(again.contains("cần ghi lý do") && again.contains("name=\"month\" value=\"2026-04\""), "the month typed stays: {again}");
    assert!(again.contains("name=\"back\" value=\"/queue\""), "and the way back");
    let reversal = officer.post(&path, &[("decision", "counts"), ("reason", "đọc lại thấy đủ"), ("month", "2026-04")]).await;
    done(reversal, "ruled").await;
    assert!(march_cell(&officer).await.contains("Chưa ghi nhận"), "it counts in April");
    assert!(officer.page("/outlets/a/2026-04").await.contains("Minh chứng được tính (1)"));
    assert!(office.desk.app.line.store.verify_audit().await.unwrap().is_ok());
}

#[tokio::test]
async fn many_are_ruled_on_at_once_and_one_that_cannot_be_is_named() {
    let office = with_a_mention().await;
    let officer = office.visitor("officer").await;
    let id = waiting(&officer).await;
    assert_eq!(officer.post("/queue", &[("decision", "counts")]).await.status(), 422, "nothing is chosen");
    done(officer.post("/queue", &[("decision", "does_not_count"), ("article", &id)]).await, "ruled").await;
    assert!(march_cell(&officer).await.contains("Chưa ghi nhận"));
}

#[tokio::test]
async fn what_an_article_holds_runs_nowhere() {
    let office = with_a_mention().await;
    let officer = office.visitor("officer").await;
    let id = waiting(&officer).await;
    for path in ["/queue".to_owned(), format!("/articles/{id}"), "/outlets/a/2026-03".to_owned()] {
        let page = officer.page(&path).await;
        assert!(page.contains("&#60;script&#62;") && !page.contains("<script>alert"), "{path}");
    }
    let page = officer.page(&format!("/articles/{id}")).await;
    assert!(page.contains("<mark title="), "the words that decided are marked");
    let copy = page.split(&format!("/articles/{id}/copy/")).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let answer = officer.get(&format!("/articles/{id}/copy/{copy}")).await;
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    let copy_page = answer.text().await.unwrap();
    assert!(policy.starts_with("sandbox;"), "{policy}");
    assert!(copy_page.contains("trồng rau sạch") && !copy_page.contains("<script") && !copy_page.contains("onclick"), "{copy_page}");
    assert_eq!(officer.get(&format!("/articles/{id}/copy/999999")).await.status(), 404);
}

#[tokio::test]
async fn off_web_evidence_is_registered_with_its_file_and_taken_back() {
    let office = with_a_mention().await;
    let officer = office.visitor("officer").await;
    let fields: [(&str, &str, &[u8]); 6] = [
        ("medium", "", b"broadcast"),
        ("title", "", "Phóng sự tối".as_bytes()),
        ("programme", "", "Thời sự".as_bytes()),
        ("aired", "", b"2026-03-12T19:30"),
        ("length", "", b"5:30"),
        ("file", "../../scan.pdf", b"%PDF-1.4 invented"),
    ];
    done(officer.upload("/outlets/a/2026-03/off-web", &fields).await, "added").await;
    assert!(march_cell(&officer).await.contains("Đạt"));
    let page = officer.page("/outlets/a/2026-03").await;
    assert!(page.contains("Phóng sự tối") && page.contains("12/03/2026 19:30"));
    let elsewhere = [("medium", "", b"print".as_slice()), ("title", "", "Tin \"chiều\"".as_bytes()), ("aired", "", b"2026-04-02T19:30")];
    let refused = officer.upload("/outlets/a/2026-03/off-web", &elsewhere).await;
    assert_eq!(refused.status(), 422, "aired in April");
    let again = refused.text().await.unwrap();
    assert!(again.contains("Thời điểm phát sóng không thuộc tháng"), "{again}");
    for kept in ["<details id=\"off-web\" open>", "value=\"Tin &#34;chiều&#34;\"", "value=\"2026-04-02T19:30\"", "value=\"print\" selected"]
    {
        assert!(again.contains(kept), "what was typed stays: {kept}");
    }
    let item = page.split("name=\"item\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    done(officer.post("/outlets/a/2026-03/withdraw", &[("item", &item), ("reason", "nhầm đài")]).await, "withdrawn").await;
    assert!(march_cell(&officer).await.contains("Chưa đủ căn cứ"));
    let large = vec![b'x'; 23 << 20];
    let refused =
        officer.upload("/outlets/a/2026-03/off-web", &[("medium", "", b"print"), ("title", "", b"Tin"), ("file", "a.pdf", &large)]).await;
    assert!(refused.status() == 422 || refused.status() == 413, "{}", refused.status());
}

#[tokio::test]
async fn a_gap_is_closed_by_a_hand_check_recorded_at_the_desk() {
    let desk = Desk::open(FEED, "2026-03-05T08:00:00+07:00").await;
    desk.publish(&[item(1, "2026-03-04T07:00:00+07:00")]);
    desk.crawl().await;
    desk.set("2026-03-20T08:00:00+07:00");
    let office = Office::over(desk).await;
    let officer = office.visitor("officer").await;
    let page = officer.page("/outlets/a/2026-03").await;
    assert!(page.contains("trước lượt đọc đầu tiên"), "{page}");
    let field = |name: &str| page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let (from, to) = (field("from"), field("to"));
    let empty = [("gap", from.as_str()), ("from", &from), ("to", &to), ("looked_at", ""), ("found", "không có bài nào")];
    let refused = officer.post("/outlets/a/2026-03/hand-check", &empty).await;
    assert_eq!(refused.status(), 422);
    let again = refused.text().await.unwrap();
    assert!(again.contains("open id=\"hand-check\"") && again.contains("name=\"found\" value=\"không có bài nào\""), "{again}");
    let fields = [("from", from.as_str()), ("to", &to), ("looked_at", "trang chủ, mục Xã hội"), ("found", "không có bài nào")];
    done(officer.post("/outlets/a/2026-03/hand-check", &fields).await, "checked").await;
    assert!(officer.page("/outlets/a/2026-03").await.contains("kiểm tra thủ công bởi officer"));
}

#[tokio::test]
async fn what_could_not_be_read_stands_on_the_time_line() {
    let desk = Desk::open(FEED, "2026-03-05T08:00:00+07:00").await;
    desk.publish(&[item(1, "2026-03-04T07:00:00+07:00")]);
    desk.server.on("/tin-1.html", Answer::status(500));
    desk.crawl().await;
    let office = Office::over(desk).await;
    let page = office.visitor("viewer").await.page("/outlets/a/2026-03").await;
    assert!(page.contains("class=\"unread\"><title>04/03/2026 07:00: Chợ phiên"), "{page}");
}

#[tokio::test]
async fn a_month_is_closed_by_two_officers_and_by_no_fewer() {
    let office = with_a_mention().await;
    let (officer, second) = (office.visitor("officer").await, office.visitor("second").await);
    assert_eq!(officer.post("/months/2026-03/close/propose", &[]).await.status(), 422, "an article waits");
    let id = waiting(&officer).await;
    officer.post(&format!("/articles/{id}/rule"), &[("decision", "does_not_count")]).await;
    office.desk.set("2026-04-10T08:00:00+07:00");
    let (officer, second) =
        (office.visitor("officer").await, if second.cookie.is_some() { office.visitor("second").await } else { second });
    assert_eq!(officer.post("/months/2026-03/close/confirm", &[]).await.status(), 422, "nobody asked for it");
    done(officer.post("/months/2026-03/close/propose", &[]).await, "proposed").await;
    assert_eq!(officer.post("/months/2026-03/close/confirm", &[]).await.status(), 422, "not the same one");
    assert!(!officer.page("/months/2026-03/close").await.contains("close/confirm"));
    assert!(second.page("/months/2026-03/close").await.contains("close/confirm"));
    done(second.post("/months/2026-03/close/confirm", &[]).await, "closed").await;
    assert!(officer.page("/months/2026-03/close").await.contains("lần chốt số <strong>1</strong>"));
    assert!(officer.page("/").await.contains("số 1"));
    assert_eq!(second.post("/months/2026-03/close/confirm", &[]).await.status(), 422, "once");
}

#[tokio::test]
async fn a_month_with_its_dossier_is_shown_and_others_are_not_found() {
    let office = Office::over({
        let desk = Desk::open(FEED, "2026-02-27T08:00:00+07:00").await;
        watch_march(&desk, &[about(901, "2026-03-10T07:00:00+07:00")], |_| false).await;
        record(&desk.app).await;
        desk
    })
    .await;
    let viewer = office.visitor("viewer").await;
    let page = viewer.page("/outlets/a/2026-03").await;
    assert!(
        page.contains("Minh chứng được tính (1)") && !page.contains("<form method=\"post\" action=\"/outlets"),
        "a viewer decides nothing"
    );
    assert_eq!(viewer.get("/outlets/a/2026-03/dossier").await.status(), 403, "it holds the pages as they were printed");
    assert!(!page.contains("/dossier"), "and is not offered");
    let dossier = office.visitor("officer").await.get("/outlets/a/2026-03/dossier").await;
    assert_eq!(dossier.headers()["content-type"], "application/zip");
    assert!(dossier.bytes().await.unwrap().starts_with(b"PK"));
    for path in ["/outlets/x/2026-03", "/outlets/a/2027-03", "/outlets/a/march", "/articles/999", "/months/2027-01/close", "/nowhere"] {
        let missing = viewer.get(path).await;
        assert_eq!(missing.status(), 404, "{path}");
        assert!(missing.text().await.unwrap().contains("Không có trang này"), "{path}");
    }
    assert_eq!(viewer.post("/queue", &[]).await.status(), 403);
}
