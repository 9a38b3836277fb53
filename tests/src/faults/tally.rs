//! Many runs, a few at a time, and how they ended.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Mutex, PoisonError},
    thread,
};

use anyhow::Result;
use xtask::server::Server;

use super::{
    Fault,
    scene::{Report, Script},
};

/// How many sessions are played at the same time. Each waits more than it works.
const AT_ONCE: usize = 8;

/// How the runs of one kind ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Line {
    runs: usize,
    /// In how many of them the fault did happen: the session may be over before.
    struck: usize,
    lost: usize,
    duplicated: usize,
    misplaced: usize,
    confused: usize,
}

/// How many runs of which kind ended how.
#[derive(Debug, Default)]
pub struct Tally {
    lines: BTreeMap<String, Line>,
    /// What was wrong, run by run, with everything that is needed to see it again.
    pub faults: Vec<String>,
}

impl Tally {
    /// Plays a session once for each of these, and counts them as `kind` or as what their first fault is called.
    pub fn play(
        &mut self,
        server: &Server,
        script: &Script,
        (kind, runs): (Option<&str>, &[Vec<Fault>]),
    ) -> Result<()> {
        let left = Mutex::new(runs.iter());
        let reports = Mutex::new(Vec::new());
        let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next();
        let work = || {
            while let Some(run) = next() {
                let report = script.play(server, run);
                reports.lock().unwrap_or_else(PoisonError::into_inner).push((run, report));
            }
        };
        thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(work);
            }
        });
        for (run, report) in reports.into_inner().unwrap_or_else(PoisonError::into_inner) {
            let own = run.first().map_or("none", |fault| fault.harm.kind());
            self.count(kind.unwrap_or(own), run, &report?);
        }
        Ok(())
    }

    /// Whether the bar is met: nothing lost, nothing twice, nothing in the wrong place, and the agent knows it.
    pub fn is_clean(&self) -> bool {
        self.faults.is_empty()
    }

    /// In how many runs a fault did happen.
    pub fn struck(&self) -> usize {
        self.lines.values().map(|line| line.struck).sum()
    }

    fn count(&mut self, kind: &str, run: &[Fault], report: &Report) {
        let line = self.lines.entry(kind.to_owned()).or_default();
        let findings = &report.findings;
        line.runs += 1;
        line.struck += usize::from(report.struck.is_some());
        line.lost += findings.lost.len();
        line.duplicated += findings.duplicated.len();
        line.misplaced += findings.misplaced.len();
        line.confused += findings.confused.len();
        if !findings.is_empty() {
            let faults: Vec<String> = run.iter().map(Fault::to_string).collect();
            let at = report.struck.as_deref().unwrap_or("nowhere");
            self.faults.push(format!("{}, in `{at}`\n{findings}{}", faults.join(", then "), report.log));
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["runs", "struck", "lost", "duplicated", "wrong folder", "confused"];
        writeln!(f, "{:<34}{}", "kind", head.map(|word| format!("{word:>13}")).concat())?;
        for (kind, line) in &self.lines {
            let Line { runs, struck, lost, duplicated, misplaced, confused } = *line;
            let figures = [runs, struck, lost, duplicated, misplaced, confused].map(|figure| format!("{figure:>13}"));
            writeln!(f, "{kind:<34}{}", figures.concat())?;
        }
        Ok(())
    }
}
