//! The folders that an account needs, and what it means when they cannot be had.

use tamis_core::{Action, config::Account};
use tracing::info;

use super::{super::Shared, Refusal};
use crate::{
    mailbox::{CommandError, ConnectError, FolderName, Folders, Session, TrainFolders},
    store::{AccountId, folder},
};

/// The folder for quarantine, where the person names none; `/` stands for the server's delimiter.
const QUARANTINE: &str = "Tamis/Quarantine";

/// What it means that a folder is not there and cannot be made.
pub(super) fn unmade_folder(account: &Account, error: CommandError) -> Refusal {
    match error {
        // Later it may well be made.
        error if error.is_for_now() => ConnectError::after_login(account, error).into(),
        CommandError::No { ref text, .. } | CommandError::Bad { ref text, .. } => {
            let text = format!(
                "{} does not let Tamis make a folder that it needs ({text}): make it yourself, or name another one in \
                 the settings",
                account.host
            );
            Refusal { is_login: true, ..Refusal::of_person(text) }
        }
        CommandError::Bye { .. } | CommandError::Lost(_) | CommandError::Timeout | CommandError::NotSent(_) => {
            ConnectError::after_login(account, error).into()
        }
    }
}

/// The Junk folder. Where several could be it, it is the one it was before, and the person is told.
pub(super) async fn ensure_junk(
    shared: &Shared,
    (account, id): (&Account, AccountId),
    session: &mut Session,
    folders: &Folders,
) -> Result<FolderName, Refusal> {
    let chosen = session.ensure_junk(folders, account.junk_folder.as_deref()).await;
    let mut junk = chosen.map_err(|error| unmade_folder(account, error))?;
    if !junk.rivals.is_empty() {
        let before = shared.store.run(move |db| folder::junk_folder(db, id)).await;
        let before = before.map_err(|err| Refusal::later(format!("The store failed: {err}")))?;
        if let Some(before) = before {
            junk = junk.preferring(&FolderName::from_wire(&before));
        }
    }
    if let Some(note) = junk.note() {
        shared.board.note(&account.name, &note);
    }
    Ok(junk.name)
}

/// The train folders, if the person wants them. An account is watched without them all the same.
pub(super) async fn ensure_train_folders(
    shared: &Shared,
    account: &Account,
    session: &mut Session,
    (folders, junk): (&Folders, &FolderName),
) -> Result<Option<TrainFolders>, CommandError> {
    if !account.train_folders {
        return Ok(None);
    }
    match session.ensure_train_folders(folders, junk, &language()).await {
        Ok(train) => Ok(Some(train).filter(|train| train.spam != *junk && train.good != *junk)),
        Err(error) if !error.leaves_session_usable() => Err(error),
        Err(error) => {
            info!("there are no train folders");
            let note = format!(
                "there are no folders for mail that is to be learned: {error}. Write `train_folders = false` into the \
                 settings of this account if that is as it should be"
            );
            shared.board.note(&account.name, &note);
            Ok(None)
        }
    }
}

/// The language of the person's desktop, as its variables say it: `de_AT.UTF-8`. Empty if they say nothing.
fn language() -> String {
    let said = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok());
    said.into_iter().find(|language| !language.is_empty()).unwrap_or_default()
}

/// The folder for quarantine, if the policy has a use for it.
pub(super) async fn ensure_quarantine(
    account: &Account,
    session: &mut Session,
    folders: &Folders,
) -> Result<Option<FolderName>, CommandError> {
    if !account.policy.actions().any(|action| action == Action::Quarantine) {
        return Ok(None);
    }
    let wanted = account.quarantine_folder.as_deref().unwrap_or(QUARANTINE);
    session.ensure_folder(folders, wanted).await.map(Some)
}
