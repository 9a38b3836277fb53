//! Messages in files: single ones, mbox, Maildir, and folders of all of these, one message in memory at a time.
//!
//! * A folder is read to its ground in the order of names; hidden files and folders are passed over.
//! * A Maildir is a folder with `cur` and `new`. What is in these is one message a file; `tmp` is passed over.
//! * A file that begins with a `From ` line with a date, and is not called `.eml`, is an mbox. Its messages are named
//!   `FILE#1`, `FILE#2` and so on, or just `FILE` if there is only one.
//! * Any other file is one message, whatever is in it.

mod index;
mod mbox;

use std::{
    collections::{BTreeSet, VecDeque},
    fs::{self, File, Metadata},
    io::{self, BufRead as _, BufReader, Read as _},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

pub use self::index::{IndexError, IndexLine, read_index};
use self::mbox::Mbox;
use crate::words::{because, one_line};

/// No mail is longer, but a film in the wrong folder is.
pub const MAX_MESSAGE: u64 = 64 << 20;

/// One message of a corpus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The file, and the number in it if the file is an mbox.
    pub name: String,
    /// Its bytes.
    pub raw: Vec<u8>,
}

/// Something that was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {why}", one_line(name))]
pub struct Skipped {
    /// The file.
    pub name: String,
    /// Why, in words.
    pub why: String,
}

/// All messages of some files and folders, in order.
#[derive(Debug)]
pub struct Corpus {
    walk: Walk,
    mbox: Option<Mbox>,
}

impl Corpus {
    /// The messages of `paths`, none of which is looked at yet.
    pub fn of<P: AsRef<Path>>(paths: &[P]) -> Self {
        Self { walk: Walk::of(paths), mbox: None }
    }

    /// How many files there are and how many bytes are in them, without reading any: what a progress bar needs.
    pub fn extent<P: AsRef<Path>>(paths: &[P]) -> (u64, u64) {
        let sizes = Walk::of(paths).flatten().map(|file| file.metadata.len());
        sizes.fold((0, 0), |(files, bytes), size| (files + 1, bytes.saturating_add(size)))
    }

    fn open(&mut self, file: &Found) -> Option<Result<Message, Skipped>> {
        match read(file) {
            Ok(Content::Message(raw)) => Some(Ok(Message { name: file.name(), raw })),
            Ok(Content::Mbox(mbox)) => {
                self.mbox = Some(mbox);
                None
            }
            Err(why) => Some(Err(Skipped { name: file.name(), why })),
        }
    }
}

impl Iterator for Corpus {
    type Item = Result<Message, Skipped>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(mbox) = &mut self.mbox {
                if let Some(message) = mbox.next() {
                    return Some(message);
                }
                self.mbox = None;
            }
            match self.walk.next()? {
                Ok(file) => {
                    if let Some(message) = self.open(&file) {
                        return Some(message);
                    }
                }
                Err(skipped) => return Some(Err(skipped)),
            }
        }
    }
}

/// The one message in the file at `path`, whatever is in it; a `From ` line stays.
pub fn read_one(path: &Path) -> Result<Vec<u8>, Skipped> {
    let name = || path.to_string_lossy().into_owned();
    let metadata = fs::metadata(path).map_err(|err| Skipped { name: name(), why: because(&err) })?;
    let file = Found { path: path.to_path_buf(), metadata, is_single: true };
    match read(&file) {
        Ok(Content::Message(raw)) => Ok(raw),
        Ok(Content::Mbox(_)) => Err(Skipped { name: name(), why: "it holds several messages".to_owned() }),
        Err(why) => Err(Skipped { name: name(), why }),
    }
}

enum Content {
    Message(Vec<u8>),
    Mbox(Mbox),
}

/// The content of a file, or why there is none.
fn read(found: &Found) -> Result<Content, String> {
    if found.metadata.is_dir() {
        return Err("it is a folder".to_owned());
    }
    if !found.metadata.is_file() {
        return Err("it is not a file".to_owned());
    }
    if found.metadata.len() == 0 {
        return Err("it is empty".to_owned());
    }
    read_file(found).map_err(|err| because(&err))
}

fn read_file(found: &Found) -> io::Result<Content> {
    let mut file = BufReader::with_capacity(1 << 16, File::open(&found.path)?);
    if !found.is_single && mbox::is_separator(first_line(file.fill_buf()?)) {
        return Ok(Content::Mbox(Mbox::new(found.name(), file)));
    }
    let size = found.metadata.len();
    if MAX_MESSAGE < size {
        return Err(too_large());
    }
    let mut raw = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    // It may be growing while it is read.
    file.take(MAX_MESSAGE + 1).read_to_end(&mut raw)?;
    if MAX_MESSAGE < u64::try_from(raw.len()).unwrap_or(u64::MAX) {
        return Err(too_large());
    }
    Ok(Content::Message(raw))
}

fn too_large() -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than 64 MB")
}

fn first_line(bytes: &[u8]) -> &[u8] {
    bytes.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default()
}

/// A file on the way.
#[derive(Debug)]
struct Found {
    path: PathBuf,
    metadata: Metadata,
    /// Whether it is one message even if it looks like several.
    is_single: bool,
}

impl Found {
    fn name(&self) -> String {
        self.path.to_string_lossy().into_owned()
    }
}

/// The files below some paths, in the order of names.
#[derive(Debug)]
struct Walk {
    /// What comes next, nearest first, and whether it lies in a Maildir.
    ahead: VecDeque<(PathBuf, bool)>,
    /// Folders seen, so that links in a circle come to an end.
    seen: BTreeSet<(u64, u64)>,
}

impl Walk {
    fn of<P: AsRef<Path>>(paths: &[P]) -> Self {
        Self { ahead: paths.iter().map(|path| (path.as_ref().to_path_buf(), false)).collect(), seen: BTreeSet::new() }
    }

    fn enter(&mut self, dir: &Path) -> io::Result<()> {
        let is_maildir = dir.join("cur").is_dir() && dir.join("new").is_dir();
        let mut inside = Vec::new();
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            let name = entry.file_name();
            let is_wanted = if is_maildir {
                // Beside its messages a Maildir holds the indexes of servers, and folders that may be Maildirs themselves.
                name != "tmp" && entry.path().is_dir()
            } else {
                true
            };
            if is_wanted && !name.as_encoded_bytes().starts_with(b".") {
                let is_message = is_maildir && (name == "cur" || name == "new");
                inside.push((entry.path(), is_message));
            }
        }
        inside.sort();
        for entry in inside.into_iter().rev() {
            self.ahead.push_front(entry);
        }
        Ok(())
    }
}

impl Iterator for Walk {
    type Item = Result<Found, Skipped>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (path, is_message) = self.ahead.pop_front()?;
            let skipped = |err: &io::Error| Skipped { name: path.to_string_lossy().into_owned(), why: because(err) };
            let metadata = match fs::metadata(&path) {
                Ok(metadata) => metadata,
                Err(err) => return Some(Err(skipped(&err))),
            };
            if !metadata.is_dir() {
                let is_eml = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("eml"));
                let is_single = is_eml || is_message || in_maildir(&path);
                return Some(Ok(Found { path, metadata, is_single }));
            }
            if self.seen.insert((metadata.dev(), metadata.ino()))
                && let Err(err) = self.enter(&path)
            {
                return Some(Err(skipped(&err)));
            }
        }
    }
}

/// Whether the file lies in the `cur` or `new` of a Maildir, also if it was named alone.
fn in_maildir(path: &Path) -> bool {
    let Some(dir) = path.parent() else { return false };
    let is_part = dir.file_name().is_some_and(|name| name == "cur" || name == "new");
    is_part && dir.parent().is_some_and(|maildir| maildir.join("cur").is_dir() && maildir.join("new").is_dir())
}

#[cfg(test)]
mod tests;
