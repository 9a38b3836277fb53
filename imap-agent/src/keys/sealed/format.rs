//! What is in the sealed file, byte by byte.
//!
//! ```text
//! "TAMIS\0S\x01" | rounds, 4 bytes | number of keys, 1 byte
//! for each key: salt, 16 bytes | nonce, 12 bytes | the file's own key, sealed with the stretched key | tag, 16 bytes
//! nonce, 12 bytes | AES-256-GCM of the entries | tag, 16 bytes
//! BLAKE3 of all before, 32 bytes
//!
//! entries: how many, 4 bytes | for each: service, user, secret, each with its length, 4 bytes | zeros to a full 512 bytes
//! ```
//!
//! The hash says that a file is damaged; so what does not open although it is whole was sealed with another key. Numbers are
//! big-endian. The zeros hide how long passwords are.

use zeroize::Zeroizing;

use super::Entries;
use crate::{
    archive::seal::{KEY_BYTES, KeyBytes, ROUNDS, SALT_BYTES, Salt, Sealer, random_key, random_salt, stretched},
    secret::Secret,
};

/// What a file begins with: what it is, and of which version.
const MAGIC: &[u8; 8] = b"TAMIS\0S\x01";

/// Without its version.
const KIND: usize = MAGIC.len() - 1;

/// Before the keys.
const HEAD: usize = MAGIC.len() + 4 + 1;

/// Nonce and tag.
const SEAL: usize = 12 + 16;

/// A sealed key of the file with its salt.
const SLOT: usize = SALT_BYTES + SEAL + KEY_BYTES;

/// One, and another one while it is changed; more where that was broken off.
const MOST_SLOTS: usize = 4;

const HASH: usize = 32;

/// The entries fill so many bytes, or a multiple.
const PAGE: usize = 512;

/// More rounds than any release had would only keep the person waiting.
const MOST_ROUNDS: u32 = 50 * ROUNDS;

/// Why it is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// It is not what was written.
    Damaged,
    /// A newer release wrote it.
    Newer,
}

/// A whole file, not opened yet.
pub(super) struct Sealed<'a> {
    rounds: u32,
    /// All before the entries.
    head: &'a [u8],
    slots: &'a [u8],
    entries: &'a [u8],
}

/// An opened file.
pub(super) struct Opened {
    /// What was in it.
    pub(super) content: Content,
    /// Of the key that opened it.
    pub(super) salt: Salt,
    /// That key, stretched.
    pub(super) slot_key: KeyBytes,
}

/// What is in a file, and who may open it.
pub(super) struct Content {
    /// Secrets by their names.
    pub(super) entries: Entries,
    key: KeyBytes,
    rounds: u32,
    slots: Vec<Vec<u8>>,
    known: Vec<(Salt, KeyBytes)>,
}

/// Reads as much as can be read without a key.
pub(super) fn parse(bytes: &[u8]) -> Result<Sealed<'_>, Unreadable> {
    let (kind, _) = bytes.split_at_checked(KIND).ok_or(Unreadable::Damaged)?;
    if kind != MAGIC.split_at(KIND).0 {
        return Err(Unreadable::Damaged);
    }
    let ours = MAGIC.last().copied().unwrap_or_default();
    if bytes.get(KIND).is_some_and(|version| ours < *version) {
        return Err(Unreadable::Newer);
    }
    parse_whole(bytes).ok_or(Unreadable::Damaged)
}

fn parse_whole(bytes: &[u8]) -> Option<Sealed<'_>> {
    let (whole, hash) = bytes.split_at_checked(bytes.len().checked_sub(HASH)?)?;
    if blake3::hash(whole).as_bytes().as_slice() != hash {
        return None;
    }
    let rest = whole.strip_prefix(MAGIC)?;
    let (rounds, rest) = rest.split_first_chunk::<4>()?;
    let rounds = Some(u32::from_be_bytes(*rounds)).filter(|rounds| (1..=MOST_ROUNDS).contains(rounds))?;
    let (number, rest) = rest.split_first()?;
    let number = Some(usize::from(*number)).filter(|number| (1..=MOST_SLOTS).contains(number))?;
    let (slots, entries) = rest.split_at_checked(number * SLOT)?;
    let (head, _) = whole.split_at_checked(HEAD + number * SLOT)?;
    Some(Sealed { rounds, head, slots, entries })
}

impl Sealed<'_> {
    /// Opens it with a key that `stretched` makes for a salt and so many rounds. `None`: no key opens it; an error: it does, but
    /// what is in it is no list of entries.
    pub(super) fn open(
        &self,
        stretched: impl Fn(&Salt, u32) -> Option<KeyBytes>,
    ) -> Option<Result<Opened, Unreadable>> {
        for slot in self.slots.chunks_exact(SLOT) {
            let Some((salt, sealed)) = slot.split_first_chunk::<SALT_BYTES>() else { continue };
            let Some(slot_key) = stretched(salt, self.rounds) else { continue };
            let Some(key) = opened_slot(&slot_key, (salt, self.rounds), sealed) else { continue };
            let content = self.content(key).ok_or(Unreadable::Damaged);
            return Some(content.map(|content| Opened { content, salt: *salt, slot_key }));
        }
        None
    }

    fn content(&self, key: KeyBytes) -> Option<Content> {
        let mut sealed = self.entries.to_vec();
        let sealer = Sealer::new(&key).ok()?;
        let plain = sealer.open(self.head, &mut sealed)?;
        let entries = unpacked(plain);
        zeroize::Zeroize::zeroize(&mut sealed);
        let slots = self.slots.chunks_exact(SLOT).map(<[u8]>::to_vec).collect();
        Some(Content { entries: entries?, key, rounds: self.rounds, slots, known: Vec::new() })
    }
}

impl Content {
    /// Nothing, for whoever has this key.
    pub(super) fn begin(key: &Secret) -> Option<Self> {
        let mut content =
            Self { entries: Entries::new(), key: random_key()?, rounds: ROUNDS, slots: Vec::new(), known: Vec::new() };
        content.add_slot(key, None)?;
        Some(content)
    }

    /// Whoever has this key may open it as well, in the place of the oldest key but the one of the salt `kept` if there is no
    /// more room. `None` if there is no randomness.
    pub(super) fn add_slot(&mut self, key: &Secret, kept: Option<&Salt>) -> Option<()> {
        let salt = random_salt()?;
        let slot_key = stretched(key.expose(), &salt, self.rounds);
        let sealer = Sealer::new(&slot_key).ok()?;
        let sealed = sealer.seal(&slot_context((&salt, self.rounds)), self.key.to_vec()).ok()?;
        let is_kept = |slot: &Vec<u8>| kept.is_some_and(|salt| slot.starts_with(salt));
        let oldest = self.slots.iter().position(|slot| !is_kept(slot));
        if let Some(oldest) = oldest.filter(|_| MOST_SLOTS <= self.slots.len()) {
            self.slots.remove(oldest);
        }
        self.slots.push(salt.iter().copied().chain(sealed).collect());
        self.known.push((salt, slot_key));
        Some(())
    }

    /// The stretched keys that were made for it.
    pub(super) fn known(&self) -> Vec<(Salt, KeyBytes)> {
        self.known.clone()
    }

    /// The file; `None` if there is no randomness.
    pub(super) fn sealed(&self) -> Option<Vec<u8>> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(self.rounds.to_be_bytes());
        bytes.push(u8::try_from(self.slots.len()).ok()?);
        bytes.extend(self.slots.iter().flatten());
        let sealer = Sealer::new(&self.key).ok()?;
        // Sealed in place: the text is nowhere afterwards.
        let sealed = sealer.seal(&bytes, std::mem::take(&mut *packed(&self.entries)?)).ok()?;
        bytes.extend(sealed);
        let hash = blake3::hash(&bytes);
        bytes.extend(hash.as_bytes());
        Some(bytes)
    }
}

fn opened_slot(slot_key: &KeyBytes, context: (&Salt, u32), sealed: &[u8]) -> Option<KeyBytes> {
    let mut sealed = Zeroizing::new(sealed.to_vec());
    let sealer = Sealer::new(slot_key).ok()?;
    let key: [u8; KEY_BYTES] = sealer.open(&slot_context(context), &mut sealed)?.try_into().ok()?;
    Some(Zeroizing::new(key))
}

fn slot_context((salt, rounds): (&Salt, u32)) -> Vec<u8> {
    MAGIC.iter().copied().chain(rounds.to_be_bytes()).chain(*salt).collect()
}

fn packed(entries: &Entries) -> Option<Zeroizing<Vec<u8>>> {
    let length = |(name, secret): (&super::Name, &Zeroizing<Vec<u8>>)| 12 + name.0.len() + name.1.len() + secret.len();
    let all = 4 + entries.iter().map(length).sum::<usize>();
    // Room for all of it and the tag, so that no copy is left behind where it grew.
    let mut bytes = Zeroizing::new(Vec::with_capacity(all.next_multiple_of(PAGE) + SEAL));
    bytes.extend(u32::try_from(entries.len()).ok()?.to_be_bytes());
    for ((service, user), secret) in entries {
        for field in [service.as_bytes(), user.as_bytes(), secret.as_slice()] {
            bytes.extend(u32::try_from(field.len()).ok()?.to_be_bytes());
            bytes.extend_from_slice(field);
        }
    }
    bytes.resize(all.next_multiple_of(PAGE), 0);
    Some(bytes)
}

fn unpacked(bytes: &[u8]) -> Option<Entries> {
    let mut rest = bytes;
    let number = take_number(&mut rest)?;
    let mut entries = Entries::new();
    for _ in 0..number {
        let service = String::from_utf8(take_field(&mut rest)?.to_vec()).ok()?;
        let user = String::from_utf8(take_field(&mut rest)?.to_vec()).ok()?;
        entries.insert((service, user), Zeroizing::new(take_field(&mut rest)?.to_vec()));
    }
    rest.iter().all(|byte| *byte == 0).then_some(entries)
}

fn take_number(rest: &mut &[u8]) -> Option<u32> {
    let (number, after) = rest.split_first_chunk::<4>()?;
    *rest = after;
    Some(u32::from_be_bytes(*number))
}

fn take_field<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(take_number(rest)?).ok()?;
    let (field, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(field)
}
