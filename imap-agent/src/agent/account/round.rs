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
        self.is_just_done = true;
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
    use super::*;
    use crate::{agent::perform::tests::Bench, mailbox::script::Server};

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
}
