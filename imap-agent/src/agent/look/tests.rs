//! What is left alone when a server says little or mail wanders.

use super::*;
use crate::{
    agent::perform::tests::{Bench, exchange, read, reading},
    mailbox::script::{Server, Step},
};

const DATE: &str = "21-Nov-2026 10:00:00 +0000";

#[tokio::test]
async fn a_server_that_does_not_say_which_number_comes_next_has_no_baseline_and_nothing_is_touched() {
    let bench = Bench::new("Junk").await;
    let script = vec![
        exchange("SELECT \"INBOX\"", "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n"),
        ("STATUS \"INBOX\" (UIDNEXT UIDVALIDITY)".to_owned(), "{tag} NO not now\r\n".to_owned()),
        exchange("UID FETCH * (UID)", ""),
    ];

    let looked = play(&bench, script).await;

    assert!(matches!(looked, Err(Trouble::Imap(CommandError::NotSent(_)))), "{looked:?}");
    let id = bench.desk.id;
    assert_eq!(bench.run(move |db| folder::folder_state(db, id, "INBOX")).await, None);
}

#[tokio::test]
async fn mail_from_before_the_first_contact_is_left_alone_when_it_comes_back_under_another_number() {
    let bench = Bench::new("Junk").await;
    let id = bench.desk.id;
    let seen = Summary {
        internal_date: Some(1_795_255_200),
        message_id: Some("<1@example.org>".to_owned()),
        ..Summary::default()
    };
    bench
        .run(move |db| {
            let baseline = Baseline { uid_validity: 7, high_water: 10, fingerprints: &[fingerprint(&seen)] };
            folder::set_baseline(db, id, "INBOX", &baseline, UnixTime(1_795_255_300))
        })
        .await;
    let header = "Message-ID: <1@example.org>\r\n\r\n";
    let listed = format!(
        "* 1 FETCH (UID 11 FLAGS () INTERNALDATE \"{DATE}\" RFC822.SIZE 9 BODY[HEADER.FIELDS (MESSAGE-ID)] {{{}}}\r\n{header})\r\n",
        header.len()
    );
    let script = vec![
        exchange("SELECT \"INBOX\"", "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 12] x\r\n"),
        exchange("UID FETCH 11:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])", &listed),
    ];

    let looked = play(&bench, script).await;

    assert_eq!(looked.unwrap().judged, 0, "it was not even read");
    let state = bench.run(move |db| folder::folder_state(db, id, "INBOX")).await.unwrap();
    assert_eq!(state.high_water, 11);
}

#[tokio::test]
async fn gmx_a_counter_that_goes_back_lowers_the_mark() {
    let bench = Bench::new("Junk").await;
    mark(&bench, 50).await;

    let looked = play(&bench, vec![opened(1, 31), exchange(&format!("UID FETCH 31:* {ITEMS}"), "")]).await;

    assert_eq!(looked.unwrap().judged, 0);
    assert_eq!(high_water(&bench).await, 30);
}

#[tokio::test]
async fn a_connection_lost_in_the_middle_of_a_listing_leaves_the_mark_where_it_was() {
    for reply in ["!close", "{tag} BAD User is authenticated but not connected.\r\n"] {
        let bench = Bench::new("Junk").await;
        mark(&bench, 10).await;
        let listed = format!("* 1 FETCH (UID 11 FLAGS (\\Deleted) RFC822.SIZE 9)\r\n{reply}");

        let looked = play(&bench, vec![opened(2, 13), (format!("UID FETCH 11:* {ITEMS}"), listed)]).await;

        assert!(looked.is_err(), "{looked:?}");
        assert_eq!(high_water(&bench).await, 10);
    }
}

#[tokio::test]
async fn yahoo_a_dead_message_is_passed_over_after_three_looks_and_what_follows_is_not() {
    let bench = Bench::new("Junk").await;
    mark(&bench, 10).await;
    bench.filing().await;
    let mut unreadable = Unreadable::default();
    let bug = "{tag} NO [SERVERBUG] UID FETCH Server error\r\n";
    for round in 1..=4 {
        let mut script = vec![
            opened(2, 13),
            (format!("UID FETCH 11:* {ITEMS}"), bug.to_owned()),
            exchange("UID FETCH 11:* (UID)", "* 1 FETCH (UID 11)\r\n* 2 FETCH (UID 12)\r\n"),
        ];
        if round < 4 {
            script.push(("UID FETCH 11 (UID FLAGS RFC822.SIZE INTERNALDATE)".to_owned(), bug.to_owned()));
        }
        if round == 1 {
            // One that we know, brought here under another number.
            script.extend(read(12, r"\Seen"));
        }

        let looked = play_on(&bench, script, &mut unreadable).await;

        assert_eq!(looked.unwrap().judged, 0, "in round {round}");
        assert_eq!(high_water(&bench).await, if round < 4 { 10 } else { 12 }, "in round {round}");
        let id = bench.desk.id;
        let state = bench.run(move |db| folder::folder_state(db, id, "INBOX")).await.unwrap();
        assert_eq!(0 < state.looked_at.0, round == 4, "nobody knows yet what is there, in round {round}");
    }
}

#[tokio::test]
async fn gmail_being_throttled_passes_nothing_over() {
    let bench = Bench::new("Junk").await;
    mark(&bench, 10).await;
    let mut unreadable = Unreadable::default();
    for round in 1..=6 {
        let script = vec![
            opened(1, 12),
            exchange(&format!("UID FETCH 11:* {ITEMS}"), "* 1 FETCH (UID 11 FLAGS () RFC822.SIZE 9)\r\n"),
            (
                "UID FETCH 11 (UID FLAGS RFC822.SIZE INTERNALDATE)".to_owned(),
                "{tag} NO [THROTTLED] slow down\r\n".to_owned(),
            ),
        ];

        let looked = play_on(&bench, script, &mut unreadable).await;

        assert!(looked.is_err(), "in round {round}");
        assert_eq!(high_water(&bench).await, 10, "in round {round}");
    }
}

#[tokio::test]
async fn messages_the_server_only_counts_at_the_first_contact_do_not_make_later_ones_known() {
    let bench = Bench::new("Junk").await;
    let answers = [
        "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 6] x\r\nT1 OK\r\n",
        "* SEARCH 5\r\nT2 OK\r\n",
        "T3 NO [SERVERBUG] oops\r\n",
        "* 1 FETCH (UID 5)\r\nT4 OK\r\n",
    ];
    let (stream, _server) = Server::start_raw(answers.map(|said| [Step::Hear, Step::say(said)]).concat());
    let mut session = Session::over(stream, &["MOVE", "UIDPLUS"]);

    let looked = look(&bench.desk, &mut session, &mut Unreadable::default()).await;

    assert_eq!(looked.unwrap().judged, 0);
    assert_eq!(high_water(&bench).await, 5);
    let (id, print) = (bench.desk.id, fingerprint(&Summary { uid: 9, ..Summary::default() }));
    assert!(!bench.run(move |db| folder::is_seen(db, id, print)).await);
}

#[tokio::test]
async fn after_a_long_absence_few_messages_are_listed_at_once() {
    let bench = Bench::new("Junk").await;
    let id = bench.desk.id;
    bench
        .run(move |db| {
            let baseline = Baseline { uid_validity: 7, high_water: 10, fingerprints: &[] };
            folder::set_baseline(db, id, "INBOX", &baseline, UnixTime(1_795_255_300))
        })
        .await;
    let uids: Vec<u32> = (11..=1210).collect();
    let said = uids.iter().map(u32::to_string).collect::<Vec<_>>().join(" ");
    let mut script = vec![
        exchange("SELECT \"INBOX\"", "* 1200 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 1211] x\r\n"),
        exchange("UID SEARCH 1:* UID 11:*", &format!("* SEARCH {said}\r\n")),
    ];
    for some in uids.chunks(LISTED_AT_ONCE) {
        let (first, last) = (some[0], some[some.len() - 1]);
        let items = "UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]";
        // Old mail that somebody has moved here: it is passed without being read.
        let line = |uid| {
            format!("* 1 FETCH (UID {uid} FLAGS () INTERNALDATE \"01-Jan-2020 10:00:00 +0000\" RFC822.SIZE 9)\r\n")
        };
        let listed = some.iter().map(line).collect::<Vec<_>>().concat();
        script.push(exchange(&format!("UID FETCH {first}:{last} ({items})"), &listed));
    }

    let looked = play(&bench, script).await;

    assert_eq!(looked.unwrap().judged, 0);
    let state = bench.run(move |db| folder::folder_state(db, id, "INBOX")).await.unwrap();
    assert_eq!(state.high_water, 1210);
}

#[test]
fn mail_that_is_older_than_mail_with_a_lower_number_was_moved_in() {
    let now = clock::now().0;
    let (baseline_at, looked_at) = (UnixTime(now - 30 * 86_400), UnixTime(now - 3600));
    let state = FolderState { uid_validity: 7, high_water: 10, baseline_at, looked_at };
    for (ages, want) in [
        (&[Some(60), Some(0)][..], &[][..]),
        (&[Some(0), Some(OUT_OF_ORDER_SECS), Some(OUT_OF_ORDER_SECS + 60)], &[3]),
        (&[Some(0), None, Some(3600), Some(0), Some(7200)], &[3, 5]),
        // Dated in the future, it says nothing about the others.
        (&[Some(-86_400), Some(0), Some(60)], &[]),
        (&[Some(2 * 86_400)], &[1]),
    ] {
        let dated = |(uid, age): (u32, &Option<i64>)| Summary {
            uid,
            internal_date: age.map(|age: i64| now - age),
            ..Summary::default()
        };
        let (old, new) = moved_in((1..).zip(ages).map(dated).collect(), &state);
        let uids: Vec<u32> = old.iter().map(|summary| summary.uid).collect();
        assert_eq!((uids.as_slice(), old.len() + new.len()), (want, ages.len()), "{ages:?}");
    }
}

/// Under a numbering that is no more, the inbox was met in October and last looked at on [`DATE`]. Which messages are read
/// now, of these that arrived at these times?
async fn read_when_renumbered(bench: &Bench, dates: &[(u32, &str)]) -> Vec<String> {
    let id = bench.desk.id;
    bench
        .run(move |db| {
            let baseline = Baseline { uid_validity: 6, high_water: 90, fingerprints: &[] };
            folder::set_baseline(db, id, "INBOX", &baseline, UnixTime(1_790_848_800))?;
            folder::looked(db, id, "INBOX", UnixTime(1_795_255_200))
        })
        .await;
    let uids: Vec<String> = dates.iter().map(|(uid, _)| uid.to_string()).collect();
    let listed: Vec<String> = dates
        .iter()
        .map(|(uid, date)| format!("* {uid} FETCH (UID {uid} FLAGS () INTERNALDATE \"{date}\" RFC822.SIZE 9)\r\n"))
        .collect();
    let mut said = vec![
        format!("* {} EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 20] x\r\nT1 OK\r\n", dates.len()),
        format!("* SEARCH {}\r\nT2 OK\r\n", uids.join(" ")),
        format!("{}T3 OK\r\n", listed.concat()),
    ];
    // When they are to be read they are gone.
    said.extend((4..).take(dates.len()).map(|tag| format!("T{tag} OK\r\n")));
    let (stream, server) = Server::start_raw(said.iter().flat_map(|said| [Step::Hear, Step::say(said)]).collect());
    let mut session = Session::over(stream, &["MOVE", "UIDPLUS"]);
    look(&bench.desk, &mut session, &mut Unreadable::default()).await.unwrap();
    let heard = server.heard();
    let read = heard.iter().filter_map(|line| {
        line.split_once("UID FETCH ")?.1.strip_suffix(" (UID FLAGS RFC822.SIZE INTERNALDATE)").map(str::to_owned)
    });
    read.collect()
}

#[tokio::test]
async fn under_a_new_numbering_what_the_person_had_moved_in_long_before_is_left_alone() {
    let dates = [
        (1, "11-Nov-2026 10:00:00 +0000"),
        (2, "22-Nov-2026 10:00:00 +0000"),
        (3, "20-Nov-2026 10:00:00 +0000"),
        (4, "01-Sep-2026 10:00:00 +0000"),
    ];
    let mut bench = Bench::new("Junk").await;
    assert_eq!(read_when_renumbered(&bench, &dates).await, ["2", "3"]);
    let id = bench.desk.id;
    let state = bench.run(move |db| folder::folder_state(db, id, "INBOX")).await.unwrap();
    assert_eq!((state.uid_validity, state.high_water), (7, 19));

    let text = "[watch]\njudge_old = true\n[[account]]\naddress = \"robin@example.org\"\nhost = \"imap.example.org\"\n";
    bench.desk.config = Arc::new(tamis_core::Config::parse(text).unwrap());
    assert_eq!(read_when_renumbered(&bench, &dates).await, ["1", "2", "3"], "unless old mail is judged as well");
}

#[tokio::test]
async fn exchange_a_message_without_a_message_id_is_found_though_its_size_is_overstated() {
    let bench = Bench::new("Junk").await;
    mark(&bench, 10).await;
    let (raw, id) = ("Subject: hi\r\n\r\nhi\r\n", bench.desk.id);
    let about = "UID 11 FLAGS (\\Seen) RFC822.SIZE 57";
    let nameless = "BODY[HEADER.FIELDS (MESSAGE-ID)] {2}\r\n\r\n";
    let body = exchange("UID FETCH 11 (UID BODY.PEEK[])", &format!("* 1 FETCH (UID 11 BODY[] {{19}}\r\n{raw})\r\n"));
    let reading =
        [exchange("UID FETCH 11 (UID FLAGS RFC822.SIZE INTERNALDATE)", &format!("* 1 FETCH ({about})\r\n")), body];
    let listed = exchange(&format!("UID FETCH 11:* {ITEMS}"), &format!("* 1 FETCH ({about} {nameless})\r\n"));
    let looked = play(&bench, [&[opened(1, 12), listed][..], &reading].concat()).await;
    assert_eq!(looked.unwrap().judged, 1);
    let there = Location::new("INBOX", 7, 11);
    let known = bench.run(move |db| mail::find_by_location(db, id, &there)).await.unwrap();

    let examined = opened(1, 12);
    let script = [
        (examined.0.replace("SELECT", "EXAMINE"), examined.1),
        exchange(
            "FETCH 1:* (UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])",
            &format!("* 1 FETCH (UID 11 RFC822.SIZE 57 {nameless})\r\n"),
        ),
    ];
    let script = [&script[..], &reading, &[opened(1, 12)], &reading].concat();
    let (stream, _server) = Server::start_owned("", script);
    let wanted = perform::Wanted {
        key: known.shape_key,
        message_id: &known.judged.message_id,
        size: known.judged.size,
        place: &Location::default(),
        folders: vec!["INBOX".to_owned()],
        is_any_size: false,
    };
    let found = perform::fetch(&bench.desk, &mut Session::over(stream, &[]), &wanted).await.unwrap();
    assert_eq!(found.unwrap().raw, raw.as_bytes());
}

const GMAIL: &str = "[Gmail]/Correo no deseado";

#[tokio::test]
async fn in_gmail_spam_is_moved_to_the_folder_gmail_names_and_nothing_is_expunged() {
    let bench = Bench::new(GMAIL).await;
    let id = bench.desk.id;
    bench
        .run(move |db| {
            folder::set_junk_folder(db, id, GMAIL)?;
            let baseline = Baseline { uid_validity: 7, high_water: 10, fingerprints: &[] };
            folder::set_baseline(db, id, "INBOX", &baseline, UnixTime(1_795_255_300))
        })
        .await;
    // In pieces, so that no filter takes these sources for spam.
    let gtube = ["XJS*C4JDBQADN1", ".NSBN3*2IDNEN*", "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL", "*C.34X"].concat();
    let raw = format!("From: a@example.net\r\nMessage-ID: <2@example.org>\r\n\r\n{gtube}\r\n");
    let about = format!("UID 11 FLAGS () INTERNALDATE \"{DATE}\" RFC822.SIZE {}", raw.len());
    let header = "Message-ID: <2@example.org>\r\n\r\n";
    let listed = format!("* 1 FETCH ({about} BODY[HEADER.FIELDS (MESSAGE-ID)] {{{}}}\r\n{header})\r\n", header.len());
    let script = vec![
        exchange("SELECT \"INBOX\"", "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 12] x\r\n"),
        exchange("UID FETCH 11:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])", &listed),
        exchange("UID FETCH 11 (UID FLAGS RFC822.SIZE INTERNALDATE)", &format!("* 1 FETCH ({about})\r\n")),
        exchange(
            "UID FETCH 11 (UID BODY.PEEK[])",
            &format!("* 1 FETCH (UID 11 FLAGS () BODY[] {{{}}}\r\n{raw})\r\n", raw.len()),
        ),
        exchange("UID FETCH 11 (UID FLAGS)", "* 1 FETCH (UID 11 FLAGS ())\r\n"),
        exchange(&format!("UID MOVE 11 \"{GMAIL}\""), "* OK [COPYUID 9 11 3] x\r\n* 1 EXPUNGE\r\n"),
    ];
    let (stream, server) = Server::start_owned("", script);
    let mut session = Session::over(stream, &["MOVE", "UIDPLUS", "X-GM-EXT-1"]);

    let looked = look(&bench.desk, &mut session, &mut Unreadable::default()).await;

    drop(session);
    assert_eq!(looked.unwrap().judged, 1);
    assert!(server.heard().iter().all(|line| !line.contains("UID EXPUNGE") && !line.contains("Deleted")));
    server.finish().await;
    let there = Location::new(GMAIL, 9, 3);
    assert!(bench.run(move |db| mail::find_by_location(db, id, &there)).await.is_some());
}

#[tokio::test]
async fn what_is_to_be_replaced_is_read_twice_and_left_for_later_if_it_was_not_the_same() {
    let gtube = ["XJS*C4JDBQADN1", ".NSBN3*2IDNEN*", "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL", "*C.34X"].concat();
    let raw = format!("From: offers@example.net\r\nSubject: offer\r\n\r\nBuy now\r\n{gtube}\r\n");
    let spoilt = raw.replace("Buy", "Bty");
    for action in [Action::Tag, Action::Strip, Action::Delete] {
        let mut bench = Bench::new("Junk").await;
        bench.desk.account.policy.spam = action;
        mark(&bench, 10).await;
        let mut script = vec![
            opened(1, 12),
            exchange(&format!("UID FETCH 11:* {ITEMS}"), "* 1 FETCH (UID 11 FLAGS () RFC822.SIZE 9)\r\n"),
        ];
        script.extend([&spoilt, &raw].into_iter().flat_map(|raw| reading(11, r"\Seen", (raw, ""))));

        let looked = play(&bench, script).await;

        assert_eq!(looked.unwrap().judged, 0, "{action:?}");
        assert_eq!(high_water(&bench).await, 10, "it is looked at again");
        let id = bench.desk.id;
        assert!(bench.run(move |db| crate::store::testing::pending(db, id)).await.is_empty(), "{action:?}");
    }
}

#[tokio::test]
async fn of_two_messages_listed_under_one_number_the_other_is_found() {
    let bench = Bench::new("Junk").await;
    mark(&bench, 10).await;
    let deleted = r"FETCH (UID 12 FLAGS (\Deleted) RFC822.SIZE 9)";
    let script = [
        "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 13] x\r\nT1 OK\r\n".to_owned(),
        format!("* 1 {deleted}\r\n* 2 {deleted}\r\nT2 OK\r\n"),
        "* SEARCH 11 12\r\nT3 OK\r\n".to_owned(),
        "* 1 FETCH (UID 11 FLAGS (\\Seen) RFC822.SIZE 19)\r\nT4 OK\r\n".to_owned(),
        "* 1 FETCH (UID 11 BODY[] {19}\r\nSubject: hi\r\n\r\nhi\r\n)\r\nT5 OK\r\n".to_owned(),
    ];
    let steps = script.iter().flat_map(|said| [Step::Hear, Step::say(said)]).collect();
    let (stream, _server) = Server::start_raw(steps);
    let mut session = Session::over(stream, &["MOVE", "UIDPLUS"]);

    let looked = look(&bench.desk, &mut session, &mut Unreadable::default()).await;

    assert_eq!(looked.unwrap().judged, 1);
    assert_eq!(high_water(&bench).await, 12);
}

const ITEMS: &str = "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])";

fn opened(exists: u32, uid_next: u32) -> (String, String) {
    let said = format!("* {exists} EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT {uid_next}] x\r\n");
    exchange("SELECT \"INBOX\"", &said)
}

async fn mark(bench: &Bench, high_water: u32) {
    let id = bench.desk.id;
    let baseline = Baseline { uid_validity: 7, high_water, fingerprints: &[] };
    bench.run(move |db| folder::set_baseline(db, id, "INBOX", &baseline, UnixTime(1_795_255_300))).await;
}

async fn high_water(bench: &Bench) -> u32 {
    let id = bench.desk.id;
    bench.run(move |db| folder::folder_state(db, id, "INBOX")).await.unwrap().high_water
}

async fn play(bench: &Bench, script: Vec<(String, String)>) -> Result<Looked, Trouble> {
    play_on(bench, script, &mut Unreadable::default()).await
}

async fn play_on(bench: &Bench, script: Vec<(String, String)>, unreadable: &mut Unreadable) -> Result<Looked, Trouble> {
    let (stream, server) = Server::start_owned("", script);
    let mut session = Session::over(stream, &["MOVE", "UIDPLUS"]);
    let looked = look(&bench.desk, &mut session, unreadable).await;
    drop(session);
    server.finish().await;
    looked
}
