//! Lessons from a file that another Tamis has written.

use std::{convert::identity, path::Path, sync::Arc};

use tamis_core::api::{RefusedKind, Reply};
use tokio::task::spawn_blocking;

use super::{Agent, LESSONS, Place};
use crate::{
    cli::Failure,
    lesson_file::{self, LessonFile, LessonFileError},
    paths,
    store::lessons::{self, Imported},
    words::count,
};

/// Learns what is in the file at `path`.
pub(in crate::agent) async fn import(agent: &Agent, path: String) -> Reply {
    let path = match paths::of_person(&path, LESSONS) {
        Ok(path) => path,
        Err(text) => return Reply::Refused { text, kind: RefusedKind::Person },
    };
    let shared = Arc::clone(&agent.shared);
    // In a task of its own: whoever asked may go away meanwhile, and the learner has to follow all the same.
    let worked = tokio::spawn(async move {
        let place = Place::Running(Arc::clone(&shared));
        let imported = spawn_blocking(move || import_file(&place, &path)).await;
        shared.follow_lessons().await;
        imported
    });
    let fault = |_| Err(Failure::outside("the lessons were not taken because of a fault in Tamis"));
    let imported = worked.await.and_then(identity).unwrap_or_else(fault);
    match imported {
        Ok(imported) => Reply::Done { text: imported.sentence(), undo: None },
        Err(failure) => Reply::Refused { text: failure.text().to_owned(), kind: failure.kind() },
    }
}

/// Takes the lessons of a file in, all of them or none. It is read twice, so that nothing of it has to be held in memory and
/// a damaged file keeps nobody waiting for the store. While the lessons of a sound one are taken in, everybody waits.
pub(crate) fn import_file(place: &Place, path: &Path) -> Result<Imported, Failure> {
    lesson_file::check(path).map_err(|err| refused(&err))?;
    let file = LessonFile::open(path).map_err(|err| refused(&err))?;
    let teacher = place.teacher();
    let stored = place.store().run_blocking(move |db| {
        let imported = lessons::import(db, file.map(|lesson| lesson.map_err(|err| err.to_string())))?;
        if let Some(teacher) = teacher.filter(|_| imported.has_changed()) {
            teacher.outdate();
        }
        Ok(imported)
    });
    Ok(stored?)
}

fn refused(err: &LessonFileError) -> Failure {
    Failure::person(err.to_string())
}

impl Imported {
    /// `12 lessons learned, 3 known already`.
    pub(crate) fn sentence(self) -> String {
        let Self { learned, known, renewed, newer, older, outdated } = self;
        let mut text = format!("{} learned", count(learned, "lesson"));
        if 0 < known {
            text = format!("{text}, {known} known already");
        }
        if 0 < renewed {
            text = format!("{text}, {renewed} made anew");
        }
        if 0 < newer + older {
            let differ = if newer + older == 1 { "differs" } else { "differ" };
            let all = newer + older;
            text = format!(
                "{text}; {all} {differ} from what was taught here: {newer} newer and taken over, {older} older and not"
            );
        }
        match outdated {
            0 => text,
            1 => format!(
                "{text}; 1 was learned by an older version and does not count: teach it again with `tamis-agent train`"
            ),
            all => format!(
                "{text}; {all} were learned by an older version and do not count: teach them again with `tamis-agent train`"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, ops::ControlFlow};

    use tamis_core::learn::Label;

    use super::*;
    use crate::{
        agent::StoreTeacher,
        cli::Teacher as _,
        lesson_file::{write_head, write_lesson},
        store::{Store, glimpse::Glimpse},
        teach::made_from,
    };

    #[test]
    fn what_travels_in_a_file_makes_the_same_learner_to_the_bit() {
        let folder = tempfile::tempdir().unwrap();
        let [there, here, file] = ["there.db", "here.db", "lessons.txt"].map(|name| folder.path().join(name));
        let mut teacher = StoreTeacher::new(Place::Alone(Store::open(&there).unwrap()));
        for n in 0..40 {
            let label = if n % 3 == 0 { Label::Spam } else { Label::Ham };
            let raw = format!("From: {n}@example.org\r\nSubject: {} {n}\r\n\r\nwords of {n}\r\n", label.word());
            teacher.train(raw.as_bytes(), label).unwrap();
            // Each is stored before the next: so the order is theirs.
            teacher.settle().unwrap();
        }
        teacher.untrain(b"From: 4@example.org\r\nSubject: ham 4\r\n\r\nwords of 4\r\n").unwrap();
        teacher.settle().unwrap();
        let mut bytes = Vec::new();
        write_head(&mut bytes, 39).unwrap();
        let written = Glimpse::open(&there).unwrap().each(&mut |lesson| {
            write_lesson(&mut bytes, &lesson).unwrap();
            ControlFlow::Continue(())
        });
        written.unwrap();
        fs::write(&file, bytes).unwrap();

        let imported = import_file(&Place::Alone(Store::open(&here).unwrap()), &file).unwrap();

        assert_eq!(imported, Imported { learned: 39, ..Imported::default() });
        assert!(made_from(&there).unwrap() == made_from(&here).unwrap());
    }

    #[test]
    fn what_became_of_the_lessons_is_a_sentence() {
        let nothing = Imported::default();
        for (imported, want) in [
            (nothing, "0 lessons learned"),
            (Imported { learned: 1, known: 3, ..nothing }, "1 lesson learned, 3 known already"),
            (
                Imported { learned: 2, newer: 1, older: 4, ..nothing },
                "2 lessons learned; 5 differ from what was taught here: 1 newer and taken over, 4 older and not",
            ),
            (
                Imported { known: 2, older: 1, ..nothing },
                "0 lessons learned, 2 known already; 1 differs from what was taught here: 0 newer and taken over, 1 older \
                 and not",
            ),
            (
                Imported { known: 1, renewed: 2, outdated: 1, ..nothing },
                "0 lessons learned, 1 known already, 2 made anew; 1 was learned by an older version and does not count: \
                 teach it again with `tamis-agent train`",
            ),
            (
                Imported { learned: 4, outdated: 4, ..nothing },
                "4 lessons learned; 4 were learned by an older version and do not count: teach them again with \
                 `tamis-agent train`",
            ),
        ] {
            assert_eq!(imported.sentence(), want);
        }
    }
}
