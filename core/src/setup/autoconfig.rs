//! What a domain publishes about its servers for mail programs: `config-v1.1.xml`
//! (draft-ietf-mailmaint-autoconfig, first Thunderbird's).

use roxmltree::{Document, Node, ParsingOptions};

use super::Server;
use crate::{
    config::Security,
    mail::{Address, Domain},
};

/// A file of some hundred lines has a few thousand nodes; one with more is no such file.
const MOST_NODES: u32 = 20_000;

/// Why nothing can be made of such a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AutoconfigError {
    /// It is no XML.
    #[error("it is no settings file for mail programs ({0})")]
    NoXml(String),
    /// There is no IMAP server in it that could be used.
    #[error("it names no IMAP server with TLS")]
    NoServer,
}

/// Where the domain of an address may publish it, the better place first. Both are asked for over https alone: what comes
/// otherwise may be anybody's.
pub fn autoconfig_addresses(domain: &Domain) -> [String; 2] {
    let domain = domain.as_str();
    [
        format!("https://autoconfig.{domain}/mail/config-v1.1.xml"),
        format!("https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml"),
    ]
}

/// The IMAP servers such a file names for an address, the file's favourite first. What is not protected by TLS is left out.
pub fn autoconfig(xml: &[u8], address: &Address) -> Result<Vec<Server>, AutoconfigError> {
    let text = String::from_utf8_lossy(xml);
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document =
        Document::parse_with_options(&text, options).map_err(|error| AutoconfigError::NoXml(error.to_string()))?;
    let is_imap = |node: &Node<'_, '_>| node.has_tag_name("incomingServer") && node.attribute("type") == Some("imap");
    let servers = document.descendants().filter(is_imap).filter_map(|node| server(node, address));
    let servers: Vec<Server> = servers.collect();
    if servers.is_empty() { Err(AutoconfigError::NoServer) } else { Ok(servers) }
}

fn server(node: Node<'_, '_>, address: &Address) -> Option<Server> {
    let said = |name: &str| {
        let child = node.children().find(|child| child.has_tag_name(name))?;
        child.text().map(str::trim).filter(|text| !text.is_empty())
    };
    let security = match said("socketType")?.to_ascii_uppercase().as_str() {
        "SSL" => Security::Tls,
        "STARTTLS" => Security::StartTls,
        _ => return None,
    };
    let host = Domain::parse(&filled_in(said("hostname")?, address))?;
    let port = said("port")?.parse().ok().filter(|port| *port != 0)?;
    let user = said("username").map_or_else(|| address.to_string(), |form| filled_in(form, address));
    let is_plain = !user.is_empty() && user.len() <= 320 && !user.contains(char::is_control);
    let ways = node.children().filter(|child| child.has_tag_name("authentication"));
    let ways: Vec<&str> = ways.filter_map(|way| way.text().map(str::trim)).collect();
    let needs_token = !ways.is_empty() && ways.iter().all(|way| way.eq_ignore_ascii_case("OAuth2"));
    is_plain.then(|| Server { host: host.as_str().to_owned(), port, security, user, needs_token })
}

/// What stands for parts of the address is replaced by them.
fn filled_in(form: &str, address: &Address) -> String {
    form.replace("%EMAILADDRESS%", &address.to_string())
        .replace("%EMAILLOCALPART%", &address.local)
        .replace("%EMAILDOMAIN%", address.domain.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada() -> Address {
        Address::parse("ada@example.org").unwrap()
    }

    fn file(servers: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?>\n<clientConfig version=\"1.1\"><emailProvider id=\"example.org\">\
             <domain>example.org</domain>{servers}<outgoingServer type=\"smtp\"><hostname>smtp.example.org</hostname>\
             </outgoingServer></emailProvider></clientConfig>"
        )
    }

    fn imap(host: &str, (port, socket): (&str, &str), rest: &str) -> String {
        format!(
            "<incomingServer type=\"imap\"><hostname>{host}</hostname><port>{port}</port>\
             <socketType>{socket}</socketType>{rest}</incomingServer>"
        )
    }

    #[test]
    fn the_servers_are_read_in_their_order_with_the_parts_of_the_address_filled_in() {
        let local = "<username>%EMAILLOCALPART%</username><authentication>password-cleartext</authentication>";
        let xml = file(
            &[
                imap("imap.%EMAILDOMAIN%", ("993", "SSL"), local),
                imap("mail.example.net", ("143", "STARTTLS"), "<authentication>OAuth2</authentication>"),
            ]
            .concat(),
        );
        let servers = autoconfig(xml.as_bytes(), &ada()).unwrap();
        let first = Server { user: "ada".to_owned(), ..Server::of("imap.example.org", Security::Tls, &ada()) };
        let second = Server { needs_token: true, ..Server::of("mail.example.net", Security::StartTls, &ada()) };
        assert_eq!(servers, [first, second]);
    }

    #[test]
    fn nothing_is_taken_that_has_no_tls_or_makes_no_sense() {
        for broken in [
            imap("imap.example.org", ("143", "plain"), ""),
            imap("imap.example.org", ("0", "SSL"), ""),
            imap("imap.example.org", ("99999", "SSL"), ""),
            imap("im ap.example.org", ("993", "SSL"), ""),
            imap("", ("993", "SSL"), ""),
            imap("imap.example.org", ("993", "SSL"), "<username>a&#10;b</username>"),
            "<incomingServer type=\"pop3\"><hostname>pop.example.org</hostname></incomingServer>".to_owned(),
        ] {
            assert_eq!(autoconfig(file(&broken).as_bytes(), &ada()), Err(AutoconfigError::NoServer), "{broken}");
        }
    }

    #[test]
    fn what_is_no_such_file_is_refused_in_a_sentence() {
        let bomb = "<!DOCTYPE a [<!ENTITY b \"cccccccccc\"><!ENTITY d \"&b;&b;&b;\">]><a>&d;</a>";
        let deep = format!("{}{}", "<a>".repeat(50_000), "</a>".repeat(50_000));
        for xml in ["", "<html><p>Not found", bomb, &deep, "\u{0}", "404"] {
            let refused = autoconfig(xml.as_bytes(), &ada()).unwrap_err();
            assert!(matches!(refused, AutoconfigError::NoXml(_)), "{refused}");
        }
    }
}
