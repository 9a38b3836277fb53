//! `redirector_pattern`: pages that lead on to an address that stands in theirs.

use std::{collections::BTreeSet, sync::Arc};

use aho_corasick::AhoCorasick;

use crate::rules::{
    book::{Directive, Pattern},
    load::pattern_of,
    pattern::{Plan, Redirect},
};

/// Most bytes of an address that are looked at.
const MAX_ADDRESS: usize = 4096;

/// Patterns with a group that takes the target.
#[derive(Clone, Debug, Default)]
pub struct Redirectors {
    patterns: Vec<Arc<Redirect>>,
    /// Patterns that any address may fit, by their places.
    always: BTreeSet<usize>,
    /// What else an address must have in it for one of the others to fit; `None`: nothing.
    words: Option<Arc<AhoCorasick>>,
    /// Whose words they are.
    owners: Vec<usize>,
}

impl Redirectors {
    /// Takes the patterns from the directives, in order. What is no pattern is passed over.
    pub fn read(directives: &[Directive]) -> Self {
        let of_redirectors = directives.iter().filter(|directive| directive.name == "redirector_pattern");
        let mut all = Self::default();
        let mut words = Vec::new();
        for pattern in of_redirectors.filter_map(|directive| pattern_of(&directive.value)) {
            all.add(&pattern, &mut words);
        }
        all.words = AhoCorasick::builder().ascii_case_insensitive(true).build(&words).ok().map(Arc::new);
        if all.words.is_none() {
            all.always = (0..all.patterns.len()).collect();
        }
        all
    }

    fn add(&mut self, pattern: &Pattern, words: &mut Vec<Vec<u8>>) {
        let Some(redirect) = Redirect::new(pattern) else { return };
        let place = self.patterns.len();
        self.patterns.push(Arc::new(redirect));
        let Some(required) = Plan::new(&pattern.text, &pattern.flags).ok().and_then(|plan| plan.required) else {
            self.always.insert(place);
            return;
        };
        self.owners.extend(required.iter().map(|_| place));
        words.extend(required);
    }

    /// Where an address leads, by the first pattern that knows it. What has no dot in it is no target. `budget` is how
    /// many steps the addresses of a message may cost; what is spent is taken off.
    pub fn target(&self, address: &[u8], budget: &mut u64) -> Option<Vec<u8>> {
        let address = address.get(..MAX_ADDRESS).unwrap_or(address);
        let mut likely = self.always.clone();
        let found = self.words.iter().flat_map(|words| words.find_overlapping_iter(address));
        likely.extend(found.filter_map(|found| self.owners.get(found.pattern().as_usize())));
        let mut patterns = likely.into_iter().filter_map(|place| self.patterns.get(place));
        let target = patterns.find_map(|pattern| pattern.target(address, budget))?;
        target.contains(&b'.').then(|| target.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Place;

    fn directive(value: &str) -> Directive {
        Directive { name: "redirector_pattern".to_owned(), value: value.to_owned(), place: Place::default() }
    }

    #[test]
    fn the_first_group_that_takes_something_is_the_target() {
        let list = Redirectors::read(&[
            directive("m'^https?://go\\.example/\\?(?:u=|v=)(.*?)(?:&|$)'i"),
            directive("no pattern"),
            directive("/^http:\\/\\/other\\.example\\/(.*)$/"),
        ]);
        let target =
            |address: &str| list.target(address.as_bytes(), &mut 1_000).map(|found| String::from_utf8(found).unwrap());
        assert_eq!(target("http://GO.example/?u=http://a.example&x=1").as_deref(), Some("http://a.example"));
        assert_eq!(target("http://other.example/b.example/").as_deref(), Some("b.example/"));
        assert_eq!(target("http://a.example/"), None);
    }

    #[test]
    fn all_addresses_of_a_message_together_cost_no_more_than_it_may_spend() {
        let list = Redirectors::read(&[directive("m'/\\?.*(?<=[?&])URL=(.*)'i")]);
        let hostile = "http://URL=a.example".to_owned() + &"/?".repeat(2_000);
        let mut budget = 1_000_000;
        for _ in 0..1_000 {
            assert_eq!(list.target(hostile.as_bytes(), &mut budget), None);
        }
        assert!(budget < 1_000, "{budget}");
        let mut enough = 1_000_000;
        assert_eq!(list.target(hostile.as_bytes(), &mut enough), None);
        assert!(enough >= 900_000, "one address takes a tenth at most");
        assert!(list.target(b"http://a.example/?URL=b.example", &mut enough).is_some());
    }
}
