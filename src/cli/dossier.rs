//! The commands of dossiers: build one, check one.

use std::{fs, path::Path};

use anyhow::Context;

use super::End;
use crate::{
    app::App,
    domain::{month::Month, outlet::OutletId},
    jobs::{close::PROGRAM, dossier},
    report::{seal::check_seal, verify::verify},
};

pub(super) async fn build(app: &App, outlet: &OutletId, month: Month, output: &Path) -> anyhow::Result<End> {
    let found = app.line.register.get(outlet.as_str()).with_context(|| format!("find outlet {outlet}"))?;
    let bytes = dossier::dossier(&app.line, found, month).await?;
    fs::write(output, &bytes).with_context(|| format!("write {}", output.display()))?;
    let seal = check_seal(&bytes).context("check the seal of what was built")?;
    println!("{}: {} byte, dấu niêm phong SHA-256 {seal}", output.display(), bytes.len());
    Ok(End::Done)
}

/// Needs no installation: neither configuration nor database is looked at.
pub(super) fn check(file: &Path) -> anyhow::Result<End> {
    let bytes = fs::read(file).with_context(|| format!("read {}", file.display()))?;
    let verified = verify(&bytes, PROGRAM);
    for check in &verified.checks {
        println!("{} {}", if check.holds { "✓" } else { "✗" }, check.said);
    }
    let holds = verified.holds();
    println!("{}", if holds { "Hồ sơ nguyên vẹn." } else { "Hồ sơ KHÔNG nguyên vẹn." });
    Ok(if holds { End::Done } else { End::Failed })
}
