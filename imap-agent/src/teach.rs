//! The learner in memory, always equal to the lessons in the store.
//!
//! The store is the truth: a lesson is written there first, then learned here, on the store's own thread and so in the
//! same order. A lesson that is changed or taken back cannot be unlearned: the learner is made anew from the store,
//! beside everything else, and judges as before until that is done. The same happens after a start.

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use tamis_core::learn::{Features, Label, Learner as _, Logistic, Opinion, Trained};
use tracing::error;

use crate::store::{Store, StoreError, glimpse, training::LessonChange};

/// The learner, shared by everything that judges.
#[derive(Debug, Default)]
pub struct Teacher {
    learner: RwLock<Logistic>,
    standing: Mutex<Standing>,
}

/// How the learner stands to the store.
#[derive(Debug, Default)]
struct Standing {
    /// There are lessons that only a new learner will know.
    is_behind: bool,
    /// A new learner is being made.
    is_rebuilding: bool,
    /// A lesson came after it was begun.
    is_outdated: bool,
}

impl Teacher {
    /// What it thinks of a message, or `None` while it has seen too little.
    pub fn opinion(&self, features: &Features) -> Option<Opinion> {
        self.learner.read().unwrap_or_else(PoisonError::into_inner).opinion(features)
    }

    /// How much it has seen.
    pub fn trained(&self) -> Trained {
        self.learner.read().unwrap_or_else(PoisonError::into_inner).trained()
    }

    /// Has `look` look at the learner.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&Logistic) -> T) -> T {
        look(&self.learner.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Learns a lesson from the store's history, when the agent starts.
    pub fn remember(&self, label: Label, tokens: &[u8]) {
        learn(&mut self.learner.write().unwrap_or_else(PoisonError::into_inner), label, tokens);
    }

    /// Follows lessons that have just been stored. To be called in the job that stored them; [`Teacher::catch_up`] has to
    /// be called after it.
    pub fn apply(&self, lessons: &[LessonChange]) {
        let mut standing = self.standing();
        if standing.is_behind || lessons.iter().any(|lesson| lesson.before.is_some()) {
            standing.is_behind = true;
            standing.is_outdated = true;
            return;
        }
        let mut learner = self.learner.write().unwrap_or_else(PoisonError::into_inner);
        for lesson in lessons {
            // What an older engine made is in no mail: a learner made anew leaves it out, too.
            if let Some(label) = lesson.after.filter(|_| lesson.version == Features::VERSION) {
                learn(&mut learner, label, &lesson.tokens);
            }
        }
    }

    /// The lessons in the store have changed in a way that no [`LessonChange`] tells. To be called in the job that changed
    /// them, or after it; [`Teacher::catch_up`] has to be called after it.
    pub fn outdate(&self) {
        let mut standing = self.standing();
        standing.is_behind = true;
        standing.is_outdated = true;
    }

    /// Makes the learner anew from the `store` at `path`, if lessons were changed or taken back. Whoever comes while that
    /// is under way need not wait: it is begun again until nothing has changed meanwhile.
    pub async fn catch_up(self: &Arc<Self>, store: &Store, path: &Path) -> Result<(), StoreError> {
        {
            let mut standing = self.standing();
            if !standing.is_behind || standing.is_rebuilding {
                return Ok(());
            }
            standing.is_rebuilding = true;
        }
        let rebuilt = self.rebuild(store, path).await;
        if rebuilt.is_err() {
            self.standing().is_rebuilding = false;
        }
        rebuilt
    }

    async fn rebuild(self: &Arc<Self>, store: &Store, path: &Path) -> Result<(), StoreError> {
        loop {
            self.standing().is_outdated = false;
            let path = path.to_path_buf();
            let made = tokio::task::spawn_blocking(move || made_from(&path)).await;
            let made = made.unwrap_or(Err(StoreError::Panicked))?;
            // On the store's thread, where no lesson can be between being stored and being learned.
            let teacher = Arc::clone(self);
            if store.run(move |_| Ok(teacher.replace(made))).await? {
                return Ok(());
            }
        }
    }

    /// Whether `made` knows everything and is the learner now.
    fn replace(&self, made: Logistic) -> bool {
        let mut standing = self.standing();
        if standing.is_outdated {
            return false;
        }
        *self.learner.write().unwrap_or_else(PoisonError::into_inner) = made;
        standing.is_behind = false;
        standing.is_rebuilding = false;
        true
    }

    /// Whether its learner is `learner`, to the bit.
    #[cfg(test)]
    pub(crate) fn is(&self, learner: &Logistic) -> bool {
        *self.learner.read().unwrap_or_else(PoisonError::into_inner) == *learner
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A learner of all lessons in force that count in the store at `path`, read beside whoever is writing.
pub(crate) fn made_from(path: &Path) -> Result<Logistic, StoreError> {
    let mut learner = Logistic::default();
    glimpse::each_lesson(path, |label, tokens| learn(&mut learner, label, tokens))?;
    Ok(learner)
}

fn learn(learner: &mut Logistic, label: Label, tokens: &[u8]) {
    let Some(tokens) = Features::decode(tokens) else {
        error!("a lesson in the store is damaged and is left out");
        return;
    };
    learner.train(&tokens, label);
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use tamis_core::{UnixTime, learn::TokenId};
    use tempfile::TempDir;

    use super::*;
    use crate::store::{
        Key,
        lessons::{self, KeptLesson},
        training::{self, TrainItem},
    };

    #[tokio::test]
    async fn a_lesson_taken_back_was_never_given() {
        let with = School::new();
        with.train(1, Label::Spam).await;
        with.train(2, Label::Ham).await;
        with.untrain(1).await;
        let without = School::new();
        without.train(2, Label::Ham).await;
        assert!(with.learner() == without.learner());
        assert_eq!(with.teacher.trained(), Trained { ham: 1, spam: 0 });
    }

    #[tokio::test]
    async fn a_message_labelled_anew_was_always_labelled_so() {
        let changed = School::new();
        changed.train(1, Label::Spam).await;
        changed.train(2, Label::Ham).await;
        changed.train(1, Label::Ham).await;
        let right = School::new();
        right.train(1, Label::Ham).await;
        right.train(2, Label::Ham).await;
        assert!(changed.learner() == right.learner());
    }

    #[tokio::test]
    async fn what_is_learned_while_the_learner_is_behind_is_not_lost() {
        let school = School::new();
        school.train(1, Label::Spam).await;
        school.store(&[], &[1]).await;
        school.store(&[(2, Label::Ham), (3, Label::Spam)], &[]).await;
        assert_eq!(school.teacher.trained(), Trained { ham: 0, spam: 1 }, "the old learner still judges");
        school.catch_up().await;
        school.train(4, Label::Ham).await;
        let without = School::new();
        for (n, label) in [(2, Label::Ham), (3, Label::Spam), (4, Label::Ham)] {
            without.train(n, label).await;
        }
        assert!(school.learner() == without.learner());
    }

    #[tokio::test]
    async fn lessons_from_elsewhere_make_the_learner_they_made_there() {
        let there = School::new();
        for (n, label) in [(3, Label::Spam), (1, Label::Ham), (2, Label::Ham), (5, Label::Spam)] {
            there.train(n, label).await;
        }
        there.untrain(1).await;
        let here = School::new();
        here.take(there.lessons()).await;
        assert!(here.learner() == there.learner());
        // What is here stands before what comes, and both learn on in the same way.
        let mixed = School::new();
        mixed.train(7, Label::Ham).await;
        mixed.take(there.lessons()).await;
        mixed.train(8, Label::Spam).await;
        let right = School::new();
        for (n, label) in [(7, Label::Ham), (3, Label::Spam), (2, Label::Ham), (5, Label::Spam), (8, Label::Spam)] {
            right.train(n, label).await;
        }
        assert!(mixed.learner() == right.learner());
    }

    #[tokio::test]
    async fn what_is_taken_back_and_taught_again_is_learned_last_then_and_after_a_start() {
        let school = School::new();
        for (n, label) in [(1, Label::Spam), (2, Label::Ham), (3, Label::Ham), (5, Label::Spam)] {
            school.train(n, label).await;
        }
        school.untrain(1).await;
        school.train(1, Label::Spam).await;
        assert!(school.learner() == school.made_anew());
        let right = School::new();
        for (n, label) in [(2, Label::Ham), (3, Label::Ham), (5, Label::Spam), (1, Label::Spam)] {
            right.train(n, label).await;
        }
        assert!(school.learner() == right.learner());
    }

    #[tokio::test]
    async fn lessons_of_an_older_engine_reach_no_learner() {
        let school = School::new();
        let old = |n| KeptLesson {
            key: key(n),
            label: Label::Spam,
            tokens: tokens(n),
            source: "review".to_owned(),
            at: UnixTime(0),
            version: 1,
        };
        school.take(vec![old(1), old(2)]).await;
        assert_eq!(school.teacher.trained(), Trained::default());
        // Taken back and given again while the message is gone: the tokens are still old.
        let (before, after, version) = (None, Some(Label::Ham), 1);
        school.teacher.apply(&[LessonChange { key: key(1), before, after, tokens: tokens(1), version }]);
        assert!(school.learner() == Logistic::default() && school.made_anew() == Logistic::default());
        school.train(2, Label::Spam).await;
        assert_eq!(school.teacher.trained(), Trained { ham: 0, spam: 1 });
        assert!(school.learner() == school.made_anew());
    }

    /// A store and the teacher that follows it.
    struct School {
        folder: TempDir,
        store: Store,
        teacher: Arc<Teacher>,
    }

    impl School {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let store = Store::open(&folder.path().join("tamis.db")).unwrap();
            Self { folder, store, teacher: Arc::default() }
        }

        async fn train(&self, n: u64, label: Label) {
            self.store(&[(n, label)], &[]).await;
            self.catch_up().await;
        }

        async fn untrain(&self, n: u64) {
            self.store(&[], &[n]).await;
            self.catch_up().await;
        }

        async fn store(&self, learned: &[(u64, Label)], forgotten: &[u64]) {
            let item = |(n, label): &(u64, Label)| TrainItem { key: key(*n), tokens: tokens(*n), label: *label };
            let learned: Vec<TrainItem> = learned.iter().map(item).collect();
            let forgotten: Vec<Key> = forgotten.iter().map(|n| key(*n)).collect();
            let teacher = Arc::clone(&self.teacher);
            let stored = self.store.run(move |db| {
                teacher.apply(&training::train(db, &learned, "file", UnixTime(0))?);
                teacher.apply(&training::untrain(db, &forgotten, UnixTime(0))?);
                Ok(())
            });
            stored.await.unwrap();
        }

        /// Takes lessons in as from a file.
        async fn take(&self, lessons: Vec<KeptLesson>) {
            let teacher = Arc::clone(&self.teacher);
            let stored = self.store.run(move |db| {
                lessons::import(db, lessons.into_iter().map(Ok))?;
                teacher.outdate();
                Ok(())
            });
            stored.await.unwrap();
            self.catch_up().await;
        }

        fn lessons(&self) -> Vec<KeptLesson> {
            let mut lessons = Vec::new();
            let glimpse = glimpse::Glimpse::open(&self.folder.path().join("tamis.db")).unwrap();
            let all = glimpse.each(&mut |lesson| {
                lessons.push(lesson);
                ControlFlow::Continue(())
            });
            all.unwrap();
            lessons
        }

        fn made_anew(&self) -> Logistic {
            made_from(&self.folder.path().join("tamis.db")).unwrap()
        }

        async fn catch_up(&self) {
            self.teacher.catch_up(&self.store, &self.folder.path().join("tamis.db")).await.unwrap();
        }

        fn learner(&self) -> Logistic {
            self.teacher.learner.read().unwrap().clone()
        }
    }

    fn key(n: u64) -> Key {
        Key::of(&n.to_le_bytes())
    }

    fn tokens(n: u64) -> Vec<u8> {
        Features::encode(&(0..20).map(|k| TokenId((n / 2 * 20 + k) << 45)).collect::<Vec<_>>())
    }
}
