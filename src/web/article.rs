//! One article: its text with what decided, its dates, what officers ruled, and the page as it was archived.

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    decide::{by, refused, statement},
    error::PageError,
    frame::{Done, Frame, done_at, inside},
    highlight::{Piece, pieces},
    state::Desk,
};
use crate::{
    domain::{
        audit::Act,
        dossier::KeptArticle,
        month::Month,
        nature::Nature,
        outlet::OutletId,
        privacy::{Privacy, PrivacyKind, Texts, privacy},
        relevance::{JudgementKind, Zone},
        review::DateFirmness,
        ruling::{Asked, Decision, RuledOn, Ruling, text_digest},
        waiting::WaitingWhy,
    },
    store::{officer::PastRuling, version::Version},
};

#[derive(Template)]
#[template(path = "article.html")]
struct ArticlePage<'a> {
    frame: &'a Frame,
    article: ArticleShown,
    back: String,
    unmasked: bool,
    /// A ruling that was refused, as it was typed, and why.
    refused: Option<(&'a TypedRuling, String)>,
}

/// An article as pages show it.
pub struct ArticleShown {
    pub id: i64,
    pub outlet: OutletId,
    pub outlet_name: String,
    pub url: String,
    pub title: Vec<Piece>,
    pub plain_title: String,
    pub lead: Vec<Piece>,
    /// Paragraphs.
    pub body: Vec<Vec<Piece>>,
    pub captions: Vec<Piece>,
    pub summary: String,
    pub author: String,
    pub published: String,
    /// The month that its date names, where that is firm.
    pub month: Option<Month>,
    pub first_seen: String,
    pub unread_why: String,
    pub judgement: JudgementKind,
    pub rule: &'static str,
    pub score: String,
    pub dates: Vec<[String; 4]>,
    pub rulings: Vec<PastRulingShown>,
    pub waits: Vec<(String, WaitingWhy)>,
    pub copies: Vec<(i64, String, u16)>,
    pub versions: Vec<VersionShown>,
    /// What in it calls for a look.
    pub flags: Vec<&'static str>,
    /// Of what kind it is, and whom it names as its source.
    pub nature: Vec<String>,
    /// Whether it says itself that names were changed or that consent was given.
    pub protected: bool,
    pub masked: bool,
    /// Whether a reason is needed to let it count, and to let it not count.
    pub reason_to_count: bool,
    pub reason_not_to: bool,
}

/// A ruling as pages show it.
pub struct PastRulingShown {
    pub words: String,
    pub reason: String,
    pub by: String,
}

/// What a page held at some time.
pub struct VersionShown {
    pub seen: String,
    pub title: String,
    pub text: String,
}

/// Where the way back leads.
#[derive(Debug, Deserialize)]
pub struct Back {
    #[serde(default)]
    back: String,
}

/// A typed ruling.
#[derive(Debug, Deserialize)]
pub struct TypedRuling {
    /// `counts`, `does_not_count` or `undo`.
    pub decision: String,
    #[serde(default)]
    pub month: String,
    #[serde(default)]
    pub reason: String,
    #[serde(default)]
    pub back: String,
}

/// Why somebody wants to see masked names.
#[derive(Debug, Deserialize)]
pub struct TypedReason {
    #[serde(default)]
    reason: String,
}

/// Versions of a page that are shown, the latest.
const VERSIONS_MAX: usize = 20;

/// The page.
///
/// # Errors
/// Where there is no such article, or the store fails.
pub async fn show(
    State(desk): State<Desk>,
    frame: Frame,
    Path(id): Path<i64>,
    Query(back): Query<Back>,
) -> Result<Html<String>, PageError> {
    let article = shown(&desk, &frame, id, false).await?;
    let back = inside(&back.back).unwrap_or_default().to_owned();
    Ok(Html(ArticlePage { frame: &frame, article, back, unmasked: false, refused: None }.render()?))
}

/// The page with the names that are masked elsewhere; who looked, and why, is logged first.
///
/// # Errors
/// Where there is no such article, no reason is given, or the store fails.
pub async fn unmask(
    State(desk): State<Desk>,
    frame: Frame,
    Path(id): Path<i64>,
    Form(typed): Form<TypedReason>,
) -> Result<Html<String>, PageError> {
    let article = shown(&desk, &frame, id, true).await?;
    log_unmasking(&desk, &frame, &article.url, &typed, &serde_json::json!({ "article": id })).await?;
    Ok(Html(ArticlePage { frame: &frame, article, back: String::new(), unmasked: true, refused: None }.render()?))
}

/// Rules on the article.
///
/// # Errors
/// Where there is no such article, or the store fails.
pub async fn rule(
    State(desk): State<Desk>,
    frame: Frame,
    Path(id): Path<i64>,
    Form(typed): Form<TypedRuling>,
) -> Result<Response, PageError> {
    match rule_on(&desk, &frame, id, &typed).await {
        Ok(()) => {
            let back = inside(&typed.back).map_or_else(|| format!("/articles/{id}"), str::to_owned);
            Ok(Redirect::to(&done_at(&back, Done::Ruled)).into_response())
        }
        Err(PageError::Refused(vi, en)) => {
            let article = shown(&desk, &frame, id, false).await?;
            let back = inside(&typed.back).unwrap_or_default().to_owned();
            let refused = Some((&typed, frame.say(&vi, &en).to_owned()));
            let page = ArticlePage { frame: &frame, article, back, unmasked: false, refused }.render()?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
        Err(other) => Err(other),
    }
}

/// The archived page, in a frame that runs nothing.
///
/// # Errors
/// Where there is no such capture of the article, or the archive fails.
pub async fn copy(State(desk): State<Desk>, Path((id, capture)): Path<(i64, i64)>) -> Result<Response, PageError> {
    let (_, _, privacy) = desk.store.whole_article(id, false).await?.ok_or(PageError::NotFound)?;
    // The archived page holds the names as the outlet printed them.
    if holds_names(&desk, id, &privacy).await? {
        return Err(PageError::NotAllowed);
    }
    archived(&desk, id, capture).await
}

/// Whether some text of the article that was ever kept holds names that are masked: an edit may have added one.
async fn holds_names(desk: &Desk, id: i64, known: &Privacy) -> Result<bool, PageError> {
    if !known.masks.is_empty() {
        return Ok(true);
    }
    let names = |it: &Version| {
        let texts = Texts { title: &it.title, lead: "", body: &it.text, captions: "", published: it.seen_at, zone: desk.site.zone };
        !privacy(&texts).masks.is_empty()
    };
    Ok(desk.store.versions(id).await?.iter().any(names))
}

/// The archived page of an article that holds masked names; who looked, and why, is logged first.
///
/// # Errors
/// Where there is no such capture of the article, no reason is given, or the archive or the store fails.
pub async fn bare_copy(
    State(desk): State<Desk>,
    frame: Frame,
    Path((id, capture)): Path<(i64, i64)>,
    Form(typed): Form<TypedReason>,
) -> Result<Response, PageError> {
    let (_, kept, _) = desk.store.whole_article(id, false).await?.ok_or(PageError::NotFound)?;
    let page = archived(&desk, id, capture).await?;
    log_unmasking(&desk, &frame, &kept.url, &typed, &serde_json::json!({ "article": id, "capture": capture })).await?;
    Ok(page)
}

/// Logs that somebody sees masked names, with the reason that was given.
async fn log_unmasking(desk: &Desk, frame: &Frame, url: &str, typed: &TypedReason, what: &serde_json::Value) -> Result<(), PageError> {
    let reason = match typed.reason.trim() {
        "" => {
            let (vi, en) = ("Cần ghi lý do xem tên đã che.", "A reason is needed to see masked names.");
            return Err(PageError::Refused(vi.to_owned(), en.to_owned()));
        }
        reason => statement(reason)?,
    };
    let mut after = what.clone();
    after["reason"] = reason.to_string().into();
    Ok(desk.store.log_act(Act::Unmasked, by(frame)?.as_str(), url, &after.to_string(), desk.now()).await?)
}

async fn archived(desk: &Desk, id: i64, capture: i64) -> Result<Response, PageError> {
    let captures = desk.store.captures_of_article(id).await?;
    captures.iter().find(|it| it.id == capture).ok_or(PageError::NotFound)?;
    let page = (desk.hands.copy)(capture).await.map_err(PageError::Hand)?.ok_or(PageError::NotFound)?;
    let mut answer =
        (StatusCode::OK, Html(format!("<!doctype html><html lang=\"vi\"><meta charset=\"utf-8\"><title>Bản lưu</title>{page}")))
            .into_response();
    let policy = HeaderValue::from_static("sandbox; default-src 'none'; frame-ancestors 'self'");
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(answer)
}

/// Records a ruling, and reviews the months that it touches again.
///
/// # Errors
/// Where there is no such article, a reason is missing, or the store fails.
pub async fn rule_on(desk: &Desk, frame: &Frame, id: i64, typed: &TypedRuling) -> Result<(), PageError> {
    let Some(article) = desk.store.article(id).await? else { return Err(PageError::NotFound) };
    let outlet: OutletId = article.outlet.parse().map_err(|_| PageError::NotFound)?;
    let month: Option<Month> =
        Some(typed.month.trim()).filter(|it| !it.is_empty()).map(str::parse).transpose().map_err(|_| bad_month(&typed.month))?;
    let past = desk.store.rulings_on(id).await?;
    let undoes = typed.decision == "undo";
    let asked = match (typed.decision.as_str(), month) {
        ("does_not_count", _) => Asked::DoesNotCount,
        ("counts", Some(month)) => Asked::In(month),
        ("counts", None) => Asked::Counts,
        ("undo", _) => before_last(&past),
        _ => return Err(PageError::NotFound),
    };
    let reversal = !undoes && is_reversal(asked, article.judgement, past.first().map(|it| it.what.decision));
    let reason = match typed.reason.trim() {
        "" if undoes => statement("hoàn tác kết luận vừa ghi")?,
        "" if reversal => {
            let (vi, en) = (
                "Kết luận này ngược với đánh giá tự động hoặc kết luận trước: cần ghi lý do.",
                "This goes against the judgement or the ruling before: a reason is needed.",
            );
            return Err(PageError::Refused(vi.to_owned(), en.to_owned()));
        }
        "" => statement("chuyên viên đã đọc bài")?,
        reason => statement(reason)?,
    };
    let digest = text_digest(&article.title, &article.lead, &article.text);
    let firm_date = article.published.filter(|_| article.date_from == article.date_to);
    let on = RuledOn { article: id, firm_date, terms: &article.terms, text_digest: &digest };
    let ruling = Ruling::admit(asked, on, reason, by(frame)?, desk.site.zone, desk.now()).map_err(|it| refused(&it))?;
    desk.store.record_ruling(&ruling).await?;
    let mut months: Vec<Month> =
        Month::of(article.date_from, desk.site.zone).through(Month::of(article.date_to, desk.site.zone)).take(14).collect();
    months.extend(ruling.what().decision.month());
    months.extend(past.iter().filter_map(|it| it.what.decision.month()));
    months.sort_unstable();
    months.dedup();
    (desk.hands.decided)((outlet, months)).await.map_err(PageError::Hand)
}

/// What brings back how an article stood before its last ruling.
fn before_last(past: &[PastRuling]) -> Asked {
    match past.get(1).map(|it| it.what.decision) {
        Some(Decision::Counts(month) | Decision::Moved(month)) => Asked::In(month),
        Some(Decision::DoesNotCount) => Asked::DoesNotCount,
        Some(Decision::Undone) | None => Asked::Undo,
    }
}

/// Whether a ruling goes against what the machine was sure of, or against the ruling before.
fn is_reversal(asked: Asked, judged: JudgementKind, before: Option<Decision>) -> bool {
    let lets_count = asked != Asked::DoesNotCount;
    match before {
        Some(before) if before != Decision::Undone => lets_count == (before == Decision::DoesNotCount),
        _ => lets_count && judged == JudgementKind::Unrelated || !lets_count && judged == JudgementKind::About,
    }
}

/// An article as pages show it.
///
/// # Errors
/// Where there is no such article, or the store fails.
pub async fn shown(desk: &Desk, frame: &Frame, id: i64, bare: bool) -> Result<ArticleShown, PageError> {
    let Some((outlet, kept, privacy)) = desk.store.whole_article(id, bare).await? else { return Err(PageError::NotFound) };
    let rulings = desk.store.rulings_on(id).await?;
    let captures = desk.store.captures_of_article(id).await?;
    let masked = !bare && holds_names(desk, id, &privacy).await?;
    let versions = if masked { Vec::new() } else { desk.store.versions(id).await? };
    let waits = desk.store.waits_for(id).await?;
    let taken_from = desk.store.article(id).await?.and_then(|it| it.facets).and_then(|it| it.taken_from);
    let before = rulings.first().map(|it| it.what.decision);
    let judged = kept.judgement.kind;
    let names = desk.outlet(outlet.as_str()).map_or_else(|| outlet.to_string(), |it| it.name);
    let firm = kept.published.filter(|_| kept.date_standing == DateFirmness::Sure);
    let of = |zone, text: &str| pieces(text, zone, &kept.judgement.reasons);
    Ok(ArticleShown {
        id,
        outlet_name: names,
        url: kept.url.clone(),
        title: of(Zone::Title, &kept.title),
        plain_title: kept.title.clone(),
        lead: of(Zone::Lead, &kept.lead),
        body: paragraphs(of(Zone::Body, &kept.text)),
        captions: of(Zone::Caption, &kept.captions),
        summary: kept.summary.clone(),
        author: kept.author.clone().unwrap_or_default(),
        published: published_shown(desk, frame, &kept),
        month: firm.map(|it| Month::of(it, desk.site.zone)),
        first_seen: desk.moment(kept.first_seen),
        unread_why: kept.unread_why.clone().unwrap_or_default(),
        judgement: judged,
        rule: kept.judgement.rule.as_str(),
        score: format!("{:.2}", kept.judgement.score).replace('.', ","),
        dates: dates_shown(desk, frame, &kept),
        rulings: rulings.iter().map(|it| ruling_shown(desk, it)).collect(),
        waits: waits.into_iter().map(|(month, why)| (Month::shown(month), why)).collect(),
        copies: captures.iter().filter(|it| it.status == 200).map(|it| (it.id, desk.moment(it.at), it.status)).collect(),
        versions: versions
            .into_iter()
            .rev()
            .take(VERSIONS_MAX)
            .map(|it| VersionShown { seen: desk.moment(it.seen_at), title: it.title, text: it.text })
            .collect(),
        flags: privacy.to_look_at().into_iter().map(PrivacyKind::label).collect(),
        nature: Nature::new(kept.judgement.marks.clone(), None, taken_from).labels(),
        protected: privacy.flags.iter().any(|it| it.kind == PrivacyKind::Protected),
        masked,
        reason_to_count: is_reversal(Asked::Counts, judged, before),
        reason_not_to: is_reversal(Asked::DoesNotCount, judged, before),
        outlet,
    })
}

fn ruling_shown(desk: &Desk, it: &PastRuling) -> PastRulingShown {
    let month = it.what.decision.month().map_or_else(String::new, |month| format!(" ({})", Month::shown(month)));
    PastRulingShown {
        words: format!("{}{month}", it.what.decision.label()),
        reason: it.what.reason.to_string(),
        by: format!("{}, {}", it.by, desk.moment(it.at)),
    }
}

fn published_shown(desk: &Desk, frame: &Frame, kept: &KeptArticle) -> String {
    match (kept.published, kept.date_standing) {
        (Some(at), DateFirmness::Sure) => desk.moment(at),
        (_, DateFirmness::Straddles) => {
            format!("{} – {} ({})", desk.day(kept.date_from), desk.day(kept.date_to), frame.say("hai tháng khác nhau", "two months"))
        }
        _ => frame.say("không xác định được", "not known").to_owned(),
    }
}

/// Every date that was found: where, as it stood, as it was read, and why it was refused.
fn dates_shown(desk: &Desk, frame: &Frame, kept: &KeptArticle) -> Vec<[String; 4]> {
    let shown = kept.dates.iter().map(|it| {
        let accepted = match it.why {
            None => frame.say("dùng được", "accepted").to_owned(),
            Some(why) => format!("{why:?}"),
        };
        [it.from.as_str().to_owned(), it.raw.clone(), it.instant.map_or_else(String::new, |at| desk.moment(at)), accepted]
    });
    shown.collect()
}

fn paragraphs(all: Vec<Piece>) -> Vec<Vec<Piece>> {
    let mut found = vec![Vec::new()];
    for piece in all {
        for (place, line) in piece.text.split('\n').enumerate() {
            if place > 0 {
                found.push(Vec::new());
            }
            if let (Some(last), false) = (found.last_mut(), line.is_empty()) {
                last.push(Piece { text: line.to_owned(), mark: piece.mark.clone() });
            }
        }
    }
    found.retain(|it| !it.is_empty());
    found
}

fn bad_month(text: &str) -> PageError {
    PageError::Refused(format!("“{text}” không phải tháng (viết dạng 2026-03)."), format!("“{text}” is no month (write 2026-03)."))
}

/// Whether whoever looks may see masked names, for templates.
impl ArticlePage<'_> {
    fn may_unmask(&self) -> bool {
        self.article.masked && self.frame.may_unmask()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_needed_against_the_machine_and_against_the_ruling_before() {
        let march: Month = "2026-03".parse().unwrap();
        use JudgementKind::{About, Candidate, Unrelated};
        for (asked, judged, before, reversal) in [
            (Asked::Counts, Candidate, None, false),
            (Asked::DoesNotCount, Candidate, None, false),
            (Asked::Counts, About, None, false),
            (Asked::DoesNotCount, About, None, true),
            (Asked::Counts, Unrelated, None, true),
            (Asked::Counts, Candidate, Some(Decision::DoesNotCount), true),
            (Asked::DoesNotCount, Candidate, Some(Decision::Counts(march)), true),
            (Asked::In(march), Unrelated, Some(Decision::Counts(march)), false),
        ] {
            assert_eq!(is_reversal(asked, judged, before), reversal, "{asked:?} {judged} {before:?}");
        }
    }

    #[test]
    fn a_text_becomes_paragraphs_and_keeps_its_marks() {
        let all = vec![Piece { text: "Một\nHai ".to_owned(), mark: None }, Piece { text: "ba".to_owned(), mark: None }];
        let found: Vec<String> = paragraphs(all).iter().map(|it| it.iter().map(|piece| piece.text.as_str()).collect()).collect();
        assert_eq!(found, ["Một", "Hai ba"]);
    }
}
