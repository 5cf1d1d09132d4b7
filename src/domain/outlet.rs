//! The register: outlets, the sources through which they are seen, and the duty each one has.

use std::{collections::BTreeMap, fmt, str::FromStr};

use regex::Regex;
use serde::{Deserialize, Deserializer, Serialize};
use url::Url;

use crate::domain::month::{Month, MonthRange};

/// The short stable name of an outlet: lower-case letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct OutletId(String);

/// A host as it stands in URLs: lower case, without a leading `www.`, with the port where it is not the default one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Host(String);

/// Certificates (DER) by the host whose chain they complete.
pub type Intermediates = BTreeMap<Host, Vec<Vec<u8>>>;

/// What kind of body an outlet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OutletKind {
    Newspaper,
    RadioTv,
    Magazine,
    Portal,
    Station,
}

/// What an outlet owes: an item each month, nothing, or nothing because it only serves as a reference channel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    #[default]
    Monthly,
    Exempt,
    Reference,
}

/// A way of publishing that reading web pages cannot see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Medium {
    Broadcast,
    Print,
    Video,
    Paywall,
}

/// Months in which a decision frees an outlet from the duty.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Exemption {
    pub from: Option<Month>,
    pub to: Option<Month>,
    pub reason: String,
    /// Number and date of the decision.
    #[serde(default)]
    pub decision: String,
}

/// One press body with its sources.
#[derive(Debug, Clone)]
pub struct Outlet {
    pub id: OutletId,
    pub name: String,
    pub kind: OutletKind,
    pub duty: Duty,
    pub exempt: Vec<Exemption>,
    pub blind: Vec<Medium>,
    /// Whether the section sources together list all that the outlet publishes.
    pub sections_complete: bool,
    pub active: MonthRange,
    pub successor: Option<OutletId>,
    pub hosts: Vec<Host>,
    /// Finds the article's number in a URL; the first group that takes part is the id.
    pub article_id: Option<Regex>,
    pub sources: Vec<Source>,
    pub page: PageSelectors,
    pub contacts: Vec<Contact>,
}

/// What a verdict reads of an outlet: its duty and what we can see of it, apart from how it is crawled. Closed months keep it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Obligation {
    pub id: OutletId,
    pub name: String,
    pub duty: Duty,
    pub exempt: Vec<Exemption>,
    pub blind: Vec<Medium>,
    pub sections_complete: bool,
    pub active: MonthRange,
}

/// The form of the document behind a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    Feed,
    Sitemap,
    Listing,
}

/// Whether a source lists all that the outlet publishes, or one section of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Covers {
    Outlet,
    Section,
}

/// One feed, sitemap or listing page.
#[derive(Debug, Clone)]
pub struct Source {
    pub kind: SourceKind,
    pub url: Url,
    pub covers: Covers,
    /// Hosts beside the outlet's own whose links count as its articles.
    pub accept: Vec<Host>,
    /// Addresses that it had before: what was seen there was seen of this source.
    pub formerly: Vec<Url>,
    pub listing: ListingRules,
}

impl Source {
    /// Its address and those that it had before.
    pub fn addresses(&self) -> Vec<&Url> {
        std::iter::once(&self.url).chain(&self.formerly).collect()
    }
}

/// How a listing page is read. Selectors are CSS, checked when the configuration is loaded.
#[derive(Debug, Clone, Default)]
pub struct ListingRules {
    /// The links to articles (or boxes that hold one link each).
    pub item: Option<String>,
    /// The printed date, searched for within the item's box.
    pub date: Option<String>,
    /// The link to the next, older page.
    pub next: Option<String>,
    /// The address of page `{n}`, counted from 1.
    pub page_url: Option<String>,
    pub pages_max: u32,
}

/// Where the parts of an article page stand. CSS, checked when the configuration is loaded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PageSelectors {
    pub title: Option<String>,
    pub lead: Option<String>,
    pub body: Option<String>,
    pub date: Option<String>,
    pub author: Option<String>,
    pub remove: Vec<String>,
    /// The outlet's pages are short by nature: none is called unread for its length.
    pub short: bool,
}

/// Somebody at the outlet to write to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub role: String,
    pub email: String,
    pub from: Option<Month>,
    pub to: Option<Month>,
}

/// An outlet id that holds something else than lower-case letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no outlet id: use lower-case letters a to z, digits and hyphens, 1 to 64 of them")]
pub struct BadOutletId(String);

/// Text that cannot be the host of a URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no host: write it as in a URL, without scheme and path, for example huengaynay.vn")]
pub struct BadHost(String);

impl Host {
    /// The host of a URL, or `None` where a URL has none (`data:`, `mailto:`).
    pub fn of(url: &Url) -> Option<Self> {
        let name = url.host_str()?.trim_end_matches('.').to_lowercase();
        let bare = name.strip_prefix("www.").filter(|it| it.contains('.')).unwrap_or(&name);
        Some(Self(match url.port() {
            Some(port) => format!("{bare}:{port}"),
            None => bare.to_owned(),
        }))
    }

    /// The host as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host without its port, as certificates name it.
    pub fn name(&self) -> &str {
        let port_at = self.0.rfind(':').filter(|at| !self.0.get(*at..).unwrap_or_default().contains(']'));
        self.0.get(..port_at.unwrap_or(self.0.len())).unwrap_or(&self.0)
    }
}

impl Outlet {
    /// Whether a link leads to one of the outlet's own hosts.
    pub fn owns(&self, url: &Url) -> bool {
        Host::of(url).is_some_and(|host| self.hosts.contains(&host))
    }

    /// Who may be written to there in a month.
    pub fn contacts_in(&self, month: Month) -> impl Iterator<Item = &Contact> {
        self.contacts.iter().filter(move |it| it.from.is_none_or(|from| from <= month) && it.to.is_none_or(|to| month <= to))
    }

    /// What its verdicts read of it.
    pub fn obligation(&self) -> Obligation {
        Obligation {
            id: self.id.clone(),
            name: self.name.clone(),
            duty: self.duty,
            exempt: self.exempt.clone(),
            blind: self.blind.clone(),
            sections_complete: self.sections_complete,
            active: self.active,
        }
    }
}

impl Obligation {
    /// The exemption that covers the month, if one does.
    pub fn exemption(&self, month: Month) -> Option<&Exemption> {
        self.exempt.iter().find(|it| MonthRange { from: it.from, to: it.to }.contains(month))
    }
}

/// The control outlet's id. No id of a register can be written so.
const CONTROL: &str = "(doi-chung)";

impl OutletId {
    /// The id of the positive control: it stands in no register, and nothing that an officer counts or reads holds it.
    pub fn control() -> Self {
        Self(CONTROL.to_owned())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl SourceKind {
    /// The word used in configuration, store and output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Sitemap => "sitemap",
            Self::Listing => "listing",
        }
    }
}

/// A word that names no medium.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no medium: it is broadcast, print, video or paywall")]
pub struct BadMedium(String);

impl Medium {
    const ALL: [Self; 4] = [Self::Broadcast, Self::Print, Self::Video, Self::Paywall];

    /// The word used in configuration, store and output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Broadcast => "broadcast",
            Self::Print => "print",
            Self::Video => "video",
            Self::Paywall => "paywall",
        }
    }

    /// What the officer reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Broadcast => "phát thanh, truyền hình",
            Self::Print => "báo in",
            Self::Video => "video",
            Self::Paywall => "nội dung trả phí",
        }
    }
}

impl FromStr for Medium {
    type Err = BadMedium;

    fn from_str(text: &str) -> Result<Self, BadMedium> {
        Self::ALL.into_iter().find(|it| it.as_str() == text).ok_or_else(|| BadMedium(text.to_owned()))
    }
}

impl FromStr for OutletId {
    type Err = BadOutletId;

    fn from_str(text: &str) -> Result<Self, BadOutletId> {
        let fits = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
        if text.is_empty() || text.len() > 64 || !text.bytes().all(fits) {
            return Err(BadOutletId(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }
}

impl FromStr for Host {
    type Err = BadHost;

    fn from_str(text: &str) -> Result<Self, BadHost> {
        let bad = || BadHost(text.to_owned());
        if text.contains(['/', '@', '?', '#', ' ']) || text.is_empty() {
            return Err(bad());
        }
        let url = Url::parse(&format!("http://{text}/")).map_err(|_| bad())?;
        Self::of(&url).ok_or_else(bad)
    }
}

impl fmt::Display for OutletId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for OutletId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Host {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_the_same_however_it_is_written() {
        for text in ["HueNgayNay.vn", "www.huengaynay.vn", "huengaynay.vn."] {
            assert_eq!(text.parse::<Host>().unwrap().as_str(), "huengaynay.vn", "{text}");
        }
        assert_eq!("127.0.0.1:8081".parse::<Host>().unwrap().as_str(), "127.0.0.1:8081");
        for text in ["", "https://a.vn", "a.vn/x", "a b.vn"] {
            assert_eq!(text.parse::<Host>(), Err(BadHost(text.to_owned())));
        }
    }

    #[test]
    fn an_outlet_id_is_short_and_plain() {
        for text in ["", "Hue", "huế", "a b", &"a".repeat(65)] {
            assert_eq!(text.parse::<OutletId>(), Err(BadOutletId(text.to_owned())));
        }
        assert_eq!("hue-ngay-nay".parse::<OutletId>().unwrap().as_str(), "hue-ngay-nay");
        assert!(OutletId::control().as_str().parse::<OutletId>().is_err(), "no register can name the control outlet");
    }
}
