//! The commands that read one document or a stream of texts and need no installation: judge and extract.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufRead, BufReader, Read, Write},
    path::Path,
};

use anyhow::Context;
use chrono::{DateTime, FixedOffset, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{DocumentKind, End, ExtractArgs, WrongUse, print_json};
use crate::{
    app::{Places, config_or_shipped, fetch_settings},
    config::Config,
    domain::{
        article::{Page, Rejection},
        date::{DateDoubt, DateSource, decide_date},
        link::{article_key, canonical},
        outlet::Outlet,
        relevance::{JudgementKind, Mark, Reading, Reason, judge},
        visit::Outcome,
    },
    extract::{NotRead, Scope, feed::feed, listed::Listed, listing::listing, page::page, page_dates::shown_offset, sitemap::sitemap},
    fetch::{self, Fetcher, Validators},
    jobs::Clock,
};

/// One line of the texts to be judged.
#[derive(Deserialize)]
pub(super) struct Text {
    /// The project's own test set names its articles by their class.
    #[serde(alias = "class")]
    id: serde_json::Value,
    #[serde(default)]
    title: String,
    #[serde(default)]
    lead: String,
    text: String,
    #[serde(default)]
    captions: String,
}

impl Text {
    pub(super) fn reading(&self) -> Reading<'_> {
        Reading { title: &self.title, lead: &self.lead, body: &self.text, captions: &self.captions }
    }
}

#[derive(Serialize)]
struct Judged<'a> {
    id: &'a serde_json::Value,
    judgement: JudgementKind,
    score: f64,
    rule: &'static str,
    marks: &'a [Mark],
    reasons: &'a [Reason],
}

/// A line longer than this is no article.
const LINE_BYTES_MAX: u64 = 16 * 1024 * 1024;

pub(super) fn judge_lines(places: &Places, file: &Path) -> anyhow::Result<End> {
    let config = config_or_shipped(&places.config)?;
    let input: Box<dyn Read> = if file == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(file).with_context(|| format!("open {}", file.display()))?)
    };
    let mut input = BufReader::new(input);
    let mut output = io::BufWriter::new(io::stdout().lock());
    let mut end = End::Done;
    for number in 1u64.. {
        let mut line = Vec::new();
        let read = input.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut line).with_context(|| format!("read line {number}"))?;
        if read == 0 {
            break;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice::<Text>(&line) {
            Ok(text) => {
                let judgement = judge(&config.terms, &text.reading());
                let judged = Judged {
                    id: &text.id,
                    judgement: judgement.kind,
                    score: judgement.score,
                    rule: judgement.rule.as_str(),
                    marks: &judgement.marks,
                    reasons: &judgement.reasons,
                };
                serde_json::to_writer(&mut output, &judged).context("write a judgement")?;
                output.write_all(b"\n").context("write a judgement")?;
            }
            Err(wrong) => {
                eprintln!("diembao: line {number}: not judged: {wrong}");
                end = End::Failed;
            }
        }
    }
    output.flush().context("write the judgements")?;
    Ok(end)
}

/// A document given to `extract`, by file or address.
struct Given {
    bytes: Vec<u8>,
    content_type: Option<String>,
    url: Url,
}

/// Why a document could not be read, as `extract --json` shows it.
#[derive(Debug, Serialize)]
struct NotReadOutput {
    #[serde(rename = "as")]
    kind: DocumentKind,
    outcome: &'static str,
    detail: String,
}

pub(super) async fn extract(places: &Places, clock: Clock, args: ExtractArgs) -> anyhow::Result<End> {
    let config = config_or_shipped(&places.config)?;
    let outlet = match &args.outlet {
        Some(id) => {
            Some(config.register.get(id.as_str()).cloned().ok_or_else(|| WrongUse(format!("there is no outlet `{id}` in the register")))?)
        }
        None => None,
    };
    let zone = config.site.zone;
    let given = match load(&config, &clock, &args).await? {
        Ok(given) => given,
        Err((outcome, detail)) => return not_read(args.kind.unwrap_or(DocumentKind::Page), outcome.as_str(), detail, args.json),
    };
    let kind = args.kind.unwrap_or_else(|| looks_like(&given.bytes));
    let json = args.json;
    let work = move || {
        let source = outlet.as_ref().and_then(|it| it.sources.iter().find(|source| source.url == given.url));
        let scope = Scope { zone, base: &given.url, outlet: outlet.as_ref(), source };
        let content_type = given.content_type.as_deref();
        Ok(match kind {
            DocumentKind::Page => {
                Output::Page(Box::new(PageOutput::of(page(&given.bytes, content_type, &scope)?, &given.url, outlet.as_ref(), zone)))
            }
            DocumentKind::Feed => Output::Listed(feed(&given.bytes, content_type, &scope)?),
            DocumentKind::Sitemap => Output::Listed(sitemap(&given.bytes, content_type, &scope)?),
            DocumentKind::Listing => Output::Listed(listing(&given.bytes, content_type, &scope)?),
        })
    };
    match tokio::task::spawn_blocking(work).await.context("read the document")? {
        Ok(Output::Page(page)) if json => print_json(&page)?,
        Ok(Output::Page(page)) => page.print(),
        Ok(Output::Listed(listed)) => ListedOutput::of(kind, listed, zone).print(json)?,
        Err(wrong) => return not_read(kind, outcome_of(&wrong), wrong.to_string(), json),
    }
    Ok(End::Done)
}

enum Output {
    Page(Box<PageOutput>),
    Listed(Listed),
}

fn not_read(kind: DocumentKind, outcome: &'static str, detail: String, json: bool) -> anyhow::Result<End> {
    if json {
        print_json(&NotReadOutput { kind, outcome, detail })?;
    } else {
        eprintln!("diembao: {outcome}: {detail}");
    }
    Ok(End::Failed)
}

fn outcome_of(not_read: &NotRead) -> &'static str {
    match not_read {
        NotRead::NotADocument(_) | NotRead::OtherMedium(_) => "not_a_document",
        NotRead::TooComplex(_) => "too_complex",
        NotRead::TooLarge { .. } => "too_large",
        NotRead::Empty => "empty",
    }
}

async fn load(config: &Config, clock: &Clock, args: &ExtractArgs) -> anyhow::Result<Result<Given, (Outcome, String)>> {
    if args.document.starts_with("http://") || args.document.starts_with("https://") {
        let url: Url = args.document.parse().map_err(|wrong| WrongUse(format!("{}: {wrong}", args.document)))?;
        let fetcher = Fetcher::new(fetch_settings(&config.site, &config.register))?;
        let answer = fetcher.get(&url, &Validators::default(), clock.now()).await;
        return Ok(match answer.end {
            fetch::End::Body(body) => {
                Ok(Given { bytes: body.bytes, content_type: body.content_type, url: args.url.clone().unwrap_or(answer.url) })
            }
            fetch::End::Failed(failure) => Err((failure.outcome, failure.detail)),
            fetch::End::NotModified => Err((Outcome::NotADocument, "304 without having been asked".to_owned())),
        });
    }
    let max = config.site.crawl.body_bytes_max;
    let mut bytes = Vec::new();
    let file = File::open(&args.document).with_context(|| format!("open {}", args.document))?;
    file.take(max as u64 + 1).read_to_end(&mut bytes).with_context(|| format!("read {}", args.document))?;
    if bytes.len() > max {
        return Ok(Err((Outcome::TooLarge, format!("more than {max} bytes"))));
    }
    let url = match &args.url {
        Some(url) => url.clone(),
        None => Url::parse("https://example.vn/").context("name the document")?,
    };
    Ok(Ok(Given { bytes, content_type: None, url }))
}

/// What a document looks like from its first elements.
fn looks_like(bytes: &[u8]) -> DocumentKind {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_lowercase();
    let has = |marks: &[&str]| marks.iter().any(|it| head.contains(it));
    match () {
        () if has(&["<urlset", "<sitemapindex"]) || bytes.starts_with(&[0x1f, 0x8b]) => DocumentKind::Sitemap,
        () if has(&["<rss", "<feed", "<rdf:rdf", "jsonfeed.org/version"]) => DocumentKind::Feed,
        () => DocumentKind::Page,
    }
}

/// The contract's form of a page.
#[derive(Serialize)]
struct PageOutput {
    title: String,
    lead: String,
    text: String,
    author: Option<String>,
    published: Option<DateTime<FixedOffset>>,
    published_from: Option<DateSource>,
    date_evidence: Vec<ShownDate>,
    key: String,
    language: Option<String>,
    /// Whether letters were lost before the page was written, so that nothing can be searched or judged in it.
    letters_lost: bool,
    /// Captions of pictures, one a line.
    captions: String,
}

#[derive(Serialize)]
struct ShownDate {
    from: DateSource,
    raw: String,
    instant: Option<DateTime<FixedOffset>>,
    accepted: bool,
    why: Option<DateDoubt>,
    /// The other instant that the text may mean, where the order of day and month is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    other: Option<DateTime<FixedOffset>>,
}

impl PageOutput {
    fn of(page: Page, url: &Url, outlet: Option<&Outlet>, zone: Tz) -> Self {
        let decision = decide_date(page.dates, None, zone);
        let foreign = decision.published.filter(|_| outlet.is_none());
        let offset = foreign.map(|it| shown_offset(&decision.evidence, it, page.language.as_deref(), url, zone));
        let local = |it: DateTime<Utc>| offset.map_or_else(|| it.with_timezone(&zone).fixed_offset(), |offset| it.with_timezone(&offset));
        let evidence = decision.evidence.into_iter();
        Self {
            title: page.title,
            lead: page.lead,
            text: page.text,
            author: page.author,
            published: decision.published.map(local),
            published_from: decision.from,
            date_evidence: evidence
                .map(|it| ShownDate {
                    from: it.from,
                    raw: it.raw,
                    instant: it.instant.map(local),
                    accepted: it.accepted,
                    why: it.why,
                    other: it.other.map(local),
                })
                .collect(),
            key: outlet.map_or_else(|| canonical(url), |outlet| article_key(outlet, url).as_str().to_owned()),
            language: page.language,
            letters_lost: page.letters_lost,
            captions: page.captions,
        }
    }

    fn print(&self) {
        let published = self.published.map_or_else(|| "no date".to_owned(), |it| it.to_rfc3339());
        println!("title      {}\npublished  {published}\nauthor     {}", self.title, self.author.as_deref().unwrap_or("-"));
        println!("language   {}\nkey        {}\nlead       {}\n", self.language.as_deref().unwrap_or("-"), self.key, self.lead);
        if self.letters_lost {
            println!("letters    lost: văn bản lỗi ký tự\n");
        }
        for it in &self.date_evidence {
            let fate = it.why.map_or_else(|| "accepted".to_owned(), |why| format!("{why:?}"));
            println!("date       {} {:?} {fate}", it.from.as_str(), it.raw);
        }
        println!("\n{}", self.text);
    }
}

/// The contract's form of a feed, sitemap or listing.
#[derive(Serialize)]
struct ListedOutput {
    #[serde(rename = "as")]
    kind: DocumentKind,
    entries: Vec<ShownEntry>,
    rejected: BTreeMap<Rejection, u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    children: Vec<Url>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Url>,
}

#[derive(Serialize)]
struct ShownEntry {
    url: Url,
    title: String,
    summary: String,
    published: Option<DateTime<FixedOffset>>,
    published_raw: Option<String>,
}

impl ListedOutput {
    fn of(kind: DocumentKind, listed: Listed, zone: Tz) -> Self {
        let shown = listed.entries.into_iter().map(|it| ShownEntry {
            url: it.url,
            title: it.title,
            summary: it.summary,
            published: it.published.map(|it| it.with_timezone(&zone).fixed_offset()),
            published_raw: it.published_raw,
        });
        Self {
            kind,
            entries: shown.collect(),
            rejected: listed.rejected,
            children: listed.children.into_iter().map(|it| it.url).collect(),
            next: listed.next,
        }
    }

    fn print(&self, json: bool) -> anyhow::Result<()> {
        if json {
            return print_json(self);
        }
        for it in &self.entries {
            let published = it.published.map_or_else(|| it.published_raw.clone().unwrap_or_default(), |it| it.to_rfc3339());
            println!("{published:26} {}\n{:26} {}", it.title, "", it.url);
        }
        for child in &self.children {
            println!("{:26} {child}", "sitemap");
        }
        let rejected: Vec<_> = self.rejected.iter().map(|(why, count)| format!("{count} {why:?}")).collect();
        println!(
            "{} entries; turned away: {}",
            self.entries.len(),
            if rejected.is_empty() { "none".to_owned() } else { rejected.join(", ") }
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_without_a_name_is_read_as_what_it_looks_like() {
        for (text, kind) in [
            ("<?xml version=\"1.0\"?><rss version=\"2.0\">", DocumentKind::Feed),
            ("<?xml version=\"1.0\"?>\n<urlset>", DocumentKind::Sitemap),
            ("{\"version\": \"https://jsonfeed.org/version/1.1\"}", DocumentKind::Feed),
            ("<!doctype html><html>", DocumentKind::Page),
            ("", DocumentKind::Page),
        ] {
            assert_eq!(looks_like(text.as_bytes()), kind, "{text}");
        }
    }
}
