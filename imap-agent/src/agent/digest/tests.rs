//! Tests of a digest that was cut off, where the server tells little or thinks otherwise.

use tamis_core::api::MailId;

use super::*;
use crate::{
    agent::perform::tests::{Bench, exchange},
    mailbox::script::Server,
    store::{digest::Pending, folder::is_seen},
};

const ID: &str = "<0.00.tamis@example.org>";
const MADE: UnixTime = UnixTime(1_795_255_200);

/// Writes down that a digest is on its way.
async fn begun(bench: &Bench) {
    let id = bench.desk.id;
    bench
        .run(move |db| {
            let pending: Pending = digest::filed(db, id, MOST)?.into_pending(ID.to_owned(), MADE);
            digest::will_send(db, id, &pending, print(MADE.0))
        })
        .await;
}

/// What a digest is known by that arrived at that time.
fn print(internal_date: i64) -> Fingerprint {
    let message_id = Some(ID.to_owned());
    fingerprint(&Summary { internal_date: Some(internal_date), message_id, ..Summary::default() })
}

async fn settled(bench: &Bench, script: Vec<(String, String)>) -> Standing {
    let (stream, server) = Server::start_owned("", script);
    let mut session = Session::over(stream, &["MOVE", "UIDPLUS"]);
    settle(&bench.desk, &mut session).await.unwrap();
    drop(session);
    server.finish().await;
    standing(&bench.desk).await.unwrap()
}

fn opened(verb: &str) -> (String, String) {
    let said = "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 12] x\r\n";
    exchange(&format!("{verb} \"INBOX\""), said)
}

/// The only message of the inbox has that Message-ID.
fn listed(id: &str) -> (String, String) {
    let header = format!("Message-ID: {id}\r\n\r\n");
    let said = format!(
        "* 1 FETCH (UID 11 RFC822.SIZE 9 BODY[HEADER.FIELDS (MESSAGE-ID)] {{{}}}\r\n{header})\r\n",
        header.len()
    );
    exchange("FETCH 1:* (UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])", &said)
}

#[tokio::test]
async fn a_digest_that_had_arrived_counts_as_sent_and_is_known_by_the_date_the_server_gave_it() {
    let bench = Bench::new("Junk").await;
    begun(&bench).await;
    let header = format!("Message-ID: {ID}\r\n\r\n");
    let shown = format!(
        "* 1 FETCH (UID 11 FLAGS () INTERNALDATE \"21-Nov-2026 10:07:00 +0000\" RFC822.SIZE 9 \
         BODY[HEADER.FIELDS (MESSAGE-ID)] {{{}}}\r\n{header})\r\n",
        header.len()
    );
    let items = "UID FETCH 11 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])";

    let after = settled(&bench, vec![opened("EXAMINE"), listed(ID), opened("SELECT"), exchange(items, &shown)]).await;

    assert_eq!((after.pending, after.since, after.serial), (None, MADE, 1));
    let id = bench.desk.id;
    let dates = [MADE.0, 1_795_255_620, 1];
    let known = bench.run(move |db| dates.into_iter().map(|date| is_seen(db, id, print(date))).collect()).await;
    let known: Vec<bool> = known;
    assert_eq!(known, [true, true, false]);
}

#[tokio::test]
async fn a_digest_that_has_not_arrived_is_still_to_be_sent() {
    let bench = Bench::new("Junk").await;
    begun(&bench).await;
    let after = settled(&bench, vec![opened("EXAMINE"), listed("<other@example.org>")]).await;
    assert_eq!(after.pending.map(|pending| pending.message_id).as_deref(), Some(ID));
    assert_eq!(after.serial, 0);
}

#[tokio::test]
async fn nothing_is_asked_of_the_server_if_no_digest_is_on_its_way() {
    let bench = Bench::new("Junk").await;
    assert_eq!(settled(&bench, Vec::new()).await.pending, None);
}

#[tokio::test]
async fn links_are_the_same_after_a_restart_and_of_no_other_installation() {
    let (here, there) = (Bench::new("Junk").await, Bench::new("Junk").await);
    let link = links(&here.desk.shared).await.unwrap().unwrap().release(MailId(3));
    assert_eq!(links(&here.desk.shared).await.unwrap().unwrap().read(&link), Some(MailId(3)));
    assert_eq!(links(&there.desk.shared).await.unwrap().unwrap().read(&link), None);
}
