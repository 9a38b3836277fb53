//! Files: names, first bytes, and what a ZIP archive holds, without unpacking anything.

use super::{decode, header_block, mime::Leaf, transfer};

/// First bytes kept.
const START_BYTES: usize = 512;

/// Most names taken from an archive.
const MAX_ZIP_NAMES: usize = 200;

/// Bytes of an archive's directory that are looked at.
const MAX_DIRECTORY_BYTES: usize = 64 * 1024;

/// Longest name kept of a file or of an entry in an archive.
const MAX_NAME_BYTES: usize = 1024;

/// A part that is not shown as text, or that has a file name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attachment {
    /// The file name from Content-Disposition or Content-Type, decoded, as the sender wrote it. For an attached message
    /// without one, its subject.
    pub name: Option<String>,
    /// `type/subtype`, lower case; `application/octet-stream` if none is declared.
    pub content_type: String,
    /// Whether it is meant to be shown within the text.
    pub is_inline: bool,
    /// Bytes after decoding.
    pub size: usize,
    /// The first bytes after decoding, at most 512: what it really is.
    pub start: Vec<u8>,
    /// File names in a ZIP archive, at most 200.
    pub zip_names: Vec<String>,
    /// Whether a ZIP archive holds encrypted files.
    pub is_encrypted: bool,
}

/// The file name of a part, if it has one.
pub(crate) fn file_name(leaf: &Leaf<'_>) -> Option<String> {
    let name = leaf.disposition.readable_parameter("filename");
    let name = name.or_else(|| leaf.content_type.readable_parameter("name"))?;
    Some(decode::split_at_most(&name, MAX_NAME_BYTES).0.to_owned())
}

/// What is known of the file that a part is.
pub(crate) fn read(leaf: &Leaf<'_>) -> Attachment {
    let content = transfer::decode(leaf.body, &leaf.encoding);
    let declared = leaf.content_type.value.as_str();
    let content_type = if declared.contains('/') { declared } else { "application/octet-stream" };
    let subject = || if content_type == "message/rfc822" { subject_of(&content) } else { None };
    let is_inline = match leaf.disposition.value.as_str() {
        "inline" => true,
        "attachment" => false,
        _ => leaf.has_content_id,
    };
    let zip = zip_directory(&content);
    Attachment {
        name: file_name(leaf).or_else(subject),
        content_type: content_type.to_owned(),
        is_inline,
        size: content.len(),
        start: content.get(..START_BYTES).unwrap_or(&content).to_vec(),
        zip_names: zip.names,
        is_encrypted: zip.is_encrypted,
    }
}

fn subject_of(message: &[u8]) -> Option<String> {
    let block = header_block::split(message, header_block::Ends::AtEmptyLine);
    let (_, raw) = block.fields.iter().find(|(name, _)| name.eq_ignore_ascii_case("Subject"))?;
    let subject = decode::header_text(raw);
    let subject = decode::split_at_most(&subject, MAX_NAME_BYTES).0;
    (!subject.is_empty()).then(|| subject.to_owned())
}

#[derive(Debug, Default)]
struct ZipDirectory {
    names: Vec<String>,
    is_encrypted: bool,
}

/// Reads the central directory; without one, as in a truncated archive, the headers before the files themselves.
fn zip_directory(content: &[u8]) -> ZipDirectory {
    if !content.starts_with(b"PK\x03\x04") {
        return ZipDirectory::default();
    }
    let tail = content.len().saturating_sub(MAX_DIRECTORY_BYTES);
    let end = content.get(tail..).and_then(|tail| memchr::memmem::rfind(tail, b"PK\x05\x06")).map(|at| tail + at);
    let central = end.and_then(|end| {
        let size = number(content, end + 12, 4)?;
        let directory = content.get(end.checked_sub(size)?..end)?;
        directory.starts_with(b"PK\x01\x02").then_some(directory)
    });
    match central {
        Some(directory) => {
            let directory = directory.get(..MAX_DIRECTORY_BYTES).unwrap_or(directory);
            entries(directory, central_entry)
        }
        None => entries(content, local_entry),
    }
}

/// One entry of a directory.
struct Entry<'zip> {
    flags: usize,
    name: &'zip [u8],
    /// How far it is to the next one; nothing if that cannot be told.
    length: Option<usize>,
}

fn central_entry(at: &[u8]) -> Option<Entry<'_>> {
    let name_length = number(at, 28, 2)?;
    let length = 46 + name_length + number(at, 30, 2)? + number(at, 32, 2)?;
    at.starts_with(b"PK\x01\x02").then_some(())?;
    Some(Entry { flags: number(at, 8, 2)?, name: at.get(46..46 + name_length)?, length: Some(length) })
}

fn local_entry(at: &[u8]) -> Option<Entry<'_>> {
    let name_length = number(at, 26, 2)?;
    let flags = number(at, 6, 2)?;
    let length = 30 + name_length + number(at, 28, 2)? + number(at, 18, 4)?;
    at.starts_with(b"PK\x03\x04").then_some(())?;
    // Bit 3: the sizes stand behind the file, which would have to be unpacked to find them.
    let length = (flags & 8 == 0).then_some(length);
    Some(Entry { flags, name: at.get(30..30 + name_length)?, length })
}

fn entries<'zip>(from: &'zip [u8], read: impl Fn(&'zip [u8]) -> Option<Entry<'zip>>) -> ZipDirectory {
    let mut found = ZipDirectory::default();
    let mut rest = from;
    while found.names.len() < MAX_ZIP_NAMES {
        let Some(entry) = read(rest) else { break };
        let name = entry.name.get(..MAX_NAME_BYTES).unwrap_or(entry.name);
        found.names.push(String::from_utf8_lossy(name).into_owned());
        found.is_encrypted |= entry.flags & 1 == 1;
        let Some(next) = entry.length.and_then(|length| rest.get(length..)) else { break };
        rest = next;
    }
    found
}

/// A little-endian number of two or four bytes.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    let digits = bytes.get(at..at.checked_add(length)?)?;
    Some(digits.iter().rev().fold(0, |value, &digit| value << 8 | usize::from(digit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_in_an_archive_are_listed() {
        let found = zip_directory(&zip(&["a.txt", "dir/ReadMe.doc.exe"], 0, true));
        assert_eq!(
            (found.names, found.is_encrypted),
            (vec!["a.txt".to_owned(), "dir/ReadMe.doc.exe".to_owned()], false)
        );
    }

    #[test]
    fn encrypted_archives_are_known() {
        assert!(zip_directory(&zip(&["a.txt"], 1, true)).is_encrypted);
        assert!(zip_directory(&zip(&["a.txt"], 1, false)).is_encrypted);
    }

    #[test]
    fn a_truncated_archive_gives_the_names_before_the_cut() {
        assert_eq!(zip_directory(&zip(&["a", "b"], 0, false)).names, ["a", "b"]);
    }

    #[test]
    fn only_so_many_names_are_kept() {
        assert_eq!(zip_directory(&zip(&["x"; 300], 0, true)).names.len(), MAX_ZIP_NAMES);
    }

    #[test]
    fn damaged_archives_give_what_they_can() {
        let whole = zip(&["a.txt", "b.txt"], 0, true);
        for cut in 0..whole.len() {
            assert!(zip_directory(&whole[..cut]).names.len() <= 2);
        }
    }

    fn zip(names: &[&str], flags: u8, has_directory: bool) -> Vec<u8> {
        let (mut files, mut directory) = (Vec::new(), Vec::new());
        for name in names {
            let length = u8::try_from(name.len()).unwrap();
            files.extend_from_slice(b"PK\x03\x04\x14\0");
            files.extend_from_slice(&[flags, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0, length, 0, 0, 0]);
            files.extend_from_slice(name.as_bytes());
            files.extend_from_slice(b"abc");
            directory.extend_from_slice(b"PK\x01\x02\x14\0\x14\0");
            directory.extend_from_slice(&[flags, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0, length, 0]);
            directory.extend_from_slice(&[0; 16]);
            directory.extend_from_slice(name.as_bytes());
        }
        if has_directory {
            let size = u32::try_from(directory.len()).unwrap().to_le_bytes();
            files.extend_from_slice(&directory);
            files.extend_from_slice(b"PK\x05\x06\0\0\0\0\0\0\0\0");
            files.extend_from_slice(&size);
            files.extend_from_slice(&[0; 6]);
        }
        files
    }
}
