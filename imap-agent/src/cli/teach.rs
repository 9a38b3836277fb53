//! `train` and `untrain`: lessons from files, through the running agent, or straight into the store if none is running.

use std::path::{Path, PathBuf};

use tamis_core::{
    api::{Reply, Request},
    learn::Label,
};

use super::{
    Backend, Failure, Lesson, Teacher, TrainArgs, absolute,
    out::{Out, Skips},
    review, running_agent,
};
use crate::{
    corpus::{Corpus, Skipped},
    paths::Home,
    words::count,
};

/// What became of the lessons.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taught {
    /// Messages that were learned or forgotten.
    pub taken: usize,
    /// Messages with which there was nothing to do.
    pub nothing: usize,
    /// Files that were not read.
    pub skipped: Vec<Skipped>,
}

impl Taught {
    /// `12 messages learned as spam, 3 known already`.
    pub fn sentence(&self, label: Option<Label>) -> String {
        let (done, nothing) = match label {
            Some(Label::Ham) => ("learned as good", "known already"),
            Some(Label::Spam) => ("learned as spam", "known already"),
            None => ("forgotten", "not known"),
        };
        let mut text = format!("{} {done}", count(self.taken, "message"));
        if 0 < self.nothing {
            text = format!("{text}, {} {nothing}", self.nothing);
        }
        match self.skipped.as_slice() {
            [] => text,
            [only] => format!("{text}; not read: {only}"),
            [first, ..] => format!("{text}; {} files not read, the first is {first}", self.skipped.len()),
        }
    }
}

/// Learns every message of `paths`. `each` hears of every one, with its size in bytes. For the agent, too.
pub fn teach<P: AsRef<Path>>(
    teacher: &mut dyn Teacher,
    paths: &[P],
    label: Label,
    each: &mut dyn FnMut(usize),
) -> Result<Taught, Failure> {
    let taught = lessons(paths, each, &mut |raw| teacher.train(raw, label))?;
    teacher.settle().map(|()| taught)
}

/// Forgets every message of `paths`.
pub fn unteach<P: AsRef<Path>>(
    teacher: &mut dyn Teacher,
    paths: &[P],
    each: &mut dyn FnMut(usize),
) -> Result<Taught, Failure> {
    let taught = lessons(paths, each, &mut |raw| teacher.untrain(raw))?;
    teacher.settle().map(|()| taught)
}

fn lessons<P: AsRef<Path>>(
    paths: &[P],
    each: &mut dyn FnMut(usize),
    lesson: &mut dyn FnMut(&[u8]) -> Result<Lesson, Failure>,
) -> Result<Taught, Failure> {
    let mut taught = Taught::default();
    for found in Corpus::of(paths) {
        match found {
            Ok(message) => {
                match lesson(&message.raw)? {
                    Lesson::Taken => taught.taken += 1,
                    Lesson::Nothing => taught.nothing += 1,
                }
                each(message.raw.len());
            }
            Err(skipped) => taught.skipped.push(skipped),
        }
    }
    if taught.taken + taught.nothing == 0 {
        let names: Vec<String> = paths.iter().map(|path| path.as_ref().display().to_string()).collect();
        let why = taught.skipped.first().map_or_else(String::new, |skipped| format!(" ({skipped})"));
        return Err(Failure::person(format!("there is no message to read in {}{why}", names.join(", "))));
    }
    Ok(taught)
}

pub(super) fn train(home: &Home, args: &TrainArgs, backend: &dyn Backend, out: &mut Out) -> Result<(), Failure> {
    let label = if args.spam { Label::Spam } else { Label::Ham };
    let request = |paths| Request::Train { label: label.word().to_owned(), paths };
    if through_the_agent(home, &args.paths, &request, out)? {
        return Ok(());
    }
    let mut teacher = backend.teacher(home)?;
    let taught = teach(teacher.as_mut(), &args.paths, label, &mut progress(&args.paths, out));
    finish(taught, Some(label), out)
}

pub(super) fn untrain(home: &Home, paths: &[PathBuf], backend: &dyn Backend, out: &mut Out) -> Result<(), Failure> {
    if through_the_agent(home, paths, &|paths| Request::Untrain { paths }, out)? {
        return Ok(());
    }
    let mut teacher = backend.teacher(home)?;
    let taught = unteach(teacher.as_mut(), paths, &mut progress(paths, out));
    finish(taught, None, out)
}

/// Whether there is an agent and it did it.
fn through_the_agent(
    home: &Home,
    paths: &[PathBuf],
    request: &dyn Fn(Vec<String>) -> Request,
    out: &mut Out,
) -> Result<bool, Failure> {
    for path in paths {
        if let Err(err) = path.symlink_metadata() {
            return Err(Failure::person(format!("cannot read {}: {}", path.display(), crate::words::because(&err))));
        }
    }
    let Some(mut agent) = running_agent(home)? else { return Ok(false) };
    let paths = paths.iter().map(|path| absolute(path)).collect::<Result<_, _>>()?;
    let reply: Reply = agent.call(request(paths))?;
    review::say(reply, out)?;
    Ok(true)
}

fn progress<'a>(paths: &[PathBuf], out: &'a mut Out) -> impl FnMut(usize) + use<'a> {
    out.start_progress(paths);
    let mut messages = 0;
    move |size| {
        messages += 1;
        out.advance(size, messages);
    }
}

fn finish(taught: Result<Taught, Failure>, label: Option<Label>, out: &mut Out) -> Result<(), Failure> {
    out.end_progress();
    let taught = taught?;
    out.line(Taught { skipped: Vec::new(), ..taught }.sentence(label))?;
    let mut skips = Skips::default();
    for skipped in taught.skipped {
        skips.add(skipped, out);
    }
    skips.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lessons_are_summed_up_in_a_sentence() {
        let missing = Skipped { name: "x".to_owned(), why: "it is empty".to_owned() };
        let one = Taught { taken: 1, nothing: 0, skipped: vec![missing.clone()] };
        assert_eq!(one.sentence(Some(Label::Spam)), "1 message learned as spam; not read: x: it is empty");
        let many = Taught { taken: 12, nothing: 3, skipped: vec![missing.clone(), missing] };
        assert_eq!(
            many.sentence(None),
            "12 messages forgotten, 3 not known; 2 files not read, the first is x: it is empty"
        );
    }

    #[test]
    fn a_folder_without_mail_teaches_nothing_and_says_so() {
        let dir = tempfile::tempdir().unwrap();
        let err = teach(&mut Always, &[dir.path()], Label::Ham, &mut |_| {}).unwrap_err();
        assert_eq!(err.exit_code(), 1);
        assert!(err.text().starts_with("there is no message to read in "), "{}", err.text());
    }

    struct Always;

    impl Teacher for Always {
        fn train(&mut self, _: &[u8], _: Label) -> Result<Lesson, Failure> {
            Ok(Lesson::Taken)
        }

        fn untrain(&mut self, _: &[u8]) -> Result<Lesson, Failure> {
            Ok(Lesson::Taken)
        }

        fn settle(&mut self) -> Result<(), Failure> {
            Ok(())
        }
    }
}
