//! Tables of the ladder, and what no message may do.

use proptest::prelude::*;

use super::*;
use crate::domain::calendar::Holiday;

const ZONE: Tz = chrono_tz::Asia::Ho_Chi_Minh;
const RULES: LadderRules = LadderRules { remind_days_before: Vec::new(), quiet: None };

fn at(text: &str) -> DateTime<Utc> {
    format!("{text}:00+07:00").parse().unwrap()
}

fn rules() -> LadderRules {
    LadderRules { remind_days_before: vec![10, 5], ..RULES }
}

/// October 2026 of an outlet that is watched since January; its grace ends on the 5th of November.
fn october(verdict: Verdict) -> MonthFacts<'static> {
    MonthFacts {
        finding: Finding {
            month: "2026-10".parse().unwrap(),
            verdict,
            together: Verdict::Open,
            reading: DutyReading::EachOutlet,
            backfilled: false,
            first_visit: Some(at("2026-01-15T06:00")),
        },
        pending: 0,
        seen_to_date: true,
        before: (false, None),
        said: &[],
        reachable: (true, true),
        silenced: None,
    }
}

/// The same with another finding.
fn found(change: impl FnOnce(&mut Finding)) -> MonthFacts<'static> {
    let mut facts = october(Verdict::NotMet);
    change(&mut facts.finding);
    facts
}

fn surroundings<'a>(now: &str, calendar: &'a Calendar, rules: &'a LadderRules) -> Surroundings<'a> {
    Surroundings {
        now: at(now),
        zone: ZONE,
        calendar,
        rules,
        steadiness: Steadiness::Settled,
        own_line: OwnLine::Up,
        control_failed: false,
    }
}

fn call_of(step: Step, facts: &MonthFacts<'_>, around: &Surroundings<'_>) -> Call {
    climb(facts, around).into_iter().find(|it| it.0 == step).unwrap().1
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn reminders_go_out_on_their_day_and_on_no_other() {
    let (calendar, rules) = (Calendar::default(), rules());
    for (step, now, call) in [
        (10, "2026-10-20T08:00", Call::No(NoCall::DayNotCome(day("2026-10-21")))),
        (10, "2026-10-21T00:00", Call::Due),
        (10, "2026-10-21T23:59", Call::Due),
        (10, "2026-10-22T00:00", Call::No(NoCall::DayPassed(day("2026-10-21")))),
        (5, "2026-10-26T08:00", Call::Due),
        (5, "2026-11-01T00:00", Call::No(NoCall::Verdict(Verdict::Open))),
    ] {
        let around = surroundings(now, &calendar, &rules);
        assert_eq!(call_of(Step::Reminder(step), &october(Verdict::Open), &around), call, "{step} days, {now}");
    }
}

#[test]
fn a_reminder_goes_out_before_days_off_and_before_a_long_break_at_the_latest() {
    let tet = Holiday { from: day("2026-02-14"), to: Some(day("2026-02-22")), name: String::new(), source: String::new() };
    let calendar = Calendar { holidays: vec![tet], bases: Vec::new() };
    let window = |month: &str, days| {
        reminder_window(month.parse().unwrap(), days, &calendar).map(|it| format!("{} {}", it.0.format("%d/%m"), it.1.format("%d/%m")))
    };
    for (month, days, expected) in [
        ("2026-10", 10, Some("21/10 21/10")), // a Wednesday
        ("2026-11", 9, Some("20/11 21/11")),  // a Saturday: from the Friday on
        ("2026-02", 10, Some("13/02 13/02")), // in Tết: the last working day before it alone
        ("2026-02", 5, Some("23/02 23/02")),  // the first day after it
        ("2026-10", 31, None),                // lies in the month before
        ("2026-02", 27, None),                // the 1st is a Sunday: no working day before
    ] {
        assert_eq!(window(month, days).as_deref(), expected, "{month} {days}");
    }
    let (rules, february) = (
        LadderRules { remind_days_before: vec![10, 8], ..RULES },
        found(|it| (it.month, it.verdict) = ("2026-02".parse().unwrap(), Verdict::Open)),
    );
    let around = surroundings("2026-02-13T08:00", &calendar, &rules);
    assert_eq!(call_of(Step::Reminder(10), &february, &around), Call::No(NoCall::SameDay), "one word before the break is enough");
    assert_eq!(call_of(Step::Reminder(8), &february, &around), Call::Due);
}

#[test]
fn an_outlet_is_alerted_only_where_the_verdict_says_so_and_nothing_speaks_against_it() {
    let (calendar, rules) = (Calendar::default(), rules());
    let not_met = october(Verdict::NotMet);
    let cases: Vec<(&str, MonthFacts<'_>, Call)> = vec![
        ("nothing found", not_met.clone(), Call::Due),
        ("something may have been missed", october(Verdict::Undetermined), Call::No(NoCall::Verdict(Verdict::Undetermined))),
        ("met", october(Verdict::Met), Call::No(NoCall::Verdict(Verdict::Met))),
        ("in grace", october(Verdict::Open), Call::No(NoCall::Verdict(Verdict::Open))),
        ("exempt", october(Verdict::Exempt), Call::No(NoCall::Verdict(Verdict::Exempt))),
        (
            "watched since the middle of the month",
            found(|it| it.first_visit = Some(at("2026-10-15T00:00"))),
            Call::No(NoCall::BeforeFirstVisit),
        ),
        ("never watched", found(|it| it.first_visit = None), Call::No(NoCall::BeforeFirstVisit)),
        ("read back later", found(|it| it.backfilled = true), Call::No(NoCall::Backfilled)),
        ("said", MonthFacts { said: &[(Step::Alert, NoticeState::Sent)], ..not_met.clone() }, Call::No(NoCall::Said(NoticeState::Sent))),
        (
            "maybe said",
            MonthFacts { said: &[(Step::Alert, NoticeState::MaybeSent)], ..not_met.clone() },
            Call::No(NoCall::Said(NoticeState::MaybeSent)),
        ),
        ("written and not sent yet", MonthFacts { said: &[(Step::Alert, NoticeState::Called)], ..not_met.clone() }, Call::Due),
        ("cancelled before", MonthFacts { said: &[(Step::Alert, NoticeState::Cancelled)], ..not_met.clone() }, Call::Due),
        (
            "one item of the press is enough and there is one",
            found(|it| (it.reading, it.together) = (DutyReading::Together, Verdict::Met)),
            Call::No(NoCall::Together(Verdict::Met)),
        ),
        ("the press together has none", found(|it| (it.reading, it.together) = (DutyReading::Together, Verdict::NotMet)), Call::Due),
        ("left alone", MonthFacts { silenced: Some("lũ lụt"), ..not_met.clone() }, Call::Held(Hold::Silenced("lũ lụt".to_owned()))),
        ("nobody to write to", MonthFacts { reachable: (false, true), ..not_met.clone() }, Call::Held(Hold::NoContact)),
    ];
    for (name, facts, call) in cases {
        assert_eq!(call_of(Step::Alert, &facts, &surroundings("2026-11-06T08:00", &calendar, &rules)), call, "{name}");
    }
}

#[test]
fn nothing_is_said_while_our_own_line_or_our_own_past_is_in_doubt() {
    let (calendar, rules) = (Calendar::default(), rules());
    let around = surroundings("2026-11-06T08:00", &calendar, &rules);
    let until = at("2026-11-06T12:00");
    let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap();
    let early = NaiveTime::from_hms_opt(6, 0, 0).unwrap();
    let quiet = LadderRules { quiet: Some((early, noon)), ..rules.clone() };
    let over_midnight = LadderRules { quiet: Some((noon, early)), ..rules.clone() };
    for (name, around, call) in [
        ("no control address answers", Surroundings { own_line: OwnLine::Down, ..around }, Call::Held(Hold::OwnLineDown)),
        ("none is configured", Surroundings { own_line: OwnLine::Unknown, ..around }, Call::Due),
        ("the positive control was not found", Surroundings { control_failed: true, ..around }, Call::Held(Hold::ControlFailed)),
        ("just back", Surroundings { steadiness: Steadiness::Settling { until }, ..around }, Call::Held(Hold::Settling(until))),
        ("quiet hours", Surroundings { rules: &quiet, ..around }, Call::Held(Hold::Quiet(noon))),
        ("quiet at night", Surroundings { rules: &over_midnight, ..around }, Call::Due),
    ] {
        assert_eq!(call_of(Step::Alert, &october(Verdict::NotMet), &around), call, "{name}");
    }
    let reminding = surroundings("2026-10-21T08:00", &calendar, &rules);
    let blind = Surroundings { control_failed: true, ..reminding };
    assert_eq!(call_of(Step::Reminder(10), &october(Verdict::Open), &blind), Call::Held(Hold::ControlFailed));
    let alerted = MonthFacts { said: &[(Step::Alert, NoticeState::Sent)], ..october(Verdict::Met) };
    let blind = Surroundings { control_failed: true, ..around };
    assert_eq!(call_of(Step::Correction, &alerted, &blind), Call::Due, "what was found is found");
    for (name, facts, call) in [
        ("an article waits", MonthFacts { pending: 2, ..october(Verdict::Open) }, Call::Held(Hold::Pending(2))),
        ("not all was seen", MonthFacts { seen_to_date: false, ..october(Verdict::Open) }, Call::Held(Hold::NotSeenToDate)),
        ("all is well", october(Verdict::Open), Call::Due),
    ] {
        assert_eq!(call_of(Step::Reminder(10), &facts, &reminding), call, "{name}");
    }
}

#[test]
fn a_correction_follows_an_alert_alone_and_the_head_hears_of_the_second_month() {
    let (calendar, rules) = (Calendar::default(), rules());
    let around = surroundings("2026-11-20T08:00", &calendar, &rules);
    let alerted: &[_] = &[(Step::Alert, NoticeState::Sent)];
    let told: &[_] = &[(Step::Alert, NoticeState::Sent), (Step::Correction, NoticeState::Sent)];
    for (name, said, verdict, call) in [
        ("never alerted", &[] as &[_], Verdict::Met, Call::No(NoCall::NeverAlerted)),
        ("the alert never left", &[(Step::Alert, NoticeState::Failed)], Verdict::Met, Call::No(NoCall::NeverAlerted)),
        ("alerted, and found", alerted, Verdict::Met, Call::Due),
        ("alerted, and in doubt", alerted, Verdict::Undetermined, Call::No(NoCall::Verdict(Verdict::Undetermined))),
        ("corrected", told, Verdict::Met, Call::No(NoCall::Said(NoticeState::Sent))),
    ] {
        assert_eq!(call_of(Step::Correction, &MonthFacts { said, ..october(verdict) }, &around), call, "{name}");
    }
    let second = MonthFacts { said: alerted, before: (true, Some(NoticeState::Sent)), ..october(Verdict::NotMet) };
    let one_is_enough = |together| Finding { reading: DutyReading::Together, together, ..second.finding };
    for (name, facts, call) in [
        ("two months running", second.clone(), Call::Due),
        ("the month before was never said", MonthFacts { before: (true, None), ..second.clone() }, Call::No(NoCall::FirstMonth)),
        (
            "the month before was settled since",
            MonthFacts { before: (false, Some(NoticeState::Sent)), ..second.clone() },
            Call::No(NoCall::FirstMonth),
        ),
        (
            "this month's alert waits",
            MonthFacts { said: &[(Step::Alert, NoticeState::Waits)], ..second.clone() },
            Call::No(NoCall::NeverAlerted),
        ),
        ("this month was corrected", MonthFacts { said: told, ..second.clone() }, Call::No(NoCall::Corrected)),
        ("the press together has none", MonthFacts { finding: one_is_enough(Verdict::NotMet), ..second.clone() }, Call::Due),
        (
            "one item of the press is enough and there is one",
            MonthFacts { finding: one_is_enough(Verdict::Met), ..second.clone() },
            Call::No(NoCall::Together(Verdict::Met)),
        ),
        ("no head is named", MonthFacts { reachable: (true, false), ..second }, Call::Held(Hold::NoContact)),
    ] {
        assert_eq!(call_of(Step::Escalation, &facts, &around), call, "{name}");
    }
}

#[test]
fn a_quarter_is_summed_up_after_the_grace_of_its_last_month() {
    let calendar = Calendar::default();
    let due = |month: &str| quarter_due(month.parse().unwrap(), 3, &calendar, ZONE);
    assert_eq!(due("2026-09"), Some(at("2026-10-06T00:00").max(calendar.grace_end("2026-09".parse().unwrap(), 3, ZONE))));
    assert_eq!(due("2026-10"), None);
}

proptest! {
    #[test]
    fn no_message_that_sounds_like_an_accusation_leaves_without_a_proven_absence(
        verdict in prop::sample::select(vec![Verdict::Met, Verdict::NotMet, Verdict::Undetermined, Verdict::Open, Verdict::Exempt]),
        together in prop::sample::select(vec![Verdict::Met, Verdict::NotMet, Verdict::Undetermined, Verdict::Open]),
        both in prop::bool::ANY, pending in 0usize..3, seen_to_date in prop::bool::ANY, backfilled in prop::bool::ANY,
        watched in prop::option::of(0i64..400), said in prop::option::of(prop::sample::select(NoticeState::ALL.to_vec())),
        line in prop::sample::select(vec![OwnLine::Up, OwnLine::Down, OwnLine::Unknown]), settling in prop::bool::ANY,
        control_failed in prop::bool::ANY, before in prop::bool::ANY,
        minute in 0i64..90 * 24 * 60,
    ) {
        let (calendar, rules) = (Calendar::default(), rules());
        let now = at("2026-09-20T00:00") + TimeDelta::minutes(minute);
        let said: Vec<_> = said.map(|it| (Step::Alert, it)).into_iter().collect();
        let steadiness = if settling { Steadiness::Settling { until: now + TimeDelta::hours(1) } } else { Steadiness::Settled };
        let around = Surroundings { now, zone: ZONE, calendar: &calendar, rules: &rules, steadiness, own_line: line, control_failed };
        let finding = Finding {
            verdict, together, backfilled,
            reading: if both { DutyReading::Together } else { DutyReading::EachOutlet },
            first_visit: watched.map(|it| at("2026-01-01T00:00") + TimeDelta::days(it)),
            ..october(verdict).finding
        };
        let facts = MonthFacts { finding, pending, seen_to_date, said: &said, before: (before, Some(NoticeState::Sent)), ..october(verdict) };
        for (step, call) in climb(&facts, &around) {
            if call != Call::Due {
                continue;
            }
            prop_assert!(line != OwnLine::Down && !settling, "{step}");
            prop_assert!(!control_failed || step == Step::Correction, "{step}");
            if matches!(step, Step::Alert | Step::Escalation) {
                prop_assert!(verdict == Verdict::NotMet && !backfilled && finding.first_visit.is_some());
                prop_assert!(!both || together == Verdict::NotMet);
            }
            match step {
                Step::Alert => {
                    prop_assert!(said.iter().all(|it| it.1.is_ahead() || it.1 == NoticeState::Cancelled), "never twice");
                }
                Step::Reminder(_) => prop_assert!(verdict == Verdict::Open && pending == 0 && seen_to_date),
                Step::Correction => prop_assert!(said.iter().any(|it| it.1.may_be_read())),
                Step::Escalation => prop_assert!(before && said.iter().any(|it| it.1.may_be_read())),
                Step::Quarter | Step::Operator | Step::Digest => prop_assert!(false, "no step of an outlet's month"),
            }
        }
    }
}
