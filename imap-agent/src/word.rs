//! What lessons know of a word: where it is, how often, and how much it says.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
};

use tamis_core::{
    Config,
    api::WordPlace,
    learn::{Features, Label, Learner as _, Logistic, TokenId, candidates},
    mail::Lessons,
};

use crate::store::{StoreError, glimpse::Glimpse};

/// Whether these are more words than a token has. A token that is named as it is written is taken as it is.
pub(crate) fn is_too_long(word: &str) -> bool {
    let is_written = word.split_once(':').is_some_and(|(_, rest)| !rest.starts_with(char::is_whitespace));
    let text = word.split_once(':').map_or(word, |(_, rest)| rest);
    !is_written && 2 < text.split_whitespace().count()
}

/// The accounts as lessons name them, whether they learn apart now or did so before.
pub(crate) fn names(config: &Config) -> BTreeSet<String> {
    let name = |account| match config.lessons_of(account) {
        Lessons::Together(name) | Lessons::Apart(name) => Some(name),
        Lessons::Everybodys => None,
    };
    config.accounts().iter().filter_map(name).collect()
}

/// What is looked for, and what was found.
#[derive(Debug, Default)]
pub(crate) struct Search {
    /// For each id by which words it is looked for, and under which phrase.
    wanted: BTreeMap<TokenId, BTreeSet<Place>>,
    /// Lessons of each label that have a place.
    places: BTreeMap<Place, [u32; 2]>,
    /// Lessons that have an id.
    ids: BTreeMap<TokenId, u32>,
    pub(crate) lessons: usize,
    /// Those of an older version, which do not count.
    pub(crate) outdated: u32,
    /// Tokens of the body and of the header, in all lessons together.
    lengths: [usize; 2],
}

/// The number of a word, and a phrase. Different tokens may be the same to a person.
type Place = (usize, String);

impl Search {
    /// A search for `words` in everybody's lessons, and in those of the accounts of these names.
    pub(crate) fn of(words: &[String], accounts: &BTreeSet<String>) -> Self {
        let mut search = Self::default();
        for (n, word) in words.iter().enumerate() {
            for candidate in candidates(word) {
                let own = accounts.iter().map(|name| candidate.id.in_account(name));
                for id in own.chain([candidate.id]) {
                    search.wanted.entry(id).or_default().insert((n, candidate.said.clone()));
                }
            }
        }
        search
    }

    /// Goes through all lessons. A `learner` that is given learns them.
    pub(crate) fn read(&mut self, glimpse: &Glimpse, mut learner: Option<&mut Logistic>) -> Result<(), StoreError> {
        glimpse.each(&mut |lesson| {
            if lesson.version != Features::VERSION {
                self.outdated += u32::from(lesson.version < Features::VERSION);
            } else if let Some(ids) = Features::decode(&lesson.tokens) {
                self.add(&ids, lesson.label);
                if let Some(learner) = &mut learner {
                    learner.train(&ids, lesson.label);
                }
            }
            ControlFlow::Continue(())
        })
    }

    fn add(&mut self, ids: &[TokenId], label: Label) {
        self.lessons += 1;
        let of_body = ids.iter().filter(|id| id.is_of_body()).count();
        let [body, header] = &mut self.lengths;
        *body += of_body;
        *header += ids.len().saturating_sub(of_body);
        let mut here = BTreeSet::new();
        for (id, places) in &self.wanted {
            if ids.binary_search(id).is_ok() {
                *self.ids.entry(*id).or_default() += 1;
                here.extend(places);
            }
        }
        for place in here {
            let [ham, spam] = self.places.entry(place.clone()).or_default();
            *(if label == Label::Ham { ham } else { spam }) += 1;
        }
    }

    /// What was found of the `n`th word, the strongest first.
    pub(crate) fn places_of(&self, n: usize, learner: &Logistic) -> Vec<WordPlace> {
        let found = self.places.iter().filter(|((of, _), _)| *of == n);
        let row = |(place, [ham, spam]): (&Place, &[u32; 2])| {
            let odds = self.odds(place, ham + spam, learner);
            let probability = 1.0 / (1.0 + (-odds).exp());
            (odds, WordPlace { said: place.1.clone(), ham: *ham, spam: *spam, probability })
        };
        let mut rows: Vec<(f64, WordPlace)> = found.map(row).collect();
        // Stable, so that equal ones stay in the order of their words.
        rows.sort_by(|(a, _), (b, _)| b.abs().total_cmp(&a.abs()));
        rows.into_iter().map(|(_, place)| place).collect()
    }

    /// What the tokens of a place say together, on average over the `lessons` that have it.
    fn odds(&self, place: &Place, lessons: u32, learner: &Logistic) -> f64 {
        let [body, header] = self.lengths.map(|tokens| tokens.div_ceil(self.lessons.max(1)));
        let odds = |(id, times): (&TokenId, &u32)| {
            let length = if id.is_of_body() { body } else { header };
            learner.odds_of(*id, length) * f64::from(*times)
        };
        let of_place =
            self.ids.iter().filter(|(id, _)| self.wanted.get(id).is_some_and(|places| places.contains(place)));
        of_place.map(odds).sum::<f64>() / f64::from(lessons.max(1))
    }
}

#[cfg(test)]
mod tests {
    use tamis_core::mail::{AccountFacts, Arrival, Mail};

    use super::*;

    fn ids(text: &str) -> Vec<TokenId> {
        ids_in(text, Lessons::Everybodys)
    }

    fn ids_in(text: &str, lessons: Lessons) -> Vec<TokenId> {
        let raw = format!("From: \"Ann\" <ann@shop.example>\r\nSubject: {text}\r\n\r\nPlease read: {text}\r\n");
        let arrival = Arrival { account: AccountFacts { lessons, ..AccountFacts::default() }, ..Arrival::default() };
        Features::of(&Mail::parse(raw.as_bytes(), &arrival)).ids()
    }

    #[test]
    fn lessons_of_an_account_that_learns_apart_count_in_the_same_place() {
        let accounts = ["me@example.org", "you@example.org"].map(str::to_owned);
        let mut search = Search::of(&["invoice".to_owned()], &accounts.clone().into());
        for name in accounts {
            search.add(&ids_in("an invoice", Lessons::Apart(name)), Label::Spam);
        }
        search.add(&ids_in("an invoice", Lessons::Apart("other@example.org".to_owned())), Label::Spam);
        search.add(&ids("an invoice"), Label::Ham);
        let rows = search.places_of(0, &Logistic::default());
        let row = rows.iter().find(|row| row.said == "\"invoice\"").unwrap();
        assert_eq!((row.ham, row.spam), (1, 2), "an account that is not known cannot be named");
    }

    #[test]
    fn more_than_two_words_are_no_token_unless_it_is_written_out() {
        for (word, want) in [
            ("invoice", false),
            ("wire transfer", false),
            ("a wire transfer", true),
            ("x-mailer: mass mailer", false),
            ("x-mailer: mass mailer 2", true),
            ("count:HTML links 1", false),
            ("in:subject account _ _ suspended", false),
        ] {
            assert_eq!(is_too_long(word), want, "{word}");
        }
    }

    #[test]
    fn a_word_is_counted_in_every_place_and_weighs_as_it_was_taught() {
        let mut search =
            Search::of(&["INVOICE".to_owned(), "account suspended".to_owned(), "nowhere".to_owned()], &BTreeSet::new());
        let mut learner = Logistic::default();
        let mut add = |ids: Vec<TokenId>, label| {
            search.add(&ids, label);
            learner.train(&ids, label);
        };
        for n in 0..10 {
            add(ids(&format!("overdue invoice {n}")), Label::Spam);
            add(ids("minutes of the meeting"), Label::Ham);
        }
        add(ids("an invoice for lunch"), Label::Ham);
        add(ids("your account is suspended"), Label::Spam);
        add(ids("your account was suspended"), Label::Spam);
        let rows = search.places_of(0, &learner);
        let says = |row: &WordPlace| (row.probability - 0.5).abs();
        assert!(rows.is_sorted_by(|a, b| says(b) <= says(a)), "{rows:#?}");
        for said in ["\"invoice\"", "\"invoice\" in the subject"] {
            let row = rows.iter().find(|row| row.said == said).unwrap();
            assert_eq!((row.ham, row.spam), (1, 10), "{row:?}");
            assert!(0.5 < row.probability && row.probability < 1.0, "{row:?}");
        }
        let [row] = &search.places_of(1, &learner)[..] else { panic!("one place") };
        assert_eq!((row.said.as_str(), row.ham, row.spam), ("\"account \u{2026} suspended\" in the subject", 0, 2));
        assert!(search.places_of(2, &learner).is_empty());
    }
}
