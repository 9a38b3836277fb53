//! An agent that only pretends, for working on the window: no mail, no network, the same socket and language.
//!
//! ```text
//! cargo run -p tamis --example fake_agent -- HOME [ROWS]      then: tamis --home HOME
//! ```
//!
//! With ROWS it makes up that many messages instead of the written ones; with `ROWS` 0 there is no account yet.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for developers, which may end with a message")]

mod mail;

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use interprocess::local_socket::{GenericFilePath, ListenerOptions, Stream, ToFsName as _, prelude::*};
use tamis::client::{read_frame, write_frame};
use tamis_core::api::{
    API_VERSION, AccountReport, AccountState, AccountStatus, BatchId, Call, Event, MailId, MailRow, Message,
    RefusedKind, Reply, Request, Show, Status,
};

fn main() {
    let mut args = std::env::args().skip(1);
    let home = PathBuf::from(args.next().unwrap_or_else(|| "fake-home".to_owned()));
    let rows = match args.next().and_then(|rows| rows.parse().ok()) {
        Some(number) => mail::many(number),
        None => mail::written(),
    };
    std::fs::create_dir_all(&home).unwrap();
    let socket = home.join("agent.sock");
    std::fs::remove_file(&socket).ok();
    let name = socket.clone().to_fs_name::<GenericFilePath>().unwrap();
    let listener = ListenerOptions::new().name(name).create_sync().unwrap();
    println!("pretending at {}", socket.display());
    let accounts = if rows.is_empty() { vec![] } else { accounts() };
    let state = Arc::new(Mutex::new(State { rows, accounts, done: BTreeSet::new(), undo: vec![] }));
    for stream in listener.incoming() {
        let (stream, state) = (stream.unwrap(), Arc::clone(&state));
        thread::Builder::new().spawn(move || serve(&stream, &state)).unwrap();
    }
}

struct State {
    rows: Vec<MailRow>,
    accounts: Vec<AccountStatus>,
    done: BTreeSet<MailId>,
    undo: Vec<(String, Vec<MailRow>)>,
}

fn serve(stream: &Stream, state: &Mutex<State>) {
    let (mut reader, mut writer) = (stream, stream);
    while let Ok(call) = read_frame::<Call>(&mut reader) {
        if matches!(call.request, Request::TestAccount(_) | Request::AddAccount(_)) {
            thread::sleep(Duration::from_millis(900));
        }
        let (reply, is_change) = state.lock().unwrap().answer(call.request);
        if write_frame(&mut writer, &Message::Reply { id: call.id, reply }).is_err() {
            return;
        }
        let events = [Event::MailChanged, Event::StatusChanged];
        for event in events.into_iter().filter(|_| is_change) {
            write_frame(&mut writer, &Message::Event(event)).ok();
        }
    }
}

impl State {
    fn answer(&mut self, request: Request) -> (Reply, bool) {
        match request {
            Request::Hello { .. } => (Reply::Hello { api_version: API_VERSION, agent: "0.1.0".to_owned() }, false),
            Request::Status => (Reply::Status(self.status()), false),
            Request::List { show, search, limit } => (self.list(show, &search, limit), false),
            Request::Mail(id) => (self.mail(id), false),
            Request::Release(ids) => self.teach(&ids, "ham", "released and learned as wanted"),
            Request::MarkHam(ids) => self.teach(&ids, "ham", "learned as wanted"),
            Request::MarkSpam(ids) => self.teach(&ids, "spam", "filed in Junk and learned as spam"),
            Request::Undo(_) => self.undo(),
            Request::TestAccount(form) if form.host.contains("wrong") => {
                let text =
                    format!("Cannot connect to {}: there is no server of that name. Check the spelling", form.host);
                (Reply::Refused { text, kind: RefusedKind::Outside }, false)
            }
            Request::TestAccount(form) => {
                let steps =
                    [format!("Connected to {} with TLS 1.3", form.host), format!("Logged in as {}", form.address)];
                let notes = vec![
                    "The server cannot move messages, so Tamis copies them and then removes the original".to_owned(),
                ];
                let junk_folder = Some("Junk".to_owned());
                (Reply::Account(AccountReport { steps: steps.into(), inbox_messages: 1832, junk_folder, notes }), false)
            }
            Request::AddAccount(form) => {
                let text = format!("{} is being watched", form.address);
                self.accounts.push(account(&form.address, AccountState::Working, "Learning from what is there"));
                (Reply::Done { text, undo: None }, true)
            }
            Request::RemoveAccount { name } => {
                self.accounts.retain(|account| account.name != name);
                (Reply::Done { text: format!("{name} is no longer watched"), undo: None }, true)
            }
            Request::CheckNow => (Reply::Done { text: "Looked: no new mail".to_owned(), undo: None }, false),
            Request::Train { .. } | Request::Untrain { .. } => {
                let text = "A pretended agent learns nothing".to_owned();
                (Reply::Refused { text, kind: RefusedKind::Person }, false)
            }
        }
    }

    fn status(&self) -> Status {
        let count =
            |is: &dyn Fn(&MailRow) -> bool| u32::try_from(self.rows.iter().filter(|row| is(row)).count()).unwrap();
        Status {
            version: "0.1.0".to_owned(),
            accounts: self.accounts.clone(),
            trained_ham: 1204,
            trained_spam: 893 + u32::try_from(self.done.len()).unwrap(),
            judged: 18_220 + count(&|_| true),
            filed: count(&|row| row.folder == "Junk"),
            to_review: count(&|row| self.is_for_review(row)),
            pending: 0,
            problems: if self.accounts.is_empty() { vec![] } else { mail::problems() },
            undoable: self.undo.last().map(|(what, _)| what.clone()),
            network: "online".to_owned(),
        }
    }

    fn is_for_review(&self, row: &MailRow) -> bool {
        row.class != "ham" && !self.done.contains(&row.id)
    }

    fn list(&self, show: Show, search: &str, limit: u32) -> Reply {
        let search = search.to_lowercase();
        let found = self.rows.iter().filter(|row| match show {
            Show::Review => self.is_for_review(row),
            Show::Junk => row.folder == "Junk",
            Show::All => true,
        });
        let found = found.filter(|row| {
            format!("{} {} {}", row.from_name, row.from_address, row.subject).to_lowercase().contains(&search)
        });
        let rows: Vec<MailRow> = found.cloned().collect();
        let total = u32::try_from(rows.len()).unwrap();
        Reply::List { rows: rows.into_iter().take(usize::try_from(limit).unwrap()).collect(), total }
    }

    fn mail(&self, id: MailId) -> Reply {
        match self.rows.iter().find(|row| row.id == id) {
            Some(row) => Reply::Mail(Box::new(mail::detail(row))),
            None => Reply::Refused { text: "There is no such message".to_owned(), kind: RefusedKind::Person },
        }
    }

    fn teach(&mut self, ids: &[MailId], label: &str, what: &str) -> (Reply, bool) {
        let before: Vec<MailRow> = self.rows.iter().filter(|row| ids.contains(&row.id)).cloned().collect();
        for row in self.rows.iter_mut().filter(|row| ids.contains(&row.id)) {
            row.folder = (if label == "spam" { "Junk" } else { "Inbox" }).into();
            row.taught = Some(label.to_owned());
            self.done.insert(row.id);
        }
        let messages = if ids.len() == 1 { "1 message".to_owned() } else { format!("{} messages", ids.len()) };
        let text = format!("{messages} {what}");
        self.undo.push((text.clone(), before));
        (Reply::Done { text, undo: Some(BatchId(i64::try_from(self.undo.len()).unwrap())) }, true)
    }

    fn undo(&mut self) -> (Reply, bool) {
        let Some((what, before)) = self.undo.pop() else {
            return (Reply::Refused { text: "There is nothing to undo".to_owned(), kind: RefusedKind::Person }, false);
        };
        for old in before {
            self.done.remove(&old.id);
            if let Some(row) = self.rows.iter_mut().find(|row| row.id == old.id) {
                *row = old;
            }
        }
        (Reply::Done { text: format!("Undone: {what}"), undo: None }, true)
    }
}

fn accounts() -> Vec<AccountStatus> {
    let retrying = "Cannot reach imap.example.net: connection refused. Trying again at 14:05";
    vec![
        account("ada@example.org", AccountState::Watching, "Watching the inbox"),
        account("office@example.net", AccountState::Retrying, retrying),
    ]
}

fn account(address: &str, state: AccountState, text: &str) -> AccountStatus {
    let (name, address) = (address.split('@').next().unwrap_or(address).to_owned(), address.to_owned());
    AccountStatus { name, address, state, text: text.to_owned(), junk_folder: Some("Junk".to_owned()) }
}
