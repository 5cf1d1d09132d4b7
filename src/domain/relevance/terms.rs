//! The dictionary as rules: terms, guards, and the patterns of both compiled into one.

use std::collections::BTreeSet;

use crate::{
    domain::relevance::{GuardEffect, Mark, TermClass, Topic},
    text::{
        pattern::{Lists, PatternError, Patterns, PatternsBuilder},
        toned::Toned,
    },
};

/// Words that must stand near a term, in the same paragraph.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Near {
    /// Patterns as in [`crate::text::pattern`].
    pub forms: Vec<String>,
    /// Words at most between the term and one of the forms.
    pub within_words: usize,
}

/// A term as the dictionary states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermSpec {
    pub id: String,
    pub topic: Topic,
    pub class: TermClass,
    /// Tells of exploitation or of control over a person.
    pub anchor: bool,
    /// Tells of a person who is sold or handed over, so that it alone calls for an officer.
    pub alone: bool,
    pub forms: Vec<String>,
    /// The term is a hit only beside these.
    pub only_near: Option<Near>,
    /// The term is strong beside these.
    pub strong_near: Option<Near>,
    /// The reason that the dictionary gives for the entry.
    pub why: String,
}

/// A guard as the dictionary states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardSpec {
    pub id: String,
    pub effect: GuardEffect,
    /// The kind of article that it tells of, or takes back.
    pub mark: Option<Mark>,
    /// It tells of what stands around an article's text, which titles and leads never hold.
    pub body_only: bool,
    /// It bears on its terms wherever they stand, once it stands in title or lead.
    pub whole: bool,
    pub forms: Vec<String>,
    /// Ids of the terms that it bears on; empty: all.
    pub terms: Vec<String>,
    /// The reason that the dictionary gives for the entry.
    pub why: String,
}

/// One entry of the dictionary, as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    pub id: &'a str,
    /// `guard` for a guard.
    pub class: TermClass,
    pub why: &'a str,
}

/// Which entry of a dictionary cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BadEntry {
    /// Id of the term or guard.
    pub id: String,
    /// The form at fault, where it is a form's.
    pub form: Option<String>,
    pub message: String,
}

/// The compiled dictionary.
#[derive(Debug, Clone)]
pub struct Terms {
    version: String,
    pub(super) patterns: Patterns,
    pub(super) owners: Vec<Owner>,
    pub(super) terms: Vec<TermSpec>,
    /// Each with the terms that it bears on; none: all.
    guards: Vec<(GuardSpec, BTreeSet<usize>)>,
}

/// Whose pattern it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Term(usize),
    Guard(usize),
    OnlyNear(usize),
    StrongNear(usize),
}

impl Terms {
    /// Compiles a dictionary; `version` names its content and is kept with each judgement.
    pub fn new(version: String, lists: &Lists, terms: Vec<TermSpec>, guards: Vec<GuardSpec>) -> Result<Self, BadEntry> {
        let mut forms = Forms { lists, patterns: PatternsBuilder::default(), owners: Vec::new() };
        for (index, term) in terms.iter().enumerate() {
            if term.class == TermClass::Guard {
                return Err(BadEntry { id: term.id.clone(), form: None, message: "a term cannot have the class guard".to_owned() });
            }
            forms.add(Owner::Term(index), &term.id, &term.forms)?;
            for (owner, near) in [(Owner::OnlyNear(index), &term.only_near), (Owner::StrongNear(index), &term.strong_near)] {
                if let Some(near) = near {
                    forms.add(owner, &term.id, &near.forms)?;
                }
            }
        }
        let mut all = Vec::new();
        for (index, guard) in guards.into_iter().enumerate() {
            forms.add(Owner::Guard(index), &guard.id, &guard.forms)?;
            let mut bears_on = BTreeSet::new();
            for id in &guard.terms {
                let unknown = || BadEntry { id: guard.id.clone(), form: None, message: format!("bears on `{id}`, which is no term") };
                bears_on.insert(terms.iter().position(|term| term.id == *id).ok_or_else(unknown)?);
            }
            all.push((guard, bears_on));
        }
        Ok(Self { version, patterns: forms.patterns.build(), owners: forms.owners, terms, guards: all })
    }

    /// The name of the dictionary's content.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Every entry: the terms, then the guards.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let terms = self.terms.iter().map(|term| Entry { id: &term.id, class: term.class, why: &term.why });
        terms.chain(self.guards.iter().map(|(guard, _)| Entry { id: &guard.id, class: TermClass::Guard, why: &guard.why }))
    }

    /// The terms as the dictionary states them, in its order.
    pub fn term_specs(&self) -> &[TermSpec] {
        &self.terms
    }

    /// The guards as the dictionary states them, in its order.
    pub fn guard_specs(&self) -> impl Iterator<Item = &GuardSpec> {
        self.guards.iter().map(|it| &it.0)
    }

    /// The ids of the entries that stand anywhere in a text, whether they count there or not.
    pub fn met(&self, text: &str) -> BTreeSet<&str> {
        let found = self.patterns.find(&Toned::new(text)).into_iter();
        let id = |owner: Owner| match owner {
            Owner::Term(term) => Some(self.terms[term].id.as_str()),
            Owner::Guard(guard) => Some(self.guard_id(guard)),
            Owner::OnlyNear(_) | Owner::StrongNear(_) => None,
        };
        found.filter_map(|it| id(self.owners[it.owner])).collect()
    }

    /// Whether a guard bears on a term.
    pub(super) fn bears_on(&self, guard: usize, term: usize) -> bool {
        let (_, terms) = &self.guards[guard];
        terms.is_empty() || terms.contains(&term)
    }

    pub(super) fn effect(&self, guard: usize) -> GuardEffect {
        self.guards[guard].0.effect
    }

    pub(super) fn mark(&self, guard: usize) -> Option<Mark> {
        self.guards[guard].0.mark
    }

    pub(super) fn is_body_only(&self, guard: usize) -> bool {
        self.guards[guard].0.body_only
    }

    /// Whether a guard in title or lead bears on the whole article.
    pub(super) fn is_whole(&self, guard: usize) -> bool {
        self.guards[guard].0.whole
    }

    pub(super) fn guard_id(&self, guard: usize) -> &str {
        &self.guards[guard].0.id
    }
}

/// The patterns of a dictionary in the making, each with its owner.
struct Forms<'a> {
    lists: &'a Lists,
    patterns: PatternsBuilder,
    owners: Vec<Owner>,
}

impl Forms<'_> {
    fn add(&mut self, owner: Owner, id: &str, forms: &[String]) -> Result<(), BadEntry> {
        let number = self.owners.len();
        self.owners.push(owner);
        if forms.is_empty() {
            return Err(BadEntry { id: id.to_owned(), form: None, message: "has no forms".to_owned() });
        }
        for form in forms {
            let bad =
                |error: PatternError| BadEntry { id: id.to_owned(), form: Some(form.clone()), message: format!("form `{form}`: {error}") };
            self.patterns.add(number, form, self.lists).map_err(bad)?;
        }
        Ok(())
    }
}
