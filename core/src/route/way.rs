//! The way of one message, hop by hop.

use crate::{
    api::WayHop,
    explain::harmless,
    mail::{DateHeader, Hop, Mail},
};

/// The longest way that is shown. Loops are broken before.
const MOST: usize = 50;

/// The way of a message from its sender to the mailbox: the first step first.
pub fn way(mail: &Mail<'_>) -> Vec<WayHop> {
    let mut before = match mail.date() {
        DateHeader::At(at) => Some(at),
        DateHeader::Missing | DateHeader::Unreadable => None,
    };
    let written: Vec<&str> = mail.headers_named("Received").map(|header| header.value.as_str()).collect();
    let hops: Vec<(usize, &Hop)> = mail.trace().hops.iter().enumerate().take(MOST).collect();
    let steps = hops.into_iter().rev().map(|(index, hop)| {
        let delay = hop.at.zip(before).map(|(at, before)| at.0.saturating_sub(before.0));
        before = hop.at.or(before);
        // Within one machine the name that was found says nothing.
        let is_local = hop.ip.is_some_and(|ip| ip.is_loopback()) && hop.helo.is_some();
        let found = hop.rdns.as_deref().filter(|_| !is_local);
        let name = found.or(hop.helo.as_deref()).unwrap_or_default();
        let shown = |text: Option<&str>| text.map(harmless).unwrap_or_default();
        WayHop {
            from: harmless(name),
            address: hop.ip.map(|ip| ip.to_string()).unwrap_or_default(),
            helo: shown(hop.helo.as_deref().filter(|helo| *helo != name)),
            by: shown(hop.by.as_deref()),
            with: shown(hop.with.as_deref()),
            at: hop.at.map_or(0, |at| at.0),
            delay,
            is_encrypted: is_encrypted(hop, written.get(index).copied().unwrap_or_default()),
            is_boundary: mail.trace().boundary == Some(index),
            is_believed: mail.trace().boundary.is_some_and(|boundary| index <= boundary),
        }
    });
    steps.collect()
}

/// The way in lines, for a terminal: each host that had the message, and between them how it got on.
pub fn draw(way: &[WayHop]) -> Vec<String> {
    let mut lines = Vec::new();
    for hop in way {
        if hop.is_boundary && !lines.is_empty() {
            lines.push("  ┄┄ what stands above may be invented ┄┄".to_owned());
        }
        let from = if hop.from.is_empty() { "somebody" } else { &hop.from };
        let address = if hop.address.is_empty() { String::new() } else { format!(" [{}]", hop.address) };
        let helo = if hop.helo.is_empty() { String::new() } else { format!(", calling itself {}", hop.helo) };
        lines.push(format!("● {from}{address}{helo}"));
        lines.push(format!("│   {}", step(hop)));
        if hop.is_boundary {
            lines.push("│   ▲ here your provider took it from outside".to_owned());
        }
    }
    let last = way.last().map(|hop| hop.by.as_str()).filter(|by| !by.is_empty());
    if !way.is_empty() {
        lines.push(format!("■ {}: your mailbox", last.unwrap_or("your provider")));
    }
    lines
}

/// How a message got from one host to the next: `to mx.example.org, encrypted, 2 s later`.
pub fn step(hop: &WayHop) -> String {
    let to = if hop.by.is_empty() { "on".to_owned() } else { format!("to {}", hop.by) };
    let mut words = vec![to];
    words.extend(hop.is_encrypted.map(|is| if is { "encrypted" } else { "not encrypted" }.to_owned()));
    words.extend(hop.delay.map(|secs| match secs {
        ..0 => format!("by a clock that is {} slow", span(secs.saturating_neg())),
        0 => "at once".to_owned(),
        _ => format!("{} later", span(secs)),
    }));
    words.join(", ")
}

/// `2 s`, `5 min`, `3 h`, `2 days`.
fn span(secs: i64) -> String {
    match secs {
        ..120 => format!("{secs} s"),
        120..7200 => format!("{} min", secs / 60),
        7200..172_800 => format!("{} h", secs / 3600),
        _ => format!("{} days", secs / 86_400),
    }
}

/// What the receiver has written about that; nothing where mail goes within one machine.
fn is_encrypted(hop: &Hop, written: &str) -> Option<bool> {
    let with = hop.with.as_deref()?;
    let lower = written.to_ascii_lowercase();
    let says_so = ["tls1", "tlsv1", "version=tls", "using tls", "usetls"].iter().any(|word| lower.contains(word));
    let is_secure =
        matches!(with, "HTTPS" | "SMTPS" | "ESMTPS" | "ESMTPSA" | "LMTPS" | "LMTPSA" | "UTF8SMTPS" | "UTF8SMTPSA");
    let is_over_network = with.contains("SMTP") || with.starts_with("HTTP");
    (is_over_network && hop.ip.is_some()).then_some(says_so || is_secure)
}
