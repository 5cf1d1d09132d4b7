//! A closed month: the snapshot that proves its verdicts, its replay, and the amendments that came after it.

use std::fmt;

use chrono::{DateTime, FixedOffset, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::domain::{
    month::Month,
    outlet::{Obligation, OutletId},
    review::{MonthReview, MonthRules, OutletMonth, Seen, review_outlet, review_together},
    verdict::{Reason, Verdict},
};

pub use self::checklist::{Acknowledged, AcknowledgedWhat, Asked, Obstacle, acknowledged, obstacles};

mod checklist;

/// Which program, and which dictionary, register and calendar, a verdict was made with. Digests are SHA-256 of the whole file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    pub program: String,
    pub terms: String,
    pub terms_sha256: String,
    pub register_sha256: String,
    pub calendar_sha256: String,
}

/// Everything of one outlet that its verdict was made of.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Inputs {
    pub outlet: Obligation,
    pub seen: Seen,
}

/// A month as it was closed: the inputs of its verdicts and the verdicts. Its text is kept and never changed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Snapshot {
    /// From 1, without a hole.
    pub number: u64,
    pub month: Month,
    pub at: DateTime<Utc>,
    pub by: String,
    pub second: String,
    /// Digest of the closing before this one; empty in the first.
    pub previous: String,
    /// Digest of the last amendment of any closed month so far; empty where there is none.
    pub amendments: String,
    pub versions: Versions,
    pub rules: MonthRules<'static>,
    pub outlets: Vec<Inputs>,
    /// What was open and does not stand in the way of closing: the two who closed knew of it.
    pub acknowledged: Vec<Acknowledged>,
    pub result: MonthReview,
}

/// How a replay compares with what was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// Every byte is the same.
    Exact,
    /// The verdicts, reasons and counts are; another version of the program writes the rest differently.
    SameVerdicts,
    Different,
}

/// A closed month computed again from its own inputs.
#[derive(Debug, Clone)]
pub struct Replay {
    pub review: MonthReview,
    pub likeness: Likeness,
}

/// What a closed month comes to for an outlet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Official {
    pub verdict: Verdict,
    pub reason: Reason,
    pub count: usize,
}

/// A change of a closed month's verdict that later findings made necessary. Its text is kept and never changed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Amendment {
    /// Digest of the closing that it amends.
    pub closing: String,
    pub month: Month,
    pub outlet: OutletId,
    pub at: DateTime<Utc>,
    /// `None` for an outlet that was not in the register when the month was closed.
    pub before: Option<Official>,
    pub after: Official,
    /// Which inputs differ from those of the verdict before.
    pub why: Vec<String>,
    pub versions: Versions,
    pub rules: MonthRules<'static>,
    pub inputs: Inputs,
    /// Digest of the amendment before this one, of whichever month; empty in the first.
    pub previous: String,
}

/// A closed month with what came after.
#[derive(Debug, Clone)]
pub struct Closed {
    pub snapshot: Snapshot,
    pub digest: String,
    /// Oldest first, each with its digest.
    pub amendments: Vec<(Amendment, String)>,
}

/// What `review` tells of a closed month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClosingNote {
    pub number: u64,
    pub at: DateTime<FixedOffset>,
    pub by: String,
    pub second: String,
    pub digest: String,
    pub amendments: Vec<AmendmentNote>,
}

/// One amendment as `review` tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AmendmentNote {
    pub outlet: OutletId,
    pub at: DateTime<FixedOffset>,
    pub before: Option<Official>,
    pub after: Official,
    pub why: Vec<String>,
    pub digest: String,
}

/// A kept text that is not what was written.
#[derive(Debug, thiserror::Error)]
pub enum ChainFault {
    #[error("{0} was changed since it was written: its digest is not the one on record")]
    Changed(String),
    #[error("{0} does not follow the one before it: a link of the chain is missing or was changed")]
    Unlinked(String),
    #[error("{0} cannot be read")]
    Unreadable(String, #[source] serde_json::Error),
}

/// SHA-256 in hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|it| format!("{it:02x}")).collect()
}

/// Reviews a month from its inputs alone: the one way from inputs to verdicts, for today and for a replay.
pub fn review_inputs(inputs: &[Inputs], rules: &MonthRules<'_>) -> MonthReview {
    review_together(inputs.iter().map(|it| it.review(rules)).collect(), rules)
}

impl Inputs {
    /// The outlet's month that follows.
    pub fn review(&self, rules: &MonthRules<'_>) -> OutletMonth {
        review_outlet(&self.outlet, &self.seen, rules)
    }
}

impl Snapshot {
    /// The text that is kept.
    ///
    /// # Errors
    /// Where a value cannot be written as JSON.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// Computes the month again from its own inputs and compares with what was kept as `text`.
    ///
    /// # Errors
    /// Where the outcome cannot be written as JSON.
    pub fn replay(&self, text: &str) -> Result<Replay, serde_json::Error> {
        let review = review_inputs(&self.outlets, &self.rules);
        let again = Self { result: review.clone(), ..self.clone() };
        let likeness = match () {
            () if again.text()? == text => Likeness::Exact,
            () if verdicts(&review) == verdicts(&self.result) => Likeness::SameVerdicts,
            () => Likeness::Different,
        };
        Ok(Replay { review, likeness })
    }
}

fn verdicts(review: &MonthReview) -> (Vec<(&OutletId, Official)>, Verdict) {
    (review.outlets.iter().map(|it| (&it.outlet, Official::of(it))).collect(), review.together.verdict)
}

impl Official {
    /// What an outlet's reviewed month comes to.
    pub fn of(month: &OutletMonth) -> Self {
        Self { verdict: month.verdict, reason: month.reason, count: month.count }
    }
}

impl fmt::Display for Official {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}; {} tin, bài)", self.verdict.label(), self.reason.label(), self.count)
    }
}

/// Reads a kept text after checking that it is what was written; `name` says what it is.
///
/// # Errors
/// Where it is not, or does not read as what it should be.
pub fn opened<T: for<'a> Deserialize<'a>>(name: &str, text: &str, digest: &str) -> Result<T, ChainFault> {
    if sha256(text.as_bytes()) != digest {
        return Err(ChainFault::Changed(name.to_owned()));
    }
    serde_json::from_str(text).map_err(|fault| ChainFault::Unreadable(name.to_owned(), fault))
}

impl Closed {
    /// The verdict that stands for an outlet: as closed, or as last amended.
    pub fn official(&self, outlet: &OutletId) -> Option<Official> {
        match self.last_amendment(outlet) {
            Some(amendment) => Some(amendment.after),
            None => self.snapshot.result.outlets.iter().find(|it| it.outlet == *outlet).map(Official::of),
        }
    }

    /// The last amendment for an outlet.
    pub fn last_amendment(&self, outlet: &OutletId) -> Option<&Amendment> {
        self.amendments.iter().map(|it| &it.0).rfind(|it| it.outlet == *outlet)
    }

    /// The amendment that today's inputs call for, or `None` where the verdict still stands. A look back in time amends
    /// nothing. `previous` is filled in when it is kept.
    pub fn amendment(&self, inputs: Inputs, rules: &MonthRules<'_>, versions: Versions) -> Option<Amendment> {
        let outlet = inputs.outlet.id.clone();
        let last = self.last_amendment(&outlet);
        let since = last.map_or(self.snapshot.at, |it| it.at);
        let before = self.official(&outlet);
        let after = Official::of(&inputs.review(rules));
        if before == Some(after) || rules.now < since {
            return None;
        }
        let why = match last {
            Some(it) => differences((&it.inputs, &it.rules, &it.versions), (&inputs, rules, &versions)),
            None => match self.snapshot.outlets.iter().find(|it| it.outlet.id == outlet) {
                Some(then) => differences((then, &self.snapshot.rules, &self.snapshot.versions), (&inputs, rules, &versions)),
                None => vec!["outlet".to_owned()],
            },
        };
        Some(Amendment {
            closing: self.digest.clone(),
            month: self.snapshot.month,
            outlet,
            at: rules.now,
            before,
            after,
            why,
            versions,
            rules: rules.kept(),
            inputs,
            previous: String::new(),
        })
    }

    /// What is told of it, with its times as a reader in the site's zone writes them.
    pub fn note(&self) -> ClosingNote {
        let zone = self.snapshot.rules.zone;
        let local = |it: DateTime<Utc>| it.with_timezone(&zone).fixed_offset();
        let amendments = self.amendments.iter().map(|(it, digest)| AmendmentNote {
            outlet: it.outlet.clone(),
            at: local(it.at),
            before: it.before,
            after: it.after,
            why: it.why.clone(),
            digest: digest.clone(),
        });
        ClosingNote {
            number: self.snapshot.number,
            at: local(self.snapshot.at),
            by: self.snapshot.by.clone(),
            second: self.snapshot.second.clone(),
            digest: self.digest.clone(),
            amendments: amendments.collect(),
        }
    }
}

type Made<'a> = (&'a Inputs, &'a MonthRules<'a>, &'a Versions);

/// The names of the inputs that differ. Those of what was seen are the names of its parts, whichever it has.
fn differences(before: Made<'_>, after: Made<'_>) -> Vec<String> {
    let parts = |it: &Inputs| match serde_json::to_value(&it.seen) {
        Ok(Value::Object(parts)) => parts,
        _ => serde_json::Map::new(),
    };
    let (then, now) = (parts(before.0), parts(after.0));
    let mut found: Vec<String> = now.iter().filter(|(name, value)| then.get(*name) != Some(*value)).map(|it| it.0.clone()).collect();
    let others = [
        ("outlet", before.0.outlet != after.0.outlet),
        ("policy", before.1.policy != after.1.policy),
        ("grace", before.1.grace_end != after.1.grace_end),
        ("terms", before.2.terms_sha256 != after.2.terms_sha256),
        ("program", before.2.program != after.2.program),
    ];
    found.extend(others.into_iter().filter(|it| it.1).map(|it| it.0.to_owned()));
    found
}

/// What the officer reads for the name of an input.
pub fn input_label(name: &str) -> &str {
    match name {
        "articles" => "tin, bài tìm thấy hoặc đọc lại",
        "articles_seen" => "số tin, bài đã thấy",
        "decisions" => "kết luận, xác nhận của chuyên viên",
        "ledgers" => "độ phủ của các nguồn",
        "witnesses" => "khoảng hở được khép lại hoặc khoảng im lặng",
        "outlet" => "danh bạ cơ quan báo chí",
        "policy" => "quy định tính chỉ tiêu",
        "grace" => "thời hạn chờ",
        "terms" => "từ điển",
        "program" => "phiên bản chương trình",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use chrono_tz::Asia::Ho_Chi_Minh;

    use super::*;
    use crate::domain::{
        calendar::{Calendar, DutyReading, Policy},
        coverage::{Ledger, Silence, Witnesses},
        month::{MonthRange, Span},
        officer::MonthDecisions,
        outlet::{Covers, Duty},
        relevance::JudgementKind,
        review::{DateFirmness, Marks, MonthArticle, ReadState},
    };

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    pub(in crate::domain) fn rules(now: &str) -> MonthRules<'static> {
        let policy = Policy {
            from: "2017-01".parse().unwrap(),
            basis: "Quyết định 1".to_owned(),
            reading: DutyReading::EachOutlet,
            minimum: 1,
            grace_working_days: 3,
            mentions_count: false,
            reprints_count: true,
        };
        let month: Month = "2026-03".parse().unwrap();
        let grace_end = Calendar::default().grace_end(month, 3, Ho_Chi_Minh);
        MonthRules { month, zone: Ho_Chi_Minh, policy: Cow::Owned(policy), grace_end, now: at(now) }
    }

    pub(in crate::domain) fn article(number: u32, judgement: JudgementKind) -> MonthArticle {
        MonthArticle {
            url: format!("https://a.vn/tin-{number}.html"),
            title: format!("Tin \"số\" {number}\nhai dòng"),
            published: Some(at("2026-03-10T02:00:00Z")),
            date_standing: DateFirmness::Sure,
            first_seen: at("2026-03-10T03:00:00.25Z"),
            state: ReadState::Read,
            unread_why: None,
            judgement,
            ruling: None,
            marks: Marks::default(),
        }
    }

    /// An outlet whose month was seen to two thirds, in stretches that make an awkward share.
    pub(in crate::domain) fn inputs(id: &str, articles: Vec<MonthArticle>) -> Inputs {
        let outlet = Obligation {
            id: id.parse().unwrap(),
            name: format!("Báo {id}"),
            duty: Duty::Monthly,
            exempt: vec![],
            blind: vec![],
            sections_complete: false,
            active: MonthRange::default(),
        };
        let certified = Span { from: at("2026-02-27T00:00:00Z"), to: at("2026-03-21T07:00:01Z") };
        let ledger = Ledger {
            covers: Covers::Outlet,
            first_good: Some(at("2026-02-27T00:00:00Z")),
            certified: vec![certified],
            gaps: vec![],
            refused: vec![],
        };
        let silence = Silence {
            span: Span { from: at("2026-03-11T00:00:00Z"), to: at("2026-03-20T00:00:00Z") },
            allowed: chrono::TimeDelta::days(3),
        };
        let witnesses = Witnesses { repaired: vec![], backfilled: vec![], silent: vec![silence] };
        Inputs { outlet, seen: Seen { articles, ledgers: vec![ledger], witnesses, articles_seen: 7, decisions: MonthDecisions::default() } }
    }

    pub(in crate::domain) fn versions(terms: &str) -> Versions {
        Versions {
            program: "diembao 0.1.0".to_owned(),
            terms: terms.to_owned(),
            terms_sha256: sha256(terms.as_bytes()),
            register_sha256: String::new(),
            calendar_sha256: String::new(),
        }
    }

    fn closed(outlets: Vec<Inputs>) -> Closed {
        let rules = rules("2026-04-10T00:00:00Z");
        let result = review_inputs(&outlets, &rules);
        let snapshot = Snapshot {
            number: 1,
            month: rules.month,
            at: rules.now,
            by: "an".to_owned(),
            second: "bình".to_owned(),
            previous: String::new(),
            amendments: String::new(),
            versions: versions("t1"),
            acknowledged: acknowledged(&result),
            rules,
            outlets,
            result,
        };
        let digest = sha256(snapshot.text().unwrap().as_bytes());
        Closed { snapshot, digest, amendments: vec![] }
    }

    #[test]
    fn a_replay_of_the_kept_text_gives_every_byte_again() {
        let one = closed(vec![inputs("a", vec![article(1, JudgementKind::About)]), inputs("b", vec![article(2, JudgementKind::Mention)])]);
        let text = one.snapshot.text().unwrap();
        let read: Snapshot = opened("closing 1", &text, &one.digest).unwrap();
        let replay = read.replay(&text).unwrap();
        assert_eq!(replay.likeness, Likeness::Exact);
        assert_eq!(serde_json::to_string(&replay.review).unwrap(), serde_json::to_string(&one.snapshot.result).unwrap());
        assert!(replay.review.outlets[1].coverage.share > 0.3, "the share is worth comparing: {:?}", replay.review.outlets[1].coverage);
    }

    #[test]
    fn a_text_that_was_changed_is_not_read_and_inputs_that_say_otherwise_are_found_out() {
        let one = closed(vec![inputs("a", vec![article(1, JudgementKind::About)])]);
        let text = one.snapshot.text().unwrap();
        let forged = text.replace("\"judgement\":\"about\",\"by\"", "\"judgement\":\"mention\",\"by\"");
        assert_ne!(forged, text);
        assert!(matches!(opened::<Snapshot>("x", &forged, &one.digest), Err(ChainFault::Changed(_))));
        let read: Snapshot = serde_json::from_str(&forged).unwrap();
        assert_eq!(read.replay(&forged).unwrap().likeness, Likeness::SameVerdicts);
        let acquitted = text.replace("\"verdict\":\"met\"", "\"verdict\":\"not_met\"");
        let read: Snapshot = serde_json::from_str(&acquitted).unwrap();
        assert_eq!(read.replay(&acquitted).unwrap().likeness, Likeness::Different);
        assert!(matches!(opened::<Snapshot>("x", "{}", &sha256(b"{}")), Err(ChainFault::Unreadable(..))));
    }

    #[test]
    fn an_amendment_is_called_for_once_and_names_what_changed() {
        let mut one = closed(vec![inputs("a", vec![article(1, JudgementKind::Mention)])]);
        let id: OutletId = "a".parse().unwrap();
        let later = rules("2026-05-01T00:00:00Z");
        let same = inputs("a", vec![article(1, JudgementKind::Mention)]);
        assert!(one.amendment(same, &later, versions("t1")).is_none(), "nothing has changed but the time");
        let found = || inputs("a", vec![article(1, JudgementKind::Mention), article(2, JudgementKind::About)]);
        assert!(one.amendment(found(), &rules("2026-04-09T00:00:00Z"), versions("t1")).is_none(), "a look back in time");
        let amendment = one.amendment(found(), &later, versions("t2")).unwrap();
        assert_eq!((amendment.before.unwrap().verdict, amendment.after.verdict), (Verdict::Undetermined, Verdict::Met));
        assert_eq!(amendment.why, ["articles", "terms"]);
        one.amendments.push((amendment, "d".to_owned()));
        assert_eq!(one.official(&id).unwrap().verdict, Verdict::Met);
        assert!(one.amendment(found(), &rules("2026-05-02T00:00:00Z"), versions("t2")).is_none(), "once is enough");
        let newcomer = one.amendment(inputs("b", vec![]), &later, versions("t1")).unwrap();
        assert_eq!((newcomer.before, newcomer.why), (None, vec!["outlet".to_owned()]));
        assert_eq!(one.note().amendments[0].digest, "d");
    }

    #[test]
    fn every_input_has_a_name_that_an_officer_reads() {
        let Value::Object(parts) = serde_json::to_value(&inputs("a", vec![]).seen).unwrap() else { panic!("not an object") };
        for name in parts.keys() {
            assert_ne!(input_label(name), name, "{name}");
        }
    }
}
