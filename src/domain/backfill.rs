//! Backfill: how far back a list that was walked after the fact speaks of what an outlet published.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::{
    coverage::{SITEMAP_DAYS, Standing, falling, usual_longest},
    month::Span,
};

/// Fewer dates tell no rhythm, so nothing can be said about what is missing between them.
const DATES_MIN: usize = 10;
/// A pause this many times the usual longest one, and at least [`PAUSE_MIN`], is where a list ends: what stands beyond it are single
/// old pages, not what was published in between.
const PAUSE_TIMES: i32 = 3;
const PAUSE_MIN: TimeDelta = TimeDelta::days(7);
/// A list whose newest entry is this old, and older than the outlet's rhythm allows, may have stood still since.
const HEAD_MIN: TimeDelta = TimeDelta::days(3);
/// Pages of a listing may overlap by this much: items move on to the next page while the walk goes on.
const OVERLAP_MAX: TimeDelta = TimeDelta::days(1);

/// The time for which a wholly walked list shows what was published, or `None` where it shows too little.
///
/// `dates` are the publication dates of all articles that it listed on the walk, and `walked` is the time from where the walk went
/// back to until it began. The end of a list certifies nothing older: the reach is the oldest date before the first pause that is
/// too long to be the outlet's own. Nor does its head, where it stands still for that long: it may be frozen.
pub fn reach(mut dates: Vec<DateTime<Utc>>, walked: Span) -> Option<Span> {
    if dates.len() < DATES_MIN {
        return None;
    }
    dates.sort_unstable();
    let pauses: Vec<TimeDelta> = dates.windows(2).map(|it| it[1] - it[0]).collect();
    let usual = usual_longest(pauses.clone()) * PAUSE_TIMES;
    let allowed = usual.max(PAUSE_MIN);
    let last_long = pauses.iter().rposition(|it| *it > allowed).map_or(0, |it| it + 1);
    let newest = *dates.last()?;
    let to = if walked.to - newest > usual.max(HEAD_MIN) { newest } else { walked.to };
    Some(Span { from: dates[last_long].max(walked.from), to }).filter(|it| it.from < it.to)
}

/// What a finished walk covers in the face of articles that are known from elsewhere and that its list never showed. Lists may lag
/// by some days at their head, which ends what they cover; a miss further back shows that the list is not whole, and takes all of it.
pub fn trusted(covered: Span, missed: &[DateTime<Utc>]) -> Option<Span> {
    let Some(earliest) = missed.iter().copied().filter(|it| covered.contains(*it)).min() else { return Some(covered) };
    let lags = covered.to - earliest <= TimeDelta::days(SITEMAP_DAYS);
    lags.then_some(Span { to: earliest, ..covered }).filter(|it| it.from < it.to)
}

/// What one page of a listing says of the order of the walk: its newest and its oldest entry, pinned ones aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSpan {
    pub newest: DateTime<Utc>,
    pub oldest: DateTime<Utc>,
}

impl PageSpan {
    /// The span of a page, or `None` where its entries have no dates or stand in no order of time.
    pub fn of(entries: &[Standing]) -> Option<Self> {
        let dated: Vec<_> = falling(entries)?.into_iter().filter_map(|it| it.dated).collect();
        Some(Self { newest: *dated.first()?, oldest: *dated.last()? })
    }

    /// Whether this page goes on where the page before it ended.
    pub fn follows(self, before: Option<Self>) -> bool {
        before.is_none_or(|it| self.newest <= it.oldest + OVERLAP_MAX)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(number: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(number)
    }

    #[test]
    fn a_list_reaches_back_to_its_own_end_and_no_further_than_it_was_walked() {
        let daily = |from: i64, to: i64| (from..to).map(day).collect::<Vec<_>>();
        let span = |from, to| Some(Span { from: day(from), to: day(to) });
        for (name, dates, back_to, covers) in [
            ("as far as it was walked", daily(0, 100), 30, span(30, 101)),
            ("the end of a list certifies nothing older", daily(50, 100), 30, span(50, 101)),
            ("a single old page is no list", [daily(50, 100), vec![day(2)]].concat(), 0, span(50, 101)),
            ("a hole in the list ends it", [daily(0, 40), daily(60, 100)].concat(), 0, span(60, 101)),
            ("a pause that the outlet is used to does not", [daily(0, 40), daily(46, 100)].concat(), 0, span(0, 101)),
            ("a list that has not moved for long speaks up to its newest", daily(0, 90), 0, span(0, 89)),
            ("too few to tell", daily(0, 9), 0, None),
            ("nothing", vec![], 0, None),
        ] {
            assert_eq!(reach(dates, Span { from: day(back_to), to: day(101) }), covers, "{name}");
        }
    }

    #[test]
    fn an_article_that_a_walked_list_never_showed_ends_or_takes_what_it_covers() {
        let covered = Span { from: day(0), to: day(100) };
        for (name, missed, left) in [
            ("nothing was missed", vec![], Some(covered)),
            ("the list lags at its head", vec![day(99), day(98)], Some(Span { to: day(98), ..covered })),
            ("a hole further back", vec![day(99), day(40)], None),
            ("what lies outside says nothing", vec![day(100), day(120)], Some(covered)),
        ] {
            assert_eq!(trusted(covered, &missed), left, "{name}");
        }
    }

    #[test]
    fn pages_of_a_listing_go_on_from_one_another() {
        let page = |days: &[i64]| days.iter().map(|it| Standing { key: it.to_string(), dated: Some(day(*it)) }).collect::<Vec<_>>();
        let first = PageSpan::of(&page(&[90, 89, 88, 87])).unwrap();
        assert_eq!(first, PageSpan { newest: day(90), oldest: day(87) });
        assert!(PageSpan::of(&page(&[87, 86, 85])).unwrap().follows(Some(first)), "one item moved on while we walked");
        assert!(PageSpan::of(&page(&[20, 86, 85, 84, 83])).unwrap().follows(Some(first)), "a pinned entry stands aside");
        assert!(!PageSpan::of(&page(&[99, 98])).unwrap().follows(Some(first)), "a page of other times");
        assert_eq!(PageSpan::of(&[Standing { key: "a".to_owned(), dated: None }]), None, "no dates");
    }

    proptest! {
        #[test]
        fn the_reach_lies_within_the_dates_and_the_walk(days in prop::collection::vec(0i64..2_000, 0..60), back_to in 0i64..2_000) {
            let dates: Vec<_> = days.iter().copied().map(day).collect();
            if let Some(covers) = reach(dates.clone(), Span { from: day(back_to), to: day(2_000) }) {
                prop_assert!(covers.from >= day(back_to).max(*dates.iter().min().unwrap()));
                prop_assert!(covers.from < covers.to && covers.to <= day(2_000));
            }
        }
    }
}
