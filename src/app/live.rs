//! The line as it is configured now: the files may be changed at the desk while the program runs.

use std::sync::{Arc, PoisonError, RwLock};

use crate::{config::Config, jobs::Line};

/// The present line, for everybody who works on when the configuration has changed. What has been begun ends as it began.
#[derive(Clone)]
pub struct Live(Arc<RwLock<Line>>);

impl Live {
    /// Begins with the line as it was built.
    pub fn new(line: Line) -> Self {
        Self(Arc::new(RwLock::new(line)))
    }

    /// The line as it is configured now.
    pub fn line(&self) -> Line {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts another one in its place.
    pub fn set(&self, line: Line) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = line;
    }
}

/// A line with other configured parts: what a start alone can change (time zone, database, addresses) stays.
pub fn reconfigured(line: &Line, config: Config) -> Line {
    Line {
        register: Arc::new(config.register),
        terms: Arc::new(config.terms),
        facets: Arc::new(config.facets),
        texts: Arc::new(config.texts),
        policies: config.site.policies.into(),
        calendar: Arc::new(config.calendar),
        concurrency: config.site.crawl.concurrency,
        control_urls: config.site.crawl.control_urls.into(),
        clock_rules: config.site.crawl.clock_rules,
        ..line.clone()
    }
}
