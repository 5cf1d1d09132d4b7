//! Worlds in which the program once broke a law, made small: each fault that random worlds have found stays a test.

use crate::{
    keeps_the_laws,
    simulation::world::{DAY, DateForm, HOUR, Item, Lastmod, Minute, PageDates, Place, Source, Tags, Text, Trouble, World, fault, item},
};

/// March 2026 of an outlet with a feed of `window` entries that publishes every `pause` minutes, read twice a day until `until`.
fn march(window: usize, pause: Minute, until: Minute) -> World {
    let times = (0..).map(|it| -20 * DAY + it * pause).take_while(|it| *it < until);
    World {
        year: 2026,
        month: 3,
        months: 1,
        calm: false,
        summaries: false,
        page_dates: PageDates::Meta,
        by_arrival: false,
        sources: vec![feed(window, DateForm::Offset)],
        items: (1..).zip(times).map(|(n, at)| item(n, at, Text::Other)).collect(),
        visits: (0..).map(|it| -8 * DAY + 7 * HOUR + it * 12 * HOUR).take_while(|it| *it < until).collect(),
        faults: Vec::new(),
    }
}

fn feed(window: usize, dates: DateForm) -> Source {
    Source::Feed { section: false, window, dates, tags: Tags::Absent, upward: false, stamped: false }
}

/// The same world with one more item.
fn with(mut world: World, more: Item) -> World {
    world.items.push(more);
    world.items.sort_by_key(|it| it.at);
    world
}

#[test]
fn what_a_frozen_list_hid_is_part_of_the_gap_that_shows_when_it_moves_on() {
    let mut world = with(march(6, 5 * HOUR, 40 * DAY), item(900, 11 * DAY, Text::Body));
    world.faults.push(fault(10 * DAY, 12 * DAY, Trouble::Frozen(0)));
    keeps_the_laws(&world);
}

#[test]
fn what_an_empty_list_hid_at_first_is_part_of_the_gap_that_shows_when_it_fills() {
    let mut world = with(march(6, 8 * HOUR, 40 * DAY), item(900, 2 * DAY, Text::Body));
    world.faults.push(fault(-9 * DAY, 5 * DAY, Trouble::Emptied(0)));
    keeps_the_laws(&world);
}

#[test]
fn a_list_that_froze_just_before_the_month_was_over_does_not_end_it() {
    // The usual pause of 30 hours, three times over, is longer than what is left of the month and its grace.
    let mut world = march(12, 30 * HOUR, 40 * DAY);
    world.items.retain(|it| it.at < 30 * DAY);
    for (n, at) in [(900, 30 * DAY + 8 * HOUR), (902, 32 * DAY), (903, 33 * DAY)] {
        world = with(world, item(n, at, Text::Other));
    }
    world = with(world, item(901, 30 * DAY + 20 * HOUR, Text::Title));
    world.faults.push(fault(30 * DAY + 9 * HOUR, 60 * DAY, Trouble::Frozen(0)));
    keeps_the_laws(&world);
}

#[test]
fn a_clock_that_ran_ahead_hides_no_evidence_once_it_is_set_right() {
    let mut world = with(march(8, 13 * HOUR, 40 * DAY), item(900, 19 * DAY, Text::Title));
    world.faults.push(fault(19 * DAY, 20 * DAY, Trouble::Clock(30 * DAY)));
    keeps_the_laws(&world);
}

#[test]
fn a_clock_that_ran_ahead_covers_no_time_that_had_not_come() {
    // So slow an outlet that the pause in what was seen of it is no silence.
    let mut world = with(march(3, 47 * HOUR, 44 * DAY), item(900, 30 * DAY + 15 * HOUR, Text::Title));
    world.faults =
        vec![fault(30 * DAY, 30 * DAY + 12 * HOUR, Trouble::Clock(5 * DAY)), fault(30 * DAY + 12 * HOUR, 38 * DAY, Trouble::Down)];
    keeps_the_laws(&world);
}

#[test]
fn a_slow_clock_at_the_first_visit_covers_no_time_before_it() {
    let mut world = with(march(6, 13 * HOUR, 40 * DAY), item(900, 3 * DAY, Text::Title));
    world.visits.retain(|it| *it >= 9 * DAY);
    world.faults.push(fault(9 * DAY, 9 * DAY + 12 * HOUR, Trouble::Clock(-40 * DAY)));
    keeps_the_laws(&world);
}

#[test]
fn a_title_that_names_the_subject_at_last_waits_for_an_officer_though_its_page_was_never_read() {
    let edited = Item { edit: Some((11 * DAY, Text::Title)), ..item(900, 10 * DAY, Text::Other) };
    let mut world = with(march(30, 13 * HOUR, 40 * DAY), edited);
    world.faults.push(fault(9 * DAY, 60 * DAY, Trouble::Status(Place::Pages, 404)));
    keeps_the_laws(&world);
}

#[test]
fn local_time_that_calls_itself_gmt_moves_nothing_into_the_next_month() {
    let mut world = with(march(12, 13 * HOUR, 40 * DAY), item(900, 30 * DAY + 20 * HOUR, Text::Title));
    world.sources = vec![feed(12, DateForm::LocalAsGmt)];
    world.page_dates = PageDates::Absent;
    keeps_the_laws(&world);
}

#[test]
fn half_a_page_is_not_the_article() {
    let mut world = with(march(8, 13 * HOUR, 40 * DAY), item(900, 10 * DAY + HOUR, Text::Body));
    world.faults.push(fault(10 * DAY, 11 * DAY, Trouble::Torn(Place::Pages)));
    keeps_the_laws(&world);
}

#[test]
fn a_notice_in_the_place_of_pages_that_are_listed_without_titles_is_no_article() {
    let mut world = with(march(8, 13 * HOUR, 40 * DAY), item(900, 10 * DAY + HOUR, Text::Title));
    world.sources = vec![Source::Sitemap { parts: false, lastmod: Lastmod::True, titles: false }];
    world.faults.push(fault(10 * DAY, 11 * DAY, Trouble::Redesign));
    keeps_the_laws(&world);
}

#[test]
fn what_was_read_while_our_clock_was_slow_is_not_lost_for_its_month() {
    let mut world = with(march(8, 13 * HOUR, 40 * DAY), item(900, 19 * DAY, Text::Title));
    world.visits.retain(|it| *it >= 19 * DAY);
    world.faults.push(fault(19 * DAY, 20 * DAY, Trouble::Clock(-40 * DAY)));
    keeps_the_laws(&world);
}

#[test]
fn a_clock_that_was_slow_for_a_while_covers_no_time_before_the_first_visit() {
    let items = [(27, -11_028), (28, -10_810), (29, -9_613), (30, -9_219), (31, -7_980), (32, -7_788), (43, 2_027)];
    keeps_the_laws(&World {
        sources: vec![Source::Listing { per_page: 5, dated: true }],
        items: items.into_iter().map(|(n, at)| item(n, at, Text::Other)).collect(),
        visits: vec![-6_401, -5_759, 6_528],
        faults: vec![fault(-6_016, -5_656, Trouble::Clock(-40 * DAY))],
        ..march(8, DAY, 0)
    });
}

#[test]
fn a_list_that_states_no_dates_and_has_the_oldest_first_is_read_by_the_dates_of_its_pages() {
    let mut world = march(12, 12 * HOUR, 40 * DAY);
    world.calm = true;
    world.sources =
        vec![Source::Feed { section: false, window: 12, dates: DateForm::Absent, tags: Tags::True, upward: true, stamped: false }];
    keeps_the_laws(&world);
}

#[test]
fn a_notice_in_the_place_of_pages_hides_no_title_that_another_source_gives() {
    let dated = Source::Listing { per_page: 8, dated: true };
    let mut world = with(march(8, 13 * HOUR, 0), item(900, 10 * DAY, Text::Title));
    world.items.retain(|it| it.n == 900);
    world.sources = vec![Source::Sitemap { parts: false, lastmod: Lastmod::True, titles: false }, dated];
    world.visits = vec![12 * DAY];
    world.faults.push(fault(9 * DAY, 30 * DAY, Trouble::Redesign));
    keeps_the_laws(&world);
}

#[test]
fn half_pages_of_an_outlet_that_never_gave_a_whole_one_are_read_again_once_it_does() {
    let mut world = with(march(8, 13 * HOUR, 40 * DAY), item(900, DAY, Text::Body));
    world.faults.push(fault(-20 * DAY, 12 * DAY, Trouble::Torn(Place::Pages)));
    keeps_the_laws(&world);
}

#[test]
fn a_feed_that_breaks_off_before_its_first_entry_is_no_empty_one() {
    keeps_the_laws(&World {
        sources: vec![feed(9, DateForm::Offset)],
        items: vec![item(60, 10 * DAY, Text::Other)],
        visits: vec![10 * DAY - HOUR, 11 * DAY],
        faults: vec![fault(9 * DAY, 12 * DAY, Trouble::Torn(Place::Source(0)))],
        ..march(9, DAY, 0)
    });
}

#[test]
fn the_parts_of_a_sitemap_that_moved_are_not_its_index_once_more() {
    keeps_the_laws(&World {
        sources: vec![Source::Sitemap { parts: true, lastmod: Lastmod::Absent, titles: false }],
        items: vec![item(101, 11 * DAY, Text::Other)],
        visits: vec![9 * DAY, 10 * DAY, 12 * DAY],
        faults: vec![fault(-8 * DAY, 60 * DAY, Trouble::Moved(0))],
        ..march(9, DAY, 0)
    });
}

#[test]
fn a_listing_in_no_order_closes_no_gap() {
    let times = [(56, 16), (61, 18), (62, 19), (66, 22), (67, 23), (68, 24), (71, 26), (72, 27), (77, 29)];
    keeps_the_laws(&World {
        sources: vec![Source::Listing { per_page: 8, dated: true }],
        items: times.into_iter().map(|(n, day)| item(n, day * DAY + 22 * HOUR, Text::Other)).collect(),
        visits: vec![29 * DAY + 3 * HOUR, 29 * DAY + 15 * HOUR, 30 * DAY + 4 * HOUR],
        faults: vec![fault(16 * DAY, 200 * DAY, Trouble::Moved(0)), fault(29 * DAY + 14 * HOUR, 31 * DAY, Trouble::Jumbled(0))],
        ..march(9, DAY, 0)
    });
}

#[test]
fn a_summary_that_names_the_subject_is_not_lost_because_a_sitemap_listed_the_article_first() {
    let mut world = with(march(14, 13 * HOUR, 40 * DAY), Item { until: Some(15 * DAY), ..item(900, 11 * DAY, Text::Lead) });
    world.summaries = true;
    world.sources = vec![Source::Sitemap { parts: false, lastmod: Lastmod::Stuck, titles: true }, feed(14, DateForm::NoZone)];
    world.faults.push(fault(9 * DAY, 17 * DAY, Trouble::NotModified(Place::Pages)));
    keeps_the_laws(&world);
}

#[test]
fn a_notice_is_no_article_though_no_other_page_is_known() {
    keeps_the_laws(&World {
        sources: vec![Source::Sitemap { parts: true, lastmod: Lastmod::True, titles: false }],
        items: vec![item(28, 8 * DAY, Text::Title)],
        visits: vec![9 * DAY, 11 * DAY, 13 * DAY],
        faults: vec![fault(5 * DAY, 14 * DAY, Trouble::Redesign)],
        ..march(9, DAY, 0)
    });
}

#[test]
fn a_source_that_names_the_subject_at_last_has_the_page_read_again() {
    let mut world = with(march(14, 13 * HOUR, 40 * DAY), Item { edit: Some((12 * DAY, Text::Title)), ..item(900, 11 * DAY, Text::Other) });
    world.sources = vec![Source::Sitemap { parts: true, lastmod: Lastmod::True, titles: false }, feed(14, DateForm::GmtPlus7)];
    world.visits = vec![11 * DAY + 20 * HOUR, 18 * DAY];
    world.faults.push(fault(10 * DAY, 12 * DAY + HOUR, Trouble::Cut(Place::Source(1))));
    keeps_the_laws(&world);
}

#[test]
fn a_list_that_stood_still_when_it_was_read_certified_nothing_up_to_then() {
    let times = [6_210, 7_591, 8_021, 9_911, 11_279, 12_614, 13_692, 14_887, 15_154, 16_410, 16_916, 17_782];
    keeps_the_laws(&World {
        month: 5,
        page_dates: PageDates::Absent,
        sources: vec![Source::Feed {
            section: false,
            window: 9,
            dates: DateForm::NoZone,
            tags: Tags::Absent,
            upward: false,
            stamped: true,
        }],
        items: (39..).zip(times).map(|(n, at)| item(n, at, Text::Other)).collect(),
        visits: vec![7_275, 8_685, 21_640],
        faults: vec![fault(7_855, 9_295, Trouble::Frozen(0))],
        ..march(9, DAY, 0)
    });
}
