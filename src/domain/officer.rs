//! What an officer decides, as it is asked for, admitted and remembered; and why it may be refused.

use std::{fmt, str::FromStr};

use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::{confirmation::Confirmation, hand_check::HandWitness, month::Month, off_web::OffWeb};

/// Words of an officer: a name, a reason, a title. Trimmed, not empty, at most [`Statement::LETTERS_MAX`] letters, without
/// control letters other than line breaks and tabs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement(String);

/// Why text is no statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadStatement {
    #[error("it is empty")]
    Empty,
    #[error("it has {0} letters, and at most {max} are kept", max = Statement::LETTERS_MAX)]
    TooLong(usize),
    #[error("it holds a control letter")]
    Control,
}

/// A decision that keeps the rules, with who takes it and when: what the store takes in. Only the rules make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted<T> {
    what: T,
    by: Statement,
    at: DateTime<Utc>,
}

/// A decision as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided<T> {
    pub id: i64,
    pub what: T,
    pub by: String,
    pub at: DateTime<Utc>,
    /// Set where it was taken back since.
    pub withdrawn: Option<Withdrawn>,
}

/// Who took a decision back, when and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    pub by: String,
    pub at: DateTime<Utc>,
    pub reason: String,
}

/// A decision that can be taken back. A ruling cannot: the next ruling on the article takes its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Item {
    OffWeb(i64),
    Confirmation(i64),
    HandCheck(i64),
}

/// The taking back of a decision. Nothing is deleted: from now on it does not stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Withdrawal {
    pub item: Item,
    pub reason: Statement,
}

/// All that officers decided on one outlet's month, rulings on its articles aside.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthDecisions {
    pub off_web: Vec<Decided<OffWeb>>,
    pub confirmations: Vec<Decided<Confirmation>>,
    /// Those that touch the month.
    pub hand_checks: Vec<HandWitness>,
    /// What bears a time that has not come: the clock ran ahead when it was said, and it is not in force yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ahead: Vec<SaidAhead>,
}

/// Off-web evidence, or a ruling on an article, that bears a time which has not come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaidAhead {
    /// The address of the article, or what off-web evidence is named by.
    pub url: String,
    pub title: String,
    pub by: String,
    pub at: DateTime<Utc>,
}

/// An act in the audit log that bears a time which has not come, or that lost its force by having borne one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActAhead {
    pub number: i64,
    pub by: String,
    pub what: String,
    pub subject: String,
    pub at: DateTime<Utc>,
    /// Whether it is to be made anew: when it was truly made nobody knows, and it vouches for a time.
    pub void: bool,
}

/// Why a decision is refused. Nothing is recorded then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("{0} has not begun")]
    MonthNotBegun(Month),
    #[error("{0} is not over: what comes until its end cannot be confirmed yet")]
    MonthNotOver(Month),
    #[error("{0} lies in the future")]
    Future(DateTime<Utc>),
    #[error("it was aired on {0}, and that is not in {1}")]
    AiredElsewhere(DateTime<Utc>, Month),
    #[error("a duration of nothing is none: leave it out where it is not known")]
    NoDuration,
    #[error("`{0}` is no http or https address")]
    NotWeb(String),
    #[error("the stretch must begin before it ends")]
    EmptyStretch,
    #[error("the article's date is not firm: say in which month it counts")]
    DateNotFirm,
}

/// Text that names no decision that can be taken back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names nothing that can be taken back: write it as listed, for example off-web:12, confirmation:3 or hand-check:4")]
pub struct BadItem(String);

/// How off-web evidence without an address is named, before its number.
pub const OFF_WEB_URN: &str = "urn:diembao:off-web:";

impl Statement {
    /// Longest statement, in letters.
    pub const LETTERS_MAX: usize = 2_000;

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T> Admitted<T> {
    /// Instants are kept to the second.
    pub(in crate::domain) fn new(what: T, by: Statement, at: DateTime<Utc>) -> Self {
        Self { what, by, at: at.trunc_subsecs(0) }
    }

    /// What is decided.
    pub fn what(&self) -> &T {
        &self.what
    }

    /// Who decides.
    pub fn by(&self) -> &str {
        self.by.as_str()
    }

    /// When.
    pub fn at(&self) -> DateTime<Utc> {
        self.at
    }
}

impl<T> Decided<T> {
    /// Whether it was not taken back.
    pub fn stands(&self) -> bool {
        self.withdrawn.is_none()
    }
}

impl Withdrawal {
    /// Takes a decision back.
    pub fn admit(item: Item, reason: Statement, by: Statement, now: DateTime<Utc>) -> Admitted<Self> {
        Admitted::new(Self { item, reason }, by, now)
    }
}

impl Item {
    /// The word before its number.
    pub fn kind(self) -> &'static str {
        match self {
            Self::OffWeb(_) => "off-web",
            Self::Confirmation(_) => "confirmation",
            Self::HandCheck(_) => "hand-check",
        }
    }

    /// Its number among its kind.
    pub fn id(self) -> i64 {
        match self {
            Self::OffWeb(id) | Self::Confirmation(id) | Self::HandCheck(id) => id,
        }
    }

    /// The item of a kind and number.
    ///
    /// # Errors
    /// Where the word names no kind.
    pub fn of(kind: &str, id: i64) -> Result<Self, BadItem> {
        let all = [Self::OffWeb(id), Self::Confirmation(id), Self::HandCheck(id)];
        all.into_iter().find(|it| it.kind() == kind).ok_or_else(|| BadItem(format!("{kind}:{id}")))
    }
}

impl FromStr for Statement {
    type Err = BadStatement;

    fn from_str(text: &str) -> Result<Self, BadStatement> {
        let text = text.trim();
        let letters = text.chars().count();
        match () {
            () if text.is_empty() => Err(BadStatement::Empty),
            () if letters > Self::LETTERS_MAX => Err(BadStatement::TooLong(letters)),
            () if text.chars().any(|it| it.is_control() && !matches!(it, '\n' | '\t')) => Err(BadStatement::Control),
            () => Ok(Self(text.to_owned())),
        }
    }
}

impl FromStr for Item {
    type Err = BadItem;

    /// Reads `off-web:12`, `confirmation:3`, `hand-check:4`, the URN of off-web evidence, and a bare number as off-web evidence.
    fn from_str(text: &str) -> Result<Self, BadItem> {
        let bad = || BadItem(text.to_owned());
        let short = text.strip_prefix("urn:diembao:").unwrap_or(text);
        let (kind, number) = short.split_once(':').unwrap_or(("off-web", short));
        let id = number.parse().ok().filter(|it| *it > 0).ok_or_else(bad)?;
        Self::of(kind, id).map_err(|_| bad())
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind(), self.id())
    }
}

impl Serialize for Statement {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Statement {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Serialize for Item {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{
        calendar::{Calendar, DutyReading, Policy},
        confirmation::ConfirmationKind,
        coverage::{Gap, GapReason, Ledger, Witnesses},
        hand_check::HandCheck,
        month::{MonthRange, Span},
        outlet::{Covers, Duty, Medium, Outlet, OutletKind, PageSelectors},
        relevance::JudgementKind,
        review::{DateFirmness, Marks, MonthArticle, MonthRules, OutletMonth, ReadState, Seen, review_outlet},
        ruling::{Decision, StandingRuling},
        verdict::{Reason, Verdict},
    };

    const ZONE: chrono_tz::Tz = chrono_tz::Asia::Ho_Chi_Minh;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    fn words(text: &str) -> Statement {
        text.parse().unwrap()
    }

    fn outlet(blind: bool) -> Outlet {
        Outlet {
            id: "a".parse().unwrap(),
            name: "Đài A".to_owned(),
            kind: OutletKind::Station,
            duty: Duty::Monthly,
            exempt: vec![],
            blind: if blind { vec![Medium::Broadcast] } else { vec![] },
            sections_complete: false,
            active: MonthRange::default(),
            successor: None,
            hosts: vec![],
            article_id: None,
            sources: vec![],
            page: PageSelectors::default(),
            contacts: vec![],
        }
    }

    fn review(outlet: &Outlet, seen: &Seen) -> OutletMonth {
        let policy = Policy {
            from: month("2017-01"),
            basis: String::new(),
            reading: DutyReading::EachOutlet,
            minimum: 1,
            grace_working_days: 3,
            mentions_count: false,
            reprints_count: true,
        };
        let march = month("2026-03");
        let grace_end = Calendar::default().grace_end(march, 3, ZONE);
        let rules = MonthRules {
            month: march,
            zone: ZONE,
            policy: std::borrow::Cow::Borrowed(&policy),
            grace_end,
            now: at("2026-05-01T00:00:00Z"),
        };
        review_outlet(&outlet.obligation(), seen, &rules)
    }

    fn taken_back(withdrawn: bool) -> Option<Withdrawn> {
        withdrawn.then(|| Withdrawn { by: "an".to_owned(), at: at("2026-04-21T00:00:00Z"), reason: "nhầm".to_owned() })
    }

    fn decided<T>(id: i64, what: T, withdrawn: bool) -> Decided<T> {
        Decided { id, what, by: "hoa".to_owned(), at: at("2026-04-20T00:00:00Z"), withdrawn: taken_back(withdrawn) }
    }

    /// One decision of an officer, on the first article where it is a ruling.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Deed {
        OffWeb,
        RuledIn,
        MovedIn,
        RuledOut,
        MovedOut,
        BlindChecked,
        SilenceAccepted,
        HandCheck,
    }

    const DEEDS: [Deed; 8] = [
        Deed::OffWeb,
        Deed::RuledIn,
        Deed::MovedIn,
        Deed::RuledOut,
        Deed::MovedOut,
        Deed::BlindChecked,
        Deed::SilenceAccepted,
        Deed::HandCheck,
    ];

    impl Deed {
        /// Whether nothing but these may turn a month into one that is not met.
        fn may_accuse(self) -> bool {
            matches!(self, Self::RuledOut | Self::MovedOut | Self::BlindChecked | Self::SilenceAccepted | Self::HandCheck)
        }

        fn only_adds(self) -> bool {
            !matches!(self, Self::RuledOut | Self::MovedOut)
        }

        fn take(self, seen: &mut Seen, withdrawn: bool) {
            let (outlet, march): (crate::domain::outlet::OutletId, _) = ("a".parse().unwrap(), month("2026-03"));
            let mut rule = |decision| {
                if let Some(article) = seen.articles.first_mut() {
                    article.ruling =
                        Some(StandingRuling { decision, by: "hoa".to_owned(), at: at("2026-04-20T00:00:00Z"), same_text: true });
                }
            };
            match self {
                Self::RuledIn => return rule(Decision::Counts(march)),
                Self::MovedIn => return rule(Decision::Moved(march)),
                Self::RuledOut => return rule(Decision::DoesNotCount),
                Self::MovedOut => return rule(Decision::Moved(month("2026-02"))),
                _ => {}
            }
            let decisions = &mut seen.decisions;
            let listed = crate::domain::confirmation::standing_list(&decisions.off_web);
            let confirm = |kind| {
                let what = Confirmation { outlet: outlet.clone(), month: march, kind, listed: listed.clone(), reason: words("đã xem") };
                decided(1, what, withdrawn)
            };
            match self {
                Self::OffWeb => {
                    let what = OffWeb {
                        outlet: outlet.clone(),
                        month: march,
                        medium: Medium::Broadcast,
                        title: words("Bản tin tối"),
                        programme: None,
                        aired: None,
                        seconds: None,
                        url: None,
                        file: None,
                        note: None,
                    };
                    let id = i64::try_from(decisions.off_web.len()).unwrap() + 1;
                    decisions.off_web.push(decided(id, what, withdrawn));
                }
                Self::BlindChecked => decisions.confirmations.push(confirm(ConfirmationKind::BlindChecked)),
                Self::SilenceAccepted => decisions.confirmations.push(confirm(ConfirmationKind::SilenceAccepted)),
                _ => {
                    let span = Span { from: at("2026-02-01T00:00:00Z"), to: at("2026-04-20T00:00:00Z") };
                    let what = HandCheck { outlet: outlet.clone(), span, looked_at: words("trang chủ"), found: words("không") };
                    decisions.hand_checks.push(HandWitness { check: decided(1, what, withdrawn), overtaken: false });
                }
            }
        }
    }

    prop_compose! {
        fn any_article()(judgement in 0usize..4, standing in 0usize..3, state in 0usize..4, late: bool) -> MonthArticle {
            use JudgementKind::{About, Candidate, Mention, Unrelated};
            MonthArticle {
                url: "https://a.example/1".to_owned(),
                title: "Chợ phiên".to_owned(),
                published: (standing != 2).then(|| at("2026-03-10T00:00:00Z")),
                date_standing: [DateFirmness::Sure, DateFirmness::Straddles, DateFirmness::Undated][standing],
                first_seen: at(if late { "2026-04-20T00:00:00Z" } else { "2026-03-10T01:00:00Z" }),
                state: [ReadState::Found, ReadState::Read, ReadState::Unread, ReadState::Gone][state],
                unread_why: None,
                judgement: [About, Candidate, Mention, Unrelated][judgement],
                ruling: None,
                marks: Marks::default(),
            }
        }
    }

    prop_compose! {
        fn any_seen()(articles in prop::collection::vec(any_article(), 0..3), coverage in 0usize..4, articles_seen in 0usize..3) -> Seen {
            let (start, later) = (at("2026-01-01T00:00:00Z"), at("2026-04-10T00:00:00Z"));
            let gap = Span { from: at("2026-03-05T00:00:00Z"), to: at("2026-03-09T00:00:00Z") };
            let whole = Span { from: start, to: later };
            let (first_good, certified, gaps) = match coverage {
                0 => (None, vec![], vec![]),
                1 => (Some(start), vec![whole], vec![]),
                2 => (
                    Some(start),
                    vec![Span { to: gap.from, ..whole }, Span { from: gap.to, ..whole }],
                    vec![Gap { span: gap, why: GapReason::WindowRolledOver }],
                ),
                // Nobody came back after the tenth.
                _ => (Some(start), vec![Span { to: at("2026-03-10T00:00:00Z"), ..whole }], vec![]),
            };
            Seen {
                articles,
                ledgers: vec![Ledger { covers: Covers::Outlet, first_good, certified, gaps, refused: vec![] }],
                witnesses: Witnesses::default(),
                articles_seen,
                decisions: MonthDecisions::default(),
            }
        }
    }

    proptest! {
        #[test]
        fn nothing_but_a_decision_for_it_turns_a_month_into_one_that_is_not_met(
            mut seen in any_seen(), blind: bool, deeds in prop::collection::vec(prop::sample::select(&DEEDS), 0..6),
        ) {
            let outlet = outlet(blind);
            let before = review(&outlet, &seen);
            deeds.iter().for_each(|it| it.take(&mut seen, false));
            let after = review(&outlet, &seen);
            if after.verdict == Verdict::NotMet && before.verdict != Verdict::NotMet {
                prop_assert!(deeds.iter().any(|it| it.may_accuse()), "{:?}", deeds);
            }
            if before.verdict == Verdict::Met && deeds.iter().all(|it| it.only_adds()) {
                prop_assert_eq!(after.verdict, Verdict::Met);
            }
            if deeds.contains(&Deed::OffWeb) {
                prop_assert_eq!(after.verdict, Verdict::Met);
            }
        }

        #[test]
        fn each_decision_lifts_the_one_doubt_that_it_is_for(seen in any_seen(), blind: bool, deed in prop::sample::select(&DEEDS[5..])) {
            let outlet = outlet(blind);
            let before = review(&outlet, &seen);
            let mut decided = seen.clone();
            deed.take(&mut decided, false);
            let after = review(&outlet, &decided);
            let lifted = match deed {
                Deed::BlindChecked => before.reason == Reason::BlindMedium,
                Deed::SilenceAccepted => before.reason == Reason::NothingSeen,
                _ => before.reason == Reason::CoverageGap,
            };
            if !lifted {
                prop_assert_eq!((after.verdict, after.reason), (before.verdict, before.reason));
            }
            if before.reason == Reason::CoverageGap && deed == Deed::HandCheck {
                // It closes what has ended; where nobody came back after the grace, the month stays open to doubt.
                let came_back = seen.ledgers[0].certified.iter().any(|it| it.to > at("2026-04-05T00:00:00Z"));
                prop_assert_eq!(after.coverage.gaps.is_empty(), came_back);
                prop_assert_eq!(after.reason != Reason::CoverageGap, came_back);
            }
        }

        #[test]
        fn what_was_taken_back_is_as_if_it_had_never_been(mut seen in any_seen(), blind: bool) {
            let outlet = outlet(blind);
            let before = review(&outlet, &seen);
            for deed in [Deed::OffWeb, Deed::BlindChecked, Deed::SilenceAccepted, Deed::HandCheck] {
                deed.take(&mut seen, true);
            }
            prop_assert_eq!(review(&outlet, &seen), before);
        }
    }

    #[test]
    fn a_confirmed_list_holds_for_that_list_and_not_before_the_month_is_over() {
        let outlet = outlet(true);
        let certified = vec![Span { from: at("2026-01-01T00:00:00Z"), to: at("2026-04-10T00:00:00Z") }];
        let ledger =
            Ledger { covers: Covers::Outlet, first_good: Some(at("2026-01-01T00:00:00Z")), certified, gaps: vec![], refused: vec![] };
        let seen = Seen {
            articles: vec![],
            ledgers: vec![ledger],
            witnesses: Witnesses::default(),
            articles_seen: 5,
            decisions: MonthDecisions::default(),
        };
        let reason = |seen: &Seen| review(&outlet, seen).reason;
        let mut confirmed = seen.clone();
        Deed::OffWeb.take(&mut confirmed, false);
        Deed::BlindChecked.take(&mut confirmed, false);
        assert_eq!(reason(&confirmed), Reason::Articles);
        confirmed.decisions.off_web[0].withdrawn = taken_back(true);
        assert_eq!(reason(&confirmed), Reason::BlindMedium, "that list had an item in it");
        Deed::BlindChecked.take(&mut confirmed, false);
        assert_eq!(reason(&confirmed), Reason::NoneFound);
        confirmed.decisions.confirmations[1].at = at("2026-03-31T16:59:59Z");
        assert_eq!(reason(&confirmed), Reason::BlindMedium, "the month was not over");
    }

    #[test]
    fn the_only_article_of_a_month_that_was_moved_away_is_nothing_seen_in_it() {
        let mut seen = Seen {
            articles: vec![MonthArticle {
                url: "https://a.example/1".to_owned(),
                title: "Chợ phiên".to_owned(),
                published: Some(at("2026-03-10T00:00:00Z")),
                date_standing: DateFirmness::Sure,
                first_seen: at("2026-03-10T01:00:00Z"),
                state: ReadState::Read,
                unread_why: None,
                judgement: JudgementKind::About,
                ruling: None,
                marks: Marks::default(),
            }],
            ledgers: vec![Ledger {
                covers: Covers::Outlet,
                first_good: Some(at("2026-01-01T00:00:00Z")),
                certified: vec![Span { from: at("2026-01-01T00:00:00Z"), to: at("2026-04-10T00:00:00Z") }],
                gaps: vec![],
                refused: vec![],
            }],
            witnesses: Witnesses::default(),
            articles_seen: 1,
            decisions: MonthDecisions::default(),
        };
        assert_eq!(review(&outlet(false), &seen).reason, Reason::Articles);
        Deed::MovedOut.take(&mut seen, false);
        assert_eq!(review(&outlet(false), &seen).reason, Reason::NothingSeen);
    }

    #[test]
    fn a_statement_is_words_and_an_item_is_read_as_it_is_shown() {
        assert_eq!("  Lê Thị Hoa \n".parse::<Statement>().unwrap().as_str(), "Lê Thị Hoa");
        for (text, wrong) in [("", BadStatement::Empty), (" \n", BadStatement::Empty), ("a\0b", BadStatement::Control)] {
            assert_eq!(text.parse::<Statement>(), Err(wrong), "{text:?}");
        }
        assert_eq!("ă".repeat(2_001).parse::<Statement>(), Err(BadStatement::TooLong(2_001)));
        for item in [Item::OffWeb(12), Item::Confirmation(3), Item::HandCheck(4)] {
            assert_eq!(item.to_string().parse(), Ok(item));
        }
        assert_eq!(("12".parse(), "urn:diembao:off-web:12".parse()), (Ok(Item::OffWeb(12)), Ok(Item::OffWeb(12))));
        for text in ["", "0", "-1", "x", "ruling:1", "off-web:", "off-web:1:2"] {
            assert_eq!(text.parse::<Item>(), Err(BadItem(text.to_owned())), "{text}");
        }
    }

    #[test]
    fn off_web_evidence_of_a_time_that_does_not_fit_is_refused() {
        let now = at("2026-04-20T00:00:00Z");
        let item = |text: &str, aired: Option<&str>| OffWeb {
            outlet: "a".parse().unwrap(),
            month: month(text),
            medium: Medium::Print,
            title: words("Trang ba"),
            programme: None,
            aired: aired.map(at),
            seconds: None,
            url: None,
            file: None,
            note: None,
        };
        let admit = |it: OffWeb| it.admit(words("hoa"), ZONE, now).map(drop);
        for (what, end) in [
            (item("2026-03", None), Ok(())),
            (item("2026-03", Some("2026-03-31T16:59:59Z")), Ok(())),
            (item("2026-03", Some("2026-03-31T17:00:00Z")), Err(Refusal::AiredElsewhere(at("2026-03-31T17:00:00Z"), month("2026-03")))),
            (item("2026-04", Some("2026-04-20T00:00:01Z")), Err(Refusal::Future(at("2026-04-20T00:00:01Z")))),
            (item("2026-05", None), Err(Refusal::MonthNotBegun(month("2026-05")))),
            (OffWeb { seconds: Some(0), ..item("2026-03", None) }, Err(Refusal::NoDuration)),
            (
                OffWeb { url: "javascript:alert(1)".parse().ok(), ..item("2026-03", None) },
                Err(Refusal::NotWeb("javascript:alert(1)".into())),
            ),
        ] {
            assert_eq!(admit(what), end);
        }
        let early = Confirmation {
            outlet: "a".parse().unwrap(),
            month: month("2026-04"),
            kind: ConfirmationKind::SilenceAccepted,
            listed: vec![],
            reason: words("đã gọi điện"),
        };
        assert_eq!(early.admit(words("hoa"), ZONE, now), Err(Refusal::MonthNotOver(month("2026-04"))));
        assert_eq!(TimeDelta::zero(), now - Admitted::new((), words("hoa"), now + TimeDelta::milliseconds(900)).at());
    }
}
