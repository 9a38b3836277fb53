//! What is promised of the words: no language lacks a line, no line is left over, each gets its values.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use super::*;

/// The lines of a file and the values each wants.
fn lines(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    if let Err((_, errors)) = FluentResource::try_new(text.to_owned()) {
        panic!("{errors:?} in\n{text}");
    }
    let mut found = BTreeMap::new();
    let mut id = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with(|first: char| first.is_ascii_lowercase()) {
            id = line.split(" =").next().unwrap().to_owned();
            found.insert(id.clone(), BTreeSet::new());
        }
        for rest in line.split('$').skip(1) {
            let name = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap();
            found.get_mut(&id).unwrap().insert(name.to_owned());
        }
    }
    found
}

#[test]
fn every_language_has_every_line_with_the_same_values() {
    let [english, others @ ..] = &LANGUAGES;
    for other in others {
        assert_eq!(english.files.len(), other.files.len());
        for (ours, theirs) in english.files.iter().zip(other.files) {
            assert_eq!(lines(ours), lines(theirs), "{}", other.code);
        }
    }
}

#[test]
fn every_line_is_used_and_gets_its_values() {
    let known: BTreeMap<_, _> = LANGUAGES[0].files.iter().flat_map(|file| lines(file)).collect();
    let mut used = BTreeSet::new();
    sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut |file, text| {
        let mut before = ' ';
        for call in text.split("t!(") {
            let is_ours = !std::mem::replace(&mut before, call.chars().last().unwrap_or(' ')).is_alphanumeric();
            let Some((id, rest)) = call.trim_start().strip_prefix('"').and_then(|call| call.split_once('"')) else {
                continue;
            };
            if !is_ours {
                continue;
            }
            let Some(wanted) = known.get(id) else { panic!("{file} uses `{id}`, which no file in assets/text has") };
            let end = rest.find(')').unwrap_or(rest.len());
            assert!(wanted.is_empty() || 1 < end, "{file} gives no values to `{id}`, which wants {wanted:?}");
            for name in wanted {
                assert!(rest.contains(&format!("{name} = ")), "{file} does not give `{name}` to `{id}`");
            }
            used.insert(id.to_owned());
        }
    });
    let is_by_key = |id: &str| BY_KEY.iter().any(|prefix| id.starts_with(prefix));
    let left: Vec<_> = known.keys().filter(|id| !used.contains(*id) && !is_by_key(id)).collect();
    assert!(left.is_empty(), "nothing uses {left:?}");
}

/// Lines that are found by what the agent names.
const BY_KEY: [&str; 3] = ["setting-", "group-", "choice-"];

#[test]
fn every_setting_group_and_choice_has_its_line_in_every_language_and_no_line_is_left_over() {
    let mut named = BTreeSet::new();
    named.extend(["checks", "scores"].map(|section| ("group", section.to_owned())));
    named.extend(tamis_core::config::OF_ACCOUNT.iter().map(|setting| ("setting", setting.key.to_owned())));
    for setting in tamis_core::config::SETTINGS {
        let (section, _) = setting.place();
        named.insert(("group", section.to_owned()));
        named.insert(("setting", setting.key.to_owned()));
        if let tamis_core::config::Kind::Choice(words) = setting.kind {
            named.extend(words.iter().map(|word| ("choice", (*word).to_owned())));
        }
    }
    for language in [Language::English, Language::German] {
        speak(language);
        for (prefix, key) in &named {
            assert!(by_key(prefix, key, Part::Name).is_some(), "{prefix} {key}");
            assert_eq!(by_key(prefix, key, Part::About).is_some(), *prefix == "setting", "{prefix} {key}");
        }
    }
    for (number, language) in LANGUAGES.iter().enumerate() {
        let ids = language.files.iter().flat_map(|file| lines(file)).map(|(id, _)| id);
        let found = ids.filter(|id| BY_KEY.iter().any(|prefix| id.starts_with(prefix))).count();
        assert_eq!(found, named.len(), "language {number}");
    }
    assert_eq!(by_key("setting", "of.nothing", Part::Name), None);
}

fn sources(folder: &Path, each: &mut dyn FnMut(&str, &str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, each);
        } else if !path.ends_with("text.rs") && !path.ends_with("text/tests.rs") {
            each(&path.display().to_string(), &fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn each_language_is_spoken_and_what_it_lacks_is_english() {
    assert_eq!((spoken(), line("side-history", &[])), ("en", "History".into()));
    speak(Language::German);
    assert_eq!((spoken(), line("side-history", &[])), ("de", "Verlauf".into()));
    assert_eq!(line("of-no-language", &[]), "of-no-language");
}

#[test]
fn numbers_have_the_separators_of_the_language() {
    let german = |value: f64| number(&FluentValue::from(value), '.', ',').unwrap();
    let english = |value: u32| number(&FluentValue::from(value), ',', '.').unwrap();
    assert_eq!([german(0.5), german(1234.5), german(-1_234_567.0)], ["0,5", "1.234,5", "-1.234.567"]);
    assert_eq!([english(999), english(1000), english(100_000)], ["999", "1,000", "100,000"]);
}

#[test]
fn no_text_of_the_window_stands_in_the_program() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/src/");
    let mut found = Vec::new();
    sources(Path::new(root), &mut |file, text| {
        let name = file.strip_prefix(root).unwrap().replace('\\', "/");
        let is_shown = ["panels", "view", "app", "client", "widgets"].iter().any(|part| name.starts_with(part));
        if !is_shown || name.contains("tests") {
            return;
        }
        let program = text.split("#[cfg(test)]").next().unwrap();
        found.extend(literals(program).into_iter().filter(|text| is_prose(text)).map(|text| format!("{name}: {text}")));
    });
    assert!(found.is_empty(), "these belong into assets/text:\n{}", found.join("\n"));
    assert!(is_prose("Add account") && is_prose("{count} more points"));
    assert!(!is_prose("{name}: {text}") && !is_prose("add-account") && !is_prose(" · "));
    let sample = "f(\"a \\\" b\"); // \"no\"\n#[expect(x, reason = \"no\")] g('\"', \"c d\")";
    assert_eq!(literals(sample), ["a \\\" b", "c d"]);
}

/// Whether it has words with blanks between them, without what is put in.
fn is_prose(literal: &str) -> bool {
    let mut bare = String::new();
    let mut depth = 0_u32;
    for c in literal.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            c if depth == 0 => bare.push(c),
            _ => {}
        }
    }
    // A form of a date is none.
    !bare.starts_with('%')
        && bare.trim_start_matches(", ").trim().contains(' ')
        && bare.chars().any(char::is_alphabetic)
}

/// The texts in quotation marks in a program, but for those of remarks and attributes.
fn literals(program: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for line in program.lines() {
        let mut rest = line;
        while let Some((before, after)) = rest.split_once('"') {
            if before.contains("//") {
                break;
            }
            if before.ends_with('\'') {
                rest = after;
                continue;
            }
            let is_end = |at: usize| !after.get(..at).unwrap().ends_with('\\');
            let Some((end, _)) = after.match_indices('"').find(|(at, _)| is_end(*at)) else { break };
            if !before.ends_with("reason = ") {
                found.push(after.get(..end).unwrap());
            }
            rest = after.get(end + 1..).unwrap();
        }
    }
    found
}
