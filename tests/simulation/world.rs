//! A world as plain data: what an outlet publishes when, what goes wrong when, and when we look. It prints as Rust that can be
//! pasted into a test.

use std::fmt::Write;

use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta, Utc};
use diembao::domain::month::Month;

/// Minutes since local midnight of the first day of the first month that is judged.
pub type Minute = i64;

pub const HOUR: Minute = 60;
pub const DAY: Minute = 24 * HOUR;

/// One outlet over some months, and its reader.
#[derive(Debug, Clone, PartialEq)]
pub struct World {
    pub year: i32,
    pub month: u32,
    pub months: u32,
    /// Nothing goes wrong and nothing is odd: the verdict must be met or not met.
    pub calm: bool,
    /// Whether feeds carry the lead beside the title.
    pub summaries: bool,
    pub page_dates: PageDates,
    /// Whether lists are in the order in which items came to stand in them, instead of that of their dates.
    pub by_arrival: bool,
    pub sources: Vec<Source>,
    pub items: Vec<Item>,
    pub visits: Vec<Minute>,
    pub faults: Vec<Fault>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Source {
    Feed { section: bool, window: usize, dates: DateForm, tags: Tags, upward: bool, stamped: bool },
    Sitemap { parts: bool, lastmod: Lastmod, titles: bool },
    Listing { per_page: usize, dated: bool },
}

/// How a feed states dates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DateForm {
    Offset,
    NoZone,
    GmtPlus7,
    /// Local time that calls itself GMT.
    LocalAsGmt,
    Absent,
}

/// How a page states its date.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PageDates {
    Meta,
    Printed,
    Absent,
}

/// The validators of a feed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Tags {
    Absent,
    True,
    /// One that never changes.
    Stuck,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Lastmod {
    Absent,
    True,
    /// One that never changes, of items and of parts.
    Stuck,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Item {
    pub n: u32,
    /// When its page appears.
    pub at: Minute,
    pub text: Text,
    pub dated: Dated,
    /// How long after that the lists show it.
    pub late: Minute,
    /// The one source that lists it; a number beyond the last source means none. `None` means all.
    pub only: Option<usize>,
    /// From when on its page and its entries are gone.
    pub until: Option<Minute>,
    /// From when on feeds and listings do not list it, although it is there.
    pub vanishes: Option<Minute>,
    /// From when on it says something else.
    pub edit: Option<(Minute, Text)>,
}

/// What every document says of an item's date.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Dated {
    True,
    /// So many minutes after (before, where negative) the truth.
    By(Minute),
    Nowhere,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text {
    /// About the subject by its title.
    Title,
    /// By its lead alone.
    Lead,
    /// By its body alone.
    Body,
    Mention,
    Candidate,
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fault {
    pub from: Minute,
    pub to: Minute,
    pub what: Trouble,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Trouble {
    /// Nobody listens.
    Refused,
    Status(Place, u16),
    /// The connection breaks in the middle of the body.
    Cut(Place),
    /// The document ends in the middle, in a whole answer.
    Torn(Place),
    /// A bot challenge with status 200.
    Challenge(Place),
    /// A log-in page with status 200.
    LogIn(Place),
    Zero(Place),
    /// 304, asked for or not.
    NotModified(Place),
    /// A valid document that lists nothing.
    Emptied(usize),
    /// The list stays as it was.
    Frozen(usize),
    /// The list stands in no order.
    Jumbled(usize),
    /// What appears meanwhile is never listed by it.
    Skips(usize),
    Redirected(usize),
    Moved(usize),
    /// An item stands on top.
    Pinned(u32),
    /// Pages hold a long text, but not their article.
    Redesign,
    /// We do not look.
    Down,
    /// Our clock is so many minutes ahead.
    Clock(Minute),
    /// Our program is closed and opened again.
    Restart,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Place {
    Source(usize),
    Pages,
}

impl World {
    /// The months that are judged.
    pub fn judged(&self) -> Vec<Month> {
        std::iter::successors(Month::new(self.year, self.month), |it| Some(it.next())).take(self.months as usize).collect()
    }

    /// The instant of a minute.
    pub fn instant(&self, at: Minute) -> DateTime<Utc> {
        let first = NaiveDate::from_ymd_opt(self.year, self.month, 1).unwrap().and_hms_opt(0, 0, 0).unwrap();
        (first - TimeDelta::hours(7) + TimeDelta::minutes(at)).and_utc()
    }

    /// The same on a clock in Huế.
    pub fn local(&self, at: Minute) -> DateTime<FixedOffset> {
        self.instant(at).with_timezone(&FixedOffset::east_opt(7 * 3600).unwrap())
    }

    /// The minute of an instant.
    pub fn minute(&self, at: DateTime<Utc>) -> Minute {
        (at - self.instant(0)).num_minutes()
    }

    pub fn month_of(&self, at: Minute) -> Month {
        Month::of(self.instant(at), chrono_tz::Asia::Ho_Chi_Minh)
    }

    pub fn item(&self, n: u32) -> &Item {
        self.items.iter().find(|it| it.n == n).unwrap()
    }

    /// The troubles at a minute.
    pub fn troubles(&self, at: Minute) -> impl Iterator<Item = Trouble> {
        self.faults.iter().filter(move |it| it.from <= at && at < it.to).map(|it| it.what)
    }

    /// How far our clock is ahead.
    pub fn clock_error(&self, at: Minute) -> Minute {
        self.troubles(at).map(|it| if let Trouble::Clock(ahead) = it { ahead } else { 0 }).sum()
    }

    pub fn has(&self, wanted: impl Fn(Trouble) -> bool) -> bool {
        self.faults.iter().any(|it| wanted(it.what))
    }

    /// The world as Rust.
    pub fn script(&self) -> String {
        let mut out = format!(
            "World {{\n    year: {}, month: {}, months: {}, calm: {}, summaries: {}, page_dates: PageDates::{:?}, \
             by_arrival: {},\n",
            self.year, self.month, self.months, self.calm, self.summaries, self.page_dates, self.by_arrival
        );
        list(&mut out, "sources", self.sources.iter().map(|it| format!("Source::{it:?}")));
        list(&mut out, "items", self.items.iter().map(Item::script));
        writeln!(out, "    visits: vec!{:?},", self.visits).unwrap();
        list(&mut out, "faults", self.faults.iter().map(|it| format!("fault({}, {}, Trouble::{:?})", it.from, it.to, it.what)));
        out + "}"
    }
}

fn list(out: &mut String, name: &str, all: impl Iterator<Item = String>) {
    writeln!(out, "    {name}: vec![").unwrap();
    for mut text in all {
        for (bare, full) in [
            ("(Source(", "(Place::Source("),
            ("(Pages", "(Place::Pages"),
            ("dates: ", "dates: DateForm::"),
            ("tags: ", "tags: Tags::"),
            ("lastmod: ", "lastmod: Lastmod::"),
        ] {
            text = text.replace(bare, full);
        }
        writeln!(out, "        {text},").unwrap();
    }
    writeln!(out, "    ],").unwrap();
}

/// An ordinary item: dated truly, listed at once by every source, and never touched again.
pub fn item(n: u32, at: Minute, text: Text) -> Item {
    Item { n, at, text, dated: Dated::True, late: 0, only: None, until: None, vanishes: None, edit: None }
}

pub fn fault(from: Minute, to: Minute, what: Trouble) -> Fault {
    Fault { from, to, what }
}

impl Item {
    fn script(&self) -> String {
        let plain = item(self.n, self.at, self.text);
        let mut odd = String::new();
        let mut say = |differs: bool, text: String| {
            if differs {
                odd += &format!("{text}, ");
            }
        };
        say(self.dated != plain.dated, format!("dated: Dated::{:?}", self.dated));
        say(self.late != plain.late, format!("late: {}", self.late));
        say(self.only != plain.only, format!("only: {:?}", self.only));
        say(self.until != plain.until, format!("until: {:?}", self.until));
        say(self.vanishes != plain.vanishes, format!("vanishes: {:?}", self.vanishes));
        let edit = self.edit.map_or_else(String::new, |(at, text)| format!("edit: Some(({at}, Text::{text:?}))"));
        say(self.edit.is_some(), edit);
        let plain = format!("item({}, {}, Text::{:?})", self.n, self.at, self.text);
        if odd.is_empty() { plain } else { format!("Item {{ {odd}..{plain} }}") }
    }

    /// When lists begin to show it.
    pub fn listed_at(&self) -> Minute {
        self.at + self.late
    }

    /// The minute that documents state.
    pub fn stated(&self) -> Option<Minute> {
        match self.dated {
            Dated::True => Some(self.at),
            Dated::By(minutes) => Some(self.at + minutes),
            Dated::Nowhere => None,
        }
    }

    /// Which of its texts it shows.
    pub fn version(&self, at: Minute) -> usize {
        usize::from(self.edit.is_some_and(|it| it.0 <= at))
    }

    pub fn text_of(&self, version: usize) -> Text {
        self.edit.filter(|_| version == 1).map_or(self.text, |it| it.1)
    }
}

impl Text {
    pub fn is_about(self) -> bool {
        matches!(self, Self::Title | Self::Lead | Self::Body)
    }

    /// Whether a list that shows the title, and perhaps the lead, names the subject.
    pub fn is_named_in_list(self, summaries: bool) -> bool {
        self == Self::Title || (self == Self::Lead && summaries)
    }
}
