//! Watching the outlets' clocks: a constant error is found, proposed as a rule, and corrected once the rule is applied.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{JobError, Line};
use crate::{
    config::site::Approval,
    domain::{
        clock::{ClockKey, ClockProfile, ClockVerdict, RuleState, Sample, offset_minutes, read_clock, samples_of, shift_label},
        date::ZoneLabel,
        outlet::Outlet,
    },
    store::clock::{Decision, Keep, NewRule, StoredRule},
};

/// How far back a clock is looked at.
const WINDOW: TimeDelta = TimeDelta::days(180);
/// Articles looked at, newest first: some days of a busy daily, all of a small one.
const ARTICLES_MAX: u32 = 100;
/// Who decides where no person does.
const PROGRAM: &str = "diembao";

/// What the dates of an outlet say of one of its clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    pub key: ClockKey,
    /// Minutes that the clock is believed to run ahead, by the rule in force.
    pub believed: i64,
    pub found: ClockProfile,
}

/// Looks at every clock behind an outlet's dates.
///
/// # Errors
/// Where the store fails.
pub async fn profiles(line: &Line, outlet: &Outlet, rules: &[StoredRule]) -> Result<Vec<Profile>, JobError> {
    let now = line.clock.now();
    let mut samples: BTreeMap<ClockKey, Vec<Sample>> = BTreeMap::new();
    for article in line.store.dated_articles(&outlet.id, now - WINDOW, now, ARTICLES_MAX).await? {
        for (key, sample) in samples_of(&article.evidence, article.first_seen, article.not_before) {
            samples.entry(key).or_default().push(sample);
        }
    }
    let profile = |(key, mut samples): (ClockKey, Vec<Sample>)| {
        let own = || rules.iter().filter(|it| it.rule.key == key);
        // What an officer refused is not found again in the items that he knew of.
        let refused: Option<DateTime<Utc>> =
            own().filter(|it| it.rule.state == RuleState::Withdrawn).filter_map(|it| Some(it.changes.last()?.at)).max();
        samples.retain(|it| refused.is_none_or(|at| it.first_seen > at));
        let applied = own().filter(|it| it.rule.state == RuleState::Applied).max_by_key(|it| (it.rule.since, it.rule.name.id));
        let believed = applied.map_or(0, |it| it.rule.minutes);
        Profile { key, believed, found: read_clock(&samples, believed, offset_minutes(now, line.zone)) }
    };
    Ok(samples.into_iter().map(profile).collect())
}

/// Looks at an outlet's clocks and records what was found: an error as a proposed rule, which is applied at once where the
/// configuration lets it; the rightness of a clock whose label is doubted in general as a rule that says so.
///
/// # Errors
/// Where the store fails.
pub async fn watch_clocks(line: &Line, outlet: &Outlet) -> Result<(), JobError> {
    let rules = line.store.clock_rules(Some(&outlet.id)).await?;
    for Profile { key, found, .. } in profiles(line, outlet, &rules).await? {
        let own = || rules.iter().filter(|it| it.rule.key == key);
        let open = own().find(|it| it.rule.state == RuleState::Proposed);
        let figures = &found.figures;
        let new = |minutes, since, firm| NewRule { outlet: &outlet.id, key, minutes, since, figures, firm };
        let reason = format!("{} trên {} tin khớp, {} tin trái lại", figures.fitting, figures.items, figures.against);
        let decide = |state, reason| Decision { state, at: line.clock.now(), by: PROGRAM, reason };
        match found.verdict {
            ClockVerdict::Shifted { minutes, since, firm } => {
                let mut id = open.filter(|it| it.rule.minutes == minutes).map(|it| it.rule.name.id);
                if open.is_none() {
                    let proposed = decide(RuleState::Proposed, reason.as_str());
                    let recorded = line.store.record_clock_rule(&new(minutes, since, firm), &proposed, line.zone).await?;
                    id = recorded.as_ref().map(|it| it.0.id);
                    tracing::warn!(outlet = %outlet.id, dates = key.from.as_str(), label = key.label.as_str(), minutes, reason, "a clock is wrong: {}", shift_label(minutes));
                }
                if let Some(id) = id.filter(|_| firm && line.clock_rules == Approval::Automatic) {
                    let applied = decide(RuleState::Applied, "crawl.clock_rules = \"automatic\"");
                    line.store.change_clock_rule(id, &applied, Keep::Kept, line.zone).await?;
                }
            }
            ClockVerdict::Agrees if key.label == ZoneLabel::Gmt && own().next().is_none() => {
                line.store.record_clock_rule(&new(0, None, true), &decide(RuleState::Applied, reason.as_str()), line.zone).await?;
            }
            _ => {}
        }
    }
    Ok(())
}
