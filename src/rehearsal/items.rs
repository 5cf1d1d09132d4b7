//! The items of one outlet, all of them, in the order of publication: made once, the same each time.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc, Weekday};

use crate::rehearsal::{
    cast::{Build, FIRST_DAY, LAST_DAY, Role},
    dates::{self, instant},
    letters, prose,
    script::{PLACEMENTS, Part},
    stories::Story,
};

/// Ordinary items come out between six in the morning and nine at night.
const DAY_STARTS_MIN: u64 = 6 * 60;
const DAY_LASTS_MIN: u64 = 15 * 60;

/// The standing title of the weekly column.
pub const COLUMN_TITLE: &str = "Chuyện cuối tuần";

/// One published item.
pub struct Item {
    pub number: u32,
    /// When it came out, as the sources say.
    pub at: DateTime<Utc>,
    /// The date that its page states; the same but for one item of the script.
    pub page_at: DateTime<Utc>,
    pub part: Part,
    pub title: String,
    pub lead: String,
    /// The title as it stands in an address.
    pub slug: String,
    pub section: &'static str,
    pub section_path: &'static str,
    seed: u64,
    story: Option<&'static Story>,
}

impl Item {
    /// The paragraphs below the lead.
    pub fn body(&self) -> Vec<String> {
        match self.story {
            Some(story) => story.paragraphs.iter().map(|it| prose::fill(it, self.seed, self.at)).collect(),
            None => prose::body(self.seed, self.at),
        }
    }

    /// The reporter who signs it.
    pub fn author(&self) -> String {
        prose::person(prose::draw(self.seed, 40))
    }

    /// A number for small variations of layout.
    pub fn turn(&self) -> u64 {
        prose::draw(self.seed, 41)
    }
}

/// All items that the outlet publishes between the first and the last day of the script.
pub fn items_of(role: &Role) -> Vec<Item> {
    let placed = PLACEMENTS.iter().filter(|it| it.outlet == role.id).map(|it| {
        let seed = prose::draw(u64::from(role.first_number), instant(it.at).timestamp() as u64);
        let mut item = plain_item(seed, instant(it.at));
        item.page_at = it.page_at.map_or(item.at, instant);
        item.part = it.part;
        (item.section, item.section_path) = ("Xã hội", "xa-hoi");
        item.story = Some(it.story);
        item.title = prose::fill(it.story.title, seed, item.at);
        item.lead = prose::fill(it.story.lead, seed, item.at);
        item
    });
    let mut items: Vec<Item> = ordinary(role).chain(placed).collect();
    items.sort_by_key(|it| it.at);
    for (item, number) in items.iter_mut().zip(role.first_number..) {
        item.number = number;
        item.slug = letters::slug(&item.title, 14);
    }
    items
}

fn ordinary(role: &Role) -> impl Iterator<Item = Item> {
    let publishes = |at: DateTime<Utc>| role.opens.is_none_or(|it| instant(it) <= at) && role.closes.is_none_or(|it| at <= instant(it));
    days(role.rhythm.2).flat_map(move |day| of_day(role, day)).filter(move |it| publishes(it.at))
}

/// Every `step`-th day of the script.
fn days(step: i64) -> impl Iterator<Item = NaiveDate> {
    let day = |(year, month, day)| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    let last = day(LAST_DAY);
    std::iter::successors(Some(day(FIRST_DAY)), move |it| Some(*it + TimeDelta::days(step))).take_while(move |it| *it <= last)
}

fn of_day(role: &Role, day: NaiveDate) -> Vec<Item> {
    let (fewest, most, _) = role.rhythm;
    let base = prose::draw(u64::from(role.first_number), day.num_days_from_ce() as u64);
    let count = fewest + base % (most - fewest + 1);
    let slot = DAY_LASTS_MIN / count;
    let midnight = instant((day.year(), day.month(), day.day(), 0, 0));
    let mut items: Vec<Item> = (0..count)
        .map(|turn| {
            let seed = prose::draw(base, turn);
            let minutes = DAY_STARTS_MIN + turn * slot + seed % slot;
            let at = midnight + TimeDelta::minutes(minutes as i64) + TimeDelta::seconds((seed >> 20) as i64 % 60);
            plain_item(seed, at)
        })
        .collect();
    if role.build == Build::Daily && day.weekday() == Weekday::Sat {
        items.push(column(prose::draw(base, 99), instant((day.year(), day.month(), day.day(), 5, 30))));
    }
    items
}

fn column(seed: u64, at: DateTime<Utc>) -> Item {
    let mut item = plain_item(seed, at);
    item.part = Part::Column;
    item.title = COLUMN_TITLE.to_owned();
    item
}

fn plain_item(seed: u64, at: DateTime<Utc>) -> Item {
    let subject = prose::subject(seed);
    Item {
        number: 0,
        at,
        page_at: at,
        part: Part::Ordinary,
        title: prose::title(seed, at),
        lead: prose::lead(seed, at),
        slug: String::new(),
        section: subject.section,
        section_path: subject.path,
        seed,
        story: None,
    }
}

/// The local month of publication, as year and month.
pub fn month_of(at: DateTime<Utc>) -> (i32, u32) {
    let local = dates::local(at);
    (local.year(), local.month())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::rehearsal::cast::CAST;

    /// Strong terms and the contextual-high ones that could make an ordinary report wait for an officer.
    const FORBIDDEN: [&str; 26] = [
        "mua bán người",
        "buôn bán người",
        "buôn người",
        "mua bán phụ nữ",
        "mua bán trẻ",
        "lừa bán",
        "bán thận",
        "mua bán thận",
        "mua bán nội tạng",
        "nạn nhân",
        "bị mua bán",
        "bóc lột",
        "cưỡng bức",
        "chuộc",
        "trừ nợ",
        "đẻ thuê",
        "mang thai hộ",
        "việc nhẹ",
        "lấy chồng",
        "con nuôi",
        "bán con",
        "dụ dỗ",
        "tạm lánh",
        "di cư an toàn",
        "lao động trẻ em",
        "bán dâm",
    ];

    fn whole(item: &Item) -> String {
        format!("{}\n{}\n{}", item.title, item.lead, item.body().join("\n")).to_lowercase()
    }

    #[test]
    fn the_year_is_the_same_each_time_it_is_made() {
        for role in &CAST {
            let list = || items_of(role).iter().map(|it| (it.number, it.at, whole(it))).collect::<Vec<_>>();
            assert_eq!(list(), list(), "{}", role.id);
        }
    }

    #[test]
    fn the_year_has_three_to_four_and_a_half_thousand_items_with_numbers_of_their_own() {
        let numbers: Vec<u32> = CAST.iter().flat_map(items_of).map(|it| it.number).collect();
        for role in &CAST {
            println!("{:>22} {}", role.id, items_of(role).len());
        }
        assert!((3_000..=4_500).contains(&numbers.len()), "{}", numbers.len());
        assert_eq!(numbers.iter().collect::<HashSet<_>>().len(), numbers.len());
    }

    #[test]
    fn no_ordinary_report_holds_a_term_of_trafficking() {
        for item in CAST.iter().flat_map(items_of).filter(|it| matches!(it.part, Part::Ordinary | Part::Column)) {
            let text = whole(&item);
            let found: Vec<&&str> = FORBIDDEN.iter().filter(|it| text.contains(**it)).collect();
            assert!(found.is_empty(), "{found:?} in {text}");
        }
    }

    #[test]
    fn the_look_alikes_are_there() {
        let all: String = items_of(&CAST[0]).iter().map(whole).collect();
        for text in ["người buôn bán", "mua bán nhà đất", "mua bán ma túy", "hiến tạng, ghép tim", "điểm mua bán. người dân"]
        {
            assert!(all.contains(text), "{text}");
        }
    }

    #[test]
    fn nobody_pauses_for_more_than_three_days() {
        for role in &CAST {
            let items = items_of(role);
            for pair in items.windows(2) {
                assert!(pair[0].at < pair[1].at, "{}: two items at {}", role.id, pair[0].at);
                assert!(pair[1].at - pair[0].at <= TimeDelta::days(3), "{}", role.id);
            }
        }
    }

    #[test]
    fn half_a_day_never_fills_a_window() {
        for role in &CAST {
            for day in items_of(role).windows(role.window / 2) {
                assert!(day[day.len() - 1].at - day[0].at > TimeDelta::hours(12), "{}", role.id);
            }
        }
    }
}
