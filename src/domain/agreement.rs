//! How far the dictionary and the officers agree: rulings as a test set, judged again.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::{
    privacy::{Mask, mask},
    relevance::{Judgement, JudgementKind, Reading, TermClass, Terms, judge},
};

/// Wrong articles that a term must have spoken for before it is said to mislead.
const MISLEADS_MIN: usize = 3;

/// An article that an officer ruled on, with the text that was ruled on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ruled {
    /// Address of the article; the `id` of a line for `judge`.
    #[serde(rename = "id")]
    pub url: String,
    pub title: String,
    pub lead: String,
    pub text: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub captions: String,
    /// Whether the officer ruled that it counts, in whatever month.
    pub counts: bool,
    pub reason: String,
    /// What is masked wherever the article is shown.
    #[serde(skip)]
    pub masks: Vec<Mask>,
}

/// What judging the rulings again came to.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Agreement {
    pub ruled: usize,
    /// Judged `about` and ruled to count, or judged `mention` or `unrelated` and ruled not to.
    pub agreed: usize,
    /// Candidates: the machine left them to the officer.
    pub left: usize,
    /// Judged `about`, and ruled not to count.
    pub too_much: Vec<Differs>,
    /// Judged `mention` or `unrelated`, and ruled to count.
    pub too_little: Vec<Differs>,
    /// By the term's id, of all terms that bore a judgement.
    pub terms: BTreeMap<String, TermRecord>,
}

/// One article on which the two differ.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Differs {
    pub url: String,
    pub title: String,
    pub judgement: JudgementKind,
    pub rule: &'static str,
    /// The officer's words.
    pub reason: String,
}

/// A term's part in judgements that officers ruled on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct TermRecord {
    /// Articles that it spoke for and that were ruled to count.
    pub right: usize,
    /// Articles that it spoke for and that were ruled not to.
    pub wrong: usize,
}

impl TermRecord {
    /// Whether it speaks for the wrong articles more often than for right ones.
    pub fn misleads(self) -> bool {
        self.wrong >= MISLEADS_MIN && self.wrong > self.right
    }
}

/// Judges ruled articles by a dictionary and compares.
pub fn agreement<'a>(terms: &Terms, ruled: impl IntoIterator<Item = &'a Ruled>) -> Agreement {
    let mut outcome = Agreement::default();
    for it in ruled {
        let judgement = judge(terms, &Reading { title: &it.title, lead: &it.lead, body: &it.text, captions: &it.captions });
        outcome.ruled += 1;
        let differs = || Differs {
            url: it.url.clone(),
            title: mask(&it.title, &it.masks),
            judgement: judgement.kind,
            rule: judgement.rule.as_str(),
            reason: it.reason.clone(),
        };
        match (judgement.kind, it.counts) {
            (JudgementKind::About, true) | (JudgementKind::Mention | JudgementKind::Unrelated, false) => outcome.agreed += 1,
            (JudgementKind::Candidate, _) => outcome.left += 1,
            (JudgementKind::About, false) => outcome.too_much.push(differs()),
            (JudgementKind::Mention | JudgementKind::Unrelated, true) => outcome.too_little.push(differs()),
        }
        for term in speaking(&judgement) {
            let record = outcome.terms.entry(term.to_owned()).or_default();
            if it.counts { record.right += 1 } else { record.wrong += 1 }
        }
    }
    outcome
}

/// The terms that spoke for an article, each once: strong or nearly so, neither cancelled nor in passing.
fn speaking(judgement: &Judgement) -> Vec<&str> {
    let counts = judgement.reasons.iter().filter(|it| it.cancelled_by.is_none() && it.passing_by.is_none());
    let mut terms: Vec<&str> =
        counts.filter(|it| matches!(it.class, TermClass::Strong | TermClass::ContextualHigh)).map(|it| it.term.as_str()).collect();
    terms.sort_unstable();
    terms.dedup();
    terms
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::relevance::{TermSpec, Topic};

    fn terms() -> Terms {
        let term = |id: &str, form: &str| TermSpec {
            id: id.to_owned(),
            topic: Topic::Prevention,
            class: TermClass::Strong,
            anchor: false,
            alone: false,
            forms: vec![form.to_owned()],
            why: String::new(),
            only_near: None,
            strong_near: None,
        };
        Terms::new("t".to_owned(), &BTreeMap::new(), vec![term("good", "mua bán người"), term("bad", "chợ phiên")], Vec::new()).unwrap()
    }

    fn ruled(title: &str, counts: bool) -> Ruled {
        let (url, reason) = (title.to_owned(), "theo nội dung".to_owned());
        Ruled {
            url,
            title: title.to_owned(),
            lead: String::new(),
            text: String::new(),
            captions: String::new(),
            counts,
            reason,
            masks: Vec::new(),
        }
    }

    #[test]
    fn rulings_are_a_test_of_the_dictionary_and_name_the_term_that_misleads() {
        let all = [
            ruled("Chống mua bán người ở xã", true),
            ruled("Tập huấn về mua bán người", true),
            ruled("Vui chợ phiên đầu năm", false),
            ruled("Chợ phiên họp sớm", false),
            ruled("Chợ phiên vùng cao", false),
            ruled("Một bài khác", false),
            ruled("Bài về nạn nhân", true),
        ];
        let outcome = agreement(&terms(), &all);
        assert_eq!((outcome.ruled, outcome.agreed, outcome.left), (7, 3, 0));
        assert_eq!((outcome.too_much.len(), outcome.too_little.len()), (3, 1));
        assert_eq!(outcome.terms["good"], TermRecord { right: 2, wrong: 0 });
        assert!(outcome.terms["bad"].misleads() && !outcome.terms["good"].misleads());
        assert!(!TermRecord { right: 0, wrong: 2 }.misleads(), "two rulings are too few to tell");
    }
}
