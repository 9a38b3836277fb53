//! How an account logs in: `auth`, and the client certificate.

use std::path::PathBuf;

use toml::Spanned;

use super::{ConfigError, PasswordSource, Security, account::Reader};

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

/// What an account says about its secret.
#[derive(Clone, Copy)]
pub(super) struct SecretLines<'a> {
    pub(super) auth: Option<&'a Spanned<String>>,
    pub(super) file: Option<&'a Spanned<String>>,
    pub(super) command: Option<&'a Spanned<String>>,
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

impl Reader<'_> {
    pub(super) fn auth(&self, written: Option<&Spanned<String>>, has_certificate: bool) -> Result<Auth, ConfigError> {
        let Some(written) = written else { return Ok(Auth::default()) };
        let Some(auth) = Auth::from_word(written.get_ref()) else {
            let what = format!(
                "`auth` can be \"auto\", \"plain\", \"login\", \"scram-sha-256\", \"xoauth2\", \"oauthbearer\" or \
                 \"external\", not \"{}\"",
                written.get_ref()
            );
            return Err(self.wrong(&written.span(), what));
        };
        if auth == Auth::External && !has_certificate {
            let what = "`auth = \"external\"` needs `client_cert` and `client_key`";
            return Err(self.wrong(&written.span(), what.to_owned()));
        }
        Ok(auth)
    }

    pub(super) fn client_certificate(
        &self,
        cert: Option<&Spanned<String>>,
        key: Option<&Spanned<String>>,
        security: Security,
    ) -> Result<Option<ClientCertificate>, ConfigError> {
        let (cert, key) = match (cert, key) {
            (None, None) => return Ok(None),
            (Some(cert), Some(key)) => (cert, key),
            (Some(alone), None) => {
                return Err(self.wrong(&alone.span(), "`client_cert` is of no use without `client_key`".to_owned()));
            }
            (None, Some(alone)) => {
                return Err(self.wrong(&alone.span(), "`client_key` is of no use without `client_cert`".to_owned()));
            }
        };
        if security == Security::None {
            return Err(self.wrong(&cert.span(), "`client_cert` is of no use without TLS".to_owned()));
        }
        Ok(Some(ClientCertificate { cert: self.path("client_cert", cert)?, key: self.path("client_key", key)? }))
    }

    /// Where the password comes from, or the access token.
    pub(super) fn secret(
        &self,
        auth: Auth,
        file: Option<&Spanned<String>>,
        command: Option<&Spanned<String>>,
    ) -> Result<PasswordSource, ConfigError> {
        match (auth, file, command) {
            (Auth::External, None, None) => Ok(PasswordSource::NotNeeded),
            (Auth::External, Some(source), _) | (Auth::External, None, Some(source)) => {
                let what = "`auth = \"external\"` needs no password: take this line out".to_owned();
                Err(self.wrong(&source.span(), what))
            }
            (_, file, command) => self.password(file, command),
        }
    }
}
