//! Updates from a folder, with real keys, and everything that can be wrong with them.

use std::{fs, io::Write as _};

use flate2::{Compression, write::GzEncoder};
use minisign::KeyPair;
use tempfile::TempDir;

use super::*;
use crate::rules::Loaded;

/// Somebody who signs rules, and a machine that takes them.
struct World {
    dir: TempDir,
    keys: KeyPair,
}

impl World {
    fn new() -> Self {
        let world = Self { dir: tempfile::tempdir().unwrap(), keys: KeyPair::generate_unencrypted_keypair().unwrap() };
        fs::create_dir(world.dir.path().join("source")).unwrap();
        world
    }

    fn key(&self) -> Key {
        Key::read(&self.keys.pk.to_base64()).unwrap()
    }

    fn source(&self, name: &str) -> std::path::PathBuf {
        self.dir.path().join("source").join(name)
    }

    fn here(&self, name: &str) -> std::path::PathBuf {
        self.dir.path().join("rules").join(name)
    }

    fn installed(&self) -> Installed {
        Installed::at(self.dir.path().join("rules"))
    }

    /// Puts signed rules into the source.
    fn offer(&self, files: &[(&str, &str)]) {
        self.offer_archive(&zipped(&tar(files)));
    }

    fn offer_archive(&self, archive: &[u8]) {
        let signature = minisign::sign(Some(&self.keys.pk), &self.keys.sk, archive, None, None).unwrap();
        fs::write(self.source(ARCHIVE), archive).unwrap();
        fs::write(self.source(SIGNATURE), signature.to_string()).unwrap();
    }

    fn version(&self, version: u64) {
        self.offer(&[("VERSION", &format!("{version}\n")), ("a.cf", &format!("body A{version} /a/\n"))]);
    }

    fn update(&self) -> Result<Updated, RulesError> {
        self.update_if(&|_| Ok(()))
    }

    fn update_if(&self, load: &dyn Fn(&Pack) -> Result<(), String>) -> Result<Updated, RulesError> {
        let source = RuleSource::Folder(self.dir.path().join("source"));
        update(&self.installed(), &source, &self.key(), load)
    }

    /// The version in use, 0 for none, and how many newer ones are not.
    fn in_use(&self) -> (u64, usize) {
        let Loaded { in_use, troubles } = self.installed().load(|pack| Ok(pack.version));
        (in_use.map_or(0, |(_, version)| version), troubles.len())
    }
}

fn tar(files: &[(&str, &str)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, text) in files {
        let mut header = tar::Header::new_gnu();
        // Past the library, which refuses to write names that lead elsewhere.
        let field = &mut header.as_old_mut().name;
        field[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append(&header, text.as_bytes()).unwrap();
    }
    tar.into_inner().unwrap()
}

fn zipped(tar: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(tar).unwrap();
    gzip.finish().unwrap()
}

fn sentence(updated: Result<Updated, RulesError>) -> String {
    updated.map_or_else(|error| error.to_string(), |updated| panic!("{updated:?}"))
}

#[test]
fn newer_rules_take_the_place_of_older_ones_and_these_are_kept() {
    let world = World::new();
    assert_eq!(world.in_use(), (0, 0));

    world.version(7);
    let first = world.update().unwrap();
    let again = world.update().unwrap();
    world.version(8);
    let second = world.update().unwrap();

    let Updated::New { pack, before: None } = first else { panic!("{first:?}") };
    assert_eq!((pack.version, pack.files.len(), pack.files[0].text.as_slice()), (7, 1, &b"body A7 /a/\n"[..]));
    assert_eq!(again, Updated::Same { version: 7 });
    assert!(matches!(second, Updated::New { before: Some(7), .. }), "{second:?}");
    assert_eq!(world.in_use(), (8, 0));
    let mut names: Vec<String> =
        fs::read_dir(world.here("")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["current", "lock", "previous"]);
}

#[test]
fn rules_that_are_in_use_need_not_be_fetched_again() {
    let world = World::new();
    world.version(7);
    world.update().unwrap();
    fs::remove_file(world.source(ARCHIVE)).unwrap();

    assert_eq!(world.update().unwrap(), Updated::Same { version: 7 });
}

#[test]
fn an_older_version_and_another_of_the_same_number_are_refused() {
    let world = World::new();
    world.version(7);
    world.update().unwrap();

    world.version(6);
    let older = sentence(world.update());
    world.offer(&[("VERSION", "7"), ("b.cf", "body B /b/\n")]);
    let other = sentence(world.update());

    assert_eq!(older, "version 6 of the rules is older than version 7, which is in use; nothing was changed");
    assert_eq!(other, "there are other rules in use with the same version 7; nothing was changed");
    assert_eq!(world.in_use(), (7, 0));
}

#[test]
fn only_what_the_key_has_signed_is_looked_at() {
    let world = World::new();
    world.version(7);
    world.update().unwrap();
    let stranger = World::new();
    let steal = |name| fs::copy(stranger.source(name), world.source(name)).unwrap();

    stranger.offer(&[("VERSION", "8"), ("b.cf", "body B /b/\n")]);
    world.version(8);
    steal(ARCHIVE);
    let changed = sentence(world.update_if(&|_| panic!("it was looked at")));
    steal(SIGNATURE);
    let theirs = sentence(world.update());
    fs::write(world.source(SIGNATURE), "RWQ").unwrap();
    let nonsense = sentence(world.update());
    fs::remove_file(world.source(SIGNATURE)).unwrap();
    let missing = sentence(world.update());

    assert_eq!(
        changed,
        "rules.tar.gz is not what was signed: it is damaged or somebody changed it; nothing was changed here"
    );
    assert_eq!(theirs, "rules.tar.gz is signed with another key than the one given; nothing was changed");
    assert_eq!(nonsense, "rules.tar.gz.minisig is not a minisign signature");
    assert!(missing.starts_with("cannot read ") && missing.ends_with("No such file or directory"), "{missing}");
    assert_eq!(world.in_use(), (7, 0));
}

#[test]
fn what_was_signed_must_be_rules_and_nothing_else() {
    let version = ("VERSION", "8");
    let rule = ("a.cf", "body A /a/\n");
    let table: &[(&[(&str, &str)], &str)] = &[
        (&[version, rule, ("../b.cf", "")], "it has something in it that is no rule file: ../b.cf"),
        (&[version, rule, ("/etc/b.cf", "")], "it has something in it that is no rule file: /etc/b.cf"),
        (&[version, rule, ("x/b.cf", "")], "it has something in it that is no rule file: x/b.cf"),
        (&[version, rule, (".b.cf", "")], "it has something in it that is no rule file: .b.cf"),
        (&[version, rule, ("b.pm", "")], "it has something in it that is no rule file: b.pm"),
        (&[version, rule, rule], "a.cf is in it twice"),
        (&[rule], "it has no file VERSION with a whole number above 0"),
        (&[rule, ("VERSION", "0")], "it has no file VERSION with a whole number above 0"),
        (&[rule, ("VERSION", "8.1")], "it has no file VERSION with a whole number above 0"),
        (&[version], "it has no rule files"),
    ];
    let world = World::new();
    for (files, want) in table {
        world.offer(files);
        assert_eq!(sentence(world.update()), format!("the rules cannot be unpacked: {want}"));
    }
    for archive in [&b""[..], b"no archive", &zipped(b"no tar")[..]] {
        world.offer_archive(archive);
        assert!(sentence(world.update()).starts_with("the rules cannot be unpacked: "), "{archive:?}");
    }
    world.offer_archive(&zipped(&vec![0; 64_000_001]));
    assert_eq!(sentence(world.update()), "the rules cannot be unpacked: they are larger than 64.0 MB");
    fs::write(world.source(ARCHIVE), vec![0; 16_000_001]).unwrap();
    assert!(sentence(world.update()).ends_with("is larger than 16.0 MB, so it is not taken for rules"));
    world.offer(&[("./VERSION", "9"), ("./a.cf", "body A /a/\n")]);
    world.update().unwrap();
    assert_eq!(world.in_use(), (9, 0));
}

#[test]
fn what_does_not_load_replaces_nothing() {
    let world = World::new();
    world.version(7);
    world.update().unwrap();
    world.version(8);

    let refused = sentence(world.update_if(&|pack| Err(format!("{} files are no good", pack.files.len()))));

    assert_eq!(refused, "version 8 of the rules cannot be used: 1 files are no good; nothing was changed");
    assert_eq!(world.in_use(), (7, 0));
}

#[test]
fn what_loads_no_longer_gives_way_to_what_was_there_before() {
    let world = World::new();
    for version in [7, 8] {
        world.version(version);
        world.update().unwrap();
    }

    let loaded =
        world.installed().load(|pack| if pack.version == 8 { Err("an odd number".to_owned()) } else { Ok(()) });

    assert_eq!(loaded.in_use.map(|(pack, ())| pack.version), Some(7));
    let want = "version 8 of the rules cannot be used: an odd number; nothing was changed";
    assert_eq!(loaded.troubles, [want]);
}

#[test]
fn a_damaged_file_is_noticed_and_gives_way() {
    let world = World::new();
    for version in [7, 8] {
        world.version(version);
        world.update().unwrap();
    }
    let whole = fs::read(world.here("current")).unwrap();
    // Every line of the head but the comment that nobody signs, and places in the archive.
    let newlines = whole.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at).take(6);
    let lines = newlines.enumerate().filter(|(line, _)| *line != 2);
    let places: Vec<usize> = lines.map(|(_, at)| at - 3).chain([whole.len() - 1, whole.len() - 30]).collect();
    for at in places {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        fs::write(world.here("current"), damaged).unwrap();
        assert_eq!(world.in_use(), (7, 1), "byte {at} of {}", whole.len());
    }
    fs::write(world.here("current"), &whole[..whole.len() / 2]).unwrap();
    assert_eq!(world.in_use(), (7, 1));

    // What is damaged does not become the previous one.
    world.version(9);
    world.update().unwrap();
    fs::write(world.here("current"), "").unwrap();
    assert_eq!(world.in_use(), (7, 1));
}

#[test]
fn whatever_a_crash_leaves_the_old_rules_or_the_new_ones_are_in_use() {
    let whole_of = |world: &World, version| {
        world.version(version);
        world.update().unwrap();
        fs::read(world.here("current")).unwrap()
    };
    let other = World::new();
    let old = whole_of(&other, 7);
    let new = whole_of(&other, 8);
    let offered = [ARCHIVE, SIGNATURE].map(|name| (name, fs::read(other.source(name)).unwrap()));
    // After each step of an update: what files there are.
    let states: [&[(&str, &[u8])]; 6] = [
        &[("current", &old), ("current.part", b"")],
        &[("current", &old), ("current.part", &new[..new.len() / 2])],
        &[("current", &old), ("current.part", &new)],
        &[("current", &old), ("current.part", &new), ("previous.part", &old)],
        &[("current", &old), ("current.part", &new), ("previous", &old)],
        &[("current", &new), ("previous", &old)],
    ];
    for (number, state) in states.into_iter().enumerate() {
        let world = World { dir: tempfile::tempdir().unwrap(), keys: other.keys.clone() };
        fs::create_dir(world.dir.path().join("source")).unwrap();
        fs::create_dir(world.here("")).unwrap();
        for (name, content) in state {
            fs::write(world.here(name), content).unwrap();
        }
        for (name, content) in &offered {
            fs::write(world.source(name), content).unwrap();
        }
        assert_eq!(world.in_use(), (if number == 5 { 8 } else { 7 }, 0), "state {number}");
        world.update().unwrap();
        assert_eq!(world.in_use(), (8, 0), "state {number}, updated again");
    }
}

#[test]
fn two_updates_at_once_are_one_too_many() {
    let world = World::new();
    world.version(7);
    let installed = world.installed();
    let held = installed.lock().unwrap();

    let busy = sentence(world.update());
    drop(held);

    assert_eq!(busy, "another update of the rules is running");
    world.update().unwrap();
}

#[test]
fn with_another_key_versions_begin_anew() {
    let world = World::new();
    world.version(7);
    world.update().unwrap();
    let world = World { keys: KeyPair::generate_unencrypted_keypair().unwrap(), ..world };

    world.version(2);
    let updated = world.update().unwrap();

    assert!(matches!(updated, Updated::New { before: None, .. }), "{updated:?}");
    assert_eq!(world.in_use(), (2, 0));
}

#[test]
fn a_key_is_read_from_words_or_from_its_file() {
    let world = World::new();
    let file = world.dir.path().join("minisign.pub");
    fs::write(&file, world.keys.pk.to_box().unwrap().to_string()).unwrap();

    assert_eq!(Key::read(file.to_str().unwrap()).unwrap().base64(), world.key().base64());
    assert_eq!(world.key().base64().len(), 56);
    assert_eq!(
        Key::read("RWQ").unwrap_err().to_string(),
        "`RWQ` is not a minisign public key, neither itself nor as the name of a file with one"
    );
}
