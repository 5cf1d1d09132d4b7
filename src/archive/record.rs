//! WARC 1.1 records (ISO 28500:2017): written, read back and checked against all that they say of themselves.

use std::{
    fmt::Write as _,
    io::{self, BufRead, BufReader, Read},
};

use chrono::{DateTime, SecondsFormat, Utc};
use sha2::{Digest, Sha256};
use url::Url;

use crate::{
    archive::{
        error::{ArchiveError, Flaw},
        exchange::{Earlier, Exchange, Payload, Stored},
        http::{self, URL_BYTES_MAX},
        member::{self, Unpacked},
    },
    domain::capture::{Place, Protocol, Truncated},
};

/// Longest body that is archived, in bytes.
pub(super) const BODY_BYTES_MAX: usize = 128 * 1024 * 1024;
/// Longest WARC header that is read: two addresses and a dozen short fields.
const HEADER_BYTES_MAX: usize = 2 * URL_BYTES_MAX + 4 * 1024;
/// How much of a block is unpacked at a time.
const PIECE: usize = 16 * 1024;

const VERSION: &str = "WARC/1.1\r\n";
const FORMAT: &str = "WARC File Format 1.1";
const CONFORMS_TO: &str = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/";
/// WARC 1.1 section 6.7.2: the payload is the same, only the answer's head is kept.
const SAME_PAYLOAD: &str = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";
/// Every record ends with these.
const RECORD_END: &[u8] = b"\r\n\r\n";

/// What a record is; other types of WARC 1.1 are never written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `warcinfo`: what the file is.
    Info,
    Request,
    Response,
    /// `revisit`: an answer whose body an earlier record has.
    Revisit,
}

impl Kind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "warcinfo",
            Self::Request => "request",
            Self::Response => "response",
            Self::Revisit => "revisit",
        }
    }

    fn of(text: &str) -> Option<Self> {
        [Self::Info, Self::Request, Self::Response, Self::Revisit].into_iter().find(|it| it.as_str() == text)
    }
}

/// The digest by which bodies are compared: `sha256:` and 64 hexadecimal digits.
pub fn payload_digest(body: &[u8]) -> String {
    labelled(Sha256::new_with_prefix(body))
}

fn labelled(hash: Sha256) -> String {
    let mut text = "sha256:".to_owned();
    for byte in hash.finalize().iter() {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Refuses an exchange that exceeds a limit.
pub(super) fn within_limits(exchange: &Exchange) -> Result<(), ArchiveError> {
    let url = exchange.url.as_str();
    let named = || url.chars().take(200).collect();
    let parts = [("address", url.len(), URL_BYTES_MAX), ("body", exchange.body.len(), BODY_BYTES_MAX)];
    match parts.into_iter().find(|(_, bytes, max)| bytes > max) {
        Some((part, bytes, max)) => Err(ArchiveError::TooLarge { url: named(), part, bytes, max }),
        None => Ok(()),
    }
}

/// A record ready to be written.
pub(super) struct Packed {
    pub(super) id: String,
    pub(super) member: Vec<u8>,
}

/// The record that opens a file.
pub(super) fn info(file: &str, software: &str, at: DateTime<Utc>) -> io::Result<Packed> {
    let software = software.replace(['\r', '\n'], " ");
    let block = format!("software: {software}\r\nformat: {FORMAT}\r\nconformsTo: {CONFORMS_TO}\r\n");
    let mut header = Header::new(Kind::Info, at);
    header.add("WARC-Filename", file);
    header.add("Content-Type", "application/warc-fields");
    header.pack(file, 0, &[block.as_bytes()])
}

/// The record of the request of an exchange.
pub(super) fn request(exchange: &Exchange, file: &str, offset: u64) -> io::Result<Packed> {
    let mut header = Header::new(Kind::Request, exchange.at);
    header.add_exchange(exchange);
    header.add("Content-Type", "application/http; msgtype=request");
    header.pack(file, offset, &[http::request_head(exchange).as_bytes()])
}

/// Which of the earlier exchanges had the same body, whole.
pub(super) fn repeated(exchange: &Exchange, digest: &str) -> Option<usize> {
    exchange.earlier.iter().position(|it| it.digest == digest && exchange.truncated.is_none())
}

/// The record of the answer: with its body and the id of the request's record, or without both where an earlier exchange
/// had the same body.
pub(super) fn answer(
    exchange: &Exchange,
    digest: &str,
    repeated: Option<&Earlier>,
    request: Option<&str>,
    file: &str,
    offset: u64,
) -> io::Result<Packed> {
    let mut header = Header::new(if repeated.is_some() { Kind::Revisit } else { Kind::Response }, exchange.at);
    header.add_exchange(exchange);
    if let Some(request) = request {
        header.add("WARC-Concurrent-To", &format!("<{request}>"));
    }
    header.add("WARC-Payload-Digest", digest);
    if let Some(reason) = exchange.truncated {
        header.add("WARC-Truncated", reason.as_str());
    }
    if let Some(earlier) = repeated {
        header.add("WARC-Profile", SAME_PAYLOAD);
        header.add("WARC-Refers-To-Target-URI", earlier.url.as_str());
        header.add("WARC-Refers-To-Date", &date(earlier.at));
    }
    header.add("Content-Type", "application/http; msgtype=response");
    let head = http::response_head(exchange);
    let body = if repeated.is_some() { &[] } else { exchange.body };
    header.pack(file, offset, &[head.as_bytes(), body])
}

/// The header of a record under construction.
struct Header(String);

impl Header {
    fn new(kind: Kind, at: DateTime<Utc>) -> Self {
        let mut header = Self(VERSION.to_owned());
        header.add("WARC-Type", kind.as_str());
        header.add("WARC-Date", &date(at));
        header
    }

    fn add(&mut self, name: &str, value: &str) {
        for part in [name, ": ", value, "\r\n"] {
            self.0.push_str(part);
        }
    }

    fn add_exchange(&mut self, exchange: &Exchange) {
        self.add("WARC-Target-URI", exchange.url.as_str());
        if let Some(server) = exchange.server {
            self.add("WARC-IP-Address", &server.to_string());
        }
        match exchange.protocol {
            Protocol::Http2 => self.add("WARC-Protocol", "h2"),
            Protocol::Http3 => self.add("WARC-Protocol", "h3"),
            Protocol::Http10 | Protocol::Http11 => {}
        }
    }

    /// Adds what the block decides, and last the id, which is made from all before it.
    fn pack(mut self, file: &str, offset: u64, block: &[&[u8]]) -> io::Result<Packed> {
        let hash = block.iter().fold(Sha256::new(), |hash, it| hash.chain_update(it));
        self.add("WARC-Block-Digest", &labelled(hash));
        self.add("Content-Length", &block.iter().map(|it| it.len()).sum::<usize>().to_string());
        let id = id(file, offset, self.0.as_bytes());
        self.add("WARC-Record-ID", &format!("<{id}>"));
        self.0.push_str("\r\n");
        let parts: Vec<&[u8]> = [self.0.as_bytes()].into_iter().chain(block.iter().copied()).chain([RECORD_END]).collect();
        Ok(Packed { id, member: member::pack(&parts)? })
    }
}

/// A record's id: a UUID of version 8 (RFC 9562 section 5.8) from the SHA-256 of where it stands and of its header, which
/// has the digest of its block. No source of chance is needed, and whoever knows the id knows the record.
fn id(file: &str, offset: u64, header: &[u8]) -> String {
    let hash = Sha256::new().chain_update(format!("{file}\n{offset}\n")).chain_update(header).finalize();
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&hash[..16]);
    let bits = u128::from_be_bytes(bytes);
    let bits = bits & !(0xf << 76) | (0x8 << 76);
    let bits = bits & !(0x3 << 62) | (0x2 << 62);
    let text = format!("{bits:032x}");
    format!("urn:uuid:{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
}

/// WARC 1.1 section 5.4: UTC, with as many digits after the second as the instant has.
fn date(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// A record that was read and found to be as it says.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) kind: Kind,
    /// `urn:uuid:…`.
    pub(super) id: String,
    pub(super) at: DateTime<Utc>,
    fields: Vec<(String, String)>,
    http_head: Vec<u8>,
    body: Vec<u8>,
}

/// What is done with the payload of a record while it is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    Body,
    Nothing,
}

impl Record {
    /// Reads a member and checks its seal, its checksum, its form, its id and its digests. `file` and `offset` are those at
    /// which it was written.
    pub(super) fn read(member: &[u8], file: &str, offset: u64, keep: Keep) -> Result<Self, Flaw> {
        let mut source = BufReader::with_capacity(PIECE, Unpacked::new(member)?);
        let header = head(&mut source, HEADER_BYTES_MAX, "WARC header")?;
        let (id, at, kind, fields) = read_header(&header, file, offset)?;
        let mut record = Self { kind, id, at, fields, http_head: Vec::new(), body: Vec::new() };
        let len: u64 = record.field("Content-Length").and_then(|it| it.parse().ok()).ok_or(Flaw::Form("length"))?;
        if len > (BODY_BYTES_MAX + http::HEAD_BYTES_MAX) as u64 {
            return Err(Flaw::Form("length"));
        }
        let (block, payload) = record.read_block(&mut source.by_ref().take(len), keep)?;
        let mut end = Vec::new();
        source.by_ref().take(RECORD_END.len() as u64 + 1).read_to_end(&mut end).map_err(Flaw::Unpack)?;
        if end != RECORD_END {
            return Err(Flaw::Mismatch("length"));
        }
        source.into_inner().finish()?;
        if record.field("WARC-Block-Digest") != Some(&block) {
            return Err(Flaw::Mismatch("block digest"));
        }
        match (kind, record.field("WARC-Payload-Digest")) {
            (Kind::Response, Some(stated)) if stated != payload => Err(Flaw::Mismatch("payload digest")),
            (Kind::Response | Kind::Revisit, None) => Err(Flaw::Form("payload digest")),
            _ => Ok(record),
        }
    }

    /// Reads the block; gives back the digests of all of it and of what follows the HTTP head.
    fn read_block(&mut self, block: &mut impl BufRead, keep: Keep) -> Result<(String, String), Flaw> {
        if self.kind != Kind::Info {
            self.http_head = head(block, http::HEAD_BYTES_MAX, "HTTP head")?;
        }
        let (mut whole, mut payload) = (Sha256::new_with_prefix(&self.http_head), Sha256::new());
        let mut piece = [0; PIECE];
        loop {
            match block.read(&mut piece) {
                Ok(0) => return Ok((labelled(whole), labelled(payload))),
                Ok(count) => {
                    whole.update(&piece[..count]);
                    payload.update(&piece[..count]);
                    if keep == Keep::Body {
                        self.body.extend_from_slice(&piece[..count]);
                    }
                }
                Err(cause) => return Err(Flaw::Unpack(cause)),
            }
        }
    }

    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }

    /// The answer that was kept at a place.
    pub(super) fn into_stored(self, place: &Place) -> Result<Stored, Flaw> {
        if !matches!(self.kind, Kind::Response | Kind::Revisit) {
            return Err(Flaw::Other("type"));
        }
        if self.id != place.record {
            return Err(Flaw::Other("record id"));
        }
        let digest = self.field("WARC-Payload-Digest").unwrap_or_default().to_owned();
        if digest != place.digest {
            return Err(Flaw::Other("payload digest"));
        }
        let url = |name| self.field(name).and_then(|it| Url::parse(it).ok()).ok_or(Flaw::Form("address"));
        let earlier = match self.kind {
            Kind::Revisit => {
                let at = self.field("WARC-Refers-To-Date").and_then(read_date).ok_or(Flaw::Form("date of the earlier record"))?;
                Some(Earlier { url: url("WARC-Refers-To-Target-URI")?, at, digest: digest.clone() })
            }
            _ => None,
        };
        let http::ResponseHead { status, reason, headers } = http::read_response_head(&self.http_head).ok_or(Flaw::Form("HTTP head"))?;
        Ok(Stored {
            url: url("WARC-Target-URI")?,
            at: self.at,
            status,
            reason,
            headers,
            digest,
            truncated: self.field("WARC-Truncated").and_then(Truncated::of),
            server: self.field("WARC-IP-Address").and_then(|it| it.parse().ok()),
            payload: earlier.map_or(Payload::Here(self.body), Payload::SameAs),
            record: self.id,
        })
    }
}

type Fields = Vec<(String, String)>;

/// Reads a WARC header; its last line must be the id that all before it gives.
fn read_header(header: &[u8], file: &str, offset: u64) -> Result<(String, DateTime<Utc>, Kind, Fields), Flaw> {
    const FORM: Flaw = Flaw::Form("WARC header");
    let text = str::from_utf8(header).map_err(|_| FORM)?;
    let lines = text.strip_prefix(VERSION).and_then(|it| it.strip_suffix("\r\n\r\n")).ok_or(FORM)?;
    let (before, last) = text.split_at(text.rfind("WARC-Record-ID: ").ok_or(FORM)?);
    let id = id(file, offset, before.as_bytes());
    if last != format!("WARC-Record-ID: <{id}>\r\n\r\n") {
        return Err(Flaw::Mismatch("record id"));
    }
    let fields = lines.split("\r\n").map(|it| it.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned())));
    let fields: Fields = fields.collect::<Option<_>>().ok_or(FORM)?;
    let field = |name| fields.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str());
    let kind = field("WARC-Type").and_then(Kind::of).ok_or(Flaw::Form("type"))?;
    let at = field("WARC-Date").and_then(read_date).ok_or(Flaw::Form("date"))?;
    Ok((id, at, kind, fields))
}

fn read_date(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|it| it.with_timezone(&Utc))
}

/// Reads up to and with the first empty line.
fn head(source: &mut impl BufRead, max: usize, what: &'static str) -> Result<Vec<u8>, Flaw> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let left = (max - head.len()) as u64;
        if source.take(left).read_until(b'\n', &mut head).map_err(Flaw::Unpack)? == 0 {
            return Err(Flaw::Form(what));
        }
    }
    Ok(head)
}
