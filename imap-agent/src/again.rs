//! Runs the agent as a process of its own, and again when it has crashed: for desktops that start programs at login and then
//! leave them alone. Where systemd runs the person's session it does the same, by the same numbers.

use std::{
    collections::VecDeque,
    env, io,
    path::Path,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    process::{Child, Command},
    signal::unix::{SignalKind, signal},
    time::{Instant, sleep},
};
use tracing::warn;

use crate::{cli::Life, session::Session};

/// So long after a crash it is started again.
const PAUSE: Duration = Duration::from_secs(10);

/// With so many crashes within that time something is wrong that no start puts right.
const MOST: usize = 5;
const WITHIN: Duration = Duration::from_mins(10);

/// Returns how it ended when it ended well, crashed too often, or was told to end.
pub(crate) async fn run(home: Option<&Path>, life: Life) -> io::Result<ExitStatus> {
    let mut term = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let session = Session::current();
    let mut crashes = VecDeque::new();
    loop {
        let mut child = start(home, life)?;
        let status = tokio::select! {
            status = child.wait() => status?,
            _ = term.recv() => return end(child).await,
            _ = interrupt.recv() => return end(child).await,
            () = session.over(), if life == Life::Session => return end(child).await,
        };
        crashes.push_back(Instant::now());
        crashes.retain(|at| at.elapsed() < WITHIN);
        if status.success() || MOST <= crashes.len() {
            return Ok(status);
        }
        warn!(%status, "the agent has crashed and is started again");
        tokio::select! {
            () = sleep(PAUSE) => {}
            _ = term.recv() => return Ok(ExitStatus::default()),
            _ = interrupt.recv() => return Ok(ExitStatus::default()),
            () = session.over(), if life == Life::Session => return Ok(ExitStatus::default()),
        }
    }
}

fn start(home: Option<&Path>, life: Life) -> io::Result<Child> {
    let mut command = Command::new(env::current_exe()?);
    if let Some(home) = home {
        command.arg("--home").arg(home);
    }
    command.arg("run");
    if life == Life::Session {
        command.arg("--until-logout");
    }
    command.stdin(Stdio::null()).spawn()
}

/// It ends as if it had been told so itself.
async fn end(mut child: Child) -> io::Result<ExitStatus> {
    let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    if let Some(pid) = pid {
        kill_process(pid, Signal::TERM)?;
    }
    child.wait().await
}
