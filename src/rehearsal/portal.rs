//! The portal of the authorities: addresses made of GUIDs, and a day of updating instead of a time.

use chrono::{DateTime, Utc};

use crate::rehearsal::{
    dates,
    items::Item,
    markup::{self, escape},
    prose,
    site::{Reply, Site},
};

const FEED_PATH: &str = "/rss.ashx";

/// The answer to a path, if the site has something there.
pub fn answer(site: &Site, path: &str, now: DateTime<Utc>) -> Option<Reply> {
    match path {
        "/" => Some(Reply::html(markup::front(site, FEED_PATH, "application/rss+xml", now))),
        FEED_PATH => Some(Reply::new(200, "text/xml; charset=utf-8", feed(site, now))),
        _ => {
            let guid = path.split_once("/newsid/")?.1.split('/').next()?;
            // The first group of the GUID is the item's number.
            let number = u32::from_str_radix(guid.split('-').next()?, 16).ok()?.to_string();
            let item = site.item(&number, now).filter(|it| guid_of(it) == guid)?;
            Some(site.served(Reply::html(page(site, item))))
        }
    }
}

/// The source of this build, for the register.
pub fn register(host: &str) -> String {
    format!(
        "article_id = '/newsid/([0-9A-F-]{{36}})'\n\n[[outlet.source]]\nkind = \"feed\"\nurl = \"http://{host}{FEED_PATH}\"\ncovers = \"outlet\"\n"
    )
}

/// The path of an item's page.
pub fn path_of(item: &Item) -> String {
    format!("/vi-vn/tin-tuc/tid/{}/newsid/{}/cid/-1", item.slug, guid_of(item))
}

fn guid_of(item: &Item) -> String {
    let (a, b) = (prose::draw(item.turn(), 1), prose::draw(item.turn(), 2));
    format!("{:08X}-{:04X}-{:04X}-{:04X}-{:012X}", item.number, a & 0xFFFF, (a >> 16) & 0xFFFF, (a >> 32) & 0xFFFF, b & 0xFFFF_FFFF_FFFF)
}

fn feed(site: &Site, now: DateTime<Utc>) -> String {
    let items: String =
        site.newest(now).map(|it| markup::rss_item(it, &site.url(&path_of(it)), &guid_of(it), &dates::rfc2822(it.at))).collect();
    markup::rss(site, now, &items)
}

fn page(site: &Site, item: &Item) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\n<body>\n\
         <div id=\"dnn_header\"><a href=\"/\">{name}</a></div>\n<div id=\"dnn_ContentPane\">\n<h1 class=\"newstitle\">{title}</h1>\n\
         <div class=\"newsdate\">Ngày cập nhật {date}</div>\n<div class=\"newssummary\">{lead}</div>\n<div class=\"newscontent\">\n{body}</div>\n\
         <div class=\"newsother\"><h3>Tin khác</h3><ul>\n{related}</ul></div>\n</div>\n<div id=\"dnn_footer\">{name}</div>\n</body></html>\n",
        title = escape(&item.title),
        name = escape(site.role.name),
        date = dates::local(item.page_at).format("%d/%m/%Y"),
        lead = escape(&item.lead),
        body = markup::paragraphs(item),
        related = markup::links(&site.related(item)),
    )
}
