//! What is encrypted for a fuzzy storage, as rspamd's `cryptobox` does it. The one place that names these ciphers.
//!
//! ```text
//! packet   `rsfe`, the first 8 bytes of the server's key, our key of 32, a nonce of 24, a code of 16, what is encrypted
//! reply    a nonce of 24, a code of 16, what is encrypted
//! key      HChaCha20 of what X25519 makes of both, and of 16 zeros
//! cipher   XChaCha20; of its first block of 64 bytes the first 32 are the key of the code and the rest is not used
//! code     Poly1305 of what is encrypted, and of nothing else
//! ```

use aws_lc_rs::{
    agreement::{EphemeralPrivateKey, UnparsedPublicKey, X25519, agree_ephemeral},
    rand::{self, SystemRandom},
};
use chacha20::{
    R20, XChaCha20,
    cipher::{KeyIvInit as _, StreamCipher as _},
    hchacha,
};
use poly1305::{Poly1305, universal_hash::KeyInit as _};

const MAGIC: &[u8; 4] = b"rsfe";

/// So much of the server's key says which of its keys is meant.
const KEY_ID: usize = 8;

const NONCE: usize = 24;
const CODE: usize = 16;

/// What both sides share for one exchange.
pub(super) struct Seal {
    key: [u8; 32],
}

impl Seal {
    /// A seal with a key of its own, and `plain` under it; `None` if the server's key is none.
    pub(super) fn new(server: &[u8; 32], plain: &[u8]) -> Option<(Self, Vec<u8>)> {
        let random = SystemRandom::new();
        let own = EphemeralPrivateKey::generate(&X25519, &random).ok()?;
        let public = own.compute_public_key().ok()?;
        let theirs = UnparsedPublicKey::new(&X25519, server);
        let shared: [u8; 32] =
            agree_ephemeral(own, theirs, (), |shared| shared.try_into().map_err(|_length| ())).ok()?;
        let seal = Self { key: hchacha::<R20>(&shared.into(), &[0; 16].into()).into() };
        let mut nonce = [0; NONCE];
        rand::fill(&mut nonce).ok()?;
        let (code, sealed) = seal.apply(&nonce, plain, true);
        let parts = [MAGIC, server.get(..KEY_ID)?, public.as_ref(), &nonce, &code, &sealed];
        Some((seal, parts.concat()))
    }

    /// What is in a reply, if it is under this seal.
    pub(super) fn open(&self, packet: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = packet.split_first_chunk::<NONCE>()?;
        let (code, sealed) = rest.split_first_chunk::<CODE>()?;
        let (right, plain) = self.apply(nonce, sealed, false);
        aws_lc_rs::constant_time::verify_slices_are_equal(code, &right).ok()?;
        Some(plain)
    }

    /// The code of what is encrypted, and the other side of `text`.
    fn apply(&self, nonce: &[u8; NONCE], text: &[u8], is_plain: bool) -> ([u8; CODE], Vec<u8>) {
        let mut cipher = XChaCha20::new(&self.key.into(), &(*nonce).into());
        let mut first = [0; 64];
        cipher.apply_keystream(&mut first);
        let mut other = text.to_vec();
        cipher.apply_keystream(&mut other);
        let mut key = [0; 32];
        key.copy_from_slice(first.first_chunk::<32>().unwrap_or(&[0; 32]));
        let code = Poly1305::new(&key.into()).compute_unpadded(if is_plain { &other } else { text });
        (code.into(), other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_changed_on_the_way_does_not_open() {
        let seal = Seal { key: [7; 32] };
        let nonce = [9; NONCE];
        let (code, sealed) = seal.apply(&nonce, b"a reply", true);
        let mut packet = [&nonce[..], &code, &sealed].concat();
        assert_eq!(seal.open(&packet).as_deref(), Some(&b"a reply"[..]));
        *packet.last_mut().unwrap() ^= 1;
        assert_eq!(seal.open(&packet), None);
        assert_eq!(seal.open(&[0; 20]), None);
    }
}
