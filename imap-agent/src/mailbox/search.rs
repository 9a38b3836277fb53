//! Which messages there are, by number alone: little to say for the server, and little to remember for us.

use std::collections::BTreeSet;

use tokio::time::Instant;

use super::{
    date::search_since,
    fetch::{NOTHING_SELECTED, most_messages, uid_sets},
    guard::Fault,
    login::quoted,
    response::{CommandError, Untagged},
    session::Session,
};

/// So many numbers make a SEARCH answer of 220 KB; some servers would send a mailbox of any size in one line.
const SEARCH_WINDOW: u32 = 20_000;

/// So many messages are read through by a server without an index in a second or two.
const TEXTS_AT_ONCE: usize = 500;

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

    /// Which of those messages of the selected folder have that text in their header or body, and how many were not looked
    /// at because `end` came. The newest are looked at first.
    pub async fn uids_with_text(
        &mut self,
        uids: &BTreeSet<u32>,
        text: &str,
        end: Instant,
    ) -> Result<(BTreeSet<u32>, usize), CommandError> {
        self.selected().ok_or(NOTHING_SELECTED)?;
        let newest_first: Vec<u32> = uids.iter().rev().copied().collect();
        let mut found = BTreeSet::new();
        let mut left = newest_first.len();
        for chunk in newest_first.chunks(TEXTS_AT_ONCE) {
            if end <= Instant::now() {
                break;
            }
            let chunk: BTreeSet<u32> = chunk.iter().copied().collect();
            for set in uid_sets(&chunk) {
                found.extend(self.set_with_text(&set, text, &chunk).await?);
            }
            left -= chunk.len();
        }
        Ok((found, left))
    }

    async fn set_with_text(
        &mut self,
        set: &str,
        text: &str,
        uids: &BTreeSet<u32>,
    ) -> Result<BTreeSet<u32>, CommandError> {
        let mut found = BTreeSet::new();
        let note = |untagged| {
            if let Untagged::Search(told) = untagged {
                found.extend(told.into_iter().filter(|uid| uids.contains(uid)));
            }
        };
        if is_plain(text) {
            self.command(&format!("UID SEARCH UID {set} TEXT {}", quoted(text)), note).await?;
        } else {
            let line = format!("UID SEARCH CHARSET UTF-8 UID {set} TEXT {{{}}}", text.len());
            self.command_with(&line, Some(text.as_bytes()), note).await?;
        }
        Ok(found)
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

/// Whether a text can stand in a command as it is.
fn is_plain(text: &str) -> bool {
    text.chars().all(|c| c == ' ' || c.is_ascii_graphic())
}

#[cfg(test)]
mod tests;
