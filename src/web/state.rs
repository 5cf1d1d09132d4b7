//! What every page has at hand.

use std::sync::Arc;

use crate::{
    domain::{calendar::Policy, month::Month, outlet::Outlet},
    store::Store,
};

/// The parts that pages read from.
#[derive(Clone)]
pub struct Desk {
    pub store: Store,
    pub outlets: Arc<[Outlet]>,
    pub policies: Arc<[Policy]>,
    pub name: Arc<str>,
    pub province: Arc<str>,
    /// The month that runs now, as `app` reads the clock.
    pub this_month: Arc<dyn Fn() -> Month + Send + Sync>,
}
