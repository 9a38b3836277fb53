//! Who is asked in which order, and what is made of it.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use super::*;

/// A world of a few answers, which notes what it was asked.
#[derive(Default)]
struct Few {
    files: BTreeMap<&'static str, String>,
    records: BTreeMap<&'static str, Vec<DnsRecord>>,
    answering: Vec<&'static str>,
    asked: Mutex<Vec<String>>,
}

impl Few {
    fn note(&self, what: &str) {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(what.to_owned());
    }
}

impl Ways for Few {
    async fn published(&self, place: &str) -> Result<Vec<u8>, String> {
        self.note(place);
        self.files.get(place).map(|text| text.clone().into_bytes()).ok_or_else(|| "it is not there".to_owned())
    }

    async fn records(&self, name: &str, kind: DnsKind) -> Answer {
        self.note(&format!("{} {name}", kind.word()));
        self.records.get(name).cloned().map_or(Answer::NoName, Answer::Records)
    }

    async fn greets(&self, server: &Server) -> bool {
        self.note(&format!("{}:{}", server.host, server.port));
        self.answering.contains(&server.host.as_str())
    }
}

fn file(host: &str) -> String {
    format!(
        "<clientConfig><emailProvider><incomingServer type=\"imap\"><hostname>{host}</hostname><port>993</port>\
         <socketType>SSL</socketType><username>%EMAILLOCALPART%</username></incomingServer></emailProvider></clientConfig>"
    )
}

fn service(priority: u16, weight: u16, host: &str) -> DnsRecord {
    DnsRecord::Service { priority, weight, port: 993, host: host.to_owned() }
}

async fn found_for(address: &str, world: &Few) -> FoundServers {
    find(&Address::parse(address).unwrap(), world).await
}

fn hosts(found: &FoundServers) -> Vec<&str> {
    found.servers.iter().map(|server| server.host.as_str()).collect()
}

#[tokio::test]
async fn for_an_address_of_a_known_provider_nobody_is_asked() {
    let world = Few::default();
    let found = found_for("ada@gmail.com", &world).await;
    assert_eq!(hosts(&found), ["imap.gmail.com"]);
    assert!(found.advice.contains("app password"), "{}", found.advice);
    assert!(!found.servers[0].is_elsewhere);
    let found = found_for("ada@hey.com", &world).await;
    assert!(found.servers.is_empty() && found.is_hopeless, "{found:?}");
    assert!(world.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_the_domain_publishes_comes_before_its_name_servers_and_these_before_guesses() {
    let mut world = Few { answering: vec!["imap.example.org"], ..Few::default() };
    let found = found_for("ada@example.org", &world).await;
    assert_eq!(hosts(&found), ["imap.example.org"]);
    assert!(found.servers[0].source.contains("usual name"));

    world.records.insert(
        "_imaps._tcp.example.org",
        vec![
            service(20, 0, "later.example.org"),
            service(10, 1, "light.example.org"),
            service(10, 9, "heavy.example.org"),
        ],
    );
    let found = found_for("ada@example.org", &world).await;
    assert_eq!(hosts(&found), ["heavy.example.org", "light.example.org", "later.example.org"]);

    world.files.insert("https://example.org/.well-known/autoconfig/mail/config-v1.1.xml", file("mail.hoster.example"));
    let found = found_for("ada@example.org", &world).await;
    assert_eq!(hosts(&found)[0], "mail.hoster.example");
    assert_eq!(found.servers[0].user, "ada");
    assert!(found.servers[0].is_elsewhere, "it is not of the domain");

    world.files.insert("https://autoconfig.example.org/mail/config-v1.1.xml", file("imap.example.org"));
    let found = found_for("ada@example.org", &world).await;
    assert_eq!(hosts(&found)[0], "imap.example.org");
    assert!(!found.servers[0].is_elsewhere);
}

#[tokio::test]
async fn a_service_that_is_said_not_to_be_there_is_no_server() {
    let mut world = Few::default();
    world.records.insert("_imaps._tcp.example.org", vec![service(0, 0, "")]);
    let found = found_for("ada@example.org", &world).await;
    assert!(found.servers.is_empty());
    assert!(found.advice.contains("Nobody says where the mail of example.org is"), "{}", found.advice);
}

#[tokio::test]
async fn a_domain_of_ones_own_is_found_by_who_takes_in_its_mail() {
    let mx = |host: &str| vec![DnsRecord::Exchange { preference: 10, host: host.to_owned() }];
    let mut world = Few::default();
    world.records.insert("example.org", mx("aspmx.l.google.com"));
    let found = found_for("ada@example.org", &world).await;
    assert_eq!((hosts(&found), found.provider.as_str()), (vec!["imap.gmail.com"], "Gmail"));
    assert!(found.servers[0].source.contains("takes in the mail of example.org"));

    world.records.insert("example.org", mx("mx1.hoster.example"));
    world.files.insert("https://autoconfig.hoster.example/mail/config-v1.1.xml", file("imap.hoster.example"));
    let found = found_for("ada@example.org", &world).await;
    assert_eq!(hosts(&found), ["imap.hoster.example"]);
    assert!(found.servers[0].source.contains("hoster.example says so"), "{}", found.servers[0].source);
}

#[test]
fn a_refused_login_is_told_what_the_provider_wants() {
    let address = |text: &str| Address::parse(text).unwrap();
    assert!(advice_for(&address("ada@gmail.com"), "imap.gmail.com").contains("app password"));
    assert!(advice_for(&address("ada@example.org"), "imap.gmail.com").contains("app password"));
    assert_eq!(advice_for(&address("ada@gmail.com"), "imap.example.org"), "");
}
