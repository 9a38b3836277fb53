//! What proves an author: the provider's word, then ours.

use super::*;
use crate::mail::{AccountFacts, Arc, Arrival, AuthResults, Spf};

fn spf(word: SpfWord) -> Spf {
    let host = "192.0.2.1".parse().unwrap();
    Spf { host, domain: Domain::parse("bounce.kim.example").unwrap(), is_of_helo: false, word, passed_before: None }
}

fn seal(domain: &str, state: SealState) -> Seal {
    Seal { domain: Domain::parse(domain).unwrap(), selector: "s".to_owned(), state }
}

/// What is known of a message of kim.example under these header lines, if we found that.
fn known(head: &str, found: &Authentication) -> Proof {
    known_with((head, ""), found)
}

/// The same, with lines above and below what the provider wrote when it took the message.
fn known_with((head, below): (&str, &str), found: &Authentication) -> Proof {
    let raw = format!(
        "{head}Received: from m (m.kim.example [192.0.2.1]) by mx.example.org with ESMTPS; Tue, 14 Nov 2023 22:13:20 +0000\n\
         {below}From: kim@kim.example\n\nHello.\n"
    );
    let account = AccountFacts { provider: vec![Domain::parse("example.org").unwrap()], ..AccountFacts::default() };
    let mut mail = Mail::parse(raw.as_bytes(), &Arrival { account, ..Arrival::default() });
    mail.authentication = Some(Box::new(found.clone()));
    Found::of(&mail).proof(&Domain::parse("kim.example").unwrap())
}

const GONE: fn() -> String = || "the key is gone".to_owned();

#[test]
fn where_the_provider_says_nothing_our_own_look_is_proof() {
    use SealState::{HeadChanged, TextChanged, Unknown, Valid, ValidInPart};
    let host = |word| Some(spf(word));
    let is = |word, seals: Vec<Seal>, want: Proof| (host(word), seals, want);
    for (spf, signatures, want) in [
        is(SpfWord::Pass, vec![], Proof::Given),
        is(SpfWord::Fail, vec![seal("mail.kim.example", Valid)], Proof::Given),
        is(SpfWord::None, vec![seal("lee.example", Valid)], Proof::Missing),
        is(SpfWord::Neutral, vec![seal("kim.example", ValidInPart)], Proof::Missing),
        // Mailboxes put messages together anew.
        is(SpfWord::None, vec![seal("kim.example", TextChanged)], Proof::Unsaid),
        is(SpfWord::Fail, vec![seal("kim.example", HeadChanged)], Proof::Missing),
        is(SpfWord::Fail, vec![], Proof::Missing),
        // What could not be found out is no evidence.
        is(SpfWord::Unknown(GONE()), vec![], Proof::Unsaid),
        is(SpfWord::Fail, vec![seal("kim.example", Unknown(GONE()))], Proof::Unsaid),
        is(SpfWord::None, vec![seal("lee.example", Unknown(GONE()))], Proof::Missing),
        (None, vec![], Proof::Unsaid),
        (None, vec![seal("kim.example", Valid)], Proof::Given),
    ] {
        let found = Authentication { spf, signatures, ..Authentication::default() };
        assert_eq!(known("", &found), want, "{found:?}");
    }
}

#[test]
fn the_word_of_helo_is_no_proof_of_an_author() {
    let helo = Spf { is_of_helo: true, ..spf(SpfWord::Pass) };
    assert_eq!(known("", &Authentication { spf: Some(helo), ..Authentication::default() }), Proof::Unsaid);
}

#[test]
fn the_providers_word_comes_first() {
    let signed = Authentication {
        spf: Some(spf(SpfWord::Fail)),
        signatures: vec![seal("kim.example", SealState::Valid)],
        ..Authentication::default()
    };
    let forged = Authentication {
        spf: Some(spf(SpfWord::Fail)),
        dmarc: Dmarc::Fail(DmarcPolicy::Reject),
        ..Authentication::default()
    };
    for (results, found, want) in [
        ("dkim=fail header.d=kim.example", &signed, Proof::Refuted),
        ("dkim=none; spf=softfail", &signed, Proof::Missing),
        ("dmarc=none; spf=none", &signed, Proof::Missing),
        ("spf=softfail", &signed, Proof::Given),
        ("dkim=temperror; spf=none", &signed, Proof::Given),
        ("dkim=pass header.d=kim.example", &forged, Proof::Given),
        ("spf=pass smtp.mailfrom=kim@kim.example", &forged, Proof::Given),
        ("spf=none", &forged, Proof::Missing),
        ("iprev=pass", &forged, Proof::Refuted),
    ] {
        let head = format!("Authentication-Results: mx.example.org; {results}\n");
        assert_eq!(known(&head, found), want, "{results}");
    }
}

#[test]
fn what_the_sender_may_have_written_in_the_providers_name_does_not_outweigh_what_we_find() {
    let forged = Authentication {
        spf: Some(spf(SpfWord::Fail)),
        dmarc: Dmarc::Fail(DmarcPolicy::Reject),
        ..Authentication::default()
    };
    let claim =
        "Authentication-Results: mx.example.org; dkim=pass header.d=kim.example; dmarc=pass header.from=kim.example\n";
    assert_eq!(known_with(("", claim), &forged), Proof::Refuted);
    // Of a provider that writes its own there, it is believed as long as we find nothing against it.
    let signed = Authentication { spf: Some(spf(SpfWord::Pass)), ..Authentication::default() };
    assert_eq!(known_with(("", claim), &signed), Proof::Given);
    let untold = Authentication { spf: Some(spf(SpfWord::Unknown(GONE()))), ..Authentication::default() };
    assert_eq!(known_with(("", claim), &untold), Proof::Given);
    let sure = "Authentication-Results: mx.example.org; dkim=none; spf=fail\n";
    assert_eq!(known_with((sure, claim), &forged), Proof::Refuted);
}

#[test]
fn a_host_that_the_sender_may_have_written_is_no_proof() {
    let inner =
        "Received: from evil (unknown [172.18.0.1]) by mail.example.org with ESMTP; Tue, 14 Nov 2023 22:13:21 +0000\n";
    let passed = Authentication { spf: Some(spf(SpfWord::Pass)), ..Authentication::default() };
    assert_eq!(known("", &passed), Proof::Given);
    assert_ne!(known(inner, &passed), Proof::Given);
}

#[test]
fn mail_that_was_handed_on_is_never_refuted_by_us() {
    let found = Authentication {
        spf: Some(spf(SpfWord::Fail)),
        signatures: vec![seal("kim.example", SealState::HeadChanged)],
        dmarc: Dmarc::Fail(DmarcPolicy::Reject),
        ..Authentication::default()
    };
    assert_eq!(known("", &found), Proof::Refuted);
    for head in ["List-Id: <l.example>\n", "Resent-From: lee@lee.example\n", "ARC-Seal: i=1\n"] {
        assert_eq!(known(head, &found), Proof::Unsaid, "{head}");
    }
    let passed_before = "198.51.100.7".parse().ok();
    let relayed = Authentication { spf: Some(Spf { passed_before, ..spf(SpfWord::Fail) }), ..found };
    assert_eq!(known("", &relayed), Proof::Unsaid);
}

#[test]
fn only_a_known_house_vouches_for_what_it_hands_on() {
    let arc = |sealers: &[&str], results: &str, state| Authentication {
        spf: Some(spf(SpfWord::Fail)),
        arc: Some(Arc {
            sealers: sealers.iter().map(|name| Domain::parse(name).unwrap()).collect(),
            found: sealers.iter().map(|_| AuthResults::read(&format!("mx.example; {results}"))).collect(),
            state,
        }),
        ..Authentication::default()
    };
    for (sealers, results, state, want) in [
        (&["google.com"][..], "spf=fail; dkim=pass header.d=kim.example", ArcState::Valid, Proof::Given),
        (&["microsoft.com", "google.com"], "dmarc=pass header.from=kim.example", ArcState::Valid, Proof::Given),
        (&["google.com"], "dkim=pass header.d=lee.example", ArcState::Valid, Proof::Unsaid),
        (&["google.com"], "spf=pass smtp.mailfrom=kim@kim.example", ArcState::Valid, Proof::Unsaid),
        (&["google.com"], "dkim=pass header.d=kim.example", ArcState::Broken, Proof::Unsaid),
        (&["lee.example", "google.com"], "dkim=pass header.d=kim.example", ArcState::Valid, Proof::Unsaid),
        (&["google.com.lee.example"], "dkim=pass header.d=kim.example", ArcState::Valid, Proof::Unsaid),
    ] {
        assert_eq!(known("ARC-Seal: i=1\n", &arc(sealers, results, state)), want, "{sealers:?} {results}");
    }
}
