//! Makes a failing world small: whatever can go without the law being kept goes.

use crate::simulation::{
    oracle::{Law, check},
    reader::{House, run},
    world::{Dated, Minute, World},
};

/// Worlds tried at most.
const TRIES_MAX: u32 = 400;

/// A smaller world that breaks the same law.
pub async fn shrink(world: World, law: Law, house: House) -> World {
    let mut small = world;
    let mut tries = 0;
    loop {
        let mut smaller = None;
        for candidate in candidates(&small, law) {
            tries += 1;
            if tries > TRIES_MAX {
                return small;
            }
            if breaks(&candidate, law, house).await {
                smaller = Some(candidate);
                break;
            }
        }
        match smaller {
            Some(found) => small = found,
            None => return small,
        }
    }
}

async fn breaks(world: &World, law: Law, house: House) -> bool {
    let made = run(world, House { search: law == Law::IndexFollows, ..house }).await;
    check(world, &made).breaches.iter().any(|it| it.law == law)
}

/// Smaller worlds, the boldest cuts first.
fn candidates(world: &World, law: Law) -> Vec<World> {
    let mut found = Vec::new();
    let mut push = |change: &dyn Fn(&mut World)| {
        let mut smaller = world.clone();
        change(&mut smaller);
        if smaller != *world && !smaller.sources.is_empty() {
            found.push(smaller);
        }
    };
    for at in 0..world.faults.len() {
        push(&|it| {
            it.faults.remove(at);
        });
    }
    if world.sources.len() > 1 && !world.items.iter().any(|it| it.only.is_some()) {
        push(&|it| {
            it.sources.pop();
        });
    }
    push(&|it| it.months = 1);
    for size in [2, 4, 8, 16, 32] {
        for part in 0..size {
            let cut = |count: usize| (count * part / size)..(count * (part + 1) / size);
            push(&|it| drop(it.items.drain(cut(it.items.len()))));
            // A calm world is calm only as long as it is watched.
            if law != Law::CalmIsDecided {
                push(&|it| drop(it.visits.drain(cut(it.visits.len()))));
            }
        }
    }
    for at in 0..world.items.len() {
        push(&|it| it.items[at].dated = Dated::True);
        push(&|it| it.items[at].edit = None);
        push(&|it| it.items[at].late = 0);
        push(&|it| it.items[at].only = None);
        push(&|it| it.items[at].until = None);
        push(&|it| it.items[at].vanishes = None);
    }
    for at in 0..world.faults.len() {
        push(&|it| {
            let fault = &mut it.faults[at];
            fault.to = fault.from + (fault.to - fault.from) / 2 as Minute;
        });
    }
    if world.items.len() <= 24 {
        for at in 0..world.items.len() {
            push(&|it| {
                it.items.remove(at);
            });
        }
    }
    if world.visits.len() <= 24 && law != Law::CalmIsDecided {
        for at in 0..world.visits.len() {
            push(&|it| {
                it.visits.remove(at);
            });
        }
    }
    found
}
