//! Our own faults: the times at which the program was down, whether our own line was, and whose fault a failed visit is.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::domain::{month::Span, visit::Outcome};

/// A pause between two signs of life that is longer than this is a time in which the program was down. A restart is
/// shorter, and a clock that is set right is off by less.
pub const PAUSE_MAX: TimeDelta = TimeDelta::minutes(5);

/// Crawls that the system's own scheduler starts count as regular where none is further from the next than this.
pub const CRAWL_PAUSE_MAX: TimeDelta = TimeDelta::hours(6);
/// They take the place of `run` once they have been regular for so long: one crawl by hand does not.
const CRAWLS_MIN: TimeDelta = TimeDelta::hours(24);

/// The signs of life of the program, in the order in which they were recorded; where a clock was wrong, they may overlap, lie in the
/// future or out of order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Life {
    /// The stretches in which `run` was alive.
    pub run: Vec<Span>,
    /// The stretches in which crawls that were started one by one followed one another, from the first one to the last.
    pub crawls: Vec<Span>,
}

/// A time of which the program cannot say that it was running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DownTime {
    pub span: Span,
    pub why: DownWhy,
}

/// Why a time counts as one in which the program was down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DownWhy {
    /// Stopped, crashed or suspended, or the clock was set forward.
    NotRunning,
    /// The clock was set back: from that instant on nobody knows how long the last signs of life were ago.
    ClockSetBack,
}

/// Whether the program has been back for long enough to speak about what it sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Steadiness {
    Settled,
    /// Nothing may be said before that instant, which moves on for as long as the program is down.
    Settling {
        until: DateTime<Utc>,
    },
}

/// Why the program counts as settled or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SteadinessReason {
    /// No down-time is recorded.
    NeverDown,
    /// The last down-time is over for longer than the settle time.
    LongBack,
    /// The last down-time ended a short time ago.
    JustBack,
    /// There was no sign of life lately.
    StillDown,
}

/// The times up to `now` in which the program was down, in order.
///
/// What lies before the first stretch is no down-time: the program was not there yet.
pub fn down_times(life: &Life, now: DateTime<Utc>) -> Vec<DownTime> {
    let regular = life.crawls.iter().filter(|it| it.length() >= CRAWLS_MIN).map(|it| Span { from: it.from, to: it.to + CRAWL_PAUSE_MAX });
    let lived = life.run.iter().copied().chain(regular).filter(|it| it.from <= now);
    let mut in_order: Vec<Span> = lived.map(|it| Span { from: it.from, to: it.to.clamp(it.from, now) }).collect();
    let set_back = life.run.windows(2).filter_map(|pair| match pair {
        [before, after] if after.from <= now && before.to - after.from > PAUSE_MAX => {
            Some(DownTime { span: Span { from: after.from, to: after.from }, why: DownWhy::ClockSetBack })
        }
        _ => None,
    });
    in_order.sort();
    let mut found: Vec<DownTime> = set_back.collect();
    let mut alive_to = in_order.first().map(|it| it.to);
    let present = in_order.last().map(|_| Span { from: now, to: now });
    for stretch in in_order.into_iter().chain(present) {
        if let Some(before) = alive_to.filter(|it| stretch.from - *it > PAUSE_MAX) {
            found.push(DownTime { span: Span { from: before, to: stretch.from }, why: DownWhy::NotRunning });
        }
        alive_to = alive_to.max(Some(stretch.to));
    }
    found.sort_by_key(|it| it.span);
    found
}

/// Whether the settle time after the last recorded down-time has passed at `now`. Whoever writes to an outlet asks this
/// first.
pub fn steadiness(life: &Life, settle: TimeDelta, now: DateTime<Utc>) -> (Steadiness, SteadinessReason) {
    let Some(back) = down_times(life, now).iter().map(|it| it.span.to).max() else {
        return (Steadiness::Settled, SteadinessReason::NeverDown);
    };
    let still_down = back == now && !life.run.iter().any(|it| it.from <= now && now - it.to <= PAUSE_MAX);
    let until = back + settle;
    match () {
        () if still_down => (Steadiness::Settling { until }, SteadinessReason::StillDown),
        () if now < until => (Steadiness::Settling { until }, SteadinessReason::JustBack),
        () => (Steadiness::Settled, SteadinessReason::LongBack),
    }
}

/// Whether our own line works, by the addresses that should always answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnLine {
    /// At least one of them answered.
    Up,
    /// All that were asked failed: what fails now is our own fault.
    Down,
    /// None is configured, or none could be asked.
    Unknown,
}

/// Whose fault a failed visit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Blame {
    Ours,
    Theirs,
    /// No control address says where on the way it failed.
    PathUnknown,
}

/// What the probes of one round say of our own line. An answer of any kind, an error page too, proves that the line is up.
pub fn own_line(probes: &[Outcome]) -> OwnLine {
    let failed = |it: &Outcome| matches!(it, Outcome::Unreachable | Outcome::TlsError | Outcome::Offline);
    // What robots.txt forbids was not asked.
    let asked: Vec<&Outcome> = probes.iter().filter(|it| **it != Outcome::RefusedByRobots).collect();
    match asked.as_slice() {
        [] => OwnLine::Unknown,
        all if all.iter().all(|it| failed(it)) => OwnLine::Down,
        _ => OwnLine::Up,
    }
}

/// Whose fault it is that a visit in a round with this state of our line ended so; `None` where nothing failed.
pub fn blame(outcome: Outcome, line: OwnLine) -> Option<Blame> {
    match (outcome, line) {
        (it, _) if it.has_seen() || it == Outcome::Moved => None,
        (Outcome::Offline, _) => Some(Blame::Ours),
        // No request was made that our line could have spoilt.
        (Outcome::RefusedByRobots, _) | (_, OwnLine::Up) => Some(Blame::Theirs),
        (_, OwnLine::Down) => Some(Blame::Ours),
        (_, OwnLine::Unknown) => Some(Blame::PathUnknown),
    }
}

impl DownWhy {
    /// The word used in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotRunning => "not_running",
            Self::ClockSetBack => "clock_set_back",
        }
    }

    /// What the officer reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::NotRunning => "chương trình không chạy",
            Self::ClockSetBack => "đồng hồ máy bị lùi",
        }
    }
}

impl SteadinessReason {
    /// The word used in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NeverDown => "never_down",
            Self::LongBack => "long_back",
            Self::JustBack => "just_back",
            Self::StillDown => "still_down",
        }
    }

    /// What the officer reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::NeverDown => "chưa ghi nhận lần ngừng nào",
            Self::LongBack => "đã chạy lại đủ lâu sau lần ngừng gần nhất",
            Self::JustBack => "vừa chạy lại, chờ ổn định",
            Self::StillDown => "chương trình đang ngừng",
        }
    }
}

impl OwnLine {
    /// The word used in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Unknown => "unknown",
        }
    }
}

impl Blame {
    /// The word used in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Theirs => "theirs",
            Self::PathUnknown => "path_unknown",
        }
    }

    /// What the officer reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Ours => "lỗi phía chúng tôi",
            Self::Theirs => "lỗi phía trang được đọc",
            Self::PathUnknown => "chưa rõ lỗi ở đâu trên đường truyền",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn minute(it: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(it)
    }

    fn lived(stretches: &[(i64, i64)]) -> Vec<Span> {
        stretches.iter().map(|(from, to)| Span { from: minute(*from), to: minute(*to) }).collect()
    }

    const SETTLE: TimeDelta = TimeDelta::hours(6);

    fn of_run(run: Vec<Span>) -> Life {
        Life { run, crawls: Vec::new() }
    }

    #[test]
    fn crawls_of_the_systems_scheduler_take_the_place_of_run_once_they_are_regular() {
        use SteadinessReason as Why;
        let day = 24 * 60;
        let until = |it: i64| Steadiness::Settling { until: minute(it) };
        for (name, crawls, now, decision) in [
            ("one crawl by hand", vec![(40, 40)], 100, (until(460), Why::StillDown)),
            ("for some hours", vec![(40, 600)], 600, (until(960), Why::StillDown)),
            ("for a day", vec![(40, 40 + day)], 40 + day, (Steadiness::Settled, Why::LongBack)),
            ("the next one is late", vec![(40, 40 + day)], 60 + day + 6 * 60, (until(60 + day + 6 * 60 + 360), Why::StillDown)),
            ("the machine was off before", vec![(5 * day, 6 * day)], 6 * day, (Steadiness::Settled, Why::LongBack)),
        ] {
            let life = Life { run: lived(&[(0, 10)]), crawls: lived(&crawls) };
            assert_eq!(steadiness(&life, SETTLE, minute(now)), decision, "{name}");
        }
    }

    #[test]
    fn nothing_is_said_before_the_settle_time_after_the_last_down_time_has_passed() {
        use SteadinessReason as Why;
        let until = |it: i64| Steadiness::Settling { until: minute(it) };
        for (name, heartbeats, now, decision) in [
            ("no `run` was ever there", lived(&[]), 1000, (Steadiness::Settled, Why::NeverDown)),
            ("a first start is no down-time", lived(&[(0, 10)]), 10, (Steadiness::Settled, Why::NeverDown)),
            ("a restart within minutes", lived(&[(0, 10), (13, 20)]), 20, (Steadiness::Settled, Why::NeverDown)),
            ("back since a minute", lived(&[(0, 10), (100, 101)]), 101, (until(460), Why::JustBack)),
            ("the last minute of the settle time", lived(&[(0, 10), (100, 459)]), 459, (until(460), Why::JustBack)),
            ("settled", lived(&[(0, 10), (100, 460)]), 460, (Steadiness::Settled, Why::LongBack)),
            ("an old down-time counts no more", lived(&[(0, 10), (100, 900)]), 900, (Steadiness::Settled, Why::LongBack)),
            ("down at this moment", lived(&[(0, 10)]), 100, (until(460), Why::StillDown)),
            ("down again", lived(&[(0, 10), (100, 900)]), 2000, (until(2360), Why::StillDown)),
            ("the clock was set back by an hour", lived(&[(0, 600), (540, 545)]), 545, (until(900), Why::JustBack)),
            ("a look back at a time before the down-time", lived(&[(0, 10), (100, 900)]), 8, (Steadiness::Settled, Why::NeverDown)),
            (
                "a clock that was a year ahead for a moment",
                lived(&[(0, 10), (525_600, 525_601), (20, 30)]),
                30,
                (until(380), Why::JustBack),
            ),
        ] {
            assert_eq!(steadiness(&of_run(heartbeats), SETTLE, minute(now)), decision, "{name}");
        }
    }

    #[test]
    fn a_down_time_reaches_from_the_last_sign_of_life_to_the_next() {
        let found = down_times(&of_run(lived(&[(0, 10), (100, 200), (201, 210)])), minute(500));
        let spans: Vec<_> = found.iter().map(|it| (it.span.from, it.span.to, it.why)).collect();
        assert_eq!(
            spans,
            [(minute(10), minute(100), DownWhy::NotRunning), (minute(210), minute(500), DownWhy::NotRunning)],
            "the second one goes on"
        );
    }

    #[test]
    fn a_clock_set_back_makes_no_negative_stretch_and_hides_no_down_time() {
        let found = down_times(&of_run(lived(&[(0, 600), (300, 310), (400, 500)])), minute(1000));
        assert_eq!(
            found.iter().map(|it| (it.span.from, it.span.to, it.why)).collect::<Vec<_>>(),
            [(minute(300), minute(300), DownWhy::ClockSetBack), (minute(600), minute(1000), DownWhy::NotRunning)]
        );
    }

    proptest! {
        #[test]
        fn whatever_the_clock_did_down_times_are_in_order_and_up_to_now(
            rows in prop::collection::vec((0i64..5000, 0i64..500), 0..20), now in 0i64..6000,
        ) {
            let heartbeats: Vec<_> = rows.iter().map(|(from, long)| Span { from: minute(*from), to: minute(from + long) }).collect();
            let life = of_run(heartbeats.clone());
            let found = down_times(&life, minute(now));
            for it in &found {
                prop_assert!(it.span.from <= it.span.to && it.span.to <= minute(now));
                let whole_minutes = (it.span.to - it.span.from).num_minutes();
                for at in 1..whole_minutes {
                    let at = it.span.from + TimeDelta::minutes(at);
                    prop_assert!(!heartbeats.iter().any(|alive| alive.from <= at && at < alive.to), "down while alive at {}", at);
                }
            }
            prop_assert!(found.windows(2).all(|pair| pair[0].span.to <= pair[1].span.to || pair[1].why == DownWhy::ClockSetBack));
            if let (Steadiness::Settling { until }, why) = steadiness(&life, SETTLE, minute(now)) {
                prop_assert!(until > minute(now) || why == SteadinessReason::StillDown);
            }
        }
    }

    #[test]
    fn a_fault_is_ours_only_where_every_control_address_that_was_asked_failed() {
        use Outcome::{Blocked, Fresh, Gone, Offline, RefusedByRobots, ServerError, TlsError, Unreachable};
        for (probes, line) in [
            (vec![], OwnLine::Unknown),
            (vec![RefusedByRobots], OwnLine::Unknown),
            (vec![Unreachable, TlsError], OwnLine::Down),
            (vec![Unreachable, RefusedByRobots], OwnLine::Down),
            (vec![Unreachable, ServerError], OwnLine::Up),
            (vec![Gone, Unreachable], OwnLine::Up),
            (vec![Fresh], OwnLine::Up),
        ] {
            assert_eq!(own_line(&probes), line, "{probes:?}");
        }
        for (outcome, line, whose) in [
            (Fresh, OwnLine::Down, None),
            (Unreachable, OwnLine::Up, Some(Blame::Theirs)),
            (Unreachable, OwnLine::Unknown, Some(Blame::PathUnknown)),
            (Offline, OwnLine::Down, Some(Blame::Ours)),
            (Blocked, OwnLine::Down, Some(Blame::Ours)),
            (RefusedByRobots, OwnLine::Down, Some(Blame::Theirs)),
        ] {
            assert_eq!(blame(outcome, line), whose, "{outcome} {line:?}");
        }
    }
}
