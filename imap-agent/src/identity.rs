//! How a message is known again, whatever its place and number.

/// 16 bytes of BLAKE3.
pub type Digest = [u8; 16];

/// The digest of the content, whatever the line ends: servers turn bare LF into CRLF.
pub fn content_key(raw: &[u8]) -> Digest {
    let mut hasher = blake3::Hasher::new();
    for chunk in raw.split(|byte| *byte == b'\r') {
        hasher.update(chunk);
    }
    short(hasher.finalize())
}

/// The digest of what a folder shows of a message without its content: enough to know it again after the folder got new
/// numbers. The size counts only where there is no Message-ID, as servers differ about it.
pub fn fingerprint(message_id: Option<&str>, received_at: i64, size: u64) -> Digest {
    let mut hasher = blake3::Hasher::new();
    match message_id {
        Some(id) => hasher.update(b"id ").update(id.trim().as_bytes()),
        None => hasher.update(b"size ").update(&size.to_le_bytes()),
    };
    hasher.update(&received_at.to_le_bytes());
    short(hasher.finalize())
}

fn short(hash: blake3::Hash) -> Digest {
    let mut digest = Digest::default();
    for (to, from) in digest.iter_mut().zip(hash.as_bytes()) {
        *to = *from;
    }
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_do_not_change_a_message() {
        assert_eq!(content_key(b"a\nb\n"), content_key(b"a\r\nb\r\n"));
        assert_ne!(content_key(b"a\nb\n"), content_key(b"a\nb\n\n"));
    }

    #[test]
    fn the_size_counts_only_without_a_message_id() {
        assert_eq!(fingerprint(Some("<1@example.org>"), 5, 100), fingerprint(Some("<1@example.org> "), 5, 101));
        assert_ne!(fingerprint(None, 5, 100), fingerprint(None, 5, 101));
    }
}
