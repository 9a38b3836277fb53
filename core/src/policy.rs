//! From a verdict to what is done with the message.

use crate::judge::{Class, Verdict};

/// What happens to one message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// It stays where it is.
    #[default]
    Leave,
    /// It moves to the account's Junk folder.
    MoveToJunk,
}

impl Action {
    /// The word used in settings, the store and the log: `leave` or `junk`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Leave => "leave",
            Self::MoveToJunk => "junk",
        }
    }

    /// Reads [`Action::word`] back.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Leave, Self::MoveToJunk].into_iter().find(|action| action.word() == word)
    }
}

/// What the person wants done with each class. Wanted mail is always left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// For [`Class::Spam`].
    pub spam: Action,
    /// For [`Class::Unsure`].
    pub unsure: Action,
}

impl Default for Policy {
    fn default() -> Self {
        Self { spam: Action::MoveToJunk, unsure: Action::Leave }
    }
}

/// What `policy` says about `verdict`.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "a policy is two words only for now")]
pub fn decide(verdict: &Verdict, policy: &Policy) -> Action {
    match verdict.class {
        Class::Ham => Action::Leave,
        Class::Unsure => policy.unsure,
        Class::Spam => policy.spam,
    }
}
