//! Which folder is Junk, where several could be.

use super::{super::session::Session, CommandError, Folder, FolderName, Folders, Role};

/// The Junk folder of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Junk {
    /// Its name.
    pub name: FolderName,
    /// Other folders that are called as if they were it.
    pub rivals: Vec<FolderName>,
}

impl From<FolderName> for Junk {
    fn from(name: FolderName) -> Self {
        Self { name, rivals: Vec::new() }
    }
}

impl Junk {
    /// What the person should know about the choice; `None` if there was none.
    pub fn note(&self) -> Option<String> {
        let rivals: Vec<String> = self.rivals.iter().map(|name| format!("“{name}”")).collect();
        let (last, before) = rivals.split_last()?;
        let others = if before.is_empty() { last.clone() } else { format!("{} and {last}", before.join(", ")) };
        Some(format!(
            "“{}” is taken for the Junk folder, but {others} could be it, too; if that is wrong, write the right one as \
             `junk_folder` into the settings of this account",
            self.name
        ))
    }

    /// The same, but with that folder chosen if it is one of them.
    #[must_use]
    pub fn preferring(mut self, wanted: &FolderName) -> Self {
        if let Some(rival) = self.rivals.iter_mut().find(|rival| *rival == wanted) {
            std::mem::swap(rival, &mut self.name);
        }
        self
    }
}

impl Folders {
    /// Other folders in which there may be spam besides `junk`: those that the server calls so, those that bear such a name,
    /// and those below Junk.
    pub fn beside_junk<'a>(&'a self, junk: &'a FolderName) -> impl Iterator<Item = &'a FolderName> {
        let told = self.all().iter().filter(|folder| folder.role == Some(Role::Junk));
        let is_below = |folder: &Folder| {
            let rest = folder.name.wire().strip_prefix(junk.wire());
            rest.zip(folder.delimiter).is_some_and(|(rest, delimiter)| rest.starts_with(delimiter))
        };
        let below = self.all().iter().filter(move |folder| is_below(folder));
        let all = told.chain(self.called(Role::Junk)).chain(below).map(|folder| &folder.name);
        all.filter(move |name| *name != junk && **name != FolderName::inbox())
    }
}

impl Session {
    /// The Junk folder there is: the one the person names, else the one the server names, else of those that are called so
    /// the one with the most mail. Makes none.
    pub async fn junk(&mut self, folders: &Folders, wanted: Option<&str>) -> Result<Option<Junk>, CommandError> {
        if let Some(wanted) = wanted {
            return Ok(folders.named(wanted).map(|folder| folder.name.clone().into()));
        }
        if let Some(told) = folders.told(Role::Junk) {
            return Ok(Some(told.name.clone().into()));
        }
        let mut called: Vec<FolderName> = folders.called(Role::Junk).map(|folder| folder.name.clone()).collect();
        if called.len() < 2 {
            return Ok(called.pop().map(Junk::from));
        }
        let mut counted = Vec::new();
        for name in called {
            counted.push((self.count(&name).await?, name));
        }
        // Of as many, the likeliest name stays first.
        counted.sort_by_key(|(messages, _)| std::cmp::Reverse(*messages));
        let mut names = counted.into_iter().map(|(_, name)| name);
        Ok(names.next().map(|name| Junk { name, rivals: names.collect() }))
    }

    /// How many messages are in a folder, as far as the server says so.
    async fn count(&mut self, folder: &FolderName) -> Result<u32, CommandError> {
        match self.figures(folder).await {
            Err(error) if !error.leaves_session_usable() => Err(error),
            figures => Ok(figures.unwrap_or_default().messages.unwrap_or(0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailbox::script::{Exchange, Server};

    const BOTH: &str = "* LIST () \"/\" INBOX\r\n* LIST () \"/\" Junk\r\n* LIST () \"/\" Spam\r\n";

    fn status(folder: &str, said: &str) -> (String, String) {
        (format!("STATUS \"{folder}\" (MESSAGES UIDNEXT UIDVALIDITY)"), said.to_owned())
    }

    async fn chosen(listed: &str, wanted: Option<&str>, asked: Vec<(String, String)>) -> Option<(String, Vec<String>)> {
        let mut script = vec![("LIST \"\" \"*\"".to_owned(), format!("{listed}{{tag}} OK\r\n"))];
        script.extend(asked);
        let (stream, server) = Server::start_owned("", script);
        let mut session = Session::over(stream, &[]);
        let folders = session.folders().await.unwrap();
        let junk = session.junk(&folders, wanted).await.unwrap();
        drop(session);
        server.finish().await;
        junk.map(|junk| {
            (junk.name.wire().to_owned(), junk.rivals.iter().map(|rival| rival.wire().to_owned()).collect())
        })
    }

    #[tokio::test]
    async fn of_two_that_are_called_so_the_one_with_more_mail_is_taken() {
        let counts = |junk: u32, spam: u32| {
            vec![
                status("Junk", &format!("* STATUS Junk (MESSAGES {junk} UIDNEXT 9 UIDVALIDITY 1)\r\n{{tag}} OK\r\n")),
                status("Spam", &format!("* STATUS Spam (MESSAGES {spam} UIDNEXT 9 UIDVALIDITY 1)\r\n{{tag}} OK\r\n")),
            ]
        };
        let [junk, spam] = ["Junk", "Spam"].map(str::to_owned);
        assert_eq!(chosen(BOTH, None, counts(2, 3)).await, Some((spam.clone(), vec![junk.clone()])));
        assert_eq!(chosen(BOTH, None, counts(3, 2)).await, Some((junk.clone(), vec![spam.clone()])));
        assert_eq!(chosen(BOTH, None, counts(0, 0)).await, Some((junk.clone(), vec![spam])));
        let unsaid = vec![status("Junk", "{tag} NO no\r\n"), status("Spam", "* STATUS Spam ()\r\n{tag} OK\r\n")];
        assert_eq!(chosen(BOTH, None, unsaid).await.map(|(name, _)| name), Some(junk));
    }

    #[tokio::test]
    async fn nothing_is_asked_where_the_server_or_the_person_has_said_it() {
        let told = "* LIST () \"/\" Junk\r\n* LIST () \"/\" Spam\r\n* LIST (\\Junk) \"/\" Bulk\r\n";
        assert_eq!(chosen(told, None, vec![]).await, Some(("Bulk".to_owned(), vec![])));
        assert_eq!(chosen(BOTH, Some("Spam"), vec![]).await, Some(("Spam".to_owned(), vec![])));
        assert_eq!(chosen(BOTH, Some("Other"), vec![]).await, None);
        assert_eq!(chosen("* LIST () \"/\" INBOX\r\n", None, vec![]).await, None);
    }

    #[tokio::test]
    async fn there_may_be_spam_in_all_that_the_server_or_the_name_says_so_of_and_below_junk() {
        let listed = "* LIST () \"/\" INBOX\r\n* LIST () \"/\" Junk\r\n* LIST () \"/\" Spam\r\n\
                      * LIST (\\Junk) \"/\" Bulk2\r\n* LIST () \"/\" Junk/Old\r\n* LIST () \"/\" Junkyard\r\n\
                      * LIST (\\Trash) \"/\" Bulk\r\n{tag} OK\r\n";
        let (stream, _server) = Server::start_owned("", vec![("LIST \"\" \"*\"".to_owned(), listed.to_owned())]);
        let folders = Session::over(stream, &[]).folders().await.unwrap();
        let beside = |junk: &str| {
            let junk = FolderName::from_shown(junk);
            folders.beside_junk(&junk).map(|name| name.wire().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(beside("Bulk2"), ["Junk", "Spam"]);
        assert_eq!(beside("Junk"), ["Bulk2", "Spam", "Junk/Old"]);
    }

    #[test]
    fn the_person_is_told_what_was_taken_and_how_to_choose_another() {
        let name = |name: &str| FolderName::from_shown(name);
        let alone = Junk::from(name("Junk"));
        assert_eq!(alone.note(), None);
        let junk = Junk { name: name("Spam"), rivals: vec![name("Junk"), name("Bulk"), name("Unerwünscht")] };
        assert_eq!(
            junk.note().unwrap(),
            "“Spam” is taken for the Junk folder, but “Junk”, “Bulk” and “Unerwünscht” could be it, too; if that is \
             wrong, write the right one as `junk_folder` into the settings of this account"
        );
        let other = junk.clone().preferring(&name("Bulk"));
        assert_eq!((other.name, other.rivals), (name("Bulk"), vec![name("Junk"), name("Spam"), name("Unerwünscht")]));
        assert_eq!(junk.clone().preferring(&name("Elsewhere")), junk);
    }

    const GMAIL: [Exchange; 1] = [(
        "LIST \"\" \"*\"",
        "* LIST (\\HasNoChildren) \"/\" \"INBOX\"\r\n\
         * LIST (\\HasChildren \\Noselect) \"/\" \"[Gmail]\"\r\n\
         * LIST (\\All \\HasNoChildren) \"/\" \"[Gmail]/Todos\"\r\n\
         * LIST (\\HasNoChildren \\Important) \"/\" \"[Gmail]/Importantes\"\r\n\
         * LIST (\\HasNoChildren \\Junk) \"/\" \"[Gmail]/Correo no deseado\"\r\n\
         * LIST (\\HasNoChildren \\Sent) \"/\" \"[Gmail]/Enviados\"\r\n\
         * LIST (\\HasNoChildren \\Trash) \"/\" \"[Gmail]/Papelera\"\r\n\
         * LIST (\\HasNoChildren) \"/\" \"Spam\"\r\n{tag} OK\r\n",
    )];

    #[tokio::test]
    async fn in_gmail_of_any_language_it_is_the_one_gmail_says() {
        let (stream, _server) = Server::start("", &GMAIL);
        let mut session = Session::over(stream, &[]);
        let folders = session.folders().await.unwrap();
        let junk = session.ensure_junk(&folders, None).await.unwrap();
        assert_eq!(junk, FolderName::from_shown("[Gmail]/Correo no deseado").into());
        for name in ["[Gmail]/Spam", "[Google Mail]/Spam", "[Gmail]/Courrier ind&AOk-sirable"] {
            let listed = format!("* LIST (\\HasNoChildren) \"/\" \"{name}\"\r\n");
            assert_eq!(chosen(&listed, None, vec![]).await, Some((name.to_owned(), vec![])), "without attributes");
        }
    }
}
