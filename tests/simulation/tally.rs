//! Counts how months ended, by cause.

use std::{collections::BTreeMap, fmt};

use diembao::domain::verdict::Verdict;

use crate::simulation::{
    oracle::{Finding, Unknowable},
    world::World,
};

/// Ends of months, in worlds where nothing went wrong and in the others.
#[derive(Debug, Default)]
pub struct Tally {
    worlds: [u64; 2],
    visits: u64,
    items: u64,
    ends: BTreeMap<String, [u64; 2]>,
    unknowable: BTreeMap<Unknowable, usize>,
    alerts: usize,
    closed: usize,
}

impl Tally {
    pub fn add(&mut self, world: &World, finding: &Finding) {
        let column = usize::from(!world.calm);
        self.worlds[column] += 1;
        self.visits += world.visits.len() as u64;
        self.items += world.items.len() as u64;
        self.alerts += finding.alerts;
        self.closed += finding.closed;
        for (verdict, reason, gap) in &finding.ends {
            let cause = match (verdict, gap) {
                (Verdict::Undetermined, Some(gap)) => format!("undetermined: {reason}: {gap}"),
                (Verdict::Undetermined, None) => format!("undetermined: {reason}"),
                _ => verdict.to_string(),
            };
            self.ends.entry(cause).or_default()[column] += 1;
        }
        for (why, items) in &finding.unknowable {
            *self.unknowable.entry(*why).or_default() += items.len();
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sums: [u64; 2] = [0, 1].map(|it| self.ends.values().map(|counts| counts[it]).sum());
        let [calm, troubled] = self.worlds;
        writeln!(f, "{} worlds ({calm} calm, {troubled} troubled), {} outlet-months", calm + troubled, sums[0] + sums[1])?;
        writeln!(f, "{} visits planned, {} items", self.visits, self.items)?;
        writeln!(f, "{:<48} {:>8} {:>7} {:>9} {:>7}", "end of the month", "calm", "%", "troubled", "%")?;
        for (cause, counts) in &self.ends {
            let share = |it: usize| 100.0 * counts[it] as f64 / sums[it].max(1) as f64;
            writeln!(f, "{cause:<48} {:>8} {:>7.1} {:>9} {:>7.1}", counts[0], share(0), counts[1], share(1))?;
        }
        writeln!(f, "{} alerts sent, {} months closed by officers", self.alerts, self.closed)?;
        for (why, count) in &self.unknowable {
            writeln!(f, "items that nobody could know ({why:?}): {count}")?;
        }
        Ok(())
    }
}
