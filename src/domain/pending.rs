//! An article that waits for an officer, and why.

use serde::{Deserialize, Serialize};

use crate::domain::nature::Nature;

/// An article that waits for an officer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    pub url: String,
    pub title: String,
    pub why: PendingWhy,
    #[serde(flatten)]
    pub nature: Nature,
}

/// Why an article waits for an officer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PendingWhy {
    Candidate,
    Mention,
    DateStraddles,
    Undated,
    /// First seen after the grace of the month that it claims.
    AppearedLater,
    /// Ruled out, and its text is another one since.
    ChangedSinceRuling,
    /// Repeats another outlet's earlier article, and the policy does not count that.
    Reprint,
    /// From abroad, nothing in it leads to Viet Nam, and the policy does not count that.
    Foreign,
    /// Counts as it was read; an edit since then took the subject out of it.
    EditedAway,
    /// An officer's decision on it bears a time that has not come.
    SaidAhead,
    /// The same text as an article that counts, under another address of the outlet: it would make the difference.
    Mirror,
    /// The outlet sent it, and no officer has settled it.
    Submitted,
    /// The outlet lists it, on a host that the register does not name as its own.
    ForeignHost,
}

impl PendingWhy {
    /// Every reason.
    pub const ALL: [Self; 13] = [
        Self::Candidate,
        Self::Mention,
        Self::DateStraddles,
        Self::Undated,
        Self::AppearedLater,
        Self::ChangedSinceRuling,
        Self::Reprint,
        Self::Foreign,
        Self::EditedAway,
        Self::SaidAhead,
        Self::Mirror,
        Self::Submitted,
        Self::ForeignHost,
    ];

    /// The word used in store and output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Candidate => "candidate",
            Self::Mention => "mention",
            Self::DateStraddles => "date_straddles",
            Self::Undated => "undated",
            Self::AppearedLater => "appeared_later",
            Self::ChangedSinceRuling => "changed_since_ruling",
            Self::Reprint => "reprint",
            Self::Foreign => "foreign",
            Self::EditedAway => "edited_away",
            Self::SaidAhead => "said_ahead",
            Self::Mirror => "mirror",
            Self::Submitted => "submitted",
            Self::ForeignHost => "foreign_host",
        }
    }

    /// What the officer reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Candidate => "cần chuyên viên xem xét",
            Self::Mention => "chỉ nhắc thoáng qua",
            Self::DateStraddles => "ngày đăng có thể thuộc hai tháng khác nhau",
            Self::Undated => "không xác định được ngày đăng",
            Self::AppearedLater => "xuất hiện sau khi hết thời gian chờ của tháng",
            Self::ChangedSinceRuling => "đã thay đổi sau khi chuyên viên kết luận",
            Self::Reprint => "đăng lại bài của cơ quan báo chí khác",
            Self::Foreign => "tin nước ngoài, không liên hệ với Việt Nam",
            Self::EditedAway => "đã sửa sau khi được tính, nội dung hiện nay không còn nói về chủ đề",
            Self::SaidAhead => "quyết định của chuyên viên ghi thời điểm chưa đến, cần ghi lại",
            Self::Mirror => "cùng nội dung với bài đã tính, ở địa chỉ khác của chính cơ quan này",
            Self::Submitted => "cơ quan báo chí gửi, chờ chuyên viên xem",
            Self::ForeignHost => "cơ quan này dẫn tới, nằm trên trang chưa có trong sổ đăng ký",
        }
    }
}
