//! The `Received` trace, and where the message came in from outside.

use std::net::IpAddr;

use super::UnixTime;

/// One `Received` header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hop {
    /// What the sender called itself in HELO/EHLO.
    pub helo: Option<String>,
    /// The host name the receiver found for the address (reverse DNS); `None` if none or `unknown`.
    pub rdns: Option<String>,
    /// The address that handed it in.
    pub ip: Option<IpAddr>,
    /// The host that wrote this header.
    pub by: Option<String>,
    /// The protocol, upper case: `ESMTPS`, `LMTP`, `HTTP`.
    pub with: Option<String>,
    /// When.
    pub at: Option<UnixTime>,
}

/// All hops, newest first, and the boundary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// Newest first: index 0 is the last host that touched the message.
    pub hops: Vec<Hop>,
    /// Index of the hop in which the person's provider took the message from outside; older hops may be invented.
    pub boundary: Option<usize>,
}

impl Trace {
    /// The hop at the boundary.
    pub fn entry(&self) -> Option<&Hop> {
        self.hops.get(self.boundary?)
    }

    /// The first address that is not the provider's: the one to ask lists about.
    pub fn client_ip(&self) -> Option<IpAddr> {
        self.entry()?.ip
    }
}
