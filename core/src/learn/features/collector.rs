//! Gathers tokens: each once, hashed where it is written, without a string of its own.

use super::{Features, Token, TokenId, words};

/// More says nothing more, and one message must not fill the tables.
const MAX_TOKENS: usize = 3000;

/// Slots of the set of ids seen; a power of two, and never more than half full.
const SLOTS: usize = 8192;

#[derive(Debug)]
pub(super) struct Collector {
    features: Features,
    /// Open addressing, 0 for empty: what decides whether a token is new.
    seen: Vec<u64>,
    /// The word before, for pairs; empty at the start of a text.
    previous: String,
    /// Whether what comes is of the body.
    is_body: bool,
}

impl Default for Collector {
    fn default() -> Self {
        let features = Features { texts: String::with_capacity(16 << 10), tokens: Vec::with_capacity(1024) };
        Self { features, seen: vec![0; SLOTS], previous: String::new(), is_body: false }
    }
}

impl Collector {
    /// Adds the token that `parts` make when joined. The first part says where it was seen.
    pub(super) fn add(&mut self, parts: &[&str]) {
        if self.is_full() {
            return;
        }
        let texts = &mut self.features.texts;
        let start = texts.len();
        texts.extend(parts.iter().copied());
        let id = TokenId::of(texts.get(start..).unwrap_or_default(), self.is_body);
        let is_new = insert(&mut self.seen, id.0);
        match (u32::try_from(start), u32::try_from(texts.len())) {
            (Ok(start), Ok(end)) if is_new => self.features.tokens.push(Token { id, start, end }),
            (Ok(_) | Err(_), Ok(_) | Err(_)) => texts.truncate(start),
        }
    }

    /// From here on everything is of the body.
    pub(super) fn begin_body(&mut self) {
        self.is_body = true;
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

    /// How many tokens there are so far.
    pub(super) fn len(&self) -> usize {
        self.features.tokens.len()
    }

    /// Adds the words of `text`, each after `prefix`.
    pub(super) fn add_words(&mut self, prefix: &str, text: &str) {
        words::for_each(text, &mut |word| self.add_word(prefix, word));
    }

    /// Adds the words of `text` and each two that follow one another.
    pub(super) fn add_words_and_pairs(&mut self, prefix: &str, text: &str) {
        self.previous.clear();
        words::for_each(text, &mut |word| {
            self.add_word(prefix, word);
            let previous = std::mem::take(&mut self.previous);
            if !previous.is_empty() && word.can_pair {
                self.add(&[prefix, &previous, " ", word.text]);
            }
            self.previous = previous;
            self.previous.clear();
            if word.can_pair {
                self.previous.push_str(word.text);
            }
        });
    }

    fn add_word(&mut self, prefix: &str, word: words::Word<'_>) {
        self.add(&[prefix, word.text]);
        if word.is_shouted {
            self.add(&[prefix, "caps:", word.text]);
        }
    }

    pub(super) fn is_full(&self) -> bool {
        MAX_TOKENS <= self.features.tokens.len()
    }

    pub(super) fn finish(self) -> Features {
        let mut features = self.features;
        features.tokens.sort_unstable_by_key(|token| token.id);
        features.tokens.dedup_by_key(|token| token.id);
        features
    }
}

/// Whether `id` was not there yet.
fn insert(seen: &mut [u64], id: u64) -> bool {
    let mask = seen.len().wrapping_sub(1);
    let [a, b, ..] = (id >> 1).to_le_bytes();
    let home = usize::from(u16::from_le_bytes([a, b])) & mask;
    for step in 0..seen.len() {
        match seen.get_mut((home + step) & mask) {
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
