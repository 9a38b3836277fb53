//! Settings: what the file says, and what the program uses.
//!
//! `File` mirrors the TOML one to one and knows nothing but syntax. [`Config`] is what the rest of the program sees, and
//! cannot be built wrong. A file with any mistake changes nothing: [`Config::parse`] says which line and why.

mod account;
mod error;
mod file;
mod nearest;
mod units;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::LazyLock,
};

pub use self::error::ConfigError;
use self::file::File;
use crate::{mail::Address, policy::Policy, score::Score, symbol::Symbol};

/// The commented settings file that a new installation gets. It says nothing but the defaults.
pub const DEFAULT_CONFIG: &str = include_str!("../../assets/config.toml");

/// Settings that passed every test.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    tag_threshold: Score,
    junk_threshold: Score,
    scores: BTreeMap<Symbol, Score>,
    checks_off: BTreeSet<&'static str>,
    policy: Policy,
    max_bytes: u64,
    poll_secs: u64,
    judges_old: bool,
    log_days: u32,
    accounts: Vec<Account>,
}

/// How a connection is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (port 993).
    #[default]
    Tls,
    /// Plain text, then STARTTLS, which must succeed (port 143).
    StartTls,
    /// No protection. Only to this machine itself.
    None,
}

/// Where the password of an account comes from. Never the settings file itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordSource {
    /// The keyring of the operating system.
    Keyring,
    /// A file only the person can read; its first line.
    File(PathBuf),
    /// What a command prints; its first line. Run by `sh -c`.
    Command(String),
    /// Nowhere: the client certificate is enough.
    NotNeeded,
}

/// How to log in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Auth {
    /// With the password, in the best way the server offers.
    #[default]
    Auto,
    /// The password as it is (RFC 4616).
    Plain,
    /// The password as it is, in the old way: `AUTH=LOGIN`, or the command LOGIN.
    Login,
    /// A proof that we know the password, and one that the server does (RFC 7677).
    ScramSha256,
    /// An access token, as Google and Microsoft take it.
    XOAuth2,
    /// An access token (RFC 7628).
    OAuthBearer,
    /// The client certificate, and no password (RFC 4422).
    External,
}

/// What proves to the server who is connecting, while TLS starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    /// A PEM file of the certificate and those that lead from it to its authority.
    pub cert: PathBuf,
    /// A PEM file of its private key, without a passphrase.
    pub key: PathBuf,
}

/// One IMAP account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The name in the window, the log and commands. Unique, 1 to 64 characters, no control characters.
    pub name: String,
    /// The person's address there.
    pub address: Address,
    /// Further addresses of the person that arrive there.
    pub aliases: Vec<Address>,
    /// The server's host name or address.
    pub host: String,
    /// The port: 993 for TLS, else 143, unless written.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// The user name: the address unless written.
    pub user: String,
    /// Where the password comes from.
    pub password: PasswordSource,
    /// How to log in.
    pub auth: Auth,
    /// The certificate shown to the server. Always there with [`Auth::External`], never without TLS.
    pub client_certificate: Option<ClientCertificate>,
    /// A PEM file of certificate authorities to trust besides the system's, for private servers.
    pub ca_file: Option<PathBuf>,
    /// Whether the connection is compressed where the server offers it.
    pub compresses: bool,
    /// The Junk folder, if the server does not say which it is.
    pub junk_folder: Option<String>,
}

impl Security {
    /// The word in the settings: `tls`, `starttls` or `none`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::StartTls => "starttls",
            Self::None => "none",
        }
    }

    /// Reads [`Security::word`] back.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Tls, Self::StartTls, Self::None].into_iter().find(|security| security.word() == word)
    }

    /// The port a server listens on for this, unless told otherwise.
    pub const fn usual_port(self) -> u16 {
        match self {
            Self::Tls => 993,
            Self::StartTls | Self::None => 143,
        }
    }
}

impl Auth {
    /// All of them, in the order in which they are named to people.
    pub const ALL: [Self; 7] =
        [Self::Auto, Self::Plain, Self::Login, Self::ScramSha256, Self::XOAuth2, Self::OAuthBearer, Self::External];

    /// The word in the settings: `scram-sha-256`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Plain => "plain",
            Self::Login => "login",
            Self::ScramSha256 => "scram-sha-256",
            Self::XOAuth2 => "xoauth2",
            Self::OAuthBearer => "oauthbearer",
            Self::External => "external",
        }
    }

    /// Reads [`Auth::word`] back.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|auth| auth.word() == word)
    }

    /// Whether the secret is an access token and no password.
    pub const fn takes_token(self) -> bool {
        matches!(self, Self::XOAuth2 | Self::OAuthBearer)
    }
}

impl Config {
    /// Reads settings, filling in the defaults for whatever `text` does not mention.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let file: File = toml::from_str(text).map_err(|err| ConfigError::syntax(text, &err))?;
        file.apply(text, Self::default())
    }

    /// The score from which mail is doubtful.
    pub fn tag_threshold(&self) -> Score {
        self.tag_threshold
    }

    /// The score from which mail is spam; never below [`Config::tag_threshold`].
    pub fn junk_threshold(&self) -> Score {
        self.junk_threshold
    }

    /// What one symbol is worth.
    pub fn score_of(&self, symbol: Symbol) -> Score {
        self.scores.get(&symbol).copied().unwrap_or_default()
    }

    /// Whether the check of that name runs.
    pub fn is_on(&self, check: &str) -> bool {
        !self.checks_off.contains(check)
    }

    /// What is done with each class.
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// Messages above this size in bytes are judged on their headers and beginning (of this length).
    pub fn max_bytes(&self) -> u64 {
        self.max_bytes
    }

    /// Seconds between two looks at a folder, also when the server announces new mail by itself.
    pub fn poll_secs(&self) -> u64 {
        self.poll_secs
    }

    /// Whether mail that comes into the inbox with an old date is judged too. It has most likely been moved there by the
    /// person, who has judged it.
    pub fn judges_old(&self) -> bool {
        self.judges_old
    }

    /// Days that log files are kept.
    pub fn log_days(&self) -> u32 {
        self.log_days
    }

    /// The accounts, in the file's order.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }
}

/// What an empty file says.
impl Default for Config {
    fn default() -> Self {
        let of = |symbol: Symbol| DEFAULT_SCORES.get(symbol.name()).copied().unwrap_or_default();
        Self {
            tag_threshold: Score::from_thousandths(3000),
            junk_threshold: Score::from_thousandths(5000),
            scores: crate::checks::symbols().map(|info| (info.symbol, of(info.symbol))).collect(),
            checks_off: BTreeSet::new(),
            policy: Policy::default(),
            max_bytes: 2 << 20,
            poll_secs: 120,
            judges_old: false,
            log_days: 7,
            accounts: Vec::new(),
        }
    }
}

const SCORES: &str = include_str!("../scores.toml");

/// A test sees to it that the file reads, so that nothing need be done here when it does not.
static DEFAULT_SCORES: LazyLock<BTreeMap<String, Score>> = LazyLock::new(|| toml::from_str(SCORES).unwrap_or_default());

#[cfg(test)]
mod tests;
