//! Folders in which the person keeps mail that came to them.

use super::{Folder, FolderName, Folders, Role};

impl Folders {
    /// The inbox, and all that neither shows what lies in other folders, nor is for junk, for what was sent, thrown away or
    /// is not yet sent, nor lies below one of those.
    pub fn kept(&self) -> impl Iterator<Item = &Folder> {
        let inbox = FolderName::inbox();
        self.selectable().filter(move |folder| folder.name == inbox || !self.is_of_other_use(folder))
    }

    fn is_of_other_use(&self, folder: &Folder) -> bool {
        let is_named =
            Role::ALL.iter().any(|role| folder.role == Some(*role) || self.called(*role).any(|one| one == folder));
        // The inbox is a parent on some servers, and says nothing of its children.
        folder.is_view || is_named || self.parent_of(folder).is_some_and(|parent| self.is_of_other_use(parent))
    }

    /// The folder that it lies right below, if there is one and it is not the inbox.
    fn parent_of(&self, folder: &Folder) -> Option<&Folder> {
        let (parent, _) = folder.name.wire().rsplit_once(folder.delimiter?)?;
        self.get(&FolderName::from_wire(parent)).filter(|parent| parent.name != FolderName::inbox())
    }
}

#[cfg(test)]
mod tests {
    use crate::mailbox::{Session, script::Server};

    #[tokio::test]
    async fn what_is_sent_thrown_away_unwanted_or_only_a_view_is_not_kept_mail() {
        let listed = "* LIST () \"/\" INBOX\r\n* LIST () \"/\" INBOX/Lists\r\n* LIST () \"/\" INBOX/Sent\r\n\
                      * LIST (\\Sent) \"/\" Out\r\n* LIST () \"/\" Out/2024\r\n* LIST (\\Drafts) \"/\" Scraps\r\n\
                      * LIST () \"/\" Papierkorb\r\n* LIST () \"/\" Papierkorb/Alt\r\n* LIST () \"/\" Spam\r\n\
                      * LIST (\\All) \"/\" Everything\r\n* LIST (\\Noselect) \"/\" Shelf\r\n* LIST () \"/\" Shelf/Work\r\n\
                      * LIST (\\Archive) \"/\" Archive\r\n* LIST () \"/\" Archive/2025\r\n* LIST () \"/\" Templates\r\n\
                      * LIST () \"/\" Trashed-cars\r\n{tag} OK\r\n";
        let (stream, _server) = Server::start_owned("", vec![("LIST \"\" \"*\"".to_owned(), listed.to_owned())]);
        let folders = Session::over(stream, &[]).folders().await.unwrap();
        let kept: Vec<&str> = folders.kept().map(|folder| folder.name.wire()).collect();
        assert_eq!(kept, ["INBOX", "INBOX/Lists", "Shelf/Work", "Archive", "Archive/2025", "Trashed-cars"]);
    }
}
