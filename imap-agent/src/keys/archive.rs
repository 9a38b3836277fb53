//! The key of the archive: made once, kept in the keyring, or in a file if there is none.
//!
//! Whoever lost the key has lost the archive. So a key that is there is never overwritten, and none is made for an archive
//! that was begun with another. The keyring is that of all homes of a person, and each archive has a key of its own in it, by a
//! name that is made of the key: it is found wherever the archive is taken, and no key is ever in the place of another.

use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use keyring_core::Error;
use zeroize::Zeroizing;

use super::{
    Entry, KeyError, SERVICE,
    entry::{of_sealed_file, place_name},
    from_file,
};
use crate::{
    archive::{
        begun_with, is_begun, key_id, prepare,
        seal::{KEY_BYTES, KeyBytes, random_key},
    },
    paths::Home,
    words::because,
};

/// What the keyring called the one key of all homes in older releases. It is read, and stays.
pub(super) const OLD_ENTRY: &str = "archive";

/// With what the name of a key of an archive begins in the keyring.
pub(super) const BEGINNING: &str = "archive ";

/// So many digits of what a key is are in its name.
const DIGITS: usize = 16;

/// What the keyring calls the key that is `id`, as [`key_id`] says it.
pub(super) fn entry_of(id: &str) -> String {
    format!("{BEGINNING}{}", id.chars().take(DIGITS).collect::<String>())
}

/// What the keyring calls the key of the archive in `folder`; `None` if no archive was begun there.
pub(super) fn entry_in(folder: &Path) -> Option<String> {
    begun_with(folder).map(|id| entry_of(&id))
}

/// What the keyring calls that key; `None` if it is none.
pub(super) fn entry_of_key(text: &[u8]) -> Option<String> {
    parse(std::str::from_utf8(text).ok()?).map(|key| entry_of(&key_id(&key)))
}

/// The key of the archive, and where it is kept.
#[derive(Clone)]
pub struct ArchiveKey {
    bytes: KeyBytes,
    place: KeyPlace,
}

/// Where the key of the archive is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyPlace {
    /// In the keyring, or the sealed file.
    Keyring,
    /// In a file, because no keyring was running when the archive was begun.
    File(PathBuf),
}

/// Why there is no key of the archive. None of these holds anything of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveKeyError {
    /// The keyring does not open.
    #[error("the keyring that holds its key is locked; unlock it")]
    Locked,
    /// The sealed file cannot be used.
    #[error("{reason}")]
    Sealed {
        /// What is wrong with it, and what to do.
        reason: String,
    },
    /// The keyring failed.
    #[error("the keyring that holds its key failed: {reason}")]
    Keyring {
        /// In its words.
        reason: String,
    },
    /// There is an archive and no keyring.
    #[error("its key is in a keyring, and no keyring is running; start one, and then Tamis again")]
    NoKeyring,
    /// There is an archive and its key is gone.
    #[error(
        "{place} no longer holds its key; bring the key back, or move {} away to begin a new archive",
        folder.display()
    )]
    Gone {
        /// The keyring, or which file.
        place: String,
        /// The archive.
        folder: PathBuf,
    },
    /// The key file cannot be used.
    #[error("cannot read its key in {}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The key file cannot be made.
    #[error("cannot write its key to {}: {}", path.display(), because(source))]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is no archive yet, and none can be begun.
    #[error("cannot write to {}: {}", folder.display(), because(source))]
    Folder {
        /// The archive.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What is there is no key.
    #[error("what {place} holds is not its key: 64 hexadecimal digits are")]
    Malformed {
        /// Which file, or the keyring.
        place: String,
    },
    /// No randomness.
    #[error("the system gives no random numbers to make its key of")]
    Random,
}

impl ArchiveKey {
    /// The key itself.
    pub(crate) fn bytes(&self) -> &KeyBytes {
        &self.bytes
    }

    /// Where it is kept.
    pub fn place(&self) -> &KeyPlace {
        &self.place
    }

    /// A key for tests, kept nowhere.
    #[cfg(test)]
    pub(crate) fn fixed(byte: u8) -> Self {
        Self { bytes: Zeroizing::new([byte; KEY_BYTES]), place: KeyPlace::Keyring }
    }
}

impl fmt::Debug for ArchiveKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArchiveKey").field("place", &self.place).finish_non_exhaustive()
    }
}

/// The key of the archive of `home`, which is made if nothing was archived yet. May wait for a person.
///
/// A key file is used if there is one, also when a keyring appears later. Otherwise the keyring or the sealed file holds the
/// key, or the key file gets it if there is neither.
pub fn archive_key(home: &Home) -> Result<ArchiveKey, ArchiveKeyError> {
    find_or_make(home, &SystemKeyring)
}

/// What of a keyring is needed here.
trait Keyring {
    /// Whether there is one.
    fn is_running(&self) -> bool;
    /// What an entry holds, if there is one of that name.
    fn get(&self, name: &str) -> Result<Option<Zeroizing<String>>, ArchiveKeyError>;
    /// Makes an entry.
    fn set(&self, name: &str, text: &str) -> Result<(), ArchiveKeyError>;
}

fn find_or_make(home: &Home, keyring: &impl Keyring) -> Result<ArchiveKey, ArchiveKeyError> {
    let (path, folder) = (home.archive_key(), home.archive());
    match fs::symlink_metadata(&path) {
        Ok(_) => return read_file(path),
        Err(err) if err.kind() == io::ErrorKind::NotFound => {}
        Err(err) => return Err(ArchiveKeyError::Unreadable { path, reason: because(&err) }),
    }
    let is_begun = is_begun(&folder);
    if !is_begun {
        // Each key that is made where no archive can be would be of no use, and stay.
        prepare(&folder).map_err(|source| ArchiveKeyError::Folder { folder: folder.clone(), source })?;
    }
    if !keyring.is_running() {
        if is_begun {
            return Err(ArchiveKeyError::NoKeyring);
        }
        write_file(&path).map_err(|source| ArchiveKeyError::Unwritable { path: path.clone(), source })?;
        return read_file(path);
    }
    if !is_begun {
        let text = new_text().ok_or(ArchiveKeyError::Random)?;
        let name = entry_of_key(text.as_bytes()).ok_or(ArchiveKeyError::Random)?;
        return put(keyring, &name, &text);
    }
    let name = entry_in(&folder);
    if let Some(name) = &name
        && let Some(text) = keyring.get(name)?
    {
        return of_keyring(&text);
    }
    let gone = || ArchiveKeyError::Gone { place: place_name(), folder: folder.clone() };
    let text = keyring.get(OLD_ENTRY)?.ok_or_else(gone)?;
    let key = of_keyring(&text)?;
    match name {
        // It was begun by an older release; the old name stays, as other homes may know of no other. Where the keyring takes
        // nothing, the key is used as it is, and the next start tries again.
        Some(name) if entry_of(&key_id(&key.bytes)) == name => put(keyring, &name, &text).or(Ok(key)),
        // The old name holds the key of another home.
        Some(_) => Err(gone()),
        // What the archive was begun with is not known, and it is tried.
        None => Ok(key),
    }
}

/// Puts a key into the keyring, if it is not there. What that holds afterwards counts, not what it was told.
fn put(keyring: &impl Keyring, name: &str, text: &str) -> Result<ArchiveKey, ArchiveKeyError> {
    if keyring.get(name)?.is_none() {
        keyring.set(name, text)?;
    }
    match keyring.get(name)? {
        Some(text) => of_keyring(&text),
        None => Err(ArchiveKeyError::Keyring { reason: "it did not keep the key".to_owned() }),
    }
}

fn of_keyring(text: &str) -> Result<ArchiveKey, ArchiveKeyError> {
    match parse(text) {
        Some(bytes) => Ok(ArchiveKey { bytes, place: KeyPlace::Keyring }),
        None => Err(ArchiveKeyError::Malformed { place: place_name() }),
    }
}

fn read_file(path: PathBuf) -> Result<ArchiveKey, ArchiveKeyError> {
    let text = match from_file(&path) {
        Ok(text) => Zeroizing::new(text),
        Err(KeyError::Open { .. }) => {
            let reason = format!("others can read it too; close it with: chmod 600 {}", path.display());
            return Err(ArchiveKeyError::Unreadable { path, reason });
        }
        Err(KeyError::File { source, .. }) => {
            return Err(ArchiveKeyError::Unreadable { path, reason: because(&source) });
        }
        Err(err) => return Err(ArchiveKeyError::Unreadable { path, reason: err.to_string() }),
    };
    match parse(&text) {
        Some(bytes) => Ok(ArchiveKey { bytes, place: KeyPlace::File(path) }),
        None => Err(ArchiveKeyError::Malformed { place: path.display().to_string() }),
    }
}

/// Writes a new key into a file that is not there yet: whole, and on the disk, before anything is sealed with it.
fn write_file(path: &Path) -> io::Result<()> {
    let Some(text) = new_text() else { return Err(io::Error::other("the system gives no random numbers")) };
    let part = path.with_extension("key.part");
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&part)?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    // Unlike a rename, a link does not replace a key that somebody else has just made.
    let linked = fs::hard_link(&part, path);
    fs::remove_file(&part)?;
    match linked {
        Err(err) if err.kind() != io::ErrorKind::AlreadyExists => return Err(err),
        Ok(()) | Err(_) => {}
    }
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

fn new_text() -> Option<Zeroizing<String>> {
    let key = random_key()?;
    let mut text = Zeroizing::new(String::with_capacity(2 * KEY_BYTES));
    for half in key.iter().flat_map(|byte| [byte >> 4, byte & 15]) {
        text.push(char::from_digit(u32::from(half), 16)?);
    }
    Some(text)
}

fn parse(text: &str) -> Option<KeyBytes> {
    let mut digits = text.trim().chars();
    let mut bytes = KeyBytes::default();
    for byte in bytes.iter_mut() {
        let [high, low] = [digits.next()?.to_digit(16)?, digits.next()?.to_digit(16)?];
        *byte = u8::try_from(high << 4 | low).ok()?;
    }
    digits.next().is_none().then_some(bytes)
}

/// The keyring of this session.
struct SystemKeyring;

impl SystemKeyring {
    fn entry(name: &str) -> Result<Entry, ArchiveKeyError> {
        Entry::new(SERVICE, name).map_err(|err| keyring_error(&err))
    }
}

impl Keyring for SystemKeyring {
    fn is_running(&self) -> bool {
        Entry::store_status().is_ok()
    }

    fn get(&self, name: &str) -> Result<Option<Zeroizing<String>>, ArchiveKeyError> {
        match Self::entry(name)?.get_password() {
            Ok(text) => Ok(Some(Zeroizing::new(text))),
            Err(Error::NoEntry) => Ok(None),
            Err(err) => Err(keyring_error(&err)),
        }
    }

    fn set(&self, name: &str, text: &str) -> Result<(), ArchiveKeyError> {
        Self::entry(name)?.set_password(text).map_err(|err| keyring_error(&err))
    }
}

fn keyring_error(err: &Error) -> ArchiveKeyError {
    if let Some(reason) = of_sealed_file(err) {
        return ArchiveKeyError::Sealed { reason };
    }
    let reason = match err {
        Error::NoStorageAccess(_) => return ArchiveKeyError::Locked,
        // These hold the secret itself, so only the kind is named.
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            return ArchiveKeyError::Malformed { place: place_name() };
        }
        Error::Ambiguous(_) => "it holds several".to_owned(),
        Error::NoEntry
        | Error::NoDefaultStore
        | Error::PlatformFailure(_)
        | Error::BadStoreFormat(_)
        | Error::TooLong(..)
        | Error::Invalid(..)
        | Error::NotSupportedByStore(_)
        | _ => err.to_string(),
    };
    ArchiveKeyError::Keyring { reason }
}

#[cfg(test)]
mod tests;
