//! The folders that an account needs, and what it means when they cannot be had.

use tamis_core::{Action, config::Account};

use super::Refusal;
use crate::mailbox::{CommandError, ConnectError, FolderName, Folders, Session};

/// The folder for quarantine, where the person names none; `/` stands for the server's delimiter.
const QUARANTINE: &str = "Tamis/Quarantine";

/// What it means that a folder is not there and cannot be made.
pub(super) fn unmade_folder(account: &Account, error: CommandError) -> Refusal {
    match error {
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
