//! CSS selectors of the register: what is wrong with one, in words for whoever wrote it.

use scraper::Selector;

/// Why a selector cannot be used; `None` where it can. The library tells only that it stopped.
pub(super) fn fault(selector: &str) -> Option<String> {
    Selector::parse(selector).is_err().then(|| words(selector.trim()))
}

fn words(selector: &str) -> String {
    if selector.is_empty() {
        return "it is empty".to_owned();
    }
    for (open, close) in [('[', ']'), ('(', ')')] {
        let count = |sign: char| selector.matches(sign).count();
        if count(open) != count(close) {
            return format!("`{open}` and `{close}` do not pair up");
        }
    }
    for quote in ['"', '\''] {
        if selector.matches(quote).count() % 2 == 1 {
            return format!("a {quote} stands alone");
        }
    }
    let joins = |it: char| matches!(it, '>' | '+' | '~' | ',');
    if selector.starts_with(joins) || selector.ends_with(joins) {
        return "it begins or ends with one of the signs > + ~ , and something is missing there".to_owned();
    }
    let outside = without_brackets(selector);
    let dense: Vec<char> = outside.chars().filter(|it| !it.is_whitespace()).collect();
    if dense.windows(2).any(|it| it.iter().all(|sign| joins(*sign))) {
        return "two of the signs > + ~ , stand one after another".to_owned();
    }
    let mut signs = outside.char_indices().filter(|(_, it)| matches!(it, '.' | '#'));
    let nameless = |next: Option<char>| {
        next.is_none_or(|it| it.is_ascii_digit() || it.is_whitespace() || !(it.is_alphanumeric() || "-_\\".contains(it)))
    };
    if let Some((_, sign)) = signs.find(|(at, _)| nameless(outside.get(at + 1..).and_then(|it| it.chars().next()))) {
        return format!("after `{sign}` a name must follow, which does not begin with a digit");
    }
    if let Some(at) = outside.find(':') {
        let name: String =
            outside.get(at..).unwrap_or_default().chars().take_while(|it| matches!(it, ':' | '-') || it.is_alphanumeric()).collect();
        return format!("`{name}` is not known here, or something in its brackets is wrong");
    }
    "it cannot be read: examples are `h3 a`, `.tin-moi > li`, `div[id=content] p`".to_owned()
}

/// The selector without what stands in square or round brackets.
fn without_brackets(selector: &str) -> String {
    let mut depth = 0_usize;
    let outside = |it: &char| {
        match it {
            '[' | '(' => depth += 1,
            ']' | ')' => {
                depth = depth.saturating_sub(1);
                return false;
            }
            _ => {}
        }
        depth == 0
    };
    selector.chars().filter(outside).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_in_a_selector_is_said_in_plain_words() {
        for (selector, wrong) in [
            ("", "it is empty"),
            ("div[", "`[` and `]` do not pair up"),
            ("a)", "`(` and `)` do not pair up"),
            ("a\"b", "a \" stands alone"),
            ("h3 >", "it begins or ends with one of the signs > + ~ , and something is missing there"),
            (", h3", "it begins or ends with one of the signs > + ~ , and something is missing there"),
            ("h3 >> a", "two of the signs > + ~ , stand one after another"),
            (".1-tin", "after `.` a name must follow, which does not begin with a digit"),
            ("div. tin", "after `.` a name must follow, which does not begin with a digit"),
            ("a:khong-co", "`:khong-co` is not known here, or something in its brackets is wrong"),
            ("div p!", "it cannot be read: examples are `h3 a`, `.tin-moi > li`, `div[id=content] p`"),
        ] {
            assert_eq!(fault(selector).as_deref(), Some(wrong), "{selector}");
        }
        for selector in ["h3 a", ".tin-moi > li", "div[id=content] p", "a:not(.b)", "ul li:nth-child(2)", "#a, .b"] {
            assert_eq!(fault(selector), None, "{selector}");
        }
    }
}
