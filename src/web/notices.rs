//! The notices: what needs an officer, what only the operator can mend, and the list of all.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Html,
};
use serde::Deserialize;

use super::{error::PageError, frame::Frame, outlet_month::path_of, state::Desk};
use crate::{
    domain::{
        cause::{Cause, CauseKind},
        month::Month,
        notice::{Channel, NoticeKey, NoticeState, Outgoing, Subject},
        outlet::{Outlet, OutletId},
    },
    store::notice::{Notice, NoticeFilter},
};

#[derive(Template)]
#[template(path = "notices.html")]
struct NoticesPage<'a> {
    frame: &'a Frame,
    outlets: &'a [Outlet],
    /// The outlet whose notices are listed; empty for all.
    outlet: &'a str,
    part: Part,
    parts: [Part; 4],
    /// What needs an officer, where the list is not of that alone.
    urgent: Vec<NoticeRow>,
    /// How many there are of those, shown or not.
    urgent_count: usize,
    causes: Vec<CausesShown>,
    rows: Vec<NoticeRow>,
    page: u32,
    more: bool,
    /// What outlets sent and waits.
    submissions: usize,
    /// Times without notices that are in force.
    silences: usize,
}

/// A notice in a list.
pub struct NoticeRow {
    pub id: i64,
    pub state: NoticeState,
    /// The class that colours its state.
    pub tone: &'static str,
    pub step: String,
    pub by_webhook: bool,
    /// The name of the outlet; empty where it is about none.
    pub outlet: String,
    /// Where the month's page is, and what the month or quarter is called.
    pub month: Option<(String, String)>,
    pub when: String,
    /// Mail addresses, or whom it is for where it was not written yet.
    pub to: String,
    pub why: String,
}

/// What is wrong in one way.
struct CausesShown {
    kind: CauseKind,
    causes: Vec<CauseShown>,
    /// Those that are not shown.
    left_out: usize,
}

struct CauseShown {
    what: String,
    /// The page of the desk that says more; may be empty.
    href: String,
    url: String,
    why: String,
    since: String,
}

/// A part of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Officer,
    OnItsWay,
    Sent,
    All,
}

/// Which part of the list is looked at.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    outlet: String,
    #[serde(default)]
    part: String,
    #[serde(default)]
    page: u32,
}

/// Notices on a page, and pages that are turned to.
const PAGE: u32 = 50;
const PAGES_MAX: u32 = 10_000;
/// Notices of each state, and causes of each kind, that are shown above the list.
const ABOVE_MAX: u32 = 20;

impl Part {
    const ALL: [Self; 4] = [Self::Officer, Self::OnItsWay, Self::Sent, Self::All];

    /// The word in an address.
    fn as_str(self) -> &'static str {
        match self {
            Self::Officer => "officer",
            Self::OnItsWay => "way",
            Self::Sent => "sent",
            Self::All => "all",
        }
    }

    fn words(self, frame: &Frame) -> &'static str {
        let (vi, en) = match self {
            Self::Officer => ("cần chuyên viên", "need an officer"),
            Self::OnItsWay => ("sắp gửi, đang gửi", "on their way"),
            Self::Sent => ("đã gửi, kể cả bị trả lại", "sent, also those that came back"),
            Self::All => ("tất cả", "all"),
        };
        frame.lang.say(vi, en)
    }

    fn states(self) -> &'static [NoticeState] {
        match self {
            Self::Officer => &NoticeState::NEED_OFFICER,
            Self::OnItsWay => &[NoticeState::Called, NoticeState::Sending],
            Self::Sent => &[NoticeState::Sent, NoticeState::Bounced],
            Self::All => &[],
        }
    }
}

/// The page.
///
/// # Errors
/// Where the store fails.
pub async fn show(State(desk): State<Desk>, frame: Frame, Query(asked): Query<Asked>) -> Result<Html<String>, PageError> {
    let (given, now) = (desk.given(), desk.now());
    let page = asked.page.min(PAGES_MAX);
    let part = Part::ALL.into_iter().find(|it| it.as_str() == asked.part).unwrap_or(Part::All);
    let outlet: Option<OutletId> = desk.outlet(&asked.outlet).map(|it| it.id);
    let filter = NoticeFilter { outlet: outlet.as_ref(), states: part.states() };
    let mut listed = desk.store.notices(&filter, page * PAGE, PAGE + 1).await?;
    let more = listed.len() > PAGE as usize;
    listed.truncate(PAGE as usize);
    let counts = desk.store.notice_counts().await?;
    let urgent = match part {
        Part::Officer => Vec::new(),
        _ => desk.store.notices_in(&NoticeState::NEED_OFFICER, ABOVE_MAX).await?,
    };
    let row = |it: &Notice| NoticeRow::of(&desk, &frame, it);
    let page = NoticesPage {
        frame: &frame,
        outlets: &given.outlets,
        outlet: outlet.as_ref().map_or("", OutletId::as_str),
        part,
        parts: Part::ALL,
        urgent: urgent.iter().map(row).collect(),
        urgent_count: NoticeState::NEED_OFFICER.iter().filter_map(|it| counts.get(it)).sum(),
        causes: causes_shown(&desk).await?,
        rows: listed.iter().map(row).collect(),
        page,
        more,
        submissions: desk.store.count_waiting_submissions(now).await?,
        silences: desk.store.silences().await?.iter().filter(|it| it.lifted.is_none() && it.what.span.contains(now)).count(),
    };
    Ok(Html(page.render()?))
}

impl NoticeRow {
    /// A notice as lists show it.
    pub fn of(desk: &Desk, frame: &Frame, it: &Notice) -> Self {
        let outlet = it.key.outlet().map(|id| (id, desk.outlet(id.as_str())));
        let to = match message_of(it) {
            Some(message) => message.to.into_iter().map(|it| it.email).collect::<Vec<_>>().join(", "),
            None => frame.audience(&it.key.step.audience()).to_owned(),
        };
        Self {
            id: it.id,
            state: it.state,
            tone: tone(it.state),
            step: frame.step(&it.key.step),
            by_webhook: it.channel == Channel::Webhook,
            // One that is registered no more keeps its short name.
            outlet: outlet.map_or_else(String::new, |(id, known)| known.map_or_else(|| id.to_string(), |it| it.name)),
            month: month_shown(frame, &it.key),
            when: desk.moment(it.settled_at.unwrap_or(it.called_at)),
            to,
            why: it.why.clone(),
        }
    }
}

/// The message of a notice, where one was written.
pub fn message_of(notice: &Notice) -> Option<Outgoing> {
    serde_json::from_str(notice.message.as_deref()?).ok()
}

/// The class of the desk's colours for a state: words and a sign say the same.
fn tone(state: NoticeState) -> &'static str {
    match state {
        NoticeState::Sent => "met",
        NoticeState::Failed | NoticeState::Bounced => "not_met",
        NoticeState::Waits | NoticeState::MaybeSent => "undetermined",
        NoticeState::Called | NoticeState::Sending => "open",
        NoticeState::Cancelled | NoticeState::Stopped => "exempt",
    }
}

/// Where the page of what a notice is about is, and what the month or quarter is called.
fn month_shown(frame: &Frame, key: &NoticeKey) -> Option<(String, String)> {
    match &key.subject {
        Subject::OutletMonth(outlet, month) => {
            Some((path_of(outlet, *month), format!("{} {}", frame.say("tháng", "month"), Month::shown(*month))))
        }
        Subject::Quarter(month) => {
            let quarter = month.number().div_ceil(3);
            Some((format!("/year/{}", month.year()), format!("{} {quarter}/{}", frame.say("quý", "quarter"), month.year())))
        }
        Subject::Instant(_) => None,
    }
}

/// What goes on that only the operator can mend, by kind, what touches outlets first.
async fn causes_shown(desk: &Desk) -> Result<Vec<CausesShown>, PageError> {
    let causes = desk.store.causes().await?;
    let of_kind = |kind: CauseKind| {
        let mut found: Vec<_> = causes.values().filter(|it| it.0.kind == kind).collect();
        found.sort_by_key(|it| it.1);
        let shown = found.iter().take(ABOVE_MAX as usize).map(|(cause, since)| CauseShown {
            what: cause.what.clone(),
            href: page_of(cause).unwrap_or_default(),
            url: cause.url.clone(),
            why: cause.why.clone(),
            since: desk.moment(*since),
        });
        CausesShown { kind, causes: shown.collect(), left_out: found.len().saturating_sub(ABOVE_MAX as usize) }
    };
    Ok(CauseKind::ALL.into_iter().map(of_kind).filter(|it| !it.causes.is_empty()).collect())
}

/// The page of the desk that says more of a cause: its key ends with what it is about.
fn page_of(cause: &Cause) -> Option<String> {
    let about = cause.key.split_once(' ')?.1;
    match cause.kind {
        // An address that the server refused stands in the register.
        CauseKind::DeliveryFailed | CauseKind::DeliveryDoubtful => about.parse().ok().map(|it: i64| format!("/notices/{it}")),
        CauseKind::MessageHeld | CauseKind::AlertedInDoubt => match about.parse::<NoticeKey>().ok()?.subject {
            Subject::OutletMonth(outlet, month) => Some(path_of(&outlet, month)),
            Subject::Quarter(_) | Subject::Instant(_) => None,
        },
        CauseKind::ContactMissing => about.parse::<OutletId>().ok().map(|it| format!("/sources/{it}")),
        CauseKind::PagesUnreadable => about.parse::<OutletId>().ok().map(|it| format!("/sources/{it}")),
        CauseKind::SourceUnreadable => Some("/sources".to_owned()),
        CauseKind::ControlSilent | CauseKind::ControlNotFound | CauseKind::WasDown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_leads_to_the_page_that_says_more_and_to_no_other() {
        for (key, kind, href) in [
            ("delivery 12", CauseKind::DeliveryFailed, Some("/notices/12")),
            ("held alert/bao-a/2026-03", CauseKind::MessageHeld, Some("/outlets/bao-a/2026-03")),
            ("held quarter//2026-03", CauseKind::MessageHeld, None),
            ("contact bao-a", CauseKind::ContactMissing, Some("/sources/bao-a")),
            ("contact of the head", CauseKind::ContactMissing, None),
            ("control", CauseKind::ControlNotFound, None),
        ] {
            let cause = Cause { key: key.to_owned(), kind, what: String::new(), url: String::new(), why: String::new() };
            assert_eq!(page_of(&cause).as_deref(), href, "{key}");
        }
    }

    #[test]
    fn every_part_of_the_list_names_as_many_states_as_a_filter_takes() {
        for part in Part::ALL {
            assert!(part.states().len() <= crate::store::notice::STATES_MAX, "{part:?}");
        }
    }
}
