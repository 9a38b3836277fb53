//! Who wrote to whom, and in answer to what: of each message these lines of the header, and nothing else.

use std::collections::BTreeSet;

use super::{
    fetch::{NOTHING_SELECTED, most_messages, uid_sets},
    guard::Fault,
    response::{CommandError, Untagged},
    session::Session,
};

/// What is asked for.
const ITEMS: &str = "UID INTERNALDATE BODY.PEEK[HEADER.FIELDS (FROM TO CC BCC DATE MESSAGE-ID IN-REPLY-TO REFERENCES \
                     AUTO-SUBMITTED)]";

/// The lines of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The UID.
    pub uid: u32,
    /// When it was put there, Unix seconds, if the server knows.
    pub internal_date: Option<i64>,
    /// The lines, as they stand.
    pub lines: Vec<u8>,
}

impl Session {
    /// Gives the lines of these messages of the selected folder to `on`, each once, in any order. What is gone or not handed
    /// out is passed over.
    pub async fn heads(&mut self, uids: &BTreeSet<u32>, mut on: impl FnMut(Head)) -> Result<(), CommandError> {
        let most = most_messages(self.selected().ok_or(NOTHING_SELECTED)?.exists);
        let mut given = BTreeSet::new();
        for set in uid_sets(uids) {
            self.some_heads(&set, (uids, most), (&mut given, &mut on)).await?;
        }
        // One bad message is enough for some to refuse all, or all behind it.
        let left: Vec<u32> = uids.difference(&given).copied().collect();
        for uid in left {
            self.some_heads(&uid.to_string(), (uids, most), (&mut given, &mut on)).await?;
        }
        Ok(())
    }

    async fn some_heads(
        &mut self,
        set: &str,
        (uids, most): (&BTreeSet<u32>, usize),
        (given, on): (&mut BTreeSet<u32>, &mut impl FnMut(Head)),
    ) -> Result<(), CommandError> {
        let mut responses = 0_usize;
        let note = |untagged| {
            let Untagged::Fetch(data) = untagged else { return };
            responses = responses.saturating_add(1);
            let (Some(uid), Some(lines)) = (data.uid, data.header) else { return };
            if responses <= most && uids.contains(&uid) && given.insert(uid) {
                on(Head { uid, internal_date: data.internal_date, lines });
            }
        };
        match self.command(&format!("UID FETCH {set} ({ITEMS})"), note).await {
            Err(error @ CommandError::No { .. }) if !error.is_of_account() => {}
            answered => drop(answered?),
        }
        if most < responses { Err(self.connection.distrust(Fault::TooMany)) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailbox::{FolderName, Mode, script::Server};

    const SELECTED: (&str, &str) = (
        "EXAMINE \"Sent\"",
        "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 9] x\r\n{tag} OK [READ-ONLY] done\r\n",
    );

    const FETCH: &str = "(UID INTERNALDATE BODY.PEEK[HEADER.FIELDS (FROM TO CC BCC DATE MESSAGE-ID IN-REPLY-TO REFERENCES AUTO-SUBMITTED)])";

    async fn heads(script: &[(String, String)], uids: &[u32]) -> Result<Vec<(u32, String)>, CommandError> {
        let mut whole = vec![(SELECTED.0.to_owned(), SELECTED.1.to_owned())];
        whole.extend_from_slice(script);
        let (stream, server) = Server::start_owned("", whole);
        let mut session = Session::over(stream, &[]);
        session.select(&FolderName::from_wire("Sent"), Mode::ReadOnly).await.unwrap();
        let mut found = Vec::new();
        let uids = uids.iter().copied().collect();
        let read = session.heads(&uids, |head| {
            found.push((head.uid, String::from_utf8_lossy(&head.lines).into_owned()));
        });
        let read = read.await;
        drop(session);
        server.finish().await;
        read.map(|()| found)
    }

    fn head(uid: u32, lines: &str) -> String {
        format!(
            "* 1 FETCH (UID {uid} INTERNALDATE \"21-Nov-2026 10:00:00 +0000\" BODY[HEADER.FIELDS (FROM TO)] {{{}}}\r\n{lines})\r\n",
            lines.len()
        )
    }

    #[tokio::test]
    async fn each_is_given_once_and_nothing_else_is() {
        let said =
            [head(5, "To: a@example.org\r\n\r\n"), head(5, "To: b@example.org\r\n\r\n"), head(8, "x\r\n")].concat();
        let script = [(format!("UID FETCH 5:6 {FETCH}"), format!("{said}{{tag}} OK\r\n"))];
        let gone = (format!("UID FETCH 6 {FETCH}"), "{tag} OK\r\n".to_owned());
        let found = heads(&[script[0].clone(), gone], &[5, 6]).await.unwrap();
        assert_eq!(found, [(5, "To: a@example.org\r\n\r\n".to_owned())]);
    }

    #[tokio::test]
    async fn one_that_is_refused_does_not_hide_the_others() {
        let script = [
            (format!("UID FETCH 5:6 {FETCH}"), "{tag} NO cannot read\r\n".to_owned()),
            (format!("UID FETCH 5 {FETCH}"), "{tag} NO cannot read\r\n".to_owned()),
            (format!("UID FETCH 6 {FETCH}"), format!("{}{{tag}} OK\r\n", head(6, "To: b@example.org\r\n\r\n"))),
        ];
        assert_eq!(heads(&script, &[5, 6]).await.unwrap(), [(6, "To: b@example.org\r\n\r\n".to_owned())]);
    }
}
