//! Draws worlds from seeds.

use crate::simulation::world::{
    DAY, DateForm, Dated, Fault, HOUR, Lastmod, Minute, PageDates, Place, Source, Tags, Text, Trouble, World, item,
};

/// Numbers that look random and depend on nothing but the seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        it ^ (it >> 31)
    }

    /// From `from` up to, but not including, `to`.
    fn within(&mut self, from: i64, to: i64) -> i64 {
        from + (self.next() % (to - from).max(1) as u64) as i64
    }

    fn percent(&mut self, chance: u64) -> bool {
        self.next() % 100 < chance
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[(self.next() % all.len() as u64) as usize]
    }
}

/// Days before the first month for which the outlet has already published.
const HISTORY: Minute = 20 * DAY;
/// Days after the last month: longer than its grace, with any run of holidays.
const AFTER: Minute = 17 * DAY;

/// The world of a seed: one in five is calm.
pub fn world(seed: u64) -> World {
    let mut dice = Dice(seed.wrapping_mul(0x2545_F491_4F6C_DD1D) ^ 0x5EED);
    let calm = seed.is_multiple_of(5);
    let months = dice.one_of(&[1, 1, 2]);
    let mut world = World {
        year: dice.one_of(&[2025, 2026]),
        month: dice.within(1, 13) as u32,
        months,
        calm,
        summaries: dice.percent(50),
        page_dates: dice.one_of(&[PageDates::Meta, PageDates::Printed]),
        by_arrival: dice.percent(30),
        sources: Vec::new(),
        items: Vec::new(),
        visits: Vec::new(),
        faults: Vec::new(),
    };
    let end = world.minute(world.judged()[months as usize - 1].next().span(chrono_tz::Asia::Ho_Chi_Minh).from);
    // Items a day, in tenths.
    let rate = dice.one_of(&[7, 10, 15, 20]);
    let a_day = dice.one_of(&[1, 1, 2]);
    let window = (5 + rate * 3 / 10 / a_day + dice.within(0, 8)) as usize;
    sources(&mut world, &mut dice, window);
    items(&mut world, &mut dice, rate, end + AFTER);
    let from = if !calm && dice.percent(15) { dice.within(-3 * DAY, 20 * DAY) } else { -8 * DAY };
    let until = end + if calm { AFTER } else { dice.within(6 * DAY, AFTER) };
    visits(&mut world, &mut dice, a_day, from, until);
    subjects(&mut world, &mut dice);
    if !calm {
        for _ in 0..dice.within(1, 5) {
            let fault = fault(&world, &mut dice, from, until);
            world.faults.push(fault);
        }
        oddities(&mut world, &mut dice);
        aim(&mut world, &mut dice);
    }
    world
}

fn sources(world: &mut World, dice: &mut Dice, window: usize) {
    let calm = world.calm;
    let main = dice.one_of(&[0, 0, 0, 1, 2]);
    let feed = |dice: &mut Dice, section: bool| Source::Feed {
        section,
        window,
        dates: match dice.within(0, 10) {
            0 if !calm => DateForm::LocalAsGmt,
            1 => DateForm::Absent,
            2 | 3 => DateForm::NoZone,
            4 | 5 => DateForm::GmtPlus7,
            _ => DateForm::Offset,
        },
        tags: if calm { dice.one_of(&[Tags::Absent, Tags::True]) } else { dice.one_of(&[Tags::Absent, Tags::True, Tags::Stuck]) },
        upward: dice.percent(10),
        stamped: dice.percent(50),
    };
    let sitemap = |dice: &mut Dice| Source::Sitemap {
        parts: dice.percent(50),
        lastmod: if calm {
            dice.one_of(&[Lastmod::True, Lastmod::Absent])
        } else {
            dice.one_of(&[Lastmod::True, Lastmod::Absent, Lastmod::Stuck])
        },
        titles: dice.percent(50),
    };
    let listing = |dice: &mut Dice| Source::Listing { per_page: dice.within(4, 9) as usize, dated: dice.percent(70) };
    let first = match main {
        0 => feed(dice, false),
        1 => sitemap(dice),
        _ => listing(dice),
    };
    world.sources.push(first);
    if dice.percent(45) {
        let second = match dice.within(0, 4) {
            0 if main != 1 => sitemap(dice),
            1 if main != 2 => listing(dice),
            2 if main != 0 => feed(dice, false),
            _ => feed(dice, true),
        };
        world.sources.push(second);
    }
    if !calm && dice.percent(10) {
        world.page_dates = PageDates::Absent;
    }
}

/// Ordinary news, steady enough that no pause in it is a silence.
fn items(world: &mut World, dice: &mut Dice, rate: i64, until: Minute) {
    let mut at = -HISTORY;
    let mut n = 1;
    while at < until {
        // Offices sleep, but now and then something goes out at midnight.
        let night = !(6 * HOUR..22 * HOUR).contains(&at.rem_euclid(DAY));
        world.items.push(item(n, if night && dice.percent(90) { at + 8 * HOUR } else { at }, Text::Other));
        n += 1;
        let mean = DAY * 10 / rate;
        at += dice.within(mean / 2, mean * 3 / 2);
    }
    world.items.sort_by_key(|it| it.at);
    if dice.percent(40) {
        // Minutes around a month's border.
        let first = world.items.last().map_or(1, |it| it.n + 1);
        world.items.extend((first..).zip([-40, -7, 6, 45]).map(|(n, minutes)| item(n, minutes, Text::Other)));
        world.items.sort_by_key(|it| it.at);
    }
}

fn visits(world: &mut World, dice: &mut Dice, a_day: i64, from: Minute, until: Minute) {
    let mut at = from;
    while at < until {
        world.visits.push(at + dice.within(0, 90));
        at += DAY / a_day;
    }
}

/// Decides which items are about the subject: in each month none, one or some.
fn subjects(world: &mut World, dice: &mut Dice) {
    for month in world.judged() {
        let places: Vec<usize> = (0..world.items.len()).filter(|it| world.month_of(world.items[*it].at) == month).collect();
        let count = match dice.within(0, 100) {
            0..50 => 0,
            50..85 => 1,
            _ => dice.within(2, 4),
        };
        for _ in 0..count {
            world.items[dice.one_of(&places)].text = dice.one_of(&[Text::Title, Text::Title, Text::Lead, Text::Body]);
        }
        if !world.calm {
            for text in [Text::Mention, Text::Candidate] {
                if dice.percent(8) {
                    world.items[dice.one_of(&places)].text = text;
                }
            }
        }
    }
}

fn fault(world: &World, dice: &mut Dice, from: Minute, until: Minute) -> Fault {
    let source = dice.within(0, world.sources.len() as i64) as usize;
    let place = if dice.percent(70) { Place::Source(source) } else { Place::Pages };
    let what = match dice.within(0, 25) {
        0 => Trouble::Refused,
        1 => Trouble::Status(place, dice.one_of(&[500, 502, 503])),
        2 => Trouble::Status(place, dice.one_of(&[401, 403, 429])),
        3 => Trouble::Status(place, 404),
        4 => Trouble::Cut(place),
        5 => Trouble::Torn(place),
        6 => Trouble::Challenge(place),
        7 => Trouble::LogIn(place),
        8 => Trouble::Zero(place),
        9 => Trouble::NotModified(place),
        10 => Trouble::Emptied(source),
        11 | 12 => Trouble::Frozen(source),
        13 if dated(world, source) => Trouble::Jumbled(source),
        14 => Trouble::Skips(source),
        15 => Trouble::Redirected(source),
        16 => Trouble::Moved(source),
        17 => Trouble::Pinned(dice.one_of(&world.items).n),
        18 => Trouble::Redesign,
        19..=21 => Trouble::Down,
        22 => Trouble::Clock(dice.one_of(&[-40 * DAY, -5 * DAY, -5 * HOUR, -30, 30, 5 * HOUR, 5 * DAY, 40 * DAY])),
        _ => Trouble::Restart,
    };
    let begin = dice.within(from, until);
    let length = dice.one_of(&[2 * HOUR, 9 * HOUR, DAY, 3 * DAY, 8 * DAY, 15 * DAY]);
    let length = match what {
        Trouble::Moved(_) => 400 * DAY,
        Trouble::Clock(_) => length.min(2 * DAY),
        Trouble::Pinned(_) => length + 5 * DAY,
        _ => length,
    };
    Fault { from: begin, to: begin + length, what }
}

/// Whether a list is long enough to be told from a jumble, and shows its order by dates, its own or those of its pages. Without any it is taken in its own order, which is
/// all that it promises.
fn dated(world: &World, source: usize) -> bool {
    let bare = matches!(world.sources[source], Source::Feed { dates: DateForm::Absent, .. } | Source::Listing { dated: false, .. });
    // Five entries in any jumble are in order by chance once in four, but for one of them.
    let few = matches!(world.sources[source], Source::Feed { window: ..8, .. } | Source::Listing { per_page: ..8, .. });
    !few && (!bare || world.page_dates != PageDates::Absent)
}

/// Makes single items odd.
fn oddities(world: &mut World, dice: &mut Dice) {
    let sources = world.sources.len();
    for _ in 0..dice.within(0, 6) {
        let kind = dice.within(0, 10);
        let place = dice.within(0, world.items.len() as i64) as usize;
        let item = &mut world.items[place];
        match kind {
            0 => item.late = dice.one_of(&[3 * HOUR, DAY, 4 * DAY, 30 * DAY]),
            1 => item.until = Some(item.at + dice.one_of(&[HOUR, 14 * HOUR, 2 * DAY, 20 * DAY])),
            2 => item.vanishes = Some(item.at + dice.one_of(&[HOUR, 14 * HOUR, 2 * DAY])),
            3 => item.edit = Some((item.at + dice.one_of(&[HOUR, DAY, 3 * DAY]), dice.one_of(&[Text::Title, Text::Other, Text::Body]))),
            4 => item.dated = Dated::By(-dice.one_of(&[5 * HOUR, 3 * DAY, 25 * DAY])),
            5 => item.dated = Dated::By(dice.one_of(&[5 * HOUR, 3 * DAY, 900 * DAY])),
            6 => item.dated = Dated::Nowhere,
            7 if sources > 1 => item.only = Some(dice.within(0, sources as i64) as usize),
            _ => item.text = dice.one_of(&[Text::Title, Text::Mention, Text::Candidate]),
        }
    }
}

/// Puts what matters where it hurts: the one item about the subject appears while something is wrong.
fn aim(world: &mut World, dice: &mut Dice) {
    if !dice.percent(60) || world.faults.is_empty() {
        return;
    }
    let Fault { from, to, .. } = dice.one_of(&world.faults);
    let near: Vec<usize> =
        (0..world.items.len()).filter(|it| (from - 6 * HOUR..to.min(from + 9 * DAY) + 6 * HOUR).contains(&world.items[*it].at)).collect();
    if near.is_empty() {
        return;
    }
    let chosen = dice.one_of(&near);
    for item in &mut world.items {
        if item.text.is_about() {
            item.text = Text::Other;
        }
    }
    world.items[chosen].text = dice.one_of(&[Text::Title, Text::Lead, Text::Body]);
    if dice.percent(20) {
        world.items[chosen].until = Some(world.items[chosen].at + dice.one_of(&[2 * HOUR, DAY, 3 * DAY, 12 * DAY]));
    }
}
