//! Tokens of the header: who, what about, by which program, by which way.

use std::net::IpAddr;

use super::{collector::Collector, lines};
use crate::mail::{Address, DateHeader, Lessons, Mail, Mailbox, Url};

/// No message needs more.
const MAX_RECIPIENTS: usize = 20;
const MAX_LINKS: usize = 20;
const MAX_TEXT: usize = 512;

pub(super) fn collect(mail: &Mail<'_>, collector: &mut Collector) {
    lines::collect(mail, collector);
    collector.add_words("subject:", beginning(mail.subject()));
    sender(mail, collector);
    recipients(mail, collector);
    missing(mail, collector);
    route(mail, collector);
    results(mail, collector);
    if let Lessons::Together(account) = &mail.account.lessons {
        of_account(account, mail, collector);
    }
}

/// A longer subject or name is not one.
fn beginning(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MAX_TEXT)).unwrap_or_default()
}

/// What one account makes of a sender, a list or a link may be another thing than what the others do.
fn of_account(account: &str, mail: &Mail<'_>, collector: &mut Collector) {
    collector.add(&["account:", account]);
    for sender in mail.from().iter().take(MAX_RECIPIENTS).filter_map(|author| author.address.as_ref()) {
        collector.add(&["account:", account, " and ", &sender.local.to_ascii_lowercase(), "@", sender.domain.as_str()]);
        collector.add(&["account:", account, " and ", sender.domain.registrable().as_str()]);
    }
    if let Some(list) = mail.header("List-Id") {
        let list = list.rsplit_once('<').map_or(list, |(_, id)| id.trim_end_matches('>'));
        collector.add(&["account:", account, " and list ", &list.trim().to_lowercase()]);
    }
    for domain in mail.urls().iter().take(MAX_LINKS).filter_map(Url::domain) {
        collector.add(&["account:", account, " and links to ", domain.registrable().as_str()]);
    }
}

fn sender(mail: &Mail<'_>, collector: &mut Collector) {
    for author in mail.from().iter().take(MAX_RECIPIENTS) {
        collector.add_words("from:", beginning(&author.name));
        if let Some(address) = &author.address {
            whole_address("sender:", "domain:", address, collector);
        }
    }
    let author = mail.author().and_then(|author| author.address.as_ref());
    for reply in mail.reply_to().iter().take(MAX_RECIPIENTS).filter_map(|reply| reply.address.as_ref()) {
        whole_address("reply:", "reply-domain:", reply, collector);
        let is_same = author.is_some_and(|author| author.domain.registrable() == reply.domain.registrable());
        collector.add(&["fact:replies go to ", if is_same { "the same domain" } else { "another domain" }]);
    }
    match mail.envelope_from() {
        Some(Some(envelope)) => {
            collector.add(&["envelope:", envelope.domain.registrable().as_str()]);
            let is_same = author.is_some_and(|author| author.domain.registrable() == envelope.domain.registrable());
            collector.add(&["fact:sent by ", if is_same { "the author's domain" } else { "another domain" }]);
        }
        Some(None) => collector.add(&["fact:empty envelope sender"]),
        None => {}
    }
}

fn whole_address(address_prefix: &str, domain_prefix: &str, address: &Address, collector: &mut Collector) {
    collector.add(&[address_prefix, &address.local.to_ascii_lowercase(), "@", address.domain.as_str()]);
    collector.add(&[domain_prefix, address.domain.as_str()]);
    collector.add(&[domain_prefix, address.domain.registrable().as_str()]);
}

/// Only how they are written: who they are is the person, in all mail alike.
fn recipients(mail: &Mail<'_>, collector: &mut Collector) {
    let all = || mail.to().iter().chain(mail.cc());
    collector.add_count("recipients", all().count() as u64);
    for to in mail.to().iter().take(MAX_RECIPIENTS) {
        let kind = match to {
            Mailbox { name, .. } if name.trim().is_empty() => "no name",
            Mailbox { name, .. } if name.contains('@') => "an address as name",
            Mailbox { name, address: Some(address), .. } if name.eq_ignore_ascii_case(&address.local) => {
                "a made-up name"
            }
            Mailbox { name, .. } => {
                collector.add_words("to:", beginning(name));
                "a name"
            }
        };
        collector.add(&["fact:recipient with ", kind]);
        if to.address.is_none() {
            collector.add(&["fact:recipient without address"]);
        }
    }
}

fn missing(mail: &Mail<'_>, collector: &mut Collector) {
    for (name, is_missing) in [
        ("From", mail.from().is_empty()),
        ("To", mail.to().is_empty()),
        ("Subject", mail.subject().trim().is_empty()),
        ("Message-ID", mail.message_id().is_none()),
        ("Date", mail.date() == DateHeader::Missing),
        ("MIME-Version", !mail.has_header("mime-version")),
        ("Content-Type", !mail.has_header("content-type")),
        ("List-Unsubscribe", !mail.has_header("list-unsubscribe")),
        ("reply reference", !mail.has_header("in-reply-to") && !mail.has_header("references")),
    ] {
        if is_missing {
            collector.add(&["missing:", name]);
        }
    }
}

/// Only the hop by which it came in: older ones may be invented, newer ones are in all mail.
fn route(mail: &Mail<'_>, collector: &mut Collector) {
    collector.add_count("hops", mail.trace().hops.len() as u64);
    let Some(entry) = mail.trace().entry() else { return };
    if let Some(helo) = &entry.helo {
        collector.add(&["helo:", &helo.to_lowercase()]);
    }
    match &entry.rdns {
        Some(rdns) => suffixes(&rdns.to_lowercase(), collector),
        None => collector.add(&["fact:handed in by a host without a name"]),
    }
    match entry.ip {
        Some(IpAddr::V4(ip)) => {
            let [a, b, c, _] = ip.octets();
            collector.add(&["net:", &format!("{a}.{b}.{c}")]);
            collector.add(&["net:", &format!("{a}.{b}")]);
        }
        Some(IpAddr::V6(ip)) => {
            let [a, b, c, ..] = ip.segments();
            collector.add(&["net:", &format!("{a:x}:{b:x}")]);
            collector.add(&["net:", &format!("{a:x}:{b:x}:{c:x}")]);
        }
        None => {}
    }
    if let Some(with) = &entry.with {
        collector.add(&["with:", with]);
    }
}

/// The last two and the last three labels of a host name.
fn suffixes(host: &str, collector: &mut Collector) {
    let mut dots = host.rmatch_indices('.').map(|(at, _)| at + 1).skip(1);
    for _ in 0..2 {
        let start = dots.next().unwrap_or(0);
        collector.add(&["host:", host.get(start..).unwrap_or_default()]);
    }
}

/// What the provider found out about the sender, and for which domain.
fn results(mail: &Mail<'_>, collector: &mut Collector) {
    for found in mail.provider_results().unwrap_or_default().results {
        let (name, result) = (found.method.as_str(), found.result.as_str());
        collector.add(&["result:", name, " ", result]);
        let of_domain = |(property, _): &&(String, String)| {
            matches!(property.as_str(), "header.d" | "header.from" | "smtp.mailfrom")
        };
        for (_, value) in found.properties.iter().filter(of_domain) {
            let domain = value.rsplit_once('@').map_or(value.as_str(), |(_, domain)| domain);
            collector.add(&["result:", name, " ", result, " of ", domain]);
        }
    }
}
