//! The folders that an account needs, and what it means when they cannot be had.

use tamis_core::{Action, config::Account};
use tracing::info;

use super::{super::Shared, Refusal};
use crate::{
    mailbox::{CommandError, ConnectError, FolderName, Folders, Role, Session, TrainFolders},
    store::{
        AccountId, folder,
        moves::{Side, Sides},
    },
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
    if let Some(wanted) = account.junk_folder.as_deref().filter(|wanted| folders.is_for_other_mail(wanted)) {
        let text = format!(
            "{wanted} cannot be the folder for junk, as other mail is in it: write another one as `junk_folder` into the \
             settings of this account"
        );
        return Err(Refusal { is_login: true, ..Refusal::of_person(text) });
    }
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

/// Which folders say what of the mail in them. `quarantine` may be one of former days.
pub(super) fn sides_of(
    folders: &Folders,
    (junk, quarantine): (&FolderName, Option<String>),
    train: Option<&TrainFolders>,
) -> Sides {
    let mut sides = Sides { junk: vec![junk.wire().to_owned()], neutral: Vec::new() };
    sides.junk.extend(quarantine.filter(|quarantine| quarantine != junk.wire()));
    let trash = folders.find(Role::Trash).map(|folder| &folder.name);
    // What lies in another folder for spam is not wanted for that, and moving it to ours says nothing new.
    let neutral = trash
        .into_iter()
        .chain(folders.beside_junk(junk))
        .chain(train.into_iter().flat_map(|train| [&train.spam, &train.good]));
    sides.neutral = neutral.map(|name| name.wire().to_owned()).filter(|name| !sides.junk.contains(name)).collect();
    sides
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

/// The folder for what is judged again, if the person wants one. Without it such mail stays in the inbox, which is no worse; so
/// it does if the folder is one that has another use.
pub(super) async fn ensure_held(
    shared: &Shared,
    account: &Account,
    session: &mut Session,
    (folders, sides, taken): (&Folders, &Sides, &[FolderName]),
) -> Result<Option<FolderName>, CommandError> {
    let Some(wanted) = account.hold.folder.as_deref().filter(|_| !account.hold.again.is_empty()) else {
        return Ok(None);
    };
    match session.ensure_folder(folders, wanted).await {
        Ok(held) => {
            let is_drafts = folders.find(Role::Drafts).is_some_and(|drafts| drafts.name == held);
            let is_free = sides.of(held.wire()) == Side::Good && !taken.contains(&held) && !is_drafts;
            if !is_free {
                let note = format!(
                    "doubtful mail waits in the inbox, as {} has another use: name another folder under [hold] in the settings",
                    held.shown()
                );
                shared.board.note(&account.name, &note);
            }
            Ok(Some(held).filter(|_| is_free))
        }
        Err(error) if !error.leaves_session_usable() => Err(error),
        Err(error) => {
            info!("there is no folder for what is judged again");
            let note = format!("doubtful mail waits in the inbox, as there is no folder for it: {error}");
            shared.board.note(&account.name, &note);
            Ok(None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailbox::script::Server;

    #[tokio::test]
    async fn other_folders_for_spam_say_nothing() {
        let listed = "* LIST () \"/\" INBOX\r\n* LIST () \"/\" Junk\r\n* LIST () \"/\" Spam\r\n* LIST () \"/\" Held\r\n\
                      * LIST () \"/\" Spam/2025\r\n* LIST () \"/\" Trash\r\n* LIST () \"/\" Projects\r\n{tag} OK\r\n";
        let (stream, _server) = Server::start_owned("", vec![("LIST \"\" \"*\"".to_owned(), listed.to_owned())]);
        let folders = Session::over(stream, &[]).folders().await.unwrap();
        for quarantine in ["Held", "Spam/2025"] {
            let sides = sides_of(&folders, (&FolderName::from_shown("Spam"), Some(quarantine.to_owned())), None);
            for (folder, want) in [
                ("Spam", Side::Junk),
                (quarantine, Side::Junk),
                ("Junk", Side::Neutral),
                ("Trash", Side::Neutral),
                ("Projects", Side::Good),
                ("INBOX", Side::Good),
            ] {
                assert_eq!(sides.of(folder), want, "{folder}");
            }
            assert_eq!(sides.of("Spam/2025") == Side::Neutral, quarantine == "Held");
        }
    }
}
