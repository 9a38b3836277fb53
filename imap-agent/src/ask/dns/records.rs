//! What the resolver's answers are in our terms.

use std::net::IpAddr;

use hickory_resolver::{
    lookup::Lookup,
    net::{DnsError, NetError},
    proto::{
        op::ResponseCode,
        rr::{Name, RData, RecordType},
    },
};
use tamis_core::{
    Answer,
    dns::{DnsKind, DnsRecord},
};

/// Nobody has so many of one kind who means well.
const MOST: usize = 64;

/// Beyond this a text is cut, in bytes.
const LONGEST: usize = 16 << 10;

pub(super) const fn kind(kind: DnsKind) -> RecordType {
    match kind {
        DnsKind::A => RecordType::A,
        DnsKind::Aaaa => RecordType::AAAA,
        DnsKind::Txt => RecordType::TXT,
        DnsKind::Mx => RecordType::MX,
        DnsKind::Ptr => RecordType::PTR,
        DnsKind::Ns => RecordType::NS,
        DnsKind::Tlsa => RecordType::TLSA,
        DnsKind::Srv => RecordType::SRV,
    }
}

/// Whether no server has said anything, as opposed to a server that did not want to or could not.
pub(super) fn is_silence(error: &NetError) -> bool {
    !matches!(error, NetError::Dns(_) | NetError::Proto(_) | NetError::Truncated | NetError::QueryCaseMismatch)
}

pub(super) fn answer(kind: DnsKind, found: Result<Lookup, NetError>) -> Answer {
    let lookup = match found {
        Ok(lookup) => lookup,
        Err(NetError::Dns(DnsError::NoRecordsFound(none))) => return nothing(none.response_code),
        Err(error) => return Answer::Unknown(why(&error)),
    };
    let data = lookup.answers().iter().map(|record| &record.data);
    let mut records: Vec<DnsRecord> = data.filter_map(|data| record(kind, data)).take(MOST).collect();
    if records.is_empty() {
        // An alias that leads to nothing.
        return nothing(lookup.message().response_code);
    }
    // Servers turn them round; the same answers have to give the same verdict.
    records.sort();
    Answer::Records(records)
}

fn nothing(code: ResponseCode) -> Answer {
    if code == ResponseCode::NXDomain {
        Answer::NoName
    } else if code == ResponseCode::NoError {
        Answer::Absent
    } else {
        Answer::Unknown(refusal(code))
    }
}

fn why(error: &NetError) -> String {
    if let NetError::Dns(DnsError::ResponseCode(code)) = error {
        refusal(*code)
    } else if matches!(error, NetError::Timeout) {
        "no answer in time".to_owned()
    } else if matches!(error, NetError::NoConnections) {
        "there is no name server to ask".to_owned()
    } else if matches!(error, NetError::Truncated) {
        "the answer did not fit, and was not to be had by TCP".to_owned()
    } else {
        format!("the name server could not be asked: {error}")
    }
}

fn refusal(code: ResponseCode) -> String {
    if code == ResponseCode::ServFail {
        "the name server could not find out".to_owned()
    } else if code == ResponseCode::Refused {
        "the name server refused to answer".to_owned()
    } else {
        format!("the name server answered: {code}")
    }
}

fn record(kind: DnsKind, data: &RData) -> Option<DnsRecord> {
    match (kind, data) {
        (DnsKind::A, RData::A(ip)) => Some(DnsRecord::Address(IpAddr::V4(ip.0))),
        (DnsKind::Aaaa, RData::AAAA(ip)) => Some(DnsRecord::Address(IpAddr::V6(ip.0))),
        (DnsKind::Txt, RData::TXT(text)) => {
            let mut joined: Vec<u8> = text.txt_data.iter().flat_map(|piece| piece.iter().copied()).collect();
            joined.truncate(LONGEST);
            Some(DnsRecord::Text(String::from_utf8_lossy(&joined).into_owned()))
        }
        (DnsKind::Mx, RData::MX(mx)) => {
            Some(DnsRecord::Exchange { preference: mx.preference, host: written(&mx.exchange) })
        }
        (DnsKind::Ptr, RData::PTR(name)) => Some(DnsRecord::Host(written(&name.0))),
        (DnsKind::Ns, RData::NS(name)) => Some(DnsRecord::Host(written(&name.0))),
        (DnsKind::Tlsa, RData::TLSA(tlsa)) => Some(DnsRecord::Certificate {
            usage: tlsa.cert_usage.into(),
            selector: tlsa.selector.into(),
            matching: tlsa.matching.into(),
            data: tlsa.cert_data.clone(),
        }),
        (DnsKind::Srv, RData::SRV(service)) => Some(DnsRecord::Service {
            priority: service.priority,
            weight: service.weight,
            port: service.port,
            host: written(&service.target),
        }),
        _ => None,
    }
}

/// In lower case, without the dot at its end: empty for the root.
fn written(name: &Name) -> String {
    name.to_ascii().trim_end_matches('.').to_ascii_lowercase()
}
