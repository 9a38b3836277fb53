//! One message as the window shows it: its text in blocks, what proves its sender, its headers and its source.

use serde::{Deserialize, Serialize};

/// What is shown of a message beside its plain text. Nothing in it acts or is loaded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MessagePage {
    /// The text with its structure, top first, at most 2,000 blocks and 64 KiB; empty if there is none.
    pub blocks: Vec<TextBlock>,
    /// Where the links in it lead, at most 500.
    pub links: Vec<LinkView>,
    /// Whether it is a page (HTML), and not plain text.
    pub is_page: bool,
    /// Whether there was more than is shown.
    pub is_cut: bool,
    /// How many characters of the text cannot be seen by whoever reads it in a mail program.
    pub hidden_chars: u32,
    /// These characters, at most 8 KiB.
    pub hidden_text: String,
    /// What is known of who sent it: SPF, DKIM, DMARC and ARC, one of each; empty if there is no text.
    pub badges: Vec<AuthBadge>,
}

/// A block of text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextBlock {
    /// What kind of block.
    pub kind: TextKind,
    /// How deep it is quoted, at most 8; 0: not at all.
    #[serde(default)]
    pub quote: u8,
    /// The text in pieces of one look.
    pub pieces: Vec<TextPiece>,
}

/// What kind of block it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TextKind {
    /// A paragraph. Line ends in it count.
    #[default]
    Paragraph,
    /// A heading, 1 for the largest to 6.
    Heading(u8),
    /// An entry of a list.
    Item {
        /// How deep the list is within others, from 1 to 8.
        level: u8,
        /// Its number in a numbered list.
        number: Option<u32>,
    },
    /// A row of a table with several cells.
    Row,
    /// Text whose spaces count.
    Fixed,
    /// A line across the page.
    Rule,
}

/// A piece of text of one look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TextPiece {
    /// The text.
    pub text: String,
    /// Whether it is strong.
    pub is_strong: bool,
    /// Whether it is emphasised.
    pub is_emphasised: bool,
    /// It stands in the place of a picture.
    pub is_picture: bool,
    /// Its place among [`MessagePage::links`], if it leads somewhere.
    pub link: Option<usize>,
    /// Whether a new cell of the row begins with it.
    pub begins_cell: bool,
}

/// What one way of proving a sender says of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthBadge {
    /// Which way.
    pub method: AuthMethod,
    /// What came of it.
    pub state: AuthState,
    /// The domain it speaks of; empty if it names none.
    pub domain: String,
    /// Whether the person's provider has found it out; else Tamis has.
    pub is_of_provider: bool,
    /// As it was said, for whoever knows the trade: `dkim=pass header.d=kim.example`. May be empty.
    pub detail: String,
}

/// A way of proving a sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AuthMethod {
    /// The domain says which hosts may send for it (RFC 7208).
    Spf,
    /// The domain has signed it (RFC 6376).
    Dkim,
    /// The author's domain vouches for it (RFC 7489).
    Dmarc,
    /// Those who handed it on vouch for what they had found (RFC 8617).
    Arc,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuthState {
    /// It holds.
    Pass,
    /// It does not.
    Fail,
    /// There is nothing of that.
    None,
    /// Nobody has looked, or nobody could.
    Unknown,
}

/// The headers and the source of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageSource {
    /// Its header lines, top first, at most 500.
    pub headers: Vec<HeaderLine>,
    /// The message as it lies on the server, at most the first 256 KiB. Bytes that are no text are replaced.
    pub text: String,
    /// Its whole size, in bytes.
    pub size: u64,
    /// Whether there is more than that.
    pub is_cut: bool,
}

/// One header line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderLine {
    /// Its name.
    pub name: String,
    /// What it says, decoded and on one line, at most 8 KiB.
    pub value: String,
    /// As it is written, with its line ends, at most 8 KiB.
    pub raw: String,
}

/// A link of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinkView {
    /// The text that carries it; empty if it stands for itself.
    pub text: String,
    /// The true host.
    pub host: String,
    /// The whole.
    pub url: String,
}

/// A file of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileView {
    /// Its name, or what kind it is.
    pub name: String,
    /// `type/subtype` as declared.
    pub content_type: String,
    /// Bytes.
    pub size: u64,
    /// What it really is, by what is in it: `program`, `archive`, `document`, `pdf`, `page`, `picture`, `drawing`, `shortcut`,
    /// `disk-image`, `help`, `notebook`, `signature`, `calendar`, `card`, `message` or `text`; empty if that is not known.
    #[serde(default)]
    pub really: String,
    /// Why it had better not be opened, in a few words; empty if there is no reason.
    #[serde(default)]
    pub danger: String,
}

/// How a mailing can be left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Leaving {
    /// The agent can ask for it ([`Request::Unsubscribe`](super::Request::Unsubscribe)): at this site, or by a message to this address.
    ByItself(String),
    /// The agent can write this message, but nothing proves that the sender has named it: the person has to see it first.
    ByMessage {
        /// To whom.
        to: String,
        /// Its subject.
        subject: String,
        /// Its text.
        text: String,
    },
    /// Only a person can, on a page.
    OnPage {
        /// The page's host.
        host: String,
        /// The whole address, to be copied.
        url: String,
    },
}

/// One finding in words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// The symbol, such as `DATE_IN_FUTURE`.
    pub symbol: String,
    /// What it means, in words that everybody knows.
    pub about: String,
    /// What in this message raised it; empty if `about` says it.
    pub why: String,
    /// Points; negative speaks for the message.
    pub score: f64,
}

/// A question that others were asked about a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedView {
    /// The question: `DNS: A of 7.113.0.203.zen.spamhaus.org`.
    pub question: String,
    /// The answer: `there is no such name`.
    pub answer: String,
    /// How long it took, in milliseconds.
    pub millis: u64,
}
