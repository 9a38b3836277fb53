//! An account that is to be: what the dialog sends, where its mail may be, and what a try has found.

use serde::{Deserialize, Serialize};

use super::OAuthForm;

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
