//! Walks back in time: what they find, what they prove, and that they may be stopped anywhere.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod desk;

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use desk::{Desk, at, scripted::Answer};
use diembao::{
    domain::verdict::{Reason, Verdict},
    jobs::crawl::{CrawlReport, CrawlScope, crawl},
};

const SITEMAP: &str = "[[outlet]]\nid = \"a\"\nname = \"Báo A\"\nkind = \"newspaper\"\nhosts = [\"{host}\"]\n\
                       [[outlet.source]]\nkind = \"sitemap\"\nurl = \"http://{host}/sitemap.xml\"\ncovers = \"outlet\"\n";
const LISTING: &str = "[[outlet]]\nid = \"a\"\nname = \"Báo A\"\nkind = \"newspaper\"\nhosts = [\"{host}\"]\n\
                       [[outlet.source]]\nkind = \"listing\"\nurl = \"http://{host}/tin\"\ncovers = \"outlet\"\nitem = \"h3 a\"\ndate = \".d\"\n\
                       page_url = \"http://{host}/tin?p={n}\"\npages_max = 60\n";
/// The first look at the outlet: March, April and May are over.
const FIRST: &str = "2026-06-10T10:00:00+07:00";

/// One ordinary article a day from 20 February to the first look, and one about the subject on a day of its own, if wished.
fn days() -> Vec<DateTime<Utc>> {
    let first = at("2026-02-20T08:00:00+07:00");
    (0..110).map(|day| first + TimeDelta::days(day)).collect()
}

fn path(day: DateTime<Utc>) -> String {
    format!("/tin-{}.html", day.format("%Y%m%d"))
}

fn publish_pages(desk: &Desk, about: Option<&str>) {
    for day in days() {
        let speaks = about.is_some_and(|it| path(day).contains(it));
        let subject = if speaks { "phòng, chống mua bán người" } else { "trồng rau sạch" };
        let (number, printed) = (day.ordinal(), day.format("%d/%m/%Y"));
        desk.server.on(
            &path(day),
            Answer::ok(
                "text/html; charset=utf-8",
                format!(
                    "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><title>Buổi gặp mặt số {number}</title></head><body><article>\
                     <h1>Buổi trò chuyện số {number}</h1><time datetime=\"{}\">{printed}</time><p>Sáng nay, hội phụ nữ xã Sơn Hòa mở buổi trò \
                     chuyện về {subject} cho hơn tám mươi hội viên của mười hai thôn trong xã.</p><p>Chị Lê Thị Hạ, chi hội trưởng, nói về \
                     {subject} và mong các thôn xa cũng được nghe, được hỏi đáp trực tiếp với cán bộ xã trong những buổi sau.</p></article></body></html>",
                    day.to_rfc3339()
                ),
            ),
        );
    }
}

/// A sitemap index with a child a month from `first` on.
fn publish_sitemaps(desk: &Desk, first: &str) {
    let mut index = String::new();
    for month in ["2026-02", "2026-03", "2026-04", "2026-05", "2026-06"].into_iter().filter(|it| *it >= first) {
        let of_month: Vec<_> = days().into_iter().filter(|it| it.format("%Y-%m").to_string() == month).collect();
        let urls: String = of_month
            .iter()
            .map(|it| format!("<url><loc>{}</loc><lastmod>{}</lastmod></url>", desk.server.url(&path(*it)), it.to_rfc3339()))
            .collect();
        desk.server.on(&format!("/{month}.xml"), Answer::ok("application/xml", format!("<urlset>{urls}</urlset>")));
        let last = of_month.last().unwrap().to_rfc3339();
        index += &format!("<sitemap><loc>{}</loc><lastmod>{last}</lastmod></sitemap>", desk.server.url(&format!("/{month}.xml")));
    }
    desk.server.on("/sitemap.xml", Answer::ok("application/xml", format!("<sitemapindex>{index}</sitemapindex>")));
}

/// A listing of seven entries a page, the newest first.
fn publish_listing(desk: &Desk, dated: bool) {
    let newest_first: Vec<_> = days().into_iter().rev().collect();
    for (number, page) in (1..).zip(newest_first.chunks(7)) {
        let rows: String = page
            .iter()
            .map(|it| {
                let date = if dated { format!("<span class=\"d\">{}</span>", it.format("%d/%m/%Y 08:00")) } else { String::new() };
                format!("<div><h3><a href=\"{}\">Buổi gặp mặt số {}</a></h3>{date}</div>", path(*it), it.ordinal())
            })
            .collect();
        let target = if number == 1 { "/tin".to_owned() } else { format!("/tin?p={number}") };
        desk.server.on(&target, Answer::ok("text/html; charset=utf-8", format!("<html><body>{rows}</body></html>")));
    }
    let beyond = newest_first.chunks(7).len() + 1;
    desk.server.on(&format!("/tin?p={beyond}"), Answer::status(404));
}

async fn back_to(desk: &Desk, month: &str) -> CrawlReport {
    let back_to = Some(month.parse::<diembao::domain::month::Month>().unwrap().span(desk.app.line.zone).from);
    crawl(&desk.app.line, &CrawlScope { back_to, ..CrawlScope::default() }, &|_| ()).await.unwrap()
}

#[tokio::test]
async fn a_month_before_the_first_visit_is_judged_where_a_sitemap_spans_it_wholly_and_says_so() {
    for (about, verdict, reason) in [(None, Verdict::NotMet, Reason::NoneFound), (Some("20260412"), Verdict::Met, Reason::Articles)] {
        let desk = Desk::open(SITEMAP, FIRST).await;
        publish_pages(&desk, about);
        publish_sitemaps(&desk, "2026-02");
        let report = back_to(&desk, "2026-03").await;
        assert!(report.walks[0].complete && report.walks[0].detail.is_empty(), "{:?}", report.walks);
        let april = desk.month("2026-04").await;
        assert_eq!((april.verdict, april.reason), (verdict, reason));
        assert!(april.backfilled, "the verdict says what it rests on");
        assert_eq!(desk.verdict("2026-02").await, (Verdict::Undetermined, Reason::CoverageGap), "the walk went back to March only");
    }
}

#[tokio::test]
async fn without_a_walk_nothing_earlier_than_the_first_visit_is_certified() {
    let desk = Desk::open(SITEMAP, FIRST).await;
    publish_pages(&desk, None);
    publish_sitemaps(&desk, "2026-02");
    desk.crawl().await;
    let april = desk.month("2026-04").await;
    assert_eq!((april.verdict, april.reason, april.backfilled), (Verdict::Undetermined, Reason::CoverageGap, false));
}

#[tokio::test]
async fn the_end_of_a_sitemap_certifies_nothing_older() {
    let desk = Desk::open(SITEMAP, FIRST).await;
    publish_pages(&desk, None);
    publish_sitemaps(&desk, "2026-04");
    back_to(&desk, "2026-03").await;
    assert_eq!(desk.verdict("2026-05").await, (Verdict::NotMet, Reason::NoneFound));
    assert_eq!(desk.verdict("2026-04").await, (Verdict::Undetermined, Reason::CoverageGap), "its first article is of 1 April, 8 o'clock");
    assert_eq!(desk.verdict("2026-03").await, (Verdict::Undetermined, Reason::CoverageGap));
}

#[tokio::test]
async fn a_walk_that_was_cut_short_certifies_nothing_and_is_gone_on_with_where_it_stopped() {
    let desk = Desk::open(SITEMAP, FIRST).await;
    publish_pages(&desk, None);
    publish_sitemaps(&desk, "2026-02");
    let april = desk.server.url("/2026-04.xml");
    desk.server.on(april.path(), Answer::status(503));
    let report = back_to(&desk, "2026-03").await;
    assert!(!report.walks[0].complete, "{:?}", report.walks);
    assert_eq!(desk.verdict("2026-05").await.0, Verdict::Undetermined);

    publish_sitemaps(&desk, "2026-02");
    desk.wait(TimeDelta::hours(2));
    let before = (desk.server.count("/2026-03.xml"), desk.server.count("/2026-04.xml"));
    let report = back_to(&desk, "2026-03").await;
    let after = (desk.server.count("/2026-03.xml"), desk.server.count("/2026-04.xml"));
    assert!(report.walks[0].complete && report.walks[0].parts == 1, "only the part that was left is walked: {:?}", report.walks);
    assert!(after.1 > before.1, "{before:?} {after:?}");
    assert_eq!(desk.verdict("2026-04").await, (Verdict::NotMet, Reason::NoneFound));
}

#[tokio::test]
async fn a_part_that_the_index_names_and_nobody_can_read_leaves_its_time_unproved() {
    let desk = Desk::open(SITEMAP, FIRST).await;
    publish_pages(&desk, None);
    publish_sitemaps(&desk, "2026-02");
    desk.server.on("/2026-04.xml", Answer::status(404));
    let report = back_to(&desk, "2026-03").await;
    assert!(report.walks[0].complete && !report.walks[0].detail.is_empty(), "{:?}", report.walks);
    assert_eq!(desk.verdict("2026-04").await.0, Verdict::Undetermined);
}

#[tokio::test]
async fn a_listing_is_walked_page_by_page_to_the_wished_month_and_no_further() {
    let desk = Desk::open(LISTING, FIRST).await;
    publish_pages(&desk, None);
    publish_listing(&desk, true);
    let report = back_to(&desk, "2026-04").await;
    assert!(report.walks[0].complete && report.walks[0].detail.is_empty(), "{:?}", report.walks);
    assert_eq!(desk.verdict("2026-04").await, (Verdict::NotMet, Reason::NoneFound));
    assert_eq!(desk.server.count("/tin?p=15"), 0, "the last pages lie before April");
}

#[tokio::test]
async fn a_listing_without_dates_finds_articles_and_proves_nothing() {
    let desk = Desk::open(LISTING, FIRST).await;
    publish_pages(&desk, Some("20260412"));
    publish_listing(&desk, false);
    let report = back_to(&desk, "2026-03").await;
    assert!(!report.walks[0].detail.is_empty(), "{:?}", report.walks);
    assert_eq!(desk.verdict("2026-04").await, (Verdict::Met, Reason::Articles), "presence needs no coverage");
    assert_eq!(desk.verdict("2026-05").await, (Verdict::Undetermined, Reason::CoverageGap));
}

#[tokio::test]
async fn whoever_goes_on_with_a_walk_knows_what_was_wrong_with_it_before() {
    let desk = Desk::open(SITEMAP, FIRST).await;
    publish_pages(&desk, None);
    publish_sitemaps(&desk, "2026-02");
    // The part of May breaks off, that of April cannot be had at first.
    desk.server.on("/2026-05.xml", Answer::ok("application/xml", "<urlset><url><loc>http://"));
    desk.server.on("/2026-04.xml", Answer::status(503));
    assert!(!back_to(&desk, "2026-03").await.walks[0].complete);
    publish_sitemaps(&desk, "2026-02");
    desk.wait(TimeDelta::hours(2));
    let report = back_to(&desk, "2026-03").await;
    assert!(report.walks[0].complete && !report.walks[0].detail.is_empty(), "{:?}", report.walks);
    assert_eq!(desk.verdict("2026-04").await, (Verdict::Undetermined, Reason::CoverageGap));
}

#[tokio::test]
async fn an_article_that_the_walked_sitemap_never_listed_takes_back_what_it_covers() {
    let feed = "[[outlet.source]]\nkind = \"feed\"\nurl = \"http://{host}/rss\"\ncovers = \"outlet\"\n";
    for (hidden, verdict) in [(None, Verdict::NotMet), (Some("2026-04-20T09:30:00+07:00"), Verdict::Undetermined)] {
        let desk = Desk::open(&format!("{SITEMAP}{feed}"), FIRST).await;
        publish_pages(&desk, None);
        publish_sitemaps(&desk, "2026-02");
        let item = hidden.map(|date| {
            let link = desk.server.url("/tin-20260420.html?id=2");
            format!("<item><title>Chuyện bên lề</title><link>{link}</link><pubDate>{}</pubDate></item>", at(date).to_rfc2822())
        });
        let channel = item.unwrap_or_default();
        desk.server.on("/rss", Answer::ok("application/rss+xml", format!("<rss version=\"2.0\"><channel>{channel}</channel></rss>")));
        desk.server.on("/tin-20260420.html?id=2", Answer::ok("text/html; charset=utf-8", hidden_page()));
        back_to(&desk, "2026-03").await;
        assert_eq!(desk.verdict("2026-05").await.0, verdict, "{hidden:?}");
    }
}

fn hidden_page() -> String {
    let text = "Bà con trong thôn vẫn nhắc chuyện cũ bên bếp lửa, chuyện của những mùa mưa dài và những con đường chưa có cầu. ".repeat(4);
    format!(
        "<!doctype html><html lang=\"vi\"><title>Chuyện bên lề</title><body><article><h1>Chuyện bên lề</h1><p>{text}</p></article></body></html>"
    )
}

#[tokio::test]
async fn a_walk_speaks_of_what_it_met_itself_and_not_of_what_the_source_listed_at_other_times() {
    let desk = Desk::open(SITEMAP, "2026-03-01T10:00:00+07:00").await;
    publish_pages(&desk, None);
    // A sitemap of the last two days, polled but for the days from 10 to 14 April.
    let publish = |desk: &Desk| {
        let now = desk.now();
        let recent = days().into_iter().filter(|it| *it <= now && now - *it < TimeDelta::hours(48));
        let urls: String = recent
            .map(|it| format!("<url><loc>{}</loc><lastmod>{}</lastmod></url>", desk.server.url(&path(it)), it.to_rfc3339()))
            .collect();
        desk.server.on("/sitemap.xml", Answer::ok("application/xml", format!("<urlset>{urls}</urlset>")));
    };
    while desk.now() < at(FIRST) {
        let away = desk.now() > at("2026-04-10T00:00:00+07:00") && desk.now() < at("2026-04-14T00:00:00+07:00");
        publish(&desk);
        if !away {
            desk.crawl().await;
        }
        desk.wait(TimeDelta::hours(12));
    }
    assert_eq!(desk.verdict("2026-04").await, (Verdict::Undetermined, Reason::CoverageGap));
    let report = back_to(&desk, "2026-03").await;
    assert!(report.walks[0].complete, "{:?}", report.walks);
    assert_eq!(desk.verdict("2026-04").await, (Verdict::Undetermined, Reason::CoverageGap), "nobody saw what came and went in those days");
}
