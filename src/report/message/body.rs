//! The body of a message as blocks, drawn twice: as plain text and as HTML that says the same.

use std::fmt::Write as _;

use super::{
    MessageText, Sender,
    line::{COLUMNS_MAX, NAME_LETTERS_MAX, escape, number, one_line, web_address, wrap},
};

/// Letters kept of one paragraph or one line of a list. The longest of our own has a third of this.
const WORDS_LETTERS_MAX: usize = 1500;

/// The look of the HTML part. It stays readable where a mail program drops it.
const STYLE: &str = "body{margin:0;font:16px/1.55 \"Segoe UI\",Roboto,\"Noto Sans\",\"Liberation Sans\",sans-serif;\
color:#1c2430;background:#fff;overflow-wrap:anywhere}\
main{max-width:42rem;margin:0 auto;padding:1rem}\
p{margin:.7rem 0}\
h2,h3{line-height:1.35;margin:1.6rem 0 .4rem}h2{font-size:1.1rem}h3{font-size:1rem;margin-top:1rem}\
ul{padding-left:1.2rem;margin:.4rem 0}\
li{margin:.55rem 0}\
a{color:#1d4f8f}\
table{border-collapse:collapse;width:100%;font-size:.92rem;margin:.6rem 0}\
th,td{border:1px solid #aab4c0;padding:.4rem .5rem;text-align:left;vertical-align:top;overflow-wrap:break-word}\
thead th{background:#f0f3f7}thead th:first-child{width:34%}\
tbody th{font-weight:600}\
.soft{color:#55606e;font-size:.92rem}\
.sign{margin-top:1.6rem;padding-top:.8rem;border-top:1px solid #d5dbe3}";

/// The blocks of a message in reading order. All words are made single harmless lines as they come in.
#[derive(Debug, Default)]
pub(super) struct Body {
    blocks: Vec<Block>,
}

#[derive(Debug)]
enum Block {
    Prose(String),
    /// A heading over headings.
    Section(String),
    Heading(String),
    Link {
        words: String,
        url: String,
    },
    List(Vec<Item>),
    Table(Table),
    Signature(Vec<String>),
}

/// One item of a list: words, further words behind them, an address, a remark.
#[derive(Debug)]
pub(super) struct Item {
    words: String,
    detail: String,
    address: Address,
    remark: String,
}

/// The address of an item. Plain text writes each one out.
#[derive(Debug)]
enum Address {
    None,
    /// The item's words lead to it.
    BehindWords(String),
    /// It is what the item is about: shown itself.
    Shown(String),
}

/// A table whose first column names the row.
#[derive(Debug)]
pub(super) struct Table {
    head: Vec<String>,
    rows: Vec<(String, Vec<String>)>,
}

impl Item {
    /// An item of words alone.
    pub(super) fn new(words: impl AsRef<str>) -> Self {
        Self { words: line(words.as_ref()), detail: String::new(), address: Address::None, remark: String::new() }
    }

    /// The same with further words behind a comma; those that are empty are left out.
    pub(super) fn detail<'a>(mut self, words: impl IntoIterator<Item = &'a str>) -> Self {
        self.detail = words.into_iter().map(line).filter(|it| !it.is_empty()).map(|it| format!(", {it}")).collect();
        self
    }

    /// The same, its words leading to an address; one that is none of the web is left out.
    pub(super) fn at(mut self, url: &str) -> Self {
        self.address = web_address(url).map_or(Address::None, Address::BehindWords);
        self
    }

    /// The same, about an address that is written out; one that is none of the web is left out.
    pub(super) fn about(mut self, url: &str) -> Self {
        self.address = web_address(url).map_or(Address::None, Address::Shown);
        self
    }

    /// The same with a remark below, if there is anything in it.
    pub(super) fn remark(mut self, words: impl AsRef<str>) -> Self {
        self.remark = line(words.as_ref());
        self
    }
}

impl Table {
    /// A table with these column heads, the first one over the names of the rows.
    pub(super) fn new(head: impl IntoIterator<Item = String>) -> Self {
        Self { head: head.into_iter().map(|it| line(&it)).collect(), rows: Vec::new() }
    }

    /// Adds a row.
    pub(super) fn row(&mut self, name: &str, cells: impl IntoIterator<Item = String>) {
        self.rows.push((line(name), cells.into_iter().map(|it| line(&it)).collect()));
    }
}

impl Body {
    /// A body that begins with whom it is for.
    pub(super) fn to(receiver: &str) -> Self {
        let mut body = Self::default();
        body.prose(format!("Kính gửi: {}", one_line(receiver, NAME_LETTERS_MAX)));
        body
    }

    /// Adds a paragraph, if there is anything in it.
    pub(super) fn prose(&mut self, words: impl AsRef<str>) {
        let words = line(words.as_ref());
        if !words.is_empty() {
            self.blocks.push(Block::Prose(words));
        }
    }

    /// Adds a heading over what follows, further headings among it.
    pub(super) fn section(&mut self, words: impl AsRef<str>) {
        self.blocks.push(Block::Section(line(words.as_ref())));
    }

    /// Adds a heading over what follows.
    pub(super) fn heading(&mut self, words: impl AsRef<str>) {
        self.blocks.push(Block::Heading(line(words.as_ref())));
    }

    /// Adds a link on a line of its own. One that leads nowhere on the web is left out with its words.
    pub(super) fn link(&mut self, words: &str, url: &str) {
        if let Some(url) = web_address(url) {
            self.blocks.push(Block::Link { words: line(words), url });
        }
    }

    /// Adds a list of our own points, all of which are shown.
    pub(super) fn points(&mut self, items: impl IntoIterator<Item = Item>) {
        self.blocks.push(Block::List(items.into_iter().collect()));
    }

    /// Adds a list of at most `max` items and how many more there are, called `things`.
    pub(super) fn list(&mut self, items: impl IntoIterator<Item = Item>, max: usize, things: &str) {
        let mut items = items.into_iter();
        let mut shown: Vec<Item> = items.by_ref().take(max).collect();
        let more = items.count();
        if more > 0 {
            shown.push(Item::new(format!("và {} {things} khác", number(more))));
        }
        if !shown.is_empty() {
            self.blocks.push(Block::List(shown));
        }
    }

    /// Adds a table.
    pub(super) fn table(&mut self, table: Table) {
        self.blocks.push(Block::Table(table));
    }

    /// Ends the message with the closing words and the sender.
    pub(super) fn sign(mut self, subject: String, sender: &Sender) -> MessageText {
        let lines = [&sender.department, &sender.site].into_iter().find(|it| !it.trim().is_empty()).into_iter().chain(&sender.lines);
        let lines = lines.map(|it| one_line(it, WORDS_LETTERS_MAX)).filter(|it| !it.is_empty()).collect();
        self.blocks.push(Block::Signature(lines));
        MessageText { text: self.text(), html: self.html(&subject), subject }
    }

    fn text(&self) -> String {
        let mut out = String::new();
        let mut under_heading = true;
        for block in &self.blocks {
            if !under_heading {
                out.push('\n');
            }
            under_heading = matches!(block, Block::Heading(_) | Block::Section(_));
            block.text(&mut out);
        }
        out
    }

    fn html(&self, subject: &str) -> String {
        let mut out = format!(
            "<!doctype html>\n<html lang=\"vi\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n<style>{STYLE}</style>\n\
             </head>\n<body>\n<main>\n",
            escape(subject)
        );
        let sections = self.blocks.iter().any(|it| matches!(it, Block::Section(_)));
        for block in &self.blocks {
            block.html(if sections { "h3" } else { "h2" }, &mut out);
        }
        out.push_str("</main>\n</body>\n</html>\n");
        out
    }
}

// Writing into a string cannot fail: the results of `write!` below have nothing to say.
impl Block {
    fn text(&self, out: &mut String) {
        match self {
            Self::Prose(words) | Self::Heading(words) => wrap(words, "", "", out),
            Self::Section(words) => {
                wrap(words, "", "", out);
                let _ = writeln!(out, "{}", "=".repeat(words.chars().count().min(COLUMNS_MAX)));
            }
            Self::Link { words, url } => {
                wrap(&format!("{words}:"), "", "", out);
                let _ = writeln!(out, "{url}");
            }
            Self::List(items) => items.iter().for_each(|it| it.text(out)),
            Self::Table(table) => table.text(out),
            Self::Signature(lines) => {
                out.push_str("Trân trọng.\n\n");
                lines.iter().for_each(|it| wrap(it, "", "", out));
            }
        }
    }

    /// `heading` is the element of a heading below sections.
    fn html(&self, heading: &str, out: &mut String) {
        let _ = match self {
            Self::Prose(words) => writeln!(out, "<p>{}</p>", escape(words)),
            Self::Section(words) => writeln!(out, "<h2>{}</h2>", escape(words)),
            Self::Heading(words) => writeln!(out, "<{heading}>{}</{heading}>", escape(words)),
            Self::Link { words, url } => {
                let host = url.split('/').nth(2).unwrap_or_default();
                let (words, url, host) = (escape(words), escape(url), escape(host));
                writeln!(out, "<p><a href=\"{url}\">{words}</a> <span class=\"soft\">({host})</span></p>")
            }
            Self::List(items) => {
                let items: String = items.iter().map(Item::html).collect();
                writeln!(out, "<ul>\n{items}</ul>")
            }
            Self::Table(table) => writeln!(out, "{}", table.html()),
            Self::Signature(lines) => {
                let lines: Vec<_> = lines.iter().map(|it| escape(it)).collect();
                writeln!(out, "<div class=\"sign\">\n<p>Trân trọng.</p>\n<p>{}</p>\n</div>", lines.join("<br>\n"))
            }
        };
    }
}

impl Item {
    fn text(&self, out: &mut String) {
        wrap(&format!("{}{}", self.words, self.detail), "- ", "  ", out);
        if let Address::BehindWords(url) | Address::Shown(url) = &self.address {
            let _ = writeln!(out, "  {url}");
        }
        wrap(&self.remark, "  ", "  ", out);
    }

    fn html(&self) -> String {
        let (words, detail, remark) = (escape(&self.words), escape(&self.detail), escape(&self.remark));
        let remark = if remark.is_empty() { remark } else { format!("<br><span class=\"soft\">{remark}</span>") };
        let said = match &self.address {
            Address::None => format!("{words}{detail}"),
            Address::BehindWords(url) => format!("<a href=\"{}\">{words}</a>{detail}", escape(url)),
            Address::Shown(url) => format!("{words}{detail}<br><a href=\"{0}\">{0}</a>", escape(url)),
        };
        format!("<li>{said}{remark}</li>\n")
    }
}

impl Table {
    /// A row as an item and its cells below: columns would not stand one below the other in a mail program's letters.
    fn text(&self, out: &mut String) {
        for (name, cells) in &self.rows {
            wrap(name, "- ", "  ", out);
            for (head, cell) in self.head.iter().skip(1).zip(cells) {
                wrap(&format!("{head}: {cell}"), "  ", "  ", out);
            }
        }
    }

    fn html(&self) -> String {
        let head: String = self.head.iter().map(|it| format!("<th scope=\"col\">{}</th>", escape(it))).collect();
        let row = |(name, cells): &(String, Vec<String>)| {
            let cells: String = cells.iter().map(|it| format!("<td>{}</td>", escape(it))).collect();
            format!("<tr><th scope=\"row\">{}</th>{cells}</tr>\n", escape(name))
        };
        let rows: String = self.rows.iter().map(row).collect();
        format!("<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>")
    }
}

fn line(words: &str) -> String {
    one_line(words, WORDS_LETTERS_MAX)
}
