//! Languages, and in which of them a message is written.

use std::{fmt, sync::LazyLock};

use whatlang::Lang;

/// So many letters are looked at; more say nothing new.
const MOST_LETTERS: usize = 4_000;

/// With fewer letters of an alphabet that many languages share, chance decides. With so many, of 2,749 wanted messages of
/// 2002 none and of 300 to abuse desks three (lists of addresses, a log) were taken for a language that they are not in.
const LEAST_LETTERS: usize = 120;

/// Of all scripts of which words are signs, so many say enough.
const LEAST_SIGNS: usize = 15;

static NAMES: LazyLock<Vec<Names>> = LazyLock::new(|| {
    let lines = include_str!("../../../assets/lists/languages.txt").lines().filter(|line| !line.starts_with('#'));
    let read = |line: &'static str| {
        let mut words = line.split(' ');
        let (two, three, name) = (words.next()?, words.next()?, words.next()?);
        Some(Names { two, name, lang: Lang::from_code(three)? })
    };
    lines.filter_map(read).collect()
});

struct Names {
    two: &'static str,
    name: &'static str,
    lang: Lang,
}

/// A language that can be told from text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language(Lang);

impl Language {
    /// Reads `cs`, `ces`, `Czech` or `Čeština`. An error is one sentence without full stop.
    pub(super) fn parse(written: &str) -> Result<Self, String> {
        let lower = written.to_lowercase();
        let is_it = |names: &&Names| {
            [names.two, names.lang.code()].contains(&lower.as_str())
                || [names.name, names.lang.name()].iter().any(|name| name.to_lowercase() == lower)
        };
        match NAMES.iter().find(is_it) {
            Some(names) => Ok(Self(names.lang)),
            None => Err(format!("\"{written}\" is not a language that can be told from text, such as cs or Czech")),
        }
    }

    /// Whether a text looks more like English than like any other language, be it ever so little.
    pub(crate) fn is_perhaps_english(text: &str) -> bool {
        whatlang::detect_lang(text) == Some(Lang::Eng)
    }

    /// Its English name.
    pub(super) fn name(self) -> &'static str {
        self.names().map_or("a language", |names| names.name)
    }

    fn names(self) -> Option<&'static Names> {
        NAMES.iter().find(|names| names.lang == self.0)
    }

    /// The language of a text. `None` if it is too short, or might be in several.
    pub(super) fn of(text: &str) -> Option<Self> {
        let words = prose(text);
        let found = whatlang::detect(&words)?;
        let letters = words.chars().filter(|letter| letter.is_alphabetic()).count();
        let least = if found.script().name() == "Latin" || found.script().name() == "Cyrillic" {
            LEAST_LETTERS
        } else {
            LEAST_SIGNS
        };
        (found.is_reliable() && least <= letters).then(|| Self(found.lang()))
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.names().map_or(self.0.code(), |names| names.two))
    }
}

/// The words that somebody has written here: no links, addresses and numbers, and nothing that is quoted.
fn prose(text: &str) -> String {
    let mut prose = String::new();
    let own = text.lines().filter(|line| !line.trim_start().starts_with(['>', '|']));
    for word in own.flat_map(str::split_whitespace) {
        if MOST_LETTERS <= prose.len() {
            break;
        }
        let is_word = !word.contains(|c: char| c.is_ascii_digit() || matches!(c, '@' | '/' | '_' | '='));
        if is_word && word.len() <= 100 {
            prose.push_str(word);
            prose.push(' ');
        } else if !word.is_ascii() {
            // Where nothing stands between words, all of a line is one.
            let letters = word.chars().filter(|c| !c.is_ascii());
            prose.extend(letters.take(MOST_LETTERS));
            prose.push(' ');
        }
    }
    prose
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_is_read_by_its_letters_and_names_and_kept_as_two_letters() {
        assert_eq!(NAMES.len(), Lang::all().len(), "all that can be told");
        for names in NAMES.iter() {
            for written in [names.two, names.lang.code(), names.name, names.lang.name()] {
                let language = Language::parse(&written.to_uppercase());
                assert_eq!(language.map(|language| language.to_string()), Ok(names.two.to_owned()), "{written}");
            }
        }
        assert!(Language::parse("Klingon").is_err());
    }

    #[test]
    fn a_text_is_told_if_it_is_long_enough_and_only_by_what_was_written_here() {
        let czech = "Dobrý den, posílám vám slíbené fotografie z výletu a těším se, že se zase brzy uvidíme. \
        Dejte prosím vědět, jestli se vám hodí příští víkend, nebo až ten další.";
        let english = "Thank you for the pictures, they are wonderful. We would like to come again in the summer, \
            if that is all right with you and the children, and stay for a whole week this time.";
        let quoting = format!("{english}\n{}", format!("> {czech}\n").repeat(20));
        for (text, want) in [
            (czech, "cs"),
            (english, "en"),
            ("今日は良い天気ですね。明日も晴れるといいです。", "ja"),
            (&"尊敬的客户，我们公司现在有2026年的新产品，价格只要99元，请您马上联系我们。".repeat(4), "zh"),
            ("Ok, thanks!", ""),
            ("", ""),
            (&quoting, "en"),
            ("http://example.org/dobry-den/posilam-vam-slibene-fotografie ".repeat(9).as_str(), ""),
        ] {
            let told = Language::of(text).map(|language| language.to_string()).unwrap_or_default();
            assert_eq!(told, want, "{text}");
        }
    }
}
