//! What an account does while nothing is new: it looks at older mail if the person wants that, and waits for news.

use std::time::Duration;

use tokio::time::Instant;

use super::Attendant;
use crate::{
    agent::backfill::{self, Turn},
    mailbox::{Idled, machine::Event},
};

impl Attendant<'_> {
    /// Waits for news for at most `limit`. Older mail is looked at meanwhile, but orders and news come first.
    pub(super) async fn idle_or_look_back(&mut self, limit: Duration) -> Event {
        let end = Instant::now() + limit;
        loop {
            if let Ok(order) = self.orders.try_recv() {
                return self.take(order).await;
            }
            let left = end.saturating_duration_since(Instant::now());
            let Some((session, desk)) = &mut self.session else { return Event::Lost };
            if left.is_zero() {
                return Event::Idled(Idled::Quiet);
            }
            if session.has_news() || !super::hears_news(session, desk) {
                return self.idle(left).await;
            }
            match backfill::turn(desk, session, &mut self.older).await {
                Ok(Turn::Idle) => return self.idle(left).await,
                Ok(Turn::Rest(rest)) => match self.rest(rest.min(left)).await {
                    None => {}
                    Some(event) => return event,
                },
                // Some servers tell what is new only when asked.
                Ok(Turn::Worked) => {
                    if let Err(error) = session.noop().await {
                        return self.lost(&error.into());
                    }
                }
                Err(trouble) => return self.lost(&trouble),
            }
        }
    }

    /// Waits for so long. `None` if nothing happened.
    async fn rest(&mut self, rest: Duration) -> Option<Event> {
        let end = Instant::now() + rest;
        let can_idle = self.session.as_ref().is_some_and(|(session, _)| session.can("IDLE"));
        let event = if can_idle { self.idle(rest).await } else { Event::Idled(Idled::NotOffered) };
        if event == Event::Idled(Idled::Quiet) {
            return None;
        }
        if !matches!(event, Event::Idled(Idled::EndedByServer | Idled::NotOffered)) {
            return Some(event);
        }
        let event = self.wait(Some(end.saturating_duration_since(Instant::now()))).await;
        (event != Event::Waited).then_some(event)
    }
}
