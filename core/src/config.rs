//! Settings: what the file says, and what the program uses.
//!
//! `File` mirrors the TOML one to one and knows nothing but syntax. [`Config`] is what the rest of the program sees, and
//! cannot be built wrong. A file with any mistake changes nothing: [`Config::parse`] says which line and why.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use crate::{mail::Address, policy::Policy, score::Score, symbol::Symbol};

/// Settings that passed every test.
#[derive(Clone, Debug)]
pub struct Config {
    tag_threshold: Score,
    junk_threshold: Score,
    scores: BTreeMap<Symbol, Score>,
    checks_off: BTreeSet<&'static str>,
    policy: Policy,
    max_bytes: u64,
    poll_secs: u64,
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
    /// A PEM file of certificate authorities to trust besides the system's, for private servers.
    pub ca_file: Option<PathBuf>,
    /// The Junk folder, if the server does not say which it is.
    pub junk_folder: Option<String>,
}

impl Config {
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

    /// The accounts, in the file's order.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            tag_threshold: Score::from_thousandths(3000),
            junk_threshold: Score::from_thousandths(5000),
            scores: BTreeMap::new(),
            checks_off: BTreeSet::new(),
            policy: Policy::default(),
            max_bytes: 2 << 20,
            poll_secs: 120,
            accounts: Vec::new(),
        }
    }
}
