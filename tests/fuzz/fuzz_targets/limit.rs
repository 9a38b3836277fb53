//! No input may take longer than a second: of the processor, as the machine may have other work to do.
//!
//! The fuzzer's counters make everything about six times as slow: what takes a second here takes a sixth of one elsewhere.

use std::fs;

/// The most that an input may take, in hundredths of a second, as the kernel counts them.
const MOST_TICKS: u64 = 100;

/// Panics if it takes too long.
pub(crate) fn within_a_second(work: impl FnOnce()) {
    let before = ticks();
    work();
    let taken = ticks() - before;
    assert!(taken <= MOST_TICKS, "it took {taken} hundredths of a second of CPU");
}

/// What this process has taken of the processor until now, in hundredths of a second; always 0 where that cannot be
/// read.
fn ticks() -> u64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name in brackets, of which any may be part: the state first, then numbers.
    let mut numbers = stat.rsplit(')').next().unwrap_or_default().split_ascii_whitespace().skip(11);
    let mut next = || numbers.next().and_then(|number| number.parse::<u64>().ok()).unwrap_or(0);
    next() + next()
}
