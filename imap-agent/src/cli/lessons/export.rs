//! `lessons export`: all lessons in a file that mail and version control leave as it is.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write as _},
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use tamis_core::learn::Features;

use super::{Backend, Failure, NOTHING, Out};
use crate::{
    lesson_file::{write_head, write_lesson},
    paths::Home,
    store::glimpse::Glimpse,
    words::{because, count},
};

pub(super) fn export(
    home: &Home,
    file: &Path,
    force: bool,
    backend: &dyn Backend,
    out: &mut Out,
) -> Result<(), Failure> {
    if !force && file.symlink_metadata().is_ok() {
        return Err(is_there(file));
    }
    let glimpse = backend.lessons(home)?.ok_or_else(|| Failure::person(NOTHING))?;
    let (lessons, damaged) = counts(&glimpse)?;
    if lessons == 0 {
        return Err(Failure::person(NOTHING));
    }
    let part = part_of(file);
    let written = write(&glimpse, lessons, &part).and_then(|()| put(&part, file, force));
    if written.is_err() {
        // It may never have come to be.
        fs::remove_file(&part).ok();
    }
    written?;
    out.line(format_args!("{} written to {}", count(lessons, "lesson"), file.display()))?;
    if 0 < damaged {
        out.remark(format_args!("not written, as they are damaged in the store: {}", count(damaged, "lesson")));
    }
    Ok(())
}

/// How many lessons can be written, and how many are damaged.
fn counts(glimpse: &Glimpse) -> Result<(usize, usize), Failure> {
    let (mut whole, mut damaged) = (0, 0);
    glimpse.each(&mut |lesson| {
        let is_whole = Features::decode(&lesson.tokens).is_some();
        *(if is_whole { &mut whole } else { &mut damaged }) += 1;
        ControlFlow::Continue(())
    })?;
    Ok((whole, damaged))
}

/// Where the file is written before it is whole: beside its place, so that it can be put there in one step.
fn part_of(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    file.with_file_name(name)
}

fn write(glimpse: &Glimpse, lessons: usize, part: &Path) -> Result<(), Failure> {
    let failed = |err: &io::Error| cannot_write(part, err);
    let file = OpenOptions::new().write(true).create_new(true).open(part).map_err(|err| failed(&err))?;
    let mut writer = BufWriter::with_capacity(64 << 10, &file);
    let mut written = write_head(&mut writer, u64::try_from(lessons).unwrap_or(u64::MAX));
    glimpse.each(&mut |lesson| {
        if written.is_ok() && Features::decode(&lesson.tokens).is_some() {
            written = write_lesson(&mut writer, &lesson);
        }
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    let flushed = written.and_then(|()| writer.flush());
    drop(writer);
    flushed.and_then(|()| file.sync_all()).map_err(|err| failed(&err))
}

/// Puts the file in its place, in one step, and never over another one unless that is wanted.
fn put(part: &Path, file: &Path, force: bool) -> Result<(), Failure> {
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

fn cannot_write(path: &Path, err: &io::Error) -> Failure {
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

fn is_there(file: &Path) -> Failure {
    Failure::person(format!("{} is there already; name another file, or write over it with --force", file.display()))
}
