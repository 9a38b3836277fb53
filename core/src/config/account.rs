//! The `[[account]]` sections.

use std::{net::IpAddr, ops::Range, path::PathBuf};

use serde::Deserialize;
use toml::Spanned;

use super::{
    Account, Config, ConfigError, PasswordSource, Security, auth::SecretLines, files::FilesSection, hold::HoldSection,
    keeping::ArchiveSection, oauth::OAuthSection, policy::PolicySection, smtp::SmtpSection,
};
use crate::{
    mail::{Address, Domain},
    policy::Action,
};

/// Long enough for any address, short enough for a column.
const NAME_CHARS: usize = 64;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct AccountSection {
    name: Option<Spanned<String>>,
    address: Option<Spanned<String>>,
    aliases: Vec<Spanned<String>>,
    host: Option<Spanned<String>>,
    port: Option<Spanned<u16>>,
    security: Option<Spanned<String>>,
    user: Option<Spanned<String>>,
    password_file: Option<Spanned<String>>,
    password_command: Option<Spanned<String>>,
    auth: Option<Spanned<String>>,
    client_cert: Option<Spanned<String>>,
    client_key: Option<Spanned<String>>,
    ca_file: Option<Spanned<String>>,
    compress: Option<bool>,
    junk_folder: Option<Spanned<String>>,
    quarantine_folder: Option<Spanned<String>>,
    archive_folder: Option<Spanned<String>>,
    train_folders: Option<bool>,
    policy: PolicySection,
    files: FilesSection,
    archive: ArchiveSection,
    forward_to: Option<Spanned<String>>,
    smtp: Option<Spanned<SmtpSection>>,
    oauth: Option<Spanned<OAuthSection>>,
    hold: HoldSection,
    relays: Vec<Spanned<String>>,
}

/// All accounts, each with a name of its own and a mailbox of its own. `base` has what holds for all of them.
pub(super) fn accounts(
    text: &str,
    sections: Vec<Spanned<AccountSection>>,
    base: &Config,
) -> Result<Vec<Account>, ConfigError> {
    let mut accounts: Vec<Account> = Vec::new();
    for section in sections {
        let place = section.span();
        let name_place = section.get_ref().name.as_ref().map_or_else(|| place.clone(), Spanned::span);
        let account = Reader { text, place: place.clone(), base }.account(section.into_inner())?;
        // Commands take names, and nobody remembers capitals.
        if accounts.iter().any(|other| other.name.to_lowercase() == account.name.to_lowercase()) {
            let what = format!("there are two accounts with the name `{}`", account.name);
            return Err(ConfigError::at(text, &name_place, what));
        }
        let is_same_mailbox =
            |other: &&Account| (&other.host, other.port, &other.user) == (&account.host, account.port, &account.user);
        if let Some(other) = accounts.iter().find(is_same_mailbox) {
            let what = format!("this is the same mailbox as the account `{}`", other.name);
            return Err(ConfigError::at(text, &place, what));
        }
        accounts.push(account);
    }
    Ok(accounts)
}

/// Reads one section; `place` is where it begins.
pub(super) struct Reader<'a> {
    text: &'a str,
    place: Range<usize>,
    base: &'a Config,
}

impl Reader<'_> {
    fn account(&self, section: AccountSection) -> Result<Account, ConfigError> {
        let address = self.address(&self.needed(section.address, "address")?)?;
        let host = self.needed(section.host, "host")?;
        self.check_host(&host)?;
        let security = self.security(section.security.as_ref(), &host)?;
        let name = match section.name {
            Some(name) => self.name(&name)?,
            None => address.to_string(),
        };
        let port = section.port.map_or(Ok(security.usual_port()), |port| self.port(&port))?;
        let user = match section.user {
            Some(user) => self.line("user", &user)?,
            None => address.to_string(),
        };
        let client_certificate =
            self.client_certificate(section.client_cert.as_ref(), section.client_key.as_ref(), security)?;
        let auth = self.auth(section.auth.as_ref(), client_certificate.is_some())?;
        let lines = SecretLines {
            auth: section.auth.as_ref(),
            file: section.password_file.as_ref(),
            command: section.password_command.as_ref(),
        };
        let (password, auth) = self.sign_in(section.oauth, lines, auth)?;
        let mut account = Account {
            name,
            aliases: section.aliases.iter().map(|alias| self.address(alias)).collect::<Result<_, _>>()?,
            address,
            host: host.into_inner(),
            port,
            security,
            user,
            password,
            auth,
            client_certificate,
            ca_file: section.ca_file.map(|path| self.path("ca_file", &path)).transpose()?,
            compresses: section.compress.unwrap_or(true),
            junk_folder: self.folder("junk_folder", section.junk_folder.as_ref())?,
            quarantine_folder: self.folder("quarantine_folder", section.quarantine_folder.as_ref())?,
            archive_folder: self.folder("archive_folder", section.archive_folder.as_ref())?,
            train_folders: section.train_folders.unwrap_or(true),
            policy: section.policy.apply(self.text, &self.base.policy)?,
            files: section.files.apply(self.text)?,
            archive: section.archive.apply(self.text, self.base.archive)?,
            forward_to: None,
            smtp: None,
            hold: section.hold.apply(self.text, &self.base.hold)?,
            relays: section.relays.iter().map(|relay| self.relay(relay)).collect::<Result<_, _>>()?,
        };
        account.smtp = section.smtp.map(|smtp| self.smtp(smtp, &account)).transpose()?;
        account.forward_to = section.forward_to.map(|to| self.forward_to(&to, &account)).transpose()?;
        if account.forward_to.is_none() && account.policy.actions().any(Action::sends) {
            let what = "the policy forwards mail, so this account needs `forward_to` and a section `[account.smtp]`";
            return Err(self.wrong(&self.place, what.to_owned()));
        }
        Ok(account)
    }

    fn needed(&self, value: Option<Spanned<String>>, key: &str) -> Result<Spanned<String>, ConfigError> {
        value.ok_or_else(|| self.wrong(&self.place, format!("this account has no `{key}`")))
    }

    pub(super) fn port(&self, port: &Spanned<u16>) -> Result<u16, ConfigError> {
        match port.get_ref() {
            0 => Err(self.wrong(&port.span(), "`port` must be from 1 to 65535".to_owned())),
            port => Ok(*port),
        }
    }

    pub(super) fn address(&self, written: &Spanned<String>) -> Result<Address, ConfigError> {
        Address::parse(written.get_ref())
            .filter(|_| !written.get_ref().contains(char::is_control))
            .ok_or_else(|| self.wrong(&written.span(), format!("{:?} is not an address", written.get_ref())))
    }

    fn relay(&self, written: &Spanned<String>) -> Result<Domain, ConfigError> {
        Domain::parse(written.get_ref()).filter(|domain| domain.as_str().contains('.')).ok_or_else(|| {
            let what = format!("{:?} is not a domain such as example.net", written.get_ref());
            self.wrong(&written.span(), what)
        })
    }

    fn name(&self, name: &Spanned<String>) -> Result<String, ConfigError> {
        let line = self.line("name", name)?;
        if NAME_CHARS < line.chars().count() {
            return Err(self.wrong(&name.span(), format!("`name` must have at most {NAME_CHARS} characters")));
        }
        Ok(line)
    }

    pub(super) fn check_host(&self, host: &Spanned<String>) -> Result<(), ConfigError> {
        let written = host.get_ref();
        let is_host = written.parse::<IpAddr>().is_ok() || Domain::parse(written).is_some();
        let wrong = || self.wrong(&host.span(), format!("`host` must be a host name or address, not {written:?}"));
        is_host.then_some(()).ok_or_else(wrong)
    }

    pub(super) fn security(
        &self,
        written: Option<&Spanned<String>>,
        host: &Spanned<String>,
    ) -> Result<Security, ConfigError> {
        let Some(written) = written else { return Ok(Security::default()) };
        let Some(security) = Security::from_word(written.get_ref()) else {
            let what = format!("`security` can be \"tls\", \"starttls\" or \"none\", not \"{}\"", written.get_ref());
            return Err(self.wrong(&written.span(), what));
        };
        if security == Security::None && !is_this_machine(host.get_ref()) {
            let what = "`security = \"none\"` would send the password readable over the network, so it is only for \
                        `localhost`; use \"tls\" or \"starttls\"";
            return Err(self.wrong(&written.span(), what.to_owned()));
        }
        Ok(security)
    }

    pub(super) fn password(
        &self,
        file: Option<&Spanned<String>>,
        command: Option<&Spanned<String>>,
    ) -> Result<PasswordSource, ConfigError> {
        match (file, command) {
            (None, None) => Ok(PasswordSource::Keyring),
            (Some(file), None) => self.path("password_file", file).map(PasswordSource::File),
            (None, Some(command)) => self.line("password_command", command).map(PasswordSource::Command),
            (Some(_), Some(command)) => {
                let what = "give `password_file` or `password_command`, not both".to_owned();
                Err(self.wrong(&command.span(), what))
            }
        }
    }

    pub(super) fn path(&self, key: &str, written: &Spanned<String>) -> Result<PathBuf, ConfigError> {
        let path = PathBuf::from(self.line(key, written)?);
        // The agent is started by the session, in whatever folder: a relative path would mean something else each time.
        if !path.is_absolute() {
            return Err(self.wrong(&written.span(), format!("`{key}` must be a whole path, from the root on")));
        }
        Ok(path)
    }

    fn folder(&self, key: &str, written: Option<&Spanned<String>>) -> Result<Option<String>, ConfigError> {
        let Some(written) = written else { return Ok(None) };
        let folder = self.line(key, written)?;
        if folder.eq_ignore_ascii_case("INBOX") {
            return Err(self.wrong(&written.span(), format!("`{key}` cannot be the inbox itself")));
        }
        Ok(Some(folder))
    }

    /// A text of one line that is not empty: no control characters, which could end a command to the server.
    pub(super) fn line(&self, key: &str, written: &Spanned<String>) -> Result<String, ConfigError> {
        let text = written.get_ref();
        if text.trim().is_empty() {
            return Err(self.wrong(&written.span(), format!("`{key}` must not be empty")));
        }
        if text.contains(char::is_control) {
            return Err(self.wrong(&written.span(), format!("`{key}` must not contain control characters")));
        }
        Ok(text.clone())
    }

    pub(super) fn wrong(&self, span: &Range<usize>, what: String) -> ConfigError {
        ConfigError::at(self.text, span, what)
    }
}

pub(super) fn is_this_machine(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(ip) => ip.is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    }
}
