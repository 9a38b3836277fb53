//! `word`: what the learner knows of a word.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
};

use serde::Serialize;
use tamis_core::{
    learn::{Features, Label, Learner as _, Logistic, TokenId, candidates},
    mail::Lessons,
};

use super::{
    Backend, Failure,
    lessons::{NOTHING, older_line},
    out::Out,
    table::table,
};
use crate::{
    paths::Home,
    settings::Settings,
    store::glimpse::Glimpse,
    words::{grouped, one_line},
};

pub(super) const EXAMPLES: &str = "Examples:
  tamis-agent word invoice
  tamis-agent word \"wire transfer\" shop.example news@shop.example
  tamis-agent word \"x-mailer: mass mailer\"

Each word is looked for in the text, the subject, names of senders and files, links, hidden text, the
header and the route; two words in quotation marks are a pair. Good and spam are numbers of lessons
that have it. What it says alone is the probability of spam if a message of usual length had nothing
else that speaks; 50 % says nothing.";

#[derive(Debug, clap::Args)]
pub(super) struct WordArgs {
    /// Words, pairs of words, domains or addresses
    #[arg(required = true, value_name = "WORD")]
    words: Vec<String>,

    /// One JSON object a line instead of a table
    #[arg(long)]
    json: bool,
}

/// One place in which a word is.
#[derive(Debug, Serialize)]
struct Row {
    word: String,
    /// Where it is, in words.
    said: String,
    /// Good messages that have it there.
    ham: u32,
    spam: u32,
    /// What it says alone, 0 to 1.
    probability: f64,
    #[serde(skip)]
    odds: f64,
}

pub(super) fn word(home: &Home, args: &WordArgs, backend: &dyn Backend, out: &mut Out) -> Result<(), Failure> {
    if args.words.iter().any(|word| word.trim().is_empty()) {
        return Err(Failure::person("an empty word is in no message"));
    }
    if let Some(long) = args.words.iter().find(|word| is_too_long(word)) {
        let long = one_line(long);
        return Err(Failure::person(format!("`{long}` is more than two words; lessons know words and pairs of words")));
    }
    let mut search = Search::of(&args.words, &names(&Settings::load(home)?));
    if let Some(glimpse) = backend.lessons(home)? {
        search.read(&glimpse)?;
    }
    if search.lessons == 0 {
        let nothing = older_line(search.outdated).unwrap_or_else(|| NOTHING.to_owned());
        return if args.json { Ok(()) } else { out.line(nothing) };
    }
    for (n, word) in args.words.iter().enumerate() {
        let rows = search.rows(n, word);
        if args.json {
            rows.iter().try_for_each(|row| out.json(row))?;
            continue;
        }
        if 0 < n {
            out.line("")?;
        }
        if rows.is_empty() {
            out.line(format_args!("no lesson has `{}`", one_line(word)))?;
            continue;
        }
        lines(&rows).into_iter().try_for_each(|line| out.line(line))?;
    }
    Ok(())
}

/// Whether these are more words than a token has. A token that is named as it is written is taken as it is.
fn is_too_long(word: &str) -> bool {
    let is_written = word.split_once(':').is_some_and(|(_, rest)| !rest.starts_with(char::is_whitespace));
    let text = word.split_once(':').map_or(word, |(_, rest)| rest);
    !is_written && 2 < text.split_whitespace().count()
}

/// The accounts as lessons name them, whether they learn apart now or did so before.
fn names(settings: &Settings) -> BTreeSet<String> {
    let config = settings.config();
    let name = |account| match config.lessons_of(account) {
        Lessons::Together(name) | Lessons::Apart(name) => Some(name),
        Lessons::Everybodys => None,
    };
    config.accounts().iter().filter_map(name).collect()
}

fn lines(rows: &[Row]) -> Vec<String> {
    let cells = |row: &Row| vec![format!("{:.1} %", row.probability * 100.0), grouped(row.ham), grouped(row.spam)];
    let cells: Vec<Vec<String>> = rows.iter().map(cells).collect();
    let table = table(&["Says spam", "Good", "Spam"], &cells);
    let width = table.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    // What is said stands last, whole.
    let said = std::iter::once("Where".to_owned()).chain(rows.iter().map(|row| one_line(&row.said)));
    table.iter().zip(said).map(|(line, said)| format!("{line:<width$}  {said}")).collect()
}

/// What is looked for, and what was found.
#[derive(Default)]
struct Search {
    /// For each id by which words it is looked for, and under which phrase.
    wanted: BTreeMap<TokenId, BTreeSet<Place>>,
    /// Lessons of each label that have a place.
    places: BTreeMap<Place, [u32; 2]>,
    /// Lessons that have an id.
    ids: BTreeMap<TokenId, u32>,
    learner: Logistic,
    lessons: usize,
    /// Those of an older version, which do not count.
    outdated: u32,
    /// Tokens of the body and of the header, in all lessons together.
    lengths: [usize; 2],
}

/// The number of a word, and a phrase. Different tokens may be the same to a person.
type Place = (usize, String);

impl Search {
    /// A search for `words` in everybody's lessons, and in those of the accounts of these names.
    fn of(words: &[String], accounts: &BTreeSet<String>) -> Self {
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

    fn read(&mut self, glimpse: &Glimpse) -> Result<(), Failure> {
        let read = glimpse.each(&mut |lesson| {
            if lesson.version != Features::VERSION {
                self.outdated += u32::from(lesson.version < Features::VERSION);
            } else if let Some(ids) = Features::decode(&lesson.tokens) {
                self.add(&ids, lesson.label);
            }
            ControlFlow::Continue(())
        });
        Ok(read?)
    }

    fn add(&mut self, ids: &[TokenId], label: Label) {
        self.learner.train(ids, label);
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
    fn rows(&self, n: usize, word: &str) -> Vec<Row> {
        let found = self.places.iter().filter(|((of, _), _)| *of == n);
        let row = |(place, [ham, spam]): (&Place, &[u32; 2])| {
            let odds = self.odds(place, ham + spam);
            let probability = 1.0 / (1.0 + (-odds).exp());
            Row { word: word.to_owned(), said: place.1.clone(), ham: *ham, spam: *spam, probability, odds }
        };
        let mut rows: Vec<Row> = found.map(row).collect();
        // Stable, so that equal ones stay in the order of their words.
        rows.sort_by(|a, b| b.odds.abs().total_cmp(&a.odds.abs()));
        rows
    }

    /// What the tokens of a place say together, on average over the `lessons` that have it.
    fn odds(&self, place: &Place, lessons: u32) -> f64 {
        let [body, header] = self.lengths.map(|tokens| tokens.div_ceil(self.lessons.max(1)));
        let odds = |(id, times): (&TokenId, &u32)| {
            let length = if id.is_of_body() { body } else { header };
            self.learner.odds_of(*id, length) * f64::from(*times)
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
        let rows = search.rows(0, "invoice");
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
        for n in 0..10 {
            search.add(&ids(&format!("overdue invoice {n}")), Label::Spam);
            search.add(&ids("minutes of the meeting"), Label::Ham);
        }
        search.add(&ids("an invoice for lunch"), Label::Ham);
        search.add(&ids("your account is suspended"), Label::Spam);
        search.add(&ids("your account was suspended"), Label::Spam);
        let rows = search.rows(0, "INVOICE");
        assert!(rows.is_sorted_by(|a, b| b.odds.abs() <= a.odds.abs()), "{rows:#?}");
        for said in ["\"invoice\"", "\"invoice\" in the subject"] {
            let row = rows.iter().find(|row| row.said == said).unwrap();
            assert_eq!((row.ham, row.spam), (1, 10), "{row:?}");
            assert!(0.5 < row.probability && row.probability < 1.0, "{row:?}");
        }
        let [row] = &search.rows(1, "account suspended")[..] else { panic!("one place") };
        assert_eq!((row.said.as_str(), row.ham, row.spam), ("\"account \u{2026} suspended\" in the subject", 0, 2));
        assert!(search.rows(2, "nowhere").is_empty());
    }

    #[test]
    fn the_table_shows_what_is_said_whole() {
        let row = |said: &str, ham, spam, probability| Row {
            word: "x".to_owned(),
            said: said.to_owned(),
            ham,
            spam,
            probability,
            odds: 0.0,
        };
        let long = "x".repeat(60);
        let lines = lines(&[row("\"x\"", 3, 1204, 0.9712), row(&long, 0, 1, 0.5)]);
        assert_eq!(lines[0], "Says spam  Good  Spam   Where");
        assert_eq!(lines[1], "97.1 %     3     1,204  \"x\"");
        assert_eq!(lines[2], format!("50.0 %     0     1      {long}"));
    }
}
