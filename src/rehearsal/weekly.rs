//! The paper without a feed: listing pages that lead back to the first item, one page after the other.

use chrono::{DateTime, Utc};

use crate::rehearsal::{
    dates,
    items::Item,
    markup::{self, escape},
    site::{Reply, Site},
};

const LISTING_PATH: &str = "/tin-moi";

/// The answer to a path, if the site has something there.
pub fn answer(site: &Site, path: &str, now: DateTime<Utc>) -> Option<Reply> {
    if path == "/" || path == LISTING_PATH {
        return listing(site, 1, now).map(Reply::html);
    }
    if let Some(page) = path.strip_prefix("/tin-moi/trang-") {
        return listing(site, page.parse().ok()?, now).map(Reply::html);
    }
    let number = path.strip_prefix("/tin/")?.split('-').next()?;
    let item = site.item(number, now)?;
    Some(site.served(Reply::html(page(site, item))))
}

/// The source of this build, for the register.
pub fn register(host: &str) -> String {
    format!(
        "article_id = '/tin/(\\d+)-'\n\n[[outlet.source]]\nkind = \"listing\"\nurl = \"http://{host}{LISTING_PATH}\"\ncovers = \"outlet\"\n\
         item = \"div.tin-item\"\ndate = \".ngay\"\nnext = \"a.trang-sau\"\npage_url = \"http://{host}{LISTING_PATH}/trang-{{n}}\"\npages_max = 80\n\n\
         [outlet.page]\ntitle = \"h2.tieu-de\"\nlead = \".tom-tat\"\nbody = \".noi-dung\"\ndate = \".thoi-gian\"\nauthor = \".but-danh\"\nremove = [\".tin-cung-muc\"]\n"
    )
}

fn listing(site: &Site, number: usize, now: DateTime<Utc>) -> Option<String> {
    let (out, size) = (site.out(now), site.role.window);
    let pages = out.len().div_ceil(size).max(1);
    if number == 0 || number > pages {
        return None;
    }
    let boxes: String = out.iter().rev().skip((number - 1) * size).take(size).map(|it| teaser(site, it)).collect();
    let next = if number < pages {
        format!("<a class=\"trang-sau\" href=\"{LISTING_PATH}/trang-{}\">Trang sau</a>", number + 1)
    } else {
        String::new()
    };
    let name = escape(site.role.name);
    Some(format!(
        "<!doctype html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\"><title>Tin mới - {name}</title></head>\n<body>\n\
         <div id=\"dau-trang\"><a href=\"/\">{name}</a> <span>{today}</span></div>\n\
         <div id=\"danh-sach\">\n{boxes}</div>\n<div class=\"phan-trang\">Trang {number}/{pages} {next}</div>\n\
         <div id=\"chan-trang\">Tuần báo phát hành thứ Năm. <a href=\"/lien-he\">Liên hệ</a></div>\n</body></html>\n",
        today = dates::day_vn(now),
    ))
}

fn teaser(site: &Site, item: &Item) -> String {
    format!(
        "<div class=\"tin-item\"><h3><a href=\"{}\">{}</a></h3><span class=\"ngay\">{}</span><p>{}</p></div>\n",
        site.path_of(item),
        escape(&item.title),
        dates::dashed(item.at),
        escape(&item.lead)
    )
}

fn page(site: &Site, item: &Item) -> String {
    format!(
        "<!doctype html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\"><title>{title} | {name}</title></head>\n<body>\n\
         <div id=\"dau-trang\"><a href=\"/\">{name}</a></div>\n<div class=\"bai-viet\">\n<h2 class=\"tieu-de\">{title}</h2>\n\
         <div class=\"thoi-gian\">{date}</div>\n<div class=\"tom-tat\">{lead}</div>\n<div class=\"noi-dung\">\n{body}</div>\n\
         <div class=\"but-danh\">{author}</div>\n<div class=\"tin-cung-muc\"><h4>Tin cùng mục</h4><ul>\n{related}</ul></div>\n</div>\n\
         <div id=\"chan-trang\">Tuần báo phát hành thứ Năm. <a href=\"/lien-he\">Liên hệ</a></div>\n</body></html>\n",
        title = escape(&item.title),
        name = escape(site.role.name),
        date = dates::dashed(item.page_at),
        lead = escape(&item.lead),
        body = markup::paragraphs(item),
        author = escape(&item.author()),
        related = markup::links(&site.related(item)),
    )
}
