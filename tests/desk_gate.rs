//! Who comes into the desk, and what keeps others out.
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod office;

use diembao::{
    domain::user::{Deed, Role},
    web,
};
use office::{
    Office, PASSWORD, Visitor,
    desk::{FEED, at},
    leads_to, session_of,
};
use reqwest::Method;

const NOW: &str = "2026-04-10T08:00:00+07:00";

async fn ask(visitor: &Visitor, method: &Method, path: &str) -> reqwest::Response {
    match *method {
        Method::GET => visitor.get(path).await,
        _ => visitor.post(path, &[]).await,
    }
}

/// A path with something in the place of its parameters.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| match part {
        "{month}" => "2026-03",
        "{outlet}" => "a",
        "{year}" => "2026",
        "{name}" => "viewer",
        part if part.starts_with('{') => "1",
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_page_asks_for_its_deed_and_no_role_gets_more_than_it_may() {
    let office = Office::open(FEED, NOW).await;
    let table = web::table();
    assert!(table.len() > 10, "the table lists the routes");
    let stranger = office.stranger();
    for (method, path, needs) in &table {
        let Some(deed) = needs else { continue };
        let path = filled(path);
        let refused = ask(&stranger, method, &path).await;
        match (*method == Method::GET, path.starts_with("/api/")) {
            (true, false) => assert!(refused.status() == 303 && leads_to(&refused).starts_with("/login?next="), "{method} {path}"),
            _ => assert_eq!(refused.status(), 401, "{method} {path}"),
        }
        for role in Role::ALL.into_iter().filter(|it| !it.may(*deed)) {
            let visitor = office.visitor(role.as_str()).await;
            assert_eq!(ask(&visitor, method, &path).await.status(), 403, "{role}: {method} {path}");
        }
    }
}

#[tokio::test]
async fn only_these_pages_are_open_to_everybody() {
    let open: Vec<_> = web::table().into_iter().filter(|it| it.2.is_none()).map(|it| format!("{} {}", it.0, it.1)).collect();
    let expected = [
        "GET /healthz",
        "GET /assets/{name}",
        "GET /login",
        "POST /login",
        "POST /logout",
        "GET /lang/{lang}",
        "GET /setup/{token}",
        "POST /setup/{token}",
    ];
    assert_eq!(open, expected);
}

#[tokio::test]
async fn whatever_changes_something_must_come_from_our_own_pages() {
    let office = Office::open(FEED, NOW).await;
    let admin = office.visitor("admin").await;
    for (_, path, _) in web::table().into_iter().filter(|it| it.0 == Method::POST) {
        assert_eq!(admin.forge(&filled(path)).await.status(), 403, "{path}");
    }
    admin.page("/").await;
}

#[tokio::test]
async fn a_session_that_was_planted_is_worth_nothing_after_logging_in() {
    let office = Office::open(FEED, NOW).await;
    let mut visitor = office.stranger();
    visitor.cookie = Some("diembao=planted".to_owned());
    let entered = visitor.post("/login", &[("name", "officer"), ("password", PASSWORD)]).await;
    let session = session_of(&entered).unwrap();
    assert_ne!(session, "diembao=planted");
    assert_eq!(visitor.get("/").await.status(), 303, "the planted one stays a stranger");
    let set = entered.headers()["set-cookie"].to_str().unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
    visitor.cookie = Some(session);
    visitor.page("/").await;
    visitor.post("/logout", &[]).await;
    assert_eq!(visitor.get("/").await.status(), 303, "a session that was left is over");
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_or_old_or_its_user_is_changed() {
    let office = Office::open(FEED, NOW).await;
    let officer = office.visitor("officer").await;
    office.desk.set("2026-04-10T09:30:00+07:00");
    officer.page("/").await;
    office.desk.set("2026-04-10T11:00:00+07:00");
    officer.page("/").await;
    office.desk.set("2026-04-10T13:30:00+07:00");
    assert_eq!(officer.get("/").await.status(), 303, "idle for more than two hours");
    let officer = office.visitor("officer").await;
    office.desk.app.disable_user(&"officer".parse().unwrap()).await.unwrap();
    assert_eq!(officer.get("/").await.status(), 303, "disabled");
    let refused = office.stranger().post("/login", &[("name", "officer"), ("password", PASSWORD)]).await;
    assert_eq!(refused.status(), 401);
}

#[tokio::test]
async fn who_guesses_passwords_has_to_wait_and_learns_no_names() {
    let office = Office::open(FEED, NOW).await;
    let stranger = office.stranger();
    let mut pages = Vec::new();
    for name in ["officer", "nobody"] {
        for _ in 0..5 {
            let refused = stranger.post("/login", &[("name", name), ("password", "sai mat khau roi")]).await;
            assert_eq!(refused.status(), 401, "{name}");
            pages.push(refused.text().await.unwrap().replace(name, ""));
        }
        let waits = stranger.post("/login", &[("name", name), ("password", PASSWORD)]).await;
        assert_eq!(waits.status(), 429, "{name}");
    }
    pages.dedup();
    assert_eq!(pages.len(), 1, "a name that exists looks like one that does not");
    office.desk.set("2026-04-10T08:05:00+07:00");
    office.visitor("officer").await;
}

#[tokio::test]
async fn the_first_user_is_added_by_a_link_that_works_once() {
    let desk = office::desk::Desk::open(FEED, NOW).await;
    let link = desk.app.setup_link("").await.unwrap().unwrap();
    let expired = desk.app.setup_link("").await.unwrap().unwrap();
    let office = Office::over(desk).await;
    assert_eq!(office.desk.app.setup_link("").await.unwrap(), None, "there are users");
    let stranger = office.stranger();
    let typed = |password: &'static str| [("name", "quan.tri"), ("shown", "Quản trị"), ("password", password), ("again", password)];
    assert_eq!(stranger.post(&link, &typed("ngan")).await.status(), 422, "what was typed may be mended");
    assert!(stranger.page(&link).await.contains("action=\"/setup/"));
    assert_eq!(stranger.post(&link, &typed("mot ngay dep troi")).await.status(), 303);
    assert_eq!(stranger.post(&link, &typed("mot ngay dep troi")).await.status(), 422, "once");
    let entered = stranger.post("/login", &[("name", "quan.tri"), ("password", "mot ngay dep troi")]).await;
    assert_eq!(entered.status(), 303);
    office.desk.set("2026-04-11T09:00:00+07:00");
    assert_eq!(stranger.get(&expired).await.status(), 422, "for a day");
    assert_eq!(stranger.get("/setup/0000").await.status(), 422);
}

#[tokio::test]
async fn pages_let_browsers_run_nothing_but_our_own_script() {
    let office = Office::open(FEED, NOW).await;
    let answer = office.stranger().get("/login").await;
    let policy = answer.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert_eq!(office.stranger().get("/assets/..%2f..%2fCargo.toml").await.status(), 404, "no way out of the folder");
    let page = office.visitor("viewer").await.page("/").await;
    assert!(!page.contains("<style") && !page.contains(" style=") && !page.contains("onclick="), "nothing inline");
    assert!(at(NOW) <= office.desk.now());
}

#[tokio::test]
async fn a_deed_of_a_viewer_is_looking() {
    assert!(Role::Viewer.may(Deed::Look) && !Role::Viewer.may(Deed::Decide));
    let office = Office::open(FEED, NOW).await;
    let english = office.visitor("viewer").await.get("/lang/en?next=/search").await;
    assert_eq!((english.status().as_u16(), leads_to(&english)), (303, "/search"));
    assert!(english.headers()["set-cookie"].to_str().unwrap().starts_with("lang=en;"));
}
