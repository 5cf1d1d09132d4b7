//! The store's promises, kept on SQLite and on a throw-away PostgreSQL alike: one SQL text, the same behaviour.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod postgres;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use diembao::{
    domain::{
        article::{Entry, Page, Rejection},
        clock::{ClockFigures, ClockKey, RuleState},
        coverage::GapReason,
        date::{DateEvidence, DateReading, DateSource, Precision, ZoneLabel},
        link::article_key,
        month::{Month, Span},
        outlet::{Covers, Outlet, OutletId},
        relevance::{Judgement, JudgementKind, Reading, judge, judge_unread},
        review::{DateFirmness, ReadState},
        verdict::{Reason, Verdict},
        visit::{Counts, Outcome},
    },
    store::{
        Store,
        article::FailedReading,
        clock::{Decision, Keep, NewRule},
        month::VerdictChange,
        run::{Job, RunEnd},
        source::SourceState,
        visit::{ListedEntry, VisitRecord},
    },
};
use url::Url;

const ZONE: chrono_tz::Tz = chrono_tz::Asia::Ho_Chi_Minh;

/// Runs a test on a fresh database of either kind.
async fn on_both<F: AsyncFn(Store)>(name: &str, test: F) {
    let dir = tempfile::tempdir().unwrap();
    let sqlite = Store::open(&Store::sqlite_url(&dir.path().join("test.db"))).await.unwrap();
    test(sqlite.clone()).await;
    sqlite.close().await;
    let postgres = Store::open(&postgres::database(name)).await.unwrap();
    test(postgres.clone()).await;
    postgres.close().await;
}

fn outlet() -> Outlet {
    let text = "[[outlet]]\nid = \"a\"\nname = \"A\"\nkind = \"newspaper\"\nhosts = [\"a.example\"]\n\
                [[outlet.source]]\nkind = \"feed\"\nurl = \"https://a.example/rss\"\ncovers = \"outlet\"\n\
                [[outlet.source]]\nkind = \"feed\"\nurl = \"https://a.example/rss/two\"\ncovers = \"section\"\n";
    let config = diembao::config::Config::of_texts(std::path::Path::new("config"), text, "", None, None).unwrap();
    config.register.outlets[0].clone()
}

fn terms() -> diembao::domain::relevance::Terms {
    diembao::config::Config::of_texts(std::path::Path::new("config"), "", "", None, None).unwrap().terms
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn entry(number: u32, published: Option<&str>) -> Entry {
    Entry {
        url: format!("https://a.example/tin-{number}.html").parse().unwrap(),
        title: format!("Tin số {number}"),
        summary: String::new(),
        published: published.map(at),
        published_raw: published.map(str::to_owned),
        reading: DateReading::default(),
        modified: None,
    }
}

/// A visit to one of the outlet's two sources that listed these entries.
struct Visit<'a> {
    outlet: &'a Outlet,
    source: usize,
    at: DateTime<Utc>,
    entries: &'a [Entry],
    rejected: u64,
    certified_from: Option<DateTime<Utc>>,
    gap: Option<(DateTime<Utc>, GapReason)>,
    state: SourceState,
}

impl<'a> Visit<'a> {
    fn to(outlet: &'a Outlet, entries: &'a [Entry], when: &str) -> Self {
        let when = at(when);
        let state = SourceState { first_good: Some(when), certified_to: Some(when), ..SourceState::default() };
        Self { outlet, source: 0, at: when, entries, rejected: 0, certified_from: None, gap: None, state }
    }

    async fn record(&self, store: &Store) -> Counts {
        let terms = terms();
        let listed = |entry: &'a Entry| ListedEntry {
            outlet: &self.outlet.id,
            key: article_key(self.outlet, &entry.url),
            entry,
            date: entry.published_raw.clone().map(|raw| DateEvidence::read(DateSource::Feed, raw, entry.published, entry.reading)),
            not_before: DateTime::UNIX_EPOCH,
        };
        let rejected: BTreeMap<Rejection, u64> = [(Rejection::ForeignHost, self.rejected)].into();
        let record = VisitRecord {
            outlet: &self.outlet.id,
            source: &self.outlet.sources[self.source].url,
            at: self.at,
            outcome: Outcome::Fresh,
            detail: "",
            status: Some(200),
            bytes: 10,
            digest: None,
            in_document: self.entries.len() as u64 + self.rejected,
            rejected,
            entries: self.entries.iter().map(listed).collect(),
            certified_from: self.certified_from,
            gap: self.gap,
            state: &self.state,
            judge: &|entry| judge_unread(&terms, &entry.title, &entry.summary),
            terms: "t1",
            zone: ZONE,
        };
        store.record_visit(&record).await.unwrap()
    }
}

fn evidence(from: DateSource, raw: String, instant: Option<DateTime<Utc>>) -> DateEvidence {
    DateEvidence::new(from, raw, instant, Precision::Minute)
}

fn about() -> (Page, Judgement) {
    let page = Page {
        title: "Tập huấn phòng, chống mua bán người".to_owned(),
        text: "Sáng nay, phường tổ chức tập huấn.".to_owned(),
        ..Page::default()
    };
    let judgement = judge(&terms(), &Reading { title: &page.title, lead: "", body: &page.text });
    (page, judgement)
}

fn month(text: &str) -> Span {
    text.parse::<Month>().unwrap().span(ZONE)
}

const LATER: &str = "2027-01-01T00:00:00Z";

#[tokio::test]
async fn every_entry_of_a_visit_is_new_or_known_or_turned_away() {
    on_both("conservation", async |store| {
        let outlet = outlet();
        let entries: Vec<_> = (1..=600).map(|it| entry(it, Some("2026-03-10T08:00:00+07:00"))).collect();
        let first = Visit { rejected: 3, ..Visit::to(&outlet, &entries[..500], "2026-03-10T02:00:00Z") }.record(&store).await;
        assert_eq!((first.new, first.known, first.in_document, first.hold()), (500, 0, 503, true));
        let second = Visit::to(&outlet, &entries[400..], "2026-03-10T08:00:00Z").record(&store).await;
        assert_eq!((second.new, second.known, second.hold()), (100, 100, true));
        let again = Visit::to(&outlet, &entries, "2026-03-10T14:00:00Z").record(&store).await;
        assert_eq!((again.new, again.known, again.hold()), (0, 600, true));
    })
    .await;
}

#[tokio::test]
async fn an_article_listed_by_two_sources_is_one_article_with_both_dates() {
    on_both("two_sources", async |store| {
        let outlet = outlet();
        let undated = [entry(1, None)];
        Visit { source: 1, ..Visit::to(&outlet, &undated, "2026-03-31T17:00:00Z") }.record(&store).await;
        let found = store.month_articles(&outlet.id, month("2026-03"), at(LATER)).await.unwrap();
        assert_eq!((found.len(), found[0].date_standing), (1, DateFirmness::Undated));
        let dated = [entry(1, Some("2026-03-31T23:30:00+07:00"))];
        let counts = Visit::to(&outlet, &dated, "2026-03-31T18:00:00Z").record(&store).await;
        assert_eq!((counts.new, counts.known), (0, 1));
        let found = store.month_articles(&outlet.id, month("2026-03"), at(LATER)).await.unwrap();
        assert_eq!((found.len(), found[0].date_standing), (1, DateFirmness::Sure));
        assert!(store.month_articles(&outlet.id, month("2026-04"), at(LATER)).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn dates_on_both_sides_of_a_border_put_an_article_before_both_months() {
    on_both("straddle", async |store| {
        let outlet = outlet();
        let listed = [entry(1, Some("2026-03-31T23:30:00+07:00"))];
        Visit::to(&outlet, &listed, "2026-03-31T18:00:00Z").record(&store).await;
        let waiting = store.to_read(&outlet.id, None, 10).await.unwrap();
        let (mut page, judgement) = about();
        let printed = "2026-04-01T00:30:00+07:00";
        page.dates = vec![evidence(DateSource::Printed, printed.to_owned(), Some(at(printed)))];
        store.record_reading(waiting[0].id, &outlet.id, &page, &judgement, "t1", ZONE).await.unwrap();
        for (name, found) in [("2026-03", 1), ("2026-04", 1), ("2026-05", 0)] {
            let articles = store.month_articles(&outlet.id, month(name), at(LATER)).await.unwrap();
            assert_eq!(articles.len(), found, "{name}");
            assert!(articles.iter().all(|it| it.date_standing == DateFirmness::Straddles && it.judgement == JudgementKind::About));
            assert_eq!(store.count_articles(&outlet.id, month(name), at(LATER)).await.unwrap(), 0, "{name}: no firm date");
        }
    })
    .await;
}

#[tokio::test]
async fn an_unread_article_waits_is_tried_again_and_is_given_up_only_when_told_so() {
    on_both("unread", async |store| {
        let outlet = outlet();
        let listed = [entry(1, Some("2026-03-10T08:00:00+07:00"))];
        Visit::to(&outlet, &listed, "2026-03-10T02:00:00Z").record(&store).await;
        let id = store.to_read(&outlet.id, Some(at("2026-03-10T02:00:00Z")), 10).await.unwrap()[0].id;
        let failure =
            |given_up| FailedReading { why: "gone", at: at("2026-03-10T02:00:00Z"), next_try: at("2026-03-10T03:00:00Z"), given_up };
        store.record_failed_reading(id, &failure(false)).await.unwrap();
        assert!(store.to_read(&outlet.id, Some(at("2026-03-10T02:59:59Z")), 10).await.unwrap().is_empty());
        let again = store.to_read(&outlet.id, Some(at("2026-03-10T03:00:00Z")), 10).await.unwrap();
        assert_eq!((again[0].attempts, again[0].first_failed), (1, Some(at("2026-03-10T02:00:00Z"))));
        let state = async || store.month_articles(&outlet.id, month("2026-03"), at(LATER)).await.unwrap()[0].clone();
        assert_eq!((state().await.state, state().await.unread_why.as_deref()), (ReadState::Unread, Some("gone")));
        store.record_failed_reading(id, &failure(true)).await.unwrap();
        assert_eq!(state().await.state, ReadState::Gone);
        assert!(store.to_read(&outlet.id, None, 10).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_due_source_is_claimed_by_one_worker_only() {
    on_both("claim", async |store| {
        let outlet = outlet();
        let (id, url): (&OutletId, &Url) = (&outlet.id, &outlet.sources[0].url);
        let now = at("2026-03-10T02:00:00Z");
        let claims = futures_util::future::join_all((0..8).map(|_| store.claim_due(id, url, now))).await;
        assert_eq!(claims.into_iter().filter(|it| *it.as_ref().unwrap()).count(), 1);
        assert!(!store.claim_due(id, url, now + TimeDelta::minutes(9)).await.unwrap(), "somebody is at it");
        assert!(store.claim_due(id, url, now + TimeDelta::minutes(11)).await.unwrap(), "the worker must have died");
        let state = SourceState { next_visit: now + TimeDelta::hours(6), ..SourceState::default() };
        Visit { state, ..Visit::to(&outlet, &[], "2026-03-10T02:12:00Z") }.record(&store).await;
        assert!(!store.claim_due(id, url, now + TimeDelta::hours(5)).await.unwrap(), "not due yet");
        assert!(store.claim_due(id, url, now + TimeDelta::hours(6)).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn writers_at_the_same_time_lose_and_double_nothing() {
    on_both("concurrent", async |store| {
        let outlet = outlet();
        let entries: Vec<_> = (1..=40).map(|it| entry(it, Some("2026-03-10T08:00:00+07:00"))).collect();
        let (outlet, entries) = (&outlet, &entries);
        let visits = (0..8).map(|it| {
            let store = &store;
            async move { Visit { source: it % 2, ..Visit::to(outlet, entries, "2026-03-10T02:00:00Z") }.record(store).await }
        });
        let counts = futures_util::future::join_all(visits).await;
        assert!(counts.iter().all(Counts::hold));
        assert_eq!(counts.iter().map(|it| it.new).sum::<u64>(), 40);
        assert_eq!(store.count_articles(&outlet.id, month("2026-03"), at(LATER)).await.unwrap(), 40);
    })
    .await;
}

#[tokio::test]
async fn change_numbers_rise_so_that_the_index_can_follow() {
    on_both("changes", async |store| {
        let outlet = outlet();
        let entries: Vec<_> = (1..=5).map(|it| entry(it, Some("2026-03-10T08:00:00+07:00"))).collect();
        Visit::to(&outlet, &entries, "2026-03-10T02:00:00Z").record(&store).await;
        let all = store.changed_after(0, 100).await.unwrap();
        assert!(all.len() == 5 && all.is_sorted_by_key(|it| it.change));
        let mark = store.latest_change().await.unwrap();
        assert!(store.changed_after(mark, 100).await.unwrap().is_empty());
        let (page, judgement) = about();
        store.record_reading(all[2].id, &outlet.id, &page, &judgement, "t1", ZONE).await.unwrap();
        let changed = store.changed_after(mark, 100).await.unwrap();
        assert_eq!(changed.iter().map(|it| (it.id, it.judgement, it.read)).collect::<Vec<_>>(), [(all[2].id, JudgementKind::About, true)]);
    })
    .await;
}

#[tokio::test]
async fn coverage_is_what_visits_certified_up_to_the_time_that_is_asked_for() {
    on_both("ledger", async |store| {
        let outlet = outlet();
        let visit = |when: &'static str| Visit::to(&outlet, &[], when);
        let first = at("2026-03-01T00:00:00Z");
        visit("2026-03-01T00:00:00Z").record(&store).await;
        let state = |certified: &str| SourceState { first_good: Some(first), certified_to: Some(at(certified)), ..SourceState::default() };
        let whole = visit("2026-03-02T00:00:00Z");
        Visit { certified_from: Some(first), state: state("2026-03-02T00:00:00Z"), ..whole }.record(&store).await;
        let gap = Some((at("2026-03-02T00:00:00Z"), GapReason::WindowRolledOver));
        Visit { gap, state: state("2026-03-05T00:00:00Z"), ..visit("2026-03-05T00:00:00Z") }.record(&store).await;
        let ledgers = async |now: &str| store.ledgers(&outlet, month("2026-03"), at(now)).await.unwrap();
        let full = ledgers(LATER).await;
        assert_eq!((full.len(), full[0].covers, full[0].first_good), (2, Covers::Outlet, Some(first)));
        assert_eq!(full[0].certified, [Span { from: first, to: at("2026-03-02T00:00:00Z") }]);
        assert_eq!(full[0].gaps[0].why, GapReason::WindowRolledOver);
        assert!(ledgers("2026-03-03T00:00:00Z").await[0].gaps.is_empty(), "the gap was not known then");
        assert!(full[1].certified.is_empty() && full[1].first_good.is_none());
    })
    .await;
}

#[tokio::test]
async fn a_verdict_becomes_a_row_only_when_it_changes() {
    on_both("verdicts", async |store| {
        let outlet = outlet();
        let month: Month = "2026-03".parse().unwrap();
        let change =
            |verdict, reason, count| VerdictChange { outlet: &outlet.id, month, verdict, reason, count, at: at(LATER), terms: "t1" };
        assert!(store.record_verdict(&change(Verdict::NotMet, Reason::NoneFound, 0)).await.unwrap());
        assert!(!store.record_verdict(&change(Verdict::NotMet, Reason::NoneFound, 0)).await.unwrap());
        assert!(store.record_verdict(&change(Verdict::Met, Reason::Articles, 1)).await.unwrap());
        let latest = store.latest_verdicts(&[month]).await.unwrap();
        assert_eq!(latest[&("a".to_owned(), month)].verdict, Verdict::Met);
    })
    .await;
}

#[tokio::test]
async fn a_run_that_is_due_is_begun_once_and_missed_ones_are_remembered() {
    on_both("runs", async |store| {
        let due = [at("2026-03-01T00:00:00Z"), at("2026-03-01T06:00:00Z"), at("2026-03-01T12:00:00Z")];
        assert_eq!(store.last_due(Job::Crawl).await.unwrap(), None);
        store.record_missed(Job::Crawl, &due[..2]).await.unwrap();
        assert!(store.begin_run(Job::Crawl, due[2], due[2]).await.unwrap());
        assert!(!store.begin_run(Job::Crawl, due[2], due[2]).await.unwrap(), "another worker has it");
        store.end_run(Job::Crawl, due[2], &RunEnd::Done, due[2]).await.unwrap();
        assert_eq!(store.last_due(Job::Crawl).await.unwrap(), Some(due[2]));
        assert_eq!(store.last_due(Job::Review).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_clock_rule_weighs_dates_again_only_when_it_is_kept() {
    on_both("clock", async |store| {
        let outlet = outlet();
        // 31 March 20:00 and 15 March 08:00, labelled GMT: the first is April's by its label and March's by the rule.
        let reading = DateReading { label: ZoneLabel::Gmt, ..DateReading::default() };
        let entries =
            [("2026-03-31T20:00:00Z", 1), ("2026-03-15T08:00:00Z", 2)].map(|(at, number)| Entry { reading, ..entry(number, Some(at)) });
        Visit::to(&outlet, &entries, "2026-04-01T05:00:00Z").record(&store).await;
        let firm = async |span| store.count_articles(&outlet.id, month(span), at(LATER)).await.unwrap();
        assert_eq!((firm("2026-03").await, firm("2026-04").await), (1, 0), "the word GMT is doubted");
        let key = ClockKey { from: DateSource::Feed, label: ZoneLabel::Gmt };
        let new = NewRule { outlet: &outlet.id, key, minutes: 420, since: None, figures: &ClockFigures::default(), firm: true };
        let decision = |state| Decision { state, at: at("2026-04-02T00:00:00Z"), by: "an", reason: "đã hỏi tòa soạn" };
        let (name, moved) = store.record_clock_rule(&new, &decision(RuleState::Proposed), ZONE).await.unwrap().unwrap();
        assert!(moved.moves().is_empty(), "doubted before and after");
        assert!(store.record_clock_rule(&new, &decision(RuleState::Proposed), ZONE).await.unwrap().is_none(), "one is open");
        let change = async |state, keep| store.change_clock_rule(name.id, &decision(state), keep, ZONE).await.unwrap();
        let dry = change(RuleState::Applied, Keep::DryRun).await.unwrap();
        assert_eq!(dry.months(), ["2026-03".parse().unwrap(), "2026-04".parse().unwrap()]);
        assert_eq!((firm("2026-03").await, firm("2026-04").await), (1, 0));
        assert_eq!(change(RuleState::Applied, Keep::Kept).await, Some(dry));
        assert_eq!((firm("2026-03").await, firm("2026-04").await), (2, 0));
        assert_eq!(change(RuleState::Applied, Keep::Kept).await, None, "it is in force already");
        change(RuleState::Withdrawn, Keep::Kept).await.unwrap();
        assert_eq!((firm("2026-03").await, firm("2026-04").await), (1, 1), "an officer says that the label is right");
        let (again, _) = store.record_clock_rule(&new, &decision(RuleState::Proposed), ZONE).await.unwrap().unwrap();
        assert_eq!((name.version, again.version), (1, 2));
        let rules = store.clock_rules(Some(&outlet.id)).await.unwrap();
        let states: Vec<_> = rules.iter().map(|it| (it.rule.state, it.changes.len())).collect();
        assert_eq!(states, [(RuleState::Withdrawn, 3), (RuleState::Proposed, 1)]);
        assert_eq!(rules[0].changes[1].moved[0].articles, 1);
    })
    .await;
}

#[tokio::test]
async fn the_schema_is_brought_up_to_date_once_and_found_so_again() {
    let dir = tempfile::tempdir().unwrap();
    for url in [Store::sqlite_url(&dir.path().join("again.db")), postgres::database("again")] {
        for _ in 0..2 {
            let store = Store::open(&url).await.unwrap();
            assert_eq!(store.latest_change().await.unwrap(), 0);
            store.close().await;
        }
    }
}

#[tokio::test]
async fn an_address_that_answers_nothing_is_named_without_its_password() {
    let fault = Store::open("postgres://officer:secret@127.0.0.1:1/none").await.unwrap_err();
    let said = format!("{fault:?} {fault}");
    assert!(said.contains("127.0.0.1:1/none") && !said.contains("secret"), "{said}");
}
