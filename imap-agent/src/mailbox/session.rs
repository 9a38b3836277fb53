//! A logged-in session: the one thing callers hold.

use std::{fmt, ops::RangeInclusive, time::Duration};

use tamis_core::config::Account;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};

use super::{
    connect,
    connect_error::{ConnectError, Problem},
    driver::Connection,
    fetch::{Peek, Selected},
    folders::FolderName,
    login::{self, Capabilities, LoggedIn, capability_set},
    response::{Code, CommandError, Completed, Idled, Loss, Untagged},
};
use crate::{secret::Secret, tls::TlsSettings};

/// Longest silence within a command.
const COMMAND_LIMIT: Duration = Duration::from_mins(1);

/// From the name of the server to the end of the login.
const CONNECT_LIMIT: Duration = Duration::from_mins(2);

/// Home routers forget connections after five minutes of silence, and some servers then never notice.
const IDLE_LIMIT: Duration = Duration::from_mins(5);

const LOGOUT_LIMIT: Duration = Duration::from_secs(5);

/// A server that compresses answers at once.
const COMPRESS_LIMIT: Duration = Duration::from_secs(20);

/// Anything bytes go through in both directions.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug> Stream for T {}

/// A session with a server, logged in.
///
/// After [`CommandError::Lost`], [`CommandError::Timeout`] or [`CommandError::Bye`], and after a call whose future was
/// dropped before its end, it refuses everything: drop it and connect anew.
#[derive(Debug)]
pub struct Session {
    pub(super) connection: Connection,
    pub(super) selected: Option<Selected>,
    pub(super) peek: Peek,
    /// The folder for what was thrown away, once the folders were listed.
    pub(super) trash: Option<FolderName>,
    capabilities: Capabilities,
    steps: Vec<String>,
    has_news: bool,
    selections: u64,
}

impl Session {
    /// Connects, protects the connection as the account says, and logs in.
    pub async fn connect(account: &Account, secret: &Secret, tls: &TlsSettings) -> Result<Self, ConnectError> {
        let session = async {
            match Self::open(account, secret, tls, account.compresses).await {
                // It will not do better the next time, and mail matters more.
                Err(Problem::Compression) => {
                    let mut session = Self::open(account, secret, tls, false).await?;
                    session.steps.push("Compression is off, as the server fails at it".to_owned());
                    Ok(session)
                }
                outcome => outcome,
            }
        };
        let session = timeout(CONNECT_LIMIT, session).await.unwrap_or(Err(Problem::Silent));
        session.map_err(|problem| ConnectError { host: account.host.clone(), port: account.port, problem })
    }

    /// Reads the greeting and logs in over a stream that is protected already.
    pub async fn log_in(
        stream: impl Stream + 'static,
        account: &Account,
        secret: &Secret,
    ) -> Result<Self, ConnectError> {
        let mut connection = Connection::new(Box::new(stream));
        let session = async {
            let offered = connect::greet(&mut connection).await?;
            Self::log_in_to(connection, account, secret, offered, account.compresses).await
        };
        session.await.map_err(|problem| ConnectError { host: account.host.clone(), port: account.port, problem })
    }

    /// A session over a stream that is logged in already, with a server that can do this.
    pub fn over(stream: impl Stream + 'static, capabilities: &[&str]) -> Self {
        Self::new(Connection::new(Box::new(stream)), capability_set(capabilities))
    }

    fn new(connection: Connection, capabilities: Capabilities) -> Self {
        Self {
            connection,
            selected: None,
            peek: Peek::Untested,
            trash: None,
            capabilities,
            steps: Vec::new(),
            has_news: false,
            selections: 0,
        }
    }

    async fn open(account: &Account, secret: &Secret, tls: &TlsSettings, compresses: bool) -> Result<Self, Problem> {
        let opened = connect::open(account, tls).await?;
        let mut session = Self::log_in_to(opened.connection, account, secret, opened.capabilities, compresses).await?;
        session.steps.insert(0, opened.step);
        Ok(session)
    }

    async fn log_in_to(
        mut connection: Connection,
        account: &Account,
        secret: &Secret,
        offered: Option<Vec<String>>,
        compresses: bool,
    ) -> Result<Self, Problem> {
        let LoggedIn { capabilities, way } = login::log_in(&mut connection, account, secret, offered).await?;
        let mut session = Self::new(connection, capabilities);
        let way = way.map(|way| format!(" by {way}")).unwrap_or_default();
        session.steps.push(format!("Logged in as {}{way}", account.user));
        if compresses && session.can("COMPRESS=DEFLATE") { session.compress().await } else { Ok(session) }
    }

    /// Never before the login, so that no password is compressed together with what a stranger may have chosen.
    async fn compress(mut self) -> Result<Self, Problem> {
        match self.connection.command("COMPRESS DEFLATE", None, COMPRESS_LIMIT, drop).await {
            Ok(_) => {}
            Err(error) if error.leaves_session_usable() => return Ok(self),
            Err(error) => return Err(Problem::from_command(error)),
        }
        self.connection = self.connection.compressed().ok_or(Problem::Compression)?;
        // Servers have said OK and gone on as before. Better to know at once.
        match self.connection.command("NOOP", None, COMPRESS_LIMIT, drop).await {
            Ok(_) => {}
            Err(CommandError::Lost(Loss::Unreadable(_) | Loss::Closed) | CommandError::Timeout) => {
                return Err(Problem::Compression);
            }
            Err(error) => return Err(Problem::from_command(error)),
        }
        self.steps.push("Compression is on".to_owned());
        Ok(self)
    }

    /// What went well so far, one line each: `Connected to imap.example.org with TLS 1.3`.
    pub fn steps(&self) -> &[String] {
        &self.steps
    }

    /// Whether the server announced that capability, in any case.
    pub fn can(&self, capability: &str) -> bool {
        self.capabilities.contains(&capability.to_ascii_uppercase())
    }

    /// What the server announced as `NAME=VALUE`, in upper case.
    pub(super) fn announced(&self, name: &str) -> Option<&str> {
        self.capabilities.iter().find_map(|known| known.strip_prefix(name)?.strip_prefix('='))
    }

    /// Whether commands are still possible.
    pub fn is_usable(&self) -> bool {
        self.connection.is_usable()
    }

    /// How often a folder was selected so far: what was known of the selected one before the last time may be old.
    pub fn selections(&self) -> u64 {
        self.selections
    }

    /// From here on another folder is selected, or the same one anew.
    pub(super) fn leave_folder(&mut self) {
        self.selected = None;
        self.selections = self.selections.saturating_add(1);
    }

    /// The folder selected at present.
    pub fn selected(&self) -> Option<&Selected> {
        self.selected.as_ref()
    }

    /// How many responses of the server nobody could read.
    pub fn dropped(&self) -> u64 {
        self.connection.dropped()
    }

    /// Asks for nothing, and so learns whether the server is still there and what is new.
    pub async fn noop(&mut self) -> Result<(), CommandError> {
        self.command("NOOP", |_| ()).await.map(drop)
    }

    /// Waits until the selected folder changes, `wake` is done, or `limit` (at most five minutes) is over.
    ///
    /// News that came with earlier commands counts: nothing is missed between looking and waiting.
    pub async fn idle(&mut self, wake: impl Future<Output = ()>, limit: Duration) -> Result<Idled, CommandError> {
        if !self.can("IDLE") {
            return Ok(Idled::NotOffered);
        }
        if std::mem::take(&mut self.has_news) {
            return Ok(Idled::News);
        }
        let idled = self.connection.idle(wake, limit.min(IDLE_LIMIT), COMMAND_LIMIT).await;
        if idled == Ok(Idled::NotOffered) {
            self.capabilities.remove("IDLE");
        }
        idled
    }

    /// Takes leave. Servers count the sessions of those who do not.
    pub async fn logout(mut self) {
        // There is nothing left to lose.
        timeout(LOGOUT_LIMIT, self.connection.leave(LOGOUT_LIMIT)).await.ok();
        self.connection.close().await;
    }

    /// One command. Keeps what is known of the selected folder up to date.
    pub(super) async fn command(&mut self, line: &str, on: impl FnMut(Untagged)) -> Result<Completed, CommandError> {
        self.command_with(line, None, on).await
    }

    /// As [`Session::command`], with a literal for when the server asks for it.
    pub(super) async fn command_with(
        &mut self,
        line: &str,
        literal: Option<&[u8]>,
        mut on: impl FnMut(Untagged),
    ) -> Result<Completed, CommandError> {
        let Self { connection, selected, has_news, .. } = self;
        let note = |untagged: Untagged| {
            if let Some(selected) = selected {
                *has_news |= selected.note(&untagged);
            }
            on(untagged);
        };
        connection.command(line, literal, COMMAND_LIMIT, note).await
    }

    /// One command whose answers are dealt with one by one; the server is not listened to meanwhile.
    pub(super) async fn converse<F: Future<Output = ()>>(
        &mut self,
        line: &str,
        mut on: impl FnMut(Untagged) -> F,
    ) -> Result<Completed, CommandError> {
        let Self { connection, selected, has_news, .. } = self;
        let note = |untagged: Untagged| {
            if let Some(selected) = selected {
                *has_news |= selected.note(&untagged);
            }
            on(untagged)
        };
        connection.converse(line, None, COMMAND_LIMIT, note).await
    }

    /// Whether the server has told of new mail since the folder was selected, or since that was last asked by idling.
    pub fn has_news(&self) -> bool {
        self.has_news
    }

    /// From here on, only what comes later is news.
    pub(super) fn forget_news(&mut self) {
        self.has_news = false;
    }
}

impl Selected {
    /// Takes in what the server says in passing. True if there is new mail.
    fn note(&mut self, untagged: &Untagged) -> bool {
        let before = self.exists;
        match untagged {
            Untagged::Exists(count) => self.exists = *count,
            Untagged::Expunge(_) => self.exists = self.exists.saturating_sub(1),
            Untagged::Vanished(uids) => {
                let gone = |range: &RangeInclusive<u32>| range.end().saturating_sub(*range.start()).saturating_add(1);
                self.exists = uids.iter().map(gone).fold(self.exists, u32::saturating_sub);
            }
            Untagged::Code(Code::UidValidity(value)) => self.uid_validity = *value,
            // A keyword that was new a moment ago is in use now.
            Untagged::Flags(flags) if self.permanent_flags.contains("\\*") => {
                self.permanent_flags.extend(flags.iter().cloned());
            }
            Untagged::Code(_)
            | Untagged::Flags(_)
            | Untagged::Fetch(_)
            | Untagged::Search(_)
            | Untagged::List(_)
            | Untagged::Status(..)
            | Untagged::Capability(_)
            | Untagged::Other => {}
        }
        before < self.exists
    }
}
