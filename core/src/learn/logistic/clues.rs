//! Which words spoke, in the person's words.

use super::{Logistic, logistic};
use crate::learn::{Clue, Features, features::describe};

/// The strongest clues are named: so many, and so many at most that say the same.
const MAX_CLUES: usize = 12;
const MAX_ONE_WAY: usize = 8;

/// So many tokens are put into words, the strongest: what they say together is told once.
const MAX_TOKENS: usize = 24;

/// Weaker clues say nothing worth reading, in log odds.
const WEAKEST_CLUE: f32 = 0.02;

impl Logistic {
    /// The strongest clues, strongest first. Both ways, if there are any: what speaks against is worth knowing. `units`
    /// is what a weight of one adds to the log odds, in the body and in the header.
    pub(super) fn clues(&self, features: &Features, units: [f32; 2]) -> Vec<Clue> {
        let [of_body, of_header] = units;
        let mut speaking: Vec<(f32, usize)> = (0..)
            .zip(features.with_own())
            .map(|(number, (id, own))| {
                let unit = if id.is_of_body() { of_body } else { of_header };
                (self.weight_of(id, own) * unit, number)
            })
            .filter(|(odds, _)| WEAKEST_CLUE <= odds.abs())
            .collect();
        let louder = |a: &(f32, usize), b: &(f32, usize)| b.0.abs().total_cmp(&a.0.abs()).then(a.1.cmp(&b.1));
        if MAX_TOKENS < speaking.len() {
            speaking.select_nth_unstable_by(MAX_TOKENS, louder);
            speaking.truncate(MAX_TOKENS);
        }
        speaking.sort_unstable_by(louder);
        let mut told: Vec<(String, f32)> = Vec::with_capacity(speaking.len());
        for (odds, number) in speaking {
            let word = describe(&features.text_of(number));
            match told.iter_mut().find(|(known, _)| *known == word) {
                Some((_, sum)) => *sum += odds,
                None => told.push((word, odds)),
            }
        }
        told.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        let (mut for_ham, mut for_spam) = (0, 0);
        told.retain(|(_, odds)| {
            let side = if *odds < 0.0 { &mut for_ham } else { &mut for_spam };
            *side += 1;
            *side <= MAX_ONE_WAY && WEAKEST_CLUE <= odds.abs()
        });
        told.truncate(MAX_CLUES);
        told.into_iter().map(|(word, odds)| Clue { word, probability: logistic(odds).into() }).collect()
    }
}
