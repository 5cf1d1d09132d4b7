//! What a host answers for an address that nobody ever published: by it a "not found" with status 200 is known.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use url::Url;

use super::{Body, End, Fetcher, Validators};

/// Longest answer that is kept for comparison, in bytes.
const KEPT_BYTES_MAX: usize = 1 << 20;
/// A run of digits with at least so many of them is an article's number.
const NUMBER_DIGITS_MIN: usize = 3;

impl Fetcher {
    /// The page that the host gives for a made-up address of the shape of `like`; `None` where it gives none, which is as
    /// it should be. The host is asked at most once a day, in its queue and by its robots.txt like for any other page.
    pub async fn made_up(&self, like: &Url, now: DateTime<Utc>) -> Option<Arc<Body>> {
        {
            let mut lane = self.lanes.enter(like).await;
            if let Some(known) = lane.made_up(now) {
                return known;
            }
            // Whoever comes meanwhile does not ask again.
            lane.keep_made_up(None, now);
        }
        let end = self.get(&made_up(like), &Validators::default(), now).await.end;
        let body = match end {
            End::Body(body) if body.bytes.len() <= KEPT_BYTES_MAX => Some(Arc::new(body)),
            _ => None,
        };
        self.lanes.enter(like).await.keep_made_up(body.clone(), now);
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
