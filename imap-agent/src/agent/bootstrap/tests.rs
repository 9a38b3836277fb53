//! Tests of how learning goes on where a server does not do as it should, and how fast it goes.

use std::sync::Arc;

use tamis_core::{Config, UnixTime, learn::Label};

use super::*;
use crate::{
    agent::perform::tests::{Bench, exchange},
    mailbox::script::Server,
    store::{
        bootstrap::{Chosen, report},
        training::trained_counts,
        undo::begin_undo,
    },
    teach::made_from,
};

const OUTLINE: &str = "UID FLAGS INTERNALDATE RFC822.SIZE";
const NOW: UnixTime = UnixTime(1_790_000_000);

#[tokio::test]
async fn folders_are_listed_and_one_that_cannot_be_opened_keeps_nobody_from_the_others() {
    let bench = bench().await;
    let id = bench.desk.id;
    let listed = "* LIST () \"/\" INBOX\r\n* LIST () \"/\" Junk\r\n* LIST () \"/\" Locked\r\n* LIST () \"/\" Empty\r\n\
                  * LIST (\\Sent) \"/\" Sent\r\n* LIST () \"/\" Drafts\r\n";
    let script = vec![
        exchange("LIST \"\" \"*\"", listed),
        exchange("EXAMINE \"INBOX\"", &opening(3, 7)),
        exchange("UID SEARCH 1:* UID 1:*", "* SEARCH 1 2 3\r\n"),
        exchange(
            &format!("UID FETCH 1:3 ({OUTLINE})"),
            &[outline(1, r"\Seen"), outline(2, ""), outline(3, r"\Seen \Deleted")].concat(),
        ),
        ("EXAMINE \"Locked\"".to_owned(), "{tag} NO not yours\r\n".to_owned()),
        exchange("EXAMINE \"Empty\"", &opening(0, 3)),
        exchange("EXAMINE \"Junk\"", &opening(1, 8)),
        exchange("UID SEARCH 1:* UID 1:*", "* SEARCH 4\r\n"),
        exchange(&format!("UID FETCH 4 ({OUTLINE})"), &outline(4, "")),
    ];
    let mut learning = Learning::default();
    let (worked, server) = play(&bench, script, &mut learning).await;
    assert_eq!(worked.unwrap(), Turn::Worked);
    server.finish().await;
    let status = bench.run(move |db| report(db, id)).await.unwrap().status;
    assert_eq!((status.is_planned, status.total), (true, 2));
    let next = bench.run(move |db| bootstrap::next(db, id, 9)).await;
    assert_eq!(
        next.iter().map(|next| (next.folder.as_str(), next.uid)).collect::<Vec<_>>(),
        [("INBOX", 1), ("Junk", 4)]
    );
    let skipped: Vec<_> = status.skipped.iter().map(|skip| skip.messages).collect();
    assert_eq!(skipped, [1, 1], "one is unread, one is about to be removed");
}

#[tokio::test]
async fn what_cannot_be_read_is_passed_over_and_the_learner_forgets_all_to_the_bit() {
    let bench = chosen().await;
    let id = bench.desk.id;
    let untaught = made_from(&bench.desk.shared.home.database()).unwrap();
    let body = |uid: u32, raw: &str| format!("* 1 FETCH (UID {uid} BODY[] {{{}}}\r\n{raw})\r\n", raw.len());
    let raw = |n: u32| format!("Subject: {n}\r\n\r\n{}", "x".repeat(83));
    let script = vec![
        exchange("EXAMINE \"INBOX\"", &opening(4, 7)),
        exchange(&format!("UID FETCH 1:3 ({OUTLINE})"), &[outline(1, r"\Seen"), outline(2, r"\Seen")].concat()),
        exchange("UID FETCH 1:2 (UID BODY.PEEK[])", &body(1, &raw(1))),
        exchange("UID FETCH 2 (UID FLAGS RFC822.SIZE INTERNALDATE)", &outline(2, r"\Seen")),
        ("UID FETCH 2 (UID BODY.PEEK[])".to_owned(), "{tag} NO broken\r\n".to_owned()),
        exchange("EXAMINE \"Junk\"", &opening(1, 8)),
        exchange(&format!("UID FETCH 9 ({OUTLINE})"), &outline(9, "")),
        exchange("UID FETCH 9 (UID BODY.PEEK[])", &body(9, &raw(9))),
    ];
    let mut learning = Learning::default();
    let (worked, server) = play(&bench, script, &mut learning).await;
    assert_eq!(worked.unwrap(), Turn::Worked);
    server.finish().await;
    let status = bench.run(move |db| report(db, id)).await.unwrap().status;
    assert_eq!((status.ham, status.spam, status.is_ended), (1, 1, true));
    let skipped: Vec<_> = status.skipped.iter().map(|skip| (skip.messages, skip.why.as_str())).collect();
    assert_eq!(skipped, [(1, "gone meanwhile"), (1, "not handed out by the server")]);
    let shared = Arc::clone(&bench.desk.shared);
    assert_eq!(bench.run(|db| trained_counts(db)).await, shared.teacher.trained());
    assert!(shared.teacher.is(&made_from(&shared.home.database()).unwrap()));

    let teacher = Arc::clone(&shared.teacher);
    bench
        .run(move |db| {
            begin_undo(db, None, NOW)?;
            teacher.outdate();
            Ok(())
        })
        .await;
    Arc::clone(&shared).follow_lessons().await;
    assert!(shared.teacher.is(&untaught), "to the bit");
}

#[tokio::test]
async fn a_server_that_breaks_on_one_message_keeps_nobody_from_the_others() {
    let bench = chosen().await;
    let id = bench.desk.id;
    let mut learning = Learning::default();
    let breaks = |set: &str| (format!("UID FETCH {set} ({OUTLINE})"), "!close".to_owned());
    for (tries, set) in [(1, "1:3"), (MAX_STUMBLES, "1")] {
        for _ in 0..tries {
            let script = vec![exchange("EXAMINE \"INBOX\"", &opening(4, 7)), breaks(set)];
            let (worked, _server) = play(&bench, script, &mut learning).await;
            assert!(matches!(worked, Err(Trouble::Imap(_))), "{worked:?}");
        }
    }
    // The first is passed over without a question, and only it.
    let (worked, server) = play(&bench, vec![], &mut learning).await;
    assert_eq!(worked.unwrap(), Turn::Worked);
    server.finish().await;
    let status = bench.run(move |db| report(db, id)).await.unwrap().status;
    assert_eq!((status.done, status.total), (1, 4));
}

#[tokio::test]
async fn a_folder_that_is_busy_is_waited_for_and_one_that_is_gone_is_not() {
    let bench = chosen().await;
    let id = bench.desk.id;
    let mut learning = Learning::default();
    let busy = vec![("EXAMINE \"INBOX\"".to_owned(), "{tag} NO [UNAVAILABLE] later\r\n".to_owned())];
    let (worked, _server) = play(&bench, busy, &mut learning).await;
    assert_eq!(worked.unwrap(), Turn::Rest(BUSY));
    let (worked, _server) = play(&bench, vec![], &mut learning).await;
    assert!(matches!(worked, Ok(Turn::Rest(_))), "nothing is asked until then");
    learning.not_before = None;
    let gone = |name: &str| (format!("EXAMINE \"{name}\""), "{tag} NO Mailbox does not exist\r\n".to_owned());
    let (worked, _server) = play(&bench, vec![gone("INBOX"), gone("Junk")], &mut learning).await;
    assert_eq!(worked.unwrap(), Turn::Worked);
    let status = bench.run(move |db| report(db, id)).await.unwrap().status;
    assert_eq!((status.is_ended, status.skipped.first().map(|skip| skip.messages)), (true, Some(4)));
}

#[test]
fn slices_grow_with_what_is_learned_and_keep_the_limit_of_a_minute() {
    let learning = Learning::default();
    for (done, rate, want) in [(0, 0, 10), (25, 0, 25), (5000, 0, 200), (5000, 600, 100), (5000, 6, 1), (0, 600, 10)] {
        assert_eq!(learning.most(done, rate), want, "{done} done, {rate} a minute");
    }
    let mut learning = Learning::default();
    learning.stumble((1, 9));
    assert_eq!(learning.most(5000, 0), 1, "it is read alone");
    let now = Instant::now();
    learning.get_on(1, 600, now);
    assert_eq!(learning.most(5000, 0), 2);
    assert_eq!(learning.not_before.map(|then| then - now), Some(Duration::from_millis(100)));
}

/// A bench on which learning is begun.
async fn bench() -> Bench {
    let mut bench = Bench::new("Junk").await;
    let id = bench.desk.id;
    bench.desk.config = Arc::new(Config::parse("[watch]\nbackfill_rate = 0\n[learn]\nsent = false").unwrap());
    bench.desk.account.host = "localhost".to_owned();
    let wish = Wish { has_junk: true, is_rehearsal: false, most: 100 };
    bench.run(move |db| bootstrap::start(db, id, wish, NOW)).await;
    bench
}

/// The same with four messages chosen.
async fn chosen() -> Bench {
    let bench = bench().await;
    let id = bench.desk.id;
    let folder = |name: &str, label, uid_validity, mail| Chosen { name: name.to_owned(), label, uid_validity, mail };
    let folders =
        [folder("INBOX", Label::Ham, 7, vec![(1, 1), (2, 2), (3, 3)]), folder("Junk", Label::Spam, 8, vec![(4, 9)])];
    bench.run(move |db| bootstrap::choose(db, id, NOW, (&folders, &[]), NOW)).await;
    bench
}

/// A turn on a connection of its own.
async fn play(
    bench: &Bench,
    script: Vec<(String, String)>,
    learning: &mut Learning,
) -> (Result<Turn, Trouble>, Server) {
    let (stream, server) = Server::start_owned("", script);
    let mut session = Session::over(stream, &["IDLE"]);
    let worked = turn(&bench.desk, &mut session, (learning, &mut SentFolder::default())).await;
    (worked, server)
}

fn opening(exists: u32, uid_validity: u32) -> String {
    format!("* {exists} EXISTS\r\n* OK [UIDVALIDITY {uid_validity}] x\r\n* OK [UIDNEXT 10] x\r\n")
}

/// A message that arrived a day before [`NOW`].
fn outline(uid: u32, flags: &str) -> String {
    format!("* 1 FETCH (UID {uid} FLAGS ({flags}) INTERNALDATE \"20-Sep-2026 14:13:20 +0000\" RFC822.SIZE 97)\r\n")
}
