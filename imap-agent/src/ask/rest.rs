//! When somebody who does not answer is asked again.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// So many times in a row without an answer are no accident.
const PATIENCE: u32 = 3;

/// The first rest; each is twice as long as the one before.
const FIRST: Duration = Duration::from_mins(5);

/// The longest.
const LONGEST: Duration = Duration::from_hours(2);

/// Whether somebody answers, and if not, until when nobody asks.
#[derive(Debug, Default)]
pub(super) struct Rest(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// In a row.
    failures: u32,
    until: Option<Instant>,
    why: String,
}

impl Rest {
    /// Whether it is to be left alone now.
    pub(super) fn is_on(&self) -> bool {
        self.state().until.is_some_and(|until| Instant::now() < until)
    }

    /// It has answered.
    pub(super) fn answered(&self) {
        *self.state() = State::default();
    }

    /// It has not. Whether it rests from now on.
    pub(super) fn failed(&self, why: &str) -> bool {
        let mut state = self.state();
        state.failures = state.failures.saturating_add(1);
        why.clone_into(&mut state.why);
        let Some(rests) = state.failures.checked_sub(PATIENCE) else { return false };
        let rest = FIRST.saturating_mul(1_u32.checked_shl(rests.min(16)).unwrap_or(u32::MAX)).min(LONGEST);
        state.until = Some(Instant::now() + rest);
        true
    }

    /// Why it rests, if it does.
    pub(super) fn why(&self) -> Option<String> {
        self.is_on().then(|| self.state().why.clone())
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_fails_three_times_rests_and_twice_as_long_each_time() {
        let rest = Rest::default();
        assert!(!rest.failed("no") && !rest.failed("no") && !rest.is_on());
        assert!(rest.failed("no answer") && rest.is_on());
        assert_eq!(rest.why().as_deref(), Some("no answer"));
        tokio::time::advance(FIRST).await;
        assert!(!rest.is_on());
        assert!(rest.failed("no answer"));
        tokio::time::advance(FIRST).await;
        assert!(rest.is_on(), "twice as long");
        rest.answered();
        assert!(!rest.is_on() && !rest.failed("no"));
    }
}
