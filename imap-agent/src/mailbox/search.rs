//! Which messages there are, by number alone: little to say for the server, and little to remember for us.

use std::collections::BTreeSet;

use super::{
    date::search_since,
    fetch::{NOTHING_SELECTED, most_messages},
    guard::Fault,
    response::{CommandError, Untagged},
    session::Session,
};

/// So many numbers make a SEARCH answer of 220 KB; some servers would send a mailbox of any size in one line.
const SEARCH_WINDOW: u32 = 20_000;

impl Session {
    /// The UIDs of what arrived on the day before that time (Unix seconds) or later.
    pub async fn uids_since(&mut self, since: i64) -> Result<BTreeSet<u32>, CommandError> {
        let day = search_since(since);
        self.uids_matching(&format!("SINCE {day}")).await
    }

    /// All UIDs from `from_uid` on.
    pub async fn uids_from(&mut self, from_uid: u32) -> Result<BTreeSet<u32>, CommandError> {
        let from_uid = from_uid.max(1);
        let mut uids = self.uids_matching(&format!("UID {from_uid}:*")).await?;
        // With no message that high, the star means the last one, which is lower.
        Ok(uids.split_off(&from_uid))
    }

    /// The UIDs of what a search finds.
    async fn uids_matching(&mut self, criterion: &str) -> Result<BTreeSet<u32>, CommandError> {
        let exists = self.selected().ok_or(NOTHING_SELECTED)?.exists;
        let most = most_messages(exists);
        let mut uids = BTreeSet::new();
        let mut high = "*".to_owned();
        let mut left = exists;
        // From the newest down: when messages vanish meanwhile, the rest moves down, is found twice, and is never missed.
        while 0 < left {
            left = left.saturating_sub(SEARCH_WINDOW);
            let low = left.saturating_add(1);
            let note = |untagged| {
                if let Untagged::Search(found) = untagged
                    && uids.len() <= most
                {
                    uids.extend(found);
                }
            };
            self.command(&format!("UID SEARCH {low}:{high} {criterion}"), note).await?;
            if most < uids.len() {
                return Err(self.connection.distrust(Fault::TooMany));
            }
            high = low.to_string();
        }
        Ok(uids)
    }
}
