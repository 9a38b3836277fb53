//! 7z: everything about the files stands at the end, mostly packed itself (7zFormat.txt of the LZMA SDK).

mod lzma;

use super::{
    super::{
        Room,
        bytes::{number, start, utf16},
    },
    Archive,
};

/// Longest list of files that is read, in bytes, and unpacked, if it is packed.
const MAX_HEADER: usize = 1024 * 1024;

/// Coders by their identifiers: LZMA, and AES with SHA-256, which means a password.
const LZMA: &[u8] = &[3, 1, 1];
const AES: &[u8] = &[6, 0xf1, 7, 1];

pub(super) fn list(content: &[u8], room: &mut Room) -> Archive {
    let mut archive = Archive::default();
    let header = number(content, 12, 8).zip(number(content, 20, 8)).and_then(|(at, size)| {
        let rest = content.get(at.checked_add(32)?..)?;
        Some(start(rest, size.min(MAX_HEADER)))
    });
    let is_read = header.is_some_and(|header| match header.split_first() {
        Some((0x01, rest)) => plain(rest, &mut archive).is_some(),
        Some((0x17, rest)) => packed(rest, content, &mut archive, room).is_some(),
        // An empty archive has no header.
        _ => header.is_empty(),
    });
    archive.hides_names = !is_read && archive.names.is_empty();
    archive
}

/// A header that is itself packed, or encrypted.
fn packed(header: &[u8], content: &[u8], archive: &mut Archive, room: &mut Room) -> Option<()> {
    let streams = Reader(header).streams()?;
    if streams.is_encrypted {
        archive.is_encrypted = true;
        return None;
    }
    let (properties, size) = streams.lzma.filter(|(_, size)| *size <= MAX_HEADER)?;
    let bytes = content.get(streams.packed_at.checked_add(32)?..)?;
    let header = room.unpack(size, |limit, most_read| lzma::unpack(start(bytes, most_read), properties, limit));
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
struct Streams<'a> {
    /// Where the first begins, behind the first 32 bytes.
    packed_at: usize,
    is_encrypted: bool,
    /// The properties of LZMA and the unpacked size, if the first folder is of that alone.
    lzma: Option<(&'a [u8], usize)>,
}

/// How one or more files are packed together.
struct Folder<'a> {
    /// The properties of LZMA, if it is packed with that alone.
    lzma: Option<&'a [u8]>,
    is_encrypted: bool,
    outs: usize,
}

/// The folders of an archive. There may be hundreds of thousands, so that next to nothing is kept of each.
#[derive(Default)]
struct Folders<'a> {
    /// The properties of LZMA and the unpacked size, if the first folder is of that alone.
    lzma: Option<(&'a [u8], usize)>,
    is_encrypted: bool,
    /// Of each, whether its checksum is there.
    have_sums: Vec<bool>,
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

    /// Each of its parts stands there once.
    fn streams(&mut self) -> Option<Streams<'a>> {
        let mut streams = Streams::default();
        let mut folders = Folders::default();
        for _ in 0..=3 {
            match self.byte()? {
                0x00 => return Some(streams),
                0x06 => streams.packed_at = self.pack_info()?,
                0x07 => {
                    folders = self.folders()?;
                    streams.is_encrypted = folders.is_encrypted;
                    streams.lzma = folders.lzma;
                }
                0x08 => self.sub_streams(&folders.have_sums)?,
                _ => return None,
            }
        }
        None
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

    fn folders(&mut self) -> Option<Folders<'a>> {
        (self.byte()? == 0x0b).then_some(())?;
        let count = self.number()?;
        (self.byte()? == 0).then_some(())?;
        let mut folders = Folders::default();
        let (mut properties, mut sizes) = (None, 0_usize);
        for at in 0..count {
            let folder = self.folder()?;
            folders.is_encrypted |= folder.is_encrypted;
            folders.have_sums.push(false);
            sizes = sizes.saturating_add(folder.outs);
            properties = if at == 0 { folder.lzma } else { properties };
        }
        (self.byte()? == 0x0c).then_some(())?;
        let mut first = None;
        for _ in 0..sizes {
            let size = self.number()?;
            first.get_or_insert(size);
        }
        folders.lzma = properties.zip(first);
        loop {
            match self.byte()? {
                0x00 => return Some(folders),
                0x0a => folders.have_sums = self.sums(count)?,
                _ => return None,
            }
        }
    }

    fn folder(&mut self) -> Option<Folder<'a>> {
        let (mut ins, mut outs) = (0_usize, 0_usize);
        let mut folder = Folder { lzma: None, is_encrypted: false, outs: 0 };
        let count = self.number()?;
        for _ in 0..count {
            let flags = self.byte()?;
            let id = self.take(usize::from(flags & 0x0f))?;
            let is_complex = flags & 0x10 != 0;
            ins = ins.checked_add(if is_complex { self.number()? } else { 1 })?;
            outs = outs.checked_add(if is_complex { self.number()? } else { 1 })?;
            let length = if flags & 0x20 == 0 { 0 } else { self.number()? };
            let properties = self.take(length)?;
            folder.is_encrypted |= id == AES;
            folder.lzma = (count == 1 && id == LZMA).then_some(properties);
        }
        let pairs = outs.checked_sub(1)?;
        for _ in 0..pairs.checked_mul(2)? {
            self.number()?;
        }
        let packed = ins.checked_sub(pairs)?;
        for _ in 0..if packed == 1 { 0 } else { packed } {
            self.number()?;
        }
        folder.outs = outs;
        Some(folder)
    }

    /// How many files are in each folder, how large they are, and their checksums: each list stands there once.
    fn sub_streams(&mut self, have_sums: &[bool]) -> Option<()> {
        let mut counts = vec![1; have_sums.len()];
        for _ in 0..=3 {
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
                    let unknown = have_sums.iter().zip(&counts).filter(|(has_sum, count)| !(**has_sum && **count == 1));
                    let total = unknown.map(|(_, count)| *count).fold(0, usize::saturating_add);
                    self.sums(total)?;
                }
                _ => return None,
            }
        }
        None
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
