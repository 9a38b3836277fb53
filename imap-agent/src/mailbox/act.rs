//! Acting: moving a message so that it is in exactly one of two places, whatever happens in between.
//!
//! The server moves if it can. Else: copy; be told where the copy is; only then mark the original as deleted; and expunge
//! that one UID alone. EXPUNGE without a UID is never sent: it would take what other programs have marked. After an error
//! nothing is assumed; [`Session::is_here`] and [`Session::find_by_message_id`] tell what the server did.

mod astray;

use std::collections::BTreeSet;

use super::{
    fetch::{Mode, NOTHING_SELECTED, message_id},
    folders::FolderName,
    response::{Code, CommandError, CopyUid, Untagged},
    session::Session,
};

/// What Gmail announces.
const GMAIL: &str = "X-GM-EXT-1";

/// Where a message is after a move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moved {
    /// In the other folder, under this UID.
    To {
        /// The UIDVALIDITY of the other folder.
        uid_validity: u32,
        /// The UID there.
        uid: u32,
    },
    /// In the other folder, but the server does not say under which UID.
    ToUnknownUid,
    /// It is not in the selected folder any more, and the server did not say that it was moved.
    Gone,
    /// A copy is in the other folder, but the original could not be removed safely.
    CopiedOnly {
        /// The UIDVALIDITY and UID of the copy, if the server told.
        copy: Option<(u32, u32)>,
        /// Whether the original is marked as deleted.
        is_marked_deleted: bool,
        /// Why, for the person.
        why: String,
    },
}

/// An original that could not be removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Whether it is marked as deleted.
    pub is_marked_deleted: bool,
    /// Why it is still there, for the person.
    pub why: String,
}

/// A message to look for in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sought<'a> {
    /// `Message-ID`, with or without its angle brackets. Empty: any, or none.
    pub message_id: &'a str,
    /// The size in bytes as this server states it, if known.
    pub size: Option<u64>,
    /// How many of the newest messages are looked at.
    pub newest: u32,
}

/// A message found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The UIDVALIDITY of the folder.
    pub uid_validity: u32,
    /// The UID.
    pub uid: u32,
}

impl Session {
    /// Moves one message of the selected folder to another folder. Flags and date stay.
    ///
    /// Refuses to move within one folder: it would only get a new UID and look like new mail.
    pub async fn move_message(&mut self, uid: u32, to: &FolderName) -> Result<Moved, CommandError> {
        if self.selected().is_some_and(|selected| selected.folder == *to) {
            return Err(CommandError::NotSent("the message is in that folder already"));
        }
        self.may_change(uid)?;
        if self.can("MOVE") { self.move_in_one(uid, to).await } else { self.move_in_steps(uid, to).await }
    }

    /// Looks for a message among the newest of a folder, and returns the newest match. The folder is selected read-only.
    pub async fn find_by_message_id(
        &mut self,
        folder: &FolderName,
        sought: &Sought<'_>,
    ) -> Result<Option<Found>, CommandError> {
        Ok(self.find_all_by_message_id(folder, sought).await?.into_iter().next())
    }

    /// As [`Session::find_by_message_id`], but returns all matches, newest first: some senders use one Message-ID for all
    /// their mail.
    ///
    /// Without SEARCH, which some servers answer wrongly for headers.
    pub async fn find_all_by_message_id(
        &mut self,
        folder: &FolderName,
        sought: &Sought<'_>,
    ) -> Result<Vec<Found>, CommandError> {
        let selected = self.select(folder, Mode::ReadOnly).await?;
        if selected.exists == 0 || sought.newest == 0 {
            return Ok(Vec::new());
        }
        let first = selected.exists.saturating_sub(sought.newest).saturating_add(1);
        // Mail may arrive meanwhile, but no end of it.
        let most = usize::try_from(sought.newest).unwrap_or(usize::MAX).saturating_mul(2);
        let mut uids = BTreeSet::new();
        let note = |untagged| {
            let Untagged::Fetch(data) = untagged else { return };
            let is_same_size = sought.size.is_none_or(|size| data.size.is_none_or(|found| found == size));
            let id = data.header.as_deref().and_then(message_id);
            let is_same_id = id.is_some_and(|id| bare(&id) == bare(sought.message_id));
            if is_same_size && (sought.message_id.is_empty() || is_same_id) && uids.len() < most {
                uids.extend(data.uid);
            }
        };
        let items = "UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]";
        self.command(&format!("FETCH {first}:* ({items})"), note).await?;
        Ok(uids.into_iter().rev().map(|uid| Found { uid_validity: selected.uid_validity, uid }).collect())
    }

    /// Whether messages can be taken out of a folder on this server, as far as that can be known before it is tried.
    pub fn may_remove(&self) -> Result<(), CommandError> {
        if self.can(GMAIL) && (self.trash.is_none() || !self.can("MOVE")) {
            let text = "there is no trash that the original could be moved to".to_owned();
            return Err(CommandError::No { code: None, text });
        }
        Ok(())
    }

    fn may_change(&self, uid: u32) -> Result<(), CommandError> {
        if self.selected().ok_or(NOTHING_SELECTED)?.is_read_only {
            return Err(CommandError::NotSent("the folder cannot be changed"));
        }
        if uid == 0 {
            return Err(CommandError::NotSent("there is no UID 0"));
        }
        Ok(())
    }

    async fn move_in_one(&mut self, uid: u32, to: &FolderName) -> Result<Moved, CommandError> {
        let told = match self.run_copy(&format!("UID MOVE {uid} {}", to.argument()), uid).await {
            // Some say NO to the move of a message that is gone, and some when they have moved it.
            Err(error @ CommandError::No { .. }) => {
                return if self.is_here(uid).await? { Err(error) } else { Ok(Moved::Gone) };
            }
            told => told?,
        };
        if let Some((uid_validity, uid)) = told.copy {
            return Ok(Moved::To { uid_validity, uid });
        }
        // Servers say OK to the move of a message that is gone.
        if self.is_here(uid).await? {
            if let Some(stray) = told.stray {
                self.bring_back(stray, to).await?;
            }
            let text = "it said that the message was moved, but it is still there".to_owned();
            return Err(CommandError::No { code: None, text });
        }
        Ok(if told.has_expunged { Moved::ToUnknownUid } else { Moved::Gone })
    }

    async fn move_in_steps(&mut self, uid: u32, to: &FolderName) -> Result<Moved, CommandError> {
        // Servers say OK to the copy of a message that is gone.
        if !self.is_here(uid).await? {
            return Ok(Moved::Gone);
        }
        let copy = self.run_copy(&format!("UID COPY {uid} {}", to.argument()), uid).await?.copy;
        let has_uidplus = self.can("UIDPLUS");
        if has_uidplus && copy.is_none() {
            if !self.is_here(uid).await? {
                return Ok(Moved::Gone);
            }
            let why = "the server did not confirm the copy, so the original was left alone".to_owned();
            return Ok(Moved::CopiedOnly { copy, is_marked_deleted: false, why });
        }
        if let Some(Left { is_marked_deleted, why }) = self.remove_original(uid).await? {
            return Ok(Moved::CopiedOnly { copy, is_marked_deleted, why });
        }
        Ok(copy.map_or(Moved::ToUnknownUid, |(uid_validity, uid)| Moved::To { uid_validity, uid }))
    }

    /// Removes a message of the selected folder of which a copy elsewhere has been confirmed. `None` if it is gone; else what
    /// is left of it.
    pub async fn remove_original(&mut self, uid: u32) -> Result<Option<Left>, CommandError> {
        self.may_change(uid)?;
        if self.can(GMAIL) {
            return self.throw_away(uid).await;
        }
        let (mut refusal, mut is_marked) = (None, false);
        // What came over the wire wrong is refused, or finds nothing to remove, and that is no reason to leave it.
        for _ in 0..2 {
            if let Some(text) = self.mark_deleted(uid).await? {
                let why = format!("the server did not let the original be marked as deleted: {text}");
                let is_marked_deleted = is_marked && self.is_marked_deleted(uid).await?;
                return Ok(Some(Left { is_marked_deleted, why }));
            }
            is_marked = true;
            if !self.can("UIDPLUS") {
                let why = "this server cannot remove a single message, so the original is only marked as deleted";
                return Ok(Some(Left { is_marked_deleted: true, why: why.to_owned() }));
            }
            match self.run_copy(&format!("UID EXPUNGE {uid}"), uid).await {
                Err(CommandError::No { text, .. } | CommandError::Bad { text, .. }) => refusal = Some(text),
                told => {
                    if told?.has_expunged || !self.is_here(uid).await? {
                        return Ok(None);
                    }
                    refusal = None;
                }
            }
        }
        if let Some(text) = refusal {
            let why = format!("the server did not remove the original, which is marked as deleted: {text}");
            return Ok(Some(Left { is_marked_deleted: true, why }));
        }
        let is_unmarked = self.refusal_of(&format!("UID STORE {uid} -FLAGS.SILENT (\\Deleted)")).await?.is_none();
        let why = "the server said that it removed the original, but it is still there".to_owned();
        Ok(Some(Left { is_marked_deleted: !is_unmarked, why }))
    }

    /// As [`Session::remove_original`], where folders are only labels: there an expunged message is still in All Mail, or gone
    /// for good, as the person has set it.
    async fn throw_away(&mut self, uid: u32) -> Result<Option<Left>, CommandError> {
        let Some(trash) = self.trash.clone().filter(|_| self.can("MOVE")) else {
            let why = "there is no trash that the original could be moved to".to_owned();
            return Ok(Some(Left { is_marked_deleted: false, why }));
        };
        match self.move_in_one(uid, &trash).await {
            Err(CommandError::No { text, .. } | CommandError::Bad { text, .. }) => {
                let why = format!("the server did not let the original be moved to the trash: {text}");
                Ok(Some(Left { is_marked_deleted: false, why }))
            }
            outcome => outcome.map(|_moved| None),
        }
    }

    /// Runs a MOVE, COPY or EXPUNGE; the server tells before or with its answer where the message went, and that it did.
    async fn run_copy(&mut self, line: &str, uid: u32) -> Result<Told, CommandError> {
        let mut told = Told::default();
        let completed = self
            .command(line, |untagged| match untagged {
                Untagged::Code(Code::CopyUid(copy)) => told.note(&copy, uid),
                Untagged::Expunge(_) => told.has_expunged = true,
                Untagged::Vanished(uids) => told.has_expunged |= uids.iter().any(|range| range.contains(&uid)),
                Untagged::Code(_)
                | Untagged::Exists(_)
                | Untagged::Flags(_)
                | Untagged::Fetch(_)
                | Untagged::Search(_)
                | Untagged::List(_)
                | Untagged::Status(..)
                | Untagged::Capability(_)
                | Untagged::Other => {}
            })
            .await?;
        if let Some(Code::CopyUid(copy)) = completed.code {
            told.note(&copy, uid);
        }
        Ok(told)
    }

    /// What the server says if it does not want to; `None` if it did it.
    async fn refusal_of(&mut self, line: &str) -> Result<Option<String>, CommandError> {
        match self.command(line, |_| ()).await {
            Ok(_) => Ok(None),
            Err(CommandError::No { text, .. } | CommandError::Bad { text, .. }) => Ok(Some(text)),
            Err(error) => Err(error),
        }
    }
}

/// Without the angle brackets, and whatever some programs write around them.
fn bare(message_id: &str) -> &str {
    let bracketed = message_id.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    bracketed.map_or(message_id, |(inside, _)| inside).trim()
}

#[derive(Debug, Default)]
struct Told {
    copy: Option<(u32, u32)>,
    /// Where a single message went that is not the one meant.
    stray: Option<(u32, u32)>,
    has_expunged: bool,
}

impl Told {
    fn note(&mut self, copy: &CopyUid, uid: u32) {
        self.copy = copy.destination_of(uid).map(|to| (copy.uid_validity, to)).or(self.copy);
        if let ([from], [to]) = (&*copy.from, &*copy.to)
            && (from.start(), to.start()) == (from.end(), to.end())
            && *from.start() != uid
        {
            self.stray = Some((copy.uid_validity, *to.start()));
        }
    }
}

#[cfg(test)]
mod tests;
