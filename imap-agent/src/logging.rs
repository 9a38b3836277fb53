//! Where the agent writes down what it does: to the terminal it runs in, and to a file a day.
//!
//! `TAMIS_LOG` says how much, as tracing-subscriber's filters do: `debug`, or `info,tamis_agent::mailbox=trace`. Whatever
//! it says, libraries that see passwords and whole messages are never heard above the level at which they show none.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    sync::Mutex,
};

use jiff::{ToSpan as _, Zoned, civil::Date};
use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, Layer as _, filter::FilterFn, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use crate::words::because;

/// The libraries that must not talk, and how much they may say at most. `async_imap` writes commands, the login's
/// password among them, and all mail; `zbus` carries what goes to the keyring; `hickory` names what is asked, a list's key in it.
const HUSHED: &[(&str, Level)] = &[
    ("async_imap", Level::DEBUG),
    ("imap_proto", Level::DEBUG),
    ("rustls", Level::INFO),
    ("keyring", Level::INFO),
    ("zbus", Level::INFO),
    ("hickory", Level::ERROR),
];

/// The log cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// The file cannot be opened.
    #[error("cannot write the log in {}: {}", dir.display(), because(source))]
    Open {
        /// The folder.
        dir: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// `TAMIS_LOG` says nothing that can be understood.
    #[error("TAMIS_LOG is no filter: {0}; write for example TAMIS_LOG=debug")]
    Filter(String),
    /// Somebody else has started a log already.
    #[error("cannot start the log: {0}")]
    Started(tracing_subscriber::util::TryInitError),
}

/// Starts the log of this process: to stderr and to a file a day in `dir`, each kept for `days` days.
pub fn start(dir: &Path, days: u32) -> Result<(), LogError> {
    let filter = match std::env::var("TAMIS_LOG") {
        Ok(text) if !text.is_empty() => EnvFilter::try_new(text).map_err(|err| LogError::Filter(err.to_string()))?,
        Ok(_) | Err(_) => EnvFilter::new("info"),
    };
    let file = DailyFile::open(dir, days).map_err(|source| LogError::Open { dir: dir.to_path_buf(), source })?;
    let to_file = fmt::layer().with_ansi(false).with_writer(Mutex::new(file)).with_filter(FilterFn::new(is_allowed));
    let to_terminal = fmt::layer()
        .with_ansi(io::IsTerminal::is_terminal(&io::stderr()))
        .with_writer(io::stderr)
        .with_filter(FilterFn::new(is_allowed));
    tracing_subscriber::registry().with(filter).with(to_file).with(to_terminal).try_init().map_err(LogError::Started)
}

fn is_allowed(metadata: &Metadata<'_>) -> bool {
    HUSHED.iter().all(|(library, most)| !metadata.target().starts_with(library) || *metadata.level() <= *most)
}

/// A file `tamis.2026-01-31.log` that becomes another one at midnight, when the old ones are looked through.
#[derive(Debug)]
struct DailyFile {
    dir: PathBuf,
    days: u32,
    today: Date,
    file: File,
}

impl DailyFile {
    fn open(dir: &Path, days: u32) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        let today = Zoned::now().date();
        remove_old(dir, today, days);
        Ok(Self { dir: dir.to_path_buf(), days, today, file: open(dir, today)? })
    }

    fn turn_to(&mut self, today: Date) -> io::Result<()> {
        if today != self.today {
            self.file = open(&self.dir, today)?;
            self.today = today;
            remove_old(&self.dir, today, self.days);
        }
        Ok(())
    }
}

impl Write for DailyFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.turn_to(Zoned::now().date())?;
        self.file.write(line)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn open(dir: &Path, day: Date) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(dir.join(format!("tamis.{day}.log")))
}

/// Removes our own files that are too old. One that cannot be removed is tried again tomorrow.
fn remove_old(dir: &Path, today: Date, days: u32) {
    let Ok(oldest) = today.checked_sub(i64::from(days).days()) else { return };
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let day = name.to_str().and_then(|name| name.strip_prefix("tamis.")?.strip_suffix(".log"));
        if day.and_then(|day| day.parse::<Date>().ok()).is_some_and(|day| day <= oldest) {
            fs::remove_file(entry.path()).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use jiff::civil::date;

    use super::*;

    #[test]
    fn only_our_own_old_files_are_removed() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["tamis.2026-01-01.log", "tamis.2026-01-02.log", "tamis.2026-01-03.log", "tamis.x.log", "notes"] {
            fs::write(dir.path().join(name), "").unwrap();
        }
        remove_old(dir.path(), date(2026, 1, 9), 7);
        let mut left: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["notes", "tamis.2026-01-03.log", "tamis.x.log"]);
    }

    #[test]
    fn a_new_day_gets_a_new_file_for_this_user_alone() {
        let dir = tempfile::tempdir().unwrap();
        let mut log = DailyFile::open(&dir.path().join("log"), 7).unwrap();
        log.turn_to(date(2999, 12, 31)).unwrap();
        log.file.write_all(b"late\n").unwrap();
        let path = dir.path().join("log/tamis.2999-12-31.log");
        assert_eq!(fs::read_to_string(&path).unwrap(), "late\n");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn libraries_that_see_secrets_are_hushed_whatever_the_filter_says() {
        use std::sync::Arc;

        let written = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&written);
        let layer = fmt::layer().with_writer(move || Shared(Arc::clone(&sink))).with_filter(FilterFn::new(is_allowed));
        let subscriber = tracing_subscriber::registry().with(EnvFilter::new("trace")).with(layer);
        tracing::subscriber::with_default(subscriber, || {
            tracing::trace!(target: "async_imap::imap_stream", "LOGIN me hunter2");
            tracing::debug!(target: "zbus::connection", "hunter2");
            tracing::debug!(target: "rustls::client", "hunter2");
            tracing::trace!(target: "tamis_agent", "our own");
            tracing::warn!(target: "rustls", "a warning");
        });
        let text = String::from_utf8(written.lock().unwrap().clone()).unwrap();
        assert!(!text.contains("hunter2"), "{text}");
        assert!(text.contains("our own") && text.contains("a warning"), "{text}");
    }

    struct Shared(std::sync::Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if let Ok(mut written) = self.0.lock() {
                written.extend(bytes);
            }
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
}
