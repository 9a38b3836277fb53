//! The larger providers: `assets/providers.toml`.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use super::{PLAIN_PORT, Server, TLS_PORT};
use crate::{
    config::Security,
    mail::{Address, Domain},
};

/// How one signs in with a mail program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignIn {
    /// With the password.
    #[default]
    Password,
    /// With the password, once IMAP has been switched on.
    Enable,
    /// With a password that is made for one program.
    AppPassword,
    /// With a token alone (OAuth2).
    Token,
    /// Through a program of the provider on this computer.
    Bridge,
    /// Not at all: there is no IMAP.
    None,
}

/// A provider of mail.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// As people call it.
    pub name: String,
    #[serde(default)]
    domains: Vec<String>,
    #[serde(default)]
    mx: Vec<String>,
    #[serde(default)]
    host: String,
    port: Option<u16>,
    #[serde(default)]
    security: Protection,
    #[serde(default)]
    user: UserForm,
    /// How one signs in.
    #[serde(default)]
    pub sign_in: SignIn,
    /// Where that is done, an address of the web; empty if it is not known.
    #[serde(default)]
    pub page: String,
    /// What else there is to know, in whole sentences; empty if nothing.
    #[serde(default)]
    pub note: String,
    /// When that was last known to be so: a month, or `memory`.
    pub known: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum UserForm {
    #[default]
    Address,
    Local,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Protection {
    #[default]
    Tls,
    Starttls,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    provider: Vec<Provider>,
}

#[derive(Debug)]
struct Table {
    providers: Vec<Provider>,
    by_domain: BTreeMap<String, usize>,
    by_mail_host: BTreeMap<String, usize>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("../../../assets/providers.toml")));

impl Table {
    /// A file of ours that cannot be read is no provider at all; a test says that it can.
    fn read(text: &str) -> Self {
        let providers = toml::from_str::<File>(text).unwrap_or_default().provider;
        let (mut by_domain, mut by_mail_host) = (BTreeMap::new(), BTreeMap::new());
        for (at, provider) in providers.iter().enumerate() {
            by_domain.extend(provider.domains.iter().map(|name| (name.clone(), at)));
            by_mail_host.extend(provider.mx.iter().map(|name| (name.clone(), at)));
        }
        Self { providers, by_domain, by_mail_host }
    }
}

/// The provider whose addresses end so.
pub fn of_domain(domain: &Domain) -> Option<&'static Provider> {
    TABLE.by_domain.get(domain.as_str()).and_then(|at| TABLE.providers.get(*at))
}

/// The provider that takes in mail under this name of a host, or one that it lies under.
pub fn of_mail_host(host: &Domain) -> Option<&'static Provider> {
    let name = host.as_str();
    let dots = name.match_indices('.').map(|(at, _)| at + 1);
    let mut places = std::iter::once(0).chain(dots).filter_map(|from| name.get(from..));
    let found = places.find_map(|name| TABLE.by_mail_host.get(name));
    found.and_then(|at| TABLE.providers.get(*at))
}

/// The provider whose server that is; of several that share it, the one that comes first by its name.
pub fn of_server(host: &str) -> Option<&'static Provider> {
    let host = host.to_ascii_lowercase();
    TABLE.providers.iter().find(|provider| !provider.host.is_empty() && provider.host == host)
}

impl Provider {
    /// Its server for an address; `None`: it has none for mail programs.
    pub fn server(&self, address: &Address) -> Option<Server> {
        if self.host.is_empty() {
            return None;
        }
        let (security, usual) = match self.security {
            Protection::Tls => (Security::Tls, TLS_PORT),
            Protection::Starttls => (Security::StartTls, PLAIN_PORT),
        };
        let user = match self.user {
            UserForm::Address => address.to_string(),
            UserForm::Local => address.local.clone(),
        };
        let needs_token = self.sign_in == SignIn::Token;
        Some(Server { host: self.host.clone(), port: self.port.unwrap_or(usual), security, user, needs_token })
    }

    /// What the person has to do before signing in, in whole sentences; empty if nothing.
    pub fn advice(&self) -> String {
        let Self { name, page, note, .. } = self;
        let at = if page.is_empty() { String::new() } else { format!(" at {page}") };
        let what = match self.sign_in {
            SignIn::Password => String::new(),
            SignIn::Enable => {
                format!("{name} lets mail programs in only if that is allowed in its settings: switch IMAP on{at}.")
            }
            SignIn::AppPassword => format!(
                "{name} does not take your usual password from mail programs: make an app password{at}, and give that one."
            ),
            SignIn::Token => format!(
                "{name} takes no passwords from mail programs, only access tokens (OAuth2): sign in there with a client id \
                 of your own, or give a command that prints a fresh token."
            ),
            SignIn::Bridge => format!(
                "{name} lets mail programs in through its own program on this computer alone: start it ({page}), and give \
                 the password that it shows. Its certificate is its own: export it there, and give it as one to trust."
            ),
            SignIn::None => format!("{name} lets no mail program in (it has no IMAP), so Tamis cannot watch it."),
        };
        let said: Vec<&str> = [what.as_str(), note.as_str()].into_iter().filter(|text| !text.is_empty()).collect();
        said.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn domain(name: &str) -> Domain {
        Domain::parse(name).unwrap()
    }

    #[test]
    fn the_table_is_read_whole_and_says_nothing_twice() {
        let file: File = toml::from_str(include_str!("../../../assets/providers.toml")).unwrap();
        assert!(file.provider.len() >= 60, "{} providers", file.provider.len());
        for names in [|of: &Provider| of.domains.clone(), |of: &Provider| of.mx.clone()] {
            let mut seen = BTreeSet::new();
            for name in file.provider.iter().flat_map(names) {
                assert_eq!(Domain::parse(&name).unwrap().as_str(), name);
                assert!(seen.insert(name.clone()), "{name} stands there twice");
            }
        }
        for provider in &file.provider {
            let (name, sign_in) = (&provider.name, provider.sign_in);
            assert_eq!(provider.host.is_empty(), sign_in == SignIn::None, "{name}: a server for who has one");
            assert!(!provider.domains.is_empty() || !provider.mx.is_empty(), "{name} is never found");
            assert!(provider.page.is_empty() || provider.page.starts_with("https://"), "{name}");
            assert!(provider.note.is_empty() || provider.note.ends_with('.'), "{name}: {}", provider.note);
            let has_to_go_there = matches!(sign_in, SignIn::Enable | SignIn::AppPassword | SignIn::Bridge);
            assert!(!(has_to_go_there && provider.page.is_empty()), "{name}: where is that done?");
            let is_month = provider.known.split_once('-').is_some_and(|(year, month)| {
                year.parse::<u16>().is_ok_and(|year| (2017..2100).contains(&year)) && month.parse::<u8>().is_ok()
            });
            assert!(is_month || provider.known == "memory", "{name}: {}", provider.known);
        }
    }

    #[test]
    fn an_address_of_a_provider_has_its_server_and_its_form_of_the_user_name() {
        let address = Address::parse("Ada.L@icloud.com").unwrap();
        let server = of_domain(&address.domain).and_then(|of| of.server(&address)).unwrap();
        assert_eq!((server.host.as_str(), server.port, server.user.as_str()), ("imap.mail.me.com", 993, "Ada.L"));
        assert_eq!(of_domain(&domain("sub.gmail.com")), None);
        assert_eq!(of_domain(&domain("hey.com")).unwrap().server(&address), None);
    }

    #[test]
    fn a_domain_of_ones_own_is_known_by_who_takes_in_its_mail() {
        assert_eq!(of_mail_host(&domain("aspmx.l.google.com")).unwrap().name, "Gmail");
        assert_eq!(of_mail_host(&domain("example-org.mail.protection.outlook.com")).unwrap().name, "Microsoft 365");
        assert_eq!(of_mail_host(&domain("mx.notgoogle.com")), None);
        assert_eq!(of_mail_host(&domain("com")), None);
    }

    #[test]
    fn what_there_is_to_do_is_said_in_whole_sentences() {
        let advice = of_domain(&domain("gmail.com")).unwrap().advice();
        assert!(advice.contains("make an app password at https://myaccount.google.com/apppasswords"), "{advice}");
        assert!(advice.ends_with("2-step verification is on."), "{advice}");
        assert_eq!(of_domain(&domain("free.fr")).unwrap().advice(), "");
        for provider in &TABLE.providers {
            let advice = provider.advice();
            assert!(advice.is_empty() || advice.ends_with('.'), "{advice}");
        }
    }
}
