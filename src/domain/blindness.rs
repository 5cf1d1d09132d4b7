//! Blindness: media in which part of a month was published and that we cannot read, beyond what the register declares.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::{
    outlet::Medium,
    reading::medium_of,
    review::{MonthArticle, ReadState},
};

/// A medium that we cannot read, and how much of a month was published in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blindness {
    pub medium: Medium,
    pub articles: usize,
    /// When the last of them was certainly known to be one: an officer who confirmed the month before has not seen it.
    pub known: DateTime<Utc>,
}

/// A page is given up as one without text three days after it was first tried in vain, at the next try, which comes within a day.
const GIVEN_UP_AFTER: TimeDelta = TimeDelta::hours(96);

/// Films and galleries are usual, and their titles are read: more of them than one in so many, and than some, hide a part of the month.
const FILMS_PART: usize = 20;
const FILMS_MIN: usize = 3;

/// The undeclared media that a month's pages turned out to be published in. A scan of a printed page and a text that is not free to read
/// hide articles whatever their number.
pub fn detected(declared: &[Medium], articles: &[MonthArticle], articles_seen: usize) -> Vec<Blindness> {
    let given_up = articles.iter().filter(|it| it.state == ReadState::Gone && it.ruling.is_none());
    let mut found: BTreeMap<Medium, (usize, DateTime<Utc>)> = BTreeMap::new();
    for (medium, first_seen) in given_up.filter_map(|it| Some((medium_of(it.unread_why.as_deref()?)?, it.first_seen))) {
        let (articles, known) = found.entry(medium).or_default();
        (*articles, *known) = (*articles + 1, (*known).max(first_seen + GIVEN_UP_AFTER));
    }
    let hides =
        |medium: Medium, articles: usize| medium != Medium::Video || (articles >= FILMS_MIN && articles * FILMS_PART >= articles_seen);
    let undeclared = found.into_iter().filter(|(medium, it)| !declared.contains(medium) && hides(*medium, it.0));
    undeclared.map(|(medium, (articles, known))| Blindness { medium, articles, known }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An article of the month that was given up for that word.
    fn given_up(why: &str) -> MonthArticle {
        serde_json::from_value(serde_json::json!({
            "url": "https://bao.example/1", "title": "Bản tin", "published": null, "date_standing": "sure", "first_seen": "2026-03-02T00:00:00Z",
            "state": "gone", "unread_why": why, "judgement": "unrelated", "ruling": null,
        }))
        .unwrap()
    }

    #[test]
    fn a_scan_or_a_text_for_money_hides_something_and_films_do_where_there_are_many() {
        for (why, count, seen, declared, found) in [
            ("no_text", 2, 10, &[][..], None),
            ("no_text", 3, 60, &[], Some((Medium::Video, 3))),
            ("no_text", 3, 61, &[], None),
            ("no_text", 30, 60, &[Medium::Video], None),
            ("other_medium", 1, 900, &[], Some((Medium::Print, 1))),
            ("paywall", 1, 900, &[Medium::Video], Some((Medium::Paywall, 1))),
            ("gone", 50, 60, &[], None),
        ] {
            let articles = vec![given_up(why); count];
            let detected: Vec<_> = detected(declared, &articles, seen).into_iter().map(|it| (it.medium, it.articles)).collect();
            assert_eq!(detected, found.into_iter().collect::<Vec<_>>(), "{why} {count} of {seen}");
        }
    }
}
