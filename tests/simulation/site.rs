//! The outlet of a world on loopback: renders every document as it stands at the world's minute, with the troubles of that minute,
//! and keeps a log of what it truly showed.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    task::JoinHandle,
};

use crate::simulation::{
    texts::{CHALLENGE, LOG_IN, REDESIGNED, report},
    world::{DateForm, Dated, Item, Lastmod, Minute, PageDates, Place, Source, Tags, Trouble, World},
};

/// Pages that a listing has.
pub const PAGES: usize = 9;

/// A running outlet.
pub struct Site {
    pub world: World,
    pub host: String,
    now: AtomicI64,
    log: Mutex<Log>,
}

/// What was truly shown: whole lists and whole pages, not what stood in their place.
#[derive(Debug, Clone, Default)]
pub struct Log {
    pub lists: Vec<ListShown>,
    pub pages: Vec<PageShown>,
}

#[derive(Debug, Clone)]
pub struct ListShown {
    pub at: Minute,
    pub source: usize,
    /// Items and which of their texts.
    pub items: Vec<(u32, usize)>,
}

#[derive(Debug, Clone, Copy)]
pub struct PageShown {
    pub at: Minute,
    pub n: u32,
    pub version: usize,
}

/// An answer: its bytes, and whether the connection ends with them.
struct Reply {
    bytes: Vec<u8>,
    close: bool,
}

/// The listener of a site, or the port kept without one.
pub struct Door {
    address: SocketAddr,
    site: Arc<Site>,
    listening: Option<JoinHandle<()>>,
    shut: Option<TcpSocket>,
}

impl Site {
    pub fn new(world: &World, host: String) -> Self {
        Self { world: world.clone(), host, now: AtomicI64::new(0), log: Mutex::default() }
    }

    pub fn set(&self, now: Minute) {
        self.now.store(now, Ordering::SeqCst);
    }

    pub fn log(&self) -> Log {
        self.log.lock().unwrap().clone()
    }

    fn now(&self) -> Minute {
        self.now.load(Ordering::SeqCst)
    }

    fn trouble(&self, place: Place) -> Option<Trouble> {
        self.world.troubles(self.now()).find(|it| match it {
            Trouble::Refused => true,
            Trouble::Status(at, _)
            | Trouble::Cut(at)
            | Trouble::Torn(at)
            | Trouble::Challenge(at)
            | Trouble::LogIn(at)
            | Trouble::Zero(at)
            | Trouble::NotModified(at) => *at == place,
            Trouble::Redesign => place == Place::Pages,
            _ => false,
        })
    }

    fn answer(&self, target: &str, tag: Option<&str>) -> Reply {
        let path = target.split('?').next().unwrap_or_default();
        let number = |text: &str| text.parse::<usize>().ok();
        if let Some(n) = path.strip_prefix("/tin-").and_then(|it| it.strip_suffix(".html")).and_then(number) {
            return self.page(n as u32);
        }
        let Some(rest) = path.strip_prefix("/nguon-").or_else(|| path.strip_prefix("/moi-")) else {
            return Reply::status(404);
        };
        let (source, part) = rest.split_once('.').map_or((rest, None), |(source, part)| (source, Some(part)));
        let Some(index) = number(source).filter(|it| *it < self.world.sources.len()) else { return Reply::status(404) };
        if path.starts_with("/nguon-") {
            let moved = target.replacen("/nguon-", "/moi-", 1);
            for trouble in self.world.troubles(self.now()) {
                match trouble {
                    Trouble::Redirected(it) if it == index => return Reply::redirect(302, &moved),
                    Trouble::Moved(it) if it == index => return Reply::redirect(301, &moved),
                    _ => {}
                }
            }
        }
        let page = target.split_once("trang=").and_then(|(_, it)| number(it)).unwrap_or(1);
        let (kind, body, shown) = self.document(index, part, page);
        let fresh = match self.world.sources[index] {
            Source::Feed { tags: Tags::True, .. } => Some(format!("\"{:x}\"", hashed(&body))),
            Source::Feed { tags: Tags::Stuck, .. } => Some("\"1\"".to_owned()),
            _ => None,
        };
        let trouble = self.trouble(Place::Source(index));
        if trouble.is_none() && fresh.is_some() && tag == fresh.as_deref() {
            return Reply::whole(304, "", "", None);
        }
        let emptied = self.world.troubles(self.now()).any(|it| it == Trouble::Emptied(index));
        if trouble.is_none() && !emptied {
            self.log.lock().unwrap().lists.push(ListShown { at: self.now(), source: index, items: shown });
        }
        self.troubled(trouble, kind, body, fresh.as_deref())
    }

    fn page(&self, n: u32) -> Reply {
        let now = self.now();
        let Some(item) = self.world.items.iter().find(|it| it.n == n && it.at <= now) else { return Reply::status(404) };
        if item.until.is_some_and(|it| it <= now) {
            return Reply::status(if n.is_multiple_of(2) { 404 } else { 410 });
        }
        let trouble = self.trouble(Place::Pages);
        let version = item.version(now);
        if trouble.is_none() {
            self.log.lock().unwrap().pages.push(PageShown { at: now, n, version });
        }
        self.troubled(trouble, "text/html; charset=utf-8", self.article(item, version), None)
    }

    fn troubled(&self, trouble: Option<Trouble>, kind: &str, body: String, tag: Option<&str>) -> Reply {
        let html = "text/html; charset=utf-8";
        match trouble {
            None => Reply::whole(200, kind, &body, tag),
            Some(Trouble::Status(_, status)) => Reply::whole(status, html, "<html><body><h1>Lỗi</h1></body></html>", None),
            Some(Trouble::Cut(_)) => Reply::whole(200, kind, &body, None).cut(body.len() / 2),
            Some(Trouble::Torn(_)) => {
                let mut half = body.len() / 2;
                while !body.is_char_boundary(half) {
                    half -= 1;
                }
                Reply::whole(200, kind, &body[..half], tag)
            }
            Some(Trouble::Challenge(_)) => Reply::whole(200, html, CHALLENGE, None),
            Some(Trouble::LogIn(_)) => Reply::whole(200, html, LOG_IN, None),
            Some(Trouble::Zero(_)) => Reply::whole(200, kind, "", None),
            Some(Trouble::NotModified(_)) => Reply::whole(304, "", "", None),
            Some(Trouble::Redesign) => Reply::whole(200, html, REDESIGNED, None),
            Some(_) => Reply { bytes: Vec::new(), close: true },
        }
    }

    /// Whether a source's list holds an item at a minute, before the list is cut to its length.
    pub fn lists(&self, index: usize, item: &Item, at: Minute) -> bool {
        let frozen = self.world.faults.iter().find(|it| it.what == Trouble::Frozen(index) && it.from <= at && at < it.to);
        let at = frozen.map_or(at, |it| it.from);
        let skipped =
            self.world.faults.iter().any(|it| it.what == Trouble::Skips(index) && it.from <= item.listed_at() && item.listed_at() < it.to);
        let source = self.world.sources[index];
        let chosen = match (item.only, source) {
            (Some(only), _) => only == index,
            (None, Source::Feed { section: true, .. }) => item.n.is_multiple_of(3),
            _ => true,
        };
        let gone = |it: Option<Minute>| it.is_some_and(|it| it <= at);
        let vanished = gone(item.vanishes) && !matches!(source, Source::Sitemap { .. });
        item.listed_at() <= at && !gone(item.until) && !vanished && !skipped && chosen
    }

    /// What a source lists at a minute, in its order.
    pub fn standing(&self, index: usize, at: Minute) -> Vec<&Item> {
        let mut items: Vec<&Item> = self.world.items.iter().filter(|it| self.lists(index, it, at)).collect();
        let dated = |it: &Item| it.stated().filter(|_| !self.world.by_arrival).unwrap_or(it.listed_at());
        items.sort_by_key(|it| std::cmp::Reverse((dated(it), it.n)));
        let source = self.world.sources[index];
        if self.world.troubles(at).any(|it| it == Trouble::Jumbled(index)) {
            items.truncate(if let Source::Feed { window, .. } = source { window } else { items.len() });
            items.sort_by_key(|it| hashed(&it.n));
        }
        if matches!(source, Source::Feed { .. } | Source::Listing { .. }) {
            let pinned: Vec<u32> =
                self.world.troubles(at).filter_map(|it| if let Trouble::Pinned(n) = it { Some(n) } else { None }).collect();
            items.sort_by_key(|it| !pinned.contains(&it.n));
        }
        match source {
            Source::Feed { window, upward, .. } => {
                items.truncate(window);
                if upward {
                    items.reverse();
                }
            }
            Source::Listing { per_page, .. } => items.truncate(per_page * PAGES),
            Source::Sitemap { .. } => {}
        }
        items
    }

    /// The content type, the text and what it shows.
    fn document(&self, index: usize, part: Option<&str>, page: usize) -> (&'static str, String, Vec<(u32, usize)>) {
        let now = self.now();
        let emptied = self.world.troubles(now).any(|it| it == Trouble::Emptied(index));
        let items = if emptied { Vec::new() } else { self.standing(index, now) };
        let shown = |items: &[&Item]| items.iter().map(|it| (it.n, it.version(now))).collect();
        match self.world.sources[index] {
            Source::Feed { .. } => ("application/rss+xml; charset=utf-8", self.feed(index, &items), shown(&items)),
            Source::Listing { per_page, dated } => {
                let here: Vec<&Item> = items.iter().skip((page - 1) * per_page).take(per_page).copied().collect();
                let more = items.len() > page * per_page;
                ("text/html; charset=utf-8", self.listing(index, &here, dated, more.then_some(page + 1)), shown(&here))
            }
            Source::Sitemap { parts, .. } => {
                let (text, here) = self.sitemap(index, &items, parts, part);
                ("application/xml; charset=utf-8", text, shown(&here))
            }
        }
    }

    fn feed(&self, index: usize, items: &[&Item]) -> String {
        let Source::Feed { dates, stamped, .. } = self.world.sources[index] else { return String::new() };
        let now = self.now();
        let stamp = if stamped { format!("<lastBuildDate>{}</lastBuildDate>", self.world.local(now).to_rfc2822()) } else { String::new() };
        let mut out =
            format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\"><channel><title>Báo Thử Nghiệm</title>{stamp}");
        for it in items {
            let text = report(it.n, it.text_of(it.version(now)), it.version(now));
            let date = it.stated().and_then(|it| self.stated(dates, it)).map_or_else(String::new, |it| format!("<pubDate>{it}</pubDate>"));
            let summary = if self.world.summaries { format!("<description>{}</description>", text.lead) } else { String::new() };
            out += &format!("<item><title>{}</title><link>{}</link>{summary}{date}</item>", text.title, self.url(it.n));
        }
        out + "</channel></rss>"
    }

    fn stated(&self, form: DateForm, at: Minute) -> Option<String> {
        let local = self.world.local(at);
        Some(match form {
            DateForm::Offset => local.to_rfc2822(),
            DateForm::NoZone => local.format("%d/%m/%Y %H:%M:%S").to_string(),
            DateForm::GmtPlus7 => local.format("%a, %d %b %Y %H:%M:%S GMT+7").to_string(),
            DateForm::LocalAsGmt => local.format("%a, %d %b %Y %H:%M:%S GMT").to_string(),
            DateForm::Absent => return None,
        })
    }

    fn listing(&self, index: usize, items: &[&Item], dated: bool, next: Option<usize>) -> String {
        let mut out = String::from("<html><head><title>Tin mới</title></head><body><div class=\"tin\">");
        for it in items {
            let title = report(it.n, it.text_of(it.version(self.now())), it.version(self.now())).title;
            let date = it
                .stated()
                .filter(|_| dated)
                .map_or_else(String::new, |at| format!("<span class=\"ngay\">{}</span>", self.world.local(at).format("%d/%m/%Y %H:%M")));
            out += &format!("<div class=\"muc\"><h3><a href=\"/tin-{}.html\">{title}</a></h3>{date}</div>", it.n);
        }
        let next = next.map_or_else(String::new, |it| format!("<a class=\"sau\" href=\"/nguon-{index}?trang={it}\">Trang sau</a>"));
        out + "</div>" + &next + "</body></html>"
    }

    fn sitemap<'a>(&self, index: usize, items: &[&'a Item], parts: bool, part: Option<&str>) -> (String, Vec<&'a Item>) {
        let Source::Sitemap { lastmod, titles, .. } = self.world.sources[index] else { return (String::new(), Vec::new()) };
        let changed = |it: &Item| it.edit.map(|it| it.0).filter(|at| *at <= self.now()).unwrap_or(it.listed_at());
        let lastmod_of = |at: Option<Minute>| match (lastmod, at) {
            (Lastmod::True, Some(at)) => format!("<lastmod>{}</lastmod>", self.world.local(at).to_rfc3339()),
            (Lastmod::Stuck, _) => "<lastmod>2024-01-01T00:00:00+07:00</lastmod>".to_owned(),
            _ => String::new(),
        };
        let month_of = |it: &Item| self.world.month_of(it.stated().unwrap_or(it.at)).to_string();
        if parts && part.is_none() {
            let mut months: Vec<String> = items.iter().map(|it| month_of(it)).collect();
            months.sort();
            months.dedup();
            let one = |month: &String| {
                let newest = items.iter().filter(|it| month_of(it) == *month).map(|it| changed(it)).max();
                format!("<sitemap><loc>http://{}/nguon-{index}.{month}</loc>{}</sitemap>", self.host, lastmod_of(newest))
            };
            let all: String = months.iter().map(one).collect();
            return (format!("<?xml version=\"1.0\"?><sitemapindex>{all}</sitemapindex>"), Vec::new());
        }
        let here: Vec<&Item> = items.iter().filter(|it| part.is_none_or(|part| month_of(it) == part)).copied().collect();
        let one = |it: &&Item| {
            let news = it.stated().filter(|_| titles).map_or_else(String::new, |at| {
                let title = report(it.n, it.text_of(it.version(self.now())), it.version(self.now())).title;
                let date = self.world.local(at).to_rfc3339();
                format!("<news:news><news:publication_date>{date}</news:publication_date><news:title>{title}</news:title></news:news>")
            });
            format!("<url><loc>{}</loc>{}{news}</url>", self.url(it.n), lastmod_of(Some(changed(it))))
        };
        let all: String = here.iter().map(one).collect();
        (format!("<?xml version=\"1.0\"?><urlset xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">{all}</urlset>"), here)
    }

    fn article(&self, item: &Item, version: usize) -> String {
        let text = report(item.n, item.text_of(version), version);
        let local = item.stated().map(|it| self.world.local(it)).filter(|_| item.dated != Dated::Nowhere);
        let (meta, printed) = match (self.world.page_dates, local) {
            (PageDates::Meta, Some(at)) => {
                (format!("<meta property=\"article:published_time\" content=\"{}\">", at.to_rfc3339()), String::new())
            }
            (PageDates::Printed, Some(at)) => (String::new(), format!("<div class=\"ngay\">{}</div>", at.format("%d/%m/%Y %H:%M"))),
            _ => (String::new(), String::new()),
        };
        let paragraphs: String = text.paragraphs.iter().map(|it| format!("<p>{it}</p>")).collect();
        format!(
            "<!doctype html><html lang=\"vi\"><head><title>{title}</title>{meta}</head><body><article><h1>{title}</h1>{printed}\
             <h2 class=\"sapo\">{lead}</h2><div class=\"noi-dung\">{paragraphs}</div></article></body></html>",
            title = text.title,
            lead = text.lead,
        )
    }

    fn url(&self, n: u32) -> String {
        format!("http://{}/tin-{n}.html", self.host)
    }
}

fn hashed(it: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    it.hash(&mut hasher);
    hasher.finish()
}

impl Reply {
    fn whole(status: u16, kind: &str, body: &str, tag: Option<&str>) -> Self {
        let tag = tag.map_or_else(String::new, |it| format!("ETag: {it}\r\n"));
        let head = format!("HTTP/1.1 {status} Thử\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n{tag}\r\n", body.len());
        Self { bytes: [head.as_bytes(), body.as_bytes()].concat(), close: false }
    }

    fn status(status: u16) -> Self {
        Self::whole(status, "text/html", "", None)
    }

    fn redirect(status: u16, to: &str) -> Self {
        Self { bytes: format!("HTTP/1.1 {status} Thử\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n").into_bytes(), close: false }
    }

    fn cut(mut self, bytes: usize) -> Self {
        self.bytes.truncate(self.bytes.len() - bytes);
        Self { close: true, ..self }
    }
}

impl Door {
    /// Opens a free port of loopback for a world's outlet.
    pub async fn open(world: &World) -> (Self, Arc<Site>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let site = Arc::new(Site::new(world, address.to_string()));
        let listening = Some(tokio::spawn(serve(listener, site.clone())));
        (Self { address, site: site.clone(), listening, shut: None }, site)
    }

    /// Makes the port refuse connections, or listen again. The port is kept bound meanwhile, so that nobody else gets it.
    pub async fn refuse(&mut self, refuse: bool) {
        if refuse && let Some(task) = self.listening.take() {
            task.abort();
            task.await.ok();
            self.shut = Some(self.bound().await);
        }
        if !refuse && let Some(socket) = self.shut.take() {
            self.listening = Some(tokio::spawn(serve(socket.listen(64).unwrap(), self.site.clone())));
        }
    }

    async fn bound(&self) -> TcpSocket {
        for _ in 0..1_000 {
            let socket = TcpSocket::new_v4().unwrap();
            socket.set_reuseaddr(true).unwrap();
            if socket.bind(self.address).is_ok() {
                return socket;
            }
            tokio::task::yield_now().await;
        }
        panic!("somebody else took {}", self.address);
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        if let Some(task) = &self.listening {
            task.abort();
        }
    }
}

async fn serve(listener: TcpListener, site: Arc<Site>) {
    // Connections end with the listener.
    let mut open = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let site = site.clone();
        open.spawn(async move { talk(stream, &site).await.ok() });
        while open.try_join_next().is_some() {}
    }
}

/// Answers one request after another on a connection.
async fn talk(mut stream: TcpStream, site: &Site) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (mut bytes, mut chunk) = (Vec::new(), [0; 2048]);
    loop {
        let end = loop {
            if let Some(end) = bytes.windows(4).position(|it| it == b"\r\n\r\n") {
                break end + 4;
            }
            match stream.read(&mut chunk).await? {
                0 => return Ok(()),
                read => bytes.extend_from_slice(&chunk[..read]),
            }
        };
        let request = String::from_utf8_lossy(&bytes[..end]).into_owned();
        bytes.drain(..end);
        let target = request.split(' ').nth(1).unwrap_or_default();
        let tag = request.lines().find_map(|it| it.split_once(": ").filter(|it| it.0.eq_ignore_ascii_case("if-none-match")));
        let reply = site.answer(target, tag.map(|it| it.1));
        stream.write_all(&reply.bytes).await?;
        if reply.close {
            return stream.shutdown().await;
        }
    }
}
