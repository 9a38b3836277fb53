//! By which addresses there is a way out of this machine. Nothing is sent to find out.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    time::Duration,
};

use tokio::{net::lookup_host, time::timeout};

/// Somewhere far away: addresses that belong to nobody (RFC 5737 and RFC 3849), so that only the way out leads there.
const FAR_AWAY: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1))];

/// The discard port: any would do.
const PORT: u16 = 9;

/// A name that is not in a file of this machine needs a network to be looked up.
const LOOKUP_LIMIT: Duration = Duration::from_secs(2);

/// The addresses of this machine from which connections to far away would be made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sources {
    pub(super) v4: Option<Ipv4Addr>,
    pub(super) v6: Option<Ipv6Addr>,
}

impl Sources {
    /// Asks the kernel.
    #[cfg(target_os = "linux")]
    pub(super) fn now() -> Self {
        let mut sources = Self::default();
        for far in FAR_AWAY {
            match source(SocketAddr::new(far, PORT)).filter(|source| leads_out(*source)) {
                Some(IpAddr::V4(address)) => sources.v4 = Some(address),
                Some(IpAddr::V6(address)) => sources.v6 = Some(address),
                None => {}
            }
        }
        sources
    }

    /// Whether there is any way out.
    pub(super) fn is_online(&self) -> bool {
        self.v4.is_some() || self.v6.is_some()
    }

    /// Whether `address` is one of them.
    pub(super) fn has(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => self.v4 == Some(address),
            IpAddr::V6(address) => self.v6 == Some(address),
        }
    }
}

/// The address from which a connection to `target` would be made. Connecting a UDP socket chooses it and sends nothing.
fn source(target: SocketAddr) -> Option<IpAddr> {
    let any = if target.is_ipv4() { IpAddr::V4(Ipv4Addr::UNSPECIFIED) } else { IpAddr::V6(Ipv6Addr::UNSPECIFIED) };
    let socket = UdpSocket::bind(SocketAddr::new(any, 0)).ok()?;
    socket.connect(target).ok()?;
    socket.local_addr().ok().map(|address| address.ip())
}

fn leads_out(source: IpAddr) -> bool {
    match source {
        IpAddr::V4(address) => !(address.is_loopback() || address.is_link_local() || address.is_unspecified()),
        IpAddr::V6(address) => !(address.is_loopback() || address.is_unicast_link_local() || address.is_unspecified()),
    }
}

/// Whether a server of that name is this machine itself, by the name alone.
pub fn is_this_machine(host: &str) -> bool {
    let host = host.trim();
    let inner = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    let name = inner.strip_suffix('.').unwrap_or(inner).to_ascii_lowercase();
    if let Ok(address) = name.parse::<IpAddr>() {
        return address.to_canonical().is_loopback();
    }
    // RFC 6761, section 6.3: whatever ends so is this machine.
    name == "localhost" || name.ends_with(".localhost")
}

/// Whether this machine has a way to a server, also when it has none to far away: it may stand in the next room.
pub async fn leads_to(host: &str, port: u16) -> bool {
    let host = host.trim().trim_start_matches('[').trim_end_matches(']');
    match timeout(LOOKUP_LIMIT, lookup_host((host, port))).await {
        Ok(Ok(mut addresses)) => addresses.any(|address| source(address).is_some()),
        Ok(Err(_)) | Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_known_by_its_names() {
        for host in
            ["localhost", "LocalHost.", "mail.localhost", "127.0.0.1", "127.8.8.8", "::1", "[::1]", " ::ffff:127.0.0.1"]
        {
            assert!(is_this_machine(host), "{host}");
        }
        for host in ["imap.example.org", "localhost.example.org", "notlocalhost", "192.0.2.1", "::2", "", "0.0.0.0"] {
            assert!(!is_this_machine(host), "{host}");
        }
    }

    #[test]
    fn an_address_of_the_machine_alone_is_no_way_out() {
        for (address, want) in [
            ("127.0.0.1", false),
            ("169.254.7.7", false),
            ("0.0.0.0", false),
            ("192.168.1.7", true),
            ("::1", false),
            ("fe80::1", false),
            ("fd00::7", true),
            ("2001:db8::7", true),
        ] {
            assert_eq!(leads_out(address.parse().unwrap()), want, "{address}");
        }
    }

    #[tokio::test]
    async fn there_is_always_a_way_to_this_machine_and_none_to_a_name_that_does_not_exist() {
        assert!(leads_to("127.0.0.1", 143).await);
        assert!(!leads_to("imap.nowhere.invalid", 143).await);
    }
}
