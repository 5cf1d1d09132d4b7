//! The configuration files as domain values, checked whole: an error names file, line and key.

pub mod calendar;
mod certificates;
pub mod cron_line;
pub mod edit;
mod facets;
pub mod letter;
pub mod notices;
pub mod outlets;
mod selector;
pub mod site;
pub mod terms;

use std::{
    fmt, fs, io,
    ops::Range,
    path::{Path, PathBuf},
};

use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::{
    config::{outlets::Register, site::Site},
    domain::{calendar::Calendar, edit::ConfigFile, facet::FacetRules, relevance::Terms},
};

/// Everything that the configuration says.
#[derive(Debug)]
pub struct Config {
    pub site: Site,
    pub register: Register,
    pub terms: Terms,
    pub calendar: Calendar,
    pub facets: FacetRules,
    pub texts: Texts,
}

/// The files that verdicts rest on, as they were read: closed months keep their digests, dossiers the dictionary.
#[derive(Debug)]
pub struct Texts {
    pub register: String,
    pub terms: String,
    pub calendar: String,
}

/// What is wrong in the configuration, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    pub file: PathBuf,
    /// From 1.
    pub line: Option<usize>,
    /// The key, or the table where the key is what is missing.
    pub key: String,
    pub message: String,
}

const SHIPPED_TERMS: &str = include_str!("../../config/terms.toml");
const SHIPPED_CALENDAR: &str = include_str!("../../config/calendar.toml");
const SHIPPED_FACETS: &str = include_str!("../../config/facets.toml");

impl Config {
    /// Reads and checks the folder. `diembao.toml`, `terms.toml`, `calendar.toml` and `facets.toml` may be missing: then
    /// the documented defaults and what is shipped hold.
    ///
    /// # Errors
    /// The first thing that is wrong, with file, line and key.
    pub fn load(dir: &Path) -> Result<Self, ConfigError> {
        Self::load_with(dir, None)
    }

    /// The same with another text in the place of one of the files.
    ///
    /// # Errors
    /// The first thing that is wrong, with file, line and key.
    pub fn load_with(dir: &Path, other: Option<(ConfigFile, &str)>) -> Result<Self, ConfigError> {
        let text = |file: ConfigFile| match other {
            Some((changed, text)) if changed == file => Ok(Some(text.to_owned())),
            _ => read(&dir.join(file.name())),
        };
        let register_file = dir.join(ConfigFile::Register.name());
        let Some(register) = text(ConfigFile::Register)? else {
            return Err(ConfigError {
                file: register_file,
                line: None,
                key: String::new(),
                message: "no such file: the register of outlets is the one file that has no default".to_owned(),
            });
        };
        let mut config = Self::of_texts(
            dir,
            &register,
            read(&dir.join("diembao.toml"))?.as_deref().unwrap_or_default(),
            text(ConfigFile::Terms)?,
            read(&dir.join("calendar.toml"))?,
        )?;
        let file = dir.join("facets.toml");
        if let Some(text) = read(&file)? {
            config.facets = facets::parse(&Document { file: &file, text: &text })?;
        }
        Ok(config)
    }

    /// The same from texts in memory; `dir` names the files in errors, and is where the register's certificates lie.
    ///
    /// # Errors
    /// The first thing that is wrong, with file, line and key.
    pub fn of_texts(dir: &Path, register: &str, site: &str, terms: Option<String>, calendar: Option<String>) -> Result<Self, ConfigError> {
        let site = site::parse(&Document { file: &dir.join("diembao.toml"), text: site })?;
        let register_text = register;
        let register = outlets::parse(&Document { file: &dir.join("outlets.toml"), text: register_text })?;
        let calendar_text = calendar.as_deref().unwrap_or(SHIPPED_CALENDAR);
        let calendar = calendar::parse(&Document { file: &dir.join("calendar.toml"), text: calendar_text })?;
        let terms_text = terms.as_deref().unwrap_or(SHIPPED_TERMS);
        let texts = Texts { register: register_text.to_owned(), terms: terms_text.to_owned(), calendar: calendar_text.to_owned() };
        let terms = terms::parse(terms_text).map_err(|wrong| ConfigError {
            file: dir.join("terms.toml"),
            line: wrong.line,
            key: wrong.key,
            message: wrong.message,
        })?;
        let facets = facets::parse(&Document { file: &dir.join("facets.toml"), text: SHIPPED_FACETS })?;
        Ok(Self { site, register, terms, calendar, facets, texts })
    }
}

fn read(file: &Path) -> Result<Option<String>, ConfigError> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            Err(ConfigError { file: file.to_owned(), line: None, key: String::new(), message: format!("cannot be read: {error}") })
        }
    }
}

/// A short digest that tells one content of a file from another.
pub fn short_digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(4).map(|it| format!("{it:02x}")).collect()
}

/// One file while it is being read.
pub(crate) struct Document<'a> {
    pub file: &'a Path,
    pub text: &'a str,
}

impl Document<'_> {
    /// Parses the file into its raw form; unknown keys and wrong types are refused here.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, ConfigError> {
        toml::from_str(self.text).map_err(|wrong| self.error(wrong.span(), wrong.message()))
    }

    /// An error at a place in the file; the key is the one that stands there.
    pub fn error(&self, span: Option<Range<usize>>, message: impl fmt::Display) -> ConfigError {
        let at = span.as_ref().map(|it| it.start.min(self.text.len()));
        let upto = at.map(|at| &self.text[..at + self.text[at..].find('\n').unwrap_or(self.text.len() - at)]).unwrap_or_default();
        // A value of several lines has its key on the line where it begins.
        let line_text = upto
            .lines()
            .rev()
            .find(|it| it.contains('=') || (it.trim_start().starts_with('[') && !it.contains('"')))
            .or(upto.lines().next_back());
        let key = line_text.unwrap_or_default().split('=').next().unwrap_or_default().trim().trim_matches(['[', ']', '{', ' ']).to_owned();
        ConfigError {
            file: self.file.to_owned(),
            line: at.map(|at| self.text[..at].matches('\n').count() + 1),
            key,
            message: message.to_string(),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.key.is_empty() {
            write!(f, ": key `{}`", self.key)?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for ConfigError {}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTLET: &str = "[[outlet]]\nid = \"a\"\nname = \"A\"\nkind = \"newspaper\"\nhosts = [\"a.vn\"]\n";

    fn check(register: &str, site: &str) -> String {
        match Config::of_texts(Path::new("config"), register, site, None, None) {
            Ok(_) => "fine".to_owned(),
            Err(wrong) => wrong.to_string(),
        }
    }

    #[test]
    fn the_smallest_register_is_enough() {
        assert_eq!(check(OUTLET, ""), "fine");
    }

    #[test]
    fn what_is_wrong_is_named_by_file_line_and_key() {
        let source = |lines: &str| format!("{OUTLET}[[outlet.source]]\n{lines}");
        let shared = format!("{OUTLET}{}", OUTLET.replace("id = \"a\"", "id = \"b\""));
        for (register, site, wrong) in [
            (format!("{OUTLET}colour = 1\n"), "", "config/outlets.toml:6: key `colour`: unknown field `colour`"),
            (format!("{OUTLET}article_id = '('\n"), "", "config/outlets.toml:6: key `article_id`: bad pattern"),
            (OUTLET.replace("a.vn", "a b"), "", "config/outlets.toml:5: key `hosts`"),
            (OUTLET.replace("newspaper", "blog"), "", "config/outlets.toml:4: key `kind`"),
            (OUTLET.replace("id = \"a\"\n", ""), "", "config/outlets.toml:1: key `outlet`: missing field `id`"),
            (shared, "", "config/outlets.toml:10: key `hosts`: a.vn belongs to outlet `a` at the same time"),
            (format!("{OUTLET}{}", OUTLET.replace("a.vn", "b.vn")), "", "config/outlets.toml:7: key `id`: outlet `a` stands here twice"),
            (source("kind = \"feed\"\nurl = \"a.vn/rss\"\ncovers = \"outlet\"\n"), "", "config/outlets.toml:8: key `url`"),
            (
                source("kind = \"feed\"\nurl = \"https://a.vn/rss\"\n"),
                "",
                "config/outlets.toml:6: key `outlet.source`: missing field `covers`",
            ),
            (
                source("kind = \"listing\"\nurl = \"https://a.vn\"\ncovers = \"outlet\"\nitem = \"h3 >> a\"\n"),
                "",
                "config/outlets.toml:10: key `item`: bad CSS selector `h3 >> a`: two of the signs > + ~ , stand one after another",
            ),
            (
                format!("{OUTLET}[outlet.page]\ntitle = \"h1\"\nremove = [\n  \".ads\",\n  \".a:khong-co\",\n]\n"),
                "",
                "config/outlets.toml:10: key `remove`: bad CSS selector `.a:khong-co`: `:khong-co` is not known here",
            ),
            (
                format!("{OUTLET}intermediates = [\"certs/khong-co.pem\"]\n"),
                "",
                "config/outlets.toml:6: key `intermediates`: certs/khong-co.pem cannot be read: ",
            ),
            (
                OUTLET.to_owned(),
                "[schedule]\ncrawl = \"0 25 * * *\"\n",
                "config/diembao.toml:2: key `crawl`: bad cron line: the hour `25` is not between 0 and 23",
            ),
            (OUTLET.to_owned(), "[schedule]\ncrawl = \"0 6 * * 1\"\n", "config/diembao.toml:2: key `crawl`: bad cron line"),
            (OUTLET.to_owned(), "[schedule]\nreview = \"0 0 31 2 *\"\n", "config/diembao.toml:2: key `review`: bad cron line"),
            (OUTLET.to_owned(), "[crawl]\nhost_delay = \"soon\"\n", "config/diembao.toml:2: key `host_delay`"),
            (OUTLET.to_owned(), "[site]\ntimezone = \"Asia/Hue\"\n", "config/diembao.toml:2: key `timezone`"),
            (OUTLET.to_owned(), "[[policy]]\nfrom = \"2017\"\n", "config/diembao.toml:2: key `from`"),
        ] {
            let said = check(&register, site);
            assert!(said.starts_with(wrong), "expected: {wrong}\nsaid: {said}");
        }
    }

    #[test]
    fn two_outlets_may_have_a_host_one_after_the_other() {
        let first = format!("{OUTLET}active = {{ to = \"2025-06\" }}\n");
        let second = format!("{}active = {{ from = \"2025-07\" }}\n", OUTLET.replace("id = \"a\"", "id = \"b\""));
        assert_eq!(check(&format!("{first}{second}"), ""), "fine");
    }

    #[test]
    fn the_shipped_settings_are_the_defaults_so_that_deleting_a_line_changes_nothing() {
        let text = include_str!("../../config/diembao.toml");
        let of = |text: &str| format!("{:?}", Config::of_texts(Path::new("config"), "", text, None, None).unwrap().site);
        assert_eq!(of(text), of(""));
    }

    #[test]
    fn the_shipped_configuration_is_right() {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
        assert_eq!(Config::load(&dir).err().map(|it| it.to_string()), None);
    }
}
