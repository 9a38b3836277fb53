//! What a running program costs, as Linux counts it.

use std::{fs, path::PathBuf, process::Command, time::Duration};

use anyhow::{Context as _, Result};

/// Whether this system counts in a way we can read.
pub fn can_be_measured() -> bool {
    PathBuf::from("/proc/self/stat").exists()
}

/// Resident memory in KiB, now.
pub fn resident_kib(pid: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).context("the process is gone")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    line.trim().trim_end_matches(" kB").trim().parse().context("VmRSS is no number")
}

/// Processor time since it started, in its own code and in the kernel for it.
pub fn cpu_time(pid: u32) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).context("the process is gone")?;
    // The name is in brackets and may hold anything; utime and stime are the 12th and 13th field behind it.
    let (_, fields) = stat.rsplit_once(')').context("a strange /proc/PID/stat")?;
    let ticks: u64 = fields.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    let output = Command::new("getconf").arg("CLK_TCK").output().context("cannot run getconf")?;
    let per_second: u64 = String::from_utf8_lossy(&output.stdout).trim().parse().context("CLK_TCK is no number")?;
    Ok(Duration::from_millis(ticks * 1000 / per_second.max(1)))
}
