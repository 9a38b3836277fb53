//! Why a command did not do what it was asked, in one sentence, and whose turn it is.

use std::io;

use tamis_core::api::RefusedKind;

use crate::{
    client::ClientError, corpus::IndexError, keys::KeyError, logging::LogError, paths::HomeError, rules::RulesError,
    settings::SettingsError, store::StoreError, words::because,
};

/// Why a command did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    whose: Whose,
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Person,
    Outside,
    /// Whoever was to read the output has gone, which is their right.
    Nobody,
}

impl Failure {
    /// The person can put it right. `text` is a sentence without full stop: what did not happen, to what, what to do.
    pub fn person(text: impl Into<String>) -> Self {
        Self { whose: Whose::Person, text: text.into() }
    }

    /// A server, the keyring, the disk failed.
    pub fn outside(text: impl Into<String>) -> Self {
        Self { whose: Whose::Outside, text: text.into() }
    }

    /// What the agent refused.
    pub fn refused(text: String, kind: RefusedKind) -> Self {
        match kind {
            RefusedKind::Person => Self::person(text),
            RefusedKind::Outside => Self::outside(text),
        }
    }

    /// The sentence.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// As the agent says it to its clients.
    pub fn kind(&self) -> RefusedKind {
        match self.whose {
            Whose::Person => RefusedKind::Person,
            Whose::Outside | Whose::Nobody => RefusedKind::Outside,
        }
    }

    /// 1 for the person, 3 for what is outside.
    pub(super) fn exit_code(&self) -> u8 {
        match self.whose {
            Whose::Nobody => 0,
            Whose::Person => 1,
            Whose::Outside => 3,
        }
    }

    /// The output could not be written.
    pub(super) fn output(err: &io::Error) -> Self {
        if err.kind() == io::ErrorKind::BrokenPipe {
            return Self { whose: Whose::Nobody, text: String::new() };
        }
        Self::outside(format!("cannot write the output: {}", because(err)))
    }

    fn of(is_the_persons: bool, text: String) -> Self {
        if is_the_persons { Self::person(text) } else { Self::outside(text) }
    }
}

impl From<HomeError> for Failure {
    fn from(err: HomeError) -> Self {
        Self::of(matches!(err, HomeError::Nowhere | HomeError::NotOurs { .. }), err.to_string())
    }
}

impl From<SettingsError> for Failure {
    fn from(err: SettingsError) -> Self {
        Self::of(err.is_the_persons(), err.to_string())
    }
}

impl From<RulesError> for Failure {
    fn from(err: RulesError) -> Self {
        Self::of(err.is_the_persons(), err.to_string())
    }
}

impl From<KeyError> for Failure {
    fn from(err: KeyError) -> Self {
        Self::of(err.is_the_persons(), err.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(err: StoreError) -> Self {
        Self::of(matches!(err, StoreError::InUse { .. } | StoreError::Unread(_)), with_cause(&err))
    }
}

impl From<LogError> for Failure {
    fn from(err: LogError) -> Self {
        Self::person(err.to_string())
    }
}

impl From<IndexError> for Failure {
    fn from(err: IndexError) -> Self {
        Self::person(err.to_string())
    }
}

impl From<ClientError> for Failure {
    fn from(err: ClientError) -> Self {
        Self::outside(err.to_string())
    }
}

/// What failed, and of what.
pub fn with_cause(err: &dyn std::error::Error) -> String {
    let cause = err.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("{err}{cause}")
}
