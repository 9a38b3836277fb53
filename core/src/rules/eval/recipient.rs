//! On whom a message is to.

use super::{
    Eval, Scene,
    support::{addresses, argument, header, latin, line, number},
};
use crate::rules::book::EvalTest;

pub(super) const EVALS: &[Eval] = &[
    Eval { name: "sorted_recipients", run: sorted },
    Eval { name: "similar_recipients", run: similar },
    Eval { name: "check_for_to_in_subject", run: to_in_subject },
];

/// Recipients from which on their order says something.
const LEAST: usize = 7;

/// Recipients looked at for likeness.
const MOST: usize = 256;

fn to_and_copies(scene: &Scene<'_>) -> Vec<String> {
    let all: Vec<u8> = ["To", "Cc", "Bcc"].iter().flat_map(|name| [&header(scene, name)[..], b"\n"].concat()).collect();
    addresses(&all)
}

fn sorted(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let all = to_and_copies(scene);
    u32::from(LEAST <= all.len() && all.is_sorted())
}

/// So large a part of neighbours begin alike or are of one domain.
fn similar(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let all = to_and_copies(scene);
    if all.len() < 5 {
        return 0;
    }
    let all = all.get(..MOST).unwrap_or(&all);
    let names: Vec<&str> = all.iter().map(|address| address.get(..2).unwrap_or(address)).collect();
    let domains: Vec<&str> = all.iter().map(|address| address.rsplit('@').next().unwrap_or_default()).collect();
    let mut hits = 0.0;
    let mut pairs = 0.0;
    for (at, name) in names.iter().enumerate() {
        for (other, domain) in names.iter().zip(&domains).skip(at + 1) {
            hits += if name == other { 1.0 } else { 0.0 };
            hits += if domains.get(at) == Some(domain) { 0.5 } else { 0.0 };
            pairs += 1.0;
        }
    }
    let ratio = hits / pairs;
    let is_enough = number(test, 0).is_none_or(|least| least <= ratio);
    u32::from(is_enough && number(test, 1).is_none_or(|most| ratio < most))
}

/// The subject speaks to the recipient by the name in the address.
fn to_in_subject(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let all = latin(&header(scene, "To:addr"));
    let to = all.lines().next().unwrap_or_default().trim();
    let subject = latin(&line(scene, "Subject"));
    let Some((user, _)) = to.split_once('@').filter(|(user, _)| !user.is_empty()) else { return 0 };
    let is_in = match argument(test, 0) {
        "address" => subject.to_ascii_lowercase().contains(&to.to_ascii_lowercase()),
        "user" => is_spoken_to(&subject, user) || is_answered(&subject, user),
        _ => false,
    };
    u32::from(is_in)
}

/// `bob`, `bob,`, `bob - your money`.
fn is_spoken_to(subject: &str, user: &str) -> bool {
    let Some(rest) = subject.trim_start().strip_prefix(user) else { return false };
    let rest = rest.trim_start();
    let Some(after) = rest.strip_prefix([',', ':', ';', '!', '?', '-']) else { return rest.is_empty() };
    after.is_empty() || after.starts_with(char::is_whitespace)
}

/// `Re: bob`, `Fw: hi bob`.
fn is_answered(subject: &str, user: &str) -> bool {
    let Some((mark, rest)) = subject.split_once(':') else { return false };
    let words: Vec<&str> = rest.split_whitespace().collect();
    let is_mark = mark.eq_ignore_ascii_case("re") || mark.eq_ignore_ascii_case("fw");
    is_mark && words.len() <= 2 && words.last().is_some_and(|last| *last == user)
}
