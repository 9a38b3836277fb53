//! Who gives out access tokens for mail: `assets/issuers.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

/// Where the browser comes back to unless an issuer wants it otherwise (RFC 8252 §7.3); the port is chosen when it is
/// needed.
pub const USUAL_REDIRECT: &str = "http://127.0.0.1/tamis";

/// Somebody who gives out access tokens (OAuth2).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// The word in the settings: `google`.
    pub word: String,
    /// As people call it.
    pub name: String,
    hosts: Vec<String>,
    /// The page on which a person signs in.
    pub authorize: String,
    /// Where tokens are fetched and renewed.
    pub token: String,
    /// Where a code for another device is fetched (RFC 8628); empty: nowhere.
    #[serde(default)]
    pub device: String,
    /// Where a token is given back (RFC 7009); empty: nowhere.
    #[serde(default)]
    pub revoke: String,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// Where the browser comes back to, without a port.
    #[serde(default = "usual_redirect")]
    pub redirect: String,
    /// What its page has to be told besides: `name=value`.
    #[serde(default)]
    pub extra: Vec<String>,
    /// Whether a client secret belongs to the client id, as a rule.
    pub secret: bool,
    /// Where a person makes a client id.
    pub page: String,
    /// How that is done, in whole sentences.
    pub note: String,
    /// When that was last known to be so: a month, or `memory`.
    pub known: String,
}

fn usual_redirect() -> String {
    USUAL_REDIRECT.to_owned()
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    issuer: Vec<Issuer>,
}

/// A file of ours that cannot be read is no issuer at all; a test says that it can.
static TABLE: LazyLock<Vec<Issuer>> =
    LazyLock::new(|| toml::from_str::<File>(include_str!("../../../assets/issuers.toml")).unwrap_or_default().issuer);

/// All that are known.
pub fn issuers() -> &'static [Issuer] {
    &TABLE
}

/// The issuer that is called so in the settings.
pub fn issuer(word: &str) -> Option<&'static Issuer> {
    TABLE.iter().find(|issuer| issuer.word == word)
}

/// The issuer whose tokens that IMAP server takes.
pub fn issuer_of_server(host: &str) -> Option<&'static Issuer> {
    let host = host.to_ascii_lowercase();
    TABLE.iter().find(|issuer| issuer.hosts.contains(&host))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::setup::of_server;

    #[test]
    fn the_table_is_read_whole_and_says_nothing_twice() {
        let file: File = toml::from_str(include_str!("../../../assets/issuers.toml")).unwrap();
        assert!(file.issuer.len() >= 5, "{} issuers", file.issuer.len());
        let mut seen = BTreeSet::new();
        for issuer in &file.issuer {
            let name = &issuer.name;
            assert!(seen.insert(issuer.word.clone()), "{name} stands there twice");
            assert!(issuer.word.bytes().all(|byte| byte.is_ascii_lowercase()), "{name}");
            for host in &issuer.hosts {
                assert!(seen.insert(host.clone()), "{host} stands there twice");
                assert!(of_server(host).is_some(), "{host} is the server of no provider we know");
            }
            for place in [&issuer.authorize, &issuer.token, &issuer.page] {
                assert!(place.starts_with("https://"), "{name}: {place}");
            }
            for place in [&issuer.device, &issuer.revoke] {
                assert!(place.is_empty() || place.starts_with("https://"), "{name}: {place}");
            }
            let is_loopback =
                ["http://127.0.0.1", "http://localhost"].iter().any(|start| issuer.redirect.starts_with(start));
            assert!(is_loopback, "{name}: {}", issuer.redirect);
            assert!(issuer.extra.iter().all(|pair| pair.split_once('=').is_some()), "{name}");
            assert!(!issuer.scopes.is_empty() && !issuer.hosts.is_empty(), "{name}");
            assert!(issuer.note.ends_with('.'), "{name}: {}", issuer.note);
            let is_month = issuer.known.split_once('-').is_some_and(|(year, month)| {
                year.parse::<u16>().is_ok_and(|year| (2017..2100).contains(&year)) && month.parse::<u8>().is_ok()
            });
            assert!(is_month || issuer.known == "memory", "{name}: {}", issuer.known);
        }
    }

    #[test]
    fn an_issuer_is_known_by_its_word_and_by_its_server() {
        assert_eq!(issuer("microsoft").unwrap().name, "Microsoft");
        assert_eq!(issuer("Microsoft"), None);
        assert_eq!(issuer_of_server("IMAP.gmail.com").unwrap().word, "google");
        assert_eq!(issuer_of_server("imap.example.org"), None);
    }
}
