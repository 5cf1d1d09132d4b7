//! How counted articles stand when they are looked at again: the same, edited, taken down, or not to be told.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    domain::{month::Month, outlet::OutletId, relevance::JudgementKind, visit::next_try},
    text::{self, shingles::changed_share},
};

/// How an article stood at a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Its page holds what it held.
    Same,
    /// Its page holds another text or title.
    Edited,
    /// Its page is gone for good.
    TakenDown,
    /// Its page was not there; too early to say that it is gone.
    Missing,
    /// We were kept out.
    Blocked,
    /// No page came, or none that could be read.
    NotAnswering,
}

/// Why an article is held to stand so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckWhy {
    /// Letter for letter the same.
    Unchanged,
    /// A few syllables differ.
    SmallChanges,
    TitleChanged,
    TextChanged,
    /// The judgement of the new text is another.
    JudgementChanged,
    /// 404, 410, or led to the home page.
    Gone,
    /// A page without its title and with next to nothing of its text.
    Stub,
    /// Missing at three tries over three days.
    GoneForGood,
    Blocked,
    NotReadable,
    NoAnswer,
}

/// A counted article of which no check since the month's grace ended tells how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unchecked {
    pub outlet: OutletId,
    pub url: String,
    pub title: String,
    /// The last check, where it settled nothing.
    pub last: Option<(Standing, DateTime<Utc>)>,
}

/// What is shown beside evidence that did not last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Since {
    TakenDown,
    Edited,
}

/// An article as it was when it was judged.
#[derive(Debug, Clone, Copy)]
pub struct Was<'a> {
    pub title: &'a str,
    pub text: &'a str,
    pub judgement: JudgementKind,
}

/// What came when its page was asked for again.
#[derive(Debug, Clone, Copy)]
pub enum Came<'a> {
    Page {
        title: &'a str,
        text: &'a str,
        judgement: JudgementKind,
        /// Whether the page speaks of the article's title.
        title_held: bool,
    },
    Gone,
    Blocked,
    NotReadable,
    NoAnswer,
}

/// What the checks before came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tries {
    /// Checks in a row that settled nothing.
    pub unsettled: u32,
    /// Checks since the page was last there at which it was missing.
    pub missing: u32,
    /// The first of these.
    pub missing_since: Option<DateTime<Utc>>,
}

/// The end of one check.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    pub standing: Standing,
    pub why: CheckWhy,
    /// Share of the text's syllables that an edit changed, 0 to 1.
    pub changed: f64,
    /// The judgement of the page as it is now, where one came.
    pub judgement: Option<JudgementKind>,
    pub tries: Tries,
    /// When to look again; `None` where it is settled, or was tried often enough.
    pub next_try: Option<DateTime<Utc>>,
}

/// A page that is missing this often over this long is gone for good.
const GONE_TRIES: u32 = 3;
const GONE_AFTER: TimeDelta = TimeDelta::hours(72);
/// The time between two looks at a missing page.
const MISSING_PAUSE: TimeDelta = TimeDelta::hours(24);
/// After so many checks that settled nothing, the next round has to ask again.
const UNSETTLED_MAX: u32 = 20;
/// Fewer changed syllables than this share are a mended slip, not an edit.
const EDIT_SHARE_MIN: f64 = 0.01;
/// A page that shares less with the article than this is another text.
const OTHER_TEXT_SHARE: f64 = 0.9;
/// A page of another text with fewer letters is a notice.
const STUB_LETTERS: usize = 250;
/// So much shorter than before, a page under its own title is a wall or a template that the reader cannot read.
const SHRUNK_PART: usize = 10;

/// Decides how an article stands. A mark never takes evidence away: whoever reads it sees what happened since.
pub fn check(was: &Was<'_>, came: &Came<'_>, before: Tries, now: DateTime<Utc>) -> Check {
    let settled = |standing, why, changed, judgement| Check { standing, why, changed, judgement, tries: Tries::default(), next_try: None };
    match *came {
        Came::Page { title, text, judgement, title_held } => {
            let changed = changed_share(was.text, text);
            let other = changed >= OTHER_TEXT_SHARE;
            let letters = text.chars().count();
            let shrunk = letters < was.text.chars().count() / SHRUNK_PART;
            match () {
                () if other && !title_held && (shrunk || letters < STUB_LETTERS) => missing(CheckWhy::Stub, before, now),
                () if other && shrunk => unsettled(Standing::NotAnswering, CheckWhy::NotReadable, before, now),
                () if judgement != was.judgement => settled(Standing::Edited, CheckWhy::JudgementChanged, changed, Some(judgement)),
                () if changed >= EDIT_SHARE_MIN => settled(Standing::Edited, CheckWhy::TextChanged, changed, Some(judgement)),
                () if !title.is_empty() && letters_of(title) != letters_of(was.title) => {
                    settled(Standing::Edited, CheckWhy::TitleChanged, changed, Some(judgement))
                }
                () if changed > 0.0 => settled(Standing::Same, CheckWhy::SmallChanges, changed, Some(judgement)),
                () => settled(Standing::Same, CheckWhy::Unchanged, 0.0, Some(judgement)),
            }
        }
        Came::Gone => missing(CheckWhy::Gone, before, now),
        Came::Blocked => unsettled(Standing::Blocked, CheckWhy::Blocked, before, now),
        Came::NotReadable => unsettled(Standing::NotAnswering, CheckWhy::NotReadable, before, now),
        Came::NoAnswer => unsettled(Standing::NotAnswering, CheckWhy::NoAnswer, before, now),
    }
}

fn missing(why: CheckWhy, before: Tries, now: DateTime<Utc>) -> Check {
    let since = before.missing_since.unwrap_or(now);
    let tries =
        Tries { missing: before.missing.saturating_add(1), missing_since: Some(since), unsettled: before.unsettled.saturating_add(1) };
    if tries.missing >= GONE_TRIES && now - since >= GONE_AFTER {
        let tries = Tries { unsettled: 0, ..tries };
        return Check { standing: Standing::TakenDown, why: CheckWhy::GoneForGood, changed: 0.0, judgement: None, tries, next_try: None };
    }
    let next_try = (tries.unsettled < UNSETTLED_MAX).then(|| now + MISSING_PAUSE);
    Check { standing: Standing::Missing, why, changed: 0.0, judgement: None, tries, next_try }
}

/// A try that tells nothing: what was missing before it still is, so far as we know.
fn unsettled(standing: Standing, why: CheckWhy, before: Tries, now: DateTime<Utc>) -> Check {
    let tries = Tries { unsettled: before.unsettled.saturating_add(1), ..before };
    let next_try = (tries.unsettled < UNSETTLED_MAX).then(|| next_try(now, tries.unsettled, None));
    Check { standing, why, changed: 0.0, judgement: None, tries, next_try }
}

fn letters_of(title: &str) -> String {
    text::syllables(title).map(|(.., it)| text::toned_token(it)).collect()
}

/// The months whose evidence a scheduled round looks at: the present one and the one before; from October on, while the
/// annual report is being made, all since the November before.
pub fn months_to_check(present: Month) -> Vec<Month> {
    let report = present.first_day().month() >= 10;
    let from = if report { Month::new(present.year() - 1, 11) } else { None };
    from.unwrap_or(present.previous()).through(present).collect()
}

impl Standing {
    const ALL: [Self; 6] = [Self::Same, Self::Edited, Self::TakenDown, Self::Missing, Self::Blocked, Self::NotAnswering];

    /// The word used in store and output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Edited => "edited",
            Self::TakenDown => "taken_down",
            Self::Missing => "missing",
            Self::Blocked => "blocked",
            Self::NotAnswering => "not_answering",
        }
    }

    /// What the officer reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Same => "còn nguyên",
            Self::Edited => "đã sửa",
            Self::TakenDown => "đã gỡ",
            Self::Missing => "chưa tìm thấy trang, sẽ kiểm tra lại",
            Self::Blocked => "bị chặn, chưa kiểm tra được",
            Self::NotAnswering => "trang chưa trả lời, chưa kiểm tra được",
        }
    }

    /// Whether the check told how the article stands.
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Same | Self::Edited | Self::TakenDown)
    }

    /// What is shown beside the evidence.
    pub fn since(self) -> Option<Since> {
        match self {
            Self::Edited => Some(Since::Edited),
            Self::TakenDown => Some(Since::TakenDown),
            _ => None,
        }
    }
}

/// A word that names no standing of an article.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no standing of an article")]
pub struct BadStanding(String);

impl FromStr for Standing {
    type Err = BadStanding;

    fn from_str(text: &str) -> Result<Self, BadStanding> {
        Self::ALL.into_iter().find(|it| it.as_str() == text).ok_or_else(|| BadStanding(text.to_owned()))
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl CheckWhy {
    /// The word used in store and output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::SmallChanges => "small_changes",
            Self::TitleChanged => "title_changed",
            Self::TextChanged => "text_changed",
            Self::JudgementChanged => "judgement_changed",
            Self::Gone => "gone",
            Self::Stub => "stub",
            Self::GoneForGood => "gone_for_good",
            Self::Blocked => "blocked",
            Self::NotReadable => "not_readable",
            Self::NoAnswer => "no_answer",
        }
    }
}

impl Since {
    /// What the officer reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::TakenDown => "đã gỡ",
            Self::Edited => "đã sửa",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use JudgementKind::{About, Unrelated};

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
    }

    fn story() -> String {
        (0..200).map(|it| format!("chữ{it} ")).collect()
    }

    fn page<'a>(title: &'a str, text: &'a str, judgement: JudgementKind) -> Came<'a> {
        Came::Page { title, text, judgement, title_held: title == "Tập huấn" }
    }

    #[test]
    fn an_article_stands_as_its_page_shows() {
        let text = story();
        let slip = text.replace("chữ7 ", "chữ-sửa ");
        let cut = &text[..text.len() / 2];
        let other: String = (500..700).map(|it| format!("chữ{it} ")).collect();
        let was = Was { title: "Tập huấn", text: &text, judgement: About };
        for (name, came, standing, why) in [
            ("the same", page("Tập huấn", &text, About), Standing::Same, CheckWhy::Unchanged),
            ("other blanks and marks in the title", page("TẬP  HUẤN!", &text, About), Standing::Same, CheckWhy::Unchanged),
            ("one word mended", page("Tập huấn", &slip, About), Standing::Same, CheckWhy::SmallChanges),
            ("one word that changes the judgement", page("Tập huấn", &slip, Unrelated), Standing::Edited, CheckWhy::JudgementChanged),
            ("half of it cut", page("Tập huấn", cut, About), Standing::Edited, CheckWhy::TextChanged),
            ("another title", page("Hội nghị", &text, About), Standing::Edited, CheckWhy::TitleChanged),
            ("another article", page("Chợ phiên", &other, Unrelated), Standing::Edited, CheckWhy::JudgementChanged),
            ("an error page", page("Không tìm thấy", "Trang không tồn tại.", Unrelated), Standing::Missing, CheckWhy::Stub),
            ("its title over nothing", page("Tập huấn", "Đăng nhập để đọc.", Unrelated), Standing::NotAnswering, CheckWhy::NotReadable),
            ("404", Came::Gone, Standing::Missing, CheckWhy::Gone),
            ("a wall", Came::Blocked, Standing::Blocked, CheckWhy::Blocked),
            ("a PDF", Came::NotReadable, Standing::NotAnswering, CheckWhy::NotReadable),
            ("nothing", Came::NoAnswer, Standing::NotAnswering, CheckWhy::NoAnswer),
        ] {
            let check = check(&was, &came, Tries::default(), at(0));
            assert_eq!((check.standing, check.why), (standing, why), "{name}");
            assert_eq!(check.next_try.is_none(), standing.is_settled(), "{name}");
        }
    }

    #[test]
    fn only_three_tries_over_three_days_make_a_take_down() {
        let text = story();
        let was = Was { title: "Tập huấn", text: &text, judgement: About };
        let gone = (Came::Gone, Standing::Missing);
        let (down, failed, back) =
            ((Came::Gone, Standing::TakenDown), (Came::NoAnswer, Standing::NotAnswering), (page("Tập huấn", &text, About), Standing::Same));
        for (name, checks) in [
            ("three over 72 hours", vec![(0, gone), (24, gone), (72, down)]),
            ("two over a week", vec![(0, gone), (168, gone), (169, down)]),
            ("many within a day", vec![(0, gone), (6, gone), (12, gone), (18, gone), (71, gone), (72, down)]),
            ("a failure between tells nothing", vec![(0, gone), (24, failed), (48, gone), (72, down)]),
            ("failures alone", vec![(0, failed), (24, failed), (72, failed), (100, failed)]),
            ("back in between", vec![(0, gone), (24, gone), (48, back), (72, gone), (96, gone), (144, down)]),
            ("back afterwards", vec![(0, gone), (24, gone), (72, down), (96, back)]),
            ("still gone", vec![(0, gone), (24, gone), (72, down), (500, down)]),
        ] {
            let mut tries = Tries::default();
            for (hours, (came, standing)) in checks {
                let check = check(&was, &came, tries, at(hours));
                assert_eq!(check.standing, standing, "{name}: {hours}");
                tries = check.tries;
            }
        }
    }

    #[test]
    fn a_round_takes_in_two_months_and_the_whole_report_before_it_is_due() {
        let months = |present: &str| {
            let all = months_to_check(present.parse().unwrap());
            (all.len(), all[0].to_string(), all[all.len() - 1].to_string())
        };
        assert_eq!(months("2026-03"), (2, "2026-02".to_owned(), "2026-03".to_owned()));
        assert_eq!(months("2026-01"), (2, "2025-12".to_owned(), "2026-01".to_owned()));
        assert_eq!(months("2026-11"), (13, "2025-11".to_owned(), "2026-11".to_owned()));
    }

    #[test]
    fn every_standing_reads_back_as_itself() {
        for standing in Standing::ALL {
            assert_eq!(standing.as_str().parse(), Ok(standing));
        }
        assert_eq!("lost".parse::<Standing>(), Err(BadStanding("lost".to_owned())));
    }

    proptest! {
        #[test]
        fn checks_that_settle_nothing_come_to_an_end_and_never_say_taken_down(came in proptest::collection::vec(0u8..3, 1..60)) {
            let was = Was { title: "a", text: "b", judgement: About };
            let (mut tries, mut now) = (Tries::default(), at(0));
            for kind in came {
                let came = [Came::Blocked, Came::NotReadable, Came::NoAnswer][usize::from(kind)];
                let check = check(&was, &came, tries, now);
                prop_assert!(!check.standing.is_settled());
                tries = check.tries;
                let Some(next) = check.next_try else { break };
                prop_assert!(next > now);
                now = next;
            }
            prop_assert!(tries.unsettled <= UNSETTLED_MAX);
        }
    }
}
