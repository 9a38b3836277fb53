//! How many rules of each kind there are, how many run, and why the others do not.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    book::{Book, Place, Problem, Rule, ScoreSet, Test},
    load::plugin_of_function,
};

/// What becomes of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It runs.
    Runs,
    /// It asks the network: what it asks is asked elsewhere, or not at all.
    AsksNetwork,
    /// It tells what SpamAssassin's own learner says, which is not here.
    NeedsLearner,
    /// The files give it 0 points.
    Off,
    /// It cannot run. Why, in one sentence.
    Skipped(String),
}

/// The rules of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Rules that were read.
    pub loaded: u32,
    /// Of these: those that run.
    pub runs: u32,
    /// Of these: those that ask the network.
    pub asks_network: u32,
    /// Of these: those that need SpamAssassin's learner.
    pub needs_learner: u32,
    /// Of these: those with 0 points.
    pub off: u32,
    /// Rules that cannot run, read or not.
    pub skipped: u32,
}

/// Lines of which the same is to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What, without what differs from line to line.
    pub why: String,
    /// All of them.
    pub problems: Vec<Problem>,
}

/// The count of all rules of a book.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// By kind: `header`, `body`, `eval`.
    pub kinds: BTreeMap<&'static str, Count>,
    /// All kinds together.
    pub total: Count,
    /// What is skipped and why, the most frequent reason first. Lines that name no rule are among them.
    pub skipped: Vec<Group>,
    /// What is worth knowing and no fault, in the same way.
    pub notes: Vec<Group>,
}

/// The kind of rules of which the line could not even be read.
const UNREAD: &str = "unread";

impl Census {
    /// Counts. `compiling` is what else cannot run, and `has_function` says whether rules can call a function.
    pub fn of(book: &Book, compiling: &[Problem], has_function: &dyn Fn(&str) -> bool) -> Self {
        let broken: BTreeMap<&str, &str> = named(compiling).collect();
        let mut census = Self::default();
        let mut problems: Vec<Problem> = book.problems.iter().chain(compiling).cloned().collect();
        for rule in book.rules.values() {
            let fate = match broken.get(rule.name.as_str()) {
                Some(why) => Fate::Skipped((*why).to_owned()),
                None => fate(rule, has_function),
            };
            census.add(kind(&rule.test), &fate);
            if let Fate::Skipped(why) = fate
                && !broken.contains_key(rule.name.as_str())
            {
                problems.push(Problem { place: rule.place.clone(), rule: Some(rule.name.clone()), why });
            }
        }
        let unread: BTreeSet<&str> = named(&book.problems).map(|(name, _)| name).collect();
        for _ in unread.into_iter().filter(|name| !book.rules.contains_key(*name)) {
            census.add(UNREAD, &Fate::Skipped(String::new()));
        }
        census.skipped = groups(problems);
        census.notes = groups(book.notes.clone());
        census
    }

    /// The share of all rules in the files that were read and are not skipped, from 0 to 1; of no rules it is 1.
    pub fn share(&self) -> f64 {
        let all = self.total.loaded + self.kinds.get(UNREAD).map_or(0, |count| count.skipped);
        if all == 0 { 1.0 } else { f64::from(all.saturating_sub(self.total.skipped)) / f64::from(all) }
    }

    fn add(&mut self, kind: &'static str, fate: &Fate) {
        for count in [self.kinds.entry(kind).or_default(), &mut self.total] {
            count.loaded += u32::from(kind != UNREAD);
            let of_fate = match fate {
                Fate::Runs => &mut count.runs,
                Fate::AsksNetwork => &mut count.asks_network,
                Fate::NeedsLearner => &mut count.needs_learner,
                Fate::Off => &mut count.off,
                Fate::Skipped(_) => &mut count.skipped,
            };
            *of_fate += 1;
        }
    }
}

/// The place of a problem in words: `20_body.cf:12`.
impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// What becomes of a rule that was read, as far as the book tells.
fn fate(rule: &Rule, has_function: &dyn Fn(&str) -> bool) -> Fate {
    if matches!(rule.test, Test::AskDns(_)) {
        return Fate::AsksNetwork;
    }
    let call = if let Test::Eval(call) = &rule.test { Some(call) } else { None };
    let call = call.filter(|call| !has_function(&call.function));
    let plugin = call.and_then(|call| plugin_of_function(&call.function));
    match (call, plugin) {
        (Some(_), Some(plugin)) if plugin.asks_network => Fate::AsksNetwork,
        (Some(_), Some(plugin)) if plugin.name == "Bayes" => Fate::NeedsLearner,
        _ if rule.is_off(ScoreSet::default()) => Fate::Off,
        (Some(call), _) => Fate::Skipped(format!("it calls a function that is not here: {}", call.function)),
        (None, _) => Fate::Runs,
    }
}

/// The word that defines such rules; `eval` for those that call a function.
pub fn kind(test: &Test) -> &'static str {
    match test {
        Test::Header(_) => "header",
        Test::MimeHeader(_) => "mimeheader",
        Test::Body(_) => "body",
        Test::RawBody(_) => "rawbody",
        Test::Uri(_) => "uri",
        Test::Full(_) => "full",
        Test::UriDetail(_) => "uri_detail",
        Test::Meta(_) => "meta",
        Test::Eval(_) => "eval",
        Test::AskDns(_) => "askdns",
    }
}

/// The problems that name a rule.
fn named(problems: &[Problem]) -> impl Iterator<Item = (&str, &str)> {
    problems.iter().filter_map(|problem| problem.rule.as_deref().map(|name| (name, problem.why.as_str())))
}

/// What stands before the first `: ` is the reason; the rest differs.
fn groups(problems: Vec<Problem>) -> Vec<Group> {
    let mut groups: BTreeMap<String, Vec<Problem>> = BTreeMap::new();
    for problem in problems {
        let why = problem.why.split_once(": ").map_or(&*problem.why, |(why, _)| why).to_owned();
        groups.entry(why).or_default().push(problem);
    }
    let mut groups: Vec<Group> = groups.into_iter().map(|(why, problems)| Group { why, problems }).collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.problems.len()));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{LoadSettings, RuleFile, load};

    const RULES: &str = "body A /x/\nbody OFF /x/\nscore OFF 0\nheader E eval:here()\nheader F eval:gone()\nbody G eval:gone2()\n\
        header N eval:check_rbl('a','b')\nbody B eval:check_bayes('0','1')\naskdns D _SENDERDOMAIN_ A /./\n\
        meta M A && (\nbody BAD x\nbody BAD y\nbody A broken\nnonsense\nheader Z eval:gone3()\nscore Z 0\n";

    #[test]
    fn every_rule_is_counted_once_with_its_reason() {
        let file = RuleFile { name: "a.cf".to_owned(), text: RULES.into(), is_only_included: false };
        let book = load(&[file], &LoadSettings::default());
        let place = book.rules["A"].place.clone();
        let compiling = [Problem { place, rule: Some("A".to_owned()), why: "its pattern is odd: x".to_owned() }];
        let census = Census::of(&book, &compiling, &|function| function == "here");
        let body = Count { loaded: 2, off: 1, skipped: 1, ..Count::default() };
        let eval = Count { loaded: 6, runs: 1, asks_network: 1, needs_learner: 1, off: 1, skipped: 2 };
        assert_eq!(census.kinds["body"], body);
        assert_eq!(census.kinds["eval"], eval);
        assert_eq!(census.kinds["askdns"], Count { loaded: 1, asks_network: 1, ..Count::default() });
        assert_eq!(census.kinds[UNREAD], Count { skipped: 2, ..Count::default() });
        assert_eq!((census.total.loaded, census.total.skipped), (9, 5));
        assert!((census.share() - 6.0 / 11.0).abs() < 1e-9, "{}", census.share());
        let why: Vec<(&str, usize)> =
            census.skipped.iter().map(|group| (group.why.as_str(), group.problems.len())).collect();
        assert_eq!(why[0], ("it has no pattern such as `/text/`", 3));
        assert!(why.contains(&("it calls a function that is not here", 2)));
        assert!(why.contains(&("its pattern is odd", 1)) && why.contains(&("nobody knows this setting", 1)));
        assert_eq!(census.skipped[0].problems[0].place.to_string(), "a.cf:11");
    }
}
