//! Settings: what the file says, and what the program uses.
//!
//! `File` mirrors the TOML one to one and knows nothing but syntax. [`Config`] is what the rest of the program sees, and
//! cannot be built wrong. A file with any mistake changes nothing: [`Config::parse`] says which line and why.

mod account;
mod auth;
mod clamd;
mod dns_lists;
mod error;
mod file;
mod files;
mod fingerprints;
mod hold;
mod keeping;
mod nearest;
mod network;
mod notify;
mod oauth;
mod policy;
mod rules;
mod secrets;
mod smtp;
mod table;
mod units;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
};

pub use self::{
    auth::{Auth, ClientCertificate},
    clamd::{Clamd, ScannerPlace},
    error::ConfigError,
    fingerprints::{Dcc, Fingerprints, FuzzyStorage, Server},
    hold::Hold,
    keeping::{Archive, Brake, Digest, Every},
    network::{Network, Transport},
    notify::Tell,
    oauth::OAuth,
    rules::{RuleSource, Rules},
    secrets::{SecretStore, Secrets},
    smtp::Smtp,
    table::{Kind, OF_ACCOUNT, SETTINGS, Setting},
};
use self::{file::File, nearest::did_you_mean};
use crate::{
    checks::symbols,
    dns::{Asks, known_lists},
    mail::{Address, Domain, FilePolicy, Lessons},
    policy::Policy,
    rules::{Program, own_program},
    score::Score,
    symbol::{Symbol, SymbolInfo},
};

/// The commented settings file that a new installation gets. It says nothing but the defaults.
pub const DEFAULT_CONFIG: &str = include_str!("../../assets/config.toml");

/// Settings that passed every test.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    tag_threshold: Score,
    junk_threshold: Score,
    scores: BTreeMap<Symbol, Score>,
    /// Where the settings file gives points, by the name.
    score_lines: BTreeMap<String, usize>,
    checks_off: BTreeSet<&'static str>,
    policy: Policy,
    archive: Archive,
    brake: Brake,
    digest: Digest,
    tell: Tell,
    hold: Hold,
    clamd: Clamd,
    max_bytes: u64,
    poll_secs: u64,
    judges_old: bool,
    is_careful_when_metered: bool,
    do_accounts_learn_apart: bool,
    trusts_server_junk: bool,
    do_lists_excuse_forged: bool,
    countries: Option<PathBuf>,
    reads_sent: bool,
    backfill_rate: u32,
    learn_most: u32,
    log_days: u32,
    rules: Rules,
    network: Network,
    asks: Asks,
    accounts: Vec<Account>,
    program: InUse,
    fingerprints: Fingerprints,
    secrets: Secrets,
}

/// The rules that are run; `None`: those that come with Tamis, which are not made before somebody asks. Equal only to
/// themselves.
#[derive(Clone, Debug, Default)]
struct InUse(Option<Arc<Program>>);

impl PartialEq for InUse {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(mine), Some(theirs)) => Arc::ptr_eq(mine, theirs),
            (mine, theirs) => mine.is_none() && theirs.is_none(),
        }
    }
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
    /// An access token, from what the keyring has kept since the person signed in.
    OAuth(Box<OAuth>),
}

impl PasswordSource {
    /// Whether it is we who have put it into the keyring.
    pub const fn is_in_keyring(&self) -> bool {
        matches!(self, Self::Keyring | Self::OAuth(_))
    }
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
    /// The folder for quarantine: `Tamis/Quarantine` unless written.
    pub quarantine_folder: Option<String>,
    /// The folder on the server for the originals of mail that was tagged or stripped. Without one they are in the
    /// archive on this machine alone.
    pub archive_folder: Option<String>,
    /// Whether there are folders on the server into which the person drops what is to be learned.
    pub train_folders: bool,
    /// What is done with each class of its mail.
    pub policy: Policy,
    /// Which attached files are not wanted, or always welcome.
    pub files: FilePolicy,
    /// How long originals of its mail are kept.
    pub archive: Archive,
    /// Where mail is forwarded to. Never an address of this account. Only with [`Account::smtp`].
    pub forward_to: Option<Address>,
    /// Where mail that is forwarded is handed in.
    pub smtp: Option<Smtp>,
    /// When doubtful mail of new senders is judged again, and where it is until then.
    pub hold: Hold,
    /// Domains of servers besides the provider's by which its mail comes, and whose word about it is believed.
    pub relays: Vec<Domain>,
}

impl Account {
    /// The account of that address on that server, with what is usual in everything else.
    pub fn usual(address: Address, host: &str) -> Self {
        Self {
            name: address.to_string(),
            user: address.to_string(),
            address,
            aliases: Vec::new(),
            host: host.to_owned(),
            port: Security::default().usual_port(),
            security: Security::default(),
            password: PasswordSource::Keyring,
            auth: Auth::default(),
            client_certificate: None,
            ca_file: None,
            compresses: true,
            junk_folder: None,
            quarantine_folder: None,
            archive_folder: None,
            train_folders: true,
            policy: Policy::default(),
            files: FilePolicy::default(),
            archive: Archive::default(),
            forward_to: None,
            smtp: None,
            hold: Hold::default(),
            relays: Vec::new(),
        }
    }
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

    /// The rules that are run. Unless others were loaded, those that come with Tamis.
    pub fn program(&self) -> &Program {
        self.program.0.as_ref().unwrap_or_else(|| own_program())
    }

    /// [`Config::program`], to be kept.
    pub fn shared_program(&self) -> Arc<Program> {
        Arc::clone(self.program.0.as_ref().unwrap_or_else(|| own_program()))
    }

    /// The same settings with other rules.
    #[must_use]
    pub fn with_program(self, program: Arc<Program>) -> Self {
        Self { program: InUse(Some(program)), ..self }
    }

    /// What a rule is worth: what the settings say, or else its own `points`.
    pub(crate) fn score_of_rule(&self, symbol: &Symbol, points: f64) -> Score {
        self.scores.get(symbol).copied().or_else(|| Score::from_points(points)).unwrap_or_default()
    }

    /// What is wrong with `[scores]`: names that neither a check nor a rule in use has, a sentence each. To be asked once
    /// the rules are loaded.
    pub fn idle_scores(&self) -> Vec<String> {
        let of_lists = self.asks.lists().iter().flat_map(|list| &list.meanings).map(|meaning| meaning.symbol.name());
        let of_checks = symbols().map(|info| info.name).chain(of_lists);
        let known: BTreeSet<&str> = of_checks.chain(self.program().rules().names()).collect();
        let mut idle: Vec<_> = self.score_lines.iter().filter(|(name, _)| !known.contains(name.as_str())).collect();
        idle.sort_by_key(|(_, line)| **line);
        let scored: Vec<&str> = known.iter().copied().filter(|name| !name.starts_with("__")).collect();
        let sentence = |(name, line): (&String, &usize)| {
            let hint = did_you_mean(name, &scored);
            format!("[scores] in the settings, line {line}: no check and no rule in use is named `{name}`{hint}")
        };
        idle.into_iter().map(sentence).collect()
    }

    /// What one symbol is worth.
    pub fn score_of(&self, symbol: &Symbol) -> Score {
        self.scores.get(symbol).copied().unwrap_or_default()
    }

    /// Whether the check of that name runs.
    pub fn is_on(&self, check: &str) -> bool {
        !self.checks_off.contains(check) && self.fingerprints.allows(check)
    }

    /// What is done with each class, where an account does not say otherwise.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// When Tamis stops filing and asks.
    pub fn brake(&self) -> Brake {
        self.brake
    }

    /// How often the person is told what was filed.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// What the desktop is told of doubtful mail that has just come.
    pub fn tell(&self) -> Tell {
        self.tell
    }

    /// The virus scanner.
    pub fn clamd(&self) -> &Clamd {
        &self.clamd
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

    /// Whether Tamis asks for less on a network that costs by the byte.
    pub fn is_careful_when_metered(&self) -> bool {
        self.is_careful_when_metered
    }

    /// Whose lessons count for the mail of `account`.
    pub fn lessons_of(&self, account: &Account) -> Lessons {
        let name = account.address.to_string().to_lowercase();
        if self.do_accounts_learn_apart { Lessons::Apart(name) } else { Lessons::Together(name) }
    }

    /// Whether what the server's own filter puts into Junk is learned as spam.
    pub fn trusts_server_junk(&self) -> bool {
        self.trusts_server_junk
    }

    /// Whether a sender that the lists accept is accepted also in mail of which the provider found that another sent it.
    pub fn do_lists_excuse_forged(&self) -> bool {
        self.do_lists_excuse_forged
    }

    /// The file that says where countries are, as it is written: from the settings file on, if it is not a whole path.
    /// `None`: what the system has.
    pub fn countries(&self) -> Option<&Path> {
        self.countries.as_deref()
    }

    /// Whether the folders of sent mail are read, to know whom the person writes to.
    pub fn reads_sent(&self) -> bool {
        self.reads_sent
    }

    /// How many messages of older mail are looked at in a minute, in each account; 0: as fast as it goes.
    pub fn backfill_rate(&self) -> u32 {
        self.backfill_rate
    }

    /// How many of the messages of an account that are there are learned from at most, when the person wants that.
    pub fn learn_most(&self) -> u32 {
        self.learn_most
    }

    /// Days that log files are kept.
    pub fn log_days(&self) -> u32 {
        self.log_days
    }

    /// The rules besides those that come with Tamis.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Who is asked about mail, and how.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Which lists are asked over DNS.
    pub fn asks(&self) -> &Asks {
        &self.asks
    }

    /// What is done to know messages again.
    pub fn fingerprints(&self) -> &Fingerprints {
        &self.fingerprints
    }

    /// Where passwords and keys are kept.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// The accounts, in the file's order.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }
}

/// What an empty file says.
impl Default for Config {
    fn default() -> Self {
        let of = |info: &SymbolInfo| DEFAULT_SCORES.get(info.name).copied().unwrap_or_default();
        Self {
            tag_threshold: Score::from_thousandths(3000),
            junk_threshold: Score::from_thousandths(5000),
            scores: symbols().map(|info| (info.symbol(), of(info))).collect(),
            score_lines: BTreeMap::new(),
            checks_off: BTreeSet::new(),
            policy: Policy::default(),
            archive: Archive::default(),
            brake: Brake::default(),
            digest: Digest::default(),
            tell: Tell::default(),
            hold: Hold::default(),
            clamd: Clamd::default(),
            max_bytes: 2 << 20,
            poll_secs: 120,
            judges_old: false,
            is_careful_when_metered: true,
            do_accounts_learn_apart: false,
            trusts_server_junk: false,
            do_lists_excuse_forged: false,
            countries: None,
            reads_sent: true,
            backfill_rate: 600,
            learn_most: 20_000,
            log_days: 7,
            rules: Rules::default(),
            network: Network::default(),
            asks: usual_asks(),
            accounts: Vec::new(),
            program: InUse::default(),
            fingerprints: Fingerprints::default(),
            secrets: Secrets::default(),
        }
    }
}

fn usual_asks() -> Asks {
    Asks::of(known_lists().iter().filter(|list| list.is_usual).cloned().collect())
}

const SCORES: &str = include_str!("../scores.toml");

/// A test sees to it that the file reads, so that nothing need be done here when it does not.
static DEFAULT_SCORES: LazyLock<BTreeMap<String, Score>> = LazyLock::new(|| toml::from_str(SCORES).unwrap_or_default());

#[cfg(test)]
mod tests;
