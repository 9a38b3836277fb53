//! The key of the archive is made once, is found again wherever it was put, and is never replaced.

use std::{cell::RefCell, collections::BTreeMap, os::unix::fs::PermissionsExt as _};

use tempfile::TempDir;

use super::*;
use crate::archive::Vault;

#[test]
fn the_keyring_gets_the_key_and_no_file_does() {
    let (_dir, home) = home();
    let keyring = Pretended::running();
    let key = find_or_make(&home, &keyring).unwrap();
    assert_eq!(key.place(), &KeyPlace::Keyring);
    assert!(!home.archive_key().exists());
    Vault::open(&home.archive(), &key).unwrap();
    let again = find_or_make(&home, &keyring).unwrap();
    assert_eq!(again.bytes(), key.bytes());
    assert_eq!(*keyring.told.borrow(), 1, "it was made once");
}

#[test]
fn each_home_has_a_key_of_its_own_in_the_one_keyring() {
    let ((_one, one), (_two, two), keyring) = (home(), home(), Pretended::running());
    let begun = [&one, &two].map(|home| {
        let key = find_or_make(home, &keyring).unwrap();
        Vault::open(&home.archive(), &key).unwrap();
        key
    });
    assert_ne!(begun[0].bytes(), begun[1].bytes());
    // Wherever the archive is taken, its key is found.
    let (_three, three) = home();
    fs::rename(one.archive(), three.archive()).unwrap();
    assert_eq!(find_or_make(&three, &keyring).unwrap().bytes(), begun[0].bytes());
    assert_eq!(find_or_make(&two, &keyring).unwrap().bytes(), begun[1].bytes());
}

#[test]
fn the_key_of_an_older_release_is_found_by_its_old_name_and_stays_there() {
    let ((_one, one), (_two, two)) = (home(), home());
    let key = ArchiveKey::fixed(7);
    Vault::open(&one.archive(), &key).unwrap();
    Vault::open(&two.archive(), &ArchiveKey::fixed(8)).unwrap();
    let keyring = Pretended::running();
    keyring.put(OLD_ENTRY, &"07".repeat(KEY_BYTES));
    assert_eq!(find_or_make(&one, &keyring).unwrap().bytes(), key.bytes());
    assert_eq!(keyring.held.borrow().len(), 2, "the old name is gone");
    assert_eq!(find_or_make(&one, &keyring).unwrap().bytes(), key.bytes());
    assert_eq!(*keyring.told.borrow(), 1, "it is taken over once");
    // It is of no use to an archive that was begun with another.
    assert!(matches!(find_or_make(&two, &keyring), Err(ArchiveKeyError::Gone { .. })));
}

#[test]
fn without_a_keyring_a_private_file_gets_the_key() {
    let (_dir, home) = home();
    let key = find_or_make(&home, &Pretended::default()).unwrap();
    assert_eq!(key.place(), &KeyPlace::File(home.archive_key()));
    assert_eq!(fs::metadata(home.archive_key()).unwrap().permissions().mode() & 0o777, 0o600);
    let beside = fs::read_dir(home.archive_key().parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
    let beside: Vec<PathBuf> = beside.filter(|path| *path != home.archive()).collect();
    assert_eq!(beside, [home.archive_key()], "something is left beside it");
    assert_eq!(fs::read_dir(home.archive()).unwrap().count(), 0, "something is left of the test");
    // A keyring that appears later does not matter.
    let again = find_or_make(&home, &Pretended::running()).unwrap();
    assert_eq!((again.bytes(), again.place()), (key.bytes(), key.place()));
}

#[test]
fn keys_are_not_alike() {
    let ((_one, one), (_two, two)) = (home(), home());
    let [one, two] = [one, two].map(|home| find_or_make(&home, &Pretended::default()).unwrap());
    assert_ne!(one.bytes(), two.bytes());
    assert_ne!(one.bytes().as_slice(), [0; KEY_BYTES]);
}

#[test]
fn a_locked_keyring_is_no_reason_for_another_key() {
    let (_dir, home) = home();
    let keyring = Pretended { is_locked: true, ..Pretended::running() };
    assert!(matches!(find_or_make(&home, &keyring), Err(ArchiveKeyError::Locked)));
    assert_eq!(*keyring.told.borrow(), 0);
    assert!(!home.archive_key().exists());
}

#[test]
fn no_key_is_made_for_an_archive_that_has_one() {
    let (_dir, home) = home();
    fs::create_dir(home.archive()).unwrap();
    fs::write(home.archive().join("key.id"), "").unwrap();
    let keyring = Pretended::running();
    assert!(matches!(find_or_make(&home, &keyring), Err(ArchiveKeyError::Gone { .. })));
    assert_eq!(*keyring.told.borrow(), 0);
    assert!(matches!(find_or_make(&home, &Pretended::default()), Err(ArchiveKeyError::NoKeyring)));
    assert!(!home.archive_key().exists());
}

#[test]
fn an_archive_whose_beginning_was_broken_off_gets_a_key() {
    for left in ["key.id.77-0.part", "lost+found"] {
        for keyring in [Pretended::running(), Pretended::default()] {
            let (_dir, home) = home();
            fs::create_dir(home.archive()).unwrap();
            if left == "lost+found" {
                fs::create_dir(home.archive().join(left)).unwrap();
            } else {
                fs::write(home.archive().join(left), "").unwrap();
            }
            let key = find_or_make(&home, &keyring).unwrap();
            Vault::open(&home.archive(), &key).unwrap();
            assert_eq!(find_or_make(&home, &keyring).unwrap().bytes(), key.bytes(), "{left}");
        }
    }
}

#[test]
fn no_key_is_made_where_no_archive_can_be() {
    let (_dir, home) = home();
    fs::write(home.archive(), "a file in the way").unwrap();
    for keyring in [Pretended::running(), Pretended::default()] {
        let err = find_or_make(&home, &keyring).unwrap_err().to_string();
        assert!(err.contains(&home.archive().display().to_string()), "{err}");
        assert_eq!(*keyring.told.borrow(), 0);
        assert!(!home.archive_key().exists());
    }
}

#[test]
fn a_keyring_that_takes_nothing_still_gives_the_key_of_an_older_release() {
    let (_dir, home) = home();
    let key = ArchiveKey::fixed(7);
    Vault::open(&home.archive(), &key).unwrap();
    for keyring in
        [Pretended { refuses: true, ..Pretended::running() }, Pretended { forgets: true, ..Pretended::running() }]
    {
        keyring.put(OLD_ENTRY, &"07".repeat(KEY_BYTES));
        assert_eq!(find_or_make(&home, &keyring).unwrap().bytes(), key.bytes());
    }
}

#[test]
fn a_keyring_that_forgets_is_not_believed() {
    let (_dir, home) = home();
    let keyring = Pretended { forgets: true, ..Pretended::running() };
    assert!(matches!(find_or_make(&home, &keyring), Err(ArchiveKeyError::Keyring { .. })));
}

#[test]
fn what_is_no_key_is_left_as_it_is() {
    let (_dir, home) = home();
    for text in ["", "hunter2", &"0".repeat(63), &"0".repeat(65), &"g".repeat(64)] {
        fs::write(home.archive_key(), text).unwrap();
        fs::set_permissions(home.archive_key(), fs::Permissions::from_mode(0o600)).unwrap();
        let err = find_or_make(&home, &Pretended::running()).unwrap_err();
        assert!(matches!(err, ArchiveKeyError::Malformed { .. }), "{text}: {err}");
        assert!(!format!("{err} {err:?}").contains("hunter2"));
        assert_eq!(fs::read_to_string(home.archive_key()).unwrap(), text);
        fs::remove_file(home.archive_key()).unwrap();
        fs::create_dir_all(home.archive()).unwrap();
        fs::write(home.archive().join("key.id"), "0".repeat(64)).unwrap();
        let keyring = Pretended::running();
        keyring.put(&entry_in(&home.archive()).unwrap(), text);
        assert!(matches!(find_or_make(&home, &keyring), Err(ArchiveKeyError::Malformed { .. })), "{text}");
        assert_eq!(*keyring.told.borrow(), 0);
    }
}

#[test]
fn a_key_file_others_can_read_is_refused_with_what_to_do() {
    let (_dir, home) = home();
    find_or_make(&home, &Pretended::default()).unwrap();
    fs::set_permissions(home.archive_key(), fs::Permissions::from_mode(0o640)).unwrap();
    let err = find_or_make(&home, &Pretended::default()).unwrap_err().to_string();
    assert!(err.ends_with(&format!("chmod 600 {}", home.archive_key().display())), "{err}");
}

#[test]
fn a_key_shows_nothing_of_itself() {
    let shown = format!("{:?} {:?}", ArchiveKey::fixed(0xab), keyring_error(&Error::BadEncoding(b"hunter2".to_vec())));
    assert!(!shown.contains("171") && !shown.contains("ab, ab") && !shown.contains("hunter2"), "{shown}");
}

#[derive(Default)]
struct Pretended {
    is_running: bool,
    is_locked: bool,
    forgets: bool,
    refuses: bool,
    held: RefCell<BTreeMap<String, String>>,
    told: RefCell<u32>,
}

impl Pretended {
    fn running() -> Self {
        Self { is_running: true, ..Self::default() }
    }

    fn put(&self, name: &str, text: &str) {
        self.held.borrow_mut().insert(name.to_owned(), text.to_owned());
    }
}

impl Keyring for Pretended {
    fn is_running(&self) -> bool {
        self.is_running
    }

    fn get(&self, name: &str) -> Result<Option<Zeroizing<String>>, ArchiveKeyError> {
        if self.is_locked {
            return Err(ArchiveKeyError::Locked);
        }
        Ok(self.held.borrow().get(name).cloned().map(Zeroizing::new))
    }

    fn set(&self, name: &str, text: &str) -> Result<(), ArchiveKeyError> {
        *self.told.borrow_mut() += 1;
        if self.refuses {
            return Err(ArchiveKeyError::Keyring { reason: "it takes nothing".to_owned() });
        }
        if !self.forgets {
            self.put(name, text);
        }
        Ok(())
    }
}

fn home() -> (TempDir, Home) {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::below(dir.path()).unwrap();
    (dir, home)
}
