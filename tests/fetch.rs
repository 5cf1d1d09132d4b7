//! The edges of the fetcher: each way in which an answer can end is told apart, and every host is treated politely.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod scripted;

use std::{fs, io::Write as _, path::Path, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use diembao::{
    config::Config,
    domain::{
        capture::{Protocol, Truncated},
        outlet::Intermediates,
        visit::Outcome,
    },
    fetch::{
        Answer, Body, End, Fetcher, Settings, Validators,
        exchange::Exchange,
        guard::{Allowed, Guarded},
    },
};
use reqwest::dns::Resolve as _;
use scripted::{Answer as Say, Scripted};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    time::timeout,
};
use url::Url;

/// No test hangs longer than this.
const PATIENCE: Duration = Duration::from_secs(20);
const XML: &str = "application/rss+xml";

fn settings() -> Settings {
    Settings {
        user_agent: "diembao/0.1 (+mailto:canbo@example.vn)".to_owned(),
        timeout: Duration::from_secs(10),
        host_delay: Duration::ZERO,
        body_bytes_max: 1 << 20,
        allow_private_hosts: true,
        intermediates: Intermediates::default(),
        extra_roots: Vec::new(),
    }
}

fn fetcher() -> Fetcher {
    Fetcher::new(settings()).unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-03-02T08:00:00Z".parse().unwrap()
}

async fn ask(fetcher: &Fetcher, url: &Url, validators: &Validators, now: DateTime<Utc>) -> Answer {
    timeout(PATIENCE, fetcher.get(url, validators, now)).await.unwrap()
}

async fn get(url: &Url) -> Answer {
    ask(&fetcher(), url, &Validators::default(), now()).await
}

/// The end of a fetch in one word.
fn end(answer: &Answer) -> &'static str {
    match &answer.end {
        End::Body(_) => "body",
        End::NotModified => "not_modified",
        End::Failed(failure) => failure.outcome.as_str(),
    }
}

fn body(answer: Answer) -> Body {
    match answer.end {
        End::Body(body) => body,
        other => panic!("no body: {other:?}"),
    }
}

fn failure(answer: Answer) -> diembao::fetch::Failure {
    match answer.end {
        End::Failed(failure) => failure,
        other => panic!("no failure: {other:?}"),
    }
}

#[tokio::test]
async fn every_status_ends_under_its_own_name() {
    let server = Scripted::start().await;
    for (status, want) in [
        (200, "body"),
        (203, "body"),
        (204, "body"),
        (206, "server_error"),
        (300, "server_error"),
        (304, "not_a_document"),
        (400, "server_error"),
        (401, "blocked"),
        (403, "blocked"),
        (404, "gone"),
        (407, "blocked"),
        (410, "gone"),
        (418, "server_error"),
        (429, "blocked"),
        (451, "blocked"),
        (500, "server_error"),
        (502, "server_error"),
        (503, "server_error"),
        (522, "server_error"),
    ] {
        server.on("/x", Say::status(status));
        let answer = get(&server.url("/x")).await;
        assert_eq!((end(&answer), answer.status), (want, Some(status)));
    }
}

#[tokio::test]
async fn a_failing_status_keeps_its_name_however_its_page_ends() {
    let server = Scripted::start().await;
    let long = "x".repeat(3 << 20);
    for (what, say) in [
        ("longer than the limit", Say::status(404).body(&long)),
        ("cut short", Say::status(404).body(&long).cut_at(10)),
        ("not compressed as its header says", Say::status(404).header("Content-Encoding", "gzip").body("không có")),
    ] {
        server.on("/x", say);
        assert_eq!(end(&get(&server.url("/x")).await), "gone", "{what}");
    }
}

#[tokio::test]
async fn retry_after_is_read_as_seconds_and_as_a_date() {
    let server = Scripted::start().await;
    let date = ("Date", "Mon, 02 Mar 2026 08:00:00 GMT");
    for (status, value, want) in [
        (429, "120", Some(120)),
        (503, "Mon, 02 Mar 2026 08:30:00 GMT", Some(1800)),
        (429, "Mon, 02 Mar 2026 07:00:00 GMT", Some(0)),
        (503, "sớm", None),
        (429, "99999999999999999999", None),
    ] {
        server.on("/x", Say::status(status).header(date.0, date.1).header("Retry-After", value));
        let told = failure(get(&server.url("/x")).await);
        assert_eq!(told.retry_after.map(|it| it.num_seconds()), want, "{value}");
    }
}

/// The answers in `tests/answers`, one folder per vendor, invented but for the marks: name, expected end, bytes.
fn answers() -> Vec<(String, String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/answers");
    let files = fs::read_dir(&root).unwrap().flat_map(|vendor| fs::read_dir(vendor.unwrap().path()).unwrap());
    let read = |file: fs::DirEntry| {
        let name = file.path().strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        let want = name.trim_end_matches(".http").rsplit('.').next().unwrap().to_owned();
        let text = fs::read_to_string(file.path()).unwrap();
        let (head, body) = text.split_once("\n\n").unwrap();
        (name, want, format!("{}\r\n\r\n{body}", head.replace('\n', "\r\n")).into_bytes())
    };
    files.map(|it| read(it.unwrap())).collect()
}

#[tokio::test]
async fn c7_walls_of_all_vendors_and_their_innocent_look_alikes_are_told_apart() {
    let server = Scripted::start().await;
    let answers = answers();
    assert!(answers.len() > 70, "{}", answers.len());
    let mut wrong = Vec::new();
    for (name, want, bytes) in &answers {
        server.on("/x", Say::raw(bytes));
        let answer = get(&server.url("/x")).await;
        if end(&answer) != want {
            wrong.push(format!("{name}: {:?}", answer.end));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn a_challenge_is_one_with_every_status_and_what_a_page_calls_itself_only_with_a_good_one() {
    let server = Scripted::start().await;
    let challenge = "<html><title>Just a moment...</title>";
    let log_in = "<html><title>Đăng nhập</title><input type=password>";
    for (status, body, want) in [
        (200, challenge, "blocked"),
        (404, challenge, "blocked"),
        (503, challenge, "blocked"),
        (200, log_in, "blocked"),
        (404, log_in, "gone"),
        (503, log_in, "server_error"),
    ] {
        server.on("/x", Say::status(status).body(body));
        assert_eq!(end(&get(&server.url("/x")).await), want, "{status} {body}");
    }
    let long = format!("<title>Access Denied</title>{}", " ".repeat(50_000));
    server.on("/x", Say::ok("text/html", long));
    assert_eq!(end(&get(&server.url("/x")).await), "body", "a wall is small");
}

#[tokio::test]
async fn a_redirect_to_a_log_in_or_an_error_page_is_named_and_not_followed() {
    let server = Scripted::start().await;
    server.otherwise(|_| Say::ok("text/html", "<p>…"));
    for (from, to, want) in [
        ("/rss", "/dang-nhap?returnUrl=%2Frss", "blocked"),
        ("/rss", "/Account/Login", "blocked"),
        ("/rss", "/wp-login.php?redirect_to=x", "blocked"),
        ("/tin-1.html", "/404.html", "gone"),
        ("/tin-1.html", "/khong-tim-thay", "gone"),
        ("/tin-1.html", "/Loi.aspx?aspxerrorpath=/tin-1.html", "gone"),
        ("/tin-1.html", "/Error.aspx", "server_error"),
        ("/tin-1.html", "/bao-tri.html", "server_error"),
        ("/tin-1.html", "/tin/dang-nhap-dich-vu-cong-404.html", "body"),
        ("/dang-nhap", "/dang-nhap/", "body"),
    ] {
        server.on(from, Say::redirect(302, to));
        assert_eq!(end(&get(&server.url(from)).await), want, "{from} to {to}");
    }
    assert_eq!(server.count("/404.html") + server.count("/Account/Login"), 0);
}

#[tokio::test]
async fn redirects_are_followed_and_only_a_permanent_chain_is_a_move() {
    let server = Scripted::start().await;
    server.on("/end", Say::ok(XML, "<rss/>"));
    for (chain, moved_to) in [
        (&[301][..], Some("/end")),
        (&[308], Some("/end")),
        (&[302], None),
        (&[303], None),
        (&[307], None),
        (&[301, 308, 301], Some("/end")),
        (&[301, 302], Some("/hop/1")),
        (&[302, 301], None),
        (&[301, 302, 303, 307, 308], Some("/hop/1")),
    ] {
        for (at, status) in chain.iter().enumerate() {
            let to = if at + 1 == chain.len() { "/end".to_owned() } else { format!("/hop/{}", at + 1) };
            server.on(&format!("/hop/{at}"), Say::redirect(*status, to));
        }
        let answer = get(&server.url("/hop/0")).await;
        assert_eq!((end(&answer), &answer.url), ("body", &server.url("/end")), "{chain:?}");
        assert_eq!(answer.moved_to, moved_to.map(|it| server.url(it)), "{chain:?}");
    }
}

#[tokio::test]
async fn a_redirect_that_leads_nowhere_is_named() {
    let server = Scripted::start().await;
    for (what, to, want) in [
        ("no target", None, "server_error"),
        ("no address", Some("http://[".to_owned()), "server_error"),
        ("longer than any address", Some(format!("/{}", "a".repeat(20_000))), "server_error"),
        ("another scheme", Some("ftp://127.0.0.1/feed".to_owned()), "unreachable"),
        ("a file", Some("file:///etc/hostname".to_owned()), "unreachable"),
        ("a script", Some("javascript:alert(1)".to_owned()), "unreachable"),
        ("with a password", Some(format!("http://a:b@{}/end", server.host())), "unreachable"),
        ("to itself", Some("/x".to_owned()), "unreachable"),
        ("letters with diacritics and a fragment", Some("/báo?q=tìm kiếm#cuối".to_owned()), "body"),
    ] {
        let say = Say::status(302);
        server.on("/x", if let Some(to) = &to { say.header("Location", to) } else { say });
        server.on("/b%C3%A1o", Say::ok(XML, "<rss/>"));
        let answer = get(&server.url("/x")).await;
        assert_eq!(end(&answer), want, "{what}: {answer:?}");
        assert_eq!(answer.url.fragment(), None);
    }
}

#[tokio::test]
async fn an_endless_chain_of_redirects_ends() {
    let server = Scripted::start().await;
    server.otherwise(|it| Say::redirect(301, format!("{}a", it.target)));
    let answer = get(&server.url("/x")).await;
    assert_eq!((end(&answer), answer.moved_to.clone()), ("unreachable", None));
    assert!(failure(answer).detail.contains("redirects"));
    assert_eq!(server.requests().len(), 7, "robots.txt, the address and five redirects");
}

#[tokio::test]
async fn a_site_that_redirects_until_its_cookie_comes_back_is_read() {
    let server = Scripted::start().await;
    server.on_call("/x", |it| match it.header("cookie") {
        Some("luot=1") => Say::redirect(302, "/x").header("Set-Cookie", "phien=abc=; Path=/; HttpOnly"),
        Some("luot=1; phien=abc=") => Say::ok(XML, "<rss/>"),
        _ => Say::redirect(302, "/x").header("Set-Cookie", "luot=1; Path=/"),
    });
    assert_eq!(end(&get(&server.url("/x")).await), "body");

    let elsewhere = Scripted::start().await;
    elsewhere.on("/x", Say::ok(XML, "<rss/>"));
    server.on("/y", Say::redirect(302, elsewhere.url("/x")).header("Set-Cookie", "phien=1"));
    assert_eq!(end(&get(&server.url("/y")).await), "body");
    assert_eq!(elsewhere.asked("/x")[0].header("cookie"), None, "another host sees no cookie");
}

#[tokio::test]
async fn an_inner_page_that_leads_to_the_home_page_is_gone() {
    let server = Scripted::start().await;
    for home in [
        "/",
        "/trang-chu",
        "/trang-chu/",
        "/Default.aspx",
        "/index.php",
        "/#tin",
        "/?",
        "/?utm_source=chuyen-huong&ref=404",
        "/?404;http://bao.example/tin/1.html",
        "/vi/",
        "/Home/Index",
    ] {
        server.on("/tin/1.html", Say::redirect(302, home));
        assert_eq!(end(&get(&server.url("/tin/1.html")).await), "gone", "{home}");
    }
    server.on("/tin/1.html", Say::redirect(302, "/tin/2.html"));
    server.on("/tin/2.html", Say::redirect(302, "/"));
    assert_eq!(end(&get(&server.url("/tin/1.html")).await), "gone", "by way of another page");
    server.on("/?feed=rss2", Say::redirect(302, "/"));
    assert_eq!(end(&get(&server.url("/?feed=rss2")).await), "gone", "a feed beside the home page");

    server.on("/trang-chu", Say::ok("text/html", "<p>…"));
    server.on("/", Say::redirect(302, "/trang-chu"));
    assert_eq!(end(&get(&server.url("/")).await), "body", "a home page may be elsewhere");
    server.on("/feed", Say::redirect(301, "/?feed=rss2"));
    server.on("/?feed=rss2", Say::ok(XML, "<rss/>"));
    assert_eq!(end(&get(&server.url("/feed")).await), "body", "a feed may have its name in the query");
    server.on("/tin/1.html", Say::redirect(301, "/?p=15"));
    server.on("/?p=15", Say::ok("text/html", "<p>…"));
    assert_eq!(end(&get(&server.url("/tin/1.html")).await), "body", "an article may have its number in the query");
}

#[tokio::test]
async fn what_the_server_said_of_its_state_is_handed_back() {
    let server = Scripted::start().await;
    let validators = Validators { etag: Some("W/\"7\"".to_owned()), last_modified: Some("Sun, 01 Mar 2026 07:00:00 GMT".to_owned()) };
    server.on("/rss", Say::ok(XML, "<rss/>").header("ETag", "W/\"7\"").header("Last-Modified", "Sun, 01 Mar 2026 07:00:00 GMT"));
    assert_eq!(body(get(&server.url("/rss")).await).validators, validators);

    server.on("/rss", Say::status(304));
    let answer = ask(&fetcher(), &server.url("/rss"), &validators, now()).await;
    assert_eq!(end(&answer), "not_modified");
    let asked = server.asked("/rss");
    assert_eq!(asked[1].header("if-none-match"), validators.etag.as_deref());
    assert_eq!(asked[1].header("if-modified-since"), validators.last_modified.as_deref());
    assert_eq!(asked[0].header("if-none-match"), None);
}

#[tokio::test]
async fn validators_never_speak_for_another_address() {
    let server = Scripted::start().await;
    let validators = Validators { etag: Some("\"7\"".to_owned()), last_modified: Some("Sun, 01 Mar 2026 07:00:00 GMT".to_owned()) };
    server.on("/rss", Say::redirect(302, "/thong-bao.html"));
    server.on_call("/thong-bao.html", |it| {
        let since = it.header("if-modified-since").is_some();
        if since { Say::status(304) } else { Say::ok("text/html", "<p>Bảo trì").header("ETag", "\"9\"") }
    });
    let answer = ask(&fetcher(), &server.url("/rss"), &validators, now()).await;
    assert_eq!(end(&answer), "body", "a page that did not change is not the feed that did not change");
    assert_eq!(body(answer).validators, Validators::default(), "and brings no validators for the feed's address");
}

#[tokio::test]
async fn validators_that_cannot_be_sent_back_are_not_kept() {
    let server = Scripted::start().await;
    for etag in ["\"mã\"".to_owned(), format!("\"{}\"", "7".repeat(5_000))] {
        server.on("/rss", Say::ok(XML, "<rss/>").header("ETag", &etag));
        let validators = body(get(&server.url("/rss")).await).validators;
        assert_eq!(validators.etag, None);
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_was_not_read() {
    let server = Scripted::start().await;
    let feed = "<rss>".repeat(1_000);
    let zipped = gzip(feed.as_bytes());
    for (what, say) in [
        ("cut short of its length", Say::ok(XML, &feed).cut_at(500)),
        ("cut before its first byte", Say::ok(XML, &feed).cut_at(0)),
        ("a chunk is missing", Say::raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n")),
        ("a chunk's length is no number", Say::raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n<rss>\r\n")),
        ("compressed bytes that end too early", Say::ok(XML, &zipped[..zipped.len() / 2]).header("Content-Encoding", "gzip")),
        ("no answer at all", Say::close()),
        ("no HTTP", Say::raw("SSH-2.0-OpenSSH_9.9\r\n\r\n")),
        ("an endless head", Say::raw(format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(2 << 20)))),
        ("two lengths", Say::raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n<rss/>")),
    ] {
        server.on("/x", say);
        let answer = get(&server.url("/x")).await;
        assert_eq!(end(&answer), "unreachable", "{what}: {answer:?}");
    }
}

#[tokio::test]
async fn a_body_of_zero_bytes_is_handed_on_as_it_is() {
    let server = Scripted::start().await;
    for say in [Say::ok(XML, ""), Say::ok(XML, "").without_length(), Say::ok(XML, "").header("Content-Encoding", "gzip")] {
        server.on("/x", say);
        assert_eq!(body(get(&server.url("/x")).await).bytes, b"");
    }
}

#[tokio::test]
async fn a_drip_of_bytes_is_given_up_when_the_whole_time_is_over() {
    let server = Scripted::start().await;
    let fetcher = Fetcher::new(Settings { timeout: Duration::from_millis(400), ..settings() }).unwrap();
    let drip = Say::ok(XML, "<rss>".repeat(10_000)).drip(1, Duration::from_millis(50));
    for (what, say) in [("a drip", drip), ("silence", Say::status(200).after(Duration::from_secs(60)))] {
        server.on("/x", say);
        let told = failure(ask(&fetcher, &server.url("/x"), &Validators::default(), now()).await);
        assert_eq!((told.outcome, told.detail.as_str()), (Outcome::Unreachable, "time-out"), "{what}");
    }
}

#[tokio::test]
async fn a_host_that_does_not_listen_or_does_not_exist_is_unreachable() {
    let server = Scripted::start().await;
    let url = server.url("/x");
    server.stop().await;
    let told = failure(get(&url).await);
    assert_eq!(told.outcome, Outcome::Unreachable);
    assert!(told.detail.starts_with("robots.txt: connect: "), "{}", told.detail);
    // The name ends on `.invalid` (RFC 2606), and says `tls` to try whether the name of a host is taken for a fault of TLS.
    let told = failure(get(&Url::parse("http://tls.certificate.invalid/").unwrap()).await);
    assert_eq!(told.outcome, Outcome::Unreachable, "{}", told.detail);
}

#[tokio::test]
async fn a_fault_of_tls_has_a_name_of_its_own() {
    let told = failure(get(&https(self_signed().await)).await);
    assert_eq!(told.outcome, Outcome::TlsError, "{}", told.detail);
    assert!(told.detail.contains("signed itself"), "{}", told.detail);
    for (what, bytes) in [
        ("plain HTTP on the port of HTTPS", &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..]),
        ("an alert: handshake failure", &[0x15, 3, 3, 0, 2, 2, 40]),
        ("nothing", b""),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                // The greeting must be read, or closing would reset the connection.
                let _greeting_bytes = stream.read(&mut [0; 8192]).await.unwrap();
                stream.write_all(bytes).await.unwrap();
            }
        });
        let told = failure(get(&https(port)).await);
        assert_eq!(told.outcome, Outcome::TlsError, "{what}: {}", told.detail);
    }
}

fn https(port: u16) -> Url {
    Url::parse(&format!("https://127.0.0.1:{port}/rss")).unwrap()
}

/// A port where TLS is spoken with a certificate that nobody signed.
async fn self_signed() -> u16 {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    tls_server(vec![made.cert.der().to_vec()], made.signing_key.serialize_der()).await
}

/// A port where every path but robots.txt is answered through TLS with `<rss/>`.
async fn tls_server(chain: Vec<Vec<u8>>, key: Vec<u8>) -> u16 {
    use tokio_rustls::rustls::{
        ServerConfig,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, PrivateKeyDer},
    };
    let key = PrivateKeyDer::try_from(key).unwrap();
    let chain = chain.into_iter().map(CertificateDer::from).collect();
    let config =
        ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider())).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(chain, key).unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that does not believe the certificate hangs up.
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut asked = Vec::new();
            while !asked.ends_with(b"\r\n\r\n") {
                asked.push(stream.read_u8().await.unwrap());
            }
            let answer: &[u8] = if asked.starts_with(b"GET /robots.txt") {
                b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            } else {
                b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<rss/>"
            };
            stream.write_all(answer).await.unwrap();
            stream.shutdown().await.ok();
        }
    });
    port
}

/// An authority of our own: its root, an intermediate that the root signed, and a site's certificate signed by that.
struct Authority {
    root: Vec<u8>,
    intermediate: Vec<u8>,
    leaf: Vec<u8>,
    key: Vec<u8>,
}

impl Authority {
    fn new() -> Self {
        use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
        let params = |name: &str, hosts: Vec<String>| {
            let mut params = CertificateParams::new(hosts.clone()).unwrap();
            params.distinguished_name.push(DnType::CommonName, name);
            if hosts.is_empty() {
                params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            }
            params
        };
        let [root_key, middle_key, key] = [(); 3].map(|()| KeyPair::generate().unwrap());
        let (root, middle) = (params("CA goc mau", Vec::new()), params("CA trung gian mau", Vec::new()));
        let root_der = root.self_signed(&root_key).unwrap().der().to_vec();
        let root = Issuer::new(root, root_key);
        let middle_der = middle.signed_by(&middle_key, &root).unwrap().der().to_vec();
        let middle = Issuer::new(middle, middle_key);
        let leaf = params("bao mau", vec!["127.0.0.1".to_owned()]).signed_by(&key, &middle).unwrap();
        Self { root: root_der, intermediate: middle_der, leaf: leaf.der().to_vec(), key: key.serialize_der() }
    }
}

/// The intermediates that a register pins for an outlet with this host; the file is written as PEM.
fn pinned(certificate: &[u8], host: &str) -> Result<Intermediates, String> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("certs")).unwrap();
    let pem = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(certificate));
    fs::write(dir.path().join("certs/trung-gian.pem"), pem).unwrap();
    let register = format!(
        "[[outlet]]\nid = \"a\"\nname = \"A\"\nkind = \"newspaper\"\nhosts = [\"{host}\"]\nintermediates = [\"certs/trung-gian.pem\"]\n"
    );
    fs::write(dir.path().join("outlets.toml"), register).unwrap();
    Config::load(dir.path()).map(|it| it.register.intermediates).map_err(|it| it.to_string())
}

#[tokio::test]
async fn next_ten_a_server_that_omits_its_intermediate_is_a_tls_error_until_the_outlet_pins_it() {
    let it = Authority::new();
    let whole = tls_server(vec![it.leaf.clone(), it.intermediate.clone()], it.key.clone()).await;
    let rooted = tls_server(vec![it.leaf.clone(), it.intermediate.clone(), it.root.clone()], it.key.clone()).await;
    let broken = tls_server(vec![it.leaf.clone()], it.key.clone()).await;
    let pin = |host: &str| pinned(&it.intermediate, host).unwrap();
    for (what, port, name, intermediates, trusted, want) in [
        ("the whole chain", whole, "127.0.0.1", Intermediates::default(), true, "body"),
        (
            "the whole chain to an unknown root",
            whole,
            "127.0.0.1",
            Intermediates::default(),
            false,
            "chain incomplete: no certificate of the issuer `CA goc mau`",
        ),
        (
            "the whole chain with its root, which is unknown",
            rooted,
            "127.0.0.1",
            Intermediates::default(),
            false,
            "the chain ends in the root `CA goc mau`",
        ),
        (
            "without its intermediate",
            broken,
            "127.0.0.1",
            Intermediates::default(),
            true,
            "chain incomplete: no certificate of the issuer `CA trung gian mau`",
        ),
        ("pinned", broken, "127.0.0.1", pin(&format!("127.0.0.1:{broken}")), true, "body"),
        ("pinned for another outlet's host", broken, "127.0.0.1", pin("bao-khac.example"), true, "chain incomplete"),
        ("pinned, but the root is not trusted", broken, "127.0.0.1", pin("127.0.0.1"), false, "chain incomplete"),
        ("pinned, but the name is another one's", broken, "localhost", pin("localhost"), true, "not valid for name"),
        ("a pin of a stranger", broken, "127.0.0.1", pinned(&Authority::new().intermediate, "127.0.0.1").unwrap(), true, ""),
    ] {
        let extra_roots = if trusted { vec![it.root.clone()] } else { Vec::new() };
        let fetcher = Fetcher::new(Settings { intermediates, extra_roots, ..settings() }).unwrap();
        let url = Url::parse(&format!("https://{name}:{port}/rss")).unwrap();
        let answer = ask(&fetcher, &url, &Validators::default(), now()).await;
        if want == "body" {
            assert_eq!(end(&answer), "body", "{what}: {answer:?}");
        } else {
            let told = failure(answer);
            assert_eq!(told.outcome, Outcome::TlsError, "{what}: {}", told.detail);
            assert!(told.detail.contains(want), "{what}: {}", told.detail);
        }
    }
}

#[test]
fn a_pinned_file_that_cannot_complete_a_chain_is_refused_at_start_by_line_and_key() {
    let it = Authority::new();
    for (what, bytes, wrong) in [
        ("a root", it.root.as_slice(), "holds a root, which signed itself"),
        ("no certificate", b"cho phien", "holds something else than certificates"),
    ] {
        let told = pinned(bytes, "a.vn").unwrap_err();
        assert!(told.contains("outlets.toml:6: key `intermediates`: certs/trung-gian.pem ") && told.contains(wrong), "{what}: {told}");
    }
}

/// What a host is known to give for a made-up address; it is asked where that is not known.
async fn made_up(fetcher: &Fetcher, like: &Url, now: DateTime<Utc>) -> Option<Arc<Body>> {
    let turn = fetcher.made_up(like, now).await;
    match turn.known() {
        Some(known) => known,
        None => {
            let answer = fetcher.get(&turn.url, &Validators::default(), now).await;
            turn.keep(answer.end)
        }
    }
}

#[tokio::test]
async fn whoever_asks_for_a_made_up_address_at_the_same_time_gets_its_page_too_and_a_turn_given_up_leaves_nothing_behind() {
    let server = Scripted::start().await;
    let fetcher = fetcher();
    server.otherwise(|_| Say::ok("text/html", "<html><title>Báo A</title><p>Không tìm thấy.</p></html>"));
    let url = server.url("/tin/cau-moi-a12345.html");
    drop(fetcher.made_up(&url, now()).await);
    let both = async { tokio::join!(made_up(&fetcher, &url, now()), made_up(&fetcher, &url, now())) };
    let (one, other) = timeout(PATIENCE, both).await.unwrap();
    assert!(one.is_some() && other.is_some());
    assert_eq!(server.requests().iter().filter(|it| it.target.starts_with("/tin/")).count(), 1);
}

#[tokio::test]
async fn a_made_up_address_that_could_not_be_reached_is_asked_for_again_within_the_day() {
    let server = Scripted::start().await;
    let fetcher = fetcher();
    server.otherwise(|_| Say::status(503));
    let url = server.url("/tin/cau-moi-a12345.html");
    assert!(made_up(&fetcher, &url, now()).await.is_none());
    server.otherwise(|_| Say::ok("text/html", "<html><title>Báo A</title><p>Không tìm thấy.</p></html>"));
    assert!(made_up(&fetcher, &url, now() + TimeDelta::minutes(59)).await.is_none());
    assert!(made_up(&fetcher, &url, now() + TimeDelta::hours(2)).await.is_some());
}

#[tokio::test]
async fn a_host_is_asked_for_a_made_up_address_at_most_once_a_day() {
    let server = Scripted::start().await;
    let fetcher = fetcher();
    let page = "<html><title>Báo A</title><p>Nội dung bạn tìm không có ở đây.</p></html>";
    server.otherwise(move |_| Say::ok("text/html", page));
    let url = server.url("/tin/cau-moi-a12345.html");
    for (hours, asked) in [(0, 1), (1, 1), (23, 1), (24, 2), (25, 2)] {
        let body = timeout(PATIENCE, made_up(&fetcher, &url, now() + TimeDelta::hours(hours))).await.unwrap();
        assert_eq!(body.map(|it| it.bytes.clone()), Some(page.as_bytes().to_vec()));
        let requests = server.requests().iter().filter(|it| it.target.starts_with("/tin/cau-moi-a9")).count();
        assert_eq!(requests, asked, "after {hours} hours");
    }
    let honest = Scripted::start().await;
    assert!(made_up(&fetcher, &honest.url("/tin/1.html"), now()).await.is_none(), "a host that answers 404 has no page to compare with");
}

#[tokio::test]
async fn compressed_bodies_are_decompressed() {
    let server = Scripted::start().await;
    let feed = "<rss>Phòng, chống mua bán người</rss>".repeat(200);
    let mut deflated = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    deflated.write_all(feed.as_bytes()).unwrap();
    let mut brotlied = Vec::new();
    brotli::BrotliCompress(&mut feed.as_bytes(), &mut brotlied, &brotli::enc::BrotliEncoderParams::default()).unwrap();
    for (coding, bytes) in [
        ("gzip", gzip(feed.as_bytes())),
        ("deflate", deflated.finish().unwrap()),
        ("br", brotlied),
        ("zstd", zstd::encode_all(feed.as_bytes(), 0).unwrap()),
        ("utf-8", feed.clone().into_bytes()),
        ("identity", feed.clone().into_bytes()),
    ] {
        server.on("/x", Say::ok(XML, bytes).header("Content-Encoding", coding));
        assert_eq!(body(get(&server.url("/x")).await).bytes, feed.as_bytes(), "{coding}");
    }
    let accepted = server.asked("/x")[0].header("accept-encoding").unwrap().to_owned();
    assert!(["gzip", "deflate", "br", "zstd"].iter().all(|it| accepted.contains(it)), "{accepted}");
}

#[tokio::test]
async fn a_body_that_is_not_compressed_as_its_header_says_is_no_document() {
    let server = Scripted::start().await;
    for coding in ["gzip", "br", "zstd", "deflate"] {
        server.on("/x", Say::ok(XML, "<rss>Không nén</rss>".repeat(100)).header("Content-Encoding", coding));
        let answer = get(&server.url("/x")).await;
        assert_eq!(end(&answer), "not_a_document", "{coding}: {answer:?}");
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_cut_off_compressed_or_not() {
    let server = Scripted::start().await;
    let limit = settings().body_bytes_max;
    let bomb = gzip(&vec![b' '; 100 << 20]);
    assert!(bomb.len() < 200_000, "100 MB in {} bytes", bomb.len());
    for (what, say, want) in [
        ("at the limit", Say::ok(XML, vec![b'x'; limit]), "body"),
        ("one byte more", Say::ok(XML, vec![b'x'; limit + 1]), "too_large"),
        ("without a length", Say::ok(XML, vec![b'x'; 3 * limit]).without_length(), "too_large"),
        ("a gzip bomb", Say::ok(XML, bomb).header("Content-Encoding", "gzip"), "too_large"),
        // It would take hours to its end; the limit is met long before.
        ("a long drip", Say::ok(XML, vec![b'x'; 60 << 20]).drip(limit, Duration::from_millis(500)), "too_large"),
    ] {
        server.on("/x", say);
        assert_eq!(end(&get(&server.url("/x")).await), want, "{what}");
    }
}

#[tokio::test]
async fn the_content_type_is_handed_on_as_it_stands() {
    let server = Scripted::start().await;
    for kind in ["text/html; charset=windows-1258", "TEXT/XML;Charset=\"UTF-8\"", "text/html; title=\"Báo\"", "rác"] {
        server.on("/x", Say::ok(kind, [0xe1, 0xfe]));
        let body = body(get(&server.url("/x")).await);
        assert_eq!((body.content_type.as_deref(), body.bytes.as_slice()), (Some(kind), &[0xe1, 0xfe][..]));
    }
}

#[tokio::test]
async fn every_request_says_who_asks() {
    let server = Scripted::start().await;
    server.on("/x", Say::redirect(302, "/y"));
    get(&server.url("/x")).await;
    let asked = server.requests();
    let targets: Vec<_> = asked.iter().map(|it| it.target.as_str()).collect();
    assert_eq!(targets, ["/robots.txt", "/x", "/y"]);
    assert!(asked.iter().all(|it| it.header("user-agent") == Some(settings().user_agent.as_str()) && it.header("referer").is_none()));
}

#[tokio::test]
async fn the_guard_lets_nothing_through_to_our_own_network() {
    let server = Scripted::start().await;
    let guarded = Fetcher::new(Settings { allow_private_hosts: false, ..settings() }).unwrap();
    let port = server.url("/").port().unwrap();
    for host in ["127.0.0.1", "localhost", "127.1", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "2130706433"] {
        let url = Url::parse(&format!("http://{host}:{port}/x")).unwrap();
        let told = failure(ask(&guarded, &url, &Validators::default(), now()).await);
        assert_eq!(told.outcome, Outcome::Unreachable);
        assert!(told.detail.contains("guard refuses"), "{host}: {}", told.detail);
    }
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn a_name_that_resolves_to_our_own_network_is_refused() {
    let localhost = || "localhost".parse().unwrap();
    let refused = Guarded { allowed: Allowed::Public }.resolve(localhost()).await.err().unwrap();
    assert!(refused.to_string().contains("guard refuses localhost"), "{refused}");
    let allowed = Guarded { allowed: Allowed::All }.resolve(localhost()).await.unwrap();
    assert!(allowed.map(|it| it.ip()).all(|it| it.is_loopback()));
}

/// Whether robots.txt lets us read a path.
async fn allows(robots: impl AsRef<[u8]>, path: &str) -> bool {
    let server = Scripted::start().await;
    server.on("/robots.txt", Say::ok("text/plain", robots));
    server.otherwise(|_| Say::ok("text/html", "<p>…"));
    let answer = get(&server.url(path)).await;
    match end(&answer) {
        "body" => true,
        "refused_by_robots" => {
            assert_eq!(server.requests().len(), 1, "what is forbidden is not asked for");
            false
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn robots_txt_is_read_by_rfc_9309() {
    for (what, robots, path, allowed) in [
        ("no rule", "", "/tin", true),
        ("all is forbidden", "User-agent: *\nDisallow: /", "/tin", false),
        ("nothing is forbidden", "User-agent: *\nDisallow:", "/tin", true),
        ("for another one", "User-agent: khac\nDisallow: /", "/tin", true),
        ("our own group counts, whatever the case", "User-agent: *\nDisallow: /\n\nUser-agent: DiemBao\nAllow: /", "/tin", true),
        (
            "our own group takes the place of the star's",
            "User-agent: diembao\nDisallow: /rss\n\nUser-agent: *\nDisallow: /tin",
            "/tin",
            true,
        ),
        (
            "groups of one name are joined",
            "User-agent: *\nDisallow: /a\n\nUser-agent: x\nDisallow:\n\nUser-agent: *\nDisallow: /tin",
            "/tin",
            false,
        ),
        ("the longest match wins", "User-agent: *\nDisallow: /\nAllow: /tin", "/tin/1", true),
        ("the longest match wins, the other way", "User-agent: *\nAllow: /\nDisallow: /tin/", "/tin/1", false),
        ("an even match is allowed", "User-agent: *\nDisallow: /tin\nAllow: /tin", "/tin", true),
        ("a star", "User-agent: *\nDisallow: /*.html$", "/tin/1.html", false),
        ("an end", "User-agent: *\nDisallow: /*.html$", "/tin/1.html?a", true),
        ("a query", "User-agent: *\nDisallow: /*?trang=", "/tin?trang=2", false),
        ("diacritics, as bytes or escaped", "User-agent: *\nDisallow: /tìm-kiếm", "/tìm-kiếm", false),
        ("case of a path", "User-agent: *\nDisallow: /Tin", "/tin", true),
        ("a byte order mark", "\u{feff}User-agent: *\nDisallow: /", "/tin", false),
        ("lines of old Macs", "User-agent: *\rDisallow: /\r", "/tin", false),
        ("a remark", "User-agent: * # tất cả\nDisallow: / # hết", "/tin", false),
        ("HTML where robots.txt should be", "<!doctype html><html><body>Không tìm thấy trang</body></html>", "/tin", true),
    ] {
        assert_eq!(allows(robots, path).await, allowed, "{what}");
    }
}

#[tokio::test]
async fn robots_txt_counts_up_to_its_limit_and_in_whole_lines() {
    let filled = |rule: &str, after: usize| {
        let head = "User-agent: *\n#";
        format!("{head}{}\n{rule}\n", "x".repeat(after - head.len() - 1))
    };
    let limit = 512 * 1024;
    assert!(!allows(filled("Disallow: /", 400_000), "/tin").await, "a rule within the limit counts");
    assert!(allows(filled("Disallow: /", limit), "/tin").await, "a rule after it does not");
    assert!(allows(filled("Disallow: /tim-kiem", limit - "Disallow: /".len()), "/tin").await, "nor does the half of one");
}

#[tokio::test]
async fn the_status_of_robots_txt_decides_where_it_cannot_be_read() {
    for (say, want) in [
        (Say::status(404), "body"),
        (Say::status(401), "body"),
        (Say::status(403), "body"),
        (Say::status(410), "body"),
        (Say::status(429), "refused_by_robots"),
        (Say::status(500), "refused_by_robots"),
        (Say::status(503), "refused_by_robots"),
        (Say::close(), "unreachable"),
        (Say::redirect(301, "/chung/robots.txt"), "refused_by_robots"),
        (Say::redirect(301, "/robots.txt"), "body"),
        (Say::redirect(302, "/"), "body"),
    ] {
        let server = Scripted::start().await;
        server.on("/chung/robots.txt", Say::ok("text/plain", "User-agent: *\nDisallow: /rss"));
        server.on("/rss", Say::ok(XML, "<rss/>"));
        server.on("/", Say::ok("text/html", "<p>Trang chủ"));
        server.on("/robots.txt", say.clone());
        assert_eq!(end(&get(&server.url("/rss")).await), want, "{say:?}");
    }
}

#[tokio::test]
async fn robots_txt_is_kept_for_a_day_and_a_server_error_on_it_for_an_hour() {
    let server = Scripted::start().await;
    let fetcher = fetcher();
    server.on("/rss", Say::ok(XML, "<rss/>"));
    server.on("/robots.txt", Say::status(503));
    for (what, minutes, say, want, asked) in [
        ("it fails", 0, None, "refused_by_robots", 1),
        ("within the hour it is left alone", 59, Some(Say::status(404)), "refused_by_robots", 1),
        ("after the hour it is asked for again", 60, None, "body", 2),
        ("within the day it is known", 60 + 1439, Some(Say::ok("text/plain", "User-agent: *\nDisallow: /")), "body", 2),
        ("after the day it is asked for again", 60 + 1440, None, "refused_by_robots", 3),
        ("a clock that was set back does not keep it for ever", 0, Some(Say::status(404)), "body", 4),
    ] {
        if let Some(say) = say {
            server.on("/robots.txt", say);
        }
        let answer = ask(&fetcher, &server.url("/rss"), &Validators::default(), now() + TimeDelta::minutes(minutes)).await;
        assert_eq!((end(&answer), server.count("/robots.txt")), (want, asked), "{what}");
    }
}

#[tokio::test]
async fn the_sitemaps_that_robots_txt_names_are_known_even_where_all_is_forbidden() {
    let server = Scripted::start().await;
    server.on(
        "/robots.txt",
        Say::ok("text/plain", "User-agent: *\nDisallow: /\nSitemap: https://example.vn/sitemap.xml\nsitemap: /khong-phai\n"),
    );
    let found = fetcher().sitemaps(&server.url("/"), now()).await;
    assert_eq!(found, [Url::parse("https://example.vn/sitemap.xml").unwrap()]);
}

/// The pauses between requests as the server saw them.
fn gaps(server: &Scripted) -> Vec<Duration> {
    server.requests().windows(2).map(|it| it[1].at - it[0].at).collect()
}

#[tokio::test]
async fn the_pause_of_a_host_is_kept_between_all_requests_robots_txt_and_redirects_too() {
    let server = Scripted::start().await;
    server.on("/a", Say::redirect(302, "/b"));
    server.on("/c", Say::close());
    let fetcher = Fetcher::new(Settings { host_delay: Duration::from_millis(200), ..settings() }).unwrap();
    for path in ["/a", "/c", "/d"] {
        ask(&fetcher, &server.url(path), &Validators::default(), now()).await;
    }
    let gaps = gaps(&server);
    assert_eq!(gaps.len(), 4);
    assert!(gaps.iter().all(|it| *it >= Duration::from_millis(195)), "{gaps:?}");
}

#[tokio::test]
async fn a_host_whose_robots_txt_cannot_be_read_is_not_hammered() {
    let server = Scripted::start().await;
    server.on("/robots.txt", Say::close());
    let fetcher = Fetcher::new(Settings { host_delay: Duration::from_millis(200), ..settings() }).unwrap();
    for path in ["/a", "/b", "/c"] {
        assert_eq!(end(&ask(&fetcher, &server.url(path), &Validators::default(), now()).await), "unreachable");
    }
    let gaps = gaps(&server);
    assert!(gaps.iter().all(|it| *it >= Duration::from_millis(195)), "{gaps:?}");
}

#[tokio::test]
async fn a_longer_crawl_delay_is_kept_to() {
    let server = Scripted::start().await;
    server.on("/robots.txt", Say::ok("text/plain", "User-agent: *\nCrawl-delay: 1\n"));
    let fetcher = Fetcher::new(Settings { host_delay: Duration::from_millis(10), ..settings() }).unwrap();
    for path in ["/a", "/b"] {
        ask(&fetcher, &server.url(path), &Validators::default(), now()).await;
    }
    let gaps = gaps(&server);
    assert!(gaps.iter().all(|it| *it >= Duration::from_millis(995)), "{gaps:?}");
}

#[tokio::test]
async fn what_robots_txt_forbids_costs_the_host_no_time() {
    let server = Scripted::start().await;
    server.on("/robots.txt", Say::ok("text/plain", "User-agent: *\nDisallow: /"));
    let fetcher = Fetcher::new(Settings { host_delay: Duration::from_millis(50), ..settings() }).unwrap();
    for at in 0..2_000 {
        let answer = ask(&fetcher, &server.url(&format!("/{at}")), &Validators::default(), now()).await;
        assert_eq!(end(&answer), "refused_by_robots");
    }
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn one_host_is_asked_one_thing_at_a_time_and_two_hosts_side_by_side() {
    let (one, other) = (Scripted::start().await, Scripted::start().await);
    let fetcher = fetcher();
    let slow = || Say::ok("text/html", "<p>…").without_length().after(Duration::from_millis(100));
    one.otherwise(move |_| slow());
    other.otherwise(move |_| slow().after(Duration::from_secs(2)));
    let urls: Vec<Url> = ["/a", "/b", "/c", "/d"].iter().map(|it| one.url(it)).chain([other.url("/a")]).collect();
    let none = Validators::default();
    let gets = urls.iter().map(|it| fetcher.get(it, &none, now()));
    let answers = timeout(PATIENCE, futures_util::future::join_all(gets)).await.unwrap();
    assert!(answers.iter().all(|it| end(it) == "body"));
    assert_eq!((one.most_at_once(), one.requests().len(), one.count("/robots.txt")), (1, 5, 1));
    let began = other.asked("/a")[0].at;
    assert!(one.requests().iter().any(|it| it.at > began && it.at < began + Duration::from_secs(2)), "while the other host was still busy");
}

#[tokio::test]
async fn a_fetch_that_is_given_up_leaves_the_queue_open() {
    let server = Scripted::start().await;
    let fetcher = fetcher();
    server.on("/slow", Say::status(200).after(Duration::from_secs(60)));
    server.on("/rss", Say::ok(XML, "<rss/>"));
    let given_up = timeout(Duration::from_millis(200), fetcher.get(&server.url("/slow"), &Validators::default(), now())).await;
    assert!(given_up.is_err());
    assert_eq!(end(&ask(&fetcher, &server.url("/rss"), &Validators::default(), now()).await), "body");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An exchange in short: path, status, why the body is cut, and the body.
fn hops(answer: &Answer) -> Vec<(String, u16, Option<Truncated>, String)> {
    let shown =
        |(it, body): (&Exchange, &[u8])| (it.url.path().to_owned(), it.status, it.truncated, String::from_utf8_lossy(body).into_owned());
    answer.exchanges().map(shown).collect()
}

#[tokio::test]
async fn an_answer_carries_every_exchange_as_it_took_place() {
    let server = Scripted::start().await;
    server.on("/a", Say::redirect(302, "/b").header("Set-Cookie", "seen=1; Path=/"));
    server.on("/b", Say::redirect(301, "/c").body("Đã chuyển"));
    server.on("/c", Say::ok(XML, "<rss/>").header("X-Two", "1").header("X-Two", "2"));
    let validators = Validators { etag: Some("\"1\"".to_owned()), last_modified: None };
    let answer = ask(&fetcher(), &server.url("/a"), &validators, now()).await;
    let texts = [("/a", 302, None, ""), ("/b", 301, Some(Truncated::Unspecified), ""), ("/c", 200, None, "<rss/>")];
    assert_eq!(hops(&answer), texts.map(|(path, status, truncated, body)| (path.to_owned(), status, truncated, body.to_owned())));
    for (exchange, _) in answer.exchanges() {
        let asked = &server.asked(exchange.url.path())[0];
        let mut sent = exchange.request_headers.clone();
        sent.push(("host".to_owned(), server.host()));
        let mut received = asked.headers.clone();
        sent.sort();
        received.sort();
        assert_eq!(sent, received, "{}", exchange.url);
        assert_eq!((exchange.server, exchange.protocol), (Some("127.0.0.1".parse().unwrap()), Protocol::Http11));
        assert_eq!(exchange.reason.as_deref(), Some("Scripted"));
    }
    let (last, _) = answer.exchanges().last().unwrap();
    let two: Vec<&str> = last.response_headers.iter().filter(|it| it.0 == "x-two").map(|it| it.1.as_str()).collect();
    assert_eq!(two, ["1", "2"]);
}

#[tokio::test]
async fn answers_that_fail_keep_what_was_read_of_them_within_bounds() {
    let server = Scripted::start().await;
    let long = "x".repeat(1_500_000);
    let (length, disconnect) = (Some(Truncated::Length), Some(Truncated::Disconnect));
    for (name, say, status, truncated, kept) in [
        ("a wall", Say::status(403).body("Cấm"), 403, None, "Cấm".len()),
        ("a long error page", Say::status(500).body(&long), 500, length, 40_001),
        ("more than a body may have", Say::ok(XML, &long), 200, length, 64 * 1024),
        ("a cut body", Say::ok(XML, &long[..500]).cut_at(100), 200, disconnect, 100),
        ("an error page that breaks off", Say::status(404).body(&long[..500]).cut_at(100), 404, disconnect, 100),
        ("304 unasked", Say::status(304), 304, None, 0),
        ("a redirect to nowhere", Say::status(302), 302, None, 0),
        ("not packed as it says", Say::ok(XML, "plain").header("Content-Encoding", "gzip"), 200, Some(Truncated::Unspecified), 0),
    ] {
        server.on("/rss", say);
        let answer = get(&server.url("/rss")).await;
        assert!(matches!(answer.end, End::Failed(_)), "{name}");
        let hops: Vec<_> = hops(&answer).into_iter().map(|(_, status, truncated, body)| (status, truncated, body.len())).collect();
        assert_eq!(hops, [(status, truncated, kept)], "{name}");
    }
    server.on("/rss", Say::close());
    assert_eq!(get(&server.url("/rss")).await.exchanges().count(), 0, "nobody answered");
    let barred = Scripted::start().await;
    barred.on("/robots.txt", Say::status(503));
    assert_eq!(get(&barred.url("/rss")).await.exchanges().count(), 0, "robots.txt is not part of it");
}

#[tokio::test]
async fn an_address_without_end_is_not_asked_for() {
    let server = Scripted::start().await;
    let answer = get(&server.url(&format!("/{}", "a".repeat(9_000)))).await;
    assert_eq!((end(&answer), server.count("/robots.txt")), ("unreachable", 0));
}
