//! What the Linux kernel says when links, addresses or routes change (rtnetlink(7)).

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    os::fd::OwnedFd,
};

use rustix::{
    io::Errno,
    net::{AddressFamily, RecvFlags, SocketFlags, SocketType, bind, netlink::SocketAddrNetlink, recv, socket_with},
};
use tokio::io::unix::AsyncFd;

use super::descriptor::awaited;

/// The multicast groups of rtnetlink(7): RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV4_ROUTE, RTMGRP_IPV6_IFADDR and
/// RTMGRP_IPV6_ROUTE.
const GROUPS: u32 = 0x1 | 0x10 | 0x40 | 0x100 | 0x400;

/// RTM_DELADDR of rtnetlink(7).
const ADDRESS_REMOVED: u16 = 21;

/// IFA_ADDRESS and IFA_LOCAL: on links from point to point the first is the address of the other end.
const OF_ADDRESS: [u16; 2] = [1, 2];

/// `struct nlmsghdr`, `struct ifaddrmsg`, `struct rtattr`, in bytes.
const HEADER: usize = 16;
const ADDRESS_HEADER: usize = 8;
const ATTRIBUTE_HEADER: usize = 4;

/// More than the kernel puts into one datagram of notices.
const BUFFER: usize = 32 * 1024;

/// Hears the kernel.
#[derive(Debug)]
pub(super) struct Notices {
    socket: AsyncFd<OwnedFd>,
}

impl Notices {
    /// Begins to hear. To be called inside a tokio runtime.
    pub(super) fn open() -> std::io::Result<Self> {
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, None)?;
        bind(&socket, &SocketAddrNetlink::new(0, GROUPS))?;
        Ok(Self { socket: awaited(socket)? })
    }

    /// Waits for the next notice. Returns the addresses that have been removed; mostly none.
    pub(super) async fn next(&self) -> std::io::Result<Vec<IpAddr>> {
        let mut buffer = vec![0; BUFFER];
        loop {
            let mut ready = self.socket.readable().await?;
            match ready.try_io(|socket| Ok(recv(socket, &mut buffer[..], RecvFlags::empty())?)) {
                Ok(Ok((read, _))) => return Ok(removed(buffer.get(..read).unwrap_or_default())),
                // So much has happened that the kernel could not keep it. It says no more than that.
                Ok(Err(error)) if Errno::from_io_error(&error) == Some(Errno::NOBUFS) => return Ok(Vec::new()),
                Ok(Err(error)) => return Err(error),
                // Somebody else was quicker, or the kernel only thought so.
                Err(_would_block) => {}
            }
        }
    }
}

/// The addresses that the messages of a datagram say have been removed.
fn removed(datagram: &[u8]) -> Vec<IpAddr> {
    let mut found = Vec::new();
    let mut rest = datagram;
    while let Some((length, kind)) = header(rest) {
        let Some(message) = rest.get(HEADER..length) else { break };
        if kind == ADDRESS_REMOVED {
            found.extend(addresses(message));
        }
        rest = rest.get(aligned(length)..).unwrap_or_default();
    }
    found
}

/// The length of a message with its header, and its kind.
fn header(bytes: &[u8]) -> Option<(usize, u16)> {
    let length = u32::from_ne_bytes(array(bytes, 0)?);
    let kind = u16::from_ne_bytes(array(bytes, 4)?);
    let length = usize::try_from(length).ok()?;
    (HEADER <= length).then_some((length, kind))
}

fn addresses(message: &[u8]) -> Vec<IpAddr> {
    let mut found = Vec::new();
    let mut rest = message.get(ADDRESS_HEADER..).unwrap_or_default();
    while let (Some(length), Some(kind)) = (array(rest, 0), array(rest, 2)) {
        let length = usize::from(u16::from_ne_bytes(length));
        let Some(value) = rest.get(ATTRIBUTE_HEADER..length) else { break };
        if OF_ADDRESS.contains(&u16::from_ne_bytes(kind)) {
            found.extend(address(value));
        }
        rest = rest.get(aligned(length)..).unwrap_or_default();
    }
    found
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        return Some(IpAddr::V4(Ipv4Addr::from(bytes)));
    }
    <[u8; 16]>::try_from(bytes).ok().map(|bytes| IpAddr::V6(Ipv6Addr::from(bytes)))
}

/// Messages and attributes begin at multiples of four bytes.
fn aligned(length: usize) -> usize {
    length.next_multiple_of(4)
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
        let length = u16::try_from(ATTRIBUTE_HEADER + value.len()).unwrap();
        let mut bytes = [length.to_ne_bytes(), kind.to_ne_bytes()].concat();
        bytes.extend_from_slice(value);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    fn message(kind: u16, attributes: &[Vec<u8>]) -> Vec<u8> {
        let body = [vec![0; ADDRESS_HEADER], attributes.concat()].concat();
        let length = u32::try_from(HEADER + body.len()).unwrap();
        let mut bytes = length.to_ne_bytes().to_vec();
        bytes.extend_from_slice(&kind.to_ne_bytes());
        bytes.resize(HEADER, 0);
        bytes.extend_from_slice(&body);
        bytes
    }

    #[test]
    fn removed_addresses_are_found_among_everything_else() {
        let v4 = attribute(2, &[192, 168, 1, 7]);
        let name = attribute(3, b"wlan0\0");
        let v6 = attribute(1, &"2001:db8::7".parse::<Ipv6Addr>().unwrap().octets());
        let (new, other) = (message(20, std::slice::from_ref(&v4)), message(24, std::slice::from_ref(&v4)));
        let datagram = [new, message(21, &[name, v4]), other, message(21, &[v6])].concat();
        let want: Vec<IpAddr> = vec!["192.168.1.7".parse().unwrap(), "2001:db8::7".parse().unwrap()];
        assert_eq!(removed(&datagram), want);
        assert_eq!(removed(&datagram[..datagram.len() - 1]), want[..1], "a message cut off says nothing");
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_to_its_end(
            bytes in proptest::collection::vec(any::<u8>(), 0..200), length in 0..80_u32, kind in 15..30_u16,
        ) {
            removed(&bytes);
            let mut headed = length.to_ne_bytes().to_vec();
            headed.extend_from_slice(&kind.to_ne_bytes());
            headed.extend_from_slice(&bytes);
            let most = headed.len() / ATTRIBUTE_HEADER;
            prop_assert!(removed(&headed).len() <= most);
        }
    }
}
