//! How the installation is set up, as the desk shows it: nothing that opens a door.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Places, live::Live};
use crate::{
    config::{
        cron_line::CronLine,
        site::{Approval, Site},
    },
    jobs::{Clock, close::versions},
    web::state::{JobTimes, Settings},
};

/// Times shown of each job.
const NEXT: usize = 3;

/// Tells the settings at the time of each question.
pub(super) fn settings(live: &Live, site: &Site, places: &Places) -> Arc<dyn Fn() -> Settings + Send + Sync> {
    let (live, site, places) = (live.clone(), site.clone(), places.clone());
    Arc::new(move || {
        let line = live.line();
        let made = versions(&line);
        let short = |digest: &str| digest.get(..16).unwrap_or(digest).to_owned();
        Settings {
            jobs: jobs(&site, &line.clock),
            notices: notices(&site),
            versions: vec![
                ("diembao".to_owned(), made.program.clone()),
                ("terms.toml".to_owned(), format!("{} · {}…", made.terms, short(&made.terms_sha256))),
                ("outlets.toml".to_owned(), format!("{}…", short(&made.register_sha256))),
                ("calendar.toml".to_owned(), format!("{}…", short(&made.calendar_sha256))),
            ],
            places: vec![
                ("config", places.config.display().to_string()),
                ("data", places.data.display().to_string()),
                ("archive", places.data.join("archive").display().to_string()),
                ("index", places.index.display().to_string()),
                ("database", database(&site, &places)),
                ("zone", line.zone.name().to_owned()),
            ],
        }
    })
}

/// Where the store is, without the name and password by which it is reached.
fn database(site: &Site, places: &Places) -> String {
    match &site.database {
        None => places.data.join("diembao.db").display().to_string(),
        Some(url) if url.starts_with("sqlite") => "SQLite".to_owned(),
        Some(_) => "PostgreSQL".to_owned(),
    }
}

fn jobs(site: &Site, clock: &Clock) -> Vec<JobTimes> {
    let lines = &site.schedule;
    let all: [(&'static str, &CronLine, bool); 6] = [
        ("crawl", &lines.crawl, true),
        ("review", &lines.review, true),
        ("recheck", &lines.recheck, true),
        ("notify", &lines.notify, true),
        ("retain", &lines.retain, false),
        ("backup", &lines.backup, false),
    ];
    let times = |cron: &CronLine| -> Vec<DateTime<Utc>> {
        std::iter::successors(cron.next_after(clock.now(), site.zone), |it| cron.next_after(*it, site.zone)).take(NEXT).collect()
    };
    all.into_iter().map(|(name, cron, active)| JobTimes { name, cron: cron.as_str().to_owned(), active, next: times(cron) }).collect()
}

fn notices(site: &Site) -> Vec<(&'static str, String)> {
    let it = &site.notices;
    let approval = match it.approval {
        Approval::Automatic => "automatic",
        Approval::Officer => "officer",
    };
    // The address of the mail server may hold a name and a password.
    let server = it.smtp_url.as_ref().and_then(|it| it.host_str()).unwrap_or("–").to_owned();
    vec![
        ("approval", approval.to_owned()),
        ("remind_days_before", it.remind_days_before.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
        ("settle", format!("{} min", it.settle.0.as_secs() / 60)),
        ("smtp", server),
        ("from", it.from.clone()),
        ("folder", it.folder.clone()),
        ("cc", it.cc.join(", ")),
        ("head_email", it.head_email.clone()),
        ("digest_to", it.digest_to.join(", ")),
        ("webhook", it.webhook_url.as_ref().and_then(|it| it.host_str()).unwrap_or("–").to_owned()),
    ]
}
