//! Reading the pages of articles that sources listed.

use chrono::TimeDelta;
use url::Url;

use super::{
    JobError, Line,
    capture::Captures,
    missing::{Stand, stand},
    off_thread,
    visit::owner,
};
use crate::{
    domain::{
        article::Page,
        date::{DateSource, decide_date, doubt_today},
        outlet::Outlet,
        relevance::{Judgement, JudgementKind, Reading, judge, judge_unread},
        visit::{Outcome, next_try},
    },
    extract::{NotRead, Scope, page::page as read_page, page_dates::stated},
    fetch::{Answer, End, Validators},
    store::article::{FailedReading, ReadingRecord, ToRead},
    text,
};

/// How many pages were read and how many could not be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct ReadCount {
    pub read: u64,
    pub failed: u64,
}

/// Articles taken up at a time; those left over come with the next pass.
const BATCH: u32 = 200;
/// Pages read of one outlet in one pass: at a second each it is some hours.
const PAGES_A_PASS: u64 = 20_000;
/// A page that answers "gone" this often over this long is gone for good.
const GONE_TRIES: u32 = 3;
const GONE_AFTER: TimeDelta = TimeDelta::hours(72);
/// Below this many letters a page is as likely a log-in form, a notice or an error page.
const STUB_LETTERS: usize = 250;
/// A page without text is tried this often: a video or a picture story has none by nature.
const NO_TEXT_TRIES: u32 = 3;

/// Reads the pages of an outlet's articles that wait for it; with `due_only`, those whose next try has come.
///
/// # Errors
/// Where the store or the archive fails; what pages do is recorded with the article.
pub async fn read_articles(line: &Line, outlet: &Outlet, due_only: bool, on_page: &(dyn Fn() + Sync)) -> Result<ReadCount, JobError> {
    let mut count = ReadCount::default();
    let began = line.clock.now();
    let mut tried = std::collections::HashSet::new();
    while count.read + count.failed < PAGES_A_PASS {
        let at = due_only.then_some(began);
        let batch = line.store.to_read(&outlet.id, at, BATCH + u32::try_from(tried.len()).unwrap_or(u32::MAX - BATCH)).await?;
        let batch: Vec<_> = batch.into_iter().filter(|it| tried.insert(it.id)).collect();
        if batch.is_empty() {
            break;
        }
        for article in batch {
            if read_one(line, outlet, &article).await? {
                count.read += 1;
            } else {
                count.failed += 1;
            }
            on_page();
        }
    }
    Ok(count)
}

/// Why a page was not read, in one word, and what that word means here.
struct NotReadHere {
    why: &'static str,
    detail: String,
    gone: bool,
    no_text: bool,
    retry_after: Option<TimeDelta>,
}

/// Reads one article's page; says whether it could be.
async fn read_one(line: &Line, outlet: &Outlet, article: &ToRead) -> Result<bool, JobError> {
    let now = line.clock.now();
    let mut captures = Captures::of(line);
    let read = match Url::parse(&article.url) {
        Ok(url) => {
            let answer = captures.get(&url, &Validators::default()).await?;
            read_answer(line, outlet, article, &url, answer).await
        }
        Err(wrong) => Err(NotReadHere::named("bad_address", wrong.to_string())),
    };
    let captures = captures.settle().await?;
    match read {
        Ok((mut page, judgement)) => {
            doubt_today(&mut page.dates, now, line.zone);
            let published = decide_date(page.dates.clone(), Some(now), line.zone).published;
            let owner = Url::parse(&article.url).ok().map_or(outlet, |url| owner(line, outlet, &url, published));
            let reading = ReadingRecord {
                outlet: &owner.id,
                page: &page,
                judgement: &judgement,
                terms: line.terms.version(),
                zone: line.zone,
                captures: &captures,
            };
            line.store.record_reading(article.id, &reading).await?;
            Ok(true)
        }
        Err(failure) => {
            let tries = article.attempts.saturating_add(1);
            // Failures of another kind do not make a page that is gone once gone for good.
            let alike = article.unread_why.as_deref() == Some(failure.why);
            let long_enough = alike && article.first_failed.is_some_and(|it| now - it >= GONE_AFTER);
            let given_up = long_enough && ((failure.gone && tries >= GONE_TRIES) || (failure.no_text && tries >= NO_TEXT_TRIES));
            tracing::info!(outlet = %outlet.id, article = article.url, why = failure.why, detail = failure.detail, tries, given_up, "unread");
            let next_try = next_try(now, tries, failure.retry_after);
            let record = FailedReading { why: failure.why, at: now, next_try, given_up, captures: &captures };
            line.store.record_failed_reading(article.id, &record).await?;
            Ok(false)
        }
    }
}

async fn read_answer(line: &Line, outlet: &Outlet, article: &ToRead, url: &Url, answer: Answer) -> Result<(Page, Judgement), NotReadHere> {
    let body = match answer.end {
        End::Body(body) => body,
        End::NotModified => return Err(NotReadHere::named("not_a_document", "304 without having been asked".to_owned())),
        End::Failed(failure) => {
            let gone = failure.outcome == Outcome::Gone;
            let named = NotReadHere::named(failure.outcome.as_str(), failure.detail);
            return Err(NotReadHere { gone, retry_after: failure.retry_after, ..named });
        }
    };
    if !outlet.owns(&answer.url) && outlet.owns(url) {
        return Err(NotReadHere::named("foreign_host", format!("redirects to {}", answer.url)));
    }
    let owner = outlet;
    let (outlet, terms, zone, base) = (outlet.clone(), line.terms.clone(), line.zone, answer.url);
    let (listed_title, listed_summary) = (article.title.clone(), article.summary.clone());
    let work = move || {
        let scope = Scope { zone, base: &base, outlet: Some(&outlet), source: None };
        let mut page = read_page(&body.bytes, body.content_type.as_deref(), &scope)?;
        page.dates.extend(body.validators.last_modified.as_deref().map(|it| stated(DateSource::LastModified, it, zone)));
        let whole = holds_title(&page, &listed_title);
        let read = judge(&terms, &Reading { title: &page.title, lead: &page.lead, body: &page.text });
        let listed = judge_unread(&terms, &listed_title, &listed_summary);
        // The source spoke of the subject and the page does not: a stub, a wall or another text. An officer must look.
        let judgement = if read.kind == JudgementKind::Unrelated && listed.kind == JudgementKind::Candidate { listed } else { read };
        Ok::<_, NotRead>((page, judgement, whole))
    };
    let read = off_thread(work).await;
    if let Ok(Ok((page, ..))) = &read
        && !titled(page, &article.title)
        && let Some(stand) = stand(line, owner, url, page, &article.title, line.clock.now()).await
    {
        let gone = stand == Stand::Missing;
        let why = if gone { Outcome::Gone.as_str() } else { "no_page_of_its_own" };
        return Err(NotReadHere { gone, ..NotReadHere::named(why, stand.detail().to_owned()) });
    }
    match read {
        Err(fault) => Err(NotReadHere::named("not_a_document", fault)),
        Ok(Err(not_read)) => {
            Err(NotReadHere { no_text: matches!(not_read, NotRead::Empty), ..NotReadHere::named(word_of(&not_read), not_read.to_string()) })
        }
        Ok(Ok((page, ..))) if page.text.trim().is_empty() => {
            Err(NotReadHere { no_text: true, ..NotReadHere::named("no_text", "the page holds no text".to_owned()) })
        }
        Ok(Ok((page, ..))) if article.title.is_empty() && page.text.chars().count() < STUB_LETTERS => {
            Err(NotReadHere::named("too_short", "listed without a title, and the page is too short to be known for an article".to_owned()))
        }
        Ok(Ok((.., false))) => {
            Err(NotReadHere::named("title_missing", "the page lacks the words of the title under which it was listed".to_owned()))
        }
        Ok(Ok((page, judgement, true))) => Ok((page, judgement)),
    }
}

fn word_of(not_read: &NotRead) -> &'static str {
    match not_read {
        NotRead::NotADocument(_) => "not_a_document",
        NotRead::TooComplex(_) => "too_complex",
        NotRead::TooLarge { .. } => "too_large",
        NotRead::Empty => "no_text",
    }
}

impl NotReadHere {
    fn named(why: &'static str, detail: String) -> Self {
        Self { why, detail, gone: false, no_text: false, retry_after: None }
    }
}

/// Whether a page speaks of what it was listed under: at least half of the title's syllables stand in it. A redesign
/// or a wall must not turn articles into pages without a term.
fn holds_title(page: &Page, listed_title: &str) -> bool {
    holds(&[&page.title, &page.lead, &page.text], listed_title)
}

/// Whether a page bears the title under which it was listed. One that does not may be what its host gives for whatever is
/// not there, however much its text holds; so may one that was listed without a title.
fn titled(page: &Page, listed_title: &str) -> bool {
    !listed_title.is_empty() && holds(&[&page.title], listed_title)
}

fn holds(texts: &[&String], listed_title: &str) -> bool {
    let wanted: Vec<String> = text::syllables(listed_title).map(|(.., it)| text::fold(it)).collect();
    let found: std::collections::HashSet<String> = texts.iter().flat_map(|it| text::syllables(it)).map(|(.., it)| text::fold(it)).collect();
    let held = wanted.iter().filter(|it| found.contains(*it)).count();
    held * 2 >= wanted.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_without_the_words_of_its_title_was_not_read() {
        let page = |title: &str, text: &str| Page { title: title.to_owned(), text: text.to_owned(), ..Page::default() };
        let listed = "Khánh thành cầu mới qua sông Bồ";
        for (name, page, held) in [
            ("the same title", page("Khánh thành cầu mới qua sông Bồ", "…"), true),
            ("another title over the same story", page("Cầu mới", "Sáng nay, huyện khánh thành cây cầu bắc qua sông Bồ."), true),
            ("a log-in page", page("Đăng nhập", "Xin mời nhập tên và mật khẩu."), false),
        ] {
            assert_eq!(holds_title(&page, listed), held, "{name}");
        }
        assert!(holds_title(&page("Bất kỳ", "…"), ""), "a sitemap lists no titles");
    }
}
