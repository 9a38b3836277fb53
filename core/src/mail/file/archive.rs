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
    zip,
};

/// Most names taken from one archive, with those in archives within it.
const MAX_NAMES: usize = 200;

/// Longest name kept, in bytes.
const MAX_NAME_BYTES: usize = 1024;

/// How many archives deep the list goes: an archive in an archive is read, one in that is only named.
const MAX_DEPTH: usize = 2;

/// Most bytes unpacked of one archive within another, or behind one layer of gzip.
const MAX_INNER: usize = 2 * 1024 * 1024;

/// Most archives within one archive that are looked into.
const MAX_INNER_ARCHIVES: usize = 4;

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
}

impl Archive {
    fn add(&mut self, name: &str) {
        if self.names.len() < MAX_NAMES && !name.ends_with(['/', '\\']) {
            let end = name.floor_char_boundary(MAX_NAME_BYTES.min(name.len()));
            self.names.push(name.get(..end).unwrap_or_default().to_owned());
        }
    }

    fn is_full(&self) -> bool {
        MAX_NAMES <= self.names.len()
    }

    /// Takes over what an archive within holds.
    fn add_within(&mut self, outer: &str, inner: Self) {
        for name in inner.names {
            self.add(&format!("{outer}/{name}"));
        }
        self.is_encrypted |= inner.is_encrypted;
        self.hides_names |= inner.hides_names;
        self.bomb = self.bomb.max(inner.bomb);
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
    let mut entries = zip::entries(content);
    if entries.is_empty() {
        entries = zip::local_entries(content);
    }
    let total = entries.iter().fold(0_usize, |total, entry| total.saturating_add(entry.size));
    let is_bomb = BOMB_BYTES <= total && content.len().saturating_mul(BOMB_RATIO) <= total;
    archive.bomb = is_bomb.then_some(total);
    let mut inner_archives = 0;
    for entry in entries {
        let name = String::from_utf8_lossy(start(entry.name, MAX_NAME_BYTES));
        archive.add(&name);
        archive.is_encrypted |= entry.is_locked;
        if MAX_DEPTH <= depth || entry.is_locked || inner_archives == MAX_INNER_ARCHIVES || !is_packed(&name) {
            continue;
        }
        inner_archives += 1;
        let unpacked = room.unpack(MAX_INNER, |limit, most_read| entry.content(limit, most_read));
        archive.add_within(&name, list_at(kind(&unpacked), &unpacked, room, depth + 1));
        if archive.is_full() {
            break;
        }
    }
    archive
}

/// gzip holds one file, and names it or not (RFC 1952, 2.3).
fn list_gzip(content: &[u8], room: &mut Room, depth: usize) -> Archive {
    let mut archive = Archive::default();
    let has_name = content.get(3).is_some_and(|flags| flags & 0b1000 != 0 && flags & 0b100 == 0);
    let named = content.get(10..).filter(|_| has_name).and_then(|rest| rest.split(|byte| *byte == 0).next());
    let name = named.map(|name| String::from_utf8_lossy(start(name, MAX_NAME_BYTES)).into_owned());
    if let Some(name) = &name {
        archive.add(name);
    }
    if depth < MAX_DEPTH {
        let unpacked = room.unpack(MAX_INNER, |limit, most_read| inflate::gzip(start(content, most_read), limit));
        let inner = list_at(kind(&unpacked), &unpacked, room, depth + 1);
        archive.add_within(name.as_deref().unwrap_or("file"), inner);
    }
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
mod tests;
