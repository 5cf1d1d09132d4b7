//! Whether our own line works: the control addresses are asked at the beginning of each round of visits.

use std::time::Duration;

use futures_util::future::join_all;
use url::Url;

use super::{JobError, Line};
use crate::{
    domain::{
        uptime::{OwnLine, own_line},
        visit::Outcome,
    },
    fetch::{End, Validators},
    store::uptime::{ProbeResult, ProbeRound},
};

/// An address that should always answer and does not within this time is taken for unreachable: a round must not wait.
const PATIENCE: Duration = Duration::from_secs(10);

/// Asks the control addresses and records what they answered; says how our own line is.
///
/// # Errors
/// Where the store fails.
pub async fn probe_own_line(line: &Line) -> Result<OwnLine, JobError> {
    let round = ask_controls(line).await;
    if !round.results.is_empty() {
        line.store.record_probes(&round).await?;
    }
    let state = own_line(&round.outcomes());
    if state == OwnLine::Down {
        tracing::warn!("no control address answers: what fails in this round is taken for our own fault");
    }
    Ok(state)
}

/// Asks the control addresses side by side, without recording anything.
pub async fn ask_controls(line: &Line) -> ProbeRound {
    let at = line.clock.now();
    // Without a limit of its own: the configuration names few, and each has its own host.
    let results = {
        let asked: Vec<_> = line.control_urls.iter().map(|url| ask(line, url)).collect();
        join_all(asked).await
    };
    ProbeRound { at, results }
}

async fn ask(line: &Line, url: &Url) -> ProbeResult {
    let validators = Validators::default();
    let (outcome, detail) = match tokio::time::timeout(PATIENCE, line.fetcher.get(url, &validators, line.clock.now())).await {
        Err(_) => (Outcome::Unreachable, format!("no answer within {} seconds", PATIENCE.as_secs())),
        Ok(answer) => match answer.end {
            End::Failed(failure) => (failure.outcome, failure.detail),
            End::Body(_) | End::NotModified => (Outcome::Fresh, String::new()),
        },
    };
    ProbeResult { url: url.clone(), outcome, detail }
}
