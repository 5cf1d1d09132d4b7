//! Changes of the configuration at the desk: checked whole, written at once, logged, and in force without a new start.

use std::{path::PathBuf, sync::Arc};

use tokio::sync::Mutex;

use super::{
    fetch_settings,
    live::{Live, reconfigured},
};
use crate::{
    config::{
        Config,
        edit::{Prepared, edited, prepare, present},
    },
    domain::{
        digest::sha256,
        edit::{AskedEdit, ConfigFile, Edit, EditFault, Effect, SavedEdit},
        request::Request,
    },
    fetch::Fetcher,
    jobs::{Line, effect::effect},
    web::state::HandFault,
};

/// Articles judged to tell what a change of the dictionary would do: about a minute's work.
const EFFECT_ARTICLES_MAX: usize = 30_000;

/// Who changes the files: one change at a time.
#[derive(Clone)]
pub(super) struct Configurator {
    live: Live,
    dir: PathBuf,
    alone: Arc<Mutex<()>>,
}

/// A change that may be made.
struct Checked {
    before: String,
    text: String,
    config: Config,
}

impl Configurator {
    pub(super) fn new(live: Live, dir: PathBuf) -> Self {
        Self { live, dir, alone: Arc::new(Mutex::new(())) }
    }

    /// Digest of a file as it stands on the disk now.
    pub(super) async fn digest(&self, file: ConfigFile) -> Result<String, HandFault> {
        let dir = self.dir.clone();
        Ok(sha256(tokio::task::spawn_blocking(move || present(&dir, file)).await??))
    }

    /// What a change of the dictionary would do.
    pub(super) async fn effect(&self, edit: Edit, digest: String) -> Result<Result<Effect, EditFault>, HandFault> {
        let config = match self.check(edit, digest).await? {
            Ok(checked) => checked.config,
            Err(fault) => return Ok(Err(fault)),
        };
        let line = self.live.line();
        let imagined = Line { terms: Arc::new(config.terms), ..line.clone() };
        Ok(Ok(effect(&line, &imagined, EFFECT_ARTICLES_MAX).await?))
    }

    /// Makes a change.
    pub(super) async fn save(&self, asked: AskedEdit) -> Result<Result<SavedEdit, EditFault>, HandFault> {
        let _alone = self.alone.lock().await;
        let file = asked.edit.file();
        let checked = match self.check(asked.edit.clone(), asked.digest).await? {
            Ok(checked) => checked,
            Err(fault) => return Ok(Err(fault)),
        };
        let Checked { before, text, config } = checked;
        let line = self.live.line();
        let new = with_fetcher(&line, config)?;
        let digest = sha256(&text);
        let now = line.clock.now();
        let dir = self.dir.clone();
        let logged = || async {
            let state = |digest: &str| serde_json::json!({ "sha256": digest });
            let mut after = state(&digest);
            after["change"] = serde_json::to_value(&asked.edit)?;
            line.store.log_configured(&asked.by, file.name(), state(&sha256(&before)).to_string(), after.to_string(), now).await?;
            Ok::<_, HandFault>(())
        };
        // On the disk first, logged next, in force last: what can fail fails before anybody is told.
        let prepared = prepare(&dir, file, &text)?;
        match logged().await {
            Ok(()) => prepared.commit()?,
            Err(fault) => {
                Prepared::discard(prepared);
                return Err(fault);
            }
        }
        let request = match file {
            ConfigFile::Register => None,
            ConfigFile::Terms => {
                let wish = Request::Rejudge { terms: new.terms.version().to_owned() };
                Some(line.store.ask(&wish, &asked.by, now).await?)
            }
        };
        self.live.set(new);
        tracing::info!(file = file.name(), by = asked.by, digest, "the configuration was changed at the desk");
        Ok(Ok(SavedEdit { digest, request }))
    }

    /// Makes the change in memory and checks the whole configuration with it.
    async fn check(&self, edit: Edit, digest: String) -> Result<Result<Checked, EditFault>, HandFault> {
        let dir = self.dir.clone();
        let work = move || {
            let before = present(&dir, edit.file())?;
            if sha256(&before) != digest {
                return Ok(Err(EditFault::ChangedSince));
            }
            Ok::<_, HandFault>(edited(&dir, &before, &edit).map(|(text, config)| Checked { before, text, config }))
        };
        tokio::task::spawn_blocking(work).await?
    }
}

/// The line with its new parts. The fetcher stays, with the pauses and the robots.txt that it remembers, unless certificates
/// changed.
fn with_fetcher(line: &Line, config: Config) -> Result<Line, HandFault> {
    if config.register.intermediates == line.register.intermediates {
        return Ok(reconfigured(line, config));
    }
    let fetcher = Arc::new(Fetcher::new(fetch_settings(&config.site, &config.register))?);
    Ok(Line { fetcher, ..reconfigured(line, config) })
}
