//! How often one address may ask for what is worth attacking: the log-in form and the programs' pages.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json,
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};

use super::{error::said_to_programs, lang::Lang, state::Desk};

/// A kind of request that is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Login,
    Api,
}

impl Kind {
    fn of(request: &Request) -> Option<Self> {
        let path = request.uri().path();
        match () {
            () if path.starts_with("/api/") => Some(Self::Api),
            () if path == "/login" && *request.method() == Method::POST => Some(Self::Login),
            () => None,
        }
    }

    /// Requests that may come at once, and how many a second come back.
    fn allows(self) -> (f64, f64) {
        match self {
            // Names have waits of their own; this is for whoever tries one password under many names.
            Self::Login => (30.0, 0.1),
            Self::Api => (120.0, 2.0),
        }
    }
}

/// What each address has left.
#[derive(Debug, Default)]
pub struct Limits(Mutex<HashMap<(Kind, IpAddr), Left>>);

#[derive(Debug, Clone, Copy)]
struct Left {
    requests: f64,
    at: DateTime<Utc>,
}

/// Addresses that are remembered; with more, those that have all back are forgotten, and then all of them.
const ADDRESSES_MAX: usize = 20_000;

impl Limits {
    /// Takes one request of an address. Says after how many seconds the next one is allowed where there is none left.
    fn take(&self, kind: Kind, address: IpAddr, now: DateTime<Utc>) -> Result<(), u64> {
        let (most, back) = kind.allows();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= ADDRESSES_MAX {
            all.retain(|(kind, _), left| left.at(*kind, now) < kind.allows().0);
            if all.len() >= ADDRESSES_MAX {
                all.clear();
            }
        }
        let left = all.entry((kind, address)).or_insert(Left { requests: most, at: now });
        *left = Left { requests: left.at(kind, now), at: now };
        if left.requests >= 1.0 {
            left.requests -= 1.0;
            return Ok(());
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few seconds, never below 0")]
        Err(((1.0 - left.requests) / back).ceil() as u64)
    }

    /// Gives one request back: whoever had the right password is no attacker.
    fn give_back(&self, kind: Kind, address: IpAddr) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(left) = all.get_mut(&(kind, address)) {
            left.requests = (left.requests + 1.0).min(kind.allows().0);
        }
    }
}

impl Left {
    fn at(self, kind: Kind, now: DateTime<Utc>) -> f64 {
        let (most, back) = kind.allows();
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of some days")]
        let seconds = (now - self.at).num_milliseconds().max(0) as f64 / 1_000.0;
        (self.requests + seconds * back).min(most)
    }
}

/// Turns away whoever asks too often.
pub async fn slow_down(State((desk, limits)): State<(Desk, Arc<Limits>)>, request: Request, next: Next) -> Response {
    let Some(kind) = Kind::of(&request) else { return next.run(request).await };
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|it| it.0.ip());
    let address = address_of(peer, request.headers());
    if let Err(seconds) = limits.take(kind, address, desk.now()) {
        let (vi, en) = ("Quá nhiều yêu cầu. Xin thử lại sau ít phút.", "Too many requests. Please try again in a few minutes.");
        let retry = [(header::RETRY_AFTER, seconds.to_string())];
        return match kind {
            Kind::Api => {
                (StatusCode::TOO_MANY_REQUESTS, retry, Json(said_to_programs(StatusCode::TOO_MANY_REQUESTS, vi, en))).into_response()
            }
            Kind::Login => (StatusCode::TOO_MANY_REQUESTS, retry, Lang::of(request.headers()).say(vi, en).to_owned()).into_response(),
        };
    }
    let response = next.run(request).await;
    if kind == Kind::Login && response.status().is_redirection() {
        limits.give_back(kind, address);
    }
    response
}

/// Who asks. A peer on this machine is the proxy before the desk: the last address that it names is the one it saw itself. Of IPv6 the
/// network counts, since one customer has all of it.
fn address_of(peer: Option<IpAddr>, headers: &HeaderMap) -> IpAddr {
    let peer = peer.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)).to_canonical();
    let named = headers.get_all("x-forwarded-for").iter().filter_map(|it| it.to_str().ok()).next_back();
    let behind = named.and_then(|it| it.rsplit(',').next()?.trim().parse::<IpAddr>().ok()).filter(|_| peer.is_loopback());
    match behind.unwrap_or(peer).to_canonical() {
        IpAddr::V6(it) => {
            let [a, b, c, d, ..] = it.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        it => it,
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn an_address_that_asks_too_often_waits_and_others_do_not() {
        let limits = Limits::default();
        let at = |seconds: i64| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
        let (one, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        for _ in 0..30 {
            assert_eq!(limits.take(Kind::Login, one, at(0)), Ok(()));
        }
        assert_eq!(limits.take(Kind::Login, one, at(0)), Err(10));
        assert_eq!(limits.take(Kind::Login, other, at(0)), Ok(()));
        assert_eq!(limits.take(Kind::Api, one, at(0)), Ok(()));
        assert_eq!(limits.take(Kind::Login, one, at(11)), Ok(()));
        assert!(limits.take(Kind::Login, one, at(11)).is_err());
        limits.give_back(Kind::Login, one);
        assert_eq!(limits.take(Kind::Login, one, at(11)), Ok(()));
    }

    #[test]
    fn only_a_proxy_on_this_machine_says_who_asks() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "203.0.113.9, 198.51.100.7".parse().unwrap());
        for (peer, address) in [("127.0.0.1", "198.51.100.7"), ("192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")] {
            assert_eq!(address_of(peer.parse().ok(), &headers), address.parse::<IpAddr>().unwrap(), "{peer}");
        }
        assert_eq!(address_of("127.0.0.1".parse().ok(), &HeaderMap::new()), IpAddr::from([127, 0, 0, 1]));
    }
}
