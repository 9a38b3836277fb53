//! The settings file on disk: read, and given or relieved of an account.
//!
//! A change never replaces the file before the whole new text has been read as settings, and replaces it at once or not
//! at all. Comments stay where they are.

mod arrange;
mod change;

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use tamis_core::{
    Config,
    api::{AccountForm, OAuthForm},
    config::{Account, ConfigError, DEFAULT_CONFIG},
};
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, RawString, Table, value};

pub use self::change::Changed;
use crate::{
    paths::{Home, HomeError},
    words::because,
};

/// How many drafts of the file this process has begun.
static DRAFTS: AtomicU64 = AtomicU64::new(0);

/// The settings as the file has them.
#[derive(Clone, Debug)]
pub struct Settings {
    path: PathBuf,
    text: String,
    config: Config,
}

/// Settings that could not be read or changed. The file is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The folder cannot be used.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The file cannot be read.
    #[error("cannot read the settings {}: {}", path.display(), because(source))]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file cannot be written.
    #[error("cannot write the settings {}: {}", path.display(), because(source))]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file says something wrong.
    #[error("{}, {source}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// The line and what is wrong there.
        source: ConfigError,
    },
    /// What is wanted of an account cannot be.
    #[error("cannot add the account: {0}")]
    Form(String),
    /// A setting cannot be what is wanted.
    #[error("{0}")]
    Value(String),
    /// There is no account of that name.
    #[error("there is no account `{name}`{}", known(accounts))]
    NoAccount {
        /// The name given.
        name: String,
        /// Those there are.
        accounts: Vec<String>,
    },
}

impl SettingsError {
    /// Whether the person can put it right by saying or writing something else.
    pub fn is_the_persons(&self) -> bool {
        match self {
            Self::Wrong { .. } | Self::Form(_) | Self::Value(_) | Self::NoAccount { .. } => true,
            Self::Home(_) | Self::Read { .. } | Self::Write { .. } => false,
        }
    }
}

impl Settings {
    /// Reads the file. Without one everything has its default.
    pub fn load(home: &Home) -> Result<Self, SettingsError> {
        let path = home.settings();
        match fs::read(&path) {
            Ok(bytes) => {
                let text = String::from_utf8(bytes).map_err(|err| SettingsError::Read {
                    path: path.clone(),
                    source: io::Error::new(io::ErrorKind::InvalidData, format!("it is no text ({})", err.utf8_error())),
                })?;
                Self::of(path, text)
            }
            Err(err) if err.kind() == io::ErrorKind::NotFound => Self::of(path, DEFAULT_CONFIG.to_owned()),
            Err(source) => Err(SettingsError::Read { path, source }),
        }
    }

    /// Reads the file; if there is none, writes the commented one that says the defaults.
    pub fn load_or_write(home: &Home) -> Result<Self, SettingsError> {
        home.create()?;
        let settings = Self::load(home)?;
        if !settings.path.exists() {
            settings.write()?;
        }
        Ok(settings)
    }

    /// What the file says.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The account of that name, in any case.
    pub fn account(&self, name: &str) -> Result<&Account, SettingsError> {
        let accounts = self.config.accounts();
        accounts.iter().find(|account| is_named(&account.name, name)).ok_or_else(|| SettingsError::NoAccount {
            name: name.to_owned(),
            accounts: accounts.iter().map(|account| account.name.clone()).collect(),
        })
    }

    /// The account that `form` describes, if it could be added. Writes nothing.
    pub fn preview(&self, form: &AccountForm) -> Result<Account, SettingsError> {
        let with = self.with(form)?;
        with.config.accounts().last().cloned().ok_or_else(|| SettingsError::Form("it has no section".to_owned()))
    }

    /// Adds the account that `form` describes to the file. Its password is not looked at.
    pub fn add_account(home: &Home, form: &AccountForm) -> Result<Self, SettingsError> {
        let settings = Self::load_or_write(home)?.with(form)?;
        settings.write()?;
        Ok(settings)
    }

    /// Takes the account of that name (in any case) out of the file. The account that was there is returned.
    pub fn remove_account(home: &Home, name: &str) -> Result<(Self, Account), SettingsError> {
        let before = Self::load(home)?;
        let account = before.account(name)?.clone();
        let index = before.config.accounts().iter().position(|other| other.name == account.name);
        let settings = Self::of(before.path.clone(), before.without(index)?)?;
        settings.write()?;
        Ok((settings, account))
    }

    /// What the file would say with these checks turned off. Writes nothing.
    pub fn without_checks(&self, names: &[&str]) -> Result<Config, SettingsError> {
        let mut document = self.document()?;
        let checks = document.entry("checks").or_insert_with(|| Item::Table(Table::new()));
        if let Some(checks) = checks.as_table_like_mut() {
            for name in names {
                checks.insert(name, value(false));
            }
        }
        Ok(Self::of(self.path.clone(), document.to_string())?.config)
    }

    fn of(path: PathBuf, text: String) -> Result<Self, SettingsError> {
        match Config::parse(&text) {
            Ok(config) => Ok(Self { path, text, config }),
            Err(source) => Err(SettingsError::Wrong { path, source }),
        }
    }

    /// Appends a section, so that everything before it stays as the person wrote it.
    fn with(&self, form: &AccountForm) -> Result<Self, SettingsError> {
        arrange::can_take_junk(&form.junk_folder)?;
        let mut section = DocumentMut::new();
        let mut tables = ArrayOfTables::new();
        tables.push(table_of(form));
        section.insert("account", Item::ArrayOfTables(tables));
        let text = format!("{}\n\n{section}", self.text.trim_end());
        let config = Config::parse(&text).map_err(|err| SettingsError::Form(err.what().to_owned()))?;
        Ok(Self { path: self.path.clone(), text, config })
    }

    fn without(&self, index: Option<usize>) -> Result<String, SettingsError> {
        let mut document = self.document()?;
        let accounts = document.get_mut("account").and_then(Item::as_array_of_tables_mut);
        let (Some(accounts), Some(index)) = (accounts, index.filter(|i| *i < self.config.accounts().len())) else {
            return Err(self.unchangeable("its accounts are not written as [[account]] sections; edit it by hand"));
        };
        // What stands above a section may explain the whole file, so it outlives the section.
        let comment = accounts.get(index).map(comment_of).unwrap_or_default();
        accounts.remove(index);
        if let Some(next) = accounts.get_mut(index) {
            let own = comment_of(next);
            next.decor_mut().set_prefix(comment + &own);
        } else {
            let own = document.trailing().as_str().unwrap_or_default().to_owned();
            document.set_trailing(comment + &own);
        }
        Ok(document.to_string())
    }

    fn document(&self) -> Result<DocumentMut, SettingsError> {
        self.text.parse().map_err(|err: toml_edit::TomlError| self.unchangeable(err.message()))
    }

    fn unchangeable(&self, what: &str) -> SettingsError {
        let source = io::Error::new(io::ErrorKind::InvalidData, what);
        SettingsError::Write { path: self.path.clone(), source }
    }

    fn write(&self) -> Result<(), SettingsError> {
        replace(&self.path, self.text.as_bytes())
            .map_err(|source| SettingsError::Write { path: self.path.clone(), source })
    }
}

/// Only what is said: what is empty has its default.
fn table_of(form: &AccountForm) -> Table {
    let mut table = Table::new();
    let text = |option: &Option<String>| option.clone().unwrap_or_default();
    let port = if form.port == 0 { None } else { Some(value(i64::from(form.port))) };
    for (key, said) in [
        ("name", &form.name),
        ("address", &form.address),
        ("host", &form.host),
        ("security", &form.security),
        ("user", &form.user),
        ("password_file", &text(&form.password_file)),
        ("password_command", &text(&form.password_command)),
        ("auth", &form.auth),
        ("client_cert", &text(&form.client_cert)),
        ("client_key", &text(&form.client_key)),
        ("ca_file", &text(&form.ca_file)),
        ("junk_folder", &form.junk_folder),
    ] {
        if !said.is_empty() {
            table.insert(key, value(said));
        }
    }
    if let Some(port) = port {
        table.insert("port", port);
    }
    if let Some(oauth) = &form.oauth {
        table.insert("oauth", Item::Table(oauth_of(oauth)));
    }
    table
}

/// The client's secret is no setting: it is in the keyring.
fn oauth_of(form: &OAuthForm) -> Table {
    let mut table = Table::new();
    for (key, said) in [
        ("issuer", &form.issuer),
        ("client_id", &form.client_id),
        ("authorize", &form.authorize),
        ("token", &form.token),
        ("device", &form.device),
        ("revoke", &form.revoke),
    ] {
        if !said.is_empty() {
            table.insert(key, value(said));
        }
    }
    if !form.scopes.is_empty() {
        table.insert("scopes", value(form.scopes.iter().collect::<Array>()));
    }
    table
}

fn comment_of(table: &Table) -> String {
    table.decor().prefix().and_then(RawString::as_str).unwrap_or_default().to_owned()
}

fn is_named(account: &str, name: &str) -> bool {
    account.to_lowercase() == name.to_lowercase()
}

fn known(accounts: &[String]) -> String {
    if accounts.is_empty() {
        "; there is none at all".to_owned()
    } else {
        format!("; there is {}", accounts.join(", "))
    }
}

/// Puts `bytes` in place of the file, completely or not at all.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Whoever keeps settings elsewhere and links to them wants the link to stay.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let mode = fs::metadata(&path).map_or(0o600, |found| found.permissions().mode() & 0o777);
    let dir = path.parent().unwrap_or_else(|| Path::new("/"));
    let (draft, file) = begin_draft(dir, mode)?;
    let written = write_draft(file, bytes).and_then(|()| fs::rename(&draft, &path));
    if written.is_err() {
        // Nothing more can be done about a draft that cannot be removed either.
        fs::remove_file(&draft).ok();
    }
    written?;
    File::open(dir)?.sync_all()
}

/// A draft that nobody else writes to.
fn begin_draft(dir: &Path, mode: u32) -> io::Result<(PathBuf, File)> {
    loop {
        let number = DRAFTS.fetch_add(1, Ordering::Relaxed);
        let draft = dir.join(format!(".tamis.toml.{}.{number}", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).mode(mode).open(&draft) {
            Ok(file) => return Ok((draft, file)),
            // One that was left behind long ago.
            Err(err) if err.kind() == io::ErrorKind::AlreadyExists => {}
            Err(err) => return Err(err),
        }
    }
}

fn write_draft(mut file: File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests;
