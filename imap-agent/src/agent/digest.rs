//! Sends digests, by the calendar or when asked, and follows the links in them.
//!
//! ```text
//! due, or asked ─▶ write down Message-ID and how far it reports ─▶ APPEND ─▶ write down that it was reported
//! ```
//!
//! After a crash in between, the digest is looked for in the inbox by its Message-ID before anything is judged there: if it
//! is there, it was sent, and if not, it is made again under the same Message-ID.

mod due;

use std::time::Duration;

use jiff::{Timestamp, tz::TimeZone};
use tamis_core::{
    UnixTime,
    api::{RefusedKind, Reply},
};
use tokio::sync::oneshot;
use tracing::{info, warn};

use super::{
    Agent, Shared,
    account::Order,
    brake,
    desk::{Desk, Trouble},
    held,
    look::{self, Looked, Unreadable},
    requests,
    verdict::fingerprint,
};
use crate::{
    archive::seal::random_key,
    clock,
    digest::{Entry, Links, Report},
    mailbox::{FolderName, Mode, Session, Sought, Summary},
    notify,
    store::{
        Fingerprint, StoreError,
        digest::{self, Filed, Standing},
        filing,
        journal::Kind,
    },
    words::count,
};

/// So many messages are listed: nobody reads on.
const MOST: u32 = 200;

/// How many of the newest messages of the inbox may have come after a digest that was cut off.
const SEARCHED: u32 = 2_000;

/// After a refusal, such as of a full mailbox.
const RETRY_SECS: i64 = 3600;

/// How long whoever asks for a digest waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// What came of a digest.
enum Sent {
    /// It is in the inbox and reports so many messages.
    Yes(u32),
    /// There was nothing to report.
    Nothing,
    /// The server refused it, with these words.
    Refused(String),
}

/// Looks for new mail, and then reports what was filed if it is time.
pub(super) async fn look_and_report(
    desk: &Desk,
    session: &mut Session,
    unreadable: &mut Unreadable,
) -> Result<Looked, Trouble> {
    // First, so that a digest that was cut off is not taken for new mail.
    settle(desk, session).await?;
    let looked = look::look(desk, session, unreadable).await?;
    let standing = standing(desk).await?;
    if standing.pending.is_some() || is_due(desk, &standing) {
        send(desk, session, &standing).await?;
    }
    Ok(looked)
}

/// Sends one, whatever the calendar says.
pub(super) async fn send_now(desk: &Desk, session: &mut Session) -> Result<Reply, Trouble> {
    settle(desk, session).await?;
    let name = &desk.account.name;
    Ok(match send(desk, session, &standing(desk).await?).await? {
        Sent::Yes(messages) => {
            let many = count(usize::try_from(messages).unwrap_or(usize::MAX), "message");
            Reply::Done { text: format!("a digest of {many} is in the inbox of {name}"), undo: None }
        }
        Sent::Nothing => Reply::Done { text: format!("nothing was filed in {name} since the last digest"), undo: None },
        Sent::Refused(why) => Reply::Refused { text: why, kind: RefusedKind::Outside },
    })
}

/// Asks the account of that name for a digest.
pub(super) async fn ask(agent: &Agent, name: &str) -> Reply {
    let Some(id) = held::number(agent, name) else { return held::no_account(name) };
    let away = || Reply::Refused {
        text: format!("no digest can be sent while {name} is not connected"),
        kind: RefusedKind::Outside,
    };
    let Some((_, orders)) = agent.shared.orders_of(id) else { return away() };
    let (reply, said) = oneshot::channel();
    if orders.try_send(Order::SendDigest { reply }).is_err() {
        return away();
    }
    match tokio::time::timeout(PATIENCE, said).await {
        Ok(Ok(said)) => said,
        Ok(Err(_)) => away(),
        Err(_) => Reply::Done { text: format!("the digest will follow once {name} has answered"), undo: None },
    }
}

/// Does what a link of a digest says.
pub(super) async fn open(agent: &Agent, link: &str) -> Result<Reply, StoreError> {
    match links(&agent.shared).await?.and_then(|links| links.read(link)) {
        Some(mail) => requests::change(agent, Kind::Release, vec![mail]).await,
        None => Ok(Reply::Refused {
            text: "this is not a link from a digest of this Tamis, or not all of it, so nothing was done".to_owned(),
            kind: RefusedKind::Person,
        }),
    }
}

/// If a digest was cut off on its way and has arrived, it counts as sent.
async fn settle(desk: &Desk, session: &mut Session) -> Result<(), Trouble> {
    let Some(pending) = standing(desk).await?.pending else { return Ok(()) };
    if let Some(found) = find(session, &pending.message_id).await? {
        info!(account = desk.id.0, "a digest had arrived before it was written down");
        has_sent(desk, Some(fingerprint(&found))).await?;
    }
    Ok(())
}

fn is_due(desk: &Desk, standing: &Standing) -> bool {
    let now = clock::now();
    let zoned = Timestamp::from_second(now.0).unwrap_or_default().to_zoned(TimeZone::system());
    standing.retry_at.0 <= now.0 && due::is_due(&zoned, standing.since, desk.config.digest())
}

async fn send(desk: &Desk, session: &mut Session, standing: &Standing) -> Result<Sent, Trouble> {
    let (id, at) = (desk.id, clock::now());
    let filed = desk.shared.store.run(move |db| digest::filed(db, id, MOST)).await?;
    let total = filed.total;
    if total == 0 {
        desk.shared.store.run(move |db| digest::was_quiet(db, id, at)).await?;
        return Ok(Sent::Nothing);
    }
    let Some(links) = links(&desk.shared).await? else {
        return Err(Trouble::NotNow("the system gives no random numbers to make links of".to_owned()));
    };
    let message_id = links.message_id(id, standing.serial, &desk.account.address.domain);
    let raw = write(desk, &filed, &links, (&message_id, standing.since, at)).await?;
    let expected = Summary { internal_date: Some(at.0), message_id: Some(message_id.clone()), ..Summary::default() };
    let pending = filed.into_pending(message_id.clone(), at);
    desk.shared.store.run(move |db| digest::will_send(db, id, &pending, fingerprint(&expected))).await?;
    // Unread; and another Tamis on this mailbox is told to leave it alone.
    let told = match session.append(&FolderName::inbox(), &raw, &["$NotJunk".to_owned()], Some(at.0)).await {
        Ok(told) => told,
        Err(error) if error.leaves_session_usable() => return refused(desk, &error.to_string(), at).await,
        Err(error) => return Err(error.into()),
    };
    // Servers may give it another date, and then it would be known by that.
    let found = match told {
        Some((uid_validity, uid)) => as_shown(session, (uid_validity, uid)).await?,
        None => find(session, &message_id).await?,
    };
    has_sent(desk, found.as_ref().map(fingerprint)).await?;
    info!(account = id.0, messages = total, "a digest is in the inbox");
    if desk.config.digest().notifies {
        notify::of_digest(total);
    }
    Ok(Sent::Yes(total))
}

async fn refused(desk: &Desk, why: &str, now: UnixTime) -> Result<Sent, Trouble> {
    warn!(account = desk.id.0, "the server refused a digest");
    let (id, retry_at) = (desk.id, UnixTime(now.0.saturating_add(RETRY_SECS)));
    desk.shared.store.run(move |db| digest::was_refused(db, id, retry_at)).await?;
    let text = format!("the server does not take the digest of what was filed: {why}");
    desk.shared.board.note(&desk.account.name, &text);
    Ok(Sent::Refused(text))
}

/// The digest of that Message-ID, about what was filed since then, made at that time.
async fn write(
    desk: &Desk,
    filed: &Filed,
    links: &Links,
    (message_id, since, at): (&str, UnixTime, UnixTime),
) -> Result<Vec<u8>, Trouble> {
    let id = desk.id;
    let held = desk.shared.store.run(move |db| filing::held(db, id)).await?;
    let entries: Vec<Entry> =
        filed.mails.iter().map(|mail| Entry::of(mail, &shown(&mail.location.folder), links)).collect();
    let report = Report {
        address: &desk.account.address,
        message_id,
        at,
        since,
        zone: &TimeZone::system(),
        total: filed.total,
        entries: &entries,
        held: &brake::why(held),
    };
    Ok(report.message())
}

/// A folder's name as people write it.
fn shown(wire: &str) -> String {
    if wire == "INBOX" { "the inbox".to_owned() } else { FolderName::from_wire(wire).shown().into_owned() }
}

/// The message under that number of the inbox, as the server lists it.
async fn as_shown(session: &mut Session, (uid_validity, uid): (u32, u32)) -> Result<Option<Summary>, Trouble> {
    let selected = session.select(&FolderName::inbox(), Mode::ReadWrite).await?;
    if selected.uid_validity != uid_validity {
        return Ok(None);
    }
    let mut found = None;
    session.summaries_of(&[uid], |summary| found = Some(summary)).await?;
    Ok(found)
}

/// The message of that Message-ID in the inbox.
async fn find(session: &mut Session, message_id: &str) -> Result<Option<Summary>, Trouble> {
    let sought = Sought { message_id, size: None, newest: SEARCHED };
    match session.find_by_message_id(&FolderName::inbox(), &sought).await? {
        Some(found) => as_shown(session, (found.uid_validity, found.uid)).await,
        None => Ok(None),
    }
}

async fn standing(desk: &Desk) -> Result<Standing, StoreError> {
    let id = desk.id;
    desk.shared.store.run(move |db| digest::standing(db, id)).await
}

async fn has_sent(desk: &Desk, print: Option<Fingerprint>) -> Result<(), StoreError> {
    let id = desk.id;
    desk.shared.store.run(move |db| digest::has_sent(db, id, print)).await
}

/// What makes and reads links here; `None` without randomness.
async fn links(shared: &Shared) -> Result<Option<Links>, StoreError> {
    let Some(candidate) = random_key() else { return Ok(None) };
    Ok(Some(Links::new(shared.store.run(move |db| digest::link_key(db, &candidate)).await?)))
}

#[cfg(test)]
mod tests;
