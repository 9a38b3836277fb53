//! Files in a ZIP archive, unpacked one at a time and only so far.

use super::{
    bytes::{number, start},
    inflate::{self, Unpacked},
};

/// Most entries of a directory that are looked at.
const MAX_ENTRIES: usize = 2000;

/// How far from its end an archive's directory is looked for: its end record with the longest comment.
const MAX_TAIL: usize = 22 + 65_535;

/// One file of an archive.
#[derive(Debug)]
pub(crate) struct Entry<'zip> {
    pub(crate) name: &'zip [u8],
    /// Whether it can only be read with a password.
    pub(crate) is_locked: bool,
    /// How large it says it is unpacked, in bytes.
    pub(crate) size: usize,
    method: usize,
    packed: &'zip [u8],
}

impl Entry<'_> {
    /// Whether it is packed in a way that is known here, without a password.
    pub(super) const fn is_readable(&self) -> bool {
        !self.is_locked && matches!(self.method, 0 | 8)
    }

    /// Its content, at most `limit` bytes of it, for which at most `most_read` are read; empty if it cannot be read.
    ///
    /// Many entries may lie in the same place of the archive, so that what is read of it counts, not its size.
    pub(crate) fn content(&self, limit: usize, most_read: usize) -> Unpacked {
        let packed = start(self.packed, most_read);
        match self.method {
            _ if self.is_locked => Unpacked::default(),
            0 => Unpacked { content: start(packed, limit).to_vec(), read: 0 },
            8 => inflate::raw(packed, limit),
            _ => Unpacked::default(),
        }
    }
}

/// The files that the archive's directory lists.
pub(crate) fn entries(archive: &[u8]) -> Vec<Entry<'_>> {
    let Some(mut at) = directory(archive) else { return Vec::new() };
    let mut entries = Vec::new();
    while entries.len() < MAX_ENTRIES {
        let Some((entry, length)) = entry(archive, at) else { break };
        entries.push(entry);
        at += length;
    }
    entries
}

/// The same, or of an archive that is cut, those that can be found without it.
pub(super) fn all_entries(archive: &[u8]) -> Vec<Entry<'_>> {
    let entries = entries(archive);
    if entries.is_empty() { local_entries(archive) } else { entries }
}

/// The files whose own headers can be followed from the beginning on, as of an archive that is cut (4.3.7).
fn local_entries(archive: &[u8]) -> Vec<Entry<'_>> {
    let mut at = 0;
    let mut entries = Vec::new();
    while entries.len() < MAX_ENTRIES {
        let Some((entry, length)) = local_entry(archive, at) else { break };
        entries.push(entry);
        // Bit 3: the sizes stand behind the file, which would have to be unpacked to find them.
        let Some(length) = length else { break };
        at += length;
    }
    entries
}

fn local_entry(archive: &[u8], at: usize) -> Option<(Entry<'_>, Option<usize>)> {
    archive.get(at..)?.starts_with(b"PK\x03\x04").then_some(())?;
    let (flags, names) = (number(archive, at + 6, 2)?, number(archive, at + 26, 2)?);
    let start = 30 + names + number(archive, at + 28, 2)?;
    let size = number(archive, at + 18, 4)?;
    let rest = archive.get(at + start..).unwrap_or_default();
    let entry = Entry {
        name: archive.get(at + 30..at + 30 + names)?,
        is_locked: flags & 1 == 1,
        size: number(archive, at + 22, 4)?,
        method: number(archive, at + 8, 2)?,
        packed: if flags & 8 == 0 { rest.get(..size).unwrap_or(rest) } else { rest },
    };
    Some((entry, (flags & 8 == 0).then_some(start + size)))
}

/// Where the directory begins (APPNOTE 6.3.10, 4.3.16).
fn directory(archive: &[u8]) -> Option<usize> {
    let tail = archive.len().saturating_sub(MAX_TAIL);
    let end = tail + memchr::memmem::rfind(archive.get(tail..)?, b"PK\x05\x06")?;
    let is_directory = |at: &usize| archive.get(*at..).is_some_and(|rest| rest.starts_with(b"PK\x01\x02"));
    // Behind something put before the archive its places are wrong, its size is not.
    let by_size = || end.checked_sub(number(archive, end + 12, 4)?);
    number(archive, end + 16, 4).filter(is_directory).or_else(by_size)
}

/// An entry of the directory (4.3.12) and how long it is.
fn entry(archive: &[u8], at: usize) -> Option<(Entry<'_>, usize)> {
    archive.get(at..)?.starts_with(b"PK\x01\x02").then_some(())?;
    let names = number(archive, at + 28, 2)?;
    let length = 46 + names + number(archive, at + 30, 2)? + number(archive, at + 32, 2)?;
    let entry = Entry {
        name: archive.get(at + 46..at + 46 + names)?,
        is_locked: number(archive, at + 8, 2)? & 1 == 1,
        size: number(archive, at + 24, 4)?,
        method: number(archive, at + 10, 2)?,
        packed: packed(archive, number(archive, at + 42, 4)?, number(archive, at + 20, 4)?).unwrap_or_default(),
    };
    Some((entry, length))
}

/// The content behind a local header (4.3.7); less than its size if the archive is cut.
fn packed(archive: &[u8], at: usize, size: usize) -> Option<&[u8]> {
    archive.get(at..)?.starts_with(b"PK\x03\x04").then_some(())?;
    let start = at + 30 + number(archive, at + 26, 2)? + number(archive, at + 28, 2)?;
    let rest = archive.get(start..)?;
    Some(rest.get(..size).unwrap_or(rest))
}
