//! What is promised of the table: it is what the settings file can say, no more and no less.

use std::collections::BTreeSet;

use super::*;
use crate::config::{Config, file::File};

/// The sections whose settings are in no table, as there can be several of them or their names are free.
const FREE: &[&str] = &["scores", "checks"];

fn keys() -> BTreeSet<String> {
    SETTINGS.iter().map(|setting| setting.key.to_owned()).collect()
}

/// What serde says a section knows: it names all of it when it meets what it does not know.
fn known(section: &str) -> Vec<String> {
    let text = if section.is_empty() { "zzz = 1".to_owned() } else { format!("[{section}]\nzzz = 1") };
    let error = toml::from_str::<File>(&text).unwrap_err().message().to_owned();
    let (_, names) = error.split_once("expected ").unwrap_or_else(|| panic!("{section}: {error}"));
    names.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_table_has_what_the_settings_know() {
    let mut found = BTreeSet::new();
    for section in known("").iter().filter(|name| !["version", "account", "dns_list"].contains(&name.as_str())) {
        if section == "dns_lists" {
            found.extend(crate::dns::known_lists().iter().map(|list| format!("dns_lists.{}", list.id)));
        } else if !FREE.contains(&section.as_str()) {
            found.extend(known(section).into_iter().map(|name| format!("{section}.{name}")));
        }
    }
    found.remove("policy.size");
    assert_eq!(keys(), found);
    assert_eq!(SETTINGS.len(), found.len(), "one is there twice");
}

#[test]
fn each_setting_has_its_sentence_in_the_file_and_its_default_there() {
    let is_of_table = |key: &&String| {
        let section = key.split('.').next().unwrap_or_default();
        !section.is_empty() && !section.starts_with('[') && !FREE.contains(&section)
    };
    let documented: BTreeSet<String> = SENTENCES
        .keys()
        .filter(|key| !key.starts_with("account") && !key.starts_with("policy.size"))
        .filter(is_of_table)
        .cloned()
        .collect();
    assert_eq!(keys(), documented);
    for setting in SETTINGS {
        assert!(setting.sentence().len() > 20, "{} is not explained: {:?}", setting.key, setting.sentence());
        let (_, name) = setting.place();
        let line = format!("#{name} = {}", setting.default);
        let is_shown = DEFAULT_CONFIG.lines().any(|shown| shown == line);
        assert_eq!(is_shown, !setting.default.is_empty(), "{}: {line}", setting.key);
    }
}

#[test]
fn writing_every_default_changes_nothing() {
    for setting in SETTINGS.iter().filter(|setting| !setting.default.is_empty()) {
        let (section, name) = setting.place();
        let text = format!("[{section}]\n{name} = {}\n", setting.default);
        assert_eq!(Config::parse(&text).unwrap(), Config::default(), "{text}");
    }
}

#[test]
fn every_choice_and_bound_of_the_table_is_taken() {
    for setting in SETTINGS {
        let (section, name) = setting.place();
        let read = |value: &str| Config::parse(&format!("[{section}]\n{name} = {value}\n"));
        match setting.kind {
            Kind::Choice(words) => {
                for word in words.iter().filter(|word| !["tls", "https"].contains(word)) {
                    read(&format!("\"{word}\"")).unwrap();
                }
                assert!(read("\"zzz\"").is_err(), "{}", setting.key);
            }
            Kind::Number(least, most) => {
                read(&least.to_string()).unwrap();
                read(&most.to_string()).unwrap();
                assert!(read(&(most + 1).to_string()).is_err(), "{}", setting.key);
            }
            Kind::Switch => {
                read("true").unwrap();
                read("false").unwrap();
            }
            Kind::Points | Kind::Size | Kind::Time | Kind::Clock | Kind::Text | Kind::List | Kind::Secret => {
                assert!(read("true").is_err(), "{}", setting.key);
            }
        }
    }
}

#[test]
fn what_an_account_can_say_for_itself_is_understood_and_explained() {
    for setting in OF_ACCOUNT {
        assert!(setting.sentence().len() > 20, "{} is not explained: {:?}", setting.key, setting.sentence());
        let (_, name) = setting.place();
        let value = match setting.kind {
            Kind::Choice(words) => format!("\"{}\"", words.first().unwrap()),
            Kind::Time => "\"2 weeks\"".to_owned(),
            Kind::Text | Kind::List if setting.default.is_empty() && name == "hold.again" => "[\"1 hour\"]".to_owned(),
            Kind::Text => "\"A folder\"".to_owned(),
            Kind::Switch | Kind::List => setting.default.to_owned(),
            Kind::Points | Kind::Number(..) | Kind::Size | Kind::Clock | Kind::Secret => panic!("{name}"),
        };
        let text = format!("[[account]]\naddress = \"a@example.org\"\nhost = \"imap.example.org\"\n{name} = {value}\n");
        Config::parse(&text).unwrap();
        let key = setting.key.replacen("account", "account.me@example.org", 1);
        let (whose, found) = Setting::of_account(&key).unwrap();
        assert_eq!((whose, found), ("me@example.org", setting));
    }
    for key in ["account.aliases", "account..aliases", "account.x.port", "policy.spam"] {
        assert_eq!(Setting::of_account(key), None, "{key}");
    }
}
