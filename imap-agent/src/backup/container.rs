//! A backup that is sealed with a passphrase: pieces of the tar.gz, each sealed, in their order, to the last.
//!
//! ```text
//! "TAMIS\0B\x01" | rounds, 4 bytes | salt, 16 bytes
//! for each piece: 1 if it is the last, else 0 | length, 4 bytes | nonce, 12 bytes | AES-256-GCM | tag, 16 bytes
//! ```
//!
//! Each piece is sealed for its place and for whether it is the last, so that none can be left out, moved or added.

use std::io::{self, Read, Write};

use zeroize::Zeroizing;

use crate::{
    archive::seal::{ROUNDS, SALT_BYTES, Salt, Sealer, random_salt, stretched},
    secret::Secret,
};

/// What a sealed backup begins with: what it is, and of which version.
pub(super) const MAGIC: &[u8; 8] = b"TAMIS\0B\x01";

/// The same without the version.
pub(super) const KIND: &[u8] = b"TAMIS\0B";

/// Bytes of a piece before it is sealed.
const PIECE: usize = 1 << 20;

/// A piece when it is sealed.
const MOST_SEALED: usize = PIECE + 64;

/// More rounds than any release had would only keep the person waiting.
const MOST_ROUNDS: u32 = 50 * ROUNDS;

/// Seals what is written to it.
pub(super) struct Sealing<W> {
    to: W,
    sealer: Sealer,
    head: Vec<u8>,
    piece: Zeroizing<Vec<u8>>,
    number: u64,
}

impl<W: Write> Sealing<W> {
    /// Begins a sealed backup.
    pub(super) fn begin(mut to: W, passphrase: &Secret) -> io::Result<Self> {
        let salt = random_salt().ok_or_else(|| io::Error::other("the system gives no random numbers"))?;
        let head: Vec<u8> = MAGIC.iter().copied().chain(ROUNDS.to_be_bytes()).chain(salt).collect();
        to.write_all(&head)?;
        let sealer = sealer(passphrase, &salt, ROUNDS)?;
        Ok(Self { to, sealer, head, piece: Zeroizing::new(Vec::with_capacity(PIECE)), number: 0 })
    }

    /// Writes the last piece.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.write_piece(true)?;
        Ok(self.to)
    }

    fn write_piece(&mut self, is_last: bool) -> io::Result<()> {
        let context = context(&self.head, self.number, is_last);
        let sealed = self.sealer.seal(&context, self.piece.to_vec());
        let sealed = sealed.map_err(|_refused| io::Error::other("the system gives no random numbers"))?;
        self.to.write_all(&[u8::from(is_last)])?;
        self.to.write_all(&u32::try_from(sealed.len()).unwrap_or(u32::MAX).to_be_bytes())?;
        self.to.write_all(&sealed)?;
        self.piece.clear();
        self.number += 1;
        Ok(())
    }
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.piece.len() == PIECE {
            self.write_piece(false)?;
        }
        let taken = bytes.len().min(PIECE.saturating_sub(self.piece.len()));
        self.piece.extend(bytes.iter().take(taken));
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Opens what is read from it.
pub(super) struct Opening<R> {
    from: R,
    sealer: Sealer,
    head: Vec<u8>,
    piece: Zeroizing<Vec<u8>>,
    read: usize,
    number: u64,
    is_over: bool,
}

impl<R: Read> Opening<R> {
    /// Begins to open one, whose beginning has not been read yet.
    pub(super) fn begin(mut from: R, passphrase: &Secret) -> io::Result<Self> {
        let mut head = vec![0; MAGIC.len() + 4 + SALT_BYTES];
        from.read_exact(&mut head)?;
        let rest = head.strip_prefix(MAGIC).ok_or_else(damaged)?;
        let (rounds, salt) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
        let rounds = Some(u32::from_be_bytes(*rounds)).filter(|rounds| (1..=MOST_ROUNDS).contains(rounds));
        let salt: Salt = salt.try_into().map_err(|_short| damaged())?;
        let sealer = sealer(passphrase, &salt, rounds.ok_or_else(damaged)?)?;
        let piece = Zeroizing::new(Vec::new());
        let mut opening = Self { from, sealer, head, piece, read: 0, number: 0, is_over: false };
        // If it is the passphrase that is wrong, that shows in the first piece.
        opening.next_piece().map_err(|err| {
            if err.kind() == io::ErrorKind::InvalidData {
                io::Error::new(io::ErrorKind::PermissionDenied, "its passphrase is another one, or it is damaged")
            } else {
                err
            }
        })?;
        Ok(opening)
    }

    fn next_piece(&mut self) -> io::Result<()> {
        let mut frame = [0; 5];
        self.from.read_exact(&mut frame)?;
        let [last, length @ ..] = frame;
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if MOST_SEALED < length || 1 < last {
            return Err(damaged());
        }
        let mut sealed = Zeroizing::new(vec![0; length]);
        self.from.read_exact(&mut sealed)?;
        let context = context(&self.head, self.number, last == 1);
        let piece = self.sealer.open(&context, &mut sealed).ok_or_else(damaged)?;
        self.piece = Zeroizing::new(piece.to_vec());
        (self.read, self.is_over) = (0, last == 1);
        self.number += 1;
        if self.is_over && 0 < self.from.read(&mut [0])? {
            return Err(damaged());
        }
        Ok(())
    }
}

impl<R: Read> Read for Opening<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        while self.piece.len() <= self.read {
            if self.is_over {
                return Ok(0);
            }
            self.next_piece()?;
        }
        let rest = self.piece.get(self.read..).unwrap_or_default();
        let number = rest.len().min(bytes.len());
        for (to, from) in bytes.iter_mut().zip(rest) {
            *to = *from;
        }
        self.read += number;
        Ok(number)
    }
}

fn sealer(passphrase: &Secret, salt: &Salt, rounds: u32) -> io::Result<Sealer> {
    let key = stretched(passphrase.expose(), salt, rounds);
    Sealer::new(&key).map_err(|_refused| io::Error::other("the cipher refuses its key"))
}

fn context(head: &[u8], number: u64, is_last: bool) -> Vec<u8> {
    head.iter().copied().chain(number.to_be_bytes()).chain([u8::from(is_last)]).collect()
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "it is damaged")
}
