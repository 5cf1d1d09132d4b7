//! `notify`: what is due goes out, or is only shown; `letter`: the official letter of a month.

use std::path::Path;

use anyhow::Context;

use super::{End, print_json};
use crate::{
    app::App,
    domain::{month::Month, outlet::OutletId, verdict::Verdict},
    jobs::{
        letter::{LetterBytes, NoLetter, write_letter},
        notify::{NotifyReport, Other, Prospect, Told},
        review::review,
    },
};

/// Writes and sends the notices that are due, or shows what would go.
pub(super) async fn notices(app: &App, dry_run: bool, json: bool) -> anyhow::Result<End> {
    let notifier = app.notifier()?;
    let report = if dry_run { Some(notifier.rehearse(&app.line).await?) } else { notifier.notify(&app.line).await? };
    let Some(report) = report else {
        eprintln!("diembao: another `notify` is at work on this data folder");
        return Ok(End::Failed);
    };
    if json {
        print_json(&report)?;
    } else {
        print(&report, dry_run);
    }
    Ok(End::Done)
}

fn print(report: &NotifyReport, dry_run: bool) {
    println!("own line: {}; settled: {}", report.own_line, report.steadiness);
    for it in &report.notices {
        let Told { key, channel, state, to, why, .. } = it;
        let to = if to.is_empty() { String::new() } else { format!(" to {}", to.join(", ")) };
        println!("{:<11} {key} ({}){to}{}", state.as_str(), channel.as_str(), after_colon(why));
    }
    let due = report.others.iter().filter(|it| it.call == Prospect::Due);
    for Other { key, name, to, .. } in due {
        println!("{:<11} {key} ({name}) to {}", "would go", to.join(", "));
    }
    for Other { key, name, .. } in report.others.iter().filter(|it| it.call == Prospect::Waits) {
        println!("{:<11} {key} ({name}): an officer must let it go", "waits");
    }
    for Other { key, name, why, .. } in report.others.iter().filter(|it| it.call == Prospect::Held) {
        println!("{:<11} {key} ({name}): {why}", "held back");
    }
    if dry_run {
        for Other { key, name, why, .. } in report.others.iter().filter(|it| it.call == Prospect::NotCalled) {
            println!("{:<11} {key} ({name}): {why}", "no");
        }
    }
    if report.notices.is_empty() && report.others.iter().all(|it| it.call == Prospect::NotCalled) {
        println!("nothing to say");
    }
}

fn after_colon(why: &str) -> String {
    if why.is_empty() { String::new() } else { format!(": {why}") }
}

/// Writes the letter for a month to the outlets for which nothing was found, or to those named.
pub(super) async fn letter(app: &App, month: Month, outlets: Vec<OutletId>, pdf: bool, file: &Path) -> anyhow::Result<End> {
    let line = &app.line;
    let chosen = if outlets.is_empty() {
        let review = review(line, month, &[]).await?;
        review.outlets.into_iter().filter(|it| it.verdict == Verdict::NotMet).map(|it| it.outlet).collect()
    } else {
        outlets
    };
    match write_letter(line, &app.site.letter, month, &chosen).await? {
        Ok(LetterBytes { docx, pdf: drawn }) => {
            std::fs::write(file, if pdf { drawn } else { docx }).with_context(|| format!("write {}", file.display()))?;
            eprintln!("diembao: a letter to {} outlets is in {}", chosen.len(), file.display());
            Ok(End::Done)
        }
        Err(NoLetter::Nobody) => {
            eprintln!("diembao: nothing is missing in {month}: no outlet is `not_met`");
            Ok(End::Failed)
        }
        Err(NoLetter::Unproven(all)) => {
            for (name, why) in all {
                eprintln!("diembao: no letter is written to {name}: {}", why.label());
            }
            Ok(End::Failed)
        }
    }
}
