//! What is in the sealed file comes out as it went in, with its key and not without, and is never written over.

use std::{os::unix::fs::PermissionsExt as _, sync::Arc, thread};

use keyring_core::api::CredentialStoreApi as _;
use tempfile::TempDir;

use super::*;

const KEY: &str = "correct horse battery";

#[test]
fn what_is_sealed_is_there_with_its_key_and_nowhere_readable() {
    let place = Place::new(KEY);
    place.put("me@example.org/imap.example.org", "hunter2");
    place.put("archive", "0123");
    assert_eq!(place.get("me@example.org/imap.example.org").as_deref(), Some("hunter2"));
    assert_eq!(place.get("nobody"), None);
    let bytes = fs::read(place.file.path()).unwrap();
    for text in ["hunter2", "example.org", KEY] {
        assert!(!bytes.windows(text.len()).any(|window| window == text.as_bytes()), "{text} is readable");
    }
    assert_eq!(fs::metadata(place.file.path()).unwrap().permissions().mode() & 0o777, 0o600);
    let length = bytes.len();
    place.put("me@example.org/imap.example.org", "a much longer password than before");
    assert_eq!(fs::read(place.file.path()).unwrap().len(), length, "its length tells how long a password is");
}

#[test]
fn an_entry_that_was_removed_is_gone_and_the_others_stay() {
    let place = Place::new(KEY);
    let store = SealedStore(place.file.clone());
    let entry = |user| store.build("tamis", user, None).unwrap();
    assert!(matches!(entry("a").delete_credential(), Err(keyring_core::Error::NoEntry)));
    assert!(!place.file.is_there(), "a file was made to find nothing in it");
    entry("a").set_password("1").unwrap();
    entry("b").set_password("2").unwrap();
    entry("a").delete_credential().unwrap();
    assert!(matches!(entry("a").get_password(), Err(keyring_core::Error::NoEntry)));
    assert_eq!(entry("b").get_password().unwrap(), "2");
}

#[test]
fn another_key_a_damaged_file_and_one_of_a_newer_release_are_told_apart_and_left_alone() {
    let place = Place::new(KEY);
    place.put("a", "1");
    let whole = fs::read(place.file.path()).unwrap();
    let other = place.with_key("another key altogether");
    // This process knows the first key already.
    STRETCHED.lock().unwrap().clear();
    refused(&other, "is sealed with another key; bring that key back. The file stays as it is");
    assert_eq!(fs::read(place.file.path()).unwrap(), whole);
    for (at, cut) in [(9, 0), (40, 0), (whole.len() - 5, 0), (200, 0), (0, 1), (0, 400), (0, whole.len() - 3)] {
        let mut bytes = whole.clone();
        if cut == 0 {
            bytes[at] ^= 1;
        }
        bytes.truncate(whole.len() - cut);
        fs::write(place.file.path(), &bytes).unwrap();
        refused(&place.file, "is damaged and stays as it is");
        assert_eq!(fs::read(place.file.path()).unwrap(), bytes);
    }
    let mut newer = whole;
    newer[7] += 1;
    fs::write(place.file.path(), &newer).unwrap();
    refused(&place.file, "is of a newer Tamis; start that one again");
    assert_eq!(fs::read(place.file.path()).unwrap(), newer);
}

#[test]
fn a_key_that_is_missing_empty_short_or_open_to_others_is_named() {
    let place = Place::new(KEY);
    let no_key = SealedFile::new(place.file.path().to_path_buf(), None);
    refused(&no_key, "there is no key for");
    for (text, mode, want) in [
        ("short\n", 0o600, "is too short; use at least 12 characters"),
        ("\n", 0o600, "its first line is empty"),
        (KEY, 0o644, "chmod 600"),
    ] {
        let path = place.dir.path().join("other.key");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        refused(&SealedFile::new(place.file.path().to_path_buf(), Some(PasswordSource::File(path))), want);
    }
    assert!(!place.file.is_there(), "a file was begun all the same");
    let command = PasswordSource::Command("exit 3".to_owned());
    refused(&SealedFile::new(place.file.path().to_path_buf(), Some(command)), "cannot get the key of");
}

#[test]
fn while_the_key_is_changed_both_open_it_and_afterwards_the_new_one_alone() {
    let place = Place::new(KEY);
    place.put("a", "1");
    let new = place.with_key("the second key of this");
    place.file.add_key(new.source.as_ref().unwrap()).unwrap();
    for file in [&place.file, &new] {
        STRETCHED.lock().unwrap().clear();
        assert_eq!(file.entries().unwrap().len(), 1);
    }
    assert_eq!(new.seal_anew(None).unwrap(), 1);
    STRETCHED.lock().unwrap().clear();
    refused(&place.file, "another key");
    assert_eq!(new.entries().unwrap().len(), 1);
    // The settings name a third key already, and the second one has to open it once more.
    let third = place.with_key("the third key of this");
    STRETCHED.lock().unwrap().clear();
    assert_eq!(third.seal_anew(new.source.as_ref()).unwrap(), 1);
    assert_eq!(third.entries().unwrap().len(), 1);
}

#[test]
fn however_often_a_change_of_the_key_is_broken_off_the_key_of_the_settings_opens_the_file() {
    let place = Place::new(KEY);
    place.put("a", "1");
    for length in 1..7 {
        // Each attempt adds its key, and then fails before the settings name that.
        let new = place.with_key(&"another key ".repeat(1 + length));
        place.file.add_key(new.source.as_ref().unwrap()).unwrap();
        STRETCHED.lock().unwrap().clear();
        assert_eq!(place.get("a").as_deref(), Some("1"), "after {length} attempts");
        STRETCHED.lock().unwrap().clear();
        assert_eq!(new.entries().unwrap().len(), 1, "the newest key opens it too");
    }
}

#[test]
fn a_key_that_opens_it_already_takes_nobodys_place() {
    let place = Place::new(KEY);
    place.put("a", "1");
    let (first, second) = (place.with_key("another key altogether"), place.with_key("the second key of this"));
    for _ in 0..6 {
        place.file.add_key(first.source.as_ref().unwrap()).unwrap();
    }
    place.file.add_key(second.source.as_ref().unwrap()).unwrap();
    for file in [&place.file, &first, &second] {
        STRETCHED.lock().unwrap().clear();
        assert_eq!(file.entries().unwrap().len(), 1);
    }
}

#[test]
fn those_who_write_at_once_lose_nothing_of_each_other() {
    let place = Place::new(KEY);
    place.put("first", "0");
    let file = Arc::new(place.file.clone());
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let file = Arc::clone(&file);
            let write = move || {
                for number in 0..5 {
                    let name = ("tamis".to_owned(), format!("{writer}/{number}"));
                    file.change(|entries| drop(entries.insert(name, Zeroizing::new(vec![1])))).unwrap();
                }
            };
            thread::Builder::new().name("writer".to_owned()).spawn(write).unwrap()
        })
        .collect();
    for writer in writers {
        writer.join().unwrap();
    }
    assert_eq!(place.file.entries().unwrap().len(), 21);
}

#[test]
fn what_a_kill_left_of_a_write_is_in_nobodys_way() {
    let place = Place::new(KEY);
    place.put("a", "1");
    fs::write(place.file.path().with_extension("sealed.part"), b"half of it").unwrap();
    assert_eq!(place.get("a").as_deref(), Some("1"));
    place.put("b", "2");
    assert_eq!(place.file.entries().unwrap().len(), 2);
}

fn refused(file: &SealedFile, want: &str) {
    let name = ("tamis".to_owned(), "x".to_owned());
    let changed = file.change(|entries| drop(entries.insert(name, Zeroizing::new(vec![1])))).unwrap_err();
    assert!(changed.to_string().contains(want), "{changed}");
}

struct Place {
    dir: TempDir,
    file: SealedFile,
}

impl Place {
    fn new(key: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let file = SealedFile::new(dir.path().join("secrets.sealed"), None);
        let mut place = Self { dir, file };
        place.file = place.with_key(key);
        place
    }

    fn with_key(&self, key: &str) -> SealedFile {
        let path = self.dir.path().join(format!("{}.key", key.len()));
        fs::write(&path, format!("{key}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        SealedFile::new(self.dir.path().join("secrets.sealed"), Some(PasswordSource::File(path)))
    }

    fn put(&self, user: &str, secret: &str) {
        SealedStore(self.file.clone()).build("tamis", user, None).unwrap().set_password(secret).unwrap();
    }

    fn get(&self, user: &str) -> Option<String> {
        SealedStore(self.file.clone()).build("tamis", user, None).unwrap().get_password().ok()
    }
}
