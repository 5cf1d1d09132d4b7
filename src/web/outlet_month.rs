//! An outlet's month on screen: the verdict, what it rests on, what waits, what was not seen.

use std::{collections::HashMap, fmt::Display};

use askama::Template;
use axum::{
    extract::{Path, State},
    http::header,
    response::{Html, IntoResponse, Response},
};
use chrono::{DateTime, Utc};

use super::{
    decide::{Typed, by},
    error::PageError,
    frame::Frame,
    notices::NoticeRow,
    sources::medium_words,
    state::{Desk, Looked, local_shown, number_shown},
};
use crate::{
    domain::{
        audit::Act,
        month::{Month, Span},
        near_miss::NearMiss,
        officer::{Decided, Item},
        outlet::{Medium, Outlet, OutletId},
        privacy::link_text,
        review::{DecidedBy, Evidence, Pending, PendingWhy, ShownGap},
        standing::Since,
        submission::SUBMISSION_URN,
        verdict::{Reason, Verdict},
    },
    store::dossier::OutcomeCount,
};

#[derive(Template)]
#[template(path = "outlet_month.html")]
struct OutletMonthPage<'a> {
    frame: &'a Frame,
    outlet: &'a Outlet,
    month: Month,
    shown: String,
    before: Month,
    after: Option<Month>,
    verdict: Verdict,
    reason: Reason,
    count: usize,
    /// What today's data comes to, where a closed month's verdict is another one.
    computed: Option<String>,
    closed: Option<u64>,
    backfilled: bool,
    basis: &'a str,
    minimum: usize,
    grace_end: String,
    articles_seen: String,
    evidence: Vec<EvidenceShown>,
    pending: Vec<PendingShown>,
    unread: Vec<Line>,
    near_misses: Vec<NearMissShown>,
    share: String,
    gaps: Vec<GapShown>,
    closed_gaps: Vec<String>,
    time_line: TimeLine,
    visits: Vec<VisitsShown>,
    decisions: Vec<DecisionShown>,
    media: [Medium; 3],
    needs_list: bool,
    /// Undeclared media that part of the month turned out to be published in, with how many items.
    detected: Vec<String>,
    needs_silence: bool,
    history: Vec<HistoryShown>,
    notices: Vec<NoticeRow>,
    retyped: Option<&'a Retyped>,
}

/// A form that was refused, as it was typed.
pub struct Retyped {
    pub form: &'static str,
    pub typed: Typed,
    /// Why, in the visitor's language.
    pub problem: String,
}

/// Something that counts.
struct EvidenceShown {
    href: String,
    title: String,
    detail: String,
}

/// An article that waits.
struct PendingShown {
    id: Option<i64>,
    /// The number of what the outlet sent, where it is that which waits.
    sent: Option<String>,
    url: String,
    title: String,
    why: PendingWhy,
    nature: Vec<String>,
}

/// A line with a link.
struct Line {
    href: String,
    title: String,
    detail: String,
}

struct NearMissShown {
    href: String,
    title: String,
    published: String,
    score: String,
    why: String,
    nature: Vec<String>,
}

struct GapShown {
    from: String,
    to: String,
    /// As a form's field takes them.
    from_field: String,
    to_field: String,
    why: String,
}

struct VisitsShown {
    source: String,
    good: usize,
    all: usize,
    new: usize,
    last: String,
    failures: String,
}

struct DecisionShown {
    item: Option<Item>,
    words: String,
    by: String,
    withdrawn: Option<String>,
}

struct HistoryShown {
    at: String,
    verdict: Verdict,
    reason: Reason,
    count: usize,
}

/// The month drawn from left to right, in thousandths of its length.
struct TimeLine {
    bars: Vec<Bar>,
    dots: Vec<Dot>,
    days: Vec<Tick>,
}

struct Bar {
    from: i64,
    width: i64,
    words: String,
}

struct Dot {
    at: i64,
    /// Whether it could not be read; else it counts.
    unread: bool,
    words: String,
}

struct Tick {
    at: i64,
    day: String,
}

/// The page.
///
/// # Errors
/// Where there is no such outlet, or the store fails.
pub async fn show(
    State(desk): State<Desk>,
    frame: Frame,
    Path((outlet, month)): Path<(String, String)>,
) -> Result<Html<String>, PageError> {
    let (outlet, month) = named(&desk, &outlet, &month)?;
    page(&desk, &frame, &outlet, month, None).await
}

/// The page, with a form that was refused as it was typed.
///
/// # Errors
/// Where the store fails.
pub async fn page(desk: &Desk, frame: &Frame, outlet: &Outlet, month: Month, retyped: Option<&Retyped>) -> Result<Html<String>, PageError> {
    let looked = (desk.hands.look)((outlet.id.clone(), month)).await.map_err(PageError::Hand)?;
    let page = draw(desk, frame, (outlet, month), &looked, retyped).await?;
    Ok(Html(page.render()?))
}

impl OutletMonthPage<'_> {
    /// Whether that form was refused.
    fn refused(&self, form: &str) -> bool {
        self.retyped.is_some_and(|it| it.form == form)
    }

    /// Whether it is that form that was refused, of several that differ in one field.
    fn refused_at(&self, form: &str, field: &str, value: &dyn Display) -> bool {
        self.refused(form) && self.typed(form, field) == value.to_string()
    }

    /// What was typed into that form.
    fn typed(&self, form: &str, field: &str) -> &str {
        self.retyped.filter(|it| it.form == form).map_or("", |it| it.typed.field(field))
    }
}

/// The dossier as a file. It holds the pages as they were printed, names and all: who takes it is logged.
///
/// # Errors
/// Where there is no such outlet, or it cannot be built.
pub async fn dossier(State(desk): State<Desk>, frame: Frame, Path((outlet, month)): Path<(String, String)>) -> Result<Response, PageError> {
    let (outlet, month) = named(&desk, &outlet, &month)?;
    let (by, subject) = (by(&frame)?, format!("dossier {} {month}", outlet.id));
    desk.store.log_act(Act::Unmasked, by.as_str(), &subject, "{\"dossier\":true}", desk.now()).await?;
    let bytes = (desk.hands.dossier)((outlet.id.clone(), month)).await.map_err(PageError::Hand)?;
    let name = format!("attachment; filename=\"ho-so-{}-{month}.zip\"", outlet.id);
    Ok(([(header::CONTENT_TYPE, "application/zip".to_owned()), (header::CONTENT_DISPOSITION, name)], bytes).into_response())
}

/// The outlet and the month that an address names.
///
/// # Errors
/// Where there is no such outlet, or the month has not begun.
pub fn named(desk: &Desk, outlet: &str, month: &str) -> Result<(Outlet, Month), PageError> {
    let outlet = desk.outlet(outlet).ok_or(PageError::NotFound)?;
    let month: Month = month.parse().map_err(|_| PageError::NotFound)?;
    if month > desk.this_month() {
        return Err(PageError::NotFound);
    }
    Ok((outlet, month))
}

async fn draw<'a>(
    desk: &Desk,
    frame: &'a Frame,
    (outlet, month): (&'a Outlet, Month),
    looked: &'a Looked,
    retyped: Option<&'a Retyped>,
) -> Result<OutletMonthPage<'a>, PageError> {
    let reviewed = &looked.month;
    let ids = desk.store.article_ids(&outlet.id, &addresses(looked)).await?;
    let history = desk.store.verdict_history(&outlet.id, month).await?;
    let closed = desk.store.closed_months().await?.get(&month).copied();
    let counts = desk.store.outcome_counts(&outlet.id, looked.rules.window()).await?;
    // A closed month changes by amendments alone: what was recorded last stands.
    let official = history
        .first()
        .filter(|_| closed.is_some())
        .map_or((reviewed.verdict, reviewed.reason, reviewed.count), |it| (it.verdict, it.reason, it.count));
    let computed =
        (official.0 != reviewed.verdict).then(|| format!("{} – {}", frame.verdict(&reviewed.verdict), frame.reason(&reviewed.reason)));
    let window = looked.rules.window();
    Ok(OutletMonthPage {
        frame,
        outlet,
        month,
        shown: Month::shown(month),
        before: month.previous(),
        after: Some(month.next()).filter(|it| *it <= desk.this_month()),
        verdict: official.0,
        reason: official.1,
        count: official.2,
        computed,
        closed,
        backfilled: reviewed.backfilled,
        basis: &looked.rules.policy.basis,
        minimum: looked.rules.policy.minimum,
        grace_end: desk.moment(looked.rules.grace_end),
        articles_seen: number_shown(looked.articles_seen),
        evidence: reviewed.evidence.iter().map(|it| evidence_shown(frame, it, &ids)).collect(),
        pending: reviewed.pending.iter().map(|it| pending_shown(it, &ids)).collect(),
        unread: reviewed
            .unread
            .iter()
            .map(|it| Line {
                href: href(&it.url, &ids),
                title: link_text(&it.url, &it.nature.privacy).into_owned(),
                detail: it.why.clone(),
            })
            .collect(),
        // The dossier lists all ten; a page is for those that the dictionary touched.
        near_misses: looked.near_misses.iter().filter(|it| !it.spans.is_empty()).map(|it| near_miss_shown(it, &ids)).collect(),
        share: format!("{:.1} %", reviewed.coverage.share * 100.0).replace('.', ","),
        gaps: reviewed.coverage.gaps.iter().map(|it| gap_shown(frame, it)).collect(),
        closed_gaps: reviewed.coverage.closed.iter().map(|it| closed_gap(frame, it)).collect(),
        time_line: time_line(desk, frame, looked, window),
        visits: visits_shown(desk, frame, &counts),
        decisions: decisions_shown(desk, frame, looked),
        media: [Medium::Broadcast, Medium::Print, Medium::Video],
        needs_list: reviewed.reason == Reason::BlindMedium,
        detected: reviewed.detected.iter().map(|it| format!("{} ({})", medium_words(frame, it.medium), it.articles)).collect(),
        needs_silence: reviewed.reason == Reason::NothingSeen,
        history: history
            .iter()
            .map(|it| HistoryShown { at: desk.moment(it.at), verdict: it.verdict, reason: it.reason, count: it.count })
            .collect(),
        notices: desk.store.notices_of(&outlet.id, month).await?.iter().map(|it| NoticeRow::of(desk, frame, it)).collect(),
        retyped,
    })
}

/// Every address on the page.
fn addresses(looked: &Looked) -> Vec<String> {
    let month = &looked.month;
    let all = month.evidence.iter().map(|it| &it.url).chain(month.pending.iter().map(|it| &it.url));
    let mut found: Vec<String> =
        all.chain(month.unread.iter().map(|it| &it.url)).chain(looked.near_misses.iter().map(|it| &it.url)).cloned().collect();
    found.sort();
    found.dedup();
    found
}

/// The desk's own page of an article, or its address where there is none.
fn href(url: &str, ids: &HashMap<String, i64>) -> String {
    ids.get(url).map_or_else(|| url.to_owned(), |id| format!("/articles/{id}"))
}

fn evidence_shown(frame: &Frame, it: &Evidence, ids: &HashMap<String, i64>) -> EvidenceShown {
    let mut parts = Vec::new();
    parts.extend(it.published.map(local_shown));
    parts.extend(it.medium.map(|medium| medium.label().to_owned()));
    parts.extend(it.judgement.map(|judgement| frame.judgement(&judgement).to_owned()));
    parts.push(match it.by {
        DecidedBy::Rule => frame.say("do máy đánh giá", "judged by rule").to_owned(),
        DecidedBy::Officer => frame.say("do chuyên viên kết luận", "decided by an officer").to_owned(),
    });
    parts.extend(it.marks.since.map(|since| match since {
        Since::TakenDown => frame.say("sau đó đã gỡ", "taken down since").to_owned(),
        Since::Edited => frame.say("sau đó đã sửa", "edited since").to_owned(),
    }));
    if let Some(original) = &it.marks.reprint_of {
        parts.push(format!("{} {}", frame.say("đăng lại của", "reprint of"), original.outlet));
    }
    let href = if it.url.starts_with("urn:") { String::new() } else { href(&it.url, ids) };
    parts.extend(it.nature.labels());
    EvidenceShown { href, title: it.title.clone(), detail: parts.join(" · ") }
}

fn near_miss_shown(it: &NearMiss, ids: &HashMap<String, i64>) -> NearMissShown {
    NearMissShown {
        href: href(&it.url, ids),
        title: it.title.clone(),
        published: it.published.map_or_else(String::new, local_shown),
        score: format!("{:.2}", it.score).replace('.', ","),
        why: it.why.clone(),
        nature: it.nature.labels(),
    }
}

fn pending_shown(it: &Pending, ids: &HashMap<String, i64>) -> PendingShown {
    PendingShown {
        id: ids.get(&it.url).copied(),
        sent: it.url.strip_prefix(SUBMISSION_URN).map(str::to_owned),
        url: it.url.clone(),
        title: it.title.clone(),
        why: it.why,
        nature: it.nature.labels(),
    }
}

fn gap_shown(frame: &Frame, gap: &ShownGap) -> GapShown {
    let field = |at: DateTime<chrono::FixedOffset>| at.format("%Y-%m-%dT%H:%M").to_string();
    // A form's field has no seconds: the check must span the gap wholly.
    let to = gap.to + chrono::TimeDelta::seconds(59);
    GapShown {
        from: local_shown(gap.from),
        to: local_shown(gap.to),
        from_field: field(gap.from),
        to_field: field(to),
        why: frame.gap(&gap.why).into_owned(),
    }
}

fn closed_gap(frame: &Frame, it: &crate::domain::review::ShownClosed) -> String {
    let (from, to) = (local_shown(it.gap.from), local_shown(it.gap.to));
    format!("{from} – {to}: {} {}, {}", frame.say("kiểm tra thủ công bởi", "checked by hand by"), it.by, local_shown(it.at))
}

fn time_line(desk: &Desk, frame: &Frame, looked: &Looked, window: Span) -> TimeLine {
    let length = window.length().num_seconds().max(1);
    let place = |at: DateTime<Utc>| ((at - window.from).num_seconds() * 1000 / length).clamp(0, 1000);
    let bars = looked.month.coverage.gaps.iter().map(|gap| {
        let (from, to) = (place(gap.from.to_utc()), place(gap.to.to_utc()));
        Bar {
            from, width: (to - from).max(3), words: format!("{} – {}: {}", local_shown(gap.from), local_shown(gap.to), gap.why.label())
        }
    });
    let dots = looked.month.evidence.iter().filter_map(|it| {
        let at = it.published?;
        Some(Dot { at: place(at.to_utc()), unread: false, words: format!("{}: {}", local_shown(at), it.title) })
    });
    let unread = looked.unread.iter().filter(|it| window.contains(it.0)).map(|(at, title)| Dot {
        at: place(*at),
        unread: true,
        words: format!("{}: {title} ({})", desk.moment(*at), frame.say("chưa đọc được", "not read")),
    });
    let days = looked.rules.month.first_day().iter_days().take(40).step_by(5).map(|day| {
        let at = crate::domain::month::midnight(day, desk.site.zone);
        Tick { at: place(at), day: day.format("%d/%m").to_string() }
    });
    TimeLine { bars: bars.collect(), dots: dots.chain(unread).collect(), days: days.filter(|it| it.at < 980).collect() }
}

fn visits_shown(desk: &Desk, frame: &Frame, counts: &[OutcomeCount]) -> Vec<VisitsShown> {
    let mut found: Vec<VisitsShown> = Vec::new();
    let mut last: HashMap<&str, DateTime<Utc>> = HashMap::new();
    for it in counts {
        if found.last().is_none_or(|shown| shown.source != it.source) {
            found.push(VisitsShown { source: it.source.clone(), good: 0, all: 0, new: 0, last: String::new(), failures: String::new() });
        }
        let Some(shown) = found.last_mut() else { continue };
        shown.all += it.visits;
        shown.new += it.new;
        if it.outcome.has_seen() {
            shown.good += it.visits;
        } else {
            let comma = if shown.failures.is_empty() { "" } else { ", " };
            shown.failures += &format!("{comma}{} ({})", frame.outcome(&it.outcome), it.visits);
        }
        let latest = last.entry(&it.source).or_insert(it.last);
        *latest = (*latest).max(it.last);
        shown.last = desk.moment(*latest);
    }
    found
}

/// What officers decided on the month, rulings aside.
fn decisions_shown(desk: &Desk, frame: &Frame, looked: &Looked) -> Vec<DecisionShown> {
    let decisions = &looked.decisions;
    let off_web = decisions.off_web.iter().map(|it| {
        let aired = it.what.aired.map_or_else(String::new, |at| format!(", {}", desk.moment(at)));
        let programme = it.what.programme.as_ref().map_or_else(String::new, |it| format!(", {it}"));
        decision(desk, frame, it, Item::OffWeb(it.id), format!("{}: {}{programme}{aired}", it.what.medium.label(), it.what.title))
    });
    let confirmed = decisions
        .confirmations
        .iter()
        .map(|it| decision(desk, frame, it, Item::Confirmation(it.id), format!("{}: {}", it.what.kind.label(), it.what.reason)));
    let checked = decisions.hand_checks.iter().map(|it| {
        let span = it.check.what.span;
        let overtaken = if it.overtaken {
            frame.say(" (mất hiệu lực: sau đó có bài mới trong khoảng này)", " (void: an article turned up since)")
        } else {
            ""
        };
        let words = format!(
            "{} {} – {}: {}; {}{overtaken}",
            frame.say("kiểm tra thủ công", "hand check"),
            desk.moment(span.from),
            desk.moment(span.to),
            it.check.what.looked_at,
            it.check.what.found
        );
        decision(desk, frame, &it.check, Item::HandCheck(it.check.id), words)
    });
    off_web.chain(confirmed).chain(checked).collect()
}

fn decision<T>(desk: &Desk, frame: &Frame, it: &Decided<T>, item: Item, words: String) -> DecisionShown {
    let withdrawn = it
        .withdrawn
        .as_ref()
        .map(|taken| format!("{} {}, {}: {}", frame.say("đã rút lại bởi", "taken back by"), taken.by, desk.moment(taken.at), taken.reason));
    DecisionShown { item: it.stands().then_some(item), words, by: format!("{}, {}", it.by, desk.moment(it.at)), withdrawn }
}

/// The address of an outlet's month.
pub fn path_of(outlet: &OutletId, month: Month) -> String {
    format!("/outlets/{outlet}/{month}")
}
