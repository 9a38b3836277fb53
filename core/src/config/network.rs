//! The `[network]` section: whether others are asked about mail, and by which name servers.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use serde::Deserialize;
use toml::Spanned;

use super::{ConfigError, PasswordSource, units::seconds};
use crate::mail::Domain;

/// Below a second hardly anybody answers; a minute is longer than anybody waits for mail.
const DEADLINE: std::ops::RangeInclusive<u64> = 1..=60;

/// More would only be asked when all others are silent.
const MOST_SERVERS: usize = 8;

/// Who is asked about mail besides the servers of the accounts, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// Whether anybody is.
    pub is_on: bool,
    /// The name servers. Empty: those of the system.
    pub servers: Vec<SocketAddr>,
    /// How they are asked.
    pub transport: Transport,
    /// The name in their certificates. Always there unless they are asked without TLS.
    pub server_name: Option<String>,
    /// A PEM file of certificate authorities to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// The longest that a message waits for all answers together, in seconds.
    pub deadline_secs: u64,
    /// Where the key for Spamhaus's Data Query Service is.
    pub spamhaus_key: Option<PasswordSource>,
}

/// How name servers are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transport {
    /// By UDP, and by TCP what does not fit.
    #[default]
    Udp,
    /// DNS over TLS (RFC 7858).
    Tls,
    /// DNS over HTTPS (RFC 8484).
    Https,
}

impl Transport {
    fn from_word(word: &str) -> Option<Self> {
        match word {
            "udp" => Some(Self::Udp),
            "tls" => Some(Self::Tls),
            "https" => Some(Self::Https),
            _ => None,
        }
    }

    const fn usual_port(self) -> u16 {
        match self {
            Self::Udp => 53,
            Self::Tls => 853,
            Self::Https => 443,
        }
    }
}

impl Default for Network {
    fn default() -> Self {
        Self {
            is_on: true,
            servers: Vec::new(),
            transport: Transport::default(),
            server_name: None,
            ca_file: None,
            deadline_secs: 8,
            spamhaus_key: None,
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct NetworkSection {
    enabled: Option<bool>,
    deadline: Option<Spanned<String>>,
    servers: Option<Vec<Spanned<String>>>,
    transport: Option<Spanned<String>>,
    server_name: Option<Spanned<String>>,
    ca_file: Option<PathBuf>,
    spamhaus_key_file: Option<PathBuf>,
    spamhaus_key_command: Option<Spanned<String>>,
}

impl NetworkSection {
    /// `base` with what this section says.
    pub(super) fn apply(self, text: &str, base: Network) -> Result<Network, ConfigError> {
        let wrong = |span: std::ops::Range<usize>, what: &str| ConfigError::at(text, &span, what.to_owned());
        let mut network = base;
        network.is_on = self.enabled.unwrap_or(network.is_on);
        if let Some(deadline) = self.deadline {
            let secs = seconds(deadline.get_ref()).filter(|secs| DEADLINE.contains(secs));
            let what = "`deadline` must be a time from \"1 second\" to \"60 seconds\", such as \"8 seconds\"";
            network.deadline_secs = secs.ok_or_else(|| wrong(deadline.span(), what))?;
        }
        if let Some(word) = &self.transport {
            network.transport = Transport::from_word(word.get_ref()).ok_or_else(|| {
                let what = format!("`transport` can be \"udp\", \"tls\" or \"https\", not \"{}\"", word.get_ref());
                wrong(word.span(), &what)
            })?;
        }
        if let Some(name) = self.server_name.filter(|name| !name.get_ref().is_empty()) {
            if Domain::parse(name.get_ref()).is_none() && name.get_ref().parse::<IpAddr>().is_err() {
                return Err(wrong(name.span(), "`server_name` must be a host name, such as \"dns.example.org\""));
            }
            network.server_name = Some(name.into_inner());
        }
        for written in self.servers.unwrap_or_default() {
            let what = "`servers` must be addresses, with a port if it is another than usual, such as \"192.0.2.1\" or \
                        \"[2001:db8::1]:5353\"";
            let server = server(written.get_ref(), network.transport).ok_or_else(|| wrong(written.span(), what))?;
            if MOST_SERVERS <= network.servers.len() {
                return Err(wrong(written.span(), &format!("`servers` can have at most {MOST_SERVERS} addresses")));
            }
            network.servers.push(server);
        }
        if let Some(word) = self.transport.filter(|_| network.transport != Transport::Udp) {
            if network.servers.is_empty() {
                return Err(wrong(word.span(), "`transport` needs `servers`: those of the system are asked by UDP"));
            }
            if network.server_name.is_none() {
                return Err(wrong(word.span(), "`transport` needs `server_name`, the name in the certificate"));
            }
        }
        network.ca_file = self.ca_file.or(network.ca_file);
        if let Some(command) = self.spamhaus_key_command {
            if self.spamhaus_key_file.is_some() {
                let what = "`spamhaus_key_command` and `spamhaus_key_file` are both there: take one away";
                return Err(wrong(command.span(), what));
            }
            network.spamhaus_key = Some(PasswordSource::Command(command.into_inner()));
        } else if let Some(file) = self.spamhaus_key_file {
            network.spamhaus_key = Some(PasswordSource::File(file));
        }
        Ok(network)
    }
}

/// `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:5353`.
fn server(written: &str, transport: Transport) -> Option<SocketAddr> {
    let written = written.trim();
    let bare = written.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(written);
    match bare.parse::<IpAddr>() {
        Ok(ip) => Some(SocketAddr::new(ip, transport.usual_port())),
        Err(_) => written.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, Network, PasswordSource, Transport};

    fn network(lines: &str) -> Result<Network, String> {
        let config = Config::parse(&format!("[network]\n{lines}")).map_err(|error| error.to_string())?;
        Ok(config.network().clone())
    }

    #[test]
    fn name_servers_are_addresses_with_the_port_that_is_usual() {
        let servers =
            r#"servers = ["192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:5353"]"#;
        for (transport, port) in [("udp", 53), ("tls", 853), ("https", 443)] {
            let name = "server_name = \"dns.example.org\"";
            let read = network(&format!("transport = \"{transport}\"\n{name}\n{servers}")).unwrap();
            let read: Vec<String> = read.servers.iter().map(ToString::to_string).collect();
            let want = [
                format!("192.0.2.1:{port}"),
                "192.0.2.1:5353".to_owned(),
                format!("[2001:db8::1]:{port}"),
                format!("[2001:db8::1]:{port}"),
                "[2001:db8::1]:5353".to_owned(),
            ];
            assert_eq!(read, want);
        }
    }

    #[test]
    fn says_what_is_wrong_with_the_network() {
        let servers = "`servers` must be addresses, with a port if it is another than usual, such as \"192.0.2.1\" or \
                       \"[2001:db8::1]:5353\"";
        for (lines, want) in [
            (
                "deadline = \"2 minutes\"",
                "`deadline` must be a time from \"1 second\" to \"60 seconds\", such as \"8 seconds\"",
            ),
            ("servers = [\"dns.example.org\"]", servers),
            ("servers = [\"\"]", servers),
            ("transport = \"quic\"", "`transport` can be \"udp\", \"tls\" or \"https\", not \"quic\""),
            ("transport = \"tls\"", "`transport` needs `servers`: those of the system are asked by UDP"),
            (
                "transport = \"tls\"\nservers = [\"192.0.2.1\"]",
                "`transport` needs `server_name`, the name in the certificate",
            ),
            ("server_name = \"a b\"", "`server_name` must be a host name, such as \"dns.example.org\""),
        ] {
            assert_eq!(network(lines).unwrap_err(), format!("line 2: {want}"), "{lines}");
        }
        let both = "spamhaus_key_file = \"/a\"\nspamhaus_key_command = \"b\"";
        assert!(network(both).unwrap_err().contains("take one away"));
    }

    #[test]
    fn what_is_written_is_taken() {
        let lines = "enabled = false\ndeadline = \"3 seconds\"\nspamhaus_key_command = \"pass show spamhaus\"";
        let read = network(lines).unwrap();
        assert_eq!((read.is_on, read.deadline_secs, read.transport), (false, 3, Transport::Udp));
        assert_eq!(read.spamhaus_key, Some(PasswordSource::Command("pass show spamhaus".to_owned())));
    }
}
