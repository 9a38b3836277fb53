//! On whom a message is to.

use super::{
    Eval, Scene,
    support::{argument, header, latin, line, mailboxes, number},
};
use crate::rules::book::EvalTest;

pub(super) const EVALS: &[Eval] = &[
    Eval { name: "sorted_recipients", run: sorted },
    Eval { name: "similar_recipients", run: similar },
    Eval { name: "check_for_to_in_subject", run: to_in_subject },
];

/// So many recipients have no order by chance.
const LEAST_SORTED: usize = 7;

/// So many recipients are not alike by chance.
const LEAST_SIMILAR: usize = 5;

/// Recipients looked at.
const MOST: usize = 256;

/// What [`Scene::to_and_copies`] keeps.
pub(super) fn to_and_copies(scene: &Scene<'_>) -> Vec<String> {
    let mut all = Vec::new();
    for address in ["To", "Cc", "Bcc"].iter().flat_map(|name| mailboxes(scene, name).into_owned()) {
        if !all.contains(&address) {
            all.push(address);
        }
    }
    all.truncate(MOST);
    all
}

fn sorted(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let all = scene.to_and_copies();
    u32::from(LEAST_SORTED <= all.len() && all.is_sorted())
}

/// For a pair of recipients 1 if their names begin alike, and 1 if their hosts do but are not the same: the mean of that
/// over all pairs is within the bounds.
fn similar(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let all = Some(scene.to_and_copies()).filter(|all| LEAST_SIMILAR <= all.len()).unwrap_or_default();
    let parts: Vec<(&str, &str)> = all.iter().map(|address| address.split_once('@').unwrap_or((address, ""))).collect();
    let (mut hits, mut pairs) = (0.0, 0.0);
    for (at, (user, host)) in parts.iter().enumerate() {
        for (other_user, other_host) in parts.iter().skip(at + 1) {
            hits += if begin(user) == begin(other_user) { 1.0 } else { 0.0 };
            hits += if host != other_host && begin(host) == begin(other_host) { 1.0 } else { 0.0 };
            pairs += 1.0;
        }
    }
    let ratio = if pairs == 0.0 { 0.0 } else { hits / pairs };
    let is_enough = number(test, 0).is_none_or(|least| least <= ratio);
    u32::from(is_enough && number(test, 1).is_none_or(|most| ratio < most))
}

/// The first two characters.
fn begin(text: &str) -> &str {
    text.char_indices().nth(2).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
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

#[cfg(test)]
mod tests {
    use super::super::test_mail::ask;

    #[test]
    fn seven_sorted_recipients_are_told() {
        for (to, want) in [
            ("a@x.com, b@x.com, c@x.com, d@x.com, e@x.com, f@x.com, g@x.com", 1),
            ("a@x.com, b@x.com, c@x.com, d@x.com, e@x.com, f@x.com", 0),
            ("a@x.com, b@x.com, c@x.com, d@x.com, e@x.com, g@x.com, f@x.com", 0),
        ] {
            assert_eq!(ask(&format!("To: {to}\n\nx"), "", "sorted_recipients", &[]), want, "{to}");
        }
    }

    #[test]
    fn likeness_is_of_names_and_of_different_hosts() {
        for (to, ratio) in [
            ("abx@one.com, aby@two.com, abz@three.com, cdw@four.com, cd@five.com", "0.4"),
            ("ab@net1.com, cd@net2.com, ef@net3.com, gh@net4.com, ij@five.com", "0.6"),
            ("ab@same.com, cd@same.com, ef@same.com, gh@same.com, ij@same.com", "0"),
            ("abx@net1.com, aby@net2.com, gh@net3.com, gh@six.com, ij@five.com", "0.5"),
        ] {
            let above: f64 = ratio.parse::<f64>().unwrap() + 0.01;
            let raw = format!("To: {to}\n\nx");
            assert_eq!(ask(&raw, "", "similar_recipients", &[ratio, &above.to_string()]), 1, "{to}");
            assert_eq!(ask(&raw, "", "similar_recipients", &[&above.to_string(), "undef"]), 0, "{to}");
        }
    }

    #[test]
    fn a_subject_that_speaks_to_the_recipient_is_told() {
        for (subject, want) in [
            ("bob", 1),
            ("bob, your money", 1),
            ("bob - your money", 1),
            ("Re: bob", 1),
            ("fw: hi bob", 1),
            ("bob,your money", 0),
            ("Bob, your money", 0),
            ("hi bob, you", 0),
            ("bobby, you", 0),
            ("bob. you", 0),
        ] {
            let raw = format!("To: Bob <bob@example.org>\nSubject: {subject}\n\nx");
            assert_eq!(ask(&raw, "", "check_for_to_in_subject", &["user"]), want, "{subject}");
        }
        let raw = "To: bob@example.org\nSubject: hi BOB@example.org\n\nx";
        assert_eq!(ask(raw, "", "check_for_to_in_subject", &["address"]), 1);
    }
}
