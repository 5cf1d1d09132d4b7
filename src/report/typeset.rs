//! A paper set on pages: which letters and lines stand where. Pure arithmetic; `pdf` draws it.

use crate::report::{
    face::{BrokenFace, Face, Letters},
    measure::{Addressing, HeadRules, PT_PER_MM, summary_rule},
    paper::{
        ADDRESSED_TO, Block, GAP_PT, LINES, Paper, QUOC_HIEU, RECEIVED_BY, SIGNATURE_LINES, Subject, TIEU_NGU, Table, concerning_line, mm,
        plain, size,
    },
};

/// The height of a line and of what stands above its baseline, in parts of the size (Liberation Serif, `hhea`).
const LINE_HEIGHT: f64 = 1.149;
const ASCENT: f64 = 0.891;
/// Thickness of drawn lines and how far they stand under a text, in points.
pub const RULE_PT: f64 = 0.75;
const RULE_BELOW_PT: f64 = 2.0;
/// What the faces lack is set as this.
const UNKNOWN: char = '?';

/// One thing on a page; lengths in points from the upper left corner.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    Text(SetText),
    Rule { from: (f64, f64), to: (f64, f64) },
}

/// A line of text where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct SetText {
    pub x: f64,
    pub baseline: f64,
    pub face: Face,
    pub size: f64,
    pub text: String,
    /// What is added to each space so that the line fills its width.
    pub stretch: f64,
}

#[derive(Clone, Copy, PartialEq)]
enum Align {
    Left,
    Centre,
    /// Both sides; the last line at the left.
    Both,
}

/// How a text is set.
#[derive(Clone, Copy)]
struct Style {
    face: Face,
    size: f64,
    align: Align,
    /// How far the first line and the others are moved in.
    first: f64,
    others: f64,
    /// Distance of lines, in lines.
    lines: f64,
}

/// A line before it has a place on a page.
struct Line {
    indent: f64,
    text: String,
    stretch: f64,
}

/// Part of a column in the head or the foot.
enum Entry {
    Text { text: String, style: Style, before: f64 },
    Rule { length: f64 },
    Room(f64),
}

/// The marks of each page.
///
/// # Errors
/// Where a face is broken.
pub fn typeset(paper: &Paper) -> Result<Vec<Vec<Mark>>, BrokenFace> {
    let [upright, bold, italic, bold_italic] = Face::ALL.map(Face::letters);
    let mut setter = Setter { faces: [upright?, bold?, italic?, bold_italic?], pages: vec![Vec::new()], y: TOP };
    setter.head(paper)?;
    setter.addressees(paper)?;
    for basis in paper.basis_lines() {
        setter.paragraph(&basis, body(Face::Italic));
    }
    for block in &paper.body {
        match block {
            Block::Paragraph(text) => setter.paragraph(text, body(Face::Upright)),
            Block::Table(table) => setter.table(table),
        }
    }
    setter.close(paper);
    setter.number_pages();
    Ok(setter.pages)
}

const TOP: f64 = mm::TOP * PT_PER_MM;
const BOTTOM: f64 = (mm::PAGE_HEIGHT - mm::BOTTOM) * PT_PER_MM;
const LEFT: f64 = mm::LEFT * PT_PER_MM;
const WIDTH: f64 = mm::TEXT_WIDTH * PT_PER_MM;

fn body(face: Face) -> Style {
    Style { face, size: size::BODY, align: Align::Both, first: mm::FIRST_LINE * PT_PER_MM, others: 0.0, lines: LINES }
}

fn still(face: Face, size: f64, align: Align) -> Style {
    Style { face, size, align, first: 0.0, others: 0.0, lines: 1.0 }
}

fn centred(text: impl Into<String>, face: Face, size: f64) -> Entry {
    Entry::Text { text: text.into(), style: still(face, size, Align::Centre), before: 0.0 }
}

impl Style {
    fn height(self) -> f64 {
        self.size * LINE_HEIGHT * self.lines
    }
}

struct Setter {
    faces: [Letters; 4],
    pages: Vec<Vec<Mark>>,
    /// Where the next thing stands on the last page.
    y: f64,
}

impl Setter {
    fn letters(&self, face: Face) -> &Letters {
        &self.faces[face as usize]
    }

    fn put(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    fn new_page(&mut self) {
        self.pages.push(Vec::new());
        self.y = TOP;
    }

    fn head(&mut self, paper: &Paper) -> Result<(), BrokenFace> {
        let (head, rules) = (&paper.head, HeadRules::of(&paper.head)?);
        let issuer = [
            centred(head.governing_line(), Face::Upright, size::ISSUER),
            centred(head.issuing_line(), Face::Bold, size::ISSUER),
            Entry::Rule { length: rules.issuer },
        ];
        let nation =
            [centred(QUOC_HIEU, Face::Bold, size::NATION), centred(TIEU_NGU, Face::Bold, size::MOTTO), Entry::Rule { length: rules.motto }];
        self.columns(mm::HEAD_LEFT, &issuer, &nation);
        let mut number = vec![centred(head.number_line(), Face::Upright, size::NUMBER)];
        if let Subject::Concerning(text) = &paper.subject {
            let style = still(Face::Upright, size::CONCERNING, Align::Centre);
            number.push(Entry::Text { text: concerning_line(text), style, before: GAP_PT });
        }
        self.columns(mm::HEAD_LEFT, &number, &[centred(head.date_line(), Face::Italic, size::DATE)]);
        if let Subject::Named { kind, summary } = &paper.subject {
            let title = [
                Entry::Room(2.0 * GAP_PT),
                centred(kind.to_uppercase(), Face::Bold, size::TITLE),
                centred(summary, Face::Bold, size::TITLE),
                Entry::Rule { length: summary_rule(summary)? },
            ];
            self.y = self.column(LEFT, WIDTH, &title);
        }
        Ok(())
    }

    /// Two columns side by side, which are not divided between pages.
    fn columns(&mut self, left_mm: f64, left: &[Entry], right: &[Entry]) {
        let left_width = left_mm * PT_PER_MM;
        let ends = [self.column(LEFT, left_width, left), self.column(LEFT + left_width, WIDTH - left_width, right)];
        self.y = ends[0].max(ends[1]);
    }

    /// One column from the present height on; returns where it ends.
    fn column(&mut self, x: f64, width: f64, entries: &[Entry]) -> f64 {
        let mut y = self.y;
        for entry in entries {
            match entry {
                Entry::Text { text, style, before } => {
                    y += before;
                    for line in self.lines(text, *style, width) {
                        self.put_line(line, *style, x, y);
                        y += style.height();
                    }
                }
                Entry::Rule { length } => {
                    let (from, at) = (x + (width - length) / 2.0, y + RULE_BELOW_PT);
                    self.put(Mark::Rule { from: (from, at), to: (from + length, at) });
                    y += 2.0 * RULE_BELOW_PT;
                }
                Entry::Room(height) => y += height,
            }
        }
        y
    }

    fn addressees(&mut self, paper: &Paper) -> Result<(), BrokenFace> {
        let lines = paper.addressee_lines();
        let place = Addressing::of(&lines)?;
        let style = |first: f64, others: f64| Style { first, others, ..still(Face::Upright, size::BODY, Align::Left) };
        self.y += 2.0 * GAP_PT;
        match lines.as_slice() {
            [one] => self.flow(&format!("{ADDRESSED_TO} {one}"), style(place.call, place.name)),
            many => {
                self.flow(ADDRESSED_TO, style(place.call, place.call));
                for line in many {
                    self.flow(line, style(place.name - place.hyphen, place.name));
                }
            }
        }
        self.y += GAP_PT;
        Ok(())
    }

    fn paragraph(&mut self, text: &str, style: Style) {
        self.flow(text, style);
        self.y += GAP_PT;
    }

    /// Lines over the whole width, on further pages where they must; no line stands alone on a page if its paragraph has another.
    fn flow(&mut self, text: &str, style: Style) {
        let mut lines = self.lines(text, style, WIDTH);
        let height = style.height();
        while !lines.is_empty() {
            let room = ((BOTTOM - self.y) / height).floor().max(0.0) as usize;
            let taken = match lines.len() {
                all if all <= room => all,
                _ if room < 2 => 0,
                all if all == room + 1 && room > 2 => room - 1,
                all if all == room + 1 => 0,
                _ => room,
            };
            // A fresh page takes what it can hold, so that each turn sets a line or has a fresh page before it.
            let taken = if self.y <= TOP { taken.max(1) } else { taken };
            let rest = lines.split_off(taken.min(lines.len()));
            for line in std::mem::replace(&mut lines, rest) {
                self.put_line(line, style, LEFT, self.y);
                self.y += height;
            }
            if !lines.is_empty() {
                self.new_page();
            }
        }
    }

    /// A table; its heading stands on each page.
    fn table(&mut self, table: &Table) {
        let widths: Vec<f64> = table.widths_mm().into_iter().map(|it| it * PT_PER_MM).collect();
        let padding = mm::CELL_PADDING * PT_PER_MM;
        let set = |setter: &Self, texts: &[&str], styles: &[Style]| -> Vec<Vec<Line>> {
            let cells = texts.iter().zip(styles).zip(&widths);
            cells.map(|((text, style), width)| setter.lines(text, *style, width - 2.0 * padding)).collect()
        };
        let headings: Vec<&str> = table.columns.iter().map(|it| it.heading.as_str()).collect();
        let heading_styles = vec![still(Face::Bold, size::CELL, Align::Centre); widths.len()];
        let align = |centred: bool| if centred { Align::Centre } else { Align::Left };
        let styles: Vec<Style> = table.columns.iter().map(|it| still(Face::Upright, size::CELL, align(it.centred))).collect();
        let heading_height = row_height(&set(self, &headings, &heading_styles));
        let rows_max = ((BOTTOM - TOP - heading_height) / (size::CELL * LINE_HEIGHT)).floor().max(2.0) as usize - 1;
        let mut headed = false;
        for texts in &table.rows {
            let texts: Vec<&str> = (0..widths.len()).map(|at| texts.get(at).map_or("", String::as_str)).collect();
            for piece in pieces(set(self, &texts, &styles), rows_max) {
                let height = row_height(&piece);
                let needed = if headed { height } else { height + heading_height };
                if self.y + needed > BOTTOM && self.y > TOP {
                    self.new_page();
                    headed = false;
                }
                if !headed {
                    let cells = set(self, &headings, &heading_styles);
                    self.row(cells, &heading_styles, &widths);
                    headed = true;
                }
                self.row(piece, &styles, &widths);
            }
        }
        self.y += GAP_PT;
    }

    /// One row with its frame.
    fn row(&mut self, cells: Vec<Vec<Line>>, styles: &[Style], widths: &[f64]) {
        let (top, height) = (self.y, row_height(&cells));
        let padding = mm::CELL_PADDING * PT_PER_MM;
        let mut x = LEFT;
        for ((lines, style), width) in cells.into_iter().zip(styles).zip(widths) {
            let mut y = top + (height - lines.len() as f64 * style.height()) / 2.0;
            for line in lines {
                self.put_line(line, *style, x + padding, y);
                y += style.height();
            }
            self.put(Mark::Rule { from: (x, top), to: (x, top + height) });
            x += width;
        }
        self.put(Mark::Rule { from: (x, top), to: (x, top + height) });
        for edge in [top, top + height] {
            self.put(Mark::Rule { from: (LEFT, edge), to: (x, edge) });
        }
        self.y += height;
    }

    /// The last paragraph and the foot, on one page: a signature never stands alone.
    fn close(&mut self, paper: &Paper) {
        let closing = paper.closing_line();
        let left =
            |text: &str, face: Face, size: f64| Entry::Text { text: text.to_owned(), style: still(face, size, Align::Left), before: 0.0 };
        let mut copies = vec![left(RECEIVED_BY, Face::BoldItalic, size::COPIES_HEAD)];
        copies.extend(paper.copy_lines().iter().map(|it| left(it, Face::Upright, size::COPIES)));
        let mut signer: Vec<Entry> = paper.signer.position_lines().into_iter().map(|it| centred(it, Face::Bold, size::BODY)).collect();
        signer.push(Entry::Room(SIGNATURE_LINES as f64 * size::BODY * LINE_HEIGHT));
        signer.push(centred(paper.signer.name_line(), Face::Bold, size::BODY));
        let (left_width, right_width) = (mm::FOOT_LEFT * PT_PER_MM, mm::FOOT_RIGHT * PT_PER_MM);
        let foot = self.height_of(&copies, left_width).max(self.height_of(&signer, right_width));
        let style = body(Face::Upright);
        let whole = self.lines(&closing, style, WIDTH).len() as f64 * style.height() + GAP_PT + foot;
        if self.y + whole > BOTTOM && whole < BOTTOM - TOP {
            self.new_page();
        }
        self.paragraph(&closing, style);
        self.columns(mm::FOOT_LEFT, &copies, &signer);
    }

    fn height_of(&self, entries: &[Entry], width: f64) -> f64 {
        let of = |entry: &Entry| match entry {
            Entry::Text { text, style, before } => before + self.lines(text, *style, width).len() as f64 * style.height(),
            Entry::Rule { .. } => 2.0 * RULE_BELOW_PT,
            Entry::Room(height) => *height,
        };
        entries.iter().map(of).sum()
    }

    /// Numbers on all pages but the first, in the middle of the top margin.
    fn number_pages(&mut self) {
        let style = still(Face::Upright, size::PAGE_NUMBER, Align::Centre);
        for at in 1..self.pages.len() {
            let lines = self.lines(&(at + 1).to_string(), style, WIDTH);
            self.pages[at].extend(lines.into_iter().map(|it| it.placed(style, LEFT, mm::PAGE_NUMBER * PT_PER_MM)));
        }
    }

    fn put_line(&mut self, line: Line, style: Style, x: f64, top: f64) {
        self.put(line.placed(style, x, top));
    }

    /// The text as lines of a width. A word that is longer than a line is cut.
    fn lines(&self, text: &str, style: Style, width: f64) -> Vec<Line> {
        let letters = self.letters(style.face);
        let known = |it: char| if letters.glyph(it).id == 0 { UNKNOWN } else { it };
        let text: String = plain(text).chars().map(known).collect();
        let measure = |it: &str| letters.width_pt(it, style.size);
        let mut lines: Vec<String> = vec![String::new()];
        let indent = |at: usize| if at == 0 { style.first } else { style.others };
        for word in text.split(' ').filter(|it| !it.is_empty()) {
            let mut rest = word;
            while !rest.is_empty() {
                let room = width - indent(lines.len() - 1);
                let line = lines.last().map_or("", String::as_str);
                let before = if line.is_empty() { String::new() } else { format!("{line} ") };
                if measure(&before) + measure(rest) <= room {
                    let whole = before + rest;
                    lines.pop();
                    lines.push(whole);
                    break;
                }
                if !line.is_empty() {
                    lines.push(String::new());
                    continue;
                }
                let cut = letters.fitting(rest, style.size, room);
                lines.pop();
                lines.extend([rest[..cut].to_owned(), String::new()]);
                rest = &rest[cut..];
            }
        }
        let last = lines.len() - 1;
        let line = |(at, text): (usize, String)| {
            let left = width - indent(at) - measure(&text);
            let spaces = text.matches(' ').count();
            match style.align {
                Align::Left => Line { indent: indent(at), text, stretch: 0.0 },
                Align::Centre => Line { indent: indent(at) + left / 2.0, text, stretch: 0.0 },
                Align::Both if at == last || spaces == 0 => Line { indent: indent(at), text, stretch: 0.0 },
                Align::Both => Line { indent: indent(at), text, stretch: left / spaces as f64 },
            }
        };
        lines.into_iter().enumerate().map(line).collect()
    }
}

impl Line {
    fn placed(self, style: Style, x: f64, top: f64) -> Mark {
        Mark::Text(SetText {
            x: x + self.indent,
            baseline: top + ASCENT * style.size,
            face: style.face,
            size: style.size,
            text: self.text,
            stretch: self.stretch,
        })
    }
}

fn row_height(cells: &[Vec<Line>]) -> f64 {
    let lines = cells.iter().map(Vec::len).max().unwrap_or(1);
    lines as f64 * size::CELL * LINE_HEIGHT + mm::CELL_PADDING * PT_PER_MM
}

/// A row that is higher than a page as rows that are not.
fn pieces(mut cells: Vec<Vec<Line>>, lines_max: usize) -> Vec<Vec<Vec<Line>>> {
    let mut pieces = Vec::new();
    while cells.iter().any(|it| it.len() > lines_max) {
        let rest: Vec<Vec<Line>> = cells.iter_mut().map(|it| it.split_off(it.len().min(lines_max))).collect();
        pieces.push(std::mem::replace(&mut cells, rest));
    }
    pieces.push(cells);
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::letter::{letter, tests::facts};

    fn texts(page: &[Mark]) -> Vec<&SetText> {
        page.iter().filter_map(|it| if let Mark::Text(text) = it { Some(text) } else { None }).collect()
    }

    fn find<'a>(pages: &'a [Vec<Mark>], start: &str) -> Vec<(usize, &'a SetText)> {
        let of = |(at, page): (usize, &'a Vec<Mark>)| texts(page).into_iter().map(move |it| (at, it)).collect::<Vec<_>>();
        pages.iter().enumerate().flat_map(of).filter(|(_, it)| it.text.starts_with(start)).collect()
    }

    fn right_end(text: &SetText) -> f64 {
        let letters = text.face.letters().unwrap();
        text.x + letters.width_pt(&text.text, text.size) + text.stretch * text.text.matches(' ').count() as f64
    }

    /// That everything stands within the margins, page numbers aside.
    fn check(pages: &[Vec<Mark>]) {
        for (at, page) in pages.iter().enumerate() {
            for text in texts(page) {
                let numbers = at > 0 && text.text == (at + 1).to_string() && text.baseline < TOP;
                let high = text.baseline - ASCENT * text.size >= TOP - 0.01 && text.baseline <= BOTTOM;
                assert!(numbers || high, "page {at}: {text:?}");
                assert!(text.x >= LEFT - 0.01 && right_end(text) <= LEFT + WIDTH + 0.01 && text.stretch >= -0.01, "page {at}: {text:?}");
            }
        }
    }

    #[test]
    fn a_letter_to_one_outlet_fits_on_one_page_and_the_nations_name_on_one_line() {
        let pages = typeset(&letter(&facts(1))).unwrap();
        check(&pages);
        assert_eq!(pages.len(), 1);
        let nation = find(&pages, "CỘNG HÒA");
        assert_eq!(nation.iter().map(|it| it.1.text.as_str()).collect::<Vec<_>>(), [QUOC_HIEU]);
        let motto = find(&pages, "Độc lập")[0].1;
        let line = pages[0].iter().find_map(|it| match it {
            Mark::Rule { from, to } if from.0 > LEFT + mm::HEAD_LEFT * PT_PER_MM => Some((from.0, to.0)),
            _ => None,
        });
        let (from, to) = line.unwrap();
        assert!((from - motto.x).abs() < 0.01 && (to - right_end(motto)).abs() < 0.01, "the line is as long as the motto");
        assert_eq!(find(&pages, "Số: ")[0].1.baseline, find(&pages, "Huế, ngày")[0].1.baseline);
        assert!((find(&pages, "Nơi nhận:")[0].1.baseline - find(&pages, "KT. GIÁM ĐỐC")[0].1.baseline).abs() < 2.0);
    }

    #[test]
    fn further_pages_are_numbered_and_repeat_the_heading_of_a_table() {
        let pages = typeset(&letter(&facts(40))).unwrap();
        check(&pages);
        assert!(pages.len() >= 4);
        let number = |page: &[Mark]| texts(page).iter().filter(|it| it.baseline < TOP).map(|it| it.text.clone()).collect::<Vec<_>>();
        assert!(number(&pages[0]).is_empty());
        for (at, page) in pages.iter().enumerate().skip(1) {
            assert_eq!(number(page), [(at + 1).to_string()]);
        }
        let headed: Vec<usize> = find(&pages, "Cơ quan báo").iter().map(|it| it.0).collect();
        let with_rows: Vec<usize> =
            (0..pages.len()).filter(|at| texts(&pages[*at]).iter().any(|it| it.text.ends_with("example.vn"))).collect();
        assert!(with_rows.iter().all(|it| headed.contains(it)), "rows on {with_rows:?}, headings on {headed:?}");
    }

    #[test]
    fn the_signature_never_stands_on_a_page_without_the_last_paragraph() {
        for paragraphs in 0..40 {
            let mut paper = letter(&facts(1));
            paper.body.extend((0..paragraphs).map(|it| Block::Paragraph(format!("Đoạn thêm số {it}"))));
            let pages = typeset(&paper).unwrap();
            check(&pages);
            let closing = find(&pages, "Rất mong")[0].0;
            assert_eq!((find(&pages, "Nơi nhận:")[0].0, find(&pages, "Trần Thị Ví Dụ")[0].0), (closing, closing), "{paragraphs}");
            assert_eq!(closing, pages.len() - 1);
        }
    }

    #[test]
    fn a_row_higher_than_a_page_goes_on_on_the_next() {
        let mut facts = facts(2);
        facts.outlets[0].name = "tên rất dài ".repeat(400);
        let paper = letter(&facts);
        let pages = typeset(&paper).unwrap();
        check(&pages);
        let set: usize = pages.iter().flat_map(|it| texts(it)).map(|it| it.text.matches("dài").count()).sum();
        assert_eq!(set, 800, "once among the addressees and once in the table");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_letter_of_any_text_is_lost_or_set_outside_the_page(
            words in proptest::collection::vec("[a-zăâđêôơưạ-ỹ]{1,12}|[A-Z0-9]{60,200}", 1..300),
        ) {
            let mut paper = letter(&facts(1));
            paper.body = vec![Block::Paragraph(words.join(" "))];
            let pages = typeset(&paper).unwrap();
            check(&pages);
            let all: String = pages.iter().flat_map(|it| texts(it)).map(|it| it.text.as_str()).collect();
            let kept = |text: &str| text.chars().filter(|it| !it.is_whitespace()).collect::<String>();
            prop_assert!(pages.len() > 1 || kept(&all).contains(&kept(&words.join(" "))), "on one page the words stand in their order");
            let marks = |text: &str| kept(text).chars().count();
            let beside: String = pages.iter().flat_map(|it| texts(it)).filter(|it| it.baseline < TOP).map(|it| it.text.as_str()).collect();
            let without = typeset(&Paper { body: Vec::new(), ..paper }).unwrap();
            let rest: String = without.iter().flat_map(|it| texts(it)).map(|it| it.text.as_str()).collect();
            prop_assert_eq!(marks(&all), marks(&rest) + marks(&words.join(" ")) + marks(&beside));
        }
    }
}
