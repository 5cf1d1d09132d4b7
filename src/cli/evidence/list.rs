//! What officers decided on a month, as text and as JSON.

use chrono::{DateTime, FixedOffset, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use super::{
    super::{End, print_json},
    decisions,
};
use crate::{
    app::App,
    domain::{
        confirmation::Confirmation,
        hand_check::HandCheck,
        month::Month,
        off_web::OffWeb,
        officer::{Decided, Item, MonthDecisions},
        outlet::OutletId,
        ruling::Ruling,
    },
    store::officer::ListedRuling,
};

#[derive(Serialize)]
struct ListOutput<'a> {
    outlet: &'a OutletId,
    month: Month,
    off_web: Vec<Shown<'a, OffWeb>>,
    rulings: Vec<ShownRuling<'a>>,
    confirmations: Vec<Shown<'a, Confirmation>>,
    hand_checks: Vec<ShownCheck<'a>>,
}

#[derive(Serialize)]
struct Shown<'a, T> {
    id: String,
    #[serde(flatten)]
    what: &'a T,
    by: &'a str,
    at: DateTime<FixedOffset>,
    withdrawn: Option<ShownWithdrawal<'a>>,
}

#[derive(Serialize)]
struct ShownWithdrawal<'a> {
    by: &'a str,
    at: DateTime<FixedOffset>,
    reason: &'a str,
}

#[derive(Serialize)]
struct ShownRuling<'a> {
    url: &'a str,
    title: &'a str,
    #[serde(flatten)]
    ruling: &'a Ruling,
    by: &'a str,
    at: DateTime<FixedOffset>,
}

#[derive(Serialize)]
struct ShownCheck<'a> {
    #[serde(flatten)]
    check: Shown<'a, HandCheck>,
    /// An article dated in its stretch turned up after it: it closes nothing any more.
    overtaken: bool,
}

pub(super) async fn list(app: &App, outlet: &OutletId, month: Month, json: bool) -> anyhow::Result<End> {
    let decisions = decisions(app, outlet, month).await?;
    let rulings = app.line.store.rulings(outlet, month, month.span(app.line.zone), app.line.clock.now()).await?;
    if !json {
        print_decisions(app, &decisions, &rulings);
        return Ok(End::Done);
    }
    print_json(&ListOutput {
        outlet,
        month,
        off_web: decisions.off_web.iter().map(|it| shown(app, Item::OffWeb(it.id), it)).collect(),
        rulings: rulings.iter().map(|it| shown_ruling(it, app.line.zone)).collect(),
        confirmations: decisions.confirmations.iter().map(|it| shown(app, Item::Confirmation(it.id), it)).collect(),
        hand_checks: decisions
            .hand_checks
            .iter()
            .map(|it| ShownCheck { check: shown(app, Item::HandCheck(it.check.id), &it.check), overtaken: it.overtaken })
            .collect(),
    })?;
    Ok(End::Done)
}

fn shown_ruling(it: &ListedRuling, zone: Tz) -> ShownRuling<'_> {
    let ruling = &it.ruling;
    let at = ruling.at.with_timezone(&zone).fixed_offset();
    ShownRuling { url: &it.url, title: &it.title, ruling: &ruling.what, by: &ruling.by, at }
}

fn shown<'a, T>(app: &App, item: Item, it: &'a Decided<T>) -> Shown<'a, T> {
    let local = |at: DateTime<Utc>| at.with_timezone(&app.line.zone).fixed_offset();
    let withdrawn = it.withdrawn.as_ref().map(|it| ShownWithdrawal { by: &it.by, at: local(it.at), reason: &it.reason });
    Shown { id: item.to_string(), what: &it.what, by: &it.by, at: local(it.at), withdrawn }
}

fn print_decisions(app: &App, decisions: &MonthDecisions, rulings: &[ListedRuling]) {
    let day = |at: DateTime<Utc>| at.with_timezone(&app.line.zone).format("%d/%m/%Y %H:%M").to_string();
    let signed = |by: &str, at| format!("{by}, {}", day(at));
    for it in &decisions.off_web {
        println!("{}  {}: {}  [{}]", Item::OffWeb(it.id), it.what.medium.label(), it.what.title, signed(&it.by, it.at));
        println!("    {}", it.reference());
        print_withdrawn(it, &day);
    }
    for it in rulings {
        let ruling = &it.ruling;
        let month = ruling.what.decision.month().map_or_else(String::new, |it| format!(" {:02}/{}", it.number(), it.year()));
        println!("{}{month}: {}  [{}]", ruling.what.decision.label(), it.title, signed(&ruling.by, ruling.at));
        println!("    {}\n    lý do: {}", it.url, ruling.what.reason);
    }
    for it in &decisions.confirmations {
        println!("{}  {}: {}  [{}]", Item::Confirmation(it.id), it.what.kind.label(), it.what.reason, signed(&it.by, it.at));
        print_withdrawn(it, &day);
    }
    for it in &decisions.hand_checks {
        let what = &it.check.what;
        let stretch = format!("{} – {}", day(what.span.from), day(what.span.to));
        println!("{}  kiểm tra thủ công {stretch}  [{}]", Item::HandCheck(it.check.id), signed(&it.check.by, it.check.at));
        println!("    đã xem: {}\n    kết quả: {}", what.looked_at, what.found);
        if it.overtaken {
            println!("    không còn giá trị: sau đó xuất hiện tin, bài có ngày đăng trong khoảng này");
        }
        print_withdrawn(&it.check, &day);
    }
}

fn print_withdrawn<T>(it: &Decided<T>, day: &impl Fn(DateTime<Utc>) -> String) {
    if let Some(it) = &it.withdrawn {
        println!("    đã rút lại: {}  [{}, {}]", it.reason, it.by, day(it.at));
    }
}
