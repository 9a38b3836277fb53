//! The `[secrets]` section: where passwords and keys are kept, and what opens the sealed file.

use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;

use super::{ConfigError, PasswordSource};

/// Where secrets are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secrets {
    /// Which of the two places.
    pub store: SecretStore,
    /// Where the key of the sealed file comes from: a file or a command. `None`: from the system's service manager, if at all.
    pub key: Option<PasswordSource>,
}

/// The places that secrets can be kept in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SecretStore {
    /// The sealed file if there is one; else the keyring if one runs; else the sealed file, if there is a key for it.
    #[default]
    Auto,
    /// The keyring of the operating system.
    Keyring,
    /// The sealed file `secrets.sealed` beside the database.
    File,
}

impl SecretStore {
    /// The word in the settings.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Keyring => "keyring",
            Self::File => "file",
        }
    }

    /// Reads [`SecretStore::word`] back.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Auto, Self::Keyring, Self::File].into_iter().find(|store| store.word() == word)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct SecretsSection {
    store: Option<Spanned<String>>,
    key_file: Option<Spanned<String>>,
    key_command: Option<Spanned<String>>,
}

impl SecretsSection {
    /// `base` with what this section says.
    pub(super) fn apply(self, text: &str, base: &Secrets) -> Result<Secrets, ConfigError> {
        let wrong = |span: std::ops::Range<usize>, what: &str| ConfigError::at(text, &span, what.to_owned());
        let mut secrets = base.clone();
        if let Some(word) = self.store {
            secrets.store = SecretStore::from_word(word.get_ref()).ok_or_else(|| {
                let what = format!("`store` can be \"auto\", \"keyring\" or \"file\", not \"{}\"", word.get_ref());
                wrong(word.span(), &what)
            })?;
        }
        let written = |value: &Spanned<String>| !value.get_ref().trim().is_empty();
        match (self.key_file.filter(written), self.key_command.filter(written)) {
            (Some(_), Some(command)) => {
                let what = "`key_file` and `key_command` are both there: take one away";
                return Err(wrong(command.span(), what));
            }
            (Some(file), None) => {
                let path = PathBuf::from(file.get_ref());
                // The agent is started by the session, in whatever folder.
                if !path.is_absolute() {
                    return Err(wrong(file.span(), "`key_file` must be a whole path, from the root on"));
                }
                secrets.key = Some(PasswordSource::File(path));
            }
            (None, Some(command)) => secrets.key = Some(PasswordSource::Command(command.into_inner())),
            (None, None) => {}
        }
        Ok(secrets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;

    #[test]
    fn what_is_written_is_where_secrets_are() {
        let of = |lines: &str| Config::parse(&format!("[secrets]\n{lines}")).unwrap().secrets().clone();
        assert_eq!(of(""), Secrets::default());
        assert_eq!(of("store = \"file\"").store, SecretStore::File);
        assert_eq!(of("key_file = \"/etc/key\"").key, Some(PasswordSource::File("/etc/key".into())));
        assert_eq!(of("key_command = \"pass key\"").key, Some(PasswordSource::Command("pass key".to_owned())));
        assert_eq!(of("key_file = \"\"").key, None);
    }

    #[test]
    fn nonsense_is_refused_with_its_line() {
        for (lines, want) in [
            ("store = \"box\"", "line 2: `store` can be \"auto\", \"keyring\" or \"file\", not \"box\""),
            ("key_file = \"key\"", "line 2: `key_file` must be a whole path, from the root on"),
            (
                "key_file = \"/a\"\nkey_command = \"b\"",
                "line 3: `key_file` and `key_command` are both there: take one away",
            ),
        ] {
            let error = Config::parse(&format!("[secrets]\n{lines}")).unwrap_err();
            assert_eq!(error.to_string(), want);
        }
    }
}
