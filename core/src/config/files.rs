//! The `[account.files]` section: files by their names.

use serde::Deserialize;
use toml::Spanned;

use super::ConfigError;
use crate::mail::{FilePolicy, NamePattern};

/// More patterns than anybody keeps in mind.
const MAX_PATTERNS: usize = 200;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct FilesSection {
    deny: Vec<Spanned<String>>,
    allow: Vec<Spanned<String>>,
    denied: Option<Spanned<String>>,
}

impl FilesSection {
    pub(super) fn apply(self, text: &str) -> Result<FilePolicy, ConfigError> {
        let is_doubt = match self.denied.as_ref().map(|word| (word.get_ref().as_str(), word.span())) {
            None | Some(("spam", _)) => false,
            Some(("unsure", _)) => true,
            Some((other, place)) => {
                let what = format!("`denied` can be \"spam\" or \"unsure\", not \"{other}\"");
                return Err(ConfigError::at(text, &place, what));
            }
        };
        Ok(FilePolicy {
            deny: patterns(text, "deny", &self.deny)?,
            allow: patterns(text, "allow", &self.allow)?,
            is_doubt,
        })
    }
}

fn patterns(text: &str, key: &str, written: &[Spanned<String>]) -> Result<Vec<NamePattern>, ConfigError> {
    if let Some(extra) = written.get(MAX_PATTERNS) {
        let what = format!("`{key}` can have at most {MAX_PATTERNS} patterns");
        return Err(ConfigError::at(text, &extra.span(), what));
    }
    let read = |one: &Spanned<String>| {
        NamePattern::parse(one.get_ref()).ok_or_else(|| {
            let what = format!("`{key}` takes names such as \"*.iso\"; {:?} would be every file", one.get_ref());
            ConfigError::at(text, &one.span(), what)
        })
    };
    written.iter().map(read).collect()
}
