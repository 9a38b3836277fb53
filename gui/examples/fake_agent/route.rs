//! The way of mail that the pretended agent tells of.

use tamis_core::{
    Arrival, Mail,
    api::{Advice, AdviceState, MailServer, RouteReport, ServerAddress, WayHop},
    mail::{AccountFacts, Domain},
    route,
};

const MESSAGE: &str = "Received: from mx1.example.org (localhost [127.0.0.1]) by store.example.org with LMTP; Tue, 14 Nov 2023 22:13:21 +0000\n\
    Received: from friendly.example (dsl-7.home.example [203.0.113.7]) by mx1.example.org with ESMTP; Tue, 14 Nov 2023 22:13:20 +0000\n\
    Received: from web (web.shop.example [203.0.113.6]) by friendly.example with ESMTPS; Tue, 14 Nov 2023 21:13:20 +0000\n\
    Date: Tue, 14 Nov 2023 21:13:25 +0000\nFrom: kim@shop.example\n\nhi";

/// The way of any message.
pub(crate) fn way() -> Vec<WayHop> {
    let provider = Domain::parse("example.org").into_iter().collect();
    let account = AccountFacts { provider, ..AccountFacts::default() };
    route::way(&Mail::parse(MESSAGE.as_bytes(), &Arrival { account, ..Arrival::default() }))
}

/// The way to an account.
pub(crate) fn report(account: &str) -> RouteReport {
    let server = |preference: u16, host: &str, is_backup: bool, addresses: &[(&str, &str)]| MailServer {
        preference,
        host: host.to_owned(),
        is_backup,
        addresses: addresses
            .iter()
            .map(|(address, name)| ServerAddress { address: (*address).to_owned(), name: (*name).to_owned() })
            .collect(),
    };
    let advice = |topic: &str, state, text: &str| Advice { topic: topic.to_owned(), state, text: text.to_owned() };
    RouteReport {
        account: account.to_owned(),
        domain: "example.org".to_owned(),
        why_not: String::new(),
        servers: vec![
            server(10, "mx1.example.org", false, &[("192.0.2.1", "mx1.example.org"), ("2001:db8::1", "")]),
            server(20, "mx2.backup.example", true, &[("198.51.100.9", "mx2.backup.example")]),
        ],
        advice: vec![
            advice("Mail servers", AdviceState::Good, "2 servers take your mail."),
            advice(
                "Mail servers",
                AdviceState::Note,
                "mx2.backup.example takes your mail when others are away. Spammers like to go there first, as such a server often \
                 looks less closely; unless it filters as the first one does, you are better off without it.",
            ),
            advice("SPF", AdviceState::Good, "The record says which servers may send your mail."),
            advice(
                "DMARC",
                AdviceState::Bad,
                "example.org does not say what others should do with mail that only pretends to be from it.",
            ),
            advice("DKIM", AdviceState::Unknown, "Nobody could be asked for the key s1."),
        ],
    }
}
