//! What was asked of the line, and what came of it: a page that looks again by itself until there is an answer.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderName, HeaderValue},
    response::{Html, IntoResponse, Response},
};

use super::{error::PageError, frame::Frame, lang::Lang, state::Desk};
use crate::{
    domain::{
        request::{Answer, Fault, Request},
        user::Deed,
        visit::Outcome,
    },
    store::request::KeptRequest,
};

#[derive(Template)]
#[template(path = "request.html")]
struct RequestPage<'a> {
    frame: &'a Frame,
    asked: &'a KeptRequest,
    at: String,
    what: String,
    answer: Option<Shown>,
    back: Option<(String, String)>,
}

/// An answer in words.
struct Shown {
    good: bool,
    words: String,
    /// What is known beyond the words, as the machine says it.
    detail: String,
    /// Where it leads: address and words.
    onward: Option<(String, String)>,
}

/// A page looks again after so many seconds.
const AGAIN_SECONDS: &str = "2";
const REFRESH: HeaderName = HeaderName::from_static("refresh");

/// One request with its answer.
///
/// # Errors
/// Where there is no such request, or the store fails.
pub async fn show(State(desk): State<Desk>, frame: Frame, Path(id): Path<i64>) -> Result<Response, PageError> {
    let asked = desk.store.request(id).await?.ok_or(PageError::NotFound)?;
    let page = RequestPage {
        what: what(&desk, &frame, &asked.what),
        answer: asked.answer.as_ref().map(|it| shown(&frame, &asked, it)),
        back: back(&desk, &frame, &asked.what),
        at: desk.moment(asked.at),
        frame: &frame,
        asked: &asked,
    };
    let html = Html(page.render()?);
    if asked.answer.is_some() {
        return Ok(html.into_response());
    }
    Ok(([(REFRESH, HeaderValue::from_static(AGAIN_SECONDS))], html).into_response())
}

fn outlet_name(desk: &Desk, id: &str) -> String {
    desk.outlet(id).map_or_else(|| id.to_owned(), |it| it.name)
}

/// A request in words.
pub fn what(desk: &Desk, frame: &Frame, request: &Request) -> String {
    match request {
        Request::Visit { outlet } => {
            format!("{}: {}", frame.say("Đọc ngay các nguồn", "Read the sources now"), outlet_name(desk, outlet.as_str()))
        }
        Request::Link { outlet, url } => {
            format!("{} {}: {url}", frame.say("Đọc một bài của", "Read a page of"), outlet_name(desk, outlet.as_str()))
        }
        Request::Discover { url } => format!("{}: {url}", frame.say("Tìm nguồn tin của trang", "Look for the sources of a site")),
        Request::Rejudge { .. } => frame.say("Đánh giá lại tin, bài đã lưu", "Judge the stored articles again").to_owned(),
        Request::Recheck { month } => {
            format!("{} {}", frame.say("Xem lại các bài được tính của tháng", "Look again at what counts for"), month.shown())
        }
    }
}

fn back(desk: &Desk, frame: &Frame, request: &Request) -> Option<(String, String)> {
    match request {
        Request::Visit { outlet } | Request::Link { outlet, .. } => {
            Some((format!("/sources/{outlet}"), outlet_name(desk, outlet.as_str())))
        }
        Request::Recheck { month } => {
            Some((format!("/months/{month}/close"), format!("{} {}", frame.say("Chốt tháng", "Close"), month.shown())))
        }
        Request::Discover { .. } | Request::Rejudge { .. } => None,
    }
}

fn shown(frame: &Frame, asked: &KeptRequest, answer: &Answer) -> Shown {
    let article = |words: &str, id: &i64| Shown {
        good: true,
        words: words.to_owned(),
        detail: String::new(),
        onward: Some((format!("/articles/{id}"), frame.say("Xem tin, bài", "To the article").to_owned())),
    };
    match answer {
        Answer::Read { article: id } => article(frame.say("Đã đọc, lưu trữ và đánh giá.", "It was read, archived and judged."), id),
        Answer::Known { article: id } => article(frame.say("Tin, bài này đã có từ trước.", "This article was known already."), id),
        Answer::Visited { good, all, new } => Shown {
            good: good == all,
            words: match frame.lang {
                Lang::Vi => format!("Đọc được {good}/{all} nguồn; có {new} tin, bài mới."),
                Lang::En => format!("{good} of {all} sources answered; {new} new articles."),
            },
            detail: String::new(),
            onward: None,
        },
        Answer::Found { sources } => Shown {
            good: !sources.is_empty(),
            words: match frame.lang {
                Lang::Vi => format!("Tìm thấy {} nguồn đọc được.", sources.len()),
                Lang::En => format!("{} sources that can be read were found.", sources.len()),
            },
            detail: String::new(),
            onward: frame.may(Deed::Decide).then(|| {
                let words = frame.say("Xem trước và chọn nguồn", "Look at them and choose");
                (format!("/sources-new/{}", asked.id), words.to_owned())
            }),
        },
        Answer::Rejudged { judged, changed } => Shown {
            good: true,
            words: match frame.lang {
                Lang::Vi => format!("Đã đánh giá lại {judged} tin, bài; {changed} đánh giá thay đổi."),
                Lang::En => format!("{judged} articles were judged again; {changed} judgements changed."),
            },
            detail: String::new(),
            onward: Some(("/".to_owned(), frame.say("Về bảng tháng", "To the month board").to_owned())),
        },
        Answer::Rechecked { looked, changed } => Shown {
            good: true,
            words: match frame.lang {
                Lang::Vi => format!("Đã xem lại {looked} bài; {changed} bài không còn như cũ hoặc chưa xem được."),
                Lang::En => format!("{looked} articles were looked at; {changed} are not as they were, or did not answer."),
            },
            detail: String::new(),
            onward: None,
        },
        Answer::Failed { why } => Shown { good: false, words: fault(frame, why), detail: detail(why), onward: None },
    }
}

fn detail(why: &Fault) -> String {
    match why {
        Fault::NotRead { detail, .. } | Fault::NoSite { detail } => detail.clone(),
        _ => String::new(),
    }
}

/// Why a request could not be fulfilled, in words.
fn fault(frame: &Frame, why: &Fault) -> String {
    let say = |vi: &str, en: &str| frame.say(vi, en).to_owned();
    match why {
        Fault::NotRegistered { outlet } => match frame.lang {
            Lang::Vi => format!("Không có “{outlet}” trong sổ đăng ký."),
            Lang::En => format!("“{outlet}” is not in the register."),
        },
        Fault::ForeignHost { host, own } => match frame.lang {
            Lang::Vi => format!("{host} không phải trang của cơ quan báo chí này (các trang đã đăng ký: {}).", own.join(", ")),
            Lang::En => format!("{host} is no host of this outlet (registered: {}).", own.join(", ")),
        },
        Fault::NoArticle => {
            say("Đây là trang chủ hoặc một nguồn tin, không phải một tin, bài.", "This is a home page or a source, not an article.")
        }
        Fault::NoSource => say("Cơ quan báo chí này chưa có nguồn tin nào; hãy thêm nguồn.", "This outlet has no source yet; add one."),
        Fault::NotRead { why, .. } => {
            format!("{}: {}.", frame.say("Không đọc được trang này", "The page could not be read"), not_read(frame, why))
        }
        Fault::NoSite { .. } => say("Không đọc được trang chủ của địa chỉ này.", "The site's home page could not be read."),
        Fault::TooLong { minutes } => match frame.lang {
            Lang::Vi => format!("Quá {minutes} phút chưa xong nên đã dừng. Xin thử lại sau."),
            Lang::En => format!("It was stopped after {minutes} minutes. Please try again later."),
        },
        Fault::Inner => say(
            "Chương trình gặp lỗi. Xin thử lại; nếu vẫn vậy, xin báo người quản trị.",
            "The program met a fault. Please try again; if it persists, tell the administrator.",
        ),
    }
}

/// What the store's word for an unread page means.
fn not_read(frame: &Frame, why: &str) -> String {
    if let Ok(outcome) = why.parse::<Outcome>() {
        return frame.outcome(&outcome).into_owned();
    }
    let (vi, en) = match why {
        "no_text" => ("trang không có chữ", "it holds no text"),
        "too_short" | "too_short_for_outlet" => ("quá ngắn để là một tin, bài", "it is too short for an article"),
        "same_text_as_others" => ("nội dung giống hệt các trang khác", "it holds the same text as other pages"),
        "other_medium" => ("tệp PDF, ảnh hoặc âm thanh", "a PDF file, a picture or a recording"),
        "paywall" => ("bài phải trả phí mới đọc được", "it is not free to read"),
        "foreign_host" => ("chuyển hướng sang trang khác", "it leads to another site"),
        "broken_off" => ("trang bị đứt giữa chừng", "it breaks off"),
        "letters_lost" => ("chữ bị mất dấu hoặc mất chữ", "letters are missing"),
        "no_page_of_its_own" => ("địa chỉ này không có trang riêng", "the address has no page of its own"),
        "unproven" => ("không có dấu hiệu là một tin, bài", "nothing shows that it is an article"),
        "too_complex" => ("trang quá phức tạp", "it is too complex"),
        _ => ("không rõ", "not known"),
    };
    frame.say(vi, en).to_owned()
}
