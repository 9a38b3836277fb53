//! Where the mail of an address is kept, and how one gets at it: what is known beforehand, and what others say.
//!
//! Nothing here asks anybody. `tamis-agent` finds out in this order, and shows what it has found before it uses it:
//!
//! ```text
//! providers    our own table, by the domain of the address
//! autoconfig   what the domain itself publishes for mail programs
//! services     what its name servers say (RFC 6186)
//! providers    our own table, by who takes in the domain's mail
//! guesses      the usual names, if something answers there
//! ```
//!
//! `issuers` is our table of those who give out access tokens.

mod autoconfig;
mod issuers;
mod providers;

pub use self::{
    autoconfig::{AutoconfigError, autoconfig, autoconfig_addresses},
    issuers::{Issuer, USUAL_REDIRECT, issuer, issuer_of_server, issuers},
    providers::{Provider, SignIn, of_domain, of_mail_host, of_server},
};

use crate::{
    config::Security,
    mail::{Address, Domain},
};

/// The ports of IMAP (RFC 9051, RFC 8314).
const TLS_PORT: u16 = 993;
const PLAIN_PORT: u16 = 143;

/// An IMAP server for an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its name, or this machine's own address.
    pub host: String,
    /// Never 0.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// The name to log in with.
    pub user: String,
    /// A password is not taken there, only a token (OAuth2).
    pub needs_token: bool,
}

impl Server {
    /// The server of that name on the usual port, with the whole address as name to log in with.
    pub fn of(host: &str, security: Security, address: &Address) -> Self {
        let port = if security == Security::Tls { TLS_PORT } else { PLAIN_PORT };
        Self { host: host.to_owned(), port, security, user: address.to_string(), needs_token: false }
    }

    /// Whether it is within the domain of the address, or what both belong to.
    pub fn is_of(&self, domain: &Domain) -> bool {
        Domain::parse(&self.host).is_some_and(|host| host.registrable() == domain.registrable())
    }
}

/// The names under which a domain's server usually is, the likeliest first: with TLS, and then with STARTTLS.
pub fn guesses(address: &Address) -> Vec<Server> {
    let domain = address.domain.as_str();
    let names = [format!("imap.{domain}"), format!("mail.{domain}"), domain.to_owned()];
    let with = |security| names.iter().map(move |name| Server::of(name, security, address));
    with(Security::Tls).chain(with(Security::StartTls)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_names_are_tried_with_tls_first() {
        let address = Address::parse("ada@example.org").unwrap();
        let guesses: Vec<_> = guesses(&address).into_iter().map(|server| (server.host, server.port)).collect();
        assert_eq!(guesses[0], ("imap.example.org".to_owned(), 993));
        assert_eq!(guesses[3], ("imap.example.org".to_owned(), 143));
        assert_eq!(guesses.len(), 6);
    }

    #[test]
    fn a_server_elsewhere_is_told_from_one_of_the_domain() {
        let address = Address::parse("ada@post.example.co.uk").unwrap();
        assert!(Server::of("imap.example.co.uk", Security::Tls, &address).is_of(&address.domain));
        assert!(!Server::of("imap.example.net", Security::Tls, &address).is_of(&address.domain));
        assert!(!Server::of("127.0.0.1", Security::Tls, &address).is_of(&address.domain));
    }
}
