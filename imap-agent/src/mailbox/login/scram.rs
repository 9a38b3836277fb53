//! SCRAM-SHA-256 (RFC 5802, RFC 7677): the password is proved and never sent, and the server proves that it knows it too.

use std::num::NonZeroU32;

use aws_lc_rs::{
    constant_time,
    digest::{self, SHA256, SHA256_OUTPUT_LEN},
    hmac::{self, HMAC_SHA256},
    pbkdf2::{self, PBKDF2_HMAC_SHA256},
    rand,
};
use zeroize::Zeroizing;

use super::{
    super::encoding::{base64, unbase64},
    token::escaped,
};
use crate::secret::Secret;

/// A nonce of ours in bytes: as strong as the hash at half its length.
const NONCE_BYTES: usize = 18;

/// Fewer rounds would make the proof a help for guessing the password (RFC 7677 §4).
const MIN_ROUNDS: u32 = 4096;

/// More rounds would let a server keep this machine busy: a million take 0.3 s of one core (measured), 4,096 take 2 ms.
const MAX_ROUNDS: u32 = 1_000_000;

/// The header of a client without channel binding, and the same in base64.
const HEADER: &str = "n,,";
const HEADER_BASE64: &str = "biws";

/// What a server does that no honest and able one does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScramFault {
    /// Its words are not those of the standard.
    #[error("its answer does not follow the standard")]
    NotUnderstood,
    /// It wants something of a later standard.
    #[error("it asks for an extension that is not known")]
    Extension,
    /// It does not answer to what we have sent.
    #[error("its answer belongs to another login")]
    Nonce,
    /// It asks for too little work, which makes the password easy to guess.
    #[error("it asks for {0} rounds of work, and fewer than 4096 are not safe")]
    TooFewRounds(u32),
    /// It asks for more work than any server does.
    #[error("it asks for {0} rounds of work, and more than 1000000 are refused")]
    TooManyRounds(u32),
    /// It does not know the password.
    #[error("it does not know your password itself")]
    WrongSignature,
    /// It says that all is well but has proved nothing.
    #[error("it has not proved that it knows your password")]
    NoProof,
    /// This system gives no random numbers.
    #[error("this system gives no random numbers")]
    NoRandom,
}

/// Our side of one login.
#[derive(Debug)]
pub(super) struct Scram {
    /// User and nonce: the part of our first message that is signed.
    first: String,
    nonce: String,
    password: Secret,
    signature: Option<hmac::Tag>,
    is_proved: bool,
}

/// What the server knows and says after our first message.
struct Question<'a> {
    nonce: &'a str,
    salt: Vec<u8>,
    rounds: NonZeroU32,
}

/// How a login ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The server has proved itself.
    Proved,
    /// The server refuses us, in its words.
    Refused(String),
}

/// `text` as SCRAM wants it (SASLprep, RFC 4013), or `None` if it has characters for which there is no rule.
pub(super) fn prepared(text: &Secret) -> Option<Secret> {
    let prepared = stringprep::saslprep(text.expose()).ok()?;
    Some(Secret::new(prepared.into_owned()))
}

impl Scram {
    /// Both as [`prepared`] gives them.
    pub(super) fn new(user: &str, password: Secret) -> Result<Self, ScramFault> {
        let mut nonce = [0; NONCE_BYTES];
        rand::fill(&mut nonce).map_err(|_unspecified| ScramFault::NoRandom)?;
        Ok(Self::with_nonce(user, password, base64(&nonce)))
    }

    fn with_nonce(user: &str, password: Secret, nonce: String) -> Self {
        let first = format!("n={},r={nonce}", escaped(user));
        Self { first, nonce, password, signature: None, is_proved: false }
    }

    /// Our first message.
    pub(super) fn hello(&self) -> String {
        format!("{HEADER}{}", self.first)
    }

    /// Our answer to the server's first message, with the proof. Takes as long as the server wants, within [`MAX_ROUNDS`].
    pub(super) fn prove(&mut self, question: &str) -> Result<Secret, ScramFault> {
        let Question { nonce, salt, rounds } = self.understand(question)?;
        let mut salted = Zeroizing::new([0; SHA256_OUTPUT_LEN]);
        pbkdf2::derive(PBKDF2_HMAC_SHA256, rounds, &salt, self.password.expose().as_bytes(), &mut *salted);
        let without_proof = format!("c={HEADER_BASE64},r={nonce}");
        let signed = format!("{},{question},{without_proof}", self.first);

        let client_key = hmac(&*salted, b"Client Key");
        let stored_key = digest::digest(&SHA256, client_key.as_ref());
        let client_signature = hmac(stored_key.as_ref(), signed.as_bytes());
        let proof: Vec<u8> =
            client_key.as_ref().iter().zip(client_signature.as_ref()).map(|(key, signature)| key ^ signature).collect();
        let server_key = hmac(&*salted, b"Server Key");
        self.signature = Some(hmac(server_key.as_ref(), signed.as_bytes()));
        Ok(Secret::new(format!("{without_proof},p={}", base64(&proof))))
    }

    /// Reads the server's last message.
    pub(super) fn judge(&mut self, answer: &str) -> Result<Verdict, ScramFault> {
        let attribute = answer.split(',').next().unwrap_or_default();
        if let Some(error) = attribute.strip_prefix("e=") {
            return Ok(Verdict::Refused(error.chars().filter(|c| !c.is_control()).take(60).collect()));
        }
        let Some(signature) = attribute.strip_prefix("v=").and_then(unbase64) else {
            return Err(ScramFault::NotUnderstood);
        };
        let Some(own) = &self.signature else { return Err(ScramFault::NotUnderstood) };
        if constant_time::verify_slices_are_equal(own.as_ref(), &signature).is_err() {
            return Err(ScramFault::WrongSignature);
        }
        self.is_proved = true;
        Ok(Verdict::Proved)
    }

    /// Whether the proof has left us: from then on a refusal means that the password is wrong.
    pub(super) fn has_proved(&self) -> bool {
        self.signature.is_some()
    }

    /// Whether the server has proved that it knows the password.
    pub(super) fn is_proved(&self) -> bool {
        self.is_proved
    }

    fn understand<'a>(&self, question: &'a str) -> Result<Question<'a>, ScramFault> {
        if question.starts_with("m=") {
            return Err(ScramFault::Extension);
        }
        let mut attributes = question.split(',');
        let mut value = |name: &str| {
            attributes.next().and_then(|attribute| attribute.strip_prefix(name)).ok_or(ScramFault::NotUnderstood)
        };
        let (nonce, salt, rounds) = (value("r=")?, value("s=")?, value("i=")?);
        let is_printable = nonce.bytes().all(|byte| byte.is_ascii_graphic());
        let added = nonce.strip_prefix(&*self.nonce).filter(|added| !added.is_empty() && is_printable);
        added.ok_or(ScramFault::Nonce)?;
        let salt = unbase64(salt).filter(|salt| !salt.is_empty()).ok_or(ScramFault::NotUnderstood)?;
        if rounds.is_empty() || !rounds.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ScramFault::NotUnderstood);
        }
        let rounds = rounds.parse().unwrap_or(u32::MAX);
        if MAX_ROUNDS < rounds {
            return Err(ScramFault::TooManyRounds(rounds));
        }
        let enough = NonZeroU32::new(rounds).filter(|rounds| MIN_ROUNDS <= rounds.get());
        Ok(Question { nonce, salt, rounds: enough.ok_or(ScramFault::TooFewRounds(rounds))? })
    }
}

fn hmac(key: &[u8], text: &[u8]) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(HMAC_SHA256, key), text)
}

#[cfg(test)]
mod tests;
