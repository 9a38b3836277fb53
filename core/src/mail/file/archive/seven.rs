//! 7z: everything about the files stands at the end, mostly packed itself (7zFormat.txt of the LZMA SDK).

mod lzma;

use super::{
    super::bytes::{number, start, utf16},
    Archive,
};

/// Longest list of files that is unpacked, in bytes.
const MAX_HEADER: usize = 1024 * 1024;

/// Coders by their identifiers: LZMA, and AES with SHA-256, which means a password.
const LZMA: &[u8] = &[3, 1, 1];
const AES: &[u8] = &[6, 0xf1, 7, 1];

pub(super) fn list(content: &[u8]) -> Archive {
    let mut archive = Archive::default();
    let header = number(content, 12, 8).zip(number(content, 20, 8)).and_then(|(at, size)| {
        let rest = content.get(at.checked_add(32)?..)?;
        Some(start(rest, size))
    });
    let is_read = header.is_some_and(|header| match header.split_first() {
        Some((0x01, rest)) => plain(rest, &mut archive).is_some(),
        Some((0x17, rest)) => packed(rest, content, &mut archive).is_some(),
        // An empty archive has no header.
        _ => header.is_empty(),
    });
    archive.hides_names = !is_read && archive.names.is_empty();
    archive
}

/// A header that is itself packed, or encrypted.
fn packed(header: &[u8], content: &[u8], archive: &mut Archive) -> Option<()> {
    let streams = Reader(header).streams()?;
    if streams.is_encrypted {
        archive.is_encrypted = true;
        return None;
    }
    let (properties, size) = streams.lzma.filter(|(_, size)| *size <= MAX_HEADER)?;
    let bytes = content.get(streams.packed_at.checked_add(32)?..)?;
    let header = lzma::unpack(bytes, &properties, size);
    let (first, rest) = header.split_first()?;
    (*first == 0x01).then(|| plain(rest, archive))?
}

fn plain(header: &[u8], archive: &mut Archive) -> Option<()> {
    let mut reader = Reader(start(header, MAX_HEADER));
    let mut kind = reader.byte()?;
    if kind == 0x02 {
        while reader.number()? != 0 {
            let size = reader.number()?;
            reader.take(size)?;
        }
        kind = reader.byte()?;
    }
    while matches!(kind, 0x03 | 0x04) {
        let streams = reader.streams()?;
        archive.is_encrypted |= streams.is_encrypted;
        kind = reader.byte()?;
    }
    (kind == 0x05).then_some(())?;
    let _count = reader.number()?;
    loop {
        let property = reader.number()?;
        if property == 0 {
            return Some(());
        }
        let size = reader.number()?;
        let data = reader.take(size)?;
        if property == 0x11 {
            names(data.get(1..)?, archive);
        }
    }
}

/// UTF-16, with a zero behind each name.
fn names(mut data: &[u8], archive: &mut Archive) {
    while 2 <= data.len() && !archive.is_full() {
        let (pairs, _) = data.as_chunks::<2>();
        let end = pairs.iter().position(|pair| pair == &[0, 0]).unwrap_or(pairs.len());
        archive.add(&utf16(start(data, 2 * end)));
        data = data.get(2 * end + 2..).unwrap_or_default();
    }
}

/// What is known of the packed streams.
#[derive(Default)]
struct Streams {
    /// Where the first begins, behind the first 32 bytes.
    packed_at: usize,
    is_encrypted: bool,
    /// The properties of LZMA and the unpacked size, if the first folder is of that alone.
    lzma: Option<(Vec<u8>, usize)>,
}

struct Folder {
    coders: Vec<(Vec<u8>, Vec<u8>)>,
    outs: usize,
    has_sum: bool,
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// The ones the first byte begins with count the bytes that follow, which are the lower part.
    fn number(&mut self) -> Option<usize> {
        let first = self.byte()?;
        let more = first.leading_ones();
        let low = number(self.take(usize::try_from(more).ok()?)?, 0, usize::try_from(more).ok()?)?;
        let high = if 7 <= more { 0 } else { usize::from(first & (0x7f >> more)) };
        Some(high.checked_shl(8 * more).unwrap_or_default() | low)
    }

    fn streams(&mut self) -> Option<Streams> {
        let mut streams = Streams::default();
        let mut folders = Vec::new();
        loop {
            match self.byte()? {
                0x00 => return Some(streams),
                0x06 => streams.packed_at = self.pack_info()?,
                0x07 => {
                    let (found, size) = self.folders()?;
                    streams.is_encrypted =
                        found.iter().any(|folder| folder.coders.iter().any(|(coder, _)| coder == AES));
                    let only = found.first().and_then(|folder| match &folder.coders[..] {
                        [(coder, properties)] if coder == LZMA => Some((properties.clone(), size)),
                        _ => None,
                    });
                    streams.lzma = only;
                    folders = found;
                }
                0x08 => self.sub_streams(&folders)?,
                _ => return None,
            }
        }
    }

    fn pack_info(&mut self) -> Option<usize> {
        let at = self.number()?;
        let count = self.number()?;
        loop {
            match self.byte()? {
                0x00 => return Some(at),
                0x09 => {
                    for _ in 0..count {
                        self.number()?;
                    }
                }
                0x0a => drop(self.sums(count)?),
                _ => return None,
            }
        }
    }

    /// The folders, and how large the first one is unpacked.
    fn folders(&mut self) -> Option<(Vec<Folder>, usize)> {
        (self.byte()? == 0x0b).then_some(())?;
        let count = self.number()?;
        (self.byte()? == 0).then_some(())?;
        let mut folders = Vec::new();
        for _ in 0..count {
            folders.push(self.folder()?);
        }
        (self.byte()? == 0x0c).then_some(())?;
        let mut first = None;
        for _ in 0..folders.iter().map(|folder| folder.outs).fold(0, usize::saturating_add) {
            let size = self.number()?;
            first.get_or_insert(size);
        }
        loop {
            match self.byte()? {
                0x00 => return Some((folders, first.unwrap_or_default())),
                0x0a => {
                    let sums = self.sums(count)?;
                    for (folder, has_sum) in folders.iter_mut().zip(sums) {
                        folder.has_sum = has_sum;
                    }
                }
                _ => return None,
            }
        }
    }

    fn folder(&mut self) -> Option<Folder> {
        let (mut ins, mut outs) = (0_usize, 0_usize);
        let mut coders = Vec::new();
        for _ in 0..self.number()? {
            let flags = self.byte()?;
            let id = self.take(usize::from(flags & 0x0f))?.to_vec();
            let is_complex = flags & 0x10 != 0;
            ins = ins.checked_add(if is_complex { self.number()? } else { 1 })?;
            outs = outs.checked_add(if is_complex { self.number()? } else { 1 })?;
            let length = if flags & 0x20 == 0 { 0 } else { self.number()? };
            coders.push((id, self.take(length)?.to_vec()));
        }
        let pairs = outs.checked_sub(1)?;
        for _ in 0..pairs.checked_mul(2)? {
            self.number()?;
        }
        let packed = ins.checked_sub(pairs)?;
        for _ in 0..if packed == 1 { 0 } else { packed } {
            self.number()?;
        }
        Some(Folder { coders, outs, has_sum: false })
    }

    fn sub_streams(&mut self, folders: &[Folder]) -> Option<()> {
        let mut counts = vec![1; folders.len()];
        loop {
            match self.byte()? {
                0x00 => return Some(()),
                0x0d => {
                    for count in &mut counts {
                        *count = self.number()?;
                    }
                }
                0x09 => {
                    // Of each folder, the last size follows from the others.
                    let sizes = counts.iter().map(|count| count.saturating_sub(1)).fold(0, usize::saturating_add);
                    for _ in 0..sizes {
                        self.number()?;
                    }
                }
                0x0a => {
                    let unknown =
                        folders.iter().zip(&counts).filter(|(folder, count)| !(folder.has_sum && **count == 1));
                    let total = unknown.map(|(_, count)| *count).fold(0, usize::saturating_add);
                    self.sums(total)?;
                }
                _ => return None,
            }
        }
    }

    /// Checksums of four bytes: which of them are there.
    fn sums(&mut self, count: usize) -> Option<Vec<bool>> {
        if self.byte()? != 0 {
            self.take(count.checked_mul(4)?)?;
            return Some(vec![true; count]);
        }
        let bits = self.take(count.div_ceil(8))?;
        let flags = bits.iter().flat_map(|byte| (0..8).map(move |bit| byte << bit & 0x80 != 0));
        let flags: Vec<bool> = flags.take(count).collect();
        let there = flags.iter().filter(|is_there| **is_there).count();
        self.take(there.checked_mul(4)?)?;
        Some(flags)
    }
}
