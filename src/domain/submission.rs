//! What an outlet sends by its link: an address or a scan. It counts for nothing and accuses nobody until an officer has settled it.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::domain::{
    month::Month,
    off_web::AttachedFile,
    officer::{Admitted, BadStatement, Refusal, Statement},
    outlet::OutletId,
};

/// Something that an outlet sent for a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    pub outlet: OutletId,
    pub month: Month,
    pub url: Option<Url>,
    pub file: Option<AttachedFile>,
    pub note: Option<Statement>,
    /// Who says to have sent it.
    pub sender: Statement,
}

/// What an officer made of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    pub submission: i64,
    #[serde(flatten)]
    pub outcome: Outcome,
    pub reason: Statement,
}

/// How a submission was settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It was registered as off-web evidence.
    OffWeb,
    /// It led to an article, which was read: judged, or ruled on.
    Article {
        article: i64,
    },
    Refused,
}

/// How a submission is named where an address stands, before its number.
pub const SUBMISSION_URN: &str = "urn:diembao:submission:";

/// Bytes of a scan.
pub const SCAN_BYTES_MAX: usize = 20 << 20;

impl Submission {
    /// Takes it in, in the outlet's name.
    ///
    /// # Errors
    /// Where its month has not begun, or its address is none of the web.
    pub fn admit(self, zone: Tz, now: DateTime<Utc>) -> Result<Admitted<Self>, Refusal> {
        if now < self.month.span(zone).from {
            return Err(Refusal::MonthNotBegun(self.month));
        }
        if let Some(url) = self.url.as_ref().filter(|it| !matches!(it.scheme(), "http" | "https")) {
            return Err(Refusal::NotWeb(url.to_string()));
        }
        let by = sender_of(&self.outlet).map_err(|_| Refusal::MonthNotBegun(self.month))?;
        Ok(Admitted::new(self, by, now))
    }

    /// What it is, in a few words.
    pub fn title(&self) -> String {
        format!("Cơ quan báo chí gửi: {}", self.named())
    }

    /// The address, or the name of the file.
    pub fn named(&self) -> String {
        match (&self.url, &self.file) {
            (Some(url), _) => url.to_string(),
            (None, Some(file)) => file.name.to_string(),
            (None, None) => String::new(),
        }
    }
}

/// The name that an outlet's own acts stand under in the log; no user has such a name.
fn sender_of(outlet: &OutletId) -> Result<Statement, BadStatement> {
    format!("outlet:{outlet}").parse()
}

impl Settlement {
    /// Settles a submission.
    pub fn admit(self, by: Statement, now: DateTime<Utc>) -> Admitted<Self> {
        Admitted::new(self, by, now)
    }
}

impl Outcome {
    /// The word used in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OffWeb => "off_web",
            Self::Article { .. } => "article",
            Self::Refused => "refused",
        }
    }

    /// The article that it led to.
    pub fn article(self) -> Option<i64> {
        match self {
            Self::Article { article } => Some(article),
            Self::OffWeb | Self::Refused => None,
        }
    }

    /// The outcome of a word in the store.
    pub fn of(word: &str, article: Option<i64>) -> Option<Self> {
        match (word, article) {
            ("off_web", None) => Some(Self::OffWeb),
            ("article", Some(article)) => Some(Self::Article { article }),
            ("refused", None) => Some(Self::Refused),
            _ => None,
        }
    }

    /// What the officer reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::OffWeb => "đã ghi nhận là minh chứng ngoài trang mạng",
            Self::Article { .. } => "đã đọc và kết luận về bài",
            Self::Refused => "không chấp nhận",
        }
    }
}

/// The kind of a scan by its first bytes, whatever its name says: a file ending, or `None` for what is not taken.
pub fn scan_kind(bytes: &[u8]) -> Option<&'static str> {
    let kinds: [(&[u8], &str); 3] = [(b"%PDF-", "pdf"), (b"\xff\xd8\xff", "jpg"), (b"\x89PNG\r\n\x1a\n", "png")];
    kinds.into_iter().find(|it| bytes.starts_with(it.0)).map(|it| it.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_is_known_by_its_bytes() {
        for (bytes, kind) in [
            (&b"%PDF-1.7\n"[..], Some("pdf")),
            (b"\xff\xd8\xff\xe0\x00\x10JFIF", Some("jpg")),
            (b"\x89PNG\r\n\x1a\n\x00", Some("png")),
            (b"<!doctype html>%PDF-", None),
            (b"MZ\x90", None),
            (b"GIF89a", None),
            (b"", None),
        ] {
            assert_eq!(scan_kind(bytes), kind, "{bytes:?}");
        }
    }

    #[test]
    fn an_outcome_is_read_as_it_is_written() {
        for outcome in [Outcome::OffWeb, Outcome::Article { article: 7 }, Outcome::Refused] {
            assert_eq!(Outcome::of(outcome.as_str(), outcome.article()), Some(outcome));
        }
        assert_eq!(Outcome::of("article", None), None);
    }
}
