//! The address of a mail server: `smtp://` or `smtps://`, with the words that say how far the way is encrypted.

use std::net::IpAddr;

use percent_encoding::percent_decode_str;
use url::{Host, Url};

use crate::mail::MailError;

/// A server that relays mail, as far as its address says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Relay {
    /// A domain or a numeric address, as a certificate names it.
    pub host: String,
    pub port: u16,
    pub encryption: Encryption,
    pub user: Option<String>,
}

/// How far the way to the server is encrypted. Its certificate is checked wherever there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encryption {
    /// From the first byte.
    Implicit,
    /// By STARTTLS, and not otherwise.
    Demanded,
    /// By STARTTLS where the server offers it. An attacker on the way can take the offer away.
    Offered,
    /// Never: for a relay within the house whose certificate nobody can check.
    Absent,
}

impl Relay {
    /// Reads an address; see [`crate::mail::smtp::SmtpPost::new`] for its form.
    pub(super) fn parse(url: &Url) -> Result<Self, MailError> {
        let named = url.host_str().unwrap_or_default();
        let wrong = |why| MailError::Relay { host: named.to_owned(), why };
        if url.password().is_some() {
            return Err(wrong("holds a password: it belongs into the environment or a file"));
        }
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(wrong("has something after the host: only `?tls=` may stand there"));
        }
        let host = match Host::parse(named) {
            Ok(Host::Domain(it)) => it,
            Ok(Host::Ipv4(it)) => IpAddr::from(it).to_string(),
            Ok(Host::Ipv6(it)) => IpAddr::from(it).to_string(),
            Err(_) => return Err(wrong("names no host")),
        };
        let user = Some(percent_decode_str(url.username())).map(|it| it.decode_utf8_lossy().into_owned()).filter(|it| !it.is_empty());
        let asked = encryption(url).map_err(wrong)?;
        let encryption = match (asked, &user) {
            (Encryption::Absent, Some(_)) => {
                return Err(wrong("names a user together with `tls=none`: the password could be read on the way"));
            }
            (Encryption::Offered, Some(_)) => Encryption::Demanded,
            (asked, _) => asked,
        };
        let port = url.port().unwrap_or(match encryption {
            Encryption::Implicit => 465,
            Encryption::Demanded => 587,
            Encryption::Offered | Encryption::Absent => 25,
        });
        Ok(Self { host, port, encryption, user })
    }
}

fn encryption(url: &Url) -> Result<Encryption, &'static str> {
    let words: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let words: Vec<(&str, &str)> = words.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    match (url.scheme(), words.as_slice()) {
        ("smtps", []) => Ok(Encryption::Implicit),
        ("smtps", _) => Err("has words after `?`: `smtps` is encrypted in any case"),
        ("smtp", [("tls", "required")]) => Ok(Encryption::Demanded),
        ("smtp", [] | [("tls", "opportunistic")]) => Ok(Encryption::Offered),
        ("smtp", [("tls", "none")]) => Ok(Encryption::Absent),
        ("smtp", _) => Err("has other words after `?` than `tls=required`, `tls=opportunistic` or `tls=none`"),
        _ => Err("does not begin with `smtp://` or `smtps://`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<Relay, MailError> {
        Relay::parse(&url.parse().unwrap())
    }

    #[test]
    fn an_address_says_where_and_how() {
        let relay = |host: &str, port, encryption, user: Option<&str>| Relay {
            host: host.to_owned(),
            port,
            encryption,
            user: user.map(str::to_owned),
        };
        for (url, read) in [
            ("smtp://Thu.Example", relay("thu.example", 25, Encryption::Offered, None)),
            ("smtp://thu.example:2525?tls=opportunistic", relay("thu.example", 2525, Encryption::Offered, None)),
            ("smtp://thu.example/?tls=required", relay("thu.example", 587, Encryption::Demanded, None)),
            ("smtp://[::1]:26?tls=none", relay("::1", 26, Encryption::Absent, None)),
            ("smtps://an%40so.example@thu.example", relay("thu.example", 465, Encryption::Implicit, Some("an@so.example"))),
            // Whoever logs in is never heard by others.
            ("smtp://an@127.0.0.1", relay("127.0.0.1", 587, Encryption::Demanded, Some("an"))),
        ] {
            assert_eq!(parse(url).unwrap(), read, "{url}");
        }
    }

    #[test]
    fn what_an_address_may_not_hold_is_refused_and_a_password_is_not_repeated() {
        for url in [
            "smtp://an:bi-mat@thu.example",
            "smtp://an@thu.example?tls=none",
            "smtps://thu.example?tls=none",
            "smtp://thu.example?tls=maybe",
            "smtp://thu.example?timeout=5",
            "smtp://thu.example/inbox",
            "http://thu.example",
            "smtp:thu.example",
        ] {
            let error = parse(url).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("bi-mat"), "{url}");
        }
    }
}
