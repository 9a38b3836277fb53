//! Tokens of the header: who, what about, by which program, by which way.

use std::net::IpAddr;

use super::collector::Collector;
use crate::mail::{Address, DateHeader, Mail, Mailbox};

/// Header names that say nothing of the sender: other filters' opinions, a mailbox's own notes, and what every message of
/// the person has. Compared as beginnings, lower case.
const IGNORED: &[&str] = &[
    "arc-",
    "authentication-results",
    "bcc",
    "content-length",
    "date",
    "delivered-to",
    "delivery-date",
    "envelope-to",
    "forwarded",
    "from",
    "lines",
    "original-recipient",
    "received",
    "replied",
    "return-path",
    "status",
    "subject",
    "to",
    "x-antivirus",
    "x-apparently-to",
    "x-barracuda",
    "x-bogosity",
    "x-crm114",
    "x-delivered-to",
    "x-dspam",
    "x-envelope-",
    "x-evolution",
    "x-exchange-antispam",
    "x-folder",
    "x-forefront-",
    "x-gm-",
    "x-gmail-",
    "x-greylist",
    "x-imap",
    "x-ironport-",
    "x-keywords",
    "x-mailscanner",
    "x-microsoft-antispam",
    "x-mozilla-",
    "x-ms-exchange-",
    "x-original-to",
    "x-originalarrivaltime",
    "x-ovh-",
    "x-pyzor",
    "x-received",
    "x-rspam",
    "x-sid-",
    "x-spam",
    "x-status",
    "x-tamis",
    "x-uid",
    "x-virus",
    "x-yahoofilteredbulk",
    "x-yandex-spam",
    "x400-",
];

/// No message needs more, and nobody reads them.
const MAX_HEADERS: usize = 100;
const MAX_RECIPIENTS: usize = 20;

pub(super) fn collect(mail: &Mail<'_>, collector: &mut Collector) {
    sender(mail, collector);
    recipients(mail, collector);
    collector.add_words_and_pairs("subject:", &mail.subject);
    structure(mail, collector);
    names(mail, collector);
    route(mail, collector);
}

fn sender(mail: &Mail<'_>, collector: &mut Collector) {
    for author in mail.from.iter().take(MAX_RECIPIENTS) {
        collector.add_words("from:", &author.name);
        if let Some(address) = &author.address {
            whole_address("sender:", "domain:", address, collector);
        }
    }
    let author = mail.author().and_then(|author| author.address.as_ref());
    for reply in mail.reply_to.iter().take(MAX_RECIPIENTS).filter_map(|reply| reply.address.as_ref()) {
        whole_address("reply:", "reply-domain:", reply, collector);
        let is_same = author.is_some_and(|author| author.domain.registrable() == reply.domain.registrable());
        collector.add(&["fact:replies go to ", if is_same { "the same domain" } else { "another domain" }]);
    }
    match &mail.envelope_from {
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
    let all = || mail.to.iter().chain(&mail.cc);
    collector.add_count("recipients", all().count() as u64);
    for to in mail.to.iter().take(MAX_RECIPIENTS) {
        let kind = match to {
            Mailbox { name, .. } if name.trim().is_empty() => "no name",
            Mailbox { name, .. } if name.contains('@') => "an address as name",
            Mailbox { name, address: Some(address), .. } if name.eq_ignore_ascii_case(&address.local) => {
                "a made-up name"
            }
            Mailbox { name, .. } => {
                collector.add_words("to:", name);
                "a name"
            }
        };
        collector.add(&["fact:recipient with ", kind]);
        if to.address.is_none() {
            collector.add(&["fact:recipient without address"]);
        }
    }
}

fn structure(mail: &Mail<'_>, collector: &mut Collector) {
    collector.add(&["type:", &mail.content_type]);
    if let Some((_, boundary)) = mail.header("content-type").and_then(|value| value.split_once("boundary=")) {
        let boundary = boundary.trim_start_matches('"').split(['"', ';']).next().unwrap_or_default();
        collector.add(&["boundary:", &shape(boundary, 24)]);
    }
    if let Some(id) = &mail.message_id {
        let (left, domain) = id.rsplit_once('@').unwrap_or((id, ""));
        collector.add(&["id:", &shape(left, 32)]);
        collector.add(&["id-domain:", &domain.to_lowercase()]);
    }
    for (name, prefix) in [("x-mailer", "mailer:"), ("user-agent", "mailer:"), ("organization", "organization:")] {
        if let Some(value) = mail.header(name) {
            collector.add_words(prefix, value);
        }
    }
    for name in ["list-id", "precedence", "x-priority", "importance", "auto-submitted", "x-msmail-priority"] {
        if let Some(value) = mail.header(name) {
            let value = value.rsplit_once('<').map_or(value, |(_, id)| id.trim_end_matches('>'));
            collector.add(&["header:", name, " ", &value.trim().to_lowercase()]);
        }
    }
    if let Some(value) = mail.header("mime-version").filter(|value| value.trim() != "1.0") {
        collector.add(&["header:mime-version ", value]);
    }
}

fn names(mail: &Mail<'_>, collector: &mut Collector) {
    for header in mail.headers.iter().take(MAX_HEADERS) {
        let name = header.name.to_ascii_lowercase();
        if !IGNORED.iter().any(|ignored| name.starts_with(ignored)) {
            collector.add(&["has:", &name]);
        }
    }
    for (name, is_missing) in [
        ("From", mail.from.is_empty()),
        ("To", mail.to.is_empty()),
        ("Subject", mail.subject.trim().is_empty()),
        ("Message-ID", mail.message_id.is_none()),
        ("Date", mail.date == DateHeader::Missing),
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
    collector.add_count("hops", mail.trace.hops.len() as u64);
    let Some(entry) = mail.trace.entry() else { return };
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

/// What is left of an id when its letters and digits are forgotten: the program's pattern.
fn shape(text: &str, limit: usize) -> String {
    let mut shape = String::with_capacity(limit);
    let mut last = '\0';
    for c in text.chars() {
        let class = match c {
            '0'..='9' => '0',
            'a'..='z' => 'a',
            'A'..='Z' => 'A',
            c if c.is_ascii_graphic() => c,
            _ => '?',
        };
        if class != last || !class.is_ascii_alphanumeric() {
            shape.push(class);
        }
        last = class;
        if limit <= shape.len() {
            break;
        }
    }
    shape
}
