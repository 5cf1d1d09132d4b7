//! The commands that look into the dictionary: what it makes of a text and why, and which of its entries nothing met.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::Subcommand;
use serde::Serialize;

use super::{End, document::Text, print_json};
use crate::{
    app::{Places, config_or_shipped},
    domain::relevance::{Entry, Judgement, Reading, Reason, TermClass, Terms, judge},
};

#[derive(Debug, Subcommand)]
pub(super) enum TermsCommand {
    /// Judge one text and show every span that the dictionary found: what it weighs, or what took its weight
    Try {
        /// The text; its first paragraph stands for the lead
        text: String,
        /// The headline above it
        #[arg(long, default_value = "")]
        title: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List the entries that no text of a file met; the file is as for `judge`
    Idle {
        file: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn terms(places: &Places, command: TermsCommand) -> anyhow::Result<End> {
    let terms = config_or_shipped(&places.config)?.terms;
    match command {
        TermsCommand::Try { text, title, json } => {
            let judged = judge(&terms, &Reading { title: &title, body: &text, ..Reading::default() });
            if json { print_json(&judged)? } else { print!("{}", explained(&terms, &judged)) }
        }
        TermsCommand::Idle { file, json } => {
            let idle = idle(&terms, &file)?;
            if json {
                print_json(&idle)?;
            } else {
                for entry in &idle {
                    println!("{:24} {:16} {}", entry.id, entry.class, entry.why);
                }
                eprintln!("diembao: {} of {} entries met nothing", idle.len(), terms.entries().count());
            }
        }
    }
    Ok(End::Done)
}

/// An entry as `terms idle --json` shows it.
#[derive(Debug, Serialize)]
struct Idle<'a> {
    id: &'a str,
    class: TermClass,
    why: &'a str,
}

fn idle<'a>(terms: &'a Terms, file: &Path) -> anyhow::Result<Vec<Idle<'a>>> {
    let mut met = BTreeSet::new();
    let input = File::open(file).with_context(|| format!("open {}", file.display()))?;
    for (number, line) in BufReader::new(input).lines().enumerate() {
        let line = line.with_context(|| format!("read line {}", number + 1))?;
        let text: Text = serde_json::from_str(&line).with_context(|| format!("read line {}", number + 1))?;
        let Reading { title, lead, body, captions } = text.reading();
        met.extend([title, lead, body, captions].into_iter().flat_map(|it| terms.met(it)));
    }
    let unmet = terms.entries().filter(|entry| !met.contains(entry.id));
    Ok(unmet.map(|Entry { id, class, why }| Idle { id, class, why }).collect())
}

/// A table of the spans, the widths by their longest.
fn explained(terms: &Terms, judged: &Judgement) -> String {
    let marks: Vec<_> = judged.marks.iter().map(|mark| mark.as_str()).collect();
    let mut out = format!("judgement  {} by {}, score {:.2}\n", judged.kind, judged.rule, judged.score);
    if !marks.is_empty() {
        out.push_str(&format!("marks      {}\n", marks.join(", ")));
    }
    out.push_str(&format!("dictionary {}\n", terms.version()));
    let rows: Vec<[String; 5]> = judged.reasons.iter().map(|reason| row(terms, reason)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2), width(3)];
    for row in &rows {
        out.push('\n');
        for (cell, width) in row.iter().zip(widths) {
            out.push_str(&format!("{cell:width$}  "));
        }
        out.push_str(&row[4]);
    }
    out.push('\n');
    out
}

fn row(terms: &Terms, reason: &Reason) -> [String; 5] {
    let entry = |id: &str| terms.entries().find(|entry| entry.id == id);
    let why = |id: &str| entry(id).map_or("", |entry| entry.why).to_owned();
    let raised = entry(&reason.term).is_some_and(|entry| entry.class != reason.class);
    let fate = match (&reason.cancelled_by, &reason.passing_by) {
        (Some(guard), _) => format!("cancelled by {guard}: {}", why(guard)),
        (None, Some(guard)) => format!("in passing by {guard}: {}", why(guard)),
        (None, None) if raised => format!("raised by a word nearby: {}", why(&reason.term)),
        (None, None) => format!("counts: {}", why(&reason.term)),
    };
    [reason.zone.to_string(), format!("“{}”", reason.text.replace('\n', " ")), reason.term.clone(), reason.class.to_string(), fate]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::terms::parse;

    fn shown(text: &str) -> String {
        let terms = parse(include_str!("../../config/terms.toml")).unwrap();
        explained(&terms, &judge(&terms, &Reading { body: text, ..Reading::default() }))
    }

    #[test]
    fn each_span_says_what_it_weighs_or_what_took_its_weight() {
        for (text, want) in [
            ("Phá vụ mua bán người.", "counts: Từ gốc."),
            ("Đây là nơi mua bán người dân tin cậy.", "cancelled by g2: Chữ người thuộc về từ sau"),
            ("Ông làm ở Cục phòng, chống mua bán người.", "in passing by g26: Tên của một cơ quan"),
            ("Việc nhẹ, lương cao, rồi bị bán lại.", "raised by a word nearby: Lời mời của kẻ lừa"),
            ("Trời đẹp.", "judgement  unrelated by nothing"),
        ] {
            assert!(shown(text).contains(want), "{}", shown(text));
        }
    }

    #[test]
    fn entries_that_no_text_met_are_listed_with_their_reason() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("texts.jsonl");
        std::fs::write(&file, "{\"id\":1,\"title\":\"Phòng, chống mua bán người\",\"text\":\"\"}\n").unwrap();
        let terms = parse(include_str!("../../config/terms.toml")).unwrap();
        let idle = idle(&terms, &file).unwrap();
        assert!(idle.iter().any(|entry| entry.id == "g11" && entry.class == TermClass::Guard && !entry.why.is_empty()));
        assert!(idle.iter().all(|entry| entry.id != "phong-chong-mbn"));
    }
}
