//! Which messages are of one contact.

use super::*;
use crate::mail::{AccountFacts, Arrival};

#[test]
fn what_is_made_anew_for_each_message_is_no_part_of_an_address() {
    for (address, want) in [
        ("Kim.Lee@Kim.example", "kim.lee@kim.example"),
        ("kim1985@kim.example", "kim1985@kim.example"),
        ("news@shop.example", "news@shop.example"),
        // VERP: Bernstein's form, Postfix's, and a number of the message in it.
        ("list-owner-robin=example.org@lists.example", "list-owner#@lists.example"),
        ("list-return-5127-robin=example.org@lists.example", "list-return-#@lists.example"),
        ("list-bounces+robin=example.org@lists.example", "list-bounces@lists.example"),
        ("bounce+4f3c2a-robin@shop.example", "bounce@shop.example"),
        ("bounces+1234567-ab12-robin=example.org@em.shop.example", "bounces@em.shop.example"),
        ("robin+caf_=marsh=example.org@gmail.example", "robin@gmail.example"),
        // SRS of one forwarder, of two, with other joints, and of Microsoft.
        ("SRS0=Hx2K=7A=shop.example=news@forward.example", "news@shop.example"),
        ("SRS0+Hx2K=7A=shop.example=news-18272@forward.example", "news-#@shop.example"),
        ("SRS1=qR9z=forward.example==Hx2K=7A=shop.example=news@second.example", "news@shop.example"),
        ("robin+SRS=Hx2K=7A=shop.example=news@tenant.example", "news@shop.example"),
        // BATV, the draft's and others'.
        ("prvs=1234abcdef=kim@kim.example", "kim@kim.example"),
        ("prvs=kim/1234abcdef@kim.example", "kim@kim.example"),
        ("btv1==aab1c2==kim@kim.example", "kim@kim.example"),
        ("msprvs1=19234xYz=bounces-88123@shop.example", "bounces-#@shop.example"),
        // Numbers and hexadecimal digits.
        ("bounce-2231_html-99812-41@shop.example", "bounce-#html-#@shop.example"),
        ("0100018c5f1f7a9b-3c2e1a7b-dead-4bee-beef-0242ac120002-000000@ses.example", "#@ses.example"),
        ("bounces8812345@shop.example", "bounces#@shop.example"),
        ("notice-4k2j9d8s7f6g-x@shop.example", "notice-#x@shop.example"),
        // What only looks like that.
        ("srs0@kim.example", "srs0@kim.example"),
        ("prvs=@kim.example", "@kim.example"),
        ("+@kim.example", "+@kim.example"),
        ("cafe-babe@kim.example", "cafe-babe@kim.example"),
        ("web2@kim.example", "web2@kim.example"),
    ] {
        assert_eq!(settled(&Address::parse(address).unwrap()), want, "{address}");
    }
}

fn account() -> AccountFacts {
    AccountFacts {
        provider: vec![Domain::parse("example.org").unwrap()],
        identities: vec![Address::parse("robin@example.org").unwrap()],
        ..AccountFacts::default()
    }
}

fn contact(head: &str) -> Option<Contact> {
    let account = account();
    let raw = format!("{head}\nHello.\n");
    Contact::of(&Mail::parse(raw.as_bytes(), &Arrival { account, ..Arrival::default() }))
}

/// Handed in from `ip`, with that envelope sender, by that author, and with those other lines above.
fn head(ip: &str, envelope: &str, from: &str, more: &str) -> String {
    format!(
        "Return-Path: <{envelope}>\n{more}Received: from x ([{ip}]) by mx.example.org with ESMTPS; Tue, 14 Nov 2023 \
         22:13:20 +0000\nFrom: {from}\nTo: robin@example.org\n"
    )
}

#[test]
fn a_contact_is_the_way_the_sender_and_the_recipient() {
    let usual = contact(&head("192.0.2.7", "b-1@shop.example", "news@shop.example", ""));
    for (other, want) in [
        (head("192.0.2.99", "b-2@shop.example", "offers@shop.example", ""), true),
        (head("198.51.100.7", "b-1@shop.example", "news@shop.example", ""), false),
        (head("192.0.2.7", "c-1@shop.example", "news@shop.example", ""), false),
        (head("192.0.2.7", "b-1@shop.example", "news@other.example", ""), false),
        (head("192.0.2.7", "b-1@shop.example", "news@shop.example", "Delivered-To: robin@example.org\n"), true),
        (head("192.0.2.7", "b-1@shop.example", "news@shop.example", "Delivered-To: robin+x@example.org\n"), true),
        (head("192.0.2.7", "b-1@shop.example", "news@shop.example", "Delivered-To: sales@example.org\n"), false),
    ] {
        assert_eq!(contact(&other) == usual, want, "{other}");
    }
}

#[test]
fn a_domain_that_answers_for_it_may_send_from_anywhere() {
    let signed = "Authentication-Results: mx.example.org; dkim=pass header.d=shop.example\n";
    let sent = "Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=b-1@shop.example\n";
    let other = "Authentication-Results: mx.example.org; dkim=pass header.d=other.example; spf=fail\n";
    let forged = "Authentication-Results: mx.other.example; dkim=pass header.d=shop.example\n";
    for (results, is_way) in [(signed, true), (sent, true), (other, false), (forged, false)] {
        let of = |ip: &str| contact(&head(ip, "b-1@shop.example", "news@shop.example", results));
        assert_eq!(of("192.0.2.7") == of("198.51.100.7"), is_way, "{results}");
        // And it is no other way than before only because it was signed, or sent, or both.
        assert_eq!(
            of("192.0.2.7") == contact(&head("192.0.2.7", "b-1@shop.example", "news@shop.example", signed)),
            is_way
        );
    }
}

#[test]
fn networks_are_of_the_size_that_one_site_has() {
    for (ip, want) in [
        ("192.0.2.7", "192.0.2.0/24"),
        ("::ffff:192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ] {
        assert_eq!(network(ip.parse().unwrap()), want);
    }
}

#[test]
fn a_report_is_of_who_it_names_and_what_names_nobody_is_of_nobody() {
    let report = |from: &str| contact(&head("192.0.2.7", "", from, ""));
    assert!(report("daemon@shop.example").is_some());
    assert_ne!(report("daemon@shop.example"), report("daemon@other.example"));
    assert_eq!(report("nobody"), None);
    assert_eq!(contact(""), None);
}
