//! Spam in another dress is known again, and honest mail is not taken for it.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

#[path = "../benches/fuzzy/dress.rs"]
mod dress;

#[expect(clippy::disallowed_methods, reason = "a test reads what core is given")]
mod demo {
    use std::{fs, path::Path};

    use tamis_core::{Arrival, Mail};

    /// The shown texts of the demo mail: whether they are spam, and the text.
    pub(crate) fn texts() -> Vec<(bool, String)> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/demo");
        let index = fs::read_to_string(folder.join("demo.index")).unwrap();
        let text = |line: &str| {
            let (label, path) = line.split_once(' ').unwrap();
            let raw = fs::read(folder.join(path)).unwrap();
            let text = tamis_core::fuzzy::shown(&Mail::parse(&raw, &Arrival::default()));
            (label == "spam", text.unwrap_or_default())
        };
        index.lines().map(text).collect()
    }
}

use dress::{Chance, Dress, dressed};
use tamis_core::fuzzy::Sketch;

#[test]
fn nine_of_ten_spam_letters_are_known_again_in_any_dress() {
    let all = demo::texts();
    let others: Vec<String> =
        all.iter().flat_map(|(_, text)| text.split_whitespace().take(40).map(str::to_owned)).collect();
    let spam: Vec<(&str, Sketch)> = all
        .iter()
        .filter(|(is_spam, _)| *is_spam)
        .filter_map(|(_, text)| Some((text.as_str(), Sketch::of(text)?)))
        .collect();
    assert!(15 <= spam.len(), "{} of the demo's spam have a text", spam.len());
    let mut chance = Chance::new(7);
    for dress in Dress::EACH {
        let tries = 4;
        let known = (0..tries).flat_map(|_| &spam).filter(|(text, sketch)| {
            let other = Sketch::of(&dressed(text, dress, &others, &mut chance));
            other.is_some_and(|other| sketch.likeness(&other).is_alike())
        });
        let known = known.count();
        assert!(spam.len() * tries * 9 <= known * 10, "{dress:?}: {known} of {}", spam.len() * tries);
    }
}

#[test]
fn no_letter_is_alike_to_another_by_chance() {
    let sketches: Vec<(String, Sketch)> =
        demo::texts().into_iter().filter_map(|(_, text)| Some((text.clone(), Sketch::of(&text)?))).collect();
    for (at, (one, sketch)) in sketches.iter().enumerate() {
        for (other, theirs) in sketches.iter().skip(at + 1) {
            let likeness = sketch.likeness(theirs);
            assert!(!likeness.is_alike() || share_a_sentence(one, other), "{likeness:?}\n{one}\n---\n{other}");
        }
    }
}

/// Whether two texts have forty letters in a row in common.
fn share_a_sentence(one: &str, other: &str) -> bool {
    let letters =
        |text: &str| text.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect::<Vec<_>>();
    let (one, other) = (letters(one), letters(other));
    let known: std::collections::BTreeSet<&[char]> = one.windows(40).collect();
    other.windows(40).any(|piece| known.contains(piece))
}
