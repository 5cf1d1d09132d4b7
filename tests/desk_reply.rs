//! What outlets say: by the link of an alert, and by telephone. It counts and accuses only when an officer has decided.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod office;

use diembao::{
    domain::{
        request::Request,
        verdict::{Reason, Verdict},
    },
    jobs::review::{record_changes, review},
};
use office::{
    Office, Visitor,
    desk::{Desk, FEED, about, watch_march},
    leads_to,
};

const MARCH: &str = "/outlets/a/2026-03";
const PDF: &[u8] = b"%PDF-1.7\nhai trang";

/// March 2026, watched whole: nothing that counts was found.
async fn not_met() -> Office {
    let desk = Desk::open(FEED, "2026-02-27T08:00:00+07:00").await;
    watch_march(&desk, &[], |_| false).await;
    let found = review(&desk.app.line, "2026-03".parse().unwrap(), &[]).await.unwrap();
    record_changes(&desk.app.line, &found).await.unwrap();
    assert_eq!(desk.verdict("2026-03").await, (Verdict::NotMet, Reason::NoneFound));
    Office::over(desk).await
}

/// A month about which little is known, for what does not depend on its verdict.
async fn little_known() -> Office {
    Office::open(FEED, "2026-04-10T08:00:00+07:00").await
}

/// The path of a new link for March.
async fn link(officer: &Visitor) -> String {
    let page = officer.post(&format!("{MARCH}/reply-link"), &[]).await.text().await.unwrap();
    let url = page.split("readonly value=\"").nth(1).unwrap_or_else(|| panic!("{page}")).split('"').next().unwrap();
    format!("/reply/{}", url.rsplit('/').next().unwrap())
}

const WAITS: (Verdict, Reason) = (Verdict::Undetermined, Reason::CandidatesPending);

#[tokio::test]
async fn an_outlet_sees_the_facts_of_its_month_and_nothing_else() {
    let office = Office::over({
        let desk = Desk::open(FEED, "2026-02-27T08:00:00+07:00").await;
        watch_march(&desk, &[about(900, "2026-03-10T07:00:00+07:00")], |_| false).await;
        desk
    })
    .await;
    let officer = office.visitor("officer").await;
    let link = link(&officer).await;
    let outlet = office.stranger();
    let page = outlet.page(&link).await;
    for fact in ["Báo A", "03/2026", "Đạt", "có tin, bài được tính", "tập huấn phòng, chống mua bán người lần 900", "Gửi minh chứng"]
    {
        assert!(page.contains(fact), "{fact}: {page}");
    }
    assert!(!page.contains("href=\"/articles") && !page.contains("href=\"/outlets") && !page.contains("class=\"menu\""), "no way in");
    for path in ["/", MARCH, "/submissions", "/attachments/0", "/queue"] {
        assert!(leads_to(&outlet.get(path).await).starts_with("/login"), "{path}");
    }
    let answer = outlet.get(&link).await;
    assert_eq!(answer.headers()["referrer-policy"], "same-origin");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert_eq!(outlet.get("/reply/0000").await.status(), 422);
    assert_eq!(office.visitor("viewer").await.post(&format!("{MARCH}/reply-link/end"), &[]).await.status(), 403);
    assert!(leads_to(&officer.post(&format!("{MARCH}/reply-link/end"), &[]).await).contains("/reply-link"));
    assert_eq!(outlet.get(&link).await.status(), 422, "an officer took it back");
    let link = self::link(&officer).await;
    assert_eq!(outlet.get(&link).await.status(), 200, "a new one works");
    office.desk.set("2026-05-10T10:00:00+07:00");
    assert_eq!(outlet.get(&link).await.status(), 422, "for thirty days");
    assert_eq!(office.visitor("viewer").await.post(&format!("{MARCH}/reply-link"), &[]).await.status(), 403);
}

#[tokio::test]
async fn what_is_sent_waits_for_an_officer_and_the_link_takes_in_no_more() {
    let office = not_met().await;
    let officer = office.visitor("officer").await;
    let link = link(&officer).await;
    let outlet = office.stranger();
    assert!(outlet.page(&link).await.contains("Chưa ghi nhận"));
    let url = office.desk.server.url("/tin-sot.html").to_string();
    for (fields, says) in [
        (vec![("url", "", url.as_bytes())], "người gửi"),
        (vec![("sender", "", &b"Lan"[..])], "dán địa chỉ"),
        (vec![("sender", "", &b"Lan"[..]), ("url", "", b"javascript:alert(1)")], "http://"),
    ] {
        let answer = outlet.upload(&link, &fields).await;
        assert_eq!(answer.status(), 422);
        let page = answer.text().await.unwrap();
        assert!(page.contains(says) && page.contains("<form"), "{says}: {page}");
    }
    assert_eq!(office.desk.verdict("2026-03").await.0, Verdict::NotMet, "nothing was taken in");
    let fields =
        [("url", "", url.as_bytes()), ("sender", "", "Lan, thư ký <b>toà soạn</b>".as_bytes()), ("note", "", b"trang 1\r\ncuoi trang")];
    assert_eq!(leads_to(&outlet.upload(&link, &fields).await), format!("{link}?done=received"));
    assert_eq!(office.desk.verdict("2026-03").await, WAITS, "while it waits the month is not called unmet");
    let page = outlet.page(&link).await;
    assert!(page.contains("Bản gửi số 1") && page.contains("đang chờ chuyên viên xem") && !page.contains("<form"), "{page}");
    assert!(page.contains("&#60;b&#62;toà soạn"), "escaped");
    assert_eq!(leads_to(&outlet.upload(&link, &fields).await), link, "once");
    assert!(officer.page(MARCH).await.contains("/submissions/1"));
    assert!(officer.page("/").await.contains("chờ xem"));
    assert!(officer.page("/submissions").await.contains("/submissions/1"));

    assert_eq!(officer.post("/submissions/1/article", &[("reason", "đã xem")]).await.status(), 422, "nobody has read it");
    assert_eq!(officer.post("/submissions/1/read", &[]).await.status(), 303);
    let asked = office.desk.app.line.store.last_requests(1).await.unwrap();
    assert_eq!(asked[0].what, Request::Link { outlet: "a".parse().unwrap(), url: url.parse().unwrap() });
    assert_eq!(office.desk.verdict("2026-03").await, WAITS, "asking to read it settles nothing");

    assert_eq!(officer.post("/submissions/1/refuse", &[("reason", " ")]).await.status(), 422);
    assert_eq!(officer.post("/submissions/1/refuse", &[("reason", "bài của năm trước")]).await.status(), 303);
    assert_eq!(office.desk.verdict("2026-03").await.0, Verdict::NotMet);
    assert_eq!(officer.post("/submissions/1/refuse", &[("reason", "lần nữa")]).await.status(), 422, "once");
    assert!(outlet.page(&link).await.contains("không chấp nhận"), "the outlet is told");
    assert!(officer.page("/submissions/1").await.contains("bài của năm trước"));
    assert_eq!(office.desk.app.line.store.verify_audit().await.unwrap().map(|it| it > 5), Ok(true), "every act has its row in the log");
}

#[tokio::test]
async fn a_scan_becomes_evidence_when_an_officer_accepts_it() {
    let office = not_met().await;
    let officer = office.visitor("officer").await;
    let link = link(&officer).await;
    let name = "../../../etc/passwd%00.pdf";
    let answer = office.stranger().upload(&link, &[("file", name, PDF), ("sender", "", b"Lan")]).await;
    assert_eq!(answer.status(), 303);
    assert_eq!(office.desk.verdict("2026-03").await, WAITS);
    let digest = diembao::domain::digest::sha256(PDF);
    let page = officer.page("/submissions/1").await;
    assert!(page.contains("passwd%00.pdf") && !page.contains("etc/passwd") && page.contains(&format!("/attachments/{digest}")), "{page}");
    let file = officer.get(&format!("/attachments/{digest}")).await;
    assert_eq!(file.headers()["content-disposition"].to_str().unwrap(), format!("attachment; filename=\"{digest}.pdf\""));
    assert_eq!(file.headers()["x-content-type-options"], "nosniff");
    assert_eq!(file.headers()["content-type"], "application/octet-stream");
    assert_eq!(file.bytes().await.unwrap(), PDF);
    for path in ["..%2f..%2fdiembao.db", "0", &"0".repeat(64)] {
        assert_eq!(officer.get(&format!("/attachments/{path}")).await.status(), 404, "{path}");
    }
    let accept = [
        ("medium", "print"),
        ("title", "Trang ba: phòng, chống mua bán người"),
        ("aired", "2026-03-12T00:00"),
        ("reason", "đã xem bản chụp"),
    ];
    let wrong = [accept[0], accept[1], ("aired", "2026-04-02T00:00"), accept[3]];
    assert_eq!(officer.post("/submissions/1/accept", &wrong).await.status(), 422, "it was printed in another month");
    assert_eq!(office.desk.verdict("2026-03").await, WAITS);
    assert_eq!(officer.post("/submissions/1/accept", &accept).await.status(), 303);
    assert_eq!(office.desk.verdict("2026-03").await, (Verdict::Met, Reason::Articles));
    assert!(officer.page("/").await.contains("Đạt"), "and the board says so");
    assert!(office.desk.app.line.store.verify_audit().await.unwrap().is_ok());
}

#[tokio::test]
async fn files_of_another_kind_or_too_large_are_refused_and_none_is_kept() {
    let office = little_known().await;
    let officer = office.visitor("officer").await;
    let link = link(&officer).await;
    let outlet = office.stranger();
    let large = [PDF, &vec![0; 20 << 20]].concat();
    for (name, bytes, says) in [
        ("trang.pdf", &b"<html><script>alert(1)</script>"[..], "Chỉ nhận tệp PDF, JPEG hoặc PNG"),
        ("trang.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Chỉ nhận tệp PDF, JPEG hoặc PNG"),
        ("trang.pdf", &large, "lớn hơn 20 MB"),
    ] {
        let answer = outlet.upload(&link, &[("sender", "", b"Lan"), ("file", name, bytes)]).await;
        assert_eq!(answer.status(), 422, "{says}");
        let page = answer.text().await.unwrap();
        assert!(page.contains(says) && page.contains("<form"), "{page}");
    }
    let kept = office.desk.app.places.data.join("evidence");
    assert_eq!(std::fs::read_dir(kept).map_or(0, Iterator::count), 0);
    assert!(office.desk.app.line.store.submissions(office.desk.now(), 0, 10).await.unwrap().is_empty());
    for scan in [&b"\xff\xd8\xff\xe0JFIF"[..], b"\x89PNG\r\n\x1a\n"] {
        let link = self::link(&officer).await;
        assert_eq!(outlet.upload(&link, &[("sender", "", b"Lan"), ("file", "a.pdf", scan)]).await.status(), 303, "known by its bytes");
    }
}

#[tokio::test]
async fn calls_and_answers_are_noted_by_outlet() {
    let office = little_known().await;
    let officer = office.visitor("officer").await;
    assert!(officer.page("/calls").await.contains("Chưa ghi cuộc liên hệ nào"));
    assert!(officer.page("/notices").await.contains("href=\"/calls\""), "it is found from the notices");
    let call =
        [("outlet", "a"), ("month", "2026-03"), ("at", "2026-04-09T15:30"), ("answered", "Chị Hạ"), ("said", "Sẽ gửi\r\n<b>lịch phát</b>")];
    for (change, says) in [
        (("outlet", "x"), "Hãy chọn cơ quan báo chí"),
        (("at", "2026-04-11T08:00"), "còn ở tương lai"),
        (("said", ""), "Hãy ghi ai trả lời"),
        (("month", "2026-13"), "Tháng không hợp lệ"),
    ] {
        let answer = officer.post("/calls", &call.map(|it| if it.0 == change.0 { change } else { it })).await;
        assert_eq!(answer.status(), 422, "{says}");
        let page = answer.text().await.unwrap();
        assert!(page.contains(says) && page.contains("Chị Hạ"), "{says}: {page}");
    }
    assert_eq!(leads_to(&officer.post("/calls", &call).await), "/calls?outlet=a&done=saved");
    let viewer = office.visitor("viewer").await;
    let page = viewer.page("/calls?outlet=a").await;
    assert!(page.contains("09/04/2026 15:30") && page.contains("Chị Hạ") && page.contains("&#60;b&#62;lịch phát"), "{page}");
    assert!(page.contains("href=\"/outlets/a/2026-03\"") && !page.contains("method=\"post\" action=\"/calls\""), "a viewer notes nothing");
    assert_eq!(viewer.post("/calls", &call).await.status(), 403);
    assert!(office.visitor("head").await.page("/audit?act=called").await.contains("Chị Hạ"));
    for number in 0..51 {
        let said = format!("Lần {number}.");
        let call = [("outlet", "a"), ("at", "2026-04-01T08:00"), ("answered", "Anh Nam"), ("said", said.as_str())];
        assert_eq!(officer.post("/calls", &call).await.status(), 303);
    }
    let (first, second) = (viewer.page("/calls?outlet=a").await, viewer.page("/calls?outlet=a&page=1").await);
    assert_eq!((first.matches("Anh Nam").count(), second.matches("Anh Nam").count()), (49, 2), "fifty a page");
}

#[tokio::test]
async fn the_reports_page_leads_to_what_there_is() {
    let office = not_met().await;
    let page = office.visitor("officer").await.page("/reports").await;
    for link in ["/outlets/a/2026-03/dossier", "/months/2026-03/close", "/?year=2026", "/reports?year=2025"] {
        assert!(page.contains(link), "{link}: {page}");
    }
    assert!(page.contains("DOCX"), "and says what will come");
}
