//! The `[clamd]` section: the virus scanner.

use std::{net::IpAddr, path::PathBuf};

use serde::Deserialize;
use toml::Spanned;

use super::ConfigError;

/// How clamd is asked, and what its word is worth.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clamd {
    /// Where it is.
    pub place: ScannerPlace,
    /// Whether it may be another machine's, to which the content of mail then goes.
    pub may_be_remote: bool,
    /// Whether the mail of people the person writes to, and of senders the lists accept, is let through in spite of a virus.
    pub excuses_known: bool,
}

/// Where clamd is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ScannerPlace {
    /// Nowhere: nothing is scanned.
    Off,
    /// At the usual path of Debian, if there is one.
    #[default]
    Usual,
    /// At this Unix socket.
    Socket(PathBuf),
    /// At this TCP port.
    Tcp {
        /// The host's name, or its address without brackets.
        host: String,
        /// The port.
        port: u16,
    },
}

impl Clamd {
    /// Whether it is on another machine, as far as its name or address tells.
    pub fn is_remote(&self) -> bool {
        matches!(&self.place, ScannerPlace::Tcp { host, .. } if !is_here(host))
    }
}

/// Whether that name or address is of this machine itself.
fn is_here(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ClamdSection {
    socket: Option<Spanned<String>>,
    remote: Option<bool>,
    excuse_known: Option<bool>,
}

impl ClamdSection {
    /// `base` with what this section says.
    pub(super) fn apply(self, text: &str, base: &Clamd) -> Result<Clamd, ConfigError> {
        let mut clamd = base.clone();
        clamd.may_be_remote = self.remote.unwrap_or(clamd.may_be_remote);
        clamd.excuses_known = self.excuse_known.unwrap_or(clamd.excuses_known);
        let Some(socket) = self.socket else { return Ok(clamd) };
        let wrong = |what: String| ConfigError::at(text, &socket.span(), what);
        clamd.place = place(socket.get_ref().trim()).ok_or_else(|| {
            let what = "`socket` must be \"auto\", \"off\", a path such as \"/run/clamav/clamd.ctl\", or host and port such \
                        as \"localhost:3310\"";
            wrong(what.to_owned())
        })?;
        if let ScannerPlace::Tcp { host, .. } = &clamd.place
            && clamd.is_remote()
            && !clamd.may_be_remote
        {
            return Err(wrong(format!(
                "the content of your mail would go to {host} without encryption; write `remote = true` beside it if that is \
                 what you want"
            )));
        }
        Ok(clamd)
    }
}

fn place(written: &str) -> Option<ScannerPlace> {
    match written {
        "auto" => return Some(ScannerPlace::Usual),
        "off" => return Some(ScannerPlace::Off),
        path if path.starts_with('/') => return Some(ScannerPlace::Socket(path.into())),
        _ => {}
    }
    let (host, port) = written.rsplit_once(':')?;
    let port = port.parse().ok().filter(|port| *port != 0)?;
    let host = match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(address) => address.parse::<std::net::Ipv6Addr>().ok()?.to_string(),
        None => host.to_owned(),
    };
    let is_name = !host.is_empty() && !host.contains(|c: char| c.is_whitespace() || c == '/');
    let is_whole = is_name && (!host.contains(':') || host.parse::<IpAddr>().is_ok());
    is_whole.then_some(ScannerPlace::Tcp { host, port })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;

    #[test]
    fn a_place_reads_as_people_write_it() {
        let tcp = |host: &str, port| Some(ScannerPlace::Tcp { host: host.to_owned(), port });
        for (written, want) in [
            ("auto", Some(ScannerPlace::Usual)),
            ("off", Some(ScannerPlace::Off)),
            ("/tmp/clamd.sock", Some(ScannerPlace::Socket("/tmp/clamd.sock".into()))),
            ("localhost:3310", tcp("localhost", 3310)),
            ("[::1]:3310", tcp("::1", 3310)),
            ("::1:3310", tcp("::1", 3310)),
            ("localhost", None),
            ("localhost:0", None),
            ("localhost:99999", None),
            (":3310", None),
            ("[x]:3310", None),
            ("run/clamd", None),
            ("a b:3310", None),
            ("", None),
        ] {
            assert_eq!(place(written), want, "{written}");
        }
    }

    #[test]
    fn mail_leaves_this_machine_only_where_that_was_said() {
        for (socket, is_refused) in [
            ("localhost:3310", false),
            ("127.0.0.2:3310", false),
            ("[::1]:3310", false),
            ("scanner.example.org:3310", true),
            ("192.0.2.1:3310", true),
            ("[2001:db8::1]:3310", true),
            ("localhost.example.org:3310", true),
        ] {
            let text = format!("[clamd]\nsocket = \"{socket}\"");
            assert_eq!(Config::parse(&text).is_err(), is_refused, "{socket}");
            assert!(Config::parse(&format!("{text}\nremote = true")).is_ok(), "{socket}");
        }
    }
}
