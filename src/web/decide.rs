//! What officers decide on an outlet's month: off-web evidence, confirmations, hand checks, links, and taking back.

use axum::{
    Form,
    extract::{Multipart, Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use url::Url;

use super::{
    error::PageError,
    frame::{Done, Frame, done_at},
    outlet_month::{Retyped, named, page, path_of},
    state::Desk,
};
use crate::{
    domain::{
        confirmation::{Confirmation, ConfirmationKind, standing_list},
        hand_check::HandCheck,
        month::{Month, Span},
        off_web::{AttachedFile, OffWeb},
        officer::{Item, Refusal, Statement, Withdrawal},
        outlet::{Medium, Outlet},
        request::Request,
    },
    store::officer::WithdrawalEnd,
};

/// Bytes of an attached file, and of the form around it.
pub const FILE_BYTES_MAX: usize = 20 << 20;
pub const FORM_BYTES_MAX: usize = FILE_BYTES_MAX + (1 << 20);

/// The fields of a form.
#[derive(Debug, Default)]
pub struct Typed {
    pub fields: Vec<(String, String)>,
    /// The name and the bytes of the file that came along.
    pub file: Option<(String, Vec<u8>)>,
}

/// Registers off-web evidence.
///
/// # Errors
/// Where the store fails.
pub async fn add_off_web(
    State(desk): State<Desk>,
    frame: Frame,
    Path(place): Path<(String, String)>,
    parts: Multipart,
) -> Result<Response, PageError> {
    let (outlet, month) = named(&desk, &place.0, &place.1)?;
    let typed = Typed::read(parts).await?;
    let end = add_item(&desk, &frame, &outlet, month, &typed).await;
    decided(&desk, &frame, &outlet, month, (end, "off-web", typed)).await
}

async fn add_item(desk: &Desk, frame: &Frame, outlet: &Outlet, month: Month, typed: &Typed) -> Result<Done, PageError> {
    let by = by(frame)?;
    let mut item = typed.item(desk, outlet, month)?;
    // All else is looked at before a file is kept.
    item.clone().admit(by.clone(), desk.site.zone, desk.now()).map_err(|it| refused(&it))?;
    if let Some((name, bytes)) = typed.file.clone() {
        let (attachments, name) = (desk.attachments.clone(), plain_name(&name));
        let called = std::path::PathBuf::from(&name);
        let kept =
            tokio::task::spawn_blocking(move || attachments.keep_bytes(&bytes, &called)).await.map_err(|it| PageError::Hand(it.into()))?;
        item.file = Some(AttachedFile { name: statement(&name)?, sha256: kept? });
    }
    let admitted = item.admit(by, desk.site.zone, desk.now()).map_err(|it| refused(&it))?;
    desk.store.add_off_web(&admitted).await?;
    Ok(Done::Added)
}

/// Records a confirmation.
///
/// # Errors
/// Where the store fails.
pub async fn confirm(
    State(desk): State<Desk>,
    frame: Frame,
    Path(place): Path<(String, String)>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let (outlet, month) = named(&desk, &place.0, &place.1)?;
    let typed = Typed { fields, file: None };
    let kind =
        [ConfirmationKind::BlindChecked, ConfirmationKind::SilenceAccepted].into_iter().find(|it| it.as_str() == typed.field("kind"));
    let kind = kind.ok_or(PageError::NotFound)?;
    let end = record_confirmation(&desk, &frame, &outlet, (month, kind), &typed).await;
    decided(&desk, &frame, &outlet, month, (end, kind.as_str(), typed)).await
}

async fn record_confirmation(
    desk: &Desk,
    frame: &Frame,
    outlet: &Outlet,
    (month, kind): (Month, ConfirmationKind),
    typed: &Typed,
) -> Result<Done, PageError> {
    let now = desk.now();
    let listed = match kind {
        ConfirmationKind::BlindChecked => {
            let span = month.span(desk.site.zone);
            standing_list(&desk.store.month_decisions(&outlet.id, (month, span), span, now).await?.off_web)
        }
        ConfirmationKind::SilenceAccepted => Vec::new(),
    };
    let confirmation = Confirmation { outlet: outlet.id.clone(), month, kind, listed, reason: statement(typed.field("reason"))? };
    let admitted = confirmation.admit(by(frame)?, desk.site.zone, now).map_err(|it| refused(&it))?;
    desk.store.record_confirmation(&admitted).await?;
    Ok(Done::Confirmed)
}

/// Records a hand check.
///
/// # Errors
/// Where the store fails.
pub async fn hand_check(
    State(desk): State<Desk>,
    frame: Frame,
    Path(place): Path<(String, String)>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let (outlet, month) = named(&desk, &place.0, &place.1)?;
    let typed = Typed { fields, file: None };
    let end = record_check(&desk, &frame, &outlet, &typed).await;
    decided(&desk, &frame, &outlet, month, (end, "hand-check", typed)).await
}

async fn record_check(desk: &Desk, frame: &Frame, outlet: &Outlet, typed: &Typed) -> Result<Done, PageError> {
    // The last minute of a field is meant as a whole.
    let to = local(desk, typed.field("to"))? + chrono::TimeDelta::seconds(59);
    let span = Span { from: local(desk, typed.field("from"))?, to: to.min(desk.now()) };
    let (looked_at, found) = (statement(typed.field("looked_at"))?, statement(typed.field("found"))?);
    let check = HandCheck { outlet: outlet.id.clone(), span, looked_at, found };
    let admitted = check.admit(by(frame)?, desk.now()).map_err(|it| refused(&it))?;
    desk.store.record_hand_check(&admitted).await?;
    Ok(Done::Checked)
}

/// Takes a decision back.
///
/// # Errors
/// Where there is no such item, or the store fails.
pub async fn withdraw(
    State(desk): State<Desk>,
    frame: Frame,
    Path(place): Path<(String, String)>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let (outlet, month) = named(&desk, &place.0, &place.1)?;
    let typed = Typed { fields, file: None };
    let end = take_back(&desk, &frame, &typed).await;
    decided(&desk, &frame, &outlet, month, (end, "withdraw", typed)).await
}

async fn take_back(desk: &Desk, frame: &Frame, typed: &Typed) -> Result<Done, PageError> {
    let item: Item = typed.field("item").parse().map_err(|_| PageError::NotFound)?;
    let withdrawal = Withdrawal::admit(item, statement(typed.field("reason"))?, by(frame)?, desk.now());
    match desk.store.withdraw(&withdrawal).await? {
        WithdrawalEnd::Done => Ok(Done::Withdrawn),
        WithdrawalEnd::Unknown => Err(PageError::NotFound),
        WithdrawalEnd::AlreadyDone => {
            Err(PageError::Refused("Mục này đã được rút lại trước đó.".to_owned(), "It was taken back before.".to_owned()))
        }
    }
}

/// Asks the line to read an article that the sources did not list.
///
/// # Errors
/// Where the store fails.
pub async fn link(
    State(desk): State<Desk>,
    frame: Frame,
    Path(place): Path<(String, String)>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let (outlet, month) = named(&desk, &place.0, &place.1)?;
    let typed = Typed { fields, file: None };
    match article_url(&outlet, typed.field("url")) {
        Ok(url) => {
            let id = desk.store.ask(&Request::Link { outlet: outlet.id, url }, by(&frame)?.as_str(), desk.now()).await?;
            Ok(Redirect::to(&format!("/requests/{id}")).into_response())
        }
        Err(fault) => decided(&desk, &frame, &outlet, month, (Err(fault), "link", typed)).await,
    }
}

/// The address of an article of the outlet, as typed.
fn article_url(outlet: &Outlet, text: &str) -> Result<Url, PageError> {
    let url: Url = text.parse().ok().filter(|it: &Url| matches!(it.scheme(), "http" | "https")).ok_or_else(|| {
        PageError::Refused(format!("“{text}” không phải địa chỉ http hoặc https."), format!("“{text}” is no http or https address."))
    })?;
    if !outlet.owns(&url) {
        let host = url.host_str().unwrap_or_default();
        return Err(PageError::Refused(
            format!("Địa chỉ này thuộc {host}, không phải trang của {}.", outlet.name),
            format!("This address belongs to {host}, not to {}.", outlet.name),
        ));
    }
    Ok(url)
}

impl Typed {
    /// Reads a form with a file.
    ///
    /// # Errors
    /// Where it is too large or breaks off.
    pub async fn read(mut parts: Multipart) -> Result<Self, PageError> {
        let too_large = |_| {
            PageError::Refused(
                "Tệp lớn hơn 20 MB hoặc bị đứt giữa chừng.".to_owned(),
                "The file has more than 20 MB or broke off.".to_owned(),
            )
        };
        let mut typed = Self::default();
        while let Some(part) = parts.next_field().await.map_err(too_large)? {
            let name = part.name().unwrap_or_default().to_owned();
            match part.file_name().map(str::to_owned) {
                Some(file) => {
                    let bytes = part.bytes().await.map_err(too_large)?;
                    if !bytes.is_empty() && !file.is_empty() {
                        typed.file = Some((file, bytes.to_vec()));
                    }
                }
                None => typed.fields.push((name, part.text().await.map_err(too_large)?)),
            }
        }
        Ok(typed)
    }

    /// A typed field, trimmed; empty where there is none.
    pub fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|it| it.0 == name).map_or("", |it| it.1.trim())
    }

    /// The off-web item that was typed, its file aside.
    ///
    /// # Errors
    /// Where something typed does not do.
    pub fn item(&self, desk: &Desk, outlet: &Outlet, month: Month) -> Result<OffWeb, PageError> {
        let given = |name: &str| Some(self.field(name)).filter(|it| !it.is_empty());
        let words = |name: &str| given(name).map(statement).transpose();
        let bad_url = |it: &str| PageError::Refused(format!("“{it}” không phải địa chỉ."), format!("“{it}” is no address."));
        Ok(OffWeb {
            outlet: outlet.id.clone(),
            month,
            medium: self.field("medium").parse::<Medium>().map_err(|_| PageError::NotFound)?,
            title: statement(self.field("title"))?,
            programme: words("programme")?,
            aired: given("aired").map(|it| local(desk, it)).transpose()?,
            seconds: given("length").map(seconds).transpose()?,
            url: given("url").map(|it| it.parse().map_err(|_| bad_url(it))).transpose()?,
            file: None,
            note: words("note")?,
        })
    }
}

/// Reviews the month again and leads back to it; what was refused is shown there with the form as it was typed.
async fn decided(
    desk: &Desk,
    frame: &Frame,
    outlet: &Outlet,
    month: Month,
    (end, form, typed): (Result<Done, PageError>, &'static str, Typed),
) -> Result<Response, PageError> {
    match end {
        Ok(done) => {
            (desk.hands.decided)((outlet.id.clone(), vec![month])).await.map_err(PageError::Hand)?;
            Ok(Redirect::to(&done_at(&path_of(&outlet.id, month), done)).into_response())
        }
        Err(PageError::Refused(vi, en)) => {
            let retyped = Retyped { form, typed, problem: frame.say(&vi, &en).to_owned() };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(desk, frame, outlet, month, Some(&retyped)).await?).into_response())
        }
        Err(other) => Err(other),
    }
}

/// Who decides.
pub fn by(frame: &Frame) -> Result<Statement, PageError> {
    frame.by().map_err(|_| PageError::NotFound)
}

/// Typed words. Browsers end lines with two letters, of which one is a control letter.
pub fn statement(text: &str) -> Result<Statement, PageError> {
    text.replace("\r\n", "\n").parse().map_err(|fault| {
        PageError::Refused("Ô bắt buộc còn trống, hoặc dài quá 2.000 ký tự.".to_owned(), format!("A field does not do: {fault}."))
    })
}

/// An instant as a form's field gives it, in the site's zone.
///
/// # Errors
/// Where the text is no date and time.
pub fn local(desk: &Desk, text: &str) -> Result<DateTime<Utc>, PageError> {
    let bad = || PageError::Refused(format!("“{text}” không phải ngày giờ."), format!("“{text}” is no date and time."));
    let typed = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S"));
    desk.site.zone.from_local_datetime(&typed.map_err(|_| bad())?).earliest().map(|it| it.to_utc()).ok_or_else(bad)
}

/// Seconds of a length typed as `M:SS` or `M`.
fn seconds(text: &str) -> Result<u32, PageError> {
    let bad =
        || PageError::Refused(format!("“{text}” không phải thời lượng phút:giây."), format!("“{text}” is no length in minutes:seconds."));
    let (minutes, seconds) = text.split_once(':').unwrap_or((text, "0"));
    let part = |it: &str| it.trim().parse::<u32>().map_err(|_| bad());
    part(minutes)?.checked_mul(60).and_then(|it| Some(it + part(seconds).ok()?)).ok_or_else(bad)
}

/// The last part of a file's name: browsers may send a path, and others anything.
pub fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|it| !it.is_control()).take(120).collect()
}

/// Why a decision was refused, in words.
pub fn refused(why: &Refusal) -> PageError {
    let vi = match why {
        Refusal::MonthNotBegun(month) => format!("Tháng {month} chưa bắt đầu."),
        Refusal::MonthNotOver(month) => format!("Tháng {month} chưa kết thúc, chưa thể xác nhận phần còn lại."),
        Refusal::Future(_) => "Thời điểm này còn ở tương lai.".to_owned(),
        Refusal::AiredElsewhere(_, month) => format!("Thời điểm phát sóng không thuộc tháng {month}."),
        Refusal::NoDuration => "Thời lượng bằng không: hãy để trống nếu không rõ.".to_owned(),
        Refusal::NotWeb(text) => format!("“{text}” không phải địa chỉ http hoặc https."),
        Refusal::EmptyStretch => "Thời điểm bắt đầu phải trước thời điểm kết thúc.".to_owned(),
        Refusal::DateNotFirm => "Ngày đăng của bài chưa chắc chắn: hãy chọn tháng mà bài được tính.".to_owned(),
    };
    PageError::Refused(vi, why.to_string())
}
