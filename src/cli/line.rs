//! The commands of the line: crawl, review, search, rejudge, reindex.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    fs,
    io::{IsTerminal, stdout},
    sync::atomic::AtomicU64,
};

use anyhow::Context;
use chrono::{DateTime, Days, FixedOffset};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use super::{End, SearchArgs, closing::show_review, print_json};
use crate::{
    app::{App, Places},
    domain::{
        month::{Month, midnight},
        nature::Nature,
        outlet::OutletId,
        privacy::{PrivacyKind, link_text},
        relevance::JudgementKind,
        review::{DecidedBy, Marks, MonthReview},
        standing::Standing,
    },
    jobs::{
        Clock,
        crawl::{CrawlScope, Step, crawl},
        index::follow,
        recheck::{Checked, Extent, recheck},
        rejudge::rejudge,
        review::{record_changes, review},
    },
    report::board::Board,
    search::{
        Filter, Search,
        query::Question,
        snippet::{plain, snippet},
    },
};

/// One pass; `now_given` says that the clock is the one of a rehearsal.
pub(super) async fn crawl_once(app: App, scope: CrawlScope, now_given: bool, json: bool) -> anyhow::Result<End> {
    app.mend_archive()?;
    // Only a whole pass in real time is a sign that somebody crawls regularly.
    let regular = scope.outlets.is_empty() && !now_given;
    let bar = counter("{msg} {wide_bar} {pos}/{len}, {elapsed} gone, {eta} to go");
    bar.set_length(0);
    let (visits, parts, pages) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let on_step = |step: Step| {
        let done = match step {
            Step::Planned(more) => return bar.inc_length(more),
            Step::Visited => &visits,
            Step::PartRead => &parts,
            Step::PageTried => &pages,
        };
        done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let read = |it: &AtomicU64| it.load(std::sync::atomic::Ordering::Relaxed);
        let walked = if read(&parts) > 0 { format!(", {} parts walked", read(&parts)) } else { String::new() };
        bar.set_message(format!("{} sources visited{walked}, {} pages tried", read(&visits), read(&pages)));
        bar.inc(1);
    };
    let control = app.open_control().await;
    let report = crawl(&app.line, &scope, &on_step).await?;
    if regular {
        app.line.store.note_crawl(app.line.clock.now()).await?;
    }
    control.check(&app.line).await;
    bar.finish_and_clear();
    // The store is the truth: an index that somebody else is writing catches up with the next pass.
    if let Err(busy) = follow(&app.line.store, &app.search, &|_| ()).await {
        eprintln!("diembao: the search index was not brought up to date: {:#}", anyhow::Error::from(busy));
    }
    if json {
        print_json(&report)?;
    } else {
        for visit in &report.visits {
            let detail = if visit.detail.is_empty() { String::new() } else { format!(" ({})", visit.detail) };
            let gap = if visit.gap { "  GAP" } else { "" };
            println!(
                "{:24} {:17} {:>4} entries {:>4} new{gap}  {}{detail}",
                visit.outlet,
                visit.outcome.as_str(),
                visit.entries,
                visit.new,
                visit.source
            );
        }
        for walk in &report.walks {
            let end = if walk.complete { "walked to the end" } else { "not finished; the next crawl --from goes on" };
            let detail = if walk.detail.is_empty() { String::new() } else { format!(" ({})", walk.detail) };
            println!("{:24} {:>4} parts {:>4} new  {}: {end}{detail}", walk.outlet, walk.parts, walk.new, walk.source);
        }
        println!("{} pages read, {} could not be read", report.articles.read, report.articles.failed);
    }
    app.close().await;
    Ok(End::Done)
}

pub(super) async fn review_month(app: &App, month: Month, outlets: &[OutletId], json: bool) -> anyhow::Result<End> {
    let reviewed = review(&app.line, month, outlets).await?;
    record_changes(&app.line, &reviewed).await?;
    show_review(app, &reviewed, json).await
}

pub(super) fn print_review(review: &MonthReview) {
    println!("Tháng {:02}/{}, tính đến {}", review.month.number(), review.month.year(), review.as_of.format("%d/%m/%Y %H:%M"));
    for it in &review.outlets {
        println!("\n{} {} – {}: {}", it.verdict.sign(), it.name, it.verdict.label(), it.reason.label());
        for evidence in &it.evidence {
            let day = evidence.published.map_or_else(String::new, |it| it.format("%d/%m/%Y").to_string());
            let by = if evidence.by == DecidedBy::Officer { " (chuyên viên kết luận)" } else { "" };
            println!("    {day:10}  {}{by}\n                {}", evidence.title, link(&evidence.url, &evidence.nature.privacy));
            print_nature(&evidence.nature);
            print_marks(&evidence.marks, &evidence.nature);
        }
        for pending in &it.pending {
            println!(
                "    chờ: {} ({})\n                {}",
                pending.title,
                pending.why.label(),
                link(&pending.url, &pending.nature.privacy)
            );
            print_nature(&pending.nature);
        }
        for unread in &it.unread {
            println!("    chưa đọc được: {} ({})", unread.url, unread.why);
        }
        for gap in &it.coverage.gaps {
            let at = |it: DateTime<FixedOffset>| it.format("%d/%m/%Y %H:%M").to_string();
            println!("    khoảng hở: {} – {} ({})", at(gap.from), at(gap.to), gap.why.label());
        }
        if it.backfilled {
            println!("    theo dữ liệu đọc lại sau; tin, bài đã gỡ trước khi đọc lại thì không thấy được");
        }
        for it in &it.coverage.closed {
            let at = |it: DateTime<FixedOffset>| it.format("%d/%m/%Y %H:%M").to_string();
            println!("    đã kiểm tra thủ công: {} – {} ({}, {})", at(it.gap.from), at(it.gap.to), it.by, at(it.at));
        }
    }
    println!("\n{} Tính chung báo chí của tỉnh: {}", review.together.verdict.sign(), review.together.verdict.label());
    println!("{}", Board::legend());
}

fn print_nature(nature: &Nature) {
    for said in nature.labels() {
        println!("                [{said}]");
    }
}

/// An address as people read it. A terminal follows the whole one behind the words that it shows; `--json` always has it.
fn link(url: &str, privacy: &[PrivacyKind]) -> String {
    match link_text(url, privacy) {
        Cow::Owned(words) if stdout().is_terminal() && !url.contains(char::is_control) => {
            format!("\x1b]8;;{url}\x1b\\{words}\x1b]8;;\x1b\\")
        }
        words => words.into_owned(),
    }
}

/// What became of an article, and who else printed its text.
fn print_marks(marks: &Marks, nature: &Nature) {
    if let Some(since) = marks.since {
        println!("                [{} sau khi được tính]", since.label());
    }
    for twin in &marks.twins {
        let original = marks.reprint_of.as_ref() == Some(twin);
        let what = if original { "đăng lại từ" } else { "cùng nội dung với" };
        println!("                [{what} {}: {}]", twin.outlet, link(&twin.url, &nature.privacy));
    }
}

pub(super) async fn recheck_month(app: App, month: Month, outlets: &[OutletId], json: bool) -> anyhow::Result<End> {
    let report = recheck(&app.line, month, outlets, Extent::All).await?;
    if json {
        print_json(&report)?;
    } else {
        println!("Tháng {:02}/{}: kiểm tra lại {} tin, bài", month.number(), month.year(), report.articles.len());
        for it in &report.articles {
            println!("{:24} {}  {}\n    {}", it.outlet, it.standing.label(), it.title, link(&it.url, &it.privacy));
            if it.standing == Standing::Edited {
                print_edit(it);
            }
            if !it.detail.is_empty() {
                println!("    {}: {}", it.why.as_str(), it.detail);
            }
        }
    }
    app.close().await;
    Ok(End::Done)
}

fn print_edit(it: &Checked) {
    let judged = match it.judgement_now {
        Some(now) if now != it.judgement_before => format!("đánh giá tự động: {} → {}", it.judgement_before.as_str(), now.as_str()),
        _ => "đánh giá tự động không đổi".to_owned(),
    };
    println!("    thay đổi {:.0} % số tiếng; {judged}", it.changed * 100.0);
}

#[derive(Serialize)]
struct SearchOutput {
    total: usize,
    hits: Vec<Hit>,
    /// Of all that was found: values of each facet with their counts.
    facets: BTreeMap<&'static str, BTreeMap<String, u64>>,
}

#[derive(Serialize)]
struct Hit {
    outlet: String,
    url: String,
    title: String,
    published: Option<DateTime<FixedOffset>>,
    judgement: JudgementKind,
    score: f32,
    snippet: String,
    #[serde(flatten)]
    nature: Nature,
}

pub(super) async fn search(app: &App, args: SearchArgs) -> anyhow::Result<End> {
    let zone = app.line.zone;
    let filter = Filter {
        outlet: args.outlet,
        from: args.from.map(|it| midnight(it, zone)),
        to: args.to.map(|it| midnight(it + Days::new(1), zone)),
        judgement: args.judgement,
        facets: args.facets,
    };
    let question = Question::read(&args.query);
    let found = app.search.find(&question, &filter, args.limit.into())?;
    let facets = found.facets.iter().map(|(name, counts)| (*name, counts.iter().cloned().collect())).collect();
    let mut output = SearchOutput { total: found.total, hits: Vec::new(), facets };
    for (id, score) in found.best {
        // An article that the store no longer has is a shadow that the next indexing removes.
        let Some(article) = app.line.store.article(id).await? else { continue };
        let nature = article.nature();
        output.hits.push(Hit {
            snippet: plain(&snippet(&article.masked_body(), &question)),
            title: article.masked_title(),
            outlet: article.outlet,
            url: article.url,
            published: article.published.map(|it| it.with_timezone(&zone).fixed_offset()),
            judgement: article.judgement,
            score,
            nature,
        });
    }
    if args.json {
        print_json(&output)?;
        return Ok(End::Done);
    }
    for hit in &output.hits {
        let day = hit.published.map_or_else(|| "không rõ ngày".to_owned(), |it| it.format("%d/%m/%Y").to_string());
        let address = link(&hit.url, &hit.nature.privacy);
        println!("{}\n    {day}  {}  {}\n    {address}\n    {}", hit.title, hit.outlet, hit.judgement.as_str(), hit.snippet);
        for said in hit.nature.labels() {
            println!("    [{said}]");
        }
        println!();
    }
    println!("{} of {} found", output.hits.len(), output.total);
    for (name, counts) in &found.facets {
        let label = |value: &str| match *name {
            "genre" => app.line.facets.genre_label(value).to_owned(),
            "place" => app.line.facets.place_name(value).to_owned(),
            _ => value.to_owned(),
        };
        let counts: Vec<_> = counts.iter().map(|(value, count)| format!("{} {count}", label(value))).collect();
        if !counts.is_empty() {
            println!("    {name:10} {}", counts.join(", "));
        }
    }
    Ok(End::Done)
}

pub(super) async fn rejudge_all(app: &App, apply: bool) -> anyhow::Result<End> {
    let outcome = rejudge(&app.line, apply).await?;
    for ((month, outlet, before, after), count) in &outcome.diff {
        let closed = month.is_some_and(|it| outcome.closed.contains(&it));
        let month = month.map_or_else(|| "no date".to_owned(), |it| it.to_string());
        let closed = if closed { "  closed month" } else { "" };
        println!("{month:8} {outlet:24} {before:>10} -> {after:10} {count}{closed}");
    }
    let changed: u64 = outcome.diff.values().sum();
    let kept = if apply { "kept" } else { "not kept; add --apply to keep them" };
    if outcome.marked > 0 {
        println!("{} articles keep their judgement and would be marked otherwise", outcome.marked);
    }
    if outcome.sides > 0 {
        println!("{} articles would have other facets, or other words that may identify a person", outcome.sides);
    }
    println!("{} articles judged with dictionary {}: {changed} judgements differ ({kept})", outcome.judged, app.line.terms.version());
    if outcome.diff.keys().any(|it| it.0.is_some_and(|month| outcome.closed.contains(&month))) {
        println!("closed months keep their verdicts; where one would come out otherwise, the next review amends it visibly");
    }
    if apply {
        follow(&app.line.store, &app.search, &|_| ()).await?;
    }
    Ok(End::Done)
}

pub(super) async fn reindex(places: Places, clock: Clock) -> anyhow::Result<End> {
    let place = Search::place(&places.index);
    if place.exists() {
        fs::remove_dir_all(&place).with_context(|| format!("clear {}", place.display()))?;
    }
    let app = App::open(&places, clock).await?;
    let bar = counter("{spinner} {msg}");
    let taken = follow(&app.line.store, &app.search, &|taken| {
        bar.set_message(format!("{taken} articles indexed"));
        bar.tick();
    })
    .await?;
    bar.finish_and_clear();
    println!("{taken} articles indexed in {}", place.display());
    app.close().await;
    Ok(End::Done)
}

/// A line of progress on stderr; nothing where stderr is no terminal.
fn counter(template: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}
