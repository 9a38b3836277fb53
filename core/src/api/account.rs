//! An account that is to be: what the dialog sends, where its mail may be, and what a try has found.

use serde::{Deserialize, Serialize};

use super::OAuthForm;
use crate::policy::{Action, Policy};

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
    /// With whom to sign in for access tokens, instead of a password.
    #[serde(default)]
    pub oauth: Option<OAuthForm>,
}

/// A password on its way to the keyring. Its `Debug` shows nothing.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Password(pub String);

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("«secret»")
    }
}

/// Where the mail of an address may be.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FoundServers {
    /// Who provides it, as people call it; empty if that is not known.
    pub provider: String,
    /// What the person has to do first, in whole sentences; empty if nothing.
    pub advice: String,
    /// There is no way for any mail program.
    pub is_hopeless: bool,
    /// The likeliest first; none: nothing was found.
    pub servers: Vec<FoundServer>,
}

/// A server that was found for an address. No password has gone there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FoundServer {
    /// Its name.
    pub host: String,
    /// Its port, never 0.
    pub port: u16,
    /// `tls` or `starttls`.
    pub security: String,
    /// The name to log in with; empty: the address.
    pub user: String,
    /// It takes no password, only a token.
    pub needs_token: bool,
    /// It is the server of a provider we know, which the domain of the address or its mail leads to.
    pub is_of_provider: bool,
    /// It is not under the domain of the address, and its provider is not one we know: the person should know the name.
    pub is_elsewhere: bool,
    /// Who says that it is the right one, as it stands behind "as": `example.org says so at https://…`.
    pub source: String,
}

/// What a connection test found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AccountReport {
    /// What went well, in order, one line each: `Connected to imap.example.org with TLS 1.3`.
    pub steps: Vec<String>,
    /// Messages in the inbox.
    pub inbox_messages: u32,
    /// The Junk folder, or `None` if one has to be made.
    pub junk_folder: Option<String>,
    /// What this server cannot do and what Tamis does instead.
    pub notes: Vec<String>,
    /// The account's name, as it is kept or would be.
    #[serde(default)]
    pub name: String,
    /// The folder of sent mail, or `None` if there is none.
    #[serde(default)]
    pub sent_folder: Option<String>,
    /// The folder of what was thrown away, or `None` if there is none.
    #[serde(default)]
    pub trash_folder: Option<String>,
    /// Every folder that can hold messages, for people and in the server's order, but the inbox.
    #[serde(default)]
    pub folders: Vec<String>,
    /// What becomes of junk and doubtful mail; `None` if it is none of the three.
    #[serde(default)]
    pub treatment: Option<Treatment>,
}

/// What becomes of junk and of doubtful mail, as the steps of setting up ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Treatment {
    /// Junk goes to the Junk folder, doubtful mail stays in the inbox.
    File,
    /// Junk gets a mark that other mail programs know, and stays; doubtful mail stays as it is.
    Mark,
    /// Junk goes to the Junk folder, doubtful mail to a folder of its own.
    Apart,
}

impl Treatment {
    /// All of them, the one that is recommended first.
    pub const ALL: [Self; 3] = [Self::File, Self::Mark, Self::Apart];

    /// The three as actions for doubtful mail and for junk.
    pub const fn actions(self) -> (Action, Action) {
        match self {
            Self::File => (Action::Leave, Action::MoveToJunk),
            Self::Mark => (Action::Leave, Action::Keyword),
            Self::Apart => (Action::Quarantine, Action::MoveToJunk),
        }
    }

    /// Which of the three a policy is, if it is one. Where marks are wanted, no exception for large mail may move it.
    pub fn of(policy: &Policy) -> Option<Self> {
        let is_it = |treatment: &Self| treatment.actions() == (policy.unsure, policy.spam);
        let found = Self::ALL.into_iter().find(is_it);
        found.filter(|treatment| *treatment != Self::Mark || !policy.actions().any(Action::takes_away))
    }
}

/// What the steps of setting up change of an account. What is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrangement {
    /// The Junk folder, for people; empty: found by Tamis.
    pub junk_folder: Option<String>,
    /// What becomes of junk and of doubtful mail.
    pub treatment: Option<Treatment>,
}
