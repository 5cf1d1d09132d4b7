//! The clock of the rehearsal press: the instant at which every scripted outlet is seen.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, Utc};

/// A clock that stands still until it is set. Clones show the same time.
#[derive(Debug, Clone)]
pub struct PressClock(Arc<AtomicI64>);

impl PressClock {
    /// A clock that shows `at`, to the second.
    pub fn at(at: DateTime<Utc>) -> Self {
        Self(Arc::new(AtomicI64::new(at.timestamp())))
    }

    /// Moves the press, forth or back, to `at`.
    pub fn set(&self, at: DateTime<Utc>) {
        self.0.store(at.timestamp(), Ordering::SeqCst);
    }

    /// The instant it shows.
    pub fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.0.load(Ordering::SeqCst), 0).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_show_the_same_time_and_it_can_go_back() {
        let early: DateTime<Utc> = "2025-10-25T01:00:00Z".parse().unwrap();
        let late: DateTime<Utc> = "2026-11-06T01:00:00Z".parse().unwrap();
        let clock = PressClock::at(early);
        let clone = clock.clone();
        clone.set(late);
        assert_eq!(clock.now(), late);
        clock.set(early);
        assert_eq!(clone.now(), early);
    }
}
