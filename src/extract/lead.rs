//! The opening paragraph (sapo, standfirst) that stands apart from the body.

use crate::extract::{
    aside,
    marks::Marks,
    outline::{Block, Outline, What, attr},
    plain::is_inline,
    title::key,
};

/// Shorter texts are labels, longer ones bodies (in letters).
const LEAD_LETTERS: std::ops::RangeInclusive<usize> = 20..=1_500;
/// So much of the description must be found in the block for it to be the lead.
const SAME_KEY_BYTES: usize = 50;
/// A lead without a name or a description to tell it by is a sentence or two; a second heading may be half as long.
const UNNAMED_LETTERS: std::ops::RangeInclusive<usize> = 60..=600;
const UNNAMED_BLOCKS_MAX: usize = 30;
/// Words in `class` and `id` that outlets name the lead by; whole words or whole names.
#[rustfmt::skip]
const LEAD_NAMES: [&str; 30] = [
    "sapo", "lead", "standfirst", "chapeau", "chapo", "dek", "deck", "intro", "summary", "subtitle", "subheadline", "subhead",
    "abstract", "excerpt", "headlead", "tomtat", "trichdan", "mota", "motatin", "desc", "description", "leadtext", "articlelead",
    "vorspann", "ingress", "kicker-text", "strapline", "teasertext", "preamble", "tieudephu",
];

/// Finds the lead: a block named so between title and body, or one that repeats the page's description.
///
/// `from` and `to` bound the search in nodes: from the title to some way into the body; `text_from` is the body's first block.
/// Returns an element.
pub fn find(
    outline: &Outline,
    marks: &[Marks],
    (from, to): (usize, usize),
    text_from: usize,
    title_key: &str,
    description: &str,
) -> Option<usize> {
    let wanted = key(description);
    let (mut named, mut described) = (None, None);
    for at in from..to.min(outline.nodes.len()) {
        let Some(element) = outline.element(at) else { continue };
        let mark = marks.get(at).copied().unwrap_or_default();
        if mark.side || mark.caption || matches!(element.name(), "h1" | "a" | "body" | "main" | "article" | "html") {
            continue;
        }
        let is_named = ["class", "id", "itemprop", "data-role", "data-testid"].iter().filter_map(|it| attr(element, it)).any(is_lead_name);
        if !is_named && outline.end(at) > at + 12 {
            continue;
        }
        let letters = || {
            // Text inside a caption is none of the lead: `lead-art` is a picture.
            let own = |it: &usize| marks.get(*it).is_none_or(|it| !it.caption && !it.side);
            let text = |it: usize| if let Some(What::Text(text)) = outline.nodes.get(it).map(|it| it.what) { text.len() } else { 0 };
            let inside = at..outline.end(at);
            if inside.clone().all(|it| text(it) == 0 || own(&it)) { inside.map(text).sum::<usize>() } else { 0 }
        };
        if is_named && named.is_none() && LEAD_LETTERS.contains(&letters()) {
            named = Some(at);
        }
        if wanted.len() >= SAME_KEY_BYTES
            && matches!(element.name(), "p" | "h2" | "h3" | "div" | "strong" | "span" | "em")
            && LEAD_LETTERS.contains(&letters())
        {
            let text = key(&outline.text(at));
            let shared = text.bytes().zip(wanted.bytes()).take_while(|(a, b)| a == b).count();
            if shared >= SAME_KEY_BYTES && text.len() * 2 > shared {
                described = Some(whole_block(outline, at));
                break;
            }
        }
    }
    // A description may repeat the body's first paragraph; what stands before the body is the lead then.
    let before = |it: &usize| outline.end(*it) <= text_from;
    described
        .filter(before)
        .or(named.filter(before))
        .or_else(|| unnamed(outline, marks, (from, text_from), title_key))
        .or(described)
        .or(named)
}

/// The block around an inline match, so that a place line ("Huế. ") set apart in a `<span>` is kept.
fn whole_block(outline: &Outline, at: usize) -> usize {
    if !is_inline(outline.name(at)) {
        return at;
    }
    let around = outline.ancestors(at).find(|it| !is_inline(outline.name(*it)));
    around.filter(|it| outline.text(*it).len() <= outline.text(at).len() + 60).unwrap_or(at)
}

/// A sentence that stands alone between the title and the text.
fn unnamed(outline: &Outline, marks: &[Marks], (from, text_from): (usize, usize), title_key: &str) -> Option<usize> {
    let blocks = outline.blocks.iter().filter(|it| (from..text_from).contains(&it.at));
    let fits = |block: &&Block| {
        let mark = marks.get(block.owner).copied().unwrap_or_default();
        let owner = outline.name(block.owner);
        !mark.side
            && !mark.caption
            && matches!(owner, "p" | "h2" | "h3" | "div")
            && block.linked == 0
            && !aside::is_aside(block, 0)
            && UNNAMED_LETTERS.contains(&if owner == "h2" { block.letters * 2 } else { block.letters })
    };
    let found: Vec<&Block> = blocks.take(UNNAMED_BLOCKS_MAX).filter(fits).filter(|it| key(&it.text) != title_key).collect();
    // A second heading may be the title once more, in other words.
    let paragraph = found.iter().find(|it| !outline.name(it.owner).starts_with('h'));
    paragraph.or(found.first()).map(|it| it.owner).filter(|it| outline.end(*it) < it + 12 && outline.name(*it) != "h1")
}

fn is_lead_name(value: &str) -> bool {
    value.split_ascii_whitespace().any(|class| {
        let class = class.to_ascii_lowercase();
        let joined: String = class.chars().filter(char::is_ascii_alphanumeric).collect();
        LEAD_NAMES.contains(&joined.as_str()) || class.split(['-', '_']).any(|it| LEAD_NAMES.contains(&it))
    })
}
