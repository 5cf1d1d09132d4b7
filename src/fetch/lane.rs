//! One queue per host: requests go out one after another, with a pause after each.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::OwnedMutexGuard;
use url::Url;

use super::missing::Remembered;
use crate::domain::outlet::Host;

/// The queues of all hosts met so far. Their number is bounded by the hosts that the register and redirects name.
#[derive(Debug, Default)]
pub struct Lanes(Mutex<HashMap<Host, Arc<tokio::sync::Mutex<HostState>>>>);

/// A turn in one host's queue: whoever holds it is alone with the host.
#[derive(Debug)]
pub struct Lane {
    state: OwnedMutexGuard<HostState>,
    /// Whether the host was asked anything in this turn.
    asked: bool,
}

/// What is remembered of a host between requests.
#[derive(Debug, Default)]
pub struct HostState {
    robots: Option<(DateTime<Utc>, Rules)>,
    /// What it answered for a made-up address.
    made_up: Arc<tokio::sync::Mutex<Remembered>>,
}

/// What robots.txt said.
#[derive(Debug)]
pub enum Rules {
    Read(robotxt::Robots),
    /// It answered with this server error: everything is forbidden for a while (RFC 9309 section 2.3.1.4).
    Unavailable(u16),
}

/// RFC 9309 section 2.4: a cached copy should not be used for more than a day.
const RULES_KEPT: TimeDelta = TimeDelta::hours(24);
/// How long a server error on robots.txt keeps us away before it is asked for again.
const UNAVAILABLE_KEPT: TimeDelta = TimeDelta::hours(1);
/// A longer `Crawl-delay` would make a day's articles unreadable in a day; it is cut to this.
const CRAWL_DELAY_MAX: Duration = Duration::from_secs(30);

impl Lanes {
    /// Waits for the turn at the URL's host. Turns are given in the order in which they were asked for.
    pub async fn enter(&self, url: &Url) -> Lane {
        let state = {
            let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Host::of(url).map(|host| lanes.entry(host).or_default().clone()).unwrap_or_default()
        };
        Lane { state: state.lock_owned().await, asked: false }
    }
}

impl Lane {
    /// The robots.txt rules, unless they are not known or too old at `now`.
    pub fn rules(&self, now: DateTime<Utc>) -> Option<&Rules> {
        let (read, rules) = self.state.robots.as_ref()?;
        let kept = if matches!(rules, Rules::Unavailable(_)) { UNAVAILABLE_KEPT } else { RULES_KEPT };
        (*read <= now && now < *read + kept).then_some(rules)
    }

    /// Remembers what robots.txt said at `now`.
    pub fn keep_rules(&mut self, rules: Rules, now: DateTime<Utc>) {
        self.state.robots = Some((now, rules));
    }

    /// What is known of the host's answer to made-up addresses, for whoever takes a turn at it after this one.
    pub fn made_up(&self) -> Arc<tokio::sync::Mutex<Remembered>> {
        self.state.made_up.clone()
    }

    /// To be called before each request: waits for the pause where the host was already asked in this turn.
    pub async fn pace(&mut self, pause: Duration) {
        if self.asked {
            tokio::time::sleep(self.wished(pause)).await;
        }
        self.asked = true;
    }

    /// Ends the turn: where the host was asked, the next turn begins after the pause.
    pub fn leave(self, pause: Duration) {
        let pause = self.wished(pause);
        if self.asked && !pause.is_zero() {
            tokio::spawn(async move {
                tokio::time::sleep(pause).await;
                drop(self);
            });
        }
    }

    /// The pause, or the host's `Crawl-delay` where that is longer.
    fn wished(&self, pause: Duration) -> Duration {
        match &self.state.robots {
            Some((_, Rules::Read(robots))) => pause.max(robots.crawl_delay().unwrap_or_default().min(CRAWL_DELAY_MAX)),
            _ => pause,
        }
    }
}
