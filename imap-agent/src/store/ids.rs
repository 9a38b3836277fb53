//! What names a thing in the database: numbers, content keys, places.

use rusqlite::{
    Row, ToSql,
    types::{FromSql, FromSqlResult, ToSqlOutput, Type, ValueRef},
};
use tamis_core::learn::Label;

/// An account, as the database numbers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AccountId(pub i64);

/// One entry of the journal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct IntentId(pub i64);

/// Names a message by what it says, wherever it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(pub [u8; 16]);

impl Key {
    /// The key of a whole message. Line ends do not count: servers and files disagree about them.
    pub fn of(message: &[u8]) -> Self {
        let mut hasher = blake3::Hasher::new();
        let mut lines = message.split(|byte| *byte == b'\n').peekable();
        while let Some(line) = lines.next() {
            let is_ended = lines.peek().is_some();
            hasher.update(if is_ended { line.strip_suffix(b"\r").unwrap_or(line) } else { line });
            if is_ended {
                hasher.update(b"\n");
            }
        }
        Self(first_half(&hasher))
    }
}

/// Names a message by what a server tells without sending it. Weaker than a [`Key`], and free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fingerprint(pub [u8; 16]);

impl Fingerprint {
    /// The fingerprint of a message with this `Message-ID`, this date (as the server writes it) and this many bytes.
    pub fn of(message_id: &str, date: &str, size: u32) -> Self {
        let mut hasher = blake3::Hasher::new();
        for field in [message_id.as_bytes(), date.as_bytes(), &size.to_be_bytes()] {
            hasher.update(field).update(&[0]);
        }
        Self(first_half(&hasher))
    }
}

/// Where a message is on the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The folder's name as the server spells it. Empty: nowhere any more.
    pub folder: String,
    /// The folder's UIDVALIDITY.
    pub uid_validity: u32,
    /// The message's UID; 0 if the server did not tell.
    pub uid: u32,
}

impl Location {
    /// A place.
    pub fn new(folder: impl Into<String>, uid_validity: u32, uid: u32) -> Self {
        Self { folder: folder.into(), uid_validity, uid }
    }

    /// Whether the message is nowhere any more.
    pub const fn is_gone(&self) -> bool {
        self.folder.is_empty()
    }

    /// Reads three columns, the first at `first`.
    pub(super) fn read(row: &Row<'_>, first: usize) -> rusqlite::Result<Self> {
        Ok(Self { folder: row.get(first)?, uid_validity: row.get(first + 1)?, uid: row.get(first + 2)? })
    }
}

/// Reads a column that holds one of a closed set of words.
pub(super) fn word<T>(row: &Row<'_>, column: usize, from_word: impl Fn(&str) -> Option<T>) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    from_word(text).ok_or_else(|| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, format!("`{text}` is not expected here").into())
    })
}

/// Reads a label column, where empty means none.
#[expect(clippy::option_option, reason = "the outer one says whether the word is known at all")]
pub(super) fn optional_label(word: &str) -> Option<Option<Label>> {
    if word.is_empty() { Some(None) } else { Label::from_word(word).map(Some) }
}

impl ToSql for Key {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

impl ToSql for Fingerprint {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

impl FromSql for Key {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        <[u8; 16]>::column_result(value).map(Self)
    }
}

impl FromSql for Fingerprint {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        <[u8; 16]>::column_result(value).map(Self)
    }
}

impl ToSql for AccountId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

impl ToSql for IntentId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

fn first_half(hasher: &blake3::Hasher) -> [u8; 16] {
    let mut half = [0; 16];
    hasher.finalize_xof().fill(&mut half);
    half
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_does_not_depend_on_line_ends() {
        let key = Key::of(b"Subject: a\r\n\r\nb\r\n");
        assert_eq!(Key::of(b"Subject: a\n\nb\n"), key);
        assert_eq!(Key::of(b"Subject: a\r\n\nb\r\n"), key);
    }

    #[test]
    fn a_key_depends_on_everything_else() {
        let messages: [&[u8]; 7] = [b"", b"\n", b"a", b"a\n", b"a\rb", b"ab", b"a\r"];
        for (at, one) in messages.iter().enumerate() {
            for other in &messages[at + 1..] {
                assert_ne!(Key::of(one), Key::of(other), "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn a_fingerprint_depends_on_every_field() {
        let one = Fingerprint::of("<1@example.org>", "1-Jan-2026", 7);
        for other in [
            Fingerprint::of("<2@example.org>", "1-Jan-2026", 7),
            Fingerprint::of("<1@example.org>", "2-Jan-2026", 7),
            Fingerprint::of("<1@example.org>", "1-Jan-2026", 8),
            Fingerprint::of("<1@example.org>1", "-Jan-2026", 7),
        ] {
            assert_ne!(one, other);
        }
    }
}
