//! One outlet's site as it stands at the clock's instant: what is out, where it stands, and the answer to an address.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};

use crate::rehearsal::{
    cast::{Build, FAULTS, Role, Trouble},
    clock::PressClock,
    daily,
    dates::instant,
    items::{Item, items_of},
    magazine, markup, odd_dates, plain, portal,
    script::Part,
    sitemaps, station, weekly,
};

/// A running site.
pub struct Site {
    pub role: &'static Role,
    /// Host and port.
    pub host: String,
    pub clock: PressClock,
    items: Vec<Item>,
    pub requests: AtomicU64,
    pub pages: AtomicU64,
}

/// What a site answers, before validators and compression.
pub struct Reply {
    pub status: u16,
    pub content_type: &'static str,
    pub body: Vec<u8>,
    /// Set where the site sends `Last-Modified` and `ETag`.
    pub modified: Option<DateTime<Utc>>,
}

impl Reply {
    /// An answer that carries no validators.
    pub fn new(status: u16, content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, content_type, body: body.into(), modified: None }
    }

    /// An HTML page in UTF-8.
    pub fn html(body: impl Into<Vec<u8>>) -> Self {
        Self::new(200, "text/html; charset=utf-8", body)
    }

    /// The same answer with validators.
    pub fn validated(mut self, modified: DateTime<Utc>) -> Self {
        self.modified = Some(modified);
        self
    }
}

impl Site {
    /// The site of that outlet, with all its items made.
    pub fn new(role: &'static Role, host: String, clock: PressClock) -> Self {
        let (requests, pages) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { role, host, clock, items: items_of(role), requests, pages }
    }

    /// The items that are out at that instant, oldest first.
    pub fn out(&self, now: DateTime<Utc>) -> &[Item] {
        &self.items[..self.items.partition_point(|it| it.at <= now)]
    }

    /// The newest items, newest first, as many as the site's feed lists.
    pub fn newest(&self, now: DateTime<Utc>) -> impl Iterator<Item = &Item> {
        self.out(now).iter().rev().take(self.role.window)
    }

    /// When the site last published.
    pub fn modified(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.out(now).last().map_or_else(|| instant((2025, 10, 1, 8, 0)), |it| it.at)
    }

    /// The item of that number, if it is out.
    pub fn item(&self, number: &str, now: DateTime<Utc>) -> Option<&Item> {
        let place = number.parse::<u32>().ok()?.checked_sub(self.role.first_number)?;
        self.out(now).get(place as usize)
    }

    /// The absolute address of a path on this site.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.host)
    }

    /// The path of an item's page.
    pub fn path_of(&self, item: &Item) -> String {
        match self.role.build {
            Build::Daily => format!("/{}/{}-{}.html", item.section_path, item.slug, item.number),
            Build::Station => format!("/Default.aspx?tabid=12&newsid={}", item.number),
            Build::Weekly => format!("/tin/{}-{}", item.number, item.slug),
            Build::Plain => format!("/{}-a{}.html", item.slug, item.number),
            Build::Sitemaps => sitemaps::path_of(item),
            Build::OddDates => format!("/news/{}/{}", item.number, item.slug),
            Build::Magazine => format!("/tin-tuc/p75/c179/n{}/{}.html", item.number, item.slug),
            Build::Portal => portal::path_of(item),
        }
    }

    /// Headlines for the box of related articles: two earlier ones, and one on trafficking that must never be read as text.
    pub fn related(&self, item: &Item) -> Vec<(String, String)> {
        let earlier = self.out(item.at);
        let line = |it: &Item| (it.title.clone(), self.path_of(it));
        let on_topic = earlier.iter().rev().find(|it| it.part == Part::About && it.number != item.number);
        let topic = on_topic
            .map_or_else(|| ("Chuyên đề: Phòng, chống mua bán người".to_owned(), "/chu-de/phong-chong-mua-ban-nguoi".to_owned()), line);
        earlier.iter().rev().skip(1).take(2).map(line).chain([topic]).collect()
    }

    /// The answer to a GET of that path and query.
    pub fn answer(&self, path: &str, query: &str, now: DateTime<Utc>) -> Reply {
        self.requests.fetch_add(1, Ordering::Relaxed);
        if let Some(reply) = self.trouble(now).and_then(|it| self.troubled(it, path)) {
            return reply;
        }
        if path == "/robots.txt" {
            return Reply::new(200, "text/plain; charset=utf-8", self.robots());
        }
        let built = match self.role.build {
            Build::Daily => daily::answer(self, path, now),
            Build::Station => station::answer(self, path, query, now),
            Build::Weekly => weekly::answer(self, path, now),
            Build::Plain => plain::answer(self, path, now),
            Build::Sitemaps => sitemaps::answer(self, path, now),
            Build::OddDates => odd_dates::answer(self, path, now),
            Build::Magazine => magazine::answer(self, path, now),
            Build::Portal => portal::answer(self, path, now),
        };
        built.unwrap_or_else(|| Reply::new(404, "text/html; charset=utf-8", markup::missing(self.role.name)))
    }

    /// Counts an article page as served and returns it.
    pub fn served(&self, reply: Reply) -> Reply {
        self.pages.fetch_add(1, Ordering::Relaxed);
        reply
    }

    fn trouble(&self, now: DateTime<Utc>) -> Option<Trouble> {
        let strikes = |from, to| instant(from) <= now && now < instant(to);
        FAULTS.iter().find(|it| it.outlet == self.role.id && strikes(it.from, it.to)).map(|it| it.trouble)
    }

    fn troubled(&self, trouble: Trouble, path: &str) -> Option<Reply> {
        let page = |status, notice: &str| {
            let html = format!(
                "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><title>{notice}</title></head>\
                 <body><h1>{notice}</h1></body></html>"
            );
            Some(Reply::new(status, "text/html; charset=utf-8", html))
        };
        match trouble {
            Trouble::Unavailable => page(503, "503 Service Unavailable"),
            Trouble::Challenge => page(403, "Just a moment... Checking your browser before accessing"),
            Trouble::Maintenance if path == station::FEED_PATH => page(200, "Hệ thống đang bảo trì, mời quý vị quay lại sau"),
            Trouble::Maintenance => None,
        }
    }

    fn robots(&self) -> &'static str {
        match self.role.build {
            Build::Station => "User-agent: *\nDisallow: /admin/\nDisallow: /quan-tri/\n",
            _ => "User-agent: *\nAllow: /\n",
        }
    }
}
