//! What rules want to know from the network, in our terms. Nothing is asked here: who can ask reads [`need`] and
//! [`NetworkLists`]; a rule whose need has no answer does not hit.

mod hash;
mod list;
mod sign;
mod subtest;
mod uri;

pub use hash::{Digest, HashBl, HashOf};
pub use list::{Dnsbl, Record, RelayChoice, Rhsbl, RhsblOf};
pub use sign::{Adsp, DkimWhat, DmarcPolicy, Spf, SpfResult};
pub use subtest::Subtest;
pub use uri::{AskDns, NetworkLists, UriList, UriListKind};

use super::argument;
use crate::rules::book::EvalTest;

/// What a rule wants to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NetworkNeed {
    /// Whether hosts of its way are on a list.
    Dnsbl(Dnsbl),
    /// Whether domains or addresses in its header are on a list.
    Rhsbl(Rhsbl),
    /// Whether its links are on the list that [`NetworkLists::uris`] has for this rule.
    UriDnsbl {
        /// The rule that names the list.
        rule: String,
    },
    /// Whether digests of something in it are on a list.
    HashBl(HashBl),
    /// What SPF says.
    Spf(Spf),
    /// Whether the sender is on a list of the rule files, and SPF vouches for him.
    SpfWelcome {
        /// The list that rule files bring along, not one's own.
        is_default: bool,
    },
    /// What its DKIM signatures say.
    Dkim {
        /// Which of their facts.
        what: DkimWhat,
        /// Domains that may have signed; any if empty.
        domains: Vec<String>,
    },
    /// Whether the sender is on a list of the rule files, and DKIM vouches for him.
    DkimWelcome {
        /// The list that rule files bring along, not one's own.
        is_default: bool,
    },
    /// What the sender's domain said of unsigned mail (RFC 5617, historic).
    Adsp {
        /// Which practice.
        practice: Adsp,
        /// Author's domains that count; any if empty.
        domains: Vec<String>,
    },
    /// What the sender's domain wants done with it.
    Dmarc(DmarcPolicy),
    /// Whether there is a chain of ARC seals.
    Arc {
        /// Whether it has to hold.
        is_valid: bool,
    },
    /// Whether the distributed checksum clearinghouse knows it as bulk.
    Dcc,
    /// How much of what the sending host sends is bulk, in per cent, both ends included.
    DccReputation {
        /// At least.
        least: u32,
        /// At most; 100 if it is not said.
        most: u32,
    },
    /// Whether Pyzor knows it.
    Pyzor,
    /// Whether Razor knows it, with a confidence in per cent; what is not said is left to the server.
    Razor {
        /// 4 or 8; any if it is not said.
        engine: Option<u32>,
        /// Least and most confidence.
        confidence: Option<(u32, u32)>,
    },
    /// The autonomous system of the sending host.
    Asn {
        /// What its name has to match.
        expression: String,
        /// Which look-up, by the name of its result; `ASN` if it is not said.
        tag: String,
    },
    /// Whether the sender's domain has neither mail servers nor an address.
    SenderWithoutDns,
}

/// What a call wants to know from the network; nothing if it asks nothing, or nothing that makes sense.
pub fn need(test: &EvalTest) -> Option<NetworkNeed> {
    let name = test.function.as_str();
    match name {
        "check_uridnsbl" => Some(NetworkNeed::UriDnsbl { rule: argument::text(test, 0)?.to_owned() }),
        "check_dcc" => Some(NetworkNeed::Dcc),
        "check_dcc_reputation_range" => {
            let most = percent(test, 1).unwrap_or(100);
            Some(NetworkNeed::DccReputation { least: percent(test, 0)?, most })
        }
        "check_pyzor" => Some(NetworkNeed::Pyzor),
        "check_razor2" => Some(NetworkNeed::Razor { engine: None, confidence: None }),
        "check_razor2_range" => {
            let engine = argument::text(test, 0).and_then(|engine| engine.parse().ok());
            Some(NetworkNeed::Razor { engine, confidence: Some((percent(test, 1)?, percent(test, 2)?)) })
        }
        "check_asn" => {
            let tag = argument::text(test, 1).unwrap_or("ASN").to_owned();
            Some(NetworkNeed::Asn { expression: argument::text(test, 0)?.to_owned(), tag })
        }
        "check_dns_sender" => Some(NetworkNeed::SenderWithoutDns),
        _ if name.starts_with("check_hashbl_") => hash::read(test).map(NetworkNeed::HashBl),
        _ if name.starts_with("check_rbl") => list::read(test),
        _ => sign::read(test),
    }
}

fn percent(test: &EvalTest, at: usize) -> Option<u32> {
    argument::text(test, at)?.trim().parse().ok().filter(|percent| *percent <= 100)
}
