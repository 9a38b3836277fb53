//! What an archive holds, by its headers: nothing is unpacked to be kept.

mod cabinet;
mod rar;
mod seven;
mod tar;

use super::{
    Room,
    bytes::start,
    inflate,
    kind::{Kind, kind},
    page::{self, Page, is_called_page, is_called_picture},
    zip,
};
use crate::mail::Url;

/// Most names taken from one archive, with those in archives within it.
const MAX_NAMES: usize = 200;

/// Longest name kept, in bytes.
const MAX_NAME_BYTES: usize = 1024;

/// How many archives deep the list goes: an archive in an archive is read, one in that is only named. gzip around an archive
/// is no archive of its own.
const MAX_DEPTH: usize = 2;

/// Most bytes unpacked of one archive within another, or behind one layer of gzip.
const MAX_INNER: usize = 2 * 1024 * 1024;

/// Most archives within one archive that are looked into.
const MAX_INNER_ARCHIVES: usize = 4;

/// Most bytes unpacked of a page in an archive, and most pages of one archive that are read.
const MAX_PACKED_PAGE: usize = 1024 * 1024;
const MAX_PACKED_PAGES: usize = 3;

/// From so much on, unpacked, and so many times its size, an archive is a bomb or a program padded past a scanner's limit.
/// Deflate alone cannot do better than 1,032 times; logs reach 20 to 100.
const BOMB_BYTES: usize = 100 * 1024 * 1024;
const BOMB_RATIO: usize = 300;

/// What an archive holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Archive {
    /// File names, at most 200, at most 1 KiB each. Of an archive within: its own name, a slash, and the name in it.
    pub names: Vec<String>,
    /// Whether it holds files that can only be read with a password.
    pub is_encrypted: bool,
    /// Whether not even the names can be read: without the password, or because only unpacking would tell.
    pub hides_names: bool,
    /// What it says it unpacks to, in bytes, if that is far too much.
    pub bomb: Option<usize>,
    /// Whether there are archives within that were not looked into: more of them, deeper or larger ones, or packed in a way
    /// that is not read.
    pub holds_unread: bool,
    /// Whether there are more names than are kept.
    pub has_more_names: bool,
}

impl Archive {
    /// Adds the name of a file that is not looked into.
    fn add(&mut self, name: &str) {
        self.holds_unread |= is_packed(name);
        self.push(name);
    }

    fn push(&mut self, name: &str) {
        if name.ends_with(['/', '\\']) {
            return;
        }
        if self.is_full() {
            self.has_more_names = true;
            return;
        }
        let end = name.floor_char_boundary(MAX_NAME_BYTES.min(name.len()));
        self.names.push(name.get(..end).unwrap_or_default().to_owned());
    }

    fn is_full(&self) -> bool {
        MAX_NAMES <= self.names.len()
    }

    /// Takes over what an archive within holds.
    fn add_within(&mut self, outer: &str, inner: Self) {
        for name in inner.names {
            self.push(&format!("{outer}/{name}"));
        }
        self.is_encrypted |= inner.is_encrypted;
        self.hides_names |= inner.hides_names;
        self.bomb = self.bomb.max(inner.bomb);
        self.holds_unread |= inner.holds_unread;
        self.has_more_names |= inner.has_more_names;
    }
}

/// Lists an archive; what is no archive holds nothing.
pub(super) fn list(kind: Kind, content: &[u8], room: &mut Room) -> Archive {
    list_at(kind, content, room, 1)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "all other kinds are no archives")]
fn list_at(kind: Kind, content: &[u8], room: &mut Room, depth: usize) -> Archive {
    match kind {
        Kind::Zip | Kind::OpenDocument => list_zip(content, room, depth),
        Kind::Gzip => list_gzip(content, room, depth),
        Kind::SevenZip => seven::list(content, room),
        Kind::Rar4 => rar::list_4(content),
        Kind::Rar5 => rar::list_5(content),
        Kind::Tar => tar::list(content),
        Kind::Cabinet => cabinet::list(content),
        Kind::RareArchive(_) => Archive { hides_names: true, ..Archive::default() },
        _ => Archive::default(),
    }
}

fn list_zip(content: &[u8], room: &mut Room, depth: usize) -> Archive {
    let mut archive = Archive::default();
    let entries = zip::all_entries(content);
    let total = entries.iter().fold(0_usize, |total, entry| total.saturating_add(entry.size));
    let is_bomb = BOMB_BYTES <= total && content.len().saturating_mul(BOMB_RATIO) <= total;
    archive.bomb = is_bomb.then_some(total);
    let mut inner_archives = 0;
    for entry in entries {
        let name = String::from_utf8_lossy(start(entry.name, MAX_NAME_BYTES));
        archive.is_encrypted |= entry.is_locked;
        let is_read = depth < MAX_DEPTH && inner_archives < MAX_INNER_ARCHIVES && entry.is_readable();
        if !is_read || archive.is_full() || !is_packed(&name) {
            archive.add(&name);
            continue;
        }
        archive.push(&name);
        inner_archives += 1;
        let unpacked = room.unpack(MAX_INNER, |limit, most_read| entry.content(limit, most_read));
        let mut inner = list_inner(&unpacked, room, depth + 1);
        inner.holds_unread |= MAX_INNER <= unpacked.len();
        archive.add_within(&name, inner);
    }
    archive
}

/// Lists what was unpacked, of which more may have been there.
fn list_inner(unpacked: &[u8], room: &mut Room, depth: usize) -> Archive {
    let kind = kind(unpacked);
    let mut inner = list_at(kind, unpacked, room, depth);
    inner.holds_unread |= MAX_INNER <= unpacked.len() && kind.is_archive();
    inner
}

/// Reads the pages in a ZIP archive: the uppermost, which are seen first, and pages before pictures. Nothing if there are
/// none. Their links go to `urls`.
pub(super) fn pages(content: &[u8], urls: &mut Vec<Url>, room: &mut Room) -> Option<Page> {
    let entries = zip::all_entries(content);
    let mut found: Vec<_> = entries
        .iter()
        .filter_map(|entry| {
            let name = String::from_utf8_lossy(start(entry.name, MAX_NAME_BYTES));
            let is_page = is_called_page(&name) && entry.is_readable() && !is_of_system(&name);
            is_page.then(|| (is_called_picture(&name), name.matches(['/', '\\']).count(), entry))
        })
        .collect();
    found.sort_by_key(|(is_picture, depth, _)| (*is_picture, *depth));
    let pages = found.iter().filter(|(is_picture, ..)| !is_picture).count();
    let mut read: Option<Page> = None;
    for (_, _, entry) in found.into_iter().take(MAX_PACKED_PAGES) {
        let unpacked = room.unpack(MAX_PACKED_PAGE, |limit, most_read| entry.content(limit, most_read));
        let page = page::read(&unpacked, None, urls);
        match &mut read {
            Some(read) => read.add(page),
            None => read = Some(page),
        }
    }
    if let Some(read) = &mut read {
        read.is_of_site = MAX_PACKED_PAGES < pages;
    }
    read
}

/// Whether a file is one that systems put into archives for themselves, or a mark that a document begins with.
pub(crate) fn is_of_system(name: &str) -> bool {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    name == "mimetype" || name.starts_with("__MACOSX/") || matches!(last, ".DS_Store" | "Thumbs.db" | "desktop.ini")
}

/// gzip holds one file, and names it or not (RFC 1952, 2.3).
fn list_gzip(content: &[u8], room: &mut Room, depth: usize) -> Archive {
    let mut archive = Archive::default();
    let has_name = content.get(3).is_some_and(|flags| flags & 0b1000 != 0 && flags & 0b100 == 0);
    let named = content.get(10..).filter(|_| has_name).and_then(|rest| rest.split(|byte| *byte == 0).next());
    let name = named.map(|name| String::from_utf8_lossy(start(name, MAX_NAME_BYTES)).into_owned());
    if let Some(name) = &name {
        archive.push(name);
    }
    if MAX_DEPTH < depth {
        archive.holds_unread = true;
        return archive;
    }
    let unpacked = room.unpack(MAX_INNER, |limit, most_read| inflate::gzip(start(content, most_read), limit));
    archive.add_within(name.as_deref().unwrap_or("file"), list_inner(&unpacked, room, depth + 1));
    archive
}

/// Whether a file in an archive is an archive by its name.
fn is_packed(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["zip", "7z", "rar", "gz", "tgz", "tar", "cab"]
        .iter()
        .any(|ending| lower.strip_suffix(ending).is_some_and(|stem| stem.ends_with('.')))
}

#[cfg(test)]
pub(super) mod tests;
