//! Servers that do strange things, and what must not come of it.

use super::*;
use crate::store::{testing, undo};

const CAN: [&str; 2] = ["MOVE", "UIDPLUS"];

fn flagged(uid: u32, flags: &str) -> (String, String) {
    exchange(&format!("UID FETCH {uid} (UID FLAGS)"), &format!("* 1 FETCH (UID {uid} FLAGS ({flags}))\r\n"))
}

#[tokio::test]
async fn a_copy_that_was_half_taken_away_is_no_longer_marked_as_deleted_when_it_takes_the_place() {
    let bench = Bench::new("Junk").await;
    let (id, _) = bench.filed_as(RAW, Deed::Tag).await;
    let copy = bench.marked(RAW);
    let spoilt = copy.replace("Buy", "Bty");
    let script = [
        putting(&copy),
        vec![here(6)],
        reading(6, r"\Seen", (&spoilt, "")),
        vec![here(6), ("UID STORE 6 +FLAGS (\\Deleted)".to_owned(), "!close".to_owned())],
    ];
    assert!(bench.play_on(&CAN, script.concat()).await.is_err());

    let script = [
        vec![select("INBOX", 7, 2), here(6), here(5), flagged(6, r"\Seen \Deleted")],
        vec![exchange("UID STORE 6 -FLAGS.SILENT (\\Deleted)", "")],
        reading(6, r"\Seen", (&copy, "")),
        vec![here(5)],
        removed(5),
    ];
    bench.play(script.concat()).await;

    assert_eq!(bench.lies(id).await, (Location::new("INBOX", 7, 6), Shape::Tagged));
}

#[tokio::test]
async fn what_the_person_moved_to_any_folder_is_released_from_there_and_not_put_back_from_the_archive() {
    let bench = Bench::new("Junk").await;
    let id = bench.released_from(Location::new("Junk", 8, 3)).await;
    let script = [
        vec![select("Junk", 8, 1), not_here(3), examine("INBOX", 7, 0), examine("Junk", 8, 0)],
        vec![folders(&["INBOX", "Junk", "Others", "Work"])],
        // One that may be seen and not read, as servers let others see theirs.
        vec![
            refused_to("EXAMINE \"Others\"", "[NOPERM] Permission denied"),
            folders(&["INBOX", "Junk", "Others", "Work"]),
        ],
        found_in("Work", 9, 4, r"\Seen"),
        vec![select("Work", 9, 1)],
        read(4, r"\Seen"),
        vec![here(4), exchange("UID MOVE 4 \"INBOX\"", "* OK [COPYUID 7 4 9] Moved\r\n* 1 EXPUNGE\r\n")],
    ];

    bench.play(script.concat()).await;

    assert_eq!(bench.lies(id).await.0, Location::new("INBOX", 7, 9));
}

#[tokio::test]
async fn a_released_message_does_not_arrive_marked_as_deleted() {
    let bench = Bench::new("Junk").await;
    let id = bench.released_from(Location::new("Junk", 8, 3)).await;
    let script = [
        vec![select("Junk", 8, 1), flagged(3, r"\Seen \Deleted")],
        read(3, r"\Seen \Deleted"),
        vec![flagged(3, r"\Seen \Deleted"), exchange("UID STORE 3 -FLAGS.SILENT (\\Deleted)", "")],
        vec![exchange("UID MOVE 3 \"INBOX\"", "* OK [COPYUID 7 3 9] Moved\r\n* 1 EXPUNGE\r\n")],
    ];

    bench.play(script.concat()).await;

    assert_eq!(bench.lies(id).await.0, Location::new("INBOX", 7, 9));
}

#[tokio::test]
async fn another_message_under_the_same_number_is_not_moved_in_its_place() {
    let bench = Bench::new("Junk").await;
    let (id, _) = bench.filing().await;
    let other = RAW.replace("Buy", "Hi!");
    for round in 1..=MAX_REFUSALS {
        let found = if 1 < round { vec![select("INBOX", 7, 1), here(5)] } else { vec![select("INBOX", 7, 1)] };
        bench.play([found, reading(5, r"\Seen", (&other, DATE))].concat()).await;
    }
    assert_eq!(bench.pending().await, []);
    assert_eq!(bench.lies(id).await.0, Location::new("INBOX", 7, 5));
}

#[tokio::test]
async fn a_message_that_was_read_wrong_in_its_very_name_is_moved_all_the_same() {
    let bench = Bench::new("Junk").await;
    let came = RAW.replace("Subject", "Message-ID: <leave-0@mail.example.org>\r\nSubject");
    let read = came.replace("leave-0", "leave-2");
    let arrived = UnixTime(1_795_255_200);
    let judged = Judged {
        key: Key::of(read.as_bytes()),
        message_id: "leave-2@mail.example.org".to_owned(),
        received_at: arrived,
        size: u32::try_from(came.len()).unwrap(),
        ..spam(bench.desk.id)
    };
    let place = Location::new("INBOX", 7, 5);
    let (id, _) = bench.run(move |db| testing::record_and_intend(db, &judged, &place, "Junk", None)).await;
    let script = [
        vec![select("INBOX", 7, 1)],
        reading(5, r"\Seen", (&came, DATE)),
        vec![exchange("UID MOVE 5 \"Junk\"", "* OK [COPYUID 8 5 9] Moved\r\n* 1 EXPUNGE\r\n")],
    ];

    bench.play(script.concat()).await;

    assert_eq!(bench.lies(id).await.0, Location::new("Junk", 8, 9));
}

#[tokio::test]
async fn where_nothing_can_be_removed_nothing_is_put_beside_it() {
    let gmail = ["MOVE", "UIDPLUS", "X-GM-EXT-1"];
    for deed in [Deed::Tag, Deed::Delete] {
        let bench = Bench::new("Junk").await;
        let (id, _) = bench.filed_as(RAW, deed).await;
        // The trash is not shown over IMAP.
        let script = [vec![select("INBOX", 7, 1)], reading(5, r"\Seen", (RAW, DATE))];

        bench.play_on(&gmail, script.concat()).await.unwrap();

        assert_eq!(bench.lies(id).await, (Location::new("INBOX", 7, 5), Shape::Original), "{deed:?}");
    }
}

#[tokio::test]
async fn a_server_that_changes_what_it_takes_and_does_not_say_where_it_is_gets_it_once() {
    let bench = Bench::new("Junk").await;
    let (id, _) = bench.filed_as(RAW, Deed::Tag).await;
    let copy = bench.marked(RAW);
    let looked = [listed_in("INBOX", 7, (6, &copy)), reading(6, r"\Seen", ("Changed: yes\r\n\r\n", ""))].concat();
    let script = [
        vec![select("INBOX", 7, 1)],
        reading(5, r"\Seen", (RAW, DATE)),
        vec![select("INBOX", 7, 1)],
        appending("INBOX", &copy, "{tag} OK done\r\n"),
        looked.clone(),
    ];
    bench.play_on(&["MOVE"], script.concat()).await.unwrap();

    for _ in 2..=MAX_REFUSALS {
        assert_eq!(bench.pending().await.len(), 1);
        let mut script = [looked.clone(), vec![select("INBOX", 7, 1), here(5)]].concat();
        script.extend(reading(5, r"\Seen", (RAW, DATE)));
        if bench.pending().await[0].refusals == MAX_REFUSALS - 1 {
            script.extend(looked.clone());
        }
        bench.play_on(&["MOVE"], script).await.unwrap();
    }

    assert_eq!(bench.pending().await, []);
    assert_eq!(bench.lies(id).await, (Location::new("INBOX", 7, 5), Shape::Original));
}

#[tokio::test]
async fn a_folder_that_is_listed_but_not_opened_does_not_make_a_filed_message_gone() {
    let bench = Bench::new("Junk").await;
    let (id, intent) = bench.filing().await;
    // The move was done, but a crash came before that was written down.
    bench.run(move |db| journal::start(db, intent)).await;
    let found = vec![select("INBOX", 7, 1), not_here(5)];
    let refusal = refused_to("EXAMINE \"Junk\"", "[SERVERBUG] Internal error occurred");
    bench.play([found.clone(), vec![refusal, folders(&["INBOX", "Junk"])]].concat()).await;
    assert_eq!(bench.pending().await.len(), 1, "it is tried again");

    bench.play([found, found_in("Junk", 8, 3, "")].concat()).await;

    assert_eq!(bench.lies(id).await.0, Location::new("Junk", 8, 3));
}

#[tokio::test]
async fn a_message_that_somebody_was_quicker_to_take_is_not_called_deleted() {
    let bench = Bench::new("Junk").await;
    let (id, intent) = bench.filed_as(RAW, Deed::Delete).await;
    bench.run(move |db| journal::start(db, intent)).await;
    let script = [
        vec![select("INBOX", 7, 0), not_here(5), examine("INBOX", 7, 0)],
        vec![examine("Junk", 8, 0), folders(&["INBOX", "Junk", "Work"]), examine("Work", 9, 0)],
    ];
    bench.play(script.concat()).await;

    assert!(bench.lies(id).await.0.is_gone());
    let outcome = |db: &mut crate::store::Db| crate::store::history::newest(db, 1);
    let filing = bench.run(outcome).await.remove(0).id;
    bench.run(move |db| undo::begin_undo(db, Some(filing), UnixTime(3))).await;
    // Nothing had been done to it, so nothing is put back.
    bench.play(vec![examine("INBOX", 7, 0), examine("Junk", 8, 0)]).await;
    assert_eq!(bench.pending().await, []);
}

#[tokio::test]
async fn what_a_server_keeps_in_its_own_way_is_known_by_that_and_can_be_moved() {
    let bench = Bench::new("Junk").await;
    let (id, _) = bench.filed_as(RAW, Deed::Tag).await;
    let copy = bench.marked(RAW);
    let kept = copy.replace("\r\n\r\n", "\r\nX-Kept: here\r\n\r\n");
    for uid in 6..=8 {
        let mut script = vec![select("INBOX", 7, 1)];
        if 6 < uid {
            // What was put there is not there any more.
            script.push(not_here(uid - 1));
            script.extend(found_in("INBOX", 7, 5, r"\Seen"));
            script.extend([select("INBOX", 7, 1), here(5)]);
        }
        script.extend(reading(5, r"\Seen", (RAW, DATE)));
        script.push(select("INBOX", 7, 1));
        script.extend(appending("INBOX", &copy, &format!("{{tag}} OK [APPENDUID 7 {uid}] done\r\n")));
        script.push(here(uid));
        script.extend(reading(uid, r"\Seen", (&kept, "")));
        if uid < 8 {
            script.push(here(uid));
            script.extend(removed(uid));
            bench.play(script).await;
        } else {
            // Taken as it is; and the connection is lost before the original goes.
            script.extend([here(5), ("UID STORE 5 +FLAGS (\\Deleted)".to_owned(), "!close".to_owned())]);
            assert!(bench.play_on(&CAN, script).await.is_err());
        }
    }
    let script = [
        vec![select("INBOX", 7, 2), here(8), here(5), here(8)],
        reading(8, r"\Seen", (&kept, "")),
        vec![here(5)],
        removed(5),
    ];
    bench.play(script.concat()).await;
    assert_eq!(bench.lies(id).await, (Location::new("INBOX", 7, 8), Shape::Tagged));

    bench
        .run(move |db| {
            folder::set_junk_folder(db, AccountId(1), "Junk")?;
            let item = batch::item_for(db, Kind::Spam, &mail::mail(db, id)?.unwrap())?;
            batch::begin_batch(db, Kind::Spam, "spam", slice::from_ref(&item), UnixTime(3))
        })
        .await;
    let moved = exchange("UID MOVE 8 \"Junk\"", "* OK [COPYUID 8 8 3] Moved\r\n* 1 EXPUNGE\r\n");
    let script = [vec![select("INBOX", 7, 1), here(8)], reading(8, r"\Seen", (&kept, "")), vec![moved]];
    bench.play(script.concat()).await;

    assert_eq!(bench.lies(id).await, (Location::new("Junk", 8, 3), Shape::Tagged));
    let found = bench.run(move |db| mail::find_by_key(db, AccountId(1), Key::of(kept.as_bytes()))).await;
    assert_eq!(found.map(|found| found.id), Some(id), "and is known when it is met again");
}
