//! Serves the control outlet beside the real ones while the program crawls, and hands it to the job that checks it.

use std::{net::SocketAddr, sync::Arc};

use super::{App, fetch_settings};
use crate::{
    config::{outlets::Register, site::Site},
    fetch::{Fetcher, Settings},
    jobs::{
        Clock, Line,
        control::{Control, check_control},
    },
    rehearsal::control::{ControlPress, due},
};

/// The control outlet while it is open, or why it could not be opened.
pub struct ControlDesk {
    control: Result<(Control, ControlPress), String>,
}

impl App {
    /// Opens the control outlet on a free port of loopback. That it cannot be opened stops nothing: it is recorded as a
    /// failed control by the next look.
    pub async fn open_control(&self) -> ControlDesk {
        ControlDesk { control: open(&self.site, &self.line.clock).await }
    }
}

async fn open(site: &Site, clock: &Clock) -> Result<(Control, ControlPress), String> {
    let zone = site.zone;
    let press = ControlPress::start(clock.0.clone(), zone).await.map_err(|fault| format!("its port cannot be opened: {fault}"))?;
    let fetcher = fetcher_to(press.address, site).map_err(|fault| format!("its fetcher cannot be set up: {fault}"))?;
    let control = Control { outlet: press.outlet.clone(), fetcher: Arc::new(fetcher), due: Box::new(move |now| due(now, zone)) };
    Ok((control, press))
}

/// The usual fetcher but for where it may go, and without pauses: nobody needs to be spared.
fn fetcher_to(address: SocketAddr, site: &Site) -> Result<Fetcher, crate::fetch::SetupError> {
    let settings =
        Settings { host_delay: std::time::Duration::ZERO, allow_private_hosts: false, ..fetch_settings(site, &Register::default()) };
    Fetcher::for_control(settings, address)
}

impl ControlDesk {
    /// Takes the control outlet through the line. What goes wrong is recorded and logged; it never stops the crawl that it
    /// belongs to.
    pub async fn check(&self, line: &Line) {
        let control = self.control.as_ref().map(|it| &it.0).map_err(String::as_str);
        if let Err(fault) = check_control(line, control).await {
            tracing::error!(error = ?fault, "the positive control could not be recorded");
        }
    }
}
