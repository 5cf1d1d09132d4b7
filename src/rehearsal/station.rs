//! The old ASP.NET site of the radio and television station: tables, windows-1258, and today's date above the article's.

use chrono::{DateTime, Utc};

use crate::rehearsal::{
    dates,
    items::Item,
    letters::windows_1258,
    markup::{self, escape},
    site::{Reply, Site},
};

/// The station's feed.
pub const FEED_PATH: &str = "/Rss.aspx";

/// The answer to a path and query, if the site has something there.
pub fn answer(site: &Site, path: &str, query: &str, now: DateTime<Utc>) -> Option<Reply> {
    match path {
        FEED_PATH => Some(Reply::new(200, "text/xml", feed(site, now))),
        "/" => Some(legacy(&front(site, now))),
        "/Default.aspx" => match query.split('&').find_map(|it| it.strip_prefix("newsid=")) {
            Some(number) => Some(site.served(legacy(&page(site, site.item(number, now)?, now)))),
            None => Some(legacy(&front(site, now))),
        },
        _ => None,
    }
}

/// The source of this build, for the register.
pub fn register(host: &str) -> String {
    format!(
        "article_id = '[?&]newsid=(\\d+)'\n\n[[outlet.source]]\nkind = \"feed\"\nurl = \"http://{host}{FEED_PATH}\"\ncovers = \"outlet\"\n\n\
         [outlet.page]\ntitle = \".TieuDe\"\nlead = \".TomTat\"\nbody = \".NoiDung\"\n"
    )
}

/// A page whose only hint at its charset is the `meta` in its head.
fn legacy(html: &str) -> Reply {
    Reply::new(200, "text/html", windows_1258(html))
}

fn feed(site: &Site, now: DateTime<Utc>) -> String {
    let items: String = site
        .newest(now)
        .map(|it| {
            let link = site.url(&site.path_of(it));
            markup::rss_item(it, &link, &link.replace('&', "&amp;"), &dates::rfc2822(it.at))
        })
        .collect();
    markup::rss(site, now, &items)
}

fn head(site: &Site, title: &str, now: DateTime<Utc>) -> String {
    format!(
        "<html>\n<head>\n<meta http-equiv=\"Content-Type\" content=\"text/html; charset=windows-1258\">\n<title>{title}</title>\n</head>\n\
         <body>\n<form name=\"aspnetForm\" method=\"post\" action=\"Default.aspx\" id=\"aspnetForm\">\n<table width=\"980\" align=\"center\" cellpadding=\"0\">\n\
         <tr><td colspan=\"3\" class=\"Banner\"><a href=\"/\">{}</a></td></tr>\n<tr><td colspan=\"3\" class=\"HomNay\" align=\"right\">Hôm nay: {}</td></tr>\n",
        escape(site.role.name),
        dates::day_vn(now)
    )
}

fn front(site: &Site, now: DateTime<Utc>) -> String {
    format!(
        "{}<tr><td><ul>\n{}</ul></td></tr>\n</table>\n</form>\n</body>\n</html>\n",
        head(site, &escape(site.role.name), now),
        markup::headlines(site, now)
    )
}

fn page(site: &Site, item: &Item, now: DateTime<Utc>) -> String {
    let others: String = site
        .related(item)
        .iter()
        .map(|(title, url)| format!("<tr><td>&raquo; <a href=\"{}\">{}</a></td></tr>\n", escape(url), escape(title)))
        .collect();
    format!(
        "{head}<tr>\n<td class=\"Menu\" width=\"160\" valign=\"top\">\n<table><tr><td><a href=\"/\">Trang chủ</a></td></tr>\
         <tr><td><a href=\"/Default.aspx?tabid=59\">Lịch phát sóng</a></td></tr><tr><td><a href=\"/Default.aspx?tabid=60\">Phòng, chống mua bán người</a></td></tr></table>\n</td>\n\
         <td class=\"Giua\" width=\"560\" valign=\"top\">\n<div class=\"TieuDe\">{title}</div>\n<div class=\"NgayDang\">{date}</div>\n\
         <p class=\"TomTat\"><b>{lead}</b></p>\n<div class=\"NoiDung\">\n{body}<p align=\"right\"><b>{author}</b></p>\n</div>\n\
         <table class=\"TinKhac\"><tr><td><b>Các tin khác</b></td></tr>\n{others}</table>\n</td>\n\
         <td class=\"Phai\" width=\"260\" valign=\"top\"><img src=\"/Portals/0/truyenhinh.gif\" alt=\"Truyền hình trực tuyến\"></td>\n</tr>\n\
         <tr><td colspan=\"3\" class=\"Chan\">Bản quyền thuộc {name}</td></tr>\n</table>\n</form>\n</body>\n</html>\n",
        head = head(site, &format!("{} - {}", escape(&item.title), escape(site.role.name)), now),
        title = escape(&item.title),
        date = dates::long_vn(item.page_at),
        lead = escape(&item.lead),
        body = markup::paragraphs(item),
        author = escape(&item.author()),
        name = escape(site.role.name),
    )
}
