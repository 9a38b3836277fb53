//! What the learner promises, on made-up messages.

use proptest::prelude::*;

use super::*;
use crate::mail::{AccountFacts, Arrival, Lessons, Mail};

type Taught = (Vec<TokenId>, Label);

fn taught() -> impl Strategy<Value = Taught> {
    let tokens = prop::collection::btree_set((0..60_u64).prop_map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15)), 0..30);
    (tokens, any::<bool>()).prop_map(|(tokens, is_spam)| {
        (tokens.into_iter().map(TokenId).collect(), if is_spam { Label::Spam } else { Label::Ham })
    })
}

fn learned(lessons: &[Taught]) -> Logistic {
    let mut learner = Logistic::default();
    for (tokens, label) in lessons {
        learner.train(tokens, *label);
    }
    learner
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn the_same_lessons_make_the_same_learner(lessons in prop::collection::vec(taught(), 0..40)) {
        let mut turned = lessons.clone();
        for (tokens, _) in &mut turned {
            tokens.reverse();
        }
        // To the bit, and whatever the order of the tokens in a lesson.
        prop_assert!(learned(&lessons) == learned(&turned));
    }
}

#[test]
fn it_says_nothing_before_it_has_seen_enough_of_both() {
    let features = features("Subject: cheap pills\r\n\r\nbuy pills now\r\n");
    let mut learner = Logistic::default();
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
    let (spam, ham) = two();
    let mut learner = Logistic::default();
    for _ in 0..20 {
        learner.train(&spam.ids(), Label::Spam);
        learner.train(&ham.ids(), Label::Ham);
    }
    let opinion = learner.opinion(&spam).unwrap();
    assert!(0.9 < opinion.probability, "{opinion:?}");
    assert!(opinion.clues.len() <= 12 && opinion.clues.iter().any(|clue| clue.word.contains("pills")));
    assert!(opinion.clues.is_sorted_by(|a, b| (b.probability - 0.5).abs() <= (a.probability - 0.5).abs()));
    let opinion = learner.opinion(&ham).unwrap();
    assert!(opinion.probability < 0.1, "{opinion:?}");
}

#[test]
fn the_order_of_the_folders_is_not_what_decides() {
    let (spam, ham) = two();
    for (first, second) in [(Label::Ham, Label::Spam), (Label::Spam, Label::Ham)] {
        let mut learner = Logistic::default();
        for (label, times) in [(first, 60), (second, 60)] {
            let features = if label == Label::Spam { &spam } else { &ham };
            (0..times).for_each(|_| learner.train(&features.ids(), label));
        }
        assert!(0.9 < learner.opinion(&spam).unwrap().probability, "{first:?} first");
        assert!(learner.opinion(&ham).unwrap().probability < 0.1, "{first:?} first");
    }
}

#[test]
fn what_ham_and_spam_have_in_common_does_not_decide() {
    let mail =
        |what: &str, n: u32| features(&format!("From: a@example.org\r\nSubject: lunch\r\n\r\nAt noon {what} {n}\r\n"));
    let mut learner = Logistic::default();
    for (label, what) in [(Label::Ham, "for the meeting about roses"), (Label::Spam, "casino and win replica watches")]
    {
        (0..60).for_each(|n| learner.train(&mail(what, n).ids(), label));
    }
    assert!(learner.opinion(&mail("for the meeting about roses", 3)).unwrap().probability < 0.5);
    assert!(0.5 < learner.opinion(&mail("casino and win replica watches", 3)).unwrap().probability);
}

#[test]
fn a_message_of_both_kinds_shows_what_speaks_either_way() {
    let (spam, ham) = two();
    let mut learner = Logistic::default();
    for _ in 0..20 {
        learner.train(&spam.ids(), Label::Spam);
        learner.train(&ham.ids(), Label::Ham);
    }
    let both = features("Subject: hello\r\n\r\nminutes of the meeting: no prescription needed, buy pills now\r\n");
    let clues = learner.opinion(&both).unwrap().clues;
    assert!(clues.iter().any(|clue| clue.probability < 0.5), "{clues:?}");
    assert!(clues.iter().any(|clue| 0.5 < clue.probability), "{clues:?}");
}

#[test]
fn what_it_never_saw_is_in_the_middle() {
    let mut learner = Logistic::default();
    for _ in 0..20 {
        learner.train(&[TokenId(1)], Label::Spam);
        learner.train(&[TokenId(2)], Label::Ham);
    }
    let opinion = learner.opinion(&features("Subject: hello\r\n\r\nhello\r\n")).unwrap();
    assert_eq!((opinion.probability, opinion.clues.len()), (0.5, 0));
}

#[test]
fn a_message_without_a_token_is_no_trouble() {
    let mut learner = Logistic::default();
    for _ in 0..10 {
        learner.train(&[], Label::Spam);
        learner.train(&[], Label::Ham);
    }
    assert_eq!(learner.opinion(&Features::default()).map(|opinion| opinion.clues), Some(Vec::new()));
}

fn letter_to(lessons: Lessons, from: &str, n: u32) -> Features {
    let raw = format!(
        "From: news@{from}.example\r\nTo: me@example.org\r\nList-Id: <news.{from}.example>\r\nSubject: news {n}\r\n\r\n\
         All the news of {from}, number {n}, at http://www.{from}.example/{n}\r\n"
    );
    let account = AccountFacts { lessons, ..AccountFacts::default() };
    Features::of(&Mail::parse(raw.as_bytes(), &Arrival { account, ..Arrival::default() }))
}

#[test]
fn one_account_wants_what_another_does_not() {
    for as_in in [Lessons::Together, Lessons::Apart] {
        let [mine, yours] = ["mine", "yours"].map(|name| as_in(name.to_owned()));
        let mut learner = Logistic::default();
        for n in 0..40 {
            learner.train(&letter_to(mine.clone(), "shop", n).ids(), Label::Ham);
            learner.train(&letter_to(yours.clone(), "shop", n).ids(), Label::Spam);
        }
        let said = [mine, yours].map(|lessons| probability(&learner, &letter_to(lessons, "shop", 50)));
        assert!(said[0] < 0.1 && 0.9 < said[1], "{said:?}");
    }
}

#[test]
fn accounts_that_learn_apart_know_only_their_own_lessons_and_those_of_files() {
    let [mine, yours] = ["mine", "yours"].map(|name| Lessons::Apart(name.to_owned()));
    let mut learner = Logistic::default();
    for n in 0..40 {
        learner.train(&letter_to(mine.clone(), "shop", n).ids(), Label::Spam);
        learner.train(&letter_to(mine.clone(), "club", n).ids(), Label::Ham);
    }
    let said = |learner: &Logistic, lessons: &Lessons| probability(learner, &letter_to(lessons.clone(), "shop", 50));
    assert!(0.9 < said(&learner, &mine) && (said(&learner, &yours) - 0.5).abs() < 1e-6);
    for n in 0..40 {
        learner.train(&letter_to(Lessons::Everybodys, "shop", n).ids(), Label::Spam);
        learner.train(&letter_to(Lessons::Everybodys, "club", n).ids(), Label::Ham);
    }
    assert!(0.9 < said(&learner, &mine) && 0.9 < said(&learner, &yours));
}

/// Words of one kind of mail: number `n` of them, always the same.
fn vocabulary(kind: &str, n: u32) -> String {
    let words: Vec<String> = (0..60).map(|k| format!("{kind}{}", (n * 7 + k * 13 + k * k) % 400)).collect();
    words.join(" ")
}

fn letter(kind: &str, n: u32, more: &str) -> Features {
    let from = if kind == "good" { "friend" } else { "offers" };
    features(&format!(
        "Received: from mail.{from}.example ([192.0.2.{}]) by mx.example.org; Mon, 1 Jan 2024 00:00:00 +0000\r\n\
         From: {from}{n} <{from}{}@{from}.example>\r\nTo: me@example.org\r\nSubject: {kind}{} {kind}{}\r\n\
         Content-Type: text/html\r\n\r\n<p>{}</p>{more}\r\n",
        n % 5,
        n % 9,
        n % 50,
        n % 31,
        vocabulary(kind, n)
    ))
}

fn school() -> Logistic {
    let mut learner = Logistic::default();
    for n in 0..200 {
        learner.train(&letter("good", n, "").ids(), Label::Ham);
        learner.train(&letter("bad", n, "").ids(), Label::Spam);
    }
    learner
}

fn probability(learner: &Logistic, features: &Features) -> f64 {
    learner.opinion(features).unwrap().probability
}

#[test]
fn good_words_that_nobody_sees_do_not_make_spam_good() {
    let learner = school();
    let salad: String = (500..510).map(|n| vocabulary("good", n) + " ").collect();
    for hidden in [
        format!("<div style=\"display:none\">{salad}</div>"),
        format!("<font color=\"#ffffff\" style=\"font-size:0\">{salad}</font>"),
    ] {
        let sure = probability(&learner, &letter("bad", 300, &hidden));
        assert!(0.99 < sure, "{sure} with {hidden}");
    }
}

#[test]
fn a_salad_of_good_words_does_not_make_spam_good() {
    let learner = school();
    let salad: String = (500..502).map(|n| vocabulary("good", n) + " ").collect();
    let sure = probability(&learner, &letter("bad", 300, &format!("<p>{salad}</p>")));
    assert!(0.5 < sure, "{sure}");
}

#[test]
fn a_million_new_words_and_very_long_ones_are_one_lesson_like_any_other() {
    let mut learner = school();
    let (good, bad) = (letter("good", 301, ""), letter("bad", 301, ""));
    let before = [probability(&learner, &good), probability(&learner, &bad)];
    let words = (0..1_000_000).map(|n| format!("w{n:x}")).collect::<Vec<_>>().join(" ");
    let flood = letter("bad", 302, &format!("<p>{}{words}</p>", "x".repeat(1 << 20)));
    assert!(flood.len() <= 3000);
    learner.train(&flood.ids(), Label::Spam);
    let after = [probability(&learner, &good), probability(&learner, &bad)];
    assert!(before[0] < 0.01 && after[0] < 0.02, "{before:?} {after:?}");
    assert!(0.99 < before[1] && 0.98 < after[1], "{before:?} {after:?}");
}

#[test]
fn a_few_wrong_lessons_do_not_turn_it_round() {
    let mut learner = school();
    for n in 400..410 {
        learner.train(&letter("bad", n, "").ids(), Label::Ham);
    }
    let sure: Vec<f64> = (300..320).map(|n| probability(&learner, &letter("bad", n, ""))).collect();
    assert!(sure.iter().all(|sure| 0.5 < *sure), "{sure:?}");
    assert!((300..320).all(|n| probability(&learner, &letter("good", n, "")) < 0.05));
}

#[test]
fn of_mail_of_a_kind_that_was_never_taught_it_is_not_sure() {
    let learner = school();
    let strange = format!(
        "X-Alpha: one two three\r\nX-Beta: four five six\r\nX-Gamma: seven eight nine\r\n\
         Received: from a.other.test by b.other.test with LMTP id 4711 for someone\r\n\
         Subject: a report of abuse\r\n\r\n{}\r\n",
        vocabulary("bad", 300)
    );
    let unsure = probability(&learner, &features(&strange));
    assert!(unsure < 0.99, "{unsure}");
    assert!(0.99 < probability(&learner, &letter("bad", 300, "")));
}

#[test]
fn what_the_tokens_say_alone_adds_up_to_what_the_message_says() {
    let (spam, ham) = two();
    let mut learner = Logistic::default();
    let before = learner.bytes();
    for _ in 0..20 {
        learner.train(&spam.ids(), Label::Spam);
        learner.train(&ham.ids(), Label::Ham);
    }
    for features in [spam, ham] {
        let ids = features.ids();
        let body = ids.iter().filter(|id| id.is_of_body()).count();
        let length = |id: &TokenId| if id.is_of_body() { body } else { ids.len() - body };
        let sum: f64 = ids.iter().map(|id| learner.odds_of(*id, length(id))).sum();
        assert!((sum - learner.leaning(&features)).abs() < 1e-3, "{sum} and {}", learner.leaning(&features));
    }
    assert!(before < learner.bytes(), "what is kept of the lessons counts");
}

fn two() -> (Features, Features) {
    let spam = features("Subject: cheap pills\r\n\r\nbuy pills now, no prescription needed\r\n");
    (spam, features("Subject: minutes of the meeting\r\n\r\nplease find the minutes below\r\n"))
}

fn features(raw: &str) -> Features {
    Features::of(&Mail::parse(raw.as_bytes(), &Arrival::default()))
}
