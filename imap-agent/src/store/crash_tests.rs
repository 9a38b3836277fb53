//! The agent is killed again and again, at any point, while mail arrives and the person changes their mind.
//!
//! A server in memory, the real database in a file, and a model that only knows what was wished. Whatever happened on
//! the way, in the end every message is on the server once, where the last wish that stands wants it, no intent has
//! moved anything twice, and what was learned is what the person said.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use tamis_core::{api::BatchId, api::MailId, learn::Label};

use super::{
    AccountId, IntentId, Location, Store,
    batch::begin_batch,
    folder::account_id,
    journal::{self, Intent, Kind, Outcome},
    mail::{find_by_key, mail, record_judged, relocate},
    testing::{NOW, VALIDITY, item, judged, key, move_from, record_and_intend, spam, tokens},
    training::known_label,
    undo::begin_undo,
};

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_nothing_happens_twice(steps in prop::collection::vec(step(), 1..60)) {
        let mut world = World::new();
        for step in steps {
            world.take(step);
        }
        world.settle();
        world.check();
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Arrive {
        is_spam: bool,
    },
    /// The person releases (or calls spam) one message or all from it on.
    Wish {
        label: Label,
        pick: usize,
        is_all: bool,
    },
    UndoNewest,
    Undo {
        pick: usize,
    },
    Act(Fate),
    /// The person moves a message by hand, and the agent notices.
    Wander {
        pick: usize,
    },
    Kill,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Done,
    KilledBefore,
    KilledAfter,
    /// Killed after, and the message is found in its new place before anything else.
    KilledAndFound,
    Refused,
}

fn step() -> impl Strategy<Value = Step> {
    let label = prop_oneof![Just(Label::Ham), Just(Label::Spam)];
    prop_oneof![
        3 => any::<bool>().prop_map(|is_spam| Step::Arrive { is_spam }),
        4 => (label, any::<usize>(), prop::bool::weighted(0.2))
            .prop_map(|(label, pick, is_all)| Step::Wish { label, pick, is_all }),
        2 => Just(Step::UndoNewest),
        3 => any::<usize>().prop_map(|pick| Step::Undo { pick }),
        6 => prop_oneof![
            4 => Just(Fate::Done),
            1 => Just(Fate::KilledBefore),
            2 => Just(Fate::KilledAfter),
            1 => Just(Fate::KilledAndFound),
            1 => Just(Fate::Refused),
        ].prop_map(Step::Act),
        1 => any::<usize>().prop_map(|pick| Step::Wander { pick }),
        1 => Just(Step::Kill),
    ]
}

/// What a message should have come to.
#[derive(Debug)]
struct Wanted {
    n: u32,
    id: MailId,
    /// Where it is without any wish.
    folder: String,
    /// Every wish that stands, oldest first.
    wishes: Vec<(BatchId, String, Label)>,
    /// Where the person has put it by hand: from then on only the words are checked.
    has_wandered: bool,
}

struct World {
    home: tempfile::TempDir,
    store: Option<Store>,
    account: AccountId,
    /// Folder and UID of each message.
    server: BTreeMap<(String, u32), u32>,
    next_uid: u32,
    moves: BTreeSet<IntentId>,
    wanted: Vec<Wanted>,
    batches: Vec<BatchId>,
}

impl World {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let store = open(&home);
        let account = store.run_blocking(|db| account_id(db, "me", "imap.example.org", "me")).unwrap();
        Self {
            home,
            store: Some(store),
            account,
            server: BTreeMap::new(),
            next_uid: 1,
            moves: BTreeSet::new(),
            wanted: Vec::new(),
            batches: Vec::new(),
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Arrive { is_spam } => self.arrive(is_spam),
            Step::Wish { label, pick, is_all } => self.wish(label, pick, is_all),
            Step::UndoNewest => self.undo(None),
            Step::Undo { pick } => self.undo_any(pick),
            Step::Act(fate) => drop(self.act(fate)),
            Step::Wander { pick } => self.wander(pick),
            Step::Kill => self.kill(),
        }
    }

    fn arrive(&mut self, is_spam: bool) {
        // Few messages, so that wishes meet.
        if 3 <= self.wanted.len() {
            return;
        }
        let (n, account) = (u32::try_from(self.wanted.len()).unwrap(), self.account);
        let at = self.put("INBOX", n);
        let id = self.db(move |db| {
            if is_spam {
                record_and_intend(db, &spam(account, n), &at, "Junk", None).map(|(id, _)| id)
            } else {
                record_judged(db, &judged(account, n), &at, None)
            }
        });
        let folder = if is_spam { "Junk" } else { "INBOX" }.to_owned();
        self.wanted.push(Wanted { n, id, folder, wishes: Vec::new(), has_wandered: false });
    }

    fn wish(&mut self, label: Label, pick: usize, is_all: bool) {
        if self.wanted.is_empty() {
            return;
        }
        let first = pick % self.wanted.len();
        let end = if is_all { self.wanted.len() } else { first + 1 };
        let (kind, target) = match label {
            Label::Ham => (Kind::Release, "INBOX"),
            Label::Spam => (Kind::Spam, "Junk"),
        };
        let items: Vec<_> = self.wanted[first..end].iter().map(|mail| item(mail.id, target, label)).collect();
        let batch = self.db(move |db| begin_batch(db, kind, "wish", &items, NOW));
        self.batches.push(batch);
        for mail in &mut self.wanted[first..end] {
            mail.wishes.push((batch, target.to_owned(), label));
        }
    }

    fn undo_any(&mut self, pick: usize) {
        if !self.batches.is_empty() {
            self.undo(Some(self.batches[pick % self.batches.len()]));
        }
    }

    fn undo(&mut self, batch: Option<BatchId>) {
        let store = self.store.as_ref().unwrap();
        // A change that is undone already is refused.
        let Ok(Some(undo)) = store.run_blocking(move |db| begin_undo(db, batch, NOW)) else { return };
        for mail in &mut self.wanted {
            mail.wishes.retain(|(batch, ..)| *batch != undo.undone);
        }
    }

    /// Does the next thing that is pending. Whether there was one.
    fn act(&mut self, fate: Fate) -> bool {
        let account = self.account;
        let pending = self.db(move |db| crate::store::testing::pending(db, account));
        let Some(id) = pending.first().map(|intent| intent.id) else { return false };
        let intent = self.db(move |db| journal::start(db, id)).unwrap();
        if fate == Fate::Refused && intent.kind != Kind::Undo && intent.attempts == 1 {
            self.refuse(&intent);
            return true;
        }
        if fate == Fate::KilledBefore {
            self.kill();
            return true;
        }
        let outcome = self.serve(&intent);
        if matches!(fate, Fate::KilledAfter | Fate::KilledAndFound) {
            self.kill();
            if let (Fate::KilledAndFound, Outcome::Moved(at)) = (fate, outcome) {
                self.db(move |db| relocate(db, intent.mail, &at));
            }
            return true;
        }
        self.db(move |db| journal::finish(db, id, &outcome, Some(&tokens(intent.key)), NOW));
        true
    }

    /// Moves the message on the server, or finds that this has happened.
    fn serve(&mut self, intent: &Intent) -> Outcome {
        let Some(from) = move_from(intent) else { return Outcome::InPlace };
        if let Some(n) = self.server.remove(&(from.folder.clone(), from.uid)) {
            assert!(self.moves.insert(intent.id), "moved twice: {intent:?}");
            return Outcome::Moved(self.put(&intent.target, n));
        }
        let is_it = |n: u32| key(n) == intent.key;
        let found = self.server.iter().find(|((folder, _), n)| *folder == intent.target && is_it(**n));
        found.map_or(Outcome::Gone, |((folder, uid), _)| Outcome::Moved(Location::new(folder, VALIDITY, *uid)))
    }

    fn refuse(&mut self, intent: &Intent) {
        let id = intent.id;
        self.db(move |db| journal::give_up(db, id, "refused", NOW));
        let mail = self.wanted.iter_mut().find(|mail| mail.id == intent.mail).unwrap();
        match intent.batch {
            Some(refused) => mail.wishes.retain(|(batch, ..)| *batch != refused),
            None => "INBOX".clone_into(&mut mail.folder),
        }
    }

    fn wander(&mut self, pick: usize) {
        if self.wanted.is_empty() {
            return;
        }
        let pick = pick % self.wanted.len();
        let (account, mail) = (self.account, &mut self.wanted[pick]);
        let (id, n) = (mail.id, mail.n);
        let store = self.store.as_ref().unwrap();
        let pending = store.run_blocking(move |db| crate::store::testing::pending(db, account)).unwrap();
        if pending.iter().any(|intent| intent.mail == id) {
            return;
        }
        mail.has_wandered = true;
        self.server.retain(|_, there| *there != n);
        let at = self.put("Work", n);
        self.db(move |db| relocate(db, id, &at));
    }

    /// Drops everything in memory and starts again from the file.
    fn kill(&mut self) {
        self.store = None;
        self.store = Some(open(&self.home));
    }

    fn settle(&mut self) {
        while self.act(Fate::Done) {}
    }

    fn check(&self) {
        let store = self.store.as_ref().unwrap();
        for wanted in &self.wanted {
            let (id, content, account) = (wanted.id, key(wanted.n), self.account);
            let places: Vec<_> = self.server.iter().filter(|(_, n)| **n == wanted.n).map(|(at, _)| at).collect();
            assert_eq!(places.len(), 1, "on the server once: {wanted:?} {places:?}");
            let stored = store.run_blocking(move |db| mail(db, id)).unwrap().unwrap();
            assert_eq!((&stored.location.folder, stored.location.uid), (&places[0].0, places[0].1), "{wanted:?}");

            let last = wanted.wishes.last();
            if !wanted.has_wandered {
                let folder = last.map_or(&wanted.folder, |(_, target, _)| target);
                assert_eq!(&stored.location.folder, folder, "{wanted:?}");
            }
            let label = last.map(|(.., label)| *label);
            assert_eq!(stored.taught, label, "{wanted:?}");
            assert_eq!(stored.reviewed_at.0 != 0, label.is_some(), "{wanted:?}");
            assert_eq!(store.run_blocking(move |db| known_label(db, content)).unwrap(), label, "{wanted:?}");
            let by_key = store.run_blocking(move |db| find_by_key(db, account, content)).unwrap();
            assert_eq!(by_key.map(|mail| mail.id), Some(id));
        }
    }

    fn put(&mut self, folder: &str, n: u32) -> Location {
        let uid = self.next_uid;
        self.next_uid += 1;
        self.server.insert((folder.to_owned(), uid), n);
        Location::new(folder, VALIDITY, uid)
    }

    fn db<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut rusqlite::Connection) -> Result<T, super::StoreError> + Send + 'static,
    ) -> T {
        self.store.as_ref().unwrap().run_blocking(job).unwrap()
    }
}

fn open(home: &tempfile::TempDir) -> Store {
    let store = Store::open(&home.path().join("tamis.db")).unwrap();
    // The program is killed here, not the computer, and waiting for the disk takes nearly all of the time.
    let relaxed = store.run_blocking(|db| Ok(db.pragma_update(None, "synchronous", "OFF")));
    relaxed.unwrap().unwrap();
    store
}
