//! Tags in patterns that stand for other patterns (`Mail::SpamAssassin::Plugin::ReplaceTags`): `<A>` for all ways to
//! write an A.

use std::collections::{BTreeMap, BTreeSet};

use super::line::{escaped, split};
use crate::rules::book::{Pattern, Test};

/// A tag may stand for other tags, so deep.
const DEPTH: usize = 5;

/// No pattern grows beyond so many bytes.
const LIMIT: usize = 1 << 18;

/// What the `replace_` lines say.
#[derive(Clone, Debug)]
pub(super) struct Replace {
    start: String,
    end: String,
    tags: BTreeMap<String, String>,
    before: BTreeMap<String, String>,
    between: BTreeMap<String, String>,
    after: BTreeMap<String, String>,
    rules: BTreeSet<String>,
}

impl Default for Replace {
    fn default() -> Self {
        let none = BTreeMap::new;
        Self {
            start: "<".to_owned(),
            end: ">".to_owned(),
            tags: none(),
            before: none(),
            between: none(),
            after: none(),
            rules: BTreeSet::new(),
        }
    }
}

impl Replace {
    /// Takes in the line `replace_WHAT TEXT`. Whether there is such a line.
    pub(super) fn read(&mut self, what: &str, text: &str) -> bool {
        let table = match what {
            "tag" => &mut self.tags,
            "pre" => &mut self.before,
            "inter" => &mut self.between,
            "post" => &mut self.after,
            "rules" => {
                self.rules.extend(text.split_ascii_whitespace().map(str::to_owned));
                return true;
            }
            "start" | "end" => {
                let sign = if what == "start" { &mut self.start } else { &mut self.end };
                text.clone_into(sign);
                return true;
            }
            _ => return false,
        };
        let (name, pattern) = split(text);
        table.insert(name.to_owned(), escaped(pattern));
        true
    }

    /// The rules in which tags are replaced.
    pub(super) fn rules(&self) -> &BTreeSet<String> {
        &self.rules
    }

    /// Replaces the tags of one rule. `Err` says why it cannot be done.
    pub(super) fn apply(&self, test: &mut Test) -> Result<(), String> {
        let pattern = match test {
            Test::Header(test) => test.pattern.as_mut(),
            Test::Body(pattern) | Test::RawBody(pattern) | Test::Uri(pattern) | Test::Full(pattern) => Some(pattern),
            Test::MimeHeader(_) | Test::UriDetail(_) | Test::Meta(_) | Test::Eval(_) | Test::AskDns(_) => None,
        };
        match pattern {
            Some(pattern) if !self.start.is_empty() && !self.end.is_empty() => self.replace(pattern),
            _ => Ok(()),
        }
    }

    fn replace(&self, pattern: &mut Pattern) -> Result<(), String> {
        let mut text = std::mem::take(&mut pattern.text);
        let before = self.control(&mut text, "pre", &self.before);
        let between = self.control(&mut text, "inter", &self.between);
        let after = self.control(&mut text, "post", &self.after);
        if !between.is_empty() {
            text =
                text.replace(&format!("{}{}", self.end, self.start), &format!("{}{between}{}", self.end, self.start));
        }
        pattern.text = self.filled(&text, (before, after), 0)?;
        Ok(())
    }

    /// Takes `<inter NAME>` out of the text. What it stands for holds for the whole pattern.
    fn control<'t>(&self, text: &mut String, word: &str, table: &'t BTreeMap<String, String>) -> &'t str {
        let open = format!("{}{word} ", self.start);
        let found = text.split_once(&*open).and_then(|(left, rest)| {
            let (name, right) = rest.split_once(&*self.end)?;
            is_word(name).then(|| (name.to_owned(), format!("{left}{right}")))
        });
        let Some((name, rest)) = found else { return "" };
        *text = rest;
        table.get(&name).map_or("", String::as_str)
    }

    /// The text with each tag that we know replaced. What stands before and after tags does so with those that we do not
    /// know, too.
    fn filled(&self, text: &str, around: (&str, &str), depth: usize) -> Result<String, String> {
        let mut filled = String::with_capacity(text.len() * 2);
        let mut rest = text;
        while let Some((left, after)) = rest.split_once(&*self.start) {
            filled.push_str(left);
            let tag = after.split_once(&*self.end).filter(|(name, _)| is_word(name));
            // `(?<name>` is Perl's.
            let Some((name, right)) = tag.filter(|_| depth < DEPTH && !filled.ends_with("(?")) else {
                filled.push_str(&self.start);
                rest = after;
                continue;
            };
            filled.push_str(around.0);
            match self.tags.get(name) {
                Some(value) => filled.push_str(&self.filled(value, ("", ""), depth + 1)?),
                None => [&self.start, name, &self.end].into_iter().for_each(|piece| filled.push_str(piece)),
            }
            filled.push_str(around.1);
            rest = right;
            if LIMIT < filled.len() {
                return Err("its pattern grows too long when its tags are replaced".to_owned());
            }
        }
        filled.push_str(rest);
        Ok(filled)
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Patterns are what SpamAssassin 4.0.1 makes of them.
    #[test]
    fn tags_are_replaced_as_in_spamassassin() {
        let mut replace = Replace::default();
        for (what, text) in [
            ("tag", "X [ox]"),
            ("tag", "N <X>n"),
            ("tag", "LATE <Q>"),
            ("tag", "Q\tq"),
            ("tag", "LOOP <LOOP>"),
            ("inter", "IN \\W?"),
            ("inter", "IN2 \\s"),
            ("post", "PO {1,2}"),
            ("pre", "PR \\b"),
        ] {
            assert!(replace.read(what, text));
        }
        for (text, want) in [
            ("<X>ne", "[ox]ne"),
            ("<NOPE>ne", "<NOPE>ne"),
            ("<x>", "<x>"),
            ("<N>e", "[ox]ne"),
            ("<inter IN><post PO><pre PR><X><N><X>", r"\b[ox]{1,2}\W?\b[ox]n{1,2}\W?\b[ox]{1,2}"),
            ("<inter IN><X>a<X><X>b<post PO><X>", r"[ox]{1,2}a[ox]{1,2}\W?[ox]{1,2}b[ox]{1,2}"),
            ("<X>{2}<X>", "[ox]{2}[ox]"),
            ("<inter IN><X>+<X>", "[ox]+[ox]"),
            ("(?:<inter IN><X>)<X>", "(?:[ox])[ox]"),
            ("<inter IN><inter IN2><X><X>", r"<inter IN2>\W?[ox]\W?[ox]"),
            ("<inter NOPE><X><X>", "[ox][ox]"),
            ("<LATE><X>", "q[ox]"),
            ("a<X>\\<X>", "a[ox]\\[ox]"),
            ("(?<name>a)(?<!b)", "(?<name>a)(?<!b)"),
            ("<post PO><X><NOPE>a", "[ox]{1,2}<NOPE>{1,2}a"),
            ("<LOOP>", "<LOOP>"),
        ] {
            let mut test = Test::Body(Pattern { text: text.to_owned(), ..Pattern::default() });
            assert_eq!(replace.apply(&mut test), Ok(()));
            assert_eq!(test, Test::Body(Pattern { text: want.to_owned(), ..Pattern::default() }), "{text}");
        }
    }

    #[test]
    fn a_pattern_cannot_grow_without_end() {
        let mut replace = Replace::default();
        for (name, of) in [("A", "B"), ("B", "C"), ("C", "D"), ("D", "E"), ("E", "F")] {
            replace.read("tag", &format!("{name} {}", format!("<{of}>").repeat(1000)));
        }
        let mut test = Test::Body(Pattern { text: "<A>".to_owned(), ..Pattern::default() });
        assert!(replace.apply(&mut test).is_err());
    }

    #[test]
    fn the_signs_around_tags_can_be_others() {
        let mut replace = Replace::default();
        assert!(replace.read("start", "{{") && replace.read("end", "}}") && replace.read("tag", "X [ox]"));
        assert!(!replace.read("nothing", ""));
        let mut test = Test::Uri(Pattern { text: "<X>{{X}}".to_owned(), ..Pattern::default() });
        assert_eq!(replace.apply(&mut test), Ok(()));
        assert_eq!(test, Test::Uri(Pattern { text: "<X>[ox]".to_owned(), ..Pattern::default() }));
    }
}
