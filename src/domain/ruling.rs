//! Rulings: an officer's decision on one article, which goes before the machine's.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::domain::{
    digest::sha256,
    month::Month,
    officer::{Admitted, Refusal, Statement},
};

/// What an officer asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// It counts in the month that its date names.
    Counts,
    DoesNotCount,
    /// It counts in this month, whatever its date.
    In(Month),
    /// No ruling is to stand on it.
    Undo,
}

/// What an officer decided. The month is fixed with the decision: a date that is found later does not move it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "decision", content = "month", rename_all = "snake_case")]
pub enum Decision {
    Counts(Month),
    DoesNotCount,
    /// It counts in another month than its date names.
    Moved(Month),
    /// The ruling before is taken back: what the machine judged holds again.
    Undone,
}

/// An officer's decision on an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ruling {
    /// The article's number in the store.
    pub article: i64,
    #[serde(flatten)]
    pub decision: Decision,
    pub reason: Statement,
    /// Version of the dictionary that had judged the article.
    pub terms: String,
    /// Digest of the text that was ruled on, as [`text_digest`] makes it.
    pub text_digest: String,
}

/// An article as it is ruled on.
#[derive(Debug, Clone, Copy)]
pub struct RuledOn<'a> {
    pub article: i64,
    /// Its date, where that is firm.
    pub firm_date: Option<DateTime<Utc>>,
    pub terms: &'a str,
    pub text_digest: &'a str,
}

/// The ruling that an article stands under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingRuling {
    pub decision: Decision,
    pub by: String,
    pub at: DateTime<Utc>,
    /// Whether the article still has the text that was ruled on.
    pub same_text: bool,
}

/// Text that names no decision, or one without the month that it needs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no decision on an article")]
pub struct BadDecision(String);

impl Ruling {
    /// Rules on an article.
    ///
    /// # Errors
    /// Where a month is needed and not given, or has not begun.
    pub fn admit(
        asked: Asked,
        on: RuledOn<'_>,
        reason: Statement,
        by: Statement,
        zone: Tz,
        now: DateTime<Utc>,
    ) -> Result<Admitted<Self>, Refusal> {
        let dated = on.firm_date.map(|it| Month::of(it, zone));
        let decision = match (asked, dated) {
            (Asked::DoesNotCount, _) => Decision::DoesNotCount,
            (Asked::Undo, _) => Decision::Undone,
            (Asked::Counts, Some(month)) => Decision::Counts(month),
            (Asked::Counts, None) => return Err(Refusal::DateNotFirm),
            (Asked::In(month), _) if now < month.span(zone).from => return Err(Refusal::MonthNotBegun(month)),
            (Asked::In(month), Some(dated)) if month != dated => Decision::Moved(month),
            (Asked::In(month), _) => Decision::Counts(month),
        };
        let (terms, text_digest) = (on.terms.to_owned(), on.text_digest.to_owned());
        Ok(Admitted::new(Self { article: on.article, decision, reason, terms, text_digest }, by, now))
    }
}

/// The digest of what an officer could read of an article.
pub fn text_digest(title: &str, lead: &str, text: &str) -> String {
    sha256(format!("{title}\n\n{lead}\n\n{text}"))
}

impl Decision {
    /// The word used in store and output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Counts(_) => "counts",
            Self::DoesNotCount => "does_not_count",
            Self::Moved(_) => "moved",
            Self::Undone => "undone",
        }
    }

    /// The month in which the article counts.
    pub fn month(self) -> Option<Month> {
        match self {
            Self::Counts(month) | Self::Moved(month) => Some(month),
            Self::DoesNotCount | Self::Undone => None,
        }
    }

    /// The decision of that word and month.
    ///
    /// # Errors
    /// Where the word names none, or the month does not go with it.
    pub fn of(word: &str, month: Option<Month>) -> Result<Self, BadDecision> {
        let all = [Some(Self::DoesNotCount), Some(Self::Undone), month.map(Self::Counts), month.map(Self::Moved)];
        all.into_iter().flatten().find(|it| it.as_str() == word && it.month() == month).ok_or_else(|| BadDecision(word.to_owned()))
    }

    /// What the officer reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Counts(_) => "được tính",
            Self::DoesNotCount => "không được tính",
            Self::Moved(_) => "chuyển sang tháng khác",
            Self::Undone => "rút lại kết luận",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ruling_fixes_the_month_in_which_the_article_counts() {
        let zone = chrono_tz::Asia::Ho_Chi_Minh;
        let month = |text: &str| text.parse::<Month>().unwrap();
        let march: DateTime<Utc> = "2026-03-31T16:30:00Z".parse().unwrap();
        for (name, asked, firm_date, end) in [
            ("in its own month", Asked::Counts, Some(march), Ok(Decision::Counts(month("2026-03")))),
            ("without a firm date", Asked::Counts, None, Err(Refusal::DateNotFirm)),
            ("not at all", Asked::DoesNotCount, None, Ok(Decision::DoesNotCount)),
            ("in the month that it has", Asked::In(month("2026-03")), Some(march), Ok(Decision::Counts(month("2026-03")))),
            ("in another month", Asked::In(month("2026-04")), Some(march), Ok(Decision::Moved(month("2026-04")))),
            ("in a month that settles its date", Asked::In(month("2026-04")), None, Ok(Decision::Counts(month("2026-04")))),
            ("in a month to come", Asked::In(month("2026-06")), None, Err(Refusal::MonthNotBegun(month("2026-06")))),
        ] {
            let on = RuledOn { article: 1, firm_date, terms: "t1", text_digest: "" };
            let words = |it: &str| it.parse::<Statement>().unwrap();
            let ruled = Ruling::admit(asked, on, words("đã đọc"), words("hoa"), zone, "2026-05-02T00:00:00Z".parse().unwrap());
            assert_eq!(ruled.map(|it| it.what().decision), end, "{name}");
        }
    }

    #[test]
    fn a_decision_reads_back_as_it_was_written() {
        let month = "2026-03".parse().ok();
        for decision in [Decision::DoesNotCount, Decision::Undone, Decision::Counts(month.unwrap()), Decision::Moved(month.unwrap())] {
            assert_eq!(Decision::of(decision.as_str(), decision.month()), Ok(decision));
        }
        for (word, month) in [("counts", None), ("moved", None), ("does_not_count", month), ("maybe", month)] {
            assert_eq!(Decision::of(word, month), Err(BadDecision(word.to_owned())), "{word}");
        }
    }
}
