//! What has been read so far. Rules, their points and the rest come in any order, and the last word holds.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    LoadSettings,
    condition::World,
    known::{Known, known},
    line::{Line, split, spoken},
    plugins,
    replace::Replace,
    rule::{self, KINDS, is_name},
    setting::{self, Score},
};
use crate::rules::{
    book::{Book, Directive, Flags, Place, Problem, Rule, Test},
    meta::{Expression, Names, order},
};

/// Rules with a named group set a tag for the others, so they run before them.
const FIRST: i32 = -10_000;

/// Everything that lines can change.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub world: World,
    languages: &'a [String],
    tests: BTreeMap<String, (Test, Place)>,
    scores: BTreeMap<String, ([f64; 4], Place)>,
    abouts: BTreeMap<String, String>,
    flags: BTreeMap<String, Flags>,
    priorities: BTreeMap<String, i32>,
    replace: Replace,
    directives: Vec<Directive>,
    problems: Vec<Problem>,
    notes: Vec<Problem>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(settings: &'a LoadSettings) -> Self {
        let world = World { plugins: settings.plugins.clone(), compat: settings.compat.clone() };
        Self {
            world,
            languages: &settings.languages,
            tests: BTreeMap::new(),
            scores: BTreeMap::new(),
            abouts: BTreeMap::new(),
            flags: BTreeMap::new(),
            priorities: BTreeMap::new(),
            replace: Replace::default(),
            directives: Vec::new(),
            problems: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Takes in one line that is neither a condition nor `include`.
    pub(super) fn read(&mut self, line: &Line<'_>) {
        let (word, rest) = line.split();
        let word = keyword(word);
        if word != "lang" {
            return self.line(&word, rest, &line.place);
        }
        let (language, rest) = split(rest);
        if self.languages.iter().any(|ours| speaks(ours, language)) {
            let (word, rest) = split(rest);
            self.line(&keyword(word), rest, &line.place);
        }
    }

    fn line(&mut self, word: &str, rest: &str, place: &Place) {
        if KINDS.contains(&word) {
            return self.rule(word, rest, place);
        }
        match word {
            "score" | "describe" | "tflags" | "priority" => self.setting(word, rest, place),
            "loadplugin" | "tryplugin" => self.plugin(word, rest, place),
            "enable_compat" => {
                self.world.compat.insert(rest.to_owned());
            }
            // A newer or older version is no reason not to try.
            "require_version" => {}
            _ => self.directive(word, rest, place),
        }
    }

    fn directive(&mut self, word: &str, rest: &str, place: &Place) {
        if word.strip_prefix("replace_").is_some_and(|what| self.replace.read(what, rest)) {
            return;
        }
        match known(word) {
            Known::Quiet => {}
            Known::Kept => {
                self.directives.push(Directive { name: word.to_owned(), value: spoken(rest), place: place.clone() });
            }
            Known::Not => self.problem(place, None, format!("nobody knows this setting: {}", spoken(word))),
        }
    }

    fn rule(&mut self, kind: &str, rest: &str, place: &Place) {
        let (name, text) = split(rest);
        if !is_name(name) {
            return self.problem(place, None, format!("a rule cannot have this name: {}", spoken(name)));
        }
        match rule::test(kind, text) {
            Ok(test) => {
                self.tests.insert(name.to_owned(), (test, place.clone()));
            }
            Err(why) => self.problem(place, Some(name), why),
        }
    }

    fn setting(&mut self, word: &str, rest: &str, place: &Place) {
        let (name, text) = split(rest);
        if !is_name(name) {
            return self.problem(place, None, format!("`{word}` names no rule: {}", spoken(name)));
        }
        match word {
            "score" => self.score(name, text, place),
            "describe" => drop(self.abouts.insert(name.to_owned(), spoken(text))),
            "tflags" => drop(self.flags.insert(name.to_owned(), setting::flags(text))),
            _ => match text.parse() {
                Ok(priority) => drop(self.priorities.insert(name.to_owned(), priority)),
                Err(_) => self.note(place, Some(name), "its priority is no whole number, so it has none".to_owned()),
            },
        }
    }

    fn score(&mut self, name: &str, text: &str, place: &Place) {
        let Some(score) = Score::read(text) else {
            let why = "its score is neither one number nor four, so it has none";
            return self.note(place, Some(name), why.to_owned());
        };
        let before = self.scores.get(name).map(|(values, _)| *values);
        match score.after(before) {
            Some(values) => drop(self.scores.insert(name.to_owned(), (values, place.clone()))),
            None => self.note(place, Some(name), "its score is relative to one that it does not have".to_owned()),
        }
    }

    /// `loadplugin Mail::SpamAssassin::Plugin::DKIM /some/file.pm`
    fn plugin(&mut self, word: &str, rest: &str, place: &Place) {
        let (name, _) = split(rest);
        match plugins::find(name) {
            Some(plugin) => drop(self.world.plugins.insert(plugin.full_name())),
            None if word == "tryplugin" => {}
            None => self.note(place, None, format!("nobody here has this plugin: {}", spoken(name))),
        }
    }

    pub(super) fn problem(&mut self, place: &Place, rule: Option<&str>, why: String) {
        self.problems.push(Problem { place: place.clone(), rule: rule.map(str::to_owned), why });
    }

    pub(super) fn note(&mut self, place: &Place, rule: Option<&str>, why: String) {
        self.notes.push(Problem { place: place.clone(), rule: rule.map(str::to_owned), why });
    }

    /// The book, when all files are read.
    pub(super) fn finish(mut self) -> Book {
        self.replace_tags();
        let mut book =
            Book { rules: BTreeMap::new(), directives: self.directives, problems: self.problems, notes: self.notes };
        for (name, (_, place)) in self.scores.iter().filter(|(name, _)| !self.tests.contains_key(*name)) {
            let why = "it has a score, but is not here".to_owned();
            book.notes.push(Problem { place: place.clone(), rule: Some(name.clone()), why });
        }
        for (name, (test, place)) in self.tests {
            let unsaid = if captures(&test) { FIRST } else { 0 };
            let rule = Rule {
                scores: self.scores.remove(&name).map(|(values, _)| values),
                about: self.abouts.remove(&name).unwrap_or_default(),
                flags: self.flags.remove(&name).unwrap_or_default(),
                priority: self.priorities.remove(&name).unwrap_or(unsaid),
                name: name.clone(),
                place,
                test,
            };
            book.rules.insert(name, rule);
        }
        check_metas(&mut book);
        book
    }

    fn replace_tags(&mut self) {
        let replace = std::mem::take(&mut self.replace);
        for name in replace.rules() {
            let Some((test, place)) = self.tests.get_mut(name) else { continue };
            let place = place.clone();
            if let Err(why) = replace.apply(test) {
                self.tests.remove(name);
                self.problem(&place, Some(name), why);
            }
        }
    }
}

/// Takes out what is no expression, and says what can never hold.
fn check_metas(book: &mut Book) {
    let mut problems = Vec::new();
    let mut notes = Vec::new();
    let names = Names::of(book);
    let mut expressions = Vec::new();
    for rule in book.rules.values() {
        let Test::Meta(text) = &rule.test else { continue };
        let about = |why: String| Problem { place: rule.place.clone(), rule: Some(rule.name.clone()), why };
        match Expression::parse(text, &rule.name, &names) {
            Ok(expression) => {
                let unknown =
                    expression.unknown().iter().map(|name| about(format!("it names a rule that is not here: {name}")));
                notes.extend(unknown);
                expressions.extend(names.number(&rule.name).map(|number| (number, expression)));
            }
            Err(why) => problems.push(about(why)),
        }
    }
    let listed: Vec<(u32, &Expression)> =
        expressions.iter().map(|(number, expression)| (*number, expression)).collect();
    let stuck = order(&listed).stuck;
    for (_, rule) in (0..).zip(book.rules.values()).filter(|(number, _)| stuck.binary_search(number).is_ok()) {
        let why = "it waits for a rule that waits for itself, so it never holds".to_owned();
        problems.push(Problem { place: rule.place.clone(), rule: Some(rule.name.clone()), why });
    }
    for problem in problems {
        if let Some(name) = &problem.rule {
            book.rules.remove(name);
        }
        book.problems.push(problem);
    }
    book.notes.extend(notes);
}

/// Whether a rule has a named group.
fn captures(test: &Test) -> bool {
    let pattern = match test {
        Test::Header(test) | Test::MimeHeader(test) => test.pattern.as_ref(),
        Test::Body(pattern) | Test::RawBody(pattern) | Test::Uri(pattern) | Test::Full(pattern) => Some(pattern),
        Test::UriDetail(_) | Test::Meta(_) | Test::Eval(_) | Test::AskDns(_) => None,
    };
    let is_name = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    pattern.is_some_and(|pattern| pattern.text.split("(?<").skip(1).any(is_name))
}

/// Words are the same in capitals, and `-` is `_`.
fn keyword(word: &str) -> String {
    word.to_ascii_lowercase().replace('-', "_")
}

/// Whether lines in `language` are for somebody who reads `ours`.
fn speaks(ours: &str, language: &str) -> bool {
    let (ours, language) = (ours.to_ascii_lowercase(), language.to_ascii_lowercase());
    let is_of =
        |whole: &str, part: &str| whole.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'));
    !language.is_empty() && (is_of(&ours, &language) || is_of(&language, &ours))
}

/// A line's place.
pub(super) fn place(file: &Arc<str>, line: u32) -> Place {
    Place { file: Arc::clone(file), line }
}
