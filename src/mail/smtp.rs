//! Mail over SMTP (RFC 5321). How far an attempt got is always known, since that decides whether it may be repeated.

use std::{
    fmt::{self, Display},
    future::Future,
    slice::Chunks,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use lettre::transport::smtp::{
    Error as SmtpError,
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, Certificate, TlsParameters},
    commands::{Data, Mail, Rcpt, Rset},
    extension::ClientId,
    response::{Response, Severity},
};
use tokio::time::timeout;
use url::Url;

use crate::{
    domain::delivery::{Delivery, Refusal},
    mail::{
        MailError,
        mime::Sealed,
        relay::{Encryption, Relay},
    },
};

/// Hands mail to one server, and leaves the connection open for the next message of a batch.
pub struct SmtpPost {
    relay: Relay,
    credentials: Option<Credentials>,
    /// Absent where nothing is ever encrypted.
    tls: Option<TlsParameters>,
    waits: Waits,
    open: Mutex<Option<Line>>,
}

/// How long the server is waited for.
#[derive(Debug, Clone, Copy)]
pub struct Waits {
    /// Each of: reaching it and being greeted; turning to encryption; logging in.
    pub connect: Duration,
    /// Each command.
    pub command: Duration,
    /// The message's bytes and the answer to them. Short waits leave messages behind of which nobody knows whether they
    /// were delivered: RFC 5321 section 4.5.3.2.6 asks for ten minutes for the answer.
    pub message: Duration,
    /// All of it together.
    pub whole: Duration,
}

/// A connection that is logged in.
struct Line {
    connection: AsyncSmtpConnection,
    messages: u32,
}

/// Why a command did not go through.
#[derive(Debug)]
enum Fault {
    /// The server said 4xx.
    Temporary(String),
    /// The server said 5xx.
    Permanent(String),
    /// No answer, or one that makes no sense: the connection is of no more use.
    Broken(String),
}

/// Servers end connections that carry too many.
const MESSAGES_PER_LINE_MAX: u32 = 50;
/// Bytes that are handed to the connection at a time.
const PIECE_BYTES: usize = 64 * 1024;
/// Answers to MAIL that speak of the connection and not of the message: log in first, encrypt first, log-in too weak
/// (RFC 4954 section 6, RFC 3207 section 4).
const SESSION_CODES: [u16; 3] = [530, 534, 538];

impl Default for Waits {
    fn default() -> Self {
        let minutes = |it: u64| Duration::from_secs(60 * it);
        Self { connect: Duration::from_secs(20), command: minutes(1), message: minutes(10), whole: minutes(12) }
    }
}

impl SmtpPost {
    /// Sets up the way to a server. Nothing is sent yet.
    ///
    /// | address | encryption | port where none is given |
    /// |---|---|---|
    /// | `smtps://HOST` | from the first byte | 465 |
    /// | `smtp://HOST?tls=required` | by STARTTLS, or nothing is sent | 587 |
    /// | `smtp://HOST`, `smtp://HOST?tls=opportunistic` | by STARTTLS where it is offered | 25 |
    /// | `smtp://HOST?tls=none` | none | 25 |
    ///
    /// A user (`smtp://USER@HOST`, percent-encoded) logs in with the password; then encryption is always demanded. The
    /// server's certificate must be one that the system or the bundled roots vouch for.
    ///
    /// # Errors
    /// Where the address cannot be used, only one of user and password is there, or TLS cannot be set up.
    pub fn new(url: &Url, password: Option<String>) -> Result<Self, MailError> {
        Self::trusting(url, password, &[])
    }

    /// As [`SmtpPost::new`], with further roots (DER). No key of the configuration leads here: it is for tests that are
    /// their own authority.
    ///
    /// # Errors
    /// As for [`SmtpPost::new`].
    pub fn trusting(url: &Url, password: Option<String>, extra_roots: &[Vec<u8>]) -> Result<Self, MailError> {
        let relay = Relay::parse(url)?;
        let wrong = |why| MailError::Relay { host: relay.host.clone(), why };
        let credentials = match (relay.user.clone(), password) {
            (Some(user), Some(password)) => Some(Credentials::new(user, password)),
            (Some(_), None) => return Err(wrong("names a user, and no password was given")),
            (None, Some(_)) => return Err(wrong("names no user that the password belongs to")),
            (None, None) => None,
        };
        let tls = match relay.encryption {
            Encryption::Absent => None,
            _ => Some(tls(&relay.host, extra_roots).map_err(|cause| MailError::Tls { host: relay.host.clone(), cause })?),
        };
        Ok(Self { relay, credentials, tls, waits: Waits::default(), open: Mutex::new(None) })
    }

    /// The same way with other waits.
    #[must_use]
    pub fn waiting(mut self, waits: Waits) -> Self {
        self.waits = waits;
        self
    }

    pub(super) async fn deliver(&self, sealed: &Sealed) -> Delivery {
        let dotted = AtomicBool::new(false);
        timeout(self.waits.whole, self.attempt(sealed, &dotted))
            .await
            .unwrap_or_else(|_| self.lost(&dotted, format!("not done within {:?}", self.waits.whole)))
    }

    /// Takes leave of the server, if a connection is open.
    pub(super) async fn close(&self) {
        if let Some(mut line) = self.take() {
            // It makes no difference to any message whether the server still hears this.
            timeout(self.waits.command, line.connection.quit()).await.ok();
        }
    }

    async fn attempt(&self, sealed: &Sealed, dotted: &AtomicBool) -> Delivery {
        let mut line = match self.line().await {
            Ok(line) => line,
            // Whatever the server says to a connection says nothing of this message: a password that was mistyped must
            // not do away with all that waits.
            Err(Fault::Temporary(why) | Fault::Permanent(why) | Fault::Broken(why)) => return Delivery::later(self.at(why)),
        };
        let refused = match self.envelope(&mut line.connection, sealed).await {
            Ok(refused) => refused,
            Err(fault) => {
                // What the server heard of the message is taken back when the connection is used again, or ends.
                if !matches!(fault, Fault::Broken(_)) {
                    self.put_back(line);
                }
                return self.not_sent(fault);
            }
        };
        let pieces = Pieces { left: sealed.bytes.chunks(PIECE_BYTES), dotted };
        let answer = self.wait("message", self.waits.message, line.connection.message_iter(pieces)).await;
        match answer {
            Ok(response) if response.code().severity == Severity::PositiveCompletion => {
                line.messages += 1;
                self.put_back(line);
                Delivery::sent(said(&response), refused)
            }
            Ok(response) => self.lost(dotted, format!("message: answered {}", said(&response))),
            Err(Fault::Broken(why)) => self.lost(dotted, why),
            Err(fault) => {
                self.put_back(line);
                self.not_sent(fault)
            }
        }
    }

    /// Sender and recipients, up to where the message may follow.
    async fn envelope(&self, connection: &mut AsyncSmtpConnection, sealed: &Sealed) -> Result<Vec<Refusal>, Fault> {
        self.command(connection, "MAIL FROM", Mail::new(Some(sealed.from.clone()), Vec::new())).await?;
        let mut refused = Vec::new();
        for recipient in &sealed.recipients {
            match self.command(connection, "RCPT TO", Rcpt::new(recipient.clone(), Vec::new())).await {
                Ok(_) => {}
                Err(Fault::Permanent(why)) => refused.push(Refusal::new(recipient, why)),
                // Sent to the others now, it could never be sent to this one alone without their getting it twice.
                Err(other) => return Err(other),
            }
        }
        let (meant, copied) = sealed.recipients.split_at(sealed.addressees);
        let refuses = |all: &[lettre::Address]| all.iter().all(|one| refused.iter().any(|it| it.recipient == one.to_string()));
        // Copies alone tell nobody whom the message is for.
        if refuses(if meant.is_empty() { copied } else { meant }) {
            let each: Vec<String> = refused.iter().map(|it| format!("{}: {}", it.recipient, it.why)).collect();
            return Err(Fault::Permanent(format!("everybody whom it is for was refused: {}", each.join("; "))));
        }
        let go_on = self.command(connection, "DATA", Data).await?;
        if go_on.has_code(354) { Ok(refused) } else { Err(Fault::Broken(format!("DATA: answered {}", said(&go_on)))) }
    }

    /// A connection that is ready for a message: the open one if it still answers, or a new one.
    async fn line(&self) -> Result<Line, Fault> {
        if let Some(mut line) = self.take()
            && line.messages < MESSAGES_PER_LINE_MAX
            && self.command(&mut line.connection, "RSET", Rset).await.is_ok()
        {
            return Ok(line);
        }
        self.connect().await
    }

    async fn connect(&self) -> Result<Line, Fault> {
        let Waits { connect, .. } = self.waits;
        let Relay { host, port, encryption, .. } = &self.relay;
        let hello = ClientId::default();
        let wrapped = self.tls.clone().filter(|_| *encryption == Encryption::Implicit);
        let opened = AsyncSmtpConnection::connect_tokio1((host.as_str(), *port), Some(connect), &hello, wrapped, None);
        let mut connection = self.wait("connect", connect, opened).await?;
        let turn = match encryption {
            Encryption::Implicit | Encryption::Absent => false,
            Encryption::Demanded => true,
            Encryption::Offered => connection.can_starttls(),
        };
        if let Some(tls) = self.tls.clone().filter(|_| turn) {
            if !connection.can_starttls() {
                return Err(Fault::Broken("encryption is demanded, and the server does not offer STARTTLS".to_owned()));
            }
            self.wait("STARTTLS", connect, connection.starttls(tls, &hello)).await?;
        }
        if let Some(credentials) = &self.credentials {
            self.wait("log in", connect, connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials)).await?;
        }
        Ok(Line { connection, messages: 0 })
    }

    async fn command(&self, connection: &mut AsyncSmtpConnection, what: &str, command: impl Display) -> Result<Response, Fault> {
        self.wait(what, self.waits.command, connection.command(command)).await
    }

    async fn wait<T>(&self, what: &str, limit: Duration, step: impl Future<Output = Result<T, SmtpError>>) -> Result<T, Fault> {
        match timeout(limit, step).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) if error.is_transient() => Err(Fault::Temporary(format!("{what}: {error}"))),
            Ok(Err(error)) if error.status().is_some_and(|it| SESSION_CODES.contains(&it.into())) => {
                Err(Fault::Temporary(format!("{what}: {error}")))
            }
            Ok(Err(error)) if error.is_permanent() => Err(Fault::Permanent(format!("{what}: {error}"))),
            Ok(Err(error)) => Err(Fault::Broken(format!("{what}: {error}"))),
            Err(_) => Err(Fault::Broken(format!("{what}: no answer within {limit:?}"))),
        }
    }

    /// The end of an attempt in which the server has nothing of the message, or refused it.
    fn not_sent(&self, fault: Fault) -> Delivery {
        match fault {
            Fault::Temporary(why) | Fault::Broken(why) => Delivery::later(self.at(why)),
            Fault::Permanent(why) => Delivery::refused(self.at(why)),
        }
    }

    /// The end of an attempt without an answer. A server delivers nothing before it has read the last dot (RFC 5321
    /// section 4.1.1.4), and once that was sent nobody knows.
    fn lost(&self, dotted: &AtomicBool, why: String) -> Delivery {
        if dotted.load(Ordering::SeqCst) { Delivery::unsure(self.at(why)) } else { Delivery::later(self.at(why)) }
    }

    fn at(&self, why: String) -> String {
        format!("mail server {}:{}: {why}", self.relay.host, self.relay.port)
    }

    fn take(&self) -> Option<Line> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put_back(&self, line: Line) {
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = Some(line);
    }
}

impl fmt::Debug for SmtpPost {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpPost").field("relay", &self.relay).field("waits", &self.waits).finish_non_exhaustive()
    }
}

/// The message in pieces. When it has none left, the last dot is about to be sent.
struct Pieces<'a> {
    left: Chunks<'a, u8>,
    dotted: &'a AtomicBool,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<Self::Item> {
        let piece = self.left.next();
        if piece.is_none() {
            self.dotted.store(true, Ordering::SeqCst);
        }
        piece
    }
}

/// What the server answered, its code first.
fn said(response: &Response) -> String {
    let text: Vec<&str> = response.message().collect();
    format!("{} {}", response.code(), text.join(" "))
}

/// The system's roots and the bundled ones, since the system's may be missing.
fn tls(host: &str, extra_roots: &[Vec<u8>]) -> Result<TlsParameters, SmtpError> {
    let bundled = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().map(|it| it.to_vec());
    let mut builder = TlsParameters::builder(host.to_owned());
    for root in bundled.chain(extra_roots.iter().cloned()) {
        builder = builder.add_root_certificate(Certificate::from_der(root)?);
    }
    builder.build_rustls()
}
