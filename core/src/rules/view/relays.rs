//! The hosts a message went through, as `X-Spam-Relays-*` tells them, and which of them can be trusted.
//!
//! The way of the message is read from its `Received` headers, newest first. Each names the host that wrote it (`by`) and
//! the one that handed the message in. As long as hosts of one's own wrote them they are trusted; the first host that is
//! not one's own is the boundary, and whatever stands below may be invented.

mod forms;
mod line;
mod marks;
mod networks;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

pub use networks::{Networks, is_in, is_private};

use line::{Line, read};

/// More bytes than most hosts take in a pseudo header.
const LONG: usize = 256;

/// Most `Received` headers read. Loops are broken long before.
const MAX_HOPS: usize = 500;

/// One host that handed the message on. Texts are bytes as they stood, with the characters that mark the pseudo header
/// replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relay {
    /// Its address, as written.
    pub ip: Vec<u8>,
    /// The same, read.
    pub address: Option<IpAddr>,
    /// The name the receiver found for the address; empty if none.
    pub rdns: Vec<u8>,
    /// What it called itself.
    pub helo: Vec<u8>,
    /// The host that wrote the header.
    pub by: Vec<u8>,
    /// Whom an ident server named.
    pub ident: Vec<u8>,
    /// The envelope sender.
    pub envfrom: Vec<u8>,
    /// The receiver's name for the message.
    pub id: Vec<u8>,
    /// How it proved who it is; empty if it did not.
    pub auth: Vec<u8>,
    /// The receiver looked for a name, and found none.
    pub has_no_name: bool,
    /// Inside one's own network.
    pub is_internal: bool,
    /// A host that takes mail from its own users only.
    pub is_msa: bool,
    /// Which header told of it: 0 is the topmost `Received`; `None` is another header.
    pub header: Option<usize>,
}

/// The way of one message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relays {
    /// All hosts, newest first.
    hops: Vec<Relay>,
    /// So many of them are trusted.
    trusted: usize,
    /// So many of them are internal.
    internal: usize,
    /// `Received` headers that told nothing though they should.
    pub unparseable: usize,
    /// Index of the `Received` header at which the way begins: those above it are of a program that fetched the message.
    pub start: usize,
}

impl Relays {
    /// Reads the way from the headers, names and values, top first, folded or not.
    pub fn read<'mail>(
        headers: &(impl Iterator<Item = (&'mail [u8], &'mail [u8])> + Clone),
        networks: &Networks,
    ) -> Self {
        let mut relays = Self::default();
        let mut walk = Walk { networks, is_trusted: true, is_internal: true, is_past_msa: false };
        let received = headers.clone().filter(|(name, _)| name.eq_ignore_ascii_case(b"Received"));
        for (header, (_, raw)) in received.enumerate().take(MAX_HOPS) {
            match read(raw) {
                Line::Relay(relay) => relays.add(Relay { header: Some(header), ..*relay }, &mut walk),
                Line::Unparseable => relays.unparseable += 1,
                Line::Fetched if walk.is_trusted => {
                    relays = Self { unparseable: relays.unparseable, start: header + 1, ..Self::default() };
                    walk = Walk { is_internal: true, is_past_msa: false, ..walk };
                }
                Line::Fetched | Line::Ignored => {}
            }
        }
        for named in networks.originating() {
            let last = headers.clone().filter(|(name, _)| name.eq_ignore_ascii_case(named.as_bytes())).last();
            if let Some(relay) = last.and_then(|(_, value)| line::origin(value)) {
                relays.add(relay, &mut walk);
            }
        }
        relays
    }

    fn add(&mut self, mut relay: Relay, walk: &mut Walk<'_>) {
        walk.step(&mut relay);
        self.trusted += usize::from(walk.is_trusted);
        self.internal += usize::from(walk.is_internal);
        self.hops.push(relay);
    }

    /// Hosts whose word is believed, newest first.
    pub fn trusted(&self) -> &[Relay] {
        self.hops.get(..self.trusted).unwrap_or_default()
    }

    /// The others. The address of the first was written by a trusted host.
    pub fn untrusted(&self) -> &[Relay] {
        self.hops.get(self.trusted..).unwrap_or_default()
    }

    /// Hosts inside one's own network.
    pub fn internal(&self) -> &[Relay] {
        self.hops.get(..self.internal).unwrap_or_default()
    }

    /// The others.
    pub fn external(&self) -> &[Relay] {
        self.hops.get(self.internal..).unwrap_or_default()
    }

    /// All hosts.
    pub fn all(&self) -> &[Relay] {
        &self.hops
    }

    /// The pseudo header of some relays.
    pub fn text(relays: &[Relay]) -> Vec<u8> {
        let mut text = Vec::with_capacity(relays.len() * LONG);
        for relay in relays {
            relay.write(&mut text);
        }
        text
    }
}

/// The walk from the newest host down, until one is not one's own.
struct Walk<'networks> {
    networks: &'networks Networks,
    is_trusted: bool,
    is_internal: bool,
    is_past_msa: bool,
}

impl Walk<'_> {
    fn step(&mut self, relay: &mut Relay) {
        if self.is_trusted && !self.is_past_msa {
            self.is_trusted = self.networks.trusts(relay);
            self.is_internal = self.is_internal && self.is_trusted && self.networks.is_internal(relay);
        }
        relay.is_internal = self.is_internal;
        if self.is_trusted && !self.is_past_msa && self.networks.is_msa(relay) {
            relay.is_msa = true;
            self.is_past_msa = true;
        }
    }
}

impl Relay {
    fn write(&self, text: &mut Vec<u8>) {
        if !text.is_empty() {
            text.push(b' ');
        }
        text.push(b'[');
        let intl: &[u8] = if self.is_internal { b"1" } else { b"0" };
        let msa: &[u8] = if self.is_msa { b"1" } else { b"0" };
        let fields: [(&[u8], &[u8]); 10] = [
            (b"ip", &self.ip),
            (b"rdns", &self.rdns),
            (b"helo", &self.helo),
            (b"by", &self.by),
            (b"ident", &self.ident),
            (b"envfrom", &self.envfrom),
            (b"intl", intl),
            (b"id", &self.id),
            (b"auth", &self.auth),
            (b"msa", msa),
        ];
        for (name, value) in fields {
            text.push(b' ');
            text.extend_from_slice(name);
            text.push(b'=');
            text.extend_from_slice(value);
        }
        text.extend_from_slice(b" ]");
    }

    /// Whether its address says nothing about a place on the Internet.
    pub fn is_private(&self) -> bool {
        self.address.is_some_and(is_private)
    }
}
