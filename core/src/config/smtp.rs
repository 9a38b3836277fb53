//! The `[account.smtp]` section: where mail that is forwarded is handed in.

use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;

use super::{Account, Auth, ConfigError, PasswordSource, Security, account::Reader};
use crate::mail::Address;

/// A server that takes mail from the person, for others (a submission server, RFC 6409).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Smtp {
    /// The server's host name or address.
    pub host: String,
    /// The port: 465 for TLS, 587 for STARTTLS, else 25, unless written.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// The user name: that of the account unless written.
    pub user: String,
    /// Where the password comes from: as for the account unless written. A client certificate, and an access token that a
    /// command prints, are for the mailbox alone.
    pub password: PasswordSource,
    /// A PEM file of certificate authorities to trust besides the system's: that of the account unless written.
    pub ca_file: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct SmtpSection {
    host: Option<Spanned<String>>,
    port: Option<Spanned<u16>>,
    security: Option<Spanned<String>>,
    user: Option<Spanned<String>>,
    password_file: Option<Spanned<String>>,
    password_command: Option<Spanned<String>>,
    ca_file: Option<Spanned<String>>,
}

impl Smtp {
    /// The port a server listens on for this (RFC 8314, RFC 6409), unless told otherwise.
    pub const fn usual_port(security: Security) -> u16 {
        match security {
            Security::Tls => 465,
            Security::StartTls => 587,
            Security::None => 25,
        }
    }
}

impl Reader<'_> {
    /// What is not written is as for `account`.
    pub(super) fn smtp(&self, section: Spanned<SmtpSection>, account: &Account) -> Result<Smtp, ConfigError> {
        let place = section.span();
        let section = section.into_inner();
        let Some(host) = section.host else {
            return Err(self.wrong(&place, "the section `account.smtp` has no `host`".to_owned()));
        };
        self.check_host(&host)?;
        let security = self.security(section.security.as_ref(), &host)?;
        // Whoever has signed in has a token for both, if the issuer was asked for that.
        let is_signed_in = matches!(account.password, PasswordSource::OAuth(_));
        let has_password = is_signed_in || (account.auth != Auth::External && !account.auth.takes_token());
        let password = match self.password(section.password_file.as_ref(), section.password_command.as_ref())? {
            PasswordSource::Keyring if has_password => account.password.clone(),
            // A relay on this machine may want no login.
            PasswordSource::Keyring if security == Security::None => PasswordSource::NotNeeded,
            PasswordSource::Keyring => {
                let what = "the section `account.smtp` needs `password_file` or `password_command`, as the account itself \
                            logs in without a password";
                return Err(self.wrong(&place, what.to_owned()));
            }
            written @ (PasswordSource::File(_)
            | PasswordSource::Command(_)
            | PasswordSource::NotNeeded
            | PasswordSource::OAuth(_)) => written,
        };
        let ca_file = match section.ca_file {
            Some(path) => Some(self.path("ca_file", &path)?),
            None => account.ca_file.clone(),
        };
        Ok(Smtp {
            port: section.port.map_or(Ok(Smtp::usual_port(security)), |port| self.port(&port))?,
            user: section.user.map_or(Ok(account.user.clone()), |user| self.line("user", &user))?,
            host: host.into_inner(),
            security,
            password,
            ca_file,
        })
    }

    /// Where to forward: not back to `account`, and not without a server that takes the mail.
    pub(super) fn forward_to(&self, written: &Spanned<String>, account: &Account) -> Result<Address, ConfigError> {
        let to = self.address(written)?;
        if to == account.address || account.aliases.contains(&to) {
            let what = format!("`forward_to` cannot be {to}, which arrives in this very account");
            return Err(self.wrong(&written.span(), what));
        }
        if account.smtp.is_none() {
            let what = "`forward_to` needs a section `[account.smtp]`, which says where mail is handed in".to_owned();
            return Err(self.wrong(&written.span(), what));
        }
        Ok(to)
    }
}
