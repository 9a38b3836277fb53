//! Keywords: what other programs have said about a message, and what we say to them.

use std::collections::BTreeSet;

use super::{
    fetch::NOTHING_SELECTED,
    response::{CommandError, MessageData},
    session::Session,
};

/// What says that a message is junk, the registered keyword first.
const JUNK: [&str; 2] = ["$Junk", "Junk"];

/// What says that a message is not junk. Thunderbird writes the second, Apple Mail the third.
const NOT_JUNK: [&str; 3] = ["$NotJunk", "NonJunk", "NotJunk"];

/// Whether a flag or keyword is among these. Their case says nothing (RFC 9051 §2.3.2).
pub fn has_flag(flags: &[String], name: &str) -> bool {
    flags.iter().any(|flag| flag.eq_ignore_ascii_case(name))
}

impl Session {
    /// Whether messages of the selected folder can bear that keyword for good.
    pub fn permits_keyword(&self, keyword: &str) -> bool {
        self.selected().is_some_and(|selected| {
            let mut flags = selected.permanent_flags.iter();
            !selected.is_read_only && flags.any(|flag| flag == "\\*" || flag.eq_ignore_ascii_case(keyword))
        })
    }

    /// Sets and clears keywords, as far as the folder keeps such. Returns whether there was anything to do.
    ///
    /// A message that is junk is not not junk: setting one of `$Junk` and `$NotJunk` clears the other, and what programs
    /// wrote before these two were registered (both at once mean neither).
    pub async fn set_keywords(&mut self, uid: u32, set: &[&str], clear: &[&str]) -> Result<bool, CommandError> {
        let selected = self.selected().ok_or(NOTHING_SELECTED)?;
        let cleared = clear.iter().chain(opposites_of(set)).copied();
        // To clear what no message of the folder bears would make some servers keep it as a new keyword.
        let is_known = |keyword: &str| selected.permanent_flags.iter().any(|flag| flag.eq_ignore_ascii_case(keyword));
        let cleared: BTreeSet<&str> = cleared.filter(|keyword| !selected.is_read_only && is_known(keyword)).collect();
        let cleared: Vec<&str> = cleared.into_iter().collect();
        let kept: Vec<&str> = set.iter().filter(|keyword| self.permits_keyword(keyword)).copied().collect();
        let mut is_done = false;
        for (sign, keywords) in [("-", cleared), ("+", kept)] {
            if !keywords.is_empty() {
                self.command(&format!("UID STORE {uid} {sign}FLAGS.SILENT ({})", keywords.join(" ")), |_| ()).await?;
                is_done = true;
            }
        }
        Ok(is_done)
    }

    /// The flags and keywords of a message of the selected folder; `None` if there is no such message.
    pub async fn flags_of(&mut self, uid: u32) -> Result<Option<Vec<String>>, CommandError> {
        match self.look_at(uid, "UID FLAGS").await? {
            None => Ok(None),
            Some(MessageData { flags: Some(flags), .. }) => Ok(Some(flags)),
            Some(_) => Err(CommandError::No { code: None, text: "it does not tell the flags of a message".to_owned() }),
        }
    }
}

fn opposites_of(set: &[&str]) -> &'static [&'static str] {
    let sets = |group: &[&str]| set.iter().any(|keyword| group.iter().any(|known| known.eq_ignore_ascii_case(keyword)));
    if sets(&JUNK) {
        &NOT_JUNK
    } else if sets(&NOT_JUNK) {
        &JUNK
    } else {
        &[]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailbox::{
        FolderName, Selected,
        script::{Exchange, Server},
    };

    #[tokio::test]
    async fn keywords_are_only_set_where_the_folder_keeps_them() {
        for (permanent, want, script) in [
            (&["\\Seen"][..], false, &[][..]),
            (&["$junk"], true, &[("UID STORE 5 +FLAGS.SILENT ($Junk)", "{tag} OK\r\n")]),
            (&["\\Seen", "\\*"], true, &[("UID STORE 5 +FLAGS.SILENT ($Junk)", "{tag} OK\r\n")]),
        ] {
            let (mut session, server) = session(permanent, script);
            assert_eq!(session.permits_keyword("$Junk"), want, "{permanent:?}");
            assert_eq!(session.set_keywords(5, &["$Junk"], &[]).await, Ok(want), "{permanent:?}");
            drop(session);
            server.finish().await;
        }
    }

    #[tokio::test]
    async fn junk_and_not_junk_exclude_each_other_also_in_the_words_of_older_programs() {
        let permanent = ["\\*", "$NotJunk", "NonJunk", "Junk", "$Label1"];
        for (set, script) in [
            (
                "$Junk",
                [
                    ("UID STORE 5 -FLAGS.SILENT ($NotJunk NonJunk)", "{tag} OK\r\n"),
                    ("UID STORE 5 +FLAGS.SILENT ($Junk)", "{tag} OK\r\n"),
                ],
            ),
            (
                "$NotJunk",
                [
                    ("UID STORE 5 -FLAGS.SILENT (Junk)", "{tag} OK\r\n"),
                    ("UID STORE 5 +FLAGS.SILENT ($NotJunk)", "{tag} OK\r\n"),
                ],
            ),
        ] {
            let (mut session, server) = session(&permanent, &script);
            assert_eq!(session.set_keywords(5, &[set], &[]).await, Ok(true));
            drop(session);
            server.finish().await;
        }
    }

    #[tokio::test]
    async fn in_a_folder_opened_to_look_nothing_is_permitted() {
        let (mut session, _server) = session(&["\\*", "$NotJunk"], &[]);
        session.selected.as_mut().unwrap().is_read_only = true;
        assert!(!session.permits_keyword("$Junk"));
        assert_eq!(session.set_keywords(5, &["$Junk"], &["$NotJunk"]).await, Ok(false));
    }

    #[tokio::test]
    async fn flags_are_told_or_the_message_is_gone_or_nobody_knows() {
        let line = "UID FETCH 5 (UID FLAGS)";
        let script = [
            (line, "* 2 FETCH (UID 6 FLAGS (\\Seen))\r\n* 1 FETCH (FLAGS (\\Draft) UID 5)\r\n{tag} OK\r\n"),
            (line, "* 2 FETCH (UID 6 FLAGS (\\Seen))\r\n{tag} OK\r\n"),
            (line, "{tag} OK\r\n"),
            (line, "* 1 FETCH (UID 5)\r\n{tag} OK\r\n"),
        ];
        let (mut session, _server) = session(&[], &script);
        assert_eq!(session.flags_of(5).await, Ok(Some(vec!["\\Draft".to_owned()])));
        assert_eq!(session.flags_of(5).await, Ok(None));
        assert!(matches!(session.flags_of(5).await, Err(CommandError::No { .. })));
    }

    fn session(permanent: &[&str], script: &[Exchange]) -> (Session, Server) {
        let (stream, server) = Server::start("", script);
        let mut session = Session::over(stream, &[]);
        session.selected = Some(Selected {
            folder: FolderName::inbox(),
            uid_validity: 7,
            uid_next: 10,
            exists: 1,
            permanent_flags: permanent.iter().map(|&flag| flag.to_owned()).collect(),
            is_read_only: false,
        });
        (session, server)
    }
}
