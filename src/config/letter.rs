//! `[letter]` of `diembao.toml`: the head, the signer and the contact of official letters.

use serde::Deserialize;
use toml::Spanned;

use super::{ConfigError, Document};

/// Who writes letters. What is empty stands as a visible blank in the letter, except for the authority.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Letter {
    /// The body above the one that issues.
    pub governing: String,
    pub issuing: String,
    /// What stands behind the number: the issuing body and the drafting unit. A công văn has no abbreviation of its type.
    pub symbol: String,
    pub place: String,
    /// For whom the signer signs; empty where the signer acts in the own right.
    pub signer_authority: String,
    pub signer_position: String,
    pub signer_name: String,
    pub contact_name: String,
    pub contact_phone: String,
    pub contact_email: String,
    /// Those who get a copy beside the addressees and the archive.
    pub copies: Vec<String>,
    /// The unit that keeps the letter.
    pub unit: String,
}

/// More would push the signature onto another page.
const COPIES_MAX: usize = 10;

/// The table, checked; the defaults where there is none.
pub(super) fn checked(document: &Document<'_>, table: Option<Spanned<Letter>>) -> Result<Letter, ConfigError> {
    let Some(table) = table else {
        return Ok(Letter::default());
    };
    let wrong = |key: &str, message: &str| Err(ConfigError { key: key.to_owned(), ..document.error(Some(table.span()), message) });
    let letter = table.as_ref();
    let symbol = &letter.symbol;
    match () {
        () if letter.copies.len() > COPIES_MAX => wrong("copies", "must name 10 at most"),
        () if letter.copies.iter().any(|it| it.trim().is_empty()) => wrong("copies", "names nobody in one place"),
        () if symbol.contains(|it: char| it.is_whitespace() || it == '/') => {
            wrong("symbol", "must be the part behind the stroke, without spaces: SVHTT-QLBC")
        }
        () if symbol.split('-').any(|it| it == "CV") => wrong("symbol", "must not hold CV: a công văn has no abbreviation of its type"),
        () if !letter.contact_email.is_empty() && !letter.contact_email.contains('@') => wrong("contact_email", "is no e-mail address"),
        () => Ok(table.into_inner()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Letter;
    use crate::config::Config;

    fn letter(text: &str) -> Result<Letter, String> {
        Config::of_texts(Path::new("config"), "", text, None, None).map(|it| it.site.letter).map_err(|it| it.to_string())
    }

    #[test]
    fn a_letter_table_is_read_and_its_keys_default_to_blanks() {
        let read = letter("[letter]\nissuing = \"Sở Sông Xanh\"\ncopies = [\"Lãnh đạo Sở\"]\nsymbol = \"SSX-BC\"\n").unwrap();
        assert_eq!(read.copies, ["Lãnh đạo Sở"]);
        assert_eq!((read.issuing.as_str(), read.symbol.as_str()), ("Sở Sông Xanh", "SSX-BC"));
        assert_eq!(read.signer_name, "");
        assert_eq!(letter(""), Ok(Letter::default()));
    }

    #[test]
    fn what_no_letter_may_bear_is_named_by_its_key() {
        for (lines, said) in [
            ("colour = 1", "config/diembao.toml:2: key `colour`: unknown field `colour`"),
            ("symbol = \"SVHTT - QLBC\"", "key `symbol`: must be the part behind the stroke"),
            ("symbol = \"/SVHTT\"", "key `symbol`: must be the part behind the stroke"),
            ("symbol = \"CV-SVHTT\"", "key `symbol`: must not hold CV"),
            ("contact_email = \"so.example.vn\"", "key `contact_email`: is no e-mail address"),
            ("copies = [\" \"]", "key `copies`: names nobody"),
            ("copies = [\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\"]", "key `copies`: must name 10 at most"),
        ] {
            let refused = letter(&format!("[letter]\n{lines}\n")).unwrap_err();
            assert!(refused.contains(said), "expected: {said}\nsaid: {refused}");
        }
    }
}
