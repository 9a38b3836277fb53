//! All secrets of a home together: which there are, taking them from one place to the other, and another key for the file.
//!
//! What is moved is written, read back, and only then removed where it was.

#![expect(clippy::disallowed_types, reason = "keyring-core's search takes a HashMap; it is not gone through here")]

use std::{
    collections::{BTreeSet, HashMap},
    fs, io,
    path::PathBuf,
};

use keyring_core::Error;
use serde::{Deserialize, Serialize};
use tamis_core::{
    api::SettingValue,
    config::{Account, Config, PasswordSource, SecretStore},
};
use zeroize::Zeroizing;

use super::{
    KeyError, SERVICE,
    archive::{self, OLD_ENTRY},
    beside::{WAITING, is_waiting},
    entry::{self, Entry, Kept},
    from_file,
    sealed::{Entries, Name, SealedFile},
};
use crate::{
    paths::Home,
    settings::{Settings, SettingsError},
    words::because,
};

/// With what the name of a key of the archive begins that was there before a restore by an older release.
const BEFORE: &str = "archive before ";

/// A place for secrets that the person can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// The keyring.
    Keyring,
    /// The sealed file.
    File,
}

/// One secret, by what it is for. Never the secret itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Held(String);

impl Held {
    /// For people: `password of me@example.org`.
    pub fn words(&self) -> String {
        match self.0.split_once('/') {
            None if is_archive_key(&self.0) => "key of the archive".to_owned(),
            Some((account, host)) => format!("{account}, for {host}"),
            None => self.0.clone(),
        }
    }
}

/// Where the secrets of a home are.
#[derive(Clone, Debug, Default)]
pub struct Holdings {
    /// The place in use, for people.
    pub place: String,
    /// What is there.
    pub held: Vec<Held>,
    /// What is in the other place, if anything.
    pub elsewhere: Vec<Held>,
    /// The key of the archive is in this file, readable.
    pub key_file: Option<PathBuf>,
}

/// The secrets of `home`: which, and where. May wait for a person.
pub fn holdings(home: &Home, config: &Config) -> Result<Holdings, KeyError> {
    let file = SealedFile::new(home.sealed(), config.secrets().key.clone());
    let (kept, other) = match entry::kept() {
        Kept::Keyring => (Kept::Keyring, Kept::File(file)),
        Kept::File(_) => (Kept::File(file), Kept::Keyring),
    };
    let words = |names: BTreeSet<Name>| names.into_iter().map(|(_, user)| Held(user)).collect();
    let key_file = Some(home.archive_key()).filter(|path| path.is_file());
    let mut held = names_in(&kept, home, config)?;
    // Of a place that is not in use nothing is demanded.
    let mut elsewhere = names_in(&other, home, config).unwrap_or_default();
    // The old name of a key that has another one by now stays, and is no secret more.
    let old = (SERVICE.to_owned(), OLD_ENTRY.to_owned());
    let has_other = |names: &BTreeSet<Name>| names.iter().any(|name| *name != old && is_archive_key(&name.1));
    if has_other(&held) {
        elsewhere.remove(&old);
        held.remove(&old);
    } else if has_other(&elsewhere) {
        elsewhere.remove(&old);
    }
    Ok(Holdings { place: entry::place_name(), held: words(held), elsewhere: words(elsewhere), key_file })
}

/// Takes all secrets to `to`, and lets the settings say so. Says how many there were. May wait for a person.
pub fn move_all(home: &Home, config: &Config, to: Place) -> Result<usize, KeyError> {
    let file = SealedFile::new(home.sealed(), config.secrets().key.clone());
    let (from, target) = match to {
        Place::File => (Kept::Keyring, Kept::File(file)),
        Place::Keyring if !entry::has_keyring() => return Err(KeyError::NoKeyring),
        Place::Keyring => (Kept::File(file), Kept::Keyring),
    };
    let is_there_already =
        matches!((entry::kept(), to), (Kept::Keyring, Place::Keyring) | (Kept::File(_), Place::File));
    let mut moved = read_all(&from, home, config)?;
    let key_file = home.archive_key();
    if key_file.is_file() {
        let key = Zeroizing::new(from_file(&key_file)?.into_bytes());
        moved.insert(name_of_key(&key), key);
    }
    let there = read_all(&target, home, config)?;
    if is_there_already {
        // What is in use is newer than what was left behind elsewhere.
        moved.retain(|name, _| !there.contains_key(name));
    }
    write_all(&target, &moved)?;
    for (name, secret) in &moved {
        if read(&target, name)?.as_ref() != Some(secret) {
            return Err(KeyError::NotKept { place: place_words(&target) });
        }
    }
    let wanted = match to {
        Place::Keyring => SecretStore::Keyring,
        Place::File => SecretStore::File,
    };
    if ![SecretStore::Auto, wanted].contains(&config.secrets().store) {
        let value = SettingValue::Text(wanted.word().to_owned());
        Settings::set(home, "secrets.store", Some(&value)).map_err(settings_failed)?;
    }
    remove_all(&from, home, config)?;
    if key_file.is_file() {
        fs::remove_file(&key_file).map_err(|source| KeyError::File { path: key_file, source })?;
    }
    Ok(moved.len())
}

/// Seals the file anew. `new`: with that key, and the settings name it from now on; without, with the key of the settings,
/// and `old` opens it once more. Says how many secrets are in it. May wait for a person.
pub fn rekey(
    home: &Home,
    config: &Config,
    old: Option<&PasswordSource>,
    new: Option<&PasswordSource>,
) -> Result<usize, KeyError> {
    let failed = |err: super::SealedError| KeyError::Sealed { reason: err.to_string() };
    let file = SealedFile::new(home.sealed(), config.secrets().key.clone());
    let Some(new) = new else { return file.seal_anew(old).map_err(failed) };
    // For a moment both keys open it: whenever this is broken off, the settings name one that does.
    file.add_key(new).map_err(failed)?;
    let (path, command) = match new {
        PasswordSource::File(path) => (path.to_str().map(str::to_owned), None),
        PasswordSource::Command(command) => (None, Some(command.clone())),
        PasswordSource::Keyring | PasswordSource::NotNeeded | PasswordSource::OAuth(_) => (None, None),
    };
    let (path, command) = (path.map(SettingValue::Text), command.map(SettingValue::Text));
    let changes = [("secrets.key_file", path.as_ref()), ("secrets.key_command", command.as_ref())];
    Settings::set_together(home, &changes).map_err(settings_failed)?;
    SealedFile::new(home.sealed(), Some(new.clone())).seal_anew(None).map_err(failed)
}

/// All secrets of `home`, to be put into a backup that is sealed. What a restore has laid beside them is none of them yet.
pub(crate) fn take_all(home: &Home, config: &Config) -> Result<Entries, KeyError> {
    let mut entries = read_all(&entry::kept(), home, config)?;
    entries.retain(|(_, user), _| !is_waiting(config.accounts(), user));
    let key_file = home.archive_key();
    if key_file.is_file() {
        let key = Zeroizing::new(from_file(&key_file)?.into_bytes());
        entries.insert(name_of_key(&key), key);
    }
    Ok(entries)
}

/// Removes all secrets of `home`, wherever they are. Says how many that were.
pub fn forget_all(home: &Home, config: &Config) -> Result<usize, KeyError> {
    let mut forgotten = 0;
    if entry::has_keyring() {
        forgotten += remove_all(&Kept::Keyring, home, config)?;
    }
    let file = home.sealed();
    for path in [file.clone(), file.with_extension("lock"), home.archive_key()] {
        match fs::remove_file(&path) {
            Ok(()) => forgotten += usize::from(path != file.with_extension("lock")),
            Err(err) if err.kind() == io::ErrorKind::NotFound => {}
            Err(source) => {
                return Err(KeyError::Keyring { reason: format!("{}: {}", path.display(), because(&source)) });
            }
        }
    }
    Ok(forgotten)
}

pub(super) fn is_archive_key(user: &str) -> bool {
    user == OLD_ENTRY || (user.starts_with(archive::BEGINNING) && !user.starts_with(BEFORE))
}

/// The name of a key of an archive, which is made of the key.
fn name_of_key(key: &[u8]) -> Name {
    (SERVICE.to_owned(), archive::entry_of_key(key).unwrap_or_else(|| OLD_ENTRY.to_owned()))
}

/// The same, but what has the old name of such a key has its own one.
pub(super) fn by_key(mut entries: Entries) -> Entries {
    if let Some(key) = entries.remove(&(SERVICE.to_owned(), OLD_ENTRY.to_owned())) {
        entries.insert(name_of_key(&key), key);
    }
    entries
}

fn read_all(kept: &Kept, home: &Home, config: &Config) -> Result<Entries, KeyError> {
    if let Kept::File(file) = kept {
        return file.entries().map(by_key).map_err(|err| KeyError::Sealed { reason: err.to_string() });
    }
    let mut entries = Entries::new();
    let ours = archive::entry_in(&home.archive());
    for name in names_in(kept, home, config)? {
        let Some(secret) = read(kept, &name)? else { continue };
        // What has the old name is the key of whichever home was there first.
        let is_anothers = name.1 == OLD_ENTRY && ours.as_ref().is_some_and(|ours| *ours != name_of_key(&secret).1);
        if !is_anothers {
            entries.insert(name, secret);
        }
    }
    Ok(by_key(entries))
}

pub(super) fn read(kept: &Kept, (service, user): &Name) -> Result<Option<Zeroizing<Vec<u8>>>, KeyError> {
    let entry = Entry::of(kept.clone(), service, user).map_err(|err| failed(&err))?;
    match entry.get_password() {
        Ok(secret) => Ok(Some(Zeroizing::new(secret.into_bytes()))),
        Err(Error::NoEntry) => Ok(None),
        Err(err) => Err(failed(&err)),
    }
}

pub(super) fn write_all(kept: &Kept, entries: &Entries) -> Result<(), KeyError> {
    match kept {
        Kept::File(file) if entries.is_empty() && !file.is_there() => Ok(()),
        // At once, so that a file that is there has all of them.
        Kept::File(file) => {
            let all = entries.clone();
            file.change(|there| there.extend(all)).map_err(|err| KeyError::Sealed { reason: err.to_string() })
        }
        Kept::Keyring => entries.iter().try_for_each(|((service, user), secret)| {
            let text = std::str::from_utf8(secret).map_err(|_no_text| failed(&Error::BadEncoding(Vec::new())))?;
            let entry = Entry::of(Kept::Keyring, service, user).map_err(|err| failed(&err))?;
            entry.set_password(text).map_err(|err| failed(&err))
        }),
    }
}

/// Removes what is there. Of the sealed file nothing is left.
fn remove_all(kept: &Kept, home: &Home, config: &Config) -> Result<usize, KeyError> {
    if let Kept::File(file) = kept {
        if !file.is_there() {
            return Ok(0);
        }
        let sealed = |err: super::SealedError| KeyError::Sealed { reason: err.to_string() };
        let number = file.change(|entries| std::mem::take(entries).len()).map_err(sealed)?;
        file.remove_if_empty().map_err(sealed)?;
        return Ok(number);
    }
    let mut removed = 0;
    for name in names_in(kept, home, config)? {
        // All homes of a person had the one key of that name, so another one may still need it.
        if name.1 != OLD_ENTRY {
            removed += usize::from(remove(kept, &name)?);
        }
    }
    Ok(removed)
}

/// Removes one. Says whether it was there.
pub(super) fn remove(kept: &Kept, (service, user): &Name) -> Result<bool, KeyError> {
    let entry = Entry::of(kept.clone(), service, user).map_err(|err| failed(&err))?;
    match entry.delete_credential() {
        Ok(()) => Ok(true),
        Err(Error::NoEntry) => Ok(false),
        Err(err) => Err(failed(&err)),
    }
}

/// The names of the secrets of `home` in a place. The keyring is everybody's, so those of other homes are left out.
fn names_in(kept: &Kept, home: &Home, config: &Config) -> Result<BTreeSet<Name>, KeyError> {
    match kept {
        Kept::File(file) => {
            let entries = file.entries().map_err(|err| KeyError::Sealed { reason: err.to_string() })?;
            Ok(entries.into_keys().collect())
        }
        Kept::Keyring => {
            let names = names_in_keyring()?.into_iter();
            Ok(names.filter(|(_, user)| is_of(home, config.accounts(), user)).collect())
        }
    }
}

/// The names of all secrets of Tamis in the keyring, of whichever home; none without a keyring.
pub(super) fn names_in_keyring() -> Result<Vec<Name>, KeyError> {
    if !entry::has_keyring() {
        return Ok(Vec::new());
    }
    let wanted = HashMap::from([("service", SERVICE)]);
    let found = keyring_core::Entry::search(&wanted).map_err(|err| failed(&err))?;
    Ok(found.iter().filter_map(keyring_core::Entry::get_specifiers).collect())
}

/// Whether a secret of the keyring belongs to this home: to one of its accounts, or to its archive.
pub(super) fn is_of(home: &Home, accounts: &[Account], user: &str) -> bool {
    let user = user.strip_prefix(WAITING).unwrap_or(user);
    if user == OLD_ENTRY {
        // There was one such key for all homes of a person.
        return home.archive().is_dir() && !home.archive_key().is_file();
    }
    if is_archive_key(user) {
        return archive::entry_in(&home.archive()).is_some_and(|ours| ours == user);
    }
    if user.starts_with(BEFORE) {
        return home.archive().is_dir();
    }
    accounts.iter().any(|account| {
        let rest = user.strip_prefix(account.name.as_str());
        rest.is_some_and(|rest| rest.starts_with('/')) || user.ends_with(&format!("/{}", account.name))
    })
}

pub(super) fn place_words(kept: &Kept) -> String {
    match kept {
        Kept::Keyring => "the keyring".to_owned(),
        Kept::File(file) => file.path().display().to_string(),
    }
}

fn settings_failed(err: SettingsError) -> KeyError {
    KeyError::Settings(Box::new(err))
}

fn failed(err: &Error) -> KeyError {
    if let Some(reason) = entry::of_sealed_file(err) {
        return KeyError::Sealed { reason };
    }
    match err {
        Error::NoDefaultStore => KeyError::NoKeyring,
        Error::NoStorageAccess(_) => KeyError::Locked,
        // These hold the secret itself, so only the kind is named.
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            KeyError::Keyring { reason: "what it holds is no text".to_owned() }
        }
        Error::Ambiguous(_) => KeyError::Keyring { reason: "it holds several of one name".to_owned() },
        Error::NoEntry
        | Error::PlatformFailure(_)
        | Error::BadStoreFormat(_)
        | Error::TooLong(..)
        | Error::Invalid(..)
        | Error::NotSupportedByStore(_)
        | _ => KeyError::Keyring { reason: err.to_string() },
    }
}
