//! Keywords: what other programs have said about a message, and what we say to them.

use std::collections::BTreeSet;

use super::{
    fetch::{NOTHING_SELECTED, uid_sets},
    response::{CommandError, MessageData, Untagged},
    session::Session,
};

/// What says that a message is junk, the registered keyword first.
const JUNK: [&str; 2] = ["$Junk", "Junk"];

/// What says that a message is not junk. Thunderbird writes the second, Apple Mail the third.
const NOT_JUNK: [&str; 3] = ["$NotJunk", THUNDERBIRD, "NotJunk"];

const THUNDERBIRD: &str = "NonJunk";

/// Whether a flag or keyword is among these. Their case says nothing (RFC 9051 §2.3.2).
pub fn has_flag(flags: &[String], name: &str) -> bool {
    flags.iter().any(|flag| flag.eq_ignore_ascii_case(name))
}

/// Whether the keywords say that it is junk.
pub fn says_junk(flags: &[String]) -> bool {
    JUNK.iter().any(|keyword| has_flag(flags, keyword))
}

/// Whether the keywords say that it is not junk. `is_own_word`: Thunderbird's do not count, as it says so by itself of all
/// that its own filter lets pass.
pub fn says_not_junk(flags: &[String], is_own_word: bool) -> bool {
    let mut counting = NOT_JUNK.iter().filter(|keyword| !is_own_word || **keyword != THUNDERBIRD);
    counting.any(|keyword| has_flag(flags, keyword))
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

    /// Reports the flags and keywords of those messages of these that still exist in the selected folder. Returns whether
    /// everything the server said could be read.
    pub async fn flags_of_all(
        &mut self,
        uids: &BTreeSet<u32>,
        mut on: impl FnMut(u32, Vec<String>),
    ) -> Result<bool, CommandError> {
        self.selected().ok_or(NOTHING_SELECTED)?;
        let dropped = self.dropped();
        for set in uid_sets(uids) {
            let note = |untagged| {
                let Untagged::Fetch(data) = untagged else { return };
                if let MessageData { uid: Some(uid), flags: Some(flags), .. } = *data
                    && uids.contains(&uid)
                {
                    on(uid, flags);
                }
            };
            self.command(&format!("UID FETCH {set} (UID FLAGS)"), note).await?;
        }
        Ok(dropped == self.dropped())
    }

    /// Which of those messages exist in the selected folder and are not marked as deleted, asked in another way: some servers
    /// leave out what they cannot read just now. None, if the server does not say.
    pub async fn undeleted(&mut self, uids: &BTreeSet<u32>) -> Result<BTreeSet<u32>, CommandError> {
        self.selected().ok_or(NOTHING_SELECTED)?;
        let mut found = BTreeSet::new();
        for set in uid_sets(uids) {
            let note = |untagged| {
                if let Untagged::Search(told) = untagged {
                    found.extend(told.into_iter().filter(|uid| uids.contains(uid)));
                }
            };
            match self.command(&format!("UID SEARCH UID {set} UNDELETED"), note).await {
                Err(error) if !error.leaves_session_usable() => return Err(error),
                Ok(_) | Err(_) => {}
            }
        }
        Ok(found)
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

    #[test]
    fn what_programs_call_junk_or_not() {
        let says = |flags: &[&str]| {
            let flags: Vec<String> = flags.iter().map(|&flag| flag.to_owned()).collect();
            [says_junk(&flags), says_not_junk(&flags, false), says_not_junk(&flags, true)]
        };
        for (flags, want) in [
            (&["\\Seen", "$Label1"][..], [false, false, false]),
            (&["$junk"], [true, false, false]),
            (&["Junk"], [true, false, false]),
            (&["NonJunk"], [false, true, false]),
            (&["$NotJunk"], [false, true, true]),
            (&["NotJunk", "$Junk"], [true, true, true]),
        ] {
            assert_eq!(says(flags), want, "{flags:?}");
        }
    }

    #[tokio::test]
    async fn flags_of_many_are_told_of_those_that_are_there() {
        let answer = "* 1 FETCH (UID 5 FLAGS (\\Seen $Junk))\r\n* 2 FETCH (FLAGS ())\r\n* 9 FETCH (UID 9 FLAGS ())\r\n{tag} OK\r\n";
        let (mut session, server) = session(&[], &[("UID FETCH 5:6 (UID FLAGS)", answer)]);
        let mut told = Vec::new();
        let is_all =
            session.flags_of_all(&BTreeSet::from([5, 6]), |uid, flags| told.push((uid, flags.join(" ")))).await;
        assert_eq!(is_all, Ok(true));
        assert_eq!(told, [(5, "\\Seen $Junk".to_owned())]);
        drop(session);
        server.finish().await;
    }

    #[tokio::test]
    async fn what_was_left_out_is_asked_for_in_another_way() {
        let line = "UID SEARCH UID 5:6 UNDELETED";
        let script = [(line, "* SEARCH 6 9\r\n{tag} OK\r\n"), (line, "{tag} BAD what\r\n")];
        let (mut session, server) = session(&[], &script);
        let asked = BTreeSet::from([5, 6]);
        assert_eq!(session.undeleted(&asked).await, Ok(BTreeSet::from([6])));
        assert_eq!(session.undeleted(&asked).await, Ok(BTreeSet::new()));
        drop(session);
        server.finish().await;
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
            has_junk_keywords: false,
            modseq: None,
        });
        (session, server)
    }
}
