//! What goes into a backup comes out of it, and what is no whole backup changes nothing.

use std::{collections::BTreeMap, os::unix::fs::PermissionsExt as _};

use tempfile::TempDir;

use super::*;
use crate::store::Store;

#[test]
fn everything_comes_back_and_what_was_there_is_aside() {
    let (_dir, home) = home();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("b.tamis");
    let made = make(&home, &Config::parse(SETTINGS).unwrap(), (&file, false), None).unwrap();
    assert_eq!(made.left_out, [PathBuf::from("/elsewhere/c.cf")]);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(make(&home, &Config::default(), (&file, false), None).unwrap_err().text().contains("is there already"));
    let before = contents(home.data());
    assert!(!before.keys().any(|path| path.contains(".backup-")), "{:?}", before.keys());

    fs::write(home.archive().join("3f/9a.tamis"), b"another").unwrap();
    fs::write(home.settings(), "[judge]\ntag = 1.0\n").unwrap();
    fs::remove_dir_all(home.rules()).unwrap();
    assert!(stage(&home, &file, None, (false, Secrets::Restore)).unwrap_err().text().contains("already"));
    stage(&home, &file, None, (true, Secrets::Restore)).unwrap();
    let aside = finish(&home).unwrap().unwrap().aside.unwrap();
    assert_eq!(fs::read(aside.join("archive/3f/9a.tamis")).unwrap(), b"another");
    assert_eq!(fs::read_to_string(aside.join("tamis.toml")).unwrap(), "[judge]\ntag = 1.0\n");
    fs::remove_dir_all(&aside).unwrap();
    let mut after = contents(home.data());
    // A database that was copied has its pages in another order.
    let (mut before, database) = (before, "tamis.db");
    before.remove(database);
    after.remove(database);
    assert!(after == before, "{:?} and not {:?}", after.keys(), before.keys());
    assert!(finish(&home).unwrap().is_none());
}

#[test]
fn it_is_broken_off_at_any_point_and_goes_on() {
    let (_dir, home) = home();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("b.tamis");
    make(&home, &Config::parse(SETTINGS).unwrap(), (&file, false), None).unwrap();
    fs::write(home.archive().join("3f/9a.tamis"), b"newer").unwrap();
    stage(&home, &file, None, (true, Secrets::Restore)).unwrap();
    let start = contents(home.data());
    finish(&home).unwrap();
    let end = contents(home.data());
    // Each state that a kill can leave is one in which some of the moves have been made: all are tried by making them by hand.
    let moves = ["archive", "tamis.db", "tamis.toml", "rules"];
    for done in 0..moves.len() {
        for half in [false, true] {
            restore_tree(home.data(), &start);
            let wanted: serde_json::Value = serde_json::from_slice(&start["restore.json"]).unwrap();
            let aside = home.data().join(wanted["aside"].as_str().unwrap());
            fs::create_dir_all(&aside).unwrap();
            for (number, name) in moves.iter().enumerate().take(done + 1) {
                fs::rename(home.data().join(name), aside.join(name)).unwrap();
                if number < done || !half {
                    fs::rename(home.data().join("restore-new").join(name), home.data().join(name)).unwrap();
                }
            }
            finish(&home).unwrap().unwrap();
            assert!(contents(home.data()) == end, "after {done} moves, half: {half}");
        }
    }
}

#[test]
fn a_damaged_a_cut_off_and_a_foreign_file_change_nothing() {
    let (_dir, home) = home();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("b.tamis");
    make(&home, &Config::parse(SETTINGS).unwrap(), (&file, false), None).unwrap();
    let (whole, before) = (fs::read(&file).unwrap(), contents(home.data()));
    let (step, bad) = (whole.len() / 40, dir.path().join("bad.tamis"));
    for at in (0..whole.len()).step_by(step) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        // Of the head of gzip some bytes mean nothing.
        if (4..10).contains(&at) {
            continue;
        }
        for bytes in [bytes, whole[..at].to_vec()] {
            fs::write(&bad, bytes).unwrap();
            let refused = stage(&home, &bad, None, (true, Secrets::Restore));
            assert!(refused.is_err(), "byte {at}");
            assert!(contents(home.data()) == before, "byte {at}");
        }
    }
    fs::write(&bad, "Dear diary").unwrap();
    let refused = stage(&home, &bad, None, (true, Secrets::Restore)).unwrap_err();
    assert!(refused.text().ends_with("is no backup of Tamis"), "{}", refused.text());
}

#[test]
fn only_rules_go_in_as_rules_whatever_folder_the_settings_name() {
    let (_dir, home) = home();
    let dir = tempfile::tempdir().unwrap();
    fs::write(home.archive_key(), "0".repeat(64)).unwrap();
    fs::write(home.config().join("beside.cf"), "body X /x/").unwrap();
    let config = Config::parse("[rules]\npaths = [\".\", \"archive.key\", \"../away.cf\"]\n").unwrap();
    let gathered = Gathered::of(&home, &config).unwrap();
    assert!(gathered.paths.iter().any(|path| path == "config/beside.cf"), "{:?}", gathered.paths);
    assert!(!gathered.paths.iter().any(|path| path.contains("archive.key")), "{:?}", gathered.paths);
    assert_eq!(gathered.left_out.len(), 2, "{:?}", gathered.left_out);
    drop(gathered);
    make(&home, &config, (&dir.path().join("b.tamis"), false), None).unwrap();
}

#[test]
fn while_one_restores_nobody_else_does() {
    let (_dir, home) = home();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("b.tamis");
    make(&home, &Config::parse(SETTINGS).unwrap(), (&file, false), None).unwrap();
    let held = swap::forbid_two(&home).unwrap();
    let refused = stage(&home, &file, None, (true, Secrets::Restore)).unwrap_err();
    assert!(refused.text().contains("is being restored already"), "{}", refused.text());
    drop(held);
    stage(&home, &file, None, (true, Secrets::Restore)).unwrap();
}

#[test]
fn a_name_that_leads_elsewhere_is_refused() {
    let (dir, home) = home();
    let file = dir.path().join("evil.tamis");
    for name in ["../evil", "/tmp/evil", "archive/../../evil", "config/../tamis.toml/../../evil"] {
        let listed = format!(r#"{{"path":"{name}","bytes":1,"blake3":"{}"}}"#, blake3::hash(b"x").to_hex());
        let manifest = format!(r#"{{"format":1,"tamis":"0.1.0","database":0,"made":"x","files":[{listed}]}}"#);
        let mut tar = Builder::new(GzEncoder::new(File::create(&file).unwrap(), Compression::default()));
        tar.append_data(&mut header(bytes_of(manifest.as_bytes())), MANIFEST, manifest.as_bytes()).unwrap();
        let mut raw = header(1);
        let bytes = raw.as_mut_bytes();
        bytes[..name.len()].copy_from_slice(name.as_bytes());
        raw.set_cksum();
        tar.append(&raw, &b"x"[..]).unwrap();
        tar.into_inner().unwrap().finish().unwrap();
        let refused = stage(&home, &file, None, (true, Secrets::Restore)).unwrap_err();
        assert!(refused.text().contains("files that no Tamis would put there"), "{}", refused.text());
        assert!(!dir.path().join("evil").exists());
    }
}

#[test]
fn a_backup_of_a_newer_release_is_refused() {
    let (_dir, home) = home();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("b.tamis");
    let path = home.database();
    drop(Store::open(&path).unwrap());
    let (other, there) = (tempfile::tempdir().unwrap(), fs::read(&path).unwrap());
    let older = Home::below(other.path()).unwrap();
    make(&home, &Config::default(), (&file, false), None).unwrap();
    // The version stands at byte 60 of a database (SQLite's file format, "The Database Header").
    let mut newer = there;
    newer[60..64].copy_from_slice(&99u32.to_be_bytes());
    fs::write(&path, newer).unwrap();
    for name in ["tamis.db-wal", "tamis.db-shm"] {
        fs::remove_file(home.data().join(name)).ok();
    }
    let refused = make(&home, &Config::default(), (&dir.path().join("c.tamis"), false), None).unwrap_err();
    assert!(refused.text().contains("start the newer Tamis again"), "{}", refused.text());
    stage(&older, &file, None, (false, Secrets::Restore)).unwrap();
    finish(&older).unwrap().unwrap();
    drop(Store::open(&older.database()).unwrap());
}

#[test]
fn with_a_passphrase_nothing_is_readable_and_nothing_opens_without_it() {
    let (_dir, home) = home();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("b.tamis");
    let secret = |text: &str| Secret::new(text.to_owned());
    fs::write(home.archive_key(), "00".repeat(32)).unwrap();
    fs::set_permissions(home.archive_key(), fs::Permissions::from_mode(0o600)).unwrap();
    let config = Config::parse("").unwrap();
    let short = make(&home, &config, (&file, false), Some(&secret("short"))).unwrap_err();
    assert!(short.text().contains("too short"), "{}", short.text());
    let made = make(&home, &config, (&file, false), Some(&secret("a long passphrase"))).unwrap();
    assert!(made.has_secrets && is_sealed(&file));
    let whole = fs::read(&file).unwrap();
    assert!(!whole.windows(8).any(|window| window == b"tamis.db"));
    let before = contents(home.data());
    for (passphrase, want) in
        [(None, "its passphrase is needed"), (Some(secret("another passphrase")), "its passphrase is another one")]
    {
        let refused = stage(&home, &file, passphrase.as_ref(), (true, Secrets::Leave)).unwrap_err();
        assert!(refused.text().contains(want), "{}", refused.text());
        assert!(contents(home.data()) == before, "{:?}", contents(home.data()).keys());
    }
    let bad = dir.path().join("bad.tamis");
    for bytes in [whole[..whole.len() - 1].to_vec(), [whole.as_slice(), b"x"].concat(), whole[..30].to_vec()] {
        fs::write(&bad, bytes).unwrap();
        assert!(stage(&home, &bad, Some(&secret("a long passphrase")), (true, Secrets::Leave)).is_err());
        assert!(contents(home.data()) == before, "{:?}", contents(home.data()).keys());
    }
    stage(&home, &file, Some(&secret("a long passphrase")), (true, Secrets::Leave)).unwrap();
    finish(&home).unwrap().unwrap();
}

const SETTINGS: &str = "[rules]\npaths = [\"mine\", \"/elsewhere/c.cf\"]\n";

fn home() -> (TempDir, Home) {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::below(&dir.path().join("home")).unwrap();
    home.create().unwrap();
    drop(Store::open(&home.database()).unwrap());
    fs::write(home.settings(), SETTINGS).unwrap();
    for (path, text) in [
        ("archive/key.id", "an id\n"),
        ("archive/3f/9a.tamis", "sealed"),
        ("rules/current", "rules"),
        ("mine/a.cf", "score A 1\n"),
        ("mine/deep/b.cf", "score B 1\n"),
    ] {
        let path = home.data().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    (dir, home)
}

/// Every file below, by its path.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !["tamis.lock", "restore.lock", "tamis.db-wal", "tamis.db-shm"]
                .iter()
                .any(|name| path.ends_with(name))
            {
                found.insert(path.strip_prefix(folder).unwrap().display().to_string(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn restore_tree(folder: &Path, tree: &BTreeMap<String, Vec<u8>>) {
    fs::remove_dir_all(folder).unwrap();
    for (path, bytes) in tree {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}
