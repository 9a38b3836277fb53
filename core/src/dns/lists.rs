//! Lists that are asked over DNS (RFC 5782): how each is asked, and what its answers mean.

use std::{
    net::{IpAddr, Ipv4Addr},
    ops::RangeInclusive,
    sync::{Arc, LazyLock},
};

use super::{DnsRecord, table};
use crate::{
    evidence::Answer,
    symbol::{Symbol, SymbolInfo, Words},
};

/// One list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DnsList {
    /// Its name in the settings.
    pub id: Words,
    /// Where it is asked, without a dot at either end.
    pub zone: Words,
    /// Its name for people.
    pub name: Words,
    /// Where anybody can look an entry up, with `{}` for what was asked about; empty if nowhere.
    pub page: Words,
    /// On what terms the operator answers; empty if not known.
    pub terms: Words,
    /// Where it is asked with a key, which goes before this.
    pub key_zone: Option<Words>,
    /// Something that is always on it, as it is asked for below the zone.
    pub listed: Option<Words>,
    /// Something that is never on it.
    pub never: Option<Words>,
    /// Whether it knows addresses: of hosts, or those in links if it knows domains as well.
    pub has_addresses: bool,
    /// Whether it knows domains.
    pub has_domains: bool,
    /// Whether it is asked unless the settings say otherwise.
    pub is_usual: bool,
    /// Answers by which it refuses to answer.
    pub refused: Vec<Codes>,
    /// What its answers mean.
    pub meanings: Vec<Meaning>,
    /// What it means that it knows the domain of a sender; `None`: as for a link.
    pub sender: Option<(Symbol, Words)>,
}

/// What an answer means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// Which answers.
    pub code: Code,
    /// What is found by them.
    pub symbol: Symbol,
    /// The same, one sentence.
    pub about: Words,
    /// Whether it says nothing of a sender whose domain is on the list so.
    pub is_mild: bool,
}

/// Some answers of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Code {
    /// Those with these numbers.
    Numbers(Codes),
    /// Those with this bit in their last number.
    Bits(u8),
}

/// Addresses, each of whose four numbers is in its range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Codes([RangeInclusive<u8>; 4]);

/// What a list has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading<'list> {
    /// It does not know what was asked about.
    NotListed,
    /// It knows it, and that is what it knows; empty if it says something that we do not know.
    Listed(Vec<&'list Meaning>),
    /// It does not want to answer.
    Refused,
    /// This is no answer of a list: somebody on the way answers for it.
    Odd,
    /// Nothing is known.
    Unknown,
}

impl Codes {
    /// Reads `127.0.0.2`, `127.0.0.4-7`, `127.0.*.1`.
    pub fn parse(text: &str) -> Option<Self> {
        let range = |part: &str| {
            let (first, last) = match part {
                "*" => ("0", "255"),
                _ => part.split_once('-').unwrap_or((part, part)),
            };
            let (first, last): (u8, u8) = (first.parse().ok()?, last.parse().ok()?);
            (first <= last).then_some(first..=last)
        };
        let ranges = text.split('.').map(range).collect::<Option<Vec<_>>>()?;
        ranges.try_into().ok().map(Self)
    }

    /// All that a list can answer.
    pub fn any() -> Self {
        Self([127..=127, 0..=255, 0..=255, 0..=255])
    }

    fn has(&self, ip: Ipv4Addr) -> bool {
        self.0.iter().zip(ip.octets()).all(|(range, octet)| range.contains(&octet))
    }
}

impl Code {
    fn has(&self, ip: Ipv4Addr) -> bool {
        match self {
            Self::Numbers(codes) => codes.has(ip),
            Self::Bits(bits) => ip.octets()[3] & bits != 0,
        }
    }
}

impl DnsList {
    /// The name under which it is asked about something.
    pub fn question(&self, about: &str) -> String {
        format!("{about}.{}", &*self.zone)
    }

    /// What a name asks it about, if it is asked by that name.
    pub fn asked_about<'name>(&self, name: &'name str) -> Option<&'name str> {
        name.strip_suffix(&*self.zone)?.strip_suffix('.')
    }

    /// What an answer of it means.
    pub fn read(&self, answer: &Answer) -> Reading<'_> {
        if matches!(answer, Answer::NoName | Answer::Absent) {
            return Reading::NotListed;
        }
        let Answer::Records(records) = answer else { return Reading::Unknown };
        let mut codes = Vec::new();
        for record in records {
            let DnsRecord::Address(IpAddr::V4(ip)) = record else { return Reading::Odd };
            if !ip.is_loopback() {
                return Reading::Odd;
            }
            codes.push(*ip);
        }
        // What begins so is an error everywhere, whether the operator says so or not.
        let is_error = |ip: &Ipv4Addr| ip.octets().starts_with(&[127, 255, 255]);
        if codes.iter().any(|ip| is_error(ip) || self.refused.iter().any(|refused| refused.has(*ip))) {
            return Reading::Refused;
        }
        let is_said = |meaning: &&Meaning| codes.iter().any(|ip| meaning.code.has(*ip));
        Reading::Listed(self.meanings.iter().filter(is_said).collect())
    }

    /// Where an entry can be looked up.
    pub fn page_of(&self, about: &str) -> String {
        self.page.replace("{}", about)
    }
}

/// Which lists are asked about an account's mail, and whether anybody is asked anything. Nobody, unless the settings say so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asks {
    /// Whether anything at all is asked over DNS.
    pub is_on: bool,
    lists: Arc<[DnsList]>,
}

impl Asks {
    /// These lists.
    pub fn of(lists: Vec<DnsList>) -> Self {
        Self { is_on: true, lists: lists.into() }
    }

    /// Whether a name lies in a zone of a list, where it would be a question to the list.
    pub fn is_of_list(&self, name: &str) -> bool {
        self.lists().iter().any(|list| list.asked_about(name).is_some() || *list.zone == *name)
    }

    /// The lists that are asked.
    pub fn lists(&self) -> &[DnsList] {
        if self.is_on { &self.lists } else { &[] }
    }
}

static READ: LazyLock<(Vec<DnsList>, Vec<SymbolInfo>, Vec<&'static str>)> = LazyLock::new(table::read);

/// The lists that Tamis knows.
pub fn known_lists() -> &'static [DnsList] {
    &READ.0
}

/// The symbols of the lists that Tamis knows.
pub(crate) fn list_symbols() -> &'static [SymbolInfo] {
    &READ.1
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn list(id: &str) -> &'static DnsList {
        known_lists().iter().find(|list| &*list.id == id).unwrap()
    }

    fn answer(ips: &[&str]) -> Answer {
        Answer::Records(ips.iter().map(|ip| DnsRecord::Address(ip.parse().unwrap())).collect())
    }

    fn symbols(id: &str, ips: &[&str]) -> Vec<String> {
        match list(id).read(&answer(ips)) {
            Reading::Listed(meanings) => meanings.iter().map(|meaning| meaning.symbol.to_string()).collect(),
            other @ (Reading::NotListed | Reading::Refused | Reading::Odd | Reading::Unknown) => {
                vec![format!("{other:?}")]
            }
        }
    }

    #[test]
    fn every_line_of_the_table_reads_and_every_list_is_whole() {
        assert_eq!(READ.2, Vec::<&str>::new());
        let mut seen = BTreeSet::new();
        for list in known_lists() {
            assert!(
                seen.insert(list.id.to_string()) && seen.insert(list.zone.to_string()),
                "{} is there twice",
                &*list.id
            );
            assert!(list.has_addresses || list.has_domains, "{}", &*list.id);
            assert!(list.never.is_some() && !list.meanings.is_empty(), "{}", &*list.id);
            assert!(list.page.starts_with("https://") && !list.terms.is_empty(), "{}", &*list.id);
            assert!(crate::dns::is_name(&list.question("x")), "{}", &*list.zone);
        }
        assert_eq!(known_lists().iter().filter(|list| list.is_usual).count(), 5);
    }

    #[test]
    fn codes_are_read_as_the_operators_mean_them() {
        for (id, ips, want) in [
            ("spamhaus_zen", &["127.0.0.2"][..], &["RCVD_IN_SBL"][..]),
            (
                "spamhaus_zen",
                &["127.0.0.3", "127.0.0.4", "127.0.0.10"],
                &["RCVD_IN_SBL_CSS", "RCVD_IN_XBL", "RCVD_IN_PBL"],
            ),
            ("spamhaus_zen", &["127.0.0.7"], &["RCVD_IN_XBL"]),
            ("spamhaus_zen", &["127.0.0.8"], &[]),
            ("spamhaus_zen", &["127.255.255.254"], &["Refused"]),
            ("spamhaus_zen", &["127.0.0.2", "127.255.255.255"], &["Refused"]),
            ("spamhaus_zen", &["198.51.100.1"], &["Odd"]),
            ("spamhaus_zen", &["127.0.0.2", "198.51.100.1"], &["Odd"]),
            ("spamhaus_dbl", &["127.0.1.104"], &["URIBL_DBL_ABUSE"]),
            ("spamhaus_dbl", &["127.0.1.255"], &["Refused"]),
            // Two at once are one answer, with both bits.
            ("surbl", &["127.0.0.24"], &["URIBL_PH_SURBL", "URIBL_MW_SURBL"]),
            ("surbl", &["127.0.0.4"], &[]),
            ("surbl", &["127.0.0.1"], &["Refused"]),
            ("uribl", &["127.0.0.14"], &["URIBL_BLACK", "URIBL_GREY", "URIBL_RED"]),
            ("psbl", &["127.255.255.254"], &["Refused"]),
            ("dnswl", &["127.0.5.2"], &["RCVD_IN_DNSWL_MED"]),
            ("dnswl", &["127.0.0.255"], &["Refused"]),
            ("dnswl", &["127.0.10.3"], &["Refused"]),
        ] {
            assert_eq!(symbols(id, ips), want, "{id} {ips:?}");
        }
    }

    #[test]
    fn no_answer_is_not_the_answer_no() {
        let zen = list("spamhaus_zen");
        assert_eq!(zen.read(&Answer::NoName), Reading::NotListed);
        assert_eq!(zen.read(&Answer::Absent), Reading::NotListed);
        assert_eq!(zen.read(&Answer::Unknown("no answer in time".to_owned())), Reading::Unknown);
    }

    #[test]
    fn numbers_are_ranges_and_nothing_else() {
        for odd in ["127.0.0", "127.0.0.2.3", "127.0.0.256", "127.0.0.7-4", "a.b.c.d", ""] {
            assert_eq!(Codes::parse(odd), None, "{odd}");
        }
    }
}
