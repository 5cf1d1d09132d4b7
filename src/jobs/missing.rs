//! Soft 404: a page that a host gives with status 200 for whatever is not there.

use std::collections::HashSet;

use url::Url;

use super::{JobError, Line, capture::Captures, off_thread};
use crate::{
    domain::{article::Page, outlet::Outlet},
    extract::{Scope, page::page as read_page},
    fetch::{Body, Validators},
    text,
};

/// What a page is that a host also gives for an address that nobody published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stand {
    /// It says that nothing is there.
    Missing,
    /// It does not say so: it may be a wall that nobody knows by its marks, and what is behind it may be there.
    Unexplained,
}

/// Two pages are one where so much of what they say is the same, in tenths of the syllables of both.
const SAME_TENTHS: usize = 8;
/// So many tenths of a title's pairs of syllables must stand in a text that is to be believed against its own title.
const TITLE_TENTHS: usize = 8;

/// Words of pages that say that nothing is there, folded.
const ABSENCE: &[&str] = &[
    "khong tim thay",
    "khong ton tai",
    "khong con ton tai",
    "khong co du lieu",
    "khong co bai viet",
    "da bi xoa",
    "da bi go",
    "da duoc go",
    "not found",
    "404",
    "does not exist",
    "no longer available",
];

impl Stand {
    /// What a person needs to understand it.
    pub fn detail(self) -> &'static str {
        match self {
            Self::Missing => "the host says with status 200 that nothing is there: a made-up address gets the same page",
            Self::Unexplained => "a made-up address of the host gets the same page",
        }
    }
}

/// Compares a page with what its host gives for a made-up address, which goes into the captures first; `None` where it has
/// something of its own to say.
///
/// # Errors
/// Where the captures cannot be kept.
pub(super) async fn stand(
    line: &Line,
    outlet: &Outlet,
    url: &Url,
    page: &Page,
    listed_title: &str,
    captures: &mut Captures<'_>,
) -> Result<Option<Stand>, JobError> {
    let turn = line.fetcher.made_up(url, line.clock.now()).await;
    let body = match turn.known() {
        Some(known) => known,
        None => {
            let answer = captures.get(&turn.url, &Validators::default()).await?;
            turn.keep(answer.end)
        }
    };
    let Some(body) = body else { return Ok(None) };
    Ok(read(line, outlet, url, &body).await.and_then(|other| same(page, &other, listed_title)))
}

/// The same for the bytes of a source that listed nothing.
pub(super) async fn stand_of_bytes(
    line: &Line,
    outlet: &Outlet,
    url: &Url,
    body: &Body,
    captures: &mut Captures<'_>,
) -> Result<Option<Stand>, JobError> {
    match read(line, outlet, url, body).await {
        Some(page) => stand(line, outlet, url, &page, "", captures).await,
        None => Ok(None),
    }
}

/// Reads a body as a page, where it is one.
async fn read(line: &Line, outlet: &Outlet, url: &Url, body: &Body) -> Option<Page> {
    let (outlet, zone, base, body) = (outlet.clone(), line.zone, url.clone(), body.clone());
    let work = move || {
        let scope = Scope { zone, base: &base, outlet: Some(&outlet), source: None };
        read_page(&body.bytes, body.content_type.as_deref(), &scope).ok()
    };
    off_thread(work).await.ok()?
}

/// Whether two pages are the same, and whether they say that nothing is there.
fn same(page: &Page, made_up: &Page, listed_title: &str) -> Option<Stand> {
    let titled_alike = words(&page.title) == words(&made_up.title);
    let (one, other) = (set(&page.text), set(&made_up.text));
    let shared = one.intersection(&other).count();
    let alike = shared * 10 >= one.union(&other).count() * SAME_TENTHS;
    // Lists of the newest articles change from page to page, and hold the syllables of most titles.
    let foreign = !listed_title.is_empty() && !holds_pairs(&page.text, listed_title);
    if !titled_alike || !(alike || foreign) {
        return None;
    }
    let says = |it: &Page| text::fold(&format!("{}\n{}", it.title, it.text));
    let (one, other) = (says(page), says(made_up));
    let explained = ABSENCE.iter().any(|it| one.contains(it) && other.contains(it));
    Some(if explained { Stand::Missing } else { Stand::Unexplained })
}

/// Whether a text holds the title's syllables in their order.
fn holds_pairs(body: &str, title: &str) -> bool {
    let (body, title) = (words(body), words(title));
    let pairs = |words: &[String]| -> HashSet<(String, String)> {
        words.iter().zip(words.iter().skip(1)).map(|(one, other)| (one.clone(), other.clone())).collect()
    };
    let (found, wanted) = (pairs(&body), pairs(&title));
    wanted.intersection(&found).count() * 10 >= wanted.len() * TITLE_TENTHS
}

/// The folded syllables of a text in their order; numbers aside, which are times and addresses.
fn words(body: &str) -> Vec<String> {
    let syllables = text::syllables(body).map(|(.., it)| text::fold(it));
    syllables.filter(|it| !it.bytes().any(|it| it.is_ascii_digit())).collect()
}

fn set(body: &str) -> HashSet<String> {
    words(body).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_missing_where_a_made_up_address_gets_the_same_one() {
        let page = |title: &str, text: &str| Page { title: title.to_owned(), text: text.to_owned(), ..Page::default() };
        let gone = page("Báo A", "Nội dung bạn tìm không tồn tại. Mời bạn về trang chủ lúc 08:15.");
        let wall = page("Báo A", "Mời bạn đợi năm giây để vào trang.");
        let article = page("Báo A", "Sáng nay, huyện khánh thành cây cầu mới qua sông Bồ sau hai năm thi công.");
        let news = page("Báo A", "Không tìm thấy. Tin mới: cầu cũ, sông xa, khánh thành chợ, mới mở đường qua đèo Bồ.");
        let listed = "Khánh thành cây cầu mới qua sông Bồ";
        for (name, page, made_up, listed, want) in [
            (
                "the same words at another time",
                &page("Báo A", "Nội dung bạn tìm không tồn tại. Mời bạn về trang chủ lúc 09:40."),
                &gone,
                listed,
                Some(Stand::Missing),
            ),
            ("an unknown wall", &wall, &wall, listed, Some(Stand::Unexplained)),
            ("an article", &article, &gone, listed, None),
            ("an article that was listed without a title", &article, &gone, "", None),
            ("a list of news", &news, &page("Báo A", "Không tìm thấy. Tin mới: lúa chín sớm ở đồng bằng."), listed, Some(Stand::Missing)),
            ("another title", &page("Cầu mới", "Nội dung bạn tìm không tồn tại. Mời bạn về trang chủ."), &gone, listed, None),
        ] {
            assert_eq!(same(page, made_up, listed), want, "{name}");
        }
    }
}
