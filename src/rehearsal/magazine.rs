//! The literary magazine: an Atom feed, and pages with the hour before the day.

use chrono::{DateTime, Utc};

use crate::rehearsal::{
    dates,
    items::Item,
    markup::{self, escape},
    site::{Reply, Site},
};

const FEED_PATH: &str = "/atom.xml";

/// The answer to a path, if the site has something there.
pub fn answer(site: &Site, path: &str, now: DateTime<Utc>) -> Option<Reply> {
    match path {
        "/" => Some(Reply::html(markup::front(site, FEED_PATH, "application/atom+xml", now))),
        FEED_PATH => Some(Reply::new(200, "application/atom+xml; charset=utf-8", feed(site, now)).validated(site.modified(now))),
        _ => {
            let number = path.strip_prefix("/tin-tuc/")?.split('/').find_map(|it| it.strip_prefix('n'))?;
            let item = site.item(number, now)?;
            Some(site.served(Reply::html(page(site, item)).validated(item.at)))
        }
    }
}

/// The source of this build, for the register.
pub fn register(host: &str) -> String {
    format!("article_id = '/n(\\d+)/'\n\n[[outlet.source]]\nkind = \"feed\"\nurl = \"http://{host}{FEED_PATH}\"\ncovers = \"outlet\"\n")
}

fn feed(site: &Site, now: DateTime<Utc>) -> String {
    let entries: String = site
        .newest(now)
        .map(|it| {
            let (url, at) = (site.url(&site.path_of(it)), dates::rfc3339(it.at));
            format!(
                "<entry><id>{url}</id><title>{}</title><link rel=\"alternate\" href=\"{url}\"/><published>{at}</published>\
                 <updated>{at}</updated><summary>{}</summary></entry>\n",
                escape(&it.title),
                escape(&it.lead)
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"vi\">\n<id>{id}</id><title>{name}</title>\
         <link rel=\"self\" href=\"{own}\"/><updated>{updated}</updated>\n{entries}</feed>\n",
        id = site.url("/"),
        name = escape(site.role.name),
        own = site.url(FEED_PATH),
        updated = dates::rfc3339(site.modified(now)),
    )
}

fn page(site: &Site, item: &Item) -> String {
    format!(
        "<!doctype html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\"><title>{title} - {name}</title></head>\n<body>\n\
         <div class=\"masthead\"><a href=\"/\">{name}</a></div>\n<div class=\"chi-tiet\">\n<h1>{title}</h1>\n<span class=\"gio-dang\">{date}</span>\n\
         <div class=\"tom-tat\">{lead}</div>\n<div class=\"noi-dung\">\n<p><b>{author}</b></p>\n{body}</div>\n\
         <div class=\"bai-lien-quan\"><p>Bài liên quan</p><ul>\n{related}</ul></div>\n</div>\n<div class=\"footer\">{name}</div>\n</body></html>\n",
        title = escape(&item.title),
        name = escape(site.role.name),
        date = dates::barred(item.page_at),
        lead = escape(&item.lead),
        author = escape(&item.author().to_uppercase()),
        body = markup::paragraphs(item),
        related = markup::links(&site.related(item)),
    )
}
