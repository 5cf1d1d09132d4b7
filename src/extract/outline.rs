//! A parsed page laid flat: elements and texts in document order, so that every later step is a walk over a slice.

use scraper::{Html, Node as Dom, node::Element};

use crate::extract::plain::is_inline;

/// Elements whose content no reader of the page sees as text.
const UNSEEN: [&str; 14] = [
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "canvas", "select", "textarea", "button", "head",
    "dialog",
];

/// An element or a text of the page.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    /// The element around it; the root is its own parent.
    pub parent: usize,
    /// One past the last node inside it.
    pub end: usize,
    pub what: What<'a>,
}

/// What a node is.
#[derive(Debug, Clone, Copy)]
pub enum What<'a> {
    Element(&'a Element),
    Text(&'a str),
}

/// A run of text between two borders of block elements or `<br>`.
#[derive(Debug, Clone, Default)]
pub struct Block {
    /// The innermost block element around it.
    pub owner: usize,
    /// The first of its text nodes.
    pub at: usize,
    /// As it stands, blanks and all.
    pub text: String,
    /// Letters beside blanks.
    pub letters: usize,
    /// Letters inside links.
    pub linked: usize,
}

/// A page in document order.
#[derive(Debug, Default)]
pub struct Outline<'a> {
    pub nodes: Vec<Node<'a>>,
    pub blocks: Vec<Block>,
    /// Name (or property) and content of each `<meta>`.
    pub metas: Vec<(&'a str, &'a str)>,
    /// Each `<link>`.
    pub links: Vec<&'a Element>,
    /// The content of JSON-LD scripts.
    pub linked_data: Vec<&'a str>,
    /// The text of `<title>`.
    pub title: &'a str,
    /// The `lang` of `<html>`.
    pub lang: &'a str,
    /// The `href` of `<base>`.
    pub base: Option<&'a str>,
}

impl<'a> Outline<'a> {
    /// Lays a page flat; never recursive, one step per node. Parts that are hidden until a script shows them are left out unless
    /// asked for.
    pub fn of(page: &'a Html, hidden_too: bool) -> Self {
        let mut outline = Self::default();
        let root = page.tree.root();
        let mut at = root;
        let mut open: Vec<usize> = Vec::new();
        loop {
            let mut inside = at.first_child();
            let mut opened = false;
            match at.value() {
                Dom::Element(element) => {
                    let seen = !UNSEEN.contains(&element.name()) && (hidden_too || !is_hidden(element));
                    if seen {
                        let parent = open.last().copied().unwrap_or(0);
                        open.push(outline.nodes.len());
                        outline.nodes.push(Node { parent, end: 0, what: What::Element(element) });
                        opened = true;
                    }
                    let text = inside.and_then(|it| it.value().as_text()).map_or("", |it| &it[..]);
                    outline.note(element, text);
                    // The head is walked for its metas, but holds no text of the article.
                    if !seen && element.name() != "head" {
                        inside = None;
                    }
                }
                Dom::Text(text) => {
                    let seen = at
                        .parent()
                        .is_some_and(|it| it.value().as_element().is_none_or(|it| !matches!(it.name(), "head" | "title" | "noscript")));
                    if let Some(&parent) = open.last().filter(|_| seen && !text.is_empty()) {
                        let end = outline.nodes.len() + 1;
                        outline.nodes.push(Node { parent, end, what: What::Text(text) });
                    }
                }
                _ => {}
            }
            if let Some(child) = inside {
                at = child;
                continue;
            }
            if opened {
                outline.close(&mut open);
            }
            loop {
                if let Some(next) = at.next_sibling() {
                    at = next;
                    break;
                }
                let Some(parent) = at.parent() else {
                    outline.close_all(open);
                    outline.find_blocks();
                    return outline;
                };
                at = parent;
                // Only elements that were opened are closed: the unseen ones were stepped over.
                let top = open.last().and_then(|it| outline.element(*it));
                if top.zip(at.value().as_element()).is_some_and(|(top, it)| std::ptr::eq(top, it)) {
                    outline.close(&mut open);
                }
            }
        }
    }

    fn close(&mut self, open: &mut Vec<usize>) {
        let end = self.nodes.len();
        if let Some(node) = open.pop().and_then(|it| self.nodes.get_mut(it)) {
            node.end = end;
        }
    }

    fn close_all(&mut self, mut open: Vec<usize>) {
        while !open.is_empty() {
            self.close(&mut open);
        }
    }

    /// The element at an index.
    pub fn element(&self, at: usize) -> Option<&'a Element> {
        match self.nodes.get(at)?.what {
            What::Element(element) => Some(element),
            What::Text(_) => None,
        }
    }

    /// The name of the element at an index; empty for a text.
    pub fn name(&self, at: usize) -> &'a str {
        self.element(at).map_or("", |it| it.name())
    }

    /// Index of the element that a selector found.
    pub fn index_of(&self, wanted: &Element) -> Option<usize> {
        self.nodes.iter().position(|it| matches!(it.what, What::Element(element) if std::ptr::eq(element, wanted)))
    }

    /// One past the last node inside the node at an index.
    pub fn end(&self, at: usize) -> usize {
        self.nodes.get(at).map_or(at, |it| it.end)
    }

    /// The elements around a node, the innermost first.
    pub fn ancestors(&self, at: usize) -> impl Iterator<Item = usize> {
        let mut at = at;
        std::iter::from_fn(move || {
            let parent = self.nodes.get(at)?.parent;
            (parent != at).then(|| {
                at = parent;
                parent
            })
        })
    }

    /// All text within an element, blocks parted by a blank.
    pub fn text(&self, at: usize) -> String {
        let mut out = String::new();
        for node in self.nodes.get(at..self.end(at)).unwrap_or_default() {
            match node.what {
                What::Text(text) => out.push_str(text),
                What::Element(element) if !is_inline(element.name()) => out.push(' '),
                What::Element(_) => {}
            }
        }
        out
    }

    /// The contents of the metas of that name or property.
    pub fn meta<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'a str> + 's {
        self.metas.iter().filter(move |it| it.0.eq_ignore_ascii_case(name)).map(|it| it.1)
    }

    fn note(&mut self, element: &'a Element, text: &'a str) {
        match element.name() {
            "meta" => {
                let (mut name, mut content) = ("", "");
                for (key, value) in element.attrs() {
                    match key {
                        "name" | "property" | "itemprop" if name.is_empty() => name = value,
                        "content" => content = value,
                        _ => {}
                    }
                }
                if !name.is_empty() && !content.is_empty() {
                    self.metas.push((name, content));
                }
            }
            "link" => self.links.push(element),
            "base" => self.base = self.base.or_else(|| attr(element, "href")),
            "html" => self.lang = attr(element, "lang").or_else(|| attr(element, "xml:lang")).unwrap_or_default(),
            "title" if self.title.is_empty() => self.title = text,
            "script" if attr(element, "type").is_some_and(|it| it.to_ascii_lowercase().contains("ld+json")) => self.linked_data.push(text),
            _ => {}
        }
    }

    /// Cuts the texts into blocks.
    fn find_blocks(&mut self) {
        let mut block = Block::default();
        let mut done = Vec::new();
        let (mut owners, mut link_end) = (vec![(0usize, self.nodes.len())], 0);
        for (at, node) in self.nodes.iter().enumerate() {
            while owners.len() > 1 && owners.last().is_some_and(|it| it.1 <= at) {
                owners.pop();
                flush(&mut block, &mut done);
            }
            match node.what {
                What::Element(element) if element.name() == "br" => flush(&mut block, &mut done),
                What::Element(element) if element.name() == "a" => link_end = link_end.max(node.end),
                What::Element(element) if !is_inline(element.name()) => {
                    flush(&mut block, &mut done);
                    owners.push((at, node.end));
                }
                What::Element(_) => {}
                What::Text(text) => {
                    let letters = text.chars().filter(|it| !it.is_whitespace()).count();
                    if letters > 0 && block.letters == 0 {
                        block.owner = owners.last().map_or(0, |it| it.0);
                        block.at = at;
                    }
                    block.letters += letters;
                    block.linked += if at < link_end { letters } else { 0 };
                    block.text.push_str(text);
                }
            }
        }
        flush(&mut block, &mut done);
        self.blocks = done;
    }
}

fn flush(block: &mut Block, done: &mut Vec<Block>) {
    if block.letters > 0 {
        done.push(std::mem::take(block));
    } else {
        block.text.clear();
    }
}

/// The value of an attribute. Unlike `Element::attr` it makes no interned name for the look-up.
pub fn attr<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    element.attrs().find(|(key, _)| *key == name).map(|(_, value)| value)
}

fn is_hidden(element: &Element) -> bool {
    element.attrs().any(|(key, value)| match key {
        "hidden" => true,
        // Said to screen readers; on whole paragraphs it comes from paywalls, and everybody else sees them.
        "aria-hidden" => value == "true" && is_inline(element.name()),
        "style" => {
            let bare: String = value.chars().filter(|it| !it.is_whitespace()).take(200).collect();
            bare.contains("display:none") && !matches!(element.name(), "body" | "main" | "article")
        }
        _ => false,
    })
}
