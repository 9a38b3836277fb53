//! The commands that talk to an agent, and what they say when there is none.

use std::sync::{Arc, Mutex};

use serde_json::Value;
use tamis_agent::{
    paths,
    serve::{Handler, Server},
};
use tamis_core::api::{
    AccountHealth, AccountReport, AccountState, AccountStatus, BackfillStatus, BatchId, Event, ListQuery, MailId,
    MailRow, RefusedKind, Reply, Request, Show, Status,
};
use tokio::{
    runtime::Runtime,
    sync::{broadcast, oneshot},
};

use crate::home::{HAM, Home};

#[test]
fn without_an_agent_every_command_says_how_to_start_it() {
    let home = Home::new();
    let old = ["status", "junk --json", "release 1", "undo", "spam 1", "ham 1"];
    let new = ["history", "held", "held --file work", "backfill work", "learn work", "digest work", "open tamis:x"];
    for line in old.into_iter().chain(new) {
        let args: &[&str] = &line.split(' ').collect::<Vec<_>>();
        home.run(args).failed(3, "the agent is not running; start it with `tamis-agent run`");
    }
}

#[test]
fn whoever_forgets_the_label_is_told_of_both() {
    let done = Home::new().run(&["train", "letter.eml"]);
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("--spam") && done.stderr.contains("--ham"), "{}", done.stderr);
}

#[test]
fn status_is_text_for_people_and_json_for_scripts() {
    let agent = Agent::start(|_| Reply::Status(status()));
    let done = agent.home.run(&["status"]);
    let text = done.good();
    for part in [
        "with 1 account",
        "Watching the inbox",
        "Network: metered",
        "Judged: 9, 4 filed in Junk, 2 to review",
        "Not yet done on the server: 1 change",
        "Problem: disk full",
        "Held in work: 31 messages. Tamis would have filed 31 of 33 messages that arrived within an hour",
        "Older mail of work: the last 30 days, 312 of 1204 messages looked at, 41 spam found, paused",
        "Archive: 41 originals, 3.0 MB",
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert!(!text.contains(['\u{1b}', '\u{7}']), "{text}");
    let done = agent.home.run(&["status", "--json"]);
    let back: Status = serde_json::from_str(done.good().trim_end()).unwrap();
    assert_eq!(back, status());
}

#[test]
fn junk_lists_rows_that_cannot_drive_the_terminal() {
    let agent = Agent::start(|_| Reply::List { rows: vec![row(7), row(12)], total: 5 });
    let done = agent.home.run(&["junk"]);
    assert_eq!((done.code, done.stderr.as_str()), (0, "not listed: 3 older messages\n"));
    let lines: Vec<&str> = done.stdout.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[1].starts_with("7   ") && lines[2].starts_with("12  "), "{lines:?}");
    assert!(lines[1].contains("12.3") && lines[1].contains("Win [2J now"), "{lines:?}");
    assert!(!done.stdout.contains(['\u{1b}', '\u{202e}']));
}

#[test]
fn junk_json_is_one_row_a_line_with_its_fields() {
    let agent = Agent::start(|_| Reply::List { rows: vec![row(7), row(12)], total: 2 });
    let done = agent.home.run(&["junk", "--json", "--all"]);
    let rows: Vec<Value> = done.good().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows[1]["id"], 12);
    assert_eq!(rows[0]["from_address"], "eve@example.org");
    assert_eq!(
        agent.asked(),
        [Request::List { query: ListQuery { show: Show::All, ..ListQuery::default() }, offset: 0, limit: 10_000 }]
    );
}

#[test]
fn an_empty_list_is_said_to_people_and_is_nothing_to_scripts() {
    let agent = Agent::start(|_| Reply::List { rows: Vec::new(), total: 0 });
    assert_eq!(agent.home.run(&["junk"]).good(), "there is nothing in Junk\n");
    assert_eq!(agent.home.run(&["junk", "--json"]).good(), "");
}

#[test]
fn changes_are_asked_for_by_number_and_can_be_taken_back() {
    let agent = Agent::start(|_| Reply::Done { text: "2 messages done".to_owned(), undo: Some(BatchId(4)) });
    let ids = || vec![MailId(7), MailId(12)];
    for (args, want) in [
        (&["release", "7", "12"][..], Request::Release(ids())),
        (&["spam", "7", "12"], Request::MarkSpam(ids())),
        (&["ham", "7", "12"], Request::MarkHam(ids())),
        (&["delete", "7", "12"], Request::Delete(ids())),
        (&["undo"], Request::Undo(None)),
        (&["undo", "4"], Request::Undo(Some(BatchId(4)))),
    ] {
        let done = agent.home.run(args);
        assert_eq!((done.code, done.stdout.as_str()), (0, "2 messages done\n"), "{args:?}");
        assert_eq!(done.stderr, "take it back with: tamis-agent undo 4\n");
        assert_eq!(agent.asked(), [want], "{args:?}");
    }
}

#[test]
fn a_refusal_says_whose_turn_it_is() {
    let agent = Agent::start(|request| {
        let kind = if request == &Request::Undo(None) { RefusedKind::Outside } else { RefusedKind::Person };
        Reply::Refused { text: "there is no such thing".to_owned(), kind }
    });
    agent.home.run(&["release", "1"]).failed(1, "there is no such thing");
    agent.home.run(&["undo"]).failed(3, "there is no such thing");
    agent.home.run(&["status"]).failed(1, "there is no such thing");
}

#[test]
fn a_wrong_answer_is_not_taken_for_success() {
    let agent = Agent::start(|_| Reply::Status(Status::default()));
    agent.home.run(&["release", "1"]).failed(3, "answered something else");
    agent.home.run(&["junk"]).failed(3, "answered something else");
}

#[test]
fn lessons_go_through_the_agent_with_whole_paths() {
    let agent = Agent::start(|_| Reply::Done { text: "1 message learned as spam".to_owned(), undo: None });
    let path = agent.home.write("a.eml", HAM);
    assert_eq!(agent.home.run(&["train", "--spam", &path]).good(), "1 message learned as spam\n");
    assert_eq!(agent.asked(), [Request::Train { label: "spam".to_owned(), paths: vec![path] }]);
    agent.home.run(&["untrain", "Cargo.toml"]).good();
    let asked = agent.asked();
    assert!(matches!(&asked[..], [Request::Untrain { paths }] if paths[0].starts_with('/')), "{asked:?}");
    agent.home.run(&["lessons", "import", "Cargo.toml"]).good();
    let asked = agent.asked();
    assert!(matches!(&asked[..], [Request::ImportLessons { path }] if path.starts_with('/')), "{asked:?}");
    agent.home.run(&["lessons", "renew"]).good();
    assert_eq!(agent.asked(), [Request::RenewLessons]);
}

#[test]
fn accounts_go_through_the_agent_with_the_password_only_where_it_must() {
    let agent = Agent::start(|_| {
        Reply::Account(AccountReport {
            steps: vec!["Logged in".to_owned()],
            inbox_messages: 3,
            ..AccountReport::default()
        })
    });
    let add = ["account", "add", "me@example.org", "--host", "localhost", "--password-command", "echo hunter2"];
    let done = agent.home.run(&add);
    assert!(done.code == 0 && done.stdout.ends_with("account me@example.org added\n"), "{done:?}");
    assert!(done.stderr.starts_with("there is no terminal to ask: "), "{done:?}");
    let asked = agent.asked();
    let [Request::AddAccount(form)] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!((&form.password, form.password_command.as_deref()), (&None, Some("echo hunter2")));
    assert!(!agent.home.path().join("tamis.toml").exists(), "the agent keeps the settings");
    agent.home.run(&[&add[..], &["--no-test"]].concat()).failed(1, "leave out --no-test");
}

struct Fake {
    answer: fn(&Request) -> Reply,
    asked: Mutex<Vec<Request>>,
    events: broadcast::Sender<Event>,
}

impl Handler for Fake {
    async fn handle(&self, request: Request) -> Reply {
        let reply = (self.answer)(&request);
        self.asked.lock().unwrap().push(request);
        reply
    }

    fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }
}

/// An agent that gives one answer.
pub(crate) struct Agent {
    pub(crate) home: Home,
    fake: Arc<Fake>,
    _runtime: Runtime,
    _stop: oneshot::Sender<()>,
}

impl Agent {
    pub(crate) fn start(answer: fn(&Request) -> Reply) -> Self {
        let home = Home::new();
        let (events, _) = broadcast::channel(1);
        let fake = Arc::new(Fake { answer, asked: Mutex::default(), events });
        let runtime = Runtime::new().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let server = {
            let _inside = runtime.enter();
            Server::bind(&paths::Home::below(&home.path()).unwrap()).unwrap()
        };
        let serving = Arc::clone(&fake);
        runtime.spawn(async move { server.run(serving, async { drop(stopped.await) }).await });
        Self { home, fake, _runtime: runtime, _stop: stop }
    }

    /// What was asked since the last time.
    pub(crate) fn asked(&self) -> Vec<Request> {
        std::mem::take(&mut *self.fake.asked.lock().unwrap())
    }
}

pub(crate) fn status() -> Status {
    Status {
        version: "0.1.0".to_owned(),
        accounts: vec![AccountStatus {
            name: "work".to_owned(),
            address: "me@example.org".to_owned(),
            state: AccountState::Watching,
            text: "Watching the inbox\u{1b}[2J".to_owned(),
            junk_folder: Some("Junk".to_owned()),
            held: 31,
            held_why: "Tamis would have filed 31 of 33 messages that arrived within an hour\u{7}".to_owned(),
            backfill: Some(BackfillStatus {
                days: 30,
                total: 1204,
                done: 312,
                found: 41,
                is_paused: true,
                is_ended: false,
            }),
            waiting: 0,
            waiting_until: 0,
            learning: None,
            servers: vec!["example.org".to_owned()],
            servers_learned: vec!["hoster.example".to_owned()],
            health: AccountHealth::default(),
            issuer: String::new(),
        }],
        trained_ham: 5,
        trained_spam: 6,
        judged: 9,
        filed: 4,
        to_review: 2,
        pending: 1,
        problems: vec!["disk full".to_owned()],
        undoable: Some("release of 2 messages".to_owned()),
        archived: 41,
        archive_bytes: 3_049_999,
        network: "metered".to_owned(),
        starts_at_login: true,
        paused_until: None,
    }
}

pub(crate) fn row(id: i64) -> MailRow {
    MailRow {
        id: MailId(id),
        account: "work".to_owned(),
        from_name: "Eve".to_owned(),
        from_address: "eve@example.org".to_owned(),
        subject: "Win \u{1b}[2J now\u{202e}".to_owned(),
        received_at: 1_769_085_383,
        class: "spam".to_owned(),
        score: 12.34,
        probability: Some(0.99),
        folder: "Junk".to_owned(),
        uid: 4,
        action: "junk".to_owned(),
        is_archived: false,
        is_held: false,
        taught: None,
        reason: String::new(),
        reasons: vec!["because".to_owned()],
        waits_until: 0,
    }
}
