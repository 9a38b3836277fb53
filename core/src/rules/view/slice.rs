//! Bytes of the message, or of something that was decoded out of it.

use std::{
    ops::{Deref, Range},
    sync::Arc,
};

/// A piece of the message, without a copy where it stands in it as it is.
#[derive(Clone, Debug)]
pub(crate) enum Slice<'raw> {
    /// It stands in the message.
    Of(&'raw [u8]),
    /// It stands in a part that was decoded.
    Shared(Arc<[u8]>, Range<usize>),
}

impl Slice<'_> {
    /// What was decoded out of a part.
    pub(crate) fn decoded(bytes: Vec<u8>) -> Self {
        let end = bytes.len();
        Self::Shared(bytes.into(), 0..end)
    }

    /// A piece of it; empty beyond its end.
    pub(crate) fn sub(&self, range: Range<usize>) -> Self {
        match self {
            Self::Of(bytes) => Self::Of(bytes.get(range).unwrap_or_default()),
            Self::Shared(bytes, own) => {
                let at = |at: usize| own.start.saturating_add(at).min(own.end);
                Self::Shared(Arc::clone(bytes), at(range.start)..at(range.end))
            }
        }
    }
}

impl Default for Slice<'_> {
    fn default() -> Self {
        Self::Of(&[])
    }
}

impl Deref for Slice<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Of(bytes) => bytes,
            Self::Shared(bytes, range) => bytes.get(range.clone()).unwrap_or_default(),
        }
    }
}

/// The line that begins at `at`, with its line end; empty at the end.
pub(crate) fn line_at(text: &[u8], at: usize) -> &[u8] {
    let rest = text.get(at..).unwrap_or_default();
    let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
    rest.get(..end).unwrap_or(rest)
}
