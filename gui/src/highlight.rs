//! Finds in a text the words that the learner knows.

use std::{collections::BTreeMap, ops::Range};

/// Nearer to the middle than this, a word says nothing worth showing.
const LEAST: f64 = 0.1;

/// Words of which the learner has said how much they tell, ready to be found.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// By their first word: the words behind it, and the share of spam.
    by_first: BTreeMap<String, Vec<(Vec<String>, f64)>>,
}

impl Known {
    /// Takes what stands in quotes among the learner's reasons: `"wire transfer"`, `"FREE" in capitals`.
    pub(crate) fn new(clues: &[(String, f64)]) -> Self {
        let mut known = Self::default();
        for (clue, share) in clues.iter().filter(|(_, share)| LEAST <= (share - 0.5).abs()) {
            let Some(text) = clue.strip_prefix('"').and_then(|rest| rest.rsplit_once('"')) else { continue };
            let (words, place) = text;
            if !matches!(place, "" | " in capitals") {
                continue;
            }
            let mut words = words.split_whitespace().map(str::to_lowercase);
            if let Some(first) = words.next() {
                known.by_first.entry(first).or_default().push((words.collect(), *share));
            }
        }
        for more in known.by_first.values_mut() {
            more.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        }
        known
    }

    /// Where they stand in a text, in order, each with its share of spam. The longest counts.
    pub(crate) fn find(&self, text: &str) -> Vec<(Range<usize>, f64)> {
        if self.by_first.is_empty() {
            return Vec::new();
        }
        let words = words(text);
        let mut found = Vec::new();
        let mut at = 0;
        while let Some((range, word)) = words.get(at) {
            let fits = |more: &[String]| {
                let next = words.get(at + 1..at + 1 + more.len())?;
                let is_same = next.iter().zip(more).all(|((_, word), wanted)| word == wanted);
                is_same.then(|| next.last().map_or(range.end, |(last, _)| last.end))
            };
            let known = self.by_first.get(word).map(Vec::as_slice).unwrap_or_default();
            let hit = known.iter().find_map(|(more, share)| Some((more.len(), fits(more)?, *share)));
            if let Some((more, end, share)) = hit {
                found.push((range.start..end, share));
                at += more;
            }
            at += 1;
        }
        found
    }
}

/// The words of a text, in lower case, and where they stand.
fn words(text: &str) -> Vec<(Range<usize>, String)> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’' | '-' | '$' | '€' | '£' | '%');
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (start, is_part(c)) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                words.extend(text.get(from..at).map(|word| (from..at, word.to_lowercase())));
                start = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(clues: &[(&str, f64)], text: &str) -> Vec<(String, f64)> {
        let clues: Vec<(String, f64)> = clues.iter().map(|(clue, share)| ((*clue).to_owned(), *share)).collect();
        let found = Known::new(&clues).find(text);
        found.into_iter().map(|(range, share)| (text.get(range).unwrap().to_owned(), share)).collect()
    }

    #[test]
    fn words_and_pairs_of_the_text_are_found() {
        let clues = [
            ("\"wire\"", 0.7),
            ("\"wire transfer\"", 0.9),
            ("\"FREE\" in capitals", 0.95),
            ("\"invoice\" in the subject", 0.9),
            ("sender domain a.example", 0.9),
            ("\"meeting\"", 0.1),
            ("\"and\"", 0.55),
        ];
        let text = "The Wire,\ntransfer and wire: FREE invoice a.example meeting wired";
        let want = [("Wire,\ntransfer", 0.9), ("wire", 0.7), ("FREE", 0.95), ("meeting", 0.1)];
        let got = found(&clues, text);
        assert_eq!(got, want.map(|(word, share)| (word.to_owned(), share)));
    }

    #[test]
    fn strange_clues_and_texts_do_no_harm() {
        for clue in ["\"", "\"\"", "\" \"", "é\"", "\"é\""] {
            found(&[(clue, 0.9)], "é \u{301}x \u{1F600}");
        }
        assert_eq!(found(&[("\"straße\"", 0.9)], "STRASSE straße İx"), [("straße".to_owned(), 0.9)]);
        assert!(Known::new(&[("\"a\"".to_owned(), f64::NAN)]).find("a a").is_empty());
    }
}
