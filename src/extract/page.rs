//! Article pages: one parse, then title, lead, text, author, language and dates from the same outline.

use std::collections::HashSet;

use scraper::{Html, Selector};
use url::Url;

use crate::{
    domain::{
        article::Page,
        date::DateSource,
        outlet::PageSelectors,
    },
    extract::{
        NotRead, Scope,
        body::{self, Body, Marks},
        lead,
        limits::{self, DOCUMENT_BYTES_MAX},
        linked_data::{self, LinkedData},
        outline::{Outline, attr},
        page_dates::{self, Place},
        plain::{one_line, plain},
        title,
    },
    text::clean,
};

/// Where the page yields less text than this share (in tenths) of its JSON-LD `articleBody`, the latter is the text.
const BODY_TENTHS: usize = 5;
/// Letters that the language is told from.
const LANGUAGE_LETTERS: usize = 1_000;
/// Longest name of an author kept, in letters.
const AUTHOR_LETTERS_MAX: usize = 100;

/// Reads an article's page.
///
/// The outlet's own selectors come first, a general reading fills what they leave open. Bytes that are no HTML are
/// [`NotRead::NotADocument`]; markup that would take the parser out of linear time is [`NotRead::TooComplex`].
pub fn page(bytes: &[u8], content_type: Option<&str>, scope: &Scope) -> Result<Page, NotRead> {
    let html = scope.text(bytes, content_type, DOCUMENT_BYTES_MAX)?;
    check_kind(&html)?;
    limits::check_html(&html).map_err(NotRead::TooComplex)?;
    let tree = Html::parse_document(&html);
    let outline = Outline::of(&tree);
    let own = Own::of(&tree, &outline, scope.outlet.map(|it| &it.page));
    let data = linked_data::read(&outline.linked_data);
    let page = read(&outline, &own, &data, scope);
    if page.title.is_empty() && page.text.is_empty() {
        return Err(NotRead::Empty);
    }
    Ok(page)
}

/// Refuses what is a document of another kind.
pub(super) fn check_kind(text: &str) -> Result<(), NotRead> {
    let start: String = text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']).chars().take(300).collect::<String>().to_ascii_lowercase();
    let other = match () {
        () if start.starts_with(['{', '[']) && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() => "JSON",
        () if ["<rss", "<rdf:rdf", "<feed"].iter().any(|it| start.contains(it)) => "a feed",
        () if ["<urlset", "<sitemapindex"].iter().any(|it| start.contains(it)) => "a sitemap",
        () if !text.contains('<') => "text without markup",
        () => return Ok(()),
    };
    Err(NotRead::NotADocument(other.to_owned()))
}

/// What the outlet's selectors found, as indexes into the outline.
#[derive(Default)]
struct Own {
    title: Option<usize>,
    lead: Option<usize>,
    body: Option<usize>,
    date: Option<usize>,
    author: Option<usize>,
    removed: HashSet<usize>,
}

impl Own {
    fn of(tree: &Html, outline: &Outline, selectors: Option<&PageSelectors>) -> Self {
        let Some(page) = selectors.filter(|it| **it != PageSelectors::default()) else { return Self::default() };
        let all = |css: &str| -> Vec<usize> {
            // Configuration was checked when it was loaded: a selector that does not parse finds nothing.
            let Ok(selector) = Selector::parse(css) else { return Vec::new() };
            tree.select(&selector).take(limits::DEPTH_MAX).filter_map(|it| outline.index_of(it.value())).collect()
        };
        let one = |css: &Option<String>| css.as_deref().and_then(|it| all(it).first().copied());
        Self {
            title: one(&page.title),
            lead: one(&page.lead),
            body: one(&page.body),
            date: one(&page.date),
            author: one(&page.author),
            removed: page.remove.iter().flat_map(|it| all(it)).flat_map(|it| it..outline.end(it)).collect(),
        }
    }
}

fn read(outline: &Outline, own: &Own, data: &LinkedData, scope: &Scope) -> Page {
    let (mut body, marks) = body::find(outline, own.body);
    let heading = headings(outline, &marks);
    let title = match own.title.map(|it| one_line(&outline.text(it))).filter(|it| !it.is_empty()) {
        Some(title) => title,
        None => title::find(outline, data, &heading.iter().map(|it| one_line(&outline.text(*it))).collect::<Vec<_>>()),
    };
    let title_key = title::key(&title);
    let title_at = own.title.or_else(|| title_node(outline, &heading, &title_key));
    drop_repeats(outline, own, &title_key, &mut body);
    let place = place(outline, title_at, &body);
    let lead_at = own.lead.or_else(|| {
        let description = outline.meta("og:description").chain(outline.meta("description")).max_by_key(|it| it.len());
        let from = title_at.unwrap_or(body.root).min(body.root);
        lead::find(outline, &marks, from, place.text_from + 1, &plain(description.unwrap_or(&data.description)))
    });
    let lead = lead_at.map(|it| one_line(&outline.text(it))).filter(|it| title::key(it) != title_key).unwrap_or_default();
    let mut text = lines(outline, &body.text);
    let spoken = || title::key(&plain(&data.body));
    if data.body.len() > 400 && title::key(&text).len() * 10 < spoken().len() * BODY_TENTHS {
        text = clean(&data.body.split("\n").map(plain).collect::<Vec<_>>().join("\n"));
    }
    if !lead.is_empty() && !title::key(&text).contains(&title::key(&lead)) {
        text = if text.is_empty() { lead.clone() } else { format!("{lead}\n{text}") };
    }
    let mut dates = page_dates::find(outline, &marks, data, place, scope.base, scope.zone);
    if let Some(at) = own.date {
        let stamped = outline.element(at).and_then(|it| attr(it, "datetime").or_else(|| attr(it, "content"))).map(str::to_owned);
        dates.insert(0, page_dates::stated(DateSource::Selector, &stamped.unwrap_or_else(|| outline.text(at)), scope.zone));
    }
    Page {
        language: language(&text, outline.lang),
        author: author(outline, own, data, &marks),
        canonical: canonical(outline, scope.base),
        captions: lines(outline, &body.captions),
        title,
        lead,
        text,
        dates,
    }
}

/// The `<h1>` elements outside side matter.
fn headings(outline: &Outline, marks: &[Marks]) -> Vec<usize> {
    let side = |at: &usize| marks.get(*at).copied().unwrap_or_default().side;
    let heading = |at: &usize| outline.name(*at) == "h1" || outline.element(*at).and_then(|it| attr(it, "itemprop")).is_some_and(|it| it == "headline" && outline.end(*at) > at + 1);
    (0..outline.nodes.len()).filter(heading).filter(|it| !side(it)).filter(|it| !title::key(&outline.text(*it)).is_empty()).collect()
}

/// Where the title is printed: its heading, else the first block that repeats it.
fn title_node(outline: &Outline, headings: &[usize], key: &str) -> Option<usize> {
    let same = |at: &&usize| title::key(&outline.text(**at)) == key;
    let block = || outline.blocks.iter().find(|it| it.text.len() < key.len() * 4 && title::key(&it.text) == key).map(|it| it.at);
    headings.iter().find(same).copied().or_else(block).or(headings.first().copied())
}

/// Takes out of the text what is the title again, what stands before it, and what the outlet wants removed.
fn drop_repeats(outline: &Outline, own: &Own, title_key: &str, body: &mut Body) {
    let kept = |index: &usize| {
        outline.blocks.get(*index).is_some_and(|it| {
            let title = it.text.len() < title_key.len() * 4 && title::key(&it.text) == title_key;
            let apart = [own.title, own.date, own.author].into_iter().flatten().any(|at| (at..outline.end(at)).contains(&it.at));
            !title && !apart && !own.removed.contains(&it.at)
        })
    };
    body.text.retain(kept);
    body.captions.retain(|index| outline.blocks.get(*index).is_some_and(|it| !own.removed.contains(&it.at)));
}

fn place(outline: &Outline, title: Option<usize>, body: &Body) -> Place {
    let node = |index: usize| body.text.get(index).and_then(|it| outline.blocks.get(*it)).map(|it| it.at);
    let title = title.filter(|it| node(0).is_none_or(|first| *it <= first));
    Place {
        title,
        root: body.root,
        text_from: node(1).or_else(|| node(0)).unwrap_or(outline.end(body.root)),
        text_to: node(body.text.len().saturating_sub(1)).map_or(outline.end(body.root), |it| it + 1),
    }
}

/// Blocks as cleaned lines.
fn lines(outline: &Outline, blocks: &[usize]) -> String {
    let mut out = String::new();
    for block in blocks.iter().filter_map(|it| outline.blocks.get(*it)) {
        let line = one_line(&block.text);
        if !line.is_empty() {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&line);
        }
    }
    out
}

fn author(outline: &Outline, own: &Own, data: &LinkedData, marks: &[Marks]) -> Option<String> {
    let name = |text: &str| {
        let text = plain(text);
        (!text.is_empty() && text.chars().count() <= AUTHOR_LETTERS_MAX && !text.contains("://")).then_some(text)
    };
    let printed = || {
        (0..outline.nodes.len()).find_map(|at| {
            let element = outline.element(at)?;
            let side = marks.get(at).copied().unwrap_or_default().side;
            let values = || ["class", "rel", "itemprop"].iter().filter_map(|it| attr(element, it));
            let is_author = values().any(|it| it.split([' ', '-', '_']).any(|it| matches!(it.to_ascii_lowercase().as_str(), "author" | "byline" | "tacgia")));
            (is_author && !side && outline.end(at) < at + 10).then(|| name(&outline.text(at)).filter(|it| it.chars().count() <= 60))?
        })
    };
    own.author
        .and_then(|it| name(&outline.text(it)))
        .or_else(|| name(&data.authors.join(", ")))
        .or_else(|| outline.meta("author").chain(outline.meta("article:author")).find_map(name))
        .or_else(printed)
}

/// The address that the page declares for itself.
fn canonical(outline: &Outline, base: &Url) -> Option<Url> {
    let link = outline.links.iter().find(|it| attr(it, "rel").is_some_and(|it| it.eq_ignore_ascii_case("canonical")));
    let href = link.and_then(|it| attr(it, "href")).or_else(|| outline.meta("og:url").next())?;
    let base = outline.base.and_then(|it| base.join(it).ok()).unwrap_or_else(|| base.clone());
    base.join(href.trim()).ok().filter(|it| matches!(it.scheme(), "http" | "https"))
}

/// ISO 639-1 code of the text's language: as the page declares where the text does not contradict it, else as the text reads.
fn language(text: &str, declared: &str) -> Option<String> {
    let declared = declared.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let declared = (declared.len() == 2 && declared.bytes().all(|it| it.is_ascii_lowercase())).then_some(declared);
    let head: String = text.chars().take(LANGUAGE_LETTERS).collect();
    // Templates leave `lang="en"` on pages in any language; Vietnamese is told by letters that no other language has.
    let vietnamese = head.chars().filter(|it| matches!(it, 'ạ'..='ỹ' | 'ơ' | 'ư' | 'đ')).count();
    if vietnamese * 20 > head.chars().count() && !head.is_empty() {
        return Some("vi".to_owned());
    }
    let read = whatlang::detect(&head).filter(whatlang::Info::is_reliable).and_then(|it| two_letters(it.lang()));
    read.map(str::to_owned).or(declared)
}

/// ISO 639-1 of the languages that a Vietnamese press page may be in; others are left to the page's own declaration.
fn two_letters(lang: whatlang::Lang) -> Option<&'static str> {
    use whatlang::Lang;
    Some(match lang {
        Lang::Vie => "vi",
        Lang::Eng => "en",
        Lang::Fra => "fr",
        Lang::Deu => "de",
        Lang::Spa => "es",
        Lang::Cmn => "zh",
        Lang::Rus => "ru",
        Lang::Kor => "ko",
        Lang::Jpn => "ja",
        Lang::Khm => "km",
        Lang::Tha => "th",
        _ => return None,
    })
}
