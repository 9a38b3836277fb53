//! What takes the place of a message, when the way to the server or the server itself is bad.

use super::*;
use crate::store::undo;

const CAN: [&str; 2] = ["MOVE", "UIDPLUS"];

/// As much as reading a message begins with, but the connection is lost.
fn lost_reading(uid: u32) -> (String, String) {
    (format!("UID FETCH {uid} (UID FLAGS RFC822.SIZE INTERNALDATE)"), "!close".to_owned())
}

/// A copy is put into the inbox under that number; before it is read back, the connection is lost.
async fn put_and_lost(bench: &Bench, copy: &str) {
    let script = [putting(copy), vec![here(6), lost_reading(6)]];
    assert!(bench.play_on(&CAN, script.concat()).await.is_err());
}

#[tokio::test]
async fn however_often_the_connection_was_lost_a_copy_is_read_back_before_the_original_goes() {
    for is_spoilt in [false, true] {
        let bench = Bench::new("Junk").await;
        let (id, _) = bench.filed_as(RAW, Deed::Tag).await;
        let copy = bench.marked(RAW);
        let read_back = if is_spoilt { copy.replace("Buy", "Bty") } else { copy.clone() };
        put_and_lost(&bench, &copy).await;
        let found = vec![select("INBOX", 7, 2), here(6), here(5), here(6)];
        let again = [found.clone(), vec![lost_reading(6)]];
        assert!(bench.play_on(&CAN, again.concat()).await.is_err());

        let mut script = [found, reading(6, r"\Seen", (&read_back, ""))].concat();
        script.push(if is_spoilt { here(6) } else { here(5) });
        script.extend(removed(if is_spoilt { 6 } else { 5 }));
        bench.play(script).await;

        if !is_spoilt {
            assert_eq!(bench.lies(id).await, (Location::new("INBOX", 7, 6), Shape::Tagged));
            continue;
        }
        // What the lost connections were is not how the server keeps messages: it has to read back once more.
        let script = [
            vec![select("INBOX", 7, 1), not_here(6)],
            listed_in("INBOX", 7, (5, RAW)),
            read(5, r"\Seen"),
            vec![select("INBOX", 7, 1), here(5)],
            reading(5, r"\Seen", (RAW, DATE)),
            vec![select("INBOX", 7, 1)],
            appending("INBOX", &copy, "{tag} OK [APPENDUID 7 7] done\r\n"),
            vec![here(7)],
            reading(7, r"\Seen", (&read_back, "")),
            vec![here(7)],
            removed(7),
        ];
        bench.play(script.concat()).await;
        assert_eq!(bench.lies(id).await, (Location::new("INBOX", 7, 5), Shape::Original));
        assert_eq!(bench.pending().await.len(), 1, "it is tried again");
    }
}

#[tokio::test]
async fn a_copy_that_a_busy_server_does_not_hand_out_is_neither_taken_away_nor_made_again() {
    let bench = Bench::new("Junk").await;
    let (id, _) = bench.filed_as(RAW, Deed::Tag).await;
    let copy = bench.marked(RAW);
    put_and_lost(&bench, &copy).await;
    let found = vec![select("INBOX", 7, 2), here(6), here(5), here(6)];
    let busy = refused_to("UID FETCH 6 (UID FLAGS RFC822.SIZE INTERNALDATE)", "[UNAVAILABLE] later");
    for _ in 0..=MAX_REFUSALS {
        bench.play([found.clone(), vec![busy.clone()]].concat()).await;
    }

    bench.play([found, reading(6, r"\Seen", (&copy, "")), vec![here(5)], removed(5)].concat()).await;

    assert_eq!(bench.lies(id).await, (Location::new("INBOX", 7, 6), Shape::Tagged));
}

#[tokio::test]
async fn what_could_not_be_put_back_is_neither_deleted_nor_stripped() {
    let program = "--b\r\nContent-Type: application/x-msdownload; name=\"a.exe\"\r\n\r\nMZ\r\n--b--\r\n";
    let with_program = format!(
        "From: offers@example.net\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\n\r\nRun it\r\n{program}"
    );
    let with_nul = with_program.replace("MZ", "MZ\0\0");
    let limit = format!("APPENDLIMIT={}", with_program.len() - 1);
    for (raw, limit) in [(&with_nul, "APPENDLIMIT=1000"), (&with_program, &limit)] {
        for deed in [Deed::Delete, Deed::Strip, Deed::Tag] {
            let bench = Bench::new("Junk").await;
            let (id, _) = bench.filed_as(raw, deed).await;
            for round in 1..=MAX_REFUSALS {
                assert_eq!(bench.pending().await.len(), 1, "{deed:?} in round {round}");
                let mut script = bench.beginning().await;
                script.extend(reading(5, r"\Seen", (raw, DATE)));

                // And then nothing.
                bench.play_on(&["MOVE", "UIDPLUS", limit], script).await.unwrap();
            }
            assert_eq!(bench.lies(id).await, (Location::new("INBOX", 7, 5), Shape::Original), "{deed:?}");
            assert_eq!(bench.pending().await, [], "{deed:?}: it is given up");
        }
    }
}

#[tokio::test]
async fn what_the_person_moved_while_the_connection_was_lost_stays_and_our_copy_goes() {
    let bench = Bench::new("Junk").await;
    let (id, _) = bench.filed_as(RAW, Deed::Tag).await;
    let copy = bench.marked(RAW);
    put_and_lost(&bench, &copy).await;
    let script = [
        vec![select("INBOX", 7, 1), here(6), not_here(5)],
        listed_in("INBOX", 7, (6, &copy)),
        vec![select("INBOX", 7, 1), not_here(5)],
        listed_in("INBOX", 7, (6, &copy)),
        found_in("Junk", 8, 3, ""),
        vec![select("INBOX", 7, 1), here(6)],
        removed(6),
    ];

    bench.play(script.concat()).await;

    assert_eq!(bench.lies(id).await, (Location::default(), Shape::Original));
    assert_eq!(bench.pending().await, []);
}

#[tokio::test]
async fn an_original_put_back_before_the_connection_was_lost_is_not_taken_for_a_double_of_itself() {
    let bench = Bench::new("Junk").await;
    let (id, _) = bench.filed_as(RAW, Deed::Delete).await;
    let deleted = [vec![select("INBOX", 7, 1)], reading(5, r"\Seen", (RAW, DATE)), removed(5)];
    bench.play(deleted.concat()).await;
    assert_eq!(bench.lies(id).await.0, Location::default());
    let filing = bench.run(|db| crate::store::history::newest(db, 1)).await.remove(0).id;
    bench.run(move |db| undo::begin_undo(db, Some(filing), UnixTime(3))).await.unwrap();
    let put_back = [
        // We have removed it, so it is not looked for anywhere else.
        vec![examine("INBOX", 7, 0), examine("Junk", 8, 0), select("INBOX", 7, 0)],
        appending("INBOX", RAW, "{tag} OK [APPENDUID 7 9] done\r\n"),
        vec![here(9), lost_reading(9)],
    ];
    assert!(bench.play_on(&CAN, put_back.concat()).await.is_err());

    // It is looked for under lower numbers, and left where it is.
    let found = vec![select("INBOX", 7, 2), here(9)];
    let busy = refused_to("UID FETCH 4 (UID FLAGS RFC822.SIZE INTERNALDATE)", "[INUSE] later");
    bench.play([found.clone(), listed_in("INBOX", 7, (4, RAW)), vec![busy]].concat()).await;
    assert_eq!(bench.pending().await.len(), 1, "whether it is under a lower number is not known yet");
    let stays = vec![select("INBOX", 7, 2), here(9)];
    bench.play([found, listed_in("INBOX", 7, (9, RAW)), stays].concat()).await;

    assert_eq!(bench.lies(id).await, (Location::new("INBOX", 7, 9), Shape::Original));
    assert_eq!(bench.pending().await, []);
}

#[tokio::test]
async fn an_original_that_can_be_copied_but_not_removed_is_as_it_was_and_our_copy_goes() {
    let mut bench = Bench::new("Junk").await;
    bench.desk.originals = Some(FolderName::from_wire("Originals"));
    let (id, _) = bench.filed_as(RAW, Deed::Tag).await;
    let copy = bench.marked(RAW);
    let in_vain = vec![exchange("UID STORE 5 +FLAGS (\\Deleted)", ""), exchange("UID EXPUNGE 5", ""), here(5)];
    let script = [
        putting(&copy),
        vec![here(6)],
        reading(6, r"\Seen", (&copy, "")),
        vec![here(5), here(5), exchange("UID COPY 5 \"Originals\"", "* OK [COPYUID 9 5 1] x\r\n")],
        in_vain.clone(),
        in_vain,
        vec![exchange("UID STORE 5 -FLAGS.SILENT (\\Deleted)", ""), here(6)],
        removed(6),
    ];

    bench.play_on(&["UIDPLUS"], script.concat()).await.unwrap();

    assert_eq!(bench.lies(id).await, (Location::new("INBOX", 7, 5), Shape::Original));
    assert_eq!(bench.pending().await, []);
}

#[tokio::test]
async fn an_original_that_is_where_it_was_after_all_is_not_taken_for_one_that_was_moved() {
    let bench = Bench::new("Junk").await;
    let (id, _) = bench.filed_as(RAW, Deed::Tag).await;
    let copy = bench.marked(RAW);
    // The question for the original came over the wire wrong once, and was about a number that there is not.
    let asked_wrong = [putting(&copy), vec![here(6)], reading(6, r"\Seen", (&copy, "")), vec![not_here(5), here(5)]];
    bench.play(asked_wrong.concat()).await;
    assert_eq!(bench.pending().await.len(), 1, "it is tried again");

    let again = vec![select("INBOX", 7, 2), here(6), here(5), here(6)];
    bench.play([again, reading(6, r"\Seen", (&copy, "")), vec![here(5)], removed(5)].concat()).await;

    assert_eq!(bench.lies(id).await, (Location::new("INBOX", 7, 6), Shape::Tagged));
    assert_eq!(bench.pending().await, []);
}
