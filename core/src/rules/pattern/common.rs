//! What is in nearly every message: literals and strands that stand there are no help.

use std::sync::LazyLock;

use super::bytes::ByteSet;

/// As text or in what is made of its headers.
const COMMON: &[u8] =
    b"http://www. https://www. .com/ .com> href=\" <html> <body> <font <table <br> <p> <div </a> style=\" color \
[ ip= rdns= helo= by= ident= envfrom= intl=0 id= auth= msa=0 ] received: from by with esmtp for date: subject: to: \
message-id: mime-version: 1.0 content-type: text/plain charset= content-transfer-encoding: \
 the and you your this that with for are have from will mail email not can our tion ing her please click here list";

/// How much of all text has such a text, at least.
pub(super) const SHARE_OF_COMMON: f64 = 2e-2;

/// Whether a text stands there. Most places are passed over by their first byte alone.
pub(super) fn has(text: &[u8]) -> bool {
    text.split_first().is_some_and(|(first, rest)| {
        let windows = COMMON.windows(text.len());
        windows.filter_map(|window| window.split_first()).any(|(head, tail)| head == first && tail == rest)
    })
}

/// For each byte: where it stands there.
static PLACES: LazyLock<Vec<Vec<u16>>> = LazyLock::new(|| {
    let places = |byte: u8| (0..).zip(COMMON).filter(|(_, held)| **held == byte).map(|(at, _)| at).collect();
    (0..=u8::MAX).map(places).collect()
});

/// Places there, behind each of which something can go on. Letters stand for both cases.
#[derive(Debug)]
pub(super) struct Common {
    behind: Vec<u16>,
    is_begun: bool,
}

impl Common {
    /// All places.
    pub(super) fn new() -> Self {
        Self { behind: Vec::new(), is_begun: false }
    }

    /// Goes on with one byte of these.
    pub(super) fn take(&mut self, set: ByteSet) {
        if self.is_begun {
            self.behind.retain(|at| stands(set, *at));
            self.behind.iter_mut().for_each(|at| *at += 1);
            return;
        }
        self.is_begun = true;
        let is_other = |byte: &u8| byte.is_ascii_uppercase() && set.has(byte.to_ascii_lowercase());
        let bytes = set.bytes().filter(|byte| !is_other(byte)).map(|byte| usize::from(byte.to_ascii_lowercase()));
        let places = bytes.filter_map(|byte| PLACES.get(byte)).flatten();
        self.behind.extend(places.map(|at| at + 1));
        self.behind.sort_unstable();
    }

    /// Goes on with any number of bytes of these, within a word.
    pub(super) fn pass(&mut self, set: ByteSet) {
        if self.behind.is_empty() || set == ByteSet::EMPTY {
            return;
        }
        let mut all = Vec::with_capacity(self.behind.len());
        let mut left = self.behind.iter().peekable();
        while let Some(from) = left.next() {
            all.push(*from);
            let mut at = *from;
            while stands(set, at) && !is_space(at) && left.peek().is_none_or(|next| **next > at + 1) {
                at += 1;
                all.push(at);
            }
        }
        self.behind = all;
    }

    /// Whether there are any.
    pub(super) fn is_any(&self) -> bool {
        !self.behind.is_empty()
    }
}

fn stands(set: ByteSet, at: u16) -> bool {
    COMMON.get(usize::from(at)).is_some_and(|byte| set.has(*byte) || set.has(byte.to_ascii_uppercase()))
}

fn is_space(at: u16) -> bool {
    COMMON.get(usize::from(at)) == Some(&b' ')
}
