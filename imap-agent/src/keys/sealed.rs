//! The sealed file: passwords, tokens and the key of the archive where there is no keyring.
//!
//! ```text
//! secrets.sealed              whole at any time: written beside, brought to the disk, renamed
//! secrets.lock                held by whoever changes it; who reads needs no lock
//! ```
//!
//! What cannot be opened is never written over.

mod format;
mod store;

use std::{
    collections::BTreeMap,
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use tamis_core::config::PasswordSource;
use zeroize::Zeroizing;

use self::format::{Content, Opened, Unreadable};
pub(super) use self::store::SealedStore;
use super::{COMMAND_TIME, from_command, from_file};
use crate::{
    archive::seal::{KeyBytes, Salt, stretched},
    secret::Secret,
    words::because,
};

/// The credential that a service of systemd can be given (systemd.exec(5), "Credentials").
const CREDENTIAL: &str = "tamis-key";

/// Where systemd puts the credentials of a service.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// With less, the key can be guessed by trying.
pub(crate) const LEAST_KEY: usize = 12;

/// Stretched keys of this process, by their salts: each is made once.
static STRETCHED: Mutex<BTreeMap<Salt, KeyBytes>> = Mutex::new(BTreeMap::new());

/// The name of a secret: of which service, and of whom.
pub(crate) type Name = (String, String);

/// Secrets by their names.
pub(crate) type Entries = BTreeMap<Name, Zeroizing<Vec<u8>>>;

/// Why the sealed file cannot be used. It is as it was. Nothing of a secret is in any of these.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealedError {
    /// Nobody says where its key is.
    #[error(
        "there is no key for {}; name one in tamis.toml with key_file or key_command below [secrets], or give the service the \
         credential tamis-key", path.display()
    )]
    NoKey {
        /// The sealed file.
        path: PathBuf,
    },
    /// The key cannot be had.
    #[error("cannot get the key of {}: {reason}", path.display())]
    Key {
        /// The sealed file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The key can be guessed.
    #[error("the key of {} is too short; use at least {LEAST_KEY} characters", path.display())]
    Short {
        /// The sealed file.
        path: PathBuf,
    },
    /// The key is another one.
    #[error("{} is sealed with another key; bring that key back. The file stays as it is", path.display())]
    OtherKey {
        /// The sealed file.
        path: PathBuf,
    },
    /// The file is not what was written.
    #[error(
        "{} is damaged and stays as it is; put back a copy of it, or move it away and add the accounts again", path.display()
    )]
    Damaged {
        /// The sealed file.
        path: PathBuf,
    },
    /// A newer release wrote it.
    #[error("{} is of a newer Tamis; start that one again. The file stays as it is", path.display())]
    Newer {
        /// The sealed file.
        path: PathBuf,
    },
    /// The file cannot be read.
    #[error("cannot read {}: {}", path.display(), because(source))]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file cannot be written.
    #[error("cannot write {}: {}", path.display(), because(source))]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No randomness.
    #[error("the system gives no random numbers to seal {} with", path.display())]
    Random {
        /// The sealed file.
        path: PathBuf,
    },
}

/// The sealed file, and where its key comes from.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SealedFile {
    path: PathBuf,
    source: Option<PasswordSource>,
}

impl fmt::Debug for SealedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedFile").field("path", &self.path).finish_non_exhaustive()
    }
}

impl SealedFile {
    /// The file at `path`, whose key is where `source` says, or is the credential of the service.
    pub(crate) fn new(path: PathBuf, source: Option<PasswordSource>) -> Self {
        Self { path, source }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether there is one.
    pub(crate) fn is_there(&self) -> bool {
        fs::symlink_metadata(&self.path).is_ok()
    }

    /// Whether it is said where its key is.
    pub(crate) fn has_key(&self) -> bool {
        self.source.is_some() || credential().is_some_and(|path| path.is_file())
    }

    /// Everything in it; nothing if it is not there. May wait for a person.
    pub(crate) fn entries(&self) -> Result<Entries, SealedError> {
        let Some(bytes) = self.bytes()? else { return Ok(Entries::new()) };
        self.opened(&bytes, None).map(|opened| opened.content.entries)
    }

    /// Changes what is in it, and reads back what was written. What `change` returns is returned.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Entries) -> T) -> Result<T, SealedError> {
        let _lock = self.lock()?;
        let mut content = match self.bytes()? {
            Some(bytes) => self.opened(&bytes, None)?.content,
            None => self.begun()?,
        };
        let before = content.entries.clone();
        let changed = change(&mut content.entries);
        if before != content.entries || !self.is_there() {
            self.write(&content)?;
        }
        Ok(changed)
    }

    /// Removes the file if nothing is in it.
    pub(crate) fn remove_if_empty(&self) -> Result<(), SealedError> {
        let _lock = self.lock()?;
        let Some(bytes) = self.bytes()? else { return Ok(()) };
        if !self.opened(&bytes, None)?.content.entries.is_empty() {
            return Ok(());
        }
        let failed = |source| SealedError::Write { path: self.path.clone(), source };
        fs::remove_file(&self.path).map_err(failed)?;
        sync_folder(&self.path).map_err(failed)
    }

    /// Lets the key of `new` open it as well. The key that opens it now goes on doing so.
    pub(crate) fn add_key(&self, new: &PasswordSource) -> Result<(), SealedError> {
        let _lock = self.lock()?;
        let Some(bytes) = self.bytes()? else { return Ok(()) };
        // Not with a key that this process remembers: after the next start there is only the one of the settings.
        let Opened { mut content, salt, .. } = self.opened_with(&bytes, &self.key()?)?;
        let key = Self::new(self.path.clone(), Some(new.clone())).long_key()?;
        match self.opened_with(&bytes, &key) {
            // An attempt before this one has come as far.
            Ok(_) => return Ok(()),
            Err(SealedError::OtherKey { .. }) => {}
            Err(err) => return Err(err),
        }
        content.add_slot(&key, Some(&salt)).ok_or_else(|| self.random())?;
        self.write(&content)
    }

    /// Seals it anew, so that nothing but its key opens it. `old` opens it where its key does not do so yet.
    pub(crate) fn seal_anew(&self, old: Option<&PasswordSource>) -> Result<usize, SealedError> {
        let _lock = self.lock()?;
        let Some(bytes) = self.bytes()? else { return Ok(0) };
        let entries = self.opened(&bytes, old)?.content.entries;
        let number = entries.len();
        let mut content = self.begun()?;
        content.entries = entries;
        self.write(&content)?;
        Ok(number)
    }

    fn begun(&self) -> Result<Content, SealedError> {
        Content::begin(&self.long_key()?).ok_or_else(|| self.random())
    }

    fn random(&self) -> SealedError {
        SealedError::Random { path: self.path.clone() }
    }

    fn bytes(&self) -> Result<Option<Vec<u8>>, SealedError> {
        match fs::read(&self.path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(err) if err.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(SealedError::Read { path: self.path.clone(), source }),
        }
    }

    /// Opens it with a key that this process has used already, else with what `source` or its own source says.
    fn opened(&self, bytes: &[u8], source: Option<&PasswordSource>) -> Result<Opened, SealedError> {
        let known = |salt: &Salt| STRETCHED.lock().unwrap_or_else(PoisonError::into_inner).get(salt).cloned();
        if let Some(opened) = self.parsed(bytes)?.open(|salt, _| known(salt)) {
            return opened.map_err(|_damaged| SealedError::Damaged { path: self.path.clone() });
        }
        let key = match source {
            Some(source) => Self::new(self.path.clone(), Some(source.clone())).key()?,
            None => self.key()?,
        };
        let opened = self.opened_with(bytes, &key)?;
        let mut known = STRETCHED.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(opened.salt, opened.slot_key.clone());
        Ok(opened)
    }

    /// Opens it with that key and with no other.
    fn opened_with(&self, bytes: &[u8], key: &Secret) -> Result<Opened, SealedError> {
        let path = || self.path.clone();
        match self.parsed(bytes)?.open(|salt, rounds| Some(stretched(key.expose(), salt, rounds))) {
            Some(opened) => opened.map_err(|_damaged| SealedError::Damaged { path: path() }),
            None => Err(SealedError::OtherKey { path: path() }),
        }
    }

    fn parsed<'a>(&self, bytes: &'a [u8]) -> Result<format::Sealed<'a>, SealedError> {
        format::parse(bytes).map_err(|why| match why {
            Unreadable::Damaged => SealedError::Damaged { path: self.path.clone() },
            Unreadable::Newer => SealedError::Newer { path: self.path.clone() },
        })
    }

    /// The key, which may not be one that can be guessed.
    fn long_key(&self) -> Result<Secret, SealedError> {
        let key = self.key()?;
        if key.expose().chars().count() < LEAST_KEY {
            return Err(SealedError::Short { path: self.path.clone() });
        }
        Ok(key)
    }

    fn key(&self) -> Result<Secret, SealedError> {
        let path = || self.path.clone();
        let said = match &self.source {
            Some(PasswordSource::File(file)) => from_file(file).map_err(|err| err.to_string()),
            Some(PasswordSource::Command(command)) => {
                from_command("[secrets]", command, COMMAND_TIME).map_err(|err| err.to_string())
            }
            Some(PasswordSource::Keyring | PasswordSource::NotNeeded | PasswordSource::OAuth(_)) | None => {
                let file =
                    credential().filter(|file| file.is_file()).ok_or_else(|| SealedError::NoKey { path: path() })?;
                // Who may read it is up to systemd.
                File::open(&file).and_then(super::read_first_line).map_err(|err| because(&err))
            }
        };
        match said.map(Secret::new) {
            Ok(key) if key.expose().is_empty() => {
                Err(SealedError::Key { path: path(), reason: "its first line is empty".to_owned() })
            }
            Ok(key) => Ok(key),
            Err(reason) => Err(SealedError::Key { path: path(), reason }),
        }
    }

    /// Held by whoever changes the file. The system frees it with the process.
    fn lock(&self) -> Result<File, SealedError> {
        let path = self.path.with_extension("lock");
        let failed = |source| SealedError::Write { path: path.clone(), source };
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let file = options.open(&path).map_err(failed)?;
        file.lock().map_err(failed)?;
        Ok(file)
    }

    /// Puts the file in its place, whole. What it is going to be has been read back before.
    fn write(&self, content: &Content) -> Result<(), SealedError> {
        let failed = |source| SealedError::Write { path: self.path.clone(), source };
        let bytes = content.sealed().ok_or_else(|| self.random())?;
        let part = self.path.with_extension("sealed.part");
        let written = write_through(&part, &bytes).and_then(|()| {
            let is_same = fs::read(&part)? == bytes;
            if !is_same {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "the disk does not give back what was written"));
            }
            fs::rename(&part, &self.path)
        });
        if let Err(source) = written {
            // It may never have come to be.
            fs::remove_file(&part).ok();
            return Err(failed(source));
        }
        let mut known = STRETCHED.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(content.known());
        sync_folder(&self.path).map_err(failed)
    }
}

fn write_through(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn sync_folder(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

fn credential() -> Option<PathBuf> {
    std::env::var_os(CREDENTIALS).filter(|dir| !dir.is_empty()).map(|dir| Path::new(&dir).join(CREDENTIAL))
}

#[cfg(test)]
mod tests;
