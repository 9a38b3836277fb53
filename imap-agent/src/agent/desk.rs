//! What the work on one account needs at hand, and what can stop it.

use std::sync::Arc;

use tamis_core::{
    Config,
    config::Account,
    lists::AccountLists,
    mail::{AccountFacts, Domain},
};
use tokio::sync::Mutex;

use super::Shared;
use crate::{
    clock,
    mailbox::{CommandError, FetchedMail, FolderName, Summary, TrainFolders},
    pipeline::Incoming,
    store::{AccountId, StoreError, moves::Sides},
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
    /// What has to be there first is not: room on the disk, the key of the archive, the way to the submission server. The
    /// session goes on, and that is nothing to give an intention up for, however long it lasts.
    #[error("{0}")]
    Wanting(String),
    /// What was asked cannot be done now, for this reason. The session goes on.
    #[error("{0}")]
    NotNow(String),
    /// A panic. The session goes on, unless it was in the middle of a command.
    #[error("a fault in Tamis")]
    Fault,
}

/// One account while it is connected.
#[derive(Clone, Debug)]
pub(super) struct Desk {
    pub(super) shared: Arc<Shared>,
    pub(super) config: Arc<Config>,
    pub(super) account: Account,
    pub(super) id: AccountId,
    pub(super) junk: FolderName,
    /// The folder on the server for originals of what was replaced, if the person wants one.
    pub(super) originals: Option<FolderName>,
    /// Where doubtful mail of new contacts is put aside, if the person wants that.
    pub(super) held: Option<FolderName>,
    /// Which folders say what of the mail in them.
    pub(super) sides: Arc<Sides>,
    /// The folder of sent mail, if there is one.
    pub(super) sent: Option<FolderName>,
    /// Where the person drops what is to be learned, if there are such folders.
    pub(super) train: Option<TrainFolders>,
    /// Taken while something is carried out, so that nobody leaves in the middle of it.
    pub(super) hands: Arc<Mutex<()>>,
    /// [`Session::selections`](crate::mailbox::Session::selections) of the last look.
    pub(super) selection: u64,
}

/// A message that has just been fetched, so that nothing is fetched twice.
#[derive(Debug)]
pub(super) struct InHand {
    pub(super) incoming: Incoming,
    /// Its flags as they were.
    pub(super) flags: Vec<String>,
}

impl InHand {
    pub(super) fn new(fetched: FetchedMail, summary: &Summary) -> Self {
        let received_at = fetched.internal_date.or(summary.internal_date).unwrap_or_else(|| clock::now().0);
        let incoming = Incoming { raw: fetched.raw, received_at, full_size: fetched.full_size };
        Self { incoming, flags: fetched.flags }
    }

    /// Whether this is all of it.
    pub(super) fn is_whole(&self) -> bool {
        u64::try_from(self.incoming.raw.len()).is_ok_and(|length| self.incoming.full_size <= length)
    }
}

impl Desk {
    /// Who the person is here, whose relays can be believed, and whom the lists accept and block.
    pub(super) fn facts(&self) -> AccountFacts {
        let lists = AccountLists {
            lists: self.shared.lists(),
            account: self.id.0,
            do_excuse_forged: self.config.do_lists_excuse_forged(),
        };
        let mut facts = facts(&self.account, &self.config);
        facts.provider.extend(self.shared.own_servers(self.id));
        AccountFacts { lists, ..facts }
    }

    /// The most that is fetched of one message, in bytes.
    pub(super) fn limit(&self) -> usize {
        usize::try_from(self.config.max_bytes()).unwrap_or(usize::MAX)
    }
}

/// What the settings of an account say about it: the provider's domains are those of the server and of the address, and what
/// stands before it is named.
pub(crate) fn facts(account: &Account, config: &Config) -> AccountFacts {
    let mut provider = vec![account.address.domain.registrable()];
    if let Some(host) = Domain::parse(&account.host).filter(|host| host.as_str().contains('.')) {
        provider.push(host.registrable());
    }
    provider.extend(account.relays.iter().cloned());
    provider.sort();
    provider.dedup();
    let mut identities = vec![account.address.clone()];
    identities.extend(account.aliases.iter().cloned());
    AccountFacts {
        provider,
        identities,
        lessons: config.lessons_of(account),
        files: account.files.clone(),
        lists: AccountLists::default(),
        asks: config.asks().clone(),
    }
}
