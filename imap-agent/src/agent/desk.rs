//! What the work on one account needs at hand, and what can stop it.

use std::sync::Arc;

use tamis_core::{
    Config,
    config::Account,
    mail::{AccountFacts, Domain},
};

use super::Shared;
use crate::{
    mailbox::{CommandError, FolderName},
    store::{AccountId, StoreError},
};

/// Why work on an account stopped. What was meant to happen is in the journal.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// The server, or the way to it.
    #[error(transparent)]
    Imap(#[from] CommandError),
    /// Our own store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One account while it is connected.
#[derive(Clone, Debug)]
pub(super) struct Desk {
    pub(super) shared: Arc<Shared>,
    pub(super) config: Arc<Config>,
    pub(super) account: Account,
    pub(super) id: AccountId,
    pub(super) junk: FolderName,
}

impl Desk {
    /// Who the person is here, and whose relays can be believed.
    pub(super) fn facts(&self) -> AccountFacts {
        facts(&self.account)
    }

    /// The most that is fetched of one message, in bytes.
    pub(super) fn limit(&self) -> usize {
        usize::try_from(self.config.max_bytes()).unwrap_or(usize::MAX)
    }
}

/// What the settings of an account say about it: the provider's domains are those of the server and of the address.
pub(super) fn facts(account: &Account) -> AccountFacts {
    let mut provider = vec![account.address.domain.registrable()];
    if let Some(host) = Domain::parse(&account.host).filter(|host| host.as_str().contains('.')) {
        provider.push(host.registrable());
    }
    let mut identities = vec![account.address.clone()];
    identities.extend(account.aliases.iter().cloned());
    AccountFacts { provider, identities }
}
