//! The line as a whole against a scripted outlet: what is seen, what is a gap, and what a month comes to.

mod desk;

use chrono::TimeDelta;
use desk::{Desk, FEED, Item, SITE, about, at, item, outcomes, scripted::Answer, watch_march};
use diembao::{
    domain::{
        coverage::GapReason,
        review::PendingWhy,
        verdict::{Reason, Verdict},
        visit::Outcome,
    },
    jobs::{
        index::follow,
        review::{record_changes, review},
    },
    search::{Filter, query::Question},
};

#[tokio::test]
async fn a_month_watched_to_the_end_without_a_find_is_not_met_and_one_find_makes_it_met() {
    let desk = Desk::open(FEED, "2026-02-27T10:00:00+07:00").await;
    watch_march(&desk, &[], |_| false).await;
    assert_eq!(desk.verdict("2026-03").await, (Verdict::NotMet, Reason::NoneFound));
    assert_eq!(desk.month("2026-03").await.coverage.share, 1.0);

    let desk = Desk::open(FEED, "2026-02-27T10:00:00+07:00").await;
    watch_march(&desk, &[about(100, "2026-03-31T23:30:00+07:00")], |_| false).await;
    let march = desk.month("2026-03").await;
    assert_eq!((march.verdict, march.count), (Verdict::Met, 1));
    assert_eq!(march.evidence[0].published.unwrap().to_rfc3339(), "2026-03-31T23:30:00+07:00");
}

#[tokio::test]
async fn c1_a_reader_that_was_away_in_march_accuses_nobody() {
    let desk = Desk::open(FEED, "2026-02-27T10:00:00+07:00").await;
    watch_march(&desk, &[], |now| (at("2026-03-01T00:00:00+07:00")..at("2026-04-01T00:00:00+07:00")).contains(&now)).await;
    assert_eq!(desk.verdict("2026-03").await, (Verdict::Undetermined, Reason::CoverageGap));
}

#[tokio::test]
async fn c3_a_window_that_rolled_over_in_an_outage_leaves_a_gap_of_exactly_that_time() {
    let desk = Desk::open(FEED, "2026-02-27T10:00:00+07:00").await;
    watch_march(&desk, &[], |now| (at("2026-03-10T22:00:00+07:00")..at("2026-03-21T10:00:00+07:00")).contains(&now)).await;
    let march = desk.month("2026-03").await;
    assert_eq!((march.verdict, march.reason), (Verdict::Undetermined, Reason::CoverageGap));
    let [gap] = march.coverage.gaps.as_slice() else { panic!("{:?}", march.coverage.gaps) };
    assert_eq!(gap.why, GapReason::WindowRolledOver);
    assert_eq!(
        (gap.from.to_rfc3339(), gap.to.to_rfc3339()),
        ("2026-03-10T10:00:00+07:00".to_owned(), "2026-03-21T10:00:00+07:00".to_owned())
    );
}

#[tokio::test]
async fn an_outage_that_the_window_outlasts_leaves_no_gap() {
    let desk = Desk::open(FEED, "2026-02-27T10:00:00+07:00").await;
    watch_march(&desk, &[], |now| (at("2026-03-10T22:00:00+07:00")..at("2026-03-14T10:00:00+07:00")).contains(&now)).await;
    assert_eq!(desk.verdict("2026-03").await, (Verdict::NotMet, Reason::NoneFound));
}

#[tokio::test]
async fn a_month_that_nobody_looked_at_after_its_grace_is_not_judged_on_what_was_seen_before() {
    let desk = Desk::open(FEED, "2026-02-27T10:00:00+07:00").await;
    watch_march(&desk, &[], |now| now > at("2026-04-02T00:00:00+07:00")).await;
    assert_eq!(desk.verdict("2026-03").await, (Verdict::Undetermined, Reason::CoverageGap));
}

#[tokio::test]
async fn c2_a_403_feed_is_no_empty_feed() {
    let desk = Desk::open(FEED, "2026-03-01T00:00:00Z").await;
    let empty = "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Báo A</title></channel></rss>";
    let mut seen = Vec::new();
    for answer in [
        Answer::ok("application/rss+xml", empty),
        Answer::status(403),
        Answer::status(304),
        Answer::ok("application/rss+xml", ""),
        Answer::ok("text/html", "<!doctype html><html><body><h1>Đăng nhập</h1></body></html>"),
    ] {
        desk.server.on("/rss", answer);
        desk.wait(TimeDelta::hours(1));
        let report = desk.crawl().await;
        seen.push((report.visits[0].outcome, report.visits[0].detail.clone()));
    }
    use Outcome::{Blocked, Empty, NotADocument};
    assert_eq!(
        seen.iter().map(|it| it.0).collect::<Vec<_>>(),
        [Empty, Blocked, Blocked, NotADocument, NotADocument],
        "a 304 after a failure stays one"
    );
    assert_ne!(seen[3].1, seen[4].1, "zero bytes and HTML are told apart in words");
    assert!(!covered(&desk, "2026-03-01T01:00:00Z", "2026-03-01T05:00:00Z").await, "nothing after the empty feed counts as having seen");
    let desk = Desk::open(FEED, "2026-03-01T00:00:00Z").await;
    for _ in 0..2 {
        desk.server.on("/rss", Answer::ok("application/rss+xml", empty));
        desk.crawl().await;
        desk.wait(TimeDelta::hours(1));
    }
    assert!(covered(&desk, "2026-03-01T00:00:00Z", "2026-03-01T01:00:00Z").await, "a valid empty feed does");
}

#[tokio::test]
async fn failures_are_followed_by_a_whole_document_and_validators_are_not_trusted_for_longer_than_a_day() {
    let desk = Desk::open(FEED, "2026-03-01T00:00:00Z").await;
    let feed = "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Báo A</title></channel></rss>";
    desk.server.on_call("/rss", move |request| match request.header("if-none-match") {
        Some("\"1\"") => Answer::status(304),
        _ => Answer::ok("application/rss+xml", feed).header("ETag", "\"1\""),
    });
    let conditional = |desk: &Desk| desk.server.asked("/rss").last().unwrap().header("if-none-match").is_some();
    assert_eq!(outcomes(&desk.crawl().await), [Outcome::Empty]);
    desk.wait(TimeDelta::hours(6));
    assert_eq!((outcomes(&desk.crawl().await), conditional(&desk)), (vec![Outcome::Unchanged], true));
    desk.wait(TimeDelta::hours(18));
    desk.crawl().await;
    assert!(!conditional(&desk), "a day after the last whole document");
}

#[tokio::test]
async fn c4_a_source_that_failed_fifty_times_over_five_days_is_still_polled_and_seen_when_it_is_back() {
    let desk = Desk::open(FEED, "2026-03-01T00:00:00Z").await;
    desk.server.on("/rss", Answer::status(500));
    for _ in 0..50 {
        assert_eq!(outcomes(&desk.crawl().await), [Outcome::ServerError]);
        desk.wait(TimeDelta::minutes(144));
    }
    let mut visits = 0;
    for hour in 0..240 {
        let due = desk.crawl_due().await.visits.len();
        visits += due;
        assert!(hour >= 24 || visits <= 2, "backed off");
        desk.wait(TimeDelta::hours(1));
    }
    assert!((9..=11).contains(&visits), "{visits} visits in ten days: once a day, and never given up");
    desk.publish(&[item(1, "2026-03-16T00:00:00Z")]);
    desk.wait(TimeDelta::days(1));
    assert_eq!(outcomes(&desk.crawl_due().await), [Outcome::Fresh]);
    desk.wait(TimeDelta::hours(1));
    assert_eq!(desk.crawl_due().await.visits.len(), 1, "and the back-off is forgotten");
}

#[tokio::test]
async fn a_source_that_moved_is_followed_shown_and_trusted_from_the_next_visit_on() {
    let desk = Desk::open(FEED, "2026-03-01T00:00:00Z").await;
    desk.publish(&[item(1, "2026-02-28T08:00:00+07:00")]);
    desk.server.on("/rss.xml", Answer::ok("application/rss+xml", format!(
        "<rss version=\"2.0\"><channel><item><title>Tin hai</title><link>{}</link><pubDate>Sun, 01 Mar 2026 06:00:00 +0700</pubDate></item></channel></rss>",
        desk.server.url("/tin-2.html")
    )));
    desk.server.on("/rss", Answer::redirect(301, "/rss.xml"));
    let report = desk.crawl().await;
    assert_eq!((report.visits[0].outcome, report.visits[0].new), (Outcome::Moved, 1), "{:?}", report.visits);
    desk.wait(TimeDelta::hours(6));
    assert_eq!(outcomes(&desk.crawl().await), [Outcome::Fresh]);
}

#[tokio::test]
async fn an_article_whose_page_fails_blocks_the_month_until_it_can_be_read() {
    let desk = Desk::open(FEED, "2026-02-27T10:00:00+07:00").await;
    watch_march(&desk, &[], |_| false).await;
    let late = item(100, "2026-03-20T09:00:00+07:00");
    desk.publish(&[item(37, "2026-04-05T08:00:00+07:00"), item(36, "2026-04-04T08:00:00+07:00"), late.clone()]);
    desk.server.on(&late.path, Answer::status(500));
    desk.wait(TimeDelta::hours(1));
    desk.crawl().await;
    let march = desk.month("2026-03").await;
    assert_eq!((march.verdict, march.reason), (Verdict::Undetermined, Reason::ArticlesUnread));
    assert_eq!(march.unread[0].why, "server_error");
    desk.server.on(&late.path, Answer::ok("text/html", late.page()));
    desk.wait(TimeDelta::hours(1));
    assert_eq!(desk.crawl_due().await.articles.read, 1);
    assert_eq!(desk.verdict("2026-03").await, (Verdict::NotMet, Reason::NoneFound));
}

#[tokio::test]
async fn a_page_that_lost_its_article_is_unread_and_not_unrelated() {
    let desk = Desk::open(FEED, "2026-03-01T10:00:00+07:00").await;
    desk.publish(&[about(1, "2026-03-01T08:00:00+07:00")]);
    let wall =
        "<html><head><title>Đăng nhập</title></head><body><p>Vui lòng nhập tên và mật khẩu để đọc tiếp nội dung này.</p></body></html>";
    desk.server.on("/tin-1.html", Answer::ok("text/html", wall));
    let report = desk.crawl().await;
    assert_eq!((report.articles.read, report.articles.failed), (0, 1));
    let march = desk.month("2026-03").await;
    assert_eq!(march.pending[0].why, PendingWhy::Candidate, "its title holds a strong term");
    assert_eq!(march.unread[0].why, "title_missing");
}

#[tokio::test]
async fn one_article_is_one_under_every_address_and_a_column_is_many() {
    let desk = Desk::open(FEED, "2026-03-03T10:00:00+07:00").await;
    let mut items = Vec::new();
    for path in ["/tin-1.html?utm_source=rss", "/tin-1.html", "/tin-1.html?fbclid=x#top"] {
        items.push(Item { path: path.to_owned(), ..item(1, "2026-03-01T08:00:00+07:00") });
    }
    for number in 2..5 {
        items.push(Item { title: "Chuyên mục mỗi tuần một chuyện".to_owned(), ..item(number, "2026-03-01T07:00:00+07:00") });
    }
    items.push(Item { path: "https://quang-cao.example/mua-ngay".to_owned(), ..item(9, "2026-03-01T06:00:00+07:00") });
    desk.publish(&items);
    let visit = desk.crawl().await.visits.remove(0);
    let rejected: u64 = visit.rejected.values().sum();
    assert_eq!((visit.new, rejected, visit.entries), (4, 3, 7), "{visit:?}");
}

#[tokio::test]
async fn c6_an_article_without_a_date_never_gets_the_day_it_was_crawled() {
    let desk = Desk::open(FEED, "2026-03-20T10:00:00+07:00").await;
    desk.publish(&[item(1, "2026-03-20T08:00:00+07:00")]);
    desk.crawl().await;
    desk.set("2026-04-02T10:00:00+07:00");
    desk.publish(&[Item { date: None, ..about(2, "2026-04-02T08:00:00+07:00") }, item(1, "2026-03-20T08:00:00+07:00")]);
    desk.crawl().await;
    for (month, waits) in [("2026-02", false), ("2026-03", true), ("2026-04", true), ("2026-05", false)] {
        let it = desk.month(month).await;
        assert_eq!((it.count, it.pending.iter().any(|it| it.why == PendingWhy::Undated)), (0, waits), "{month}");
    }
}

#[tokio::test]
async fn what_appears_after_the_grace_of_a_watched_month_goes_to_an_officer() {
    let desk = Desk::open(FEED, "2026-02-27T10:00:00+07:00").await;
    watch_march(&desk, &[], |_| false).await;
    desk.set("2026-04-20T10:00:00+07:00");
    desk.publish(&[about(100, "2026-03-15T08:00:00+07:00"), item(37, "2026-04-05T08:00:00+07:00")]);
    desk.crawl().await;
    let march = desk.month("2026-03").await;
    assert_eq!((march.verdict, march.reason), (Verdict::Undetermined, Reason::CandidatesPending));
    assert_eq!(march.pending[0].why, PendingWhy::AppearedLater);
}

#[tokio::test]
async fn when_the_control_hosts_fail_too_the_fault_is_ours() {
    let site = format!("{SITE}control_urls = [\"http://127.0.0.1:9/\"]\n");
    let register = FEED.replace("http://{host}/rss", "http://127.0.0.1:9/rss");
    let desk = Desk::open_with(&register, &site, "2026-03-01T00:00:00Z").await;
    assert_eq!(outcomes(&desk.crawl().await), [Outcome::Offline]);
    let reachable = format!("{SITE}control_urls = [\"http://{{host}}/\"]\n");
    let desk = Desk::open_with(&register, &reachable, "2026-03-01T00:00:00Z").await;
    assert_eq!(outcomes(&desk.crawl().await), [Outcome::Unreachable]);
}

#[tokio::test]
async fn a_listing_is_walked_back_to_what_is_known() {
    let register = FEED.replace("kind = \"feed\"", "kind = \"listing\"").replace("/rss\"", "/tin\"")
        + "item = \"li\"\ndate = \".d\"\nnext = \"a.next\"\n";
    let desk = Desk::open(&register, "2026-03-10T10:00:00+07:00").await;
    let serve = |newest: u32| {
        for page in 1..=6u32 {
            let items: Vec<_> = (0..4).map(|it| newest.saturating_sub((page - 1) * 4 + it)).filter(|it| *it > 0).collect();
            let mut html = String::from("<html><body><ul>");
            for it in items {
                html +=
                    &format!("<li><a href=\"/tin-{it}.html\">Chợ phiên kỳ {it}</a> <span class=\"d\">{it:02}/03/2026 08:00</span></li>");
            }
            html += &format!("</ul><a class=\"next\" href=\"/tin?trang={}\">Trang sau</a></body></html>", page + 1);
            let path = if page == 1 { "/tin".to_owned() } else { format!("/tin?trang={page}") };
            desk.server.on(&path, Answer::ok("text/html", html));
        }
    };
    serve(10);
    assert_eq!(desk.crawl().await.visits[0].new, 4, "a first visit reads the first page");
    serve(22);
    desk.set("2026-03-22T10:00:00+07:00");
    let visit = desk.crawl().await.visits.remove(0);
    assert_eq!((visit.new, visit.gap), (12, false), "{visit:?}");
    assert_eq!(desk.server.count("/tin?trang=5"), 0, "no further than needed");
}

#[tokio::test]
async fn the_date_tells_which_of_two_outlets_an_article_of_their_host_belongs_to() {
    let old = "[[outlet]]\nid = \"old\"\nname = \"Báo Cũ\"\nkind = \"newspaper\"\nhosts = [\"{host}\"]\nactive = { to = \"2026-02\" }\n";
    let new = FEED.replace("[[outlet.source]]", "active = { from = \"2026-03\" }\n[[outlet.source]]");
    let desk = Desk::open(&format!("{old}{new}"), "2026-03-10T10:00:00+07:00").await;
    desk.publish(&[item(2, "2026-03-01T08:00:00+07:00"), about(1, "2026-02-28T08:00:00+07:00")]);
    desk.crawl().await;
    let february = desk.month("2026-02").await;
    assert_eq!((february.outlet.as_str(), february.verdict), ("old", Verdict::Met));
}

#[tokio::test]
async fn a_second_pass_changes_nothing_and_a_deleted_index_is_built_again_from_the_store() {
    let desk = Desk::open(FEED, "2026-03-10T10:00:00+07:00").await;
    desk.publish(&[about(2, "2026-03-09T08:00:00+07:00"), item(1, "2026-03-08T08:00:00+07:00")]);
    desk.crawl().await;
    follow(&desk.app.line.store, &desk.app.search, &|_| ()).await.unwrap();
    let before = desk.app.line.store.latest_change().await.unwrap();
    let again = desk.crawl().await;
    assert_eq!((again.visits[0].new, again.visits[0].known, again.articles.read), (0, 2, 0));
    assert_eq!(desk.app.line.store.latest_change().await.unwrap(), before);
    std::fs::remove_dir_all(desk.dir.path().join("index")).unwrap();
    let fresh = diembao::search::Search::open(&desk.dir.path().join("index")).unwrap();
    assert_eq!(follow(&desk.app.line.store, &fresh, &|_| ()).await.unwrap(), 2);
    let found = fresh.find(&Question::read("mua ban nguoi"), &Filter::default(), 10).unwrap();
    assert_eq!((found.total, fresh.mark().unwrap()), (1, before));
}

#[tokio::test]
async fn a_frozen_feed_is_no_proof_of_silence() {
    let desk = Desk::open(FEED, "2026-02-27T10:00:00+07:00").await;
    watch_march(&desk, &[], |_| false).await;
    for day in 0..40 {
        // The same list with another time stamp in it: not one byte of news, but not the same bytes either.
        let stamp = format!("<lastBuildDate>{day}</lastBuildDate>");
        let items = [item(37, "2026-04-05T08:00:00+07:00"), item(36, "2026-04-04T08:00:00+07:00")];
        desk.publish_with(&items, &stamp);
        desk.wait(TimeDelta::days(1));
        desk.crawl().await;
    }
    let april = desk.month("2026-04").await;
    assert_eq!((april.verdict, april.reason), (Verdict::Undetermined, Reason::CoverageGap));
    assert!(april.coverage.gaps.iter().any(|it| it.why == GapReason::Silent), "{:?}", april.coverage);
}

/// A feed and, beside it, a sitemap of everything.
const WITH_SITEMAP: &str = "[[outlet.source]]\nkind = \"sitemap\"\nurl = \"http://{host}/sitemap.xml\"\ncovers = \"outlet\"\n";

#[tokio::test]
async fn c3_a_gap_is_closed_at_once_by_a_sitemap_that_lists_both_sides_of_it() {
    for (lists_before, closed) in [(true, 1), (false, 0)] {
        // The sitemap is out of order until the gap is found, so that the feed alone certifies.
        let desk = Desk::open(&format!("{FEED}{WITH_SITEMAP}"), "2026-03-01T10:00:00+07:00").await;
        desk.server.on("/sitemap.xml", Answer::status(503));
        desk.publish(&[item(2, "2026-03-01T08:00:00+07:00"), item(1, "2026-02-28T08:00:00+07:00")]);
        desk.crawl().await;
        desk.set("2026-03-10T10:00:00+07:00");
        desk.publish(&[item(9, "2026-03-10T08:00:00+07:00"), item(8, "2026-03-09T08:00:00+07:00")]);
        let lost = about(5, "2026-03-05T08:00:00+07:00");
        desk.server.on(&lost.path, Answer::ok("text/html", lost.page()));
        let mut urls = String::new();
        for path in ["/tin-9.html", "/tin-8.html", "/tin-5.html"]
            .into_iter()
            .chain(lists_before.then_some("/tin-2.html"))
            .chain(lists_before.then_some("/tin-1.html"))
        {
            urls += &format!("<url><loc>{}</loc></url>", desk.server.url(path));
        }
        desk.server.on(
            "/sitemap.xml",
            Answer::ok("application/xml", format!("<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{urls}</urlset>")),
        );
        let report = desk.crawl().await;
        assert!(report.visits.iter().any(|it| it.gap), "{:?}", report.visits);
        assert_eq!((report.repairs[0].closed, report.repairs[0].left), (closed, 1 - closed), "lists before: {lists_before}");
        let rolled = desk.month("2026-03").await.coverage.gaps.iter().any(|it| it.why == GapReason::WindowRolledOver);
        assert_eq!(rolled, closed == 0);
        assert_eq!(report.articles.read, 3, "what was lost in the gap is read as well");
    }
}

#[tokio::test]
async fn a_gap_that_an_article_left_which_was_taken_down_is_closed_once_that_is_known() {
    let register = FEED.replace("/rss", "/sitemap.xml").replace("\"feed\"", "\"sitemap\"");
    let desk = Desk::open(&register, "2026-03-01T10:00:00+07:00").await;
    let dates = ["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06"];
    let taken_down = "/tin-3.html";
    let mut gaps = Vec::new();
    for day in 2..dates.len() {
        let mut urls = String::new();
        for (number, date) in dates[..=day].iter().enumerate() {
            let it = item(u32::try_from(number).unwrap(), "2026-03-01T08:00:00+07:00");
            if it.path == taken_down && day > 3 {
                desk.server.on(&it.path, Answer::status(404));
                continue;
            }
            desk.server.on(&it.path, Answer::ok("text/html", it.page()));
            urls += &format!(
                "<url><loc>{}</loc><news:news><news:publication_date>{date}T08:00:00+07:00</news:publication_date><news:title>{}</news:title></news:news></url>",
                desk.server.url(&it.path),
                it.title
            );
        }
        let map = format!(
            "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">{urls}</urlset>"
        );
        desk.server.on("/sitemap.xml", Answer::ok("application/xml", map));
        for _ in 0..2 {
            desk.crawl().await;
            desk.wait(TimeDelta::hours(12));
        }
        let rolled = desk.month("2026-03").await.coverage.gaps.into_iter().filter(|it| it.why == GapReason::WindowRolledOver);
        gaps.push(rolled.count());
    }
    assert_eq!(gaps, [0, 0, 1, 1, 1, 0], "three tries over three days tell that it is gone");
}

#[tokio::test]
async fn a_source_that_missed_an_article_loses_its_certificate_for_that_time() {
    let section = "[[outlet.source]]\nkind = \"feed\"\nurl = \"http://{host}/section\"\ncovers = \"section\"\n";
    let desk = Desk::open(&format!("{FEED}{section}"), "2026-03-01T10:00:00+07:00").await;
    let items = [item(3, "2026-03-03T08:00:00+07:00"), item(2, "2026-03-02T08:00:00+07:00"), item(1, "2026-03-01T08:00:00+07:00")];
    for (newest, now) in [(2, "2026-03-01T10:00:00+07:00"), (1, "2026-03-02T10:00:00+07:00"), (0, "2026-03-03T10:00:00+07:00")] {
        desk.set(now);
        desk.publish(&items[newest..]);
        desk.crawl().await;
    }
    let revoked = async || desk.month("2026-03").await.coverage.gaps.iter().any(|it| it.why == GapReason::Revoked);
    assert!(!revoked().await);
    let hidden = item(7, "2026-03-02T20:00:00+07:00");
    desk.server.on(&hidden.path, Answer::ok("text/html", hidden.page()));
    let date = at(hidden.date.unwrap()).to_rfc2822();
    desk.server.on("/section", Answer::ok("application/rss+xml", format!(
        "<rss version=\"2.0\"><channel><title>A</title><item><title>{}</title><link>{}</link><pubDate>{date}</pubDate></item></channel></rss>",
        hidden.title,
        desk.server.url(&hidden.path)
    )));
    desk.set("2026-03-03T12:00:00+07:00");
    desk.crawl().await;
    assert!(revoked().await, "{:?}", desk.month("2026-03").await.coverage);
}

/// Whether what lies between two instants of March is covered.
async fn covered(desk: &Desk, from: &str, to: &str) -> bool {
    !desk.month("2026-03").await.coverage.gaps.iter().any(|it| it.from < at(to) && it.to > at(from))
}

#[tokio::test]
async fn a_child_sitemap_whose_date_never_changes_is_read_once_a_day_and_certifies_only_then() {
    let sitemap = FEED.replace("\"feed\"", "\"sitemap\"").replace("/rss", "/sitemap.xml");
    let desk = Desk::open(&sitemap, "2026-03-01T10:00:00+07:00").await;
    let child =
        |name: &str, modified: &str| format!("<sitemap><loc>{}</loc><lastmod>{modified}</lastmod></sitemap>", desk.server.url(name));
    let index = child("/old.xml", "2025-01-01") + &child("/new.xml", "2026-03-01");
    desk.server.on("/sitemap.xml", Answer::ok("application/xml", format!("<sitemapindex>{index}</sitemapindex>")));
    let urls = |items: &[Item]| {
        let url = |it: &Item| format!("<url><loc>{}</loc><lastmod>{}</lastmod></url>", desk.server.url(&it.path), it.date.unwrap());
        Answer::ok("application/xml", format!("<urlset>{}</urlset>", items.iter().map(url).collect::<String>()))
    };
    let hidden = about(7, "2026-03-01T12:00:00+07:00");
    desk.server.on(&hidden.path, Answer::ok("text/html", hidden.page()));
    let first = item(1, "2026-02-28T08:00:00+07:00");
    desk.server.on(&first.path, Answer::ok("text/html", first.page()));
    desk.server.on("/new.xml", urls(&[first]));
    desk.server.on("/old.xml", urls(&[]));
    desk.crawl().await;
    desk.server.on("/old.xml", urls(&[hidden]));
    desk.set("2026-03-01T20:00:00+07:00");
    assert_eq!(desk.crawl().await.articles.read, 0);
    assert!(!covered(&desk, "2026-03-01T10:00:00+07:00", "2026-03-01T20:00:00+07:00").await);
    desk.set("2026-03-02T12:00:00+07:00");
    assert_eq!(desk.crawl().await.articles.read, 1);
    assert!(covered(&desk, "2026-03-01T10:00:00+07:00", "2026-03-02T12:00:00+07:00").await);
}

#[tokio::test]
async fn a_document_that_hides_an_article_certifies_nothing() {
    let entry = |desk: &Desk, it: &Item| {
        let date = at(it.date.unwrap()).to_rfc2822();
        format!("<item><title>{}</title><link>{}</link><pubDate>{date}</pubDate></item>", it.title, desk.server.url(&it.path))
    };
    let known = [item(1, "2026-02-27T08:00:00+07:00"), item(2, "2026-02-28T08:00:00+07:00"), item(3, "2026-03-01T08:00:00+07:00")];
    let linkless = "<item><title>Hội nghị bàn việc mới</title><pubDate>Mon, 02 Mar 2026 08:00:00 +0700</pubDate></item>";
    for (name, newest_first, more, end, whole) in [
        ("the newest first, whole", true, "", "</channel></rss>", true),
        ("the newest first: what broke off is old", true, "", "<item><title>Tin", true),
        ("the oldest first, whole", false, "", "</channel></rss>", true),
        ("the oldest first: what broke off is new", false, "", "<item><title>Tin", false),
        ("a new article without its link", true, linkless, "</channel></rss>", false),
    ] {
        let desk = Desk::open(FEED, "2026-03-01T10:00:00+07:00").await;
        let mut items: Vec<String> = known.iter().map(|it| entry(&desk, it)).collect();
        for it in &known {
            desk.server.on(&it.path, Answer::ok("text/html", it.page()));
        }
        if newest_first {
            items.reverse();
        }
        for (stamp, more, end) in [("1", "", "</channel></rss>"), ("2", more, end)] {
            let feed = format!("<rss version=\"2.0\"><channel><title>A {stamp}</title>{more}{}{end}", items.concat());
            desk.server.on("/rss", Answer::ok("application/rss+xml", feed));
            desk.crawl().await;
            desk.wait(TimeDelta::days(2));
        }
        assert_eq!(covered(&desk, "2026-03-01T10:00:00+07:00", "2026-03-03T10:00:00+07:00").await, whole, "{name}");
    }
}

/// A challenge as one vendor sends it, with status 200.
fn wall() -> Answer {
    Answer::ok("text/html", "<html><head><title>Chờ một chút...</title></head><body><script>window._cf_chl_opt={}</script></body></html>")
}

#[tokio::test]
async fn c7_a_wall_of_nineteen_days_certifies_nothing_and_makes_no_article() {
    let desk = Desk::open(FEED, "2026-03-01T10:00:00+07:00").await;
    desk.publish(&[item(1, "2026-03-01T08:00:00+07:00")]);
    desk.crawl().await;
    desk.server.on("/rss", wall());
    for _ in 0..19 {
        desk.wait(TimeDelta::days(1));
        let visit = desk.crawl().await.visits.remove(0);
        assert_eq!((visit.outcome, visit.entries, visit.new), (Outcome::Blocked, 0, 0));
    }
    assert!(!covered(&desk, "2026-03-01T10:00:00+07:00", "2026-03-20T10:00:00+07:00").await);
    desk.wait(TimeDelta::days(1));
    desk.publish(&[item(30, "2026-03-20T08:00:00+07:00"), item(29, "2026-03-19T08:00:00+07:00")]);
    assert!(desk.crawl().await.visits[0].gap, "what rolled through behind the wall is a gap");
}

#[tokio::test]
async fn c7_an_article_behind_a_wall_is_unread_until_the_wall_is_gone() {
    let desk = Desk::open(FEED, "2026-03-01T10:00:00+07:00").await;
    let hidden = item(1, "2026-03-01T08:00:00+07:00");
    desk.publish(std::slice::from_ref(&hidden));
    for (answer, why) in [
        (wall(), "blocked"),
        (Answer::status(429).header("Retry-After", "120"), "blocked"),
        (Answer::redirect(302, "/dang-nhap?returnUrl=/tin-1.html"), "blocked"),
        (Answer::redirect(302, "/?utm_source=404"), "gone"),
        (Answer::ok("text/html", ""), "not_a_document"),
        (Answer::ok("text/html", hidden.page()).cut_at(200), "unreachable"),
        (Answer::ok("text/html", "<html><body><h1>Website đang bảo trì</h1></body></html>"), "server_error"),
    ] {
        desk.server.on(&hidden.path, answer);
        desk.wait(TimeDelta::days(1));
        let report = desk.crawl().await;
        assert_eq!((report.articles.read, report.articles.failed), (0, 1));
        assert_eq!(desk.month("2026-03").await.unread[0].why, why);
    }
    desk.server.on(&hidden.path, Answer::ok("text/html", hidden.page()));
    desk.wait(TimeDelta::days(1));
    assert_eq!(desk.crawl_due().await.articles.read, 1);
    assert!(desk.month("2026-03").await.unread.is_empty());
}

#[tokio::test]
async fn c7_a_429_and_then_a_200_is_no_change_and_no_gap() {
    let desk = Desk::open(FEED, "2026-03-01T10:00:00+07:00").await;
    let items = [item(2, "2026-03-01T08:00:00+07:00"), item(1, "2026-02-28T08:00:00+07:00")];
    let mut seen = Vec::new();
    for answer in [
        None,
        Some(Answer::status(429).header("Retry-After", "120")),
        None,
        Some(Answer::ok("application/rss+xml", "<rss>").cut_at(2)),
        None,
    ] {
        desk.publish(&items);
        if let Some(answer) = answer {
            desk.server.on("/rss", answer);
        }
        let visit = desk.crawl().await.visits.remove(0);
        seen.push((visit.outcome, visit.new, visit.gap));
        desk.wait(TimeDelta::hours(6));
    }
    use Outcome::{Blocked, Fresh, Unchanged, Unreachable};
    assert_eq!(seen, [(Fresh, 2, false), (Blocked, 0, false), (Unchanged, 0, false), (Unreachable, 0, false), (Unchanged, 0, false)]);
    assert!(covered(&desk, "2026-03-01T10:00:00+07:00", "2026-03-02T10:00:00+07:00").await);
}

/// What a site gives with status 200 for whatever is not there; nothing in its title tells it from its other pages.
fn nothing_here(hour: u32) -> Answer {
    let html = format!(
        "<html><head><title>Báo A</title></head><body><article><p>Nội dung bạn tìm không tồn tại hoặc đã được dời đi, mời bạn về trang chủ \
         hay tìm lại bằng từ khác trong ô ở góc trên bên phải của trang này. Trang được lập lúc {hour} giờ.</p><p>Mọi thư góp ý xin gửi về \
         tòa soạn, chúng tôi trân trọng cảm ơn bạn đọc gần xa đã đồng hành cùng tờ báo trong nhiều năm qua.</p></article></body></html>"
    );
    Answer::ok("text/html; charset=utf-8", html)
}

#[tokio::test]
async fn c7_a_soft_404_is_gone_and_never_a_read_article() {
    let desk = Desk::open(FEED, "2026-03-01T10:00:00+07:00").await;
    let lost = item(1, "2026-03-01T08:00:00+07:00");
    let untitled = Item { title: String::new(), path: "/khong-tieu-de.html".to_owned(), ..item(2, "2026-03-01T07:00:00+07:00") };
    desk.publish(&[lost.clone(), untitled.clone(), item(3, "2026-03-01T06:00:00+07:00")]);
    desk.server.otherwise(|_| nothing_here(8));
    desk.server.on(&lost.path, nothing_here(9));
    desk.server.on(&untitled.path, nothing_here(10));
    for day in 0..4 {
        let articles = desk.crawl().await.articles;
        assert_eq!((articles.read, articles.failed), (u64::from(day == 0), 2), "day {day}");
        let whys: Vec<String> = desk.month("2026-03").await.unread.into_iter().map(|it| it.why).collect();
        // Given up after three times over 72 hours; what nobody has seen the title of goes on to block.
        assert_eq!(whys, if day < 3 { vec!["gone", "gone"] } else { vec!["gone"] }, "day {day}");
        desk.wait(TimeDelta::days(1));
    }
    let made_up = |it: &&desk::scripted::Request| {
        !["/rss", "/robots.txt", "/tin-1.html", "/tin-3.html", "/khong-tieu-de.html"].contains(&it.target.as_str())
    };
    assert_eq!(desk.server.requests().iter().filter(made_up).count(), 4, "one made-up address a day");
    let asked: Vec<String> = desk.server.requests().iter().filter(made_up).map(|it| it.target.clone()).collect();
    let mut kept = Vec::new();
    for page in [&lost, &untitled] {
        kept.extend(desk.app.line.store.captures_of_page(&"a".parse().unwrap(), desk.server.url(&page.path).as_str()).await.unwrap());
    }
    kept.retain(|it| asked.contains(&it.url.path().to_owned()));
    assert_eq!(kept.len(), 4, "what the host said of them is proof, and stands in the archive");
}

#[tokio::test]
async fn c7_a_soft_404_that_does_not_say_so_never_gives_an_article_up() {
    let desk = Desk::open(FEED, "2026-03-01T10:00:00+07:00").await;
    let unknown_wall =
        || Answer::ok("text/html", "<html><head><title>Báo A</title></head><body><p>Mời bạn đợi năm giây để vào trang.</p></body></html>");
    let lost = item(1, "2026-03-01T08:00:00+07:00");
    desk.publish(std::slice::from_ref(&lost));
    desk.server.otherwise(move |_| unknown_wall());
    desk.server.on(&lost.path, unknown_wall());
    for _ in 0..6 {
        desk.crawl().await;
        assert_eq!(desk.month("2026-03").await.unread[0].why, "no_page_of_its_own");
        desk.wait(TimeDelta::days(1));
    }
}

#[tokio::test]
async fn c7_a_soft_404_of_a_source_is_gone() {
    let listing = FEED.replace("kind = \"feed\"", "kind = \"listing\"") + "item = \"li\"\n";
    for register in [FEED, &listing] {
        let desk = Desk::open(register, "2026-03-01T10:00:00+07:00").await;
        desk.server.on("/rss", nothing_here(8));
        assert_eq!(outcomes(&desk.crawl().await), [Outcome::NotADocument], "the host says 404 for what is not there");
        desk.wait(TimeDelta::days(2));
        desk.server.otherwise(|_| nothing_here(9));
        assert_eq!(outcomes(&desk.crawl().await), [Outcome::Gone]);
        desk.server.on("/rss", Answer::ok("text/html", "<html><title>Không tìm thấy trang</title><p>…</p></html>"));
        assert_eq!(outcomes(&desk.crawl().await), [Outcome::Gone]);
        desk.server.on("/rss", Answer::redirect(302, "/dang-nhap"));
        assert_eq!(outcomes(&desk.crawl().await), [Outcome::Blocked]);
        desk.server.on("/rss", Answer::ok("text/html", "<html><form><input type=\"password\"></form></html>"));
        assert_eq!(outcomes(&desk.crawl().await), [Outcome::Blocked]);
    }
}

#[tokio::test]
async fn next_ten_an_article_page_that_answers_403_keeps_its_listed_title_as_a_candidate() {
    let desk = Desk::open(FEED, "2026-02-27T10:00:00+07:00").await;
    let guarded = about(100, "2026-03-10T08:00:00+07:00");
    let refuse = || Answer::status(403).body("<html><title>403 Forbidden</title></html>");
    let path = guarded.path.clone();
    watch_march(&desk, std::slice::from_ref(&guarded), |_| false).await;
    assert_eq!(desk.verdict("2026-03").await.0, Verdict::Met, "it counts where it can be read");

    let desk = Desk::open(FEED, "2026-03-10T10:00:00+07:00").await;
    desk.publish(&[guarded.clone(), item(1, "2026-03-09T08:00:00+07:00")]);
    desk.server.on(&path, refuse());
    for _ in 0..45 {
        desk.crawl_due().await;
        let march = desk.month("2026-03").await;
        assert_eq!((march.pending[0].why, march.unread[0].why.as_str()), (PendingWhy::Candidate, "blocked"));
        assert!(matches!(march.verdict, Verdict::Open | Verdict::Undetermined));
        desk.wait(TimeDelta::days(1));
    }
    assert_eq!(desk.server.count(&path), 45, "tried again each day, for as long as the month can be judged");
    assert_eq!(desk.verdict("2026-03").await, (Verdict::Undetermined, Reason::CandidatesPending));
    desk.server.on(&path, Answer::ok("text/html", guarded.page()));
    desk.crawl_due().await;
    assert_eq!(desk.verdict("2026-03").await.0, Verdict::Met);
}

#[tokio::test]
async fn next_ten_a_robots_txt_that_fails_forbids_for_a_while_and_counts_as_not_having_seen() {
    let desk = Desk::open(FEED, "2026-02-27T10:00:00+07:00").await;
    watch_march(&desk, &[], |now| {
        let down = (at("2026-03-10T22:00:00+07:00")..at("2026-03-21T10:00:00+07:00")).contains(&now);
        desk.server.on("/robots.txt", if down { Answer::status(503) } else { Answer::status(404) });
        false
    })
    .await;
    let march = desk.month("2026-03").await;
    assert_eq!((march.verdict, march.reason), (Verdict::Undetermined, Reason::CoverageGap));
    desk.server.on("/robots.txt", Answer::status(503));
    desk.wait(TimeDelta::days(2));
    assert_eq!(outcomes(&desk.crawl().await), [Outcome::RefusedByRobots]);
    desk.server.on("/robots.txt", Answer::status(404));
    desk.wait(TimeDelta::hours(2));
    assert!(desk.crawl().await.visits[0].outcome.has_seen(), "and not for longer");
}

#[tokio::test]
async fn a_source_that_robots_txt_forbids_is_named_as_the_reason_of_the_gap() {
    let desk = Desk::open(FEED, "2026-02-27T10:00:00+07:00").await;
    watch_march(&desk, &[], |now| {
        let robots = if now < at("2026-03-10T22:00:00+07:00") { "" } else { "User-agent: *\nDisallow: /rss\n" };
        desk.server.on("/robots.txt", Answer::ok("text/plain", robots));
        false
    })
    .await;
    let march = desk.month("2026-03").await;
    assert_eq!((march.verdict, march.reason), (Verdict::Undetermined, Reason::CoverageGap));
    assert_eq!(march.coverage.gaps.last().unwrap().why, GapReason::RefusedByRobots, "{:?}", march.coverage);
}

#[tokio::test]
async fn next_ten_validators_that_lie_certify_nothing() {
    let desk = Desk::open(FEED, "2026-03-01T10:00:00+07:00").await;
    // The list rolls on, the tag stays: whoever asks for changes is told that there are none.
    let serve = |items: &[Item]| {
        desk.publish(items);
        let date = |it: &Item| at(it.date.unwrap()).to_rfc2822();
        let entry = |it: &Item| {
            format!("<item><title>{}</title><link>{}</link><pubDate>{}</pubDate></item>", it.title, desk.server.url(&it.path), date(it))
        };
        let feed = format!("<rss version=\"2.0\"><channel><title>A</title>{}</channel></rss>", items.iter().map(entry).collect::<String>());
        desk.server.on_call("/rss", move |request| match request.header("if-none-match") {
            Some(_) => Answer::status(304),
            None => Answer::ok("application/rss+xml", &feed).header("ETag", "\"1\""),
        });
    };
    let news = [
        item(9, "2026-03-03T08:00:00+07:00"),
        item(6, "2026-03-02T11:00:00+07:00"),
        item(5, "2026-03-01T12:00:00+07:00"),
        item(1, "2026-03-01T08:00:00+07:00"),
    ];
    serve(&news[3..]);
    assert_eq!(outcomes(&desk.crawl().await), [Outcome::Fresh]);
    serve(&news[2..]);
    for _ in 0..3 {
        desk.wait(TimeDelta::hours(6));
        assert_eq!(outcomes(&desk.crawl().await), [Outcome::Unchanged]);
        assert!(!covered(&desk, "2026-03-01T10:00:00+07:00", &desk.now().to_rfc3339()).await, "a claim is no sight");
    }
    desk.wait(TimeDelta::hours(6));
    let whole = desk.crawl().await;
    assert_eq!((whole.visits[0].outcome, whole.visits[0].new, whole.visits[0].gap), (Outcome::Fresh, 1, false));
    assert!(covered(&desk, "2026-03-01T10:00:00+07:00", "2026-03-02T10:00:00+07:00").await, "the whole document a day later overlaps");
    serve(&news[..1]);
    desk.wait(TimeDelta::hours(23));
    assert_eq!(outcomes(&desk.crawl().await), [Outcome::Unchanged]);
    desk.wait(TimeDelta::hours(1));
    assert!(desk.crawl().await.visits[0].gap, "what rolled through behind the lie is a gap");
    assert!(!covered(&desk, "2026-03-02T10:00:00+07:00", "2026-03-03T10:00:00+07:00").await);
}

#[tokio::test]
async fn c8_volatile_links_make_no_duplicates_and_one_guid_for_all_items_swallows_none() {
    let desk = Desk::open(FEED, "2026-03-01T09:00:00+07:00").await;
    // No guid, and another link at each answer.
    let volatile = |turn: u32| {
        let items: String = (1..=5)
            .map(|number| {
                let link = desk.server.url(&format!("/tin-{number}.html?v=f{turn}e{number}"));
                format!("<item><title>Chợ phiên xã Sơn Hòa nhộn nhịp kỳ {number}</title><link>{link}</link></item>")
            })
            .collect();
        desk.server.on("/rss", Answer::ok("application/rss+xml", format!("<rss version=\"2.0\"><channel>{items}</channel></rss>")));
    };
    volatile(1);
    let first = desk.crawl().await;
    desk.wait(TimeDelta::hours(1));
    volatile(2);
    let second = desk.crawl().await;
    assert_eq!((first.visits[0].new, second.visits[0].new, second.visits[0].known), (5, 0, 5));
    // The same guid on all items.
    let items: String = (11..=15)
        .map(|number| {
            let link = desk.server.url(&format!("/tin-{number}.html"));
            format!("<item><guid>tin</guid><title>Tin {number}</title><link>{link}</link></item>")
        })
        .collect();
    desk.server.on("/rss", Answer::ok("application/rss+xml", format!("<rss version=\"2.0\"><channel>{items}</channel></rss>")));
    desk.wait(TimeDelta::hours(1));
    let third = desk.crawl().await;
    desk.wait(TimeDelta::hours(1));
    let fourth = desk.crawl().await;
    assert_eq!((third.visits[0].new, fourth.visits[0].new), (5, 0));
}

#[tokio::test]
async fn c9_a_month_is_named_and_judged_right_on_both_sides_of_its_border_and_after_a_late_start() {
    let desk = Desk::open(FEED, "2026-03-15T10:00:00+07:00").await;
    desk.publish(&[item(1, "2026-03-15T08:00:00+07:00"), item(2, "2026-03-14T08:00:00+07:00")]);
    desk.crawl().await;
    for (now, month, verdict, reason) in [
        ("2026-03-31T23:59:00+07:00", "2026-03", Verdict::Open, Reason::MonthRunning),
        ("2026-04-01T00:01:00+07:00", "2026-03", Verdict::Open, Reason::InGrace),
        ("2026-04-01T00:01:00+07:00", "2026-04", Verdict::Open, Reason::MonthRunning),
        // The outlet was added in mid-month: nobody looked before.
        ("2026-04-20T00:00:00+07:00", "2026-03", Verdict::Undetermined, Reason::CoverageGap),
        ("2026-04-20T00:00:00+07:00", "2026-02", Verdict::Undetermined, Reason::CoverageGap),
        ("2026-12-31T23:59:00+07:00", "2026-12", Verdict::Open, Reason::MonthRunning),
        ("2027-01-01T00:01:00+07:00", "2026-12", Verdict::Open, Reason::InGrace),
        ("2028-02-29T23:59:00+07:00", "2028-02", Verdict::Open, Reason::MonthRunning),
        ("2028-03-01T00:01:00+07:00", "2028-02", Verdict::Open, Reason::InGrace),
    ] {
        desk.set(now);
        let review = review(&desk.app.line, month.parse().unwrap(), &[]).await.unwrap();
        let shown = serde_json::to_value(&review).unwrap();
        assert_eq!((shown["month"].as_str(), shown["as_of"].as_str()), (Some(month), Some(now)), "the heading of {month} at {now}");
        assert_eq!((review.outlets[0].verdict, review.outlets[0].reason), (verdict, reason), "{month} at {now}");
        let early = review.outlets[0].coverage.gaps.iter().all(|it| it.from < it.to && it.to <= review.as_of);
        assert!(early, "a gap that lies ahead: {:?}", review.outlets[0].coverage.gaps);
    }
}

#[tokio::test]
async fn c10_a_verdict_that_stands_is_recorded_once_however_often_the_program_starts_again() {
    let mut desk = Desk::open(FEED, "2026-02-27T10:00:00+07:00").await;
    watch_march(&desk, &[], |_| false).await;
    let mut changed = Vec::new();
    for _ in 0..40 {
        desk = desk.reopened().await;
        desk.crawl_due().await;
        let march = review(&desk.app.line, "2026-03".parse().unwrap(), &[]).await.unwrap();
        assert_eq!(march.outlets[0].verdict, Verdict::NotMet);
        changed.push(record_changes(&desk.app.line, &march).await.unwrap());
    }
    assert_eq!((changed[0], changed[1..].iter().sum::<usize>()), (1, 0));
}

#[tokio::test]
async fn a_new_title_wakes_an_article_that_was_given_up() {
    let desk = Desk::open(FEED, "2026-03-01T10:00:00+07:00").await;
    let lost = item(1, "2026-03-01T08:00:00+07:00");
    for _ in 0..4 {
        desk.publish(std::slice::from_ref(&lost));
        desk.server.on(&lost.path, Answer::status(404));
        desk.crawl().await;
        desk.wait(TimeDelta::days(1));
    }
    assert!(desk.month("2026-03").await.unread.is_empty(), "given up after three tries in three days");
    let renamed = Item { title: about(1, "2026-03-01T08:00:00+07:00").title, ..lost };
    desk.publish(std::slice::from_ref(&renamed));
    desk.server.on(&renamed.path, Answer::status(404));
    desk.crawl().await;
    assert_eq!(desk.month("2026-03").await.pending[0].why, PendingWhy::Candidate);
}

/// Two complete sections, each with an article a day; the first one's list stands still from `frozen` on.
async fn watch_sections(frozen: &str) -> (Verdict, Reason) {
    let section = |path: &str| format!("[[outlet.source]]\nkind = \"feed\"\nurl = \"http://{{host}}/{path}\"\ncovers = \"section\"\n");
    let register = FEED.split_once("[[outlet.source]]").map_or(FEED, |it| it.0).to_owned()
        + "sections_complete = true\n"
        + &section("a")
        + &section("b");
    let desk = Desk::open(&register, "2026-02-10T10:00:00+07:00").await;
    let first = at("2026-01-20T08:00:00+07:00");
    let dates: Vec<&'static str> = (0..80).map(|it| &*(first + TimeDelta::days(it)).to_rfc3339().leak()).collect();
    while desk.now() < at("2026-04-07T10:00:00+07:00") {
        for (path, base, until) in [("/a", 1_000, at(frozen)), ("/b", 2_000, desk.now())] {
            let seen = dates.iter().zip(base..).filter(|(date, _)| at(date) <= desk.now().min(until));
            let mut items: Vec<Item> = seen.map(|(date, number)| item(number, date)).collect();
            items.reverse();
            items.truncate(12);
            desk.publish_at(path, &items, "");
        }
        desk.crawl().await;
        desk.wait(TimeDelta::hours(12));
    }
    desk.verdict("2026-03").await
}

#[tokio::test]
async fn a_section_that_stands_still_while_the_others_go_on_proves_nothing() {
    assert_eq!(watch_sections("2027-01-01T00:00:00+07:00").await, (Verdict::NotMet, Reason::NoneFound));
    for frozen in ["2026-03-10T09:00:00+07:00", "2026-03-31T09:00:00+07:00"] {
        assert_eq!(watch_sections(frozen).await, (Verdict::Undetermined, Reason::CoverageGap), "{frozen}");
    }
}

#[tokio::test]
async fn what_was_seen_under_an_address_that_a_source_had_before_is_seen() {
    let mut desk = Desk::open(FEED, "2026-02-27T10:00:00+07:00").await;
    watch_march(&desk, &[], |_| false).await;
    let register = desk.dir.path().join("config/outlets.toml");
    let old = std::fs::read_to_string(&register).unwrap();
    let changed = old.replace("/rss\"", "/tin.rss\"");
    for (formerly, verdict) in [("", Verdict::Undetermined), ("formerly = [\"http://{host}/rss\"]\n", Verdict::NotMet)] {
        std::fs::write(&register, changed.clone() + &formerly.replace("{host}", &desk.server.host())).unwrap();
        desk = desk.reopened().await;
        assert_eq!(desk.verdict("2026-03").await.0, verdict, "{formerly}");
    }
}

#[tokio::test]
async fn names_of_victims_are_masked_wherever_an_article_is_shown() {
    let desk = Desk::open(FEED, "2026-03-10T10:00:00+07:00").await;
    let mut told = about(1, "2026-03-09T08:00:00+07:00");
    told.title = "Nạn nhân Lò Thị Mẫu kể chuyện bị lừa bán".to_owned();
    let second = about(2, "2026-03-09T09:00:00+07:00");
    desk.publish(&[second, told]);
    desk.crawl().await;
    let march = desk.month("2026-03").await;
    let titles: Vec<&str> = march.evidence.iter().map(|it| it.title.as_str()).collect();
    assert!(titles.contains(&"Nạn nhân L.T.M. kể chuyện bị lừa bán"), "{titles:?}");
    let outlet = &desk.app.line.register.outlets[0];
    let zip = diembao::jobs::dossier::dossier(&desk.app.line, outlet, "2026-03".parse().unwrap()).await.unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut file, &mut bytes).unwrap();
        // The archive's records are the proof itself.
        let proof = name.starts_with("warc/");
        assert!(proof || !String::from_utf8_lossy(&bytes).contains("Lò Thị Mẫu"), "{name} shows the name");
    }
}

#[tokio::test]
async fn what_is_found_is_counted_and_filtered_by_facets() {
    let desk = Desk::open(FEED, "2026-03-10T10:00:00+07:00").await;
    desk.publish(&[about(2, "2026-03-09T09:00:00+07:00"), item(1, "2026-03-09T08:00:00+07:00")]);
    desk.crawl().await;
    follow(&desk.app.line.store, &desk.app.search, &|_| ()).await.unwrap();
    let question = Question::read("Sơn Hòa");
    let all = desk.app.search.find(&question, &Filter::default(), 10).unwrap();
    assert_eq!(all.facets["genre"], [("news".to_owned(), 2)]);
    assert_eq!(all.facets["source"], [("own".to_owned(), 2)]);
    let one = |name: &str, value: &str| Filter { facets: vec![(name.to_owned(), value.to_owned())], ..Filter::default() };
    for (name, value, found) in [("genre", "news", 2), ("judgement", "about", 1), ("source", "reprint", 0), ("topic", "law", 1)] {
        assert_eq!(desk.app.search.find(&question, &one(name, value), 10).unwrap().total, found, "{name}:{value}");
    }
}
