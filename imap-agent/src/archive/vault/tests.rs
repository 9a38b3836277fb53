//! What is put into the vault comes out as it was, or not at all.

use std::{os::unix::fs::PermissionsExt as _, time::Duration};

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

const ME: AccountId = AccountId(1);
const LETTER: &[u8] = b"Subject: Quincunx\r\n\r\nThe quincunx is planted.\r\n";

#[test]
fn what_is_put_comes_out_as_it_was() {
    let (_dir, vault) = vault();
    let noise: Vec<u8> = (0u32..1 << 15).flat_map(|n| *blake3::hash(&n.to_be_bytes()).as_bytes()).collect();
    let long = [&b"quincunx\r\n".repeat(1 << 20)[..], &noise].concat();
    assert!(10 << 20 < long.len());
    for raw in [b"".as_slice(), b"\0", LETTER, &long] {
        let key = Key::of(raw);
        assert_eq!(vault.get(ME, key).unwrap(), None);
        let stored = vault.put(ME, key, raw).unwrap();
        assert_eq!(vault.put(ME, key, raw).unwrap(), stored, "a second time");
        assert_eq!(fs::metadata(vault.path(ME, key)).unwrap().len(), stored);
        assert!(vault.get(ME, key).unwrap().is_some_and(|got| got == raw), "{} bytes", raw.len());
        vault.remove(ME, key).unwrap();
        vault.remove(ME, key).unwrap();
        assert_eq!(vault.get(ME, key).unwrap(), None);
    }
}

#[test]
fn a_message_of_twenty_megabytes_is_kept() {
    let (_dir, vault) = vault();
    let mut raw = LETTER.repeat((20 << 20) / LETTER.len());
    raw.resize(20 << 20, b'=');
    let key = Key::of(&raw);
    let stored = vault.put(ME, key, &raw).unwrap();
    assert!(stored < 1 << 20, "{stored}");
    assert!(vault.get(ME, key).unwrap() == Some(raw));
}

#[test]
fn names_and_files_show_nothing_to_others() {
    let (_dir, vault) = vault();
    let key = Key::of(LETTER);
    vault.put(ME, key, LETTER).unwrap();
    let path = vault.path(ME, key);
    assert!(!path.display().to_string().contains(&hex(&key.0[1..])));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(&vault.folder.join(KEY_ID)), 0o600);
    assert_eq!([mode(path.parent().unwrap()), mode(&vault.folder)], [0o700; 2]);
    let other = Vault::open(&vault.folder.join("other"), &ArchiveKey::fixed(8)).unwrap();
    assert_ne!(other.path(ME, key).file_name(), path.file_name(), "who has no key cannot tell the name");
}

#[test]
fn the_same_message_is_never_the_same_file() {
    let (_dir, vault) = vault();
    let key = Key::of(LETTER);
    let put = || {
        vault.put(ME, key, LETTER).unwrap();
        let content = fs::read(vault.path(ME, key)).unwrap();
        vault.remove(ME, key).unwrap();
        content
    };
    assert_ne!(put(), put());
}

#[test]
fn no_file_passes_for_another() {
    let (_dir, vault) = vault();
    let other = b"Subject: another\r\n\r\n";
    let places = [(ME, Key::of(LETTER)), (ME, Key::of(other)), (AccountId(2), Key::of(LETTER))];
    for (account, key) in places {
        vault.put(account, key, if key == Key::of(other) { other } else { LETTER }).unwrap();
    }
    let content = fs::read(vault.path(places[0].0, places[0].1)).unwrap();
    for (account, key) in &places[1..] {
        fs::write(vault.path(*account, *key), &content).unwrap();
        assert!(matches!(vault.get(*account, *key), Err(ArchiveError::Damaged { .. })));
    }
}

#[test]
fn another_key_is_refused_and_changes_nothing() {
    let (_dir, vault) = vault();
    let key = Key::of(LETTER);
    vault.put(ME, key, LETTER).unwrap();
    let refused = Vault::open(&vault.folder, &ArchiveKey::fixed(8)).unwrap_err();
    assert!(refused.to_string().contains("begun with another key"), "{refused}");
    let again = Vault::open(&vault.folder, &ArchiveKey::fixed(7)).unwrap();
    assert_eq!(again.get(ME, key).unwrap().as_deref(), Some(LETTER));
}

#[test]
fn a_damaged_original_is_replaced_when_it_is_put_again() {
    let (_dir, vault) = vault();
    let key = Key::of(LETTER);
    vault.put(ME, key, LETTER).unwrap();
    fs::write(vault.path(ME, key), b"").unwrap();
    assert!(vault.get(ME, key).is_err());
    vault.put(ME, key, LETTER).unwrap();
    assert_eq!(vault.get(ME, key).unwrap().as_deref(), Some(LETTER));
}

#[test]
fn a_failed_write_leaves_nothing_and_names_the_folder() {
    let (_dir, vault) = vault();
    let key = Key::of(LETTER);
    // A folder cannot be replaced by a file.
    let path = vault.path(ME, key);
    fs::create_dir_all(&path).unwrap();
    let err = vault.put(ME, key, LETTER).unwrap_err();
    assert!(matches!(err, ArchiveError::Write { .. }));
    assert!(err.to_string().contains(&vault.folder.display().to_string()), "{err}");
    let left: Vec<_> = vault.files().unwrap();
    assert_eq!(left, [vault.folder.join(KEY_ID)]);
}

#[test]
fn what_does_not_read_back_is_not_kept() {
    let (_dir, vault) = vault();
    let path = vault.folder.join("x.tamis");
    let fault = |_: &Path| Err(ArchiveError::ReadBack { folder: PathBuf::new() });
    assert!(matches!(vault.write(&path, LETTER, fault), Err(ArchiveError::ReadBack { .. })));
    assert_eq!(vault.files().unwrap(), [vault.folder.join(KEY_ID)]);
}

#[test]
fn a_sweep_takes_what_a_crash_left_and_nothing_else() {
    let (_dir, vault) = vault();
    let [known, fresh, old] = [b"known".as_slice(), b"fresh", b"old"].map(|raw| {
        vault.put(ME, Key::of(raw), raw).unwrap();
        vault.path(ME, Key::of(raw))
    });
    let hour_ago = SystemTime::now() - Duration::from_hours(1);
    for path in [&known, &old] {
        File::options().write(true).open(path).unwrap().set_modified(hour_ago - Duration::from_secs(1)).unwrap();
    }
    let part = known.with_extension("tamis.1-0.part");
    let of_the_person = vault.folder.join("notes.txt");
    for path in [&part, &of_the_person] {
        fs::write(path, LETTER).unwrap();
    }
    let swept = vault.sweep(&[(ME, Key::of(b"known"))], hour_ago).unwrap();
    assert_eq!(swept, Swept { unfinished: 1, unknown: 1 });
    assert_eq!([&known, &fresh, &of_the_person].map(|path| path.exists()), [true; 3]);
    assert_eq!([&old, &part].map(|path| path.exists()), [false; 2]);
    assert_eq!(vault.sweep(&[(ME, Key::of(b"known"))], hour_ago).unwrap(), Swept::default());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_file_changed_anywhere_is_an_error(
        raw in prop::collection::vec(any::<u8>(), 0..600), at: prop::sample::Index, bits in 1u8..
    ) {
        let (_dir, vault) = vault();
        let key = Key::of(&raw);
        vault.put(ME, key, &raw).unwrap();
        let path = vault.path(ME, key);
        let content = fs::read(&path).unwrap();

        let mut changed = content.clone();
        changed[at.index(content.len())] ^= bits;
        for damaged in [&changed[..], &content[..at.index(content.len())], &[&content[..], &[bits]].concat()] {
            fs::write(&path, damaged).unwrap();
            let is_refused = matches!(vault.get(ME, key), Err(ArchiveError::Damaged { .. }));
            prop_assert!(is_refused);
        }
        fs::write(&path, &content).unwrap();
        prop_assert_eq!(vault.get(ME, key).unwrap(), Some(raw));
    }
}

fn vault() -> (TempDir, Vault) {
    let dir = tempfile::tempdir().unwrap();
    let vault = Vault::open(&dir.path().join("archive"), &ArchiveKey::fixed(7)).unwrap();
    (dir, vault)
}
