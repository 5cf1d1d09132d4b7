//! The command on the outlets' clocks: profiles, rules, and what a rule moves.

use chrono::{DateTime, FixedOffset, Utc};
use serde::Serialize;

use super::{ClockAction, ClockArgs, ClockDecision, End, WrongUse, print_json};
use crate::{
    app::App,
    domain::{
        calendar::policy_of,
        clock::{ClockDiff, ClockFigures, ClockProfile, MonthMove, RuleState, shift_label},
        date::{DateSource, ZoneLabel},
        month::Month,
    },
    jobs::{clock::profiles, index::follow},
    store::clock::{Decision, Keep, RuleChange, StoredRule},
};

#[derive(Serialize)]
struct Clocks {
    profiles: Vec<ShownProfile>,
    rules: Vec<ShownRule>,
}

#[derive(Serialize)]
struct ShownProfile {
    outlet: String,
    dates: DateSource,
    label: ZoneLabel,
    /// Minutes ahead by the rule in force.
    believed: i64,
    #[serde(flatten)]
    found: ClockProfile,
}

#[derive(Serialize)]
struct ShownRule {
    id: i64,
    version: i64,
    outlet: String,
    dates: DateSource,
    label: ZoneLabel,
    /// Minutes by which the stated time runs ahead of the true one.
    minutes: i64,
    since: Option<DateTime<FixedOffset>>,
    state: RuleState,
    firm: bool,
    figures: ClockFigures,
    proposed_at: DateTime<FixedOffset>,
    changes: Vec<ShownChange>,
}

#[derive(Serialize)]
struct ShownChange {
    state: RuleState,
    at: DateTime<FixedOffset>,
    by: String,
    reason: String,
    moved: Vec<MonthMove>,
}

#[derive(Serialize)]
struct Moved {
    rule: i64,
    state: RuleState,
    kept: bool,
    moved: Vec<MonthMove>,
    /// The months that gain or lose an article, and whether their grace is over.
    months: Vec<MovedMonth>,
}

#[derive(Serialize)]
struct MovedMonth {
    month: Month,
    grace_over: bool,
}

pub(super) async fn clock(app: &App, args: ClockArgs) -> anyhow::Result<End> {
    match args.action {
        None => list(app, &args).await,
        Some(ClockAction::Apply(decision)) => decide(app, RuleState::Applied, &decision).await,
        Some(ClockAction::Withdraw(decision)) => decide(app, RuleState::Withdrawn, &decision).await,
    }
}

async fn list(app: &App, args: &ClockArgs) -> anyhow::Result<End> {
    let line = &app.line;
    let mut shown = Clocks { profiles: Vec::new(), rules: Vec::new() };
    for outlet in line.register.outlets.iter().filter(|it| args.outlet.is_empty() || args.outlet.contains(&it.id)) {
        let rules = line.store.clock_rules(Some(&outlet.id)).await?;
        for it in profiles(line, outlet, &rules).await? {
            let (dates, label) = (it.key.from, it.key.label);
            shown.profiles.push(ShownProfile { outlet: outlet.id.to_string(), dates, label, believed: it.believed, found: it.found });
        }
        shown.rules.extend(rules.into_iter().map(|it| ShownRule::of(it, app)));
    }
    if args.json {
        print_json(&shown)?;
        return Ok(End::Done);
    }
    for it in &shown.profiles {
        let figures = it.found.figures;
        println!(
            "{:24} {}, {}: {} ({} tin, {} khớp, {} trái lại, {} có ngày khác xác nhận)",
            it.outlet,
            it.dates.label(),
            it.label.label(),
            it.found.verdict.label(),
            figures.items,
            figures.fitting,
            figures.against,
            figures.confirmed
        );
    }
    for it in &shown.rules {
        let since = it.since.map_or_else(String::new, |it| format!(", từ {}", it.format("%d/%m/%Y %H:%M")));
        println!(
            "\nQuy tắc {} (bản {}): {} – {}, {}: {}{since} – {}",
            it.id,
            it.version,
            it.outlet,
            it.dates.label(),
            it.label.label(),
            shift_label(it.minutes),
            it.state.label()
        );
        for change in &it.changes {
            println!("    {} {} ({}): {}", change.at.format("%d/%m/%Y %H:%M"), change.state.label(), change.by, change.reason);
            print_moves(&change.moved);
        }
    }
    Ok(End::Done)
}

async fn decide(app: &App, state: RuleState, decision: &ClockDecision) -> anyhow::Result<End> {
    let ClockDecision { id, by, reason, dry_run, json } = decision;
    if by.trim().is_empty() || reason.trim().is_empty() {
        return Err(WrongUse("name who decides (--by) and why (--reason)".to_owned()).into());
    }
    let rules = app.line.store.clock_rules(None).await?;
    let Some(found) = rules.iter().find(|it| it.rule.name.id == *id) else {
        return Err(WrongUse(format!("there is no clock rule {id}; `diembao clock` lists them")).into());
    };
    if found.rule.state == state {
        return Err(WrongUse(format!("clock rule {id} is {} already", state.as_str())).into());
    }
    let line = &app.line;
    let decided = Decision { state, at: line.clock.now(), by, reason };
    let Some(diff) = line.store.change_clock_rule(*id, &decided, Keep::DryRun, line.zone).await? else {
        return Err(WrongUse(format!("clock rule {id} was {} by somebody else", state.as_str())).into());
    };
    let mut moved = Moved { rule: *id, state, kept: false, months: months_of(app, &diff), moved: diff.moves() };
    if !json {
        println!("Quy tắc {id}: {} – {}", shift_label(found.rule.minutes), state.label());
        print_moves(&moved.moved);
        for it in moved.months.iter().filter(|it| it.grace_over) {
            println!(
                "    tháng {:02}/{} đã hết thời gian chờ: nếu tháng đã chốt, kết quả đã chốt không tự thay đổi",
                it.month.number(),
                it.month.year()
            );
        }
    }
    if !dry_run {
        moved.kept = line.store.change_clock_rule(*id, &decided, Keep::Kept, line.zone).await?.is_some();
        follow(&line.store, &app.search, &|_| ()).await?;
    }
    if *json {
        print_json(&moved)?;
    } else {
        println!("{}", if moved.kept { "đã ghi nhận" } else { "chưa ghi nhận (chạy thử)" });
    }
    Ok(End::Done)
}

fn print_moves(moves: &[MonthMove]) {
    for it in moves {
        println!("    {} -> {}: {} tin, trong đó {} tin có liên quan", it.before, it.after, it.articles, it.matter);
    }
}

fn months_of(app: &App, diff: &ClockDiff) -> Vec<MovedMonth> {
    let line = &app.line;
    let grace_over = |month: Month| {
        policy_of(&line.policies, month)
            .is_some_and(|it| line.calendar.grace_end(month, it.grace_working_days, line.zone) <= line.clock.now())
    };
    diff.months().into_iter().map(|month| MovedMonth { month, grace_over: grace_over(month) }).collect()
}

impl ShownRule {
    fn of(stored: StoredRule, app: &App) -> Self {
        let local = |it: DateTime<Utc>| it.with_timezone(&app.line.zone).fixed_offset();
        let change = |it: RuleChange| ShownChange { state: it.state, at: local(it.at), by: it.by, reason: it.reason, moved: it.moved };
        Self {
            id: stored.rule.name.id,
            version: stored.rule.name.version,
            outlet: stored.outlet,
            dates: stored.rule.key.from,
            label: stored.rule.key.label,
            minutes: stored.rule.minutes,
            since: stored.rule.since.map(local),
            state: stored.rule.state,
            firm: stored.firm,
            figures: stored.figures,
            proposed_at: local(stored.proposed_at),
            changes: stored.changes.into_iter().map(change).collect(),
        }
    }
}
