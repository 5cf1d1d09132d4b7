//! Searching at the desk: with and without diacritics, filters, kept searches, and files that spreadsheets open.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod office;

use std::io::Read;

use diembao::jobs::index::follow;
use office::{
    Office,
    desk::{Desk, FEED, Item, about, item},
    leads_to,
};

async fn office() -> Office {
    let desk = Desk::open(FEED, "2026-03-01T08:00:00+07:00").await;
    desk.publish(&[
        Item { title: "=HYPERLINK(chợ phiên) &lt;img src=x onerror=alert(1)&gt;".to_owned(), ..item(3, "2026-02-27T07:00:00+07:00") },
        about(2, "2026-02-26T07:00:00+07:00"),
        item(1, "2026-01-25T07:00:00+07:00"),
    ]);
    desk.crawl().await;
    desk.set("2026-03-20T08:00:00+07:00");
    follow(&desk.app.line.store, &desk.app.search, &|_| ()).await.unwrap();
    Office::over(desk).await
}

fn found(page: &str) -> usize {
    page.split("<strong>").nth(1).unwrap().split('<').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn articles_are_found_with_and_without_diacritics_and_narrowed_down() {
    let office = office().await;
    let viewer = office.visitor("viewer").await;
    for (question, count) in [
        ("q=phong+chong+mua+ban+nguoi", 1),
        ("q=ph%C3%B2ng%2C+ch%E1%BB%91ng+mua+b%C3%A1n+ng%C6%B0%E1%BB%9Di", 1),
        ("q=%22so+hoa+tap+huan%22", 0),
        ("q=%22son+hoa+tap+huan%22", 1),
        ("q=son+hoa", 3),
        ("q=son+hoa&from=2026-02-01", 2),
        ("q=son+hoa&to=2026-01-31", 1),
        ("q=son+hoa&judgement=about", 1),
        ("q=son+hoa&outlet=b", 0),
        ("q=son+hoa&from=nonsense&page=99999", 3),
        ("q=khong+co+dau", 0),
    ] {
        let page = viewer.page(&format!("/search?{question}")).await;
        assert_eq!(found(&page), count, "{question}");
    }
    let page = viewer.page("/search?q=mua+ban+nguoi").await;
    assert!(page.contains("<mark>mua bán người</mark>"), "{page}");
    assert!(page.contains("<title>02/2026: 1</title>"), "the chart says it in words too");
    let page = viewer.page("/search?q=hyperlink").await;
    assert!(!page.contains("<img") && page.contains("&#60;img"), "a title runs nothing");
}

#[tokio::test]
async fn what_was_found_is_a_file_that_runs_nothing() {
    let office = office().await;
    let viewer = office.visitor("viewer").await;
    let csv = viewer.get("/search/export/csv?q=son+hoa").await;
    assert!(csv.headers()["content-disposition"].to_str().unwrap().contains("tim-kiem.csv"));
    let text = String::from_utf8(csv.bytes().await.unwrap().to_vec()).unwrap();
    assert!(text.starts_with("\u{feff}Tiêu đề,") && text.lines().count() == 4, "{text}");
    assert!(text.contains("'=HYPERLINK(chợ phiên)"), "{text}");
    let book = viewer.get("/search/export/xlsx?q=son+hoa").await.bytes().await.unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(book)).unwrap();
    let mut strings = String::new();
    zip.by_name("xl/sharedStrings.xml").unwrap().read_to_string(&mut strings).unwrap();
    assert!(strings.contains("Xã Sơn Hòa tập huấn"), "{strings}");
    assert_eq!(viewer.get("/search/export/exe?q=a").await.status(), 404);
}

#[tokio::test]
async fn a_search_is_kept_for_its_user_alone() {
    let office = office().await;
    let (officer, other) = (office.visitor("officer").await, office.visitor("second").await);
    let kept = officer.post("/search/save", &[("name", "Tập huấn"), ("question", "q=tap+huan&judgement=about")]).await;
    assert_eq!(leads_to(&kept), "/search?q=tap+huan&judgement=about&done=saved");
    let page = officer.page("/search").await;
    assert!(page.contains("href=\"/search?q=tap+huan&#38;judgement=about\">Tập huấn</a>"), "{page}");
    assert!(!other.page("/search").await.contains("Tập huấn"));
    let id = page.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    other.post("/search/remove", &[("id", &id)]).await;
    assert!(officer.page("/search").await.contains("Tập huấn"), "only its user removes it");
    officer.post("/search/remove", &[("id", &id)]).await;
    assert!(!officer.page("/search").await.contains("Tập huấn"));
    assert_eq!(officer.post("/search/save", &[("name", " "), ("question", "q=a")]).await.status(), 422);
}
