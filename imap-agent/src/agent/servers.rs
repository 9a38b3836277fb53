//! Which servers are believed about the way of an account's mail: those of the settings, and those that its mail has shown.

use std::{
    collections::BTreeMap,
    sync::{MutexGuard, PoisonError},
};

use tamis_core::{
    config,
    mail::{Domain, Passage},
};
use tracing::warn;

use super::{Shared, desk::Desk};
use crate::store::{AccountId, servers};

impl Shared {
    fn servers(&self) -> MutexGuard<'_, BTreeMap<AccountId, Vec<Domain>>> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The domains of servers that the mail of an account has shown to be its own, or to stand before them.
    pub(super) fn own_servers(&self, account: AccountId) -> Vec<Domain> {
        self.servers().get(&account).cloned().unwrap_or_default()
    }

    /// Takes over from the store what the mail of an account has shown.
    pub(super) async fn follow_servers(&self, id: AccountId, account: &config::Account) {
        match self.store.run(move |db| servers::own(db, id)).await {
            Ok(own) => {
                let mut told = super::desk::facts(account, &self.config()).provider;
                let learned: Vec<Domain> = own.iter().filter(|domain| !told.contains(domain)).cloned().collect();
                told.dedup();
                self.board.servers(&account.name, &told, &learned);
                self.servers().insert(id, own);
            }
            Err(err) => warn!(%err, "the servers of an account could not be read"),
        }
    }
}

/// Notes by which servers a message of that author's domain came.
pub(super) async fn note(desk: &Desk, passage: Passage, author: Domain) {
    let id = desk.id;
    match desk.shared.store.run(move |db| servers::note(db, id, &passage, &author)).await {
        Ok(true) => desk.shared.follow_servers(id, &desk.account).await,
        Ok(false) => {}
        Err(err) => warn!(%err, "by which servers a message came could not be stored"),
    }
}
