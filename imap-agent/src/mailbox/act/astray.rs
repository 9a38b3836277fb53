//! What happened to another message than the one meant, because its number came over the wire wrong, is put right.

use std::collections::BTreeSet;

use super::super::{
    fetch::Mode,
    folders::FolderName,
    keywords::has_flag,
    response::{CommandError, Untagged},
    session::Session,
};

/// How many messages a server may say were marked as deleted in a moment in which one was.
const MOST_MARKED: usize = 100;

impl Session {
    /// Whether the selected folder still has that message. If it is marked as deleted, it no longer is: the next program that
    /// removes what is marked would take it.
    pub async fn undelete(&mut self, uid: u32) -> Result<bool, CommandError> {
        let Some(data) = self.look_at(uid, "UID FLAGS").await? else { return Ok(false) };
        if data.flags.is_some_and(|flags| has_flag(&flags, "\\Deleted"))
            && let Some(text) = self.refusal_of(&format!("UID STORE {uid} -FLAGS.SILENT (\\Deleted)")).await?
        {
            return Err(CommandError::No { code: None, text });
        }
        Ok(true)
    }

    pub(super) async fn is_marked_deleted(&mut self, uid: u32) -> Result<bool, CommandError> {
        let flags = self.look_at(uid, "UID FLAGS").await?.and_then(|data| data.flags);
        Ok(flags.is_some_and(|flags| has_flag(&flags, "\\Deleted")))
    }

    /// Marks a message as deleted. Returns what the server says if it does not want to.
    ///
    /// The server tells which message that was. If it was another one, its number came over the wire wrong.
    pub(super) async fn mark_deleted(&mut self, uid: u32) -> Result<Option<String>, CommandError> {
        let mut marked = BTreeSet::new();
        let note = |untagged| {
            if let Untagged::Fetch(data) = untagged
                && data.flags.is_some_and(|flags| has_flag(&flags, "\\Deleted"))
                && marked.len() < MOST_MARKED
            {
                marked.extend(data.uid);
            }
        };
        match self.command(&format!("UID STORE {uid} +FLAGS (\\Deleted)"), note).await {
            Ok(_) => {}
            Err(CommandError::No { text, .. } | CommandError::Bad { text, .. }) => return Ok(Some(text)),
            Err(error) => return Err(error),
        }
        if marked.is_empty() || marked.contains(&uid) {
            return Ok(None);
        }
        let flags = self.look_at(uid, "UID FLAGS").await?.and_then(|data| data.flags);
        if flags.is_none_or(|flags| has_flag(&flags, "\\Deleted")) {
            // The server speaks of what somebody else has marked.
            return Ok(None);
        }
        for other in marked {
            self.refusal_of(&format!("UID STORE {other} -FLAGS.SILENT (\\Deleted)")).await?;
        }
        Ok(Some("it marked another message".to_owned()))
    }

    /// Moves a message back that the server has moved instead of the one meant.
    pub(super) async fn bring_back(&mut self, stray: (u32, u32), to: &FolderName) -> Result<(), CommandError> {
        let Some(home) = self.selected().map(|selected| selected.folder.clone()) else { return Ok(()) };
        let (uid_validity, uid) = stray;
        if self.select(to, Mode::ReadWrite).await?.uid_validity == uid_validity {
            self.refusal_of(&format!("UID MOVE {uid} {}", home.argument())).await?;
        }
        self.select(&home, Mode::ReadWrite).await.map(drop)
    }
}
