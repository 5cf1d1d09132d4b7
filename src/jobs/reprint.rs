//! Pairs reprints: follows the changes of articles and looks for others with nearly the same text.

use super::{JobError, Line, off_thread};
use crate::domain::reprint::Shingles;

/// Articles between two moves of the mark: a crash costs at most this much work.
const BATCH: u32 = 200;

/// Looks at every article that changed since the last time; says how many pairs were found. The first time it looks at
/// all that were ever read. Can be run again at any point.
///
/// # Errors
/// Where the store fails.
pub async fn pair_reprints(line: &Line) -> Result<u64, JobError> {
    let mut pairs = 0;
    loop {
        let batch = line.store.changed_after(line.store.reprint_mark().await?, BATCH).await?;
        let Some(mark) = batch.last().map(|it| it.change) else { return Ok(pairs) };
        for article in batch.into_iter().filter(|it| it.read) {
            let text = article.text.clone();
            match off_thread(move || Shingles::of(&text)).await {
                Ok(shingles) => pairs += line.store.pair_reprints(&article, &shingles).await? as u64,
                Err(fault) => tracing::error!(article = article.url, fault, "the text could not be compared"),
            }
        }
        line.store.move_reprint_mark(mark).await?;
    }
}
