//! What the desk has at hand: its parts, and the jobs that do what pages may not. And who may come in.

use std::sync::Arc;

use chrono::TimeDelta;

use crate::{
    app::{App, AppError},
    domain::user::{Role, UserName},
    jobs::{
        Line,
        dossier::dossier,
        review::{record_changes, review},
    },
    store::{
        attachment::Attachments,
        session::Purpose,
        user::{NewUser, UserChange, UserChangeEnd},
    },
    web::{
        secret::{hash_password, new_token},
        state::{Desk, Given, HandFault, Hands, Site},
    },
};

/// The one password of a rehearsal, whose desk holds nothing but invented news.
pub const DEMO_PASSWORD: &str = "mot ngay dep troi";
const DEMO_USERS: [(&str, &str, Role); 4] = [
    ("hoa", "Lê Thị Hoa", Role::Officer),
    ("nam", "Trần Văn Nam", Role::Head),
    ("xem", "Người xem", Role::Viewer),
    ("quantri", "Quản trị", Role::Admin),
];
/// How long the link that opens the first set-up works.
const SETUP_LIVES: TimeDelta = TimeDelta::hours(24);
/// Who is said to have done what the command line did.
const TERMINAL: &str = "terminal";

impl App {
    /// What the desk's pages have at hand.
    pub fn desk(&self) -> Desk {
        let site = Site {
            name: self.site.name.clone(),
            department: self.site.department.clone(),
            province: self.site.province.clone(),
            zone: self.line.zone,
            https: self.site.base_url.as_ref().is_some_and(|it| it.scheme() == "https"),
        };
        Desk {
            store: self.line.store.clone(),
            archive: self.line.archive.clone(),
            search: self.search.clone(),
            attachments: Attachments::under(&self.places.data),
            site: Arc::new(site),
            hands: hands(&self.line),
        }
    }
}

/// Who may come in.
impl App {
    /// A link under `base` that adds the first user, while there is none.
    ///
    /// # Errors
    /// Where the store fails or no token can be made.
    pub async fn setup_link(&self, base: &str) -> Result<Option<String>, AppError> {
        if self.line.store.has_users().await? {
            return Ok(None);
        }
        let (token, digest) = new_token()?;
        self.line.store.make_link(&digest, Purpose::Setup, "", self.line.clock.now(), SETUP_LIVES).await?;
        Ok(Some(format!("{base}/setup/{token}")))
    }

    /// Adds a user; says whether the name was free.
    ///
    /// # Errors
    /// Where the store fails or the password cannot be hashed.
    pub async fn add_user(&self, name: &UserName, shown: &str, role: Role, password: String) -> Result<bool, AppError> {
        let password = hash_password(password).await?;
        let new = NewUser { name, shown, role, password: &password };
        Ok(self.line.store.add_user(&new, TERMINAL, self.line.clock.now()).await?)
    }

    /// Gives a user a new password and ends the sessions under the old one.
    ///
    /// # Errors
    /// Where the store fails or the password cannot be hashed.
    pub async fn set_password(&self, name: &UserName, password: String) -> Result<UserChangeEnd, AppError> {
        let password = hash_password(password).await?;
        Ok(self.line.store.change_user(name, &UserChange::Password(&password), TERMINAL, self.line.clock.now()).await?)
    }

    /// Keeps a user from logging in.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn disable_user(&self, name: &UserName) -> Result<UserChangeEnd, AppError> {
        Ok(self.line.store.change_user(name, &UserChange::Disabled, TERMINAL, self.line.clock.now()).await?)
    }

    /// Adds the users of a rehearsal; says their names and what they are.
    ///
    /// # Errors
    /// Where the store fails or the password cannot be hashed.
    pub async fn add_demo_users(&self) -> Result<Vec<(UserName, Role)>, AppError> {
        let mut added = Vec::new();
        for (name, shown, role) in DEMO_USERS {
            let Ok(name) = name.parse::<UserName>() else { continue };
            self.add_user(&name, shown, role, DEMO_PASSWORD.to_owned()).await?;
            added.push((name, role));
        }
        Ok(added)
    }
}

fn hands(line: &Line) -> Hands {
    let (clock, given, reviewed, built) = (line.clock.clone(), line.clone(), line.clone(), line.clone());
    Hands {
        now: Arc::new(move || clock.now()),
        given: Arc::new(move || Given { outlets: given.register.outlets.clone().into(), policies: given.policies.clone() }),
        review: Arc::new(move |(month, outlets)| {
            let line = reviewed.clone();
            Box::pin(async move {
                let found = review(&line, month, &outlets).await?;
                record_changes(&line, &found).await?;
                Ok(found)
            })
        }),
        dossier: Arc::new(move |(outlet, month)| {
            let line = built.clone();
            Box::pin(async move {
                let outlet = line.register.get(outlet.as_str()).ok_or_else(|| HandFault::from(format!("{outlet} is not registered")))?;
                Ok(dossier(&line, outlet, month).await?)
            })
        }),
    }
}
