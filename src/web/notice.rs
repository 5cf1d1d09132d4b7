//! One notice: what became of it, what it says, and what an officer does with it.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use serde_json::Value;

use super::{
    decide::{by, statement},
    error::PageError,
    frame::{Done, Frame, done_at},
    notices::{NoticeRow, message_of},
    state::Desk,
};
use crate::{
    domain::{
        audit::{Act, AuditRow},
        notice::{Audience, NoticeState, Outgoing},
    },
    store::{audit::AuditFilter, hand::Hand, notice::Notice},
};

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticePage<'a> {
    frame: &'a Frame,
    row: NoticeRow,
    explained: &'a str,
    called: String,
    /// When it was sent, tried or stopped last, and which of these.
    settled: Option<(&'a str, String)>,
    attempts: u32,
    /// When it is tried again, where it failed for now.
    again: Option<String>,
    /// Names and addresses; empty where nobody is named.
    to: Vec<String>,
    cc: Vec<String>,
    message: Option<Outgoing>,
    /// Whether it was made for this look: it is written anew when it goes out.
    preview: bool,
    /// Whether the link by which the outlet answers was taken out of it.
    masked: bool,
    forms: Vec<HandForm<'a>>,
    handled: Vec<HandledShown>,
    refused: Option<&'a Refused>,
}

/// What an officer can do with it.
struct HandForm<'a> {
    hand: Hand,
    title: &'a str,
    hint: &'a str,
    /// What was typed before it was refused.
    reason: &'a str,
    sure: bool,
}

/// What an officer did with it.
struct HandledShown {
    at: String,
    by: String,
    state: Option<NoticeState>,
    reason: String,
}

/// A hand as it is typed.
#[derive(Debug, Default, Deserialize)]
pub struct TypedHand {
    #[serde(default)]
    hand: String,
    #[serde(default)]
    reason: String,
    /// Set where the officer has ticked that it may arrive twice.
    #[serde(default)]
    sure: String,
}

/// A hand that was refused.
struct Refused {
    typed: TypedHand,
    /// Why, in the visitor's language.
    problem: String,
}

/// Acts that are shown of one notice.
const ACTS_MAX: u32 = 50;
/// What stands before the token of a reply link.
const REPLY: &str = "/reply/";

/// The page.
///
/// # Errors
/// Where there is no such notice, or the store fails.
pub async fn show(State(desk): State<Desk>, frame: Frame, Path(id): Path<i64>) -> Result<Html<String>, PageError> {
    let notice = desk.store.notice(id).await?.ok_or(PageError::NotFound)?;
    Ok(Html(draw(&desk, &frame, &notice, None).await?))
}

/// The message as a mail program draws it.
///
/// # Errors
/// Where there is none, or the store fails.
pub async fn html(State(desk): State<Desk>, frame: Frame, Path(id): Path<i64>) -> Result<Response, PageError> {
    let notice = desk.store.notice(id).await?.ok_or(PageError::NotFound)?;
    let message = message_of(&notice).filter(|it| !it.html.is_empty()).ok_or(PageError::NotFound)?;
    let mut answer = Html(shown(&frame, &message).html).into_response();
    // A mail brings its look along; nothing in it may run, load or be sent.
    let policy = HeaderValue::from_static("sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(answer)
}

/// Lays an officer's hand on a notice.
///
/// # Errors
/// Where there is no such notice or hand, or the store fails.
pub async fn handle(
    State(desk): State<Desk>,
    frame: Frame,
    Path(id): Path<i64>,
    Form(typed): Form<TypedHand>,
) -> Result<Response, PageError> {
    desk.store.notice(id).await?.ok_or(PageError::NotFound)?;
    let hand = Hand::ALL.into_iter().find(|it| it.as_str() == typed.hand).ok_or(PageError::NotFound)?;
    match lay(&desk, &frame, id, hand, &typed).await {
        Ok(()) => Ok(Redirect::to(&done_at(&format!("/notices/{id}"), Done::Saved)).into_response()),
        Err(PageError::Refused(vi, en)) => {
            // Read again: somebody else may have had a hand in it.
            let notice = desk.store.notice(id).await?.ok_or(PageError::NotFound)?;
            let refused = Refused { typed, problem: frame.say(&vi, &en).to_owned() };
            let page = draw(&desk, &frame, &notice, Some(&refused)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
        Err(other) => Err(other),
    }
}

async fn lay(desk: &Desk, frame: &Frame, id: i64, hand: Hand, typed: &TypedHand) -> Result<(), PageError> {
    let refused = |vi: &str, en: &str| Err(PageError::Refused(vi.to_owned(), en.to_owned()));
    let reason = statement(&typed.reason)?;
    if hand == Hand::Resend && typed.sure.is_empty() {
        return refused(
            "Trước khi gửi lại, hãy đánh dấu là đã biết người nhận có thể nhận được hai lần.",
            "Before it is sent again, tick that whoever it is for may get it twice.",
        );
    }
    if !desk.store.handle_notice(id, hand, &reason, by(frame)?.as_str(), desk.now()).await? {
        return refused(
            "Trạng thái của thông báo này đã thay đổi, không làm được việc vừa chọn. Hãy xem lại bên dưới.",
            "The state of this notice has changed, and what was chosen cannot be done. Look again below.",
        );
    }
    Ok(())
}

async fn draw(desk: &Desk, frame: &Frame, notice: &Notice, refused: Option<&Refused>) -> Result<String, PageError> {
    let kept = match message_of(notice) {
        None if can_go(notice.state) => (desk.hands.preview)(notice.key.clone()).await.map_err(PageError::Hand)?,
        kept => kept,
    };
    let message = kept.as_ref().map(|it| shown(frame, it));
    let (to, cc) = match &message {
        Some(it) => (it.to.iter().map(|it| named(&it.name, &it.email)).collect(), it.cc.clone()),
        None => (receivers(desk, frame, notice), Vec::new()),
    };
    let log = AuditFilter { act: Some(Act::NoticeHandled), subject: notice.key.to_string(), ..AuditFilter::default() };
    let acts = desk.store.audit_before(&log, None, ACTS_MAX).await?;
    let waits_again = notice.state == NoticeState::Called && notice.not_before > desk.now();
    let page = NoticePage {
        frame,
        row: NoticeRow::of(desk, frame, notice),
        explained: explained(frame, notice.state),
        called: desk.moment(notice.called_at),
        settled: notice.settled_at.map(|at| (settled_how(frame, notice.state), desk.moment(at))),
        attempts: notice.attempts,
        again: waits_again.then(|| desk.moment(notice.not_before)),
        to,
        cc,
        masked: message != kept,
        preview: notice.message.is_none(),
        message,
        forms: if frame.may_decide() { forms(frame, notice.state, refused) } else { Vec::new() },
        handled: acts.iter().filter(|it| it.subject == log.subject).map(|it| handled_shown(desk, it)).collect(),
        refused,
    };
    Ok(page.render()?)
}

/// Whether a notice may still go out, written by what is known then.
fn can_go(state: NoticeState) -> bool {
    state.is_ahead() || matches!(state, NoticeState::Stopped | NoticeState::Failed | NoticeState::Bounced)
}

impl NoticePage<'_> {
    /// The reason that was typed for something that cannot be done any more.
    fn orphan(&self) -> Option<&str> {
        let typed = &self.refused?.typed;
        let is_lost = !typed.reason.trim().is_empty() && self.forms.iter().all(|it| it.hand.as_str() != typed.hand);
        is_lost.then_some(typed.reason.as_str())
    }
}

/// A message as whoever looks may see it: who has the link of an answer may answer in the outlet's name.
fn shown(frame: &Frame, message: &Outgoing) -> Outgoing {
    if frame.may_decide() {
        return message.clone();
    }
    let masked = |text: &str| without_tokens(text);
    Outgoing {
        subject: masked(&message.subject),
        text: masked(&message.text),
        html: masked(&message.html),
        chat: masked(&message.chat),
        ..message.clone()
    }
}

/// A text whose reply links have lost their tokens.
fn without_tokens(text: &str) -> String {
    let mut parts = text.split(REPLY);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| format!("{all}{REPLY}…{}", part.trim_start_matches(|it: char| it.is_ascii_alphanumeric())))
}

fn named(name: &str, email: &str) -> String {
    if name.is_empty() { email.to_owned() } else { format!("{name} <{email}>") }
}

/// Whom a notice that was not written yet goes to, as the register stands now.
fn receivers(desk: &Desk, frame: &Frame, notice: &Notice) -> Vec<String> {
    let audience = notice.key.step.audience();
    match notice.key.outlet().and_then(|it| desk.outlet(it.as_str())) {
        Some(outlet) if audience == Audience::Outlet => {
            outlet.contacts_in(desk.this_month()).map(|it| named(&it.name, &it.email)).collect()
        }
        _ => vec![frame.audience(&audience).to_owned()],
    }
}

fn explained(frame: &Frame, state: NoticeState) -> &'static str {
    let (vi, en) = match state {
        NoticeState::Waits => ("Chưa gửi: một chuyên viên phải duyệt trước.", "Not sent: an officer must approve it first."),
        NoticeState::Called => {
            ("Sẽ gửi ở lượt kế tiếp, trừ khi có điều gì giữ lại.", "It goes out in the next round unless something holds it back.")
        }
        NoticeState::Sending => ("Đang gửi. Xin xem lại sau ít phút.", "It is being sent. Look again in a few minutes."),
        NoticeState::Sent => ("Bên nhận đã tiếp nhận.", "The other side has taken it over."),
        NoticeState::MaybeSent => (
            "Việc gửi bị đứt giữa chừng: thông báo có thể đã tới nơi. Chương trình không tự gửi lại, vì người nhận có thể nhận hai lần. \
             Hãy hỏi người nhận rồi chọn bên dưới.",
            "Sending broke off: it may have arrived. It is not sent again by itself, for it might arrive twice. Ask whoever it is for, \
             then choose below.",
        ),
        NoticeState::Failed => (
            "Thông báo không tới được nếu để nguyên như vậy. Hãy sửa nguyên nhân rồi gửi lại, hoặc liên hệ bằng cách khác rồi dừng.",
            "It will not arrive as it is. Mend the cause and send it again, or reach them in another way and stop it.",
        ),
        NoticeState::Cancelled => ("Không còn điều gì cần thông báo.", "Nothing calls for it any more."),
        NoticeState::Stopped => (
            "Chuyên viên đã dừng: không gửi cho tới khi chuyên viên cho gửi.",
            "An officer stopped it: it is not sent until an officer lets it go.",
        ),
        NoticeState::Bounced => (
            "Thông báo bị trả lại. Hãy sửa người nhận ở sổ đăng ký rồi gửi lại, hoặc liên hệ bằng cách khác.",
            "It came back. Mend the contact in the register and send it again, or reach them in another way.",
        ),
    };
    frame.lang.say(vi, en)
}

/// What the last change that is dated was.
fn settled_how(frame: &Frame, state: NoticeState) -> &'static str {
    match state {
        NoticeState::Cancelled | NoticeState::Stopped => frame.lang.say("Dừng lúc", "Stopped"),
        _ => frame.lang.say("Lần gửi gần nhất", "Last attempt"),
    }
}

/// What can be done with a notice in that state.
fn forms<'a>(frame: &Frame, state: NoticeState, refused: Option<&'a Refused>) -> Vec<HandForm<'a>> {
    let hands = Hand::ALL.into_iter().filter(|it| it.takes().contains(&state));
    let form = |hand: Hand| {
        let typed = refused.map(|it| &it.typed).filter(|it| it.hand == hand.as_str());
        let (title, hint) = words(frame, hand, state);
        HandForm { hand, title, hint, reason: typed.map_or("", |it| it.reason.as_str()), sure: typed.is_some_and(|it| !it.sure.is_empty()) }
    };
    hands.map(form).collect()
}

fn words(frame: &Frame, hand: Hand, state: NoticeState) -> (&'static str, &'static str) {
    let (vi, en) = match hand {
        Hand::Approve => (
            ("Cho gửi", "Thông báo đi ở lượt gửi kế tiếp, nếu lúc đó kết quả tháng vẫn như vậy; nội dung lấy theo số liệu lúc gửi."),
            ("Let it go", "It goes out in the next round if the month still calls for it, with the figures of that time."),
        ),
        Hand::Arrive => (
            ("Xác nhận đã tới", "Đã hỏi và người nhận cho biết đã nhận được. Thông báo không gửi lại."),
            ("It did arrive", "Whoever it is for was asked and has it. It is not sent again."),
        ),
        Hand::Resend if state == NoticeState::MaybeSent => (
            ("Gửi lại", "Đúng thông báo này đi lần nữa. Nếu lần trước đã tới, người nhận sẽ nhận được hai lần."),
            ("Send it again", "The same message goes out once more. If it did arrive, whoever it is for gets it twice."),
        ),
        Hand::Resend => (
            (
                "Gửi lại",
                "Thông báo được soạn lại theo số liệu và người nhận trong sổ đăng ký lúc gửi. Ai đã nhận lần trước sẽ nhận hai lần.",
            ),
            ("Send it again", "It is written anew, to whom the register names then. Whoever got it before gets it twice."),
        ),
        Hand::Bounce => (
            ("Ghi nhận bị trả lại", "Thư trả lại đã về hộp thư gửi, hoặc người nhận báo không nhận được."),
            ("Note that it came back", "It came back to the sender's mailbox, or whoever it is for says that it did not arrive."),
        ),
        Hand::Stop if state == NoticeState::Failed => (
            ("Dừng, không gửi nữa", "Đã liên hệ bằng cách khác, hoặc không còn cần gửi."),
            ("Stop it", "They were reached in another way, or it is needed no more."),
        ),
        Hand::Stop => (
            ("Dừng, không gửi", "Thông báo này không gửi cho tới khi chuyên viên cho gửi."),
            ("Stop it", "It is not sent until an officer lets it go."),
        ),
    };
    (frame.lang.say(vi.0, en.0), frame.lang.say(vi.1, en.1))
}

fn handled_shown(desk: &Desk, row: &AuditRow) -> HandledShown {
    let after: Value = serde_json::from_str(&row.after).unwrap_or_default();
    let part = |name: &str| after.get(name).and_then(Value::as_str).unwrap_or_default();
    HandledShown { at: desk.moment(row.at), by: row.by.clone(), state: part("state").parse().ok(), reason: part("reason").to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_link_without_its_token_opens_nothing_and_the_rest_stands() {
        let text = "Trả lời tại:\nhttps://so.example/reply/0aF9\nvà <a href=\"https://so.example/reply/0aF9\">đây</a>, /outlets/a/2026-03.";
        let shown = "Trả lời tại:\nhttps://so.example/reply/…\nvà <a href=\"https://so.example/reply/…\">đây</a>, /outlets/a/2026-03.";
        assert_eq!(without_tokens(text), shown);
        assert_eq!(without_tokens("không có liên kết"), "không có liên kết");
    }
}
