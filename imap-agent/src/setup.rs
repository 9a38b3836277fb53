//! Finds the server for an address, so that the person need not know it.
//!
//! ```text
//! 1  our own table, by the domain                      core/setup/providers; then nobody is asked
//! 2  what the domain publishes for mail programs        https only
//! 3  what its name servers say                          SRV records (RFC 6186; TLS from the start first, RFC 8314)
//! 4  who takes in its mail                              MX: our own table, or what that domain publishes
//! 5  the usual names                                    if an IMAP server with a good certificate answers there
//! ```
//!
//! No password goes anywhere meanwhile. What was found is shown with who says so before it is used, and a login has to
//! succeed before anything is kept. Nobody in between is asked, such as a directory of providers: the domain itself, its
//! name servers and who takes in its mail learn that somebody sets up a mail program, and nobody else does.

mod ways;

use futures_util::{StreamExt as _, join, stream};
use tamis_core::{
    Answer,
    api::{FoundServer, FoundServers},
    config::Security,
    dns::{DnsKind, DnsRecord},
    mail::{Address, Domain},
    setup::{self, Provider, Server, SignIn},
};

pub use self::ways::{Outside, Ways};

/// Services that are asked for, the better one first.
const SERVICES: [(&str, Security); 2] = [("_imaps._tcp", Security::Tls), ("_imap._tcp", Security::StartTls)];

/// More than that nobody wants to choose from.
const MOST: usize = 5;

/// A server, and who says that it is the right one.
type Named = (Server, String);

/// Finds the servers for an address, the likeliest first. That there is none is no error.
pub async fn find<W: Ways>(address: &Address, ways: &W) -> FoundServers {
    if let Some(provider) = setup::of_domain(&address.domain) {
        let server = provider.server(address).map(|server| (server, format!("{} uses it", provider.name)));
        return found(address, Some(provider), server.into_iter().collect());
    }
    let (published, services, exchange) =
        join!(published(&address.domain, address, ways), services(address, ways), exchange(address, ways));
    let mut all = published;
    all.extend(services);
    let host = exchange.unwrap_or_default();
    let host = Domain::parse(&host);
    let provider = host.as_ref().and_then(setup::of_mail_host);
    if let Some((provider, server)) = provider.and_then(|provider| Some((provider, provider.server(address)?))) {
        all.push((server, format!("{} takes in the mail of {}", provider.name, address.domain)));
    }
    if let Some(of) = host.map(|host| host.registrable()).filter(|of| all.is_empty() && *of != address.domain) {
        all = self::published(&of, address, ways).await;
    }
    if all.is_empty() && provider.is_none() {
        all = answering(address, ways).await;
    }
    found(address, provider, all)
}

/// What the provider of that server wants of people who sign in there, in whole sentences; empty if nothing is known.
pub fn advice_for(address: &Address, host: &str) -> String {
    let of_domain = setup::of_domain(&address.domain);
    let is_of = |provider: &&Provider| provider.server(address).is_some_and(|server| server.host == host);
    of_domain.filter(is_of).or_else(|| setup::of_server(host)).map(Provider::advice).unwrap_or_default()
}

fn found(address: &Address, provider: Option<&Provider>, all: Vec<Named>) -> FoundServers {
    let mut servers: Vec<FoundServer> = Vec::new();
    for (server, source) in all {
        if servers.len() < MOST && !servers.iter().any(|known| known.host == server.host && known.port == server.port) {
            let is_known =
                provider.is_some_and(|provider| provider.server(address).is_some_and(|of| of.host == server.host));
            servers.push(FoundServer {
                is_of_provider: is_known,
                is_elsewhere: !is_known && !server.is_of(&address.domain),
                security: server.security.word().to_owned(),
                user: if server.user == address.to_string() { String::new() } else { server.user },
                host: server.host,
                port: server.port,
                needs_token: server.needs_token,
                source,
            });
        }
    }
    let needs_token = servers.first().is_some_and(|server| server.needs_token);
    let advice = match provider {
        Some(provider) => provider.advice(),
        None if servers.is_empty() => format!(
            "Nobody says where the mail of {} is. Its administrator knows, and so does a mail program that reads it \
             already: look for the incoming server (IMAP) there, and write it here.",
            address.domain
        ),
        None if needs_token => {
            "The server takes no passwords from mail programs, only access tokens (OAuth2): sign in \
                                where it gets them with a client id of your own, or give a command that prints a fresh \
                                token."
                .to_owned()
        }
        None => String::new(),
    };
    FoundServers {
        provider: provider.map(|provider| provider.name.clone()).unwrap_or_default(),
        advice,
        is_hopeless: provider.is_some_and(|provider| provider.sign_in == SignIn::None),
        servers,
    }
}

/// What a domain publishes, from the better of the two places that has something.
async fn published<W: Ways>(domain: &Domain, address: &Address, ways: &W) -> Vec<Named> {
    let read = |place: String| async move {
        let file = ways.published(&place).await.ok()?;
        let servers = setup::autoconfig(&file, address).ok()?;
        Some(servers.into_iter().map(|server| (server, format!("{domain} says so at {place}"))).collect::<Vec<_>>())
    };
    let [better, other] = setup::autoconfig_addresses(domain);
    let (better, other) = join!(read(better), read(other));
    better.or(other).unwrap_or_default()
}

/// What its name servers say. A service that is said not to be there has an empty name.
async fn services<W: Ways>(address: &Address, ways: &W) -> Vec<Named> {
    let ask = |(name, security): (&'static str, Security)| async move {
        let answer = ways.records(&format!("{name}.{}", address.domain), DnsKind::Srv).await;
        let Answer::Records(records) = answer else { return Vec::new() };
        let service = |record| {
            let DnsRecord::Service { priority, weight, port, host } = record else { return None };
            (!host.is_empty() && port != 0).then_some(((priority, u16::MAX - weight), port, host))
        };
        let mut services: Vec<_> = records.into_iter().filter_map(service).collect();
        services.sort();
        let named = |(_, port, host): (_, u16, String)| {
            let server = Server { port, ..Server::of(&host, security, address) };
            (server, format!("the name servers of {} say so", address.domain))
        };
        services.into_iter().map(named).collect::<Vec<_>>()
    };
    let [tls, start_tls] = SERVICES;
    let (tls, start_tls) = join!(ask(tls), ask(start_tls));
    [tls, start_tls].concat()
}

/// The host that takes in its mail first.
async fn exchange<W: Ways>(address: &Address, ways: &W) -> Option<String> {
    let Answer::Records(records) = ways.records(address.domain.as_str(), DnsKind::Mx).await else { return None };
    let exchanges = records.into_iter().filter_map(|record| {
        let DnsRecord::Exchange { preference, host } = record else { return None };
        (!host.is_empty()).then_some((preference, host))
    });
    exchanges.min().map(|(_, host)| host)
}

/// The usual names at which an IMAP server answers; no password is offered to any of them.
async fn answering<W: Ways>(address: &Address, ways: &W) -> Vec<Named> {
    let guesses = stream::iter(setup::guesses(address)).map(|server| async move {
        let answers = ways.greets(&server).await;
        answers.then_some((server, "it answers there, and that is a usual name".to_owned()))
    });
    // All at once, and in their order.
    let all: Vec<Option<Named>> = guesses.buffered(8).collect().await;
    all.into_iter().flatten().take(1).collect()
}

#[cfg(test)]
mod tests;
