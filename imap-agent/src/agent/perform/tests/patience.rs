//! What is given up, and when; and what is only waited for.

use super::*;
use crate::{archive::Archive, keys::ArchiveKeyError, mailbox::CommandError};

const CAN: [&str; 2] = ["MOVE", "UIDPLUS"];

/// What servers say that want to be left in peace for a while.
const BUSY: [&str; 4] = ["[UNAVAILABLE] later", "[INUSE] later", "[LIMIT] too fast", "[THROTTLED] slow down"];

#[tokio::test]
async fn lost_connections_do_not_use_up_what_a_server_may_refuse() {
    let bench = Bench::new("Junk").await;
    let (id, filing) = bench.filing().await;
    let lost = 2 * MAX_REFUSALS;
    for _ in 0..lost {
        let done = bench.play_on(&CAN, vec![("SELECT \"INBOX\"".to_owned(), "!close".to_owned())]).await;
        assert!(matches!(done, Err(Trouble::Imap(CommandError::Lost(_)))), "{done:?}");
        // As after a new start.
        bench.desk.shared.stumbles.forget(filing);
    }
    let intent = bench.pending().await.remove(0);
    assert_eq!((intent.attempts, intent.refusals), (lost, 0));

    for refusals in 1..=MAX_REFUSALS {
        assert_eq!(bench.pending().await.len(), 1, "after {} refusals", refusals - 1);
        let script = [
            vec![select("INBOX", 7, 1), here(5)],
            read(5, r"\Seen"),
            vec![refused_to("UID MOVE 5 \"Junk\"", "not allowed"), here(5)],
        ];
        bench.play(script.concat()).await;
    }

    assert_eq!(bench.pending().await, []);
    assert_eq!(bench.lies(id).await.0, Location::new("INBOX", 7, 5));
}

#[tokio::test]
async fn a_message_on_which_the_server_hangs_up_each_time_does_not_keep_the_others_waiting() {
    let bench = Bench::new("Junk").await;
    let (first, _) = bench.filing().await;
    let other = Judged { key: Key::of(b"another"), ..spam(bench.desk.id) };
    let at = Location::new("INBOX", 7, 9);
    let second = bench.run(move |db| crate::store::testing::record_and_intend(db, &other, &at, "Junk", None)).await.0;
    let hangs_up =
        [vec![select("INBOX", 7, 2)], read(5, r"\Seen"), vec![("UID MOVE 5 \"Junk\"".to_owned(), "!close".to_owned())]];
    assert!(bench.play_on(&CAN, hangs_up.concat()).await.is_err());
    let hangs_up_again = [vec![select("INBOX", 7, 2), here(5)], hangs_up[1..].concat()].concat();
    for _ in 0..2 {
        assert!(bench.play_on(&CAN, hangs_up_again.clone()).await.is_err());
    }

    let raw = "another";
    let moved = exchange("UID MOVE 9 \"Junk\"", "* OK [COPYUID 8 9 3] Moved\r\n* 2 EXPUNGE\r\n");
    bench.play([vec![select("INBOX", 7, 2)], reading(9, r"\Seen", (raw, DATE)), vec![moved]].concat()).await;

    assert_eq!(bench.lies(second).await.0, Location::new("Junk", 8, 3));
    assert_eq!(bench.lies(first).await.0, Location::new("INBOX", 7, 5));
    assert_eq!(bench.pending().await.len(), 1, "it is tried again another day");

    // What the person wants of it does not wait that long.
    bench
        .run(move |db| {
            let item = batch::item_for(db, Kind::Spam, &mail::mail(db, first)?.unwrap())?;
            batch::begin_batch(db, Kind::Spam, "spam", slice::from_ref(&item), UnixTime(3))
        })
        .await;
    assert!(bench.play_on(&CAN, hangs_up_again.clone()).await.is_err(), "it was not tried");
    // But once only, and others do not wait for it.
    bench
        .run(move |db| {
            let item = batch::item_for(db, Kind::Release, &mail::mail(db, second)?.unwrap())?;
            batch::begin_batch(db, Kind::Release, "release", slice::from_ref(&item), UnixTime(4))
        })
        .await;
    let released = exchange("UID MOVE 3 \"INBOX\"", "* OK [COPYUID 7 3 11] Moved\r\n* 1 EXPUNGE\r\n");
    let script = [vec![select("Junk", 8, 1), here(3)], reading(3, r"\Seen", (raw, DATE)), vec![here(3), released]];
    bench.play(script.concat()).await;
    assert_eq!(bench.lies(second).await.0, Location::new("INBOX", 7, 11));
}

#[tokio::test]
async fn a_folder_that_a_busy_server_does_not_show_is_not_empty() {
    for why in BUSY {
        let bench = Bench::new("Junk").await;
        let unknown = Location::new("Junk", 0, 0);
        let id = bench.released_from(unknown.clone()).await;

        for _ in 0..=MAX_REFUSALS {
            bench.play(vec![examine("INBOX", 7, 0), refused_to("EXAMINE \"Junk\"", why)]).await;
        }

        assert_eq!((bench.lies(id).await.0, bench.pending().await.len()), (unknown, 1), "{why}");
    }
}

#[tokio::test]
async fn a_message_that_a_busy_server_does_not_hand_out_is_not_another_one() {
    for why in BUSY {
        let bench = Bench::new("Junk").await;
        let unknown = Location::new("Junk", 0, 0);
        let id = bench.released_from(unknown.clone()).await;
        let mut script = vec![examine("INBOX", 7, 0)];
        script.extend(listed_in("Junk", 8, (3, RAW)));
        script.push(refused_to("UID FETCH 3 (UID FLAGS RFC822.SIZE INTERNALDATE)", why));

        for _ in 0..=MAX_REFUSALS {
            bench.play(script.clone()).await;
        }

        assert_eq!((bench.lies(id).await.0, bench.pending().await.len()), (unknown, 1), "{why}");
    }
}

#[tokio::test]
async fn a_busy_server_does_not_make_a_message_gone_that_is_to_get_a_keyword() {
    for why in BUSY {
        let bench = Bench::new("Junk").await;
        let (id, _) = bench.filed_as(RAW, Deed::Keyword).await;

        for _ in 0..=MAX_REFUSALS {
            let mut script = vec![refused_to("SELECT \"INBOX\"", why)];
            if 0 < bench.pending().await[0].attempts {
                // It is looked for elsewhere as well.
                script.push(refused_to("EXAMINE \"INBOX\"", why));
            }
            bench.play(script).await;
        }

        let there = Location::new("INBOX", 7, 5);
        assert_eq!((bench.lies(id).await.0, bench.pending().await.len()), (there, 1), "{why}");
    }
}

#[tokio::test]
async fn a_message_that_a_busy_server_does_not_hand_out_for_its_lesson_is_asked_for_again_and_again() {
    for why in BUSY {
        let bench = Bench::new("Junk").await;
        let id = bench.released_from(Location::new("Junk", 8, 3)).await;
        let busy = refused_to("UID FETCH 3 (UID FLAGS RFC822.SIZE INTERNALDATE)", why);

        for _ in 0..=MAX_REFUSALS {
            bench.play(vec![select("Junk", 8, 1), here(3), busy.clone()]).await;
        }

        let there = Location::new("Junk", 8, 3);
        assert_eq!((bench.lies(id).await.0, bench.pending().await.len()), (there, 1), "{why}");
    }
}

#[tokio::test]
async fn a_message_is_not_filed_without_its_copy_in_the_archive_because_the_server_is_busy() {
    let bench = Bench::new("Junk").await;
    let (id, _) = bench.filing().await;
    for why in BUSY {
        let mut script = bench.beginning().await;
        script.push(refused_to("UID FETCH 5 (UID FLAGS RFC822.SIZE INTERNALDATE)", why));

        bench.play(script).await;

        assert_eq!((bench.lies(id).await.0.uid, bench.pending().await.len()), (5, 1), "{why}");
    }
    let again = [
        vec![select("INBOX", 7, 1), here(5)],
        read(5, r"\Seen"),
        vec![exchange("UID MOVE 5 \"Junk\"", "* OK [COPYUID 8 5 3] Moved\r\n* 1 EXPUNGE\r\n")],
    ];

    bench.play(again.concat()).await;

    assert_eq!(bench.lies(id).await.0, Location::new("Junk", 8, 3));
    assert_eq!(bench.run(|db| crate::store::original::totals(db)).await.0, 1, "and it is in the archive");
}

#[tokio::test]
async fn while_the_keyring_with_the_key_of_the_archive_is_locked_a_message_waits() {
    let mut bench = Bench::new("Junk").await;
    let home = bench.desk.shared.home.clone();
    let archive = Archive::with_key_of(&home, |_| Err(ArchiveKeyError::Locked));
    Arc::get_mut(&mut bench.desk.shared).unwrap().archive = archive;
    let (id, _) = bench.filed_as(RAW, Deed::Delete).await;
    for round in 1..=2 * MAX_REFUSALS {
        let is_again = 1 < round;
        // It is looked for, but nothing is fetched in vain.
        bench.play(if is_again { vec![select("INBOX", 7, 1), here(5)] } else { Vec::new() }).await;

        let intent = bench.pending().await.remove(0);
        assert!(intent.last_error.contains("is locked"), "{}", intent.last_error);
        assert_eq!((intent.attempts, intent.refusals), (1, 0), "in round {round}");
    }
    Arc::get_mut(&mut bench.desk.shared).unwrap().archive = Archive::new(&home);

    bench.play([vec![select("INBOX", 7, 1), here(5)], read(5, r"\Seen"), removed(5)].concat()).await;

    assert!(bench.lies(id).await.0.is_gone());
    assert_eq!(bench.pending().await, []);
}

#[tokio::test]
async fn what_the_server_does_not_let_us_clear_away_does_not_hold_up_the_next_message() {
    let bench = Bench::new("Junk").await;
    let other = "Subject: other\r\n\r\nBuy more\r\n";
    let (first, intent) = bench.filed_as(RAW, Deed::Tag).await;
    let copy = Key::of(bench.marked(RAW).as_bytes());
    bench
        .run(move |db| {
            journal::will_make(db, intent, copy)?;
            journal::has_made(db, intent, &Location::new("INBOX", 7, 6))?;
            (1..MAX_REFUSALS).try_for_each(|_| journal::refused(db, intent, "the server refused: no"))
        })
        .await;
    let (second, _) = bench.filed_as(other, Deed::Tag).await;
    bench.run(move |db| mail::relocate(db, second, &Location::new("INBOX", 7, 8))).await;
    let copy = bench.marked(other);
    let script = [
        // The first, and its leftover.
        vec![refused_to("SELECT \"INBOX\"", "no"), refused_to("SELECT \"INBOX\"", "no")],
        vec![select("INBOX", 7, 3)],
        reading(8, r"\Seen", (other, DATE)),
        vec![select("INBOX", 7, 3)],
        appending("INBOX", &copy, "{tag} OK [APPENDUID 7 9] done\r\n"),
        vec![here(9)],
        reading(9, r"\Seen", (&copy, "")),
        vec![here(8)],
        removed(8),
    ];

    bench.play(script.concat()).await;

    assert_eq!(bench.lies(first).await, (Location::new("INBOX", 7, 5), Shape::Original));
    assert_eq!(bench.lies(second).await, (Location::new("INBOX", 7, 9), Shape::Tagged));
    assert_eq!(bench.pending().await, [], "the first is given up");
}
