//! A paper as a DOCX file.

use std::io::Cursor;

use docx_rs::{
    AlignmentType, BorderType, Docx, FieldCharType, Header, InstrPAGE, InstrText, LineSpacing, LineSpacingType, PageMargin, Paragraph,
    ParagraphBorder, ParagraphBorderPosition, ParagraphBorders, Run, RunFonts, SpecialIndentType, Table as Drawn, TableCell,
    TableCellMargins, TableLayoutType, TableRow, VAlignType, WidthType,
};

use crate::report::{
    face::{BrokenFace, Face},
    measure::{Addressing, HeadRules, PT_PER_MM, summary_rule},
    paper::{
        ADDRESSED_TO, Block, GAP_PT, LINES, Paper, QUOC_HIEU, RECEIVED_BY, SIGNATURE_LINES, Subject, TIEU_NGU, Table, concerning_line, mm,
        plain, size,
    },
};

/// The face that the decree demands; each reader's machine has it or a twin of the same widths.
const FONT: &str = "Times New Roman";
/// Word's unit of length: a twentieth of a point.
const TWIPS_PER_PT: f64 = 20.0;
/// Word writes the distance of lines in 240ths of a line.
const LINE: f64 = 240.0;
/// A drawn line is 0.75 points thick, in eighths of a point.
const RULE_EIGHTHS: usize = 6;
/// Height of the paragraph that bears a drawn line.
const RULE_HEIGHT_PT: f64 = 4.0;
/// How far it stands from the text above; nearer it would look like an underline.
const RULE_BELOW_PT: f64 = 2.0;

/// How the writer says that a table has lines, and that a row stays whole.
const RULED_TABLE: &str = r#"<w:insideH w:val="single""#;
const UNDIVIDED_ROW: &str = "<w:cantSplit />";

/// Why a paper could not be written.
#[derive(Debug, thiserror::Error)]
pub enum DocxError {
    #[error(transparent)]
    Face(#[from] BrokenFace),
    #[error("the parts of the DOCX file could not be packed")]
    Pack(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The paper as a DOCX file.
///
/// # Errors
/// Where a face is broken or the file cannot be packed, which no paper should bring about.
pub fn docx(paper: &Paper) -> Result<Vec<u8>, DocxError> {
    let fonts = RunFonts::new().ascii(FONT).hi_ansi(FONT).cs(FONT).east_asia(FONT);
    let mut docx = Docx::new()
        .default_fonts(fonts)
        .default_size(half_points(size::BODY))
        .page_size(twips_of_mm(mm::PAGE_WIDTH) as u32, twips_of_mm(mm::PAGE_HEIGHT) as u32)
        .page_margin(margins())
        .header(Header::new().add_paragraph(page_number()))
        .first_header(Header::new().add_paragraph(Paragraph::new()))
        .add_table(head(paper)?);
    for paragraph in title(&paper.subject)?.into_iter().chain(addressees(paper)?) {
        docx = docx.add_paragraph(paragraph);
    }
    for basis in paper.basis_lines() {
        docx = docx.add_paragraph(running(&basis, Face::Italic));
    }
    for block in &paper.body {
        docx = match block {
            Block::Paragraph(text) => docx.add_paragraph(running(text, Face::Upright)),
            Block::Table(table) => docx.add_table(body_table(table)).add_paragraph(gap()),
        };
    }
    // Kept with the signature, which would otherwise stand alone on a page.
    docx = docx.add_paragraph(running(&paper.closing_line(), Face::Upright).keep_next(true).keep_lines(true));
    // Word wants a paragraph behind the last table; it must not open a page.
    docx = docx.add_table(foot(paper)).add_paragraph(Paragraph::new().size(half_points(1.0)).line_spacing(exactly(1.0)));
    let mut file = Cursor::new(Vec::new());
    let mut parts = docx.build();
    parts.document = with_headings(parts.document);
    parts.pack(&mut file).map_err(|fault| DocxError::Pack(Box::new(fault)))?;
    Ok(file.into_inner())
}

fn margins() -> PageMargin {
    let twips = |length: f64| twips_of_mm(length) as i32;
    PageMargin {
        top: twips(mm::TOP),
        bottom: twips(mm::BOTTOM),
        left: twips(mm::LEFT),
        right: twips(mm::RIGHT),
        header: twips(mm::PAGE_NUMBER),
        footer: twips(mm::PAGE_NUMBER),
        gutter: 0,
    }
}

/// The header of all pages but the first.
fn page_number() -> Paragraph {
    let field = Run::new()
        .size(half_points(size::PAGE_NUMBER))
        .add_field_char(FieldCharType::Begin, false)
        .add_instr_text(InstrText::PAGE(InstrPAGE::new()))
        .add_field_char(FieldCharType::Separate, false)
        .add_text("2")
        .add_field_char(FieldCharType::End, false);
    Paragraph::new().align(AlignmentType::Center).add_run(field)
}

fn head(paper: &Paper) -> Result<Drawn, BrokenFace> {
    let head = &paper.head;
    let rules = HeadRules::of(head)?;
    let issuer = [
        centred(&head.governing_line(), Face::Upright, size::ISSUER),
        centred(&head.issuing_line(), Face::Bold, size::ISSUER),
        rule(mm::HEAD_LEFT, rules.issuer),
    ];
    let nation =
        [centred(QUOC_HIEU, Face::Bold, size::NATION), centred(TIEU_NGU, Face::Bold, size::MOTTO), rule(mm::HEAD_RIGHT, rules.motto)];
    let mut number = vec![centred(&head.number_line(), Face::Upright, size::NUMBER)];
    if let Subject::Concerning(text) = &paper.subject {
        number.push(centred(&concerning_line(text), Face::Upright, size::CONCERNING).line_spacing(single().before(twentieths(GAP_PT))));
    }
    let date = [centred(&head.date_line(), Face::Italic, size::DATE)];
    let widths = [mm::HEAD_LEFT, mm::HEAD_RIGHT];
    Ok(columns(widths, vec![row(widths, issuer, nation), row(widths, number, date)]))
}

fn foot(paper: &Paper) -> Drawn {
    let left = AlignmentType::Left;
    let mut copies = vec![set(RECEIVED_BY, Face::BoldItalic, size::COPIES_HEAD, left)];
    copies.extend(paper.copy_lines().iter().map(|it| set(it, Face::Upright, size::COPIES, left)));
    let mut signer: Vec<Paragraph> =
        paper.signer.position_lines().iter().map(|it| centred(it, Face::Bold, size::BODY).keep_next(true)).collect();
    signer.extend((0..SIGNATURE_LINES).map(|_| centred("", Face::Upright, size::BODY).keep_next(true)));
    signer.push(centred(&paper.signer.name_line(), Face::Bold, size::BODY));
    let widths = [mm::FOOT_LEFT, mm::FOOT_RIGHT];
    columns(widths, vec![row(widths, copies, signer)])
}

/// A table without lines and without padding, two columns wide.
fn columns(widths: [f64; 2], rows: Vec<TableRow>) -> Drawn {
    let grid = widths.map(twips_of_mm);
    Drawn::without_borders(rows)
        .layout(TableLayoutType::Fixed)
        .width(grid.iter().sum(), WidthType::Dxa)
        .set_grid(grid.to_vec())
        .margins(TableCellMargins::new().margin(0, 0, 0, 0))
}

fn row(widths: [f64; 2], left: impl IntoIterator<Item = Paragraph>, right: impl IntoIterator<Item = Paragraph>) -> TableRow {
    TableRow::new(vec![cell(widths[0], left), cell(widths[1], right)]).cant_split()
}

fn cell(width_mm: f64, paragraphs: impl IntoIterator<Item = Paragraph>) -> TableCell {
    let cell = TableCell::new().width(twips_of_mm(width_mm), WidthType::Dxa);
    paragraphs.into_iter().fold(cell, TableCell::add_paragraph)
}

/// The name of the paper's type and its trích yếu; nothing for a công văn.
fn title(subject: &Subject) -> Result<Vec<Paragraph>, BrokenFace> {
    let Subject::Named { kind, summary } = subject else {
        return Ok(Vec::new());
    };
    Ok(vec![
        centred(&kind.to_uppercase(), Face::Bold, size::TITLE).line_spacing(single().before(twentieths(2.0 * GAP_PT))),
        centred(summary, Face::Bold, size::TITLE),
        rule(mm::TEXT_WIDTH, summary_rule(summary)?),
    ])
}

fn addressees(paper: &Paper) -> Result<Vec<Paragraph>, BrokenFace> {
    let mut lines = paper.addressee_lines();
    let place = Addressing::of(&lines)?;
    let line = |text: &str, left: f64, hanging: f64| {
        let hanging = (hanging > 0.0).then(|| SpecialIndentType::Hanging(twips(hanging)));
        set(text, Face::Upright, size::BODY, AlignmentType::Left).indent(Some(twips(left)), hanging, None, None)
    };
    let mut paragraphs = match lines.as_mut_slice() {
        [one] => vec![line(&format!("{ADDRESSED_TO} {one}"), place.name, place.name - place.call)],
        many => {
            let call = line(ADDRESSED_TO, place.call, 0.0);
            std::iter::once(call).chain(many.iter().map(|it| line(it, place.name, place.hyphen))).collect()
        }
    };
    let last = paragraphs.len().saturating_sub(1);
    paragraphs = paragraphs
        .into_iter()
        .enumerate()
        .map(|(at, it)| {
            let before = if at == 0 { 2.0 * GAP_PT } else { 0.0 };
            let after = if at == last { GAP_PT } else { 0.0 };
            it.line_spacing(single().before(twentieths(before)).after(twentieths(after)))
        })
        .collect();
    Ok(paragraphs)
}

/// A paragraph of the body.
fn running(text: &str, face: Face) -> Paragraph {
    let spacing =
        LineSpacing::new().before(0).after(twentieths(GAP_PT)).line((LINE * LINES).round() as i32).line_rule(LineSpacingType::Auto);
    let first = SpecialIndentType::FirstLine(twips(mm::FIRST_LINE * PT_PER_MM));
    set(text, face, size::BODY, AlignmentType::Both).indent(None, Some(first), None, None).line_spacing(spacing)
}

fn body_table(table: &Table) -> Drawn {
    let grid: Vec<usize> = table.widths_mm().into_iter().map(twips_of_mm).collect();
    let cell = |at: usize, text: &str, face: Face, align: AlignmentType| {
        TableCell::new().width(grid[at], WidthType::Dxa).vertical_align(VAlignType::Center).add_paragraph(set(
            text,
            face,
            size::CELL,
            align,
        ))
    };
    let heading = table.columns.iter().enumerate().map(|(at, it)| cell(at, &it.heading, Face::Bold, AlignmentType::Center));
    let mut rows = vec![TableRow::new(heading.collect()).cant_split()];
    for texts in &table.rows {
        let cells = table.columns.iter().enumerate().map(|(at, column)| {
            let align = if column.centred { AlignmentType::Center } else { AlignmentType::Left };
            cell(at, texts.get(at).map_or("", String::as_str), Face::Upright, align)
        });
        rows.push(TableRow::new(cells.collect()).cant_split());
    }
    let (aside, above) = (twips_of_mm(mm::CELL_PADDING), twips_of_mm(mm::CELL_PADDING / 3.0));
    Drawn::new(rows)
        .layout(TableLayoutType::Fixed)
        .width(grid.iter().sum(), WidthType::Dxa)
        .set_grid(grid)
        .margins(TableCellMargins::new().margin(above, aside, above, aside))
}

/// The document with the first row of each ruled table marked as its heading, which the writer has no word for. Without the mark the
/// heading is not repeated, and LibreOffice leaves half a page empty. Signs of markup never come from a text: there they are escaped.
fn with_headings(document: Vec<u8>) -> Vec<u8> {
    let mut xml = match String::from_utf8(document) {
        Ok(xml) => xml,
        Err(other) => return other.into_bytes(),
    };
    let mut from = 0;
    while let Some(table) = xml[from..].find(RULED_TABLE) {
        from += table + RULED_TABLE.len();
        if let Some(row) = xml[from..].find(UNDIVIDED_ROW) {
            from += row + UNDIVIDED_ROW.len();
            xml.insert_str(from, "<w:tblHeader />");
        }
    }
    xml.into_bytes()
}

/// The room between a table and what follows.
fn gap() -> Paragraph {
    Paragraph::new().line_spacing(exactly(GAP_PT))
}

fn centred(text: &str, face: Face, size: f64) -> Paragraph {
    set(text, face, size, AlignmentType::Center)
}

/// A text in one face, lines single, no room before or after.
fn set(text: &str, face: Face, size: f64, align: AlignmentType) -> Paragraph {
    let run = Run::new().size(half_points(size)).add_text(plain(text));
    let run = match face {
        Face::Upright => run,
        Face::Bold => run.bold(),
        Face::Italic => run.italic(),
        Face::BoldItalic => run.bold().italic(),
    };
    Paragraph::new().align(align).line_spacing(single()).add_run(run)
}

/// A drawn line in the middle of a column: the upper border of a low paragraph that is moved in from both sides.
fn rule(column_mm: f64, length_pt: f64) -> Paragraph {
    let aside = twips((column_mm * PT_PER_MM - length_pt) / 2.0);
    let border = ParagraphBorder::new(ParagraphBorderPosition::Top).val(BorderType::Single).size(RULE_EIGHTHS).space(1).color("000000");
    let mut paragraph = Paragraph::new()
        .indent(Some(aside), None, Some(aside), None)
        .line_spacing(exactly(RULE_HEIGHT_PT).before(twentieths(RULE_BELOW_PT)));
    paragraph.property = paragraph.property.set_borders(ParagraphBorders::with_empty().set(border));
    paragraph
}

fn single() -> LineSpacing {
    LineSpacing::new().before(0).after(0).line(LINE as i32).line_rule(LineSpacingType::Auto)
}

fn exactly(height_pt: f64) -> LineSpacing {
    LineSpacing::new().before(0).after(0).line(twips(height_pt)).line_rule(LineSpacingType::Exact)
}

/// Points as twips.
fn twips(points: f64) -> i32 {
    (points * TWIPS_PER_PT).round() as i32
}

fn twentieths(points: f64) -> u32 {
    twips(points).unsigned_abs()
}

/// Millimetres as twips, rounded up: a column may not become narrower than it was meant to be.
fn twips_of_mm(length: f64) -> usize {
    (length * PT_PER_MM * TWIPS_PER_PT).ceil() as usize
}

/// Word writes sizes of letters in half points.
fn half_points(size: f64) -> usize {
    (size * 2.0).round() as usize
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use roxmltree::{Document, Node};
    use zip::ZipArchive;

    use super::*;
    use crate::report::{
        letter::{letter, tests::facts},
        paper::{Column, Head},
    };

    /// Namespace of the elements of a text document.
    const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

    fn part(file: &[u8], name: &str) -> String {
        let mut text = String::new();
        ZipArchive::new(Cursor::new(file)).unwrap().by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    fn body(paper: &Paper) -> String {
        part(&docx(paper).unwrap(), "word/document.xml")
    }

    /// The value of an attribute of the first element of that name within a node.
    fn value<'a>(within: Node<'a, '_>, element: &str, attribute: &str) -> Option<&'a str> {
        within.descendants().find(|it| it.has_tag_name((W, element)))?.attribute((W, attribute))
    }

    fn number(within: Node<'_, '_>, element: &str, attribute: &str) -> i32 {
        value(within, element, attribute).unwrap_or_else(|| panic!("no {attribute} of {element}")).parse().unwrap()
    }

    fn has(within: Node<'_, '_>, element: &str) -> bool {
        within.descendants().any(|it| it.has_tag_name((W, element)))
    }

    fn text_of(node: Node<'_, '_>) -> String {
        node.descendants().filter(|it| it.has_tag_name((W, "t"))).filter_map(|it| it.text()).collect()
    }

    fn all<'a, 'b>(within: Node<'a, 'b>, element: &'static str) -> Vec<Node<'a, 'b>> {
        within.descendants().filter(|it| it.has_tag_name((W, element))).collect()
    }

    /// The only paragraph whose text begins so.
    fn paragraph<'a, 'b>(document: &'a Document<'b>, start: &str) -> Node<'a, 'b> {
        let found: Vec<_> = all(document.root(), "p").into_iter().filter(|it| text_of(*it).starts_with(start)).collect();
        assert_eq!(found.len(), 1, "paragraphs that begin with `{start}`");
        found[0]
    }

    /// A paragraph's letters: size in half points, bold, italic, and where it is aligned.
    fn look<'a>(paragraph: Node<'a, '_>) -> (i32, bool, bool, &'a str) {
        (number(paragraph, "sz", "val"), has(paragraph, "b"), has(paragraph, "i"), value(paragraph, "jc", "val").unwrap())
    }

    fn within<'a, 'b>(node: Node<'a, 'b>, element: &'static str) -> Node<'a, 'b> {
        node.ancestors().find(|it| it.has_tag_name((W, element))).unwrap()
    }

    #[test]
    fn the_paper_is_a4_portrait_with_the_margins_of_the_decree() {
        let xml = body(&letter(&facts(1)));
        let document = Document::parse(&xml).unwrap();
        assert_eq!((number(document.root(), "pgSz", "w"), number(document.root(), "pgSz", "h")), (11906, 16838));
        let margin = |side| number(document.root(), "pgMar", side);
        assert_eq!((margin("top"), margin("bottom"), margin("left")), (1134, 1134, 1701));
        assert!((850..=1134).contains(&margin("right")));
    }

    #[test]
    fn all_letters_are_times_new_roman_and_black() {
        let file = docx(&letter(&facts(2))).unwrap();
        let styles = part(&file, "word/styles.xml");
        let styles = Document::parse(&styles).unwrap();
        let defaults = all(styles.root(), "docDefaults")[0];
        for script in ["ascii", "hAnsi", "cs", "eastAsia"] {
            assert_eq!(value(defaults, "rFonts", script), Some(FONT), "{script}");
        }
        for name in ["word/document.xml", "word/styles.xml", "word/header1.xml", "word/header2.xml"] {
            let xml = part(&file, name);
            let document = Document::parse(&xml).unwrap();
            for fonts in all(document.root(), "rFonts") {
                assert!(fonts.attributes().all(|it| it.value() == FONT), "{name} names another font");
            }
            assert!(!has(document.root(), "color"), "{name} has a colour");
        }
    }

    #[test]
    fn pages_are_numbered_in_the_middle_of_the_top_margin_but_the_first() {
        let file = docx(&letter(&facts(1))).unwrap();
        let xml = part(&file, "word/document.xml");
        let document = Document::parse(&xml).unwrap();
        assert!(has(document.root(), "titlePg"));
        assert!(number(document.root(), "pgMar", "header") < number(document.root(), "pgMar", "top"));
        let relations = part(&file, "word/_rels/document.xml.rels");
        let relations = Document::parse(&relations).unwrap();
        let header = |kind: &str| {
            let reference = all(document.root(), "headerReference").into_iter().find(|it| it.attribute((W, "type")) == Some(kind)).unwrap();
            let id = reference.attributes().find(|it| it.name() == "id").unwrap().value();
            let target = relations.descendants().find(|it| it.attribute("Id") == Some(id)).unwrap().attribute("Target").unwrap();
            part(&file, &format!("word/{target}"))
        };
        let (first, others) = (header("first"), header("default"));
        let (first, others) = (Document::parse(&first).unwrap(), Document::parse(&others).unwrap());
        assert!(!has(first.root(), "instrText"));
        let field = all(others.root(), "instrText")[0];
        assert_eq!(field.text().map(str::trim), Some("PAGE"));
        assert_eq!(value(others.root(), "jc", "val"), Some("center"));
        assert!((26..=28).contains(&number(others.root(), "sz", "val")));
        assert!(!has(others.root(), "b") && !has(others.root(), "i"), "the number stands upright");
    }

    #[test]
    fn head_and_foot_are_tables_without_lines_and_padding_and_the_nations_cell_is_wide_enough() {
        let xml = body(&letter(&facts(1)));
        let document = Document::parse(&xml).unwrap();
        let tables = all(document.root(), "tbl");
        assert_eq!(tables.len(), 2);
        for table in tables {
            let borders = all(table, "tblBorders")[0];
            assert!(borders.children().filter(Node::is_element).all(|it| it.attribute((W, "val")) == Some("nil")));
            let padding = all(table, "tblCellMar")[0];
            assert!(padding.children().filter(Node::is_element).all(|it| it.attribute((W, "w")) == Some("0")));
            assert_eq!(padding.children().filter(Node::is_element).count(), 4);
        }
        let cell = within(paragraph(&document, QUOC_HIEU), "tc");
        assert!(f64::from(number(cell, "tcW", "w")) >= 100.0 * PT_PER_MM * TWIPS_PER_PT);
        assert_eq!(value(cell, "tcW", "type"), Some("dxa"));
    }

    #[test]
    fn the_nations_name_and_motto_stand_bold_in_the_middle_with_a_drawn_line_as_long_as_the_motto() {
        let xml = body(&letter(&facts(1)));
        let document = Document::parse(&xml).unwrap();
        let (nation, motto) = (paragraph(&document, QUOC_HIEU), paragraph(&document, TIEU_NGU));
        assert_eq!(look(nation), (24, true, false, "center"));
        assert_eq!(look(motto), (26, true, false, "center"));
        assert_eq!(value(motto, "spacing", "line"), Some("240"));
        let (line, length) = rule_under(motto, mm::HEAD_RIGHT);
        let text = Face::Bold.letters().unwrap().width_pt(TIEU_NGU, 13.0);
        assert!((length - text).abs() < 0.2, "the line has {length} pt, the motto {text}");
        assert_eq!(value(line, "top", "val"), Some("single"));
        assert!(!has(document.root(), "u"), "no text is underlined");
    }

    /// The paragraph with the drawn line behind this one, and the line's length in points.
    fn rule_under<'a, 'b>(above: Node<'a, 'b>, column_mm: f64) -> (Node<'a, 'b>, f64) {
        let line = above.next_sibling_element().unwrap();
        assert!(has(line, "pBdr") && text_of(line).is_empty());
        let aside = number(line, "ind", "left");
        assert_eq!(aside, number(line, "ind", "right"), "the line stands in the middle");
        (line, column_mm * PT_PER_MM - 2.0 * f64::from(aside) / TWIPS_PER_PT)
    }

    #[test]
    fn the_governing_body_is_upright_and_the_issuing_bold_in_capitals_with_a_line_of_a_third_to_a_half() {
        let xml = body(&letter(&facts(1)));
        let document = Document::parse(&xml).unwrap();
        assert_eq!(look(paragraph(&document, "UBND THÀNH PHỐ HUẾ")), (24, false, false, "center"));
        let issuing = paragraph(&document, "SỞ VĂN HÓA VÀ THỂ THAO");
        assert_eq!(look(issuing), (24, true, false, "center"));
        let length = rule_under(issuing, mm::HEAD_LEFT).1;
        let text = Face::Bold.letters().unwrap().width_pt("SỞ VĂN HÓA VÀ THỂ THAO", 12.0);
        assert!((text / 3.0..=text / 2.0).contains(&length), "the line has {length} pt, the name {text}");
    }

    #[test]
    fn number_and_date_share_a_row_and_the_subject_of_a_cong_van_stands_under_the_number() {
        let mut issued = letter(&facts(1));
        issued.head.number = Some(7);
        issued.head.date = "2026-02-05".parse().ok();
        let xml = body(&issued);
        let document = Document::parse(&xml).unwrap();
        let number_line = paragraph(&document, "Số: ");
        assert_eq!((text_of(number_line).as_str(), look(number_line)), ("Số: 07/SVHTT-QLBC", (26, false, false, "center")));
        let date = paragraph(&document, "Huế, ngày");
        assert_eq!((text_of(date).as_str(), look(date)), ("Huế, ngày 05 tháng 02 năm 2026", (26, false, true, "center")));
        assert_eq!(within(date, "tr"), within(number_line, "tr"));
        assert_eq!(within(within(date, "tc"), "tr"), within(within(paragraph(&document, "V/v"), "tc"), "tr"));
        let subject = paragraph(&document, "V/v đăng tải thông tin về phòng, chống mua bán người tháng 10/2026");
        assert_eq!(subject.prev_sibling_element(), Some(number_line));
        assert_eq!((look(subject), value(subject, "spacing", "before")), ((24, false, false, "center"), Some("120")));
        assert!(!xml.contains("CÔNG VĂN"));
    }

    #[test]
    fn a_draft_leaves_number_and_day_blank() {
        let xml = body(&letter(&facts(1)));
        let document = Document::parse(&xml).unwrap();
        assert!(!text_of(paragraph(&document, "Số: ")).contains(|it: char| it.is_ascii_digit()));
        assert_eq!(text_of(paragraph(&document, "Huế, ngày")), "Huế, ngày …… tháng …… năm ……");
    }

    #[test]
    fn a_named_type_stands_bold_in_the_middle_over_its_subject_and_a_line() {
        let summary = "Kết quả tuyên truyền năm 2026";
        let subject = Subject::Named { kind: "Báo cáo".to_owned(), summary: summary.to_owned() };
        let xml = body(&Paper { subject, ..letter(&facts(1)) });
        let document = Document::parse(&xml).unwrap();
        assert_eq!(look(paragraph(&document, "BÁO CÁO")), (28, true, false, "center"));
        let below = paragraph(&document, summary);
        assert_eq!(look(below), (28, true, false, "center"));
        let (length, text) = (rule_under(below, mm::TEXT_WIDTH).1, Face::Bold.letters().unwrap().width_pt(summary, 14.0));
        assert!((text / 3.0..=text / 2.0).contains(&length));
        assert!(!xml.contains("V/v"));
    }

    #[test]
    fn one_addressee_stands_in_the_line_of_the_call_and_several_under_its_colon() {
        let xml = body(&letter(&facts(1)));
        let document = Document::parse(&xml).unwrap();
        let call = paragraph(&document, ADDRESSED_TO);
        assert_eq!((text_of(call).as_str(), look(call)), ("Kính gửi: Báo Sông Xanh", (28, false, false, "left")));
        let xml = body(&letter(&facts(3)));
        let document = Document::parse(&xml).unwrap();
        let call = paragraph(&document, ADDRESSED_TO);
        assert_eq!((text_of(call).as_str(), look(call).1), (ADDRESSED_TO, false));
        let colon = number(call, "ind", "left") + twips(Face::Upright.letters().unwrap().width_pt("Kính gửi", 14.0));
        let mut line = call;
        for name in ["- Báo Sông Xanh;", "- Đài Phát thanh và Truyền hình Đồi Gió;", "- Tạp chí Văn nghệ Bến Thông."]
        {
            line = line.next_sibling_element().unwrap();
            assert_eq!((text_of(line).as_str(), look(line)), (name, (28, false, false, "left")));
            assert!((number(line, "ind", "left") - number(line, "ind", "hanging") - colon).abs() <= 2, "{name} is not under the colon");
        }
    }

    #[test]
    fn bases_are_italic_and_end_with_semicolons_and_a_full_stop() {
        let xml = body(&letter(&facts(1)));
        let document = Document::parse(&xml).unwrap();
        for (start, mark) in [("Căn cứ Luật", ';'), ("Căn cứ Quyết định", '.')] {
            let basis = paragraph(&document, start);
            assert_eq!(look(basis), (28, false, true, "both"));
            assert!(text_of(basis).ends_with(mark));
        }
    }

    #[test]
    fn the_body_is_justified_and_its_last_paragraph_ends_the_paper_and_stays_with_the_signature() {
        let xml = body(&letter(&facts(1)));
        let document = Document::parse(&xml).unwrap();
        for start in ["Sở Văn hóa và Thể thao trân trọng", "Qua rà soát", "1. Trường hợp", "2. Trường hợp", "Rất mong"]
        {
            let it = paragraph(&document, start);
            assert_eq!(look(it), (28, false, false, "both"), "{start}");
            assert!([567, 720].contains(&number(it, "ind", "firstLine")), "{start}");
            assert!(number(it, "spacing", "after") >= 120 && (240..=360).contains(&number(it, "spacing", "line")), "{start}");
        }
        let last = paragraph(&document, "Rất mong");
        assert!(text_of(last).ends_with("./.") && has(last, "keepNext"));
        assert_eq!(last.next_sibling_element().map(|it| it.tag_name().name()), Some("tbl"));
        assert_eq!(xml.matches("./.").count(), 1);
    }

    #[test]
    fn the_signer_stands_bold_in_capitals_with_room_for_signature_and_seal_over_the_name() {
        let xml = body(&letter(&facts(1)));
        let document = Document::parse(&xml).unwrap();
        let (authority, position) = (paragraph(&document, "KT. GIÁM ĐỐC"), paragraph(&document, "PHÓ GIÁM ĐỐC"));
        let name = paragraph(&document, "Trần Thị Ví Dụ");
        for it in [authority, position, name] {
            assert_eq!(look(it), (28, true, false, "center"));
        }
        assert_eq!(authority.next_sibling_element(), Some(position));
        let between = position.next_siblings().skip(1).take_while(|it| *it != name).filter(|it| text_of(*it).is_empty()).count();
        assert!(between >= 4, "{between} lines");
        assert!(has(within(name, "tr"), "cantSplit"));
    }

    #[test]
    fn the_copies_stand_level_with_the_signer_in_their_own_sizes() {
        let xml = body(&letter(&facts(1)));
        let document = Document::parse(&xml).unwrap();
        let heading = paragraph(&document, RECEIVED_BY);
        assert_eq!(look(heading), (24, true, true, "left"));
        assert_eq!(within(heading, "tr"), within(paragraph(&document, "KT. GIÁM ĐỐC"), "tr"));
        let mut line = heading;
        for said in ["- Như trên;", "- Ban Tuyên giáo và Dân vận Thành ủy;", "- Lưu: VT, QLBC."] {
            line = line.next_sibling_element().unwrap();
            assert_eq!((text_of(line).as_str(), look(line)), (said, (22, false, false, "left")));
            assert!(!has(line, "ind"), "the hyphen stands at the margin");
        }
    }

    #[test]
    fn requests_are_numbered_as_clauses_and_there_are_no_chapters() {
        let xml = body(&letter(&facts(1)));
        let document = Document::parse(&xml).unwrap();
        let texts: Vec<String> = all(document.root(), "p").into_iter().map(text_of).collect();
        let clauses: Vec<&str> = texts.iter().filter_map(|it| it.split_once(". Trường hợp")).map(|it| it.0).collect();
        assert_eq!(clauses, ["1", "2"]);
        assert!(!texts.iter().any(|it| ["Chương ", "Phần ", "I. "].iter().any(|start| it.starts_with(start))), "{texts:?}");
    }

    #[test]
    fn what_is_stamped_by_hand_or_a_letter_does_without_is_not_printed() {
        let file = docx(&letter(&facts(24))).unwrap();
        let text = part(&file, "word/document.xml") + &part(&file, "word/header1.xml");
        for (row, absent) in
            [("10b", "KHẨN"), ("10b", "HỎA TỐC"), ("12", "Số bản"), ("PL", "Phụ lục"), ("PL", "Kèm theo Văn bản"), ("5b", "CÔNG VĂN")]
        {
            assert!(!text.contains(absent), "row {row}: {absent}");
        }
        // Row 13: an address at the foot of the first page is left to the office's own paper.
        assert!(!text.contains("footerReference"));
    }

    #[test]
    fn a_table_has_lines_a_bold_heading_and_columns_as_wide_as_the_text() {
        let xml = body(&letter(&facts(40)));
        let document = Document::parse(&xml).unwrap();
        let table = within(paragraph(&document, "Cơ quan báo chí"), "tbl");
        assert_eq!(all(table, "tr").len(), 41);
        assert_eq!(look(paragraph(&document, "Cơ quan báo chí")), (26, true, false, "center"));
        let widths: i32 = all(table, "gridCol").iter().map(|it| it.attribute((W, "w")).unwrap().parse::<i32>().unwrap()).sum();
        assert!((widths - 9354).abs() < 12, "{widths}");
        let borders = all(table, "tblBorders")[0];
        assert!(borders.children().filter(Node::is_element).all(|it| it.attribute((W, "val")) == Some("single")));
        let headings: Vec<bool> = all(document.root(), "tr").into_iter().map(|it| has(it, "tblHeader")).collect();
        assert_eq!(headings.iter().filter(|it| **it).count(), 1, "one row is repeated on each page");
        assert!(has(all(table, "tr")[0], "tblHeader"));
    }

    #[test]
    fn names_full_of_marks_and_rows_of_a_wrong_length_still_make_a_sound_file() {
        let mut paper = letter(&facts(2));
        paper.addressees = vec!["<b>&\"'\u{0}\u{b}]]>\u{ffff}</b>".to_owned()];
        let column = |heading: &str| Column { heading: heading.to_owned(), share: 0, centred: false };
        let rows = vec![vec![], vec!["a".to_owned(), "b".to_owned(), "c".to_owned()]];
        paper.body.push(Block::Table(Table { columns: vec![column("x"), column("y")], rows }));
        paper.head = Head { issuing: "A & B ".repeat(60), ..Head::default() };
        let xml = body(&paper);
        let document = Document::parse(&xml).unwrap();
        assert_eq!(text_of(paragraph(&document, ADDRESSED_TO)), "Kính gửi: <b>&\"' ]]></b>");
        assert!(!xml.contains(">c<"));
    }
}
