//! The mailbox library against a real server on this machine.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::{
    future::pending,
    time::{Duration, Instant},
};

use tamis_agent::{
    mailbox::{
        Code, CommandError, ConnectError, FetchedMail, FolderName, Found, Idled, Mode, Moved, OneMail, Problem, Role,
        Session, Sought,
    },
    secret::Secret,
    tls::TlsSettings,
};
use tamis_core::{
    config::{Account, Security},
    mail::Address,
};
use xtask::{
    dovecot::{Dovecot, Options},
    server::Server,
};

const MAIL: &[u8] = b"From: a@example.org\r\nMessage-ID: <1@example.org>\r\nSubject: one\r\n\r\nHello.\r\n";

const MAIL_SIZE: u64 = MAIL.len() as u64;

const DATE: &str = "\"17-Jul-2026 02:44:25 +0200\"";

const UNIX_DATE: i64 = 1_784_249_065;

#[tokio::test]
async fn login_by_tls_trusts_the_ca_file_and_nothing_else() {
    let server = start(Options::default());
    let session = connect(&account(&server, Security::Tls), "secret").await.unwrap();
    assert_eq!(session.steps(), ["Connected to localhost with TLS 1.3", "Logged in as robin"]);
    assert!(session.can("MOVE") && session.can("IDLE"));
    session.logout().await;

    let mut stranger = account(&server, Security::Tls);
    stranger.ca_file = None;
    let error = connect(&stranger, "secret").await.unwrap_err();
    assert!(error.advice().contains("not signed by anyone this system trusts"), "{}", error.advice());
}

#[tokio::test]
async fn login_by_starttls_and_without_tls_on_this_machine() {
    let server = start(Options::default());
    let session = connect(&account(&server, Security::StartTls), "secret").await.unwrap();
    assert_eq!(session.steps().first().unwrap(), "Connected to localhost with TLS 1.3 (STARTTLS)");
    session.logout().await;
    let session = connect(&account(&server, Security::None), "secret").await.unwrap();
    assert_eq!(session.steps().first().unwrap(), "Connected to localhost on this machine, without TLS");
    session.logout().await;
}

#[tokio::test]
async fn the_wrong_door_is_told_as_such() {
    let server = start(Options::default());
    let mut wrong = account(&server, Security::Tls);
    wrong.port = server.port;
    let error = connect(&wrong, "secret").await.unwrap_err();
    assert!(error.advice().contains("does not speak TLS on port"), "{}", error.advice());
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_shown_nowhere() {
    let server = start(Options::default());
    let error = connect(&account(&server, Security::Tls), "hunter2").await.unwrap_err();
    assert!(error.is_login_refused(), "{error:?}");
    assert_eq!(
        error.advice(),
        "localhost refused user name or password (“Authentication failed”); many providers want an app password here"
    );
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[tokio::test]
async fn passwords_of_every_sort_open_the_door() {
    let server = start(Options::default());
    let doors = [("umlaut", "pässwörd€"), ("quote", "a\"b c"), ("odd", "{5}~*%()")];
    for (user, password) in doors {
        server.add_user(user, password).unwrap();
    }
    for (user, password) in doors {
        let mut account = account(&server, Security::Tls);
        user.clone_into(&mut account.user);
        let session = connect(&account, password).await.unwrap_or_else(|error| panic!("{user}: {error}"));
        session.logout().await;
    }
}

#[tokio::test]
async fn too_many_connections_are_told_as_such() {
    let server = start(Options { max_connections: 1, ..Options::default() });
    let account = account(&server, Security::Tls);
    let first = connect(&account, "secret").await.unwrap();
    let error = connect(&account, "secret").await.unwrap_err();
    assert!(matches!(error.problem, Problem::TooMany(_)), "{error:?}");
    first.logout().await;
}

#[tokio::test]
async fn special_folders_are_found_by_what_the_server_says() {
    let server = start(Options::default());
    let mut session = plain(&server).await;
    let folders = session.folders().await.unwrap();
    for (role, want) in [(Role::Junk, "Junk"), (Role::Sent, "Sent"), (Role::Trash, "Trash")] {
        assert_eq!(folders.find(role).unwrap().name.wire(), want);
    }
    assert_eq!(session.ensure_junk(&folders, None).await.unwrap().name.wire(), "Junk");
    session.logout().await;
}

#[tokio::test]
async fn a_missing_junk_folder_is_made() {
    for separator in ["/", "."] {
        let options = Options { without_folders: true, separator: separator.to_owned(), ..Options::default() };
        let server = start(options);
        let mut session = plain(&server).await;
        let folders = session.folders().await.unwrap();
        assert_eq!(folders.find(Role::Junk), None);
        let junk = session.ensure_junk(&folders, None).await.unwrap().name;
        let folders = session.folders().await.unwrap();
        assert_eq!(folders.find(Role::Junk).unwrap().name, junk);
        assert_eq!(session.ensure_junk(&folders, None).await.unwrap().name, junk);
        assert_eq!(session.select(&junk, Mode::ReadWrite).await.unwrap().exists, 0);
        session.logout().await;
    }
}

#[tokio::test]
async fn folders_with_odd_names_are_listed_and_selected() {
    let server = start(Options::default());
    let mut session = plain(&server).await;
    for shown in ["Entwürfe & Co", "a\\b", "q\"uote", "日本語", "sp ace", "😀"] {
        let name = FolderName::from_shown(shown);
        session.create(&name, None).await.unwrap();
        let folders = session.folders().await.unwrap();
        assert_eq!(folders.get(&name).unwrap().name.shown(), shown);
        assert_eq!(session.select(&name, Mode::ReadOnly).await.unwrap().exists, 0);
    }
    session.logout().await;
}

#[tokio::test]
async fn reading_leaves_no_trace() {
    let server = start(Options::default());
    let mut eyes = server.imap("robin", "secret").unwrap();
    eyes.append("INBOX", "()", DATE, MAIL).unwrap();
    let mut session = plain(&server).await;
    let selected = session.select(&FolderName::inbox(), Mode::ReadWrite).await.unwrap();
    assert_eq!((selected.exists, selected.uid_next, selected.is_read_only), (1, 2, false));

    let mut summaries = Vec::new();
    session.summaries(1, |summary| summaries.push(summary)).await.unwrap();
    let [summary] = &*summaries else { panic!("{summaries:?}") };
    assert_eq!(summary.message_id.as_deref(), Some("<1@example.org>"));
    assert_eq!((summary.size, summary.internal_date), (Some(MAIL_SIZE), Some(UNIX_DATE)));
    session.summaries(1000, |summary| panic!("{summary:?}")).await.unwrap();

    let mail = fetched(session.message(1, 1000).await.unwrap());
    assert_eq!((&*mail.raw, mail.full_size, mail.internal_date), (MAIL, MAIL_SIZE, Some(UNIX_DATE)));
    let part = fetched(session.message(1, 10).await.unwrap());
    assert_eq!((&*part.raw, part.full_size), (&b"From: a@ex"[..], MAIL_SIZE));
    assert_eq!(session.message(7, 1000).await.unwrap(), OneMail::Gone);
    assert_eq!(session.dropped(), 0);
    session.logout().await;
    assert!(!eyes.folder("INBOX").unwrap()[0].flags.contains("\\Seen"), "still unread");
}

#[tokio::test]
async fn recent_mail_is_found_by_its_arrival() {
    let server = start(Options::default());
    let mut eyes = server.imap("robin", "secret").unwrap();
    for day in 10..20 {
        eyes.append("INBOX", "()", &format!("\"{day}-Jul-2026 12:00:00 +0000\""), MAIL).unwrap();
    }
    let mut session = plain(&server).await;
    session.select(&FolderName::inbox(), Mode::ReadOnly).await.unwrap();
    let mut uids = Vec::new();
    // The 17th at 00:44:25 UTC.
    session.summaries_since(UNIX_DATE, |summary| uids.push(summary.uid)).await.unwrap();
    assert_eq!(uids, [8, 9, 10]);
    session.logout().await;
}

#[tokio::test]
async fn moving_keeps_flags_and_date_and_tells_the_new_place() {
    let without_move = "IMAP4rev1 LITERAL+ UIDPLUS UNSELECT CHILDREN SPECIAL-USE";
    for capability in [None, Some(without_move.to_owned())] {
        let server = start(Options { capability, ..Options::default() });
        let mut eyes = server.imap("robin", "secret").unwrap();
        eyes.append("INBOX", "(\\Flagged $Label1)", DATE, MAIL).unwrap();
        eyes.append("INBOX", "(\\Deleted)", DATE, MAIL).unwrap();
        let before = eyes.folder("INBOX").unwrap();

        let mut session = plain(&server).await;
        session.select(&FolderName::inbox(), Mode::ReadWrite).await.unwrap();
        let junk = FolderName::from_wire("Junk");
        let moved = session.move_message(1, &junk).await.unwrap();
        let again = session.move_message(1, &junk).await.unwrap();
        let selected = session.select(&junk, Mode::ReadOnly).await.unwrap();
        assert_eq!(moved, Moved::To { uid_validity: selected.uid_validity, uid: 1 });
        assert_eq!(again, Moved::Gone, "and not copied twice");
        assert_eq!(selected.exists, 1);
        session.logout().await;

        let after = eyes.folder("Junk").unwrap();
        assert_eq!(after[0].internal_date, before[0].internal_date);
        for flag in ["\\Flagged", "$Label1"] {
            assert!(after[0].flags.contains(flag), "{after:?}");
        }
        assert!(!after[0].flags.contains("\\Deleted"), "{after:?}");
        let left = eyes.folder("INBOX").unwrap();
        assert_eq!(left.iter().map(|mail| mail.uid).collect::<Vec<_>>(), [2], "others' deleted mail is not expunged");
    }
}

#[tokio::test]
async fn without_uidplus_the_original_is_marked_and_never_expunged() {
    let capability = Some("IMAP4rev1 LITERAL+ UNSELECT".to_owned());
    let server = start(Options { capability, ..Options::default() });
    let mut eyes = server.imap("robin", "secret").unwrap();
    eyes.append("INBOX", "()", DATE, MAIL).unwrap();
    let mut session = plain(&server).await;
    session.select(&FolderName::inbox(), Mode::ReadWrite).await.unwrap();
    let moved = session.move_message(1, &FolderName::from_wire("Junk")).await.unwrap();
    assert!(matches!(moved, Moved::CopiedOnly { is_marked_deleted: true, .. }), "{moved:?}");
    session.logout().await;
    assert_eq!(eyes.folder("Junk").unwrap().len(), 1);
    assert!(eyes.folder("INBOX").unwrap()[0].flags.contains("\\Deleted"));
}

#[tokio::test]
async fn a_move_to_a_folder_that_is_not_there_changes_nothing() {
    let server = start(Options::default());
    server.imap("robin", "secret").unwrap().append("INBOX", "()", DATE, MAIL).unwrap();
    let mut session = plain(&server).await;
    session.select(&FolderName::inbox(), Mode::ReadWrite).await.unwrap();
    let outcome = session.move_message(1, &FolderName::from_wire("Nowhere")).await;
    assert!(matches!(outcome, Err(CommandError::No { .. })), "{outcome:?}");
    assert!(session.is_here(1).await.unwrap());
    session.logout().await;
}

#[tokio::test]
async fn an_appended_message_keeps_flags_keywords_and_date_and_its_place_is_told() {
    let server = start(Options::default());
    let mut eyes = server.imap("robin", "secret").unwrap();
    let mut session = plain(&server).await;
    let junk = FolderName::from_wire("Junk");
    let flags = ["\\Flagged", "\\Recent", "$Label1", "not an atom"].map(str::to_owned);
    let bare = MAIL.iter().copied().filter(|byte| *byte != b'\r').collect::<Vec<_>>();

    let place = session.append(&junk, &bare, &flags, Some(UNIX_DATE)).await.unwrap();

    let selected = session.select(&junk, Mode::ReadWrite).await.unwrap();
    assert_eq!(place, Some((selected.uid_validity, 1)));
    let mail = fetched(session.message(1, 1000).await.unwrap());
    assert_eq!((&*mail.raw, mail.internal_date), (MAIL, Some(UNIX_DATE)));
    assert!(session.permits_keyword("$Label1") && session.permits_keyword("$Another"));
    let told = session.flags_of(1).await.unwrap().unwrap();
    let flags = &eyes.folder("Junk").unwrap()[0].flags;
    for flag in ["\\Flagged", "$Label1"] {
        assert!(flags.contains(flag) && told.iter().any(|known| known == flag), "{flags} {told:?}");
    }
    assert_eq!(session.flags_of(7).await.unwrap(), None);
    assert!(!flags.contains("\\Seen"), "{flags}");

    // Into the selected folder, and larger than any buffer on the way.
    let large = [MAIL, &b"0123456789abcde\n".repeat(300_000)].concat();
    let place = session.append(&junk, &large, &[], None).await.unwrap();
    assert_eq!(place, Some((selected.uid_validity, 2)));
    assert_eq!(session.selected().unwrap().exists, 2, "it is known of at once");
    let mail = fetched(session.message(2, 16 << 20).await.unwrap());
    assert_eq!(mail.full_size, MAIL_SIZE + 300_000 * 17);
    session.logout().await;
}

#[tokio::test]
async fn a_refused_message_is_nowhere_and_the_reason_is_told() {
    let server = start(Options::default());
    let mut session = plain(&server).await;
    let outcome = session.append(&FolderName::from_wire("Nowhere"), MAIL, &["$Label1".to_owned()], None).await;
    assert!(matches!(outcome, Err(CommandError::No { code: Some(Code::TryCreate), .. })), "{outcome:?}");
    session.noop().await.unwrap();
    session.logout().await;

    let limited = Options { capability: Some("IMAP4rev1 UIDPLUS APPENDLIMIT=10".to_owned()), ..Options::default() };
    let server = start(limited);
    let mut session = plain(&server).await;
    let outcome = session.append(&FolderName::from_wire("Junk"), MAIL, &[], None).await;
    assert!(matches!(outcome, Err(CommandError::No { code: Some(Code::TooBig), .. })), "{outcome:?}");
    session.logout().await;
    assert!(server.imap("robin", "secret").unwrap().folder("Junk").unwrap().is_empty());
}

#[tokio::test]
async fn junk_keywords_exclude_each_other_on_the_server_too() {
    let server = start(Options::default());
    let mut eyes = server.imap("robin", "secret").unwrap();
    eyes.append("INBOX", "($NotJunk NonJunk $Label1)", DATE, MAIL).unwrap();
    let mut session = plain(&server).await;
    session.select(&FolderName::inbox(), Mode::ReadWrite).await.unwrap();
    assert!(session.set_keywords(1, &["$Junk"], &[]).await.unwrap());
    session.logout().await;
    let mails = eyes.folder("INBOX").unwrap();
    let flags: Vec<&str> = mails[0].flags.split(|letter: char| " ()".contains(letter)).collect();
    assert!(flags.contains(&"$Junk") && flags.contains(&"$Label1"), "{flags:?}");
    assert!(!flags.contains(&"$NotJunk") && !flags.contains(&"NonJunk"), "{flags:?}");
}

#[tokio::test]
async fn a_message_is_found_again_by_its_message_id() {
    let server = start(Options::default());
    let mut eyes = server.imap("robin", "secret").unwrap();
    for n in 1..=5 {
        let raw = format!("Message-ID: <{n}@example.org>\r\n\r\nHello.\r\n");
        eyes.append("Junk", "()", DATE, raw.as_bytes()).unwrap();
    }
    let mut session = plain(&server).await;
    let junk = FolderName::from_wire("Junk");
    let sought = |message_id, newest| Sought { message_id, size: Some(39), newest };
    let found = session.find_by_message_id(&junk, &sought("<3@example.org>", 3)).await.unwrap();
    assert!(matches!(found, Some(Found { uid: 3, .. })), "{found:?}");
    assert_eq!(session.find_by_message_id(&junk, &sought("<3@example.org>", 2)).await.unwrap(), None);
    assert_eq!(session.find_by_message_id(&junk, &sought("<9@example.org>", 9)).await.unwrap(), None);
    session.logout().await;
}

#[tokio::test]
async fn idle_wakes_at_new_mail_at_a_signal_and_after_its_time() {
    let server = start(Options::default());
    let mut session = plain(&server).await;
    session.select(&FolderName::inbox(), Mode::ReadWrite).await.unwrap();
    let soon = Duration::from_millis(50);
    assert_eq!(session.idle(pending(), soon).await, Ok(Idled::Quiet));
    assert_eq!(session.idle(tokio::time::sleep(soon), Duration::from_mins(1)).await, Ok(Idled::Woken));

    let started = Instant::now();
    let deliver = async {
        tokio::time::sleep(soon).await;
        server.deliver("robin", "a@example.org", MAIL).unwrap();
        pending::<()>().await;
    };
    assert_eq!(session.idle(deliver, Duration::from_mins(1)).await, Ok(Idled::News));
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    assert_eq!(session.select(&FolderName::inbox(), Mode::ReadWrite).await.unwrap().exists, 1);
    session.logout().await;
}

#[tokio::test]
async fn a_folder_made_anew_has_another_uidvalidity() {
    let server = start(Options::default());
    let mut session = plain(&server).await;
    let name = FolderName::from_wire("Work");
    session.create(&name, None).await.unwrap();
    let before = session.select(&name, Mode::ReadOnly).await.unwrap().uid_validity;
    assert_eq!(session.select(&name, Mode::ReadOnly).await.unwrap().uid_validity, before);
    server.renumber("robin", "Work", before + 1000).unwrap();
    let mut session = plain(&server).await;
    assert_eq!(session.select(&name, Mode::ReadOnly).await.unwrap().uid_validity, before + 1000);
    session.logout().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_goes_away_is_noticed_in_the_middle_of_idle() {
    let mut server = start(Options::default());
    let mut session = plain(&server).await;
    session.select(&FolderName::inbox(), Mode::ReadWrite).await.unwrap();
    let stop = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        tokio::task::block_in_place(|| server.stop());
        pending::<()>().await;
    };
    let idled = session.idle(stop, Duration::from_mins(1)).await;
    assert!(matches!(idled, Err(CommandError::Lost(_) | CommandError::Bye { .. })), "{idled:?}");
    assert!(!session.is_usable());
    assert!(matches!(session.noop().await, Err(CommandError::Lost(_))));
}

fn start(options: Options) -> Server {
    let server = Dovecot::start(options).unwrap();
    server.add_user("robin", "secret").unwrap();
    server
}

async fn plain(server: &Server) -> Session {
    connect(&account(server, Security::None), "secret").await.unwrap()
}

async fn connect(account: &Account, password: &str) -> Result<Session, ConnectError> {
    Session::connect(account, &Secret::new(password.to_owned()), &TlsSettings::new()).await
}

fn account(server: &Server, security: Security) -> Account {
    let usual = Account::usual(Address::parse("robin@example.org").unwrap(), "localhost");
    Account {
        port: if security == Security::Tls { server.tls_port } else { server.port },
        security,
        user: "robin".to_owned(),
        ca_file: Some(server.ca_file()),
        ..usual
    }
}

fn fetched(mail: OneMail) -> FetchedMail {
    let OneMail::Mail(mail) = mail else { panic!("no mail: {mail:?}") };
    *mail
}
