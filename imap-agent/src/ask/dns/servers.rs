//! Which name servers are asked, and how.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use hickory_resolver::{
    TokioResolver,
    config::{ConnectionConfig, NameServerConfig, ProtocolConfig, ResolveHosts, ResolverConfig, ResolverOpts},
    net::runtime::TokioRuntimeProvider,
    system_conf::read_system_conf,
};
use tamis_core::config::{Network, Transport};

use crate::tls::TlsSettings;

/// The longest that one server is waited for; then the next is asked, or the same once more.
const PATIENCE: Duration = Duration::from_secs(2);

/// Answers that are kept: some 10 MB at the very most.
const KEPT: u64 = 16_384;

/// No answer is kept for less: what is asked again within a message's judgement was asked a moment ago.
const SHORTEST: Duration = Duration::from_secs(30);

/// What is there is asked again once a day at least.
const LONGEST: Duration = Duration::from_hours(24);

/// What is not there may be there soon: lists grow while a wave of mail is on its way.
const LONGEST_NOTHING: Duration = Duration::from_mins(15);

/// The most an answer by UDP has, in bytes, before it comes by TCP: what passes everywhere in one piece.
const PAYLOAD: u16 = 1232;

/// More requests on one connection than we have open at all.
const ON_ONE_CONNECTION: usize = 100;

/// The part of the settings that says which.
#[derive(Clone, Debug)]
pub(super) struct Servers {
    network: Network,
}

impl Servers {
    pub(super) fn of(network: &Network) -> Self {
        Self { network: network.clone() }
    }

    /// The servers as they are now, in words that are equal if they are.
    pub(super) fn named(&self) -> String {
        if self.network.servers.is_empty() {
            read_system_conf().map_or_else(|error| error.to_string(), |(config, _)| named(&config))
        } else {
            String::new()
        }
    }

    /// A resolver, or why there is none; and [`Servers::named`].
    pub(super) fn build(&self) -> (Result<TokioResolver, String>, String) {
        let config = match self.config() {
            Ok(config) => config,
            Err(why) => return (Err(why), self.named()),
        };
        let named = if self.network.servers.is_empty() { named(&config) } else { String::new() };
        let builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        let tls = match self.network.transport {
            Transport::Udp => TlsSettings::new().for_nobody(),
            Transport::Tls | Transport::Https => {
                TlsSettings::new().client_config(self.network.ca_file.as_deref(), None)
            }
        };
        let tls = match tls {
            Ok(tls) => tls,
            Err(error) => return (Err(format!("the name servers cannot be asked: {error}")), named),
        };
        let built = builder.with_options(options()).with_tls_config(tls).build();
        (built.map_err(|error| format!("the name servers cannot be asked: {error}")), named)
    }

    fn config(&self) -> Result<ResolverConfig, String> {
        if !self.network.servers.is_empty() {
            let servers = self.network.servers.iter().map(|server| self.server(*server)).collect();
            return Ok(ResolverConfig::from_name_servers(servers));
        }
        let why = "the system does not say which name servers to ask; name some in the settings, as \"servers\" below [network]";
        let (system, _) = read_system_conf().map_err(|_unreadable| why.to_owned())?;
        let (_, _, servers) = system.into_parts();
        if servers.is_empty() {
            return Err(why.to_owned());
        }
        Ok(ResolverConfig::from_name_servers(servers))
    }

    fn server(&self, server: SocketAddr) -> NameServerConfig {
        let name: Arc<str> = self.network.server_name.as_deref().unwrap_or_default().into();
        let ways = match self.network.transport {
            Transport::Udp => vec![ProtocolConfig::Udp, ProtocolConfig::Tcp],
            Transport::Tls => vec![ProtocolConfig::Tls { server_name: name }],
            Transport::Https => vec![ProtocolConfig::Https { server_name: name, path: "/dns-query".into() }],
        };
        let connections = ways.into_iter().map(|way| {
            let mut connection = ConnectionConfig::new(way);
            connection.port = server.port();
            connection
        });
        NameServerConfig::new(server.ip(), true, connections.collect())
    }
}

fn named(config: &ResolverConfig) -> String {
    let servers = config.name_servers().iter();
    servers.map(|server| server.ip.to_string()).collect::<Vec<_>>().join(" ")
}

fn options() -> ResolverOpts {
    let mut options = ResolverOpts::default();
    options.timeout = PATIENCE;
    options.attempts = 1;
    options.edns0 = true;
    options.edns_payload_len = PAYLOAD;
    options.cache_size = KEPT;
    options.positive_min_ttl = Some(SHORTEST);
    options.positive_max_ttl = Some(LONGEST);
    options.negative_min_ttl = Some(SHORTEST);
    options.negative_max_ttl = Some(LONGEST_NOTHING);
    options.use_hosts_file = ResolveHosts::Never;
    options.num_concurrent_reqs = 1;
    options.max_active_requests = ON_ONE_CONNECTION;
    options
}
