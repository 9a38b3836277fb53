//! `redirector_pattern`: pages that lead on to an address that stands in theirs.

use std::sync::Arc;

use crate::rules::{book::Directive, load::pattern_of, pattern::Redirect};

/// Most bytes of an address that are looked at.
const MAX_ADDRESS: usize = 4096;

/// Patterns with a group that takes the target.
#[derive(Clone, Debug, Default)]
pub struct Redirectors(Vec<Arc<Redirect>>);

impl Redirectors {
    /// Takes the patterns from the directives, in order. What is no pattern is passed over.
    pub fn read(directives: &[Directive]) -> Self {
        let of_redirectors = directives.iter().filter(|directive| directive.name == "redirector_pattern");
        let patterns = of_redirectors.filter_map(|directive| pattern_of(&directive.value));
        Self(patterns.filter_map(|pattern| Redirect::new(&pattern)).map(Arc::new).collect())
    }

    /// Where an address leads, by the first pattern that knows it. What has no dot in it is no target.
    pub fn target(&self, address: &[u8]) -> Option<Vec<u8>> {
        let address = address.get(..MAX_ADDRESS).unwrap_or(address);
        let target = self.0.iter().find_map(|pattern| pattern.target(address))?;
        target.contains(&b'.').then(|| target.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Place;

    #[test]
    fn the_first_group_that_takes_something_is_the_target() {
        let directive = |value: &str| Directive {
            name: "redirector_pattern".to_owned(),
            value: value.to_owned(),
            place: Place::default(),
        };
        let list = Redirectors::read(&[
            directive("m'^https?://go\\.example/\\?(?:u=|v=)(.*?)(?:&|$)'i"),
            directive("no pattern"),
            directive("/^http:\\/\\/other\\.example\\/(.*)$/"),
        ]);
        let target = |address: &str| list.target(address.as_bytes()).map(|found| String::from_utf8(found).unwrap());
        assert_eq!(target("http://GO.example/?u=http://a.example&x=1").as_deref(), Some("http://a.example"));
        assert_eq!(target("http://other.example/b.example/").as_deref(), Some("b.example/"));
        assert_eq!(target("http://a.example/"), None);
    }
}
