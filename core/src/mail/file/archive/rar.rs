//! RAR: blocks with a header each, one for every file (technote.txt of RAR 4; the RAR 5.0 archive format note).

use super::{
    super::bytes::{number, start},
    Archive,
};

/// Most blocks that are read.
const MAX_BLOCKS: usize = 2000;

/// Before version 5: checksum (2), type (1), flags (2), size (2), and with flag 0x8000 the size of what follows (4).
pub(super) fn list_4(content: &[u8]) -> Archive {
    let mut archive = Archive::default();
    let mut at = 7;
    for _ in 0..MAX_BLOCKS {
        let Some(length) = block_4(content.get(at..).unwrap_or_default(), &mut archive) else { break };
        at += length;
        if archive.is_full() {
            break;
        }
    }
    archive
}

/// Reads one block, and says how long it is; nothing after the last.
fn block_4(block: &[u8], archive: &mut Archive) -> Option<usize> {
    let (kind, flags, size) = (number(block, 2, 1)?, number(block, 3, 2)?, number(block, 5, 2)?);
    let data = if flags & 0x8000 == 0 { 0 } else { number(block, 7, 4)? };
    match kind {
        // The headers of files are encrypted too.
        0x73 if flags & 0x80 != 0 => {
            archive.is_encrypted = true;
            archive.hides_names = true;
            return None;
        }
        0x74 => {
            let length = number(block, 26, 2)?;
            let name_at = if flags & 0x100 == 0 { 32 } else { 40 };
            let name = block.get(name_at..name_at + length)?;
            // Behind a zero the same name stands in Unicode, packed.
            let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
            // A folder has all the bits of the dictionary's size.
            if flags & 0xe0 != 0xe0 {
                archive.add(&String::from_utf8_lossy(name));
            }
            archive.is_encrypted |= flags & 4 != 0;
        }
        0x7b => return None,
        _ => {}
    }
    (7 <= size).then_some(size.checked_add(data)?)
}

/// Version 5: checksum (4), then numbers of variable length: size, type, flags, and what the flags announce.
pub(super) fn list_5(content: &[u8]) -> Archive {
    let mut archive = Archive::default();
    let mut rest = content.get(8..).unwrap_or_default();
    for _ in 0..MAX_BLOCKS {
        let Some(next) = block_5(rest, &mut archive) else { break };
        rest = next;
        if archive.is_full() {
            break;
        }
    }
    archive
}

fn block_5<'a>(rest: &'a [u8], archive: &mut Archive) -> Option<&'a [u8]> {
    let (size, rest) = variable(rest.get(4..)?)?;
    let (header, after) = rest.split_at_checked(size)?;
    let (kind, header) = variable(header)?;
    let (flags, header) = variable(header)?;
    let (extra, header) = if flags & 1 == 0 { (0, header) } else { variable(header)? };
    let (data, header) = if flags & 2 == 0 { (0, header) } else { variable(header)? };
    match kind {
        2 => {
            let (fields, records) = header.split_at_checked(header.len().checked_sub(extra)?)?;
            file_5(fields, archive);
            archive.is_encrypted |= is_locked(records);
        }
        4 => {
            archive.is_encrypted = true;
            archive.hides_names = true;
            return None;
        }
        5 => return None,
        _ => {}
    }
    after.get(data..)
}

fn file_5(fields: &[u8], archive: &mut Archive) -> Option<()> {
    let (flags, rest) = variable(fields)?;
    let (_size, rest) = variable(rest)?;
    let (_attributes, rest) = variable(rest)?;
    let rest = rest.get(if flags & 2 == 0 { 0 } else { 4 }..)?;
    let rest = rest.get(if flags & 4 == 0 { 0 } else { 4 }..)?;
    let (_method, rest) = variable(rest)?;
    let (_system, rest) = variable(rest)?;
    let (length, rest) = variable(rest)?;
    let is_folder = flags & 1 != 0;
    if !is_folder {
        archive.add(&String::from_utf8_lossy(start(rest, length)));
    }
    Some(())
}

/// Whether one of the extra records of a file is that of its encryption, which has the type 1.
fn is_locked(mut records: &[u8]) -> bool {
    while let Some((size, rest)) = variable(records)
        && let Some((record, after)) = rest.split_at_checked(size)
    {
        if variable(record).is_some_and(|(kind, _)| kind == 1) {
            return true;
        }
        records = after;
    }
    false
}

/// A number in as many bytes as have the highest bit set, and one more.
fn variable(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0_usize;
    for (at, byte) in bytes.iter().enumerate().take(9) {
        value |= usize::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(at + 1..)?));
        }
    }
    None
}
