//! The store's promises, kept on SQLite and on a throw-away PostgreSQL alike: one SQL text, the same behaviour.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod postgres;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use diembao::{
    domain::{
        article::{Entry, Page, Rejection},
        capture::Place,
        cause::{Cause, CauseKind},
        clock::{ClockFigures, ClockKey, RuleState},
        control::ControlResult,
        coverage::GapReason,
        date::{DateEvidence, DateReading, DateSource, Precision, ZoneLabel},
        delivery::Delivery,
        letter::LetterState,
        link::article_key,
        month::{Month, Span},
        notice::{Channel, NoticeKey, NoticeState, Step},
        outlet::{Covers, Outlet, OutletId},
        relevance::{Judgement, JudgementKind, Reading, judge, judge_unread},
        review::{DateFirmness, ReadState},
        verdict::{Reason, Verdict},
        visit::{Counts, Outcome},
    },
    store::{
        Store, StoreError,
        article::{FailedReading, ReadingRecord},
        capture::{Capture, NewCapture},
        cause::CauseNews,
        clock::{Decision, Keep, NewRule},
        hand::Hand,
        letter::{LetterFiles, LetterStep},
        month::VerdictChange,
        notice::{LeftBy, NewNotice, NoticeFilter},
        run::{CutRuns, Job, LastRun, RunEnd},
        silence::Silence,
        source::SourceState,
        uptime::{ProbeResult, ProbeRound},
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
    captures: &'a [NewCapture],
    state: SourceState,
}

impl<'a> Visit<'a> {
    fn to(outlet: &'a Outlet, entries: &'a [Entry], when: &str) -> Self {
        let when = at(when);
        let state = SourceState { first_good: Some(when), certified_to: Some(when), ..SourceState::default() };
        Self { outlet, source: 0, at: when, entries, rejected: 0, certified_from: None, gap: None, captures: &[], state }
    }

    async fn record(&self, store: &Store) -> Counts {
        self.try_record(store).await.unwrap()
    }

    async fn try_record(&self, store: &Store) -> Result<Counts, StoreError> {
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
            strays: Vec::new(),
            certified_from: self.certified_from,
            gap: self.gap,
            part: None,
            captures: self.captures,
            state: &self.state,
            judge: &|entry| judge_unread(&terms, &entry.title, &entry.summary),
            terms: "t1",
            zone: ZONE,
        };
        store.record_visit(&record).await
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
    let judgement = judge(&terms(), &Reading { title: &page.title, body: &page.text, ..Reading::default() });
    (page, judgement)
}

fn reading<'a>(outlet: &'a Outlet, page: &'a Page, judgement: &'a Judgement) -> ReadingRecord<'a> {
    let (facets, privacy) = (Box::leak(Box::default()), Box::leak(Box::default()));
    ReadingRecord { outlet: &outlet.id, page, judgement, facets, privacy, terms: "t1", zone: ZONE, captures: &[] }
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
        store.record_reading(waiting[0].id, &reading(&outlet, &page, &judgement)).await.unwrap();
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
        let (when, next_try) = (at("2026-03-10T02:00:00Z"), at("2026-03-10T03:00:00Z"));
        let failure = |given_up| FailedReading { why: "gone", at: when, next_try, given_up, captures: &[] };
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
        store.record_reading(all[2].id, &reading(&outlet, &page, &judgement)).await.unwrap();
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
        // A visit in June that settles all since March; the ones between settle a day each, and bear on no month but their own.
        let state = state("2026-06-20T00:00:00Z");
        let short = visit("2026-06-10T00:00:00Z");
        Visit { certified_from: Some(at("2026-06-09T00:00:00Z")), state: state.clone(), ..short }.record(&store).await;
        let long = visit("2026-06-20T00:00:00Z");
        Visit { certified_from: Some(at("2026-03-05T00:00:00Z")), state, ..long }.record(&store).await;
        let march = &ledgers("2026-07-01T00:00:00Z").await[0].certified;
        assert_eq!(march.len(), 2, "{march:?}");
        assert_eq!(march[1], Span { from: at("2026-03-05T00:00:00Z"), to: at("2026-06-20T00:00:00Z") });
    })
    .await;
}

#[tokio::test]
async fn a_notice_is_written_once_claimed_by_one_and_called_for_by_a_verdict() {
    on_both("notices", async |store| {
        let (outlet, month, now) = (outlet(), "2026-03".parse::<Month>().unwrap(), at(LATER));
        let key = |step| NoticeKey::of_month(step, &outlet.id, month);
        let called = |step| Some(NewNotice { key: key(step), state: NoticeState::Called, message: None });
        let change = |verdict, reason, count, step| VerdictChange {
            outlet: &outlet.id,
            month,
            verdict,
            reason,
            count,
            at: now,
            terms: "t1",
            calls: called(step),
            channels: &[Channel::Mail],
        };
        store.record_verdict(&change(Verdict::Met, Reason::Articles, 1, Step::Correction)).await.unwrap();
        assert!(store.notices(&NoticeFilter::default(), 0, 10).await.unwrap().is_empty(), "nothing to correct");
        store.record_verdict(&change(Verdict::NotMet, Reason::NoneFound, 0, Step::Alert)).await.unwrap();
        let written = store.notices(&NoticeFilter { outlet: Some(&outlet.id), states: &[] }, 0, 10).await.unwrap();
        let [alert] = written.as_slice() else { panic!("{written:?}") };
        let again: Vec<NewNotice> = called(Step::Alert).into_iter().collect();
        assert_eq!(store.call_for(&again, &[Channel::Mail], now).await.unwrap(), 0, "written once");
        store.cancel_notice(alert.id, "không cần nữa", now).await.unwrap();
        assert_eq!(store.call_for(&again, &[Channel::Mail], now).await.unwrap(), 1, "called for anew");
        let claims = [store.claim_notice(alert.id, "{}", now).await.unwrap(), store.claim_notice(alert.id, "{}", now).await.unwrap()];
        assert_eq!(claims, [true, false]);
        assert_eq!(store.take_up_left(LeftBy::Lapsed, Channel::Mail, false, now).await.unwrap(), 0, "whoever claimed it may be at it");
        let later = Delivery::later("450 4.2.1 bận");
        assert_eq!(store.settle_notice(alert.id, 1, &later, now).await.unwrap(), NoticeState::Called);
        assert!(!store.claim_notice(alert.id, "{}", now).await.unwrap(), "not before its pause is over");
        let then = now + TimeDelta::minutes(6);
        assert!(store.notices_wait(then).await.unwrap() && store.claim_notice(alert.id, "{}", then).await.unwrap());
        assert_eq!(store.take_up_left(LeftBy::Anyone, Channel::Mail, false, then).await.unwrap(), 1);
        assert_eq!(store.notice_states(Channel::Mail).await.unwrap()[&key(Step::Alert)], NoticeState::MaybeSent);
        assert!(store.handle_notice(alert.id, Hand::Resend, &"chưa nhận được".parse().unwrap(), "hoa", then).await.unwrap());
        assert!(store.claim_notice(alert.id, "{}", then).await.unwrap());
        store.settle_notice(alert.id, 1, &Delivery::sent("250 OK", Vec::new()), then).await.unwrap();
        store.record_verdict(&change(Verdict::Met, Reason::Articles, 2, Step::Correction)).await.unwrap();
        assert_eq!(store.notices_of(&outlet.id, month).await.unwrap().len(), 2, "an alert went out, so there is something to correct");
        assert!(store.last_called(Step::Alert).await.unwrap().is_some() && store.last_called(Step::Digest).await.unwrap().is_none());
        assert!(store.verify_audit().await.unwrap().is_ok());
    })
    .await;
}

#[tokio::test]
async fn silences_causes_and_letters_are_kept_with_their_ends() {
    on_both("silences", async |store| {
        let (outlet, now) = (outlet(), at(LATER));
        let span = Span { from: now, to: now + TimeDelta::days(2) };
        let silence = Silence { outlet: None, span, reason: "lũ lụt".parse().unwrap() };
        store.keep_silence(&silence, "hoa", now).await.unwrap();
        let kept = store.silences().await.unwrap();
        assert!(kept[0].covers(&outlet.id, now) && !kept[0].covers(&outlet.id, span.to));
        assert!(store.lift_silence(kept[0].id, "hoa", now).await.unwrap() && !store.lift_silence(kept[0].id, "hoa", now).await.unwrap());
        assert!(!store.silences().await.unwrap()[0].covers(&outlet.id, now));

        let (key, what) = ("own line".to_owned(), "Đường truyền".to_owned());
        let cause = Cause { key, kind: CauseKind::ControlSilent, what, url: String::new(), why: String::new() };
        let begun = CauseNews { begun: vec![(cause.clone(), now)], over: Vec::new() };
        for _ in 0..2 {
            store.tell_causes(&begun, None, now).await.unwrap();
        }
        assert_eq!(store.causes().await.unwrap().len(), 1);
        store.tell_causes(&CauseNews { begun: Vec::new(), over: vec![(cause, now)] }, None, now).await.unwrap();
        assert!(store.causes().await.unwrap().is_empty());
        store.tell_causes(&begun, None, now).await.unwrap();
        assert_eq!(store.causes().await.unwrap().len(), 1, "it began anew");

        let month: Month = "2026-03".parse().unwrap();
        let id = store.draft_letter(month, std::slice::from_ref(&outlet.id), "hoa", now).await.unwrap();
        let files = LetterFiles { docx: "d".to_owned(), pdf: "p".to_owned() };
        let issue = LetterStep::Issue(5, "2026-04-06".parse().unwrap());
        assert!(!store.advance_letter(id, &issue, "hoa", now).await.unwrap(), "nobody approved it");
        assert!(store.advance_letter(id, &LetterStep::Approve(files.clone()), "mai", now).await.unwrap());
        assert!(
            store.advance_letter(id, &issue, "mai", now).await.unwrap()
                && !store.advance_letter(id, &LetterStep::Drop, "mai", now).await.unwrap()
        );
        let letter = store.letter(id).await.unwrap().unwrap();
        assert_eq!((letter.state, letter.files, letter.issued.unwrap().0), (LetterState::Issued, Some(files), 5));
        assert!(store.letters_of(month).await.unwrap().len() == 1 && store.count_drafts().await.unwrap() == 0);
        assert!(store.verify_audit().await.unwrap().is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_verdict_becomes_a_row_only_when_it_changes() {
    on_both("verdicts", async |store| {
        let outlet = outlet();
        let month: Month = "2026-03".parse().unwrap();
        let change = |verdict, reason, count| VerdictChange {
            outlet: &outlet.id,
            month,
            verdict,
            reason,
            count,
            at: at(LATER),
            terms: "t1",
            calls: None,
            channels: &[],
        };
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
        let last = async |job, now: &str| store.last_run(job, at(now)).await.unwrap();
        assert_eq!(last(Job::Crawl, LATER).await, None);
        store.record_missed(Job::Crawl, &due[..2]).await.unwrap();
        assert!(store.begin_run(Job::Crawl, due[2], due[2]).await.unwrap());
        assert!(!store.begin_run(Job::Crawl, due[2], due[2]).await.unwrap(), "another worker has it");
        store.end_run(Job::Crawl, due[2], &RunEnd::Done, due[2]).await.unwrap();
        assert_eq!(last(Job::Crawl, "2026-03-01T12:00:00Z").await, Some(LastRun { due: due[2], cut: 0 }));
        assert_eq!(
            last(Job::Crawl, "2026-03-01T11:59:59Z").await.map(|it| it.due),
            Some(due[1]),
            "a later one is of a clock that was ahead"
        );
        assert_eq!(last(Job::Review, LATER).await, None);
    })
    .await;
}

/// Runs a test with two workers on one fresh database of either kind.
async fn with_two_workers<F: AsyncFn(Store, Store)>(name: &str, test: F) {
    let dir = tempfile::tempdir().unwrap();
    for url in [Store::sqlite_url(&dir.path().join("test.db")), postgres::database(name)] {
        let (one, other) = (Store::open(&url).await.unwrap(), Store::open(&url).await.unwrap());
        test(one.clone(), other.clone()).await;
        one.close().await;
        other.close().await;
    }
}

#[tokio::test]
async fn only_the_runs_of_dead_workers_are_ended_as_cut_short_and_their_sources_are_free_again() {
    with_two_workers("cut_runs", async |one, other| {
        let (outlet, now) = (outlet(), at("2026-03-01T00:00:00Z"));
        let (id, url) = (&outlet.id, &outlet.sources[0].url);
        let minutes = |it| now + TimeDelta::minutes(it);
        assert!(one.begin_run(Job::Crawl, now, now).await.unwrap());
        assert!(one.claim_due(id, url, now).await.unwrap());
        assert_eq!(other.cut_runs(CutRuns::Lapsed, minutes(2)).await.unwrap(), 0, "it may be alive");
        one.renew_leases(minutes(2)).await.unwrap();
        assert_eq!(other.cut_runs(CutRuns::Lapsed, minutes(4)).await.unwrap(), 0, "it gave a sign of life");
        assert_eq!(one.cut_runs(CutRuns::Lapsed, minutes(60)).await.unwrap(), 0, "nobody is dead to himself");
        assert!(!other.claim_due(id, url, minutes(4)).await.unwrap());
        assert_eq!(other.cut_runs(CutRuns::Lapsed, minutes(6)).await.unwrap(), 1);
        assert_eq!(other.cut_runs(CutRuns::Lapsed, minutes(6)).await.unwrap(), 0, "once");
        assert!(other.claim_due(id, url, minutes(6)).await.unwrap(), "the dead worker's claim is gone with it");
        assert_eq!(other.last_run(Job::Crawl, minutes(6)).await.unwrap(), Some(LastRun { due: now, cut: 1 }));

        assert!(one.begin_run(Job::Crawl, minutes(7), minutes(7)).await.unwrap());
        assert_eq!(other.cut_runs(CutRuns::Own, minutes(7)).await.unwrap(), 0, "it is not the other's");
        assert_eq!(other.cut_runs(CutRuns::AllOthers, minutes(7)).await.unwrap(), 1, "known to be alone");
        assert!(one.begin_run(Job::Crawl, minutes(8), minutes(8)).await.unwrap());
        assert_eq!(one.cut_runs(CutRuns::Own, minutes(8)).await.unwrap(), 1);
        assert_eq!(one.last_run(Job::Crawl, minutes(8)).await.unwrap().map(|it| it.cut), Some(3));
        assert!(one.begin_run(Job::Crawl, minutes(9), minutes(9)).await.unwrap());
        one.end_run(Job::Crawl, minutes(9), &RunEnd::Done, minutes(9)).await.unwrap();
        assert_eq!(one.last_run(Job::Crawl, minutes(9)).await.unwrap().map(|it| it.cut), Some(0), "a run that went through");
    })
    .await;
}

#[tokio::test]
async fn signs_of_life_make_one_row_for_each_stretch_of_life_whatever_the_clock_does() {
    with_two_workers("heartbeats", async |one, other| {
        let minute = |it: i64| at("2026-03-01T00:00:00Z") + TimeDelta::minutes(it);
        for (worker, now) in [(&one, 0), (&one, 3), (&other, 5), (&one, 4), (&other, 60), (&one, 62), (&one, 20), (&one, 24), (&one, 62)] {
            worker.beat(minute(now)).await.unwrap();
        }
        let spans: Vec<_> = one.life().await.unwrap().run.iter().map(|it| (it.from, it.to)).collect();
        assert_eq!(
            spans,
            [(0, 5), (60, 62), (20, 24), (62, 62)].map(|(from, to)| (minute(from), minute(to))),
            "two workers live one life; a pause, a step back and a step forward each begin a row"
        );
    })
    .await;
}

#[tokio::test]
async fn what_the_control_addresses_answered_is_kept_by_rounds() {
    on_both("probes", async |store| {
        let probe = |url: &str, outcome| ProbeResult { url: url.parse().unwrap(), outcome, detail: "x".to_owned() };
        let first = ProbeRound { at: at("2026-03-01T00:00:00Z"), results: vec![probe("https://c.example/", Outcome::Fresh)] };
        let results = vec![probe("https://c.example/", Outcome::Unreachable), probe("https://d.example/", Outcome::ServerError)];
        let second = ProbeRound { at: at("2026-03-01T06:00:00Z"), results };
        for round in [&first, &second] {
            store.record_probes(round).await.unwrap();
        }
        assert_eq!(store.last_probes(at("2026-02-28T00:00:00Z")).await.unwrap(), None);
        assert_eq!(store.last_probes(at("2026-03-01T05:59:59Z")).await.unwrap(), Some(first.clone()));
        assert_eq!(store.last_probes(at("2026-03-01T06:00:00Z")).await.unwrap(), Some(second.clone()));
    })
    .await;
}

#[tokio::test]
async fn looks_at_the_control_outlet_are_kept_and_none_is_overwritten() {
    on_both("control_results", async |store| {
        let day = |it: u32| chrono::NaiveDate::from_ymd_opt(2026, 3, it).unwrap();
        let look = |of, checked_at: &str, found| ControlResult {
            day: day(of),
            checked_at: at(checked_at),
            found,
            judged_about: found,
            judged_unrelated: true,
            whole: true,
            detail: "x".to_owned(),
        };
        let looks = [look(1, "2026-03-01T12:00:00Z", true), look(1, "2026-03-02T12:00:00Z", false), look(2, "2026-03-02T12:00:00Z", true)];
        store.record_control(&looks[..1]).await.unwrap();
        store.record_control(&looks[1..]).await.unwrap();
        assert_eq!(store.control_results(day(1), day(2), at(LATER)).await.unwrap(), looks);
        assert_eq!(store.control_results(day(1), day(1), at("2026-03-02T11:59:59Z")).await.unwrap(), looks[..1]);
        assert_eq!(store.control_results(day(2), day(31), at(LATER)).await.unwrap(), looks[2..]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn first_starts_side_by_side_on_one_new_database_all_succeed() {
    let dir = tempfile::tempdir().unwrap();
    for round in 0..8 {
        let url = Store::sqlite_url(&dir.path().join(format!("race-{round}.db")));
        race(&url).await;
    }
    race(&postgres::database("race")).await;
}

async fn race(url: &str) {
    let starts: Vec<_> = (0..6)
        .map(|_| {
            let url = url.to_owned();
            tokio::spawn(async move { Store::open(&url).await })
        })
        .collect();
    for start in starts {
        let store = start.await.unwrap().unwrap();
        assert_eq!(store.latest_change().await.unwrap(), 0);
        store.close().await;
    }
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

fn kept(number: u64, url: &str, when: &str, repeats: Option<i64>) -> NewCapture {
    let (file, digest) = ("diembao-20260310020000-00001.warc.gz".to_owned(), format!("sha256:{:064x}", number % 10));
    let place = Place { file, offset: number * 1_000, digest, record: format!("urn:uuid:{number:08x}-0000-8000-8000-000000000000") };
    NewCapture { url: url.parse().unwrap(), at: at(when), status: 200, place, repeats }
}

#[tokio::test]
async fn captures_lead_from_visits_and_articles_to_the_archive() {
    on_both("captures", async |store| {
        let outlet = outlet();
        let source = &outlet.sources[0].url;
        let (first, second) = ("2026-03-10T02:00:00Z", "2026-03-10T08:00:00Z");
        let new = [kept(1, source.as_str(), first, None), kept(2, "https://a.example/rss?p=2", first, None)];
        let entries = [entry(1, None)];
        Visit { captures: &new, ..Visit::to(&outlet, &entries, first) }.record(&store).await;
        let known = store.whole_captures(source, 8).await.unwrap();
        assert_eq!(known.iter().map(|it| (it.at, it.digest.as_str())).collect::<Vec<_>>(), [(at(first), new[0].place.digest.as_str())]);
        // The same body again: the row takes address and digest from the one that has it.
        let again = [kept(11, source.as_str(), second, Some(known[0].id))];
        Visit { captures: &again, ..Visit::to(&outlet, &[], second) }.record(&store).await;
        Visit { source: 1, captures: &[kept(3, "https://a.example/rss/two", second, None)], ..Visit::to(&outlet, &[], second) }
            .record(&store)
            .await;
        assert_eq!(store.whole_captures(source, 8).await.unwrap(), known, "a revisit has no body to repeat");
        let listed = store.captures_of_source(&outlet.id, source, month("2026-03")).await.unwrap();
        let shown =
            |it: &Capture| NewCapture { url: it.url.clone(), at: it.at, status: it.status, place: it.place.clone(), repeats: it.repeats };
        assert_eq!(listed.iter().map(shown).collect::<Vec<_>>(), [new.as_slice(), &again].concat());
        assert!(listed[0].visit.is_some() && listed[0].visit == listed[1].visit && listed[1].visit < listed[2].visit);
        assert_eq!(store.capture(listed[2].repeats.unwrap()).await.unwrap().as_ref(), Some(&listed[0]));
        let later = Span { from: at(second), to: at(LATER) };
        assert_eq!(store.captures_of_source(&outlet.id, source, later).await.unwrap(), listed, "with the visit before the window");
        let before = store.captures_of_source(&outlet.id, source, month("2026-02")).await.unwrap();
        assert_eq!(before, listed[..2], "the visit after the window alone");

        let id = store.to_read(&outlet.id, None, 10).await.unwrap()[0].id;
        let url = entries[0].url.as_str();
        let failed = [kept(4, url, first, None)];
        let failure = FailedReading { why: "gone", at: at(first), next_try: at(second), given_up: false, captures: &failed };
        store.record_failed_reading(id, &failure).await.unwrap();
        let (page, judgement) = about();
        let read = [kept(5, url, second, None)];
        store.record_reading(id, &ReadingRecord { captures: &read, ..reading(&outlet, &page, &judgement) }).await.unwrap();
        let listed = store.captures_of_article(id).await.unwrap();
        assert_eq!(listed.iter().map(shown).collect::<Vec<_>>(), [failed, read].concat());
        assert!(listed.iter().all(|it| it.article == Some(id) && it.visit.is_none()));
        assert_eq!(store.whole_captures(&entries[0].url, 1).await.unwrap()[0].id, listed[1].id, "the latest first");
        assert_eq!(store.capture(i64::MAX).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_visit_whose_captures_cannot_be_written_leaves_nothing() {
    on_both("captures_whole", async |store| {
        let outlet = outlet();
        let entries = [entry(1, None)];
        let nowhere = [kept(1, outlet.sources[0].url.as_str(), "2026-03-10T02:00:00Z", Some(4_711))];
        let visit = Visit { captures: &nowhere, ..Visit::to(&outlet, &entries, "2026-03-10T02:00:00Z") };
        assert!(visit.try_record(&store).await.is_err(), "there is no such capture to repeat");
        assert!(store.articles_after(0, 10).await.unwrap().is_empty());
        assert_eq!(store.last_visit(&outlet.id, &outlet.sources[0].url).await.unwrap(), None);
    })
    .await;
}
