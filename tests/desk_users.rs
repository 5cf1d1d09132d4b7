//! Who manages the desk's users, and who reads what was done: the log on screen and as a file.
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod office;

use diembao::{
    domain::{audit::Act, user::Role},
    store::user::UserChangeEnd,
};
use office::{
    Office, PASSWORD,
    desk::{FEED, at},
    leads_to,
};

const NOW: &str = "2026-04-10T08:00:00+07:00";
const NEW: [(&str, &str); 5] = [("name", "lan.anh"), ("shown", "Lan Anh"), ("role", "viewer"), ("password", PASSWORD), ("again", PASSWORD)];

#[tokio::test]
async fn an_administrator_adds_somebody_who_then_comes_in() {
    let office = Office::open(FEED, NOW).await;
    let admin = office.visitor("admin").await;
    for (change, says) in [
        (("name", "Lan Anh"), "2 đến 40 chữ thường"),
        (("role", "king"), "Hãy chọn vai trò"),
        (("password", "ngan"), "không giống nhau"),
        (("name", "officer"), "đã có người dùng"),
    ] {
        let typed = NEW.map(|it| if it.0 == change.0 { change } else { it });
        let answer = admin.post("/users", &typed).await;
        assert_eq!(answer.status(), 422, "{change:?}");
        let page = answer.text().await.unwrap();
        assert!(page.contains(says) && page.contains("value=\"Lan Anh\""), "{change:?}: what was typed stands there again");
        assert!(!page.contains(PASSWORD), "but no password does");
    }
    assert_eq!(leads_to(&admin.post("/users", &NEW).await), "/users?done=saved");
    assert!(admin.page("/users").await.contains("Lan Anh"));
    office.visitor("lan.anh").await.page("/").await;
}

#[tokio::test]
async fn every_change_of_an_account_ends_its_sessions() {
    let office = Office::open(FEED, NOW).await;
    let admin = office.visitor("admin").await;
    let officer = office.visitor("officer").await;
    assert_eq!(admin.post("/users/officer/role", &[("role", "head")]).await.status(), 303);
    assert_eq!(officer.get("/").await.status(), 303, "the old role is over");
    let officer = office.visitor("officer").await;
    officer.page("/audit").await;
    let new = [("password", "mot ngay dep troi"), ("again", "mot ngay dep troi")];
    assert_eq!(admin.post("/users/officer/password", &[("password", "ngan"), ("again", "ngan")]).await.status(), 422);
    assert_eq!(admin.post("/users/officer/password", &new).await.status(), 303);
    assert_eq!(officer.get("/").await.status(), 303, "the old password is over");
    let second = office.visitor("second").await;
    assert_eq!(admin.post("/users/second/disable", &[]).await.status(), 303);
    assert_eq!(second.get("/").await.status(), 303);
    assert_eq!(office.stranger().post("/login", &[("name", "second"), ("password", PASSWORD)]).await.status(), 401);
    assert!(admin.page("/users").await.contains("đã khoá ngày 10/04/2026"));
    assert_eq!(admin.post("/users/second/enable", &[]).await.status(), 303);
    office.visitor("second").await;
    assert_eq!(admin.post("/users/nobody/disable", &[]).await.status(), 404);
}

#[tokio::test]
async fn nobody_takes_away_the_last_administrator_or_their_own_account() {
    let office = Office::open(FEED, NOW).await;
    let admin = office.visitor("admin").await;
    for (path, field) in [("/users/admin/disable", ("x", "")), ("/users/admin/role", ("role", "viewer"))] {
        let refused = admin.post(path, &[field]).await;
        assert_eq!(refused.status(), 422, "{path}");
        assert!(refused.text().await.unwrap().contains("tài khoản của chính mình"), "{path}");
    }
    let app = &office.desk.app;
    assert_eq!(app.disable_user(&"admin".parse().unwrap()).await.unwrap(), UserChangeEnd::LastAdmin);
    app.add_user(&"admin2".parse().unwrap(), "Hai", Role::Admin, PASSWORD.to_owned()).await.unwrap();
    let other = office.visitor("admin2").await;
    assert_eq!(other.post("/users/admin/role", &[("role", "officer")]).await.status(), 303, "somebody is left");
    assert_eq!(app.disable_user(&"admin2".parse().unwrap()).await.unwrap(), UserChangeEnd::LastAdmin);
}

#[tokio::test]
async fn the_log_is_filtered_by_officer_act_subject_and_day_and_turned_page_by_page() {
    let office = Office::open(FEED, NOW).await;
    let store = &office.desk.app.line.store;
    for number in 1..=120 {
        let day = at(NOW) + chrono::TimeDelta::days(number / 40);
        store.log_act(Act::Configured, "may", &format!("từ điển 100%_{number}"), "{\"n\":1}", day).await.unwrap();
    }
    let head = office.visitor("head").await;
    let page = head.page("/audit").await;
    assert!(page.contains("đăng nhập") && page.contains("từ điển 100%_120") && !page.contains("100%_1<"), "the newest 50");
    let older = page.split("rel=\"next\"").next().unwrap().rsplit("href=\"").next().unwrap().split('"').next().unwrap();
    let older = older.replace("&amp;", "&").replace("&#38;", "&");
    let second = head.page(&older).await;
    assert!(second.contains("100%_30") && !second.contains("100%_120"), "the next 50");
    for (question, there, absent) in [
        ("by=head", "đăng nhập", "từ điển 100%"),
        ("act=user_added", "thêm người dùng</td>", "từ điển 100%"),
        ("subject=100%25_7", "100%_77", "100%_80"),
        ("from=2026-04-13&to=2026-04-13", "100%_120", "100%_119"),
        ("from=2026-04-14", "Không có dòng nào khớp", "100%_"),
    ] {
        let page = head.page(&format!("/audit?{question}")).await;
        assert!(page.contains(there) && !page.contains(absent), "{question}: {page}");
    }
    assert_eq!(office.visitor("officer").await.get("/audit").await.status(), 403);
}

#[tokio::test]
async fn the_log_is_taken_away_as_a_file_that_is_harmless_and_whole() {
    let office = Office::open(FEED, NOW).await;
    let store = &office.desk.app.line.store;
    store.log_act(Act::Configured, "may", "=HYPERLINK(\"http://bad.example\")", "null", at(NOW)).await.unwrap();
    for number in 0..1_100 {
        store.log_act(Act::Configured, "may", &format!("số {number}"), "null", at(NOW)).await.unwrap();
    }
    let admin = office.visitor("admin").await;
    let answer = admin.get("/audit/csv?act=configured").await;
    assert!(answer.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
    let bytes = answer.bytes().await.unwrap();
    assert!(bytes.starts_with(b"\xef\xbb\xbf"), "spreadsheets read it as UTF-8");
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    assert_eq!(text.lines().count(), 1 + 1_101);
    assert!(text.contains("\"'=HYPERLINK(") && !text.contains(",=HYPERLINK"), "no cell is a formula");
    let lines = admin.page("/audit/jsonl?act=configured").await;
    assert_eq!(lines.lines().count(), 1_101);
    let row: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!((row["subject"].as_str(), row["officer"].as_str()), (Some("số 1099"), Some("may")));
}

#[tokio::test]
async fn whoever_asks_learns_whether_the_log_is_whole() {
    let office = Office::open(FEED, NOW).await;
    let admin = office.visitor("admin").await;
    assert!(admin.page("/audit?check=1").await.contains("Nhật ký nguyên vẹn, 6 dòng"));
    let file = office.desk.app.places.data.join("diembao.db");
    let url = format!("sqlite://{}", file.display());
    let database = sqlx::AnyPool::connect(&url).await.unwrap();
    sqlx::query("UPDATE audit SET subject = 'khác' WHERE number = 3").execute(&database).await.unwrap();
    let page = admin.page("/audit?check=1").await;
    assert!(page.contains("từ dòng 3") && page.contains("nội dung đã bị thay đổi sau khi ghi"), "the first broken row is named");
}
