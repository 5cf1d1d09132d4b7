//! The heads of HTTP messages as they stand in a record (RFC 9112), written and read within limits.

use url::Url;

use crate::{archive::exchange::Exchange, domain::capture::Protocol};

/// Longest address that is archived, in bytes.
pub(super) const URL_BYTES_MAX: usize = 32 * 1024;
/// Longest header line that is kept, in bytes. Servers commonly stop at 8 KiB.
const LINE_BYTES_MAX: usize = 16 * 1024;
/// All header lines of one message, in bytes; a line that no longer fits is left out and counted.
const LINES_BYTES_MAX: usize = 128 * 1024;
/// Longest head that is read back: the lines, the first line with its address, and what the archive adds.
pub(super) const HEAD_BYTES_MAX: usize = LINES_BYTES_MAX + 2 * URL_BYTES_MAX;
/// What described the transfer and not the kept bytes gets this before its name.
const ARCHIVED: &str = "X-Archived-";
/// How many header lines exceeded the limits and were left out.
const LEFT_OUT: &str = "X-Archived-Headers-Left-Out";

/// The head of the request of an exchange.
pub(super) fn request_head(exchange: &Exchange) -> String {
    let url = exchange.url;
    let query = url.query().map(|it| format!("?{it}")).unwrap_or_default();
    let path = Some(url.path()).filter(|it| !it.is_empty()).unwrap_or("/");
    let mut head = Lines::new(format!("GET {path}{query} {}\r\n", version(exchange.protocol)));
    if !exchange.request_headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        head.add("Host", &authority(url));
    }
    for (name, value) in exchange.request_headers {
        head.add(name, value);
    }
    head.end()
}

/// The head of the answer of an exchange, told of the body as it is kept: decoded, of this length.
pub(super) fn response_head(exchange: &Exchange) -> String {
    let reason = one_line(exchange.reason.unwrap_or_default());
    let mut head = Lines::new(format!("{} {:03} {:.200}\r\n", version(exchange.protocol), exchange.status, reason));
    let len = exchange.body.len().to_string();
    for (name, value) in exchange.response_headers {
        match name.to_ascii_lowercase().as_str() {
            "content-length" if *value == len => {}
            "content-encoding" | "transfer-encoding" | "content-length" => head.add(&format!("{ARCHIVED}{name}"), value),
            _ => head.add(name, value),
        }
    }
    head.text.push_str(&format!("Content-Length: {len}\r\n"));
    head.end()
}

/// What the head of an answer says.
pub(super) struct ResponseHead {
    pub(super) status: u16,
    pub(super) reason: Option<String>,
    pub(super) headers: Vec<(String, String)>,
}

/// Reads an answer's head. `None` where it is not one.
pub(super) fn read_response_head(head: &[u8]) -> Option<ResponseHead> {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.strip_suffix("\r\n\r\n")?.split("\r\n");
    let mut first = lines.next()?.splitn(3, ' ');
    first.next().filter(|it| it.starts_with("HTTP/"))?;
    let status = first.next()?.parse().ok()?;
    let reason = first.next().filter(|it| !it.is_empty()).map(str::to_owned);
    let headers = lines.map(|it| it.split_once(':').map(|(name, value)| (name.to_owned(), value.trim().to_owned())));
    Some(ResponseHead { status, reason, headers: headers.collect::<Option<_>>()? })
}

/// A head under construction.
struct Lines {
    text: String,
    used: usize,
    left_out: usize,
}

impl Lines {
    fn new(first: String) -> Self {
        Self { text: first, used: 0, left_out: 0 }
    }

    fn add(&mut self, name: &str, value: &str) {
        let line = format!("{}: {}\r\n", token(name), one_line(value));
        if line.len() > LINE_BYTES_MAX || self.used + line.len() > LINES_BYTES_MAX {
            self.left_out += 1;
            return;
        }
        self.used += line.len();
        self.text.push_str(&line);
    }

    fn end(mut self) -> String {
        if self.left_out > 0 {
            self.text.push_str(&format!("{LEFT_OUT}: {}\r\n", self.left_out));
        }
        self.text.push_str("\r\n");
        self.text
    }
}

fn version(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Http10 => "HTTP/1.0",
        Protocol::Http11 | Protocol::Http2 | Protocol::Http3 => "HTTP/1.1",
    }
}

fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// A line break inside a header would end it and could forge the next one.
fn one_line(value: &str) -> String {
    value.trim().replace(['\r', '\n', '\0'], " ")
}

/// Header names are tokens (RFC 9110 section 5.6.2); what is none is made one, so that every tool can read the record.
fn token(name: &str) -> String {
    let fits = |it: char| it.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(it);
    let token: String = name.chars().map(|it| if fits(it) { it } else { '_' }).collect();
    if token.is_empty() { "_".to_owned() } else { token }
}
