//! The brake: when so much is to be filed at once that something may be wrong, it waits for the person.

use std::fmt::Write as _;

use tamis_core::{Action, UnixTime, config::Brake};
use tracing::warn;

use super::desk::{Desk, Trouble};
use crate::{
    clock,
    store::filing::{self, Held, Hour, Reserve},
    words::count,
};

const HOUR_SECS: i64 = 3600;

/// A percentage of fewer messages says nothing: five of five spam is a quiet night.
const ENOUGH: u32 = 50;

/// How long the person's word to file holds.
pub(super) const LIFTED_SECS: i64 = HOUR_SECS;

/// Whether the person has to be asked before `action` is done to one more message, and why.
pub(super) async fn reserve(desk: &Desk, action: Action) -> Result<Option<Reserve>, Trouble> {
    if !is_felt(action) {
        return Ok(None);
    }
    let (id, now) = (desk.id, clock::now());
    let since = UnixTime(now.0 - HOUR_SECS);
    let (held, hour) =
        desk.shared.store.run(move |db| Ok((filing::held(db, id)?, filing::since(db, id, since)?))).await?;
    if 0 < held.by_brake {
        // One question at a time: what comes meanwhile waits with the rest.
        return Ok(Some(Reserve::Brake));
    }
    if desk.shared.is_brake_lifted(id, now) || !must_stop(desk.config.brake(), hour) {
        return Ok(None);
    }
    warn!(account = id.0, filed = hour.filed, arrived = hour.arrived, "the brake: the person is asked first");
    Ok(Some(Reserve::Brake))
}

/// What is held and why, in one sentence without full stop; empty if nothing is.
pub(super) fn why(held: Held) -> String {
    let messages = |n| {
        let wait = if n == 1 { "waits" } else { "wait" };
        (count(usize::try_from(n).unwrap_or(usize::MAX), "message"), wait)
    };
    let mut text = String::new();
    if 0 < held.by_brake {
        let (many, wait) = messages(held.by_brake);
        // Writing to a string does not fail.
        write!(text, "More was to be filed than usual, so {many} {wait} for your word").ok();
    }
    if 0 < held.by_backfill {
        let (many, wait) = messages(held.by_backfill);
        let joint = if text.is_empty() { "" } else { "; " };
        write!(text, "{joint}of older mail, {many} looked like spam and {wait} for your word").ok();
    }
    text
}

/// Whether the person sees something happen by it.
fn is_felt(action: Action) -> bool {
    action.takes_away() || matches!(action, Action::Tag | Action::Strip)
}

/// Whether one more message would be too much.
fn must_stop(brake: Brake, before: Hour) -> bool {
    let (arrived, filed) = (before.arrived.saturating_add(1), before.filed.saturating_add(1));
    let is_too_many = brake.messages < filed;
    let is_too_much = ENOUGH <= arrived
        && u64::from(brake.percent).saturating_mul(u64::from(arrived)) < u64::from(filed).saturating_mul(100);
    is_too_many || is_too_much
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BRAKE: Brake = Brake { messages: 100, percent: 95 };

    #[test]
    fn the_brake_stops_at_a_number_and_at_a_share() {
        for (arrived, filed, want) in [
            (0, 0, false),
            (48, 48, false),
            (49, 49, true),
            (49, 47, true),
            (49, 46, false),
            (200, 99, false),
            (200, 100, true),
        ] {
            assert_eq!(must_stop(BRAKE, Hour { arrived, filed }), want, "{filed} of {arrived}");
        }
        assert!(!must_stop(Brake { percent: 100, ..BRAKE }, Hour { arrived: 90, filed: 90 }));
    }

    #[test]
    fn what_waits_is_said_in_a_sentence() {
        assert_eq!(why(Held::default()), "");
        assert_eq!(
            why(Held { by_brake: 2, by_backfill: 1 }),
            "More was to be filed than usual, so 2 messages wait for your word; of older mail, 1 message looked like \
             spam and waits for your word"
        );
    }

    proptest! {
        #[test]
        fn whatever_is_let_through_stays_within_the_number(filed in 0..500_u32, arrived in 0..500_u32) {
            let hour = Hour { arrived: arrived.max(filed), filed };
            prop_assert!(must_stop(BRAKE, hour) || filed < BRAKE.messages);
        }
    }
}
