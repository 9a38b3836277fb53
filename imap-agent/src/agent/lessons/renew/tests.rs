//! Tests of making lessons anew, with a real archive and store.

use tamis_core::{
    UnixTime,
    learn::{Label, Logistic},
    mail::{Arrival, Domain, Mail},
};
use tempfile::TempDir;

use super::*;
use crate::{
    archive::Deposit,
    keys::{ArchiveKey, ArchiveKeyError},
    paths::Home,
    store::{
        folder::account_id,
        glimpse::Glimpse,
        lessons::{KeptLesson, import},
    },
    teach::{Teacher, made_from},
};

const NOW: UnixTime = UnixTime(1_790_000_000);

#[tokio::test]
async fn older_lessons_are_made_anew_from_their_originals_and_no_others() {
    let school = School::new(fixed).await;
    // More than one transaction.
    let many = u32::try_from(AT_ONCE).unwrap() + 10;
    for n in 0..many {
        school.keep(n).await;
        school.learn(n, 1).await;
    }
    school.learn(many, 1).await;
    school.keep(many + 1).await;
    school.learn(many + 1, Features::VERSION).await;

    let (renewed, ended) = school.renew().await;

    ended.unwrap();
    assert_eq!(renewed, Renewed { made: AT_ONCE + 10, without: 1, unreadable: 0 });
    let lessons = school.lessons();
    for (n, lesson) in (0..).zip(&lessons[..AT_ONCE + 10]) {
        assert_eq!((&lesson.tokens, lesson.version), (&School::made(n), Features::VERSION), "message {n}");
        assert_eq!((lesson.at, lesson.source.as_str()), (NOW, "review"), "what it is stays");
    }
    assert_eq!((&lessons[AT_ONCE + 10].tokens, lessons[AT_ONCE + 10].version), (&old(many), 1));
    assert_eq!(lessons[AT_ONCE + 11].tokens, old(many + 1), "it was of this version");
    let (again, _) = school.renew().await;
    assert_eq!(again, Renewed { without: 1, ..Renewed::default() });
}

#[tokio::test]
async fn a_lesson_of_an_account_that_is_not_known_is_left_alone() {
    let school = School::new(fixed).await;
    school.keep(1).await;
    school.learn(1, 1).await;
    let (renewed, ended) = renew_all(&school.store, &school.archive, &BTreeMap::new()).await;
    ended.unwrap();
    assert_eq!(renewed, Renewed { without: 1, ..Renewed::default() });
    assert_eq!((school.lessons()[0].version, &school.lessons()[0].tokens), (1, &old(1)));
}

#[tokio::test]
async fn an_original_that_cannot_be_read_keeps_nobody_up() {
    let school = School::new(fixed).await;
    for n in 0..3 {
        school.keep(n).await;
        school.learn(n, 1).await;
        if n == 1 {
            for file in school.files() {
                std::fs::write(file, "broken").unwrap();
            }
        }
    }
    let (renewed, ended) = school.renew().await;
    ended.unwrap();
    assert_eq!(renewed, Renewed { made: 1, without: 0, unreadable: 2 });
    assert_eq!(renewed.sentence(), "1 lesson made anew; 2 originals could not be read");
}

#[tokio::test]
async fn a_locked_archive_is_said_and_changes_nothing() {
    let school = School::new(fixed).await;
    school.keep(1).await;
    school.learn(1, 1).await;
    let school = School { archive: Archive::with_key_of(&school.home, locked), ..school };
    let (renewed, ended) = school.renew().await;
    assert_eq!(renewed, Renewed::default());
    assert!(matches!(ended, Err(ArchiveError::Closed { .. })));
    assert_eq!(school.lessons()[0].version, 1);
}

#[tokio::test]
async fn the_learner_knows_the_new_tokens_and_never_the_old() {
    let school = School::new(fixed).await;
    for n in 0..4 {
        school.keep(n).await;
        school.learn(n, 1).await;
    }
    let (database, teacher) = (school.home.database(), Arc::new(Teacher::default()));
    assert!(made_from(&database).unwrap() == Logistic::default(), "what is old does not count");

    school.renew().await.1.unwrap();
    teacher.outdate();
    teacher.catch_up(&school.store, &database).await.unwrap();

    let mut want = Logistic::default();
    for n in 0..4 {
        tamis_core::learn::Learner::train(&mut want, &Features::decode(&School::made(n)).unwrap(), label(n));
    }
    assert!(teacher.is(&want));
}

#[test]
fn what_became_of_them_is_a_sentence() {
    let nothing = Renewed::default();
    for (renewed, want) in [
        (nothing, "all lessons are of this version"),
        (Renewed { made: 312, ..nothing }, "312 lessons made anew"),
        (
            Renewed { made: 1, without: 1, ..nothing },
            "1 lesson made anew; 1 has no original in the archive and counts no longer: teach it again with \
             `tamis-agent train`",
        ),
        (
            Renewed { without: 40, unreadable: 1, ..nothing },
            "0 lessons made anew; 40 have no original in the archive and count no longer: teach them again with \
             `tamis-agent train`; 1 original could not be read",
        ),
    ] {
        assert_eq!(renewed.sentence(), want);
    }
}

/// A home with one account and an archive.
struct School {
    _dir: TempDir,
    home: Home,
    store: Store,
    account: AccountId,
    archive: Archive,
}

impl School {
    async fn new(key_source: fn(&Home) -> Result<ArchiveKey, ArchiveKeyError>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::below(dir.path()).unwrap();
        let store = Store::open(&home.database()).unwrap();
        let account = store.run(|db| account_id(db, "me", "imap.example.org", "me")).await.unwrap();
        let archive = Archive::with_key_of(&home, key_source);
        Self { _dir: dir, home, store, account, archive }
    }

    async fn keep(&self, n: u32) {
        let raw = raw(n);
        let (account, key, internal_date) = (self.account, Key::of(&raw), UnixTime(NOW.0 - 60));
        let deposit = Deposit { account, key, raw, flags: Vec::new(), internal_date };
        self.archive.keep(&self.store, deposit, NOW).await.unwrap();
    }

    async fn learn(&self, n: u32, version: u32) {
        let lesson = KeptLesson {
            key: Key::of(&raw(n)),
            label: label(n),
            tokens: old(n),
            source: "review".to_owned(),
            at: NOW,
            version,
        };
        self.store.run(move |db| import(db, [Ok(lesson)].into_iter())).await.unwrap();
    }

    async fn renew(&self) -> (Renewed, Result<(), ArchiveError>) {
        renew_all(&self.store, &self.archive, &[(self.account, Self::facts())].into()).await
    }

    /// As the settings of the account say: with a provider whose findings are believed.
    fn facts() -> AccountFacts {
        AccountFacts { provider: vec![Domain::parse("example.org").unwrap()], ..AccountFacts::default() }
    }

    /// What this engine makes of the message when it comes.
    fn made(n: u32) -> Vec<u8> {
        let (raw, received_at) = (raw(n), Some(UnixTime(NOW.0 - 60)));
        let full_size = Some(raw.len() as u64);
        let arrival = Arrival { received_at, full_size, account: Self::facts() };
        Features::encode(&Features::of(&Mail::parse(&raw, &arrival)).ids())
    }

    fn lessons(&self) -> Vec<KeptLesson> {
        let mut lessons = Vec::new();
        Glimpse::open(&self.home.database())
            .unwrap()
            .each(&mut |lesson| {
                lessons.push(lesson);
                std::ops::ControlFlow::Continue(())
            })
            .unwrap();
        lessons
    }

    fn files(&self) -> Vec<std::path::PathBuf> {
        let folders = std::fs::read_dir(self.home.archive()).unwrap().map(|entry| entry.unwrap().path());
        let inside = |folder: std::path::PathBuf| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        folders.filter(|path| path.is_dir()).flat_map(inside).collect()
    }
}

fn raw(n: u32) -> Vec<u8> {
    let results = "Authentication-Results: mx.example.org; spf=fail smtp.mailfrom=a@shop.example";
    format!("{results}\r\nFrom: a@shop.example\r\nSubject: offer {n}\r\n\r\nBuy number {n} now\r\n").into_bytes()
}

fn label(n: u32) -> Label {
    if n.is_multiple_of(2) { Label::Ham } else { Label::Spam }
}

/// What an older engine has made of it.
fn old(n: u32) -> Vec<u8> {
    Features::encode(&[tamis_core::learn::TokenId(u64::from(n) << 40)])
}

#[expect(clippy::unnecessary_wraps, reason = "it stands for one that may fail")]
fn fixed(_: &Home) -> Result<ArchiveKey, ArchiveKeyError> {
    Ok(ArchiveKey::fixed(7))
}

fn locked(_: &Home) -> Result<ArchiveKey, ArchiveKeyError> {
    Err(ArchiveKeyError::Locked)
}
