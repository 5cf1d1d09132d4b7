//! The audit log: read backwards, filtered, checked, and taken away as a file.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use askama::Template;
use axum::{
    body::{Body, Bytes},
    extract::{Query, State},
    http::header,
    response::{Html, IntoResponse, Response},
};
use chrono::{DateTime, Days, NaiveDate, Utc};
use futures_util::stream;
use serde::Deserialize;
use serde_json::Value;

use super::{
    error::PageError,
    frame::Frame,
    lang::Lang,
    state::{Desk, number_shown},
};
use crate::{
    domain::{
        audit::{Act, AuditRow},
        month::midnight,
        notice::NoticeState,
        outlet::Medium,
        user::Role,
    },
    report::csv,
    store::{StoreError, audit::AuditFilter},
};

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage<'a> {
    frame: &'a Frame,
    asked: &'a Asked,
    officers: Vec<String>,
    acts: [Act; Act::ALL.len()],
    rows: Vec<RowShown>,
    /// The question of the page with the older rows.
    older: Option<String>,
    /// The filters as a question, for the files.
    filters: String,
    /// What the check of the whole log came to, and whether it holds.
    checked: Option<(bool, String)>,
}

struct RowShown {
    number: i64,
    at: String,
    by: String,
    act: String,
    subject: String,
    changes: Vec<Change>,
}

/// A part of what a row tells, before and after.
struct Change {
    name: String,
    before: String,
    after: String,
}

/// What is looked for.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    by: String,
    #[serde(default)]
    act: String,
    #[serde(default)]
    subject: String,
    /// `YYYY-MM-DD`; empty for no border.
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    /// Rows with a smaller number.
    before: Option<i64>,
    /// Whether the whole log is to be followed now.
    #[serde(default)]
    check: String,
}

/// Rows on a page, and in one piece of a file.
const PAGE: u32 = 50;
const PIECE: u32 = 1_000;
/// Letters of one value that are shown.
const VALUE_LETTERS_MAX: usize = 400;

/// A part of the log.
///
/// # Errors
/// Where the store fails.
pub async fn show(State(desk): State<Desk>, frame: Frame, Query(asked): Query<Asked>) -> Result<Html<String>, PageError> {
    let filter = asked.filter(&desk);
    let mut rows = desk.store.audit_before(&filter, asked.before, PAGE + 1).await?;
    let more = rows.len() > PAGE as usize;
    rows.truncate(PAGE as usize);
    let filters = asked.question();
    let older = rows.last().filter(|_| more).map(|it| format!("{filters}&before={}", it.number));
    let checked = match asked.check.is_empty() {
        true => None,
        false => Some(check(&desk, &frame).await?),
    };
    let page = AuditPage {
        frame: &frame,
        asked: &asked,
        officers: desk.store.audited().await?,
        acts: Act::ALL,
        rows: rows.iter().map(|it| row_shown(&desk, frame.lang, it)).collect(),
        older,
        filters,
        checked,
    };
    Ok(Html(page.render()?))
}

/// The rows as a spreadsheet reads them.
///
/// # Errors
/// Where the answer cannot begin; where it breaks off half-way, the connection does too.
pub async fn as_csv(State(desk): State<Desk>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let head = ["number", "at", "officer", "act", "subject", "before", "after", "previous", "digest"];
    let first = format!("\u{feff}{}", csv::line(head));
    let zone = desk.site.zone;
    let line = move |it: &AuditRow| {
        let (number, at) = (it.number.to_string(), it.at.with_timezone(&zone).to_rfc3339());
        csv::line([&number, &at, &it.by, &it.what, &it.subject, &it.before, &it.after, &it.previous, &it.digest].map(String::as_str))
    };
    Ok(download(desk, &asked, "text/csv; charset=utf-8", "nhat-ky.csv", first, line))
}

/// The rows as JSON, one a line, with all that is needed to compute each digest again.
///
/// # Errors
/// Where the answer cannot begin; where it breaks off half-way, the connection does too.
pub async fn as_json(State(desk): State<Desk>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let line = |it: &AuditRow| {
        let row = serde_json::json!({
            "number": it.number, "at": it.at.timestamp(), "officer": it.by, "act": it.what, "subject": it.subject,
            "before": it.before, "after": it.after, "previous": it.previous, "digest": it.digest,
        });
        format!("{row}\n")
    };
    Ok(download(desk, &asked, "application/jsonl; charset=utf-8", "nhat-ky.jsonl", String::new(), line))
}

/// A file that is read from the store while it is sent.
fn download(
    desk: Desk,
    asked: &Asked,
    kind: &'static str,
    name: &str,
    first: String,
    line: impl Fn(&AuditRow) -> String + Send + Sync + 'static,
) -> Response {
    let (filter, line) = (asked.filter(&desk), Arc::new(line));
    // What is sent before the next rows, and the number before which they go on; `None` at the end.
    let pieces = stream::try_unfold((first, Some(i64::MAX)), move |(mut text, before)| {
        let (desk, filter, line) = (desk.clone(), filter.clone(), line.clone());
        async move {
            let Some(before) = before else { return Ok::<_, StoreError>(None) };
            let rows = desk.store.audit_before(&filter, Some(before), PIECE).await?;
            text.extend(rows.iter().map(|it| line(it)));
            let next = rows.last().filter(|_| rows.len() == PIECE as usize).map(|it| it.number);
            Ok(Some((Bytes::from(text), (String::new(), next))))
        }
    });
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], Body::from_stream(pieces)).into_response()
}

/// Follows the whole log; says whether it holds, in words.
async fn check(desk: &Desk, frame: &Frame) -> Result<(bool, String), PageError> {
    Ok(match desk.store.verify_audit().await? {
        Ok(rows) => {
            let rows = number_shown(usize::try_from(rows).unwrap_or(0));
            (true, format!("{} {rows} {}.", frame.say("Nhật ký nguyên vẹn,", "The log is whole:"), frame.say("dòng", "rows")))
        }
        Err(broken) => {
            let flaw = broken.flaw.to_string();
            let (vi, en) = ("Nhật ký không còn nguyên vẹn, từ dòng", "The log is broken, from row");
            (false, format!("{} {}: {}.", frame.say(vi, en), broken.number, frame.say(broken.flaw.label(), &flaw)))
        }
    })
}

impl Asked {
    fn filter(&self, desk: &Desk) -> AuditFilter {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        let start = |it: NaiveDate| -> DateTime<Utc> { midnight(it, desk.site.zone) };
        AuditFilter {
            by: self.by.trim().to_owned(),
            act: self.act.parse().ok(),
            subject: self.subject.trim().to_owned(),
            from: day(&self.from).map(start),
            to: day(&self.to).and_then(|it| it.checked_add_days(Days::new(1))).map(start),
        }
    }

    /// The filters as the question of an address.
    fn question(&self) -> String {
        let mut question = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("by", &self.by), ("act", &self.act), ("subject", &self.subject), ("from", &self.from), ("to", &self.to)] {
            question.append_pair(name, value);
        }
        question.finish()
    }
}

fn row_shown(desk: &Desk, lang: Lang, row: &AuditRow) -> RowShown {
    let act = row.what.parse::<Act>();
    RowShown {
        number: row.number,
        at: desk.moment(row.at),
        by: row.by.clone(),
        act: act.map_or_else(|_| row.what.clone(), |it| lang.act(&it).into_owned()),
        subject: row.subject.clone(),
        changes: changes(desk, lang, &row.before, &row.after),
    }
}

/// The parts of what a row tells that say something, those that did not change left out.
fn changes(desk: &Desk, lang: Lang, before: &str, after: &str) -> Vec<Change> {
    let parts = |text: &str| match serde_json::from_str(text) {
        Ok(Value::Object(parts)) => parts.into_iter().collect::<BTreeMap<String, Value>>(),
        Ok(Value::Null) => BTreeMap::new(),
        Ok(other) => BTreeMap::from([(String::new(), other)]),
        Err(_) => BTreeMap::from([(String::new(), Value::String(text.to_owned()))]),
    };
    let (before, after) = (parts(before), parts(after));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let value = |name: &str, it: Option<&Value>| it.map_or_else(String::new, |it| named_words(desk, lang, name, it));
    let changed = names.into_iter().filter(|name| before.get(*name) != after.get(*name)).map(|name| Change {
        name: part_name(lang, name),
        before: value(name, before.get(name)),
        after: value(name, after.get(name)),
    });
    changed.filter(|it| !(it.before.is_empty() && it.after.is_empty())).collect()
}

/// A value as people read it: some parts hold words of the store that have a name of their own.
fn named_words(desk: &Desk, lang: Lang, name: &str, value: &Value) -> String {
    let word = value.as_str().unwrap_or_default();
    let known = match name {
        "role" => word.parse::<Role>().ok().map(|it| lang.role(&it).to_owned()),
        "medium" => word.parse::<Medium>().ok().map(|it| it.label().to_owned()),
        "state" => word.parse::<NoticeState>().ok().map(|it| lang.notice_state(&it).into_owned()),
        _ => None,
    };
    known.unwrap_or_else(|| words(desk, lang, value))
}

/// A value as people read it.
fn words(desk: &Desk, lang: Lang, value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::Bool(true) => lang.say("có", "yes").to_owned(),
        Value::Bool(false) => lang.say("không", "no").to_owned(),
        Value::String(text) => text.parse::<DateTime<Utc>>().map_or_else(|_| text.clone(), |at| desk.moment(at)),
        Value::Object(parts) => {
            let parts = parts.iter().map(|(name, it)| format!("{}: {}", part_name(lang, name), words(desk, lang, it)));
            parts.collect::<Vec<_>>().join("; ")
        }
        Value::Array(all) => all.iter().map(|it| words(desk, lang, it)).collect::<Vec<_>>().join(", "),
        Value::Number(_) => value.to_string(),
    };
    match text.char_indices().nth(VALUE_LETTERS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// What the parts of decisions are called; a name that is not in the table stands for itself.
fn part_name(lang: Lang, name: &str) -> String {
    const NAMES: [(&str, &str, &str); 30] = [
        ("aired", "phát lúc", "aired"),
        ("answered", "người trả lời", "who answered"),
        ("article", "tin, bài số", "article no."),
        ("date_standing", "ngày đăng", "date"),
        ("decision", "kết luận", "decision"),
        ("disabled", "bị khoá", "disabled"),
        ("file", "tệp", "file"),
        ("found", "kết quả", "found"),
        ("from", "từ", "from"),
        ("item", "mục", "item"),
        ("judgement", "đánh giá tự động", "judgement"),
        ("kind", "loại", "kind"),
        ("listed", "danh mục", "list"),
        ("looked_at", "đã xem", "looked at"),
        ("medium", "loại hình", "medium"),
        ("month", "tháng", "month"),
        ("name", "tên", "name"),
        ("new_password", "đặt mật khẩu mới", "new password"),
        ("note", "ghi chú", "note"),
        ("outlet", "cơ quan báo chí", "outlet"),
        ("programme", "chương trình", "programme"),
        ("reason", "lý do", "reason"),
        ("role", "vai trò", "role"),
        ("said", "nội dung", "said"),
        ("seconds", "thời lượng (giây)", "seconds"),
        ("shown", "họ và tên", "full name"),
        ("span", "khoảng thời gian", "stretch"),
        ("state", "trạng thái", "state"),
        ("title", "tên tin, bài", "title"),
        ("url", "địa chỉ", "address"),
    ];
    NAMES.iter().find(|it| it.0 == name).map_or_else(|| name.to_owned(), |it| lang.say(it.1, it.2).to_owned())
}
