//! Numbers that nobody can guess, and the proof that whoever fetches the token is who asked for the code (RFC 7636).

use aws_lc_rs::{constant_time, digest, rand};

use super::TokenError;
use crate::secret::Secret;

/// In bytes: 256 bits, as RFC 7636 §7.1 recommends.
const RANDOM: usize = 32;

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A text that nobody can guess, 43 letters and digits.
pub(super) fn random() -> Result<Secret, TokenError> {
    let mut bytes = [0; RANDOM];
    rand::fill(&mut bytes).map_err(|_unspecified| TokenError::Fault)?;
    Ok(Secret::new(base64url(&bytes)))
}

/// What is shown of the proof beforehand (RFC 7636 §4.2).
pub(super) fn challenge(verifier: &Secret) -> String {
    base64url(digest::digest(&digest::SHA256, verifier.expose().as_bytes()).as_ref())
}

/// Whether they are the same; how long that takes does not tell where they differ.
pub(super) fn is_same(one: &Secret, other: &str) -> bool {
    constant_time::verify_slices_are_equal(one.expose().as_bytes(), other.as_bytes()).is_ok()
}

/// Base64 without padding, for addresses (RFC 4648 §5).
fn base64url(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut held, mut bits) = (0_u32, 0_u32);
    let digit = |value: u32| char::from(DIGITS.get((value & 63) as usize).copied().unwrap_or(b'A'));
    for byte in bytes {
        held = held << 8 & 0xffff | u32::from(*byte);
        bits += 8;
        while 6 <= bits {
            bits -= 6;
            text.push(digit(held >> bits));
        }
    }
    if 0 < bits {
        text.push(digit(held << (6 - bits)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_as_the_standard_shows_it() {
        // RFC 7636, appendix B.
        let verifier = Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned());
        assert_eq!(challenge(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn no_two_are_alike() {
        let (one, other) = (random().unwrap(), random().unwrap());
        assert_eq!(one.expose().len(), 43);
        assert!(!is_same(&one, other.expose()) && is_same(&one, one.expose()));
        assert!(!is_same(&one, "") && !is_same(&one, one.expose().get(..42).unwrap()));
    }
}
