//! Commands and replies of a fuzzy storage.

use tamis_core::{FuzzyHit, fuzzy::rspamd::SHINGLES};

/// Of a digest, in bytes.
pub(super) const DIGEST: usize = 64;

/// What servers of every age understand; those before 4.0 drop anything else.
const VERSION: u8 = 4;

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    Check,
    Write,
}

/// What came back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Reply {
    pub(super) value: i32,
    pub(super) flag: u32,
    pub(super) likeness: f32,
}

/// A command as it goes over the network.
pub(super) fn command(
    what: Command,
    (flag, value): (u8, i32),
    tag: u32,
    (digest, shingles): (&[u8; DIGEST], Option<&[u64; SHINGLES]>),
) -> Vec<u8> {
    let code = match what {
        Command::Check => 0,
        Command::Write => 1,
    };
    let count = if shingles.is_some() { 32 } else { 0 };
    let mut packet = vec![VERSION, code, count, flag];
    packet.extend_from_slice(&value.to_le_bytes());
    packet.extend_from_slice(&tag.to_le_bytes());
    packet.extend_from_slice(digest);
    packet.extend(shingles.into_iter().flatten().flat_map(|shingle| shingle.to_le_bytes()));
    packet
}

impl Reply {
    /// The reply to the command of that tag.
    pub(super) fn read(packet: &[u8], tag: u32) -> Option<Self> {
        let four = |at: usize| -> Option<[u8; 4]> { packet.get(at..at + 4)?.try_into().ok() };
        let likeness = f32::from_le_bytes(four(12)?);
        let reply = Self { value: i32::from_le_bytes(four(0)?), flag: u32::from_le_bytes(four(4)?), likeness };
        (u32::from_le_bytes(four(8)?) == tag && likeness.is_finite()).then_some(reply)
    }

    pub(super) fn hit(self) -> FuzzyHit {
        FuzzyHit { flag: self.flag, value: self.value, likeness: self.likeness.clamp(0.0, 1.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_read_if_it_is_to_our_command() {
        let mut packet = Vec::new();
        packet.extend_from_slice(&7_i32.to_le_bytes());
        packet.extend_from_slice(&11_u32.to_le_bytes());
        packet.extend_from_slice(&42_u32.to_le_bytes());
        packet.extend_from_slice(&1_f32.to_le_bytes());
        assert_eq!(Reply::read(&packet, 42), Some(Reply { value: 7, flag: 11, likeness: 1.0 }));
        assert_eq!(Reply::read(&packet, 43), None);
        assert_eq!(Reply::read(&packet[..15], 42), None);
        packet[12..].copy_from_slice(&f32::NAN.to_le_bytes());
        assert_eq!(Reply::read(&packet, 42), None);
        assert_eq!(command(Command::Check, (0, 0), 42, (&[0; DIGEST], None)).len(), 76);
        assert_eq!(command(Command::Check, (0, 0), 42, (&[0; DIGEST], Some(&[0; SHINGLES]))).len(), 332);
    }
}
