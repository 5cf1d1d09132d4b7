//! Adding outlets and sources: a site is looked through, what would be read is shown, what is chosen goes into the register.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use serde::{Deserialize, de::DeserializeOwned};
use url::Url;

use super::{
    decide::by,
    error::PageError,
    frame::{Done, Frame, done_at},
    lang::Lang,
    sources::{duty_words, kind_words, source_kind_words},
    state::Desk,
};
use crate::domain::{
    edit::{AskedEdit, ConfigFile, Edit, EditFault, NewOutlet, NewSource},
    outlet::{Covers, Duty, Host, Outlet, OutletId, OutletKind, SourceKind},
    privacy::{Texts, mask, privacy},
    request::{Answer, FoundSource, Request},
};

#[derive(Template)]
#[template(path = "source_new.html")]
struct AskPage<'a> {
    frame: &'a Frame,
    url: String,
    outlet: Option<String>,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "source_choose.html")]
struct ChoosePage<'a> {
    frame: &'a Frame,
    request: i64,
    site: &'a Url,
    proposals: Vec<ProposalShown>,
    outlets: &'a [Outlet],
    kinds: [(&'static str, &'static str); 5],
    duties: [(&'static str, &'static str); 3],
    typed: Typed,
    problem: Option<String>,
}

struct ProposalShown {
    url: String,
    kind: &'static str,
    found: &'static str,
    entries: usize,
    preview: Vec<(String, String)>,
    /// Whether the register has it.
    known: bool,
    chosen: bool,
    covers: String,
}

/// The address of a site.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct TypedSite {
    url: String,
    /// Where sources are added to an outlet of the register.
    outlet: String,
}

/// What was chosen and typed.
#[derive(Debug, Default)]
struct Typed {
    digest: String,
    /// Empty for a new one.
    outlet: String,
    id: String,
    name: String,
    kind: String,
    duty: String,
    hosts: String,
    /// What each chosen proposal covers.
    chosen: BTreeMap<usize, String>,
    own_url: String,
    own_kind: String,
    own_covers: String,
}

const KINDS: [OutletKind; 5] = [OutletKind::Newspaper, OutletKind::RadioTv, OutletKind::Magazine, OutletKind::Portal, OutletKind::Station];
const KIND_WORDS: [&str; 5] = ["newspaper", "radio_tv", "magazine", "portal", "station"];
const DUTIES: [Duty; 3] = [Duty::Monthly, Duty::Exempt, Duty::Reference];
const DUTY_WORDS: [&str; 3] = ["monthly", "exempt", "reference"];

/// The form that asks for a site.
///
/// # Errors
/// Where the page cannot be drawn.
pub async fn ask(State(desk): State<Desk>, frame: Frame, Query(typed): Query<TypedSite>) -> Result<Html<String>, PageError> {
    let outlet = desk.outlet(&typed.outlet);
    // Its home page is what is looked through.
    let home = outlet.as_ref().and_then(|it| it.hosts.first()).map(|it| format!("https://{}/", it.as_str())).unwrap_or_default();
    let url = if typed.url.is_empty() { home } else { typed.url };
    let page = AskPage { frame: &frame, url, outlet: outlet.map(|it| it.name), problem: None };
    Ok(Html(page.render()?))
}

/// Asks the line to look through a site.
///
/// # Errors
/// Where the store fails.
pub async fn discover(State(desk): State<Desk>, frame: Frame, Form(typed): Form<TypedSite>) -> Result<Response, PageError> {
    let Some(url) = site_of(&typed.url) else {
        let problem = frame.say("Cần một địa chỉ http hoặc https, ví dụ https://huengaynay.vn/", "An http or https address is needed.");
        let page = AskPage { frame: &frame, url: typed.url, outlet: None, problem: Some(problem.to_owned()) };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page.render()?)).into_response());
    };
    let id = desk.store.ask(&Request::Discover { url }, by(&frame)?.as_str(), desk.now()).await?;
    Ok(Redirect::to(&format!("/requests/{id}")).into_response())
}

/// A host alone is taken for its home page.
fn site_of(text: &str) -> Option<Url> {
    let text = text.trim();
    let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    Url::parse(&whole).ok().filter(|it| matches!(it.scheme(), "http" | "https") && it.host_str().is_some_and(|it| !it.is_empty()))
}

/// What was found, to choose from.
///
/// # Errors
/// Where nothing was looked for under that number, or the store fails.
pub async fn choose(State(desk): State<Desk>, frame: Frame, Path(id): Path<i64>) -> Result<Html<String>, PageError> {
    let (site, _) = found(&desk, id).await?;
    let host = Host::of(&site);
    let owner = desk.given().outlets.iter().rev().find(|it| it.owns(&site)).map(|it| it.id.to_string());
    let host = host.as_ref().map(Host::as_str).unwrap_or_default();
    let typed = Typed {
        digest: digest(&desk).await?,
        outlet: owner.unwrap_or_default(),
        id: host.split(':').next().unwrap_or_default().replace('.', "-"),
        hosts: host.to_owned(),
        ..Typed::default()
    };
    Ok(Html(draw(&desk, &frame, id, typed, None).await?))
}

/// Writes what was chosen into the register.
///
/// # Errors
/// Where the register cannot be written, or the store fails.
pub async fn save(
    State(desk): State<Desk>,
    frame: Frame,
    Path(id): Path<i64>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let (_, sources) = found(&desk, id).await?;
    let mut typed = Typed::of(&fields);
    let edit = match typed.edit(&frame, &sources) {
        Ok(edit) => edit,
        Err(problem) => return refused(&desk, &frame, id, typed, problem).await,
    };
    let outlet = match &edit {
        Edit::AddOutlet(new) => new.id.clone(),
        _ => typed.outlet.clone(),
    };
    let asked = AskedEdit { edit, digest: typed.digest.clone(), by: by(&frame)?.as_str().to_owned() };
    match (desk.hands.save)(asked).await.map_err(PageError::Hand)? {
        Ok(_) => Ok(Redirect::to(&done_at(&format!("/sources/{outlet}"), Done::Saved)).into_response()),
        Err(fault) => {
            if fault == EditFault::ChangedSince {
                typed.digest = digest(&desk).await?;
            }
            let problem = fault_words(&frame, &fault);
            refused(&desk, &frame, id, typed, problem).await
        }
    }
}

async fn refused(desk: &Desk, frame: &Frame, id: i64, typed: Typed, problem: String) -> Result<Response, PageError> {
    let page = draw(desk, frame, id, typed, Some(problem)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}

async fn digest(desk: &Desk) -> Result<String, PageError> {
    (desk.hands.file_digest)(ConfigFile::Register).await.map_err(PageError::Hand)
}

/// The site that was looked through, and its sources.
async fn found(desk: &Desk, id: i64) -> Result<(Url, Vec<FoundSource>), PageError> {
    let asked = desk.store.request(id).await?.ok_or(PageError::NotFound)?;
    match (asked.what, asked.answer) {
        (Request::Discover { url }, Some(Answer::Found { sources })) => Ok((url, sources)),
        _ => Err(PageError::NotFound),
    }
}

async fn draw(desk: &Desk, frame: &Frame, id: i64, typed: Typed, problem: Option<String>) -> Result<String, PageError> {
    let (site, sources) = found(desk, id).await?;
    let given = desk.given();
    let known = |url: &Url| given.outlets.iter().any(|it| it.sources.iter().any(|own| own.url == *url));
    let proposal = |(at, it): (usize, &FoundSource)| ProposalShown {
        url: it.url.to_string(),
        kind: word::<SourceKind>(&it.kind).map_or("", |kind| source_kind_words(frame, kind)),
        found: found_words(frame, &it.found),
        entries: it.entries,
        preview: it.preview.iter().map(|(title, url)| (masked(desk, title), url.clone())).collect(),
        known: known(&it.url),
        chosen: typed.chosen.contains_key(&at),
        covers: typed.chosen.get(&at).cloned().unwrap_or_default(),
    };
    let page = ChoosePage {
        proposals: sources.iter().enumerate().map(proposal).collect(),
        kinds: std::array::from_fn(|at| (KIND_WORDS[at], kind_words(frame, KINDS[at]))),
        duties: std::array::from_fn(|at| (DUTY_WORDS[at], duty_words(frame, DUTIES[at]))),
        frame,
        request: id,
        site: &site,
        outlets: &given.outlets,
        typed,
        problem,
    };
    Ok(page.render()?)
}

/// A title that nobody has looked through yet.
fn masked(desk: &Desk, title: &str) -> String {
    let texts = Texts { title, lead: "", body: "", captions: "", published: desk.now(), zone: desk.site.zone };
    mask(title, &privacy(&texts).masks)
}

fn found_words(frame: &Frame, word: &str) -> &'static str {
    match word {
        "home_page" => frame.say("trang chủ nêu tên", "named on the home page"),
        "robots" => frame.say("robots.txt nêu tên", "named in robots.txt"),
        _ => frame.say("thử địa chỉ thường gặp", "a usual address"),
    }
}

/// A closed word as the configuration writes it.
fn word<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
}

/// Why a change was not made, in words.
pub fn fault_words(frame: &Frame, fault: &EditFault) -> String {
    match (frame.lang, fault) {
        (Lang::Vi, EditFault::ChangedSince) => {
            "Tệp cấu hình đã được người khác sửa sau khi mở trang này. Xin xem lại rồi lưu lần nữa.".to_owned()
        }
        (Lang::En, EditFault::ChangedSince) => {
            "Somebody changed the file after this page was opened. Please look again, then save once more.".to_owned()
        }
        (Lang::Vi, EditFault::Unknown(it)) => format!("Không có “{it}”."),
        (Lang::En, EditFault::Unknown(it)) => format!("There is no “{it}”."),
        (Lang::Vi, EditFault::Form) => "Tệp cấu hình được viết theo cách không sửa được ở đây; xin sửa trong tệp.".to_owned(),
        (Lang::En, EditFault::Form) => "The file is written in a form that cannot be edited here; please edit the file.".to_owned(),
        (Lang::Vi, EditFault::Wrong(it)) => format!("Không lưu vì cấu hình sẽ sai: {it}"),
        (Lang::En, EditFault::Wrong(it)) => format!("Not saved, since the configuration would be wrong: {it}"),
    }
}

impl Typed {
    fn of(fields: &[(String, String)]) -> Self {
        let field = |name: &str| fields.iter().find(|it| it.0 == name).map(|it| it.1.trim().to_owned()).unwrap_or_default();
        let boxes = fields.iter().filter(|it| it.0 == "source").filter_map(|it| it.1.parse::<usize>().ok());
        Self {
            digest: field("digest"),
            outlet: field("outlet"),
            id: field("id"),
            name: field("name"),
            kind: field("kind"),
            duty: field("duty"),
            hosts: field("hosts"),
            chosen: boxes.map(|at| (at, field(&format!("covers-{at}")))).collect(),
            own_url: field("own_url"),
            own_kind: field("own_kind"),
            own_covers: field("own_covers"),
        }
    }

    /// The change that is asked for.
    fn edit(&self, frame: &Frame, found: &[FoundSource]) -> Result<Edit, String> {
        let say = |vi: &str, en: &str| frame.say(vi, en).to_owned();
        let covers = |text: &str| {
            word::<Covers>(text).ok_or_else(|| {
                say(
                    "Hãy chọn nguồn gồm toàn bộ tin, bài hay một chuyên mục.",
                    "Choose what each source covers: the whole outlet or a section.",
                )
            })
        };
        let mut sources = Vec::new();
        for (at, typed) in &self.chosen {
            let Some(it) = found.get(*at) else { continue };
            let kind = word(&it.kind).ok_or_else(|| say("Loại nguồn không rõ.", "The kind of source is not known."))?;
            sources.push(NewSource { kind, url: it.url.to_string(), covers: covers(typed)? });
        }
        if !self.own_url.is_empty() {
            let kind = word(&self.own_kind).ok_or_else(|| say("Hãy chọn loại nguồn.", "Choose the kind of the source."))?;
            sources.push(NewSource { kind, url: self.own_url.clone(), covers: covers(&self.own_covers)? });
        }
        if !self.outlet.is_empty() {
            let outlet = self.outlet.parse::<OutletId>().map_err(|wrong| wrong.to_string())?;
            if sources.is_empty() {
                return Err(say("Chưa chọn nguồn nào.", "No source is chosen."));
            }
            return Ok(Edit::AddSources { outlet, sources });
        }
        if self.name.is_empty() {
            return Err(say("Hãy ghi tên cơ quan báo chí.", "Write the outlet's name."));
        }
        Ok(Edit::AddOutlet(NewOutlet {
            id: self.id.clone(),
            name: self.name.clone(),
            kind: word(&self.kind).ok_or_else(|| say("Hãy chọn loại hình.", "Choose the kind of outlet."))?,
            duty: word(&self.duty).ok_or_else(|| say("Hãy chọn nghĩa vụ.", "Choose the duty."))?,
            hosts: self.hosts.split([',', ' ', '\n']).map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect(),
            sources,
        }))
    }
}
