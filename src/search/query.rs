//! Questions as people type them, and the queries they become.

use std::ops::Bound;

use tantivy::{
    Score, Term,
    query::{AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, Occur, PhraseQuery, Query, RangeQuery, TermQuery},
    schema::{Facet, Field, IndexRecordOption},
};

use super::{Fields, Filter};
use crate::{search::tokenizer::Form, text};

/// A question: words that must all occur, and phrases in quotation marks whose syllables stand side by side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    clauses: Vec<Vec<String>>,
}

/// Longer questions are cut: each syllable costs a look into every segment.
const SYLLABLES_MAX: usize = 64;

/// An article that has the question in its very tones stands before all that have it only without marks.
const EXACT_TONES: Score = 1_000.0;
/// Words that stand side by side are worth more than any number of them apart.
const SIDE_BY_SIDE: Score = 100.0;
const IN_TITLE: Score = 3.0;

impl Question {
    /// Reads what somebody typed. Nothing in it is an error: signs are no operators.
    pub fn read(text: &str) -> Self {
        let mut clauses = Vec::new();
        let mut left = SYLLABLES_MAX;
        let quotes = text.replace(['“', '”', '„', '«', '»'], "\"");
        for (part, piece) in quotes.split('"').enumerate() {
            let syllables: Vec<_> = text::syllables(piece).take(left).map(|(.., it)| it.to_owned()).collect();
            left -= syllables.len();
            let quoted = part % 2 == 1;
            if quoted && !syllables.is_empty() {
                clauses.push(syllables);
            } else {
                clauses.extend(syllables.into_iter().map(|it| vec![it]));
            }
        }
        Self { clauses }
    }

    /// The clauses, each a phrase of one or more syllables.
    pub fn clauses(&self) -> &[Vec<String>] {
        &self.clauses
    }
}

/// The query for a question within a filter.
pub(super) fn build(question: &Question, filter: &Filter, fields: &Fields) -> BooleanQuery {
    let mut parts: Vec<(Occur, Box<dyn Query>)> = filters(filter, fields).into_iter().map(|it| (Occur::Must, it)).collect();
    if question.clauses.is_empty() {
        parts.push((Occur::Must, Box::new(AllQuery)));
        return BooleanQuery::new(parts);
    }
    let mut exact: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    for clause in &question.clauses {
        parts.push((Occur::Must, either(clause, Form::Folded, fields.title_folded, fields.body_folded)));
        exact.push((Occur::Must, either(clause, Form::Toned, fields.title_toned, fields.body_toned)));
    }
    parts.push((Occur::Should, Box::new(ConstScoreQuery::new(Box::new(BooleanQuery::new(exact)), EXACT_TONES))));
    if let Some(whole) = whole_phrase(question, fields) {
        parts.push((Occur::Should, whole));
    }
    BooleanQuery::new(parts)
}

/// Words typed without quotation marks that stand side by side in an article make it better, toned best.
fn whole_phrase(question: &Question, fields: &Fields) -> Option<Box<dyn Query>> {
    let all: Vec<String> = question.clauses.concat();
    if question.clauses.len() < 2 {
        return None;
    }
    let toned = either(&all, Form::Toned, fields.title_toned, fields.body_toned);
    let folded = || either(&all, Form::Folded, fields.title_folded, fields.body_folded);
    let parts: Vec<(Occur, Box<dyn Query>)> = vec![
        (Occur::Should, Box::new(ConstScoreQuery::new(toned, EXACT_TONES))),
        (Occur::Should, Box::new(ConstScoreQuery::new(folded(), SIDE_BY_SIDE))),
        // Among those that have it, more and in the title is better.
        (Occur::Should, Box::new(BoostQuery::new(folded(), IN_TITLE))),
    ];
    Some(Box::new(BooleanQuery::new(parts)))
}

/// A phrase in the title or in the body, the title counting more.
fn either(clause: &[String], form: Form, title: Field, body: Field) -> Box<dyn Query> {
    let parts: Vec<(Occur, Box<dyn Query>)> = vec![
        (Occur::Should, Box::new(BoostQuery::new(phrase(clause, form, title), IN_TITLE))),
        (Occur::Should, phrase(clause, form, body)),
    ];
    Box::new(BooleanQuery::new(parts))
}

fn phrase(clause: &[String], form: Form, field: Field) -> Box<dyn Query> {
    let mut terms: Vec<Term> = clause.iter().map(|it| Term::from_field_text(field, &form.of(it))).collect();
    match terms.len() {
        1 => Box::new(TermQuery::new(terms.remove(0), IndexRecordOption::WithFreqs)),
        _ => Box::new(PhraseQuery::new(terms)),
    }
}

fn filters(filter: &Filter, fields: &Fields) -> Vec<Box<dyn Query>> {
    let mut parts: Vec<Box<dyn Query>> = Vec::new();
    let mut word = |field, value: &str| {
        let term = TermQuery::new(Term::from_field_text(field, value), IndexRecordOption::Basic);
        parts.push(Box::new(ConstScoreQuery::new(Box::new(term), 0.0)));
    };
    if let Some(outlet) = &filter.outlet {
        word(fields.outlet, outlet.as_str());
    }
    if let Some(judgement) = filter.judgement {
        word(fields.judgement, judgement.as_str());
    }
    for (name, value) in &filter.facets {
        let term = TermQuery::new(Term::from_facet(fields.facet, &Facet::from_path([name, value])), IndexRecordOption::Basic);
        parts.push(Box::new(ConstScoreQuery::new(Box::new(term), 0.0)));
    }
    if filter.from.is_some() || filter.to.is_some() {
        let term = |at: chrono::DateTime<chrono::Utc>| Term::from_field_i64(fields.published, at.timestamp());
        let from = filter.from.map_or(Bound::Unbounded, |it| Bound::Included(term(it)));
        let to = filter.to.map_or(Bound::Unbounded, |it| Bound::Excluded(term(it)));
        parts.push(Box::new(ConstScoreQuery::new(Box::new(RangeQuery::new(from, to)), 0.0)));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_words_and_quoted_phrases() {
        let read = |text: &str| Question::read(text).clauses.iter().map(|it| it.join(" ")).collect::<Vec<_>>();
        assert_eq!(read("mua bán người"), ["mua", "bán", "người"]);
        assert_eq!(read("huế “mua bán người” 30/7"), ["huế", "mua bán người", "30", "7"]);
        assert_eq!(read("\"chưa đóng"), ["chưa đóng"]);
        assert_eq!(Question::read("  ?! ").clauses(), &[] as &[Vec<String>]);
        assert_eq!(Question::read(&"a ".repeat(500)).clauses.len(), SYLLABLES_MAX);
    }
}
