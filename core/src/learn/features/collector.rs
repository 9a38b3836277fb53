//! Gathers tokens: each once, hashed where it is written, without a string of its own.

use super::{
    Features, Span, Token, TokenId,
    token::{Kind, NAME_OF_LINE, hash_of},
    words,
};

/// More says nothing more, and one message must not fill the tables.
const MAX_TOKENS: usize = 3000;

/// However long its header is, half of that is left to the body.
const MAX_OF_HEADER: usize = 1500;

/// Slots of the set of ids seen; a power of two, and never full.
const SLOTS: usize = 4096;

#[derive(Debug)]
pub(super) struct Collector {
    features: Features,
    /// Open addressing, 0 for empty: what decides whether a token is new.
    seen: Vec<u64>,
    /// Whether what comes is of the body.
    is_body: bool,
    /// The number of the header line that is read.
    line: u8,
    /// So many tokens there may be now.
    limit: usize,
}

/// Where words are seen, when many are seen there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    hash: u64,
    text: Span,
    kind: Kind,
    /// As [`Token::line`].
    line: u8,
}

/// A word that was added, for the pairs it makes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Added {
    id: TokenId,
    text: Span,
}

impl Default for Collector {
    fn default() -> Self {
        let features = Features {
            texts: String::with_capacity(16 << 10),
            tokens: Vec::with_capacity(1024),
            ..Features::default()
        };
        Self { features, seen: vec![0; SLOTS], is_body: false, line: 0, limit: MAX_OF_HEADER }
    }
}

impl Collector {
    /// Adds the token that `parts` make when joined. The first part says where it was seen.
    pub(super) fn add(&mut self, parts: &[&str]) {
        let Some(text) = self.write(parts) else { return };
        let id = TokenId::of(self.features.span(text), self.is_body);
        if insert(&mut self.seen, id.0) {
            self.features.tokens.push(Token { id, word: text, ..Token::default() });
        } else {
            self.features.texts.truncate(text.start as usize);
        }
    }

    /// A place in which many words are seen: what stands before each of them.
    pub(super) fn place(&mut self, parts: &[&str], is_sign: bool) -> Place {
        let text = self.write(parts).unwrap_or_default();
        let kind = match (self.is_body, is_sign) {
            (true, _) => Kind::Body,
            (false, true) => Kind::Sign,
            (false, false) => Kind::Header,
        };
        Place { hash: hash_of(self.features.span(text)), text, kind, line: if is_sign { self.line } else { 0 } }
    }

    /// Writes down a word that may be added to several places.
    pub(super) fn write(&mut self, parts: &[&str]) -> Option<Span> {
        self.write_with(|texts| parts.iter().for_each(|part| texts.push_str(part)))
    }

    /// The same of whatever `push` adds.
    pub(super) fn write_with(&mut self, push: impl FnOnce(&mut String)) -> Option<Span> {
        if self.is_full() {
            return None;
        }
        let texts = &mut self.features.texts;
        let start = u32::try_from(texts.len()).ok()?;
        push(texts);
        let length = u32::try_from(texts.len()).ok()?.checked_sub(start)?;
        Some(Span { start, length })
    }

    /// What was written there.
    pub(super) fn written(&self, text: Span) -> &str {
        self.features.span(text)
    }

    /// Adds a word that was written.
    pub(super) fn add_written(&mut self, place: Place, word: Span) -> Added {
        let id = TokenId::of_word(place.hash, self.features.span(word), place.kind);
        self.push(Token { id, place: place.text, word, line: place.line, ..Token::default() });
        Added { id, text: word }
    }

    /// Adds the pair of two words of one place, so many words apart, 1 to 4.
    pub(super) fn add_pair(&mut self, place: Place, (first, second): (Added, Added), distance: usize) {
        let id = first.id.of_pair(second.id, distance);
        let distance = u8::try_from(distance).unwrap_or(0);
        self.push(Token { id, place: place.text, word: first.text, second: second.text, distance, line: 0 });
    }

    fn push(&mut self, token: Token) {
        if !self.is_full() && insert(&mut self.seen, token.id.0) {
            self.features.tokens.push(token);
        }
    }

    /// From here on everything is of the body.
    pub(super) fn begin_body(&mut self) {
        self.is_body = true;
        self.limit = MAX_TOKENS;
    }

    /// From here on everything is in a header line of that name. There is a token that there is one.
    pub(super) fn begin_line(&mut self, name: &str) {
        self.add(&[NAME_OF_LINE, name]);
        let id = TokenId::of(&[NAME_OF_LINE, name].concat(), false);
        let lines = &mut self.features.lines;
        let number = lines.iter().position(|line| *line == id).unwrap_or_else(|| {
            lines.push(id);
            lines.len() - 1
        });
        self.line = u8::try_from(number + 1).unwrap_or(0);
    }

    /// Adds a count as its number of binary digits: 1, 2–3, 4–7, 8–15 …
    pub(super) fn add_count(&mut self, name: &str, count: u64) {
        const DIGITS: [&str; 16] =
            ["0", "1", "2", "4", "8", "16", "32", "64", "128", "256", "512", "1k", "2k", "4k", "8k", "16k"];
        let bucket = (u64::BITS - count.leading_zeros()) as usize;
        self.add(&["count:", name, " ", DIGITS.get(bucket).copied().unwrap_or("32k")]);
    }

    /// The same of something in a header line.
    pub(super) fn add_count_in(&mut self, what: &str, name: &str, count: u64) {
        let bits = (u64::BITS - count.leading_zeros()).to_string();
        self.add(&[what, name, " ", &bits]);
    }

    /// Adds the words of `text`, each after `prefix`.
    pub(super) fn add_words(&mut self, prefix: &str, text: &str) {
        words::for_each(text, &mut |word| {
            self.add(&[prefix, word.text]);
            if word.is_shouted {
                self.add(&[prefix, "caps:", word.text]);
            }
        });
    }

    /// Adds the words of the visible text and each two that follow one another.
    pub(super) fn add_text(&mut self, text: &str) {
        let place = self.place(&[], false);
        let mut previous: Option<Added> = None;
        words::for_each(text, &mut |word| {
            if !word.can_pair {
                self.add(&[word.text]);
                previous = None;
                return;
            }
            let Some(written) = self.write(&[word.text]) else { return };
            let added = self.add_written(place, written);
            if word.is_shouted {
                self.add(&["caps:", word.text]);
            }
            if let Some(previous) = previous {
                self.add_pair(place, (previous, added), 1);
            }
            previous = Some(added);
        });
    }

    /// Whether that token is there.
    pub(super) fn has(&self, id: TokenId) -> bool {
        let mask = self.seen.len().wrapping_sub(1);
        let mut places = (0..self.seen.len()).map_while(|step| self.seen.get((home_of(id.0) + step) & mask));
        places.find(|slot| **slot == id.0 || **slot == 0).is_some_and(|slot| *slot == id.0)
    }

    pub(super) fn is_full(&self) -> bool {
        self.limit <= self.features.tokens.len()
    }

    pub(super) fn finish(self) -> Features {
        self.features
    }
}

/// Where the search for `id` begins, before it is cut to the size of the table.
fn home_of(id: u64) -> usize {
    let [.., a, b] = id.to_le_bytes();
    u16::from_le_bytes([a, b]).into()
}

/// Whether `id` was not there yet.
fn insert(seen: &mut [u64], id: u64) -> bool {
    let mask = seen.len().wrapping_sub(1);
    for step in 0..seen.len() {
        match seen.get_mut((home_of(id) + step) & mask) {
            Some(slot) if *slot == id => return false,
            Some(slot) if *slot == 0 => {
                *slot = id;
                return true;
            }
            Some(_) | None => {}
        }
    }
    true
}
