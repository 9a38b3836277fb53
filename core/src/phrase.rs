//! Sentences of ours with values in them, said in another language.
//!
//! A book has an English sentence on one line, and indented on the next the other one. `{name}` is any text, taken over as
//! it is; `{#name}` a number; `{~name}` what is itself a phrase of the book; and `{?name}` what is one or else what somebody
//! outside said, which is taken over. A sentence of which a part is unknown is unknown: half of it in either language would
//! be worse than all of it in English.

use std::collections::BTreeMap;

/// How many places are tried for the words behind a gap: a text from outside may hold them as well.
const MOST_TRIES: usize = 8;

/// How deep phrases stand in phrases.
const MOST_DEPTH: u8 = 4;

/// Phrases, the one that says most of itself first, and those that begin with any text last.
#[derive(Debug, Default)]
pub struct PhraseBook(Vec<Phrase>);

#[derive(Debug)]
struct Phrase {
    from: Vec<Piece>,
    to: Vec<Piece>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Words(&'static str),
    Gap(Kind, &'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Any,
    Number,
    Phrase,
    PhraseOrAny,
}

impl PhraseBook {
    /// Reads a book. Lines that begin with `#` are remarks.
    pub fn read(text: &'static str) -> Self {
        let mut phrases = Vec::new();
        let mut english = None;
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            if !line.starts_with(' ') {
                english = Some(pieces(line));
            } else if let Some(from) = english.take() {
                phrases.push(Phrase { from, to: pieces(line.trim()) });
            }
        }
        phrases.sort_by_key(|phrase| (phrase.is_open(), std::cmp::Reverse(phrase.weight())));
        Self(phrases)
    }

    /// What `text` is in the other language; `None` if the book does not know it.
    pub fn say(&self, text: &str) -> Option<String> {
        self.say_within(text, 0)
    }

    fn say_within(&self, text: &str, depth: u8) -> Option<String> {
        self.0.iter().find_map(|phrase| {
            let mut values = BTreeMap::new();
            fits(&phrase.from, text, &mut values).then(|| self.filled(&phrase.to, &values, depth)).flatten()
        })
    }

    /// `None` if a value has to be a phrase and is none.
    fn filled(&self, pieces: &[Piece], values: &BTreeMap<&str, &str>, depth: u8) -> Option<String> {
        let value = |name: &str| values.get(name).copied().unwrap_or_default();
        let phrase = |name: &str| (depth < MOST_DEPTH).then(|| self.say_within(value(name), depth + 1)).flatten();
        let piece = |piece: &Piece| match piece {
            Piece::Words(words) => Some((*words).to_owned()),
            Piece::Gap(Kind::Any, name) => Some(value(name).to_owned()),
            Piece::Gap(Kind::Number, name) => Some(value(name).replace(',', ".")),
            Piece::Gap(Kind::Phrase, name) => phrase(name),
            Piece::Gap(Kind::PhraseOrAny, name) => Some(phrase(name).unwrap_or_else(|| value(name).to_owned())),
        };
        pieces.iter().map(piece).collect()
    }

    /// The English sentences with `{}` for each gap, for a test that looks for them in the program.
    pub fn english(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|phrase| {
            let piece = |piece: &Piece| if let Piece::Words(words) = piece { *words } else { "{}" };
            phrase.from.iter().map(piece).collect()
        })
    }

    /// The phrases of which one side has a value that the other has not; for a test.
    pub fn faults(&self) -> Vec<String> {
        let names = |pieces: &[Piece]| {
            let name = |piece: &Piece| if let Piece::Gap(_, name) = piece { Some(*name) } else { None };
            pieces.iter().filter_map(name).collect::<std::collections::BTreeSet<_>>()
        };
        let faulty = self.0.iter().filter(|phrase| names(&phrase.from) != names(&phrase.to));
        faulty.map(|phrase| format!("{phrase:?}")).collect()
    }
}

impl Phrase {
    /// Whether it begins with any text, which could be the beginning of another phrase.
    fn is_open(&self) -> bool {
        matches!(self.from.first(), Some(Piece::Gap(Kind::Any | Kind::PhraseOrAny, _)))
    }

    fn weight(&self) -> usize {
        self.from.iter().map(|piece| if let Piece::Words(words) = piece { words.len() } else { 0 }).sum()
    }
}

fn pieces(line: &'static str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        if !before.is_empty() {
            pieces.push(Piece::Words(before));
        }
        let kinds = [("#", Kind::Number), ("~", Kind::Phrase), ("?", Kind::PhraseOrAny)];
        let gap = kinds.into_iter().find_map(|(mark, kind)| Some(Piece::Gap(kind, name.strip_prefix(mark)?)));
        pieces.push(gap.unwrap_or(Piece::Gap(Kind::Any, name)));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest));
    }
    pieces
}

/// Whether `text` is `pieces`, and what its gaps hold. A gap ends as soon as the rest fits, and is never empty.
fn fits<'t>(pieces: &[Piece], text: &'t str, values: &mut BTreeMap<&'static str, &'t str>) -> bool {
    match pieces {
        [] => text.is_empty(),
        [Piece::Words(words), rest @ ..] => text.strip_prefix(words).is_some_and(|text| fits(rest, text, values)),
        [Piece::Gap(kind, name)] => holds(*kind, text) && take(name, text, values),
        [Piece::Gap(kind, name), rest @ ..] => {
            let Some(Piece::Words(next)) = rest.first() else { return false };
            let places = text.match_indices(next).take(MOST_TRIES);
            places
                .filter_map(|(at, _)| text.split_at_checked(at))
                .any(|(value, after)| holds(*kind, value) && fits(rest, after, values) && take(name, value, values))
        }
    }
}

fn take<'t>(name: &'static str, value: &'t str, values: &mut BTreeMap<&'static str, &'t str>) -> bool {
    values.insert(name, value);
    true
}

fn holds(kind: Kind, value: &str) -> bool {
    match kind {
        Kind::Any | Kind::Phrase | Kind::PhraseOrAny => !value.is_empty(),
        Kind::Number => value.starts_with(|c: char| c.is_ascii_digit()) && value.chars().all(is_of_number),
    }
}

fn is_of_number(c: char) -> bool {
    c.is_ascii_digit() || c == ','
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_said_with_its_values_and_what_is_unknown_is_not() {
        let book = PhraseBook::read(
            "# a remark\n{#n} messages in {folder}\n  {#n} Nachrichten in {folder}\n1 message in {folder}\n  {folder}: eine\n\
             not done: {~why}\n  nicht getan: {~why}\nthe server is away\n  der Server ist weg\n\
             the server says: {?why}\n  der Server sagt: {?why}\n{name} is away now\n  {name} ist gerade weg\n",
        );
        for (text, want) in [
            ("1,234 messages in Junk", Some("1.234 Nachrichten in Junk")),
            ("1 message in Junk", Some("Junk: eine")),
            ("some messages in Junk", None),
            ("not done: the server is away", Some("nicht getan: der Server ist weg")),
            ("not done: nobody knows", None),
            ("the server says: nobody knows", Some("der Server sagt: nobody knows")),
            ("the server says: the server is away", Some("der Server sagt: der Server ist weg")),
            (
                "not done: not done: not done: not done: the server is away",
                Some("nicht getan: nicht getan: nicht getan: nicht getan: der Server ist weg"),
            ),
            ("not done: not done: not done: not done: not done: the server is away", None),
            ("the server says: Ann is away now", Some("der Server sagt: Ann ist gerade weg")),
            ("3 messages in a in b", Some("3 Nachrichten in a in b")),
            ("", None),
        ] {
            assert_eq!(book.say(text).as_deref(), want, "{text}");
        }
        assert_eq!(book.faults(), [] as [&str; 0]);
        assert_eq!(book.english().next().as_deref(), Some("the server is away"));
    }
}
