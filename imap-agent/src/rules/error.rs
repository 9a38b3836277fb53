//! Why there are no such rules, in one sentence.

use std::{io, path::PathBuf};

use crate::words::because;

/// Why rules could not be read or replaced. Those in use are as they were.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RulesError {
    /// The person's own files cannot be read.
    #[error(transparent)]
    Own(#[from] super::rule_files::RuleFilesError),
    /// A file or folder cannot be read.
    #[error("cannot read {}: {}", path.display(), because(source))]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The rules cannot be put into their folder.
    #[error("cannot write rules into {}: {}", folder.display(), because(source))]
    Write {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The network or the server did not give it.
    #[error("cannot fetch {address}: {why}")]
    Fetch {
        /// The address.
        address: String,
        /// Why.
        why: String,
    },
    /// It is larger than rules are.
    #[error("{what} is larger than {most}, so it is not taken for rules")]
    TooLarge {
        /// The file or address.
        what: String,
        /// The limit, in words.
        most: String,
    },
    /// This is no key.
    #[error("`{0}` is not a minisign public key, neither itself nor as the name of a file with one")]
    NoKey(String),
    /// This is no signature.
    #[error("{0} is not a minisign signature")]
    NoSignature(String),
    /// The signature is good for nothing with this key.
    #[error("{0} is signed with another key than the one given; nothing was changed")]
    OtherKey(String),
    /// The signature is by this key, and of something else.
    #[error("{0} is not what was signed: it is damaged or somebody changed it; nothing was changed here")]
    NotSigned(String),
    /// What was signed are no rules.
    #[error("the rules cannot be unpacked: {0}")]
    Archive(String),
    /// They are older than those in use.
    #[error("version {offered} of the rules is older than version {in_use}, which is in use; nothing was changed")]
    Older {
        /// What was offered.
        offered: u64,
        /// What is in use.
        in_use: u64,
    },
    /// They have the number of those in use.
    #[error("there are other rules in use with the same version {0}; nothing was changed")]
    SameVersion(u64),
    /// They do not load.
    #[error("version {version} of the rules cannot be used: {why}; nothing was changed")]
    Refused {
        /// What was offered.
        version: u64,
        /// Why.
        why: String,
    },
    /// A file of rules in use is not what was put there.
    #[error("{} is damaged", .0.display())]
    Damaged(PathBuf),
    /// Somebody else is at it.
    #[error("another update of the rules is running")]
    Busy,
}

impl RulesError {
    /// Whether the person can put it right.
    pub fn is_the_persons(&self) -> bool {
        match self {
            Self::Own(_) | Self::Read { .. } | Self::NoKey(_) | Self::OtherKey(_) | Self::Busy => true,
            Self::Write { .. }
            | Self::Fetch { .. }
            | Self::TooLarge { .. }
            | Self::NoSignature(_)
            | Self::NotSigned(_)
            | Self::Archive(_)
            | Self::Older { .. }
            | Self::SameVersion(_)
            | Self::Refused { .. }
            | Self::Damaged(_) => false,
        }
    }
}
