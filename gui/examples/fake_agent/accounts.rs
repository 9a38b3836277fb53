//! The accounts of a pretended agent, and what it says of servers.

use tamis_core::{
    api::{AccountReport, AccountState, AccountStatus, FoundServer, FoundServers, RefusedKind, Reply, Treatment},
    mail::Address,
    setup,
};

use crate::{health, state::refused};

pub(crate) fn test(host: &str, address: &str) -> Reply {
    if host.contains("wrong") {
        let text = format!("Cannot connect to {host}: there is no server of that name. Check the spelling");
        return Reply::Refused { text, kind: RefusedKind::Outside };
    }
    let steps = [format!("Connected to {host} with TLS 1.3"), format!("Logged in as {address}")];
    let notes = vec!["The server cannot move messages, so Tamis copies them and then removes the original".to_owned()];
    let junk_folder = Some("Junk".to_owned());
    Reply::Account(AccountReport {
        steps: steps.into(),
        inbox_messages: 1832,
        junk_folder,
        notes,
        name: address.to_owned(),
        sent_folder: Some("Sent".to_owned()),
        trash_folder: Some("Trash".to_owned()),
        folders: ["Junk", "Sent", "Trash", "Club"].map(str::to_owned).into(),
        treatment: Some(Treatment::File),
    })
}

/// What the table says, or the usual name.
pub(crate) fn servers(address: &str) -> Reply {
    let Some(address) = Address::parse(address) else { return refused("That is not an address").0 };
    let provider = setup::of_domain(&address.domain);
    let known = provider.and_then(|provider| provider.server(&address));
    let server = known.unwrap_or_else(|| setup::guesses(&address).remove(0));
    let source = match provider {
        Some(provider) => format!("{} uses it", provider.name),
        None => "it answers there, and that is a usual name".to_owned(),
    };
    let server = FoundServer {
        host: server.host,
        port: server.port,
        security: server.security.word().to_owned(),
        needs_token: server.needs_token,
        source,
        ..FoundServer::default()
    };
    let advice = provider.map(setup::Provider::advice).unwrap_or_default();
    Reply::Servers(FoundServers { servers: vec![server], advice, ..FoundServers::default() })
}

pub(crate) fn accounts() -> Vec<AccountStatus> {
    let retrying = "Cannot reach imap.example.net: connection refused. Trying again at 14:05";
    vec![
        account("ada@example.org", AccountState::Watching, "Watching the inbox"),
        account("office@example.net", AccountState::Retrying, retrying),
    ]
}

pub(crate) fn account(address: &str, state: AccountState, text: &str) -> AccountStatus {
    let (name, address) = (address.split('@').next().unwrap_or(address).to_owned(), address.to_owned());
    AccountStatus {
        name,
        address,
        state,
        text: text.to_owned(),
        junk_folder: Some("Junk".to_owned()),
        held: 0,
        held_why: String::new(),
        backfill: None,
        waiting: 0,
        waiting_until: 0,
        learning: None,
        servers: vec!["example.org".to_owned()],
        servers_learned: vec!["hoster.example".to_owned()],
        health: health::of(state),
        issuer: String::new(),
    }
}
