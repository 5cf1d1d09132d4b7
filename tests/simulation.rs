//! Random worlds with known truth through the real line: no false accusation, no lost evidence, and verdicts that commit.
//!
//! `DIEMBAO_SIM_WORLDS` says how many worlds, `DIEMBAO_SIM_SEED` the first seed (or the only one, with one world). A world that
//! breaks a law is made small and printed as a test to be pasted into `simulation/found.rs`.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod simulation {
    pub mod draw;
    mod found;
    pub mod oracle;
    pub mod reader;
    pub mod shrink;
    pub mod site;
    pub mod tally;
    pub mod texts;
    pub mod world;
}

use diembao::{
    config::Config,
    domain::relevance::{JudgementKind, Reading, judge},
};
use simulation::{
    draw,
    oracle::{Breach, Law, Unknowable, check},
    reader::{House, run},
    shrink::shrink,
    tally::Tally,
    texts::report,
    world::{DAY, Text, Trouble, World},
};
use std::sync::{
    Mutex,
    atomic::{AtomicU64, Ordering},
};

/// Worlds in the test script.
const WORLDS: u64 = 160;
/// Worlds side by side.
const THREADS: usize = 2;
/// Failing worlds that are made small; the others are only named.
const SHRUNK_MAX: usize = 3;

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|it| it.parse().unwrap())
}

fn alone<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

#[test]
fn no_outlet_is_accused_wrongly_and_no_evidence_is_lost_in_random_worlds() {
    let worlds = setting("DIEMBAO_SIM_WORLDS").unwrap_or(WORLDS);
    let first = setting("DIEMBAO_SIM_SEED").unwrap_or(1);
    let next = AtomicU64::new(first);
    let (tally, failed) = (Mutex::new(Tally::default()), Mutex::new(Vec::<(u64, Vec<Breach>)>::new()));
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= first + worlds {
                        break;
                    }
                    let world = draw::world(seed);
                    let finding = alone(examine(&world, seed));
                    if !finding.breaches.is_empty() {
                        failed.lock().unwrap().push((seed, finding.breaches.clone()));
                    }
                    tally.lock().unwrap().add(&world, &finding);
                }
            });
        }
    });
    println!("{}", tally.into_inner().unwrap());
    let mut failed = failed.into_inner().unwrap();
    failed.sort_by_key(|it| it.0);
    for (seed, breaches) in &failed {
        println!("seed {seed}: {:?}: {}", breaches[0].law, breaches[0].text);
    }
    let mut laws = Vec::new();
    for (seed, breaches) in &failed {
        let law = breaches[0].law;
        if laws.len() < SHRUNK_MAX && !laws.contains(&law) {
            laws.push(law);
            let house = house(*seed);
            let small = if law == Law::MoreVisitsHarmNothing { draw::world(*seed) } else { alone(shrink(draw::world(*seed), law, house)) };
            println!(
                "\nseed {seed} breaks {law:?}:\n#[test]\nfn a_world_that_broke_a_law() {{\n    keeps_the_laws_in({house:?}, &{});\n}}\n",
                small.script()
            );
        }
    }
    assert!(failed.is_empty(), "{} of {worlds} worlds from seed {first} on break a law", failed.len());
}

/// Who is at work in the world of a seed.
fn house(seed: u64) -> House {
    House { search: seed.is_multiple_of(4), officers: seed % 3 == 1, back: seed % 4 == 2 }
}

/// Runs a world and checks it; every eighth with more visits as well.
async fn examine(world: &World, seed: u64) -> simulation::oracle::Finding {
    let made = run(world, house(seed)).await;
    let mut finding = check(world, &made);
    if seed % 8 == 3 {
        let busy = busier(world);
        let more = check(&busy, &run(&busy, House { search: false, ..house(seed) }).await);
        let more_visits_missed = more.unknowable.contains_key(&Unknowable::Withdrawn);
        finding.breaches.extend(more.breaches);
        for (place, (fewer, more)) in finding.ends.iter().zip(&more.ends).enumerate() {
            use diembao::domain::verdict::Verdict::{Met, NotMet};
            // A part that was read shortly before is not read again for what stood in it for some hours only.
            if fewer.0 == Met && more.0 == NotMet && !more_visits_missed {
                finding
                    .breaches
                    .push(Breach { law: Law::MoreVisitsHarmNothing, text: format!("judged month {place}: {fewer:?}, then {more:?}") });
            }
        }
    }
    finding
}

/// The same world, looked at twice as often.
fn busier(world: &World) -> World {
    let mut busy = world.clone();
    let between: Vec<_> = world.visits.windows(2).map(|it| (it[0] + it[1]) / 2).collect();
    busy.visits.extend(between);
    busy.visits.sort_unstable();
    busy
}

/// Fails with what a world breaks in which nobody but the line is at work.
fn keeps_the_laws(world: &World) {
    keeps_the_laws_in(House { search: true, ..House::default() }, world);
}

/// Fails with what a world breaks.
fn keeps_the_laws_in(house: House, world: &World) {
    let finding = alone(async { check(world, &run(world, house).await) });
    assert!(finding.breaches.is_empty(), "{:#?}", finding.breaches);
}

#[test]
fn the_texts_of_the_worlds_are_judged_as_they_are_meant() {
    let config = Config::of_texts(std::path::Path::new("config"), "", "", None, None).unwrap();
    for n in 0..60 {
        for version in 0..2 {
            for (text, kind) in [
                (Text::Title, JudgementKind::About),
                (Text::Lead, JudgementKind::About),
                (Text::Body, JudgementKind::About),
                (Text::Mention, JudgementKind::Mention),
                (Text::Candidate, JudgementKind::Candidate),
                (Text::Other, JudgementKind::Unrelated),
            ] {
                let it = report(n, text, version);
                let body = format!("{}\n{}", it.lead, it.paragraphs.join("\n"));
                let judged = judge(&config.terms, &Reading { title: &it.title, lead: &it.lead, body: &body, captions: "" });
                assert_eq!(judged.kind, kind, "{text:?} {n} {version}: {}", it.title);
            }
        }
    }
}

#[test]
fn the_worlds_hold_what_they_are_drawn_for() {
    let worlds: Vec<World> = (1..400).map(draw::world).collect();
    let calm = worlds.iter().filter(|it| it.calm).count();
    assert!((60..120).contains(&calm), "{calm} calm worlds");
    assert!(worlds.iter().any(|it| it.has(|it| it == Trouble::Clock(40 * DAY))));
    assert!(worlds.iter().all(|it| it.visits.is_sorted() && !it.items.is_empty()));
    assert_eq!(draw::world(7), draw::world(7));
}
