//! The letter to outlets for which nothing was found in a month, from what the store holds.

use chrono::{Days, NaiveDate};

use super::{
    JobError, Line,
    compose::last_look,
    plan::finding_of,
    review::{look, month_rules, review},
};
use crate::{
    config::letter::Letter as Office,
    domain::{
        calendar::{Basis, DutyReading},
        ladder::NoCall,
        month::Month,
        outlet::OutletId,
        verdict::Verdict,
    },
    report::{
        docx::docx,
        letter::{Contact, LetterFacts, LetterOutlet, letter},
        paper::{Copies, Head, Signer},
        pdf::pdf,
    },
};

/// A letter in the forms in which it is handed on.
#[derive(Debug, Clone)]
pub struct LetterBytes {
    pub docx: Vec<u8>,
    pub pdf: Vec<u8>,
}

/// Why there is no letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoLetter {
    /// No outlet is named.
    Nobody,
    /// Nothing proves that these published nothing: their names, and why.
    Unproven(Vec<(String, NoCall)>),
}

/// What somebody must know before a letter is approved or issued.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LetterDoubts {
    /// The outlets of which it is no longer, or not yet, proven that they published nothing, and why.
    pub unproven: Vec<(String, NoCall)>,
    /// The legal texts that a letter of today cites and that bear a note: their titles, and the notes.
    pub bases: Vec<(String, String)>,
}

/// Looks what speaks against a letter for a month to these outlets as things stand now.
///
/// # Errors
/// Where the store fails.
pub async fn letter_doubts(line: &Line, month: Month, outlets: &[OutletId]) -> Result<LetterDoubts, JobError> {
    let today = line.clock.now().with_timezone(&line.zone).date_naive();
    let noted = bases_on(&line.calendar.bases, today).into_iter().filter(|it| !it.note.is_empty()).map(|it| (it.title, it.note));
    let together = together(line, month).await?;
    let mut unproven = Vec::new();
    for outlet in outlets.iter().filter_map(|it| line.register.get(it.as_str())) {
        let (rules, inputs, reviewed) = look(line, outlet, month).await?;
        let doubt = finding_of(&inputs, &reviewed, together, &rules).unproven(line.zone);
        unproven.extend(doubt.map(|why| (outlet.name.clone(), why)));
    }
    Ok(LetterDoubts { unproven, bases: noted.collect() })
}

/// What the province's press together came to, where the duty asks.
async fn together(line: &Line, month: Month) -> Result<Verdict, JobError> {
    Ok(match month_rules(line, month, line.clock.now())?.policy.reading {
        DutyReading::EachOutlet => Verdict::Open,
        DutyReading::Together => review(line, month, &[]).await?.together.verdict,
    })
}

/// Writes the letter for a month to these outlets, as things stand now. Only those are written to whose absence is proven as an alert
/// asks for it.
///
/// # Errors
/// Where the store fails or a document cannot be drawn.
pub async fn write_letter(
    line: &Line,
    office: &Office,
    month: Month,
    outlets: &[OutletId],
) -> Result<Result<LetterBytes, NoLetter>, JobError> {
    let now = line.clock.now().with_timezone(&line.zone);
    let (mut written, mut wrong, mut minimum) = (Vec::new(), Vec::new(), 1);
    let mut collected_until = None;
    let together = together(line, month).await?;
    for id in outlets {
        let outlet = line.register.get(id.as_str()).ok_or_else(|| JobError::NoSubject(format!("a letter to {id}")))?;
        let (rules, inputs, reviewed) = look(line, outlet, month).await?;
        wrong.extend(finding_of(&inputs, &reviewed, together, &rules).unproven(line.zone).map(|why| (outlet.name.clone(), why)));
        minimum = rules.policy.minimum.max(1);
        let seen = last_look(line, outlet, line.clock.now()).await?;
        // The letter speaks for all of them up to the earliest of their last looks.
        collected_until = collected_until.into_iter().chain(seen).min();
        let (_, _, before) = look(line, outlet, month.previous()).await?;
        let judged = matches!(before.verdict, Verdict::Met | Verdict::NotMet).then_some(before.verdict);
        written.push(LetterOutlet {
            name: outlet.name.clone(),
            places: outlet.hosts.iter().map(ToString::to_string).collect(),
            read: inputs.seen.articles_seen,
            counted: reviewed.count,
            month_before: judged,
        });
    }
    if written.is_empty() {
        return Ok(Err(NoLetter::Nobody));
    }
    if !wrong.is_empty() {
        return Ok(Err(NoLetter::Unproven(wrong)));
    }
    let today = now.date_naive();
    let paper = letter(&LetterFacts {
        head: Head {
            governing: office.governing.clone(),
            issuing: office.issuing.clone(),
            number: None,
            symbol: office.symbol.clone(),
            place: office.place.clone(),
            date: None,
        },
        month,
        collected_until: collected_until.map_or(now, |it| it.with_timezone(&line.zone)).fixed_offset(),
        outlets: written,
        minimum,
        answer_by: today + Days::new(line.notices.reply_days.into()),
        contact: Contact { name: office.contact_name.clone(), phone: office.contact_phone.clone(), email: office.contact_email.clone() },
        bases: bases_on(&line.calendar.bases, today),
        signer: Signer {
            authority: office.signer_authority.clone(),
            position: office.signer_position.clone(),
            name: office.signer_name.clone(),
        },
        copies: Copies { others: office.copies.clone(), unit: office.unit.clone() },
    });
    let drawn = |cause: &dyn std::fmt::Display| JobError::Letter(cause.to_string());
    Ok(Ok(LetterBytes { docx: docx(&paper).map_err(|it| drawn(&it))?, pdf: pdf(&paper).map_err(|it| drawn(&it))? }))
}

/// The legal texts that may be cited on a day.
fn bases_on(bases: &[Basis], day: NaiveDate) -> Vec<Basis> {
    let valid = |it: &&Basis| it.from.is_none_or(|from| from <= day) && it.to.is_none_or(|to| day <= to);
    bases.iter().filter(valid).cloned().collect()
}
