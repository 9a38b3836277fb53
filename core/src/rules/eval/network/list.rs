//! Lists of hosts and domains in the DNS: `check_rbl` and its like.

use super::{NetworkNeed, Subtest};
use crate::rules::{book::EvalTest, eval::argument};

/// Which hosts of its way are looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelayChoice {
    /// All that are not known to be one's own.
    All,
    /// All but the first one, where it may have been a dial-up, unless it is the only one.
    NotFirstHop,
    /// The one that spoke to the last trusted host.
    FirstTrusted,
    /// Those before it, of which nobody trusted tells.
    Untrusted,
    /// The one that spoke to one's own network.
    LastExternal,
}

impl RelayChoice {
    /// From the end of a set's name.
    fn of_set(set: &str) -> Self {
        let ends = [
            ("-notfirsthop", Self::NotFirstHop),
            ("-firsttrusted", Self::FirstTrusted),
            ("-untrusted", Self::Untrusted),
            ("-lastexternal", Self::LastExternal),
        ];
        ends.into_iter().find(|(end, _)| set.ends_with(end)).map_or(Self::All, |(_, choice)| choice)
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record {
    /// An address.
    A,
    /// A text.
    Txt,
}

impl Record {
    /// `A` or `TXT` in any case.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            _ if name.eq_ignore_ascii_case("a") => Some(Self::A),
            _ if name.eq_ignore_ascii_case("txt") => Some(Self::Txt),
            _ => None,
        }
    }
}

/// Hosts on a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dnsbl {
    /// The name under which other rules look at the same answers.
    pub set: String,
    /// The list, lower case, without a last dot. `None`: answers to another rule of the same set are looked at.
    pub zone: Option<String>,
    /// Which hosts.
    pub relays: RelayChoice,
    /// What is asked for.
    pub record: Record,
    /// Which answers count; all if there is none.
    pub subtest: Option<Subtest>,
}

/// From where in the header domains or addresses are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RhsblOf {
    /// The hosts of all senders' addresses.
    FromHost,
    /// The registered domains of all senders' addresses.
    FromDomain,
    /// The envelope's sender.
    EnvelopeFrom,
    /// Name servers of the senders' domains.
    NameServers,
    /// Names and addresses in all `Received`.
    Received,
    /// Headers by name; none named: those of `rbl_headers`.
    Headers(Vec<String>),
    /// Who vouches for the sender, by the name of the accreditor.
    Accreditor(String),
}

/// Domains on a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rhsbl {
    /// What is looked up.
    pub of: RhsblOf,
    /// The name of the set.
    pub set: String,
    /// The list, lower case, without a last dot.
    pub zone: String,
    /// Which answers count; all if there is none.
    pub subtest: Option<Subtest>,
}

pub(super) fn read(test: &EvalTest) -> Option<NetworkNeed> {
    let set = argument::text(test, 0)?.to_owned();
    let second = argument::text(test, 1)?;
    let subtest = argument::text(test, 2).filter(|written| !written.is_empty()).map(Subtest::of_list);
    let dnsbl = |zone, record, subtest| {
        let relays = RelayChoice::of_set(&set);
        Some(NetworkNeed::Dnsbl(Dnsbl { set: set.clone(), zone, relays, record, subtest }))
    };
    let of = match test.function.as_str() {
        "check_rbl" => return dnsbl(Some(zone(second)?), Record::A, subtest),
        "check_rbl_txt" => return dnsbl(Some(zone(second)?), Record::Txt, subtest),
        "check_rbl_sub" => return dnsbl(None, Record::A, Some(Subtest::of_list(second))),
        "check_rbl_from_host" => RhsblOf::FromHost,
        "check_rbl_from_domain" => RhsblOf::FromDomain,
        "check_rbl_envfrom" => RhsblOf::EnvelopeFrom,
        "check_rbl_ns_from" => RhsblOf::NameServers,
        "check_rbl_rcvd" => RhsblOf::Received,
        "check_rbl_headers" => {
            let names = argument::text(test, 3).unwrap_or_default().split(',').map(str::trim);
            RhsblOf::Headers(names.filter(|name| !name.is_empty()).map(str::to_owned).collect())
        }
        "check_rbl_accreditor" => RhsblOf::Accreditor(argument::text(test, 3)?.to_owned()),
        _ => return None,
    };
    Some(NetworkNeed::Rhsbl(Rhsbl { of, zone: zone(second)?, set, subtest }))
}

/// A list's name; none if there is nothing in it.
pub(super) fn zone(written: &str) -> Option<String> {
    let zone = written.trim_end_matches('.').to_ascii_lowercase();
    (!zone.is_empty()).then_some(zone)
}
