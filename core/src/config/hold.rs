//! The `[hold]` section, for all accounts or one.

use serde::Deserialize;
use toml::Spanned;

use super::{ConfigError, units::seconds};

/// A second is for tests; what is not settled after a week never is.
const AGAIN: std::ops::RangeInclusive<u64> = 1..=(7 * 86_400);

/// More looks would find nothing new.
const MOST: usize = 10;

/// What becomes of doubtful mail of which nothing wanted has come by this way before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// So many seconds after it was judged first it is judged again, the first time first. Empty: never.
    pub again: Vec<u64>,
    /// The folder in which it is meanwhile; without one it stays in the inbox.
    pub folder: Option<String>,
}

impl Default for Hold {
    fn default() -> Self {
        Self { again: vec![10 * 60, 60 * 60], folder: None }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct HoldSection {
    again: Option<Spanned<Vec<Spanned<String>>>>,
    folder: Option<Spanned<String>>,
}

impl HoldSection {
    /// `base` with what this section says.
    pub(super) fn apply(self, text: &str, base: &Hold) -> Result<Hold, ConfigError> {
        let mut hold = base.clone();
        if let Some(again) = self.again {
            hold.again = times(text, &again)?;
        }
        if let Some(folder) = self.folder {
            hold.folder = name(text, &folder)?;
        }
        Ok(hold)
    }
}

fn times(text: &str, again: &Spanned<Vec<Spanned<String>>>) -> Result<Vec<u64>, ConfigError> {
    if MOST < again.get_ref().len() {
        return Err(ConfigError::at(text, &again.span(), format!("`again` can have at most {MOST} times")));
    }
    let mut times = Vec::new();
    for time in again.get_ref() {
        let secs = seconds(time.get_ref()).filter(|secs| AGAIN.contains(secs));
        let secs = secs.filter(|secs| times.last().is_none_or(|last| last < secs)).ok_or_else(|| {
            let what = "`again` must be times from \"1 second\" to \"7 days\", each longer than the one before, such as \
                        [\"10 minutes\", \"60 minutes\"]";
            ConfigError::at(text, &time.span(), what.to_owned())
        })?;
        times.push(secs);
    }
    Ok(times)
}

/// The folder of that name; an empty one is none, so that an account can do without one that is set for all.
fn name(text: &str, folder: &Spanned<String>) -> Result<Option<String>, ConfigError> {
    let written = folder.get_ref();
    let wrong = |what: &str| Err(ConfigError::at(text, &folder.span(), what.to_owned()));
    if written.contains(char::is_control) {
        return wrong("`folder` must not contain control characters");
    }
    if written.eq_ignore_ascii_case("INBOX") {
        return wrong("`folder` cannot be the inbox itself: without a folder it stays there");
    }
    Ok(Some(written.clone()).filter(|name| !name.trim().is_empty()))
}
