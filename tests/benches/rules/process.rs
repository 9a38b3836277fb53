//! Processes that are measured while they wait, as Linux counts for each what it has cost so far.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, Result, bail};

/// A filter at work in one process of its own.
pub(crate) trait Engine {
    /// The process that judges.
    fn pid(&self) -> u32;
    /// Judges the message in that file, and says how many rules hit. When it has said so, it does nothing more.
    fn judge(&mut self, path: &Path) -> Result<usize>;
}

/// The CPU time of a process and all its threads so far, the person's and the system's. Exact only if it waits.
/// `/proc/PID/schedstat` has it in nanoseconds (`Documentation/scheduler/sched-stats.rst` of Linux).
pub(crate) fn cpu(pid: u32) -> Result<Duration> {
    let threads = format!("/proc/{pid}/task");
    let mut sum = 0;
    for thread in fs::read_dir(&threads).with_context(|| format!("cannot read {threads}"))? {
        let counted = thread?.path().join("schedstat");
        let text = fs::read_to_string(&counted).with_context(|| format!("cannot read {}", counted.display()))?;
        let nanos = text.split_whitespace().next().and_then(|first| first.parse::<u64>().ok());
        sum += nanos.with_context(|| format!("{} has no time in it", counted.display()))?;
    }
    Ok(Duration::from_nanos(sum))
}

/// A figure of `/proc/PID/status` in bytes, such as `VmRSS`: what is resident now.
pub(crate) fn memory(pid: u32, figure: &str) -> Result<u64> {
    let status = format!("/proc/{pid}/status");
    let text = fs::read_to_string(&status).with_context(|| format!("cannot read {status}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(figure)?.strip_prefix(':'));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    Ok(kibibytes.with_context(|| format!("{status} has no {figure}"))? << 10)
}

/// A process that says `ready`, and then answers each path that it reads with a number.
#[derive(Debug)]
pub(crate) struct Lines {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    /// What it said after `ready`.
    pub(crate) said: String,
    /// What it cost until then.
    pub(crate) start: Duration,
}

impl Lines {
    /// Starts it, and waits until it is ready.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let program = Path::new(command.get_program()).display().to_string();
        let mut child = command.spawn().with_context(|| format!("cannot run {program}"))?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else { bail!("{program} has no pipes") };
        let from = BufReader::new(from);
        let mut lines = Self { child, to, from, said: String::new(), start: Duration::ZERO };
        let said = lines.hear()?;
        let ready = said.strip_prefix("ready").with_context(|| format!("{program} said {said:?}"))?;
        ready.trim().clone_into(&mut lines.said);
        lines.start = cpu(lines.pid())?;
        Ok(lines)
    }

    fn hear(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.from.read_line(&mut line)? == 0 {
            bail!("a process that is measured ended early, {}", self.child.wait()?);
        }
        Ok(line.trim().to_owned())
    }
}

impl Engine for Lines {
    fn pid(&self) -> u32 {
        self.child.id()
    }

    fn judge(&mut self, path: &Path) -> Result<usize> {
        writeln!(self.to, "{}", path.display())?;
        let said = self.hear()?;
        said.parse().with_context(|| format!("a process that is measured said {said:?}"))
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
