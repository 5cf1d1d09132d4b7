//! What the ladder says of every outlet's recent months: what goes out, and why the rest does not.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    JobError, Line,
    review::{all_inputs, month_rules, recent_months},
};
use crate::{
    domain::{
        closing::{Inputs, review_inputs},
        ladder::{Call, LadderRules, MonthFacts, Surroundings, climb, is_seen_to_date},
        month::Month,
        notice::{Channel, NoticeKey, NoticeState, Step},
        outlet::{Outlet, OutletId},
        review::{MonthReview, MonthRules},
        uptime::{OwnLine, Steadiness, SteadinessReason, steadiness},
        verdict::Verdict,
    },
    store::silence::KeptSilence,
};

/// A step of an outlet's month, and what is to be said of it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    pub key: NoticeKey,
    pub outlet: OutletId,
    pub name: String,
    pub month: Month,
    /// Of the outlet's month, whatever the reading of the duty.
    pub own_verdict: Verdict,
    pub call: Call,
    /// What was made of it so far, by mail.
    pub state: Option<NoticeState>,
    pub grace_end: DateTime<Utc>,
}

/// The plan at an instant.
#[derive(Debug, Clone)]
pub struct Plan {
    pub now: DateTime<Utc>,
    pub own_line: OwnLine,
    pub steady: (Steadiness, SteadinessReason),
    pub steps: Vec<Planned>,
    /// The months as they were reviewed, the latest last.
    pub reviews: Vec<MonthReview>,
}

/// When a source of an outlet was read last.
///
/// # Errors
/// Where the store fails.
pub async fn last_look(line: &Line, outlet: &Outlet, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, JobError> {
    let mut last = None;
    for source in &outlet.sources {
        last = last.max(line.store.health(&outlet.id, &source.url, now).await?.last_good);
    }
    Ok(last)
}

/// Climbs the ladder for every outlet and recent month, by what the store holds. Nothing is written.
///
/// # Errors
/// Where the store fails.
pub async fn plan(line: &Line, own_line: OwnLine) -> Result<Plan, JobError> {
    let now = line.clock.now();
    let settle = TimeDelta::from_std(line.notices.settle.0).unwrap_or(TimeDelta::MAX);
    let steady = steadiness(&line.store.heartbeats().await?, settle, now);
    let ladder = line.notices.ladder();
    let known = Known { said: line.store.notice_states(Channel::Mail).await?, silences: line.store.silences().await? };
    let mut plan = Plan { now, own_line, steady, steps: Vec::new(), reviews: Vec::new() };
    let mut before: HashMap<OutletId, Verdict> = HashMap::new();
    for month in recent_months(line).into_iter().rev() {
        let rules = month_rules(line, month, now)?;
        let inputs = all_inputs(line, &rules).await?;
        let review = review_inputs(&inputs, &rules);
        for (outlet, inputs) in line.register.outlets.iter().zip(&inputs) {
            plan.steps.extend(climb_month(line, outlet, (inputs, &review), (&known, &before), (&plan, &ladder), &rules));
        }
        before = review.outlets.iter().map(|it| (it.outlet.clone(), it.verdict)).collect();
        plan.reviews.push(review);
    }
    Ok(plan)
}

/// What was said and decided before.
struct Known {
    said: HashMap<NoticeKey, NoticeState>,
    silences: Vec<KeptSilence>,
}

fn climb_month(
    line: &Line,
    outlet: &Outlet,
    (inputs, review): (&Inputs, &MonthReview),
    (known, before): (&Known, &HashMap<OutletId, Verdict>),
    (plan, ladder): (&Plan, &LadderRules),
    rules: &MonthRules<'_>,
) -> Vec<Planned> {
    let (now, month) = (plan.now, rules.month);
    let Some(reviewed) = review.outlets.iter().find(|it| it.outlet == outlet.id) else { return Vec::new() };
    let state = |step, month| known.said.get(&NoticeKey::of_month(step, &outlet.id, month)).copied();
    let reminders = line.notices.remind_days_before.iter().map(|it| Step::Reminder(*it));
    let steps = reminders.chain([Step::Alert, Step::Correction, Step::Escalation]);
    let said: Vec<(Step, NoticeState)> = steps.filter_map(|step| Some((step, state(step, month)?))).collect();
    let silence = known.silences.iter().find(|it| it.covers(&outlet.id, now));
    let facts = MonthFacts {
        month,
        verdict: reviewed.verdict,
        together: review.together.verdict,
        reading: rules.policy.reading,
        pending: reviewed.pending.len(),
        seen_to_date: is_seen_to_date(&reviewed.coverage.gaps, now),
        backfilled: reviewed.backfilled,
        first_visit: inputs.seen.ledgers.iter().filter_map(|it| it.first_good).min(),
        before: (before.get(&outlet.id).copied().unwrap_or(Verdict::Open), state(Step::Alert, month.previous())),
        said: &said,
        reachable: (outlet.contacts_in(Month::of(now, line.zone)).next().is_some(), !line.notices.head_email.is_empty()),
        silenced: silence.map(|it| it.what.reason.as_str()),
    };
    let around =
        Surroundings { now, zone: line.zone, calendar: &line.calendar, rules: ladder, steadiness: plan.steady.0, own_line: plan.own_line };
    let planned = |(step, call)| Planned {
        key: NoticeKey::of_month(step, &outlet.id, month),
        outlet: outlet.id.clone(),
        name: outlet.name.clone(),
        month,
        own_verdict: reviewed.verdict,
        call,
        state: state(step, month),
        grace_end: rules.grace_end,
    };
    climb(&facts, &around).into_iter().map(planned).collect()
}
