//! The client against a scripted agent on a real local socket.

#![expect(clippy::unwrap_used, clippy::panic, clippy::wildcard_enum_match_arm, reason = "a test may end with a panic")]

use std::{
    fs,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    time::{Duration, Instant},
};

use interprocess::local_socket::{GenericFilePath, Listener, ListenerOptions, Stream, ToFsName as _, prelude::*};
use tamis::{
    client::{
        Client, Finished, Job, Launcher, Lesson, Link, Opened, Outcome, Setup, Snapshot, TextSearch, Wish, read_frame,
        write_frame,
    },
    prefs::{Language, Look, Prefs},
};
use tamis_core::api::{
    API_VERSION, AccountForm, AccountHealth, AccountState, AccountStatus, BatchId, Call, Change, Event, FoundText,
    ListEntry, ListQuery, MailId, MailRow, Message, NewListEntry, Outline, Password, RefusedKind, Reply, Request,
    Status, Steer,
};
use tempfile::TempDir;

/// Far more than anything here takes.
const LIMIT: Duration = Duration::from_secs(20);

#[test]
fn it_greets_asks_and_asks_again_after_an_event() {
    let mut bench = Bench::new();
    bench.client.send(Wish::List(want("")));
    let agent = bench.accept();
    assert_eq!(agent.expect_hello(API_VERSION), API_VERSION);
    agent.answer_list_and_status(&want(""), 1, 3);
    let snapshot = bench.until(|snapshot| snapshot.status.is_some() && snapshot.listing.is_some());
    assert_eq!(snapshot.link, Link::Online { agent: "9.9.9".to_owned() });
    assert_eq!(snapshot.listing.unwrap().rows.len(), 1);

    agent.send(&Message::Event(Event::StatusChanged));
    agent.answer_status(4);
    bench.until(|snapshot| snapshot.status.as_ref().is_some_and(|status| status.to_review == 4));
    agent.send(&Message::Event(Event::MailChanged));
    agent.answer_list_and_status(&want(""), 2, 4);
    bench.until(|snapshot| snapshot.listing.as_ref().is_some_and(|listing| listing.rows.len() == 2));
}

#[test]
fn a_job_is_sent_and_its_answer_comes_back() {
    let mut bench = Bench::new();
    let agent = bench.accept();
    agent.expect_hello(API_VERSION);
    agent.answer_status(0);
    bench.until(|snapshot| snapshot.status.is_some());

    let job = Job::Teach(Lesson::Spam, vec![MailId(4), MailId(5)]);
    bench.client.send(Wish::Do(job.clone()));
    let call = agent.read();
    assert_eq!(call.request, Request::MarkSpam(vec![MailId(4), MailId(5)]));
    agent.reply(call.id, Reply::Done { text: "2 messages".to_owned(), undo: Some(BatchId(8)) });
    let outcome = Outcome::Done("2 messages".to_owned(), Some(BatchId(8)));
    assert_eq!(bench.finished(), Finished { job, outcome });
}

#[test]
fn every_job_is_asked_for_in_the_language_of_the_agent() {
    let mut bench = Bench::new();
    let agent = bench.accept();
    agent.expect_hello(API_VERSION);
    agent.answer_status(0);
    let (account, link) = (|| "work".to_owned(), || "tamis:release/17-x".to_owned());
    let entry = || NewListEntry { side: "block".to_owned(), ..NewListEntry::default() };
    for (job, want) in [
        (Job::Unsubscribe(MailId(3), false), Request::Unsubscribe { id: MailId(3), by_message: false }),
        (Job::Unsubscribe(MailId(4), true), Request::Unsubscribe { id: MailId(4), by_message: true }),
        (Job::PutOnList(entry()), Request::AddEntries { entries: vec![entry()], is_import: false }),
        (Job::SwitchEntry(3, false), Request::SwitchEntry { id: 3, is_on: false }),
        (Job::RemoveEntry(3), Request::RemoveEntry(3)),
        (Job::Held(account(), true), Request::Held { account: account(), file: true }),
        (Job::Backfill(account(), 30), Request::Backfill { account: account(), days: 30 }),
        (Job::Learn(account(), true), Request::Learn { account: account(), junk: true, is_rehearsal: false }),
        (
            Job::SteerLearning(account(), Steer::Pause),
            Request::SteerLearning { account: account(), steer: Steer::Pause },
        ),
        (Job::Steer(account(), Steer::Stop), Request::SteerBackfill { account: account(), steer: Steer::Stop }),
        (Job::SendDigest(account()), Request::SendDigest { account: account() }),
        (Job::Follow(link()), Request::Open { link: link() }),
    ] {
        bench.client.send(Wish::Do(job));
        // The status is asked for again after each job.
        let mut call = agent.read();
        while call.request == Request::Status {
            agent.reply(call.id, Reply::Status(Status::default()));
            call = agent.read();
        }
        assert_eq!(call.request, want);
        agent.reply(call.id, Reply::Done { text: "done".to_owned(), undo: None });
        bench.finished();
    }
}

#[test]
fn long_lists_come_in_parts_while_they_are_seen() {
    let mut bench = Bench::new();
    let agent = bench.accept();
    agent.expect_hello(API_VERSION);
    agent.answer_status(0);
    let entry = |id| ListEntry { id, ..ListEntry::default() };
    bench.client.send(Wish::Lists(true));
    for (after, part) in [(0, vec![entry(1), entry(4)]), (4, vec![entry(9)]), (9, vec![])] {
        let call = agent.read();
        assert_eq!(call.request, Request::Entries { after });
        assert_eq!(bench.client.snapshot().entries, None, "a part is not shown as the whole");
        agent.reply(call.id, Reply::Entries(part));
    }
    let all = [entry(1), entry(4), entry(9)];
    bench.until(|snapshot| snapshot.entries.as_ref().is_some_and(|shown| shown[..] == all));
}

#[test]
fn the_history_is_asked_for_while_it_is_seen_and_again_after_an_event() {
    let mut bench = Bench::new();
    let agent = bench.accept();
    agent.expect_hello(API_VERSION);
    agent.answer_status(0);
    agent.send(&Message::Event(Event::MailChanged));
    agent.answer_status(1);
    for number in 1..3 {
        if number == 1 {
            bench.client.send(Wish::History(true));
        } else {
            agent.send(&Message::Event(Event::MailChanged));
            agent.answer_status(number);
        }
        let call = agent.read();
        assert_eq!(call.request, Request::History { limit: 500 });
        agent.reply(call.id, Reply::History((0..number).map(change).collect()));
        let number = usize::try_from(number).unwrap();
        bench.until(|snapshot| snapshot.history.as_ref().is_some_and(|history| history.len() == number));
    }
    bench.client.send(Wish::History(false));
    bench.client.send(Wish::Do(Job::CheckNow));
    assert_eq!(agent.read().request, Request::CheckNow);
    agent.send(&Message::Event(Event::MailChanged));
    agent.answer_status(9);
    bench.client.send(Wish::Do(Job::Undo(None)));
    assert_eq!(agent.read().request, Request::Undo(None), "nobody looks at the history any more");
}

#[test]
fn the_password_reaches_the_agent_and_nobody_else() {
    let mut bench = Bench::new();
    let agent = bench.accept();
    agent.expect_hello(API_VERSION);
    agent.answer_status(0);
    let form = AccountForm { password: Some(Password("secret".to_owned())), ..AccountForm::default() };
    bench.client.send(Wish::Do(Job::TestAccount(Box::new(form.clone()))));
    let call = agent.read();
    assert_eq!(call.request, Request::TestAccount(form));
    agent.reply(call.id, Reply::Refused { text: "wrong password".to_owned(), kind: RefusedKind::Outside });
    let finished = bench.finished();
    assert_eq!(finished.job, Job::TestAccount(Box::default()));
    assert_eq!(finished.outcome, Outcome::Refused("wrong password".to_owned()));
}

#[test]
fn after_a_lost_connection_it_comes_back_and_says_what_was_not_answered() {
    let mut bench = Bench::new();
    let agent = bench.accept();
    agent.expect_hello(API_VERSION);
    agent.answer_status(0);
    bench.client.send(Wish::Open(Some(MailId(1))));
    let call = agent.read();
    assert_eq!(call.request, Request::Mail(MailId(1)));
    bench.client.send(Wish::Do(Job::CheckNow));
    agent.read();
    drop(agent);
    assert!(matches!(bench.finished().outcome, Outcome::Refused(_)));

    let agent = bench.accept();
    agent.expect_hello(API_VERSION);
    agent.answer_status(7);
    let call = agent.read();
    assert_eq!(call.request, Request::Mail(MailId(1)), "the open message is asked for again");
    agent.reply(call.id, Reply::Refused { text: "gone".to_owned(), kind: RefusedKind::Person });
    let snapshot = bench.until(|snapshot| snapshot.opened == Opened::Failed(MailId(1), "gone".to_owned()));
    assert_eq!(snapshot.link, Link::Online { agent: "9.9.9".to_owned() });
}

#[test]
fn another_version_is_told_to_the_person() {
    for (theirs, words) in [(API_VERSION + 1, "newer than this window"), (0, "older than this window")] {
        let mut bench = Bench::new();
        let agent = bench.accept();
        agent.expect_hello(theirs);
        let snapshot = bench.until(|snapshot| matches!(snapshot.link, Link::Mismatch { .. }));
        let Link::Mismatch { text } = snapshot.link else { panic!("just seen") };
        assert!(text.contains(words), "{text}");
    }
}

#[test]
fn only_the_newest_search_is_shown() {
    let mut bench = Bench::new();
    bench.client.send(Wish::List(want("a")));
    let agent = bench.accept();
    agent.expect_hello(API_VERSION);
    let first = agent.read();
    agent.answer_status(0);
    bench.client.send(Wish::List(want("ab")));
    bench.client.send(Wish::Do(Job::CheckNow));
    // That the job has come says that the new search was heard before the old one is answered.
    assert_eq!(agent.read().request, Request::CheckNow);
    agent.reply(first.id, Reply::Outline(Outline { ids: vec![MailId(1)], ..Outline::default() }));
    agent.answer_list(&want("ab"), 2);
    let snapshot = bench.until(|snapshot| snapshot.listing.is_some());
    assert_eq!(snapshot.listing.unwrap().want, want("ab"));
}

#[test]
fn rows_in_sight_are_asked_for_once_and_a_gone_sight_is_not() {
    let mut bench = Bench::new();
    bench.client.send(Wish::List(want("")));
    let agent = bench.accept();
    agent.expect_hello(API_VERSION);
    let outline = agent.read();
    agent.answer_status(0);
    let ids = (1..=100_000).map(MailId).collect();
    agent.reply(outline.id, Reply::Outline(Outline { ids, ..Outline::default() }));
    let first = agent.read();
    assert_eq!(first.request, Request::Rows((1..=100).map(MailId).collect()));
    bench.client.send(Wish::See((40_000..40_050).map(MailId).collect()));
    bench.client.send(Wish::See((50..150).map(MailId).collect()));
    // That the job has come says that the wishes before it were heard before the first rows are there.
    bench.client.send(Wish::Do(Job::CheckNow));
    assert_eq!(agent.read().request, Request::CheckNow);
    agent.reply(first.id, Reply::Rows((1..=100).map(row).collect()));
    let call = agent.read();
    assert_eq!(call.request, Request::Rows((101..150).map(MailId).collect()), "only what is seen and not known");
    agent.reply(call.id, Reply::Rows((101..150).map(row).collect()));
    let snapshot = bench.until(|snapshot| snapshot.listing.as_ref().is_some_and(|list| list.rows.len() == 149));
    assert_eq!(snapshot.listing.unwrap().outline.ids.len(), 100_000);
}

#[test]
fn the_text_is_searched_by_every_account_and_what_is_found_joins_the_list() {
    let mut bench = Bench::new();
    let agent = bench.accept();
    agent.expect_hello(API_VERSION);
    let call = agent.read();
    let accounts = ["home", "work"].map(account).to_vec();
    agent.reply(call.id, Reply::Status(Status { accounts, ..Status::default() }));
    bench.until(|snapshot| snapshot.status.is_some());
    bench.client.send(Wish::List(want("invoice")));
    agent.answer_list(&want("invoice"), 1);
    let asked = [agent.read(), agent.read()];
    let names = asked.iter().map(|call| match &call.request {
        Request::FindText { query, account } if *query == want("invoice") => account.as_str(),
        other => panic!("{other:?}"),
    });
    assert_eq!(names.collect::<Vec<_>>(), ["home", "work"]);
    let is_text =
        |text: TextSearch| move |snapshot: &Snapshot| snapshot.listing.as_ref().is_some_and(|list| list.text == text);
    agent.reply(asked[0].id, Reply::Refused { text: "not now".to_owned(), kind: RefusedKind::Outside });
    let (running, failed) = (vec!["work".to_owned()], vec!["home".to_owned()]);
    bench.until(is_text(TextSearch { running, failed: failed.clone(), unseen: 0 }));
    agent.reply(asked[1].id, Reply::FoundText(FoundText { ids: vec![MailId(7)], unseen: 3 }));
    let call = agent.read();
    assert_eq!(call.request, Request::Outline(ListQuery { also: vec![MailId(7)], ..want("invoice") }));
    let ids = vec![MailId(1), MailId(7)];
    agent.reply(call.id, Reply::Outline(Outline { ids: ids.clone(), ..Outline::default() }));
    let call = agent.read();
    assert_eq!(call.request, Request::Rows(ids));
    agent.reply(call.id, Reply::Rows(vec![row(1), row(7)]));
    let snapshot = bench.until(|snapshot| snapshot.listing.as_ref().is_some_and(|list| list.rows.len() == 2));
    let listing = snapshot.listing.unwrap();
    assert_eq!((&listing.want, &listing.text), (&want("invoice"), &TextSearch { running: vec![], failed, unseen: 3 }));
}

fn account(name: &str) -> AccountStatus {
    AccountStatus {
        name: name.to_owned(),
        address: format!("{name}@example.org"),
        state: AccountState::Watching,
        text: String::new(),
        junk_folder: None,
        held: 0,
        held_why: String::new(),
        backfill: None,
        waiting: 0,
        waiting_until: 0,
        learning: None,
        servers: vec![],
        servers_learned: vec![],
        health: AccountHealth::default(),
        issuer: String::new(),
    }
}

#[test]
fn what_is_asked_for_while_the_agent_comes_back_is_done_then() {
    let mut bench = Bench::new();
    let agent = bench.accept();
    agent.expect_hello(API_VERSION);
    agent.answer_status(0);
    bench.until(|snapshot| snapshot.status.is_some());
    drop(agent);
    bench.until(|snapshot| matches!(snapshot.link, Link::Offline { .. }));
    bench.client.send(Wish::Do(Job::Teach(Lesson::Spam, vec![MailId(4)])));
    bench.client.send(Wish::Do(Job::CheckNow));

    let agent = bench.accept();
    agent.expect_hello(API_VERSION);
    assert_eq!(agent.read().request, Request::MarkSpam(vec![MailId(4)]));
    assert_eq!(agent.read().request, Request::CheckNow);
}

#[test]
fn no_agent_and_none_to_start_is_said_plainly() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::without_agent(&folder, "no-such-program".into());
    let snapshot = bench.until(|snapshot| matches!(snapshot.link, Link::Offline { .. }));
    let want = "Tamis cannot start its agent: no-such-program is not installed";
    assert_eq!(snapshot.link, Link::Offline { text: want.to_owned() });
    bench.client.send(Wish::Do(Job::CheckNow));
    let outcome = bench.finished().outcome;
    assert_eq!(outcome, Outcome::Refused("Nothing was done: the agent is not connected".to_owned()));
}

#[cfg(unix)]
#[test]
fn an_agent_that_ends_at_once_is_said_plainly() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::without_agent(&folder, "/bin/false".into());
    let snapshot = bench.until(|snapshot| matches!(snapshot.link, Link::Offline { .. }));
    let Link::Offline { text } = snapshot.link else { panic!("just seen") };
    assert!(text.starts_with("Tamis cannot start its agent: it ended at once"), "{text}");
}

#[cfg(unix)]
#[test]
fn a_missing_agent_is_started_with_the_same_home() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("agent");
    fs::write(&program, "#!/bin/sh\necho \"$1 $TAMIS_HOME\" > \"$TAMIS_HOME/started\"\n").unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
    let mut bench = Bench::without_agent(&folder, program);
    bench.until(|snapshot| matches!(snapshot.link, Link::Offline { .. }));
    let started = fs::read_to_string(folder.path().join("started")).unwrap();
    assert_eq!(started.trim(), format!("run {}", folder.path().display()));
}

#[test]
fn settings_are_written() {
    let mut bench = Bench::new();
    let agent = bench.accept();
    agent.expect_hello(API_VERSION);
    agent.answer_status(0);
    bench.client.send(Wish::Keep(Prefs { look: Look::Dark, ..Prefs::default() }));
    bench.client.send(Wish::Do(Job::CheckNow));
    // What the agent is asked after the settings says that they were written.
    assert_eq!(agent.read().request, Request::CheckNow);
    let file = bench.folder.path().join("window.json");
    assert_eq!(Prefs::load(&file), Prefs { look: Look::Dark, ..Prefs::default() });
}

#[test]
fn the_agent_is_told_the_language_and_asked_everything_again_when_it_changes() {
    let mut bench = Bench::new();
    bench.client.send(Wish::List(want("")));
    let agent = bench.accept();
    assert_eq!(agent.expect_greeting(), "en");
    agent.answer_list_and_status(&want(""), 1, 1);
    bench.until(|snapshot| snapshot.status.is_some());

    let prefs = |language| Wish::Keep(Prefs { language, ..Prefs::default() });
    bench.client.send(prefs(Language::German));
    assert_eq!(agent.expect_greeting(), "de");
    agent.answer_list_and_status(&want(""), 2, 2);
    bench.until(|snapshot| snapshot.status.as_ref().is_some_and(|status| status.to_review == 2));
    // What is kept without another language greets nobody.
    bench.client.send(prefs(Language::German));
    bench.client.send(Wish::Do(Job::CheckNow));
    assert_eq!(agent.read().request, Request::CheckNow);
    drop(agent);
    let said = bench.finished();
    let Outcome::Refused(text) = said.outcome else { panic!("{said:?}") };
    assert!(text.starts_with("Die Verbindung zum Agenten ist abgerissen"), "{text}");
}

/// A client, a folder, and the socket the scripted agent listens on.
struct Bench {
    client: Client,
    woken: Receiver<()>,
    listener: Option<Listener>,
    folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join("agent.sock").to_fs_name::<GenericFilePath>().unwrap();
        let listener = ListenerOptions::new().name(name).create_sync().unwrap();
        let bench = Self::start(folder.path(), "no-such-program".into());
        Self { listener: Some(listener), folder, ..bench }
    }

    fn without_agent(folder: &TempDir, program: PathBuf) -> Self {
        Self::start(folder.path(), program)
    }

    fn start(home: &Path, program: PathBuf) -> Self {
        let (wake, woken): (SyncSender<()>, _) = sync_channel(1024);
        let setup = Setup {
            socket: home.join("agent.sock"),
            launcher: Launcher::program(program, Some(home.to_path_buf())),
            settings: Some(home.join("window.json")),
            language: Language::English,
        };
        let client = Client::start(setup, move || {
            wake.try_send(()).ok();
        });
        Self { client: client.unwrap(), woken, listener: None, folder: tempfile::tempdir().unwrap() }
    }

    fn accept(&mut self) -> Agent {
        Agent(self.listener.as_ref().unwrap().accept().unwrap())
    }

    /// Waits until what the window would see is so.
    fn until(&mut self, is_so: impl Fn(&Snapshot) -> bool) -> Snapshot {
        let end = Instant::now() + LIMIT;
        loop {
            let snapshot = self.client.snapshot();
            if is_so(&snapshot) {
                return snapshot;
            }
            let left = end.saturating_duration_since(Instant::now());
            self.woken.recv_timeout(left).unwrap_or_else(|_| panic!("never came: {snapshot:?}"));
        }
    }

    fn finished(&mut self) -> Finished {
        let end = Instant::now() + LIMIT;
        loop {
            if let Some(finished) = self.client.take_finished().into_iter().next() {
                return finished;
            }
            self.woken.recv_timeout(end.saturating_duration_since(Instant::now())).unwrap();
        }
    }
}

/// The agent's end of one connection.
struct Agent(Stream);

impl Agent {
    fn read(&self) -> Call {
        read_frame(&mut &self.0).unwrap()
    }

    fn send(&self, message: &Message) {
        write_frame(&mut &self.0, message).unwrap();
    }

    fn reply(&self, id: u64, reply: Reply) {
        self.send(&Message::Reply { id, reply });
    }

    fn expect_hello(&self, answer: u32) -> u32 {
        let call = self.read();
        let Request::Hello { api_version, .. } = call.request else { panic!("{call:?}") };
        self.reply(call.id, Reply::Hello { api_version: answer, agent: "9.9.9".to_owned() });
        api_version
    }

    /// Answers a greeting, and says in which language it wants to be answered.
    fn expect_greeting(&self) -> String {
        let call = self.read();
        let Request::Hello { language, .. } = call.request else { panic!("{call:?}") };
        self.reply(call.id, Reply::Hello { api_version: API_VERSION, agent: "9.9.9".to_owned() });
        language
    }

    fn answer_status(&self, to_review: u32) {
        let call = self.read();
        assert_eq!(call.request, Request::Status);
        self.reply(call.id, Reply::Status(Status { to_review, ..Status::default() }));
    }

    fn answer_list(&self, want: &ListQuery, rows: i64) {
        let call = self.read();
        assert_eq!(call.request, Request::Outline(want.clone()));
        let ids: Vec<MailId> = (1..=rows).map(MailId).collect();
        self.reply(call.id, Reply::Outline(Outline { ids: ids.clone(), ..Outline::default() }));
        let call = self.read();
        assert_eq!(call.request, Request::Rows(ids));
        self.reply(call.id, Reply::Rows((1..=rows).map(row).collect()));
    }

    /// The two are asked for at once.
    fn answer_list_and_status(&self, want: &ListQuery, rows: i64, to_review: u32) {
        let ids: Vec<MailId> = (1..=rows).map(MailId).collect();
        for _ in 0..3 {
            let call = self.read();
            let reply = match call.request {
                Request::Status => Reply::Status(Status { to_review, ..Status::default() }),
                Request::Outline(query) if query == *want => {
                    Reply::Outline(Outline { ids: ids.clone(), ..Outline::default() })
                }
                Request::Rows(wanted) if wanted == ids => Reply::Rows((1..=rows).map(row).collect()),
                other => panic!("{other:?}"),
            };
            self.reply(call.id, reply);
        }
    }
}

fn want(search: &str) -> ListQuery {
    ListQuery { search: search.to_owned(), ..ListQuery::default() }
}

fn change(id: u32) -> Change {
    let (kind, text) = ("file".to_owned(), "filing of 1 message".to_owned());
    Change { id: BatchId(id.into()), kind, text, at: 0, messages: 1, is_undone: false }
}

fn row(id: i64) -> MailRow {
    MailRow {
        id: MailId(id),
        account: "work".to_owned(),
        from_name: "Ada".to_owned(),
        from_address: "ada@example.org".to_owned(),
        subject: "Hello".to_owned(),
        received_at: 0,
        class: "ham".to_owned(),
        score: 0.0,
        probability: None,
        folder: "Inbox".to_owned(),
        uid: 1,
        action: "junk".to_owned(),
        is_archived: false,
        is_held: false,
        taught: None,
        reason: String::new(),
        reasons: vec![],
        waits_until: 0,
    }
}
