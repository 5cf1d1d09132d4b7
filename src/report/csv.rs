//! Lines of comma-separated values (RFC 4180), safe to open in a spreadsheet.

/// One line with its end. A cell that a spreadsheet would take for a formula gets an apostrophe in front, which shows it as text
/// (OWASP, CSV Injection).
pub fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.into_iter().map(cell).collect();
    format!("{}\r\n", cells.join(","))
}

fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula_and_keeps_its_borders() {
        for (text, written) in [
            ("Báo A", "Báo A"),
            ("=1+1", "'=1+1"),
            ("+84 54", "'+84 54"),
            ("-2", "'-2"),
            ("@x", "'@x"),
            ("a,b", "\"a,b\""),
            ("nói \"vâng\"", "\"nói \"\"vâng\"\"\""),
            ("=a,b\nc", "\"'=a,b\nc\""),
        ] {
            assert_eq!(cell(text), written);
        }
        assert_eq!(line(["a", "b"]), "a,b\r\n");
    }
}
