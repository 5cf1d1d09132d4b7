//! What only the operator can mend, told once when it begins and once when it is over.

use std::str::FromStr;

/// Something that the operator must know of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// What makes it one: the same from its beginning to its end.
    pub key: String,
    pub kind: CauseKind,
    /// What it concerns: the outlet, the message, the control.
    pub what: String,
    /// The address that it concerns; may be empty.
    pub url: String,
    /// What is known of why; may be empty.
    pub why: String,
}

/// What kind of trouble it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CauseKind {
    /// A source cannot be read.
    SourceUnreadable,
    /// No control address answers: the fault is ours.
    ControlSilent,
    /// The rehearsal outlet's items are not found, or not judged as they should be: the detector may be blind.
    ControlNotFound,
    /// A message is due and must not go.
    MessageHeld,
    /// A message could not be delivered.
    DeliveryFailed,
    /// A message may have been delivered although nobody confirmed it.
    DeliveryDoubtful,
    /// There is nobody to write to.
    ContactMissing,
    /// An outlet was alerted about a month that is now in doubt.
    AlertedInDoubt,
    /// The program did not run for a while.
    WasDown,
    /// Most of an outlet's pages come and cannot be read: it was redesigned, or put behind a wall.
    PagesUnreadable,
}

/// A text that names no kind of cause.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no kind of cause")]
pub struct BadCause(String);

impl CauseKind {
    /// Every kind, in the order of a report: what touches outlets comes first.
    pub const ALL: [Self; 10] = [
        Self::AlertedInDoubt,
        Self::DeliveryDoubtful,
        Self::DeliveryFailed,
        Self::MessageHeld,
        Self::ContactMissing,
        Self::ControlNotFound,
        Self::ControlSilent,
        Self::WasDown,
        Self::PagesUnreadable,
        Self::SourceUnreadable,
    ];

    /// The word used in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SourceUnreadable => "source_unreadable",
            Self::ControlSilent => "control_silent",
            Self::ControlNotFound => "control_not_found",
            Self::MessageHeld => "message_held",
            Self::DeliveryFailed => "delivery_failed",
            Self::DeliveryDoubtful => "delivery_doubtful",
            Self::ContactMissing => "contact_missing",
            Self::AlertedInDoubt => "alerted_in_doubt",
            Self::WasDown => "was_down",
            Self::PagesUnreadable => "pages_unreadable",
        }
    }

    /// What the operator reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::SourceUnreadable => "Nguồn không đọc được",
            Self::ControlSilent => "Địa chỉ kiểm tra đường truyền không trả lời",
            Self::ControlNotFound => "Bài đối chứng không được nhận ra",
            Self::MessageHeld => "Thư bị giữ lại",
            Self::DeliveryFailed => "Thư gửi không được",
            Self::DeliveryDoubtful => "Thư chưa rõ đã gửi hay chưa",
            Self::ContactMissing => "Thiếu người nhận thư",
            Self::AlertedInDoubt => "Tháng đã báo nay không còn chắc chắn",
            Self::WasDown => "Chương trình đã ngừng chạy",
            Self::PagesUnreadable => "Trang bài của một cơ quan báo chí không đọc được",
        }
    }
}

impl FromStr for CauseKind {
    type Err = BadCause;

    fn from_str(text: &str) -> Result<Self, BadCause> {
        Self::ALL.into_iter().find(|it| it.as_str() == text).ok_or_else(|| BadCause(text.to_owned()))
    }
}
