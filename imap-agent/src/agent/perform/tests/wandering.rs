//! What the person wants is done from wherever the message is.

use super::*;
use crate::store::undo;

#[tokio::test]
async fn a_message_that_slips_away_while_it_is_released_is_released_from_where_it_is_found() {
    let bench = Bench::new("Junk").await;
    let id = bench.released_from(Location::new("Junk", 8, 3)).await;
    let script = [
        vec![select("Junk", 8, 1), here(3)],
        read(3, r"\Seen"),
        vec![here(3), exchange("UID MOVE 3 \"INBOX\"", ""), not_here(3), not_here(3), examine("INBOX", 7, 0)],
        found_in("Junk", 8, 9, r"\Seen"),
        vec![select("Junk", 8, 1), exchange("UID MOVE 9 \"INBOX\"", "* OK [COPYUID 7 9 12] Moved\r\n* 1 EXPUNGE\r\n")],
    ];

    bench.play(script.concat()).await;

    assert_eq!(bench.lies(id).await.0, Location::new("INBOX", 7, 12));
    assert_eq!(bench.pending().await, []);
}

#[tokio::test]
async fn a_filing_is_undone_from_a_folder_that_was_renumbered() {
    let bench = Bench::new("Junk").await;
    let judged = spam(bench.desk.id);
    let id = bench
        .run(move |db| {
            let batch = filing::begin_filing(db, UnixTime(1))?;
            let filing = Filing { deed: Deed::Move, target: "Junk".to_owned(), batch: Some(batch) };
            let (id, intent) = filing::record_and_file(db, &judged, &Location::new("INBOX", 7, 5), &filing, None)?;
            let moved = Outcome::Moved(Location::new("Junk", 8, 3));
            journal::start(db, intent.unwrap())?;
            journal::finish(db, intent.unwrap(), &moved, None, UnixTime(2))?;
            undo::begin_undo(db, Some(batch), UnixTime(3))?;
            Ok(id)
        })
        .await;
    // Under the number it had, there may be another message now.
    let script = [
        vec![select("Junk", 9, 4), examine("INBOX", 7, 0)],
        found_in("Junk", 9, 1, r"\Seen"),
        vec![select("Junk", 9, 4), exchange("UID MOVE 1 \"INBOX\"", "* OK [COPYUID 7 1 12] x\r\n* 1 EXPUNGE\r\n")],
    ];

    bench.play(script.concat()).await;

    assert_eq!(bench.lies(id).await.0, Location::new("INBOX", 7, 12));
    assert_eq!(bench.pending().await, []);
}

#[tokio::test]
async fn what_the_policy_files_and_somebody_moves_in_that_moment_stays_where_they_moved_it() {
    let bench = Bench::new("Junk").await;
    let (id, _) = bench.filing().await;
    let script = [
        vec![select("INBOX", 7, 1)],
        read(5, r"\Seen"),
        vec![exchange("UID MOVE 5 \"Junk\"", ""), not_here(5), not_here(5), examine("Junk", 8, 0)],
        found_in("INBOX", 7, 9, r"\Seen"),
    ];

    bench.play(script.concat()).await;

    assert!(bench.lies(id).await.0.is_gone());
    assert_eq!(bench.pending().await, []);
}
