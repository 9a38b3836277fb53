//! Leaves silent name servers alone for a while, so that not every message waits for them in vain.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// So many questions without any answer between them are no accident.
const SILENT: u32 = 5;

/// The first rest, which doubles with each that follows.
const FIRST: Duration = Duration::from_secs(5);

/// The longest.
const LONGEST: Duration = Duration::from_mins(5);

/// Whether the name servers are being left alone.
#[derive(Debug, Default)]
pub(super) struct Rest(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Questions without an answer since the last one with one.
    silent: u32,
    rests: u32,
    until: Option<Instant>,
    /// When somebody answered last.
    answered: Option<Instant>,
}

impl Rest {
    /// Why nothing is asked now, if so.
    pub(super) fn why(&self) -> Option<String> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let until = state.until.filter(|until| Instant::now() < *until);
        until.map(|_| "the name servers do not answer, and are asked again a little later".to_owned())
    }

    /// Takes down what became of a question that was asked then.
    pub(super) fn note(&self, is_silent: bool, since: Instant) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if !is_silent {
            *state = State { answered: Some(now), ..State::default() };
            return;
        }
        // Somebody has answered meanwhile: what is silent is one domain's servers, not ours.
        if state.answered.is_some_and(|answered| since <= answered) {
            return;
        }
        state.silent = state.silent.saturating_add(1);
        // What was asked before the rest began is no news.
        if state.silent < SILENT || state.until.is_some_and(|until| now < until) {
            return;
        }
        let length = FIRST.saturating_mul(1 << state.rests.min(10)).min(LONGEST);
        state.rests += 1;
        state.until = Some(now + length);
    }

    /// There are other servers now.
    pub(super) fn end(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = State::default();
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn silent_servers_are_left_alone_for_longer_and_longer() {
        let rest = Rest::default();
        for _ in 1..SILENT {
            rest.note(true, Instant::now());
        }
        assert_eq!(rest.why(), None, "one slow name is no silence");
        rest.note(true, Instant::now());
        assert!(rest.why().is_some());
        advance(FIRST).await;
        assert_eq!(rest.why(), None);
        rest.note(true, Instant::now());
        advance(FIRST).await;
        assert!(rest.why().is_some(), "the second rest is longer");
        advance(FIRST).await;
        let before = Instant::now();
        advance(FIRST).await;
        rest.note(false, Instant::now());
        for _ in 0..SILENT {
            rest.note(true, before);
        }
        assert_eq!(rest.why(), None, "what was open while somebody answered says nothing of our servers");
        advance(FIRST).await;
        for _ in 1..SILENT {
            rest.note(true, Instant::now());
        }
        assert_eq!(rest.why(), None, "an answer makes everything as it was");
    }
}
