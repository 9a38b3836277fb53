//! `status`: how the agent and its accounts are.

use tamis_core::api::{AccountStatus, Reply, Request, Status};

use super::{Failure, backfill, learn, out::Out, review::unexpected, table::table};
use crate::{
    agent::pause_words,
    client::Client,
    paths::Home,
    words::{count, one_line, size},
};

pub(super) fn status(home: &Home, json: bool, out: &mut Out) -> Result<(), Failure> {
    let reply = Client::connect(home)?.call(Request::Status)?;
    let Reply::Status(status) = reply else { return Err(unexpected(reply)) };
    if json {
        return out.json(&status);
    }
    for line in lines(&status) {
        out.line(line)?;
    }
    Ok(())
}

fn lines(status: &Status) -> Vec<String> {
    let mut lines = vec![format!(
        "The agent {} is running with {}",
        one_line(&status.version),
        count(status.accounts.len(), "account")
    )];
    if status.accounts.is_empty() {
        lines.push("Add one with: tamis-agent account add ADDRESS --host HOST".to_owned());
    } else {
        let row = |a: &AccountStatus| {
            vec![a.name.clone(), a.junk_folder.clone().unwrap_or_else(|| "not known yet".to_owned())]
        };
        let rows: Vec<Vec<String>> = status.accounts.iter().map(row).collect();
        let table = table(&["Account", "Junk folder"], &rows);
        let width = table.iter().map(|line| line.chars().count()).max().unwrap_or(0);
        lines.push(String::new());
        for (i, line) in table.iter().enumerate() {
            // What an account says is a sentence, and stands last, whole.
            let account = i.checked_sub(1).and_then(|i| status.accounts.get(i));
            let text = account.map_or_else(|| "State".to_owned(), |account| one_line(&account.text));
            lines.push(format!("{line:<width$}  {text}"));
        }
        lines.push(String::new());
        lines.extend(waiting(status));
    }
    if let Some(until) = status.paused_until {
        lines.push(format!("Filtering is paused {}", pause_words(until)));
    }
    if !["", "online"].contains(&status.network.as_str()) {
        lines.push(format!("Network: {}", one_line(&status.network)));
    }
    lines.push(format!("Judged: {}, {} filed in Junk, {} to review", status.judged, status.filed, status.to_review));
    lines.push(format!("Learned: {} good, {} spam", status.trained_ham, status.trained_spam));
    if 0 < status.archived {
        let originals = count(usize::try_from(status.archived).unwrap_or(usize::MAX), "original");
        lines.push(format!("Archive: {originals}, {}", size(status.archive_bytes)));
    }
    if 0 < status.pending {
        let pending = usize::try_from(status.pending).unwrap_or(usize::MAX);
        lines.push(format!("Not yet done on the server: {}", count(pending, "change")));
    }
    if let Some(what) = &status.undoable {
        lines.push(format!("Undo would take back: {}", one_line(what)));
    }
    lines.extend(status.problems.iter().map(|problem| format!("Problem: {}", one_line(problem))));
    lines
}

/// Whose word about the way of the mail is believed.
fn servers(account: &AccountStatus) -> Option<String> {
    let told = account.servers.join(", ");
    let learned = account.servers_learned.join(", ");
    match (told.is_empty(), learned.is_empty()) {
        (true, true) => None,
        (false, true) => Some(format!("the servers of {told}")),
        (_, false) => Some(format!("the servers of {told}; and of {learned}, as the mail shows")),
    }
}

/// What waits for the person's word or to be judged again, and how far looks at older mail have got.
fn waiting(status: &Status) -> Vec<String> {
    let mut lines = Vec::new();
    for account in &status.accounts {
        let name = one_line(&account.name);
        if 0 < account.held {
            let held = usize::try_from(account.held).unwrap_or(usize::MAX);
            let messages = count(held, "message");
            lines.push(format!("Held in {name}: {messages}. {}", one_line(&account.held_why)));
        }
        if 0 < account.waiting {
            lines.push(format!("Waiting in {name}: {}", super::waiting::words(account)));
        }
        if let Some(servers) = servers(account) {
            lines.push(format!("Believed in {name}: {}", one_line(&servers)));
        }
        if let Some(backfill) = &account.backfill {
            lines.push(format!("Older mail of {name}: {}", backfill::words(backfill)));
        }
        if let Some(learning) = &account.learning {
            lines.push(format!("Learning in {name}: {}", learn::words(learning)));
        }
    }
    lines
}
