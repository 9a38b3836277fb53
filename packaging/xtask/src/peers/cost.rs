//! What a program costs, as the system counts it for a process that has ended.

use std::{
    fs::{self, File},
    path::Path,
    process::Command,
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use wait4::Wait4 as _;

/// The cost of one or several processes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// CPU time, the person's and the system's.
    pub cpu: Duration,
    /// The most memory that was resident at a time, in bytes; of several processes that of the largest. The system counts
    /// the moment before a program begins as well, in which the process still is a picture of this one, so it is never
    /// less than what this one has: a few megabytes.
    pub memory: u64,
}

impl Cost {
    /// The cost of both, one after the other.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { cpu: self.cpu + other.cpu, memory: self.memory.max(other.memory) }
    }
}

/// Runs a command to its end. What it prints goes into the file `said`, and
/// what it complains of only into the error, if it ends with an exit code above `well`.
pub fn of(command: &mut Command, said: &Path, well: i32) -> Result<Cost> {
    let program = Path::new(command.get_program()).display().to_string();
    let make = |path: &Path| File::create(path).with_context(|| format!("cannot write {}", path.display()));
    let complained = said.with_extension("complained");
    command.stdout(make(said)?).stderr(make(&complained)?);
    let child = command.spawn().with_context(|| format!("cannot run {program}"))?;
    let used = child.wait4().with_context(|| format!("cannot wait for {program}"))?;
    let words = fs::read_to_string(&complained).unwrap_or_default();
    fs::remove_file(&complained).ok();
    let is_well = used.status.code().is_some_and(|code| (0..=well).contains(&code));
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    ensure!(is_well, "{program} failed, {}: {words}", used.status);
    Ok(Cost { cpu: used.rusage.utime + used.rusage.stime, memory: used.rusage.maxrss })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_costs_time_and_failure_is_told() {
        let said = std::env::temp_dir().join(format!("tamis-cost-{}", std::process::id()));
        let shell = |script: &str, well| of(Command::new("sh").args(["-c", script]), &said, well);

        let busy = shell("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done", 0).unwrap();
        let idle = shell("echo one; exit 2", 2).unwrap();
        let got = fs::read_to_string(&said).unwrap();
        let told = shell("echo one; echo no ink >&2; exit 3", 2).unwrap_err().to_string();
        let killed = shell("kill -9 $$", 2).unwrap_err().to_string();

        fs::remove_file(&said).unwrap();
        assert!(idle.cpu < busy.cpu, "{idle:?} {busy:?}");
        assert!(idle.memory > 100_000, "{idle:?}");
        assert_eq!(got, "one\n");
        assert!(told.ends_with("failed, exit status: 3: no ink"), "{told}");
        assert!(killed.contains("signal: 9"), "{killed}");
    }
}
