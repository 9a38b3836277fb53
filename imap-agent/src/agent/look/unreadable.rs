//! Messages that the server does not hand out.

use std::collections::BTreeMap;

use crate::store::Location;

/// After so many looks a message the server does not hand out is passed over.
const MAX_UNREADABLE: u32 = 3;

/// How often each message was asked for in vain, while the agent runs. A message on which the connection breaks counts too:
/// it would block the account for ever.
#[derive(Clone, Debug, Default)]
pub(in crate::agent) struct Unreadable(BTreeMap<(u32, u32), u32>);

impl Unreadable {
    /// Counts a try. Returns whether it is worth it.
    pub(in crate::agent) fn try_again(&mut self, at: &Location) -> bool {
        let tries = self.0.entry((at.uid_validity, at.uid)).or_default();
        *tries = tries.saturating_add(1);
        *tries <= MAX_UNREADABLE
    }

    pub(in crate::agent) fn forget(&mut self, at: &Location) {
        self.0.remove(&(at.uid_validity, at.uid));
    }
}
