//! A good session with bytes changed, lost, doubled and added: never a panic, never an endless wait, and never a move that
//! the server has not confirmed.

use std::time::Duration;

use proptest::prelude::*;
use tokio::time::timeout;

use super::scene::{GOOD, Part, Story, play};
use crate::mailbox::Moved;

/// One change in what is said to one command.
#[derive(Clone, Debug)]
enum Change {
    Flip { bit: u8 },
    Cut { length: usize },
    Double { length: usize },
    Insert { bytes: Vec<u8> },
}

/// No session of half a dozen commands with a minute each takes so long.
const LONGEST: Duration = Duration::from_hours(2);

fn change() -> impl Strategy<Value = Change> {
    let sharp = prop::sample::select(&b"\r\n (){}[]\"\\*+0123456789TOKNBAD\0\xFF{tag}"[..]);
    prop_oneof![
        (0..8_u8).prop_map(|bit| Change::Flip { bit }),
        (1..40_usize).prop_map(|length| Change::Cut { length }),
        (1..80_usize).prop_map(|length| Change::Double { length }),
        prop::collection::vec(prop_oneof![sharp, any::<u8>()], 1..12).prop_map(|bytes| Change::Insert { bytes }),
    ]
}

fn changed(said: &mut Vec<u8>, place: prop::sample::Index, change: Change) {
    if said.is_empty() {
        return;
    }
    let at = place.index(said.len());
    match change {
        Change::Flip { bit } => said[at] ^= 1 << bit,
        Change::Cut { length } => drop(said.drain(at..(at + length).min(said.len()))),
        Change::Double { length } => {
            let piece = said[at..(at + length).min(said.len())].to_vec();
            drop(said.splice(at..at, piece));
        }
        Change::Insert { bytes } => drop(said.splice(at..at, bytes)),
    }
}

/// Whether the story tells of a move, and the server's OK to the command that makes it one.
fn unconfirmed(story: &Story, log: &[(String, Vec<u8>)]) -> Option<String> {
    let is_claimed = matches!(story.moved, Some(Ok(Moved::To { .. } | Moved::ToUnknownUid)));
    let is_confirmed = log.iter().any(|(heard, said)| {
        let (tag, command) = heard.split_once(' ').unwrap();
        let text = String::from_utf8_lossy(said).to_ascii_uppercase();
        let mut lines = text.split('\n');
        (command.starts_with("UID MOVE 5 ") || command.starts_with("UID EXPUNGE 5"))
            && lines.any(|line| line.starts_with(&format!("{tag} OK")))
    });
    (is_claimed && !is_confirmed).then(|| format!("{story:?}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_to_a_byte_nothing_breaks_and_no_move_is_made_up(
        changes in prop::collection::vec((0..GOOD.len(), any::<prop::sample::Index>(), change()), 1..4),
        can_move: bool,
        closes: bool,
    ) {
        let mut part = if can_move { Part::good() } else { Part::without_move() };
        part.closes = closes;
        for (command, place, change) in changes {
            let command = GOOD[command].0;
            let mut said = part.said_to(command).to_vec();
            changed(&mut said, place, change);
            part.set(command, said);
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let (story, log) = runtime.block_on(async {
            let (stream, log, _task) = part.start();
            (timeout(LONGEST, play(stream)).await, log)
        });
        prop_assert!(story.is_ok(), "still waiting");
        prop_assert_eq!(unconfirmed(&story.unwrap(), &log.lock().unwrap()), None);
    }
}
