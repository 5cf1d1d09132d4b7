//! What every page has at hand.

use std::{error::Error, pin::Pin, sync::Arc};

use chrono::{DateTime, FixedOffset, Utc};
use chrono_tz::Tz;

use crate::{
    archive::Archive,
    domain::{
        calendar::Policy,
        closing::{Acknowledged, Obstacle},
        edit::{AskedEdit, ConfigFile, Edit, EditFault, Effect, SavedEdit},
        facet::FacetRules,
        ladder::NoCall,
        month::Month,
        near_miss::NearMiss,
        notice::{NoticeKey, Outgoing},
        officer::MonthDecisions,
        outlet::{Outlet, OutletId},
        relevance::Terms,
        review::{MonthRules, OutletMonth},
    },
    search::Search,
    store::{Store, attachment::Attachments},
};

/// The parts that pages read from, and the hands that do what pages may not.
#[derive(Clone)]
pub struct Desk {
    pub store: Store,
    pub archive: Arc<Archive>,
    pub search: Arc<Search>,
    pub attachments: Attachments,
    pub site: Arc<Site>,
    pub hands: Hands,
}

/// What an installation is called, and where it stands.
#[derive(Debug, Clone)]
pub struct Site {
    pub name: String,
    pub department: String,
    pub province: String,
    pub zone: Tz,
    /// Whether visitors come over https: cookies are then sent over nothing else.
    pub https: bool,
}

/// The configured parts as they stand now: the files may be changed while the desk is open.
#[derive(Debug, Clone)]
pub struct Given {
    pub outlets: Arc<Vec<Outlet>>,
    pub policies: Arc<[Policy]>,
    /// What genres and places are called.
    pub facets: Arc<FacetRules>,
    pub terms: Arc<Terms>,
}

/// What a hand could not do.
pub type HandFault = Box<dyn Error + Send + Sync>;

/// Work that a hand does.
pub type Work<T> = Pin<Box<dyn Future<Output = Result<T, HandFault>> + Send>>;

type Hand<Asked, T> = Arc<dyn Fn(Asked) -> Work<T> + Send + Sync>;

/// What the jobs do for the desk. `app` gives them: pages call no jobs.
#[derive(Clone)]
pub struct Hands {
    /// The time, as `app` reads it.
    pub now: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    pub given: Arc<dyn Fn() -> Given + Send + Sync>,
    /// An outlet's month as it stands now.
    pub look: Hand<(OutletId, Month), Looked>,
    /// Reviews these months of an outlet again and records what changed: something was decided.
    pub decided: Hand<(OutletId, Vec<Month>), ()>,
    /// The dossier of an outlet's month, as a ZIP file.
    pub dossier: Hand<(OutletId, Month), Vec<u8>>,
    /// What an article's page brought, by the number of its capture: HTML that runs and loads nothing.
    pub copy: Hand<i64, Option<String>>,
    /// What stands in the way of closing a month by these two, and what would be left open.
    pub checklist: Hand<(Month, String, String), Checklist>,
    /// Closes a month in the name of two officers.
    pub close: Hand<(Month, String, String), CloseAnswer>,
    /// The letter for a month to these outlets as it would be now.
    pub letter: Hand<(Month, Vec<OutletId>), LetterAnswer>,
    /// The message of a notice as it would go out now, without its link; `None` where it would not.
    pub preview: Hand<NoticeKey, Option<Outgoing>>,
    /// What speaks against a letter for a month to these outlets now.
    pub letter_doubts: Hand<(Month, Vec<OutletId>), Doubts>,
    /// The digest of a configuration file as it stands on the disk.
    pub file_digest: Hand<ConfigFile, String>,
    /// What a change of the dictionary would do; the text is the digest of the file that it was drawn from.
    pub effect: Hand<(Edit, String), Result<Effect, EditFault>>,
    /// Changes a configuration file; what it says is in force at once.
    pub save: Hand<AskedEdit, Result<SavedEdit, EditFault>>,
    /// How the installation is set up.
    pub settings: Arc<dyn Fn() -> Settings + Send + Sync>,
}

/// A letter in both its forms.
pub struct Written {
    pub docx: Vec<u8>,
    pub pdf: Vec<u8>,
}

/// A letter, or why there is none.
pub enum LetterAnswer {
    Written(Written),
    /// No outlet is named.
    Nobody,
    /// Nothing proves that these outlets published nothing: their names, and why.
    Unproven(Vec<(String, NoCall)>),
}

/// What somebody must know before a letter is approved or issued: the outlets whose absence is not proven now, and why; the legal texts
/// that bear a note.
#[derive(Debug, Clone, Default)]
pub struct Doubts {
    pub unproven: Vec<(String, NoCall)>,
    pub bases: Vec<(String, String)>,
}

/// How the installation is set up, for whoever looks after it. No secrets.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Each job's cron line and the next times at which it starts.
    pub jobs: Vec<JobTimes>,
    /// Names and values of the settings of notices.
    pub notices: Vec<(&'static str, String)>,
    /// Names and versions of the program, the dictionary and the files.
    pub versions: Vec<(String, String)>,
    /// What lies where.
    pub places: Vec<(&'static str, String)>,
}

/// When a job starts.
#[derive(Debug, Clone)]
pub struct JobTimes {
    pub name: &'static str,
    pub cron: String,
    /// Whether the program starts it now.
    pub active: bool,
    pub next: Vec<DateTime<Utc>>,
}

/// An outlet's month with what its verdict is made of.
#[derive(Debug, Clone)]
pub struct Looked {
    pub rules: MonthRules<'static>,
    pub month: OutletMonth,
    pub decisions: MonthDecisions,
    pub near_misses: Vec<NearMiss>,
    /// Articles of any subject with a firm date in the month.
    pub articles_seen: usize,
    /// What could not be read, by its date as far as it is known.
    pub unread: Vec<(DateTime<Utc>, String)>,
}

/// What is looked at before a month is closed.
#[derive(Debug, Clone)]
pub struct Checklist {
    /// What must be done first.
    pub obstacles: Vec<Obstacle>,
    /// What would be left open.
    pub open: Vec<Acknowledged>,
}

/// How an attempt to close a month ended.
#[derive(Debug, Clone)]
pub enum CloseAnswer {
    /// The number of the snapshot and its digest.
    Closed(u64, String),
    Refused(Vec<Obstacle>),
}

impl Desk {
    /// The time.
    pub fn now(&self) -> DateTime<Utc> {
        (self.hands.now)()
    }

    /// The month that runs now.
    pub fn this_month(&self) -> Month {
        Month::of(self.now(), self.site.zone)
    }

    /// The configured parts.
    pub fn given(&self) -> Given {
        (self.hands.given)()
    }

    /// An outlet of the register.
    pub fn outlet(&self, id: &str) -> Option<Outlet> {
        self.given().outlets.iter().find(|it| it.id.as_str() == id).cloned()
    }

    /// An instant as people in the site's zone write it: 05/11/2026 08:30.
    pub fn moment(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.site.zone).format("%d/%m/%Y %H:%M").to_string()
    }

    /// The day of an instant as people in the site's zone write it: 05/11/2026.
    pub fn day(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.site.zone).format("%d/%m/%Y").to_string()
    }
}

/// An instant with its offset as people write it.
pub fn local_shown(at: DateTime<FixedOffset>) -> String {
    at.format("%d/%m/%Y %H:%M").to_string()
}

/// A number as people write it: 1.234.
pub fn number_shown(number: usize) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            shown.push('.');
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_as_in_vietnamese() {
        for (number, shown) in [(0, "0"), (999, "999"), (1_000, "1.000"), (1_234_567, "1.234.567")] {
            assert_eq!(number_shown(number), shown);
        }
    }
}
