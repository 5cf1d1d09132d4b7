//! Markup to one line of plain text: titles and summaries of feeds.

use scraper::{Html, Node};

use crate::{extract::limits, text::clean};

/// The text of an HTML fragment on one line, entities resolved, blocks kept apart, scripts left out.
pub fn plain(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return one_line(html);
    }
    // A lone `<` is a sign, not markup: "tuổi < 16".
    if !html.contains('>') && html.contains('<') {
        return plain(&html.replace('<', "&lt;"));
    }
    if limits::check_html(html).is_err() {
        return one_line(&without_tags(html));
    }
    let tree = Html::parse_fragment(html);
    let mut out = String::with_capacity(html.len());
    let root = tree.tree.root();
    let mut at = root;
    loop {
        let mut inside = at.first_child();
        match at.value() {
            Node::Text(text) => out.push_str(text),
            Node::Element(element) if matches!(element.name(), "script" | "style" | "noscript" | "template") => inside = None,
            Node::Element(element) if !is_inline(element.name()) => out.push(' '),
            _ => {}
        }
        if let Some(child) = inside {
            at = child;
            continue;
        }
        // Up until something follows; every border of a block that is left parts words.
        while at.next_sibling().is_none() && at != root {
            let Some(parent) = at.parent() else { break };
            at = parent;
            if at.value().as_element().is_some_and(|it| !is_inline(it.name())) {
                out.push(' ');
            }
        }
        match at.next_sibling() {
            Some(next) if at != root => at = next,
            _ => break,
        }
    }
    one_line(&out)
}

/// Whether an element stands within a line of text: its borders separate no words.
pub fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "a" | "abbr"
            | "acronym"
            | "b"
            | "bdi"
            | "bdo"
            | "big"
            | "cite"
            | "code"
            | "data"
            | "del"
            | "dfn"
            | "em"
            | "font"
            | "i"
            | "ins"
            | "kbd"
            | "mark"
            | "nobr"
            | "q"
            | "rb"
            | "rp"
            | "rt"
            | "rtc"
            | "ruby"
            | "s"
            | "samp"
            | "small"
            | "span"
            | "strike"
            | "strong"
            | "sub"
            | "sup"
            | "time"
            | "tt"
            | "u"
            | "var"
            | "wbr"
            | "label"
    )
}

/// Cleaned text without line breaks.
pub fn one_line(text: &str) -> String {
    let clean = clean(text);
    if clean.contains('\n') { clean.replace('\n', " ") } else { clean }
}

/// Text with everything between `<` and `>` dropped: for markup that must not be parsed.
fn without_tags(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                out.push(' ');
            }
            _ if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn markup_and_entities_become_one_line_of_text() {
        for (html, want) in [
            ("Chữ <b>đậm</b>,\n nghiêng", "Chữ đậm, nghiêng"),
            ("<p>một</p><p>hai</p>ba<br/>bốn", "một hai ba bốn"),
            ("Hu&ecirc; &amp; b&#7841;n&nbsp;b&egrave;", "Huê & bạn bè"),
            ("tuổi < 16 & hơn", "tuổi < 16 & hơn"),
            ("a<script>x()</script><style>y</style>b", "ab"),
            ("<a href='x'><img src='y' alt='z'></a></br>Tin vắn", "Tin vắn"),
        ] {
            assert_eq!(plain(html), want, "{html}");
        }
        assert_eq!(plain(&format!("{}sâu", "<div>".repeat(10_000))), "sâu");
    }
}
