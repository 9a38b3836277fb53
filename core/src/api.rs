//! What the window and the commands say to the agent, and what it answers: plain data, versioned.
//!
//! A connection carries frames: a length (32 bits, big endian, at most [`MAX_FRAME`]) and that many bytes of JSON. The
//! client sends [`Call`]s, the agent [`Message`]s. The first call must be [`Request::Hello`]; a client of another
//! version is told so and let go. Types of the engine are not sent: these have their own shape on purpose, so that
//! changing one is a decision.

mod account;
mod figures;
mod health;
mod learned;
mod learning;
mod link;
mod lists;
mod message;
mod people;
mod review;
mod route;
mod sign_in;
mod socket;

use serde::{Deserialize, Serialize};

pub use account::{AccountForm, AccountReport, Arrangement, FoundServer, FoundServers, Password, Treatment};
pub use figures::{
    AccountCount, Accuracy, DayCount, FindingCount, Histogram, RelayCount, ScoreCount, SettingKind, SettingValue,
    SettingView, SettingsView, Statistics,
};
pub use health::{AccountHealth, BackfillStatus, Hears, PauseFor};
pub use learned::{LessonRow, LessonSource, LessonsPage, WordPlace, WordReport};
pub use learning::{LearningDoubt, LearningFolder, LearningSkip, LearningStatus};
pub use link::is_link;
pub use lists::{ListEntry, NewListEntry};
pub use message::{
    AskedView, AuthBadge, AuthMethod, AuthState, FileView, HeaderLine, Leaving, LinkView, MessagePage, MessageSource,
    Reason, TextBlock, TextKind, TextPiece,
};
pub use people::{PERSON_WEEKS, PeopleOrder, PersonDetail, PersonGrade, PersonRow};
pub use review::{FoundText, Grouping, ListOrder, ListQuery, MailGroup, Outline, REST_OF_GROUPS, Span};
pub use route::{Advice, AdviceState, MailServer, RouteReport, ServerAddress, WayHop};
pub use sign_in::{OAuthForm, SignInFor, SignInRequest, SignInStage, SignInView};
pub use socket::socket_path;

/// Counts up whenever a type here changes meaning or another agent would not understand it. 3 knows of lessons in files, of the
/// network and of other ways to log in; 4 of the reason in one sentence and of how a mailing can be left; 6 of the lists and
/// of peers; 7 of mail that waits to be judged again, of learning from the mail that is there and of lists by country; 8 of what
/// others were asked and of reports to them, of the way of mail, of finding the server of an account and of starting at login; 9
/// of what the window of many pages shows; 10 of signing in with a provider, of the steps of setting up, and of a backup.
pub const API_VERSION: u32 = 10;

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
        /// In which language it wants to be answered: `de`. In any other, and empty, that is English. A later greeting
        /// changes it.
        #[serde(default)]
        language: String,
    },
    /// How everything is.
    Status,
    /// A page of judged mail.
    List {
        /// Which, and in which order.
        query: ListQuery,
        /// So many rows are left out at the beginning.
        offset: u32,
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
        /// Its path, as in [`Request::ImportLists`].
        path: String,
    },
    /// Make the tokens of older lessons anew, from the originals in the archive.
    RenewLessons,
    /// Connect, log in and look at the folders, but keep nothing.
    TestAccount(AccountForm),
    /// Test, then keep.
    AddAccount(AccountForm),
    /// Start the agent when the person logs in, or no longer.
    Autostart {
        /// Whether it does from now on.
        is_on: bool,
    },
    /// Find out where the mail of an address is. Nothing but its domain is told to anybody, and no password.
    FindServers {
        /// The address.
        address: String,
    },
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
    /// Entries of the lists, oldest first, some thousand at once.
    Entries {
        /// Those whose number is higher; 0: from the first on.
        after: i64,
    },
    /// Always accept or block, as these entries say. All are taken or none.
    AddEntries {
        /// The entries, at most some thousand at once.
        entries: Vec<NewListEntry>,
        /// Whether they are from a file, and do not switch on again what is off.
        is_import: bool,
    },
    /// Remove an entry of the lists.
    RemoveEntry(i64),
    /// Switch an entry of the lists on or off.
    SwitchEntry {
        /// Its number.
        id: i64,
        /// Whether it counts from now on.
        is_on: bool,
    },
    /// These addresses are in the person's address book.
    AddPeers(Vec<String>),
    /// Nobody with that address is a peer, until the person writes there again.
    ForgetPeer(String),
    /// Put a digest of what was filed since the last one into the inbox now.
    SendDigest {
        /// The account's name.
        account: String,
    },
    /// Judge what waits to be judged again now, and for the last time.
    JudgeWaiting {
        /// The account's name; empty: all accounts.
        account: String,
    },
    /// Learn from the mail of an account that is there.
    Learn {
        /// The account's name.
        account: String,
        /// Whether what is in Junk is learned as spam.
        junk: bool,
        /// Whether only to count what there is to learn from.
        is_rehearsal: bool,
    },
    /// Pause, go on with, or give up that learning.
    SteerLearning {
        /// The account's name.
        account: String,
        /// Which of the three.
        steer: Steer,
    },
    /// How mail comes to an account, and how the domain of its address stands.
    Route {
        /// The account's name; empty: the first.
        account: String,
        /// Names of DKIM keys to look for.
        selectors: Vec<String>,
    },
    /// Report a message as spam to others, as [`MailDetail::reportable`] says.
    ReportSpam(MailId),
    /// Remove from the server. The originals are in the archive before, and an undo puts them back.
    Delete(Vec<MailId>),
    /// The headers and the source of a message.
    Source(MailId),
    /// The people who write and are written to.
    People {
        /// Only those whose address or name contains this, in any case; empty for all.
        search: String,
        /// In which order.
        order: PeopleOrder,
        /// So many are passed over.
        offset: u32,
        /// At most this many, and never more than some hundred.
        limit: u32,
    },
    /// Everything about somebody with that address.
    Person(String),
    /// Take entries of the lists from a file: one of ours, of SpamAssassin, or an address book.
    ImportLists {
        /// Its path. One that does not begin at the root or with `~/` is below the person's folder of documents; an empty one, or
        /// that of a folder, is a file there with a name of ours.
        path: String,
    },
    /// Write all entries of the lists to a file.
    ExportLists {
        /// Its path, as in [`Request::ImportLists`].
        path: String,
        /// Whether over one that is there.
        is_forced: bool,
    },
    /// Lessons in force, newest first.
    Lessons {
        /// Only those that came in this way ([`LessonRow::source`]); empty: all.
        source: String,
        /// So many are passed over.
        offset: u32,
        /// At most this many, and never more than some hundred.
        limit: u32,
    },
    /// Forget these lessons ([`LessonRow::key`]), and what the person has said of their messages, which stay where they are.
    Unlearn(Vec<String>),
    /// Forget all lessons, after they were written to a file. What the person said of single messages still counts for senders.
    ResetLearning,
    /// Write all lessons to a file that [`Request::ImportLessons`] takes.
    ExportLessons {
        /// Its path, as in [`Request::ImportLists`].
        path: String,
    },
    /// What the learner knows of a word, or of a pair of words.
    Word(String),
    /// The numbers of all judged mail that is wanted, in order.
    Outline(ListQuery),
    /// The rows of these messages, at most 2,000 at once.
    Rows(Vec<MailId>),
    /// Which messages of an account have the text that is searched for. The account's server is asked.
    FindText {
        /// What is searched for, and among which messages.
        query: ListQuery,
        /// The account's name.
        account: String,
    },
    /// Always accept or block the senders of these messages, as one change that can be undone.
    ListSenders {
        /// The messages.
        ids: Vec<MailId>,
        /// `accept` or `block`.
        side: String,
        /// Whether their whole domains are meant.
        has_domain: bool,
    },
    /// Have the person taken off the mailings that these messages are of, where nothing has to be shown first: at most 50
    /// messages, and of each sender one.
    UnsubscribeAll(Vec<MailId>),
    /// Every setting that stands by itself.
    Settings,
    /// Change a setting, at once. A value that cannot be changes nothing. Can be undone.
    SetSetting {
        /// Its section and name, such as `judge.tag`.
        key: String,
        /// What it is from now on; `None`: its default.
        value: Option<SettingValue>,
    },
    /// How the scores of the mail of the last days are spread.
    Histogram {
        /// How many days back.
        days: u32,
    },
    /// What happened in the last days.
    Statistics {
        /// How many days, today among them; 0: all there are.
        days: u32,
        /// The account's name; empty: all accounts.
        account: String,
        /// Only relays with at least so many messages in that time.
        least: u32,
    },
    /// Judge and file nothing for a while. Mail that comes meanwhile is judged afterwards; what the person asks for is done.
    Pause(PauseFor),
    /// Go on judging and filing.
    Resume,
    /// Whether the person looks at the window, which needs no notification of doubtful mail then: `true` is answered with
    /// [`Reply::Done`] when they no longer do, `false` at once. It ends with the connection.
    Looks(bool),
    /// Sign in with whoever gives out the access tokens of an account.
    SignIn(SignInRequest),
    /// Connect to an account that is kept, and look at its folders again; the answer is a [`Reply::Account`].
    LookAtAccount {
        /// The account's name.
        account: String,
    },
    /// Change what the steps of setting up ask of an account, at once.
    Arrange {
        /// The account's name.
        account: String,
        /// What is to be different.
        arrangement: Arrangement,
    },
    /// Write settings, database, originals and rules to one file.
    Backup {
        /// Its path, as in [`Request::ImportLists`].
        path: String,
        /// The whole is sealed with it, and then passwords and keys are in it as well; `None`: neither.
        passphrase: Option<Password>,
        /// Whether over one that is there.
        is_forced: bool,
    },
    /// Put everything out of such a file in the place of what is there, which is put aside. The agent starts anew.
    Restore {
        /// Its path, as in [`Request::ImportLists`].
        path: String,
        /// What it was sealed with.
        passphrase: Option<Password>,
        /// Whether passwords and keys in it come back as well.
        has_secrets: bool,
        /// Whether what is there may be put aside.
        is_forced: bool,
    },
}

/// What the person wants of a running backfill or of learning.
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
        /// How many there are in all.
        total: u32,
    },
    /// To [`Request::Outline`].
    Outline(Outline),
    /// To [`Request::Rows`]; without those that are unknown.
    Rows(Vec<MailRow>),
    /// To [`Request::FindText`].
    FoundText(FoundText),
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
    /// To [`Request::FindServers`].
    Servers(FoundServers),
    /// To [`Request::History`].
    History(Vec<Change>),
    /// To [`Request::Entries`]; empty behind the last one.
    Entries(Vec<ListEntry>),
    /// To [`Request::Route`].
    Route(Box<RouteReport>),
    /// To [`Request::Source`].
    Source(Box<MessageSource>),
    /// To [`Request::People`].
    People {
        /// The rows.
        rows: Vec<PersonRow>,
        /// How many there are without the limit.
        total: u32,
    },
    /// To [`Request::Person`].
    Person(Box<PersonDetail>),
    /// To [`Request::Lessons`].
    Lessons(Box<LessonsPage>),
    /// To [`Request::Word`].
    Word(Box<WordReport>),
    /// To [`Request::Settings`].
    Settings(Box<SettingsView>),
    /// To [`Request::Histogram`].
    Histogram(Histogram),
    /// To [`Request::Statistics`].
    Statistics(Box<Statistics>),
    /// Not done. One clear sentence: what did not happen, to what, and what to do next.
    Refused {
        /// For the person.
        text: String,
        /// Whose fault: `person` (a wrong argument), `outside` (a server, the disk).
        kind: RefusedKind,
    },
    /// To [`SignInRequest::Begin`] and [`SignInRequest::Follow`].
    SignIn(Box<SignInView>),
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
    /// Whether the agent starts when the person logs in.
    pub starts_at_login: bool,
    /// Until when nothing is judged or filed, Unix seconds; 0: until the person says so; `None`: all goes on as usual.
    #[serde(default)]
    pub paused_until: Option<i64>,
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
    /// Doubtful messages of new senders that wait to be judged again.
    #[serde(default)]
    pub waiting: u32,
    /// When the first of them is, Unix seconds; 0 if none waits.
    #[serde(default)]
    pub waiting_until: i64,
    /// Learning from the mail that is there, if it was asked for.
    pub learning: Option<LearningStatus>,
    /// Domains of the servers whose word about the way of its mail is believed, by the settings.
    #[serde(default)]
    pub servers: Vec<String>,
    /// The same, as its mail has shown.
    #[serde(default)]
    pub servers_learned: Vec<String>,
    /// How its connection is.
    #[serde(default)]
    pub health: AccountHealth,
    /// With whom the person has signed in for it, as people call them; empty: it has a password.
    #[serde(default)]
    pub issuer: String,
}

/// One change in the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What [`Request::Undo`] takes.
    pub id: BatchId,
    /// `file` if the policy did it, else `release`, `spam`, `ham`, `delete`, `list` (also of peers), `learn` (also of lessons that
    /// are forgotten) or `undo`.
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
    /// When it is judged again, Unix seconds; 0 if it does not wait for that.
    #[serde(default)]
    pub waits_until: i64,
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
    /// What others were asked about it, in the order of the alphabet.
    #[serde(default)]
    pub asked: Vec<AskedView>,
    /// The way it took, the first step first; empty if there is no text.
    #[serde(default)]
    pub way: Vec<WayHop>,
    /// Why there is no text: `The message is no longer on the server`; `None` if there is.
    pub no_preview: Option<String>,
    /// What a report of it as spam would tell whom, a sentence each; empty if there is nobody to tell.
    #[serde(default)]
    pub reportable: Vec<String>,
    /// Its text as a person reads it, and what proves its sender.
    #[serde(default)]
    pub page: MessagePage,
}
