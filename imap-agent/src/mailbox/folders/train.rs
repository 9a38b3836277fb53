//! The folders into which the person drops what is to be learned, from any mail program.

use super::{super::session::Session, CommandError, FolderName, Folders, Role, names};

/// What they are below.
const PARENT: &str = "Tamis";

/// The train folders of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrainFolders {
    /// For what is spam.
    pub spam: FolderName,
    /// For what is wanted.
    pub good: FolderName,
}

impl Folders {
    /// The language in which the server names its folders, as in `de`, if their names show one.
    fn language(&self) -> Option<&'static str> {
        [Role::Junk, Role::Sent, Role::Trash].into_iter().find_map(|role| {
            let (_, own) = self.find(role)?.parent_and_own();
            names::language_of(&own)
        })
    }

    /// One that is there already, in whatever language.
    fn existing_of(&self, word: impl Fn(&names::Words) -> &'static str) -> Option<FolderName> {
        names::TRAIN.iter().find_map(|words| {
            let name = self.place_of(&format!("{PARENT}/{}", word(words)));
            let lower = name.shown().to_lowercase();
            let mut same = self.selectable().filter(|folder| folder.name.shown().to_lowercase() == lower);
            same.next().map(|folder| folder.name.clone())
        })
    }
}

impl Session {
    /// The train folders, made if they are not there. They are named in the language of the server's other folders, else in
    /// `language`, such as `de` or `de_AT.UTF-8`, else in English. `junk` shows where folders belong.
    pub async fn ensure_train_folders(
        &mut self,
        folders: &Folders,
        junk: &FolderName,
        language: &str,
    ) -> Result<TrainFolders, CommandError> {
        let language = folders.language().unwrap_or(language);
        let words = names::train_words(language);
        let mut made = Vec::new();
        for (existing, word) in [
            (folders.existing_of(|words| words.spam), words.spam),
            (folders.existing_of(|words| words.good), words.good),
        ] {
            made.push(match existing {
                Some(name) => name,
                None => self.make_below(folders, junk, &format!("{PARENT}/{word}")).await?,
            });
        }
        let [spam, good] = made.try_into().map_err(|_more| CommandError::NotSent("there are two train folders"))?;
        Ok(TrainFolders { spam, good })
    }

    async fn make_below(
        &mut self,
        folders: &Folders,
        junk: &FolderName,
        wanted: &str,
    ) -> Result<FolderName, CommandError> {
        match self.ensure_folder(folders, wanted).await {
            // An account that had only an inbox did not show that everything must be below it.
            Err(CommandError::No { .. }) if folders.prefix().is_empty() && is_below_inbox(junk) => {
                self.ensure_folder(folders, &format!("INBOX/{wanted}")).await
            }
            outcome => outcome,
        }
    }
}

fn is_below_inbox(folder: &FolderName) -> bool {
    let rest = folder.wire().get(..6);
    rest.is_some_and(|start| start.to_ascii_uppercase().starts_with("INBOX"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailbox::script::Server;

    async fn ensured(
        listed: &[&str],
        junk: &str,
        language: &str,
        made: &[(&str, &str)],
    ) -> Result<[String; 2], CommandError> {
        let mut script = vec![("LIST \"\" \"*\"".to_owned(), format!("{}\r\n{{tag}} OK\r\n", listed.join("\r\n")))];
        for (name, answer) in made {
            script.push((format!("CREATE \"{name}\""), format!("{{tag}} {answer}\r\n")));
            if *answer == "OK" {
                script.push((format!("SUBSCRIBE \"{name}\""), "{tag} OK\r\n".to_owned()));
            }
        }
        let (stream, server) = Server::start_owned("", script);
        let mut session = Session::over(stream, &[]);
        let folders = session.folders().await.unwrap();
        let got = session.ensure_train_folders(&folders, &FolderName::from_wire(junk), language).await;
        drop(session);
        server.finish().await;
        got.map(|got| [got.spam, got.good].map(|name| name.shown().into_owned()))
    }

    #[tokio::test]
    async fn they_are_named_as_the_servers_folders_are() {
        for (listed, language, made, want) in [
            ("Junk", "C", ["Tamis/Spam", "Tamis/Good"], ["Tamis/Spam", "Tamis/Good"]),
            ("Junk", "de_AT.UTF-8", ["Tamis/Spam", "Tamis/Erw&APw-nscht"], ["Tamis/Spam", "Tamis/Erwünscht"]),
            ("Spamverdacht", "en", ["Tamis/Spam", "Tamis/Erw&APw-nscht"], ["Tamis/Spam", "Tamis/Erwünscht"]),
            (
                "Ind&AOk-sirables",
                "de",
                ["Tamis/Ind&AOk-sirables", "Tamis/L&AOk-gitimes"],
                ["Tamis/Indésirables", "Tamis/Légitimes"],
            ),
        ] {
            let line = format!("* LIST () \"/\" {listed}");
            let got =
                ensured(&["* LIST () \"/\" INBOX", &line], listed, language, &made.map(|name| (name, "OK"))).await;
            assert_eq!(got.unwrap(), want.map(str::to_owned), "{listed} {language}");
        }
    }

    #[tokio::test]
    async fn those_of_any_language_are_known_again() {
        let listed =
            ["* LIST (\\Junk) \"/\" Junk", "* LIST () \"/\" Tamis/Spam", "* LIST () \"/\" \"Tamis/Erw&APw-nscht\""];
        assert_eq!(ensured(&listed, "Junk", "ja", &[]).await.unwrap(), ["Tamis/Spam", "Tamis/Erwünscht"]);
        let listed =
            ["* LIST (\\Junk) \"/\" Junk", "* LIST () \"/\" \"Tamis/Sk&AOQ-rvor\"", "* LIST () \"/\" tamis/good"];
        assert_eq!(
            ensured(&listed, "Junk", "en", &[("Tamis/Spam", "OK")]).await.unwrap(),
            ["Tamis/Spam", "tamis/good"]
        );
    }

    #[tokio::test]
    async fn they_are_where_folders_belong() {
        let below = ["* LIST () \".\" INBOX", "* LIST () \".\" INBOX.Junk"];
        let made = [("INBOX.Tamis.Spam", "OK"), ("INBOX.Tamis.Good", "OK")];
        assert_eq!(ensured(&below, "INBOX.Junk", "en", &made).await.unwrap(), ["INBOX.Tamis.Spam", "INBOX.Tamis.Good"]);
        let alone = ["* LIST () \".\" INBOX"];
        let made = [
            ("Tamis.Spam", "NO where"),
            ("INBOX.Tamis.Spam", "OK"),
            ("Tamis.Good", "NO where"),
            ("INBOX.Tamis.Good", "OK"),
        ];
        assert_eq!(ensured(&alone, "INBOX.Junk", "en", &made).await.unwrap(), ["INBOX.Tamis.Spam", "INBOX.Tamis.Good"]);
        let flat = ["* LIST () NIL INBOX", "* LIST () NIL Junk"];
        let made = [("Tamis-Spam", "OK"), ("Tamis-Good", "OK")];
        assert_eq!(ensured(&flat, "Junk", "en", &made).await.unwrap(), ["Tamis-Spam", "Tamis-Good"]);
    }

    #[tokio::test]
    async fn a_server_that_makes_none_is_believed() {
        let error =
            ensured(&["* LIST () \"/\" Junk"], "Junk", "en", &[("Tamis/Spam", "NO no more")]).await.unwrap_err();
        assert!(matches!(error, CommandError::No { .. }), "{error:?}");
    }
}
