//! What shows that a message is from whom it says.
//!
//! Proof is that the author's domain has signed the message, or says that the host may send for it, as the person's own
//! provider found or we did (`proof`). Much mail has none. Such a message is known again by two habits together: through whose hosts it reaches the provider, which the provider has
//! written down and nobody can invent, and where its Message-ID is made. Who knows the second and sends from the very
//! neighbourhood of the first can pass for another; no one else can.

use std::{collections::BTreeSet, net::IpAddr, sync::LazyLock};

use xxhash_rust::xxh3::xxh3_64;

use crate::{
    mail::{Address, Domain, Hop, Mail},
    proof::{Found, Proof},
};

/// Houses that send and sign for whoever pays.
static FOR_HIRE: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("../../../assets/lists/mail_services.txt").lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
});

/// One habit of a sender, as a number of which the habit cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Habit(pub u64);

/// From where a message is, as far as that can be believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// What is proven.
    pub proof: Proof,
    /// What it can be known by again, at most [`Origin::MOST_HABITS`].
    pub habits: BTreeSet<Habit>,
}

impl Origin {
    /// The most habits that one message has: a network, a name and four signatures.
    pub const MOST_HABITS: usize = 6;

    /// What can be said of `mail`. Nothing without an author.
    pub fn of(mail: &Mail<'_>) -> Self {
        let Some(author) = author(mail) else { return Self::default() };
        let own = author.domain.registrable();
        let found = Found::of(mail);
        Self { proof: found.proof(&own), habits: habits(mail, &found) }
    }
}

/// The only author. Of several, or where there are several `From` lines, nobody can say who is meant.
pub(crate) fn author<'a>(mail: &'a Mail<'_>) -> Option<&'a Address> {
    let [only] = mail.from() else { return None };
    let is_one = mail.headers_named("From").count() == 1;
    only.address.as_ref().filter(|_| is_one)
}

/// The habit that tells most of where a message is from: the network that handed it in, and where its Message-ID was made.
/// None where whoever pays sends through that network.
pub(super) fn usual(mail: &Mail<'_>) -> Option<Habit> {
    let way = mail.trace().entry().filter(|entry| !is_for_hire(entry)).and_then(network)?;
    Some(habit(&way, &maker(mail)?))
}

fn habit(way: &str, maker: &str) -> Habit {
    Habit(xxh3_64(format!("{way} made {maker}").as_bytes()))
}

fn habits(mail: &Mail<'_>, found: &Found<'_>) -> BTreeSet<Habit> {
    const MOST_SIGNATURES: usize = 4;
    let Some(maker) = maker(mail) else { return BTreeSet::new() };
    let signed = |signer: Domain| {
        // Whoever pays may sign with the house's own name; a name below it is of one customer.
        (!FOR_HIRE.contains(signer.as_str())).then(|| format!("signed {signer}"))
    };
    let entry = mail.trace().entry().filter(|entry| !is_for_hire(entry));
    let relay = entry.into_iter().flat_map(|entry| [network(entry), neighbours(entry)]).flatten();
    let ways = relay.chain(found.signers().filter_map(signed).take(MOST_SIGNATURES));
    ways.map(|way| habit(&way, &maker)).collect()
}

/// Where the Message-ID was made: a domain, or whatever a program on a machine without one writes.
fn maker(mail: &Mail<'_>) -> Option<String> {
    let (_, host) = mail.message_id()?.rsplit_once('@')?;
    let host = host.trim().to_lowercase();
    let domain = Domain::parse(&host).map(|domain| domain.registrable().to_string());
    Some(domain.unwrap_or(host)).filter(|maker| !maker.is_empty())
}

/// Whether whoever pays sends through the host that handed it in.
fn is_for_hire(entry: &Hop) -> bool {
    let house = entry.rdns.as_deref().and_then(Domain::parse).map(|name| name.registrable());
    house.is_some_and(|house| FOR_HIRE.contains(house.as_str()))
}

/// The network of the host that handed it in: /24, or /48 of IPv6, which is what one site is given.
fn network(entry: &Hop) -> Option<String> {
    Some(match entry.ip?.to_canonical() {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            format!("net {a}.{b}.{c}")
        }
        IpAddr::V6(ip) => {
            let [a, b, c, ..] = ip.segments();
            format!("net {a:x}:{b:x}:{c:x}")
        }
    })
}

/// What hosts beside it are called: the name that the provider found for it without its first part, which counts the hosts
/// of a pool. The name of a home that is made of its address says only which company it is a customer of.
fn neighbours(entry: &Hop) -> Option<String> {
    let name = Domain::parse(entry.rdns.as_deref()?)?;
    let (first, rest) = name.as_str().split_once('.')?;
    let is_of_home = entry.ip.is_some_and(|ip| {
        let IpAddr::V4(ip) = ip.to_canonical() else { return false };
        let numbers: Vec<&str> = name.as_str().split(|c: char| !c.is_ascii_digit()).collect();
        1 < ip.octets().iter().filter(|octet| numbers.contains(&octet.to_string().as_str())).count()
    });
    let is_pool = Domain::parse(rest).is_some_and(|rest| rest.is_within(&name.registrable()));
    let named = if is_pool { rest } else { name.as_str() };
    (!is_of_home && !first.is_empty()).then(|| format!("beside {named}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{AccountFacts, Arrival};

    const RECEIVED: &str = "Received: from out7.kim.example (out7.kim.example [192.0.2.7]) by mx.example.org with ESMTPS; \
                            Tue, 14 Nov 2023 22:13:20 +0000\n";

    fn origin(head: &str) -> Origin {
        let provider = vec![Domain::parse("example.org").unwrap()];
        let account = AccountFacts { provider, ..AccountFacts::default() };
        let raw = format!("{head}\nHello.\n");
        Origin::of(&Mail::parse(raw.as_bytes(), &Arrival { account, ..Arrival::default() }))
    }

    fn proven(results: &str) -> Proof {
        let lines =
            results.lines().map(|line| format!("Authentication-Results: {line}\n")).collect::<Vec<_>>().concat();
        origin(&format!("{lines}{RECEIVED}From: kim@mail.kim.example\nMessage-ID: <1@kim.example>\n")).proof
    }

    #[test]
    fn only_the_authors_own_domain_proves_anything() {
        for (results, want) in [
            ("", Proof::Unsaid),
            ("mx.example.org; none", Proof::Unsaid),
            ("mx.example.org; iprev=fail", Proof::Unsaid),
            ("mx.example.org; dkim=pass header.d=kim.example", Proof::Given),
            ("mx.example.org; dkim=pass header.i=@a.kim.example", Proof::Given),
            ("mx.example.org; spf=pass smtp.mailfrom=bounce@kim.example", Proof::Given),
            ("mx.example.org; dmarc=pass header.from=mail.kim.example", Proof::Given),
            ("mx.example.org; dkim=pass header.d=other.example", Proof::Missing),
            ("mx.example.org; spf=pass smtp.mailfrom=bounce@other.example", Proof::Missing),
            ("mx.example.org; dkim=none; spf=softfail smtp.mailfrom=kim@kim.example", Proof::Missing),
            ("mx.example.org; dkim=fail header.d=kim.example; spf=none", Proof::Refuted),
            ("mx.example.org; spf=fail smtp.mailfrom=kim@kim.example; dkim=pass header.d=kim.example", Proof::Given),
            ("mx.example.org; spf=none\nmx.example.org; dkim=pass header.d=kim.example", Proof::Given),
            ("mx.example.org; spf=none; dkim=temperror header.d=kim.example", Proof::Unsaid),
            ("mx.example.org; spf=fail; dkim=temperror header.d=kim.example", Proof::Refuted),
            ("mx.other.example; dkim=pass header.d=kim.example", Proof::Unsaid),
            // What stands below may have been written by the sender, in the name of another host of the provider.
            ("mx.example.org; dkim=none; spf=fail\nx.example.org; dkim=pass header.d=kim.example", Proof::Refuted),
            ("mx.example.org; spf=none\nx.example.org; dkim=pass header.d=kim.example", Proof::Missing),
            ("mx.example.org; dkim=none\nmx.example.org; dkim=pass header.d=kim.example", Proof::Missing),
        ] {
            assert_eq!(proven(results), want, "{results}");
        }
    }

    #[test]
    fn of_two_authors_nothing_is_proven() {
        let results = format!("Authentication-Results: mx.example.org; dkim=pass header.d=kim.example\n{RECEIVED}");
        for from in
            ["From: kim@kim.example, lee@lee.example", "From: kim@kim.example\nFrom: lee@lee.example", "From: Kim", ""]
        {
            let head = format!("{results}{from}\nMessage-ID: <1@kim.example>\n");
            assert_eq!(origin(&head.replace("\n\n", "\n")), Origin::default(), "{from}");
        }
    }

    /// Whether the second is known again by what was seen of the first.
    fn is_alike(first: &str, second: &str) -> bool {
        let habits = |line: &str| {
            let (received, id) = line.split_once(" made ").unwrap();
            origin(&format!(
                "Received: from {received} by mx.example.org with ESMTPS; Tue, 14 Nov 2023 22:13:20 +0000\n\
                 From: kim@kim.example\nMessage-ID: <1@{id}>\n"
            ))
            .habits
        };
        !habits(first).is_disjoint(&habits(second))
    }

    #[test]
    fn it_is_known_again_by_whose_host_handed_it_in_and_where_it_was_made() {
        let usual = "h (out7.kim.example [192.0.2.7]) made kim.example";
        for (other, want) in [
            (usual, true),
            ("x (out8.kim.example [198.51.100.7]) made pc.kim.example", true),
            ("x ([192.0.2.99]) made kim.example", true),
            ("x (out7.kim.example [192.0.2.7]) made laptop", false),
            ("kim.example ([198.51.100.7]) made kim.example", false),
            ("out7.kim.example (other.example [198.51.100.7]) made kim.example", false),
        ] {
            assert_eq!(is_alike(usual, other), want, "{other}");
        }
    }

    #[test]
    fn two_homes_with_one_company_are_not_neighbours() {
        let home = "h (c-192-0-2-7.hsd1.isp.example [192.0.2.7]) made kim.example";
        assert!(!is_alike(home, "h (c-198-51-100-9.hsd1.isp.example [198.51.100.9]) made kim.example"));
        assert!(!is_alike(home, "h (7.2.0.192.isp.example [198.51.100.9]) made kim.example"));
        let pool = "h (out1.sys.isp.example [203.0.113.1]) made kim.example";
        assert!(is_alike(pool, "h (out2.sys.isp.example [198.51.100.9]) made kim.example"));
        assert!(!is_alike(pool, "h (host.customers.isp.example [198.51.100.9]) made kim.example"));
    }

    #[test]
    fn a_signature_of_another_house_is_a_habit_unless_it_can_be_bought() {
        let habits = |signer: &str| {
            let results = format!("Authentication-Results: mx.example.org; dkim=pass header.d={signer}\n");
            origin(&format!("{results}From: kim@kim.example\nMessage-ID: <1@kim.example>\n{RECEIVED}")).habits.len()
        };
        assert_eq!(habits("kim-example.20230601.gappssmtp.com"), 3);
        assert_eq!(habits("amazonses.com"), 2);
    }
}
