//! What the person has read and let be: whoever is read for weeks and never called a spammer earns trust.
//!
//! The server says of a message in the inbox whether it was read. Once a day it is asked about what has been there for a week,
//! and about nothing twice that was read. What the person has moved or deleted is not asked about, and earns nothing.

use std::{collections::BTreeSet, time::Duration};

use tamis_core::UnixTime;

use super::{
    super::{
        desk::{Desk, Trouble},
        look::Looked,
        moves,
    },
    Others,
};
use crate::{
    clock,
    mailbox::{FolderName, Session, has_flag},
    store::{Key, Location, reputation},
};

const DAY_SECS: i64 = 86_400;

/// So long a message has been there before it counts as let be.
const LET_BE: i64 = 7 * DAY_SECS;

/// What was not read in so long will hardly be.
const GIVEN_UP: i64 = 35 * DAY_SECS;

/// How often the server is asked.
const EVERY: Duration = Duration::from_hours(24);

/// Asks, if it is time.
pub(super) async fn in_inbox(
    desk: &Desk,
    session: &mut Session,
    looked: &Looked,
    others: &mut Others,
) -> Result<(), Trouble> {
    if others.read_at.is_some_and(|at| at.elapsed() < EVERY) {
        return Ok(());
    }
    others.read_at = Some(std::time::Instant::now());
    let inbox = Location::new(FolderName::inbox().wire(), looked.uid_validity, 0);
    let (id, place, now) = (desk.id, inbox.clone(), clock::now());
    let ages = (UnixTime(now.0 - GIVEN_UP), UnixTime(now.0 - LET_BE));
    let waiting = desk.shared.store.run(move |db| reputation::perhaps_read(db, id, &place, ages)).await?;
    if waiting.is_empty() || !moves::open(session, &inbox).await? {
        return Ok(());
    }
    let uids: BTreeSet<u32> = waiting.keys().copied().collect();
    let mut read: Vec<Key> = Vec::new();
    session
        .flags_of_all(&uids, |uid, flags| {
            let is_read = has_flag(&flags, "\\Seen") && !has_flag(&flags, "\\Deleted");
            read.extend(waiting.get(&uid).filter(|_| is_read));
        })
        .await?;
    if !read.is_empty() {
        desk.shared.store.run(move |db| reputation::note_read(db, &read, now)).await?;
    }
    Ok(())
}
