//! What the ladder says of every outlet's recent months: what goes out, and why the rest does not.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    JobError, Line,
    review::{Reviewed, recent_months},
};
use crate::{
    domain::{
        closing::Inputs,
        control::{ControlStanding, control_standing},
        ladder::{Call, Finding, LadderRules, MonthFacts, Surroundings, climb, is_seen_to_date},
        month::Month,
        notice::{Channel, NoticeKey, NoticeState, Step},
        outlet::{Outlet, OutletId},
        review::{MonthReview, MonthRules, OutletMonth},
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
    pub finding: Finding,
    pub call: Call,
    /// What was made of it so far, by mail.
    pub state: Option<NoticeState>,
    pub grace_end: DateTime<Utc>,
}

/// The plan at an instant.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    pub now: DateTime<Utc>,
    pub own_line: OwnLine,
    pub steady: (Steadiness, SteadinessReason),
    /// Whether the positive control was found when it was last looked for.
    pub control: ControlStanding,
    pub steps: Vec<Planned>,
    /// The months as they were reviewed, the latest last.
    pub months: &'a [Reviewed<'a>],
}

impl Plan<'_> {
    /// The reviews, the latest month last.
    pub fn reviews(&self) -> impl Iterator<Item = &MonthReview> {
        self.months.iter().map(|it| &it.review)
    }
}

/// The months that a round looks at, the latest last: the recent ones, and those of which something still waits to be said.
///
/// # Errors
/// Where the store fails.
pub async fn months_in_question(line: &Line) -> Result<BTreeSet<Month>, JobError> {
    let said = line.store.notice_states(Channel::Mail).await?;
    let ahead = said.iter().filter(|it| it.1.is_ahead()).filter_map(|it| it.0.month());
    Ok(recent_months(line).into_iter().chain(ahead).collect())
}

/// Climbs the ladder for every outlet and month in question, by what the store holds. Nothing is written.
///
/// # Errors
/// Where the store fails.
pub async fn plan<'a>(line: &Line, own_line: OwnLine, months: &'a [Reviewed<'a>]) -> Result<Plan<'a>, JobError> {
    let now = line.clock.now();
    let settle = TimeDelta::from_std(line.notices.settle.0).unwrap_or(TimeDelta::MAX);
    let steady = steadiness(&line.store.life().await?, settle, now);
    let today = now.with_timezone(&line.zone).date_naive();
    let control = control_standing(&line.store.control_results(today - CONTROL_DAYS, today, now).await?, now).0;
    let ladder = line.notices.ladder();
    let mut known =
        Known { said: line.store.notice_states(Channel::Mail).await?, silences: line.store.silences_at(now).await?, short: HashSet::new() };
    let mut plan = Plan { now, own_line, steady, control, steps: Vec::new(), months };
    for month in months {
        for (outlet, inputs) in line.register.outlets.iter().zip(&month.inputs) {
            let Some(reviewed) = month.review.outlets.iter().find(|it| it.outlet == outlet.id) else { continue };
            let finding = finding_of(inputs, reviewed, month.review.together.verdict, &month.rules);
            plan.steps.extend(climb_month(line, outlet, (finding, reviewed), &known, (&plan, &ladder), &month.rules));
            if finding.unproven(line.zone).is_none() && !known.was_corrected(&outlet.id, finding.month) {
                known.short.insert((outlet.id.clone(), finding.month));
            }
        }
    }
    Ok(plan)
}

/// Days of positive controls that are looked through.
const CONTROL_DAYS: TimeDelta = TimeDelta::days(2);

/// What an outlet's month came to, and what that rests on.
pub fn finding_of(inputs: &Inputs, reviewed: &OutletMonth, together: Verdict, rules: &MonthRules<'_>) -> Finding {
    Finding {
        month: rules.month,
        verdict: reviewed.verdict,
        together,
        reading: rules.policy.reading,
        backfilled: reviewed.backfilled,
        first_visit: inputs.seen.ledgers.iter().filter_map(|it| it.first_good).min(),
    }
}

/// What was said and decided before.
struct Known {
    said: HashMap<NoticeKey, NoticeState>,
    silences: Vec<KeptSilence>,
    /// The outlets' months that fell short and of which nobody was told otherwise.
    short: HashSet<(OutletId, Month)>,
}

impl Known {
    fn state(&self, step: Step, outlet: &OutletId, month: Month) -> Option<NoticeState> {
        self.said.get(&NoticeKey::of_month(step, outlet, month)).copied()
    }

    fn was_corrected(&self, outlet: &OutletId, month: Month) -> bool {
        self.state(Step::Correction, outlet, month).is_some_and(NoticeState::may_be_read)
    }
}

fn climb_month(
    line: &Line,
    outlet: &Outlet,
    (finding, reviewed): (Finding, &OutletMonth),
    known: &Known,
    (plan, ladder): (&Plan<'_>, &LadderRules),
    rules: &MonthRules<'_>,
) -> Vec<Planned> {
    let (now, month) = (plan.now, finding.month);
    let state = |step, month| known.state(step, &outlet.id, month);
    let reminders = line.notices.remind_days_before.iter().map(|it| Step::Reminder(*it));
    let steps = reminders.chain([Step::Alert, Step::Correction, Step::Escalation]);
    let said: Vec<(Step, NoticeState)> = steps.filter_map(|step| Some((step, state(step, month)?))).collect();
    let silence = known.silences.iter().find(|it| it.covers(&outlet.id, now));
    let facts = MonthFacts {
        finding,
        pending: reviewed.pending.len(),
        seen_to_date: is_seen_to_date(&reviewed.coverage.gaps, now),
        before: (known.short.contains(&(outlet.id.clone(), month.previous())), state(Step::Alert, month.previous())),
        said: &said,
        reachable: (outlet.contacts_in(Month::of(now, line.zone)).next().is_some(), !line.notices.head_email.is_empty()),
        silenced: silence.map(|it| it.what.reason.as_str()),
    };
    let around = Surroundings {
        now,
        zone: line.zone,
        calendar: &line.calendar,
        rules: ladder,
        steadiness: plan.steady.0,
        own_line: plan.own_line,
        control_failed: matches!(plan.control, ControlStanding::Failed { .. }),
    };
    let planned = |(step, call)| Planned {
        key: NoticeKey::of_month(step, &outlet.id, month),
        outlet: outlet.id.clone(),
        name: outlet.name.clone(),
        finding,
        call,
        state: state(step, month),
        grace_end: rules.grace_end,
    };
    climb(&facts, &around).into_iter().map(planned).collect()
}
