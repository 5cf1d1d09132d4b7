//! Drives the real line through a world: visits, restarts, wrong clocks; and looks at the verdicts on the way. Notices go out, officers
//! rule and close months, walks go back in time.

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
    app::{App, Places, notices::Notifier},
    domain::{
        closing::Likeness,
        month::{Month, Span},
        notice::{Channel, NoticeState, Step},
        review::OutletMonth,
        ruling::{Asked, RuledOn, Ruling, text_digest},
        verdict::Verdict,
    },
    jobs::{
        Clock,
        close::{CloseEnd, as_closed, check_chain, close},
        crawl::{CrawlScope, crawl},
        index::follow,
        recheck::{Extent, recheck},
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

/// Who is at work besides the line and its notices.
#[derive(Debug, Clone, Copy, Default)]
pub struct House {
    /// An index is built from the store at the end.
    pub search: bool,
    /// Officers rule on what waits, by the truth, and close months.
    pub officers: bool,
    /// The third visit walks back in time, to before the first month.
    pub back: bool,
}

/// All that is known of a run.
pub struct Run {
    pub log: Log,
    pub looks: Vec<Look>,
    /// Visit rows and reports that break the conservation law, in words.
    pub unbalanced: Vec<String>,
    /// Articles that the rebuilt index does not find.
    pub not_found: Vec<u32>,
    /// Months that were closed, and what does not come out of their snapshots as it went in.
    pub closed: Vec<Month>,
    pub unlike: Vec<String>,
}

/// What the program says at a moment.
pub struct Look {
    pub at: Minute,
    /// By our clock.
    pub clock: DateTime<Utc>,
    pub months: Vec<MonthSeen>,
    /// The articles in the store, by the number of their item.
    pub known: HashMap<u32, Stored>,
    /// The months about which the outlet was alerted at this look.
    pub alerted: Vec<Month>,
}

pub struct MonthSeen {
    pub month: Month,
    pub span: Span,
    pub grace_end: DateTime<Utc>,
    pub seen: OutletMonth,
}

/// Looks are this far apart; more often only where something ends or the clock is wrong.
const LOOK_EVERY: Minute = 3 * DAY;

const SITE: &str = "[crawl]\nhost_delay = \"0s\"\ntimeout = \"5s\"\nallow_private_hosts = true\n[notices]\nfrom = \"so@so.example\"\n";

/// Runs a world from its first visit to its last.
pub async fn run(world: &World, house: House) -> Run {
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
    let mut made = Run {
        log: Log::default(),
        looks: Vec::new(),
        unbalanced: Vec::new(),
        not_found: Vec::new(),
        closed: Vec::new(),
        unlike: Vec::new(),
    };
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
        let back_to = (house.back && place == 2).then(|| world.judged()[0].previous().span(app.line.zone).from);
        let report = crawl(&app.line, &CrawlScope { due_only: true, back_to, ..CrawlScope::default() }, &|_| ()).await.unwrap();
        for it in &report.visits {
            if it.entries != it.new + it.known + it.rejected.values().sum::<u64>() {
                made.unbalanced.push(format!("{it:?}"));
            }
        }
        let last = place + 1 == visits.len();
        if last || worth_a_look(world, made.looks.last().map(|it| it.at), before, at) {
            made.looks.push(look(world, &app, at).await);
            notify(&app, &mut made.looks, last).await;
            if house.officers && decide(world, &app, made.looks.last().unwrap()).await {
                made.looks.push(look(world, &app, at).await);
                notify(&app, &mut made.looks, last).await;
            }
            if house.officers {
                close_months(world, &app, &mut made).await;
            }
        }
        before = at;
    }
    if house.search {
        made.not_found = rebuilt_index_misses(&app, made.looks.last()).await;
    }
    for month in &made.closed {
        let likeness = as_closed(&app.line, *month).await.unwrap().map(|it| it.likeness);
        if likeness != Some(Likeness::Exact) {
            made.unlike.push(format!("{month} comes out of its snapshot as {likeness:?}"));
        }
    }
    if let Err(broken) = check_chain(&app.line).await {
        made.unlike.push(broken.to_string());
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
    let known = known.into_iter().filter_map(|it| Some((number(&it.url)?, it))).collect();
    Look { at, clock, months, known, alerted: Vec::new() }
}

/// A round of notices where one may have something to say, and at the end; notes about which months the outlet was alerted.
async fn notify(app: &App, looks: &mut [Look], last: bool) {
    let said: Vec<Month> = looks.iter().flat_map(|it| &it.alerted).copied().collect();
    let Some(look) = looks.last_mut() else { return };
    let not_met = |it: &MonthSeen| it.seen.verdict == Verdict::NotMet;
    if !look.months.iter().any(|it| not_met(it) && (last || !said.contains(&it.month))) {
        return;
    }
    let notifier: Notifier = app.notifier().unwrap();
    let told = notifier.notify(&app.line).await.unwrap().unwrap().notices;
    let alerts = told.into_iter().filter(|it| it.key.step == Step::Alert && it.channel == Channel::Mail && it.state == NoticeState::Sent);
    look.alerted = alerts.filter_map(|it| it.month).collect();
}

/// Officers rule on what waits, or is the only item that a month rests on, once the month's grace is over: by the truth. Says whether
/// they ruled on anything.
async fn decide(world: &World, app: &App, look: &Look) -> bool {
    let mut ruled = false;
    for month in look.months.iter().filter(|it| world.judged().contains(&it.month) && it.grace_end <= look.clock) {
        let waits = month.seen.pending.iter().map(|it| &it.url);
        let sole = month.seen.evidence.iter().filter(|_| month.seen.evidence.len() == 1).map(|it| &it.url);
        for url in waits.chain(sole) {
            let Some(it) = number(url).and_then(|it| look.known.get(&it)) else { continue };
            let item = world.item(number(url).unwrap());
            // Nobody can say of what month an item is that bears no date.
            let Some(stated) = item.stated() else { continue };
            let about = (0..=1).any(|it| item.text_of(it).is_about());
            let asked = if about { Asked::In(world.month_of(stated)) } else { Asked::DoesNotCount };
            let digest = text_digest(&it.title, &it.lead, &it.text);
            let on = RuledOn { article: it.id, firm_date: it.published, terms: &it.terms, text_digest: &digest };
            let (reason, by) = ("đã đọc toàn văn".parse().unwrap(), "Lê Thị Hoa".parse().unwrap());
            let ruling = Ruling::admit(asked, on, reason, by, app.line.zone, app.line.clock.now());
            let Ok(ruling) = ruling else { continue };
            app.line.store.record_ruling(&ruling).await.unwrap();
            ruled = true;
        }
    }
    ruled
}

/// Two officers close each judged month that can be closed.
async fn close_months(world: &World, app: &App, made: &mut Run) {
    for month in world.judged() {
        let over = made.looks.last().unwrap().months.iter().any(|it| it.month == month && it.grace_end <= app.line.clock.now());
        if !over || made.closed.contains(&month) {
            continue;
        }
        recheck(&app.line, month, &[], Extent::Unsettled).await.unwrap();
        if let CloseEnd::Closed(_) = close(&app.line, month, "hoa", "mai").await.unwrap() {
            made.closed.push(month);
        }
    }
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
    out += "contact = [{ name = \"Trần Văn Bút\", email = \"toasoan@thu.example\" }]\n";
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
