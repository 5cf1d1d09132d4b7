//! Every date on an article's page, with where it stands and what it says.

use chrono::{DateTime, FixedOffset, NaiveDate, Offset, TimeDelta, Utc};
use chrono_tz::Tz;
use url::Url;

use crate::{
    domain::{
        date::{DateDoubt, DateEvidence, DateReading, DateSource, Precision, ZoneLabel},
        month::midnight,
    },
    extract::{
        aside::words_beside_date,
        linked_data::LinkedData,
        marks::Marks,
        outline::{Outline, attr},
        plain::one_line,
        stamp::{self, Orders},
    },
    text::fold,
};

/// Names of metas that state the publication, the firmest first.
#[rustfmt::skip]
const META_NAMES: [&str; 30] = [
    "article:published_time", "og:article:published_time", "og:published_time", "article:published", "datepublished", "pubdate",
    "publishdate", "publish-date", "publish_date", "published_date", "published_time", "publication_date", "publicationdate",
    "originalpublicationdate", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime",
    "article.published", "dc.date.issued", "dcterms.issued", "dcterms.date", "dc.date", "dc.date.created", "dcterms.created",
    "article:create_at", "article_date_original", "rnews:datepublished", "itemprop.datepublished", "date",
];
/// Metas taken at most: sites repeat one date under several names.
const METAS_MAX: usize = 3;
/// Blocks before the title that are searched for a date where none stands after it.
const BLOCKS_BEFORE: usize = 12;
/// Blocks after the body that are searched likewise.
const BLOCKS_AFTER: usize = 6;
/// A printed date stands alone or with a name and a section, not in a paragraph (letters).
const PRINTED_LETTERS_MAX: usize = 110;
/// A line with more words beside its date that ends like a sentence tells of an event.
const WORDS_BESIDE_MAX: usize = 6;
/// No zone on earth is further from UTC.
const OFFSET_MAX: TimeDelta = TimeDelta::hours(14);
/// Raw text kept per date, in letters.
const RAW_LETTERS_MAX: usize = 120;

/// Where title and body stand, as nodes.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub title: Option<usize>,
    /// The container of the body.
    pub root: usize,
    /// The second real paragraph; after it dates are those of events.
    pub text_from: usize,
    /// One past the last paragraph.
    pub text_to: usize,
}

/// Collects all of it; weighing is left to `domain::date::decide_date`.
pub fn find(outline: &Outline, marks: &[Marks], data: &LinkedData, place: Place, url: &Url, zone: Tz) -> Vec<DateEvidence> {
    let mut found: Vec<DateEvidence> = data.published.iter().take(2).map(|it| stated(DateSource::JsonLd, it, zone)).collect();
    metas(outline, zone, &mut found);
    times(outline, marks, place, zone, &mut found);
    printed(outline, marks, place, zone, &mut found);
    let bound = |from, text: &str| path_day(text).map(|(raw, day)| DateEvidence::new(from, raw, Some(midnight(day, zone)), Precision::Day));
    found.extend(bound(DateSource::UrlPath, url.path()));
    let image = outline.meta("og:image").next().or(data.images.first().map(String::as_str));
    found.extend(image.and_then(|it| bound(DateSource::ImagePath, it)));
    found
}

/// One date as a piece of evidence, readable or not.
pub fn stated(from: DateSource, raw: &str, zone: Tz) -> DateEvidence {
    let raw: String = one_line(raw).chars().take(RAW_LETTERS_MAX).collect();
    let stamp = stamp::parse(&raw, zone);
    let instant: Option<DateTime<Utc>> = stamp.map(|it| it.instant);
    let unread = DateReading { precision: Precision::Day, ..DateReading::default() };
    DateEvidence::read(from, raw, instant, stamp.map_or(unread, |it| it.reading))
}

/// The offset in which a page's publication date is shown, so that the day is the one that its readers saw.
///
/// Pages in Vietnamese and those under `.vn` keep the site's zone. Any other keeps the offset that its date states. Where that is UTC,
/// which programs write wherever they run, a date of the same page with an offset tells the page's zone, or a printed time that
/// differs from it by whole quarters of an hour; where nothing tells, UTC stays.
pub fn shown_offset(dates: &[DateEvidence], published: DateTime<Utc>, language: Option<&str>, url: &Url, zone: Tz) -> FixedOffset {
    let home = published.with_timezone(&zone).offset().fix();
    if language == Some("vi") || url.host_str().is_some_and(|it| it.ends_with(".vn")) {
        return home;
    }
    let minutes = |it: i64| i32::try_from(it * 60).ok().and_then(FixedOffset::east_opt);
    let chosen = || dates.iter().filter(|it| it.accepted && it.instant == Some(published));
    if let Some(own) = chosen().find_map(|it| stamp::stated_offset(&it.raw)).and_then(minutes) {
        return own;
    }
    let universal = chosen().next().is_some() && chosen().all(|it| matches!(it.label, Some(ZoneLabel::Gmt | ZoneLabel::Zero)));
    if !universal || language.is_none() {
        return home;
    }
    let printed = || {
        let local = dates.iter().filter(|it| it.label == Some(ZoneLabel::Absent) && it.precision.is_minute() && !it.from.is_bound());
        local.filter_map(|it| it.instant).map(|it| (it.with_timezone(&zone).naive_local() - published.naive_utc()).num_minutes())
    };
    let whole = |it: &i64| it % 15 == 0 && TimeDelta::minutes(it.abs()) <= OFFSET_MAX;
    let told = dates.iter().find_map(|it| stamp::stated_offset(&it.raw)).or_else(|| printed().find(whole));
    minutes(told.unwrap_or(0)).unwrap_or(home)
}

/// Reads dates whose order of day and month is open once more, by all dates that the page prints in the same form.
pub fn settle_order(outline: &Outline, found: &mut [DateEvidence], zone: Tz) {
    if found.iter().all(|it| it.other.is_none()) {
        return;
    }
    let printed = outline.blocks.iter().filter(|it| it.letters <= PRINTED_LETTERS_MAX).map(|it| it.text.as_str());
    let orders = Orders::of(printed.chain(outline.metas.iter().map(|it| it.1)));
    for one in found.iter_mut().filter(|it| it.other.is_some()) {
        if let Some(stamp) = stamp::parse_in(&one.raw, zone, orders) {
            (one.instant, one.other) = (Some(stamp.instant), stamp.reading.other);
        }
    }
}

fn metas(outline: &Outline, zone: Tz, found: &mut Vec<DateEvidence>) {
    let before = found.len();
    for name in META_NAMES {
        for content in outline.meta(name) {
            let new = found.iter().skip(before).all(|it| it.raw != content.trim());
            if new && found.len() - before < METAS_MAX {
                found.push(stated(DateSource::Meta, content, zone));
            }
        }
    }
    // Microdata on visible elements.
    let published = |at: &usize| outline.element(*at).and_then(|it| attr(it, "itemprop")).is_some_and(|it| it == "datePublished");
    if let Some(at) = (0..outline.nodes.len()).filter(|it| outline.name(*it) != "meta").find(published) {
        let element = outline.element(at);
        let stamped = element.and_then(|it| attr(it, "datetime").or_else(|| attr(it, "content"))).map(str::to_owned);
        found.push(stated(DateSource::Meta, &stamped.unwrap_or_else(|| outline.text(at)), zone));
    }
}

/// The first `<time>` of the publication between title and body.
fn times(outline: &Outline, marks: &[Marks], place: Place, zone: Tz, found: &mut Vec<DateEvidence>) {
    let from = place.title.unwrap_or(place.root);
    let mut revision = None;
    for at in from..place.text_from.min(outline.nodes.len()) {
        let Some(element) = outline.element(at).filter(|it| it.name() == "time") else { continue };
        if marks.get(at).copied().unwrap_or_default().side {
            continue;
        }
        let text = outline.text(at);
        let line = outline.blocks.iter().find(|it| (it.at..outline.end(it.owner)).contains(&at) && it.at <= at);
        if line.is_some_and(|it| tells_of_event(&it.text)) {
            continue;
        }
        let mut evidence = stated(DateSource::Time, attr(element, "datetime").filter(|it| !it.trim().is_empty()).unwrap_or(&text), zone);
        if evidence.instant.is_none() {
            evidence = stated(DateSource::Time, &text, zone);
        }
        if evidence.instant.is_none() {
            continue;
        }
        let around = outline.ancestors(at).take(2).find(|it| outline.end(*it) < at + 12).map(|it| outline.text(it)).unwrap_or_default();
        let names: String =
            ["class", "itemprop", "title", "data-testid"].iter().filter_map(|it| attr(element, it)).collect::<Vec<_>>().join(" ");
        if is_revision(&format!("{names} {text}")) || (is_revision(&around) && !is_publication(&around)) {
            revision = revision.or(Some(evidence.doubted(DateDoubt::Revision)));
            continue;
        }
        found.push(evidence);
        return;
    }
    found.extend(revision);
}

/// The first date printed between title and body; elsewhere near by only as an aside.
fn printed(outline: &Outline, marks: &[Marks], place: Place, zone: Tz, found: &mut Vec<DateEvidence>) {
    let from = place.title.unwrap_or(place.root);
    let read = |at: &usize| -> Option<DateEvidence> {
        let block = outline.blocks.get(*at)?;
        let side = marks.get(block.owner).copied().unwrap_or_default().side;
        let fits = !side && block.letters <= PRINTED_LETTERS_MAX && block.text.bytes().any(|it| it.is_ascii_digit());
        let fits = fits && !tells_of_event(&block.text);
        let evidence = fits.then(|| stated(DateSource::Printed, &block.text, zone)).filter(|it| it.instant.is_some())?;
        Some(if is_revision(&block.text) && !is_publication(&block.text) { evidence.doubted(DateDoubt::Revision) } else { evidence })
    };
    let first_after = outline.blocks.partition_point(|it| it.at < from);
    let text_from = outline.blocks.partition_point(|it| it.at < place.text_from);
    let beside = (first_after..text_from).filter_map(|it| read(&it)).take(3).collect::<Vec<_>>();
    let firm = beside.iter().find(|it| it.why.is_none()).or(beside.first()).cloned();
    if let Some(evidence) = firm {
        found.push(evidence);
        return;
    }
    let weaker = |it: DateEvidence, why: DateDoubt| if it.why.is_none() { it.doubted(why) } else { it };
    let before: Vec<(usize, DateEvidence)> = (first_after.saturating_sub(BLOCKS_BEFORE)..first_after)
        .rev()
        .filter_map(|it| Some((outline.blocks.get(it)?.owner, read(&it)?)))
        .map(|(owner, it)| (owner, weaker(it, above(outline, place, owner))))
        .collect();
    let heads = |it: &&(usize, DateEvidence)| it.1.why == Some(DateDoubt::Masthead);
    let near = before.iter().find(|it| !heads(it)).map(|it| it.1.clone());
    let text_to = outline.blocks.partition_point(|it| it.at < place.text_to);
    let after = || (text_to..outline.blocks.len().min(text_to + BLOCKS_AFTER)).find_map(|it| read(&it));
    let after = || after().map(|it| weaker(it, DateDoubt::Outside));
    found.extend(near.or_else(after).or_else(|| before.iter().find(heads).map(|it| it.1.clone())));
}

/// Whether a line with a date is a sentence about something else than the publication.
fn tells_of_event(line: &str) -> bool {
    line.trim_end().trim_end_matches(['"', '”', ')']).ends_with(['.', '!', '?']) && words_beside_date(line) > WORDS_BESIDE_MAX
}

/// What a date above the title is: an aside in the article's own box, a part of the page's head, or something else outside.
fn above(outline: &Outline, place: Place, at: usize) -> DateDoubt {
    let title = place.title.unwrap_or(place.root);
    let holds = |it: &usize| *it <= title && title < outline.end(*it);
    let own = std::iter::once(at).chain(outline.ancestors(at));
    if own.take_while(|it| !holds(it)).any(|it| is_masthead(outline, it)) {
        return DateDoubt::Masthead;
    }
    let Some(both) = outline.ancestors(at).find(holds) else { return DateDoubt::Outside };
    // Seen from the smallest box that holds the date and the title: where the title's side of it holds the text as well, the
    // date stands outside the article.
    let side = std::iter::once(title).chain(outline.ancestors(title)).take_while(|it| *it != both).last().unwrap_or(title);
    let text_too = (side..outline.end(side)).contains(&place.text_from);
    if text_too || matches!(outline.name(both), "body" | "html") { DateDoubt::Outside } else { DateDoubt::Aside }
}

/// Names of boxes at the head of a page.
const MASTHEAD_WORDS: [&str; 17] = [
    "header",
    "head",
    "top",
    "topbar",
    "topheader",
    "headertop",
    "masthead",
    "banner",
    "menu",
    "nav",
    "navbar",
    "toolbar",
    "clock",
    "today",
    "currentdate",
    "datenow",
    "homnay",
];

fn is_masthead(outline: &Outline, at: usize) -> bool {
    let Some(element) = outline.element(at) else { return false };
    let named = || {
        let names = ["class", "id", "role"].iter().filter_map(|it| attr(element, it)).map(str::to_ascii_lowercase).collect::<Vec<_>>();
        let words = names.iter().flat_map(|it| it.split(' ')).flat_map(|name| {
            let joined: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
            name.split(['-', '_']).map(str::to_owned).chain([joined]).collect::<Vec<_>>()
        });
        words.into_iter().any(|it| MASTHEAD_WORDS.contains(&it.as_str()))
    };
    matches!(element.name(), "header" | "nav" | "menu") || named()
}

/// Whether a label speaks of a change.
fn is_revision(text: &str) -> bool {
    let text = fold(text);
    ["cap nhat", "update", "modified", "sua luc", "chinh sua", "aktualisiert", "mis a jour", "actualizado", "stand:"]
        .iter()
        .any(|it| text.contains(it))
        && !text.contains("ngay cap nhat")
}

/// Whether a label speaks of the publication.
fn is_publication(text: &str) -> bool {
    let text = fold(text);
    ["dang luc", "ngay dang", "xuat ban", "publi", "veroffentlicht", "erstellt", "posted"].iter().any(|it| text.contains(it))
}

/// A day written into an address: `/2022/08/17/`, `20220817`, `2022-08-17`; the text and the day.
fn path_day(path: &str) -> Option<(String, NaiveDate)> {
    let bytes = path.as_bytes();
    let number = |from: usize, to: usize| {
        path.get(from..to).filter(|it| it.bytes().all(|b| b.is_ascii_digit())).and_then(|it| it.parse::<u32>().ok())
    };
    let starts = (0..bytes.len())
        .filter(|at| bytes.get(*at).is_some_and(u8::is_ascii_digit) && (*at == 0 || !bytes.get(at - 1).is_some_and(u8::is_ascii_digit)));
    for at in starts {
        let Some(year) = number(at, at + 4).filter(|it| (1990..2100).contains(it)) else { continue };
        let mark = bytes.get(at + 4).copied().unwrap_or(0);
        let (month, day, end) = match mark {
            b'/' | b'-' | b'_' => {
                let month_end = if number(at + 5, at + 7).is_some() { at + 7 } else { at + 6 };
                let day_end = if number(month_end + 1, month_end + 3).is_some() { month_end + 3 } else { month_end + 2 };
                if bytes.get(month_end) != Some(&mark) {
                    continue;
                }
                (number(at + 5, month_end), number(month_end + 1, day_end), day_end)
            }
            _ => (number(at + 4, at + 6), number(at + 6, at + 8), at + 8),
        };
        let date = i32::try_from(year).ok().zip(month.zip(day)).and_then(|(year, (month, day))| NaiveDate::from_ymd_opt(year, month, day));
        if let Some(date) = date {
            return Some((path.get(at..end)?.to_owned(), date));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::path_day;

    #[test]
    fn days_in_addresses_are_found() {
        for (path, want) in [
            ("/data2/image/news/2022/20220817/origin/a.jpg", Some("2022-08-17")),
            ("/2022/08/17/bai.html", Some("2022-08-17")),
            ("/2022/8/7/bai.html", Some("2022-08-07")),
            ("/tin-2022-08-17.html", Some("2022-08-17")),
            ("/mat-hang-20191030175450903.htm", Some("2019-10-30")),
            ("/bai-viet-156251.html", None),
            ("/nam-2022/bai-99991332.html", None),
        ] {
            assert_eq!(path_day(path).map(|it| it.1.to_string()).as_deref(), want, "{path}");
        }
    }
}
