//! Which messages are measured: so many of all, in even steps.

use std::path::PathBuf;

/// How often everything is measured. No message is in two rounds, so that none is known already.
pub(crate) const ROUNDS: usize = 3;

/// Messages for each round: `wanted` in all, or all there are.
pub(crate) fn rounds(mail: &[PathBuf], wanted: usize) -> [Vec<PathBuf>; ROUNDS] {
    let wanted = wanted.min(mail.len());
    let mut rounds: [Vec<PathBuf>; ROUNDS] = Default::default();
    let chosen = (0..wanted).filter_map(|number| mail.get(number * mail.len() / wanted));
    for (number, path) in chosen.enumerate() {
        rounds.iter_mut().skip(number % ROUNDS).take(1).for_each(|round| round.push(path.clone()));
    }
    rounds
}

/// What warms the filters up: `wanted` messages that lie half a step behind the measured ones, if there are so many.
pub(crate) fn warm_up(mail: &[PathBuf], wanted: usize) -> Vec<PathBuf> {
    if mail.len() < 2 * wanted {
        return Vec::new();
    }
    let places = (0..wanted).map(|number| (2 * number + 1) * mail.len() / (2 * wanted));
    places.filter_map(|place| mail.get(place).cloned()).collect()
}
