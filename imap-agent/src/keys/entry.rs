//! A secret, wherever it is kept: in the keyring, or in the sealed file. Which of them is decided here alone.

use std::{
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
};

use keyring::v1;
use keyring_core::{Error, Result, api::CredentialStoreApi as _};
use tamis_core::config::{SecretStore, Secrets};

use super::sealed::{SealedError, SealedFile, SealedStore};
use crate::paths::Home;

/// Where this process keeps secrets. Until it is said, that is the keyring.
static PLACE: RwLock<Option<Place>> = RwLock::new(None);

#[derive(Clone, Debug)]
struct Place {
    store: SecretStore,
    file: SealedFile,
}

impl Place {
    fn of(home: &Home, secrets: &Secrets) -> Self {
        Self { store: secrets.store, file: SealedFile::new(home.sealed(), secrets.key.clone()) }
    }

    fn kept(self) -> Kept {
        let Self { store, file } = self;
        match store {
            SecretStore::Keyring => Kept::Keyring,
            // Whoever has begun a sealed file has a reason, also when a keyring appears later.
            SecretStore::Auto if !file.is_there() && (has_keyring() || !file.has_key()) => Kept::Keyring,
            SecretStore::File | SecretStore::Auto => Kept::File(file),
        }
    }
}

/// Where secrets are at this moment.
#[derive(Clone, Debug)]
pub(super) enum Kept {
    /// In the keyring.
    Keyring,
    /// In the sealed file.
    File(SealedFile),
}

/// Secrets of `home` are from now on where the settings say.
pub fn keep_secrets(home: &Home, secrets: &Secrets) {
    let place = Place::of(home, secrets);
    *PLACE.write().unwrap_or_else(PoisonError::into_inner) = Some(place);
}

/// Where secrets are.
pub(super) fn kept() -> Kept {
    let place = PLACE.read().unwrap_or_else(PoisonError::into_inner).clone();
    place.map_or(Kept::Keyring, Place::kept)
}

/// Where secrets of `home` would be by these settings.
pub(super) fn kept_by(home: &Home, secrets: &Secrets) -> Kept {
    Place::of(home, secrets).kept()
}

/// Whether a keyring is running.
pub(super) fn has_keyring() -> bool {
    v1::Entry::store_status().is_ok()
}

/// The place for people: `the keyring`, or the file's path.
pub(super) fn place_name() -> String {
    match kept() {
        Kept::Keyring => "the keyring".to_owned(),
        Kept::File(file) => file.path().display().to_string(),
    }
}

/// Where the sealed file is, if secrets are there.
pub fn sealed_path() -> Option<PathBuf> {
    match kept() {
        Kept::Keyring => None,
        Kept::File(file) => Some(file.path().to_path_buf()),
    }
}

/// What the sealed file says is wrong, if that is what failed.
pub(super) fn of_sealed_file(err: &Error) -> Option<String> {
    let Error::PlatformFailure(inner) = err else { return None };
    inner.downcast_ref::<SealedError>().map(ToString::to_string)
}

/// One secret.
#[derive(Debug)]
pub struct Entry(keyring_core::Entry);

impl Entry {
    /// That of `user` for `service`, which need not be there.
    pub fn new(service: &str, user: &str) -> Result<Self> {
        Self::of(kept(), service, user)
    }

    /// The same, in a place that is not the one of the settings.
    pub(super) fn of(kept: Kept, service: &str, user: &str) -> Result<Self> {
        match kept {
            Kept::Keyring => v1::Entry::new(service, user).map(|entry| Self(entry.inner)),
            Kept::File(file) => {
                let store: Arc<SealedStore> = Arc::new(SealedStore(file));
                store.build(service, user, None).map(Self)
            }
        }
    }

    /// Whether there is any place for secrets at all.
    pub fn store_status() -> Result<()> {
        match kept() {
            Kept::Keyring if !has_keyring() => Err(Error::NoDefaultStore),
            Kept::Keyring | Kept::File(_) => Ok(()),
        }
    }

    /// Puts a text there, in the place of what is there.
    pub fn set_password(&self, password: &str) -> Result<()> {
        self.0.set_password(password)
    }

    /// The text that is there.
    pub fn get_password(&self) -> Result<String> {
        self.0.get_password()
    }

    /// Removes it.
    pub fn delete_credential(&self) -> Result<()> {
        self.0.delete_credential()
    }
}
