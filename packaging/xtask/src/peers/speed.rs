//! How fast bogofilter and Tamis are when they need not begin anew for every message, and what memory they take.
//!
//! Measured is CPU time, not the time on the clock, so that what else the machine does counts little. bogofilter learns all
//! messages in one process a label and judges them all in one more. Tamis judges and learns them in one process, as no
//! command of its does only one of them with what it has learned; its CPU time is shared out by the times that `eval` prints
//! for each stage. Each message pays in full what both tasks need, reading and features, so both figures are low rather than
//! high. A round of each is run in turn, and of all rounds the median counts. Of mail with one label alone Tamis has no
//! opinion, and so no cost of having one: measure speed with both. And what bogofilter has learned it also keeps in a
//! database on the disk, which `eval` does not: that is in Tamis' favour.

use std::{
    fmt::Write as _,
    fs::{self, File},
    path::Path,
    process::Stdio,
};

use anyhow::{Context as _, Result, ensure};
use tamis_core::learn::Label;

use super::{
    bogofilter::{Bogofilter, register},
    cost::{self, Cost},
    filter::Filter as _,
    programs::Programs,
    stream::write_index,
    tamis::Tamis,
};
use crate::{ground::Work, index::Line, stop};

const ROUNDS: usize = 3;

/// What one round of a filter came to.
#[derive(Clone, Copy, Debug)]
pub struct Round {
    /// Messages judged in a second of CPU time.
    pub classify: f64,
    /// Messages learned in a second of CPU time.
    pub train: f64,
    /// The most memory at a time, in bytes.
    pub memory: u64,
}

/// Measures both and returns a table.
pub(super) fn measure(mail: &[Line], programs: &Programs, agent: &Path) -> Result<String> {
    let tamis = Tamis { agent: agent.to_path_buf(), is_learner_alone: true };
    let bogofilter = Bogofilter::new(programs.clone());
    let (mut theirs, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ensure!(!stop::asked(), "stopped");
        theirs.push(of_bogofilter(&bogofilter, mail)?);
        ours.push(of_tamis(&tamis, mail)?);
    }
    let mut table =
        format!("{:<30} {:>17} {:>14} {:>9}\n", "one process", "classified/CPU-s", "trained/CPU-s", "peak MB");
    let (theirs, ours) = (median(&theirs), median(&ours));
    for (name, Round { classify, train, memory }) in
        [("bogofilter, everything", theirs), ("Tamis, the learner alone", ours)]
    {
        writeln!(table, "{name:<30} {classify:>17.0} {train:>14.0} {:>9.1}", megabytes(memory))?;
    }
    let (classify, train) = (ours.classify / theirs.classify, ours.train / theirs.train);
    let memory = megabytes(ours.memory) / megabytes(theirs.memory);
    writeln!(table, "{:<30} {classify:>17.2} {train:>14.2} {memory:>9.2}", "ratio")?;
    Ok(table)
}

/// A round of bogofilter: one process for each label learns that mail, and one judges it all.
pub fn of_bogofilter(bogofilter: &Bogofilter, mail: &[Line]) -> Result<Round> {
    let work = Work::new("peers")?;
    let said = work.path().join("said");
    bogofilter.prepare(work.path())?;
    let mut train = Cost::default();
    for label in [Label::Ham, Label::Spam] {
        let list = list(mail, &[label], work.path())?;
        train =
            train.and(cost::of(bogofilter.command(work.path()).args([register(label), "-b"]).stdin(list), &said, 0)?);
    }
    let list = list(mail, &[Label::Ham, Label::Spam], work.path())?;
    // It ends with what it called the last message: 0, 1 or 2.
    let classify = cost::of(bogofilter.command(work.path()).args(["-TT", "-b"]).stdin(list), &said, 2)?;
    let judged = fs::read_to_string(&said)?.lines().count();
    ensure!(judged == mail.len(), "bogofilter judged {judged} of {} messages", mail.len());
    Ok(Round {
        classify: per_second(mail.len(), classify.cpu.as_secs_f64()),
        train: per_second(mail.len(), train.cpu.as_secs_f64()),
        memory: classify.and(train).memory,
    })
}

/// The names of messages with one of these labels in a file, for a program to read from.
fn list(mail: &[Line], labels: &[Label], folder: &Path) -> Result<Stdio> {
    let wanted = mail.iter().filter(|line| labels.contains(&line.label));
    let names: Vec<String> = wanted.map(|line| format!("{}\n", line.path.display())).collect();
    let file = folder.join("list");
    fs::write(&file, names.concat())?;
    Ok(File::open(&file)?.into())
}

fn of_tamis(tamis: &Tamis, mail: &[Line]) -> Result<Round> {
    let work = Work::new("peers")?;
    let (index, said) = (work.path().join("index"), work.path().join("said"));
    write_index(mail, &index)?;
    let cost = cost::of(&mut tamis.command(&work.path().join("home"), &index), &said, 0)?;
    let stages = Stages::read(&fs::read_to_string(&said)?).context("`tamis-agent eval` names no stages")?;
    let cpu = cost.cpu.as_secs_f64();
    Ok(Round {
        classify: per_second(mail.len(), cpu * stages.classify / stages.all),
        train: per_second(mail.len(), cpu * stages.train / stages.all),
        memory: cost.memory,
    })
}

/// How long one message took, in seconds on the clock.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stages {
    classify: f64,
    train: f64,
    all: f64,
}

impl Stages {
    /// Reads the messages per second of each stage from what `eval` prints.
    fn read(said: &str) -> Option<Self> {
        let (_, stages) = said.split_once("messages per second\n")?;
        let seconds = |stage: &str| {
            let rate = stages.lines().find_map(|line| line.trim().strip_prefix(stage))?.trim();
            // A stage that takes no time has no speed.
            if rate == "-" { Some(0.0) } else { rate.parse().ok().map(|rate: f64| rate.recip()) }
        };
        let both = seconds("parse")? + seconds("features and learner")?;
        let (checks, train) = (seconds("checks")?, seconds("train")?);
        Some(Self { classify: both + checks, train: both + train, all: both + checks + train })
    }
}

/// So many in so many seconds.
pub fn per_second(count: usize, seconds: f64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / seconds
}

/// Bytes in units of 2^20.
pub fn megabytes(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes >> 10).unwrap_or(u32::MAX)) / 1024.0
}

/// The median of each figure.
pub fn median(rounds: &[Round]) -> Round {
    let middle = |figure: &dyn Fn(&Round) -> f64| {
        let mut figures: Vec<f64> = rounds.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
    };
    let mut memory: Vec<u64> = rounds.iter().map(|round| round.memory).collect();
    memory.sort_unstable();
    Round {
        classify: middle(&|round| round.classify),
        train: middle(&|round| round.train),
        memory: memory.get(memory.len() / 2).copied().unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stages_are_read_from_what_eval_prints() {
        let said = "run   n\nindex  82\n\nmessages per second\n  parse                    10000\n  \
                    features and learner      5000\n  checks                       -\n  train                     2000\n  \
                    all                       1250\n";

        let got = Stages::read(said).unwrap();

        let near = |got: f64, want: f64| (got - want).abs() < 1e-12;
        assert!(near(got.classify, 0.0003) && near(got.train, 0.0008) && near(got.all, 0.0008), "{got:?}");
        assert_eq!(Stages::read("messages per second\n  parse   10\n"), None);
    }

    #[test]
    fn of_three_rounds_the_middle_one_counts_figure_by_figure() {
        let round = |classify, train, memory| Round { classify, train, memory };

        let got = median(&[round(1.0, 30.0, 200), round(3.0, 10.0, 100), round(2.0, 20.0, 300)]);

        assert!((got.classify - 2.0).abs() < 1e-9 && (got.train - 20.0).abs() < 1e-9, "{got:?}");
        assert_eq!(got.memory, 200);
    }
}
