//! The command line as scripts meet it: what it prints where, and how it exits.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod scripted;

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use scripted::{Answer, Scripted};
use serde_json::Value;
use sqlx::{Connection as _, SqliteConnection};

/// A folder with an installation in it.
struct Site {
    dir: tempfile::TempDir,
}

struct Said {
    status: i32,
    stdout: String,
    stderr: String,
}

impl Site {
    fn new(register: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("config")).unwrap();
        fs::write(dir.path().join("config/outlets.toml"), register).unwrap();
        fs::write(dir.path().join("config/diembao.toml"), "[crawl]\nhost_delay = \"0s\"\nallow_private_hosts = true\n").unwrap();
        Self { dir }
    }

    /// A folder without any configuration.
    fn bare() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_diembao"));
        command.args(args).current_dir(self.dir.path());
        for name in ["DIEMBAO_CONFIG", "DIEMBAO_DATA", "DIEMBAO_INDEX", "DIEMBAO_LOG"] {
            command.env_remove(name);
        }
        command
    }

    fn run(&self, args: &[&str]) -> Said {
        Said::of(self.command(args).output().unwrap())
    }

    /// Runs a command that talks to a server of the test, without keeping that server from answering.
    async fn run_beside(&self, args: &[&str]) -> Said {
        let mut command = self.command(args);
        Said::of(tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap())
    }

    fn run_with_input(&self, args: &[&str], input: &str) -> Said {
        let mut child = self.command(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Said::of(child.wait_with_output().unwrap())
    }
}

impl Said {
    fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { status: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|wrong| panic!("{wrong}\n{}\n{}", self.stdout, self.stderr))
    }
}

const REGISTER: &str = "[[outlet]]\nid = \"a\"\nname = \"Báo A\"\nkind = \"newspaper\"\nhosts = [\"{host}\"]\n\
                        [[outlet.source]]\nkind = \"feed\"\nurl = \"http://{host}/rss\"\ncovers = \"outlet\"\n";

const PAGE: &str = "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><title>Tập huấn phòng, chống mua bán người</title>\
    <meta property=\"article:published_time\" content=\"2026-10-07T09:30:00+07:00\"></head><body><article>\
    <h1>Tập huấn phòng, chống mua bán người</h1><p>Sáng 7/10, hội phụ nữ xã Sơn Hòa mở lớp tập huấn về phòng, chống mua bán người cho hội viên.</p>\
    <p>Hơn tám mươi hội viên của mười hai thôn đã nghe cán bộ xã giải thích các thủ đoạn dụ dỗ thường gặp và cách báo tin.</p></article></body></html>";

fn feed(server: &Scripted) -> String {
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>A</title><item><title>Tập huấn phòng, chống mua bán người</title>\
         <link>{}</link><pubDate>Wed, 07 Oct 2026 09:30:00 GMT+7</pubDate></item></channel></rss>",
        server.url("/tin-1.html")
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn crawl_review_and_search_speak_the_contracts_json() {
    let server = Scripted::start().await;
    server.on("/rss", Answer::ok("application/rss+xml", feed(&server)));
    server.on("/tin-1.html", Answer::ok("text/html", PAGE));
    let site = Site::new(&REGISTER.replace("{host}", &server.host()));
    let now = "2026-10-07T12:00:00+07:00";

    let crawled = site.run_beside(&["crawl", "--json", "--now", now]).await;
    assert_eq!((crawled.status, crawled.stderr.as_str()), (0, ""));
    let crawled = crawled.json();
    let visit = &crawled["visits"][0];
    assert_eq!((visit["outlet"].as_str(), visit["outcome"].as_str(), visit["gap"].as_bool()), (Some("a"), Some("fresh"), Some(false)));
    assert_eq!((visit["entries"].as_u64(), visit["new"].as_u64(), visit["known"].as_u64()), (Some(1), Some(1), Some(0)));
    assert_eq!((crawled["articles"]["read"].as_u64(), crawled["articles"]["failed"].as_u64()), (Some(1), Some(0)));
    assert!(visit["rejected"].is_object() && crawled["repairs"].is_array());

    let reviewed = site.run_beside(&["review", "2026-10", "--json", "--now", now]).await.json();
    assert_eq!((reviewed["month"].as_str(), reviewed["as_of"].as_str()), (Some("2026-10"), Some(now)));
    let outlet = &reviewed["outlets"][0];
    let (verdict, reason) = (outlet["verdict"].as_str(), outlet["reason"].as_str());
    assert_eq!(
        (outlet["name"].as_str(), verdict, reason, outlet["count"].as_u64()),
        (Some("Báo A"), Some("met"), Some("articles"), Some(1))
    );
    let evidence = &outlet["evidence"][0];
    assert_eq!(
        (evidence["published"].as_str(), evidence["judgement"].as_str(), evidence["by"].as_str()),
        (Some("2026-10-07T09:30:00+07:00"), Some("about"), Some("rule"))
    );
    assert!(outlet["pending"].is_array() && outlet["unread"].is_array() && outlet["coverage"]["share"].is_f64());
    assert_eq!(outlet["coverage"]["gaps"][0]["why"].as_str(), Some("before_first_visit"));
    assert_eq!((reviewed["together"]["verdict"].as_str(), reviewed["together"]["count"].as_u64()), (Some("met"), Some(1)));

    for question in ["mua bán người", "mua ban nguoi", "\"mua bán người\""] {
        let found = site.run_beside(&["search", question, "--json"]).await.json();
        assert_eq!((found["total"].as_u64(), found["hits"][0]["judgement"].as_str()), (Some(1), Some("about")), "{question}");
    }
    for (filter, total) in [(["--from", "2026-10-07", "--to", "2026-10-07"], 1), (["--from", "2026-10-08", "--judgement", "about"], 0)] {
        let found = site.run_beside(&[&["search", "tập huấn", "--json"], filter.as_slice()].concat()).await.json();
        assert_eq!(found["total"].as_u64(), Some(total), "{filter:?}");
    }
    assert!(site.run(&["reindex"]).stdout.starts_with("1 articles indexed"));
    let rejudged = site.run(&["rejudge"]);
    assert!(rejudged.status == 0 && rejudged.stdout.contains("0 judgements differ"), "{}", rejudged.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_that_fail_are_results_and_no_error() {
    let server = Scripted::start().await;
    server.on("/rss", Answer::status(403));
    let site = Site::new(&REGISTER.replace("{host}", &server.host()));
    let crawled = site.run_beside(&["crawl", "--json"]).await;
    assert_eq!((crawled.status, crawled.json()["visits"][0]["outcome"].as_str()), (0, Some("blocked")));
    let checked = site.run_beside(&["check", "--online", "--json"]).await;
    assert_eq!((checked.status, checked.json()["sources"][0]["outcome"].as_str()), (0, Some("blocked")));
}

#[test]
fn wrong_use_and_wrong_configuration_exit_with_2_and_say_where() {
    let wrong = Site::new("[[outlet]]\nid = \"a\"\nname = \"A\"\nkind = \"newspaper\"\nhosts = [\"a.vn\"]\ncolour = 1\n");
    let said = wrong.run(&["check"]);
    assert_eq!(said.status, 2);
    assert!(said.stderr.contains("config/outlets.toml:6: key `colour`"), "{}", said.stderr);
    let right = Site::new(&REGISTER.replace("{host}", "a.vn"));
    for args in [
        ["review", "2026-13"].as_slice(),
        &["review", "2026-10", "--outlet", "nobody"],
        &["run", "--now", "2026-10-07T12:00:00+07:00"],
        &["crawl", "--now", "yesterday"],
        &["fly"],
        &[],
    ] {
        let said = right.run(args);
        assert_eq!((said.status, said.stdout.as_str()), (2, ""), "{args:?}: {}", said.stderr);
        assert!(!said.stderr.is_empty());
    }
    let missing = Site::bare().run(&["check"]);
    assert_eq!(missing.status, 2);
    assert!(missing.stderr.contains("outlets.toml: no such file"), "{}", missing.stderr);
}

#[test]
fn judge_reads_lines_and_loses_none_to_a_bad_one() {
    let input = "{\"id\":1,\"title\":\"Tập huấn phòng, chống mua bán người\",\"text\":\"Sáng nay khai mạc.\"}\n\
                 not json\n\n\
                 {\"id\":\"hai\",\"title\":\"Chợ quê\",\"lead\":\"Chợ đông.\",\"text\":\"Người buôn bán tấp nập.\"}";
    let said = Site::bare().run_with_input(&["judge", "-"], input);
    assert_eq!(said.status, 1);
    assert!(said.stderr.contains("line 2: not judged"), "{}", said.stderr);
    let lines: Vec<Value> = said.stdout.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!((lines[0]["id"].as_i64(), lines[0]["judgement"].as_str()), (Some(1), Some("about")));
    assert_eq!(lines[0]["reasons"][0]["zone"].as_str(), Some("title"));
    assert_eq!((lines[1]["id"].as_str(), lines[1]["judgement"].as_str()), (Some("hai"), Some("unrelated")));
}

#[test]
fn extract_speaks_the_contracts_json_without_an_installation() {
    let site = Site::bare();
    fs::write(site.dir.path().join("page.html"), PAGE).unwrap();
    let page = site.run(&["extract", "page.html", "--as", "page", "--url", "https://a.vn/tin-1.html?utm_source=x", "--json"]).json();
    assert_eq!(
        (page["title"].as_str(), page["published"].as_str()),
        (Some("Tập huấn phòng, chống mua bán người"), Some("2026-10-07T09:30:00+07:00"))
    );
    assert_eq!((page["published_from"].as_str(), page["language"].as_str()), (Some("meta"), Some("vi")));
    assert!(page["text"].as_str().unwrap().contains("Hơn tám mươi hội viên") && page["key"].as_str().unwrap().contains("a.vn/tin-1.html"));
    assert!(
        page["date_evidence"].as_array().unwrap().iter().any(|it| it["accepted"] == true && it["from"] == "meta" && it["raw"].is_string())
    );
    for key in ["lead", "author", "date_evidence", "key", "language"] {
        assert!(page.get(key).is_some(), "{key}");
    }

    let text = "<rss version=\"2.0\"><channel><item><title>Một</title><link>https://a.vn/1.html</link><pubDate>07/9/2026 2:00:23 CH</pubDate></item>\
                <item><title>Không địa chỉ</title></item></channel></rss>";
    fs::write(site.dir.path().join("feed.xml"), text).unwrap();
    let feed = site.run(&["extract", "feed.xml", "--as", "feed", "--json"]).json();
    assert_eq!((feed["as"].as_str(), feed["entries"][0]["published"].as_str()), (Some("feed"), Some("2026-09-07T14:00:23+07:00")));
    assert_eq!(
        (feed["entries"][0]["published_raw"].as_str(), feed["rejected"]["no_link"].as_u64()),
        (Some("07/9/2026 2:00:23 CH"), Some(1))
    );

    let refused = site.run(&["extract", "page.html", "--as", "feed", "--json"]);
    assert_eq!((refused.status, refused.json()["outcome"].as_str()), (1, Some("not_a_document")));
    let absent = site.run(&["extract", "absent.html"]);
    assert!(absent.status == 1 && absent.stderr.contains("absent.html"), "{}", absent.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn discover_proposes_what_reads_and_nothing_else() {
    let server = Scripted::start().await;
    let home = "<html><head><link rel=\"alternate\" type=\"application/rss+xml\" href=\"/tin.rss\"></head><body>Trang chủ</body></html>";
    server.on("/", Answer::ok("text/html", home));
    server.on("/tin.rss", Answer::ok("application/rss+xml", feed(&server)));
    server.on("/feed", Answer::ok("text/html", home));
    let site = Site::new(&REGISTER.replace("{host}", &server.host()));
    let said = site.run_beside(&["discover", server.url("/").as_str()]).await;
    assert_eq!((said.status, said.stdout.matches("[[outlet.source]]").count()), (0, 1), "{}", said.stdout);
    assert!(said.stdout.contains(&format!("url = \"{}\"", server.url("/tin.rss"))), "{}", said.stdout);
}

#[test]
fn help_names_every_command_of_the_line() {
    let said = Site::bare().run(&["--help"]);
    assert_eq!(said.status, 0);
    for name in ["run", "demo", "crawl", "review", "search", "judge", "extract", "rejudge", "check", "discover", "reindex", "user"] {
        assert!(said.stdout.lines().any(|it| it.trim_start().starts_with(&format!("{name} "))), "{name} in\n{}", said.stdout);
    }
}

#[test]
fn run_serves_health_and_the_desk_and_stops_when_told_to() {
    let site = Site::new("");
    let mut child = site.command(&["run", "--listen", "127.0.0.1:0"]).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let address = address_in(&mut stderr);
    assert!(get(&address, "/healthz").starts_with("HTTP/1.1 200"));
    let board = get(&address, "/");
    assert!(board.starts_with("HTTP/1.1 303") && board.contains("location: /login?next=%2F"), "{board}");
    assert!(get(&address, "/login").contains("Đăng nhập"), "the desk asks who comes");
    assert!(get(&address, "/nothing").starts_with("HTTP/1.1 404"));
    let asked = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(asked.success());
    assert_eq!(end_of(&mut child), Some(0));
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("stopping"), "{rest}");
    assert!(Path::new(&site.dir.path().join("data/diembao.db")).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crawl_that_was_cut_short_is_caught_up_once_after_the_next_start() {
    for signal in ["-KILL", "-TERM"] {
        let server = Scripted::start().await;
        server.on("/rss", Answer::ok("application/rss+xml", feed(&server)).after(Duration::from_secs(25)));
        server.on("/tin-1.html", Answer::ok("text/html", PAGE));
        let site = Site::new(&REGISTER.replace("{host}", &server.host()));
        let asked = |wanted: usize| server.count("/rss") >= wanted;
        let mut child = site.command(&["run", "--listen", "127.0.0.1:0"]).stderr(Stdio::null()).spawn().unwrap();
        wait_until("the crawl to be in the middle of a visit", || asked(1)).await;
        let killed = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        end_of(&mut child);

        server.on("/rss", Answer::ok("application/rss+xml", feed(&server)));
        let mut child = site.command(&["run", "--listen", "127.0.0.1:0"]).stderr(Stdio::null()).spawn().unwrap();
        wait_until("the run to be caught up", || asked(2)).await;
        let mut runs = Vec::new();
        for _ in 0..200 {
            runs = crawls(&site).await;
            if runs.last().is_some_and(|it| it.0 == "done") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let seen: Vec<_> = runs.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
        assert_eq!(seen, [("failed", "cut short"), ("done", "")], "{signal}");
        let checked = site.run_beside(&["check", "--json"]).await.json();
        assert_eq!(checked["sources"][0]["outcome"], "fresh", "{signal}: the source that the dead worker had claimed is free");
        assert_eq!(checked["control"]["standing"], "working", "{signal}");
        let stopped = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
        assert!(stopped.success());
        assert_eq!(end_of(&mut child), Some(0));

        let mut child = site.command(&["run", "--listen", "127.0.0.1:0"]).stderr(Stdio::piped()).spawn().unwrap();
        let address = address_in(&mut BufReader::new(child.stderr.take().unwrap()));
        assert!(get(&address, "/healthz").starts_with("HTTP/1.1 200"));
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(server.count("/rss"), 2, "{signal}: once");
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

/// State and detail of the runs of the crawl that were started, oldest first.
async fn crawls(site: &Site) -> Vec<(String, String)> {
    let file = format!("sqlite://{}", site.dir.path().join("data/diembao.db").display());
    let mut database = SqliteConnection::connect(&file).await.unwrap();
    let sql = "SELECT state, detail FROM job_run WHERE job = 'crawl' AND state <> 'missed' ORDER BY due";
    sqlx::query_as(sql).fetch_all(&mut database).await.unwrap()
}

/// Looks for at most 20 seconds.
async fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..200 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("waited in vain for {what}");
}

#[test]
fn several_first_starts_in_one_folder_all_succeed() {
    for _ in 0..3 {
        let site = Site::new(&REGISTER.replace("{host}", "a.vn"));
        let spawn = |_| site.command(&["check", "--json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let children: Vec<Child> = (0..5).map(spawn).collect();
        for child in children {
            let said = Said::of(child.wait_with_output().unwrap());
            assert_eq!((said.status, said.stderr.as_str()), (0, ""));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_index_is_reported_and_made_anew_from_the_store() {
    let server = Scripted::start().await;
    server.on("/rss", Answer::ok("application/rss+xml", feed(&server)));
    server.on("/tin-1.html", Answer::ok("text/html", PAGE));
    let site = Site::new(&REGISTER.replace("{host}", &server.host()));
    let now = "2026-10-07T12:00:00+07:00";
    assert_eq!(site.run_beside(&["crawl", "--now", now]).await.status, 0);
    let index = site.dir.path().join("index/v3");
    for args in [["search", "mua bán người", "--json"].as_slice(), &["crawl", "--now", now]] {
        fs::write(index.join("meta.json"), "{\"segments\":").unwrap();
        let said = site.run_beside(args).await;
        assert_eq!(said.status, 0, "{args:?}: {}", said.stderr);
        assert!(said.stderr.contains("the search index is damaged"), "{args:?}: {}", said.stderr);
        let found = site.run_beside(&["search", "mua bán người", "--json"]).await;
        assert_eq!((found.json()["total"].as_u64(), found.stderr.as_str()), (Some(1), ""), "{args:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_names_a_source_that_robots_txt_forbids_and_what_an_officer_said_by_a_clock_that_ran_ahead() {
    let server = Scripted::start().await;
    server.on("/robots.txt", Answer::ok("text/plain", "User-agent: *\nDisallow: /\n"));
    let site = Site::new(&REGISTER.replace("{host}", &server.host()));
    let now = "2026-10-07T12:00:00+07:00";
    let crawled = site.run_beside(&["crawl", "--json", "--now", now]).await.json();
    let outlet = crawled["visits"][0]["outlet"].as_str().unwrap();
    let said = ["evidence", "confirm", outlet, "2026-09", "--silence", "--reason", "đã xem", "--by", "Hoa"];
    let said = site.run_beside(&[&said[..], &["--now", "2026-12-23T08:00:00+07:00"]].concat()).await;
    assert_eq!(said.status, 0, "{}", said.stderr);
    let checked = site.run_beside(&["check", "--json", "--now", now]).await.json();
    let warnings: Vec<&str> = checked["warnings"].as_array().unwrap().iter().filter_map(|it| it.as_str()).collect();
    let warned = |words: &[&str]| warnings.iter().any(|it| words.iter().all(|word| it.contains(word)));
    assert!(warned(&["robots.txt forbids to read", checked["sources"][0]["source"].as_str().unwrap()]), "{warnings:?}");
    assert!(warned(&["row 1 of the audit log", "Hoa", "23/12/2026"]), "{warnings:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_says_how_we_stand_ourselves() {
    let server = Scripted::start().await;
    server.on("/rss", Answer::close());
    server.on("/co", Answer::ok("text/html", "còn sống"));
    let site = Site::new(&REGISTER.replace("{host}", &server.host()));
    let config = site.dir.path().join("config/diembao.toml");
    let plain = fs::read_to_string(&config).unwrap();
    let now = "2026-10-07T12:00:00+07:00";
    let before = site.run_beside(&["check", "--json", "--now", now]).await.json();
    assert_eq!((before["own_line"]["state"].as_str(), before["control"]["standing"].as_str()), (Some("unknown"), Some("unknown")));
    assert_eq!((before["uptime"]["settled"].as_bool(), before["uptime"]["reason"].as_str()), (Some(true), Some("never_down")));
    assert!(before["warnings"][0].as_str().unwrap().contains("control_urls is empty"));

    assert_eq!(site.run_beside(&["crawl", "--now", now]).await.status, 0);
    let checked = site.run_beside(&["check", "--json", "--now", now]).await.json();
    assert_eq!(
        (checked["sources"][0]["outcome"].as_str(), checked["sources"][0]["blame"].as_str()),
        (Some("unreachable"), Some("path_unknown"))
    );
    assert_eq!(checked["control"]["standing"].as_str(), Some("working"));
    let days: Vec<_> = checked["control"]["results"].as_array().unwrap().iter().map(|it| it["day"].as_str().unwrap()).collect();
    assert_eq!(days, ["2026-10-06", "2026-10-07"]);

    fs::write(&config, format!("{plain}control_urls = [\"{}\"]\n", server.url("/co"))).unwrap();
    assert_eq!(site.run_beside(&["crawl", "--now", now]).await.status, 0);
    let checked = site.run_beside(&["check", "--json", "--now", now]).await.json();
    assert_eq!((checked["own_line"]["state"].as_str(), checked["sources"][0]["blame"].as_str()), (Some("up"), Some("theirs")));
    server.on("/co", Answer::close());
    let online = site.run_beside(&["check", "--online", "--json", "--now", now]).await.json();
    assert_eq!((online["own_line"]["state"].as_str(), online["sources"][0]["blame"].as_str()), (Some("down"), Some("ours")));
    let said = site.run_beside(&["check", "--now", now]).await.stdout;
    for line in ["our line: up", "settled: yes (never_down)", "đối chứng: Hoạt động đúng", "[theirs]"] {
        assert!(said.contains(line), "{line} in\n{said}");
    }
}

/// The address that the program says it listens on.
fn address_in(stderr: &mut impl BufRead) -> String {
    for line in stderr.lines().take(20) {
        if let Some(address) = line.unwrap().split("http://").nth(1) {
            return address.trim_end_matches('/').to_owned();
        }
    }
    panic!("the program did not say where it listens");
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}

/// The exit status, waited for at most 20 seconds.
fn end_of(child: &mut Child) -> Option<i32> {
    for _ in 0..200 {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    child.kill().unwrap();
    panic!("the program did not stop");
}

#[test]
fn clocks_are_listed_and_a_rule_that_is_not_there_is_wrong_use() {
    let site = Site::new(&REGISTER.replace("{host}", "a.example"));
    let listed = site.run(&["clock", "--outlet", "a", "--json"]).json();
    assert_eq!(listed, serde_json::json!({"profiles": [], "rules": []}));
    let said = site.run(&["clock", "apply", "7", "--by", "an", "--reason", "đã hỏi"]);
    assert_eq!((said.status, said.stderr.contains("no clock rule 7")), (2, true), "{}", said.stderr);
    assert_eq!(site.run(&["clock", "withdraw", "7", "--reason", "đã hỏi"]).status, 2, "nobody decides");
}

#[test]
fn a_date_whose_order_nothing_decides_is_read_with_the_day_first() {
    let site = Site::bare();
    let item =
        |date: &str| format!("<item><title>Tin</title><link>https://a.example/{}</link><pubDate>{date}</pubDate></item>", date.len());
    for (dates, published) in [
        (vec!["7/5/2017 9:30:00 AM"], "2017-05-07T09:30:00+07:00"),
        (vec!["7/5/2017 9:30:00 AM", "6/30/2017 10:30:00 AM"], "2017-07-05T09:30:00+07:00"),
        (vec!["7/5/2017 9:30:00 AM", "30/6/2017 10:30:00 AM"], "2017-05-07T09:30:00+07:00"),
    ] {
        let feed = format!("<rss version=\"2.0\"><channel>{}</channel></rss>", dates.iter().map(|it| item(it)).collect::<String>());
        fs::write(site.dir.path().join("feed.xml"), feed).unwrap();
        let shown = site.run(&["extract", "feed.xml", "--as", "feed", "--json"]).json();
        assert_eq!(shown["entries"][0]["published"], published, "{dates:?}");
    }
}
