//! Who is measured, and what it came to.

use std::{fmt::Write as _, path::PathBuf, time::Duration};

use anyhow::{Context as _, Result};
use xtask::peers::speed::{megabytes, per_second};

use crate::process::{Engine, cpu, memory};

/// What one round came to.
#[derive(Clone, Copy, Debug)]
struct Round {
    messages: usize,
    cpu: Duration,
    hits: usize,
}

/// A filter that is measured.
pub(crate) struct Contender {
    name: String,
    engine: Box<dyn Engine>,
    rounds: Vec<Round>,
}

impl Contender {
    /// Warms it up with some messages, which do not count.
    pub(crate) fn new(name: &str, mut engine: Box<dyn Engine>, warm_up: &[PathBuf]) -> Result<Self> {
        for path in warm_up {
            engine.judge(path).with_context(|| format!("{name} does not work, with {}", path.display()))?;
        }
        Ok(Self { name: name.to_owned(), engine, rounds: Vec::new() })
    }

    /// Lets it judge these.
    pub(crate) fn round(&mut self, mail: &[PathBuf]) -> Result<()> {
        let before = cpu(self.engine.pid())?;
        let mut hits = 0;
        for path in mail {
            let judged = self.engine.judge(path);
            hits += judged.with_context(|| format!("{}, with {}", self.name, path.display()))?;
        }
        let cpu = cpu(self.engine.pid())?.saturating_sub(before);
        self.rounds.push(Round { messages: mail.len(), cpu, hits });
        Ok(())
    }

    /// Messages in a second of CPU time, of all rounds together.
    fn speed(&self) -> f64 {
        let cpu: Duration = self.rounds.iter().map(|round| round.cpu).sum();
        per_second(self.messages(), cpu.as_secs_f64())
    }

    fn messages(&self) -> usize {
        self.rounds.iter().map(|round| round.messages).sum()
    }

    /// `yardsticks`: to whom its speed is put in proportion.
    fn row(&self, yardsticks: &[&Self]) -> Result<String> {
        let hits: usize = self.rounds.iter().map(|round| round.hits).sum();
        let hits = per_second(hits, per_second(self.messages(), 1.0));
        let memory = megabytes(memory(self.engine.pid(), "VmRSS")?);
        let mut row = format!("| {} | {:.1} |", self.name, self.speed());
        for yardstick in yardsticks {
            write!(row, " {} |", self.ratio(yardstick))?;
        }
        write!(row, " {hits:.1} | {memory:.1} |")?;
        Ok(row)
    }

    /// How many times as quick as another: of all rounds together, and the least and the most of any.
    fn ratio(&self, other: &Self) -> String {
        if self.name == other.name {
            return "1".to_owned();
        }
        let rounds = self.rounds.iter().zip(&other.rounds);
        let ratios: Vec<f64> = rounds.map(|(own, their)| their.cpu.div_duration_f64(own.cpu)).collect();
        let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
        let most = ratios.iter().copied().fold(0.0, f64::max);
        format!("{:.1} ({least:.1} to {most:.1})", self.speed() / other.speed())
    }
}

/// All of them in one table, with a column for each of those whose name begins so, to which the others are put in
/// proportion.
pub(crate) fn table(all: &[Contender], yardstick: &str) -> Result<String> {
    let yardsticks: Vec<&Contender> = all.iter().filter(|contender| contender.name.starts_with(yardstick)).collect();
    let mut table = "| one warm process | messages/CPU-s |".to_owned();
    for yardstick in &yardsticks {
        write!(table, " to {} (in each round) |", yardstick.name)?;
    }
    writeln!(table, " hits a message | MB |\n|---|---:|{}---:|---:|", "---:|".repeat(yardsticks.len()))?;
    for contender in all {
        writeln!(table, "{}", contender.row(&yardsticks)?)?;
    }
    Ok(table)
}
