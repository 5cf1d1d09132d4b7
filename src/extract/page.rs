//! Article pages: one parse, then title, lead, text, author, language and dates from the same outline.

use std::collections::HashSet;

use scraper::{Html, Selector};
use url::Url;

use crate::{
    domain::{article::Page, date::DateSource, outlet::PageSelectors},
    extract::{
        NotRead, Scope, author,
        body::{self, Body},
        lead,
        limits::{self, DOCUMENT_BYTES_MAX},
        linked_data::{self, LinkedData},
        marks::Marks,
        outline::{Block, Outline, attr},
        page_dates::{self, Place},
        plain::{one_line, plain},
        title,
    },
    text::{clean, lost_letters},
};

/// Where the page yields less text than this share (in tenths) of its JSON-LD `articleBody`, the latter is the text.
const BODY_TENTHS: usize = 5;
/// Shorter texts (in bytes) are looked for in hidden boxes too.
const HIDDEN_TEXT_BYTES: usize = 300;
/// Letters that the language is told from.
const LANGUAGE_LETTERS: usize = 1_000;
/// A heading holds its words and little markup (nodes).
const HEADING_NODES_MAX: usize = 8;
/// Shorter titles end other headings by chance (bytes of their letters).
const TITLE_KEY_BYTES_MIN: usize = 20;

/// Reads an article's page.
///
/// The outlet's own selectors come first, a general reading fills what they leave open. Bytes that are no HTML are
/// [`NotRead::NotADocument`]; markup that would take the parser out of linear time is [`NotRead::TooComplex`].
pub fn page(bytes: &[u8], content_type: Option<&str>, scope: &Scope) -> Result<Page, NotRead> {
    let html = scope.text(bytes, content_type, DOCUMENT_BYTES_MAX)?;
    check_kind(&html)?;
    limits::check_html(&html).map_err(NotRead::TooComplex)?;
    let tree = Html::parse_document(&html);
    let reading = |hidden_too: bool| {
        let outline = Outline::of(&tree, hidden_too);
        let own = Own::of(&tree, &outline, scope.outlet.map(|it| &it.page));
        let data = linked_data::read(&outline.linked_data);
        read(&outline, &own, &data, scope)
    };
    let mut page = reading(false);
    if page.text.len() < HIDDEN_TEXT_BYTES {
        // Pages that stream their text into hidden boxes show it by script.
        let whole = reading(true);
        if whole.text.len() > page.text.len() * 2 {
            page = whole;
        }
    }
    if page.title.is_empty() && page.text.is_empty() {
        return Err(NotRead::Empty);
    }
    page.breaks_off = breaks_off(&html);
    page.letters_lost = lost_letters(&page.text);
    Ok(page)
}

/// Whether a text opens an HTML document and closes neither it nor its body.
fn breaks_off(html: &str) -> bool {
    // Looked for from the end, where it stands if it stands at all.
    let holds = |name: &str| html.as_bytes().windows(name.len()).rev().any(|it| it.eq_ignore_ascii_case(name.as_bytes()));
    !holds("</html") && !holds("</body") && (holds("<html") || holds("<body"))
}

/// Refuses what is a document of another kind.
pub(super) fn check_kind(text: &str) -> Result<(), NotRead> {
    let start: String =
        text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']).chars().take(300).collect::<String>().to_ascii_lowercase();
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
    let titles = title::wordings(outline, data, heading.iter().map(|it| one_line(&outline.text(*it))));
    drop_repeats(outline, own, &titles.iter().map(|it| title::key(it)).chain([title_key.clone()]).collect::<Vec<_>>(), &mut body);
    let place = place(outline, title_at, &body);
    let lead_at = own.lead.or_else(|| {
        let description = outline.meta("og:description").chain(outline.meta("description")).max_by_key(|it| it.len());
        // After the heading itself, which may hold a kicker and the title.
        let from = place.title.map_or(body.root, |it| outline.end(it));
        let first_text = body.text.first().and_then(|it| outline.blocks.get(*it)).map_or(place.text_from, |it| it.at);
        lead::find(outline, &marks, (from, place.text_from + 1), first_text, &title_key, &plain(description.unwrap_or(&data.description)))
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
    page_dates::settle_order(outline, &mut dates, scope.zone);
    Page {
        breaks_off: false,
        own_body: own.body.is_some(),
        letters_lost: false,
        paywalled: data.paywalled,
        language: language(&text, outline.lang),
        author: author::find(outline, own.author.map(|it| outline.text(it)), data, &marks, &body),
        canonical: canonical(outline, scope.base),
        captions: lines(outline, &body.captions),
        titles,
        title,
        lead,
        text,
        dates,
    }
}

/// The `<h1>` elements outside side matter.
fn headings(outline: &Outline, marks: &[Marks]) -> Vec<usize> {
    let side = |at: &usize| marks.get(*at).copied().unwrap_or_default().side;
    let heading = |at: &usize| {
        outline.name(*at) == "h1"
            || outline.element(*at).and_then(|it| attr(it, "itemprop")).is_some_and(|it| it == "headline" && outline.end(*at) > at + 1)
    };
    let found: Vec<usize> =
        (0..outline.nodes.len()).filter(heading).filter(|it| !side(it)).filter(|it| !title::key(&outline.text(*it)).is_empty()).collect();
    if found.is_empty() { named_headings(outline).filter(|it| !side(it)).take(1).collect() } else { found }
}

/// Where no `<h1>` stands: what is named or set as a heading, and stands whole in `<title>` beside the site's name.
fn named_headings(outline: &Outline) -> impl Iterator<Item = usize> {
    let whole = title::key(&plain(outline.title));
    let set = |at: &usize| {
        let class = outline.element(*at).and_then(|it| attr(it, "class")).unwrap_or_default().to_ascii_lowercase();
        matches!(outline.name(*at), "h2" | "h3") || ["title", "tieude", "tenbai", "headline"].iter().any(|it| class.contains(it))
    };
    (0..outline.nodes.len()).filter(set).filter(move |at| {
        let own = outline.end(*at) <= at + HEADING_NODES_MAX;
        let words = if own { title::key(&outline.text(*at)) } else { String::new() };
        words.len() >= TITLE_KEY_BYTES_MIN && whole.contains(&words)
    })
}

/// Where the title is printed: its heading, else the first block that repeats it.
fn title_node(outline: &Outline, headings: &[usize], key: &str) -> Option<usize> {
    let same = |at: &&usize| title::key(&outline.text(**at)) == key;
    let block = || outline.blocks.iter().find(|it| it.text.len() < key.len() * 4 && title::key(&it.text) == key).map(|it| it.at);
    headings.iter().find(same).copied().or_else(block).or(headings.first().copied())
}

/// Takes out of the text what is the title again (`titles` ends with the one chosen), what stands before it, and what the outlet wants removed.
fn drop_repeats(outline: &Outline, own: &Own, titles: &[String], body: &mut Body) {
    // A heading may print another wording, or a kicker before it.
    let is_title = |block: &Block| {
        let heading = matches!(outline.name(block.owner), "h2" | "h3");
        let words = title::key(&block.text);
        titles.iter().enumerate().any(|(at, title)| {
            let own = at + 1 == titles.len();
            let kicked = heading && title.len() >= TITLE_KEY_BYTES_MIN && words.len() < title.len() * 2 && words.ends_with(title.as_str());
            (own || heading) && words == *title || kicked
        })
    };
    let longest = titles.iter().map(String::len).max().unwrap_or(0);
    let kept = |index: &usize| {
        outline.blocks.get(*index).is_some_and(|it| {
            let title = it.text.len() < longest * 4 && is_title(it);
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

#[cfg(test)]
mod tests {
    use chrono_tz::Asia::Ho_Chi_Minh;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::date::{DateDoubt, decide_date};

    fn read(html: &str) -> Result<Page, NotRead> {
        let base = Url::parse("https://baohue.vn/xa-hoi/bai-156251.html").unwrap();
        page(html.as_bytes(), Some("text/html; charset=utf-8"), &Scope { zone: Ho_Chi_Minh, base: &base, outlet: None, source: None })
    }

    const SENTENCE: &str =
        "Chiều cùng ngày, các học viên thực hành xử lý tình huống giả định tại hội trường của xã, có cán bộ biên phòng hướng dẫn. ";

    fn article(head: &str, top: &str) -> String {
        format!(
            r#"<!doctype html><html lang="vi"><head><title>Mở lớp tập huấn ở vùng biên - Báo Huế</title>{head}</head><body>
            <div class="header"><span>Thứ Hai, 23/11/2026</span></div><nav><a href="/">Trang chủ</a></nav>
            <div class="detail"><h1>Mở lớp tập huấn ở vùng biên</h1>{top}
            <h2 class="sapo">TTH.VN - Sáng 14/3, lớp tập huấn kỹ năng cho cán bộ các xã biên giới được khai mạc.</h2>
            <div class="noi-dung"><p>{SENTENCE}</p><figure><img src="a.jpg"><figcaption>Quang cảnh lớp học. Ảnh: An</figcaption></figure>
            <h3>Nội dung thiết thực</h3><p>{SENTENCE}Ngày 01/01/2020, lớp đầu tiên được mở.</p>
            <div class="tin-lien-quan"><p>Bài khác rất dài về một chuyện khác hẳn mà người đọc có thể quan tâm, xin mời xem tiếp ở đây.</p></div>
            <p>{SENTENCE}{SENTENCE}</p><p style="text-align:right"><b>Tin, ảnh: An Bình</b></p></div>
            <div class="tags"><a href="/t">tập huấn</a></div><div id="comment"><p>{SENTENCE}Ý kiến bạn đọc.</p></div></div></body></html>"#
        )
    }

    #[test]
    fn a_document_that_is_never_closed_breaks_off() {
        for (html, broken) in [
            ("<!doctype html><HTML><body><p>Sáng nay</p></BODY></HTML>", false),
            ("<html><body><p>Sáng nay</p></body>", false),
            ("<p>Sáng nay</p>", false),
            ("<html><body><p>Sáng nay, hội", true),
        ] {
            assert_eq!(breaks_off(html), broken, "{html}");
        }
    }

    #[test]
    fn an_article_comes_out_without_what_stands_around_it() {
        let page = read(&article("", "<div class='date'>14/03/2026 - 12:54</div>")).unwrap();
        assert_eq!(page.title, "Mở lớp tập huấn ở vùng biên");
        assert!(page.lead.starts_with("TTH.VN - Sáng 14/3"));
        assert!(page.text.starts_with(&page.lead));
        assert_eq!(page.text.lines().count(), 5, "{}", page.text);
        assert!(page.text.contains("\nNội dung thiết thực\n"));
        for other in ["Bài khác", "Ý kiến", "Tin, ảnh", "Quang cảnh", "Trang chủ"] {
            assert!(!page.text.contains(other), "{other}");
        }
        assert_eq!(page.captions, "Quang cảnh lớp học. Ảnh: An");
        assert_eq!(page.language.as_deref(), Some("vi"));
    }

    #[test]
    fn the_printed_date_is_the_articles_not_todays_nor_an_events() {
        let page = read(&article("", "<div class='date'>14/03/2026 - 12:54</div>")).unwrap();
        let decision = decide_date(page.dates, None, Ho_Chi_Minh);
        assert_eq!(decision.published.unwrap().to_rfc3339(), "2026-03-14T05:54:00+00:00");
        assert_eq!(decision.from, Some(DateSource::Printed));
    }

    #[test]
    fn the_time_of_a_change_is_marked() {
        let page = read(&article(
            "<meta property='article:published_time' content='2026-03-14T12:54:00'>",
            "<div>Cập nhật lúc 09:00 15/03/2026</div>",
        ))
        .unwrap();
        let printed = page.dates.iter().find(|it| it.from == DateSource::Printed).unwrap();
        assert_eq!(printed.why, Some(DateDoubt::Revision));
        assert_eq!(decide_date(page.dates, None, Ho_Chi_Minh).from, Some(DateSource::Meta));
    }

    #[test]
    fn every_place_that_states_a_date_is_kept() {
        let head = r#"<meta property="og:image" content="https://baohue.vn/2026/03/13/a.jpg"><script type="application/ld+json">{"@type":"NewsArticle","headline":"Mở lớp tập huấn ở vùng biên","datePublished":"2026-03-14T12:54:00+07:00","dateModified":"2026-03-20T00:00:00+07:00","author":{"name":"An Bình"}}</script>"#;
        let page = read(&article(head, "<time datetime='2026-03-14T12:54'>14/3</time><p>14/03/2026</p>")).unwrap();
        let from: Vec<_> = page.dates.iter().map(|it| it.from).collect();
        assert_eq!(from, [DateSource::JsonLd, DateSource::Time, DateSource::Printed, DateSource::ImagePath]);
        assert_eq!(page.author.as_deref(), Some("An Bình"));
    }

    #[test]
    fn the_outlets_own_selectors_come_first() {
        use crate::domain::{
            month::MonthRange,
            outlet::{Duty, Outlet, OutletKind},
        };
        let selectors = PageSelectors {
            title: Some(".ten-bai".into()),
            lead: Some(".dau-bai".into()),
            body: Some("#bai".into()),
            date: Some(".ngay".into()),
            author: Some(".ky-ten".into()),
            remove: vec![".quang-ba".into()],
            short: false,
        };
        let outlet = Outlet {
            id: "hue".parse().unwrap(),
            name: String::new(),
            kind: OutletKind::Newspaper,
            duty: Duty::Monthly,
            exempt: Vec::new(),
            blind: Vec::new(),
            sections_complete: false,
            active: MonthRange::default(),
            successor: None,
            hosts: vec!["baohue.vn".parse().unwrap()],
            article_id: None,
            sources: Vec::new(),
            page: selectors,
            contacts: Vec::new(),
        };
        let html = format!(
            "<h1>Chuyên mục an ninh</h1><div class='ten-bai'>Tựa đề thật</div><i class='ngay'>12:54 14/03/2026</i><p class='dau-bai'>Lời dẫn của bài.</p>\
             <div id='bai'><p>Ngắn gọn một câu.</p><p class='quang-ba'>{SENTENCE}</p><p class='ky-ten'>An Bình</p></div><div><p>{SENTENCE}{SENTENCE}</p></div>"
        );
        let base = Url::parse("https://baohue.vn/1.html").unwrap();
        let page = page(html.as_bytes(), None, &Scope { zone: Ho_Chi_Minh, base: &base, outlet: Some(&outlet), source: None }).unwrap();
        assert_eq!((page.title.as_str(), page.lead.as_str()), ("Tựa đề thật", "Lời dẫn của bài."));
        assert_eq!(page.text, "Lời dẫn của bài.\nNgắn gọn một câu.");
        assert_eq!(page.author.as_deref(), Some("An Bình"));
        assert_eq!(page.dates[0].from, DateSource::Selector);
    }

    #[test]
    fn hostile_and_foreign_documents_end_in_a_named_reason() {
        for (html, complex) in [
            ("<div>".repeat(100_000), true),
            ("<table><tr><td>".repeat(20_000), true),
            ("<ul><li>".repeat(50_000), true),
            (format!("<p {}>", (0..100_000).map(|it| format!("a{it}=1 ")).collect::<String>()), true),
            ((0..50_000).map(|it| format!("<font size={it}>x")).collect(), true),
            (String::new(), false),
            ("{\"a\":1}".into(), false),
            ("<?xml version='1.0'?><rss></rss>".into(), false),
            ("%PDF-1.7".into(), false),
        ] {
            let told = read(&html).unwrap_err();
            assert_eq!(matches!(told, NotRead::TooComplex(_)), complex, "{told}");
        }
        assert_eq!(read("<p></p>"), Err(NotRead::Empty));
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(raw in any::<Vec<u8>>(), html in "(<p>|</p>|<div hidden>|<div class='sapo'>|<h1>|</h1>|<table>|<td>|<b>|</b>|<a href=x>|</a>|<br>|<time>|14/03/2026|chữ nghĩa |<script type=application/ld\\+json>|\\{|</script>|<svg>|<template>|<frameset>|<select>|&ecirc;|<!--){0,50}") {
            let _ = read(&html);
            let base = Url::parse("https://baohue.vn/").unwrap();
            let _ = page(&raw, None, &Scope { zone: Ho_Chi_Minh, base: &base, outlet: None, source: None });
        }
    }
}
