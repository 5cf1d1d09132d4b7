//! What `check` says of ourselves: our line, the times the program was down, and the positive control.

use chrono::{DateTime, Days, FixedOffset, NaiveDate, TimeDelta, Utc};
use serde::Serialize;
use url::Url;

use crate::{
    app::App,
    domain::{
        control::{ControlReason, ControlResult, control_standing},
        uptime::{Blame, DownWhy, OwnLine, Steadiness, SteadinessReason, blame, down_times, own_line, steadiness},
        visit::Outcome,
    },
    jobs::{Line, reach::ask_controls},
    store::uptime::ProbeRound,
};

/// Down-times and looks at the control outlet that are shown, the latest.
const DOWN_TIMES_SHOWN: usize = 5;
const RESULTS_SHOWN: usize = 6;
/// A visit belongs to a round that began at most so long before it.
const ROUND_MAX: TimeDelta = TimeDelta::hours(6);

/// How we stand ourselves.
#[derive(Serialize)]
pub(super) struct OwnStanding {
    own_line: LineStanding,
    uptime: Uptime,
    control: ControlShown,
}

#[derive(Serialize)]
struct LineStanding {
    state: OwnLine,
    at: Option<DateTime<FixedOffset>>,
    probes: Vec<ProbeShown>,
}

#[derive(Serialize)]
struct ProbeShown {
    url: Url,
    outcome: Outcome,
    detail: String,
}

#[derive(Serialize)]
struct Uptime {
    settled: bool,
    reason: SteadinessReason,
    until: Option<DateTime<FixedOffset>>,
    down_times: Vec<DownShown>,
}

#[derive(Serialize)]
struct DownShown {
    from: DateTime<FixedOffset>,
    to: DateTime<FixedOffset>,
    why: DownWhy,
}

#[derive(Serialize)]
struct ControlShown {
    standing: &'static str,
    label: &'static str,
    reason: ControlReason,
    results: Vec<ResultShown>,
}

#[derive(Serialize)]
struct ResultShown {
    day: NaiveDate,
    checked_at: DateTime<FixedOffset>,
    fault: Option<&'static str>,
    found: bool,
    judged_about: bool,
    judged_unrelated: bool,
    whole: bool,
    detail: String,
}

/// Gathers how we stand; `online` asks the control addresses now.
pub(super) async fn own_standing(app: &App, online: bool) -> anyhow::Result<OwnStanding> {
    let (line, now) = (&app.line, app.line.clock.now());
    let round = if online { Some(ask_controls(line).await) } else { line.store.last_probes(now).await? };
    let local = |at: DateTime<Utc>| at.with_timezone(&line.zone).fixed_offset();
    let life = line.store.life().await?;
    let settle = TimeDelta::from_std(app.site.notices.settle.0).unwrap_or(TimeDelta::MAX);
    let (steady, reason) = steadiness(&life, settle, now);
    let mut down: Vec<_> =
        down_times(&life, now).iter().map(|it| DownShown { from: local(it.span.from), to: local(it.span.to), why: it.why }).collect();
    down.drain(..down.len().saturating_sub(DOWN_TIMES_SHOWN));
    let today = now.with_timezone(&line.zone).date_naive();
    let mut results = line.store.control_results(today - Days::new(3), today, now).await?;
    let (standing, control_reason) = control_standing(&results, now);
    results.drain(..results.len().saturating_sub(RESULTS_SHOWN));
    Ok(OwnStanding {
        own_line: LineStanding {
            state: round.as_ref().map_or(OwnLine::Unknown, |it| own_line(&it.outcomes())),
            at: round.as_ref().filter(|it| !it.results.is_empty()).map(|it| local(it.at)),
            probes: round
                .into_iter()
                .flat_map(|it| it.results)
                .map(|it| ProbeShown { url: it.url, outcome: it.outcome, detail: it.detail })
                .collect(),
        },
        uptime: Uptime {
            settled: steady == Steadiness::Settled,
            reason,
            until: if let Steadiness::Settling { until } = steady { Some(local(until)) } else { None },
            down_times: down,
        },
        control: ControlShown {
            standing: standing.as_str(),
            label: standing.label(),
            reason: control_reason,
            results: results.into_iter().map(|it| shown(it, &local)).collect(),
        },
    })
}

fn shown(it: ControlResult, local: &dyn Fn(DateTime<Utc>) -> DateTime<FixedOffset>) -> ResultShown {
    ResultShown {
        day: it.day,
        checked_at: local(it.checked_at),
        fault: it.fault().map(|it| it.as_str()),
        found: it.found,
        judged_about: it.judged_about,
        judged_unrelated: it.judged_unrelated,
        whole: it.whole,
        detail: it.detail,
    }
}

/// Whose fault a visit's end is, by the round to which it belongs; `online` was asked for the visit that was made now.
pub(super) async fn blame_of(
    line: &Line,
    at: DateTime<Utc>,
    outcome: Outcome,
    online: Option<&OwnStanding>,
) -> anyhow::Result<Option<Blame>> {
    let state = match online {
        Some(standing) => standing.own_line.state,
        None => {
            let round = line.store.last_probes(at).await?.filter(|it| at - it.at <= ROUND_MAX);
            round.map_or(OwnLine::Unknown, |it: ProbeRound| own_line(&it.outcomes()))
        }
    };
    Ok(blame(outcome, state))
}

impl OwnStanding {
    /// Prints it for a person.
    pub(super) fn print(&self) {
        let time = |it: &DateTime<FixedOffset>| it.format("%d/%m/%Y %H:%M").to_string();
        let line = &self.own_line;
        let answered = line.probes.iter().filter(|it| own_line(&[it.outcome]) == OwnLine::Up).count();
        let at = line.at.as_ref().map_or_else(String::new, |it| format!(" at {}", time(it)));
        println!("our line: {}{at}, {answered} of {} control addresses answered", line.state.as_str(), line.probes.len());
        for it in line.probes.iter().filter(|it| own_line(&[it.outcome]) != OwnLine::Up) {
            println!("    {}  {}  {}", it.outcome, it.url, it.detail);
        }
        let until = self.uptime.until.as_ref().map_or_else(String::new, |it| format!(", not before {}", time(it)));
        println!("settled: {} ({}){until}", if self.uptime.settled { "yes" } else { "no" }, self.uptime.reason.as_str());
        for it in &self.uptime.down_times {
            println!("    down: {} – {} ({})", time(&it.from), time(&it.to), it.why.as_str());
        }
        println!("đối chứng: {} ({})", self.control.label, self.control.reason.label());
        for it in &self.control.results {
            let said = it.fault.unwrap_or("detected");
            println!("    {}  looked at {}: {said}  {}", it.day.format("%d/%m/%Y"), time(&it.checked_at), it.detail);
        }
    }
}
