//! Starting the agent when none answers.

use std::{
    env::{self, consts::EXE_SUFFIX},
    io,
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
};

use crate::text::t;

/// How the agent is started.
#[derive(Clone, Debug)]
pub struct Launcher {
    program: PathBuf,
    home: Option<PathBuf>,
}

impl Launcher {
    /// The agent beside our own executable, else the one in `PATH`.
    pub fn beside_us(home: Option<PathBuf>) -> Self {
        let name = format!("tamis-agent{EXE_SUFFIX}");
        let beside = env::current_exe().ok().map(|us| us.with_file_name(&name)).filter(|path| path.is_file());
        Self { program: beside.unwrap_or_else(|| PathBuf::from(name)), home }
    }

    /// That program.
    pub const fn program(program: PathBuf, home: Option<PathBuf>) -> Self {
        Self { program, home }
    }

    /// Starts it so that it outlives the window, but not the session: nobody would see it after that.
    pub(super) fn launch(&self) -> io::Result<Launched> {
        let mut command = Command::new(&self.program);
        command.args(["run", "--until-logout"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if let Some(home) = &self.home {
            command.env("TAMIS_HOME", home);
        }
        detach(&mut command);
        command.spawn().map(Launched).map_err(|error| {
            let program = self.program.display();
            if error.kind() == io::ErrorKind::NotFound {
                return io::Error::new(error.kind(), t!("client-not-installed", program = program.to_string()));
            }
            io::Error::new(error.kind(), format!("{program}: {error}"))
        })
    }
}

/// Ctrl-C in the terminal that started the window must not end the agent.
#[cfg(unix)]
fn detach(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    command.process_group(0);
}

#[cfg(windows)]
fn detach(command: &mut Command) {
    use std::os::windows::process::CommandExt as _;
    const DETACHED_PROCESS: u32 = 0x8;
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x200;
    command.creation_flags(DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP);
}

/// An agent we started.
#[derive(Debug)]
pub(super) struct Launched(Child);

impl Launched {
    /// How it ended, if it has.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().ok().flatten()
    }
}
