//! The commands that look without recording: check and discover.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, TimeDelta};
use serde::Serialize;
use url::Url;

use super::{
    End, print_json,
    standing::{OwnStanding, blame_of, own_standing},
};
use crate::{
    app::{App, Places, config_or_shipped, fetch_settings},
    config::Config,
    domain::{
        month::Month,
        outlet::{Duty, Outlet, OutletId, Source, SourceKind},
        reading::redesign_likely,
        uptime::Blame,
        visit::Outcome,
    },
    fetch::Fetcher,
    jobs::{
        Clock, Line,
        close::check_chain,
        discover::discover as propose,
        visit::{Probe, probe},
    },
};

#[derive(Serialize)]
struct CheckOutput {
    outlets: usize,
    terms: String,
    warnings: Vec<String>,
    #[serde(flatten)]
    own: OwnStanding,
    sources: Vec<SourceHealth>,
    readings: Vec<ReadingHealth>,
}

/// How the pages that an outlet's sources listed lately were read.
#[derive(Serialize)]
struct ReadingHealth {
    outlet: OutletId,
    /// Pages found in the last days, and those of them that could not be read, by the word for why.
    days: i64,
    read: u64,
    unread: BTreeMap<String, u64>,
    redesign_likely: bool,
}

/// Pages found within so many days are counted.
const READING_DAYS: i64 = 7;

#[derive(Serialize)]
struct SourceHealth {
    outlet: OutletId,
    source: Url,
    kind: SourceKind,
    /// The last visit, or the one made now.
    outcome: Option<Outcome>,
    at: Option<DateTime<FixedOffset>>,
    detail: String,
    entries: Option<u64>,
    /// Whose fault it is where it failed.
    blame: Option<Blame>,
}

pub(super) async fn check(app: &App, online: bool, json: bool) -> anyhow::Result<End> {
    let line = &app.line;
    let mut output = CheckOutput {
        outlets: line.register.outlets.len(),
        terms: line.terms.version().to_owned(),
        warnings: warnings(app),
        own: own_standing(app, online).await?,
        sources: Vec::new(),
        readings: Vec::new(),
    };
    if let Err(fault) = check_chain(line).await {
        output.warnings.push(format!("closed months: {:#}", anyhow::Error::from(fault)));
    }
    for it in line.store.acts_ahead(line.clock.now()).await? {
        let at = it.at.with_timezone(&line.zone).format("%d/%m/%Y %H:%M");
        let effect = if it.void {
            "it was made while the clock ran ahead and vouches for nothing: take it back and make it anew"
        } else {
            "that time has not come: what hangs on it stays undetermined; make it anew if the clock is right now"
        };
        output
            .warnings
            .push(format!("row {} of the audit log ({} by {} on {}) bears {at}: {effect}", it.number, it.what, it.by, it.subject));
    }
    for outlet in line.register.outlets.iter() {
        let reading = reading_health(line, outlet).await?;
        if reading.redesign_likely {
            output.warnings.push(format!(
                "outlet `{0}`: over half of its last pages came and could not be read; it was probably redesigned or put behind a wall. \
                 Until this is mended (selectors under [outlet.page], or `short = true` there if its pages are short now) its months stay undetermined",
                outlet.id
            ));
        }
        output.readings.push(reading);
        for source in &outlet.sources {
            let health = health(line, outlet, source, online.then_some(&output.own)).await?;
            if health.outcome == Some(Outcome::RefusedByRobots) {
                output.warnings.push(format!(
                    "outlet `{}`: robots.txt forbids to read {}; what only this source lists we cannot see, and months that need it stay undetermined",
                    outlet.id, source.url
                ));
            }
            output.sources.push(health);
        }
    }
    if json {
        print_json(&output)?;
        return Ok(End::Done);
    }
    println!("configuration: fine; {} outlets, dictionary {}", output.outlets, output.terms);
    for warning in &output.warnings {
        println!("warning: {warning}");
    }
    output.own.print();
    for it in &output.sources {
        let at = it.at.map_or_else(|| "-".to_owned(), |it| it.format("%d/%m/%Y %H:%M").to_string());
        let outcome = it.outcome.map_or("never visited", Outcome::as_str);
        let entries = it.entries.map_or_else(String::new, |it| format!("{it} entries  "));
        let blame = it.blame.map_or_else(String::new, |it| format!("  [{}]", it.as_str()));
        println!("{:24} {:8} {outcome:17} {at:16}  {entries}{}  {}{blame}", it.outlet, it.kind.as_str(), it.source, it.detail);
    }
    for it in output.readings.iter().filter(|it| !it.unread.is_empty()) {
        let unread: Vec<_> = it.unread.iter().map(|(why, pages)| format!("{why} {pages}")).collect();
        println!("{:24} pages of the last {} days: {} read; not read: {}", it.outlet, it.days, it.read, unread.join(", "));
    }
    Ok(End::Done)
}

async fn reading_health(line: &Line, outlet: &Outlet) -> anyhow::Result<ReadingHealth> {
    let readings = line.store.readings(&outlet.id, line.clock.now() - TimeDelta::days(READING_DAYS)).await?;
    let redesign_likely = redesign_likely(&line.store.tried_last(&outlet.id).await?);
    Ok(ReadingHealth { outlet: outlet.id.clone(), days: READING_DAYS, read: readings.read, unread: readings.unread, redesign_likely })
}

/// What is allowed but leaves something undone.
fn warnings(app: &App) -> Vec<String> {
    let mut found = Vec::new();
    if app.line.control_urls.is_empty() {
        found.push("crawl.control_urls is empty: an outage of our own line cannot be told from one of theirs (path unknown)".to_owned());
    }
    if app.site.crawl.contact.is_empty() {
        found.push("crawl.contact is empty: outlets cannot tell who reads them".to_owned());
    }
    if app.site.crawl.allow_private_hosts {
        found.push("crawl.allow_private_hosts is on: for rehearsals only".to_owned());
    }
    for outlet in app.line.register.outlets.iter().filter(|it| it.duty == Duty::Monthly && it.active.to.is_none() && it.sources.is_empty())
    {
        found.push(format!("outlet `{}` has the duty but no source: its months stay undetermined", outlet.id));
    }
    found.extend(notice_warnings(app));
    found
}

/// What keeps notices from going out as somebody may expect.
fn notice_warnings(app: &App) -> Vec<String> {
    let mut found = Vec::new();
    if let Err(fault) = app.notifier() {
        found.push(format!("notices cannot be sent: {:#}", anyhow::Error::from(fault)));
    }
    if app.site.base_url.is_none() {
        found.push("site.base_url is empty: messages to outlets hold no link for an answer".to_owned());
    }
    if app.site.operator_email.is_empty() {
        found.push("site.operator_email is empty: nobody is told by mail what holds messages back".to_owned());
    }
    let month = Month::of(app.line.clock.now(), app.line.zone);
    let owing = app.line.register.outlets.iter().filter(|it| it.duty == Duty::Monthly && it.active.contains(month));
    for outlet in owing.filter(|it| it.contacts_in(month).next().is_none()) {
        found.push(format!("outlet `{}` has no contact ([[outlet.contact]]) that holds now: it cannot be written to", outlet.id));
    }
    found
}

/// The health of a source as its last visit left it; with `online`, as it is now.
async fn health(line: &Line, outlet: &Outlet, source: &Source, online: Option<&OwnStanding>) -> anyhow::Result<SourceHealth> {
    let mut health = SourceHealth {
        outlet: outlet.id.clone(),
        source: source.url.clone(),
        kind: source.kind,
        outcome: None,
        at: None,
        detail: String::new(),
        entries: None,
        blame: None,
    };
    let local = |at: DateTime<chrono::Utc>| at.with_timezone(&line.zone).fixed_offset();
    let now = line.clock.now();
    let visited = if online.is_some() {
        let Probe { outcome, detail, entries } = probe(line, outlet, source).await?;
        health.entries = Some(entries);
        Some((now, outcome, detail))
    } else {
        line.store.last_visit(&outlet.id, &source.url).await?
    };
    if let Some((at, outcome, detail)) = visited {
        health.blame = blame_of(line, at, outcome, online).await?;
        (health.outcome, health.detail, health.at) = (Some(outcome), detail, Some(local(at)));
    }
    Ok(health)
}

pub(super) async fn discover(places: &Places, clock: Clock, home: &Url) -> anyhow::Result<End> {
    let config: Config = config_or_shipped(&places.config)?;
    let fetcher = Fetcher::new(fetch_settings(&config.site, &config.register))?;
    let proposals = match propose(&fetcher, config.site.zone, home, clock.now()).await {
        Ok(proposals) => proposals,
        Err(why) => {
            eprintln!("diembao: {home} could not be read: {why}");
            return Ok(End::Failed);
        }
    };
    if proposals.is_empty() {
        println!("# nothing at {home} reads as a feed, a sitemap or a list of articles");
    }
    for it in proposals {
        println!("# lists {} entries; found by {}", it.entries, it.found.as_str());
        println!("# covers: say \"outlet\" only if you know that it lists everything");
        println!("[[outlet.source]]\nkind = \"{}\"\nurl = \"{}\"\ncovers = \"section\"\n", it.kind.as_str(), it.url);
    }
    Ok(End::Done)
}
