//! Sealing: AES-256-GCM (NIST SP 800-38D) with a random nonce for each text.
//!
//! A sealed text shows its length and nothing else, and opens only with the key it was sealed with, only whole, and only
//! for what it was sealed for.

use std::num::NonZeroU32;

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    pbkdf2, rand,
};
use zeroize::Zeroizing;

/// Bytes of a key.
pub(crate) const KEY_BYTES: usize = 32;

/// A key in memory, wiped when dropped.
pub(crate) type KeyBytes = Zeroizing<[u8; KEY_BYTES]>;

/// The library refused: no randomness, or a text no message can be as long as. It does not say why.
#[derive(Debug)]
pub(crate) struct Refused;

/// Seals and opens with one key.
#[derive(Debug)]
pub(crate) struct Sealer(RandomizedNonceKey);

impl Sealer {
    pub(crate) fn new(key: &KeyBytes) -> Result<Self, Refused> {
        RandomizedNonceKey::new(&AES_256_GCM, key.as_slice()).map(Self).map_err(|_nothing| Refused)
    }

    /// Seals `text` for what `context` names: the nonce, then the sealed text with its tag.
    pub(crate) fn seal(&self, context: &[u8], mut text: Vec<u8>) -> Result<Vec<u8>, Refused> {
        let nonce = self.0.seal_in_place_append_tag(Aad::from(context), &mut text).map_err(|_nothing| Refused)?;
        text.splice(..0, nonce.as_ref().iter().copied());
        Ok(text)
    }

    /// What [`Sealer::seal`] sealed for `context`; `None` if it is not that to the last bit.
    pub(crate) fn open<'a>(&self, context: &[u8], sealed: &'a mut [u8]) -> Option<&'a [u8]> {
        let (nonce, text) = sealed.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let text = self.0.open_in_place(nonce, Aad::from(context), text).ok()?;
        Some(text)
    }
}

/// A key nobody can guess, from the system's randomness; `None` if the system gives none.
pub(crate) fn random_key() -> Option<KeyBytes> {
    let mut key = KeyBytes::default();
    rand::fill(key.as_mut_slice()).ok()?;
    Some(key)
}

/// How often a passphrase is stretched: PBKDF2 with HMAC-SHA-256 (OWASP, Password Storage Cheat Sheet: 600,000).
pub(crate) const ROUNDS: u32 = 600_000;

/// Bytes of a salt (NIST SP 800-132: at least 16).
pub(crate) const SALT_BYTES: usize = 16;

/// What is said for a passphrase, different for each.
pub(crate) type Salt = [u8; SALT_BYTES];

/// The key that a passphrase stands for. Takes some tenths of a second on purpose.
///
/// PBKDF2, because it is in the library that is there and needs no memory, which the agent is to have little of.
pub(crate) fn stretched(passphrase: &str, salt: &Salt, rounds: u32) -> KeyBytes {
    let mut key = KeyBytes::default();
    let rounds = NonZeroU32::new(rounds).unwrap_or(NonZeroU32::MIN);
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, salt, passphrase.as_bytes(), key.as_mut_slice());
    key
}

/// A salt that was never used; `None` if the system gives no random numbers.
pub(crate) fn random_salt() -> Option<Salt> {
    let mut salt = Salt::default();
    rand::fill(&mut salt).ok()?;
    Some(salt)
}
