//! Ways into the mailboxes of ten kinds of providers, in the forms that they document and write.

use super::*;

/// A provider, what the settings say of it, and a trace with the host that handed the message in.
struct Route {
    name: &'static str,
    provider: &'static [&'static str],
    lines: &'static [&'static str],
    client: &'static str,
    taken_by: &'static str,
}

const ROUTES: &[Route] = &[
    Route {
        name: "Gmail",
        provider: &["gmail.com"],
        lines: &[
            "by 2002:a05:7010:161f:b0:3b5:2a5c:1d7e with SMTP id h31csp1234567mds; D",
            "from mail.shop.example (mail.shop.example. [192.0.2.7]) by mx.google.com with ESMTPS id x1-2002.1 for <robin@gmail.com> \
             (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256); D",
            "from app.shop.example (app.shop.example [198.51.100.3]) by mail.shop.example with ESMTP id 7; D",
        ],
        client: "192.0.2.7",
        taken_by: "google.com",
    },
    Route {
        name: "Exchange Online, a company's own domain",
        provider: &["firm.example", "office365.com"],
        lines: &[
            "from AM0PR01MB1234.eurprd01.prod.exchangelabs.com (2603:10a6:208:1::1) by DB7PR01MB4321.eurprd01.prod.exchangelabs.com \
             with HTTPS; D",
            "from DU2PR04CA0123.eurprd04.prod.outlook.com (2603:10a6:10:22::28) by AM0PR01MB1234.eurprd01.prod.exchangelabs.com \
             (2603:10a6:208:1::1) with Microsoft SMTP Server (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.20.7.1; D",
            "from DB5EUR01FT012.eop-EUR01.prod.protection.outlook.com (2603:10a6:10:22:cafe::3b) by \
             DU2PR04CA0123.outlook.office365.com (2603:10a6:10:22::28) with Microsoft SMTP Server id 15.20.7.1 via Frontend Transport; D",
            "from mail.shop.example (192.0.2.7) by DB5EUR01FT012.mail.protection.outlook.com (10.152.4.100) with Microsoft SMTP Server \
             id 15.20.7.1 via Frontend Transport; D",
            "from app.shop.example (app.shop.example [198.51.100.3]) by mail.shop.example (Postfix) with ESMTP id 7; D",
        ],
        client: "192.0.2.7",
        taken_by: "exchangelabs.com",
    },
    Route {
        name: "Fastmail",
        provider: &["robin.example", "fastmail.com"],
        lines: &[
            "from phl-compute-05.internal (phl-compute-05.phl.internal [10.202.2.45]) by sloti22d2t06 (Cyrus 3.11.0) with LMTPA; D",
            "from phl-mx-04 ([10.202.2.203]) by phl-compute-05.internal (LMTPProxy); D",
            "from phl-mx-04.messagingengine.com (localhost [127.0.0.1]) by mailmx.phl.internal (Postfix) with ESMTP id 1; D",
            "from phl-mx-04.messagingengine.com (localhost [127.0.0.1]) by phl-mx-04.messagingengine.com (Authentication Milter) with ESMTP; D",
            "from mail.shop.example (mail.shop.example [192.0.2.7]) (using TLSv1.3) by phl-mx-04.messagingengine.com (Postfix) with ESMTPS; D",
            "from app.shop.example (app.shop.example [198.51.100.3]) by mail.shop.example (Postfix) with ESMTP id 7; D",
        ],
        client: "192.0.2.7",
        taken_by: "messagingengine.com",
    },
    Route {
        name: "Yahoo",
        provider: &["yahoo.com"],
        lines: &[
            "from 10.217.134.33 by atlas109.free.mail.gq1.yahoo.com with HTTPS; D",
            "from 192.0.2.7 (EHLO mail.shop.example) by 10.217.134.33 with SMTPs (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384); D",
            "from app.shop.example (app.shop.example [198.51.100.3]) by mail.shop.example (Postfix) with ESMTP id 7; D",
        ],
        client: "",
        taken_by: "",
    },
    Route {
        name: "iCloud",
        provider: &["icloud.com", "me.com"],
        lines: &[
            "from p00-icloudmta-smtpin-us-west-3a-100-percent-10 by p149-mailgateway-smtp-7d9c (mailgateway 2542B54) with SMTP id 1; D",
            "from mail.shop.example (mail.shop.example [192.0.2.7]) by p00-icloudmta-smtpin-us-west-3a-60-percent-2.p00-icloudmta-smtpin-vip.\
             icloud-mail-production.svc.kube.us-west-3a.k8s.cloud.apple.com (Postfix) with ESMTPS id 1 for <robin@icloud.com>; D",
            "from app.shop.example (app.shop.example [198.51.100.3]) by mail.shop.example (Postfix) with ESMTP id 7; D",
        ],
        client: "192.0.2.7",
        taken_by: "apple.com",
    },
    Route {
        name: "GMX",
        provider: &["gmx.de", "gmx.net"],
        lines: &[
            "from mail.shop.example ([192.0.2.7]) by mx-ha.gmx.net (mxgmx016 [212.227.15.9]) with ESMTPS (Nemesis) id 1MbRrb for \
             <robin@gmx.de>; D",
            "from app.shop.example (app.shop.example [198.51.100.3]) by mail.shop.example (Postfix) with ESMTP id 7; D",
        ],
        client: "192.0.2.7",
        taken_by: "gmx.net",
    },
    Route {
        name: "Proton Mail, by the bridge on this machine",
        provider: &["proton.me"],
        lines: &[
            "from mail.shop.example (mail.shop.example [192.0.2.7]) (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)) \
             by mailin024.protonmail.ch (Postfix) with ESMTPS id 4X for <robin@proton.me>; D",
            "from app.shop.example (app.shop.example [198.51.100.3]) by mail.shop.example (Postfix) with ESMTP id 7; D",
        ],
        client: "192.0.2.7",
        taken_by: "protonmail.ch",
    },
    Route {
        name: "mailbox.org, with a domain of one's own",
        provider: &["robin.example", "mailbox.org"],
        lines: &[
            "from mx2.mailbox.org ([10.196.197.102]) by dobby18.heinlein-hosting.de (Dovecot) with LMTP id 1; D",
            "from mx2.mailbox.org (mx2.mailbox.org [10.196.197.102]) by dovecot1.mailbox.org with LMTP; D",
            "from mail.shop.example (mail.shop.example [192.0.2.7]) (using TLSv1.3) by mx2.mailbox.org (Postfix) with ESMTPS id 4; D",
            "from app.shop.example (app.shop.example [198.51.100.3]) by mail.shop.example (Postfix) with ESMTP id 7; D",
        ],
        client: "192.0.2.7",
        taken_by: "mailbox.org",
    },
    Route {
        name: "a server of one's own, Postfix and Dovecot, filled by fetchmail",
        provider: &["robin.example"],
        lines: &[
            "from mail.robin.example by home.lan with LMTP id 1 for <robin@home.lan>; D",
            "from mail.robin.example [203.0.113.9] by localhost with IMAP (fetchmail-6.4.37) for <robin@localhost> (single-drop); D",
            "from mail.shop.example (mail.shop.example [192.0.2.7]) by mail.robin.example (Postfix) with ESMTPS id 4; D",
            "from app.shop.example (app.shop.example [198.51.100.3]) by mail.shop.example (Postfix) with ESMTP id 7; D",
        ],
        client: "192.0.2.7",
        taken_by: "robin.example",
    },
    Route {
        name: "a university behind the relays of its network, which the settings name",
        provider: &["uni.example", "dfn.example"],
        lines: &[
            "from mx1.uni.example (mx1.uni.example [10.3.0.4]) by imap.uni.example (Cyrus) with LMTPA; D",
            "from b1422.mx.srv.dfn.example (b1422.mx.srv.dfn.example [203.0.113.80]) by mx1.uni.example (Postfix) with ESMTPS id 4; D",
            "from mail.shop.example (mail.shop.example [192.0.2.7]) by b1422.mx.srv.dfn.example (Postfix) with ESMTPS id 4; D",
            "from app.shop.example (app.shop.example [198.51.100.3]) by mail.shop.example (Postfix) with ESMTP id 7; D",
        ],
        client: "192.0.2.7",
        taken_by: "uni.example",
    },
];

fn domains(names: &[&str]) -> Vec<Domain> {
    names.iter().map(|name| Domain::parse(name).unwrap()).collect()
}

#[test]
fn the_host_that_handed_it_in_is_found_at_every_provider() {
    let mut wrong = Vec::new();
    for route in ROUTES {
        let provider = domains(route.provider);
        let trace = Trace::read(route.lines, &provider);
        let client = trace.client_ip().map(|ip| ip.to_string()).unwrap_or_default();
        let taken_by = trace.passage(&provider).taken_by.map(|by| by.to_string()).unwrap_or_default();
        if (client.as_str(), taken_by.as_str()) != (route.client, route.taken_by) {
            wrong.push(format!("{}: {client}, taken by {taken_by}", route.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn seen(names: &[(&str, u32)]) -> Vec<Seen> {
    names.iter().map(|(name, authors)| Seen { domain: Domain::parse(name).unwrap(), authors: *authors }).collect()
}

#[test]
fn a_server_is_believed_when_the_mail_of_many_shows_it() {
    for (taken_by, handed_in_by, want) in [
        (&[("mx.example", 9)][..], &[][..], &[][..]),
        (&[("mx.example", 10)], &[], &["mx.example"]),
        (&[("mx.example", 40), ("other.example", 10)], &[], &["mx.example"]),
        (&[("mx.example", 39), ("other.example", 11)], &[], &[]),
        (&[("mx.example", 300)], &[("relay.example", 24)], &["mx.example"]),
        (&[("mx.example", 300)], &[("relay.example", 95), ("a.example", 5)], &["mx.example", "relay.example"]),
        (&[("mx.example", 300)], &[("google.com", 90), ("a.example", 10)], &["mx.example"]),
        (&[("mx.example", u32::MAX), ("a.example", u32::MAX)], &[], &[]),
    ] {
        assert_eq!(learned(&seen(taken_by), &seen(handed_in_by)), domains(want), "{taken_by:?} {handed_in_by:?}");
    }
}

#[test]
fn a_provider_under_a_name_that_the_settings_do_not_tell_is_learned_and_then_its_hops_are_known() {
    let lines = [
        "from mail.shop.example (mail.shop.example [192.0.2.7]) by mx3.hoster.example (Postfix) with ESMTPS id 4; D",
        "from app.shop.example (app.shop.example [198.51.100.3]) by mail.shop.example (Postfix) with ESMTP id 7; D",
    ];
    let told = domains(&["robin.example", "imaphost.example"]);
    let trace = Trace::read(&lines, &told);
    assert_eq!(trace.client_ip(), None);
    let passage = trace.passage(&told);
    let by = passage.taken_by.unwrap();
    assert_eq!(by.as_str(), "hoster.example");
    assert_eq!(passage.handed_in_by, None);
    let known = [told, learned(&[Seen { domain: by, authors: 12 }], &[])].concat();
    assert_eq!(Trace::read(&lines, &known).client_ip(), "192.0.2.7".parse().ok());
}

#[test]
fn a_relay_in_front_of_the_provider_is_learned_from_what_it_hands_in() {
    let told = domains(&["uni.example"]);
    let lines = ROUTES.last().unwrap().lines;
    let trace = Trace::read(lines, &told);
    assert_eq!(trace.client_ip(), "203.0.113.80".parse().ok());
    let relay = trace.passage(&told).handed_in_by.unwrap();
    let known = [told, learned(&[], &[Seen { domain: relay, authors: 60 }])].concat();
    assert_eq!(Trace::read(lines, &known).client_ip(), "192.0.2.7".parse().ok());
}
