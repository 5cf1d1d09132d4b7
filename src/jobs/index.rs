//! The search index follows the store by a mark that lies in the index's own commit.

use super::JobError;
use crate::{
    domain::privacy::Privacy,
    search::{Indexed, Search, Writer},
    store::{Store, article::Stored},
};

/// Articles per commit while catching up: a crash costs at most this much work.
const BATCH: u32 = 2_000;

/// Brings the index up to the store; says how many articles it took in. An index that is ahead of the store belongs
/// to another one: it is filled anew from the start.
///
/// # Errors
/// Where the store or the index fails, or another process is writing the index.
pub async fn follow(store: &Store, search: &Search, on_article: &(dyn Fn(u64) + Sync)) -> Result<u64, JobError> {
    let latest = store.latest_change().await?;
    let mut mark = search.mark()?;
    if mark == latest {
        return Ok(0);
    }
    if mark > latest {
        mark = 0;
    }
    let mut writer = search.writer()?;
    let mut taken = 0;
    loop {
        let batch = store.changed_after(mark, BATCH).await?;
        let Some(last) = batch.last() else { break };
        mark = last.change;
        for article in &batch {
            put(&mut writer, article)?;
        }
        taken += batch.len() as u64;
        writer.commit(mark)?;
        on_article(taken);
    }
    if mark < latest {
        // Numbers were taken by changes that were undone: the index is up to date all the same.
        writer.commit(latest)?;
    }
    writer.finish()?;
    Ok(taken)
}

fn put(writer: &mut Writer<'_>, article: &Stored) -> Result<(), JobError> {
    // The text begins with the lead where the page prints one; an article that was not read has only its summary.
    let body = if article.read { &article.text } else { &article.summary };
    Ok(writer.put(&Indexed {
        id: article.id,
        outlet: &article.outlet,
        title: &article.title,
        body,
        published: article.published,
        judgement: article.judgement,
        facets: facets_of(article),
    })?)
}

/// The names and values by which an article is filtered and counted.
fn facets_of(article: &Stored) -> Vec<(&'static str, String)> {
    let mut all: Vec<(&'static str, String)> = article.topics.iter().map(|it| ("topic", it.as_str().to_owned())).collect();
    if let Some(it) = &article.facets {
        all.push(("genre", it.genre.clone()));
        all.push(("source", if it.taken_from.is_some() { "reprint" } else { "own" }.to_owned()));
        all.push(("hotline", if it.hotline { "yes" } else { "no" }.to_owned()));
        all.extend(it.places.iter().map(|it| ("place", it.clone())));
    }
    let look = article.privacy.as_ref().is_some_and(Privacy::needs_look);
    all.extend(look.then(|| ("look", "yes".to_owned())));
    all
}
