//! Links, taken apart.

use std::net::IpAddr;

use super::Domain;

/// Where a link was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UrlSource {
    /// Written in text.
    Text,
    /// The target of a link.
    Link,
    /// Something a mail program would load: image, style sheet, frame.
    Resource,
    /// Where a form is sent.
    Form,
}

/// The host of a link.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Host {
    /// A name.
    Domain(Domain),
    /// An address, also when written in decimal, octal or hexadecimal.
    Ip(IpAddr),
    /// Something else, as written.
    Odd(String),
}

/// One link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// As written, at most 2 KiB, white space and entities resolved.
    pub written: String,
    /// Where it was found.
    pub source: UrlSource,
    /// Lower case: `http`, `https`, `ftp`, `mailto`, `tel`, `data`, `javascript`, `cid`…
    pub scheme: String,
    /// The host; `None` for schemes without one.
    pub host: Option<Host>,
    /// The port, if written.
    pub port: Option<u16>,
    /// Whether there is `user@` or `user:password@` before the host.
    pub has_userinfo: bool,
    /// Path, query and fragment as written, beginning with `/`, `?` or `#`; empty if none.
    pub path: String,
    /// For [`UrlSource::Link`]: the visible text of the link, collapsed, at most 256 characters.
    pub anchor: Option<String>,
}

impl Url {
    /// The host name, if the host is one.
    pub fn domain(&self) -> Option<&Domain> {
        match &self.host {
            Some(Host::Domain(domain)) => Some(domain),
            Some(Host::Ip(_) | Host::Odd(_)) | None => None,
        }
    }
}
