//! Reading the pages of articles that sources listed.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
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
        facet::{FacetTexts, Facets},
        link::article_key,
        month::Month,
        outlet::{Medium, Outlet},
        privacy::{Privacy, Texts, privacy},
        reading::{
            Body, Declared, Doubt, FOREIGN_HOST, Habit, Marks, NO_TEXT, OTHER_MEDIUM, PAYWALL, TitleFacts, TitleMatch, doubt_marks,
            match_title, medium_of,
        },
        relevance::{Judgement, JudgementKind, Reading, judge, judge_unread},
        visit::{Outcome, next_try},
    },
    extract::{NotRead, Scope, page::page as read_page, page_dates::stated},
    fetch::{self, Answer, End, Validators},
    store::{
        article::{FailedReading, ReadingRecord, ToRead},
        capture::NewCapture,
        reading::Misread,
    },
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
/// A page that answers "gone" this often over this long is gone for good; one that shows the same doubt is so by nature.
const GONE_TRIES: u32 = 3;
const GONE_AFTER: TimeDelta = TimeDelta::hours(72);
/// Below this many letters a page is as likely a log-in form, a notice or an error page.
const STUB_LETTERS: usize = 250;
/// A page without text is tried this often: a video or a picture story has none by nature.
const NO_TEXT_TRIES: u32 = 3;

/// Reads the pages of an outlet's articles that wait for it; with `due_only`, those whose next try has come.
///
/// # Errors
/// Where the store fails; what pages do is recorded with the article.
pub async fn read_articles(line: &Line, outlet: &Outlet, due_only: bool, on_page: &(dyn Fn() + Sync)) -> Result<ReadCount, JobError> {
    let mut count = ReadCount::default();
    let began = line.clock.now();
    let mut tried = HashSet::new();
    while count.read + count.failed < PAGES_A_PASS {
        let at = due_only.then_some(began);
        let batch = line.store.to_read(&outlet.id, at, BATCH + u32::try_from(tried.len()).unwrap_or(u32::MAX - BATCH)).await?;
        let batch: Vec<_> = batch.into_iter().filter(|it| tried.insert(it.id)).collect();
        if batch.is_empty() {
            break;
        }
        let mut habit = line.store.habit(&outlet.id).await?;
        for article in batch {
            if read_one(line, outlet, &article, &mut habit).await? {
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
pub(super) struct NotReadHere {
    pub why: &'static str,
    pub detail: String,
    pub gone: bool,
    no_text: bool,
    retry_after: Option<TimeDelta>,
    /// A page came that speaks of the article and holds too little: where it stays so, and later pages are read, it is so
    /// by nature.
    short: bool,
}

/// A page that came, and what is thought of it.
pub(super) struct Loaded {
    pub page: Page,
    /// Of the page alone.
    pub judgement: Judgement,
    pub title: TitleMatch,
    body: Body,
    declared: Declared,
    url: Url,
}

/// A page that was fetched and is believed to be the article; nothing of it is kept yet but what the archive holds.
pub(super) struct Believed {
    pub page: Page,
    pub judgement: Judgement,
    captures: Vec<NewCapture>,
}

/// Fetches a page that no source listed, by its address alone.
///
/// # Errors
/// Where the store or the archive fails; what the page does is an answer.
pub(super) async fn read_unlisted(line: &Line, outlet: &Outlet, url: &Url) -> Result<Result<Believed, NotReadHere>, JobError> {
    let now = line.clock.now();
    let article = ToRead {
        id: 0,
        outlet: outlet.id.to_string(),
        url: url.to_string(),
        title: String::new(),
        summary: String::new(),
        first_seen: now,
        unread_why: None,
        attempts: 0,
        first_failed: None,
    };
    let mut captures = Captures::of(line);
    let end = match load(line, outlet, &article, &mut captures).await? {
        Ok(loaded) => believe(line, outlet, &article, loaded, &mut line.store.habit(&outlet.id).await?, now).await?,
        Err(failure) => Err(failure),
    };
    let captures = captures.settle().await?;
    Ok(end.map(|(page, judgement)| Believed { page, judgement, captures }))
}

/// Keeps what was read with its article.
///
/// # Errors
/// Where the store fails.
pub(super) async fn keep(line: &Line, outlet: &Outlet, id: i64, url: &str, believed: Believed) -> Result<(), JobError> {
    let now = line.clock.now();
    let Believed { mut page, judgement, captures } = believed;
    doubt_today(&mut page.dates, now, line.zone);
    let published = decide_date(page.dates.clone(), Some(now), line.zone).published;
    let owner = Url::parse(url).ok().map_or(outlet, |url| owner(line, outlet, &url, published));
    let (facets, privacy) = sides(line, url, &page, published);
    let reading = ReadingRecord {
        outlet: &owner.id,
        page: &page,
        judgement: &judgement,
        facets: &facets,
        privacy: &privacy,
        terms: line.terms.version(),
        zone: line.zone,
        captures: &captures,
    };
    Ok(line.store.record_reading(id, &reading).await?)
}

/// Reads one article's page; says whether it could be.
pub(super) async fn read_one(line: &Line, outlet: &Outlet, article: &ToRead, habit: &mut Habit) -> Result<bool, JobError> {
    let now = line.clock.now();
    let mut captures = Captures::of(line);
    let end = match load(line, outlet, article, &mut captures).await? {
        Ok(loaded) => believe(line, outlet, article, loaded, habit, now).await?,
        Err(failure) => Err(failure),
    };
    let captures = captures.settle().await?;
    match end {
        Ok((page, judgement)) => {
            keep(line, outlet, article.id, &article.url, Believed { page, judgement, captures }).await?;
            Ok(true)
        }
        Err(failure) => {
            // Failures of another kind do not make a page that is gone once gone for good.
            let again = article.unread_why.as_deref() == Some(failure.why);
            let tries = if again { article.attempts.saturating_add(1) } else { 1 };
            let long_enough = again && article.first_failed.is_some_and(|it| now - it >= GONE_AFTER);
            let by_nature = (failure.no_text && is_textless(outlet, article, habit, failure.why))
                || (failure.short && habit.is_short_by_nature(article.first_seen));
            let given_up =
                long_enough && ((failure.gone && tries >= GONE_TRIES && !habit.is_mostly_gone()) || (by_nature && tries >= NO_TEXT_TRIES));
            tracing::info!(outlet = %outlet.id, article = article.url, why = failure.why, detail = failure.detail, tries, given_up, "unread");
            let next_try = next_try(now, tries, failure.retry_after);
            let record = FailedReading { why: failure.why, at: now, next_try, given_up, captures: &captures };
            line.store.record_failed_reading(article.id, &record).await?;
            Ok(false)
        }
    }
}

/// The facets of a page, and what in it may identify a person.
pub(super) fn sides(line: &Line, url: &str, page: &Page, published: Option<DateTime<Utc>>) -> (Facets, Privacy) {
    let at = published.unwrap_or_else(|| line.clock.now());
    let texts = Texts { title: &page.title, lead: &page.lead, body: &page.text, captions: &page.captions, published: at, zone: line.zone };
    let month = published.map(|it| Month::of(it, line.zone));
    let of = FacetTexts { url, title: &page.title, lead: &page.lead, body: &page.text, author: page.author.as_deref(), month };
    (line.facets.facets(&of), privacy(&texts))
}

/// Whether a page that stays without text has none by nature, and not by a redesign. An outlet that is declared blind in
/// some medium may have none but such pages; of declared media an officer confirms each month anyway, but films are told from a page that
/// lost its text only where other pages are read.
fn is_textless(outlet: &Outlet, article: &ToRead, habit: &Habit, why: &str) -> bool {
    let declared = medium_of(why).filter(|it| outlet.blind.contains(it));
    let by_medium = match declared {
        Some(Medium::Video) => habit.are_later_pages_read(article.first_seen),
        Some(_) => true,
        None => false,
    };
    by_medium || (!outlet.blind.is_empty() && habit.is_unread()) || outlet.page.short || habit.is_textless_by_nature(article.first_seen)
}

/// Decides whether a page that came was the article. One that holds a term is; any other must show that it was read.
async fn believe(
    line: &Line,
    outlet: &Outlet,
    article: &ToRead,
    mut loaded: Loaded,
    habit: &mut Habit,
    now: DateTime<Utc>,
) -> Result<Result<(Page, Judgement), NotReadHere>, JobError> {
    let given = match (loaded.title, article.title.is_empty()) {
        (TitleMatch::Missing, _) | (_, true) => line.store.listed_titles(article.id).await?,
        _ => Vec::new(),
    };
    if loaded.title == TitleMatch::Missing || !given.is_empty() {
        // Another source may list it under the title that the page bears.
        loaded.title = given.iter().map(|it| loaded.match_title(it)).find(|it| *it != TitleMatch::Missing).unwrap_or(TitleMatch::Missing);
    }
    if loaded.title == TitleMatch::Missing {
        return Ok(Err(NotReadHere::doubted(Doubt::TitleMissing)));
    }
    if loaded.title == TitleMatch::Edited {
        tracing::info!(outlet = %outlet.id, article = article.url, listed = article.title, now = loaded.page.title, "the title was edited");
    }
    let body = loaded.body;
    if article.title.is_empty() && body.letters < STUB_LETTERS {
        let detail = "listed without a title, and the page is too short to be known for an article".to_owned();
        return Ok(Err(NotReadHere::named("too_short", detail)));
    }
    let doubt = if loaded.judgement.kind == JudgementKind::Unrelated { habit.doubt(&body) } else { None };
    match doubt {
        Some(Doubt::TooShortForOutlet) if outlet.page.short => {}
        Some(doubt) => {
            if doubt == Doubt::SameTextAsOthers {
                let taken_back = line.store.take_back(&outlet.id, Misread::SameText(body.hash), now, next_try(now, 1, None)).await?;
                tracing::warn!(outlet = %outlet.id, article = article.url, taken_back, "several articles hold the very same text");
            }
            return Ok(Err(NotReadHere { short: true, ..NotReadHere::doubted(doubt) }));
        }
        None => {}
    }
    let marks = Marks {
        breaks_off: loaded.page.breaks_off,
        letters_lost: loaded.page.letters_lost,
        listed_with_title: !article.title.is_empty() || !given.is_empty(),
        dated: loaded.page.dates.iter().any(|it| it.instant.is_some() && it.why.is_none() && !it.from.is_bound()),
        own_body: loaded.page.own_body,
        declared: loaded.declared,
    };
    let doubt = doubt_marks(&marks).filter(|_| loaded.judgement.kind == JudgementKind::Unrelated);
    let borne = |it: &Doubt| *it == Doubt::BrokenOff && habit.never_closes() && persists(*it, article, now);
    if let Some(doubt) = doubt.filter(|it| !borne(it)) {
        return Ok(Err(NotReadHere::doubted(doubt)));
    }
    if loaded.page.paywalled && loaded.judgement.kind == JudgementKind::Unrelated {
        let detail = "the page says that it is not free to read: what it shows is not the whole article".to_owned();
        return Ok(Err(NotReadHere { no_text: true, ..NotReadHere::named(PAYWALL, detail) }));
    }
    habit.learn(body.letters, Some(body.hash));
    if habit.first_to_close(loaded.page.breaks_off) {
        line.store.take_back(&outlet.id, Misread::BrokenOff, now, next_try(now, 1, None)).await?;
    }
    let listed = judge_unread(&line.terms, &article.title, &article.summary);
    // The source spoke of the subject and the page does not: a stub, a wall or another text. An officer must look.
    let waits = loaded.judgement.kind == JudgementKind::Unrelated && listed.kind == JudgementKind::Candidate;
    Ok(Ok((loaded.page, if waits { listed } else { loaded.judgement })))
}

/// Whether a page has shown the same doubt at every try for so long that it may be so by nature.
fn persists(doubt: Doubt, article: &ToRead, now: DateTime<Utc>) -> bool {
    let again = article.unread_why.as_deref() == Some(doubt.as_str());
    again && article.attempts.saturating_add(1) >= GONE_TRIES && article.first_failed.is_some_and(|it| now - it >= GONE_AFTER)
}

impl Loaded {
    fn match_title(&self, listed: &str) -> TitleMatch {
        let own: Vec<&str> = std::iter::once(&self.page.title).chain(&self.page.titles).map(String::as_str).collect();
        match_title(&TitleFacts { listed, own: &own, text: &self.page.text, url: &self.url, declared: self.declared })
    }
}

/// Fetches the page of an article and reads it; what was answered goes into the captures first.
///
/// # Errors
/// Where the captures cannot be kept.
pub(super) async fn load(
    line: &Line,
    outlet: &Outlet,
    article: &ToRead,
    captures: &mut Captures<'_>,
) -> Result<Result<Loaded, NotReadHere>, JobError> {
    Ok(match Url::parse(&article.url) {
        Ok(url) => {
            let answer = captures.get(&url, &Validators::default()).await?;
            read_answer(line, outlet, article, &url, answer, captures).await?
        }
        Err(wrong) => Err(NotReadHere::named("bad_address", wrong.to_string())),
    })
}

async fn read_answer(
    line: &Line,
    outlet: &Outlet,
    article: &ToRead,
    url: &Url,
    answer: Answer,
    captures: &mut Captures<'_>,
) -> Result<Result<Loaded, NotReadHere>, JobError> {
    let body = match answer.end {
        End::Body(body) => body,
        End::NotModified => return Ok(Err(NotReadHere::named("not_a_document", "304 without having been asked".to_owned()))),
        End::Failed(failure) => {
            let gone = failure.outcome == Outcome::Gone;
            let named = NotReadHere::named(failure.outcome.as_str(), failure.detail);
            return Ok(Err(NotReadHere { gone, retry_after: failure.retry_after, ..named }));
        }
    };
    if !outlet.owns(&answer.url) && outlet.owns(url) {
        return Ok(Err(NotReadHere::named(FOREIGN_HOST, format!("redirects to {}", answer.url))));
    }
    let read = match read_body(line, outlet, article, url, answer.url, body).await {
        Err(fault) => return Ok(Err(NotReadHere::named("not_a_document", fault))),
        Ok(Err(not_read)) => {
            let no_text = matches!(not_read, NotRead::Empty | NotRead::OtherMedium(_));
            return Ok(Err(NotReadHere { no_text, ..NotReadHere::named(word_of(&not_read), not_read.to_string()) }));
        }
        Ok(Ok(loaded)) => loaded,
    };
    if !is_titled(&read.page, &article.title)
        && let Some(stand) = stand(line, outlet, url, &read.page, &article.title, captures).await?
    {
        let gone = stand == Stand::Missing;
        let why = if gone { Outcome::Gone.as_str() } else { "no_page_of_its_own" };
        return Ok(Err(NotReadHere { gone, ..NotReadHere::named(why, stand.detail().to_owned()) }));
    }
    if read.page.text.trim().is_empty() {
        return Ok(Err(NotReadHere { no_text: true, ..NotReadHere::named(NO_TEXT, "the page holds no text".to_owned()) }));
    }
    Ok(Ok(read))
}

/// Reads and judges a body as the page of an article, on a thread of its own.
async fn read_body(
    line: &Line,
    outlet: &Outlet,
    article: &ToRead,
    asked: &Url,
    base: Url,
    body: fetch::Body,
) -> Result<Result<Loaded, NotRead>, String> {
    let (outlet, terms, zone) = (outlet.clone(), line.terms.clone(), line.zone);
    let (listed, asked) = (article.title.clone(), asked.clone());
    let work = move || {
        let scope = Scope { zone, base: &base, outlet: Some(&outlet), source: None };
        let mut page = read_page(&body.bytes, body.content_type.as_deref(), &scope)?;
        page.dates.extend(body.validators.last_modified.as_deref().map(|it| stated(DateSource::LastModified, it, zone)));
        let judgement = judge(&terms, &Reading { title: &page.title, lead: &page.lead, body: &page.text, captions: &page.captions });
        let declared = match &page.canonical {
            None => Declared::Nothing,
            Some(it) if article_key(&outlet, it) == article_key(&outlet, &asked) => Declared::Itself,
            Some(_) => Declared::Another,
        };
        let body = Body::of(&page.title, &page.text);
        let mut loaded = Loaded { page, judgement, title: TitleMatch::Held, body, declared, url: base };
        loaded.title = loaded.match_title(&listed);
        Ok::<_, NotRead>(loaded)
    };
    off_thread(work).await
}

/// Whether the page's own title has at least half of the words under which it was listed: then it is the article and no
/// page that a host gives for whatever is not there.
fn is_titled(page: &Page, listed: &str) -> bool {
    let own: HashSet<String> = text::syllables(&page.title).map(|(.., it)| text::fold(it)).collect();
    let wanted: Vec<String> = text::syllables(listed).map(|(.., it)| text::fold(it)).collect();
    !wanted.is_empty() && wanted.iter().filter(|it| own.contains(*it)).count() * 2 >= wanted.len()
}

fn word_of(not_read: &NotRead) -> &'static str {
    match not_read {
        NotRead::NotADocument(_) => "not_a_document",
        NotRead::OtherMedium(_) => OTHER_MEDIUM,
        NotRead::TooComplex(_) => "too_complex",
        NotRead::TooLarge { .. } => "too_large",
        NotRead::Empty => NO_TEXT,
    }
}

impl NotReadHere {
    fn named(why: &'static str, detail: String) -> Self {
        Self { why, detail, gone: false, no_text: false, retry_after: None, short: false }
    }

    fn doubted(doubt: Doubt) -> Self {
        Self::named(doubt.as_str(), doubt.detail().to_owned())
    }
}
