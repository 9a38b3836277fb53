//! The folder of originals: one sealed file for each content, whole or not there at all.
//!
//! ```text
//! archive/key.id                     which key the archive is sealed with; says nothing about the key
//! archive/3f/9a07….tamis             the name is a keyed hash of account and content: it tells nothing either
//! archive/3f/9a07….tamis.77-1.part   being written; left by a crash, swept at the next start
//!
//! file:   "TAMIS\0A\x01" | nonce, 12 bytes | AES-256-GCM of the packed message | tag, 16 bytes
//! sealed for: the first 8 bytes | account number, 8 bytes, big-endian | content key, 16 bytes
//! ```
//!
//! A file is written under another name, brought to the disk, read back, renamed, and then the folder is brought to the
//! disk. Everything here waits for the disk.

use std::{
    collections::BTreeSet,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::SystemTime,
};

use zeroize::Zeroizing;

use super::{
    ArchiveError,
    pack::{pack, unpack},
    seal::{KeyBytes, Sealer},
};
use crate::{
    keys::ArchiveKey,
    store::{AccountId, Key},
};

/// What a file begins with: what it is, and of which version.
const MAGIC: &[u8; 8] = b"TAMIS\0A\x01";

/// The file that names the key.
const KEY_ID: &str = "key.id";

/// The end of a name of an original.
const SEALED: &str = ".tamis";

/// The end of a name that is not in force yet.
const PART: &str = ".part";

/// What a disk of its own has in it before anybody has written anything.
const LOST_AND_FOUND: &str = "lost+found";

/// What the keys made of the one key are for (`blake3::derive_key`). Changing a letter loses the archive.
const FOR_CONTENTS: &str = "tamis 2026 archive: contents";
const FOR_NAMES: &str = "tamis 2026 archive: names";
const FOR_KEY_ID: &str = "tamis 2026 archive: which key";

/// The folder of originals, open.
#[derive(Debug)]
pub struct Vault {
    folder: PathBuf,
    sealer: Sealer,
    names: KeyBytes,
    /// So that two that write at once do not write the same file.
    parts: AtomicU64,
}

/// What a [`Vault::sweep`] removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Files that were never finished.
    pub unfinished: u64,
    /// Originals that no row knows any more.
    pub unknown: u64,
}

/// Whether an archive was begun in `folder`. Then there is a key, and another one would be of no use.
///
/// What was not finished begins none: nothing is sealed before the file that names the key is whole.
pub(crate) fn is_begun(folder: &Path) -> bool {
    let is_of_archive = |name: &str| name != LOST_AND_FOUND && !name.ends_with(PART);
    fs::read_dir(folder).is_ok_and(|mut entries| {
        entries.any(|entry| entry.ok().is_none_or(|entry| is_of_archive(&entry.file_name().to_string_lossy())))
    })
}

/// Makes the folder of an archive that is not begun yet, and tests that it takes a file.
pub(crate) fn prepare(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let part = folder.join(format!("test.{}{PART}", std::process::id()));
    let written = write_through(&part, KEY_ID.as_bytes());
    let removed = fs::remove_file(&part);
    written.and(removed)?;
    folder.parent().map_or(Ok(()), |parent| File::open(parent)?.sync_all())
}

/// Which key the archive in `folder` was begun with, as [`key_id`] says it; `None` if there is no archive, or nobody knows.
pub(crate) fn begun_with(folder: &Path) -> Option<String> {
    fs::read_to_string(folder.join(KEY_ID)).ok().map(|text| text.trim_end().to_owned())
}

/// Which key that is: 64 hexadecimal digits that say nothing about it.
pub(crate) fn key_id(key: &KeyBytes) -> String {
    hex(Zeroizing::new(blake3::derive_key(FOR_KEY_ID, key.as_slice())).as_slice())
}

impl Vault {
    /// Opens the archive in `folder`, or begins one. Another key than the one it was begun with is refused.
    pub fn open(folder: &Path, key: &ArchiveKey) -> Result<Self, ArchiveError> {
        let bytes = key.bytes();
        let derived = |purpose| Zeroizing::new(blake3::derive_key(purpose, bytes.as_slice()));
        let sealer = Sealer::new(&derived(FOR_CONTENTS)).map_err(|_refused| ArchiveError::Random)?;
        let vault =
            Self { folder: folder.to_path_buf(), sealer, names: derived(FOR_NAMES), parts: AtomicU64::default() };
        vault.make_folder(folder)?;
        let id = format!("{}\n", key_id(bytes));
        let path = folder.join(KEY_ID);
        match fs::read(&path) {
            Ok(found) if found == id.as_bytes() => Ok(vault),
            Ok(_) => Err(ArchiveError::OtherKey { folder: folder.to_path_buf() }),
            Err(err) if err.kind() == io::ErrorKind::NotFound => {
                vault.write(&path, id.as_bytes(), |_| Ok(()))?;
                Ok(vault)
            }
            Err(source) => Err(ArchiveError::Read { path, source }),
        }
    }

    /// Keeps `raw`. Returns the bytes on the disk, and only once they are there and read back as what they were. What is
    /// kept already stays as it is.
    pub fn put(&self, account: AccountId, key: Key, raw: &[u8]) -> Result<u64, ArchiveError> {
        let path = self.path(account, key);
        let folder = path.parent().unwrap_or(&self.folder);
        if let Some(bytes) = self.bytes_if_kept(&path, account, key, raw) {
            // It was renamed, but who knows whether a crash came before that was on the disk.
            return self.sync_folder(folder).map(|()| bytes);
        }
        self.make_folder(folder)?;
        let sealed = self.sealer.seal(&context(account, key), pack(raw)).map_err(|_refused| ArchiveError::Random)?;
        let mut content = Vec::with_capacity(MAGIC.len() + sealed.len());
        content.extend_from_slice(MAGIC);
        content.extend_from_slice(&sealed);
        drop(sealed);
        self.write(&path, &content, |part| {
            let is_same = self.read(part, account, key)?.is_some_and(|read| read == raw);
            if is_same { Ok(()) } else { Err(ArchiveError::ReadBack { folder: self.folder.clone() }) }
        })?;
        Ok(bytes_of(&content))
    }

    /// The original, `None` if it is not kept. A file that is not what was put there is an error, never a wrong message.
    pub fn get(&self, account: AccountId, key: Key) -> Result<Option<Vec<u8>>, ArchiveError> {
        self.read(&self.path(account, key), account, key)
    }

    /// Removes an original, if it is there.
    pub fn remove(&self, account: AccountId, key: Key) -> Result<(), ArchiveError> {
        self.delete(&self.path(account, key))
    }

    /// Removes files that were never finished, and originals older than `before` that are none of `known`.
    ///
    /// A crash leaves such files. So does a database that was put aside or replaced by an older one, and that the person
    /// may yet put right: that is why they are not removed at once. Nobody may be putting anything meanwhile.
    pub fn sweep(&self, known: &[(AccountId, Key)], before: SystemTime) -> Result<Swept, ArchiveError> {
        let known: BTreeSet<PathBuf> = known.iter().map(|(account, key)| self.path(*account, *key)).collect();
        let mut swept = Swept::default();
        for path in self.files()? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.ends_with(PART) {
                self.delete(&path)?;
                swept.unfinished += 1;
            } else if name.ends_with(SEALED) && !known.contains(&path) && is_older(&path, before) {
                self.delete(&path)?;
                swept.unknown += 1;
            }
        }
        Ok(swept)
    }

    /// Everything in the folder and the folders in it, but not in those of others.
    fn files(&self) -> Result<Vec<PathBuf>, ArchiveError> {
        let mut folders = vec![self.folder.clone()];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            let failed = |source| ArchiveError::Read { path: folder.clone(), source };
            for entry in fs::read_dir(&folder).map_err(failed)? {
                let entry = entry.map_err(failed)?;
                let kind = entry.file_type().map_err(failed)?;
                if kind.is_file() {
                    files.push(entry.path());
                } else if kind.is_dir() && entry.file_name().len() == 2 {
                    folders.push(entry.path());
                }
            }
        }
        Ok(files)
    }

    /// The bytes of the file at `path` if it holds `raw`. If it is damaged, it is put anew.
    fn bytes_if_kept(&self, path: &Path, account: AccountId, key: Key, raw: &[u8]) -> Option<u64> {
        let kept = self.read(path, account, key).ok()??;
        if kept != raw {
            return None;
        }
        fs::metadata(path).map(|found| found.len()).ok()
    }

    fn read(&self, path: &Path, account: AccountId, key: Key) -> Result<Option<Vec<u8>>, ArchiveError> {
        let mut content = match fs::read(path) {
            Ok(content) => content,
            Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(ArchiveError::Read { path: path.to_path_buf(), source }),
        };
        match self.opened(&mut content, account, key) {
            Some(raw) => Ok(Some(raw)),
            None => Err(ArchiveError::Damaged { path: path.to_path_buf() }),
        }
    }

    fn opened(&self, content: &mut [u8], account: AccountId, key: Key) -> Option<Vec<u8>> {
        let (magic, sealed) = content.split_first_chunk_mut::<{ MAGIC.len() }>()?;
        if magic != MAGIC {
            return None;
        }
        unpack(self.sealer.open(&context(account, key), sealed)?)
    }

    fn path(&self, account: AccountId, key: Key) -> PathBuf {
        let mut hasher = blake3::Hasher::new_keyed(&self.names);
        hasher.update(&account.0.to_be_bytes()).update(&key.0);
        let name: [u8; 32] = hasher.finalize().into();
        let [first, rest @ ..] = name;
        self.folder.join(hex(&[first])).join(format!("{}{SEALED}", hex(&rest)))
    }

    /// Writes a file whole: if `check` or anything else fails, nothing has changed.
    fn write(
        &self,
        path: &Path,
        content: &[u8],
        check: impl FnOnce(&Path) -> Result<(), ArchiveError>,
    ) -> Result<(), ArchiveError> {
        let number = self.parts.fetch_add(1, Ordering::Relaxed);
        let mut part = path.as_os_str().to_owned();
        part.push(format!(".{}-{number}{PART}", std::process::id()));
        let part = PathBuf::from(part);
        let written = write_through(&part, content)
            .map_err(|source| self.cannot_write(source))
            .and_then(|()| check(&part))
            .and_then(|()| fs::rename(&part, path).map_err(|source| self.cannot_write(source)));
        if let Err(err) = written {
            // What cannot be removed now is swept later.
            fs::remove_file(&part).ok();
            return Err(err);
        }
        self.sync_folder(path.parent().unwrap_or(&self.folder))
    }

    fn delete(&self, path: &Path) -> Result<(), ArchiveError> {
        match fs::remove_file(path) {
            Ok(()) => Ok(()),
            Err(err) if err.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(source) => Err(self.cannot_write(source)),
        }
    }

    /// Makes a folder for this user alone, and brings its name to the disk.
    fn make_folder(&self, folder: &Path) -> Result<(), ArchiveError> {
        if folder.is_dir() {
            return Ok(());
        }
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(|source| self.cannot_write(source))?;
        folder.parent().map_or(Ok(()), |parent| self.sync_folder(parent))
    }

    fn sync_folder(&self, folder: &Path) -> Result<(), ArchiveError> {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(|source| self.cannot_write(source))
    }

    fn cannot_write(&self, source: io::Error) -> ArchiveError {
        ArchiveError::Write { folder: self.folder.clone(), source }
    }
}

fn write_through(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    // A name with our process in it is left of another process that had the same number.
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// What a file is sealed for, so that no file passes for another.
fn context(account: AccountId, key: Key) -> [u8; 32] {
    let mut context = [0; 32];
    let fields = MAGIC.iter().copied().chain(account.0.to_be_bytes()).chain(key.0);
    for (byte, field) in context.iter_mut().zip(fields) {
        *byte = field;
    }
    context
}

/// A file whose age cannot be told is young.
fn is_older(path: &Path, before: SystemTime) -> bool {
    fs::metadata(path).and_then(|found| found.modified()).is_ok_and(|modified| modified < before)
}

fn bytes_of(content: &[u8]) -> u64 {
    u64::try_from(content.len()).unwrap_or(u64::MAX)
}

fn hex(bytes: &[u8]) -> String {
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    halves.filter_map(|half| char::from_digit(u32::from(half), 16)).collect()
}

#[cfg(test)]
mod tests;
