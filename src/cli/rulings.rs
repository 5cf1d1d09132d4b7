//! The commands by which officers teach: their rulings as a test set, written out or judged again.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

use anyhow::Context;

use super::{End, print_json};
use crate::{
    app::App,
    domain::{
        agreement::{Agreement, Differs, agreement},
        privacy::mask,
    },
};

/// Judges every article that officers ruled on by the present dictionary, and shows where the two differ.
pub(super) async fn judge_again(app: &App, json: bool) -> anyhow::Result<End> {
    let (ruled, changed) = app.line.store.ruled_texts(app.line.clock.now()).await?;
    let outcome = agreement(&app.line.terms, &ruled);
    if json {
        print_json(&outcome)?;
    } else {
        print_agreement(&outcome);
        if changed > 0 {
            println!("{changed} rulings are left out: their articles have another text since");
        }
    }
    Ok(End::Done)
}

fn print_agreement(outcome: &Agreement) {
    let Agreement { ruled, agreed, left, too_much, too_little, terms } = outcome;
    println!("{ruled} rulings: {agreed} agree, {left} were left to the officer, {} differ", too_much.len() + too_little.len());
    for (label, differing) in [("judged to count, ruled not to", too_much), ("judged not to count, ruled to", too_little)] {
        for Differs { url, title, judgement, rule, reason } in differing {
            println!("\n{label}: {title}\n    {url}\n    {} by {rule}; the officer: {reason}", judgement.as_str());
        }
    }
    if !terms.is_empty() {
        println!("\n{:28} {:>6} {:>6}", "term", "right", "wrong");
    }
    for (term, record) in terms {
        let misleads = if record.misleads() { "  misleads" } else { "" };
        println!("{term:28} {:>6} {:>6}{misleads}", record.right, record.wrong);
    }
}

/// Writes the ruled articles as JSON lines that `judge` reads, each with the officer's decision. Names of victims are masked.
pub(super) async fn export(app: &App, to: &Path) -> anyhow::Result<End> {
    let (mut ruled, changed) = app.line.store.ruled_texts(app.line.clock.now()).await?;
    let attempt = || format!("write {}", to.display());
    let mut out: Box<dyn Write> = match to {
        it if it == Path::new("-") => Box::new(io::stdout().lock()),
        _ => Box::new(BufWriter::new(File::create(to).with_context(attempt)?)),
    };
    for it in &mut ruled {
        for text in [&mut it.title, &mut it.lead, &mut it.text, &mut it.captions] {
            *text = mask(text, &it.masks);
        }
        serde_json::to_writer(&mut out, it).with_context(attempt)?;
        out.write_all(b"\n").with_context(attempt)?;
    }
    out.flush().with_context(attempt)?;
    eprintln!("diembao: {} rulings written, {changed} left out because the text is another one since", ruled.len());
    Ok(End::Done)
}
