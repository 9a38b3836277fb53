//! What `Received` headers of many programs say. The expected texts are SpamAssassin 4.0.1's.

use super::*;
use crate::rules::{Place, book::Directive};

fn read_with(headers: &[&str], networks: &Networks) -> Relays {
    let pairs: Vec<(&[u8], &[u8])> = headers
        .iter()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
        .collect();
    Relays::read(&pairs.iter().copied(), networks)
}

fn one(received: &str) -> String {
    let relays = read_with(&[&format!("Received: {received}")], &Networks::default());
    let mut text = String::from_utf8(Relays::text(relays.all())).unwrap();
    if relays.unparseable == 1 {
        text.push_str("unparseable");
    }
    text.replace(" intl=0", "").replace(" msa=0 ]", " ]").replace(" intl=1", " inside")
}

fn networks(lines: &[(&str, &str)]) -> Networks {
    let directive = |(name, value): &(&str, &str)| Directive {
        name: (*name).to_owned(),
        value: (*value).to_owned(),
        place: Place::default(),
    };
    Networks::read(&lines.iter().map(directive).collect::<Vec<_>>())
}

#[test]
fn headers_of_many_programs_are_read() {
    for (received, want) in [
        (
            "from mx.example (ID:7@host.example [192.0.2.1] (may be forged)) by b.example (8.11/8.11) with ESMTP id KAA1;",
            "[ ip=192.0.2.1 rdns=host.example helo=mx.example by=b.example ident=ID:7 envfrom= id=KAA1 auth= ]",
        ),
        (
            "from mx.example ([192.0.2.1])\n\tby b.example (8.9.3/8.9.3) with SMTP id <x@y>; D",
            "[ ip=192.0.2.1 rdns= helo=mx.example by=b.example ident= envfrom= id=x@y auth= ]",
        ),
        (
            "from mx.example ([192.0.2.1]) by b.example with SMTP; D",
            "[ ip=192.0.2.1 rdns=mx.example helo=mx.example by=b.example ident= envfrom= id= auth= ]",
        ),
        (
            "from unknown (HELO mx.example) (bob@192.0.2.1) by b.example with SMTP; D",
            "[ ip=192.0.2.1 rdns= helo=mx.example by=b.example ident=bob envfrom= id= auth= ]",
        ),
        (
            "from host.example ([192.0.2.1] helo=mx.example ident=bob) by b.example with esmtp (Exim 4.9) (envelope-from <a#b@c.example>) id 1-2-3;",
            "[ ip=192.0.2.1 rdns=host.example helo=mx.example by=b.example ident=bob envfrom=a!b@c.example id=1-2-3 auth= ]",
        ),
        (
            "from [192.0.2.1] (port=5 helo=[10.0.0.1]) by b.example with esmtpsa (Exim 4.9) id 1-2-3; D",
            "[ ip=192.0.2.1 rdns= helo=!10.0.0.1! by=b.example ident= envfrom= inside id=1-2-3 auth=esmtpsa ]",
        ),
        (
            "from mx.example (2001:db8::1) by b.example (10.0.0.2) with Microsoft SMTP Server (version=TLS1_2) id 15.20; D",
            "[ ip=2001:db8::1 rdns=mx.example helo=mx.example by=b.example ident= envfrom= id=15.20 auth= ]",
        ),
        (
            "from localhost (unknown [IPv6:::1]) by b.example (Postfix) with LMTP id 4F for <a@b.example>; D",
            "[ ip=::1 rdns= helo=localhost by=b.example ident= envfrom= inside id= auth= ]",
        ),
        (
            "from a.example (b.example. [::ffff:10.0.0.1]) (AUTH: CRAM-MD5 bob) by c.example with esmtp; D",
            "[ ip=10.0.0.1 rdns=b.example helo=a.example by=c.example ident= envfrom= inside id= auth=CRAM-MD5 ]",
        ),
        (
            "from a.example ([192.0.2.9]) (proxying for 192.0.2.1) (SquirrelMail authenticated user bob) by c.example with HTTP; D",
            "[ ip=192.0.2.1 rdns= helo= by=c.example ident= envfrom= inside id= auth=HTTP ]",
        ),
        (
            "from [192.0.2.1] by b.example with NNFMP; D",
            "[ ip=192.0.2.1 rdns= helo= by=b.example ident= envfrom= id= auth= ]",
        ),
    ] {
        assert_eq!(one(received), want, "{received}");
    }
}

#[test]
fn steps_within_a_host_say_nothing_and_other_words_are_counted() {
    for received in [
        "(qmail 1 invoked by uid 2); D",
        "by b.example (Postfix, from userid 3) id 4; D",
        "from bob by b.example with local (Exim 4.9) id 1-2-3; D",
        "from mail pickup service by b.example with Microsoft SMTPSVC; D",
        "from bob@localhost by b.example by uid 5 with scanner; D",
        "FROM a BY b ; D",
        "nothing at all",
        "",
    ] {
        assert_eq!(one(received), "", "{received}");
    }
    for received in
        ["from localhost", "from a by b; D", "(from localhost) by b (X) id 4", "from a (b [300.0.0.1]) by c (8/8) id 4"]
    {
        assert_eq!(one(received), "unparseable", "{received}");
    }
}

const WAY: [&str; 4] = [
    "Received: from a.example (a.example [10.0.0.1]) by b.example (8/8) with ESMTP id 111",
    "Received: from c.example (c.example [192.0.2.1]) by a.example (8/8) with ESMTPA id 222",
    "Received: from d.example (d.example [198.51.100.1]) by c.example (8/8) with ESMTP id 333",
    "Received: from e.example (e.example [10.0.0.2]) by d.example (8/8) with ESMTP id 444",
];

#[test]
fn without_networks_private_hosts_and_passwords_are_trusted() {
    let relays = read_with(&WAY, &Networks::default());
    assert_eq!((relays.trusted().len(), relays.untrusted().len()), (2, 2));
    assert_eq!((relays.internal().len(), relays.external().len()), (2, 2));
    assert!(Relays::text(relays.untrusted()).starts_with(b"[ ip=198.51.100.1 rdns=d.example "));
}

#[test]
fn networks_say_who_is_trusted_and_who_is_inside() {
    let lines = [
        ("trusted_networks", "10.0.0.0/8 !192.0.2.9 192.0.2."),
        ("internal_networks", "10/8"),
        ("msa_networks", "198.51.100.1"),
    ];
    let relays = read_with(&WAY, &networks(&lines));
    assert_eq!((relays.trusted().len(), relays.internal().len()), (2, 2));
    let relays = read_with(&WAY, &networks(&[("internal_networks", "192.0.2.0/24")]));
    assert_eq!(relays.trusted().len(), 0);
    let lines = [lines[0], ("trusted_networks", "198.51.100.0/24"), lines[1], lines[2]];
    let relays = read_with(&WAY, &networks(&lines));
    assert_eq!((relays.trusted().len(), relays.internal().len()), (4, 2), "all below one that takes mail from its own");
    assert!(relays.trusted().iter().any(|relay| relay.is_msa));
}

#[test]
fn networks_are_read_in_every_form() {
    for (network, address, want) in [
        ("10.0.0.0/8", "10.1.2.3", true),
        ("10.", "10.1.2.3", true),
        ("10", "10.1.2.3", false),
        ("10.0.1/24", "10.0.1.9", true),
        ("10.0.1.5", "10.0.1.6", false),
        ("[2001:db8::]/32", "2001:db8:1::1", true),
        ("2001:db8::1", "2001:db8::2", false),
        ("0.0.0.0/0", "203.0.113.1", true),
        ("10.0.0.0/99", "10.0.0.0", false),
        ("x", "10.0.0.0", false),
    ] {
        assert_eq!(is_in(network, address.parse().ok()), want, "{network} {address}");
    }
}

#[test]
fn a_fetched_message_begins_its_way_anew() {
    let fetched = "Received: from a.example [127.0.0.1] by localhost with IMAP (fetchmail-6.4) for b@localhost; D";
    let relays = read_with(&[WAY[0], fetched, WAY[2]], &Networks::default());
    assert_eq!((relays.trusted().len(), relays.untrusted().len(), relays.start), (0, 1, 2));
    // One that stands below what is not trusted may be invented.
    let relays = read_with(&[WAY[2], fetched, WAY[0]], &Networks::default());
    assert_eq!((relays.trusted().len(), relays.untrusted().len(), relays.start), (0, 2, 0));
}

#[test]
fn headers_that_name_an_origin_come_last() {
    let networks = networks(&[("originating_ip_headers", "X-Originating-IP X-SenderIP")]);
    let relays =
        read_with(&["X-SenderIP: x192.0.2.1", "X-Originating-IP: [192.0.2.2]:25, 192.0.2.3", WAY[2]], &networks);
    let text = String::from_utf8(Relays::text(relays.all())).unwrap();
    assert!(text.ends_with("] [ ip=192.0.2.2 rdns= helo= by= ident= envfrom= intl=0 id= auth= msa=0 ]"), "{text}");
    assert_eq!(relays.all().len(), 2);
}

#[test]
fn hostile_headers_are_read_to_their_end() {
    // Words, brackets and addresses that begin again and again: what looks back would look for ever.
    for piece in ["from ", "(", "[", "a@", "1.", ":", "from a ([1.2.3.4] ", "by ", "id ", "from a (HELO b) (c@d"] {
        let line = format!("Received: from x {}", piece.repeat(500_000 / piece.len()));
        let relays = read_with(&[&line], &Networks::default());
        assert!(relays.all().len() + relays.unparseable <= 1, "{piece}");
    }
}
