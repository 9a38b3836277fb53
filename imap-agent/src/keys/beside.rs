//! Secrets out of a backup: laid beside what is there, put in their places once all else is, and removed if nobody goes on.

use std::{collections::BTreeSet, path::Path};

use tamis_core::config::{Account, Config, SecretStore, Secrets};
use zeroize::Zeroizing;

use super::{
    KeyError, archive,
    entry::{self, Kept},
    moving::{Place, by_key, is_archive_key, is_of, names_in_keyring, place_words, read, remove, write_all},
    sealed::{Entries, Name, SealedFile},
};
use crate::paths::Home;

/// With what the name of a secret begins that came out of a backup and is not in its place yet.
pub(super) const WAITING: &str = "restored ";

/// Secrets that lie beside their places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Beside {
    /// What they are called once they are in their places.
    pub(crate) names: BTreeSet<Name>,
    /// Where they were laid. Older releases did not say so.
    pub(crate) place: Option<Place>,
}

impl Beside {
    /// That place. It is not chosen anew: whether a keyring is running may be another thing by now.
    fn kept(&self, home: &Home, secrets: &Secrets) -> Kept {
        let file = SealedFile::new(home.sealed(), secrets.key.clone());
        match self.place {
            Some(Place::Keyring) => Kept::Keyring,
            Some(Place::File) => Kept::File(file),
            // Whatever is laid into the file leaves a file.
            None if secrets.store == SecretStore::Auto && !file.is_there() => Kept::Keyring,
            None => entry::kept_by(home, secrets),
        }
    }
}

/// What became of the secrets of a backup.
#[derive(Debug)]
pub(crate) enum Waiting {
    /// They are where secrets are kept by these settings, each beside what is in its place.
    Beside(Beside),
    /// There is no place for secrets, and there is only the key of the archive: it is a file again, as it was.
    KeyFile(Zeroizing<Vec<u8>>),
}

/// Puts secrets out of a backup where they are kept by the settings that come with them, beside what is there: nothing of
/// that has changed until [`take_over`].
pub(crate) fn lay_beside(home: &Home, secrets: &Secrets, entries: &Entries) -> Result<Waiting, KeyError> {
    let (kept, entries) = (entry::kept_by(home, secrets), by_key(entries.clone()));
    if matches!(kept, Kept::Keyring) && !entry::has_keyring() {
        let is_key = entries.len() == 1 && entries.keys().all(|(_, user)| is_archive_key(user));
        let key = entries.into_values().next().filter(|_| is_key);
        return key.map(Waiting::KeyFile).ok_or(KeyError::NoKeyring);
    }
    let names: BTreeSet<Name> = entries.keys().cloned().collect();
    let beside: Entries = entries.into_iter().map(|(name, secret)| (waiting(&name), secret)).collect();
    write_all(&kept, &beside)?;
    for (name, secret) in &beside {
        if read(&kept, name)?.as_ref() != Some(secret) {
            return Err(KeyError::NotKept { place: place_words(&kept) });
        }
    }
    let place = match kept {
        Kept::Keyring => Place::Keyring,
        Kept::File(_) => Place::File,
    };
    Ok(Waiting::Beside(Beside { names, place: Some(place) }))
}

/// Puts what [`lay_beside`] has laid there in its place. What is in place already stays. If something is neither here nor
/// there, that is an error, and all else is in place.
pub(crate) fn take_over(home: &Home, secrets: &Secrets, beside: &Beside) -> Result<(), KeyError> {
    let kept = beside.kept(home, secrets);
    let mut has_all = true;
    match &kept {
        Kept::Keyring if !entry::has_keyring() => return Err(KeyError::WaitsInKeyring),
        // One that was begun only now would hold nothing, and be where secrets are from then on.
        Kept::File(file) if !file.is_there() => has_all = false,
        Kept::File(file) => {
            let put = |entries: &mut Entries| {
                for name in &beside.names {
                    match entries.remove(&waiting(name)) {
                        Some(secret) => drop(entries.insert(name.clone(), secret)),
                        None => has_all &= entries.contains_key(name),
                    }
                }
            };
            file.change(put).map_err(|err| KeyError::Sealed { reason: err.to_string() })?;
        }
        Kept::Keyring => {
            for name in &beside.names {
                match read(&kept, &waiting(name))? {
                    Some(secret) => put_in_place(&kept, name, &secret)?,
                    None => has_all &= read(&kept, name)?.is_some(),
                }
            }
        }
    }
    if has_all { Ok(()) } else { Err(KeyError::NotThere { place: place_words(&kept) }) }
}

fn put_in_place(kept: &Kept, name: &Name, secret: &Zeroizing<Vec<u8>>) -> Result<(), KeyError> {
    write_all(kept, &Entries::from([(name.clone(), secret.clone())]))?;
    if read(kept, name)?.as_ref() != Some(secret) {
        return Err(KeyError::NotKept { place: place_words(kept) });
    }
    remove(kept, &waiting(name)).map(drop)
}

/// Removes what [`lay_beside`] has laid there, as it is not wanted any more.
pub(crate) fn drop_beside(home: &Home, secrets: &Secrets, beside: &Beside) -> Result<(), KeyError> {
    let kept = beside.kept(home, secrets);
    beside.names.iter().try_for_each(|name| remove(&kept, &waiting(name)).map(drop))
}

/// Removes what a restore that was broken off has laid beside its place, as far as that can be done. `configs` are the
/// settings in force and those of that restore, `archive` is its archive. Nothing may be on its way to its place.
pub(crate) fn drop_left(home: &Home, configs: &[Config], archive: &Path) {
    let accounts: Vec<Account> = configs.iter().flat_map(Config::accounts).cloned().collect();
    for config in configs {
        let file = SealedFile::new(home.sealed(), config.secrets().key.clone());
        let is_any = |entries: &Entries| entries.keys().any(|(_, user)| is_waiting(&accounts, user));
        if file.entries().is_ok_and(|entries| is_any(&entries)) {
            file.change(|entries| entries.retain(|(_, user), _| !is_waiting(&accounts, user))).ok();
            // It may have been begun for them alone, and would be where secrets are from now on.
            file.remove_if_empty().ok();
        }
    }
    let theirs = archive::entry_in(archive);
    let is_ours = |user: &str| {
        is_of(home, &accounts, user) || user.strip_prefix(WAITING).is_some_and(|user| theirs.as_deref() == Some(user))
    };
    for name in names_in_keyring().unwrap_or_default() {
        if is_waiting(&accounts, &name.1) && is_ours(&name.1) {
            remove(&Kept::Keyring, &name).ok();
        }
    }
}

/// Whether that is the name of a secret that lies beside its place, and not one of an account that is called like that.
pub(super) fn is_waiting(accounts: &[Account], user: &str) -> bool {
    let is_of = |name: &str| user.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'));
    user.starts_with(WAITING) && !accounts.iter().any(|account| is_of(account.name.as_str()))
}

fn waiting((service, user): &Name) -> Name {
    (service.clone(), format!("{WAITING}{user}"))
}
