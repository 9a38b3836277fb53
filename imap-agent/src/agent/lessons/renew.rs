//! Makes the tokens of older lessons anew, when this engine makes other tokens of the same mail.
//!
//! Only the archive is asked for the messages: no server, no network. A lesson without an original stays as it is and does
//! not count.

use std::{collections::BTreeMap, sync::Arc};

use tamis_core::{
    api::{RefusedKind, Reply},
    learn::Features,
    mail::AccountFacts,
};
use tokio::task::{spawn_blocking, yield_now};
use tracing::{info, warn};

use super::{Agent, Shared};
use crate::{
    agent::desk::facts,
    archive::{Archive, ArchiveError},
    pipeline::{Incoming, tokens},
    store::{AccountId, Key, Store, lessons},
    words::count,
};

/// So many lessons are one transaction. Between two of them everybody else has a turn.
const AT_ONCE: usize = 50;

/// What became of the older lessons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Renewed {
    /// Made anew.
    pub(crate) made: usize,
    /// Without an original in the archive, or of an account that is not watched.
    pub(crate) without: usize,
    /// With one that is damaged or breaks the engine.
    pub(crate) unreadable: usize,
}

impl Renewed {
    /// `312 lessons made anew; 40 have no original in the archive and count no longer: teach …`.
    pub(crate) fn sentence(self) -> String {
        let Self { made, without, unreadable } = self;
        if made + without + unreadable == 0 {
            return "all lessons are of this version".to_owned();
        }
        let mut text = format!("{} made anew", count(made, "lesson"));
        if without == 1 {
            text.push_str(
                "; 1 has no original in the archive and counts no longer: teach it again with `tamis-agent train`",
            );
        } else if 1 < without {
            text = format!(
                "{text}; {without} have no original in the archive and count no longer: teach them again with \
                 `tamis-agent train`"
            );
        }
        if 0 < unreadable {
            text = format!("{text}; {} could not be read", count(unreadable, "original"));
        }
        text
    }
}

/// Makes them anew because the person asks for it.
pub(in crate::agent) async fn renew(agent: &Agent) -> Reply {
    // In a task of its own: whoever asked may go away meanwhile.
    let renewing = tokio::spawn(renew_here(Arc::clone(&agent.shared)));
    let renewed = renewing.await.unwrap_or(Err(ArchiveError::BrokenOff));
    match renewed {
        Ok(renewed) => Reply::Done { text: renewed.sentence(), undo: None },
        Err(err) => Reply::Refused { text: err.to_string(), kind: RefusedKind::Outside },
    }
}

/// Makes them anew once, in the background.
pub(in crate::agent) async fn renew_by_itself(shared: Arc<Shared>) {
    match renew_here(shared).await {
        Ok(Renewed { made: 0, without: 0, unreadable: 0 }) => {}
        Ok(Renewed { made, without, unreadable }) => {
            info!(made, without, unreadable, "older lessons were made anew");
        }
        Err(err) => warn!(%err, "older lessons could not be made anew; that is tried again at the next start"),
    }
}

async fn renew_here(shared: Arc<Shared>) -> Result<Renewed, ArchiveError> {
    let _turn = shared.renewing.lock().await;
    let config = shared.config();
    let facts = shared.running().values().map(|account| (account.id, facts(&account.config, &config))).collect();
    let (renewed, ended) = renew_all(&shared.store, &shared.archive, &facts).await;
    if 0 < renewed.made {
        shared.teacher.outdate();
        Arc::clone(&shared).follow_lessons().await;
    }
    ended.map(|()| renewed)
}

/// Makes the tokens anew of all older lessons that the archive has the original of. The learner does not follow by itself.
/// If the archive cannot be opened, what was done before that is done all the same.
pub(crate) async fn renew_all(
    store: &Store,
    archive: &Archive,
    facts: &BTreeMap<AccountId, AccountFacts>,
) -> (Renewed, Result<(), ArchiveError>) {
    let mut renewed = Renewed::default();
    let ended = renew_into(store, archive, facts, &mut renewed).await;
    (renewed, ended)
}

async fn renew_into(
    store: &Store,
    archive: &Archive,
    facts: &BTreeMap<AccountId, AccountFacts>,
    renewed: &mut Renewed,
) -> Result<(), ArchiveError> {
    let outdated = store.run(|db| lessons::outdated(db)).await?;
    renewed.without = outdated.without;
    for some in outdated.kept.chunks(AT_ONCE) {
        let mut made = Vec::new();
        for (key, account) in some {
            // What its mail is to be read with is not known: other tokens than those of its mail would help nobody.
            let Some(known) = facts.get(account).cloned() else {
                renewed.without += 1;
                continue;
            };
            match make(store, archive, (*account, *key), known).await? {
                Made::Tokens(tokens) => made.push((*key, tokens)),
                Made::Gone => renewed.without += 1,
                Made::Unreadable => renewed.unreadable += 1,
            }
        }
        renewed.made += store.run(move |db| lessons::renew(db, &made)).await?;
        yield_now().await;
    }
    Ok(())
}

enum Made {
    Tokens(Vec<u8>),
    Gone,
    Unreadable,
}

async fn make(
    store: &Store,
    archive: &Archive,
    (account, key): (AccountId, Key),
    facts: AccountFacts,
) -> Result<Made, ArchiveError> {
    let (raw, original) = match archive.fetch(store, account, key).await {
        Ok(Some(found)) => found,
        // Its time was over meanwhile.
        Ok(None) => return Ok(Made::Gone),
        Err(ArchiveError::Damaged { .. } | ArchiveError::Read { .. }) => return Ok(Made::Unreadable),
        Err(err) => return Err(err),
    };
    let incoming = Incoming { raw, received_at: original.internal_date.0, full_size: original.size };
    // On another thread, where a message that breaks the engine breaks nothing else.
    let made = spawn_blocking(move || Features::encode(&tokens(&incoming, facts))).await;
    Ok(made.map_or(Made::Unreadable, Made::Tokens))
}

#[cfg(test)]
mod tests;
