//! How the installation is set up, to be read.

use askama::Template;
use axum::{extract::State, response::Html};

use super::{
    error::PageError,
    frame::Frame,
    state::{Desk, Settings},
};
use crate::domain::{
    calendar::{DutyReading, Policy, policy_of},
    month::Month,
};

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage<'a> {
    frame: &'a Frame,
    policies: Vec<PolicyShown<'a>>,
    jobs: Vec<JobShown>,
    notices: Vec<(&'a str, String)>,
    settings: &'a Settings,
    places: Vec<(&'a str, &'a str)>,
}

struct PolicyShown<'a> {
    from: String,
    in_force: bool,
    reading: &'a str,
    policy: &'a Policy,
}

struct JobShown {
    name: String,
    cron: String,
    active: bool,
    next: Vec<String>,
}

/// The settings.
///
/// # Errors
/// Where the page cannot be drawn.
pub async fn show(State(desk): State<Desk>, frame: Frame) -> Result<Html<String>, PageError> {
    let (given, settings) = (desk.given(), (desk.hands.settings)());
    let present = policy_of(&given.policies, desk.this_month()).map(|it| it.from);
    let job = |it: &super::state::JobTimes| JobShown {
        name: job_name(&frame, it.name).to_owned(),
        cron: it.cron.clone(),
        active: it.active,
        next: it.next.iter().map(|at| desk.moment(*at)).collect(),
    };
    let page = SettingsPage {
        policies: given.policies.iter().map(|it| policy_shown(&frame, it, present)).collect(),
        jobs: settings.jobs.iter().map(job).collect(),
        notices: settings.notices.iter().map(|(name, value)| (notice_name(&frame, name), value.clone())).collect(),
        places: settings.places.iter().map(|(name, value)| (place_name(&frame, name), value.as_str())).collect(),
        settings: &settings,
        frame: &frame,
    };
    Ok(Html(page.render()?))
}

fn policy_shown<'a>(frame: &Frame, policy: &'a Policy, present: Option<Month>) -> PolicyShown<'a> {
    PolicyShown { from: Month::shown(policy.from), in_force: present == Some(policy.from), reading: reading(frame, policy.reading), policy }
}

fn reading(frame: &Frame, reading: DutyReading) -> &'static str {
    match reading {
        DutyReading::EachOutlet => frame.say("riêng từng cơ quan báo chí", "each outlet by itself"),
        DutyReading::Together => frame.say("chung báo chí của tỉnh", "the press together"),
    }
}

fn job_name(frame: &Frame, name: &str) -> &'static str {
    match name {
        "crawl" => frame.say("Đọc nguồn tin", "Reading the sources"),
        "review" => frame.say("Xét kết quả tháng", "Reviewing months"),
        "recheck" => frame.say("Kiểm tra lại minh chứng", "Looking at evidence again"),
        "notify" => frame.say("Gửi thông báo", "Sending notices"),
        "retain" => frame.say("Dọn dữ liệu hết hạn", "Removing what may not be kept"),
        _ => frame.say("Sao lưu", "Backup"),
    }
}

fn notice_name(frame: &Frame, name: &str) -> &'static str {
    match name {
        "approval" => frame.say("Duyệt trước khi gửi (automatic: tự động; officer: chuyên viên duyệt)", "Approval before sending"),
        "remind_days_before" => frame.say("Nhắc trước khi hết tháng (ngày)", "Reminders before the month ends (days)"),
        "settle" => frame.say("Chờ sau khi chương trình chạy lại", "Wait after the program was down"),
        "smtp" => frame.say("Máy chủ thư", "Mail server"),
        "from" => frame.say("Người gửi", "Sender"),
        "cc" => frame.say("Đồng gửi", "Copies to"),
        "head_email" => frame.say("Lãnh đạo đơn vị", "Head of the department"),
        "digest_to" => frame.say("Người nhận điểm báo", "Who gets the press digest"),
        "webhook" => frame.say("Hệ thống khác nhận thông báo (webhook)", "Another system that hears of notices (webhook)"),
        _ => frame.say("Thư mục thư (khi không có máy chủ)", "Folder of mails (without a server)"),
    }
}

fn place_name(frame: &Frame, name: &str) -> &'static str {
    match name {
        "config" => frame.say("Tệp cấu hình", "Configuration"),
        "data" => frame.say("Dữ liệu", "Data"),
        "archive" => frame.say("Kho lưu trữ bản gốc", "Archive of originals"),
        "index" => frame.say("Chỉ mục tìm kiếm", "Search index"),
        "database" => frame.say("Cơ sở dữ liệu", "Database"),
        _ => frame.say("Múi giờ", "Time zone"),
    }
}
