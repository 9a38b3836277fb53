//! The distinct tokens of one message.

use crate::mail::Mail;

/// A token as learners and the store know it: the 64-bit xxh3 hash of its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId(pub u64);

/// The distinct tokens of one message, with their words while the message is at hand.
#[derive(Clone, Debug, Default)]
pub struct Features {
    tokens: Vec<(TokenId, String)>,
}

impl Features {
    /// Reads the tokens of `mail`.
    pub fn of(_mail: &Mail<'_>) -> Self {
        Self::default()
    }

    /// The token ids, ascending, without duplicates: what is trained and kept.
    pub fn ids(&self) -> Vec<TokenId> {
        self.tokens.iter().map(|(id, _)| *id).collect()
    }

    /// Packs ids for the store: each difference to the one before as a LEB128 number.
    pub fn encode(_ids: &[TokenId]) -> Vec<u8> {
        Vec::new()
    }

    /// Unpacks [`Features::encode`]. `None` if the bytes are damaged.
    pub fn decode(_bytes: &[u8]) -> Option<Vec<TokenId>> {
        None
    }
}
