//! What a server says, in our own types.

use std::{fmt, ops::RangeInclusive};

use crate::tls::TlsError;

/// What the server says first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Greeting {
    Ok(Option<Code>),
    PreAuth,
    Bye { code: Option<Code>, text: String },
}

/// How waiting for news ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idled {
    /// The folder has changed.
    News,
    /// The wake signal came.
    Woken,
    /// Nothing happened for the time given.
    Quiet,
    /// The server ended it by itself. Do not ask again at once.
    EndedByServer,
    /// The server cannot do it. Look now and then instead.
    NotOffered,
}

/// The server's OK to a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Completed {
    /// The response code, if there is one.
    pub code: Option<Code>,
    /// The words for people.
    pub text: String,
}

/// The status of a tagged answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Ok,
    No,
    Bad,
}

impl Answer {
    pub(super) fn outcome(self, code: Option<Code>, text: String) -> Result<Completed, CommandError> {
        match self {
            Self::Ok => Ok(Completed { code, text }),
            Self::No => Err(CommandError::No { code, text }),
            Self::Bad => Err(CommandError::Bad { code, text }),
        }
    }
}

/// Why a command was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CommandError {
    /// The server refused. Nothing was done; the session goes on.
    #[error("the server refused: {text}")]
    No {
        /// Why, for programs.
        code: Option<Code>,
        /// Why, for people.
        text: String,
    },
    /// The server did not understand. Nothing was done; the session goes on.
    #[error("the server did not understand: {text}")]
    Bad {
        /// Why, for programs.
        code: Option<Code>,
        /// Why, for people.
        text: String,
    },
    /// The server ended the session. Whether the command was carried out is not known.
    #[error("the server ended the connection: {text}")]
    Bye {
        /// Why, for programs.
        code: Option<Code>,
        /// Why, for people.
        text: String,
    },
    /// The connection is gone or out of step. Whether the command was carried out is not known.
    #[error("the connection is lost: {0}")]
    Lost(Loss),
    /// The server was silent for too long. Whether the command was carried out is not known.
    #[error("the server did not answer in time")]
    Timeout,
    /// The command was not sent, for this reason. The session goes on.
    #[error("nothing was sent: {0}")]
    NotSent(&'static str),
}

impl CommandError {
    /// Whether the session can still be used.
    pub fn leaves_session_usable(&self) -> bool {
        matches!(self, Self::No { .. } | Self::Bad { .. } | Self::NotSent(_))
    }

    /// Whether the refusal says nothing of the folder or message at hand, and will pass: too much was asked for, or the server
    /// is out of order.
    pub fn is_for_now(&self) -> bool {
        let (Self::No { code, text } | Self::Bad { code, text }) = self else { return false };
        let is_passing = |word: &str| ["THROTTLED", "INUSE"].iter().any(|known| word.eq_ignore_ascii_case(known));
        let is_said = code.as_ref().is_some_and(|code| {
            matches!(code, Code::Limit | Code::Unavailable) || matches!(code, Code::Other(word) if is_passing(word))
        });
        let is_of_folder = matches!(code, Some(Code::NonExistent | Code::TryCreate));
        is_said || !is_of_folder && is_throttling(text)
    }

    /// Whether the refusal is about the account as a whole, and not about the folder or message at hand: too much was asked
    /// for in a short time, there is no room left, or the server has logged us in to a mailbox it cannot reach.
    pub fn is_of_account(&self) -> bool {
        match self {
            Self::No { code, text } | Self::Bad { code, text } | Self::Bye { code, text } => {
                // The last is of Gmail and Yahoo.
                let is_throttled =
                    |code: &Code| matches!(code, Code::Other(word) if word.eq_ignore_ascii_case("THROTTLED"));
                let is_load = matches!(code, Some(Code::Limit | Code::OverQuota)) || is_throttling(text);
                is_load || code.as_ref().is_some_and(is_throttled) || is_not_connected(text)
            }
            Self::Lost(_) | Self::Timeout | Self::NotSent(_) => false,
        }
    }
}

/// Whether the words speak of a limit on what is asked in a short time. Providers say so with OVERQUOTA, which also means that
/// there is no room, and without any code.
pub(super) fn is_throttling(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["bandwidth", "throttl", "rate limit"].iter().any(|words| text.contains(words))
}

/// Whether it is what Exchange says when the login was good but the mailbox cannot be had: a token for another scope, a
/// shared mailbox, IMAP switched off, or too many sessions.
pub(super) fn is_not_connected(text: &str) -> bool {
    text.to_ascii_lowercase().contains("authenticated but not connected")
}

/// How a connection was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Loss {
    /// The server closed it.
    Closed,
    /// The network failed.
    Network(std::io::ErrorKind),
    /// The server sent something that cannot be read safely.
    Unreadable(String),
    /// The server ended it for reasons of TLS, after the handshake.
    Tls(TlsError),
    /// It was given up before, in the middle of a command.
    GivenUp,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("closed by the server"),
            Self::Network(kind) => write!(f, "{kind}"),
            Self::Unreadable(why) => f.write_str(why),
            Self::Tls(why) => why.fmt(f),
            Self::GivenUp => f.write_str("an earlier command was given up"),
        }
    }
}

/// A response code: the part in brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Code {
    /// The words must be shown to the person.
    Alert,
    /// The folder exists already.
    AlreadyExists,
    /// Where a message was put (RFC 4315 §3).
    AppendUid {
        /// The UIDVALIDITY of the folder.
        uid_validity: u32,
        /// The UID there.
        uid: u32,
    },
    /// Wrong user name or password.
    AuthenticationFailed,
    /// What the server can do, in its own spelling.
    Capability(Vec<String>),
    /// Where copies went.
    CopyUid(CopyUid),
    /// Counts up whenever a message or a flag of the folder changes (RFC 7162 §3.1.2.1).
    HighestModSeq(u64),
    /// Too many connections or commands.
    Limit,
    /// No such folder or message.
    NonExistent,
    /// No room left.
    OverQuota,
    /// Flags that can be changed for good.
    PermanentFlags(Vec<String>),
    /// The folder cannot be changed.
    ReadOnly,
    /// The folder can be changed.
    ReadWrite,
    /// The server has an error of its own.
    ServerBug,
    /// The message is larger than the server takes (RFC 4469 §4.3).
    TooBig,
    /// The folder does not exist but could be created.
    TryCreate,
    /// The next UID.
    UidNext(u32),
    /// The folder's UIDVALIDITY.
    UidValidity(u32),
    /// The service is out of order for now.
    Unavailable,
    /// Any other, as written.
    Other(String),
}

impl Code {
    /// Reads a code from the start of a text, as the servers' newer ones come, and returns the text behind it.
    pub(super) fn split(text: &str) -> (Option<Self>, &str) {
        let inner = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let Some((inside, rest)) = inner else { return (None, text.trim()) };
        let (word, arguments) = inside.split_once(' ').unwrap_or((inside, ""));
        let code = match &*word.to_ascii_uppercase() {
            "ALREADYEXISTS" => Self::AlreadyExists,
            "AUTHENTICATIONFAILED" => Self::AuthenticationFailed,
            "CAPABILITY" => Self::Capability(arguments.split_whitespace().map(str::to_owned).collect()),
            "LIMIT" => Self::Limit,
            "NONEXISTENT" => Self::NonExistent,
            "OVERQUOTA" => Self::OverQuota,
            "SERVERBUG" => Self::ServerBug,
            "TOOBIG" => Self::TooBig,
            "UNAVAILABLE" => Self::Unavailable,
            _ => Self::Other(inside.to_owned()),
        };
        (Some(code), rest.trim())
    }
}

/// Which message became which in another folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyUid {
    /// The UIDVALIDITY of the folder copied to.
    pub uid_validity: u32,
    /// UIDs in the folder copied from, in the server's order.
    pub from: Vec<RangeInclusive<u32>>,
    /// UIDs in the folder copied to, in the same order.
    pub to: Vec<RangeInclusive<u32>>,
}

impl CopyUid {
    /// The new UID of one message. `None` if the two sets do not match: then nothing is known.
    pub fn destination_of(&self, uid: u32) -> Option<u32> {
        let total = |ranges: &[RangeInclusive<u32>]| ranges.iter().map(length).fold(0_u64, u64::saturating_add);
        if total(&self.from) != total(&self.to) {
            return None;
        }
        let mut before = 0_u64;
        for range in &self.from {
            if range.contains(&uid) {
                return nth(&self.to, before.saturating_add(u64::from(uid.saturating_sub(*range.start()))));
            }
            before = before.saturating_add(length(range));
        }
        None
    }
}

/// A piece of news between a command and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Untagged {
    /// How many messages the selected folder has.
    Exists(u32),
    /// The message of that sequence number is gone.
    Expunge(u32),
    /// The messages of these UIDs are gone.
    Vanished(Vec<RangeInclusive<u32>>),
    /// The flags the folder knows.
    Flags(Vec<String>),
    /// Something about a message.
    Fetch(Box<MessageData>),
    /// UIDs that were searched for.
    Search(Vec<u32>),
    /// A folder.
    List(Listed),
    /// Figures of a folder that need not be selected, and its name as it goes over the wire, unescaped.
    Status(String, FolderFigures),
    /// What the server can do, in its own spelling.
    Capability(Vec<String>),
    /// A response code without a tag, such as UIDVALIDITY.
    Code(Code),
    /// Something we have no use for.
    Other,
}

impl Untagged {
    /// Whether it means that the folder has changed.
    pub(super) fn is_news(&self) -> bool {
        matches!(self, Self::Exists(_) | Self::Expunge(_) | Self::Vanished(_) | Self::Fetch(_))
    }
}

/// What a FETCH response says about one message. Servers send it unasked, too, and then often without UID.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct MessageData {
    /// The UID.
    pub uid: Option<u32>,
    /// The flags and keywords, as written.
    pub flags: Option<Vec<String>>,
    /// The size in bytes.
    pub size: Option<u64>,
    /// When it arrived, Unix seconds.
    pub internal_date: Option<i64>,
    /// The header, or the fields asked for.
    pub header: Option<Vec<u8>>,
    /// The whole message or its beginning.
    pub body: Option<Vec<u8>>,
}

/// One line of a LIST.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    /// Attributes as written, with backslash, lower case.
    pub attributes: Vec<String>,
    /// What separates a folder's name from its parent's; `None` if there is no hierarchy.
    pub delimiter: Option<char>,
    /// The name as it goes over the wire, unescaped.
    pub name: String,
}

/// A STATUS response: what the server says of a folder that need not be selected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FolderFigures {
    /// How many messages.
    pub messages: Option<u32>,
    /// The next UID.
    pub uid_next: Option<u32>,
    /// The UIDVALIDITY.
    pub uid_validity: Option<u32>,
}

fn nth(ranges: &[RangeInclusive<u32>], mut index: u64) -> Option<u32> {
    for range in ranges {
        if index < length(range) {
            return range.start().checked_add(u32::try_from(index).ok()?);
        }
        index = index.saturating_sub(length(range));
    }
    None
}

fn length(range: &RangeInclusive<u32>) -> u64 {
    u64::from(range.end().saturating_sub(*range.start())).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_the_parser_does_not_know_are_read_from_the_text() {
        for (text, code, rest) in [
            ("[OVERQUOTA] full", Some(Code::OverQuota), "full"),
            ("[AuthenticationFailed] no", Some(Code::AuthenticationFailed), "no"),
            ("[LIMIT] slow down", Some(Code::Limit), "slow down"),
            ("[INUSE]", Some(Code::Other("INUSE".to_owned())), ""),
            ("[MODIFIED 7,9] x", Some(Code::Other("MODIFIED 7,9".to_owned())), "x"),
            ("[unclosed", None, "[unclosed"),
            ("plain", None, "plain"),
        ] {
            assert_eq!(Code::split(text), (code, rest), "{text}");
        }
    }

    #[test]
    fn a_copied_message_is_found_in_ranges_of_any_size() {
        let copy = CopyUid { uid_validity: 7, from: vec![3..=4, 9..=9, 20..=30], to: vec![100..=101, 205..=216] };
        assert_eq!(copy.destination_of(3), Some(100));
        assert_eq!(copy.destination_of(4), Some(101));
        assert_eq!(copy.destination_of(9), Some(205));
        assert_eq!(copy.destination_of(21), Some(207));
        assert_eq!(copy.destination_of(5), None);
        let endless = CopyUid { uid_validity: 1, from: vec![1..=u32::MAX], to: vec![1..=u32::MAX] };
        assert_eq!(endless.destination_of(u32::MAX), Some(u32::MAX));
        let short = CopyUid { uid_validity: 1, from: vec![1..=5], to: vec![8..=9] };
        assert_eq!((short.destination_of(5), short.destination_of(1)), (None, None));
    }
}
