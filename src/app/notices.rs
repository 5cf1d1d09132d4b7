//! The ways out for notices, built from the configuration, and the lock that keeps two rounds apart.

use std::{
    fs::{self, File, TryLockError},
    path::Path,
    sync::Arc,
};

use url::Url;

use super::{App, AppError, file_error};
use crate::{
    config::letter::Letter,
    jobs::{
        Line,
        compose::{NewToken, Site},
        notify::{NotifyReport, Posts, notify, rehearse},
    },
    mail::{FolderPost, Mailbox, Post, SmtpPost},
    report::message::Person,
    store::notice::LeftBy,
    web::secret::new_token,
    webhook::Hook,
};

/// The host in message ids where the installation has no address.
const NO_HOST: &str = "diembao.invalid";
const SMTP_PASSWORD: &str = "DIEMBAO_SMTP_PASSWORD";
const WEBHOOK_SECRET: &str = "DIEMBAO_WEBHOOK_SECRET";

/// What sends notices for as long as the program runs.
#[derive(Clone)]
pub struct Notifier {
    posts: Arc<Posts>,
    /// Set where the database is a file of this data folder: whoever has the lock is alone with it.
    lock: Option<std::path::PathBuf>,
}

impl App {
    /// Builds the ways out.
    ///
    /// # Errors
    /// Where an address, a secret or a file with one cannot be used.
    pub fn notifier(&self) -> Result<Notifier, AppError> {
        let (notices, site) = (&self.site.notices, &self.site);
        let mail = match &notices.smtp_url {
            Some(url) => Post::Smtp(Box::new(SmtpPost::new(url, secret(SMTP_PASSWORD)?)?)),
            None => Post::Folder(FolderPost::new(self.places.data.join(&notices.folder))),
        };
        let hook = match &notices.webhook_url {
            Some(url) => Some(Hook::new(url.clone(), &secret(WEBHOOK_SECRET)?.unwrap_or_default())?),
            None => None,
        };
        let domain = match (notices.from.split_once('@'), site.public_url().and_then(Url::domain)) {
            (Some((_, domain)), _) => domain.to_owned(),
            (None, Some(host)) => host.to_owned(),
            (None, None) => NO_HOST.to_owned(),
        };
        let from = if notices.from.is_empty() { format!("diembao@{domain}") } else { notices.from.clone() };
        let posts = Posts {
            mail,
            hook,
            from: Mailbox::new(&site.department, &from)?,
            domain,
            site: self.message_site(Arc::new(|| new_token().ok())),
        };
        fs::create_dir_all(&self.places.data).map_err(|cause| file_error("make the data folder", &self.places.data, cause))?;
        Ok(Notifier { posts: Arc::new(posts), lock: self.site.database.is_none().then(|| self.places.data.join("notify.lock")) })
    }
}

impl App {
    /// The installation as messages speak of it, with a source of tokens for the links in them.
    pub(super) fn message_site(&self, new_token: NewToken) -> Site {
        let site = &self.site;
        Site {
            name: site.name.clone(),
            department: site.department.clone(),
            province: site.province.clone(),
            operator_email: site.operator_email.clone(),
            base_url: site.public_url().cloned(),
            contact: contact(&site.letter),
            new_token,
        }
    }
}

impl Notifier {
    /// Writes and sends what is due; `None` where another round is at it.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn notify(&self, line: &Line) -> Result<Option<NotifyReport>, AppError> {
        let Some(path) = &self.lock else { return Ok(Some(notify(line, &self.posts, LeftBy::Lapsed).await?)) };
        let Some(_lock) = alone(path)? else { return Ok(None) };
        Ok(Some(notify(line, &self.posts, LeftBy::Anyone).await?))
    }

    /// What would go out; nothing is written or sent.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn rehearse(&self, line: &Line) -> Result<NotifyReport, AppError> {
        Ok(rehearse(line, &self.posts.site).await?)
    }
}

/// The lock of the outbox, which the system lets go of however the program ends; `None` where somebody else has it.
fn alone(path: &Path) -> Result<Option<File>, AppError> {
    let failed = |cause| file_error("lock", path, cause);
    let file = File::options().create(true).truncate(false).write(true).open(path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(cause)) => Err(failed(cause)),
    }
}

/// Whom outlets may talk to, as letters name them too.
fn contact(letter: &Letter) -> Option<Person> {
    let named = [&letter.contact_name, &letter.contact_phone, &letter.contact_email].iter().any(|it| !it.is_empty());
    named.then(|| Person {
        name: letter.contact_name.clone(),
        role: String::new(),
        phone: letter.contact_phone.clone(),
        email: letter.contact_email.clone(),
    })
}

/// A secret from the environment, or from the file that the environment names under the same word with `_FILE`.
fn secret(name: &str) -> Result<Option<String>, AppError> {
    if let Ok(text) = std::env::var(name) {
        return Ok(Some(text));
    }
    let Ok(file) = std::env::var(format!("{name}_FILE")) else { return Ok(None) };
    let text = fs::read_to_string(&file).map_err(|cause| file_error("read the secret in", Path::new(&file), cause))?;
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}
