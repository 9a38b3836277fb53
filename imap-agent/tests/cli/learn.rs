//! `learn`, with an agent that only pretends.

use serde_json::Value;
use tamis_core::api::{
    BatchId, LearningDoubt, LearningFolder, LearningSkip, LearningStatus, RefusedKind, Reply, Request, Status, Steer,
};

use crate::{
    agent::{Agent, status},
    home::Home,
};

#[test]
fn wishes_reach_the_agent_and_its_answer_the_person() {
    let agent = Agent::start(|_| Reply::Done { text: "done as asked".to_owned(), undo: None });
    let account = || "work".to_owned();
    let begin = |junk| Request::Learn { account: account(), junk, is_rehearsal: false };
    let steer = |steer| Request::SteerLearning { account: account(), steer };
    for (line, want) in [
        ("learn work --start", begin(true)),
        ("learn work --start --junk yes", begin(true)),
        ("learn --start --junk no work", begin(false)),
        ("learn work --pause", steer(Steer::Pause)),
        ("learn work --resume", steer(Steer::Resume)),
        ("learn work --stop", steer(Steer::Stop)),
    ] {
        let done = agent.home.run(&line.split(' ').collect::<Vec<_>>());
        assert_eq!((done.code, done.stdout.as_str()), (0, "done as asked\n"), "{line}");
        assert_eq!(agent.asked(), [want], "{line}");
    }
}

#[test]
fn it_shows_how_far_it_has_got() {
    for (answer, words) in [
        (
            (|_| with(|_| {})) as fn(&Request) -> Reply,
            "work: 3,200 of 20,000 messages, 2,900 good and 250 spam learned, about 40 seconds left\n",
        ),
        (|_| with(|l| l.is_paused = true), "work: 3,200 of 20,000 messages, 2,900 good and 250 spam learned, paused\n"),
        (|_| with(|l| l.seconds_left = Some(400)), "learned, about 7 minutes left\n"),
        (|_| with(|l| l.is_planned = false), "work: counting what there is\n"),
        (|_| with(|l| (l.is_ended, l.seconds_left) = (true, None)), "learned, stopped\n"),
        (|_| with(|l| (l.is_undone, l.is_ended, l.seconds_left) = (true, true, None)), "learned, taken back\n"),
    ] {
        let done = Agent::start(answer).home.run(&["learn", "work"]);
        assert!(done.good().contains(words), "{done:?}");
        let all = Agent::start(answer).home.run(&["status"]);
        assert!(all.good().contains("Learning in work: "), "{all:?}");
    }
    let nothing = Agent::start(|_| Reply::Status(status())).home.run(&["learn", "WORK"]);
    assert!(nothing.good().contains("count it with --dry-run, begin with --start"), "{nothing:?}");
    let agent = Agent::start(|_| Reply::Status(status()));
    agent.home.run(&["learn", "home"]).failed(1, "there is no account `home`");
    assert_eq!(agent.home.run(&["learn", "work", "--json"]).good(), "null\n");
}

#[test]
fn the_report_is_whole_and_no_stranger_writes_on_the_terminal() {
    let agent = Agent::start(|_| with(end));
    let done = agent.home.run(&["learn", "work"]);
    let text = done.good();
    for words in [
        "finished\n",
        "  17,000 messages as good in Inbox\n",
        "  3,000 messages as spam in Junk\n",
        "  not learned: 12 messages, new and not yet read\n",
        "  you write to 42 people: their mail is never filed\n",
        "before: 19,990, 99.9 % right; 3 good would have been called spam, 12 spam missed\n",
        "  12 messages in Junk look good; look whether they lie where they should:\n",
        "    Junk: Club[2J: Your membership\n",
        "    and 11 more\n",
        "  take all of it back with: tamis-agent undo 9\n",
    ] {
        assert!(text.contains(words), "no {words:?} in\n{text}");
    }
    let json: Value = serde_json::from_str(agent.home.run(&["learn", "work", "--json"]).good()).unwrap();
    assert_eq!((&json["ham"], &json["is_ended"], &json["undo"]), (&17_000.into(), &true.into(), &9.into()));
}

#[test]
fn a_dry_run_waits_for_its_end_and_a_refusal_ends_it() {
    let agent = Agent::start(|request| {
        if matches!(request, Request::Learn { .. }) {
            return Reply::Done { text: "counting".to_owned(), undo: None };
        }
        with(|l| (l.is_rehearsal, l.is_ended, l.total) = (true, true, 3150))
    });
    let done = agent.home.run(&["learn", "work", "--dry-run"]);
    assert!(done.good().starts_with("work: 3,150 messages to learn from: 2,900 good and 250 spam\n"), "{done:?}");
    let want = Request::Learn { account: "work".to_owned(), junk: true, is_rehearsal: true };
    assert_eq!(agent.asked(), [want, Request::Status]);
    let agent =
        Agent::start(|_| Reply::Refused { text: "it is under way already".to_owned(), kind: RefusedKind::Person });
    agent.home.run(&["learn", "work", "--dry-run"]).failed(1, "it is under way already");
}

#[test]
fn what_is_not_understood_is_never_sent_and_the_help_is_complete() {
    let home = Home::new();
    for line in
        ["learn", "learn work --start --stop", "learn work --junk maybe --start", "learn work --pause --junk no"]
    {
        assert_eq!(home.run(&line.split(' ').collect::<Vec<_>>()).code, 2, "{line}");
    }
    home.run(&["learn", "work", "--junk", "no"]).failed(1, "`--junk` goes with `--start` or `--dry-run`");
    let done = home.run(&["learn", "--help"]);
    let help = done.good();
    for word in [
        "Examples:\n  tamis-agent learn",
        "--dry-run",
        "--start",
        "--junk <yes|no>",
        "--json",
        "what the filter of your provider has put there",
    ] {
        assert!(help.contains(word), "{word}: {help}");
    }
}

fn with(change: fn(&mut LearningStatus)) -> Reply {
    let mut learning = LearningStatus {
        is_planned: true,
        has_junk: true,
        total: 20_000,
        done: 3200,
        seconds_left: Some(40),
        ham: 2900,
        spam: 250,
        ..LearningStatus::default()
    };
    change(&mut learning);
    let mut status: Status = status();
    status.accounts.iter_mut().for_each(|account| account.learning = Some(learning.clone()));
    Reply::Status(status)
}

fn end(learning: &mut LearningStatus) {
    let folder =
        |name: &str, label: &str, messages| LearningFolder { name: name.to_owned(), label: label.to_owned(), messages };
    *learning = LearningStatus {
        done: 20_000,
        seconds_left: None,
        is_ended: true,
        ham: 17_000,
        spam: 3000,
        folders: vec![folder("Inbox", "ham", 17_000), folder("Junk", "spam", 3000)],
        skipped: vec![LearningSkip { why: "new and not yet read".to_owned(), messages: 12 }],
        judged: 19_990,
        good_called_spam: 3,
        spam_missed: 12,
        good_in_junk: 12,
        doubts: vec![LearningDoubt {
            folder: "Junk".to_owned(),
            label: "spam".to_owned(),
            from: "Club\u{1b}[2J".to_owned(),
            subject: "Your membership".to_owned(),
            received_at: 1_769_085_383,
            probability: 0.02,
        }],
        peers: 42,
        undo: Some(BatchId(9)),
        ..learning.clone()
    };
}
