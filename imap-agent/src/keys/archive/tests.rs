//! The key of the archive is made once, is found again wherever it was put, and is never replaced.

use std::{cell::RefCell, os::unix::fs::PermissionsExt as _};

use tempfile::TempDir;

use super::*;

#[test]
fn the_keyring_gets_the_key_and_no_file_does() {
    let (_dir, home) = home();
    let keyring = Pretended::running();
    let key = find_or_make(&home, &keyring).unwrap();
    assert_eq!(key.place(), &KeyPlace::Keyring);
    assert!(!home.archive_key().exists());
    let again = find_or_make(&home, &keyring).unwrap();
    assert_eq!(again.bytes(), key.bytes());
    assert_eq!(*keyring.told.borrow(), 1, "it was made once");
}

#[test]
fn without_a_keyring_a_private_file_gets_the_key() {
    let (_dir, home) = home();
    let key = find_or_make(&home, &Pretended::default()).unwrap();
    assert_eq!(key.place(), &KeyPlace::File(home.archive_key()));
    assert_eq!(fs::metadata(home.archive_key()).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(home.archive_key().parent().unwrap()).unwrap().count(), 1, "nothing is left beside it");
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
        let keyring = Pretended { text: RefCell::new(Some(text.to_owned())), ..Pretended::running() };
        fs::remove_file(home.archive_key()).unwrap();
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
    text: RefCell<Option<String>>,
    told: RefCell<u32>,
}

impl Pretended {
    fn running() -> Self {
        Self { is_running: true, ..Self::default() }
    }
}

impl Keyring for Pretended {
    fn is_running(&self) -> bool {
        self.is_running
    }

    fn get(&self) -> Result<Option<Zeroizing<String>>, ArchiveKeyError> {
        if self.is_locked {
            return Err(ArchiveKeyError::Locked);
        }
        Ok(self.text.borrow().clone().map(Zeroizing::new))
    }

    fn set(&self, text: &str) -> Result<(), ArchiveKeyError> {
        *self.told.borrow_mut() += 1;
        if !self.forgets {
            *self.text.borrow_mut() = Some(text.to_owned());
        }
        Ok(())
    }
}

fn home() -> (TempDir, Home) {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::below(dir.path()).unwrap();
    (dir, home)
}
