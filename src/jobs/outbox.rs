//! Sends what is called for: each notice is claimed, handed on once, and keeps what became of it.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::json;

use super::{
    JobError, Line,
    compose::{Site, compose},
    plan::{Plan, Planned},
    review::{review, review_alone},
};
use crate::{
    domain::{
        calendar::DutyReading,
        delivery::Delivery,
        ladder::{Call, Hold, NoCall, is_late},
        month::Month,
        notice::{Addressee, Channel, NoticeKey, NoticeState, Outgoing, Step, Subject},
        outlet::OutletId,
        verdict::Verdict,
    },
    mail::{Mailbox, Message, MessageId, Post},
    store::notice::Notice,
    webhook::Hook,
};

/// The ways out, built by `app`.
pub struct Posts {
    pub mail: Post,
    pub hook: Option<Hook>,
    pub from: Mailbox,
    /// The right part of the messages' ids.
    pub domain: String,
    pub site: Site,
}

/// What became of one notice in a round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    pub key: NoticeKey,
    pub step: String,
    pub outlet: Option<OutletId>,
    pub month: Option<Month>,
    pub channel: Channel,
    pub state: NoticeState,
    /// Mail addresses.
    pub to: Vec<String>,
    pub why: String,
}

/// Notices that one round looks at.
const ROUND_MAX: u32 = 2_000;

/// Attempts in a row that came to nothing, after which a round leaves the rest to a later one: each may take minutes.
const IN_VAIN_MAX: u32 = 3;

/// What is to be done with a notice that has not left yet.
enum Turn {
    Go,
    Hold(String),
    Drop(String),
    /// An officer must let it go first.
    Ask(String),
}

/// What holds a notice back whose month came to something else while the round went on.
const CHANGED: &str = "kết quả tháng vừa thay đổi";

/// Sends what is called for and not held back.
///
/// # Errors
/// Where the store fails. What fails on its way is no error.
pub async fn send(line: &Line, posts: &Posts, plan: &Plan<'_>) -> Result<Vec<Told>, JobError> {
    let planned: HashMap<&NoticeKey, &Planned> = plan.steps.iter().map(|it| (&it.key, it)).collect();
    let mut told = Vec::new();
    let mut in_vain = 0;
    for notice in line.store.notices_in(&[NoticeState::Called, NoticeState::Waits], ROUND_MAX).await? {
        let now = line.clock.now();
        let planned = planned.get(&notice.key).copied();
        told.push(match turn(line, &notice, planned).await? {
            Turn::Drop(why) => {
                let state = line.store.cancel_notice(notice.id, &why, now).await?;
                tell(&notice, state, Vec::new(), why)
            }
            Turn::Hold(why) => hold(line, &notice, why).await?,
            Turn::Ask(why) => {
                line.store.have_approved(notice.id, &why).await?;
                tell(&notice, NoticeState::Waits, Vec::new(), why)
            }
            Turn::Go if notice.state == NoticeState::Waits => tell(&notice, NoticeState::Waits, Vec::new(), String::new()),
            Turn::Go if notice.attempts > 0 && notice.not_before > now => tell(&notice, notice.state, Vec::new(), notice.why.clone()),
            Turn::Go if in_vain >= IN_VAIN_MAX => tell(&notice, notice.state, Vec::new(), "máy chủ chưa nhận thư nào".to_owned()),
            Turn::Go => match hand_on(line, posts, plan, (&notice, planned)).await? {
                Some(it) => {
                    in_vain = if it.state == NoticeState::Called { in_vain + 1 } else { 0 };
                    it
                }
                None => continue,
            },
        });
    }
    posts.mail.close().await;
    Ok(told)
}

async fn hold(line: &Line, notice: &Notice, why: String) -> Result<Told, JobError> {
    line.store.hold_notice(notice.id, &why, line.clock.now()).await?;
    Ok(tell(notice, notice.state, Vec::new(), why))
}

/// What the plan says of a notice. The month is looked at once more before anything goes out.
async fn turn(line: &Line, notice: &Notice, planned: Option<&Planned>) -> Result<Turn, JobError> {
    let now = line.clock.now();
    let Subject::OutletMonth(..) = &notice.key.subject else {
        let quiet = line.notices.ladder().quiet_until(now, line.zone);
        return Ok(quiet.map_or(Turn::Go, |until| Turn::Hold(Hold::Quiet(until).label(line.zone))));
    };
    let Some(planned) = planned else { return Ok(Turn::Drop("tháng này không còn được xét".to_owned())) };
    match &planned.call {
        // The mail has gone, and what it says still holds.
        Call::No(NoCall::Said(state)) if notice.channel == Channel::Webhook && state.may_be_read() && still_holds(planned) => {}
        Call::No(why) => return Ok(Turn::Drop(why.label())),
        Call::Held(hold) => return Ok(Turn::Hold(hold.label(line.zone))),
        Call::Due => {}
    }
    if notice.state == NoticeState::Called && notice.approved_at.is_none() && is_late(notice.key.step, planned.grace_end, now) {
        return Ok(Turn::Ask("tháng này đã qua lâu: chuyên viên xem lại trước khi gửi".to_owned()));
    }
    Ok(if is_still_so(line, planned).await? { Turn::Go } else { Turn::Hold(CHANGED.to_owned()) })
}

/// Whether the month still comes to what it was planned by: a source may have been read, or an officer have ruled, since the plan was
/// made. Where one item of anybody's is enough, all outlets are asked.
async fn is_still_so(line: &Line, planned: &Planned) -> Result<bool, JobError> {
    let (outlet, was) = (&planned.outlet, &planned.finding);
    let now = match was.reading {
        DutyReading::Together => review(line, was.month, &[]).await?,
        DutyReading::EachOutlet => review_alone(line, outlet, was.month).await?,
    };
    let own = now.outlets.iter().find(|it| it.outlet == *outlet).map(|it| it.verdict);
    let together = was.reading == DutyReading::EachOutlet || now.together.verdict == was.together;
    Ok(own == Some(was.verdict) && together)
}

/// Whether the verdict is still the one that a step was called for by. A correction stays true whatever comes after it.
fn still_holds(planned: &Planned) -> bool {
    match planned.key.step {
        Step::Alert | Step::Escalation => planned.finding.verdict == Verdict::NotMet,
        Step::Reminder(_) => planned.finding.verdict == Verdict::Open,
        Step::Correction | Step::Quarter | Step::Operator | Step::Digest => true,
    }
}

/// Hands a notice on; `None` where another worker has it.
async fn hand_on(
    line: &Line,
    posts: &Posts,
    plan: &Plan<'_>,
    (notice, planned): (&Notice, Option<&Planned>),
) -> Result<Option<Told>, JobError> {
    let broken = |cause| JobError::Json { attempt: format!("the message of {}", notice.key), cause };
    let outgoing: Outgoing = match (&notice.message, planned) {
        (Some(kept), _) => serde_json::from_str(kept).map_err(broken)?,
        (None, Some(planned)) => compose(line, &posts.site, plan, planned).await?,
        (None, None) => return Err(JobError::NoSubject(notice.key.to_string())),
    };
    let kept = serde_json::to_string(&outgoing).map_err(broken)?;
    if !line.store.claim_notice(notice.id, &kept, line.clock.now()).await? {
        return Ok(None);
    }
    let delivery = match (notice.channel, &posts.hook) {
        (Channel::Mail, _) => match message(posts, notice, &outgoing) {
            Ok(message) => posts.mail.deliver(&message).await,
            Err(fault) => Delivery::refused(&fault),
        },
        (Channel::Webhook, Some(hook)) => hook.deliver(&message_name(notice), line.clock.now(), &event(notice, &outgoing)).await,
        (Channel::Webhook, None) => Delivery::later("no webhook is configured"),
    };
    let state = line.store.settle_notice(notice.id, notice.attempts + 1, &delivery, line.clock.now()).await?;
    let to = outgoing.to.iter().map(|it| it.email.clone()).collect();
    let why = match delivery {
        Delivery::Sent { reply, .. } => reply,
        Delivery::Later { why } | Delivery::Refused { why } | Delivery::Unsure { why } => why,
    };
    tracing::info!(key = %notice.key, state = state.as_str(), why, "notice");
    Ok(Some(tell(notice, state, to, why)))
}

fn tell(notice: &Notice, state: NoticeState, to: Vec<String>, why: String) -> Told {
    Told {
        key: notice.key.clone(),
        step: notice.key.step.to_string(),
        outlet: notice.key.outlet().cloned(),
        month: notice.key.month(),
        channel: notice.channel,
        state,
        to,
        why,
    }
}

/// The mail, with an id that is the same at every attempt. The mails of one outlet's month are one conversation.
fn message(posts: &Posts, notice: &Notice, outgoing: &Outgoing) -> Result<Message, crate::mail::MailError> {
    let mailbox = |it: &Addressee| Mailbox::new(&it.name, &it.email);
    let thread = match &notice.key.subject {
        Subject::OutletMonth(outlet, month) => Some(MessageId::new(&format!("{outlet}.{month}"), &posts.domain)?),
        Subject::Quarter(_) | Subject::Instant(_) => None,
    };
    Ok(Message {
        id: MessageId::new(&message_name(notice), &posts.domain)?,
        from: posts.from.clone(),
        to: outgoing.to.iter().map(mailbox).collect::<Result<_, _>>()?,
        cc: outgoing.cc.iter().map(|it| Mailbox::new("", it)).collect::<Result<_, _>>()?,
        date: outgoing.date,
        subject: outgoing.subject.clone(),
        text: outgoing.text.clone(),
        html: outgoing.html.clone(),
        thread,
        attachments: Vec::new(),
    })
}

/// The left part of the message's id: the key, with what may not stand there taken out, and the number; what was written anew by an
/// officer's say is another message.
fn message_name(notice: &Notice) -> String {
    let key: String = notice.key.to_string().chars().map(|it| if it.is_ascii_alphanumeric() || it == '-' { it } else { '_' }).collect();
    match notice.round {
        0 => format!("{key}_{}", notice.id),
        round => format!("{key}_{}_{round}", notice.id),
    }
}

/// What another system hears.
fn event(notice: &Notice, outgoing: &Outgoing) -> serde_json::Value {
    json!({
        "type": format!("notice.{}", notice.key.step),
        "timestamp": outgoing.date,
        "data": {
            "key": notice.key,
            "outlet": notice.key.outlet(),
            "month": notice.key.month(),
            "to": outgoing.to,
            "subject": outgoing.subject,
            "text": outgoing.text,
        }
    })
}
