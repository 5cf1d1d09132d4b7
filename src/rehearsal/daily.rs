//! The modern daily: JSON-LD and Open Graph, an RSS feed with tracking parameters, AMP twins and a pinned item.

use chrono::{DateTime, Utc};

use crate::rehearsal::{
    dates::{self, instant},
    items::{Item, month_of},
    markup::{self, escape},
    script::Part,
    site::{Reply, Site},
};

const FEED_PATH: &str = "/rss/tin-moi.rss";

/// From and until when one item of 1 March stands pinned at the head of the feed.
const PINNED: [dates::Minute; 2] = [(2026, 3, 2, 8, 0), (2026, 3, 25, 8, 0)];

/// The answer to a path, if the site has something there.
pub fn answer(site: &Site, path: &str, now: DateTime<Utc>) -> Option<Reply> {
    match path {
        "/" => Some(Reply::html(markup::front(site, FEED_PATH, "application/rss+xml", now))),
        FEED_PATH => Some(Reply::new(200, "application/rss+xml; charset=utf-8", feed(site, now)).validated(site.modified(now))),
        _ => {
            let item = site.item(markup::number_before(path, ".html")?, now)?;
            let html = if path.starts_with("/amp/") { amp(site, item) } else { page(site, item) };
            Some(site.served(Reply::html(html).validated(item.at)))
        }
    }
}

/// The source of this build, for the register.
pub fn register(host: &str) -> String {
    format!(
        "article_id = '-(\\d{{6}})\\.html(?:$|[?#])'\n\n[[outlet.source]]\nkind = \"feed\"\nurl = \"http://{host}{FEED_PATH}\"\ncovers = \"outlet\"\n"
    )
}

fn feed(site: &Site, now: DateTime<Utc>) -> String {
    let pinned = pinned(site, now);
    let mut items: String = pinned.map(|it| entry(site, it, now)).unwrap_or_default();
    for item in site.newest(now).filter(|it| pinned.is_none_or(|pin| pin.number != it.number)) {
        items.push_str(&entry(site, item, now));
        if item.part == Part::About {
            // The feed lists the AMP twin as well: the same article once more.
            items.push_str(&markup::rss_item(item, &site.url(&amp_path(item)), &format!("amp-{}", item.number), &dates::rfc2822(item.at)));
        }
    }
    markup::rss(site, now, &items)
}

fn pinned(site: &Site, now: DateTime<Utc>) -> Option<&Item> {
    let stands = instant(PINNED[0]) <= now && now < instant(PINNED[1]);
    site.out(now).iter().find(|it| stands && month_of(it.at) == (2026, 3) && it.part == Part::Ordinary)
}

fn entry(site: &Site, item: &Item, now: DateTime<Utc>) -> String {
    // The campaign changes every day, and with it the whole address: only the number stays.
    let campaign = dates::local(now).format("%Y%m%d");
    let link = format!("{}?utm_source=rss&utm_medium=feed&utm_campaign={campaign}", site.url(&site.path_of(item)));
    markup::rss_item(item, &link, &item.number.to_string(), &dates::rfc2822(item.at))
}

fn amp_path(item: &Item) -> String {
    format!("/amp/{}-{}.html", item.slug, item.number)
}

fn page(site: &Site, item: &Item) -> String {
    let (title, lead, author) = (escape(&item.title), escape(&item.lead), escape(&item.author()));
    let url = site.url(&site.path_of(item));
    format!(
        "<!doctype html>\n<html lang=\"vi\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title} - {name}</title>\n\
         <meta name=\"description\" content=\"{lead}\">\n<meta property=\"og:type\" content=\"article\">\n\
         <meta property=\"og:title\" content=\"{title}\">\n<meta property=\"og:description\" content=\"{lead}\">\n\
         <meta property=\"og:url\" content=\"{url}\">\n<meta property=\"article:published_time\" content=\"{published}\">\n\
         <link rel=\"canonical\" href=\"{url}\">\n<link rel=\"amphtml\" href=\"{amp}\">\n\
         <script type=\"application/ld+json\">{json}</script>\n</head>\n<body>\n\
         <header><a class=\"logo\" href=\"/\">{name}</a>\n<nav class=\"menu\"><ul><li><a href=\"/\">Trang nhất</a></li><li><a href=\"/thi-truong\">Thị trường</a></li>\
         <li><a href=\"/phap-luat\">Pháp luật</a></li><li><a href=\"/chu-de/phong-chong-mua-ban-nguoi\">Phòng, chống mua bán người</a></li></ul></nav></header>\n\
         <main>\n<article class=\"detail\">\n<div class=\"breadcrumb\"><a href=\"/{path}\">{section}</a></div>\n<h1 class=\"detail-title\">{title}</h1>\n\
         <div class=\"detail-meta\"><span class=\"author\">{author}</span> <time datetime=\"{published}\">{printed}</time></div>\n\
         <h2 class=\"detail-sapo\">{lead}</h2>\n<div class=\"detail-content\">\n{body}\
         <figure><img src=\"/anh/{number}.jpg\" alt=\"\"><figcaption>Quang cảnh tại địa phương. Ảnh: {author}</figcaption></figure>\n</div>\n\
         <div class=\"tags\">Từ khóa: <a href=\"/tag/binh-huong\">Bình Hương</a>, <a href=\"/tag/{path}\">{section}</a></div>\n</article>\n\
         <aside class=\"related\"><h3>Tin liên quan</h3>\n<ul>\n{related}</ul></aside>\n</main>\n\
         <footer><p>{name} - Cơ quan ngôn luận của tỉnh Bình Hương. Ghi rõ nguồn khi phát hành lại thông tin từ trang này.</p></footer>\n</body>\n</html>\n",
        name = escape(site.role.name),
        published = dates::rfc3339(item.page_at),
        printed = dates::dashed(item.page_at),
        amp = site.url(&amp_path(item)),
        json = json_ld(site, item, &url),
        path = item.section_path,
        section = item.section,
        body = markup::paragraphs(item),
        number = item.number,
        related = markup::links(&site.related(item)),
    )
}

fn json_ld(site: &Site, item: &Item, url: &str) -> String {
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    let changed = item.page_at + chrono::TimeDelta::minutes((item.turn() % 90) as i64);
    format!(
        "{{\"@context\":\"https://schema.org\",\"@type\":\"NewsArticle\",\"headline\":\"{}\",\"description\":\"{}\",\
         \"mainEntityOfPage\":\"{url}\",\"datePublished\":\"{}\",\"dateModified\":\"{}\",\
         \"author\":{{\"@type\":\"Person\",\"name\":\"{}\"}},\"publisher\":{{\"@type\":\"NewsMediaOrganization\",\"name\":\"{}\"}}}}",
        quoted(&item.title),
        quoted(&item.lead),
        dates::rfc3339(item.page_at),
        dates::rfc3339(changed),
        item.author(),
        site.role.name
    )
}

fn amp(site: &Site, item: &Item) -> String {
    format!(
        "<!doctype html>\n<html amp lang=\"vi\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <link rel=\"canonical\" href=\"{url}\"></head>\n<body><h1>{title}</h1>\n<p><strong>{lead}</strong></p>\n{body}</body></html>\n",
        title = escape(&item.title),
        url = site.url(&site.path_of(item)),
        lead = escape(&item.lead),
        body = markup::paragraphs(item),
    )
}
