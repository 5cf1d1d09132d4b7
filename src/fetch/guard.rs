//! The guard against addresses inside our own network: a feed must not make the crawler read the router's page.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::domain::control::CONTROL_HOST;

/// An address that the crawler does not go to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("the address guard refuses {0}: not a public address")]
    Private(String),
    #[error("the scheme of {0} is neither http nor https")]
    Scheme(String),
    #[error("{0} names no host")]
    NoHost(String),
    #[error("the address of {0} carries a user name or password")]
    Credentials(String),
    #[error("the address guard refuses {0}: the name of the control outlet is not for others")]
    Control(String),
    #[error("the address guard refuses {0}: the control outlet leads nowhere else")]
    OutOfControl(String),
}

/// Where a fetcher may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// Public addresses.
    Public,
    /// Private ones too: for rehearsals and tests only.
    All,
    /// The control outlet, which listens there, and nothing else.
    Control(SocketAddr),
}

/// Checks a URL before each request and each hop of a redirect. An address written as a number never reaches the
/// resolver, so it is judged here; names are judged by what they resolve to, in [`Guarded`].
///
/// # Errors
/// Says why the address is refused.
pub fn check(url: &Url, allowed: Allowed) -> Result<(), Refused> {
    let host = url.host().ok_or_else(|| Refused::NoHost(url.to_string()))?;
    let is_control = matches!(&host, Host::Domain(it) if it.trim_end_matches('.').eq_ignore_ascii_case(CONTROL_HOST));
    if let Allowed::Control(_) = allowed {
        // A port of its own would lead to another socket than the one that the name stands for.
        let exact = is_control && url.scheme() == "http" && url.port().is_none();
        return if exact { Ok(()) } else { Err(Refused::OutOfControl(url.to_string())) };
    }
    if is_control {
        return Err(Refused::Control(host.to_string()));
    }
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Refused::Scheme(url.to_string()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refused::Credentials(host.to_string()));
    }
    let public = match &host {
        Host::Ipv4(it) => is_public(IpAddr::V4(*it)),
        Host::Ipv6(it) => is_public(IpAddr::V6(*it)),
        Host::Domain(name) => !is_local_name(name),
    };
    if public || allowed == Allowed::All { Ok(()) } else { Err(Refused::Private(host.to_string())) }
}

fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || [".localhost", ".local", ".internal", ".home.arpa"].iter().any(|it| name.ends_with(it))
}

/// Whether an address belongs to the public internet (IANA special-purpose registries, RFC 6890 and successors).
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(it) => is_public_v4(it),
        IpAddr::V6(it) => is_public_v6(it),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b)) // carrier-grade NAT
        || (a == 198 && (b == 18 || b == 19)) // benchmarking
        || (a == 192 && b == 0 && c == 0)) // protocol assignments
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let s = address.segments();
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match s {
        [0, 0, 0, 0, 0, 0xffff | 0, high, low] => (high, low) > (0, 1) && embedded(high, low),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low), // NAT64
        [0x2002, high, low, ..] => embedded(high, low),               // 6to4
        [0x2001, second, ..] => second >= 0x200 && second != 0xdb8,   // Teredo, protocol assignments, documentation
        [first, ..] => (0x2000..0x4000).contains(&first),             // the rest of global unicast
    }
}

/// Resolves names with the system's resolver and drops the addresses that are not allowed, so that neither a DNS
/// answer nor a rebinding leads inside. The control outlet's name needs no resolver: it stands for one socket.
#[derive(Debug, Clone, Copy)]
pub struct Guarded {
    pub allowed: Allowed,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.allowed;
        Box::pin(async move {
            let usable: Vec<SocketAddr> = match allowed {
                Allowed::Control(address) if name.as_str() == CONTROL_HOST => vec![address],
                Allowed::Control(_) => Vec::new(),
                Allowed::All => tokio::net::lookup_host((name.as_str(), 0)).await?.collect(),
                Allowed::Public => tokio::net::lookup_host((name.as_str(), 0)).await?.filter(|it| is_public(it.ip())).collect(),
            };
            if usable.is_empty() {
                let refused = Refused::Private(name.as_str().to_owned());
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, refused).into());
            }
            Ok(Box::new(usable.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_private_address_passes_however_it_is_written() {
        for url in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f.0.0.1/",
            "http://0/",
            "http://10.1.2.3/",
            "http://172.16.0.1/",
            "http://192.168.1.1/",
            "http://169.254.169.254/latest/meta-data",
            "http://100.64.0.1/",
            "http://[::1]/",
            "http://[::]/",
            "http://[::ffff:10.0.0.1]/",
            "http://[fe80::1]/",
            "http://[fd00::1]/",
            "http://[64:ff9b::a00:1]/",
            "http://[2002:a00:1::]/",
            "http://[2001:db8::1]/",
            "http://localhost/",
            "http://feed.localhost./",
            "http://router.local/",
            "ftp://example.vn/",
            "http://user@example.vn/",
        ] {
            let url = Url::parse(url).unwrap();
            assert!(check(&url, Allowed::Public).is_err(), "{url}");
        }
    }

    #[test]
    fn public_addresses_pass() {
        for url in
            ["https://huengaynay.vn/", "http://8.8.8.8/", "http://[2606:4700::1111]/", "http://[::ffff:8.8.8.8]/", "http://172.32.0.1/"]
        {
            assert_eq!(check(&Url::parse(url).unwrap(), Allowed::Public), Ok(()), "{url}");
        }
    }

    #[test]
    fn a_rehearsal_may_go_to_loopback_but_never_to_another_scheme() {
        assert_eq!(check(&Url::parse("http://127.0.0.1:8080/").unwrap(), Allowed::All), Ok(()));
        assert!(matches!(check(&Url::parse("ftp://127.0.0.1/").unwrap(), Allowed::All), Err(Refused::Scheme(_))));
        assert!(matches!(check(&Url::parse("data:text/html,x").unwrap(), Allowed::All), Err(Refused::NoHost(_))));
    }

    #[test]
    fn the_control_outlets_name_opens_one_door_to_one_fetcher() {
        let address = SocketAddr::from(([127, 0, 0, 1], 4242));
        let check = |url: &str, allowed| check(&Url::parse(url).unwrap(), allowed);
        for url in ["http://doi-chung.invalid/rss", "http://DOI-CHUNG.invalid:80/robots.txt"] {
            assert_eq!(check(url, Allowed::Control(address)), Ok(()), "{url}");
            for others in [Allowed::Public, Allowed::All] {
                assert!(matches!(check(url, others), Err(Refused::Control(_))), "{url} {others:?}");
            }
        }
        for url in [
            "http://doi-chung.invalid:4243/",
            "https://doi-chung.invalid/",
            "http://a.doi-chung.invalid/",
            "http://127.0.0.1:4242/",
            "http://127.0.0.1/",
            "http://localhost/",
            "https://huengaynay.vn/",
        ] {
            assert!(matches!(check(url, Allowed::Control(address)), Err(Refused::OutOfControl(_))), "{url}");
        }
    }
}
