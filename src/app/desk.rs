//! What the desk has at hand: its parts, and the jobs that do what pages may not. And who may come in.

use std::sync::Arc;

use chrono::TimeDelta;

use crate::{
    app::{App, AppError, configure::Configurator, live::Live, settings::settings},
    archive::{ArchiveError, Payload},
    domain::{
        month::Month,
        near_miss::{NEAR_MISSES_MAX, near_misses},
        notice::NoticeKey,
        outlet::{Outlet, OutletId},
        review::ReadState,
        user::{Role, UserName},
    },
    extract::charset::decode,
    jobs::{
        Line,
        close::{CloseEnd, checklist, close},
        dossier::dossier,
        letter::{LetterBytes, LetterDoubts, NoLetter, letter_doubts, write_letter},
        notify::preview,
        review::{look, review_outlet_again},
    },
    store::{
        attachment::Attachments,
        session::Purpose,
        user::{NewUser, UserChange, UserChangeEnd},
    },
    web::{
        secret::{hash_password, new_token},
        state::{Checklist, CloseAnswer, Desk, Doubts, Given, HandFault, Hands, LetterAnswer, Looked, Site, Work, Written},
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
            hands: self.hands(),
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

impl App {
    fn hands(&self) -> Hands {
        let live = &self.live;
        let (clock, given) = (live.line().clock, live.clone());
        let configurator = Configurator::new(live.clone(), self.places.config.clone());
        let (digests, effects, saves) = (configurator.clone(), configurator.clone(), configurator);
        Hands {
            now: Arc::new(move || clock.now()),
            given: Arc::new(move || {
                let line = given.line();
                Given { outlets: line.register.outlets.clone(), policies: line.policies, facets: line.facets, terms: line.terms }
            }),
            look: hand(live, |line, (outlet, month)| async move { look_at(&line, &outlet, month).await }),
            decided: hand(live, |line, (outlet, months): (OutletId, Vec<Month>)| async move {
                Ok(review_outlet_again(&line, registered(&line, &outlet)?, months).await?)
            }),
            dossier: hand(live, |line, (outlet, month)| async move { Ok(dossier(&line, registered(&line, &outlet)?, month).await?) }),
            copy: hand(live, |line, capture| async move { archived_copy(&line, capture).await }),
            checklist: hand(live, |line, (month, by, second): (Month, String, String)| async move {
                let (obstacles, open) = checklist(&line, month, &by, &second).await?;
                Ok(Checklist { obstacles, open })
            }),
            close: hand(live, |line, (month, by, second): (Month, String, String)| async move {
                Ok(match close(&line, month, &by, &second).await? {
                    CloseEnd::Closed(closing) => CloseAnswer::Closed(closing.number, closing.digest),
                    CloseEnd::Refused(obstacles) => CloseAnswer::Refused(obstacles),
                })
            }),
            letter: hand(live, {
                let office = self.site.letter.clone();
                move |line, (month, outlets): (Month, Vec<OutletId>)| {
                    let office = office.clone();
                    async move {
                        Ok(match write_letter(&line, &office, month, &outlets).await? {
                            Ok(LetterBytes { docx, pdf }) => LetterAnswer::Written(Written { docx, pdf }),
                            Err(NoLetter::Nobody) => LetterAnswer::Nobody,
                            Err(NoLetter::Unproven(all)) => LetterAnswer::Unproven(all),
                        })
                    }
                }
            }),
            preview: {
                let site = Arc::new(self.message_site(Arc::new(|| None)));
                hand(live, move |line, key: NoticeKey| {
                    let site = site.clone();
                    async move { Ok(preview(&line, &site, &key).await?) }
                })
            },
            letter_doubts: hand(live, |line, (month, outlets): (Month, Vec<OutletId>)| async move {
                let LetterDoubts { unproven, bases } = letter_doubts(&line, month, &outlets).await?;
                Ok(Doubts { unproven, bases })
            }),
            file_digest: Arc::new(move |file| {
                let it = digests.clone();
                Box::pin(async move { it.digest(file).await })
            }),
            effect: Arc::new(move |(edit, digest)| {
                let it = effects.clone();
                Box::pin(async move { it.effect(edit, digest).await })
            }),
            save: Arc::new(move |asked| {
                let it = saves.clone();
                Box::pin(async move { it.save(asked).await })
            }),
            settings: settings(live, &self.site, &self.places),
        }
    }
}

/// A hand that works on the line as it is configured when the hand is asked.
fn hand<Asked, T, W, F>(live: &Live, work: F) -> Arc<dyn Fn(Asked) -> Work<T> + Send + Sync>
where
    Asked: Send + 'static,
    W: Future<Output = Result<T, HandFault>> + Send + 'static,
    F: Fn(Line, Asked) -> W + Send + Sync + 'static,
{
    let live = live.clone();
    Arc::new(move |asked| Box::pin(work(live.line(), asked)))
}

fn registered<'a>(line: &'a Line, outlet: &OutletId) -> Result<&'a Outlet, HandFault> {
    line.register.get(outlet.as_str()).ok_or_else(|| format!("{outlet} is not registered").into())
}

async fn look_at(line: &Line, outlet: &OutletId, month: Month) -> Result<Looked, HandFault> {
    let outlet = registered(line, outlet)?;
    let (rules, inputs, reviewed) = look(line, outlet, month).await?;
    let span = month.span(line.zone);
    let scored = line.store.best_scored(&outlet.id, span, rules.now, NEAR_MISSES_MAX + reviewed.count).await?;
    let articles = inputs.seen.articles.iter().filter(|it| matches!(it.state, ReadState::Found | ReadState::Unread));
    Ok(Looked {
        unread: articles.filter_map(|it| Some((it.published?, it.title.clone()))).collect(),
        near_misses: near_misses(&scored, &reviewed, line.zone),
        rules: rules.kept(),
        month: reviewed,
        decisions: inputs.seen.decisions,
        articles_seen: inputs.seen.articles_seen,
    })
}

/// Longest page that is shown as it was archived.
const COPY_BYTES_MAX: usize = 8 << 20;

/// The page that a capture kept, cleaned of whatever runs or loads something.
async fn archived_copy(line: &Line, capture: i64) -> Result<Option<String>, HandFault> {
    let Some(asked) = line.store.capture(capture).await? else { return Ok(None) };
    let whole = match asked.repeats {
        Some(first) => line.store.capture(first).await?.unwrap_or(asked),
        None => asked,
    };
    let archive = line.archive.clone();
    let cleaned = tokio::task::spawn_blocking(move || {
        let kept = archive.read(&whole.place)?;
        let Payload::Here(body) = kept.payload else { return Ok(None) };
        if body.len() > COPY_BYTES_MAX {
            return Ok(None);
        }
        let kind = kept.headers.iter().find(|it| it.0.eq_ignore_ascii_case("content-type")).map(|it| it.1.as_str());
        Ok::<_, ArchiveError>(Some(ammonia::clean(&decode(&body, kind, kept.url.host_str().and_then(|it| it.rsplit('.').next())))))
    });
    Ok(cleaned.await??)
}
