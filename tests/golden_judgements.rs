//! Invented articles, each a class of error, with the judgements that are right for it. The set only grows: whoever finds a new
//! class of error writes an article of it first.

use std::{collections::BTreeSet, fmt::Write};

use diembao::{
    config::terms::parse,
    domain::relevance::{JudgementKind, Mark, Reading, judge},
};
use serde::Deserialize;

const GOLDEN: &str = include_str!("golden/judgements.jsonl");
const TERMS: &str = include_str!("../config/terms.toml");
/// The number of classes that the set once held.
const CLASSES_MIN: usize = 232;

/// One article of the set.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Golden {
    class: String,
    /// Every judgement that an officer could defend.
    expect: Vec<JudgementKind>,
    why: String,
    title: String,
    #[serde(default)]
    lead: String,
    #[serde(default)]
    captions: String,
    text: String,
    /// Marks that it must bear, and must not.
    #[serde(default)]
    marks: Vec<Mark>,
    #[serde(default)]
    no_marks: Vec<Mark>,
}

fn golden() -> Vec<Golden> {
    GOLDEN.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|wrong| panic!("{wrong}: {line}"))).collect()
}

#[test]
fn every_class_of_error_is_judged_as_an_officer_would() {
    let terms = parse(TERMS).unwrap();
    let mut wrong = String::new();
    for it in golden() {
        let reading = Reading { title: &it.title, lead: &it.lead, body: &it.text, captions: &it.captions };
        let judged = judge(&terms, &reading);
        let marked = it.marks.iter().all(|mark| judged.marks.contains(mark)) && !it.no_marks.iter().any(|mark| judged.marks.contains(mark));
        if !marked {
            writeln!(wrong, "\n{}: marked {:?}, wanted {:?} without {:?}", it.class, judged.marks, it.marks, it.no_marks).unwrap();
        }
        if !it.expect.contains(&judged.kind) {
            let want: Vec<_> = it.expect.iter().map(|kind| kind.as_str()).collect();
            writeln!(wrong, "\n{}: {} by {}, wanted {}\n  {}", it.class, judged.kind, judged.rule, want.join(" or "), it.why).unwrap();
            for reason in judged.reasons {
                let taken =
                    reason.cancelled_by.or(reason.passing_by).map_or_else(String::new, |guard| format!(", weight taken by {guard}"));
                writeln!(wrong, "  {}: “{}” as {} ({}){taken}", reason.zone, reason.text, reason.term, reason.class).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_set_only_grows_and_each_article_has_a_class_of_its_own_and_a_reason() {
    let all = golden();
    let classes: BTreeSet<&str> = all.iter().map(|it| it.class.as_str()).collect();
    assert_eq!(classes.len(), all.len(), "a class stands twice");
    assert!(all.len() >= CLASSES_MIN, "{} classes are left of {CLASSES_MIN}", all.len());
    for it in &all {
        assert!(!it.why.is_empty() && !it.expect.is_empty(), "{}: no reason, or nothing expected", it.class);
    }
}
