//! Mail whose filing waits for the person: how much there is, and what they say.

use tamis_core::{
    UnixTime,
    api::{AccountStatus, Event, RefusedKind, Reply},
};

use super::{
    Agent, bootstrap,
    brake::{self, LIFTED_SECS},
    requests::carry_out,
};
use crate::{
    clock,
    store::{AccountId, StoreError, backfill, filing, progress, waiting},
    words::count,
};

/// Every account on the board, with what waits in it.
pub(super) async fn accounts(agent: &Agent) -> Result<Vec<AccountStatus>, StoreError> {
    let numbers = agent.shared.numbers();
    let mut accounts = agent.shared.board.accounts();
    for status in &mut accounts {
        let Some(id) = numbers.get(&status.name).copied() else { continue };
        let stored = agent.shared.store.run(move |db| {
            Ok((
                filing::held(db, id)?,
                backfill::progress(db, id)?,
                waiting::waiting(db, id)?,
                progress::pending_in(db, id)?,
            ))
        });
        let (held, older, waiting, pending) = stored.await?;
        status.health.pending = pending;
        status.held = held.count();
        status.held_why = brake::why(held);
        status.backfill = older;
        (status.waiting, status.waiting_until) = (waiting.messages, waiting.until.0);
        status.learning = bootstrap::status(&agent.shared, agent.shared.account(&status.name).as_ref(), id).await?;
    }
    Ok(accounts)
}

/// Does what the person says about it.
pub(super) async fn answer(agent: &Agent, name: &str, file: bool) -> Result<Reply, StoreError> {
    let Some(id) = number(agent, name) else { return Ok(no_account(name)) };
    let now = clock::now();
    if !file {
        let left = agent.shared.store.run(move |db| filing::leave_held(db, id, now)).await?;
        agent.shared.announce(Event::MailChanged);
        agent.shared.announce(Event::StatusChanged);
        return Ok(match left {
            0 => nothing_waits(name),
            left => Reply::Done { text: format!("{} left where it was", count(left, "message")), undo: None },
        });
    }
    let Some((batch, messages)) = agent.shared.store.run(move |db| filing::file_held(db, id, now)).await? else {
        return Ok(nothing_waits(name));
    };
    agent.shared.lift_brake(id, UnixTime(now.0 + LIFTED_SECS));
    agent.shared.announce(Event::StatusChanged);
    carry_out(agent, batch, vec![id], format!("{} filed", count(messages, "message")), Some(batch)).await
}

/// The number of the account of that name, in any case.
pub(super) fn number(agent: &Agent, name: &str) -> Option<AccountId> {
    let wanted = name.to_lowercase();
    agent.shared.numbers().into_iter().find(|(known, _)| known.to_lowercase() == wanted).map(|(_, id)| id)
}

/// There is no such account.
pub(super) fn no_account(name: &str) -> Reply {
    Reply::Refused { text: format!("there is no account `{name}`"), kind: RefusedKind::Person }
}

fn nothing_waits(name: &str) -> Reply {
    Reply::Refused { text: format!("nothing of `{name}` waits to be filed"), kind: RefusedKind::Person }
}
