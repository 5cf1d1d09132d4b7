//! The rehearsed year, crawled through the real line over real HTTP: the board must come out as scripted.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::collections::HashMap;

use chrono::TimeDelta;
use diembao::{
    app::{demo::rehearse, fixed_clock},
    domain::{notice::Step, verdict::Verdict},
    jobs::{Line, notify::Prospect},
    rehearsal::expected::expected,
    search::{Filter, query::Question},
};

/// Goes through the year as it was known day by day: the alerts and reminders that no scripted month deserves, and how many went out
/// rightly.
async fn alerts_without_cause(line: &Line) -> (Vec<String>, usize) {
    let (mut wrong, mut right) = (Vec::new(), 0);
    let key = expected();
    for month in diembao::rehearsal::expected::months() {
        let grace = line.calendar.grace_end(month, 3, line.zone);
        let last = month.span(line.zone).to;
        for now in [last - TimeDelta::days(10), last - TimeDelta::days(5), grace + TimeDelta::hours(9), grace + TimeDelta::days(20)] {
            let then = Line { clock: fixed_clock(now), ..line.clone() };
            for it in diembao::jobs::notify::rehearse(&then).await.unwrap().others {
                let (Some(outlet), Some(about)) = (it.key.outlet(), it.key.month()) else { continue };
                let cell = key.iter().find(|cell| cell.outlet == outlet.as_str() && cell.month == about);
                if !matches!(it.call, Prospect::Due | Prospect::Waits) {
                    continue;
                }
                let deserved = match it.key.step {
                    Step::Alert => cell.is_some_and(|it| it.verdict == Verdict::NotMet),
                    // Nobody is reminded who owes nothing.
                    Step::Reminder(_) => cell.is_none_or(|it| it.verdict != Verdict::Exempt),
                    _ => false,
                };
                if deserved { right += 1 } else { wrong.push(format!("{now}: {}", it.key)) }
            }
        }
    }
    (wrong, right)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rehearsed_year_comes_out_as_scripted_for_every_outlet_and_month() {
    let dir = tempfile::tempdir().unwrap();
    let demo = rehearse(dir.path()).await.unwrap();
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

    let false_alerts = alerts_without_cause(&demo.app.line).await;
    assert!(false_alerts.0.is_empty(), "{:?}", false_alerts.0);
    assert!(false_alerts.1 > 20, "{} alerts: the ladder stands still", false_alerts.1);

    let found = demo.app.search.find(&Question::read("\"mua ban nguoi\""), &Filter::default(), 100).unwrap();
    assert!(found.total >= 50, "{} articles found", found.total);
    demo.app.close().await;
}
