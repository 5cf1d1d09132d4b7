//! The rehearsed year, crawled through the real line over real HTTP: the board must come out as scripted.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    process::{Command, Stdio},
    time::Duration,
};

use chrono::{DateTime, Timelike, Utc};
use diembao::{
    app::{
        Places,
        demo::{Demo, Year},
    },
    domain::{
        month::Month,
        notice::{Channel, NoticeKey, NoticeState, Step},
        verdict::Verdict,
    },
    rehearsal::expected::{Expected, expected},
    search::{Filter, query::Question},
    store::{Store, notice::NoticeFilter},
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

    let places = demo.app.places.clone();
    let found = demo.app.search.find(&Question::read("\"mua ban nguoi\""), &Filter::default(), 100).unwrap();
    assert!(found.total >= 50, "{} articles found", found.total);
    let mornings: BTreeSet<DateTime<Utc>> = said.iter().filter(|it| it.1.step == Step::Alert).map(|it| it.0).collect();
    demo.app.close().await;
    under_a_killer(&places, &mornings).await;
}

/// Kills of the rounds of a morning, unless `DIEMBAO_KILLS` says how many in all.
const KILLS: u32 = 18;
/// The latest moment of a kill after a start, in milliseconds: a round of the year takes less.
const MOMENT: u64 = 2_500;

/// The mornings of the alerts once more, from nothing said, each round killed at any moment of it before one is let go through.
async fn under_a_killer(places: &Places, mornings: &BTreeSet<DateTime<Utc>>) {
    let kills: u32 = std::env::var("DIEMBAO_KILLS").map_or(KILLS, |it| it.parse().unwrap());
    let url = Store::sqlite_url(&places.data.join("diembao.db"));
    let pool = sqlx::AnyPool::connect(&url).await.unwrap();
    for table in ["notice", "verdict_change", "letter", "cause"] {
        sqlx::query(sqlx::AssertSqlSafe(format!("DELETE FROM {table}"))).execute(&pool).await.unwrap();
    }
    pool.close().await;
    let outbox = places.data.join("outbox");
    fs::remove_dir_all(&outbox).unwrap();
    let start = |now: DateTime<Utc>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_diembao"));
        command.arg("--config").arg(&places.config).arg("--data").arg(&places.data).arg("--index").arg(&places.index);
        command.args(["--now", &now.to_rfc3339(), "notify"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let mut state = 11u64;
    for (at, now) in mornings.iter().enumerate() {
        let share = kills * (at as u32 + 1) / mornings.len() as u32 - kills * at as u32 / mornings.len() as u32;
        for _ in 0..share {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let mut child = start(*now);
            tokio::time::sleep(Duration::from_millis((state >> 33) % MOMENT)).await;
            child.kill().unwrap();
            child.wait().unwrap();
        }
        assert!(start(*now).wait().unwrap().success());
    }
    let store = Store::open(&url).await.unwrap();
    let all = store.notices(&NoticeFilter::default(), 0, u32::MAX).await.unwrap();
    let files: Vec<String> = fs::read_dir(&outbox).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    let whole = files.iter().filter(|it| it.ends_with(".eml")).count();
    let sent: Vec<&NoticeKey> = all.iter().filter(|it| it.state == NoticeState::Sent).map(|it| &it.key).collect();
    assert_eq!(whole, sent.len(), "each once: {files:?}");
    let mut alerted: Vec<(String, Month)> = Vec::new();
    for key in sent.iter().filter(|it| it.step == Step::Alert) {
        alerted.push((key.outlet().unwrap().to_string(), key.month().unwrap()));
    }
    alerted.sort();
    let deserved = expected().into_iter().filter(|it| it.verdict == Verdict::NotMet);
    let mut deserved: Vec<(String, Month)> = deserved.map(|it| (it.outlet.to_owned(), it.month)).collect();
    deserved.sort();
    assert_eq!(alerted, deserved, "none is lost and none too many");
    let mut drafted = HashMap::new();
    for letter in store.letters(0, 1_000).await.unwrap() {
        for outlet in letter.outlets {
            *drafted.entry((outlet, letter.month)).or_insert(0) += 1;
        }
    }
    assert!(drafted.len() == alerted.len() && drafted.values().all(|it| *it == 1), "one draft for each: {drafted:?}");
    store.close().await;
}
