//! The archive of originals: everything that is moved, tagged, stripped or deleted is kept here first, as it was.
//!
//! The content is a sealed file ([`Vault`]), what it is a row of the store ([`original`]). The file is written before the
//! row, and the row removed before the file: a row never stands for a file that is not there. It is opened by whoever
//! first needs it, because its key may have to be asked of a person ([`crate::keys`]).

mod error;
mod pack;
mod rest;
pub(crate) mod seal;
mod vault;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::{Duration, SystemTime},
};

use futures_util::FutureExt as _;
use tamis_core::{UnixTime, config};
use tokio::{
    sync,
    task::{JoinHandle, spawn_blocking},
    time::{Instant, timeout},
};

use self::rest::Rest;
pub(crate) use self::vault::{begun_with, is_begun, key_id, prepare};
pub use self::{
    error::ArchiveError,
    vault::{Swept, Vault},
};
use crate::{
    keys::{self, ArchiveKey, ArchiveKeyError, KeyPlace},
    paths::Home,
    store::{
        AccountId, Key, Store,
        original::{self, NewOriginal, Original},
    },
};

/// How long anybody waits for the keyring before going on without the archive. It goes on being asked.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a failure to open it holds. Each try may put a window in front of the person.
const RETRY: Duration = Duration::from_mins(5);

/// Where the key comes from.
type KeySource = fn(&Home) -> Result<ArchiveKey, ArchiveKeyError>;

/// The archive of one installation.
#[derive(Debug)]
pub struct Archive {
    home: Home,
    key_source: KeySource,
    opened: OnceLock<Opened>,
    /// The one who is asking the keyring now.
    attempt: sync::Mutex<Option<JoinHandle<Result<Opened, ArchiveError>>>>,
    /// Since when it cannot be opened, and why.
    trouble: Mutex<Option<(Instant, String)>>,
    rest: Rest,
    /// Held by many while they keep, by one while it tidies: otherwise what is between file and row would be removed. Those
    /// who do the work hold it, because whoever waits for that may stop waiting.
    turn: Arc<sync::RwLock<()>>,
}

#[derive(Clone, Debug)]
struct Opened {
    vault: Arc<Vault>,
    key_place: KeyPlace,
}

/// A message that is to be kept.
#[derive(Clone, Debug)]
pub struct Deposit {
    /// Whose mail it is.
    pub account: AccountId,
    /// Its content key.
    pub key: Key,
    /// The whole message.
    pub raw: Vec<u8>,
    /// Its flags on the server.
    pub flags: Vec<String>,
    /// Its INTERNALDATE, in Unix seconds.
    pub internal_date: UnixTime,
}

/// What [`Archive::tidy`] removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tidied {
    /// Originals whose time was over, or for which there was no room.
    pub originals: u64,
    /// Bytes of these on the disk.
    pub bytes: u64,
    /// What a crash had left.
    pub swept: Swept,
}

impl Archive {
    /// The archive of `home`. Neither the disk nor the keyring is touched yet.
    pub fn new(home: &Home) -> Self {
        Self::with_key_of(home, keys::archive_key)
    }

    pub(crate) fn with_key_of(home: &Home, key_source: KeySource) -> Self {
        Self {
            home: home.clone(),
            key_source,
            opened: OnceLock::new(),
            attempt: sync::Mutex::default(),
            trouble: Mutex::default(),
            rest: Rest::default(),
            turn: Arc::default(),
        }
    }

    /// Whether a message of so many bytes can be kept, as far as that can be told without it: whoever has to fetch it first
    /// asks. If the archive could not be had a moment ago, the answer is the same as then and comes at once.
    pub async fn ready(&self, size: u64) -> Result<(), ArchiveError> {
        self.vault().await?;
        self.rest.refusal(size).map_or(Ok(()), Err)
    }

    /// Keeps a message. When this returns `Ok`, the message and what is known of it are on the disk. To keep what is kept
    /// already only starts its time anew.
    pub async fn keep(&self, store: &Store, deposit: Deposit, now: UnixTime) -> Result<(), ArchiveError> {
        let vault = self.vault().await?;
        let turn = Arc::clone(&self.turn).read_owned().await;
        let Deposit { account, key, raw, flags, internal_date } = deposit;
        let size = u64::try_from(raw.len()).unwrap_or(u64::MAX);
        let put = blocking(move || Ok((vault.put(account, key, &raw)?, turn))).await;
        let (stored, turn) = put.inspect_err(|error| self.rest.note_unkept(size, error))?;
        let row = NewOriginal { account, key, flags, internal_date, size, stored };
        let kept = store.run(move |db| {
            let _turn = turn;
            original::keep(db, &row, now)
        });
        Ok(kept.await?)
    }

    /// A message that was kept, `None` if it was not or is no more.
    pub async fn fetch(
        &self,
        store: &Store,
        account: AccountId,
        key: Key,
    ) -> Result<Option<(Vec<u8>, Original)>, ArchiveError> {
        let Some(row) = store.run(move |db| original::find(db, account, key)).await? else { return Ok(None) };
        let vault = self.vault().await?;
        let raw = blocking(move || vault.get(account, key)).await?;
        Ok(raw.map(|raw| (raw, row)))
    }

    /// Removes what has been kept long enough by the rules of its account, and what a crash has left. What belongs to no
    /// account of these is kept as long as an account without settings of its own would.
    pub async fn tidy(
        &self,
        store: &Store,
        accounts: &[(AccountId, config::Archive)],
        now: UnixTime,
    ) -> Result<Tidied, ArchiveError> {
        let folder = self.home.archive();
        if !blocking(move || Ok(is_begun(&folder))).await? {
            return Ok(Tidied::default());
        }
        let vault = self.vault().await?;
        let rules: BTreeMap<AccountId, config::Archive> = accounts.iter().copied().collect();
        let mut tidied = Tidied::default();
        for account in store.run(|db| original::accounts(db)).await? {
            let rules = rules.get(&account).copied().unwrap_or_default();
            // In rounds, so that whoever wants to keep something need not wait for all of it.
            loop {
                let gone = self.let_go(store, &vault, (account, rules), now).await?;
                if gone.is_empty() {
                    break;
                }
                tidied.originals += u64::try_from(gone.len()).unwrap_or_default();
                tidied.bytes += gone.iter().map(|original| original.stored).sum::<u64>();
            }
        }
        let longest = rules.values().chain([&config::Archive::default()]).map(|rules| rules.keep_secs).max();
        let before = longest.and_then(|secs| SystemTime::now().checked_sub(Duration::from_secs(secs)));
        let turn = Arc::clone(&self.turn).write_owned().await;
        let known = store.run(|db| original::keys(db)).await?;
        let sweep = blocking(move || {
            let _turn = turn;
            vault.sweep(&known, before.unwrap_or(SystemTime::UNIX_EPOCH))
        });
        tidied.swept = sweep.await?;
        Ok(tidied)
    }

    /// Lets some of what is to go, go: the row, then the file.
    async fn let_go(
        &self,
        store: &Store,
        vault: &Arc<Vault>,
        (account, rules): (AccountId, config::Archive),
        now: UnixTime,
    ) -> Result<Vec<Original>, ArchiveError> {
        let turn = Arc::clone(&self.turn).write_owned().await;
        let vault = Arc::clone(vault);
        let gone = store.run(move |db| original::expire(db, account, &rules, now)).await?;
        blocking(move || {
            let _turn = turn;
            for original in &gone {
                vault.remove(original.account, original.key)?;
            }
            Ok(gone)
        })
        .await
    }

    /// What the person should know of it, as one sentence without its full stop.
    pub fn problem(&self) -> Option<String> {
        if let Some(opened) = self.opened.get() {
            return match &opened.key_place {
                KeyPlace::Keyring => None,
                KeyPlace::File(path) => Some(format!(
                    "There was no keyring for the key of the archive, so it is in {}: whoever can read that file and the \
                     archive can read the originals",
                    path.display()
                )),
            };
        }
        self.trouble()
            .as_ref()
            .map(|(_, why)| ArchiveError::Closed { why: why.clone() })
            .map(|error| format!("{error}. Until then nothing is done to mail of which an original has to be kept"))
    }

    /// The open vault. Whoever comes while the keyring is being asked waits for the same answer, but not for long, and not at
    /// all if somebody has just waited in vain.
    async fn vault(&self) -> Result<Arc<Vault>, ArchiveError> {
        if let Some(opened) = self.opened.get() {
            return Ok(Arc::clone(&opened.vault));
        }
        if self.rest.is_unanswered() {
            // If there is an answer by now, it is heard all the same.
            return self.open().now_or_never().unwrap_or(Err(ArchiveError::Waiting));
        }
        let opened = timeout(PATIENCE, self.open()).await;
        opened.unwrap_or_else(|_elapsed| {
            self.rest.note_unanswered();
            Err(ArchiveError::Waiting)
        })
    }

    async fn open(&self) -> Result<Arc<Vault>, ArchiveError> {
        let mut attempt = self.attempt.lock().await;
        if let Some(opened) = self.opened.get() {
            return Ok(Arc::clone(&opened.vault));
        }
        if attempt.is_none() {
            if let Some((_, why)) = self.trouble().as_ref().filter(|(since, _)| since.elapsed() < RETRY) {
                return Err(ArchiveError::Closed { why: why.clone() });
            }
            let (home, key_source) = (self.home.clone(), self.key_source);
            *attempt = Some(spawn_blocking(move || open(&home, key_source)));
        }
        let Some(asked) = attempt.as_mut() else { return Err(ArchiveError::BrokenOff) };
        let answer = asked.await.unwrap_or(Err(ArchiveError::BrokenOff));
        *attempt = None;
        match answer {
            Ok(opened) => {
                *self.trouble() = None;
                Ok(Arc::clone(&self.opened.get_or_init(|| opened).vault))
            }
            Err(err) => {
                let why = if let ArchiveError::Closed { why } = err { why } else { err.to_string() };
                *self.trouble() = Some((Instant::now(), why.clone()));
                Err(ArchiveError::Closed { why })
            }
        }
    }

    fn trouble(&self) -> MutexGuard<'_, Option<(Instant, String)>> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn open(home: &Home, key_source: KeySource) -> Result<Opened, ArchiveError> {
    let key = key_source(home).map_err(|err| ArchiveError::Closed { why: err.to_string() })?;
    let vault = Vault::open(&home.archive(), &key)?;
    Ok(Opened { vault: Arc::new(vault), key_place: key.place().clone() })
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ArchiveError> + Send + 'static,
) -> Result<T, ArchiveError> {
    spawn_blocking(work).await.unwrap_or(Err(ArchiveError::BrokenOff))
}

#[cfg(test)]
mod tests;
