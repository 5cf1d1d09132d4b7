//! Performs what the desk asks of the line, beside the scheduled jobs: a long crawl keeps nobody waiting.

use std::{sync::Arc, time::Duration};

use tokio::task::JoinSet;

use super::{App, AppError, live::Live};
use crate::{
    domain::request::{Answer, Fault},
    jobs::request::perform,
    search::Search,
    store::request::KeptRequest,
};

/// How often it is looked whether somebody asked for something.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Requests performed at the same time: a short one need not wait for a long one.
const AT_ONCE: usize = 4;

impl App {
    /// Performs every request that waits now; says how many.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn perform_requests(&self) -> Result<usize, AppError> {
        let mut performed = 0;
        while let Some(asked) = self.line.store.take_request(self.line.clock.now()).await? {
            perform(&self.live.line(), &self.search, &asked).await?;
            performed += 1;
        }
        Ok(performed)
    }
}

/// Performs requests for ever. What is under way ends with the program and is taken again at the next start.
pub(super) async fn serve_requests(live: Live, search: Arc<Search>) {
    let mut working = JoinSet::new();
    loop {
        while working.try_join_next().is_some() {}
        while working.len() < AT_ONCE {
            let line = live.line();
            match line.store.take_request(line.clock.now()).await {
                Ok(Some(asked)) => drop(working.spawn(perform_one(live.clone(), search.clone(), asked))),
                Ok(None) => break,
                Err(fault) => {
                    tracing::error!(error = ?fault, "the requests of the desk could not be looked up");
                    break;
                }
            }
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// One request on a task of its own: a fault that stops its work is an answer too.
async fn perform_one(live: Live, search: Arc<Search>, asked: KeptRequest) {
    let (line, id) = (live.line(), asked.id);
    let working = line.clone();
    let ended = tokio::spawn(async move { perform(&working, &search, &asked).await });
    let _stops_with_us = AbortOnDrop(ended.abort_handle());
    let kept = match ended.await {
        Ok(kept) => kept,
        Err(fault) => {
            tracing::error!(request = id, %fault, "a request of the desk broke off");
            let answer = Answer::Failed { why: Fault::Inner };
            line.store.answer_request(id, &answer, line.clock.now()).await.map_err(Into::into)
        }
    };
    if let Err(fault) = kept {
        tracing::error!(request = id, error = ?fault, "the answer to a request of the desk could not be kept");
    }
}

/// Stops a task with whoever waits for it.
struct AbortOnDrop(tokio::task::AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
