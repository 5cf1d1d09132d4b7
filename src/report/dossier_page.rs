//! The dossier as one page for people: everything in it stands in the other files as well.

use askama::Template;
use chrono::{DateTime, FixedOffset, Utc};
use chrono_tz::Tz;

use crate::{
    domain::{
        closing::{Official, input_label},
        control::ControlShare,
        nature::Nature,
        near_miss::NearMiss,
        outlet::{Covers, SourceKind},
        privacy::link_text,
        review::OutletMonth,
        verdict::Verdict,
        visit::Outcome,
    },
    report::dossier::{Dossier, VisitSummary, sentence_of, summaries},
};

#[derive(Template)]
#[template(path = "dossier.html")]
struct Page<'a> {
    name: &'a str,
    month: String,
    verdict: Verdict,
    sentence: String,
    /// What today's data comes to, where a closed month's verdict is another one.
    computed: Option<String>,
    window: (String, String),
    basis: &'a str,
    minimum: usize,
    freed_by: Option<String>,
    share: String,
    closed: Option<ClosedShown>,
    evidence: Vec<Item>,
    pending: Vec<Item>,
    near_misses: Vec<NearMissShown>,
    gaps: Vec<[String; 3]>,
    closed_gaps: Vec<[String; 4]>,
    sources: Vec<SourceShown>,
    visits_cut: bool,
    articles: usize,
    articles_left_out: usize,
    records: usize,
    records_left_out: usize,
    control: Option<ControlShare>,
    program: &'a str,
    terms: &'a str,
    made_at: String,
    previous: Option<&'a str>,
}

struct ClosedShown {
    number: u64,
    at: String,
    by: String,
    second: String,
    digest: String,
    amendments: Vec<[String; 4]>,
}

struct Item {
    title: String,
    url: String,
    /// The words shown for the address.
    link: String,
    nature: Vec<String>,
    detail: String,
}

struct NearMissShown {
    title: String,
    url: String,
    link: String,
    nature: Vec<String>,
    published: String,
    score: String,
    why: String,
}

struct SourceShown {
    address: String,
    kind: &'static str,
    scope: &'static str,
    visits: usize,
    seen: usize,
    new: u64,
    stretch: String,
    failures: String,
}

/// Draws the page.
///
/// # Errors
/// Where the template fails.
pub(super) fn draw(dossier: &Dossier) -> Result<String, askama::Error> {
    let proof = &dossier.proof;
    let (result, zone, window) = (&proof.result, proof.rules.zone, proof.rules.window());
    let official = dossier.closed.as_ref().map_or_else(|| Official::of(result), |it| it.official);
    let page = Page {
        name: &result.name,
        month: format!("{:02}/{}", proof.rules.month.number(), proof.rules.month.year()),
        verdict: official.verdict,
        sentence: sentence_of(proof, official),
        computed: (official != Official::of(result)).then(|| Official::of(result).to_string()),
        window: (moment(window.from, zone), moment(window.to, zone)),
        basis: &proof.rules.policy.basis,
        minimum: proof.rules.policy.minimum,
        freed_by: proof.inputs.outlet.exemption(proof.rules.month).map(|it| match it.decision.as_str() {
            "" => it.reason.clone(),
            decision => format!("{} ({decision})", it.reason),
        }),
        share: share(result.coverage.share),
        closed: dossier.closed.as_ref().map(|it| closed_shown(it, zone)),
        evidence: result.evidence.iter().map(|it| item(&it.title, &it.url, &it.nature, day(it.published))).collect(),
        pending: pending(result),
        near_misses: dossier.near_misses.iter().map(near_miss).collect(),
        gaps: result.coverage.gaps.iter().map(|it| [local(it.from), local(it.to), it.why.label().to_owned()]).collect(),
        closed_gaps: dossier
            .closed_gaps
            .iter()
            .map(|it| [moment(it.span.from, zone), moment(it.span.to, zone), it.witness.clone(), moment(it.at, zone)])
            .collect(),
        sources: sources(dossier, zone),
        visits_cut: dossier.visits_cut,
        articles: dossier.articles.len(),
        articles_left_out: dossier.articles_left_out,
        records: dossier.records.copied,
        records_left_out: dossier.records.left_out,
        control: dossier.control.as_ref().map(|it| it.share),
        program: &dossier.program,
        terms: &proof.versions.terms,
        made_at: local(dossier.made_at),
        previous: dossier.previous.as_deref(),
    };
    page.render()
}

fn closed_shown(closed: &crate::report::dossier::AsClosedProof, zone: Tz) -> ClosedShown {
    let note = &closed.note;
    let amendments = note.amendments.iter().map(|it| {
        let before = it.before.map_or_else(|| "chưa có".to_owned(), |it| it.to_string());
        let why: Vec<_> = it.why.iter().map(|it| input_label(it)).collect();
        [moment(it.at.to_utc(), zone), before, it.after.to_string(), why.join("; ")]
    });
    ClosedShown {
        number: note.number,
        at: local(note.at),
        by: note.by.clone(),
        second: note.second.clone(),
        digest: note.digest.clone(),
        amendments: amendments.collect(),
    }
}

fn pending(result: &OutletMonth) -> Vec<Item> {
    let waits = result.pending.iter().map(|it| item(&it.title, &it.url, &it.nature, it.why.label().to_owned()));
    let unread = result.unread.iter().filter(|it| !result.pending.iter().any(|waits| waits.url == it.url));
    waits.chain(unread.map(|it| item("", &it.url, &Nature::default(), format!("chưa đọc được ({})", it.why)))).collect()
}

fn item(title: &str, url: &str, nature: &Nature, detail: String) -> Item {
    let link = link_text(url, &nature.privacy).into_owned();
    Item { title: title.to_owned(), url: url.to_owned(), link, nature: nature.labels(), detail }
}

fn near_miss(it: &NearMiss) -> NearMissShown {
    NearMissShown {
        title: it.title.clone(),
        url: it.url.clone(),
        link: link_text(&it.url, &it.nature.privacy).into_owned(),
        nature: it.nature.labels(),
        published: day(it.published),
        score: format!("{:.2}", it.score).replace('.', ","),
        why: it.why.clone(),
    }
}

/// The register's sources with what their visits came to, then those that were visited and are in the register no more.
fn sources(dossier: &Dossier, zone: Tz) -> Vec<SourceShown> {
    let visited = summaries(&dossier.visits);
    let summary = |address: &str| visited.iter().find(|it| it.source == address);
    let mut shown = Vec::new();
    for it in &dossier.sources {
        let kind = match it.kind {
            SourceKind::Feed => "bản tin RSS/Atom",
            SourceKind::Sitemap => "sơ đồ trang",
            SourceKind::Listing => "trang danh mục",
        };
        let scope = match it.covers {
            Covers::Outlet => "toàn bộ tin, bài",
            Covers::Section => "một chuyên mục",
        };
        shown.push(source(it.source.as_str(), kind, scope, summary(it.source.as_str()), zone));
    }
    let gone = visited.iter().filter(|it| !dossier.sources.iter().any(|source| source.source.as_str() == it.source));
    shown.extend(gone.map(|it| source(&it.source, "nguồn không còn trong danh bạ", "không rõ phạm vi", Some(it), zone)));
    shown
}

fn source(address: &str, kind: &'static str, scope: &'static str, summary: Option<&VisitSummary>, zone: Tz) -> SourceShown {
    let failures = summary.map_or_else(String::new, |it| {
        let said: Vec<_> = it.failures.iter().map(|(outcome, times)| format!("{}: {times}", outcome_label(outcome))).collect();
        said.join("; ")
    });
    SourceShown {
        address: address.to_owned(),
        kind,
        scope,
        visits: summary.map_or(0, |it| it.visits),
        seen: summary.map_or(0, |it| it.seen),
        new: summary.map_or(0, |it| it.new),
        stretch: summary.map_or_else(|| "–".to_owned(), |it| format!("{} – {}", moment(it.first, zone), moment(it.last, zone))),
        failures: if failures.is_empty() { "không có".to_owned() } else { failures },
    }
}

/// What people read for the end of a visit that saw nothing.
fn outcome_label(outcome: &str) -> &str {
    match outcome.parse() {
        Ok(Outcome::Fresh | Outcome::Unchanged | Outcome::Empty) | Err(_) => outcome,
        Ok(Outcome::NotADocument) => "không phải tài liệu cần đọc",
        Ok(Outcome::Blocked) => "bị chặn",
        Ok(Outcome::RefusedByRobots) => "robots.txt không cho phép",
        Ok(Outcome::Gone) => "trang không còn",
        Ok(Outcome::Moved) => "chuyển địa chỉ",
        Ok(Outcome::ServerError) => "máy chủ báo lỗi",
        Ok(Outcome::Unreachable) => "không kết nối được",
        Ok(Outcome::TlsError) => "lỗi chứng thư số",
        Ok(Outcome::TooLarge) => "tài liệu quá lớn",
        Ok(Outcome::Offline) => "đường truyền của hệ thống bị gián đoạn",
    }
}

/// Rounded down: what is not whole never reads as whole.
fn share(share: f64) -> String {
    format!("{:.1}", (share * 1000.0).floor() / 10.0).replace('.', ",") + " %"
}

fn day(at: Option<DateTime<FixedOffset>>) -> String {
    at.map_or_else(|| "không rõ ngày".to_owned(), |it| it.format("%d/%m/%Y").to_string())
}

fn moment(at: DateTime<Utc>, zone: Tz) -> String {
    local(at.with_timezone(&zone).fixed_offset())
}

fn local(at: DateTime<FixedOffset>) -> String {
    at.format("%d/%m/%Y %H:%M").to_string()
}
