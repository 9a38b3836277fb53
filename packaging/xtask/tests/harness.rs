//! The harness itself works: mail goes in by both doors and is seen from outside.

use xtask::dovecot::{Dovecot, Options};

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
