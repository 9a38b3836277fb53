//! What the learner promises, on made-up tokens.

use proptest::prelude::*;

use super::*;
use crate::mail::{Arrival, Mail};

type Lesson = (Vec<TokenId>, Label);

fn lesson() -> impl Strategy<Value = Lesson> {
    let tokens = prop::collection::btree_set((0..60_u64).prop_map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15)), 0..30);
    (tokens, any::<bool>()).prop_map(|(tokens, is_spam)| {
        (tokens.into_iter().map(TokenId).collect(), if is_spam { Label::Spam } else { Label::Ham })
    })
}

fn learned(lessons: &[Lesson]) -> ChiSquare {
    let mut learner = ChiSquare::default();
    for (tokens, label) in lessons {
        learner.train(tokens, *label);
    }
    learner
}

proptest! {
    #[test]
    fn unlearning_leaves_no_trace(
        kept in prop::collection::vec(lesson(), 0..20),
        taken_back in prop::collection::vec(lesson(), 0..20),
    ) {
        let mut learner = learned(&kept);
        for (tokens, label) in &taken_back {
            learner.train(tokens, *label);
        }
        for (tokens, label) in &taken_back {
            learner.untrain(tokens, *label);
        }
        prop_assert_eq!(learner, learned(&kept));
    }

    #[test]
    fn the_order_of_lessons_does_not_matter(lessons in prop::collection::vec(lesson(), 0..20)) {
        let mut reversed = lessons.clone();
        reversed.reverse();
        prop_assert_eq!(learned(&lessons), learned(&reversed));
    }
}

#[test]
fn it_says_nothing_before_it_has_seen_enough_of_both() {
    let features = features("Subject: cheap pills\r\n\r\nbuy pills now\r\n");
    let mut learner = ChiSquare::default();
    for n in 0..ENOUGH {
        assert_eq!(learner.opinion(&features), None, "after {n} of each");
        learner.train(&features.ids(), Label::Spam);
        assert_eq!(learner.opinion(&features), None, "after {n} ham");
        learner.train(&self::features("Subject: minutes\r\n\r\nof the meeting\r\n").ids(), Label::Ham);
    }
    assert!(learner.opinion(&features).is_some());
}

#[test]
fn it_knows_what_it_was_taught_and_says_by_which_words() {
    let spam = features("Subject: cheap pills\r\n\r\nbuy pills now, no prescription needed\r\n");
    let ham = features("Subject: minutes of the meeting\r\n\r\nplease find the minutes below\r\n");
    let mut learner = ChiSquare::default();
    for _ in 0..20 {
        learner.train(&spam.ids(), Label::Spam);
        learner.train(&ham.ids(), Label::Ham);
    }
    let opinion = learner.opinion(&spam).unwrap();
    assert!(0.9 < opinion.probability, "{opinion:?}");
    assert!(opinion.clues.len() <= MAX_CLUES && opinion.clues.iter().any(|clue| clue.word.contains("pills")));
    let opinion = learner.opinion(&ham).unwrap();
    assert!(opinion.probability < 0.1, "{opinion:?}");
}

#[test]
fn what_it_never_saw_is_in_the_middle() {
    let mut learner = ChiSquare::default();
    for _ in 0..20 {
        learner.train(&[TokenId(1)], Label::Spam);
        learner.train(&[TokenId(2)], Label::Ham);
    }
    let opinion = learner.opinion(&features("Subject: hello\r\n\r\nhello\r\n")).unwrap();
    assert_eq!((opinion.probability, opinion.clues.len()), (0.5, 0));
}

fn features(raw: &str) -> Features {
    Features::of(&Mail::parse(raw.as_bytes(), &Arrival::default()))
}
