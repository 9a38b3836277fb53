//! What is wrong with a settings file, in one sentence, and where.

use std::ops::Range;

use super::nearest::did_you_mean;

/// A settings file that cannot be used, and the place to look: `line 3: there is no setting `taag`; did you mean `tag`?`
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct ConfigError {
    line: usize,
    what: String,
}

impl ConfigError {
    /// The line in the file, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The sentence without the line.
    pub fn what(&self) -> &str {
        &self.what
    }

    pub(super) fn at(text: &str, span: &Range<usize>, what: String) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        Self { line: before.matches('\n').count() + 1, what }
    }

    /// Says what the TOML reader found in our words.
    pub(super) fn syntax(text: &str, err: &toml::de::Error) -> Self {
        let span = err.span().unwrap_or_default();
        let message = err.message();
        let what = unknown_key(message)
            .or_else(|| wrong_type(message, key_on_line(text, &span)))
            .unwrap_or_else(|| message.replace('\n', ", "));
        Self::at(text, &span, what)
    }
}

/// Rewrites ``unknown field `taag`, expected one of `tag`, `junk` ``.
fn unknown_key(message: &str) -> Option<String> {
    let mut names = message.strip_prefix("unknown field ")?.split('`').skip(1).step_by(2);
    let written = names.next()?;
    if written == "password" {
        return Some(
            "a password never stands in this file; use `password_file` or `password_command`, or neither for the keyring"
                .to_owned(),
        );
    }
    let known: Vec<&str> = names.collect();
    let hint = match did_you_mean(written, &known) {
        hint if hint.is_empty() => format!("; known here: {}", known.join(", ")),
        hint => hint,
    };
    Some(format!("there is no setting `{written}`{hint}"))
}

/// Rewrites `invalid type: string "1", expected f64`.
fn wrong_type(message: &str, key: Option<&str>) -> Option<String> {
    let rest = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "))?;
    let (found, expected) = rest.rsplit_once(", expected ")?;
    let expected = match expected {
        "f64" => "a number",
        "u16" | "u32" => "a whole number in range",
        "a boolean" => "true or false",
        "a string" => "a text in quotes",
        "a sequence" => "a list in brackets",
        other if other.starts_with("struct ") || other == "a map" => "a section of its own",
        other => other,
    };
    let subject = key.map_or_else(|| "this".to_owned(), |key| format!("`{key}`"));
    Some(format!("{subject} must be {expected}, not {}", found.replace('`', "")))
}

/// The key of `key = value` on the line where `span` begins.
fn key_on_line<'a>(text: &'a str, span: &Range<usize>) -> Option<&'a str> {
    let line = text.get(..span.start)?.rsplit('\n').next()?;
    let (key, _) = line.split_once('=')?;
    Some(key.trim())
}
