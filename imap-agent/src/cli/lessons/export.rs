//! `lessons export`: all lessons in a file that mail and version control leave as it is.

use std::{
    fs::{self, OpenOptions},
    io::{self, BufWriter, Write as _},
    ops::ControlFlow,
    path::Path,
};

use tamis_core::learn::Features;

use super::{Backend, Failure, NOTHING, Out};
use crate::{
    cli::place::{cannot_write, is_there, part_of, put},
    lesson_file::{write_head, write_lesson},
    paths::Home,
    store::glimpse::Glimpse,
    words::count,
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
    let (lessons, damaged) = export_lessons(&glimpse, file, force)?;
    if lessons == 0 {
        return Err(Failure::person(NOTHING));
    }
    out.line(format_args!("{} written to {}", count(lessons, "lesson"), file.display()))?;
    if 0 < damaged {
        out.remark(format_args!("not written, as they are damaged in the store: {}", count(damaged, "lesson")));
    }
    Ok(())
}

/// Writes all lessons to a file, whole or not at all. How many were written, none without a file, and how many are damaged.
pub(crate) fn export_lessons(glimpse: &Glimpse, file: &Path, force: bool) -> Result<(usize, usize), Failure> {
    let (lessons, damaged) = counts(glimpse)?;
    if lessons == 0 {
        return Ok((0, damaged));
    }
    let part = part_of(file);
    let written = write(glimpse, lessons, &part).and_then(|()| put(&part, file, force));
    if written.is_err() {
        // It may never have come to be.
        fs::remove_file(&part).ok();
    }
    written.map(|()| (lessons, damaged))
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
