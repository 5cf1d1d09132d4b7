//! Searching at the desk: what is found and how it is shown, kept searches, files, the year's charts, and the answers for other programs.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod office;

use std::io::Cursor;

use calamine::{Reader, Xlsx};
use diembao::{
    jobs::{
        index::follow,
        recheck::{Extent, recheck},
    },
    web,
};
use office::{
    Office, Visitor,
    desk::{Desk, FEED, Item, about, item, scripted::Answer, watch_march},
    leads_to,
};
use reqwest::{Client, Response, header};
use serde_json::Value;

const NOW: &str = "2026-04-10T08:00:00+07:00";
const HOSTILE: &str = "=1+1 <script>alert(1)</script> chợ nổi";
const VICTIM: &str = "Trần Thị Bưởi";

/// An article with a page of its own, beside those that the feed lists.
fn page(desk: &Desk, number: u32, date: &'static str, title: &str, text: &str) -> Item {
    let title = title.replace('<', "&lt;").replace('>', "&gt;");
    let path = format!("/rieng-{number}.html");
    let body = format!(
        "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body><article><h1>{title}</h1>\
         <p>{text}</p><p>Buổi gặp mặt kéo dài đến trưa, bà con ở các thôn xa cũng về dự rất đông và hỏi đáp trực tiếp với cán bộ xã về \
         những việc đã làm trong tháng vừa qua.</p></article></body></html>"
    );
    desk.server.on(&path, Answer::ok("text/html; charset=utf-8", body));
    // Under its whole address the page is ours to serve.
    Item { title, path: desk.server.url(&path).to_string(), ..item(number, date) }
}

/// Six articles of March and April 2026 in the index: two on the subject, one with a hostile title, one with a victim's name.
async fn with_articles() -> Office {
    let desk = Desk::open(FEED, NOW).await;
    let victim =
        format!("Chị {VICTIM}, nạn nhân của vụ mua bán người, kể lại những ngày bị lừa bán sang bên kia biên giới trong nước mắt.");
    let items = [
        page(&desk, 1, "2026-04-09T07:00:00+07:00", HOSTILE, "Sáng nay, chợ nổi trên sông đông người mua hàng hơn mọi khi."),
        about(2, "2026-04-08T07:00:00+07:00"),
        page(&desk, 3, "2026-04-02T07:00:00+07:00", &format!("Nạn nhân {VICTIM} đã trở về"), &victim),
        item(4, "2026-04-01T00:00:00+07:00"),
        about(5, "2026-03-20T07:00:00+07:00"),
        item(6, "2026-03-05T07:00:00+07:00"),
    ];
    desk.publish(&items);
    desk.crawl().await;
    follow(&desk.app.line.store, &desk.app.search, &|_| ()).await.unwrap();
    Office::over(desk).await
}

fn hits(page: &str) -> usize {
    page.matches("<h3 lang=\"vi\">").count()
}

async fn bytes(answer: Response) -> Vec<u8> {
    assert_eq!(answer.status(), 200);
    answer.bytes().await.unwrap().to_vec()
}

/// Makes a token as the administrator does; says it.
async fn new_token(admin: &Visitor) -> String {
    let made = admin.post("/settings/tokens", &[("name", "bảng điện tử của sở")]).await;
    assert_eq!(made.status(), 200);
    let page = made.text().await.unwrap();
    page.split("<pre>").nth(1).unwrap().split("</pre>").next().unwrap().trim().to_owned()
}

async fn with_token(office: &Office, path: &str, token: &str) -> Response {
    Client::new().get(office.url(path)).header(header::AUTHORIZATION, format!("Bearer {token}")).send().await.unwrap()
}

async fn json(answer: Response) -> Value {
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

#[tokio::test]
async fn words_are_found_without_diacritics_and_phrases_as_they_stand() {
    let office = with_articles().await;
    let viewer = office.visitor("viewer").await;
    assert!(viewer.page("/search").await.contains("Gõ từ cần tìm"), "nothing asked for, nothing shown");
    for (question, found) in [
        ("q=mua+ban+nguoi", 3),
        ("q=%22mua+b%C3%A1n+ng%C6%B0%E1%BB%9Di%22", 3),
        ("q=%22nguoi+mua+hang%22", 1),
        ("q=%22hang+mua+nguoi%22", 0),
        ("outlet=a", 6),
        ("q=cho&from=2026-04-01&to=2026-04-01", 1),
        ("from=2026-03-01&to=2026-03-31", 2),
        ("judgement=about&from=2026-03-01&to=2026-03-31", 1),
        ("q=cho&topic=prevention", 0),
    ] {
        let page = viewer.page(&format!("/search?{question}")).await;
        assert_eq!(hits(&page), found, "{question}");
        assert_eq!(page.contains("Không có bài nào khớp"), found == 0, "{question}");
    }
    let page = viewer.page("/search?q=mua+ban+nguoi").await;
    assert!(page.contains("<mark>mua bán người</mark>"), "{page}");
    assert!(page.contains("<a href=\"/articles/") && page.contains("rel=\"noopener noreferrer\""), "{page}");
}

#[tokio::test]
async fn what_cannot_be_read_is_said_and_what_was_typed_stays() {
    let office = with_articles().await;
    let viewer = office.visitor("viewer").await;
    for question in ["outlet=khong-co", "from=hom-qua", "from=2026-05-01&to=2026-04-01", "judgement=x", "page=0", "page=501", "page=x"] {
        let answer = viewer.get(&format!("/search?q=chua+xong&{question}")).await;
        assert_eq!(answer.status(), 422, "{question}");
        let page = answer.text().await.unwrap();
        assert!(page.contains("role=\"alert\"") && page.contains("value=\"chua xong\""), "{question}");
    }
    viewer.page("/search?q=cho&page=500").await;
}

#[tokio::test]
async fn facets_and_months_are_counted_and_narrow_down() {
    let office = with_articles().await;
    let viewer = office.visitor("viewer").await;
    let page = viewer.page("/search?outlet=a").await;
    assert!(page.contains("<svg") && page.contains("Số bài tìm thấy theo tháng"));
    assert!(page.contains("from=2026-03-01&#38;to=2026-03-31") && page.contains(">03/2026</a></th><td class=\"num\">2</td>"), "{page}");
    assert!(page.contains(">04/2026</a></th><td class=\"num\">4</td>"), "midnight of the zone is the border");
    let narrowed = viewer.page("/search?outlet=a&source=own").await;
    let year = viewer.page("/year/2026").await;
    assert!(year.contains("Theo chủ đề, thể loại, nguồn và địa bàn") && year.contains("judgement=about&#38;source=own"), "{year}");
    assert!(narrowed.contains("Nguồn bài: tự viết") && narrowed.contains("name=\"source\" value=\"own\""), "the form keeps the filter");
    assert!(!narrowed.contains(" style="), "the policy of the pages forbids it");
}

#[tokio::test]
async fn foreign_titles_run_nowhere_and_names_of_victims_are_masked_everywhere() {
    let office = with_articles().await;
    let admin = office.visitor("admin").await;
    let page = admin.page("/search?q=cho+noi").await;
    assert_eq!(hits(&page), 1);
    assert!(!page.contains("<script>alert") && page.contains("script"), "{page}");
    let token = new_token(&admin).await;
    let csv = String::from_utf8(bytes(admin.get("/search/csv?outlet=a").await).await).unwrap();
    let answer = with_token(&office, "/api/v1/search?q=tro+ve", &token).await.text().await.unwrap();
    for shown in [admin.page("/search?q=nan+nhan").await, csv.clone(), answer] {
        assert!(!shown.contains(VICTIM) && shown.contains("T.T.B."), "{shown}");
    }
    assert!(csv.starts_with('\u{feff}') && csv.contains("\r\n"));
    assert!(csv.contains(",'=1+1 <script>"), "no formula: {csv}");
}

#[tokio::test]
async fn a_workbook_of_what_was_found_opens_with_the_same_rows() {
    let office = with_articles().await;
    let viewer = office.visitor("viewer").await;
    let answer = viewer.get("/search/xlsx?outlet=a").await;
    assert!(answer.headers()["content-disposition"].to_str().unwrap().contains("tim-kiem.xlsx"));
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes(answer).await)).unwrap();
    let name = book.sheet_names()[0].clone();
    let sheet = book.worksheet_range(&name).unwrap();
    let cells: Vec<String> = sheet.rows().flatten().map(ToString::to_string).collect();
    assert_eq!((sheet.rows().count(), sheet.width()), (7, 7));
    assert!(cells.contains(&"Tiêu đề".to_owned()) && cells.contains(&HOSTILE.to_owned()), "{cells:?}");
    assert!(!cells.iter().any(|it| it.contains(VICTIM)), "{cells:?}");
    assert!(book.worksheet_formula(&name).unwrap().is_empty(), "text is no formula");
    assert_eq!(viewer.get("/search/xlsx?from=x").await.status(), 422);
}

#[tokio::test]
async fn what_needs_a_look_is_listed_and_named_wherever_it_is_found() {
    let office = with_articles().await;
    let viewer = office.visitor("viewer").await;
    let label = "cần rà soát: họ tên đầy đủ của người có thể là nạn nhân";
    let page = viewer.page("/search?look=yes").await;
    assert_eq!(hits(&page), 1, "{page}");
    assert!(
        page.contains(label) && page.contains("Cần rà soát: có thể nhận ra một người") && page.contains("value=\"yes\" checked"),
        "{page}"
    );
    let csv = String::from_utf8(bytes(viewer.get("/search/csv?look=yes").await).await).unwrap();
    assert!(csv.contains(label) && csv.contains("/…") && !csv.contains("/rieng-3.html"), "an address may spell the title: {csv}");
    let answer = json(viewer.get("/api/v1/search?look=yes").await).await;
    assert_eq!((answer["total"].as_u64(), &answer["hits"][0]["privacy"]), (Some(1), &serde_json::json!(["P1"])));
    assert!(viewer.page("/outlets/a/2026-04").await.contains(label), "and where it counts");
}

#[tokio::test]
async fn an_archived_page_with_masked_names_is_shown_to_some_for_a_reason_and_logged() {
    let office = with_articles().await;
    let (viewer, officer) = (office.visitor("viewer").await, office.visitor("officer").await);
    let found = viewer.page("/search?look=yes").await;
    let id = found.split("href=\"/articles/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let capture = {
        let page = officer.page(&format!("/articles/{id}")).await;
        assert!(!page.contains(VICTIM) && page.contains("Cần rà soát"), "{page}");
        page.split(&format!("action=\"/articles/{id}/copy/")).nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let (copy, unmask) = (format!("/articles/{id}/copy/{capture}"), format!("/articles/{id}/unmask"));
    let reason = [("reason", "đối chiếu danh sách với công an xã")];
    for path in [&copy, &unmask] {
        assert_eq!(viewer.post(path, &reason).await.status(), 403, "a viewer may not: {path}");
        assert_eq!(officer.post(path, &[]).await.status(), 422, "a reason is needed: {path}");
        let shown = officer.post(path, &reason).await;
        assert_eq!(shown.status(), 200, "{path}");
        assert!(shown.text().await.unwrap().contains(VICTIM), "{path}");
    }
    for visitor in [&viewer, &officer] {
        assert_eq!(visitor.get(&copy).await.status(), 403, "by its address alone nobody sees it");
    }
    assert!(!viewer.page(&format!("/articles/{id}")).await.contains("/copy/"), "a viewer is offered none");
    let rows = office.desk.app.line.store.audit_after(0, 100).await.unwrap();
    let logged: Vec<_> = rows.iter().filter(|it| it.what == "unmasked").collect();
    assert_eq!(logged.len(), 2);
    assert!(logged.iter().all(|it| it.by == "officer" && it.after.contains("đối chiếu danh sách")), "{logged:?}");
    assert!(logged[0].after.contains("\"capture\"") && office.desk.app.line.store.verify_audit().await.unwrap().is_ok());
}

#[tokio::test]
async fn an_article_that_only_says_that_names_were_changed_calls_for_no_look() {
    let desk = Desk::open(FEED, NOW).await;
    let text = "Chị Bưởi là nạn nhân mua bán người đã trở về với gia đình. (Tên nhân vật đã được thay đổi)";
    desk.publish(&[page(&desk, 1, "2026-04-08T07:00:00+07:00", "Ngày về của một nạn nhân mua bán người", text)]);
    desk.crawl().await;
    follow(&desk.app.line.store, &desk.app.search, &|_| ()).await.unwrap();
    let office = Office::over(desk).await;
    let viewer = office.visitor("viewer").await;
    let page = viewer.page("/articles/1").await;
    assert!(!page.contains("Cần rà soát") && page.contains("đã đổi tên nhân vật"), "{page}");
    assert!(page.contains("/articles/1/copy/"), "nothing is masked, so the copy is open");
    assert_eq!(hits(&viewer.page("/search?look=yes").await), 0);
}

#[tokio::test]
async fn a_name_that_an_edit_added_is_no_more_open_than_one_that_stood_there_at_first() {
    let desk = Desk::open(FEED, NOW).await;
    let (date, title) = ("2026-04-08T07:00:00+07:00", "Ngày về của một nạn nhân mua bán người");
    let first = page(&desk, 1, date, title, "Nạn nhân của vụ mua bán người đã trở về với gia đình sau nhiều năm xa cách.");
    desk.publish(&[first]);
    desk.crawl().await;
    let named = format!("Chị {VICTIM}, nạn nhân của vụ mua bán người, kể lại những ngày bị lừa bán sang bên kia biên giới.");
    desk.publish(&[page(&desk, 1, date, title, &named)]);
    let report = recheck(&desk.app.line, "2026-04".parse().unwrap(), &[], Extent::All).await.unwrap();
    assert_eq!(report.articles.len(), 1);
    let office = Office::over(desk).await;
    let shown = office.visitor("viewer").await.page("/articles/1").await;
    assert!(!shown.contains(VICTIM) && !shown.contains("/copy/"), "{shown}");
}

#[tokio::test]
async fn a_search_is_kept_for_its_user_alone() {
    let office = with_articles().await;
    let (viewer, officer) = (office.visitor("viewer").await, office.visitor("officer").await);
    let question = "q=mua+ban+nguoi&judgement=about&page=3&evil=1";
    let kept = viewer.post("/search/saved", &[("name", "Đúng chủ đề <b>"), ("question", question)]).await;
    assert_eq!((kept.status().as_u16(), leads_to(&kept)), (303, "/search?q=mua+ban+nguoi&judgement=about&done=saved"));
    let page = viewer.page("/search").await;
    assert!(page.contains("/search?q=mua+ban+nguoi&#38;judgement=about\"") && !page.contains("chủ đề <b>"), "{page}");
    assert!(!officer.page("/search").await.contains("Đúng chủ đề"));
    let id = page.split("/search/saved/").nth(1).unwrap().split('/').next().unwrap();
    let remove = format!("/search/saved/{id}/remove");
    assert_eq!(officer.post(&remove, &[]).await.status(), 404, "nobody else removes it");
    assert_eq!(viewer.post(&remove, &[]).await.status(), 303);
    assert!(!viewer.page("/search").await.contains("Đúng chủ đề"));
    assert_eq!(viewer.post("/search/saved", &[("name", " "), ("question", "q=a")]).await.status(), 422);
    assert_eq!(viewer.post("/search/saved", &[("name", "trống"), ("question", "")]).await.status(), 422);
    for number in 0..50 {
        let name = number.to_string();
        assert_eq!(viewer.post("/search/saved", &[("name", &name), ("question", "q=a")]).await.status(), 303, "{number}");
    }
    assert_eq!(viewer.post("/search/saved", &[("name", "thêm"), ("question", "q=a")]).await.status(), 422, "enough");
    assert_eq!(viewer.post("/search/saved", &[("name", "7"), ("question", "q=b")]).await.status(), 303, "one of that name is replaced");
}

#[tokio::test]
async fn the_year_is_drawn_with_the_numbers_below() {
    let desk = Desk::open(FEED, NOW).await;
    watch_march(&desk, &[about(900, "2026-03-10T07:00:00+07:00")], |_| false).await;
    let reviewed = diembao::jobs::review::review(&desk.app.line, "2026-03".parse().unwrap(), &[]).await.unwrap();
    diembao::jobs::review::record_changes(&desk.app.line, &reviewed).await.unwrap();
    let office = Office::over(desk).await;
    let viewer = office.visitor("viewer").await;
    let page = viewer.page("/year/2026").await;
    assert_eq!(page.matches("<svg").count(), 2, "the outlet, and the press together");
    assert!(page.contains("aria-labelledby=\"outlet-0-title outlet-0-about\"") && page.contains("class=\"bar-of met\""), "{page}");
    assert!(page.contains("<td class=\"met\"><a href=\"/outlets/a/2026-03\">"), "{page}");
    assert_eq!(
        (viewer.get("/year/1066").await.status(), viewer.get("/year/x").await.status()),
        (404.try_into().unwrap(), 404.try_into().unwrap())
    );
    let board = json(viewer.get("/api/v1/board?year=2026").await).await;
    assert_eq!(
        board["outlets"][0]["cells"][2],
        serde_json::json!({"month": "2026-03", "verdict": "met", "reason": "articles", "count": 1})
    );
}

#[tokio::test]
async fn a_program_reads_with_a_token_until_it_is_revoked() {
    let office = with_articles().await;
    let admin = office.visitor("admin").await;
    let token = new_token(&admin).await;
    assert!(!admin.page("/settings/tokens").await.contains(&token), "shown once");
    let stranger = office.stranger();
    for path in ["/api/v1/board", "/api/v1/outlets/a/months/2026-03", "/api/v1/search?q=cho", "/api/v1/sources", "/api/v1/openapi.json"] {
        assert_eq!(with_token(&office, path, &token).await.status(), 200, "{path}");
        for refused in [stranger.get(path).await, with_token(&office, path, "0000").await] {
            assert_eq!(refused.status(), 401, "{path}");
            assert_eq!(refused.headers()["www-authenticate"], "Bearer");
            assert_eq!(json(refused).await["status"], 401);
        }
    }
    for page in ["/", "/search", "/settings/tokens", "/search/csv?outlet=a"] {
        assert_eq!(with_token(&office, page, &token).await.url().path(), "/login", "a token opens no page: {page}");
    }
    for (path, status) in [("/api/v1/outlets/b/months/2026-03", 404), ("/api/v1/board?year=26", 422), ("/api/v1/search?from=x", 422)] {
        let answer = with_token(&office, path, &token).await;
        assert_eq!(answer.status(), status, "{path}");
        assert!(json(answer).await["error"]["vi"].is_string(), "{path}");
    }
    let id = office.desk.app.line.store.tokens().await.unwrap()[0].id;
    assert_eq!(office.visitor("officer").await.post(&format!("/settings/tokens/{id}/revoke"), &[]).await.status(), 403);
    assert_eq!(admin.post(&format!("/settings/tokens/{id}/revoke"), &[]).await.status(), 303);
    assert_eq!(with_token(&office, "/api/v1/board", &token).await.status(), 401);
    assert_eq!(admin.get("/api/v1/board").await.status(), 200, "whoever is logged in needs none");
    assert!(office.desk.app.line.store.verify_audit().await.unwrap().is_ok());
}

#[tokio::test]
async fn pages_of_answers_are_limited_and_so_are_requests() {
    let office = with_articles().await;
    let viewer = office.visitor("viewer").await;
    for (limit, status) in [("0", 422), ("1", 200), ("100", 200), ("101", 422), ("x", 422)] {
        assert_eq!(viewer.get(&format!("/api/v1/search?outlet=a&limit={limit}")).await.status(), status, "{limit}");
    }
    let second = json(viewer.get("/api/v1/search?outlet=a&limit=4&page=2").await).await;
    assert_eq!((second["total"].as_u64(), second["hits"].as_array().unwrap().len()), (Some(6), 2));
    let mut asked = 6;
    let refused = loop {
        let answer = viewer.get("/api/v1/openapi.json").await;
        asked += 1;
        assert!(asked < 200, "there is an end");
        if answer.status() != 200 {
            break answer;
        }
    };
    assert_eq!((refused.status().as_u16(), asked), (429, 121));
    assert!(refused.headers().contains_key("retry-after"));
    viewer.page("/search?q=cho").await;
    office.desk.set("2026-04-10T08:00:10+07:00");
    assert_eq!(viewer.get("/api/v1/sources").await.status(), 200, "after some seconds");
}

#[tokio::test]
async fn whoever_tries_one_password_under_many_names_waits_too() {
    let office = Office::open(FEED, NOW).await;
    let stranger = office.stranger();
    let mut last = 0;
    for number in 0..31 {
        let name = format!("ten{number}");
        last = stranger.post("/login", &[("name", &name), ("password", "sai mat khau roi")]).await.status().as_u16();
    }
    assert_eq!(last, 429);
    office.desk.set("2026-04-10T08:00:30+07:00");
    office.visitor("viewer").await;
}

#[tokio::test]
async fn every_answer_is_what_its_description_says() {
    let office = with_articles().await;
    let viewer = office.visitor("viewer").await;
    let document = json(viewer.get("/api/v1/openapi.json").await).await;
    let mut described: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
    let table = web::table();
    let mut routes: Vec<&str> = table.iter().map(|it| it.1).filter(|it| it.starts_with("/api/")).collect();
    described.sort();
    routes.sort_unstable();
    assert_eq!(described, routes, "every route is described, and no other");
    for (path, asked) in [
        ("/api/v1/board", "/api/v1/board?year=2026"),
        ("/api/v1/outlets/{outlet}/months/{month}", "/api/v1/outlets/a/months/2026-04"),
        ("/api/v1/search", "/api/v1/search?q=mua+ban+nguoi"),
        ("/api/v1/sources", "/api/v1/sources"),
    ] {
        let answer = json(viewer.get(asked).await).await;
        let schema = &document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
        holds(&document, schema, &answer, path);
    }
    let error = json(viewer.get("/api/v1/board?year=x").await).await;
    holds(&document, &document["components"]["schemas"]["Error"], &error, "error");
}

/// Holds a value against a schema: types, words, every field there and none beside.
fn holds(document: &Value, schema: &Value, value: &Value, at: &str) {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.strip_prefix("#/components/schemas/").unwrap();
        let schema = &document["components"]["schemas"][name];
        assert!(schema.is_object(), "{at}: {name} is not described");
        return holds(document, schema, value, &format!("{at} {name}"));
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(it) if it.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let types: Vec<&str> = match &schema["type"] {
        Value::String(it) => vec![it],
        it => it.as_array().unwrap_or_else(|| panic!("{at}: no type")).iter().filter_map(Value::as_str).collect(),
    };
    assert!(types.contains(&kind) || (kind == "integer" && types.contains(&"number")), "{at}: {value} is no {types:?}");
    if let Some(words) = schema["enum"].as_array() {
        assert!(words.contains(value), "{at}: {value} is none of {words:?}");
    }
    if let Value::Array(all) = value {
        all.iter().for_each(|it| holds(document, &schema["items"], it, at));
    }
    let Value::Object(fields) = value else { return };
    for name in schema["required"].as_array().into_iter().flatten() {
        assert!(fields.contains_key(name.as_str().unwrap()), "{at}: {name} is missing");
    }
    for (name, value) in fields {
        let inner = schema["properties"].get(name).or_else(|| schema.get("additionalProperties"));
        holds(document, inner.unwrap_or_else(|| panic!("{at}: {name} is not described")), value, &format!("{at}.{name}"));
    }
}
