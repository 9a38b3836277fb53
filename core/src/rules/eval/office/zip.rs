//! Files in a ZIP archive, unpacked one at a time and only so far.

use std::io::Read as _;

/// Most entries of a directory that are looked at.
const MAX_ENTRIES: usize = 2000;

/// How far from its end an archive's directory is looked for: its end record with the longest comment.
const MAX_TAIL: usize = 22 + 65_535;

/// One file of an archive.
#[derive(Debug)]
pub(super) struct Entry<'zip> {
    pub(super) name: &'zip [u8],
    /// Whether it can only be read with a password.
    pub(super) is_locked: bool,
    method: usize,
    packed: &'zip [u8],
}

impl Entry<'_> {
    /// Its content, at most `limit` bytes of it; empty if it cannot be read.
    pub(super) fn content(&self, limit: usize) -> Vec<u8> {
        match self.method {
            _ if self.is_locked => Vec::new(),
            0 => self.packed.get(..limit).unwrap_or(self.packed).to_vec(),
            8 => {
                let mut content = Vec::new();
                let limit = u64::try_from(limit).unwrap_or(u64::MAX);
                // What a damaged archive gives before the damage is read all the same.
                flate2::read::DeflateDecoder::new(self.packed)
                    .take(limit)
                    .read_to_end(&mut content)
                    .unwrap_or_default();
                content
            }
            _ => Vec::new(),
        }
    }
}

/// The files that the archive's directory lists.
pub(super) fn entries(archive: &[u8]) -> Vec<Entry<'_>> {
    let Some(mut at) = directory(archive) else { return Vec::new() };
    let mut entries = Vec::new();
    while entries.len() < MAX_ENTRIES {
        let Some((entry, length)) = entry(archive, at) else { break };
        entries.push(entry);
        at += length;
    }
    entries
}

/// Where the directory begins (APPNOTE 6.3.10, 4.3.16).
fn directory(archive: &[u8]) -> Option<usize> {
    let tail = archive.len().saturating_sub(MAX_TAIL);
    let end = tail + memchr::memmem::rfind(archive.get(tail..)?, b"PK\x05\x06")?;
    number(archive, end + 16, 4)
}

/// An entry of the directory (4.3.12) and how long it is.
fn entry(archive: &[u8], at: usize) -> Option<(Entry<'_>, usize)> {
    archive.get(at..)?.starts_with(b"PK\x01\x02").then_some(())?;
    let names = number(archive, at + 28, 2)?;
    let length = 46 + names + number(archive, at + 30, 2)? + number(archive, at + 32, 2)?;
    let entry = Entry {
        name: archive.get(at + 46..at + 46 + names)?,
        is_locked: number(archive, at + 8, 2)? & 1 == 1,
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

/// A little-endian number of two or four bytes.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    let digits = bytes.get(at..at.checked_add(length)?)?;
    Some(digits.iter().rev().fold(0, |value, digit| value << 8 | usize::from(*digit)))
}
