//! The commands of closed months: close one, and show one as it was closed.

use serde::Serialize;

use super::{End, line::print_review, print_json};
use crate::{
    app::App,
    domain::{
        closing::{Acknowledged, Closed, ClosingNote, Likeness, input_label},
        month::Month,
        outlet::OutletId,
        review::MonthReview,
    },
    jobs::close::{AsClosed, CloseEnd, as_closed, close, closed},
};

/// A review with what is told of a closed month.
#[derive(Serialize)]
struct ReviewOutput<'a> {
    #[serde(flatten)]
    review: &'a MonthReview,
    #[serde(skip_serializing_if = "Option::is_none")]
    closing: Option<ClosingNote>,
}

pub(super) async fn close_month(app: &App, month: Month, by: &str, second: &str) -> anyhow::Result<End> {
    let closing = match close(&app.line, month, by, second).await? {
        CloseEnd::Closed(closing) => closing,
        CloseEnd::Refused(obstacles) => {
            println!("Chưa chốt được tháng {:02}/{}:", month.number(), month.year());
            for it in obstacles {
                println!("  {:15} {}", it.code(), it.sentence());
            }
            return Ok(End::Failed);
        }
    };
    println!("Đã chốt tháng {:02}/{}, lần chốt số {}", month.number(), month.year(), closing.number);
    println!("SHA-256 {}", closing.digest);
    for it in &closing.review.outlets {
        println!("{} {}: {} – {}", it.verdict.sign(), it.name, it.verdict.label(), it.reason.label());
    }
    print_acknowledged(&closing.acknowledged, &closing.review);
    Ok(End::Done)
}

fn print_acknowledged(acknowledged: &[Acknowledged], review: &MonthReview) {
    if acknowledged.is_empty() {
        return;
    }
    println!("\nCòn để ngỏ khi chốt:");
    for it in acknowledged {
        let name = review.outlets.iter().find(|month| month.outlet == it.outlet).map_or(it.outlet.as_str(), |month| &month.name);
        println!("  {name}: {} ({})", it.what.label(), it.count);
    }
}

/// Shows a review; where the month is closed, says so and what stands.
pub(super) async fn show_review(app: &App, review: &MonthReview, json: bool) -> anyhow::Result<End> {
    let closed = closed(&app.line, review.month).await?;
    show(review, closed.as_ref(), json)?;
    Ok(End::Done)
}

/// Shows a closed month computed again from its snapshot; fails where it comes out otherwise.
pub(super) async fn review_as_closed(app: &App, month: Month, outlets: &[OutletId], json: bool) -> anyhow::Result<End> {
    let Some(AsClosed { closed, mut review, likeness }) = as_closed(&app.line, month).await? else {
        eprintln!("diembao: {month} is not closed");
        return Ok(End::Failed);
    };
    review.outlets.retain(|it| outlets.is_empty() || outlets.contains(&it.outlet));
    show(&review, Some(&closed), json)?;
    let program = &closed.snapshot.versions.program;
    Ok(match likeness {
        Likeness::Exact => End::Done,
        Likeness::SameVerdicts => {
            eprintln!("diembao: the same verdicts, written otherwise: the month was closed by {program}");
            End::Done
        }
        Likeness::Different => {
            eprintln!("diembao: the snapshot comes to other verdicts than those that were closed: the month was closed by {program}");
            End::Failed
        }
    })
}

fn show(review: &MonthReview, closed: Option<&Closed>, json: bool) -> anyhow::Result<()> {
    if json {
        return print_json(&ReviewOutput { review, closing: closed.map(Closed::note) });
    }
    print_review(review);
    if let Some(closed) = closed {
        print_closed(review, closed);
    }
    Ok(())
}

fn print_closed(review: &MonthReview, closed: &Closed) {
    let (note, day) = (closed.note(), "%d/%m/%Y %H:%M");
    println!("\nTháng đã chốt ngày {} (lần chốt số {}): {} chốt, {} xác nhận.", note.at.format(day), note.number, note.by, note.second);
    println!("Kết quả chính thức:");
    for it in &review.outlets {
        let official = closed.official(&it.outlet).map_or_else(|| "chưa có".to_owned(), |it| it.to_string());
        println!("    {}: {official}", it.name);
    }
    for it in note.amendments.iter().filter(|it| review.outlets.iter().any(|month| month.outlet == it.outlet)) {
        let before = it.before.map_or_else(|| "chưa có".to_owned(), |it| it.to_string());
        let why: Vec<_> = it.why.iter().map(|it| input_label(it)).collect();
        println!("Sửa đổi ngày {}, {}: {before} → {}; do thay đổi: {}", it.at.format(day), it.outlet, it.after, why.join("; "));
    }
    println!("SHA-256 của bản chốt: {}", note.digest);
}
