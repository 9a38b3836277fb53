//! Who or what has a reputation, and which of them a message counts for.
//!
//! ```text
//! address      of mail that is proven to be of it; its domain is what is known of it at first
//! habit        an address as it comes by one habit, where nobody proves anything
//! domain       the registrable domain of such an address, unless anybody can have an address there
//! relay        the /24 or /64 of the host that handed the message in; its network is what is known of it at first
//! network      the /16 or /48 around it, which mostly belongs to one provider
//! ```
//!
//! A forger has none of the first three of the sender it names, so it neither profits from a good name nor harms it.

use std::{collections::BTreeSet, fmt, net::IpAddr, sync::LazyLock};

use super::{Habit, Origin, Proof, author, origin::usual};
use crate::{
    mail::{Address, Domain, Mail},
    proof::is_untold,
};

/// Houses where anybody can have an address: what one does there says nothing of another.
static FREE: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("../../../assets/lists/freemail.txt").lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
});

/// Addresses that begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Network {
    first: IpAddr,
    bits: u8,
}

/// Who or what has a reputation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// An address, in lower case, from which mail is proven to be.
    Address(String),
    /// An address, in lower case, as it comes without proof by one habit.
    Habit(String, Habit),
    /// A registrable domain, from which mail is proven to be.
    Domain(String),
    /// The nearest network of a host that handed mail in.
    Relay(Network),
    /// The wider network around it.
    Network(Network),
}

/// From where a message is, as far as that counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Track {
    /// The author: an address or a habit.
    pub sender: Option<Subject>,
    /// The relay.
    pub relay: Option<Network>,
}

impl Network {
    /// The nearest network of a host: /24, or /64 of IPv6, which is what one customer is given at least.
    pub fn of_relay(ip: IpAddr) -> Self {
        Self::around(ip, 24, 64)
    }

    /// Its surroundings: /16, or /48 of IPv6.
    #[must_use]
    pub fn surroundings(self) -> Self {
        Self::around(self.first, 16, 48)
    }

    fn around(ip: IpAddr, bits_v4: u8, bits_v6: u8) -> Self {
        match ip.to_canonical() {
            IpAddr::V4(ip) => {
                let mask = u32::MAX.checked_shl(32_u32.saturating_sub(u32::from(bits_v4))).unwrap_or(0);
                Self { first: IpAddr::V4((u32::from(ip) & mask).into()), bits: bits_v4 }
            }
            IpAddr::V6(ip) => {
                let mask = u128::MAX.checked_shl(128_u32.saturating_sub(u32::from(bits_v6))).unwrap_or(0);
                Self { first: IpAddr::V6((u128::from(ip) & mask).into()), bits: bits_v6 }
            }
        }
    }

    /// Reads back what [`fmt::Display`] writes: `192.0.2.0/24`.
    pub fn parse(text: &str) -> Option<Self> {
        let (first, bits) = text.split_once('/')?;
        let (first, bits) = (first.parse::<IpAddr>().ok()?, bits.parse::<u8>().ok()?);
        let read = [Self::of_relay(first), Self::of_relay(first).surroundings()];
        read.into_iter().find(|network| network.first == first && network.bits == bits)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.bits)
    }
}

impl Subject {
    /// The kinds, as they are stored.
    pub const KINDS: [&'static str; 5] = ["address", "habit", "domain", "relay", "network"];

    /// Which kind it is, one of [`Subject::KINDS`].
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Address(_) => "address",
            Self::Habit(..) => "habit",
            Self::Domain(_) => "domain",
            Self::Relay(_) => "relay",
            Self::Network(_) => "network",
        }
    }

    /// What it is among its kind: `kim@kim.example`, `192.0.2.0/24`; a habit has its number behind the address.
    pub fn name(&self) -> String {
        match self {
            Self::Address(name) | Self::Domain(name) => name.clone(),
            Self::Habit(address, Habit(number)) => format!("{address} {number:016x}"),
            Self::Relay(network) | Self::Network(network) => network.to_string(),
        }
    }

    /// Reads [`Subject::kind`] and [`Subject::name`] back.
    pub fn parse(kind: &str, name: &str) -> Option<Self> {
        Some(match kind {
            "address" => Self::Address(name.to_owned()),
            "habit" => {
                let (address, number) = name.rsplit_once(' ')?;
                Self::Habit(address.to_owned(), Habit(u64::from_str_radix(number, 16).ok()?))
            }
            "domain" => Self::Domain(name.to_owned()),
            "relay" => Self::Relay(Network::parse(name)?),
            "network" => Self::Network(Network::parse(name)?),
            _ => return None,
        })
    }

    /// Whether it stands for many senders.
    pub const fn is_shared(&self) -> bool {
        matches!(self, Self::Domain(_) | Self::Relay(_) | Self::Network(_))
    }

    /// The subject in whose light it is seen before much is known of it.
    pub fn wider(&self) -> Option<Self> {
        match self {
            Self::Address(address) => {
                let domain = Address::parse(address)?.domain.registrable();
                is_of_one_house(&domain).then(|| Self::Domain(domain.to_string()))
            }
            Self::Relay(network) => Some(Self::Network(network.surroundings())),
            Self::Habit(..) | Self::Domain(_) | Self::Network(_) => None,
        }
    }
}

/// Whether what one sender does there says something of another.
fn is_of_one_house(domain: &Domain) -> bool {
    !FREE.contains(domain.as_str())
}

impl Track {
    /// What `mail` counts for. The person's own addresses have no reputation.
    pub fn of(mail: &Mail<'_>) -> Self {
        Self::under(mail, Origin::of(mail).proof)
    }

    /// What `mail` counts for if that is what is known about its author.
    fn under(mail: &Mail<'_>, proof: Proof) -> Self {
        let sender = author(mail).filter(|author| !mail.account.is_me(author)).and_then(|author| {
            let address = author.to_string().to_ascii_lowercase();
            match proof {
                Proof::Given => Some(Subject::Address(address)),
                Proof::Unsaid | Proof::Missing => usual(mail).map(|habit| Subject::Habit(address, habit)),
                Proof::Refuted => None,
            }
        });
        Self { sender, relay: mail.trace().client_ip().map(Network::of_relay) }
    }

    /// All that `mail` may count for, before it is known who sent it.
    pub fn possible(mail: &Mail<'_>) -> Vec<Subject> {
        let mut subjects = Self::of(mail).subjects();
        if is_untold(mail) {
            let proven = Self::under(mail, Proof::Given).subjects();
            subjects.extend(
                proven.into_iter().filter(|subject| !subject.is_shared() || matches!(subject, Subject::Domain(_))),
            );
            subjects.sort();
            subjects.dedup();
        }
        subjects
    }

    /// All of them, the nearest first.
    pub fn subjects(&self) -> Vec<Subject> {
        let relay = self.relay.map(Subject::Relay);
        let nearest = self.sender.iter().chain(&relay);
        nearest.flat_map(|subject| [Some(subject.clone()), subject.wider()]).flatten().collect()
    }

    /// Whether it counts for nobody.
    pub const fn is_empty(&self) -> bool {
        self.sender.is_none() && self.relay.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{AccountFacts, Arrival};

    #[test]
    fn a_relay_is_the_nearest_network_and_its_surroundings_are_wider() {
        for (ip, relay, around) in [
            ("192.0.2.77", "192.0.2.0/24", "192.0.0.0/16"),
            ("::ffff:192.0.2.77", "192.0.2.0/24", "192.0.0.0/16"),
            ("2001:db8:1:2:3::4", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ] {
            let network = Network::of_relay(ip.parse().unwrap());
            assert_eq!(
                (network.to_string(), network.surroundings().to_string()),
                (relay.to_owned(), around.to_owned())
            );
            assert_eq!(Network::parse(relay), Some(network));
            assert_eq!(Network::parse(around), Some(network.surroundings()));
        }
        for wrong in ["192.0.2.0/23", "192.0.2.7/24", "192.0.2.0", "x/24", "192.0.2.0/64"] {
            assert_eq!(Network::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn every_subject_is_read_back() {
        let network = Network::of_relay("192.0.2.1".parse().unwrap());
        let all = [
            Subject::Address("kim@kim.example".to_owned()),
            Subject::Habit("\"k m\"@kim.example".to_owned(), Habit(7)),
            Subject::Domain("kim.example".to_owned()),
            Subject::Relay(network),
            Subject::Network(network.surroundings()),
        ];
        for subject in &all {
            assert_eq!(Subject::parse(subject.kind(), &subject.name()).as_ref(), Some(subject));
        }
        assert_eq!(all.map(|subject| subject.kind()), Subject::KINDS);
        assert_eq!(Subject::parse("relay", "x"), None);
        assert_eq!(Subject::parse("habit", "kim@kim.example"), None);
    }

    fn told(results: &str, from: &str) -> Vec<String> {
        let raw = format!(
            "Authentication-Results: mx.example.org; {results}\n\
             Received: from m.kim.example (m.kim.example [203.0.113.5]) by mx.example.org; Tue, 14 Nov 2023 22:13:20 +0000\n\
             From: {from}\nMessage-ID: <1@kim.example>\n\nHello.\n"
        );
        let account = AccountFacts {
            provider: vec![Domain::parse("example.org").unwrap()],
            identities: vec![Address::parse("robin@robin.example").unwrap()],
            ..AccountFacts::default()
        };
        let mail = Mail::parse(raw.as_bytes(), &Arrival { account, ..Arrival::default() });
        Track::of(&mail).subjects().iter().map(|subject| format!("{} {}", subject.kind(), subject.name())).collect()
    }

    #[test]
    fn a_forger_counts_for_its_relay_alone_and_the_unproven_for_their_habit() {
        let relay = ["relay 203.0.113.0/24", "network 203.0.0.0/16"];
        let proven = told("dkim=pass header.d=kim.example", "Kim@Mail.Kim.example");
        assert_eq!(proven, [&["address kim@mail.kim.example", "domain kim.example"][..], &relay].concat());
        // Anybody can have an address there.
        let free = told("dkim=pass header.d=gmail.com", "kim@gmail.com");
        assert_eq!(free, [&["address kim@gmail.com"][..], &relay].concat());
        assert_eq!(told("dkim=fail header.d=kim.example", "kim@kim.example"), relay);
        assert_eq!(told("dkim=pass header.d=robin.example", "robin@robin.example"), relay);
        let unproven = told("none", "kim@kim.example");
        assert!(unproven.len() == 3 && unproven[0].starts_with("habit kim@kim.example "), "{unproven:?}");
        assert_eq!(told("none", "kim@kim.example, lee@lee.example"), relay);
    }
}
