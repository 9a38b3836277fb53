//! Passwords: out of the keyring, the sealed file, a file or a command, and into the first two. And the key of the archive.
//!
//! Everything here may wait for a person who has to unlock something, so it does not belong on a thread that others
//! wait for. No error holds anything that a file or a command said.

mod archive;
mod beside;
mod entry;
mod moving;
mod sealed;
mod token;

use std::{
    fs::File,
    io::{self, Read},
    os::unix::{fs::MetadataExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use keyring_core::Error;
use rustix::process::{Pid, Signal, kill_process_group};
use tamis_core::config::{Account, PasswordSource, Smtp};
use zeroize::Zeroizing;

pub(crate) use self::token::{Grant, forget_grant, grant, store_grant};
pub use self::{
    archive::{ArchiveKey, ArchiveKeyError, KeyPlace, archive_key},
    entry::{Entry, keep_secrets, sealed_path},
    moving::{Held, Holdings, Place, forget_all, holdings, move_all, rekey},
    sealed::SealedError,
};
use crate::{
    oauth::{self, TokenError},
    secret::Secret,
    words::because,
};

pub(crate) use self::{
    beside::{Beside, Waiting, drop_beside, drop_left, lay_beside, take_over},
    moving::take_all,
    sealed::{Entries, Name},
};

/// The name under which the keyring shows our entries.
const SERVICE: &str = "tamis";

/// Long enough to type a passphrase into another window.
const COMMAND_TIME: Duration = Duration::from_secs(30);

/// Between two looks whether a command that has closed its output has ended.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// No password is longer. Whatever is after that is not read.
const MAX_BYTES: u64 = 16 << 10;

/// Room for all of it, so that no copy is left behind where it grew.
const CAPACITY: usize = 16 << 10;

/// Why there is no password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// There is no keyring in this session.
    #[error(
        "no keyring is running; use --password-file or --password-command, or let Tamis keep passwords in a sealed file: [secrets] in \
         tamis.toml says how"
    )]
    NoKeyring,
    /// The keyring does not open.
    #[error("the keyring is locked; unlock it and try again")]
    Locked,
    /// The keyring has no password of this account.
    #[error("{place} holds no password for the account `{account}`; remove the account and add it again")]
    Missing {
        /// The keyring, or which file.
        place: String,
        /// The account's name.
        account: String,
    },
    /// The sealed file cannot be used.
    #[error("{reason}")]
    Sealed {
        /// What is wrong with it, and what to do.
        reason: String,
    },
    /// What was written did not come back.
    #[error("{place} did not keep what was to be moved there; everything is still where it was")]
    NotKept {
        /// The keyring, or which file.
        place: String,
    },
    /// What came out of a backup is in a keyring that is not there.
    #[error("its passwords and keys wait in the keyring, and no keyring is running")]
    WaitsInKeyring,
    /// What came out of a backup is gone before it was in its place.
    #[error("{place} no longer holds all passwords and keys that came out of it")]
    NotThere {
        /// The keyring, or which file.
        place: String,
    },
    /// The settings could not be changed.
    #[error(transparent)]
    Settings(Box<crate::settings::SettingsError>),
    /// The keyring failed.
    #[error("the keyring failed: {reason}")]
    Keyring {
        /// In its words.
        reason: String,
    },
    /// The file cannot be read.
    #[error("cannot read the password file {}: {}", path.display(), because(source))]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Others can read the file.
    #[error("others can read the password file {0}; close it with: chmod 600 {0}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
    },
    /// The command cannot be started or read.
    #[error("cannot run the password command of the account `{account}`: {}", because(source))]
    Command {
        /// The account's name.
        account: String,
        /// Why.
        source: io::Error,
    },
    /// The command said that it failed.
    #[error("the password command of the account `{account}` failed ({status}); run it by hand to see why")]
    Failed {
        /// The account's name.
        account: String,
        /// How it ended.
        status: ExitStatus,
    },
    /// The command does not end.
    #[error("the password command of the account `{account}` did not end within {} seconds", limit.as_secs())]
    Slow {
        /// The account's name.
        account: String,
        /// How long it was waited for.
        limit: Duration,
    },
    /// There is nothing on the first line.
    #[error("the password of the account `{account}` is empty: the first line of what {place} says must hold it")]
    Empty {
        /// The account's name.
        account: String,
        /// Which file, or the command.
        place: String,
    },
    /// Whoever gives out the access tokens gave none.
    #[error(transparent)]
    Token(#[from] TokenError),
}

impl KeyError {
    /// Whether the person can put it right by saying or writing something else.
    pub fn is_the_persons(&self) -> bool {
        match self {
            Self::File { .. } | Self::Open { .. } | Self::Empty { .. } | Self::Missing { .. } | Self::Sealed { .. } => {
                true
            }
            Self::Token(error) => !error.passes_by_itself(),
            Self::NoKeyring
            | Self::NotKept { .. }
            | Self::WaitsInKeyring
            | Self::NotThere { .. }
            | Self::Settings(_)
            | Self::Locked
            | Self::Keyring { .. }
            | Self::Command { .. }
            | Self::Failed { .. }
            | Self::Slow { .. } => false,
        }
    }

    /// Whether it may be better after a while, without the person.
    pub fn passes_by_itself(&self) -> bool {
        matches!(self, Self::Token(error) if error.passes_by_itself())
    }
}

/// The password of `account`, or its access token, from where its settings say; empty where none is needed. May wait for a
/// person.
pub fn password(account: &Account) -> Result<Secret, KeyError> {
    from(&account.password, account)
}

/// The password for handing in mail of `account`, from where its settings say. May wait for a person.
pub fn smtp_password(account: &Account, smtp: &Smtp) -> Result<Secret, KeyError> {
    from(&smtp.password, account)
}

/// The key for a service that is no account, from where the settings say; `service` is its name for people. May wait for a
/// person.
pub fn service_key(service: &str, source: &PasswordSource) -> Result<Secret, KeyError> {
    match source {
        PasswordSource::Keyring | PasswordSource::NotNeeded | PasswordSource::OAuth(_) => {
            Ok(Secret::new(String::new()))
        }
        PasswordSource::File(path) => from_file(path).map(Secret::new),
        PasswordSource::Command(command) => from_command(service, command, COMMAND_TIME).map(Secret::new),
    }
}

/// The first line of a file that only the person can read.
pub fn of_file(path: &Path) -> Result<Secret, KeyError> {
    from_file(path).map(Secret::new)
}

fn from(source: &PasswordSource, account: &Account) -> Result<Secret, KeyError> {
    let (first_line, place) = match source {
        PasswordSource::Keyring => return from_keyring(account),
        PasswordSource::NotNeeded => return Ok(Secret::new(String::new())),
        PasswordSource::OAuth(oauth) => return oauth::access_token(account, oauth),
        PasswordSource::File(path) => (from_file(path)?, format!("the file {}", path.display())),
        PasswordSource::Command(command) => {
            (from_command(&account.name, command, COMMAND_TIME)?, "the password command".to_owned())
        }
    };
    if first_line.is_empty() {
        return Err(KeyError::Empty { account: account.name.clone(), place });
    }
    Ok(Secret::new(first_line))
}

/// Puts the password of `account` into the keyring. May wait for a person.
pub fn store_password(account: &Account, password: &Secret) -> Result<(), KeyError> {
    entry(account)?.set_password(password.expose()).map_err(|err| keyring_error(account, &err))
}

/// Takes the password of `account` out of the keyring, if it is there, or what was given when the person signed in.
pub fn forget_password(account: &Account) -> Result<(), KeyError> {
    if let PasswordSource::OAuth(oauth) = &account.password {
        return oauth::forget(account, oauth);
    }
    match entry(account)?.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(err) => Err(keyring_error(account, &err)),
    }
}

fn from_keyring(account: &Account) -> Result<Secret, KeyError> {
    entry(account)?.get_password().map(Secret::new).map_err(|err| keyring_error(account, &err))
}

/// The host is part of the name, so that a password is never sent to another server after a change of the settings.
fn entry(account: &Account) -> Result<Entry, KeyError> {
    if Entry::store_status().is_err() {
        return Err(KeyError::NoKeyring);
    }
    let user = format!("{}/{}", account.name, account.host);
    Entry::new(SERVICE, &user).map_err(|err| keyring_error(account, &err))
}

fn keyring_error(account: &Account, err: &Error) -> KeyError {
    if let Some(reason) = entry::of_sealed_file(err) {
        return KeyError::Sealed { reason };
    }
    let reason = match err {
        Error::NoDefaultStore => return KeyError::NoKeyring,
        Error::NoStorageAccess(_) => return KeyError::Locked,
        Error::NoEntry => {
            return KeyError::Missing { place: entry::place_name(), account: account.name.clone() };
        }
        // These hold the secret itself, so only the kind is named.
        Error::BadEncoding(_) | Error::BadDataFormat(..) => "what it holds is no text".to_owned(),
        Error::Ambiguous(_) => "it holds several passwords for this account".to_owned(),
        Error::PlatformFailure(_)
        | Error::BadStoreFormat(_)
        | Error::TooLong(..)
        | Error::Invalid(..)
        | Error::NotSupportedByStore(_)
        | _ => err.to_string(),
    };
    KeyError::Keyring { reason }
}

/// The first line of a file that only the person can read.
pub(crate) fn first_line(path: &Path) -> Result<Secret, KeyError> {
    from_file(path).map(Secret::new)
}

fn from_file(path: &Path) -> Result<String, KeyError> {
    let failed = |source| KeyError::File { path: path.to_path_buf(), source };
    let file = File::open(path).map_err(failed)?;
    // Asked of the open file: what the name leads to could change in between.
    let found = file.metadata().map_err(failed)?;
    if !found.is_file() {
        return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "it is not a file")));
    }
    if found.mode() & 0o077 != 0 {
        return Err(KeyError::Open { path: path.to_path_buf() });
    }
    read_first_line(file).map_err(failed)
}

fn from_command(account: &str, command: &str, limit: Duration) -> Result<String, KeyError> {
    let failed = |source| KeyError::Command { account: account.to_owned(), source };
    let deadline = Instant::now() + limit;
    let mut child = Command::new("sh")
        .args(["-c", command])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        // A group of its own, so that what it starts ends with it.
        .process_group(0)
        .spawn()
        .map_err(failed)?;
    let answer = match first_line_by(&mut child, deadline) {
        Ok(answer) => end_by(&mut child, deadline).map(|status| (answer, status)),
        Err(err) => Err(err),
    };
    match answer {
        Ok((line, status)) if status.success() => line.map_err(failed),
        Ok((_, status)) => Err(KeyError::Failed { account: account.to_owned(), status }),
        Err(err) => {
            stop(&mut child);
            if err.kind() == io::ErrorKind::TimedOut {
                return Err(KeyError::Slow { account: account.to_owned(), limit });
            }
            Err(failed(err))
        }
    }
}

/// Everything is read, so that the command does not fail for want of a reader.
fn first_line_by(child: &mut Child, deadline: Instant) -> io::Result<io::Result<String>> {
    let Some(mut output) = child.stdout.take() else { return Err(io::ErrorKind::BrokenPipe.into()) };
    let (sender, receiver) = mpsc::sync_channel(1);
    thread::Builder::new().name("password-command".to_owned()).spawn(move || {
        let line = read_first_line(&mut output);
        io::copy(&mut output, &mut io::sink()).ok();
        // Nobody is there to take it when the time was over.
        sender.send(line).ok();
    })?;
    receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())).map_err(|err| match err {
        RecvTimeoutError::Timeout => io::ErrorKind::TimedOut.into(),
        RecvTimeoutError::Disconnected => io::ErrorKind::BrokenPipe.into(),
    })
}

fn end_by(child: &mut Child, deadline: Instant) -> io::Result<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if deadline <= Instant::now() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        thread::sleep(LOOK_AGAIN);
    }
}

/// Ends the command and what it started. If that fails it has ended by itself.
fn stop(child: &mut Child) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        kill_process_group(group, Signal::KILL).ok();
    }
    child.wait().ok();
}

/// The first line of what somebody sends in.
pub(crate) fn first_line_of(source: impl Read) -> io::Result<Secret> {
    read_first_line(source).map(Secret::new)
}

fn read_first_line(source: impl Read) -> io::Result<String> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(CAPACITY));
    source.take(MAX_BYTES).read_to_end(&mut bytes)?;
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    match std::str::from_utf8(line) {
        Ok(line) => Ok(line.to_owned()),
        Err(_) => Err(io::Error::new(io::ErrorKind::InvalidData, "its first line is no text")),
    }
}

#[cfg(test)]
mod tests;
