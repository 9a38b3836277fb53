//! The archive as the agent has it: a vault, a store, and a keyring that may not answer.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use super::{rest::REST, *};
use crate::store::folder::account_id;

const NOW: UnixTime = UnixTime(1_790_000_000);
const DAY: i64 = 24 * 3600;
const RULES: config::Archive = config::Archive { keep_secs: 7 * 24 * 3600, max_bytes: 1 << 30 };
const LETTER: &[u8] = b"Subject: Quincunx\r\n\r\nThe quincunx is planted by zephyrine.\r\n";

#[tokio::test]
async fn what_is_kept_is_there_after_a_restart() {
    let place = Place::new(fixed).await;
    place.keep(LETTER, NOW).await.unwrap();
    let place = place.restarted().await;
    let (raw, original) = place.fetch(LETTER).await.unwrap();
    assert_eq!(raw, LETTER);
    assert_eq!(original.flags, [r"\Seen", "$Forwarded"]);
    assert_eq!((original.internal_date, original.stored_at), (UnixTime(1_700_000_000), NOW));
    assert_eq!(original.size, u64::try_from(LETTER.len()).unwrap());
    assert_eq!(original.stored, place.files().iter().map(|(_, content)| content.len()).sum::<usize>() as u64);
    assert!(place.fetch(b"another").await.is_none());
    assert_eq!(place.archive.problem(), None);
}

#[tokio::test]
async fn to_keep_again_starts_the_time_anew() {
    let place = Place::new(fixed).await;
    place.keep(LETTER, NOW).await.unwrap();
    place.keep(LETTER, at(5)).await.unwrap();
    assert_eq!(place.tidy(at(8)).await.originals, 0);
    assert_eq!(place.fetch(LETTER).await.unwrap().1.stored_at, at(5));
    assert_eq!(place.store.run(|db| original::totals(db)).await.unwrap().0, 1);
}

#[tokio::test]
async fn no_word_of_a_message_is_readable_under_the_home() {
    let place = Place::new(fixed).await;
    // Too small to be packed, and large enough to be.
    for raw in [LETTER.to_vec(), LETTER.repeat(100)] {
        place.keep(&raw, NOW).await.unwrap();
    }
    let mut folders = vec![place.dir.path().to_path_buf()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            files += 1;
            let text = String::from_utf8_lossy(&fs::read(&entry).unwrap()).to_lowercase();
            for word in ["quincunx", "zephyrine", "planted"] {
                assert!(!text.contains(word), "`{word}` is in {}", entry.display());
            }
        }
    }
    assert!(files >= 4, "two originals, the name of the key, the database: {files}");
}

#[tokio::test]
async fn what_was_kept_long_enough_goes_with_its_file() {
    let place = Place::new(fixed).await;
    place.keep(LETTER, NOW).await.unwrap();
    place.keep(b"later", at(3)).await.unwrap();
    assert_eq!(place.tidy(at(7)).await, Tidied::default());
    let stored = place.fetch(LETTER).await.unwrap().1.stored;
    assert_eq!(place.tidy(at(8)).await, Tidied { originals: 1, bytes: stored, ..Tidied::default() });
    assert!(place.fetch(LETTER).await.is_none());
    assert_eq!(place.fetch(b"later").await.unwrap().0, b"later");
    assert_eq!(place.files().len(), 1);
}

#[tokio::test]
async fn the_mail_of_an_account_nobody_watches_any_more_goes_by_the_usual_rules() {
    let place = Place::new(fixed).await;
    place.keep(LETTER, NOW).await.unwrap();
    let tidy = async |now| place.archive.tidy(&place.store, &[], now).await.unwrap().originals;
    assert_eq!(tidy(at(28)).await, 0);
    assert_eq!(tidy(at(29)).await, 1);
}

#[tokio::test]
async fn a_crash_between_file_and_row_leaves_nothing_to_be_trusted() {
    let place = Place::new(fixed).await;
    let vault = place.archive.vault().await.unwrap();
    vault.put(place.account, Key::of(LETTER), LETTER).unwrap();
    let place = place.restarted().await;
    assert!(place.fetch(LETTER).await.is_none(), "there is no row");
    assert_eq!(place.tidy(NOW).await.swept.unknown, 0, "the file is young");
    // What was begun is ended by doing it again.
    place.keep(LETTER, NOW).await.unwrap();
    assert_eq!(place.fetch(LETTER).await.unwrap().0, LETTER);
}

#[tokio::test]
async fn a_crash_between_row_and_file_leaves_a_file_that_is_swept() {
    let place = Place::new(fixed).await;
    place.keep(LETTER, NOW).await.unwrap();
    let account = place.account;
    place.store.run(move |db| original::expire(db, account, &RULES, at(8))).await.unwrap();
    let place = place.restarted().await;
    assert!(place.fetch(LETTER).await.is_none());
    let (path, _) = place.files().remove(0);
    let long_ago = SystemTime::now() - Duration::from_hours(24 * 29);
    fs::File::options().write(true).open(path).unwrap().set_modified(long_ago).unwrap();
    assert_eq!(place.tidy(NOW).await.swept.unknown, 1);
    assert!(place.files().is_empty());
}

#[tokio::test]
async fn a_crash_while_writing_leaves_a_part_that_is_swept() {
    let place = Place::new(fixed).await;
    place.keep(LETTER, NOW).await.unwrap();
    let (path, content) = place.files().remove(0);
    fs::write(path.with_extension("tamis.1-0.part"), &content[..content.len() / 2]).unwrap();
    let place = place.restarted().await;
    assert_eq!(place.tidy(NOW).await.swept.unfinished, 1);
    assert_eq!(place.fetch(LETTER).await.unwrap().0, LETTER);
}

#[tokio::test]
async fn a_file_that_somebody_removed_is_an_original_that_is_no_more() {
    let place = Place::new(fixed).await;
    place.keep(LETTER, NOW).await.unwrap();
    fs::remove_dir_all(place.home.archive()).unwrap();
    let place = place.restarted().await;
    assert!(place.fetch(LETTER).await.is_none());
}

#[tokio::test]
async fn nothing_is_asked_of_the_keyring_before_there_is_something_to_keep() {
    let place = Place::new(locked).await;
    assert_eq!(place.tidy(NOW).await, Tidied::default());
    assert!(place.fetch(LETTER).await.is_none());
    assert_eq!(place.archive.problem(), None);
}

#[tokio::test(start_paused = true)]
async fn a_locked_keyring_is_said_and_asked_again_later() {
    let place = Place::new(locked_until_told).await;
    let refused = place.keep(LETTER, NOW).await.unwrap_err();
    assert!(matches!(refused, ArchiveError::Closed { .. }));
    assert!(refused.to_string().ends_with("is locked; unlock it"), "{refused}");
    assert!(place.archive.problem().unwrap().contains("is locked"));
    assert!(!place.home.archive().exists());

    fs::write(place.home.settings(), "").unwrap();
    assert!(place.keep(LETTER, NOW).await.is_err(), "the person is not asked for every message");
    tokio::time::advance(RETRY).await;
    place.keep(LETTER, NOW).await.unwrap();
    assert_eq!(place.archive.problem(), None);
}

#[tokio::test]
async fn a_keyring_that_does_not_answer_stops_nobody_and_is_asked_once() {
    let place = Place::new(silent_until_told).await;
    tokio::time::pause();
    let patience_ends = async {
        // Time does not pass by itself while a thread is at work.
        tokio::task::yield_now().await;
        tokio::time::advance(PATIENCE + Duration::from_secs(1)).await;
    };
    let (one, two, ()) = tokio::join!(place.keep(LETTER, NOW), place.keep(b"two", NOW), patience_ends);
    assert!(matches!((one, two), (Err(ArchiveError::Waiting), Err(ArchiveError::Waiting))));
    // The others are not kept waiting: the time stands still.
    for _ in 0..200 {
        assert!(matches!(place.archive.ready(1).await, Err(ArchiveError::Waiting)));
        assert!(matches!(place.keep(b"three", NOW).await, Err(ArchiveError::Waiting)));
    }
    tokio::time::advance(REST).await;
    tokio::time::resume();
    fs::write(place.home.settings(), "").unwrap();
    place.keep(LETTER, NOW).await.unwrap();
    assert_eq!(fs::read(place.home.database().with_file_name("asked")).unwrap(), b"1");
}

#[tokio::test(start_paused = true)]
async fn after_a_write_that_failed_the_next_is_asked_for_a_little_later() {
    let place = Place::new(fixed).await;
    place.keep(LETTER, NOW).await.unwrap();
    let folder = place.files().remove(0).0.parent().unwrap().to_path_buf();
    fs::remove_dir_all(&folder).unwrap();
    fs::write(&folder, "").unwrap();
    assert!(place.archive.ready(1).await.is_ok(), "who knows");

    let failed = place.keep(LETTER, NOW).await.unwrap_err();

    assert!(matches!(failed, ArchiveError::Write { .. }), "{failed}");
    let refused = place.archive.ready(1).await.unwrap_err();
    assert_eq!(refused.to_string(), failed.to_string());
    fs::remove_file(&folder).unwrap();
    // What is at hand is tried all the same.
    place.keep(LETTER, NOW).await.unwrap();
    tokio::time::advance(REST).await;
    place.archive.ready(1).await.unwrap();
}

#[tokio::test]
async fn a_key_in_a_file_is_named_to_the_person() {
    let place = Place::new(in_a_file).await;
    assert_eq!(place.archive.problem(), None);
    place.keep(LETTER, NOW).await.unwrap();
    let problem = place.archive.problem().unwrap();
    assert!(problem.contains(&place.home.archive_key().display().to_string()), "{problem}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_kept_anew_while_its_time_is_over_stays() {
    let place = Place::new(fixed).await;
    for n in 0..30u32 {
        place.keep(&n.to_be_bytes(), NOW).await.unwrap();
    }
    let keep = async {
        for n in 0..30u32 {
            place.keep(&n.to_be_bytes(), at(8)).await.unwrap();
        }
    };
    let tidy = async {
        let mut gone = 0;
        for _ in 0..10 {
            gone += place.tidy(at(8)).await.originals;
        }
        gone
    };
    let (gone, ()) = tokio::join!(tidy, keep);
    assert!(0 < gone);
    for n in 0..30u32 {
        assert_eq!(place.fetch(&n.to_be_bytes()).await.unwrap().0, n.to_be_bytes());
    }
}

/// A home with one account.
struct Place {
    dir: TempDir,
    home: Home,
    store: Store,
    account: AccountId,
    archive: Archive,
    key_source: KeySource,
}

impl Place {
    async fn new(key_source: KeySource) -> Self {
        Self::within(tempfile::tempdir().unwrap(), key_source).await
    }

    async fn within(dir: TempDir, key_source: KeySource) -> Self {
        let home = Home::below(dir.path()).unwrap();
        let store = Store::open(&home.database()).unwrap();
        let account = store.run(|db| account_id(db, "me", "imap.example.org", "me")).await.unwrap();
        let archive = Archive::with_key_of(&home, key_source);
        Self { dir, home, store, account, archive, key_source }
    }

    async fn restarted(self) -> Self {
        let Self { dir, store, archive, key_source, .. } = self;
        drop((store, archive));
        Self::within(dir, key_source).await
    }

    async fn keep(&self, raw: &[u8], now: UnixTime) -> Result<(), ArchiveError> {
        let deposit = Deposit {
            account: self.account,
            key: Key::of(raw),
            raw: raw.to_vec(),
            flags: vec![r"\Seen".to_owned(), "$Forwarded".to_owned()],
            internal_date: UnixTime(1_700_000_000),
        };
        self.archive.keep(&self.store, deposit, now).await
    }

    async fn fetch(&self, raw: &[u8]) -> Option<(Vec<u8>, Original)> {
        self.archive.fetch(&self.store, self.account, Key::of(raw)).await.unwrap()
    }

    async fn tidy(&self, now: UnixTime) -> Tidied {
        self.archive.tidy(&self.store, &[(self.account, RULES)], now).await.unwrap()
    }

    /// Every original and what is in its file.
    fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let folders = fs::read_dir(self.home.archive()).unwrap().map(|entry| entry.unwrap().path());
        let inside = |folder: PathBuf| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        folders.filter(|path| path.is_dir()).flat_map(inside).map(|path| (path.clone(), read(&path))).collect()
    }
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap()
}

fn at(days: i64) -> UnixTime {
    UnixTime(NOW.0 + days * DAY)
}

#[expect(clippy::unnecessary_wraps, reason = "it is a KeySource")]
fn fixed(_: &Home) -> Result<ArchiveKey, ArchiveKeyError> {
    Ok(ArchiveKey::fixed(7))
}

fn locked(_: &Home) -> Result<ArchiveKey, ArchiveKeyError> {
    Err(ArchiveKeyError::Locked)
}

/// The person unlocks it by writing the settings file.
fn locked_until_told(home: &Home) -> Result<ArchiveKey, ArchiveKeyError> {
    if home.settings().exists() { fixed(home) } else { locked(home) }
}

/// The same, but it waits for that, and writes down how often it was asked.
#[expect(clippy::unwrap_in_result, reason = "a failure ends the test")]
fn silent_until_told(home: &Home) -> Result<ArchiveKey, ArchiveKeyError> {
    let asked = home.database().with_file_name("asked");
    let before = fs::read_to_string(&asked).map_or(0, |text| text.parse().unwrap_or(0));
    fs::write(&asked, (before + 1u32).to_string()).unwrap();
    let begun = std::time::Instant::now();
    while !home.settings().exists() {
        if Duration::from_mins(1) < begun.elapsed() {
            return locked(home);
        }
        std::thread::yield_now();
    }
    fixed(home)
}

#[expect(clippy::unwrap_in_result, reason = "a failure ends the test")]
fn in_a_file(home: &Home) -> Result<ArchiveKey, ArchiveKeyError> {
    fs::write(home.archive_key(), format!("{}\n", "07".repeat(32))).unwrap();
    fs::set_permissions(home.archive_key(), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    keys::archive_key(home)
}
