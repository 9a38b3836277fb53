//! What became of a message that was handed in, when the server did not say that it has it.

use std::{fmt, io};

use crate::{
    mailbox::{ConnectError, Retry},
    secret::Secret,
    words::one_line,
};

/// Enough for any reason, short enough for the window.
const WORDS_CHARS: usize = 300;

/// Why it is not certain that the server has the message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SubmitError {
    /// It carries our own mark for this recipient.
    #[error("this message has been forwarded to {0} before and has come back, so it is not forwarded again")]
    GoesRound(String),
    /// It has been through too many servers.
    #[error(
        "this message has come through {0} servers already; it seems to go round in circles, so it is not forwarded"
    )]
    TooManyHops(usize),
    /// It has bytes above 127, and the server takes none.
    #[error("this message has 8-bit characters, which the server does not take, and to change them could damage it")]
    NeedsEightBit,
    /// An address has letters that the server does not take.
    #[error("the server does not take addresses with letters such as those of {0}")]
    NeedsUtf8(String),
    /// The server says that it takes no message as big.
    #[error("this message has {bytes} bytes, and the server takes at most {limit}")]
    TooLarge {
        /// The size of the message.
        bytes: usize,
        /// The most that is taken.
        limit: usize,
    },
    /// There is no session with the server.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The server says no, for good.
    #[error("the server refused {stage}: {reply}")]
    Refused {
        /// What it refused.
        stage: Stage,
        /// Why.
        reply: Reply,
    },
    /// The server says: not now.
    #[error("the server does not take {stage} at the moment: {reply}")]
    NotNow {
        /// What it does not take.
        stage: Stage,
        /// Why.
        reply: Reply,
    },
    /// The connection was lost before the server had the whole message.
    #[error("the connection broke before the message was handed over: {0}")]
    Lost(io::ErrorKind),
    /// The whole message was on its way, and then there was no answer.
    #[error("the connection broke after the message was handed over, so it may have been sent: {0}")]
    MaybeSent(io::ErrorKind),
}

/// What to make of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// This message will not be taken: nothing was sent, and nothing is to be tried again.
    Never,
    /// Nothing was sent, and nothing will be before the person has changed something: the settings, the password.
    AfterPerson,
    /// Nothing was sent. Try again after a while.
    Later,
    /// It may have been sent. To try again may send it twice, but with the same `Resent-Message-ID`, by which servers and
    /// mail programs recognise the second.
    MaybeSent,
}

/// What the server was asked to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The person as the sender.
    Sender,
    /// The address to forward to.
    Recipient,
    /// The message.
    Message,
}

/// What the server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The reply code of RFC 5321, 4.2.
    pub code: u16,
    /// In its words: one line, harmless, at most 300 characters.
    pub words: String,
}

impl SubmitError {
    /// What to make of it.
    pub fn outlook(&self) -> Outlook {
        match self {
            Self::GoesRound(_)
            | Self::TooManyHops(_)
            | Self::NeedsEightBit
            | Self::NeedsUtf8(_)
            | Self::TooLarge { .. }
            | Self::Refused { .. } => Outlook::Never,
            Self::Connect(error) => match error.retry() {
                Retry::AfterPerson => Outlook::AfterPerson,
                Retry::Later | Retry::AfterPause => Outlook::Later,
            },
            Self::NotNow { .. } | Self::Lost(_) => Outlook::Later,
            Self::MaybeSent(_) => Outlook::MaybeSent,
        }
    }

    /// Servers quote what they did not understand, and that may be the password.
    pub(super) fn redacted(self, secret: &Secret) -> Self {
        let redacted = |reply: Reply| Reply { code: reply.code, words: secret.redact(&reply.words) };
        match self {
            Self::Refused { stage, reply } => Self::Refused { stage, reply: redacted(reply) },
            Self::NotNow { stage, reply } => Self::NotNow { stage, reply: redacted(reply) },
            error @ (Self::GoesRound(_)
            | Self::TooManyHops(_)
            | Self::NeedsEightBit
            | Self::NeedsUtf8(_)
            | Self::TooLarge { .. }
            | Self::Connect(_)
            | Self::Lost(_)
            | Self::MaybeSent(_)) => error,
        }
    }
}

impl Reply {
    pub(super) fn new(code: u16, said: &str) -> Self {
        Self { code, words: one_line(said).trim().chars().take(WORDS_CHARS).collect() }
    }

    /// Whether the server wants another login, or any (RFC 4954, 6): that is no word about the message.
    pub(super) fn wants_login(&self) -> bool {
        matches!(self.code, 530 | 534 | 535 | 538)
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.words)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sender => "the sender",
            Self::Recipient => "the recipient",
            Self::Message => "the message",
        })
    }
}
