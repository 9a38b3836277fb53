//! `history`, `held`, `backfill`, `digest` and `open`, with an agent that only pretends.

use serde_json::Value;
use tamis_core::api::{BackfillStatus, BatchId, Change, ListQuery, MailRow, Reply, Request, Show, Status, Steer};

use crate::{
    agent::{Agent, row, status},
    home::Home,
};

#[test]
fn history_lists_the_numbers_that_undo_takes() {
    let agent = Agent::start(|_| Reply::History(changes()));
    let done = agent.home.run(&["history"]);
    let lines: Vec<&str> = done.good().lines().collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert_eq!(lines[0].split_whitespace().collect::<Vec<_>>(), ["ID", "When", "Messages", "Undone", "What"]);
    assert!(lines[1].starts_with("12  20") && lines[1].ends_with("filing of 3 messages"), "{lines:?}");
    assert!(lines[2].starts_with("9   ") && lines[2].contains("  yes  "), "{lines:?}");
    assert!(lines[2].ends_with("release of 1 message[2J"), "{lines:?}");
    assert_eq!(agent.asked(), [Request::History { limit: 20 }]);

    let done = agent.home.run(&["history", "--limit", "5", "--json"]);
    let rows: Vec<Value> = done.good().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&rows[0]["id"], &rows[0]["kind"], &rows[1]["is_undone"]), (&12.into(), &"file".into(), &true.into()));
    assert_eq!(agent.asked(), [Request::History { limit: 5 }]);
}

#[test]
fn an_empty_history_is_said_to_people_and_is_nothing_to_scripts() {
    let agent = Agent::start(|_| Reply::History(Vec::new()));
    assert_eq!(agent.home.run(&["history"]).good(), "nothing has been changed yet\n");
    assert_eq!(agent.home.run(&["history", "--json"]).good(), "");
}

#[test]
fn held_says_why_which_and_what_to_answer() {
    let agent = Agent::start(|request| {
        if request == &Request::Status {
            return Reply::Status(status());
        }
        Reply::List { rows: vec![held(7), row(8), MailRow { account: "home".to_owned(), ..held(9) }], total: 3 }
    });
    for args in [&["held"][..], &["held", "WORK"]] {
        let done = agent.home.run(args);
        let lines: Vec<&str> = done.stdout.lines().collect();
        assert_eq!((done.code, lines.len()), (0, 3), "{done:?}");
        assert!(lines[0].starts_with("work: Tamis would have filed 31 of 33 messages"), "{lines:?}");
        assert!(lines[2].starts_with("7   ") && lines[2].contains("Win [2J now"), "{lines:?}");
        let remarks = "not listed: 30 older messages\nanswer with: tamis-agent held work --file, or --leave\n";
        assert_eq!(done.stderr, remarks);
        let list =
            Request::List { query: ListQuery { show: Show::All, ..ListQuery::default() }, offset: 0, limit: 10_000 };
        assert_eq!(agent.asked(), [Request::Status, list]);
    }
    agent.home.run(&["held", "wrok"]).failed(1, "there is no account `wrok`; there is work");
}

#[test]
fn that_nothing_waits_is_said() {
    let agent = Agent::start(|_| Reply::Status(Status::default()));
    assert_eq!(agent.home.run(&["held"]).good(), "no message waits for your word\n");
    agent.home.run(&["held", "work"]).failed(1, "there is no account `work`; there is none");
}

#[test]
fn backfill_shows_how_far_it_has_got() {
    let agent = Agent::start(|_| Reply::Status(with_backfill(|_| {})));
    let want = "work: the last 30 days, 312 of 1204 messages looked at, 41 spam found, paused\n";
    assert_eq!(agent.home.run(&["backfill", "work"]).good(), want);
    agent.home.run(&["backfill", "home"]).failed(1, "there is no account `home`");
    for (answer, words) in [
        ((|_| Reply::Status(with_backfill(|b| b.is_paused = false))) as fn(&Request) -> Reply, "41 spam found\n"),
        (|_| Reply::Status(with_backfill(|b| b.is_ended = true)), "41 spam found, stopped\n"),
        (|_| Reply::Status(with_backfill(|b| (b.done, b.is_ended) = (1204, true))), "41 spam found, finished\n"),
        (|_| Reply::Status(without_backfill()), "no look at older mail was asked for; begin one with --days N\n"),
    ] {
        let done = Agent::start(answer).home.run(&["backfill", "work"]);
        assert!(done.good().ends_with(words), "{done:?}");
    }
}

#[test]
fn wishes_reach_the_agent_and_its_answer_the_person() {
    let agent = Agent::start(|_| Reply::Done { text: "done as asked".to_owned(), undo: Some(BatchId(4)) });
    let work = || "work".to_owned();
    for (line, want) in [
        ("held work --file", Request::Held { account: work(), file: true }),
        ("held --file work", Request::Held { account: work(), file: true }),
        ("held --leave work", Request::Held { account: work(), file: false }),
        ("backfill work --days 30", Request::Backfill { account: work(), days: 30 }),
        ("backfill work --pause", Request::SteerBackfill { account: work(), steer: Steer::Pause }),
        ("backfill work --resume", Request::SteerBackfill { account: work(), steer: Steer::Resume }),
        ("backfill work --stop", Request::SteerBackfill { account: work(), steer: Steer::Stop }),
        ("digest work", Request::SendDigest { account: work() }),
        ("open tamis:release/17-x", Request::Open { link: "tamis:release/17-x".to_owned() }),
    ] {
        let done = agent.home.run(&line.split(' ').collect::<Vec<_>>());
        assert_eq!((done.code, done.stdout.as_str()), (0, "done as asked\n"), "{line}");
        assert_eq!(done.stderr, "take it back with: tamis-agent undo 4\n", "{line}");
        assert_eq!(agent.asked(), [want], "{line}");
    }
}

#[test]
fn what_is_no_link_of_ours_never_reaches_the_agent() {
    let agent = Agent::start(|_| Reply::Done { text: "done".to_owned(), undo: None });
    let long = format!("tamis:{}", "x".repeat(251));
    for link in ["https://example.org/", "TAMIS:x", "tamis:a b", "tamis:\u{e9}", "", &long] {
        agent.home.run(&["open", link]).failed(1, "not a link from a digest of Tamis");
    }
    assert_eq!(agent.asked(), []);
}

#[test]
fn what_is_not_understood_is_never_sent() {
    let home = Home::new();
    for line in [
        "held --file",
        "held work --file --leave",
        "backfill",
        "backfill work --days 0",
        "backfill work --days 30 --stop",
        "backfill work --pause --resume",
        "history --limit 0",
        "digest",
        "open",
    ] {
        assert_eq!(home.run(&line.split(' ').collect::<Vec<_>>()).code, 2, "{line}");
    }
}

#[test]
fn every_help_is_complete_and_has_an_example() {
    let home = Home::new();
    for (command, words) in [
        ("history", &["--limit <N>", "--json", "what undo takes"][..]),
        ("held", &["[ACCOUNT]", "--file", "--leave"]),
        ("backfill", &["<ACCOUNT>", "--days <N>", "--pause", "--resume", "--stop"]),
        ("digest", &["<ACCOUNT>"]),
        ("open", &["<LINK>"]),
    ] {
        let done = home.run(&[command, "--help"]);
        let help = done.good();
        let (_, examples) = help.split_once("Example").unwrap();
        assert!(examples.contains(&format!("\n  tamis-agent {command}")), "{help}");
        for word in words {
            assert!(help.contains(word), "{command}: {word}: {help}");
        }
    }
}

fn changes() -> Vec<Change> {
    let filing = Change {
        id: BatchId(12),
        kind: "file".to_owned(),
        text: "filing of 3 messages".to_owned(),
        at: 1_769_085_383,
        messages: 3,
        is_undone: false,
    };
    let release = Change {
        id: BatchId(9),
        kind: "release".to_owned(),
        text: "release of 1 message\u{1b}[2J".to_owned(),
        messages: 1,
        is_undone: true,
        ..filing
    };
    vec![filing, release]
}

fn held(id: i64) -> MailRow {
    MailRow { is_held: true, folder: "Inbox".to_owned(), ..row(id) }
}

fn with_backfill(change: fn(&mut BackfillStatus)) -> Status {
    let mut status = status();
    status.accounts.iter_mut().filter_map(|account| account.backfill.as_mut()).for_each(change);
    status
}

fn without_backfill() -> Status {
    let mut status = status();
    status.accounts.iter_mut().for_each(|account| account.backfill = None);
    status
}
