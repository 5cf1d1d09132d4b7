//! What stands around each page: who looks, in which language, and what has just been done.

use std::{convert::Infallible, ops::Deref, sync::Arc};

use axum::{extract::FromRequestParts, http::request::Parts};

use super::{lang::Lang, state::Site};
use crate::{
    domain::{
        officer::{BadStatement, Statement},
        user::Deed,
    },
    store::user::User,
};

/// The frame of one page. Its language's words are its own.
#[derive(Debug, Clone)]
pub struct Frame {
    pub lang: Lang,
    pub site: Arc<Site>,
    pub user: Option<Arc<User>>,
    /// Path and question of the page, for the way back to it.
    pub here: String,
    /// What has just been done, as the address says it.
    done: Option<Done>,
}

/// Something that was done before the page was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    Ruled,
    Added,
    Confirmed,
    Checked,
    Withdrawn,
    Requested,
    Saved,
    Removed,
    Imported,
    Closed,
    Proposed,
    Received,
    PasswordChanged,
}

impl Done {
    const ALL: [Self; 13] = [
        Self::Ruled,
        Self::Added,
        Self::Confirmed,
        Self::Checked,
        Self::Withdrawn,
        Self::Requested,
        Self::Saved,
        Self::Removed,
        Self::Imported,
        Self::Closed,
        Self::Proposed,
        Self::Received,
        Self::PasswordChanged,
    ];

    /// The word in an address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ruled => "ruled",
            Self::Added => "added",
            Self::Confirmed => "confirmed",
            Self::Checked => "checked",
            Self::Withdrawn => "withdrawn",
            Self::Requested => "requested",
            Self::Saved => "saved",
            Self::Removed => "removed",
            Self::Imported => "imported",
            Self::Closed => "closed",
            Self::Proposed => "proposed",
            Self::Received => "received",
            Self::PasswordChanged => "password",
        }
    }

    fn words(self, lang: Lang) -> &'static str {
        let (vi, en) = match self {
            Self::Ruled => ("Đã ghi nhận kết luận.", "The ruling is recorded."),
            Self::Added => ("Đã ghi nhận minh chứng.", "The evidence is registered."),
            Self::Confirmed => ("Đã ghi nhận xác nhận.", "The confirmation is recorded."),
            Self::Checked => ("Đã ghi nhận lần kiểm tra thủ công.", "The hand check is recorded."),
            Self::Withdrawn => ("Đã rút lại.", "It was taken back."),
            Self::Requested => ("Đã gửi yêu cầu; kết quả hiện ra khi làm xong.", "The request is on its way; the result shows when done."),
            Self::Saved => ("Đã lưu.", "Saved."),
            Self::Removed => ("Đã xoá.", "Removed."),
            Self::Imported => ("Đã nhập toàn bộ danh sách.", "The whole list was imported."),
            Self::Closed => ("Đã chốt tháng.", "The month is closed."),
            Self::Proposed => ("Đã đề nghị chốt; chờ người thứ hai xác nhận.", "Closing is proposed; a second officer must confirm."),
            Self::Received => ("Đã nhận. Xin cảm ơn quý cơ quan.", "Received. Thank you."),
            Self::PasswordChanged => ("Đã đổi mật khẩu; xin đăng nhập lại.", "The password was changed; please log in again."),
        };
        lang.say(vi, en)
    }
}

impl Frame {
    /// The frame of a page at `here`.
    pub fn new(lang: Lang, site: Arc<Site>, user: Option<Arc<User>>, here: String) -> Self {
        let question = here.split_once('?').map_or("", |it| it.1);
        let word = question.split('&').find_map(|it| it.strip_prefix("done="));
        let done = word.and_then(|word| Done::ALL.into_iter().find(|it| it.as_str() == word));
        Self { lang, site, user, here, done }
    }

    /// What has just been done.
    pub fn done(&self) -> Option<&'static str> {
        self.done.map(|it| it.words(self.lang))
    }

    /// Whether whoever looks may do something.
    pub fn may(&self, deed: Deed) -> bool {
        self.user.as_ref().is_some_and(|it| it.role.may(deed))
    }

    /// Whether whoever looks may decide, for templates.
    pub fn may_decide(&self) -> bool {
        self.may(Deed::Decide)
    }

    /// Whether whoever looks may see masked names, for templates.
    pub fn may_unmask(&self) -> bool {
        self.may(Deed::Unmask)
    }

    /// Whether whoever looks manages users, for templates.
    pub fn may_manage(&self) -> bool {
        self.may(Deed::ManageUsers)
    }

    /// Whether whoever looks may read the audit log, for templates.
    pub fn may_audit(&self) -> bool {
        self.may(Deed::Audit)
    }

    /// Who decides, as decisions are signed.
    ///
    /// # Errors
    /// Where nobody is logged in.
    pub fn by(&self) -> Result<Statement, BadStatement> {
        self.user.as_ref().map_or("", |it| it.name.as_str()).parse()
    }

    /// Whether the page belongs to a part of the desk, for the menu.
    pub fn stands_in(&self, part: &str) -> bool {
        let path = self.here.split('?').next().unwrap_or_default();
        path == part || (part != "/" && path.starts_with(part))
    }

    /// Whether the board or what hangs on it is looked at.
    pub fn stands_in_months(&self) -> bool {
        ["/", "/outlets", "/months", "/year"].iter().any(|it| self.stands_in(it))
    }
}

impl Deref for Frame {
    type Target = Lang;

    fn deref(&self) -> &Lang {
        &self.lang
    }
}

impl<S: Sync> FromRequestParts<S> for Frame {
    type Rejection = Infallible;

    /// The gate has put it there; a page behind no gate has a frame without anybody in it.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(|| {
            let site = Site {
                name: String::new(),
                department: String::new(),
                province: String::new(),
                zone: chrono_tz::Asia::Ho_Chi_Minh,
                https: false,
            };
            Self::new(Lang::Vi, Arc::new(site), None, String::new())
        }))
    }
}

/// The address of a page with what has just been done.
pub fn done_at(path: &str, done: Done) -> String {
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}done={}", done.as_str())
}

/// An address of this desk; one that leads elsewhere is none.
pub fn inside(path: &str) -> Option<&str> {
    let here = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\') && !path.chars().any(char::is_control);
    here.then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_never_leads_elsewhere() {
        assert_eq!(inside("/search?q=a"), Some("/search?q=a"));
        for path in ["", "https://bad.example/", "//bad.example/", "/\\bad.example", "/a\r\nSet-Cookie: x"] {
            assert_eq!(inside(path), None, "{path}");
        }
    }
}
