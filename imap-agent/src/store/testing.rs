//! What the tests of the store share.

use rusqlite::Connection;
use tamis_core::{
    Action, Class, Score, UnixTime,
    api::{ListQuery, MailId, MailRow, Show},
    fuzzy::Print,
    learn::Label,
    reputation::{Habit, Origin, Proof, Track},
};

use super::{
    AccountId, Fingerprint, IntentId, Key, Location, StoreError,
    batch::BatchItem,
    filing::{Filing, record_and_file},
    folder::account_id,
    intent::{Deed, Lesson},
    journal::{self, Intent, Outcome},
    mail::{Judged, JudgedReason, Keywords, mail, record_judged},
    migrate, open,
    views::{self, Wanted},
};

pub(super) const NOW: UnixTime = UnixTime(1_790_000_000);
pub(super) const VALIDITY: u32 = 7;

/// An empty database with one account.
pub(super) fn fresh() -> (Connection, AccountId) {
    let mut db = Connection::open_in_memory().unwrap();
    open::prepare(&db).unwrap();
    migrate::migrate(&mut db).unwrap();
    let account = account_id(&mut db, "me", "imap.example.org", "me@example.org").unwrap();
    (db, account)
}

pub(super) fn inbox(uid: u32) -> Location {
    Location::new("INBOX", VALIDITY, uid)
}

pub(super) fn junk(uid: u32) -> Location {
    Location::new("Junk", VALIDITY, uid)
}

/// The `n`th message: unsure, left where it is.
pub(super) fn judged(account: AccountId, n: u32) -> Judged {
    Judged {
        account,
        key: key(n),
        fingerprint: Fingerprint::of(&format!("<{n}@example.org>"), "1-Jan-2026", n),
        message_id: format!("<{n}@example.org>"),
        from_name: "Zoë Größe".to_owned(),
        from_address: format!("zoe{n}@example.org"),
        to: "me@example.org".to_owned(),
        subject: format!("100% of ÄPFEL_{n}"),
        received_at: UnixTime(1_000 + i64::from(n)),
        judged_at: NOW,
        size: 4_000_000_000,
        score: Score::from_thousandths(4_250),
        class: Class::Unsure,
        action: Action::Leave,
        probability: Some(0.75),
        origin: Origin { proof: Proof::Given, habits: [Habit(u64::from(n)), Habit(u64::MAX)].into() },
        decided_by: "score".to_owned(),
        reason: "It says too little.".to_owned(),
        reasons: vec![reason("LITTLE", 250), reason("MUCH", -4_500), reason("SOME", 1_000)],
        clues: vec![("\"apples\" in the subject".to_owned(), 0.9)],
        asked: vec![("DNS: A of 2.0.0.127.zen.spamhaus.org".to_owned(), "127.0.0.2".to_owned(), 21)],
        keywords: Keywords::None,
        listed: Vec::new(),
        contact: None,
        is_first_contact: false,
        track: Track::default(),
        print: Print::default(),
        is_plain_spam: false,
    }
}

/// The beginning of a list, and how much there is.
pub(super) fn list(db: &Connection, show: Show, search: &str, limit: u32) -> (Vec<MailRow>, u32) {
    let query = ListQuery { show, search: search.to_owned(), ..ListQuery::default() };
    let (rows, total) = views::list(db, &Wanted { query, ..Wanted::default() }, 0, limit).unwrap();
    (rows.into_iter().map(|view| view.row).collect(), total)
}

/// The `n`th message, but spam to be filed.
pub(super) fn spam(account: AccountId, n: u32) -> Judged {
    Judged { class: Class::Spam, action: Action::MoveToJunk, ..judged(account, n) }
}

pub(super) fn key(n: u32) -> Key {
    Key::of(&n.to_be_bytes())
}

pub(super) fn reason(symbol: &str, thousandths: i32) -> JudgedReason {
    JudgedReason {
        symbol: symbol.to_owned(),
        about: format!("about {symbol}"),
        why: format!("why {symbol}"),
        score: Score::from_thousandths(thousandths),
    }
}

/// Stores the `n`th message in the inbox.
pub(super) fn left(db: &mut Connection, account: AccountId, n: u32) -> MailId {
    record_judged(db, &judged(account, n), &inbox(n), None).unwrap()
}

/// Stores the `n`th message and files it.
pub(super) fn filed(db: &mut Connection, account: AccountId, n: u32) -> MailId {
    let (mail, _) = record_and_intend(db, &spam(account, n), &inbox(n), "Junk", None).unwrap();
    act(db, account);
    mail
}

/// Stores a message that the policy moves to `target`.
pub(crate) fn record_and_intend(
    db: &mut Connection,
    judged: &Judged,
    at: &Location,
    target: &str,
    advance_to: Option<u32>,
) -> Result<(MailId, Option<IntentId>), StoreError> {
    let filing = Filing { deed: Deed::Move, target: target.to_owned(), batch: None };
    record_and_file(db, judged, at, &filing, advance_to)
}

pub(super) fn item(mail: MailId, target: &str, label: Label) -> BatchItem {
    BatchItem { mail, target: target.to_owned(), lesson: Some(Lesson::Learn(label)) }
}

/// Does everything that is pending, as a server would. Returns how many intents that were.
pub(super) fn act(db: &mut Connection, account: AccountId) -> usize {
    let mut done = 0;
    loop {
        let pending = pending(db, account).unwrap();
        if pending.is_empty() {
            return done;
        }
        for intent in pending {
            let intent = journal::start(db, intent.id).unwrap().unwrap();
            let outcome = moved(&intent);
            let tokens = tokens(intent.key);
            journal::finish(db, intent.id, &outcome, Some(&tokens), NOW).unwrap();
            done += 1;
        }
    }
}

/// What a server does that numbers messages by their age in any folder.
pub(super) fn moved(intent: &Intent) -> Outcome {
    match move_from(intent) {
        Some(from) => Outcome::Moved(Location::new(&intent.target, VALIDITY, from.uid + 100)),
        None => Outcome::InPlace,
    }
}

pub(super) fn tokens(key: Key) -> Vec<u8> {
    key.0.to_vec()
}

pub(super) fn place(db: &Connection, id: MailId) -> Location {
    mail(db, id).unwrap().unwrap().location
}

#[expect(clippy::unwrap_in_result, reason = "a failure ends the test")]
pub(super) fn taught(db: &Connection, id: MailId) -> Option<Label> {
    mail(db, id).unwrap().unwrap().taught
}

/// How SQLite would run `sql`, step by step.
pub(super) fn plan(db: &Connection, sql: &str, params: usize) -> Vec<String> {
    let mut explain = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let params = rusqlite::params_from_iter(std::iter::repeat_n("1", params));
    explain.query_map(params, |row| row.get(3)).unwrap().collect::<rusqlite::Result<_>>().unwrap()
}

/// The pending intents of an account as they are.
pub(crate) fn pending(db: &Connection, account: AccountId) -> Result<Vec<Intent>, StoreError> {
    let ids = journal::pending(db, account, IntentId::default(), usize::MAX)?;
    ids.into_iter().map(|id| journal::intent(db, id)).collect()
}

/// From where a message has to be moved; `None` if it need not be.
pub(crate) fn move_from(intent: &Intent) -> Option<&Location> {
    let is_needed = !intent.target.is_empty() && intent.target != intent.place.folder && !intent.place.is_gone();
    is_needed.then_some(&intent.place)
}
