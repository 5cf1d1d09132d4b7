//! The site that can be seen as a whole only through its sitemap index: a child for each month, one of them gzipped, and a news sitemap.

use std::io::Write;

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use flate2::{Compression, write::GzEncoder};

use crate::rehearsal::{
    dates,
    items::{Item, month_of},
    markup::{self, escape},
    site::{Reply, Site},
};

const INDEX_PATH: &str = "/sitemap.xml";
const NEWS_PATH: &str = "/sitemaps/news.xml";

/// The month whose child is served gzipped, as a file of its own and not as a content coding.
const GZIPPED: (i32, u32) = (2026, 1);

/// How long the news sitemap lists an item.
const NEWS_DAYS: i64 = 2;

/// The answer to a path, if the site has something there.
pub fn answer(site: &Site, path: &str, now: DateTime<Utc>) -> Option<Reply> {
    const XML: &str = "application/xml; charset=utf-8";
    match path {
        "/" => Some(Reply::html(front(site, now))),
        INDEX_PATH => Some(Reply::new(200, XML, index(site, now)).validated(site.modified(now))),
        NEWS_PATH => Some(Reply::new(200, XML, news(site, now))),
        _ => match path.strip_prefix("/sitemaps/") {
            Some(name) => child(site, name, now),
            None => {
                let item = site.item(markup::number_before(path, ".htm")?, now)?;
                Some(site.served(Reply::html(page(site, item)).validated(item.at)))
            }
        },
    }
}

/// The source of this build, for the register.
pub fn register(host: &str) -> String {
    format!(
        "article_id = '-d(\\d+)\\.htm$'\n\n[[outlet.source]]\nkind = \"sitemap\"\nurl = \"http://{host}{INDEX_PATH}\"\ncovers = \"outlet\"\n"
    )
}

/// The path of an item's page; the day in it is a hint, never a date that votes.
pub fn path_of(item: &Item) -> String {
    let local = dates::local(item.at);
    format!("/{:04}/{:02}/{:02}/{}-d{}.htm", local.year(), local.month(), local.day(), item.slug, item.number)
}

fn front(site: &Site, now: DateTime<Utc>) -> String {
    let name = escape(site.role.name);
    format!(
        "<!doctype html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\"><title>{name}</title></head><body><h1>{name}</h1><ul>\n{}</ul></body></html>",
        markup::headlines(site, now)
    )
}

fn name_of(month: (i32, u32)) -> String {
    format!("{:04}-{:02}.xml{}", month.0, month.1, if month == GZIPPED { ".gz" } else { "" })
}

/// The month of a child's file name, if it is written just as the index writes it.
fn month_named(name: &str) -> Option<(i32, u32)> {
    let (year, rest) = name.split_once('-')?;
    let month = (year.parse().ok()?, rest.split('.').next()?.parse().ok()?);
    (name_of(month) == name).then_some(month)
}

fn index(site: &Site, now: DateTime<Utc>) -> String {
    let mut months: Vec<((i32, u32), DateTime<Utc>)> = Vec::new();
    for item in site.out(now) {
        match months.last_mut() {
            Some(last) if last.0 == month_of(item.at) => last.1 = item.at,
            _ => months.push((month_of(item.at), item.at)),
        }
    }
    let line = |path: &str, at| format!("<sitemap><loc>{}</loc><lastmod>{}</lastmod></sitemap>\n", site.url(path), dates::rfc3339(at));
    let children: String = months.iter().rev().map(|(month, at)| line(&format!("/sitemaps/{}", name_of(*month)), *at)).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n{}{children}</sitemapindex>\n",
        line(NEWS_PATH, site.modified(now))
    )
}

fn child(site: &Site, name: &str, now: DateTime<Utc>) -> Option<Reply> {
    let month = month_named(name)?;
    let items: Vec<&Item> = site.out(now).iter().rev().filter(|it| month_of(it.at) == month).collect();
    let newest = items.first()?.at;
    let lines: String = items
        .iter()
        .map(|it| format!("<url><loc>{}</loc><lastmod>{}</lastmod></url>\n", site.url(&path_of(it)), dates::rfc3339(it.at)))
        .collect();
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n{lines}</urlset>\n"
    );
    let reply = if name.ends_with(".gz") {
        Reply::new(200, "application/x-gzip", gzip(xml.as_bytes()))
    } else {
        Reply::new(200, "application/xml; charset=utf-8", xml)
    };
    Some(reply.validated(newest))
}

fn news(site: &Site, now: DateTime<Utc>) -> String {
    let recent = site.out(now).iter().rev().take_while(|it| now - it.at <= TimeDelta::days(NEWS_DAYS));
    let lines: String = recent
        .map(|it| {
            format!(
                "<url><loc>{}</loc><news:news><news:publication><news:name>{}</news:name><news:language>vi</news:language></news:publication>\
                 <news:publication_date>{}</news:publication_date><news:title>{}</news:title></news:news></url>\n",
                site.url(&path_of(it)),
                escape(site.role.name),
                dates::rfc3339(it.at),
                escape(&it.title)
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
         xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">\n{lines}</urlset>\n"
    )
}

/// The bytes as a gzip file.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 3), Compression::fast());
    // Writing into memory cannot fail; were it to, the reader would get an empty file and say so.
    encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default()
}

fn page(site: &Site, item: &Item) -> String {
    format!(
        "<!doctype html>\n<html lang=\"vi\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <meta property=\"og:title\" content=\"{title}\">\n<meta property=\"og:site_name\" content=\"{name}\">\n\
         <meta property=\"article:published_time\" content=\"{published}\">\n<meta property=\"article:section\" content=\"{section}\">\n\
         <link rel=\"canonical\" href=\"{url}\">\n</head>\n<body>\n<header><a href=\"/\">{name}</a><nav><a href=\"/{path}\">{section}</a> \
         <a href=\"/chuyen-de/mua-ban-nguoi\">Chuyên đề mua bán người</a></nav></header>\n\
         <article>\n<h1>{title}</h1>\n<time datetime=\"{published}\">{printed}</time>\n<p class=\"lead\">{lead}</p>\n{body}\
         <p class=\"byline\">{author}</p>\n</article>\n<section class=\"tin-lien-quan\"><h2>Đọc thêm</h2><ul>\n{related}</ul></section>\n\
         <footer>{name}</footer>\n</body>\n</html>\n",
        title = escape(&item.title),
        name = escape(site.role.name),
        published = dates::rfc3339(item.page_at),
        printed = dates::barred(item.page_at),
        section = item.section,
        path = item.section_path,
        url = site.url(&path_of(item)),
        lead = escape(&item.lead),
        body = markup::paragraphs(item),
        author = escape(&item.author()),
        related = markup::links(&site.related(item)),
    )
}
