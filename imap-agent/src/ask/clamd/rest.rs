//! How long clamd is left alone when it does not answer, and what the person is told of it.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;
use tracing::{info, warn};

/// The first rest: who only restarts it has it back at once.
const FIRST: Duration = Duration::from_secs(1);

/// The longest one.
const LONGEST: Duration = Duration::from_mins(5);

/// So many messages in a row may fail before it is left alone, where it may be that they are hard to unpack.
const IN_A_ROW: u32 = 2;

/// What is remembered of it.
#[derive(Debug, Default)]
pub(super) struct Rest(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Whether it has ever answered.
    has_met: bool,
    /// Whether it has said who it is since it was last away.
    is_met: bool,
    until: Option<Instant>,
    length: Duration,
    in_a_row: u32,
    /// What is wrong with the scanner.
    away: Option<String>,
    /// What was wrong with a message, and is not put right by the next one.
    note: Option<String>,
}

impl Rest {
    /// Whether it has ever answered.
    pub(super) fn has_met(&self) -> bool {
        self.state().has_met
    }

    /// Whether it has to say first who it is.
    pub(super) fn is_to_be_met(&self) -> bool {
        !self.state().is_met
    }

    /// It has said who it is.
    pub(super) fn meet(&self) {
        let mut state = self.state();
        (state.has_met, state.is_met) = (true, true);
    }

    /// Whether it is left alone.
    pub(super) fn is_resting(&self, now: Instant) -> bool {
        self.state().until.is_some_and(|until| now < until)
    }

    /// It did not answer.
    pub(super) fn begin(&self, now: Instant, problem: &str, may_be_of_message: bool) {
        let mut state = self.state();
        state.in_a_row = if may_be_of_message { state.in_a_row.saturating_add(1) } else { IN_A_ROW };
        if state.away.as_deref() != Some(problem) {
            warn!("the virus scanner does not answer; mail is judged without it");
            state.away = Some(problem.to_owned());
        }
        if state.in_a_row < IN_A_ROW {
            return;
        }
        // One that was away may come back as another.
        state.is_met = false;
        state.length = (state.length * 2).clamp(FIRST, LONGEST);
        state.until = Some(now + state.length);
    }

    /// It answered.
    pub(super) fn end(&self) {
        let mut state = self.state();
        if state.away.take().is_some() {
            info!("the virus scanner answers again");
        }
        (state.until, state.length, state.in_a_row) = (None, Duration::ZERO, 0);
    }

    /// It answered, but had nothing to say about one message.
    pub(super) fn note(&self, text: &str) {
        self.end();
        self.state().note = Some(text.to_owned());
    }

    /// What the person should know.
    pub(super) fn problem(&self) -> Option<String> {
        let state = self.state();
        state.away.clone().or_else(|| state.note.clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_does_not_answer_is_left_alone_for_longer_each_time_until_it_does() {
        let (rest, now) = (Rest::default(), Instant::now());
        for secs in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            rest.begin(now, "it is gone", false);
            assert!(rest.is_resting(now + Duration::from_secs(secs) - Duration::from_millis(1)), "{secs}");
            assert!(!rest.is_resting(now + Duration::from_secs(secs)), "{secs}");
        }
        rest.end();
        assert!(!rest.is_resting(now) && rest.problem().is_none());
        rest.begin(now, "it is gone", false);
        assert!(!rest.is_resting(now + FIRST));
    }

    #[test]
    fn one_hard_message_is_told_but_does_not_end_the_asking() {
        let (rest, now) = (Rest::default(), Instant::now());
        rest.begin(now, "it is slow", true);
        assert!(!rest.is_resting(now));
        assert_eq!(rest.problem().as_deref(), Some("it is slow"));
        rest.begin(now, "it is slow", true);
        assert!(rest.is_resting(now));
    }

    #[test]
    fn what_was_wrong_with_one_message_stays_told() {
        let rest = Rest::default();
        rest.note("too long");
        rest.end();
        assert_eq!(rest.problem().as_deref(), Some("too long"));
        assert!(!rest.is_resting(Instant::now()));
    }
}
