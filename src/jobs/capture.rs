//! Fetching with proof: what is answered goes into the archive as it came, before anybody reads it.

use chrono::{DateTime, SubsecRound, Utc};
use url::Url;

use super::{JobError, Line};
use crate::{
    archive::{self, Archive, ArchiveError, Earlier},
    fetch::{Answer, End, Validators},
    store::capture::{NewCapture, WholeCapture},
};

/// What one visit or one reading of a page was answered. The rows are written in its transaction, after [`Captures::settle`].
pub(super) struct Captures<'a> {
    line: &'a Line,
    keep: bool,
    made: Vec<NewCapture>,
}

/// Earlier captures of an address with which a new answer is compared: servers that stand side by side may take turns in
/// answering with an older and a newer document.
const COMPARED_WITH: u32 = 8;

impl<'a> Captures<'a> {
    /// Keeps everything that is answered.
    pub(super) fn of(line: &'a Line) -> Self {
        Self { line, keep: true, made: Vec::new() }
    }

    /// Keeps nothing: for a look that is not to be recorded.
    pub(super) fn none(line: &'a Line) -> Self {
        Self { line, keep: false, made: Vec::new() }
    }

    /// Fetches one address and puts every exchange into the archive.
    ///
    /// A 304 is not put there: it brings no byte of the document, says nothing that the visit's row does not, is never
    /// believed for longer than a day, and would cost more than all the rest of the visit.
    ///
    /// # Errors
    /// Where the archive or the store fails: without proof, nothing may be read.
    pub(super) async fn get(&mut self, url: &Url, validators: &Validators) -> Result<Answer, JobError> {
        let now = self.line.clock.now();
        let answer = self.line.fetcher.get(url, validators, now).await;
        if !self.keep || matches!(answer.end, End::NotModified) {
            return Ok(answer);
        }
        let mut earlier = Vec::new();
        for (exchange, _) in answer.exchanges() {
            earlier.push(self.line.store.whole_captures(&exchange.url, COMPARED_WITH).await?);
        }
        let archive = self.line.archive.clone();
        let kept = off_thread(move || keep(&archive, &answer, &earlier, now.trunc_subsecs(0)).map(|made| (answer, made)));
        let (answer, made) = kept.await?;
        self.made.extend(made);
        Ok(answer)
    }

    /// Waits until the disk has everything, so that no row can point at what a crash could still take away.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub(super) async fn settle(self) -> Result<Vec<NewCapture>, JobError> {
        let Self { line, made, .. } = self;
        if made.is_empty() {
            return Ok(made);
        }
        let archive = line.archive.clone();
        off_thread(move || {
            let places: Vec<_> = made.iter().map(|it| it.place.clone()).collect();
            archive.sync(&places).map(|()| made)
        })
        .await
    }
}

/// Puts the exchanges of an answer into the archive, each compared with earlier captures of its own address.
fn keep(archive: &Archive, answer: &Answer, earlier: &[Vec<WholeCapture>], at: DateTime<Utc>) -> Result<Vec<NewCapture>, ArchiveError> {
    let mut made = Vec::new();
    for ((exchange, body), before) in answer.exchanges().zip(earlier) {
        let url = &exchange.url;
        let same = |it: &WholeCapture| Earlier { url: url.clone(), at: it.at, digest: it.digest.clone() };
        let kept = archive.append(&archive::Exchange {
            url,
            at,
            request_headers: &exchange.request_headers,
            protocol: exchange.protocol,
            status: exchange.status,
            reason: exchange.reason.as_deref(),
            response_headers: &exchange.response_headers,
            body,
            truncated: exchange.truncated,
            server: exchange.server,
            earlier: &before.iter().map(same).collect::<Vec<_>>(),
        })?;
        let repeats = kept.repeats.and_then(|it| before.get(it)).map(|it| it.id);
        made.push(NewCapture { url: url.clone(), at, status: exchange.status, place: kept.place, repeats });
    }
    Ok(made)
}

/// Packing and writing are no work for the threads that wait for the network.
async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> Result<T, ArchiveError> + Send + 'static) -> Result<T, JobError> {
    let done = tokio::task::spawn_blocking(work).await.map_err(JobError::Keeping)?;
    Ok(done?)
}
