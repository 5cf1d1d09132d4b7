//! What only the operator can mend: looked for at each round, told once when it begins and once when it is over.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    JobError, Line,
    compose::{Site, operator_message},
    plan::{Plan, Planned},
};
use crate::{
    domain::{
        cause::{Cause, CauseKind},
        control::ControlStanding,
        ladder::{Call, Hold},
        month::Month,
        notice::{NoticeKey, NoticeState, Step, Subject},
        reading::{medium_of, redesign_likely},
        uptime::{DownWhy, OwnLine, Steadiness, SteadinessReason, down_times},
        verdict::Verdict,
    },
    store::{
        cause::CauseNews,
        notice::{NewNotice, Notice},
    },
};

/// Notices that went wrong and are looked at.
const WRONG_MAX: u32 = 500;

/// Looks what the operator must know of, and writes one notice for all that is new or over. Where nobody is named as the operator it is
/// kept all the same, for the desk.
///
/// # Errors
/// Where the store fails.
pub async fn tell_operator(line: &Line, site: &Site, plan: &Plan<'_>) -> Result<(), JobError> {
    let news = operator_news(line, plan).await?;
    if news == CauseNews::default() {
        return Ok(());
    }
    let notice = operator_notice(line, site, &news, plan.now)?;
    line.store.tell_causes(&news, notice.as_ref().map(|it| (it, &*line.channels)), plan.now).await?;
    Ok(())
}

/// What began and what is over since the operator was told last.
///
/// # Errors
/// Where the store fails.
pub async fn operator_news(line: &Line, plan: &Plan<'_>) -> Result<CauseNews, JobError> {
    let found = causes(line, plan).await?;
    let kept = line.store.causes().await?;
    Ok(CauseNews {
        begun: found.values().filter(|it| !kept.contains_key(&it.key)).map(|it| (it.clone(), plan.now)).collect(),
        over: kept.into_values().filter(|it| !found.contains_key(&it.0.key)).collect(),
    })
}

/// The notice of what is new or over; `None` where nothing is, or nobody is named as the operator.
///
/// # Errors
/// Where it cannot be written.
pub fn operator_notice(line: &Line, site: &Site, news: &CauseNews, now: DateTime<Utc>) -> Result<Option<NewNotice>, JobError> {
    if *news == CauseNews::default() || site.operator_email.is_empty() {
        return Ok(None);
    }
    let message = serde_json::to_string(&operator_message(line, site, news, now));
    let message = message.map_err(|cause| JobError::Json { attempt: "a message to the operator".to_owned(), cause })?;
    let key = NoticeKey { step: Step::Operator, subject: Subject::Instant(now) };
    Ok(Some(NewNotice { key, state: NoticeState::Called, message: Some(message) }))
}

/// Everything that is wrong now, by key.
async fn causes(line: &Line, plan: &Plan<'_>) -> Result<BTreeMap<String, Cause>, JobError> {
    let mut found = Vec::new();
    for (outlet, url) in line.store.sources_down().await? {
        let Some(outlet) = line.register.get(&outlet) else { continue };
        if outlet.sources.iter().any(|it| it.url.as_str() == url) {
            let (key, what) = (format!("source {url}"), outlet.name.clone());
            found.push(Cause { key, kind: CauseKind::SourceUnreadable, what, url, why: String::new() });
        }
    }
    if plan.own_line == OwnLine::Down {
        found.push(told("own line".to_owned(), CauseKind::ControlSilent, "Đường truyền".to_owned(), String::new()));
    }
    found.extend(control(plan));
    found.extend(down(line, plan).await?);
    for outlet in line.register.outlets.iter() {
        let mut tried = line.store.tried_last(&outlet.id).await?;
        let is_declared = |why: &str| medium_of(why).is_some_and(|it| outlet.blind.contains(&it));
        tried.retain(|it| !it.unread.as_deref().is_some_and(is_declared));
        if redesign_likely(&tried) {
            found.push(told(format!("pages {}", outlet.id), CauseKind::PagesUnreadable, outlet.name.clone(), String::new()));
        }
    }
    found.extend(plan.steps.iter().filter_map(|it| held(line, it)));
    found.extend(plan.steps.iter().filter_map(in_doubt));
    for it in line.store.notices_in(&[NoticeState::Failed, NoticeState::MaybeSent], WRONG_MAX).await? {
        // One that tells of trouble must not make more of it.
        if it.key.step != Step::Operator {
            found.push(undelivered(line, &it));
        }
    }
    for (notice, addresses) in line.store.partly_refused(WRONG_MAX).await? {
        let still = addresses.into_iter().filter(|it| is_written_to(line, &notice, it));
        found.extend(still.map(|it| Cause { key: format!("refused {it}"), why: it, ..undelivered(line, &notice) }));
    }
    Ok(found.into_iter().map(|it| (it.key.clone(), it)).collect())
}

/// Whether the next message of that kind would go to the address too: else it was mended.
fn is_written_to(line: &Line, notice: &Notice, address: &str) -> bool {
    let month = Month::of(line.clock.now(), line.zone);
    let outlet = notice.key.outlet().and_then(|it| line.register.get(it.as_str()));
    let contacts = outlet.into_iter().flat_map(|it| it.contacts_in(month)).map(|it| &it.email);
    let others = line.notices.cc.iter().chain(&line.notices.digest_to).chain([&line.notices.head_email]);
    contacts.chain(others).any(|it| it == address)
}

/// A shorter absence loses nothing: sources are read again before they roll over.
const ABSENCE_MIN: TimeDelta = TimeDelta::hours(1);
/// An absence is told for so long after its end, or for as long as it holds messages back.
const ABSENCE_TOLD: TimeDelta = TimeDelta::hours(24);

/// The latest time in which the program did not run, where it is still going on or is not over for long.
async fn down(line: &Line, plan: &Plan<'_>) -> Result<Option<Cause>, JobError> {
    let times = down_times(&line.store.life().await?, plan.now);
    let holds = matches!(plan.steady.0, Steadiness::Settling { .. });
    let latest = times.into_iter().rfind(|it| holds || it.span.length() >= ABSENCE_MIN);
    Ok(latest.filter(|it| holds || plan.now - it.span.to <= ABSENCE_TOLD).map(|it| {
        let shown = |at: DateTime<Utc>| at.with_timezone(&line.zone).format("%d/%m/%Y %H:%M").to_string();
        let what = match it.why {
            DownWhy::NotRunning if plan.steady.1 == SteadinessReason::StillDown => format!("từ {}", shown(it.span.from)),
            DownWhy::NotRunning => format!("từ {} đến {}", shown(it.span.from), shown(it.span.to)),
            DownWhy::ClockSetBack => format!("lúc {}", shown(it.span.from)),
        };
        told(format!("down {}", it.span.from.timestamp()), CauseKind::WasDown, what, it.why.label().to_owned())
    }))
}

fn told(key: String, kind: CauseKind, what: String, why: String) -> Cause {
    Cause { key, kind, what, url: String::new(), why }
}

fn held(line: &Line, it: &Planned) -> Option<Cause> {
    let Call::Held(hold) = &it.call else { return None };
    match hold {
        // Quiet hours pass by themselves; of what holds everything back the operator is told once, not for each message.
        Hold::Quiet(_) | Hold::OwnLineDown | Hold::ControlFailed | Hold::Settling(_) => None,
        Hold::NoContact if it.key.step == Step::Escalation => Some(told(
            "contact of the head".to_owned(),
            CauseKind::ContactMissing,
            "Lãnh đạo đơn vị (head_email)".to_owned(),
            String::new(),
        )),
        Hold::NoContact => Some(told(format!("contact {}", it.outlet), CauseKind::ContactMissing, it.name.clone(), String::new())),
        hold => {
            let what = format!("{}, tháng {}, {}", it.name, it.finding.month.shown(), it.key.step.label().to_lowercase());
            Some(told(format!("held {}", it.key), CauseKind::MessageHeld, what, hold.label(line.zone)))
        }
    }
}

fn in_doubt(it: &Planned) -> Option<Cause> {
    let read = it.key.step == Step::Alert && it.state.is_some_and(NoticeState::may_be_read);
    (read && it.finding.verdict == Verdict::Undetermined).then(|| {
        told(
            format!("doubt {}", it.key),
            CauseKind::AlertedInDoubt,
            format!("{}, tháng {}", it.name, it.finding.month.shown()),
            String::new(),
        )
    })
}

fn undelivered(line: &Line, notice: &Notice) -> Cause {
    let outlet = notice.key.outlet().and_then(|it| line.register.get(it.as_str())).map(|it| format!("{}, ", it.name)).unwrap_or_default();
    let month = notice.key.month().map(|it| format!("tháng {}, ", it.shown())).unwrap_or_default();
    let kind = if notice.state == NoticeState::MaybeSent { CauseKind::DeliveryDoubtful } else { CauseKind::DeliveryFailed };
    let what = format!("{outlet}{month}{}", notice.key.step.label().to_lowercase());
    told(format!("delivery {}", notice.id), kind, what, notice.why.clone())
}

/// The positive control, where its last look found something wrong.
fn control(plan: &Plan<'_>) -> Option<Cause> {
    match &plan.control {
        ControlStanding::Failed { fault, detail, .. } => {
            let why = format!("{}: {detail}", fault.label());
            Some(told("control".to_owned(), CauseKind::ControlNotFound, "Bài đối chứng".to_owned(), why))
        }
        ControlStanding::Working { .. } | ControlStanding::Unknown => None,
    }
}
