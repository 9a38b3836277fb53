//! Tests of carrying out the journal when messages are not where they were.

mod patience;
mod replacing;
mod strange;
mod wandering;

use std::slice;

use tamis_core::{
    Action, Class, Config, Score, UnixTime,
    api::MailId,
    fuzzy::Print,
    headers::SpamFacts,
    reputation::{Origin, Track},
    rewrite::{Tag, tagged},
};
use tempfile::TempDir;

use super::*;
use crate::{
    agent::Agent,
    mailbox::script::Server,
    paths::Home,
    settings::Settings,
    store::{
        AccountId, Fingerprint, Key, batch,
        filing::{self, Filing},
        folder,
        mail::Judged,
    },
};

const DATE: &str = "INTERNALDATE \"21-Nov-2026 10:00:00 +0000\"";

pub(in crate::agent) const RAW: &str = "From: offers@example.net\r\nSubject: no Message-ID\r\n\r\nBuy now\r\n";

#[tokio::test]
async fn what_the_person_brought_back_is_not_filed_again_after_a_crash() {
    let bench = Bench::new("Junk").await;
    let (id, intent) = bench.filing().await;
    // The move was done, but a crash came before that was written down; then a hand brought it back.
    bench.run(move |db| journal::start(db, intent)).await;
    let script = [
        vec![select("INBOX", 7, 1), exchange("UID FETCH 5 (UID FLAGS)", "")],
        vec![examine("Junk", 8, 0)],
        found_in("INBOX", 7, 8, ""),
    ];

    bench.play(script.concat()).await;

    let found = bench.run(move |db| mail::mail(db, id)).await.unwrap();
    assert_eq!(found.location, Location::new("INBOX", 7, 8));
    assert_eq!(found.reviewed_at, UnixTime(0), "it still waits for review");
}

#[tokio::test]
async fn without_a_message_id_it_is_found_by_its_content_and_never_where_only_its_remains_are() {
    let bench = Bench::new("Junk").await;
    let id = bench.released_from(Location::new("Junk", 0, 0)).await;
    let script = [
        found_in("INBOX", 7, 5, r"\Deleted"),
        found_in("Junk", 8, 3, r"\Seen"),
        vec![select("Junk", 8, 1)],
        read(3, r"\Seen"),
        vec![here(3), exchange("UID MOVE 3 \"INBOX\"", "* OK [COPYUID 7 3 9] Moved\r\n* 1 EXPUNGE\r\n")],
    ];

    bench.play(script.concat()).await;

    let found = bench.run(move |db| mail::mail(db, id)).await.unwrap();
    assert_eq!(found.location, Location::new("INBOX", 7, 9));
}

#[tokio::test]
async fn a_message_is_released_from_a_junk_folder_that_was_renamed() {
    let bench = Bench::new("Spam").await;
    let id = bench.released_from(Location::new("Junk", 8, 3)).await;
    let gone = |line: &str| (line.to_owned(), "{tag} NO Mailbox does not exist\r\n".to_owned());
    let script = [
        vec![gone("SELECT \"Junk\""), examine("INBOX", 7, 0), gone("EXAMINE \"Junk\""), folders(&["INBOX", "Spam"])],
        found_in("Spam", 8, 3, r"\Seen"),
        vec![select("Spam", 8, 1)],
        read(3, r"\Seen"),
        vec![here(3), exchange("UID MOVE 3 \"INBOX\"", "* OK [COPYUID 7 3 9] Moved\r\n* 1 EXPUNGE\r\n")],
    ];

    bench.play(script.concat()).await;

    let found = bench.run(move |db| mail::mail(db, id)).await.unwrap();
    assert_eq!(found.location, Location::new("INBOX", 7, 9));
}

#[tokio::test]
async fn a_folder_that_cannot_be_opened_at_the_moment_does_not_make_a_message_gone() {
    let bench = Bench::new("Junk").await;
    let id = bench.released_from(Location::new("Junk", 8, 3)).await;
    let busy = |line: &str| (line.to_owned(), "{tag} NO [UNAVAILABLE] later\r\n".to_owned());

    bench.play(vec![busy("SELECT \"Junk\""), examine("INBOX", 7, 0), busy("EXAMINE \"Junk\"")]).await;

    let found = bench.run(move |db| mail::mail(db, id)).await.unwrap();
    assert_eq!(found.location, Location::new("Junk", 8, 3));
    let account = bench.desk.id;
    assert_eq!(bench.run(move |db| crate::store::testing::pending(db, account)).await.len(), 1, "it is tried again");
}

#[tokio::test]
async fn a_move_the_server_refused_but_did_is_found_where_it_went() {
    let bench = Bench::new("Junk").await;
    let (id, _) = bench.filing().await;
    let script = [
        vec![select("INBOX", 7, 1)],
        // For the archive.
        read(5, r"\Seen"),
        vec![
            ("UID MOVE 5 \"Junk\"".to_owned(), "* 1 EXPUNGE\r\n{tag} NO internal error\r\n".to_owned()),
            exchange("UID FETCH 5 (UID FLAGS)", ""),
            exchange("UID FETCH 5 (UID FLAGS)", ""),
        ],
        found_in("Junk", 8, 3, ""),
    ];

    bench.play(script.concat()).await;

    let found = bench.run(move |db| mail::mail(db, id)).await.unwrap();
    assert_eq!(found.location, Location::new("Junk", 8, 3));
    let account = bench.desk.id;
    assert!(bench.run(move |db| crate::store::testing::pending(db, account)).await.is_empty(), "and not moved again");
}

#[tokio::test]
async fn a_target_folder_somebody_deleted_is_made_again() {
    let bench = Bench::new("Junk").await;
    let (id, _) = bench.filing().await;
    let script = [
        vec![select("INBOX", 7, 1)],
        read(5, r"\Seen"),
        vec![
            ("UID MOVE 5 \"Junk\"".to_owned(), "{tag} NO [TRYCREATE] no such folder\r\n".to_owned()),
            exchange("UID FETCH 5 (UID FLAGS)", "* 1 FETCH (UID 5 FLAGS ())\r\n"),
            exchange("CREATE \"Junk\"", ""),
            exchange("SUBSCRIBE \"Junk\"", ""),
            exchange("UID MOVE 5 \"Junk\"", "* OK [COPYUID 9 5 1] Moved\r\n* 1 EXPUNGE\r\n"),
        ],
    ];

    bench.play(script.concat()).await;

    let found = bench.run(move |db| mail::mail(db, id)).await.unwrap();
    assert_eq!(found.location, Location::new("Junk", 9, 1));
}

#[tokio::test]
async fn a_message_that_cannot_be_read_for_its_lesson_is_not_gone() {
    let bench = Bench::new("Junk").await;
    let id = bench.released_from(Location::new("Junk", 8, 3)).await;
    let here = exchange("UID FETCH 3 (UID FLAGS)", "* 1 FETCH (UID 3 FLAGS ())\r\n");
    let look = "UID FETCH 3 (UID FLAGS RFC822.SIZE INTERNALDATE)".to_owned();

    bench.play(vec![select("Junk", 8, 1), here, (look, "{tag} NO [SERVERBUG] later\r\n".to_owned())]).await;

    let found = bench.run(move |db| mail::mail(db, id)).await.unwrap();
    assert_eq!(found.location, Location::new("Junk", 8, 3));
    let account = bench.desk.id;
    assert_eq!(bench.run(move |db| crate::store::testing::pending(db, account)).await.len(), 1, "it is tried again");
}

#[tokio::test]
async fn a_copy_that_reads_back_as_something_else_is_taken_away_and_the_message_stays() {
    let bench = Bench::new("Junk").await;
    let copy = bench.marked(RAW);
    let (id, _) = bench.filed_as(RAW, Deed::Tag).await;
    let script = [
        putting(&copy),
        vec![here(6)],
        reading(6, r"\Seen", (&copy.replace("Buy", "Bty"), "")),
        vec![here(6)],
        removed(6),
    ];

    bench.play(script.concat()).await;

    assert_eq!(bench.lies(id).await, (Location::new("INBOX", 7, 5), Shape::Original));
    assert_eq!(bench.pending().await.len(), 1, "it is tried again");
}

#[tokio::test]
async fn what_waits_for_the_archive_is_not_fetched_for_nothing_nor_given_up() {
    let bench = Bench::new("Junk").await;
    let account = bench.desk.id;
    for (number, deed) in (5..).zip([Deed::Tag, Deed::Strip, Deed::Delete]) {
        let filing = Filing { deed, target: String::new(), batch: None };
        let judged = Judged { key: Key::of(&[number]), ..spam(account) };
        let at = Location::new("INBOX", 7, number.into());
        bench.run(move |db| filing::record_and_file(db, &judged, &at, &filing, None)).await;
    }
    // Where its folder should be there is a file.
    std::fs::write(bench.desk.shared.home.archive(), "").unwrap();
    for look in 0..8 {
        let there = |uid: u32| {
            exchange(&format!("UID FETCH {uid} (UID FLAGS)"), &format!("* 1 FETCH (UID {uid} FLAGS ())\r\n"))
        };
        // From the second try on it is made sure that they are still there.
        let script = if look == 0 { Vec::new() } else { vec![select("INBOX", 7, 3), there(5), there(6), there(7)] };

        bench.play(script).await;

        let pending = bench.run(move |db| crate::store::testing::pending(db, account)).await;
        assert_eq!(pending.iter().map(|intent| intent.refusals).collect::<Vec<_>>(), [0, 0, 0], "look {look}");
    }
}

/// An agent without accounts, and the desk of one all the same.
pub(in crate::agent) struct Bench {
    pub(in crate::agent) desk: Desk,
    _home: TempDir,
}

impl Bench {
    pub(in crate::agent) async fn new(junk: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::below(dir.path()).unwrap();
        let agent = Agent::start(home.clone(), &Settings::load(&home).unwrap()).await.unwrap();
        let text = "[[account]]\naddress = \"robin@example.org\"\nhost = \"imap.example.org\"\n";
        let config = Arc::new(Config::parse(text).unwrap());
        let account = config.accounts()[0].clone();
        let shared = Arc::clone(&agent.shared);
        let id = shared.store.run(|db| folder::account_id(db, "a", "b", "c")).await.unwrap();
        let desk = Desk {
            shared,
            config,
            account,
            id,
            junk: FolderName::from_wire(junk),
            originals: None,
            held: None,
            sent: None,
            train: None,
            sides: Arc::default(),
            hands: Arc::default(),
            selection: 0,
        };
        Self { desk, _home: dir }
    }

    pub(in crate::agent) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut crate::store::Db) -> Result<T, crate::store::StoreError> + Send + 'static,
    ) -> T {
        self.desk.shared.store.run(job).await.unwrap()
    }

    pub(in crate::agent) async fn filing(&self) -> (MailId, IntentId) {
        let judged = spam(self.desk.id);
        let (id, intent) = self
            .run(move |db| {
                crate::store::testing::record_and_intend(db, &judged, &Location::new("INBOX", 7, 5), "Junk", None)
            })
            .await;
        (id, intent.unwrap())
    }

    /// A message filed long ago, which the person now wants back.
    async fn released_from(&self, place: Location) -> MailId {
        let (id, intent) = self.filing().await;
        self.run(move |db| {
            journal::finish(db, intent, &Outcome::Moved(place), None, UnixTime(2))?;
            let item = batch::item_for(db, Kind::Release, &mail::mail(db, id)?.unwrap())?;
            batch::begin_batch(db, Kind::Release, "release", slice::from_ref(&item), UnixTime(3))
        })
        .await;
        id
    }

    /// The message `raw`, spam in the inbox, of which that is to become.
    pub(super) async fn filed_as(&self, raw: &str, deed: Deed) -> (MailId, IntentId) {
        let size = u32::try_from(raw.len()).unwrap();
        let judged = Judged { key: Key::of(raw.as_bytes()), size, ..spam(self.desk.id) };
        let target = if deed == Deed::Send { "Junk".to_owned() } else { String::new() };
        let filed = self.run(move |db| {
            let batch = Some(filing::begin_filing(db, UnixTime(1))?);
            let filing = Filing { deed, target, batch };
            filing::record_and_file(db, &judged, &Location::new("INBOX", 7, 5), &filing, None)
        });
        let (id, intent) = filed.await;
        (id, intent.unwrap())
    }

    /// What a message becomes when it is marked.
    fn marked(&self, raw: &str) -> String {
        let judged = spam(self.desk.id);
        let required = self.desk.config.junk_threshold();
        let facts = SpamFacts { score: judged.score, class: judged.class, required, symbols: &[] };
        String::from_utf8(tagged(raw.as_bytes(), &Tag { facts, subject: "[SPAM?]" }).unwrap()).unwrap()
    }

    pub(super) async fn pending(&self) -> Vec<Intent> {
        let account = self.desk.id;
        self.run(move |db| crate::store::testing::pending(db, account)).await
    }

    /// Where a message is and what lies there, as far as the store knows.
    pub(super) async fn lies(&self, id: MailId) -> (Location, Shape) {
        let found = self.run(move |db| mail::mail(db, id)).await.unwrap();
        (found.location, found.shape)
    }

    /// What an attempt begins with: a message in the inbox is looked for only if an earlier one may have moved it.
    pub(super) async fn beginning(&self) -> Vec<(String, String)> {
        let is_again = 0 < self.pending().await[0].attempts;
        let mut script = vec![select("INBOX", 7, 1)];
        script.extend(is_again.then(|| here(5)));
        script
    }

    pub(super) async fn play(&self, script: Vec<(String, String)>) {
        self.play_on(&["MOVE", "UIDPLUS"], script).await.unwrap();
    }

    /// As [`Bench::play`], with a server that can do this.
    async fn play_on(&self, capabilities: &[&str], script: Vec<(String, String)>) -> Result<(), Trouble> {
        let (stream, server) = Server::start_owned("", script);
        let mut session = Session::over(stream, capabilities);
        let done = all(&self.desk, &mut session).await;
        drop(session);
        server.finish().await;
        done
    }
}

fn spam(account: AccountId) -> Judged {
    Judged {
        account,
        key: Key::of(RAW.as_bytes()),
        fingerprint: Fingerprint::of("", "1-Jan-2026", 1),
        message_id: String::new(),
        from_name: String::new(),
        from_address: "offers@example.net".to_owned(),
        to: String::new(),
        subject: "no Message-ID".to_owned(),
        received_at: UnixTime(1),
        judged_at: UnixTime(1),
        size: u32::try_from(RAW.len()).unwrap(),
        score: Score::from_thousandths(9_000),
        class: Class::Spam,
        action: Action::MoveToJunk,
        probability: None,
        origin: Origin::default(),
        decided_by: "score".to_owned(),
        reason: String::new(),
        reasons: Vec::new(),
        clues: Vec::new(),
        asked: Vec::new(),
        keywords: mail::Keywords::None,
        listed: Vec::new(),
        contact: None,
        is_first_contact: false,
        track: Track::default(),
        print: Print::default(),
        is_plain_spam: false,
    }
}

pub(in crate::agent) fn exchange(line: &str, said: &str) -> (String, String) {
    (line.to_owned(), format!("{said}{{tag}} OK\r\n"))
}

/// Something the server says no to, and why.
fn refused_to(line: &str, why: &str) -> (String, String) {
    (line.to_owned(), format!("{{tag}} NO {why}\r\n"))
}

/// There is a message of that number.
fn here(uid: u32) -> (String, String) {
    exchange(&format!("UID FETCH {uid} (UID FLAGS)"), &format!("* 1 FETCH (UID {uid} FLAGS (\\Seen))\r\n"))
}

/// The server lists these folders.
fn folders(names: &[&str]) -> (String, String) {
    let listed: Vec<String> = names.iter().map(|name| format!("* LIST () \"/\" {name}\r\n")).collect();
    exchange("LIST \"\" \"*\"", &listed.concat())
}

/// There is none.
fn not_here(uid: u32) -> (String, String) {
    exchange(&format!("UID FETCH {uid} (UID FLAGS)"), "")
}

/// A message is marked as deleted and expunged.
fn removed(uid: u32) -> Vec<(String, String)> {
    vec![
        exchange(&format!("UID STORE {uid} +FLAGS (\\Deleted)"), ""),
        exchange(&format!("UID EXPUNGE {uid}"), "* 2 EXPUNGE\r\n"),
    ]
}

/// A message that was read is put into a folder, with the date of [`DATE`], and `said` is the answer when all of it is there.
fn appending(folder: &str, raw: &str, said: &str) -> Vec<(String, String)> {
    let literal = |line: &str| (line.trim_end().to_owned(), String::new());
    let line = format!("APPEND \"{folder}\" (\\Seen) \"21-Nov-2026 10:00:00 +0000\" {{{}}}", raw.len());
    let mut script = vec![(line, "+ go on\r\n".to_owned())];
    script.extend(raw.split_inclusive("\r\n").map(literal));
    script.push((String::new(), said.to_owned()));
    script
}

/// The message is read, and a copy is put beside it under the next number.
fn putting(copy: &str) -> Vec<(String, String)> {
    [
        vec![select("INBOX", 7, 1)],
        reading(5, r"\Seen", (RAW, DATE)),
        vec![select("INBOX", 7, 1)],
        appending("INBOX", copy, "{tag} OK [APPENDUID 7 6] done\r\n"),
    ]
    .concat()
}

pub(in crate::agent) fn select(folder: &str, uid_validity: u32, exists: u32) -> (String, String) {
    opened("SELECT", folder, uid_validity, exists)
}

fn examine(folder: &str, uid_validity: u32, exists: u32) -> (String, String) {
    opened("EXAMINE", folder, uid_validity, exists)
}

fn opened(verb: &str, folder: &str, uid_validity: u32, exists: u32) -> (String, String) {
    let said = format!("* {exists} EXISTS\r\n* OK [UIDVALIDITY {uid_validity}] x\r\n* OK [UIDNEXT 20] x\r\n");
    exchange(&format!("{verb} \"{folder}\""), &said)
}

/// The folder is searched, and the message is there under that number.
fn found_in(folder: &str, uid_validity: u32, uid: u32, flags: &str) -> Vec<(String, String)> {
    let mut script = listed_in(folder, uid_validity, (uid, RAW));
    script.extend(read(uid, flags));
    script
}

/// The folder is searched, and there is one message in it.
fn listed_in(folder: &str, uid_validity: u32, (uid, raw): (u32, &str)) -> Vec<(String, String)> {
    let listed =
        format!("* 1 FETCH (UID {uid} RFC822.SIZE {} BODY[HEADER.FIELDS (MESSAGE-ID)] {{2}}\r\n\r\n)\r\n", raw.len());
    vec![
        examine(folder, uid_validity, 1),
        exchange("FETCH 1:* (UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])", &listed),
    ]
}

pub(in crate::agent) fn read(uid: u32, flags: &str) -> Vec<(String, String)> {
    reading(uid, flags, (RAW, ""))
}

/// Reads a message of that content, of which `more` is known besides.
pub(in crate::agent) fn reading(uid: u32, flags: &str, (raw, more): (&str, &str)) -> Vec<(String, String)> {
    let about =
        format!("* 1 FETCH (UID {uid} FLAGS ({flags}) RFC822.SIZE {} {more})\r\n", raw.len()).replace(" )", ")");
    let body = format!("* 1 FETCH (UID {uid} BODY[] {{{}}}\r\n{raw})\r\n", raw.len());
    vec![
        exchange(&format!("UID FETCH {uid} (UID FLAGS RFC822.SIZE INTERNALDATE)"), &about),
        exchange(&format!("UID FETCH {uid} (UID BODY.PEEK[])"), &body),
    ]
}
