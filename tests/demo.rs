//! The rehearsed year, crawled through the real line over real HTTP: the board must come out as scripted.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Timelike, Utc};
use diembao::{
    app::demo::{Demo, Year},
    domain::{
        month::Month,
        notice::{Channel, NoticeKey, NoticeState, Step},
        verdict::Verdict,
    },
    rehearsal::expected::{Expected, expected},
    search::{Filter, query::Question},
};

/// What went out in the year: each notice with its instant, in the order of time.
type Said = Vec<(DateTime<Utc>, NoticeKey)>;

/// Goes through the year as `run` does: every half day a crawl, every morning a round of notices.
async fn live_through(year: &Year) -> Said {
    let notifier = year.app.notifier().unwrap();
    let mut said = Vec::new();
    while !year.is_over() {
        year.visit().await.unwrap();
        if year.now().with_timezone(&year.app.line.zone).hour() < 12 {
            let report = notifier.notify(&year.app.line).await.unwrap().unwrap();
            let sent = report.notices.into_iter().filter(|it| it.channel == Channel::Mail && it.state == NoticeState::Sent);
            said.extend(sent.map(|it| (year.now(), it.key)));
        }
        year.move_on();
    }
    said
}

/// What is wrong with what was said: alerts and letters that no scripted month deserves, and deserved ones that are missing.
async fn wrongly_said(demo: &Demo, said: &Said) -> Vec<String> {
    let line = &demo.app.line;
    let mut wrong = Vec::new();
    let cells: HashMap<(&str, Month), Expected> = expected().into_iter().map(|it| ((it.outlet, it.month), it)).collect();
    let deserves = |outlet: &str, month| cells.get(&(outlet, month)).is_some_and(|it| it.verdict == Verdict::NotMet);
    for (at, key) in said {
        let (Some(outlet), Some(month)) = (key.outlet(), key.month()) else { continue };
        let right = match key.step {
            Step::Alert => deserves(outlet.as_str(), month) && *at >= line.calendar.grace_end(month, 3, line.zone),
            Step::Escalation => deserves(outlet.as_str(), month) && deserves(outlet.as_str(), month.previous()),
            // Nobody is reminded who owes nothing, or of a month that is over.
            Step::Reminder(_) => {
                cells.get(&(outlet.as_str(), month)).is_none_or(|it| it.verdict != Verdict::Exempt) && *at < month.span(line.zone).to
            }
            _ => false,
        };
        if !right {
            wrong.push(format!("{at}: {key} went out"));
        }
    }
    let times = |step: Step, it: &Expected| {
        said.iter()
            .filter(|(_, key)| key.step == step && key.month() == Some(it.month) && key.outlet().is_some_and(|id| id.as_str() == it.outlet))
            .count()
    };
    for it in cells.values() {
        let asked = usize::from(it.verdict == Verdict::NotMet);
        if times(Step::Alert, it) != asked {
            wrong.push(format!("{} {}: {} alerts", it.outlet, it.month, times(Step::Alert, it)));
        }
        if times(Step::Escalation, it) != usize::from(asked == 1 && deserves(it.outlet, it.month.previous())) {
            wrong.push(format!("{} {}: {} escalations", it.outlet, it.month, times(Step::Escalation, it)));
        }
    }
    for letter in line.store.letters(0, 1_000).await.unwrap() {
        for outlet in letter.outlets.iter().filter(|it| !deserves(it.as_str(), letter.month)) {
            wrong.push(format!("a letter of {} to {outlet}", letter.month));
        }
    }
    wrong
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rehearsed_year_comes_out_as_scripted_for_every_outlet_and_month_and_nobody_is_accused_wrongly() {
    let dir = tempfile::tempdir().unwrap();
    let year = Year::open(dir.path()).await.unwrap();
    let said = live_through(&year).await;
    let demo = year.close().await.unwrap();
    let mut seen = HashMap::new();
    for review in &demo.reviews {
        for it in &review.outlets {
            seen.insert((it.outlet.to_string(), review.month), it.clone());
        }
    }
    let mut wrong = Vec::new();
    for cell in expected() {
        let it = &seen[&(cell.outlet.to_owned(), cell.month)];
        let same = (it.verdict, it.reason) == (cell.verdict, cell.reason) && (cell.verdict != Verdict::Met || it.count == cell.count);
        if !same {
            wrong.push(format!(
                "{} {}: {} / {} ({}), scripted {} / {} ({}): {}",
                cell.outlet, cell.month, it.verdict, it.reason, it.count, cell.verdict, cell.reason, cell.count, cell.why
            ));
        }
    }
    assert_eq!(seen.len(), expected().len());
    assert!(wrong.is_empty(), "{} cells differ:\n{}", wrong.len(), wrong.join("\n"));

    let mut count: BTreeMap<Step, usize> = BTreeMap::new();
    for (_, key) in &said {
        *count.entry(key.step).or_default() += 1;
    }
    println!("{count:?}");
    let wrong = wrongly_said(&demo, &said).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    let found = demo.app.search.find(&Question::read("\"mua ban nguoi\""), &Filter::default(), 100).unwrap();
    assert!(found.total >= 50, "{} articles found", found.total);
    demo.app.close().await;
}
