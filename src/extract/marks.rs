//! What a box of a page is by its tag and its names: side matter, a caption, or neither.

use scraper::node::Element;

/// What a box is by its name; inherited by all that stands in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marks {
    /// Menus, related articles, comments, sharing, advertising.
    pub side: bool,
    pub caption: bool,
}

/// Names of boxes that hold no text of the article: English, Vietnamese, and products of the trade. Sorted; compounds of two
/// words stand joined. Matched against the words of `class` and `id`.
#[rustfmt::skip]
const SIDE_WORDS: &[&str] = &[
    "ad", "ads", "adsbygoogle", "adslot", "advert", "advertisement", "advertising", "alsoread", "authorbio", "authorbox", "authorcard",
    "authorinfo", "authors", "baigoc", "bailienquan", "banner", "binhluan", "bookmark", "boxsame", "breadcrumb", "breadcrumbs",
    "breadcumb", "byline", "calltoaction", "chiase", "cmt", "comment", "commentbox", "comments", "contentrelated", "cookie", "cookies",
    "copyright", "cta", "cungchuyen", "detailrelated", "disclaimer", "disqus", "docthem", "donate", "donation", "dropdown",
    "fbcomments", "featuredvideo", "feedback", "follow", "footer", "hashtag", "hotnews", "jwplayer", "keyword", "keywords", "latestnews", "lienquan", "lireaussi",
    "listnews", "login", "marketing", "mediaobject", "menu", "metadata", "modal", "morearticles", "morenews", "moretopics",
    "mostpopular", "mostread", "mucluc", "nav", "navbar", "navigation", "newsletter", "newsrelated", "nextup", "notice", "outbrain",
    "pagination", "paging", "playerwrapper", "playlist", "podcast", "poll", "popular", "popup", "preferred", "print", "promo",
    "promobox", "promotion", "quangcao", "quiz", "rating", "readalso", "readmore", "readnext", "recirc", "recirculation", "recommend",
    "recommendation", "recommendations", "recommended", "reference", "registration", "relate", "related", "relatedarticles",
    "relatednews", "relation", "rss", "share", "sharebar", "shares", "sharing", "sidebar", "signup", "skip", "social", "socials",
    "sponsor", "sponsored", "subscribe", "subscription", "survey", "taboola", "tag", "taglist", "tags", "teaserlist", "tincu",
    "tinkhac", "tinlien", "tinlienquan", "tinmoi", "toc", "toolbar", "tooltip", "trending", "tukhoa", "upnext", "videoplayer", "videoplaylist", "vote",
    "xemthem",
];
#[rustfmt::skip]
const CAPTION_WORDS: &[&str] = &[
    "caption", "captions", "carousel", "chuthich", "credit", "credits", "figcaption", "gallery", "imagecaption",
    "imgcaption", "photocaption", "photocredit", "picturecaption", "pictureinfo", "slideshow",
];
/// Names of boxes that print the date, whatever else stands in them.
const DATE_WORDS: [&str; 8] = ["date", "datetime", "ngay", "ngaydang", "publishdate", "time", "thoigian", "timestamp"];

/// Classes of boxes that are there for screen readers, or shown by scripts only.
const UNSEEN_CLASSES: [&str; 10] = [
    "hidden",
    "d-none",
    "sr-only",
    "visually-hidden",
    "visuallyhidden",
    "screen-reader-text",
    "is-hidden",
    "u-visually-hidden",
    "u-hidden",
    "hide",
];

/// What a box is by its tag, its role and, where wanted, its class and id.
pub fn by_itself(element: &Element, by_name: bool) -> Marks {
    let mut marks = Marks::default();
    match element.name() {
        "nav" | "footer" | "aside" | "form" | "menu" => marks.side = true,
        "label" | "fieldset" => marks.side = true,
        "figure" | "figcaption" | "picture" | "video" | "audio" => marks.caption = true,
        _ => {}
    }
    for (key, value) in element.attrs() {
        match key {
            "role" => {
                marks.side |= matches!(value, "navigation" | "complementary" | "contentinfo" | "dialog" | "search" | "menu" | "alert")
            }
            "class" | "id" if by_name => {
                let mut side = false;
                words(value, |word| {
                    if is_likely(word) {
                        side |= SIDE_WORDS.binary_search(&word).is_ok();
                        marks.caption |= CAPTION_WORDS.binary_search(&word).is_ok();
                    }
                });
                // `date-share` holds the date beside the buttons.
                marks.side |= (side && !is_dated(value)) || (key == "class" && is_unseen(value));
            }
            _ => {}
        }
    }
    marks
}

/// For each first letter, the lengths (as bits) of the listed words that begin with it: most words of a page need no search.
const LENGTHS: [u32; 26] = {
    // Run by the compiler: an index out of bounds would not build.
    let mut table = [0u32; 26];
    let lists = [SIDE_WORDS, CAPTION_WORDS];
    let (mut list, mut at) = (0, 0);
    while list < lists.len() {
        if at == lists[list].len() {
            (list, at) = (list + 1, 0);
            continue;
        }
        let word = lists[list][at].as_bytes();
        table[(word[0] - b'a') as usize] |= 1 << word.len();
        at += 1;
    }
    table
};

fn is_likely(word: &str) -> bool {
    let first = word.bytes().next().and_then(|it| it.checked_sub(b'a'));
    let lengths = first.and_then(|it| LENGTHS.get(usize::from(it))).copied().unwrap_or(0);
    word.len() < 32 && lengths & (1 << word.len()) != 0
}

/// The words of a class or id in lower case, each alone and joined with the one before: `tin-lienQuan` gives `tin`, `lien`,
/// `tinlien`, `quan`, `lienquan`.
fn words(value: &str, mut each: impl FnMut(&str)) {
    const WORD_BYTES_MAX: usize = 48;
    const VALUE_BYTES_MAX: usize = 1_024;
    let bytes = value.as_bytes().get(..value.len().min(VALUE_BYTES_MAX)).unwrap_or_default();
    let mut joined = [0u8; WORD_BYTES_MAX];
    let (mut previous, mut length) = (0usize, 0usize);
    let mut at = 0;
    while at <= bytes.len() {
        let byte = bytes.get(at).copied().unwrap_or(b' ');
        let border =
            !byte.is_ascii_alphanumeric() || (byte.is_ascii_uppercase() && at > 0 && bytes.get(at - 1).is_some_and(u8::is_ascii_lowercase));
        if border && length > previous {
            for from in [0, previous] {
                if let Some(Ok(word)) = joined.get(from..length).map(std::str::from_utf8) {
                    each(word);
                }
            }
            // The word becomes the first half of the next pair; a blank ends the class.
            let keep = if byte.is_ascii_whitespace() { 0 } else { length - previous };
            joined.copy_within(previous..length, 0);
            (previous, length) = (keep, keep);
        } else if byte.is_ascii_whitespace() {
            (previous, length) = (0, 0);
        }
        if byte.is_ascii_alphanumeric()
            && let Some(slot) = joined.get_mut(length)
        {
            *slot = byte.to_ascii_lowercase();
            length += 1;
        }
        at += 1;
    }
}

fn is_dated(value: &str) -> bool {
    let mut dated = false;
    words(value, |word| dated |= DATE_WORDS.contains(&word));
    dated
}

/// Whether a class says that readers do not see the box, at any width of the screen.
fn is_unseen(class: &str) -> bool {
    let mut unseen = false;
    for name in class.split_ascii_whitespace() {
        unseen |= UNSEEN_CLASSES.contains(&name);
        // `hidden md:block`, `d-none d-md-flex`: seen on other screens.
        if name.contains(':') || (name.starts_with("d-") && name != "d-none" && !name.ends_with("-none")) {
            return false;
        }
    }
    unseen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_lists_are_sorted_for_the_search() {
        assert!(SIDE_WORDS.is_sorted(), "{:?}", SIDE_WORDS.windows(2).find(|it| it[0] > it[1]));
        assert!(CAPTION_WORDS.is_sorted());
    }

    #[test]
    fn names_fall_into_words_and_pairs() {
        let mut found = Vec::new();
        words("tin-lienQuan box_2", |it| found.push(it.to_owned()));
        for want in ["tin", "lien", "tinlien", "quan", "lienquan", "box", "2"] {
            assert!(found.iter().any(|it| it == want), "{want}: {found:?}");
        }
        assert!(!found.iter().any(|it| it == "quanbox"));
    }
}
