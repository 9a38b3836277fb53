//! One whole session, from the greeting to the farewell, with a server that answers each command with what it is given.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use tamis_core::{config::Account, mail::Address};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, duplex},
    task::JoinHandle,
};

use crate::{
    mailbox::{
        CommandError, ConnectError, FolderName, Folders, Mode, Moved, OneMail, Selected, Session, Summary, Swept,
    },
    secret::Secret,
};

/// What is said to a command that begins like this. The first is the greeting.
pub(super) const GOOD: [(&str, &str); 14] = [
    ("", "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n"),
    ("AUTHENTICATE", "+ \r\n"),
    ("AHJvYmlu", "{tag} OK [CAPABILITY IMAP4rev1 ID MOVE UIDPLUS SPECIAL-USE LIST-EXTENDED] in\r\n"),
    ("ID", "* ID (\"name\" \"x\")\r\n{tag} OK done\r\n"),
    (
        "LIST",
        "* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\HasNoChildren \\Junk) \"/\" {4}\r\nSpam\r\n{tag} OK done\r\n",
    ),
    (
        "SELECT",
        "* FLAGS (\\Seen \\Deleted)\r\n* 2 EXISTS\r\n* OK [PERMANENTFLAGS (\\Seen \\Deleted \\*)] x\r\n\
         * OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 7] x\r\n{tag} OK [READ-WRITE] open\r\n",
    ),
    (
        "UID FETCH 1:* ",
        "* 1 FETCH (UID 5 FLAGS () INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 17 \
         BODY[HEADER.FIELDS (MESSAGE-ID)] {19}\r\nMessage-ID: <a>\r\n\r\n)\r\n\
         * 2 FETCH (UID 6 FLAGS (\\Seen) RFC822.SIZE 9 BODY[HEADER.FIELDS (MESSAGE-ID)] \"\")\r\n{tag} OK done\r\n",
    ),
    (
        "UID FETCH 5 (UID FLAGS RFC822.SIZE INTERNALDATE)",
        "* 1 FETCH (UID 5 FLAGS () RFC822.SIZE 17)\r\n* 2 FETCH (FLAGS (\\Seen))\r\n{tag} OK done\r\n",
    ),
    ("UID FETCH 5 (UID BODY", "* 1 FETCH (UID 5 BODY[] {17}\r\nX: y\r\n\r\n* OK go\r\n)\r\n{tag} OK done\r\n"),
    ("UID FETCH 5 (UID FLAGS)", "* 1 FETCH (UID 5 FLAGS ())\r\n{tag} OK done\r\n"),
    ("UID MOVE", "* OK [COPYUID 8 5 21] moved\r\n* 1 EXPUNGE\r\n{tag} OK done\r\n"),
    ("UID COPY", "{tag} OK [COPYUID 8 5 21] done\r\n"),
    ("UID STORE", "{tag} OK done\r\n"),
    ("UID EXPUNGE", "* 1 EXPUNGE\r\n{tag} OK done\r\n"),
];

/// What each step came to. `None` was not reached.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Story {
    pub(super) login: Option<Result<(), ConnectError>>,
    pub(super) folders: Option<Result<Folders, CommandError>>,
    pub(super) selected: Option<Result<Selected, CommandError>>,
    pub(super) summaries: Vec<Summary>,
    pub(super) swept: Option<Result<Swept, CommandError>>,
    pub(super) mail: Option<Result<OneMail, CommandError>>,
    pub(super) moved: Option<Result<Moved, CommandError>>,
}

/// Goes through a session, and further after an error than anybody would.
pub(super) async fn play(stream: DuplexStream) -> Story {
    let mut story = Story::default();
    let login = Session::log_in(stream, &account(), &Secret::new("secret".to_owned())).await;
    let mut session = match login {
        Ok(session) => session,
        Err(error) => {
            story.login = Some(Err(error));
            return story;
        }
    };
    story.login = Some(Ok(()));
    story.folders = Some(session.folders().await);
    story.selected = Some(session.select(&FolderName::inbox(), Mode::ReadWrite).await);
    let summaries = &mut story.summaries;
    story.swept = Some(session.summaries(1, |summary| summaries.push(summary)).await);
    story.mail = Some(session.message(5, 1000).await);
    story.moved = Some(session.move_message(5, &FolderName::from_wire("Spam")).await);
    session.logout().await;
    story
}

/// What was heard and what was said to it, with the tag filled in.
pub(super) type Log = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// What to say to which command.
#[derive(Clone, Debug)]
pub(super) struct Part {
    answers: BTreeMap<&'static str, Vec<u8>>,
    /// After so many bytes the connection ends.
    pub(super) cut: usize,
    /// Whether it ends when the server does not know what to say; else there is silence.
    pub(super) closes: bool,
}

impl Part {
    pub(super) fn good() -> Self {
        let answers = GOOD.iter().map(|(command, said)| (*command, said.as_bytes().to_vec())).collect();
        Self { answers, cut: usize::MAX, closes: true }
    }

    /// A server that cannot move, only copy.
    pub(super) fn without_move() -> Self {
        let mut part = Self::good();
        part.set("AHJvYmlu", "{tag} OK [CAPABILITY IMAP4rev1 UIDPLUS SPECIAL-USE LIST-EXTENDED] in\r\n".into());
        part
    }

    pub(super) fn set(&mut self, command: &'static str, said: Vec<u8>) {
        self.answers.insert(command, said);
    }

    pub(super) fn said_to(&self, command: &str) -> &[u8] {
        &self.answers[command]
    }

    pub(super) fn start(self) -> (DuplexStream, Log, JoinHandle<()>) {
        let (client, stream) = duplex(1 << 16);
        let log = Log::default();
        let task = tokio::spawn(self.serve(stream, Arc::clone(&log)));
        (client, log, task)
    }

    async fn serve(mut self, stream: DuplexStream, log: Log) {
        let mut stream = BufReader::new(stream);
        let (mut tag, mut command) = (String::new(), String::new());
        loop {
            let answer = self.answer(&command);
            if answer.is_none() && self.closes {
                return;
            }
            let mut said = filled(&answer.unwrap_or_default(), &tag);
            let is_cut = self.cut <= said.len();
            said.truncate(self.cut);
            self.cut -= said.len();
            log.lock().unwrap().push((format!("{tag} {command}"), said.clone()));
            if stream.write_all(&said).await.is_err() || is_cut {
                return;
            }
            let mut line = String::new();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return;
            }
            match line.trim_end().split_once(' ').filter(|(word, _)| word.starts_with('T')) {
                Some((own, rest)) => (tag, command) = (own.to_owned(), rest.to_owned()),
                None => line.trim_end().clone_into(&mut command),
            }
        }
    }

    fn answer(&self, command: &str) -> Option<Vec<u8>> {
        if command.is_empty() {
            return Some(self.answers[""].clone());
        }
        let mut answers = self.answers.iter().filter(|(start, _)| !start.is_empty());
        answers.find(|(start, _)| command.starts_with(**start)).map(|(_, said)| said.clone())
    }
}

pub(super) fn account() -> Account {
    let usual = Account::usual(Address::parse("robin@example.org").unwrap(), "imap.example.org");
    Account { user: "robin".to_owned(), ..usual }
}

fn filled(said: &[u8], tag: &str) -> Vec<u8> {
    const PLACE: &[u8] = b"{tag}";
    let mut filled = Vec::with_capacity(said.len());
    let mut rest = said;
    while let Some(at) = rest.windows(PLACE.len()).position(|window| window == PLACE) {
        filled.extend_from_slice(&rest[..at]);
        filled.extend_from_slice(tag.as_bytes());
        rest = &rest[at + PLACE.len()..];
    }
    filled.extend_from_slice(rest);
    filled
}
