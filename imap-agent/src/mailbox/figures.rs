//! Figures of folders that are not selected: enough to tell whether something in them has changed.

use std::collections::BTreeMap;

use super::{
    folders::{Folder, FolderName},
    response::{CommandError, FolderFigures, Untagged},
    session::Session,
};

/// What tells whether a folder is as it was.
const ITEMS: &str = "MESSAGES UIDNEXT UIDVALIDITY";

/// So many folders are asked about one by one, where the server does not tell of all at once.
const MOST_ASKED: usize = 500;

impl Session {
    /// What the server says of a folder that is not selected. Some say nothing.
    pub async fn figures(&mut self, folder: &FolderName) -> Result<FolderFigures, CommandError> {
        self.status(folder, ITEMS).await
    }

    /// The same of many, with one question where the server can answer that (RFC 5819). One that it does not tell of is
    /// not among them.
    pub async fn figures_of(
        &mut self,
        folders: &[Folder],
    ) -> Result<BTreeMap<FolderName, FolderFigures>, CommandError> {
        let mut told = BTreeMap::new();
        if self.can("LIST-STATUS") {
            let note = |untagged| {
                if let Untagged::Status(name, figures) = untagged {
                    told.insert(FolderName::from_wire(&name), figures);
                }
            };
            match self.command(&format!("LIST \"\" \"*\" RETURN (STATUS ({ITEMS}))"), note).await {
                Err(error) if !error.leaves_session_usable() => return Err(error),
                Ok(_) | Err(_) => {}
            }
        }
        let wanted = |folder: &&Folder| folder.is_selectable;
        told.retain(|name, _| folders.iter().filter(wanted).any(|folder| folder.name == *name));
        let untold: Vec<FolderName> = folders
            .iter()
            .filter(wanted)
            .filter(|folder| !told.contains_key(&folder.name))
            .map(|folder| folder.name.clone())
            .take(MOST_ASKED)
            .collect();
        for name in untold {
            match self.figures(&name).await {
                Ok(figures) => drop(told.insert(name, figures)),
                Err(error) if error.leaves_session_usable() && !error.is_for_now() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(told)
    }

    pub(super) async fn status(&mut self, folder: &FolderName, items: &str) -> Result<FolderFigures, CommandError> {
        let mut figures = FolderFigures::default();
        let note = |untagged| {
            if let Untagged::Status(_, told) = untagged {
                figures = told;
            }
        };
        self.command(&format!("STATUS {} ({items})", folder.argument()), note).await?;
        Ok(figures)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailbox::script::{Exchange, Server};

    const LIST: &str = "LIST \"\" \"*\" RETURN (STATUS (MESSAGES UIDNEXT UIDVALIDITY))";

    async fn told(capabilities: &[&str], script: &[Exchange]) -> Result<Vec<(String, Option<u32>)>, CommandError> {
        let (stream, server) = Server::start("", script);
        let mut session = Session::over(stream, capabilities);
        let folder = |(name, is_selectable): (&str, bool)| Folder {
            name: FolderName::from_wire(name),
            delimiter: Some('/'),
            role: None,
            is_view: false,
            is_selectable,
        };
        let folders = [("INBOX", true), ("A \"b\"", true), ("Above", false)].map(folder);
        let told = session.figures_of(&folders).await?;
        drop(session);
        server.finish().await;
        Ok(told.into_iter().map(|(name, figures)| (name.wire().to_owned(), figures.uid_next)).collect())
    }

    #[tokio::test]
    async fn all_folders_are_asked_about_at_once_and_one_by_one_what_was_not_told() {
        let at_once = "* LIST () \"/\" INBOX\r\n* STATUS inbox (MESSAGES 1 UIDNEXT 5 UIDVALIDITY 7)\r\n\
                       * STATUS Stranger (UIDNEXT 9)\r\n{tag} OK\r\n";
        let other = (
            "STATUS \"A \\\"b\\\"\" (MESSAGES UIDNEXT UIDVALIDITY)",
            "* STATUS \"A \\\"b\\\"\" (UIDNEXT 6)\r\n{tag} OK\r\n",
        );
        let got = told(&["LIST-STATUS"], &[(LIST, at_once), other]).await.unwrap();
        assert_eq!(got, [("A \"b\"".to_owned(), Some(6)), ("INBOX".to_owned(), Some(5))]);
    }

    #[tokio::test]
    async fn what_a_server_refuses_to_tell_is_passed_over() {
        let inbox = ("STATUS \"INBOX\" (MESSAGES UIDNEXT UIDVALIDITY)", "* STATUS INBOX (UIDNEXT 5)\r\n{tag} OK\r\n");
        let other = ("STATUS \"A \\\"b\\\"\" (MESSAGES UIDNEXT UIDVALIDITY)", "{tag} NO Permission denied\r\n");
        assert_eq!(told(&[], &[inbox, other]).await.unwrap(), [("INBOX".to_owned(), Some(5))]);
        let got = told(&["LIST-STATUS"], &[(LIST, "{tag} BAD what?\r\n"), inbox, other]).await.unwrap();
        assert_eq!(got, [("INBOX".to_owned(), Some(5))]);
    }
}
