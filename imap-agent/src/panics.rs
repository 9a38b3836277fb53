//! What is said of a panic: where it was, and nothing of its message, which may quote mail or worse.

use std::{
    io::{self, Write as _},
    panic,
};

use tracing::error;

/// From here on, of a panic anywhere in this process only the place is written down: to the log, or to stderr where there
/// is none.
pub fn hush() {
    panic::set_hook(Box::new(|info| {
        let (file, line) = info.location().map_or(("somewhere", 0), |place| (place.file(), place.line()));
        if tracing::dispatcher::has_been_set() {
            error!(file, line, "a fault in Tamis");
        } else {
            // If nobody listens, nobody is to be told.
            writeln!(io::stderr(), "tamis-agent: a fault in Tamis, at {file}:{line}").ok();
        }
    }));
}

#[cfg(test)]
mod tests {
    use std::{env, fs, process::Command};

    use super::*;
    use crate::logging;

    /// Whether this program is to panic instead of running the test, and whether with a log or without: the folder of it.
    const LOG: &str = "TAMIS_TEST_PANIC_LOG";

    #[test]
    fn a_panic_is_told_with_its_place_and_without_a_word_of_it() {
        if let Some(dir) = env::var_os(LOG) {
            hush();
            if !dir.is_empty() {
                logging::start(dir.as_ref(), 7).unwrap();
            }
            let word = String::from_utf8_lossy(b"quincunx");
            assert!(panic::catch_unwind(|| panic!("cannot read {word}")).is_err());
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        for log in [dir.path().to_str().unwrap(), ""] {
            let output = Command::new(env::current_exe().unwrap())
                .args([
                    "--exact",
                    "panics::tests::a_panic_is_told_with_its_place_and_without_a_word_of_it",
                    "--nocapture",
                ])
                .env(LOG, log)
                .output()
                .unwrap();
            assert!(output.status.success(), "{output:?}");
            let mut told = vec![output.stderr];
            if !log.is_empty() {
                let file = fs::read_dir(dir.path()).unwrap().next().unwrap().unwrap();
                told.push(fs::read(file.path()).unwrap());
            }
            for told in told {
                let told = String::from_utf8(told).unwrap();
                assert!(told.contains("a fault in Tamis") && told.contains("panics.rs"), "{told}");
                assert!(!told.contains("quincunx"), "{told}");
            }
        }
    }
}
