//! How far the journal has been carried out. A long one is carried out in pieces, with a look at the inbox between them.

use super::super::{
    desk::{Desk, Trouble},
    perform,
};
use crate::{mailbox::Session, store::IntentId};

/// So often in a row the connection may break on what is in the journal before new mail comes first.
const PATIENCE: u32 = 2;

/// One way through the journal after the other.
#[derive(Debug, Default)]
pub(super) struct Round {
    /// How often in a row it was cut off.
    cuts: u32,
    last: IntentId,
    has_more: bool,
    is_just_done: bool,
}

impl Round {
    /// Carries out the next piece, or lets the look come first.
    pub(super) async fn perform(&mut self, desk: &Desk, session: &mut Session) -> Result<(), Trouble> {
        if PATIENCE <= self.cuts {
            (self.cuts, self.has_more) = (0, true);
        } else {
            self.next(desk, session).await?;
        }
        // What rests in a pause is not done.
        self.is_just_done = desk.shared.paused_until().is_none();
        Ok(())
    }

    /// The same before a look, unless it has just been done: what the server refused before, it may do now.
    pub(super) async fn perform_before_look(&mut self, desk: &Desk, session: &mut Session) -> Result<(), Trouble> {
        if std::mem::take(&mut self.is_just_done) { Ok(()) } else { self.next(desk, session).await }
    }

    async fn next(&mut self, desk: &Desk, session: &mut Session) -> Result<(), Trouble> {
        self.cuts = self.cuts.saturating_add(1);
        self.has_more = perform::some(desk, session, &mut self.last).await?;
        self.cuts = 0;
        Ok(())
    }

    /// Whether there is another piece.
    pub(super) fn has_more(&self) -> bool {
        self.has_more
    }

    /// Whatever was cut off comes first again.
    pub(super) fn begin_anew(&mut self) {
        *self = Self { cuts: self.cuts, ..Self::default() };
    }
}

#[cfg(test)]
mod tests {
    use tamis_core::UnixTime;

    use super::*;
    use crate::{
        agent::perform::tests::Bench,
        mailbox::script::Server,
        store::{
            batch,
            journal::{self, Kind},
            mail, pause,
        },
    };

    #[tokio::test]
    async fn new_mail_comes_first_after_what_is_in_the_journal_has_cut_the_connection_twice() {
        let bench = Bench::new("Junk").await;
        bench.filing().await;
        let mut round = Round::default();
        for _ in 0..2 {
            let hangs_up = vec![("SELECT \"INBOX\"".to_owned(), "!close".to_owned())];
            let (stream, server) = Server::start_owned("", hangs_up);
            round.begin_anew();
            let done = round.perform(&bench.desk, &mut Session::over(stream, &["MOVE", "UIDPLUS"])).await;
            assert!(done.is_err());
            server.finish().await;
        }

        let (stream, server) = Server::start_owned("", Vec::new());
        let mut session = Session::over(stream, &["MOVE", "UIDPLUS"]);
        round.begin_anew();
        // And nothing is asked of the server.
        round.perform(&bench.desk, &mut session).await.unwrap();
        round.perform_before_look(&bench.desk, &mut session).await.unwrap();
        assert!(round.has_more(), "it is taken up again after the look");
        drop(session);
        server.finish().await;
    }
    #[tokio::test]
    async fn what_the_policy_wants_waits_for_the_end_of_a_pause_unless_the_person_wants_something_too() {
        let bench = Bench::new("Junk").await;
        let (mail, intent) = bench.filing().await;
        bench.run(|db| pause::keep_pause(db, Some(0))).await;
        bench.desk.shared.remember_pause().await.unwrap();
        let (stream, server) = Server::start_owned("", Vec::new());
        let mut session = Session::over(stream, &["MOVE", "UIDPLUS"]);
        let mut round = Round::default();
        // Nothing is asked of the server.
        round.perform(&bench.desk, &mut session).await.unwrap();
        round.perform_before_look(&bench.desk, &mut session).await.unwrap();
        drop(session);
        server.finish().await;
        assert!(bench.run(move |db| journal::is_of_policy(db, intent)).await);

        let release = move |db: &mut crate::store::Db| {
            let item = batch::item_for(db, Kind::Release, &mail::mail(db, mail)?.unwrap())?;
            batch::begin_batch(db, Kind::Release, "release", &[item], UnixTime(3))?;
            journal::is_of_policy(db, intent)
        };
        assert!(!bench.run(release).await, "its turn comes first");
    }
}
