//! The ladder: which notices an outlet's month calls for at an instant, and what holds them back.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::domain::{
    calendar::{Calendar, DutyReading},
    coverage::GapReason,
    month::{Month, midnight},
    notice::{NoticeState, Step},
    review::ShownGap,
    uptime::{OwnLine, Steadiness},
    verdict::Verdict,
};

/// What of the ladder is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LadderRules {
    /// Friendly reminders, so many days before the month's last day.
    pub remind_days_before: Vec<u32>,
    /// Hours of the day in which nothing goes out, from one to the other, over midnight where the second is the earlier.
    pub quiet: Option<(NaiveTime, NaiveTime)>,
}

/// What an outlet's month came to, and what that rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    pub month: Month,
    pub verdict: Verdict,
    /// Of the province's press together.
    pub together: Verdict,
    pub reading: DutyReading,
    /// Whether it takes walks back in time to cover the month.
    pub backfilled: bool,
    /// The outlet's first good visit.
    pub first_visit: Option<DateTime<Utc>>,
}

/// What is known of an outlet's month when the ladder is climbed.
#[derive(Debug, Clone)]
pub struct MonthFacts<'a> {
    pub finding: Finding,
    /// What waits for an officer.
    pub pending: usize,
    /// Whether all that the outlet published up to its last visit was provably seen, and that visit is not long ago.
    pub seen_to_date: bool,
    /// Whether the month before fell short and nobody was told otherwise, and what became of its alert.
    pub before: (bool, Option<NoticeState>),
    /// What was said of this month, and what became of it.
    pub said: &'a [(Step, NoticeState)],
    /// Whether somebody can be written to: at the outlet, and the head.
    pub reachable: (bool, bool),
    /// Why an officer wants this outlet left alone at this time.
    pub silenced: Option<&'a str>,
}

/// What holds for all outlets at the instant.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    pub now: DateTime<Utc>,
    pub zone: Tz,
    pub calendar: &'a Calendar,
    pub rules: &'a LadderRules,
    pub steadiness: Steadiness,
    pub own_line: OwnLine,
    /// Whether the last look at the positive control failed: what is not found now may well be there.
    pub control_failed: bool,
}

/// What the ladder says of a step at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// It goes out.
    Due,
    /// Nothing calls for it.
    No(NoCall),
    /// It is called for, and something holds it back; the operator is told.
    Held(Hold),
}

/// Why nothing calls for a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoCall {
    /// The verdict does not.
    Verdict(Verdict),
    /// One item of the province's press is enough, and it is not known to be missing.
    Together(Verdict),
    DayNotCome(NaiveDate),
    DayPassed(NaiveDate),
    /// A reminder that is nearer to the month's end falls on the same day.
    SameDay,
    /// No working day of the month lies before its day.
    NoWorkingDay,
    /// The month began before the outlet's first good visit, or there was none.
    BeforeFirstVisit,
    /// The month was read back later: what was taken down before is invisible.
    Backfilled,
    Said(NoticeState),
    /// There is nothing to correct: no alert went out.
    NeverAlerted,
    /// The month before was kept, or not alerted.
    FirstMonth,
    /// The outlet was told that the month is met after all.
    Corrected,
}

/// What holds a message back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hold {
    /// So many items wait for an officer.
    Pending(usize),
    /// Something may have been missed.
    NotSeenToDate,
    /// No control address answers: our own line may be down.
    OwnLineDown,
    /// The positive control was not found.
    ControlFailed,
    Settling(DateTime<Utc>),
    Silenced(String),
    Quiet(NaiveTime),
    /// Nobody valid can be written to.
    NoContact,
}

/// A list whose last look is longer ago says nothing about today.
const LOOK_MAX: TimeDelta = TimeDelta::hours(24);
/// Days off in a row that people go away for.
const LONG_BREAK: usize = 4;
/// How far a break is looked through.
const BREAK_MAX: usize = 60;
/// An alert later than this after the grace is out of the ordinary: an officer looks at it first.
const LATE: TimeDelta = TimeDelta::days(31);

/// Every step that an outlet's month can call for, with what is to be said of it now.
pub fn climb(facts: &MonthFacts<'_>, around: &Surroundings<'_>) -> Vec<(Step, Call)> {
    let mut days = around.rules.remind_days_before.clone();
    days.sort_unstable();
    days.dedup();
    let windows: Vec<_> = days.iter().map(|it| reminder_window(facts.finding.month, *it, around.calendar)).collect();
    let mut found: Vec<(Step, Call)> = days
        .iter()
        .zip(&windows)
        .enumerate()
        .map(|(at, (days, window))| {
            let nearer = windows[..at].iter().flatten().any(|it| window.is_some_and(|own| it.0 == own.0));
            (Step::Reminder(*days), reminder(facts, around, *days, *window, nearer))
        })
        .collect();
    found.push((Step::Alert, alert(facts, around)));
    found.push((Step::Correction, correction(facts, around)));
    found.push((Step::Escalation, escalation(facts, around)));
    found
}

/// The step that a verdict calls for by itself, as soon as it is recorded. A correction needs an alert that went out.
pub fn called_by(verdict: Verdict, backfilled: bool, reading: DutyReading) -> Option<Step> {
    match (verdict, reading) {
        (Verdict::NotMet, DutyReading::EachOutlet) if !backfilled => Some(Step::Alert),
        (Verdict::Met, DutyReading::EachOutlet) => Some(Step::Correction),
        _ => None,
    }
}

/// Whether an officer must look at a step although notices go out by themselves.
pub fn is_late(step: Step, grace_end: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    step == Step::Alert && now > grace_end + LATE
}

/// Whether all was seen up to a visit not long ago, by the gaps of what was to be seen so far: the time since that visit is none.
pub fn is_seen_to_date(gaps: &[ShownGap], now: DateTime<Utc>) -> bool {
    let since_last_look =
        |gap: &ShownGap| gap.why == GapReason::Uncertified && gap.to.to_utc() >= now && now - gap.from.to_utc() <= LOOK_MAX;
    gaps.iter().all(since_last_look)
}

fn said(facts: &MonthFacts<'_>, step: Step) -> Option<NoticeState> {
    facts.said.iter().find(|it| it.0 == step).map(|it| it.1).filter(|it| !it.is_ahead() && *it != NoticeState::Cancelled)
}

impl Finding {
    /// Why nothing that an outlet could take for an accusation may be written about the month; `None` where the absence is proven.
    pub fn unproven(&self, zone: Tz) -> Option<NoCall> {
        match () {
            () if self.verdict != Verdict::NotMet => Some(NoCall::Verdict(self.verdict)),
            () if self.reading == DutyReading::Together && self.together != Verdict::NotMet => Some(NoCall::Together(self.together)),
            () if !self.is_watched_whole(zone) => Some(NoCall::BeforeFirstVisit),
            () if self.backfilled => Some(NoCall::Backfilled),
            () => None,
        }
    }

    fn is_watched_whole(&self, zone: Tz) -> bool {
        self.first_visit.is_some_and(|it| it <= self.month.span(zone).from)
    }

    /// The verdict that counts under the reading of the duty.
    fn settled(&self) -> Verdict {
        match self.reading {
            DutyReading::EachOutlet => self.verdict,
            DutyReading::Together => self.together,
        }
    }
}

/// The days on which a reminder goes out, both included: from its day, or the working day before it, on. In a long break nobody
/// reads, so that it goes out on the last working day before.
pub fn reminder_window(month: Month, days_before: u32, calendar: &Calendar) -> Option<(NaiveDate, NaiveDate)> {
    let last = month.next().first_day() - Days::new(1);
    let day = last.checked_sub_days(Days::new(days_before.into())).filter(|it| it.month() == last.month())?;
    let off = |it: &NaiveDate| !calendar.works_on(*it);
    let before: Vec<NaiveDate> = std::iter::successors(Some(day), NaiveDate::pred_opt).take_while(off).take(BREAK_MAX).collect();
    let after = std::iter::successors(day.succ_opt(), NaiveDate::succ_opt).take_while(off).take(BREAK_MAX).count();
    let first = before.last().map_or(Some(day), |it| it.pred_opt())?;
    let is_long = !before.is_empty() && before.len() + after >= LONG_BREAK;
    (first >= month.first_day()).then_some((first, if is_long { first } else { day }))
}

fn reminder(facts: &MonthFacts<'_>, around: &Surroundings<'_>, days: u32, window: Option<(NaiveDate, NaiveDate)>, same_day: bool) -> Call {
    let today = around.now.with_timezone(&around.zone).date_naive();
    let finding = &facts.finding;
    if finding.verdict != Verdict::Open || around.now >= finding.month.span(around.zone).to {
        return Call::No(NoCall::Verdict(finding.verdict));
    }
    if finding.settled() != Verdict::Open {
        return Call::No(NoCall::Together(finding.together));
    }
    if let Some(state) = said(facts, Step::Reminder(days)) {
        return Call::No(NoCall::Said(state));
    }
    match window {
        None => return Call::No(NoCall::NoWorkingDay),
        Some((first, _)) if today < first => return Call::No(NoCall::DayNotCome(first)),
        Some((_, last)) if today > last => return Call::No(NoCall::DayPassed(last)),
        Some(_) => {}
    }
    match () {
        () if same_day => Call::No(NoCall::SameDay),
        () if !finding.is_watched_whole(around.zone) => Call::No(NoCall::BeforeFirstVisit),
        () if facts.pending > 0 => Call::Held(Hold::Pending(facts.pending)),
        () if !facts.seen_to_date => Call::Held(Hold::NotSeenToDate),
        () if around.control_failed => Call::Held(Hold::ControlFailed),
        () => interlock(facts, around, facts.reachable.0),
    }
}

fn alert(facts: &MonthFacts<'_>, around: &Surroundings<'_>) -> Call {
    if let Some(state) = said(facts, Step::Alert) {
        return Call::No(NoCall::Said(state));
    }
    match facts.finding.unproven(around.zone) {
        Some(why) => Call::No(why),
        None if around.control_failed => Call::Held(Hold::ControlFailed),
        None => interlock(facts, around, facts.reachable.0),
    }
}

fn correction(facts: &MonthFacts<'_>, around: &Surroundings<'_>) -> Call {
    let settled = facts.finding.settled();
    match said(facts, Step::Correction) {
        Some(state) => Call::No(NoCall::Said(state)),
        None if !said(facts, Step::Alert).is_some_and(NoticeState::may_be_read) => Call::No(NoCall::NeverAlerted),
        None if settled != Verdict::Met => Call::No(NoCall::Verdict(settled)),
        None => interlock(facts, around, facts.reachable.0),
    }
}

fn escalation(facts: &MonthFacts<'_>, around: &Surroundings<'_>) -> Call {
    let alerted = |state: Option<NoticeState>| state.is_some_and(NoticeState::may_be_read);
    if let Some(state) = said(facts, Step::Escalation) {
        return Call::No(NoCall::Said(state));
    }
    match facts.finding.unproven(around.zone) {
        Some(why) => Call::No(why),
        None if !alerted(said(facts, Step::Alert)) => Call::No(NoCall::NeverAlerted),
        None if alerted(said(facts, Step::Correction)) => Call::No(NoCall::Corrected),
        None if !facts.before.0 || !alerted(facts.before.1) => Call::No(NoCall::FirstMonth),
        None if around.control_failed => Call::Held(Hold::ControlFailed),
        None => interlock(facts, around, facts.reachable.1),
    }
}

/// What must hold before anything is said that an outlet could take for an accusation.
fn interlock(facts: &MonthFacts<'_>, around: &Surroundings<'_>, reachable: bool) -> Call {
    match (around.own_line, around.steadiness) {
        (OwnLine::Down, _) => return Call::Held(Hold::OwnLineDown),
        (_, Steadiness::Settling { until }) => return Call::Held(Hold::Settling(until)),
        (OwnLine::Up | OwnLine::Unknown, Steadiness::Settled) => {}
    }
    match (facts.silenced, around.rules.quiet_until(around.now, around.zone)) {
        (Some(reason), _) => Call::Held(Hold::Silenced(reason.to_owned())),
        (None, Some(until)) => Call::Held(Hold::Quiet(until)),
        (None, None) if !reachable => Call::Held(Hold::NoContact),
        (None, None) => Call::Due,
    }
}

impl LadderRules {
    /// The hour at which the quiet hours end, if it is quiet at that instant.
    pub fn quiet_until(&self, now: DateTime<Utc>, zone: Tz) -> Option<NaiveTime> {
        let (from, to) = self.quiet?;
        let time = now.with_timezone(&zone).time();
        let is_quiet = if from <= to { from <= time && time < to } else { from <= time || time < to };
        is_quiet.then_some(to)
    }
}

/// The instant at which the summary of the quarter that ends with a month is due: once the month's grace is over. `None` where no
/// quarter ends with it.
pub fn quarter_due(month: Month, grace_working_days: u32, calendar: &Calendar, zone: Tz) -> Option<DateTime<Utc>> {
    month
        .number()
        .is_multiple_of(3)
        .then(|| calendar.grace_end(month, grace_working_days, zone).max(midnight(month.next().first_day(), zone)))
}

impl NoCall {
    /// What the officer reads.
    pub fn label(&self) -> String {
        match self {
            Self::Verdict(verdict) => format!("kết quả tháng: {}", verdict.label().to_lowercase()),
            Self::Together(verdict) => format!("tính chung báo chí của tỉnh: {}", verdict.label().to_lowercase()),
            Self::DayNotCome(day) => format!("đến ngày {}", day.format("%d/%m/%Y")),
            Self::DayPassed(day) => format!("đã qua ngày {}", day.format("%d/%m/%Y")),
            Self::SameDay => "trùng ngày với lần nhắc sau".to_owned(),
            Self::NoWorkingDay => "không còn ngày làm việc nào trước đó trong tháng".to_owned(),
            Self::BeforeFirstVisit => "tháng bắt đầu trước lượt đọc đầu tiên".to_owned(),
            Self::Backfilled => "tháng được đọc lại về sau".to_owned(),
            Self::Said(state) => state.label().to_owned(),
            Self::NeverAlerted => "chưa gửi thông báo nào".to_owned(),
            Self::Corrected => "đã gửi đính chính".to_owned(),
            Self::FirstMonth => "tháng trước không phải tháng bị nhắc".to_owned(),
        }
    }
}

impl Hold {
    /// What the officer reads.
    pub fn label(&self, zone: Tz) -> String {
        match self {
            Self::Pending(count) => format!("{count} mục chờ chuyên viên kết luận"),
            Self::NotSeenToDate => "chưa đọc đủ các nguồn tới hôm nay".to_owned(),
            Self::OwnLineDown => "đường truyền của chúng tôi có thể đang hỏng: không địa chỉ đối chứng nào trả lời".to_owned(),
            Self::ControlFailed => "bài đối chứng không được tìm thấy: chưa dựa được vào kết quả chưa ghi nhận".to_owned(),
            Self::Settling(until) => format!("chương trình vừa chạy lại, chờ tới {}", until.with_timezone(&zone).format("%d/%m/%Y %H:%M")),
            Self::Silenced(reason) => format!("chuyên viên tạm ngừng: {reason}"),
            Self::Quiet(until) => format!("giờ yên lặng, chờ tới {}", until.format("%H:%M")),
            Self::NoContact => "chưa có người nhận còn hiệu lực".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
