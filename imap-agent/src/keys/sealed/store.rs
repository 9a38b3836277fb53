//! The sealed file as a store of the keyring's crate, so that whoever keeps a secret need not know where that is.

#![expect(clippy::disallowed_types, reason = "keyring-core's traits take a HashMap; none is gone through here")]

use std::{any::Any, collections::HashMap, sync::Arc};

use keyring_core::{
    Entry, Error, Result,
    api::{Credential, CredentialApi, CredentialStoreApi},
};
use zeroize::Zeroizing;

use super::{Name, SealedError, SealedFile};

/// The store.
#[derive(Debug)]
pub(in crate::keys) struct SealedStore(pub(in crate::keys) SealedFile);

/// One secret in it, which need not be there.
#[derive(Debug)]
struct Sealed {
    file: SealedFile,
    name: Name,
}

impl CredentialStoreApi for SealedStore {
    fn vendor(&self) -> String {
        "tamis".to_owned()
    }

    fn id(&self) -> String {
        self.0.path().display().to_string()
    }

    fn build(&self, service: &str, user: &str, _modifiers: Option<&HashMap<&str, &str>>) -> Result<Entry> {
        let name = (service.to_owned(), user.to_owned());
        Ok(Entry::new_with_credential(Arc::new(Sealed { file: self.0.clone(), name })))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl CredentialApi for Sealed {
    fn set_secret(&self, secret: &[u8]) -> Result<()> {
        let secret = Zeroizing::new(secret.to_vec());
        self.file.change(|entries| drop(entries.insert(self.name.clone(), secret))).map_err(failed)
    }

    fn get_secret(&self) -> Result<Vec<u8>> {
        let entries = self.file.entries().map_err(failed)?;
        entries.get(&self.name).map(|secret| secret.to_vec()).ok_or(Error::NoEntry)
    }

    fn delete_credential(&self) -> Result<()> {
        // A file that is not there need not be made to find nothing in it.
        if !self.file.is_there() {
            return Err(Error::NoEntry);
        }
        let was_there = self.file.change(|entries| entries.remove(&self.name).is_some()).map_err(failed)?;
        if was_there { Ok(()) } else { Err(Error::NoEntry) }
    }

    fn get_credential(&self) -> Result<Option<Arc<Credential>>> {
        self.get_secret().map(|secret| drop(Zeroizing::new(secret)))?;
        Ok(None)
    }

    fn get_specifiers(&self) -> Option<(String, String)> {
        Some(self.name.clone())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn failed(err: SealedError) -> Error {
    Error::PlatformFailure(Box::new(err))
}
