//! The feed whose dates break every standard, and one article whose page is never served.

use chrono::{DateTime, Utc};

use crate::rehearsal::{
    dates,
    items::Item,
    markup::{self, escape},
    script::Part,
    site::{Reply, Site},
};

const FEED_PATH: &str = "/feed";

/// The answer to a path, if the site has something there.
pub fn answer(site: &Site, path: &str, now: DateTime<Utc>) -> Option<Reply> {
    match path {
        "/" => Some(Reply::html(markup::front(site, FEED_PATH, "application/rss+xml", now))),
        FEED_PATH => Some(Reply::new(200, "text/xml; charset=utf-8", feed(site, now))),
        _ => {
            let item = site.item(path.strip_prefix("/news/")?.split('/').next()?, now)?;
            if item.part == Part::Unread {
                return Some(Reply::new(500, "text/html; charset=utf-8", "<h1>Server Error in '/' Application.</h1>"));
            }
            Some(site.served(Reply::html(page(site, item))))
        }
    }
}

/// The source of this build, for the register.
pub fn register(host: &str) -> String {
    format!("article_id = '/news/(\\d+)/'\n\n[[outlet.source]]\nkind = \"feed\"\nurl = \"http://{host}{FEED_PATH}\"\ncovers = \"outlet\"\n")
}

fn feed(site: &Site, now: DateTime<Utc>) -> String {
    let items: String = site
        .newest(now)
        .map(|it| markup::rss_item(it, &site.url(&site.path_of(it)), &it.number.to_string(), &dates::odd(it.at, it.turn())))
        .collect();
    markup::rss(site, now, &items)
}

fn page(site: &Site, item: &Item) -> String {
    format!(
        "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<title>{title} - {name}</title>\n</head>\n<body>\n\
         <div class=\"top\"><a href=\"/\">{name}</a></div>\n<div class=\"news-detail\">\n<h1 class=\"title\">{title}</h1>\n\
         <div class=\"date\">{date}</div>\n<div class=\"summary\">{lead}</div>\n<div class=\"content\">\n{body}</div>\n<div class=\"author\">{author}</div>\n</div>\n\
         <div class=\"related-news\"><h3>Bài viết liên quan</h3><ul>\n{related}</ul></div>\n<div class=\"bottom\">{name}</div>\n</body>\n</html>\n",
        title = escape(&item.title),
        name = escape(site.role.name),
        date = dates::long_vn(item.page_at),
        lead = escape(&item.lead),
        body = markup::paragraphs(item),
        author = escape(&item.author()),
        related = markup::links(&site.related(item)),
    )
}
