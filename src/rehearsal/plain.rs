//! A small news system: a short RSS feed, in which an advertiser may have bought a place, and simple pages.

use chrono::{DateTime, TimeDelta, Utc};

use crate::rehearsal::{
    dates,
    items::Item,
    markup::{self, escape},
    site::{Reply, Site},
};

const FEED_PATH: &str = "/rss";

/// The outlet whose feed carries an advertiser's link.
const WITH_ADVERTISING: &str = "thoi-bao-cua-bien";

/// The answer to a path, if the site has something there.
pub fn answer(site: &Site, path: &str, now: DateTime<Utc>) -> Option<Reply> {
    match path {
        "/" => Some(Reply::html(markup::front(site, FEED_PATH, "application/rss+xml", now))),
        FEED_PATH => Some(Reply::new(200, "application/rss+xml; charset=utf-8", feed(site, now)).validated(site.modified(now))),
        _ => {
            let item = site.item(markup::number_before(path, ".html")?, now)?;
            Some(site.served(Reply::html(page(site, item)).validated(item.at)))
        }
    }
}

/// The source of this build, for the register.
pub fn register(host: &str) -> String {
    format!(
        "article_id = '-a(\\d+)\\.html$'\n\n[[outlet.source]]\nkind = \"feed\"\nurl = \"http://{host}{FEED_PATH}\"\ncovers = \"outlet\"\n"
    )
}

fn feed(site: &Site, now: DateTime<Utc>) -> String {
    let mut items = String::new();
    for (place, item) in site.newest(now).enumerate() {
        if place == 3 && site.role.id == WITH_ADVERTISING {
            items.push_str(&advertisement(item));
        }
        let link = site.url(&site.path_of(item));
        items.push_str(&markup::rss_item(item, &link, &item.number.to_string(), &dates::rfc2822(item.at)));
    }
    markup::rss(site, now, &items)
}

/// A bought place. Its title speaks of trafficking: counted for the outlet, it would turn a verdict.
fn advertisement(below: &Item) -> String {
    format!(
        "<item><title>Cẩm nang phòng, chống mua bán người: tải miễn phí</title><link>http://quang-cao.example/cam-nang?ma=17</link>\
         <pubDate>{}</pubDate><description>Nội dung được tài trợ</description></item>\n",
        dates::rfc2822(below.at + TimeDelta::seconds(1))
    )
}

fn page(site: &Site, item: &Item) -> String {
    format!(
        "<!doctype html>\n<html lang=\"vi\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title} - {name}</title>\n\
         <meta property=\"og:title\" content=\"{title}\">\n<meta name=\"description\" content=\"{lead}\">\n\
         <link rel=\"canonical\" href=\"{url}\">\n</head>\n<body>\n<div id=\"header\"><a href=\"/\">{name}</a></div>\n\
         <div id=\"main\">\n<div class=\"post\">\n<h1>{title}</h1>\n<p class=\"post-date\">{date}</p>\n<p class=\"sapo\"><strong>{lead}</strong></p>\n\
         <div class=\"post-content\">\n{body}<p class=\"author\"><em>Tin, ảnh: {author}</em></p>\n</div>\n</div>\n\
         <div class=\"box-related\"><h3>Tin liên quan</h3>\n<ul>\n{related}</ul></div>\n</div>\n\
         <div id=\"footer\">{name}. Mọi hình thức sao chép phải được đồng ý bằng văn bản.</div>\n</body>\n</html>\n",
        title = escape(&item.title),
        name = escape(site.role.name),
        lead = escape(&item.lead),
        url = site.url(&site.path_of(item)),
        date = dates::dashed(item.page_at),
        body = markup::paragraphs(item),
        author = escape(&item.author()),
        related = markup::links(&site.related(item)),
    )
}
