//! Who works at the desk: names, roles and what they allow, passwords that are none, and how long somebody who guesses waits.

use std::{fmt, str::FromStr};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Letters that a password has at least; length is what counts (NIST SP 800-63B, 3.1.1.2).
pub const PASSWORD_LETTERS_MIN: usize = 12;
/// Longer ones are refused: hashing them is work that anybody could ask for.
pub const PASSWORD_LETTERS_MAX: usize = 200;
/// Failures after which a name has to wait, and the time in which they are counted.
const FAILURES_FREE: usize = 5;
const FAILURES_WITHIN: TimeDelta = TimeDelta::hours(1);
/// The wait after the first failure beyond those, doubled by each further one up to the longest.
const WAIT_FIRST: TimeDelta = TimeDelta::minutes(1);
const WAIT_DOUBLINGS_MAX: u32 = 6;

/// A name to log in with: 2 to 40 small letters a to z, digits, full stops, hyphens and underscores, a letter first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct UserName(String);

/// Why text is no name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no user name: 2 to 40 small letters a to z, digits, `.`, `-` and `_`, a letter first")]
pub struct BadUserName(String);

/// What somebody may do, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Viewer,
    Officer,
    Head,
    Admin,
}

/// What a page or a button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Deed {
    /// Read what everybody at the desk may read.
    Look,
    /// Rule on articles, register off-web evidence, confirm lists, check by hand.
    Decide,
    /// Close a month.
    Close,
    /// See names that are masked.
    Unmask,
    /// Read the audit log.
    Audit,
    /// Add users, change roles and passwords.
    ManageUsers,
}

/// A word that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no role: viewer, officer, head or admin")]
pub struct BadRole(String);

/// Why a password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    #[error("it has fewer than {PASSWORD_LETTERS_MIN} letters")]
    TooShort,
    #[error("it has more than {PASSWORD_LETTERS_MAX} letters")]
    TooLong,
    #[error("it holds the user name")]
    HoldsName,
    #[error("it repeats a few letters")]
    TooPlain,
}

impl Role {
    /// Every role, the least first.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Officer, Self::Head, Self::Admin];

    /// Whether the role allows a deed. Each role may what those below it may; an administrator keeps the house and decides nothing.
    pub fn may(self, deed: Deed) -> bool {
        match deed {
            Deed::Look => true,
            Deed::Decide | Deed::Unmask => matches!(self, Self::Officer | Self::Head),
            Deed::Close => matches!(self, Self::Officer | Self::Head),
            Deed::Audit => matches!(self, Self::Head | Self::Admin),
            Deed::ManageUsers => self == Self::Admin,
        }
    }

    /// The word used in store and output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Officer => "officer",
            Self::Head => "head",
            Self::Admin => "admin",
        }
    }

    /// What the officer reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Viewer => "người xem",
            Self::Officer => "chuyên viên",
            Self::Head => "lãnh đạo phòng",
            Self::Admin => "quản trị",
        }
    }
}

impl FromStr for Role {
    type Err = BadRole;

    fn from_str(text: &str) -> Result<Self, BadRole> {
        Self::ALL.into_iter().find(|it| it.as_str() == text).ok_or_else(|| BadRole(text.to_owned()))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl UserName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for UserName {
    type Err = BadUserName;

    fn from_str(text: &str) -> Result<Self, BadUserName> {
        let fits = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || matches!(it, b'.' | b'-' | b'_');
        let good = (2..=40).contains(&text.len()) && text.bytes().all(fits) && text.as_bytes()[0].is_ascii_lowercase();
        if good { Ok(Self(text.to_owned())) } else { Err(BadUserName(text.to_owned())) }
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Checks a password that somebody chooses.
///
/// # Errors
/// Why it is refused.
pub fn check_password(password: &str, name: &UserName) -> Result<(), PasswordFault> {
    let letters = password.chars().count();
    let different: std::collections::BTreeSet<char> = password.chars().collect();
    match () {
        () if letters < PASSWORD_LETTERS_MIN => Err(PasswordFault::TooShort),
        () if letters > PASSWORD_LETTERS_MAX => Err(PasswordFault::TooLong),
        () if password.to_lowercase().contains(name.as_str()) => Err(PasswordFault::HoldsName),
        () if different.len() < 5 => Err(PasswordFault::TooPlain),
        () => Ok(()),
    }
}

/// Until when a name cannot log in, by its last failures: `None` where it can. Nobody is locked out for good, or anybody could lock
/// out an officer before the deadline.
pub fn waits_until(failures: &[DateTime<Utc>], now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let recent: Vec<_> = failures.iter().copied().filter(|it| *it <= now && now - *it < FAILURES_WITHIN).collect();
    let beyond = recent.len().checked_sub(FAILURES_FREE)?;
    let doublings = u32::try_from(beyond).unwrap_or(u32::MAX).min(WAIT_DOUBLINGS_MAX);
    let until = *recent.iter().max()? + WAIT_FIRST * 2_i32.pow(doublings);
    (until > now).then_some(until)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_allows_what_its_work_needs_and_no_more() {
        use Deed::*;
        for (role, may) in [
            (Role::Viewer, vec![Look]),
            (Role::Officer, vec![Look, Decide, Close, Unmask]),
            (Role::Head, vec![Look, Decide, Close, Unmask, Audit]),
            (Role::Admin, vec![Look, Audit, ManageUsers]),
        ] {
            let allowed: Vec<Deed> = [Look, Decide, Close, Unmask, Audit, ManageUsers].into_iter().filter(|it| role.may(*it)).collect();
            assert_eq!(allowed, may, "{role}");
            assert_eq!(role.as_str().parse(), Ok(role));
        }
    }

    #[test]
    fn a_name_is_short_plain_and_begins_with_a_letter() {
        for (text, good) in
            [("hoa", true), ("le.hoa-2", true), ("h", false), ("2hoa", false), ("Hoa", false), ("hòa", false), ("a b", false)]
        {
            assert_eq!(text.parse::<UserName>().is_ok(), good, "{text}");
        }
    }

    #[test]
    fn a_password_is_long_and_not_the_name() {
        let name: UserName = "le.hoa".parse().unwrap();
        for (password, fault) in [
            ("ngày mai trời lại sáng", None),
            ("ngắn quá", Some(PasswordFault::TooShort)),
            ("xin-chao-LE.HOA-nhe", Some(PasswordFault::HoldsName)),
            ("abababababababab", Some(PasswordFault::TooPlain)),
            (&"dài quá ".repeat(40), Some(PasswordFault::TooLong)),
        ] {
            assert_eq!(check_password(password, &name).err(), fault, "{password}");
        }
    }

    #[test]
    fn who_guesses_waits_longer_each_time_and_never_for_good() {
        let at = |minute: i64| DateTime::UNIX_EPOCH + TimeDelta::minutes(minute);
        let failures = |count: i64| (0..count).map(|it| at(it - count)).collect::<Vec<_>>();
        for (count, wait) in [(0, None), (4, None), (5, None), (6, Some(1)), (7, Some(3)), (12, Some(63)), (40, Some(63))] {
            let until = waits_until(&failures(count), at(0));
            assert_eq!(until.map(|it| (it - at(0)).num_minutes()), wait, "{count}");
        }
        assert_eq!(waits_until(&failures(12), at(64)), None, "old failures are forgotten");
    }
}
