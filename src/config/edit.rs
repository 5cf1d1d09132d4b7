//! Edits of the configuration's files as text: what is not touched stays as it was written, comments included.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, RawString, Table, Value, value};

use super::{Config, ConfigError, SHIPPED_TERMS, read};
use crate::domain::{
    edit::{ConfigFile, Edit, EditFault, NewOutlet, NewSource, NewTerm},
    outlet::{Covers, Duty, OutletKind},
    relevance::TermClass,
};

/// The text of a file that stands in the folder, or that is shipped where none stands there.
///
/// # Errors
/// Where the file cannot be read.
pub fn present(dir: &Path, file: ConfigFile) -> Result<String, ConfigError> {
    let text = read(&dir.join(file.name()))?;
    Ok(text.unwrap_or_else(|| match file {
        ConfigFile::Register => String::new(),
        ConfigFile::Terms => SHIPPED_TERMS.to_owned(),
    }))
}

/// The text after a change, and the whole configuration with it.
///
/// # Errors
/// Where the change cannot be made, or the configuration would be wrong.
pub fn edited(dir: &Path, text: &str, edit: &Edit) -> Result<(String, Config), EditFault> {
    let mut document: DocumentMut = text.parse().map_err(|wrong: toml_edit::TomlError| EditFault::Wrong(wrong.to_string()))?;
    apply(&mut document, edit)?;
    let text = document.to_string();
    let config = Config::load_with(dir, Some((edit.file(), &text))).map_err(|wrong| EditFault::Wrong(wrong.to_string()))?;
    Ok((text, config))
}

/// A file beside the one that it will take the place of: on the disk, and not yet in force.
#[derive(Debug)]
pub struct Prepared<'a> {
    dir: &'a Path,
    file: ConfigFile,
    beside: std::path::PathBuf,
}

/// Writes a text beside a file and waits for the disk.
///
/// # Errors
/// Where the folder cannot be written.
pub fn prepare<'a>(dir: &'a Path, file: ConfigFile, text: &str) -> io::Result<Prepared<'a>> {
    let beside = dir.join(format!(".{}.new", file.name()));
    let mut new = File::create(&beside)?;
    new.write_all(text.as_bytes())?;
    if let Ok(old) = fs::metadata(dir.join(file.name())) {
        new.set_permissions(old.permissions())?;
    }
    new.sync_all()?;
    Ok(Prepared { dir, file, beside })
}

impl Prepared<'_> {
    /// Puts it in the file's place: whoever reads sees the old text or the new one, whole.
    ///
    /// # Errors
    /// Where the folder cannot be written; then the old text stands.
    pub fn commit(self) -> io::Result<()> {
        fs::rename(&self.beside, self.dir.join(self.file.name()))?;
        File::open(self.dir)?.sync_all()
    }

    /// Leaves the file as it was.
    pub fn discard(self) {
        // What is left behind is in nobody's way: the next edit writes over it.
        fs::remove_file(&self.beside).ok();
    }
}

fn apply(document: &mut DocumentMut, edit: &Edit) -> Result<(), EditFault> {
    match edit {
        Edit::AddOutlet(outlet) => tables(document.as_table_mut(), "outlet")?.push(outlet_table(outlet)),
        Edit::AddSources { outlet, sources } => {
            let outlets = tables(document.as_table_mut(), "outlet")?;
            let found = outlets.iter_mut().find(|it| text_of(it, "id") == Some(outlet.as_str()));
            let table = found.ok_or_else(|| EditFault::Unknown(outlet.to_string()))?;
            let own = tables(table, "source")?;
            sources.iter().for_each(|it| own.push(source_table(it)));
        }
        Edit::AddTerm(term) => tables(document.as_table_mut(), "term")?.push(term_table(term)),
        Edit::ReclassTerm { id, class } => {
            let terms = tables(document.as_table_mut(), "term")?;
            let table = terms.iter_mut().find(|it| text_of(it, "id") == Some(id)).ok_or_else(|| EditFault::Unknown(id.clone()))?;
            let old = table.get_mut("class").and_then(Item::as_value_mut).ok_or(EditFault::Form)?;
            let decor = old.decor().clone();
            *old = Value::from(class.as_str());
            *old.decor_mut() = decor;
        }
        Edit::RemoveTerm { id } => remove_term(document, id)?,
    }
    Ok(())
}

/// Takes a term out. What was noted above it may be the heading of those that follow: it stays.
fn remove_term(document: &mut DocumentMut, id: &str) -> Result<(), EditFault> {
    let terms = tables(document.as_table_mut(), "term")?;
    let at = terms.iter().position(|it| text_of(it, "id") == Some(id)).ok_or_else(|| EditFault::Unknown(id.to_owned()))?;
    let above = terms.get(at).map(prefix_of).unwrap_or_default();
    terms.remove(at);
    if above.trim().is_empty() {
        return Ok(());
    }
    if let Some(next) = terms.get_mut(at) {
        put_above(next, &above);
        return Ok(());
    }
    let guards = document.get_mut("guard").and_then(Item::as_array_of_tables_mut);
    match guards.and_then(|it| it.get_mut(0)) {
        Some(next) => put_above(next, &above),
        None => document.set_trailing(above),
    }
    Ok(())
}

fn prefix_of(table: &Table) -> String {
    table.decor().prefix().and_then(RawString::as_str).unwrap_or_default().to_owned()
}

fn put_above(table: &mut Table, above: &str) {
    let own = prefix_of(table);
    table.decor_mut().set_prefix(format!("{}\n{}", above.trim_end_matches('\n'), own));
}

/// The tables of that name, written as `[[name]]`.
fn tables<'a>(table: &'a mut Table, name: &str) -> Result<&'a mut ArrayOfTables, EditFault> {
    table.entry(name).or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new())).as_array_of_tables_mut().ok_or(EditFault::Form)
}

fn text_of<'a>(table: &'a Table, key: &str) -> Option<&'a str> {
    table.get(key).and_then(Item::as_str)
}

fn list(texts: &[String]) -> Item {
    value(texts.iter().map(String::as_str).collect::<Array>())
}

/// A table with an empty line above it.
fn new_table() -> Table {
    let mut table = Table::new();
    table.decor_mut().set_prefix("\n");
    table
}

fn outlet_table(outlet: &NewOutlet) -> Table {
    let mut table = new_table();
    table.insert("id", value(&outlet.id));
    table.insert("name", value(&outlet.name));
    table.insert("kind", value(kind_word(outlet.kind)));
    table.insert("duty", value(duty_word(outlet.duty)));
    table.insert("hosts", list(&outlet.hosts));
    if !outlet.sources.is_empty() {
        let mut sources = ArrayOfTables::new();
        outlet.sources.iter().for_each(|it| sources.push(source_table(it)));
        table.insert("source", Item::ArrayOfTables(sources));
    }
    table
}

fn source_table(source: &NewSource) -> Table {
    let mut table = new_table();
    table.insert("kind", value(source.kind.as_str()));
    table.insert("url", value(&source.url));
    table.insert(
        "covers",
        value(match source.covers {
            Covers::Outlet => "outlet",
            Covers::Section => "section",
        }),
    );
    table
}

fn term_table(term: &NewTerm) -> Table {
    let mut table = new_table();
    table.insert("id", value(&term.id));
    table.insert("topic", value(term.topic.as_str()));
    table.insert("class", value(TermClass::as_str(term.class)));
    table.insert("forms", list(&term.forms));
    table.insert("why", value(&term.why));
    table
}

fn kind_word(kind: OutletKind) -> &'static str {
    match kind {
        OutletKind::Newspaper => "newspaper",
        OutletKind::RadioTv => "radio_tv",
        OutletKind::Magazine => "magazine",
        OutletKind::Portal => "portal",
        OutletKind::Station => "station",
    }
}

fn duty_word(duty: Duty) -> &'static str {
    match duty {
        Duty::Monthly => "monthly",
        Duty::Exempt => "exempt",
        Duty::Reference => "reference",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{outlet::SourceKind, relevance::Topic};

    const REGISTER: &str = "# The register.\n\n# The paper.\n[[outlet]]\nid = \"a\" # short\nname = \"A\"\nkind = \"newspaper\"\nhosts = [\"a.vn\"]\n\
                            # Its feed.\n[[outlet.source]]\nkind = \"feed\"\nurl = \"https://a.vn/rss\"\ncovers = \"outlet\"\n\n# The station.\n\
                            [[outlet]]\nid = \"b\"\nname = \"B\"\nkind = \"radio_tv\"\nhosts = [\"b.vn\"]\n\n# The end.\n";

    fn source(url: &str) -> NewSource {
        NewSource { kind: SourceKind::Feed, url: url.to_owned(), covers: Covers::Section }
    }

    fn outlet(id: &str, host: &str) -> Edit {
        Edit::AddOutlet(NewOutlet {
            id: id.to_owned(),
            name: "Tạp chí \"C\"".to_owned(),
            kind: OutletKind::Magazine,
            duty: Duty::Monthly,
            hosts: vec![host.to_owned()],
            sources: vec![source("https://c.vn/rss")],
        })
    }

    fn term(id: &str) -> Edit {
        Edit::AddTerm(NewTerm {
            id: id.to_owned(),
            topic: Topic::Children,
            class: TermClass::Strong,
            forms: vec!["bán (trẻ|bé) sơ sinh".to_owned()],
            why: "Thử.".to_owned(),
        })
    }

    fn after(text: &str, edit: &Edit) -> Result<(String, Config), EditFault> {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("outlets.toml"), REGISTER).unwrap();
        edited(dir.path(), text, edit)
    }

    #[test]
    fn every_line_stays_where_something_is_added() {
        let added = Edit::AddSources { outlet: "a".parse().unwrap(), sources: vec![source("https://a.vn/rss/2")] };
        for edit in [outlet("c", "c.vn"), added] {
            let (text, config) = after(REGISTER, &edit).unwrap();
            let mut lines = text.lines();
            assert!(REGISTER.lines().all(|line| lines.any(|it| it == line)), "{text}");
            assert_eq!(config.register.outlets.iter().map(|it| it.sources.len()).sum::<usize>(), 2);
        }
        let (text, config) = after(SHIPPED_TERMS, &term("thu-nghiem")).unwrap();
        let mut lines = text.lines();
        assert!(SHIPPED_TERMS.lines().all(|line| lines.any(|it| it == line)));
        assert!(config.terms.entries().any(|it| it.id == "thu-nghiem"));
    }

    #[test]
    fn what_the_configuration_would_not_bear_is_refused_with_its_place() {
        for (text, edit, wrong) in [
            (REGISTER, outlet("a", "c.vn"), "outlet `a` stands here twice"),
            (REGISTER, outlet("c", "a.vn"), "a.vn belongs to outlet `a`"),
            (REGISTER, outlet("C c", "c.vn"), "no outlet id"),
            (REGISTER, Edit::AddSources { outlet: "b".parse().unwrap(), sources: vec![source("b.vn/rss")] }, "no http or https address"),
            (REGISTER, Edit::AddSources { outlet: "x".parse().unwrap(), sources: vec![] }, "there is no `x`"),
            (SHIPPED_TERMS, Edit::RemoveTerm { id: "mua-ban-nguoi".to_owned() }, "which is no term"),
            (SHIPPED_TERMS, term("mua-ban-nguoi"), "already stands in line"),
        ] {
            let said = after(text, &edit).err().map(|it| it.to_string()).unwrap_or_default();
            assert!(said.contains(wrong), "{wrong}: {said}");
        }
    }

    #[test]
    fn a_term_changes_its_class_or_goes_and_notes_stay() {
        const TERMS: &str = "version = \"1\"\n\n# ── One ──\n\n[[term]]\nid = \"a\"\ntopic = \"law\"\nclass = \"strong\" # firm\nforms = [\"một\"]\nwhy = \"w\"\n\n\
                             # ── Two ──\n[[term]]\nid = \"b\"\ntopic = \"law\"\nclass = \"strong\"\nforms = [\"hai\"]\nwhy = \"w\"\n\n\
                             # Guards.\n[[guard]]\nid = \"g1\"\neffect = \"cancel\"\nforms = [\"ba\"]\nwhy = \"w\"\n";
        let (text, _) = after(TERMS, &Edit::ReclassTerm { id: "a".to_owned(), class: TermClass::Contextual }).unwrap();
        assert_eq!(text, TERMS.replace("\"strong\" # firm", "\"contextual\" # firm"));
        for (id, left) in [("a", "id = \"b\""), ("b", "id = \"a\"")] {
            let (text, _) = after(TERMS, &Edit::RemoveTerm { id: id.to_owned() }).unwrap();
            assert!(!text.contains(&format!("id = \"{id}\"")) && text.contains(left), "{text}");
            assert!(["# ── One ──", "# ── Two ──", "# Guards."].iter().all(|it| text.contains(it)), "{text}");
        }
    }

    #[test]
    fn a_text_takes_the_place_of_a_file_at_once_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let read = || fs::read_to_string(dir.path().join("terms.toml")).unwrap_or_default();
        prepare(dir.path(), ConfigFile::Terms, "a").unwrap().discard();
        assert_eq!(read(), "");
        let prepared = prepare(dir.path(), ConfigFile::Terms, "b").unwrap();
        assert_eq!(read(), "");
        prepared.commit().unwrap();
        assert_eq!((read().as_str(), fs::read_dir(dir.path()).unwrap().count()), ("b", 1));
    }
}
