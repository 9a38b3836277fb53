//! One slice of older mail: read with few questions, judged on both cores, stored in one step.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use futures_util::{StreamExt as _, stream};
use tamis_core::{Action, Class};
use tokio::sync::mpsc;
use tracing::debug;

use super::super::{
    desk::{Desk, InHand, Trouble},
    verdict::{self, fingerprint},
};
use crate::{
    clock,
    mailbox::{OneMail, Session, Summary},
    store::{
        Location,
        backfill::{self, Backfill, Found, Slice},
    },
};

/// So much is read before anybody else has a turn, in bytes: a few seconds on a slow line.
const SLICE_BYTES: u64 = 4 << 20;

/// Messages of one account that are judged at once. More would only wait for each other.
const AT_ONCE: usize = 2;

/// What says that the person has dealt with a message.
const TOUCHED: [&str; 6] = ["\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "$NotJunk", "$Forwarded"];

/// Deals with as many of `uids`, the highest first, as fit into a slice; `left` are all that are left, these included. What
/// is not readable is passed over. Returns how many were dealt with.
pub(super) async fn slice(
    desk: &Desk,
    session: &mut Session,
    look: &Backfill,
    (uids, left, is_readable): (&[u32], usize, bool),
) -> Result<usize, Trouble> {
    let (id, uid_validity) = (desk.id, look.uid_validity);
    let mut summaries = BTreeMap::new();
    if is_readable {
        session.summaries_of(uids, |summary| drop(summaries.insert(summary.uid, summary))).await?;
    }
    let uids = fitting(uids, &summaries, desk.config.max_bytes());
    let Some(low_water) = uids.first().copied() else { return Ok(0) };
    summaries.retain(|uid, _| low_water <= *uid);
    let prints = summaries.iter().filter(|(_, summary)| is_nameable(summary));
    let prints: BTreeMap<_, _> = prints.map(|(uid, summary)| (*uid, fingerprint(summary))).collect();
    let known = desk.shared.store.run(move |db| backfill::renumbered(db, id, uid_validity, &prints)).await?;
    summaries.retain(|uid, _| !known.contains_key(uid));

    let mut found = judged(desk, session, &summaries, uid_validity).await?;
    found.extend(known.into_iter().map(|(uid, mail)| Found::Known(mail, Location::new("INBOX", uid_validity, uid))));
    let gone = uids.len().saturating_sub(found.len());
    found.extend(std::iter::repeat_n(Found::Passed, gone));

    let (messages, is_last) = (uids.len(), uids.len() == left);
    let (look, slice) = (look.clone(), Slice { found, low_water, is_last });
    desk.shared.store.run(move |db| backfill::record_slice(db, id, &look, &slice, clock::now())).await?;
    debug!(account = id.0, messages, "a slice of older mail");
    Ok(messages)
}

/// The highest of these, and so many more as do not make too large a slice.
fn fitting<'a>(uids: &'a [u32], summaries: &BTreeMap<u32, Summary>, limit: u64) -> &'a [u32] {
    let mut bytes = 0_u64;
    let read = |uid: &u32| summaries.get(uid).map_or(0, |summary| summary.size.unwrap_or(limit).min(limit));
    let fits = |uid: &&u32| {
        let is_first = bytes == 0;
        bytes = bytes.saturating_add(read(uid).max(1));
        is_first || bytes <= SLICE_BYTES
    };
    let messages = uids.iter().rev().take_while(fits).count();
    uids.get(uids.len().saturating_sub(messages)..).unwrap_or_default()
}

/// Whether there is more to know it by than its number.
fn is_nameable(summary: &Summary) -> bool {
    summary.message_id.is_some() || summary.internal_date.is_some()
}

/// Reads and judges. Only a few messages are in memory at any time.
async fn judged(
    desk: &Desk,
    session: &mut Session,
    summaries: &BTreeMap<u32, Summary>,
    uid_validity: u32,
) -> Result<Vec<Found>, Trouble> {
    let (read, mut to_judge) = mpsc::channel(1);
    let give = move |uid, mail| {
        let read = read.clone();
        async move {
            // Nobody stops listening before the end.
            read.send((uid, mail)).await.ok();
        }
    };
    let reading = session.messages(summaries, desk.limit(), give);
    let judging = stream::poll_fn(|cx| to_judge.poll_recv(cx))
        .map(|(uid, mail)| judge_one(desk, summaries.get(&uid), mail, Location::new("INBOX", uid_validity, uid)))
        .buffer_unordered(AT_ONCE)
        .collect::<Vec<Found>>();
    let (read, found) = tokio::join!(reading, judging);
    read?;
    Ok(found)
}

async fn judge_one(desk: &Desk, summary: Option<&Summary>, mail: OneMail, at: Location) -> Found {
    if mail == OneMail::Unreadable {
        let text = "the server does not hand out a message of older mail; it stays where it is, not judged";
        desk.shared.board.note(&desk.account.name, text);
    }
    let (Some(summary), OneMail::Mail(fetched)) = (summary, mail) else { return Found::Passed };
    let in_hand = Arc::new(InHand::new(*fetched, summary));
    // All accounts take turns, so that new mail never waits behind older mail.
    let turn = desk.shared.older.acquire().await;
    let mut judged = verdict::judged(desk, summary, &in_hand).await;
    drop(turn);
    let is_settled = is_touched(&summary.flags);
    if is_settled || judged.class == Class::Ham {
        judged.action = Action::Leave;
    }
    let judged = Box::new(judged);
    if is_settled { Found::Settled(judged, at) } else { Found::Judged(judged, at) }
}

/// Whether the person has dealt with it, in this or another program.
pub(in crate::agent) fn is_touched(flags: &[String]) -> bool {
    let touched: BTreeSet<String> = TOUCHED.iter().map(|flag| flag.to_ascii_lowercase()).collect();
    flags.iter().any(|flag| touched.contains(&flag.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests;
