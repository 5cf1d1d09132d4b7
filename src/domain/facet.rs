//! The sides of an article that officers filter and count by: genre, own work or reprint, places, and whether a hotline is given.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    domain::month::Month,
    text::{
        pattern::{Lists, PatternError, Patterns, PatternsBuilder},
        toned::Toned,
    },
};

/// The genre of what no rule tells, by its length.
const SHORT_GENRE: &str = "news";
const LONG_GENRE: &str = "article";
/// Words up to which a text is a news item and not an article.
const NEWS_WORDS_MAX: usize = 350;
/// A line that names where a text was taken from is not longer than this, in words.
const SOURCE_LINE_WORDS_MAX: usize = 12;
/// Lines at the end of a text among which that line is looked for.
const SOURCE_LINES: usize = 4;

/// What an article is, beside its subject.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facets {
    /// Id of the genre: one of the rules', `news` or `article`.
    pub genre: String,
    /// The agency or paper that the article says it was taken from; `None` for own work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_from: Option<String>,
    /// Ids of the places of the province that it names, without repeats.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<String>,
    /// Whether it gives the number of a hotline.
    #[serde(default)]
    pub hotline: bool,
}

/// A place as the rules state it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceSpec {
    pub id: String,
    pub name: String,
    pub kind: PlaceKind,
    /// First and last month of the name.
    pub from: Option<Month>,
    pub to: Option<Month>,
    /// The name alone tells the place; otherwise the word for its kind must stand before it.
    pub bare: bool,
    /// Further spellings, each of which tells the place alone.
    pub forms: Vec<String>,
}

/// What kind of place it is: tells which word stands before its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    Province,
    District,
    Town,
    Ward,
    Commune,
}

/// A genre as the rules state it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenreSpec {
    pub id: String,
    /// What the officer reads.
    pub label: String,
    /// Parts of an address by which it is known.
    pub paths: Vec<String>,
    /// Forms in the title.
    pub title: Vec<String>,
    /// Forms in the text.
    pub text: Vec<String>,
}

/// The compiled rules.
#[derive(Debug, Clone)]
pub struct FacetRules {
    places: Vec<PlaceSpec>,
    genres: Vec<GenreSpec>,
    agencies: Vec<String>,
    owners: Vec<Owner>,
    patterns: Patterns,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    Place(usize),
    TitleGenre(usize),
    TextGenre(usize),
    Agency(usize),
    Hotline,
}

/// What of an article is looked at.
#[derive(Debug, Clone, Copy)]
pub struct FacetTexts<'a> {
    pub url: &'a str,
    pub title: &'a str,
    pub lead: &'a str,
    pub body: &'a str,
    pub author: Option<&'a str>,
    pub month: Option<Month>,
}

/// Which entry cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("form `{form}`: {cause}")]
pub struct BadForm {
    pub form: String,
    pub cause: PatternError,
}

impl FacetRules {
    /// Compiles the rules.
    ///
    /// # Errors
    /// The first form that is none.
    pub fn new(places: Vec<PlaceSpec>, genres: Vec<GenreSpec>, agencies: Vec<String>, hotline: &[String]) -> Result<Self, BadForm> {
        let (mut patterns, mut owners, lists) = (PatternsBuilder::default(), Vec::new(), Lists::new());
        let mut add = |owner, form: &str| {
            owners.push(owner);
            patterns.add(owners.len() - 1, form, &lists).map_err(|cause| BadForm { form: form.to_owned(), cause })
        };
        for (at, place) in places.iter().enumerate() {
            for form in place.all_forms() {
                add(Owner::Place(at), &form)?;
            }
        }
        for (at, genre) in genres.iter().enumerate() {
            for form in &genre.title {
                add(Owner::TitleGenre(at), form)?;
            }
            for form in &genre.text {
                add(Owner::TextGenre(at), form)?;
            }
        }
        for (at, agency) in agencies.iter().enumerate() {
            add(Owner::Agency(at), agency)?;
        }
        for form in hotline {
            add(Owner::Hotline, form)?;
        }
        Ok(Self { places, genres, agencies, owners, patterns: patterns.build() })
    }

    /// The facets of an article.
    pub fn facets(&self, texts: &FacetTexts<'_>) -> Facets {
        let (title, lead, body) = (Toned::new(texts.title), Toned::new(texts.lead), Toned::new(texts.body));
        let found = |text: &Toned| self.patterns.find(text).into_iter().map(|it| self.owners[it.owner]).collect::<Vec<_>>();
        let (in_title, in_text) = (found(&title), [found(&lead), found(&body)].concat());
        let named: BTreeSet<usize> = in_title
            .iter()
            .chain(&in_text)
            .filter_map(|it| if let Owner::Place(at) = it { Some(*at) } else { None })
            .filter(|at| self.places[*at].stood_in(texts.month))
            .collect();
        Facets {
            genre: self.genre(texts.url, &in_title, &in_text, body.words().len()),
            taken_from: self.taken_from(texts),
            places: named.into_iter().map(|at| self.places[at].id.clone()).collect(),
            hotline: in_title.iter().chain(&in_text).any(|it| *it == Owner::Hotline),
        }
    }

    /// The word that officers read for a genre's id.
    pub fn genre_label<'a>(&'a self, id: &'a str) -> &'a str {
        match id {
            SHORT_GENRE => "tin",
            LONG_GENRE => "bài",
            _ => self.genres.iter().find(|it| it.id == id).map_or(id, |it| &it.label),
        }
    }

    /// The name of a place's id.
    pub fn place_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.places.iter().find(|it| it.id == id).map_or(id, |it| &it.name)
    }

    fn genre(&self, url: &str, in_title: &[Owner], in_text: &[Owner], words: usize) -> String {
        let path = Url::parse(url).map_or_else(|_| url.to_lowercase(), |it| it.path().to_lowercase());
        let by_path = self.genres.iter().position(|it| it.paths.iter().any(|part| path.contains(part.as_str())));
        let by = |found: &[Owner], owner: fn(usize) -> Owner| (0..self.genres.len()).find(|at| found.contains(&owner(*at)));
        match by_path.or_else(|| by(in_title, Owner::TitleGenre)).or_else(|| by(in_text, Owner::TextGenre)) {
            Some(at) => self.genres[at].id.clone(),
            None if words <= NEWS_WORDS_MAX => SHORT_GENRE.to_owned(),
            None => LONG_GENRE.to_owned(),
        }
    }

    /// The agency in the author's place, or in a short line "Theo …" or "Nguồn: …" at the text's end; or one that opens the lead.
    fn taken_from(&self, texts: &FacetTexts<'_>) -> Option<String> {
        let lines: Vec<&str> = texts.body.lines().collect();
        let last = lines.iter().rev().take(SOURCE_LINES).filter(|it| {
            let line = it.trim_start_matches(['(', '[', ' ']).to_lowercase();
            ["theo ", "nguồn"].iter().any(|word| line.starts_with(word))
        });
        let opening = texts.lead.split_once(" - ").or_else(|| texts.lead.split_once(" – ")).map(|it| it.0);
        // An agency's own name in brackets at the very end: "(TTXVN)".
        let bracketed = lines.last().and_then(|it| it.rsplit_once('(')).filter(|it| it.1.trim_end().ends_with(')')).map(|it| it.1);
        let places = texts.author.into_iter().chain(last.copied()).chain(opening).chain(bracketed);
        places.into_iter().find_map(|line| {
            let toned = Toned::new(line);
            let short = toned.words().len() <= SOURCE_LINE_WORDS_MAX;
            let found = if short { self.patterns.find(&toned) } else { Vec::new() };
            found.into_iter().find_map(|it| match self.owners[it.owner] {
                Owner::Agency(at) => Some(self.agencies[at].clone()),
                _ => None,
            })
        })
    }
}

impl PlaceSpec {
    fn stood_in(&self, month: Option<Month>) -> bool {
        month.is_none_or(|month| self.from.is_none_or(|it| it <= month) && self.to.is_none_or(|it| month <= it))
    }

    fn all_forms(&self) -> Vec<String> {
        let word = match self.kind {
            PlaceKind::Province => "(tỉnh|thành phố|TP)",
            PlaceKind::District => "(huyện|H)",
            PlaceKind::Town => "(thị xã|TX)",
            PlaceKind::Ward => "(phường|P)",
            PlaceKind::Commune => "(xã|X)",
        };
        let name = self.name.replace(" - ", "{,} ");
        let plural = format!("các {word} ..8 {name}");
        let mut forms = vec![format!("{word}{{.}} {name}"), format!("{word} {name}"), plural];
        forms.extend(self.bare.then_some(name));
        forms.extend(self.forms.iter().cloned());
        forms
    }
}
