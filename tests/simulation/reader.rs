//! Drives the real line through a world: visits, restarts, wrong clocks; and looks at the verdicts on the way.

use std::{
    collections::HashMap,
    fs,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use chrono::{DateTime, Utc};
use diembao::{
    app::{App, Places},
    domain::{
        month::{Month, Span},
        review::OutletMonth,
    },
    jobs::{
        Clock,
        crawl::{CrawlScope, crawl},
        index::follow,
        review::review,
    },
    search::{Filter, Search, query::Question},
    store::{Store, article::Stored},
};
use sqlx::Row;

use crate::simulation::{
    site::{Door, Log},
    world::{DAY, Minute, Source, Trouble, World},
};

/// All that is known of a run.
pub struct Run {
    pub log: Log,
    pub looks: Vec<Look>,
    /// Visit rows and reports that break the conservation law, in words.
    pub unbalanced: Vec<String>,
    /// Articles that the rebuilt index does not find.
    pub not_found: Vec<u32>,
}

/// What the program says at a moment.
pub struct Look {
    pub at: Minute,
    /// By our clock.
    pub clock: DateTime<Utc>,
    pub months: Vec<MonthSeen>,
    /// The articles in the store, by the number of their item.
    pub known: HashMap<u32, Stored>,
}

pub struct MonthSeen {
    pub month: Month,
    pub span: Span,
    pub grace_end: DateTime<Utc>,
    pub seen: OutletMonth,
}

/// Looks are this far apart; more often only where something ends or the clock is wrong.
const LOOK_EVERY: Minute = 3 * DAY;

const SITE: &str = "[crawl]\nhost_delay = \"0s\"\ntimeout = \"5s\"\nallow_private_hosts = true\n";

/// Runs a world from its first visit to its last; with `search`, an index is built from the store at the end.
pub async fn run(world: &World, search: bool) -> Run {
    let (mut door, site) = Door::open(world).await;
    let dir = tempfile::tempdir().unwrap();
    let places = Places { config: dir.path().join("config"), data: dir.path().join("data"), index: dir.path().join("index") };
    fs::create_dir(&places.config).unwrap();
    fs::write(places.config.join("outlets.toml"), register(world, &site.host)).unwrap();
    fs::write(places.config.join("diembao.toml"), SITE).unwrap();
    let time = Arc::new(AtomicI64::new(0));
    let reads = time.clone();
    let clock = Clock(Arc::new(move || DateTime::from_timestamp(reads.load(Ordering::SeqCst), 0).unwrap()));
    let mut app = App::open(&places, clock.clone()).await.unwrap();
    let mut made = Run { log: Log::default(), looks: Vec::new(), unbalanced: Vec::new(), not_found: Vec::new() };
    let visits: Vec<Minute> = world.visits.iter().copied().filter(|at| !world.troubles(*at).any(|it| it == Trouble::Down)).collect();
    let mut before = visits.first().copied().unwrap_or(0) - 1;
    for (place, at) in visits.iter().copied().enumerate() {
        site.set(at);
        time.store(world.instant(at + world.clock_error(at)).timestamp(), Ordering::SeqCst);
        door.refuse(world.troubles(at).any(|it| it == Trouble::Refused)).await;
        if world.faults.iter().any(|it| it.what == Trouble::Restart && before < it.from && it.from <= at) {
            app.close().await;
            app = App::open(&places, clock.clone()).await.unwrap();
        }
        let report = crawl(&app.line, &CrawlScope { due_only: true, ..CrawlScope::default() }, &|_| ()).await.unwrap();
        for it in &report.visits {
            if it.entries != it.new + it.known + it.rejected.values().sum::<u64>() {
                made.unbalanced.push(format!("{it:?}"));
            }
        }
        let last = place + 1 == visits.len();
        if last || worth_a_look(world, made.looks.last().map(|it| it.at), before, at) {
            made.looks.push(look(world, &app, at).await);
        }
        before = at;
    }
    if search {
        made.not_found = rebuilt_index_misses(&app, made.looks.last()).await;
    }
    app.close().await;
    made.unbalanced.extend(unbalanced_rows(&places).await);
    made.log = site.log();
    made
}

fn worth_a_look(world: &World, last: Option<Minute>, before: Minute, at: Minute) -> bool {
    let border = world.month_of(before) != world.month_of(at);
    let clock = world.clock_error(at) != 0 || world.clock_error(before) != 0;
    border || clock || last.is_none_or(|it| at - it >= LOOK_EVERY)
}

async fn look(world: &World, app: &App, at: Minute) -> Look {
    let clock = app.line.clock.now();
    let judged = world.judged();
    let (first, last) = (judged[0].previous(), judged[judged.len() - 1].next());
    let mut months = Vec::new();
    for month in first.through(last) {
        let span = month.span(app.line.zone);
        if span.from <= clock {
            let seen = review(&app.line, month, &[]).await.unwrap().outlets.remove(0);
            months.push(MonthSeen { month, span, grace_end: app.line.calendar.grace_end(month, 3, app.line.zone), seen });
        }
    }
    let known = app.line.store.articles_after(0, 100_000).await.unwrap();
    Look { at, clock, months, known: known.into_iter().filter_map(|it| Some((number(&it.url)?, it))).collect() }
}

/// The number of the item behind an address.
pub fn number(url: &str) -> Option<u32> {
    url.rsplit_once("/tin-")?.1.strip_suffix(".html")?.parse().ok()
}

/// Builds an index from nothing and looks in it for everything that was read.
async fn rebuilt_index_misses(app: &App, last: Option<&Look>) -> Vec<u32> {
    let dir = tempfile::tempdir().unwrap();
    let fresh = Search::open(dir.path()).unwrap();
    follow(&app.line.store, &fresh, &|_| ()).await.unwrap();
    let Some(last) = last else { return Vec::new() };
    let found = fresh.find(&Question::read("mua bán người"), &Filter::default(), 10_000).unwrap();
    let named = |it: &&Stored| it.read && it.text.contains("mua bán người");
    let missed = last.known.values().filter(named).filter(|it| !found.best.iter().any(|hit| hit.0 == it.id));
    missed.filter_map(|it| number(&it.url)).collect()
}

async fn unbalanced_rows(places: &Places) -> Vec<String> {
    let url = Store::sqlite_url(&places.data.join("diembao.db"));
    let pool = sqlx::AnyPool::connect(&url).await.unwrap();
    let rows = sqlx::query("SELECT at, source, in_document, new, known, rejected FROM visit").fetch_all(&pool).await.unwrap();
    let mut wrong = Vec::new();
    for row in rows {
        let rejected: HashMap<String, i64> = serde_json::from_str(&row.get::<String, _>("rejected")).unwrap();
        let count = |name: &str| row.get::<i64, _>(name);
        if count("in_document") != count("new") + count("known") + rejected.values().sum::<i64>() {
            wrong.push(format!("the visit to {} at {}", row.get::<String, _>("source"), count("at")));
        }
    }
    pool.close().await;
    wrong
}

/// The register of a world.
fn register(world: &World, host: &str) -> String {
    let mut out = format!("[[outlet]]\nid = \"thu\"\nname = \"Báo Thử Nghiệm\"\nkind = \"newspaper\"\nhosts = [\"{host}\"]\n");
    for (index, source) in world.sources.iter().enumerate() {
        let (kind, section, more) = match source {
            Source::Feed { section, .. } => ("feed", *section, ""),
            Source::Sitemap { .. } => ("sitemap", false, ""),
            Source::Listing { dated: true, .. } => ("listing", false, "item = \".muc h3\"\ndate = \".ngay\"\nnext = \"a.sau\"\n"),
            Source::Listing { .. } => ("listing", false, "item = \".muc h3\"\nnext = \"a.sau\"\n"),
        };
        let covers = if section { "section" } else { "outlet" };
        out += &format!("[[outlet.source]]\nkind = \"{kind}\"\nurl = \"http://{host}/nguon-{index}\"\ncovers = \"{covers}\"\n{more}");
    }
    out
}
