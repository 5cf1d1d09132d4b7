//! A scripted HTTP/1.1 server on loopback: says exactly what a test wants said, and remembers what it was asked.
//!
//! ```ignore
//! mod scripted;
//! use scripted::{Answer, Scripted};
//!
//! let server = Scripted::start().await;                       // a free port; gone when `server` is dropped
//! server.on("/rss", Answer::ok("application/rss+xml", feed)); // may be changed at any time
//! server.on("/rss", Answer::status(503).header("Retry-After", "120"));
//! server.on("/a", Answer::redirect(301, "/b"));
//! server.on("/slow", Answer::ok("text/html", page).drip(1, Duration::from_millis(50)));
//! server.on("/cut", Answer::ok("text/html", page).cut_at(100));
//! server.on_call("/etag", |it| if it.header("if-none-match") == Some("\"1\"") { Answer::status(304) } else { … });
//! server.otherwise(|it| …);                                   // every other path but robots.txt; by default 404
//! server.url("/rss"); server.host();                          // the address, and `127.0.0.1:PORT` for a register
//! server.requests(); server.count("/rss"); server.most_at_once();
//! ```
//!
//! A path is looked up with its query first, then without. The connection is closed after each answer.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::{
    collections::HashMap,
    fmt::Display,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use url::Url;

/// The server; answers until it is dropped.
pub struct Scripted {
    address: SocketAddr,
    board: Arc<Board>,
    task: JoinHandle<()>,
}

/// One request as it came in.
#[derive(Debug, Clone)]
pub struct Request {
    pub at: Instant,
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Names in lower case, in the order sent.
    pub headers: Vec<(String, String)>,
    /// As long as `Content-Length` says.
    pub body: Vec<u8>,
}

/// What is sent, and how.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    head: String,
    body: Arc<[u8]>,
    /// Bytes promised by `Content-Length`; `None` sends no such header.
    length: Option<usize>,
    before: Duration,
    piece: Option<(usize, Duration)>,
    sent: Option<usize>,
}

type Script = Arc<dyn Fn(&Request) -> Answer + Send + Sync>;

#[derive(Default)]
struct Board {
    scripts: Mutex<HashMap<String, Script>>,
    otherwise: Mutex<Option<Script>>,
    requests: Mutex<Vec<Request>>,
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Scripted {
    /// Listens on a free port of loopback.
    pub async fn start() -> Self {
        Self::serve(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    /// Answers on a listener that the test opened itself.
    pub fn serve(listener: TcpListener) -> Self {
        let (address, board) = (listener.local_addr().unwrap(), Arc::new(Board::default()));
        let shared = board.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let board = shared.clone();
                // A client that goes away in the middle is what some tests want.
                tokio::spawn(async move { board.answer(stream).await.ok() });
            }
        });
        Self { address, board, task }
    }

    /// Answers a path from now on.
    pub fn on(&self, path: &str, answer: Answer) {
        self.on_call(path, move |_| answer.clone());
    }

    /// Answers a path by what was asked.
    pub fn on_call(&self, path: &str, script: impl Fn(&Request) -> Answer + Send + Sync + 'static) {
        self.board.scripts.lock().unwrap().insert(path.to_owned(), Arc::new(script));
    }

    /// Answers every path that has no answer of its own, but never robots.txt.
    pub fn otherwise(&self, script: impl Fn(&Request) -> Answer + Send + Sync + 'static) {
        *self.board.otherwise.lock().unwrap() = Some(Arc::new(script));
    }

    /// The whole address of a path.
    pub fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://{}{path}", self.address)).unwrap()
    }

    /// Host and port as they stand in a register.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// All requests so far, in the order in which they came.
    pub fn requests(&self) -> Vec<Request> {
        self.board.requests.lock().unwrap().clone()
    }

    /// The requests for one path (with its query).
    pub fn asked(&self, path: &str) -> Vec<Request> {
        self.requests().into_iter().filter(|it| it.target == path).collect()
    }

    /// How often one path was asked for.
    pub fn count(&self, path: &str) -> usize {
        self.asked(path).len()
    }

    /// The most requests that were being answered at one time.
    pub fn most_at_once(&self) -> usize {
        self.board.most.load(Ordering::SeqCst)
    }

    /// Stops listening: from now on connections are refused.
    pub async fn stop(mut self) {
        self.task.abort();
        (&mut self.task).await.ok();
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Request {
    /// A header's value, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|it| it.0 == name).map(|it| it.1.as_str())
    }
}

impl Answer {
    /// Status 200 with a body.
    pub fn ok(content_type: &str, body: impl AsRef<[u8]>) -> Self {
        Self::status(200).body(body).header("Content-Type", content_type)
    }

    /// A status and no body.
    pub fn status(status: u16) -> Self {
        Self { head: format!("HTTP/1.1 {status} Scripted\r\n"), length: Some(0), ..Self::default() }
    }

    /// A redirect.
    pub fn redirect(status: u16, to: impl Display) -> Self {
        Self::status(status).header("Location", to)
    }

    /// Bytes as they are, status line included or not.
    pub fn raw(bytes: impl AsRef<[u8]>) -> Self {
        Self { body: bytes.as_ref().into(), ..Self::default() }
    }

    /// Nothing: the connection is closed.
    pub fn close() -> Self {
        Self::default()
    }

    /// One more header.
    pub fn header(mut self, name: &str, value: impl Display) -> Self {
        self.head.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    /// Another body; its length is declared.
    pub fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = body.as_ref().into();
        self.length = Some(self.body.len());
        self
    }

    /// Declares no length: the body ends with the connection.
    pub fn without_length(mut self) -> Self {
        self.length = None;
        self
    }

    /// Waits before the first byte.
    pub fn after(mut self, pause: Duration) -> Self {
        self.before = pause;
        self
    }

    /// Sends the body in pieces of so many bytes with a pause after each.
    pub fn drip(mut self, bytes: usize, pause: Duration) -> Self {
        self.piece = Some((bytes.max(1), pause));
        self
    }

    /// Closes after so many bytes of the body.
    pub fn cut_at(mut self, bytes: usize) -> Self {
        self.sent = Some(bytes);
        self
    }

    async fn send(self, stream: &mut TcpStream) -> std::io::Result<()> {
        tokio::time::sleep(self.before).await;
        if !self.head.is_empty() {
            let length = self.length.map(|it| format!("Content-Length: {it}\r\n")).unwrap_or_default();
            stream.write_all(format!("{}{length}Connection: close\r\n\r\n", self.head).as_bytes()).await?;
        }
        let body = &self.body[..self.sent.unwrap_or(usize::MAX).min(self.body.len())];
        let Some((bytes, pause)) = self.piece else { return stream.write_all(body).await };
        for piece in body.chunks(bytes) {
            stream.write_all(piece).await?;
            stream.flush().await?;
            tokio::time::sleep(pause).await;
        }
        Ok(())
    }
}

impl Board {
    async fn answer(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let Some(request) = read_request(&mut stream).await? else { return Ok(()) };
        self.requests.lock().unwrap().push(request.clone());
        self.most.fetch_max(self.now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let answer = self.find(&request);
        let end = answer.send(&mut stream).await;
        // Counted down before the client can know that the answer is whole, or it could be back too early.
        self.now.fetch_sub(1, Ordering::SeqCst);
        stream.shutdown().await?;
        end
    }

    fn find(&self, request: &Request) -> Answer {
        let path = request.target.split('?').next().unwrap_or_default();
        let script = {
            let scripts = self.scripts.lock().unwrap();
            scripts.get(&request.target).or_else(|| scripts.get(path)).cloned()
        };
        let script = script.or_else(|| self.otherwise.lock().unwrap().clone().filter(|_| path != "/robots.txt"));
        script.map_or_else(|| Answer::status(404), |it| it(request))
    }
}

/// Reads up to the empty line, and a body; `None` where the client left before the end.
async fn read_request(stream: &mut TcpStream) -> std::io::Result<Option<Request>> {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|it| it == b"\r\n\r\n") {
            break end + 4;
        }
        match stream.read(&mut chunk).await? {
            0 => return Ok(None),
            read => bytes.extend_from_slice(&chunk[..read]),
        }
    };
    let at = Instant::now();
    let mut body = bytes.split_off(head);
    let text = String::from_utf8_lossy(&bytes);
    let mut lines = text.lines();
    let mut first = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
    let (method, target) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
    let headers = lines.filter_map(|it| it.split_once(": ")).map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    let mut request = Request { at, method, target, headers, body: Vec::new() };
    let length = request.header("content-length").map_or(0, |it| it.parse().unwrap());
    while body.len() < length {
        match stream.read(&mut chunk).await? {
            0 => return Ok(None),
            read => body.extend_from_slice(&chunk[..read]),
        }
    }
    request.body = body;
    Ok(Some(request))
}
