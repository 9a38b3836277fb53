//! rspamd's fuzzy storage: whether the text or a file of a message was reported there (UDP, plain or encrypted).
//!
//! ```text
//! command  u8 version, u8 command, u8 shingles, u8 flag, i32 value, u32 tag, 64 bytes digest     little-endian
//! reply    i32 value, u32 flag, u32 tag, f32 likeness, 64 bytes digest, u32 time, 12 bytes nothing
//! ```
//!
//! Each piece of a message (`core/src/fuzzy/rspamd.rs`) is one command, which for a longer text is followed by its 32
//! shingles of 8 bytes.

mod seal;
mod wire;

use aws_lc_rs::rand;
use tamis_core::{
    Answer, FuzzyHit,
    config::FuzzyStorage,
    fuzzy::rspamd::{Piece, pieces},
};

use self::{
    seal::Seal,
    wire::{Command, DIGEST, Reply, command},
};
use super::{
    datagram::{ask, connected},
    hex,
    rest::Rest,
};

/// How much one report counts.
const WEIGHT: i32 = 10;

/// A fuzzy storage.
#[derive(Debug)]
pub(super) struct RspamdFuzzy {
    storage: FuzzyStorage,
    rest: Rest,
}

impl RspamdFuzzy {
    pub(super) fn new(storage: FuzzyStorage) -> Self {
        Self { storage, rest: Rest::default() }
    }

    /// Whether it is that one.
    pub(super) fn is_of(&self, storage: &FuzzyStorage) -> bool {
        self.storage == *storage
    }

    /// What is wrong, for the person.
    pub(super) fn problem(&self) -> Option<String> {
        let why = self.rest.why()?;
        let server = &self.storage.server;
        Some(format!("the fuzzy storage {server} does not answer ({why}); it is left alone for a while"))
    }

    /// What it knows of the message.
    pub(super) async fn check(&self, raw: &[u8]) -> Answer {
        let pieces = pieces(raw);
        if pieces.is_empty() {
            return Answer::Absent;
        }
        if self.rest.is_on() {
            return Answer::Unknown("the storage has not answered lately".to_owned());
        }
        match self.ask(Command::Check, &pieces).await {
            Ok(replies) => {
                let known = replies.into_iter().filter(|reply| 0.0 < reply.likeness && 0 < reply.value);
                let hits: Vec<FuzzyHit> = known.map(Reply::hit).collect();
                if hits.is_empty() { Answer::Absent } else { Answer::Fuzzy(hits) }
            }
            Err(why) => Answer::Unknown(why),
        }
    }

    /// Reports a message as spam. To be called only at the person's word.
    pub(super) async fn report(&self, raw: &[u8]) -> Result<(), String> {
        let pieces = pieces(raw);
        if pieces.is_empty() {
            return Err(NOTHING.to_owned());
        }
        let replies = self.ask(Command::Write, &pieces).await?;
        match replies.iter().find(|reply| reply.value != 0 && reply.likeness <= 0.0) {
            Some(refusal) => {
                Err(format!("the storage refuses with code {}; it takes reports only of whom it knows", refusal.value))
            }
            None => Ok(()),
        }
    }

    /// What a report of the message would tell, in words.
    pub(super) fn shown(&self, raw: &[u8]) -> Option<String> {
        let pieces = pieces(raw);
        let told = |piece: &Piece| format!("a checksum of {} ({})", piece.name, hex(digest_of(piece).get(..8)?)).into();
        let told: Vec<String> = pieces.iter().filter_map(told).collect();
        let how = if self.storage.key.is_some() { "encrypted" } else { "not encrypted" };
        let FuzzyStorage { server, flag, .. } = &self.storage;
        (!told.is_empty()).then(|| {
            format!("to the fuzzy storage {server}, {how}, under flag {flag} with weight {WEIGHT}: {}", told.join(", "))
        })
    }

    async fn ask(&self, what: Command, pieces: &[Piece]) -> Result<Vec<Reply>, String> {
        let replies = self.exchange(what, pieces).await;
        match &replies {
            Ok(_) => self.rest.answered(),
            Err(why) if self.rest.failed(why) => {
                tracing::warn!(server = %self.storage.server, why, "the fuzzy storage does not answer");
            }
            Err(_) => {}
        }
        replies
    }

    async fn exchange(&self, what: Command, pieces: &[Piece]) -> Result<Vec<Reply>, String> {
        let socket = connected(&self.storage.server).await.map_err(|error| error.to_string())?;
        let mut replies = Vec::new();
        for piece in pieces {
            let tag = random().ok_or("the system has no random numbers")?;
            let (flag, value) = match what {
                Command::Check => (0, 0),
                Command::Write => (self.storage.flag, WEIGHT),
            };
            let plain = command(what, (flag, value), tag, (&digest_of(piece), piece.shingles.as_ref()));
            let reply = match &self.storage.key {
                None => ask(&socket, &plain, |answer| Reply::read(answer, tag)).await?,
                Some(key) => {
                    let (seal, packet) = Seal::new(key, &plain).ok_or("the storage's key is no key")?;
                    ask(&socket, &packet, |answer| Reply::read(&seal.open(answer)?, tag)).await?
                }
            };
            replies.push(reply);
        }
        Ok(replies)
    }
}

const NOTHING: &str =
    "there is nothing in this message that a fuzzy storage knows: no short text and no file of some size";

/// The digest of a piece: BLAKE2b, keyed with that of the word `rspamd`, which is what a storage without a key of its own
/// has.
fn digest_of(piece: &Piece) -> [u8; DIGEST] {
    let key = blake2b_simd::blake2b(b"rspamd");
    let hash = blake2b_simd::Params::new().key(key.as_bytes()).hash(&piece.content);
    *hash.as_array()
}

fn random() -> Option<u32> {
    let mut bytes = [0; 4];
    rand::fill(&mut bytes).ok()?;
    Some(u32::from_ne_bytes(bytes))
}
