//! What is to be replaced or removed is read twice.

use tamis_core::Action;

use super::super::desk::{InHand, Trouble};
use crate::{
    mailbox::{OneMail, Session},
    store::Location,
};

/// Whether the message will not stay as it is on the server.
pub(super) fn is_replacing(action: Action) -> bool {
    matches!(action, Action::Tag | Action::Strip | Action::Delete)
}

/// Reads the message once more. What the server or the wire has spoilt at the first reading must not become what is kept
/// of it.
pub(super) async fn reads_the_same(
    session: &mut Session,
    at: &Location,
    (limit, in_hand): (usize, &InHand),
) -> Result<bool, Trouble> {
    match session.message(at.uid, limit).await? {
        OneMail::Mail(again) => Ok(again.raw == in_hand.incoming.raw),
        OneMail::Gone | OneMail::Unreadable => Ok(false),
    }
}
