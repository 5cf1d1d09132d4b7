//! What officers do with the dictionary: try it, see what a change would do, and save it.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod office;

use std::fs;

use diembao::{
    domain::{
        edit::{Edit, Effect, NewTerm},
        month::Month,
        relevance::{TermClass, Topic},
    },
    jobs::close::{CloseEnd, as_closed, close},
    jobs::recheck::{Extent, recheck},
    jobs::review::review_recent,
};
use office::{
    Office, Visitor,
    desk::{Desk, FEED, about, watch_march},
    leads_to,
};

const NOW: &str = "2026-04-10T08:00:00+07:00";

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn field<'a>(page: &'a str, name: &str) -> &'a str {
    page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap().split('"').next().unwrap()
}

/// The fields of a term that all ordinary articles of the scripted outlet hold.
fn vegetables(digest: &str) -> Vec<(&'static str, String)> {
    [
        ("op", "add"),
        ("digest", digest),
        ("id", "rau-sach"),
        ("class", "strong"),
        ("topic", "prevention"),
        ("forms", "trồng rau sạch\r\n"),
        ("why", "Thử."),
    ]
    .map(|it| (it.0, it.1.to_owned()))
    .to_vec()
}

fn edit() -> Edit {
    Edit::AddTerm(NewTerm {
        id: "rau-sach".to_owned(),
        topic: Topic::Prevention,
        class: TermClass::Strong,
        forms: vec!["trồng rau sạch".to_owned()],
        why: "Thử.".to_owned(),
    })
}

async fn send(visitor: &Visitor, path: &str, fields: &[(&'static str, String)]) -> reqwest::Response {
    let fields: Vec<(&str, &str)> = fields.iter().map(|it| (it.0, it.1.as_str())).collect();
    visitor.post(path, &fields).await
}

async fn effect(office: &Office, digest: &str) -> Effect {
    let desk = office.desk.app.desk();
    (desk.hands.effect)((edit(), digest.to_owned())).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_text_is_tried_and_every_span_says_what_it_weighs() {
    let office = Office::open(FEED, NOW).await;
    let viewer = office.visitor("viewer").await;
    let list = viewer.page("/terms").await;
    assert!(list.contains("Các từ (") && list.contains("từ khóa chính") && !list.contains("id=\"add\""), "{list}");
    assert!(viewer.page("/terms?q=noi+tang").await.contains("nội tạng"), "found without diacritics");
    let text = "Xã mở lớp về phòng, chống mua bán người.\nChợ là nơi mua bán người dân tin cậy <script>.";
    let page = viewer.post("/terms/try", &[("title", "Tin"), ("text", text)]).await.text().await.unwrap();
    for words in ["mua bán người</mark>", "class=\"guard\"", "không tính, theo g2", "được tính", "&#60;script&#62;"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(viewer.get("/terms/mua-ban-nguoi").await.status(), 403);
}

#[tokio::test]
async fn what_a_new_term_would_do_is_shown_before_and_is_what_happens() {
    let desk = Desk::open(FEED, "2026-02-27T10:00:00+07:00").await;
    watch_march(&desk, &[about(91, "2026-03-12T09:00:00+07:00"), about(90, "2026-03-10T09:00:00+07:00")], |_| false).await;
    desk.set(NOW);
    review_recent(&desk.app.line).await.unwrap();
    recheck(&desk.app.line, month("2026-03"), &[], Extent::All).await.unwrap();
    let closing = close(&desk.app.line, month("2026-03"), "officer", "second").await.unwrap();
    assert!(matches!(closing, CloseEnd::Closed(_)), "{closing:?}");
    let office = Office::over(desk).await;
    let officer = office.visitor("officer").await;
    let line = &office.desk.app.line;
    let digest = field(&officer.page("/terms").await, "digest").to_owned();
    let expected = effect(&office, &digest).await;
    assert!(!expected.cut && expected.judged > 30, "{expected:?}");
    assert!(expected.counts.iter().any(|it| it.closed && it.month == Some(month("2026-03"))), "{expected:?}");
    assert!(expected.verdicts.iter().any(|it| !it.closed && it.month == month("2026-04")), "{expected:?}");
    let page = send(&officer, "/terms/effect", &vegetables(&digest)).await.text().await.unwrap();
    for words in ["Ảnh hưởng trước khi lưu", "đã chốt", "Lưu và đánh giá lại", "04/2026"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let judged = |article: &diembao::domain::edit::JudgementChange| line.store.article(article.article);
    for it in &expected.changes {
        assert_eq!(judged(it).await.unwrap().unwrap().judgement, it.before, "nothing is kept before it is saved");
    }
    let saved = send(&officer, "/terms/save", &vegetables(&digest)).await;
    assert!(saved.status() == 303 && leads_to(&saved).starts_with("/requests/"), "{}", leads_to(&saved));
    office.desk.app.perform_requests().await.unwrap();
    let changed: usize = expected.counts.iter().map(|it| it.count).sum();
    let answer = officer.page(leads_to(&saved)).await;
    assert!(answer.contains(&format!("; {changed} đánh giá thay đổi")), "{changed}: {answer}");
    for it in &expected.changes {
        assert_eq!(judged(it).await.unwrap().unwrap().judgement, it.after, "{it:?}");
    }
    let months: Vec<Month> = expected.months.clone();
    let recorded = line.store.latest_verdicts(&months).await.unwrap();
    for it in expected.verdicts.iter().filter(|it| !it.closed) {
        let now = recorded[&(it.outlet.to_string(), it.month)];
        assert_eq!((now.verdict, now.reason, now.count), it.after, "{it:?}");
    }
    let closed = as_closed(line, month("2026-03")).await.unwrap().unwrap();
    assert_eq!(closed.review.outlets[0].count, 2, "what was closed stays");
    let file = fs::read_to_string(office.desk.app.places.config.join("terms.toml")).unwrap();
    assert!(
        file.contains("id = \"rau-sach\"") && file.starts_with("# Từ điển đánh giá"),
        "the shipped dictionary with its notes, and the term"
    );
    assert!(effect_is_refused(&office, &digest).await, "the file has changed since");
}

async fn effect_is_refused(office: &Office, digest: &str) -> bool {
    let desk = office.desk.app.desk();
    (desk.hands.effect)((edit(), digest.to_owned())).await.unwrap().is_err()
}

#[tokio::test]
async fn a_change_that_the_dictionary_would_not_bear_is_refused_and_nothing_is_written() {
    let office = Office::open(FEED, NOW).await;
    let officer = office.visitor("officer").await;
    let digest = field(&officer.page("/terms").await, "digest").to_owned();
    let file = office.desk.app.places.config.join("terms.toml");
    for (name, value, wrong) in [("forms", "(một|hai", "rau-sach"), ("id", "mua-ban-nguoi", "already stands"), ("why", "", "Cần mã")] {
        let mut fields = vegetables(&digest);
        fields.iter_mut().filter(|it| it.0 == name).for_each(|it| it.1 = value.to_owned());
        for path in ["/terms/effect", "/terms/save"] {
            let refused = send(&officer, path, &fields).await;
            assert_eq!(refused.status(), 422, "{name}");
            let page = refused.text().await.unwrap();
            assert!(page.contains(wrong) && page.contains("role=\"alert\""), "{name}: {page}");
        }
    }
    assert!(!file.exists(), "nothing is written");
    assert!(
        officer.page("/terms/mua-ban-nguoi").await.contains("Đổi loại") || officer.page("/terms/mua-ban-nguoi").await.contains("đổi loại")
    );
    let remove = [("op", "remove".to_owned()), ("digest", digest), ("id", "mua-ban-nguoi".to_owned())];
    let refused = send(&officer, "/terms/save", &remove).await;
    assert_eq!(refused.status(), 422, "guards bear on it");
    let admin = office.visitor("admin").await;
    let page = admin.page("/settings").await;
    for words in ["Kế hoạch 211/KH-UBND", "7 */6 * * *", "10/04/2026 12:07", "terms.toml"] {
        assert!(page.contains(words), "{words}: {page}");
    }
}
