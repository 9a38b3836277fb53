//! The example of RFC 7677 §3, and servers that are not what they should be.

use proptest::prelude::*;

use super::*;

const QUESTION: &str = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
const SIGNATURE: &str = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

fn scram() -> Scram {
    Scram::with_nonce("user", Secret::new("pencil".to_owned()), "rOprNGfwEbeRWgbNEkqO".to_owned())
}

#[test]
fn a_login_goes_as_the_standard_shows_it() {
    let mut scram = scram();
    assert_eq!(scram.hello(), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
    assert!(!scram.has_proved());
    assert_eq!(
        scram.prove(QUESTION).unwrap().expose(),
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
    );
    assert!(scram.has_proved() && !scram.is_proved());
    assert_eq!(scram.judge(SIGNATURE), Ok(Verdict::Proved));
    assert!(scram.is_proved());
}

#[test]
fn what_the_standard_leaves_to_later_ones_is_passed_over_but_signed() {
    let mut scram = scram();
    scram.prove(&format!("{QUESTION},x=new")).unwrap();
    assert_eq!(scram.judge(SIGNATURE), Err(ScramFault::WrongSignature), "the further field is part of what is signed");
    let mut scram = self::scram();
    scram.prove(QUESTION).unwrap();
    assert_eq!(scram.judge(&format!("{SIGNATURE},x=new")), Ok(Verdict::Proved));
}

#[test]
fn a_question_that_no_honest_server_asks_gets_no_proof() {
    let own = "rOprNGfwEbeRWgbNEkqO";
    for (question, want) in [
        (format!("m=later,r={own}x,s=c2FsdA==,i=4096"), ScramFault::Extension),
        (format!("r={own},s=c2FsdA==,i=4096"), ScramFault::Nonce),
        ("r=another,s=c2FsdA==,i=4096".to_owned(), ScramFault::Nonce),
        ("r=,s=c2FsdA==,i=4096".to_owned(), ScramFault::Nonce),
        (format!("r={own}\u{7},s=c2FsdA==,i=4096"), ScramFault::Nonce),
        (format!("r={own}x,s=,i=4096"), ScramFault::NotUnderstood),
        (format!("r={own}x,s=salt!,i=4096"), ScramFault::NotUnderstood),
        (format!("r={own}x,s=c2FsdA==,i="), ScramFault::NotUnderstood),
        (format!("r={own}x,s=c2FsdA==,i=-1"), ScramFault::NotUnderstood),
        (format!("r={own}x,s=c2FsdA==,i=+4096"), ScramFault::NotUnderstood),
        (format!("r={own}x,s=c2FsdA=="), ScramFault::NotUnderstood),
        (format!("s=c2FsdA==,r={own}x,i=4096"), ScramFault::NotUnderstood),
        ("e=other-error".to_owned(), ScramFault::NotUnderstood),
        (String::new(), ScramFault::NotUnderstood),
        (format!("r={own}x,s=c2FsdA==,i=0"), ScramFault::TooFewRounds(0)),
        (format!("r={own}x,s=c2FsdA==,i=4095"), ScramFault::TooFewRounds(4095)),
        (format!("r={own}x,s=c2FsdA==,i=1000001"), ScramFault::TooManyRounds(1_000_001)),
        (format!("r={own}x,s=c2FsdA==,i=4294967295"), ScramFault::TooManyRounds(u32::MAX)),
        (format!("r={own}x,s=c2FsdA==,i=99999999999999999999"), ScramFault::TooManyRounds(u32::MAX)),
    ] {
        let mut scram = scram();
        assert_eq!(scram.prove(&question).map(drop), Err(want), "{question}");
        assert!(!scram.has_proved());
    }
}

#[test]
fn a_server_that_does_not_know_the_password_is_found_out() {
    for (answer, want) in [
        ("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95H4=", ScramFault::WrongSignature),
        ("v=6rri", ScramFault::WrongSignature),
        ("v=", ScramFault::WrongSignature),
        ("v=!", ScramFault::NotUnderstood),
        ("ok", ScramFault::NotUnderstood),
        ("", ScramFault::NotUnderstood),
        (QUESTION, ScramFault::NotUnderstood),
    ] {
        let mut scram = scram();
        scram.prove(QUESTION).unwrap();
        assert_eq!(scram.judge(answer), Err(want), "{answer}");
        assert!(!scram.is_proved());
    }
    let mut early = scram();
    assert_eq!(early.judge(SIGNATURE), Err(ScramFault::NotUnderstood), "before anything is proved");
}

#[test]
fn a_refusal_within_the_exchange_is_one() {
    let mut scram = scram();
    scram.prove(QUESTION).unwrap();
    assert_eq!(scram.judge("e=invalid-proof"), Ok(Verdict::Refused("invalid-proof".to_owned())));
    assert!(!scram.is_proved());
}

#[test]
fn names_and_passwords_are_made_as_the_standard_wants_them() {
    for (text, want) in [
        ("pencil", Some("pencil")),
        ("pässwörd€", Some("pässwörd€")),
        ("pa\u{308}sswo\u{308}rd", Some("pässwörd")),
        ("a\u{a0}b", Some("a b")),
        ("soft\u{ad}hyphen", Some("softhyphen")),
        ("\u{2168}", Some("IX")),
        ("a\u{7}b", None),
        ("\u{627}1", None),
    ] {
        let got = prepared(&Secret::new(text.to_owned()));
        assert_eq!(got.as_ref().map(Secret::expose), want, "{text:?}");
    }
    let scram = Scram::with_nonce("a,b=c", Secret::new("x".to_owned()), "n".to_owned());
    assert_eq!(scram.hello(), "n,,n=a=2Cb=3Dc,r=n");
}

#[test]
fn each_login_has_a_nonce_of_its_own_and_shows_no_password() {
    let secret = Secret::new("pencil".to_owned());
    let [one, two] = [(), ()].map(|()| Scram::new("user", secret.clone()).unwrap());
    assert_ne!(one.hello(), two.hello());
    assert_eq!(one.nonce.len(), 24);
    assert!(!format!("{one:?}").contains("pencil"));
}

proptest! {
    #[test]
    fn no_words_of_a_server_make_it_panic(question in "(r=rOprNGfwEbeRWgbNEkqO)?\\PC*(,s=[A-Za-z=]*)?(,i=[0-9]{0,3})?") {
        let mut scram = scram();
        prop_assert!(scram.prove(&question).is_err());
        prop_assert!(!matches!(scram.judge(&question), Ok(Verdict::Proved)));
    }
}
