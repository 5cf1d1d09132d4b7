//! The audit log: every decision, chained by digests so that no row can be changed, taken out or put in unseen.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};

use crate::domain::digest::sha256;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    Ruled,
    OffWebAdded,
    Confirmed,
    HandChecked,
    Withdrawn,
    UserAdded,
    UserChanged,
    LoggedIn,
    /// Somebody saw names that are masked.
    Unmasked,
    /// The line was asked for something: a visit now, a link to read.
    Requested,
    /// A file of the configuration was changed at the desk.
    Configured,
    /// An outlet sent an address or a scan.
    Submitted,
    /// What an outlet sent was settled.
    Settled,
    /// A link by which an outlet may answer was made.
    LinkMade,
    /// A call or an answer was noted down.
    Called,
    /// A token for other programs was made.
    TokenMade,
    TokenRevoked,
    /// A notice was let go, stopped, sent again or came back.
    NoticeHandled,
    /// An outlet is not to be written to for a time.
    Silenced,
    /// A letter was drafted, approved, issued or dropped.
    LetterHandled,
}

/// One row of the log as it stands in the store. Words are kept as they are found: a changed one must be readable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Counted from 1 without a hole.
    pub number: i64,
    pub at: DateTime<Utc>,
    pub by: String,
    pub what: String,
    /// What the decision is on.
    pub subject: String,
    /// JSON.
    pub before: String,
    /// JSON.
    pub after: String,
    /// Digest of the row before; empty in the first.
    pub previous: String,
    pub digest: String,
}

/// How the log, or a decision in it, fails to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// The row has not the digest of its content.
    Changed,
    /// It does not carry the digest of the row before.
    Unchained,
    /// A row with this number was written and is not there.
    Missing,
    /// The row of the decision is not what was logged.
    DecisionChanged,
    /// The decision that was logged is not there.
    DecisionMissing,
    /// The decision was not logged.
    NotLogged,
}

/// The first row at which the log breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("row {number} of the audit log: {flaw}")]
pub struct Broken {
    pub number: i64,
    pub flaw: Flaw,
}

/// The log as far as it was followed: rows go in by rising number.
#[derive(Debug, Default)]
pub struct Chain {
    last: i64,
    digest: String,
}

impl AuditRow {
    /// The digest that the row must have: SHA-256 of a JSON list, without blanks, of number, instant in seconds, by whom,
    /// what, subject, before, after and the digest of the row before.
    pub fn expected_digest(&self) -> String {
        let row = (self.number, self.at.timestamp(), &self.by, &self.what, &self.subject, &self.before, &self.after, &self.previous);
        // Numbers and text always become JSON.
        sha256(serde_json::to_string(&row).unwrap_or_default())
    }
}

impl Chain {
    /// Follows the chain over one more row.
    ///
    /// # Errors
    /// Where the row does not stand next in the chain.
    pub fn follow(&mut self, row: &AuditRow) -> Result<(), Broken> {
        let next = self.last + 1;
        let flaw = match () {
            () if row.number != next => return Err(Broken { number: next, flaw: Flaw::Missing }),
            () if row.digest != row.expected_digest() => Some(Flaw::Changed),
            () if row.previous != self.digest => Some(Flaw::Unchained),
            () => None,
        };
        if let Some(flaw) = flaw {
            return Err(Broken { number: row.number, flaw });
        }
        self.last = row.number;
        self.digest.clone_from(&row.digest);
        Ok(())
    }

    /// Ends the chain: `counted` rows were written in all. Says how many.
    ///
    /// # Errors
    /// Where the last ones are not there.
    pub fn end(&self, counted: i64) -> Result<i64, Broken> {
        if self.last == counted { Ok(counted) } else { Err(Broken { number: self.last + 1, flaw: Flaw::Missing }) }
    }
}

/// A word that names no act.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names nothing that is logged")]
pub struct BadAct(String);

impl Act {
    /// Every act.
    pub const ALL: [Self; 20] = [
        Self::Ruled,
        Self::OffWebAdded,
        Self::Confirmed,
        Self::HandChecked,
        Self::Withdrawn,
        Self::UserAdded,
        Self::UserChanged,
        Self::LoggedIn,
        Self::Unmasked,
        Self::Requested,
        Self::Configured,
        Self::Submitted,
        Self::Settled,
        Self::LinkMade,
        Self::Called,
        Self::TokenMade,
        Self::TokenRevoked,
        Self::NoticeHandled,
        Self::Silenced,
        Self::LetterHandled,
    ];

    /// Whether it decides something about a month: such a decision is kept in a row of its own, which must say the same.
    pub fn decides(self) -> bool {
        matches!(
            self,
            Self::Ruled | Self::OffWebAdded | Self::Confirmed | Self::HandChecked | Self::Withdrawn | Self::Submitted | Self::Settled
        )
    }

    /// The word used in store and output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ruled => "ruled",
            Self::OffWebAdded => "off_web_added",
            Self::Confirmed => "confirmed",
            Self::HandChecked => "hand_checked",
            Self::Withdrawn => "withdrawn",
            Self::UserAdded => "user_added",
            Self::UserChanged => "user_changed",
            Self::LoggedIn => "logged_in",
            Self::Unmasked => "unmasked",
            Self::Requested => "requested",
            Self::Configured => "configured",
            Self::Submitted => "submitted",
            Self::Settled => "settled",
            Self::LinkMade => "link_made",
            Self::Called => "called",
            Self::TokenMade => "token_made",
            Self::TokenRevoked => "token_revoked",
            Self::NoticeHandled => "notice_handled",
            Self::Silenced => "silenced",
            Self::LetterHandled => "letter_handled",
        }
    }

    /// What the officer reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Ruled => "kết luận về tin, bài",
            Self::OffWebAdded => "ghi nhận minh chứng ngoài trang mạng",
            Self::Confirmed => "xác nhận tháng",
            Self::HandChecked => "kiểm tra thủ công",
            Self::Withdrawn => "rút lại",
            Self::UserAdded => "thêm người dùng",
            Self::UserChanged => "sửa người dùng",
            Self::LoggedIn => "đăng nhập",
            Self::Unmasked => "xem tên đã che",
            Self::Requested => "yêu cầu",
            Self::Configured => "sửa cấu hình",
            Self::Submitted => "cơ quan báo chí gửi",
            Self::Settled => "kết luận về bản gửi",
            Self::LinkMade => "tạo liên kết trả lời",
            Self::Called => "ghi cuộc gọi, trả lời",
            Self::TokenMade => "tạo mã truy cập",
            Self::TokenRevoked => "thu hồi mã truy cập",
            Self::NoticeHandled => "xử lý thông báo",
            Self::Silenced => "tạm ngừng thông báo",
            Self::LetterHandled => "xử lý công văn",
        }
    }
}

impl FromStr for Act {
    type Err = BadAct;

    fn from_str(text: &str) -> Result<Self, BadAct> {
        Self::ALL.into_iter().find(|it| it.as_str() == text).ok_or_else(|| BadAct(text.to_owned()))
    }
}

impl Flaw {
    /// The word used in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Unchained => "unchained",
            Self::Missing => "missing",
            Self::DecisionChanged => "decision_changed",
            Self::DecisionMissing => "decision_missing",
            Self::NotLogged => "not_logged",
        }
    }

    /// What the officer reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Changed => "nội dung đã bị thay đổi sau khi ghi",
            Self::Unchained => "không nối tiếp dòng trước",
            Self::Missing => "dòng này đã bị mất",
            Self::DecisionChanged => "quyết định đang lưu khác với nhật ký",
            Self::DecisionMissing => "quyết định đã ghi nhật ký không còn",
            Self::NotLogged => "quyết định không có trong nhật ký",
        }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Changed => "its content was changed after it was written",
            Self::Unchained => "it does not follow the row before",
            Self::Missing => "it is missing",
            Self::DecisionChanged => "the decision that is stored is not the one that was logged",
            Self::DecisionMissing => "the decision that was logged is missing",
            Self::NotLogged => "the decision was not logged",
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn log(length: i64) -> Vec<AuditRow> {
        let mut rows: Vec<AuditRow> = Vec::new();
        for number in 1..=length {
            let previous = rows.last().map(|it| it.digest.clone()).unwrap_or_default();
            let mut row = AuditRow {
                number,
                at: DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(number),
                by: "hoa".to_owned(),
                what: "ruled".to_owned(),
                subject: format!("tin {number}"),
                before: "null".to_owned(),
                after: format!("{{\"n\":{number}}}"),
                previous,
                digest: String::new(),
            };
            row.digest = row.expected_digest();
            rows.push(row);
        }
        rows
    }

    fn followed(rows: &[AuditRow], counted: i64) -> Result<i64, Broken> {
        let mut chain = Chain::default();
        rows.iter().try_for_each(|it| chain.follow(it))?;
        chain.end(counted)
    }

    proptest! {
        #[test]
        fn the_first_row_that_was_touched_is_named(length in 1i64..12, at in 0usize..12, column in 0usize..9) {
            let at = at % usize::try_from(length).unwrap();
            let mut rows = log(length);
            prop_assert_eq!(followed(&rows, length), Ok(length));
            let row = &mut rows[at];
            match column {
                0 => row.number += 100,
                1 => row.at += chrono::TimeDelta::seconds(1),
                2 => row.by.push('x'),
                3 => row.what = "confirmed".to_owned(),
                4 => row.subject.push('x'),
                5 => row.before.push(' '),
                6 => row.after.push(' '),
                7 => row.previous.push('0'),
                _ => row.digest = "0".repeat(64),
            }
            prop_assert_eq!(followed(&rows, length).unwrap_err().number, i64::try_from(at).unwrap() + 1);
        }

        #[test]
        fn a_row_that_was_taken_out_is_missing_wherever_it_stood(length in 1i64..12, at in 0usize..12) {
            let at = at % usize::try_from(length).unwrap();
            let mut rows = log(length);
            rows.remove(at);
            prop_assert_eq!(followed(&rows, length), Err(Broken { number: i64::try_from(at).unwrap() + 1, flaw: Flaw::Missing }));
        }
    }

    #[test]
    fn a_row_that_was_changed_together_with_its_digest_breaks_the_next_one() {
        let mut rows = log(5);
        rows[2].by = "khác".to_owned();
        rows[2].digest = rows[2].expected_digest();
        assert_eq!(followed(&rows, 5), Err(Broken { number: 4, flaw: Flaw::Unchained }));
    }
}
