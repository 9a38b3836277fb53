//! What one process does, and nothing else.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use tamis_core::{
    Arrival, Mail,
    learn::{Features, Learner as _, Logistic},
};
use xtask::index::{self, Line};

use crate::synthetic::Synthetic;

/// The work of a process. Lists are indexes.
#[derive(Clone, Debug)]
pub(crate) enum Task {
    /// Learns all mail of a list.
    Train(PathBuf),
    /// Learns all mail of a list and then judges it.
    Classify(PathBuf),
    /// Learns so many messages that are made up from the mail of a list.
    Model(PathBuf, usize),
}

impl Task {
    /// Reads what [`Task::words`] wrote. `None` if these words are no task.
    pub(crate) fn read(words: &[String]) -> Option<Self> {
        match words {
            [task, list] if task == "train" => Some(Self::Train(list.into())),
            [task, list] if task == "classify" => Some(Self::Classify(list.into())),
            [task, list, lessons] if task == "model" => Some(Self::Model(list.into(), lessons.parse().ok()?)),
            _ => None,
        }
    }

    /// The words by which a process is given this task.
    pub(crate) fn words(&self) -> Vec<String> {
        let (task, list) = match self {
            Self::Train(list) => ("train", list),
            Self::Classify(list) => ("classify", list),
            Self::Model(list, _) => ("model", list),
        };
        let mut words = vec![task.to_owned(), list.display().to_string()];
        if let Self::Model(_, lessons) = self {
            words.push(lessons.to_string());
        }
        words
    }

    /// Does it, and says what became of it.
    pub(crate) fn run(&self) -> Result<String> {
        match self {
            Self::Train(list) => Ok(learned(&taught(&index::read(list)?)?)),
            Self::Classify(list) => {
                let mail = index::read(list)?;
                let learner = taught(&mail)?;
                let mut opinions = 0;
                for line in &mail {
                    let raw = read(&line.path)?;
                    let features = Features::of(&Mail::parse(&raw, &Arrival::default()));
                    opinions += usize::from(learner.opinion(&features).is_some());
                }
                Ok(opinions.to_string())
            }
            Self::Model(list, lessons) => {
                let mail = index::read(list)?;
                let synthetic = Synthetic::of(&mail);
                let mut learner = Logistic::default();
                let mut tokens = 0;
                for number in 0..*lessons {
                    let (raw, label) = synthetic.message(number)?;
                    let ids = Features::of(&Mail::parse(&raw, &Arrival::default())).ids();
                    tokens += ids.len();
                    learner.train(&ids, label);
                }
                Ok(format!("{}, {} tokens each on average", learned(&learner), tokens / (*lessons).max(1)))
            }
        }
    }
}

fn taught(mail: &[Line]) -> Result<Logistic> {
    let mut learner = Logistic::default();
    for line in mail {
        let raw = read(&line.path)?;
        let features = Features::of(&Mail::parse(&raw, &Arrival::default()));
        learner.train(&features.ids(), line.label);
    }
    Ok(learner)
}

fn learned(learner: &Logistic) -> String {
    let trained = learner.trained();
    format!("{} ham and {} spam learned", trained.ham, trained.spam)
}

/// The bytes of a message.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
