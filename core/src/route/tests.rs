//! What is asked of a domain, round by round, and what is made of the answers; and the way of messages.

use super::*;
use crate::{
    Arrival, Mail,
    api::{Advice, AdviceState},
    mail::AccountFacts,
};

/// A small domain name system: what is not in it is not there.
fn zone(name: &str, kind: DnsKind) -> Answer {
    let text = |text: &str| Answer::Records(vec![DnsRecord::Text(text.to_owned())]);
    let address = |ip: &str| Answer::Records(vec![DnsRecord::Address(ip.parse().unwrap())]);
    let mx = |list: &[(u16, &str)]| {
        let record = |(preference, host): &(u16, &str)| DnsRecord::Exchange {
            preference: *preference,
            host: (*host).to_owned(),
        };
        Answer::Records(list.iter().map(record).collect())
    };
    match (name, kind) {
        ("good.example", DnsKind::Mx) => mx(&[(20, "mx2.good.example"), (10, "mx1.good.example")]),
        ("mx1.good.example", DnsKind::A) => address("192.0.2.1"),
        ("mx1.good.example", DnsKind::Aaaa) => address("2001:db8::1"),
        ("mx2.good.example", DnsKind::A) => address("192.0.2.2"),
        ("1.2.0.192.in-addr.arpa", DnsKind::Ptr) => {
            Answer::Records(vec![DnsRecord::Host("mx1.good.example".to_owned())])
        }
        ("good.example", DnsKind::Txt) => text("v=spf1 mx -all"),
        ("_dmarc.good.example", DnsKind::Txt) => text("v=DMARC1; p=reject"),
        ("_mta-sts.good.example", DnsKind::Txt) => text("v=STSv1; id=1"),
        ("s1._domainkey.good.example", DnsKind::Txt) => text("v=DKIM1; k=rsa; p=MIIB"),
        ("s2._domainkey.good.example", DnsKind::Txt) => text("v=DKIM1; p="),
        ("bare.example", DnsKind::Mx) => mx(&[(10, "mail.bare.example")]),
        ("open.example", DnsKind::Mx) => mx(&[(0, "")]),
        ("open.example", DnsKind::Txt) => text("V=SPF1 +all"),
        ("_dmarc.open.example", DnsKind::Txt) => text("v=DMARC1; p=none; rua=mailto:x@open.example"),
        ("silent.example", _) => Answer::Unknown("no answer in time".to_owned()),
        ("none.example", DnsKind::Mx) => Answer::NoName,
        _ => Answer::Absent,
    }
}

/// The report of a domain, and in how many rounds it was asked for.
fn look(name: &str, selectors: &[&str]) -> (RouteReport, usize) {
    let domain = Domain::parse(name).unwrap();
    let selectors: Vec<String> = selectors.iter().map(|name| (*name).to_owned()).collect();
    let mut answers = Evidence::default();
    let mut rounds = 0;
    loop {
        let plan = questions(&domain, &selectors, &answers);
        if plan.is_empty() {
            return (report("Home", &domain, &selectors, &answers), rounds);
        }
        rounds += 1;
        assert!(rounds < 10, "it asks for ever");
        for query in plan.iter() {
            let Query::Dns { name, kind } = query else { panic!("{query:?}") };
            answers.insert(query.clone(), zone(name, *kind));
        }
    }
}

fn states(report: &RouteReport, topic: &str) -> Vec<AdviceState> {
    report.advice.iter().filter(|advice| advice.topic == topic).map(|advice| advice.state).collect()
}

fn says(report: &RouteReport, words: &str) -> bool {
    report.advice.iter().any(|advice: &Advice| advice.text.contains(words))
}

#[test]
fn the_way_to_a_domain_is_its_servers_in_order_with_their_addresses_and_names() {
    let (report, rounds) = look("good.example", &["s1", "s2", "s3"]);
    assert_eq!(rounds, 3, "servers, their addresses, the names of those");
    let shown: Vec<String> = report
        .servers
        .iter()
        .map(|one| {
            let known = one.addresses.iter().map(|known| format!("{} {}", known.address, known.name));
            format!("{} {} {} [{}]", one.preference, one.host, one.is_backup, known.collect::<Vec<_>>().join(", "))
        })
        .collect();
    assert_eq!(
        shown,
        [
            "10 mx1.good.example false [192.0.2.1 mx1.good.example, 2001:db8::1 ]",
            "20 mx2.good.example true [192.0.2.2 ]"
        ]
    );
    for topic in ["SPF", "DMARC", "Encryption on the way"] {
        assert_eq!(states(&report, topic), [AdviceState::Good], "{topic}");
    }
    assert_eq!(states(&report, "DKIM"), [AdviceState::Good, AdviceState::Bad, AdviceState::Bad]);
    assert!(says(&report, "mx2.good.example takes your mail when others are away"));
    assert!(
        says(&report, "mx2.good.example has no IPv6 address. That is fine")
            && !says(&report, "mx1.good.example has no IPv6")
    );
}

#[test]
fn what_is_missing_or_wrong_is_said_with_what_to_do() {
    let (bare, _) = look("bare.example", &[]);
    assert!(says(&bare, "mail.bare.example has no address, so nobody can reach it"));
    assert!(says(&bare, "It begins with v=spf1") || says(&bare, "it begins with v=spf1"));
    assert_eq!((states(&bare, "SPF"), states(&bare, "DMARC")), (vec![AdviceState::Bad], vec![AdviceState::Bad]));
    assert_eq!(states(&bare, "DKIM"), [AdviceState::Note]);
    let (open, _) = look("open.example", &[]);
    assert!(says(&open, "takes no mail at all") && says(&open, "every server in the world") && says(&open, "p=none"));
    assert!(says(&look("none.example", &[]).0, "There is no domain none.example"));
    assert!(says(&look("plain.example", &[]).0, "does not name a server for its mail"));
}

#[test]
fn what_nobody_answers_is_said_to_be_unknown_and_not_to_be_missing() {
    let (report, _) = look("silent.example", &[]);
    assert_eq!(states(&report, "Mail servers"), [AdviceState::Unknown]);
    assert_eq!(states(&report, "SPF"), [AdviceState::Unknown]);
    assert!(report.servers.is_empty());
}

#[test]
fn nobody_is_asked_about_a_provider_at_which_anybody_has_an_address() {
    let (report, rounds) = look("gmail.com", &["s1"]);
    assert_eq!(rounds, 0);
    assert!(report.why_not.contains("provider's business") && report.advice.is_empty(), "{report:?}");
}

const MESSAGE: &str = "Received: from mx1.example.org (localhost [127.0.0.1]) by store.example.org with LMTP; Tue, 14 Nov 2023 22:13:21 +0000\n\
    Received: from liar.example (out.shop.example [203.0.113.7]) by mx1.example.org with ESMTPS; Tue, 14 Nov 2023 22:13:20 +0000\n\
    Received: from web (web.shop.example [203.0.113.6]) by out.shop.example with ESMTP; Tue, 14 Nov 2023 21:13:20 +0000\n\
    Date: Tue, 14 Nov 2023 21:13:25 +0000\nFrom: kim@shop.example\n\nhi";

#[test]
fn the_way_of_a_message_begins_at_its_sender_and_shows_where_it_can_be_believed() {
    let account = AccountFacts { provider: vec![Domain::parse("example.org").unwrap()], ..AccountFacts::default() };
    let mail = Mail::parse(MESSAGE.as_bytes(), &Arrival { account, ..Arrival::default() });
    let way = way(&mail);
    let shown =
        way.iter().map(|hop| (hop.from.as_str(), hop.delay, hop.is_encrypted, hop.is_boundary, hop.is_believed));
    let want = [
        ("web.shop.example", Some(-5), Some(false), false, false),
        ("out.shop.example", Some(3600), Some(true), true, true),
        ("mx1.example.org", Some(1), None, false, true),
    ];
    assert!(shown.eq(want), "{way:?}");
    assert_eq!(
        draw(&way),
        [
            "● web.shop.example [203.0.113.6], calling itself web",
            "│   to out.shop.example, not encrypted, by a clock that is 5 s slow",
            "  ┄┄ what stands above may be invented ┄┄",
            "● out.shop.example [203.0.113.7], calling itself liar.example",
            "│   to mx1.example.org, encrypted, 60 min later",
            "│   ▲ here your provider took it from outside",
            "● mx1.example.org [127.0.0.1]",
            "│   to store.example.org, 1 s later",
            "■ store.example.org: your mailbox",
        ]
    );
}

#[test]
fn a_message_cannot_draw_on_the_terminal() {
    let raw = "Received: from a\u{1b}[2J.example ([203.0.113.7]) by b\u{202e}c with ESMTP; x\n\nhi";
    let way = way(&Mail::parse(raw.as_bytes(), &Arrival::default()));
    let drawn = draw(&way).join("\n");
    assert!(!drawn.contains('\u{1b}') && !drawn.contains('\u{202e}'), "{drawn:?}");
    assert!(draw(&[]).is_empty());
}
