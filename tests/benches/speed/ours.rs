//! The processes of ours that are measured.

use std::{
    env,
    fmt::Write as _,
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use xtask::{
    index::Line,
    peers::{
        cost::{self, Cost},
        speed::{Round, megabytes, per_second},
    },
};

use crate::task::Task;

/// A list of mail, and the program that is to learn and judge it: this one.
#[derive(Debug)]
pub(crate) struct Ours {
    folder: TempDir,
    program: PathBuf,
    list: PathBuf,
    count: usize,
}

impl Ours {
    pub(crate) fn new(mail: &[Line]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let list = folder.path().join("list");
        let mut text = String::new();
        for line in mail {
            writeln!(text, "{} {}", line.label.word(), line.path.display())?;
        }
        fs::write(&list, text)?;
        let program = env::current_exe().context("cannot tell where this program lies")?;
        Ok(Self { folder, program, list, count: mail.len() })
    }

    /// One process that learns all, and one that judges all.
    pub(crate) fn round(&self) -> Result<Round> {
        let (train, _) = self.run(&Task::Train(self.list.clone()))?;
        let (both, opinions) = self.run(&Task::Classify(self.list.clone()))?;
        let is_whole = opinions == self.count.to_string();
        ensure!(
            is_whole,
            "of {} messages Tamis judged {opinions}: it judges once it knows five of each label",
            self.count
        );
        let classify = both.cpu.saturating_sub(train.cpu);
        ensure!(!classify.is_zero(), "{} messages are judged too quickly to be measured", self.count);
        Ok(Round {
            classify: per_second(self.count, classify.as_secs_f64()),
            train: per_second(self.count, train.cpu.as_secs_f64()),
            memory: train.and(both).memory,
        })
    }

    /// What a process that has learned so many made-up messages took, in a sentence.
    pub(crate) fn model(&self, lessons: usize) -> Result<String> {
        let (one, _) = self.run(&Task::Model(self.list.clone(), 1))?;
        let (all, learned) = self.run(&Task::Model(self.list.clone(), lessons))?;
        let [before, after] = [one, all].map(|cost| megabytes(cost.memory));
        Ok(format!("A process with {learned}: peak {after:.1} MB. With one message learned: {before:.1} MB."))
    }

    fn run(&self, task: &Task) -> Result<(Cost, String)> {
        let said = self.folder.path().join("said");
        let cost = cost::of(Command::new(&self.program).args(task.words()).stdin(Stdio::null()), &said, 0)?;
        Ok((cost, fs::read_to_string(&said)?.trim().to_owned()))
    }
}
