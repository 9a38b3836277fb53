//! What the window and the commands say to the agent, and what it answers: plain data, versioned.
//!
//! A connection carries frames: a length (32 bits, big endian, at most [`MAX_FRAME`]) and that many bytes of JSON. The
//! client sends [`Call`]s, the agent [`Message`]s. The first call must be [`Request::Hello`]; a client of another
//! version is told so and let go. Types of the engine are not sent: these have their own shape on purpose, so that
//! changing one is a decision.

mod link;
mod socket;

use serde::{Deserialize, Serialize};

pub use link::is_link;
pub use socket::socket_path;

/// Counts up whenever a type here changes meaning or another agent would not understand it. 3 knows of lessons in files, of the
/// network and of other ways to log in; 4 of the reason in one sentence and of how a mailing can be left.
pub const API_VERSION: u32 = 5;

/// The longest frame, in bytes.
pub const MAX_FRAME: usize = 16 << 20;

/// A message the agent has judged, as it numbers them. Never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MailId(pub i64);

/// A change that can be undone in one step: one message or a whole selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BatchId(pub i64);

/// A request with the number its reply will carry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Chosen by the client.
    pub id: u64,
    /// What it wants.
    pub request: Request,
}

/// What the agent sends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Message {
    /// The answer to the call of that number.
    Reply {
        /// [`Call::id`].
        id: u64,
        /// The answer.
        reply: Reply,
    },
    /// Something happened. Only a hint to ask again; may be lost.
    Event(Event),
}

/// What a client can want.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// The first call.
    Hello {
        /// [`API_VERSION`] of the client.
        api_version: u32,
        /// Its name, for the log.
        client: String,
    },
    /// How everything is.
    Status,
    /// Judged mail, newest first.
    List {
        /// Which.
        show: Show,
        /// Only those whose sender or subject contains this, in any case; empty for all.
        search: String,
        /// At most this many rows.
        limit: u32,
    },
    /// One message with its reasons and a preview.
    Mail(MailId),
    /// Have the person taken off the mailing that this message is of, in the way that [`MailDetail::leaving`] says.
    Unsubscribe {
        /// The message.
        id: MailId,
        /// Write the message of [`Leaving::ByMessage`]: the person has seen it. Without this it is not written.
        by_message: bool,
    },
    /// Put back in the inbox, learn as wanted, never judge again.
    Release(Vec<MailId>),
    /// Learn as unwanted and file in Junk.
    MarkSpam(Vec<MailId>),
    /// Learn as wanted; what is in Junk goes back to the inbox.
    MarkHam(Vec<MailId>),
    /// Take back the newest change, or that one: messages return to where they were, lessons are unlearned.
    Undo(Option<BatchId>),
    /// Learn from files or folders of messages on this machine.
    Train {
        /// `ham` or `spam`.
        label: String,
        /// Absolute paths.
        paths: Vec<String>,
    },
    /// Forget what was learned from these files.
    Untrain {
        /// Absolute paths.
        paths: Vec<String>,
    },
    /// Learn what is in a file of lessons that another Tamis has written.
    ImportLessons {
        /// Its absolute path.
        path: String,
    },
    /// Make the tokens of older lessons anew, from the originals in the archive.
    RenewLessons,
    /// Connect, log in and look at the folders, but keep nothing.
    TestAccount(AccountForm),
    /// Test, then keep.
    AddAccount(AccountForm),
    /// Stop watching an account and forget its password. Mail on the server stays as it is.
    RemoveAccount {
        /// Its name.
        name: String,
    },
    /// Look for new mail in every account now.
    CheckNow,
    /// What was changed, newest first: by the person, and by the policy.
    History {
        /// At most this many changes.
        limit: u32,
    },
    /// What is to become of the messages of an account whose filing waits for the person.
    Held {
        /// The account's name.
        account: String,
        /// Whether they are filed as the policy says; else they stay where they are.
        file: bool,
    },
    /// Look at mail of the last days from before the first contact, too. Nothing is filed without the person's word.
    Backfill {
        /// The account's name.
        account: String,
        /// How many days back, at least 1.
        days: u32,
    },
    /// Pause, go on with, or give up that look.
    SteerBackfill {
        /// The account's name.
        account: String,
        /// Which of the three.
        steer: Steer,
    },
    /// Do what a link in a digest says, such as `tamis:release/17-…`.
    Open {
        /// The whole link.
        link: String,
    },
    /// Put a digest of what was filed since the last one into the inbox now.
    SendDigest {
        /// The account's name.
        account: String,
    },
}

/// What the person wants of a running backfill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Steer {
    /// Do nothing until told to go on.
    Pause,
    /// Go on.
    Resume,
    /// Give it up. What was found stays known.
    Stop,
}

/// Which mail a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Show {
    /// Filed as junk or doubtful, and not yet dealt with.
    #[default]
    Review,
    /// In Junk now, by us or by the person's word.
    Junk,
    /// Everything judged.
    All,
}

/// The agent's answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    /// To [`Request::Hello`].
    Hello {
        /// [`API_VERSION`] of the agent. If it differs, nothing else will be answered.
        api_version: u32,
        /// The agent's version, such as `0.1.0`.
        agent: String,
    },
    /// To [`Request::Status`].
    Status(Status),
    /// To [`Request::List`].
    List {
        /// The rows.
        rows: Vec<MailRow>,
        /// How many there are without the limit.
        total: u32,
    },
    /// To [`Request::Mail`].
    Mail(Box<MailDetail>),
    /// Done, in words: `2 messages released and learned as wanted`.
    Done {
        /// One sentence without full stop.
        text: String,
        /// What [`Request::Undo`] takes; `None` if there is nothing to undo.
        undo: Option<BatchId>,
    },
    /// To [`Request::TestAccount`]: what was found.
    Account(AccountReport),
    /// To [`Request::History`].
    History(Vec<Change>),
    /// Not done. One clear sentence: what did not happen, to what, and what to do next.
    Refused {
        /// For the person.
        text: String,
        /// Whose fault: `person` (a wrong argument), `outside` (a server, the disk).
        kind: RefusedKind,
    },
}

/// Why something was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RefusedKind {
    /// What was asked cannot be: unknown id, wrong value.
    Person,
    /// A server, the keyring, the disk failed.
    Outside,
}

/// Something happened in the agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Lists have changed.
    MailChanged,
    /// The status has changed.
    StatusChanged,
}

/// How everything is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// The agent's version.
    pub version: String,
    /// Every account.
    pub accounts: Vec<AccountStatus>,
    /// Wanted messages learned.
    pub trained_ham: u32,
    /// Unwanted messages learned.
    pub trained_spam: u32,
    /// Messages judged since the beginning.
    pub judged: u32,
    /// Of these, filed in Junk.
    pub filed: u32,
    /// Waiting for review.
    pub to_review: u32,
    /// Changes written down and not yet carried out on the server.
    pub pending: u32,
    /// What is wrong and what to do, one sentence each; empty if all is well.
    pub problems: Vec<String>,
    /// Whether the newest change can be undone, and what it was: `release of 2 messages`.
    pub undoable: Option<String>,
    /// Originals in the archive on this machine.
    pub archived: u32,
    /// What they take on the disk, in bytes.
    pub archive_bytes: u64,
    /// How the network is: `online`, `offline`, or `metered` if it costs by the byte.
    pub network: String,
}

/// How one account is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountStatus {
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: String,
    /// In one word for programs.
    pub state: AccountState,
    /// In words: `Watching the inbox`, `Cannot reach imap.example.org: connection refused. Trying again at 14:05`.
    pub text: String,
    /// Where junk goes, once known.
    pub junk_folder: Option<String>,
    /// Messages whose filing waits for the person's word ([`Request::Held`]).
    pub held: u32,
    /// Why they wait, in one sentence; empty if none does.
    pub held_why: String,
    /// The look at older mail, if one was asked for.
    pub backfill: Option<BackfillStatus>,
}

/// How far the look at older mail has got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackfillStatus {
    /// How many days back.
    pub days: u32,
    /// Messages to look at.
    pub total: u32,
    /// Messages looked at.
    pub done: u32,
    /// Of these, spam.
    pub found: u32,
    /// Whether the person has paused it.
    pub is_paused: bool,
    /// Whether it is over.
    pub is_ended: bool,
}

/// One change in the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What [`Request::Undo`] takes.
    pub id: BatchId,
    /// `file` if the policy did it, else `release`, `spam`, `ham` or `undo`.
    pub kind: String,
    /// What it was: `release of 2 messages`.
    pub text: String,
    /// When, Unix seconds.
    pub at: i64,
    /// How many messages.
    pub messages: u32,
    /// Whether it has been taken back.
    pub is_undone: bool,
}

/// The state of an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountState {
    /// On the way.
    #[default]
    Connecting,
    /// Everything up to now is judged.
    Watching,
    /// Reading new mail.
    Working,
    /// Trying again by itself.
    Retrying,
    /// Waiting for a network.
    Offline,
    /// Only the person can help: wrong password, refused certificate.
    NeedsYou,
}

/// One judged message in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MailRow {
    /// Its number.
    pub id: MailId,
    /// The account's name.
    pub account: String,
    /// The sender's display name, or the address.
    pub from_name: String,
    /// The sender's address; empty if there is none.
    pub from_address: String,
    /// The subject, decoded.
    pub subject: String,
    /// When it arrived, Unix seconds.
    pub received_at: i64,
    /// `ham`, `unsure` or `spam`: what Tamis thought.
    pub class: String,
    /// Points.
    pub score: f64,
    /// The learner's probability of spam, 0 to 1.
    pub probability: Option<f64>,
    /// Where it is now, for people: `Junk`, `Inbox`, or empty if it is gone.
    pub folder: String,
    /// Its UID in that folder; 0 if unknown.
    pub uid: u32,
    /// What the policy said: `leave`, `junk`, `tag` and so on.
    pub action: String,
    /// Whether the archive on this machine holds the original: then it can be released although the server has lost it.
    pub is_archived: bool,
    /// Whether its filing waits for the person's word.
    pub is_held: bool,
    /// `ham` or `spam` if the person has said so.
    pub taught: Option<String>,
    /// Why it was judged so, one sentence with its full stop; empty if it was judged by a Tamis that did not say.
    pub reason: String,
    /// The main reasons in words, heaviest first, at most three.
    pub reasons: Vec<String>,
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
}

/// One message, with its reasons and a preview that is safe to show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MailDetail {
    /// As in the list.
    pub row: MailRow,
    /// Every finding, heaviest first.
    pub reasons: Vec<Reason>,
    /// The learner's words: text and how much each says spam, 0 to 1.
    pub clues: Vec<(String, f64)>,
    /// The score from which mail is doubtful.
    pub tag_threshold: f64,
    /// The score from which mail is spam.
    pub junk_threshold: f64,
    /// `To`, as text.
    pub to: String,
    /// Visible text, at most 64 KiB, no HTML.
    pub text: String,
    /// Links, at most 50, each host once.
    pub links: Vec<LinkView>,
    /// Files.
    pub files: Vec<FileView>,
    /// How the mailing can be left, if it is one and its sender may know that somebody reads it.
    pub leaving: Option<Leaving>,
    /// Why there is no text: `The message is no longer on the server`; `None` if there is.
    pub no_preview: Option<String>,
}

/// How a mailing can be left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Leaving {
    /// The agent can ask for it ([`Request::Unsubscribe`]): at this site, or by a message to this address.
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

/// What the account dialog sends.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AccountForm {
    /// Empty: the address.
    pub name: String,
    /// The address.
    pub address: String,
    /// The server.
    pub host: String,
    /// 0: the usual one.
    pub port: u16,
    /// `tls`, `starttls` or `none`.
    pub security: String,
    /// Empty: the address.
    pub user: String,
    /// Goes to the keyring, nowhere else. `None` if `password_file` or `password_command` says where it is.
    pub password: Option<Password>,
    /// A file to read it from.
    pub password_file: Option<String>,
    /// A command to get it from.
    pub password_command: Option<String>,
    /// How to log in, as in the settings: `xoauth2`. Empty: with the password, in the best way the server offers.
    #[serde(default)]
    pub auth: String,
    /// A PEM file of the certificate shown to the server.
    #[serde(default)]
    pub client_cert: Option<String>,
    /// A PEM file of its private key.
    #[serde(default)]
    pub client_key: Option<String>,
    /// A PEM file of certificate authorities to trust besides the system's.
    pub ca_file: Option<String>,
    /// Empty: found by Tamis.
    pub junk_folder: String,
}

/// A password on its way to the keyring. Its `Debug` shows nothing.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Password(pub String);

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("«secret»")
    }
}

/// What a connection test found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountReport {
    /// What went well, in order, one line each: `Connected to imap.example.org with TLS 1.3`.
    pub steps: Vec<String>,
    /// Messages in the inbox.
    pub inbox_messages: u32,
    /// The Junk folder, or `None` if one has to be made.
    pub junk_folder: Option<String>,
    /// What this server cannot do and what Tamis does instead.
    pub notes: Vec<String>,
}
