//! What only the operator can mend: looked for at each round, told once when it begins and once when it is over.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::{
    JobError, Line,
    compose::{Site, operator_message},
    plan::{Plan, Planned},
};
use crate::{
    domain::{
        cause::{Cause, CauseKind},
        control::{ControlStanding, control_standing},
        ladder::{Call, Hold},
        notice::{NoticeKey, NoticeState, Step, Subject},
        uptime::OwnLine,
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
pub async fn tell_operator(line: &Line, site: &Site, plan: &Plan) -> Result<(), JobError> {
    let now = line.clock.now();
    let found = causes(line, plan).await?;
    let kept = line.store.causes().await?;
    let news = CauseNews {
        begun: found.values().filter(|it| !kept.contains_key(&it.key)).map(|it| (it.clone(), now)).collect(),
        over: kept.into_values().filter(|it| !found.contains_key(&it.0.key)).collect(),
    };
    if news == CauseNews::default() {
        return Ok(());
    }
    let mut notice = None;
    if !site.operator_email.is_empty() {
        let message = serde_json::to_string(&operator_message(line, site, &news, now));
        let message = message.map_err(|cause| JobError::Json { attempt: "a message to the operator".to_owned(), cause })?;
        let key = NoticeKey { step: Step::Operator, subject: Subject::Instant(now) };
        notice = Some(NewNotice { key, state: NoticeState::Called, message: Some(message) });
    }
    line.store.tell_causes(&news, notice.as_ref().map(|it| (it, &*line.channels)), now).await?;
    Ok(())
}

/// Everything that is wrong now, by key.
async fn causes(line: &Line, plan: &Plan) -> Result<BTreeMap<String, Cause>, JobError> {
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
    found.extend(control(line, plan).await?);
    found.extend(plan.steps.iter().filter_map(|it| held(line, it)));
    found.extend(plan.steps.iter().filter_map(in_doubt));
    for it in line.store.notices_in(&[NoticeState::Failed, NoticeState::MaybeSent], WRONG_MAX).await? {
        // One that tells of trouble must not make more of it.
        if it.key.step != Step::Operator {
            found.push(undelivered(line, &it));
        }
    }
    Ok(found.into_iter().map(|it| (it.key.clone(), it)).collect())
}

fn told(key: String, kind: CauseKind, what: String, why: String) -> Cause {
    Cause { key, kind, what, url: String::new(), why }
}

fn held(line: &Line, it: &Planned) -> Option<Cause> {
    let Call::Held(hold) = &it.call else { return None };
    match hold {
        // Quiet hours pass by themselves.
        Hold::Quiet(_) => None,
        Hold::NoContact if it.key.step == Step::Escalation => Some(told(
            "contact of the head".to_owned(),
            CauseKind::ContactMissing,
            "Lãnh đạo đơn vị (head_email)".to_owned(),
            String::new(),
        )),
        Hold::NoContact => Some(told(format!("contact {}", it.outlet), CauseKind::ContactMissing, it.name.clone(), String::new())),
        hold => {
            let what = format!("{}, tháng {}, {}", it.name, it.month.shown(), it.key.step.label().to_lowercase());
            Some(told(format!("held {}", it.key), CauseKind::MessageHeld, what, hold.label(line.zone)))
        }
    }
}

fn in_doubt(it: &Planned) -> Option<Cause> {
    let read = it.key.step == Step::Alert && it.state.is_some_and(NoticeState::may_be_read);
    (read && it.own_verdict == Verdict::Undetermined).then(|| {
        told(format!("doubt {}", it.key), CauseKind::AlertedInDoubt, format!("{}, tháng {}", it.name, it.month.shown()), String::new())
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
async fn control(line: &Line, plan: &Plan) -> Result<Option<Cause>, JobError> {
    let today = plan.now.with_timezone(&line.zone).date_naive();
    let results = line.store.control_results(today - TimeDelta::days(2), today, plan.now).await?;
    Ok(match control_standing(&results, plan.now).0 {
        ControlStanding::Failed { fault, detail, .. } => {
            let why = format!("{}: {detail}", fault.label());
            Some(told("control".to_owned(), CauseKind::ControlNotFound, "Bài đối chứng".to_owned(), why))
        }
        ControlStanding::Working { .. } | ControlStanding::Unknown => None,
    })
}
