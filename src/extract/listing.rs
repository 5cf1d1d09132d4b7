//! Listing pages: sections and front pages that link to articles.

use std::collections::HashMap;

use scraper::{ElementRef, Html, Selector};

use crate::{
    domain::outlet::ListingRules,
    extract::{
        NotRead, Scope,
        limits::{self, DOCUMENT_BYTES_MAX, ENTRIES_MAX},
        listed::{Candidate, Collector, Listed},
        outline::{Outline, attr},
        page::check_kind,
        plain::one_line,
        stamp::{self, Orders},
    },
};

/// Boxes around a link that are searched for its date, from the inside out.
const BOXES_MAX: usize = 4;
/// A headline has at least so many words and letters; shorter links are menus and buttons.
const HEADLINE_WORDS_MIN: usize = 4;
const HEADLINE_LETTERS_MIN: usize = 18;

/// Reads a listing by the source's selectors; without an `item` selector links that look like headlines are taken.
pub fn listing(bytes: &[u8], content_type: Option<&str>, scope: &Scope) -> Result<Listed, NotRead> {
    let html = scope.text(bytes, content_type, DOCUMENT_BYTES_MAX)?;
    check_kind(&html)?;
    limits::check_html(&html).map_err(NotRead::TooComplex)?;
    let tree = Html::parse_document(&html);
    let unruled = ListingRules::default();
    let rules = scope.source.map_or(&unruled, |it| &it.listing);
    let base = tree.tree.nodes().filter_map(|it| it.value().as_element()).find(|it| it.name() == "base").and_then(|it| attr(it, "href"));
    let mut collector = Collector::new(scope, ENTRIES_MAX).with_base(base.and_then(|it| scope.base.join(it).ok()));
    let date = rules.date.as_deref().and_then(|it| Selector::parse(it).ok());
    match rules.item.as_deref().and_then(|it| Selector::parse(it).ok()) {
        Some(item) => by_rule(&tree, &item, date.as_ref(), &mut collector, scope),
        None => by_looks(&Outline::of(&tree, false), &mut collector, scope),
    }
    let next =
        rules.next.as_deref().and_then(|it| Selector::parse(it).ok()).and_then(|it| tree.select(&it).find_map(link_of).map(str::to_owned));
    let next = next.or_else(|| rel_next(&tree)).and_then(|it| collector.absolute(&it, None));
    collector.listed.next = next.filter(|it| it != scope.base);
    Ok(collector.listed)
}

/// One candidate for each element that the rule finds.
fn by_rule(tree: &Html, item: &Selector, date: Option<&Selector>, collector: &mut Collector, scope: &Scope) {
    let mut items: Vec<ElementRef> = tree.select(item).take(ENTRIES_MAX * 2).collect();
    // An item that stands inside another is the same item.
    let ids: std::collections::HashSet<_> = items.iter().map(|it| it.id()).collect();
    items.retain(|it| !it.ancestors().any(|around| ids.contains(&around.id())));
    let raw = |element: ElementRef| {
        let printed = date.and_then(|date| date_of(element, item, date))?;
        Some(one_line(&attr(printed.value(), "datetime").map_or_else(|| printed.text().collect::<String>(), str::to_owned)))
    };
    let raws: Vec<Option<String>> = items.iter().map(|it| raw(*it)).collect();
    let orders = Orders::of(raws.iter().flatten().map(String::as_str));
    for (element, raw) in items.into_iter().zip(raws) {
        let link = link_of(element).map(|it| (it.to_owned(), None));
        let candidate = Candidate { links: link.into_iter().collect(), title: title_of(element), ..Candidate::default() };
        collector.add(candidate.dated(raw, scope.zone, orders));
    }
}

/// The date printed in the item, or in the box around it as long as that box holds no other item.
fn date_of<'a>(element: ElementRef<'a>, item: &Selector, date: &Selector) -> Option<ElementRef<'a>> {
    let around = std::iter::once(element).chain(element.ancestors().filter_map(ElementRef::wrap).take(BOXES_MAX));
    for (depth, one) in around.enumerate() {
        if depth > 0 && one.select(item).nth(1).is_some() {
            return None;
        }
        if let Some(found) = one.select(date).next() {
            return Some(found);
        }
    }
    None
}

/// The link of an element: its own, the first inside it that has words, or the one around it.
fn link_of<'a>(element: ElementRef<'a>) -> Option<&'a str> {
    let href = |it: ElementRef<'_>| it.value().name() == "a" && attr(it.value(), "href").is_some();
    if href(element) || matches!(element.value().name(), "link" | "area") {
        return element.attr("href");
    }
    let links = || element.descendent_elements().filter(|it| href(*it));
    let worded = links().find(|it| it.text().any(|text| !text.trim().is_empty()));
    let around = || element.ancestors().filter_map(ElementRef::wrap).take(BOXES_MAX).find(|it| href(*it));
    worded.or_else(|| links().next()).or_else(around).and_then(|it| it.attr("href"))
}

/// The headline of an item: a heading, the words of its links, the link's `title`, the picture's `alt`.
fn title_of(element: ElementRef) -> String {
    let text = |it: ElementRef| one_line(&it.text().collect::<Vec<_>>().join(" "));
    let inside =
        |names: &[&str]| element.descendent_elements().filter(|it| names.contains(&it.value().name())).map(text).find(|it| !it.is_empty());
    let stated = || {
        let mut all = std::iter::once(element).chain(element.descendent_elements());
        all.find_map(|it| attr(it.value(), "title").or_else(|| attr(it.value(), "alt")).map(one_line).filter(|it| !it.is_empty()))
    };
    let own = if element.value().name() == "a" { Some(text(element)).filter(|it| !it.is_empty()) } else { None };
    inside(&["h1", "h2", "h3", "h4", "h5"]).or(own).or_else(|| inside(&["a"])).or_else(stated).unwrap_or_else(|| text(element))
}

/// Links that look like headlines: several words, outside menus and footers; a link's longest wording is its title.
fn by_looks(outline: &Outline, collector: &mut Collector, scope: &Scope) {
    let mut order: Vec<(&str, String, Option<String>)> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for at in 0..outline.nodes.len() {
        let Some(href) = outline.element(at).filter(|it| it.name() == "a").and_then(|it| attr(it, "href")) else { continue };
        let menu = |it: usize| {
            matches!(outline.name(it), "nav" | "footer") || outline.element(it).and_then(|it| attr(it, "class")).is_some_and(is_menu)
        };
        if href.starts_with(['#', 'j']) && (href.starts_with('#') || href.starts_with("javascript")) || outline.ancestors(at).any(menu) {
            continue;
        }
        let title = one_line(&outline.text(at));
        if let Some(first) = known.get(href).and_then(|it| order.get_mut(*it)) {
            if title.len() > first.1.len() && !is_headline(&first.1) {
                first.1 = title;
            }
            continue;
        }
        known.insert(href, order.len());
        order.push((href, title, near_date(outline, at, scope)));
    }
    let orders = Orders::of(order.iter().filter_map(|it| it.2.as_deref()));
    for (href, title, raw) in order.into_iter().filter(|it| is_headline(&it.1)) {
        let candidate = Candidate { links: vec![(href.to_owned(), None)], title, ..Candidate::default() };
        collector.add(candidate.dated(raw, scope.zone, orders));
    }
}

fn is_headline(title: &str) -> bool {
    title.split_whitespace().count() >= HEADLINE_WORDS_MIN && title.chars().count() >= HEADLINE_LETTERS_MIN
}

fn is_menu(class: &str) -> bool {
    class.to_ascii_lowercase().split([' ', '-', '_']).any(|it| matches!(it, "menu" | "nav" | "navbar" | "breadcrumb" | "footer"))
}

/// The date in the smallest box around a link, as long as the box stays small.
fn near_date(outline: &Outline, at: usize, scope: &Scope) -> Option<String> {
    const BOX_NODES_MAX: usize = 40;
    for around in outline.ancestors(at).take(BOXES_MAX) {
        if outline.end(around) > around + BOX_NODES_MAX || matches!(outline.name(around), "body" | "ul" | "tbody") {
            return None;
        }
        let from = outline.blocks.partition_point(|it| it.at < around);
        let inside = outline.blocks.get(from..).unwrap_or_default().iter().take_while(|it| it.at < outline.end(around));
        let dated = inside.filter(|it| it.letters <= 60).map(|it| one_line(&it.text)).find(|it| stamp::parse(it, scope.zone).is_some());
        if dated.is_some() {
            return dated;
        }
    }
    None
}

fn rel_next(tree: &Html) -> Option<String> {
    let elements = tree.tree.nodes().filter_map(|it| it.value().as_element());
    let mut next =
        elements.filter(|it| matches!(it.name(), "a" | "link") && attr(it, "rel").is_some_and(|it| it.eq_ignore_ascii_case("next")));
    next.find_map(|it| attr(it, "href")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use chrono_tz::Asia::Ho_Chi_Minh;
    use proptest::prelude::*;
    use url::Url;

    use super::*;
    use crate::domain::outlet::{Covers, Source, SourceKind};

    const PAGE: &str = r#"<html><head><base href="https://baohue.vn/muc/"></head><body>
        <nav class="menu"><a href="/lien-he">Trang liên hệ của tòa soạn báo</a></nav>
        <div class="box"><h3><a href="bai-1.html"><img alt="ảnh"></a><a href="bai-1.html">Mở lớp tập huấn cho cán bộ xã</a></h3><span class="d">14/03/2026 - 12:54</span></div>
        <div class="box"><h3><a href="bai-2.html" title="Ra quân phòng ngừa ở vùng biên">Ra quân phòng ngừa ở vùng biên</a></h3><span class="d">13/03/2026</span></div>
        <div class="box"><h3><a>Không có liên kết nào ở đây cả</a></h3></div>
        <a href="/muc?trang=2" class="next">Sau</a><footer><a href="/x">Chịu trách nhiệm xuất bản: An</a></footer></body></html>"#;

    fn read(html: &str, rules: ListingRules) -> Result<Listed, NotRead> {
        let base = Url::parse("https://baohue.vn/muc").unwrap();
        let source = Source {
            kind: SourceKind::Listing,
            url: base.clone(),
            covers: Covers::Section,
            accept: Vec::new(),
            formerly: Vec::new(),
            listing: rules,
        };
        listing(html.as_bytes(), None, &Scope { zone: Ho_Chi_Minh, base: &base, outlet: None, source: Some(&source) })
    }

    fn rows(listed: &Listed) -> Vec<(&str, &str, Option<&str>)> {
        listed.entries.iter().map(|it| (it.url.path(), it.title.as_str(), it.published_raw.as_deref())).collect()
    }

    #[test]
    fn rules_name_items_dates_and_the_next_page() {
        let rules = |item: &str| ListingRules {
            item: Some(item.into()),
            date: Some(".d".into()),
            next: Some("a.next".into()),
            ..ListingRules::default()
        };
        for item in [".box", "h3", "h3 a:last-child"] {
            let listed = read(PAGE, rules(item)).unwrap();
            assert_eq!(
                rows(&listed),
                [
                    ("/muc/bai-1.html", "Mở lớp tập huấn cho cán bộ xã", Some("14/03/2026 - 12:54")),
                    ("/muc/bai-2.html", "Ra quân phòng ngừa ở vùng biên", Some("13/03/2026"))
                ],
                "{item}"
            );
            assert_eq!((listed.in_document, listed.next.as_ref().map(Url::as_str)), (3, Some("https://baohue.vn/muc?trang=2")), "{item}");
        }
    }

    #[test]
    fn without_rules_headlines_are_told_from_menus() {
        let listed = read(PAGE, ListingRules::default()).unwrap();
        let titles: Vec<_> = rows(&listed).into_iter().map(|it| it.1).collect();
        assert_eq!(titles, ["Mở lớp tập huấn cho cán bộ xã", "Ra quân phòng ngừa ở vùng biên"]);
        assert_eq!(listed.entries[0].published_raw.as_deref(), Some("14/03/2026 - 12:54"));
    }

    #[test]
    fn other_documents_are_refused() {
        assert!(matches!(read("<rss></rss>", ListingRules::default()), Err(NotRead::NotADocument(_))));
        assert!(matches!(read(&"<div>".repeat(9_999), ListingRules::default()), Err(NotRead::TooComplex(_))));
    }

    proptest! {
        #[test]
        fn the_sum_is_kept(text in "(<a href='/x'>|</a>|<h3>|</h3>|một hai ba bốn năm |<div class='d'>|</div>|<time>|14/03/2026|<){0,30}") {
            for rules in [ListingRules::default(), ListingRules { item: Some("h3, div".into()), date: Some(".d".into()), ..ListingRules::default() }] {
                if let Ok(listed) = read(&text, rules) {
                    prop_assert_eq!(listed.in_document, listed.entries.len() as u64 + listed.rejected.values().sum::<u64>());
                }
            }
        }
    }
}
