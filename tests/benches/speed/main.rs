//! How fast the engine of Tamis judges and learns, and what memory it takes, beside bogofilter in the same minutes.
//!
//! Measured are processes that do nothing else: they read every file of a list, parse it, make its features, and judge it
//! (with the words that spoke) or learn it. The system counts their CPU time and their peak memory. This program is all of
//! them: it starts itself with a task, see [`task`]. bogofilter gets the same files in bulk: one process for each label that
//! learns, and one that judges. A round of each is run in turn, and of three rounds the median of each figure counts.
//!
//! A model that is to judge has to be learned first, in the same process. What that costs is known from the process that
//! only learns, and is taken off. bogofilter reads what it has learned from its database, and writes it there, which Tamis
//! does not do here: that is in Tamis' favour. In bogofilter's is that it names no reasons.
//!
//! ```text
//! cargo bench -p tamis-tests --bench speed [-- INDEX]
//! ```
//!
//! INDEX has lines `ham PATH` or `spam PATH`, paths relative to it. Without one it is the demo mail, twenty times over.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints what it measured")]

mod ours;
mod synthetic;
mod task;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Result;
use xtask::{
    index::{self, Line},
    peers::{
        Bogofilter, Programs,
        speed::{Round, median, megabytes, of_bogofilter},
    },
};

use crate::{ours::Ours, task::Task};

/// How often everything is measured.
const ROUNDS: usize = 3;

/// How often the demo mail is gone through: once would take less time than starting a process.
const DEMO_TIMES: usize = 20;

/// Lessons of the model whose memory is measured: years of mail.
const LESSONS: usize = 20_000;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    // Cargo tells every bench that it is one.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if let Some(task) = Task::read(&words) {
        println!("{}", task.run()?);
        return Ok(());
    }
    let mail = match words.first() {
        Some(index) => index::read(Path::new(index))?,
        None => vec![index::read(&demo())?; DEMO_TIMES].concat(),
    };
    measure(&mail)
}

fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/demo/demo.index")
}

fn measure(mail: &[Line]) -> Result<()> {
    let bogofilter = match Programs::unpacked() {
        Ok(programs) => Some(Bogofilter::new(programs)),
        Err(error) => {
            println!("bogofilter is not measured: {error:#}\n");
            None
        }
    };
    let ours = Ours::new(mail)?;
    let (mut of_tamis, mut of_peer) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        if let Some(bogofilter) = &bogofilter {
            of_peer.push(of_bogofilter(bogofilter, mail)?);
        }
        of_tamis.push(ours.round()?);
    }
    println!("{} messages, one process for each task, medians of {ROUNDS} rounds\n", mail.len());
    println!("| one process | classified/CPU-s | trained/CPU-s | peak MB |\n|---|---:|---:|---:|");
    let tamis = median(&of_tamis);
    row("Tamis, the learner", tamis);
    if !of_peer.is_empty() {
        let peer = median(&of_peer);
        row("bogofilter", peer);
        let (classify, train) = (tamis.classify / peer.classify, tamis.train / peer.train);
        let memory = megabytes(tamis.memory) / megabytes(peer.memory);
        println!("| {:<24} | {classify:>6.2} | {train:>6.2} | {memory:>6.2} |", "Tamis to bogofilter");
    }
    println!("\n{}", ours.model(LESSONS)?);
    Ok(())
}

fn row(name: &str, Round { classify, train, memory }: Round) {
    println!("| {name:<24} | {classify:>6.0} | {train:>6.0} | {:>6.1} |", megabytes(memory));
}
