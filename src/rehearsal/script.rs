//! Who publishes which article about trafficking, and when, in the year of the rehearsal.

use crate::rehearsal::{
    dates::Minute,
    near_misses::{CANDIDATES, MENTIONS, UNREAD},
    stories::{STORIES, Story},
};

/// What an attentive reader makes of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Any other subject.
    Ordinary,
    /// The weekly column: always the same title.
    Column,
    /// About trafficking: it counts.
    About,
    /// A passing mention: it waits.
    Mention,
    /// No strong term, or one under a fake-news marker: it waits.
    Candidate,
    /// Its page answers 500 for good.
    Unread,
    /// About trafficking, but the page says another month than the feed.
    Straddling,
}

/// One article that the script places by hand.
pub struct Placement {
    pub outlet: &'static str,
    pub at: Minute,
    /// The date that the page prints, where it is another than the feed's.
    pub page_at: Option<Minute>,
    pub part: Part,
    pub story: &'static Story,
}

const DAILY: &str = "bao-binh-huong";
const STATION: &str = "dai-binh-huong";
const WEEKLY: &str = "tuan-bao-dong-ngu";
const COAST: &str = "thoi-bao-cua-bien";
const SITEMAPS: &str = "dien-tu-suoi-may";
const ODD: &str = "kinh-te-binh-huong";
const MAGAZINE: &str = "van-nghe-da-bac";
const PORTAL: &str = "cong-binh-huong";
const OLD: &str = "bao-thanh-xua";
const NEW: &str = "bao-thanh-moi";

/// The stories by name, so that the table below can be read.
const MEETING: usize = 0;
const TRIAL: usize = 1;
const CAMPAIGN: usize = 2;
const RETURN: usize = 3;
const BORDER: usize = 4;
const LAW: usize = 5;
const CONTEST: usize = 6;
const LURE: usize = 7;
const BOATS: usize = 8;
const CLUB: usize = 9;
const RAID: usize = 10;
const HOTLINE: usize = 11;
const NEIGHBOURS: usize = 12;
const REPORTAGE: usize = 13;
const TRADE: usize = 14;
const PROGRAMME: usize = 15;

/// The whole script, outlet by outlet.
pub const PLACEMENTS: [Placement; 69] = [
    about(DAILY, (2025, 11, 12, 9, 30), MEETING),
    about(DAILY, (2025, 12, 4, 14, 5), TRIAL),
    about(DAILY, (2026, 1, 9, 8, 10), PROGRAMME),
    about(DAILY, (2026, 1, 27, 16, 40), LURE),
    about(DAILY, (2026, 3, 18, 10, 25), CLUB),
    waiting(DAILY, (2026, 4, 14, 15, 20), Part::Mention, MENTIONS[0]),
    about(DAILY, (2026, 5, 21, 7, 45), BOATS),
    about(DAILY, (2026, 6, 11, 11, 0), LAW),
    about(DAILY, (2026, 7, 2, 8, 0), RAID),
    about(DAILY, (2026, 7, 16, 17, 30), HOTLINE),
    about(DAILY, (2026, 7, 30, 10, 15), CAMPAIGN),
    about(DAILY, (2026, 8, 20, 9, 5), RETURN),
    about(DAILY, (2026, 9, 24, 13, 50), BORDER),
    about(DAILY, (2026, 10, 8, 8, 35), CONTEST),
    about(STATION, (2025, 12, 16, 19, 0), BORDER),
    about(STATION, (2026, 3, 11, 18, 20), REPORTAGE),
    waiting(STATION, (2026, 5, 12, 17, 10), Part::Mention, MENTIONS[1]),
    about(STATION, (2026, 7, 9, 19, 30), LURE),
    about(STATION, (2026, 7, 30, 20, 36), CAMPAIGN),
    about(STATION, (2026, 8, 14, 18, 45), NEIGHBOURS),
    about(WEEKLY, (2025, 11, 20, 9, 0), CLUB),
    about(WEEKLY, (2026, 1, 15, 9, 15), LAW),
    about(WEEKLY, (2026, 3, 26, 10, 0), CONTEST),
    about(WEEKLY, (2026, 4, 9, 9, 40), TRADE),
    about(WEEKLY, (2026, 7, 8, 8, 50), RAID),
    about(WEEKLY, (2026, 7, 29, 9, 25), CAMPAIGN),
    about(WEEKLY, (2026, 8, 19, 9, 10), TRIAL),
    about(WEEKLY, (2026, 9, 16, 9, 5), HOTLINE),
    about(COAST, (2025, 11, 6, 7, 30), BOATS),
    about(COAST, (2025, 12, 22, 16, 0), LURE),
    about(COAST, (2026, 2, 5, 8, 30), PROGRAMME),
    about(COAST, (2026, 3, 10, 15, 45), MEETING),
    about(COAST, (2026, 5, 7, 10, 30), RETURN),
    about(COAST, (2026, 7, 23, 9, 20), CAMPAIGN),
    about(COAST, (2026, 10, 15, 14, 10), BOATS),
    about(SITEMAPS, (2025, 11, 25, 8, 15), BORDER),
    about(SITEMAPS, (2025, 12, 10, 10, 45), CLUB),
    about(SITEMAPS, (2026, 3, 5, 9, 35), MEETING),
    about(SITEMAPS, (2026, 4, 22, 15, 5), NEIGHBOURS),
    waiting(SITEMAPS, (2026, 6, 17, 10, 20), Part::Candidate, CANDIDATES[0]),
    about(SITEMAPS, (2026, 7, 14, 8, 40), RAID),
    about(SITEMAPS, (2026, 8, 6, 16, 15), TRADE),
    waiting(SITEMAPS, (2026, 9, 9, 9, 50), Part::Candidate, CANDIDATES[1]),
    about(SITEMAPS, (2026, 10, 20, 11, 25), LAW),
    about(ODD, (2025, 11, 18, 10, 0), LURE),
    // The last half hour of a year and the first of a month: each decides the verdict of its own month.
    about(ODD, (2025, 12, 31, 23, 30), TRADE),
    about(ODD, (2026, 3, 1, 0, 30), HOTLINE),
    waiting(ODD, (2026, 4, 16, 14, 30), Part::Unread, &UNREAD),
    Placement { outlet: ODD, at: (2026, 5, 31, 23, 40), page_at: Some((2026, 6, 1, 0, 10)), part: Part::Straddling, story: STORIES[BOATS] },
    about(ODD, (2026, 6, 18, 9, 30), TRIAL),
    about(ODD, (2026, 7, 16, 9, 30), RAID),
    about(ODD, (2026, 9, 7, 14, 0), MEETING),
    about(MAGAZINE, (2025, 12, 12, 10, 39), RETURN),
    about(MAGAZINE, (2026, 3, 20, 9, 22), CLUB),
    about(MAGAZINE, (2026, 7, 27, 8, 45), REPORTAGE),
    about(MAGAZINE, (2026, 9, 15, 9, 30), TRADE),
    about(PORTAL, (2026, 1, 8, 10, 0), PROGRAMME),
    about(PORTAL, (2026, 7, 1, 8, 0), RAID),
    about(PORTAL, (2026, 7, 30, 9, 0), CAMPAIGN),
    about(OLD, (2025, 11, 13, 14, 20), CONTEST),
    about(OLD, (2025, 12, 18, 9, 45), HOTLINE),
    about(OLD, (2026, 3, 12, 10, 50), BORDER),
    about(NEW, (2026, 4, 23, 8, 55), LURE),
    about(NEW, (2026, 6, 4, 15, 30), RETURN),
    about(NEW, (2026, 7, 10, 9, 15), HOTLINE),
    about(NEW, (2026, 7, 28, 16, 5), CAMPAIGN),
    about(NEW, (2026, 9, 3, 10, 10), NEIGHBOURS),
    about(NEW, (2026, 9, 22, 8, 25), CLUB),
    // After the year: it belongs to no month that the rehearsal reviews.
    about(DAILY, (2026, 11, 5, 9, 0), MEETING),
];

const fn about(outlet: &'static str, at: Minute, story: usize) -> Placement {
    Placement { outlet, at, page_at: None, part: Part::About, story: STORIES[story] }
}

const fn waiting(outlet: &'static str, at: Minute, part: Part, story: &'static Story) -> Placement {
    Placement { outlet, at, page_at: None, part, story }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::rehearsal::cast::CAST;

    #[test]
    fn every_placement_names_an_outlet_and_a_minute_that_exist() {
        for it in &PLACEMENTS {
            assert!(CAST.iter().any(|role| role.id == it.outlet), "{}", it.outlet);
            for (year, month, day, hour, minute) in [Some(it.at), it.page_at].into_iter().flatten() {
                assert!(NaiveDate::from_ymd_opt(year, month, day).and_then(|it| it.and_hms_opt(hour, minute, 0)).is_some());
            }
        }
    }
}
