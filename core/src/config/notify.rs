//! The `[notify]` section: what the desktop is told.

use serde::Deserialize;
use toml::Spanned;

use super::ConfigError;

/// What a notification of the desktop says of doubtful mail that has just come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tell {
    /// There is none.
    Never,
    /// How many messages there are: a locked screen shows it to anybody.
    Number,
    /// Sender and subject if it is one message, else how many there are.
    #[default]
    Subject,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct NotifySection {
    doubtful: Option<Spanned<String>>,
}

impl NotifySection {
    pub(super) fn apply(self, text: &str, tell: &mut Tell) -> Result<(), ConfigError> {
        if let Some(word) = self.doubtful {
            *tell = match word.get_ref().as_str() {
                "never" => Tell::Never,
                "number" => Tell::Number,
                "subject" => Tell::Subject,
                other => {
                    let what = format!("`doubtful` can be \"never\", \"number\" or \"subject\", not \"{other}\"");
                    return Err(ConfigError::at(text, &word.span(), what));
                }
            };
        }
        Ok(())
    }
}
