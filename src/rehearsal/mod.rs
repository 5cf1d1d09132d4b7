//! The rehearsal press: scripted outlets served on loopback for the demo, the tests and the benches. It opens no other
//! door than 127.0.0.1, and its clock is the one it is given.

use std::sync::{Arc, atomic::Ordering};

use chrono::{DateTime, Utc};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::rehearsal::{
    cast::{Build, CAST, Role},
    clock::PressClock,
    dates::instant,
    site::Site,
};

pub mod cast;
pub mod clock;
pub mod control;
mod daily;
pub mod dates;
pub mod expected;
pub mod items;
mod letters;
mod magazine;
mod markup;
mod near_misses;
mod odd_dates;
mod plain;
mod portal;
pub mod prose;
mod prose_city;
mod prose_life;
pub mod script;
mod server;
mod site;
mod sitemaps;
mod station;
pub mod stories;
mod stories_more;
mod weekly;

/// The running press: one listener for each outlet. It stops when it is dropped or stopped.
pub struct Press {
    sites: Vec<Arc<Site>>,
    listeners: Vec<JoinHandle<()>>,
    stop: watch::Sender<bool>,
}

impl Press {
    /// Opens a loopback port for each outlet and serves it as it stands at the clock's instant.
    pub async fn start(clock: PressClock) -> std::io::Result<Press> {
        let (stop, stopped) = watch::channel(false);
        let mut press = Press { sites: Vec::new(), listeners: Vec::new(), stop };
        for role in &CAST {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
            let site = Arc::new(Site::new(role, listener.local_addr()?.to_string(), clock.clone()));
            let served = site.clone();
            let mut stopped = stopped.clone();
            press.listeners.push(tokio::spawn(async move {
                let stop = async move {
                    // An error means that the press itself is gone, which is a reason to stop as well.
                    let _ = stopped.wait_for(|it| *it).await;
                };
                // A listener that breaks shows in the demo as an unreachable outlet; there is nobody else to tell.
                let _ = server::serve(listener, served, stop).await;
            }));
            press.sites.push(site);
        }
        Ok(press)
    }

    /// The register of the running press, with its ports, in the form of `config/outlets.toml`.
    pub fn outlets_toml(&self) -> String {
        let entries = self.sites.iter().map(|it| register_entry(it.role, &it.host));
        std::iter::once("# The register of the rehearsal press. All outlets are invented.\n".to_owned()).chain(entries).collect()
    }

    /// Where one outlet of the press is served.
    pub fn host(&self, outlet: &str) -> Option<&str> {
        self.sites.iter().find(|it| it.role.id == outlet).map(|it| it.host.as_str())
    }

    /// The answered requests so far, of every kind.
    pub fn requests(&self) -> u64 {
        self.sites.iter().map(|it| it.requests.load(Ordering::Relaxed)).sum()
    }

    /// The article pages served so far.
    pub fn pages_served(&self) -> u64 {
        self.sites.iter().map(|it| it.pages.load(Ordering::Relaxed)).sum()
    }

    /// Closes every listener.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Press {
    fn drop(&mut self) {
        // No receiver left means that every listener has ended already.
        let _ = self.stop.send(true);
        for listener in &self.listeners {
            listener.abort();
        }
    }
}

/// The instant at which the demo first looks at the press.
pub fn first_visit() -> DateTime<Utc> {
    instant((2025, 10, 25, 7, 0))
}

/// The instant of the demo's last look, at which it also reviews the year.
pub fn last_visit() -> DateTime<Utc> {
    instant((2026, 11, 6, 7, 0))
}

/// The items of the whole script.
pub fn items_total() -> usize {
    CAST.iter().map(|role| items::items_of(role).len()).sum()
}

fn register_entry(role: &Role, host: &str) -> String {
    let build = match role.build {
        Build::Daily => daily::register(host),
        Build::Station => station::register(host),
        Build::Weekly => weekly::register(host),
        Build::Plain => plain::register(host),
        Build::Sitemaps => sitemaps::register(host),
        Build::OddDates => odd_dates::register(host),
        Build::Magazine => magazine::register(host),
        Build::Portal => portal::register(host),
    };
    format!(
        "\n[[outlet]]\nid = \"{id}\"\nname = \"{name}\"\nkind = \"{kind}\"\nduty = \"{duty}\"\nhosts = [\"{host}\"]\n{more}{build}\n\
         [[outlet.contact]]\nname = \"Thư ký tòa soạn\"\nrole = \"Thư ký tòa soạn\"\nemail = \"toasoan@{id}.example\"\n",
        id = role.id,
        name = role.name,
        kind = role.kind,
        duty = role.duty,
        more = role.register,
    )
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpStream,
    };

    use super::*;
    use crate::rehearsal::dates::Minute;

    /// What came back: status, head and body as bytes.
    struct Answer {
        status: u16,
        head: String,
        body: Vec<u8>,
    }

    impl Answer {
        fn text(&self) -> String {
            String::from_utf8(self.body.clone()).unwrap()
        }

        fn header(&self, name: &str) -> Option<String> {
            let line = self.head.lines().find(|it| it.to_lowercase().starts_with(&format!("{name}:")))?;
            Some(line.split_once(':').unwrap().1.trim().to_owned())
        }
    }

    async fn get(press: &Press, outlet: &str, path: &str, more: &str) -> Answer {
        let host = press.host(outlet).unwrap().to_owned();
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{more}\r\n");
        let asked = tokio::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(host).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            let mut bytes = Vec::new();
            stream.read_to_end(&mut bytes).unwrap();
            bytes
        });
        let bytes = asked.await.unwrap();
        let end = bytes.windows(4).position(|it| it == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        Answer { status: head[9..12].parse().unwrap(), head, body: bytes[end + 4..].to_vec() }
    }

    async fn press_at(minute: Minute) -> (Press, PressClock) {
        let clock = PressClock::at(instant(minute));
        (Press::start(clock.clone()).await.unwrap(), clock)
    }

    /// The path behind the first link of the document that begins with the site's own address.
    fn first_link(press: &Press, outlet: &str, document: &str, opening: &str) -> String {
        let start = format!("{opening}http://{}", press.host(outlet).unwrap());
        let links = document.split(&start).skip(1).map(|it| it.split(['<', '"']).next().unwrap().replace("&amp;", "&"));
        links.into_iter().find(|it| it.len() > 1).unwrap()
    }

    #[tokio::test]
    async fn every_build_serves_its_source_and_the_page_behind_its_first_link() {
        let (press, _) = press_at((2026, 7, 20, 7, 0)).await;
        for (outlet, source, opening) in [
            ("bao-binh-huong", "/rss/tin-moi.rss", "<link>"),
            ("dai-binh-huong", "/Rss.aspx", "<link>"),
            ("thoi-bao-cua-bien", "/rss", "<link>"),
            ("dien-tu-suoi-may", "/sitemaps/2026-07.xml", "<loc>"),
            ("kinh-te-binh-huong", "/feed", "<link>"),
            ("van-nghe-da-bac", "/atom.xml", "href=\""),
            ("cong-binh-huong", "/rss.ashx", "<link>"),
            ("bao-thanh-moi", "/rss", "<link>"),
        ] {
            let document = get(&press, outlet, source, "").await;
            assert_eq!(document.status, 200, "{outlet}");
            let mut link = first_link(&press, outlet, &document.text(), opening);
            if link == "/atom.xml" {
                link = first_link(&press, outlet, &document.text(), "rel=\"alternate\" href=\"");
            }
            let page = get(&press, outlet, &link, "").await;
            assert_eq!(page.status, 200, "{outlet} {link}");
            assert!(page.body.len() > 2_000, "{outlet} {}", page.body.len());
        }
        assert_eq!(press.pages_served(), 8);
        assert!(press.requests() >= 16);
    }

    #[tokio::test]
    async fn only_what_is_out_is_listed_and_the_window_rolls() {
        let (press, clock) = press_at((2025, 12, 1, 7, 0)).await;
        let feed = async || get(&press, "thoi-bao-cua-bien", "/rss", "").await.text();
        let before = feed().await;
        assert_eq!(before.matches("<item>").count(), 11, "ten items and the advertisement");
        clock.set(instant((2025, 12, 1, 19, 0)));
        let after = feed().await;
        let known = |text: &str| text.matches("<guid").count();
        assert_eq!((known(&before), known(&after)), (10, 10));
        assert_ne!(before, after);
        clock.set(instant((2025, 12, 1, 7, 0)));
        assert_eq!(feed().await, before);
    }

    #[tokio::test]
    async fn the_same_bytes_are_answered_with_304() {
        let (press, clock) = press_at((2026, 2, 3, 7, 0)).await;
        let first = get(&press, "bao-thanh-xua", "/rss", "").await;
        let tag = first.header("etag").unwrap();
        let again = get(&press, "bao-thanh-xua", "/rss", &format!("If-None-Match: {tag}\r\n")).await;
        assert_eq!((again.status, again.body.len()), (304, 0));
        let since = format!("If-Modified-Since: {}\r\n", first.header("last-modified").unwrap());
        assert_eq!(get(&press, "bao-thanh-xua", "/rss", &since).await.status, 304);
        clock.set(instant((2026, 2, 5, 7, 0)));
        assert_eq!(get(&press, "bao-thanh-xua", "/rss", &format!("If-None-Match: {tag}\r\n")).await.status, 200);
    }

    #[tokio::test]
    async fn the_daily_sends_gzip_to_those_who_ask() {
        let (press, _) = press_at((2026, 2, 3, 7, 0)).await;
        let plain = get(&press, "bao-binh-huong", "/rss/tin-moi.rss", "").await;
        let packed = get(&press, "bao-binh-huong", "/rss/tin-moi.rss", "Accept-Encoding: gzip\r\n").await;
        assert_eq!(packed.header("content-encoding").as_deref(), Some("gzip"));
        let mut text = String::new();
        flate2::read::GzDecoder::new(&packed.body[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text, plain.text());
    }

    #[tokio::test]
    async fn the_daily_lists_an_article_twice_and_pins_another() {
        let (press, clock) = press_at((2026, 3, 18, 18, 0)).await;
        let feed = get(&press, "bao-binh-huong", "/rss/tin-moi.rss", "").await.text();
        assert_eq!(feed.matches("/amp/").count(), 1);
        let amp = first_link(&press, "bao-binh-huong", &feed[feed.find("<link>http").unwrap()..], "<link>");
        assert!(amp.contains("utm_campaign=20260318"), "{amp}");
        let head: String = feed.split("<item>").nth(1).unwrap().to_owned();
        assert!(head.contains("Mar 2026") && head.contains("01 Mar"), "{head}");
        clock.set(instant((2026, 3, 26, 18, 0)));
        let feed = get(&press, "bao-binh-huong", "/rss/tin-moi.rss", "").await.text();
        assert!(!feed.contains("01 Mar 2026"));
    }

    #[tokio::test]
    async fn the_station_prints_today_above_the_date_of_the_article_in_its_own_charset() {
        let (press, _) = press_at((2026, 7, 31, 7, 0)).await;
        let feed = get(&press, "dai-binh-huong", "/Rss.aspx", "").await.text();
        let link = first_link(&press, "dai-binh-huong", feed.split("30/7").nth(1).unwrap(), "<link>");
        let page = get(&press, "dai-binh-huong", &link, "").await;
        assert_eq!(page.header("content-type").as_deref(), Some("text/html"));
        let text: String = page.body.iter().map(|it| char::from(*it)).collect();
        let (today, printed) = (text.find("31/07/2026").unwrap(), text.find("30/07/2026 20:36 (GMT+7)").unwrap());
        assert!(today < printed && text.contains("charset=windows-1258"));
    }

    #[tokio::test]
    async fn the_listing_leads_back_to_the_first_item() {
        let (press, _) = press_at((2025, 11, 20, 7, 0)).await;
        let (mut path, mut items, mut pages) = ("/tin-moi".to_owned(), 0, 0);
        loop {
            let page = get(&press, "tuan-bao-dong-ngu", &path, "").await.text();
            items += page.matches("class=\"tin-item\"").count();
            pages += 1;
            match page.split("class=\"trang-sau\" href=\"").nth(1) {
                Some(rest) => path = rest.split('"').next().unwrap().to_owned(),
                None => break,
            }
            assert!(pages < 20);
        }
        assert_eq!((items, pages), (31, 6));
        assert_eq!(get(&press, "tuan-bao-dong-ngu", "/tin-moi/trang-99", "").await.status, 404);
    }

    #[tokio::test]
    async fn the_sitemap_index_names_a_child_for_each_month_and_one_is_a_gzip_file() {
        let (press, _) = press_at((2026, 2, 10, 7, 0)).await;
        let index = get(&press, "dien-tu-suoi-may", "/sitemap.xml", "").await.text();
        assert_eq!(index.matches("<sitemap>").count(), 6, "{index}");
        let packed = get(&press, "dien-tu-suoi-may", "/sitemaps/2026-01.xml.gz", "").await;
        assert_eq!(packed.header("content-encoding"), None);
        let mut text = String::new();
        flate2::read::GzDecoder::new(&packed.body[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text.matches("<url>").count(), 31);
        let news = get(&press, "dien-tu-suoi-may", "/sitemaps/news.xml", "").await.text();
        assert!((1..=3).contains(&news.matches("<news:title>").count()), "{news}");
    }

    #[tokio::test]
    async fn trouble_comes_and_goes_as_scripted() {
        let (press, clock) = press_at((2026, 5, 15, 7, 0)).await;
        assert_eq!(get(&press, "tuan-bao-dong-ngu", "/tin-moi", "").await.status, 503);
        assert_eq!(get(&press, "bao-nui-may", "/rss", "").await.status, 403);
        clock.set(instant((2026, 5, 20, 7, 0)));
        assert_eq!(get(&press, "tuan-bao-dong-ngu", "/tin-moi", "").await.status, 200);
        clock.set(instant((2026, 6, 10, 7, 0)));
        assert!(get(&press, "dai-binh-huong", "/Rss.aspx", "").await.text().contains("bảo trì"));
        clock.set(instant((2026, 4, 17, 7, 0)));
        let feed = get(&press, "kinh-te-binh-huong", "/feed", "").await.text();
        let item = feed.split("<item>").find(|it| it.contains("lao động thời vụ")).unwrap();
        let link = first_link(&press, "kinh-te-binh-huong", item, "<link>");
        assert_eq!(get(&press, "kinh-te-binh-huong", &link, "").await.status, 500);
    }

    #[tokio::test]
    async fn an_unknown_address_is_404_and_robots_may_pass() {
        let (press, _) = press_at((2026, 5, 1, 7, 0)).await;
        for role in CAST.iter().filter(|it| it.id != "bao-nui-may") {
            for path in ["/favicon.ico", "/khong-co-gi", "/tin/99999999-x", "/a-99999999.html"] {
                assert_eq!(get(&press, role.id, path, "").await.status, 404, "{} {path}", role.id);
            }
            assert!(get(&press, role.id, "/robots.txt", "").await.text().starts_with("User-agent: *"));
        }
    }

    #[tokio::test]
    async fn an_outlet_that_never_publishes_answers_with_the_same_empty_feed_all_year() {
        let (press, clock) = press_at((2025, 11, 1, 7, 0)).await;
        let first = get(&press, "ban-tin-dam-pha", "/rss", "").await.text();
        assert!(!first.contains("<item>"));
        clock.set(instant((2026, 10, 1, 7, 0)));
        assert_eq!(get(&press, "ban-tin-dam-pha", "/rss", "").await.text(), first);
    }

    #[tokio::test]
    async fn the_register_names_the_ports_that_are_open() {
        let (press, _) = press_at((2026, 5, 1, 7, 0)).await;
        let register: toml::Table = toml::from_str(&press.outlets_toml()).unwrap();
        let outlets = register["outlet"].as_array().unwrap();
        assert_eq!(outlets.len(), CAST.len());
        for outlet in outlets {
            let id = outlet["id"].as_str().unwrap();
            assert_eq!(outlet["hosts"][0].as_str(), press.host(id));
            for source in outlet["source"].as_array().unwrap() {
                assert!(source["url"].as_str().unwrap().starts_with(&format!("http://{}", press.host(id).unwrap())));
            }
            regex::Regex::new(outlet["article_id"].as_str().unwrap()).unwrap();
        }
    }

    #[tokio::test]
    async fn a_stopped_press_refuses_connections() {
        let (press, _) = press_at((2026, 5, 1, 7, 0)).await;
        let host = press.host("bao-binh-huong").unwrap().to_owned();
        press.stop();
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        assert!(TcpStream::connect(&host).is_err());
    }
}
