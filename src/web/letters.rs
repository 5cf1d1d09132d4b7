//! Official letters: drafts for the outlets of a month, approval, and the number once they are issued.

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use chrono::NaiveDate;
use serde::Deserialize;

use super::{
    decide::by,
    error::PageError,
    frame::{Done, Frame, done_at},
    state::{Desk, Doubts, LetterAnswer, Written},
};
use crate::{
    domain::{ladder::NoCall, letter::LetterState, month::Month, outlet::OutletId, user::Deed, verdict::Verdict},
    store::letter::{Letter, LetterFiles, LetterStep},
};

#[derive(Template)]
#[template(path = "letters.html")]
struct LettersPage<'a> {
    frame: &'a Frame,
    /// The month whose outlets may be written to.
    month: Month,
    missing: Vec<(OutletId, String)>,
    letters: Vec<LetterShown>,
    page: u32,
    more: bool,
    may_approve: bool,
    today: NaiveDate,
    typed: &'a TypedIssue,
    problem: Option<String>,
}

struct LetterShown {
    id: i64,
    month: String,
    outlets: String,
    state: LetterState,
    made: String,
    approved: String,
    issued: String,
    /// Why it should not go out as things stand now; empty where nothing speaks against it.
    doubt: String,
    /// The legal texts that it cites and that bear a note, and the notes; of a draft.
    bases: Vec<(String, String)>,
}

/// Which month and page are looked at.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    month: String,
    #[serde(default)]
    page: u32,
}

/// A number and a day as they are typed.
#[derive(Debug, Default, Deserialize)]
pub struct TypedIssue {
    #[serde(default)]
    number: String,
    #[serde(default)]
    day: String,
    /// Set where it went out although its ground has gone since.
    #[serde(default)]
    sure: String,
}

/// Drafts whose ground is looked at anew on a page; approving looks in any case.
const DRAFTS_LOOKED_AT_MAX: usize = 10;
/// Letters on a page, and pages that are turned to.
const PAGE: u32 = 50;
const PAGES_MAX: u32 = 1_000;

/// The page.
///
/// # Errors
/// Where the store fails.
pub async fn show(State(desk): State<Desk>, frame: Frame, Query(asked): Query<Asked>) -> Result<Html<String>, PageError> {
    Ok(Html(draw(&desk, &frame, &asked, &TypedIssue::default(), None).await?))
}

/// Drafts a letter to the chosen outlets.
///
/// # Errors
/// Where the store fails.
pub async fn draft(State(desk): State<Desk>, frame: Frame, Form(fields): Form<Vec<(String, String)>>) -> Result<Response, PageError> {
    let month = fields.iter().find(|it| it.0 == "month").map(|it| it.1.clone()).unwrap_or_default();
    let month: Month = month.parse().map_err(|_| PageError::NotFound)?;
    let chosen = fields.iter().filter(|it| it.0 == "outlet").filter_map(|it| desk.outlet(&it.1)).map(|it| it.id);
    let outlets: Vec<OutletId> = chosen.collect();
    // Drawn once, so that a draft that can never be approved is refused at once.
    match (desk.hands.letter)((month, outlets.clone())).await.map_err(PageError::Hand)? {
        LetterAnswer::Written(_) => {
            desk.store.draft_letter(month, &outlets, by(&frame)?.as_str(), desk.now()).await?;
            Ok(Redirect::to(&done_at(&format!("/letters?month={month}"), Done::Saved)).into_response())
        }
        refused => again(&desk, &frame, month, &TypedIssue::default(), why_not(&frame, &refused)).await,
    }
}

/// Approves a draft: its bytes are kept as they are now.
///
/// # Errors
/// Where there is no such draft, or the store fails.
pub async fn approve(State(desk): State<Desk>, frame: Frame, Path(id): Path<i64>) -> Result<Response, PageError> {
    let letter = letter(&desk, id).await?;
    let Written { docx, pdf } = match (desk.hands.letter)((letter.month, letter.outlets.clone())).await.map_err(PageError::Hand)? {
        LetterAnswer::Written(it) => it,
        refused => return again(&desk, &frame, letter.month, &TypedIssue::default(), why_not(&frame, &refused)).await,
    };
    let (attachments, name) = (desk.attachments.clone(), name_of(&letter));
    let kept = tokio::task::spawn_blocking(move || {
        let keep = |bytes: &[u8], kind: &str| attachments.keep_bytes(bytes, std::path::Path::new(&format!("{name}.{kind}")));
        Ok::<_, PageError>(LetterFiles { docx: keep(&docx, "docx")?, pdf: keep(&pdf, "pdf")? })
    });
    let files = kept.await.map_err(|it| PageError::Hand(it.into()))??;
    step(&desk, &frame, &letter, &LetterStep::Approve(files)).await
}

/// Notes the number and the day under which a letter was issued.
///
/// # Errors
/// Where there is no such letter, or the store fails.
pub async fn issue(
    State(desk): State<Desk>,
    frame: Frame,
    Path(id): Path<i64>,
    Form(typed): Form<TypedIssue>,
) -> Result<Response, PageError> {
    let letter = letter(&desk, id).await?;
    let number = typed.number.trim().parse::<u32>().ok().filter(|it| *it > 0);
    let day = typed.day.parse::<NaiveDate>().ok().filter(|it| *it <= desk.now().with_timezone(&desk.site.zone).date_naive());
    let Some((number, day)) = number.zip(day) else {
        let problem = frame.say(
            "Số văn bản là một số dương; ngày ban hành không được ở tương lai.",
            "The number is above zero, and the day of issue not in the future.",
        );
        return again(&desk, &frame, letter.month, &typed, problem.to_owned()).await;
    };
    let doubts = (desk.hands.letter_doubts)((letter.month, letter.outlets.clone())).await.map_err(PageError::Hand)?;
    if !doubts.unproven.is_empty() && typed.sure.is_empty() {
        return again(&desk, &frame, letter.month, &typed, unproven_words(&frame, &doubts.unproven)).await;
    }
    step(&desk, &frame, &letter, &LetterStep::Issue(number, day)).await
}

/// Drops a letter that is not needed.
///
/// # Errors
/// Where there is no such letter, or the store fails.
pub async fn drop_letter(State(desk): State<Desk>, frame: Frame, Path(id): Path<i64>) -> Result<Response, PageError> {
    let letter = letter(&desk, id).await?;
    step(&desk, &frame, &letter, &LetterStep::Drop).await
}

/// The letter as a file: a draft as it would be now, any other as it was approved.
///
/// # Errors
/// Where there is no such letter, or it cannot be drawn.
pub async fn file(State(desk): State<Desk>, frame: Frame, Path((id, kind)): Path<(i64, String)>) -> Result<Response, PageError> {
    let letter = letter(&desk, id).await?;
    let (mime, is_pdf) = match kind.as_str() {
        "pdf" => ("application/pdf", true),
        "docx" => ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", false),
        _ => return Err(PageError::NotFound),
    };
    let bytes = match &letter.files {
        Some(files) => {
            let (attachments, digest) = (desk.attachments.clone(), if is_pdf { files.pdf.clone() } else { files.docx.clone() });
            let read = tokio::task::spawn_blocking(move || attachments.read(&digest)).await.map_err(|it| PageError::Hand(it.into()))?;
            read?
        }
        None => match (desk.hands.letter)((letter.month, letter.outlets.clone())).await.map_err(PageError::Hand)? {
            LetterAnswer::Written(it) => {
                if is_pdf {
                    it.pdf
                } else {
                    it.docx
                }
            }
            refused => return again(&desk, &frame, letter.month, &TypedIssue::default(), why_not(&frame, &refused)).await,
        },
    };
    let name = format!("{}; filename=\"{}.{kind}\"", if is_pdf { "inline" } else { "attachment" }, name_of(&letter));
    Ok(([(header::CONTENT_TYPE, mime.to_owned()), (header::CONTENT_DISPOSITION, name)], bytes).into_response())
}

async fn letter(desk: &Desk, id: i64) -> Result<Letter, PageError> {
    desk.store.letter(id).await?.ok_or(PageError::NotFound)
}

fn name_of(letter: &Letter) -> String {
    format!("cong-van-{}-{}", letter.month, letter.id)
}

async fn step(desk: &Desk, frame: &Frame, letter: &Letter, step: &LetterStep) -> Result<Response, PageError> {
    if desk.store.advance_letter(letter.id, step, by(frame)?.as_str(), desk.now()).await? {
        return Ok(Redirect::to(&done_at(&format!("/letters?month={}", letter.month), Done::Saved)).into_response());
    }
    let problem = frame.say("Công văn này đã sang bước khác.", "The letter has gone another step.");
    again(desk, frame, letter.month, &TypedIssue::default(), problem.to_owned()).await
}

/// Why there is no letter, in words.
fn why_not(frame: &Frame, answer: &LetterAnswer) -> String {
    match answer {
        LetterAnswer::Unproven(all) => unproven_words(frame, all),
        LetterAnswer::Nobody | LetterAnswer::Written(_) => {
            frame.say("Hãy chọn ít nhất một cơ quan báo chí.", "Choose an outlet.").to_owned()
        }
    }
}

/// The outlets that cannot be written to, in words.
fn unproven_words(frame: &Frame, all: &[(String, NoCall)]) -> String {
    let names = all.iter().map(|(name, why)| format!("{name} ({})", why.label())).collect::<Vec<_>>().join("; ");
    let words = frame.say("Chưa đủ căn cứ để gửi công văn tới", "Nothing proves that nothing was published, so no letter is written to");
    format!("{words}: {names}.")
}

async fn again(desk: &Desk, frame: &Frame, month: Month, typed: &TypedIssue, problem: String) -> Result<Response, PageError> {
    let asked = Asked { month: month.to_string(), page: 0 };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(draw(desk, frame, &asked, typed, Some(problem)).await?)).into_response())
}

async fn draw(desk: &Desk, frame: &Frame, asked: &Asked, typed: &TypedIssue, problem: Option<String>) -> Result<String, PageError> {
    let given = desk.given();
    let month = asked.month.parse().unwrap_or_else(|_| desk.this_month().previous());
    let verdicts = desk.store.latest_verdicts(&[month]).await?;
    let is_missing = |it: &OutletId| verdicts.get(&(it.to_string(), month)).is_some_and(|it| it.verdict == Verdict::NotMet);
    let page = asked.page.min(PAGES_MAX);
    let mut kept = desk.store.letters(page * PAGE, PAGE + 1).await?;
    let more = kept.len() > PAGE as usize;
    kept.truncate(PAGE as usize);
    let name = |id: &OutletId| given.outlets.iter().find(|it| it.id == *id).map_or_else(|| id.to_string(), |it| it.name.clone());
    let mut letters = Vec::new();
    let mut drafts = 0;
    for it in kept {
        drafts += usize::from(it.state == LetterState::Draft);
        // Whoever notes the number of an approved letter must be able to say that it went out before its ground was gone.
        let is_looked_at = it.state == LetterState::Approved || (it.state == LetterState::Draft && drafts <= DRAFTS_LOOKED_AT_MAX);
        let doubts = match is_looked_at {
            true => (desk.hands.letter_doubts)((it.month, it.outlets.clone())).await.map_err(PageError::Hand)?,
            false => Doubts::default(),
        };
        let doubt = if doubts.unproven.is_empty() { String::new() } else { unproven_words(frame, &doubts.unproven) };
        let bases = if it.state == LetterState::Draft { doubts.bases } else { Vec::new() };
        letters.push((it, doubt, bases));
    }
    let shown = |(it, doubt, bases): (Letter, String, Vec<(String, String)>)| LetterShown {
        id: it.id,
        month: it.month.shown(),
        outlets: it.outlets.iter().map(name).collect::<Vec<_>>().join("; "),
        state: it.state,
        made: format!("{}, {}", it.made.0, desk.moment(it.made.1)),
        approved: it.approved.map(|(by, at)| format!("{by}, {}", desk.moment(at))).unwrap_or_default(),
        issued: it.issued.map(|(number, day)| format!("{number:02}, {}", day.format("%d/%m/%Y"))).unwrap_or_default(),
        doubt,
        bases,
    };
    let page = LettersPage {
        frame,
        month,
        missing: given.outlets.iter().filter(|it| is_missing(&it.id)).map(|it| (it.id.clone(), it.name.clone())).collect(),
        letters: letters.into_iter().map(shown).collect(),
        page,
        more,
        may_approve: frame.may(Deed::Close),
        today: desk.now().with_timezone(&desk.site.zone).date_naive(),
        typed,
        problem,
    };
    Ok(page.render()?)
}
