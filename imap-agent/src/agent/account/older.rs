//! What an account does while nothing is new: it judges again what waits for that, learns from what is there and looks at
//! older mail if the person wants that, and waits for news.

use std::time::Duration;

use tokio::time::Instant;

use super::Attendant;
use crate::{
    agent::{
        backfill::{self, Turn},
        bootstrap,
        desk::Trouble,
        waiting,
    },
    mailbox::{Idled, machine::Event},
};

impl Attendant<'_> {
    /// Waits for news for at most `limit`. Meanwhile it judges again what waits, learns, and looks at older mail, but orders and
    /// news come first.
    pub(super) async fn idle_or_look_back(&mut self, limit: Duration) -> Event {
        if self.shared.paused_until().is_some() {
            // What the server tells meanwhile is looked at afterwards.
            let event = self.wait(Some(limit)).await;
            return if matches!(event, Event::Waited) { Event::Idled(Idled::Quiet) } else { event };
        }
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
            match self.turn_back().await {
                Ok(Turn::Idle) => return self.idle(left).await,
                Ok(Turn::Rest(rest)) => match self.rest(rest.min(left)).await {
                    None => {}
                    Some(event) => return event,
                },
                // Some servers tell what is new only when asked.
                Ok(Turn::Worked) => {
                    let Some((session, desk)) = &mut self.session else { return Event::Lost };
                    if super::hears_news(session, desk)
                        && let Err(error) = session.noop().await
                    {
                        return self.lost(&error.into());
                    }
                }
                Err(trouble) => return self.lost(&trouble),
            }
        }
    }

    /// Does the next piece of what there is to do with mail that is known or there: first what waits to be judged again, as that
    /// is little.
    async fn turn_back(&mut self) -> Result<Turn, Trouble> {
        let Some((session, desk)) = &mut self.session else { return Ok(Turn::Idle) };
        let mut rests = Turn::Idle;
        for step in 0..3_u8 {
            let turn = match step {
                0 => waiting::turn(desk, session).await?,
                1 => bootstrap::turn(desk, session, (&mut self.learning, &mut self.sent)).await?,
                _ => backfill::turn(desk, session, &mut self.older).await?,
            };
            rests = match turn {
                Turn::Worked => return Ok(turn),
                Turn::Rest(rest) => rests.or(rest),
                Turn::Idle => rests,
            };
            // Another folder may be selected then, and the inbox is looked at first.
            if !super::hears_news(session, desk) {
                break;
            }
        }
        Ok(rests)
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
