//! The house rules that a machine can check. Each failure names the file and the rule.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Who may import whom: a room of `src` and the rooms it may use. Rooms stand from the top floor down.
const FLOORS: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    ("cli", &["app", "config", "domain", "extract", "fetch", "jobs", "report", "search", "store", "text"]),
    (
        "app",
        &[
            "archive",
            "config",
            "domain",
            "extract",
            "fetch",
            "jobs",
            "mail",
            "rehearsal",
            "report",
            "search",
            "store",
            "text",
            "web",
            "webhook",
        ],
    ),
    ("jobs", &["archive", "config", "domain", "extract", "fetch", "mail", "report", "search", "store", "text", "webhook"]),
    ("web", &["archive", "domain", "report", "search", "store", "text"]),
    ("rehearsal", &["domain", "text"]),
    ("archive", &["domain"]),
    ("store", &["domain"]),
    ("search", &["domain", "text"]),
    ("report", &["domain"]),
    ("config", &["domain", "text"]),
    ("extract", &["domain", "text"]),
    ("fetch", &["domain"]),
    ("mail", &["domain"]),
    ("webhook", &["domain"]),
    ("domain", &["text"]),
    ("text", &[]),
];

/// Rooms that compute and touch nothing.
const PURE: &[&str] = &["domain", "extract", "report", "text"];

/// Words that have no place in pure code.
const IMPURE: &[&str] = &["async fn", "::now()", "std::fs", "std::env", "std::net", "sqlx", "reqwest", "tokio"];

/// Longest file, in lines before its tests.
const LINES_MAX: usize = 500;

#[test]
fn every_import_runs_down() {
    for (file, text) in sources("src") {
        let room = room_of(&file);
        if room == "lib" {
            continue;
        }
        let allowed = FLOORS.iter().find(|(name, _)| *name == room).unwrap_or_else(|| panic!("{file}: `{room}` is no room of the house")).1;
        for target in imports(code_of(&text)) {
            assert!(target == room || allowed.contains(&target.as_str()), "{file}: `{room}` may not use `{target}`");
        }
    }
}

#[test]
fn the_core_is_pure() {
    for room in PURE {
        for (file, text) in sources(&format!("src/{room}")) {
            for word in IMPURE {
                assert!(!code_of(&text).contains(word), "{file}: `{word}` belongs at the edge");
            }
        }
    }
}

#[test]
fn only_the_store_speaks_sql_and_only_app_reads_the_clock() {
    for (file, text) in sources("src") {
        let code = code_of(&text);
        assert!(room_of(&file) == "store" || !code.contains("sqlx::"), "{file}: SQL belongs in the store");
        let reads_clock = ["Utc::now", "Local::now", "SystemTime::now", "Instant::now"].iter().any(|it| code.contains(it));
        assert!(room_of(&file) == "app" || !reads_clock, "{file}: only `app` reads the clock");
    }
}

#[test]
fn files_fit_in_a_head() {
    for (file, text) in sources("src") {
        let lines = code_of(&text).lines().count();
        assert!(lines <= LINES_MAX, "{file}: {lines} lines before its tests");
    }
}

#[test]
fn every_file_says_what_it_owns() {
    for (file, text) in sources("src").into_iter().chain(sources("tests")) {
        assert!(text.starts_with("//!"), "{file}: begins without a sentence on what it owns");
    }
}

#[test]
fn every_migration_is_applied() {
    let applied = fs::read_to_string("src/store/mod.rs").unwrap();
    for entry in fs::read_dir("src/store/migrations").unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(applied.contains(&format!("migrations/{name}")), "{name} is not in the list of migrations");
    }
}

#[test]
fn nothing_unfinished_or_quieted_is_left() {
    for (file, text) in sources("src") {
        for word in ["todo!", "unimplemented!", "FIXME", "XXX", "#[allow(", "dbg!("] {
            assert!(!text.contains(word), "{file}: `{word}` must not be merged");
        }
    }
}

#[test]
fn no_bag_of_helpers_is_kept() {
    for (file, _) in sources("src") {
        for word in ["util", "helper", "common", "misc", "manager", "service"] {
            assert!(!room_path(&file).contains(word), "{file}: name it for the noun that it owns");
        }
    }
}

/// The names after `crate::`, in single paths and in grouped imports.
fn imports(code: &str) -> Vec<String> {
    let word = |text: &str| text.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect::<String>();
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let Some(group) = rest.strip_prefix('{') else {
            found.push(word(rest));
            continue;
        };
        let (mut depth, mut expect) = (1, true);
        for (place, letter) in group.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 1 => expect = true,
                it if expect && it.is_alphabetic() => {
                    found.push(word(&group[place..]));
                    expect = false;
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
    found
}

fn code_of(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default()
}

fn room_path(file: &str) -> &str {
    file.strip_prefix("src/").unwrap_or(file)
}

fn room_of(file: &str) -> &str {
    room_path(file).split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

fn sources(dir: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut queue = vec![PathBuf::from(dir)];
    while let Some(path) = queue.pop() {
        if path.is_dir() {
            queue.extend(fs::read_dir(&path).unwrap().map(|it| it.unwrap().path()));
        } else if path.extension() == Some(Path::new("rs").as_os_str()) {
            found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
    assert!(!found.is_empty(), "{dir} holds no source");
    found
}
