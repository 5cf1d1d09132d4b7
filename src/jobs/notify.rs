//! `notify`: verdicts first, then the ladder, the digest and the operator, then the outbox.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use serde::Serialize;

use super::{
    JobError, Line,
    compose::{Site, compose, digest_message, quarter_message},
    operator::{operator_news, operator_notice, tell_operator},
    outbox::send,
    plan::{Plan, Planned, months_in_question, plan},
    reach::{ask_controls, probe_own_line},
    review::{look_at_months, record_changes},
};
use crate::{
    config::notices::DigestPace,
    domain::{
        calendar::policy_of,
        ladder::{Call, Hold, is_late, quarter_due},
        month::Month,
        notice::{Audience, Channel, NoticeKey, NoticeState, Outgoing, Step, Subject},
        outlet::OutletId,
        uptime::{OwnLine, own_line},
    },
    store::notice::{LeftBy, NewNotice},
};

pub use super::outbox::{Posts, Told};

/// What a round said, or would say, and why it did not say the rest.
#[derive(Debug, Clone, Serialize)]
pub struct NotifyReport {
    pub as_of: DateTime<FixedOffset>,
    pub own_line: &'static str,
    pub steadiness: &'static str,
    /// What went out, or waits and why.
    pub notices: Vec<Told>,
    /// What the ladder calls for, holds back, or, for the present month and the one before, does not call for.
    pub others: Vec<Other>,
}

/// A step that did not go out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Other {
    pub key: NoticeKey,
    pub name: String,
    pub call: Prospect,
    pub to: Vec<String>,
    pub why: String,
}

/// What the next round would make of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Prospect {
    Due,
    /// An officer must let it go.
    Waits,
    Held,
    NotCalled,
}

/// What is left of a quarter's summary after this long is no news.
const QUARTER_LATE: TimeDelta = TimeDelta::days(30);

/// Writes and sends what is due. `left` says what is known of notices that somebody left in the middle of sending.
///
/// # Errors
/// Where the store fails. What fails on its way is no error.
pub async fn notify(line: &Line, posts: &Posts, left: LeftBy) -> Result<NotifyReport, JobError> {
    let now = line.clock.now();
    line.store.take_up_left(left, Channel::Mail, posts.mail.knows_repeats(), now).await?;
    line.store.take_up_left(left, Channel::Webhook, true, now).await?;
    let months = look_at_months(line, months_in_question(line).await?).await?;
    for it in &months {
        record_changes(line, &it.review).await?;
    }
    let state = probe_own_line(line).await?;
    let mut first = plan(line, state, &months).await?;
    draft_letters(line, &first).await?;
    call(line, &posts.site, &first).await?;
    let mut notices = send(line, posts, &first).await?;
    // The head hears of a second month once its alert has gone out, and finds the draft of a letter.
    if notices.iter().any(|it| it.key.step == Step::Alert && it.state.may_be_read()) {
        first = plan(line, state, &months).await?;
        draft_letters(line, &first).await?;
        call(line, &posts.site, &first).await?;
        notices.extend(send(line, posts, &first).await?);
    }
    tell_operator(line, &posts.site, &first).await?;
    notices.extend(send(line, posts, &first).await?);
    let mut seen = HashSet::new();
    // A later look at the same notice says more.
    notices.reverse();
    notices.retain(|it| seen.insert((it.key.clone(), it.channel)));
    notices.reverse();
    Ok(report(line, &first, notices))
}

/// Who drafts where no officer does.
const PROGRAM: &str = "diembao";

/// Drafts a letter for each month to the outlets that were alerted not long ago, whose absence is still proven, and whom no letter for
/// the month names yet. It waits for an officer; nothing is sent.
async fn draft_letters(line: &Line, plan: &Plan<'_>) -> Result<(), JobError> {
    let mut alerted: BTreeMap<Month, Vec<OutletId>> = BTreeMap::new();
    for it in plan.steps.iter().filter(|it| it.key.step == Step::Alert && it.state.is_some_and(NoticeState::may_be_read)) {
        if it.finding.unproven(line.zone).is_none() && !is_late(it.key.step, it.grace_end, plan.now) {
            alerted.entry(it.finding.month).or_default().push(it.outlet.clone());
        }
    }
    for (month, mut outlets) in alerted {
        let letters = line.store.letters_of(month).await?;
        outlets.retain(|outlet| !letters.iter().any(|it| it.outlets.contains(outlet)));
        if !outlets.is_empty() {
            line.store.draft_letter(month, &outlets, PROGRAM, plan.now).await?;
        }
    }
    Ok(())
}

/// What would go out, to whom, and why not the others; nothing is written or sent.
///
/// # Errors
/// Where the store fails.
pub async fn rehearse(line: &Line, site: &Site) -> Result<NotifyReport, JobError> {
    let state = own_line(&ask_controls(line).await.outcomes());
    let months = look_at_months(line, months_in_question(line).await?).await?;
    let plan = plan(line, state, &months).await?;
    let mut report = report(line, &plan, Vec::new());
    let said = line.store.notice_states(Channel::Mail).await?;
    let mut others = to_the_house(line, site, &plan).await?;
    others.extend(operator_notice(line, site, &operator_news(line, &plan).await?, plan.now)?);
    let quiet = line.notices.ladder().quiet_until(plan.now, line.zone);
    for it in others.into_iter().filter(|it| !said.contains_key(&it.key)) {
        let message: Option<Outgoing> = it.message.as_deref().and_then(|it| serde_json::from_str(it).ok());
        report.others.push(Other {
            key: it.key,
            name: message.as_ref().map(|it| it.subject.clone()).unwrap_or_default(),
            call: if quiet.is_some() { Prospect::Held } else { Prospect::Due },
            to: message.into_iter().flat_map(|it| it.to).map(|it| it.email).collect(),
            why: quiet.map(|until| Hold::Quiet(until).label(line.zone)).unwrap_or_default(),
        });
    }
    Ok(report)
}

/// The message of a notice on an outlet's month as it would go out now; `None` where it would not. Nothing is written: with a site that
/// makes no tokens it holds no link for an answer.
///
/// # Errors
/// Where the store fails.
pub async fn preview(line: &Line, site: &Site, key: &NoticeKey) -> Result<Option<Outgoing>, JobError> {
    let Subject::OutletMonth(_, month) = &key.subject else { return Ok(None) };
    let months = look_at_months(line, [month.previous(), *month]).await?;
    let plan = plan(line, OwnLine::Unknown, &months).await?;
    match plan.steps.iter().find(|it| it.key == *key) {
        Some(planned) if !matches!(planned.call, Call::No(_)) => compose(line, site, &plan, planned).await.map(Some),
        _ => Ok(None),
    }
}

fn report(line: &Line, plan: &Plan<'_>, notices: Vec<Told>) -> NotifyReport {
    let month = Month::of(plan.now, line.zone);
    let said: HashSet<&NoticeKey> = notices.iter().map(|it| &it.key).collect();
    let mails = |key: &NoticeKey| match (key.step.audience(), key.outlet().and_then(|it| line.register.get(it.as_str()))) {
        (Audience::Outlet, Some(outlet)) => outlet.contacts_in(month).map(|it| it.email.clone()).collect(),
        (Audience::Head, _) => vec![line.notices.head_email.clone()],
        _ => Vec::new(),
    };
    let recent = |it: &&Planned| it.finding.month >= month.previous() || !matches!(it.call, Call::No(_));
    let others = plan.steps.iter().filter(|it| !said.contains(&it.key)).filter(recent).map(|it| {
        let (call, why) = match &it.call {
            Call::Due if waits(line, plan, it) => (Prospect::Waits, "chờ chuyên viên duyệt".to_owned()),
            Call::Due => (Prospect::Due, String::new()),
            Call::Held(hold) => (Prospect::Held, hold.label(line.zone)),
            Call::No(why) => (Prospect::NotCalled, why.label()),
        };
        Other { key: it.key.clone(), name: it.name.clone(), call, to: mails(&it.key), why }
    });
    NotifyReport {
        as_of: plan.now.with_timezone(&line.zone).fixed_offset(),
        own_line: plan.own_line.as_str(),
        steadiness: plan.steady.1.as_str(),
        others: others.collect(),
        notices,
    }
}

/// Whether an officer must let a step go that is due.
fn waits(line: &Line, plan: &Plan<'_>, it: &Planned) -> bool {
    match it.state {
        Some(state @ (NoticeState::Waits | NoticeState::Called)) => state == NoticeState::Waits,
        _ => line.notices.first_state(it.key.step, it.grace_end, plan.now) == NoticeState::Waits,
    }
}

/// Writes down what is due and is not there yet.
async fn call(line: &Line, site: &Site, plan: &Plan<'_>) -> Result<(), JobError> {
    let mut due: Vec<NewNotice> = Vec::new();
    for it in plan.steps.iter().filter(|it| it.call == Call::Due) {
        let state = line.notices.first_state(it.key.step, it.grace_end, plan.now);
        due.push(NewNotice { key: it.key.clone(), state, message: None });
    }
    due.extend(to_the_house(line, site, plan).await?);
    line.store.call_for(&due, &line.channels, plan.now).await?;
    Ok(())
}

/// What is due to the head and the officers, whether it was said or not: the summary of a quarter, and the digest.
async fn to_the_house(line: &Line, site: &Site, plan: &Plan<'_>) -> Result<Vec<NewNotice>, JobError> {
    let mut due = Vec::new();
    if !line.notices.head_email.is_empty() {
        for review in plan.reviews() {
            due.extend(quarter(line, site, plan, review.month).await?);
        }
    }
    due.extend(digest(line, site, plan).await?);
    Ok(due)
}

fn kept(message: &Outgoing, what: &str) -> Result<Option<String>, JobError> {
    serde_json::to_string(message).map(Some).map_err(|cause| JobError::Json { attempt: what.to_owned(), cause })
}

/// The summary of the quarter that ends with the month, in the days after its grace, where the whole quarter was watched.
async fn quarter(line: &Line, site: &Site, plan: &Plan<'_>, month: Month) -> Result<Option<NewNotice>, JobError> {
    let days = policy_of(&line.policies, month).map_or(0, |it| it.grace_working_days);
    let Some(due) = quarter_due(month, days, &line.calendar, line.zone) else { return Ok(None) };
    if plan.now < due || due + QUARTER_LATE <= plan.now {
        return Ok(None);
    }
    let Some(message) = quarter_message(line, site, plan, month).await? else { return Ok(None) };
    let key = NoticeKey { step: Step::Quarter, subject: Subject::Quarter(month) };
    Ok(Some(NewNotice { key, state: NoticeState::Called, message: kept(&message, "the summary of a quarter")? }))
}

/// The press digest, where its day has come and there is something to tell.
async fn digest(line: &Line, site: &Site, plan: &Plan<'_>) -> Result<Option<NewNotice>, JobError> {
    let pace = match line.notices.digest {
        DigestPace::None => return Ok(None),
        DigestPace::Daily => TimeDelta::days(1),
        DigestPace::Weekly => TimeDelta::days(7),
    };
    let day = |at: DateTime<Utc>| at.with_timezone(&line.zone).date_naive();
    let last = line.store.last_called(Step::Digest).await?;
    if last.is_some_and(|it| day(plan.now) - day(it) < pace) {
        return Ok(None);
    }
    let since = last.unwrap_or(plan.now - pace);
    let Some(message) = digest_message(line, site, plan, since).await? else { return Ok(None) };
    let key = NoticeKey { step: Step::Digest, subject: Subject::Instant(plan.now) };
    Ok(Some(NewNotice { key, state: NoticeState::Called, message: kept(&message, "the digest")? }))
}
