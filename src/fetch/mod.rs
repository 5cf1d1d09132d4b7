//! One address at a time, politely and within limits, and what went wrong if something did.

pub mod answer;
pub mod detour;
pub mod exchange;
pub mod guard;
pub mod lane;
pub mod missing;
pub mod tls;
pub mod wall;

use std::{collections::BTreeMap, error::Error as StdError, fmt, io, net::SocketAddr, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{Response, StatusCode, header};
use url::Url;

use crate::{
    domain::{
        outlet::{Host, Intermediates},
        visit::Outcome,
    },
    fetch::{
        exchange::{Cap, Exchange, read, sent},
        guard::{Allowed, Guarded, Refused},
        lane::{Lane, Lanes, Rules},
    },
};

/// How the fetcher behaves; one value for the whole program.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Sent with every request; names the program and a contact.
    pub user_agent: String,
    /// The whole of one request, from connecting to the last byte.
    pub timeout: Duration,
    /// Pause between two requests to one host; a longer `Crawl-delay` is kept to.
    pub host_delay: Duration,
    /// Limit of a body after decompression.
    pub body_bytes_max: usize,
    /// Lets loopback and private addresses through. For rehearsals and tests only.
    pub allow_private_hosts: bool,
    /// Certificates (DER) that complete the chains of servers which leave one out, by host. They are trusted no more than
    /// what a server sends: only a chain that ends in a trusted root is accepted.
    pub intermediates: Intermediates,
    /// Roots (DER) beside the system's and the bundled ones. No key of the configuration leads here: it is for tests that
    /// are their own authority.
    pub extra_roots: Vec<Vec<u8>>,
}

/// Fetches documents for the whole program; each host has one queue.
#[derive(Debug)]
pub struct Fetcher {
    client: reqwest::Client,
    settings: Settings,
    allowed: Allowed,
    lanes: Lanes,
}

/// What a server said of the state of a document, to be handed back at the next visit (RFC 9110 section 8.8).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    pub etag: Option<String>,
    pub last_modified: Option<String>,
}

/// The end of one fetch.
#[derive(Debug)]
pub struct Answer {
    /// The address that answered, after redirects.
    pub url: Url,
    /// Where a chain of permanent redirects led.
    pub moved_to: Option<Url>,
    pub status: Option<u16>,
    pub end: End,
    /// Every request that was answered on the way, robots.txt aside, in the order in which they took place.
    hops: Vec<Exchange>,
}

/// What came of it.
#[derive(Debug)]
pub enum End {
    Body(Body),
    /// Status 304 to a request that carried validators.
    NotModified,
    Failed(Failure),
}

impl Answer {
    /// Every exchange that took place, with what was read of its body.
    pub fn exchanges(&self) -> impl Iterator<Item = (&Exchange, &[u8])> {
        let last = self.hops.len().saturating_sub(1);
        self.hops.iter().enumerate().map(move |(at, exchange)| match &self.end {
            End::Body(body) if at == last => (exchange, body.bytes.as_slice()),
            _ => (exchange, exchange.body.as_slice()),
        })
    }
}

/// A whole body, decompressed.
#[derive(Debug, Clone)]
pub struct Body {
    pub bytes: Vec<u8>,
    pub content_type: Option<String>,
    pub validators: Validators,
}

/// A named failure with what a person needs to understand it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub outcome: Outcome,
    pub detail: String,
    /// How long the server asked us to stay away.
    pub retry_after: Option<TimeDelta>,
}

/// The HTTP client could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("set up the HTTP client with user agent `{user_agent}`")]
pub struct SetupError {
    user_agent: String,
    #[source]
    cause: Box<dyn StdError + Send + Sync>,
}

/// RFC 9110 sets no limit; browsers stop at 20, RFC 9309 asks for 5 for robots.txt.
const REDIRECTS_MAX: usize = 5;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// RFC 9309 section 2.5: a parser must take in at least 500 KiB.
const ROBOTS_BYTES_MAX: usize = 512 * 1024;
/// Longest target of a redirect that is followed; servers refuse longer addresses (RFC 9110 section 4.1 asks for 8000).
const LOCATION_BYTES_MAX: usize = 8_192;
/// Longest address that is asked for; what a register or a list names is bounded as well as what a redirect does.
const ADDRESS_BYTES_MAX: usize = LOCATION_BYTES_MAX;
/// Says that any form is welcome; documents are told apart by their bytes.
const ACCEPT: &str = "*/*";
/// What the client unpacks. It would say the same by itself, but not where it can be kept.
const ACCEPT_ENCODING: &str = "zstd,gzip,deflate,br";
/// Longest validator that is handed back: a longer one could make every later request too large.
const VALIDATOR_BYTES_MAX: usize = 1_024;

impl Fetcher {
    /// Sets up the one HTTP client. The bundled roots are added to the system's, which may be missing.
    ///
    /// # Errors
    /// Where the user agent cannot stand in a header or TLS cannot be set up.
    pub fn new(settings: Settings) -> Result<Self, SetupError> {
        let allowed = if settings.allow_private_hosts { Allowed::All } else { Allowed::Public };
        Self::allowing(settings, allowed)
    }

    /// Sets up a fetcher for the control outlet, which listens at that address of loopback. It goes there and nowhere else,
    /// while every other fetcher refuses that outlet's name: neither can lead the other astray.
    ///
    /// # Errors
    /// As for [`Fetcher::new`].
    pub fn for_control(settings: Settings, address: SocketAddr) -> Result<Self, SetupError> {
        Self::allowing(settings, Allowed::Control(address))
    }

    fn allowing(settings: Settings, allowed: Allowed) -> Result<Self, SetupError> {
        let setup = |cause| SetupError { user_agent: settings.user_agent.clone(), cause };
        let tls = tls::config(&settings.intermediates, &settings.extra_roots).map_err(|it| setup(it.into()))?;
        let client = reqwest::Client::builder()
            .user_agent(settings.user_agent.as_str())
            .redirect(reqwest::redirect::Policy::none())
            .dns_resolver(Guarded { allowed })
            .tls_backend_preconfigured(tls)
            .timeout(settings.timeout)
            .read_timeout(settings.timeout)
            .connect_timeout(CONNECT_TIMEOUT.min(settings.timeout))
            .referer(false)
            .no_proxy()
            .build()
            .map_err(|it| setup(it.into()))?;
        Ok(Self { client, settings, allowed, lanes: Lanes::default() })
    }

    /// Fetches one address: in its host's queue, as far as robots.txt allows, following redirects.
    ///
    /// `now` dates the cached robots.txt; it does not pace the requests. Validators speak of the address asked for and of
    /// no other: they are not sent along a redirect, and what a redirect led to brings none back. A 304 from elsewhere
    /// would vouch for a document that was never seen.
    pub async fn get(&self, url: &Url, validators: &Validators, now: DateTime<Utc>) -> Answer {
        let mut ask = Ask { url: url.clone(), validators: validators.clone(), cookies: BTreeMap::new() };
        let mut moved_to = None;
        let mut permanent = true;
        let mut hops = Vec::new();
        for _ in 0..=REDIRECTS_MAX {
            let reply = match self.hop(&ask, now).await {
                Ok(reply) => reply,
                Err(Broken { failure, exchange }) => {
                    hops.extend(exchange.map(|it| *it));
                    return Answer { url: ask.url, moved_to, status: None, end: End::Failed(failure), hops };
                }
            };
            hops.push(reply.exchange);
            let status = Some(reply.status.as_u16());
            let (to, cookies) = match reply.kind {
                ReplyKind::Redirect { to, cookies } => (to, cookies),
                ReplyKind::Ended(mut end) => {
                    if let End::Body(body) = &mut end
                        && ask.url != *url
                    {
                        body.validators = Validators::default();
                    }
                    return Answer { url: ask.url, moved_to, status, end, hops };
                }
            };
            permanent &= matches!(reply.status, StatusCode::MOVED_PERMANENTLY | StatusCode::PERMANENT_REDIRECT);
            if let Some((outcome, detail)) = detour::aside(url, &to) {
                return Answer { url: ask.url, moved_to, status, end: End::Failed(Failure::new(outcome, detail)), hops };
            }
            if permanent {
                moved_to = Some(to.clone()).filter(|it| it != url);
            }
            ask.follow(to, cookies);
        }
        let failure = Failure::new(Outcome::Unreachable, format!("more than {REDIRECTS_MAX} redirects"));
        Answer { url: ask.url, moved_to: None, status: None, end: End::Failed(failure), hops }
    }

    /// The sitemaps that a host's robots.txt names.
    pub async fn sitemaps(&self, url: &Url, now: DateTime<Utc>) -> Vec<Url> {
        let mut lane = self.lanes.enter(url).await;
        // The rules are read as a side effect; that this address is forbidden does not matter here.
        let _forbidden = self.obey_robots(&mut lane, url, now).await;
        let found = match lane.rules(now) {
            Some(Rules::Read(robots)) => robots.sitemaps().to_vec(),
            _ => Vec::new(),
        };
        lane.leave(self.settings.host_delay);
        found
    }

    /// One request in its host's queue, robots.txt first.
    async fn hop(&self, ask: &Ask, now: DateTime<Utc>) -> Result<Reply, Broken> {
        guard::check(&ask.url, self.allowed).map_err(Failure::from)?;
        if ask.url.as_str().len() > ADDRESS_BYTES_MAX {
            return Err(Failure::new(Outcome::Unreachable, format!("the address has more than {ADDRESS_BYTES_MAX} bytes")).into());
        }
        let mut lane = self.lanes.enter(&ask.url).await;
        let reply = match self.obey_robots(&mut lane, &ask.url, now).await {
            Ok(()) => self.request(&mut lane, ask, Cap::RefuseOver(self.settings.body_bytes_max)).await,
            Err(refused) => Err(refused.into()),
        };
        lane.leave(self.settings.host_delay);
        reply
    }

    /// Refuses what robots.txt forbids (RFC 9309); reads the file where it is not known or too old.
    async fn obey_robots(&self, lane: &mut Lane, url: &Url, now: DateTime<Utc>) -> Result<(), Failure> {
        if lane.rules(now).is_none() {
            let named = |it: Failure| Failure { detail: format!("robots.txt: {}", it.detail), ..it };
            let rules = self.read_robots(lane, url).await.map_err(named)?;
            lane.keep_rules(rules, now);
        }
        match lane.rules(now) {
            Some(Rules::Unavailable(status)) => {
                Err(Failure::new(Outcome::RefusedByRobots, format!("robots.txt answered {status}, which forbids everything for a while")))
            }
            Some(Rules::Read(robots)) if !robots.is_url_allowed(url) => {
                Err(Failure::new(Outcome::RefusedByRobots, format!("robots.txt forbids {}", url.path())))
            }
            _ => Ok(()),
        }
    }

    /// Reads robots.txt by the status rules of RFC 9309 section 2.3.1: 4xx allows all, 5xx forbids all.
    async fn read_robots(&self, lane: &mut Lane, url: &Url) -> Result<Rules, Failure> {
        let at = robotxt::robots_url(url).map_err(|cause| Failure::new(Outcome::Unreachable, cause.to_string()))?;
        let mut ask = Ask { url: at, validators: Validators::default(), cookies: BTreeMap::new() };
        for _ in 0..=REDIRECTS_MAX {
            guard::check(&ask.url, self.allowed)?;
            let reply = self.request(lane, &ask, Cap::CutAt(ROBOTS_BYTES_MAX)).await.map_err(|it| it.failure)?;
            match reply.kind {
                ReplyKind::Redirect { to, cookies } => ask.follow(to, cookies),
                _ if reply.status.is_server_error() || reply.status == StatusCode::TOO_MANY_REQUESTS => {
                    return Ok(Rules::Unavailable(reply.status.as_u16()));
                }
                ReplyKind::Ended(End::Body(body)) => {
                    return Ok(Rules::Read(robotxt::Robots::parse(whole_lines(&body.bytes), robotxt::Agent::Exact(AGENT_NAME))));
                }
                ReplyKind::Ended(_) => break,
            }
        }
        Ok(Rules::Read(robotxt::Robots::allow_all()))
    }

    /// Sends one request and reads the answer whole, within the limits.
    async fn request(&self, lane: &mut Lane, ask: &Ask, cap: Cap) -> Result<Reply, Broken> {
        let Ask { url, validators, cookies } = ask;
        let mut request = self.client.get(url.clone()).header(header::ACCEPT, ACCEPT).header(header::ACCEPT_ENCODING, ACCEPT_ENCODING);
        for (name, value) in [(header::IF_NONE_MATCH, &validators.etag), (header::IF_MODIFIED_SINCE, &validators.last_modified)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        if !cookies.is_empty() {
            let pairs: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, pairs.join("; "));
        }
        let request = request.build().map_err(|it| Failure::of_transport(&it))?;
        let headers = sent(&request, &self.settings.user_agent);
        lane.pace(self.settings.host_delay).await;
        let response = self.client.execute(request).await.map_err(|it| Failure::of_transport(&it))?;
        let status = response.status();
        let mut exchange = Exchange::begun(headers, &response);
        match redirect_target(url, &response) {
            Ok(None) => {}
            Ok(Some(to)) => {
                exchange.leave_unread(&response);
                return Ok(Reply { status, exchange, kind: ReplyKind::Redirect { to, cookies: cookies_of(&response) } });
            }
            Err(failure) => {
                exchange.leave_unread(&response);
                return Err(Broken { failure, exchange: Some(Box::new(exchange)) });
            }
        }
        let asked = validators.etag.is_some() || validators.last_modified.is_some();
        if status == StatusCode::NOT_MODIFIED {
            let end = if asked {
                End::NotModified
            } else {
                End::Failed(Failure::new(Outcome::NotADocument, "304 without having been asked for changes"))
            };
            return Ok(Reply { status, exchange, kind: ReplyKind::Ended(end) });
        }
        match read(response, cap, &mut exchange).await {
            Ok(end) => Ok(Reply { status, exchange, kind: ReplyKind::Ended(end) }),
            Err(failure) => Err(Broken { failure, exchange: Some(Box::new(exchange)) }),
        }
    }
}

/// Drops a last line that the limit cut through: half of `Disallow: /private` would forbid everything.
fn whole_lines(robots: &[u8]) -> &[u8] {
    let end = if robots.len() < ROBOTS_BYTES_MAX { robots.len() } else { robots.iter().rposition(|it| *it == b'\n').unwrap_or(0) };
    robots.get(..end).unwrap_or_default()
}

/// The name by which robots.txt files know us.
pub const AGENT_NAME: &str = "diembao";

/// What one request asks for.
struct Ask {
    url: Url,
    validators: Validators,
    /// What the redirects so far asked to be shown again: some sites redirect in a circle until it is.
    cookies: BTreeMap<String, String>,
}

struct Reply {
    status: StatusCode,
    exchange: Exchange,
    kind: ReplyKind,
}

/// A request that came to nothing, with the exchange where an answer had begun.
struct Broken {
    failure: Failure,
    exchange: Option<Box<Exchange>>,
}

impl From<Failure> for Broken {
    fn from(failure: Failure) -> Self {
        Self { failure, exchange: None }
    }
}

enum ReplyKind {
    Redirect { to: Url, cookies: BTreeMap<String, String> },
    Ended(End),
}

impl Ask {
    /// Goes on to where a redirect leads. Cookies stay with the host that set them.
    fn follow(&mut self, to: Url, cookies: BTreeMap<String, String>) {
        if Host::of(&self.url) == Host::of(&to) {
            self.cookies.extend(cookies);
        } else {
            self.cookies.clear();
        }
        self.url = to;
        self.validators = Validators::default();
    }
}

/// The cookies that an answer sets, without their attributes: they live for one chain of redirects.
fn cookies_of(response: &Response) -> BTreeMap<String, String> {
    let set = response.headers().get_all(header::SET_COOKIE).iter().filter_map(|it| it.to_str().ok());
    let pairs = set.filter_map(|it| it.split(';').next()?.split_once('='));
    pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
}

/// Where a redirect leads, or `None` where the answer is no redirect.
fn redirect_target(from: &Url, response: &Response) -> Result<Option<Url>, Failure> {
    let status = response.status();
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let location = response.headers().get(header::LOCATION).filter(|it| it.len() <= LOCATION_BYTES_MAX);
    let target = location.and_then(|it| from.join(&String::from_utf8_lossy(it.as_bytes())).ok());
    let Some(mut target) = target else {
        return Err(Failure::new(Outcome::ServerError, format!("status {status} without a target that can be read")));
    };
    target.set_fragment(None);
    Ok(Some(target))
}

impl Failure {
    /// A failure without a wish of the server's about the next try.
    pub fn new(outcome: Outcome, detail: impl Into<String>) -> Self {
        Self { outcome, detail: detail.into(), retry_after: None }
    }

    /// Names what reqwest reports: TLS apart from the other ways of not being reached.
    fn of_transport(error: &reqwest::Error) -> Self {
        let mut causes = Vec::new();
        let mut next = error.source();
        while let Some(cause) = next {
            causes.push(cause);
            next = cause.source();
        }
        let io = |it: &&(dyn StdError + 'static)| it.downcast_ref::<io::Error>().map(io::Error::kind);
        let cut = causes.iter().filter_map(io).any(|it| it == io::ErrorKind::UnexpectedEof);
        // Faults of the transfer and of the compression reach us as the same kind; the words are hyper's.
        let in_transit = causes.iter().any(|it| it.to_string().starts_with("error reading a body"));
        let cause = causes.last().map_or_else(|| error.to_string(), ToString::to_string);
        match causes.iter().find_map(|it| tls_fault(*it)) {
            Some(fault) => Self::new(Outcome::TlsError, fault),
            None if error.is_timeout() => Self::new(Outcome::Unreachable, "time-out"),
            None if error.is_dns() => Self::new(Outcome::Unreachable, format!("name lookup: {cause}")),
            None if error.is_connect() => Self::new(Outcome::Unreachable, format!("connect: {cause}")),
            None if error.is_decode() && !cut && !in_transit => {
                Self::new(Outcome::NotADocument, format!("the body is not compressed as its header says: {cause}"))
            }
            None => Self::new(Outcome::Unreachable, format!("the answer broke off: {cause}")),
        }
    }
}

/// What went wrong in TLS, where the error is one of its faults. Told by type: words may stand in a host's name.
fn tls_fault(cause: &(dyn StdError + 'static)) -> Option<String> {
    use rustls::{CertificateError, Error};
    let mut inner = cause.downcast_ref::<io::Error>()?.get_ref()?;
    // An I/O error hides what it wraps from the chain of sources, and may wrap another one.
    while let Some(next) = inner.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        inner = next;
    }
    match inner.downcast_ref::<Error>() {
        Some(Error::InvalidCertificate(CertificateError::Other(fault))) => Some(fault.to_string()),
        Some(fault) => Some(fault.to_string()),
        None => Some(inner.to_string()).filter(|it| it == "tls handshake eof"),
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self::new(Outcome::Unreachable, refused.to_string())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.outcome, self.detail)
    }
}
