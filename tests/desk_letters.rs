//! Official letters at the desk: drafted where absence is proven, approved as they were, numbered by hand.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod office;

use diembao::jobs::review::{record_changes, review};
use office::{
    Office,
    desk::{Desk, FEED, about, printed, watch_march},
    leads_to,
};

/// March 2026 watched whole, with an article that counts or without.
async fn office(counts: bool) -> Office {
    let desk = Desk::open(FEED, "2026-02-27T08:00:00+07:00").await;
    let extra = if counts { vec![about(901, "2026-03-12T07:00:00+07:00")] } else { Vec::new() };
    watch_march(&desk, &extra, |_| false).await;
    let found = review(&desk.app.line, "2026-03".parse().unwrap(), &[]).await.unwrap();
    record_changes(&desk.app.line, &found).await.unwrap();
    Office::over(desk).await
}

#[tokio::test]
async fn a_letter_is_drafted_approved_and_numbered_and_keeps_the_bytes_that_were_approved() {
    let office = office(false).await;
    let (viewer, officer, head) = (office.visitor("viewer").await, office.visitor("officer").await, office.visitor("head").await);
    let page = officer.page("/letters?month=2026-03").await;
    assert!(page.contains("name=\"outlet\" value=\"a\""), "{page}");
    let fields = [("month", "2026-03"), ("outlet", "a")];
    assert_eq!(viewer.post("/letters", &fields).await.status(), 403);
    let done = officer.post("/letters", &fields).await;
    assert!(leads_to(&done).starts_with("/letters"), "{}", done.status());
    let id = office.desk.app.line.store.letters(0, 10).await.unwrap()[0].id;
    for (kind, start) in [("pdf", b"%PDF".as_slice()), ("docx", b"PK")] {
        let bytes = viewer.get(&format!("/letters/{id}/{kind}")).await.bytes().await.unwrap();
        assert!(bytes.starts_with(start), "{kind}");
    }
    assert_eq!(
        officer.post(&format!("/letters/{id}/issue"), &[("number", "12"), ("day", "2026-04-06")]).await.status(),
        422,
        "a draft has no number"
    );
    assert!(leads_to(&head.post(&format!("/letters/{id}/approve"), &[]).await).starts_with("/letters"));
    let approved = viewer.get(&format!("/letters/{id}/pdf")).await.bytes().await.unwrap();
    office.desk.set("2026-04-20T08:00:00+07:00");
    let (viewer, head) = (office.visitor("viewer").await, office.visitor("head").await);
    assert_eq!(viewer.get(&format!("/letters/{id}/pdf")).await.bytes().await.unwrap(), approved, "as it was approved");
    let refused = head.post(&format!("/letters/{id}/issue"), &[("number", "12"), ("day", "2026-04-21")]).await;
    assert_eq!(refused.status(), 422, "tomorrow");
    assert!(refused.text().await.unwrap().contains("value=\"12\""), "what was typed stays");
    assert!(
        leads_to(&head.post(&format!("/letters/{id}/issue"), &[("number", "12"), ("day", "2026-04-18")]).await).starts_with("/letters")
    );
    let page = viewer.page("/letters").await;
    assert!(page.contains("đã phát hành") && page.contains("12, 18/04/2026"), "{page}");
    assert!(office.desk.app.line.store.verify_audit().await.unwrap().is_ok());
}

#[tokio::test]
async fn a_letter_whose_ground_is_gone_is_numbered_only_where_it_was_issued_before() {
    let office = office(false).await;
    let (officer, head) = (office.visitor("officer").await, office.visitor("head").await);
    officer.post("/letters", &[("month", "2026-03"), ("outlet", "a")]).await;
    let store = &office.desk.app.line.store;
    let id = store.letters(0, 10).await.unwrap()[0].id;
    assert!(head.page("/letters").await.contains("Căn cứ cần kiểm tra trước khi duyệt"), "legal texts with notes");
    head.post(&format!("/letters/{id}/approve"), &[]).await;
    assert!(!head.page("/letters").await.contains("Chưa đủ căn cứ để gửi công văn"));
    store.add_off_web(&printed(&office.desk)).await.unwrap();
    let words = "Chưa đủ căn cứ để gửi công văn tới: Báo A (kết quả tháng: đạt)";
    assert!(head.page("/letters").await.contains(words));
    let fields = [("number", "12"), ("day", "2026-04-05")];
    let refused = head.post(&format!("/letters/{id}/issue"), &fields).await;
    assert_eq!(refused.status(), 422);
    assert!(refused.text().await.unwrap().contains(words));
    let sure = [fields[0], fields[1], ("sure", "yes")];
    assert!(leads_to(&head.post(&format!("/letters/{id}/issue"), &sure).await).starts_with("/letters"));
}

#[tokio::test]
async fn no_letter_is_written_to_an_outlet_that_published() {
    let office = office(true).await;
    let officer = office.visitor("officer").await;
    assert!(officer.page("/letters?month=2026-03").await.contains("không có cơ quan báo chí nào ở mức"));
    let refused = officer.post("/letters", &[("month", "2026-03"), ("outlet", "a")]).await;
    assert_eq!(refused.status(), 422);
    assert!(refused.text().await.unwrap().contains("Báo A (kết quả tháng: đạt)"));
    assert!(office.desk.app.line.store.letters(0, 10).await.unwrap().is_empty());
}
