//! What a host answers for an address that nobody ever published: by it a "not found" with status 200 is known.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use tokio::sync::OwnedMutexGuard;
use url::Url;

use super::{Body, End, Fetcher};
use crate::domain::{month::Span, visit::Outcome};

/// Longest answer that is kept for comparison, in bytes.
const KEPT_BYTES_MAX: usize = 1 << 20;
/// A run of digits with at least so many of them is an article's number.
const NUMBER_DIGITS_MIN: usize = 3;

/// How long the answer to a made-up address is believed.
const KEPT: TimeDelta = TimeDelta::hours(24);
/// The same of a failure that says nothing of what the host gives.
const FAILURE_KEPT: TimeDelta = TimeDelta::hours(1);

/// What a host answered for a made-up address.
#[derive(Debug, Default)]
pub struct Remembered(Option<(Span, Option<Arc<Body>>)>);

/// A turn at what is known of a host's answer to made-up addresses. Whoever else wants to know waits until it is over; one that
/// is given up leaves nothing behind.
#[derive(Debug)]
pub struct MadeUp {
    /// The address that is to be asked for where nothing is known.
    pub url: Url,
    remembered: OwnedMutexGuard<Remembered>,
    now: DateTime<Utc>,
}

impl Fetcher {
    /// The turn at the page that the host of `like` gives for a made-up address of its shape. Whoever has it asks at most once a
    /// day, in the host's queue and by its robots.txt like for any other page, and keeps what came as proof.
    pub async fn made_up(&self, like: &Url, now: DateTime<Utc>) -> MadeUp {
        let shared = self.lanes.enter(like).await.made_up();
        MadeUp { url: made_up(like), remembered: shared.lock_owned().await, now }
    }
}

impl MadeUp {
    /// What the host is known to give; `Some(None)` where it gives no page, which is as it should be.
    pub fn known(&self) -> Option<Option<Arc<Body>>> {
        let (believed, body) = self.remembered.0.as_ref()?;
        believed.contains(self.now).then(|| body.clone())
    }

    /// Remembers how asking ended, and gives the page.
    pub fn keep(mut self, end: End) -> Option<Arc<Body>> {
        let (body, kept) = match end {
            End::Body(body) => (Some(Arc::new(body)).filter(|it| it.bytes.len() <= KEPT_BYTES_MAX), KEPT),
            End::Failed(failure) if matches!(failure.outcome, Outcome::Gone | Outcome::RefusedByRobots) => (None, KEPT),
            End::Failed(_) | End::NotModified => (None, FAILURE_KEPT),
        };
        self.remembered.0 = Some((Span { from: self.now, to: self.now + kept }, body.clone()));
        body
    }
}

/// An address that looks like the given one and that nobody published: with another number, or another name.
fn made_up(like: &Url) -> Url {
    let seed: Vec<u8> = Sha256::digest(like.as_str().as_bytes()).to_vec();
    let mut url = like.clone();
    if let Some(query) = like.query().and_then(|it| renumbered(it, &seed)) {
        url.set_query(Some(&query));
        return url;
    }
    let path = like.path();
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let name = renumbered(name, &seed).unwrap_or_else(|| {
        let (stem, extension) = name.split_once('.').map_or((name, String::new()), |(stem, it)| (stem, format!(".{it}")));
        let word: String = seed.iter().take(6).map(|it| format!("{it:02x}")).collect();
        format!("{stem}-{word}{extension}")
    });
    url.set_path(&format!("{folder}/{name}"));
    url
}

/// The text with its last number exchanged for another one of the same length that begins with a nine.
fn renumbered(text: &str, seed: &[u8]) -> Option<String> {
    let end = text.rfind(|it: char| it.is_ascii_digit())? + 1;
    let start = text.get(..end)?.rfind(|it: char| !it.is_ascii_digit()).map_or(0, |it| it + 1);
    let (before, number, after) = (text.get(..start)?, text.get(start..end)?, text.get(end..)?);
    if number.len() < NUMBER_DIGITS_MIN {
        return None;
    }
    let digits: String = seed.iter().cycle().take(number.len() - 1).map(|it| char::from(b'0' + it % 10)).collect();
    Some(format!("{before}9{digits}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_up_address_keeps_the_shape_and_is_another_one() {
        for (like, shape) in [
            ("https://a.vn/tin-tuc/cau-moi-a12345.html", "https://a.vn/tin-tuc/cau-moi-a9####.html"),
            ("https://a.vn/?newsid=812", "https://a.vn/?newsid=9##"),
            ("https://a.vn/cau-moi", "https://a.vn/cau-moi-############"),
            ("https://a.vn/rss/tin-moi.rss", "https://a.vn/rss/tin-moi-############.rss"),
            ("https://a.vn/", "https://a.vn/-############"),
            ("https://a.vn/bài-7.html?x=1", "https://a.vn/b%C3%A0i-7-############.html?x=1"),
        ] {
            let like = Url::parse(like).unwrap();
            let made = made_up(&like);
            assert_ne!(made, like);
            let fits = |(a, b): (char, char)| a == b || (b == '#' && a.is_ascii_hexdigit());
            assert!(made.as_str().len() == shape.len() && made.as_str().chars().zip(shape.chars()).all(fits), "{made} {shape}");
        }
    }
}
