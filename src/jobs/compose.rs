//! Puts the words of notices together from what the store holds.

use std::sync::Arc;

use chrono::{DateTime, Days, FixedOffset, NaiveDate, Utc};
use url::Url;

use super::{
    JobError, Line,
    plan::{Plan, Planned},
    review::look,
};
use crate::{
    domain::{
        calendar::DutyReading,
        cause::Cause,
        closing::Inputs,
        letter::LetterState,
        month::{Month, midnight},
        nature::Nature,
        near_miss::{NEAR_MISSES_MAX, NearMiss, near_misses},
        notice::{Addressee, Audience, Channel, NoticeState, Outgoing, Step},
        off_web::OffWeb,
        officer::Decided,
        outlet::{Outlet, OutletId},
        privacy::link_text,
        review::{Evidence, MonthReview, MonthRules, OutletMonth},
        submission::{Outcome, Settlement},
        verdict::Verdict,
    },
    report::{
        board::Board,
        message::{
            Alert, Answer, Correction, Digest, DigestItem, DigestOutlet, Escalation, MessageText, MonthLeft, Near, OperatorReport, Person,
            Quarter, Recorded, Reminder, ReplyLink, ReportedCause, Sender, Sent, SourceDown, Target, WaitingItem,
        },
    },
    store::{call::KeptCall, cause::CauseNews, dossier::NewArticle, notice::Notice, session::Purpose, waiting::Queued},
};

/// Months of a quarter.
const QUARTER: usize = 3;
/// Waiting articles that a digest looks through.
const QUEUE_MAX: u32 = 500;
/// Notices waiting for approval that a digest counts.
const WAITING_MAX: u32 = 500;
/// Calls that are looked through for a message to the head.
const CALLS_MAX: u32 = 200;

/// The installation as messages speak of it.
pub struct Site {
    pub name: String,
    pub department: String,
    pub province: String,
    pub operator_email: String,
    /// Where the desk is reached; without it no message holds a link for an answer.
    pub base_url: Option<Url>,
    /// Whom an outlet may talk to.
    pub contact: Option<Person>,
    pub new_token: NewToken,
}

/// Makes a token that nobody can guess, and its digest; `None` where there is to be no link.
pub type NewToken = Arc<dyn Fn() -> Option<(String, String)> + Send + Sync>;

/// What an outlet's month comes to when it is written about.
struct Known<'a> {
    outlet: &'a Outlet,
    rules: MonthRules<'a>,
    inputs: Inputs,
    reviewed: OutletMonth,
}

/// The message of a notice on an outlet's month, by what is known now.
///
/// # Errors
/// Where the store fails, or the outlet is not registered any more.
pub async fn compose(line: &Line, site: &Site, plan: &Plan<'_>, planned: &Planned) -> Result<Outgoing, JobError> {
    let gone = || JobError::NoSubject(planned.key.to_string());
    let outlet = line.register.get(planned.outlet.as_str()).ok_or_else(gone)?;
    let (rules, inputs, reviewed) = look(line, outlet, planned.finding.month).await?;
    let known = Known { outlet, rules, inputs, reviewed };
    let (text, chat) = match planned.key.step {
        Step::Reminder(_) => {
            let message = reminder(line, site, &known, plan.now).await?;
            (message.text(), message.zalo())
        }
        Step::Alert => {
            let message = alert(line, site, &known, plan.now).await?;
            (message.text(), message.zalo())
        }
        Step::Correction => (correction(line, site, plan, &known).await?.text(), String::new()),
        Step::Escalation => {
            let text = escalation(line, site, &known, plan.now).await?.text();
            return Ok(to_head(line, outgoing(text, plan.now)));
        }
        Step::Quarter | Step::Operator | Step::Digest => return Err(gone()),
    };
    let month = Month::of(plan.now, line.zone);
    let to = outlet.contacts_in(month).map(|it| Addressee { name: it.name.clone(), email: it.email.clone() }).collect();
    Ok(Outgoing { to, cc: line.notices.cc.clone(), chat, ..outgoing(text, plan.now) })
}

fn outgoing(text: MessageText, date: DateTime<Utc>) -> Outgoing {
    let MessageText { subject, text, html } = text;
    Outgoing { to: Vec::new(), cc: Vec::new(), date, subject, text, html, chat: String::new() }
}

fn sender(site: &Site) -> Sender {
    Sender { site: site.name.clone(), department: site.department.clone(), province: site.province.clone(), lines: Vec::new() }
}

fn target(known: &Known<'_>) -> Target {
    let policy = &known.rules.policy;
    Target { reading: policy.reading, minimum: policy.minimum, basis: policy.basis.clone() }
}

fn local(line: &Line, at: DateTime<Utc>) -> DateTime<FixedOffset> {
    at.with_timezone(&line.zone).fixed_offset()
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

/// When the outlet was looked at last.
async fn collected_to(line: &Line, known: &Known<'_>, now: DateTime<Utc>) -> Result<DateTime<FixedOffset>, JobError> {
    Ok(local(line, last_look(line, known.outlet, now).await?.unwrap_or(now)))
}

/// A link by which the outlet may answer, until the end of the last day for it. It opens one outlet's month and nothing else; the store
/// keeps its digest alone.
async fn reply_link(line: &Line, site: &Site, known: &Known<'_>, now: DateTime<Utc>) -> Result<Option<(ReplyLink, NaiveDate)>, JobError> {
    let last_day = now.with_timezone(&line.zone).date_naive() + Days::new(line.notices.reply_days.into());
    let Some(base) = &site.base_url else { return Ok(None) };
    let Some((token, digest)) = (site.new_token)() else { return Ok(None) };
    let expires = midnight(last_day + Days::new(1), line.zone);
    let subject = format!("{} {}", known.outlet.id, known.rules.month);
    line.store.make_link(&digest, Purpose::Reply, &subject, now, expires - now).await?;
    let url = format!("{}/reply/{token}", base.as_str().trim_end_matches('/'));
    Ok(Some((ReplyLink { url, expires: local(line, expires) }, last_day)))
}

async fn reminder(line: &Line, site: &Site, known: &Known<'_>, now: DateTime<Utc>) -> Result<Reminder, JobError> {
    let last = known.rules.month.next().first_day() - Days::new(1);
    let left = (last - now.with_timezone(&line.zone).date_naive()).num_days();
    Ok(Reminder {
        sender: sender(site),
        outlet: known.outlet.name.clone(),
        month: known.rules.month,
        target: target(known),
        counted: known.reviewed.count,
        collected_to: collected_to(line, known, now).await?,
        days_left: u32::try_from(left).unwrap_or(0),
        reply: reply_link(line, site, known, now).await?.map(|it| it.0),
        contact: site.contact.clone(),
    })
}

async fn alert(line: &Line, site: &Site, known: &Known<'_>, now: DateTime<Utc>) -> Result<Alert, JobError> {
    let span = known.rules.month.span(line.zone);
    let scored = line.store.best_scored(&known.outlet.id, span, now, NEAR_MISSES_MAX + known.reviewed.count).await?;
    let near = near_misses(&scored, &known.reviewed, line.zone);
    // What nothing speaks for is no help to an outlet.
    let near = near.into_iter().filter(|it| it.score > 0.0);
    let link = reply_link(line, site, known, now).await?;
    let last_day = now.with_timezone(&line.zone).date_naive() + Days::new(line.notices.reply_days.into());
    Ok(Alert {
        sender: sender(site),
        outlet: known.outlet.name.clone(),
        month: known.rules.month,
        target: target(known),
        counted: known.reviewed.count,
        collected_to: collected_to(line, known, now).await?,
        watched_to: local(line, known.rules.grace_end),
        articles: known.inputs.seen.articles_seen,
        sources: known.outlet.sources.len(),
        near: near.map(near_of).collect(),
        deadline: link.as_ref().map_or(last_day, |it| it.1),
        reply: link.map(|it| it.0),
        contact: site.contact.clone(),
    })
}

/// A near miss as an outlet reads it. An address that gives a person away is not spelled out.
fn near_of(it: NearMiss) -> Near {
    let url = link_of(&it.url, &it.nature);
    Near { title: it.title, published: it.published, why: it.why, url }
}

fn link_of(url: &str, nature: &Nature) -> String {
    if link_text(url, &nature.privacy) == url && !url.starts_with("urn:") { url.to_owned() } else { String::new() }
}

async fn correction(line: &Line, site: &Site, plan: &Plan<'_>, known: &Known<'_>) -> Result<Correction, JobError> {
    let month = known.rules.month;
    let alerts = line.store.notices_of(&known.outlet.id, month).await?;
    let alert = alerts.iter().find(|it| it.key.step == Step::Alert);
    let alerted = alert.map_or(plan.now, |it| it.settled_at.unwrap_or(it.called_at));
    let mut recorded = evidence_of(&known.reviewed, &known.inputs);
    if known.rules.policy.reading == DutyReading::Together {
        let others = plan.reviews().filter(|it| it.month == month).flat_map(|it| &it.outlets).filter(|it| it.outlet != known.outlet.id);
        recorded.extend(others.flat_map(|it| it.evidence.iter().map(|item| recorded_of(&it.name, item, String::new()))));
    }
    Ok(Correction {
        sender: sender(site),
        outlet: known.outlet.name.clone(),
        month,
        reading: known.rules.policy.reading,
        alerted: alerted.with_timezone(&line.zone).date_naive(),
        collected_to: collected_to(line, known, plan.now).await?,
        recorded,
        contact: site.contact.clone(),
    })
}

/// What counts, with the programme of what was registered by hand.
fn evidence_of(reviewed: &OutletMonth, inputs: &Inputs) -> Vec<Recorded> {
    let programme = |item: &Evidence| {
        let same = |it: &&Decided<OffWeb>| item.medium.is_some() && it.stands() && it.what.title.as_str() == item.title;
        inputs.seen.decisions.off_web.iter().find(same).and_then(|it| it.what.programme.as_ref()).map(ToString::to_string)
    };
    reviewed.evidence.iter().map(|it| recorded_of(&reviewed.name, it, programme(it).unwrap_or_default())).collect()
}

fn recorded_of(outlet: &str, it: &Evidence, programme: String) -> Recorded {
    Recorded {
        outlet: outlet.to_owned(),
        title: it.title.clone(),
        published: it.published,
        url: link_of(&it.url, &it.nature),
        medium: it.medium,
        programme,
    }
}

async fn escalation(line: &Line, site: &Site, known: &Known<'_>, now: DateTime<Utc>) -> Result<Escalation, JobError> {
    let (id, month) = (&known.outlet.id, known.rules.month);
    let months = vec![month.previous(), month];
    let mut sent = Vec::new();
    for it in &months {
        let notices = line.store.notices_of(id, *it).await?;
        let to_outlet = |it: &&Notice| it.channel == Channel::Mail && it.state.may_be_read() && it.key.step.audience() == Audience::Outlet;
        sent.extend(notices.iter().filter(to_outlet).map(|notice| Sent {
            month: *it,
            what: notice.key.step.label().to_lowercase(),
            at: local(line, notice.settled_at.unwrap_or(notice.called_at)),
            to: notice.message.as_deref().map(addressees).unwrap_or_default(),
            is_sure: notice.state == NoticeState::Sent,
        }));
    }
    let mut proposals = vec!["Trao đổi trực tiếp với lãnh đạo cơ quan báo chí về việc bố trí tin, bài trong tháng tới.".to_owned()];
    if line.store.letters_of(month).await?.iter().any(|it| it.state == LetterState::Draft && it.outlets.contains(id)) {
        proposals.push("Xem xét ký công văn đề nghị phối hợp; dự thảo có sẵn tại bàn làm việc.".to_owned());
    }
    Ok(Escalation {
        sender: sender(site),
        outlet: known.outlet.name.clone(),
        collected_to: collected_to(line, known, now).await?,
        sent,
        answers: answers(line, id, &months, now).await?,
        proposals,
        page: page(site, &format!("/outlets/{id}/{month}")),
        months,
    })
}

/// What the outlet answered about these months, by telephone or by its link, in the order of time.
async fn answers(line: &Line, outlet: &OutletId, months: &[Month], now: DateTime<Utc>) -> Result<Vec<Answer>, JobError> {
    let calls = line.store.calls(Some(outlet), 0, CALLS_MAX).await?;
    let about = |it: &KeptCall| it.call.month.is_some_and(|it| months.contains(&it));
    let by_call = |it: KeptCall| Answer { at: local(line, it.call.at), who: it.call.answered.to_string(), said: it.call.said.to_string() };
    let mut found: Vec<Answer> = calls.into_iter().filter(about).map(by_call).collect();
    for it in line.store.submissions_of(outlet, months, now).await? {
        let what = &it.submission.what;
        let end = match it.settled.map(|it| it.what) {
            None => "chờ chuyên viên xem".to_owned(),
            Some(Settlement { outcome: Outcome::Refused, reason, .. }) => format!("chuyên viên không ghi nhận: {reason}"),
            Some(_) => "đã tiếp nhận".to_owned(),
        };
        let note = what.note.as_ref().map(|it| format!(" ({it})")).unwrap_or_default();
        let said = format!("gửi qua liên kết: {}{note}; {end}", what.named());
        found.push(Answer { at: local(line, it.submission.at), who: what.sender.to_string(), said });
    }
    found.sort_by_key(|it| it.at);
    Ok(found)
}

/// The names that a kept message went to.
fn addressees(message: &str) -> String {
    let Ok(message) = serde_json::from_str::<Outgoing>(message) else { return String::new() };
    message.to.iter().map(|it| it.email.as_str()).collect::<Vec<_>>().join(", ")
}

/// The summary of the quarter that ends with a month; `None` where it was not reviewed whole, or nothing in it is certain.
///
/// # Errors
/// Where the store fails.
pub async fn quarter_message(line: &Line, site: &Site, plan: &Plan<'_>, month: Month) -> Result<Option<Outgoing>, JobError> {
    let first = month.previous().previous();
    let reviews: Vec<MonthReview> = plan.reviews().filter(|it| first <= it.month && it.month <= month).cloned().collect();
    let is_certain = |it: &OutletMonth| matches!(it.verdict, Verdict::Met | Verdict::NotMet);
    let watched = reviews.len() == QUARTER && reviews.iter().any(|it| it.outlets.iter().any(is_certain));
    let page = page(site, &format!("/?year={}", month.year()));
    // It speaks for all that owe something up to the earliest of their last looks.
    let mut collected_to = plan.now;
    let owes = |id: &OutletId| reviews.iter().flat_map(|it| &it.outlets).any(|it| it.outlet == *id && it.verdict != Verdict::Exempt);
    for outlet in line.register.outlets.iter().filter(|it| owes(&it.id)) {
        collected_to = last_look(line, outlet, plan.now).await?.map_or(collected_to, |it| it.min(collected_to));
    }
    let quarter = Quarter { sender: sender(site), board: Board::of(&reviews), collected_to: local(line, collected_to), page };
    Ok(watched.then(|| to_head(line, outgoing(quarter.text(), plan.now))))
}

fn to_head(line: &Line, message: Outgoing) -> Outgoing {
    let head = Addressee { name: String::new(), email: line.notices.head_email.clone() };
    Outgoing { to: vec![head], ..message }
}

fn page(site: &Site, path: &str) -> String {
    site.base_url.as_ref().map(|it| format!("{}{path}", it.as_str().trim_end_matches('/'))).unwrap_or_default()
}

/// What the operator is told of what began and what is over.
pub fn operator_message(line: &Line, site: &Site, news: &CauseNews, now: DateTime<Utc>) -> Outgoing {
    let reported = |cause: &Cause, since: DateTime<Utc>, over: Option<DateTime<Utc>>| ReportedCause {
        kind: cause.kind,
        what: cause.what.clone(),
        url: cause.url.clone(),
        why: cause.why.clone(),
        since: local(line, since),
        over: over.map(|it| local(line, it)),
    };
    let begun = news.begun.iter().map(|(cause, since)| reported(cause, *since, None));
    let over = news.over.iter().map(|(cause, since)| reported(cause, *since, Some(now)));
    let report = OperatorReport { sender: sender(site), causes: begun.chain(over).collect(), page: page(site, "/notices") };
    let operator = Addressee { name: String::new(), email: site.operator_email.clone() };
    Outgoing { to: vec![operator], ..outgoing(report.text(), now) }
}

/// What is new for the officers since the last digest; `None` where nothing is.
///
/// # Errors
/// Where the store fails.
pub async fn digest_message(line: &Line, site: &Site, plan: &Plan<'_>, since: DateTime<Utc>) -> Result<Option<Outgoing>, JobError> {
    let down = line.store.sources_down().await?;
    let queue = line.store.queue(0, QUEUE_MAX).await?;
    let month = Month::of(plan.now, line.zone);
    let days_left = (month.next().first_day() - plan.now.with_timezone(&line.zone).date_naive()).num_days() - 1;
    let (mut outlets, mut broke) = (Vec::new(), false);
    for outlet in line.register.outlets.iter() {
        // What arose at the very instant of the last digest stood in it.
        let waits = queue.iter().filter(|it| it.outlet == outlet.id && since < it.since && it.since <= plan.now);
        let mut sources = Vec::new();
        for (_, url) in down.iter().filter(|it| it.0 == outlet.id.as_str()) {
            let Ok(source) = url.parse() else { continue };
            let health = line.store.health(&outlet.id, &source, plan.now).await?;
            let began = health.broken_since.unwrap_or(plan.now);
            // One that has been down for long is told beside news and is none.
            broke |= since < began;
            let why = health.last_outcome.map(|it| it.label().to_owned()).unwrap_or_default();
            sources.push(SourceDown { url: url.clone(), why, since: local(line, began) });
        }
        let running = plan.reviews().filter(|it| it.month == month).flat_map(|it| &it.outlets);
        let without = running.filter(|it| it.outlet == outlet.id && it.verdict == Verdict::Open && it.count == 0);
        outlets.push(DigestOutlet {
            outlet: outlet.name.clone(),
            items: line.store.new_about(&outlet.id, since, plan.now).await?.into_iter().map(|it| digest_item(line, it)).collect(),
            waiting: waits.map(|it| waiting_item(site, it)).collect(),
            down: sources,
            without: without.map(|_| MonthLeft { month, days_left: u32::try_from(days_left).unwrap_or(0) }).collect(),
        });
    }
    let mut unapproved = line.store.notices_in(&[NoticeState::Waits], WAITING_MAX).await?;
    unapproved.retain(|it| it.channel == Channel::Mail);
    let is_news = broke
        || unapproved.iter().any(|it| since < it.called_at)
        || outlets.iter().any(|it| !it.items.is_empty() || !it.waiting.is_empty());
    let digest = Digest {
        sender: sender(site),
        from: local(line, since),
        to: local(line, plan.now),
        unapproved: unapproved.len(),
        outlets,
        page: page(site, "/queue"),
    };
    let to = line.notices.digest_to.iter().map(|it| Addressee { name: String::new(), email: it.clone() }).collect();
    Ok(is_news.then(|| Outgoing { to, ..outgoing(digest.text(), plan.now) }))
}

fn digest_item(line: &Line, it: NewArticle) -> DigestItem {
    let genre = it.genre.as_deref().map(|it| line.facets.genre_label(it).to_owned()).unwrap_or_default();
    DigestItem {
        title: it.title,
        published: it.published.map(|it| local(line, it)),
        url: link_of(&it.url, &it.nature),
        gist: it.gist,
        genre,
    }
}

fn waiting_item(site: &Site, it: &Queued) -> WaitingItem {
    let at = page(site, &format!("/articles/{}", it.article));
    WaitingItem { title: it.title.clone(), url: if at.is_empty() { it.url.clone() } else { at }, why: it.why.label().to_owned() }
}
