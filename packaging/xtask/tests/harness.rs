//! The harness itself works: mail goes in by both doors and is seen from outside.

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use xtask::{
    cyrus::Cyrus,
    dovecot::{Dovecot, Options},
    server::Server,
};

const MAIL: &[u8] = b"From: a@example.org\r\nMessage-ID: <1@example.org>\r\nSubject: one\r\n\r\nHello.\r\n";

#[test]
fn mail_by_lmtp_and_by_maildir_is_seen_over_imap() {
    let server = Dovecot::start(Options::default()).unwrap();
    server.add_user("robin", "secret").unwrap();
    let mut imap = server.imap("robin", "secret").unwrap();
    server.deliver("robin", "a@example.org", MAIL).unwrap();
    server.place("robin", MAIL, 1_700_000_000).unwrap();

    let seen = imap.folder("INBOX").unwrap();

    assert_eq!(seen.len(), 2, "{}", server.log());
    assert!(seen.iter().all(|mail| mail.message_id == "<1@example.org>"));
    assert!(seen.iter().any(|mail| mail.internal_date.starts_with("14-Nov-2023")), "{seen:?}");
    assert_eq!(imap.message("INBOX", 2).unwrap(), MAIL);
    assert!(server.imap("robin", "wrong").is_err());
}

#[test]
fn folders_are_listed_renumbered_and_mail_is_carried_between_them() {
    let server = Dovecot::start(Options::default()).unwrap();
    server.add_user("robin", "secret").unwrap();
    let mut imap = server.imap("robin", "secret").unwrap();
    server.deliver("robin", "a@example.org", MAIL).unwrap();

    assert_eq!(imap.folder("INBOX").unwrap().len(), 1);
    imap.carry("INBOX", 1, "Junk").unwrap();
    server.renumber("robin", "Junk", 4_000_000_000).unwrap();

    let mut folders = imap.folders().unwrap();
    folders.sort();
    assert_eq!(folders, ["INBOX", "Junk", "Sent", "Trash"]);
    assert_eq!(imap.folder("INBOX").unwrap(), []);
    assert_eq!(imap.folder("Junk").unwrap().len(), 1);
    let examined = imap.command("EXAMINE Junk").unwrap();
    assert!(examined.iter().any(|line| line.starts_with(b"* OK [UIDVALIDITY 4000000000]")), "{}", server.log());
}

#[test]
fn cyrus_takes_mail_twice_keeps_it_over_a_restart_and_leaves_nothing() {
    let start = Instant::now();
    let mut server = Cyrus::start(Options::default()).unwrap();
    println!("Cyrus was up after {:?}", start.elapsed());
    server.add_user("robin", "secret").unwrap();
    for _ in 0..2 {
        server.deliver("robin", "a@example.org", MAIL).unwrap();
    }

    let mut imap = server.imap("robin", "secret").unwrap();
    assert_eq!(imap.folder("INBOX").unwrap().len(), 2);
    imap.carry("INBOX", 1, "Junk").unwrap();
    server.restart(Options::default()).unwrap();
    let mut imap = server.imap("robin", "secret").unwrap();
    let mut folders = imap.folders().unwrap();
    folders.sort();
    assert_eq!(folders, ["INBOX", "Junk", "Sent", "Trash"]);
    assert_eq!((imap.folder("INBOX").unwrap().len(), imap.folder("Junk").unwrap().len()), (1, 1));
    assert!(server.imap("robin", "wrong").is_err());
    nothing_is_left_of(server);
}

#[test]
fn folders_are_below_the_inbox_if_that_is_wanted() {
    let options = Options { separator: ".".to_owned(), prefix: "INBOX.".to_owned(), ..Options::default() };
    for start in [Dovecot::start, Cyrus::start] {
        let server = start(options.clone()).unwrap();
        server.add_user("robin", "secret").unwrap();

        let mut folders = server.imap("robin", "secret").unwrap().folders().unwrap();
        folders.sort();

        assert_eq!(folders, ["INBOX", "INBOX.Junk", "INBOX.Sent", "INBOX.Trash"], "{}", server.name());
    }
}

#[test]
fn what_cyrus_cannot_do_it_says() {
    for options in [
        Options { capability: Some("IMAP4rev1".to_owned()), ..Options::default() },
        Options { separator: "|".to_owned(), ..Options::default() },
        Options { prefix: "Mail/".to_owned(), ..Options::default() },
    ] {
        let told = Cyrus::start(options).unwrap_err();
        assert!(format!("{told:#}").contains("Cyrus"), "{told:#}");
    }
}

/// No process of the server, and no file.
fn nothing_is_left_of(server: Server) {
    let root = server.root.clone();
    let mark = server.mark();
    assert_ne!(processes_of(&mark), 0);
    drop(server);
    let deadline = Instant::now() + Duration::from_secs(5);
    while processes_of(&mark) != 0 {
        assert!(Instant::now() < deadline, "{} processes of {mark} go on", processes_of(&mark));
        thread::sleep(Duration::from_millis(20));
    }
    assert!(!root.exists());
}

fn processes_of(mark: &str) -> usize {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let words = processes.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
    words.filter(|words| String::from_utf8_lossy(words).contains(mark)).count()
}
