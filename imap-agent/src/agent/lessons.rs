//! Lessons from files on this machine: messages, and lessons that another Tamis has written down.

mod import;
mod renew;

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use tamis_core::{
    Arrival, Mail, UnixTime,
    api::{BatchId, RefusedKind, Reply},
    fuzzy::Print,
    learn::Label,
    reputation::Track,
};

pub(super) use self::{
    import::import,
    renew::{renew, renew_by_itself},
};
pub(crate) use self::{import::import_file, renew::renew_all};
use super::{Agent, Shared, perform::file_tokens};
use crate::{
    cli::{Failure, Lesson, Taught, Teacher, teach, unteach},
    clock,
    store::{
        Key, Store,
        file_lessons::{self, Pile},
        fingerprints, reputation,
        training::{self, TrainItem},
    },
    teach as learner,
    words::count,
};

/// What a file of lessons is called if the person does not say.
pub(super) const LESSONS: &str = "tamis-lessons.txt";

/// So many lessons are one transaction: each alone would wait for the disk.
const AT_ONCE: usize = 200;

/// Learns every message in `paths`.
pub(super) async fn train(agent: &Agent, label: &str, paths: Vec<String>) -> Reply {
    let Some(label) = Label::from_word(label) else {
        return Reply::Refused { text: format!("`{label}` is neither ham nor spam"), kind: RefusedKind::Person };
    };
    work(agent, paths, Some(label)).await
}

/// Forgets every message in `paths`.
pub(super) async fn untrain(agent: &Agent, paths: Vec<String>) -> Reply {
    work(agent, paths, None).await
}

/// Goes through the files on a thread of its own: reading and parsing must hold up neither accounts nor windows.
async fn work(agent: &Agent, paths: Vec<String>, label: Option<Label>) -> Reply {
    let shared = Arc::clone(&agent.shared);
    let worked = tokio::task::spawn_blocking(move || -> Result<(Option<BatchId>, Taught), Failure> {
        let paths: Vec<PathBuf> = paths.into_iter().map(PathBuf::from).collect();
        let mut teacher = StoreTeacher::new(Place::Running(shared));
        match label {
            Some(label) => teach(&mut teacher, &paths, label, &mut |_| {}),
            None => unteach(&mut teacher, &paths, &mut |_| {}),
        }
        .and_then(|taught| Ok((teacher.conclude(&taught, label)?, taught)))
    });
    let taught = worked
        .await
        .unwrap_or_else(|_| Err(Failure::outside("the lessons failed because of a fault in Tamis".to_owned())));
    // In a task of its own: whoever asked may go away meanwhile.
    tokio::spawn(Arc::clone(&agent.shared).follow_lessons()).await.ok();
    match taught {
        Ok((undo, taught)) => Reply::Done { text: taught.sentence(label), undo },
        Err(failure) => Reply::Refused { text: failure.text().to_owned(), kind: failure.kind() },
    }
}

/// Where lessons go.
#[derive(Debug)]
pub enum Place {
    /// The running agent, whose learner follows.
    Running(Arc<Shared>),
    /// The store alone, while no agent is running.
    Alone(Store),
}

impl Place {
    fn store(&self) -> &Store {
        match self {
            Self::Running(shared) => &shared.store,
            Self::Alone(store) => store,
        }
    }

    /// The running agent, whose learner and lists have to follow.
    fn shared(&self) -> Option<Arc<Shared>> {
        match self {
            Self::Running(shared) => Some(Arc::clone(shared)),
            Self::Alone(_) => None,
        }
    }

    /// The learner that has to follow.
    fn teacher(&self) -> Option<Arc<learner::Teacher>> {
        match self {
            Self::Running(shared) => Some(Arc::clone(&shared.teacher)),
            Self::Alone(_) => None,
        }
    }
}

/// Stores lessons by the pile.
#[derive(Debug)]
pub struct StoreTeacher {
    place: Place,
    pile: BTreeMap<Key, (Option<Label>, Vec<u8>)>,
    /// Whose reputation those to be learned count for, and when they arrived.
    met: Vec<(Key, Track, UnixTime)>,
    /// What they are known again by.
    prints: Vec<(Key, Print, UnixTime)>,
    /// The change that it all belongs to, once there is one.
    batch: Option<BatchId>,
}

impl StoreTeacher {
    /// A teacher with nothing on its pile.
    pub fn new(place: Place) -> Self {
        Self { place, pile: BTreeMap::new(), met: Vec::new(), prints: Vec::new(), batch: None }
    }

    /// Says of the change what it was; `None` if there is none.
    fn conclude(&self, taught: &Taught, label: Option<Label>) -> Result<Option<BatchId>, Failure> {
        let Some(batch) = self.batch else { return Ok(None) };
        let messages = count(taught.taken, "message");
        let text = match label {
            Some(Label::Spam) => format!("{messages} learned as spam from files"),
            Some(Label::Ham) => format!("{messages} learned as good from files"),
            None => format!("{messages} of files forgotten"),
        };
        self.place.store().run_blocking(move |db| file_lessons::name(db, batch, &text))?;
        Ok(Some(batch))
    }

    fn take(&mut self, raw: &[u8], label: Option<Label>) -> Result<Lesson, Failure> {
        let key = Key::of(raw);
        let is_settled = match self.pile.get(&key) {
            Some((known, _)) => *known == label,
            None => self.place.store().run_blocking(move |db| training::is_settled(db, key, label))?,
        };
        if is_settled {
            return Ok(Lesson::Nothing);
        }
        let tokens = if label.is_some() { file_tokens(raw) } else { Vec::new() };
        if label.is_some() {
            let mail = Mail::parse(raw, &Arrival::default());
            let at = mail.received_at().unwrap_or_else(clock::now);
            self.met.push((key, Track::of(&mail), at));
            self.prints.push((key, Print::of(&mail), at));
        }
        self.pile.insert(key, (label, tokens));
        if AT_ONCE <= self.pile.len() {
            self.settle()?;
        }
        Ok(Lesson::Taken)
    }
}

impl Teacher for StoreTeacher {
    fn train(&mut self, raw: &[u8], label: Label) -> Result<Lesson, Failure> {
        self.take(raw, Some(label))
    }

    fn untrain(&mut self, raw: &[u8]) -> Result<Lesson, Failure> {
        self.take(raw, None)
    }

    fn settle(&mut self) -> Result<(), Failure> {
        let mut pile = Pile::default();
        for (key, (label, tokens)) in std::mem::take(&mut self.pile) {
            match label {
                Some(label) => pile.learned.push(TrainItem { key, tokens, label }),
                None => pile.forgotten.push(key),
            }
        }
        let (shared, met) = (self.place.shared(), std::mem::take(&mut self.met));
        let (prints, batch) = (std::mem::take(&mut self.prints), self.batch);
        self.batch = self.place.store().run_blocking(move |db| {
            reputation::meet(db, &met, clock::now())?;
            fingerprints::meet(db, &prints, clock::now())?;
            let (batch, lessons) = file_lessons::teach(db, batch, &pile, clock::now())?;
            if let Some(shared) = shared {
                shared.teacher.apply(&lessons);
                shared.follow_lists(db);
            }
            Ok(batch)
        })?;
        Ok(())
    }
}
