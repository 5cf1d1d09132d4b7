//! The words of all messages: facts in, a triple of subject, plain text and HTML out.
//!
//! Names in titles come in masked. Everything that comes from elsewhere is made a harmless line before it is shown.

use chrono::{DateTime, FixedOffset};

use crate::domain::calendar::DutyReading;

pub use self::{
    alert::{Alert, Near},
    correction::{Correction, Recorded},
    digest::{Digest, DigestItem, DigestOutlet, MonthLeft, SourceDown, WaitingItem},
    escalation::{Answer, Escalation, Sent},
    operator::{OperatorReport, ReportedCause},
    quarter::Quarter,
    reminder::Reminder,
};

mod alert;
mod body;
mod chat;
mod correction;
mod digest;
mod escalation;
#[cfg(test)]
mod fixture;
mod line;
mod operator;
mod quarter;
mod reminder;

use self::line::{NAME_LETTERS_MAX, moment, one_line, web_address};

/// Letters of a subject: mail programs show fewer, none shows more.
const SUBJECT_LETTERS_MAX: usize = 119;
/// Letters of the tag before a subject.
const TAG_LETTERS_MAX: usize = 24;

/// One message in its three forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageText {
    /// One line of at most 119 letters.
    pub subject: String,
    /// Lines end with `\n`; prose is at most 72 columns wide, addresses stand whole on lines of their own.
    pub text: String,
    /// A whole document that fetches nothing.
    pub html: String,
}

/// Who writes: the department and the installation of the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// Name of the installation; stands in brackets before each subject, and signs where no department is set.
    pub site: String,
    /// May be empty.
    pub department: String,
    /// As it follows “báo chí”: “tỉnh …”, “thành phố …”. May be empty.
    pub province: String,
    /// Further lines of the signature block: address, telephone, mail address.
    pub lines: Vec<String>,
}

/// Whom the outlet may talk to. What is empty is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub name: String,
    pub role: String,
    pub phone: String,
    pub email: String,
}

/// The one-time link by which an outlet answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyLink {
    pub url: String,
    /// The first instant at which it works no more, by the site's clock.
    pub expires: DateTime<FixedOffset>,
}

/// What a month is held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub reading: DutyReading,
    /// Items a month needs; zero is read as one.
    pub minimum: usize,
    /// The legal citation in force on the day of the message; may be empty.
    pub basis: String,
}

impl Sender {
    /// The name that signs.
    fn name(&self) -> String {
        let name = [&self.department, &self.site].into_iter().find(|it| !it.trim().is_empty());
        one_line(name.map_or("", |it| it), NAME_LETTERS_MAX)
    }

    /// The head of the department as an addressee.
    fn head(&self) -> String {
        format!("Lãnh đạo {}", self.name())
    }

    /// Whose press Target 3 speaks of.
    fn place(&self) -> String {
        match one_line(&self.province, NAME_LETTERS_MAX) {
            it if it.is_empty() => "địa phương".to_owned(),
            province => province,
        }
    }

    /// A subject: the first of the wordings that fits whole with its tag and with whom it is about; else the last, cut.
    fn subject(&self, wordings: &[String], about: &str) -> String {
        let (tag, about) = (one_line(&self.site, TAG_LETTERS_MAX), one_line(about, SUBJECT_LETTERS_MAX));
        let end = if about.is_empty() { String::new() } else { format!(" – {about}") };
        let whole = |it: &String| one_line(&format!("[{tag}] {it}{end}"), usize::MAX);
        let fits = wordings.iter().map(whole).find(|it| it.chars().count() <= SUBJECT_LETTERS_MAX);
        fits.unwrap_or_else(|| one_line(&wordings.last().map(whole).unwrap_or_default(), SUBJECT_LETTERS_MAX))
    }
}

impl Person {
    /// Name, role and the ways to reach the person; `None` where nothing is known.
    fn sentence(&self) -> Option<String> {
        let reach = [("", &self.name), ("", &self.role), ("điện thoại ", &self.phone), ("thư điện tử ", &self.email)];
        let known = reach.into_iter().map(|(what, it)| (what, one_line(it, NAME_LETTERS_MAX))).filter(|it| !it.1.is_empty());
        let known: Vec<_> = known.map(|(what, it)| format!("{what}{it}")).collect();
        (!known.is_empty()).then(|| format!("Đầu mối liên hệ: {}.", known.join(", ")))
    }
}

impl ReplyLink {
    /// Whether its address is one of the web: no words point to a link that is not there.
    fn leads_somewhere(&self) -> bool {
        web_address(&self.url).is_some()
    }

    /// The words that lead to it.
    fn words(&self) -> String {
        format!("Liên kết trả lời (dùng một lần, có hiệu lực đến {})", moment(self.expires))
    }
}

/// What all messages speak of.
const TOPIC: &str = "về phòng, chống mua bán người";

impl Target {
    fn needed(&self) -> usize {
        self.minimum.max(1)
    }

    /// What is asked of whom, in a sentence.
    fn sentence(&self, sender: &Sender) -> String {
        let (needed, basis) = (self.needed(), one_line(&self.basis, TITLE_OF_BASIS_LETTERS_MAX));
        let by = if basis.is_empty() { String::new() } else { format!(" ({basis})") };
        match self.reading {
            DutyReading::EachOutlet => {
                format!("Chỉ tiêu{by}: mỗi tháng, mỗi cơ quan báo chí có ít nhất {needed} tin, bài {TOPIC}.")
            }
            DutyReading::Together => format!(
                "Chỉ tiêu{by} tính chung cho báo chí {}: mỗi tháng chỉ cần một cơ quan báo chí có ít nhất {needed} tin, bài {TOPIC} là đủ.",
                sender.place()
            ),
        }
    }

    /// What was recorded too little of, as the rest of a sentence. `counted` items of the outlet count.
    fn shortfall(&self, counted: usize, sender: &Sender) -> String {
        let needed = self.needed();
        match (self.reading, counted) {
            (DutyReading::EachOutlet, 0) => format!("chưa ghi nhận tin, bài nào của quý cơ quan {TOPIC}"),
            (DutyReading::EachOutlet, _) => format!("mới ghi nhận {counted}/{needed} tin, bài của quý cơ quan {TOPIC}"),
            (DutyReading::Together, 0) if needed == 1 => format!("chưa ghi nhận tin, bài nào của báo chí {} {TOPIC}", sender.place()),
            (DutyReading::Together, _) => {
                format!("chưa ghi nhận cơ quan báo chí nào của {} có đủ {needed} tin, bài {TOPIC}", sender.place())
            }
        }
    }

    /// The same for a subject.
    fn shortfall_subject(&self, counted: usize) -> [String; 2] {
        let what = if counted == 0 && self.needed() == 1 { "chưa ghi nhận" } else { "chưa ghi nhận đủ" };
        [format!("{what} tin, bài {TOPIC}"), format!("{what} tin, bài theo chỉ tiêu")]
    }
}

/// Letters kept of a citation; the title of a plan runs to two hundred.
const TITLE_OF_BASIS_LETTERS_MAX: usize = 250;
