//! Files that a command writes: whole or not at all, and over another one only if that is wanted.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use super::Failure;
use crate::words::because;

/// Writes `text` to a file.
pub(crate) fn write(file: &Path, text: &str, force: bool) -> Result<(), Failure> {
    if !force && file.symlink_metadata().is_ok() {
        return Err(is_there(file));
    }
    let part = part_of(file);
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).open(&part)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    let written = write().map_err(|err| cannot_write(&part, &err)).and_then(|()| put(&part, file, force));
    if written.is_err() {
        // It may never have come to be.
        fs::remove_file(&part).ok();
    }
    written
}

/// Where the file is written before it is whole: beside its place, so that it can be put there in one step.
pub(crate) fn part_of(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    file.with_file_name(name)
}

/// Puts the file in its place, in one step, and never over another one unless that is wanted.
pub(crate) fn put(part: &Path, file: &Path, force: bool) -> Result<(), Failure> {
    let placed = if force { fs::rename(part, file) } else { place_beside(part, file) };
    match placed {
        Err(err) if err.kind() == io::ErrorKind::AlreadyExists => Err(is_there(file)),
        Err(err) => Err(cannot_write(file, &err)),
        // A power cut must not take back what was said to be written. Not every system can do that for a folder.
        Ok(()) => {
            let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            File::open(folder).and_then(|folder| folder.sync_all()).ok();
            Ok(())
        }
    }
}

fn place_beside(part: &Path, file: &Path) -> io::Result<()> {
    match fs::hard_link(part, file) {
        Ok(()) => fs::remove_file(part),
        Err(err) if err.kind() == io::ErrorKind::AlreadyExists => Err(err),
        // Some disks know no second name of a file.
        Err(_) if file.symlink_metadata().is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(part, file),
    }
}

pub(super) fn cannot_write(path: &Path, err: &io::Error) -> Failure {
    let text = format!("cannot write {}: {}", path.display(), because(err));
    let is_the_persons = matches!(
        err.kind(),
        io::ErrorKind::NotFound
            | io::ErrorKind::PermissionDenied
            | io::ErrorKind::IsADirectory
            | io::ErrorKind::NotADirectory
    );
    if is_the_persons { Failure::person(text) } else { Failure::outside(text) }
}

pub(super) fn is_there(file: &Path) -> Failure {
    Failure::person(format!("{} is there already; name another file, or write over it with --force", file.display()))
}
