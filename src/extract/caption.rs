//! Captions that no tag and no name tells: a short line under a picture, set apart by its style or by a table around both.

use crate::{
    extract::outline::{Block, Outline, What, attr},
    text::fold,
};

/// Longer lines under a picture are paragraphs (letters).
const CAPTION_LETTERS_MAX: usize = 300;
/// A box or table around a picture and its caption holds no more text (letters).
const PICTURE_LETTERS_MAX: usize = 450;
/// Nodes looked back over for the picture: the boxes around it and around the line.
const NODES_BACK_MAX: usize = 12;
/// Boxes around a line that may set its style.
const BOXES_UP_MAX: usize = 2;
/// Boxes around a cell up to its table.
const TABLE_UP_MAX: usize = 6;
/// Boxes around a line up to the one named for a picture.
const PICTURE_BOXES_UP_MAX: usize = 4;
/// Nodes of a box that is looked through.
const PICTURE_NODES_MAX: usize = 60;
/// What classes of boxes around pictures hold.
const PICTURE_NAMES: [&str; 8] = ["picture", "photo", "image", "media", "gallery", "thumb", "lightbox", "hinhanh"];
/// Words, without marks, that name where a picture comes from.
const CREDITS: [&str; 14] = [
    "anh:",
    "anh :",
    "anh minh hoa",
    "nguon:",
    "photo",
    "foto",
    "image",
    "getty",
    "reuters",
    "afp",
    "courtesy",
    "picture:",
    "credit",
    "bild:",
];

/// Whether a block is the caption of the picture before it. `opens` tells that no text stands before: a lead may be set like a
/// caption, so there a caption must show itself by a credit or by being no sentence.
pub fn is_caption(outline: &Outline, block: &Block, opens: bool) -> bool {
    if block.letters > CAPTION_LETTERS_MAX
        || !matches!(outline.name(block.owner), "p" | "div" | "td" | "th" | "span" | "center" | "h6" | "h5")
    {
        return false;
    }
    if in_picture_table(outline, block) {
        return true;
    }
    if !follows_picture(outline, block.at) {
        return false;
    }
    let styled = is_slanted(outline, block) || is_centred(outline, block.owner) || in_picture_box(outline, block);
    let text = block.text.trim_end();
    let credited = || {
        let folded = fold(text);
        CREDITS.iter().any(|it| folded.contains(it))
    };
    let sentence = text.trim_end_matches(['"', '”', ')']).ends_with(['.', '!', '?', ':']);
    styled && (!opens || !sentence || credited())
}

fn is_picture(outline: &Outline, at: usize) -> bool {
    matches!(outline.name(at), "img" | "picture" | "video" | "amp-img")
}

/// Whether a picture stands before a node with no text between.
fn follows_picture(outline: &Outline, at: usize) -> bool {
    for back in (at.saturating_sub(NODES_BACK_MAX)..at).rev() {
        match outline.nodes.get(back).map(|it| it.what) {
            Some(What::Text(text)) if !text.trim().is_empty() => return false,
            Some(What::Element(_)) if is_picture(outline, back) => return true,
            _ => {}
        }
    }
    false
}

/// Whether a block stands in a table that lays out one picture and a line.
fn in_picture_table(outline: &Outline, block: &Block) -> bool {
    let Some(table) =
        std::iter::once(block.owner).chain(outline.ancestors(block.owner)).take(TABLE_UP_MAX).find(|it| outline.name(*it) == "table")
    else {
        return false;
    };
    holds_little_but_picture(outline, table)
}

/// Whether a block stands in a small box that is named for its picture.
fn in_picture_box(outline: &Outline, block: &Block) -> bool {
    let named = |it: &usize| {
        let class = outline.element(*it).and_then(|it| attr(it, "class")).unwrap_or_default().to_ascii_lowercase();
        PICTURE_NAMES.iter().any(|it| class.contains(it))
    };
    let around = std::iter::once(block.owner).chain(outline.ancestors(block.owner)).take(PICTURE_BOXES_UP_MAX);
    around.filter(named).any(|it| holds_little_but_picture(outline, it))
}

fn holds_little_but_picture(outline: &Outline, around: usize) -> bool {
    let end = outline.end(around);
    if end > around + PICTURE_NODES_MAX || !(around..end).any(|it| is_picture(outline, it)) {
        return false;
    }
    let letters = |at: usize| match outline.nodes.get(at).map(|it| it.what) {
        Some(What::Text(text)) => text.chars().filter(|it| !it.is_whitespace()).count(),
        _ => 0,
    };
    (around..end).map(letters).sum::<usize>() <= PICTURE_LETTERS_MAX
}

/// Whether all of a block is set in italics.
fn is_slanted(outline: &Outline, block: &Block) -> bool {
    let texts = (block.at..outline.end(block.owner)).filter_map(|at| match outline.nodes.get(at)?.what {
        What::Text(text) if !text.trim().is_empty() => Some(at),
        _ => None,
    });
    let slanted = |at: usize| {
        let inside = outline.ancestors(at).take_while(|it| *it != block.owner);
        inside.chain([block.owner]).any(|it| matches!(outline.name(it), "em" | "i" | "cite") || style_has(outline, it, "font-style:italic"))
    };
    let mut texts = texts.peekable();
    texts.peek().is_some() && texts.all(slanted)
}

fn is_centred(outline: &Outline, owner: usize) -> bool {
    std::iter::once(owner).chain(outline.ancestors(owner)).take(BOXES_UP_MAX).any(|it| {
        outline.name(it) == "center"
            || style_has(outline, it, "text-align:center")
            || outline.element(it).is_some_and(|element| {
                attr(element, "align").is_some_and(|it| it.eq_ignore_ascii_case("center"))
                    || attr(element, "class").is_some_and(|it| {
                        it.split_ascii_whitespace().any(|it| matches!(it, "text-center" | "center" | "aligncenter" | "text-align-center"))
                    })
            })
    })
}

fn style_has(outline: &Outline, at: usize, wanted: &str) -> bool {
    let style = outline.element(at).and_then(|it| attr(it, "style"));
    style.is_some_and(|it| it.chars().filter(|it| !it.is_whitespace()).take(400).collect::<String>().to_ascii_lowercase().contains(wanted))
}
