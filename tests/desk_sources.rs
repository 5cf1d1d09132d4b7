//! What officers do with sources: name a missed article, read an outlet now, add outlets and sources to the register.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod office;

use std::fs;

use diembao::{
    domain::{outlet::OutletId, request::Request},
    jobs::crawl::{CrawlScope, crawl},
};
use office::{
    Office, Visitor,
    desk::{
        FEED, about, item,
        scripted::{Answer, Scripted},
    },
    leads_to,
};

const NOW: &str = "2026-04-10T08:00:00+07:00";

/// An article's page that states its own date.
fn dated_page(title: &str, date: &str, subject: &str) -> Answer {
    let it = office::desk::Item { path: String::new(), title: title.to_owned(), date: None, about: subject == "about" };
    let meta = format!("<head><meta property=\"article:published_time\" content=\"{date}\">");
    Answer::ok("text/html; charset=utf-8", it.page().replace("<head>", &meta))
}

async fn linked(office: &Office, officer: &Visitor, url: &str) -> String {
    let request = Request::Link { outlet: "a".parse::<OutletId>().unwrap(), url: url.parse().unwrap() };
    let id = office.desk.app.line.store.ask(&request, "officer", office.desk.now()).await.unwrap();
    office.desk.app.perform_requests().await.unwrap();
    officer.page(&format!("/requests/{id}")).await
}

#[tokio::test]
async fn an_article_that_an_officer_names_is_read_judged_and_shown() {
    let office = Office::open(FEED, NOW).await;
    let officer = office.visitor("officer").await;
    office.desk.publish(&[item(1, "2026-04-09T08:00:00+07:00")]);
    office.desk.crawl().await;
    office.desk.server.on("/bai-99.html", dated_page("Tập huấn phòng, chống mua bán người", "2026-03-20T08:00:00+07:00", "about"));
    let url = office.desk.server.url("/bai-99.html").to_string();
    let sent = officer.post("/outlets/a/2026-03/link", &[("url", &url)]).await;
    assert_eq!(sent.status(), 303);
    let waiting = officer.get(leads_to(&sent)).await;
    assert_eq!(waiting.headers().get("refresh").unwrap(), "2");
    assert!(waiting.text().await.unwrap().contains("Đang chờ"));
    assert_eq!(office.desk.app.perform_requests().await.unwrap(), 1);
    let answer = officer.get(leads_to(&sent)).await;
    assert!(answer.headers().get("refresh").is_none(), "it has ended");
    let page = answer.text().await.unwrap();
    let article = page.split("href=\"/articles/").nth(1).unwrap().split('"').next().unwrap();
    assert!(officer.page(&format!("/articles/{article}")).await.contains("mua bán người"));
    let stored = office.desk.app.line.store.article(article.parse().unwrap()).await.unwrap().unwrap();
    assert_eq!((stored.judgement.as_str(), stored.read), ("about", true));
    let month = office.desk.month("2026-03").await;
    assert_eq!(month.evidence.len(), 1, "{month:?}");
    let recorded = office.desk.app.line.store.latest_verdicts(&["2026-03".parse().unwrap()]).await.unwrap();
    assert_eq!(recorded.values().next().unwrap().verdict.as_str(), "met", "the board has it");
    let found = office.desk.app.search.find(&diembao::search::query::Question::read("tập huấn"), &Default::default(), 9).unwrap();
    assert_eq!(found.total, 1, "the index has it");
    assert!(linked(&office, &officer, &url).await.contains("đã có từ trước"));
}

#[tokio::test]
async fn what_is_no_article_of_the_outlet_is_refused_in_words_and_leaves_nothing_behind() {
    let office = Office::open(FEED, NOW).await;
    let officer = office.visitor("officer").await;
    let at = |path: &str| office.desk.server.url(path).to_string();
    for (url, words) in [
        ("https://bao-khac.example/tin-1.html".to_owned(), "không phải trang của cơ quan báo chí này"),
        (at("/"), "trang chủ hoặc một nguồn tin"),
        (at("/rss"), "trang chủ hoặc một nguồn tin"),
        (at("/khong-co.html"), "Không đọc được trang này"),
    ] {
        let page = linked(&office, &officer, &url).await;
        assert!(page.contains(words) && page.contains("class=\"problem\""), "{url}: {page}");
    }
    assert_eq!(office.desk.app.line.store.latest_change().await.unwrap(), 0, "nothing was kept");
    let refused = officer.post("/outlets/a/2026-03/link", &[("url", "https://bao-khac.example/tin-1.html")]).await;
    assert_eq!(refused.status(), 422);
}

#[tokio::test]
async fn an_officer_has_an_outlet_read_now_and_sees_how_its_sources_fare() {
    let office = Office::open(FEED, NOW).await;
    let officer = office.visitor("officer").await;
    office.desk.publish(&[about(2, "2026-04-10T07:00:00+07:00"), item(1, "2026-04-09T08:00:00+07:00")]);
    assert!(officer.page("/sources").await.contains("chưa đọc lần nào"));
    let sent = officer.post("/sources/a/visit", &[]).await;
    assert!(sent.status() == 303 && leads_to(&sent).starts_with("/requests/"));
    office.desk.app.perform_requests().await.unwrap();
    assert!(officer.page(leads_to(&sent)).await.contains("Đọc được 1/1 nguồn; có 2 tin, bài mới."));
    office.desk.wait(chrono::TimeDelta::days(1));
    let officer = office.visitor("officer").await;
    office.desk.server.on("/rss", Answer::status(503));
    officer.post("/sources/a/visit", &[]).await;
    office.desk.app.perform_requests().await.unwrap();
    let page = office.visitor("viewer").await.page("/sources").await;
    for words in ["title=\"10/04: ", "title=\"11/04: máy chủ báo lỗi\"", "lỗi từ 11/04/2026 08:00", "10/04/2026 08:00", "05/2026", "Độ phủ"]
    {
        assert_eq!(page.contains(words), words != "05/2026", "{words}: {page}");
    }
    assert!(!page.contains("Đọc ngay"), "a viewer asks for nothing");
    let own = officer.page("/sources/a").await;
    for words in ["máy chủ báo lỗi", "2 mới, 0 đã biết, 0 loại", "không giới hạn", "Chưa có địa chỉ liên hệ"] {
        assert!(own.contains(words), "{words}: {own}");
    }
    assert_eq!(officer.get("/sources/khong-co").await.status(), 404);
}

/// An outlet that is not in the register yet: a home page that names a feed.
async fn new_outlet() -> Scripted {
    let server = Scripted::start().await;
    let home = "<html><head><link rel=\"alternate\" type=\"application/rss+xml\" href=\"/tin.rss\"></head><body>Tạp chí B</body></html>";
    server.on("/", Answer::ok("text/html; charset=utf-8", home));
    let link = server.url("/bai-1.html");
    let feed = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\"><channel><title>B</title><item><title>Mùa gặt trên nương cao</title>\
         <link>{link}</link><pubDate>Fri, 10 Apr 2026 00:00:00 +0700</pubDate></item></channel></rss>"
    );
    server.on("/tin.rss", Answer::ok("application/rss+xml", feed));
    server.on("/bai-1.html", Answer::ok("text/html; charset=utf-8", item(1, "2026-04-10T00:00:00+07:00").page()));
    server
}

fn field<'a>(page: &'a str, name: &str) -> &'a str {
    page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap().split('"').next().unwrap()
}

#[tokio::test]
async fn an_outlet_is_found_previewed_written_into_the_register_and_read_without_a_new_start() {
    let office = Office::open(&format!("# Sổ đăng ký của phòng.\n{FEED}# Hết.\n"), NOW).await;
    let officer = office.visitor("officer").await;
    let server = new_outlet().await;
    assert_eq!(officer.post("/sources-new", &[("url", "khong phai dia chi")]).await.status(), 422);
    let sent = officer.post("/sources-new", &[("url", server.url("/").as_str())]).await;
    office.desk.app.perform_requests().await.unwrap();
    let answer = officer.page(leads_to(&sent)).await;
    let choose = answer.split("href=\"/sources-new/").nth(1).unwrap().split('"').next().unwrap();
    let choose = format!("/sources-new/{choose}");
    let form = officer.page(&choose).await;
    assert!(form.contains("Mùa gặt trên nương cao") && form.contains("/tin.rss"), "{form}");
    let file = office.desk.app.places.config.join("outlets.toml");
    let before = fs::read_to_string(&file).unwrap();
    let host = server.host();
    let typed = |id: &'static str, covers: &'static str, digest: &'static str| {
        vec![
            ("digest", digest),
            ("outlet", ""),
            ("id", id),
            ("name", "Tạp chí B"),
            ("kind", "magazine"),
            ("duty", "monthly"),
            ("source", "0"),
            ("covers-0", covers),
        ]
    };
    let digest: &'static str = field(&form, "digest").to_owned().leak();
    for (id, covers, wrong) in [("a", "outlet", "outlet `a` stands here twice"), ("b", "", "Hãy chọn nguồn gồm")] {
        let mut fields = typed(id, covers, digest);
        fields.push(("hosts", &host));
        let refused = officer.post(&choose, &fields).await;
        assert_eq!(refused.status(), 422);
        let page = refused.text().await.unwrap();
        assert!(page.contains(wrong) && page.contains("value=\"Tạp chí B\""), "{wrong}: {page}");
    }
    let by_hand = before.replace("# Hết.", "# Hết rồi.");
    fs::write(&file, &by_hand).unwrap();
    let mut fields = typed("b", "outlet", digest);
    fields.push(("hosts", &host));
    let refused = officer.post(&choose, &fields).await;
    assert_eq!(refused.status(), 422);
    let again = refused.text().await.unwrap();
    assert!(again.contains("người khác sửa sau khi mở trang này"), "{again}");
    assert_eq!(fs::read_to_string(&file).unwrap(), by_hand, "nothing is written where anything is wrong");
    fields[0] = ("digest", field(&again, "digest").to_owned().leak());
    let saved = officer.post(&choose, &fields).await;
    assert_eq!((saved.status().as_u16(), leads_to(&saved)), (303, "/sources/b?done=saved"));
    let after = fs::read_to_string(&file).unwrap();
    assert!(by_hand.lines().all(|line| after.lines().any(|it| it == line)), "every line stays: {after}");
    assert!(officer.page(leads_to(&saved)).await.contains("Tạp chí B"), "the desk has it");
    let report = crawl(&office.desk.app.live.line(), &CrawlScope::default(), &|_| ()).await.unwrap();
    assert!(report.visits.iter().any(|it| it.outlet.as_str() == "b" && it.new == 1), "the next crawl reads it: {report:?}");
    let log = office.desk.app.line.store.audit_after(0, 100).await.unwrap();
    let row = log.iter().find(|it| it.what == "configured").unwrap();
    assert!(row.by == "officer" && row.subject == "outlets.toml" && row.before != row.after && row.after.contains("Tạp chí B"), "{row:?}");
    assert!(office.desk.app.line.store.verify_audit().await.unwrap().is_ok());
}
