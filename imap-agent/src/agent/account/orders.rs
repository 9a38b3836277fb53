//! What others want of an account.

use std::ops::ControlFlow;

use tamis_core::api::MailId;

use super::{
    super::{desk::Trouble, digest, perform},
    Attendant, Order,
};
use crate::{
    mailbox::machine::{Event, Wake},
    store::mail,
};

impl Attendant<'_> {
    /// Does what somebody wants, or says what comes next for it.
    pub(super) async fn take(&mut self, order: Order) -> Event {
        match order {
            Order::Perform => Event::Woken(Wake::Actions),
            // Whoever asks for new mail of an account that is not connected may have put the password right.
            Order::Look if self.session.is_none() => {
                self.is_urged = true;
                Event::Woken(Wake::PersonActed)
            }
            Order::Look => {
                self.others.ask();
                Event::Woken(Wake::Look)
            }
            Order::SendDigest { reply } => {
                let Some((session, desk)) = &mut self.session else { return Event::Woken(Wake::Look) };
                match digest::send_now(desk, session).await {
                    Ok(said) => {
                        reply.send(said).ok();
                        Event::Woken(Wake::Look)
                    }
                    Err(trouble) => self.lost(&trouble),
                }
            }
            Order::FindText { search, reply } => match self.find_text(&search).await {
                Ok(found) => {
                    // Without a connection whoever asked hears by the end of the channel.
                    found.map(|found| reply.send(found));
                    Event::Woken(Wake::Look)
                }
                Err(trouble) => self.lost(&trouble),
            },
            Order::Show { mail, reply } => match self.show(mail).await {
                Ok(ControlFlow::Continue(raw)) => {
                    // Whoever asked may have closed the window.
                    reply.send(raw).ok();
                    Event::Woken(Wake::Look)
                }
                Ok(ControlFlow::Break(())) => {
                    drop(reply);
                    Event::Woken(Wake::Look)
                }
                Err(trouble) => self.lost(&trouble),
            },
        }
    }

    async fn show(&mut self, id: MailId) -> Result<ControlFlow<(), Option<Vec<u8>>>, Trouble> {
        let Some((session, desk)) = &mut self.session else { return Ok(ControlFlow::Break(())) };
        let Some(found) = self.shared.store.run(move |db| mail::mail(db, id)).await? else {
            return Ok(ControlFlow::Continue(None));
        };
        let wanted = perform::Wanted {
            key: found.shape_key,
            message_id: &found.judged.message_id,
            size: found.judged.size,
            place: &found.location,
            folders: vec!["INBOX".to_owned(), desk.junk.wire().to_owned(), found.home.clone()],
            is_any_size: found.shape != mail::Shape::Original,
        };
        let fetched = perform::fetch(desk, session, &wanted).await?;
        Ok(ControlFlow::Continue(fetched.map(|fetched| fetched.raw)))
    }
}
