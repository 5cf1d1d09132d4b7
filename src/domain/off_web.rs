//! Off-web evidence: radio, television and print that an officer registered. It counts like an article.

use chrono::{DateTime, SubsecRound, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::domain::{
    month::Month,
    officer::{Admitted, Decided, OFF_WEB_URN, Refusal, Statement},
    outlet::{Medium, OutletId},
};

/// One broadcast, print or other item that reading web pages cannot see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OffWeb {
    pub outlet: OutletId,
    /// The month in which it counts.
    pub month: Month,
    pub medium: Medium,
    pub title: Statement,
    pub programme: Option<Statement>,
    /// When it was aired or printed, as far as that is known.
    pub aired: Option<DateTime<Utc>>,
    /// How long it is.
    pub seconds: Option<u32>,
    pub url: Option<Url>,
    pub file: Option<AttachedFile>,
    pub note: Option<Statement>,
}

/// A scan, recording or rundown that was handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachedFile {
    /// As the officer had it.
    pub name: Statement,
    /// SHA-256 in hexadecimal digits; the name under which it is kept.
    pub sha256: String,
}

impl OffWeb {
    /// Registers an item.
    ///
    /// # Errors
    /// Where its month or time has not come, the two do not agree, or its address is none of the web.
    pub fn admit(mut self, by: Statement, zone: Tz, now: DateTime<Utc>) -> Result<Admitted<Self>, Refusal> {
        self.aired = self.aired.map(|it| it.trunc_subsecs(0));
        let span = self.month.span(zone);
        if now < span.from {
            return Err(Refusal::MonthNotBegun(self.month));
        }
        if let Some(aired) = self.aired {
            if !span.contains(aired) {
                return Err(Refusal::AiredElsewhere(aired, self.month));
            }
            if aired > now {
                return Err(Refusal::Future(aired));
            }
        }
        if self.seconds == Some(0) {
            return Err(Refusal::NoDuration);
        }
        // What is kept will be shown as a link.
        if let Some(url) = self.url.as_ref().filter(|it| !matches!(it.scheme(), "http" | "https")) {
            return Err(Refusal::NotWeb(url.to_string()));
        }
        Ok(Admitted::new(self, by, now))
    }
}

impl Decided<OffWeb> {
    /// By what it is pointed to: its address, else its file's digest, else its number.
    pub fn reference(&self) -> String {
        match (&self.what.url, &self.what.file) {
            (Some(url), _) => url.to_string(),
            (None, Some(file)) => format!("urn:sha256:{}", file.sha256),
            (None, None) => format!("{OFF_WEB_URN}{}", self.id),
        }
    }
}
