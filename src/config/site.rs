//! `diembao.toml`: the installation, how it crawls, the policy, the schedule.

use std::{fmt, net::SocketAddr, ops::Range, str::FromStr, time::Duration};

use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, de};
use toml::Spanned;
use url::Url;

use super::{
    ConfigError, Document,
    cron_line::CronLine,
    letter::{self, Letter},
    notices::{self, Notices},
};
use crate::domain::{
    calendar::{DutyReading, Policy},
    month::Month,
};

/// All of `diembao.toml`. Every table and key has a default.
#[derive(Debug, Clone)]
pub struct Site {
    /// Where the store is; `None` for the SQLite file `diembao.db` under the data folder.
    pub database: Option<String>,
    /// The office that runs the program.
    pub name: String,
    pub department: String,
    pub province: String,
    pub zone: Tz,
    pub operator_email: String,
    pub base_url: Option<Url>,
    pub crawl: Crawl,
    pub policies: Vec<Policy>,
    pub notices: Notices,
    pub letter: Letter,
    pub schedule: Schedule,
    pub listen: SocketAddr,
}

impl Site {
    /// Where others reach the desk, by a name; an address of this machine alone leads nobody there.
    pub fn public_url(&self) -> Option<&Url> {
        self.base_url.as_ref().filter(|it| it.domain().is_some_and(|it| it != "localhost"))
    }
}

/// How sources and pages are fetched.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Crawl {
    /// Product name and version sent with each request; the contact is added to it.
    pub user_agent: String,
    /// Address or page by which an outlet reaches whoever runs the crawler.
    pub contact: String,
    pub host_delay: Pause,
    pub timeout: Pause,
    pub body_bytes_max: usize,
    /// Sources and pages fetched at the same time, each from another host.
    pub concurrency: usize,
    /// Addresses that should always answer: where all fail, the fault is ours.
    pub control_urls: Vec<Url>,
    pub allow_private_hosts: bool,
    /// Who applies a rule on an outlet's clock once it is found.
    pub clock_rules: Approval,
}

/// Who lets something take effect: an alert, a rule on an outlet's clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    #[default]
    Automatic,
    Officer,
}

/// The cron lines of the jobs, read in the site's zone.
#[derive(Debug, Clone)]
pub struct Schedule {
    pub crawl: CronLine,
    pub review: CronLine,
    pub notify: CronLine,
    pub recheck: CronLine,
    pub retain: CronLine,
    pub backup: CronLine,
}

/// A span of time written as `30m`, `6h`, `0s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause(pub Duration);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    site: SiteTable,
    crawl: Option<Spanned<Crawl>>,
    #[serde(default)]
    policy: Vec<Spanned<PolicyTable>>,
    notices: Option<Spanned<Notices>>,
    letter: Option<Spanned<Letter>>,
    #[serde(default)]
    schedule: ScheduleTable,
    #[serde(default)]
    web: WebTable,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct SiteTable {
    database: Option<Spanned<String>>,
    name: String,
    department: String,
    province: String,
    timezone: Spanned<String>,
    operator_email: String,
    base_url: Option<Url>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyTable {
    from: Month,
    #[serde(default)]
    basis: String,
    #[serde(default)]
    reading: DutyReading,
    #[serde(default = "minimum")]
    minimum: usize,
    #[serde(default = "grace_working_days")]
    grace_working_days: u32,
    #[serde(default)]
    mentions_count: bool,
    #[serde(default = "counts")]
    reprints_count: bool,
    #[serde(default = "counts")]
    foreign_count: bool,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ScheduleTable {
    crawl: Option<CronLine>,
    review: Option<CronLine>,
    notify: Option<CronLine>,
    recheck: Option<CronLine>,
    retain: Option<CronLine>,
    backup: Option<CronLine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WebTable {
    listen: SocketAddr,
}

fn minimum() -> usize {
    1
}

fn grace_working_days() -> u32 {
    3
}

fn counts() -> bool {
    true
}

/// More grace than a month has working days would leave months open for ever.
const GRACE_MAX: u32 = 20;
const CONCURRENCY_MAX: usize = 64;
/// Longest body that a record of the archive holds.
const BODY_BYTES_MAX: usize = 128 * 1024 * 1024;

pub(super) fn parse(document: &Document<'_>) -> Result<Site, ConfigError> {
    let file: File = document.parse()?;
    let zone = zone_of(document, &file.site.timezone)?;
    if let Some(database) = &file.site.database
        && !["sqlite:", "postgres:", "postgresql:"].iter().any(|it| database.as_ref().starts_with(it))
    {
        return Err(document.error(Some(database.span()), "write sqlite://FILE or postgres://USER@HOST/NAME"));
    }
    if let Some(crawl) = &file.crawl {
        check_crawl(document, crawl.as_ref(), crawl.span())?;
    }
    if let Some(notices) = &file.notices {
        notices::check(document, notices.as_ref(), notices.span())?;
    }
    Ok(Site {
        database: file.site.database.map(Spanned::into_inner),
        name: file.site.name,
        department: file.site.department,
        province: file.site.province,
        zone,
        operator_email: file.site.operator_email,
        base_url: file.site.base_url,
        crawl: file.crawl.map(Spanned::into_inner).unwrap_or_default(),
        policies: policies_of(document, file.policy)?,
        notices: file.notices.map(Spanned::into_inner).unwrap_or_default(),
        letter: letter::checked(document, file.letter)?,
        schedule: schedule_of(document, file.schedule)?,
        listen: file.web.listen,
    })
}

/// The schedule with the documented lines where none is written.
fn schedule_of(document: &Document<'_>, table: ScheduleTable) -> Result<Schedule, ConfigError> {
    let or = |line: Option<CronLine>, text: &str| match line {
        Some(line) => Ok(line),
        None => text.parse().map_err(|wrong| document.error(None, wrong)),
    };
    Ok(Schedule {
        crawl: or(table.crawl, "7 */6 * * *")?,
        review: or(table.review, "30 6 * * *")?,
        notify: or(table.notify, "0 8 * * Mon-Fri")?,
        recheck: or(table.recheck, "0 3 10,28 * *")?,
        retain: or(table.retain, "0 4 * * Sun")?,
        backup: or(table.backup, "0 2 * * *")?,
    })
}

fn zone_of(document: &Document<'_>, name: &Spanned<String>) -> Result<Tz, ConfigError> {
    name.as_ref().parse().map_err(|_| {
        document.error(Some(name.span()), format!("`{}` is no time zone: write a name such as Asia/Ho_Chi_Minh", name.as_ref()))
    })
}

fn check_crawl(document: &Document<'_>, crawl: &Crawl, span: Range<usize>) -> Result<(), ConfigError> {
    let wrong = |key: &str, message: &str| Err(ConfigError { key: key.to_owned(), ..document.error(Some(span.clone()), message) });
    match () {
        () if !(1..=CONCURRENCY_MAX).contains(&crawl.concurrency) => wrong("concurrency", "must be 1 to 64"),
        () if crawl.timeout.0.is_zero() => wrong("timeout", "must be longer than nothing"),
        () if !(1024..=BODY_BYTES_MAX).contains(&crawl.body_bytes_max) => wrong("body_bytes_max", "must be 1024 to 134217728"),
        () if crawl.user_agent.trim().is_empty() || !crawl.user_agent.is_ascii() => {
            wrong("user_agent", "must be plain ASCII text, not empty")
        }
        () if !crawl.contact.is_ascii() => wrong("contact", "must be plain ASCII text: an e-mail address or a URL"),
        () => Ok(()),
    }
}

fn policies_of(document: &Document<'_>, tables: Vec<Spanned<PolicyTable>>) -> Result<Vec<Policy>, ConfigError> {
    let mut policies: Vec<Policy> = Vec::new();
    for table in tables {
        let wrong = |message: &str| Err(document.error(Some(table.span()), message));
        let it = table.as_ref();
        if it.minimum == 0 {
            return wrong("minimum must be 1 or more: with 0 every month would be met");
        }
        if it.grace_working_days > GRACE_MAX {
            return wrong("grace_working_days must be 20 or less");
        }
        if policies.iter().any(|other| other.from == it.from) {
            return wrong("two policies begin in the same month");
        }
        policies.push(Policy {
            from: it.from,
            basis: it.basis.clone(),
            reading: it.reading,
            minimum: it.minimum,
            grace_working_days: it.grace_working_days,
            mentions_count: it.mentions_count,
            reprints_count: it.reprints_count,
            foreign_count: it.foreign_count,
        });
    }
    if policies.is_empty() {
        policies.extend(first_month().map(|from| Policy {
            from,
            basis: "Kế hoạch 211/KH-UBND ngày 17/10/2017, Chỉ tiêu 3".to_owned(),
            reading: DutyReading::EachOutlet,
            minimum: minimum(),
            grace_working_days: grace_working_days(),
            mentions_count: false,
            reprints_count: counts(),
            foreign_count: counts(),
        }));
    }
    Ok(policies)
}

/// The plan counts from 2017 on.
fn first_month() -> Option<Month> {
    Month::new(2017, 1)
}

impl Crawl {
    /// What is sent as `User-Agent`: the product, and where to complain.
    pub fn full_user_agent(&self) -> String {
        if self.contact.is_empty() { self.user_agent.clone() } else { format!("{} (+{})", self.user_agent, self.contact) }
    }
}

impl Default for SiteTable {
    fn default() -> Self {
        Self {
            database: None,
            name: "Điểm Báo".to_owned(),
            department: String::new(),
            province: "thành phố Huế".to_owned(),
            timezone: Spanned::new(0..0, "Asia/Ho_Chi_Minh".to_owned()),
            operator_email: String::new(),
            base_url: Url::parse("http://127.0.0.1:8300").ok(),
        }
    }
}

impl Default for Crawl {
    fn default() -> Self {
        Self {
            user_agent: "diembao/0.1".to_owned(),
            contact: String::new(),
            host_delay: Pause(Duration::from_secs(1)),
            timeout: Pause(Duration::from_secs(30)),
            body_bytes_max: 10 * 1024 * 1024,
            concurrency: 8,
            control_urls: Vec::new(),
            allow_private_hosts: false,
            clock_rules: Approval::Officer,
        }
    }
}

impl Default for WebTable {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 8300)) }
    }
}

impl FromStr for Pause {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is no duration: write 30s, 15m, 6h or 2d");
        let unit_at = text.find(|it: char| !it.is_ascii_digit()).ok_or_else(bad)?;
        let number: u64 = text[..unit_at].parse().map_err(|_| bad())?;
        let seconds = match &text[unit_at..] {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            "ms" => return Ok(Self(Duration::from_millis(number))),
            _ => return Err(bad()),
        };
        number.checked_mul(seconds).map(|it| Self(Duration::from_secs(it))).ok_or_else(bad)
    }
}

impl fmt::Display for Pause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}s", self.0.as_secs_f64())
    }
}

/// An address, or nothing for an empty text.
pub(super) fn url_or_empty<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Url>, D::Error> {
    let text = String::deserialize(from)?;
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(de::Error::custom) }
}

impl<'de> Deserialize<'de> for Pause {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_write_them() {
        for (text, seconds) in [("0s", 0), ("30m", 1800), ("6h", 21_600), ("2d", 172_800)] {
            assert_eq!(text.parse(), Ok(Pause(Duration::from_secs(seconds))), "{text}");
        }
        for text in ["", "6", "h", "6 h", "-1s", "1w", "99999999999999999d"] {
            assert!(text.parse::<Pause>().is_err_and(|it| it.contains("is no duration")), "{text}");
        }
    }
}
