//! Tamis, as a person has it measured: by `tamis-agent eval`, with the settings it comes with.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Result, ensure};

use super::{
    Engine,
    filter::{complaint, output},
    stream::{Stream, write_index},
};

/// Tamis, which learns every message.
#[derive(Clone, Debug)]
pub struct Tamis {
    /// The program `tamis-agent`.
    pub agent: PathBuf,
    /// Whether the checks are off, so that the learner is compared with learners.
    pub is_learner_alone: bool,
}

impl Tamis {
    /// The command that judges and learns an index. Its home is a folder of its own, so that the settings of whoever runs
    /// this take no part.
    pub(super) fn command(&self, home: &Path, index: &Path) -> Command {
        let mut command = Command::new(&self.agent);
        command.arg("--home").arg(home).arg("eval").arg(index).arg("--online").stdin(Stdio::null());
        if self.is_learner_alone {
            command.arg("--learner-only");
        }
        command
    }
}

impl Engine for Tamis {
    fn name(&self) -> &'static str {
        if self.is_learner_alone { "Tamis, the learner alone" } else { "Tamis" }
    }

    fn stem(&self) -> &'static str {
        if self.is_learner_alone { "tamis-learner" } else { "tamis" }
    }

    fn is_peer(&self) -> bool {
        false
    }

    fn run(&self, stream: &Stream, folder: &Path, result: &Path) -> Result<()> {
        let index = folder.join("index");
        write_index(&stream.mail, &index)?;
        let output = output(self.command(&folder.join("home"), &index).arg("--out").arg(result))?;
        ensure!(output.status.success(), "tamis-agent failed, {}", complaint(&output));
        Ok(())
    }
}
