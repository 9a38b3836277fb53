//! How far the journal has been carried out. A long one is carried out in pieces, with a look at the inbox between them.

use super::super::{
    desk::{Desk, Trouble},
    perform,
};
use crate::{mailbox::Session, store::IntentId};

/// One way through the journal after the other.
#[derive(Debug, Default)]
pub(super) struct Round {
    last: IntentId,
    has_more: bool,
    is_just_done: bool,
}

impl Round {
    /// Carries out the next piece.
    pub(super) async fn perform(&mut self, desk: &Desk, session: &mut Session) -> Result<(), Trouble> {
        self.has_more = perform::some(desk, session, &mut self.last).await?;
        self.is_just_done = true;
        Ok(())
    }

    /// The same before a look, unless it has just been done: what the server refused before, it may do now.
    pub(super) async fn perform_before_look(&mut self, desk: &Desk, session: &mut Session) -> Result<(), Trouble> {
        if !std::mem::take(&mut self.is_just_done) {
            self.has_more = perform::some(desk, session, &mut self.last).await?;
        }
        Ok(())
    }

    /// Whether there is another piece.
    pub(super) fn has_more(&self) -> bool {
        self.has_more
    }

    /// Whatever was cut off comes first again.
    pub(super) fn begin_anew(&mut self) {
        *self = Self::default();
    }
}
