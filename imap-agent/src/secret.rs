//! A password in memory: wiped when dropped, never shown.

use std::fmt;

use zeroize::Zeroizing;

/// Text that no log, message or error may contain.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text over.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself, for the one place that must send it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// `text` without this secret, or the beginning of it where the text is cut off. Servers quote what they did not
    /// understand, and that may be a login.
    pub fn redact(&self, text: &str) -> String {
        if self.0.is_empty() {
            return text.to_owned();
        }
        let text = text.replace(self.0.as_str(), SHOWN);
        let beginnings = self.0.char_indices().map(|(end, _)| self.0.get(..end).unwrap_or_default());
        let mut cut_off = beginnings.rev().take_while(|beginning| MIN_CUT_OFF <= beginning.len());
        match cut_off.find_map(|beginning| text.strip_suffix(beginning)) {
            Some(before) => format!("{before}{SHOWN}"),
            None => text,
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SHOWN)
    }
}

const SHOWN: &str = "«secret»";

/// A shorter end of a text is no more a part of a secret than any other.
const MIN_CUT_OFF: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_nothing_of_itself() {
        let secret = Secret::new("correct horse".to_owned());
        assert_eq!(format!("{secret:?} {:#?}", Some(&secret)), "«secret» Some(\n    «secret»,\n)");
        assert_eq!(secret.expose(), "correct horse");
    }

    #[test]
    fn a_secret_is_taken_out_of_what_a_server_echoes() {
        let secret = Secret::new("hunter2".to_owned());
        assert_eq!(secret.redact("unknown command LOGIN me hunter2"), "unknown command LOGIN me «secret»");
        assert_eq!(secret.redact("unknown command LOGIN me hunt"), "unknown command LOGIN me «secret»", "cut off");
        assert_eq!(secret.redact("the great hun"), "the great hun");
        assert_eq!(Secret::new("pässword".to_owned()).redact("what: päss"), "what: «secret»");
        assert_eq!(Secret::new(String::new()).redact("as it was"), "as it was");
    }
}
