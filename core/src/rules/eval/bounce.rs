//! Bounces of mail that was really sent: they quote a line of a relay that one's own mail goes through
//! (`Mail::SpamAssassin::Plugin::VBounce`).

use crate::rules::{
    Directive,
    book::EvalTest,
    eval::{Eval, Scene},
};

pub(super) const EVALS: &[Eval] = &[
    Eval { name: "check_welcomelist_bounce_relays", run: has_own_relay },
    Eval { name: "check_whitelist_bounce_relays", run: has_own_relay },
    Eval { name: "have_any_bounce_relays", run: are_any_known },
];

/// Names of the relays that one's own mail goes through, lower case, with `*` and `?`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BounceRelays(Vec<Vec<u8>>);

impl BounceRelays {
    /// From `welcomelist_bounce_relays` and its older name.
    pub fn read(directives: &[Directive]) -> Self {
        let named = |directive: &&Directive| {
            matches!(directive.name.as_str(), "welcomelist_bounce_relays" | "whitelist_bounce_relays")
        };
        let words = directives.iter().filter(named).flat_map(|directive| directive.value.split_whitespace());
        Self(words.map(|word| word.to_ascii_lowercase().into_bytes()).collect())
    }

    fn contains(&self, name: &[u8]) -> bool {
        self.0.iter().any(|pattern| is_like(pattern, name))
    }
}

fn are_any_known(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    (!scene.lists.bounce_relays.0.is_empty()).into()
}

fn has_own_relay(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let relays = &scene.lists.bounce_relays;
    if relays.0.is_empty() {
        return 0;
    }
    let is_quoted = scene.view.body().iter().any(|paragraph| has_relay(paragraph, relays));
    (is_quoted || has_relay_in(scene.view.raw_content(), relays)).into()
}

/// Whether a quoted header, folded or not, names one of the relays.
fn has_relay_in(content: &[u8], relays: &BounceRelays) -> bool {
    let mut rest = content;
    while let Some(at) = memchr::memmem::find(rest, b"eceived:") {
        let start = rest.get(..at).and_then(|before| memchr::memrchr(b'\n', before)).map_or(0, |end| end + 1);
        let end = folded_end(rest, at);
        if rest.get(start..end).is_some_and(|line| has_relay(line, relays)) {
            return true;
        }
        rest = rest.get(end..).unwrap_or_default();
    }
    false
}

/// Where a header ends that goes on in lines which begin with space.
fn folded_end(text: &[u8], from: usize) -> usize {
    let ends = memchr::memchr_iter(b'\n', text.get(from..).unwrap_or_default()).map(|end| from + end + 1);
    let last = |end: &usize| {
        let next = text.get(*end..).unwrap_or_default();
        !next.starts_with(b" ") && !next.starts_with(b"\t")
    };
    ends.into_iter().find(last).unwrap_or(text.len())
}

/// Whether a line is a `Received`, perhaps quoted, with one of the names in it. A name stands between spaces; where two
/// with dots follow each other, only the first is looked at.
fn has_relay(line: &[u8], relays: &BounceRelays) -> bool {
    let start = line.iter().position(|byte| !byte.is_ascii_whitespace() && *byte != b'>').unwrap_or(line.len());
    let line = line.get(start..).unwrap_or_default();
    let Some((name, rest)) = line.split_at_checked(b"Received:".len()) else { return false };
    if !name.eq_ignore_ascii_case(b"Received:") {
        return false;
    }
    let mut was_name = false;
    for word in rest.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()) {
        was_name = !was_name && word.contains(&b'.');
        if was_name && relays.contains(&word.to_ascii_lowercase()) {
            return true;
        }
    }
    false
}

/// Whether a text is like a pattern of `*` and `?`. It goes back to the last `*` only, which is enough.
fn is_like(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut read) = (0, 0);
    let mut star = None;
    while let Some(byte) = text.get(read) {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(expected) if *expected == b'?' || expected == byte => (at, read) = (at + 1, read + 1),
            Some(_) | None => {
                let Some((place, begin)) = star else { return false };
                (at, read) = (place + 1, begin + 1);
                star = Some((place, begin + 1));
            }
        }
    }
    pattern.get(at..).unwrap_or_default().iter().all(|byte| *byte == b'*')
}
