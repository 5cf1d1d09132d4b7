//! The dictionary: its entries, a box to try it, and changes whose effect is shown before they are saved.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    decide::by,
    error::PageError,
    found::topic_label,
    frame::Frame,
    highlight::{Piece, pieces},
    new_source::fault_words,
    state::{Desk, number_shown},
};
use crate::{
    domain::{
        edit::{AskedEdit, ChangeCount, ConfigFile, Edit, Effect, JudgementChange, NewTerm, VerdictEffect},
        month::Month,
        outlet::OutletId,
        relevance::{GuardEffect, GuardSpec, JudgementKind, Near, Reading, Reason, TermClass, TermSpec, Terms, Topic, Zone, judge},
    },
    text::fold,
};

#[derive(Template)]
#[template(path = "terms.html")]
struct TermsPage<'a> {
    frame: &'a Frame,
    version: &'a str,
    asked: &'a Asked,
    all: usize,
    terms: Vec<TermShown>,
    page: usize,
    pages: usize,
    guards: Vec<GuardShown>,
    topics: Vec<(&'static str, String)>,
    typed: TypedTerm,
    tried: Option<Tried>,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "term.html")]
struct TermPage<'a> {
    frame: &'a Frame,
    term: TermShown,
    guards: Vec<GuardShown>,
    digest: String,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "term_effect.html")]
struct EffectPage<'a> {
    frame: &'a Frame,
    what: String,
    typed: &'a TypedTerm,
    from: String,
    to: String,
    effect: &'a Effect,
    changed: usize,
    counts: Vec<CountShown>,
    changes: Vec<ChangeShown>,
    verdicts: Vec<VerdictShown>,
    closed: Vec<VerdictShown>,
}

struct TermShown {
    id: String,
    class: TermClass,
    class_words: &'static str,
    topic: String,
    forms: Vec<String>,
    /// Words wanted nearby, in words.
    near: Vec<String>,
    why: String,
}

struct GuardShown {
    id: String,
    effect: &'static str,
    forms: Vec<String>,
    terms: String,
    why: String,
}

/// What the dictionary makes of a text.
struct Tried {
    title: String,
    text: String,
    judgement: JudgementKind,
    rule: String,
    title_pieces: Vec<Piece>,
    paragraphs: Vec<Vec<Piece>>,
    spans: Vec<SpanShown>,
}

struct SpanShown {
    text: String,
    zone: &'static str,
    term: String,
    class: &'static str,
    fate: String,
}

struct CountShown {
    month: String,
    outlet: String,
    before: JudgementKind,
    after: JudgementKind,
    count: String,
    closed: bool,
}

struct ChangeShown {
    id: i64,
    title: String,
    outlet: String,
    month: String,
    before: JudgementKind,
    after: JudgementKind,
}

struct VerdictShown {
    href: String,
    outlet: String,
    month: String,
    effect: VerdictEffect,
}

/// Which entries are looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    class: String,
    page: usize,
}

/// A text to try.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct TypedText {
    title: String,
    text: String,
}

/// A change as it was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct TypedTerm {
    /// `add`, `class` or `remove`.
    op: String,
    digest: String,
    id: String,
    class: String,
    topic: String,
    /// One a line.
    forms: String,
    why: String,
}

const PER_PAGE: usize = 50;
/// Letters of a text that are tried.
const TEXT_MAX: usize = 50_000;

/// The dictionary.
///
/// # Errors
/// Where the page cannot be drawn.
pub async fn show(State(desk): State<Desk>, frame: Frame, Query(asked): Query<Asked>) -> Result<Html<String>, PageError> {
    Ok(Html(draw(&desk, &frame, &asked, TypedTerm::default(), None, None).await?))
}

/// Judges a text and shows why.
///
/// # Errors
/// Where the page cannot be drawn.
pub async fn try_out(State(desk): State<Desk>, frame: Frame, Form(typed): Form<TypedText>) -> Result<Html<String>, PageError> {
    let text: String = typed.text.chars().filter(|it| *it != '\r').take(TEXT_MAX).collect();
    let terms = desk.given().terms;
    let judged = judge(&terms, &Reading { title: &typed.title, body: &text, ..Reading::default() });
    let mut paragraphs = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let within: Vec<_> = judged
            .reasons
            .iter()
            .filter(|it| it.zone == Zone::Body && it.start >= start && it.end <= start + line.len())
            .map(|it| Reason { start: it.start - start, end: it.end - start, ..it.clone() })
            .collect();
        paragraphs.push(pieces(line.trim_end_matches('\n'), Zone::Body, &within));
        start += line.len();
    }
    let tried = Tried {
        judgement: judged.kind,
        rule: judged.rule.to_string(),
        title_pieces: pieces(&typed.title, Zone::Title, &judged.reasons),
        paragraphs,
        spans: judged.reasons.iter().map(|it| span(&frame, &terms, it)).collect(),
        title: typed.title,
        text,
    };
    Ok(Html(draw(&desk, &frame, &Asked::default(), TypedTerm::default(), Some(tried), None).await?))
}

/// One term, to be changed.
///
/// # Errors
/// Where there is no such term.
pub async fn term(State(desk): State<Desk>, frame: Frame, Path(id): Path<String>) -> Result<Html<String>, PageError> {
    Ok(Html(draw_term(&desk, &frame, &id, None).await?))
}

/// What a change would do; nothing is saved.
///
/// # Errors
/// Where the store fails.
pub async fn effect(State(desk): State<Desk>, frame: Frame, Form(typed): Form<TypedTerm>) -> Result<Response, PageError> {
    let edit = match typed.edit(&frame) {
        Ok(edit) => edit,
        Err(problem) => return refused(&desk, &frame, typed, problem).await,
    };
    match (desk.hands.effect)((edit, typed.digest.clone())).await.map_err(PageError::Hand)? {
        Ok(effect) => Ok(Html(effect_page(&desk, &frame, &typed, &effect).render()?).into_response()),
        Err(fault) => {
            let problem = fault_words(&frame, &fault);
            refused(&desk, &frame, typed, problem).await
        }
    }
}

/// Saves a change; the stored articles are judged again by the line.
///
/// # Errors
/// Where the file cannot be written, or the store fails.
pub async fn save(State(desk): State<Desk>, frame: Frame, Form(typed): Form<TypedTerm>) -> Result<Response, PageError> {
    let edit = match typed.edit(&frame) {
        Ok(edit) => edit,
        Err(problem) => return refused(&desk, &frame, typed, problem).await,
    };
    let asked = AskedEdit { edit, digest: typed.digest.clone(), by: by(&frame)?.as_str().to_owned() };
    match (desk.hands.save)(asked).await.map_err(PageError::Hand)? {
        Ok(saved) => {
            let to = saved.request.map_or_else(|| "/terms".to_owned(), |id| format!("/requests/{id}"));
            Ok(Redirect::to(&to).into_response())
        }
        Err(fault) => {
            let problem = fault_words(&frame, &fault);
            refused(&desk, &frame, typed, problem).await
        }
    }
}

/// The form again with what was typed, drawn from the file as it stands now.
async fn refused(desk: &Desk, frame: &Frame, mut typed: TypedTerm, problem: String) -> Result<Response, PageError> {
    let page = if typed.op == "add" {
        typed.digest.clear();
        draw(desk, frame, &Asked::default(), typed, None, Some(problem)).await?
    } else {
        draw_term(desk, frame, &typed.id, Some(problem)).await?
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}

async fn digest(desk: &Desk) -> Result<String, PageError> {
    (desk.hands.file_digest)(ConfigFile::Terms).await.map_err(PageError::Hand)
}

async fn draw(
    desk: &Desk,
    frame: &Frame,
    asked: &Asked,
    mut typed: TypedTerm,
    tried: Option<Tried>,
    problem: Option<String>,
) -> Result<String, PageError> {
    if typed.digest.is_empty() {
        typed.digest = digest(desk).await?;
    }
    let given = desk.given();
    let wanted = fold(asked.q.trim());
    let holds = |it: &&TermSpec| {
        (asked.class.is_empty() || it.class.as_str() == asked.class)
            && (wanted.is_empty() || [&it.id, &it.why].into_iter().chain(&it.forms).any(|text| fold(text).contains(&wanted)))
    };
    let found: Vec<&TermSpec> = given.terms.term_specs().iter().filter(holds).collect();
    let pages = found.len().div_ceil(PER_PAGE).max(1);
    let page = asked.page.min(pages - 1);
    let page = TermsPage {
        frame,
        version: given.terms.version(),
        asked,
        all: found.len(),
        terms: found.iter().skip(page * PER_PAGE).take(PER_PAGE).map(|it| term_shown(frame, it)).collect(),
        page,
        pages,
        guards: given.terms.guard_specs().map(|it| guard_shown(frame, it)).collect(),
        topics: Topic::ALL.iter().map(|it| (it.as_str(), topic_label(frame.lang, it.as_str()).to_owned())).collect(),
        typed,
        tried,
        problem,
    };
    Ok(page.render()?)
}

async fn draw_term(desk: &Desk, frame: &Frame, id: &str, problem: Option<String>) -> Result<String, PageError> {
    let terms = desk.given().terms;
    let term = terms.term_specs().iter().find(|it| it.id == id).ok_or(PageError::NotFound)?;
    let bears = |it: &&GuardSpec| it.terms.iter().any(|own| own == id);
    let page = TermPage {
        frame,
        term: term_shown(frame, term),
        guards: terms.guard_specs().filter(bears).map(|it| guard_shown(frame, it)).collect(),
        digest: digest(desk).await?,
        problem,
    };
    Ok(page.render()?)
}

fn term_shown(frame: &Frame, it: &TermSpec) -> TermShown {
    let near = |near: &Option<Near>, words: &str| near.as_ref().map(|it| format!("{words} ({}): {}", it.within_words, it.forms.join("; ")));
    let mut marks: Vec<String> =
        it.anchor.then(|| frame.say("dấu hiệu bóc lột, khống chế", "tells of exploitation").to_owned()).into_iter().collect();
    marks.extend(it.alone.then(|| frame.say("đứng một mình cũng để chuyên viên xem", "for an officer by itself").to_owned()));
    marks.extend(near(&it.only_near, frame.say("chỉ tính khi ở gần", "only near")));
    marks.extend(near(&it.strong_near, frame.say("thành từ khóa chính khi ở gần", "strong near")));
    TermShown {
        id: it.id.clone(),
        class: it.class,
        class_words: class_words(frame, it.class),
        topic: topic_label(frame.lang, it.topic.as_str()).to_owned(),
        forms: it.forms.clone(),
        near: marks,
        why: it.why.clone(),
    }
}

fn guard_shown(frame: &Frame, it: &GuardSpec) -> GuardShown {
    let effect = match it.effect {
        GuardEffect::Cancel => frame.say("không tính", "cancels"),
        GuardEffect::Passing => frame.say("chỉ là nhắc thoáng qua", "in passing"),
        GuardEffect::Listed => frame.say("câu liệt kê", "a list"),
        GuardEffect::Charge => frame.say("tội danh bị truy cứu", "the charge"),
        GuardEffect::Review => frame.say("để chuyên viên xem", "for an officer"),
        GuardEffect::Mark => frame.say("đánh dấu", "marks"),
        GuardEffect::Unmark => frame.say("bỏ dấu", "unmarks"),
    };
    GuardShown { id: it.id.clone(), effect, forms: it.forms.clone(), terms: it.terms.join(", "), why: it.why.clone() }
}

/// What a class of terms is called.
fn class_words(frame: &Frame, class: TermClass) -> &'static str {
    match class {
        TermClass::Strong => frame.say("từ khóa chính", "strong"),
        TermClass::ContextualHigh => frame.say("dấu hiệu mạnh", "contextual, high"),
        TermClass::Contextual => frame.say("từ bối cảnh", "contextual"),
        TermClass::Guard => frame.say("quy tắc loại trừ", "guard"),
    }
}

fn span(frame: &Frame, terms: &Terms, it: &Reason) -> SpanShown {
    let why = |id: &str| terms.entries().find(|entry| entry.id == id).map_or("", |entry| entry.why).to_owned();
    let fate = match (&it.cancelled_by, &it.passing_by) {
        (Some(guard), _) => format!("{} {guard}: {}", frame.say("không tính, theo", "cancelled by"), why(guard)),
        (None, Some(guard)) => format!("{} {guard}: {}", frame.say("chỉ nhắc thoáng qua, theo", "in passing, by"), why(guard)),
        (None, None) => format!("{}: {}", frame.say("được tính", "counts"), why(&it.term)),
    };
    let zone = match it.zone {
        Zone::Title => frame.say("tiêu đề", "title"),
        Zone::Lead => frame.say("sapo", "lead"),
        Zone::Body => frame.say("nội dung", "body"),
        Zone::Caption => frame.say("chú thích ảnh", "caption"),
    };
    SpanShown { text: it.text.clone(), zone, term: it.term.clone(), class: class_words(frame, it.class), fate }
}

fn effect_page<'a>(desk: &Desk, frame: &'a Frame, typed: &'a TypedTerm, effect: &'a Effect) -> EffectPage<'a> {
    let names: BTreeMap<String, String> = desk.given().outlets.iter().map(|it| (it.id.to_string(), it.name.clone())).collect();
    let name = |id: &OutletId| names.get(id.as_str()).cloned().unwrap_or_else(|| id.to_string());
    let month = |it: Option<Month>| it.map_or_else(|| frame.say("không rõ ngày", "no date").to_owned(), Month::shown);
    let verdict = |it: &VerdictEffect| VerdictShown {
        href: format!("/outlets/{}/{}", it.outlet, it.month),
        outlet: name(&it.outlet),
        month: Month::shown(it.month),
        effect: it.clone(),
    };
    let (closed, open): (Vec<_>, Vec<_>) = effect.verdicts.iter().map(verdict).partition(|it| it.effect.closed);
    let count = |it: &ChangeCount| CountShown {
        month: month(it.month),
        outlet: name(&it.outlet),
        before: it.before,
        after: it.after,
        count: number_shown(it.count),
        closed: it.closed,
    };
    let change = |it: &JudgementChange| ChangeShown {
        id: it.article,
        title: it.title.clone(),
        outlet: name(&it.outlet),
        month: month(it.month),
        before: it.before,
        after: it.after,
    };
    EffectPage {
        what: typed.words(frame),
        typed,
        from: effect.months.last().copied().map(Month::shown).unwrap_or_default(),
        to: effect.months.first().copied().map(Month::shown).unwrap_or_default(),
        effect,
        changed: effect.counts.iter().map(|it| it.count).sum(),
        counts: effect.counts.iter().map(count).collect(),
        changes: effect.changes.iter().map(change).collect(),
        verdicts: open,
        closed,
        frame,
    }
}

impl TypedTerm {
    /// The change in words.
    fn words(&self, frame: &Frame) -> String {
        let class = self.class.parse::<TermClass>().map_or("", |it| class_words(frame, it));
        match self.op.as_str() {
            "add" => format!("{} “{}” ({class}): {}", frame.say("Thêm từ", "Add the term"), self.id, self.lines().join("; ")),
            "class" => format!("{} “{}”: {class}", frame.say("Đổi loại của từ", "Change the class of"), self.id),
            _ => format!("{} “{}”", frame.say("Bỏ từ", "Remove the term"), self.id),
        }
    }

    fn lines(&self) -> Vec<String> {
        self.forms.lines().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
    }

    /// The change that is asked for.
    fn edit(&self, frame: &Frame) -> Result<Edit, String> {
        let say = |vi: &str, en: &str| frame.say(vi, en).to_owned();
        let class = || self.class.parse::<TermClass>().map_err(|_| say("Hãy chọn loại từ.", "Choose a class."));
        match self.op.as_str() {
            "add" => {
                if self.lines().is_empty() || self.why.trim().is_empty() || self.id.trim().is_empty() {
                    return Err(say("Cần mã, ít nhất một cách viết, và lý do.", "An id, at least one form and a reason are needed."));
                }
                let topic = self.topic.parse::<Topic>().map_err(|_| say("Hãy chọn nội dung.", "Choose a topic."))?;
                let (id, why) = (self.id.trim().to_owned(), self.why.trim().to_owned());
                Ok(Edit::AddTerm(NewTerm { id, topic, class: class()?, forms: self.lines(), why }))
            }
            "class" => Ok(Edit::ReclassTerm { id: self.id.clone(), class: class()? }),
            "remove" => Ok(Edit::RemoveTerm { id: self.id.clone() }),
            _ => Err(say("Không rõ cần sửa gì.", "It is not clear what to change.")),
        }
    }
}
