//! Reads a backup: all of it, and each file of it must be what was written.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufReader, Read, Seek as _, Write},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use flate2::read::GzDecoder;
use tamis_core::config::{self, Config};
use tar::{Archive, EntryType};
use zeroize::Zeroizing;

use super::{
    container::{KIND, MAGIC, Opening},
    fresh_folder,
    manifest::{Listed, MANIFEST, MOST_BYTES, Manifest, SECRETS, entries_of},
    swap::{self, KEY_FILE, Wanted},
};
use crate::{
    cli::Failure,
    clock,
    keys::{self, Entries, KeyError, Waiting},
    paths::Home,
    secret::Secret,
    settings::Settings,
    store,
    words::because,
};

/// What a file of gzip begins with.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Secrets are not longer.
const MOST_SECRETS: u64 = 16 << 20;

/// What is done with a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrets {
    /// What is in it of passwords and keys comes back as well.
    Restore,
    /// Those stay as they are.
    Leave,
}

/// Reads the whole of a backup, tests it, and gets everything ready to be put in place by [`swap::finish`]. Nothing of what is
/// there has changed if this fails. Says what is to be said of it besides.
pub fn stage(
    home: &Home,
    file: &Path,
    passphrase: Option<&Secret>,
    (is_forced, secrets): (bool, Secrets),
) -> Result<String, Failure> {
    if !is_forced && (home.database().exists() || home.settings().exists()) {
        let text = "there is data of Tamis already in";
        let hint = "have it put aside with --force; nothing of it is lost";
        return Err(Failure::person(format!("{text} {}; {hint}", home.data().display())));
    }
    home.create()?;
    let _alone = swap::forbid_two(home)?;
    let folder = swap::staging(home);
    if secrets == Secrets::Restore {
        drop_left(home, &folder);
    }
    let staged = read_into(&folder, file, passphrase, home, secrets);
    if staged.is_err() {
        fs::remove_dir_all(&folder).ok();
    }
    staged
}

/// Removes what a restore has laid down that was broken off before it was wanted: nobody goes on with that one.
fn drop_left(home: &Home, folder: &Path) {
    // Only who knows the accounts can tell whose a secret is.
    let Ok(current) = Settings::load(home) else { return };
    let theirs = fs::read_to_string(folder.join("tamis.toml")).ok().and_then(|text| Config::parse(&text).ok());
    let configs: Vec<Config> = [current.config().clone()].into_iter().chain(theirs).collect();
    keys::drop_left(home, &configs, &folder.join("archive"));
}

fn read_into(
    folder: &Path,
    file: &Path,
    passphrase: Option<&Secret>,
    home: &Home,
    secrets: Secrets,
) -> Result<String, Failure> {
    fresh_folder(folder).map_err(|err| super::cannot_write(folder, &err))?;
    let (manifest, entries) = read(file, passphrase, Some(folder))?;
    let database = folder.join("tamis.db");
    if database.is_file() {
        store::copy::check(&database).map_err(|err| {
            let text =
                format!("{} cannot be restored: {}; nothing was changed", file.display(), crate::cli::with_cause(&err));
            Failure::person(text)
        })?;
    }
    let config = match fs::read_to_string(folder.join("tamis.toml")) {
        Ok(text) => Config::parse(&text).map_err(|err| {
            Failure::person(format!(
                "{} cannot be restored: its settings are wrong in {err}; nothing was changed",
                file.display()
            ))
        })?,
        Err(_) => Config::default(),
    };
    let paths: Vec<&str> = manifest.files.iter().map(|file| file.path.as_str()).collect();
    let mut wanted = Wanted::of(&paths);
    if let Some(place) = wanted.mounted(home) {
        let hint = "another disk is mounted there, so it cannot be put aside; unmount it, and restore once more";
        return Err(Failure::person(format!("cannot restore over {}: {hint}. Nothing was changed", place.display())));
    }
    if database.is_file() {
        // What the Tamis of later did is nobody's word to the one that comes back.
        store::restored::mark(&database, clock::now())?;
    }
    let entries = if secrets == Secrets::Restore { entries } else { Entries::new() };
    lay_secrets(home, config.secrets(), (folder, &entries), &mut wanted)?;
    let wished = swap::want(home, &wanted);
    if wished.is_err() {
        keys::drop_beside(home, config.secrets(), &wanted.secrets()).ok();
    }
    wished?;
    let mut text = format!("the backup of {}", manifest.made);
    if manifest.has_originals() && !manifest.has_secrets() {
        text.push_str(", whose originals open only with the key of the archive that was in use, which is not in it,");
    }
    Ok(text)
}

/// Lays secrets where they wait until all else is in place. What of them lies where secrets are kept is wanted as well.
fn lay_secrets(
    home: &Home,
    secrets: &config::Secrets,
    (folder, entries): (&Path, &Entries),
    wanted: &mut Wanted,
) -> Result<(), Failure> {
    if entries.is_empty() {
        return Ok(());
    }
    let failed = |err: KeyError| {
        let hint = "or restore it with --without-secrets";
        Failure::outside(format!("its passwords and keys cannot be put back: {err}; {hint}. Nothing else was changed"))
    };
    let key_file = home.archive_key();
    let key_there = if key_file.is_file() { Some(keys::of_file(&key_file).map_err(failed)?) } else { None };
    let is_there = |key: &[u8]| key_there.as_ref().is_some_and(|there| there.expose().as_bytes() == key);
    match keys::lay_beside(home, secrets, entries).map_err(failed)? {
        Waiting::Beside(beside) => {
            // A file would be used before any other.
            if key_there.is_some() && !entries.values().any(|secret| is_there(secret)) {
                wanted.without_key_file();
            }
            wanted.add_secrets(beside);
            Ok(())
        }
        Waiting::KeyFile(key) => {
            if !is_there(&key) {
                let path = folder.join(KEY_FILE);
                write_key(&path, &key).map_err(|err| super::cannot_write(&path, &err))?;
                wanted.add(KEY_FILE);
            }
            Ok(())
        }
    }
}

/// For this user alone.
fn write_key(path: &Path, key: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(key)?;
    file.sync_all()
}

/// Reads the whole of a backup, and keeps nothing.
pub(super) fn test(file: &Path, passphrase: Option<&Secret>) -> Result<(), Failure> {
    read(file, passphrase, None).map(drop)
}

/// Reads the whole of it, into `folder` if there is one.
fn read(file: &Path, passphrase: Option<&Secret>, folder: Option<&Path>) -> Result<(Manifest, Entries), Failure> {
    let failed = |err: io::Error| {
        let is_cut_off = err.kind() == io::ErrorKind::UnexpectedEof;
        let why = if is_cut_off { "it is cut off".to_owned() } else { because(&err) };
        Failure::person(format!("cannot restore {}: {why}; nothing was changed", file.display()))
    };
    let mut source = File::open(file).map_err(failed)?;
    let mut start = Vec::new();
    Read::by_ref(&mut source).take(8).read_to_end(&mut start).map_err(failed)?;
    source.rewind().map_err(failed)?;
    let source = BufReader::new(source);
    if start.starts_with(&GZIP) {
        return unpacked(source, folder).map_err(failed);
    }
    if !start.starts_with(KIND) {
        return Err(Failure::person(format!("{} is no backup of Tamis", file.display())));
    }
    if MAGIC.last() < start.last() {
        return Err(Failure::person(format!("{} is of a newer Tamis; restore it with that", file.display())));
    }
    let Some(passphrase) = passphrase else {
        return Err(Failure::person(format!("{} is sealed; its passphrase is needed", file.display())));
    };
    let opening = Opening::begin(source, passphrase).map_err(failed)?;
    unpacked(opening, folder).map_err(failed)
}

fn unpacked(source: impl Read, folder: Option<&Path>) -> io::Result<(Manifest, Entries)> {
    let mut archive = Archive::new(GzDecoder::new(source));
    let mut entries = archive.entries()?;
    let first = entries.next().ok_or_else(foreign)??;
    if first.path_bytes() != MANIFEST.as_bytes() || MOST_BYTES < first.size() {
        return Err(foreign());
    }
    let mut text = Vec::new();
    first.take(MOST_BYTES).read_to_end(&mut text)?;
    let manifest = Manifest::read(&text).map_err(|why| io::Error::new(io::ErrorKind::InvalidData, why))?;
    let mut secrets = Entries::new();
    for listed in &manifest.files {
        let mut entry = entries.next().ok_or(io::ErrorKind::UnexpectedEof)??;
        let is_it = entry.header().entry_type() == EntryType::Regular && entry.path_bytes() == listed.path.as_bytes();
        if !is_it || entry.size() != listed.bytes {
            return Err(damaged());
        }
        if listed.path == SECRETS {
            secrets = take_secrets(&mut entry, listed)?;
        } else {
            take_file(&mut entry, listed, folder)?;
        }
    }
    if entries.next().is_some() {
        return Err(damaged());
    }
    // The end of gzip has a sum of all of it.
    io::copy(&mut archive.into_inner(), &mut io::sink())?;
    Ok((manifest, secrets))
}

fn take_secrets(entry: &mut impl Read, listed: &Listed) -> io::Result<Entries> {
    if MOST_SECRETS < listed.bytes {
        return Err(damaged());
    }
    let mut text = Zeroizing::new(Vec::with_capacity(usize::try_from(listed.bytes).unwrap_or_default()));
    entry.take(MOST_SECRETS).read_to_end(&mut text)?;
    let is_whole = blake3::hash(&text).to_hex().as_str() == listed.blake3;
    entries_of(&text).filter(|_| is_whole).ok_or_else(damaged)
}

/// Takes a file out. Its name was tested, and nothing in the folder is a link: it is ours, and was empty.
fn take_file(entry: &mut impl Read, listed: &Listed, folder: Option<&Path>) -> io::Result<()> {
    let mut hasher = blake3::Hasher::new();
    if let Some(folder) = folder {
        let path = folder.join(&listed.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create_new(true).mode(0o600).open(path)?;
        io::copy(entry, &mut Both(&mut file, &mut hasher))?;
        file.sync_all()?;
    } else {
        io::copy(entry, &mut hasher)?;
    }
    if hasher.finalize().to_hex().as_str() == listed.blake3 { Ok(()) } else { Err(damaged()) }
}

/// Writes to both.
struct Both<'a>(&'a mut File, &'a mut blake3::Hasher);

impl Write for Both<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_all(bytes)?;
        self.1.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "it is damaged")
}

fn foreign() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "it is no backup of Tamis")
}
