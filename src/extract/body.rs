//! Which blocks of a page are the article's text: a light scoring of containers by length, links and names.

use std::collections::HashSet;

use crate::extract::{
    aside, caption,
    marks::{self, Marks},
    outline::{Block, Outline, attr},
    title::key,
};

/// Shorter blocks (in letters) are labels and buttons; they do not show where the article is.
const PARAGRAPH_LETTERS_MIN: usize = 40;
/// Blocks from this length on count fully; between the two, half.
const FULL_LETTERS_MIN: usize = 80;
/// A child that holds so much of its parent's text (in tenths) is descended into.
const DESCEND_TENTHS: usize = 8;
/// A box that holds so much of the page's text (in tenths) is no side matter, whatever it is called: whole pages stand in a
/// `<form>` (ASP.NET) or under a class like `has-sidebar`.
const OVERRULE_TENTHS: usize = 4;
/// A container named as the article's body is believed where it holds so much of the page's text (in tenths).
const NAMED_TENTHS: usize = 4;

/// The article's blocks, as indexes into the outline's blocks.
#[derive(Debug, Default)]
pub struct Body {
    /// The container of the text.
    pub root: usize,
    pub text: Vec<usize>,
    pub captions: Vec<usize>,
}

/// A body with fewer letters calls for a second reading that does not trust names.
const SHORT_LETTERS: usize = 250;

/// Names of containers of the article's text, joined and in lower case; found anywhere in `class` or `id`.
#[rustfmt::skip]
const BODY_NAMES: &[&str] = &[
    "articlebody", "articlecontent", "articletext", "articledetail", "storybody", "storycontent", "storytext", "entrycontent",
    "postcontent", "postbody", "newscontent", "newsbody", "newsdetail", "detailcontent", "detailbody", "contentdetail", "contentbody",
    "bodycontent", "bodytext", "maincontentbody", "fckdetail", "singularcontent", "knccontent", "cmsbody", "thearticlebody", "noidung",
    "chitiettin", "chitietbaiviet", "articlemain", "articlewrapper", "richtext", "textbody", "contentarticle", "mainarticle",
];

/// A teaser is a heading, a sentence or two and a picture.
const TEASER_LETTERS_MAX: usize = 400;
const TEASER_NODES_MAX: usize = 80;
const TEASERS_MAX: usize = 60;
/// Headings looked at: pages without an end have a few, hostile ones thousands.
const HEADINGS_MAX: usize = 20;
/// Shorter headings stand in any title by chance (bytes of their letters).
const HEADING_KEY_BYTES_MIN: usize = 12;

/// Finds the article's text on a page. `named` is the container that the outlet's own selector gives, if it does.
pub fn find(outline: &Outline<'_>, named: Option<usize>) -> (Body, Vec<Marks>) {
    let raw = Weights::of(outline, |block| !block_is_links(block));
    let by_name = reading(outline, &raw, named, true);
    let letters = |body: &Body| body.text.iter().filter_map(|it| outline.blocks.get(*it)).map(|it| it.letters).sum::<usize>();
    if letters(&by_name.0) >= SHORT_LETTERS || raw.within(outline, 0) < SHORT_LETTERS {
        return by_name;
    }
    // Names misled: an article inside `sidebar-grid` or `hasCaption`.
    let by_tag = reading(outline, &raw, named, false);
    if letters(&by_tag.0) > letters(&by_name.0) * 2 { by_tag } else { by_name }
}

fn reading(outline: &Outline, raw: &Weights, named: Option<usize>, by_name: bool) -> (Body, Vec<Marks>) {
    let marks = marks(outline, raw, named, by_name);
    let good = Weights::of(outline, |block| {
        let mark = marks.get(block.owner).copied().unwrap_or_default();
        !block_is_links(block) && !mark.side && !mark.caption
    });
    let root = named.unwrap_or_else(|| container(outline, &good));
    let mut body = Body { root, ..Body::default() };
    select(outline, &marks, &mut body);
    // A body that the outlet's own selector names is taken whole.
    if named.is_none() {
        trim(outline, &mut body.text);
    }
    (body, marks)
}

/// Text weight of every node, as sums over the nodes before it.
struct Weights {
    before: Vec<usize>,
}

impl Weights {
    fn of(outline: &Outline, counts: impl Fn(&Block) -> bool) -> Self {
        let mut at_node = vec![0usize; outline.nodes.len() + 1];
        for block in &outline.blocks {
            let paragraph = !matches!(outline.name(block.owner), "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "label" | "dt");
            let weight = match block.letters {
                FULL_LETTERS_MIN.. => block.letters,
                PARAGRAPH_LETTERS_MIN.. => block.letters / 2,
                _ => 0,
            };
            if paragraph
                && counts(block)
                && let Some(sum) = at_node.get_mut(block.at + 1)
            {
                *sum += weight;
            }
        }
        for at in 1..at_node.len() {
            let before = at_node.get(at - 1).copied().unwrap_or(0);
            if let Some(sum) = at_node.get_mut(at) {
                *sum += before;
            }
        }
        Self { before: at_node }
    }

    /// The text within a node.
    fn within(&self, outline: &Outline, at: usize) -> usize {
        self.between(at, outline.end(at))
    }

    /// The text from one node up to another.
    fn between(&self, from: usize, to: usize) -> usize {
        let sum = |it: usize| self.before.get(it).copied().unwrap_or(0);
        sum(to).saturating_sub(sum(from))
    }
}

fn block_is_links(block: &Block) -> bool {
    block.linked * 2 > block.letters
}

/// What each box is by tag, role, class and id. Boxes with much of the page's text, and those around `named`, are not side matter.
fn marks(outline: &Outline, raw: &Weights, named: Option<usize>, by_name: bool) -> Vec<Marks> {
    let mut marks = vec![Marks::default(); outline.nodes.len()];
    let total = raw.within(outline, 0);
    let heading = heading(outline);
    let mut foreign = heading.map(|it| foreign_articles(outline, raw, it)).unwrap_or_default();
    foreign.extend(teasers(outline, raw));
    let mut blocks = outline.blocks.iter().peekable();
    for at in 0..outline.nodes.len() {
        let mut mark = outline.nodes.get(at).and_then(|it| marks.get(it.parent)).copied().unwrap_or_default();
        while blocks.next_if(|it| it.at < at).is_some() {}
        // Names are only looked up where they can matter: on boxes with text, outside what is side matter already.
        let has_text = blocks.peek().is_some_and(|it| it.at < outline.end(at));
        if has_text
            && !mark.side
            && let Some(element) = outline.element(at)
        {
            let own = marks::by_itself(element, by_name);
            let weighs = raw.within(outline, at) * 10 >= total.max(1) * OVERRULE_TENTHS;
            // What holds the heading or the named body is no side matter either (`hasCaption` on the article's header).
            let around = [named, heading].into_iter().flatten().any(|it| at <= it && it < outline.end(at));
            mark.side |= own.side && !weighs && !around;
            mark.caption |= own.caption && !weighs && !around;
            mark.side |= foreign.contains(&at);
        }
        if let Some(slot) = marks.get_mut(at) {
            *slot = mark;
        }
    }
    marks
}

/// The heading of the page's own article: the `<h1>` whose words the page's title holds, else the first.
fn heading(outline: &Outline) -> Option<usize> {
    let mut all = (0..outline.nodes.len()).filter(|it| outline.name(*it) == "h1");
    let first = all.next()?;
    let title = key(outline.title);
    let holds = |at: &usize| {
        let words = key(&outline.text(*at));
        words.len() >= HEADING_KEY_BYTES_MIN && title.contains(&words)
    };
    Some(if holds(&first) { first } else { all.take(HEADINGS_MAX).find(holds).unwrap_or(first) })
}

/// Other articles that the page goes on with, as pages without an end do: boxes with a heading of their own behind the text of the
/// page's own article.
fn foreign_articles(outline: &Outline, raw: &Weights, heading: usize) -> Vec<usize> {
    let own_text = |to: usize| raw.between(heading, to) >= SHORT_LETTERS;
    let is_article = |at: &usize| {
        outline.element(*at).is_some_and(|it| it.name() == "article" || attr(it, "itemtype").is_some_and(|it| it.ends_with("Article")))
    };
    let title = key(&outline.text(heading));
    let headings = (heading + 1..outline.nodes.len()).filter(|it| outline.name(*it) == "h1").take(HEADINGS_MAX);
    // A layout may print the title twice, above the article and in it.
    let headings = headings.filter(|it| key(&outline.text(*it)) != title);
    let boxes = headings.filter_map(|it| {
        let apart = outline.ancestors(it).take_while(|it| !(*it <= heading && heading < outline.end(*it)));
        apart.filter(is_article).last()
    });
    boxes.filter(|it| own_text(*it)).collect()
}

/// Short articles inside another, under a heading that is a link: teasers. Where they are much of the text they are a live blog's posts.
fn teasers(outline: &Outline, raw: &Weights) -> Vec<usize> {
    let nested = |at: &usize| outline.name(*at) == "article" && outline.ancestors(*at).any(|it| outline.name(it) == "article");
    let leads_away = |at: &usize| {
        let inside = *at..outline.end(*at);
        let linked = |it: usize| {
            matches!(outline.name(it), "h2" | "h3" | "h4" | "h5")
                && (outline.name(it + 1) == "a" || outline.ancestors(it).take_while(|it| it > at).any(|it| outline.name(it) == "a"))
        };
        inside.len() <= TEASER_NODES_MAX && raw.within(outline, *at) <= TEASER_LETTERS_MAX && inside.clone().any(linked)
    };
    let found: Vec<usize> = (0..outline.nodes.len()).filter(nested).filter(leads_away).take(TEASERS_MAX).collect();
    let all = found.iter().map(|it| raw.within(outline, *it)).sum::<usize>();
    if all * 4 > raw.within(outline, 0) { Vec::new() } else { found }
}

/// The element whose text is the article: one that is named so, else the deepest that keeps most of the page's text together.
fn container(outline: &Outline, good: &Weights) -> usize {
    let total = good.within(outline, 0);
    let enough = |at: usize| good.within(outline, at) * 10 >= total.max(1) * NAMED_TENTHS;
    let mut named: Option<usize> = None;
    for at in 0..outline.nodes.len() {
        let Some(element) = outline.element(at) else { continue };
        let inside = named.is_some_and(|it| at < outline.end(it));
        let better = named.is_none_or(|it| {
            good.within(outline, at) > good.within(outline, it)
                || (inside && good.within(outline, at) * 20 >= good.within(outline, it) * 19)
        });
        if better && enough(at) && is_named_body(element) {
            named = Some(at);
        }
    }
    if let Some(named) = named {
        return named;
    }
    let mut at = (0..outline.nodes.len()).find(|it| outline.name(*it) == "article" && enough(*it)).unwrap_or(0);
    loop {
        let here = good.within(outline, at);
        let mut child = at + 1;
        let mut heaviest = (0, at);
        while child < outline.end(at) {
            heaviest = heaviest.max((good.within(outline, child), child));
            child = outline.end(child).max(child + 1);
        }
        let is_box = !matches!(outline.name(heaviest.1), "p" | "span" | "li" | "ul" | "blockquote" | "td" | "tr" | "tbody" | "");
        if heaviest.1 == at || !is_box || heaviest.0 * 10 < here * DESCEND_TENTHS {
            return at;
        }
        at = heaviest.1;
    }
}

fn is_named_body(element: &scraper::node::Element) -> bool {
    if !matches!(element.name(), "div" | "section" | "article" | "main" | "td") {
        return false;
    }
    element.attrs().any(|(key, value)| match key {
        "itemprop" => value == "articleBody",
        "class" | "id" => {
            let joined: String = value.bytes().filter(u8::is_ascii_alphanumeric).map(|it| char::from(it.to_ascii_lowercase())).collect();
            BODY_NAMES.iter().any(|it| joined.contains(it))
        }
        _ => false,
    })
}

/// Picks the container's blocks that are text, and its captions.
fn select(outline: &Outline, marks: &[Marks], body: &mut Body) {
    let (from, to) = (body.root, outline.end(body.root));
    let mut seen: HashSet<&str> = HashSet::new();
    let mut asides = Vec::new();
    for (index, block) in outline.blocks.iter().enumerate().filter(|(_, it)| (from..to).contains(&it.at)) {
        let mark = marks.get(block.owner).copied().unwrap_or_default();
        if mark.side || outline.name(block.owner) == "h1" {
            continue;
        }
        let repeated = block.letters >= PARAGRAPH_LETTERS_MIN && !seen.insert(block.text.trim());
        if mark.caption || caption::is_caption(outline, block, body.text.is_empty()) {
            body.captions.push(index);
        } else if !repeated && is_text(outline, block) {
            let aside = aside::is_aside(block, body.text.len());
            if aside { asides.push(index) } else { body.text.push(index) }
        }
    }
    // A page that holds notices alone shows what was left of it: how short that is, and that others hold the same, tells of a redesign.
    if body.text.is_empty() {
        body.text = asides;
    }
}

/// Whether a block reads as text: not a list of links, not a label.
fn is_text(outline: &Outline, block: &Block) -> bool {
    let owner = outline.name(block.owner);
    if block.linked * 10 > block.letters * 8 && block.letters < 400 {
        return false;
    }
    match owner {
        "p" | "h2" | "h3" | "h4" | "h5" | "h6" | "li" | "blockquote" | "td" | "th" | "pre" | "dd" | "dt" | "q" => true,
        "time" | "label" => false,
        _ => block.letters >= PARAGRAPH_LETTERS_MIN || ends_a_sentence(&block.text),
    }
}

fn ends_a_sentence(text: &str) -> bool {
    text.trim_end().trim_end_matches(['"', '”', '’', '»', ')', '\'']).ends_with(['.', '!', '?', '…', ':', ';', '。', '।', '؟', '！', '？'])
}

/// Drops what stands before the first and after the last real paragraph: labels, headings of what follows, names of authors.
fn trim(outline: &Outline, text: &mut Vec<usize>) {
    let block = |index: usize| outline.blocks.get(index);
    let real = |index: &usize| {
        block(*index).is_some_and(|it| {
            let heading = outline.name(it.owner).starts_with('h');
            !heading && (it.letters >= FULL_LETTERS_MIN || (it.letters >= 25 && ends_a_sentence(&it.text)))
        })
    };
    let Some(last) = text.iter().rposition(real) else { return };
    text.truncate(last + 1);
    let first = text.iter().position(real).unwrap_or(0);
    let heading = |index: &usize| {
        block(*index).is_some_and(|it| matches!(outline.name(it.owner), "h2" | "h3" | "h4") || it.letters >= PARAGRAPH_LETTERS_MIN)
    };
    let mut at = 0;
    text.retain(|index| {
        at += 1;
        at > first || heading(index)
    });
}
